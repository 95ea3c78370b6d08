// register.c - registers for programs: which there are, their entries as of any day and moment, and what is
// done with them. The same access as on the pages, for the token's purpose.
#include "api/registers.h"

#include <string.h>

#include "base/encode.h"
#include "web/pages/register.h"

// ---- which there are

static struct api_register one_of(struct api_call *c, const struct pack_register *def) {
    struct registers *r = c->app->registers;
    const struct pack *pack = registers_pack(r, def->id);
    struct api_register o = {def->id, def->prefix, register_title(c->q, pack, def),
                             register_about_words(c->q, pack, def), register_law(c->q, pack, def)};
    const struct {
        bool *may;
        enum register_action action;
    } ALL[] = {{&o.may_find, REGISTER_FIND},       {&o.may_read, REGISTER_READ},
               {&o.may_record, REGISTER_RECORD},   {&o.may_end, REGISTER_END},
               {&o.may_confirm, REGISTER_CONFIRM}, {&o.may_import, REGISTER_IMPORT},
               {&o.may_export, REGISTER_EXPORT},   {&o.may_review, REGISTER_REVIEW}};
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++)
        *ALL[i].may = registers_might(r, c->actor, def->id, c->look.purpose, ALL[i].action);
    return o;
}

static bool may_anything(const struct api_register *o) {
    return o->may_find || o->may_read || o->may_record || o->may_end || o->may_confirm || o->may_import ||
           o->may_export || o->may_review;
}

enum status api_registers(struct api_call *c) {
    struct register_list all = {0};
    struct api_registers out = {0};
    if (c->app->registers) registers_all(c->app->registers, c->q->arena, &all);
    for (size_t i = 0; i < all.count; i++) {
        struct api_register o = one_of(c, all.items[i]);
        if (may_anything(&o)) *ARENA_PUSH(c->q->arena, &out) = o;
    }
    return api_answer(c, &SHAPE_REGISTERS, &out);
}

static const struct pack_register *named(struct api_call *c) {
    return c->app->registers ? registers_named(c->app->registers, request_param(c->q, "register")) : NULL;
}

// The fields are public law; it is the entries that are not.
enum status api_register_form(struct api_call *c) {
    const struct pack_register *def = named(c);
    if (!def) return api_fail(c, 404);
    const struct pack *pack = registers_pack(c->app->registers, def->id);
    struct api_form out = {def->form->id, text_of_bytes(pack_register_source(pack, def->id)),
                           api_form_words(c, pack, def->form)};
    return api_answer(c, &SHAPE_FORM, &out);
}

// ---- reading

static struct bytes coded(struct api_call *c, const struct answers *a) {
    return a->count ? answers_encode(c->q->arena, a) : (struct bytes){0};
}

static struct api_entry_row row_of(struct api_call *c, const struct entry_row *r) {
    return (struct api_entry_row){.entry = r->entry,
                                  .version = r->version,
                                  .register_id = r->register_id,
                                  .reference = r->reference,
                                  .state = r->state,
                                  .unit = r->unit,
                                  .hidden = r->hidden,
                                  .recorded = r->recorded,
                                  .changed = r->changed,
                                  .ended = r->ended,
                                  .answers = coded(c, &r->answers),
                                  .is_hit_only = r->is_hit_only};
}

enum status api_entries(struct api_call *c) {
    const struct api_entry_question *in = c->in;
    const struct pack_register *def = named(c);
    struct api_entries out = {0};
    struct entry_list list;
    if (!def) return api_fail(c, 404);
    struct entry_filter f = {.register_id = def->id,
                             .text = in->q,
                             .state = in->state,
                             .number = in->number,
                             .plate = in->plate,
                             .name = in->name,
                             .birth = in->birth,
                             .nationality = in->nationality,
                             .after = in->after,
                             .limit = in->limit ? in->limit : LIST_USUAL};
    c->look.reason = in->reason;
    enum status st =
        registers_find(c->app->registers, c->actor, &c->look, &f, c->q->arena, &list, &c->problem);
    if (st) return api_failed(c, st);
    for (size_t i = 0; i < list.count; i++) *ARENA_PUSH(c->q->arena, &out) = row_of(c, &list.items[i]);
    out.next = list.next;
    out.total = list.count_known;
    out.total_is_capped = list.count_known >= REGISTER_COUNT_MAX;
    return api_answer(c, &SHAPE_ENTRIES, &out);
}

static void add_versions(struct api_call *c, const struct entry_view *e, struct api_entry *out) {
    for (size_t i = 0; i < e->versions.count; i++) {
        const struct entry_version *v = &e->versions.items[i];
        *ARENA_PUSH(c->q->arena, &out->versions) =
            (struct api_entry_version){.version = v->version,
                                       .kind = v->kind,
                                       .state = v->state,
                                       .by = v->by_name,
                                       .confirmed_by = v->confirmed_by_name,
                                       .unit = v->unit,
                                       .purpose = v->purpose,
                                       .reason = v->reason,
                                       .law = v->law,
                                       .authority = v->source.authority,
                                       .method = v->source.method,
                                       .evidence = v->source.evidence,
                                       .confidence = v->source.confidence,
                                       .from = v->from,
                                       .until = v->until,
                                       .recorded = v->recorded,
                                       .known = v->known,
                                       .is_mistake = v->is_mistake,
                                       .answers = coded(c, &v->answers)};
    }
}

