// Authorities cosign each other's logs: a round asks the witnesses, a bundle carries what they signed, and
// whoever rewrites its past is refused and shown.
#include "two_houses.h"

#include "base/encode.h"
#include "base/log.h"
#include "ledger/fork.h"
#include "verify/leaf.h"

// The other house, as if it were asked over the network.
static int answered, http_last;
static bool is_away;
static enum status post_to_house(void *context, const char *url, const char *media, struct text body,
                                 struct arena *a, int *http_status, struct text *answer) {
    (void)media;
    struct house *witness = context;
    struct witness_answer x;
    assert_string_equal(url, "https://w.example/witness/add-checkpoint");
    if (is_away) return STATUS_IO;
    enum status st = proof_add_checkpoint(witness->proofs, body, a, &x);
    *http_status = http_last = x.http_status;
    *answer = x.body;
    answered++;
    return st;
}

struct scene {
    struct house us, witness;
    struct witness_post post;
    struct arena arena;
};

static void begin(struct scene *s) {
    *s = (struct scene){0};
    answered = http_last = 0;
    is_away = false;
    new_house(&s->us, "a.example/log", 1);
    new_house(&s->witness, "b.example/log", 2);
    s->post = (struct witness_post){&s->witness, post_to_house, NULL};
    assert_ok(proof_witness_add(s->us.proofs, proof_witness_key(s->witness.proofs, &s->arena),
                                T("https://w.example/witness"), NULL));
    assert_ok(proof_watch(s->witness.proofs, journal_verifier(s->us.journal, &s->arena), NULL));
}

static void end(struct scene *s) {
    end_house(&s->us);
    end_house(&s->witness);
    arena_free(&s->arena);
}

static int round_of(struct scene *s) {
    int cosigned;
    assert_ok(proof_round(s->us.proofs, &s->post, &cosigned));
    return cosigned;
}

static struct note_key key_of(struct scene *s, struct text vkey) {
    struct note_key k;
    assert_ok(note_key_read(&s->arena, vkey, &k));
    return k;
}

static void a_round_gathers_cosignatures(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    assert_int_equal(round_of(&s), 0); // an empty log has nothing to sign
    for (int i = 1; i <= 5; i++) {
        write_things(&s.us, 100 * i);
        assert_int_equal(round_of(&s), 1);
        assert_int_equal(round_of(&s), 0); // until something is written, it is not asked again
        assert_int_equal(answered, i);
    }
    struct db *db = reader(&s.us);
    struct text note, file;
    assert_ok(proof_checkpoint(s.us.journal, db, &s.arena, &note));
    struct note n;
    uint64_t at;
    struct note_key witness = key_of(&s, proof_witness_key(s.witness.proofs, &s.arena));
    assert_ok(note_read(&s.arena, note, &n));
    assert_ok(cosignature_check(&n, &witness, &at));
    assert_int_equal(at, 1800000000);

    struct proof_bundle b;
    struct bundle_witness w = {.key = witness};
    struct note_key log = key_of(&s, journal_verifier(s.us.journal, &s.arena));
    assert_ok(proof_bundle(s.us.journal, db, 777, true, false, &s.arena, &file));
    assert_ok(bundle_read(&s.arena, file, &b));
    struct hash leaf = ledger_leaf_hash(b.leaf);
    assert_ok(bundle_check(&s.arena, &b, &leaf, &log, &w, 1));
    assert_ok(w.status);
    assert_true(file.n < 4096);
    assert_status(proof_bundle(s.us.journal, db, 1501, true, false, &s.arena, &file), STATUS_NOT_FOUND);

    struct proof_state state_of;
    assert_ok(proof_state_of(db, 777, &state_of));
    assert_true(state_of.is_recorded && state_of.confirmed == 1 && state_of.witnesses == 1);
    assert_int_equal(state_of.confirmed_at.ms, 1800000000000);
    assert_ok(proof_state_of(db, 1501, &state_of));
    assert_false(state_of.is_recorded);
    store_reader_release(s.us.store, db);

    db = reader(&s.witness); // what the witness shows of us to monitors is the same
    struct hash h = hash_of(bytes_of(T("a.example/log")));
    struct text shown;
    assert_ok(proof_witnessed(db, hex_encode(&s.arena, hash_bytes(&h)), &s.arena, &shown));
    assert_true(text_eq(shown, note));
    store_reader_release(s.witness.store, db);
    end(&s);
}

