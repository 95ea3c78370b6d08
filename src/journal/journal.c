#include "journal/internal.h"
#include "journal/journal_sql.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const struct event_type SUBJECT_ERASED = {"subject_erased", NULL};

// ---- event types by name ----

static size_t slot_of(const struct journal *j, struct text name) {
    uint64_t h = 1469598103934665603u; // FNV-1a; the names are our own
    for (size_t i = 0; i < name.n; i++) h = (h ^ (uint8_t)name.p[i]) * 1099511628211u;
    size_t at = h % j->index.size;
    while (j->index.slots[at] && !text_eq(text_of(j->index.slots[at]->name), name))
        at = (at + 1) % j->index.size;
    return at;
}

const struct event_type *journal_type(const struct journal *j, struct text name) {
    return j->index.slots[slot_of(j, name)];
}

static void add_type(struct journal *j, const struct event_type *type) {
    size_t at = slot_of(j, text_of(type->name));
    assert(!j->index.slots[at] && "two event types of one name");
    j->index.slots[at] = type;
}

static void index_types(struct journal *j) {
    size_t count = 1;
    while (j->types[count - 1]) count++;
    j->index.size = count * 2 + 1;
    j->index.slots = ARENA_ARRAY(&j->names, const struct event_type *, j->index.size);
    for (size_t i = 0; j->types[i]; i++) add_type(j, j->types[i]);
    add_type(j, &SUBJECT_ERASED);
    add_type(j, &LOG_KEY_CHANGED);
    add_type(j, &LOG_KEY_REVOKED);
}

// ---- tiles of the log in the database ----

