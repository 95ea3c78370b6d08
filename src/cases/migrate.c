// migrate.c - all running cases of one version go over to another, each by its own command, in batches.
#include "cases/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "cases/internal.h"

// Served by the primary key: the job is rare, and an index for it would cost every new case.
static const struct sql BATCH =
    SQL("migration_batch",
        "select case_id, case_no from case_file where case_id > :after and pack_version = :from"
        " and is_draft = 0 and is_closed = 0 and is_erased = 0 order by case_id limit :limit");
static const struct sql COUNT =
    SQL("migration_count", "select count(*) from case_file where pack_version = :from and is_draft = 0"
                           " and is_closed = 0 and is_erased = 0");

// ---- the mapping ----

static enum status bad_mapping(struct problem *p, const char *rule, struct text what, struct arena *a) {
    enum status st = problem(p, "mapping", rule, "problem.migration.mapping");
    problem_arg(p, "what", text_copy(a, what));
    return st;
}

static enum status read_elements(const json_t *elements, struct arena *a, struct migrate_case *out,
                                 struct problem *p) {
    const char *name;
    const json_t *v;
    size_t n = json_object_size(elements);
    if (n > MAPPING_MOVES_MAX) return bad_mapping(p, "mapping_too_long", T("elements"), a);
    struct element_move *moves = ARENA_ARRAY(a, struct element_move, n ? n : 1);
    json_object_foreach((json_t *)elements, name, v) {
        if (!json_is_string(v)) return bad_mapping(p, "mapping_element", text_of(name), a);
        moves[out->move_count++] =
            (struct element_move){text_copy(a, text_of(name)), json_text(elements, name, T(""))};
    }
    for (size_t i = 0; i < out->move_count; i++) moves[i].to = text_copy(a, moves[i].to);
    out->moves = moves;
    return STATUS_OK;
}

enum status migration_read(struct text json, struct arena *a, struct migrate_case *out, struct problem *p) {
    json_t *root;
    struct problem why = {0};
    *out = (struct migrate_case){0};
    if (!text_trim(json).n) return STATUS_OK;
    if (json_read(json, MAPPING_BYTES_MAX, &root, &why)) {
        enum status bad = bad_mapping(p, why.rule ? why.rule : "json", T("JSON"), a);
        if (p) p->line = why.line;
        return bad;
    }
    const json_t *elements = json_object_get(root, "elements");
    enum status st = STATUS_OK;
    if (!json_is_object(elements) || json_object_size(root) != 1)
        st = bad_mapping(p, "mapping_form", T("elements"), a);
    else
        st = read_elements(elements, a, out, p);
    json_decref(root);
    return st;
}

// ---- the run ----

struct batch {
    int64_t after;
    struct {
        int64_t id;
        struct text number;
    } items[MIGRATION_BATCH];
    size_t count;
};
struct migration_run {
    struct cases *cases;
    const struct actor *actor;
    const struct migration_order *order;
    struct migrate_case how;
    struct migration_report *report;
    struct arena *arena;
};

static enum status read_batch(struct migration_run *r, struct batch *b, struct arena *a) {
    struct store *store = journal_store(r->cases->journal);
    struct db *db;
    struct rows q;
    b->count = 0;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = DB_QUERY(db, &q, &BATCH, V_INT(b->after), V_INT(r->order->from), V_INT(MIGRATION_BATCH));
    while (!st && rows_next(&q)) {
        b->after = b->items[b->count].id = row_int(&q, 0);
        b->items[b->count++].number = text_copy(a, row_text(&q, 1));
    }
    enum status end = rows_end(&q);
    store_reader_release(store, db);
    return st ? st : end;
}

static enum status count_cases(struct cases *c, int64_t from, int64_t *count) {
    struct db *db;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_INT(db, count, &COUNT, V_INT(from));
    store_reader_release(journal_store(c->journal), db);
    return st;
}

static struct text arg_of(const struct problem *p, const char *name) {
    for (int i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++)
        if (!strcmp(p->args[i].name, name)) return p->args[i].value;
    return T("");
}

static void stays(struct migration_run *r, const struct cases_request *q, struct text number) {
    struct text element = arg_of(&q->problem, "element"),
                rule = text_of(q->problem.rule ? q->problem.rule : "failed");
    struct migration_reason *reason = NULL;
    r->report->stayed++;
    for (size_t i = 0; i < r->report->reasons.count && !reason; i++) {
        struct migration_reason *one = &r->report->reasons.items[i];
        if (text_eq(one->element, element) && text_eq(one->rule, rule)) reason = one;
    }
    if (!reason && r->report->reasons.count == MIGRATION_REASONS_MAX) return;
    if (!reason) {
        reason = ARENA_PUSH(r->arena, &r->report->reasons);
        *reason = (struct migration_reason){.element = text_copy(r->arena, element),
                                            .rule = text_copy(r->arena, rule)};
    }
    reason->count++;
    bool tells_of_person = text_eq(rule, T("clock_unknown")); // some clocks run only for children
    if (!tells_of_person && reason->sample_count < MIGRATION_SAMPLES_MAX)
        reason->samples[reason->sample_count++] = text_copy(r->arena, number);
}

