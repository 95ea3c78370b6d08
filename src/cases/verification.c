// verification.c - the history of checked documents: command, event, table, reading.
#include "cases/verification.h"

#include "base/encode.h"
#include "cases/internal.h"

// Served by document_check_of.
static const struct sql EARLIER =
    SQL("document_checks", "select at, unit, result, checks, anomalies, actor_id from document_check"
                           " where document = :document order by seq desc limit :limit");
static const struct sql COUNT =
    SQL("document_check_count", "select count(*) from document_check where document = :document");
static const struct sql INSERT = SQL(
    "document_check_insert",
    "insert into document_check (seq, document, at, actor_id, unit, result, checks, anomalies, keep_until)"
    " values (:seq, :document, :at, :actor, :unit, :result, :checks, :anomalies, :until)");
// Served by document_check_until.
static const struct sql ENDED =
    SQL("document_checks_ended", "select count(*) from document_check where keep_until < :day");
static const struct sql FORGET =
    SQL("document_checks_forget", "delete from document_check where keep_until < :day");

const char *document_result_word(enum document_result r) {
    static const char *const WORDS[DOCUMENT_RESULT_COUNT] = {"genuine", "plausible", "doubtful", "false"};
    return r < DOCUMENT_RESULT_COUNT ? WORDS[r] : "";
}

// ---- events

enum status apply_document_checked(struct db *db, const struct event *e) {
    return DB_RUN(db, &INSERT, V_INT(e->seq), V_TEXT(event_text(e, "document")), V_INT(e->at.ms),
                  V_INT(e->actor), V_TEXT(event_text(e, "unit")), V_TEXT(event_text(e, "result")),
                  V_TEXT(event_text(e, "checks")), V_TEXT(event_text(e, "anomalies")),
                  V_INT(event_int(e, "keep_until")));
}

enum status apply_document_checks_ended(struct db *db, const struct event *e) {
    return DB_RUN(db, &FORGET, V_INT(event_int(e, "before")));
}

// ---- the command

struct check_job {
    struct cases *cases;
    const struct actor *actor;
    const struct document_check *check;
    struct text purpose, document, checks, anomalies;
    struct arena *arena; // the caller's
    struct earlier_checks *out;
};

// Capital letters and digits only: people type spaces and dashes that a zone does not have.
static struct text normal(struct arena *a, struct text t) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i] >= 'a' && t.p[i] <= 'z' ? (char)(t.p[i] - 32) : t.p[i];
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out_byte(&o, c);
    }
    return out_done(&o);
}

// The key comes from the authority's own, so nobody outside can try numbers.
static enum status name_document(struct check_job *j, struct problem *p) {
    const struct document_reference *d = &j->check->document;
    struct text state = normal(j->arena, d->state), number = normal(j->arena, d->number);
    if (!state.n) return problem(p, "issuer", "document_state", "problem.document.state");
    if (!number.n || number.n > DOCUMENT_NUMBER_MAX)
        return problem(p, "number", "document_number", "problem.document.number");
    struct key key = key_derive(&j->cases->letter_key, T("document checks"));
    struct text parts = TEXT_JOIN(j->arena, state, T("|"), normal(j->arena, d->type), T("|"), number, T("|"),
                                  date_print(j->arena, d->expiry));
    struct hash h = hash_keyed(&key, bytes_of(parts));
    key_wipe(&key);
    j->document = hex_encode(j->arena, hash_bytes(&h));
    return STATUS_OK;
}

static struct text words(struct arena *a, const char *const *list) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < DOCUMENT_WORDS_MAX && list[i]; i++) {
        if (i) out_byte(&o, ',');
        out_c(&o, list[i]);
    }
    return out_done(&o);
}

static int64_t keep_until(struct date expiry, struct date today) {
    struct date end = date_is_full(expiry) ? expiry : today;
    int years = date_is_full(expiry) ? DOCUMENT_KEPT_YEARS : DOCUMENT_KEPT_UNKNOWN_YEARS;
    return date_to_days(date_add_months(end, years * 12));
}

static enum status read_earlier(struct check_job *j, struct db *db) {
    struct rows r;
    enum status st = DB_INT(db, &j->out->all, &COUNT, V_TEXT(j->document));
    if (st) return st;
    st = DB_QUERY(db, &r, &EARLIER, V_TEXT(j->document), V_INT(DOCUMENT_CHECKS_SHOWN_MAX));
    while (!st && rows_next(&r))
        *ARENA_PUSH(j->arena, j->out) =
            (struct earlier_check){.at = {row_int(&r, 0)},
                                   .place = text_copy(j->arena, row_text(&r, 1)),
                                   .result = text_copy(j->arena, row_text(&r, 2)),
                                   .checks = text_copy(j->arena, row_text(&r, 3)),
                                   .anomalies = text_copy(j->arena, row_text(&r, 4)),
                                   .is_own = row_int(&r, 5) == j->actor->account};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static void emit(struct check_job *j, struct events *out, struct date today) {
    struct event_draft *e = events_add(out, &EVENT_document_checked, 0, 0);
    draft_text(e, "document", j->document);
    draft_text(e, "unit", j->actor->unit);
    draft_text(e, "purpose", j->purpose);
    draft_text(e, "result", text_of(document_result_word(j->check->result)));
    draft_text(e, "checks", j->checks);
    draft_text(e, "anomalies", j->anomalies);
    draft_int(e, "keep_until", keep_until(j->check->document.expiry, today));
}

// What is kept no longer goes with the next check: nobody needs to remember it.
static enum status forget_ended(struct write *w, struct events *out, struct date today) {
    int64_t ended;
    enum status st = DB_INT(w->db, &ended, &ENDED, V_INT(date_to_days(today)));
    if (!st && ended)
        draft_int(events_add(out, &EVENT_document_checks_ended, 0, 0), "before", date_to_days(today));
    return st;
}

static enum status act(struct write *w, void *argument, struct problem *p) {
    struct check_job *j = argument;
    struct events *out = events_new(w->arena);
    struct date today = date_from_days(w->now.ms / (24 * 3600 * 1000));
    (void)p;
    enum status st = forget_ended(w, out, today);
    if (!st) st = read_earlier(j, w->db);
    if (st) return st;
    emit(j, out, today);
    return write_events(w, j->actor->account, out);
}

enum status cases_may_check_document(struct cases *c, const struct actor *actor, const struct look *look,
                                     struct problem *p) {
    struct access_question q = {.action = T("check_document"),
                                .purpose = look->purpose,
                                .relation = T("none"),
                                .attribute_class = T("internal")};
    return entry_allows(c, packs_newest(c), actor, &q, p);
}

enum status cases_check_document(struct cases *c, const struct actor *actor, const struct look *look,
                                 const struct document_check *check, struct arena *a,
                                 struct earlier_checks *out, struct problem *p) {
    struct check_job j = {.cases = c, .actor = actor, .check = check, .arena = a, .out = out};
    *out = (struct earlier_checks){0};
    enum status st = cases_may_check_document(c, actor, look, p);
    if (!st) st = name_document(&j, p);
    if (st) return st;
    j.purpose = look->purpose;
    j.checks = words(a, check->checks);
    j.anomalies = words(a, check->anomalies);
    return journal_write(c->journal, act, &j, a, p);
}
