// Chips of a state that never was: genuine, altered, forged, revoked; and the worked example of 9303-10.
#include <jansson.h>

#include "base/encode.h"
#include "issuer.h"
#include "traveldoc/chip.h"

static const char ZONE[] = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6";
static const struct date TODAY = {2026, 11, 26};

static struct text value_of(const struct chip *c, const char *word, int of) {
    for (size_t i = 0; i < c->count; i++)
        if (!strcmp(c->items[i].word, word) && c->items[i].of == of) return c->items[i].value;
    return (struct text){0};
}

// ---- a state: its certificate, a signer, a chip that it signed

struct state {
    struct arena a;
    struct issued csca, signer;
    struct trust *trust;
    struct chip_file files[6];
    size_t count;
};

enum key_kind { KEY_EC, KEY_EC_EXPLICIT, KEY_RSA_PSS };

static EVP_PKEY *new_key(enum key_kind kind) {
    if (kind == KEY_RSA_PSS) return EVP_RSA_gen(2048);
    return new_ec_key("brainpoolP256r1", kind == KEY_EC_EXPLICIT);
}

// As fuzz/traveldoc_chip.c takes it.
static void seed_chip(struct state *s, const char *name) {
    struct out o = {.arena = &s->a};
    for (size_t i = 0; i < s->count; i++) {
        out_byte(&o, (char)(s->files[i].bytes.n >> 8));
        out_byte(&o, (char)s->files[i].bytes.n);
        out_text(&o, text_of_bytes(s->files[i].bytes));
    }
    seed(name, bytes_of(out_done(&o)));
}

static struct date today_plus(int days) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return date_from_days(t.tv_sec / 86400 + days);
}

static struct bytes hash_entry(struct arena *a, int group, struct bytes file) {
    uint8_t h[EVP_MAX_MD_SIZE], number = (uint8_t)group;
    unsigned n;
    EVP_Digest(file.p, file.n, h, &n, EVP_sha256(), NULL);
    return der(a, 0x30,
               join(a, der(a, 0x02, (struct bytes){&number, 1}), der(a, 0x04, (struct bytes){h, n})));
}

static struct bytes security_object(struct arena *a, struct bytes dg1, struct bytes dg2) {
    static const uint8_t SHA256[] = {0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                     0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00};
    struct bytes version = der(a, 0x02, (struct bytes){(const uint8_t *)"\0", 1});
    struct bytes list = der(a, 0x30, join(a, hash_entry(a, 1, dg1), hash_entry(a, 2, dg2)));
    return der(a, 0x30, join(a, join(a, version, (struct bytes){SHA256, sizeof SHA256}), list));
}

// DG2 with one face of 413 x 531 in JPEG 2000, but for the picture itself.
static struct bytes face_group(struct arena *a) {
    static const uint8_t FACE[46 + 4] = {'F', 'A', 'C', 0,  '0', '1', '0', 0, 0,    0,    0,    50,  0, 1,
                                         0,   0,   0,   36, 0,   0,   0,   0, 0,    0,    0,    0,   0, 0,
                                         0,   0,   0,   0,  0,   0,   1,   1, 0x01, 0x9D, 0x02, 0x13};
    struct bytes block = der(a, 0x2E, (struct bytes){FACE, sizeof FACE});
    struct bytes tagged = join(a, bytes_of(T("\x5F")), block);
    struct bytes one = join(a, bytes_of(T("\x7F")), der(a, 0x60, tagged));
    struct bytes count = der(a, 0x02, bytes_of(T("\x01")));
    return der(a, 0x75, join(a, bytes_of(T("\x7F")), der(a, 0x61, join(a, count, one))));
}

static struct bytes zone_group(struct arena *a, const char *zone) {
    return der(a, 0x61, join(a, bytes_of(T("\x5F")), der(a, 0x1F, bytes_of(text_of(zone)))));
}

static void add(struct state *s, struct bytes file) {
    s->files[s->count++] = chip_file_of(file);
}

static void sign_chip(struct state *s, const struct issued *by, const char *zone, bool pss) {
    static const uint8_t COM[] = {0x60, 0x14, 0x5F, 0x01, 0x04, '0', '1', '0',  '7',  0x5F, 0x36,
                                  0x06, '0',  '4',  '0',  '0',  '0', '0', 0x5C, 0x02, 0x61, 0x75};
    struct arena *a = &s->a;
    struct bytes dg1 = zone_group(a, zone), dg2 = face_group(a);
    s->count = 0;
    add(s, (struct bytes){COM, sizeof COM});
    add(s, dg1);
    add(s, dg2);
    add(s, der(a, 0x77, signed_data(a, "2.23.136.1.1.1", security_object(a, dg1, dg2), by, NULL, pss)));
}