// Went over, closed or erased meanwhile, or moved by another server: not this run's business any more.
static bool is_elsewhere(const struct cases_request *q) {
    const char *rule = q->problem.rule ? q->problem.rule : "";
    return q->status == STATUS_NOT_FOUND || !strcmp(rule, "migrated_already") || !strcmp(rule, "case_erased");
}

static enum status move_batch(struct migration_run *r, const struct batch *b, struct arena *a) {
    struct command *commands = ARENA_ARRAY(a, struct command, b->count);
    struct cases_request *list = ARENA_ARRAY(a, struct cases_request, b->count);
    for (size_t i = 0; i < b->count; i++) {
        commands[i] =
            (struct command){.kind = COMMAND_MIGRATE_CASE, .case_id = b->items[i].id, .migrate_case = r->how};
        list[i] = (struct cases_request){.actor = r->actor, .command = &commands[i], .answer = a};
    }
    cases_do_each(r->cases, list, b->count);
    for (size_t i = 0; i < b->count; i++) {
        r->report->cases++;
        if (!list[i].status)
            r->report->went++;
        else if (is_elsewhere(&list[i]))
            continue;
        else if (list[i].status == STATUS_REFUSED || has_store_stopped(list[i].status))
            return list[i].status; // not the case's fault
        else
            stays(r, &list[i], b->items[i].number);
    }
    return STATUS_OK;
}

static int by_count(const void *x, const void *y) {
    const struct migration_reason *a = x, *b = y;
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : text_cmp(a->element, b->element);
}

static enum status move_all(struct migration_run *r, const struct migration_watch *watch) {
    struct batch b = {0};
    int64_t all = 0;
    enum status st = count_cases(r->cases, r->order->from, &all);
    while (!st) {
        struct arena a = {0};
        st = read_batch(r, &b, &a);
        bool is_over = !st && !b.count;
        if (!st && b.count) st = move_batch(r, &b, &a);
        arena_free(&a);
        if (st || is_over) break;
        if (watch && !watch->goes_on(watch->context, r->report->cases, all)) {
            r->report->is_stopped = true;
            break;
        }
    }
    if (r->report->reasons.count)
        qsort(r->report->reasons.items, r->report->reasons.count, sizeof *r->report->reasons.items, by_count);
    return st;
}

enum status migration_want(struct cases *c, const struct migration_order *order, struct arena *a,
                           struct migrate_case *out, struct problem *p) {
    const struct pack *from = cases_pack_of(c, order->from), *to = cases_pack_of(c, order->to);
    if (!from) return problem(p, "from", "version_unknown", "problem.migration.version");
    if (!to) return problem(p, "to", "version_unknown", "problem.migration.version");
    if (order->from == order->to || !text_eq(pack_id(from), pack_id(to)))
        return problem(p, "to", "other_pack", "problem.migration.pack");
    enum status st = migration_read(order->mapping, a, out, p);
    out->to = order->to;
    out->from = order->from;
    out->is_try = order->is_try;
    return st;
}

enum status migration_run(struct cases *c, const struct actor *actor, const struct migration_order *order,
                          const struct migration_watch *watch, struct arena *a,
                          struct migration_report *report, struct problem *p) {
    struct migration_run r = {.cases = c, .actor = actor, .order = order, .report = report, .arena = a};
    *report = (struct migration_report){0};
    uint64_t began = env_monotonic_us(env_real());
    enum status st = migration_want(c, order, a, &r.how, p);
    if (st) return st;
    st = move_all(&r, watch);
    report->ms = (int64_t)((env_monotonic_us(env_real()) - began) / 1000);
    log_line(st ? LOG_WARNING : LOG_INFO, "migration.end",
             "from=%lld to=%lld try=%s status=\"%s\" cases=%lld went=%lld stayed=%lld ms=%lld",
             (long long)order->from, (long long)order->to, order->is_try ? "yes" : "no", status_name(st),
             (long long)report->cases, (long long)report->went, (long long)report->stayed,
             (long long)report->ms);
    return st;
}

enum status migration_version(struct cases *c, struct text name, int64_t *version) {
    struct arena a = {0};
    struct loaded_pack_list list;
    int64_t number;
    enum status st = cases_loaded_packs(c, &a, &list), found = STATUS_NOT_FOUND;
    bool is_number = text_int(name, &number);
    for (size_t i = list.count; i > 0 && !st; i--) { // the newest of that name
        const struct loaded_pack *k = &list.items[i - 1];
        if (!text_eq(k->version, name) && !(is_number && k->pack_version == number)) continue;
        *version = k->pack_version;
        found = STATUS_OK;
    }
    arena_free(&a);
    return st ? st : found;
}
