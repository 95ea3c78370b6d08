// register_import.c - many entries as one file: sent, checked row by row, put right where it must be,
// recorded whole, and taken back.
#include <string.h>

#include "base/csv.h"
#include "registers/import.h"
#include "store/blob.h"
#include "web/pages.h"
#include "web/pages/register.h"

enum {
    AGAIN_S = 2,         // how often a page under way looks again
    FINDINGS_SHOWN = 20, // the error file has all
};

struct column_line {
    struct text name, label;
    bool is_required;
};
struct import_line {
    struct text file, by, href;
    const char *state_key, *colour;
    struct moment at;
    int64_t rows;
};
struct import_page {
    struct register_head head;
    struct text action, sample_href, authority, reason, source;
    bool can_replace, replaces, is_try;
    struct {
        struct column_line *items;
        size_t count, capacity;
    } columns;
    struct {
        struct import_line *items;
        size_t count, capacity;
    } imports;
};
VIEW(COLUMN_LINE, VIEW_TEXT(struct column_line, name), VIEW_TEXT(struct column_line, label),
     VIEW_BOOL(struct column_line, is_required));
#define V struct import_line
VIEW(IMPORT_LINE, VIEW_TEXT(V, file), VIEW_TEXT(V, by), VIEW_TEXT(V, href), VIEW_C(V, state_key),
     VIEW_C(V, colour), VIEW_MOMENT(V, at), VIEW_INT64(V, rows));
#undef V
#define V struct import_page
VIEW(IMPORT_PAGE, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_TEXT(V, action), VIEW_TEXT(V, sample_href),
     VIEW_TEXT(V, authority), VIEW_TEXT(V, reason), VIEW_TEXT(V, source), VIEW_BOOL(V, can_replace),
     VIEW_BOOL(V, replaces), VIEW_BOOL(V, is_try), VIEW_LIST(V, columns, &COLUMN_LINE),
     VIEW_LIST(V, imports, &IMPORT_LINE));
#undef V
static const struct page_template IMPORT = {"register_import", &IMPORT_PAGE};

static const struct {
    const char *state, *text_key, *colour;
} STATES[] = {
    {"received", "register.import.checking", "blue"}, {"checked", "register.import.applying", "blue"},
    {"failed", "register.import.broken", "red"},      {"tried", "register.import.ready", "green"},
    {"done", "register.import.applied", "green"},     {"undone", "register.import.undone", "grey"},
    {"dropped", "register.import.dropped", "grey"}};

static bool is_state(const struct import_view *m, const char *state) {
    return text_eq(m->state, text_of(state));
}

static size_t state_of(const struct import_view *m) {
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (is_state(m, STATES[i].state)) return i;
    return 0;
}

static struct text import_href(struct request *q, const struct register_page *p, int64_t import,
                               const char *rest) {
    return register_href(q, p,
                         text_c(q->arena, text_printf(q->arena, "/imports/%lld%s", (long long)import, rest)));
}

static enum status open_page(struct request *q, struct register_page *p) {
    enum status st = register_page_open(q, p);
    if (st) return st;
    return register_might(q, p, REGISTER_IMPORT) ? STATUS_OK : STATUS_REFUSED;
}

// ---- the file as it comes

struct coming {
    struct import_writer *writer;
    struct text name;
    enum status st; // why there is no writer
    struct problem problem;
};

static struct import_order order_of(struct request *q, const struct register_page *p, struct text name) {
    return (struct import_order){.look = {p->look.purpose, form_text(q, "act-reason")},
                                 .register_id = p->def->id,
                                 .name = text_head(name, REGISTER_SOURCE_MAX),
                                 .replaces = form_is(q, "replaces", "yes"),
                                 .is_try = form_is(q, "only", "check"),
                                 .source = form_text(q, "source"),
                                 .from = {.authority = form_text(q, "act-authority"), .method = T("import")}};
}

// What some browsers put before the name is a folder of theirs.
static struct text last_part(struct text name) {
    size_t at = name.n;
    while (at > 0 && name.p[at - 1] != '/' && name.p[at - 1] != '\\') at--;
    return text_slice(name, at, name.n);
}

