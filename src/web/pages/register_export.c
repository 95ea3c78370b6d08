// register_export.c - what leaves a register: counts by its definitions, and rows that name nobody, for a
// period and with the fields that were chosen.
#include <stdlib.h>
#include <string.h>

#include "registers/export.h"
#include "web/pages.h"
#include "web/pages/register.h"

enum { CELLS_SHOWN = 500 /* a table that people read; the file has all */ };

struct text_line {
    struct text text;
};
struct text_lines {
    struct text_line *items;
    size_t count, capacity;
};
struct count_line {
    struct text period, count;
    struct text_lines values;
};
struct export_page {
    struct register_head head;
    struct text action, rows_from, rows_to, from, to, csv_href, json_href, counted;
    bool is_counted, has_more;
    struct options statistics, fields, formats;
    struct text_lines columns;
    struct {
        struct count_line *items;
        size_t count, capacity;
    } cells;
};
VIEW(TEXT_LINE, VIEW_TEXT(struct text_line, text));
VIEW(COUNT_LINE, VIEW_TEXT(struct count_line, period), VIEW_TEXT(struct count_line, count),
     VIEW_LIST(struct count_line, values, &TEXT_LINE));
#define V struct export_page
VIEW(EXPORT_VIEW, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_TEXT(V, action), VIEW_TEXT(V, rows_from),
     VIEW_TEXT(V, rows_to), VIEW_TEXT(V, from), VIEW_TEXT(V, to), VIEW_TEXT(V, csv_href),
     VIEW_TEXT(V, json_href), VIEW_TEXT(V, counted), VIEW_BOOL(V, is_counted), VIEW_BOOL(V, has_more),
     VIEW_LIST(V, statistics, &OPTION_VIEW), VIEW_LIST(V, fields, &OPTION_VIEW),
     VIEW_LIST(V, formats, &OPTION_VIEW), VIEW_LIST(V, columns, &TEXT_LINE),
     VIEW_LIST(V, cells, &COUNT_LINE));
#undef V
static const struct page_template EXPORT = {"register_export", &EXPORT_VIEW};

// ---- rows as they are sent

struct sending {
    struct register_export *rows;
    struct text piece;
};

static enum status send_more(void *context, uint8_t *to, size_t max, size_t *got) {
    struct sending *s = context;
    enum status st = s->piece.n ? STATUS_OK : registers_export_next(s->rows, &s->piece);
    *got = st ? 0 : s->piece.n < max ? s->piece.n : max;
    if (*got) memcpy(to, s->piece.p, *got);
    s->piece = text_slice(s->piece, *got, s->piece.n);
    return st;
}

static void send_no_more(void *context) {
    struct sending *s = context;
    registers_export_end(s->rows);
    free(s);
}

void register_export_send(struct request *q, struct response *r, struct register_export *rows, struct text id,
                          bool is_json) {
    struct sending *s = calloc(1, sizeof *s);
    if (!s) abort(); // as arena_alloc does
    s->rows = rows;
    response_download(q, r, TEXT_JOIN(q->arena, id, is_json ? T(".jsonl") : T(".csv")),
                      is_json ? T("application/jsonl") : T("text/csv"), false);
    r->stream = (struct body_stream){s, send_more, send_no_more, -1};
}

// ---- what was asked

static struct date day_asked(struct request *q, const char *name) {
    struct text typed = query_text(q, name);
    struct date d = {0};
    if (!typed.n || (!date_parse(typed, &d) && date_is_full(d))) return d;
    struct problem p = {.field = name, .rule = "date", .text_key = "problem.register.day"};
    page_problem(q, &p);
    return (struct date){0};
}

static bool is_asked(struct request *q, struct text path) {
    struct text value;
    size_t at = 0;
    while (fields_next(&q->query, "field", &at, &value))
        if (text_eq(value, path)) return true;
    return false;
}

static void fill_fields(struct request *q, const struct register_page *p, struct export_page *v) {
    struct export_fields all;
    bool is_first = !text_eq(query_text(q, "do"), T("rows"));
    registers_export_fields(page_app(q)->registers, page_actor(q), &p->look, p->def->id, q->arena, &all);
    for (size_t i = 0; i < all.count; i++)
        *ARENA_PUSH(q->arena, &v->fields) =
            (struct option){.value = all.items[i]->path,
                            .label = register_label(q, p->pack, all.items[i]),
                            .is_chosen = is_first || is_asked(q, all.items[i]->path)};
}

