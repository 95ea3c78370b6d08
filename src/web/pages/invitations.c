// invitations.c - invitations of other authorities: the list, and finding the own case for one of them.
#include "web/pages/invitations.h"

#include <string.h>

#include "base/encode.h"
#include "exchange/circles.h"
#include "web/pages.h"
#include "web/pages/apply.h"
#include "web/pages/case_page.h"
#include "web/pages/register.h"
#include "web/pages/search.h"

struct invitation_line {
    struct text from, ground, article, href, who;
    struct moment at;
    struct date until;
};
struct invitations_page {
    struct {
        struct invitation_line *items;
        size_t count, capacity;
    } lines;
};
#define V struct invitation_line
VIEW(INVITATION_LINE, VIEW_TEXT(V, from), VIEW_TEXT(V, ground), VIEW_TEXT(V, article), VIEW_TEXT(V, href),
     VIEW_TEXT(V, who), VIEW_MOMENT(V, at), VIEW_DATE(V, until));
#undef V
VIEW(INVITATIONS_PAGE, VIEW_LIST(struct invitations_page, lines, &INVITATION_LINE));
static const struct page_template INVITATIONS = {"invitations", &INVITATIONS_PAGE};

static struct look usual_look(struct request *q) {
    return page_look(q, officer_purpose(q, NULL));
}

static struct text name_of(struct request *q, const struct invitation *i) {
    return text_trim(TEXT_JOIN(q->arena, invitation_value(i, T("given_names")), T(" "),
                               invitation_value(i, T("family_name"))));
}

static struct invitation_line line_of(struct request *q, const struct invited *x) {
    const struct invitation *i = &x->invitation;
    struct text key = TEXT_JOIN(q->arena, T("invitation.ground."), i->ground),
                name = hex_encode(q->arena, hash_bytes(&x->name));
    return (struct invitation_line){.from = x->from_name,
                                    .ground = page_text_or(q, key, i->article),
                                    .article = register_article(q, page_pack(q), i->article),
                                    .href = TEXT_JOIN(q->arena, T("/invitations/"), name),
                                    .who = name_of(q, i),
                                    .at = x->at,
                                    .until = x->until};
}

static enum status list_page(struct request *q, struct response *r) {
    const struct circles *room = page_app(q)->circles;
    struct look look = usual_look(q);
    struct invitations_page v = {0};
    struct invited_list list;
    if (!room) return STATUS_NOT_FOUND;
    enum status st = circles_invited(room, page_actor(q), &look, q->arena, &list, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < list.count; i++) *ARENA_PUSH(q->arena, &v.lines) = line_of(q, &list.items[i]);
    return page_show(q, r, &INVITATIONS, &v);
}

// ---- one of them

struct invitation_page {
    struct invitation_line head;
    struct text members, case_no;
    struct {
        struct search_fact *items;
        size_t count, capacity;
    } facts;
    struct options cases, refusals;
    struct offers offers;
};
#define V struct invitation_page
VIEW(INVITATION_PAGE, VIEW_STRUCT(V, head, &INVITATION_LINE), VIEW_TEXT(V, members), VIEW_TEXT(V, case_no),
     VIEW_LIST(V, facts, &SEARCH_FACT), VIEW_LIST(V, cases, &OPTION_VIEW),
     VIEW_LIST(V, refusals, &OPTION_VIEW), VIEW_LIST(V, offers, &OFFER_VIEW));
#undef V
static const struct page_template INVITATION = {"invitation", &INVITATION_PAGE};

static bool read_name(struct text hex, struct arena *a, struct hash *out) {
    struct bytes b;
    if (hex.n != 2 * HASH_BYTES || hex_decode(a, hex, &b) || b.n != HASH_BYTES) return false;
    memcpy(out->b, b.p, HASH_BYTES);
    return true;
}

static enum status find(struct request *q, struct text hex, struct invited *out, struct problem *p) {
    struct look look = usual_look(q);
    struct hash name;
    if (!page_app(q)->circles || !read_name(hex, q->arena, &name)) return STATUS_NOT_FOUND;
    return circle_invited(page_app(q)->circles, page_actor(q), &look, &name, q->arena, out, p);
}

