// trace.c - each look at a file leaves an event; the person can read who, for what and when (R-GD-18).
#include "access/access.h"

#include <assert.h>

static const struct sql TRACE_ADD = SQL(
    "access_trace_add",
    "insert into access_trace (case_id, seq, at, account, public_code, role, unit, purpose, relation, what,"
    " was_refused, was_reasoned)"
    " values (:case, :seq, :at, :account, :code, :role, :unit, :purpose, :relation, :what, :refused, "
    ":reasoned)");
// Served by the primary key of access_trace.
static const struct sql TRACE_OF_CASE =
    SQL("access_trace_of_case",
        "select seq, at, account, public_code, role, unit, purpose, relation, what, was_refused, was_reasoned"
        " from access_trace where case_id = :case and seq < :before and account <> :except"
        " order by seq desc limit :limit");

static enum status apply_trace(struct db *db, const struct event *e) {
    if (!e->stream) return STATUS_OK; // a list over many cases: in the log, not in one case's table
    return DB_RUN(db, &TRACE_ADD, V_INT(e->stream), V_INT(e->seq), V_INT(e->at.ms), V_INT(e->actor),
                  V_TEXT(event_text(e, "code")), V_TEXT(event_text(e, "role")), V_TEXT(event_text(e, "unit")),
                  V_TEXT(event_text(e, "purpose")), V_TEXT(event_text(e, "relation")),
                  V_TEXT(event_text(e, "what")), V_INT(e->type == &ACCESS_REFUSED),
                  V_INT(event_bool(e, "reasoned")));
}

const struct event_type ACCESS_READ = {"access_read", apply_trace};
const struct event_type ACCESS_REFUSED = {"access_refused", apply_trace};

// The open part of an event holds words of the pack, never what somebody typed.
static struct text word(struct text t) {
    return t.n <= ACCESS_WORD_MAX && text_is_utf8(t) ? t : T("unknown");
}

enum status access_record(struct write *w, const struct access_trace *t) {
    const struct actor *actor = t->actor;
    struct events *list = events_new(w->arena);
    int64_t subject = t->subject ? t->subject : actor->account;
    struct text reason = text_trim(t->reason);
    if (reason.n > ACCESS_REASON_MAX || !text_is_utf8(reason))
        reason = T("?"); // never a half character in the log
    struct event_draft *d = events_add(list, t->rule ? &ACCESS_REFUSED : &ACCESS_READ, t->case_id, subject);
    draft_text(d, "code", actor->public_code);
    draft_text(d, "role", actor->role_count ? actor->roles[0] : T(""));
    draft_text(d, "unit", actor->unit);
    draft_text(d, "purpose", word(t->purpose));
    draft_text(d, "relation", t->relation);
    draft_text(d, "what", t->what);
    if (t->rule) draft_text(d, "rule", text_of(t->rule));
    if (reason.n) draft_bool(d, "reasoned", true);
    if (reason.n && subject) draft_personal_text(d, "reason", reason);
    return write_events(w, actor->account, list);
}

static enum status record_alone(struct write *w, void *argument, struct problem *p) {
    (void)p;
    return access_record(w, argument);
}

enum status access_record_now(struct journal *j, const struct access_trace *trace) {
    struct arena a = {0};
    enum status st = journal_write_repeatable(j, record_alone, (void *)trace, &a, NULL);
    arena_free(&a);
    return st;
}

static enum status record_all(struct write *w, void *argument, struct problem *p) {
    const struct trace_list *list = argument;
    enum status st = STATUS_OK;
    (void)p;
    for (size_t i = 0; i < list->count && !st; i++) st = access_record(w, &list->items[i]);
    return st;
}

enum status access_record_all(struct journal *j, const struct trace_list *traces) {
    struct arena a = {0};
    enum status st =
        traces->count ? journal_write_repeatable(j, record_all, (void *)traces, &a, NULL) : STATUS_OK;
    arena_free(&a);
    return st;
}

static void read_seen(struct rows *r, struct arena *a, struct access_seen *s) {
    *s = (struct access_seen){.seq = row_int(r, 0),
                              .at = {row_int(r, 1)},
                              .account = row_int(r, 2),
                              .public_code = text_copy(a, row_text(r, 3)),
                              .role = text_copy(a, row_text(r, 4)),
                              .unit = text_copy(a, row_text(r, 5)),
                              .purpose = text_copy(a, row_text(r, 6)),
                              .relation = text_copy(a, row_text(r, 7)),
                              .what = text_copy(a, row_text(r, 8)),
                              .was_refused = row_int(r, 9),
                              .was_reasoned = row_int(r, 10)};
}

enum status access_seen(struct db *db, int64_t case_id, int64_t before_seq, int64_t except_account,
                        size_t limit, struct arena *a, struct access_seen_list *out) {
    struct rows r;
    if (limit > ACCESS_TRACES_MAX) limit = ACCESS_TRACES_MAX;
    // The system's own account is 0; -1 is nobody's, so that "no exception" excludes nothing.
    enum status st =
        DB_QUERY(db, &r, &TRACE_OF_CASE, V_INT(case_id), V_INT(before_seq ? before_seq : INT64_MAX),
                 V_INT(except_account ? except_account : -1), V_INT((int64_t)limit));
    while (!st && rows_next(&r)) read_seen(&r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    return st ? st : end;
}
