// The server knows when the clock brings something next: it asks the database only then, and each thing
// happens once.
#include <pthread.h>

#include "story.h"

static const struct sql PLANT =
    SQL("test_plant", "insert into process_timer (case_id, timer_id, due_at) values (:case, 999, 1)");
static const struct sql UPROOT = SQL("test_uproot", "delete from process_timer where timer_id = 999");
static const struct sql SET_PACK =
    SQL("test_set_pack", "update case_file set pack_version = :version where case_id = :case");
static const struct sql PACK_OF =
    SQL("test_pack_of", "select pack_version from case_file where case_id = :case");
static const struct sql FIRST_WAKE =
    SQL("test_first_wake", "select min(wake_at) from clock where is_open = 1");
static const struct sql VERSION_OF =
    SQL("test_version_of", "select version from case_file where case_id = :case");

static int64_t requested(struct house *h, int64_t id) {
    DO(h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
       .check_completeness = {.missing = {T("passport")}, .missing_count = 1});
    DO(h, OFFICER, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id,
       .request_document = {T("passport"), T("Please send your passport.")});
    return h->result.made;
}

struct change {
    const struct sql *sql;
    int64_t first, second;
    int args;
};
static enum status run_change(struct db *tx, void *arg) {
    const struct change *c = arg;
    struct value args[2] = {V_INT(c->first), V_INT(c->second)};
    return db_run(tx, c->sql, args, (size_t)c->args);
}
static void change(struct house *h, const struct sql *sql, int args, int64_t first, int64_t second) {
    assert_ok(store_write(h->store, run_change, &(struct change){sql, first, second, args}));
}
static int64_t number(struct house *h, const struct sql *sql, int args, int64_t of) {
    struct db *db;
    struct value v = V_INT(of);
    int64_t out = 0;
    assert_ok(store_reader(h->store, &db));
    assert_ok(db_int(db, &out, sql, &v, (size_t)args));
    store_reader_release(h->store, db);
    return out;
}
static size_t tick(struct house *h) {
    size_t done;
    assert_ok(cases_tick(h->cases, 100, &done));
    return done;
}
// All that is due, in rounds of `limit`; how many it was.
static size_t ticks(struct house *h, size_t limit) {
    size_t done, all = 0;
    do {
        assert_ok(cases_tick(h->cases, limit, &done));
        assert_true(done <= limit);
        all += done;
    } while (done);
    return all;
}

static bool request_has_lapsed(struct house *h, int64_t id) {
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    return text_eq(f.requests.items[0].state, T("lapsed"));
}

// How often the request of the case was closed, and the place of that event in the log.
static size_t lapses(struct house *h, int64_t id, int64_t *seq) {
    struct event *list;
    size_t count, found = 0;
    struct db *db;
    assert_ok(store_reader(h->store, &db));
    assert_ok(journal_stream(h->journal, db, id, 0, 1000, &h->arena, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].type->name, "request_closed")) continue;
        found++;
        *seq = list[i].seq;
    }
    store_reader_release(h->store, db);
    return found;
}

static void nothing_is_asked_while_nothing_is_due(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = with_officer(&h);
    requested(&h, id);
    ticked(&h);
    int64_t next = cases_next_due(h.cases).ms;
    int64_t known = number(&h, &FIRST_WAKE, 0, 0);
    assert_true(next <= known);
    change(&h, &PLANT, 1, id, 0); // behind its back: whoever polls would find it
    assert_int_equal(tick(&h), 0);
    assert_int_equal(cases_next_due(h.cases).ms, next);
    change(&h, &UPROOT, 0, 0, 0);
    h.fixed.at.ms = known;
    assert_true(ticks(&h, 100) > 0);
    story_ends(&h);
}

static void a_server_that_starts_knows_what_waits(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = with_officer(&h);
    requested(&h, id);
    ticked(&h);
    house_close(&h);
    house_open(&h);
    assert_int_equal(cases_next_due(h.cases).ms, 0); // it looks at once
    assert_int_equal(tick(&h), 0);
    assert_true(cases_next_due(h.cases).ms > h.fixed.at.ms);
    pass_hours(&h, 24 * 17);
    ticks(&h, 100);
    assert_true(request_has_lapsed(&h, id));
    story_ends(&h);
}

