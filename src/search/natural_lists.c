// natural_lists.c - proposals, pairs and false hits, for who decides on them.
#include <stdlib.h>

#include "search/natural_inside.h"

#define PROPOSAL_COLUMNS                                                                                    \
    "p.proposal_id, p.act, p.natural_id, p.other_id, p.record_id, p.merge_id, p.state, p.reason, p.answer," \
    " p.proposed_by, p.proposed_at, p.decided_by, p.decided_at, coalesce(x.name, ''), coalesce(y.name, '')" \
    " from natural_proposal p left join account x on x.account_id = p.proposed_by"                          \
    " left join account y on y.account_id = p.decided_by"

static const struct sql ONE =
    SQL("natural_proposal_one", "select " PROPOSAL_COLUMNS " where p.proposal_id = :proposal");
static const struct sql ASKED =
    SQL("natural_proposals_asked",
        "select " PROPOSAL_COLUMNS " where p.state = 'asked' order by p.proposal_id limit :limit");
static const struct sql OF_PERSON =
    SQL("natural_proposals_of",
        "select " PROPOSAL_COLUMNS " where p.natural_id = :natural or (p.other_id = :natural"
        " and p.other_id <> 0) order by p.proposal_id desc limit :limit");
static const struct sql MOVES =
    SQL("natural_moves",
        "select record_id, goes from natural_move where proposal_id = :proposal order by record_id");

#define PAIR_COLUMNS                                                                                \
    "n.left_id, n.right_id, n.score, n.left_mark, n.right_mark, n.state,"                           \
    " coalesce(p.reason, n.reason), n.decided_by, n.offered_at, n.decided_at, coalesce(x.name, '')" \
    " from natural_pair n left join natural_proposal p on p.proposal_id = n.proposal_id"            \
    " left join account x on x.account_id = n.decided_by"
static const struct sql PAIR =
    SQL("natural_pair_one", "select " PAIR_COLUMNS " where n.left_id = :left and n.right_id = :right");
static const struct sql OFFERED =
    SQL("natural_pairs_offered",
        "select " PAIR_COLUMNS " where n.state = 'offered' order by n.score desc, n.left_id, n.right_id"
        " limit :limit");
static const struct sql RELEASED =
    SQL("natural_release_one",
        "select r.verdict, r.until_on, r.reason, r.decided_by, r.decided_at, coalesce(x.name, '')"
        " from natural_release r left join account x on x.account_id = r.decided_by"
        " where r.asked = :asked and r.record_id = :record and r.mark = :mark"
        " and (r.until_on = '' or r.until_on >= :today)");

static void read_proposal(struct rows *r, struct arena *a, struct natural_proposal *x) {
    *x = (struct natural_proposal){.proposal = row_int(r, 0),
                                   .act = text_copy(a, row_text(r, 1)),
                                   .natural = row_int(r, 2),
                                   .other = row_int(r, 3),
                                   .record = row_int(r, 4),
                                   .merge = row_int(r, 5),
                                   .state = text_copy(a, row_text(r, 6)),
                                   .reason = text_copy(a, row_text(r, 7)),
                                   .answer = text_copy(a, row_text(r, 8)),
                                   .proposed_by = row_int(r, 9),
                                   .proposed = {row_int(r, 10)},
                                   .decided_by = row_int(r, 11),
                                   .decided = {row_int(r, 12)},
                                   .proposed_name = text_copy(a, row_text(r, 13)),
                                   .decided_name = text_copy(a, row_text(r, 14))};
}

static enum status read_moves(struct db *db, struct arena *a, struct natural_proposal *x) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &MOVES, V_INT(x->proposal));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, &x->moves) = (struct natural_move){row_int(&r, 0), row_int(&r, 1) != 0};
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status natural_proposal_read(struct db *db, int64_t proposal, struct arena *a,
                                  struct natural_proposal *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &ONE, V_INT(proposal));
    if (!st) read_proposal(&r, a, out);
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st ? st : read_moves(db, a, out);
}

