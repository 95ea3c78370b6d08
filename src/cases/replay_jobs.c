// replay_jobs.c - runs that officers started: a thread each, kept with their results until newer ones take
// the place.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cases/reading.h"
#include "cases/replay.h"

struct replay_job {
    int64_t id;
    struct cases *cases;
    struct arena arena; // of texts, packs' problems and the result
    struct pack *before, *after;
    struct replay_question question;
    struct text file_name;
    struct moment started;
    pthread_t thread;
    atomic_bool is_cancelled;
    atomic_int_least64_t percent, looked_at;
    // Guarded by the room's lock.
    enum replay_state state;
    int entered; // who looks at it now
    struct replay_result result;
    struct problem problem;
};

struct replay_room {
    pthread_mutex_t mutex;
    struct replay_job *jobs[REPLAY_KEPT_MAX]; // the newest last
    size_t count;
};

struct replay_room *replay_room_new(void) {
    struct replay_room *r = calloc(1, sizeof *r);
    if (!r) abort();
    pthread_mutex_init(&r->mutex, NULL);
    return r;
}

static void job_free(struct replay_job *j) {
    if (!j) return;
    pack_release(j->before);
    pack_release(j->after);
    arena_free(&j->arena);
    free(j);
}

void replay_room_free(struct replay_room *r) {
    for (size_t i = 0; i < r->count; i++) {
        atomic_store(&r->jobs[i]->is_cancelled, true);
        pthread_join(r->jobs[i]->thread, NULL);
        job_free(r->jobs[i]);
    }
    pthread_mutex_destroy(&r->mutex);
    free(r);
}

// ---- who may ----

static enum status ask(const struct pack_entry *e, const struct actor *actor, const struct look *look,
                       struct problem *p) {
    struct access_question q = {.action = T("replay_rules"),
                                .purpose = look->purpose,
                                .relation = T("none"),
                                .attribute_class = T("statistics")};
    return access_check(e->policy, actor, &q, NULL, p);
}

// The newest law of a procedure says who may try it.
static bool may_try(struct cases *c, const struct pack *pack, const struct actor *actor,
                    const struct look *look) {
    struct problem own = {0};
    const struct pack_entry *e = packs_newest_of(c, pack_id(pack));
    return e && !ask(e, actor, look, &own);
}

// Whose law counts for runs of this pack; NULL: of any procedure, the first that lets the actor in.
static const struct pack_entry *law_for(struct cases *c, const struct pack *pack, const struct actor *actor,
                                        const struct look *look) {
    if (pack) return packs_newest_of(c, pack_id(pack));
    struct pack_entries all = packs_today(c);
    for (size_t i = 0; i < all.count; i++)
        if (may_try(c, all.items[i]->pack, actor, look))
            return packs_newest_of(c, pack_id(all.items[i]->pack));
    return packs_newest(c);
}

static enum status may(struct cases *c, const struct pack *pack, const struct actor *actor,
                       const struct look *look, struct problem *p) {
    const struct pack_entry *e = law_for(c, pack, actor, look);
    if (!e) return problem(p, "", "no_pack", "problem.pack.none");
    struct access_trace trace = {.actor = actor,
                                 .purpose = purpose_word(e, look->purpose),
                                 .relation = T("none"),
                                 .what = T("replay_rules")};
    struct problem own = {0};
    if (!p) p = &own;
    enum status st = ask(e, actor, look, p);
    if (!st) return STATUS_OK;
    trace.rule = p->rule;
    enum status recorded = access_record_now(c->journal, &trace);
    return recorded ? recorded : st;
}

static enum status record(struct cases *c, const struct pack *pack, const struct actor *actor,
                          const struct look *look) {
    struct access_trace trace = {.actor = actor,
                                 .purpose = purpose_word(packs_newest_of(c, pack_id(pack)), look->purpose),
                                 .relation = T("none"),
                                 .what = T("replay")};
    return access_record_now(c->journal, &trace);
}

// ---- the run ----

static bool goes_on(void *context, int64_t done, int64_t all, int64_t cases) {
    struct replay_job *j = context;
    atomic_store(&j->percent, all ? done * 100 / all : 100);
    atomic_store(&j->looked_at, cases);
    return !atomic_load(&j->is_cancelled);
}

