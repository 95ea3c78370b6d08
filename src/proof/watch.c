// watch.c - the witness of other logs: what it remembers, and the decision in one transaction with it.
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "proof/inside.h"

// Served by the primary key.
static const struct sql LOG_READ =
    SQL("witnessed_log_read", "select vkeys, size, root, note from witnessed_log where origin = :origin");
static const struct sql LOG_NEW =
    SQL("witnessed_log_new", "insert into witnessed_log (origin, origin_hash, vkeys, size, root, note, at)"
                             " values (:origin, :hash, :vkeys, 0, null, '', 0)"
                             " on conflict (origin) do update set vkeys = excluded.vkeys");
static const struct sql LOG_COSIGNED = SQL(
    "witnessed_log_cosigned", "update witnessed_log set size = :size, root = :root, note = :note, at = :at"
                              " where origin = :origin");
static const struct sql FORK_NEW =
    SQL("log_fork_new", "insert into log_fork (origin, size, one, other, at)"
                        " values (:origin, :size, :one, :other, :at) on conflict (origin, size) do nothing");
static const struct sql FORK_READ =
    SQL("log_fork_read", "select one, other from log_fork where origin = :origin order by size limit 1");
// Served by witnessed_log_by_hash.
static const struct sql LOG_BY_HASH =
    SQL("witnessed_log_by_hash", "select note from witnessed_log where origin_hash = :hash and note <> ''");
static const struct sql LOGS =
    SQL("witnessed_logs", "select l.origin, l.vkeys, l.size, l.at,"
                          " (select count(*) from log_fork f where f.origin = l.origin)"
                          " from witnessed_log l order by l.origin");

struct log_row {
    struct witnessed_log log;
    struct text vkeys, note;
};

static enum status read_keys(struct arena *a, struct text vkeys, struct witnessed_log *log) {
    struct note_key *keys = ARENA_ARRAY(a, struct note_key, PROOF_LOG_KEYS_MAX);
    struct text line;
    enum status st = STATUS_OK;
    while (!st && text_cut(&vkeys, '\n', &line))
        if (line.n && log->key_count < PROOF_LOG_KEYS_MAX)
            st = note_key_read(a, line, &keys[log->key_count++]);
    log->keys = keys;
    return st;
}

static enum status read_log(struct db *db, struct arena *a, struct text origin, struct log_row *out) {
    struct rows r;
    *out = (struct log_row){.log.origin = origin};
    enum status st = DB_ONE(db, &r, &LOG_READ, V_TEXT(origin));
    if (!st) {
        struct bytes root = row_bytes(&r, 2);
        out->vkeys = text_copy(a, row_text(&r, 0));
        out->note = text_copy(a, row_text(&r, 3));
        out->log.size = (uint64_t)row_int(&r, 1);
        if (root.n == HASH_BYTES) memcpy(out->log.root.b, root.p, HASH_BYTES);
    }
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    return read_keys(a, out->vkeys, &out->log);
}

// ---- which logs

struct watching {
    struct text vkey;
    struct note_key key;
    bool is_added;
};

static enum status write_keys(struct db *tx, void *argument) {
    struct watching *w = argument;
    struct arena a = {0};
    struct log_row row;
    enum status st = read_log(tx, &a, w->key.name, &row);
    bool is_new = st == STATUS_NOT_FOUND && w->is_added;
    if (is_new) st = STATUS_OK;
    size_t at;
    if (!st && !w->is_added && !text_find(row.vkeys, w->vkey, &at)) st = STATUS_NOT_FOUND;
    if (!st && w->is_added && row.log.key_count == PROOF_LOG_KEYS_MAX) st = STATUS_TOO_LARGE;
    struct text vkeys =
        w->is_added ? proof_lines_add(&a, row.vkeys, w->vkey) : proof_lines_remove(&a, row.vkeys, w->vkey);
    struct hash h = hash_of(bytes_of(w->key.name));
    if (!st)
        st = DB_RUN(tx, &LOG_NEW, V_TEXT(w->key.name), V_TEXT(hex_encode(&a, hash_bytes(&h))), V_TEXT(vkeys));
    arena_free(&a);
    return st;
}

enum status proof_watch(struct proofs *p, struct text vkey, struct problem *why) {
    struct arena a = {0};
    struct watching w = {.vkey = text_trim(vkey), .is_added = true};
    enum status st = note_key_read(&a, w.vkey, &w.key);
    if (st || w.key.type != NOTE_ED25519)
        st = problem(why, "vkey", "log_vkey", "problem.proof.log_key");
    else
        st = store_write(p->store, write_keys, &w);
    if (st == STATUS_TOO_LARGE) st = problem(why, "vkey", "log_vkey_count", "problem.proof.log_keys");
    arena_free(&a);
    return st;
}

