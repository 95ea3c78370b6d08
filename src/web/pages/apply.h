// apply.h - inside pages/: an application that is being written.
#pragma once
#include "web/form_page.h"

// What a person may apply for here: today's packs that a person may begin.
struct offer {
    struct text id, title, about, href;
};
struct offers {
    struct offer *items;
    size_t count, capacity;
};
extern const struct view OFFER_VIEW;
// Those that a person (else staff) may begin; addresses are `path` and the id.
struct offers offers_of(struct request *q, bool by_staff, const char *path);
// Those that this member of staff may open at the counter (open.c).
struct offers open_offers(struct request *q);
// What a pack adds to the page before an application: texts "pack.own.1", "pack.own.2" ...
struct own_line {
    struct text words;
};
struct own_lines {
    struct own_line *items;
    size_t count, capacity;
};
extern const struct view OWN_LINE_VIEW;
struct own_lines offer_own_lines(struct request *q, const struct pack *pack);
// A text of the pack in words; empty when it has none of that key.
struct text offer_text(struct request *q, const struct pack *pack, struct text key);

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
