// gather.c - our own checkpoints and their witnesses: who they are, one round of asking them, and the thread.
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "proof/inside.h"

enum { DAY_MS = 24 * 3600 * 1000, HOUR_MS = 3600 * 1000 };

static const struct sql WITNESS_NEW =
    SQL("witness_new",
        "insert into witness (name, vkey, url, size, cosigned_at, failed_at, failures, error)"
        " values (:name, :vkey, :url, 0, 0, 0, 0, '')"
        " on conflict (name) do update set vkey = excluded.vkey, url = excluded.url, failures = 0");
static const struct sql WITNESS_REMOVE = SQL("witness_remove", "delete from witness where name = :name");
static const struct sql WITNESSES =
    SQL("witnesses",
        "select vkey, url, size, cosigned_at, failed_at, failures, error from witness order by name");
static const struct sql WITNESS_COSIGNED =
    SQL("witness_cosigned", "update witness set size = :size, cosigned_at = :at, failures = 0, error = ''"
                            " where name = :name");
static const struct sql WITNESS_FAILED =
    SQL("witness_failed", "update witness set failed_at = :at, failures = failures + 1, error = :error"
                          " where name = :name");
static const struct sql NOTE_READ =
    SQL("cosigned_read", "select note from cosigned_checkpoint where size = :size");
static const struct sql NOTE_WRITE = SQL(
    "cosigned_write", "insert into cosigned_checkpoint (size, note, at, day) values (:size, :note, :at, :day)"
                      " on conflict (size) do update set note = excluded.note");
// The first of each day stays, and what was stamped. The table is short, for this runs with each round.
static const struct sql NOTES_FORGET =
    SQL("cosigned_forget", "delete from cosigned_checkpoint where at < :before and stamp is null"
                           " and size not in (select min(size) from cosigned_checkpoint group by day)");

// ---- who they are

struct naming {
    struct text name, vkey, url;
};

static enum status write_witness(struct db *tx, void *argument) {
    const struct naming *n = argument;
    return DB_RUN(tx, &WITNESS_NEW, V_TEXT(n->name), V_TEXT(n->vkey), V_TEXT(n->url));
}

