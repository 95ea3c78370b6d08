// A labour office asks the permit authority whether somebody may work, so that the person need not bring a
// copy: it is told what the law says, both sides note it, and nothing else leaves the register.
#include "check.h"
#include "lookup/lookup.h"
#include "registers/register_pack.h"

// A lookup of the test's own, which may be asked three times a day.
static inline void add_to_law(struct arena *a, struct pack_files *files) {
    static const char FEW[] =
        "{\"lookups\": [{\"id\": \"few\", \"register\": \"permit\", \"purposes\": [\"labour_check\"], "
        "\"grounds\": [\"SPD:6\"], \"attributes\": [\"permit_status\"], \"a_day\": 3, \"by_name\": true}]}";
    for (size_t i = 0; i < files->count; i++)
        if (text_eq(files->items[i].name, T("pack.json")))
            files->items[i].content = bytes_of(
                put_before(a, text_of_bytes(files->items[i].content), "\"texts/", T("\"lookups.json\", ")));
    size_t at = files->count;
    *ARENA_PUSH(a, files) = (struct pack_file){0};
    for (; at > 0 && text_cmp(files->items[at - 1].name, T("lookups.json")) > 0; at--)
        files->items[at] = files->items[at - 1];
    files->items[at] = (struct pack_file){T("lookups.json"), bytes_of(text_of(FEW))};
}
#define HOUSE_MORE_ROOMS &REGISTERS_MIGRATIONS, &LOOKUP_MIGRATIONS
#define HOUSE_MORE_TYPES registers_event_types
#define HOUSE_TOP_TYPES lookup_event_types
#define HOUSE_MORE_LAW add_to_law
#include "cases/story.h"

static struct house h;
static struct registers *registers;
static struct lookup *room, *asking;
static struct lookup_result result;
static int64_t entry; // the permit PN-100

// ---- the other authority, as X-Road or HTTPS would reach it: JSON there and back

static enum { ANSWERS, SAYS_TOO_MUCH, IS_SILENT, SPEAKS_NONSENSE } mood;
static struct text question_sent, issue_sent;

static struct actor labour_office(void) {
    struct actor a = who(&h, BOSS);
    a.roles[0] = T("labour_officer");
    a.kind = ACTOR_PARTNER;
    a.unit = T("Labour office");
    a.is_client = true;
    a.purpose = T("labour_check");
    return a;
}

static const char *ask_other(const struct lookup_other *o, struct text question, struct text purpose,
                             struct text issue, struct arena *a, struct text *answer) {
    struct lookup_question q;
    struct lookup_result r;
    struct problem p = {0};
    struct actor actor = labour_office();
    struct look look = {.purpose = purpose};
    (void)o;
    question_sent = text_copy(&h.arena, question);
    issue_sent = text_copy(&h.arena, issue);
    if (mood == IS_SILENT) return "timeout";
    *answer = T("{\"answer\":\"found\",\"values\":{\"permit_status\":\"valid\"}}"); // found what?
    if (mood == SPEAKS_NONSENSE) return NULL;
    assert_ok(lookup_question_read(a, question, &q));
    enum status st = lookup_answer(room, &actor, &look, &q, a, &r, &p);
    if (st) return "refused";
    if (mood == SAYS_TOO_MUCH)
        *ARENA_PUSH(a, &r.values) = (struct lookup_value){T("family_name"), T("Verbenko")};
    *answer = lookup_result_print(a, &r);
    return NULL;
}
static const struct lookup_other OTHERS[] = {{.code = 7, .name = T("Permit office"), .ask = ask_other}};

// One house for all stories, in their order.
static int open_house(void **state) {
    (void)state;
    struct registers_options ro = {T("Europe/Brussels")};
    house_new(&h);
    mood = ANSWERS;
    assert_ok(registers_open(h.journal, h.cases, &ro, &registers, &h.problem));
    assert_ok(lookup_open(h.cases, &(struct lookup_options){.registers = registers}, &room));
    assert_ok(lookup_open(h.cases, &(struct lookup_options){registers, OTHERS, 1}, &asking));
    return 0;
}
static int close_house(void **state) {
    (void)state;
    lookup_close(room);
    lookup_close(asking);
    registers_close(registers);
    story_ends(&h);
    return 0;
}

