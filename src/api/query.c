// query.c - reading: each handler asks one of the reading functions of the rooms below, with the token's
// purpose.
#include "access/session.h"
#include "api/table.h"
#include "base/encode.h"
#include "base/json.h"
#include "web/pages/case_page.h"

enum status api_answer(struct api_call *c, const struct api_shape *shape, const void *from) {
    struct json_out j = {.out = &c->r->body};
    api_write(&j, shape, from);
    c->r->media = T("application/json");
    return STATUS_OK;
}

// ---- lists

// A cursor means something to the room below only; nobody shall build one.
static bool open_cursor(struct api_call *c, struct text *after) {
    struct bytes plain;
    if (!after->n) return true;
    if (!base64url_decode(c->q->arena, *after, &plain) && text_is_utf8(text_of_bytes(plain))) {
        *after = text_of_bytes(plain);
        return true;
    }
    api_mistake(c->q, "after", "cursor", "problem.list.cursor");
    enum status told = api_fail(c, 400);
    (void)told;
    return false;
}

static enum work_order order_of(struct text word) {
    if (text_eq(word, T("newest"))) return ORDER_NEWEST;
    if (text_eq(word, T("oldest"))) return ORDER_OLDEST;
    return text_eq(word, T("changed")) ? ORDER_CHANGED : ORDER_DUE;
}

enum status api_list(struct api_call *c) {
    struct api_work *in = c->in;
    struct work_list list;
    c->look.reason = in->reason;
    in->filter.order = order_of(in->order);
    if (!in->filter.limit) in->filter.limit = LIST_USUAL;
    if (!open_cursor(c, &in->filter.after)) return STATUS_OK;
    enum status st =
        cases_work_list(c->app->cases, c->actor, &c->look, &in->filter, c->q->arena, &list, &c->problem);
    if (st == STATUS_INVALID) { // only the cursor can be wrong
        api_mistake_of(c);
        return api_fail(c, 400);
    }
    if (st) return api_failed(c, st);
    list.next = list.next.n ? base64url_encode(c->q->arena, bytes_of(list.next)) : T("");
    return api_answer(c, &SHAPE_WORK_LIST, &list);
}

enum status api_search(struct api_call *c) {
    struct api_question *in = c->in;
    struct work_list list;
    c->look.reason = in->reason;
    enum status st = cases_find(c->app->cases, c->actor, &c->look, in->q, c->q->arena, &list, &c->problem);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_WORK_LIST, &list);
}

// Whose own cases they are is said by the account alone; still the token must be for that purpose.
enum status api_own(struct api_call *c) {
    struct work_list list;
    enum status st = cases_own(c->app->cases, c->actor, c->q->arena, &list, &c->problem);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_WORK_LIST, &list);
}

enum status api_load(struct api_call *c) {
    struct officer_load_list list;
    enum status st = cases_load_by_officer(c->app->cases, c->actor, c->q->arena, &list, &c->problem);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_LOAD, &list);
}

enum status api_staff(struct api_call *c) {
    struct db *db;
    struct staff_list list = {0};
    struct store *s = journal_store(cases_journal(c->app->cases));
    enum status st = store_reader(s, &db);
    if (!st) {
        st = access_staff(db, T(""), T(""), false, c->q->arena, &list);
        store_reader_release(s, db);
    }
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_STAFF, &list);
}

enum status api_packs(struct api_call *c) {
    struct loaded_pack_list list = {0};
    enum status st = cases_loaded_packs(c->app->cases, c->q->arena, &list);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_PACKS, &list);
}

// ---- views of the work list

enum status api_views(struct api_call *c) {
    struct api_views out = {0};
    enum status st = cases_views(c->app->cases, c->actor, c->q->arena, &out.items, &out.count);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_VIEWS, &out);
}

enum status api_view_save(struct api_call *c) {
    struct api_once once;
    int64_t view;
    if (!api_once_begin(c, hash_of(bytes_of(c->q->body)), &once)) return STATUS_OK;
    enum status st =
        cases_save_view(c->app->cases, c->actor, c->in, &once.around, c->q->arena, &view, &c->problem);
    return st ? api_failed(c, st) : api_done(c, &once);
}

enum status api_view_delete(struct api_call *c) {
    int64_t id;
    if (!request_param_id(c->q, "view", &id)) return api_fail(c, 404);
    enum status st = cases_delete_view(c->app->cases, c->actor, id, &c->problem);
    c->r->media = (struct text){0};
    return !st ? STATUS_OK : st == STATUS_INVALID ? api_fail(c, 404) : api_failed(c, st);
}

// ---- one case