static struct state new_state(enum key_kind kind, int signer_from, int signer_to) {
    struct state s = {.trust = trust_new()};
    bool pss = kind == KEY_RSA_PSS;
    s.csca = issue(&(struct certificate_wish){"UT", "CSCA Utopia", 1, -1000, 4000, true, pss}, new_key(kind),
                   NULL);
    s.signer =
        issue(&(struct certificate_wish){"UT", "Document Signer 7", 7, signer_from, signer_to, false, pss},
              new_key(kind), &s.csca);
    assert_ok(trust_add(s.trust, der_of(&s.a, s.csca.x509)));
    sign_chip(&s, &s.signer, ZONE, pss);
    return s;
}

static void state_free(struct state *s) {
    issued_free(&s->csca);
    issued_free(&s->signer);
    trust_free(s->trust);
    arena_free(&s->a);
}

static struct chip check(struct state *s) {
    struct chip c;
    chip_check(&s->a, s->files, s->count, s->trust, today_plus(0), &c);
    return c;
}

static const char *word(struct state *s) {
    struct chip c = check(s);
    return chip_result_word(c.result);
}

// ---- stories

static void a_genuine_chip_is_traced_to_its_state(void **state) {
    (void)state;
    for (enum key_kind kind = KEY_EC; kind <= KEY_RSA_PSS; kind++) {
        struct state s = new_state(kind, -10, 1000);
        struct chip c = check(&s);
        assert_string_equal(chip_result_word(c.result), "genuine");
        seed_chip(&s, kind == KEY_EC ? "chip_ec" : kind == KEY_EC_EXPLICIT ? "chip_explicit" : "chip_pss");
        assert_text(c.zone, "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6");
        assert_string_equal(chip_group_word(c.group[1]), "ok");
        assert_string_equal(chip_group_word(c.group[2]), "ok");
        assert_text(c.signer_country, "UT");
        assert_text(c.hash, "SHA256");
        assert_text(c.lds_version, "1.7");
        assert_text(value_of(&c, "face_format", 0), "JPEG 2000");
        assert_text(value_of(&c, "face_size", 0), "413 x 531");
        assert_false(c.com_differs);
        assert_false(c.crl_known);
        state_free(&s);
    }
}

static void altered_data_is_found(void **state) {
    (void)state;
    struct state s = new_state(KEY_EC, -10, 1000);
    struct bytes other =
        zone_group(&s.a, "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F2604155<<<<<<<6");
    s.files[1] = chip_file_of(other);
    struct chip c = check(&s);
    assert_string_equal(chip_result_word(c.result), "data_changed");
    assert_string_equal(chip_group_word(c.group[1]), "changed");
    assert_string_equal(chip_group_word(c.group[2]), "ok");
    // a group that nobody signed
    sign_chip(&s, &s.signer, ZONE, false);
    add(&s, der(&s.a, 0x6D, bytes_of(T("extra"))));
    assert_string_equal(word(&s), "data_unsigned");
    state_free(&s);
}

static void every_changed_byte_of_the_signed_list_is_found(void **state) {
    (void)state;
    struct state s = new_state(KEY_EC, -10, 1000);
    struct bytes good = s.files[3].bytes;
    for (size_t i = 4; i < good.n; i += 3) {
        struct bytes bad = bytes_copy(&s.a, good);
        ((uint8_t *)bad.p)[i] ^= 0x20;
        s.files[3] = (struct chip_file){CHIP_SOD, 0, bad};
        struct chip c = check(&s);
        if (c.result == CHIP_GENUINE) // the other way to write the same: nothing that was signed
            assert_true(c.group[1] == CHIP_GROUP_OK && c.group[2] == CHIP_GROUP_OK);
    }
    state_free(&s);
}

static void a_forger_has_no_state_behind_him(void **state) {
    (void)state;
    struct state s = new_state(KEY_EC, -10, 1000);
    // the right names, but another key behind them
    struct issued fake_csca = issue(
        &(struct certificate_wish){"UT", "CSCA Utopia", 1, -1000, 4000, true, false}, new_key(KEY_EC), NULL);
    struct issued fake =
        issue(&(struct certificate_wish){"UT", "Document Signer 7", 7, -10, 1000, false, false},
              new_key(KEY_EC), &fake_csca);
    sign_chip(&s, &fake, ZONE, false);
    assert_string_equal(word(&s), "signer_wrong");
    // a state that nobody trusts here
    struct issued other = issue(&(struct certificate_wish){"ZZ", "CSCA Nowhere", 1, -1000, 4000, true, false},
                                new_key(KEY_EC), NULL);
    struct issued other_signer = issue(&(struct certificate_wish){"ZZ", "Signer", 3, -10, 1000, false, false},
                                       new_key(KEY_EC), &other);
    sign_chip(&s, &other_signer, ZONE, false);
    assert_string_equal(word(&s), "unknown_csca");
    // right, but for one bit of the signature

    sign_chip(&s, &s.signer, ZONE, false);
    struct bytes bad = bytes_copy(&s.a, s.files[3].bytes);
    ((uint8_t *)bad.p)[bad.n - 3] ^= 1; // the last bytes are the signature's
    s.files[3] = chip_file_of(bad);
    assert_string_equal(word(&s), "signature_wrong");
    issued_free(&fake_csca), issued_free(&fake), issued_free(&other), issued_free(&other_signer);
    state_free(&s);
}

