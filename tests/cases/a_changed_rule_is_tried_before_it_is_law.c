// A policy officer adds a country to the table of safe countries of origin and sees whom that would concern,
// before anybody is told anything by the new table.
#include "cases/replay_inside.h"
#include "story.h"

static const char ADDED_FROM[] = "\"BGD\", \"COL\"", ADDED_TO[] = "\"BGD\", \"IRN\", \"COL\"";

static struct text changed(struct house *h, const char *from, const char *to) {
    struct pack_files files = {0};
    size_t at;
    assert_ok(pack_files_from_folder(&h->arena, "packs/eu-asylum", &files, &h->problem));
    const struct pack_file *f = pack_file_find(&files, T("decisions/suggest_track.dmn"));
    struct text whole = text_of_bytes(f->content);
    assert_true(text_find(whole, text_of(from), &at));
    return TEXT_JOIN(&h->arena, text_slice(whole, 0, at), text_of(to),
                     text_slice(whole, at + strlen(from), whole.n));
}

static struct actor policy_officer(void) {
    return (struct actor){.account = 900100,
                          .kind = ACTOR_STAFF,
                          .unit = T("Rules"),
                          .roles = {T("policy")},
                          .role_count = 1,
                          .second_factor = true};
}

static const struct look REVIEW = {.purpose = {"policy_review", sizeof "policy_review" - 1}};

static struct replay_order order_of(struct house *h, struct text file) {
    struct loaded_pack_list packs;
    assert_ok(cases_loaded_packs(h->cases, &h->arena, &packs));
    return (struct replay_order){.decision = T("suggest_track"),
                                 .before = packs.items[0].pack_version,
                                 .file_name = T("suggest_track.dmn"),
                                 .file = bytes_of(file),
                                 .moment = REPLAY_TODAY};
}

static int64_t started(struct house *h, const struct replay_order *o) {
    struct actor who_tries = policy_officer();
    int64_t run = 0;
    enum status st = replay_start(h->cases, &who_tries, &REVIEW, o, &h->arena, &run, &h->problem);
    if (st) house_say(h, "start", st);
    assert_int_equal(st, STATUS_OK);
    return run;
}

// Waits for the end; the caller leaves.
static struct replay_view ended(struct house *h, int64_t run) {
    struct actor who_tries = policy_officer();
    struct replay_view v;
    for (;;) {
        assert_ok(replay_enter(h->cases, &who_tries, &REVIEW, run, &h->arena, &v, &h->problem));
        if (v.state != REPLAY_RUNNING) return v;
        replay_leave(h->cases, run);
        usleep(1000);
    }
}

static int64_t carried(struct house *h, const char *number, const char *nationality) {
    const char *const answers[][2] = {{"family_name", "Example"},
                                      {"birth_date", "1980-02-03"},
                                      {"sex", "2"},
                                      {"nationalities[0]", nationality},
                                      {0}};
    DO(h, REGISTRAR, .kind = COMMAND_CARRY_OVER_CASE,
       .carry_over_case = {.origin = T("old register"),
                           .number = text_of(number),
                           .language = T("en"),
                           .answers = answers_of(&h->arena, answers),
                           .made_on = {2026, 7, 1},
                           .closed_on = {2026, 9, 1},
                           .outcome = T("")});
    return h->result.case_id;
}

// As many more as are told apart at all.
static int64_t many_carried(struct house *h, const char *nationality) {
    int64_t last = 0;
    for (int i = 0; i < REPLAY_SMALL; i++)
        last = carried(h, text_c(&h->arena, text_printf(&h->arena, "%s %d", nationality, i)), nationality);
    return last;
}

