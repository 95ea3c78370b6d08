// case_page.c - the frame of a case file, and reading it with a reason where the law of the pack asks for
// one.
#include "web/pages/case_page.h"

#include <string.h>

#include "base/encode.h"
#include "flow/flow.h"
#include "web/pages.h"

enum { REASON_BYTES_MAX = 500, REASON_MINUTES = 15 };

static const struct view_field TAB_FIELDS[] = {VIEW_C(struct case_tab, text_key),
                                               VIEW_TEXT(struct case_tab, href),
                                               VIEW_BOOL(struct case_tab, is_current),
                                               VIEW_INT(struct case_tab, count),
                                               {0}};
static const struct view TAB_VIEW = {"case_tab", TAB_FIELDS};
static const struct view_field WORD_FIELDS[] = {VIEW_TEXT(struct case_word, text_key), {0}};
static const struct view WORD_VIEW = {"case_word", WORD_FIELDS};

#define FRAME struct case_frame
static const struct view_field FRAME_FIELDS[] = {VIEW_INT64(FRAME, id),
                                                 VIEW_INT64(FRAME, version),
                                                 VIEW_STRUCT(FRAME, line, &WORK_LINE_VIEW),
                                                 VIEW_TEXT(FRAME, name),
                                                 VIEW_TEXT(FRAME, original_name),
                                                 VIEW_TEXT(FRAME, original_language),
                                                 VIEW_TEXT(FRAME, initials),
                                                 VIEW_TEXT(FRAME, sex),
                                                 VIEW_TEXT(FRAME, nationalities),
                                                 VIEW_TEXT(FRAME, phrase),
                                                 VIEW_TEXT(FRAME, href),
                                                 VIEW_TEXT(FRAME, reason_href),
                                                 VIEW_DATE(FRAME, birth),
                                                 VIEW_INT(FRAME, age),
                                                 VIEW_BOOL(FRAME, has_age),
                                                 VIEW_BOOL(FRAME, is_birth_partial),
                                                 VIEW_BOOL(FRAME, is_closed),
                                                 VIEW_BOOL(FRAME, is_mine),
                                                 VIEW_BOOL(FRAME, can_take),
                                                 VIEW_BOOL(FRAME, reason_helps),
                                                 VIEW_BOOL(FRAME, has_person),
                                                 VIEW_LIST(FRAME, tabs, &TAB_VIEW),
                                                 VIEW_LIST(FRAME, hidden, &WORD_VIEW),
                                                 {0}};
const struct view CASE_FRAME_VIEW = {"case_frame", FRAME_FIELDS};

// ---- small things ----

struct text case_path(struct request *q, int64_t case_id, const char *rest) {
    return text_printf(q->arena, "/cases/%lld%s", (long long)case_id, rest);
}

bool case_hides(const struct case_file *f, const char *attribute_class) {
    struct text rest = f->hidden, part;
    while (text_cut(&rest, ',', &part))
        if (text_eq(text_trim(part), text_of(attribute_class))) return true;
    return false;
}

const struct person_view *case_main_person(const struct case_file *f) {
    for (size_t i = 0; i < f->persons.count; i++)
        if (text_eq(f->persons.items[i].role, T("applicant"))) return &f->persons.items[i];
    return f->persons.count ? &f->persons.items[0] : NULL;
}

struct date case_day(struct request *q, struct moment m) {
    return m.ms ? zone_date(page_app(q)->zone, m) : (struct date){0};
}

struct text case_code_names(struct request *q, const char *list, struct text codes) {
    struct out o = {.arena = q->arena};
    struct text rest = codes, code;
    while (codes.n && text_cut(&rest, ',', &code)) {
        if (o.n) out_c(&o, ", ");
        out_text(&o, page_code_name(q, list, text_trim(code)));
    }
    return out_done(&o);
}

static struct text second_person(const struct pack *pack, struct text element) {
    for (size_t i = 0; i < pack_processes(pack); i++) {
        int at = flow_find(pack_process(pack, i), element);
        if (at >= 0) return flow_property(flow_element(pack_process(pack, i), at), T("second_person"), T(""));
    }
    return T("");
}

