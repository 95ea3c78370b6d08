// work.c - the work list: what is to be done, most urgent first. It replaces every private spreadsheet.
#include "web/pages/work.h"

#include <string.h>

#include "web/pages.h"
#include "web/pages/apply.h"

#define LINE struct work_line
static const struct view_field LINE_FIELDS[] = {
    VIEW_INT64(LINE, id),           VIEW_TEXT(LINE, href),          VIEW_TEXT(LINE, case_no),
    VIEW_TEXT(LINE, name),          VIEW_TEXT(LINE, original_name), VIEW_TEXT(LINE, nationality),
    VIEW_TEXT(LINE, status),        VIEW_TEXT(LINE, task),          VIEW_TEXT(LINE, procedure),
    VIEW_TEXT(LINE, track),         VIEW_TEXT(LINE, language),      VIEW_TEXT(LINE, officer),
    VIEW_TEXT(LINE, status_colour), VIEW_DATE(LINE, birth),         VIEW_DATE(LINE, made),
    VIEW_DATE(LINE, changed),       VIEW_DATE(LINE, due),           VIEW_TEXT(LINE, due_label),
    VIEW_TEXT(LINE, light),         VIEW_INT(LINE, days),           VIEW_BOOL(LINE, is_today),
    VIEW_BOOL(LINE, is_vulnerable), VIEW_BOOL(LINE, is_minor),      VIEW_BOOL(LINE, is_paper),
    VIEW_BOOL(LINE, has_unread),    VIEW_BOOL(LINE, is_unassigned), {0}};
const struct view WORK_LINE_VIEW = {"work_line", LINE_FIELDS};

struct text status_colour(struct text status) {
    static const struct {
        const char *status, *colour;
    } COLOURS[] = {{"NEEDS_YOU", "yellow"},      {"INTERVIEW", "turquoise"}, {"APPOINTMENT", "turquoise"},
                   {"DECISION_READY", "purple"}, {"APPEAL", "orange"},       {"CLOSED", "grey"},
                   {"ON_HOLD", "grey"},          {"DECIDED", "green"}};
    for (size_t i = 0; i < sizeof COLOURS / sizeof *COLOURS; i++)
        if (text_eq(status, text_of(COLOURS[i].status))) return text_of(COLOURS[i].colour);
    return T("blue");
}

// Latin with its marks lies before U+0250, and between U+1E00 and U+1EFF.
static bool is_latin(struct text t) {
    for (size_t at = 0; at < t.n;) {
        uint32_t c = text_codepoint(t, &at);
        if (c >= 0x250 && (c < 0x1E00 || c > 0x1EFF)) return false;
    }
    return true;
}

static struct date day_of(struct request *q, struct moment m) {
    return m.ms ? zone_date(page_app(q)->zone, m) : (struct date){0};
}

const struct pack *work_pack(const struct request *q, const struct work_row *row) {
    const struct pack *own = row->pack_version ? cases_pack_of(page_app(q)->cases, row->pack_version) : NULL;
    return own ? own : page_pack(q);
}

static struct text code_words(struct request *q, const struct pack *pack, const char *list,
                              struct text code) {
    const struct code_list *l = pack ? pack_codes(pack, text_of(list)) : NULL;
    const struct code *c = l && code.n ? code_find(l, code) : NULL;
    return c ? code_name(l, c, q->language) : code;
}

struct work_line work_line_of(struct request *q, const struct work_row *row) {
    struct arena *a = q->arena;
    const struct pack *pack = work_pack(q, row);
    struct work_line l = {
        .id = row->case_id,
        .case_no = row->case_no,
        .name = row->name,
        .birth = row->birth,
        .light = row->light,
        .is_vulnerable = row->is_vulnerable,
        .is_minor = row->is_minor,
        .is_paper = row->is_paper,
        .has_unread = row->has_unread,
        .officer = row->officer_name,
        .is_unassigned = !row->officer,
    };
    if (row->latin_name.n) {
        l.name = row->latin_name;
        l.original_name = is_latin(row->name) ? (struct text){0} : row->name;
    }
    l.href = text_printf(a, "/cases/%lld", (long long)row->case_id);
    l.nationality =
        row->nationality.n ? page_code_name(q, "nationality", row->nationality) : row->nationality;
    l.status = key_of(a, "work.status.", row->status);
    l.status_colour = status_colour(row->status);
    if (pack) l.procedure = procedure_name(q, pack);
    l.task = step_name(q, pack, row->task);
    l.track = code_words(q, pack, "track", row->track);
    l.language = row->language.n ? language_name(q, row->language) : row->language;
    l.made = day_of(q, row->made_at);
    l.changed = day_of(q, row->changed_at);
    l.due = page_last_day(q, row->due);
    if (row->due_kind.n) l.due_label = page_words_of(q, pack, TEXT_JOIN(a, T("deadline."), row->due_kind));
    if (!row->due.ms) return l;
    int64_t days = date_to_days(l.due) - date_to_days(zone_date(page_app(q)->zone, q->now));
    l.days = (int)(days < 0 ? -days : days);
    l.is_today = days == 0;
    return l;
}

