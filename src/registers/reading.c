// reading.c - how every reading of this room begins and ends: access, trace, snapshot.
#include "registers/internal.h"

class_set classes_of(const struct looking *k, const struct access_policy *policy, enum register_action action,
                     struct text relation, bool *is_reasoned) {
    struct text reason = text_trim(k->look->reason), word = text_of(register_action_name(action));
    if (k->actor->kind == ACTOR_SYSTEM) return access_all_classes(policy);
    class_set plain = access_visible_classes(policy, k->actor, word, k->look->purpose, relation, false);
    if (!reason.n || reason.n > ACCESS_REASON_MAX || !text_is_utf8(reason)) return plain;
    class_set all = access_visible_classes(policy, k->actor, word, k->look->purpose, relation, true);
    if (is_reasoned) *is_reasoned |= all != plain;
    return all;
}

enum status refused(struct registers *r, const struct rights *g, const struct access_policy *policy,
                    const struct actor *actor, const struct look *look, enum register_action action,
                    struct text relation, int64_t entry, int64_t subject, struct text what,
                    struct problem *p) {
    struct problem own = {0};
    if (!p) p = &own;
    struct access_question q = {.action = text_of(register_action_name(action)),
                                .purpose = look->purpose,
                                .relation = relation,
                                .attribute_class = T("public"),
                                .reason = look->reason};
    enum status st = access_check(policy, actor, &q, NULL, p);
    if (!st) st = STATUS_REFUSED;
    if (!p->rule)
        *p = (struct problem){.field = "", .rule = "access_role", .text_key = "problem.access.role"};
    struct access_trace trace = {.case_id = entry,
                                 .subject = subject,
                                 .actor = actor,
                                 .purpose = rights_purpose_word(g, look->purpose),
                                 .relation = relation,
                                 .what = what,
                                 .rule = p->rule};
    enum status recorded = access_record_now(r->journal, &trace);
    return recorded ? recorded : st;
}

static enum status admit(struct looking *k, const struct entry *e, enum register_action action,
                         struct text what, struct problem *p) {
    bool is_reasoned = false;
    int64_t subject = text_eq(e->state, T("erased")) ? 0 : e->entry;
    k->visible = classes_of(k, k->policy, action, k->relation, &is_reasoned);
    if (!k->visible)
        return refused(k->r, k->g, k->policy, k->actor, k->look, action, k->relation, e->entry, subject, what,
                       p);
    struct access_trace trace = {.case_id = e->entry,
                                 .subject = subject,
                                 .actor = k->actor,
                                 .purpose = rights_purpose_word(k->g, k->look->purpose),
                                 .relation = k->relation,
                                 .what = what,
                                 .reason = is_reasoned ? text_trim(k->look->reason) : T("")};
    return access_record_now(k->r->journal, &trace);
}

static enum status not_found(struct problem *p) {
    if (p) *p = (struct problem){.field = "", .rule = "not_found", .text_key = "problem.register.not_found"};
    return STATUS_NOT_FOUND;
}

enum status looking_begin_entry(struct looking *k, int64_t entry, enum register_action action,
                                struct text what, struct entry *e, struct problem *p) {
    struct store *s = journal_store(k->r->journal);
    k->now = env_now(journal_env(k->r->journal));
    enum status st = store_reader(s, &k->db);
    if (st) return st;
    st = entry_load(k->db, entry, k->arena, e);
    if (!st && text_eq(e->state, T("importing"))) st = STATUS_NOT_FOUND; // not there before all of it is
    if (!st) st = rights_find(k->r, e->register_id, &k->g, p);
    if (!st) k->policy = rights_policy(k->g, entry_age_years(k->r, e, k->now));
    if (!st) st = entry_relation(k->db, e, k->actor, &k->relation);
    if (!st) st = admit(k, e, action, what, p);
    if (!st) st = db_begin_read(k->db);
    if (st) {
        store_reader_release(s, k->db);
        return st == STATUS_NOT_FOUND ? not_found(p) : st;
    }
    st = entry_load(k->db, entry, k->arena, e); // as it is in the snapshot
    if (!st) st = entry_load_layers(k->db, k->arena, e);
    if (st) looking_end(k);
    return st;
}

