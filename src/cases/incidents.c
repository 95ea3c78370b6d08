// incidents.c - steps that the system could not do: who waits for what, and trying again.
//
// Where a person's command would leave a step undone, nothing happens and the person is told
// (process_effects.c). Where time or a message from outside brought it, the case keeps the incident until
// somebody lets it be tried again.
#include "cases/incidents.h"

#include "cases/internal.h"

// Served by incident_by_time and incident_by_rule.
#define COLUMNS "i.case_id, i.token_id, i.element, i.rule, i.at, coalesce(c.case_no, ''), c.pack_version"
static const struct sql LIST =
    SQL("incidents", "select " COLUMNS " from incident i join case_file c on c.case_id = i.case_id"
                     " where (i.at, i.case_id, i.token_id) > (:at, :case, :token)"
                     " order by i.at, i.case_id, i.token_id limit :limit");
static const struct sql LIST_OF_RULE =
    SQL("incidents_of_rule", "select " COLUMNS " from incident i join case_file c on c.case_id = i.case_id"
                             " where i.rule = :rule and (i.at, i.case_id, i.token_id) > (:at, :case, :token)"
                             " order by i.at, i.case_id, i.token_id limit :limit");
static const struct sql RULES =
    SQL("incident_rules",
        "select rule, count(*), min(at) from incident group by rule order by count(*) desc, rule"
        " limit :limit");
static const struct sql COUNT = SQL("incident_count", "select count(*) from incident");

// ---- the command ----

static bool is_stuck_in(const struct flow_state *s, int64_t token) {
    for (size_t i = 0; s && i < s->incidents.count; i++)
        if (s->incidents.items[i].token == token) return true;
    return false;
}

static bool find_stuck(struct decide *d, int64_t token, int64_t *call) {
    for (size_t k = 0; d->s->has_process && k <= d->s->calls.count; k++) {
        *call = k ? d->s->calls.items[k - 1].call : 0;
        if (is_stuck_in(process_state(d->s, *call), token)) return true;
    }
    return false;
}

// When it fails again nothing changes, and who asked is told the rule.
enum status decide_retry_step(struct decide *d) {
    int64_t token = d->command->retry_step.step, call = 0;
    struct moving m = {.d = d};
    if (!find_stuck(d, token, &call))
        return problem(d->problem, "step", "not_stuck", "problem.process.not_stuck");
    enum status st = process_trigger(&m, call, &(struct process_trigger){.kind = PROCESS_RETRY, .id = token});
    return st ? st : process_follow(&m);
}

// ---- the list ----

static enum status may(struct cases *c, const struct actor *actor, struct problem *p) {
    struct access_question q = {.action = T("retry_step"),
                                .purpose = cases_retry_purpose(actor),
                                .relation = T("none"),
                                .attribute_class = T("public")};
    if (actor->kind == ACTOR_SYSTEM && packs_newest(c)) return STATUS_OK;
    return entry_allows(c, packs_newest(c), actor, &q, p);
}

// What the step is called in the drawing of the case's own version.
static struct text name_of(const struct pack *pack, struct text element, struct arena *a) {
    for (size_t i = 0; pack && i < pack_processes(pack); i++) {
        const struct flow_model *m = pack_process(pack, i);
        int at = flow_find(m, element);
        if (at >= 0 && flow_element(m, at)->name.n) return text_copy(a, flow_element(m, at)->name);
    }
    return text_copy(a, element);
}

static const struct sql OF_CASE = SQL("incidents_of_case", "select token_id, element, rule, at from incident"
                                                           " where case_id = :case order by token_id");

