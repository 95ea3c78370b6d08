#include <sqlite3.h>
#include <unistd.h>

#include "check.h"
#include "engine.h"
#include "journal/journal.h"

// A tiny room of its own: names on a list, one data subject each.
static const char TABLES[] =
    "create table guest (id integer primary key not null, name text not null, gone integer not null)";
static const struct migration STEPS[] = {{"guests", 1, TABLES}};
static const struct migrations GUESTS_MIGRATIONS = {STEPS, 1};
static const struct sql GUEST_ADD =
    SQL("guest_add", "insert into guest (id, name, gone) values (:id, :name, 0)");
static const struct sql GUEST_BLANK =
    SQL("guest_blank", "update guest set name = '', gone = 1 where id = :id");
static const struct sql GUEST_LIST = SQL("guest_list", "select name from guest order by id");

static enum status apply_came(struct db *db, const struct event *e) {
    return DB_RUN(db, &GUEST_ADD, V_INT(event_int(e, "guest")), V_TEXT(event_text(e, "name")));
}
static enum status apply_erased(struct db *db, const struct event *e) {
    return DB_RUN(db, &GUEST_BLANK, V_INT(event_int(e, "guest")));
}
static const struct event_type GUEST_CAME = {"guest_came", apply_came};
static const struct event_type GUEST_ERASED = {"guest_erased", apply_erased};
static const struct event_type *const TYPES[] = {&GUEST_CAME, &GUEST_ERASED, NULL};
static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &GUESTS_MIGRATIONS};

struct house {
    char dir[64];
    struct env_fixed fixed;
    struct store *store;
    struct journal *journal;
    struct arena arena;
};

static void open_house(struct house *h) {
    struct store_options o = {.dir = h->dir, .create = true, .rooms = ROOMS, .room_count = 2};
    choose_engine(&o);
    struct journal_options jo = {TYPES, T("test.example/log")};
    assert_ok(store_open(&h->fixed.env, &o, &h->store, NULL));
    assert_ok(journal_open(h->store, &h->fixed.env, &jo, &h->journal, NULL));
}

static void close_house(struct house *h) {
    store_close(h->store);
    journal_close(h->journal);
    arena_free(&h->arena);
}

