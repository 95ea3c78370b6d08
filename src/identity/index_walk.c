// Where records of a search are: near the birth that is asked for one by one, elsewhere by their words.
#include <math.h>
#include <stdlib.h>

#include "identity/index_seek.h"

enum { FEW = 4096 }; // entries of one span that are looked at one by one: some ten microseconds

static double name_bits(const struct search *s, double alike) {
    const struct compare_weight *w = &s->rules->weight[FEATURE_NAME];
    return w->differ + (w->agree - w->differ) * alike;
}

// An entry whose names are as alike as their words allow; `bits` is the rest that is known of it.
static void consider(struct search *s, const struct plan *p, const struct index_segment *g, uint32_t entry,
                     double bits) {
    double name = name_bits(s, plan_alike(p, g, entry));
    if (!seek_is_enough(s, bits + name)) return;
    const struct prepared_record *r = s->x->records[g->known[entry].slot];
    if (!r) return;
    struct comparison c;
    identity_compare_prepared(s->light, r, s->rules, &c);
    bits = c.bits + name + (r->has_place ? s->place_bits : 0);
    if (seek_is_enough(s, bits)) seek_add(s, g->known[entry].slot, bits);
}

static double facts_bits(const struct search *s, const struct index_segment *g, uint32_t entry) {
    return s->rules->prior + (double)s->facts_bits[g->known[entry].facts];
}

// ---- one by one

static void walk_span(struct search *s, const struct index_segment *g, uint32_t from, uint32_t to) {
    double agree = s->rules->weight[FEATURE_NAME].agree;
    for (uint32_t e = from; e < to; e++) {
        double bits = facts_bits(s, g, e) + plan_birth_bits(&s->births, g->births[e]);
        if (!seek_is_enough(s, bits + agree)) continue;
        for (size_t i = 0; i < s->plan_count; i++) consider(s, &s->plans[i], g, e, bits);
    }
}

void walk_tail(struct search *s) {
    walk_span(s, s->x->tail, 0, (uint32_t)s->x->tail->count);
    seek_compare_added(s);
}

// The same day in every year.
static void walk_day(struct search *s, const struct index_segment *g, const struct plan_span *span) {
    if (!g->month_count) return;
    uint32_t first = g->first_month >> 4, last = (g->first_month + g->month_count) >> 4;
    for (uint32_t year = first ? first : 1; year <= last; year++) {
        uint32_t birth = year << 9 | span->day;
        if (birth < span->from || birth >= span->to) continue;
        walk_span(s, g, segment_from(g, birth), segment_from(g, birth + 1));
    }
}

void walk_births(struct search *s) {
    double all = s->rules->prior + s->rules->weight[FEATURE_NAME].agree + s->other_bits;
    for (size_t i = 0; i < s->births.count; i++) {
        const struct plan_span *span = &s->births.span[i];
        for (size_t k = 0; k < s->x->segment_count && seek_is_enough(s, all + span->bits); k++) {
            const struct index_segment *g = s->x->segments[k];
            uint32_t from = segment_from(g, span->from), to = segment_from(g, span->to);
            if (to - from <= FEW)
                walk_span(s, g, from, to);
            else if (span->bits > span->others)
                walk_day(s, g, span);
        }
        seek_compare_added(s);
    }
}

// ---- by words

enum kind { NEAR, UNKNOWN, FAR, KINDS };

// What is left of a segment, in order of birth: near the birth that is asked for, unknown births, and all.
struct reach {
    uint32_t from, to, unknown_to;
    double near, unknown, far; // bits of birth; -INFINITY: nothing is left there
};

static struct reach reach_of(const struct search *s, const struct index_segment *g) {
    struct reach r = {UINT32_MAX, 0, 0, -INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < s->births.count; i++) {
        const struct plan_span *span = &s->births.span[i];
        uint32_t from = segment_from(g, span->from), to = segment_from(g, span->to);
        if (to - from <= FEW) continue;
        if (span->from <= 1 || span->to == UINT32_MAX) {
            if (span->to == 1)
                r.unknown_to = to, r.unknown = span->others;
            else
                r.far = fmax(r.far, span->others);
            continue;
        }
        r.from = from < r.from ? from : r.from;
        r.to = to > r.to ? to : r.to;
        r.near = fmax(r.near, span->bits);
    }
    return r;
}

// What a name lacks when its words lack `lost` of their weight, in bits.
static double lost_bits(const struct search *s, const struct plan *p, unsigned lost) {
    const struct compare_weight *w = &s->rules->weight[FEATURE_NAME];
    return lost ? (w->agree - w->differ) * lost / (p->total + p->initials_weight) : 0;
}

