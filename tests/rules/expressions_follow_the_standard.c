// The standard, clause by clause: tests/rules/standard/*.txt hold an expression and what it must give, one a
// line, under the number of the clause or table of DMN 1.5 that says so. A null that comes from a mistake
// must say why: its line names the first diagnostic; any other null has none.
#include <dirent.h>

#include "../check.h"
#include "rules/feel.h"

#define FOLDER "tests/rules/standard"

static const struct feel_now NOW = {{1795219200000}, {"Europe/Brussels", 15}};

struct row {
    struct arena arena;
    struct text place, source, result, reason;
};

static bool cut(struct text t, const char *between, struct text *left, struct text *right) {
    size_t at;
    if (!text_find(t, text_of(between), &at)) return false;
    *left = text_trim(text_slice(t, 0, at));
    *right = text_trim(text_slice(t, at + strlen(between), t.n));
    return true;
}

static bool complain(const struct row *r, struct text got, struct text why) {
    print_message("# " TEXT_FMT ": " TEXT_FMT " gives " TEXT_FMT " " TEXT_FMT ", wanted " TEXT_FMT
                  " " TEXT_FMT "\n",
                  TEXT_ARG(r->place), TEXT_ARG(r->source), TEXT_ARG(got), TEXT_ARG(why), TEXT_ARG(r->result),
                  TEXT_ARG(r->reason));
    return false;
}

static bool parses_not(struct row *r, const struct problem *p) {
    struct text wanted = text_trim(text_slice(r->result, strlen("invalid"), r->result.n));
    bool is_invalid = text_starts(r->result, T("invalid"));
    if (is_invalid && (!wanted.n || text_eq(wanted, text_of(p->rule)))) return true;
    return complain(r, T("invalid"), text_of(p->rule));
}

// `test INPUT ~ CELL`: the input value against the cell of a decision table.
static bool cell_holds(struct row *r, struct text input, struct text cell) {
    const struct feel_expression *x, *tests;
    struct problem p = {0};
    struct feel_value v;
    bool matches;
    assert_ok(feel_parse(&r->arena, input, FEEL_EXPRESSION, NULL, &x, NULL));
    assert_ok(feel_eval(x, NULL, &NOW, &r->arena, &v, NULL));
    if (feel_parse(&r->arena, cell, FEEL_UNARY_TESTS, NULL, &tests, &p)) return parses_not(r, &p);
    assert_ok(feel_test(tests, &v, NULL, &NOW, &r->arena, &matches, NULL));
    struct text got = text_of(matches ? "true" : "false");
    return text_eq(got, r->result) || complain(r, got, T(""));
}

static bool holds(struct row *r) {
    const struct feel_expression *x;
    struct problem p = {0};
    struct feel_value v;
    struct feel_diagnostics d = {0};
    struct text input, cell;
    if (text_starts(r->source, T("test ")) &&
        cut(text_slice(r->source, strlen("test "), r->source.n), " ~ ", &input, &cell))
        return cell_holds(r, input, cell);
    if (feel_parse(&r->arena, r->source, FEEL_EXPRESSION, NULL, &x, &p)) return parses_not(r, &p);
    assert_ok(feel_eval(x, NULL, &NOW, &r->arena, &v, &d));
    struct text got = feel_print_literal(&r->arena, &v);
    struct text why = d.count ? text_of(d.items[0].text_key) : T("");
    bool says_why = r->reason.n ? text_eq(why, r->reason) : v.kind != FEEL_NULL || !why.n;
    return (text_eq(got, r->result) && says_why) || complain(r, got, why);
}

static bool line_holds(struct text line, const char *file, int number) {
    struct row r = {0};
    bool ok = true;
    line = text_trim(line);
    if (line.n && line.p[0] != '#') {
        r.place = text_printf(&r.arena, "%s:%d", file, number);
        if (!cut(line, " => ", &r.source, &r.result)) fail_msg("%s:%d: no =>", file, number);
        cut(r.result, " ! ", &r.result, &r.reason);
        ok = holds(&r);
    }
    arena_free(&r.arena);
    return ok;
}

static void every_line_of_the_tables_holds(void **state) {
    (void)state;
    enum { LINE_BYTES = 1024 };
    static char path[512], line[LINE_BYTES];
    int lines = 0, failed = 0;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (struct dirent *d; (d = readdir(folder));) {
        if (!text_ends(text_of(d->d_name), T(".txt"))) continue;
        snprintf(path, sizeof path, FOLDER "/%s", d->d_name);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        for (int number = 1; fgets(line, sizeof line, f); number++, lines++)
            failed += !line_holds(text_of(line), d->d_name, number);
        fclose(f);
    }
    closedir(folder);
    if (failed) fail_msg("%d lines", failed);
    assert_true(lines > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_line_of_the_tables_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