static void *run_job(void *argument) {
    struct replay_job *j = argument;
    struct replay_watch watch = {.context = j, .goes_on = goes_on};
    struct replay_result result;
    struct problem p = {0};
    enum status st =
        replay_run(journal_store(j->cases->journal), &j->question, &watch, &j->arena, &result, &p);
    if (st && st != STATUS_EXPIRED && !p.text_key)
        (void)problem(&p, "", "replay_failed", "problem.replay.failed");
    log_line(st && st != STATUS_EXPIRED ? LOG_WARNING : LOG_INFO, "replay.end",
             "decision=\"" TEXT_FMT "\" status=\"%s\" cases=%lld changed=%lld ms=%lld",
             TEXT_ARG(j->question.decision), status_name(st), (long long)result.cases,
             (long long)result.changed, (long long)(result.seconds * 1000));
    struct replay_room *r = j->cases->replays;
    pthread_mutex_lock(&r->mutex);
    j->result = result;
    j->problem = p;
    j->state = !st ? REPLAY_DONE : st == STATUS_EXPIRED ? REPLAY_STOPPED : REPLAY_FAILED;
    pthread_mutex_unlock(&r->mutex);
    return NULL;
}

// Half of the machine at most; these threads also give way to all others.
static int background_threads(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN) / 2;
    return n < 1 ? 1 : n > REPLAY_THREADS_MAX ? REPLAY_THREADS_MAX : (int)n;
}

// ---- what is asked for ----

static enum status no_version(struct problem *p, const char *field) {
    return problem(p, field, "replay_version", "problem.replay.version");
}

static struct text file_names(const struct pack *pack, struct arena *a) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < pack_decisions(pack); i++) {
        struct text name = pack_decision_file(pack, i);
        if (i) out_c(&o, ", ");
        out_text(&o, text_slice(name, sizeof "decisions/" - 1, name.n));
    }
    return out_done(&o);
}

static enum status put_file(struct replay_job *j, const struct replay_order *o, struct pack_files *files,
                            struct arena *a, struct problem *p) {
    struct text name = TEXT_JOIN(&j->arena, T("decisions/"), o->file_name);
    const struct pack_file *old = pack_file_find(files, name);
    if (old) {
        files->items[old - files->items].content = o->file;
        return STATUS_OK;
    }
    enum status st = problem(p, "file", "replay_file", "problem.replay.file");
    problem_arg(p, "file", text_copy(a, o->file_name));
    problem_arg(p, "others", file_names(j->before, a));
    return st;
}

static enum status changed_pack(struct replay_job *j, const struct replay_order *o, struct arena *a,
                                struct problem *p) {
    struct arena scratch = {0};
    struct pack_files files;
    struct text number = text_printf(&scratch, "%lld", (long long)o->before);
    enum status st = replay_stored_files(journal_store(j->cases->journal), number, &scratch, &files);
    if (!st) st = put_file(j, o, &files, a, p);
    if (!st) st = pack_read(a, &files, &j->after, p);
    arena_free(&scratch);
    return st;
}

static enum status read_versions(struct replay_job *j, const struct replay_order *o, struct arena *a,
                                 struct problem *p) {
    const struct pack *before = cases_pack_of(j->cases, o->before), *after = NULL;
    if (!before) return no_version(p, "before");
    j->before = pack_keep(before);
    if (o->file_name.n) return changed_pack(j, o, a, p);
    after = cases_pack_of(j->cases, o->after);
    if (!after) return no_version(p, "after");
    j->after = pack_keep(after);
    return STATUS_OK;
}

static enum status want_difference(const struct replay_job *j, const struct replay_order *o,
                                   struct problem *p) {
    struct hash before = pack_hash(j->before), after = pack_hash(j->after);
    if (!hash_eq(&before, &after)) return STATUS_OK;
    return problem(p, o->file_name.n ? "file" : "after", "replay_same", "problem.replay.same");
}

static enum status job_new(struct cases *c, const struct replay_order *o, struct arena *a,
                           struct replay_job **out, struct problem *p) {
    struct replay_job *j = *out = calloc(1, sizeof *j);
    if (!j) abort();
    uint64_t random;
    env_random(env_real(), &random, sizeof random); // another server's runs have other numbers
    j->id = (int64_t)(random >> 12) + 1;
    j->cases = c;
    j->file_name = text_copy(&j->arena, o->file_name);
    j->started = env_now(journal_env(c->journal));
    enum status st = read_versions(j, o, a, p);
    if (!st) st = want_difference(j, o, p);
    if (st) return st;
    j->question = (struct replay_question){.before = j->before,
                                           .after = j->after,
                                           .decision = text_copy(&j->arena, o->decision),
                                           .moment = o->moment,
                                           .stock = o->stock,
                                           .now = j->started,
                                           .zone = c->zone_name,
                                           .threads = background_threads(),
                                           .in_background = true,
                                           .for_statistics = true};
    return replay_check(journal_store(c->journal), &j->question, a, p);
}

