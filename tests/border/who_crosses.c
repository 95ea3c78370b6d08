// A guard checks a traveller and records what happens; a carrier's list is held against the alerts before
// arrival.
#define HOUSE_MORE_ROOMS &REGISTERS_MIGRATIONS, &SEARCH_MIGRATIONS, &BORDER_MIGRATIONS
#define HOUSE_MORE_TYPES more_types()
#include "border/lists.h"

static const struct event_type *const *more_types(void) {
    static const struct event_type *types[64];
    size_t n = 0;
    for (size_t i = 0; registers_event_types[i]; i++) types[n++] = registers_event_types[i];
    for (size_t i = 0; search_event_types[i]; i++) types[n++] = search_event_types[i];
    for (size_t i = 0; border_event_types[i]; i++) types[n++] = border_event_types[i];
    return types;
}
#include "../cases/story.h"

struct post {
    struct house h;
    struct registers *registers;
    struct search *search;
    struct border *border;
    struct actor guard, second_line, security, other_security;
    struct problem p;
};
static const struct date TODAY = {2026, 11, 21};

static struct actor actor_as(struct post *g, int account, const char *role) {
    return (struct actor){.account = g->h.account[account],
                          .kind = ACTOR_STAFF,
                          .roles = {text_of(role)},
                          .role_count = 1,
                          .second_factor = true,
                          .language = T("en"),
                          .public_code = T("K-204")};
}

static void post_new(struct post *g) {
    struct registers_options ro = {T("Europe/Brussels")};
    struct border_options bo = {T("Europe/Brussels")};
    house_new(&g->h);
    assert_ok(registers_open(g->h.journal, g->h.cases, &ro, &g->registers, &g->p));
    struct search_options so = {.registers = g->registers, .zone = T("Europe/Brussels"), .by_hand = true};
    assert_ok(search_open(g->h.cases, &so, &g->search, &g->p));
    assert_ok(border_open(g->h.journal, g->registers, &bo, &g->border, &g->p));
    g->guard = actor_as(g, OFFICER, "border_guard");
    g->second_line = actor_as(g, SECOND, "border_second_line");
    g->security = actor_as(g, REGISTRAR, "security_officer");
    g->other_security = actor_as(g, BOSS, "security_officer");
}

static void post_ends(struct post *g) {
    border_close(g->border);
    search_close(g->search);
    registers_close(g->registers);
    story_ends(&g->h);
}

static struct glance look_at(struct post *g, const struct actor *actor, const struct traveller *who) {
    struct glance c;
    assert_ok(border_control(g->border, actor, who, T(""), TODAY, &g->h.arena, &c, &g->p));
    assert_int_equal(c.silent_count, 0);
    return c;
}

static void crosses(struct post *g, const struct traveller *who, const char *event, const char *at) {
    struct border_act act = {.who = *who,
                             .event = text_of(event),
                             .at = text_of(at),
                             .point = T("BEBRU"),
                             .means = T("air"),
                             .traveller_class = T("visa_exempt"),
                             .officer = T("K-204")};
    struct register_done done = {0};
    enum status st = border_record(g->border, &g->guard, &act, &g->h.arena, &done, &g->p);
    for (size_t i = 0; i < done.problems.count; i++)
        print_message("# %s %s\n", text_c(&g->h.arena, done.problems.items[i].path),
                      done.problems.items[i].problem.rule);
    assert_int_equal(st, STATUS_OK);
    assert_true(text_starts(done.reference, T("CRO-")));
}

