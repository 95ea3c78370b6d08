// team.c - what a supervisor looks at: load of each officer, what is late, what nobody has; and giving cases
// to people.
#include <string.h>

#include "web/pages.h"
#include "web/pages/work.h"

enum { TEAM_QUEUE_ROWS = 50, BAR_WIDTH = 200 };

// ---- views

struct load_line {
    struct text name, unit, href, late_href;
    int64_t open, overdue, soon, unread, done;
    int late_width, soon_at, soon_width, rest_at, rest_width; // of the bar, in its units
    bool is_queue;
};
struct team_line {
    struct work_line line;
    bool is_chosen;
};
struct staff_line {
    struct text name, public_code, unit, roles;
};
struct team_lines {
    struct team_line *items;
    size_t count, capacity;
};
struct team_view {
    struct {
        struct load_line *items;
        size_t count, capacity;
    } officers;
    struct team_lines late, queue;
    struct {
        struct staff_line *items;
        size_t count, capacity;
    } staff;
    struct options assignees;
    struct text reason;
    int64_t open, overdue, unassigned, queue_shown;
    bool has_more_queue, has_rows;
};
#define V struct load_line
VIEW(LOAD_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, unit), VIEW_TEXT(V, href), VIEW_TEXT(V, late_href),
     VIEW_INT64(V, open), VIEW_INT64(V, overdue), VIEW_INT64(V, soon), VIEW_INT64(V, unread),
     VIEW_INT64(V, done), VIEW_INT(V, late_width), VIEW_INT(V, soon_at), VIEW_INT(V, soon_width),
     VIEW_INT(V, rest_at), VIEW_INT(V, rest_width), VIEW_BOOL(V, is_queue));
#undef V
VIEW(TEAM_LINE, VIEW_STRUCT(struct team_line, line, &WORK_LINE_VIEW), VIEW_BOOL(struct team_line, is_chosen));
VIEW(STAFF_LINE, VIEW_TEXT(struct staff_line, name), VIEW_TEXT(struct staff_line, public_code),
     VIEW_TEXT(struct staff_line, unit), VIEW_TEXT(struct staff_line, roles));
#define V struct team_view
VIEW(TEAM_VIEW, VIEW_LIST(V, officers, &LOAD_LINE), VIEW_LIST(V, late, &TEAM_LINE),
     VIEW_LIST(V, queue, &TEAM_LINE), VIEW_LIST(V, staff, &STAFF_LINE), VIEW_LIST(V, assignees, &OPTION_VIEW),
     VIEW_TEXT(V, reason), VIEW_INT64(V, open), VIEW_INT64(V, overdue), VIEW_INT64(V, unassigned),
     VIEW_INT64(V, queue_shown), VIEW_BOOL(V, has_more_queue), VIEW_BOOL(V, has_rows));
#undef V
static const struct page_template TEAM = {"team", &TEAM_VIEW};

// ---- load

static int part_of(int64_t count, int64_t most) {
    return most > 0 ? (int)(count * BAR_WIDTH / most) : 0;
}

static void measure_bar(struct load_line *l, int64_t most) {
    int64_t rest = l->open - l->overdue - l->soon;
    l->late_width = part_of(l->overdue, most);
    l->soon_at = l->late_width;
    l->soon_width = part_of(l->soon, most);
    l->rest_at = l->soon_at + l->soon_width;
    l->rest_width = part_of(rest > 0 ? rest : 0, most);
}

static struct load_line load_line_of(struct request *q, const struct officer_load *o) {
    struct load_line l = {.name = o->name,
                          .unit = o->unit,
                          .open = o->open,
                          .overdue = o->overdue,
                          .soon = o->soon,
                          .unread = o->unread,
                          .done = o->done_30_days,
                          .is_queue = !o->officer};
    l.href = o->officer ? text_printf(q->arena, "/work?view=all&officer=%lld", (long long)o->officer)
                        : T("/work?view=all&officer=none");
    l.late_href = TEXT_JOIN(q->arena, l.href, T("&light=overdue"));
    return l;
}

static void fill_load(struct request *q, const struct officer_load_list *load, struct team_view *v) {
    int64_t most = 0;
    for (size_t i = 0; i < load->count; i++) {
        const struct officer_load *o = &load->rows[i];
        v->open += o->open;
        v->overdue += o->overdue;
        if (!o->officer) v->unassigned = o->open;
        if (o->officer && o->open > most) most = o->open;
        if (o->officer && !o->open && !o->done_30_days)
            continue; // works on no cases: only in the list of staff
        *ARENA_PUSH(q->arena, &v->officers) = load_line_of(q, o);
    }
    for (size_t i = 0; i < v->officers.count; i++) {
        struct load_line *l = &v->officers.items[i];
        if (!l->is_queue) measure_bar(l, most);
    }
}

// ---- lists

static bool was_chosen(const struct request *q, int64_t case_id) {
    struct text value;
    int64_t id;
    for (size_t at = 0; fields_next(&q->form, "case", &at, &value);)
        if (text_int(value, &id) && id == case_id) return true;
    return false;
}