static void fill_formats(struct request *q, struct export_page *v) {
    static const char *const FORMATS[] = {"csv", "json"};
    static const char *const KEYS[] = {"register.export.csv", "register.export.json"};
    bool is_json = text_eq(query_text(q, "format"), T("json"));
    for (int i = 0; i < 2; i++)
        *ARENA_PUSH(q->arena, &v->formats) =
            (struct option){.value = text_of(FORMATS[i]), .label_key = KEYS[i], .is_chosen = is_json == i};
}

static struct text dimension(struct request *q, const struct register_page *p, struct text path) {
    const struct form_field *f = register_dimension(p->def, path);
    return f ? register_label(q, p->pack, f) : page_text(q, "register.export.age_group", NULL, 0);
}

// "migr_asyappctzm: nationality, sex": the code is what Eurostat calls the table.
static struct text title_of(struct request *q, const struct register_page *p,
                            const struct register_statistic *s) {
    struct out o = {.arena = q->arena};
    out_text(&o, s->title_key.n ? page_words_of(q, p->pack, s->title_key) : s->id);
    for (size_t i = 0; i < s->by_count; i++) {
        out_c(&o, i ? ", " : ": ");
        out_text(&o, dimension(q, p, s->by[i]));
    }
    return out_done(&o);
}

static void fill_statistics(struct request *q, const struct register_page *p, struct export_page *v) {
    struct text wanted = query_text(q, "statistic");
    for (size_t i = 0; i < p->def->statistic_count; i++) {
        const struct register_statistic *s = &p->def->statistics[i];
        *ARENA_PUSH(q->arena, &v->statistics) =
            (struct option){.value = s->id, .label = title_of(q, p, s), .is_chosen = text_eq(s->id, wanted)};
    }
}

static enum status show(struct request *q, struct response *r, const struct register_page *p,
                        struct export_page *v) {
    v->head = p->head;
    v->action = TEXT_JOIN(q->arena, T("/registers/"), p->def->id, T("/export"));
    v->rows_from = query_text(q, "rows_from");
    v->rows_to = query_text(q, "rows_to");
    v->from = query_text(q, "from");
    v->to = query_text(q, "to");
    fill_fields(q, p, v);
    fill_formats(q, v);
    fill_statistics(q, p, v);
    return page_show(q, r, &EXPORT, v);
}

// What a person must put right is told on the page.
static bool tell(struct request *q, enum status st, const struct problem *p, const char *field) {
    if (st != STATUS_INVALID) return false;
    struct problem shown = *p;
    shown.field = field;
    page_problem(q, &shown);
    return true;
}

// ---- rows

static enum status send_rows(struct request *q, struct response *r, const struct register_page *p) {
    struct export_page v = {0};
    struct problem wrong = {0};
    struct register_export *rows;
    struct text fields[EXPORT_FIELDS_MAX];
    struct export_order o = {.look = p->look,
                             .register_id = p->def->id,
                             .from = day_asked(q, "rows_from"),
                             .to = day_asked(q, "rows_to"),
                             .fields = fields};
    bool is_json = text_eq(query_text(q, "format"), T("json"));
    size_t at = 0;
    while (o.field_count < EXPORT_FIELDS_MAX && fields_next(&q->query, "field", &at, &fields[o.field_count]))
        o.field_count++;
    o.format = is_json ? EXPORT_JSON_LINES : EXPORT_CSV;
    if (!o.field_count && problem(&wrong, "field", "required", "problem.register.export_none"))
        page_problem(q, &wrong);
    if (q->problem_count) return show(q, r, p, &v);
    enum status st = registers_export_begin(page_app(q)->registers, page_actor(q), &o, &rows, &wrong);
    if (tell(q, st, &wrong, wrong.field && !strcmp(wrong.field, "to") ? "rows_to" : "field"))
        return show(q, r, p, &v);
    r->problem = wrong;
    if (!st) register_export_send(q, r, rows, p->def->id, is_json);
    return st;
}

// ---- counts