static void a_witness_that_is_away_is_asked_again(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    write_things(&s.us, 3);
    is_away = true;
    assert_int_equal(round_of(&s), 0);
    is_away = false;
    assert_int_equal(round_of(&s), 0); // not at once
    s.us.fixed.at.ms += PROOF_RETRY_MS;
    assert_int_equal(round_of(&s), 1);
    struct db *db = reader(&s.us);
    struct proof_witnesses list;
    assert_ok(proof_witnesses_read(db, &s.arena, &list));
    assert_int_equal(list.items[0].failures, 0);
    assert_int_equal(list.items[0].size, 3);
    store_reader_release(s.us.store, db);

    // A house that forgot how far its witness is learns it from the answer.
    assert_ok(proof_witness_remove(s.us.proofs, T("b.example/log/witness")));
    assert_status(proof_witness_remove(s.us.proofs, T("b.example/log/witness")), STATUS_NOT_FOUND);
    assert_ok(proof_witness_add(s.us.proofs, proof_witness_key(s.witness.proofs, &s.arena),
                                T("https://w.example/witness"), NULL));
    write_things(&s.us, 4);
    assert_int_equal(round_of(&s), 1);

    // A witness that changes its key is believed again as soon as its new key is known, also after a restart.
    assert_ok(proof_witness_key_change(s.witness.proofs));
    close_house(&s.witness);
    open_house(&s.witness);
    write_things(&s.us, 1);
    assert_int_equal(round_of(&s), 0);
    assert_ok(proof_witness_add(s.us.proofs, proof_witness_key(s.witness.proofs, &s.arena),
                                T("https://w.example/witness"), NULL));
    assert_int_equal(round_of(&s), 1);
    end(&s);
}