static enum status read_tile(void *context, int level, uint64_t index, struct arena *a,
                             struct bytes *hashes) {
    struct db *db = *(struct db **)context;
    struct rows r;
    enum status st = DB_ONE(db, &r, &TILE_READ, V_INT(level), V_INT((int64_t)index));
    if (!st) *hashes = bytes_copy(a, row_bytes(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status write_tile(void *context, int level, uint64_t index, struct bytes hashes) {
    struct db *db = *(struct db **)context;
    return DB_RUN(db, &TILE_WRITE, V_INT(level), V_INT((int64_t)index), V_BYTES(hashes));
}

struct ledger_storage tiles_in(struct db **db) {
    return (struct ledger_storage){db, read_tile, write_tile};
}

// ---- state of the writer ----

// Memory is not what the database has; the next command loads the end of the log again.
static void forget_end(struct journal *j) {
    ledger_close(j->ledger);
    j->ledger = NULL;
}

// The end of the log as the database has it.
static enum status load_end(struct journal *j, struct db *db) {
    struct rows r;
    struct event last;
    struct bytes sealed;
    j->last_seq = 0;
    j->last_at = (struct moment){0};
    j->counter_count = 0;
    j->undo_count = 0;
    enum status st = DB_ONE(db, &r, &EVENT_LAST);
    if (!st) {
        st = event_decode(j, row_bytes(&r, 1), &last, &sealed);
        j->last_seq = row_int(&r, 0);
        j->last_at = last.at;
    } else if (st == STATUS_NOT_FOUND) {
        st = STATUS_OK;
    }
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    st = keys_load(j, db); // another server may have changed it
    if (st) return st;
    forget_end(j);
    j->flush_db = db;
    struct ledger_storage tiles = tiles_in(&j->flush_db);
    return ledger_open(&tiles, (uint64_t)j->last_seq, &j->ledger);
}

static void undo_command(struct journal *j) {
    j->last_seq = j->job.last_seq;
    j->last_at = j->job.last_at;
    enum status st = ledger_rollback_to(j->ledger, j->job.leaves);
    assert(st == STATUS_OK);
    while (j->undo_count) {
        j->undo_count--;
        j->counters[j->undo[j->undo_count].counter].value = j->undo[j->undo_count].value;
    }
}

static void after_job(void *context, bool kept) {
    struct journal *j = context;
    if (!j->in_job) return;
    if (!kept && j->ledger) undo_command(j);
    j->in_job = false;
}

static enum status write_counters(struct journal *j, struct db *db) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < j->counter_count && !st; i++) {
        if (!j->counters[i].is_dirty) continue;
        st = DB_RUN(db, &COUNTER_WRITE, V_TEXT(text_of(j->counters[i].name)), V_INT(j->counters[i].value));
    }
    return st;
}

static enum status before_commit(void *context, struct db *db) {
    struct journal *j = context;
    if (!j->ledger) return STATUS_OK; // no event was written in this batch
    j->flush_db = db;
    enum status st = write_counters(j, db);
    if (st || ledger_size(j->ledger) == ledger_flushed_size(j->ledger)) return st;
    st = ledger_flush(j->ledger);
    if (st) return st;
    arena_reset(&j->scratch);
    struct checkpoint c = {
        .origin = j->origin, .size = ledger_size(j->ledger), .root = ledger_root(j->ledger)};
    return DB_RUN(db, &CHECKPOINT_WRITE, V_TEXT(checkpoint_sign(&j->scratch, &c, &j->signer, 1)));
}

// A failed batch left memory ahead of the database.
static void after_batch(void *context, bool committed) {
    struct journal *j = context;
    for (size_t i = 0; i < j->counter_count; i++) j->counters[i].is_dirty &= !committed;
    if (!committed || j->is_key_changed) forget_end(j); // the next command signs with the new key
    j->is_key_changed = false;
    pthread_mutex_lock(&j->listener_mutex);
    if (committed && j->listener) j->listener(j->listener_context);
    pthread_mutex_unlock(&j->listener_mutex);
}

void journal_after_commit(struct journal *j, void (*fn)(void *context), void *context) {
    pthread_mutex_lock(&j->listener_mutex);
    j->listener = fn;
    j->listener_context = context;
    pthread_mutex_unlock(&j->listener_mutex);
}

// Another server went on with the log.
static void others_wrote(void *context) {
    struct journal *j = context;
    forget_end(j);
    j->others++;
}

// ---- opening ----

enum status journal_open(struct store *s, const struct env *env, const struct journal_options *o,
                         struct journal **out, struct problem *p) {
    struct journal *j = calloc(1, sizeof *j);
    if (!j) return STATUS_BUSY;
    j->store = s;
    j->env = env;
    j->types = o->types;
    j->origin = text_copy(&j->names, o->origin);
    index_types(j);
    pthread_mutex_init(&j->signer_mutex, NULL);
    pthread_mutex_init(&j->listener_mutex, NULL);
    enum status st = keys_first(j);
    if (st) {
        if (p)
            *p = (struct problem){
                .field = "keys/log-signing.key", .rule = "log_key", .text_key = "problem.log.key"};
        journal_close(j);
        return st;
    }
    struct store_hooks hooks = {j, after_job, before_commit, after_batch, others_wrote};
    store_hooks_set(s, &hooks);
    *out = j;
    return STATUS_OK;
}

void journal_close(struct journal *j) {
    if (!j) return;
    ledger_close(j->ledger);
    note_signer_wipe(&j->signer);
    arena_free(&j->scratch);
    arena_free(&j->names);
    pthread_mutex_destroy(&j->signer_mutex);
    pthread_mutex_destroy(&j->listener_mutex);
    free(j);
}

struct store *journal_store(struct journal *j) {
    return j->store;
}

const struct env *journal_env(struct journal *j) {
    return j->env;
}

uint64_t journal_others(struct journal *j) {
    return j->others;
}

// ---- writing ----

struct command_job {
    struct journal *journal;
    write_fn *fn;
    void *argument;
    struct arena *answer;
    struct problem *problem;
};

static enum status run_command(struct db *tx, void *arg) {
    struct command_job *job = arg;
    struct journal *j = job->journal;
    arena_reset(&j->scratch);
    if (!j->ledger) {
        enum status st = load_end(j, tx);
        if (st) return st;
    }
    j->in_job = true;
    j->undo_count = 0;
    j->job.last_seq = j->last_seq;
    j->job.last_at = j->last_at;
    j->job.leaves = ledger_size(j->ledger);
    struct moment now = env_now(j->env);
    if (now.ms < j->last_at.ms) now = j->last_at; // the clock jumped back: order holds
    struct write w = {.journal = j, .db = tx, .arena = &j->scratch, .env = j->env, .now = now};
    struct problem p = {0};
    enum status st = job->fn(&w, job->argument, &p);
    if (st && job->problem) *job->problem = problem_copy(job->answer, &p);
    return st;
}

static void name_failure(struct problem *p, enum status st) {
    if (!st || !p || p->text_key || st == STATUS_NOT_FOUND)
        return; // what is missing is named by who looked for it
    const char *key = st == STATUS_FULL        ? "problem.store.full"
                      : st == STATUS_BUSY      ? "problem.store.busy"
                      : st == STATUS_UNCERTAIN ? "problem.store.uncertain"
                                               : "problem.store.failed";
    *p = (struct problem){.field = "", .rule = status_name(st), .text_key = key};
}

typedef enum status store_write_fn(struct store *s, store_job_fn *fn, void *arg);

static enum status write_by(store_write_fn *write, struct command_job *job) {
    if (job->problem) *job->problem = (struct problem){0};
    enum status st = write(job->journal->store, run_command, job);
    name_failure(job->problem, st);
    return st;
}

enum status journal_write(struct journal *j, write_fn *fn, void *argument, struct arena *answer,
                          struct problem *p) {
    return write_by(store_write, &(struct command_job){j, fn, argument, answer, p});
}

enum status journal_write_repeatable(struct journal *j, write_fn *fn, void *argument, struct arena *answer,
                                     struct problem *p) {
    return write_by(store_write_repeatable, &(struct command_job){j, fn, argument, answer, p});
}

// ---- many at once

struct round {
    pthread_mutex_t mutex;
    pthread_cond_t done;
    size_t open;
};
struct round_job {
    struct command_job job; // first: run_command gets the address of this struct
    struct journal_request *request;
    struct round *round;
};
enum { ROUND_MAX = 1024 }; // below STORE_QUEUE_MAX, so that others still find room

static void round_done(void *arg, enum status st) {
    struct round_job *r = arg;
    struct round *round = r->round;
    r->request->status = st;
    name_failure(&r->request->problem, st);
    pthread_mutex_lock(&round->mutex);
    if (--round->open == 0) pthread_cond_signal(&round->done);
    pthread_mutex_unlock(&round->mutex);
}

// The queue is full of other people's commands: a request waits for its turn like any of theirs.
static void round_send(struct journal *j, struct round_job *r) {
    while (store_write_async_repeatable(j->store, run_command, r, round_done) == STATUS_BUSY) usleep(1000);
}

static void write_round(struct journal *j, struct journal_request *list, size_t count,
                        struct round_job *jobs) {
    struct round round = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, count};
    for (size_t i = 0; i < count; i++) {
        list[i].problem = (struct problem){0};
        jobs[i] = (struct round_job){
            {j, list[i].fn, list[i].argument, list[i].answer, &list[i].problem}, &list[i], &round};
        round_send(j, &jobs[i]);
    }
    while (store_turn(j->store)) { // only when the store has no thread for it
    }
    pthread_mutex_lock(&round.mutex);
    while (round.open) pthread_cond_wait(&round.done, &round.mutex);
    pthread_mutex_unlock(&round.mutex);
}

