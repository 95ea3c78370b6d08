// member.c - looking up authorities and their keys.
#include "exchange/member.h"

#include "pack/exchange_law.h"

struct text member_roles_print(struct arena *a, uint32_t roles) {
    struct out o = {.arena = a};
    for (const char *c = EXCHANGE_ROLES; *c; c++)
        if (roles & UINT32_C(1) << (*c - 'A')) out_byte(&o, *c);
    return out_done(&o);
}

const struct member *member_of(const struct members *list, uint32_t code) {
    size_t from = 0, to = list->count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (list->items[middle].code == code) return &list->items[middle];
        if (list->items[middle].code < code)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static bool is_within(struct moment from, struct moment until, struct moment at) {
    return at.ms >= from.ms && (!until.ms || at.ms < until.ms);
}

bool member_is_active(const struct member *m, struct moment now) {
    return is_within(m->from, m->until, now);
}

enum member_key_state member_key_state(const struct member_key *k, struct moment at) {
    if (k->revoked.ms && at.ms >= k->revoked.ms) return MEMBER_KEY_REVOKED;
    if (at.ms < k->from.ms) return MEMBER_KEY_EARLY;
    return is_within(k->from, k->until, at) ? MEMBER_KEY_GOOD : MEMBER_KEY_ENDED;
}

const struct member_key *member_key_of(const struct member *m, uint32_t number) {
    for (size_t i = 0; i < m->key_count; i++)
        if (m->keys[i].number == number) return &m->keys[i];
    return NULL;
}

const struct member_key *member_key_at(const struct member *m, struct moment at) {
    for (size_t i = m->key_count; i-- > 0;)
        if (member_key_state(&m->keys[i], at) == MEMBER_KEY_GOOD) return &m->keys[i];
    return NULL;
}

const struct member *member_of_tls(const struct members *list, const struct hash *tls, struct moment now) {
    for (size_t i = 0; i < list->count; i++) {
        const struct member *m = &list->items[i];
        if (!member_is_active(m, now)) continue;
        for (size_t k = 0; k < m->key_count; k++)
            if (hash_eq(&m->keys[k].tls, tls) && member_key_state(&m->keys[k], now) == MEMBER_KEY_GOOD)
                return m;
    }
    return NULL;
}
