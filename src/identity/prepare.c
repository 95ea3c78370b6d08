// A record as one block without pointers, ready to be compared.
#include <string.h>

#include "identity/tokens.h"

enum { NUMBER_MAX = 32 }; // characters of a document number; the longest in use have 20

static uint32_t hash_text(uint32_t h, struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        uint8_t c = (uint8_t)t.p[i];
        h = (h ^ (c >= 'a' && c <= 'z' ? c - 32u : c)) * 16777619u;
    }
    return (h ^ 0x1F) * 16777619u;
}

// Everything of a record before it is laid out.
struct preparing {
    struct tokens_of_name names[RECORD_NAMES_MAX + 1]; // the place last
    size_t name_count;
    struct prepared_number numbers[RECORD_NUMBERS_MAX];
    char digits[RECORD_NUMBERS_MAX * NUMBER_MAX];
    size_t number_count, digit_count;
};

static void prepare_name(struct tokens_of_name *t, const struct record_name *n, struct arena *a) {
    *t = (struct tokens_of_name){.arena = a, .is_person = n->family.n || n->given.n};
    tokens_add(t, n->given, n->language);
    tokens_add(t, n->patronymic, n->language);
    size_t family = t->count;
    tokens_add(t, n->family, n->language);
    for (size_t i = family; i < t->count; i++) t->token[i].flags |= TOKEN_FAMILY;
    if (!t->is_person) tokens_add(t, n->whole, n->language);
    tokens_finish(t);
}

static void prepare_number(struct preparing *p, const struct record_number *n) {
    struct prepared_number *out = &p->numbers[p->number_count];
    *out = (struct prepared_number){.at = (uint16_t)p->digit_count};
    for (size_t i = 0; i < n->number.n && out->length < NUMBER_MAX; i++) {
        char c = n->number.p[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) continue;
        p->digits[p->digit_count++] = c;
        out->length++;
    }
    if (n->kind.n && n->issuer.n) out->issuer = hash_text(hash_text(2166136261u, n->kind), n->issuer) | 1;
    p->number_count++;
}

static uint32_t pack_date(struct date d) {
    return (uint32_t)d.year << 9 | (uint32_t)d.month << 5 | (uint32_t)d.day;
}

static uint16_t pack_code(struct text code) {
    uint16_t c = 0;
    for (size_t i = 0; i < code.n && i < 3; i++) c = (uint16_t)(c << 5 | ((uint8_t)code.p[i] & 31));
    return c;
}

static size_t up_to_four(size_t n) {
    return (n + 3) & ~(size_t)3;
}

// Names with their tokens and letters, one after the other.
static void lay_names(struct prepared_record *out, const struct preparing *p, size_t names,
                      uint8_t *letters) {
    struct prepared_token *token = (struct prepared_token *)(out + 1);
    struct prepared_name *name = (struct prepared_name *)((char *)out + out->names_at);
    size_t tokens = 0, n = 0;
    for (size_t i = 0; i < names; i++) {
        const struct tokens_of_name *t = &p->names[i];
        name[i] =
            (struct prepared_name){(uint16_t)tokens, (uint8_t)t->count, t->is_person, t->is_organisation};
        for (size_t k = 0; k < t->count; k++) {
            token[tokens] = t->token[k];
            size_t length = (size_t)t->token[k].length + t->token[k].native_length;
            token[tokens++].at = (uint16_t)n;
            memcpy(letters + n, t->letters + t->token[k].at, length);
            n += length;
        }
    }
    struct prepared_number *number = (struct prepared_number *)((char *)out + out->numbers_at);
    for (size_t i = 0; i < p->number_count; i++) {
        number[i] = p->numbers[i];
        number[i].at = (uint16_t)(n + p->numbers[i].at);
    }
    memcpy(letters + n, p->digits, p->digit_count);
}

static void lay_codes(struct prepared_record *out, const struct identity_record *r) {
    uint32_t *births = (uint32_t *)((char *)out + out->births_at);
    out->birth_count = (uint8_t)r->birth_count;
    for (size_t i = 0; i < r->birth_count; i++)
        if (date_is_valid(r->births[i])) births[i] = pack_date(r->births[i]);
    uint16_t *codes = (uint16_t *)((char *)out + out->nationalities_at);
    out->nationality_count = (uint8_t)r->nationality_count;
    for (size_t i = 0; i < r->nationality_count; i++) codes[i] = pack_code(r->nationalities[i]);
    out->sex = r->sex.n && (r->sex.p[0] == 'M' || r->sex.p[0] == 'F') ? r->sex.p[0] : 0;
}

static struct prepared_record *lay_out(const struct preparing *p, const struct identity_record *r,
                                       bool has_place, struct arena *a) {
    size_t names = p->name_count + has_place, tokens = 0, letters = p->digit_count;
    for (size_t i = 0; i < names; i++) {
        tokens += p->names[i].count;
        for (size_t k = 0; k < p->names[i].count; k++)
            letters += (size_t)p->names[i].token[k].length + p->names[i].token[k].native_length;
    }
    struct prepared_record h = {.id = r->id, .has_place = has_place};
    h.token_count = (uint16_t)tokens;
    h.name_count = (uint8_t)p->name_count;
    h.number_count = (uint8_t)p->number_count;
    h.births_at = (uint32_t)(sizeof h + tokens * sizeof(struct prepared_token));
    h.numbers_at = h.births_at + (uint32_t)(r->birth_count * sizeof(uint32_t));
    h.names_at = h.numbers_at + (uint32_t)(p->number_count * sizeof(struct prepared_number));
    h.nationalities_at = h.names_at + (uint32_t)up_to_four(names * sizeof(struct prepared_name));
    h.letters_at = h.nationalities_at + (uint32_t)(r->nationality_count * sizeof(uint16_t));
    h.bytes = (uint32_t)((h.letters_at + letters + 7) & ~(size_t)7);
    struct prepared_record *out = arena_alloc(a, h.bytes);
    *out = h;
    lay_names(out, p, names, (uint8_t *)out + h.letters_at);
    lay_codes(out, r);
    return out;
}

const struct prepared_record *identity_prepare(const struct identity_record *r, struct arena *a) {
    struct arena own = {0}; // what is needed on the way
    struct preparing *p = ARENA_NEW(&own, struct preparing);
    struct identity_record bounded = *r;
    if (bounded.name_count > RECORD_NAMES_MAX) bounded.name_count = RECORD_NAMES_MAX;
    if (bounded.number_count > RECORD_NUMBERS_MAX) bounded.number_count = RECORD_NUMBERS_MAX;
    if (bounded.birth_count > RECORD_DATES_MAX) bounded.birth_count = RECORD_DATES_MAX;
    if (bounded.nationality_count > RECORD_CODES_MAX) bounded.nationality_count = RECORD_CODES_MAX;
    for (size_t i = 0; i < bounded.name_count; i++)
        prepare_name(&p->names[p->name_count++], &r->names[i], &own);
    struct record_name place = {.whole = r->birth_place};
    if (r->birth_place.n) prepare_name(&p->names[p->name_count], &place, &own);
    for (size_t i = 0; i < bounded.number_count; i++) prepare_number(p, &r->numbers[i]);
    bool has_place = r->birth_place.n && p->names[p->name_count].count;
    struct prepared_record *out = lay_out(p, &bounded, has_place, a);
    arena_free(&own);
    return out;
}

const struct prepared_record *identity_prepare_name(struct text name, struct text language, struct arena *a) {
    struct identity_record r = {.name_count = 1};
    r.names[0] = (struct record_name){.whole = name, .language = language};
    return identity_prepare(&r, a);
}