static void fill_lines(struct request *q, const struct work_row *rows, size_t count,
                       struct team_lines *lines) {
    for (size_t i = 0; i < count; i++)
        *ARENA_PUSH(q->arena, lines) =
            (struct team_line){work_line_of(q, &rows[i]), was_chosen(q, rows[i].case_id)};
}

static enum status fill_queue(struct request *q, struct team_view *v, struct problem *p) {
    struct look look = page_look(q, "supervision");
    struct work_filter nobody = {.officer = -1, .limit = TEAM_QUEUE_ROWS};
    struct work_list list;
    enum status st = cases_work_list(page_app(q)->cases, page_actor(q), &look, &nobody, q->arena, &list, p);
    if (st) return st;
    // What is late and has nobody stands above already: the same case must not have two boxes.
    for (size_t i = 0; i < list.count; i++)
        if (!text_eq(list.rows[i].light, T("overdue"))) fill_lines(q, &list.rows[i], 1, &v->queue);
    v->queue_shown = (int64_t)v->queue.count;
    v->has_more_queue = list.next.n > 0;
    return STATUS_OK;
}

static struct text roles_of(struct request *q, const struct staff_row *s) {
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < s->role_count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, page_pack_text(q, TEXT_JOIN(q->arena, T("access.role."), s->roles[i])));
    }
    return out_done(&o);
}

static enum status fill_staff(struct request *q, struct team_view *v) {
    struct store *store = journal_store(cases_journal(page_app(q)->cases));
    struct staff_list staff = {0};
    struct db *db;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = access_staff(db, T(""), T(""), false, q->arena, &staff);
    store_reader_release(store, db);
    for (size_t i = 0; !st && i < staff.count; i++)
        *ARENA_PUSH(q->arena, &v->staff) =
            (struct staff_line){staff.items[i].name, staff.items[i].public_code, staff.items[i].unit,
                                roles_of(q, &staff.items[i])};
    return st;
}

static enum status show_team(struct request *q, struct response *r) {
    struct officer_load_list load;
    struct team_view v = {.reason = form_text(q, "reason")};
    struct app *app = page_app(q);
    int64_t chosen = 0;
    enum status st = cases_load_by_officer(app->cases, page_actor(q), q->arena, &load, &r->problem);
    if (st) return st;
    fill_load(q, &load, &v);
    fill_lines(q, load.late, load.late_count, &v.late);
    st = fill_queue(q, &v, &r->problem);
    if (!st) st = fill_staff(q, &v);
    if (st) return st;
    if (!text_int(form_text(q, "officer"), &chosen)) chosen = 0;
    v.assignees = officer_options(q, chosen);
    *ARENA_PUSH(q->arena, &v.assignees) = (struct option){
        .value = T("queue"), .label_key = "team.assign.queue", .is_chosen = form_is(q, "officer", "queue")};
    v.has_rows = v.late.count || v.queue.count;
    return page_show(q, r, &TEAM, &v);
}

// ---- assigning

struct chosen_cases {
    struct command *items;
    size_t count, capacity;
};

static void read_chosen(struct request *q, struct assign_case to, struct chosen_cases *chosen) {
    struct text value;
    int64_t id;
    for (size_t at = 0; fields_next(&q->form, "case", &at, &value);)
        if (text_int(value, &id) && id > 0 && chosen->count <= CASES_BULK_MAX)
            *ARENA_PUSH(q->arena, chosen) =
                (struct command){.kind = COMMAND_ASSIGN_CASE, .case_id = id, .assign_case = to};
}

static bool read_officer(struct request *q, int64_t *officer, struct problem *p) {
    struct text typed = form_text(q, "officer");
    *officer = 0;
    if (text_eq(typed, T("queue"))) return true;
    if (text_int(typed, officer) && *officer > 0) return true;
    return !problem(p, "officer", "required", "team.assign.officer.missing");
}

static enum status assign(struct request *q, struct response *r) {
    struct chosen_cases chosen = {0};
    struct problem p = {0};
    struct assign_case to = {.reason = form_text(q, "reason")};
    if (!read_officer(q, &to.officer, &p)) page_problem(q, &p);
    read_chosen(q, to, &chosen);
    if (!chosen.count && problem(&p, "case", "required", "team.assign.case.missing")) page_problem(q, &p);
    if (q->problem_count) return show_team(q, r);
    enum status st =
        cases_do_all(page_app(q)->cases, page_actor(q), chosen.items, chosen.count, q->arena, &p);
    if (st == STATUS_INVALID || st == STATUS_CONFLICT) {
        page_problem(q, &p);
        return show_team(q, r);
    }
    if (st) {
        r->problem = p;
        return st;
    }
    response_notice(q, r, "notice.team.assigned");
    return response_redirect(q, r, T("/team"));
}

static const struct route ROUTES[] = {
    {GET, "/team", show_team, NEEDS(SUPERVISOR)},
    {POST, "/team", assign, NEEDS(SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TEAM, NULL};
const struct page_module TEAM_PAGES = {ROUTES, TEMPLATES};
