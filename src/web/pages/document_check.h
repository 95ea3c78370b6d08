// document_check.h - a travel document looked at: for the page and for programs.
#pragma once
#include "cases/verification.h"
#include "traveldoc/judge.h"
#include "web/http.h"

// Takes a photo; document_photo_read gives the lines on it. STATUS_NOT_FOUND: none came. STATUS_INVALID.
// STATUS_REFUSED.
extern const struct upload_sink DOCUMENT_PHOTO;
enum status document_photo_read(struct request *q, const struct look *look, struct text *lines,
                                struct problem *p);

// Bytes of a seal as typed or scanned: hexadecimal or base64, spaces anywhere.
enum status document_seal_read(struct arena *a, struct text typed, struct seal *out, struct problem *p);
// With the certificates in the folder of the authority (app.trust_folder).
enum seal_result document_seal_check(struct request *q, const struct seal *s);

// For the purpose for which this person usually works.
struct look document_look_usual(struct request *q);

struct document_looked_at {
    struct mrz zone;
    struct seal seal;
    enum seal_result seal_result;
    struct judged judged;
    struct earlier_checks earlier;
    bool has_zone, has_seal, has_earlier;
};
// Reads what was given (either may be empty), judges it, and records the check. Mistakes are page problems;
// then STATUS_INVALID with r->problem the first of them.
enum status document_look(struct request *q, struct text lines, struct text seal, const struct look *look,
                          struct document_looked_at *out, struct problem *p);
