// The tables and the file that describes them, both ways: whatever can be done to a case has a line, whatever
// has a line is in the file, and the file has nothing else. What is read is what was written.
#include <jansson.h>
#include <string.h>

#include "api/table.h"
#include "base/json.h"
#include "check.h"

static json_t *description(void) {
    json_error_t error;
    json_t *json = json_load_file("src/api/openapi.json", JSON_REJECT_DUPLICATES, &error);
    if (!json) fail_msg("src/api/openapi.json:%d: %s", error.line, error.text);
    return json;
}

static const struct api_command *line_of(enum command_kind kind) {
    for (const struct api_command *c = API_COMMANDS; c->summary; c++)
        if (c->kind == kind) return c;
    return NULL;
}

static void every_command_has_a_line(void **state) {
    (void)state;
    for (int kind = 0; kind < COMMAND_COUNT; kind++) {
        struct command_about about = cases_command_about((enum command_kind)kind);
        bool has_own_address = kind == COMMAND_START_APPLICATION || kind == COMMAND_CARRY_OVER_CASE ||
                               kind == COMMAND_ADD_DOCUMENT || kind == COMMAND_OPEN_CASE;
        if (kind == COMMAND_MIGRATE_CASE)
            continue; // all cases of a version at once, with a report: /policy/migrate
        if (about.by_system || has_own_address)
            assert_null(line_of((enum command_kind)kind));
        else if (!line_of((enum command_kind)kind))
            fail_msg("%s has no line in API_COMMANDS", about.name);
    }
}

static const char *const METHODS[] = {
    [GET] = "get", [POST] = "post", [PUT] = "put", [PATCH] = "patch", [DELETE] = "delete"};

static json_t *described(json_t *json, const char *path, const char *command, enum http_method m) {
    char wanted[200] = "";
    for (const char *p = path; *p; p++) {
        size_t n = strlen(wanted);
        if (!strncmp(p, ":command", 8)) {
            strcat(wanted, command);
            p += 7;
        } else if (*p == ':') {
            size_t length = strcspn(p + 1, "/");
            snprintf(wanted + n, sizeof wanted - n, "{%.*s}", (int)length, p + 1);
            p += length;
        } else {
            wanted[n] = *p;
            wanted[n + 1] = 0;
        }
    }
    json_t *found = json_object_get(json_object_get(json_object_get(json, "paths"), wanted), METHODS[m]);
    if (!found)
        fail_msg("%s %s is not in src/api/openapi.json: make it anew with ostia openapi", METHODS[m], wanted);
    return found;
}

static void every_line_is_described_and_nothing_else(void **state) {
    (void)state;
    json_t *json = description(), *methods;
    const char *path;
    size_t lines = 0, in_file = 0;
    for (const struct api_operation *op = API_OPERATIONS; op->path; op++) {
        for (const struct api_command *c = API_COMMANDS; op->is_command && c->summary; c++, lines++)
            described(json, op->path, cases_command_about(c->kind).name, op->method);
        if (!op->is_command) described(json, op->path, "", op->method), lines++;
    }
    json_object_foreach(json_object_get(json, "paths"), path, methods) in_file += json_object_size(methods);
    assert_int_equal(in_file, lines);
    json_decref(json);
}

static void the_file_is_what_the_tables_say(void **state) {
    (void)state;
    struct arena a = {0};
    struct text now = api_description(&a);
    json_t *file = description(), *fresh = json_loadb(now.p, now.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(fresh);
    if (!json_equal(file, fresh)) fail_msg("make it anew: ostia openapi >src/api/openapi.json");
    json_decref(file);
    json_decref(fresh);
    arena_free(&a);
}

static void every_route_goes_by_token(void **state) {
    (void)state;
    struct arena a = {0};
    const struct page_module *const *modules = api_modules(NULL, &a);
    size_t i = 0;
    for (; modules[0]->routes[i].path; i++) {
        assert_true(modules[0]->routes[i].by_token);
        assert_true(API_OPERATIONS[i].is_public == (modules[0]->routes[i].needs == 0));
    }
    assert_int_equal(i, API_OPERATION_COUNT);
    arena_free(&a);
}

// ---- reading

struct mistakes {
    size_t count;
    char places[40][400];
};
static void note(void *context, const struct problem *p) {
    struct mistakes *m = context;
    assert_true(m->count < 40);
    assert_non_null(p->text_key);
    snprintf(m->places[m->count++], sizeof m->places[0], "%s %s", p->field, p->rule);
}

// The JSON that the command's texts point into.
static json_t *read_as(enum command_kind kind, const char *body, struct arena *a, struct command *c,
                       struct mistakes *m) {
    json_t *json = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    struct api_errors e = {a, m, note, 0};
    assert_non_null(json);
    *m = (struct mistakes){0};
    *c = (struct command){0};
    api_read_object(json, line_of(kind)->fields, c, T(""), &e);
    assert_int_equal(e.count, m->count);
    return json;
}

static void a_registration_is_read(void **state) {
    (void)state;
    struct arena a = {0};
    struct command c;
    struct mistakes m;
    json_t *json =
        read_as(COMMAND_REGISTER_APPLICATION,
                "{\"made_on\": \"2026-11-20\", \"made_at_place\": \"Harbour\", \"identity_checked\": true, "
                "\"overrides\":"
                " [{\"code\": \"A\", \"reason\": \"x\"}, {\"code\": \"B\"}]}",
                &a, &c, &m);
    assert_int_equal(m.count, 0);
    assert_int_equal(c.register_application.made_on.day, 20);
    assert_true(c.register_application.identity_checked);
    assert_int_equal(c.register_application.override_count, 2);
    assert_true(text_eq(c.register_application.overrides[1].code, T("B")));
    json_decref(json);
    arena_free(&a);
}

static void mistakes_have_their_place(void **state) {
    (void)state;
    struct arena a = {0};
    struct command c;
    struct mistakes m;
    json_t *json = read_as(
        COMMAND_REGISTER_APPLICATION,
        "{\"made_on\": \"20.11.2026\", \"identity_checked\": \"yes\", \"overrides\": [{\"code\": \"A\", "
        "\"why\": 1}, 17],"
        " \"a/b~c\": 1}",
        &a, &c, &m);
    static const char *const WANTED[] = {
        "/made_on date",     "/identity_checked kind", "/overrides/0/why unknown_field",
        "/overrides/1 kind", "/a~1b~0c unknown_field", "/made_at_place required"};
    assert_int_equal(m.count, 6);
    for (size_t i = 0; i < 6; i++) assert_string_equal(m.places[i], WANTED[i]);
    json_decref(json);
    arena_free(&a);
}

static void arrays_have_an_end(void **state) {
    (void)state;
    struct arena a = {0};
    struct command c;
    struct mistakes m;
    struct out body = {.arena = &a};
    out_c(&body, "{\"is_complete\": false, \"missing\": [\"passport\"");
    for (int i = 0; i < MISSING_MAX; i++) out_c(&body, ", \"passport\"");
    out_c(&body, "]}");
    json_t *json = read_as(COMMAND_CHECK_COMPLETENESS, text_c(&a, out_done(&body)), &a, &c, &m);
    assert_int_equal(m.count, 1);
    assert_string_equal(m.places[0], "/missing too_many");
    assert_int_equal(c.check_completeness.missing_count, 0);
    json_decref(json);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_a_line),
        cmocka_unit_test(every_line_is_described_and_nothing_else),
        cmocka_unit_test(the_file_is_what_the_tables_say),
        cmocka_unit_test(every_route_goes_by_token),
        cmocka_unit_test(a_registration_is_read),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(arrays_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