static enum status coming_begin(struct request *q, struct text field, struct text name, struct text media,
                                void **file) {
    (void)field, (void)media;
    struct coming *c = ARENA_NEW(q->arena, struct coming);
    struct register_page p;
    *file = q->upload = c;
    c->name = text_copy(q->arena, last_part(name));
    c->st = open_page(q, &p);
    if (c->st || !c->name.n) return STATUS_OK; // no file was chosen: its bytes are none
    struct import_order o = order_of(q, &p, c->name);
    if (text_ends(c->name, T(".jsonl")) || text_ends(c->name, T(".ndjson"))) o.format = IMPORT_JSON_LINES;
    c->st = registers_import_begin(page_app(q)->registers, page_actor(q), &o, &c->writer, &c->problem);
    return STATUS_OK; // what is wrong is told by the page
}

static enum status coming_bytes(struct request *q, void *file, struct bytes chunk) {
    (void)q;
    struct coming *c = file;
    if (c->writer && !c->st) c->st = registers_import_write(c->writer, chunk);
    return c->st == STATUS_TOO_LARGE ? c->st : STATUS_OK;
}

static enum status coming_end(struct request *q, void *file, bool is_complete) {
    (void)q;
    struct coming *c = file;
    if (!is_complete || c->st) registers_import_abort(&c->writer);
    return STATUS_OK;
}

static const struct upload_sink COMING = {coming_begin, coming_bytes, coming_end, IMPORT_BYTES_MAX, 0};

// ---- all files, and one more

static void add_columns(struct request *q, const struct register_page *p, const struct form_field *fields,
                        size_t count, struct import_page *v) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (f->kind == FIELD_REPEAT) continue; // one row has one entry each: they come by JSON lines
        if (f->kind == FIELD_GROUP)
            add_columns(q, p, f->children, f->child_count, v);
        else if (f->key.n)
            *ARENA_PUSH(q->arena, &v->columns) =
                (struct column_line){f->path, register_label(q, p->pack, f), f->is_required};
    }
}

static void fill_columns(struct request *q, const struct register_page *p, struct import_page *v) {
    const struct form *f = register_form_to_write(q, p);
    for (size_t i = 0; i < f->section_count; i++)
        add_columns(q, p, f->sections[i].fields, f->sections[i].field_count, v);
}

static enum status show_imports(struct request *q, struct response *r, const struct register_page *p) {
    struct import_list list = {0};
    struct import_page v = {.head = p->head,
                            .action = register_href(q, p, "/import"),
                            .sample_href = register_href(q, p, "/import/sample"),
                            .authority = form_text(q, "act-authority"),
                            .reason = form_text(q, "act-reason"),
                            .source = form_text(q, "source"),
                            .can_replace = p->def->source_field.n > 0,
                            .replaces = form_is(q, "replaces", "yes"),
                            .is_try = form_is(q, "only", "check")};
    enum status st = registers_imports(page_app(q)->registers, page_actor(q), &p->look, p->def->id, q->arena,
                                       &list, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < list.count; i++) {
        const struct import_view *m = &list.items[i];
        *ARENA_PUSH(q->arena, &v.imports) = (struct import_line){m->name,
                                                                 m->by_name,
                                                                 import_href(q, p, m->import, ""),
                                                                 STATES[state_of(m)].text_key,
                                                                 STATES[state_of(m)].colour,
                                                                 m->received,
                                                                 m->rows};
    }
    fill_columns(q, p, &v);
    return page_show(q, r, &IMPORT, &v);
}

static enum status imports_page(struct request *q, struct response *r) {
    struct register_page p;
    enum status st = open_page(q, &p);
    return st ? st : show_imports(q, r, &p);
}