// ---- the page ----

struct work_tab {
    const char *text_key;
    struct text name, href;
    int64_t id;
    bool is_current, is_own, is_shared;
};
struct work_tabs {
    struct work_tab *items;
    size_t count, capacity;
};
struct work_page {
    const char *title_key;
    struct text title; // of a saved view
    struct work_tabs tabs, saved;
    struct work_lines rows;
    struct options procedures, officers, assignees, statuses, tasks, nationalities, tracks, languages, lights,
        orders, flags, columns, units;
    struct pages pages;
    struct text search, view, query, export_href, all_href;
    int64_t total;
    int filter_count;
    bool is_capped, can_assign, can_export, is_queue, is_filtered, is_late_first, is_one_of_many, can_open;
    bool has_procedure, has_status, has_task, has_due, has_officer, has_nationality, has_birth, has_track,
        has_language, has_made, has_changed;
};
#define TAB struct work_tab
VIEW(WORK_TAB, VIEW_C(TAB, text_key), VIEW_TEXT(TAB, name), VIEW_TEXT(TAB, href), VIEW_INT64(TAB, id),
     VIEW_BOOL(TAB, is_current), VIEW_BOOL(TAB, is_own), VIEW_BOOL(TAB, is_shared));
#define PAGE struct work_page
VIEW(WORK_PAGE, VIEW_C(PAGE, title_key), VIEW_TEXT(PAGE, title), VIEW_LIST(PAGE, tabs, &WORK_TAB),
     VIEW_LIST(PAGE, saved, &WORK_TAB), VIEW_LIST(PAGE, rows, &WORK_LINE_VIEW),
     VIEW_LIST(PAGE, officers, &OPTION_VIEW), VIEW_LIST(PAGE, assignees, &OPTION_VIEW),
     VIEW_LIST(PAGE, statuses, &OPTION_VIEW), VIEW_LIST(PAGE, tasks, &OPTION_VIEW),
     VIEW_LIST(PAGE, nationalities, &OPTION_VIEW), VIEW_LIST(PAGE, tracks, &OPTION_VIEW),
     VIEW_LIST(PAGE, languages, &OPTION_VIEW), VIEW_LIST(PAGE, lights, &OPTION_VIEW),
     VIEW_LIST(PAGE, orders, &OPTION_VIEW), VIEW_LIST(PAGE, flags, &OPTION_VIEW),
     VIEW_LIST(PAGE, columns, &OPTION_VIEW), VIEW_LIST(PAGE, units, &OPTION_VIEW),
     VIEW_STRUCT(PAGE, pages, &PAGES_VIEW), VIEW_TEXT(PAGE, search), VIEW_TEXT(PAGE, view),
     VIEW_TEXT(PAGE, query), VIEW_TEXT(PAGE, export_href), VIEW_TEXT(PAGE, all_href), VIEW_INT64(PAGE, total),
     VIEW_INT(PAGE, filter_count), VIEW_BOOL(PAGE, is_capped), VIEW_BOOL(PAGE, can_assign),
     VIEW_BOOL(PAGE, can_export), VIEW_BOOL(PAGE, is_queue), VIEW_BOOL(PAGE, is_filtered),
     VIEW_BOOL(PAGE, is_late_first), VIEW_BOOL(PAGE, has_status), VIEW_BOOL(PAGE, has_task),
     VIEW_BOOL(PAGE, has_due), VIEW_BOOL(PAGE, has_officer), VIEW_BOOL(PAGE, has_nationality),
     VIEW_BOOL(PAGE, has_birth), VIEW_BOOL(PAGE, has_track), VIEW_BOOL(PAGE, has_language),
     VIEW_BOOL(PAGE, has_made), VIEW_BOOL(PAGE, has_changed), VIEW_LIST(PAGE, procedures, &OPTION_VIEW),
     VIEW_BOOL(PAGE, is_one_of_many), VIEW_BOOL(PAGE, can_open), VIEW_BOOL(PAGE, has_procedure));
