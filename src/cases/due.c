// due.c - when the clock brings something next: known in memory, so that nothing is asked while nothing is
// due.
//
// The next moment is read from the two indexes once, and moved by every commit of this server afterwards. A
// pass goes through what is due in order of its moment. What failed lies behind the pass; a new pass tries it
// again, later each time. Servers that share a database each fire what they know, and begin a pass each
// minute for what was set by one that is gone: the command looks at the case's state, so nothing happens
// twice.
#include "cases/internal.h"

#include "store/store.h"

enum {
    SHARED_PASS_MS = 60 * 1000,  // how late the timer of a server that died may be
    AGAIN_FIRST_MS = 60 * 1000,  // after a pass with failures, doubled with each such pass ...
    AGAIN_MOST_MS = 3600 * 1000, // ... up to an hour
    STORE_AGAIN_MS = 10 * 1000,  // the database is full or away: nothing of it is the case's fault
};

void due_open(struct cases *c) {
    pthread_mutex_init(&c->due.lock, NULL);
    c->due.pass_at = 0; // begin one at once
    c->due.next = 0;
}

void due_close(struct cases *c) {
    pthread_mutex_destroy(&c->due.lock);
}

static void step_back(struct due_place *at, int64_t due) {
    if (due <= at->due) *at = (struct due_place){due - 1, INT64_MAX, INT64_MAX};
}

void due_note(struct cases *c, int64_t due) {
    if (due >= DUE_NONE) return;
    pthread_mutex_lock(&c->due.lock);
    if (due < c->due.next) c->due.next = due;
    for (int i = 0; i < DUE_SOURCES; i++) step_back(&c->due.at[i], due);
    pthread_mutex_unlock(&c->due.lock);
}

// False when nothing is due. Whatever is noted from now on counts for the next look.
bool due_begin(struct cases *c, int64_t now, struct due_place at[DUE_SOURCES], bool *is_new_pass) {
    struct due *d = &c->due;
    pthread_mutex_lock(&d->lock);
    *is_new_pass = now >= d->pass_at;
    bool is_due = *is_new_pass || now >= d->next;
    if (*is_new_pass) {
        d->at[0] = d->at[1] = (struct due_place){0};
        d->has_failed = false;
        d->pass_at = store_is_shared(journal_store(c->journal)) ? now + SHARED_PASS_MS : DUE_NONE;
    }
    if (is_due) d->next = DUE_NONE;
    for (int i = 0; i < DUE_SOURCES; i++) at[i] = d->at[i];
    pthread_mutex_unlock(&d->lock);
    return is_due;
}

static int64_t pause_after(struct due *d) {
    d->again_ms = d->again_ms ? d->again_ms * 2 : AGAIN_FIRST_MS;
    if (d->again_ms > AGAIN_MOST_MS) d->again_ms = AGAIN_MOST_MS;
    return d->again_ms;
}

void due_went_on(struct cases *c, const struct due_place from[DUE_SOURCES],
                 const struct due_place to[DUE_SOURCES], bool has_failed) {
    struct due *d = &c->due;
    pthread_mutex_lock(&d->lock);
    for (int i = 0; i < DUE_SOURCES; i++) // unless it was put back meanwhile
        if (d->at[i].due == from[i].due && d->at[i].case_id == from[i].case_id && d->at[i].id == from[i].id)
            d->at[i] = to[i];
    d->has_failed |= has_failed;
    d->next = 0;
    pthread_mutex_unlock(&d->lock);
}

void due_ended(struct cases *c, int64_t now, int64_t next) {
    struct due *d = &c->due;
    pthread_mutex_lock(&d->lock);
    if (next < d->next) d->next = next;
    if (!d->has_failed)
        d->again_ms = 0;
    else if (d->pass_at == DUE_NONE)
        d->pass_at = now + pause_after(d);
    d->has_failed = false;
    pthread_mutex_unlock(&d->lock);
}

void due_stopped(struct cases *c, int64_t now) {
    struct due *d = &c->due;
    pthread_mutex_lock(&d->lock);
    if (now + STORE_AGAIN_MS < d->next) d->next = now + STORE_AGAIN_MS;
    pthread_mutex_unlock(&d->lock);
}

struct moment cases_next_due(struct cases *c) {
    pthread_mutex_lock(&c->due.lock);
    int64_t at = c->due.next < c->due.pass_at ? c->due.next : c->due.pass_at;
    pthread_mutex_unlock(&c->due.lock);
    return (struct moment){at};
}
