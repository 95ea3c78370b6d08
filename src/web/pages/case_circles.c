// case_circles.c - which authorities have a part in a case, and inviting others.
#include "exchange/circles.h"
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/invitations.h"
#include "web/pages/register.h"

// ---- who is in it

struct member_line {
    struct text name, reason;
    const char *state_key, *colour;
    struct moment at;
};
struct circle_card {
    int64_t phase;
    struct text title, article;
    struct date delete_after;
    struct moment opened_at, closed_at;
    bool is_open, is_new, can_invite, can_correct; // is_new: nobody was invited yet
    struct {
        struct member_line *items;
        size_t count, capacity;
    } members;
};
struct circles_page {
    struct case_frame frame;
    struct text href, new_href;
    struct {
        struct circle_card *items;
        size_t count, capacity;
    } circles;
};
#define V struct member_line
VIEW(MEMBER_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, reason), VIEW_C(V, state_key), VIEW_C(V, colour),
     VIEW_MOMENT(V, at));
#undef V
#define V struct circle_card
VIEW(CIRCLE_CARD, VIEW_INT64(V, phase), VIEW_TEXT(V, title), VIEW_TEXT(V, article),
     VIEW_DATE(V, delete_after), VIEW_MOMENT(V, opened_at), VIEW_MOMENT(V, closed_at), VIEW_BOOL(V, is_open),
     VIEW_BOOL(V, is_new), VIEW_BOOL(V, can_invite), VIEW_BOOL(V, can_correct),
     VIEW_LIST(V, members, &MEMBER_LINE));
#undef V
#define V struct circles_page
VIEW(CIRCLES_PAGE, VIEW_STRUCT(V, frame, &CASE_FRAME_VIEW), VIEW_TEXT(V, href), VIEW_TEXT(V, new_href),
     VIEW_LIST(V, circles, &CIRCLE_CARD));
#undef V
static const struct page_template CIRCLES = {"case_circles", &CIRCLES_PAGE};

static struct text ground_name(struct request *q, struct text ground, struct text article) {
    return ground.n ? page_pack_text(q, TEXT_JOIN(q->arena, T("invitation.ground."), ground)) : article;
}

static struct member_line member_line(struct request *q, const struct circle *c,
                                      const struct circle_member *m) {
    static const struct {
        const char *key, *colour;
    } STATES[] = {[MISSIVE_WAITING] = {"circle.state.waiting", "yellow"},
                  [MISSIVE_ARRIVED] = {"circle.state.arrived", "blue"},
                  [MISSIVE_REFUSED] = {"circle.state.refused", "red"},
                  [MISSIVE_ACCEPTED] = {"circle.state.accepted", "green"},
                  [MISSIVE_DECLINED] = {"circle.state.declined", "red"},
                  [MISSIVE_EXPIRED] = {"circle.state.refused", "red"}};
    struct member_line line = {.name = m->name, .at = m->at};
    if (m->is_us || (m->is_coordinator && !c->is_ours)) {
        line.state_key = m->is_us ? "circle.state.us" : "circle.state.inviter";
        line.colour = "grey";
        line.at = (struct moment){0};
    } else if (m->is_invited) {
        line.state_key = STATES[m->state].key;
        line.colour = STATES[m->state].colour;
        if (m->reason.n)
            line.reason = page_pack_text(q, TEXT_JOIN(q->arena, T("invitation.refusal."), m->reason));
    } else {
        line.state_key = c->is_ours ? "circle.state.none" : "circle.state.other";
        line.colour = c->is_ours ? "red" : "grey";
    }
    return line;
}

static bool waits_for_somebody(const struct circle *c) {
    for (size_t i = 0; i < c->members.count; i++) {
        const struct circle_member *m = &c->members.items[i];
        if (!m->is_us && (!m->is_invited || m->state != MISSIVE_ACCEPTED)) return true;
    }
    return false;
}

