// migrate_jobs.c - the migration that an officer started: one at a time in this server, kept until the next.
#include <stdatomic.h>
#include <stdlib.h>

#include "cases/internal.h"
#include "cases/migrate.h"

struct migration_job {
    struct cases *cases;
    struct arena arena; // of the order, the actor and the report
    struct actor actor;
    struct migration_order order;
    struct text pack, from, to;
    struct moment started;
    pthread_t thread;
    atomic_bool is_stopped, is_running;
    atomic_int_least64_t done, all;
    // Read by others only after is_running has become false.
    struct migration_report report;
    struct problem problem;
    enum status status;
};

struct migration_room {
    pthread_mutex_t lock;
    struct migration_job *job;
};

struct migration_room *migration_room_new(void) {
    struct migration_room *r = calloc(1, sizeof *r);
    if (!r) abort();
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

static void job_free(struct migration_job *j, bool has_thread) {
    if (!j) return;
    atomic_store(&j->is_stopped, true);
    if (has_thread) pthread_join(j->thread, NULL);
    arena_free(&j->arena);
    free(j);
}

void migration_room_free(struct migration_room *r) {
    job_free(r->job, true);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static enum status may(struct cases *c, const struct actor *actor, struct problem *p) {
    struct access_question q = {.action = T("migrate_case"),
                                .purpose = T("policy_review"),
                                .relation = T("none"),
                                .attribute_class = T("public")};
    if (actor->kind == ACTOR_SYSTEM && packs_newest(c)) return STATUS_OK;
    return entry_allows(c, packs_newest(c), actor, &q, p);
}

static bool goes_on(void *context, int64_t done, int64_t all) {
    struct migration_job *j = context;
    atomic_store(&j->done, done);
    atomic_store(&j->all, all);
    return !atomic_load(&j->is_stopped);
}

static void *run(void *argument) {
    struct migration_job *j = argument;
    struct migration_watch watch = {j, goes_on};
    struct problem p = {0};
    j->status = migration_run(j->cases, &j->actor, &j->order, &watch, &j->arena, &j->report, &p);
    j->problem = problem_copy(&j->arena, &p);
    atomic_store(&j->is_running, false);
    return NULL;
}

// Whoever started it may have signed out before it ends.
static struct actor actor_copy(struct arena *a, const struct actor *from) {
    struct actor to = *from;
    for (size_t i = 0; i < to.role_count; i++) to.roles[i] = text_copy(a, to.roles[i]);
    struct text *texts[] = {&to.name, &to.public_code, &to.unit, &to.language, &to.purpose};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(a, *texts[i]);
    return to;
}

static struct migration_job *job_new(struct cases *c, const struct actor *actor,
                                     const struct migration_order *order) {
    struct migration_job *j = calloc(1, sizeof *j);
    if (!j) abort();
    const struct pack *from = cases_pack_of(c, order->from), *to = cases_pack_of(c, order->to);
    j->cases = c;
    j->actor = actor_copy(&j->arena, actor);
    j->order = *order;
    j->order.mapping = text_copy(&j->arena, order->mapping);
    j->pack = text_copy(&j->arena, pack_id(from));
    j->from = text_copy(&j->arena, pack_version(from));
    j->to = text_copy(&j->arena, pack_version(to));
    j->started = env_now(journal_env(c->journal));
    atomic_store(&j->is_running, true);
    return j;
}

static enum status busy(struct problem *p) {
    return problem(p, "", "migration_busy", "problem.migration.busy");
}

static enum status begin(struct migration_room *r, struct migration_job *j, struct problem *p) {
    enum status st = STATUS_OK;
    struct migration_job *old = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->job && atomic_load(&r->job->is_running))
        st = busy(p);
    else if (pthread_create(&j->thread, NULL, run, j) != 0)
        st = STATUS_BUSY;
    else
        old = r->job, r->job = j;
    pthread_mutex_unlock(&r->lock);
    job_free(st ? j : old, !st);
    return st;
}

enum status migration_start(struct cases *c, const struct actor *actor, const struct migration_order *order,
                            struct arena *a, struct problem *p) {
    struct migrate_case how;
    enum status st = may(c, actor, p);
    if (!st) st = migration_want(c, order, a, &how, p); // said now, not in a report
    return st ? st : begin(c->migrations, job_new(c, actor, order), p);
}

static void copy_report(const struct migration_report *from, struct arena *a, struct migration_report *to) {
    *to = *from;
    to->reasons.items = NULL;
    to->reasons.count = to->reasons.capacity = 0;
    for (size_t i = 0; i < from->reasons.count; i++) {
        struct migration_reason *r = ARENA_PUSH(a, &to->reasons);
        *r = from->reasons.items[i];
        r->element = text_copy(a, r->element);
        r->rule = text_copy(a, r->rule);
        for (size_t k = 0; k < r->sample_count; k++) r->samples[k] = text_copy(a, r->samples[k]);
    }
}

static void view(const struct migration_job *j, struct arena *a, struct migration_view *out) {
    *out = (struct migration_view){.is_known = true,
                                   .is_running = atomic_load(&j->is_running),
                                   .is_try = j->order.is_try,
                                   .pack = text_copy(a, j->pack),
                                   .from = text_copy(a, j->from),
                                   .to = text_copy(a, j->to),
                                   .started = j->started,
                                   .done = atomic_load(&j->done),
                                   .all = atomic_load(&j->all)};
    if (out->is_running) return;
    out->has_failed = j->status != STATUS_OK;
    out->problem = problem_copy(a, &j->problem);
    copy_report(&j->report, a, &out->report);
}

enum status migration_look(struct cases *c, const struct actor *actor, struct arena *a,
                           struct migration_view *out, struct problem *p) {
    struct migration_room *r = c->migrations;
    *out = (struct migration_view){0};
    enum status st = may(c, actor, p);
    if (st) return st;
    pthread_mutex_lock(&r->lock);
    if (r->job) view(r->job, a, out);
    pthread_mutex_unlock(&r->lock);
    return STATUS_OK;
}

enum status migration_stop(struct cases *c, const struct actor *actor, struct problem *p) {
    struct migration_room *r = c->migrations;
    enum status st = may(c, actor, p);
    if (st) return st;
    pthread_mutex_lock(&r->lock);
    if (r->job) atomic_store(&r->job->is_stopped, true);
    pthread_mutex_unlock(&r->lock);
    return STATUS_OK;
}
