// The log changes its key and goes on; a stolen key that was revoked proves only what others had seen before.
#include "two_houses.h"

#include "base/log.h"
#include "ledger/key_list.h"
#include "store/keys.h"

struct scene {
    struct house us;
    struct arena arena;
    struct note_key first, second;
};

static struct note_key newest(struct scene *s) {
    struct note_key k;
    assert_ok(note_key_read(&s->arena, journal_verifier(s->us.journal, &s->arena), &k));
    return k;
}

static struct text checkpoint_now(struct scene *s) {
    struct text note;
    struct checkpoint c;
    struct db *db = reader(&s->us);
    assert_ok(journal_checkpoint_open(s->us.journal, db, &s->arena, &note, &c));
    store_reader_release(s->us.store, db);
    return note;
}

static void log_verifies(struct scene *s) {
    struct text finding;
    struct db *db = reader(&s->us);
    enum status st = journal_verify(s->us.journal, db, &s->arena, NULL, &finding);
    store_reader_release(s->us.store, db);
    if (st) fail_msg(TEXT_FMT, TEXT_ARG(finding));
}

static void begin(struct scene *s) {
    *s = (struct scene){0};
    new_house(&s->us, "a.example/log", 1);
    write_things(&s->us, 3);
    s->first = newest(s);
    s->us.fixed.at.ms += 3600 * 1000;
    assert_ok(journal_key_change(s->us.journal, 7, &s->arena, NULL));
    log_verifies(s);
    write_things(&s->us, 2);
    s->second = newest(s);
}

static void end(struct scene *s) {
    end_house(&s->us);
    arena_free(&s->arena);
}

static struct key_list list_for(struct scene *s, const struct note_key *trusted, enum status wanted) {
    struct text note;
    struct key_list l = {0};
    struct db *db = reader(&s->us);
    assert_ok(journal_key_list(s->us.journal, db, &s->arena, &note));
    store_reader_release(s->us.store, db);
    assert_status(key_list_open(&s->arena, note, trusted, &l), wanted);
    return l;
}

static enum status spoil_list(struct db *tx, void *argument) {
    static const struct sql SPOIL = SQL("test_spoil", "update log_key set vkey = 'another' where number = 2");
    (void)argument;
    return DB_RUN(tx, &SPOIL);
}

static void the_log_goes_on_with_another_key(void **state) {
    (void)state;
    struct scene s;
    struct checkpoint c;
    begin(&s);
    assert_true(s.first.id != s.second.id);
    struct text note = checkpoint_now(&s);
    assert_ok(checkpoint_open(&s.arena, note, s.second.name, &s.second, 1, &c));
    assert_status(checkpoint_open(&s.arena, note, s.first.name, &s.first, 1, &c), STATUS_NOT_FOUND);
    close_house(&s.us);
    open_house(&s.us); // after a restart the new key is still the one
    write_things(&s.us, 1);
    assert_int_equal(newest(&s).id, s.second.id);
    log_verifies(&s);
    struct key_list l = list_for(&s, &s.first, STATUS_OK);
    assert_int_equal(l.count, 2);
    assert_int_equal(l.items[0].to_s, 1800003600);
    assert_int_equal(l.items[1].from_s, 1800003600);
    assert_ok(key_list_judge(&l, &s.first, 0)); // old proofs stay good
    assert_ok(key_list_judge(&l, &s.second, 1800003700));
    assert_status(key_list_judge(&l, &s.second, 1800000000 - 100),
                  STATUS_EXPIRED); // before there was such a key
    struct note_key stranger = s.first;
    stranger.public_key[0] ^= 1;
    assert_status(key_list_judge(&l, &stranger, 0), STATUS_NOT_FOUND);

    // With another key than its secret in the list, the log does not open, rather than sign with what nobody
    // knows.
    struct store_options o = {.dir = s.us.dir, .create = true, .rooms = ROOMS, .room_count = 2};
    struct journal_options jo = {TYPES, text_of(s.us.origin)};
    assert_ok(store_write(s.us.store, spoil_list, NULL));
    close_house(&s.us);
    choose_engine(&o);
    assert_ok(store_open(&s.us.fixed.env, &o, &s.us.store, NULL));
    assert_status(journal_open(s.us.store, &s.us.fixed.env, &jo, &s.us.journal, NULL), STATUS_CORRUPT);
    store_close(s.us.store);
    arena_free(&s.us.arena);
    arena_free(&s.arena);
}