// What was done before this step was done last is another round (as decide_task.c asks it).
bool case_may_do(struct request *q, const struct case_page *c, const struct task_view *t) {
    struct text rest = t->may_do ? second_person(c->pack, t->element) : T(""), other;
    struct moment last = {0};
    for (size_t i = 0; i < c->file.tasks.count; i++) {
        const struct task_view *old = &c->file.tasks.items[i];
        if (text_eq(old->element, t->element) && old->done.ms > last.ms) last = old->done;
    }
    while (rest.n && text_cut(&rest, ',', &other))
        for (size_t i = 0; i < c->file.tasks.count; i++) {
            const struct task_view *old = &c->file.tasks.items[i];
            if (text_eq(old->element, text_trim(other)) && old->done.ms && old->done.ms >= last.ms &&
                old->officer == page_actor(q)->account)
                return false;
        }
    return t->may_do;
}

struct text case_awaited_name(struct request *q, const struct awaited_view *m) {
    struct text words = page_pack_text(q, m->name_key);
    return text_eq(words, m->name_key) && m->element_name.n ? m->element_name : words;
}

struct text case_role_names(struct request *q, struct text roles) {
    struct out o = {.arena = q->arena};
    struct text rest = roles, role;
    while (roles.n && text_cut(&rest, ',', &role)) {
        const struct access_word *w = access_word_find(&pack_access(page_pack(q))->roles, text_trim(role));
        if (o.n) out_c(&o, ", ");
        out_text(&o, w ? page_pack_text(q, w->label_key) : text_trim(role));
    }
    return out_done(&o);
}

struct text case_answer_text(struct request *q, const struct form_field *f, struct text value) {
    struct date d;
    if (f->code_list.n) return page_code_name(q, text_c(q->arena, f->code_list), value);
    for (size_t i = 0; i < f->option_count; i++)
        if (text_eq(f->options[i].value, value)) return page_pack_text(q, f->options[i].label_key);
    if (f->kind == FIELD_CHECKBOX)
        return page_text(q, text_eq(value, T("true")) ? "case.yes" : "case.no", NULL, 0);
    bool is_date = f->kind == FIELD_DATE || f->kind == FIELD_PARTIAL_DATE;
    if (is_date && !date_parse(value, &d)) return text_date(q->arena, q->language, d);
    return value;
}

struct text case_detail_text(struct request *q, const struct timeline_item *item) {
    static const char *const PATTERNS[] = {
        "form.section.%.*s.title", "letter.%.*s.title", "code.document.%.*s", "deadline.%.*s",
        "code.step.%.*s",          "code.track.%.*s",   "code.right.%.*s",    "code.outcome.%.*s",
        "case.request.%.*s",       "case.channel.%.*s"};
    struct text t = item->detail;
    if (!t.n || t.n > 60) return t;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++) {
        char key[100];
        int n = snprintf(key, sizeof key, PATTERNS[i], (int)t.n, t.p);
        struct text found = page_text_or(q, (struct text){key, (size_t)n}, T(""));
        if (found.n) return found;
    }
    return t;
}

bool case_may_sign(struct request *q, const struct case_page *c) {
    const struct decision_view *d = c->file.decisions.count ? &c->file.decisions.items[0] : NULL;
    const char *relation = text_c(q->arena, c->file.relation);
    if (!d || !text_eq(d->state, T("proposed")) || !officer_may(q, relation, "sign_decision")) return false;
    return !d->needs_second ||
           (officer_may(q, relation, "sign_as_second") && d->proposer != page_actor(q)->account);
}

struct text case_received_by(struct request *q, const struct timeline_item *item) {
    return item->received_by.n ? page_code_name(q, "received_by", item->received_by) : item->received_by;
}

// ---- a reason for reading ----

static struct text cookie_value(struct request *q, struct text name) {
    struct text rest = request_header(q, "Cookie"), part;
    while (rest.p && text_cut(&rest, ';', &part)) {
        part = text_trim(part);
        if (text_starts(part, name) && part.n > name.n && part.p[name.n] == '=')
            return text_slice(part, name.n + 1, part.n);
    }
    return (struct text){0};
}

static struct text reason_name(struct request *q, int64_t case_id) {
    return text_printf(q->arena, "reason-%lld", (long long)case_id);
}