// A first line with the names of all columns, to fill in a spreadsheet.
static enum status sample_file(struct request *q, struct response *r) {
    struct register_page p;
    struct import_page v = {0};
    enum status st = open_page(q, &p);
    if (st) return st;
    fill_columns(q, &p, &v);
    for (size_t i = 0; i < v.columns.count; i++) csv_cell(&r->body, v.columns.items[i].name, i == 0);
    out_c(&r->body, "\r\n");
    response_download(q, r, TEXT_JOIN(q->arena, p.def->id, T(".csv")), T("text/csv"), false);
    return STATUS_OK;
}

static bool tell(struct request *q, enum status st, const struct problem *p) {
    if (st != STATUS_INVALID && st != STATUS_CONFLICT) return false;
    struct problem shown = *p;
    if (shown.field && !strcmp(shown.field, "reason")) shown.field = "act-reason";
    if (shown.field && !strcmp(shown.field, "authority")) shown.field = "act-authority";
    if (!shown.field || !shown.field[0]) shown.field = "file";
    page_problem(q, &shown);
    return true;
}

static enum status imports_take(struct request *q, struct response *r) {
    struct register_page p;
    struct coming *c = q->upload;
    struct problem wrong = {0};
    int64_t import = 0;
    enum status st = open_page(q, &p);
    if (st) return st;
    if (!c || !c->name.n) {
        if (problem(&wrong, "file", "required", "problem.register.file")) page_problem(q, &wrong);
        return show_imports(q, r, &p);
    }
    st = c->st;
    wrong = c->problem;
    if (!st) st = registers_import_end(&c->writer, &import, &wrong);
    if (!st || (st == STATUS_CONFLICT && import))
        return response_redirect(q, r, import_href(q, &p, import, ""));
    if (tell(q, st, &wrong)) return show_imports(q, r, &p);
    r->problem = wrong;
    return st;
}

// ---- one file

struct finding_line {
    struct text line, label, sentence, value;
};
struct one_page {
    struct register_head head;
    const char *title_key;
    struct text file, by, authority, reason, href, back_href, send_href, errors_href, still_href, undo_reason,
        undo_action, confirm_action, drop_action;
    struct moment at;
    int64_t rows, bad, done;
    int percent;
    struct {
        struct finding_line *items;
        size_t count, capacity;
    } findings;
    bool is_running, is_checking, is_still, is_broken, is_good, is_applied, is_undone, is_waiting, is_own,
        has_more, has_errors;
};
#define V struct finding_line
VIEW(FINDING_LINE, VIEW_TEXT(V, line), VIEW_TEXT(V, label), VIEW_TEXT(V, sentence), VIEW_TEXT(V, value));
#undef V
#define V struct one_page
VIEW(ONE_PAGE, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_C(V, title_key), VIEW_TEXT(V, file),
     VIEW_TEXT(V, by), VIEW_TEXT(V, authority), VIEW_TEXT(V, reason), VIEW_TEXT(V, href),
     VIEW_TEXT(V, back_href), VIEW_TEXT(V, send_href), VIEW_TEXT(V, errors_href), VIEW_TEXT(V, still_href),
     VIEW_TEXT(V, undo_reason), VIEW_TEXT(V, undo_action), VIEW_TEXT(V, confirm_action),
     VIEW_TEXT(V, drop_action), VIEW_MOMENT(V, at), VIEW_INT64(V, rows), VIEW_INT64(V, bad),
     VIEW_INT64(V, done), VIEW_INT(V, percent), VIEW_LIST(V, findings, &FINDING_LINE),
     VIEW_BOOL(V, is_running), VIEW_BOOL(V, is_checking), VIEW_BOOL(V, is_still), VIEW_BOOL(V, is_broken),
     VIEW_BOOL(V, is_good), VIEW_BOOL(V, is_applied), VIEW_BOOL(V, is_undone), VIEW_BOOL(V, is_waiting),
     VIEW_BOOL(V, is_own), VIEW_BOOL(V, has_more), VIEW_BOOL(V, has_errors));
#undef V
static const struct page_template ONE = {"register_import_one", &ONE_PAGE};