static const struct page_template WORK = {"work", &WORK_PAGE};

static const struct {
    const char *id, *text_key;
} VIEWS[] = {{"mine", "work.view.mine"}, {"queue", "work.view.queue"}, {"all", "work.view.all"}};

static void fill_tabs(struct request *q, const struct work_query *w, struct work_page *v) {
    struct text saved = query_text(q, "saved");
    v->title_key = "work.view.all";
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        bool here = !saved.n && text_eq(w->view, text_of(VIEWS[i].id));
        if (here) v->title_key = VIEWS[i].text_key;
        *ARENA_PUSH(q->arena, &v->tabs) =
            (struct work_tab){.text_key = VIEWS[i].text_key,
                              .href = text_printf(q->arena, "/work?view=%s", VIEWS[i].id),
                              .is_current = here};
    }
    struct saved_view *views;
    size_t count;
    if (cases_views(page_app(q)->cases, page_actor(q), q->arena, &views, &count)) return;
    for (size_t i = 0; i < count; i++) {
        struct text id = text_printf(q->arena, "%lld", (long long)views[i].id);
        bool here = text_eq(saved, id);
        if (here) v->title = views[i].name;
        *ARENA_PUSH(q->arena, &v->saved) =
            (struct work_tab){.name = views[i].name,
                              .id = views[i].id,
                              .is_current = here,
                              .is_shared = views[i].is_shared,
                              .href = TEXT_JOIN(q->arena, T("/work?"), views[i].query,
                                                views[i].query.n ? T("&saved=") : T("saved="), id),
                              .is_own = views[i].owner == page_actor(q)->account};
    }
}

static struct options fixed_options(struct arena *a, const char *prefix, const char *const *codes,
                                    struct text chosen) {
    struct options o = {0};
    for (size_t i = 0; codes[i]; i++) {
        struct option *item = ARENA_PUSH(a, &o);
        item->value = text_of(codes[i]);
        item->label_key = text_c(a, key_of(a, prefix, item->value));
        item->is_chosen = text_eq(item->value, chosen);
    }
    return o;
}

static const char *const STATUSES[] = {
    "RECEIVED",  "NEEDS_YOU",      "APPOINTMENT", "IN_CHECK", "WITH_OTHER_AUTHORITY",
    "INTERVIEW", "DECISION_READY", "DECIDED",     "APPEAL",   "DOC_PRODUCTION",
    "ON_HOLD",   "CLOSED",         NULL};
static const char *const LIGHTS[] = {"overdue", "soon", "watch", "ok", "none", NULL};
static const char *const ORDERS[] = {"due", "newest", "oldest", "changed", NULL};
static const char *const FLAG_NAMES[] = {"unread", "vulnerable", "minor", "paper", "closed", NULL};

static void fill_filters(struct request *q, const struct work_query *w, struct work_page *v) {
    struct arena *a = q->arena;
    struct procedure_list all;
    cases_procedures(page_app(q)->cases, &all);
    int64_t officer = 0;
    if (!text_int(w->officer, &officer)) officer = 0;
    v->officers = officer_options(q, officer);
    struct option *nobody = ARENA_PUSH(a, &v->officers);
    *nobody = (struct option){
        .value = T("none"), .label_key = "work.nobody", .is_chosen = text_eq(w->officer, T("none"))};
    v->statuses = fixed_options(a, "work.status.", STATUSES, w->status);
    v->lights = fixed_options(a, "work.light.", LIGHTS, w->light);
    v->tracks = work_tracks(q, &all, w->track);
    v->is_one_of_many = all.count > 1;
    if (v->is_one_of_many) v->procedures = work_procedures(q, &all, w->procedure);
    v->orders = fixed_options(a, "work.order.", ORDERS, w->order);
    v->tasks = work_tasks(q, &all, w);
    v->nationalities = page_code_options(q, "nationality", w->nationality);
    v->languages = work_languages(q, w->language);
    v->flags = fixed_options(a, "work.flag.", FLAG_NAMES, T(""));
    const bool set[] = {w->unread, w->vulnerable, w->minor, w->paper, w->closed};
    for (size_t i = 0; i < v->flags.count; i++) v->flags.items[i].is_chosen = set[i];
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        struct text name = text_of(WORK_COLUMNS[i]);
        if (i == COLUMN_PROCEDURE && !v->is_one_of_many) continue;
        *ARENA_PUSH(a, &v->columns) = (struct option){.value = name,
                                                      .label_key = text_c(a, key_of(a, "work.column.", name)),
                                                      .is_chosen = w->columns[i]};
    }
}

