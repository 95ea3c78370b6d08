// Policy officers change a copy of the law, and two of them put it into force.
#include "story.h"

#include "cases/draft.h"

static struct actor officer_of_policy(const struct house *h, int which) {
    struct actor a = who(h, which);
    a.roles[0] = T("policy");
    a.role_count = 1;
    return a;
}

static struct draft_result result;

static enum status try_draft(struct house *h, int which, struct draft_command c) {
    struct actor a = officer_of_policy(h, which);
    if (!c.reason.p) c.reason = T("The court asked for it.");
    h->problem = (struct problem){0};
    return cases_draft_do(h->cases, &a, &c, &h->arena, &result, &h->problem);
}

#define DRAFT(h, which, ...)                                                            \
    do {                                                                                \
        enum status st_ = try_draft((h), (which), (struct draft_command){__VA_ARGS__}); \
        if (st_) house_say((h), #__VA_ARGS__, st_);                                     \
        assert_int_equal(st_, STATUS_OK);                                               \
    } while (0)
#define NO_DRAFT(h, which, wanted, wanted_rule, ...)                                    \
    do {                                                                                \
        enum status st_ = try_draft((h), (which), (struct draft_command){__VA_ARGS__}); \
        if (st_ != (wanted)) house_say((h), #__VA_ARGS__, st_);                         \
        assert_int_equal(st_, wanted);                                                  \
        assert_string_equal((h)->problem.rule ? (h)->problem.rule : "", wanted_rule);   \
    } while (0)

static int64_t version_now(struct house *h) {
    struct pack_version_list v;
    assert_ok(cases_pack_versions(h->cases, &h->arena, &v));
    for (size_t i = 0; i < v.count; i++)
        if (v.items[i].is_now) return v.items[i].pack_version;
    return 0;
}

static int64_t a_draft(struct house *h) {
    DRAFT(h, OFFICER, .act = DRAFT_MAKE, .pack_version = version_now(h), .title = T("More days to lodge"));
    return result.draft;
}

static struct draft_view seen(struct house *h, int64_t draft) {
    struct draft_view v;
    assert_ok(cases_draft(h->cases, draft, &h->arena, &v));
    return v;
}

static struct text content_of(struct house *h, int64_t draft, const char *name, int64_t *revision) {
    struct bytes b = {0};
    assert_ok(cases_draft_file(h->cases, draft, text_of(name), &h->arena, &b, revision));
    return text_of_bytes(b);
}

static struct bytes reworded(struct house *h, struct text content, const char *from, const char *to) {
    size_t at;
    assert_true(text_find(content, text_of(from), &at));
    return bytes_of(TEXT_JOIN(&h->arena, text_slice(content, 0, at), text_of(to),
                              text_slice(content, at + strlen(from), content.n)));
}

// 28 days to lodge instead of 21.
static void with_more_days(struct house *h, int which, int64_t draft) {
    int64_t revision;
    struct text deadlines = content_of(h, draft, "deadlines.json", &revision);
    DRAFT(h, which, .act = DRAFT_SAVE, .draft = draft, .file = T("deadlines.json"), .based_on = revision,
          .content = reworded(h, deadlines, "\"count\": 21,", "\"count\": 28,"));
}

static const struct date DECEMBER = {2026, 12, 1};

static void asked(struct house *h, int which, int64_t draft) {
    DRAFT(h, which, .act = DRAFT_ASK, .draft = draft, .valid_from = DECEMBER, .number = T("1.1.0"));
}

static const char *law_of(struct house *h, int which, int64_t id) {
    struct case_file f;
    open_file(h, which, "own_file", id, &f);
    return text_c(&h->arena, pack_version(cases_pack_of(h->cases, f.pack_version)));
}

// ---- the way into force ----

static void a_draft_becomes_law_by_two_people(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t before = submitted(&h, APPLICANT), draft = a_draft(&h);
    with_more_days(&h, OFFICER, draft);
    asked(&h, OFFICER, draft);
    assert_text(seen(&h, draft).state, "asked");
    DRAFT(&h, SECOND, .act = DRAFT_RELEASE, .draft = draft, .seen = seen(&h, draft).version,
          .name = T("S. Second"));
    assert_text(seen(&h, draft).state, "released");
    assert_true(seen(&h, draft).pack_version == result.pack_version && result.pack_version);
    assert_text(pack_version(cases_pack(h.cases)), "1.0.0");
    pass_hours(&h, 24 * 11); // 2 December
    assert_text(pack_version(cases_pack(h.cases)), "1.1.0");
    int64_t after = submitted(&h, OTHER_APPLICANT);
    assert_string_equal(law_of(&h, APPLICANT, before), "1.0.0");
    assert_string_equal(law_of(&h, OTHER_APPLICANT, after), "1.1.0");
    story_ends(&h);
}

static void who_asks_does_not_release(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = a_draft(&h);
    with_more_days(&h, SECOND, draft);
    asked(&h, OFFICER, draft);
    NO_DRAFT(&h, OFFICER, STATUS_REFUSED, "four_eyes", .act = DRAFT_RELEASE, .draft = draft,
             .seen = seen(&h, draft).version, .name = T("O. Officer"));
    assert_text(seen(&h, draft).state, "asked");
    assert_int_equal(seen(&h, draft).pack_version, 0);
    story_ends(&h);
}

static void who_releases_signs_what_was_read(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = a_draft(&h);
    with_more_days(&h, OFFICER, draft);
    asked(&h, OFFICER, draft);
    int64_t version = seen(&h, draft).version;
    NO_DRAFT(&h, SECOND, STATUS_INVALID, "draft_signing_name", .act = DRAFT_RELEASE, .draft = draft,
             .seen = version, .name = T("O. Officer"));
    DRAFT(&h, SECOND, .act = DRAFT_RETURN, .draft = draft, .seen = version);
    int64_t revision;
    struct text deadlines = content_of(&h, draft, "deadlines.json", &revision);
    DRAFT(&h, OFFICER, .act = DRAFT_SAVE, .draft = draft, .file = T("deadlines.json"), .based_on = revision,
          .content = reworded(&h, deadlines, "\"count\": 28,", "\"count\": 27,"));
    asked(&h, OFFICER, draft);
    NO_DRAFT(&h, SECOND, STATUS_CONFLICT, "draft_changed", .act = DRAFT_RELEASE, .draft = draft,
             .seen = version, .name = T("S. Second"));
    story_ends(&h);
}

static void only_policy_officers_make_law(void **state) {
    (void)state;
    struct house h;
    struct draft_command c = {.act = DRAFT_MAKE, .title = T("Mine"), .reason = T("Because")};
    house_new(&h);
    struct actor officer = who(&h, OFFICER), program = officer_of_policy(&h, OFFICER);
    c.pack_version = version_now(&h);
    program.is_client = true;
    assert_int_equal(cases_draft_do(h.cases, &officer, &c, &h.arena, &result, &h.problem), STATUS_REFUSED);
    assert_int_equal(cases_draft_do(h.cases, &program, &c, &h.arena, &result, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "named_person");
    story_ends(&h);
}

// ---- with keys that must have signed ----

static struct bytes signature_of(struct house *h, int64_t draft, const struct note_signer *signer) {
    struct pack_files f;
    assert_ok(cases_draft_files(h->cases, draft, &h->arena, &f));
    return bytes_of(pack_sign(&h->arena, &f, signer));
}

// The packs that it needs were signed by their authors before.
static void sign_needed(struct house *h, struct pack_files *f, const struct note_signer *signer) {
    struct pack_files needed = {0};
    struct text below = T("needs/eu-common/");
    for (size_t i = 0; i < f->count; i++)
        if (text_starts(f->items[i].name, below))
            *ARENA_PUSH(&h->arena, &needed) = (struct pack_file){
                text_slice(f->items[i].name, below.n, f->items[i].name.n), f->items[i].content};
    *ARENA_PUSH(&h->arena, f) = (struct pack_file){TEXT_JOIN(&h->arena, below, PACK_SIGNATURE_FILE),
                                                   bytes_of(pack_sign(&h->arena, &needed, signer))};
}

static void two_people_do_not_replace_the_operators_key(void **state) {
    (void)state;
    struct house h;
    struct key seed = {.b = {7}}, other = {.b = {8}};
    struct note_signer signer, stranger;
    struct pack_files f;
    house_new(&h);
    assert_ok(note_signer_make(T("law.example/packs"), &seed, &signer));
    assert_ok(note_signer_make(T("law.example/packs"), &other, &stranger));
    struct pack_signers signers = {.keys = {signer.key}, .count = 1};
    struct cases_options co = {T("Office for Asylum"), T("https://asylum.example"), T("Europe/Brussels"),
                               .signers = &signers};
    assert_ok(pack_files_from_folder(&h.arena, "packs/eu-asylum", &f, &h.problem));
    sign_needed(&h, &f, &signer);
    assert_ok(cases_load_pack(h.cases, 0, &f, &h.arena, &h.problem));
    cases_close(h.cases);
    assert_ok(cases_open(h.journal, &co, &h.cases, &h.problem));
    int64_t draft = a_draft(&h);
    with_more_days(&h, OFFICER, draft);
    asked(&h, OFFICER, draft);
    NO_DRAFT(&h, SECOND, STATUS_INVALID, "signature_missing", .act = DRAFT_RELEASE, .draft = draft,
             .seen = seen(&h, draft).version, .name = T("S. Second"));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "signature_unknown", .act = DRAFT_SIGN, .draft = draft,
             .content = signature_of(&h, draft, &stranger));
    DRAFT(&h, OFFICER, .act = DRAFT_SIGN, .draft = draft, .content = signature_of(&h, draft, &signer));
    DRAFT(&h, SECOND, .act = DRAFT_RELEASE, .draft = draft, .seen = seen(&h, draft).version,
          .name = T("S. Second"));
    struct loaded_pack_list loaded;
    assert_ok(cases_loaded_packs(h.cases, &h.arena, &loaded));
    assert_text(loaded.items[0].signed_by, "law.example/packs");
    story_ends(&h);
}

// ---- what is refused ----

static void nobody_loses_what_was_written(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = a_draft(&h), revision;
    struct text deadlines = content_of(&h, draft, "deadlines.json", &revision);
    with_more_days(&h, OFFICER, draft);
    NO_DRAFT(&h, SECOND, STATUS_CONFLICT, "draft_changed", .act = DRAFT_SAVE, .draft = draft,
             .file = T("deadlines.json"), .based_on = revision,
             .content = reworded(&h, deadlines, "\"count\": 21,", "\"count\": 35,"));
    struct text now = content_of(&h, draft, "deadlines.json", &revision);
    size_t at;
    assert_true(text_find(now, T("\"count\": 28,"), &at));
    story_ends(&h);
}

static void what_is_broken_is_kept_and_not_released(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = a_draft(&h);
    DRAFT(&h, OFFICER, .act = DRAFT_SAVE, .draft = draft, .file = T("deadlines.json"),
          .content = bytes_of(T("{\"slip\": ")));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_broken", .act = DRAFT_ASK, .draft = draft,
             .valid_from = DECEMBER, .number = T("1.1.0"));
    story_ends(&h);
}

static void a_release_needs_a_change_a_day_and_a_number(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = a_draft(&h);
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_unchanged", .act = DRAFT_ASK, .draft = draft,
             .valid_from = DECEMBER, .number = T("1.1.0"));
    with_more_days(&h, OFFICER, draft);
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_number_taken", .act = DRAFT_ASK, .draft = draft,
             .valid_from = DECEMBER, .number = T("1.0.0"));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_number", .act = DRAFT_ASK, .draft = draft,
             .valid_from = DECEMBER, .number = T("1..0"));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_past", .act = DRAFT_ASK, .draft = draft,
             .valid_from = {2026, 11, 20}, .number = T("1.1.0"));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_reason", .act = DRAFT_ASK, .draft = draft,
             .valid_from = DECEMBER, .number = T("1.1.0"), .reason = T(" "));
    DRAFT(&h, OFFICER, .act = DRAFT_ASK, .draft = draft, .valid_from = {2026, 11, 20}, .number = T("1.1.0"),
          .past_reason = T("The law was published late."));
    int64_t revision;
    struct text deadlines = content_of(&h, draft, "deadlines.json", &revision);
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_state", .act = DRAFT_SAVE, .draft = draft,
             .file = T("deadlines.json"), .based_on = revision, .content = bytes_of(deadlines));
    story_ends(&h);
}

