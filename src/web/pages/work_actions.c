// work_actions.c - what is done from the work list: assigning many cases, keeping views, exporting.
#include "web/pages/work.h"

#include <stdlib.h>
#include <string.h>

#include "web/pages.h"

enum { EXPORT_PIECE_ROWS = 500, EXPORT_REASON_MAX = 500 };

static enum status back_to_list(struct request *q, struct response *r, struct text query) {
    struct text path = query.n ? TEXT_JOIN(q->arena, T("/work?"), query) : T("/work");
    return response_redirect(q, r, path_is_local(path) ? path : T("/work"));
}

// ---- many at once ----

struct chosen {
    struct command *items;
    size_t count, capacity;
};

static enum status assign_many(struct request *q, struct response *r) {
    struct chosen chosen = {0};
    struct text value;
    int64_t officer = 0, id;
    if (form_text(q, "officer").n && !text_int(form_text(q, "officer"), &officer)) officer = -1;
    struct assign_case to = {officer, form_text(q, "reason")};
    for (size_t at = 0; fields_next(&q->form, "case", &at, &value);)
        if (text_int(value, &id) && id > 0)
            *ARENA_PUSH(q->arena, &chosen) = (struct command){
                .kind = COMMAND_ASSIGN_CASE, .case_id = id, .purpose = T("supervision"), .assign_case = to};
    if (!chosen.count) return problem(&r->problem, "case", "required", "problem.work.choose");
    if (chosen.count > CASES_BULK_MAX) return problem(&r->problem, "case", "too_many", "problem.work.many");
    enum status st =
        cases_do_all(page_app(q)->cases, page_actor(q), chosen.items, chosen.count, q->arena, &r->problem);
    if (st) return st;
    response_notice(q, r, "notice.work.assigned");
    return back_to_list(q, r, form_text(q, "query"));
}

// ---- saved views ----

static enum status save_view(struct request *q, struct response *r) {
    struct saved_view v = {.name = form_text(q, "name"),
                           .query = form_text(q, "query"),
                           .is_shared = form_is(q, "shared", "yes")};
    int64_t id;
    enum status st = cases_save_view(page_app(q)->cases, page_actor(q), &v, NULL, q->arena, &id, &r->problem);
    if (st) return st;
    response_notice(q, r, "notice.work.view_saved");
    return back_to_list(q, r,
                        text_printf(q->arena, TEXT_FMT "%ssaved=%lld", TEXT_ARG(v.query),
                                    v.query.n ? "&" : "", (long long)id));
}

static enum status delete_view(struct request *q, struct response *r) {
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = cases_delete_view(page_app(q)->cases, page_actor(q), id, &r->problem);
    if (st) return st;
    response_notice(q, r, "notice.work.view_deleted");
    return response_redirect(q, r, T("/work"));
}

// ---- export ----

// Lives longer than the request: it has its own arena. Codes are named before the first byte goes out.
struct export {
    struct arena arena, piece;
    struct app *app;
    struct actor actor;
    struct look look;
    struct work_filter filter;
    const struct code_list *nationalities;
    struct text language;
    struct out ready;
    size_t sent, rows;
    bool is_done;
};

// A spreadsheet must not take a name for a formula: a cell that begins like one gets an apostrophe before it.
static void put_cell(struct out *o, struct text t, bool is_last) {
    out_byte(o, '"');
    if (t.n && strchr("=+-@\t\r\n|%", t.p[0])) out_byte(o, '\'');
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"') out_byte(o, '"');
        out_byte(o, t.p[i] == '\r' || t.p[i] == '\n' ? ' ' : t.p[i]);
    }
    out_c(o, is_last ? "\"\r\n" : "\",");
}

static struct text day_text(struct export *e, struct moment m) {
    return m.ms ? date_print(&e->piece, zone_date(e->app->zone, m)) : (struct text){0};
}

