// Records in order of birth: a year is a range, and so the entries of a word within a year are one run.
#include "identity/index_segment.h"

#include <stdlib.h>
#include <string.h>

#include "identity/index_memory.h"
#include "identity/look_alike.h"

struct index_segment *segment_new(void) {
    struct index_segment *s = memory_zeroed(1, sizeof *s);
    s->known = memory_grow(NULL, 1, &s->known_capacity, sizeof *s->known);
    s->known[0] = (struct segment_known){0};
    return s;
}

void segment_free(struct index_segment *s) {
    if (!s) return;
    free(s->births);
    free(s->known);
    free(s->month_at);
    free(s->words);
    free(s->lists);
    free(s->list);
    free(s->alone);
    free(s->number_at);
    free(s->numbers);
    free(s);
}

size_t segment_bytes(const struct index_segment *s) {
    size_t n = sizeof *s;
    n += (s->births_capacity + s->word_capacity) * sizeof(uint32_t);
    n += s->known_capacity * sizeof *s->known + s->numbers_capacity * sizeof *s->numbers;
    n += s->month_count * sizeof *s->month_at;
    if (s->lists)
        n += (2 * s->list_words + 2 + 2 * (size_t)s->lists[s->list_words].at +
              2 * (size_t)s->lists[s->list_words].alone_at) *
             sizeof(uint32_t);
    if (s->number_at) n += (((size_t)1 << s->number_bits) + 1) * sizeof(uint32_t);
    return n;
}

// ---- numbers

void number_fold(const char *p, size_t length, char *out) {
    for (size_t i = 0; i < length; i++) out[i] = look_alike_digit(p[i]);
}

uint32_t number_hash(const char *p, size_t length) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) h = (h ^ (uint8_t)p[i]) * 1099511628211u;
    h ^= h >> 32;
    return (uint32_t)(h * 0x9E3779B97F4A7C15u >> 32);
}

static void add_number(struct index_segment *s, uint32_t hash, uint32_t entry) {
    s->numbers = memory_grow(s->numbers, s->number_count + 1, &s->numbers_capacity, sizeof *s->numbers);
    s->numbers[s->number_count++] = (struct segment_number){hash, entry};
}

// ---- adding

static bool has_word(const struct index_segment *s, size_t first, size_t count, uint32_t word) {
    while (first < count && s->words[first] != word) first++;
    return first < count;
}

static void add_word(struct index_segment *s, size_t first, uint32_t word, size_t *count) {
    if (has_word(s, first, *count, word)) return;
    s->words = memory_grow(s->words, *count + 1, &s->word_capacity, sizeof *s->words);
    s->words[(*count)++] = word;
}

static bool is_repeated(const struct prepared_token *t, size_t i, const uint8_t *letters) {
    for (size_t k = 0; k < i; k++)
        if (t[k].length == t[i].length && !memcmp(letters + t[k].at, letters + t[i].at, t[i].length))
            return true;
    return false;
}

static bool is_small(const struct prepared_token *t) {
    return t->kind == TOKEN_PARTICLE || t->kind == TOKEN_CHILD || t->kind == TOKEN_INITIAL;
}

static bool can_be_joined(const struct prepared_token *t) {
    return index_word_finds(t) || t->kind == TOKEN_INITIAL;
}

// "de souza" and "michel e." may be one word elsewhere.
static void add_joined(struct index_segment *s, struct index_words *w, const struct prepared_token *t,
                       const uint8_t *letters, size_t *count) {
    struct prepared_token whole;
    uint8_t own[TOKEN_LETTERS_MAX];
    if (is_small(&t[0]) == is_small(&t[1]) || !can_be_joined(&t[0]) || !can_be_joined(&t[1])) return;
    if (!index_words_join(&t[0], &t[1], letters, &whole, own)) return;
    whole.kind = TOKEN_NAME;
    whole.weight = (uint8_t)(t[0].weight + t[1].weight);
    add_word(s, s->known[s->count].word_at, index_words_add(w, &whole, own), count);
}