static void fill_columns(const struct work_query *w, struct work_page *v) {
    bool *shown[COLUMN_COUNT] = {&v->has_procedure, &v->has_status,      &v->has_task,   &v->has_due,
                                 &v->has_officer,   &v->has_nationality, &v->has_birth,  &v->has_track,
                                 &v->has_language,  &v->has_made,        &v->has_changed};
    for (size_t i = 0; i < COLUMN_COUNT; i++) *shown[i] = w->columns[i];
    v->has_procedure = v->has_procedure && v->is_one_of_many;
    if (!w->has_columns && text_eq(w->view, T("mine"))) v->has_officer = false; // all the same
}

static enum status read_list(struct request *q, struct response *r, const struct work_query *w,
                             struct work_list *list) {
    const struct pack *pack = w->procedure.n ? cases_pack_for(page_app(q)->cases, w->procedure) : NULL;
    struct look look = page_look(q, officer_purpose(q, pack));
    struct work_filter f = work_query_filter(w, page_actor(q));
    return cases_work_list(page_app(q)->cases, page_actor(q), &look, &f, q->arena, list, &r->problem);
}

// A list is read for one purpose: where procedures have purposes of their own it is of one procedure at a
// time.
static void choose_procedure(struct request *q, struct work_query *w) {
    struct procedure_list all;
    cases_procedures(page_app(q)->cases, &all);
    for (size_t i = 1; i < all.count && !w->procedure.n; i++)
        if (strcmp(officer_purpose(q, all.packs[0]), officer_purpose(q, all.packs[i])))
            w->procedure = pack_id(all.packs[0]);
}

// Without a wish in the address: one's own cases, else the queue that waits for somebody.
static enum status read_usual(struct request *q, struct response *r, struct work_query *w,
                              struct work_list *list) {
    bool asks = w->view.n || work_query_filters(w) || query_text(q, "saved").n;
    choose_procedure(q, w);
    if (!asks) w->view = T("mine");
    enum status st = read_list(q, r, w, list);
    if (st || asks || list->count) return st;
    w->view = T("queue");
    return read_list(q, r, w, list);
}

static struct text page_address(struct arena *a, const struct work_query *w, struct text after) {
    struct work_query copy = *w;
    copy.after = after;
    return TEXT_JOIN(a, T("/work?"), work_query_text(a, &copy, true));
}

static enum status work_page(struct request *q, struct response *r) {
    struct work_query w = work_query_read(&q->query);
    struct work_list list;
    struct work_page v = {0};
    enum status st = read_usual(q, r, &w, &list);
    if (st) return st;
    for (size_t i = 0; i < list.count; i++) *ARENA_PUSH(q->arena, &v.rows) = work_line_of(q, &list.rows[i]);
    v.query = work_query_text(q->arena, &w, false);
    v.view = w.view;
    v.search = w.search;
    fill_tabs(q, &w, &v);
    fill_filters(q, &w, &v);
    fill_columns(&w, &v);
    v.total = list.total;
    v.is_capped = list.total_is_capped;
    v.filter_count = work_query_filters(&w);
    v.is_filtered = v.filter_count > 0;
    v.is_queue = text_eq(w.view, T("queue"));
    if (list.next.n) v.pages.next = page_address(q->arena, &w, list.next);
    if (w.after.n) v.pages.previous = page_address(q->arena, &w, (struct text){0});
    v.can_assign = officer_may(q, NULL, "assign_case") && v.rows.count;
    if (v.can_assign) v.assignees = officer_options(q, page_actor(q)->account);
    v.can_open = open_offers(q).count > 0;
    v.can_export = officer_may(q, NULL, "export");
    v.export_href = TEXT_JOIN(q->arena, T("/work/export?"), v.query);
    return page_show(q, r, &WORK, &v);
}

static const struct route ROUTES[] = {
    {GET, "/work", work_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&WORK, NULL};
const struct page_module WORK_PAGES = {ROUTES, TEMPLATES};
