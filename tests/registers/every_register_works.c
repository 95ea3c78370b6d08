// Every register that eu-common brings, with an entry for each of its rules of retention (entries.jsonl):
// recorded by the command, listed, found by each field that it is searched by, read, and gone, reviewed or
// kept on the right day.
#include <jansson.h>

#include "registers/retention.h"
#include "registry.h"

// How long, from which day, by which article, and what then: as the law has it, said once more and not read
// from the pack. A register, a rule; `from` empty: for ever.
static const struct {
    const char *register_id, *rule, *article, *from;
    int years, months, days;
    const char *then;
} KEPT[] = {
    {"ai_system", "default", "AIA:18", "ended", 10, 0, 0, "erase"},
    {"ai_use", "no_case", "AIA:26", "used_at", 0, 6, 0, "erase"},
    {"ai_use", "default", "AIA:26", "ended", 0, 6, 0, "review"},
    {"alert", "return", "SIS1860:14", "ended", 0, 0, 7, "erase"},
    {"alert", "default", "SIS1861:39", "expires_on", 0, 0, 7, "erase"},
    {"asylum", "open", "APR:72", "ended", 10, 0, 0, "erase"},
    {"asylum", "default", "APR:72", "decided_on", 10, 0, 0, "erase"},
    {"audit", "reads", "GDPR:5", "recorded", 3, 0, 0, "erase"},
    {"audit", "default", "GDPR:5", "recorded", 10, 0, 0, "erase"},
    {"bioenrol", "resettled", "EUD:29(3)", "taken_at", 5, 0, 0, "erase"},
    {"bioenrol", "resettlement_refused", "EUD:29(4)", "taken_at", 3, 0, 0, "erase"},
    {"bioenrol", "national_resettlement", "EUD:29(5)", "taken_at", 5, 0, 0, "erase"},
    {"bioenrol", "irregular", "EUD:29(6)", "taken_at", 5, 0, 0, "erase"},
    {"bioenrol", "temporary_protection", "EUD:29(9)", "taken_at", 1, 0, 0, "review"},
    {"bioenrol", "applicant", "EUD:29(1)", "taken_at", 10, 0, 0, "erase"},
    {"bioenrol", "ees", "EES:34", "taken_at", 3, 0, 0, "erase"},
    {"bioenrol", "vis", "VISR:23", "taken_at", 5, 0, 0, "erase"},
    {"bioenrol", "default", "GDPR:5", "ended", 1, 0, 0, "erase"},
    {"breach", "default", "GDPR:33", "detected_at", 10, 0, 0, "erase"},
    {"case", "asylum", "APR:72", "final_on", 10, 0, 0, "review"},
    {"case", "permit", "GDPR:5", "final_on", 10, 0, 0, "erase"},
    {"case", "citizenship", "GDPR:5", "", 0, 0, 0, "keep"},
    {"case", "visa", "VISR:23", "final_on", 5, 0, 0, "erase"},
    {"case", "enquiry", "GDPR:5", "recorded", 1, 0, 0, "erase"},
    {"case", "default", "GDPR:5", "ended", 10, 0, 0, "review"},
    {"citizen", "default", "GDPR:5", "", 0, 0, 0, "keep"},
    {"coi", "default", "GDPR:89", "", 0, 0, 0, "keep"},
    {"crossing", "family", "EES:34", "at", 1, 0, 0, "erase"},
    {"crossing", "refusal", "EES:34", "at", 3, 0, 1, "erase"},
    {"crossing", "exit", "EES:34", "at", 3, 0, 1, "erase"},
    {"crossing", "default", "EES:34", "at", 5, 0, 0, "erase"},
    {"detention", "default", "GDPR:5", "ended", 5, 0, 0, "erase"},
    {"dpia", "default", "GDPR:35", "ended", 10, 0, 0, "erase"},
    {"dsr", "answered", "GDPR:5", "answered_on", 5, 0, 0, "erase"},
    {"dsr", "default", "GDPR:5", "recorded", 5, 0, 0, "review"},
    {"dublin", "default", "GDPR:5", "ended", 10, 0, 0, "erase"},
    {"eta", "refused", "ETIAS:54", "decided_on", 5, 0, 0, "erase"},
    {"eta", "issued", "ETIAS:54", "valid_until", 0, 0, 0, "erase"},
    {"eta", "default", "ETIAS:54", "recorded", 5, 0, 0, "erase"},
    {"exchange", "default", "GDPR:5", "ended", 10, 0, 0, "erase"},
    {"famlink", "disproved", "GDPR:5", "recorded", 1, 0, 0, "erase"},
    {"famlink", "default", "GDPR:5", "ended", 10, 0, 0, "erase"},
    {"idoc", "seized", "GDPR:5", "returned_on", 5, 0, 0, "erase"},
    {"idoc", "default", "GDPR:5", "ended", 5, 0, 0, "erase"},
    {"interp", "default", "GDPR:5", "ended", 5, 0, 0, "erase"},
    {"invite", "default", "GDPR:5", "period_until", 5, 0, 0, "erase"},
    {"offence", "expunged", "GDPR:10", "expunged_on", 0, 0, 0, "erase"},
    {"offence", "limited", "GDPR:10", "limited_on", 0, 0, 0, "erase"},
    {"offence", "default", "GDPR:10", "ended", 5, 0, 0, "review"},
    {"permit", "default", "GDPR:5", "valid_until", 10, 0, 0, "erase"},
    {"person", "default", "GDPR:5", "ended", 10, 0, 0, "pseudonymise"},
    {"rep", "default", "GDPR:5", "ends_on", 5, 0, 0, "erase"},
    {"repat", "recognised", "GDPR:5", "", 0, 0, 0, "keep"},
    {"repat", "default", "GDPR:5", "ended", 10, 0, 0, "erase"},
    {"return", "left", "GDPR:5", "left_on", 10, 0, 0, "erase"},
    {"return", "default", "GDPR:5", "decided_on", 10, 0, 0, "review"},
    {"ropa", "default", "GDPR:30", "ended", 10, 0, 0, "erase"},
    {"specimen", "default", "GDPR:89", "", 0, 0, 0, "keep"},
    {"stay", "hotel", "CISA:45", "arrived_on", 1, 0, 0, "erase"},
    {"stay", "default", "GDPR:5", "ended", 1, 0, 0, "erase"},
    {"verif", "dated", "GDPR:5", "doc_expires_on", 5, 0, 0, "erase"},
    {"verif", "default", "GDPR:5", "recorded", 10, 0, 0, "erase"},
    {"visa", "refused", "VISR:23", "decided_on", 5, 0, 0, "erase"},
    {"visa", "issued", "VISR:23", "valid_until", 5, 0, 0, "erase"},
    {"visa", "default", "VISR:23", "recorded", 5, 0, 0, "erase"},
    {"workauth", "declaration", "GDPR:5", "valid_until", 5, 0, 0, "erase"},
    {"workauth", "default", "GDPR:5", "ended", 10, 0, 0, "erase"},
};
enum { KEPT_COUNT = sizeof KEPT / sizeof *KEPT };