static void one_row_more_concerns_exactly_these_cases(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t open = with_officer(&h), draft = filled_draft(&h, OTHER_APPLICANT);
    int64_t closed[] = {carried(&h, "F 1", "IRN"), carried(&h, "F 3", "IRN"), carried(&h, "F 4", "IRN"),
                        carried(&h, "F 5", "IRN")};
    carried(&h, "F 2", "SYR");
    (void)draft;
    struct replay_order o = order_of(&h, changed(&h, ADDED_FROM, ADDED_TO));
    int64_t run = started(&h, &o);
    struct replay_view v = ended(&h, run);
    assert_int_equal(v.state, REPLAY_DONE);
    const struct replay_result *r = v.result;
    assert_int_equal(r->cases, 6);
    assert_int_equal(r->drafts, 1);
    assert_int_equal(r->changed, 5);
    assert_text(r->changes.items[0].before, "regular");
    assert_text(r->changes.items[0].after, "accelerated");
    assert_int_equal(r->changes.items[0].cases, 5);
    int64_t found = 0;
    for (size_t i = 0; i < r->changes.items[0].sample_count; i++)
        for (size_t k = 0; k < 5; k++)
            found += r->changes.items[0].samples[i].case_id == (k == 4 ? open : closed[k]);
    assert_int_equal(found, 5);
    assert_int_equal(r->reasons.count, 1); // the row, and not all that follows from it
    assert_int_equal(r->reasons.items[0].cause, REPLAY_RULE_CAME);
    assert_text(r->reasons.items[0].table, "safe origin");
    assert_int_equal(r->reasons.items[0].rule, 1);
    assert_true(r->reasons.items[0].note.n > 0);
    // One is from Syria: told apart from the others, the sum would tell of that case.
    assert_int_equal(r->groups[REPLAY_BY_NATIONALITY].count, 1);
    assert_text(r->groups[REPLAY_BY_NATIONALITY].items[0].value, "…");
    assert_int_equal(r->groups[REPLAY_BY_NATIONALITY].items[0].cases, 6);
    replay_leave(h.cases, run);
    story_ends(&h);
}

static void only_the_cases_that_were_asked_for(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    with_officer(&h);
    carried(&h, "F 1", "IRN");
    struct replay_order o = order_of(&h, changed(&h, ADDED_FROM, ADDED_TO));
    for (int stock = REPLAY_OPEN; stock <= REPLAY_CLOSED; stock++) {
        o.stock = (enum replay_stock)stock;
        struct replay_view v = ended(&h, started(&h, &o));
        assert_int_equal(v.result->cases, 1);
        assert_int_equal(v.result->outside_stock, 1);
        replay_leave(h.cases, v.run);
    }
    story_ends(&h);
}

static void a_row_that_goes_and_a_row_that_changes_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
        enum replay_cause cause;
        const char *table;
    } CHANGES[] = {
        {"\"IRN\", \"COL\"", "\"COL\"", REPLAY_RULE_WENT, "safe origin"},
        {"<text>\"accelerated\"</text></outputEntry>\n        <annotationEntry><text>Regulation (EU) "
         "2024/1348, Art. 42;",
         "<text>\"admissibility\"</text></outputEntry>\n        <annotationEntry><text>Regulation (EU) "
         "2024/1348, Art. "
         "42;",
         REPLAY_RULE_CHANGED, "suggested track"},
        {"<text>safe origin</text>", "<text>not(safe origin)</text>", REPLAY_LOGIC, "track facts"},
    };
    struct house h;
    house_new(&h);
    struct text with_country = changed(&h, ADDED_FROM, ADDED_TO);
    struct pack_files files = {0};
    assert_ok(pack_files_from_folder(&h.arena, "packs/eu-asylum", &files, &h.problem));
    for (size_t i = 0; i < files.count; i++)
        if (text_eq(files.items[i].name, T("decisions/suggest_track.dmn")))
            files.items[i].content = bytes_of(with_country);
    assert_ok(cases_load_pack(h.cases, 0, &files, &h.arena, &h.problem));
    many_carried(&h, "IRN");
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        size_t at;
        if (!text_find(with_country, text_of(CHANGES[i].from), &at)) fail_msg("no %s", CHANGES[i].from);
        struct text again = TEXT_JOIN(&h.arena, text_slice(with_country, 0, at), text_of(CHANGES[i].to),
                                      text_slice(with_country, at + strlen(CHANGES[i].from), with_country.n));
        struct replay_order o = order_of(&h, again);
        struct replay_view v = ended(&h, started(&h, &o));
        assert_int_equal(v.result->changed, REPLAY_SMALL);
        assert_int_equal(v.result->reasons.items[0].cause, CHANGES[i].cause);
        assert_text(v.result->reasons.items[0].table, CHANGES[i].table);
        replay_leave(h.cases, v.run);
    }
    story_ends(&h);
}

