// A person has many records: two people link and merge them, and two take a wrong merge back exactly.
#include "house.h"

static int64_t case_of(struct house *h, int account) {
    int64_t id = submitted(h, account);
    return record_of(h, id);
}

// Somebody proposes, somebody else confirms.
static int64_t agreed(struct house *h, struct natural_command c) {
    enum status st = try_natural(h, REGISTRAR, c);
    if (st) house_say(h, "propose", st);
    assert_int_equal(st, STATUS_OK);
    int64_t person = natural_result.person;
    NATURAL(h, OFFICER, .act = NATURAL_CONFIRM, .proposal = natural_result.proposal);
    return person;
}

static struct natural_view view_of(struct house *h, int64_t natural) {
    struct natural_view v;
    READING(h, natural_read(db, natural, &h->arena, &v));
    return v;
}

static int64_t person_of(struct house *h, int64_t record) {
    int64_t id = 0;
    READING(h, natural_by_record(db, record, &id));
    return id;
}

// Records of a person as "3 7 12".
static const char *records(struct house *h, int64_t natural) {
    struct natural_view v = view_of(h, natural);
    struct out o = {.arena = &h->arena};
    for (size_t i = 0; i < v.records.count; i++)
        out_printf(&o, "%s%lld", i ? " " : "", (long long)v.records.items[i].record);
    return text_c(&h->arena, out_done(&o));
}

static const char *listed(struct house *h, size_t n, const int64_t *ids) {
    struct out o = {.arena = &h->arena};
    for (size_t i = 0; i < n; i++) out_printf(&o, "%s%lld", i ? " " : "", (long long)ids[i]);
    return text_c(&h->arena, out_done(&o));
}
#define THESE(h, ...) \
    listed(h, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (const int64_t[]){__VA_ARGS__})

static void numbers_have_check_digits(void **state) {
    (void)state;
    struct arena a = {0};
    struct text n;
    assert_text(natural_number(&a, 12), "P00000001262");
    assert_text(natural_number_shown(&a, T("P00000001262")), "P 000 000 012 62");
    assert_ok(natural_number_read(&a, T("p 000 000 012-62"), &n));
    assert_text(n, "P00000001262");
    assert_status(natural_number_read(&a, T("P00000001226"), &n), STATUS_INVALID); // two digits swapped
    assert_status(natural_number_read(&a, T("P00000002162"), &n), STATUS_INVALID);
    for (int64_t i = 1; i < 100000; i += 997) assert_ok(natural_number_read(&a, natural_number(&a, i), &n));
    arena_free(&a);
}

static void a_link_needs_two_people(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT), two = case_of(&h, OTHER_APPLICANT);
    NATURAL(&h, REGISTRAR, .act = NATURAL_SAME, .record = one, .other_record = two);
    int64_t person = natural_result.person, proposal = natural_result.proposal;
    assert_string_equal(records(&h, person), THESE(&h, one));
    NO_NATURAL(&h, REGISTRAR, STATUS_REFUSED, "four_eyes", .act = NATURAL_CONFIRM, .proposal = proposal);
    NO_NATURAL(&h, OFFICER, STATUS_INVALID, "natural_asked", .act = NATURAL_SAME, .record = two,
               .other_record = one);
    NATURAL(&h, OFFICER, .act = NATURAL_CONFIRM, .proposal = proposal);
    assert_string_equal(records(&h, person), THESE(&h, one, two));
    NO_NATURAL(&h, OFFICER, STATUS_CONFLICT, "natural_changed", .act = NATURAL_CONFIRM, .proposal = proposal);
    NO_NATURAL(&h, OFFICER, STATUS_INVALID, "natural_one", .act = NATURAL_SAME, .record = one,
               .other_record = two);
    search_story_ends(&h);
}

