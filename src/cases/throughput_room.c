// throughput_room.c - who may see the throughput, and the answers that are kept for a minute. A count goes
// over many rows, so one is made at a time, in a thread of its own, and nobody waits for it longer than a
// moment.
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "cases/throughput_inside.h"

struct kept {
    struct arena arena; // of the question's texts and the answer
    struct throughput_question question;
    struct throughput answer;
};
struct throughput_room {
    pthread_mutex_t mutex;
    pthread_cond_t ended; // a count
    struct kept kept[THROUGHPUT_KEPT];
    struct cases *cases;
    struct kept job; // what is counted, or was counted last
    enum status status;
    pthread_t thread;
    bool has_thread, is_counting;
    atomic_bool is_closing;
};

struct throughput_room *throughput_room_new(struct cases *c) {
    struct throughput_room *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->cases = c;
    pthread_mutex_init(&r->mutex, NULL);
    pthread_cond_init(&r->ended, NULL);
    return r;
}

void throughput_room_free(struct throughput_room *r) {
    atomic_store(&r->is_closing, true);
    if (r->has_thread) pthread_join(r->thread, NULL);
    for (size_t i = 0; i < THROUGHPUT_KEPT; i++) arena_free(&r->kept[i].arena);
    arena_free(&r->job.arena);
    pthread_cond_destroy(&r->ended);
    pthread_mutex_destroy(&r->mutex);
    free(r);
}

// ---- who may ----

enum status throughput_may(struct cases *c, const struct actor *actor, const struct look *look,
                           struct text procedure, struct problem *p) {
    struct access_question q = {.action = T("see_throughput"),
                                .purpose = look->purpose,
                                .relation = T("none"),
                                .attribute_class = T("statistics")};
    return entry_allows(c, packs_now(c, procedure), actor, &q, p);
}

enum status throughput_note_export(struct cases *c, const struct actor *actor, const struct look *look) {
    struct access_trace trace = {.actor = actor,
                                 .purpose = purpose_word(packs_newest(c), look->purpose),
                                 .relation = T("none"),
                                 .what = T("event_log")};
    return access_record_now(c->journal, &trace);
}

// ---- what is kept ----

static bool is_same(const struct throughput_question *a, const struct throughput_question *b) {
    return text_eq(a->procedure, b->procedure) && a->pack_version == b->pack_version &&
           text_eq(a->unit, b->unit) && date_eq(a->from, b->from) && date_eq(a->to, b->to);
}

static struct kept *find(struct throughput_room *r, const struct throughput_question *q) {
    for (size_t i = 0; i < THROUGHPUT_KEPT; i++)
        if (r->kept[i].answer.counted_at.ms && is_same(&r->kept[i].question, q)) return &r->kept[i];
    return NULL;
}

static struct kept *place_for(struct throughput_room *r, const struct throughput_question *q) {
    struct kept *oldest = find(r, q);
    for (size_t i = 0; i < THROUGHPUT_KEPT && (!oldest || !is_same(&oldest->question, q)); i++)
        if (!oldest || r->kept[i].answer.counted_at.ms < oldest->answer.counted_at.ms) oldest = &r->kept[i];
    return oldest;
}

static void copy(struct arena *a, const struct throughput *from, struct throughput *out) {
    *out = (struct throughput){.counted_at = from->counted_at};
    for (size_t i = 0; i < from->count; i++) {
        struct throughput_step s = from->items[i];
        s.process = text_copy(a, s.process);
        s.element = text_copy(a, s.element);
        *ARENA_PUSH(a, out) = s;
    }
}

static void set_question(struct kept *k, const struct throughput_question *q) {
    struct throughput_question copied = *q; // which may be its own
    struct arena arena = {0};
    copied.procedure = text_copy(&arena, q->procedure);
    copied.unit = text_copy(&arena, q->unit);
    arena_free(&k->arena);
    k->arena = arena;
    k->question = copied;
}

static void keep(struct throughput_room *r, const struct throughput_question *q, const struct throughput *t) {
    struct kept *k = place_for(r, q);
    set_question(k, q);
    copy(&k->arena, t, &k->answer);
}

// Takes a kept answer of at most this age.
static bool take(struct throughput_room *r, const struct throughput_question *q, struct moment now,
                 int64_t age_ms, struct arena *a, struct throughput *out) {
    const struct kept *k = find(r, q);
    if (!k || now.ms - k->answer.counted_at.ms > age_ms) return false;
    copy(a, &k->answer, out);
    return true;
}

// ---- counting ----

static void *run(void *argument) {
    struct throughput_room *r = argument;
    struct arena a = {0};
    struct throughput t;
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    enum status st = throughput_count(r->cases, &r->job.question, &r->is_closing, &a, &t);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    log_line(st ? LOG_WARNING : LOG_INFO, "throughput.count", "status=\"%s\" steps=%zu ms=%lld",
             status_name(st), t.count,
             (long long)((ended.tv_sec - began.tv_sec) * 1000 + (ended.tv_nsec - began.tv_nsec) / 1000000));
    pthread_mutex_lock(&r->mutex);
    if (!st) keep(r, &r->job.question, &t);
    r->status = st;
    r->is_counting = false;
    pthread_cond_broadcast(&r->ended);
    pthread_mutex_unlock(&r->mutex);
    arena_free(&a);
    return NULL;
}

static enum status start(struct throughput_room *r, const struct throughput_question *q) {
    if (r->has_thread) pthread_join(r->thread, NULL); // it has ended, or is about to
    set_question(&r->job, q);
    r->has_thread = r->is_counting = pthread_create(&r->thread, NULL, run, r) == 0;
    return r->has_thread ? STATUS_OK : STATUS_BUSY;
}

// Until a fresh answer is there, or the time is over. Counts it when nothing else is counted.
static enum status await(struct throughput_room *r, const struct throughput_question *q, struct moment now,
                         struct arena *a, struct throughput *out) {
    struct timespec until;
    bool is_mine = false;
    enum status st = STATUS_OK;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += THROUGHPUT_WAIT_S;
    for (;;) {
        if (take(r, q, now, THROUGHPUT_FRESH_MS, a, out)) return STATUS_OK;
        if (!r->is_counting && is_mine) return r->status ? r->status : STATUS_BUSY;
        if (!r->is_counting) st = start(r, q), is_mine = true;
        if (st || pthread_cond_timedwait(&r->ended, &r->mutex, &until)) break;
    }
    return take(r, q, now, THROUGHPUT_STALE_MS, a, out) ? STATUS_OK : STATUS_BUSY;
}

enum status cases_throughput(struct cases *c, const struct actor *actor, const struct look *look,
                             const struct throughput_question *q, struct arena *a, struct throughput *out,
                             struct problem *p) {
    struct throughput_room *r = c->throughput;
    *out = (struct throughput){0};
    enum status st = throughput_may(c, actor, look, q->procedure, p);
    if (st) return st;
    pthread_mutex_lock(&r->mutex);
    st = await(r, q, env_now(journal_env(c->journal)), a, out);
    pthread_mutex_unlock(&r->mutex);
    return st;
}
