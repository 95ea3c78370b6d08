// Who exchanges events with us: read from a file, kept as events of the log, with keys that change and are
// revoked.
#include <unistd.h>

#include "base/date.h"
#include "check.h"
#include "engine.h"
#include "exchange/member.h"

static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &EXCHANGE_MIGRATIONS};

#define KEY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define PUBLIC_KEYS(tls) "\"signing\":\"" KEY_A "\",\"sealing\":\"" KEY_B "\",\"tls\":\"" tls "\""
static const char FILE_OF_TWO[] =
    "{\"members\":["
    "{\"code\":20,\"name\":\"Reception\",\"roles\":\"R\",\"address\":\"https://"
    "r.example\",\"from\":\"2026-01-01\","
    "\"keys\":[{\"number\":1," PUBLIC_KEYS(
        KEY_A) ",\"from\":\"2026-01-01\"}]},"
               "{\"code\":10,\"name\":\"Office\",\"roles\":\"DP\",\"address\":\"https://"
               "d.example\",\"from\":\"2026-01-01\","
               "\"keys\":[{\"number\":1," PUBLIC_KEYS(
                   KEY_B) ",\"from\":\"2026-01-01\",\"until\":\"2027-01-01\"}]}]}";

static struct moment day(const char *t) {
    struct moment m = {0};
    assert_ok(moment_parse(text_of(t), &m));
    return m;
}

struct house {
    char dir[64];
    struct env_fixed fixed;
    struct store *store;
    struct journal *journal;
    struct arena arena;
};

static void house_open(struct house *h) {
    *h = (struct house){0};
    snprintf(h->dir, sizeof h->dir, "/tmp/ostia-members-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    env_fixed(&h->fixed, day("2026-11-26T10:00:00Z"), 1);
    struct store_options o = {.dir = h->dir, .create = true, .rooms = ROOMS, .room_count = 2};
    choose_engine(&o);
    struct journal_options jo = {exchange_event_types, T("test.example/log")};
    assert_ok(store_open(&h->fixed.env, &o, &h->store, NULL));
    assert_ok(journal_open(h->store, &h->fixed.env, &jo, &h->journal, NULL));
}

static void house_close(struct house *h) {
    store_close(h->store);
    journal_close(h->journal);
    arena_free(&h->arena);
}

static enum status take(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 1, argument, p);
}

static struct members load(struct house *h) {
    struct db *db;
    struct members all;
    assert_ok(store_reader(h->store, &db));
    assert_ok(members_load(db, &h->arena, &all));
    store_reader_release(h->store, db);
    return all;
}

static void a_directory_is_read_and_kept_in_the_log(void **state) {
    (void)state;
    struct house h;
    struct members list;
    struct problem p = {0};
    house_open(&h);
    assert_ok(members_read(&h.arena, text_of(FILE_OF_TWO), &list, &p));
    assert_int_equal(list.items[0].code, 10);
    for (int twice = 0; twice < 2; twice++) // what is there already is no event
        assert_ok(journal_write(h.journal, take, &list, &h.arena, &p));
    struct members all = load(&h);
    assert_int_equal(all.count, 2);
    const struct member *office = member_of(&all, 10);
    assert_text(office->name, "Office");
    assert_text(member_roles_print(&h.arena, office->roles), "DP");
    assert_int_equal(office->keys[0].signing[0], 0xaa);
    assert_null(member_of(&all, 11));
    struct db *db;
    int64_t events;
    assert_ok(store_reader(h.store, &db));
    assert_ok(journal_size(db, &events));
    store_reader_release(h.store, db);
    assert_int_equal(events, 4);
    house_close(&h);
}

struct revoke {
    uint32_t code, number;
    struct moment from;
};
static enum status revoke_key(struct write *w, void *argument, struct problem *p) {
    struct revoke *r = argument;
    return member_key_revoke(w, 1, r->code, r->number, r->from, p);
}
struct rotate {
    uint32_t code;
    struct member_key key;
};
static enum status rotate_key(struct write *w, void *argument, struct problem *p) {
    struct rotate *r = argument;
    return member_key_add(w, 1, r->code, &r->key, p);
}