struct text invitation_words(struct request *q, const struct invitation_value *x) {
    struct date d;
    if (text_eq(x->name, T("nationality"))) return page_code_name(q, "nationality", x->value);
    if (text_eq(x->name, T("sex"))) return page_code_name(q, "sex", x->value);
    if (text_eq(x->name, T("birth_date")) && !date_parse(x->value, &d))
        return text_date(q->arena, q->language, d);
    return x->value;
}

// A name that this version does not know is shown as it came.
static void add_facts(struct request *q, const struct invitation *i, struct invitation_page *v) {
    for (size_t k = 0; k < i->value_count; k++) {
        struct text key = TEXT_JOIN(q->arena, T("circle.value."), i->values[k].name);
        *ARENA_PUSH(q->arena, &v->facts) =
            (struct search_fact){page_text_or(q, key, i->values[k].name), invitation_words(q, &i->values[k])};
    }
}

// Cases whose person agrees best, as the search of this authority sees it. Who may not search finds none.
static void add_cases(struct request *q, const struct invitation *i, struct invitation_page *v) {
    struct search *s = page_app(q)->search;
    struct text typed = TEXT_JOIN(q->arena, name_of(q, i), T(" "), invitation_value(i, T("birth_date")));
    struct search_ask ask = {.typed = text_trim(typed), .look = search_look(q)};
    struct search_answer found = {0};
    struct problem p = {0};
    if (!s || !ask.typed.n || search_run(s, page_actor(q), &ask, q->arena, &found, &p)) return;
    for (size_t k = 0; k < found.hits.count; k++) {
        const struct search_hit *h = &found.hits.items[k];
        if (h->kind != SEARCH_CASE || !h->shows_who || h->is_cleared) continue;
        struct text id = text_printf(q->arena, "%lld", (long long)h->who.case_id);
        struct text name =
            h->who.latin_name.n
                ? h->who.latin_name
                : text_trim(TEXT_JOIN(q->arena, h->who.given_names, T(" "), h->who.family_name));
        *ARENA_PUSH(q->arena, &v->cases) =
            (struct option){.value = id,
                            .label = name,
                            .hint = TEXT_JOIN(q->arena, h->who.case_no, T(" · "), h->who.birth, T(" · "),
                                              case_code_names(q, "nationality", h->who.nationalities)),
                            .is_chosen = form_is(q, "case", text_c(q->arena, id))};
    }
}

static void add_refusals(struct request *q, struct invitation_page *v) {
    const struct pack *pack = page_pack(q);
    const struct invitation_law *law = pack ? pack_invitations(pack) : NULL;
    for (size_t i = 0; law && i < law->refusal_count; i++)
        *ARENA_PUSH(q->arena, &v->refusals) = (struct option){
            .value = law->refusals[i],
            .label = page_pack_text(q, TEXT_JOIN(q->arena, T("invitation.refusal."), law->refusals[i]))};
}

static enum status show(struct request *q, struct response *r) {
    struct text hex = request_param(q, "name");
    struct invitation_page v = {.case_no = form_text(q, "case_no")};
    struct invited x;
    enum status st = find(q, hex, &x, &r->problem);
    if (st) return st;
    v.head = line_of(q, &x);
    v.members = x.members;
    add_facts(q, &x.invitation, &v);
    add_cases(q, &x.invitation, &v);
    add_refusals(q, &v);
    v.offers = open_offers(q);
    for (size_t i = 0; i < v.offers.count; i++)
        v.offers.items[i].href = TEXT_JOIN(q->arena, v.offers.items[i].href, T("?invitation="), hex);
    return page_show(q, r, &INVITATION, &v);
}

// ---- the answer

enum status case_by_number(struct request *q, const struct look *look, struct text number, int64_t *out,
                           struct problem *p) {
    struct work_list list = {0};
    if (!number.n) return problem(p, "case_no", "required", "problem.circle.case");
    enum status st = cases_find(page_app(q)->cases, page_actor(q), look, number, q->arena, &list, p);
    for (size_t i = 0; i < list.count && !st; i++) {
        if (!text_eq(list.rows[i].case_no, number)) continue;
        *out = list.rows[i].case_id;
        return STATUS_OK;
    }
    bool is_unknown = !st || st == STATUS_NOT_FOUND || st == STATUS_INVALID;
    return is_unknown ? problem(p, "case_no", "unknown", "problem.circle.case_unknown") : st;
}

