#include "fixture.h"

static const struct sql TWO_PARTS = SQL("two_parts", "select :b, :a, :b, :c, :a || :b");
static const struct sql EXTRA_ADD =
    SQL("extra_add", "insert into note (id, body, extra) values (:id, :body, :extra)");
static const struct sql EXTRA_GET = SQL("extra_get", "select id, body, extra from note where id = :id");
static const struct sql ALL = SQL("all", "select id from note order by id");
static const struct sql TOUCH = SQL("touch", "update note set body = :body where id > :id");
static const struct sql NONSENSE = SQL("nonsense", "select nothing from nowhere");

static void arguments_follow_the_first_appearance_of_their_names(void **state) {
    struct fixture *f = *state;
    struct db *db;
    struct rows r;
    assert_ok(store_reader(f->store, &db));
    assert_ok(DB_ONE(db, &r, &TWO_PARTS, V_TEXT(T("b")), V_TEXT(T("a")), V_INT(7)));
    assert_text(row_text(&r, 0), "b");
    assert_text(row_text(&r, 1), "a");
    assert_text(row_text(&r, 2), "b");
    assert_int_equal(row_int(&r, 3), 7);
    assert_text(row_text(&r, 4), "ab");
    assert_ok(rows_end(&r));
    assert_ok(rows_end(&r));
    store_reader_release(f->store, db);
}

static const uint8_t RAW[] = {0, 1, 2, 0, 255};

static enum status add_extremes(struct db *tx, void *arg) {
    (void)arg;
    enum status st =
        DB_RUN(tx, &EXTRA_ADD, V_INT(INT64_MAX), V_TEXT(T("Zoë عربي")), V_BYTES(((struct bytes){RAW, 5})));
    if (!st) st = DB_RUN(tx, &EXTRA_ADD, V_INT(INT64_MIN), V_NULL, V_NULL);
    if (!st) st = DB_RUN(tx, &EXTRA_ADD, V_INT(1), V_TEXT(((struct text){0})), V_BYTES(((struct bytes){0})));
    return st ? st : DB_RUN(tx, &EXTRA_ADD, V_INT(2), V_TEXT_OR_NULL(T("")), V_INT_OR_NULL(0));
}

static void what_goes_in_comes_out(void **state) {
    struct fixture *f = *state;
    assert_ok(store_write(f->store, add_extremes, NULL));
    struct db *db;
    struct rows r;
    assert_ok(store_reader(f->store, &db));
    assert_ok(DB_ONE(db, &r, &EXTRA_GET, V_INT(INT64_MAX)));
    assert_int_equal(row_int(&r, 0), INT64_MAX);
    assert_text(row_text(&r, 1), "Zoë عربي");
    assert_int_equal(row_bytes(&r, 2).n, 5);
    assert_memory_equal(row_bytes(&r, 2).p, RAW, 5);
    assert_ok(rows_end(&r));
    assert_ok(DB_ONE(db, &r, &EXTRA_GET, V_INT(INT64_MIN)));
    assert_true(row_is_null(&r, 1) && row_is_null(&r, 2));
    assert_int_equal(row_text(&r, 1).n, 0);
    assert_ok(rows_end(&r));
    assert_ok(DB_ONE(db, &r, &EXTRA_GET, V_INT(1)));
    assert_false(row_is_null(&r, 1) || row_is_null(&r, 2));
    assert_ok(rows_end(&r));
    assert_ok(DB_ONE(db, &r, &EXTRA_GET, V_INT(2)));
    assert_true(row_is_null(&r, 1) && row_is_null(&r, 2));
    assert_ok(rows_end(&r));
    assert_status(DB_ONE(db, &r, &EXTRA_GET, V_INT(3)), STATUS_NOT_FOUND);
    assert_ok(rows_end(&r));
    store_reader_release(f->store, db);
}

// Every pair of notes, with the same statement open inside itself.
static void one_statement_may_be_open_twice(void **state) {
    struct fixture *f = *state;
    for (int i = 1; i <= 5; i++) assert_ok(note_write(f, i));
    struct db *db;
    struct rows outer, inner;
    int pairs = 0;
    assert_ok(store_reader(f->store, &db));
    assert_ok(DB_QUERY(db, &outer, &ALL));
    while (rows_next(&outer)) {
        assert_ok(DB_QUERY(db, &inner, &ALL));
        while (rows_next(&inner)) pairs += row_int(&inner, 0) > 0;
        assert_ok(rows_end(&inner));
    }
    assert_ok(rows_end(&outer));
    assert_int_equal(pairs, 25);
    store_reader_release(f->store, db);
}

static enum status touch_three(struct db *tx, void *arg) {
    enum status st = DB_RUN(tx, &TOUCH, V_TEXT(T("seen")), V_INT(2));
    *(int64_t *)arg = db_changed(tx);
    return st;
}

static void changed_rows_are_counted(void **state) {
    struct fixture *f = *state;
    int64_t changed = 0;
    for (int i = 1; i <= 5; i++) assert_ok(note_write(f, i));
    assert_ok(store_write(f->store, touch_three, &changed));
    assert_int_equal(changed, 3);
}

static void bad_sql_and_writing_readers_are_refused(void **state) {
    struct fixture *f = *state;
    struct db *db;
    struct rows r;
    assert_ok(store_reader(f->store, &db));
    assert_status(DB_QUERY(db, &r, &NONSENSE), STATUS_STORE);
    assert_false(rows_next(&r));
    assert_status(rows_end(&r), STATUS_STORE);
    assert_status(DB_RUN(db, &NOTE_ADD, V_INT(1), V_NULL), STATUS_STORE);
    store_reader_release(f->store, db);
    assert_int_equal(notes_count(f), 0);
}

static void a_value_beyond_the_bound_is_too_large(void **state) {
    struct fixture *f = *state;
    struct db *db;
    struct rows r;
    size_t n = STORE_VALUE_MAX + 8192;
    char *big = calloc(1, n);
    memset(big, 'x', n);
    assert_ok(store_reader(f->store, &db));
    assert_status(DB_QUERY(db, &r, &TWO_PARTS, V_TEXT(((struct text){big, n})), V_NULL, V_NULL),
                  STATUS_TOO_LARGE);
    assert_status(rows_end(&r), STATUS_TOO_LARGE);
    store_reader_release(f->store, db);
    free(big);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arguments_follow_the_first_appearance_of_their_names, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_goes_in_comes_out, setup, teardown),
        cmocka_unit_test_setup_teardown(one_statement_may_be_open_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_rows_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_sql_and_writing_readers_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_beyond_the_bound_is_too_large, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
