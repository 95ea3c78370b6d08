#include "cases/reading.h"

static const struct sql CASE_RELATION =
    SQL("case_relation", "select pack_version, person_id, account_id, officer_id, unit from case_file where case_id = :case");

static struct text usual_relation(const struct actor *actor) {
    return actor->kind == ACTOR_STAFF ? T("unit") : T("self");
}

static enum status find_relation(struct reading *r) {
    struct rows q;
    enum status st = DB_ONE(r->db, &q, &CASE_RELATION, V_INT(r->case_id));
    if (!st) {
        r->entry = packs_find(r->cases, row_int(&q, 0));
        r->person = row_int(&q, 1);
        r->account = row_int(&q, 2);
        r->relation = relation_of(r->actor, r->account, row_int(&q, 3), text_copy(r->arena, row_text(&q, 4)));
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

// The refusal is recorded; then the person is told why and what would help.
static enum status refuse(struct reading *r, const struct look *look, struct access_trace *trace, struct problem *p) {
    struct problem own = {0};
    struct access_question q = {.action = T("read"), .purpose = look->purpose, .relation = r->relation,
                                .attribute_class = T("identity"), .reason = look->reason};
    if (!p) p = &own;
    enum status st = access_check(r->entry->policy, r->actor, &q, NULL, p);
    if (!st) st = STATUS_REFUSED;
    trace->rule = p->rule ? p->rule : "access_role";
    enum status recorded = access_record_now(r->cases->journal, trace);
    return recorded ? recorded : st;
}

static enum status admit(struct reading *r, const struct look *look, struct text what, struct problem *p) {
    struct text reason = text_trim(look->reason);
    class_set plain = access_visible_classes(r->entry->policy, r->actor, T("read"), look->purpose, r->relation, false);
    r->visible = reason.n ? access_visible_classes(r->entry->policy, r->actor, T("read"), look->purpose, r->relation, true)
                          : plain;
    struct access_trace trace = {.case_id = r->case_id, .subject = r->person, .actor = r->actor,
                                 .purpose = look->purpose, .relation = r->relation, .what = what,
                                 .reason = r->visible == plain ? T("") : reason};
    return r->visible ? access_record_now(r->cases->journal, &trace) : refuse(r, look, &trace, p);
}

static enum status begin(struct cases *c, const struct actor *actor, const struct look *look, int64_t case_id,
                         struct text what, struct arena *a, struct reading *out, struct problem *p) {
    struct store *s = journal_store(c->journal);
    *out = (struct reading){.cases = c, .actor = actor, .arena = a, .case_id = case_id};
    out->entry = packs_newest(c);
    out->relation = usual_relation(actor);
    if (!out->entry) return problem(p, "", "no_pack", "problem.pack.none");
    enum status st = store_reader(s, &out->db);
    if (st) return st;
    if (case_id) st = find_relation(out);
    if (!st && !out->entry) st = STATUS_CORRUPT;
    if (!st) st = admit(out, look, what, p);
    if (!st) st = db_begin_read(out->db);
    if (st) store_reader_release(s, out->db);
    if (st == STATUS_NOT_FOUND && p) *p = (struct problem){.field = "", .rule = "not_found", .text_key = "problem.case.not_found"};
    return st;
}

enum status case_reading_begin(struct cases *c, const struct actor *actor, const struct look *look, int64_t case_id,
                          struct text what, struct arena *a, struct reading *out, struct problem *p) {
    if (case_id < 1) return STATUS_NOT_FOUND;
    return begin(c, actor, look, case_id, what, a, out, p);
}

enum status case_reading_begin_list(struct cases *c, const struct actor *actor, const struct look *look, struct text what,
                               struct arena *a, struct reading *out, struct problem *p) {
    return begin(c, actor, look, 0, what, a, out, p);
}

void case_reading_end(struct reading *r) {
    db_end_read(r->db);
    store_reader_release(journal_store(r->cases->journal), r->db);
}

bool case_reading_shows(const struct reading *r, const char *attribute_class) {
    return (r->visible & access_class(r->entry->policy, text_of(attribute_class))) != 0;
}

struct text case_reading_name(struct reading *r, int64_t account) {
    if (!account) return T("");
    for (size_t i = 0; i < r->staff.count; i++)
        if (r->staff.items[i].account == account) return r->staff.items[i].name;
    struct staff_row *row = ARENA_PUSH(r->arena, &r->staff);
    enum status st = access_staff_one(r->db, account, r->arena, row);
    row->account = account;
    if (st) row->name = T("");
    // The person sees the public code of an officer, not the name (R-GD-18).
    if (r->actor->kind != ACTOR_STAFF && row->public_code.n) row->name = row->public_code;
    return row->name;
}

struct text row_copy(struct reading *r, struct rows *rows, int column) {
    return text_copy(r->arena, row_text(rows, column));
}
