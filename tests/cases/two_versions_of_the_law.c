// Two versions of the pack side by side: the day that the newer one names says on which a case runs.
#include "story.h"

// The shipped pack as version 2.0.0 from December on, with 28 days to lodge instead of 21.
static struct pack_files changed(struct house *h, const char *chosen_by) {
    struct pack_files f;
    assert_ok(pack_files_from_folder(&h->arena, "packs/eu-asylum", &f, &h->problem));
    static const char *const CHANGES[][3] = {
        {"pack.json", "\"version\": \"1.0.0\",", NULL},
        {"pack.json", "\"valid_from\": \"2026-06-12\"", "\"valid_from\": \"2026-12-01\""},
        {"deadlines.json", "\"count\": 21,", "\"count\": 28,"},
    };
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        struct text to =
            CHANGES[i][2]
                ? text_of(CHANGES[i][2])
                : text_printf(&h->arena, "\"version\": \"2.0.0\", \"chosen_by\": \"%s\",", chosen_by);
        for (size_t k = 0; k < f.count; k++) {
            struct text content = text_of_bytes(f.items[k].content);
            size_t at;
            if (!text_eq(f.items[k].name, text_of(CHANGES[i][0]))) continue;
            assert_true(text_find(content, text_of(CHANGES[i][1]), &at));
            f.items[k].content =
                bytes_of(TEXT_JOIN(&h->arena, text_slice(content, 0, at), to,
                                   text_slice(content, at + strlen(CHANGES[i][1]), content.n)));
        }
    }
    return f;
}

static void load(struct house *h, const struct pack_files *f) {
    enum status st = cases_load_pack(h->cases, 0, f, &h->arena, &h->problem);
    if (st) house_say(h, "pack", st);
    assert_int_equal(st, STATUS_OK);
}

static void load_second(struct house *h, const char *chosen_by) {
    struct pack_files f = changed(h, chosen_by);
    load(h, &f);
}

static const char *version_of(struct house *h, int which, int64_t id) {
    struct case_file f;
    open_file(h, which, "own_file", id, &f);
    return text_c(&h->arena, pack_version(cases_pack_of(h->cases, f.pack_version)));
}

static void registered_on(struct house *h, int64_t id, struct date made_on) {
    DO(h, REGISTRAR, .kind = COMMAND_REGISTER_APPLICATION, .case_id = id,
       .register_application = {
           .made_on = made_on, .made_at_place = T("Harbour police"), .identity_checked = true});
}

// How many days the clock gives, from its start to its end at midnight.
static int64_t days_to_lodge(struct house *h, int64_t id) {
    struct clock_view c = clock_of(h, id, "lodging");
    return (c.due.ms - c.starts.ms) / 86400000;
}

static const struct date IN_NOVEMBER = {2026, 11, 20};

static void a_version_waits_for_its_day(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_second(&h, "made");
    assert_text(pack_version(cases_pack(h.cases)), "1.0.0");
    assert_text(pack_version(cases_pack_newest(h.cases)), "2.0.0");
    pass_hours(&h, 24 * 9); // 30 November
    assert_text(pack_version(cases_pack(h.cases)), "1.0.0");
    pass_hours(&h, 24);
    assert_text(pack_version(cases_pack(h.cases)), "2.0.0");
    story_ends(&h);
}

static void the_day_it_was_made_counts(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t before = submitted(&h, APPLICANT);
    int64_t draft = filled_draft(&h, OTHER_APPLICANT);
    load_second(&h, "made");
    pass_hours(&h, 24 * 11); // 2 December
    assert_string_equal(version_of(&h, APPLICANT, before), "1.0.0");
    assert_string_equal(version_of(&h, OTHER_APPLICANT, draft), "2.0.0"); // not made yet: the law of the day
    DO(&h, OTHER_APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = draft,
       .submit_application = {T("1")});
    registered_on(&h, before, IN_NOVEMBER);
    registered_on(&h, draft, (struct date){2026, 12, 2});
    assert_string_equal(version_of(&h, APPLICANT, before), "1.0.0");
    assert_string_equal(version_of(&h, OTHER_APPLICANT, draft), "2.0.0");
    assert_int_equal(days_to_lodge(&h, before) / 7, 3);
    struct case_file f;
    open_file(&h, OTHER_APPLICANT, "own_file", draft, &f);
    for (size_t i = 0; i < f.clocks.count; i++)
        if (text_eq(f.clocks.items[i].deadline, T("lodging")))
            assert_int_equal((f.clocks.items[i].due.ms - f.clocks.items[i].starts.ms) / 86400000 / 7, 4);
    story_ends(&h);
}

