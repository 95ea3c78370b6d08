// incidents.c - steps that could not be done and wait: one or all of a rule are tried again after what was
// wrong was mended. Nothing personal.
#include "cases/incidents.h"

#include "web/app.h"
#include "web/pages.h"
#include "web/pages/work_query.h"

struct incident_line {
    struct text case_no, step_name, rule;
    struct moment since;
    int64_t case_id, step;
};
struct rule_line {
    struct text rule, href;
    int64_t count;
    struct moment since;
    bool is_chosen;
};
struct incidents_page {
    struct {
        struct incident_line *items;
        size_t count, capacity;
    } lines;
    struct {
        struct rule_line *items;
        size_t count, capacity;
    } rules;
    struct text next;
    bool has_more;
};
#define V struct incident_line
VIEW(INCIDENT_LINE, VIEW_TEXT(V, case_no), VIEW_TEXT(V, step_name), VIEW_TEXT(V, rule), VIEW_MOMENT(V, since),
     VIEW_INT64(V, case_id), VIEW_INT64(V, step));
#undef V
#define V struct rule_line
VIEW(RULE_LINE, VIEW_TEXT(V, rule), VIEW_TEXT(V, href), VIEW_INT64(V, count), VIEW_MOMENT(V, since),
     VIEW_BOOL(V, is_chosen));
#undef V
#define V struct incidents_page
VIEW(INCIDENTS_VIEW, VIEW_LIST(V, lines, &INCIDENT_LINE), VIEW_LIST(V, rules, &RULE_LINE), VIEW_TEXT(V, next),
     VIEW_BOOL(V, has_more));
#undef V
static const struct page_template INCIDENTS = {"incidents", &INCIDENTS_VIEW};

static const char PATH[] = "/operate/incidents";

// "after=MOMENT-CASE-STEP": the last line of the page before.
static bool read_after(struct text t, struct incident_view *out) {
    struct text at, id;
    *out = (struct incident_view){0};
    if (!t.n) return false;
    text_cut(&t, '-', &at);
    text_cut(&t, '-', &id);
    return text_int(at, &out->at.ms) && text_int(id, &out->case_id) && text_int(t, &out->step);
}

static struct text rule_href(struct request *q, struct text rule) {
    struct out query = {.arena = q->arena};
    query_put(&query, "rule", rule);
    return TEXT_JOIN(q->arena, text_of(PATH), T("?"), out_done(&query));
}

static struct text next_href(struct request *q, struct text rule, const struct incident_view *last) {
    return text_printf(q->arena, TEXT_FMT "%cafter=%lld-%lld-%lld",
                       TEXT_ARG(rule.n ? rule_href(q, rule) : text_of(PATH)), rule.n ? '&' : '?',
                       (long long)last->at.ms, (long long)last->case_id, (long long)last->step);
}

static enum status incidents_page(struct request *q, struct response *r) {
    struct incidents_page v = {0};
    struct incident_list list;
    struct incident_view after;
    struct incident_filter f = {.rule = query_text(q, "rule")};
    if (read_after(query_text(q, "after"), &after)) f.after = &after;
    enum status st = cases_incidents(page_app(q)->cases, page_actor(q), &f, q->arena, &list, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < list.count; i++) {
        const struct incident_view *n = &list.items[i];
        *ARENA_PUSH(q->arena, &v.lines) =
            (struct incident_line){n->case_no, n->name, n->rule, n->at, n->case_id, n->step};
    }
    for (size_t i = 0; i < list.rules.count; i++) {
        const struct incident_rule *n = &list.rules.items[i];
        *ARENA_PUSH(q->arena, &v.rules) =
            (struct rule_line){n->rule, rule_href(q, n->rule), n->count, n->since, text_eq(n->rule, f.rule)};
    }
    v.has_more = list.has_more;
    if (list.has_more) v.next = next_href(q, f.rule, &list.items[list.count - 1]);
    return page_show(q, r, &INCIDENTS, &v);
}

// A mistake that is still there is said on the page, not on one of its own.
static enum status show_again(struct request *q, struct response *r, struct problem *p, enum status st) {
    if (st != STATUS_INVALID) {
        r->problem = *p;
        return st;
    }
    page_problem(q, p);
    return incidents_page(q, r);
}

static enum status retry_one(struct request *q, struct response *r) {
    struct problem p = {0};
    struct command c = {.kind = COMMAND_RETRY_STEP, .purpose = cases_retry_purpose(page_actor(q))};
    if (!text_int(form_text(q, "case"), &c.case_id) || !text_int(form_text(q, "step"), &c.retry_step.step))
        return STATUS_NOT_FOUND;
    enum status st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, NULL, &p);
    if (st) return show_again(q, r, &p, st);
    response_notice(q, r, "notice.incidents.retried");
    return response_redirect(q, r, text_of(PATH));
}

static enum status retry_rule(struct request *q, struct response *r) {
    struct incidents_tried tried;
    struct problem p = {0};
    struct text rule = form_text(q, "rule");
    if (!rule.n) return STATUS_NOT_FOUND;
    enum status st = cases_retry_rule(page_app(q)->cases, page_actor(q), rule, &tried, &p);
    if (st) return show_again(q, r, &p, st);
    response_notice(q, r,
                    tried.has_more && tried.mended ? "notice.incidents.more"
                    : tried.mended == tried.tried  ? "notice.incidents.all"
                    : tried.mended                 ? "notice.incidents.some"
                                                   : "notice.incidents.none");
    return response_redirect(q, r, text_of(PATH));
}

static const struct route ROUTES[] = {
    {GET, "/operate/incidents", incidents_page, NEEDS(ADMINISTRATOR | SUPERVISOR)},
    {POST, "/operate/incidents/step", retry_one, NEEDS(ADMINISTRATOR | SUPERVISOR), RATE_WRITE},
    {POST, "/operate/incidents/rule", retry_rule, NEEDS(ADMINISTRATOR | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&INCIDENTS, NULL};
const struct page_module INCIDENT_PAGES = {ROUTES, TEMPLATES};
