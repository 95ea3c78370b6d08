// describe.c - the tables as OpenAPI 3.1 (JSON Schema 2020-12).
#include <string.h>

#include "api/table.h"
#include "base/json.h"

enum { SHAPES_MAX = 64 };

struct describing {
    struct json_out j;
    struct arena *arena;
    const struct api_shape *shapes[SHAPES_MAX];
    size_t shape_count;
};
#define J (&d->j)

static void put(struct describing *d, const char *name, const char *value) {
    json_key(J, name);
    json_put_text(J, text_of(value));
}
static void put_text(struct describing *d, const char *name, struct text value) {
    json_key(J, name);
    json_put_text(J, value);
}
static void put_int(struct describing *d, const char *name, int64_t value) {
    json_key(J, name);
    json_put_int(J, value);
}
static void put_raw(struct describing *d, const char *name, const char *json) {
    json_key(J, name);
    json_put_raw(J, text_of(json));
}
static void open(struct describing *d, const char *name) {
    json_key(J, name);
    json_begin_object(J);
}
static void close(struct describing *d) {
    json_end_object(J);
}

// ---- schemas

static void put_reference(struct describing *d, const struct api_shape *s) {
    put_text(d, "$ref", text_printf(d->arena, "#/components/schemas/%s", s->name));
}

static void put_words(struct describing *d, const char *words) {
    struct text rest = text_of(words), one;
    json_key(J, "enum");
    json_begin_array(J);
    while (text_cut(&rest, '|', &one)) json_put_text(J, one);
    json_end_array(J);
}

static void put_type(struct describing *d, const char *type, bool may_be_null) {
    if (may_be_null)
        put_raw(d, "type", text_c(d->arena, text_printf(d->arena, "[\"%s\", \"null\"]", type)));
    else
        put(d, "type", type);
}

static void describe_object(struct describing *d, const struct api_field *fields, bool is_out);

static void describe_list(struct describing *d, const struct api_field *f) {
    put(d, "type", "array");
    if (f->max) put_int(d, "maxItems", f->max);
    open(d, "items");
    if (f->kind == API_LIST) {
        put_reference(d, f->shape);
    } else if (f->kind == API_OBJECTS) {
        describe_object(d, f->shape->fields, false);
    } else {
        put(d, "type", "string");
        put_int(d, "maxLength", f->each_max);
    }
    close(d);
}

static void describe_number(struct describing *d, const struct api_field *f, bool is_out) {
    put_type(d, "integer", is_out && f->kind == API_ID);
    if (is_out) return;
    put_int(d, "minimum", f->min);
    if (f->max) put_int(d, "maximum", f->max);
}

