// replay.c - the run: threads take one range of case numbers after the other, load it, evaluate, count.
#include "cases/replay.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cases/replay_inside.h"

enum {
    RANGE_IDS = 4096, // case ids of one range: at most so many cases, some MB
    BACKGROUND_NICE = 15,
    ASK_US = 200 * 1000, // how late a stop may be noticed, beside the case that is looked at
};

static const struct sql BOUNDS =
    SQL("replay_bounds", "select coalesce(min(case_id), 0), coalesce(max(case_id), -1) from case_file");

struct run {
    struct store *store;
    const struct replay_plan *plan;
    const struct replay_watch *watch;
    int64_t first, last, range_count;
    atomic_int_least64_t next;
    atomic_bool stops;
    pthread_mutex_t mutex;
    pthread_cond_t moved; // guards and tells of what follows
    int64_t told;         // ranges whose lines were told, in their order
    int64_t done, cases;
    enum status status; // the first that went wrong
};

struct lines {
    struct replay_line *items;
    size_t count, capacity;
};

struct worker {
    struct run *run;
    pthread_t thread;
    struct tally tally;
    struct memo *memo;
    struct caseload load;
    struct arena load_arena, scratch, line_arena;
    struct lines lines;
    uint64_t asked_us;
};

// ---- one case ----

static bool is_left_out(struct worker *w, const struct case_state *s) {
    const struct replay_plan *plan = w->run->plan;
    struct replay_result *r = &w->tally.sum;
    bool outside =
        (plan->q->stock == REPLAY_OPEN && s->is_closed) || (plan->q->stock == REPLAY_CLOSED && !s->is_closed);
    if (s->is_draft) return ++r->drafts;
    if (s->is_erased) return ++r->erased;
    if (!replay_plan_knows(plan, s->pack_version)) return ++r->other_pack;
    return outside ? ++r->outside_stock : false;
}

const char *replay_cause_name(enum replay_cause cause) {
    static const char *const NAMES[] = {"came", "went", "changed", "logic"};
    return NAMES[cause];
}

static struct text why(struct worker *w, const struct counted *c) {
    struct out o = {.arena = &w->line_arena};
    for (size_t i = 0; i < c->reason_count; i++) {
        const struct replay_reason *x = &w->tally.sum.reasons.items[c->reasons[i]];
        out_printf(&o, "%s%s " TEXT_FMT, i ? "; " : "", replay_cause_name(x->cause), TEXT_ARG(x->table));
        if (x->rule) out_printf(&o, " row %lld", (long long)x->rule);
    }
    return out_done(&o);
}

static void keep_line(struct worker *w, const struct counted *c, const struct case_state *s) {
    const struct replay_watch *watch = w->run->watch;
    if (!watch || !watch->line || (watch->only_changes && !c->is_change)) return;
    const struct replay_change *change = &w->tally.sum.changes.items[c->change];
    *ARENA_PUSH(&w->line_arena, &w->lines) =
        (struct replay_line){s->case_id, s->case_no, change->before, change->after, why(w, c), c->is_change};
}

static enum status look_at(struct worker *w, struct case_state *s) {
    if (is_left_out(w, s)) return STATUS_OK;
    struct moment at = replay_moment_of(w->run->plan, s);
    bool is_new = true;
    struct counted own, *c = memo_find(w->memo, s, at, &is_new);
    struct arena *kept = c ? memo_arena(w->memo) : &w->scratch;
    if (!c) c = &own, w->tally.sum.evaluated++;
    if (is_new) {
        struct verdict v;
        enum status st = verdict_of(w->run->plan, s, at, &w->scratch, &v);
        if (st) return st;
        tally_place(&w->tally, &v, kept, c);
    }
    tally_add(&w->tally, c, s);
    keep_line(w, c, s);
    arena_reset(&w->scratch);
    return STATUS_OK;
}

// ---- one range ----

// Waits for the ranges before it, so that lines come in order.
static enum status tell_lines(struct worker *w, int64_t range) {
    struct run *run = w->run;
    const struct replay_watch *watch = run->watch;
    bool goes_on = true;
    pthread_mutex_lock(&run->mutex);
    while (run->told < range && !atomic_load(&run->stops)) pthread_cond_wait(&run->moved, &run->mutex);
    if (!atomic_load(&run->stops)) {
        for (size_t i = 0; i < w->lines.count && goes_on; i++)
            goes_on = watch->line(watch->context, &w->lines.items[i]);
        run->told++;
        pthread_cond_broadcast(&run->moved);
    }
    pthread_mutex_unlock(&run->mutex);
    return goes_on ? STATUS_OK : STATUS_IO;
}

