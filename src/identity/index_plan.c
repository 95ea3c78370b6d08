// What is worth looking at. Names are reckoned from words alone, so that most records are set aside without
// being compared.
#include "identity/index_plan.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/alike.h"

enum {
    JOINED_ALIKE = 80,
    INITIAL_MATCHED = 32, // an initial stands for any word, but says little: as weighed and compared
    INITIAL_MISSED = 8,
    PIECE_MIN = 3, // letters of a word that is a piece of another one
};

// ---- words

static struct plan_match *match_place(const struct plan *p, uint32_t word) {
    size_t i = (word * 2654435761u) & (p->match_size - 1);
    while (p->match[i].word && p->match[i].word != word + 1) i = (i + 1) & (p->match_size - 1);
    return &p->match[i];
}

const struct plan_match *plan_match(const struct plan *p, uint32_t word) {
    return match_place(p, word);
}

static void add_match(struct plan *p, uint32_t word, unsigned which, uint8_t alike, uint8_t share) {
    struct plan_match *m = match_place(p, word);
    if (m->word && !m->share && share) return;
    *m = (struct plan_match){.word = word + 1,
                             .which = (uint16_t)(m->which | which),
                             .alike = alike > m->alike ? alike : m->alike,
                             .share = share,
                             .is_joined = m->is_joined};
    p->is_like[word >> 6] |= (uint64_t)1 << (word & 63);
}

// What a word that is less than quite alike takes from its name.
static void set_lost(struct plan *p) {
    for (size_t i = 0; i < p->match_size; i++) {
        struct plan_match *m = &p->match[i];
        if (!m->word || m->share) continue;
        unsigned weight = p->word_weight[m->word - 1];
        for (size_t k = 0; k < p->count; k++)
            if (m->which & 1u << k && p->weight[k] < weight) weight = p->weight[k];
        m->lost = (uint8_t)(weight * (100u - m->alike) / 100);
    }
}

struct found_words {
    struct similar_words joined[PLAN_WORDS_MAX];
    struct piece {
        uint32_t word;
        uint8_t which, share;
    } piece[PLAN_WORDS_MAX * 2 * 64];
    size_t piece_count;
};

static void add_piece(struct found_words *f, const struct word_list *words, size_t which, size_t share) {
    for (size_t i = 0; i < words->count && f->piece_count < sizeof f->piece / sizeof *f->piece; i++)
        f->piece[f->piece_count++] = (struct piece){words->items[i], (uint8_t)which, (uint8_t)share};
}

// A word of the query that others write as two.
static void find_pieces(struct found_words *f, const struct index_words *w, const struct prepared_token *t,
                        const uint8_t *letters, size_t which, struct arena *a) {
    const char *p = (const char *)letters + t->at;
    for (size_t cut = PIECE_MIN; cut + PIECE_MIN <= t->length && t->kind == TOKEN_NAME; cut++) {
        struct word_list first = {0}, second = {0};
        trie_same(&w->trie, TRIE_LETTERS, (struct text){p, cut}, a, &first);
        if (first.count)
            trie_same(&w->trie, TRIE_LETTERS, (struct text){p + cut, t->length - cut}, a, &second);
        if (!second.count) continue;
        size_t share = cut * 100 / t->length;
        add_piece(f, &first, which, share);
        add_piece(f, &second, which, 100 - share);
    }
}

static void find_words(struct plan *p, struct found_words *f, const struct prepared_token *t, size_t count,
                       const uint8_t *letters, const struct index_words *w, struct arena *a) {
    size_t good = 0, place[PLAN_WORDS_MAX];
    for (size_t i = 0; i < count; i++) good += index_word_finds(&t[i]);
    for (size_t i = 0; i < count; i++) p->initials += good && t[i].kind == TOKEN_INITIAL;
    p->initials_weight = (unsigned)p->initials * INITIAL_MATCHED;
    for (size_t i = 0; i < count && p->count < PLAN_WORDS_MAX; i++)
        if (!good || index_word_finds(&t[i])) place[p->count++] = i;
    struct word_ask ask[WORD_ASKS_MAX];
    static_assert(WORD_ASKS_MAX == 2 * PLAN_WORDS_MAX, "each word, and each but the last with the next");
    uint8_t both[PLAN_WORDS_MAX][TOKEN_LETTERS_MAX];
    size_t asked = p->count, joined[PLAN_WORDS_MAX];
    for (size_t i = 0; i < p->count; i++) {
        const struct prepared_token *x = &t[place[i]];
        p->weight[i] = x->weight;
        p->total += x->weight;
        ask[i] = (struct word_ask){*x, letters + x->at, PLAN_UNLIKE, false, {0}};
        find_pieces(f, w, x, letters, i, a);
        struct prepared_token j;
        joined[i] = 0;
        if (i + 1 == p->count || !index_words_join(x, &t[place[i + 1]], letters, &j, both[i])) continue;
        joined[i] = asked;
        ask[asked++] = (struct word_ask){j, both[i], JOINED_ALIKE, true, {0}};
    }
    index_words_ask(w, ask, asked, a);
    for (size_t i = 0; i < p->count; i++) {
        p->similar[i] = ask[i].found;
        if (joined[i]) f->joined[i] = ask[joined[i]].found;
    }
}

