// open.c - a case that staff open at the counter, for a person who is there or for another authority: begun
// and made in one step, with the whole form on one page.
#include "web/pages.h"
#include "web/pages/apply.h"
#include "web/pages/invitations.h"
#include "web/pages/work.h"
#include "web/server.h"
#include "web/whole_form.h"

struct choice_view {
    struct offers offers;
};
VIEW(CHOICE_VIEW, VIEW_LIST(struct choice_view, offers, &OFFER_VIEW));
static const struct page_template CHOICE = {"open_choice", &CHOICE_VIEW};

struct open_view {
    struct text title, action;
    struct options languages;
    struct whole_form form;
};
#define V struct open_view
VIEW(OPEN_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, action), VIEW_LIST(V, languages, &OPTION_VIEW),
     VIEW_STRUCT(V, form, &WHOLE_FORM_VIEW));
#undef V
static const struct page_template OPEN = {"open", &OPEN_VIEW};

struct opened_view {
    struct text case_no, code, case_href;
};
#define V struct opened_view
VIEW(OPENED_VIEW, VIEW_TEXT(V, case_no), VIEW_TEXT(V, code), VIEW_TEXT(V, case_href));
#undef V
static const struct page_template OPENED = {"open_done", &OPENED_VIEW};

// Those that this member of staff may open.
struct offers open_offers(struct request *q) {
    struct offers all = offers_of(q, true, "/open/"), own = {0};
    for (size_t i = 0; i < all.count; i++)
        if (pack_lets(q, cases_pack_for(page_app(q)->cases, all.items[i].id), NULL, "open_case"))
            *ARENA_PUSH(q->arena, &own) = all.items[i];
    return own;
}

static enum status choice_page(struct request *q, struct response *r) {
    struct choice_view v = {open_offers(q)};
    if (v.offers.count == 1) return response_redirect(q, r, v.offers.items[0].href);
    return page_show(q, r, &CHOICE, &v);
}

static enum status open_form(struct request *q, const struct pack **pack, struct open_view *v) {
    struct text id = request_param(q, "procedure");
    struct offers offers = open_offers(q);
    *pack = NULL;
    for (size_t i = 0; i < offers.count; i++)
        if (text_eq(offers.items[i].id, id)) *pack = cases_pack_for(page_app(q)->cases, id);
    if (!*pack) return STATUS_NOT_FOUND;
    page_use_pack(q, *pack);
    const struct form *form = pack_form(*pack, T("application"));
    if (!form) return STATUS_CORRUPT;
    *v =
        (struct open_view){.title = procedure_name(q, *pack), .action = TEXT_JOIN(q->arena, T("/open/"), id)};
    if (query_text(q, "invitation").n)
        v->action = TEXT_JOIN(q->arena, v->action, T("?invitation="), query_text(q, "invitation"));
    struct text language = form_text(q, "language");
    for (size_t i = 0; i < PAGE_LANGUAGE_COUNT; i++)
        *ARENA_PUSH(q->arena, &v->languages) =
            (struct option){.value = PAGE_LANGUAGES[i],
                            .label = language_own_name(q->arena, PAGE_LANGUAGES[i]),
                            .is_chosen = text_eq(PAGE_LANGUAGES[i], language)};
    whole_form_begin(q, *pack, form, NULL, &v->form);
    return STATUS_OK;
}

static enum status show(struct request *q, struct response *r, struct open_view *v) {
    whole_form_fill(q, &v->form);
    return page_show(q, r, &OPEN, v);
}

static enum status open_page(struct request *q, struct response *r) {
    const struct pack *pack;
    struct open_view v;
    enum status st = open_form(q, &pack, &v);
    // Somebody was invited to a case that is not there yet: what the other authority told stands in the form.
    if (!st && query_text(q, "invitation").n && !invitation_prefill(q, v.form.form, &v.form.answers))
        return STATUS_NOT_FOUND;
    return st ? st : show(q, r, &v);
}

static enum status open_take(struct request *q, struct response *r) {
    const struct pack *pack;
    struct open_view v;
    struct command_result result = {0};
    struct problem p = {0};
    enum status st = open_form(q, &pack, &v);
    if (st) return st;
    bool is_right = whole_form_read(q, &v.form);
    if (is_right && !form_text(q, "language").n &&
        problem(&p, "language", "required", "problem.open.language"))
        page_problem(q, &p);
    if (q->problem_count || !is_right) return show(q, r, &v);
    struct command c = {
        .kind = COMMAND_OPEN_CASE,
        .purpose = officer_command_purpose(q, "open_case"),
        .open_case = {pack_id(pack), form_text(q, "language"), whole_form_answers(q, &v.form)}};
    st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show(q, r, &v);
    }
    if (st) {
        r->problem = p;
        return st;
    }
    st = invitation_is_about(q, result.case_id, &p);
    if (st) {
        r->problem = p;
        return st;
    }
    struct opened_view done = {result.case_no, result.code,
                               text_printf(q->arena, "/cases/%lld", (long long)result.case_id)};
    return page_show(q, r, &OPENED, &done);
}

static const struct route ROUTES[] = {
    {GET, "/open", choice_page, NEEDS(STAFF)},
    {GET, "/open/:procedure", open_page, NEEDS(STAFF)},
    {POST, "/open/:procedure", open_take, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&CHOICE, &OPEN, &OPENED, NULL};
const struct page_module OPEN_PAGES = {ROUTES, TEMPLATES};
