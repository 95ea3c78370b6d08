// rules_result.c - a run of a changed rule: how far it is, what came out, and one of its cases both ways.
#include "web/format.h"
#include "web/pages.h"
#include "web/pages/rules.h"
#include "web/pages/work_query.h"

enum {
    AGAIN_S = 2,     // the page of a running one asks for itself again
    ROWS_SHOWN = 40, // of each table; the command line has them all
    BAR_WIDTH = 200,
    SHOWN_BYTES = 300, // of one value in a trace
};

// ---- views ----

struct code_line {
    struct text name;
    int64_t before, after, gained, lost;
};
struct sample_line {
    struct text case_no, href;
};
struct change_line {
    struct text before, after;
    int64_t cases;
    bool is_detail; // the words are the same
    struct {
        struct sample_line *items;
        size_t count, capacity;
    } samples;
};
struct reason_line {
    const char *cause_key;
    struct text table, note;
    int64_t rule, cases;
};
struct group_line {
    struct text name, share;
    int64_t cases, changed;
    int width;
    bool is_few;
};
struct group_table {
    const char *caption_key, *column_key;
    struct {
        struct group_line *items;
        size_t count, capacity;
    } rows;
};
struct result_page {
    struct rules_run run;
    int64_t cases, changed, drafts, erased, other_pack, outside, newly_null, null_before, null_after, failed;
    struct text share, seconds, failure;
    struct {
        struct code_line *items;
        size_t count, capacity;
    } codes;
    struct {
        struct change_line *items;
        size_t count, capacity;
    } changes;
    struct {
        struct reason_line *items;
        size_t count, capacity;
    } reasons;
    struct {
        struct group_table *items;
        size_t count, capacity;
    } groups;
    struct {
        struct sample_line *items; // only the name
        size_t count, capacity;
    } unknown;
    bool is_still, may_open, has_more, is_list;
};
VIEW(CODE_LINE, VIEW_TEXT(struct code_line, name), VIEW_INT64(struct code_line, before),
     VIEW_INT64(struct code_line, after), VIEW_INT64(struct code_line, gained),
     VIEW_INT64(struct code_line, lost));
VIEW(SAMPLE_LINE, VIEW_TEXT(struct sample_line, case_no), VIEW_TEXT(struct sample_line, href));
VIEW(CHANGE_LINE, VIEW_TEXT(struct change_line, before), VIEW_TEXT(struct change_line, after),
     VIEW_INT64(struct change_line, cases), VIEW_BOOL(struct change_line, is_detail),
     VIEW_LIST(struct change_line, samples, &SAMPLE_LINE));
VIEW(REASON_LINE, VIEW_C(struct reason_line, cause_key), VIEW_TEXT(struct reason_line, table),
     VIEW_TEXT(struct reason_line, note), VIEW_INT64(struct reason_line, rule),
     VIEW_INT64(struct reason_line, cases));
VIEW(GROUP_LINE, VIEW_TEXT(struct group_line, name), VIEW_TEXT(struct group_line, share),
     VIEW_INT64(struct group_line, cases), VIEW_INT64(struct group_line, changed),
     VIEW_INT(struct group_line, width), VIEW_BOOL(struct group_line, is_few));
VIEW(GROUP_TABLE, VIEW_C(struct group_table, caption_key), VIEW_C(struct group_table, column_key),
     VIEW_LIST(struct group_table, rows, &GROUP_LINE));
#define V struct result_page
VIEW(RESULT_VIEW, VIEW_STRUCT(V, run, &RULES_RUN_VIEW), VIEW_INT64(V, cases), VIEW_INT64(V, changed),
     VIEW_INT64(V, drafts), VIEW_INT64(V, erased), VIEW_INT64(V, other_pack), VIEW_INT64(V, outside),
     VIEW_INT64(V, newly_null), VIEW_INT64(V, null_before), VIEW_INT64(V, null_after), VIEW_INT64(V, failed),
     VIEW_TEXT(V, share), VIEW_TEXT(V, seconds), VIEW_TEXT(V, failure), VIEW_LIST(V, codes, &CODE_LINE),
     VIEW_LIST(V, changes, &CHANGE_LINE), VIEW_LIST(V, reasons, &REASON_LINE),
     VIEW_LIST(V, groups, &GROUP_TABLE), VIEW_LIST(V, unknown, &SAMPLE_LINE), VIEW_BOOL(V, is_still),
     VIEW_BOOL(V, may_open), VIEW_BOOL(V, has_more), VIEW_BOOL(V, is_list));
