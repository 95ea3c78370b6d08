// A witness cosigns what goes on from what it cosigned last, answers everything else by the numbers of C2SP
// tlog-witness, and a fork of the log or of a witness is evidence that anybody can check.
#include "../check.h"
#include "base/encode.h"
#include "ledger/fork.h"
#include "ledger/witness.h"
#include "memory_tiles.h"

static const struct text ORIGIN = {"ostia.example/log", 17};

// A log whose leaves from `forked_at` on are others than those of the honest one.
struct log {
    struct ledger_storage storage;
    struct memory_tiles *tiles;
    struct ledger *ledger;
    struct note_signer signer;
    uint64_t forked_at;
};

static void log_begin(struct log *l, uint8_t seed, uint64_t forked_at) {
    struct key secret = {.b = {seed}};
    l->tiles = memory_tiles_new(&l->storage);
    l->forked_at = forked_at;
    assert_ok(ledger_open(&l->storage, 0, &l->ledger));
    assert_ok(note_signer_make(ORIGIN, &secret, &l->signer));
}

static void log_end(struct log *l) {
    ledger_close(l->ledger);
    free(l->tiles);
}

static struct text log_grow(struct arena *a, struct log *l, uint64_t size) {
    while (ledger_size(l->ledger) < size) {
        uint64_t i = ledger_size(l->ledger);
        uint8_t b[8];
        assert_ok(
            ledger_append(l->ledger, i < l->forked_at ? test_leaf(i, b) : bytes_of(T("another")), NULL));
    }
    assert_ok(ledger_flush(l->ledger));
    struct checkpoint c = {ORIGIN, ledger_size(l->ledger), ledger_root(l->ledger), T("")};
    return checkpoint_sign(a, &c, &l->signer, 1);
}

static struct note_signer witness_of(const char *name, uint8_t seed) {
    struct key secret = {.b = {seed, 9}};
    struct note_signer s;
    assert_ok(cosigner_make(text_of(name), &secret, &s));
    return s;
}

struct witness {
    struct witnessed_log log;
    struct note_signer cosigner;
};

static struct witness_answer ask(struct arena *a, struct witness *w, struct text body, uint64_t time_s) {
    struct witness_request r;
    struct witness_answer answer;
    assert_ok(witness_request_read(a, body, &r));
    witness_decide(a, &w->log, &r, &w->cosigner, 1, time_s, &answer);
    if (answer.is_cosigned) w->log.size = r.checkpoint.size, w->log.root = r.checkpoint.root;
    return answer;
}

static struct text body_from(struct arena *a, const struct log *l, uint64_t old, struct text note) {
    struct proof p = {0};
    if (old) assert_ok(ledger_consistency(&l->storage, old, ledger_size(l->ledger), a, &p));
    return witness_request_print(a, old, &p, note);
}

struct scene {
    struct arena arena;
    struct log log;
    struct witness witness;
};

static void begin(struct scene *s) {
    *s = (struct scene){0};
    log_begin(&s->log, 1, UINT64_MAX);
    s->witness.cosigner = witness_of("witness.example/w1", 1);
    s->witness.log = (struct witnessed_log){ORIGIN, &s->log.signer.key, 1, 0, {{0}}};
}

static void end(struct scene *s) {
    log_end(&s->log);
    arena_free(&s->arena);
}

static void what_goes_on_is_cosigned(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    uint64_t old = 0, time_s = 1700000000;
    for (uint64_t size = 3; size < 900; size = size * 2 + 1) {
        struct text note = log_grow(&s.arena, &s.log, size), lines;
        struct witness_answer answer =
            ask(&s.arena, &s.witness, body_from(&s.arena, &s.log, old, note), time_s);
        uint64_t at;
        assert_int_equal(answer.http_status, 200);
        assert_ok(
            witness_cosignatures_read(&s.arena, note, answer.body, &s.witness.cosigner.key, &lines, &at));
        assert_int_equal(at, time_s);
        assert_true(text_eq(note_add_lines(&s.arena, note, lines), answer.note));
        assert_true(text_eq(note_add_lines(&s.arena, answer.note, lines), answer.note));
        struct note n;
        assert_ok(note_read(&s.arena, answer.note, &n));
        assert_ok(note_verify(&n, &s.log.signer.key, 1, NULL));
        assert_ok(cosignature_check(&n, &s.witness.cosigner.key, &at));
        struct note_key other = witness_of("witness.example/w1", 2).key;
        assert_status(cosignature_check(&n, &other, &at), STATUS_NOT_FOUND);
        other = s.witness.cosigner.key; // the same name and number, another secret
        other.public_key[0] ^= 1;
        assert_status(cosignature_check(&n, &other, &at), STATUS_CORRUPT);
        old = size;
        time_s += 60;
    }
    // Asked again with what it has: it says the same with the new time.
    struct text again = log_grow(&s.arena, &s.log, old);
    assert_int_equal(ask(&s.arena, &s.witness, body_from(&s.arena, &s.log, old, again), time_s).http_status,
                     200);
    end(&s);
}

