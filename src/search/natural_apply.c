// natural_apply.c - events of natural persons, and the tables that they make.
#include "search/natural_inside.h"

static const struct sql PERSON =
    SQL("natural_insert",
        "insert into natural_person (natural_id, number, merged_into, merged_by, merged_seq, version)"
        " values (:natural, :number, 0, 0, 0, :seq)");
static const struct sql TOUCH =
    SQL("natural_touch", "update natural_person set version = :seq where natural_id = :natural");
static const struct sql MERGE =
    SQL("natural_merge", "update natural_person set merged_into = :into, merged_by = :proposal,"
                         " merged_seq = :merged, version = :seq where natural_id = :natural");
static const struct sql LINK =
    SQL("natural_link", "insert into natural_record (record_id, natural_id, linked_seq, proposal_id)"
                        " values (:record, :natural, :seq, :proposal)");
static const struct sql MOVE =
    SQL("natural_move",
        "update natural_record set natural_id = :natural, linked_seq = :seq, proposal_id = :proposal"
        " where record_id = :record");
static const struct sql UNLINK =
    SQL("natural_unlink", "delete from natural_record where record_id = :record");
static const struct sql PROPOSE = SQL(
    "natural_propose",
    "insert into natural_proposal (proposal_id, act, natural_id, other_id, record_id, merge_id, state, "
    "reason,"
    " proposed_by, proposed_at, decided_by, decided_at, answer) values (:proposal, :act, :natural, :other,"
    " :record, :merge, 'asked', :reason, :by, :at, 0, 0, '')");
static const struct sql PLACE = SQL("natural_place", "insert into natural_move (proposal_id, record_id, goes)"
                                                     " values (:proposal, :record, :goes)");
static const struct sql DECIDE =
    SQL("natural_decide", "update natural_proposal set state = :state, decided_by = :by, decided_at = :at,"
                          " answer = :answer where proposal_id = :proposal");
static const struct sql PAIR_DECIDE =
    SQL("natural_pair_decide", "update natural_pair set state = :state, proposal_id = :proposal, pair_id = 0,"
                               " reason = '', decided_by = :by, decided_at = :at"
                               " where left_id = :left and right_id = :right");
static const struct sql PAIR_PUT = SQL(
    "natural_pair_put",
    "insert into natural_pair (left_id, right_id, pair_id, proposal_id, score, left_mark, right_mark, state,"
    " offered_at, decided_by, decided_at, reason) values (:left, :right, :pair, 0, :score, :left_mark,"
    " :right_mark, :state, :at, :by, :decided_at, :reason) on conflict (left_id, right_id) do update set"
    " pair_id = excluded.pair_id, proposal_id = 0, left_mark = excluded.left_mark,"
    " right_mark = excluded.right_mark, state = excluded.state, decided_by = excluded.decided_by,"
    " decided_at = excluded.decided_at, reason = excluded.reason,"
    " score = case when excluded.state = 'offered' then excluded.score else natural_pair.score end,"
    " offered_at = case when excluded.state = 'offered' then excluded.offered_at else "
    "natural_pair.offered_at end");
static const struct sql COMPARED =
    SQL("natural_compared_put",
        "insert into natural_compared (one, through_at, through_seq, through_entry) values (1, :at, :seq,"
        " :entry) on conflict (one)"
        " do update set through_at = excluded.through_at, through_seq = excluded.through_seq,"
        " through_entry = excluded.through_entry where excluded.through_seq >= natural_compared.through_seq"
        " and excluded.through_entry >= natural_compared.through_entry");
static const struct sql RELEASE = SQL(
    "natural_release_put",
    "insert into natural_release (asked, record_id, release_id, mark, verdict, until_on, decided_by, "
    "decided_at,"
    " reason) values (:asked, :record, :release, :mark, :verdict, :until, :by, :at, :reason)"
    " on conflict (asked, record_id) do update set release_id = excluded.release_id, mark = excluded.mark,"
    " verdict = excluded.verdict, until_on = excluded.until_on, decided_by = excluded.decided_by,"
    " decided_at = excluded.decided_at, reason = excluded.reason");
