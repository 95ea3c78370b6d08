// What we sign can be verified by anybody with the key, and nothing else can; malformed notes are refused.
#include "../check.h"
#include "ledger/checkpoint.h"

// The worked example of the C2SP signed-note specification.
static const char EXAMPLE_KEY[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char EXAMPLE[] = "This is an example message.\n\n"
                              "\xE2\x80\x94 example.com/foo "
                              "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuw"
                              "HjG1Yu72IneyaQM=\n";

static struct note_signer signer(const char *name, uint8_t seed) {
    struct key secret = {.b = {seed}};
    struct note_signer s;
    assert_ok(note_signer_make(text_of(name), &secret, &s));
    return s;
}

static void the_published_example_verifies(void **state) {
    (void)state;
    struct arena a = {0};
    struct note_key key;
    struct note n;
    assert_ok(note_key_read(&a, text_of(EXAMPLE_KEY), &key));
    assert_ok(note_read(&a, text_of(EXAMPLE), &n));
    assert_text(n.text, "This is an example message.\n");
    assert_ok(note_verify(&n, &key, 1, NULL));
    arena_free(&a);
}

static void no_changed_byte_is_believed(void **state) {
    (void)state;
    struct note_key key;
    struct arena keys = {0};
    assert_ok(note_key_read(&keys, text_of(EXAMPLE_KEY), &key));
    char copy[sizeof EXAMPLE];
    for (size_t i = 0; i + 1 < sizeof EXAMPLE; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct arena a = {0};
            struct note n;
            memcpy(copy, EXAMPLE, sizeof EXAMPLE);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            enum status st = note_read(&a, (struct text){copy, sizeof EXAMPLE - 1}, &n);
            if (!st) st = note_verify(&n, &key, 1, NULL);
            if (!st) fail_msg("byte %zu bit %d: believed", i, bit);
            arena_free(&a);
        }
    arena_free(&keys);
}

static void a_checkpoint_comes_back_as_it_was(void **state) {
    (void)state;
    struct arena a = {0};
    struct note_signer us = signer("ostia.example/log", 1), witness = signer("witness.example/w1", 2);
    struct note_signer both[] = {us, witness};
    struct checkpoint c = {T("ostia.example/log"), UINT64_MAX, hash_of(bytes_of(T("root"))),
                           T("extra 1\nextra 2\n")};
    struct text note = checkpoint_sign(&a, &c, both, 2);
    struct checkpoint back;
    assert_ok(checkpoint_open(&a, note, c.origin, &us.key, 1, &back));
    assert_true(text_eq(back.origin, c.origin));
    assert_true(back.size == c.size);
    assert_memory_equal(back.root.b, c.root.b, HASH_BYTES);
    assert_true(text_eq(back.extensions, c.extensions));
    assert_status(checkpoint_open(&a, note, T("other.example/log"), &us.key, 1, &back), STATUS_CONFLICT);
    arena_free(&a);
}

static void several_keys_are_told_apart(void **state) {
    (void)state;
    struct arena a = {0};
    struct note_signer us = signer("ostia.example/log", 1), next = signer("ostia.example/log", 2),
                       stranger = signer("stranger.example", 3);
    struct note_signer both[] = {us, stranger};
    struct text text = T("body\n\nwith an empty line\n");
    struct note n;
    bool by[3];
    assert_ok(note_read(&a, note_sign(&a, text, both, 2), &n));
    assert_true(text_eq(n.text, text));
    struct note_key known[] = {next.key, us.key};
    assert_ok(note_verify(&n, known, 2, by)); // same name, two keys: rotation
    assert_false(by[0]);
    assert_true(by[1]);
    assert_status(note_verify(&n, &next.key, 1, by), STATUS_NOT_FOUND);

    // A known name and key id over a signature by someone else's secret is an attack, whatever else is right.
    struct note_signer forger = us;
    forger.secret[0] ^= 0xFF;
    struct note_signer mixed[] = {us, forger};
    assert_ok(note_read(&a, note_sign(&a, text, mixed, 2), &n));
    assert_status(note_verify(&n, known, 2, by), STATUS_CORRUPT);
    arena_free(&a);
}

static void malformed_notes_are_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n\n",
        "text\n\xE2\x80\x94 a AAAAAAA=\n",            // no empty line
        "text\n\n\xE2\x80\x94 a AAAAAAA=",            // no last newline
        "text\n\n- a AAAAAAA=\n",                     // hyphen for dash
        "text\n\n\xE2\x80\x94  AAAAAAA=\n",           // no name
        "text\n\n\xE2\x80\x94 a+b AAAAAAA=\n",        // plus in name
        "text\n\n\xE2\x80\x94 a\xC2\xA0z AAAAAAA=\n", // no-break space in name
        "text\n\n\xE2\x80\x94 a AAAA\n",              // three bytes
        "text\n\n\xE2\x80\x94 a AAAAAA==\n",          // no signature after the key id
        "text\n\n\xE2\x80\x94 a AAAAAAA\n",           // no padding
        "text\n\n\xE2\x80\x94 a AAAAAAA= \n",         // trailing space
        "text\n\n\xE2\x80\x94 a AAAAAAA=\nmore\n",    // something else among the signatures
        "te\txt\n\n\xE2\x80\x94 a AAAAAAA=\n",        // control character
        "te\xFFxt\n\n\xE2\x80\x94 a AAAAAAA=\n",      // not UTF-8
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct arena a = {0};
        struct note n;
        if (note_read(&a, text_of(BAD[i]), &n) != STATUS_INVALID) fail_msg("note %zu was read", i);
        arena_free(&a);
    }
    struct arena a = {0};
    struct note n;
    assert_ok(note_read(&a, T("text\n\n\xE2\x80\x94 a AAAAAAA=\n"), &n)); // the good one they are made from
    struct out many = {.arena = &a};
    out_c(&many, "text\n\n");
    for (int i = 0; i <= NOTE_SIGNATURES_MAX; i++) out_c(&many, "\xE2\x80\x94 a AAAAAAA=\n");
    assert_status(note_read(&a, out_done(&many), &n), STATUS_TOO_LARGE);
    arena_free(&a);
}

