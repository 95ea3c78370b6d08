// register_list.c - the entries of one register: search, the columns and filters of its definition, what
// waits, and a copy of the list.
#include "web/pages.h"
#include "web/pages/register.h"

struct label_view {
    struct text label;
};
struct cell_view {
    struct text label, value;
    bool is_hidden;
};
struct filter_view {
    struct text name, label;
    struct options options;
};
struct row_view {
    struct text href, reference;
    const char *tag_key, *tag_colour; // of what is not in force
    struct date recorded;
    struct {
        struct cell_view *items;
        size_t count, capacity;
    } cells;
};
struct tab_view {
    const char *text_key;
    struct text href;
    bool is_current;
};
struct list_view {
    struct register_head head;
    struct text search, clear_href;
    struct options states;
    struct {
        struct label_view *items;
        size_t count, capacity;
    } columns, search_fields;
    struct {
        struct filter_view *items;
        size_t count, capacity;
    } filters;
    struct {
        struct row_view *items;
        size_t count, capacity;
    } rows;
    struct {
        struct tab_view *items;
        size_t count, capacity;
    } tabs;
    struct pages pages;
    int64_t total;
    int filter_count;
    bool is_capped, is_filtered, is_asked, is_todo, is_hit_only, is_counted;
};
VIEW(LABEL_VIEW, VIEW_TEXT(struct label_view, label));
VIEW(CELL_VIEW, VIEW_TEXT(struct cell_view, label), VIEW_TEXT(struct cell_view, value),
     VIEW_BOOL(struct cell_view, is_hidden));
VIEW(FILTER_VIEW, VIEW_TEXT(struct filter_view, name), VIEW_TEXT(struct filter_view, label),
     VIEW_LIST(struct filter_view, options, &OPTION_VIEW));
VIEW(ROW_VIEW, VIEW_TEXT(struct row_view, href), VIEW_TEXT(struct row_view, reference),
     VIEW_C(struct row_view, tag_key), VIEW_C(struct row_view, tag_colour),
     VIEW_DATE(struct row_view, recorded), VIEW_LIST(struct row_view, cells, &CELL_VIEW));
VIEW(TAB_VIEW, VIEW_C(struct tab_view, text_key), VIEW_TEXT(struct tab_view, href),
     VIEW_BOOL(struct tab_view, is_current));
#define V struct list_view
VIEW(LIST_VIEW, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_TEXT(V, search), VIEW_TEXT(V, clear_href),
     VIEW_LIST(V, states, &OPTION_VIEW), VIEW_LIST(V, columns, &LABEL_VIEW),
     VIEW_LIST(V, search_fields, &LABEL_VIEW), VIEW_LIST(V, filters, &FILTER_VIEW),
     VIEW_LIST(V, rows, &ROW_VIEW), VIEW_LIST(V, tabs, &TAB_VIEW), VIEW_STRUCT(V, pages, &PAGES_VIEW),
     VIEW_INT64(V, total), VIEW_INT(V, filter_count), VIEW_BOOL(V, is_capped), VIEW_BOOL(V, is_filtered),
     VIEW_BOOL(V, is_asked), VIEW_BOOL(V, is_todo), VIEW_BOOL(V, is_hit_only), VIEW_BOOL(V, is_counted));
#undef V
static const struct page_template LIST = {"register", &LIST_VIEW};

// ---- what is asked for

static const char *const STATES[] = {"current", "ended", "waiting", "replaced", "undone", "any"};
static const char *const TODOS[TODO_COUNT] = {"confirm", "review", "fault"};

struct asked {
    struct entry_filter filter;
    struct text todo;
    int columns;
};

static bool is_choice(const struct form_field *f) {
    return f->code_list.n || f->option_count;
}

static struct text filter_name(struct request *q, const struct form_field *f) {
    return TEXT_JOIN(q->arena, T("f-"), f->path);
}

