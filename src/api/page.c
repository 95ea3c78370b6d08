// page.c - /api: the description as a page that people can read, without script.
#include <stdlib.h>
#include <string.h>

#include "api/table.h"

extern const struct embedded_list API_TEMPLATES;

struct field_line {
    const char *name, *about, *example;
    struct text kind;
    bool is_required;
};
struct field_lines {
    struct field_line *items;
    size_t count, capacity;
};
struct status_line {
    int status;
    const char *slug, *title;
};
struct operation_block {
    struct text id, method, path, example;
    const char *summary, *about, *purpose, *answer, *answer_id;
    bool is_public, writes, by_person, takes_version;
    struct field_lines query, body;
    struct {
        struct status_line *items;
        size_t count, capacity;
    } statuses;
};
struct tag_block {
    const char *name;
    struct {
        struct operation_block *items;
        size_t count, capacity;
    } operations;
};
struct shape_block {
    const char *name, *about;
    struct field_lines fields;
};
struct api_page {
    struct {
        struct tag_block *items;
        size_t count, capacity;
    } tags;
    struct {
        struct shape_block *items;
        size_t count, capacity;
    } shapes;
    struct {
        struct status_line *items;
        size_t count, capacity;
    } problems;
};

#define F struct field_line
VIEW(FIELD_VIEW, VIEW_C(F, name), VIEW_C(F, about), VIEW_C(F, example), VIEW_TEXT(F, kind),
     VIEW_BOOL(F, is_required));
#define S struct status_line
VIEW(STATUS_VIEW, VIEW_INT(S, status), VIEW_C(S, slug), VIEW_C(S, title));
#define O struct operation_block
VIEW(OPERATION_VIEW, VIEW_TEXT(O, id), VIEW_TEXT(O, method), VIEW_TEXT(O, path), VIEW_TEXT(O, example),
     VIEW_C(O, summary), VIEW_C(O, about), VIEW_C(O, purpose), VIEW_C(O, answer), VIEW_C(O, answer_id),
     VIEW_BOOL(O, is_public), VIEW_BOOL(O, writes), VIEW_BOOL(O, by_person), VIEW_BOOL(O, takes_version),
     VIEW_LIST(O, query, &FIELD_VIEW), VIEW_LIST(O, body, &FIELD_VIEW), VIEW_LIST(O, statuses, &STATUS_VIEW));
#define G struct tag_block
VIEW(TAG_VIEW, VIEW_C(G, name), VIEW_LIST(G, operations, &OPERATION_VIEW));
#define H struct shape_block
VIEW(SHAPE_VIEW, VIEW_C(H, name), VIEW_C(H, about), VIEW_LIST(H, fields, &FIELD_VIEW));
#define P struct api_page
VIEW(API_VIEW, VIEW_LIST(P, tags, &TAG_VIEW), VIEW_LIST(P, shapes, &SHAPE_VIEW),
     VIEW_LIST(P, problems, &STATUS_VIEW));
static const struct page_template API_PAGE = {"api", &API_VIEW};

static struct text kind_shown(struct arena *a, const struct api_field *f) {
    switch (f->kind) {
    case API_TEXT:
        if (f->words) return text_of(f->words);
        return f->max ? text_printf(a, "text, at most %lld bytes", (long long)f->max) : T("text");
    case API_BOOL: return T("true or false");
    case API_DATE: return T("day");
    case API_MOMENT: return T("moment, UTC");
    case API_ANSWERS: return T("object");
    case API_JSON: return T("any");
    case API_LIST: return text_printf(a, "list of %s", f->shape->name);
    case API_INSIDE: return text_of(f->shape->name);
    case API_TEXTS: return text_printf(a, "list of text, at most %lld", (long long)f->max);
    case API_OBJECTS: return text_printf(a, "list of %s, at most %lld", f->shape->name, (long long)f->max);
    default: return T("whole number");
    }
}

static void list_fields(struct arena *a, const struct api_field *fields, struct field_lines *to) {
    for (const struct api_field *f = fields; f && f->kind; f++)
        *ARENA_PUSH(a, to) =
            (struct field_line){f->name, f->about, f->example, kind_shown(a, f), f->is_required};
}

// The examples of the fields as one body, set to be read.
static struct text example_of(struct arena *a, const struct api_operation *op,
                              const struct api_field *fields) {
    struct out o = {.arena = a};
    if (op->body_kind != BODY_OBJECT) return T("");
    for (const struct api_field *f = fields; f && f->kind; f++)
        out_printf(&o, "%s\"%s\": %s", f == fields ? "{" : ", ", f->name, f->example ? f->example : "null");
    out_c(&o, "}");
    json_t *json = json_loadb(o.p, o.n, 0, NULL);
    char *lines = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    struct text shown = text_copy(a, text_of(lines));
    free(lines);
    json_decref(json);
    return shown;
}

