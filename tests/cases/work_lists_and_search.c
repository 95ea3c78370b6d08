#include "story.h"

enum { CASES = 23 };

static struct work_list page(struct house *h, int which, const char *purpose, struct work_filter f) {
    struct work_list list;
    struct actor a = who(h, which);
    struct look look = {.purpose = text_of(purpose)};
    enum status st = cases_work_list(h->cases, &a, &look, &f, &h->arena, &list, &h->problem);
    if (st) house_say(h, "work list", st);
    assert_int_equal(st, STATUS_OK);
    return list;
}

static void each_row_comes_once_over_all_pages_in_every_order_while_others_change(void **state) {
    (void)state;
    struct house h;
    int64_t id[CASES];
    house_new(&h);
    for (int i = 0; i < CASES; i++) {
        id[i] = submitted(&h, i % 2 ? APPLICANT : OTHER_APPLICANT);
        pass_hours(&h, i % 3);
    }
    for (enum work_order order = ORDER_DUE; order <= ORDER_CHANGED; order++) {
        int seen[CASES] = {0};
        struct work_filter f = {.order = order, .limit = 4};
        struct work_list list;
        int64_t last = 0;
        do {
            list = page(&h, BOSS, "supervision", f);
            assert_int_equal(list.total, CASES);
            for (size_t k = 0; k < list.count; k++) {
                const struct work_row *row = &list.rows[k];
                int64_t key = order == ORDER_DUE       ? row->due.ms
                              : order == ORDER_CHANGED ? row->changed_at.ms
                                                       : row->made_at.ms;
                if (last && (order == ORDER_DUE || order == ORDER_OLDEST)) assert_true(key >= last);
                if (last && (order == ORDER_NEWEST || order == ORDER_CHANGED)) assert_true(key <= last);
                last = key;
                for (int i = 0; i < CASES; i++) seen[i] += id[i] == row->case_id;
            }
            f.after = list.next;
            pass_hours(&h, 1); // somebody goes on working: this one changes and moves
            DO(&h, REGISTRAR, .kind = COMMAND_ADD_NOTE, .case_id = id[3], .purpose = T("registration"),
               .add_note = {T("Called.")});
        } while (list.next.n);
        for (int i = 0; i < CASES; i++)
            if (i != 3) assert_int_equal(seen[i], 1);
    }
    story_ends(&h);
}

static void filters_show_what_they_say(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t one = submitted(&h, APPLICANT), two = submitted(&h, OTHER_APPLICANT);
    assigned(&h, one);
    registered(&h, two);
    DO(&h, OTHER_APPLICANT, .kind = COMMAND_SEND_MESSAGE, .case_id = two, .send_message = {T("Hello")});
    DO(&h, OTHER_APPLICANT, .kind = COMMAND_CHOOSE_CHANNEL, .case_id = two, .choose_channel = {T("paper")});
    step_done(&h, two, "eurodac_sent");
    const struct {
        struct work_filter f;
        int64_t found;
    } CASES_OF[] = {{{.officer = h.account[OFFICER]}, one},
                    {{.officer = -1}, two},
                    {{.task = T("register_application")}, one},
                    {{.task = T("check_completeness")}, two},
                    {{.status = T("IN_CHECK")}, two},
                    {{.only_unread = true}, two},
                    {{.only_paper = true}, two},
                    {{.only_minor = true}, 0},
                    {{.only_vulnerable = true}, 0},
                    {{.nationality = T("AFG")}, 0},
                    {{.unit = T("North")}, one},
                    {{.light = T("overdue")}, 0},
                    {{.language = T("ar")}, 0},
                    {{.search = T("---")}, 0},
                    {{.search = T("nobody")}, 0}};
    for (size_t i = 0; i < sizeof CASES_OF / sizeof *CASES_OF; i++) {
        struct work_list list = page(&h, BOSS, "supervision", CASES_OF[i].f);
        if (list.count != (CASES_OF[i].found != 0)) print_message("# filter %zu: %zu rows\n", i, list.count);
        assert_int_equal(list.count, CASES_OF[i].found != 0);
        if (list.count) assert_int_equal(list.rows[0].case_id, CASES_OF[i].found);
    }
    assert_int_equal(page(&h, BOSS, "supervision", (struct work_filter){.search = T("Hoss")}).count, 2);
    assert_int_equal(page(&h, BOSS, "supervision", (struct work_filter){.search = T("حسيني")}).count, 2);
    pass_hours(&h, 24 * 7);
    assert_int_equal(
        page(&h, BOSS, "supervision", (struct work_filter){.light = T("overdue")}).rows[0].case_id, one);
    story_ends(&h);
}

static void a_broken_cursor_is_a_clear_mistake(void **state) {
    (void)state;
    static const char *const BROKEN[] = {"x", "1", "1.", ".1", "1.2.3", "99999999999999999999.1", "-", "1.x"};
    struct house h;
    struct work_list list;
    struct look look = {.purpose = T("supervision")};
    house_new(&h);
    struct actor boss = who(&h, BOSS);
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        struct work_filter f = {.after = text_of(BROKEN[i])};
        assert_status(cases_work_list(h.cases, &boss, &look, &f, &h.arena, &list, &h.problem),
                      STATUS_INVALID);
        assert_string_equal(h.problem.rule, "cursor");
    }
    story_ends(&h);
}

