// What a security server of X-Road hands over is read by the letter of its protocols, and refused in their
// own words.
#include "base/env.h"
#include "check.h"
#include "exchange/xroad_chain.h"
#include "exchange/xroad_message.h"
#include "ledger/stamp.h"
#include "store/file.h"

static struct arena arena;

static int set_up(void **state) {
    (void)state;
    arena_reset(&arena);
    return 0;
}

static bool read_data(const char *name, struct text *out) {
    char file[200];
    struct bytes b;
    snprintf(file, sizeof file, "xroad/%s", name);
    const char *path = data_path(file);
    if (!path) return false;
    assert_ok(file_read_small(env_real(), &arena, path, &b));
    *out = text_of_bytes(b);
    return true;
}

// ---- identifiers

static void identifiers_are_read_and_written_again(void **state) {
    static const struct {
        const char *written;
        enum xroad_kind kind;
        const char *again, *why; // why: it is refused
    } CASES[] = {
        {"EE/GOV/70000001/asylum", XROAD_CLIENT, "EE/GOV/70000001/asylum", NULL},
        {"EE/GOV/70000001", XROAD_CLIENT, "EE/GOV/70000001", NULL},
        {"EE/GOV/70000001/asylum/channel", XROAD_SERVICE, "EE/GOV/70000001/asylum/channel", NULL},
        {"EE/GOV/70000001/channel", XROAD_SERVICE, "EE/GOV/70000001/channel", NULL},
        {"EE/GOV/70000001/00000001_1", XROAD_SERVER, "EE/GOV/70000001/00000001_1", NULL},
        {"GOV/70000001", XROAD_PARTY, "GOV/70000001", NULL},
        {"70000001", XROAD_PARTY, "70000001", NULL},
        {"FI/GOV/1/j%c3%a4rjestelm%C3%A4", XROAD_CLIENT, "FI/GOV/1/j%C3%A4rjestelm%C3%A4", NULL},
        {"FI/GOV/1/it's(a)+b,c=d?", XROAD_CLIENT, "FI/GOV/1/it%27s%28a%29%2Bb%2Cc%3Dd%3F", NULL},
        {"EE%2FGOV%2F1%2Fx", XROAD_CLIENT, NULL, "has a character that identifiers must not have"},
        {"EE/GOV", XROAD_CLIENT, NULL, "has too few parts"},
        {"EE/GOV/1/a/b", XROAD_CLIENT, NULL, "has too many parts"},
        {"EE/GOV/1/a/b/c", XROAD_SERVICE, NULL, "has too many parts"},
        {"EE//1/a", XROAD_CLIENT, NULL, "has an empty part"},
        {"", XROAD_CLIENT, NULL, "has an empty part"},
        {"EE/GOV/1/%2e%2E", XROAD_CLIENT, NULL, "has a part that is a way through folders"},
        {"EE/GOV/1/%zz", XROAD_CLIENT, NULL, "is not percent-encoded as it must be"},
        {"EE/GOV/1/a%2", XROAD_CLIENT, NULL, "is not percent-encoded as it must be"},
        {"EE/GOV/1/a%0d", XROAD_CLIENT, NULL, "has a character that identifiers must not have"},
        {"EE/GOV/1/%ff", XROAD_CLIENT, NULL, "is not UTF-8"},
        {"EE/GOV/1/a:b", XROAD_CLIENT, NULL, "has a character that identifiers must not have"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct xroad_id id, again;
        const char *why = NULL;
        enum status st = xroad_id_read(&arena, text_of(CASES[i].written), CASES[i].kind, &id, &why);
        if (CASES[i].why) {
            assert_status(st, STATUS_INVALID);
            assert_string_equal(why, CASES[i].why);
            continue;
        }
        assert_ok(st);
        assert_text(xroad_id_print(&arena, &id), CASES[i].again);
        assert_ok(xroad_id_read(&arena, text_of(CASES[i].again), CASES[i].kind, &again, &why));
        assert_true(xroad_id_eq(&id, &again));
    }
}

// ---- headers

#define H(name, value) \
    { T(name), T(value) }
#define CLIENT H("X-Road-Client", "EE/GOV/1/a")
#define ID H("x-road-id", "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb")

static void a_request_says_who_asks(void **state) {
    struct xroad_header headers[] = {CLIENT,
                                     ID,
                                     H("Accept", "application/json"),
                                     H("X-ROAD-SERVICE", "EE/GOV/2/b/lookup"),
                                     H("X-Road-UserId", " EE12345678901 "),
                                     H("X-Road-Issue", "OST-2026-0000012"),
                                     H("X-Road-Represented-Party", "GOV/77"),
                                     H("X-Road-Request-Id", "f92591a3-6bf0-49b1-987b-0dd78c034cc3")};
    struct xroad_message m;
    struct xroad_error e;
    (void)state;
    assert_ok(xroad_request_read(&arena, headers, sizeof headers / sizeof *headers, &m, &e));
    assert_text(m.client.subsystem, "a");
    assert_true(m.has_service);
    assert_text(m.service.code, "lookup");
    assert_text(m.user_id, "EE12345678901");
    assert_text(m.issue, "OST-2026-0000012");
    assert_text(m.represented.member, "77");
    assert_text(m.request_id, "f92591a3-6bf0-49b1-987b-0dd78c034cc3");
}

static void a_wrong_request_gets_the_error_of_the_protocol(void **state) {
    static const char HASH[] =
        "14sEri8SmLNy/DJyTob0ZddAskmdRy5ZUyhbr33iLkaA+gLpWcivUH16fzbuIs7hhs2AnA4lJDloyIihXMlVQA==";
    struct {
        struct xroad_header headers[3];
        const char *part; // of the message
    } cases[] = {
        {{ID}, "X-Road-Client is missing"},
        {{CLIENT}, "X-Road-Id is missing"},
        {{CLIENT, ID, CLIENT}, "X-Road-Client is there more than once"},
        {{CLIENT, ID, H("X-Road-Service", "EE/GOV")}, "X-Road-Service has too few parts"},
        {{CLIENT, ID, H("X-Road-UserId", "")}, "X-Road-UserId is empty"},
        {{CLIENT, ID, {T("X-Road-Request-Hash"), text_of(HASH)}},
         "X-Road-Request-Hash has no place in a request"},
        {{CLIENT, ID, H("X-Road-Request-Hash", "4c519cf0-0e5e")},
         "X-Road-Request-Hash is not base64 of 64 bytes"},
        {{CLIENT, ID, H("X-Road-Error", "Client.BadRequest")}, "X-Road-Error has no place in a request"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct xroad_message m;
        struct xroad_error e, again;
        size_t n = 0, at;
        while (n < 3 && cases[i].headers[n].name.p) n++;
        assert_status(xroad_request_read(&arena, cases[i].headers, n, &m, &e), STATUS_INVALID);
        assert_int_equal(e.status, 400);
        assert_text(e.type, "Client.BadRequest");
        if (!text_find(e.message, text_of(cases[i].part), &at))
            fail_msg(TEXT_FMT " instead of %s", TEXT_ARG(e.message), cases[i].part);
        assert_ok(xroad_error_read(&arena, xroad_error_print(&arena, &e), &again));
        assert_text(again.type, "Client.BadRequest");
        assert_true(text_eq(again.message, e.message));
    }
    struct xroad_message m;
    struct xroad_error e;
    struct xroad_header answer[] = {CLIENT, ID, {T("X-Road-Request-Hash"), text_of(HASH)}};
    assert_ok(xroad_answer_read(&arena, answer, 3, &m, &e));
    assert_text(m.request_hash, HASH);
    assert_status(xroad_error_read(&arena, T("{\"message\":\"no type\"}"), &e), STATUS_INVALID);
}

// ---- SOAP

static void the_samples_of_soap_are_read(void **state) {
    static const struct {
        const char *file, *client, *service, *id, *error;
    } SAMPLES[] = {
        {"common__common-test__test__resources__xroadDoclit2.request", "EE/riigiasutus/consumer/subClient",
         "EE/riigiasutus/producer/subService/bodyMassIndex", "1234567890", NULL},
        {"security-server__system-test__intTest__resources__files__soap-requests__health-data.request",
         "DEV/COM/1234", "DEV/COM/1234/getSecurityServerHealthData", "DBOxxqv2csKysKHNwRCrU4QV0EWkqSUY",
         NULL},
        {"security-server__system-test__intTest__resources__files__soap-requests__operational-data.request",
         "DEV/COM/1234", "DEV/COM/1234/getSecurityServerOperationalData", "DBOxxqv2csKysKHNwRCrU4QV0EWkqSUY",
         NULL},
        {"service__op-monitor__op-monitor-core__test__resources__healthdata.request",
         "XTEE-CI-XM/GOV/00000001/System1", "XTEE-CI-XM/GOV/00000001/getSecurityServerHealthData",
         "DBOxxqv2csKysKHNwRCrU4QV0EWkqSUY", NULL},
        {"service__op-monitor__op-monitor-core__test__resources__operationaldata.request",
         "XTEE-CI-XM/GOV/00000001/System1", "XTEE-CI-XM/GOV/00000001/getSecurityServerOperationalData",
         "DBOxxqv2csKysKHNwRCrU4QV0EWkqSUY", NULL},
        {"addons__messagelog__messagelog-addon__test__resources__simple.query", "EE/BUSINESS/consumer",
         "EE/BUSINESS/producer/testQuery", "1234567890", NULL},
        {"common__common-test__test__resources__v5DoclitWithVersion.request", NULL, NULL, NULL,
         "Client.InvalidProtocolVersion"},
        {"common__common-test__test__resources__v5DoclitWithoutVersion.request", NULL, NULL, NULL,
         "Client.InvalidProtocolVersion"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        struct text xml;
        struct xroad_message m;
        struct xroad_error e;
        if (!read_data(SAMPLES[i].file, &xml)) skip_no_data();
        enum status st = xroad_soap_read(&arena, xml, &m, &e);
        if (SAMPLES[i].error) {
            assert_status(st, STATUS_INVALID);
            assert_text(e.type, SAMPLES[i].error);
            continue;
        }
        if (st) fail_msg("%s: " TEXT_FMT, SAMPLES[i].file, TEXT_ARG(e.message));
        assert_text(xroad_id_print(&arena, &m.client), SAMPLES[i].client);
        assert_text(xroad_id_print(&arena, &m.service), SAMPLES[i].service);
        assert_text(m.id, SAMPLES[i].id);
        assert_text(m.protocol, "4.0");
    }
}

static struct text soap(const char *fields, const char *body) {
    return text_printf(
        &arena,
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "
        "xmlns:x='http://x-road.eu/xsd/xroad.xsd' xmlns:i='http://x-road.eu/xsd/identifiers' "
        "xmlns:r='http://x-road.eu/xsd/representation.xsd'><s:Header>%s</s:Header>%s</s:Envelope>",
        fields, body);
}
#define SOAP_ID \
    "<i:xRoadInstance>EE</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>1</i:memberCode>"
#define SOAP_CLIENT "<x:client i:objectType='MEMBER'>" SOAP_ID "</x:client>"
#define SOAP_SERVICE \
    "<x:service i:objectType='SERVICE'>" SOAP_ID "<i:serviceCode>lookup</i:serviceCode></x:service>"
#define SOAP_REST "<x:id>7</x:id><x:protocolVersion>4.0</x:protocolVersion>"
#define SOAP_BODY "<s:Body><lookup/></s:Body>"

static void a_wrong_soap_header_gets_the_error_of_the_protocol(void **state) {
    static const struct {
        const char *fields, *body, *error;
    } CASES[] = {
        {SOAP_CLIENT SOAP_SERVICE SOAP_REST, SOAP_BODY, NULL},
        {SOAP_CLIENT SOAP_SERVICE SOAP_REST
         "<x:userId>EE1</x:userId><other/>"
         "<r:representedParty><r:partyCode>9</r:partyCode></r:representedParty>",
         SOAP_BODY, NULL},
        {SOAP_CLIENT SOAP_REST, SOAP_BODY, "Client.MissingHeaderField"},
        {SOAP_SERVICE SOAP_REST, SOAP_BODY, "Client.MissingHeaderField"},
        {SOAP_CLIENT SOAP_SERVICE "<x:id>7</x:id>", SOAP_BODY, "Client.MissingHeaderField"},
        {SOAP_CLIENT SOAP_CLIENT SOAP_SERVICE SOAP_REST, SOAP_BODY, "Client.DuplicateHeaderField"},
        {SOAP_CLIENT SOAP_SERVICE "<x:id>7</x:id><x:protocolVersion>5.0</x:protocolVersion>", SOAP_BODY,
         "Client.InvalidProtocolVersion"},
        {"<x:client i:objectType='SUBSYSTEM'>" SOAP_ID "</x:client>" SOAP_SERVICE SOAP_REST, SOAP_BODY,
         "Client.InvalidClientIdentifier"},
        {"<x:client i:objectType='SERVICE'>" SOAP_ID "</x:client>" SOAP_SERVICE SOAP_REST, SOAP_BODY,
         "Client.InvalidClientIdentifier"},
        {SOAP_CLIENT "<x:service i:objectType='SERVICE'>" SOAP_ID "</x:service>" SOAP_REST, SOAP_BODY,
         "Client.InvalidServiceIdentifier"},
        {SOAP_CLIENT "<x:service i:objectType='SERVICE'>" SOAP_ID
                     "<i:serverCode>lookup</i:serverCode></x:service>" SOAP_REST,
         SOAP_BODY, "Client.InvalidServiceIdentifier"},
        {SOAP_CLIENT SOAP_SERVICE SOAP_REST, "<s:Body><other/></s:Body>", "Client.InvalidBody"},
        {SOAP_CLIENT SOAP_SERVICE SOAP_REST, "", "Client.MissingBody"},
    };
    struct xroad_message m;
    struct xroad_error e;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum status st = xroad_soap_read(&arena, soap(CASES[i].fields, CASES[i].body), &m, &e);
        if (CASES[i].error) {
            assert_status(st, STATUS_INVALID);
            assert_text(e.type, CASES[i].error);
        } else if (st) {
            fail_msg("case %d: " TEXT_FMT, (int)i, TEXT_ARG(e.message));
        }
    }
    assert_status(xroad_soap_read(
                      &arena, T("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"), &m, &e),
                  STATUS_INVALID);
    assert_text(e.type, "Client.InvalidSoap");
}

// ---- hash chains

struct chain_case {
    const char *result, *chain, *second, *message;
    const char *error;
};

static enum status verify_case(const struct chain_case *c, const struct xroad_part *more, size_t more_count,
                               const char **error) {
    struct xroad_part parts[8];
    struct text result, t, detail;
    size_t n = 0;
    if (!read_data(c->result, &result)) return STATUS_NOT_FOUND;
    assert_true(read_data(c->chain, &t));
    parts[n++] = (struct xroad_part){.uri = T("/hashchain.xml"), .content = bytes_of(t)};
    if (c->second) {
        assert_true(read_data(c->second, &t));
        parts[n++] = (struct xroad_part){.uri = T("/hashchain2.xml"), .content = bytes_of(t)};
    }
    if (c->message) {
        assert_true(read_data(c->message, &t));
        parts[n++] =
            (struct xroad_part){.uri = T("/message.xml"), .content = bytes_of(t), .must_be_covered = true};
    }
    for (size_t i = 0; i < more_count; i++) parts[n++] = more[i];
    return xroad_chain_verify(&arena, result, parts, n, error, &detail);
}

static void hash_chains_of_the_message_log_verify_or_say_why_not(void **state) {
    static const struct chain_case CASES[] = {
        {"hc-verifier1-hashchainresult.xml", "hc-verifier1-hashchain.xml", NULL, "hc-verifier1-message.xml",
         NULL},
        {"hc-verifier3-hashchainresult.xml", "hc-verifier3-hashchain.xml", NULL, "hc-verifier3-message.xml",
         NULL},
        {"hc-verifier4-hashchainresult.xml", "hc-verifier4-hashchain1.xml", "hc-verifier4-hashchain2.xml",
         "hc-verifier4-message.xml", NULL},
        {"hc-verifier3-hashchainresult.xml", "hc-verifier3-hashchain-invalid.xml", NULL,
         "hc-verifier3-message.xml", "InvalidHashChainRef"},
        {"hc-verifier3-hashchainresult.xml", "hc-verifier5-hashchain-invalid-schema.xml", NULL,
         "hc-verifier3-message.xml", "MalformedHashChain"},
        {"hc-verifier1-hashchainresult.xml", "hc-verifier1-hashchain.xml", NULL, "hc-verifier3-message.xml",
         "InvalidHashChainRef"},
        {"hc-verifier3-hashchainresult.xml", "hc-verifier1-hashchain.xml", NULL, "hc-verifier1-message.xml",
         "InvalidHashChainResult"},
        {"hc-verifier1-hashchainresult.xml", "hc-verifier1-hashchain.xml", NULL, NULL, "InvalidReference"},
        {"hc-verifier4-hashchainresult.xml", "hc-verifier4-hashchain1.xml", NULL, "hc-verifier4-message.xml",
         "InvalidReference"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *error = "";
        enum status st = verify_case(&CASES[i], NULL, 0, &error);
        if (st == STATUS_NOT_FOUND) skip_no_data();
        if ((CASES[i].error ? STATUS_INVALID : STATUS_OK) != st ||
            strcmp(error, CASES[i].error ? CASES[i].error : "") != 0)
            fail_msg("case %d: %s %s", (int)i, status_name(st), error);
    }
}

// Attachments: their digests are known from elsewhere, or believed because they were not kept.
static void parts_that_are_not_at_hand_are_told_apart(void **state) {
    static const struct chain_case CHAIN = {"hc-verifier2-hashchainresult.xml", "hc-verifier2-hashchain.xml",
                                            NULL, NULL, NULL};
    static const uint8_t DIGESTS[] = {11, 12, 13, 14};
    static const char *const URIS[] = {"/message.xml", "/attachment1", "/attachment2", "/attachment3"};
    struct xroad_part parts[5] = {0};
    const char *error = "";
    (void)state;
    for (size_t i = 0; i < 4; i++)
        parts[i] = (struct xroad_part){.uri = text_of(URIS[i]),
                                       .must_be_covered = true,
                                       .digest_method = T("http://www.w3.org/2001/04/xmlenc#sha256"),
                                       .digest = {&DIGESTS[i], 1}};
    enum status st = verify_case(&CHAIN, parts, 4, &error);
    if (st == STATUS_NOT_FOUND) skip_no_data();
    assert_ok(st);
    parts[4] = (struct xroad_part){.uri = T("/unused"), .content = {DIGESTS, 4}, .must_be_covered = true};
    assert_status(verify_case(&CHAIN, parts, 5, &error), STATUS_INVALID);
    assert_string_equal(error, "HashChainUnusedInputs");
    parts[0].digest.p = &DIGESTS[1];
    assert_status(verify_case(&CHAIN, parts, 4, &error), STATUS_INVALID);
    assert_string_equal(error, "InvalidHashChainResult");
    parts[0].digest.p = &DIGESTS[0];
    for (size_t i = 1; i < 4; i++) parts[i] = (struct xroad_part){.uri = parts[i].uri, .is_left_out = true};
    assert_ok(verify_case(&CHAIN, parts, 4, &error));
}

// A small file must not cost much: steps in a circle, and steps that double what is to be done.
static struct text chain_of_steps(int count, bool is_circle) {
    struct out o = {.arena = &arena};
    out_c(&o, "<c:HashChain xmlns:c='http://cyber.ee/hashchain'><c:DefaultDigestMethod "
              "Algorithm='http://www.w3.org/2001/04/xmlenc#sha512'/>");
    for (int i = 0; i < count; i++) {
        int next = is_circle ? (i + 1) % count : i + 1;
        out_printf(&o, "<c:HashStep id='S%d'>", i);
        if (i + 1 < count || is_circle)
            out_printf(&o, "<c:StepRef URI='#S%d'/><c:StepRef URI='#S%d'/>", next, next);
        else
            out_c(&o,
                  "<c:HashValue><DigestValue xmlns='http://www.w3.org/2000/09/xmldsig#'>AA==</DigestValue>"
                  "</c:HashValue>");
        out_c(&o, "</c:HashStep>");
    }
    out_c(&o, "</c:HashChain>");
    return out_done(&o);
}

static void chains_that_cost_too_much_are_refused(void **state) {
    static const struct {
        int steps;
        bool is_circle;
        const char *detail;
    } CASES[] = {{3, true, "steps lead too deep, or in a circle"},
                 {40, false, "too many values"},
                 {70, false, "steps lead too deep, or in a circle"},
                 {XROAD_CHAIN_STEPS_MAX + 1, false, "too many steps"}};
    struct text result =
        T("<c:HashChainResult URI='/hashchain.xml#S0' xmlns:c='http://cyber.ee/hashchain' "
          "xmlns='http://www.w3.org/2000/09/xmldsig#'><DigestMethod "
          "Algorithm='http://www.w3.org/2001/04/xmlenc#sha512'/><DigestValue>AA==</DigestValue>"
          "</c:HashChainResult>");
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct xroad_part part = {.uri = T("/hashchain.xml"),
                                  .content = bytes_of(chain_of_steps(CASES[i].steps, CASES[i].is_circle))};
        const char *error;
        struct text detail;
        assert_status(xroad_chain_verify(&arena, result, &part, 1, &error, &detail), STATUS_INVALID);
        assert_string_equal(error, "MalformedHashChain");
        assert_text(detail, CASES[i].detail);
    }
}

// The time stamp that a security server puts on a batch is one of RFC 3161, as ours on checkpoints are.
static void the_time_stamp_of_a_batch_is_read(void **state) {
    static const char *const FILES[] = {"addons__messagelog__messagelog-addon__test__resources__tsp.response",
                                        "service__proxy__proxy-core__test__resources__tsp.response"};
    struct hash subject = {{0x71, 0xd5, 0x85, 0xc9, 0x40, 0x01, 0x73, 0x4c, 0xff, 0xc7, 0x1d,
                            0x02, 0x20, 0x9c, 0xda, 0x89, 0x82, 0x39, 0x93, 0x39, 0xf6, 0x68,
                            0xd2, 0x77, 0x29, 0x17, 0xed, 0x09, 0x00, 0x79, 0x21, 0xcf}};
    enum { NONCE = 0x075BCD15 };
    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct hash other = subject;
        struct bytes token = {0};
        struct text answer;
        if (!read_data(FILES[i], &answer)) skip_no_data();
        assert_ok(stamp_answer_read(&arena, bytes_of(answer), &subject, NONCE, &token));
        assert_true(token.n > 300);
        other.b[0] ^= 1;
        assert_status(stamp_answer_read(&arena, bytes_of(answer), &other, NONCE, &token), STATUS_CORRUPT);
        assert_status(stamp_answer_read(&arena, bytes_of(answer), &subject, NONCE + 1, &token),
                      STATUS_CORRUPT);
        assert_status(
            stamp_answer_read(&arena, bytes_of(text_slice(answer, 0, answer.n - 1)), &subject, NONCE, &token),
            STATUS_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(identifiers_are_read_and_written_again, set_up),
        cmocka_unit_test_setup(a_request_says_who_asks, set_up),
        cmocka_unit_test_setup(a_wrong_request_gets_the_error_of_the_protocol, set_up),
        cmocka_unit_test_setup(the_samples_of_soap_are_read, set_up),
        cmocka_unit_test_setup(a_wrong_soap_header_gets_the_error_of_the_protocol, set_up),
        cmocka_unit_test_setup(hash_chains_of_the_message_log_verify_or_say_why_not, set_up),
        cmocka_unit_test_setup(parts_that_are_not_at_hand_are_told_apart, set_up),
        cmocka_unit_test_setup(the_time_stamp_of_a_batch_is_read, set_up),
        cmocka_unit_test_setup(chains_that_cost_too_much_are_refused, set_up),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
