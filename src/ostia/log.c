// log.c - what the log can show to others: its checkpoint, and proofs of single events.
#include "ostia/log.h"
#include "base/encode.h"
#include "ledger/checkpoint.h"

static const struct sql EVENT_BYTES = SQL("ostia_event_bytes", "select bytes from event where seq = :seq");

enum status log_begin(const struct call *c, struct log_reading *r) {
    struct problem p = {0};
    *r = (struct log_reading){0};
    if (!settings_read(c, &r->arena, &r->settings, stderr)) return STATUS_INVALID;
    enum status st = house_open(env_real(), &r->settings, HOUSE_READ, &r->house, &p);
    if (!st) {
        st = store_reader(r->house.store, &r->db);
        if (!st) st = db_begin_read(r->db);
    }
    if (st) say_problem(stderr, st, &p);
    return st;
}

int log_end(struct log_reading *r, enum status st) {
    if (r->db) {
        db_end_read(r->db);
        store_reader_release(r->house.store, r->db);
    }
    if (r->house.store) house_close(&r->house);
    arena_free(&r->arena);
    return st ? EXIT_WRONG : EXIT_DONE;
}

int log_checkpoint_run(const struct call *c) {
    struct log_reading r;
    struct text note;
    enum status st = log_begin(c, &r);
    if (st) return log_end(&r, st);
    st = proof_checkpoint(r.house.journal, r.db, &r.arena, &note);
    if (st == STATUS_NOT_FOUND)
        fprintf(stderr, "ostia: the log is empty\n");
    else if (st)
        say_problem(stderr, st, NULL);
    if (!st) printf(TEXT_FMT, TEXT_ARG(note));
    struct text key = journal_verifier(r.house.journal, &r.arena);
    fprintf(stderr, "key " TEXT_FMT "\n", TEXT_ARG(key));
    return log_end(&r, st);
}

// The proof must hold here before anybody else is asked to believe it.
static enum status check(struct log_reading *r, int64_t seq, const struct proof *proof, uint64_t size) {
    struct rows rows;
    enum status st = DB_ONE(r->db, &rows, &EVENT_BYTES, V_INT(seq));
    struct hash leaf = st ? (struct hash){0} : ledger_leaf_hash(row_bytes(&rows, 0));
    enum status ended = rows_end(&rows);
    if (st || ended) return st ? st : ended;
    struct text note;
    struct checkpoint c;
    st = journal_checkpoint_open(r->house.journal, r->db, &r->arena, &note, &c);
    return st ? st : proof_check_inclusion(proof, (uint64_t)seq - 1, size, &leaf, &c.root);
}

int log_prove_run(const struct call *c) {
    struct log_reading r;
    struct proof proof;
    struct text note;
    int64_t seq;
    uint64_t size;
    if (!text_int(text_of(c->arguments[0]), &seq) || seq < 1) {
        fprintf(stderr, "ostia log prove: SEQ is the number of an event, from 1\n");
        return EXIT_USAGE;
    }
    enum status st = log_begin(c, &r);
    if (st) return log_end(&r, st);
    st = journal_inclusion(r.house.journal, r.db, seq, &r.arena, &proof, &size);
    if (!st) st = check(&r, seq, &proof, size);
    if (!st) st = journal_checkpoint(r.house.journal, r.db, &r.arena, &note);
    if (st == STATUS_NOT_FOUND)
        fprintf(stderr, "ostia: there is no event %lld\n", (long long)seq);
    else if (st)
        say_problem(stderr, st, NULL);
    if (st) return log_end(&r, st);
    printf("c2sp.org/tlog-proof@v1\nindex %lld\n", (long long)seq - 1);
    for (size_t i = 0; i < proof.count; i++)
        printf(TEXT_FMT "\n",
               TEXT_ARG(base64_encode(&r.arena, (struct bytes){proof.hashes[i].b, HASH_BYTES})));
    printf("\n" TEXT_FMT, TEXT_ARG(note));
    return log_end(&r, STATUS_OK);
}
