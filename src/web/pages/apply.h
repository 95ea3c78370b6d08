// apply.h - inside pages/: an application that is being written.
#pragma once
#include "web/form_page.h"

struct draft {
    int64_t id;
    struct case_file file;
    const struct pack *pack;
    const struct form *form;
    struct answers answers; // of all sections
    struct form_context context;
};
// The draft of the address (":id"). STATUS_NOT_FOUND when it is not the person's; a case that was sent
// already answers STATUS_CONFLICT (apply_sent() leads to it).
enum status draft_open(struct request *q, struct response *r, struct draft *d);
enum status draft_sent(struct request *q, struct response *r, const struct draft *d);
// Saves the answers of one section as they are, right or wrong.
enum status draft_save(struct request *q, struct draft *d, const struct form_section *section,
                       struct problem *p);
// Where to go after this section: the next one that is not done, or the answers to check. NULL begins at the
// first.
struct text draft_next(struct request *q, const struct draft *d, const struct form_section *after);