static void put_row(struct export *e, const struct work_row *row) {
    const struct code *c =
        row->nationality.n && e->nationalities ? code_find(e->nationalities, row->nationality) : NULL;
    const struct text cells[] = {row->case_no,
                                 row->name,
                                 row->latin_name,
                                 date_print(&e->piece, row->birth),
                                 c ? code_name(e->nationalities, c, e->language) : row->nationality,
                                 row->status,
                                 row->task,
                                 row->track,
                                 row->light,
                                 day_text(e, (struct moment){row->due.ms ? row->due.ms - 1 : 0}),
                                 row->due_kind,
                                 row->officer_name,
                                 row->language,
                                 day_text(e, row->made_at),
                                 day_text(e, row->changed_at),
                                 row->is_vulnerable ? T("1") : T("0"),
                                 row->is_minor ? T("1") : T("0"),
                                 row->is_paper ? T("1") : T("0"),
                                 row->has_unread ? T("1") : T("0"),
                                 row->procedure};
    size_t n = sizeof cells / sizeof *cells;
    for (size_t i = 0; i < n; i++) put_cell(&e->ready, cells[i], i + 1 == n);
}

static enum status next_piece(struct export *e) {
    struct work_list list;
    struct problem p = {0};
    arena_free(&e->piece);
    e->ready = (struct out){.arena = &e->piece};
    e->sent = 0;
    enum status st = cases_work_list(e->app->cases, &e->actor, &e->look, &e->filter, &e->piece, &list, &p);
    if (st) return st;
    for (size_t i = 0; i < list.count && e->rows < EXPORT_ROWS_MAX; i++, e->rows++) put_row(e, &list.rows[i]);
    e->is_done = !list.next.n || e->rows >= EXPORT_ROWS_MAX;
    e->filter.after = text_copy(&e->arena, list.next);
    return STATUS_OK;
}

static enum status read_export(void *context, uint8_t *to, size_t max, size_t *got) {
    struct export *e = context;
    *got = 0;
    while (e->sent == e->ready.n && !e->is_done) {
        enum status st = next_piece(e);
        if (st) return st;
    }
    size_t n = e->ready.n - e->sent < max ? e->ready.n - e->sent : max;
    if (n) memcpy(to, e->ready.p + e->sent, n);
    e->sent += n;
    *got = n;
    return STATUS_OK;
}

static void close_export(void *context) {
    struct export *e = context;
    arena_free(&e->piece);
    arena_free(&e->arena);
    free(e);
}

static void copy_actor(struct export *e, const struct actor *from) {
    e->actor = *from;
    for (size_t i = 0; i < from->role_count; i++) e->actor.roles[i] = text_copy(&e->arena, from->roles[i]);
    struct text *texts[] = {&e->actor.name, &e->actor.public_code, &e->actor.unit, &e->actor.language};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(&e->arena, *texts[i]);
}

static void copy_filter(struct export *e, struct work_filter f) {
    struct text *texts[] = {&f.procedure, &f.unit,     &f.status, &f.task,   &f.nationality,
                            &f.track,     &f.language, &f.light,  &f.search, &f.after};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(&e->arena, *texts[i]);
    f.limit = EXPORT_PIECE_ROWS;
    e->filter = f;
}

// The first line in the person's language, after the mark by which spreadsheets know UTF-8.
static void put_head(struct request *q, struct export *e) {
    static const char *const KEYS[] = {
        "work.column.number",      "work.column.person", "case.person.latin",    "work.column.birth",
        "work.column.nationality", "work.column.status", "work.column.task",     "work.column.track",
        "work.column.light",       "work.column.due",    "work.column.deadline", "work.column.officer",
        "work.column.language",    "work.column.made",   "work.column.changed",  "work.flag.vulnerable",
        "work.flag.minor",         "work.flag.paper",    "work.flag.unread",     "work.column.procedure"};
    size_t n = sizeof KEYS / sizeof *KEYS;
    e->ready = (struct out){.arena = &e->arena};
    out_c(&e->ready, "\xEF\xBB\xBF");
    for (size_t i = 0; i < n; i++) put_cell(&e->ready, page_text(q, KEYS[i], NULL, 0), i + 1 == n);
}

struct export_page {
    struct text action, reason, back;
    struct options purposes;
};
VIEW(EXPORT_PAGE, VIEW_TEXT(struct export_page, action), VIEW_TEXT(struct export_page, reason),
     VIEW_TEXT(struct export_page, back), VIEW_LIST(struct export_page, purposes, &OPTION_VIEW));
static const struct page_template EXPORT = {"work_export", &EXPORT_PAGE};