// Puts other words into pack.json.
static void reword(struct house *h, struct pack_files *f, const char *from, const char *to) {
    for (size_t k = 0; k < f->count; k++) {
        struct text content = text_of_bytes(f->items[k].content);
        size_t at;
        if (!text_eq(f->items[k].name, T("pack.json"))) continue;
        assert_true(text_find(content, text_of(from), &at));
        f->items[k].content = bytes_of(TEXT_JOIN(&h->arena, text_slice(content, 0, at), text_of(to),
                                                 text_slice(content, at + strlen(from), content.n)));
    }
}

// A law for ten days: afterwards the older one holds again, which has no end.
static void a_version_ends_with_its_last_day(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    struct pack_files f = changed(&h, "made");
    reword(&h, &f, "\"2026-12-01\"", "\"2026-12-01\", \"valid_to\": \"2026-12-10\"");
    load(&h, &f);
    pass_hours(&h, 24 * 19); // 10 December
    assert_text(pack_version(cases_pack(h.cases)), "2.0.0");
    int64_t id = submitted(&h, APPLICANT);
    pass_hours(&h, 24);
    assert_text(pack_version(cases_pack(h.cases)), "1.0.0");
    registered_on(&h, id, (struct date){2026, 12, 10});
    assert_string_equal(version_of(&h, APPLICANT, id), "2.0.0");
    story_ends(&h);
}

// A correction for the same time is for new cases: what runs is not moved.
static void a_correction_leaves_running_cases(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t before = submitted(&h, APPLICANT);
    struct pack_files f = changed(&h, "made");
    reword(&h, &f, "\"2026-12-01\"", "\"2026-06-12\"");
    load(&h, &f);
    int64_t after = submitted(&h, OTHER_APPLICANT);
    registered_on(&h, before, IN_NOVEMBER);
    registered_on(&h, after, IN_NOVEMBER);
    assert_string_equal(version_of(&h, APPLICANT, before), "1.0.0");
    assert_string_equal(version_of(&h, OTHER_APPLICANT, after), "2.0.0");
    story_ends(&h);
}

// Somebody asked the police in November; what came of it was entered in December.
static void an_earlier_day_leads_back(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    load_second(&h, "made");
    pass_hours(&h, 24 * 11);
    int64_t id = submitted(&h, APPLICANT);
    assert_string_equal(version_of(&h, APPLICANT, id), "2.0.0");
    registered_on(&h, id, IN_NOVEMBER);
    assert_string_equal(version_of(&h, APPLICANT, id), "1.0.0");
    assert_int_equal(days_to_lodge(&h, id) / 7, 3);
    assigned(&h, id);
    complete(&h, id);
    assert_text(head_of(&h, id).task, "book_interview");
    story_ends(&h);
}

static void the_day_of_registration_counts(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t early = submitted(&h, OTHER_APPLICANT), late = submitted(&h, APPLICANT);
    load_second(&h, "registered");
    registered_on(&h, early, IN_NOVEMBER);
    pass_hours(&h, 24 * 11);
    registered_on(&h, late, IN_NOVEMBER);
    assert_string_equal(version_of(&h, OTHER_APPLICANT, early), "1.0.0");
    assert_string_equal(version_of(&h, APPLICANT, late), "2.0.0");
    assert_int_equal(days_to_lodge(&h, late) / 7, 4);
    assigned(&h, late);
    complete(&h, late);
    assert_text(head_of(&h, late).task, "book_interview"); // it goes on where it was
    story_ends(&h);
}

static void the_day_it_was_lodged_counts(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = with_officer(&h);
    load_second(&h, "lodged");
    pass_hours(&h, 24 * 11);
    assert_string_equal(version_of(&h, APPLICANT, id), "1.0.0");
    complete(&h, id);
    assert_string_equal(version_of(&h, APPLICANT, id), "2.0.0");
    int64_t appointment = booked(&h, id);
    pass_hours(&h, 49);
    heard(&h, id, appointment);
    story_ends(&h);
}

// The newer version has no such element: the case stays, and nothing is lost.
static void a_case_that_cannot_go_on_stays(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct pack_files f = changed(&h, "registered");
    for (size_t k = 0; k < f.count; k++) {
        bool names_it = text_eq(f.items[k].name, T("processes/asylum.bpmn")) ||
                        text_eq(f.items[k].name, T("exchange/steps.json"));
        if (!names_it) continue;
        struct text rest = text_of_bytes(f.items[k].content), word = T("register_application");
        struct out o = {.arena = &h.arena};
        for (size_t at; text_find(rest, word, &at); rest = text_slice(rest, at + word.n, rest.n)) {
            bool is_command = text_ends(text_slice(rest, 0, at), T("name=\"command\" value=\""));
            out_text(&o, text_slice(rest, 0, at));
            out_text(&o, is_command ? word : T("enter_application"));
        }
        out_text(&o, rest);
        f.items[k].content = bytes_of(out_done(&o));
    }
    load(&h, &f);
    pass_hours(&h, 24 * 11);
    registered_on(&h, id, IN_NOVEMBER);
    assert_string_equal(version_of(&h, APPLICANT, id), "1.0.0");
    assert_int_equal(days_to_lodge(&h, id) / 7, 3);
    story_ends(&h);
}

