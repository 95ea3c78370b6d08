// Seals as bar-code readers give them: published specimens, and seals of a state that never was.
#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include "base/encode.h"
#include "identity/mrz.h"
#include "issuer.h"
#include "traveldoc/seal.h"

static struct text value_of(const struct seal *s, const char *word) {
    for (size_t i = 0; i < s->count; i++)
        if (!strcmp(s->items[i].word, word)) return s->items[i].value;
    return (struct text){0};
}

// Of each published seal: what its header says, how many features it has, and one of them.
static const struct {
    const char *name, *profile, *country, *signer, *certificate, *issued, *signed_on;
    size_t features;
    bool is_signed;
    const char *word, *value;
} PUBLISHED[] = {
    {"residentPermit", "residence_permit", "UTO", "UTTS", "5B", "2020-01-01", "2023-07-26", 2, true,
     "passport_number", "UFO001979"},
    {"ankunftsnwPapier", "arrival_attestation", "D", "DEME", "00008", "2016-02-01", "2016-05-23", 2, true,
     "register_number", "123456789012"},
    // its header says version 4 and has the certificate's reference as in version 3
    {"ankunftsnwPapier2", "arrival_attestation", "D", "DEME", "00008", "2016-02-01", "2016-05-23", 2, true,
     "register_number", "123456789012"},
    {"meldebescheinigung", "registration_certificate", "D", "DEZV",
     "00112233445566778899AABBCCDDEEFF00112233", "2025-05-14", "2025-05-14", 13, true, "town", "Berlin"},
    // no profile of the table: its zone proves itself, the rest comes as it is
    {"utoVisa", "", "UTO", "DEKD", "001", "2023-06-28", "2023-06-28", 2, true, "mrz", NULL},
    {"administrativeDocumentV9Basic", "administrative_document", "D", "DEZV",
     "00112233445566778899AABBCCDDEEFF00112233", "2024-09-27", "2024-09-27", 4, false, "profile_address",
     "example.com/profiles"},
    {"administrativeDocumentV9WithDates", "administrative_document", "D", "DEZV",
     "00112233445566778899AABBCCDDEEFF00112233", "2024-09-27", "2024-09-27", 6, false, "valid_to",
     "2025-12-31"},
    {"administrativeDocumentV9WithStatus", "administrative_document", "D", "DEZV",
     "00112233445566778899AABBCCDDEEFF00112233", "2024-09-27", "2024-09-27", 6, false, "status_index",
     "424242"},
};

static void published_seals_say_what_they_carry(void **state) {
    (void)state;
    const char *path = data_path("emrtd/vds_hex.json");
    if (!path) skip_no_data();
    json_t *all = json_load_file(path, 0, NULL);
    struct arena a = {0};
    assert_int_equal(json_object_size(all), sizeof PUBLISHED / sizeof *PUBLISHED);
    for (size_t i = 0; i < sizeof PUBLISHED / sizeof *PUBLISHED; i++) {
        struct bytes raw;
        struct seal s;
        struct problem p;
        assert_ok(hex_decode(&a, text_of(json_string_value(json_object_get(all, PUBLISHED[i].name))), &raw));
        assert_ok(seal_read(&a, raw, &s, &p));
        assert_string_equal(s.profile, PUBLISHED[i].profile);
        assert_text(s.country, PUBLISHED[i].country);
        assert_text(s.signer, PUBLISHED[i].signer);
        assert_text(s.certificate, PUBLISHED[i].certificate);
        assert_text(date_print(&a, s.issued), PUBLISHED[i].issued);
        assert_text(date_print(&a, s.signed_on), PUBLISHED[i].signed_on);
        assert_int_equal(s.count, PUBLISHED[i].features);
        assert_int_equal(s.signature.n > 0, PUBLISHED[i].is_signed);
        assert_true(value_of(&s, PUBLISHED[i].word).n > 0);
        if (PUBLISHED[i].value) assert_text(value_of(&s, PUBLISHED[i].word), PUBLISHED[i].value);
        struct mrz m;
        if (s.zone.n) assert_ok(mrz_read(&a, s.zone, s.signed_on, &m, &p));
    }
    json_decref(all);
    arena_free(&a);
}

// ---- a seal of our own

static uint16_t c40(const char *three) {
    unsigned v[3];
    for (int i = 0; i < 3; i++)
        v[i] = three[i] == '<'   ? 3
               : three[i] <= '9' ? (unsigned)(three[i] - '0') + 4
                                 : (unsigned)(three[i] - 'A') + 14;
    return (uint16_t)(v[0] * 1600 + v[1] * 40 + v[2] + 1);
}

static void put_c40(struct out *o, const char *text) {
    for (; *text; text += 3) {
        uint16_t pair = c40(text);
        out_byte(o, (char)(pair >> 8));
        out_byte(o, (char)pair);
    }
}

static void put_day(struct out *o, int month, int day, int year) {
    int n = month * 1000000 + day * 10000 + year;
    for (int shift = 16; shift >= 0; shift -= 8) out_byte(o, (char)(n >> shift));
}

// A residence permit of Utopia, signed by UTXX with certificate 5B1.
static struct bytes unsigned_seal(struct arena *a, int year) {
    static const char ZONE[] = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6";
    struct out o = {.arena = a};
    out_text(&o, (struct text){"\xDC\x03", 2});
    put_c40(&o, "UTOUTXX035B1");
    put_day(&o, 6, 1, year);
    put_day(&o, 6, 2, year);
    out_text(&o, (struct text){"\xFB\x06\x02\x30", 4});
    put_c40(&o, ZONE);
    out_text(&o, (struct text){"\x03\x06", 2});
    put_c40(&o, "C01X00T47");
    return bytes_of(out_done(&o));
}