struct one {
    struct text register_id, rule, role, purpose;
    struct answers answers;
    const struct pack_register *of;
    int64_t entry;
    struct date due;
    size_t kept; // of KEPT
};
struct every {
    struct registry g;
    struct text case_no;
    struct one all[KEPT_COUNT];
    size_t count;
};

// ---- the entries

static struct text said_in(struct every *t, const json_t *j, const char *name) {
    const json_t *v = json_object_get(j, name);
    assert_true(json_is_string(v));
    return text_copy(&t->g.h.arena, text_of(json_string_value(v)));
}

static void read_line(struct every *t, struct text line, struct one *o) {
    struct arena *a = &t->g.h.arena;
    json_t *j = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    char *answers = json_dumps(json_object_get(j, "answers"), 0);
    *o = (struct one){said_in(t, j, "register"),
                      said_in(t, j, "rule"),
                      said_in(t, j, "role"),
                      said_in(t, j, "purpose"),
                      {.arena = a}};
    assert_ok(answers_from_json(a, text_copy(a, text_of(answers)), &o->answers, &t->g.h.problem));
    for (size_t i = 0; i < o->answers.count; i++)
        if (text_eq(o->answers.items[i].value, T("CASE"))) o->answers.items[i].value = t->case_no;
    o->of = registers_named(t->g.r, o->register_id);
    assert_non_null(o->of);
    free(answers);
    json_decref(j);
}

