// throughput_room.c - who may see the throughput, and the answers that are kept for a minute: a count goes
// over many rows, so one is made at a time, and all who ask meanwhile see the one before.
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "cases/throughput_inside.h"

struct kept {
    struct arena arena; // of the question's texts and the answer
    struct throughput_question question;
    struct throughput answer;
};
struct throughput_room {
    pthread_mutex_t mutex;
    struct kept kept[THROUGHPUT_KEPT];
    bool is_counting;
};

struct throughput_room *throughput_room_new(void) {
    struct throughput_room *r = calloc(1, sizeof *r);
    if (!r) abort();
    pthread_mutex_init(&r->mutex, NULL);
    return r;
}

void throughput_room_free(struct throughput_room *r) {
    for (size_t i = 0; i < THROUGHPUT_KEPT; i++) arena_free(&r->kept[i].arena);
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
    const struct pack_entry *e = packs_now(c, procedure);
    if (!e) return problem(p, "", "no_pack", "problem.pack.none");
    struct problem own = {0};
    if (!p) p = &own;
    enum status st = access_check(e->policy, actor, &q, NULL, p);
    if (!st) return STATUS_OK;
    struct access_trace trace = {.actor = actor,
                                 .purpose = purpose_word(e, look->purpose),
                                 .relation = T("none"),
                                 .what = T("see_throughput"),
                                 .rule = p->rule};
    enum status recorded = access_record_now(c->journal, &trace);
    return recorded ? recorded : st;
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

static void keep(struct throughput_room *r, const struct throughput_question *q, const struct throughput *t) {
    struct kept *k = place_for(r, q);
    arena_free(&k->arena);
    k->question = *q;
    k->question.procedure = text_copy(&k->arena, q->procedure);
    k->question.unit = text_copy(&k->arena, q->unit);
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

enum status cases_throughput(struct cases *c, const struct actor *actor, const struct look *look,
                             const struct throughput_question *q, struct arena *a, struct throughput *out,
                             struct problem *p) {
    struct throughput_room *r = c->throughput;
    struct moment now = env_now(journal_env(c->journal));
    *out = (struct throughput){0};
    enum status st = throughput_may(c, actor, look, q->procedure, p);
    if (st) return st;
    pthread_mutex_lock(&r->mutex);
    bool is_known = take(r, q, now, r->is_counting ? THROUGHPUT_STALE_MS : THROUGHPUT_FRESH_MS, a, out);
    bool is_mine = !is_known && !r->is_counting;
    r->is_counting |= is_mine;
    pthread_mutex_unlock(&r->mutex);
    if (!is_mine) return is_known ? STATUS_OK : STATUS_BUSY;
    st = throughput_count(c, q, a, out);
    pthread_mutex_lock(&r->mutex);
    if (!st) keep(r, q, out);
    r->is_counting = false;
    pthread_mutex_unlock(&r->mutex);
    log_line(st ? LOG_WARNING : LOG_INFO, "throughput.count", "status=\"%s\" steps=%zu ms=%lld",
             status_name(st), out->count, (long long)(env_now(journal_env(c->journal)).ms - now.ms));
    return st;
}