static void mistakes_name_the_way_out(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    with_officer(&h);
    struct actor who_tries = policy_officer();
    struct text file = changed(&h, ADDED_FROM, ADDED_TO);
    struct replay_order good = order_of(&h, file), o;
    int64_t run;
#define MISTAKE(wanted)                                                                           \
    do {                                                                                          \
        h.problem = (struct problem){0};                                                          \
        assert_status(replay_start(h.cases, &who_tries, &REVIEW, &o, &h.arena, &run, &h.problem), \
                      STATUS_INVALID);                                                            \
        assert_string_equal(h.problem.rule, wanted);                                              \
    } while (0)
    o = good, o.decision = T("weather");
    MISTAKE("replay_decision");
    assert_true(h.problem.args[2].value.n > 20); // which there are
    o = good, o.before = 999999;
    MISTAKE("replay_version");
    o = good, o.file_name = T("weather.dmn");
    MISTAKE("replay_file");
    o = good, o.file_name = T("");
    o.after = o.before;
    MISTAKE("replay_same");
    o = good, o.file = bytes_of(changed(&h, "case.made_on", "case..made_on"));
    assert_status(replay_start(h.cases, &who_tries, &REVIEW, &o, &h.arena, &run, &h.problem), STATUS_INVALID);
    assert_true(h.problem.line > 0);
    // An input that no case has; and a member of one that there is, which is only pointed out.
    o = good, o.file = bytes_of(changed(&h, "name=\"flags\">", "name=\"weather\">"));
    struct text renamed = text_of_bytes(o.file), all = T("");
    for (size_t at; text_find(renamed, T("flags."), &at); renamed = text_slice(renamed, at + 6, renamed.n))
        all = TEXT_JOIN(&h.arena, all, text_slice(renamed, 0, at), T("weather."));
    all = TEXT_JOIN(&h.arena, all, renamed);
    o.file = bytes_of(all);
    MISTAKE("replay_input");
    o = good, o.file = bytes_of(changed(&h, "<text>case.made_on</text>", "<text>case.moved_on</text>"));
    struct replay_view v = ended(&h, started(&h, &o));
    assert_int_equal(v.result->unknown.count, 1);
    assert_text(v.result->unknown.items[0], "case.moved_on");
    replay_leave(h.cases, v.run);
    story_ends(&h);
}

static bool logged(struct house *h, const struct event_type *type, const char *what) {
    struct db *db;
    struct event *events;
    size_t count;
    bool found = false;
    assert_ok(store_reader(h->store, &db));
    assert_ok(journal_stream(h->journal, db, 0, 0, 1000, &h->arena, &events, &count));
    for (size_t i = 0; i < count; i++)
        found |= events[i].type == type && text_eq(event_text(&events[i], "what"), text_of(what)) &&
                 text_eq(event_text(&events[i], "purpose"), T("policy_review"));
    store_reader_release(h->store, db);
    return found;
}

