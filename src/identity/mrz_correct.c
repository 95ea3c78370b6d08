// What a scanner misreads, put right where a check digit, a country's code or the rule for names tells how.
#include <string.h>

#include "identity/country.h"
#include "identity/mrz_reading.h"

// Letters and digits that scanners take for one another; first the digit.
static const char LOOK_ALIKE[][2] = {{'0', 'O'}, {'0', 'Q'}, {'0', 'D'}, {'1', 'I'}, {'1', 'L'},
                                     {'2', 'Z'}, {'5', 'S'}, {'6', 'G'}, {'8', 'B'}};
enum { LOOK_ALIKES = sizeof LOOK_ALIKE / sizeof *LOOK_ALIKE };

char mrz_letter_for(char c) {
    for (size_t i = 0; i < LOOK_ALIKES; i++)
        if (LOOK_ALIKE[i][0] == c) return LOOK_ALIKE[i][1];
    return c;
}

void mrz_fix(struct reading *r, enum mrz_field f, int line, int column, char now) {
    struct mrz *m = r->out;
    char was = r->line[line][column];
    if (was == now) return;
    r->line[line][column] = now;
    if (m->fix_count == MRZ_FIXES_MAX) return;
    m->fix[m->fix_count++] = (struct mrz_fix){f, line + 1, column + 1, was, now};
}

enum mrz_check mrz_check_digits_only(struct reading *r, const struct mrz_place *p) {
    char read[8];
    int n = p->to - p->from;
    for (int i = 0; i < n; i++) read[i] = look_alike_digit(r->line[p->line][p->from + i]);
    char digit = look_alike_digit(r->line[p->line][p->check]);
    struct text t = {read, (size_t)n};
    bool empty = text_eq(t, T("<<<<<<"));
    if (empty && digit == '<') return MRZ_CHECK_EMPTY;
    if (mrz_check_digit(t) != digit) return MRZ_CHECK_WRONG;
    for (int i = 0; i < n; i++) mrz_fix(r, p->field, p->line, p->from + i, read[i]);
    mrz_fix(r, p->field, p->line, p->check, digit);
    return MRZ_CHECK_OK;
}

// ---- exchanges in a field of letters and digits ----
//
// The composite digit is no second witness here: it weighs number and personal number exactly as their own
// digits do.

struct exchange {
    char was, now;
    int column; // -1: all of them
};

// Makes the exchange in `t` and asks the check digit.
static bool agrees(struct text t, const struct exchange *e, char digit) {
    char copy[MRZ_LINE_MAX];
    memcpy(copy, t.p, t.n);
    for (size_t i = 0; i < t.n; i++)
        if (e->column < 0 ? t.p[i] == e->was : (int)i == e->column) copy[i] = e->now;
    return mrz_check_digit((struct text){copy, t.n}) == digit;
}

static int times(struct text t, char c) {
    int n = 0;
    for (size_t i = 0; i < t.n; i++) n += t.p[i] == c;
    return n;
}

// The one exchange that makes the digit right: of one character, or else of every O, say, in the field, as
// an engine that takes one 0 for O takes all of them. None when several would.
static bool one_exchange(struct text t, char digit, bool of_all, struct exchange *found) {
    int count = 0;
    for (size_t k = 0; k < LOOK_ALIKES * 2; k++) {
        struct exchange e = {LOOK_ALIKE[k / 2][k % 2], LOOK_ALIKE[k / 2][1 - k % 2], -1};
        int there = times(t, e.was);
        if (of_all && there > 1 && agrees(t, &e, digit)) count++, *found = e;
        for (size_t i = 0; i < t.n && !of_all && there; i++) {
            e.column = (int)i;
            if (t.p[i] == e.was && agrees(t, &e, digit)) count++, *found = e;
        }
    }
    return count == 1;
}

static bool exchange_look_alikes(struct reading *r, const struct mrz_place *p, char digit) {
    struct text t = text_slice(r->text[p->line], (size_t)p->from, (size_t)p->to);
    struct exchange e;
    if (!one_exchange(t, digit, false, &e) && !one_exchange(t, digit, true, &e)) return false;
    for (int i = p->from; i < p->to; i++)
        if (e.column < 0 ? r->line[p->line][i] == e.was : i - p->from == e.column)
            mrz_fix(r, p->field, p->line, i, e.now);
    return true;
}

static bool is_filler(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] != '<') return false;
    return true;
}

enum mrz_check mrz_check_mixed(struct reading *r, const struct mrz_place *p) {
    struct text t = text_slice(r->text[p->line], (size_t)p->from, (size_t)p->to);
    char digit = look_alike_digit(r->line[p->line][p->check]);
    if ((digit == '<' || digit == '0') && is_filler(t)) return MRZ_CHECK_EMPTY;
    if (digit < '0' || digit > '9') return MRZ_CHECK_WRONG;
    bool right = mrz_check_digit(t) == digit || exchange_look_alikes(r, p, digit);
    if (right) mrz_fix(r, p->field, p->line, p->check, digit);
    return right ? MRZ_CHECK_OK : MRZ_CHECK_WRONG;
}

enum mrz_check mrz_check_composite(struct reading *r) {
    const struct mrz_place *p = &r->layout->place[MRZ_COMPOSITE];
    char digit = look_alike_digit(r->line[p->line][p->check]);
    if (mrz_composite_digit(r->layout, r->text) != digit) return MRZ_CHECK_WRONG;
    mrz_fix(r, MRZ_COMPOSITE, p->line, p->check, digit);
    return MRZ_CHECK_OK;
}

// ---- letters only ----

void mrz_correct_country(struct reading *r, enum mrz_field f) {
    const struct mrz_place *p = &r->layout->place[f];
    char code[3];
    memcpy(code, r->line[p->line] + p->from, sizeof code);
    for (size_t i = 0; i < sizeof code; i++) code[i] = mrz_letter_for(code[i]);
    if (country_kind((struct text){code, sizeof code}) == COUNTRY_UNKNOWN) return;
    for (int i = 0; i < 3; i++) mrz_fix(r, f, p->line, p->from + i, code[i]);
}

bool mrz_correct_name(struct reading *r) {
    const struct mrz_place *p = &r->layout->place[MRZ_NAME];
    bool any = false;
    for (int i = p->from; i < p->to; i++) {
        char c = r->line[p->line][i];
        if (c < '0' || c > '9') continue;
        any = true;
        mrz_fix(r, MRZ_NAME, p->line, i, mrz_letter_for(c));
    }
    return any;
}