static enum status put_checkpoint(struct db *tx, void *argument) {
    static const struct sql PUT = SQL("test_put", "update log_checkpoint set note = :note where one = 1");
    return DB_RUN(tx, &PUT, V_TEXT(*(struct text *)argument));
}

// Attack: the log's key is stolen. It is changed, then revoked. What a witness had seen before stays proved;
// what the thief signs later is refused, as is what nobody had seen.
static void a_stolen_key_proves_only_what_was_seen_before(void **state) {
    (void)state;
    struct scene s;
    struct problem p;
    begin(&s);
    assert_status(journal_key_revoke(s.us.journal, 7, 2, &s.arena, &p), STATUS_INVALID); // the one in use
    assert_status(journal_key_revoke(s.us.journal, 7, 3, &s.arena, &p), STATUS_INVALID);
    assert_status(journal_key_revoke(s.us.journal, 7, 0, &s.arena, &p), STATUS_INVALID);
    s.us.fixed.at.ms += 3600 * 1000;
    assert_ok(journal_key_revoke(s.us.journal, 7, 1, &s.arena, NULL));
    log_verifies(&s);
    list_for(&s, &s.first, STATUS_NOT_FOUND); // a revoked key signs nothing any more
    struct key_list l = list_for(&s, &s.second, STATUS_OK);
    uint64_t revoked_s = l.items[0].revoked_s;
    assert_int_equal(revoked_s, 1800007200);
    assert_ok(key_list_judge(&l, &s.first, revoked_s - 60));                     // a witness had seen it
    assert_status(key_list_judge(&l, &s.first, revoked_s + 60), STATUS_REFUSED); // the thief's
    assert_status(key_list_judge(&l, &s.first, 0), STATUS_REFUSED);              // nobody can tell
    assert_ok(key_list_judge(&l, &s.second, 0));

    // The thief puts a checkpoint of their own into the database: the old key is not believed there either.
    struct key seed;
    struct note_signer thief;
    assert_ok(keys_named(s.us.store, "log-signing", &seed));
    assert_ok(note_signer_make(s.first.name, &seed, &thief));
    struct checkpoint c = {s.first.name, 1000, hash_of(bytes_of(T("another past"))), T("")};
    struct text forged = checkpoint_sign(&s.arena, &c, &thief, 1), note, finding;
    assert_ok(store_write(s.us.store, put_checkpoint, &forged));
    struct db *db = reader(&s.us);
    assert_status(journal_checkpoint_open(s.us.journal, db, &s.arena, &note, &c), STATUS_CORRUPT);
    assert_status(journal_verify(s.us.journal, db, &s.arena, NULL, &finding), STATUS_CORRUPT);
    assert_text(finding, "the checkpoint's signature is not valid");
    store_reader_release(s.us.store, db);
    end(&s);
}

static void a_list_is_read_as_it_was_written(void **state) {
    (void)state;
    struct scene s;
    struct key_list again;
    begin(&s);
    struct key_list l = list_for(&s, &s.second, STATUS_OK);
    struct text text = key_list_print(&s.arena, &l);
    assert_ok(key_list_read(&s.arena, text, &again));
    assert_true(text_eq(key_list_print(&s.arena, &again), text));
    // No line may be missing, out of order, or of another log.
    struct text rest = text, line;
    struct out cut = {.arena = &s.arena};
    for (int i = 0; text_cut(&rest, '\n', &line) && rest.p; i++)
        if (i != 2) out_printf(&cut, TEXT_FMT "\n", TEXT_ARG(line));
    assert_status(key_list_read(&s.arena, out_done(&cut), &again), STATUS_INVALID);
    l.origin = T("other.example/log");
    assert_status(key_list_read(&s.arena, key_list_print(&s.arena, &l), &again), STATUS_INVALID);
    l.origin = s.first.name;
    l.items[1].from_s = l.items[0].to_s - 1;
    assert_status(key_list_read(&s.arena, key_list_print(&s.arena, &l), &again), STATUS_INVALID);
    assert_status(key_list_read(&s.arena, T("ostia log keys v1\na\n"), &again), STATUS_INVALID);
    end(&s);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_NOTHING);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_goes_on_with_another_key),
        cmocka_unit_test(a_stolen_key_proves_only_what_was_seen_before),
        cmocka_unit_test(a_list_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