static struct register_done keeper_does(struct register_act act, const char *json) {
    struct actor keeper = who(&h, OFFICER);
    struct answers said = {.arena = &h.arena};
    struct register_done done;
    keeper.roles[0] = T("register_keeper");
    act.look.purpose = T("register_keeping");
    if (json) assert_ok(answers_from_json(&h.arena, text_of(json), &said, &h.problem));
    act.answers = json ? &said : NULL;
    enum status st = registers_do(registers, &keeper, &act, NULL, &h.arena, &done, &h.problem);
    if (st) house_say(&h, "keeper", st);
    assert_int_equal(st, STATUS_OK);
    return done;
}

#define PERMIT(number, status)                                                                               \
    "{\"permit_no\": \"" number "\", \"permit_reason\": \"work\", \"permit_type\": \"work_other\", "         \
    "\"permit_step\": \"first\", \"length_class\": \"3-5\", \"family_name\": \"Verbenko\", "                 \
    "\"given_names\": \"Olena\", \"family_name_latin\": \"Verbenko\", \"given_names_latin\": \"Olena\", "    \
    "\"birth_date\": \"1990-05-17\", \"sex\": \"2\", \"nationality\": \"UKR\", \"permit_status\": \"" status \
    "\", \"valid_from\": \"2026-01-01\", \"valid_until\": \"2028-12-31\", \"restrictions\": "                \
    "[\"employer\"], \"employer\": \"Shipyard North\"}"

static int64_t permit(const char *json) {
    return keeper_does((struct register_act){.kind = ACT_RECORD, .register_id = T("permit")}, json).entry;
}

static struct lookup_question asks(const char *lookup, const char *number) {
    return (struct lookup_question){
        .lookup = text_of(lookup), .ground = T("SPD:6"), .number = text_of(number), .issue = T("LO-2026-17")};
}
static enum status answer_to(struct actor actor, const char *purpose, struct lookup_question q) {
    struct look look = {.purpose = text_of(purpose)};
    h.problem = (struct problem){0};
    return lookup_answer(room, &actor, &look, &q, &h.arena, &result, &h.problem);
}
static struct text value(const char *path) {
    for (size_t i = 0; i < result.values.count; i++)
        if (text_eq(result.values.items[i].path, text_of(path))) return result.values.items[i].value;
    return T("");
}
static struct lookup_notes notes(void) {
    struct actor dpo = who(&h, BOSS);
    struct lookup_notes all;
    dpo.roles[0] = T("data_protection_officer");
    enum status st = lookup_log(room, &dpo, T("data_protection"), 0, &h.arena, &all, &h.problem);
    if (st) house_say(&h, "log", st);
    assert_int_equal(st, STATUS_OK);
    return all;
}

// ---- stories

static void what_the_law_names_is_told_and_nothing_else(void **state) {
    (void)state;
    entry = permit(PERMIT("PN-100", "valid"));
    assert_ok(answer_to(labour_office(), "labour_check", asks("work_permission", "PN-100")));
    assert_int_equal(result.class, LOOKUP_FOUND);
    assert_int_equal(result.entry, entry);
    assert_true(text_starts(result.reference, T("PMT-")));
    assert_text(value("permit_status"), "valid");
    assert_text(value("valid_until"), "2028-12-31");
    assert_text(value("restrictions[0]"), "employer");
    assert_text(value("family_name"), ""); // the role may read it; this lookup does not tell it
    assert_int_equal(result.values.count, 6);

    struct actor watcher = who(&h, SECOND); // and whoever the entry is about: each look is in its own stream
    struct access_seen_list seen;
    const struct look look = {.purpose = T("data_protection")};
    watcher.roles[0] = T("data_protection_officer");
    assert_ok(registers_seen(registers, &watcher, &look, entry, 0, 10, &h.arena, &seen, &h.problem));
    assert_true(seen.count > 0);
    assert_text(seen.items[0].purpose, "labour_check");
    assert_text(seen.items[0].unit, "Labour office");
    assert_ok(answer_to(labour_office(), "labour_check", asks("work_permission", "PN-999")));
    assert_int_equal(result.class, LOOKUP_NOT_FOUND);
    assert_int_equal(result.values.count, 0);

    struct lookup_notes all = notes();
    assert_int_equal(all.count, 2);
    assert_text(all.items[0].class, "not_found");
    assert_text(all.items[1].class, "found");
    assert_text(all.items[1].side, "answered");
    assert_text(all.items[1].lookup, "work_permission");
    assert_text(all.items[1].ground, "SPD:6");
    assert_text(all.items[1].purpose, "labour_check");
    assert_text(all.items[1].unit, "Labour office");
}