enum status incidents_of_case(struct db *db, const struct pack *pack, int64_t case_id, struct arena *a,
                              struct case_file *out) {
    struct rows q;
    enum status st = DB_QUERY(db, &q, &OF_CASE, V_INT(case_id));
    while (!st && rows_next(&q)) {
        struct text element = text_copy(a, row_text(&q, 1));
        *ARENA_PUSH(a, &out->incidents) = (struct waiting_step){row_int(&q, 0),
                                                                element,
                                                                name_of(pack, element, a),
                                                                text_copy(a, row_text(&q, 2)),
                                                                {row_int(&q, 3)}};
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

static enum status read_list(struct cases *c, struct db *db, const struct incident_filter *f, struct arena *a,
                             struct incident_list *out) {
    const struct incident_view none = {.at = {-1}}, *after = f->after ? f->after : &none;
    struct rows q;
    enum status st = f->rule.n
                         ? DB_QUERY(db, &q, &LIST_OF_RULE, V_TEXT(f->rule), V_INT(after->at.ms),
                                    V_INT(after->case_id), V_INT(after->step), V_INT(INCIDENTS_SHOWN_MAX + 1))
                         : DB_QUERY(db, &q, &LIST, V_INT(after->at.ms), V_INT(after->case_id),
                                    V_INT(after->step), V_INT(INCIDENTS_SHOWN_MAX + 1));
    while (!st && rows_next(&q)) {
        if (out->count == INCIDENTS_SHOWN_MAX) {
            out->has_more = true;
            continue;
        }
        *ARENA_PUSH(a, out) = (struct incident_view){.case_id = row_int(&q, 0),
                                                     .step = row_int(&q, 1),
                                                     .element = text_copy(a, row_text(&q, 2)),
                                                     .rule = text_copy(a, row_text(&q, 3)),
                                                     .at = {row_int(&q, 4)},
                                                     .case_no = text_copy(a, row_text(&q, 5)),
                                                     .pack_version = row_int(&q, 6)};
    }
    enum status end = rows_end(&q);
    for (size_t i = 0; i < out->count; i++)
        out->items[i].name = name_of(cases_pack_of(c, out->items[i].pack_version), out->items[i].element, a);
    return st ? st : end;
}

static enum status read_rules(struct db *db, struct arena *a, struct incident_list *out) {
    struct rows q;
    enum status st = DB_QUERY(db, &q, &RULES, V_INT(INCIDENT_RULES_MAX));
    while (!st && rows_next(&q))
        *ARENA_PUSH(a, &out->rules) =
            (struct incident_rule){text_copy(a, row_text(&q, 0)), row_int(&q, 1), {row_int(&q, 2)}};
    enum status end = rows_end(&q);
    return st ? st : end;
}

enum status cases_incidents(struct cases *c, const struct actor *actor, const struct incident_filter *filter,
                            struct arena *a, struct incident_list *out, struct problem *p) {
    struct store *store = journal_store(c->journal);
    struct db *db;
    *out = (struct incident_list){0};
    enum status st = may(c, actor, p);
    if (!st) st = store_reader(store, &db);
    if (st) return st;
    st = read_list(c, db, filter, a, out);
    if (!st) st = read_rules(db, a, out);
    store_reader_release(store, db);
    return st;
}

enum status cases_incident_count(struct cases *c, int64_t *count) {
    struct db *db;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_INT(db, count, &COUNT);
    store_reader_release(journal_store(c->journal), db);
    return st;
}

// ---- all of one rule ----

static enum status retry_page(struct cases *c, const struct actor *actor, const struct incident_list *page,
                              struct arena *a, struct incidents_tried *out) {
    struct command *commands = ARENA_ARRAY(a, struct command, page->count);
    struct cases_request *list = ARENA_ARRAY(a, struct cases_request, page->count);
    for (size_t i = 0; i < page->count; i++) {
        commands[i] = (struct command){.kind = COMMAND_RETRY_STEP,
                                       .case_id = page->items[i].case_id,
                                       .purpose = cases_retry_purpose(actor),
                                       .retry_step = {page->items[i].step}};
        list[i] = (struct cases_request){.actor = actor, .command = &commands[i], .answer = a};
    }
    cases_do_each(c, list, page->count);
    for (size_t i = 0; i < page->count; i++) {
        out->tried++;
        out->mended += !list[i].status;
        if (list[i].status == STATUS_REFUSED || has_store_stopped(list[i].status))
            return list[i].status; // no right to, or the database
    }
    return STATUS_OK;
}

struct text cases_retry_purpose(const struct actor *actor) {
    return actor_has_role(actor, T("supervisor")) ? T("supervision") : T("technical");
}

enum status cases_retry_rule(struct cases *c, const struct actor *actor, struct text rule,
                             struct incidents_tried *out, struct problem *p) {
    struct incident_view last = {.at = {-1}};
    *out = (struct incidents_tried){.has_more = true};
    if (!rule.n) return STATUS_NOT_FOUND; // the list's filter would take it for all
    while (out->has_more && out->tried < INCIDENTS_TRIED_MAX) {
        struct arena a = {0};
        struct incident_list page;
        struct incident_filter f = {.rule = rule, .after = &last};
        enum status st = cases_incidents(c, actor, &f, &a, &page, p);
        if (!st && page.count) st = retry_page(c, actor, &page, &a, out);
        out->has_more = page.has_more;
        if (page.count) last = page.items[page.count - 1];
        arena_free(&a);
        last.element = last.rule = last.case_no = last.name = T("");
        if (st) return st;
    }
    return STATUS_OK;
}