enum status proof_unwatch(struct proofs *p, struct text vkey) {
    struct arena a = {0};
    struct watching w = {.vkey = text_trim(vkey)};
    enum status st = note_key_read(&a, w.vkey, &w.key) ? STATUS_NOT_FOUND : STATUS_OK;
    if (!st) st = store_write(p->store, write_keys, &w);
    arena_free(&a);
    return st;
}

static const struct sql LOG_FORGET =
    SQL("witnessed_log_forget",
        "update witnessed_log set size = 0, root = null, note = '', at = 0 where origin = :origin");

static enum status forget(struct db *tx, void *argument) {
    enum status st = DB_RUN(tx, &LOG_FORGET, V_TEXT(*(struct text *)argument));
    return st ? st : db_changed(tx) ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status proof_forget(struct proofs *p, struct text origin) {
    log_line(LOG_WARNING, "proof.forget", "origin=\"" TEXT_FMT "\"", TEXT_ARG(origin));
    return store_write(p->store, forget, &origin);
}

// ---- add-checkpoint

struct deciding {
    struct proofs *proofs;
    struct arena *arena;
    const struct witness_request *request;
    struct witness_answer *answer;
    struct moment now;
};

static enum status keep_cosigned(struct db *tx, const struct deciding *d) {
    const struct checkpoint *c = &d->request->checkpoint;
    return DB_RUN(tx, &LOG_COSIGNED, V_INT((int64_t)c->size), V_BYTES(hash_bytes(&c->root)),
                  V_TEXT(d->answer->note), V_INT(d->now.ms), V_TEXT(c->origin));
}

static enum status keep_fork(struct db *tx, const struct deciding *d, const struct log_row *row) {
    const struct checkpoint *c = &d->request->checkpoint;
    log_line(LOG_ERROR, "proof.fork", "origin=\"" TEXT_FMT "\" size=%llu", TEXT_ARG(c->origin),
             (unsigned long long)c->size);
    return DB_RUN(tx, &FORK_NEW, V_TEXT(c->origin), V_INT((int64_t)c->size), V_TEXT(row->note),
                  V_TEXT(d->request->signed_note), V_INT(d->now.ms));
}

static enum status decide(struct db *tx, void *argument) {
    struct deciding *d = argument;
    struct log_row row;
    enum status st = read_log(tx, d->arena, d->request->checkpoint.origin, &row);
    if (st && st != STATUS_NOT_FOUND) return st;
    struct note_signer cosigner;
    proof_cosigner(d->proofs, &cosigner);
    witness_decide(d->arena, st ? NULL : &row.log, d->request, &cosigner, 1, (uint64_t)(d->now.ms / 1000),
                   d->answer);
    note_signer_wipe(&cosigner);
    if (d->answer->is_cosigned) return keep_cosigned(tx, d);
    return d->answer->is_fork ? keep_fork(tx, d, &row) : STATUS_OK;
}

enum status proof_add_checkpoint(struct proofs *p, struct text body, struct arena *a,
                                 struct witness_answer *answer) {
    struct witness_request r;
    *answer = (struct witness_answer){.http_status = WITNESS_MALFORMED,
                                      .media = T("text/plain; charset=utf-8"),
                                      .body = T("the request is not as C2SP tlog-witness says\n"),
                                      .why = "malformed"};
    if (witness_request_read(a, body, &r) || r.checkpoint.size > INT64_MAX) return STATUS_OK;
    struct deciding d = {p, a, &r, answer, env_now(journal_env(p->journal))};
    return store_write(p->store, decide, &d);
}

// ---- reading

enum status proof_witnessed(struct db *db, struct text origin_hash, struct arena *a, struct text *note) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &LOG_BY_HASH, V_TEXT(origin_hash));
    if (!st) *note = text_copy(a, row_text(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status proof_witnessed_logs(struct db *db, struct arena *a, struct witnessed_rows *out) {
    struct rows r;
    *out = (struct witnessed_rows){0};
    enum status st = DB_QUERY(db, &r, &LOGS);
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct witnessed_row){text_copy(a, row_text(&r, 0)),
                                                     text_copy(a, row_text(&r, 1)),
                                                     (uint64_t)row_int(&r, 2),
                                                     {row_int(&r, 3)},
                                                     row_int(&r, 4) > 0};
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status proof_fork(struct db *db, struct text origin, struct arena *a, struct text *one,
                       struct text *other) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &FORK_READ, V_TEXT(origin));
    if (!st) *one = text_copy(a, row_text(&r, 0)), *other = text_copy(a, row_text(&r, 1));
    enum status end = rows_end(&r);
    return st ? st : end;
}
