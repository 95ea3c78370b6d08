// apply.c - events of entries to tables. Sees nothing but the event: what follows from the law was decided
// before.
#include "registers/internal.h"

static const struct sql ENTRY_INSERT = SQL(
    "register_entry_insert",
    "insert into register_entry (entry_id, register, reference, state, version, recorded_at, changed_at,"
    " unit, answers, ended, person_id, person_case, case_id, due_on, due_rule, due_then, review_on, waiting,"
    " waits_of, faults, import_id, import_row, replaced_by) values (:entry, :register, :reference, :state,"
    " :seq, :at, :at, :unit, :answers, :ended, :person, :person_case, :case, :due, :rule, :then, :review, 0,"
    " 0, 0, :import, :row, 0)");
static const struct sql ENTRY_HEAD =
    SQL("register_entry_head",
        "update register_entry set state = :state, version = :seq, changed_at = :at, answers = :answers,"
        " ended = :ended, person_id = :person, person_case = :person_case, case_id = :case, due_on = :due,"
        " due_rule = :rule, due_then = :then, review_on = :review where entry_id = :entry");
static const struct sql ENTRY_TOUCH =
    SQL("register_entry_touch",
        "update register_entry set version = :seq, changed_at = :at where entry_id = :entry");
static const struct sql ENTRY_WAITS =
    SQL("register_entry_waits",
        "update register_entry set waiting = :version, waits_of = :by where entry_id = :entry");
static const struct sql ENTRY_STATE =
    SQL("register_entry_state", "update register_entry set state = :state where entry_id = :entry");
static const struct sql ENTRY_REFERENCE =
    SQL("register_entry_register", "select register from register_entry where entry_id = :entry");
static const struct sql VERSION_INSERT =
    SQL("register_version_insert",
        "insert into register_version (entry_id, version_id, kind, state, from_on, until_on, recorded_at, "
        "known_at,"
        " known_seq, by_id, confirmed_by, unit, purpose, law, is_mistake, reason, refusal, authority, method,"
        " evidence, confidence, answers) values (:entry, :version, :kind, :state, :from, :until, :at, :known,"
        " :seq, :by, 0, :unit, :purpose, :law, :mistake, :reason, '', :authority, :method, :evidence, "
        ":confidence,"
        " :answers)");
static const struct sql VERSION_KNOWN =
    SQL("register_version_known",
        "update register_version set state = 'known', known_at = :at, known_seq = :seq, confirmed_by = :by"
        " where entry_id = :entry and version_id = :version");
static const struct sql VERSION_REFUSED =
    SQL("register_version_refused", "update register_version set state = 'refused', confirmed_by = :by,"
                                    " refusal = :why where entry_id = :entry and version_id = :version");
static const struct sql VERSION_BLANK =
    SQL("register_version_blank",
        "update register_version set from_on = '', until_on = '', reason = '', refusal = '', authority = '',"
        " method = '', evidence = '', confidence = '', answers = :none where entry_id = :entry");
static const struct sql TERMS_FORGET =
    SQL("register_terms_forget", "delete from register_term where entry_id = :entry");
static const struct sql TERM_ADD =
    SQL("register_term_add", "insert into register_term (entry_id, n, register, kind, term)"
                             " values (:entry, :n, :register, :kind, :term)");
static const struct sql KEYS_FORGET =
    SQL("register_keys_forget", "delete from register_key where entry_id = :entry");
static const struct sql KEY_ADD = SQL("register_key_add", "insert into register_key (register, key, entry_id)"
                                                          " values (:register, :key, :entry)");
static const struct sql FAULT_INSERT =
    SQL("register_fault_insert",
        "insert into register_fault (fault_id, entry_id, state, body, answer, outcome, by_id, answered_by,"
        " reported_at, due_at, answered_at) values (:fault, :entry, 'open', :body, '', '', :by, 0, :at, "
        ":due, 0)");
static const struct sql FAULT_ANSWER =
    SQL("register_fault_answer", "update register_fault set state = 'answered', answer = :answer, outcome ="
                                 " :outcome, answered_by = :by, answered_at = :at where fault_id = :fault");
static const struct sql FAULT_BLANK =
    SQL("register_fault_blank", "update register_fault set state = 'answered', body = '', answer = ''"
                                " where entry_id = :entry");
static const struct sql FAULTS_COUNT =
    SQL("register_faults_count",
        "update register_entry set faults = (select count(*) from register_fault f where"
        " f.entry_id = register_entry.entry_id and f.state = 'open') where entry_id = :entry");

static const struct bytes NOTHING = {(const uint8_t *)"", 0};

static struct bytes answers_of(const struct event *e) {
    struct bytes b = event_bytes(e, "answers");
    return b.n ? b : NOTHING;
}