static void every_new(struct every *t) {
    registry_new(&t->g);
    t->case_no = head_of(&t->g.h, with_officer(&t->g.h)).case_no;
    struct text rest = register_file(&t->g.h.arena, "tests/registers/entries.jsonl"), line;
    for (t->count = 0; rest.n && text_cut(&rest, '\n', &line);) {
        if (!line.n) continue;
        assert_true(t->count < KEPT_COUNT);
        struct one *o = &t->all[t->count++];
        read_line(t, line, o);
        for (o->kept = 0; o->kept < KEPT_COUNT; o->kept++)
            if (text_eq(o->register_id, text_of(KEPT[o->kept].register_id)) &&
                text_eq(o->rule, text_of(KEPT[o->kept].rule)))
                break;
        if (o->kept == KEPT_COUNT)
            fail_msg(TEXT_FMT " " TEXT_FMT " is not in the table", TEXT_ARG(o->register_id),
                     TEXT_ARG(o->rule));
    }
    assert_int_equal(t->count, KEPT_COUNT);
}

static struct actor worker(struct every *t, const struct one *o, int which) {
    struct actor a = who(&t->g.h, which);
    a.roles[0] = o->role;
    a.role_count = 1;
    return a;
}

static enum status try_to(struct every *t, struct one *o, int which, struct register_act act) {
    struct actor a = worker(t, o, which);
    act.look.purpose = o->purpose;
    act.register_id = o->register_id;
    act.entry = o->entry;
    t->g.h.problem = (struct problem){0};
    return registers_do(t->g.r, &a, &act, NULL, &t->g.h.arena, &t->g.done, &t->g.h.problem);
}

static void must(struct every *t, struct one *o, int which, struct register_act act) {
    enum status st = try_to(t, o, which, act);
    if (st)
        house_say(&t->g.h, text_c(&t->g.h.arena, TEXT_JOIN(&t->g.h.arena, o->register_id, T(" "), o->rule)),
                  st);
    assert_int_equal(st, STATUS_OK);
}

static const struct form_field *required_in(const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == FIELD_REPEAT) continue;
        const struct form_field *f = fields[i].child_count
                                         ? required_in(fields[i].children, fields[i].child_count)
                                     : fields[i].is_required ? &fields[i]
                                                             : NULL;
        if (f) return f;
    }
    return NULL;
}

// The form is asked: without an answer that it needs nothing is recorded.
static void is_checked(struct every *t, struct one *o) {
    const struct form_field *f = NULL;
    struct answers less;
    for (size_t i = 0; i < o->of->form->section_count && !f; i++)
        f = required_in(o->of->form->sections[i].fields, o->of->form->sections[i].field_count);
    if (!f) fail_msg(TEXT_FMT ": its form needs nothing", TEXT_ARG(o->register_id));
    answers_copy(&t->g.h.arena, &o->answers, &less);
    answers_remove(&less, f->path);
    answers_remove(&less, TEXT_JOIN(&t->g.h.arena, f->path, T("[0]")));
    assert_int_equal(try_to(t, o, OFFICER, (struct register_act){.kind = ACT_RECORD, .answers = &less}),
                     STATUS_INVALID);
    assert_true(text_starts(text_of(t->g.h.problem.field), f->path));
}

static void record(struct every *t, struct one *o) {
    must(t, o, OFFICER, (struct register_act){.kind = ACT_RECORD, .answers = &o->answers});
    o->entry = t->g.done.entry;
    if (t->g.done.is_waiting) must(t, o, BOSS, (struct register_act){.kind = ACT_CONFIRM});
}

// ---- found and read

static void is_found(struct every *t, struct one *o, struct entry_filter f, struct text by) {
    struct actor a = worker(t, o, OFFICER);
    struct look look = {.purpose = o->purpose};
    struct entry_list list;
    f.register_id = o->register_id;
    f.limit = REGISTER_PAGE_MAX;
    enum status st = registers_find(t->g.r, &a, &look, &f, &t->g.h.arena, &list, &t->g.h.problem);
    if (st) house_say(&t->g.h, text_c(&t->g.h.arena, by), st);
    assert_int_equal(st, STATUS_OK);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].entry == o->entry) {
            assert_false(list.items[i].is_hit_only);
            return;
        }
    fail_msg(TEXT_FMT " is not found by " TEXT_FMT, TEXT_ARG(o->register_id), TEXT_ARG(by));
}