static void who_may_not_says_nothing(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT);
    NO_NATURAL(&h, APPLICANT, STATUS_REFUSED, "access_role", .act = NATURAL_OPEN, .record = one);
    NO_NATURAL(&h, REGISTRAR, STATUS_INVALID, "required", .act = NATURAL_OPEN, .record = one,
               .reason = T(" "));
    NO_NATURAL(&h, REGISTRAR, STATUS_INVALID, "natural_record", .act = NATURAL_OPEN, .record = 999999);
    NATURAL(&h, REGISTRAR, .act = NATURAL_OPEN, .record = one);
    NO_NATURAL(&h, REGISTRAR, STATUS_INVALID, "natural_has", .act = NATURAL_OPEN, .record = one);
    search_story_ends(&h);
}

// Undoing the first of two merges gives what was before, and leaves the second as it is.
static void a_merge_is_undone_exactly(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t r[5], n[3];
    for (int i = 0; i < 5; i++) r[i] = case_of(&h, i % 2 ? APPLICANT : OTHER_APPLICANT);
    for (int i = 0; i < 3; i++) {
        NATURAL(&h, REGISTRAR, .act = NATURAL_OPEN, .record = r[i]);
        n[i] = natural_result.person;
    }
    struct text old = view_of(&h, n[1]).number;
    agreed(&h, (struct natural_command){.act = NATURAL_MERGE, .person = n[0], .other = n[1]});
    assert_true(person_of(&h, r[1]) == n[0]);
    assert_string_equal(records(&h, n[1]), THESE(&h, r[0], r[1]));
    int64_t found = 0;
    READING(&h, natural_by_number(db, old, &found)); // an old number finds for ever
    assert_true(found == n[0]);
    agreed(&h, (struct natural_command){.act = NATURAL_LINK, .record = r[3], .person = n[0]});
    agreed(&h, (struct natural_command){.act = NATURAL_MERGE, .person = n[2], .other = n[0]});
    agreed(&h, (struct natural_command){.act = NATURAL_LINK, .record = r[4], .person = n[2]});
    assert_string_equal(records(&h, n[1]), THESE(&h, r[2], r[4], r[0], r[3], r[1]));

    NO_NATURAL(&h, REGISTRAR, STATUS_INVALID, "natural_place", .act = NATURAL_UNMERGE, .other = n[1]);
    // r[2] is at home with n[2], older than the merge; r[3] and r[4] came later.
    struct natural_move moves[] = {{r[3], true}, {r[4], false}};
    agreed(&h,
           (struct natural_command){.act = NATURAL_UNMERGE, .other = n[1], .moves = moves, .move_count = 2});
    assert_string_equal(records(&h, n[1]), THESE(&h, r[1], r[3]));
    assert_string_equal(records(&h, n[0]), THESE(&h, r[2], r[4], r[0]));
    assert_text(view_of(&h, n[1]).number, text_c(&h.arena, old));
    agreed(&h, (struct natural_command){.act = NATURAL_UNMERGE,
                                        .other = n[0],
                                        .moves = (struct natural_move[]){{r[4], false}},
                                        .move_count = 1});
    assert_string_equal(records(&h, n[0]), THESE(&h, r[0]));
    assert_string_equal(records(&h, n[2]), THESE(&h, r[2], r[4]));
    search_story_ends(&h);
}

static void what_changed_meanwhile_is_not_confirmed(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT), two = case_of(&h, OTHER_APPLICANT), three = case_of(&h, APPLICANT);
    NATURAL(&h, REGISTRAR, .act = NATURAL_SAME, .record = one, .other_record = two);
    int64_t first = natural_result.proposal;
    NATURAL(&h, REGISTRAR, .act = NATURAL_SAME, .record = three, .other_record = two);
    int64_t second = natural_result.proposal;
    NATURAL(&h, OFFICER, .act = NATURAL_CONFIRM, .proposal = first);
    NO_NATURAL(&h, OFFICER, STATUS_CONFLICT, "natural_changed", .act = NATURAL_CONFIRM, .proposal = second);
    NATURAL(&h, OFFICER, .act = NATURAL_REFUSE, .proposal = second, .reason = T("It is the other one's."));
    agreed(&h, (struct natural_command){.act = NATURAL_UNLINK, .record = two});
    int64_t home = 0;
    struct db *db;
    assert_ok(store_reader(h.store, &db));
    assert_status(natural_by_record(db, two, &home), STATUS_NOT_FOUND);
    store_reader_release(h.store, db);
    search_story_ends(&h);
}