static void open_matches(struct plan *p, const struct found_words *f, const struct index_words *w,
                         struct arena *a) {
    size_t all = f->piece_count;
    for (size_t i = 0; i < p->count; i++) all += p->similar[i].count + f->joined[i].count;
    for (p->match_size = 16; p->match_size < all * 2;) p->match_size *= 2;
    p->match = ARENA_ARRAY(a, struct plan_match, p->match_size);
    p->is_like = ARENA_ARRAY(a, uint64_t, w->count / 64 + 1);
    p->word_weight = w->weights;
}

void plan_name(struct plan *p, const struct prepared_record *query, size_t name, const struct index_words *w,
               struct arena *a) {
    *p = (struct plan){0};
    const struct prepared_name *n = prepared_names(query) + name;
    struct found_words *f = ARENA_NEW(a, struct found_words);
    find_words(p, f, prepared_tokens(query) + n->first, n->count, prepared_letters(query), w, a);
    open_matches(p, f, w, a);
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < p->similar[i].count; k++)
            add_match(p, p->similar[i].items[k].word, 1u << i, p->similar[i].items[k].alike, 0);
    for (size_t i = 0; i + 1 < p->count; i++)
        for (size_t k = 0; k < f->joined[i].count; k++) {
            struct similar_word s = f->joined[i].items[k];
            add_match(p, s.word, 3u << i, s.alike, 0);
            match_place(p, s.word)->is_joined = true;
            *ARENA_PUSH(a, &p->similar[i]) = s;
            *ARENA_PUSH(a, &p->similar[i + 1]) = s;
        }
    for (size_t i = 0; i < f->piece_count; i++) {
        struct piece c = f->piece[i];
        if (match_place(p, c.word)->word) continue;
        add_match(p, c.word, 1u << c.which, 100, c.share);
        *ARENA_PUSH(a, &p->similar[c.which]) = (struct similar_word){c.word, 100};
    }
    set_lost(p);
}

// What the words of an entry leave of the two names, by weight. Words that are like none of the other name
// are said to have nothing in common.
struct rest {
    double matched, missed, left, right;
};

static double reckon(const struct rest *r) {
    return names_alike_most(r->matched, r->missed, fmin(r->left, r->right), fabs(r->left - r->right));
}

static void take_initial(struct rest *r, double *words) {
    enum { WORD = 100 };
    if (*words <= 0) return;
    *words = fmax(0, *words - WORD);
    r->matched += INITIAL_MATCHED, r->missed += INITIAL_MISSED;
}

static struct rest rest_of(const struct plan *p, const struct index_segment *s, uint32_t entry) {
    unsigned best[PLAN_WORDS_MAX] = {0}, light[PLAN_WORDS_MAX] = {0}; // the lighter of the words matched
    struct rest r = {.right = s->known[entry].weight & (uint16_t)~SEGMENT_INITIAL};
    double theirs = 0;
    for (uint32_t k = s->known[entry].word_at; k < s->known[entry + 1].word_at; k++) {
        if (!plan_is_like(p, s->words[k])) continue;
        const struct plan_match *m = match_place(p, s->words[k]);
        unsigned weight = p->word_weight[s->words[k]];
        theirs += weight * m->alike;
        r.right -= weight;
        for (unsigned which = m->which; which; which &= which - 1) {
            unsigned i = (unsigned)__builtin_ctz(which);
            unsigned alike = m->share ? best[i] + m->share : m->alike > best[i] ? m->alike : best[i];
            unsigned lighter = weight < p->weight[i] ? weight : p->weight[i];
            if (!best[i] || lighter < light[i]) light[i] = lighter;
            best[i] = alike > 100 ? 100 : alike;
        }
    }
    for (size_t i = 0; i < p->count; i++) {
        r.matched += p->weight[i] * best[i] / 100.0;
        if (best[i])
            r.missed += light[i] * (100 - best[i]) / 100.0;
        else
            r.left += p->weight[i];
    }
    r.matched = fmax(r.matched, theirs / 100);
    r.right = fmax(0, r.right);
    if (s->known[entry].weight & SEGMENT_INITIAL) take_initial(&r, &r.left);
    for (size_t i = 0; i < p->initials; i++) take_initial(&r, &r.right);
    return r;
}