struct look case_look(struct request *q, int64_t case_id) {
    struct look look = page_look(q, officer_purpose(q, cases_pack_of_case(page_app(q)->cases, case_id)));
    struct bytes reason;
    if (look.reason.n) return look;
    struct text kept = cookie_value(q, reason_name(q, case_id));
    if (kept.n && kept.n < 2 * REASON_BYTES_MAX && !base64url_decode(q->arena, kept, &reason) &&
        text_is_utf8(text_of_bytes(reason)))
        look.reason = text_of_bytes(reason);
    return look;
}

struct reason_page {
    struct text reason, href, number, next;
};
VIEW(REASON_PAGE, VIEW_TEXT(struct reason_page, reason), VIEW_TEXT(struct reason_page, href),
     VIEW_TEXT(struct reason_page, next));
static const struct page_template REASON = {"case_reason", &REASON_PAGE};

static struct text next_path(struct request *q, int64_t case_id) {
    struct text next = form_text(q, "next").n ? form_text(q, "next") : query_text(q, "next");
    struct text mine = case_path(q, case_id, "");
    return path_is_local(next) && text_starts(next, mine) ? next : mine;
}

static enum status reason_page(struct request *q, struct response *r) {
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    struct reason_page v = {
        .reason = form_text(q, "reason"), .href = case_path(q, id, "/reason"), .next = next_path(q, id)};
    return page_show(q, r, &REASON, &v);
}

// Kept in a cookie of this case for a quarter of an hour; each reading with it is recorded as one with a
// reason.
static enum status reason_given(struct request *q, struct response *r) {
    int64_t id;
    struct text reason = form_text(q, "reason");
    struct problem p = {0};
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    if ((text_codepoints(reason) < 10 || reason.n > REASON_BYTES_MAX) &&
        problem(&p, "reason", "required", "problem.case.reason")) {
        page_problem(q, &p);
        return reason_page(q, r);
    }
    struct text coded = base64url_encode(q->arena, bytes_of(reason));
    response_header(
        q, r, "Set-Cookie",
        text_printf(q->arena,
                    TEXT_FMT "=" TEXT_FMT "; Path=/cases/%lld; Max-Age=%d; HttpOnly; SameSite=Strict",
                    TEXT_ARG(reason_name(q, id)), TEXT_ARG(coded), (long long)id, REASON_MINUTES * 60));
    return response_redirect(q, r, next_path(q, id));
}

// ---- the frame ----

static const struct {
    const char *id, *text_key, *path;
} TABS[] = {{"overview", "case.tab.overview", ""},
            {"timeline", "case.tab.timeline", "/timeline"},
            {"persons", "case.tab.persons", "/persons"},
            {"application", "case.tab.application", "/application"},
            {"documents", "case.tab.documents", "/documents"},
            {"messages", "case.tab.messages", "/messages"},
            {"notes", "case.tab.notes", "/notes"},
            {"letters", "case.tab.letters", "/letters"},
            {"decision", "case.tab.decision", "/decision"},
            {"process", "case.tab.process", "/process"},
            {"circles", "case.tab.circles", "/authorities"},
            {"access", "case.tab.access", "/access"}};

static int tab_count(const struct case_file *f, const char *tab) {
    int n = 0;
    if (!strcmp(tab, "documents")) return (int)f->documents.count;
    if (!strcmp(tab, "notes")) return (int)f->notes.count;
    for (size_t i = 0; !strcmp(tab, "messages") && i < f->messages.count; i++)
        n += f->messages.items[i].from_person && !f->messages.items[i].read_at.ms;
    return n;
}

static void fill_tabs(struct request *q, const char *tab, struct case_page *c) {
    for (size_t i = 0; i < sizeof TABS / sizeof *TABS; i++) {
        if (!strcmp(TABS[i].id, "circles") && !page_app(q)->circles) continue;
        *ARENA_PUSH(q->arena, &c->frame.tabs) =
            (struct case_tab){TABS[i].text_key, case_path(q, c->frame.id, TABS[i].path),
                              !strcmp(tab, TABS[i].id), tab_count(&c->file, TABS[i].id)};
    }
}

static struct text first_letter(struct text t) {
    size_t at = 0;
    if (!t.n) return t;
    text_codepoint(t, &at);
    return text_slice(t, 0, at);
}

