// home.c - the own cases, and one case: where it stands, what is asked of the person, the appointment,
// letters.
#include "web/pages/home.h"
#include "web/pages.h"
#include "web/pages/account.h"
#include "web/pages/apply.h"
#include "web/pages/work.h"

// ---- the list

struct own_row {
    int64_t id;
    struct text case_no, status_key, procedure;
    struct moment made_at, due;
    bool is_draft, has_unread;
};
#define V struct own_row
VIEW(OWN_ROW, VIEW_INT64(V, id), VIEW_TEXT(V, case_no), VIEW_TEXT(V, status_key), VIEW_TEXT(V, procedure),
     VIEW_MOMENT(V, made_at), VIEW_MOMENT(V, due), VIEW_BOOL(V, is_draft), VIEW_BOOL(V, has_unread));
#undef V
struct home_view {
    bool has_draft, is_choice; // several procedures: beside a draft of one another can be begun
    struct {
        struct own_row *items;
        size_t count, capacity;
    } cases;
};
VIEW(HOME_VIEW, VIEW_BOOL(struct home_view, has_draft), VIEW_BOOL(struct home_view, is_choice),
     VIEW_LIST(struct home_view, cases, &OWN_ROW));
static const struct page_template HOME = {"home", &HOME_VIEW};

static enum status home_page(struct request *q, struct response *r) {
    struct home_view v = {0};
    struct work_list own;
    struct problem p = {0};
    if (q->session.kinds & STAFF) return response_redirect(q, r, account_home(q));
    enum status st = cases_own(page_app(q)->cases, page_actor(q), q->arena, &own, &p);
    if (st) return st;
    v.is_choice = offers_of(q, false, "").count > 1;
    for (size_t i = 0; i < own.count; i++) {
        const struct work_row *w = &own.rows[i];
        const struct pack *pack = work_pack(q, w);
        *ARENA_PUSH(q->arena, &v.cases) = (struct own_row){w->case_id,
                                                           w->case_no,
                                                           TEXT_JOIN(q->arena, T("track.status."), w->status),
                                                           pack ? procedure_name(q, pack) : T(""),
                                                           w->made_at,
                                                           w->due,
                                                           !w->case_no.n,
                                                           w->has_unread};
        v.has_draft |= !w->case_no.n;
    }
    return page_show(q, r, &HOME, &v);
}

// ---- one case

enum status own_case_open(struct request *q, struct response *r, int64_t *id, struct case_file *file) {
    struct app *app = page_app(q);
    struct look look = page_look(q, "own_file");
    struct problem p = {0};
    if (!request_param_id(q, "id", id)) return STATUS_NOT_FOUND;
    enum status st = cases_open_file(app->cases, page_actor(q), &look, *id, q->arena, file, &p);
    if (st == STATUS_REFUSED) r->problem = p;
    if (st) return st;
    const struct pack *pack = cases_pack_of(app->cases, file->pack_version);
    if (pack) page_use_pack(q, pack);
    return STATUS_OK;
}

enum status own_case_do(struct request *q, struct response *r, struct command *c, const char *notice,
                        const char *next, bool *is_mistake) {
    struct command_result result = {0};
    struct problem p = {0};
    *is_mistake = false;
    if (!request_param_id(q, "id", &c->case_id)) return STATUS_NOT_FOUND;
    enum status st = cases_do(page_app(q)->cases, page_actor(q), c, q->arena, &result, &p);
    if (st == STATUS_INVALID && p.text_key) {
        page_problem(q, &p);
        *is_mistake = true;
        return STATUS_OK;
    }
    if (st) {
        r->problem = p;
        return st;
    }
    response_notice(q, r, notice);
    return response_redirect(q, r, text_printf(q->arena, "/my/%lld%s", (long long)c->case_id, next));
}

bool is_over(struct moment at, struct moment now) {
    return at.ms != 0 && at.ms < now.ms;
}

struct asked_row {
    int64_t id;
    struct text kind, explanation;
    struct date due;
    bool is_late;
};
VIEW(ASKED_ROW, VIEW_INT64(struct asked_row, id), VIEW_TEXT(struct asked_row, kind),
     VIEW_TEXT(struct asked_row, explanation), VIEW_DATE(struct asked_row, due),
     VIEW_BOOL(struct asked_row, is_late));