double plan_alike(const struct plan *p, const struct index_segment *s, uint32_t entry) {
    bool is_any = p->initials || s->known[entry].weight & SEGMENT_INITIAL;
    for (uint32_t k = s->known[entry].word_at; k < s->known[entry + 1].word_at && !is_any; k++)
        is_any = plan_is_like(p, s->words[k]);
    if (!is_any) return 0;
    struct rest r = rest_of(p, s, entry);
    return reckon(&r);
}

double plan_alike_most(const struct plan *p, unsigned which) {
    enum { SHORTEST = 70 }; // the weight of the other word of a name, at least
    double matched = 0;
    for (size_t i = 0; i < p->count; i++)
        if (which & 1u << i) matched += p->weight[i];
    bool one = (which & (which - 1)) == 0;
    struct rest r = {.matched = matched, .left = p->total - matched, .right = one ? SHORTEST : 0};
    return reckon(&r);
}

double plan_alike_alone(const struct plan *p, const struct plan_match *m) {
    double weight = 0;
    for (size_t i = 0; i < p->count; i++)
        if (m->which & 1u << i) weight = m->is_joined ? weight + p->weight[i] : fmax(weight, p->weight[i]);
    struct rest r = {.matched = weight - m->lost, .missed = m->lost, .left = p->total - weight};
    return reckon(&r);
}

// With all of these words there; then without the lightest of them, and so on.
double plan_lost_most(const struct plan *p, unsigned which, double alike) {
    double most = 0, left = 0;
    for (unsigned n = (unsigned)__builtin_popcount(which); n; n--) {
        struct rest r = {.matched = p->total - left + p->initials_weight, .left = left};
        most = fmax(most, r.matched * (1 - alike / reckon(&r)) / n);
        unsigned lightest = 0, weight = UINT_MAX;
        for (unsigned i = 0; i < p->count; i++)
            if (which & 1u << i && p->weight[i] < weight) lightest = i, weight = p->weight[i];
        which &= ~(1u << lightest);
        left += weight;
    }
    return most;
}

// ---- births

double plan_birth_exact(const struct plan_births *b, uint32_t birth) {
    struct {
        struct prepared_record head;
        uint32_t birth[2];
    } entry = {.head = {.births_at = sizeof entry.head, .birth_count = 1}, .birth = {birth}};
    struct comparison c;
    identity_compare_prepared(b->query, &entry.head, b->rules, &c);
    return c.features[FEATURE_BIRTH].bits;
}

static uint32_t packed(int year, int month, int day) {
    return (uint32_t)year << 9 | (uint32_t)month << 5 | (uint32_t)day;
}

static void add_span(struct plan_births *b, struct plan_span span) {
    if (span.from < span.to && b->count < PLAN_SPANS_MAX) b->span[b->count++] = span;
}

static void add_range(struct plan_births *b, uint32_t from, uint32_t to, double bits) {
    add_span(b, (struct plan_span){from, to, bits, bits, 0});
}

// One date, when it weighs more than those around it.
static void add_day(struct plan_births *b, int year, int month, int day, double others) {
    uint32_t birth = packed(year, month, day);
    double bits = plan_birth_exact(b, birth);
    if (bits > others) add_range(b, birth, birth + 1, bits);
}

// What most days of that year weigh.
static double year_bits(const struct plan_births *b, int year, struct date q) {
    int month = q.month > 6 ? q.month - 3 : q.month + 3, day = q.day > 15 ? q.day - 12 : q.day + 12;
    if (month == q.day && day == q.month) day++;
    return plan_birth_exact(b, packed(year, month, day));
}