// Words of one name; those that find nobody only when it has no others. Answers their weight: what is
// repeated weighs once, as in names_alike().
static unsigned add_name(struct index_segment *s, struct index_words *w, const struct prepared_record *r,
                         size_t name, size_t *count) {
    const struct prepared_name *n = prepared_names(r) + name;
    const struct prepared_token *t = prepared_tokens(r) + n->first;
    size_t first = s->known[s->count].word_at, good = 0;
    unsigned weight = 0;
    for (size_t i = 0; i < n->count; i++) good += index_word_finds(&t[i]);
    for (size_t i = 0; i < n->count; i++) {
        if (good && i) add_joined(s, w, &t[i - 1], prepared_letters(r), count);
        if (good && !index_word_finds(&t[i])) continue;
        add_word(s, first, index_words_add(w, &t[i], prepared_letters(r) + t[i].at), count);
        if (!is_repeated(t, i, prepared_letters(r))) weight += t[i].weight;
    }
    return weight;
}

uint8_t segment_facts(const struct prepared_record *r) {
    uint8_t sex = r->sex == 'M' ? 1 : r->sex == 'F' ? 2 : 0;
    return r->nationality_count == 1 ? (uint8_t)(sex | segment_nation(prepared_nationalities(r)[0]) << 2)
                                     : sex;
}

static void add_entry(struct index_segment *s, uint32_t birth, uint32_t slot, uint16_t weight, uint8_t facts,
                      size_t words) {
    size_t n = s->count + 1;
    s->births = memory_grow(s->births, n, &s->births_capacity, sizeof *s->births);
    s->known = memory_grow(s->known, n + 1, &s->known_capacity, sizeof *s->known);
    struct segment_known *k = &s->known[s->count];
    s->births[s->count++] = birth;
    k[0] = (struct segment_known){slot, k->word_at, weight, facts};
    k[1] = (struct segment_known){.word_at = (uint32_t)words};
}

void segment_add(struct index_segment *s, struct index_words *w, const struct prepared_record *r,
                 uint32_t slot) {
    unsigned weight = SEGMENT_INITIAL - 1;
    size_t first = s->known[s->count].word_at, words = first;
    for (size_t i = 0; i < r->name_count; i++) {
        unsigned own = add_name(s, w, r, i, &words);
        if (own && own < weight) weight = own;
    }
    for (size_t i = 0; i < r->token_count; i++)
        if (prepared_tokens(r)[i].kind == TOKEN_INITIAL) weight |= SEGMENT_INITIAL;
    char text[256];
    for (size_t i = 0; i < r->number_count; i++) {
        const struct prepared_number *n = prepared_numbers(r) + i;
        number_fold((const char *)prepared_letters(r) + n->at, n->length, text);
        if (n->length) add_number(s, number_hash(text, n->length), (uint32_t)s->count);
    }
    size_t own_words = words - first;
    bool dated = false;
    for (size_t i = 0; i < r->birth_count; i++) {
        uint32_t birth = prepared_births(r)[i];
        if (!birth) continue;
        for (size_t k = 0; dated && k < own_words; k++) {
            s->words = memory_grow(s->words, words + 1, &s->word_capacity, sizeof *s->words);
            s->words[words] = s->words[first + k];
            words++;
        }
        add_entry(s, birth, slot, (uint16_t)weight, segment_facts(r), words);
        dated = true;
    }
    if (!dated) add_entry(s, 0, slot, (uint16_t)weight, segment_facts(r), words);
}

// ---- merging

struct from {
    uint32_t birth, part, entry;
};

static int by_birth(const void *a, const void *b) {
    const struct from *x = a, *y = b;
    if (x->birth != y->birth) return x->birth < y->birth ? -1 : 1;
    if (x->part != y->part) return x->part < y->part ? -1 : 1;
    return x->entry < y->entry ? -1 : x->entry > y->entry;
}

// Sorted parts are merged; the tail, which is not sorted, is short.
static struct from *order(struct index_segment *const *parts, size_t count, bool (*keep)(void *, uint32_t),
                          void *context, size_t *total) {
    size_t n = 0, all = 0;
    for (size_t i = 0; i < count; i++) all += parts[i]->count;
    struct from *from = memory_zeroed(all, sizeof *from);
    for (size_t i = 0; i < count; i++)
        for (uint32_t e = 0; e < parts[i]->count; e++)
            if (keep(context, parts[i]->known[e].slot))
                from[n++] = (struct from){parts[i]->births[e], (uint32_t)i, e};
    qsort(from, n, sizeof *from, by_birth);
    *total = n;
    return from;
}

