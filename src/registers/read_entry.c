// read_entry.c - one entry: as of a day and a moment, with where each attribute comes from, and its history.
#include "registers/internal.h"

static const struct sql FAULTS =
    SQL("register_faults",
        "select fault_id, state, body, answer, outcome, by_id, answered_by, reported_at, due_at,"
        " answered_at from register_fault where entry_id = :entry order by fault_id desc limit 100");
static const struct sql CASE_NUMBER =
    SQL("register_case_number", "select coalesce(case_no, '') from case_file where case_id = :case");
static const struct sql BY_REFERENCE =
    SQL("register_by_reference",
        "select entry_id from register_entry where reference = :reference and state <> 'importing'");

static bool counts(const struct layer *l, struct date day, struct moment known) {
    return text_eq(l->state, T("known")) && text_eq(l->kind, T("said")) && l->known.ms <= known.ms &&
           layer_covers(l, day);
}

// The layer that gave an attribute the value it has: from the top down as long as the layers below say the
// same.
static int64_t said_by(const struct entry *e, const struct entry_at *at, struct text path,
                       struct text value) {
    int64_t version = 0;
    for (size_t i = e->layers.count; i-- > 0;) {
        const struct layer *l = &e->layers.items[i];
        if (!counts(l, at->day, at->known)) continue;
        if (version && !text_eq(answers_get(&l->answers, path), value)) break;
        version = l->version;
    }
    return version;
}

static void add_values(struct looking *k, const struct entry *e, struct entry_view *v) {
    for (size_t i = 0; i < v->head.answers.count; i++) {
        struct answer a = v->head.answers.items[i];
        *ARENA_PUSH(k->arena, &v->values) =
            (struct entry_value){a.path, a.value, said_by(e, &v->at, a.path, a.value)};
    }
}