static void a_key_is_rotated_and_a_stolen_one_revoked(void **state) {
    (void)state;
    struct house h;
    struct members list;
    struct problem p = {0};
    house_open(&h);
    assert_ok(members_read(&h.arena, text_of(FILE_OF_TWO), &list, &p));
    assert_ok(journal_write(h.journal, take, &list, &h.arena, &p));
    struct moment stolen = day("2026-11-20T08:00:00Z"), now = day("2026-11-26T10:00:00Z");
    struct rotate next = {10, {.number = 3, .from = day("2026-11-20T08:00:00Z")}};
    assert_status(journal_write(h.journal, rotate_key, &next, &h.arena, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "member.key_number");
    next.key.number = 2;
    next.key.tls.b[0] = 7;
    assert_ok(journal_write(h.journal, rotate_key, &next, &h.arena, &p));
    struct revoke r = {10, 1, stolen};
    assert_ok(journal_write(h.journal, revoke_key, &r, &h.arena, &p));
    assert_status(journal_write(h.journal, revoke_key, &r, &h.arena, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "member.key_revoked");
    struct members all = load(&h);
    const struct member *office = member_of(&all, 10);
    assert_int_equal(member_key_state(&office->keys[0], now), MEMBER_KEY_REVOKED);
    assert_int_equal(member_key_state(&office->keys[0], day("2026-11-20T07:59:59Z")), MEMBER_KEY_GOOD);
    assert_int_equal(member_key_state(&office->keys[0], day("2025-12-31T23:59:59Z")), MEMBER_KEY_EARLY);
    assert_int_equal(member_key_at(office, now)->number, 2);
    assert_ptr_equal(member_of_tls(&all, &office->keys[1].tls, now), office);
    assert_null(member_of_tls(&all, &office->keys[0].tls, now));
    assert_non_null(member_of_tls(&all, &office->keys[0].tls, day("2026-11-19T00:00:00Z")));
    list.items[0].keys[0].sealing[5] ^= 1; // a file that would change a key that is there
    assert_status(journal_write(h.journal, take, &list, &h.arena, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "member.key_changed");
    house_close(&h);
}

static void mistakes_of_the_file_are_named(void **state) {
    (void)state;
    static const struct {
        const char *find, *put, *field, *rule;
    } CASES[] = {
        {"\"roles\":\"R\"", "\"roles\":\"RZ\"", "members[0].roles", "value_unknown"},
        {"\"roles\":\"R\"", "\"roles\":\"RR\"", "members[0].roles", "value_unknown"},
        {"\"code\":20", "\"code\":10", "members", "duplicate"},
        {"\"code\":20", "\"code\":4294967296", "members[0].code", "value_range"},
        {"\"code\":20", "\"officer\":\"A\",\"code\":20", "members[0]", "member_unknown"},
        {"https://r.example", "ftp://r.example", "members[0].address", "value_unknown"},
        {"https://r.example", "https://me@r.example", "members[0].address", "value_unknown"},
        {"\"signing\":\"a", "\"signing\":\"", "members[0].keys[0].signing", "key_form"},
        {"\"number\":1", "\"number\":2", "members[0].keys[0].number", "value_range"},
        {"2026-01-01", "2026-13-01", "members[0].from", "value_date"},
        {"\"until\":\"2027", "\"until\":\"2025", "members[1].keys[0].until", "value_range"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct members list;
        struct problem p = {0};
        struct text in = text_of(FILE_OF_TWO);
        size_t at;
        assert_true(text_find(in, text_of(CASES[i].find), &at));
        struct text bad = TEXT_JOIN(&a, text_slice(in, 0, at), text_of(CASES[i].put),
                                    text_slice(in, at + strlen(CASES[i].find), in.n));
        assert_status(members_read(&a, bad, &list, &p), STATUS_INVALID);
        assert_string_equal(p.field, CASES[i].field);
        assert_string_equal(p.rule, CASES[i].rule);
    }
    arena_free(&a);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_read_and_kept_in_the_log),
        cmocka_unit_test(a_key_is_rotated_and_a_stolen_one_revoked),
        cmocka_unit_test(mistakes_of_the_file_are_named),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