static enum status register_of(struct db *db, const struct event *e, struct text *out, char *room,
                               size_t size) {
    struct rows q;
    enum status st = DB_ONE(db, &q, &ENTRY_REFERENCE, V_INT(e->stream));
    struct text t = st ? T("") : text_slice(row_text(&q, 0), 0, size);
    for (size_t i = 0; i < t.n; i++) room[i] = t.p[i];
    *out = (struct text){room, t.n};
    enum status end = rows_end(&q);
    return st ? st : end;
}

static enum status put_terms(struct db *db, const struct event *e, struct text g) {
    struct text rest = event_text(e, "terms"), item, kind;
    int64_t n = 0;
    enum status st = STATUS_OK;
    while (!st && text_cut(&rest, TERM_END, &item))
        if (item.n && text_cut(&item, TERM_PART, &kind))
            st = DB_RUN(db, &TERM_ADD, V_INT(e->stream), V_INT(n++), V_TEXT(g), V_TEXT(kind), V_TEXT(item));
    return st;
}

static enum status put_keys(struct db *db, const struct event *e, struct text g) {
    struct text rest = event_text(e, "keys"), key;
    enum status st = STATUS_OK;
    while (!st && text_cut(&rest, TERM_END, &key))
        if (key.n) st = DB_RUN(db, &KEY_ADD, V_TEXT(g), V_TEXT(key), V_INT(e->stream));
    return st;
}

// What the entry is after the event, where the event says so.
static enum status put_head(struct db *db, const struct event *e) {
    char room[64];
    struct text g;
    if (!event_has(e, "state"))
        return DB_RUN(db, &ENTRY_TOUCH, V_INT(e->seq), V_INT(e->at.ms), V_INT(e->stream));
    enum status st =
        DB_RUN(db, &ENTRY_HEAD, V_TEXT(event_text(e, "state")), V_INT(e->seq), V_INT(e->at.ms),
               V_BYTES(answers_of(e)), V_TEXT(event_text(e, "ended")), V_INT(event_int(e, "person")),
               V_INT(event_int(e, "person_case")), V_INT(event_int(e, "case")),
               V_TEXT(event_text(e, "due_on")), V_TEXT(event_text(e, "due_rule")),
               V_TEXT(event_text(e, "due_then")), V_TEXT(event_text(e, "review_on")), V_INT(e->stream));
    if (!st) st = register_of(db, e, &g, room, sizeof room);
    if (!st) st = DB_RUN(db, &TERMS_FORGET, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &KEYS_FORGET, V_INT(e->stream));
    if (!st) st = put_terms(db, e, g);
    return st ? st : put_keys(db, e, g);
}

static enum status add_version(struct db *db, const struct event *e, const char *kind) {
    bool waits = event_bool(e, "waits");
    struct bytes said = event_bytes(e, "said");
    enum status st = DB_RUN(db, &VERSION_INSERT, V_INT(e->stream), V_INT(event_int(e, "version")),
                            V_TEXT(text_of(kind)), V_TEXT(waits ? T("waiting") : T("known")),
                            V_TEXT(event_text(e, "from")), V_TEXT(event_text(e, "until")), V_INT(e->at.ms),
                            V_INT(waits ? 0 : e->at.ms), V_INT(waits ? 0 : e->seq), V_INT(e->actor),
                            V_TEXT(event_text(e, "unit")), V_TEXT(event_text(e, "purpose")),
                            V_TEXT(event_text(e, "law")), V_INT(event_bool(e, "is_mistake")),
                            V_TEXT(event_text(e, "reason")), V_TEXT(event_text(e, "authority")),
                            V_TEXT(event_text(e, "method")), V_TEXT(event_text(e, "evidence")),
                            V_TEXT(event_text(e, "confidence")), V_BYTES(said.n ? said : NOTHING));
    if (!st && waits)
        st = DB_RUN(db, &ENTRY_WAITS, V_INT(event_int(e, "version")), V_INT(e->actor), V_INT(e->stream));
    return st;
}