static void who_tries_rules_sees_numbers_and_no_file(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = with_officer(&h), other = submitted(&h, OTHER_APPLICANT);
    for (int i = 0; i < REPLAY_SMALL - 2; i++)
        carried(&h, text_c(&h.arena, text_printf(&h.arena, "F %d", i)), "IRN");
    struct actor who_tries = policy_officer(), officer = who(&h, OFFICER), boss = who(&h, BOSS);
    struct replay_order o = order_of(&h, changed(&h, ADDED_FROM, ADDED_TO));
    struct replay_views list;
    struct replay_ways w;
    struct case_file f;
    int64_t run;
    assert_status(replay_start(h.cases, &officer, &REVIEW, &o, &h.arena, &run, &h.problem), STATUS_REFUSED);
    assert_true(logged(&h, &ACCESS_REFUSED, "replay_rules"));
    assert_false(logged(&h, &ACCESS_READ, "replay"));
    run = started(&h, &o);
    assert_true(logged(&h, &ACCESS_READ, "replay"));
    struct replay_view v = ended(&h, run);
    assert_int_equal(v.result->changed, REPLAY_SMALL);
    replay_leave(h.cases, run);
    assert_status(replay_list(h.cases, &officer, &REVIEW, &h.arena, &list, &h.problem), STATUS_REFUSED);
    assert_ok(replay_list(h.cases, &boss, &REVIEW, &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 1);
    // The policy officer opens no case, whatever the purpose; the supervisor does, and that stays in its
    // file.
    assert_int_equal(replay_sample_purpose(h.cases, &who_tries).n, 0);
    struct look look = {.purpose = T("supervision")};
    assert_status(replay_open_sample(h.cases, &who_tries, &REVIEW, &look, run, id, &h.arena, &w, &h.problem),
                  STATUS_REFUSED);
    assert_status(replay_open_sample(h.cases, &boss, &REVIEW, &look, run, id + 1, &h.arena, &w, &h.problem),
                  STATUS_NOT_FOUND); // no number of the result
    assert_ok(replay_open_sample(h.cases, &boss, &REVIEW, &look, run, other, &h.arena, &w, &h.problem));
    assert_text(w.before, "regular");
    assert_text(w.after, "accelerated");
    assert_true(w.is_change && w.trace_before.count && w.trace_after.count);
    open_file(&h, OTHER_APPLICANT, "own_file", other, &f);
    bool seen = false;
    for (size_t i = 0; i < f.traces.count; i++) seen |= text_eq(f.traces.items[i].what, T("suggestion"));
    assert_true(seen);
    story_ends(&h);
}

static struct text replaced(struct house *h, struct text whole, const char *from, const char *to) {
    size_t at;
    if (!text_find(whole, text_of(from), &at)) fail_msg("no %s", from);
    return TEXT_JOIN(&h->arena, text_slice(whole, 0, at), text_of(to),
                     text_slice(whole, at + strlen(from), whole.n));
}

// A table whose row returns something that it reads, by which officers would learn what people said.
static struct text telling(struct house *h, const char *row, const char *what) {
    static const char *const FREE[][2] = {
        {"name=\"suggested track\" typeRef=\"t_track\"/>",
         "name=\"suggested track\"/><informationRequirement id=\"tells_case\"><requiredInput href=\"#case\"/>"
         "</informationRequirement><informationRequirement id=\"tells_applicant\">"
         "<requiredInput href=\"#applicant\"/></informationRequirement>"},
        {"<outputValues id=\"suggest_track_output_1_values\"><text>\"admissibility\", \"accelerated\", "
         "\"regular\"</text></outputValues>",
         ""},
        {"<output id=\"suggest_track_output_1\" typeRef=\"t_track\">",
         "<output id=\"suggest_track_output_1\">"},
    };
    struct text t = changed(h, "suggest_track_table\" hitPolicy=\"PRIORITY\"",
                            "suggest_track_table\" hitPolicy=\"FIRST\"");
    for (size_t i = 0; i < sizeof FREE / sizeof *FREE; i++) t = replaced(h, t, FREE[i][0], FREE[i][1]);
    const char *id = strcmp(row, "regular")
                         ? "<outputEntry id=\"track_accelerated_out_1\"><text>\"accelerated\""
                         : "<outputEntry id=\"track_regular_out_1\"><text>\"regular\"";
    return replaced(h, t, id,
                    text_c(&h->arena, TEXT_JOIN(&h->arena, T("<outputEntry><text>"), text_of(what))));
}

static void assert_nobodys_words(const struct replay_result *r, const char *word) {
    size_t at;
    for (size_t i = 0; i < r->codes.count; i++)
        assert_false(text_find(r->codes.items[i].code, text_of(word), &at));
    for (size_t i = 0; i < r->changes.count; i++) {
        const struct replay_change *c = &r->changes.items[i];
        assert_false(text_find(c->before, text_of(word), &at) || text_find(c->after, text_of(word), &at));
        if (text_eq(c->after, T("…"))) assert_int_equal(c->sample_count, 0);
    }
}

static void a_table_that_returns_what_people_said_tells_nothing(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    many_carried(&h, "BGD");
    struct actor who_tries = policy_officer(), elsewhere = who(&h, BOSS);
    struct look look = {.purpose = T("supervision")};
    struct replay_ways w;
    int64_t run;
    // The number of each case: refused, for it asks about one person.
    struct replay_order o = order_of(&h, telling(&h, "accelerated", "case.number"));
    assert_status(replay_start(h.cases, &who_tries, &REVIEW, &o, &h.arena, &run, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "replay_number");
    // So is all of the case at once.
    o.file = bytes_of(telling(&h, "accelerated", "string(case)"));
    assert_status(replay_start(h.cases, &who_tries, &REVIEW, &o, &h.arena, &run, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "replay_number");
    // What everybody has in common is short and frequent, and shown.
    o.file = bytes_of(telling(&h, "accelerated", "string(applicant.birth_date)"));
    struct replay_view v = ended(&h, started(&h, &o));
    assert_int_equal(v.result->changed, REPLAY_SMALL);
    assert_text(v.result->changes.items[0].after, "1980-02-03");
    replay_leave(h.cases, v.run);
    // Long texts are not.
    o.file =
        bytes_of(telling(&h, "accelerated",
                         "\"The harbour, and the long way home from it: \" + string(applicant.birth_date)"));
    v = ended(&h, started(&h, &o));
    assert_int_equal(v.result->changed, REPLAY_SMALL);
    assert_int_equal(v.result->changes.count, 1);
    assert_text(v.result->changes.items[0].after, "…");
    assert_nobodys_words(v.result, "1980");
    replay_leave(h.cases, v.run);
    // Nor what one alone has.
    int64_t id = with_officer(&h);
    o.file = bytes_of(telling(&h, "regular", "case.nationality"));
    v = ended(&h, started(&h, &o));
    assert_int_equal(v.result->changed, 1);
    assert_nobodys_words(v.result, "IRN");
    replay_leave(h.cases, v.run);
    for (int i = 1; i < REPLAY_SMALL; i++)
        carried(&h, text_c(&h.arena, text_printf(&h.arena, "F %d", i)), "IRN");
    v = ended(&h, started(&h, &o));
    run = v.run;
    assert_text(v.result->changes.items[0].after, "IRN");
    replay_leave(h.cases, run);
    // A supervisor of another unit opens a case without what was said in it.
    elsewhere.unit = T("South");
    assert_ok(replay_open_sample(h.cases, &elsewhere, &REVIEW, &look, run, id, &h.arena, &w, &h.problem));
    assert_true(w.is_without_values && w.trace_after.count);
    assert_text(w.after, "IRN"); // as the result shows it already
    size_t chosen = 0;
    for (size_t i = 0; i < w.trace_after.count; i++) {
        const struct dmn_step *s = &w.trace_after.items[i];
        assert_true(s->value.kind == FEEL_NULL && !s->input_count);
        for (size_t k = 0; k < s->rule_count; k++) {
            chosen += s->rules[k].chosen;
            assert_int_equal(s->rules[k].output_count, 0);
        }
    }
    assert_true(chosen > 0);
    story_ends(&h);
}

// The operator, who holds the keys, is told each result.
static void what_few_have_is_one_line_for_statistics_only(void **state) {
    (void)state;
    static const char *const ASKED[] = {"suggest_track", "track_grounds", "priority",
                                        "plausibility",  "completeness",  "channel"};
    struct house h;
    house_new(&h);
    many_carried(&h, "SYR");
    carried(&h, "F 1", "IRN");
    struct pack_files files = {0};
    struct pack *new;
    assert_ok(pack_files_from_folder(&h.arena, "packs/eu-asylum", &files, &h.problem));
    for (size_t i = 0; i < files.count; i++)
        if (text_eq(files.items[i].name, T("decisions/suggest_track.dmn")))
            files.items[i].content = bytes_of(changed(&h, ADDED_FROM, ADDED_TO));
    assert_ok(pack_read(&h.arena, &files, &new, &h.problem));
    for (int is_officer = 0; is_officer < 2; is_officer++) {
        struct replay_question q = {.before = cases_pack(h.cases),
                                    .after = new,
                                    .decision = T("suggest_track"),
                                    .moment = REPLAY_TODAY,
                                    .now = h.fixed.at,
                                    .zone = T("Europe/Brussels"),
                                    .threads = 1,
                                    .for_statistics = is_officer};
        struct replay_result r;
        assert_ok(replay_run(h.store, &q, NULL, &h.arena, &r, &h.problem));
        assert_int_equal(r.changed, 1);
        assert_int_equal(r.changes.count, 2);
        assert_true(r.changes.items[0].is_change);
        assert_int_equal(r.changes.items[0].cases, 1);
        assert_int_equal(r.changes.items[0].sample_count, is_officer ? 0 : 1);
        assert_text(r.changes.items[0].after, is_officer ? "…" : "accelerated");
        assert_text(r.reasons.items[0].table, is_officer ? "…" : "safe origin");
        assert_int_equal(r.codes.count, 2); // the usual one, and this
        assert_text(r.codes.items[1].code, is_officer ? "…" : "accelerated");
        assert_int_equal(r.codes.items[1].gained, 1);
        // One Iranian among Syrians would be what is missing in the sum.
        assert_int_equal(r.groups[REPLAY_BY_NATIONALITY].count, 1);
        assert_true(r.groups[REPLAY_BY_NATIONALITY].items[0].is_few);
    }
    // The law in force reads no case's number, so each of its questions may be tried.
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        struct replay_question q = {.before = cases_pack(h.cases),
                                    .after = new,
                                    .decision = text_of(ASKED[i]),
                                    .zone = T("Europe/Brussels"),
                                    .for_statistics = true};
        assert_ok(replay_check(h.store, &q, &h.arena, &h.problem));
    }
    pack_release(new);
    story_ends(&h);
}

// Groups as {cases, changed}, and what is left of them, the joined ones last.
static void no_group_is_what_is_missing_in_the_sum(void **state) {
    (void)state;
    static const struct {
        int64_t in[4][2], out[4][2]; // changed -1: few
    } GROUPS[] = {
        {{{90, 9}, {80, 8}, {70, 7}}, {{70, 7}, {80, 8}, {90, 9}}},        // nothing to hide
        {{{90, 9}, {80, 8}, {2, 0}}, {{90, 9}, {82, 8}}},                  // the next one joins
        {{{90, 9}, {80, 8}, {2, 0}, {3, 2}}, {{80, 8}, {90, 9}, {5, -1}}}, // two hide each other
        {{{90, 9}, {80, 3}, {70, 4}}, {{70, -1}, {80, -1}, {90, 9}}},      // so do these
        {{{90, 9}, {80, 3}, {70, 7}}, {{90, 9}, {150, 10}}},               // and this one does not alone
        {{{90, 9}, {80, 3}, {3, 0}, {2, 0}}, {{90, 9}, {85, -1}}},         // it joins who is joined
        {{{4, 2}}, {{4, -1}}},                                             // there is nobody else
    };
    static const char *const NAMES[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++) {
        struct replay_group items[4] = {0};
        struct replay_groups g = {.items = items};
        for (; g.count < 4 && GROUPS[i].in[g.count][0]; g.count++)
            items[g.count] = (struct replay_group){text_of(NAMES[g.count]), GROUPS[i].in[g.count][0],
                                                   GROUPS[i].in[g.count][1], false};
        tally_hide_small(&g);
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(k < g.count ? items[k].cases : 0, GROUPS[i].out[k][0]);
            assert_int_equal(k >= g.count ? 0 : items[k].is_few ? -1 : items[k].changed, GROUPS[i].out[k][1]);
        }
    }
}

static void an_erased_person_is_left_out(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = carried(&h, "F 1", "IRN");
    struct actor system = actor_system();
    struct command c = {.kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    enum status st = cases_do(h.cases, &system, &c, &h.arena, &h.result, &h.problem);
    if (st) house_say(&h, "erase", st);
    assert_int_equal(st, STATUS_OK);
    struct replay_order o = order_of(&h, changed(&h, ADDED_FROM, ADDED_TO));
    struct replay_view v = ended(&h, started(&h, &o));
    assert_int_equal(v.result->cases, 0);
    assert_int_equal(v.result->erased, 1);
    replay_leave(h.cases, v.run);
    story_ends(&h);
}

// A rule that counts for seconds is stopped at the next case, and no other run begins meanwhile.
static void a_rule_that_never_ends_is_stopped(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    static const char *const FROM[] = {"IRN", "SYR", "AFG", "ERI", "SOM", "IRQ", "TUR", "NGA", "COL", "BGD"};
    for (size_t i = 0; i < sizeof FROM / sizeof *FROM; i++) carried(&h, FROM[i], FROM[i]);
    struct actor who_tries = policy_officer();
    struct replay_order o = order_of(
        &h,
        changed(&h, "<text>case.made_on</text>",
                "<text>if count(for i in 1..900000 return i * string length(case.nationality)) &gt; 0 then "
                "case.made_on else null</text>"));
    int64_t run = started(&h, &o), other;
    assert_status(replay_start(h.cases, &who_tries, &REVIEW, &o, &h.arena, &other, &h.problem),
                  STATUS_INVALID);
    assert_string_equal(h.problem.rule, "replay_busy");
    assert_ok(replay_cancel(h.cases, &who_tries, &REVIEW, run, &h.problem));
    struct replay_view v = ended(&h, run);
    assert_int_equal(v.state, REPLAY_STOPPED);
    assert_null(v.result);
    replay_leave(h.cases, run);
    story_ends(&h);
}

// The house may close while a run goes on; and many results do not pile up.
static void runs_are_stopped_and_forgotten(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    with_officer(&h);
    struct actor who_tries = policy_officer();
    struct replay_order o = order_of(&h, changed(&h, ADDED_FROM, ADDED_TO));
    struct replay_views list;
    int64_t first = 0;
    for (int i = 0; i < REPLAY_KEPT_MAX + 3; i++) {
        int64_t run = started(&h, &o);
        if (!first) first = run;
        ended(&h, run);
        replay_leave(h.cases, run);
    }
    struct replay_view v;
    assert_status(replay_enter(h.cases, &who_tries, &REVIEW, first, &h.arena, &v, &h.problem),
                  STATUS_NOT_FOUND);
    assert_ok(replay_list(h.cases, &who_tries, &REVIEW, &h.arena, &list, &h.problem));
    assert_int_equal(list.count, REPLAY_KEPT_MAX);
    int64_t run = started(&h, &o);
    assert_ok(replay_cancel(h.cases, &who_tries, &REVIEW, run, &h.problem));
    assert_status(replay_cancel(h.cases, &who_tries, &REVIEW, 12345, &h.problem), STATUS_NOT_FOUND);
    ended(&h, run);
    replay_leave(h.cases, run);
    started(&h, &o);
    story_ends(&h);
}

STORIES(cmocka_unit_test(one_row_more_concerns_exactly_these_cases),
        cmocka_unit_test(only_the_cases_that_were_asked_for),
        cmocka_unit_test(a_row_that_goes_and_a_row_that_changes_are_told_apart),
        cmocka_unit_test(mistakes_name_the_way_out),
        cmocka_unit_test(who_tries_rules_sees_numbers_and_no_file),
        cmocka_unit_test(a_table_that_returns_what_people_said_tells_nothing),
        cmocka_unit_test(what_few_have_is_one_line_for_statistics_only),
        cmocka_unit_test(no_group_is_what_is_missing_in_the_sum),
        cmocka_unit_test(an_erased_person_is_left_out), cmocka_unit_test(a_rule_that_never_ends_is_stopped),
        cmocka_unit_test(runs_are_stopped_and_forgotten))