// A day that passes between asking and releasing is nobody's decision.
static void a_day_that_passed_meanwhile_is_asked_for_again(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = a_draft(&h);
    with_more_days(&h, OFFICER, draft);
    asked(&h, OFFICER, draft);
    pass_hours(&h, 24 * 11);
    NO_DRAFT(&h, SECOND, STATUS_INVALID, "draft_day_over", .act = DRAFT_RELEASE, .draft = draft,
             .seen = seen(&h, draft).version, .name = T("S. Second"));
    story_ends(&h);
}

// ---- files ----

static void files_come_and_go_with_their_line_in_the_list(void **state) {
    (void)state;
    struct house h;
    struct draft_files_view files;
    struct pack_files whole;
    struct pack *pack;
    int64_t revision;
    size_t at;
    house_new(&h);
    int64_t draft = a_draft(&h);
    struct text table = content_of(&h, draft, "decisions/priority.dmn", &revision);
    struct bytes other = reworded(&h, table, "id=\"priority", "id=\"second_priority");
    DRAFT(&h, OFFICER, .act = DRAFT_ADD, .draft = draft, .file = T("decisions/second.dmn"), .content = other);
    assert_true(text_find(content_of(&h, draft, "pack.json", &revision), T("decisions/second.dmn"), &at));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_file_there", .act = DRAFT_ADD, .draft = draft,
             .file = T("decisions/second.dmn"), .content = other);
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_file_name", .act = DRAFT_ADD, .draft = draft,
             .file = T("../second.dmn"), .content = other);
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_other_pack", .act = DRAFT_ADD, .draft = draft,
             .file = T("needs/other/decisions/second.dmn"), .content = other);
    content_of(&h, draft, "decisions/second.dmn", &revision);
    DRAFT(&h, OFFICER, .act = DRAFT_REMOVE, .draft = draft, .file = T("decisions/second.dmn"),
          .based_on = revision);
    DRAFT(&h, OFFICER, .act = DRAFT_REMOVE, .draft = draft, .file = T("decisions/priority.dmn"));
    assert_ok(cases_draft_names(h.cases, draft, &h.arena, &files));
    for (size_t i = 0; i < files.count; i++) {
        bool is_gone = text_eq(files.items[i].name, T("decisions/priority.dmn"));
        assert_false(text_eq(files.items[i].name, T("decisions/second.dmn")));
        if (is_gone) assert_int_equal(files.items[i].change, DRAFT_REMOVED);
        if (is_gone) revision = files.items[i].revision;
    }
    DRAFT(&h, OFFICER, .act = DRAFT_RESTORE, .draft = draft, .file = T("decisions/priority.dmn"),
          .based_on = revision);
    assert_ok(cases_draft_files(h.cases, draft, &h.arena, &whole));
    assert_ok(pack_read(&h.arena, &whole, &pack, &h.problem));
    pack_release(pack);
    story_ends(&h);
}