static bool filter_by(enum field_search search, struct text value, struct entry_filter *f) {
    *f = (struct entry_filter){0};
    switch (search) {
    case SEARCH_NUMBER: f->number = value; return true;
    case SEARCH_PLATE: f->plate = value; return true;
    case SEARCH_NAME:
    case SEARCH_FAMILY:
    case SEARCH_GIVEN:
    case SEARCH_PATRONYMIC: f->name = value; return true;
    case SEARCH_BIRTH: f->birth = value; return true;
    case SEARCH_NATIONALITY: f->nationality = value; return true;
    case SEARCH_WORD: f->text = value; return true;
    default: return false; // sex, issuer and the like find nobody by themselves
    }
}

static int find_by_each(struct every *t, struct one *o) {
    int ways = 0;
    is_found(t, o, (struct entry_filter){0}, T("the list"));
    for (size_t i = 0; i < o->answers.count; i++) {
        const struct form_field *k = form_field_at(o->of->form, o->answers.items[i].path);
        struct text value = o->answers.items[i].value;
        struct entry_filter f;
        if (filter_by(k->search, value, &f)) is_found(t, o, f, o->answers.items[i].path), ways++;
        if (!k->is_listed) continue;
        f = (struct entry_filter){.column_count = 1, .columns = {{k->path, value}}};
        is_found(t, o, f, k->path);
    }
    return ways;
}

static void is_read(struct every *t, struct one *o) {
    struct actor a = worker(t, o, OFFICER);
    struct look look = {.purpose = o->purpose};
    struct entry_view v;
    assert_ok(registers_history(t->g.r, &a, &look, o->entry, &t->g.h.arena, &v, &t->g.h.problem));
    assert_true(v.holds && v.versions.count == 1);
    for (size_t i = 0; i < o->answers.count; i++)
        assert_true(
            text_eq(answers_get(&v.head.answers, o->answers.items[i].path), o->answers.items[i].value));
    assert_int_equal(v.head.answers.count, o->answers.count);
    assert_true(text_eq(v.due_rule, o->rule));
}

static void every_register_is_recorded_found_and_read(void **state) {
    (void)state;
    static struct every t;
    struct text last = T("");
    every_new(&t);
    for (size_t i = 0; i < t.count; i++) {
        struct one *o = &t.all[i];
        bool is_first = !text_eq(o->register_id, last);
        last = o->register_id;
        if (!is_first) continue;
        is_checked(&t, o);
        record(&t, o);
        if (!find_by_each(&t, o)) fail_msg(TEXT_FMT " is found by nothing", TEXT_ARG(o->register_id));
        is_read(&t, o);
    }
    registry_ends(&t.g);
}

// ---- time

// As it stands in the table: a reading by the door would be a durable trace each time.
static struct text state_of(struct every *t, const struct one *o, struct answers *says) {
    static const struct sql ROW =
        SQL("test_entry", "select state, answers from register_entry where entry_id = :entry");
    struct db *db;
    struct rows q;
    *says = (struct answers){.arena = &t->g.h.arena};
    assert_ok(store_reader(t->g.h.store, &db));
    assert_ok(DB_ONE(db, &q, &ROW, V_INT(o->entry)));
    struct text state = text_copy(&t->g.h.arena, row_text(&q, 0));
    if (row_bytes(&q, 1).n)
        assert_ok(answers_decode(&t->g.h.arena, bytes_copy(&t->g.h.arena, row_bytes(&q, 1)), says));
    assert_ok(rows_end(&q));
    store_reader_release(t->g.h.store, db);
    return state;
}

static struct date start_of(const struct one *o, struct date today) {
    struct text from = text_of(KEPT[o->kept].from), value = answers_get(&o->answers, from);
    struct date d;
    if (text_eq(from, T("recorded")) || text_eq(from, T("ended"))) return today;
    assert_ok(date_parse(text_slice(value, 0, 10), &d));
    return d;
}