// Within an object that is open.
static void describe_value(struct describing *d, const struct api_field *f, bool is_out) {
    switch (f->kind) {
    case API_TEXT:
        put(d, "type", "string");
        if (f->words) put_words(d, f->words);
        if (f->max && !is_out && !f->words) put_int(d, "maxLength", f->max);
        break;
    case API_ID:
    case API_NUMBER:
    case API_SMALL:
    case API_COUNT: describe_number(d, f, is_out); break;
    case API_BOOL: put(d, "type", "boolean"); break;
    case API_DATE:
        put_type(d, "string", is_out);
        put(d, "pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$");
        break;
    case API_MOMENT:
        put_type(d, "string", is_out);
        put(d, "format", "date-time");
        put(d, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$");
        break;
    case API_ANSWERS: put(d, "type", "object"); break;
    case API_LIST:
    case API_TEXTS:
    case API_OBJECTS: describe_list(d, f); break;
    case API_INSIDE: put_reference(d, f->shape); break;
    case API_JSON:
    case API_END: break;
    }
    if (f->about) put(d, "description", f->about);
    if (f->example) {
        json_key(J, "examples");
        json_begin_array(J);
        json_put_raw(J, text_of(f->example));
        json_end_array(J);
    }
}

static void describe_object(struct describing *d, const struct api_field *fields, bool is_out) {
    bool any = false;
    put(d, "type", "object");
    open(d, "properties");
    for (const struct api_field *f = fields; f->kind; f++) {
        open(d, f->name);
        describe_value(d, f, is_out);
        close(d);
        any |= is_out || f->is_required;
    }
    close(d);
    if (any) {
        json_key(J, "required");
        json_begin_array(J);
        for (const struct api_field *f = fields; f->kind; f++)
            if (is_out || f->is_required) json_put_text(J, text_of(f->name));
        json_end_array(J);
    }
    json_key(J, "additionalProperties");
    json_put_bool(J, false);
}

static void collect(struct describing *d, const struct api_shape *s) {
    for (size_t i = 0; i < d->shape_count; i++)
        if (d->shapes[i] == s) return;
    if (d->shape_count == SHAPES_MAX) return;
    d->shapes[d->shape_count++] = s;
    for (const struct api_field *f = s->fields; f->kind; f++)
        if (f->kind == API_LIST || f->kind == API_INSIDE) collect(d, f->shape);
}

static const char PROBLEM_SCHEMA[] =
    "{\"type\": \"object\", \"description\": \"RFC 9457.\", \"properties\": {\"type\": {\"type\": "
    "\"string\"},"
    " \"title\": {\"type\": \"string\"}, \"status\": {\"type\": \"integer\"}, \"detail\": {\"type\": "
    "\"string\","
    " \"description\": \"in the language of Accept-Language\"}, \"errors\": {\"type\": \"array\", "
    "\"maxItems\": 16,"
    " \"items\": {\"type\": \"object\", \"properties\": {\"pointer\": {\"type\": \"string\", \"description\":"
    " \"RFC 6901, into the body\"}, \"parameter\": {\"type\": \"string\"}, \"header\": {\"type\": "
    "\"string\"},"
    " \"rule\": {\"type\": \"string\", \"description\": \"stable word for programs\"}, \"detail\": {\"type\":"
    " \"string\"}}, \"required\": [\"rule\", \"detail\"], \"additionalProperties\": false}}, \"changed\": "
    "{\"type\":"
    " \"array\", \"description\": \"what happened to the case since the version in If-Match\", \"items\": "
    "{\"type\":"
    " \"object\", \"properties\": {\"event\": {\"type\": \"string\"}, \"at\": {\"type\": \"string\"}}, "
    "\"required\":"
    " [\"event\", \"at\"], \"additionalProperties\": false}}}, \"required\": [\"type\", \"title\", "
    "\"status\","
    " \"detail\", \"errors\"], \"additionalProperties\": false}";
static const char OAUTH_SCHEMA[] = "{\"type\": \"object\", \"description\": \"RFC 6749, 5.2.\", "
                                   "\"properties\": {\"error\": {\"type\": \"string\"},"
                                   " \"error_description\": {\"type\": \"string\"}}, \"required\": "
                                   "[\"error\"], \"additionalProperties\": false}";

static void describe_schemas(struct describing *d) {
    open(d, "schemas");
    for (size_t i = 0; i < d->shape_count; i++) {
        open(d, d->shapes[i]->name);
        put(d, "description", d->shapes[i]->about);
        describe_object(d, d->shapes[i]->fields, true);
        close(d);
    }
    put_raw(d, "Problem", PROBLEM_SCHEMA);
    put_raw(d, "OAuthError", OAUTH_SCHEMA);
    close(d);
}

static void describe_problems(struct describing *d) {
    open(d, "responses");
    for (const struct api_problem_kind *k = API_PROBLEMS; k->status; k++) {
        open(d, text_c(d->arena, text_printf(d->arena, "%u", k->status)));
        put(d, "description", k->title);
        put_raw(d, "content",
                "{\"application/problem+json\": {\"schema\": {\"$ref\": \"#/components/schemas/Problem\"}}}");
        close(d);
    }
    close(d);
}

// ---- operations

static void describe_parameter(struct describing *d, const char *in, const char *name, bool is_required) {
    json_begin_object(J);
    put(d, "name", name);
    put(d, "in", in);
    json_key(J, "required");
    json_put_bool(J, is_required);
}

static void path_parameters(struct describing *d, const char *path) {
    struct text rest = text_of(path), part;
    while (text_cut(&rest, '/', &part)) {
        if (!part.n || part.p[0] != ':' || text_eq(part, T(":command"))) continue;
        const char *name = text_c(d->arena, text_slice(part, 1, part.n));
        describe_parameter(d, "path", name, true);
        put_raw(d, "schema",
                !strcmp(name, "decision") ? "{\"type\": \"string\"}"
                                          : "{\"type\": \"integer\", \"minimum\": 1}");
        json_end_object(J);
    }
}

static void query_parameters(struct describing *d, const struct api_field *fields) {
    for (const struct api_field *f = fields; f && f->kind; f++) {
        describe_parameter(d, "query", f->name, f->is_required);
        open(d, "schema");
        describe_value(d, f, false);
        close(d);
        json_end_object(J);
    }
}

static void header_parameters(struct describing *d, const struct api_operation *op) {
    if (op->writes) {
        describe_parameter(d, "header", "Idempotency-Key", true);
        put(d, "description",
            "A new one for each thing that shall be done once; a UUID will do. The same key with the same"
            " request gives the same answer for a day.");
        put_raw(d, "schema", "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 66}");
        json_end_object(J);
    }
    if (op->is_command) {
        describe_parameter(d, "header", "If-Match", false);
        put(d, "description",
            "The version of the case that you saw, in quotes (ETag). If it changed since in a way that"
            " matters to this command, the answer is 412 and says what changed.");
        put_raw(d, "schema", "{\"type\": \"string\", \"pattern\": \"^\\\"[0-9]+\\\"$\"}");
        json_end_object(J);
    }
}

static void describe_body(struct describing *d, const struct api_operation *op,
                          const struct api_field *fields) {
    static const char *const MEDIA[] = {[BODY_OBJECT] = "application/json",
                                        [BODY_FIELDS] = "application/x-www-form-urlencoded",
                                        [BODY_FILE] = "application/octet-stream"};
    if (op->body_kind == BODY_NONE) return;
    open(d, "requestBody");
    json_key(J, "required");
    json_put_bool(J, true);
    open(d, "content");
    open(d, MEDIA[op->body_kind]);
    open(d, "schema");
    if (op->body_kind != BODY_FILE) describe_object(d, fields, false);
    close(d);
    close(d), close(d), close(d);
}

static void describe_success(struct describing *d, const struct api_operation *op) {
    open(d, text_c(d->arena, text_printf(d->arena, "%u", op->success ? op->success : 200)));
    put(d, "description",
        op->answer_kind == ANSWER_EMPTY  ? "Done."
        : op->answer_kind == ANSWER_FILE ? "The file."
                                         : op->shape->about);
    if (op->answer_kind != ANSWER_EMPTY) {
        open(d, "content");
        open(d, op->answer_kind == ANSWER_FILE ? op->media : "application/json");
        open(d, "schema");
        if (op->answer_kind == ANSWER_OBJECT) put_reference(d, op->shape);
        close(d), close(d), close(d);
    }
    close(d);
}

// The door before OAuth's endpoint has problems of its own, such as too many requests.
static void describe_oauth_error(struct describing *d, const char *status) {
    open(d, status);
    put(d, "description", "RFC 6749, 5.2.");
    put_raw(d, "content",
            "{\"application/json\": {\"schema\": {\"$ref\": \"#/components/schemas/OAuthError\"}},"
            " \"application/problem+json\": {\"schema\": {\"$ref\": \"#/components/schemas/Problem\"}}}");
    close(d);
}

static void describe_responses(struct describing *d, const struct api_operation *op,
                               const struct api_command *command) {
    unsigned statuses[STATUSES_MAX];
    api_statuses(op, command, statuses);
    open(d, "responses");
    describe_success(d, op);
    for (size_t i = 0; statuses[i]; i++) {
        const char *status = text_c(d->arena, text_printf(d->arena, "%u", statuses[i]));
        if (op->has_own_errors && statuses[i] != 413 && statuses[i] != 415) {
            describe_oauth_error(d, status);
            continue;
        }
        open(d, status);
        put_text(d, "$ref", text_printf(d->arena, "#/components/responses/%s", status));
        close(d);
    }
    close(d);
}

static void describe_about(struct describing *d, const struct api_operation *op,
                           const struct api_command *command) {
    struct out o = {.arena = d->arena};
    if (op->about) out_c(&o, op->about);
    if (command) {
        struct command_about about = cases_command_about(command->kind);
        out_printf(&o, "Usual purpose: %s.", about.purpose);
        if (about.by_person) out_c(&o, " A named human only: a client is refused.");
    }
    if (o.n) put_text(d, "description", out_done(&o));
}

static void describe_operation(struct describing *d, const struct api_operation *op,
                               const struct api_command *command) {
    static const char *const METHODS[] = {
        [GET] = "get", [POST] = "post", [PUT] = "put", [PATCH] = "patch", [DELETE] = "delete"};
    open(d, METHODS[op->method]);
    put(d, "operationId", command ? cases_command_about(command->kind).name : op->name);
    json_key(J, "tags");
    json_begin_array(J);
    json_put_text(J, text_of(op->tag));
    json_end_array(J);
    put(d, "summary", command ? command->summary : op->summary);
    describe_about(d, op, command);
    if (op->is_public) put_raw(d, "security", "[]");
    json_key(J, "parameters");
    json_begin_array(J);
    path_parameters(d, op->path);
    query_parameters(d, op->query);
    header_parameters(d, op);
    json_end_array(J);
    describe_body(d, op, command ? command->fields : op->body);
    describe_responses(d, op, command);
    close(d);
}

// "/api/cases/:case/:command" -> "/api/cases/{case}/add_note"
static const char *path_shown(struct arena *a, const char *path, const char *command) {
    struct out o = {.arena = a};
    struct text rest = text_of(path), part;
    text_cut(&rest, '/', &part);
    while (text_cut(&rest, '/', &part)) {
        out_byte(&o, '/');
        if (text_eq(part, T(":command")))
            out_c(&o, command);
        else if (part.n && part.p[0] == ':')
            out_printf(&o, "{" TEXT_FMT "}", TEXT_ARG(text_slice(part, 1, part.n)));
        else
            out_text(&o, part);
    }
    return text_c(a, out_done(&o));
}

static void describe_commands(struct describing *d, const struct api_operation *op) {
    for (const struct api_command *c = API_COMMANDS; c->summary; c++) {
        open(d, path_shown(d->arena, op->path, cases_command_about(c->kind).name));
        describe_operation(d, op, c);
        close(d);
    }
}

static bool was_described(size_t i) {
    for (size_t k = 0; k < i; k++)
        if (!strcmp(API_OPERATIONS[k].path, API_OPERATIONS[i].path)) return true;
    return false;
}

static void describe_path(struct describing *d, size_t first) {
    const char *path = API_OPERATIONS[first].path;
    open(d, path_shown(d->arena, path, ""));
    for (size_t i = first; i < API_OPERATION_COUNT; i++)
        if (!strcmp(API_OPERATIONS[i].path, path)) describe_operation(d, &API_OPERATIONS[i], NULL);
    close(d);
}

static void describe_paths(struct describing *d) {
    open(d, "paths");
    for (size_t i = 0; i < API_OPERATION_COUNT; i++) {
        const struct api_operation *op = &API_OPERATIONS[i];
        if (op->shape) collect(d, op->shape);
        if (op->is_command)
            describe_commands(d, op);
        else if (!was_described(i))
            describe_path(d, i);
    }
    close(d);
}

static const char INFO[] = "{\"title\": \"Ostia\", \"version\": \"1\", \"license\": {\"name\": \"EUPL-1.2\", "
                           "\"identifier\": \"EUPL-1.2\"},"
                           " \"description\": \"Every command and query of the case system. Whoever asks "
                           "brings a token for one purpose; access"
                           " checks and traces are those of the pages. Unknown fields are refused by name. "
                           "Moments are UTC, days ISO 8601 and"
                           " may be partial.\"}";
static const char SECURITY[] = "{\"token\": {\"type\": \"oauth2\", \"flows\": {\"clientCredentials\": "
                               "{\"tokenUrl\": \"/api/token\", \"scopes\": {}}}}}";

struct text api_description(struct arena *a) {
    struct out out = {.arena = a};
    struct describing described = {.j = {.out = &out}, .arena = a}, *d = &described;
    json_begin_object(J);
    put(d, "openapi", "3.1.0");
    put_raw(d, "info", INFO);
    put_raw(d, "servers", "[{\"url\": \"/\"}]");
    put_raw(d, "security", "[{\"token\": []}]");
    describe_paths(d);
    open(d, "components");
    describe_schemas(d);
    describe_problems(d);
    put_raw(d, "securitySchemes", SECURITY);
    close(d);
    json_end_object(J);
    return out_done(&out);
}