static void everything_else_has_its_number(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    struct arena *a = &s.arena;
    struct text ten = log_grow(a, &s.log, 10);
    struct proof none = {0};
    assert_int_equal(ask(a, &s.witness, witness_request_print(a, 0, &none, ten), 1).http_status, 200);
    struct text twenty = log_grow(a, &s.log, 20);
    struct text good = body_from(a, &s.log, 10, twenty);

    struct witness stranger = s.witness;
    stranger.log.origin = T("other.example/log");
    assert_int_equal(ask(a, &stranger, good, 1).http_status, 404);

    struct witness other_key = s.witness;
    struct note_key key = witness_of("x", 3).key;
    other_key.log.keys = &key;
    assert_int_equal(ask(a, &other_key, good, 1).http_status, 403);
    key = s.log.signer.key; // name and number fit, the signature does not
    key.public_key[5] ^= 1;
    assert_int_equal(ask(a, &other_key, good, 1).http_status, 403);

    assert_int_equal(ask(a, &s.witness, witness_request_print(a, 21, &none, twenty), 1).http_status, 400);
    struct witness_answer behind = ask(a, &s.witness, body_from(a, &s.log, 9, twenty), 1);
    assert_int_equal(behind.http_status, 409);
    assert_text(behind.body, "10\n");
    assert_text(behind.media, "text/x.tlog.size");
    uint64_t size;
    assert_ok(witness_size_read(behind.body, &size));
    assert_int_equal(size, 10);

    assert_int_equal(ask(a, &s.witness, witness_request_print(a, 10, &none, twenty), 1).http_status, 422);
    struct witness fresh = s.witness;
    fresh.log.size = 0;
    struct proof some = {&fresh.log.root, 1};
    assert_int_equal(ask(a, &fresh, witness_request_print(a, 0, &some, twenty), 1).http_status, 422);
    struct checkpoint empty = {ORIGIN, 0, fresh.log.root, T("")};
    struct text lie = checkpoint_sign(a, &empty, &s.log.signer, 1);
    assert_int_equal(ask(a, &fresh, witness_request_print(a, 0, &none, lie), 1).http_status, 422);
    assert_int_equal(s.witness.log.size, 10); // none of it was remembered
    assert_int_equal(ask(a, &s.witness, good, 1).http_status, 200);

    struct witness_request r;
    static const char *const BAD[] = {"",           "old 1\n",          "old 01\n\n",
                                      "new 1\n\nx", "old 1\nAAAA\n\nx", "old 1\n\n\n"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_status(witness_request_read(a, text_of(BAD[i]), &r), STATUS_INVALID);
    end(&s);
}

// Attack: rewritten history. Whoever has the log's key changes leaf 5 and signs the whole log anew.
static void a_rewritten_history_is_refused(void **state) {
    (void)state;
    struct scene s;
    struct log rewritten;
    begin(&s);
    log_begin(&rewritten, 1, 5);
    struct arena *a = &s.arena;
    assert_int_equal(ask(a, &s.witness, body_from(a, &s.log, 0, log_grow(a, &s.log, 100)), 1).http_status,
                     200);
    struct text longer = log_grow(a, &rewritten, 150);
    struct witness_answer answer = ask(a, &s.witness, body_from(a, &rewritten, 100, longer), 2);
    assert_int_equal(answer.http_status, 422);
    assert_false(answer.is_cosigned);
    assert_true(answer.why[0] != 0);
    log_end(&rewritten);
    end(&s);
}

// Attack: a fork. The log shows one tree to the witness and another one, of the same size, to somebody else.
static void a_forked_log_is_evidence(void **state) {
    (void)state;
    struct scene s;
    struct log forked;
    begin(&s);
    log_begin(&forked, 1, 90);
    struct arena *a = &s.arena;
    struct text here = log_grow(a, &s.log, 100), there = log_grow(a, &forked, 100);
    assert_int_equal(ask(a, &s.witness, body_from(a, &s.log, 0, here), 1).http_status, 200);
    struct witness_answer answer = ask(a, &s.witness, body_from(a, &forked, 100, there), 2);
    assert_int_equal(answer.http_status, 422);
    assert_true(answer.is_fork);

    struct fork_report report;
    assert_ok(fork_check(a, here, there, &s.log.signer.key, 1, NULL, NULL, &report));
    assert_true(report.is_fork && report.signed_both[0]);
    assert_ok(fork_check(a, here, here, &s.log.signer.key, 1, NULL, NULL, &report));
    assert_false(report.is_fork);

    // Of two sizes, a proof of the larger tree says what the smaller one must be.
    struct text later = log_grow(a, &forked, 130);
    struct proof p;
    struct hash root;
    assert_ok(ledger_consistency(&forked.storage, 100, 130, a, &p));
    assert_ok(ledger_root_at(&forked.storage, 100, a, &root));
    assert_ok(fork_check(a, later, here, &s.log.signer.key, 1, &p, &root, &report));
    assert_true(report.is_fork);
    assert_ok(fork_check(a, later, there, &s.log.signer.key, 1, &p, &root, &report));
    assert_false(report.is_fork);
    root.b[0] ^= 1; // a proof that shows nothing accuses nobody
    assert_status(fork_check(a, later, here, &s.log.signer.key, 1, &p, &root, &report), STATUS_CORRUPT);
    assert_status(fork_check(a, later, here, &s.log.signer.key, 1, NULL, NULL, &report), STATUS_INVALID);
    struct note_key stranger = witness_of("x", 5).key;
    assert_status(fork_check(a, here, there, &stranger, 1, NULL, NULL, &report), STATUS_NOT_FOUND);
    log_end(&forked);
    end(&s);
}

// Attack: a witness that signs a fork. Its cosignatures on both sides, compared, are the evidence against it;
// an honest witness beside it is not accused.
static void a_witness_that_signs_a_fork_is_shown(void **state) {
    (void)state;
    struct scene s;
    struct log forked;
    begin(&s);
    log_begin(&forked, 1, 90);
    struct arena *a = &s.arena;
    struct text here = log_grow(a, &s.log, 100), there = log_grow(a, &forked, 100);
    struct witness honest = s.witness, bad = s.witness, bad_again = s.witness;
    bad.cosigner = bad_again.cosigner = witness_of("bad.example/w", 7);
    here = ask(a, &honest, body_from(a, &s.log, 0, here), 1).note;
    here = note_add_lines(a, here, ask(a, &bad, body_from(a, &s.log, 0, here), 1).body);
    there = ask(a, &bad_again, body_from(a, &forked, 0, there), 1).note; // it forgot what it had signed
    struct note_key keys[] = {s.log.signer.key, honest.cosigner.key, bad.cosigner.key};
    struct fork_report report;
    assert_ok(fork_check(a, here, there, keys, 3, NULL, NULL, &report));
    assert_true(report.is_fork);
    assert_true(report.signed_both[0]);
    assert_false(report.signed_both[1]);
    assert_true(report.signed_both[2]);
    log_end(&forked);
    end(&s);
}

// What this build cannot check is named and counts for nothing; it spoils nothing either.
static void a_post_quantum_cosignature_is_not_believed(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    struct arena *a = &s.arena;
    uint8_t typed[1 + 1312] = {NOTE_COSIGNATURE_ML_DSA, 1, 2, 3};
    struct text name = T("pq.example/w");
    struct out to_hash = {.arena = a};
    out_text(&to_hash, name);
    out_byte(&to_hash, '\n');
    for (size_t i = 0; i < sizeof typed; i++) out_byte(&to_hash, (char)typed[i]);
    struct hash h = hash_of(bytes_of(out_done(&to_hash)));
    struct text id = hex_encode(a, (struct bytes){h.b, 4});
    struct text vkey =
        TEXT_JOIN(a, name, T("+"), id, T("+"), base64_encode(a, (struct bytes){typed, sizeof typed}));
    struct note_key key;
    assert_ok(note_key_read(a, vkey, &key));
    assert_true(text_eq(note_key_print(a, &key), vkey));
    assert_text(note_key_algorithm(&key), "ML-DSA-44 cosignature");
    assert_false(note_key_is_checked(&key));

    uint8_t line[4 + 8 + 2420] = {h.b[0], h.b[1], h.b[2], h.b[3]};
    struct text note = TEXT_JOIN(a, log_grow(a, &s.log, 7), T("\xE2\x80\x94 pq.example/w "),
                                 base64_encode(a, (struct bytes){line, sizeof line}), T("\n"));
    struct note n;
    uint64_t at;
    assert_ok(note_read(a, note, &n));
    assert_status(note_verify(&n, &key, 1, NULL), STATUS_NOT_FOUND);
    assert_status(cosignature_check(&n, &key, &at), STATUS_UNSUPPORTED);
    assert_ok(note_verify(&n, &s.log.signer.key, 1, NULL));
    end(&s);
}

// The indented or fenced block of a specification that follows the words.
static struct text example_after(struct arena *a, const char *file, const char *words) {
    const char *path = data_path(file);
    if (!path) return (struct text){0};
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *all = arena_alloc(a, 1 << 16);
    struct text rest = {all, fread(all, 1, 1 << 16, f)}, line;
    fclose(f);
    size_t at;
    assert_true(text_find(rest, text_of(words), &at));
    rest = text_slice(rest, at, rest.n);
    text_cut(&rest, '\n', &line);
    struct out o = {.arena = a};
    bool fenced = false, begun = false;
    while (text_cut(&rest, '\n', &line)) {
        bool fence = text_starts(line, T("```")), indented = text_starts(line, T("    "));
        if (fence && begun) break;
        if (fence) {
            fenced = begun = true;
            continue;
        }
        if (!fenced && line.n && !indented && begun) break;
        begun |= indented;
        if (!begun) continue;
        out_text(&o, fenced || !indented ? line : text_slice(line, 4, line.n));
        out_byte(&o, '\n');
    }
    struct text found = out_done(&o);
    while (text_ends(found, T("\n\n"))) found.n--;
    return found;
}

static void the_examples_of_the_specification_are_read(void **state) {
    (void)state;
    struct arena a = {0};
    struct text request =
        example_after(&a, "transparency/c2sp-spec/tlog-witness.md", "Example request body:");
    if (!request.p) skip_no_data();
    struct witness_request r;
    assert_ok(witness_request_read(&a, request, &r));
    assert_int_equal(r.old_size, 20852014);
    assert_int_equal(r.proof.count, 4);
    assert_int_equal(r.checkpoint.size, 20852163);
    assert_text(r.checkpoint.origin, "example.com/behind-the-sofa");
    assert_int_equal(r.note.signature_count, 2);
    assert_true(text_eq(witness_request_print(&a, r.old_size, &r.proof, r.signed_note), request));

    struct text answer =
        example_after(&a, "transparency/c2sp-spec/tlog-witness.md", "Example response body:");
    struct note n;
    uint64_t at;
    assert_ok(note_read(&a, TEXT_JOIN(&a, r.note.text, T("\n"), answer), &n));
    assert_int_equal(n.signature_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(n.signatures[i].signature.n, COSIGNATURE_BYTES); // its bytes are any

    struct text cosigned =
        example_after(&a, "transparency/c2sp-spec/tlog-cosignature.md", "Below is an example");
    assert_ok(note_read(&a, cosigned, &n));
    assert_text(n.signatures[1].name, "witness.example.com/w1");
    assert_true(cosignature_time(n.signatures[1].signature, &at));
    assert_int_equal(at, 1679315147);
    struct text message =
        example_after(&a, "transparency/c2sp-spec/tlog-cosignature.md", "The timestamp line MUST");
    assert_true(text_eq(cosignature_message(&a, n.text, at), message));
    struct text plain = example_after(&a, "transparency/c2sp-spec/tlog-checkpoint.md", "essential parts");
    struct checkpoint c;
    assert_ok(note_read(&a, plain, &n));
    assert_ok(checkpoint_read(&a, n.text, &c));
    assert_int_equal(c.size, 20852163);
    struct text poem = example_after(&a, "transparency/c2sp-spec/signed-note.md", "email).");
    assert_ok(note_read(&a, poem, &n));
    assert_text(n.signatures[0].name, "quasimodo.example/salvatore");
    arena_free(&a);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_on_is_cosigned),
        cmocka_unit_test(everything_else_has_its_number),
        cmocka_unit_test(a_rewritten_history_is_refused),
        cmocka_unit_test(a_forked_log_is_evidence),
        cmocka_unit_test(a_witness_that_signs_a_fork_is_shown),
        cmocka_unit_test(a_post_quantum_cosignature_is_not_believed),
        cmocka_unit_test(the_examples_of_the_specification_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
