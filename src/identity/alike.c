// Two names: which word belongs to which, what is left over on one side, and what on both.
#include "identity/alike.h"

#include <math.h>
#include <string.h>

#include "identity/assign.h"
#include "identity/distance.h"

// What an unmatched word costs in relation to a matched one, when only one side has words to spare: people
// leave out names, firms that are called differently are different firms.
static const double SPARE_MOST = 200; // the fourth name left out says little more than the third
static const double SPARE_PERSON = 0.35, SPARE_UNKNOWN = 0.4, SPARE_ORGANISATION = 1.2;
// When both sides have words to spare, these speak against: how fast.
static const double CLASH = 0.75;
static const double FATHER_IS_SON = 0.55, OTHER_LEGAL_FORM = 0.8, INITIALS_ONLY = 0.5;

// Letters of several words as one: how alike they must be at least.
enum { JOINED = 80, JOINED_EXACTLY = 90, REST = 80 };
enum { SERVANT_WEIGHT = 60, INITIALS_WEIGHT = 60, PIECES_MAX = 4 };

// One of the two names, and which of its words are spoken for.
struct side {
    const struct name_view *name;
    size_t count;
    struct word_view word[ASSIGN_MAX];
    bool is_used[ASSIGN_MAX];
    double servants; // weight of each "abd" that the other lacks
};
struct alignment {
    struct side x, y;
    int column_of[ASSIGN_MAX];
    uint8_t alike[ASSIGN_MAX][ASSIGN_MAX];
    double matched, missed; // weights
    bool has_word;          // one that is no initial, article or title was matched
    unsigned ways;          // enum alike_how
};

static void side_open(struct side *s, const struct name_view *name) {
    s->name = name;
    s->count = name->count < ASSIGN_MAX ? name->count : ASSIGN_MAX;
    s->servants = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct prepared_token *t = &name->token[i];
        const char *p = (const char *)name->letters + t->at;
        s->word[i] = (struct word_view){
            t, {p, t->length}, {p + t->length, t->native_length}, letters_count((struct text){p, t->length})};
        s->is_used[i] = t->kind == TOKEN_LEGAL; // compared as legal forms, see below
    }
}

static void fill(struct alignment *a, int gain[ASSIGN_MAX][ASSIGN_MAX]) {
    for (size_t i = 0; i < a->x.count; i++)
        for (size_t j = 0; j < a->y.count; j++) {
            const struct word_view *x = &a->x.word[i], *y = &a->y.word[j];
            unsigned how = 0;
            int alike = a->x.is_used[i] || a->y.is_used[j] ? 0 : words_alike(x, y, &how);
            int weight = x->token->weight < y->token->weight ? x->token->weight : y->token->weight;
            a->alike[i][j] = (uint8_t)alike;
            gain[i][j] = alike * weight * 4 + (alike && i == j); // the same place decides between equals
        }
}

static void add_match(struct alignment *a, double weight, double alike) {
    a->matched += weight * alike;
    a->missed += weight * (1 - alike);
    if (weight >= 50) a->has_word = true;
}

static void take(struct alignment *a, size_t i, size_t j) {
    const struct word_view *x = &a->x.word[i], *y = &a->y.word[j];
    unsigned how = 0;
    double alike = a->alike[i][j] / 100.0;
    (void)words_alike(x, y, &how);
    add_match(a, x->token->weight < y->token->weight ? x->token->weight : y->token->weight, alike);
    a->ways |= alike < 1 ? how : how & HOW_SCRIPT;
    if (how & HOW_SERVANT) *(x->letters.n > y->letters.n ? &a->x.servants : &a->y.servants) += SERVANT_WEIGHT;
    a->x.is_used[i] = a->y.is_used[j] = true;
}

static void take_assigned(struct alignment *a) {
    int last = -1;
    for (size_t i = 0; i < a->x.count; i++) {
        int j = a->column_of[i];
        if (j < 0) continue;
        take(a, i, (size_t)j);
        if (j < last) a->ways |= HOW_ORDER;
        last = j;
    }
}