static struct options purposes_of(struct request *q, struct text chosen) {
    struct options o = {0};
    const struct pack *pack = page_pack(q);
    const struct access_rules *rules = pack ? pack_access(pack) : NULL;
    for (size_t i = 0; rules && i < rules->purposes.count; i++) {
        const struct access_word *w = &rules->purposes.items[i];
        bool allowed = false;
        for (size_t k = 0; k < rules->rows.count && !allowed; k++) {
            const struct access_row *row = &rules->rows.items[k];
            allowed = text_eq(row->action, T("export")) && text_eq(row->purpose, w->id) &&
                      actor_has_role(page_actor(q), row->role);
        }
        if (!allowed) continue;
        bool is_chosen = text_eq(w->id, chosen) || (!chosen.n && !o.count);
        *ARENA_PUSH(q->arena, &o) =
            (struct option){.value = w->id, .label = page_pack_text(q, w->label_key), .is_chosen = is_chosen};
    }
    return o;
}

static enum status refuse_export(struct response *r) {
    r->problem = (struct problem){.field = "", .rule = "access_role", .text_key = "problem.access.role"};
    return STATUS_REFUSED;
}

static enum status show_export(struct request *q, struct response *r, const struct fields *from) {
    struct work_query w = work_query_read(from);
    struct text query = work_query_text(q->arena, &w, false);
    struct export_page v = {.reason = form_text(q, "reason"),
                            .purposes = purposes_of(q, form_text(q, "purpose")),
                            .action = TEXT_JOIN(q->arena, T("/work/export?"), query),
                            .back = TEXT_JOIN(q->arena, T("/work?"), query)};
    return v.purposes.count ? page_show(q, r, &EXPORT, &v) : refuse_export(r);
}

static enum status export_page(struct request *q, struct response *r) {
    return show_export(q, r, &q->query);
}

static bool purpose_ok(const struct options *purposes, struct text purpose) {
    for (size_t i = 0; i < purposes->count; i++)
        if (text_eq(purposes->items[i].value, purpose)) return true;
    return false;
}

static enum status export_rows(struct request *q, struct response *r) {
    struct text reason = form_text(q, "reason"), purpose = form_text(q, "purpose");
    struct options purposes = purposes_of(q, purpose);
    struct problem p = {0};
    if (!purposes.count) return refuse_export(r);
    if (!purpose_ok(&purposes, purpose) && problem(&p, "purpose", "required", "problem.work.purpose"))
        page_problem(q, &p);
    if ((!reason.n || reason.n > EXPORT_REASON_MAX) &&
        problem(&p, "reason", "required", "problem.work.reason"))
        page_problem(q, &p);
    if (q->problem_count) return show_export(q, r, &q->query);
    struct export *e = calloc(1, sizeof *e);
    if (!e) return STATUS_BUSY;
    struct work_query w = work_query_read(&q->query);
    e->app = page_app(q);
    copy_actor(e, page_actor(q));
    e->look = (struct look){text_copy(&e->arena, purpose), text_copy(&e->arena, reason)};
    copy_filter(e, work_query_filter(&w, page_actor(q)));
    e->language = text_copy(&e->arena, q->language);
    const struct pack *pack = page_pack(q);
    e->nationalities = pack ? pack_codes(pack, T("nationality")) : NULL;
    put_head(q, e);
    r->stream = (struct body_stream){e, read_export, close_export, -1};
    response_download(q, r,
                      TEXT_JOIN(q->arena, T("cases-"),
                                date_print(q->arena, zone_date(page_app(q)->zone, q->now)), T(".csv")),
                      T("text/csv; charset=utf-8"), false);
    return STATUS_OK;
}

static const struct route ROUTES[] = {
    {POST, "/work/assign", assign_many, NEEDS(STAFF), RATE_WRITE},
    {POST, "/work/views", save_view, NEEDS(STAFF), RATE_WRITE},
    {POST, "/work/views/:id/delete", delete_view, NEEDS(STAFF), RATE_WRITE},
    {GET, "/work/export", export_page, NEEDS(STAFF)},
    {POST, "/work/export", export_rows, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&EXPORT, NULL};
const struct page_module WORK_ACTION_PAGES = {ROUTES, TEMPLATES};
