// decide_migrate.c - a running case goes over to another version of its pack: its processes by a stated
// mapping, its clocks by the names of their rules.
#include "cases/internal.h"

#include <string.h>

#include "base/cbor.h"

// Tokens and sub-processes that stand at an element of another name now: [id, element].
struct moved {
    struct out items;
    size_t count;
};

static enum status refuse(struct decide *d, const char *rule, struct text element) {
    enum status st = problem(d->problem, "element", rule, "problem.migration.element");
    problem_arg(d->problem, "element", element);
    return st;
}

static enum status find_version(struct decide *d, const struct pack_entry **there) {
    const struct migrate_case *c = &d->command->migrate_case;
    *there = packs_find(d->cases, c->to);
    if (!*there) return problem(d->problem, "to", "version_unknown", "problem.migration.version");
    if (*there == d->entry || (c->from && c->from != d->s->pack_version))
        return problem(d->problem, "to", "migrated_already", "problem.migration.already");
    if (!text_eq(pack_id((*there)->pack), pack_id(d->pack)))
        return problem(d->problem, "to", "other_pack", "problem.migration.pack");
    if (d->s->is_draft || d->s->is_closed)
        return problem(d->problem, "", "case_not_running", "problem.migration.not_running");
    return STATUS_OK;
}

static enum status want_clocks(struct decide *d, const struct pack *there) {
    for (size_t i = 0; i < d->s->clocks.count; i++) {
        const struct clock_state_row *c = &d->s->clocks.items[i];
        if (c->is_open && !clock_rule(there, c->rule, &c->clock, d->cases->zone))
            return refuse(d, "clock_unknown", c->rule);
    }
    return STATUS_OK;
}

// What flow/ says of the first element that has no place.
static enum status name_element(struct decide *d, const struct flow_report *report, enum status st) {
    for (size_t i = 0; st == STATUS_INVALID && i < report->count; i++)
        if (report->items[i].rule) return refuse(d, report->items[i].rule, report->items[i].from);
    return st;
}

static const struct flow_model **model_of(struct case_state *s, int64_t call) {
    struct called_process *c = call ? process_called(s, call) : NULL;
    return c ? &c->model : call ? NULL : &s->model;
}

static bool was_entered(const struct moving *m, int64_t id) {
    for (size_t i = 0; i < m->effects.count; i++)
        if (m->effects.items[i].of.kind == FLOW_ENTERED && m->effects.items[i].of.id == id) return true;
    return false;
}

static void note_moved(const struct moving *m, const struct flow_report *report, struct moved *out) {
    for (size_t i = 0; i < report->count; i++) {
        const struct flow_moved *x = &report->items[i];
        bool stands = !strcmp(x->what, "token") || !strcmp(x->what, "scope");
        if (!stands || x->rule || text_eq(x->from, x->to) || was_entered(m, x->id)) continue;
        cbor_array(&out->items, 2);
        cbor_int(&out->items, x->id);
        cbor_text(&out->items, x->to);
        out->count++;
    }
}

static enum status move_process(struct moving *m, int64_t call, struct moved *moved) {
    struct decide *d = m->d;
    const struct migrate_case *c = &d->command->migrate_case;
    const struct flow_model **model = model_of(d->s, call);
    if (!model) return STATUS_OK; // it ended meanwhile
    const struct flow_model *old = *model;
    struct text id = call ? flow_process_id(old) : pack_procedure(d->pack);
    struct flow_report report = {0};
    struct flow_move *moves = ARENA_ARRAY(d->arena, struct flow_move, c->move_count + 1);
    for (size_t i = 0; i < c->move_count; i++)
        moves[i] = (struct flow_move){c->moves[i].from, c->moves[i].to};
    *model = pack_process_with(d->pack, id);
    if (!*model) return refuse(d, "flow_process_unknown", id);
    struct process_trigger t = {
        .kind = PROCESS_MIGRATE, .old = old, .moves = moves, .move_count = c->move_count, .report = &report};
    enum status st = process_trigger(m, call, &t);
    if (!st) note_moved(m, &report, moved);
    return name_element(d, &report, st);
}

static enum status list_tasks(struct decide *d, int64_t call, struct out *o, size_t *count) {
    struct flow_at open[FLOW_TOKENS_MAX];
    struct flow_state *s = process_state(d->s, call);
    size_t n = s ? flow_open_tasks(process_model(d->s, call), s, open, FLOW_TOKENS_MAX) : 0;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < n && !st; i++) {
        struct open_task task = {call, open[i], flow_process_id(process_model(d->s, call))};
        struct text groups = T("");
        st = task_groups(d, &task, &groups);
        cbor_array(o, 6);
        cbor_int(o, open[i].token);
        cbor_text(o, open[i].element->id);
        cbor_text(o, task_command(open[i].element));
        cbor_text(o, groups);
        cbor_text(o, open[i].element->form);
        cbor_text(o, task.process);
        ++*count;
    }
    return st;
}

// Where its open tasks are now; whose they are may have changed too.
static enum status emit_migrated(struct decide *d, int64_t before, const struct moved *moved) {
    struct out items = {.arena = d->arena}, list = {.arena = d->arena};
    size_t count = 0;
    enum status st = list_tasks(d, 0, &items, &count);
    for (size_t i = 0; i < d->s->calls.count && !st; i++)
        st = list_tasks(d, d->s->calls.items[i].call, &items, &count);
    if (st) return st;
    cbor_array(&list, count);
    out_text(&list, out_done(&items));
    struct event_draft *e = case_emit(d, &EVENT_case_migrated);
    draft_int(e, "pack_version", d->entry->version);
    draft_int(e, "before", before);
    draft_bytes(e, "tasks", bytes_of(out_done(&list)));
    if (!moved->count) return STATUS_OK;
    struct out stands = {.arena = d->arena};
    cbor_array(&stands, moved->count);
    out_text(&stands, out_done(&moved->items));
    draft_bytes(e, "moved", bytes_of(out_done(&stands)));
    return STATUS_OK;
}

// Called processes first: each stays whole with its own version until it has moved.
static enum status move_processes(struct moving *m, struct moved *moved) {
    struct decide *d = m->d;
    enum status st = STATUS_OK;
    for (size_t i = d->s->calls.count; i > 0 && !st; i--)
        if (!d->s->calls.items[i - 1].is_over) st = move_process(m, d->s->calls.items[i - 1].call, moved);
    return st ? st : move_process(m, 0, moved);
}

enum status decide_migrate_case(struct decide *d) {
    const struct pack_entry *there;
    struct moving m = {.d = d};
    int64_t before = d->s->pack_version;
    enum status st = find_version(d, &there);
    if (!st) st = want_clocks(d, there->pack);
    if (st) return st;
    d->entry = there;
    d->pack = there->pack;
    d->s->pack_version = there->version;
    struct moved moved = {.items.arena = d->arena};
    if (d->s->has_process) st = move_processes(&m, &moved);
    if (!st) st = emit_migrated(d, before, &moved);
    if (!st && d->s->has_process) st = process_follow(&m);
    if (!st && d->command->migrate_case.is_try) { // nothing of it happened
        d->out = events_new(d->arena);
        d->told.count = 0;
    }
    return st;
}