static struct natural_pairs offered(struct house *h) {
    struct natural_pairs p;
    READING(h, natural_offered(db, 100, &h->arena, &p));
    return p;
}

static void offer(struct house *h, int64_t one, int64_t other, int64_t mark) {
    struct natural_offer o = {one < other ? one : other, one < other ? other : one, 930, mark, mark};
    assert_ok(natural_offer(h->journal, &o, 1, &(struct natural_through){h->fixed.at, 10, 0}));
}

static void not_the_same_is_remembered(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT), two = case_of(&h, OTHER_APPLICANT);
    offer(&h, one, two, 5);
    assert_int_equal(offered(&h).count, 1);
    NATURAL(&h, REGISTRAR, .act = NATURAL_CLEAR, .record = two, .other_record = one, .left_mark = 5,
            .right_mark = 5, .reason = T("Different fathers."));
    assert_int_equal(offered(&h).count, 0);
    offer(&h, one, two, 5); // nothing changed
    assert_int_equal(offered(&h).count, 0);
    struct natural_pair p;
    READING(&h, natural_pair_read(db, one, two, &h.arena, &p));
    assert_text(p.state, "cleared");
    assert_text(p.reason, "Different fathers.");
    assert_text(p.decided_name, "R. Registrar");
    offer(&h, one, two, 6); // a name was corrected
    assert_int_equal(offered(&h).count, 1);
    search_story_ends(&h);
}

static void a_confirmed_pair_is_no_question_any_more(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT), two = case_of(&h, OTHER_APPLICANT);
    offer(&h, one, two, 5);
    agreed(&h, (struct natural_command){.act = NATURAL_SAME, .record = one, .other_record = two});
    assert_int_equal(offered(&h).count, 0);
    offer(&h, one, two, 6);
    assert_int_equal(offered(&h).count, 0);
    agreed(&h, (struct natural_command){.act = NATURAL_UNLINK, .record = two, .reason = T("Two brothers.")});
    struct natural_pair p;
    READING(&h, natural_pair_read(db, one, two, &h.arena, &p));
    assert_text(p.state, "cleared");
    assert_text(p.reason, "Two brothers.");
    search_story_ends(&h);
}

static void a_false_hit_is_remembered(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT);
    struct natural_said p;
    struct date today = {2026, 11, 21};
    NATURAL(&h, OFFICER, .act = NATURAL_RELEASE, .record = one, .asked = T("ab12"), .left_mark = 7,
            .reason = T("Another birth place."));
    READING(&h, natural_said_of_hit(db, T("ab12"), one, 7, today, &h.arena, &p));
    assert_text(p.by_name, "O. Officer");
    assert_text(p.reason, "Another birth place.");
    struct db *db;
    assert_ok(store_reader(h.store, &db));
    assert_status(natural_said_of_hit(db, T("ab12"), one, 8, today, &h.arena, &p), STATUS_NOT_FOUND);
    assert_status(natural_said_of_hit(db, T("ab13"), one, 7, today, &h.arena, &p), STATUS_NOT_FOUND);
    store_reader_release(h.store, db);
    search_story_ends(&h);
}