static void malformed_checkpoints_are_refused(void **state) {
    (void)state;
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    static const char *const BAD[] = {
        "",
        "o\n",
        "o\n1\n",
        "\n1\n" ROOT,
        "o\n\n" ROOT,
        "o\n01\n" ROOT,
        "o\n-1\n" ROOT,
        "o\n+1\n" ROOT,
        "o\n1 \n" ROOT,
        "o\n18446744073709551616\n" ROOT,
        "o\n1\nAAAA\n",
        "o\n1\n" ROOT "\n",
        "o\n1\n" ROOT "x\n\n",
        "o\n1\n" ROOT "x",
        "o\n1\n\n",
    };
    struct arena a = {0};
    struct checkpoint c;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (checkpoint_read(&a, text_of(BAD[i]), &c) != STATUS_INVALID)
            fail_msg("checkpoint %zu was read", i);
    assert_ok(checkpoint_read(&a, T("example.com/behind-the-sofa\n20852163\n" ROOT), &c));
    assert_int_equal(c.size, 20852163);
    assert_ok(checkpoint_read(&a, T("o\n0\n" ROOT), &c));
    arena_free(&a);
}

static void malformed_keys_are_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "",
        "a",
        "a+b",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
        "example.com/foo+530d903a+",
    };
    struct arena a = {0};
    struct note_key k;
    struct note_signer s;
    struct key secret = {0};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (note_key_read(&a, text_of(BAD[i]), &k) != STATUS_INVALID) fail_msg("key %zu was read", i);
    assert_status(note_key_read(&a, T("a+00000000+Auky"), &k), STATUS_UNSUPPORTED);
    assert_status(note_signer_make(T("two words"), &secret, &s), STATUS_INVALID);
    assert_status(note_signer_make(T("a+b"), &secret, &s), STATUS_INVALID);
    assert_status(note_signer_make(T(""), &secret, &s), STATUS_INVALID);
    arena_free(&a);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_verifies),
        cmocka_unit_test(no_changed_byte_is_believed),
        cmocka_unit_test(a_checkpoint_comes_back_as_it_was),
        cmocka_unit_test(several_keys_are_told_apart),
        cmocka_unit_test(malformed_notes_are_refused),
        cmocka_unit_test(malformed_checkpoints_are_refused),
        cmocka_unit_test(malformed_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
