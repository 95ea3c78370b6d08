// room.c - opening and closing; and the list of what can happen to an entry.
#include <stdlib.h>

#include "registers/internal.h"

#define DEFINE_EVENT(name) const struct event_type EVENT_##name = {#name, apply_##name};
REGISTER_EVENTS(DEFINE_EVENT)
#undef DEFINE_EVENT

#define LIST_EVENT(name) &EVENT_##name,
const struct event_type *const registers_event_types[] = {REGISTER_EVENTS(LIST_EVENT) NULL};
#undef LIST_EVENT

enum status registers_open(struct journal *j, struct cases *c, const struct registers_options *o,
                           struct registers **out, struct problem *p) {
    struct registers *r = calloc(1, sizeof *r);
    if (!r) abort(); // as arena_alloc does
    r->journal = j;
    r->cases = c;
    r->zone_name = text_copy(&r->arena, o->zone);
    pthread_mutex_init(&r->lock, NULL);
    *out = r;
    if (zone_find(r->zone_name, &r->zone) == STATUS_OK) return STATUS_OK;
    registers_close(r);
    *out = NULL;
    return problem(p, "zone", "zone_unknown", "problem.zone.unknown");
}

void registers_close(struct registers *r) {
    if (!r) return;
    for (size_t i = 0; i < r->rights_count; i++) arena_free(&r->rights[i]->arena);
    pthread_mutex_destroy(&r->lock);
    arena_free(&r->arena);
    free(r);
}

struct cases *registers_cases(struct registers *r) {
    return r->cases;
}

void registers_stop(struct registers *r) {
    atomic_store(&r->is_stopping, true);
}

void registers_say(struct registers *r, registers_say_fn *say, void *context) {
    r->say = say;
    r->say_context = context;
}
