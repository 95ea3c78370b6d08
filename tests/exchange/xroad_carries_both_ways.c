// Two authorities behind security servers: a parcel goes out as a client's call and comes in as a service's,
// and whatever goes wrong between them is told apart.
#include <signal.h>

#include "base/env.h"
#include "check.h"
#include "exchange/security_server.h"

#define GATE "0123456789abcdef0123456789abcdef"

static struct arena arena;
static struct security_server *server;
static struct xroad_options here, there;
static struct xroad *client;
static struct xroad_peer peers_here[1], peers_there[1];
static struct member reception = {.code = 2};

static struct xroad_id id_of(const char *written, enum xroad_kind kind) {
    struct xroad_id id;
    const char *why;
    assert_ok(xroad_id_read(&arena, text_of(written), kind, &id, &why));
    return id;
}

// What the other authority has received.
static struct {
    uint32_t from;
    struct text parcel;
    enum status answer;
} got;
static enum status receive(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                           struct bytes *answer) {
    (void)context;
    got.from = from;
    got.parcel = text_copy(&arena, text_of_bytes(parcel));
    *answer = bytes_of(TEXT_JOIN(a, T("kept "), text_of_bytes(parcel)));
    return got.answer;
}

static int set_up(void **state) {
    (void)state;
    server = server_start();
    peers_here[0] = (struct xroad_peer){2, id_of("EE/GOV/2/reception", XROAD_CLIENT),
                                        id_of("EE/GOV/2/reception/ostia", XROAD_SERVICE)};
    peers_there[0] = (struct xroad_peer){1, id_of("EE/GOV/1/asylum", XROAD_CLIENT),
                                         id_of("EE/GOV/1/asylum/ostia", XROAD_SERVICE)};
    here = (struct xroad_options){.server = text_printf(&arena, "http://127.0.0.1:%d", server->port),
                                  .client = peers_there[0].client,
                                  .gate = T(GATE),
                                  .timeout_ms = 10000,
                                  .peers = peers_here,
                                  .peer_count = 1};
    there = (struct xroad_options){
        .client = peers_here[0].client, .gate = T(GATE), .peers = peers_there, .peer_count = 1};
    server->service = &there;
    server->gate = T(GATE);
    server->receive = receive;
    memset(&got, 0, sizeof got);
    return xroad_open(&here, env_real(), &client) != STATUS_OK;
}

static int tear_down(void **state) {
    (void)state;
    xroad_close(client);
    server_stop(server);
    arena_reset(&arena);
    return 0;
}

static enum status send_text(const char *parcel, struct text *answer) {
    struct carrier c = xroad_carrier(client);
    struct bytes b = {0};
    enum status st = c.send(c.context, &reception, bytes_of(text_of(parcel)), &arena, &b);
    *answer = text_of_bytes(b);
    return st;
}

static void a_parcel_arrives_from_the_authority_that_x_road_has_authenticated(void **state) {
    struct member stranger = {.code = 77};
    struct carrier c = xroad_carrier(client);
    struct text answer;
    struct bytes none;
    (void)state;
    assert_ok(send_text("sealed", &answer));
    assert_text(answer, "kept sealed");
    assert_int_equal(got.from, 1);
    assert_text(got.parcel, "sealed");
    assert_string_equal(server->path, "/r1/EE/GOV/2/reception/ostia/parcels");
    char media[100];
    assert_true(server_header(server, "Content-Type", media, sizeof media));
    assert_string_equal(media, "application/octet-stream");
    assert_status(c.send(c.context, &stranger, bytes_of(T("x")), &arena, &none), STATUS_NOT_FOUND);
}

