// letters.c - composing a letter from the pack's template: its text is sealed in the event, the PDF is made
// later.
//
// Values that templates can use: case_number, issued_on, name, recipient, birth_date, language, status,
// made_on, registered_on, lodged_on, code, phrase, authority, site; requested[0].what/.explanation,
// answer_until; interview_date, interview_time, interview_place, interview_language, interpreter, is_remote;
// outcome, legal_basis, facts, evidence, assessment, officer, appeal_until, appeal_days, appeal_suspends;
// appeal_outcome, appeal_reasons; channel_rule; answers.<field>; task.<element>.<field>,
// message.<name>.<field> and variable.<name> of the process; deadline.<rule>_until (last day of a clock that
// runs).
#include "cases/internal.h"

#include <string.h>

#include "base/cbor.h"
#include "base/encode.h"
#include "cases/letter_content.h"
#include "cases/reading.h"

struct composing {
    struct decide *d;
    struct db *db;
    struct answers values;
    enum status status;
};

static void value(struct composing *c, const char *path, struct text v) {
    if (!c->status && v.n) c->status = answers_set(&c->values, text_of(path), v);
}

static void day_value(struct composing *c, const char *path, struct moment m) {
    if (m.ms) value(c, path, date_print(c->d->arena, zone_date(c->d->cases->zone, m)));
}

static void case_values(struct composing *c, struct text code) {
    struct decide *d = c->d;
    const struct case_state *s = d->s;
    struct text name = TEXT_JOIN(d->arena, s->given_names,
                                 s->given_names.n && s->family_name.n ? T(" ") : T(""), s->family_name);
    value(c, "case_number", s->case_no);
    value(c, "name", name);
    value(c, "recipient", name);
    value(c, "birth_date", s->birth);
    value(c, "language", s->language);
    value(c, "status", s->status);
    value(c, "phrase", s->phrase);
    value(c, "code", code);
    value(c, "authority", d->cases->authority);
    value(c, "site", d->cases->site);
    value(c, "channel_rule", s->channel_rule);
    value(c, "made_on", s->made_on.n ? s->made_on : T(""));
    day_value(c, "issued_on", d->now);
    day_value(c, "made_on", s->made_on.n ? (struct moment){0} : s->made_at);
    day_value(c, "registered_on", s->registered_at);
    day_value(c, "lodged_on", s->lodged_at);
}

// What this very command is about.
static void command_values(struct composing *c) {
    struct decide *d = c->d;
    const struct command *m = d->command;
    if (m->kind == COMMAND_REQUEST_DOCUMENT) {
        value(c, "requested[0].what", m->request_document.kind);
        value(c, "requested[0].explanation", m->request_document.explanation);
        struct clock_state_row *row = d->s->clocks.count ? &d->s->clocks.items[d->s->clocks.count - 1] : NULL;
        if (row) value(c, "answer_until", date_print(d->arena, row->clock.due_on));
    }
    if (m->kind == COMMAND_BOOK_INTERVIEW) {
        const struct book_interview *b = &m->book_interview;
        int minute = zone_minute(d->cases->zone, b->starts);
        day_value(c, "interview_date", b->starts);
        value(c, "interview_time", text_printf(d->arena, "%02d:%02d", minute / 60, minute % 60));
        value(c, "interview_place", b->place);
        value(c, "interview_language", b->language);
        value(c, "interpreter", b->interpreter);
        value(c, "is_remote", b->is_remote ? T("true") : T(""));
    }
    if (m->kind == COMMAND_RECORD_APPEAL_OUTCOME) {
        value(c, "appeal_outcome", m->record_appeal_outcome.outcome);
        value(c, "appeal_reasons", m->record_appeal_outcome.reasons);
        value(c, "court_number", m->record_appeal_outcome.court_number);
    }
}

static void path_value(struct composing *c, const char *kind, struct text name, struct text path,
                       struct text v) {
    struct text full = TEXT_JOIN(c->d->arena, text_of(kind), T("."), name, T("."), path);
    if (!path.n) full = TEXT_JOIN(c->d->arena, text_of(kind), T("."), name);
    if (!c->status && v.n && answer_path_ok(full)) c->status = answers_set(&c->values, full, v);
}

static void given_list_values(struct composing *c, const char *kind, const struct given_list *list) {
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < list->items[i].answers.count; k++)
            path_value(c, kind, list->items[i].name, list->items[i].answers.items[k].path,
                       list->items[i].answers.items[k].value);
}

