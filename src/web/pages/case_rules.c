// case_rules.c - a suggestion of the rules with its trace: which rule matched, and from which article. Never
// a decision.
#include "web/pages/case_rules.h"

#include "web/pages.h"

static const struct view_field VALUE_FIELDS[] = {
    VIEW_TEXT(struct rule_value, name), VIEW_TEXT(struct rule_value, value), {0}};
static const struct view VALUE_VIEW = {"rule_value", VALUE_FIELDS};
static const struct view_field REASON_FIELDS[] = {VIEW_TEXT(struct rule_reason, name),
                                                  VIEW_TEXT(struct rule_reason, value),
                                                  VIEW_TEXT(struct rule_reason, test),
                                                  {0}};
static const struct view REASON_VIEW = {"rule_reason", REASON_FIELDS};
static const struct view_field FAILURE_FIELDS[] = {VIEW_TEXT(struct rule_failure, key),
                                                   VIEW_TEXT(struct rule_failure, detail),
                                                   VIEW_TEXT(struct rule_failure, place),
                                                   VIEW_INT(struct rule_failure, line),
                                                   {0}};
static const struct view FAILURE_VIEW = {"rule_failure", FAILURE_FIELDS};
static const struct view_field LINE_FIELDS[] = {VIEW_INT(struct rule_line, number),
                                                VIEW_BOOL(struct rule_line, is_chosen),
                                                VIEW_LIST(struct rule_line, outputs, &VALUE_VIEW),
                                                VIEW_LIST(struct rule_line, notes, &VALUE_VIEW),
                                                VIEW_LIST(struct rule_line, reasons, &REASON_VIEW),
                                                {0}};
static const struct view LINE_VIEW = {"rule_line", LINE_FIELDS};
static const struct view_field STEP_FIELDS[] = {VIEW_TEXT(struct rule_step, name),
                                                VIEW_TEXT(struct rule_step, value),
                                                VIEW_LIST(struct rule_step, inputs, &VALUE_VIEW),
                                                VIEW_LIST(struct rule_step, rules, &LINE_VIEW),
                                                VIEW_LIST(struct rule_step, failures, &FAILURE_VIEW),
                                                VIEW_BOOL(struct rule_step, is_main),
                                                VIEW_BOOL(struct rule_step, is_table),
                                                {0}};
static const struct view STEP_VIEW = {"rule_step", STEP_FIELDS};
static const struct view_field FINDING_FIELDS[] = {
    VIEW_TEXT(struct rule_finding, code),     VIEW_TEXT(struct rule_finding, severity),
    VIEW_TEXT(struct rule_finding, text_key), VIEW_TEXT(struct rule_finding, article),
    VIEW_TEXT(struct rule_finding, reason),   VIEW_TEXT(struct rule_finding, input),
    VIEW_BOOL(struct rule_finding, is_stop),  {0}};
const struct view RULE_FINDING_VIEW = {"rule_finding", FINDING_FIELDS};
static const struct view_field RULE_FIELDS[] = {VIEW_TEXT(struct rule_view, value_key),
                                                VIEW_TEXT(struct rule_view, decision_key),
                                                VIEW_LIST(struct rule_view, findings, &RULE_FINDING_VIEW),
                                                VIEW_LIST(struct rule_view, steps, &STEP_VIEW),
                                                VIEW_BOOL(struct rule_view, has_value),
                                                {0}};
const struct view RULE_VIEW = {"rule_view", RULE_FIELDS};

static struct text shown(struct request *q, const struct feel_value *v) {
    enum { SHOWN_MAX = 300 }; // a page is no dump
    return text_head(feel_print(q->arena, v), SHOWN_MAX);
}

static struct rule_values named(struct request *q, const struct dmn_named_value *values, size_t n) {
    struct rule_values out = {0};
    for (size_t i = 0; i < n; i++) {
        *ARENA_PUSH(q->arena, &out) = (struct rule_value){values[i].name, shown(q, &values[i].value)};
    }
    return out;
}

static void add_rule(struct request *q, const struct dmn_step *s, const struct dmn_trace_rule *r,
                     struct rule_step *step) {
    struct rule_line *line = ARENA_PUSH(q->arena, &step->rules);
    *line = (struct rule_line){.number = (int)r->index,
                               .is_chosen = r->chosen,
                               .outputs = named(q, r->outputs, r->output_count),
                               .notes = named(q, r->annotations, r->annotation_count)};
    for (size_t i = 0; i < s->input_count; i++)
        if (r->tests[i].n && !text_eq(r->tests[i], T("-")))
            *ARENA_PUSH(q->arena, &line->reasons) =
                (struct rule_reason){s->inputs[i].name, shown(q, &s->inputs[i].value), r->tests[i]};
}