static bool ask(struct run *run) {
    const struct replay_watch *w = run->watch;
    return !w || !w->goes_on || w->goes_on(w->context, run->done, run->range_count, run->cases);
}

static bool tell_progress(struct run *run, size_t cases) {
    pthread_mutex_lock(&run->mutex);
    run->done++;
    run->cases += (int64_t)cases;
    bool goes_on = ask(run);
    pthread_mutex_unlock(&run->mutex);
    return goes_on;
}

// A rule that costs a lot must not keep whoever stops it waiting for the end of a range.
static bool may_go_on(struct worker *w) {
    uint64_t now = env_monotonic_us(env_real());
    if (atomic_load(&w->run->stops)) return false;
    if (now - w->asked_us < ASK_US) return true;
    w->asked_us = now;
    pthread_mutex_lock(&w->run->mutex);
    bool goes_on = ask(w->run);
    pthread_mutex_unlock(&w->run->mutex);
    return goes_on;
}

static enum status look_at_range(struct worker *w, struct db *db, int64_t range) {
    struct run *run = w->run;
    int64_t from = run->first + range * RANGE_IDS;
    arena_reset(&w->load_arena);
    w->load.arena = &w->load_arena;
    enum status st = caseload_read(db, &run->plan->want, from, from + RANGE_IDS - 1, &w->load);
    arena_reset(&w->line_arena);
    w->lines = (struct lines){0};
    for (size_t i = 0; !st && i < w->load.cases.count; i++)
        st = may_go_on(w) ? look_at(w, &w->load.cases.items[i]) : STATUS_EXPIRED;
    if (!st && run->watch && run->watch->line) st = tell_lines(w, range);
    if (!st && !tell_progress(run, w->load.cases.count)) st = STATUS_EXPIRED;
    return st;
}

static void stop(struct run *run, enum status st) {
    pthread_mutex_lock(&run->mutex);
    if (!run->status) run->status = st;
    atomic_store(&run->stops, true);
    pthread_cond_broadcast(&run->moved);
    pthread_mutex_unlock(&run->mutex);
}

static void *work(void *argument) {
    struct worker *w = argument;
    struct run *run = w->run;
    struct db *db = NULL;
    // On Linux this is the thread's own. Where it fails, the run is only less polite.
    if (run->plan->q->in_background) (void)!setpriority(PRIO_PROCESS, (id_t)gettid(), BACKGROUND_NICE);
    enum status st = store_reader_own(run->store, &db);
    while (!st && !atomic_load(&run->stops)) {
        int64_t range = atomic_fetch_add(&run->next, 1);
        if (range >= run->range_count) break;
        st = look_at_range(w, db, range);
    }
    store_reader_own_close(db);
    if (st) stop(run, st);
    return NULL;
}

// ---- all ----

static int thread_count(const struct replay_question *q, int64_t ranges) {
    int64_t n = q->threads > 0 ? q->threads : sysconf(_SC_NPROCESSORS_ONLN);
    if (n > REPLAY_THREADS_MAX) n = REPLAY_THREADS_MAX;
    if (n > ranges) n = ranges;
    return n < 1 ? 1 : (int)n;
}

static void worker_end(struct worker *w, struct arena *a, struct replay_result *out) {
    w->tally.sum.evaluated += w->memo ? memo_size(w->memo) : 0;
    tally_merge(a, out, &w->tally.sum);
    memo_free(w->memo);
    arena_free(&w->load_arena);
    arena_free(&w->scratch);
    arena_free(&w->line_arena);
    arena_free(&w->tally.arena);
}

static void go(struct run *run, struct arena *a, struct replay_result *out) {
    int count = thread_count(run->plan->q, run->range_count), begun = 0;
    struct worker *workers = ARENA_ARRAY(a, struct worker, count);
    for (int i = 0; i < count; i++) workers[i] = (struct worker){.run = run, .memo = memo_new(run->plan)};
    for (; begun < count; begun++)
        if (pthread_create(&workers[begun].thread, NULL, work, &workers[begun]) != 0) break;
    if (!begun) stop(run, STATUS_BUSY); // no thread to be had: rather later than in the caller's
    for (int i = 0; i < begun; i++) pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < count; i++) worker_end(&workers[i], a, out);
    for (int by = 0; by < REPLAY_PROPERTIES; by++) tally_hide_small(&out->groups[by]);
    if (run->plan->q->for_statistics) replay_fold_small(out);
    tally_sort(out);
}

