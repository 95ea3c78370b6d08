// search.c - the room: opened over cases, closed before them.
#include "search/search.h"

#include <stdlib.h>

#include "search/inside.h"
#include "search/natural_inside.h"

#define LIST_EVENT(name) &EVENT_##name,
const struct event_type *const search_event_types[] = {NATURAL_EVENTS(LIST_EVENT) NULL};
#undef LIST_EVENT

enum status search_open(struct cases *c, const struct search_options *o, struct search **out,
                        struct problem *p) {
    (void)o, (void)p;
    struct search *s = calloc(1, sizeof *s);
    if (!s) return STATUS_FULL;
    s->cases = c;
    s->journal = cases_journal(c);
    *out = s;
    return STATUS_OK;
}

void search_close(struct search *s) {
    free(s);
}