static struct asked read_query(struct request *q, const struct register_page *p) {
    struct asked a = {.filter = {.register_id = p->def->id,
                                 .text = text_slice(query_text(q, "q"), 0, 200),
                                 .state = query_text(q, "state"),
                                 .after = query_text(q, "after")},
                      .todo = query_text(q, "todo")};
    for (size_t i = 0; i < p->def->columns.count; i++) {
        const struct form_field *f = p->def->columns.items[i].field;
        struct text value = is_choice(f) ? query_text(q, text_c(q->arena, filter_name(q, f))) : T("");
        if (!value.n || a.filter.column_count == REGISTER_FILTERS_MAX) continue;
        a.filter.columns[a.filter.column_count].path = f->path;
        a.filter.columns[a.filter.column_count++].value = value;
    }
    a.columns = (int)a.filter.column_count;
    return a;
}

static struct text query_of(struct request *q, const struct asked *a, struct text after) {
    struct out o = {.arena = q->arena};
    if (a->filter.text.n) query_put(&o, "q", a->filter.text);
    if (a->filter.state.n) query_put(&o, "state", a->filter.state);
    if (a->todo.n) query_put(&o, "todo", a->todo);
    for (size_t i = 0; i < a->filter.column_count; i++)
        query_put(&o, text_c(q->arena, TEXT_JOIN(q->arena, T("f-"), a->filter.columns[i].path)),
                  a->filter.columns[i].value);
    if (after.n) query_put(&o, "after", after);
    return out_done(&o);
}

static struct text address(struct request *q, const struct register_page *p, const char *rest,
                           const struct asked *a, struct text after) {
    struct text query = query_of(q, a, after);
    return TEXT_JOIN(q->arena, register_href(q, p, rest), query.n ? T("&") : T(""), query);
}

// ---- what is shown

static void fill_tabs(struct request *q, const struct register_page *p, const struct asked *a,
                      struct list_view *v) {
    static const char *const KEYS[TODO_COUNT] = {"register.todo.confirm", "register.todo.review",
                                                 "register.todo.fault"};
    static const enum register_action NEEDS_ACTION[TODO_COUNT] = {REGISTER_CONFIRM, REGISTER_REVIEW,
                                                                  REGISTER_REVIEW};
    *ARENA_PUSH(q->arena, &v->tabs) =
        (struct tab_view){"register.todo.none", register_href(q, p, ""), !a->todo.n};
    for (size_t i = 0; i < TODO_COUNT; i++)
        if (register_might(q, p, NEEDS_ACTION[i]))
            *ARENA_PUSH(q->arena, &v->tabs) = (struct tab_view){
                KEYS[i], TEXT_JOIN(q->arena, register_href(q, p, ""), T("&todo="), text_of(TODOS[i])),
                text_eq(a->todo, text_of(TODOS[i]))};
    if (v->tabs.count == 1) v->tabs.count = 0;
}

static struct options filter_options(struct request *q, const struct form_field *f, struct text chosen) {
    struct options o = {0};
    if (f->code_list.n) return page_code_options(q, text_c(q->arena, f->code_list), chosen);
    for (size_t i = 0; i < f->option_count; i++)
        *ARENA_PUSH(q->arena, &o) = (struct option){.value = f->options[i].value,
                                                    .label = page_pack_text(q, f->options[i].label_key),
                                                    .is_chosen = text_eq(f->options[i].value, chosen)};
    return o;
}

static struct text chosen_of(const struct asked *a, struct text path) {
    for (size_t i = 0; i < a->filter.column_count; i++)
        if (text_eq(a->filter.columns[i].path, path)) return a->filter.columns[i].value;
    return (struct text){0};
}