static const struct sql REASON_ERASE =
    SQL("natural_reason_erase", "update natural_proposal set reason = '', answer = '',"
                                " state = case when state = 'asked' then 'lapsed' else state end"
                                " where proposal_id = :proposal");
static const struct sql LEFT[] = {
    SQL("natural_left_record", "delete from natural_record where record_id = :record"),
    SQL("natural_left_pairs", "delete from natural_pair where left_id = :record or right_id = :record"),
    SQL("natural_left_releases", "delete from natural_release where record_id = :record"),
    SQL("natural_left_moves", "delete from natural_move where record_id = :record"),
};

static enum status touch(struct db *db, const struct event *e) {
    return DB_RUN(db, &TOUCH, V_INT(e->seq), V_INT(e->stream));
}

enum status apply_natural_opened(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &PERSON, V_INT(e->stream), V_TEXT(event_text(e, "number")), V_INT(e->seq));
    return st ? st
              : DB_RUN(db, &LINK, V_INT(event_int(e, "record")), V_INT(e->stream), V_INT(e->seq), V_INT(0));
}

enum status apply_natural_proposed(struct db *db, const struct event *e) {
    struct arena a = {0};
    struct ids moves = {0};
    int64_t proposal = event_int(e, "proposal");
    enum status st =
        DB_RUN(db, &PROPOSE, V_INT(proposal), V_TEXT(event_text(e, "act")), V_INT(e->stream),
               V_INT(event_int(e, "other")), V_INT(event_int(e, "record")), V_INT(event_int(e, "merge")),
               V_TEXT(event_text(e, "reason")), V_INT(e->actor), V_INT(e->at.ms));
    if (!st) st = ids_decode(&a, event_bytes(e, "moves"), &moves);
    for (size_t i = 0; i + 1 < moves.count && !st; i += 2)
        st = DB_RUN(db, &PLACE, V_INT(proposal), V_INT(moves.items[i]), V_INT(moves.items[i + 1]));
    arena_free(&a);
    return st ? st : touch(db, e);
}

static enum status decided(struct db *db, const struct event *e, const char *state) {
    return DB_RUN(db, &DECIDE, V_TEXT(text_of(state)), V_INT(e->actor), V_INT(e->at.ms),
                  V_TEXT(event_text(e, "answer")), V_INT(event_int(e, "proposal")));
}

static enum status move_records(struct db *db, const struct event *e, struct arena *a) {
    struct ids going = {0};
    enum status st = ids_decode(a, event_bytes(e, "going"), &going);
    for (size_t i = 0; i < going.count && !st; i++)
        st = DB_RUN(db, &MOVE, V_INT(event_int(e, "other")), V_INT(e->seq), V_INT(event_int(e, "proposal")),
                    V_INT(going.items[i]));
    return st;
}

static enum status decide_pairs(struct db *db, const struct event *e, const char *state, struct arena *a) {
    struct ids pairs = {0};
    enum status st = ids_decode(a, event_bytes(e, "pairs"), &pairs);
    for (size_t i = 0; i + 1 < pairs.count && !st; i += 2)
        st = DB_RUN(db, &PAIR_DECIDE, V_TEXT(text_of(state)), V_INT(event_int(e, "proposal")),
                    V_INT(e->actor), V_INT(e->at.ms), V_INT(pairs.items[i]), V_INT(pairs.items[i + 1]));
    return st;
}

