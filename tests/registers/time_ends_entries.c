// Retention by the rules of each register: erased, kept as codes, or looked at by somebody; and the same for
// every register of the shipped packs, with entries that are made from their forms.
#include "registers/retention.h"
#include "registry.h"

static int64_t line_of(const struct retention_report *r, const char *g, const char *rule) {
    for (size_t i = 0; i < r->lines.count; i++)
        if (text_eq(r->lines.items[i].register_id, text_of(g)) &&
            text_eq(r->lines.items[i].rule, text_of(rule)))
            return r->lines.items[i].count;
    return 0;
}

static void each_rule_in_its_time(void **state) {
    (void)state;
    struct registry g;
    struct retention_report r;
    struct entry_view v;
    struct entry_list list;
    registry_new(&g);
    int64_t ban = recorded(&g);
    struct answers *s = said(&g, BAN);
    assert_ok(answers_set(s, T("number"), T("R1")));
    assert_ok(answers_set(s, T("kind"), T("RETURN")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    int64_t lifted = g.done.entry;
    ACT(&g, BOSS, .kind = ACT_END, .entry = lifted, .reason = T("Left the country"));
    ACT(&g, SECOND, .kind = ACT_CONFIRM, .entry = lifted);
    assert_ok(answers_set(s, T("number"), T("W1")));
    assert_ok(answers_set(s, T("kind"), T("WANTED")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    int64_t wanted = g.done.entry;

    assert_ok(registers_retention(g.r, true, &g.h.arena, &r));
    assert_int_equal(r.lines.count, 0);
    pass_hours(&g.h, 24 * 107); // to 8 March: a week after the ban expired
    assert_ok(registers_retention(g.r, true, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "expired"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", ban, NULL, &v));
    assert_text(v.head.state, "current"); // it was only a try
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "expired"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", ban, NULL, &v));
    assert_text(v.head.state, "erased");
    assert_int_equal(v.head.answers.count, 0);

    pass_hours(&g.h, 24 * 260); // a year after the end
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "lifted"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", lifted, NULL, &v));
    assert_text(v.head.state, "pseudonymised");
    assert_text(value_of(&v, "kind"), "RETURN");
    assert_text(value_of(&v, "nationality"), "SYR");
    assert_text(value_of(&v, "birth"), "");
    assert_text(value_of(&v, "number"), "");

    pass_hours(&g.h, 24 * 730);
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "default"), 1); // to be reviewed, not erased
    struct actor boss = who(&g.h, BOSS);
    struct look look = {.purpose = T("supervision")};
    assert_ok(registers_todo(g.r, &boss, &look, T("ban"), TODO_REVIEW, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].entry, wanted);
    ACT(&g, BOSS, .kind = ACT_REVIEW, .entry = wanted, .from = DAY(2031, 1, 1), .reason = T("Still wanted"));
    assert_ok(registers_todo(g.r, &boss, &look, T("ban"), TODO_REVIEW, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 0);
    struct retention_reports reports;
    assert_ok(registers_retention_reports(g.r, &boss, &look, &g.h.arena, &reports, &g.h.problem));
    assert_int_equal(reports.count, 3);
    assert_int_equal(line_of(&reports.items[2], "ban", "expired"), 1);
    struct actor officer = who(&g.h, OFFICER);
    assert_int_equal(registers_retention_reports(g.r, &officer, &look, &g.h.arena, &reports, &g.h.problem),
                     STATUS_REFUSED);
    registry_ends(&g);
}

// ---- every register there is

struct filling {
    struct registry *g;
    const struct pack *pack;
    const struct form *form;
    struct answers answers;
    struct form_context context;
    struct text case_no; // of a case that links may name
    const struct pack_register *of;
};

static void set(struct filling *f, struct text path, struct text value) {
    assert_ok(answers_set(&f->answers, path, value));
}

static struct text first_code(struct filling *f, const struct form_field *field) {
    if (field->option_count) return field->options[0].value;
    const struct code_list *codes = pack_codes(f->pack, field->code_list);
    assert_non_null(codes);
    return code_at(codes, 0)->code;
}

static struct text day_for(struct filling *f, const struct form_field *field) {
    struct date d = f->context.today;
    if (field->date_rule == DATE_FUTURE) d = date_add_days(d, 30);
    if (field->date_rule == DATE_PAST) d = date_add_days(d, -30);
    return date_print(&f->g->h.arena, d);
}

static struct text simple_value(struct filling *f, const struct form_field *field, struct text path) {
    struct arena *a = &f->g->h.arena;
    if (text_eq(path, f->of->person_field) || text_eq(path, f->of->case_field)) return f->case_no;
    switch (field->kind) {
    case FIELD_NUMBER: return field->has_min ? text_printf(a, "%.0f", field->min) : T("1");
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE: return day_for(f, field);
    case FIELD_TIME: return T("10:00");
    case FIELD_DATETIME: return TEXT_JOIN(a, day_for(f, field), T("T10:00"));
    case FIELD_PHONE: return T("+491701234567");
    case FIELD_EMAIL: return T("somebody@asylum.example");
    case FIELD_CHECKBOX: return T("true");
    case FIELD_NAME: return T("Muster");
    case FIELD_TEXT: return T("AB123456");
    case FIELD_TEXTAREA: return T("A sentence that is long enough to say something of the matter.");
    case FIELD_FILE: return T("1");
    default: return first_code(f, field);
    }
}

static void fill(struct filling *f, const struct form_field *fields, size_t count, struct text prefix) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *k = &fields[i];
        struct text path = form_path(&f->g->h.arena, prefix, k);
        bool is_text = k->kind == FIELD_HEADING || k->kind == FIELD_PARAGRAPH || k->kind == FIELD_SEPARATOR;
        if (is_text) continue;
        if (k->kind == FIELD_REPEAT)
            fill(f, k->children, k->child_count, TEXT_JOIN(&f->g->h.arena, path, T("[0].")));
        if (k->kind == FIELD_GROUP) fill(f, k->children, k->child_count, prefix);
        if (k->child_count) continue;
        if (k->is_multiple) path = TEXT_JOIN(&f->g->h.arena, path, T("[0]"));
        set(f, path, simple_value(f, k, path));
    }
}

static bool is_wrong(struct filling *f, struct text path, bool anywhere) {
    struct form_problems found = {0};
    struct answers pruned;
    answers_copy(&f->g->h.arena, &f->answers, &pruned);
    form_prune(f->form, &pruned);
    if (form_check(f->form, NULL, &pruned, &f->context, &f->g->h.arena, &found)) return false;
    for (size_t i = 0; i < found.count; i++)
        if (anywhere || text_eq(found.items[i].path, path)) return true;
    return false;
}

// Codes and numbers of the world: one of them fits every pattern of ours, else the field may be left out.
static bool mend(struct filling *f, struct text path) {
    static const char *const TRIES[] = {"123456",
                                        "12345678",
                                        "A",
                                        "1",
                                        "12",
                                        "123",
                                        "1234",
                                        "AB",
                                        "ABC",
                                        "UTO",
                                        "UTO1234567",
                                        "AB1234567",
                                        "B-AB 1234",
                                        "2026",
                                        "62.01",
                                        "2512",
                                        "12.50",
                                        "DE300",
                                        "DEBER",
                                        "12345",
                                        "1234567890",
                                        "1234567890123456",
                                        "abcdef0123456789",
                                        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                        "OST-2026-ASY-0000001-A",
                                        "DE-2026-1",
                                        "F",
                                        "https://example.org/a",
                                        "10:00",
                                        "AB 123 456",
                                        "Muster",
                                        "en",
                                        "deu",
                                        "50",
                                        "2026-11"};
    for (size_t i = 0; i < sizeof TRIES / sizeof *TRIES; i++) {
        set(f, path, text_of(TRIES[i]));
        if (!is_wrong(f, path, false)) return true;
    }
    answers_remove(&f->answers, path);
    return !is_wrong(f, path, false);
}

static void mend_all(struct filling *f) {
    for (int round = 0; round < 5; round++) {
        struct form_problems found = {0};
        struct answers pruned;
        answers_copy(&f->g->h.arena, &f->answers, &pruned);
        form_prune(f->form, &pruned);
        if (form_check(f->form, NULL, &pruned, &f->context, &f->g->h.arena, &found)) return;
        for (size_t i = 0; i < found.count; i++)
            if (!mend(f, found.items[i].path))
                fail_msg(TEXT_FMT ": no value fits " TEXT_FMT " (%s)", TEXT_ARG(f->of->id),
                         TEXT_ARG(found.items[i].path), found.items[i].problem.rule);
    }
    assert_false(is_wrong(f, T(""), true));
}

static enum status by_system(struct registry *g, struct register_act act) {
    struct actor system = actor_system();
    act.look.purpose = T("technical");
    g->h.problem = (struct problem){0};
    return registers_do(g->r, &system, &act, NULL, &g->h.arena, &g->done, &g->h.problem);
}

static void look(struct registry *g, int64_t entry, struct entry_view *v) {
    struct actor system = actor_system();
    struct look technical = {.purpose = T("technical")};
    assert_ok(registers_open_entry(g->r, &system, &technical, entry, NULL, &g->h.arena, v, &g->h.problem));
}

static const struct register_retention *rule_of(const struct pack_register *k, struct text id) {
    for (size_t i = 0; i < k->retention_count; i++)
        if (text_eq(k->retention[i].id, id)) return &k->retention[i];
    return NULL;
}

static struct date today_of(struct registry *g) {
    const struct zone *z;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    return zone_date(z, g->h.fixed.at);
}

static void go_to(struct registry *g, struct date day) {
    const struct zone *z;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    struct moment at = zone_moment(z, day, 12 * 60);
    if (at.ms > g->h.fixed.at.ms) g->h.fixed.at = at;
}

static void ends_in_time(struct registry *g, const struct pack_register *k, int64_t entry) {
    struct retention_report r;
    struct entry_view v;
    look(g, entry, &v);
    const struct register_retention *rule = rule_of(k, v.due_rule);
    if (!rule) fail_msg(TEXT_FMT ": no rule holds", TEXT_ARG(k->id));
    if (!rule->is_permanent && !v.due.year && text_eq(rule->from, T("ended"))) {
        enum status st =
            by_system(g, (struct register_act){.kind = ACT_END, .entry = entry, .reason = T("over")});
        if (st) house_say(&g->h, "end", st);
        assert_int_equal(st, STATUS_OK);
        look(g, entry, &v);
    }
    if (!rule->is_permanent && !v.due.year)
        fail_msg(TEXT_FMT ": rule " TEXT_FMT " never comes", TEXT_ARG(k->id), TEXT_ARG(rule->id));
    if (!rule->is_permanent) {
        struct date before = date_add_days(v.due, -1);
        if (date_cmp(before, today_of(g)) > 0) {
            go_to(g, before);
            assert_ok(registers_retention(g->r, false, &g->h.arena, &r));
            look(g, entry, &v);
            assert_true(text_eq(v.head.state, T("current")) || text_eq(v.head.state, T("ended")));
        }
        go_to(g, v.due);
    } else {
        pass_hours(&g->h, 24 * 365);
    }
    assert_ok(registers_retention(g->r, false, &g->h.arena, &r));
    look(g, entry, &v);
    bool stays = rule->is_permanent || rule->then == THEN_REVIEW;
    if (stays) {
        assert_true(text_eq(v.head.state, T("current")) || text_eq(v.head.state, T("ended")));
    } else if (rule->then == THEN_ERASE) {
        assert_text(v.head.state, "erased");
        assert_int_equal(v.head.answers.count, 0);
    } else {
        assert_text(v.head.state, "pseudonymised");
    }
    print_message("# " TEXT_FMT ": " TEXT_FMT " %s\n", TEXT_ARG(k->id), TEXT_ARG(rule->id),
                  stays ? "stays" : "goes");
}

static void every_register_ends_as_its_rules_say(void **state) {
    (void)state;
    struct registry g;
    struct register_list all;
    registry_new(&g);
    int64_t case_id = with_officer(&g.h);
    struct text case_no = head_of(&g.h, case_id).case_no;
    registers_all(g.r, &g.h.arena, &all);
    assert_true(all.count > 0);
    const struct zone *z;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    for (size_t i = 0; i < all.count; i++) {
        struct filling f = {.g = &g,
                            .of = all.items[i],
                            .pack = registers_pack(g.r, all.items[i]->id),
                            .form = all.items[i]->form,
                            .answers = {.arena = &g.h.arena},
                            .case_no = case_no};
        f.context = pack_form_context(f.pack, zone_date(z, g.h.fixed.at));
        for (size_t k = 0; k < f.form->section_count; k++)
            fill(&f, f.form->sections[k].fields, f.form->sections[k].field_count, T(""));
        mend_all(&f);
        enum status st = by_system(
            &g, (struct register_act){.kind = ACT_RECORD, .register_id = f.of->id, .answers = &f.answers});
        if (st) house_say(&g.h, text_c(&g.h.arena, f.of->id), st);
        assert_int_equal(st, STATUS_OK);
        ends_in_time(&g, f.of, g.done.entry);
    }
    registry_ends(&g);
}

STORIES(cmocka_unit_test(each_rule_in_its_time), cmocka_unit_test(every_register_ends_as_its_rules_say))
