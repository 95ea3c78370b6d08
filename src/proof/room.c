#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "proof/inside.h"
#include "store/keys.h"

static const struct sql COSIGNER_READ = SQL("cosigner_read", "select number from cosigner where one = 1");
static const struct sql COSIGNER_WRITE =
    SQL("cosigner_write", "insert into cosigner (one, number) values (1, :number)"
                          " on conflict (one) do update set number = excluded.number");

static enum status read_number(struct db *db, int64_t *number) {
    enum status st = DB_INT(db, number, &COSIGNER_READ);
    if (st == STATUS_NOT_FOUND) *number = 1;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status use_cosigner(struct proofs *p, int64_t number) {
    char file[KEY_NAME_MAX];
    struct key secret;
    struct note_signer made;
    snprintf(file, sizeof file, number > 1 ? "log-cosigning-%lld" : "log-cosigning", (long long)number);
    enum status st = keys_named(p->store, file, &secret);
    if (st) return st;
    st = cosigner_make(p->name, &secret, &made);
    key_wipe(&secret);
    pthread_mutex_lock(&p->cosigner_mutex);
    if (!st) p->cosigner = made;
    pthread_mutex_unlock(&p->cosigner_mutex);
    note_signer_wipe(&made);
    return st;
}

void proof_cosigner(struct proofs *p, struct note_signer *out) {
    pthread_mutex_lock(&p->cosigner_mutex);
    *out = p->cosigner;
    pthread_mutex_unlock(&p->cosigner_mutex);
}

static enum status load_cosigner(struct proofs *p) {
    struct db *db;
    int64_t number = 1;
    enum status st = store_reader(p->store, &db);
    if (st) return st;
    st = read_number(db, &number);
    store_reader_release(p->store, db);
    return st ? st : use_cosigner(p, number);
}

static enum status next_number(struct db *tx, void *argument) {
    int64_t *number = argument;
    enum status st = read_number(tx, number);
    return st ? st : DB_RUN(tx, &COSIGNER_WRITE, V_INT(++*number));
}

enum status proof_witness_key_change(struct proofs *p) {
    int64_t number = 1;
    enum status st = store_write(p->store, next_number, &number);
    return st ? st : use_cosigner(p, number);
}

enum status proof_open(struct journal *j, struct proofs **out) {
    struct proofs *p = calloc(1, sizeof *p);
    assert(p);
    p->journal = j;
    p->store = journal_store(j);
    p->name = TEXT_JOIN(&p->names, journal_origin(j), T("/witness"));
    pthread_mutex_init(&p->cosigner_mutex, NULL);
    enum status st = load_cosigner(p);
    if (st) {
        proof_close(p);
        return st;
    }
    *out = p;
    return STATUS_OK;
}

void proof_close(struct proofs *p) {
    if (!p) return;
    proof_stop(p);
    note_signer_wipe(&p->cosigner);
    pthread_mutex_destroy(&p->cosigner_mutex);
    arena_free(&p->names);
    free(p);
}

struct text proof_witness_key(struct proofs *p, struct arena *a) {
    struct note_signer s;
    proof_cosigner(p, &s);
    struct text vkey = note_key_print(a, &s.key);
    note_signer_wipe(&s);
    return vkey;
}

struct text proof_lines_remove(struct arena *a, struct text lines, struct text unwanted) {
    struct out o = {.arena = a};
    struct text line;
    while (text_cut(&lines, '\n', &line)) {
        if (!line.n || text_eq(line, unwanted)) continue;
        out_text(&o, line);
        out_byte(&o, '\n');
    }
    return out_done(&o);
}

struct text proof_lines_add(struct arena *a, struct text lines, struct text line) {
    return TEXT_JOIN(a, proof_lines_remove(a, lines, line), line, T("\n"));
}
