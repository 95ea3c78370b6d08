// try.h - what the pages share on which a policy officer tries a law: one trial, taken for one request.
#pragma once
#include "trial/live.h"
#include "web/app.h"

// The trial of ":id", for this request alone; try_give ends that. The page shows the texts of its pack. A
// trial that is over leads back to the beginning (response 303, STATUS_OK, NULL).
enum status try_take(struct request *q, struct response *r, struct trial_live **out);
void try_give(struct request *q, struct trial_live *live);
// The page of the trial, with what is wrong at its top.
enum status try_show_live(struct request *q, struct response *r, struct trial_live *live);
// "/policy/try/17" and what follows.
struct text try_path(struct request *q, const struct trial_live *live, const char *rest);
// What was done goes to the list on the page, also when what then happened by itself went wrong: a note for
// each step that can be taken back.
enum status try_do(struct trial_live *live, const struct trial_act *act, struct problem *p);
void try_note_time(struct trial_live *live);

// Names in the person's language: of an element, an act, a role.
struct text try_element_name(struct request *q, const struct trial *t, struct text element);
struct text try_act_name(struct request *q, struct text command);
struct text try_letter_title(struct request *q, const struct trial_letter *l);
struct text try_role_name(struct request *q, struct text role);
// A problem of a trial at its field.
void try_problem(struct request *q, const struct problem *p);
