// intake.h - what comes in from people beside forms: files in pieces, and what is done with them afterwards.
#pragma once
#include "cases/cases.h"
#include "worker/worker.h"

struct intake; // shared by all threads

struct intake_options {
    struct worker_pool
        *workers;        // NULL: no thumbnails, no text, and files are taken by their first bytes only
    struct text scanner; // address of clamd; empty: documents say "not_scanned"
};
enum status intake_open(struct cases *c, const struct intake_options *o, struct intake **out);
void intake_close(struct intake *i);

// ---- uploads: begun once, sent in pieces, finished once ----

// What the person said about the file before the first piece.
struct upload_about {
    int64_t case_id;
    struct text kind;                  // code of codes/document
    struct text title;                 // file name; path and control characters are cut off
    int64_t request;                   // document request it answers, or 0
    const struct cases_around *around; // done in the same transaction; NULL: nothing
};

// The token names the upload: the client makes it (32 to 64 letters and digits), so that it can come back
// after any lost connection, also when our first answer was lost. Answers the bytes received so far.
enum status intake_upload_begin(struct intake *i, const struct actor *actor, const struct upload_about *about,
                                struct text token, int64_t *offset, struct problem *p);
// One piece. STATUS_CONFLICT: *offset says where to go on. STATUS_TOO_LARGE with `p`.
enum status intake_upload_piece(struct intake *i, const struct actor *actor, struct text token,
                                struct bytes piece, int64_t *offset, struct problem *p);
// Checks what it is (PDF, JPEG, PNG by content), stores it under the person's key and adds it to the case.
// *document is 0 when `around` knew the upload already: nothing was added.
enum status intake_upload_finish(struct intake *i, const struct actor *actor,
                                 const struct upload_about *about, struct text token, struct arena *a,
                                 int64_t *document, struct problem *p);
// Gives it up.
enum status intake_upload_drop(struct intake *i, const struct actor *actor, struct text token);

// ---- afterwards ----

// Scans new documents for viruses, makes thumbnails and text, and the PDFs of new letters; at most `limit`
// things of each kind. What a document was found to be is one commit: whoever dies before leaves it waiting.
// STATUS_BUSY: the scanner does not answer; files wait. The server calls it from a thread of its own.
enum status intake_follow_up(struct intake *i, size_t limit, size_t *done);

// A picture of one page of a document for the viewer without script (PNG). Pages count from 0.
enum status intake_page_picture(struct intake *i, const struct actor *actor, const struct look *look,
                                int64_t document, int page, int px, struct arena *a, struct bytes *png,
                                int *pages, struct problem *p);