// The pack that is needed is signed by itself.
static void sign_needed(struct house *h, struct pack_files *f, const struct note_signer *signer) {
    const struct text below = T("needs/eu-common/");
    struct pack_files needed = {0};
    for (size_t i = 0; i < f->count; i++) {
        struct pack_file one = f->items[i];
        if (!text_starts(one.name, below)) continue;
        one.name = text_slice(one.name, below.n, one.name.n);
        *ARENA_PUSH(&h->arena, &needed) = one;
    }
    struct text note = pack_sign(&h->arena, &needed, signer);
    *ARENA_PUSH(&h->arena, f) =
        (struct pack_file){TEXT_JOIN(&h->arena, below, PACK_SIGNATURE_FILE), bytes_of(note)};
}

// An authority that names keys takes no law but that which one of them signed.
static void only_signed_law_comes_into_force(void **state) {
    (void)state;
    struct house h;
    struct key seed = {.b = {7}};
    struct note_signer signer;
    struct loaded_pack_list loaded;
    house_new(&h);
    assert_ok(note_signer_make(T("law.example/packs"), &seed, &signer));
    struct pack_signers signers = {.keys = {signer.key}, .count = 1};
    struct cases_options co = {T("Office for Asylum"), T("https://asylum.example"), T("Europe/Brussels"),
                               .signers = &signers};
    cases_close(h.cases);
    assert_ok(cases_open(h.journal, &co, &h.cases, &h.problem));
    struct pack_files f = changed(&h, "made");
    assert_status(cases_load_pack(h.cases, 0, &f, &h.arena, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "signature_missing");
    struct text list = pack_list(&h.arena, &f), note = pack_sign(&h.arena, &f, &signer);
    struct hash hash = hash_of(bytes_of(list));
    *ARENA_PUSH(&h.arena, &f) = (struct pack_file){PACK_SIGNATURE_FILE, bytes_of(note)};
    assert_status(cases_load_pack(h.cases, 0, &f, &h.arena, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.field, "needs/eu-common/pack.sig");
    sign_needed(&h, &f, &signer);
    load(&h, &f);
    assert_ok(cases_loaded_packs(h.cases, &h.arena, &loaded));
    assert_int_equal(loaded.count, 2);
    assert_text(loaded.items[0].signed_by, "law.example/packs");
    assert_text(loaded.items[1].signed_by, "");
    static const struct sql LIST =
        SQL("test_list", "select list_hash, files from pack_load where version = :v");
    struct db *db;
    struct rows r;
    struct pack_files back;
    assert_ok(store_reader(h.store, &db));
    assert_ok(DB_ONE(db, &r, &LIST, V_TEXT(T("2.0.0"))));
    assert_memory_equal(row_bytes(&r, 0).p, hash.b, sizeof hash.b);
    assert_ok(pack_files_decode(&h.arena, bytes_copy(&h.arena, row_bytes(&r, 1)), &back));
    assert_non_null(pack_file_find(&back, PACK_SIGNATURE_FILE));
    assert_ok(rows_end(&r));
    store_reader_release(h.store, db);
    story_ends(&h);
}

// What others need is no law by itself.
static void a_base_is_never_in_force(void **state) {
    (void)state;
    struct house h;
    struct pack_files f = {0};
    house_new(&h);
    *ARENA_PUSH(&h.arena, &f) = (struct pack_file){
        T("pack.json"), bytes_of(T("{\"id\": \"base\", \"version\": \"1\", \"title\": \"t\", \"valid_from\": "
                                   "\"2026-01-01\", \"official_language\": \"en\", \"legal_references\": [], "
                                   "\"files\": [\"texts/en.po\"]}"))};
    *ARENA_PUSH(&h.arena, &f) = (struct pack_file){
        T("texts/en.po"), bytes_of(T("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"
                                     "msgid \"t\"\nmsgstr \"Base\"\n"))};
    assert_status(cases_load_pack(h.cases, 0, &f, &h.arena, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "no_procedure");
    assert_text(pack_version(cases_pack_newest(h.cases)), "1.0.0");
    story_ends(&h);
}

STORIES(cmocka_unit_test(a_version_ends_with_its_last_day),
        cmocka_unit_test(a_correction_leaves_running_cases),
        cmocka_unit_test(only_signed_law_comes_into_force), cmocka_unit_test(a_base_is_never_in_force),
        cmocka_unit_test(a_version_waits_for_its_day), cmocka_unit_test(the_day_it_was_made_counts),
        cmocka_unit_test(an_earlier_day_leads_back), cmocka_unit_test(the_day_of_registration_counts),
        cmocka_unit_test(the_day_it_was_lodged_counts), cmocka_unit_test(a_case_that_cannot_go_on_stays))