static void what_was_due_first_happens_first_in_batches_of_any_size(void **state) {
    (void)state;
    struct house h;
    enum { CASES = 5 };
    int64_t ids[CASES];
    house_new(&h);
    for (int i = 0; i < CASES; i++) {
        ids[i] = with_officer(&h);
        pass_hours(&h, 24);
    }
    for (int i = CASES - 1; i >= 0; i--) { // asked in the other order, an hour apart
        requested(&h, ids[i]);
        pass_hours(&h, 25);
    }
    ticked(&h);
    pass_hours(&h, 24 * 30);
    ticks(&h, 2);
    for (int i = CASES - 1, before = 0; i >= 0; i--) {
        int64_t seq = 0;
        assert_int_equal(lapses(&h, ids[i], &seq), 1);
        assert_true(seq > before);
        before = (int)seq;
    }
    assert_int_equal(ticks(&h, 2), 0);
    story_ends(&h);
}

static void a_case_that_cannot_go_on_holds_up_nobody_and_is_tried_again_later(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t stuck = with_officer(&h), well = with_officer(&h);
    requested(&h, stuck);
    pass_hours(&h, 1);
    requested(&h, well);
    ticked(&h);
    int64_t pack = number(&h, &PACK_OF, 1, stuck);
    change(&h, &SET_PACK, 2, 4711, stuck); // a law that this server does not have
    pass_hours(&h, 24 * 17);
    ticks(&h, 1);
    assert_true(request_has_lapsed(&h, well));
    int64_t version = number(&h, &VERSION_OF, 1, stuck);
    int64_t again = cases_next_due(h.cases).ms;
    assert_true(again > h.fixed.at.ms);
    assert_true(again <= h.fixed.at.ms + 60 * 1000);
    assert_int_equal(tick(&h), 0);
    change(&h, &SET_PACK, 2, pack, stuck);
    assert_int_equal(tick(&h), 0); // not each second
    h.fixed.at.ms = again;
    assert_true(ticks(&h, 100) > 0);
    assert_true(request_has_lapsed(&h, stuck));
    assert_true(number(&h, &VERSION_OF, 1, stuck) > version);
    story_ends(&h);
}

static void *tick_all(void *argument) {
    struct house *h = argument;
    ticks(h, 3);
    return NULL;
}

static void two_servers_of_one_database_do_nothing_twice(void **state) {
    (void)state;
    only_on_postgresql();
    struct house h, other;
    enum { CASES = 12 };
    int64_t ids[CASES];
    pthread_t threads[2];
    house_new(&h);
    for (int i = 0; i < CASES; i++) {
        ids[i] = with_officer(&h);
        requested(&h, ids[i]);
    }
    other = h;
    other.arena = (struct arena){0};
    house_open(&other);
    pass_hours(&h, 24 * 17);
    other.fixed = h.fixed;
    pthread_create(&threads[0], NULL, tick_all, &h);
    pthread_create(&threads[1], NULL, tick_all, &other);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < CASES; i++) {
        int64_t seq;
        assert_int_equal(lapses(&h, ids[i], &seq), 1);
    }
    house_close(&other);
    arena_free(&other.arena);
    story_ends(&h);
}

static void what_a_server_that_died_had_set_happens_within_a_minute(void **state) {
    (void)state;
    only_on_postgresql();
    struct house h, dead;
    house_new(&h);
    ticked(&h);
    dead = h;
    dead.arena = (struct arena){0};
    house_open(&dead);
    int64_t id = with_officer(&dead);
    requested(&dead, id);
    house_close(&dead); // and never ticks
    arena_free(&dead.arena);
    pass_hours(&h, 24 * 17);
    ticks(&h, 100);
    assert_true(request_has_lapsed(&h, id));
    story_ends(&h);
}

STORIES(cmocka_unit_test(nothing_is_asked_while_nothing_is_due),
        cmocka_unit_test(a_server_that_starts_knows_what_waits),
        cmocka_unit_test(what_was_due_first_happens_first_in_batches_of_any_size),
        cmocka_unit_test(a_case_that_cannot_go_on_holds_up_nobody_and_is_tried_again_later),
        cmocka_unit_test(two_servers_of_one_database_do_nothing_twice),
        cmocka_unit_test(what_a_server_that_died_had_set_happens_within_a_minute))