// Until when the clocks run.
static void clock_values(struct composing *c) {
    struct arena *a = c->d->arena;
    for (size_t i = 0; i < c->d->s->clocks.count; i++) {
        const struct clock_state_row *k = &c->d->s->clocks.items[i];
        struct text name = TEXT_JOIN(a, k->rule, T("_until"));
        if (k->is_open) path_value(c, "deadline", name, T(""), date_print(a, k->clock.due_on));
    }
}

// What the process was told and keeps, for letters of any pack.
static void given_values(struct composing *c) {
    struct decide *d = c->d;
    struct case_state *s = d->s;
    unsigned parts = LOAD_ANSWERS | LOAD_CLOCKS | LOAD_GIVEN | LOAD_VARIABLES;
    if (s->version && !c->status)
        c->status = state_load_parts(c->db, d->pack, parts, d->arena, s, d->problem);
    if (c->status) return;
    for (size_t i = 0; i < s->answers.count; i++)
        path_value(c, "answers", s->answers.items[i].path, T(""), s->answers.items[i].value);
    given_list_values(c, "task", &s->tasks);
    given_list_values(c, "message", &s->messages);
    for (size_t i = 0; i < s->variables.count; i++) {
        const struct variable_row *v = &s->variables.items[i];
        bool is_plain = v->value.kind != FEEL_NULL && v->value.kind < FEEL_LIST;
        if (!v->token && is_plain) path_value(c, "variable", v->name, T(""), feel_print(d->arena, &v->value));
    }
}

static const struct sql DECISION_TEXT =
    SQL("decision_text", "select facts, evidence, assessment, legal_basis, proposed_by from decision"
                         " where decision_id = :decision");