static enum status remove_witness(struct db *tx, void *argument) {
    const struct naming *n = argument;
    enum status st = DB_RUN(tx, &WITNESS_REMOVE, V_TEXT(n->name));
    return st ? st : db_changed(tx) ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool is_url(struct text url) {
    if (url.n > PROOF_URL_MAX || !(text_starts(url, T("https://")) || text_starts(url, T("http://"))))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~') return false;
    return !text_ends(url, T("/"));
}

enum status proof_witness_add(struct proofs *p, struct text vkey, struct text url, struct problem *why) {
    struct arena a = {0};
    struct note_key key;
    struct naming n = {.vkey = text_trim(vkey), .url = text_trim(url)};
    enum status st = note_key_read(&a, n.vkey, &key);
    if (st || key.type != NOTE_COSIGNATURE)
        st = problem(why, "vkey", "witness_vkey", "problem.proof.witness_key");
    else if (!is_url(n.url))
        st = problem(why, "url", "witness_url", "problem.proof.witness_url");
    n.name = key.name;
    if (!st) st = store_write(p->store, write_witness, &n);
    arena_free(&a);
    return st;
}

enum status proof_witness_remove(struct proofs *p, struct text name) {
    return store_write(p->store, remove_witness, &(struct naming){.name = name});
}

enum status proof_witnesses_read(struct db *db, struct arena *a, struct proof_witnesses *out) {
    struct rows r;
    *out = (struct proof_witnesses){0};
    enum status st = DB_QUERY(db, &r, &WITNESSES);
    while (!st && out->count < PROOF_WITNESSES_MAX && rows_next(&r)) {
        struct proof_witness *w = ARENA_PUSH(a, out);
        *w = (struct proof_witness){.url = text_copy(a, row_text(&r, 1)),
                                    .size = (uint64_t)row_int(&r, 2),
                                    .cosigned_at = {row_int(&r, 3)},
                                    .failed_at = {row_int(&r, 4)},
                                    .failures = row_int(&r, 5),
                                    .error = text_copy(a, row_text(&r, 6))};
        st = note_key_read(a, text_copy(a, row_text(&r, 0)), &w->key);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

// ---- one round

struct asking {
    struct proofs *proofs;
    const struct witness_post *post;
    struct arena arena;
    struct db *db;
    struct text note; // the newest checkpoint, as the log signed it
    struct checkpoint checkpoint;
    struct moment now;
    struct proof_witnesses witnesses;
};

static bool is_due(const struct asking *k, const struct proof_witness *w) {
    if (w->size == k->checkpoint.size && w->cosigned_at.ms) return false;
    if (!w->failures) return true;
    int64_t wait = PROOF_RETRY_MS;
    for (int64_t i = 1; i < w->failures && wait < PROOF_RETRY_MS_MAX; i++) wait *= 2;
    if (wait > PROOF_RETRY_MS_MAX) wait = PROOF_RETRY_MS_MAX;
    return k->now.ms < w->failed_at.ms || k->now.ms - w->failed_at.ms >= wait; // the clock may have gone back
}

// Asks from the size that it is believed to have. 409: it says which it has, and `size` is that.
static enum status post_from(struct asking *k, const struct proof_witness *w, uint64_t *size, int *http,
                             struct text *answer) {
    struct arena *a = &k->arena;
    struct proof proof = {0};
    struct ledger_storage tiles = journal_tiles(&k->db);
    if (*size > k->checkpoint.size) return STATUS_CONFLICT;
    if (*size) {
        enum status st = ledger_consistency(&tiles, *size, k->checkpoint.size, a, &proof);
        if (st) return st;
    }
    const char *url = text_c(a, TEXT_JOIN(a, w->url, T("/add-checkpoint")));
    struct text body = witness_request_print(a, *size, &proof, k->note);
    enum status st = k->post->post(k->post->context, url, "text/plain; charset=utf-8", body, a, http, answer);
    if (!st && *http == WITNESS_OTHER_SIZE) st = witness_size_read(*answer, size);
    return st;
}

// The cosignature lines of one witness. `error` is a short word for operators.
static enum status ask(struct asking *k, const struct proof_witness *w, struct text *lines,
                       struct text *error) {
    uint64_t size = w->size, time_s;
    int http = 0;
    struct text answer = {0};
    enum status st = post_from(k, w, &size, &http, &answer);
    if (!st && http == WITNESS_OTHER_SIZE) st = post_from(k, w, &size, &http, &answer);
    if (st == STATUS_CONFLICT) {
        *error = text_printf(&k->arena, "it has cosigned %llu leaves, more than this log has",
                             (unsigned long long)size);
        return STATUS_REFUSED;
    }
    *error = text_printf(&k->arena, "no answer: %s", status_name(st));
    if (st) return st;
    *error = text_printf(&k->arena, "http %d", http);
    if (http != WITNESS_OK) return STATUS_REFUSED;
    *error = T("its cosignature is not right");
    return witness_cosignatures_read(&k->arena, k->note, answer, &w->key, lines, &time_s);
}

struct outcome {
    struct asking *asking;
    const struct proof_witness *witness;
    struct text lines, error; // lines empty: it failed
};

static enum status add_to_note(struct db *tx, struct outcome *o) {
    struct asking *k = o->asking;
    struct rows r;
    struct text note = k->note;
    int64_t size = (int64_t)k->checkpoint.size;
    enum status st = DB_ONE(tx, &r, &NOTE_READ, V_INT(size));
    if (!st) note = text_copy(&k->arena, row_text(&r, 0));
    enum status end = rows_end(&r);
    if ((st && st != STATUS_NOT_FOUND) || end) return end ? end : st;
    note = note_add_lines(&k->arena, note, o->lines);
    st = DB_RUN(tx, &NOTE_WRITE, V_INT(size), V_TEXT(note), V_INT(k->now.ms), V_INT(k->now.ms / DAY_MS));
    return st ? st : DB_RUN(tx, &NOTES_FORGET, V_INT(k->now.ms - HOUR_MS));
}

static enum status write_outcome(struct db *tx, void *argument) {
    struct outcome *o = argument;
    struct asking *k = o->asking;
    struct value name = V_TEXT(o->witness->key.name), at = V_INT(k->now.ms);
    if (!o->lines.n) return DB_RUN(tx, &WITNESS_FAILED, at, V_TEXT(o->error), name);
    enum status st = DB_RUN(tx, &WITNESS_COSIGNED, V_INT((int64_t)k->checkpoint.size), at, name);
    return st ? st : add_to_note(tx, o);
}

static enum status ask_one(struct asking *k, const struct proof_witness *w, int *cosigned) {
    struct outcome o = {.asking = k, .witness = w};
    enum status st = ask(k, w, &o.lines, &o.error);
    if (st) {
        o.lines = (struct text){0};
        log_line(st == STATUS_REFUSED ? LOG_ERROR : LOG_WARNING, "proof.witness",
                 "name=\"" TEXT_FMT "\" error=\"" TEXT_FMT "\"", TEXT_ARG(w->key.name), TEXT_ARG(o.error));
    }
    *cosigned += !st;
    return store_write(k->proofs->store, write_outcome, &o);
}

static enum status begin(struct asking *k) {
    struct note n;
    enum status st = store_reader(k->proofs->store, &k->db);
    if (!st) st = journal_checkpoint(k->proofs->journal, k->db, &k->arena, &k->note);
    if (!st) st = note_read(&k->arena, k->note, &n);
    if (!st) st = checkpoint_read(&k->arena, n.text, &k->checkpoint);
    if (!st) st = proof_witnesses_read(k->db, &k->arena, &k->witnesses);
    return st;
}

enum status proof_round(struct proofs *p, const struct witness_post *post, int *cosigned) {
    struct asking k = {.proofs = p, .post = post, .now = env_now(journal_env(p->journal))};
    *cosigned = 0;
    enum status st = begin(&k);
    for (size_t i = 0; i < k.witnesses.count && !st; i++)
        if (is_due(&k, &k.witnesses.items[i])) st = ask_one(&k, &k.witnesses.items[i], cosigned);
    if (k.db) store_reader_release(p->store, k.db);
    arena_free(&k.arena);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st; // nothing was written yet
}

// ---- the thread

static bool pause_round(struct proofs *p) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PROOF_ROUND_MS / 1000;
    pthread_mutex_lock(&p->thread.mutex);
    while (!p->thread.is_stopping)
        if (pthread_cond_timedwait(&p->thread.stopped, &p->thread.mutex, &until) == ETIMEDOUT) break;
    bool goes_on = !p->thread.is_stopping;
    pthread_mutex_unlock(&p->thread.mutex);
    return goes_on;
}

static void *run(void *argument) {
    struct proofs *p = argument;
    int cosigned;
    while (pause_round(p)) {
        enum status st = proof_round(p, &p->thread.post, &cosigned);
        if (st) log_line(LOG_WARNING, "proof.round", "status=\"%s\"", status_name(st));
    }
    return NULL;
}

enum status proof_start(struct proofs *p, const struct witness_post *post) {
    pthread_condattr_t monotonic;
    p->thread.post = *post;
    p->thread.is_stopping = false;
    pthread_mutex_init(&p->thread.mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->thread.stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
    p->thread.is_running = pthread_create(&p->thread.id, NULL, run, p) == 0;
    return p->thread.is_running ? STATUS_OK : STATUS_BUSY;
}

void proof_stop(struct proofs *p) {
    if (!p || !p->thread.is_running) return;
    pthread_mutex_lock(&p->thread.mutex);
    p->thread.is_stopping = true;
    pthread_cond_signal(&p->thread.stopped);
    pthread_mutex_unlock(&p->thread.mutex);
    pthread_join(p->thread.id, NULL);
    p->thread.is_running = false;
    if (p->thread.post.close) p->thread.post.close(p->thread.post.context);
    pthread_cond_destroy(&p->thread.stopped);
    pthread_mutex_destroy(&p->thread.mutex);
}