static void one_state_cannot_sign_for_another(void **state) {
    (void)state;
    struct state s = new_state(KEY_EC, -10, 1000); // UT signs a zone of Germany
    sign_chip(&s, &s.signer, "I<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<D231458907D<<7408122F1204159<<<<<<<6",
              false);
    assert_string_equal(word(&s), "signer_wrong");
    state_free(&s);
}

static void an_expired_or_revoked_signer_is_told(void **state) {
    (void)state;
    struct state s = new_state(KEY_EC, -900, -1);
    assert_string_equal(word(&s), "signer_expired");
    state_free(&s);
    s = new_state(KEY_EC, -10, 1000);
    assert_ok(trust_add_crl(s.trust, crl_of(&s.a, &s.csca, 8, 30))); // another one's
    struct chip c = check(&s);
    assert_string_equal(chip_result_word(c.result), "genuine");
    assert_true(c.crl_known && !c.crl_is_old);
    assert_ok(trust_add_crl(s.trust, crl_of(&s.a, &s.csca, 7, -1)));
    c = check(&s);
    assert_string_equal(chip_result_word(c.result), "signer_revoked");
    // a list that its state did not sign is not taken
    struct issued forger = issue(&(struct certificate_wish){"UT", "CSCA Utopia", 1, -1000, 4000, true, false},
                                 new_key(KEY_EC), NULL);
    assert_status(trust_add_crl(s.trust, crl_of(&s.a, &forger, 7, 30)), STATUS_NOT_FOUND);
    issued_free(&forger);
    state_free(&s);
}

static void what_was_not_read_was_not_proved(void **state) {
    (void)state;
    struct state s = new_state(KEY_EC, -10, 1000);
    struct chip_file sod = s.files[3];
    s.files[2] = sod; // without the face
    s.count = 3;
    struct chip c = check(&s);
    assert_string_equal(chip_result_word(c.result), "data_missing");
    assert_string_equal(chip_group_word(c.group[2]), "missing");
    s.count = 2; // no signed list
    assert_string_equal(word(&s), "no_sod");
    s.files[2] = chip_file_of(der(&s.a, 0x77, bytes_of(T("no CMS"))));
    s.count = 3;
    assert_string_equal(word(&s), "sod_unreadable");
    s.count = 0;
    assert_string_equal(word(&s), "no_sod");
    state_free(&s);
}

static void the_worked_example_is_read(void **state) {
    (void)state;
    const char *path = data_path("emrtd/icao-worked-example.json");
    if (!path) skip_no_data();
    json_t *all = json_load_file(path, 0, NULL), *one;
    const char *name;
    struct arena a = {0};
    struct chip_file files[CHIP_FILES_MAX];
    size_t n = 0;
    json_object_foreach(all, name, one) {
        struct bytes b;
        assert_ok(hex_decode(&a, text_of(json_string_value(one)), &b));
        files[n] = chip_file_of(b);
        assert_int_not_equal(files[n].kind, CHIP_UNKNOWN);
        n++;
    }
    struct chip c;
    chip_check(&a, files, n, NULL, TODAY, &c);
    assert_int_equal(n, 7);
    assert_string_equal(chip_result_word(c.result), "no_sod");
    assert_text(c.lds_version, "1.6");
    assert_text(c.zone, "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6");
    assert_text(value_of(&c, "full_name", 0), "SMITH<<JOHN<J");
    assert_text(value_of(&c, "place_of_birth", 0), "ANYTOWN<MN");
    assert_text(value_of(&c, "profession", 0), "TRAVEL<AGENT");
    assert_text(value_of(&c, "national_data", 0), "01234567890123456789");
    assert_text(value_of(&c, "protocol", 0), "0.4.0.127.0.7.2.2.1.2");
    assert_text(value_of(&c, "chip_key", 0), "RSA 1792");
    assert_text(value_of(&c, "person_name", 0), "SMITH<<CHARLES<R");
    assert_text(value_of(&c, "person_name", 1), "BROWN<<MARY<J");
    json_decref(all);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_genuine_chip_is_traced_to_its_state),
        cmocka_unit_test(altered_data_is_found),
        cmocka_unit_test(every_changed_byte_of_the_signed_list_is_found),
        cmocka_unit_test(a_forger_has_no_state_behind_him),
        cmocka_unit_test(one_state_cannot_sign_for_another),
        cmocka_unit_test(an_expired_or_revoked_signer_is_told),
        cmocka_unit_test(what_was_not_read_was_not_proved),
        cmocka_unit_test(the_worked_example_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
