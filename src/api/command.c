// command.c - doing something: one command, a new application, or a whole one in one commit.
#include "api/table.h"

#include "base/json.h"

bool api_seen(struct api_call *c, int64_t *seen) {
    struct text tag = text_trim(request_header(c->q, "If-Match"));
    *seen = 0;
    if (!tag.n || text_eq(tag, T("*"))) return true;
    if (tag.n > 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"' &&
        text_int(text_slice(tag, 1, tag.n - 1), seen) && *seen > 0)
        return true;
    api_mistake(c->q, "If-Match", "version", "problem.api.version");
    enum status told = api_fail(c, 400);
    (void)told;
    return false;
}

static void put_version(struct api_call *c, struct text answer) {
    json_t *json = json_loadb(answer.p, answer.n, 0, NULL);
    int64_t version = json_number(json, "version", 0), id = json_number(json, "case_id", 0);
    json_decref(json);
    if (!id) return;
    response_header(c->q, c->r, "ETag", text_printf(c->q->arena, "\"%lld\"", (long long)version));
    if (c->op->success == 201)
        response_header(c->q, c->r, "Location", text_printf(c->q->arena, "/api/cases/%lld", (long long)id));
}

enum status api_done(struct api_call *c, const struct api_once *once) {
    put_version(c, once->answer);
    if (once->is_repeated) response_header(c->q, c->r, "Idempotency-Replayed", T("true"));
    c->r->status = c->op->success ? c->op->success : 200;
    return response_json(c->r, once->answer);
}

static enum status run(struct api_call *c, const struct command *list, size_t count) {
    struct api_once once;
    struct command_result *result = ARENA_NEW(c->q->arena, struct command_result);
    if (!api_once_begin(c, hash_of(bytes_of(c->q->body)), &once)) return STATUS_OK;
    enum status st = cases_do_together(c->app->cases, c->actor, list, count, &once.around, c->q->arena,
                                       result, &c->problem);
    if (!st) return api_done(c, &once);
    if (st == STATUS_CONFLICT) c->result = result;
    return api_failed(c, st);
}

enum status api_do_command(struct api_call *c) {
    struct command *command = c->in;
    if (!request_param_id(c->q, "case", &command->case_id)) return api_fail(c, 404);
    if (!api_seen(c, &command->seen)) return STATUS_OK;
    command->kind = c->command->kind;
    command->purpose = c->look.purpose;
    return run(c, command, 1);
}

enum status api_start(struct api_call *c) {
    struct command command = {.kind = COMMAND_START_APPLICATION,
                              .purpose = c->look.purpose,
                              .start_application = *(struct start_application *)c->in};
    return run(c, &command, 1);
}

// All that is wrong at once, not one after the other as the commands would say it.
static bool check_form(struct api_call *c, const struct pack *pack, const struct form *form,
                       const struct answers *all) {
    struct form_context context = pack_form_context(pack, zone_date(c->app->zone, c->q->now));
    struct form_problems found = {0};
    if (form_check(form, NULL, all, &context, c->q->arena, &found)) return true;
    for (size_t i = 0; i < found.count && i < ERRORS_MAX; i++) {
        c->problem = found.items[i].problem;
        api_mistake_of(c);
    }
    enum status told = api_fail(c, 422);
    (void)told;
    return false;
}

// The procedure is named: one that is not in force is a mistake at its place.
static bool check_procedure(struct api_call *c, struct text procedure) {
    if (cases_pack_for(c->app->cases, procedure)) return true;
    c->problem =
        (struct problem){.field = "procedure", .rule = "procedure", .text_key = "problem.procedure.unknown"};
    api_mistake_of(c);
    enum status told = api_fail(c, 422);
    (void)told;
    return false;
}

enum status api_open(struct api_call *c) {
    struct command command = {
        .kind = COMMAND_OPEN_CASE, .purpose = c->look.purpose, .open_case = *(struct open_case *)c->in};
    struct answers all = {.arena = c->q->arena};
    if (!check_procedure(c, command.open_case.procedure)) return STATUS_OK;
    const struct pack *pack = cases_pack_for(c->app->cases, command.open_case.procedure);
    const struct form *form = pack_form(pack, T("application"));
    if (!form) return api_fail(c, 500);
    if (answers_decode(c->q->arena, command.open_case.answers, &all)) return api_fail(c, 422);
    return check_form(c, pack, form, &all) ? run(c, &command, 1) : STATUS_OK;
}

enum status api_carry_over(struct api_call *c) {
    struct command command = {.kind = COMMAND_CARRY_OVER_CASE,
                              .purpose = c->look.purpose,
                              .carry_over_case = *(struct carry_over_case *)c->in};
    return run(c, &command, 1);
}

// ---- a whole application

enum status api_apply(struct api_call *c) {
    const struct api_application *in = c->in;
    if (!check_procedure(c, in->start.procedure)) return STATUS_OK;
    const struct pack *pack = cases_pack_for(c->app->cases, in->start.procedure);
    const struct form *form = pack_form(pack, T("application"));
    struct answers all = {.arena = c->q->arena};
    if (!form) return api_fail(c, 500);
    if (answers_decode(c->q->arena, in->answers, &all)) return api_fail(c, 422);
    if (!check_form(c, pack, form, &all)) return STATUS_OK;
    const struct command list[] = {
        {.kind = COMMAND_START_APPLICATION, .purpose = c->look.purpose, .start_application = in->start},
        {.kind = COMMAND_SAVE_ANSWERS, .purpose = c->look.purpose, .save_answers = {.answers = in->answers}},
        {.kind = COMMAND_SUBMIT_APPLICATION,
         .purpose = c->look.purpose,
         .submit_application = {.notice_version = in->notice_version}}};
    return run(c, list, sizeof list / sizeof *list);
}
