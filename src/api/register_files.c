// register_files.c - what comes into a register as one file, and what leaves it as one: imports, counts,
// rows.
#include <string.h>

#include "api/registers.h"
#include "api/shape_macros.h"
#include "registers/export.h"
#include "registers/import.h"
#include "store/blob.h"
#include "web/pages/register.h"

// ---- what is asked and answered

struct statistic_answer {
    struct text statistic, by, cells;
};
struct imports {
    struct import_view *items;
    size_t count, capacity;
};

#define WORD(member, bytes, say, ex)                                                               \
    {                                                                                              \
        .name = #member, .kind = API_TEXT, .at = offsetof(IN, member), .max = bytes, .about = say, \
        .example = ex                                                                              \
    }
#define YES(member, say) \
    { .name = #member, .kind = API_BOOL, .at = offsetof(IN, member), .about = say, .example = "false" }
#define DAY(member, say)                                                             \
    {                                                                                \
        .name = #member, .kind = API_DATE, .at = offsetof(IN, member), .about = say, \
        .example = "\"2026-03-01\""                                                  \
    }
#define FORMAT(member)                                                                       \
    {                                                                                        \
        .name = #member, .kind = API_TEXT, .at = offsetof(IN, member), .words = "csv|jsonl", \
        .about = "csv when left out", .example = "\"csv\""                                   \
    }

#define IN struct import_question
const struct api_field API_IMPORT_QUERY[] = {
    WORD(name, REGISTER_SOURCE_MAX, "of the file, for people", "\"berths.csv\""),
    FORMAT(format),
    WORD(source, REGISTER_SOURCE_MAX, "name of the list, where it comes again and again", "\"Harbour list\""),
    YES(replaces, "the file is the whole list `source`: entries that are not in it go"),
    YES(only_check, "record nothing"),
    WORD(authority, REGISTER_SOURCE_MAX, "who made the list: the source of each entry", "\"Harbour master\""),
    WORD(evidence, REGISTER_SOURCE_MAX, "number of a letter or file", "\"HM 2026/17\""),
    END};
#undef IN
#define IN struct export_question
const struct api_field API_EXPORT_QUERY[] = {
    FORMAT(format),
    WORD(fields, 8000, "paths, with commas; all that may leave when left out", "\"quay\""),
    DAY(from, "first day of the recording"),
    DAY(to, "last day of the recording"),
    WORD(reason, REGISTER_REASON_MAX, "where access wants one", "\"Yearly report\""),
    END};
const struct api_field API_STATISTIC_QUERY[] = {
    DAY(from, "first day that is counted"), DAY(to, "last day; of a stock the day that is meant"),
    WORD(reason, REGISTER_REASON_MAX, "where access wants one", "\"Yearly report\""), END};
#undef IN

#define IN struct import_view
SHAPE(SHAPE_IMPORT, "RegisterImport", "A file of entries, and how far it is.", ID(import, "the file"),
      TEXT(register_id, "of which register"), TEXT(name, "for people"), TEXT(source, "name of the list"),
      {AT(state), .kind = API_TEXT, .words = "received|checked|failed|tried|done|undone|dropped",
       .about = "received: being checked; checked: being recorded; failed: nothing was recorded"},
      TEXT(by_name, "who sent it"), BOOL(replaces, "the whole list before it"), BOOL(is_try, "only checked"),
      BOOL(is_waiting, "a second person must confirm"), BOOL(has_errors, "there is a file of mistakes"),
      MOMENT(received, "when"), MOMENT(ended, "null: not yet"), NUMBER(rows, "known after the check"),
      NUMBER(wrong, "rows with mistakes"), NUMBER(done, "rows recorded so far"),
      SMALL(percent, "of the check, then of the recording"));
#undef IN
#define IN struct imports
SHAPE(SHAPE_IMPORTS, "RegisterImports", "Files of a register, newest first.",
      LIST(items, &SHAPE_IMPORT, "at most 100"));
#undef IN
#define IN struct statistic_answer
SHAPE(SHAPE_STATISTIC, "RegisterStatistic", "Counts by the definition of the register.",
      TEXT(statistic, "which"), TEXT(by, "what it counts by, with commas"),
      {AT(cells), .kind = API_JSON,
       .about = "period, one member for each of `by`, and count; fewer_than instead where it is few"});
#undef IN

// ---- a file comes in

struct coming {
    struct import_writer *writer;
    enum status st; // why there is none
    struct problem problem;
};

static struct import_order order_of(struct request *q) {
    return (struct import_order){
        .look = {.purpose = page_actor(q)->purpose},
        .register_id = request_param(q, "register"),
        .name = query_text(q, "name"),
        .format = text_eq(query_text(q, "format"), T("jsonl")) ? IMPORT_JSON_LINES : IMPORT_CSV,
        .replaces = text_eq(query_text(q, "replaces"), T("true")),
        .is_try = text_eq(query_text(q, "only_check"), T("true")),
        .source = query_text(q, "source"),
        .from = {.authority = query_text(q, "authority"), .evidence = query_text(q, "evidence")}};
}

// What is wrong is said by the handler, when all of it has come.
static enum status begin(struct request *q, struct text field, struct text name, struct text media,
                         void **file) {
    (void)name, (void)media;
    if (field.n) return STATUS_UNSUPPORTED; // a form: files come as they are
    struct coming *k = *file = q->upload = ARENA_NEW(q->arena, struct coming);
    struct registers *r = page_app(q)->registers;
    struct import_order o = order_of(q);
    k->st = r ? registers_import_begin(r, page_actor(q), &o, &k->writer, &k->problem) : STATUS_NOT_FOUND;
    return STATUS_OK;
}

static enum status take(struct request *q, void *file, struct bytes b) {
    (void)q;
    struct coming *k = file;
    if (k->writer && !k->st) k->st = registers_import_write(k->writer, b);
    return k->st == STATUS_TOO_LARGE ? k->st : STATUS_OK;
}

static enum status end(struct request *q, void *file, bool is_complete) {
    (void)q;
    struct coming *k = file;
    if (!is_complete || k->st) registers_import_abort(&k->writer);
    return STATUS_OK;
}
const struct upload_sink API_IMPORT_SINK = {begin, take, end, IMPORT_BYTES_MAX, 0};

void api_import_leave(struct request *q) {
    struct coming *k = q->upload;
    if (k) registers_import_abort(&k->writer);
}

static const struct pack_register *named(struct api_call *c) {
    return c->app->registers ? registers_named(c->app->registers, request_param(c->q, "register")) : NULL;
}

static enum status show(struct api_call *c, int64_t import) {
    struct import_view v;
    enum status st =
        registers_import(c->app->registers, c->actor, &c->look, import, c->q->arena, &v, &c->problem);
    if (!st && !text_eq(v.register_id, request_param(c->q, "register"))) st = STATUS_NOT_FOUND;
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_IMPORT, &v);
}

