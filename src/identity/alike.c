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
enum { JOINED = 70, JOINED_EXACTLY = 90, REST = 60 };
enum { SERVANT_WEIGHT = 60 };

struct alignment {
    const struct name_view *x, *y;
    int column_of[ASSIGN_MAX];
    uint8_t alike[ASSIGN_MAX][ASSIGN_MAX];
    unsigned how[ASSIGN_MAX][ASSIGN_MAX];
    bool x_used[ASSIGN_MAX], y_used[ASSIGN_MAX];
    double matched, missed;      // weights
    bool has_word;               // one that is no initial, article or title was matched
    double x_servant, y_servant; // weight of each "abd" that the other lacks
    unsigned ways;               // enum alike_how
};

static bool is_compared(const struct prepared_token *t) {
    return t->kind != TOKEN_LEGAL;
}

static bool is_spare(const struct name_view *v, const bool *used, size_t i) {
    return !used[i] && is_compared(&v->token[i]);
}

static void fill(struct alignment *a, int gain[ASSIGN_MAX][ASSIGN_MAX]) {
    for (size_t i = 0; i < a->x->count; i++)
        for (size_t j = 0; j < a->y->count; j++) {
            const struct prepared_token *x = &a->x->token[i], *y = &a->y->token[j];
            unsigned how = 0;
            bool both = is_spare(a->x, a->x_used, i) && is_spare(a->y, a->y_used, j);
            int alike = both ? tokens_alike(a->x->letters, x, a->y->letters, y, &how) : 0;
            int weight = x->weight < y->weight ? x->weight : y->weight;
            a->alike[i][j] = (uint8_t)alike;
            a->how[i][j] = how;
            gain[i][j] = alike * weight * 4 + (alike && i == j); // the same place decides between equals
        }
}

static void take(struct alignment *a, size_t i, size_t j) {
    const struct prepared_token *x = &a->x->token[i], *y = &a->y->token[j];
    double weight = x->weight < y->weight ? x->weight : y->weight, alike = a->alike[i][j] / 100.0;
    a->matched += weight * alike;
    a->missed += weight * (1 - alike);
    if (alike < 1 || (a->how[i][j] & HOW_SCRIPT)) a->ways |= a->how[i][j];
    if (a->how[i][j] & HOW_SERVANT)
        *(x->length > y->length ? &a->x_servant : &a->y_servant) += SERVANT_WEIGHT;
    if (weight >= 50) a->has_word = true;
    a->x_used[i] = a->y_used[j] = true;
}

static void take_assigned(struct alignment *a) {
    int last = -1;
    for (size_t i = 0; i < a->x->count; i++) {
        int j = a->column_of[i];
        if (j < 0) continue;
        take(a, i, (size_t)j);
        if (j < last) a->ways |= HOW_ORDER;
        last = j;
    }
}

// Letters of tokens [from, to) of one name as one run.
struct run {
    char letters[DISTANCE_LETTERS_MAX];
    size_t n;
    bool no_vowels;
    double weight;
};
static void run_add(struct run *r, const struct name_view *v, size_t i) {
    const struct prepared_token *t = &v->token[i];
    for (size_t k = 0; k < t->length && r->n < sizeof r->letters; k++)
        r->letters[r->n++] = (char)v->letters[t->at + k];
    if (t->flags & TOKEN_NO_VOWELS) r->no_vowels = true;
    r->weight += t->weight;
}

static int run_alike(const struct run *x, const struct run *y) {
    return runs_alike((struct text){x->letters, x->n}, (struct text){y->letters, y->n}, x->no_vowels,
                      y->no_vowels);
}

// "jc" stands for "jean claude".
static bool is_initials(const struct name_view *v, const struct prepared_token *acronym,
                        const uint8_t *letters, size_t from, const bool *used) {
    if (!(acronym->flags & TOKEN_ACRONYM) || acronym->length < 2) return false;
    for (size_t k = 0; k < acronym->length; k++) {
        size_t j = from + k;
        if (j >= v->count || !is_spare(v, used, j) || v->letters[v->token[j].at] != letters[acronym->at + k])
            return false;
    }
    return true;
}

static bool take_acronym(struct alignment *a, const struct name_view *one, bool *one_used, size_t i,
                         const struct name_view *many, bool *many_used) {
    const struct prepared_token *t = &one->token[i];
    for (size_t j = 0; j + t->length <= many->count; j++) {
        if (!is_initials(many, t, one->letters, j, many_used)) continue;
        for (size_t k = 0; k < t->length; k++) many_used[j + k] = true;
        one_used[i] = true;
        a->matched += 50;
        a->missed += 10;
        a->ways |= HOW_INITIAL;
        return true;
    }
    return false;
}

