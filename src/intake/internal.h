// internal.h - what the files of intake/ share; nobody else includes it.
#pragma once
#include "intake/intake.h"
#include "store/blob.h"

struct intake {
    struct cases *cases;
    struct store *store;
    struct worker_pool *workers;
    struct arena names;
    struct text scanner;
    int64_t after; // the document that the last round of the follow-up came to; 0: begin again
};

// "application/pdf", "image/jpeg", "image/png" by content; STATUS_UNSUPPORTED with `p` for anything else.
enum status media_of(struct intake *i, struct bytes head, struct arena *a, struct text *media,
                     struct problem *p);