enum status api_file(struct api_call *c) {
    struct api_question *in = c->in;
    struct case_file *file = ARENA_NEW(c->q->arena, struct case_file);
    int64_t id;
    if (!request_param_id(c->q, "case", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st = cases_open_file(c->app->cases, c->actor, &c->look, id, c->q->arena, file, &c->problem);
    if (st) return api_failed(c, st);
    response_header(c->q, c->r, "ETag", text_printf(c->q->arena, "\"%lld\"", (long long)file->head.version));
    return api_answer(c, &SHAPE_CASE_FILE, file);
}

enum status api_answers_of(struct api_call *c) {
    struct api_question *in = c->in;
    struct api_answers out = {0};
    int64_t id;
    if (!request_param_id(c->q, "case", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st = cases_answers(c->app->cases, c->actor, &c->look, id, in->section, c->q->arena,
                                   &out.answers, &c->problem);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_ANSWERS, &out);
}

enum status api_suggest(struct api_call *c) {
    struct api_question *in = c->in;
    struct api_suggestion out = {0};
    struct out trace = {.arena = c->q->arena};
    struct json_out j = {.out = &trace};
    int64_t id;
    if (!request_param_id(c->q, "case", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st = cases_suggestion(c->app->cases, c->actor, &c->look, id, request_param(c->q, "decision"),
                                      c->q->arena, &out.suggestion, &c->problem);
    if (st) return api_failed(c, st);
    dmn_trace_json(&j, &out.suggestion.trace);
    out.trace = out_done(&trace);
    return api_answer(c, &SHAPE_SUGGESTION, &out);
}

enum status api_letter_preview(struct api_call *c) {
    struct api_question *in = c->in;
    struct preview_lines lines = {0};
    int64_t id, proposal;
    if (!request_param_id(c->q, "case", &id) || !request_param_id(c->q, "proposal", &proposal))
        return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st = case_preview_lines(c->q, &c->look, id, proposal, &lines, &c->problem);
    if (st == STATUS_INVALID) c->problem.field = ""; // no field of the request is wrong: 409
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_LETTER_PREVIEW, &lines);
}

// ---- for anybody, and about oneself

enum status api_letter_check(struct api_call *c) {
    static const char *const WORDS[] = {[LETTER_UNKNOWN] = "unknown",
                                        [LETTER_VALID] = "valid",
                                        [LETTER_REPLACED] = "replaced",
                                        [LETTER_EXPIRED] = "expired"};
    struct api_question *in = c->in;
    struct letter_check found;
    enum status st = cases_verify_letter(c->app->cases, in->code, c->q->arena, &found);
    if (st) return api_failed(c, st);
    struct api_letter_check out = {text_of(WORDS[found.validity]), found.kind, found.issued};
    if (found.validity == LETTER_UNKNOWN) out = (struct api_letter_check){out.validity, T(""), {0}};
    return api_answer(c, &SHAPE_LETTER_CHECK, &out);
}

// The limit counts tries of one code in all its spellings, from everywhere, together with those of the page.
enum status api_track(struct api_call *c) {
    struct api_tracking *in = c->in;
    struct tracked_case found = {0};
    int64_t wait_ms;
    uint64_t number = tracking_limit_key(journal_store(cases_journal(c->app->cases)), in->code);
    struct text key = text_printf(c->q->arena, "%016llx", (unsigned long long)number);
    enum status st = access_limit_ask(c->app->access, "tracking", key, &wait_ms);
    if (st && !wait_ms) return api_failed(c, st);
    if (st) {
        c->problem = (struct problem){.field = "", .rule = "wait", .text_key = "track.wait"};
        problem_arg(&c->problem, "minutes",
                    text_printf(c->q->arena, "%lld", (long long)(wait_ms + 59999) / 60000));
        response_header(c->q, c->r, "Retry-After",
                        text_printf(c->q->arena, "%lld", (long long)(wait_ms + 999) / 1000));
        return api_failed(c, STATUS_BUSY);
    }
    st = cases_track(c->app->cases, in->code, in->birth, c->q->arena, &found);
    if (!st) access_limit_passed(c->app->access, "tracking", key);
    if (st == STATUS_NOT_FOUND)
        c->problem = (struct problem){.field = "code", .rule = "no_match", .text_key = "track.no_match"};
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_TRACKED, &found);
}

enum status api_key(struct api_call *c) {
    struct api_letter_key out = {T("Ed25519"),
                                 base64url_encode(c->q->arena, cases_letter_key(c->app->cases, c->q->arena)),
                                 T("CODE.DATE.LETTER.SIGNATURE"), T("CODE.DATE.LETTER")};
    c->r->cache = CACHE_REVALIDATE;
    return api_answer(c, &SHAPE_LETTER_KEY, &out);
}

enum status api_openapi(struct api_call *c) {
    c->r->cache = CACHE_REVALIDATE;
    return response_json(c->r, api_description(c->q->arena));
}

enum status api_me(struct api_call *c) {
    struct out roles = {.arena = c->q->arena};
    for (size_t i = 0; i < c->actor->role_count; i++) {
        if (i) out_byte(&roles, ',');
        out_text(&roles, c->actor->roles[i]);
    }
    struct api_me out = {.account = c->actor->account,
                         .id = c->actor->public_code,
                         .unit = c->actor->unit,
                         .purpose = c->actor->purpose,
                         .kind = c->actor->kind == ACTOR_STAFF ? T("staff") : T("representative"),
                         .roles = out_done(&roles),
                         .is_client = c->actor->is_client};
    return api_answer(c, &SHAPE_ME, &out);
}