struct own_task_row {
    struct text name, about, href;
    struct date due;
    bool is_late;
};
VIEW(OWN_TASK_ROW, VIEW_TEXT(struct own_task_row, name), VIEW_TEXT(struct own_task_row, about),
     VIEW_TEXT(struct own_task_row, href), VIEW_DATE(struct own_task_row, due),
     VIEW_BOOL(struct own_task_row, is_late));
struct visit_row {
    struct text place, interpreter, language, reason;
    struct moment starts;
    int minutes;
    bool is_remote;
};
#define V struct visit_row
VIEW(VISIT_ROW, VIEW_TEXT(V, place), VIEW_TEXT(V, interpreter), VIEW_TEXT(V, language), VIEW_TEXT(V, reason),
     VIEW_MOMENT(V, starts), VIEW_INT(V, minutes), VIEW_BOOL(V, is_remote));
#undef V
struct letter_row {
    int64_t id;
    struct text title;
    struct moment issued;
    bool is_new;
};
VIEW(LETTER_ROW, VIEW_INT64(struct letter_row, id), VIEW_TEXT(struct letter_row, title),
     VIEW_MOMENT(struct letter_row, issued), VIEW_BOOL(struct letter_row, is_new));
struct own_clock {
    struct text name, effect, article;
    struct date due;
};
VIEW(OWN_CLOCK, VIEW_TEXT(struct own_clock, name), VIEW_TEXT(struct own_clock, effect),
     VIEW_TEXT(struct own_clock, article), VIEW_DATE(struct own_clock, due));
struct case_view {
    int64_t id, case_id; // the same: rows have an id of their own
    struct text case_no, status_key, explain_key, name, phrase, channel_rule;
    struct moment made_at;
    struct date appeal_until;
    bool is_paper, is_closed, has_decision, can_appeal;
    int messages_new;
    struct {
        struct own_task_row *items;
        size_t count, capacity;
    } tasks; // of the process, for the person
    struct {
        struct asked_row *items;
        size_t count, capacity;
    } asked;
    struct {
        struct visit_row *items;
        size_t count, capacity;
    } visits;
    struct {
        struct letter_row *items;
        size_t count, capacity;
    } letters;
    struct {
        struct own_clock *items;
        size_t count, capacity;
    } clocks;
};
#define V struct case_view
VIEW(CASE_VIEW, VIEW_INT64(V, id), VIEW_INT64(V, case_id), VIEW_TEXT(V, case_no), VIEW_TEXT(V, status_key),
     VIEW_TEXT(V, explain_key), VIEW_TEXT(V, name), VIEW_TEXT(V, phrase), VIEW_TEXT(V, channel_rule),
     VIEW_MOMENT(V, made_at), VIEW_DATE(V, appeal_until), VIEW_BOOL(V, is_paper), VIEW_BOOL(V, is_closed),
     VIEW_BOOL(V, has_decision), VIEW_BOOL(V, can_appeal), VIEW_INT(V, messages_new),
     VIEW_LIST(V, tasks, &OWN_TASK_ROW), VIEW_LIST(V, asked, &ASKED_ROW), VIEW_LIST(V, visits, &VISIT_ROW),
     VIEW_LIST(V, letters, &LETTER_ROW), VIEW_LIST(V, clocks, &OWN_CLOCK));
#undef V
static const struct page_template CASE = {"home_case", &CASE_VIEW};

// One line a kind of time limit, the nearest: five letters that wait to be opened are one thing to know.
static void add_clock(struct request *q, const struct clock_view *c, struct case_view *v) {
    struct own_clock line = {TEXT_JOIN(q->arena, T("deadline."), c->deadline), c->effect, c->article,
                             page_last_day(q, c->due)};
    for (size_t i = 0; i < v->clocks.count; i++) {
        struct own_clock *old = &v->clocks.items[i];
        if (!text_eq(old->name, line.name)) continue;
        if (date_cmp(line.due, old->due) < 0) *old = line;
        return;
    }
    *ARENA_PUSH(q->arena, &v->clocks) = line;
}