// Members that no case has, of inputs whose members are known, when the old version does not read them
// either.
static void list_unknown(const struct replay_plan *plan, struct arena *a, struct replay_result *out) {
    for (size_t i = 0; i < plan->reads_after.count && out->unknown.count < REPLAY_UNKNOWN_MAX; i++) {
        const struct dmn_read *r = &plan->reads_after.items[i];
        for (size_t f = 0; f < FACT_NAME_COUNT; f++) {
            const char *const *m = FACT_NAMES[f].members;
            if (!r->member.n || !m[0] || !text_eq(r->input, text_of(FACT_NAMES[f].name))) continue;
            if (dmn_reads_member(&plan->reads_before, r->input, r->member)) continue;
            while (*m && !text_eq(text_of(*m), r->member)) m++;
            if (!*m) *ARENA_PUSH(a, &out->unknown) = TEXT_JOIN(a, r->input, T("."), r->member);
        }
    }
}

static enum status prepare(struct store *s, const struct replay_question *q, struct arena *a,
                           struct replay_plan *plan, struct run *run, struct problem *p) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = replay_plan_make(db, q, a, plan, p);
    if (!st) st = DB_ONE(db, &r, &BOUNDS);
    if (!st) {
        run->first = row_int(&r, 0);
        run->last = row_int(&r, 1);
        st = rows_end(&r);
    }
    store_reader_release(s, db);
    run->range_count = (run->last - run->first + RANGE_IDS) / RANGE_IDS;
    return st;
}

enum status replay_check(struct store *s, const struct replay_question *q, struct arena *a,
                         struct problem *p) {
    struct replay_plan plan;
    struct run run;
    return prepare(s, q, a, &plan, &run, p);
}

enum status replay_run(struct store *s, const struct replay_question *q, const struct replay_watch *w,
                       struct arena *a, struct replay_result *out, struct problem *p) {
    struct replay_plan plan;
    struct run run = {.store = s, .plan = &plan, .watch = w};
    uint64_t from = env_monotonic_us(env_real());
    *out = (struct replay_result){0};
    enum status st = prepare(s, q, a, &plan, &run, p);
    if (st) return st;
    pthread_mutex_init(&run.mutex, NULL);
    pthread_cond_init(&run.moved, NULL);
    list_unknown(&plan, a, out);
    go(&run, a, out);
    pthread_cond_destroy(&run.moved);
    pthread_mutex_destroy(&run.mutex);
    out->seconds = (double)(env_monotonic_us(env_real()) - from) / 1e6;
    return run.status;
}

// ---- one case, both ways ----

static enum status load_one(struct db *db, const struct replay_plan *plan, int64_t case_id,
                            struct caseload *load, struct case_state **out) {
    enum status st = caseload_read(db, &plan->want, case_id, case_id, load);
    if (st) return st;
    struct case_state *s = load->cases.items;
    bool is_there =
        load->cases.count && !s->is_draft && !s->is_erased && replay_plan_knows(plan, s->pack_version);
    *out = s;
    return is_there ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status replay_one(struct store *s, const struct replay_question *q, int64_t case_id, struct arena *a,
                       struct replay_ways *out, struct problem *p) {
    struct replay_plan plan;
    struct caseload load = {.arena = a}; // what the traces show points into the facts
    struct case_state *state = NULL;
    struct verdict v = {0};
    struct db *db;
    *out = (struct replay_ways){0};
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = replay_plan_make(db, q, a, &plan, p);
    if (!st) st = load_one(db, &plan, case_id, &load, &state);
    store_reader_release(s, db);
    if (!st)
        st = verdict_traced(&plan, state, replay_moment_of(&plan, state), a, &v, &out->trace_before,
                            &out->trace_after);
    if (!st) {
        out->case_no = text_copy(a, state->case_no);
        out->before = v.before, out->after = v.after, out->is_change = v.is_change;
        for (; out->reason_count < v.reasons.count; out->reason_count++)
            out->reasons[out->reason_count] = v.reasons.items[out->reason_count];
    }
    return st;
}
