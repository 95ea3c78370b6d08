// Parcels over HTTPS: both ends show a certificate whose key the directory names, or nothing is said.
#include <curl/curl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "exchange/peer_https.h"
#include "houses.h"

static struct road road;
static struct peer_server *servers[HOUSES];
static struct {
    char certificate[200], key[200];
    struct hash pin;
} files[HOUSES + 1]; // the last is nobody's

// A certificate that its own key signed, as an authority may use one.
static struct bytes make_certificate(size_t i, const char *dir, struct bytes *key_pem) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    assert_non_null(key);
    ASN1_INTEGER_set(X509_get_serialNumber(x), (long)i + 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600 * 24);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const uint8_t *)"localhost", -1,
                               -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    snprintf(files[i].certificate, sizeof files[i].certificate, "%s/tls-%zu.crt", dir, i);
    snprintf(files[i].key, sizeof files[i].key, "%s/tls-%zu.key", dir, i);
    FILE *f = fopen(files[i].certificate, "w");
    PEM_write_X509(f, x);
    fclose(f);
    f = fopen(files[i].key, "w");
    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
    fclose(f);
    BIO *certificate = BIO_new(BIO_s_mem()), *private = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(certificate, x);
    PEM_write_bio_PrivateKey(private, key, NULL, NULL, 0, NULL, NULL);
    char *p;
    long n = BIO_get_mem_data(certificate, &p);
    struct bytes pem = bytes_copy(&road.arena, (struct bytes){(uint8_t *)p, (size_t)n});
    n = BIO_get_mem_data(private, &p);
    *key_pem = bytes_copy(&road.arena, (struct bytes){(uint8_t *)p, (size_t)n});
    // What openssl says the key is: the pin must be of the same bytes.
    uint8_t *der = NULL;
    int length = i2d_PUBKEY(key, &der);
    assert_ok(peer_certificate_pin(pem, &files[i].pin));
    struct hash same = hash_of((struct bytes){der, (size_t)length});
    assert_memory_equal(&same, &files[i].pin, sizeof same);
    OPENSSL_free(der);
    BIO_free(certificate);
    BIO_free(private);
    X509_free(x);
    EVP_PKEY_free(key);
    return pem;
}

static enum status who(void *context, const struct hash *tls, uint32_t *code) {
    return channels_who(((struct house *)context)->channels, tls, code);
}
static enum status receive(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                           struct bytes *answer) {
    return channels_receive(((struct house *)context)->channels, from, parcel, a, answer);
}

static void prepare(struct road *r) {
    struct bytes key, certificate;
    for (size_t i = 0; i < HOUSES; i++) {
        struct house *h = &r->houses[i];
        struct member *m = &r->federation.members.items[i];
        certificate = make_certificate(i, h->dir, &key);
        struct peer_server_options o = {.address = "127.0.0.1",
                                        .certificate = certificate,
                                        .key = key,
                                        .who = who,
                                        .receive = receive,
                                        .context = h};
        assert_ok(peer_server_start(&o, &servers[i]));
        m->keys[0].tls = files[i].pin;
        m->address = text_printf(&r->arena, "https://127.0.0.1:%d", peer_server_port(servers[i]));
        struct peer_client_options c = {.certificate_file = files[i].certificate, .key_file = files[i].key};
        assert_ok(peer_client(&c, &h->carrier));
    }
    (void)make_certificate(HOUSES, r->houses[0].dir, &key);
}

static int begin(void **state) {
    (void)state;
    road.prepare = prepare;
    houses_open(&road);
    return 0;
}

static int end(void **state) {
    (void)state;
    for (size_t i = 0; i < HOUSES; i++) peer_server_stop(servers[i]);
    for (size_t i = 0; i < HOUSES; i++) road.houses[i].carrier.close(road.houses[i].carrier.context);
    houses_close(&road);
    return 0;
}

static int64_t channel_of_two(void) {
    static const uint32_t TWO[] = {OFFICE, ABROAD};
    return open_channel(&road, TWO, 2);
}

static void events_go_over_mutual_tls(void **state) {
    (void)state;
    int64_t own = channel_of_two();
    for (int i = 0; i < 70; i++) tell(&road.houses[0], own, "TRF_DECIDED", NULL); // more than one parcel
    struct channels_round r = round_of(&road.houses[0]);
    assert_int_equal(r.receipts, 70);
    assert_true(r.parcels > 1);
    assert_int_equal(read_channel(&road.houses[2], own).count, 70);
}

// What the office's door says to a parcel that comes with this certificate.
static enum status knock(size_t with, const struct hash *expected) {
    struct carrier c;
    struct bytes answer, none = parcel_make(NULL, 0, &road.arena);
    struct peer_client_options o = {.certificate_file = files[with].certificate, .key_file = files[with].key};
    struct member_key key = {.number = 1, .tls = expected ? *expected : files[0].pin};
    struct member office = {
        .code = OFFICE, .address = road.federation.members.items[0].address, .keys = &key, .key_count = 1};
    assert_ok(peer_client(&o, &c));
    enum status st = c.send(c.context, &office, none, &road.arena, &answer);
    c.close(c.context);
    return st;
}

static void a_certificate_that_nobody_has_named_is_turned_away(void **state) {
    (void)state;
    assert_ok(knock(1, NULL));
    assert_status(knock(HOUSES, NULL), STATUS_REFUSED);
}

static void a_door_with_another_key_is_not_spoken_to(void **state) {
    (void)state;
    assert_status(knock(1, &files[2].pin), STATUS_IO);
}

// Curl without a certificate of its own.
static long http_without_certificate(const char *path) {
    char url[200];
    long http = 0;
    CURL *c = curl_easy_init();
    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", peer_server_port(servers[0]), path);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, "x");
    assert_int_equal(curl_easy_perform(c), CURLE_OK);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_cleanup(c);
    return http;
}

static void without_a_certificate_nothing_is_taken(void **state) {
    (void)state;
    assert_int_equal(http_without_certificate(PEER_PATH), 403);
    assert_int_equal(http_without_certificate("/exchange/v1/other"), 404);
}

struct revocation {
    uint32_t code;
    struct moment from;
};
static enum status revoke_key(struct write *w, void *argument, struct problem *p) {
    struct revocation *r = argument;
    return member_key_revoke(w, 1, r->code, 1, r->from, p);
}

static void a_revoked_key_opens_no_door(void **state) {
    (void)state;
    struct house *office = &road.houses[0];
    struct revocation r = {RECEPTION, office->clock.at};
    assert_ok(knock(1, NULL));
    assert_ok(journal_write(office->journal, revoke_key, &r, &road.arena, NULL));
    assert_status(knock(1, NULL), STATUS_REFUSED);
}

int main(void) {
    crypto_start();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_go_over_mutual_tls),
        cmocka_unit_test(a_certificate_that_nobody_has_named_is_turned_away),
        cmocka_unit_test(a_door_with_another_key_is_not_spoken_to),
        cmocka_unit_test(without_a_certificate_nothing_is_taken),
        cmocka_unit_test(a_revoked_key_opens_no_door),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin, end);
}