// The letters of several words as one: which words, and what is known of them before they are put together.
struct run {
    const struct word_view *word[ASSIGN_MAX];
    size_t words, n;
    letter_counts counts;
    bool no_vowels;
    double weight;
};
static void run_open(struct run *r) {
    r->n = r->words = 0;
    r->counts = (letter_counts){0};
    r->no_vowels = false;
    r->weight = 0;
}
static void run_add(struct run *r, const struct word_view *w) {
    r->word[r->words++] = w;
    r->n += w->letters.n;
    if (w->token->flags & TOKEN_NO_VOWELS) r->no_vowels = true;
    r->counts += w->counts;
    r->weight += w->token->weight;
}

static struct letter_run run_letters(const struct run *r, char buffer[DISTANCE_LETTERS_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < r->words; i++)
        for (size_t k = 0; k < r->word[i]->letters.n && n < DISTANCE_LETTERS_MAX; k++)
            buffer[n++] = r->word[i]->letters.p[k];
    return (struct letter_run){{buffer, n}, r->no_vowels};
}

static int run_alike(const struct run *x, const struct run *y, int least) {
    size_t longer = x->n > y->n ? x->n : y->n;
    bool vowels = !x->no_vowels && !y->no_vowels;
    if (vowels && letters_least_distance(x->counts, y->counts) > letters_bound((unsigned)least, longer))
        return 0;
    char a[DISTANCE_LETTERS_MAX], b[DISTANCE_LETTERS_MAX];
    return runs_alike(run_letters(x, a), run_letters(y, b), least);
}

// "jc" stands for "jean claude".
static bool take_acronym(struct alignment *a, struct side *one, size_t i, struct side *many) {
    bool organisation = one->name->is_organisation || many->name->is_organisation;
    const struct text letters = one->word[i].letters;
    if (!(one->word[i].token->flags & TOKEN_ACRONYM) || letters.n < 2) return false;
    for (size_t j = 0; j + letters.n <= many->count; j++) {
        size_t k = 0;
        while (k < letters.n && !many->is_used[j + k] && many->word[j + k].letters.p[0] == letters.p[k]) k++;
        if (k < letters.n) continue;
        double weight = 0;
        while (k--) many->is_used[j + k] = true, weight += many->word[j + k].token->weight;
        one->is_used[i] = true;
        // of a person the letters are initials, which say little; firms are known by theirs
        bool had_word = a->has_word;
        add_match(a, organisation ? weight : INITIALS_WEIGHT, 0.8);
        a->has_word = had_word || organisation;
        a->ways |= HOW_INITIAL;
        return true;
    }
    return false;
}

// The words from `j` on that are most alike to `whole` when written as one; particles between them belong to
// it.
static int best_pieces(const struct run *whole, const struct side *many, size_t j, int least, size_t *end) {
    int best = 0;
    struct run pieces;
    run_open(&pieces);
    for (size_t k = j; k < many->count && k < j + PIECES_MAX && !many->is_used[k]; k++) {
        if (many->word[k].token->kind == TOKEN_NUMBER) break;
        run_add(&pieces, &many->word[k]);
        if (pieces.n > whole->n + 3) break;
        if (k == j || pieces.n + 3 < whole->n) continue;
        int alike = run_alike(whole, &pieces, least);
        if (alike > best) best = alike, *end = k + 1;
    }
    return best;
}

// One word that is several words of the other side: "ramimakhlouf".
static void take_joined(struct alignment *a, struct side *one, size_t i, struct side *many, int least) {
    struct run whole;
    run_open(&whole);
    run_add(&whole, &one->word[i]);
    int best = 0;
    size_t from = 0, to = 0;
    for (size_t j = 0; j + 1 < many->count; j++) {
        size_t end = 0;
        int alike = best_pieces(&whole, many, j, least, &end);
        if (alike > best) best = alike, from = j, to = end;
    }
    if (!best) return;
    double weight = 0;
    for (size_t k = from; k < to; k++) many->is_used[k] = true, weight += many->word[k].token->weight;
    one->is_used[i] = true;
    add_match(a, weight, best / 100.0);
    a->ways |= HOW_JOINED | (one->word[i].token->script != many->word[from].token->script ? HOW_SCRIPT : 0);
}

