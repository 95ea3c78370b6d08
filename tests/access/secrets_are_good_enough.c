// Passwords, one-time codes, contacts: what is taken and what is not.
#include <sys/wait.h>
#include <unistd.h>

#include "access/internal.h"
#include "house.h"

static const char *rule_of(const char *password, const char *like) {
    struct problem p = {0};
    return password_check(text_of(password), text_of(like), &p) ? p.rule : "";
}

static void length_counts_and_common_ones_are_refused(void **state) {
    (void)state;
    assert_string_equal(rule_of("copper kettle on the tram", ""), "");
    assert_string_equal(rule_of("qvmkzhtwpyrs", ""), "");
    assert_string_equal(rule_of("84720194857362", ""), ""); // digits alone may do
    assert_string_equal(rule_of("кіт сидить на вікні", ""), "");
    assert_string_equal(rule_of("elevenchars", ""), "password_short");
    assert_string_equal(rule_of("Password-2026!", ""), "password_common");
    assert_string_equal(rule_of("Welcome123456", ""), "password_common");
    assert_string_equal(rule_of("qwertyuiop12", ""), "password_common");
    assert_string_equal(rule_of("iloveyou iloveyou", ""), "password_common");
    assert_string_equal(rule_of("aaaaaaaaaaaaaaaa", ""), "password_common");
    assert_string_equal(rule_of("abcabcabcabcabc", ""), "password_common");
    assert_string_equal(rule_of("123456789012", ""), "password_common");
    assert_string_equal(rule_of("yasmin.haddad", "yasmin.haddad@mail.example"), "password_like_name");
    assert_string_equal(rule_of("Yasmin.Haddad1", "yasmin.haddad@mail.example"), "password_like_name");
    assert_string_equal(rule_of("bad \xff\xfe bytes in it", ""), "password_text");
    char much[PASSWORD_BYTES_MAX + 2];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = 0;
    assert_string_equal(rule_of(much, ""), "password_long");
}

// RFC 6238, appendix B: SHA-1, the last six of the eight digits.
static void codes_are_those_of_the_standard(void **state) {
    (void)state;
    static const struct {
        int64_t s;
        const char *code;
    } VECTORS[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                   {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    struct bytes secret = {SECRET, sizeof SECRET};
    for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
        char code[7];
        assert_ok(totp_code(secret, (struct moment){VECTORS[i].s * 1000}, code));
        assert_string_equal(code, VECTORS[i].code);
    }
}

static void a_code_is_good_once_and_one_step_around_now(void **state) {
    (void)state;
    struct bytes secret = {SECRET, sizeof SECRET};
    struct moment now = {1111111111000};
    int64_t step = now.ms / 30000;
    assert_int_equal(totp_fits(secret, T("050471"), now, 0), step);
    assert_int_equal(totp_fits(secret, T("050 471"), now, step - 1), step);
    assert_int_equal(totp_fits(secret, T("050471"), now, step), 0);     // used
    assert_int_equal(totp_fits(secret, T("081804"), now, 0), step - 1); // half a minute late
    assert_int_equal(totp_fits(secret, T("081804"), (struct moment){now.ms + 60000}, 0), 0);
    assert_int_equal(totp_fits(secret, T("05047"), now, 0), 0);
    assert_int_equal(totp_fits(secret, T("0504711"), now, 0), 0);
    assert_int_equal(totp_fits(secret, T("05o471"), now, 0), 0);
    assert_int_equal(totp_fits(secret, T(""), now, 0), 0);
}

static void an_app_can_read_the_address(void **state) {
    (void)state;
    struct arena a = {0};
    struct text uri =
        totp_uri(&a, T("Ministry & Co"), T("a+b@mail.example"), (struct bytes){SECRET, sizeof SECRET});
    assert_text(uri, "otpauth://totp/Ministry%20%26%20Co:a%2Bb%40mail.example"
                     "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ministry%20%26%20Co&algorithm=SHA1&"
                     "digits=6&period=30");
    arena_free(&a);
}

static void contacts_are_recognised(void **state) {
    (void)state;
    static const struct {
        const char *typed;
        enum contact_kind kind;
        const char *normal;
    } CASES[] = {
        {" Yasmin@Mail.Example ", CONTACT_EMAIL, "yasmin@mail.example"},
        {"+48 22 555-01-23", CONTACT_PHONE, "+48225550123"},
        {"0048 (22) 5550123", CONTACT_PHONE, "+48225550123"},
        {"abcd efgh-jkmn", CONTACT_NAME, "ABCD-EFGH-JKMN"},
        {"ABCD-EFGH", CONTACT_NONE, ""},
        {"225550123", CONTACT_NONE, ""},
        {"+1", CONTACT_NONE, ""},
        {"+0123456789", CONTACT_NONE, ""},
        {"no at sign", CONTACT_NONE, ""},
        {"two@at@signs.example", CONTACT_NONE, ""},
        {"a@b", CONTACT_NONE, ""},
        {"a@b..example", CONTACT_NONE, ""},
        {"a@b.example\nBcc: c@d.example", CONTACT_NONE, ""},
        {"\"a b\"@c.example", CONTACT_NONE, ""},
        {"", CONTACT_NONE, ""},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum contact_kind kind;
        struct text normal;
        struct problem p = {0};
        enum status st = contact_read(&a, text_of(CASES[i].typed), "email", &kind, &normal, &p);
        assert_int_equal(kind, CASES[i].kind);
        assert_text(normal, CASES[i].normal);
        assert_int_equal(st, kind ? STATUS_OK : STATUS_INVALID);
        if (st) assert_string_equal(p.field, "email");
    }
    arena_free(&a);
}

static void hashing_compares_also_for_nobody(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    struct hasher *hasher = hasher_new(1, 16384, 1);
    char stored[PASSWORD_HASH_MAX];
    bool fits = true;
    assert_ok(hasher_hash(hasher, h.store, PASSWORD, stored));
    assert_ok(hasher_verify(hasher, h.store, text_of(stored), PASSWORD, &fits));
    assert_true(fits);
    assert_ok(hasher_verify(hasher, h.store, text_of(stored), T("Copper kettle on the tram"), &fits));
    assert_false(fits);
    assert_ok(hasher_verify(hasher, h.store, T(""), PASSWORD, &fits));
    assert_false(fits);
    assert_ok(hasher_verify(hasher, h.store, T(""), T(""), &fits));
    assert_false(fits);
    hasher_free(hasher);
    house_close(&h);
}

static enum status hash_in_the_writer(struct write *w, void *argument, struct problem *p) {
    (void)p;
    char stored[PASSWORD_HASH_MAX];
    return hasher_hash(argument, journal_store(w->journal), PASSWORD, stored);
}

// A password hashed in the writer would stop everybody's work for that long: it is a programmer's error.
static void the_writer_never_hashes(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct house h;
        if (!freopen("/dev/null", "w", stderr)) _exit(3);
        house_open(&h, 2);
        struct hasher *hasher = hasher_new(1, 16384, 1);
        char remove[128];
        snprintf(remove, sizeof remove, "rm -rf %s", h.dir);
        if (system(remove) != 0) _exit(4);
        enum status st = journal_write(h.journal, hash_in_the_writer, hasher, &h.arena, NULL);
        _exit(st ? 1 : 0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(length_counts_and_common_ones_are_refused),
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test(a_code_is_good_once_and_one_step_around_now),
        cmocka_unit_test(an_app_can_read_the_address),
        cmocka_unit_test(contacts_are_recognised),
        cmocka_unit_test(hashing_compares_also_for_nobody),
        cmocka_unit_test(the_writer_never_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