// A new one: there is nothing to forget, and its row is written once. Without a head it waits for a second
// person.
enum status apply_entry_recorded(struct db *db, const struct event *e) {
    struct text g = event_text(e, "register");
    bool has_head = event_has(e, "state");
    enum status st = DB_RUN(
        db, &ENTRY_INSERT, V_INT(e->stream), V_TEXT(g), V_TEXT(event_text(e, "reference")),
        V_TEXT(has_head ? event_text(e, "state") : T("waiting")), V_INT(e->seq), V_INT(e->at.ms),
        V_TEXT(event_text(e, "unit")), V_BYTES(answers_of(e)), V_TEXT(event_text(e, "ended")),
        V_INT(event_int(e, "person")), V_INT(event_int(e, "person_case")), V_INT(event_int(e, "case")),
        V_TEXT(event_text(e, "due_on")), V_TEXT(event_text(e, "due_rule")), V_TEXT(event_text(e, "due_then")),
        V_TEXT(event_text(e, "review_on")), V_INT(event_int(e, "import")), V_INT(event_int(e, "row")));
    if (!st) st = add_version(db, e, "said");
    if (!st && has_head) st = put_terms(db, e, g);
    return st || !has_head ? st : put_keys(db, e, g);
}

enum status apply_entry_corrected(struct db *db, const struct event *e) {
    enum status st = add_version(db, e, "said");
    return st ? st : put_head(db, e);
}

enum status apply_entry_ended(struct db *db, const struct event *e) {
    enum status st = add_version(db, e, "ended");
    return st ? st : put_head(db, e);
}

enum status apply_entry_reviewed(struct db *db, const struct event *e) {
    enum status st = add_version(db, e, "reviewed");
    return st ? st : put_head(db, e);
}

enum status apply_entry_confirmed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &VERSION_KNOWN, V_INT(e->at.ms), V_INT(e->seq), V_INT(e->actor),
                            V_INT(e->stream), V_INT(event_int(e, "version")));
    if (!st) st = DB_RUN(db, &ENTRY_WAITS, V_INT(0), V_INT(0), V_INT(e->stream));
    return st ? st : put_head(db, e);
}

enum status apply_entry_refused(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &VERSION_REFUSED, V_INT(e->actor), V_TEXT(event_text(e, "reason")),
                            V_INT(e->stream), V_INT(event_int(e, "version")));
    if (!st) st = DB_RUN(db, &ENTRY_WAITS, V_INT(0), V_INT(0), V_INT(e->stream));
    if (!st && event_bool(e, "never_was"))
        st = DB_RUN(db, &ENTRY_STATE, V_TEXT(T("refused")), V_INT(e->stream));
    return st ? st : put_head(db, e);
}

enum status apply_entry_rescheduled(struct db *db, const struct event *e) {
    return put_head(db, e);
}

// The key of the entry is deleted with it. What is left is that there was one; and, where the law says that
// it is kept for statistics, codes that tell nobody.
enum status apply_entry_erased(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &VERSION_BLANK, V_BYTES(NOTHING), V_INT(e->stream));
    if (!st) st = DB_RUN(db, &FAULT_BLANK, V_INT(e->stream));
    if (!st) st = DB_RUN(db, &ENTRY_WAITS, V_INT(0), V_INT(0), V_INT(e->stream));
    if (!st) st = DB_RUN(db, &FAULTS_COUNT, V_INT(e->stream));
    return st ? st : put_head(db, e);
}

enum status apply_fault_reported(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &FAULT_INSERT, V_INT(event_int(e, "fault")), V_INT(e->stream),
               V_TEXT(event_text(e, "body")), V_INT(e->actor), V_INT(e->at.ms), V_INT(event_int(e, "due")));
    if (!st) st = DB_RUN(db, &FAULTS_COUNT, V_INT(e->stream));
    return st ? st : put_head(db, e);
}

enum status apply_fault_answered(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &FAULT_ANSWER, V_TEXT(event_text(e, "answer")), V_TEXT(event_text(e, "outcome")),
               V_INT(e->actor), V_INT(e->at.ms), V_INT(event_int(e, "fault")));
    if (!st) st = DB_RUN(db, &FAULTS_COUNT, V_INT(e->stream));
    return st ? st : put_head(db, e);
}

// ---- writing the fields that put_head reads

void draft_date(struct event_draft *d, struct arena *a, const char *name, struct date day) {
    if (day.year) draft_personal_text(d, name, date_print(a, day));
}

void draft_head(struct event_draft *d, struct arena *a, const struct head *h) {
    const struct derived *k = &h->derived;
    draft_text(d, "state", h->state);
    draft_personal_bytes(d, "answers", answers_encode(a, h->answers));
    draft_date(d, a, "ended", h->ended);
    draft_personal_text(d, "terms", k->terms);
    draft_personal_text(d, "keys", k->keys);
    draft_date(d, a, "due_on", k->due);
    draft_personal_text(d, "due_rule", k->due_rule);
    draft_personal_text(d, "due_then", k->due_then);
    draft_date(d, a, "review_on", k->review);
    if (k->person) draft_personal_int(d, "person", k->person);
    if (k->person_case) draft_personal_int(d, "person_case", k->person_case);
    if (k->case_id) draft_personal_int(d, "case", k->case_id);
}