static enum status open_entry(struct api_call *c, int64_t id, const struct entry_at *at, bool history,
                              struct entry_view *e) {
    struct registers *r = c->app->registers;
    return history ? registers_history(r, c->actor, &c->look, id, c->q->arena, e, &c->problem)
                   : registers_open_entry(r, c->actor, &c->look, id, at, c->q->arena, e, &c->problem);
}

enum status api_entry(struct api_call *c) {
    const struct api_entry_question *in = c->in;
    const struct pack_register *def = named(c);
    struct entry_view e, history = {0};
    int64_t id;
    bool is_past = in->day.year || in->known.ms;
    if (!def || !request_param_id(c->q, "entry", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    if (in->day.year && !date_is_full(in->day)) {
        api_mistake(c->q, "day", "date", "problem.register.date");
        return api_fail(c, 422);
    }
    struct entry_at at = {in->day, in->known};
    enum status st = open_entry(c, id, &at, in->history && !is_past, &e);
    if (!st && in->history && is_past) st = open_entry(c, id, &at, true, &history);
    if (st) return api_failed(c, st);
    if (!text_eq(e.head.register_id, def->id)) return api_fail(c, 404);
    struct api_entry out = {.head = row_of(c, &e.head),
                            .relation = e.relation,
                            .hidden = e.hidden,
                            .case_no = e.case_no,
                            .due_then = e.due_then,
                            .due = e.due,
                            .review = e.review,
                            .waiting = e.waiting,
                            .case_id = e.case_id,
                            .person = e.person,
                            .holds = e.holds,
                            .values = {e.values.items, e.values.count, e.values.capacity},
                            .faults = {e.faults.items, e.faults.count, e.faults.capacity}};
    add_versions(c, is_past ? &history : &e, &out);
    return api_answer(c, &SHAPE_ENTRY, &out);
}

// ---- doing

static const struct {
    const char *name;
    enum register_act_kind kind;
} ACTS[] = {{"entries", ACT_RECORD},  {"correct", ACT_CORRECT},     {"end", ACT_END},
            {"confirm", ACT_CONFIRM}, {"refuse", ACT_REFUSE},       {"review", ACT_REVIEW},
            {"erase", ACT_ERASE},     {"faults", ACT_REPORT_FAULT}, {"answer", ACT_ANSWER_FAULT}};

static enum register_act_kind kind_of(const struct api_call *c) {
    const char *last = strrchr(c->op->path, '/') + 1;
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
        if (!strcmp(last, ACTS[i].name)) return ACTS[i].kind;
    return ACT_COUNT; // no operation without a line above
}

static bool read_ids(struct api_call *c, struct register_act *act) {
    const struct pack_register *def = named(c);
    if (!def) return false;
    act->register_id = def->id;
    if (act->kind == ACT_RECORD) return true;
    if (!request_param_id(c->q, "entry", &act->entry)) return false;
    return act->kind != ACT_ANSWER_FAULT || request_param_id(c->q, "fault", &act->fault);
}

// Everything that is wrong with the fields, at once, each at its place.
static enum status told(struct api_call *c, enum status st, const struct register_done *done) {
    for (size_t i = 0; i < done->problems.count && i < ERRORS_MAX; i++) {
        c->problem = done->problems.items[i].problem;
        c->problem.field = text_c(c->q->arena, done->problems.items[i].path);
        api_mistake_of(c);
    }
    if (st == STATUS_INVALID && done->problems.count) return api_fail(c, 422);
    return api_failed(c, st);
}

enum status api_entry_act(struct api_call *c) {
    const struct api_entry_act *in = c->in;
    struct answers answers = {.arena = c->q->arena};
    struct register_done done = {0};
    struct api_once once;
    struct register_act act = {.kind = kind_of(c),
                               .look = c->look,
                               .version = in->version,
                               .seen = in->seen,
                               .from = in->from,
                               .until = in->until,
                               .is_mistake = in->is_mistake,
                               .source = {in->authority, in->method, in->evidence, in->confidence},
                               .reason = in->reason,
                               .outcome = in->outcome};
    if (!read_ids(c, &act)) return api_fail(c, 404);
    if (in->answers.n && answers_decode(c->q->arena, in->answers, &answers)) return api_fail(c, 422);
    if (act.kind == ACT_RECORD || act.kind == ACT_CORRECT) act.answers = &answers;
    if (!api_once_begin(c, hash_of(bytes_of(c->q->body)), &once)) return STATUS_OK;
    enum status st =
        registers_do(c->app->registers, c->actor, &act, &once.of_register, c->q->arena, &done, &c->problem);
    return st ? told(c, st, &done) : api_done(c, &once);
}