// The value of a dimension in words.
static struct text value_of(struct request *q, const struct register_page *p, struct text path,
                            struct text value) {
    const struct form_field *f = register_dimension(p->def, path);
    struct answers one = {.arena = q->arena};
    if (text_eq(value, T("UNK"))) return page_text(q, "register.export.unknown", NULL, 0);
    if (!f) return value;
    path = form_path(q->arena, T(""), f);
    if (answers_set(&one, f->is_multiple ? TEXT_JOIN(q->arena, path, T("[0]")) : path, value)) return value;
    struct text said = register_cell(q, p->pack, f, &one);
    return said.n ? said : value;
}

static void fill_cells(struct request *q, const struct register_page *p, const struct statistic_table *t,
                       struct export_page *v) {
    v->is_counted = true;
    v->counted = title_of(q, p, t->of);
    for (size_t i = 0; i < t->of->by_count; i++)
        *ARENA_PUSH(q->arena, &v->columns) = (struct text_line){dimension(q, p, t->of->by[i])};
    v->has_more = t->cells.count > CELLS_SHOWN;
    for (size_t i = 0; i < t->cells.count && i < CELLS_SHOWN; i++) {
        const struct statistic_cell *c = &t->cells.items[i];
        struct count_line *line = ARENA_PUSH(q->arena, &v->cells);
        *line = (struct count_line){.period = c->period,
                                    .count = c->is_few ? text_printf(q->arena, "<%d", STATISTIC_SMALL)
                                                       : text_printf(q->arena, "%lld", (long long)c->count)};
        for (size_t k = 0; k < t->of->by_count; k++)
            *ARENA_PUSH(q->arena, &line->values) =
                (struct text_line){value_of(q, p, t->of->by[k], c->values[k])};
    }
}

static struct text counts_href(struct request *q, const struct register_page *p, const char *format) {
    struct out o = {.arena = q->arena};
    query_put(&o, "do", T("count"));
    query_put(&o, "statistic", query_text(q, "statistic"));
    query_put(&o, "from", query_text(q, "from"));
    query_put(&o, "to", query_text(q, "to"));
    query_put(&o, "format", text_of(format));
    return TEXT_JOIN(q->arena, register_href(q, p, "/export"), T("&"), out_done(&o));
}

static void send_counts(struct request *q, struct response *r, const struct statistic_table *t,
                        struct text format) {
    bool is_json = text_eq(format, T("json"));
    out_text(&r->body, is_json ? statistic_json(q->arena, t) : statistic_csv(q->arena, t));
    response_download(q, r, TEXT_JOIN(q->arena, t->of->id, is_json ? T(".json") : T(".csv")),
                      is_json ? T("application/json") : T("text/csv"), false);
}

static enum status count(struct request *q, struct response *r, const struct register_page *p) {
    struct export_page v = {0};
    struct problem wrong = {0};
    struct statistic_table t;
    struct text format = query_text(q, "format");
    struct statistic_order o = {.look = p->look,
                                .register_id = p->def->id,
                                .statistic = query_text(q, "statistic"),
                                .from = day_asked(q, "from"),
                                .to = day_asked(q, "to")};
    if (q->problem_count) return show(q, r, p, &v);
    enum status st = registers_statistic(page_app(q)->registers, page_actor(q), &o, q->arena, &t, &wrong);
    r->problem = wrong;
    if (st) return st;
    if (format.n) return send_counts(q, r, &t, format), STATUS_OK;
    fill_cells(q, p, &t, &v);
    v.csv_href = counts_href(q, p, "csv");
    v.json_href = counts_href(q, p, "json");
    return show(q, r, p, &v);
}

static enum status export_page(struct request *q, struct response *r) {
    struct register_page p;
    struct export_page v = {0};
    struct text wanted = query_text(q, "do");
    enum status st = register_page_open(q, &p);
    if (st) return st;
    if (!register_might(q, &p, REGISTER_EXPORT)) return STATUS_REFUSED;
    if (text_eq(wanted, T("rows"))) return send_rows(q, r, &p);
    return text_eq(wanted, T("count")) ? count(q, r, &p) : show(q, r, &p, &v);
}

static const struct route ROUTES[] = {
    {GET, "/registers/:register/export", export_page, NEEDS(STAFF), RATE_LOOKUP},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&EXPORT, NULL};
const struct page_module REGISTER_EXPORT_PAGES = {ROUTES, TEMPLATES};