// ---- the room ----

static bool is_busy(const struct replay_room *r) {
    int running = 0;
    for (size_t i = 0; i < r->count; i++) running += r->jobs[i]->state == REPLAY_RUNNING;
    return running >= REPLAY_RUNNING_MAX;
}

// Asked before anything is read; begin() asks again.
static enum status want_idle(struct replay_room *r, struct problem *p) {
    pthread_mutex_lock(&r->mutex);
    bool busy = is_busy(r);
    pthread_mutex_unlock(&r->mutex);
    return busy ? problem(p, "", "replay_busy", "problem.replay.busy") : STATUS_OK;
}

// The oldest that ended and that nobody looks at; false when there is none.
static bool make_room(struct replay_room *r) {
    for (size_t i = 0; i < r->count; i++) {
        struct replay_job *j = r->jobs[i];
        if (j->state == REPLAY_RUNNING || j->entered) continue;
        pthread_join(j->thread, NULL); // it has ended, or is about to
        job_free(j);
        memmove(&r->jobs[i], &r->jobs[i + 1], (r->count - i - 1) * sizeof *r->jobs);
        r->count--;
        return true;
    }
    return false;
}

static enum status begin(struct replay_room *r, struct replay_job *j, struct problem *p) {
    enum status st = STATUS_OK;
    pthread_mutex_lock(&r->mutex);
    if (is_busy(r) || (r->count == REPLAY_KEPT_MAX && !make_room(r)))
        st = problem(p, "", "replay_busy", "problem.replay.busy");
    else if (pthread_create(&j->thread, NULL, run_job, j) != 0)
        st = STATUS_BUSY;
    else
        r->jobs[r->count++] = j;
    pthread_mutex_unlock(&r->mutex);
    return st;
}

static struct replay_job *find(struct replay_room *r, int64_t run) {
    for (size_t i = 0; i < r->count; i++)
        if (r->jobs[i]->id == run) return r->jobs[i];
    return NULL;
}

enum status replay_start(struct cases *c, const struct actor *actor, const struct look *look,
                         const struct replay_order *order, struct arena *a, int64_t *run, struct problem *p) {
    struct replay_job *j = NULL;
    enum status st = may(c, cases_pack_of(c, order->before), actor, look, p);
    if (!st) st = want_idle(c->replays, p);
    if (!st) st = job_new(c, order, a, &j, p);
    if (!st) st = record(c, j->before, actor, look);
    if (!st) *run = j->id;
    if (!st) st = begin(c->replays, j, p);
    if (st) job_free(j);
    return st;
}

// ---- looking ----

static struct replay_view view_of(const struct replay_job *j, struct arena *a) {
    return (struct replay_view){.run = j->id,
                                .state = j->state,
                                .decision = text_copy(a, j->question.decision),
                                .before = text_copy(a, pack_version(j->before)),
                                .after = text_copy(a, pack_version(j->after)),
                                .file_name = text_copy(a, j->file_name),
                                .started = j->started,
                                .percent = atomic_load(&j->percent),
                                .cases = atomic_load(&j->looked_at),
                                .moment = j->question.moment,
                                .stock = j->question.stock};
}

enum status replay_list(struct cases *c, const struct actor *actor, const struct look *look, struct arena *a,
                        struct replay_views *out, struct problem *p) {
    struct replay_room *r = c->replays;
    *out = (struct replay_views){0};
    enum status st = may(c, NULL, actor, look, p);
    if (st) return st;
    pthread_mutex_lock(&r->mutex);
    for (size_t i = r->count; i > 0; i--)
        if (may_try(c, r->jobs[i - 1]->before, actor, look)) *ARENA_PUSH(a, out) = view_of(r->jobs[i - 1], a);
    pthread_mutex_unlock(&r->mutex);
    return STATUS_OK;
}