static void fill_person(struct request *q, struct case_page *c) {
    struct case_frame *f = &c->frame;
    const struct person_view *p = case_main_person(&c->file);
    f->name = c->file.head.name;
    if (!p) return;
    struct arena *a = q->arena;
    f->has_person = true;
    if (p->latin_name.n) f->name = p->latin_name;
    if (p->original_name.n && !text_eq(p->original_name, f->name)) f->original_name = p->original_name;
    size_t gap;
    f->initials = TEXT_JOIN(a, first_letter(p->given_names), first_letter(p->family_name));
    if (p->latin_name.n && text_find(p->latin_name, T(" "), &gap))
        f->initials = TEXT_JOIN(a, first_letter(p->latin_name),
                                first_letter(text_slice(p->latin_name, gap + 1, p->latin_name.n)));
    f->birth = p->birth;
    f->is_birth_partial = p->birth.year && !date_is_full(p->birth);
    f->has_age = p->birth.year != 0;
    if (f->has_age) f->age = date_age_years(p->birth, zone_date(page_app(q)->zone, q->now));
    f->sex = p->sex.n ? page_code_name(q, "sex", p->sex) : p->sex;
    f->nationalities = p->is_stateless ? page_text(q, "case.stateless", NULL, 0)
                                       : case_code_names(q, "nationality", p->nationalities);
}

static void fill_hidden(struct request *q, struct case_page *c) {
    struct text rest = c->file.hidden, part;
    while (c->file.hidden.n && text_cut(&rest, ',', &part))
        if (!text_eq(text_trim(part), T("statistics")))
            ARENA_PUSH(q->arena, &c->frame.hidden)->text_key =
                TEXT_JOIN(q->arena, T("access.class."), text_trim(part));
}

// Is there a row that opens something of what is hidden, once a reason is written?
static bool reason_opens(struct request *q, const struct case_page *c) {
    const struct access_rules *rules = pack_access(c->pack);
    for (size_t i = 0; i < rules->rows.count; i++) {
        const struct access_row *row = &rules->rows.items[i];
        if (row->needs_reason && text_eq(row->action, T("read")) &&
            text_eq(row->relation, c->file.relation) && actor_has_role(page_actor(q), row->role) &&
            case_hides(&c->file, text_c(q->arena, row->attribute_class)))
            return true;
    }
    return false;
}

static void fill_frame(struct request *q, const char *tab, const struct look *look, struct case_page *c) {
    struct case_frame *f = &c->frame;
    f->id = c->file.head.case_id;
    f->version = c->file.head.version;
    f->line = work_line_of(q, &c->file.head);
    f->href = case_path(q, f->id, "");
    f->phrase = c->file.phrase;
    f->is_closed = c->file.closed_at.ms != 0;
    f->is_mine = c->file.head.officer == page_actor(q)->account;
    f->can_take =
        !f->is_mine && !f->is_closed && officer_may(q, text_c(q->arena, c->file.relation), "assign_case");
    f->reason_helps = !look->reason.n && reason_opens(q, c);
    f->reason_href = TEXT_JOIN(q->arena, f->href, T("/reason?next="), q->path);
    fill_person(q, c);
    fill_hidden(q, c);
    fill_tabs(q, tab, c);
}

enum status case_page_open(struct request *q, struct response *r, const char *tab, struct case_page *c) {
    int64_t id;
    *c = (struct case_page){0};
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    enum status st =
        cases_open_file(page_app(q)->cases, page_actor(q), &look, id, q->arena, &c->file, &r->problem);
    if (st == STATUS_REFUSED && r->problem.rule && !strcmp(r->problem.rule, "access_reason"))
        return response_redirect(q, r,
                                 TEXT_JOIN(q->arena, case_path(q, id, "/reason?next="),
                                           q->method == GET ? q->path : case_path(q, id, "")));
    if (st) return st;
    c->pack = cases_pack_of(page_app(q)->cases, c->file.pack_version);
    if (!c->pack) return STATUS_CORRUPT;
    page_use_pack(q, c->pack);
    fill_frame(q, tab, &look, c);
    return STATUS_OK;
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/reason", reason_page, NEEDS(STAFF)},
    {POST, "/cases/:id/reason", reason_given, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&REASON, NULL};
const struct page_module CASE_REASON_PAGES = {ROUTES, TEMPLATES};
