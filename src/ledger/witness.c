#include "ledger/witness.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "ledger/number.h"

static enum status read_proof(struct arena *a, struct text *rest, struct proof *out) {
    struct text line;
    struct bytes b;
    out->hashes = ARENA_ARRAY(a, struct hash, WITNESS_PROOF_MAX);
    out->count = 0;
    while (text_cut(rest, '\n', &line)) {
        if (!line.n) return rest->p ? STATUS_OK : STATUS_INVALID;
        if (out->count == WITNESS_PROOF_MAX) return STATUS_TOO_LARGE;
        if (base64_decode(a, line, &b) || b.n != HASH_BYTES) return STATUS_INVALID;
        memcpy(out->hashes[out->count++].b, b.p, HASH_BYTES);
    }
    return STATUS_INVALID;
}

enum status witness_request_read(struct arena *a, struct text body, struct witness_request *out) {
    struct text rest = body, line;
    *out = (struct witness_request){0};
    if (body.n > WITNESS_BODY_MAX) return STATUS_TOO_LARGE;
    if (!text_cut(&rest, '\n', &line) || !rest.p || !text_starts(line, T("old "))) return STATUS_INVALID;
    if (!number_read(text_slice(line, 4, line.n), &out->old_size)) return STATUS_INVALID;
    enum status st = read_proof(a, &rest, &out->proof);
    if (st) return st;
    out->signed_note = rest;
    st = note_read(a, rest, &out->note);
    return st ? st : checkpoint_read(a, out->note.text, &out->checkpoint);
}

struct text witness_request_print(struct arena *a, uint64_t old_size, const struct proof *proof,
                                  struct text signed_note) {
    struct out o = {.arena = a};
    out_printf(&o, "old %" PRIu64 "\n", old_size);
    for (size_t i = 0; i < proof->count; i++) {
        out_text(&o, base64_encode(a, hash_bytes(&proof->hashes[i])));
        out_byte(&o, '\n');
    }
    out_byte(&o, '\n');
    out_text(&o, signed_note);
    return out_done(&o);
}

static void refuse(struct witness_answer *out, int http_status, const char *why) {
    out->http_status = http_status;
    out->why = why;
    if (http_status != WITNESS_OTHER_SIZE) out->body = text_of(why);
}

// Does the new tree hold the old one? The order and the numbers are those of the protocol.
static void compare(struct arena *a, const struct witnessed_log *log, const struct witness_request *r,
                    struct witness_answer *out) {
    const struct checkpoint *c = &r->checkpoint;
    struct hash empty = ledger_empty_root();
    if (log->size == c->size && log->size && !hash_eq(&log->root, &c->root)) out->is_fork = true;
    if (r->old_size > c->size)
        return refuse(out, WITNESS_MALFORMED, "the old size is beyond the checkpoint\n");
    if (r->old_size != log->size) {
        out->media = T("text/x.tlog.size");
        out->body = text_printf(a, "%" PRIu64 "\n", log->size);
        return refuse(out, WITNESS_OTHER_SIZE, "the old size is not the one cosigned last\n");
    }
    if (c->size == 0 && !hash_eq(&c->root, &empty))
        return refuse(out, WITNESS_INCONSISTENT, "an empty log has another root\n");
    if (log->size == 0) {
        if (r->proof.count) refuse(out, WITNESS_INCONSISTENT, "nothing is to be proved from size 0\n");
        return;
    }
    if (out->is_fork)
        return refuse(out, WITNESS_INCONSISTENT, "this log signed two trees of one size: it forked\n");
    if (proof_check_consistency(&r->proof, log->size, c->size, &log->root, &c->root))
        refuse(out, WITNESS_INCONSISTENT, "the proof does not lead from the tree that was cosigned last\n");
}

static void cosign_by(struct arena *a, const struct witnessed_log *log, const struct witness_request *r,
                      const struct note_signer *cosigners, size_t count, uint64_t time_s,
                      struct witness_answer *out) {
    struct out lines = {.arena = a};
    for (size_t i = 0; i < count; i++) out_text(&lines, cosign(a, r->note.text, &cosigners[i], time_s));
    out->body = out_done(&lines);
    struct text by_log = note_lines_by(a, &r->note, log->keys, log->key_count);
    out->note = TEXT_JOIN(a, r->note.text, T("\n"), by_log, out->body);
    out->http_status = WITNESS_OK;
    out->is_cosigned = true;
    out->why = "cosigned";
}

void witness_decide(struct arena *a, const struct witnessed_log *log, const struct witness_request *r,
                    const struct note_signer *cosigners, size_t cosigner_count, uint64_t time_s,
                    struct witness_answer *out) {
    *out = (struct witness_answer){.media = T("text/plain; charset=utf-8")};
    if (!log || !text_eq(log->origin, r->checkpoint.origin))
        return refuse(out, WITNESS_UNKNOWN_LOG, "this log is not witnessed here\n");
    if (note_verify(&r->note, log->keys, log->key_count, NULL))
        return refuse(out, WITNESS_NOT_SIGNED, "no key that is known of this log signed it rightly\n");
    compare(a, log, r, out);
    if (!out->http_status) cosign_by(a, log, r, cosigners, cosigner_count, time_s, out);
}

enum status witness_size_read(struct text body, uint64_t *size) {
    if (!text_ends(body, T("\n"))) return STATUS_INVALID;
    return number_read(text_slice(body, 0, body.n - 1), size) ? STATUS_OK : STATUS_INVALID;
}

enum status witness_cosignatures_read(struct arena *a, struct text signed_note, struct text body,
                                      const struct note_key *key, struct text *lines, uint64_t *time_s) {
    struct note n;
    enum status st = note_read(a, signed_note, &n);
    if (st) return st;
    struct text alone = TEXT_JOIN(a, n.text, T("\n"), body); // nothing but what the witness answered
    st = note_read(a, alone, &n);
    if (!st) st = cosignature_check(&n, key, time_s);
    if (!st) *lines = note_lines_by(a, &n, key, 1);
    return st;
}