static void list_statuses(struct arena *a, const struct api_operation *op, const struct api_command *command,
                          struct operation_block *b) {
    unsigned statuses[STATUSES_MAX];
    api_statuses(op, command, statuses);
    for (size_t i = 0; statuses[i]; i++)
        for (const struct api_problem_kind *k = API_PROBLEMS; k->status; k++)
            if (k->status == statuses[i])
                *ARENA_PUSH(a, &b->statuses) = (struct status_line){(int)k->status, k->slug, k->title};
}

static void add_operation(struct arena *a, struct tag_block *tag, const struct api_operation *op,
                          const struct api_command *command) {
    static const char *const METHODS[] = {
        [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"};
    struct operation_block *b = ARENA_PUSH(a, &tag->operations);
    const struct api_field *body = command ? command->fields : op->body;
    struct command_about about = command ? cases_command_about(command->kind) : (struct command_about){0};
    *b = (struct operation_block){.id = text_of(command ? about.name : op->name),
                                  .method = text_of(METHODS[op->method]),
                                  .path = command ? text_printf(a, "/api/cases/:case/%s", about.name)
                                                  : text_of(op->path),
                                  .example = example_of(a, op, body),
                                  .summary = command ? command->summary : op->summary,
                                  .about = op->about,
                                  .purpose = about.purpose,
                                  .answer = op->shape ? op->shape->name : op->media,
                                  .answer_id = op->shape ? op->shape->name : NULL,
                                  .is_public = op->is_public,
                                  .writes = op->writes,
                                  .by_person = about.by_person,
                                  .takes_version = op->is_command};
    list_fields(a, op->query, &b->query);
    list_fields(a, body, &b->body);
    list_statuses(a, op, command, b);
}

static struct tag_block *tag_of(struct arena *a, struct api_page *v, const char *name) {
    for (size_t i = 0; i < v->tags.count; i++)
        if (!strcmp(v->tags.items[i].name, name)) return &v->tags.items[i];
    struct tag_block *t = ARENA_PUSH(a, &v->tags);
    t->name = name;
    return t;
}

static void add_shape(struct arena *a, struct api_page *v, const struct api_shape *s) {
    for (size_t i = 0; s && i < v->shapes.count; i++)
        if (!strcmp(v->shapes.items[i].name, s->name)) return;
    if (!s) return;
    struct shape_block block = {.name = s->name, .about = s->about};
    list_fields(a, s->fields, &block.fields);
    *ARENA_PUSH(a, &v->shapes) = block;
    for (const struct api_field *f = s->fields; f->kind; f++) add_shape(a, v, f->shape);
}

static enum status page(struct request *q, struct response *r) {
    struct api_page v = {0};
    for (const struct api_operation *op = API_OPERATIONS; op->path; op++) {
        struct tag_block *tag = tag_of(q->arena, &v, op->tag);
        add_shape(q->arena, &v, op->shape);
        if (!op->is_command) add_operation(q->arena, tag, op, NULL);
        for (const struct api_command *c = API_COMMANDS; op->is_command && c->summary; c++)
            add_operation(q->arena, tag, op, c);
    }
    for (const struct api_problem_kind *k = API_PROBLEMS; k->status; k++)
        *ARENA_PUSH(q->arena, &v.problems) = (struct status_line){(int)k->status, k->slug, k->title};
    return page_show(q, r, &API_PAGE, &v);
}

const struct template_source *api_templates(struct arena *a) {
    struct template_source *list = ARENA_ARRAY(a, struct template_source, API_TEMPLATES.count + 1);
    for (size_t i = 0; i < API_TEMPLATES.count; i++) {
        struct text name = text_of(API_TEMPLATES.files[i].name);
        if (text_ends(name, T(".html"))) name.n -= 5;
        list[i].name = text_c(a, name);
        list[i].html = (struct text){(const char *)API_TEMPLATES.files[i].p, API_TEMPLATES.files[i].n};
    }
    return list;
}

static const struct route ROUTES[] = {{GET, "/api", page, NEEDS(ANYONE)}, {0}};
static const struct page_template *const TEMPLATES[] = {&API_PAGE, NULL};
const struct page_module API_PAGE_MODULE = {ROUTES, TEMPLATES};
