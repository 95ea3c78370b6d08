// later.c - what follows from all events of one command together, done once after the last of them.
#include "journal/internal.h"

enum status event_later(const struct event *e, event_later_fn *fn, unsigned what) {
    struct later *l = e->later;
    struct later_item *item = NULL;
    for (size_t i = l->count; i-- > 0 && !item;)
        if (l->items[i].fn == fn && l->items[i].stream == e->stream) item = &l->items[i];
    if (!item) {
        item = ARENA_PUSH(l->arena, l);
        *item = (struct later_item){.fn = fn, .stream = e->stream};
    }
    item->what |= what;
    if (what & EVENT_CHANGED) item->seq = e->seq, item->at = e->at;
    return STATUS_OK;
}

enum status later_run(struct later *l, struct db *db) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < l->count && !st; i++) {
        const struct later_item *item = &l->items[i];
        st = item->fn(db, item->stream, item->what, item->seq, item->at);
    }
    *l = (struct later){.arena = l->arena};
    return st;
}
