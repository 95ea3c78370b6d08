// problem.c - what went wrong, as RFC 9457: type, title, status, detail, and each mistake with its place, its
// rule and the way out in the language that the client prefers.
#include "api/table.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"

const struct api_problem_kind API_PROBLEMS[] = {
    {400, "malformed", "The request cannot be read"},
    {401, "no-token", "A valid token is missing"},
    {403, "refused", "The token's account may not do this"},
    {404, "not-found", "There is no such thing"},
    {405, "method", "This address does not take this method"},
    {409, "state", "The state of the case does not allow it now"},
    {410, "over", "It is no longer valid"},
    {412, "changed", "The case changed since the version in If-Match"},
    {413, "too-large", "A limit of size was reached"},
    {414, "address", "The address is too long"},
    {415, "media", "This media type is not taken here"},
    {422, "invalid", "Something in the request is not right"},
    {429, "too-many", "Too many requests"},
    {431, "headers", "The headers are too large"},
    {500, "failed", "Something failed here"},
    {503, "busy", "Busy, or writing is paused: try again later"},
    {0}};

static const struct api_problem_kind *kind_of(unsigned status) {
    const struct api_problem_kind *k = API_PROBLEMS;
    while (k->status && k->status != status) k++;
    return k->status ? k : kind_of(500);
}

static struct text sentence(struct request *q, const struct problem *p) {
    size_t n = 0;
    if (!p->text_key) return (struct text){0};
    while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
    return page_text(q, p->text_key, p->args, n);
}

// "/family/0" is a JSON pointer into the body, "If-Match" a header, all else a parameter.
static const char *place_word(const char *place) {
    if (place[0] == '/') return "pointer";
    return place[0] >= 'A' && place[0] <= 'Z' ? "header" : "parameter";
}

static void put_error(struct request *q, struct json_out *j, const struct problem *p) {
    json_begin_object(j);
    if (p->field && p->field[0]) {
        json_key(j, place_word(p->field));
        json_put_text(j, text_of(p->field));
    }
    json_key(j, "rule");
    json_put_text(j, text_of(p->rule));
    json_key(j, "detail");
    json_put_text(j, sentence(q, p));
    json_end_object(j);
}

static void put(struct json_out *j, const char *name, struct text value) {
    json_key(j, name);
    json_put_text(j, value);
}

static void put_changed(struct json_out *j, const struct command_result *result) {
    json_key(j, "changed");
    json_begin_array(j);
    for (size_t i = 0; i < result->changed_count; i++) {
        struct arena a = {0};
        json_begin_object(j);
        put(j, "event", result->changed[i].event);
        put(j, "at", moment_print(&a, result->changed[i].at));
        json_end_object(j);
        arena_free(&a);
    }
    json_end_array(j);
}

static void show(struct request *q, struct response *r, unsigned status, const struct problem *first,
                 const struct command_result *result) {
    const struct api_problem_kind *kind = kind_of(status);
    struct json_out j = {.out = &r->body};
    const char *title = text_c(q->arena, text_printf(q->arena, "api.problem.%u", kind->status));
    struct text detail = first ? sentence(q, first) : (struct text){0};
    r->status = kind->status;
    r->media = T("application/problem+json");
    r->cache = CACHE_NEVER;
    r->body = (struct out){.arena = q->arena};
    json_begin_object(&j);
    put(&j, "type",
        text_printf(q->arena, TEXT_FMT "/api#problem-%s", TEXT_ARG(request_origin(q)), kind->slug));
    put(&j, "title", page_text(q, title, NULL, 0));
    json_key(&j, "status");
    json_put_int(&j, kind->status);
    put(&j, "detail", detail.n ? detail : page_text(q, title, NULL, 0));
    json_key(&j, "errors");
    json_begin_array(&j);
    for (size_t i = 0; i < q->problem_count; i++) put_error(q, &j, &q->problems[i]);
    if (!q->problem_count && first && first->rule) put_error(q, &j, first);
    json_end_array(&j);
    if (result) put_changed(&j, result);
    json_end_object(&j);
}

