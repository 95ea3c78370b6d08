// Parcels over HTTPS: both ends show a certificate whose key the directory names, or nothing is said.
#include <curl/curl.h>

#include "certificate.h"
#include "exchange/peer_https.h"
#include "houses.h"

static struct road road;
static struct peer_server *servers[HOUSES];
static struct certificate files[HOUSES + 1]; // the last is nobody's
static struct hash pins[HOUSES + 1];

// The pin is of what openssl says the key is.
static void make_certificate(size_t i, const char *dir) {
    certificate_make(&files[i], dir, (unsigned)i, &road.arena);
    assert_ok(peer_certificate_pin(files[i].certificate, &pins[i]));
    struct hash same = hash_of(files[i].public_key);
    assert_memory_equal(&same, &pins[i], sizeof same);
}

static enum status who(void *context, const struct hash *tls, uint32_t *code) {
    return channels_who(((struct house *)context)->channels, tls, code);
}
static enum status receive(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                           struct bytes *answer) {
    return channels_receive(((struct house *)context)->channels, from, parcel, a, answer);
}

static void prepare(struct road *r) {
    for (size_t i = 0; i < HOUSES; i++) {
        struct house *h = &r->houses[i];
        struct member *m = &r->federation.members.items[i];
        make_certificate(i, h->dir);
        struct peer_server_options o = {.address = "127.0.0.1",
                                        .certificate = files[i].certificate,
                                        .key = files[i].key,
                                        .who = who,
                                        .receive = receive,
                                        .context = h};
        assert_ok(peer_server_start(&o, &servers[i]));
        m->keys[0].tls = pins[i];
        m->address = text_printf(&r->arena, "https://127.0.0.1:%d", peer_server_port(servers[i]));
        struct peer_client_options c = {.certificate_file = files[i].certificate_file,
                                        .key_file = files[i].key_file};
        assert_ok(peer_client(&c, &h->carrier));
    }
    make_certificate(HOUSES, r->houses[0].dir);
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
    struct peer_client_options o = {.certificate_file = files[with].certificate_file,
                                    .key_file = files[with].key_file};
    struct member_key key = {.number = 1, .tls = expected ? *expected : pins[0]};
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
    assert_status(knock(1, &pins[2]), STATUS_IO);
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