static void a_guard_sees_days_and_records(void **state) {
    (void)state;
    struct post *g = test_malloc(sizeof *g);
    memset(g, 0, sizeof *g);
    post_new(g);
    struct traveller rosa = {.family = T("SAMPLE"),
                             .given = T("ROSA"),
                             .nationality = T("BRA"),
                             .issuer = T("BRA"),
                             .doc_type = T("P"),
                             .number = T("FX1234567"),
                             .birth = {1990, 5, 1},
                             .expiry = {2031, 1, 1},
                             .sex = 'F'};
    struct glance c = look_at(g, &g->guard, &rosa);
    assert_false(c.stop);
    assert_int_equal(c.crossings.count, 0);
    assert_int_equal(c.stay.left, 90);
    assert_int_equal(c.document, DOCUMENT_GOOD);
    struct traveller soon = rosa;
    soon.expiry = (struct date){2027, 2, 20}; // a day less than three months
    assert_int_equal(look_at(g, &g->guard, &soon).document, DOCUMENT_ENDS_SOON);
    soon.nationality = T("IRL"); // whose right to enter ends with the document, not before
    assert_int_equal(look_at(g, &g->guard, &soon).document, DOCUMENT_GOOD);
    soon.expiry = (struct date){2026, 11, 20};
    c = look_at(g, &g->guard, &soon);
    assert_int_equal(c.refusal_count, 1);
    assert_text(c.refusals[0], "A");
    crosses(g, &rosa, "entry", "2026-09-01T09:30");
    c = look_at(g, &g->guard, &rosa);
    assert_int_equal(c.crossings.count, 1);
    assert_true(c.stay.is_inside);
    assert_int_equal(c.stay.used, 82);
    assert_text(c.traveller_class, "visa_exempt");
    crosses(g, &rosa, "exit", "2026-09-10T18:00");
    assert_int_equal(look_at(g, &g->guard, &rosa).stay.used, 10);
    post_ends(g);
    test_free(g);
}

static void a_refusal_needs_its_reasons(void **state) {
    (void)state;
    struct post *g = test_malloc(sizeof *g);
    memset(g, 0, sizeof *g);
    post_new(g);
    const struct text reasons[] = {T("C"), T("E")};
    struct border_act act = {
        .who = {.family = T("SAMPLE"), .number = T("FX7654321"), .issuer = T("BRA"), .nationality = T("BRA")},
        .event = T("refusal"),
        .at = T("2026-11-21T10:00"),
        .point = T("BEBRU"),
        .means = T("air"),
        .traveller_class = T("visa_holder")};
    struct register_done done = {0};
    assert_status(border_record(g->border, &g->guard, &act, &g->h.arena, &done, &g->p), STATUS_INVALID);
    assert_string_equal(g->p.rule, "reason_missing");
    act.reasons = reasons, act.reason_count = 2;
    assert_ok(border_record(g->border, &g->guard, &act, &g->h.arena, &done, &g->p));
    struct glance c = look_at(g, &g->guard, &act.who);
    assert_text(c.crossings.items[0].event, "refusal");
    assert_int_equal(c.stay.used, 0);
    post_ends(g);
    test_free(g);
}

static const char LIST[] = "UNA:+.? "
                           "'UNB+UNOA:4+OSTRAIR+BORDER+261121:0900+R1'UNH+M1+PAXLST:D:12B:UN:IATA'BGM+745'"
                           "TDT+20+OA77+++OA'LOC+125+GRU'"
                           "DTM+189:2611210100:201'LOC+87+BRU'DTM+232:2611211400:201'NAD+FL+++GONCALVES:JOAO'"
                           "ATT+2++M'DTM+329:800203'NAT+2+BRA'"
                           "DOC+P:110:111+AA111'NAD+FL+++SAMPLE:ROSA'ATT+2++F'DTM+329:900501'NAT+2+BRA'DOC+P:"
                           "110:111+FX1234567'CNT+42:2'"
                           "UNT+20+M1'UNZ+1+R1'";