enum status looking_begin_list(struct looking *k, struct text register_id, enum register_action action,
                               class_set *unit, class_set *elsewhere, struct problem *p) {
    struct store *s = journal_store(k->r->journal);
    bool is_reasoned = false;
    k->now = env_now(journal_env(k->r->journal));
    enum status st = rights_find(k->r, register_id, &k->g, p);
    if (st) return st;
    k->policy = rights_policy(k->g, 0);
    k->relation = k->actor->kind == ACTOR_STAFF ? T("unit") : T("none");
    *unit = classes_of(k, k->policy, action, T("unit"), &is_reasoned);
    *elsewhere = classes_of(k, k->policy, action, T("none"), &is_reasoned);
    k->visible = classes_of(k, k->policy, action, T("assigned"), &is_reasoned);
    struct text what = TEXT_JOIN(k->arena, T("register:"), k->g->of->id);
    if (!(*unit | *elsewhere | k->visible))
        return refused(k->r, k->g, k->policy, k->actor, k->look, action, k->relation, 0, 0, what, p);
    struct access_trace trace = {.actor = k->actor,
                                 .purpose = rights_purpose_word(k->g, k->look->purpose),
                                 .relation = k->relation,
                                 .what = what,
                                 .reason = is_reasoned ? text_trim(k->look->reason) : T("")};
    st = access_record_now(k->r->journal, &trace);
    if (!st) st = store_reader(s, &k->db);
    if (st) return st;
    st = db_begin_read(k->db);
    if (st) store_reader_release(s, k->db);
    return st;
}

void looking_end(struct looking *k) {
    db_end_read(k->db);
    store_reader_release(journal_store(k->r->journal), k->db);
}

// The person sees the public code of an officer, not the name (R-GD-18).
struct text looking_name(struct looking *k, int64_t account) {
    if (!account) return T("");
    for (size_t i = 0; i < k->staff.count; i++)
        if (k->staff.items[i].account == account) return k->staff.items[i].name;
    struct staff_row *row = ARENA_PUSH(k->arena, &k->staff);
    enum status st = access_colleague(k->db, account, k->arena, row);
    row->account = account;
    if (st) row->name = row->public_code = T("");
    if (k->actor->kind != ACTOR_STAFF) row->name = row->public_code;
    return row->name;
}

static bool is_column(const struct looking *k, struct text path) {
    const struct form_field *f = form_field_at(k->g->of->form, path);
    return f && f->is_listed;
}

static class_set classes_said(const struct looking *k, const struct entry *e, bool all) {
    class_set set = 0;
    for (size_t i = 0; i < e->answers.count; i++) {
        const struct form_field *f = form_field_at(k->g->of->form, e->answers.items[i].path);
        if (f && (all || f->is_listed)) set |= access_class(k->policy, f->attribute_class);
    }
    return set;
}

void row_of(const struct looking *k, const struct entry *e, class_set visible, bool all,
            struct entry_row *out) {
    *out = (struct entry_row){.entry = e->entry,
                              .version = e->version,
                              .register_id = e->register_id,
                              .reference = e->reference,
                              .state = e->state,
                              .unit = e->unit,
                              .recorded = e->recorded,
                              .changed = e->changed,
                              .ended = e->ended,
                              .answers = {.arena = k->arena}};
    out->hidden = access_class_names(k->policy, classes_said(k, e, all) & ~visible, k->arena);
    for (size_t i = 0; i < e->answers.count; i++) {
        struct text path = e->answers.items[i].path;
        if ((!all && !is_column(k, path)) || !rights_shows(k->g, k->policy, visible, path)) continue;
        if (answers_set(&out->answers, path, e->answers.items[i].value)) return; // was within limits before
    }
    out->is_hit_only = !out->answers.count && out->hidden.n;
}