// One word that is several words of the other side: "ramimakhlouf". Particles between them belong to it.
static bool take_joined(struct alignment *a, const struct name_view *one, bool *one_used, size_t i,
                        const struct name_view *many, bool *many_used, int least) {
    enum { PIECES = 4 };
    struct run whole = {0};
    run_add(&whole, one, i);
    int best = 0;
    size_t from = 0, to = 0;
    for (size_t j = 0; j < many->count; j++) {
        struct run pieces = {0};
        for (size_t k = j; k < many->count && k < j + PIECES && is_spare(many, many_used, k) &&
                           many->token[k].kind != TOKEN_NUMBER;
             k++) {
            run_add(&pieces, many, k);
            if (pieces.n > whole.n + 3) break;
            if (k == j || pieces.n + 3 < whole.n) continue;
            int alike = run_alike(&whole, &pieces);
            if (alike > best) best = alike, from = j, to = k;
        }
    }
    if (best < least) return false;
    double weight = 0;
    for (size_t k = from; k <= to; k++) many_used[k] = true, weight += many->token[k].weight;
    one_used[i] = true;
    a->matched += weight * best / 100;
    a->missed += weight * (100 - best) / 100;
    a->has_word = true;
    a->ways |= HOW_JOINED | (one->token[i].script != many->token[from].script ? HOW_SCRIPT : 0);
    return true;
}

static void take_pieces(struct alignment *a, const struct name_view *one, bool *one_used,
                        const struct name_view *many, bool *many_used) {
    for (size_t i = 0; i < one->count; i++) {
        if (!is_spare(one, one_used, i)) continue;
        if (take_acronym(a, one, one_used, i, many, many_used)) continue;
        if (one->token[i].length >= 5) take_joined(a, one, one_used, i, many, many_used, JOINED);
    }
}

// Before words are given to words: what is exactly two words of the other side belongs to both.
static void take_exact_joins(struct alignment *a, const struct name_view *one, bool *one_used,
                             const struct name_view *many, bool *many_used) {
    for (size_t i = 0; i < one->count; i++)
        if (is_spare(one, one_used, i) && one->token[i].length >= 6)
            take_joined(a, one, one_used, i, many, many_used, JOINED_EXACTLY);
}

// What is left on both sides as one word each: names that were cut into syllables elsewhere.
static void take_rest(struct alignment *a) {
    struct run x = {0}, y = {0};
    size_t nx = 0, ny = 0;
    for (size_t i = 0; i < a->x->count; i++)
        if (is_spare(a->x, a->x_used, i)) run_add(&x, a->x, i), nx++;
    for (size_t j = 0; j < a->y->count; j++)
        if (is_spare(a->y, a->y_used, j)) run_add(&y, a->y, j), ny++;
    if (nx + ny < 3 || !nx || !ny || x.n < 5 || y.n < 5) return;
    int alike = run_alike(&x, &y);
    if (alike < REST) return;
    double weight = x.weight < y.weight ? x.weight : y.weight;
    a->matched += weight * alike / 100;
    a->missed += weight * (100 - alike) / 100;
    a->has_word = true;
    a->ways |= HOW_JOINED;
    for (size_t i = 0; i < a->x->count; i++) a->x_used[i] = true;
    for (size_t j = 0; j < a->y->count; j++) a->y_used[j] = true;
}

// A word that is there twice says nothing more the second time.
static bool is_repeated(const struct name_view *v, const bool *used, size_t i) {
    for (size_t k = 0; k < v->count; k++)
        if (k != i && used[k] && v->token[k].length == v->token[i].length &&
            !memcmp(v->letters + v->token[k].at, v->letters + v->token[i].at, v->token[i].length))
            return true;
    return false;
}

static double spare_weight(const struct name_view *v, const bool *used, bool repeated_too) {
    double sum = 0;
    for (size_t i = 0; i < v->count; i++)
        if (is_spare(v, used, i) && (repeated_too || !is_repeated(v, used, i))) sum += v->token[i].weight;
    return sum;
}

// Weights of the words left over on both sides, and on one only. A repeated word speaks against a name only
// when the other has something else in its place.
static void weigh_rest(const struct alignment *a, double *clash, double *spare) {
    double left = a->x_servant + spare_weight(a->x, a->x_used, true);
    double right = a->y_servant + spare_weight(a->y, a->y_used, true);
    *clash = left < right ? left : right;
    double once_left = a->x_servant + spare_weight(a->x, a->x_used, false);
    double once_right = a->y_servant + spare_weight(a->y, a->y_used, false);
    *spare = fmax(0, fmax(once_left, once_right) - *clash);
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
    if (!has_father(a->x) || !has_father(a->y)) return false;
    for (size_t i = 0; i < a->x->count; i++) {
        int j = a->column_of[i];
        if (j < 0 || a->x->token[i].kind != TOKEN_NAME || a->y->token[j].kind != TOKEN_NAME) continue;
        if ((a->x->token[i].flags ^ a->y->token[j].flags) & TOKEN_FATHER) return true;
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

double names_alike(const struct name_view *x, const struct name_view *y, const char **how) {
    struct alignment a = {.x = x, .y = y};
    int gain[ASSIGN_MAX][ASSIGN_MAX];
    if (x->count != y->count) {
        take_exact_joins(&a, x, a.x_used, y, a.y_used);
        take_exact_joins(&a, y, a.y_used, x, a.x_used);
    }
    fill(&a, gain);
    assign_best(gain, (int)x->count, (int)y->count, a.column_of);
    take_assigned(&a);
    take_pieces(&a, x, a.x_used, y, a.y_used);
    take_pieces(&a, y, a.y_used, x, a.x_used);
    take_rest(&a);
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
