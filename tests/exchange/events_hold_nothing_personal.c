// An event between authorities says what happened, and no byte of a text gets through: whatever is put into
// it is refused, with the rule named, or is a value of a closed list.
#include "base/cbor.h"
#include "federation.h"

static struct federation f;
static struct key case_key;
static struct event_id known;
static const struct moment NOW = {1795680000000}; // 2026-11-26

static enum status knows(void *context, const struct event_id *id) {
    (void)context;
    return memcmp(id, &known, sizeof known) ? STATUS_NOT_FOUND : STATUS_OK;
}

static struct envelope_ground ground(void) {
    struct envelope_ground g = {.law = &f.law, .members = &f.members, .case_key = &case_key, .knows = knows};
    memset(g.channel.b, 0xc4, CHANNEL_BYTES);
    return g;
}

// An event of the type with all that it may have.
static struct envelope full(const struct exchange_type *t) {
    struct envelope e = {.channel = ground().channel, .seq = 7, .type = t, .at = NOW};
    struct hash digest = hash_of(bytes_of(T("a decision")));
    if (t->code_count) e.code = &t->codes[t->code_count - 1];
    if (t->due) e.due.ms = NOW.ms + 5 * 24 * 3600 * INT64_C(1000);
    e.has_ref = t->ref != EXCHANGE_NEVER;
    if (e.has_ref) e.ref = known;
    e.has_commit = t->commit != EXCHANGE_NEVER;
    if (e.has_commit) e.commit = commitment_make(&case_key, &digest);
    for (size_t i = 0; i < f.members.count && !e.actor; i++)
        if (f.members.items[i].roles & t->from) e.actor = f.members.items[i].code;
    for (size_t i = 0; i < f.members.count; i++)
        if (f.members.items[i].roles & t->to && f.members.items[i].code != e.actor)
            e.to[e.to_count++] = f.members.items[i].code;
    return e;
}

static struct envelope named(const char *name) {
    const struct exchange_type *t = exchange_type_named(&f.law, text_of(name));
    assert_non_null(t);
    return full(t);
}

static struct bytes print(struct envelope *e, struct arena *a) {
    struct envelope_ground g = ground();
    struct problem p = {0};
    struct bytes out;
    enum status st = envelope_print(&g, e, a, &out, &p);
    if (st) fail_msg(TEXT_FMT ": %s %s", TEXT_ARG(e->type->name), p.field, p.rule);
    return out;
}

static void every_type_prints_and_reads_back(void **state) {
    (void)state;
    struct arena a = {0};
    struct envelope_ground g = ground();
    size_t tried = 0;
    for (size_t i = 0; i < f.law.count; i++) {
        struct envelope e = full(&f.law.items[i]), back;
        if (!e.actor || !e.to_count) continue; // roles that nobody has in this federation
        struct bytes b = print(&e, &a);
        assert_true(b.n <= ENVELOPE_BYTES_MAX / 2);
        assert_true(cbor_check(b));
        assert_ok(envelope_read(&g, b, &back, NULL));
        assert_memory_equal(&back, &e, sizeof e);
        tried++;
    }
    assert_true(tried >= 40);
    arena_free(&a);
}

static void readers_of_a_whole_federation_fit(void **state) {
    (void)state;
    struct federation many = {0};
    struct arena a = {0};
    struct envelope e = named("RULE_ADOPTED");
    struct envelope_ground g = ground();
    for (uint32_t i = 0; i <= ENVELOPE_TO_MAX; i++) {
        *ARENA_PUSH(&a, &many.members) = (struct member){.code = UINT32_MAX - 40 + i, .roles = 2};
        if (i) e.to[i - 1] = UINT32_MAX - 40 + i;
    }
    e.to_count = ENVELOPE_TO_MAX;
    e.actor = UINT32_MAX - 40;
    g.members = &many.members;
    struct bytes out;
    assert_ok(envelope_print(&g, &e, &a, &out, NULL));
    arena_free(&a);
}

// ---- what is refused, and how it is named

static void refused(struct envelope e, const char *field, const char *rule) {
    struct envelope_ground g = ground();
    struct arena a = {0};
    struct problem p = {0};
    struct bytes out;
    assert_status(envelope_print(&g, &e, &a, &out, &p), STATUS_INVALID);
    assert_string_equal(p.rule, rule);
    assert_string_equal(p.field, field);
    arena_free(&a);
}