static void add_circle(struct request *q, const struct circle *c, bool may_invite, bool may_correct,
                       struct circles_page *v) {
    struct circle_card *card = ARENA_PUSH(q->arena, &v->circles);
    *card =
        (struct circle_card){.phase = c->phase,
                             .title = ground_name(q, c->ground, c->article),
                             .article = register_article(q, page_pack(q), c->article),
                             .delete_after = c->delete_after,
                             .opened_at = c->opened_at,
                             .closed_at = c->closed_at,
                             .is_open = c->is_open,
                             .can_invite = may_invite && c->is_open && c->is_ours && waits_for_somebody(c),
                             .is_new = true,
                             .can_correct = may_correct};
    for (size_t i = 0; i < c->members.count; i++) card->is_new &= !c->members.items[i].is_invited;
    for (size_t i = 0; i < c->members.count; i++)
        *ARENA_PUSH(q->arena, &card->members) = member_line(q, c, &c->members.items[i]);
}

static enum status show_circles(struct request *q, struct response *r) {
    const struct circles *room = page_app(q)->circles;
    struct case_page c;
    struct circle_list list;
    if (!room) return STATUS_NOT_FOUND;
    enum status st = case_page_open(q, r, "circles", &c);
    if (st || case_page_is_sent(r)) return st;
    struct look look = case_look(q, c.frame.id);
    struct circles_page v = {.frame = c.frame, .href = case_path(q, c.frame.id, "/authorities")};
    const char *relation = text_c(q->arena, c.file.relation);
    bool may_invite = officer_may(q, relation, "invite_authority");
    if (may_invite) v.new_href = case_path(q, c.frame.id, "/authorities/new");
    st = circles_of_case(room, page_actor(q), &look, c.frame.id, q->arena, &list, &r->problem);
    for (size_t i = 0; i < list.count && !st; i++)
        add_circle(q, &list.items[i], may_invite, officer_may(q, relation, "correct_link"), &v);
    return st ? st : page_show(q, r, &CIRCLES, &v);
}

// ---- inviting once more

