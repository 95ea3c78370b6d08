// once.c - a request that comes twice is done once: draft-ietf-httpapi-idempotency-key-header.
//
// The answer is stored, sealed, in the transaction of the command itself: after a crash either both are there
// or neither. A request that failed leaves no key behind, for it changed nothing.
#include "api/registers.h"

#include <string.h>

#include "base/encode.h"
#include "base/json.h"
#include "store/keys.h"

static const struct sql ANSWER_FIND =
    SQL("api_answer_find",
        "select request_hash, answer, at from api_answer where account_id = :account and key_hash = :key");
static const struct sql ANSWER_ADD =
    SQL("api_answer_add", "insert into api_answer (account_id, key_hash, request_hash, answer, at)"
                          " values (:account, :key, :request, :answer, :at)");
static const struct sql ANSWER_DROP =
    SQL("api_answer_drop", "delete from api_answer where account_id = :account and key_hash = :key");
// Served by api_answer_by_time.
static const struct sql ANSWER_SWEEP = SQL("api_answer_sweep", "delete from api_answer where at <= :before");

static enum status find(struct write *w, struct api_once *o, struct bytes *request, struct bytes *answer,
                        int64_t *at) {
    struct rows r;
    enum status st =
        DB_ONE(w->db, &r, &ANSWER_FIND, V_INT(o->call->actor->account), V_BYTES(hash_bytes(&o->key)));
    if (!st) {
        *request = bytes_copy(w->arena, row_bytes(&r, 0));
        *answer = bytes_copy(w->arena, row_bytes(&r, 1));
        *at = row_int(&r, 2);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status open_answer(struct write *w, struct api_once *o, struct bytes sealed) {
    struct bytes plain;
    struct key k = keys_derived(journal_store(w->journal), T("api.answers"));
    enum status st = unseal(w->arena, &k, sealed, hash_bytes(&o->key), &plain);
    key_wipe(&k);
    if (!st) o->answer = text_copy(o->call->q->arena, text_of_bytes(plain));
    return st;
}

static enum status before(struct write *w, void *context, bool *is_done, struct problem *p) {
    struct api_once *o = context;
    struct bytes request, answer;
    int64_t at;
    enum status st = find(w, o, &request, &answer, &at);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    if (at <= w->now.ms - ANSWER_KEPT_MS)
        return DB_RUN(w->db, &ANSWER_DROP, V_INT(o->call->actor->account), V_BYTES(hash_bytes(&o->key)));
    if (request.n != HASH_BYTES || memcmp(request.p, o->request.b, HASH_BYTES) != 0)
        return problem(p, "Idempotency-Key", "key_reused", "problem.api.key_reused");
    *is_done = o->is_repeated = true;
    return open_answer(w, o, answer);
}

enum status api_once_keep(struct write *w, struct api_once *o, const struct api_shape *shape,
                          const void *result) {
    struct out out = {.arena = w->arena};
    struct json_out j = {.out = &out};
    api_write(&j, shape, result);
    struct text answer = out_done(&out);
    struct key k = keys_derived(journal_store(w->journal), T("api.answers"));
    struct bytes sealed = seal(w->arena, w->env, &k, bytes_of(answer), hash_bytes(&o->key));
    key_wipe(&k);
    o->answer = text_copy(o->call->q->arena, answer);
    return DB_RUN(w->db, &ANSWER_ADD, V_INT(o->call->actor->account), V_BYTES(hash_bytes(&o->key)),
                  V_BYTES(hash_bytes(&o->request)), V_BYTES(sealed), V_INT(w->now.ms));
}

static enum status after(struct write *w, void *context, const struct command_result *result) {
    return api_once_keep(w, context, &SHAPE_RESULT, result);
}
static enum status after_entry(struct write *w, void *context, const struct register_done *done) {
    return api_once_keep(w, context, &SHAPE_REGISTER_DONE, done);
}

// The header is a string of RFC 8941: in quotes. Without them it is taken as well.
static bool read_key(struct text header, struct text *key) {
    *key = text_trim(header);
    if (key->n >= 2 && key->p[0] == '"' && key->p[key->n - 1] == '"') *key = text_slice(*key, 1, key->n - 1);
    for (size_t i = 0; i < key->n; i++)
        if (key->p[i] <= ' ' || key->p[i] >= 0x7f || key->p[i] == '"' || key->p[i] == '\\') return false;
    return key->n > 0 && key->n <= KEY_BYTES_MAX;
}

void api_once_for(struct api_call *c, struct text key, struct text request, struct api_once *o) {
    *o = (struct api_once){.call = c, .key = hash_of(bytes_of(key)), .request = hash_of(bytes_of(request))};
    o->around = (struct cases_around){o, before, after};
    o->of_register = (struct register_around){o, before, after_entry};
}

bool api_once_begin(struct api_call *c, struct hash content, struct api_once *o) {
    struct text header = request_header(c->q, "Idempotency-Key"), key;
    if (!read_key(header, &key)) {
        api_mistake(c->q, "Idempotency-Key", header.n ? "key_malformed" : "required",
                    header.n ? "problem.api.key_malformed" : "problem.api.key_missing");
        enum status told = api_fail(c, 400);
        (void)told;
        return false;
    }
    struct text all = TEXT_JOIN(c->q->arena, c->q->target, T("\n"), request_header(c->q, "If-Match"), T("\n"),
                                c->look.purpose, T("\n"), hex_encode(c->q->arena, hash_bytes(&content)));
    api_once_for(c, key, all, o);
    return true;
}

static enum status sweep(struct db *tx, void *arg) {
    return DB_RUN(tx, &ANSWER_SWEEP, V_INT(((struct moment *)arg)->ms - ANSWER_KEPT_MS));
}

enum status api_sweep(struct store *s, struct moment now) {
    return store_write(s, sweep, &now);
}
