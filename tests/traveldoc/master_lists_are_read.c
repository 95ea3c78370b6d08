// Two genuine master lists, and lists of a state that never was.
#include "issuer.h"
#include "traveldoc/trust.h"

static struct bytes file_of(struct arena *a, const char *name) {
    const char *path = data_path(name);
    FILE *f = path ? fopen(path, "r") : NULL;
    if (!f) return (struct bytes){0};
    uint8_t *p = arena_alloc(a, MASTERLIST_BYTES_MAX);
    size_t n = fread(p, 1, MASTERLIST_BYTES_MAX, f);
    fclose(f);
    return (struct bytes){p, n};
}

static size_t states_of(const struct masterlist *m, struct arena *a, const char *country, size_t *of_it) {
    struct text *seen = ARENA_ARRAY(a, struct text, m->count + 1);
    size_t states = 0;
    *of_it = 0;
    for (size_t i = 0; i < m->count; i++) {
        bool known = false;
        for (size_t k = 0; k < states && !known; k++) known = text_eq(seen[k], m->items[i].country);
        if (!known) seen[states++] = m->items[i].country;
        *of_it += text_eq(m->items[i].country, text_of(country));
    }
    return states;
}

static size_t of_kind(const struct masterlist *m, enum csca_kind k) {
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++) n += m->items[i].kind == k;
    return n;
}

static const struct {
    const char *file, *own;
    struct date day;
    size_t count, states, of_own, links;
} LISTS[] = {
    {"emrtd/csca-master-lists/DE_ML_2026-05-28-08-28-45.ml", "DE", {2026, 6, 1}, 588, 112, 9, 201},
    {"emrtd/csca-master-lists/NL_ML_2026-07-22.ml", "NL", {2026, 8, 1}, 411, 129, 6, 0},
};

static void genuine_lists_give_all_their_certificates(void **state) {
    (void)state;
    struct arena a = {0};
    struct trust *both = trust_new();
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        struct bytes der_bytes = file_of(&a, LISTS[i].file);
        if (!der_bytes.n) skip_no_data();
        struct masterlist m;
        size_t own;
        masterlist_read(&a, der_bytes, NULL, LISTS[i].day, both, &m);
        size_t states = states_of(&m, &a, LISTS[i].own, &own);
        assert_string_equal(masterlist_result_word(m.result), "unknown_signer");
        assert_int_equal(m.count, LISTS[i].count);
        assert_int_equal(states, LISTS[i].states);
        assert_int_equal(own, LISTS[i].of_own);
        assert_int_equal(of_kind(&m, CSCA_LINK), LISTS[i].links);
        assert_int_equal(m.unreadable, 0);
        assert_true(m.signer.n && m.signer_root.n && m.signer_root_fingerprint.n == 64);
        // once its state is known, the list is what it says
        masterlist_read(&a, der_bytes, both, LISTS[i].day, NULL, &m);
        assert_string_equal(masterlist_result_word(m.result), "genuine");
        struct bytes bad = bytes_copy(&a, der_bytes);
        ((uint8_t *)bad.p)[bad.n / 2] ^= 1;
        masterlist_read(&a, bad, both, LISTS[i].day, NULL, &m);
        assert_true(m.result == MASTERLIST_SIGNATURE_WRONG || m.result == MASTERLIST_UNREADABLE);
    }
    assert_true(trust_count(both) > 588 && trust_count(both) < 588 + 411); // they have some in common
    trust_free(both);
    arena_free(&a);
}

// ---- a list of our own

struct list {
    struct arena a;
    struct issued old_root, new_root, link, foreign, signer;
    struct bytes der;
};

static struct issued csca(const char *country, const char *name, long serial, EVP_PKEY *key,
                          const struct issued *by) {
    return issue(&(struct certificate_wish){country, name, serial, -1000, 4000, true, false}, key, by);
}

// The state changed its key: the link is its new key, signed with the old one.
static struct list new_list(int signer_to) {
    struct list l = {0};
    struct arena *a = &l.a;
    l.old_root = csca("UT", "CSCA Utopia", 1, new_ec_key("prime256v1", false), NULL);
    l.new_root = csca("UT", "CSCA Utopia", 2, new_ec_key("prime256v1", false), NULL);
    l.link = csca("UT", "CSCA Utopia", 3, l.new_root.key, &l.old_root);
    EVP_PKEY_up_ref(l.new_root.key);
    l.foreign = csca("ZZ", "CSCA Elsewhere", 1, new_ec_key("secp384r1", true), NULL);
    l.signer = issue(&(struct certificate_wish){"UT", "Master List Signer", 9, -10, signer_to, false, false},
                     new_ec_key("prime256v1", false), &l.new_root);
    struct bytes set = join(a, join(a, der_of(a, l.old_root.x509), der_of(a, l.new_root.x509)),
                            join(a, der_of(a, l.link.x509), der_of(a, l.foreign.x509)));
    struct bytes content =
        der(a, 0x30, join(a, bytes_of((struct text){"\x02\x01\x00", 3}), der(a, 0x31, set)));
    l.der = signed_data(a, "2.23.136.1.1.2", content, &l.signer, l.new_root.x509, false);
    return l;
}

static void list_free(struct list *l) {
    issued_free(&l->old_root), issued_free(&l->new_root), issued_free(&l->link), issued_free(&l->foreign);
    issued_free(&l->signer);
    arena_free(&l->a);
}

static struct date now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return date_from_days(t.tv_sec / 86400);
}

static void a_state_changes_its_key(void **state) {
    (void)state;
    struct list l = new_list(100);
    struct masterlist m;
    masterlist_read(&l.a, l.der, NULL, now(), NULL, &m);
    assert_string_equal(masterlist_result_word(m.result), "unknown_signer");
    seed("masterlist", l.der);
    seed("crl", crl_of(&l.a, &l.new_root, 9, 30));
    assert_int_equal(m.count, 4);
    assert_string_equal(csca_kind_word(m.items[0].kind), "root");
    assert_string_equal(csca_kind_word(m.items[2].kind), "link");
    assert_text(m.items[3].country, "ZZ"); // its curve is spelled out, not named
    struct trust *t = trust_new();
    assert_ok(trust_add(t, der_of(&l.a, l.new_root.x509)));
    masterlist_read(&l.a, l.der, t, now(), t, &m);
    assert_string_equal(masterlist_result_word(m.result), "genuine");
    assert_int_equal(trust_count(t), 4);
    trust_free(t);
    list_free(&l);
}

static void a_list_that_proves_nothing_is_not_taken(void **state) {
    (void)state;
    struct list l = new_list(-1); // the signer's certificate has ended
    struct trust *t = trust_new();
    struct masterlist m;
    masterlist_read(&l.a, l.der, NULL, now(), t, &m);
    assert_string_equal(masterlist_result_word(m.result), "signer_wrong");
    masterlist_read(&l.a, bytes_of(T("no list")), NULL, now(), t, &m);
    assert_string_equal(masterlist_result_word(m.result), "unreadable");
    struct bytes other = signed_data(&l.a, "1.2.3.4", bytes_of(T("0")), &l.signer, NULL, false);
    masterlist_read(&l.a, other, NULL, now(), t, &m);
    assert_string_equal(masterlist_result_word(m.result), "unreadable");
    assert_int_equal(trust_count(t), 0);
    trust_free(t);
    list_free(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine_lists_give_all_their_certificates),
        cmocka_unit_test(a_state_changes_its_key),
        cmocka_unit_test(a_list_that_proves_nothing_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
