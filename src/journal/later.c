// later.c - what follows from all events of one command together, done once after the last of them.
#include "journal/internal.h"

static struct later_item *item_of(const struct event *e, event_later_fn *fn) {
    struct later *l = e->later;
    for (size_t i = l->count; i-- > 0;)
        if (l->items[i].fn == fn && l->items[i].stream == e->stream) return &l->items[i];
    struct later_item *item = ARENA_PUSH(l->arena, l);
    *item = (struct later_item){.fn = fn, .stream = e->stream};
    return item;
}

enum status event_written(const struct event *e, event_later_fn *fn, unsigned what) {
    struct later_item *item = item_of(e, fn);
    item->what &= ~what;
    if (what & EVENT_CHANGED) item->seq = e->seq, item->at = e->at;
    return STATUS_OK;
}

enum status event_later(const struct event *e, event_later_fn *fn, unsigned what) {
    struct later_item *item = item_of(e, fn);
    item->what |= what;
    if (what & EVENT_CHANGED) item->seq = e->seq, item->at = e->at;
    return STATUS_OK;
}

enum status later_run(struct later *l, struct db *db) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < l->count && !st; i++) {
        const struct later_item *item = &l->items[i];
        if (item->what) st = item->fn(db, item->stream, item->what, item->seq, item->at);
    }
    *l = (struct later){.arena = l->arena};
    return st;
}