static void new_house(struct house *h, uint64_t seed) {
    *h = (struct house){0};
    snprintf(h->dir, sizeof h->dir, "/tmp/ostia-test-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    env_fixed(&h->fixed, (struct moment){1800000000000}, seed);
    open_house(h);
}

struct came {
    const char *name;
    int64_t id;
    bool fail;
};

static enum status guest_comes(struct write *w, void *argument, struct problem *p) {
    struct came *c = argument;
    struct events *list = events_new(w->arena);
    c->id = write_id(w);
    enum status st = write_subject(w, c->id);
    if (st) return st;
    struct event_draft *d = events_add(list, &GUEST_CAME, c->id, c->id);
    draft_int(d, "guest", c->id);
    draft_personal_text(d, "name", text_of(c->name));
    st = write_events(w, 7, list);
    return c->fail ? problem(p, "name", "refused", "problem.test") : st;
}

static enum status guest_erased(struct write *w, void *argument, struct problem *p) {
    (void)p;
    int64_t id = *(int64_t *)argument;
    struct events *list = events_new(w->arena);
    draft_int(events_add(list, &GUEST_ERASED, id, 0), "guest", id);
    enum status st = write_subject_erase(w, 7, id);
    return st ? st : write_events(w, 7, list);
}

static struct text names(struct store *s, struct arena *a) {
    struct db *db;
    struct rows r;
    struct out o = {.arena = a};
    assert_ok(store_reader(s, &db));
    assert_ok(DB_QUERY(db, &r, &GUEST_LIST));
    while (rows_next(&r)) {
        out_text(&o, row_text(&r, 0));
        out_byte(&o, ';');
    }
    assert_ok(rows_end(&r));
    store_reader_release(s, db);
    return out_done(&o);
}

static enum status verify(struct house *h, struct text *finding) {
    struct db *db;
    assert_ok(store_reader(h->store, &db));
    enum status st = journal_verify(h->journal, db, &h->arena, NULL, finding);
    store_reader_release(h->store, db);
    return st;
}

static void a_failed_command_leaves_no_event_no_leaf_and_no_number(void **state) {
    (void)state;
    struct house h;
    struct came ada = {"Ada", 0, false}, bad = {"Nobody", 0, true}, bob = {"Bob", 0, false};
    struct problem p;
    struct text finding;
    new_house(&h, 1);
    assert_ok(journal_write(h.journal, guest_comes, &ada, &h.arena, &p));
    assert_status(journal_write(h.journal, guest_comes, &bad, &h.arena, &p), STATUS_INVALID);
    assert_string_equal(p.text_key, "problem.test");
    assert_ok(journal_write(h.journal, guest_comes, &bob, &h.arena, &p));
    assert_int_equal(bob.id, ada.id + 1);
    assert_text(names(h.store, &h.arena), "Ada;Bob;");
    assert_ok(verify(&h, &finding));
    close_house(&h);
}

static void replay_gives_the_same_also_after_erasure_and_restart(void **state) {
    (void)state;
    struct house h, fresh;
    struct came who[3] = {{"Ada"}, {"Bob"}, {"Çiçek"}};
    struct text finding;
    struct db *db;
    new_house(&h, 2);
    for (int i = 0; i < 3; i++) assert_ok(journal_write(h.journal, guest_comes, &who[i], &h.arena, NULL));
    assert_ok(journal_write(h.journal, guest_erased, &who[1].id, &h.arena, NULL));
    close_house(&h);
    h.store = NULL;
    h.arena = (struct arena){0};
    open_house(&h);
    struct came late = {"Dara"};
    assert_ok(journal_write(h.journal, guest_comes, &late, &h.arena, NULL));
    assert_int_equal(late.id, 4);
    assert_text(names(h.store, &h.arena), "Ada;;Çiçek;Dara;");
    assert_ok(verify(&h, &finding));

    new_house(&fresh, 3);
    assert_ok(store_reader(h.store, &db));
    assert_ok(journal_replay(h.journal, db, fresh.store, NULL, &finding, &h.arena));
    store_reader_release(h.store, db);
    assert_text(names(fresh.store, &h.arena), "Ada;;Çiçek;Dara;");
    close_house(&fresh);
    close_house(&h);
}

// Changes one thing in the database behind the journal's back, and gives what verify says.
static struct text after_tampering(const char *sql, struct arena *a) {
    struct house h;
    struct came who[3] = {{"Ada"}, {"Bob"}, {"Cem"}};
    char path[128];
    sqlite3 *db;
    struct text finding;
    new_house(&h, 4);
    for (int i = 0; i < 3; i++) assert_ok(journal_write(h.journal, guest_comes, &who[i], &h.arena, NULL));
    close_house(&h);
    snprintf(path, sizeof path, "%s/ostia.db", h.dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    h.arena = (struct arena){0};
    open_house(&h);
    assert_status(verify(&h, &finding), STATUS_CORRUPT);
    finding = text_copy(a, finding);
    close_house(&h);
    return finding;
}

static void verify_names_the_first_thing_that_is_wrong(void **state) {
    (void)state;
    only_on_sqlite();
    static const struct {
        const char *sql, *finding;
    } CASES[] = {
        {"delete from event where seq = 2", "event 2 is missing"},
        {"update event set stream = 99 where seq = 3", "event 3: its bytes are damaged"},
        {"update event set bytes = cast(substr(bytes, 1, length(bytes) - 1) || x'00' as blob) where seq = 1",
         "event 1: its sealed part does not open"},
        {"update log_tile set hashes = cast(x'00' || substr(hashes, 2) as blob)",
         "event 1: its bytes do not have the hash in the log"},
        {"update log_checkpoint set note = replace(note, '3', '4')",
         "the checkpoint's signature is not valid"},
        {"delete from subject_key where subject = 2",
         "the key of subject 2 is missing, but was never erased"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_text(after_tampering(CASES[i].sql, &a), CASES[i].finding);
    arena_free(&a);
}

// Two servers on one PostgreSQL database: one log, whoever writes.
static void servers_write_one_log_by_turns(void **state) {
    (void)state;
    struct house h, other;
    struct text finding;
    if (!is_on_postgresql()) {
        print_message("# skipped: one server a folder\n");
        return;
    }
    new_house(&h, 9);
    other = h;
    other.arena = (struct arena){0};
    open_house(&other);
    struct came who[6] = {{"Ada"}, {"Bob"}, {"Cem"}, {"Nobody", 0, true}, {"Dara"}, {"Eve"}};
    for (int i = 0; i < 6; i++) {
        struct house *by = i % 2 ? &other : &h;
        assert_status(journal_write(by->journal, guest_comes, &who[i], &by->arena, NULL),
                      who[i].fail ? STATUS_INVALID : STATUS_OK);
    }
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < i; k++) assert_true(who[i].fail || who[k].fail || who[i].id != who[k].id);
    assert_ok(journal_write(other.journal, guest_erased, &who[0].id, &other.arena, NULL));
    struct came last = {"Finn"};
    assert_ok(journal_write(h.journal, guest_comes, &last, &h.arena, NULL));
    assert_ok(verify(&h, &finding));
    assert_ok(verify(&other, &finding));
    assert_text(names(h.store, &h.arena), ";Bob;Cem;Dara;Eve;Finn;");
    close_house(&other);
    close_house(&h);
}

static void the_order_of_events_holds_when_the_clock_jumps_back(void **state) {
    (void)state;
    struct house h;
    struct came ada = {"Ada"}, bob = {"Bob"};
    struct text finding;
    struct db *db;
    struct event *list;
    size_t count;
    new_house(&h, 5);
    assert_ok(journal_write(h.journal, guest_comes, &ada, &h.arena, NULL));
    h.fixed.at.ms -= 3600 * 1000;
    assert_ok(journal_write(h.journal, guest_comes, &bob, &h.arena, NULL));
    assert_ok(verify(&h, &finding));
    assert_ok(store_reader(h.store, &db));
    assert_ok(journal_stream(h.journal, db, bob.id, 0, 10, &h.arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].at.ms, 1800000000000);
    assert_int_equal(list[0].actor, 7);
    assert_text(event_text(&list[0], "name"), "Bob");

    struct proof proof;
    uint64_t size;
    assert_ok(journal_inclusion(h.journal, db, 2, &h.arena, &proof, &size));
    assert_int_equal(size, 2);
    store_reader_release(h.store, db);
    close_house(&h);
}

static bool is_coming(const void *context, const struct event_type *type) {
    return type == (const struct event_type *)context;
}

static void the_newest_come_first_and_only_those_that_are_wanted(void **state) {
    (void)state;
    struct house h;
    struct came ada = {"Ada"};
    struct problem p;
    struct db *db;
    struct event *list;
    size_t count;
    new_house(&h, 6);
    assert_ok(journal_write(h.journal, guest_comes, &ada, &h.arena, NULL));
    assert_ok(journal_write(h.journal, guest_erased, &ada.id, &h.arena, NULL));
    assert_ok(store_reader(h.store, &db));
    struct journal_choice all = {is_coming, &GUEST_CAME, 10, 100}, gone = {is_coming, &GUEST_ERASED, 10, 100},
                          last = {is_coming, &GUEST_CAME, 10, 1};
    assert_ok(journal_newest(h.journal, db, ada.id, &all, &h.arena, &list, &count));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].seq, 1);
    assert_int_equal(event_text(&list[0], "name").n, 0); // its key is gone
    assert_ok(journal_newest(h.journal, db, ada.id, &gone, &h.arena, &list, &count));
    assert_int_equal(count, 1);
    assert_ok(journal_newest(h.journal, db, ada.id, &last, &h.arena, &list, &count));
    assert_int_equal(count, 0); // only so many are looked at
    store_reader_release(h.store, db);
    assert_status(journal_write(h.journal, guest_erased, &(int64_t){4711}, &h.arena, &p), STATUS_NOT_FOUND);
    assert_null(p.text_key); // who looked for it says what is missing
    close_house(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_command_leaves_no_event_no_leaf_and_no_number),
        cmocka_unit_test(replay_gives_the_same_also_after_erasure_and_restart),
        cmocka_unit_test(verify_names_the_first_thing_that_is_wrong),
        cmocka_unit_test(servers_write_one_log_by_turns),
        cmocka_unit_test(the_order_of_events_holds_when_the_clock_jumps_back),
        cmocka_unit_test(the_newest_come_first_and_only_those_that_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
