// natural_decided.c - the second person's answer to a proposal.
#include "search/natural_inside.h"

enum status natural_cross(struct db *db, const struct ids *one, const struct ids *other, struct arena *a,
                          struct ids *out) {
    static const struct sql PAIRS = SQL(
        "natural_pairs_of", "select left_id, right_id from natural_pair where left_id = :record"
                            " union all select left_id, right_id from natural_pair where right_id = :record");
    struct rows r;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < one->count && !st; i++) {
        st = DB_QUERY(db, &r, &PAIRS, V_INT(one->items[i]));
        while (!st && rows_next(&r)) {
            int64_t left = row_int(&r, 0), right = row_int(&r, 1);
            if (!ids_have(other, left == one->items[i] ? right : left)) continue;
            *ARENA_PUSH(a, out) = left;
            *ARENA_PUSH(a, out) = right;
        }
        enum status end = rows_end(&r);
        if (!st) st = end;
    }
    return st;
}

static enum status changed(struct natural_decide *k) {
    enum status ignored = problem(k->problem, "", "natural_changed", "problem.natural.changed");
    (void)ignored;
    return STATUS_CONFLICT;
}

static enum status records_under(struct natural_decide *k, int64_t natural, struct ids *out) {
    struct ids tree = {0};
    enum status st = natural_tree(k->db, natural, k->arena, &tree);
    return st ? st : natural_records(k->db, &tree, k->arena, out);
}

// Is what was proposed still possible as it was then?
static enum status still(struct natural_decide *k, const struct natural_proposal *x, bool *holds) {
    struct natural_row one = {0}, other = {0};
    struct natural_view after;
    int64_t home = 0;
    *holds = false;
    enum status st = natural_row_read(k->db, x->natural, k->arena, &one);
    if (!st && x->other) st = natural_row_read(k->db, x->other, k->arena, &other);
    if (!st && x->record) st = natural_home(k->db, x->record, &home);
    if (!st && x->record) st = record_there(k->db, x->record);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    if (text_eq(x->act, T("link"))) *holds = !one.merged_into && !home;
    if (text_eq(x->act, T("merge"))) *holds = !one.merged_into && !other.merged_into;
    if (text_eq(x->act, T("unlink"))) *holds = home == x->natural;
    if (!text_eq(x->act, T("unmerge"))) return STATUS_OK;
    st = natural_came_after(k->db, x->other, k->arena, &after);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    *holds = other.merged_by == x->merge && after.records.count == x->moves.count;
    for (size_t i = 0; i < x->moves.count && *holds; i++) {
        size_t j = 0;
        while (j < after.records.count && after.records.items[j].record != x->moves.items[i].record) j++;
        *holds = j < after.records.count;
    }
    return STATUS_OK;
}

// The two sides that the proposal brings together or takes apart.
static enum status sides(struct natural_decide *k, const struct natural_proposal *x, struct ids *one,
                         struct ids *other) {
    int64_t root;
    struct ids all = {0};
    enum status st = natural_root(k->db, x->natural, &root);
    if (!st) st = records_under(k, root, &all);
    if (!st && x->record) ids_add(k->arena, other, x->record);
    if (!st && x->other) st = records_under(k, x->other, other);
    for (size_t i = 0; i < x->moves.count; i++)
        if (x->moves.items[i].goes) ids_add(k->arena, other, x->moves.items[i].record);
    for (size_t i = 0; i < all.count; i++)
        if (!ids_have(other, all.items[i])) ids_add(k->arena, one, all.items[i]);
    return st;
}

static enum status asked(struct natural_decide *k, struct natural_proposal *x) {
    enum status st = natural_proposal_read(k->db, k->command->proposal, k->arena, x);
    if (st == STATUS_NOT_FOUND)
        return natural_no(k, "proposal", "natural_no_proposal", "problem.natural.no_proposal");
    if (!st && !text_eq(x->state, T("asked"))) return changed(k);
    return st;
}

static struct event_draft *answer(struct natural_decide *k, const struct event_type *type,
                                  const struct natural_proposal *x) {
    struct event_draft *e = events_add(k->out, type, x->natural, x->proposal);
    draft_int(e, "proposal", x->proposal);
    draft_personal_text(e, "answer", text_trim(k->command->reason));
    k->result->proposal = x->proposal;
    k->result->person = x->natural;
    return e;
}

enum status natural_confirm(struct natural_decide *k) {
    struct natural_proposal x;
    struct ids one = {0}, other = {0}, pairs = {0}, going = {0};
    bool holds;
    enum status st = asked(k, &x);
    if (st) return st;
    if (x.proposed_by == k->actor->account) {
        enum status ignored = natural_no(k, "", "four_eyes", "problem.natural.four_eyes");
        (void)ignored;
        return STATUS_REFUSED;
    }
    st = still(k, &x, &holds);
    if (!st && !holds) return changed(k);
    if (!st) st = sides(k, &x, &one, &other);
    if (!st) st = natural_cross(k->db, &other, &one, k->arena, &pairs);
    if (st) return st;
    for (size_t i = 0; i < x.moves.count; i++)
        if (x.moves.items[i].goes) ids_add(k->arena, &going, x.moves.items[i].record);
    struct event_draft *e = answer(k, &EVENT_natural_confirmed, &x);
    draft_text(e, "act", x.act);
    draft_int(e, "other", x.other);
    draft_int(e, "record", x.record);
    draft_bytes(e, "going", ids_encode(k->arena, &going));
    draft_bytes(e, "pairs", ids_encode(k->arena, &pairs));
    return STATUS_OK;
}

enum status natural_refuse(struct natural_decide *k) {
    struct natural_proposal x;
    enum status st = asked(k, &x);
    if (!st) answer(k, &EVENT_natural_refused, &x);
    return st;
}
