// verification.c - the history of checked documents: command, event, table, reading.
#include "cases/verification.h"

#include "base/encode.h"
#include "cases/internal.h"
#include "pack/register.h"

enum { DAY_MS = 24 * 3600 * 1000 };

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

// What the register `verif` says of an entry that knows when the document ends, and no more. Without a rule
// that holds, nothing allows to keep the check after the day.
static int64_t keep_until(struct check_job *j, struct moment now, struct date today) {
    const struct pack_entry *entry = packs_newest(j->cases);
    const struct pack_register *g = entry ? pack_register(entry->pack, T("verif")) : NULL;
    struct answers said = {.arena = j->arena};
    struct date expiry = j->check->document.expiry;
    bool has_end = date_is_full(expiry);
    if (has_end && answers_set(&said, T("doc_expires_on"), date_print(j->arena, expiry))) has_end = false;
    struct feel_value facts, v;
    struct feel_now at = feel_now_of(j->cases, now);
    if (g) facts = form_feel(j->arena, g->form, &said);
    for (size_t i = 0; g && i < g->retention_count; i++) {
        const struct register_retention *t = &g->retention[i];
        if (t->condition && (feel_eval(t->condition, &facts, &at, j->arena, &v, NULL) || !feel_is_true(&v)))
            continue;
        if (t->is_permanent) return INT32_MAX;
        struct date end = has_end && text_eq(t->from, T("doc_expires_on")) ? expiry : today;
        end = date_add_months(end, (int)(12 * t->years + t->months));
        return date_to_days(date_add_days(end, (int)t->days));
    }
    return date_to_days(today);
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

static void emit(struct check_job *j, struct events *out, struct moment now) {
    struct date today = date_from_days(now.ms / DAY_MS);
    struct event_draft *e = events_add(out, &EVENT_document_checked, 0, 0);
    draft_text(e, "document", j->document);
    draft_text(e, "unit", j->actor->unit);
    draft_text(e, "purpose", j->purpose);
    draft_text(e, "result", text_of(document_result_word(j->check->result)));
    draft_text(e, "checks", j->checks);
    draft_text(e, "anomalies", j->anomalies);
    draft_int(e, "keep_until", keep_until(j, now, today));
}

static enum status act(struct write *w, void *argument, struct problem *p) {
    struct check_job *j = argument;
    struct events *out = events_new(w->arena);
    (void)p;
    enum status st = read_earlier(j, w->db);
    if (st) return st;
    emit(j, out, w->now);
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

// ---- retention

struct forgetting {
    int64_t before, count;
};

static enum status forget(struct write *w, void *argument, struct problem *p) {
    struct forgetting *f = argument;
    (void)p;
    enum status st = DB_INT(w->db, &f->count, &ENDED, V_INT(f->before));
    if (st || !f->count) return st;
    struct events *out = events_new(w->arena);
    struct event_draft *e = events_add(out, &EVENT_document_checks_ended, 0, 0);
    draft_int(e, "before", f->before);
    draft_int(e, "count", f->count);
    return write_events(w, 0, out);
}

enum status cases_forget_documents(struct cases *c, bool is_try, int64_t *count) {
    struct store *s = journal_store(c->journal);
    struct forgetting f = {.before = env_now(journal_env(c->journal)).ms / DAY_MS};
    struct arena a = {0};
    struct problem p;
    struct db *db;
    *count = 0;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_INT(db, &f.count, &ENDED, V_INT(f.before)); // mostly none: seen without the writer
    store_reader_release(s, db);
    if (!st && f.count && !is_try) st = journal_write(c->journal, forget, &f, &a, &p);
    if (!st) *count = f.count;
    arena_free(&a);
    return st;
}
