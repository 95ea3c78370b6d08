// ask.c - a question on its way: as a keyed hash in the trace, and sealed in addresses, so that what somebody
// typed stands in no log, no history and no bookmark.
#include "base/encode.h"
#include "identity/identity.h"
#include "search/inside.h"

enum { SEALED_HOURS = 12, SEALED_TEXT_MAX = 4 * (QUERY_BYTES_MAX + SEAL_EXTRA_BYTES + 32) / 3 };

// The same for all spellings of one question; without the key nobody can tell what it was.
struct text ask_hash(struct search *s, const struct search_query *query, struct arena *a) {
    struct text key = identity_search_key(a, query->typed);
    struct hash h = hash_keyed(&s->key, bytes_of(key));
    return hex_encode(a, hash_bytes(&h));
}

static struct bytes context_of(const struct actor *actor, struct arena *a) {
    return bytes_of(text_printf(a, "ask %lld", (long long)actor->account));
}

struct text search_seal(struct search *s, const struct actor *actor, struct text typed, struct arena *a) {
    const struct env *env = journal_env(s->journal);
    struct text plain = TEXT_JOIN(a, text_printf(a, "%lld ", (long long)env_now(env).ms), text_trim(typed));
    return base64url_encode(a, seal(a, env, &s->key, bytes_of(plain), context_of(actor, a)));
}

enum status search_unseal(struct search *s, const struct actor *actor, struct text sealed, struct arena *a,
                          struct text *typed) {
    struct bytes box, plain;
    struct text rest, at;
    int64_t ms;
    if (!sealed.n || sealed.n > SEALED_TEXT_MAX || base64url_decode(a, sealed, &box) ||
        unseal(a, &s->key, box, context_of(actor, a), &plain))
        return STATUS_NOT_FOUND;
    rest = text_of_bytes(plain);
    if (!text_cut(&rest, ' ', &at) || !text_int(at, &ms)) return STATUS_NOT_FOUND;
    int64_t age = env_now(journal_env(s->journal)).ms - ms;
    if (age > (int64_t)SEALED_HOURS * 3600 * 1000) return STATUS_NOT_FOUND;
    *typed = rest;
    return STATUS_OK;
}