enum status apply_natural_confirmed(struct db *db, const struct event *e) {
    struct arena a = {0};
    struct text act = event_text(e, "act");
    int64_t record = event_int(e, "record"), other = event_int(e, "other"),
            proposal = event_int(e, "proposal");
    bool parts = text_eq(act, T("unlink")) || text_eq(act, T("unmerge"));
    enum status st = decided(db, e, "confirmed");
    if (!st && text_eq(act, T("link")))
        st = DB_RUN(db, &LINK, V_INT(record), V_INT(e->stream), V_INT(e->seq), V_INT(proposal));
    if (!st && text_eq(act, T("unlink"))) st = DB_RUN(db, &UNLINK, V_INT(record));
    if (!st && text_eq(act, T("merge")))
        st =
            DB_RUN(db, &MERGE, V_INT(e->stream), V_INT(proposal), V_INT(e->seq), V_INT(e->seq), V_INT(other));
    if (!st && text_eq(act, T("unmerge")))
        st = DB_RUN(db, &MERGE, V_INT(0), V_INT(0), V_INT(0), V_INT(e->seq), V_INT(other));
    if (!st) st = move_records(db, e, &a);
    if (!st) st = decide_pairs(db, e, parts ? "cleared" : "same", &a);
    arena_free(&a);
    return st ? st : touch(db, e);
}

enum status apply_natural_refused(struct db *db, const struct event *e) {
    enum status st = decided(db, e, "refused");
    return st ? st : touch(db, e);
}

// Five numbers a pair: left, right, score and both marks.
enum status apply_natural_compared(struct db *db, const struct event *e) {
    struct arena a = {0};
    struct ids p = {0};
    enum status st = ids_decode(&a, event_bytes(e, "pairs"), &p);
    for (size_t i = 0; i + 4 < p.count && !st; i += 5)
        st = DB_RUN(db, &PAIR_PUT, V_INT(p.items[i]), V_INT(p.items[i + 1]), V_INT(0), V_INT(p.items[i + 2]),
                    V_INT(p.items[i + 3]), V_INT(p.items[i + 4]), V_TEXT(T("offered")), V_INT(e->at.ms),
                    V_INT(0), V_INT(0), V_TEXT(T("")));
    arena_free(&a);
    return st ? st
              : DB_RUN(db, &COMPARED, V_INT(event_int(e, "through_at")), V_INT(event_int(e, "through")),
                       V_INT(event_int(e, "through_entry")));
}

enum status apply_natural_pair_cleared(struct db *db, const struct event *e) {
    return DB_RUN(db, &PAIR_PUT, V_INT(event_int(e, "left")), V_INT(event_int(e, "right")),
                  V_INT(event_int(e, "pair")), V_INT(0), V_INT(event_int(e, "left_mark")),
                  V_INT(event_int(e, "right_mark")), V_TEXT(T("cleared")), V_INT(0), V_INT(e->actor),
                  V_INT(e->at.ms), V_TEXT(event_text(e, "reason")));
}

enum status apply_natural_hit_released(struct db *db, const struct event *e) {
    return DB_RUN(db, &RELEASE, V_TEXT(event_text(e, "asked")), V_INT(event_int(e, "record")),
                  V_INT(event_int(e, "release")), V_INT(event_int(e, "mark")),
                  V_TEXT(event_text(e, "verdict")), V_TEXT(event_text(e, "until")), V_INT(e->actor),
                  V_INT(e->at.ms), V_TEXT(event_text(e, "reason")));
}

// The key of a proposal is gone: on replay its words read as empty.
enum status apply_natural_reason_erased(struct db *db, const struct event *e) {
    return DB_RUN(db, &REASON_ERASE, V_INT(event_int(e, "proposal")));
}

enum status apply_natural_record_left(struct db *db, const struct event *e) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < sizeof LEFT / sizeof *LEFT && !st; i++)
        st = DB_RUN(db, &LEFT[i], V_INT(event_int(e, "record")));
    return st;
}

#define DEFINE_EVENT(name) const struct event_type EVENT_##name = {#name, apply_##name};
NATURAL_EVENTS(DEFINE_EVENT)
#undef DEFINE_EVENT