// What was told is wrong: a ticket with a clock, at the authority that keeps the entry.
static void a_mistake_in_what_was_told_goes_back_to_its_keeper(void **state) {
    struct actor office = labour_office();
    const struct register_act report = {.kind = ACT_REPORT_FAULT,
                                        .look = {.purpose = T("labour_check")},
                                        .entry = entry,
                                        .reason = T("The employer is another one since May.")};
    struct register_done done;
    struct entry_view view;
    struct actor keeper = who(&h, OFFICER);
    const struct look look = {.purpose = T("register_keeping")};
    (void)state;
    enum status st = registers_do(registers, &office, &report, NULL, &h.arena, &done, &h.problem);
    if (st) house_say(&h, "report", st);
    assert_int_equal(st, STATUS_OK);
    keeper.roles[0] = T("register_keeper");
    assert_ok(registers_open_entry(registers, &keeper, &look, entry, NULL, &h.arena, &view, &h.problem));
    assert_int_equal(view.faults.count, 1);
    assert_text(view.faults.items[0].state, "open");
    assert_true(view.faults.items[0].due.ms > h.fixed.at.ms);
}

static void a_wrong_question_is_told_its_way_out(void **state) {
    (void)state;
    static const struct {
        const char *lookup, *purpose, *ground, *number, *name, *birth, *rule;
    } CASES[] = {
        {"everything", "labour_check", "SPD:6", "PN-100", "", "", "lookup_unknown"},
        {"residence_status", "labour_check", "LTR:8", "PN-100", "", "", "lookup_unknown"},
        {"work_permission", "labour_check", "", "PN-100", "", "", "lookup_ground"},
        {"work_permission", "labour_check", "GDPR:6", "PN-100", "", "", "lookup_ground"},
        {"work_permission", "labour_check", "SPD:6", "", "Verbenko", "1990-05-17", "lookup_number"},
        {"few", "labour_check", "SPD:6", "", "Verbenko", "1990", "lookup_key"},
        {"few", "labour_check", "SPD:6", "", "", "1990-05-17", "lookup_key"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct lookup_question q = {.lookup = text_of(CASES[i].lookup),
                                    .ground = text_of(CASES[i].ground),
                                    .number = text_of(CASES[i].number),
                                    .name = text_of(CASES[i].name),
                                    .birth = text_of(CASES[i].birth)};
        assert_status(answer_to(labour_office(), CASES[i].purpose, q), STATUS_INVALID);
        assert_string_equal(h.problem.rule, CASES[i].rule);
    }
    size_t before = notes().count;
    struct actor court = labour_office(); // the law of the register goes before
    court.roles[0] = T("court");
    assert_status(answer_to(court, "labour_check", asks("work_permission", "PN-100")), STATUS_REFUSED);
    assert_int_equal(notes().count, before);
}

static void several_are_not_told_apart_and_a_day_has_its_limit(void **state) {
    struct lookup_question by_name = {
        .lookup = T("few"), .ground = T("SPD:6"), .name = T("Olena Verbenko"), .birth = T("1990-05-17")};
    (void)state;
    assert_ok(answer_to(labour_office(), "labour_check", by_name));
    assert_int_equal(result.class, LOOKUP_FOUND);
    assert_int_equal(result.values.count, 1);
    permit(PERMIT("PN-101", "withdrawn"));
    assert_ok(answer_to(labour_office(), "labour_check", by_name));
    assert_int_equal(result.class, LOOKUP_SEVERAL);
    assert_int_equal(result.values.count, 0);
    assert_int_equal(result.reference.n, 0);
    assert_ok(answer_to(labour_office(), "labour_check", asks("few", "PN-101")));
    assert_status(answer_to(labour_office(), "labour_check", asks("few", "PN-101")), STATUS_BUSY);
    assert_string_equal(h.problem.rule, "lookup_wait");
    assert_ok(answer_to(labour_office(), "labour_check", asks("work_permission", "PN-101"))); // has its own
    pass_hours(&h, 25);
    assert_ok(answer_to(labour_office(), "labour_check", asks("few", "PN-101")));
}

static enum status ask_for(const char *lookup, uint32_t authority) {
    struct actor officer = who(&h, OFFICER);
    struct lookup_question q = asks(lookup, "PN-100");
    struct look look = {.purpose = T("labour_check")};
    officer.roles[0] = T("labour_officer");
    h.problem = (struct problem){0};
    return lookup_ask(asking, &officer, &look, authority, &q, &h.arena, &result, &h.problem);
}

static void both_sides_note_it_and_silence_is_named(void **state) {
    size_t at;
    (void)state;
    enum status st = ask_for("work_permission", 7);
    if (st) house_say(&h, "ask", st);
    assert_int_equal(result.class, LOOKUP_FOUND);
    assert_text(result.from, "Permit office");
    assert_text(value("permit_status"), "valid");
    assert_text(issue_sent, "LO-2026-17");
    assert_true(text_find(question_sent, T("\"ground\":\"SPD:6\""), &at));
    struct lookup_notes all = notes();
    assert_text(all.items[0].side, "asked");
    assert_text(all.items[0].class, "found");
    assert_int_equal(all.items[0].other, 7);
    assert_text(all.items[1].side, "answered");
    assert_text(all.items[2].class, "sent"); // before the question left

    mood = SAYS_TOO_MUCH;
    assert_ok(ask_for("work_permission", 7));
    assert_text(value("permit_status"), "valid");
    assert_text(value("family_name"), "");

    mood = IS_SILENT;
    assert_ok(ask_for("work_permission", 7));
    assert_int_equal(result.class, LOOKUP_NO_ANSWER);
    assert_string_equal(result.why, "timeout");
    assert_text(result.from, "Permit office");
    assert_text(notes().items[0].class, "no_answer");

    mood = SPEAKS_NONSENSE;
    assert_ok(ask_for("work_permission", 7));
    assert_string_equal(result.why, "unreadable");
    assert_int_equal(result.values.count, 0);

    assert_status(ask_for("work_permission", 8), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "lookup_authority");
    question_sent = T("");
    assert_status(ask_for("everything", 7), STATUS_INVALID);
    assert_text(question_sent, ""); // what the law does not know does not leave the house
}

static struct lookup_changes changes(int64_t after) {
    struct actor office = labour_office();
    struct look look = {.purpose = T("labour_check")};
    struct lookup_changes out;
    assert_ok(lookup_changed(room, &office, &look, after, &h.arena, &out, &h.problem));
    return out;
}

static void who_asked_is_told_that_it_changed_until_the_day_that_was_agreed(void **state) {
    struct lookup_question q = asks("work_permission", "PN-100");
    (void)state;
    q.watch_until = (struct date){2028, 1, 1};
    assert_status(answer_to(labour_office(), "labour_check", q), STATUS_INVALID); // longer than a year
    assert_string_equal(h.problem.rule, "lookup_watch");
    q.watch_until = (struct date){2026, 11, 30};
    assert_ok(answer_to(labour_office(), "labour_check", q));
    struct lookup_changes c = changes(0);
    assert_int_equal(c.count, 1);
    int64_t seen = c.next;
    assert_int_equal(changes(seen).count, 0);
    permit(PERMIT("PN-200", "valid")); // somebody else's
    assert_int_equal(changes(seen).count, 0);
    keeper_does((struct register_act){.kind = ACT_CORRECT, .entry = entry, .reason = T("New employer.")},
                PERMIT("PN-100", "withdrawn"));
    c = changes(seen);
    assert_int_equal(c.count, 1);
    assert_int_equal(c.items[0].entry, entry);
    assert_text(c.items[0].lookup, "work_permission");
    assert_text(c.items[0].state, "current");
    assert_int_equal(changes(seen).count, 1); // an answer that was lost is asked for again
    assert_int_equal(changes(c.next).count, 0);
    keeper_does((struct register_act){.kind = ACT_END, .entry = entry, .reason = T("Left.")}, NULL);
    c = changes(c.next);
    assert_int_equal(c.count, 1);
    struct actor former = labour_office(); // no longer a labour office
    struct look look = {.purpose = T("labour_check")};
    former.roles[0] = T("court");
    assert_ok(lookup_changed(room, &former, &look, seen, &h.arena, &c, &h.problem));
    assert_int_equal(c.count, 0);
    pass_hours(&h, 10 * 24);
    assert_int_equal(changes(seen).count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_law_names_is_told_and_nothing_else),
        cmocka_unit_test(a_mistake_in_what_was_told_goes_back_to_its_keeper),
        cmocka_unit_test(a_wrong_question_is_told_its_way_out),
        cmocka_unit_test(several_are_not_told_apart_and_a_day_has_its_limit),
        cmocka_unit_test(both_sides_note_it_and_silence_is_named),
        cmocka_unit_test(who_asked_is_told_that_it_changed_until_the_day_that_was_agreed),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
