// What a register counts is in its file; few people are not told apart, and rows name nobody.
#include "base/csv.h"
#include "registers/export.h"
#include "registry.h"

static struct look SUPERVISION = {.purpose = {"supervision", 11}};

static void record_some(struct registry *g, int count, const char *kind, const char *birth) {
    static int number;
    for (int i = 0; i < count; i++) {
        struct answers *s = said(g, BAN);
        assert_ok(answers_set(s, T("number"), text_printf(&g->h.arena, "S%05d", number++)));
        assert_ok(answers_set(s, T("kind"), text_of(kind)));
        assert_ok(answers_set(s, T("birth"), text_of(birth)));
        ACT(g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    }
}

static void counts_leave_out_few(void **state) {
    (void)state;
    struct registry g;
    struct statistic_table t;
    registry_new(&g);
    record_some(&g, 7, "BAN", "1990-05");
    record_some(&g, 3, "WANTED", "2010");
    struct actor boss = who(&g.h, BOSS), officer = who(&g.h, OFFICER);
    struct statistic_order o = {.look = SUPERVISION, .register_id = T("ban"), .statistic = T("bans")};
    assert_ok(registers_statistic(g.r, &boss, &o, &g.h.arena, &t, &g.h.problem));
    assert_text(statistic_csv(&g.h.arena, &t), "period,kind,sex,age_group,count\r\n"
                                               "2026-11,BAN,1,35-64,7\r\n"
                                               "2026-11,WANTED,1,14-17,<5\r\n");
    assert_text(
        statistic_json(&g.h.arena, &t),
        "[{\"period\":\"2026-11\",\"kind\":\"BAN\",\"sex\":\"1\",\"age_group\":\"35-64\",\"count\":7},"
        "{\"period\":\"2026-11\",\"kind\":\"WANTED\",\"sex\":\"1\",\"age_group\":\"14-17\",\"fewer_than\":5}"
        "]");
    o.to = DAY(2026, 11, 1);
    assert_ok(registers_statistic(g.r, &boss, &o, &g.h.arena, &t, &g.h.problem));
    assert_int_equal(t.cells.count, 0);
    o.statistic = T("none");
    assert_int_equal(registers_statistic(g.r, &boss, &o, &g.h.arena, &t, &g.h.problem), STATUS_NOT_FOUND);
    o.look.purpose = T("asylum_examination");
    assert_int_equal(registers_statistic(g.r, &officer, &o, &g.h.arena, &t, &g.h.problem), STATUS_REFUSED);
    registry_ends(&g);
}

static struct text rows_of(struct registry *g, struct export_order o) {
    struct actor boss = who(&g->h, BOSS);
    struct register_export *x;
    struct text piece;
    struct out all = {.arena = &g->h.arena};
    o.look = SUPERVISION;
    o.register_id = T("ban");
    assert_ok(registers_export_begin(g->r, &boss, &o, &x, &g->h.problem));
    do {
        assert_ok(registers_export_next(x, &piece));
        out_text(&all, piece);
    } while (piece.n);
    registers_export_end(x);
    return out_done(&all);
}

static void export_is_refused(struct registry *g, struct export_order o, const char *field) {
    struct actor boss = who(&g->h, BOSS);
    struct register_export *x;
    o.look = SUPERVISION;
    o.register_id = T("ban");
    assert_int_equal(registers_export_begin(g->r, &boss, &o, &x, &g->h.problem), STATUS_INVALID);
    assert_string_equal(g->h.problem.field, field);
    assert_null(x);
}

static void rows_name_nobody(void **state) {
    (void)state;
    struct registry g;
    size_t at, lines = 0;
    registry_new(&g);
    record_some(&g, 450, "BAN", "1990-05-17");
    struct text said_rows = rows_of(&g, (struct export_order){0});
    assert_true(
        text_starts(said_rows, T("pseudonym,recorded,state,sex,nationality,kind,review_on,expires_on\r\n")));
    for (size_t i = 0; i < said_rows.n; i++) lines += said_rows.p[i] == '\n';
    assert_int_equal(lines, 451);
    static const char *const NAMES[] = {"Hassan", "Karim", "1990", "S00", "BAN-2026"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        assert_false(text_find(said_rows, text_of(NAMES[i]), &at));
    assert_true(text_find(said_rows, T(",2026,current,1,SYR,BAN,,2027\r\n"), &at));

    // Only what was asked for, of the days that were asked for.
    struct text fields[] = {T("kind"), T("sex"), T("kind")}, name[] = {T("names[0].family")};
    struct date today = (struct date){2026, 11, 21}, tomorrow = date_add_days(today, 1);
    record_some(&g, 1, "WANTED", "1990-05-17");
    struct export_order some = {.fields = fields, .field_count = 3, .from = today, .to = today};
    struct text chosen = rows_of(&g, some);
    assert_true(text_starts(chosen, T("pseudonym,recorded,state,kind,sex\r\n")));
    assert_true(text_find(chosen, T(",2026,current,WANTED,1\r\n"), &at));
    some.from = some.to = tomorrow;
    assert_text(rows_of(&g, some), "pseudonym,recorded,state,kind,sex\r\n");
    some.format = EXPORT_JSON_LINES;
    some.from = some.to = today;
    assert_true(
        text_find(rows_of(&g, some), T("\"state\":\"current\",\"kind\":\"WANTED\",\"sex\":\"1\"}\n"), &at));
    export_is_refused(&g, (struct export_order){.fields = name, .field_count = 1}, "fields");
    export_is_refused(&g, (struct export_order){.from = tomorrow, .to = today}, "to");
    registry_ends(&g);
}

// ---- CSV

struct piece {
    const char *p;
    size_t n, step;
};
static enum status give(void *context, uint8_t *into, size_t room, size_t *n) {
    struct piece *k = context;
    *n = k->n < k->step ? k->n : k->step;
    if (*n > room) *n = room;
    memcpy(into, k->p, *n);
    k->p += *n, k->n -= *n;
    return STATUS_OK;
}

static void csv_is_what_it_says(void **state) {
    (void)state;
    static const char FILE_[] = "a;b;\"c;\"\"d\"\"\"\r\n\r\n1;\"two\nlines\";3\n;;\nlast;x;y";
    for (size_t step = 1; step < sizeof FILE_; step++) { // however it is cut
        struct arena a = {0};
        struct piece k = {FILE_, sizeof FILE_ - 1, step};
        struct csv *c = ARENA_NEW(&a, struct csv);
        struct csv_row row;
        c->fill = give;
        c->context = &k;
        assert_ok(csv_next(c, &a, &row, NULL));
        assert_int_equal(row.count, 3);
        assert_text(row.items[2], "c;\"d\"");
        assert_ok(csv_next(c, &a, &row, NULL));
        assert_text(row.items[1], "two\nlines");
        assert_int_equal(c->line, 3);
        assert_ok(csv_next(c, &a, &row, NULL));
        assert_int_equal(row.count, 3);
        assert_ok(csv_next(c, &a, &row, NULL));
        assert_int_equal(c->line, 6);
        assert_text(row.items[2], "y");
        assert_int_equal(csv_next(c, &a, &row, NULL), STATUS_NOT_FOUND);
        arena_free(&a);
    }
    static const struct {
        const char *file, *rule;
    } WRONG[] = {
        {"a,b\n\"open,1\n", "csv_quote"}, {"a,b\n\"x\"y,1\n", "csv_quote"}, {"a,b\n\xff,1\n", "csv_utf8"}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct arena a = {0};
        struct piece k = {WRONG[i].file, strlen(WRONG[i].file), 100};
        struct csv *c = ARENA_NEW(&a, struct csv);
        struct csv_row row;
        struct problem p = {0};
        c->fill = give;
        c->context = &k;
        assert_ok(csv_next(c, &a, &row, &p));
        assert_int_equal(csv_next(c, &a, &row, &p), STATUS_INVALID);
        assert_string_equal(p.rule, WRONG[i].rule);
        assert_int_equal(p.line, 2);
        arena_free(&a);
    }
}

STORIES(cmocka_unit_test(counts_leave_out_few), cmocka_unit_test(rows_name_nobody),
        cmocka_unit_test(csv_is_what_it_says))
