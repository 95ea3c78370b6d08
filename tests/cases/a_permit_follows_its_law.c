// The law of the residence permit changes by loading a pack, and by nothing else: a time limit, a question, a
// letter and a gateway. Cases that run keep the law of their day, to the letter.
#include "other_pack.h"
#include "words.h"

static void load_residence(struct house *h, struct pack_files *files) {
    enum status st = cases_load_pack(h->cases, 0, files, &h->arena, &h->problem);
    if (st) house_say(h, "residence", st);
    assert_int_equal(st, STATUS_OK);
}

static struct pack_files residence(struct house *h) {
    struct pack_files files = {0};
    assert_ok(pack_files_from_folder(&h->arena, "packs/residence", &files, &h->problem));
    return files;
}

static const char NEW_QUESTION[] =
    "\"components\": [{\"type\": \"radio\", \"id\": \"Field_assess_fee_0\", \"key\": \"told\","
    " \"label\": \"form.assess_fee.told.label\", \"validate\": {\"required\": true},"
    " \"values\": [{\"label\": \"form.option.yes\", \"value\": \"yes\"}],"
    " \"properties\": {\"purpose\": \"asylum_examination\", \"need\": \"CASE_WORK\", \"class\": "
    "\"identity\"}},";
static const char NEW_PARAGRAPH[] =
    "{\"kind\": \"paragraph\", \"text\": \"letter.permit_fee.small\"}, {\"kind\": \"paragraph\","
    " \"text\": \"letter.permit_fee.intro\"}";

// From tomorrow: three weeks to pay, the counter says whether the person was told, the letter has a sentence
// more, and small fees are not asked for at all.
static void load_next(struct house *h) {
    struct pack_files f = residence(h);
    struct arena *a = &h->arena;
    other_say(a, &f, "pack.json", "\"version\": \"1.0.0\"", "\"version\": \"1.1.0\"");
    other_say(a, &f, "pack.json", "\"valid_from\": \"2026-05-21\"", "\"valid_from\": \"2026-11-22\"");
    other_say(a, &f, "deadlines.json", "\"trigger\": \"fee_asked\",\n      \"count\": 14",
              "\"trigger\": \"fee_asked\",\n      \"count\": 21");
    other_say(a, &f, "forms/assess_fee.form", "\"components\": [", NEW_QUESTION);
    other_say(a, &f, "letters/fee_notice.json",
              "{\"kind\": \"paragraph\", \"text\": \"letter.permit_fee.intro\"}", NEW_PARAGRAPH);
    other_say(a, &f, "processes/residence.bpmn", "=task.assess_fee.fee_due = \"yes\"",
              "=task.assess_fee.fee_due = \"yes\" and task.assess_fee.amount &gt;= 100");
    static const char *const LANGUAGES[] = {"ar", "en", "fa", "fr", "uk"};
    for (size_t i = 0; i < 5; i++)
        other_say(
            a, &f, text_c(a, text_printf(a, "texts/%s.po", LANGUAGES[i])), "msgid \"pack.title\"",
            "msgid \"form.assess_fee.told.label\"\nmsgstr \"Told?\"\n\n"
            "msgid \"letter.permit_fee.small\"\nmsgstr \"Small fees are gone.\"\n\nmsgid \"pack.title\"");
    load_residence(h, &f);
}

// An application for a single permit, at the step where the fee is set.
static int64_t permit_asked_for(struct house *h, int account) {
    static const char *const ANSWERS[][2] = {{"kind", "first"},          {"purpose", "work"},
                                             {"family_name", "Sample"},  {"birth_date", "1994"},
                                             {"birth_country", "SYR"},   {"sex", "2"},
                                             {"civil_status", "single"}, {"nationalities[0]", "SYR"},
                                             {"languages[0]", "ara"},    {"reading", "yes"},
                                             {"channel", "online"},      {"address", "Harbour Road 7"},
                                             {"employer", "Bakery"},     {"occupation", "Baker"},
                                             {"wage", "2600"},           {"work_from", "2027-01-01"},
                                             {"income", "2600"},         {"housing", "Two rooms"},
                                             {"has_record", "no"},       {0}};
    DO(h, account, .kind = COMMAND_START_APPLICATION,
       .start_application = {.language = T("en"), .procedure = T("residence")});
    int64_t id = h->result.case_id;
    DO(h, account, .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
       .save_answers = {.answers = answers_of(&h->arena, ANSWERS)});
    DO(h, account, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    assigned(h, id);
    assert_true(is_at(h, id, "assess_fee"));
    return id;
}

// The end of that day in December, in Brussels.
static int64_t end_of(int day) {
    return (date_to_days((struct date){2026, 12, day}) * 24 + 23) * INT64_C(3600000);
}

static int64_t fee_due(struct house *h, int64_t id) {
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    for (size_t i = 0; i < f.clocks.count; i++)
        if (text_eq(f.clocks.items[i].deadline, T("fee"))) return f.clocks.items[i].due.ms;
    return 0;
}

// In how many rows the new letter's sentence stands; those of the pack itself count too.
static int sentences(struct house *h) {
    return words_in(h->store, "Small fees are gone.").rows;
}

static void four_changes_reach_new_cases_alone(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    struct pack_files files = residence(&h);
    load_residence(&h, &files);
    int64_t old = permit_asked_for(&h, APPLICANT);
    load_next(&h);
    pass_hours(&h, 24);
    int in_pack = sentences(&h);
    int64_t small = permit_asked_for(&h, OTHER_APPLICANT), large = permit_asked_for(&h, OTHER_APPLICANT);

    // The old case: old question, old gateway, old letter, old time, though it goes on after the change.
    COMPLETE(&h, REGISTRAR, old, "assess_fee", {"fee_due", "yes"}, {"amount", "70"});
    assert_false(is_at(&h, old, "check_completeness"));
    assert_string_equal(status_word(&h, old), "NEEDS_YOU");
    assert_int_equal(fee_due(&h, old), end_of(7)); // 14 days end on Sunday the 6th
    assert_int_equal(sentences(&h), in_pack);

    // New cases: the question is needed, a small fee is passed over, a large one has three weeks.
    static const char *const OLD_WORDS[][2] = {{"fee_due", "yes"}, {"amount", "70"}, {0}};
    REFUSED(&h, REGISTRAR, STATUS_INVALID, "required", .kind = COMMAND_COMPLETE_TASK, .case_id = small,
            .complete_task = {task_at(&h, small, "assess_fee"), answers_of(&h.arena, OLD_WORDS)});
    assert_string_equal(h.problem.field, "told");
    COMPLETE(&h, REGISTRAR, small, "assess_fee", {"told", "yes"}, {"fee_due", "yes"}, {"amount", "70"});
    assert_true(is_at(&h, small, "check_completeness"));
    COMPLETE(&h, REGISTRAR, large, "assess_fee", {"told", "yes"}, {"fee_due", "yes"}, {"amount", "140"});
    assert_false(is_at(&h, large, "check_completeness"));
    assert_int_equal(fee_due(&h, small), 0);
    assert_int_equal(fee_due(&h, large), end_of(14));
    assert_int_equal(sentences(&h), in_pack + 1);
    story_ends(&h);
}

STORIES(cmocka_unit_test(four_changes_reach_new_cases_alone))
