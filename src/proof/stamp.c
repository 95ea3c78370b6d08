// stamp.c - the newest checkpoint of ours, stamped by a time-stamping authority (RFC 3161).
#include "ledger/stamp.h"

#include "proof/inside.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static const struct sql STAMP_WRITE =
    SQL("stamp_write",
        "insert into cosigned_checkpoint (size, note, at, day, stamp, stamped_at)"
        " values (:size, :note, :at, :day, :stamp, :stamped)"
        " on conflict (size) do update set stamp = excluded.stamp, stamped_at = excluded.stamped_at");

struct stamping {
    struct text note; // as the log signed it
    uint64_t size, time_s;
    struct bytes token;
    struct moment now;
};

static enum status write_stamp(struct db *tx, void *argument) {
    const struct stamping *s = argument;
    return DB_RUN(tx, &STAMP_WRITE, V_INT((int64_t)s->size), V_TEXT(s->note), V_INT(s->now.ms),
                  V_INT(s->now.ms / DAY_MS), V_BYTES(s->token), V_INT((int64_t)s->time_s * 1000));
}

static enum status read_newest(struct proofs *p, struct arena *a, struct stamping *s) {
    struct db *db;
    struct note n;
    struct checkpoint c;
    enum status st = store_reader(p->store, &db);
    if (st) return st;
    st = journal_checkpoint(p->journal, db, a, &s->note);
    store_reader_release(p->store, db);
    if (!st) st = note_read(a, s->note, &n);
    if (!st) st = checkpoint_read(a, n.text, &c);
    s->size = c.size;
    return st;
}

static enum status ask(const struct witness_post *post, const char *url, struct arena *a,
                       const struct hash *subject, uint64_t nonce, struct bytes *token, struct problem *why) {
    int http;
    struct text answer;
    struct text request = text_of_bytes(stamp_request(a, subject, nonce));
    enum status st =
        post->post(post->context, url, "application/timestamp-query", request, a, &http, &answer);
    if (st || http != 200) return problem(why, "tsa", "no_answer", "problem.stamp.no_answer");
    if (stamp_answer_read(a, bytes_of(answer), subject, nonce, token))
        return problem(why, "tsa", "answer", "problem.stamp.answer");
    return STATUS_OK;
}

enum status proof_stamp(struct proofs *p, const struct witness_post *post, const char *url,
                        struct bytes roots, struct arena *a, struct proof_stamp *out, struct problem *why) {
    struct stamping s = {.now = env_now(journal_env(p->journal))};
    uint64_t nonce;
    enum status st = read_newest(p, a, &s);
    if (st == STATUS_NOT_FOUND) return problem(why, "", "empty", "problem.stamp.empty");
    if (st) return st;
    struct hash subject = hash_of(bytes_of(s.note)); // which is stamp_subject: only the log has signed it
    env_random(journal_env(p->journal), &nonce, sizeof nonce);
    nonce >>= 1; // positive in every reading of ASN.1
    st = ask(post, url, a, &subject, nonce, &s.token, why);
    if (st) return st;
    if (stamp_check(a, s.token, &subject, roots, &s.time_s, &out->authority))
        return problem(why, "roots", "not_trusted", "problem.stamp.roots");
    out->size = s.size;
    out->at.ms = (int64_t)s.time_s * 1000;
    return store_write(p->store, write_stamp, &s);
}