// The reasons as they were proposed; read here because the letter is often made when another officer signs.
static enum status reasons(struct composing *c, struct propose_decision *out) {
    struct decide *d = c->d;
    struct rows r;
    if (d->command->kind == COMMAND_PROPOSE_DECISION) { // a hearing, by the same command
        *out = d->command->propose_decision;
        return STATUS_OK;
    }
    *out = (struct propose_decision){0};
    enum status st = DB_ONE(c->db, &r, &DECISION_TEXT, V_INT(d->s->decision.id));
    if (!st) {
        out->facts = text_copy(d->arena, row_text(&r, 0));
        out->evidence = text_copy(d->arena, row_text(&r, 1));
        out->assessment = text_copy(d->arena, row_text(&r, 2));
        out->legal_basis = text_copy(d->arena, row_text(&r, 3));
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static void decision_values(struct composing *c) {
    struct decide *d = c->d;
    struct outcome o = {0};
    struct propose_decision why;
    struct staff_row signer;
    if (pack_outcome(d->pack, d->s->decision.outcome, &o)) return;
    enum status st = reasons(c, &why);
    if (!c->status) c->status = st;
    value(c, "facts", why.facts);
    value(c, "evidence", why.evidence);
    value(c, "assessment", why.assessment);
    value(c, "legal_basis", why.legal_basis);
    value(c, "outcome", o.code);
    value(c, "appeal_suspends", o.appeal_suspends ? T("true") : T(""));
    if (!access_staff_one(c->db, d->actor->account, d->arena, &signer)) value(c, "officer", signer.name);
    const struct deadline_rule *rule = o.appeal.n ? pack_deadline(d->pack, o.appeal, case_today(d)) : NULL;
    if (!rule) return;
    struct clock clock = deadline_start(rule, pack_rule_calendar(d->pack, rule), d->now);
    value(c, "appeal_until", date_print(d->arena, clock.due_on));
    value(c, "appeal_days", text_printf(d->arena, "%lld", (long long)rule->period.count));
}

struct text letter_code_hash(struct cases *c, struct arena *a, struct text code) {
    struct hash h = hash_keyed(&c->letter_key, bytes_of(code));
    return hex_encode(a, (struct bytes){h.b, sizeof h.b});
}

// A decision that is decided anew replaces the letter before it.
static const struct sql EARLIER_DECISION_LETTER = SQL(
    "earlier_decision_letter", "select letter_id from letter where case_id = :case and decision_id <> 0 and"
                               " replaced_at = 0 order by letter_id desc limit 1");

static enum status replaced_letter(struct decide *d, int64_t decision, int64_t *letter) {
    *letter = 0;
    if (!decision) return STATUS_OK;
    enum status st = DB_INT(d->write->db, letter, &EARLIER_DECISION_LETTER, V_INT(d->s->case_id));
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

// The one way from case and template to the words of a letter, made or only looked at before.
static enum status compose(struct decide *d, struct db *db, struct text template, struct text language,
                           int64_t decision, struct text code, struct letter_document *out) {
    const struct letter_template *t = pack_letter(d->pack, template);
    struct composing c = {.d = d, .db = db, .values = {.arena = d->arena}};
    if (!t) {
        enum status st = problem(d->problem, "letter", "letter_unknown", "problem.letter.unknown");
        problem_arg(d->problem, "letter", template);
        return st;
    }
    case_values(&c, code);
    command_values(&c);
    given_values(&c);
    clock_values(&c);
    // A hearing is told what was proposed, and why.
    if (decision || text_eq(t->kind, T("hearing"))) decision_values(&c);
    if (c.status) return c.status;
    return letter_compose(t, &d->entry->texts, pack_official_language(d->pack), language, &c.values, d->arena,
                          out, d->problem);
}

// What the code would be is drawn when the letter is made.
#define CODE_NOT_YET T("\u2026")

// As the actor would sign it now, in a snapshot: state, words and order are those of the letter to come.
static enum status compose_proposed(struct reading *r, int64_t decision, struct problem *p,
                                    struct letter_document *out) {
    struct case_state s;
    struct command none = {.kind = COMMAND_SIGN_DECISION, .case_id = r->case_id};
    struct moment now = env_now(journal_env(r->cases->journal));
    struct decide d = {.cases = r->cases,
                       .pack = r->entry->pack,
                       .entry = r->entry,
                       .actor = r->actor,
                       .command = &none,
                       .s = &s,
                       .now = now,
                       .received = now,
                       .arena = r->arena,
                       .problem = p};
    struct outcome o;
    enum status st = state_load(r->db, r->case_id, r->arena, &s);
    if (!st) st = state_load_parts(r->db, d.pack, LOAD_DECISION, r->arena, &s, p);
    if (st) return st;
    bool is_open = s.decision.id == decision && text_eq(s.decision.state, T("proposed"));
    if (!is_open || pack_outcome(d.pack, s.decision.outcome, &o)) return STATUS_NOT_FOUND;
    return compose(&d, r->db, o.letter, s.language, decision, CODE_NOT_YET, out);
}

enum status cases_preview_letter(struct cases *c, const struct actor *actor, const struct look *look,
                                 int64_t case_id, int64_t decision, struct arena *a, struct paper *out,
                                 struct problem *p) {
    struct reading r;
    struct letter_document document;
    *out = (struct paper){0};
    enum status st = case_reading_begin(c, actor, look, case_id, T("letter"), a, &r, p);
    if (st) return st;
    bool may = actor->kind == ACTOR_STAFF && case_reading_shows(&r, "decision");
    st = may ? compose_proposed(&r, decision, p, &document) : STATUS_NOT_FOUND;
    if (!st) letter_blocks(a, &document, T(""), CODE_NOT_YET, T(""), out);
    case_reading_end(&r);
    return st;
}

enum status letter_make(struct decide *d, struct text template, struct text language, int64_t decision,
                        int64_t about, int64_t *letter) {
    struct text code = code_random(d->arena, d->write->env, 4);
    struct letter_document document;
    int64_t replaces;
    enum status st = compose(d, d->write->db, template, language, decision, code, &document);
    if (!st) st = replaced_letter(d, decision, &replaces);
    if (st) return st;
    *letter = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_letter_made);
    draft_int(e, "letter", *letter);
    draft_int(e, "decision", decision);
    draft_int(e, "about", about);
    draft_int(e, "account", d->s->account);
    draft_int(e, "replaces", replaces);
    draft_text(e, "kind", template);
    draft_text(e, "language", language);
    draft_text(e, "channel", d->s->channel);
    draft_int(e, "valid_until", 0);
    draft_text(e, "code_hash", letter_code_hash(d->cases, d->arena, code));
    draft_personal_text(e, "code", code);
    draft_personal_bytes(e, "content", letter_content_encode(d->arena, &document));
    // CH-7: an online letter that stays unopened is sent on paper as well.
    return text_eq(d->s->channel, T("online")) ? clock_start_by_trigger(d, T("letter_issued"), *letter, NULL)
                                               : STATUS_OK;
}

enum status letter_make_if(struct decide *d, struct text template, int64_t about, int64_t *letter) {
    *letter = 0;
    if (!pack_letter(d->pack, template)) return STATUS_OK;
    return letter_make(d, template, d->s->language, 0, about, letter);
}

// ---- opened, delivered, rendered ----

static const struct sql LETTER_CASE = SQL(
    "letter_case", "select case_id, decision_id, opened_at, delivered_at, issued_at, blob is not null, kind "
                   "from letter where letter_id = :letter");

struct letter_row {
    int64_t case_id, decision, opened, delivered, issued, rendered;
    struct text kind;
};

static enum status load_letter(struct decide *d, int64_t id, struct letter_row *out) {
    struct rows r;
    enum status st = DB_ONE(d->write->db, &r, &LETTER_CASE, V_INT(id));
    if (!st)
        *out = (struct letter_row){row_int(&r, 0),
                                   row_int(&r, 1),
                                   row_int(&r, 2),
                                   row_int(&r, 3),
                                   row_int(&r, 4),
                                   row_int(&r, 5),
                                   text_copy(d->arena, row_text(&r, 6))};
    enum status end = rows_end(&r);
    if (!st && out->case_id != d->s->case_id) st = STATUS_NOT_FOUND;
    if (st == STATUS_NOT_FOUND) return problem(d->problem, "letter", "not_found", "problem.letter.not_found");
    return st ? st : end;
}

// Notification of a letter: the day it was opened, or handed over on paper. A decision's appeal clock starts
// here.
static enum status deliver(struct decide *d, int64_t letter, const struct letter_row *row, struct moment at,
                           struct text how) {
    struct outcome o = {0};
    struct moment until = {0};
    bool of_decision =
        row->decision && row->decision == d->s->decision.id && text_eq(d->s->decision.state, T("signed"));
    if (of_decision && !pack_outcome(d->pack, d->s->decision.outcome, &o) && o.appeal.n) {
        enum status st = clock_start(d, o.appeal, at, 0, &until);
        if (st) return st;
    }
    if (of_decision) d->s->notified_at = at;
    struct event_draft *e = case_emit(d, &EVENT_letter_delivered);
    draft_int(e, "letter", letter);
    draft_int(e, "decision",
              of_decision ? row->decision : 0); // a letter that was replaced notifies of nothing
    draft_int(e, "delivered_at", at.ms);
    draft_int(e, "appeal_until", until.ms);
    draft_personal_text(e, "how", how);
    if (!of_decision) return STATUS_OK;
    enum status st = clocks_begin(d, "notified", at);
    return st ? st : process_message(d, "decision_notified");
}

enum status decide_open_letter(struct decide *d) {
    int64_t letter = d->command->open_letter.letter;
    struct letter_row row;
    enum status st = load_letter(d, letter, &row);
    if (st || !is_person(d) || row.opened) return st; // only the first opening by the person counts
    draft_int(case_emit(d, &EVENT_letter_opened), "letter", letter);
    clock_stop_about(d, letter);
    return row.delivered ? STATUS_OK : deliver(d, letter, &row, d->now, T("account"));
}

enum status decide_record_notification(struct decide *d) {
    struct record_notification c = d->command->record_notification;
    struct letter_row row;
    enum status st = load_letter(d, c.letter, &row);
    if (!st) st = want_text(d, "how", &c.how, 1, 200);
    if (st) return st;
    if (!date_is_full(c.on) || !date_is_valid(c.on))
        return problem(d->problem, "on", "date_needed", "problem.date.full");
    if (date_cmp(c.on, case_today(d)) > 0)
        return problem(d->problem, "on", "date_in_future", "problem.date.future");
    if (date_cmp(c.on, zone_date(d->cases->zone, (struct moment){row.issued})) < 0)
        return problem(d->problem, "on", "before_letter", "problem.letter.before");
    if (row.delivered) return problem(d->problem, "letter", "delivered", "problem.letter.delivered");
    struct moment at = zone_moment(d->cases->zone, c.on, 12 * 60);
    if (at.ms > d->now.ms) at = d->now;
    if (at.ms < row.issued) at.ms = row.issued;
    clock_stop_about(d, c.letter);
    return deliver(d, c.letter, &row, at, c.how);
}

enum status decide_letter_rendered(struct decide *d) {
    struct letter_rendered c = d->command->letter_rendered;
    struct letter_row row;
    enum status st = load_letter(d, c.letter, &row);
    if (st || row.rendered) return st; // somebody else was faster
    d->result->made = c.letter;
    struct event_draft *e = case_emit(d, &EVENT_letter_rendered);
    draft_int(e, "letter", c.letter);
    draft_bytes(e, "blob", bytes_copy(d->arena, (struct bytes){c.blob.name.b, HASH_BYTES}));
    draft_int(e, "size", c.blob.size);
    draft_int(e, "pages", c.pages);
    draft_personal_text(e, "sha256", hex_encode(d->arena, (struct bytes){c.blob.plain_hash.b, HASH_BYTES}));
    return told_of_letter(d, row.kind, &c.blob.plain_hash);
}
