// routes.c - from the table of operations to routes: how every request of the API begins and ends.
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "api/table.h"

enum { OPERATIONS_MAX = 128 }; // twice as many as there are

static struct route routes[OPERATIONS_MAX + 1];
static const struct page_module API_MODULE = {.routes = routes};

static const struct api_command *command_of(const struct request *q) {
    struct text name = request_param(q, "command");
    for (const struct api_command *c = API_COMMANDS; c->summary; c++)
        if (text_eq(name, text_of(cases_command_about(c->kind).name))) return c;
    return NULL;
}

static enum status answer(struct api_call *c) {
    if (c->op->is_command && !(c->command = command_of(c->q))) return api_fail(c, 404);
    if (!api_read_query(c)) return STATUS_OK;
    return api_read_body(c) ? c->op->answer(c) : STATUS_OK;
}

// Every request of the API begins and ends here.
static enum status handle(struct request *q, struct response *r) {
    const struct actor *actor = page_actor(q);
    struct api_call c = {.q = q,
                         .r = r,
                         .op = &API_OPERATIONS[request_route(q) - routes],
                         .app = page_app(q),
                         .actor = actor,
                         .look = {.purpose = actor->purpose}};
    c.in = arena_alloc(q->arena, c.op->in_size);
    r->status = c.op->success ? c.op->success : 200;
    r->media = T("application/json");
    enum status st = answer(&c);
    if (c.op->leave) c.op->leave(q);
    json_decref(c.json);
    return st;
}

static void fill_routes(void) {
    assert(API_OPERATION_COUNT <= OPERATIONS_MAX);
    for (size_t i = 0; i < API_OPERATION_COUNT; i++) {
        const struct api_operation *op = &API_OPERATIONS[i];
        routes[i] = (struct route){.method = op->method,
                                   .path = op->path,
                                   .handle = handle,
                                   .needs = op->needs,
                                   .rate = op->rate ? op->rate : RATE_API,
                                   .upload = op->sink,
                                   .is_api = true,
                                   .by_token = true};
    }
}

const struct page_module *const *api_modules(const struct page_module *const *pages, struct arena *a) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fill_routes);
    size_t n = 0;
    while (pages && pages[n]) n++;
    const struct page_module **all = ARENA_ARRAY(a, const struct page_module *, n + 6);
    if (n) memcpy(all, pages, n * sizeof *all);
    all[n] = &API_MODULE;
    all[n + 1] = &API_PAGE_MODULE;
    all[n + 2] = &API_TOKEN_PAGES;
    all[n + 3] = &API_LOG_PAGES;
    all[n + 4] = &API_XROAD_DOOR;
    return all;
}

// ---- what may go wrong

static void add(unsigned out[STATUSES_MAX], unsigned status) {
    size_t n = 0;
    while (out[n] && out[n] < status) n++;
    if (out[n] == status) return;
    memmove(&out[n + 1], &out[n], (STATUSES_MAX - n - 1) * sizeof *out);
    out[n] = status;
}

void api_statuses(const struct api_operation *op, const struct api_command *command,
                  unsigned out[STATUSES_MAX]) {
    memset(out, 0, STATUSES_MAX * sizeof *out);
    add(out, 400);
    add(out, 429);
    add(out, 503);
    if (op->needs) add(out, 401), add(out, 403);
    if (op->has_own_errors) add(out, 401), add(out, 413), add(out, 415);
    if (op->is_of_case || strchr(op->path, ':')) add(out, 404);
    if (op->also) add(out, op->also);
    if (op->body_kind == BODY_OBJECT || op->body_kind == BODY_FILE)
        add(out, 413), add(out, 415), add(out, 422);
    if (op->is_of_case && op->method != GET) add(out, 409);
    if (command && cases_command_about(command->kind).compares) add(out, 412);
    for (size_t i = 0; op->never && out[i]; i++)
        if (out[i] == op->never) memmove(&out[i], &out[i + 1], (STATUSES_MAX - i - 1) * sizeof *out);
}