static void challenge(struct request *q, struct response *r) {
    bool was_sent = request_header(q, "Authorization").n > 0;
    response_header(q, r, "WWW-Authenticate",
                    was_sent ? T("Bearer realm=\"ostia\", error=\"invalid_token\"")
                             : T("Bearer realm=\"ostia\""));
}

// What the server itself refused, before an operation was asked or in place of its answer.
bool api_tell_trouble(struct request *q, struct response *r) {
    if (!text_starts(q->path, T("/api/"))) return false;
    unsigned status = r->status;
    const struct problem *first = q->problem_count ? &q->problems[0] : &r->problem;
    if (status == 401) challenge(q, r);
    show(q, r, status, first, NULL);
    return true;
}

enum status api_fail(struct api_call *c, unsigned status) {
    const struct problem *first = c->q->problem_count ? &c->q->problems[0] : &c->problem;
    if (status == 503) response_header(c->q, c->r, "Retry-After", T("30"));
    show(c->q, c->r, status, first, status == 412 ? c->result : NULL);
    return STATUS_OK;
}

void api_mistake(struct request *q, const char *place, const char *rule, const char *text_key) {
    page_problem(q, &(struct problem){.field = place, .rule = rule, .text_key = text_key});
}

// ---- what a room below said

static bool names(const struct api_field *fields, const char *name) {
    for (const struct api_field *f = fields; f && f->kind; f++)
        if (!strcmp(f->name, name)) return true;
    return false;
}

static bool takes_answers(const struct api_field *fields) {
    for (const struct api_field *f = fields; f && f->kind; f++)
        if (f->kind == API_ANSWERS) return true;
    return false;
}

// "family[0].given_names" of a form is "/answers/family/0/given_names" of the body.
static struct text answer_place(struct arena *a, const char *path) {
    struct out o = {.arena = a};
    out_c(&o, "/answers/");
    for (const char *p = path; *p; p++) {
        if (*p == '.' || *p == '[')
            out_byte(&o, '/');
        else if (*p != ']')
            out_byte(&o, *p);
    }
    return out_done(&o);
}

static bool is_place(const struct api_call *c, const char *field) {
    return !strcmp(place_word(field), "pointer") || !strcmp(place_word(field), "header") ||
           names(c->op->query, field);
}

static const char *place_in(struct api_call *c, const char *field) {
    const struct api_field *body = c->command ? c->command->fields : c->op->body;
    if (!field || !field[0] || is_place(c, field)) return field ? field : "";
    if (names(body, field)) return text_c(c->q->arena, text_printf(c->q->arena, "/%s", field));
    return takes_answers(body) ? text_c(c->q->arena, answer_place(c->q->arena, field)) : field;
}

void api_mistake_of(struct api_call *c) {
    c->problem.field = place_in(c, c->problem.field);
    page_problem(c->q, &c->problem);
}

static unsigned status_of(const struct api_call *c, enum status st) {
    const struct problem *p = &c->problem;
    bool has_place = p->field && p->field[0];
    switch (st) {
    case STATUS_INVALID:
        return has_place ? 422 : 409; // no field is wrong: the case is not where it should be
    case STATUS_REFUSED: return 403;
    case STATUS_NOT_FOUND: return 404;
    case STATUS_CONFLICT: return c->result ? 412 : 409;
    case STATUS_TOO_LARGE: return 413;
    case STATUS_UNSUPPORTED: return 415;
    case STATUS_EXPIRED: return 410;
    case STATUS_BUSY: return p->rule && strstr(p->rule, "wait") ? 429 : 503;
    case STATUS_FULL: return 503;
    default: return 500;
    }
}

enum status api_failed(struct api_call *c, enum status st) {
    unsigned status = status_of(c, st);
    if (status == 500)
        log_line(LOG_ERROR, "api.failed", "operation=%s status=\"%s\"", c->op->name, status_name(st));
    c->problem.field = place_in(c, c->problem.field);
    return api_fail(c, status);
}