static void what_goes_wrong_is_told_apart(void **state) {
    static const struct {
        enum server_mood mood;
        enum status wanted;
        const char *type;
    } CASES[] = {
        {CUT, STATUS_IO, "Ostia.Cut"},
        {HANGS_UP, STATUS_IO, "Ostia.Cut"},
        {OTHER_ID, STATUS_CORRUPT, "Ostia.BadAnswer"},
        {OTHER_CLIENT, STATUS_CORRUPT, "Ostia.BadAnswer"},
        {OTHER_SERVICE, STATUS_CORRUPT, "Ostia.BadAnswer"},
        {NO_HASH, STATUS_CORRUPT, "Ostia.BadAnswer"},
        {TWO_IDS, STATUS_CORRUPT, "Ostia.BadAnswer"},
        {NO_SERVICE, STATUS_BUSY, "Server.ServerProxy.NetworkError"},
        {DENIED, STATUS_REFUSED, "Server.ServerProxy.AccessDenied"},
        {BAD_REQUEST, STATUS_REFUSED, "Client.BadRequest"},
        {ERROR_NO_BODY, STATUS_BUSY, "Server.ClientProxy.OutdatedGlobalConf"},
        {ENDLESS, STATUS_TOO_LARGE, "Ostia.TooLong"},
        {MOVED, STATUS_OK, ""},
        {SERVICE_FAILS, STATUS_OK, ""},
    };
    struct xroad_call call = {.service = &peers_here[0].service, .rest = T("/parcels"), .answer_max = 5000};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct xroad_answer answer;
        server->mood = CASES[i].mood;
        assert_status(xroad_ask(client, &call, &arena, &answer), CASES[i].wanted);
        assert_text(answer.error.type, CASES[i].type);
        assert_int_equal(server->asked, (int)i + 1); // one question each: a redirection leads nowhere
    }
}

// What a parcel's sender makes of it: only what may be better later is tried again later.
static void a_parcel_that_was_not_kept_is_known_to_be_so(void **state) {
    static const struct {
        enum server_mood mood;
        enum status service, wanted;
    } CASES[] = {{SERVICE_FAILS, STATUS_OK, STATUS_IO},  {SERVICE_IS_BUSY, STATUS_OK, STATUS_BUSY},
                 {MOVED, STATUS_OK, STATUS_IO},          {FAIR, STATUS_BUSY, STATUS_BUSY},
                 {FAIR, STATUS_INVALID, STATUS_REFUSED}, {FAIR, STATUS_STORE, STATUS_IO},
                 {FAIR, STATUS_UNCERTAIN, STATUS_IO},    {FAIR, STATUS_OK, STATUS_OK}};
    struct text answer;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        server->mood = CASES[i].mood;
        got.answer = CASES[i].service;
        assert_status(send_text("sealed", &answer), CASES[i].wanted);
    }
}

static void a_server_that_says_nothing_is_not_waited_for(void **state) {
    struct xroad_call call = {.service = &peers_here[0].service};
    struct xroad_answer answer;
    (void)state;
    here.timeout_ms = 50;
    server->mood = SILENT;
    assert_status(xroad_ask(client, &call, &arena, &answer), STATUS_IO);
    assert_text(answer.error.type, "Ostia.Timeout");
    here.server = T("http://127.0.0.1:1");
    assert_status(xroad_ask(client, &call, &arena, &answer), STATUS_IO);
    assert_text(answer.error.type, "Ostia.Unreachable");
}

static void a_call_says_who_asks_in_which_matter_and_nothing_is_smuggled_in(void **state) {
    struct xroad_call call = {
        .service = &peers_here[0].service, .user_id = T("EE37702211234"), .issue = T("OST-2026-0000012")};
    struct xroad_answer answer;
    char value[300], id[300];
    (void)state;
    struct xroad_id court = id_of("GOV/77", XROAD_PARTY);
    call.represented = &court;
    assert_ok(xroad_ask(client, &call, &arena, &answer));
    assert_true(server_header(server, "X-Road-Represented-Party", value, sizeof value));
    assert_string_equal(value, "GOV/77");
    assert_true(server_header(server, "X-Road-Client", value, sizeof value));
    assert_string_equal(value, "EE/GOV/1/asylum");
    assert_true(server_header(server, "X-Road-UserId", value, sizeof value));
    assert_string_equal(value, "EE37702211234");
    assert_true(server_header(server, "X-Road-Issue", value, sizeof value));
    assert_string_equal(value, "OST-2026-0000012");
    assert_true(server_header(server, "X-Road-Id", id, sizeof id));
    assert_text(answer.id, id);
    assert_int_equal(strlen(id), 36);
    assert_int_equal(id[14], '4');
    assert_text(answer.request_id, "r-1");
    assert_true(answer.request_hash.n > 0);
    call.issue = T("1\r\nX-Road-Client: EE/GOV/9/other");
    assert_status(xroad_ask(client, &call, &arena, &answer), STATUS_INVALID);
    call.issue = T("");
    call.rest = T("/a HTTP/1.1\r\nX: y");
    assert_status(xroad_ask(client, &call, &arena, &answer), STATUS_INVALID);
    assert_int_equal(server->asked, 1);
}