static bool is_alone(const struct index_segment *s, size_t entry) {
    enum { TWO_WORDS = 140 }; // weigh so much at least; one and particles less
    return (s->known[entry].weight & (uint16_t)~SEGMENT_INITIAL) < TWO_WORDS;
}

// How often an entry stands in the list of each of its words: once with each other one.
static uint32_t times(const struct index_segment *s, size_t e, bool alone) {
    uint32_t words = s->known[e + 1].word_at - s->known[e].word_at;
    if (is_alone(s, e) != alone) return 0;
    return words > 1 ? words - 1 : 1;
}

// Two passes: how many entries each word has, then the entries.
static struct segment_entry *make_list(struct index_segment *s, size_t words, bool alone) {
    uint32_t *at = memory_zeroed(words + 2, sizeof *at);
    for (size_t e = 0; e < s->count; e++)
        for (uint32_t k = s->known[e].word_at; k < s->known[e + 1].word_at; k++)
            at[s->words[k] + 2] += times(s, e, alone);
    for (size_t i = 2; i < words + 2; i++) at[i] += at[i - 1];
    struct segment_entry *list = memory_zeroed(at[words + 1], sizeof *list);
    for (size_t e = 0; e < s->count; e++) {
        uint32_t from = s->known[e].word_at, to = s->known[e + 1].word_at;
        if (!times(s, e, alone)) continue;
        bool initial = s->known[e].weight & SEGMENT_INITIAL;
        for (uint32_t k = from; k < to; k++)
            for (uint32_t j = from; j < to; j++)
                if (j != k || to - from == 1)
                    list[at[s->words[k] + 1]++] =
                        (struct segment_entry){(uint32_t)e, s->words[j], initial, s->known[e].facts};
    }
    for (size_t i = 0; i <= words; i++) *(alone ? &s->lists[i].alone_at : &s->lists[i].at) = at[i];
    free(at);
    return list;
}

static void make_number_buckets(struct index_segment *s) {
    s->number_bits = 4;
    while (((size_t)1 << s->number_bits) < s->number_count) s->number_bits++;
    size_t buckets = (size_t)1 << s->number_bits;
    uint32_t *at = memory_zeroed(buckets + 2, sizeof *at), shift = 32 - s->number_bits;
    for (size_t i = 0; i < s->number_count; i++) at[(s->numbers[i].hash >> shift) + 2]++;
    for (size_t i = 2; i < buckets + 2; i++) at[i] += at[i - 1];
    struct segment_number *sorted = memory_zeroed(s->number_count, sizeof *sorted);
    for (size_t i = 0; i < s->number_count; i++)
        sorted[at[(s->numbers[i].hash >> shift) + 1]++] = s->numbers[i];
    free(s->numbers);
    s->numbers = sorted;
    s->numbers_capacity = s->number_count;
    s->number_at = at;
}

static void make_months(struct index_segment *s) {
    if (!s->count) return;
    s->first_month = s->births[0] >> 5;
    s->month_count = (s->births[s->count - 1] >> 5) - s->first_month + 1;
    s->month_at = memory_zeroed(s->month_count + 1, sizeof *s->month_at);
    for (size_t e = 0; e < s->count; e++) s->month_at[(s->births[e] >> 5) - s->first_month + 1]++;
    for (size_t i = 1; i <= s->month_count; i++) s->month_at[i] += s->month_at[i - 1];
}