static void who_stays_too_long_is_listed(void **state) {
    (void)state;
    struct post *g = test_malloc(sizeof *g);
    memset(g, 0, sizeof *g);
    post_new(g);
    struct traveller rosa = {.family = T("SAMPLE"), .nationality = T("BRA"), .number = T("FX1")};
    struct traveller liam = {
        .family = T("OTHER"), .nationality = T("IRL"), .number = T("IE1")}; // free movement
    crosses(g, &rosa, "entry", "2026-06-01T09:00");
    crosses(g, &liam, "entry", "2026-06-01T09:00");
    struct overstays all;
    assert_ok(border_overstays(g->border, &g->second_line, TODAY, &g->h.arena, &all, &g->p));
    assert_int_equal(all.count, 1);
    assert_text(all.items[0].who.number, "FX1");
    assert_int_equal(all.items[0].stay.over_days, 174 - 90);
    assert_true(look_at(g, &g->guard, &rosa).stop);
    assert_int_equal(all.items[0].evidence.count, 0);
    // she left with her other passport, and an airline names her on a later flight: nobody is accused by a
    // stamp
    struct traveller other = rosa;
    rosa.birth = other.birth = (struct date){1990, 5, 1};
    other.number = T("FX2");
    crosses(g, &rosa, "entry", "2026-06-02T09:00");
    crosses(g, &other, "exit", "2026-07-01T09:00");
    struct carrier_received got;
    struct text list = text_of(LIST);
    size_t at;
    assert_true(text_find(list, T("FX1234567"), &at));
    list = TEXT_JOIN(&g->h.arena, text_head(list, at), T("FX1"), text_slice(list, at + 9, list.n));
    assert_ok(carrier_lists_receive(g->border, &g->guard, list, NULL, &g->h.arena, &got, &g->p));
    struct overstay_look one;
    assert_ok(border_overstay(g->border, &g->second_line, T("FX1"), TODAY, &g->h.arena, &one, &g->p));
    assert_int_equal(one.silent_count, 0);
    assert_int_equal(one.of.evidence.count, 2);
    assert_int_equal(one.of.evidence.items[0].sign, SIGN_CROSSING);
    assert_text(one.of.evidence.items[0].words, "FX2");
    assert_int_equal(one.of.evidence.items[1].sign, SIGN_LIST);
    assert_text(one.of.evidence.items[1].words, "OA77 GRU – BRU");
    // an exit that somebody proved ends it
    struct border_act act = {.who = rosa,
                             .event = T("exit"),
                             .at = T("2026-07-01T23:59"),
                             .point = T("BEBRU"),
                             .means = T("air"),
                             .traveller_class = T("visa_exempt"),
                             .evidence = T("Stamp of Brazil of the next day"),
                             .officer = T("K-204")};
    struct register_done done = {0};
    assert_ok(border_record(g->border, &g->second_line, &act, &g->h.arena, &done, &g->p));
    assert_status(border_overstay(g->border, &g->second_line, T("FX1"), TODAY, &g->h.arena, &one, &g->p),
                  STATUS_NOT_FOUND);
    post_ends(g);
    test_free(g);
}

// ---- a list before the aircraft

static int64_t banned(struct post *g, const char *family, const char *given, const char *number) {
    struct answers *said = ARENA_NEW(&g->h.arena, struct answers);
    said->arena = &g->h.arena;
    const char *const SAID[][2] = {{"alert_target", "person"},
                                   {"alert_type", "BAN_NAT"},
                                   {"alert_action", "refuse_entry"},
                                   {"starts_on", "2026-01-01"},
                                   {"expires_on", "2029-01-01"},
                                   {"review_on", "2028-01-01"},
                                   {"family_name", family},
                                   {"given_names", given},
                                   {"birth_date", "1980-02-03"},
                                   {"nationality", "BRA"},
                                   {"legal_ground", "Return decision"},
                                   {"authority", "Police"},
                                   {"assessment", "Looked at alone."},
                                   {"doc_number", number}};
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++)
        if (SAID[i][1]) assert_ok(answers_set(said, text_of(SAID[i][0]), text_of(SAID[i][1])));
    struct register_act act = {.kind = ACT_RECORD,
                               .look = {.purpose = T("security_check")},
                               .register_id = T("alert"),
                               .answers = said,
                               .reason = T("Ban of the court")};
    struct register_done done = {0};
    enum status st = registers_do(g->registers, &g->security, &act, NULL, &g->h.arena, &done, &g->p);
    for (size_t i = 0; i < done.problems.count; i++)
        print_message("# %s %s\n", text_c(&g->h.arena, done.problems.items[i].path),
                      done.problems.items[i].problem.rule);
    assert_int_equal(st, STATUS_OK);
    if (done.is_waiting) {
        struct register_act confirm = {.kind = ACT_CONFIRM,
                                       .look = {.purpose = T("security_check")},
                                       .entry = done.entry,
                                       .reason = T("Seen")};
        assert_ok(registers_do(g->registers, &g->other_security, &confirm, NULL, &g->h.arena, &done, &g->p));
    }
    return done.entry;
}