static void take_pieces(struct alignment *a, struct side *one, struct side *many, size_t letters, int least) {
    for (size_t i = 0; i < one->count; i++)
        if (!one->is_used[i] && one->word[i].letters.n >= letters && !take_acronym(a, one, i, many))
            take_joined(a, one, i, many, least);
}

static void run_rest(struct run *r, const struct side *s) {
    run_open(r);
    for (size_t i = 0; i < s->count; i++)
        if (!s->is_used[i]) run_add(r, &s->word[i]);
}

// What is left on both sides as one word each: names that were cut into syllables elsewhere.
static void take_rest(struct alignment *a) {
    struct run x, y;
    run_rest(&x, &a->x);
    run_rest(&y, &a->y);
    if (x.words + y.words < 3 || x.n < 5 || y.n < 5) return;
    int alike = run_alike(&x, &y, REST);
    if (!alike) return;
    add_match(a, x.weight < y.weight ? x.weight : y.weight, alike / 100.0);
    a->ways |= HOW_JOINED;
    for (size_t i = 0; i < a->x.count; i++) a->x.is_used[i] = true;
    for (size_t j = 0; j < a->y.count; j++) a->y.is_used[j] = true;
}

// A word that is there twice says nothing more the second time.
static bool is_repeated(const struct side *s, size_t i) {
    for (size_t k = 0; k < s->count; k++)
        if (k != i && s->is_used[k] && text_eq(s->word[k].letters, s->word[i].letters)) return true;
    return false;
}

// A number that only one of two firms, funds or ships has makes them two.
static double number_weight(const struct side *s) {
    double sum = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!s->is_used[i] && s->word[i].token->kind == TOKEN_NUMBER) sum += s->word[i].token->weight;
    return sum;
}

static double spare_weight(const struct side *s, bool repeated_too) {
    double sum = s->servants;
    for (size_t i = 0; i < s->count; i++)
        if (!s->is_used[i] && (repeated_too || !is_repeated(s, i))) sum += s->word[i].token->weight;
    return sum;
}

// Weights of the words left over on both sides, and on one only. A repeated word speaks against a name only
// when the other has something else in its place.
static void weigh_rest(const struct alignment *a, double *clash, double *spare) {
    *clash = fmin(spare_weight(&a->x, true), spare_weight(&a->y, true));
    if (a->x.name->is_organisation || a->y.name->is_organisation)
        *clash = fmax(*clash, fmax(number_weight(&a->x), number_weight(&a->y)));
    double once = fmax(spare_weight(&a->x, false), spare_weight(&a->y, false));
    *spare = fmax(0, once - *clash);
}

static double reckon(double matched, double missed, double clash, double spare, double price) {
    if (spare > 0) spare = SPARE_MOST * (1 - exp(-spare / SPARE_MOST));
    double all = matched + missed + clash + price * spare;
    return all > 0 ? matched / all * (clash > 0 ? exp(-CLASH * clash / 100) : 1) : 0;
}

double names_alike_most(double matched, double missed, double clash, double spare) {
    return reckon(matched, missed, clash, spare, SPARE_PERSON);
}

static bool has_father(const struct name_view *v) {
    for (size_t i = 0; i < v->count; i++)
        if (v->token[i].flags & TOKEN_FATHER) return true;
    return false;
}

// "Salman bin Muhammad" is not "Muhammad bin Salman".
static bool father_is_son(const struct alignment *a) {
    if (!has_father(a->x.name) || !has_father(a->y.name)) return false;
    for (size_t i = 0; i < a->x.count; i++) {
        int j = a->column_of[i];
        if (j < 0 || a->x.name->token[i].kind != TOKEN_NAME || a->y.name->token[j].kind != TOKEN_NAME)
            continue;
        if ((a->x.name->token[i].flags ^ a->y.name->token[j].flags) & TOKEN_FATHER) return true;
    }
    return false;
}