struct index_segment *segment_merge(struct index_segment *const *parts, size_t count,
                                    const struct index_words *w, bool (*keep)(void *context, uint32_t slot),
                                    void *context) {
    size_t n;
    struct from *from = order(parts, count, keep, context, &n);
    struct index_segment *s = segment_new();
    uint32_t **now_at = memory_zeroed(count, sizeof *now_at); // where each entry of each part went, + 1
    for (size_t i = 0; i < count; i++) now_at[i] = memory_zeroed(parts[i]->count, sizeof **now_at);
    for (size_t i = 0; i < n; i++) {
        const struct index_segment *p = parts[from[i].part];
        uint32_t e = from[i].entry, first = p->known[e].word_at, words = p->known[e + 1].word_at - first,
                 to = s->known[i].word_at;
        s->words = memory_grow(s->words, (size_t)to + words, &s->word_capacity, sizeof *s->words);
        if (words) memcpy(s->words + to, p->words + first, words * sizeof *s->words);
        add_entry(s, p->births[e], p->known[e].slot, p->known[e].weight, p->known[e].facts,
                  (size_t)to + words);
        now_at[from[i].part][e] = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < parts[i]->number_count; k++) {
            uint32_t entry = now_at[i][parts[i]->numbers[k].entry];
            if (entry) add_number(s, parts[i]->numbers[k].hash, entry - 1);
        }
        free(now_at[i]);
    }
    free(now_at);
    free(from);
    s->list_words = index_words_count(w);
    s->lists = memory_zeroed(s->list_words + 1, sizeof *s->lists);
    s->list = make_list(s, s->list_words, false);
    s->alone = make_list(s, s->list_words, true);
    make_number_buckets(s);
    make_months(s);
    return s;
}

// ---- looking up

static size_t lower(const uint32_t *items, size_t count, uint32_t value) {
    size_t from = 0;
    while (count) {
        size_t half = count / 2;
        if (items[from + half] < value)
            from += half + 1, count -= half + 1;
        else
            count = half;
    }
    return from;
}

uint32_t segment_from(const struct index_segment *s, uint32_t birth) {
    uint32_t month = birth >> 5;
    if (!s->count || month < s->first_month) return 0;
    if (month - s->first_month >= s->month_count) return (uint32_t)s->count;
    uint32_t from = s->month_at[month - s->first_month], to = s->month_at[month - s->first_month + 1];
    return from + (uint32_t)lower(s->births + from, to - from, birth);
}

// The first of them that is not before `value`, of a segment of `all`. Lists are spread evenly enough that a
// guess is near: from there on by steps that double, then by halves.
static size_t lower_entry(struct entries e, uint32_t value, size_t all) {
    size_t from = 0, to = e.count, at = (size_t)((uint64_t)e.count * value / all), step = 1;
    if (at < to && e.items[at].entry < value) {
        for (from = at + 1; from + step < to && e.items[from + step].entry < value; step *= 2) from += step;
        if (from + step < to) to = from + step;
    } else {
        for (to = at; to > step && e.items[to - step].entry >= value; step *= 2) to -= step;
        if (to > step) from = to - step;
    }
    while (from < to) {
        size_t half = (from + to) / 2;
        if (e.items[half].entry < value)
            from = half + 1;
        else
            to = half;
    }
    return from;
}

static size_t guess(const struct index_segment *s, size_t count, uint32_t entry) {
    return (size_t)((uint64_t)count * entry / s->count);
}

void segment_expect(const struct index_segment *s, uint32_t word) {
    if (word < s->list_words) __builtin_prefetch(&s->lists[word]);
}

void segment_expect_entries(const struct index_segment *s, uint32_t word, uint32_t from) {
    if (word >= s->list_words) return;
    const struct segment_list *l = s->lists + word;
    __builtin_prefetch(&s->list[l->at + (from < s->count ? guess(s, l[1].at - l->at, from) : 0)]);
    __builtin_prefetch(&s->alone[l->alone_at]);
}

size_t segment_count(const struct index_segment *s, uint32_t word) {
    return word < s->list_words ? s->lists[word + 1].at - s->lists[word].at : 0;
}

struct entries segment_entries(const struct index_segment *s, uint32_t word, bool alone, uint32_t from) {
    if (word >= s->list_words) return (struct entries){0};
    const struct segment_list *l = s->lists + word;
    struct entries e = {s->list + l->at, l[1].at - l->at};
    if (alone) e = (struct entries){s->alone + l->alone_at, l[1].alone_at - l->alone_at};
    size_t skip = e.count && from ? lower_entry(e, from, s->count) : 0;
    e.items += skip, e.count -= skip;
    return e;
}