static void fill_filters(struct request *q, const struct register_page *p, const struct asked *a,
                         struct list_view *v) {
    struct text state = a->filter.state.n ? a->filter.state : T("current");
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++) {
        struct text s = text_of(STATES[i]);
        *ARENA_PUSH(q->arena, &v->states) = (struct option){
            .value = s,
            .label_key = text_eq(s, T("any")) ? "register.state.all" : register_state_key(q, s, true),
            .is_chosen = text_eq(s, state)};
    }
    for (size_t i = 0; i < p->def->columns.count; i++) {
        const struct form_field *f = p->def->columns.items[i].field;
        struct text label = register_label(q, p->pack, f);
        *ARENA_PUSH(q->arena, &v->columns) = (struct label_view){label};
        if (is_choice(f))
            *ARENA_PUSH(q->arena, &v->filters) =
                (struct filter_view){filter_name(q, f), label, filter_options(q, f, chosen_of(a, f->path))};
        else
            *ARENA_PUSH(q->arena, &v->search_fields) = (struct label_view){label};
    }
    v->search = a->filter.text;
    v->filter_count = a->columns + (a->filter.state.n && !text_eq(a->filter.state, T("current")));
    v->is_filtered = v->filter_count > 0;
    v->is_asked = v->is_filtered || v->search.n;
    v->clear_href = v->head.href;
}

static bool has_word(struct text list, struct text word) {
    struct text part;
    while (list.p && text_cut(&list, ',', &part))
        if (text_eq(part, word)) return true;
    return false;
}

static void add_row(struct request *q, const struct register_page *p, const struct entry_row *row,
                    struct list_view *v) {
    struct row_view *out = ARENA_PUSH(q->arena, &v->rows);
    *out = (struct row_view){.reference = row->reference,
                             .recorded = zone_date(page_app(q)->zone, row->recorded)};
    if (register_might(q, p, REGISTER_READ) && !row->is_hit_only)
        out->href = register_entry_href(q, p, row->entry, "");
    if (!text_eq(row->state, T("current"))) {
        out->tag_key = register_state_key(q, row->state, true);
        out->tag_colour = register_state_colour(row->state, true);
    }
    for (size_t i = 0; i < p->def->columns.count; i++) {
        const struct form_field *f = p->def->columns.items[i].field;
        *ARENA_PUSH(q->arena, &out->cells) =
            (struct cell_view){v->columns.items[i].label, register_cell(q, p->pack, f, &row->answers),
                               has_word(row->hidden, f->attribute_class)};
    }
}

static enum status read_list(struct request *q, struct response *r, const struct register_page *p,
                             const struct asked *a, struct entry_list *list) {
    struct registers *room = page_app(q)->registers;
    for (size_t i = 0; i < TODO_COUNT; i++)
        if (text_eq(a->todo, text_of(TODOS[i])))
            return registers_todo(room, page_actor(q), &p->look, p->def->id, (enum register_todo)i, q->arena,
                                  list, &r->problem);
    return registers_find(room, page_actor(q), &p->look, &a->filter, q->arena, list, &r->problem);
}

static enum status list_page(struct request *q, struct response *r) {
    struct register_page p;
    struct entry_list list = {0};
    enum status st = register_page_open(q, &p);
    if (st) return st;
    struct list_view v = {.head = p.head};
    struct asked a = read_query(q, &p);
    if (register_might(q, &p, REGISTER_FIND)) st = read_list(q, r, &p, &a, &list);
    if (st) return st;
    fill_tabs(q, &p, &a, &v);
    fill_filters(q, &p, &a, &v);
    for (size_t i = 0; i < list.count; i++) add_row(q, &p, &list.items[i], &v);
    v.is_todo = a.todo.n;
    v.is_counted = list.count_known >= 0 && !v.is_todo;
    v.is_capped = list.count_known >= REGISTER_COUNT_MAX;
    v.total = list.count_known;
    if (list.next.n) v.pages.next = address(q, &p, "", &a, list.next);
    if (a.filter.after.n) v.pages.previous = address(q, &p, "", &a, T(""));
    return page_show(q, r, &LIST, &v);
}

static const struct route ROUTES[] = {
    {GET, "/registers/:register", list_page, NEEDS(STAFF), RATE_LOOKUP},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&LIST, NULL};
const struct page_module REGISTER_LIST_PAGES = {ROUTES, TEMPLATES};