void journal_write_each(struct journal *j, struct journal_request *list, size_t count) {
    struct arena a = {0};
    struct round_job *jobs = ARENA_ARRAY(&a, struct round_job, count < ROUND_MAX ? count : ROUND_MAX);
    for (size_t at = 0; at < count; at += ROUND_MAX)
        write_round(j, list + at, count - at < ROUND_MAX ? count - at : ROUND_MAX, jobs);
    arena_free(&a);
}

enum status event_put(struct write *w, const struct event *e, struct bytes canonical) {
    struct journal *j = w->journal;
    enum status st = DB_RUN(w->db, &EVENT_INSERT, V_INT(e->seq), V_INT(e->stream), V_BYTES(canonical));
    if (!st) st = ledger_append(j->ledger, canonical, NULL);
    if (st) return st;
    j->last_seq = e->seq;
    j->last_at = e->at;
    return e->type->apply ? e->type->apply(w->db, e) : STATUS_OK;
}

static enum status add_event(struct write *w, struct event *e) {
    struct bytes canonical;
    e->seq = w->journal->last_seq + 1;
    e->at = w->now;
    enum status st = event_encode(w->journal, w->db, w->arena, e, &canonical);
    return st ? st : event_put(w, e, canonical);
}

enum status write_events(struct write *w, int64_t actor, const struct events *list) {
    struct later later = {.arena = w->arena};
    if (events_count(list) > EVENTS_PER_COMMAND_MAX) return STATUS_TOO_LARGE;
    for (size_t i = 0; i < events_count(list); i++) {
        struct event e = draft_event(list, i, w->arena);
        e.actor = actor;
        e.later = &later;
        enum status st = add_event(w, &e);
        if (st) {
            log_line(LOG_ERROR, "journal.event", "type=%s status=%s", e.type->name, status_name(st));
            return st;
        }
    }
    for (size_t i = 0; i < later.count; i++)
        if (later.items[i].seq > w->changed) w->changed = later.items[i].seq;
    w->last = w->journal->last_seq;
    return later_run(&later, w->db);
}