static void who_is_erased_leaves_no_words_behind(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_of(&h, APPLICANT), two = case_of(&h, OTHER_APPLICANT), three = case_of(&h, APPLICANT);
    int64_t person =
        agreed(&h, (struct natural_command){.act = NATURAL_SAME, .record = one, .other_record = two});
    NATURAL(&h, OFFICER, .act = NATURAL_CLEAR, .record = two, .other_record = three);
    NATURAL(&h, OFFICER, .act = NATURAL_RELEASE, .record = two, .asked = T("ab12"));
    NATURAL(&h, OFFICER, .act = NATURAL_UNLINK, .record = two);
    int64_t open = natural_result.proposal;
    assert_ok(natural_forget(h.journal, &two, 1));
    assert_string_equal(records(&h, person), THESE(&h, one));
    struct natural_proposals all;
    struct natural_view v = view_of(&h, person);
    READING(&h, natural_history(db, &v, &h.arena, &all));
    assert_int_equal(all.count, 2);
    for (size_t i = 0; i < all.count; i++) assert_true(!all.items[i].reason.n && !all.items[i].answer.n);
    assert_text(all.items[0].state, "lapsed");
    NO_NATURAL(&h, REGISTRAR, STATUS_CONFLICT, "natural_changed", .act = NATURAL_CONFIRM, .proposal = open);
    search_story_ends(&h);
}

static int64_t case_in_north(struct house *h, int account) {
    int64_t id = submitted(h, account);
    registered(h, id);
    assigned(h, id);
    return record_of(h, id);
}

// An officer of another unit sees none of these files: nothing may be said about them, and nothing is.
static void who_does_not_see_both_says_nothing(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = case_in_north(&h, APPLICANT), two = case_in_north(&h, OTHER_APPLICANT),
            three = case_in_north(&h, APPLICANT);
    struct actor far = who(&h, REGISTRAR);
    far.unit = T("South");
    struct natural_result made;
    struct natural_command said[] = {
        {.act = NATURAL_OPEN, .record = one},
        {.act = NATURAL_SAME, .record = one, .other_record = two},
        {.act = NATURAL_CLEAR, .record = one, .other_record = two},
        {.act = NATURAL_RELEASE, .record = one, .asked = T("ab12")},
        {.act = NATURAL_CONFIRM},
        {.act = NATURAL_REFUSE},
        {.act = NATURAL_UNLINK},
        {.act = NATURAL_LINK, .record = three},
        {.act = NATURAL_MERGE},
    };
    NATURAL(&h, REGISTRAR, .act = NATURAL_OPEN, .record = three);
    int64_t third = natural_result.person;
    int64_t person =
        agreed(&h, (struct natural_command){.act = NATURAL_SAME, .record = one, .other_record = two});
    NATURAL(&h, REGISTRAR, .act = NATURAL_UNLINK, .record = two);
    int64_t proposal = natural_result.proposal;
    said[4].proposal = said[5].proposal = proposal;
    said[6].record = one;
    said[7].person = said[8].person = person;
    said[8].other = third;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        said[i].reason = T("The same.");
        said[i].purpose = T("registration");
        h.problem = (struct problem){0};
        enum status st = natural_do(searching, &far, &said[i], &h.arena, &made, &h.problem);
        if (st != STATUS_REFUSED) house_say(&h, "far", st);
        assert_int_equal(st, STATUS_REFUSED);
        assert_string_equal(h.problem.rule, "natural_not_seen");
    }
    NATURAL(&h, OFFICER, .act = NATURAL_CONFIRM, .proposal = proposal); // who sees them may
    search_story_ends(&h);
}

STORIES(cmocka_unit_test(numbers_have_check_digits), cmocka_unit_test(a_link_needs_two_people),
        cmocka_unit_test(who_may_not_says_nothing), cmocka_unit_test(a_merge_is_undone_exactly),
        cmocka_unit_test(what_changed_meanwhile_is_not_confirmed),
        cmocka_unit_test(not_the_same_is_remembered),
        cmocka_unit_test(a_confirmed_pair_is_no_question_any_more),
        cmocka_unit_test(a_false_hit_is_remembered), cmocka_unit_test(who_is_erased_leaves_no_words_behind),
        cmocka_unit_test(who_does_not_see_both_says_nothing))