static void add_same_year(struct plan_births *b, struct date q) {
    double others = year_bits(b, q.year, q);
    int before = q.month, after = q.month ? q.month + 1 : 0;
    for (int day = 0; day <= 31 && q.month; day++) add_day(b, q.year, q.month, day, -INFINITY);
    add_range(b, packed(q.year, 0, 0), packed(q.year, before, 0), others);
    add_range(b, packed(q.year, after, 0), packed(q.year + 1, 0, 0), others);
    for (int month = 1; month <= 12 && q.day; month++)
        if (month != q.month) add_day(b, q.year, month, q.day, others);
    if (q.day && q.day <= 12 && q.day != q.month) add_day(b, q.year, q.day, q.month, others);
    if (q.month) add_day(b, q.year, 0, 0, others);
    if (q.month != 1) add_day(b, q.year, 1, 1, others);
}

// Two years on each side: a year that was guessed.
static void add_near_years(struct plan_births *b, struct date q) {
    for (int step = -2; step <= 2; step++) {
        int year = q.year + step;
        if (!step || year < 1) continue;
        double others = year_bits(b, year, q);
        add_range(b, packed(year, 0, 0), packed(year + 1, 0, 0), others);
        add_day(b, year, 0, 0, others);
        add_day(b, year, 1, 1, others);
        if (q.day) add_day(b, year, q.month, q.day, others);
    }
}

// The same day in another year, of which one digit differs.
static void add_slips(struct plan_births *b, struct date q, double others) {
    for (int step = 1; step <= 100; step *= 10)
        for (int digit = 0; digit <= 9; digit++) {
            int year = q.year + (digit - q.year / step % 10) * step;
            if (year != q.year && year >= 1850) add_day(b, year, q.month, q.day, others);
        }
}

static void plan_birth(struct plan_births *b, struct date q) {
    enum { FAR = 25 }; // two digits of the year differ
    add_same_year(b, q);
    add_near_years(b, q);
    int year = q.year > 1950 ? q.year - FAR : q.year + FAR;
    struct plan_span far = {1, 0, year_bits(b, year, q), year_bits(b, year, q), packed(0, q.month, q.day)};
    if (q.day) far.bits = fmax(far.bits, plan_birth_exact(b, packed(year, q.month, q.day)));
    if (q.day) add_slips(b, q, far.bits);
    if (q.year > 2) far.to = packed(q.year - 2, 0, 0), add_span(b, far);
    far.from = packed(q.year + 3, 0, 0), far.to = UINT32_MAX;
    add_span(b, far);
}

static int by_bits(const void *a, const void *b) {
    const struct plan_span *x = a, *y = b;
    if (x->bits != y->bits) return x->bits > y->bits ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static uint8_t place_of(struct plan_births *b, double bits) {
    float f = (float)bits + 0.001f; // a float may be a little less
    size_t i = 0;
    while (i < b->bits_count && b->bits[i] != f) i++;
    if (i == b->bits_count && i < UINT8_MAX) b->bits[b->bits_count++] = f;
    if (i < b->bits_count) return (uint8_t)i;
    b->bits[UINT8_MAX] = (float)b->most; // more kinds than there are
    return UINT8_MAX;
}

static void fill_days(struct plan_births *b, struct arena *a) {
    b->at = ARENA_ARRAY(a, uint8_t, PLAN_DAYS);
    for (size_t i = b->count; i--;) { // the best over the others
        const struct plan_span *s = &b->span[i];
        uint32_t from = s->from > PLAN_FIRST ? s->from - PLAN_FIRST : 0,
                 to = s->to > PLAN_FIRST ? s->to - PLAN_FIRST : 0;
        if (to > PLAN_DAYS) to = PLAN_DAYS;
        if (from >= to) continue;
        memset(b->at + from, place_of(b, s->others), to - from);
        if (s->bits == s->others) continue;
        for (uint32_t day = (from & ~0x1FFu) | s->day; day < to; day += 0x200)
            if (day >= from) b->at[day] = place_of(b, s->bits);
    }
}

void plan_births(struct plan_births *b, const struct identity_record *query,
                 const struct compare_rules *rules, struct arena *a) {
    struct identity_record births = {.birth_count = query->birth_count};
    memcpy(births.births, query->births, sizeof births.births);
    *b = (struct plan_births){.query = identity_prepare(&births, a), .rules = rules};
    bool dated = false;
    for (size_t i = 0; i < query->birth_count && i < RECORD_DATES_MAX; i++) {
        if (!query->births[i].year || !date_is_valid(query->births[i])) continue;
        plan_birth(b, query->births[i]);
        dated = true;
    }
    add_range(b, 0, dated ? 1 : UINT32_MAX, 0);
    qsort(b->span, b->count, sizeof *b->span, by_bits);
    b->most = b->span[0].bits;
    fill_days(b, a);
}
