#include "fixture.h"
#include "store/tables.h"

static const struct migration TWO_STEPS[] = {
    {"note", 1,
     "create table note (id integer not null primary key, body text, extra blob);"
     "create index note_by_body on note (body);"},
    {"note", 2, "alter table note add column seen bigint; update note set seen = 5;"},
};
static const struct migration CHANGED_STEPS[] = {
    {"note", 1, "create table note (id integer not null primary key, body text);"},
};
static const struct migration BROKEN_STEPS[] = {
    {"note", 1,
     "create table note (id integer not null primary key, body text, extra blob);"
     "create index note_by_body on note (body);"},
    {"note", 2, "create table other (id integer not null primary key); insert into nowhere values (1);"},
};
static const struct migrations TWO = {TWO_STEPS, 2}, CHANGED = {CHANGED_STEPS, 1}, BROKEN = {BROKEN_STEPS, 2};
static const struct migrations *const TWO_ROOMS[] = {&TWO}, *const CHANGED_ROOMS[] = {&CHANGED},
                                      *const BROKEN_ROOMS[] = {&BROKEN};

static const struct sql SEEN = SQL("seen", "select sum(seen) from note");
static const struct sql APPLIED = SQL("applied", "select count(*) from migration where room = 'note'");

static void refused(struct fixture *f, const char *rule, enum status wanted) {
    struct store *s = NULL;
    struct problem p = {0};
    assert_status(store_open(f->env, &f->options, &s, &p), wanted);
    assert_null(s);
    assert_string_equal(p.rule, rule);
    assert_true(p.text_key[0] != 0);
}

static void a_second_step_is_applied_to_what_is_there(void **state) {
    struct fixture *f = *state;
    assert_ok(note_write(f, 1));
    f->options.rooms = TWO_ROOMS;
    store_again(f);
    assert_int_equal(ask(f, &SEEN, 0, false), 5);
    store_again(f); // nothing is applied twice: a second `alter table` would fail
    assert_int_equal(ask(f, &APPLIED, 0, false), 2);
}

static void a_changed_step_is_refused(void **state) {
    struct fixture *f = *state;
    store_close(f->store);
    f->store = NULL;
    f->options.rooms = CHANGED_ROOMS;
    refused(f, "migration_changed", STATUS_INVALID);
}

static void a_database_of_a_newer_program_is_refused(void **state) {
    struct fixture *f = *state;
    f->options.rooms = TWO_ROOMS;
    store_again(f);
    store_close(f->store);
    f->store = NULL;
    f->options.rooms = NOTE_ROOMS;
    struct store *s = NULL;
    struct problem p = {0};
    assert_status(store_open(f->env, &f->options, &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "migration_newer");
    assert_text(p.args[0].value, "note");
    assert_text(p.args[1].value, "2");
}

static void a_broken_step_leaves_everything_as_it_was(void **state) {
    struct fixture *f = *state;
    assert_ok(note_write(f, 1));
    store_close(f->store);
    f->store = NULL;
    f->options.rooms = BROKEN_ROOMS;
    refused(f, "migration_failed", STATUS_STORE);
    f->options.rooms = NOTE_ROOMS;
    store_again(f);
    const struct tables *all;
    struct db *db;
    assert_ok(store_reader(f->store, &db));
    assert_ok(store_tables(db, &all));
    assert_null(tables_find(all, "other"));
    assert_non_null(tables_find(all, "note"));
    store_reader_release(f->store, db);
    assert_true(note_is_there(f, 1));
}

static void a_second_server_is_refused_but_may_look(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    assert_ok(note_write(f, 1));
    refused(f, "in_use", STATUS_BUSY);
    struct fixture looker = *f;
    looker.options.read_only = true;
    assert_ok(store_open(f->env, &looker.options, &looker.store, NULL));
    assert_ok(note_write(f, 2));
    assert_int_equal(notes_count(&looker), 2);
    looker.options.rooms = TWO_ROOMS;
    refused(&looker, "migration_pending", STATUS_INVALID);
    store_close(looker.store);
}

static void a_stopped_server_leaves_a_readable_folder(void **state) {
    struct fixture *f = *state;
    assert_ok(note_write(f, 1));
    store_close(f->store);
    f->options.read_only = true;
    assert_ok(store_open(f->env, &f->options, &f->store, NULL));
    assert_true(note_is_there(f, 1));
}

static void a_folder_without_database_is_not_made_by_chance(void **state) {
    struct fixture *f = *state;
    struct fixture other = *f;
    folder_make(&other);
    other.options.create = false;
    refused(&other, "no_database", STATUS_NOT_FOUND);
    folder_remove(&other);
}

static void bytes_that_are_no_database_are_refused(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    store_close(f->store);
    f->store = NULL;
    char path[300];
    snprintf(path, sizeof path, "%s/ostia.db", f->dir);
    FILE *file = fopen(path, "r+");
    fputs("this is not a database at all", file);
    fclose(file);
    refused(f, "database", STATUS_CORRUPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_second_step_is_applied_to_what_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_changed_step_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_database_of_a_newer_program_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_broken_step_leaves_everything_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_server_is_refused_but_may_look, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stopped_server_leaves_a_readable_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_without_database_is_not_made_by_chance, setup, teardown),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_database_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