// NULL when the database failed, which has spoiled the job.
static struct counter *counter_find(struct write *w, struct text name) {
    struct journal *j = w->journal;
    for (size_t i = 0; i < j->counter_count; i++)
        if (text_eq(text_of(j->counters[i].name), name)) return &j->counters[i];
    assert(name.n < sizeof j->counters[0].name);
    assert(j->counter_count < COUNTERS_MAX && "counters are few and named by the program");
    int64_t value = 0;
    enum status st = DB_INT(w->db, &value, &COUNTER_READ, V_TEXT(name));
    if (st && st != STATUS_NOT_FOUND) return NULL;
    struct counter *c = &j->counters[j->counter_count++];
    *c = (struct counter){.value = value};
    memcpy(c->name, name.p, name.n);
    return c;
}

int64_t write_counter(struct write *w, struct text name) {
    struct journal *j = w->journal;
    struct counter *c = counter_find(w, name);
    if (!c) return 0; // nothing of this command will be kept
    if (j->undo_count < UNDO_MAX) {
        j->undo[j->undo_count].counter = (size_t)(c - j->counters);
        j->undo[j->undo_count++].value = c->value;
    } // beyond it a failed command leaves a gap, never a number used twice
    c->is_dirty = true;
    return ++c->value;
}

int64_t write_id(struct write *w) {
    return write_counter(w, T("id"));
}

enum status write_subject(struct write *w, int64_t subject) {
    struct key k;
    enum status st = subject_key_create(w->db, subject, &k);
    key_wipe(&k);
    return st;
}

enum status write_subject_erase(struct write *w, int64_t actor, int64_t subject) {
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &SUBJECT_ERASED, subject, 0);
    draft_int(d, "subject", subject);
    enum status st = write_events(w, actor, list);
    return st ? st : subject_key_delete(w->db, subject);
}

// ---- reading ----

enum status journal_stream(struct journal *j, struct db *db, int64_t stream, int64_t after_seq, size_t limit,
                           struct arena *a, struct event **events, size_t *count) {
    struct {
        struct event *items;
        size_t count, capacity;
    } list = {0};
    struct rows r;
    enum status st =
        DB_QUERY(db, &r, &EVENTS_OF_STREAM, V_INT(stream), V_INT(after_seq), V_INT((int64_t)limit));
    while (!st && rows_next(&r)) {
        struct event *e = ARENA_PUSH(a, &list);
        struct bytes sealed;
        st = event_decode(j, bytes_copy(a, row_bytes(&r, 2)), e, &sealed);
        if (!st) st = event_open(db, a, e, sealed);
    }
    enum status end = rows_end(&r);
    *events = list.items;
    *count = list.count;
    return st ? st : end;
}

enum status journal_newest(struct journal *j, struct db *db, int64_t stream,
                           const struct journal_choice *choice, struct arena *a, struct event **events,
                           size_t *count) {
    struct {
        struct event *items;
        size_t count, capacity;
    } list = {0};
    struct rows r;
    enum status st = DB_QUERY(db, &r, &EVENTS_NEWEST, V_INT(stream), V_INT((int64_t)choice->looked_at_max));
    while (!st && list.count < choice->limit && rows_next(&r)) {
        struct event e;
        struct bytes sealed;
        st = event_decode(j, row_bytes(&r, 0), &e, &sealed);
        if (st || !choice->is_wanted(choice->context, e.type)) continue;
        st = event_decode(j, bytes_copy(a, row_bytes(&r, 0)), &e, &sealed);
        if (!st) st = event_open(db, a, &e, sealed);
        *ARENA_PUSH(a, &list) = e;
    }
    enum status end = rows_end(&r);
    *events = list.items;
    *count = list.count;
    return st ? st : end;
}

enum status journal_checkpoint(struct journal *j, struct db *db, struct arena *a, struct text *note) {
    (void)j;
    struct rows r;
    enum status st = DB_ONE(db, &r, &CHECKPOINT_READ);
    if (!st) *note = text_copy(a, row_text(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status journal_inclusion(struct journal *j, struct db *db, int64_t seq, struct arena *a,
                              struct proof *proof, uint64_t *tree_size) {
    struct text note;
    struct checkpoint c;
    enum status st = journal_checkpoint_open(j, db, a, &note, &c);
    if (st) return st;
    struct ledger_storage tiles = tiles_in(&db);
    *tree_size = c.size;
    return seq < 1 ? STATUS_NOT_FOUND : ledger_inclusion(&tiles, (uint64_t)seq - 1, c.size, a, proof);
}