// One that was found, or another one by its number.
static enum status chosen_case(struct request *q, int64_t *out, struct problem *p) {
    struct text number = form_text(q, "case_no");
    struct look look = usual_look(q);
    if (!number.n && text_int(form_text(q, "case"), out) && *out > 0) return STATUS_OK;
    return case_by_number(q, &look, number, out, p);
}

static enum status answer(struct request *q, struct response *r, enum status st, const struct problem *p,
                          const char *notice, struct text to) {
    if (st == STATUS_INVALID) {
        page_problem(q, p);
        return show(q, r);
    }
    r->problem = *p;
    if (st) return st;
    response_notice(q, r, notice);
    return response_redirect(q, r, to);
}

static enum status join(struct request *q, struct response *r) {
    struct look look = usual_look(q);
    struct problem p = {0};
    struct hash name;
    int64_t id = 0;
    if (!page_app(q)->circles || !read_name(request_param(q, "name"), q->arena, &name))
        return STATUS_NOT_FOUND;
    enum status st = chosen_case(q, &id, &p);
    if (!st) st = circle_join(page_app(q)->circles, page_actor(q), &look, &name, id, &p);
    return answer(q, r, st, &p, "notice.circle.joined", case_path(q, id, "/authorities"));
}

static enum status decline(struct request *q, struct response *r) {
    struct look look = usual_look(q);
    struct problem p = {0};
    struct hash name;
    if (!page_app(q)->circles || !read_name(request_param(q, "name"), q->arena, &name))
        return STATUS_NOT_FOUND;
    enum status st =
        circle_decline(page_app(q)->circles, page_actor(q), &look, &name, form_text(q, "refusal"), &p);
    return answer(q, r, st, &p, "notice.circle.declined", T("/invitations"));
}

// ---- a new case from it (open.c)

static void prefill(struct answers *out, const struct form *form, const char *path, struct text value) {
    if (value.n && form_field_at(form, text_of(path))) (void)answers_set(out, text_of(path), value);
}

bool invitation_prefill(struct request *q, const struct form *form, struct answers *out) {
    static const char *const SAME[][2] = {{"family_name", "family_name"},
                                          {"given_names", "given_names"},
                                          {"birth_date", "birth_date"},
                                          {"birth_place", "birth_place"},
                                          {"sex", "sex"},
                                          {"case_number", "reference"}};
    struct invited x;
    size_t at = 0;
    if (find(q, query_text(q, "invitation"), &x, NULL)) return false;
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
        prefill(out, form, SAME[i][1], invitation_value(&x.invitation, text_of(SAME[i][0])));
    for (size_t i = 0; i < x.invitation.value_count; i++)
        if (text_eq(x.invitation.values[i].name, T("nationality")))
            prefill(out, form, text_c(q->arena, text_printf(q->arena, "nationalities[%zu]", at++)),
                    x.invitation.values[i].value);
    return true;
}

enum status invitation_is_about(struct request *q, int64_t case_id, struct problem *p) {
    struct look look = usual_look(q);
    struct hash name;
    if (!query_text(q, "invitation").n) return STATUS_OK;
    if (!page_app(q)->circles || !read_name(query_text(q, "invitation"), q->arena, &name))
        return STATUS_NOT_FOUND;
    return circle_join(page_app(q)->circles, page_actor(q), &look, &name, case_id, p);
}

static const struct route ROUTES[] = {
    {GET, "/invitations", list_page, NEEDS(STAFF)},
    {GET, "/invitations/:name", show, NEEDS(STAFF)},
    {POST, "/invitations/:name/join", join, NEEDS(STAFF), RATE_WRITE},
    {POST, "/invitations/:name/decline", decline, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&INVITATIONS, &INVITATION, NULL};
const struct page_module INVITATION_PAGES = {ROUTES, TEMPLATES};
