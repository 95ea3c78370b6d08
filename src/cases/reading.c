#include "cases/reading.h"

static const struct sql CASE_RELATION =
    SQL("case_relation", "select pack_version, person_id, account_id, officer_id, unit, is_draft, is_erased, "
                         "procedure from case_file where case_id = :case");

static enum status find_relation(struct reading *r) {
    struct rows q;
    enum status st = DB_ONE(r->db, &q, &CASE_RELATION, V_INT(r->case_id));
    if (!st) {
        r->entry =
            row_int(&q, 5) ? packs_now(r->cases, row_text(&q, 7)) : packs_find(r->cases, row_int(&q, 0));
        r->person = row_int(&q, 1);
        r->account = row_int(&q, 2);
        r->is_erased = row_int(&q, 6) != 0;
        struct case_owner o = {r->account, row_int(&q, 3), row_text(&q, 4), row_int(&q, 5) != 0};
        r->relation = relation_of(r->actor, &o);
        r->is_draft = o.is_draft;
        r->is_closed_to_others = o.is_draft && o.account && o.account != r->actor->account;
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

// The refusal is recorded; then the person is told why and what would help.
static enum status refuse(struct reading *r, const struct look *look, struct access_trace *trace,
                          struct problem *p) {
    struct problem own = {0};
    struct access_question q = {.action = T("read"),
                                .purpose = purpose_in(r->entry, look->purpose),
                                .relation = r->relation,
                                .attribute_class = T("identity"),
                                .reason = look->reason};
    if (!p) p = &own;
    enum status st = access_check(r->entry->policy, r->actor, &q, NULL, p);
    if (!st) { // allowed in general, but not this: somebody's draft, or a list
        *p = (struct problem){.field = "", .rule = "access_role", .text_key = "problem.access.role"};
        st = STATUS_REFUSED;
    }
    trace->rule = p->rule;
    enum status recorded = access_record_now(r->cases->journal, trace);
    return recorded ? recorded : st;
}

// What the actor sees of a case in that relation; a reason counts only where it opens more.
static class_set classes(const struct reading *r, const struct pack_entry *e, struct text relation,
                         bool *is_reasoned) {
    struct text reason = text_trim(r->look.reason), purpose = purpose_in(e, r->look.purpose);
    class_set plain = access_visible_classes(e->policy, r->actor, T("read"), purpose, relation, false);
    if (!reason.n || reason.n > ACCESS_REASON_MAX || !text_is_utf8(reason)) return plain;
    class_set all = access_visible_classes(e->policy, r->actor, T("read"), purpose, relation, true);
    *is_reasoned |= all != plain;
    return all;
}

static const struct seen_of_pack *see(struct reading *r, const struct pack_entry *e, bool *is_reasoned) {
    for (size_t i = 0; i < r->seen.count; i++)
        if (r->seen.items[i].entry == e) return &r->seen.items[i];
    struct seen_of_pack *s = ARENA_PUSH(r->arena, &r->seen);
    s->entry = e;
    s->visible = classes(r, e, r->relation, is_reasoned);
    if (r->is_list) s->elsewhere = classes(r, e, T("none"), is_reasoned);
    s->is_known = s->visible || s->elsewhere;
    struct text relations[] = {r->relation, T("none")};
    for (int i = 0; i < (r->is_list ? 2 : 1) && !s->is_known; i++)
        s->is_known = access_visible_classes(e->policy, r->actor, T("read"), purpose_in(e, r->look.purpose),
                                             relations[i], true) != 0;
    return s;
}

const struct seen_of_pack *case_reading_seen(struct reading *r, int64_t pack_version) {
    bool is_reasoned = false;
    const struct pack_entry *e = packs_find(r->cases, pack_version);
    return see(r, e ? e : r->entry, &is_reasoned);
}

static void add_procedure(struct reading *r, struct text *list, const struct pack_entry *e) {
    *list = TEXT_JOIN(r->arena, list->n ? *list : T(","), pack_id(e->pack), T(","));
}

struct procedure_scope case_reading_scope(struct reading *r, const char *attribute_class) {
    struct pack_entries all = packs_today(r->cases);
    struct procedure_scope scope = {T(""), T(""), T("")};
    size_t wide = 0, near = 0;
    bool is_reasoned = false;
    for (size_t i = 0; i < all.count; i++) {
        const struct pack_entry *e = all.items[i];
        const struct seen_of_pack *s = see(r, e, &is_reasoned);
        class_set wanted =
            attribute_class ? access_class(e->policy, text_of(attribute_class)) : ~(class_set)0;
        if (s->elsewhere & wanted) wide++, add_procedure(r, &scope.wide, e);
        if (s->visible & wanted) near++, add_procedure(r, &scope.near, e);
        if ((s->elsewhere | s->visible) & wanted) scope.only = scope.only.n ? T(",") : pack_id(e->pack);
    }
    if (all.count < 2 || text_eq(scope.only, T(","))) scope.only = T("");
    if (wide == all.count) scope.wide = T("*");
    if (near == all.count) scope.near = T("*");
    return scope;
}

// Of several procedures that whose policy lets the actor in.
static void choose_entry(struct reading *r, bool *is_reasoned) {
    struct pack_entries all = packs_today(r->cases);
    for (size_t i = 0; i < all.count; i++) {
        const struct seen_of_pack *s = see(r, all.items[i], is_reasoned);
        if (!(s->visible | s->elsewhere)) continue;
        r->entry = s->entry;
        r->visible = s->visible;
        r->elsewhere = s->elsewhere;
        return;
    }
}

static enum status admit(struct reading *r, const struct look *look, struct text what, struct problem *p) {
    struct text reason = text_trim(look->reason);
    bool is_reasoned = false;
    r->look = *look;
    if (r->case_id) r->look.purpose = purpose_in(r->entry, look->purpose);
    if (r->case_id)
        r->visible = classes(r, r->entry, r->relation, &is_reasoned);
    else
        choose_entry(r, &is_reasoned);
    if (r->is_closed_to_others) r->visible = 0; // a draft is nobody's business, whatever the reason
    struct access_trace trace = {.case_id = r->case_id,
                                 .subject = r->is_erased ? 0 : r->person,
                                 .actor = r->actor,
                                 .purpose = purpose_word(r->entry, purpose_in(r->entry, look->purpose)),
                                 .relation = r->relation,
                                 .what = what,
                                 .reason = is_reasoned ? reason : T("")};
    return r->visible | r->elsewhere ? access_record_now(r->cases->journal, &trace)
                                     : refuse(r, look, &trace, p);
}

static enum status not_found(struct problem *p) {
    if (p) *p = (struct problem){.field = "", .rule = "not_found", .text_key = "problem.case.not_found"};
    return STATUS_NOT_FOUND;
}

static enum status begin(struct reading *out, const struct look *look, struct text what, struct problem *p) {
    struct store *s = journal_store(out->cases->journal);
    out->entry = packs_now(out->cases, T(""));
    if (!out->entry) return problem(p, "", "no_pack", "problem.pack.none");
    enum status st = store_reader(s, &out->db);
    if (st) return st;
    if (out->case_id) st = find_relation(out);
    if (!st && !out->entry) st = STATUS_CORRUPT;
    if (!st) st = admit(out, look, what, p);
    if (!st) st = db_begin_read(out->db);
    if (st) store_reader_release(s, out->db);
    return st == STATUS_NOT_FOUND ? not_found(p) : st;
}

enum status case_reading_begin(struct cases *c, const struct actor *actor, const struct look *look,
                               int64_t case_id, struct text what, struct arena *a, struct reading *out,
                               struct problem *p) {
    *out = (struct reading){.cases = c, .actor = actor, .arena = a, .case_id = case_id};
    if (case_id < 1) return not_found(p);
    return begin(out, look, what, p);
}

enum status case_reading_begin_list(struct cases *c, const struct actor *actor, const struct look *look,
                                    struct text what, struct arena *a, struct reading *out,
                                    struct problem *p) {
    *out = (struct reading){.cases = c, .actor = actor, .arena = a, .is_list = true};
    out->relation = actor->kind == ACTOR_STAFF ? T("unit") : T("none");
    return begin(out, look, what, p);
}

enum status case_reading_begin_own(struct cases *c, const struct actor *actor, struct arena *a,
                                   struct reading *out, struct problem *p) {
    struct look look = {.purpose = T("own_file")};
    *out = (struct reading){.cases = c, .actor = actor, .arena = a, .relation = T("self")};
    return begin(out, &look, T("own_cases"), p);
}

enum status cases_may_on(struct cases *c, const struct actor *actor, const struct look *look, int64_t case_id,
                         struct text action, struct text attribute_class, struct problem *p) {
    struct arena a = {0};
    struct reading r = {.cases = c, .actor = actor, .arena = &a, .case_id = case_id};
    struct store *s = journal_store(c->journal);
    enum status st = store_reader(s, &r.db);
    if (st) return st;
    st = find_relation(&r);
    store_reader_release(s, r.db);
    if (!st && !r.is_closed_to_others) {
        struct access_question q = {.action = action,
                                    .purpose = purpose_in(r.entry, look->purpose),
                                    .relation = r.relation,
                                    .attribute_class = attribute_class,
                                    .reason = look->reason};
        st = entry_allows(c, r.entry, actor, &q, p);
    }
    arena_free(&a);
    return st == STATUS_NOT_FOUND || r.is_closed_to_others ? not_found(p) : st;
}

void case_reading_end(struct reading *r) {
    db_end_read(r->db);
    store_reader_release(journal_store(r->cases->journal), r->db);
}

bool case_reading_shows(const struct reading *r, const char *attribute_class) {
    return (r->visible & access_class(r->entry->policy, text_of(attribute_class))) != 0;
}

const char *document_class(const struct pack *pack, struct text kind) {
    static const char *const KNOWN[] = {"contact",  "family",   "claim",   "health",
                                        "security", "internal", "decision"};
    const struct code_list *kinds = pack_codes(pack, T("document"));
    const struct code *code = kinds ? code_find(kinds, kind) : NULL;
    for (size_t i = 0; code && i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (text_eq(code_text(code, "class"), text_of(KNOWN[i]))) return KNOWN[i];
    return "identity";
}

struct text case_reading_name(struct reading *r, int64_t account) {
    if (!account) return T("");
    for (size_t i = 0; i < r->staff.count; i++)
        if (r->staff.items[i].account == account) return r->staff.items[i].name;
    struct staff_row *row = ARENA_PUSH(r->arena, &r->staff);
    enum status st = access_colleague(r->db, account, r->arena, row);
    row->account = account;
    if (st) row->name = T("");
    // The person sees the public code of an officer, not the name (R-GD-18).
    if (r->actor->kind != ACTOR_STAFF) row->name = row->public_code;
    return row->name;
}

struct text row_copy(struct reading *r, struct rows *rows, int column) {
    return text_copy(r->arena, row_text(rows, column));
}
