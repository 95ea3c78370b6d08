// replay_plan.c - what a run will do: both versions of the decision, what they read, and which cases they are
// for.
#include "cases/replay_inside.h"

#include <string.h>

static const struct sql VERSIONS = SQL(
    "replay_versions", "select pack_version, hash from pack_load where pack = :pack order by pack_version");
static const struct sql STORED =
    SQL("replay_stored", "select files from pack_load where pack_version = :version");
static const struct sql FIND_STORED =
    SQL("replay_find_stored", "select pack_version from pack_load where version = :version or :version = ''"
                              " order by pack_version desc limit 1");

// ---- mistakes ----

static struct text decisions_of(const struct pack *pack, struct arena *a) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < pack_decisions(pack); i++) {
        size_t count;
        const struct dmn_node_info *n = dmn_nodes(pack_decision(pack, i), &count);
        for (size_t k = 0; k < count; k++) {
            if (n[k].kind != DMN_DECISION) continue;
            if (o.n) out_c(&o, ", ");
            out_text(&o, n[k].id.n ? n[k].id : n[k].name);
        }
    }
    return out_done(&o);
}

static enum status find_model(const struct pack *pack, struct text decision, struct arena *a,
                              const struct dmn_model **out, struct problem *p) {
    *out = pack_decision_with(pack, decision);
    if (*out) return STATUS_OK;
    enum status st = problem(p, "decision", "replay_decision", "problem.replay.decision");
    problem_arg(p, "decision", text_copy(a, decision));
    problem_arg(p, "version", pack_version(pack));
    problem_arg(p, "others", decisions_of(pack, a));
    return st;
}

static const struct fact_name *fact_named(struct text name) {
    for (size_t i = 0; i < FACT_NAME_COUNT; i++)
        if (text_eq(text_of(FACT_NAMES[i].name), name)) return &FACT_NAMES[i];
    return NULL;
}

static struct text all_facts(struct arena *a) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < FACT_NAME_COUNT; i++) {
        if (i) out_c(&o, ", ");
        out_c(&o, FACT_NAMES[i].name);
    }
    return out_done(&o);
}

static bool is_input(const struct dmn_model *m, struct text name) {
    size_t count;
    const struct dmn_node_info *n = dmn_nodes(m, &count);
    for (size_t i = 0; i < count; i++)
        if (n[i].kind == DMN_INPUT && text_eq(n[i].name, name)) return true;
    return false;
}

// Input data that no case has would be null for everybody, and the rule would look as if it never applied.
static enum status want_known_inputs(const struct replay_plan *plan, struct arena *a, struct problem *p) {
    for (size_t i = 0; i < plan->reads_after.count; i++) {
        struct text input = plan->reads_after.items[i].input;
        if (!is_input(plan->after, input) || fact_named(input)) continue;
        enum status st = problem(p, "pack", "replay_input", "problem.replay.input");
        problem_arg(p, "input", input);
        problem_arg(p, "others", all_facts(a));
        return st;
    }
    return STATUS_OK;
}

// A number names one case: a rule that reads it asks about somebody, and not about the law.
static enum status want_no_number(const struct replay_plan *plan, struct problem *p) {
    const struct dmn_reads *both[] = {&plan->reads_before, &plan->reads_after};
    for (int i = 0; plan->q->for_statistics && i < 2; i++)
        if (dmn_reads_member(both[i], T("case"), T("number")))
            return problem(p, i ? "pack" : "before", "replay_number", "problem.replay.number");
    return STATUS_OK;
}

// ---- which cases, and what of them ----

// Answers lie in the sections of the form that was in force. When other versions than the two were loaded,
// all sections are looked at.
static enum status list_versions(struct db *db, struct arena *a, struct replay_plan *plan) {
    struct rows r;
    const struct pack *both[] = {plan->q->before, plan->q->after};
    struct hash before = pack_hash(both[0]), after = pack_hash(both[1]);
    struct {
        int64_t *items;
        size_t count, capacity;
    } list = {0};
    enum status st = DB_QUERY(db, &r, &VERSIONS, V_TEXT(pack_id(plan->q->before)));
    while (!st && rows_next(&r)) {
        struct bytes hash = row_bytes(&r, 1);
        *ARENA_PUSH(a, &list) = row_int(&r, 0);
        bool is_one = hash.n == HASH_BYTES &&
                      (!memcmp(hash.p, before.b, HASH_BYTES) || !memcmp(hash.p, after.b, HASH_BYTES));
        plan->want.all_sections |= !is_one;
    }
    enum status end = rows_end(&r);
    plan->pack_versions = list.items;
    plan->pack_version_count = list.count;
    caseload_want_sections(&plan->want, both, 2);
    return st ? st : end;
}

bool replay_plan_knows(const struct replay_plan *plan, int64_t pack_version) {
    for (size_t i = plan->pack_version_count; i > 0; i--) // most cases run on a newer one
        if (plan->pack_versions[i - 1] == pack_version) return true;
    return false;
}

struct moment replay_moment_of(const struct replay_plan *plan, const struct case_state *s) {
    bool is_past = plan->q->moment == REPLAY_AS_DECIDED && s->decided_at.ms > 0;
    return is_past ? s->decided_at : plan->q->now;
}

enum status replay_plan_make(struct db *db, const struct replay_question *q, struct arena *a,
                             struct replay_plan *out, struct problem *p) {
    *out = (struct replay_plan){.q = q};
    if (!text_eq(pack_id(q->before), pack_id(q->after))) {
        enum status st = problem(p, "pack", "replay_pack", "problem.replay.pack");
        problem_arg(p, "before", pack_id(q->before));
        problem_arg(p, "after", pack_id(q->after));
        return st;
    }
    enum status st = zone_find(q->zone, &out->zone);
    if (st) return problem(p, "zone", "zone_unknown", "problem.zone.unknown");
    st = find_model(q->before, q->decision, a, &out->before, p);
    if (!st) st = find_model(q->after, q->decision, a, &out->after, p);
    if (!st) st = dmn_reads(out->before, q->decision, a, &out->reads_before);
    if (!st) st = dmn_reads(out->after, q->decision, a, &out->reads_after);
    if (!st) st = want_known_inputs(out, a, p);
    if (!st) st = want_no_number(out, p);
    if (st) return st;
    caseload_want_reads(&out->want, &out->reads_before);
    caseload_want_reads(&out->want, &out->reads_after);
    return list_versions(db, a, out);
}

// ---- versions that were loaded ----

static enum status read_stored(struct db *db, struct text version, struct arena *a,
                               struct pack_files *files) {
    struct rows r;
    int64_t number = 0;
    enum status st = STATUS_OK;
    if (!text_int(version, &number)) st = DB_INT(db, &number, &FIND_STORED, V_TEXT(version));
    if (!st) st = DB_ONE(db, &r, &STORED, V_INT(number));
    if (st) return st;
    st = pack_files_decode(a, bytes_copy(a, row_bytes(&r, 0)), files);
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status replay_stored_files(struct store *s, struct text version, struct arena *a,
                                struct pack_files *out) {
    struct db *db;
    *out = (struct pack_files){0};
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = read_stored(db, version, a, out);
    store_reader_release(s, db);
    return st;
}