static enum status open_import(struct request *q, struct response *r, struct register_page *p,
                               struct import_view *m) {
    int64_t id;
    enum status st = open_page(q, p);
    if (st) return st;
    if (!request_param_id(q, "import", &id)) return STATUS_NOT_FOUND;
    st = registers_import(page_app(q)->registers, page_actor(q), &p->look, id, q->arena, m, &r->problem);
    if (st) return st;
    return text_eq(m->register_id, p->def->id) ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status fill_blob(void *context, uint8_t *into, size_t room, size_t *n) {
    return blob_read(context, into, room, n);
}

static struct text cell_of(const struct csv_row *row, size_t at) {
    return at < row->count ? row->items[at] : (struct text){0};
}

// The column that a mistake is in, as the head of the file names it.
static struct text value_at(const struct csv_row *head, const struct csv_row *row, struct text field) {
    for (size_t i = 4; i < head->count; i++)
        if (text_eq(head->items[i], field)) return cell_of(row, i);
    return (struct text){0};
}

static void add_finding(struct request *q, const struct register_page *p, const struct csv_row *head,
                        const struct csv_row *row, struct one_page *v) {
    struct text field = cell_of(row, 1), way = cell_of(row, 3);
    const struct form_field *f = answer_path_ok(field) ? form_field_at(p->def->form, field) : NULL;
    if (!field.n && !way.n) return;
    if (!way.n && f && f->pattern_key.n) way = page_pack_text(q, f->pattern_key); // the pack's own sentence
    v->has_more = v->findings.count == FINDINGS_SHOWN;
    if (v->has_more) return;
    *ARENA_PUSH(q->arena, &v->findings) =
        (struct finding_line){cell_of(row, 0), f ? register_label(q, p->pack, f) : field,
                              page_text_or(q, way, way), value_at(head, row, field)};
}

// The first mistakes stand on the page; the file has all of them.
static enum status fill_findings(struct request *q, struct response *r, const struct register_page *p,
                                 const struct import_view *m, struct one_page *v) {
    struct blob_reader *blob = NULL;
    struct csv *c = ARENA_NEW(q->arena, struct csv);
    struct csv_row head, row;
    struct problem ignored = {0};
    enum status st = registers_import_errors(page_app(q)->registers, page_actor(q), &p->look, m->import,
                                             &blob, &r->problem);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st; // thrown away after its days
    v->has_errors = true;
    c->fill = fill_blob;
    c->context = blob;
    st = csv_next(c, q->arena, &head, &ignored);
    while (!st && !v->has_more) {
        st = csv_next(c, q->arena, &row, &ignored);
        if (!st) add_finding(q, p, &head, &row, v);
    }
    blob_close_read(&blob);
    return STATUS_OK; // of JSON lines there is no table: they are only in the file
}

static void fill_state(const struct import_view *m, struct one_page *v) {
    v->title_key = STATES[state_of(m)].text_key;
    v->is_waiting = m->is_waiting;
    v->is_checking = is_state(m, "received");
    v->is_running = v->is_checking || (is_state(m, "checked") && !m->is_waiting);
    v->is_broken = is_state(m, "failed");
    v->is_good = is_state(m, "tried");
    v->is_applied = is_state(m, "done");
    v->is_undone = is_state(m, "undone");
    if (v->is_waiting) v->title_key = "register.import.waiting";
}

static enum status show_one(struct request *q, struct response *r, const struct register_page *p,
                            const struct import_view *m) {
    struct text href = import_href(q, p, m->import, "");
    struct one_page v = {.head = p->head,
                         .file = m->name,
                         .by = m->by_name,
                         .authority = m->source,
                         .reason = m->reason,
                         .href = href,
                         .back_href = register_href(q, p, "/import"),
                         .send_href = register_href(q, p, "/import"),
                         .errors_href = import_href(q, p, m->import, "/errors"),
                         .still_href = TEXT_JOIN(q->arena, href, T("&still=1")),
                         .undo_action = import_href(q, p, m->import, "/undo"),
                         .confirm_action = import_href(q, p, m->import, "/confirm"),
                         .drop_action = import_href(q, p, m->import, "/drop"),
                         .undo_reason = form_text(q, "act-reason"),
                         .at = m->received,
                         .rows = m->rows,
                         .bad = m->wrong,
                         .done = m->done,
                         .percent = m->percent,
                         .is_own = m->is_own,
                         .is_still = query_text(q, "still").n > 0};
    fill_state(m, &v);
    enum status st = v.is_broken ? fill_findings(q, r, p, m, &v) : STATUS_OK;
    if (st) return st;
    if (v.is_running && !v.is_still) response_header(q, r, "Refresh", text_printf(q->arena, "%d", AGAIN_S));
    return page_show(q, r, &ONE, &v);
}

static enum status one_page(struct request *q, struct response *r) {
    struct register_page p;
    struct import_view m;
    enum status st = open_import(q, r, &p, &m);
    return st ? st : show_one(q, r, &p, &m);
}

static enum status read_blob(void *context, uint8_t *to, size_t max, size_t *got) {
    return blob_read(context, to, max, got);
}
static void close_blob(void *context) {
    struct blob_reader *reader = context;
    blob_close_read(&reader);
}

static enum status errors_file(struct request *q, struct response *r) {
    struct register_page p;
    struct import_view m;
    struct blob_reader *blob = NULL;
    enum status st = open_import(q, r, &p, &m);
    if (!st)
        st = registers_import_errors(page_app(q)->registers, page_actor(q), &p.look, m.import, &blob,
                                     &r->problem);
    if (st) return st;
    response_download(q, r, TEXT_JOIN(q->arena, T("errors-"), m.name), T("text/csv"), false);
    r->stream = (struct body_stream){blob, read_blob, close_blob, -1};
    return STATUS_OK;
}

static enum status act_take(struct request *q, struct response *r, enum import_act act, const char *notice) {
    struct register_page p;
    struct import_view m;
    struct problem wrong = {0};
    struct text reason = form_text(q, "act-reason");
    enum status st = open_import(q, r, &p, &m);
    if (st) return st;
    if (act != IMPORT_CONFIRM && !reason.n)
        st = problem(&wrong, "act-reason", "required", "problem.register.reason");
    if (!st)
        st = registers_import_act(page_app(q)->registers, page_actor(q), &p.look, m.import, act, reason,
                                  q->arena, &wrong);
    if (tell(q, st, &wrong)) return show_one(q, r, &p, &m);
    r->problem = wrong;
    if (st) return st;
    response_notice(q, r, notice);
    return response_redirect(q, r, import_href(q, &p, m.import, ""));
}

static enum status undo_take(struct request *q, struct response *r) {
    return act_take(q, r, IMPORT_UNDO, "notice.register.import_undone");
}
static enum status confirm_take(struct request *q, struct response *r) {
    return act_take(q, r, IMPORT_CONFIRM, "notice.register.confirmed");
}
static enum status drop_take(struct request *q, struct response *r) {
    return act_take(q, r, IMPORT_DROP, "notice.register.import_dropped");
}

static const struct route ROUTES[] = {
    {GET, "/registers/:register/import", imports_page, NEEDS(STAFF)},
    {POST, "/registers/:register/import", imports_take, NEEDS(STAFF), RATE_UPLOAD, &COMING},
    {GET, "/registers/:register/import/sample", sample_file, NEEDS(STAFF)},
    {GET, "/registers/:register/imports/:import", one_page, NEEDS(STAFF)},
    {GET, "/registers/:register/imports/:import/errors", errors_file, NEEDS(STAFF)},
    {POST, "/registers/:register/imports/:import/undo", undo_take, NEEDS(STAFF), RATE_WRITE},
    {POST, "/registers/:register/imports/:import/confirm", confirm_take, NEEDS(STAFF), RATE_WRITE},
    {POST, "/registers/:register/imports/:import/drop", drop_take, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&IMPORT, &ONE, NULL};
const struct page_module REGISTER_IMPORT_PAGES = {ROUTES, TEMPLATES};