static void a_list_is_matched_before_arrival(void **state) {
    (void)state;
    struct post *g = test_malloc(sizeof *g);
    memset(g, 0, sizeof *g);
    post_new(g);
    int64_t ban = banned(g, "Gonçalves", "João", NULL);
    int64_t stolen = banned(g, "Quite", "Other", "FX1234567"); // a document, whoever carries it
    struct carrier_received got;
    assert_ok(carrier_lists_receive(g->border, &g->guard, text_of(LIST), NULL, &g->h.arena, &got, &g->p));
    assert_int_equal(got.count, 1);
    struct carrier_lists lists;
    assert_ok(carrier_lists_of(g->border, &g->guard, TODAY, &g->h.arena, &lists, &g->p));
    assert_int_equal(lists.count, 1);
    assert_text(lists.items[0].number, "OA77");
    assert_int_equal(lists.items[0].matched, 2);
    assert_int_equal(lists.items[0].open, 2);
    struct carrier_list head;
    struct carrier_people people;
    struct text faults;
    assert_ok(carrier_list_open(g->border, &g->second_line, got.ids[0], &g->h.arena, &head, &people, &faults,
                                &g->p));
    assert_int_equal(people.items[0].hit_count, 1);
    assert_int_equal(people.items[0].hits[0].entry, ban);
    assert_int_equal(people.items[1].hit_count, 1);
    assert_int_equal(people.items[1].hits[0].entry, stolen);
    assert_true(people.items[1].hits[0].by_number);
    // a guard may not decide; the second line may, with a reason, once
    struct carrier_decision d = {got.ids[0], 0, ban, false, T("Another mother's name")};
    assert_status(carrier_hit_decide(g->border, g->search, &g->guard, &d, &g->h.arena, &g->p),
                  STATUS_REFUSED);
    assert_ok(carrier_hit_decide(g->border, g->search, &g->second_line, &d, &g->h.arena, &g->p));
    assert_status(carrier_hit_decide(g->border, g->search, &g->second_line, &d, &g->h.arena, &g->p),
                  STATUS_CONFLICT);
    // what was found is remembered: on the next list, and when the person stands at the counter
    assert_ok(carrier_lists_receive(g->border, &g->guard, text_of(LIST), NULL, &g->h.arena, &got, &g->p));
    int64_t first = d.list;
    assert_ok(carrier_list_open(g->border, &g->second_line, got.ids[0], &g->h.arena, &head, &people, &faults,
                                &g->p));
    assert_int_equal(head.open, 1);
    assert_text(people.items[0].hits[0].state, "cleared");
    assert_text(people.items[1].hits[0].state, "open");
    struct glance c = look_at(g, &g->guard, &people.items[0].who);
    assert_int_equal(c.alerts.count, 1);
    assert_true(c.alerts.items[0].is_cleared);
    assert_text(c.alerts.items[0].cleared.reason, "Another mother's name");
    assert_false(c.stop);
    // of another birth date it is another question
    struct traveller other = people.items[0].who;
    other.birth = (struct date){1980, 2, 4};
    struct border_comparison x;
    assert_ok(border_compare(g->border, &g->second_line, &other, ban, &g->h.arena, &x, &g->p));
    assert_false(x.is_cleared);
    assert_true(x.is_current);
    assert_string_equal(x.how.features[FEATURE_NATIONALITY].how, "same");
    assert_status(border_compare(g->border, &g->guard, &other, ban, &g->h.arena, &x, &g->p), STATUS_REFUSED);
    // the same: in the entry's log, with a reason
    assert_status(border_confirm(g->border, &g->second_line, &other, ban, T(" "), &g->h.arena, &g->p),
                  STATUS_INVALID);
    assert_ok(
        border_confirm(g->border, &g->second_line, &other, ban, T("Fingers agree"), &g->h.arena, &g->p));
    got.ids[0] = first;
    // when its time is over, who was on it is gone
    int64_t count;
    assert_ok(carrier_lists_erase(g->border, TODAY, &count, &g->p));
    assert_int_equal(count, 0);
    assert_ok(carrier_lists_erase(g->border, (struct date){2026, 11, 23}, &count, &g->p));
    assert_int_equal(count, 2);
    assert_ok(carrier_list_open(g->border, &g->second_line, got.ids[0], &g->h.arena, &head, &people, &faults,
                                &g->p));
    assert_int_equal(people.count, 0);
    assert_true(head.erased.ms > 0);
    post_ends(g);
    test_free(g);
}

STORIES(cmocka_unit_test(a_guard_sees_days_and_records), cmocka_unit_test(a_refusal_needs_its_reasons),
        cmocka_unit_test(who_stays_too_long_is_listed), cmocka_unit_test(a_list_is_matched_before_arrival))
