// Links between files are found without anybody saying which are right (FEBRL: Christen 2008).
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "identity/linkage.h"

enum { FIELDS = 10, ROWS_MAX = 6000, LINE = 2000 };
static const enum linkage_kind KINDS[FIELDS] = {LINKAGE_NAME, LINKAGE_NAME,  LINKAGE_NUMBER, LINKAGE_TEXT,
                                                LINKAGE_TEXT, LINKAGE_TEXT,  LINKAGE_NUMBER, LINKAGE_CODE,
                                                LINKAGE_DATE, LINKAGE_NUMBER};

struct rows {
    struct text cell[ROWS_MAX * FIELDS];
    int person[ROWS_MAX]; // who it is: never shown to what is tested
    size_t count;
};

// rec-12-org, given_name, surname, ...
static struct rows *read_rows(struct arena *a, const char *name) {
    const char *folder = getenv("OSTIA_FEBRL");
    FILE *f = fopen(text_printf(a, "%s/%s", folder ? folder : "../shared/data/names/febrl", name).p, "r");
    if (!f) return NULL;
    struct rows *r = ARENA_NEW(a, struct rows);
    char line[LINE];
    bool head = true;
    while (fgets(line, sizeof line, f) && r->count < ROWS_MAX) {
        struct text rest = text_copy(a, text_of(line)), part;
        if (head || !text_cut(&rest, ',', &part)) {
            head = false;
            continue;
        }
        r->person[r->count] = atoi(part.p + 4);
        for (size_t i = 0; i < FIELDS && text_cut(&rest, ',', &part); i++)
            r->cell[r->count * FIELDS + i] = text_trim(part);
        r->count++;
    }
    fclose(f);
    return r;
}

static double f1(size_t right, size_t linked, size_t wanted) {
    print_message("# %zu linked, %zu right, of %zu\n", linked, right, wanted);
    return 2.0 * (double)right / (double)(linked + wanted);
}

static void two_files_are_linked(void **state) {
    (void)state;
    struct arena a = {0};
    struct rows *x = read_rows(&a, "dataset4a.csv"), *y = read_rows(&a, "dataset4b.csv");
    if (!x || !y) {
        print_message("# skipped: no data\n");
        skip();
    }
    struct linkage_file left = {x->count, x->cell}, right = {y->count, y->cell};
    struct linkage_result r;
    assert_ok(linkage_run(KINDS, FIELDS, &left, &right, NULL, &a, &r));
    size_t good = 0, wanted = 0, *there = ARENA_ARRAY(&a, size_t, 100000);
    for (size_t i = 0; i < x->count; i++) there[x->person[i]]++;
    for (size_t i = 0; i < y->count; i++) wanted += there[y->person[i]];
    for (size_t i = 0; i < r.count; i++) good += x->person[r.pairs[i].left] == y->person[r.pairs[i].right];
    assert_true(wanted > 1000);
    assert_true(f1(good, r.count, wanted) >= 0.97);
    linkage_end(&r);
    arena_free(&a);
}

static void duplicates_of_one_file_are_grouped(void **state) {
    (void)state;
    struct arena a = {0};
    struct rows *x = read_rows(&a, "dataset3.csv");
    if (!x) {
        print_message("# skipped: no data\n");
        skip();
    }
    struct linkage_file file = {x->count, x->cell};
    struct linkage_result r;
    struct linkage_options two = {.threads = 2};
    assert_ok(linkage_run(KINDS, FIELDS, &file, NULL, &two, &a, &r));
    size_t good = 0, linked = 0, wanted = 0;
    for (size_t i = 0; i < x->count; i++)
        for (size_t j = 0; j < i; j++) {
            bool is = r.group[i] == r.group[j], same = x->person[i] == x->person[j];
            linked += is, wanted += same, good += is && same;
        }
    assert_true(wanted > 1000);
    assert_true(f1(good, linked, wanted) >= 0.97);
    double bits = linkage_prior(&r); // what is said of the columns is what the pair weighs
    for (size_t f = 0; f < FIELDS; f++) {
        const char *how;
        bits += linkage_field(&r, r.pairs[0].left, r.pairs[0].right, f, &how);
        assert_true(*how);
    }
    assert_true(fabs(bits - (double)r.pairs[0].bits) < 0.001);
    linkage_end(&r);
    arena_free(&a);
}

static void files_without_rows_have_no_links(void **state) {
    (void)state;
    struct arena a = {0};
    struct linkage_result r;
    struct linkage_file none = {0};
    struct text one[] = {T("Amal"), T("1985-03-12")};
    struct linkage_file single = {1, one};
    const enum linkage_kind kinds[] = {LINKAGE_NAME, LINKAGE_DATE};
    assert_ok(linkage_run(kinds, 2, &none, NULL, NULL, &a, &r));
    assert_int_equal(r.count, 0);
    linkage_end(&r);
    assert_ok(linkage_run(kinds, 2, &single, NULL, NULL, &a, &r));
    assert_int_equal(r.count, 0);
    linkage_end(&r);
    assert_ok(linkage_run(kinds, 2, &single, &none, NULL, &a, &r));
    assert_int_equal(r.count, 0);
    linkage_end(&r);
    assert_int_equal(linkage_run(kinds, LINKAGE_FIELDS_MAX + 1, &none, NULL, NULL, &a, &r), STATUS_TOO_LARGE);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_files_are_linked),
        cmocka_unit_test(duplicates_of_one_file_are_grouped),
        cmocka_unit_test(files_without_rows_have_no_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