static void what_the_law_does_not_say_is_refused(void **state) {
    (void)state;
    struct envelope e = named("TCH_SENT");
    e.code = NULL;
    refused(e, "code", "code_missing");
    static const struct exchange_code STRANGE = {T("strange"), 999};
    e.code = &STRANGE;
    refused(e, "code", "code_unknown");
    e = named("TCH_SENT");
    e.due.ms = 0;
    refused(e, "due", "field_missing");
    e = named("TCH_SENT");
    e.has_ref = true;
    refused(e, "ref", "not_of_type");
    e = named("TCH_ACCEPTED");
    e.ref.b[3] ^= 1;
    refused(e, "ref", "ref_unknown");
    e = named("TCH_SENT");
    e.commit.b[COMMITMENT_BYTES - 1] ^= 1;
    refused(e, "commit", "commit_form");
    e = named("TCH_SENT");
    e.channel.b[0] ^= 1;
    refused(e, "channel", "channel");
    e = named("TCH_SENT");
    e.at.ms = 1000;
    refused(e, "at", "field_kind"); // rounded down to nothing
    e = named("TCH_SENT");
    e.at.ms = 60 * 1000;
    refused(e, "at", "time_range");
}

static void who_may_not_write_or_read_it_is_refused(void **state) {
    (void)state;
    struct envelope e = named("ASY_INTERVIEW_SET");
    e.actor = RECEPTION;
    refused(e, "actor", "sender_role");
    e.actor = 77;
    refused(e, "actor", "sender_unknown");
    e = named("ASY_INTERVIEW_SET");
    e.to[0] = COURT;
    refused(e, "to", "reader_role");
    e.to[0] = 78;
    refused(e, "to", "reader_unknown");
    e.to[0] = e.actor;
    refused(e, "to", "reader_unknown");
    e = named("ASY_REGISTERED"); // the other state's unit has no part in it
    e.to[e.to_count++] = ABROAD;
    refused(e, "to", "reader_role");
    e.to[0] = ABROAD;
    refused(e, "to", "reader_order");
}

// ---- whatever bytes are put in

// All that an accepted event carries is in closed lists, and nothing is beside them.
static void assert_closed(const struct envelope_ground *g, struct bytes in, const struct envelope *e) {
    struct arena a = {0};
    struct envelope again = *e;
    struct bytes out;
    assert_ok(envelope_print(g, &again, &a, &out, NULL));
    assert_int_equal(out.n, in.n);
    assert_memory_equal(out.p, in.p, in.n);
    assert_ptr_equal(exchange_type_of(&f.law, e->type->number), e->type);
    assert_true(!e->code || exchange_code_of(e->type, e->code->number) == e->code);
    assert_non_null(member_of(&f.members, e->actor));
    for (size_t i = 0; i < e->to_count; i++) assert_non_null(member_of(&f.members, e->to[i]));
    assert_int_equal(e->at.ms % e->type->at_ms, 0);
    assert_int_equal(e->due.ms % (24 * 3600 * INT64_C(1000)), 0);
    assert_true(!e->has_ref || knows(NULL, &e->ref) == STATUS_OK);
    arena_free(&a);
}

static const char *const WORDS[] = {"Amina Haddad",
                                    "1987-04-12",
                                    "AB1234567",
                                    "+49 170 555 01",
                                    "\xD8\xA3\xD9\x85\xD9\x8A\xD9\x86\xD8\xA9",
                                    "\xD0\x9E\xD0\xBB\xD0\xB5\xD0\xBD\xD0\xB0",
                                    "x",
                                    "192.0.2.7",
                                    "tuberculosis",
                                    "Dresden, Hamburger Str. 1"};
enum { WORD_COUNT = sizeof WORDS / sizeof *WORDS };

static void no_byte_of_a_text_passes(void **state) {
    (void)state;
    struct envelope_ground g = ground();
    struct arena a = {0};
    int accepted = 0;
    static const char *const TYPES[] = {"TCH_SENT", "TCH_ACCEPTED", "ASY_DECIDED", "ASY_INTERVIEW_SET"};
    for (size_t t = 0; t < sizeof TYPES / sizeof *TYPES; t++) {
        struct envelope e = named(TYPES[t]), back;
        struct bytes b = print(&e, &a);
        uint8_t *copy = arena_alloc(&a, b.n);
        for (size_t w = 0; w < WORD_COUNT; w++)
            for (size_t at = 0; at < b.n; at++)
                for (size_t n = 1; n <= strlen(WORDS[w]) && at + n <= b.n; n++) {
                    memcpy(copy, b.p, b.n);
                    memcpy(copy + at, WORDS[w], n);
                    struct problem p = {0};
                    struct bytes in = {copy, b.n};
                    if (envelope_read(&g, in, &back, &p)) {
                        assert_non_null(p.rule);
                        continue;
                    }
                    accepted++; // another minute, another number: still of the lists
                    assert_closed(&g, in, &back);
                }
    }
    assert_true(accepted > 0);
    arena_free(&a);
}