#undef V
static const struct page_template RESULT = {"rules_result", &RESULT_VIEW};

// ---- filling ----

static struct text percent(struct request *q, int64_t part, int64_t whole) {
    double share = whole ? 100.0 * (double)part / (double)whole : 0;
    return TEXT_JOIN(q->arena, format_decimal(q->arena, q->language, share), T("\u00a0%"));
}

static void fill_codes(struct request *q, const struct replay_result *x, struct result_page *v) {
    for (size_t i = 0; i < x->codes.count && i < ROWS_SHOWN; i++) {
        const struct replay_code *c = &x->codes.items[i];
        *ARENA_PUSH(q->arena, &v->codes) =
            (struct code_line){rules_result_name(q, c->code), c->before, c->after, c->gained, c->lost};
    }
    v->has_more |= x->codes.count > ROWS_SHOWN;
}

static void fill_changes(struct request *q, const struct replay_result *x, struct result_page *v) {
    for (size_t i = 0; i < x->changes.count && x->changes.items[i].is_change; i++) {
        const struct replay_change *c = &x->changes.items[i];
        if (v->changes.count == ROWS_SHOWN) {
            v->has_more = true;
            return;
        }
        struct change_line *line = ARENA_PUSH(q->arena, &v->changes);
        *line = (struct change_line){.before = rules_result_name(q, c->before),
                                     .after = rules_result_name(q, c->after),
                                     .cases = c->cases,
                                     .is_detail = text_eq(c->before, c->after)};
        for (size_t k = 0; k < c->sample_count; k++)
            *ARENA_PUSH(q->arena, &line->samples) = (struct sample_line){
                c->samples[k].case_no, text_printf(q->arena, TEXT_FMT "/cases/%lld", TEXT_ARG(v->run.href),
                                                   (long long)c->samples[k].case_id)};
    }
}

static void fill_reasons(struct request *q, const struct replay_result *x, struct result_page *v) {
    static const char *const KEYS[] = {"rules.cause.came", "rules.cause.went", "rules.cause.changed",
                                       "rules.cause.logic"};
    for (size_t i = 0; i < x->reasons.count && i < ROWS_SHOWN; i++) {
        const struct replay_reason *w = &x->reasons.items[i];
        *ARENA_PUSH(q->arena, &v->reasons) =
            (struct reason_line){KEYS[w->cause], w->table, w->note, w->rule, w->cases};
    }
    v->has_more |= x->reasons.count > ROWS_SHOWN;
}

static struct text group_name(struct request *q, enum replay_property by, struct text value) {
    struct text name = by == REPLAY_BY_NATIONALITY ? page_code_name(q, "nationality", value)
                       : by == REPLAY_BY_STATUS
                           ? page_text_or(q, key_of(q->arena, "work.status.", value), value)
                           : rules_result_name(q, value);
    return text_eq(name, value) ? rules_result_name(q, value) : name;
}

static void fill_groups(struct request *q, const struct replay_result *x, struct result_page *v) {
    static const char *const KEYS[REPLAY_PROPERTIES][2] = {
        {"rules.by.nationality", "rules.column.nationality"},
        {"rules.by.status", "rules.column.status"},
        {"rules.by.track", "rules.column.track"}};
    for (int by = 0; by < REPLAY_PROPERTIES; by++) {
        const struct replay_groups *g = &x->groups[by];
        struct group_table *t = ARENA_PUSH(q->arena, &v->groups);
        *t = (struct group_table){.caption_key = KEYS[by][0], .column_key = KEYS[by][1]};
        for (size_t i = 0; i < g->count && i < ROWS_SHOWN; i++) {
            const struct replay_group *row = &g->items[i];
            *ARENA_PUSH(q->arena, &t->rows) =
                (struct group_line){group_name(q, (enum replay_property)by, row->value),
                                    percent(q, row->changed, row->cases),
                                    row->cases,
                                    row->changed,
                                    row->cases ? (int)(row->changed * BAR_WIDTH / row->cases) : 0,
                                    row->is_few};
        }
        v->has_more |= g->count > ROWS_SHOWN;
    }
}