static struct bytes sign_seal(struct arena *a, struct bytes seal, const struct issued *by,
                              const EVP_MD *hash) {
    uint8_t der[200];
    size_t n = sizeof der, half = (size_t)(EVP_PKEY_get_bits(by->key) + 7) / 8;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    assert_true(EVP_DigestSignInit(c, NULL, hash, NULL, by->key) == 1);
    assert_true(EVP_DigestSign(c, der, &n, seal.p, seal.n) == 1);
    EVP_MD_CTX_free(c);
    const uint8_t *p = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
    uint8_t raw[200];
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)half);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half, (int)half);
    ECDSA_SIG_free(sig);
    struct out o = {.arena = a};
    out_text(&o, text_of_bytes(seal));
    out_byte(&o, (char)0xFF);
    out_byte(&o, (char)(2 * half));
    out_text(&o, (struct text){(const char *)raw, 2 * half});
    return bytes_of(out_done(&o));
}

static struct issued seal_signer(const char *name, long serial, const char *curve) {
    struct certificate_wish w = {"UT", name, serial, -400, 400, false, false};
    return issue(&w, new_ec_key(curve, false), NULL);
}

static void only_the_named_signer_makes_a_seal_genuine(void **state) {
    (void)state;
    struct arena a = {0};
    struct issued signer = seal_signer("XX", 0x5B1, "prime256v1"),
                  other = seal_signer("XX", 0x5B2, "prime256v1"),
                  forger = seal_signer("XX", 0x5B1, "prime256v1"),
                  strong = seal_signer("XX", 0x5B1, "brainpoolP384r1");
    struct bytes good = der_of(&a, signer.x509);
    struct seal s;
    int year = 2026;
    assert_ok(seal_read(&a, sign_seal(&a, unsigned_seal(&a, year), &signer, EVP_sha256()), &s, NULL));
    assert_text(value_of(&s, "passport_number"), "C01X00T47");
    seed("permit", join(&a, s.signed_part, (struct bytes){s.signature.p - 2, s.signature.n + 2}));
    assert_text(s.zone, "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6");
    assert_string_equal(seal_result_word(seal_check(&s, good)), "genuine");
    assert_string_equal(seal_result_word(seal_check(&s, (struct bytes){0})), "no_certificate");
    assert_string_equal(seal_result_word(seal_check(&s, der_of(&a, other.x509))), "no_certificate");
    assert_string_equal(seal_result_word(seal_check(&s, der_of(&a, forger.x509))), "signature_wrong");
    assert_string_equal(seal_result_word(seal_check(&s, (struct bytes){good.p, good.n - 1})),
                        "certificate_unreadable");
    // signed by a stronger key, with the hash that goes with it
    assert_ok(seal_read(&a, sign_seal(&a, unsigned_seal(&a, year), &strong, EVP_sha384()), &s, NULL));
    assert_string_equal(seal_result_word(seal_check(&s, der_of(&a, strong.x509))), "genuine");
    // signed in a year when the certificate was not valid
    assert_ok(seal_read(&a, sign_seal(&a, unsigned_seal(&a, 2019), &signer, EVP_sha256()), &s, NULL));
    assert_string_equal(seal_result_word(seal_check(&s, good)), "certificate_expired");
    assert_ok(seal_read(&a, unsigned_seal(&a, year), &s, NULL));
    assert_string_equal(seal_result_word(seal_check(&s, good)), "not_signed");
    issued_free(&signer), issued_free(&other), issued_free(&forger), issued_free(&strong);
    arena_free(&a);
}

static void one_changed_byte_is_found(void **state) {
    (void)state;
    struct arena a = {0};
    struct issued signer = seal_signer("XX", 0x5B1, "prime256v1");
    struct bytes seal = sign_seal(&a, unsigned_seal(&a, 2026), &signer, EVP_sha256()),
                 good = der_of(&a, signer.x509);
    for (size_t i = 0; i < seal.n; i++) {
        struct seal s;
        struct bytes changed = bytes_copy(&a, seal);
        ((uint8_t *)changed.p)[i] ^= 0x04;
        if (!seal_read(&a, changed, &s, NULL)) assert_true(seal_check(&s, good) != SEAL_GENUINE);
    }
    issued_free(&signer);
    arena_free(&a);
}

static void what_is_no_seal_says_why(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes whole = unsigned_seal(&a, 2026);
    struct seal s;
    struct problem p;
    assert_status(seal_read(&a, bytes_of(T("https://example.org/")), &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "seal_none");
    assert_status(seal_read(&a, (struct bytes){whole.p, 15}, &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "seal_cut");
    assert_status(seal_read(&a, (struct bytes){whole.p, whole.n - 1}, &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "seal_cut");
    struct bytes day = bytes_copy(&a, whole);
    memset((uint8_t *)day.p + 10, 0x77, 3);
    assert_status(seal_read(&a, day, &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "seal_header");
    static uint8_t long_one[SEAL_BYTES_MAX + 1] = {0xDC};
    assert_status(seal_read(&a, (struct bytes){long_one, sizeof long_one}, &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "seal_too_long");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_seals_say_what_they_carry),
        cmocka_unit_test(only_the_named_signer_makes_a_seal_genuine),
        cmocka_unit_test(one_changed_byte_is_found),
        cmocka_unit_test(what_is_no_seal_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