// One list of a word.
struct walk {
    const struct plan *plan;
    const struct index_segment *segment;
    const struct plan_match *match;
    bool is_joined;
    double name, others, single; // bits at most; when another word is like none; when there is none
    double birth;                // bits at most
};

// Of two names that an entry has, both words may stand for the same one.
static double pair_bits(const struct search *s, const struct walk *w, uint32_t other) {
    unsigned lost = w->match->lost + plan_match(w->plan, other)->lost;
    return fmax(s->rules->weight[FEATURE_NAME].agree - lost_bits(s, w->plan, lost), w->others);
}

// Looks at entries that were put aside, first at all births, then at all words.
static void look_at_coming(struct search *s, const struct plan *p) {
    size_t kept = 0;
    for (size_t i = 0; i < s->coming_count; i++) {
        struct coming c = s->coming[i];
        c.bits += plan_birth_bits(&s->births, c.segment->births[c.entry]);
        if (!seek_is_enough(s, c.bits + c.name)) continue;
        __builtin_prefetch(&c.segment->words[c.segment->known[c.entry].word_at]);
        s->coming[kept++] = c;
    }
    for (size_t i = 0; i < kept; i++)
        consider(s, p, s->coming[i].segment, s->coming[i].entry, s->coming[i].bits);
    s->coming_count = 0;
}

static void put_aside(struct search *s, const struct walk *w, uint32_t entry, double bits, double name) {
    struct coming *last = s->coming + s->coming_count - 1;
    if (s->coming_count && last->entry == entry && last->segment == w->segment) {
        last->name = fmax(last->name, name);
        return;
    }
    if (s->coming_count == SEEK_COMING) look_at_coming(s, w->plan);
    __builtin_prefetch(&w->segment->births[entry]);
    __builtin_prefetch(&w->segment->known[entry]);
    s->coming[s->coming_count++] = (struct coming){w->segment, entry, bits, name};
}

// Those of a word in [from, to). What stands in the list decides first.
static void walk_entries(struct search *s, const struct walk *w, bool alone, uint32_t from, uint32_t to) {
    struct entries e = segment_entries(w->segment, w->match->word - 1, alone, from);
    for (size_t i = 0; i < e.count && e.items[i].entry < to; i++) {
        uint32_t other = e.items[i].other;
        bool initial = e.items[i].has_initial; // may stand for any word
        double name = w->name, bits = s->rules->prior + (double)s->facts_bits[e.items[i].facts];
        if (!initial && !w->is_joined && other == w->match->word - 1)
            name = w->single;
        else if (!initial && !w->is_joined)
            name = plan_is_like(w->plan, other) ? pair_bits(s, w, other) : w->others;
        if (seek_is_enough(s, bits + name + w->birth)) put_aside(s, w, e.items[i].entry, bits, name);
    }
}

// What names bring at least that are worth it where birth brings so much.
static bool is_worth(const struct search *s, double name, double birth) {
    return seek_is_enough(s, s->rules->prior + s->other_bits + name + birth);
}

static void walk_list(struct search *s, struct walk *w, const struct reach *r, const double *lost,
                      bool alone) {
    double own = w->match->lost;
    w->birth = r->far;
    if (own <= lost[FAR] && is_worth(s, w->name, r->far)) {
        w->birth = fmax(r->far, fmax(r->near, r->unknown));
        walk_entries(s, w, alone, 0, UINT32_MAX);
        return;
    }
    w->birth = r->unknown;
    if (r->unknown_to && own <= lost[UNKNOWN] && is_worth(s, w->name, r->unknown))
        walk_entries(s, w, alone, 0, r->unknown_to);
    w->birth = r->near;
    if (r->from < r->to && own <= lost[NEAR] && is_worth(s, w->name, r->near))
        walk_entries(s, w, alone, r->from, r->to);
}

struct mass {
    size_t which, entries;
};
static int by_entries(const void *a, const void *b) {
    const struct mass *x = a, *y = b;
    if (x->entries != y->entries) return x->entries < y->entries ? -1 : 1;
    return x->which < y->which ? -1 : x->which > y->which;
}