static void fill_result(struct request *q, const struct replay_result *x, struct result_page *v) {
    v->cases = x->cases, v->changed = x->changed;
    v->drafts = x->drafts, v->erased = x->erased;
    v->other_pack = x->other_pack, v->outside = x->outside_stock;
    v->newly_null = x->newly_null, v->null_before = x->null_before, v->null_after = x->null_after;
    v->failed = x->failed_after;
    v->share = percent(q, x->changed, x->cases);
    v->seconds = format_decimal(q->arena, q->language, x->seconds);
    v->is_list = x->is_list;
    for (size_t i = 0; i < x->unknown.count; i++)
        *ARENA_PUSH(q->arena, &v->unknown) = (struct sample_line){.case_no = x->unknown.items[i]};
    fill_codes(q, x, v);
    fill_changes(q, x, v);
    fill_reasons(q, x, v);
    if (x->changed) fill_groups(q, x, v);
}

static struct text what_failed(struct request *q, const struct problem *p) {
    size_t n = 0;
    while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
    return p->text_key ? page_text(q, p->text_key, p->args, n) : T("");
}

static enum status result_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    struct look look = rules_look();
    struct replay_view run;
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = replay_enter(app->cases, page_actor(q), &look, id, q->arena, &run, &r->problem);
    if (st) return st;
    struct result_page v = {.run = rules_run_of(q, &run),
                            .is_still = query_text(q, "still").n > 0,
                            .may_open = replay_sample_purpose(app->cases, page_actor(q)).n > 0};
    if (run.state == REPLAY_FAILED) v.failure = what_failed(q, &run.problem);
    if (run.result) fill_result(q, run.result, &v);
    if (v.run.is_running && !v.is_still)
        response_header(q, r, "Refresh", text_printf(q->arena, "%d", AGAIN_S));
    st = page_show(q, r, &RESULT, &v);
    replay_leave(app->cases, id);
    return st;
}

static enum status stop_run(struct request *q, struct response *r) {
    struct look look = rules_look();
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = replay_cancel(page_app(q)->cases, page_actor(q), &look, id, &r->problem);
    return st ? st : response_redirect(q, r, text_printf(q->arena, "/rules/%lld", (long long)id));
}

// ---- one case, both ways ----

struct way {
    struct text value;
    struct text rows; // "3, 7"
    struct text notes;
};
struct step_line {
    struct text name;
    struct way before, after;
    bool differs;
    struct {
        struct sample_line *items; // name and value
        size_t count, capacity;
    } inputs;
};
struct case_ways_page {
    struct rules_run run;
    struct text case_no, before, after, file_href;
    struct {
        struct step_line *items;
        size_t count, capacity;
    } steps;
    bool is_change;
};
VIEW(WAY_VIEW, VIEW_TEXT(struct way, value), VIEW_TEXT(struct way, rows), VIEW_TEXT(struct way, notes));
VIEW(STEP_LINE, VIEW_TEXT(struct step_line, name), VIEW_STRUCT(struct step_line, before, &WAY_VIEW),
     VIEW_STRUCT(struct step_line, after, &WAY_VIEW), VIEW_BOOL(struct step_line, differs),
     VIEW_LIST(struct step_line, inputs, &SAMPLE_LINE));
#define V struct case_ways_page
VIEW(CASE_WAYS_VIEW, VIEW_STRUCT(V, run, &RULES_RUN_VIEW), VIEW_TEXT(V, case_no), VIEW_TEXT(V, before),
     VIEW_TEXT(V, after), VIEW_TEXT(V, file_href), VIEW_LIST(V, steps, &STEP_LINE), VIEW_BOOL(V, is_change));
