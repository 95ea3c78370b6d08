// search.c - the room: opened over cases and registers, closed before them.
#include "search/search.h"

#include <stdlib.h>

#include "search/inside.h"
#include "search/natural_inside.h"
#include "search/rules.h"
#include "store/keys.h"

#define LIST_EVENT(name) &EVENT_##name,
const struct event_type *const search_event_types[] = {NATURAL_EVENTS(LIST_EVENT) & EVENT_searched, NULL};
#undef LIST_EVENT

enum status search_open(struct cases *c, const struct search_options *o, struct search **out,
                        struct problem *p) {
    struct search *s = calloc(1, sizeof *s);
    if (!s) return STATUS_FULL;
    *out = s;
    s->cases = c;
    s->registers = o->registers;
    s->journal = cases_journal(c);
    s->sources = o->sources;
    enum status st = zone_find(o->zone, &s->zone);
    if (st) st = problem(p, "zone", "zone_unknown", "problem.zone.unknown");
    if (!st) st = keys_named(journal_store(s->journal), "search", &s->key);
    if (!st) st = memory_open(c, o->registers, o->by_hand, &s->memory);
    if (!st) return STATUS_OK;
    search_close(s);
    *out = NULL;
    return st;
}

void search_close(struct search *s) {
    if (!s) return;
    memory_close(s->memory);
    key_wipe(&s->key);
    free(s);
}

enum status search_step(struct search *s) {
    bool more = true;
    enum status st = STATUS_OK;
    while (more && !st) st = memory_step(s->memory, &more);
    return st;
}

struct store *search_store(struct search *s) {
    return journal_store(s->journal);
}

size_t search_count(struct search *s) {
    return memory_count(s->memory);
}

const struct compare_rules *search_level_rules(struct search *s) {
    return search_rules(s->cases);
}