// What is due by the pack is what is due by the law; an end is recorded where the time counts from it.
static void begins_to_count(struct every *t, struct one *o, struct date today) {
    struct actor system = actor_system();
    struct look technical = {.purpose = T("technical")};
    struct entry_view v;
    const char *from = KEPT[o->kept].from;
    if (!strcmp(from, "ended")) {
        struct register_act act = {
            .kind = ACT_END, .look = {.purpose = T("technical")}, .entry = o->entry, .reason = T("over")};
        assert_ok(registers_do(t->g.r, &system, &act, NULL, &t->g.h.arena, &t->g.done, &t->g.h.problem));
    }
    assert_ok(registers_open_entry(t->g.r, &system, &technical, o->entry, NULL, &t->g.h.arena, &v,
                                   &t->g.h.problem));
    assert_true(text_eq(v.due_rule, o->rule));
    assert_text(v.due_then, *from ? KEPT[o->kept].then : "");
    for (size_t i = 0; i < o->of->retention_count; i++)
        if (text_eq(o->of->retention[i].id, o->rule))
            assert_text(o->of->retention[i].article, KEPT[o->kept].article);
    if (*from) {
        int months = KEPT[o->kept].years * 12 + KEPT[o->kept].months;
        o->due = date_add_days(date_add_months(start_of(o, today), months), KEPT[o->kept].days);
    }
    if (!date_eq(o->due, v.due))
        fail_msg(TEXT_FMT " " TEXT_FMT ": due on " TEXT_FMT, TEXT_ARG(o->register_id), TEXT_ARG(o->rule),
                 TEXT_ARG(date_print(&t->g.h.arena, v.due)));
}

static void keep_on(struct every *t, struct date day) {
    const struct zone *z;
    struct retention_report r;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    struct moment at = zone_moment(z, day, 12 * 60);
    if (at.ms > t->g.h.fixed.at.ms) t->g.h.fixed.at = at;
    assert_ok(registers_retention(t->g.r, false, &t->g.h.arena, &r));
}

static void is_as(struct every *t, const struct one *o, struct date day) {
    struct answers says;
    struct text is = state_of(t, o, &says);
    const char *then = o->due.year ? KEPT[o->kept].then : "keep";
    bool is_over = o->due.year && date_cmp(o->due, day) <= 0;
    if (!is_over || !strcmp(then, "review") || !strcmp(then, "keep")) {
        assert_true(text_eq(is, T("current")) || text_eq(is, T("ended")));
        assert_int_equal(says.count, o->answers.count);
        return;
    }
    if (!text_eq(is, !strcmp(then, "erase") ? T("erased") : T("pseudonymised")))
        fail_msg(TEXT_FMT " " TEXT_FMT " is still " TEXT_FMT, TEXT_ARG(o->register_id), TEXT_ARG(o->rule),
                 TEXT_ARG(is));
    for (size_t i = 0; i < says.count; i++) {
        const struct form_field *k = form_field_at(o->of->form, says.items[i].path);
        assert_true(text_eq(k->attribute_class, T("statistics")) || text_eq(k->attribute_class, T("public")));
    }
    if (!strcmp(then, "erase")) assert_int_equal(says.count, 0);
}

static int by_due(const void *a, const void *b) {
    const struct one *x = a, *y = b;
    return date_cmp(x->due, y->due);
}

// The day before nothing happens to it, on its day what the rule says; and what is for ever is there after
// all others.
static void every_rule_acts_on_its_day(void **state) {
    (void)state;
    static struct every t;
    struct date today = {2026, 11, 21}, last = today;
    every_new(&t);
    for (size_t i = 0; i < t.count; i++) {
        record(&t, &t.all[i]);
        begins_to_count(&t, &t.all[i], today);
    }
    qsort(t.all, t.count, sizeof *t.all, by_due);
    for (size_t i = 0; i < t.count; i++) {
        if (!t.all[i].due.year || date_cmp(t.all[i].due, last) <= 0) continue;
        last = t.all[i].due;
        if (date_cmp(last, date_add_days(today, 1)) > 0) keep_on(&t, date_add_days(last, -1));
        for (size_t k = i; k < t.count; k++) is_as(&t, &t.all[k], date_add_days(last, -1));
        keep_on(&t, last);
        for (size_t k = i; k < t.count && date_eq(t.all[k].due, last); k++) is_as(&t, &t.all[k], last);
    }
    for (size_t i = 0; i < t.count; i++) is_as(&t, &t.all[i], last);
    registry_ends(&t.g);
}

STORIES(cmocka_unit_test(every_register_is_recorded_found_and_read),
        cmocka_unit_test(every_rule_acts_on_its_day))
