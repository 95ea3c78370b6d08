// house.h - an authority with the index of natural persons above its cases.
#pragma once
#include "search/search.h"

#define HOUSE_MORE_ROOMS &REGISTERS_MIGRATIONS, &SEARCH_MIGRATIONS
#define HOUSE_MORE_TYPES registers_event_types
#define HOUSE_TOP_TYPES search_event_types
#include "cases/story.h"

static struct search *searching;
static struct registers *searched_registers;
static const struct sources *asked_sources; // set before the house is opened
static struct natural_result natural_result;

static inline void search_begins(struct house *h) {
    struct search_options so = {.registers = searched_registers,
                                .zone = T("Europe/Brussels"),
                                .by_hand = true,
                                .sources = asked_sources};
    assert_ok(search_open(h->cases, &so, &searching, &h->problem));
    assert_ok(search_step(searching));
}

static inline void search_house(struct house *h) {
    struct registers_options ro = {T("Europe/Brussels")};
    house_new(h);
    assert_ok(registers_open(h->journal, h->cases, &ro, &searched_registers, &h->problem));
    search_begins(h);
}

static inline void search_story_ends(struct house *h) {
    search_close(searching);
    registers_close(searched_registers);
    story_ends(h);
}

static inline enum status try_natural(struct house *h, int which, struct natural_command c) {
    struct actor a = who(h, which);
    if (!c.reason.p) c.reason = T("The same person on the photos.");
    if (!c.purpose.p) c.purpose = which == BOSS ? T("supervision") : T("registration");
    h->problem = (struct problem){0};
    return natural_do(searching, &a, &c, &h->arena, &natural_result, &h->problem);
}

#define NATURAL(h, which, ...)                                                              \
    do {                                                                                    \
        enum status st_ = try_natural((h), (which), (struct natural_command){__VA_ARGS__}); \
        if (st_) house_say((h), #__VA_ARGS__, st_);                                         \
        assert_int_equal(st_, STATUS_OK);                                                   \
    } while (0)
#define NO_NATURAL(h, which, wanted, wanted_rule, ...)                                      \
    do {                                                                                    \
        enum status st_ = try_natural((h), (which), (struct natural_command){__VA_ARGS__}); \
        if (st_ != (wanted)) house_say((h), #__VA_ARGS__, st_);                             \
        assert_int_equal(st_, wanted);                                                      \
        assert_string_equal((h)->problem.rule ? (h)->problem.rule : "", wanted_rule);       \
    } while (0)

// Calls `f` with a reader of the house.
#define READING(h, call)                                      \
    do {                                                      \
        struct db *db;                                        \
        assert_ok(store_reader((h)->store, &db));             \
        enum status st_ = (call);                             \
        store_reader_release((h)->store, db);                 \
        if (st_) fail_msg("%s: %s", #call, status_name(st_)); \
    } while (0)

// The applicant's record in a case.
static inline int64_t record_of(struct house *h, int64_t case_id) {
    static const struct sql PERSON =
        SQL("test_person", "select person_id from person where case_id = :case order by position limit 1");
    int64_t id = 0;
    READING(h, DB_INT(db, &id, &PERSON, V_INT(case_id)));
    return id;
}

// ---- registers

// A colleague with another role of the packs; each number from 0 to 3 is another person.
static inline struct actor staff_of(struct house *h, const char *role, int number) {
    struct actor a = who(h, OFFICER);
    a.account = h->account[REGISTRAR + number % 4];
    a.roles[0] = text_of(role);
    a.role_count = 1;
    return a;
}

// As asked for by one security officer and confirmed by another; returns the entry.
static inline int64_t alerted(struct house *h, const char *const pairs[][2]) {
    struct actor one = staff_of(h, "security_officer", 1), two = staff_of(h, "security_officer", 2);
    struct answers said = {.arena = &h->arena};
    for (size_t i = 0; pairs[i][0]; i++)
        assert_ok(answers_set(&said, text_of(pairs[i][0]), text_of(pairs[i][1])));
    struct register_act act = {.kind = ACT_RECORD,
                               .look = {.purpose = T("security_check")},
                               .register_id = T("alert"),
                               .answers = &said};
    struct register_done done;
    enum status st = registers_do(searched_registers, &one, &act, NULL, &h->arena, &done, &h->problem);
    if (st) house_say(h, "alert", st);
    assert_int_equal(st, STATUS_OK);
    act = (struct register_act){
        .kind = ACT_CONFIRM, .look = act.look, .entry = done.entry, .reason = T("Yes.")};
    st = registers_do(searched_registers, &two, &act, NULL, &h->arena, &done, &h->problem);
    if (st) house_say(h, "confirm", st);
    assert_int_equal(st, STATUS_OK);
    return done.entry;
}

#define ALERT_ON(target, type, action, from, until)                                                \
    {"alert_target", target}, {"alert_type", type}, {"alert_action", action}, {"starts_on", from}, \
        {"expires_on", until}, {"review_on", "2027-06-01"}, {"legal_ground", "SIS1861:24"},        \
        {"authority", "Police of the North"}, {                                                    \
        "assessment", "It is proportionate: two decisions, no address."                            \
    }
