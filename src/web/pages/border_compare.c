// border_compare.c - the second line compares a traveller with an alert, feature by feature, and says whether
// it is the same person: from the check at the border, or from a carrier's list.
#include "border/lists.h"
#include "web/pages.h"
#include "web/pages/border.h"
#include "web/pages/search.h"

struct compare_view {
    struct text name, entry_href, action, list, line, reason, cleared_by, cleared_reason;
    int64_t entry, score;
    struct date birth;
    struct moment cleared_at;
    struct border_who who;
    bool is_cleared, is_current, is_of_list;
    struct {
        struct search_feature *items;
        size_t count, capacity;
    } features;
};
#define V struct compare_view
VIEW(COMPARE_VIEW, VIEW_TEXT(V, name), VIEW_TEXT(V, entry_href), VIEW_TEXT(V, action), VIEW_TEXT(V, list),
     VIEW_TEXT(V, line), VIEW_TEXT(V, reason), VIEW_TEXT(V, cleared_by), VIEW_TEXT(V, cleared_reason),
     VIEW_INT64(V, entry), VIEW_INT64(V, score), VIEW_DATE(V, birth), VIEW_MOMENT(V, cleared_at),
     VIEW_STRUCT(V, who, &BORDER_WHO), VIEW_BOOL(V, is_cleared), VIEW_BOOL(V, is_current),
     VIEW_BOOL(V, is_of_list), VIEW_LIST(V, features, &SEARCH_FEATURE));
#undef V
static const struct page_template COMPARE = {"border_compare", &COMPARE_VIEW};

static void fill_features(struct request *q, const struct comparison *c, struct compare_view *v) {
    for (enum identity_feature i = 0; i < FEATURE_COUNT; i++) {
        struct text left = c->features[i].left, right = c->features[i].right;
        if (!left.n && !right.n) continue;
        if (i == FEATURE_NATIONALITY)
            left = border_words(q, "nationality", left), right = border_words(q, "nationality", right);
        *ARENA_PUSH(q->arena, &v->features) = search_feature_of(q, c, i, left, right);
    }
}

static enum status show_compared(struct request *q, struct response *r, struct border *b,
                                 const struct traveller *w, struct compare_view *v) {
    struct border_comparison x;
    enum status st = border_compare(b, page_actor(q), w, v->entry, q->arena, &x, &r->problem);
    if (st) return st;
    v->name = text_trim(TEXT_JOIN(q->arena, w->family, T(" "), w->given));
    v->birth = w->birth;
    v->entry_href = text_printf(q->arena, "/registers/alert/%lld?purpose=border_check", (long long)v->entry);
    v->score = (int64_t)(x.how.score * 100 + 0.5);
    v->is_current = x.is_current, v->is_cleared = x.is_cleared;
    v->cleared_by = x.cleared.decided_name, v->cleared_at = x.cleared.decided;
    v->cleared_reason = x.cleared.reason;
    border_who_carry(q, w, &v->who);
    fill_features(q, &x.how, v);
    return page_show(q, r, &COMPARE, v);
}

// ---- of a check

static enum status said(struct request *q, struct border *b, const struct traveller *w, int64_t entry,
                        struct problem *p) {
    struct text reason = form_text(q, "reason");
    if (text_eq(form_text(q, "verdict"), T("same")))
        return border_confirm(b, page_actor(q), w, entry, reason, q->arena, p);
    return border_release(b, page_app(q)->search, page_actor(q), w, entry, reason, q->arena, p);
}

// Without a verdict the comparison is shown; with one it is kept, and the answer at the counter is looked up
// anew.
static enum status compare_page(struct request *q, struct response *r) {
    struct compare_view v = {.action = T("/border/compare"), .reason = form_text(q, "reason")};
    struct traveller w;
    struct border *b;
    struct problem p = {0};
    enum status st = border_room(q, &b);
    if (st) return st;
    if (!page_app(q)->search || !text_int(form_text(q, "entry"), &v.entry)) return STATUS_NOT_FOUND;
    border_who_read(q, &w);
    if (!form_has(q, "verdict")) return show_compared(q, r, b, &w, &v);
    st = said(q, b, &w, v.entry, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_compared(q, r, b, &w, &v);
    }
    r->problem = p;
    return st ? st : border_show_again(q, r, &w);
}

// ---- of a list

static enum status person_of_list(struct request *q, struct response *r, struct border **b,
                                  struct compare_view *v, struct carrier_person *person) {
    int64_t list, line;
    enum status st = border_room(q, b);
    if (st) return st;
    bool is_form = form_has(q, "entry");
    v->line = is_form ? form_text(q, "line") : query_text(q, "line");
    if (!request_param_id(q, "id", &list) || !text_int(v->line, &line) ||
        !text_int(is_form ? form_text(q, "entry") : query_text(q, "entry"), &v->entry))
        return STATUS_NOT_FOUND;
    v->is_of_list = true;
    v->list = text_printf(q->arena, "%lld", (long long)list);
    v->action = TEXT_JOIN(q->arena, T("/border/lists/"), v->list, T("/compare"));
    return carrier_person_open(*b, page_actor(q), list, line, q->arena, person, &r->problem);
}

static enum status list_page(struct request *q, struct response *r) {
    struct compare_view v = {0};
    struct carrier_person person;
    struct border *b;
    enum status st = person_of_list(q, r, &b, &v, &person);
    return st ? st : show_compared(q, r, b, &person.who, &v);
}

static enum status list_said(struct request *q, struct response *r) {
    struct compare_view v = {.reason = form_text(q, "reason")};
    struct carrier_person person;
    struct border *b;
    struct problem p = {0};
    if (!page_app(q)->search) return STATUS_NOT_FOUND;
    enum status st = person_of_list(q, r, &b, &v, &person);
    if (st) return st;
    struct carrier_decision d = {.line = person.line,
                                 .entry = v.entry,
                                 .is_same = text_eq(form_text(q, "verdict"), T("same")),
                                 .reason = v.reason};
    if (!text_int(v.list, &d.list)) return STATUS_NOT_FOUND;
    st = carrier_hit_decide(b, page_app(q)->search, page_actor(q), &d, q->arena, &p);
    if (st == STATUS_INVALID || st == STATUS_CONFLICT) {
        page_problem(q, &p);
        return show_compared(q, r, b, &person.who, &v);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.border_decided");
    return response_redirect(q, r, TEXT_JOIN(q->arena, T("/border/lists/"), v.list));
}

static const struct route ROUTES[] = {{POST, "/border/compare", compare_page, NEEDS(STAFF)},
                                      {GET, "/border/lists/:id/compare", list_page, NEEDS(STAFF)},
                                      {POST, "/border/lists/:id/compare", list_said, NEEDS(STAFF)},
                                      {0}};
static const struct page_template *const TEMPLATES[] = {&COMPARE, NULL};
const struct page_module BORDER_COMPARE_PAGES = {ROUTES, TEMPLATES};