static void lists_of_x_road_are_read(void **state) {
    struct xroad_id provider = xroad_provider(&peers_here[0].service);
    struct xroad_ids ids;
    struct xroad_offers offers;
    struct xroad_error why;
    struct text openapi;
    size_t at;
    (void)state;
    assert_ok(xroad_list_clients(client, T("EE"), &arena, &ids, &why));
    assert_string_equal(server->path, "/listClients?xRoadInstance=EE");
    assert_int_equal(ids.count, 2);
    assert_text(xroad_id_print(&arena, &ids.items[0]), "EE/GOV/1");
    assert_text(xroad_id_print(&arena, &ids.items[1]), "EE/GOV/2/reception");
    assert_ok(xroad_list_methods(client, &provider, true, &arena, &offers, &why));
    assert_string_equal(server->path, "/r1/EE/GOV/2/reception/allowedMethods");
    assert_int_equal(offers.count, 1);
    assert_text(xroad_id_print(&arena, &offers.items[0].service), "EE/GOV/2/reception/ostia");
    assert_text(offers.items[0].type, "OPENAPI");
    assert_text(offers.items[0].endpoints.items[0].path, "/parcels");
    assert_ok(xroad_list_methods(client, &provider, false, &arena, &offers, &why));
    assert_string_equal(server->path, "/r1/EE/GOV/2/reception/listMethods");
    assert_ok(xroad_get_openapi(client, &peers_here[0].service, &arena, &openapi, &why));
    assert_true(text_find(openapi, T("\"/parcels\":{\"post\""), &at));
    server->mood = DENIED;
    assert_status(xroad_list_methods(client, &provider, true, &arena, &offers, &why), STATUS_REFUSED);
    assert_text(why.type, "Server.ServerProxy.AccessDenied");
    server->mood = SERVICE_FAILS;
    assert_status(xroad_list_clients(client, T(""), &arena, &ids, &why), STATUS_BUSY);
    assert_status(xroad_clients_read(&arena, T("{\"member\":[{\"id\":{\"member_class\":\"GOV\"}}]}"), &ids),
                  STATUS_CORRUPT);
    assert_status(xroad_offers_read(&arena, T("[]"), &offers), STATUS_CORRUPT);
}

#define H(name, value) \
    { T(name), T(value) }