static void add_failure(struct request *q, const struct dmn_diagnostic *d, struct rule_step *step) {
    struct text place = d->rule     ? text_printf(q->arena, "%zu, " TEXT_FMT, d->rule, TEXT_ARG(d->cell))
                        : d->cell.n ? d->cell
                                    : d->element;
    *ARENA_PUSH(q->arena, &step->failures) =
        (struct rule_failure){text_of(d->what.text_key), d->what.detail, place, (int)d->what.line};
}

static void add_step(struct request *q, const struct dmn_step *s, struct rule_view *v) {
    struct rule_step *step = ARENA_PUSH(q->arena, &v->steps);
    *step = (struct rule_step){.name = s->name,
                               .value = shown(q, &s->value),
                               .is_main = s->depth == 0,
                               .is_table = s->logic == DMN_TABLE};
    if (s->logic == DMN_TABLE) step->inputs = named(q, s->inputs, s->input_count);
    for (size_t i = 0; i < s->rule_count; i++) add_rule(q, s, &s->rules[i], step);
    for (size_t i = 0; i < s->diagnostic_count; i++) add_failure(q, &s->diagnostics[i], step);
}

enum status case_rules(struct request *q, const struct case_page *c, const char *decision,
                       struct rule_view *v, struct problem *p) {
    struct suggestion s;
    struct look look = case_look(q, c->frame.id);
    if (!pack_decision_with(c->pack, text_of(decision)))
        return STATUS_NOT_FOUND; // this procedure has no such table
    *v = (struct rule_view){.decision_key = key_of(q->arena, "case.rules.", text_of(decision))};
    enum status st = cases_suggestion(page_app(q)->cases, page_actor(q), &look, c->frame.id,
                                      text_of(decision), q->arena, &s, p);
    if (st) return st;
    for (size_t i = 0; i < s.items.count; i++) {
        const struct suggestion_item *x = &s.items.items[i];
        struct text input = TEXT_JOIN(q->arena, T("override-"), x->code);
        *ARENA_PUSH(q->arena, &v->findings) = (struct rule_finding){x->code,
                                                                    x->severity,
                                                                    x->text_key.n ? x->text_key : x->code,
                                                                    x->article,
                                                                    form_text(q, text_c(q->arena, input)),
                                                                    input,
                                                                    text_eq(x->severity, T("stop"))};
    }
    v->has_value = !s.items.count && s.value.n && !text_eq(s.value, T("null")) && !text_eq(s.value, T("[]"));
    if (v->has_value) v->value_key = key_of(q->arena, "work.track.", s.value);
    for (size_t i = s.trace.count; i > 0; i--) add_step(q, &s.trace.items[i - 1], v);
    return STATUS_OK;
}

// ---- the page ----

struct suggestion_page {
    struct case_frame frame;
    struct rule_view rules;
    struct options decisions;
    struct text href;
};
VIEW(SUGGESTION_VIEW, VIEW_STRUCT(struct suggestion_page, frame, &CASE_FRAME_VIEW),
     VIEW_STRUCT(struct suggestion_page, rules, &RULE_VIEW),
     VIEW_LIST(struct suggestion_page, decisions, &OPTION_VIEW), VIEW_TEXT(struct suggestion_page, href));
static const struct page_template SUGGESTION = {"case_suggestion", &SUGGESTION_VIEW};

// Decisions that have a name for people: the others are steps on the way. `chosen` is the one of them that
// was asked for, else the first.
static void offer_decisions(struct request *q, const struct dmn_model *m, struct options *out,
                            struct text *chosen) {
    size_t count;
    const struct dmn_node_info *n = dmn_nodes(m, &count);
    struct text wanted = query_text(q, "decision");
    for (size_t i = 0; i < count; i++) {
        struct text name = page_text_or(q, key_of(q->arena, "case.rules.", n[i].id), T(""));
        if (n[i].kind != DMN_DECISION || !n[i].id.n || !name.n) continue;
        bool is_wanted = text_eq(wanted, n[i].id);
        if (!chosen->n || is_wanted) *chosen = n[i].id;
        *ARENA_PUSH(q->arena, out) = (struct option){.value = n[i].id, .label = name, .is_chosen = is_wanted};
    }
}

static enum status suggestion_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "decision", &c);
    if (st || case_page_is_sent(r)) return st;
    struct text decision = T("");
    struct suggestion_page v = {.frame = c.frame, .href = case_path(q, c.frame.id, "/suggestion")};
    for (size_t i = 0; i < pack_decisions(c.pack); i++)
        offer_decisions(q, pack_decision(c.pack, i), &v.decisions, &decision);
    if (!decision.n) return STATUS_NOT_FOUND;
    st = case_rules(q, &c, text_c(q->arena, decision), &v.rules, &r->problem);
    return st ? st : page_show(q, r, &SUGGESTION, &v);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/suggestion", suggestion_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&SUGGESTION, NULL};
const struct page_module CASE_RULE_PAGES = {ROUTES, TEMPLATES};
