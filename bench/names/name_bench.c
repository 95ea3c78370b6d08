// How well labelled pairs of names are told apart: F1 with a threshold that the rest of the pairs chose.
//
// name_bench [CASES.csv [--errors]]: cases.csv of OpenSanctions' name_bench (case_group, schema, name1,
// name2, is_match).
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "identity/compare.h"
#include "identity/identity.h"
#include "names/table.h"

enum { CASES_MAX = 5000, FOLDS = 10, SPLITS = 20, RESAMPLES = 2000 };

struct case_of {
    struct text schema, group;
    struct record_name left, right;
    bool is_match, is_predicted;
    double votes; // in how many of SPLITS it was said to match
    double score;
    const char *how;
};

static struct case_of cases[CASES_MAX];
static size_t case_count;

static uint64_t seed = 20260101;
static uint64_t next_random(void) { // splitmix64
    uint64_t z = seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

struct counts {
    double tp, fp, fn, tn;
};
static void count(struct counts *c, bool said, bool is, double weight) {
    *(said ? is ? &c->tp : &c->fp : is ? &c->fn : &c->tn) += weight;
}
static double f1(struct counts c) {
    return c.tp > 0 ? 2 * c.tp / (2 * c.tp + c.fp + c.fn) : 0;
}

// The threshold with the best F1 on all cases outside of fold `fold`.
static double choose(const uint8_t *fold_of, int fold) {
    double best = -1, at = 0.5;
    for (int t = 20; t <= 99; t++) {
        struct counts c = {0};
        for (size_t i = 0; i < case_count; i++)
            if (fold_of[i] != fold) count(&c, cases[i].score >= t / 100.0, cases[i].is_match, 1);
        if (f1(c) > best) best = f1(c), at = t / 100.0;
    }
    return at;
}

static double cross_validate(double *low, double *high) {
    static uint8_t fold_of[CASES_MAX];
    double sum = 0;
    *low = 1, *high = 0;
    for (int s = 0; s < SPLITS; s++) {
        for (size_t i = 0; i < case_count; i++) fold_of[i] = (uint8_t)(next_random() % FOLDS);
        for (int f = 0; f < FOLDS; f++) {
            double t = choose(fold_of, f);
            sum += t;
            if (t < *low) *low = t;
            if (t > *high) *high = t;
            for (size_t i = 0; i < case_count; i++)
                if (fold_of[i] == f) cases[i].votes += (cases[i].score >= t) / (double)SPLITS;
        }
    }
    return sum / (SPLITS * FOLDS);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static struct text letters_of(const struct record_name *n) {
    return n->whole.n ? n->whole : n->family;
}

static bool in_group(const struct case_of *c, const char *what, struct text value) {
    if (!strcmp(what, "all")) return true;
    if (!strcmp(what, "schema")) return text_eq(c->schema, value);
    if (!strcmp(what, "group")) return text_eq(c->group, value);
    struct text l = identity_script(letters_of(&c->left)), r = identity_script(letters_of(&c->right));
    if (!strcmp(what, "cross")) return text_eq(l, r) != text_eq(value, T("yes"));
    return text_eq(l, value) || text_eq(r, value);
}

static void print_row(const char *what, struct text value) {
    static size_t member[CASES_MAX];
    static double values[RESAMPLES];
    size_t n = 0;
    struct counts c = {0};
    for (size_t i = 0; i < case_count; i++)
        if (in_group(&cases[i], what, value)) {
            member[n++] = i;
            count(&c, true, cases[i].is_match, cases[i].votes);
            count(&c, false, cases[i].is_match, 1 - cases[i].votes);
        }
    if (!n) return;
    for (int r = 0; r < RESAMPLES; r++) {
        struct counts s = {0};
        for (size_t k = 0; k < n; k++) {
            const struct case_of *x = &cases[member[next_random() % n]];
            count(&s, true, x->is_match, x->votes);
            count(&s, false, x->is_match, 1 - x->votes);
        }
        values[r] = f1(s);
    }
    qsort(values, RESAMPLES, sizeof *values, by_value);
    printf("%-8s %-14.*s %4zu %6.3f  %.3f to %.3f  %5.3f %5.3f\n", what, TEXT_ARG(value), n, f1(c),
           values[RESAMPLES * 25 / 1000], values[RESAMPLES * 975 / 1000], c.tp / (c.tp + c.fp),
           c.tp / (c.tp + c.fn));
}

// What a fixed threshold lets through and what it misses.
static void print_thresholds(void) {
    puts("\nthreshold  false matches of all that differ  missed of all that match");
    for (int t = 50; t <= 95; t += 5) {
        struct counts c = {0};
        for (size_t i = 0; i < case_count; i++) count(&c, cases[i].score >= t / 100.0, cases[i].is_match, 1);
        printf("%9.2f  %33.1f %%  %23.1f %%\n", t / 100.0, 100 * c.fp / (c.fp + c.tn),
               100 * c.fn / (c.fn + c.tp));
    }
}

static void print_values(const char *what, struct text (*of)(const struct case_of *c)) {
    struct text seen[40];
    size_t n = 0;
    for (size_t i = 0; i < case_count; i++) {
        struct text v = of(&cases[i]);
        size_t k = 0;
        while (k < n && !text_eq(seen[k], v)) k++;
        if (k < n || n == sizeof seen / sizeof *seen) continue;
        seen[n++] = v;
        print_row(what, v);
    }
}
static struct text schema_of(const struct case_of *c) {
    return c->schema;
}
static struct text group_of(const struct case_of *c) {
    return c->group;
}
static struct text script_of(const struct case_of *c) {
    return identity_script(letters_of(&c->left));
}

static void load_csv(struct arena *a, struct text file) {
    struct text fields[16];
    for (bool header = true; table_row(a, &file, ',', fields, 16) && case_count < CASES_MAX; header = false) {
        if (header) continue;
        cases[case_count++] = (struct case_of){.group = fields[0],
                                               .schema = fields[1],
                                               .left.whole = fields[2],
                                               .right.whole = fields[3],
                                               .is_match = text_eq(fields[4], T("true"))};
    }
}

static struct text unquoted(struct text t) {
    t = text_trim(t);
    bool quoted = t.n > 1 && (t.p[0] == '"' || t.p[0] == '\'') && t.p[t.n - 1] == t.p[0];
    return quoted ? text_slice(t, 1, t.n - 1) : t;
}

// Where the value of a key of checks.yml belongs.
static struct text *place_of(struct record_name *n, struct text key) {
    if (text_eq(key, T("name"))) return &n->whole;
    if (text_eq(key, T("firstName"))) return &n->given;
    if (text_eq(key, T("lastName"))) return &n->family;
    if (text_eq(key, T("middleName")) || text_eq(key, T("fatherName"))) return &n->patronymic;
    return NULL;
}

// The few shapes of lines that OpenSanctions' checks.yml has; a long value goes on in the next line.
static void load_checks(struct arena *a, struct text file) {
    struct text line, key, *last = NULL;
    struct record_name *side = NULL;
    while (text_cut(&file, '\n', &line)) {
        struct text rest = text_trim(line), t = rest;
        if (!t.n || t.p[0] == '#') continue;
        if (text_starts(t, T("- match:")) && case_count < CASES_MAX) {
            cases[case_count++] = (struct case_of){.group = T("checks"), .is_match = text_ends(t, T("true"))};
            last = NULL;
            continue;
        }
        if (!case_count || !text_cut(&rest, ':', &key)) continue;
        struct case_of *c = &cases[case_count - 1];
        if (text_eq(t, T("query:")) || text_eq(t, T("candidate:"))) {
            side = text_eq(t, T("query:")) ? &c->left : &c->right;
        } else if (text_eq(key, T("schema"))) {
            c->schema = text_trim(rest);
        } else if (side && rest.p && place_of(side, key)) {
            last = place_of(side, key);
            *last = unquoted(rest);
        } else if (last && !rest.p) {
            *last = TEXT_JOIN(a, *last, T(" "), t);
        }
    }
}

static int load(const char *path, struct arena *a) {
    struct text file;
    if (!table_file(a, path, &file)) return 77;
    if (text_ends(text_of(path), T(".yml")))
        load_checks(a, file);
    else
        load_csv(a, file);
    return 0;
}

static void compare(struct case_of *c, struct arena *a) {
    struct identity_record l = {.name_count = 1}, r = {.name_count = 1};
    l.names[0] = c->left, r.names[0] = c->right;
    struct comparison out;
    identity_compare(&l, &r, &COMPARE_RULES, a, &out);
    c->score = out.features[FEATURE_NAME].agreement;
    c->how = out.features[FEATURE_NAME].how;
}

static struct text shown(struct arena *a, const struct record_name *n) {
    return n->whole.n ? n->whole : TEXT_JOIN(a, n->given, T(" "), n->patronymic, T(" "), n->family);
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// Each first name against each second one: what a search does.
static void print_speed(struct arena *a) {
    static const struct prepared_record *left[CASES_MAX], *right[CASES_MAX];
    double begin = cpu_seconds(), sum = 0, bytes = 0;
    for (size_t i = 0; i < case_count; i++) {
        struct identity_record l = {.name_count = 1}, r = {.name_count = 1};
        l.names[0] = cases[i].left, r.names[0] = cases[i].right;
        left[i] = identity_prepare(&l, a), right[i] = identity_prepare(&r, a);
        bytes += left[i]->bytes + right[i]->bytes;
    }
    double prepared = cpu_seconds();
    const char *how;
    for (size_t i = 0; i < case_count; i++)
        for (size_t j = 0; j < case_count; j++)
            sum += identity_compare_prepared_names(left[i], right[j], &how);
    double compared = cpu_seconds();
    printf(
        "\nto prepare a name: %.2f us; prepared: %.0f bytes; to compare two: %.2f us (mean agreement %.3f)\n",
        (prepared - begin) / (double)(2 * case_count) * 1e6, bytes / (double)(2 * case_count),
        (compared - prepared) / (double)(case_count * case_count) * 1e6,
        sum / (double)(case_count * case_count));
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "../shared/data/names/name_bench/cases.csv";
    struct arena a = {0};
    if (load(path, &a)) return puts("skipped: no data"), 77;
    for (size_t i = 0; i < case_count; i++) compare(&cases[i], &a);
    double low, high, threshold = cross_validate(&low, &high);
    printf("%zu pairs; thresholds chosen by %d-fold cross-validation, %d splits: mean %.3f (%.2f to %.2f)\n",
           case_count, FOLDS, SPLITS, threshold, low, high);
    puts("                        n     F1  95% interval    precision recall");
    print_row("all", T(""));
    print_values("schema", schema_of);
    print_values("group", group_of);
    print_row("cross", T("yes"));
    print_row("cross", T("no"));
    print_values("script", script_of);
    print_thresholds();
    print_speed(&a);
    if (argc > 2)
        for (size_t i = 0; i < case_count; i++)
            if ((cases[i].votes >= 0.5) != cases[i].is_match)
                printf("%s %.3f %-10s %.*s | %.*s | %.*s\n", cases[i].is_match ? "missed" : "false ",
                       cases[i].score, cases[i].how, TEXT_ARG(cases[i].schema),
                       TEXT_ARG(shown(&a, &cases[i].left)), TEXT_ARG(shown(&a, &cases[i].right)));
    arena_free(&a);
    return 0;
}
