// describe.c - the tables as OpenAPI 3.1 (JSON Schema 2020-12).
#include <string.h>

#include "api/describe.h"

static void describe_parameter(struct describing *d, const char *in, const char *name, bool is_required) {
    json_begin_object(J);
    put(d, "name", name);
    put(d, "in", in);
    json_key(J, "required");
    json_put_bool(J, is_required);
}

// Ids of a pack; all others are numbers of ours.
static bool is_word(const char *parameter) {
    static const char *const WORDS[] = {"decision", "register", "statistic"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (!strcmp(parameter, WORDS[i])) return true;
    return false;
}

static void path_parameters(struct describing *d, const char *path) {
    struct text rest = text_of(path), part;
    while (text_cut(&rest, '/', &part)) {
        if (!part.n || part.p[0] != ':' || text_eq(part, T(":command"))) continue;
        const char *name = text_c(d->arena, text_slice(part, 1, part.n));
        describe_parameter(d, "path", name, true);
        put_raw(d, "schema",
                is_word(name) ? "{\"type\": \"string\"}" : "{\"type\": \"integer\", \"minimum\": 1}");
        json_end_object(J);
    }
}

static void query_parameters(struct describing *d, const struct api_field *fields) {
    for (const struct api_field *f = fields; f && f->kind; f++) {
        describe_parameter(d, "query", f->name, f->is_required);
        begin(d, "schema");
        describe_value(d, f, false);
        end(d);
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
    begin(d, "requestBody");
    json_key(J, "required");
    json_put_bool(J, true);
    begin(d, "content");
    begin(d, MEDIA[op->body_kind]);
    begin(d, "schema");
    if (op->body_kind != BODY_FILE) describe_object(d, fields, false);
    end(d);
    end(d), end(d), end(d);
}

static void describe_success(struct describing *d, const struct api_operation *op) {
    begin(d, text_c(d->arena, text_printf(d->arena, "%u", op->success ? op->success : 200)));
    put(d, "description",
        op->answer_kind == ANSWER_EMPTY  ? "Done."
        : op->answer_kind == ANSWER_FILE ? "The file."
                                         : op->shape->about);
    if (op->answer_kind != ANSWER_EMPTY) {
        begin(d, "content");
        begin(d, op->answer_kind == ANSWER_FILE ? op->media : "application/json");
        begin(d, "schema");
        if (op->answer_kind == ANSWER_OBJECT) describe_reference(d, op->shape);
        end(d), end(d), end(d);
    }
    end(d);
}

// The door before OAuth's endpoint has problems of its own, such as too many requests.
static void describe_oauth_error(struct describing *d, const char *status) {
    begin(d, status);
    put(d, "description", "RFC 6749, 5.2.");
    put_raw(d, "content",
            "{\"application/json\": {\"schema\": {\"$ref\": \"#/components/schemas/OAuthError\"}},"
            " \"application/problem+json\": {\"schema\": {\"$ref\": \"#/components/schemas/Problem\"}}}");
    end(d);
}

static void describe_responses(struct describing *d, const struct api_operation *op,
                               const struct api_command *command) {
    unsigned statuses[STATUSES_MAX];
    api_statuses(op, command, statuses);
    begin(d, "responses");
    describe_success(d, op);
    for (size_t i = 0; statuses[i]; i++) {
        const char *status = text_c(d->arena, text_printf(d->arena, "%u", statuses[i]));
        if (op->has_own_errors && statuses[i] != 413 && statuses[i] != 415) {
            describe_oauth_error(d, status);
            continue;
        }
        begin(d, status);
        put_text(d, "$ref", text_printf(d->arena, "#/components/responses/%s", status));
        end(d);
    }
    end(d);
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
    begin(d, METHODS[op->method]);
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
    end(d);
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
        begin(d, path_shown(d->arena, op->path, cases_command_about(c->kind).name));
        describe_operation(d, op, c);
        end(d);
    }
}

static bool was_described(size_t i) {
    for (size_t k = 0; k < i; k++)
        if (!strcmp(API_OPERATIONS[k].path, API_OPERATIONS[i].path)) return true;
    return false;
}

static void describe_path(struct describing *d, size_t first) {
    const char *path = API_OPERATIONS[first].path;
    begin(d, path_shown(d->arena, path, ""));
    for (size_t i = first; i < API_OPERATION_COUNT; i++)
        if (!strcmp(API_OPERATIONS[i].path, path)) describe_operation(d, &API_OPERATIONS[i], NULL);
    end(d);
}

static void describe_paths(struct describing *d) {
    begin(d, "paths");
    for (size_t i = 0; i < API_OPERATION_COUNT; i++) {
        const struct api_operation *op = &API_OPERATIONS[i];
        if (op->shape) describe_collect(d, op->shape);
        if (op->is_command)
            describe_commands(d, op);
        else if (!was_described(i))
            describe_path(d, i);
    }
    end(d);
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
    begin(d, "components");
    describe_schemas(d);
    describe_problems(d);
    put_raw(d, "securitySchemes", SECURITY);
    end(d);
    json_end_object(J);
    return out_done(&out);
}