static void only_our_security_server_is_heard_and_only_authorities_that_we_know(void **state) {
    struct xroad_header headers[] = {H("X-Road-Client", "EE/GOV/1/asylum"), H("X-Road-Id", "7"),
                                     H("X-Road-Service", "EE/GOV/2/reception/ostia")};
    static const struct {
        const char *gate, *client, *service;
        unsigned status;
        const char *type;
    } CASES[] = {
        {GATE, "EE/GOV/1/asylum", "EE/GOV/2/reception/ostia", 200, NULL},
        {"", "EE/GOV/1/asylum", "EE/GOV/2/reception/ostia", 403, "Client.AccessDenied"},
        {"0123456789abcdef0123456789abcdeF", "EE/GOV/1/asylum", "EE/GOV/2/reception/ostia", 403,
         "Client.AccessDenied"},
        {GATE, "EE/GOV/1/Asylum", "EE/GOV/2/reception/ostia", 403, "Client.AccessDenied"},
        {GATE, "EE/GOV/1", "EE/GOV/2/reception/ostia", 403, "Client.AccessDenied"},
        {GATE, "EE/GOV/1/asylum", "EE/GOV/3/reception/ostia", 400, "Client.BadRequest"},
        {GATE, "EE/GOV", "EE/GOV/2/reception/ostia", 400, "Client.BadRequest"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct xroad_reply reply = {0};
        struct xroad_error e;
        headers[0].value = text_of(CASES[i].client);
        headers[2].value = text_of(CASES[i].service);
        got.from = 0;
        xroad_serve_parcel(&there, text_of(CASES[i].gate), headers, 3, bytes_of(T("sealed")), receive, NULL,
                           &arena, &reply);
        assert_int_equal(reply.status, CASES[i].status);
        assert_int_equal(got.from, CASES[i].status == 200 ? 1 : 0);
        if (!CASES[i].type) continue;
        assert_ok(xroad_error_read(&arena, text_of_bytes(reply.body), &e));
        assert_text(e.type, CASES[i].type);
    }
    struct xroad_options no_gate = there;
    no_gate.gate = T("");
    assert_false(xroad_gate_opens(&no_gate, T(""))); // without a secret nobody comes in
}

static struct text options_json(const char *server_url, const char *members) {
    return text_printf(&arena,
                       "{\"server\": \"%s\", \"client\": \"EE/GOV/1/asylum\", \"gate_file\": "
                       "\"/tmp/ostia-xroad-gate.%d\", \"timeout_ms\": 5000, \"members\": %s}",
                       server_url, (int)getpid(), members);
}

static void the_file_of_options_is_read_or_says_what_is_wrong(void **state) {
    static const char MEMBERS[] = "[{\"code\": 2, \"client\": \"EE/GOV/2/reception\", \"service\": "
                                  "\"EE/GOV/2/reception/ostia\"}]";
    static const struct {
        const char *server, *members, *field, *rule;
    } CASES[] = {
        {"https://ss.example:8443", MEMBERS, NULL, NULL},
        {"http://ss.example", MEMBERS, "server", "value_unknown"},
        {"https://ss.example/", MEMBERS, "server", "value_unknown"},
        {"https://ss.example", "[{\"code\": 2, \"client\": \"EE\", \"service\": \"x\"}]", "members[0].client",
         "value_unknown"},
        {"https://ss.example", "[{\"code\": 2, \"peer\": 1}]", "members[0]", "member_unknown"},
        {"https://ss.example", "[{\"client\": \"EE/GOV/1\", \"service\": \"EE/GOV/1/x\"}]", "members[0]",
         "member_missing"},
        {"https://ss.example",
         "[{\"code\": 2, \"client\": \"EE/GOV/1\", \"service\": \"EE/GOV/1/x\"},"
         "{\"code\": 3, \"client\": \"EE/GOV/1\", \"service\": \"EE/GOV/1/x\"}]",
         "members[1].client", "duplicate"},
    };
    char path[60];
    snprintf(path, sizeof path, "/tmp/ostia-xroad-gate.%d", (int)getpid());
    (void)state;
    for (int round = 0; round < 3; round++) { // no file, a short secret, a good one
        FILE *f = round ? fopen(path, "w") : NULL;
        if (f) fputs(round == 1 ? "short\n" : GATE "\n", f), fclose(f);
        for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
            struct xroad_options o;
            struct problem p = {0};
            enum status st = xroad_options_read(&arena, env_real(),
                                                options_json(CASES[i].server, CASES[i].members), &o, &p);
            if (CASES[i].field && text_eq(text_of(CASES[i].field), T("server"))) {
                assert_string_equal(p.field, "server");
            } else if (round < 2) {
                assert_string_equal(p.field, "gate_file");
                assert_string_equal(p.rule, round ? "value_kind" : "file_missing");
            } else if (CASES[i].field) {
                assert_status(st, STATUS_INVALID);
                assert_string_equal(p.field, CASES[i].field);
                assert_string_equal(p.rule, CASES[i].rule);
            } else {
                assert_ok(st);
                assert_text(o.gate, GATE);
                assert_int_equal(o.timeout_ms, 5000);
                assert_true(xroad_peer_of(&o, 2) == xroad_peer_named(&o, &o.peers[0].client));
                assert_null(xroad_peer_of(&o, 1));
            }
        }
    }
    unlink(path);
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORY(a_parcel_arrives_from_the_authority_that_x_road_has_authenticated),
        STORY(what_goes_wrong_is_told_apart),
        STORY(a_parcel_that_was_not_kept_is_known_to_be_so),
        STORY(a_server_that_says_nothing_is_not_waited_for),
        STORY(a_call_says_who_asks_in_which_matter_and_nothing_is_smuggled_in),
        STORY(lists_of_x_road_are_read),
        STORY(only_our_security_server_is_heard_and_only_authorities_that_we_know),
        STORY(the_file_of_options_is_read_or_says_what_is_wrong),
    };
    crypto_start();
    signal(SIGPIPE, SIG_IGN); // of answers that nobody waits for
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
