// home_registers.c - what official registers say about the person who is signed in: the other half of "who
// has my data".
#include "web/pages.h"
#include "web/pages/home.h"
#include "web/pages/register.h"

// Each is opened with its trace; nobody has so many.
enum { OWN_ENTRIES_SHOWN = 50, LOOKS_SHOWN = 20 };

struct own_entry {
    int64_t id;
    struct text title, about, law, reference, action, typed;
    const char *state_key, *state_colour, *then_key;
    struct date due;
    struct form_rows rows;
    struct fault_lines faults;
    struct {
        struct look_row *items;
        size_t count, capacity;
    } looks;
    bool is_open; // the form to report a mistake: it was sent, and comes again
};
struct own_view {
    struct {
        struct own_entry *items;
        size_t count, capacity;
    } entries;
};
#define V struct own_entry
VIEW(OWN_ENTRY, VIEW_INT64(V, id), VIEW_TEXT(V, title), VIEW_TEXT(V, about), VIEW_TEXT(V, law),
     VIEW_TEXT(V, reference), VIEW_TEXT(V, action), VIEW_TEXT(V, typed), VIEW_C(V, state_key),
     VIEW_C(V, state_colour), VIEW_C(V, then_key), VIEW_DATE(V, due), VIEW_LIST(V, rows, &FORM_ROW_VIEW),
     VIEW_LIST(V, faults, &FAULT_LINE_VIEW), VIEW_LIST(V, looks, &LOOK_ROW_VIEW), VIEW_BOOL(V, is_open));
#undef V
VIEW(OWN_VIEW, VIEW_LIST(struct own_view, entries, &OWN_ENTRY));
static const struct page_template OWN = {"home_registers", &OWN_VIEW};

// Officers by their public code, as in the own case.
static enum status add_looks(struct request *q, struct response *r, int64_t entry, struct own_entry *o) {
    struct access_seen_list seen = {0};
    struct look look = page_look(q, "own_file");
    enum status st = registers_seen(page_app(q)->registers, page_actor(q), &look, entry, 0, LOOKS_SHOWN,
                                    q->arena, &seen, &r->problem);
    for (size_t i = 0; i < seen.count && !st; i++) {
        const struct access_seen *s = &seen.items[i];
        *ARENA_PUSH(q->arena, &o->looks) =
            (struct look_row){s->public_code,
                              s->unit,
                              TEXT_JOIN(q->arena, T("access.purpose."), s->purpose),
                              look_what_key(q, s->what),
                              s->at,
                              s->was_refused,
                              s->was_reasoned};
    }
    return st;
}

static enum status add_entry(struct request *q, struct response *r, const struct entry_row *row,
                             struct own_view *v) {
    struct registers *room = page_app(q)->registers;
    struct register_page p = {.def = registers_named(room, row->register_id),
                              .look = page_look(q, "own_file")};
    struct entry_view e;
    if (!p.def) return STATUS_OK;
    enum status st = registers_open_entry(room, page_actor(q), &p.look, row->entry, &(struct entry_at){0},
                                          q->arena, &e, &r->problem);
    if (st) return st == STATUS_REFUSED ? STATUS_OK : st;
    p.pack = registers_pack(room, row->register_id);
    page_use_pack(q, p.pack);
    struct own_entry *o = ARENA_PUSH(q->arena, &v->entries);
    *o = (struct own_entry){.id = row->entry,
                            .title = register_title(q, p.pack, p.def),
                            .about = register_about_words(q, p.pack, p.def),
                            .law = register_law(q, p.pack, p.def),
                            .reference = e.head.reference,
                            .state_key = register_state_key(q, e.head.state, e.holds),
                            .state_colour = register_state_colour(e.head.state, e.holds),
                            .due = e.due,
                            .then_key = e.due.year ? register_then_key(e.due_then) : NULL};
    o->action = text_printf(q->arena, "/home/registers/%lld", (long long)row->entry);
    int64_t sent;
    o->is_open = q->method == POST && request_param_id(q, "entry", &sent) && sent == row->entry;
    if (o->is_open) o->typed = form_text(q, "act-reason");
    register_rows(q, p.pack, p.def, &e.head.answers, &o->rows);
    register_faults(q, &p, &e, &o->faults);
    return add_looks(q, r, row->entry, o);
}

static enum status own_page(struct request *q, struct response *r) {
    struct registers *room = page_app(q)->registers;
    struct own_view v = {0};
    struct entry_list list = {0};
    if (!room) return STATUS_NOT_FOUND;
    enum status st = registers_own(room, page_actor(q), q->arena, &list, &r->problem);
    for (size_t i = 0; !st && i < list.count && i < OWN_ENTRIES_SHOWN; i++)
        st = add_entry(q, r, &list.items[i], &v);
    return st ? st : page_show(q, r, &OWN, &v);
}

static enum status own_report(struct request *q, struct response *r) {
    struct register_act act = {
        .kind = ACT_REPORT_FAULT, .look = page_look(q, "own_file"), .reason = form_text(q, "act-reason")};
    struct register_done done;
    if (!page_app(q)->registers || !request_param_id(q, "entry", &act.entry)) return STATUS_NOT_FOUND;
    enum status st = register_do(q, r, &act, &done);
    if (st == STATUS_INVALID) return own_page(q, r);
    if (st) return st;
    response_notice(q, r, "notice.register.reported");
    return response_redirect(q, r, T("/home/registers"));
}

static const struct route ROUTES[] = {
    {GET, "/home/registers", own_page, NEEDS(APPLICANT)},
    {POST, "/home/registers/:entry", own_report, NEEDS(APPLICANT), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&OWN, NULL};
const struct page_module HOME_REGISTER_PAGES = {ROUTES, TEMPLATES};