static enum status invite_again(struct request *q, struct response *r) {
    const struct circles *room = page_app(q)->circles;
    int64_t id, phase;
    struct problem p = {0};
    if (!room || !request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    if (!text_int(form_text(q, "phase"), &phase)) return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    enum status st = circle_invite(room, page_actor(q), &look, id, (int32_t)phase, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_circles(q, r);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.circle.invited");
    return response_redirect(q, r, case_path(q, id, "/authorities"));
}

// ---- another circle: first the ground, then whom and with what

struct new_page {
    struct case_frame frame;
    struct text href, ground, ground_name, article;
    struct options grounds, members, tells;
};
#define V struct new_page
VIEW(NEW_PAGE, VIEW_STRUCT(V, frame, &CASE_FRAME_VIEW), VIEW_TEXT(V, href), VIEW_TEXT(V, ground),
     VIEW_TEXT(V, ground_name), VIEW_TEXT(V, article), VIEW_LIST(V, grounds, &OPTION_VIEW),
     VIEW_LIST(V, members, &OPTION_VIEW), VIEW_LIST(V, tells, &OPTION_VIEW));
#undef V
static const struct page_template NEW = {"case_circle_new", &NEW_PAGE};

static void add_grounds(struct request *q, const struct invitation_law *law, struct new_page *v) {
    for (size_t i = 0; law && i < law->grounds.count; i++) {
        const struct invitation_ground *g = &law->grounds.items[i];
        *ARENA_PUSH(q->arena, &v->grounds) =
            (struct option){.value = g->id,
                            .label = ground_name(q, g->id, g->article),
                            .hint = register_article(q, page_pack(q), g->article)};
    }
}

static enum status add_members(struct request *q, const struct invitation_ground *g, struct new_page *v) {
    struct members list;
    enum status st = circle_choices(page_app(q)->circles, g, q->arena, &list);
    for (size_t i = 0; i < list.count && !st; i++) {
        struct text code = text_printf(q->arena, "%u", list.items[i].code);
        *ARENA_PUSH(q->arena, &v->members) =
            (struct option){.value = code,
                            .label = list.items[i].name,
                            .is_chosen = form_is(q, "members", text_c(q->arena, code))};
    }
    return st;
}

// An attribute with all its values. At first all are chosen: without them the other side finds nobody.
static void add_tells(struct request *q, const struct invitation_values *values, bool is_first,
                      struct new_page *v) {
    for (size_t i = 0; i < values->count; i++) {
        const struct invitation_value *x = &values->items[i];
        struct option *last = v->tells.count ? &v->tells.items[v->tells.count - 1] : NULL;
        if (last && text_eq(last->value, x->name)) {
            last->hint = TEXT_JOIN(q->arena, last->hint, T(", "), invitation_words(q, x));
            continue;
        }
        *ARENA_PUSH(q->arena, &v->tells) = (struct option){
            .value = x->name,
            .label =
                page_text(q, text_c(q->arena, TEXT_JOIN(q->arena, T("circle.value."), x->name)), NULL, 0),
            .hint = invitation_words(q, x),
            .is_chosen = is_first || form_is(q, "tells", text_c(q->arena, x->name))};
    }
}

static enum status fill_new(struct request *q, struct response *r, struct new_page *v) {
    const struct circles *room = page_app(q)->circles;
    struct text id = form_text(q, "ground").n ? form_text(q, "ground") : query_text(q, "ground");
    struct invitation_values values;
    struct case_page c;
    if (!room) return STATUS_NOT_FOUND;
    enum status st = case_page_open(q, r, "circles", &c);
    if (st || case_page_is_sent(r)) return st;
    const struct invitation_law *law = pack_invitations(c.pack);
    const struct invitation_ground *g = invitation_ground_of(law, id);
    *v = (struct new_page){.frame = c.frame, .href = case_path(q, c.frame.id, "/authorities")};
    if (!g) return add_grounds(q, law, v), STATUS_OK;
    struct look look = case_look(q, c.frame.id);
    v->ground = g->id;
    v->article = register_article(q, c.pack, g->article);
    v->ground_name = ground_name(q, g->id, g->article);
    st = add_members(q, g, v);
    if (!st) st = circle_tellable(room, page_actor(q), &look, c.frame.id, g, q->arena, &values, &r->problem);
    if (!st) add_tells(q, &values, q->method == GET, v);
    return st;
}

static enum status new_page(struct request *q, struct response *r) {
    struct new_page v;
    enum status st = fill_new(q, r, &v);
    return st || case_page_is_sent(r) ? st : page_show(q, r, &NEW, &v);
}

static enum status take_new(struct request *q, struct response *r) {
    uint32_t members[PRIVACY_MEMBERS_MAX];
    struct text tells[INVITATION_TELLS_MAX], value;
    struct problem p = {0};
    struct circle_new n = {.ground = form_text(q, "ground"), .members = members, .tells = tells};
    int64_t code;
    if (!page_app(q)->circles || !request_param_id(q, "id", &n.case_id)) return STATUS_NOT_FOUND;
    for (size_t at = 0;
         n.member_count < PRIVACY_MEMBERS_MAX - 1 && fields_next(&q->form, "members", &at, &value);)
        if (text_int(value, &code) && code > 0 && code <= UINT32_MAX)
            members[n.member_count++] = (uint32_t)code;
    for (size_t at = 0; n.tell_count < INVITATION_TELLS_MAX && fields_next(&q->form, "tells", &at, &value);)
        tells[n.tell_count++] = value;
    struct look look = case_look(q, n.case_id);
    enum status st = circle_open(page_app(q)->circles, page_actor(q), &look, &n, &p);
    if (st == STATUS_INVALID || (st == STATUS_NOT_FOUND && p.rule)) {
        page_problem(q, &p);
        return new_page(q, r);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.circle.invited");
    return response_redirect(q, r, case_path(q, n.case_id, "/authorities"));
}

// ---- a wrong link

struct correct_page {
    struct case_frame frame;
    struct text href, title, members, case_no;
    int64_t phase;
    struct options whose;
};
#define V struct correct_page
VIEW(CORRECT_PAGE, VIEW_STRUCT(V, frame, &CASE_FRAME_VIEW), VIEW_TEXT(V, href), VIEW_TEXT(V, title),
     VIEW_TEXT(V, members), VIEW_TEXT(V, case_no), VIEW_INT64(V, phase), VIEW_LIST(V, whose, &OPTION_VIEW));
#undef V
static const struct page_template CORRECT = {"case_circle_correct", &CORRECT_PAGE};

static enum status fill_correct(struct request *q, struct response *r, struct correct_page *v) {
    static const char *const WHOSE[] = {"other", "none"};
    static const char *const WORDS[] = {"circle.correct.other", "circle.correct.none"};
    struct case_page c;
    struct circle_list list;
    struct text phase = form_text(q, "phase").n ? form_text(q, "phase") : query_text(q, "phase");
    if (!page_app(q)->circles) return STATUS_NOT_FOUND;
    enum status st = case_page_open(q, r, "circles", &c);
    if (st || case_page_is_sent(r)) return st;
    struct look look = case_look(q, c.frame.id);
    *v = (struct correct_page){.frame = c.frame,
                               .href = case_path(q, c.frame.id, "/authorities"),
                               .case_no = form_text(q, "case_no")};
    st =
        circles_of_case(page_app(q)->circles, page_actor(q), &look, c.frame.id, q->arena, &list, &r->problem);
    if (st) return st;
    if (!text_int(phase, &v->phase)) return STATUS_NOT_FOUND;
    for (size_t i = 0; i < list.count; i++) {
        const struct circle *x = &list.items[i];
        if (x->phase != v->phase) continue;
        v->title = ground_name(q, x->ground, x->article);
        for (size_t k = 0; k < x->members.count; k++)
            v->members = TEXT_JOIN(q->arena, v->members, k ? T(", ") : T(""), x->members.items[k].name);
    }
    for (size_t i = 0; i < 2; i++)
        *ARENA_PUSH(q->arena, &v->whose) = (struct option){
            .value = text_of(WHOSE[i]), .label_key = WORDS[i], .is_chosen = form_is(q, "whose", WHOSE[i])};
    return v->members.n ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status correct_page(struct request *q, struct response *r) {
    struct correct_page v;
    enum status st = fill_correct(q, r, &v);
    return st || case_page_is_sent(r) ? st : page_show(q, r, &CORRECT, &v);
}

// 0: none of ours.
static enum status right_case(struct request *q, const struct look *look, int64_t *right, struct problem *p) {
    *right = 0;
    if (form_is(q, "whose", "none")) return STATUS_OK;
    if (!form_is(q, "whose", "other")) return problem(p, "whose", "required", "problem.circle.whose");
    return case_by_number(q, look, form_text(q, "case_no"), right, p);
}

static enum status take_correct(struct request *q, struct response *r) {
    struct problem p = {0};
    int64_t id, phase, right;
    if (!page_app(q)->circles || !request_param_id(q, "id", &id) || !text_int(form_text(q, "phase"), &phase))
        return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    enum status st = right_case(q, &look, &right, &p);
    if (!st) st = circle_correct(page_app(q)->circles, page_actor(q), &look, id, (int32_t)phase, right, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return correct_page(q, r);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.circle.corrected");
    return response_redirect(q, r, case_path(q, id, "/authorities"));
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/authorities", show_circles, NEEDS(STAFF)},
    {POST, "/cases/:id/authorities", invite_again, NEEDS(STAFF), RATE_WRITE},
    {GET, "/cases/:id/authorities/new", new_page, NEEDS(STAFF)},
    {POST, "/cases/:id/authorities/new", take_new, NEEDS(STAFF), RATE_WRITE},
    {GET, "/cases/:id/authorities/correct", correct_page, NEEDS(STAFF)},
    {POST, "/cases/:id/authorities/correct", take_correct, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&CIRCLES, &NEW, &CORRECT, NULL};
const struct page_module CASE_CIRCLE_PAGES = {ROUTES, TEMPLATES};