static void old_and_foreign_numbers_find_the_case_for_ever(void **state) {
    (void)state;
    static const char *const TYPED[] = {"SE 2019/4711", "se-2019-4711", "SE20194711", " se 2019 4711 "};
    struct house h;
    struct work_list list;
    struct look look = {.purpose = T("asylum_examination")};
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct text own = h.result.case_no;
    struct actor officer = who(&h, OFFICER);
    DO(&h, OFFICER, .kind = COMMAND_ADD_FILE_NUMBER, .case_id = id,
       .add_file_number = {T("SE-2019/4711"), T("Sweden")});
    DO(&h, OFFICER, .kind = COMMAND_ADD_FILE_NUMBER, .case_id = id,
       .add_file_number = {T("SE-2019/4711"), T("Sweden")});
    for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++) {
        assert_ok(cases_find(h.cases, &officer, &look, text_of(TYPED[i]), &h.arena, &list, &h.problem));
        assert_int_equal(list.count, 1);
        assert_int_equal(list.rows[0].case_id, id);
    }
    assert_ok(cases_find(h.cases, &officer, &look, own, &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 1);
    assert_ok(cases_find(h.cases, &officer, &look, T("!"), &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 0);
    story_ends(&h);
}

static void bulk_assignment_does_all_or_nothing(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id[3] = {submitted(&h, APPLICANT), submitted(&h, OTHER_APPLICANT), filled_draft(&h, APPLICANT)};
    struct command c[3];
    for (int i = 0; i < 3; i++)
        c[i] = (struct command){
            .kind = COMMAND_ASSIGN_CASE, .case_id = id[i], .assign_case = {h.account[OFFICER], T("")}};
    struct actor boss = who(&h, BOSS), second = who(&h, REGISTRAR);
    assert_status(cases_do_all(h.cases, &boss, c, 3, &h.arena, &h.problem), STATUS_INVALID);
    open_file(&h, APPLICANT, "own_file", id[0], &f);
    assert_int_equal(f.head.officer, 0);
    assert_ok(cases_do_all(h.cases, &boss, c, 2, &h.arena, &h.problem));
    open_file(&h, APPLICANT, "own_file", id[0], &f);
    assert_int_equal(f.head.officer, h.account[OFFICER]);
    assert_status(cases_do_all(h.cases, &second, c, 2, &h.arena, &h.problem), STATUS_REFUSED);
    assert_status(cases_do_all(h.cases, &boss, c, CASES_BULK_MAX + 1, &h.arena, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "too_many");
    story_ends(&h);
}

static void a_bulk_command_that_is_refused_half_way_leaves_only_the_record(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t mine = submitted(&h, APPLICANT), other = submitted(&h, OTHER_APPLICANT);
    struct command c[2] = {{.kind = COMMAND_SEND_MESSAGE, .case_id = mine, .send_message = {T("One")}},
                           {.kind = COMMAND_SEND_MESSAGE, .case_id = other, .send_message = {T("Two")}}};
    struct actor applicant = who(&h, APPLICANT);
    assert_status(cases_do_all(h.cases, &applicant, c, 2, &h.arena, &h.problem), STATUS_REFUSED);
    open_file(&h, APPLICANT, "own_file", mine, &f);
    assert_int_equal(f.messages.count, 0);
    open_file(&h, OTHER_APPLICANT, "own_file", other, &f);
    assert_int_equal(f.traces.count, 1);
    assert_true(f.traces.items[0].was_refused);
    story_ends(&h);
}

static void a_supervisor_sees_load_and_what_is_late(void **state) {
    (void)state;
    struct house h;
    struct officer_load_list load;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    submitted(&h, OTHER_APPLICANT);
    assigned(&h, id);
    pass_hours(&h, 24 * 9);
    struct actor boss = who(&h, BOSS);
    assert_ok(cases_load_by_officer(h.cases, &boss, &h.arena, &load, &h.problem));
    assert_int_equal(load.rows[0].open, 1);
    for (size_t i = 1; i < load.count; i++)
        assert_int_equal(load.rows[i].overdue, load.rows[i].officer == h.account[OFFICER]);
    assert_int_equal(load.late_count, 2);
    story_ends(&h);
}

static void saved_views_belong_to_who_saved_them(void **state) {
    (void)state;
    struct house h;
    int64_t mine, ours;
    struct saved_view *views;
    size_t count;
    house_new(&h);
    struct actor officer = who(&h, OFFICER), boss = who(&h, BOSS), applicant = who(&h, APPLICANT);
    struct saved_view v = {.name = T(" Late ones "), .query = T("light=overdue&search=Hosseini")};
    assert_ok(cases_save_view(h.cases, &officer, &v, NULL, &h.arena, &mine, &h.problem));
    v.is_shared = true;
    assert_ok(cases_save_view(h.cases, &officer, &v, NULL, &h.arena, &ours, &h.problem));
    assert_ok(cases_views(h.cases, &boss, &h.arena, &views, &count));
    assert_int_equal(count, 1);
    assert_text(views[0].name, "Late ones");
    assert_status(cases_delete_view(h.cases, &boss, ours, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "not_yours");
    assert_ok(cases_delete_view(h.cases, &officer, mine, &h.problem));
    assert_status(cases_save_view(h.cases, &applicant, &v, NULL, &h.arena, &mine, &h.problem),
                  STATUS_REFUSED);
    v.name = T("\xFF");
    assert_status(cases_save_view(h.cases, &officer, &v, NULL, &h.arena, &mine, &h.problem), STATUS_INVALID);
    story_ends(&h);
}

STORIES(cmocka_unit_test(each_row_comes_once_over_all_pages_in_every_order_while_others_change),
        cmocka_unit_test(filters_show_what_they_say), cmocka_unit_test(a_broken_cursor_is_a_clear_mistake),
        cmocka_unit_test(old_and_foreign_numbers_find_the_case_for_ever),
        cmocka_unit_test(bulk_assignment_does_all_or_nothing),
        cmocka_unit_test(a_bulk_command_that_is_refused_half_way_leaves_only_the_record),
        cmocka_unit_test(a_supervisor_sees_load_and_what_is_late),
        cmocka_unit_test(saved_views_belong_to_who_saved_them))