static void what_is_no_key_or_address_is_refused(void **state) {
    (void)state;
    struct scene s;
    struct problem p;
    begin(&s);
    struct text log = journal_verifier(s.us.journal, &s.arena),
                witness = proof_witness_key(s.us.proofs, &s.arena);
    assert_status(proof_watch(s.us.proofs, witness, &p), STATUS_INVALID); // a witness is no log
    assert_status(proof_watch(s.us.proofs, T("a+b+c"), &p), STATUS_INVALID);
    assert_status(proof_witness_add(s.us.proofs, log, T("https://w.example"), &p), STATUS_INVALID);
    static const char *const BAD[] = {"", "ftp://w.example", "https://w.example/", "https://w.example/a b",
                                      "file:///etc"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_status(proof_witness_add(s.us.proofs, witness, text_of(BAD[i]), &p), STATUS_INVALID);
    struct witness_answer answer;
    assert_ok(proof_add_checkpoint(s.witness.proofs, T("old 1\n"), &s.arena, &answer));
    assert_int_equal(answer.http_status, 400);
    // Of an unknown log nothing is kept; of one that is watched no more neither.
    assert_ok(proof_unwatch(s.witness.proofs, log));
    write_things(&s.us, 1);
    assert_int_equal(round_of(&s), 0);
    assert_int_equal(http_last, 403);
    end(&s);
}

// Attack: rewritten history. An authority puts back an old copy of its database, and writes another story.
static void a_rewritten_history_is_refused_by_the_witness(void **state) {
    (void)state;
    only_on_sqlite();
    struct scene s;
    char command[256];
    begin(&s);
    write_things(&s.us, 50);
    assert_int_equal(round_of(&s), 1);
    close_house(&s.us);
    snprintf(command, sizeof command, "cp -r %s %s.old", s.us.dir, s.us.dir);
    assert_int_equal(system(command), 0);
    open_house(&s.us);
    write_things(&s.us, 20); // the true story
    assert_int_equal(round_of(&s), 1);
    close_house(&s.us);
    snprintf(command, sizeof command, "rm -r %s && mv %s.old %s", s.us.dir, s.us.dir, s.us.dir);
    assert_int_equal(system(command), 0);
    s.us.fixed.at.ms += 60000;
    open_house(&s.us);

    write_things(&s.us, 5); // shorter than what the witness has seen: it says so
    assert_int_equal(round_of(&s), 0);
    assert_int_equal(http_last, 409);
    struct db *db = reader(&s.us);
    struct proof_witnesses list;
    assert_ok(proof_witnesses_read(db, &s.arena, &list));
    assert_text(list.items[0].error, "it has cosigned 70 leaves, more than this log has");
    store_reader_release(s.us.store, db);

    write_things(&s.us, 15); // of the same length: that is a fork, and evidence
    s.us.fixed.at.ms += PROOF_RETRY_MS_MAX;
    assert_int_equal(round_of(&s), 0);
    assert_int_equal(http_last, 422);
    struct text one, other;
    db = reader(&s.witness);
    assert_ok(proof_fork(db, T("a.example/log"), &s.arena, &one, &other));
    store_reader_release(s.witness.store, db);
    struct note_key log = key_of(&s, journal_verifier(s.us.journal, &s.arena));
    struct fork_report report;
    assert_ok(fork_check(&s.arena, one, other, &log, 1, NULL, NULL, &report));
    assert_true(report.is_fork && report.signed_both[0]);

    write_things(&s.us, 10); // longer: the proof cannot lead from what was cosigned
    s.us.fixed.at.ms += PROOF_RETRY_MS_MAX;
    assert_int_equal(round_of(&s), 0);
    assert_int_equal(http_last, 422);
    end(&s);
}

// Attack: clock skew. Neither a clock that goes back nor one far ahead stops the log or its witnesses; a
// cosignature has the witness's time, whatever the log says.
static void clocks_may_differ(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    s.us.fixed.at.ms += INT64_C(3600) * 1000 * 24 * 365;
    write_things(&s.us, 3);
    assert_int_equal(round_of(&s), 1);
    s.us.fixed.at.ms -= INT64_C(3600) * 1000 * 24 * 700;
    write_things(&s.us, 3);
    is_away = true;
    assert_int_equal(round_of(&s), 0);
    is_away = false;
    s.us.fixed.at.ms -= 1; // since the failure time went back: it is asked again all the same
    assert_int_equal(round_of(&s), 1);
    struct db *db = reader(&s.us);
    struct text note;
    struct note n;
    uint64_t at;
    struct note_key witness = key_of(&s, proof_witness_key(s.witness.proofs, &s.arena));
    assert_ok(proof_checkpoint(s.us.journal, db, &s.arena, &note));
    assert_ok(note_read(&s.arena, note, &n));
    assert_ok(cosignature_check(&n, &witness, &at));
    assert_int_equal(at, 1800000000);
    store_reader_release(s.us.store, db);
    end(&s);
}

// An erased person: bundles that were given out stay good, new ones have no opening any more.
static enum status erase(struct write *w, void *argument, struct problem *p) {
    (void)p;
    return write_subject_erase(w, 7, *(int64_t *)argument);
}

static void an_erased_part_is_opened_no_more(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    struct sealed_thing thing = {.sha256 =
                                     "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"};
    assert_ok(journal_write(s.us.journal, do_sealed, &thing, &s.arena, NULL));
    struct db *db = reader(&s.us);
    struct text file;
    struct proof_bundle before, after;
    assert_ok(proof_bundle(s.us.journal, db, 1, true, true, &s.arena, &file));
    store_reader_release(s.us.store, db);
    assert_ok(bundle_read(&s.arena, file, &before));
    assert_int_equal(before.opening.n, KEY_BYTES);
    struct leaf entry;
    struct text field;
    struct hash digest = hash_of(bytes_of(T("password"))), other = hash_of(bytes_of(T("Password")));
    assert_ok(leaf_read(before.leaf, &entry));
    assert_ok(leaf_find(&s.arena, &entry, before.opening, &digest, &field));
    assert_text(field, "sha256");
    assert_status(leaf_find(&s.arena, &entry, before.opening, &other, &field), STATUS_NOT_FOUND);
    assert_status(leaf_find(&s.arena, &entry, (struct bytes){0}, &digest, &field), STATUS_NOT_FOUND);
    assert_status(leaf_find(&s.arena, &entry, hash_bytes(&other), &digest, &field), STATUS_CORRUPT);
    assert_ok(journal_write(s.us.journal, erase, &thing.id, &s.arena, NULL));
    db = reader(&s.us);
    assert_ok(proof_bundle(s.us.journal, db, 1, true, true, &s.arena, &file));
    store_reader_release(s.us.store, db);
    assert_ok(bundle_read(&s.arena, file, &after));
    assert_int_equal(after.opening.n, 0);
    assert_int_equal(after.leaf.n, before.leaf.n);
    struct note_key log = key_of(&s, journal_verifier(s.us.journal, &s.arena));
    struct hash leaf = ledger_leaf_hash(before.leaf);
    assert_ok(bundle_check(&s.arena, &before, &leaf, &log, NULL, 0));
    assert_ok(bundle_check(&s.arena, &after, &leaf, &log, NULL, 0));
    end(&s);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_NOTHING); // refusals are what these tests are about
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_gathers_cosignatures),
        cmocka_unit_test(a_witness_that_is_away_is_asked_again),
        cmocka_unit_test(what_is_no_key_or_address_is_refused),
        cmocka_unit_test(a_rewritten_history_is_refused_by_the_witness),
        cmocka_unit_test(clocks_may_differ),
        cmocka_unit_test(an_erased_part_is_opened_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