// A field more, with any word for its name or in it, at each place where the order of keys lets it stand.
static void no_field_can_be_added(void **state) {
    (void)state;
    struct envelope_ground g = ground();
    struct arena a = {0};
    struct envelope e = named("ASY_INTERVIEW_DONE"), back;
    struct bytes b = print(&e, &a);
    static const char *const NAMES[] = {"name", "note", "ip", "nationality", "a", "zz", "due2", "channel2"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        for (size_t w = 0; w < WORD_COUNT; w++) {
            struct problem p = {0};
            struct out o = {.arena = &a};
            struct cbor_reader r = cbor_reader(b);
            struct cbor_item key, value;
            bool is_in = false;
            assert_ok(cbor_next(&r, &key));
            cbor_map(&o, (size_t)key.integer + 1);
            while (!cbor_skip(&r, &key) && key.kind == CBOR_TEXT && !cbor_skip(&r, &value)) {
                size_t n = strlen(NAMES[i]);
                bool is_after = key.text.n > n || (key.text.n == n && memcmp(key.text.p, NAMES[i], n) > 0);
                if (!is_in && is_after)
                    cbor_text(&o, text_of(NAMES[i])), cbor_text(&o, text_of(WORDS[w])), is_in = true;
                out_text(&o, text_of_bytes(key.raw));
                out_text(&o, text_of_bytes(value.raw));
            }
            if (!is_in) cbor_text(&o, text_of(NAMES[i])), cbor_text(&o, text_of(WORDS[w]));
            struct bytes in = bytes_of(out_done(&o));
            assert_true(cbor_check(in));
            assert_status(envelope_read(&g, in, &back, &p), STATUS_INVALID);
            assert_string_equal(p.rule, "field_unknown");
        }
    arena_free(&a);
}

// ---- a poisoned schema: no file of a pack can open a field for words

static void a_poisoned_schema_is_not_loaded(void **state) {
    (void)state;
#define EVENT(more) \
    "{\"procedure\":\"x\",\"events\":[{\"name\":\"A\",\"number\":1,\"from\":\"D\",\"to\":\"F\"" more "}]}"
    static const struct {
        const char *json, *field, *rule;
    } CASES[] = {
        {EVENT(",\"text\":\"may\""), "events[0]", "member_unknown"},
        {EVENT(",\"fields\":[\"name\"]"), "events[0]", "member_unknown"},
        {EVENT(",\"due\":\"text\""), "events[0].due", "value_unknown"},
        {EVENT(",\"at\":\"second\""), "events[0].at", "value_unknown"},
        {EVENT(",\"codes\":\"names\""), "events[0].codes", "codes_unknown"},
        {"{\"procedure\":\"x\",\"events\":[{\"name\":\"Amina "
         "Haddad\",\"number\":1,\"from\":\"D\",\"to\":\"F\"}]}",
         "events[0].name", "code_syntax"},
        {"{\"procedure\":\"x\",\"events\":[{\"name\":\"A\",\"number\":1,\"from\":\"D\",\"to\":\"Q\"}]}",
         "events[0].to", "value_unknown"},
        {"{\"procedure\":\"x\",\"codes\":{\"c\":{\"Amina\":1}},\"events\":[]}", "codes.c", "code_syntax"},
        {"{\"procedure\":\"x\",\"codes\":{\"c\":{\"a\":70000}},\"events\":[]}", "codes.c.a", "value_range"},
        {"{\"procedure\":\"x\",\"codes\":{\"c\":{\"a\":1,\"b\":1}},\"events\":[]}", "codes.c.b", "duplicate"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct exchange_law law = {0};
        struct problem p = {0};
        assert_status(exchange_law_read(&a, text_of(CASES[i].json), &law, &p), STATUS_INVALID);
        assert_string_equal(p.field, CASES[i].field);
        assert_string_equal(p.rule, CASES[i].rule);
    }
    struct exchange_law law = {0};
    struct problem p = {0};
    for (int twice = 0; twice < 2; twice++) assert_ok(exchange_law_read(&a, text_of(EVENT("")), &law, &p));
    assert_status(exchange_law_done(&a, &law, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "duplicate");
    arena_free(&a);
}

static void a_commitment_is_to_one_document(void **state) {
    (void)state;
    struct hash one = hash_of(bytes_of(T("one"))), two = hash_of(bytes_of(T("two")));
    struct key other = case_key;
    other.b[0] ^= 1;
    struct commitment c = commitment_make(&case_key, &one);
    assert_true(commitment_is_of(&c, &case_key, &one));
    assert_false(commitment_is_of(&c, &case_key, &two));
    assert_false(commitment_is_of(&c, &other, &one));
}

static int begin(void **state) {
    (void)state;
    federation_open(&f);
    memset(case_key.b, 0x5a, sizeof case_key.b);
    memset(known.b, 0x9d, sizeof known.b);
    return 0;
}

static int end(void **state) {
    (void)state;
    federation_close(&f);
    return 0;
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_prints_and_reads_back),
        cmocka_unit_test(readers_of_a_whole_federation_fit),
        cmocka_unit_test(what_the_law_does_not_say_is_refused),
        cmocka_unit_test(who_may_not_write_or_read_it_is_refused),
        cmocka_unit_test(no_byte_of_a_text_passes),
        cmocka_unit_test(no_field_can_be_added),
        cmocka_unit_test(a_poisoned_schema_is_not_loaded),
        cmocka_unit_test(a_commitment_is_to_one_document),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin, end);
}