static enum status add_faults(struct looking *k, const struct entry *e, struct entry_view *v) {
    struct rows q;
    enum status st = DB_QUERY(k->db, &q, &FAULTS, V_INT(e->entry));
    while (!st && rows_next(&q)) {
        bool is_own = row_int(&q, 5) == k->actor->account;
        if (k->actor->kind != ACTOR_STAFF && k->actor->kind != ACTOR_SYSTEM && !is_own) continue;
        struct entry_fault *f = ARENA_PUSH(k->arena, &v->faults);
        *f = (struct entry_fault){.fault = row_int(&q, 0),
                                  .state = text_copy(k->arena, row_text(&q, 1)),
                                  .body = text_copy(k->arena, row_text(&q, 2)),
                                  .answer = text_copy(k->arena, row_text(&q, 3)),
                                  .outcome = text_copy(k->arena, row_text(&q, 4)),
                                  .reported = {row_int(&q, 7)},
                                  .due = {row_int(&q, 8)},
                                  .answered = {row_int(&q, 9)}};
        int64_t by = row_int(&q, 5), answered_by = row_int(&q, 6);
        f->by_name = looking_name(k, by);
        f->answered_by_name = looking_name(k, answered_by);
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

static enum status add_case_number(struct looking *k, const struct entry *e, struct entry_view *v) {
    struct rows q;
    if (!e->case_id) return STATUS_OK;
    enum status st = DB_ONE(k->db, &q, &CASE_NUMBER, V_INT(e->case_id));
    if (!st) v->case_no = text_copy(k->arena, row_text(&q, 0));
    enum status end = rows_end(&q);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st ? st : end;
}

static void add_rights(const struct looking *k, struct entry_view *v) {
    for (int i = 0; i < REGISTER_ACTION_COUNT; i++)
        v->may[i] = classes_of(k, k->policy, (enum register_action)i, k->relation, NULL) != 0;
    bool is_over = !text_eq(v->head.state, T("current")) && !text_eq(v->head.state, T("ended"));
    if (is_over || v->waiting) v->may[REGISTER_RECORD] = v->may[REGISTER_END] = false;
    if (is_over) v->may[REGISTER_REVIEW] = false;
    if (text_eq(v->head.state, T("ended"))) v->may[REGISTER_END] = false;
    if (!v->waiting || v->is_own_wait) v->may[REGISTER_CONFIRM] = false;
    if (text_eq(v->head.state, T("erased"))) v->may[REGISTER_ERASE] = false;
}

static enum status view_of(struct looking *k, const struct entry *e, const struct entry_at *at,
                           struct entry_view *v) {
    *v = (struct entry_view){.of = k->g->of, .relation = k->relation, .at = *at};
    if (!v->at.day.year) v->at.day = zone_date(k->r->zone, k->now);
    if (!v->at.known.ms) v->at.known = k->now;
    struct entry as_of = *e;
    const struct layer *l = entry_as_of(e, v->at.day, v->at.known);
    v->holds = l && text_eq(l->kind, T("said"));
    bool is_now = !at->day.year && !at->known.ms;
    if (v->holds)
        as_of.answers = l->answers;
    else if (!is_now) // of now: what it said last, so that one sees what has ended or waits
        as_of.answers = (struct answers){.arena = k->arena};
    row_of(k, &as_of, k->visible, true, &v->head);
    v->hidden = v->head.hidden;
    v->waiting = e->waiting;
    v->is_own_wait = e->waiting && e->waits_of == k->actor->account;
    v->due = e->due;
    v->due_rule = e->due_rule;
    v->due_then = e->due_then;
    v->review = e->review;
    v->person = e->person;
    v->case_id = e->case_id;
    v->import = e->import;
    add_values(k, e, v);
    add_rights(k, v);
    enum status st = add_case_number(k, e, v);
    return st ? st : add_faults(k, e, v);
}

// Words of reasons and sources belong to what they are about: who sees nothing of a version sees none of
// them.
static void add_version(struct looking *k, const struct layer *l, struct entry_view *v) {
    struct entry_version *to = ARENA_PUSH(k->arena, &v->versions);
    bool is_staff = k->actor->kind == ACTOR_STAFF || k->actor->kind == ACTOR_SYSTEM;
    *to = (struct entry_version){.version = l->version,
                                 .kind = l->kind,
                                 .state = l->state,
                                 .from = l->from,
                                 .until = l->until,
                                 .recorded = l->recorded,
                                 .known = l->known,
                                 .is_mistake = l->is_mistake,
                                 .by_name = looking_name(k, l->by),
                                 .confirmed_by_name = looking_name(k, l->confirmed_by),
                                 .unit = l->unit,
                                 .purpose = l->purpose,
                                 .law = l->law,
                                 .source = l->source};
    if (is_staff)
        to->reason = l->refusal.n ? TEXT_JOIN(k->arena, l->reason, l->reason.n ? T("\n") : T(""), l->refusal)
                                  : l->reason;
    rights_keep(k->g, k->policy, k->visible, &l->answers, k->arena, &to->answers);
}

static enum status open_entry(struct registers *r, const struct actor *actor, const struct look *look,
                              int64_t entry, const struct entry_at *at, bool with_versions, struct arena *a,
                              struct entry_view *out, struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    struct entry e;
    enum status st = looking_begin_entry(&k, entry, REGISTER_READ,
                                         with_versions ? T("register_history") : T("register_entry"), &e, p);
    if (st) return st;
    st = view_of(&k, &e, at, out);
    for (size_t i = e.layers.count; i-- > 0 && with_versions && !st;)
        add_version(&k, &e.layers.items[i], out);
    looking_end(&k);
    return st;
}

enum status registers_open_entry(struct registers *r, const struct actor *actor, const struct look *look,
                                 int64_t entry, const struct entry_at *at, struct arena *a,
                                 struct entry_view *out, struct problem *p) {
    struct entry_at now = {0};
    return open_entry(r, actor, look, entry, at ? at : &now, false, a, out, p);
}

enum status registers_history(struct registers *r, const struct actor *actor, const struct look *look,
                              int64_t entry, struct arena *a, struct entry_view *out, struct problem *p) {
    struct entry_at now = {0};
    return open_entry(r, actor, look, entry, &now, true, a, out, p);
}

enum status registers_entry_of(struct registers *r, struct text reference, int64_t *entry) {
    struct store *s = journal_store(r->journal);
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_INT(db, entry, &BY_REFERENCE, V_TEXT(text_trim(reference)));
    store_reader_release(s, db);
    return st;
}

enum status registers_seen(struct registers *r, const struct actor *actor, const struct look *look,
                           int64_t entry, int64_t before, size_t limit, struct arena *a,
                           struct access_seen_list *out, struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    struct entry e;
    *out = (struct access_seen_list){0};
    enum status st = looking_begin_entry(&k, entry, REGISTER_READ, T("register_seen"), &e, p);
    if (st) return st;
    st = access_seen(k.db, entry, before, actor->account, limit, a, out);
    looking_end(&k);
    return st;
}