// Both say a form that firms of one law may not share. "Company" and the like are loosely used.
static bool legal_forms_differ(const struct name_view *x, const struct name_view *y) {
    bool mine = false, yours = false;
    for (size_t i = 0; i < x->count; i++) {
        if (x->token[i].kind != TOKEN_LEGAL || (x->token[i].word >= 3 && x->token[i].word <= 5)) continue;
        mine = true;
        for (size_t j = 0; j < y->count; j++)
            if (y->token[j].kind == TOKEN_LEGAL && y->token[j].word == x->token[i].word) return false;
    }
    for (size_t j = 0; j < y->count; j++)
        if (y->token[j].kind == TOKEN_LEGAL && (y->token[j].word < 3 || y->token[j].word > 5)) yours = true;
    return mine && yours;
}

static const char *how_word(const struct alignment *a, double score) {
    if (score < 0.45) return "differs";
    if (a->ways & HOW_PART) return "part";
    if (a->ways & HOW_NICKNAME) return "nickname";
    if (a->ways & HOW_INITIAL) return "initial";
    if (a->ways & HOW_SCRIPT) return "transliterated";
    if (a->ways & HOW_JOINED) return "joined";
    if (a->ways & HOW_SPELLING) return "spelling";
    return a->ways & HOW_ORDER ? "order" : "same";
}

static void align(struct alignment *a) {
    if (a->x.count != a->y.count) { // what is exactly two words of the other side belongs to both
        take_pieces(a, &a->x, &a->y, 6, JOINED_EXACTLY);
        take_pieces(a, &a->y, &a->x, 6, JOINED_EXACTLY);
    }
    int gain[ASSIGN_MAX][ASSIGN_MAX];
    fill(a, gain);
    assign_best(gain, (int)a->x.count, (int)a->y.count, a->column_of);
    take_assigned(a);
    take_pieces(a, &a->x, &a->y, 2, JOINED);
    take_pieces(a, &a->y, &a->x, 2, JOINED);
    take_rest(a);
}

double names_alike(const struct name_view *x, const struct name_view *y, const char **how) {
    struct alignment a;
    side_open(&a.x, x);
    side_open(&a.y, y);
    a.matched = a.missed = 0;
    a.has_word = false;
    a.ways = 0;
    align(&a);
    double clash, spare;
    weigh_rest(&a, &clash, &spare);
    bool organisation = x->is_organisation || y->is_organisation, person = x->is_person || y->is_person;
    double price = organisation ? SPARE_ORGANISATION : person ? SPARE_PERSON : SPARE_UNKNOWN;
    if (spare > 30) a.ways |= HOW_PART;
    double score = reckon(a.matched, a.missed, clash, spare, price);
    if (!a.has_word) score *= INITIALS_ONLY;
    if (father_is_son(&a)) score *= FATHER_IS_SON;
    if (legal_forms_differ(x, y)) score *= OTHER_LEGAL_FORM;
    *how = how_word(&a, score);
    return score;
}

double names_writing_bits(const struct name_view *x, const struct name_view *y) {
    enum { PARTS = 1 << 10 }; // of a bit
    struct side a, b;
    side_open(&a, x);
    side_open(&b, y);
    if (a.count == 1 && b.count == 1) return writing_bits(&a.word[0], &b.word[0]);
    int gain[ASSIGN_MAX][ASSIGN_MAX], column_of[ASSIGN_MAX];
    for (size_t i = 0; i < a.count; i++)
        for (size_t j = 0; j < b.count; j++)
            gain[i][j] = (int)fmax(0, PARTS * writing_bits(&a.word[i], &b.word[j]));
    assign_best(gain, (int)a.count, (int)b.count, column_of);
    double bits = 0;
    for (size_t i = 0; i < a.count; i++)
        if (column_of[i] >= 0) bits += (double)gain[i][column_of[i]] / PARTS;
    return bits;
}