#undef V
static const struct page_template CASE_WAYS = {"rules_case", &CASE_WAYS_VIEW};

static const struct dmn_step *step_named(const struct dmn_trace *t, const struct dmn_step *like) {
    for (size_t i = 0; i < t->count; i++)
        if (text_eq(t->items[i].id, like->id) && text_eq(t->items[i].name, like->name)) return &t->items[i];
    return NULL;
}

static struct way way_of(struct request *q, const struct dmn_step *s, bool is_without_values) {
    struct out rows = {.arena = q->arena}, notes = {.arena = q->arena};
    if (!s) return (struct way){0};
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct dmn_trace_rule *rule = &s->rules[i];
        if (!rule->chosen) continue;
        out_printf(&rows, "%s%zu", rows.n ? ", " : "", rule->index);
        if (rule->annotation_count) {
            if (notes.n) out_c(&notes, "; ");
            out_text(&notes, feel_text(&rule->annotations[0].value));
        }
    }
    struct text words = is_without_values ? T("") : rules_result_name(q, replay_words(q->arena, &s->value));
    return (struct way){words, out_done(&rows), out_done(&notes)};
}

static void add_step(struct request *q, const struct dmn_step *new, const struct dmn_step *old,
                     bool is_without_values, struct case_ways_page *v) {
    struct step_line *line = ARENA_PUSH(q->arena, &v->steps);
    *line = (struct step_line){.name = new->name,
                               .before = way_of(q, old, is_without_values),
                               .after = way_of(q, new, is_without_values)};
    // Two lists may have the same codes and differ in an article.
    line->differs = !old || !text_eq(feel_print(q->arena, &old->value), feel_print(q->arena, &new->value));
    if (is_without_values) line->differs = !old || !text_eq(line->before.rows, line->after.rows);
    for (size_t i = 0; i < new->input_count; i++)
        *ARENA_PUSH(q->arena, &line->inputs) = (struct sample_line){
            new->inputs[i].name, text_slice(feel_print(q->arena, &new->inputs[i].value), 0, SHOWN_BYTES)};
}

static enum status case_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    struct look power = rules_look(), look = page_look(q, "");
    struct replay_view run;
    struct replay_ways w;
    int64_t id, case_id;
    if (!request_param_id(q, "id", &id) || !request_param_id(q, "case", &case_id)) return STATUS_NOT_FOUND;
    if (!look.purpose.n) look.purpose = replay_sample_purpose(app->cases, page_actor(q));
    enum status st =
        replay_open_sample(app->cases, page_actor(q), &power, &look, id, case_id, q->arena, &w, &r->problem);
    if (!st) st = replay_enter(app->cases, page_actor(q), &power, id, q->arena, &run, &r->problem);
    if (st) return st;
    struct case_ways_page v = {.run = rules_run_of(q, &run),
                               .case_no = w.case_no,
                               .before = rules_result_name(q, w.before),
                               .after = rules_result_name(q, w.after),
                               .file_href = text_printf(q->arena, "/cases/%lld", (long long)case_id),
                               .is_change = w.is_change};
    replay_leave(app->cases, id);
    for (size_t i = w.trace_after.count; i > 0; i--) // the result first, then what it rests on
        if (w.trace_after.items[i - 1].logic == DMN_TABLE)
            add_step(q, &w.trace_after.items[i - 1], step_named(&w.trace_before, &w.trace_after.items[i - 1]),
                     w.is_without_values, &v);
    return page_show(q, r, &CASE_WAYS, &v);
}

static const struct route ROUTES[] = {
    {GET, "/rules/:id", result_page, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/rules/:id/stop", stop_run, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {GET, "/rules/:id/cases/:case", case_page, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&RESULT, &CASE_WAYS, NULL};
const struct page_module RULES_RESULT_PAGES = {ROUTES, TEMPLATES};