static void fill_tasks(struct request *q, const struct case_file *f, struct case_view *v) {
    for (size_t i = 0; i < f->tasks.count; i++) {
        const struct task_view *t = &f->tasks.items[i];
        if (t->is_for_person && t->may_do)
            *ARENA_PUSH(q->arena, &v->tasks) = (struct own_task_row){
                task_name(q, t), task_about(q, t),
                text_printf(q->arena, "/my/%lld/tasks/%lld", (long long)v->id, (long long)t->task),
                page_last_day(q, t->due), is_over(t->due, q->now)};
    }
}

static void fill_asked(struct request *q, const struct case_file *f, struct case_view *v) {
    for (size_t i = 0; i < f->requests.count; i++) {
        const struct request_view *a = &f->requests.items[i];
        if (!text_eq(a->state, T("open"))) continue;
        *ARENA_PUSH(q->arena, &v->asked) =
            (struct asked_row){a->request, page_code_name(q, "document", a->kind), a->explanation,
                               page_last_day(q, a->due), is_over(a->due, q->now)};
    }
    // The person's own time limits: what silence would mean is said beside the day.
    for (size_t i = 0; i < f->clocks.count; i++) {
        const struct clock_view *c = &f->clocks.items[i];
        bool has_ended = c->ended.ms || text_eq(c->state, T("lapsed")) || text_eq(c->state, T("suspended"));
        if (!has_ended && text_eq(c->owner, T("person"))) add_clock(q, c, v);
    }
}

static void fill_lists(struct request *q, const struct case_file *f, struct case_view *v) {
    for (size_t i = 0; i < f->appointments.count; i++) {
        const struct appointment_view *a = &f->appointments.items[i];
        if (!text_eq(a->state, T("planned"))) continue;
        *ARENA_PUSH(q->arena, &v->visits) =
            (struct visit_row){a->place,         a->interpreter, page_code_name(q, "language", a->language),
                               a->remote_reason, a->starts,      a->minutes,
                               a->is_remote};
    }
    for (size_t i = 0; i < f->letters.count; i++) {
        const struct letter_view *l = &f->letters.items[i];
        *ARENA_PUSH(q->arena, &v->letters) =
            (struct letter_row){l->letter, l->title, l->issued, !l->opened.ms};
    }
    for (size_t i = 0; i < f->messages.count; i++)
        v->messages_new += !f->messages.items[i].from_person && !f->messages.items[i].read_at.ms;
}

static enum status case_page(struct request *q, struct response *r) {
    struct case_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    if (!f.head.case_no.n)
        return response_redirect(q, r, text_printf(q->arena, "/apply/%lld", (long long)v.id));
    v.case_id = v.id;
    v.case_no = f.head.case_no;
    v.name = f.head.name;
    v.phrase = f.phrase;
    v.made_at = f.head.made_at;
    v.status_key = TEXT_JOIN(q->arena, T("track.status."), f.head.status);
    v.explain_key = TEXT_JOIN(q->arena, T("own.explain."), f.head.status);
    v.is_paper = text_eq(f.channel, T("paper"));
    if (v.is_paper && f.channel_rule.n) v.channel_rule = page_code_name(q, "channel_rule", f.channel_rule);
    v.is_closed = f.closed_at.ms != 0;
    v.has_decision = f.decisions.count > 0;
    struct moment until = v.has_decision ? f.decisions.items[0].appeal_until : (struct moment){0};
    v.appeal_until = page_last_day(q, until);
    v.can_appeal = until.ms > q->now.ms && !f.appeals.count;
    fill_tasks(q, &f, &v);
    fill_asked(q, &f, &v);
    fill_lists(q, &f, &v);
    return page_show(q, r, &CASE, &v);
}

static const struct route ROUTES[] = {
    {GET, "/home", home_page, NEEDS(SIGNED_IN)},
    {GET, "/my/:id", case_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&HOME, &CASE, NULL};
const struct page_module HOME_PAGES = {ROUTES, TEMPLATES};