static enum status read_proposals(struct db *db, const struct sql *sql, const struct value *v, size_t n,
                                  struct arena *a, struct natural_proposals *out) {
    struct rows r;
    enum status st = db_query(db, &r, sql, v, n);
    while (!st && rows_next(&r)) read_proposal(&r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    if (!st) st = end;
    for (size_t i = 0; i < out->count && !st; i++) st = read_moves(db, a, &out->items[i]);
    return st;
}

enum status natural_asked(struct db *db, struct arena *a, struct natural_proposals *out) {
    *out = (struct natural_proposals){0};
    return read_proposals(db, &ASKED, (struct value[]){V_INT(NATURAL_SHOWN_MAX)}, 1, a, out);
}

static int newest_first(const void *x, const void *y) {
    const struct natural_proposal *p = x, *q = y;
    return (p->proposal < q->proposal) - (p->proposal > q->proposal);
}

// A proposal that names two of the numbers came twice.
static void sort_once(struct natural_proposals *list) {
    size_t kept = 0;
    if (!list->count) return;
    qsort(list->items, list->count, sizeof *list->items, newest_first);
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].proposal != list->items[kept].proposal) list->items[++kept] = list->items[i];
    list->count = kept + 1;
}

enum status natural_history(struct db *db, const struct natural_view *v, struct arena *a,
                            struct natural_proposals *out) {
    enum status st = STATUS_OK;
    *out = (struct natural_proposals){0};
    for (size_t i = 0; i < v->numbers.count && !st; i++) {
        struct value args[] = {V_INT(v->numbers.items[i].natural), V_INT(NATURAL_SHOWN_MAX)};
        st = read_proposals(db, &OF_PERSON, args, 2, a, out);
    }
    sort_once(out);
    return st;
}

static void read_pair(struct rows *r, struct arena *a, struct natural_pair *x) {
    *x = (struct natural_pair){.left = row_int(r, 0),
                               .right = row_int(r, 1),
                               .score = (int)row_int(r, 2),
                               .left_mark = row_int(r, 3),
                               .right_mark = row_int(r, 4),
                               .state = text_copy(a, row_text(r, 5)),
                               .reason = text_copy(a, row_text(r, 6)),
                               .decided_by = row_int(r, 7),
                               .offered = {row_int(r, 8)},
                               .decided = {row_int(r, 9)},
                               .decided_name = text_copy(a, row_text(r, 10))};
}

enum status natural_offered(struct db *db, size_t limit, struct arena *a, struct natural_pairs *out) {
    struct rows r;
    *out = (struct natural_pairs){0};
    enum status st = DB_QUERY(db, &r, &OFFERED, V_INT((int64_t)limit));
    while (!st && rows_next(&r)) read_pair(&r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status natural_pair_read(struct db *db, int64_t one, int64_t other, struct arena *a,
                              struct natural_pair *out) {
    struct rows r;
    enum status st =
        DB_ONE(db, &r, &PAIR, V_INT(one < other ? one : other), V_INT(one < other ? other : one));
    if (!st) read_pair(&r, a, out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum natural_verdict verdict_of(struct text word) {
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (text_eq(word, text_of(NATURAL_VERDICTS[i]))) return (enum natural_verdict)i;
    return VERDICT_UNCLEAR;
}

enum status natural_said_of_hit(struct db *db, struct text asked, int64_t record, int64_t mark,
                                struct date today, struct arena *a, struct natural_said *out) {
    struct rows r;
    enum status st =
        DB_ONE(db, &r, &RELEASED, V_TEXT(asked), V_INT(record), V_INT(mark), V_TEXT(date_print(a, today)));
    if (!st) {
        *out = (struct natural_said){.verdict = verdict_of(row_text(&r, 0)),
                                     .reason = text_copy(a, row_text(&r, 2)),
                                     .by = row_int(&r, 3),
                                     .at = {row_int(&r, 4)},
                                     .by_name = text_copy(a, row_text(&r, 5))};
        if (date_parse(row_text(&r, 1), &out->until)) out->until = (struct date){0};
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status natural_released(struct db *db, struct text asked, int64_t record, int64_t mark,
                             struct date today, struct arena *a, struct natural_pair *out) {
    struct natural_said said;
    enum status st = natural_said_of_hit(db, asked, record, mark, today, a, &said);
    if (st || said.verdict != VERDICT_NOT_SAME) return st ? st : STATUS_NOT_FOUND;
    *out = (struct natural_pair){.right = record,
                                 .right_mark = mark,
                                 .state = T("cleared"),
                                 .reason = said.reason,
                                 .decided_by = said.by,
                                 .decided = said.at,
                                 .decided_name = said.by_name};
    return STATUS_OK;
}