// ---- two drafts at once ----

static void a_second_draft_does_not_undo_the_first_release(void **state) {
    (void)state;
    struct house h;
    int64_t revision;
    house_new(&h);
    int64_t first = a_draft(&h), second = a_draft(&h), third = a_draft(&h);
    with_more_days(&h, OFFICER, first);
    with_more_days(&h, OFFICER, third);
    struct text priority = content_of(&h, second, "decisions/priority.dmn", &revision);
    DRAFT(&h, OFFICER, .act = DRAFT_SAVE, .draft = second, .file = T("decisions/priority.dmn"),
          .content = bytes_of(TEXT_JOIN(&h.arena, priority, T("<!-- looked at -->\n"))));
    asked(&h, OFFICER, first);
    DRAFT(&h, SECOND, .act = DRAFT_RELEASE, .draft = first, .seen = seen(&h, first).version,
          .name = T("s. second"));
    assert_true(seen(&h, second).is_behind);
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_behind", .act = DRAFT_ASK, .draft = second,
             .valid_from = DECEMBER, .number = T("1.2.0"));
    NO_DRAFT(&h, OFFICER, STATUS_INVALID, "draft_torn", .act = DRAFT_FOLLOW, .draft = third);
    DRAFT(&h, OFFICER, .act = DRAFT_FOLLOW, .draft = second);
    assert_false(seen(&h, second).is_behind);
    size_t at;
    assert_true(text_find(content_of(&h, second, "deadlines.json", &revision), T("\"count\": 28,"), &at));
    DRAFT(&h, OFFICER, .act = DRAFT_ASK, .draft = second, .valid_from = DECEMBER, .number = T("1.2.0"));
    DRAFT(&h, OFFICER, .act = DRAFT_DROP, .draft = third);
    story_ends(&h);
}

STORIES(cmocka_unit_test(a_draft_becomes_law_by_two_people), cmocka_unit_test(who_asks_does_not_release),
        cmocka_unit_test(who_releases_signs_what_was_read), cmocka_unit_test(only_policy_officers_make_law),
        cmocka_unit_test(two_people_do_not_replace_the_operators_key),
        cmocka_unit_test(nobody_loses_what_was_written),
        cmocka_unit_test(what_is_broken_is_kept_and_not_released),
        cmocka_unit_test(a_release_needs_a_change_a_day_and_a_number),
        cmocka_unit_test(a_day_that_passed_meanwhile_is_asked_for_again),
        cmocka_unit_test(files_come_and_go_with_their_line_in_the_list),
        cmocka_unit_test(a_second_draft_does_not_undo_the_first_release))