enum status replay_enter(struct cases *c, const struct actor *actor, const struct look *look, int64_t run,
                         struct arena *a, struct replay_view *out, struct problem *p) {
    struct replay_room *r = c->replays;
    enum status st = may(c, NULL, actor, look, p);
    if (st) return st;
    pthread_mutex_lock(&r->mutex);
    struct replay_job *j = find(r, run);
    if (j && !may_try(c, j->before, actor, look)) j = NULL; // of another procedure
    if (j) {
        j->entered++;
        *out = view_of(j, a);
        out->problem = j->problem;
        if (j->state == REPLAY_DONE) out->result = &j->result;
    }
    pthread_mutex_unlock(&r->mutex);
    return j ? STATUS_OK : STATUS_NOT_FOUND;
}

void replay_leave(struct cases *c, int64_t run) {
    pthread_mutex_lock(&c->replays->mutex);
    struct replay_job *j = find(c->replays, run);
    if (j) j->entered--;
    pthread_mutex_unlock(&c->replays->mutex);
}

enum status replay_cancel(struct cases *c, const struct actor *actor, const struct look *look, int64_t run,
                          struct problem *p) {
    enum status st = may(c, NULL, actor, look, p);
    if (st) return st;
    pthread_mutex_lock(&c->replays->mutex);
    struct replay_job *j = find(c->replays, run);
    if (j && !may_try(c, j->before, actor, look)) j = NULL;
    if (j) atomic_store(&j->is_cancelled, true);
    pthread_mutex_unlock(&c->replays->mutex);
    return j ? STATUS_OK : STATUS_NOT_FOUND;
}

// ---- one case of a result ----

struct text replay_sample_purpose(struct cases *c, const struct actor *actor) {
    static const char *const PURPOSES[] = {"supervision", "asylum_examination", "quality_review"};
    struct pack_entries all = packs_today(c);
    for (size_t k = 0; k < all.count; k++) {
        const struct pack_entry *e = all.items[k];
        for (size_t i = 0; i < sizeof PURPOSES / sizeof *PURPOSES; i++) {
            class_set seen =
                access_visible_classes(e->policy, actor, T("read"), text_of(PURPOSES[i]), T("unit"), false);
            if (seen & access_class(e->policy, T("identity"))) return text_of(PURPOSES[i]);
        }
    }
    return T("");
}

// Only cases that the result names: its numbers are no key to others.
static bool is_named(const struct replay_result *r, int64_t case_id) {
    for (size_t i = 0; i < r->changes.count; i++)
        for (size_t k = 0; k < r->changes.items[i].sample_count; k++)
            if (r->changes.items[i].samples[k].case_id == case_id) return true;
    return false;
}

// Any value on the way may be what the person said, for a table may return what it reads.
static void leave_out_values(struct dmn_trace *t, struct arena *a) {
    for (size_t i = 0; i < t->count; i++) {
        struct dmn_step *step = &t->items[i];
        struct dmn_trace_rule *rules = ARENA_ARRAY(a, struct dmn_trace_rule, step->rule_count);
        step->input_count = 0;
        step->value = feel_null();
        for (size_t k = 0; k < step->rule_count; k++) {
            rules[k] = step->rules[k];
            rules[k].output_count = 0;
        }
        step->rules = rules;
    }
}

static void leave_out_claim(const struct replay_result *r, struct replay_ways *w, struct arena *a) {
    leave_out_values(&w->trace_before, a);
    leave_out_values(&w->trace_after, a);
    w->is_without_values = true;
    if (!replay_shows_words(r, w->before)) w->before = T("…");
    if (!replay_shows_words(r, w->after)) w->after = T("…");
}

enum status replay_open_sample(struct cases *c, const struct actor *actor, const struct look *power,
                               const struct look *look, int64_t run, int64_t case_id, struct arena *a,
                               struct replay_ways *out, struct problem *p) {
    struct replay_view v;
    struct reading r;
    enum status st = replay_enter(c, actor, power, run, a, &v, p);
    if (st) return st;
    const struct replay_job *j = NULL;
    pthread_mutex_lock(&c->replays->mutex);
    j = find(c->replays, run); // stays, for it was entered
    pthread_mutex_unlock(&c->replays->mutex);
    if (!v.result || !is_named(v.result, case_id)) st = STATUS_NOT_FOUND;
    if (!st) st = case_reading_begin(c, actor, look, case_id, T("suggestion"), a, &r, p);
    if (!st) {
        bool claim = case_reading_shows(&r, "claim");
        case_reading_end(&r);
        st = replay_one(journal_store(c->journal), &j->question, case_id, a, out, p);
        if (!st && !claim) leave_out_claim(v.result, out, a);
    }
    replay_leave(c, run);
    return st;
}