enum status api_import_take(struct api_call *c) {
    struct coming *k = c->q->upload;
    int64_t import = 0;
    if (!k) return api_fail(c, 415);
    if (!named(c)) return api_fail(c, 404);
    c->problem = k->problem;
    if (k->st) return api_failed(c, k->st);
    enum status st = registers_import_end(&k->writer, &import, &c->problem);
    if (st && !(st == STATUS_CONFLICT && import)) return api_failed(c, st);
    return show(c, import); // the same file once more is the same import
}

enum status api_import(struct api_call *c) {
    int64_t import;
    if (!named(c) || !request_param_id(c->q, "import", &import)) return api_fail(c, 404);
    return show(c, import);
}

enum status api_imports(struct api_call *c) {
    const struct pack_register *def = named(c);
    struct import_list list;
    if (!def) return api_fail(c, 404);
    enum status st =
        registers_imports(c->app->registers, c->actor, &c->look, def->id, c->q->arena, &list, &c->problem);
    struct imports out = {list.items, list.count, list.capacity};
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_IMPORTS, &out);
}

static enum status read_blob(void *context, uint8_t *to, size_t max, size_t *got) {
    return blob_read(context, to, max, got);
}
static void close_blob(void *context) {
    struct blob_reader *reader = context;
    blob_close_read(&reader);
}

