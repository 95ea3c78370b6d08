// Floors under the quality that docs/quality-identity.md states, on the open data. Without them: skipped.
#include "check.h"
#include "identity/compare.h"
#include "names/table.h"

#define NAMES "../shared/data/names/"
static const double MATCH = 0.6; // what cross-validation chooses (bench name_bench)

static void labelled_pairs(void **state) {
    (void)state;
    struct arena a = {0};
    struct text file, fields[5];
    if (!table_file(&a, NAMES "name_bench/cases.csv", &file)) {
        print_message("skipped: no data\n");
        skip();
    }
    double right = 0, wrong = 0, missed = 0;
    while (table_row(&a, &file, ',', fields, 5)) {
        const char *how;
        bool is_match = text_eq(fields[4], T("true"));
        bool said = identity_compare_names(fields[2], fields[3], &a, &how) >= MATCH;
        if (said && is_match)
            right++;
        else if (said)
            wrong++;
        else
            missed += is_match;
    }
    double f1 = 2 * right / (2 * right + wrong + missed);
    if (f1 < 0.86) fail_msg("F1 %.3f", f1);
    arena_free(&a);
}

enum { CANDIDATES = 2000, ASKED = 25 };

// The first names of the file, each asked for among all of them. Other names may be written alike.
static double first_of_all(struct arena *a, struct text file, bool latin_asked) {
    const struct prepared_record *name[2][CANDIDATES];
    struct text writing[2][CANDIDATES], fields[3];
    size_t n = 0, found = 0;
    for (; n < CANDIDATES && table_row(a, &file, '\t', fields, 3); n++)
        for (int s = 0; s < 2; s++) {
            writing[s][n] = fields[s];
            name[s][n] = identity_prepare_name(fields[s], (struct text){0}, a);
        }
    for (size_t k = 0; k < ASKED; k++) {
        size_t i = k * (n / ASKED), best = 0;
        double most = -1e9;
        for (size_t j = 0; j < n; j++) {
            double bits = identity_compare_prepared_writings(name[!latin_asked][i], name[latin_asked][j]);
            if (bits > most) most = bits, best = j;
        }
        found += text_eq(writing[latin_asked][best], writing[latin_asked][i]);
    }
    return (double)found / ASKED;
}

static void writings_in_other_scripts(void **state) {
    (void)state;
    static const char *const FILES[] = {NAMES "transliteration/wd_arabic_test_open.tsv",
                                        NAMES "transliteration/wd_hebrew_test_open.tsv",
                                        NAMES "transliteration/wd_russian_test_open.tsv"};
    for (size_t i = 0; i < 3; i++) {
        struct arena a = {0};
        struct text file;
        if (!table_file(&a, FILES[i], &file)) {
            print_message("skipped: no data\n");
            skip();
        }
        double there = first_of_all(&a, file, true), back = first_of_all(&a, file, false);
        if (there < 0.8 || back < 0.8) fail_msg("%s: %.2f, %.2f", FILES[i], there, back);
        arena_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labelled_pairs),
        cmocka_unit_test(writings_in_other_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