// Which words of the query to go by: the rarest, leaving out those that alone cannot make a name alike enough
// (Turtle and Flood, 1995).
static unsigned choose_words(const struct search *s, const struct plan *p, double birth_bits) {
    struct mass m[PLAN_WORDS_MAX] = {0};
    for (size_t i = 0; i < p->count; i++) {
        m[i].which = i;
        for (size_t k = 0; k < p->similar[i].count; k++)
            for (size_t g = 0; g < s->x->segment_count; g++)
                m[i].entries += segment_count(s->x->segments[g], p->similar[i].items[k].word);
    }
    qsort(m, p->count, sizeof *m, by_entries);
    double rest = s->rules->prior + s->other_bits + birth_bits;
    unsigned without = 0, chosen = (1u << p->count) - 1;
    for (size_t i = p->count; i--;) {
        without |= 1u << m[i].which;
        if (seek_is_enough(s, rest + name_bits(s, plan_alike_most(p, without)))) break;
        chosen &= ~(1u << m[i].which);
    }
    return chosen;
}

// How much of its weight a word may lack to be worth a walk, where birth is of each kind.
static void set_lost_most(const struct search *s, const struct plan *p, unsigned chosen, const double *birth,
                          double *lost) {
    const struct compare_weight *w = &s->rules->weight[FEATURE_NAME];
    for (int k = 0; k < KINDS; k++) {
        double bits = s->bits_min - s->rules->prior - s->other_bits - birth[k],
               alike = (bits - w->differ) / (w->agree - w->differ);
        lost[k] = alike > 0 ? plan_lost_most(p, chosen, alike) : INFINITY;
    }
}

// Which of the two kinds of lists of a word are walked.
enum lists { LIST = 1, LIST_ALONE = 2 };

static void walk_word(struct search *s, const struct plan *p, const struct plan_match *m, unsigned lists,
                      const struct reach *reach, const double *lost) {
    static const double ANY[KINDS] = {INFINITY, INFINITY, INFINITY};
    bool is_joined = m->is_joined || m->share;
    double name = s->rules->weight[FEATURE_NAME].agree - lost_bits(s, p, m->lost), others = name,
           single = name;
    if (!p->initials) {
        others = name_bits(s, plan_alike_most(p, m->which & -m->which));
        if (m->which == (m->which & -m->which))
            single = name_bits(s, plan_alike_alone(p, m)); // else it may be there twice
    }
    for (size_t g = 0; g < s->x->segment_count; g++) {
        struct walk w = {p, s->x->segments[g], m, is_joined, name, others, single, 0};
        if (lists & LIST) walk_list(s, &w, &reach[g], is_joined ? ANY : lost, false);
        w.others = fmax(others, single);
        if (lists & LIST_ALONE) walk_list(s, &w, &reach[g], ANY, true);
    }
}

// Lists of words that come next.
static void expect_lists(const struct search *s, const struct similar_words *similar, size_t k,
                         const struct reach *reach) {
    enum { SOON = 3, LATER = 6 };
    for (size_t g = 0; g < s->x->segment_count; g++) {
        const struct index_segment *x = s->x->segments[g];
        if (k + LATER < similar->count) segment_expect(x, similar->items[k + LATER].word);
        if (k + SOON < similar->count)
            segment_expect_entries(x, similar->items[k + SOON].word, reach[g].from);
    }
}

static void walk_plan(struct search *s, const struct plan *p, const struct reach *reach) {
    double birth[KINDS] = {-INFINITY, -INFINITY, -INFINITY}, lost[KINDS];
    for (size_t g = 0; g < s->x->segment_count; g++) {
        birth[NEAR] = fmax(birth[NEAR], reach[g].near);
        birth[UNKNOWN] = fmax(birth[UNKNOWN], reach[g].unknown);
        birth[FAR] = fmax(birth[FAR], reach[g].far);
    }
    unsigned chosen = choose_words(s, p, fmax(birth[NEAR], fmax(birth[UNKNOWN], birth[FAR])));
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < p->similar[i].count; k++) {
            if (k % 16 == 0) set_lost_most(s, p, chosen, birth, lost);
            expect_lists(s, &p->similar[i], k, reach);
            const struct plan_match *m = plan_match(p, p->similar[i].items[k].word);
            unsigned before = m->which & ((1u << i) - 1); // it was met there
            walk_word(s, p, m, (chosen >> i & 1 && !(before & chosen) ? LIST : 0) | (before ? 0 : LIST_ALONE),
                      reach, lost);
        }
    look_at_coming(s, p);
    seek_compare_added(s);
}

void walk_words(struct search *s) {
    struct reach *reach = ARENA_ARRAY(s->a, struct reach, s->x->segment_count + 1);
    for (size_t g = 0; g < s->x->segment_count; g++) reach[g] = reach_of(s, s->x->segments[g]);
    for (size_t i = 0; i < s->plan_count; i++) walk_plan(s, &s->plans[i], reach);
}
