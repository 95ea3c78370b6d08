// invitations.h - invitations of other authorities, for the page that opens a case from one.
#pragma once
#include "web/app.h"

struct answers;
struct invitation_value;
// What is told of a person, as people read it.
struct text invitation_words(struct request *q, const struct invitation_value *x);
struct form;
// The case with exactly this number. Problem: field case_no.
struct look;
enum status case_by_number(struct request *q, const struct look *look, struct text number, int64_t *out,
                           struct problem *p);
// The invitation that ?invitation= names: its data as answers, as far as the form asks for them. False: there
// is none that may be answered.
bool invitation_prefill(struct request *q, const struct form *form, struct answers *out);
// That invitation is about this new case. STATUS_OK when none is named.
enum status invitation_is_about(struct request *q, int64_t case_id, struct problem *p);