enum status api_import_errors(struct api_call *c) {
    struct blob_reader *reader = NULL;
    struct import_view v;
    int64_t import;
    if (!named(c) || !request_param_id(c->q, "import", &import)) return api_fail(c, 404);
    struct registers *r = c->app->registers;
    enum status st = registers_import(r, c->actor, &c->look, import, c->q->arena, &v, &c->problem);
    if (!st && !text_eq(v.register_id, request_param(c->q, "register"))) st = STATUS_NOT_FOUND;
    if (!st) st = registers_import_errors(r, c->actor, &c->look, import, &reader, &c->problem);
    if (st) return api_failed(c, st);
    response_download(c->q, c->r, TEXT_JOIN(c->q->arena, T("errors-"), v.name), T("application/octet-stream"),
                      false);
    c->r->stream = (struct body_stream){reader, read_blob, close_blob, -1};
    return STATUS_OK;
}

enum status api_import_act(struct api_call *c) {
    const struct api_entry_act *in = c->in;
    int64_t import;
    bool is_undo = text_eq(text_of(strrchr(c->op->path, '/') + 1), T("undo"));
    if (!named(c) || !request_param_id(c->q, "import", &import)) return api_fail(c, 404);
    enum status st =
        registers_import_act(c->app->registers, c->actor, &c->look, import,
                             is_undo ? IMPORT_UNDO : IMPORT_DROP, in->reason, c->q->arena, &c->problem);
    return st ? api_failed(c, st) : show(c, import);
}

// ---- what leaves

static struct text_list {
    struct text items[EXPORT_FIELDS_MAX];
    size_t count;
} * fields_of(struct api_call *c, struct text asked) {
    struct text_list *out = ARENA_NEW(c->q->arena, struct text_list);
    struct text one;
    while (asked.n && out->count < EXPORT_FIELDS_MAX && text_cut(&asked, ',', &one))
        out->items[out->count++] = text_trim(one);
    return out;
}

enum status api_register_export(struct api_call *c) {
    const struct export_question *in = c->in;
    const struct pack_register *def = named(c);
    struct register_export *rows;
    bool is_json = text_eq(in->format, T("jsonl"));
    if (!def) return api_fail(c, 404);
    struct text_list *fields = fields_of(c, in->fields);
    c->look.reason = in->reason;
    struct export_order o = {.look = c->look,
                             .register_id = def->id,
                             .format = is_json ? EXPORT_JSON_LINES : EXPORT_CSV,
                             .from = in->from,
                             .to = in->to,
                             .fields = fields->items,
                             .field_count = fields->count};
    enum status st = registers_export_begin(c->app->registers, c->actor, &o, &rows, &c->problem);
    if (st) return api_failed(c, st);
    register_export_send(c->q, c->r, rows, def->id, is_json);
    return STATUS_OK;
}

enum status api_register_statistic(struct api_call *c) {
    const struct export_question *in = c->in;
    const struct pack_register *def = named(c);
    struct statistic_table t;
    struct out by = {.arena = c->q->arena};
    if (!def) return api_fail(c, 404);
    c->look.reason = in->reason;
    struct statistic_order o = {.look = c->look,
                                .register_id = def->id,
                                .statistic = request_param(c->q, "statistic"),
                                .from = in->from,
                                .to = in->to};
    enum status st = registers_statistic(c->app->registers, c->actor, &o, c->q->arena, &t, &c->problem);
    if (st) return api_failed(c, st);
    for (size_t i = 0; i < t.of->by_count; i++) {
        if (i) out_byte(&by, ',');
        out_text(&by, t.of->by[i]);
    }
    struct statistic_answer out = {t.of->id, out_done(&by), statistic_json(c->q->arena, &t)};
    return api_answer(c, &SHAPE_STATISTIC, &out);
}
