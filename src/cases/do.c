// do.c - the way of one command: queue, state, access, decide, events.
#include "cases/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/keys.h"

#define RULE(kind, verb, ...) [COMMAND_##kind] = {#verb, decide_##verb, __VA_ARGS__}
#define FULL (LOAD_PROCESS | LOAD_CLOCKS | LOAD_DECISION)
#define PAPER LOAD_DOCUMENTS // staff may name the document that it came with
const struct command_rule COMMAND_RULES[COMMAND_COUNT] = {
    RULE(START_APPLICATION, start_application, "own_file", "identity", 0, false, false, false, true),
    RULE(CARRY_OVER_CASE, carry_over_case, "registration", "identity", 0, false, false, false, true),
    RULE(SAVE_ANSWERS, save_answers, "own_file", "identity", FULL | LOAD_ANSWERS | LOAD_PERSONS, true, false),
    RULE(ADD_DOCUMENT, add_document, "own_file", "identity", FULL | LOAD_REQUESTS | LOAD_DOCUMENTS, false,
         false),
    RULE(REMOVE_DOCUMENT, remove_document, "own_file", "identity", LOAD_DOCUMENTS, false, false),
    RULE(SUBMIT_APPLICATION, submit_application, "own_file", "identity",
         FULL | LOAD_ANSWERS | LOAD_PERSONS | LOAD_DOCUMENTS, true, false),
    RULE(WITHDRAW_APPLICATION, withdraw_application, "own_file", "identity", FULL | LOAD_REQUESTS | PAPER,
         true, false),
    RULE(ANSWER_REQUEST, answer_request, "own_file", "identity", FULL | LOAD_REQUESTS | PAPER, false, false),
    RULE(OPEN_LETTER, open_letter, "own_file", "decision", FULL, false, false),
    RULE(LODGE_APPEAL, lodge_appeal, "own_file", "decision", FULL | PAPER, false, false),
    RULE(CHOOSE_CHANNEL, choose_channel, "own_file", "contact", FULL | LOAD_PERSONS, false, false),
    RULE(REPORT_ERROR, report_error, "own_file", "identity", LOAD_CLOCKS | PAPER, false, false),
    RULE(ASK_RIGHT, ask_right, "own_file", "identity", LOAD_CLOCKS | PAPER, false, false),
    RULE(RECEIVE_LETTER, receive_letter, "own_file", "contact", LOAD_CLOCKS | PAPER, false, false),
    RULE(SEND_MESSAGE, send_message, "own_file", "contact", LOAD_CLOCKS, false, false),
    RULE(READ_MESSAGE, read_message, "own_file", "contact", LOAD_CLOCKS, false, false),
    RULE(ASSIGN_CASE, assign_case, "supervision", "public", 0, false, false),
    RULE(REGISTER_APPLICATION, register_application, "registration", "identity", FULL | LOAD_PERSONS, true,
         false),
    RULE(CHECK_COMPLETENESS, check_completeness, "asylum_examination", "identity", FULL | LOAD_DOCUMENTS,
         true, false),
    RULE(REQUEST_DOCUMENT, request_document, "asylum_examination", "identity", FULL, false, false),
    RULE(BOOK_INTERVIEW, book_interview, "asylum_examination", "claim", FULL, true, false),
    RULE(CANCEL_INTERVIEW, cancel_interview, "asylum_examination", "claim", FULL, true, false),
    RULE(HOLD_INTERVIEW, hold_interview, "asylum_examination", "claim", FULL, true, false),
    RULE(READ_BACK_INTERVIEW, read_back_interview, "asylum_examination", "claim", FULL, true, false),
    RULE(PROPOSE_DECISION, propose_decision, "asylum_examination", "decision", FULL, true, false, true),
    RULE(SIGN_DECISION, sign_decision, "asylum_examination", "decision", FULL, true, false, true),
    RULE(RETURN_DECISION, return_decision, "asylum_examination", "decision", FULL, true, false, true),
    RULE(RECORD_NOTIFICATION, record_notification, "asylum_examination", "decision", FULL, false, false),
    RULE(RECORD_APPEAL_OUTCOME, record_appeal_outcome, "asylum_examination", "decision", FULL, true, false),
    RULE(ADD_NOTE, add_note, "asylum_examination", "internal", 0, false, false),
    RULE(ADD_FILE_NUMBER, add_file_number, "asylum_examination", "identity", 0, false, false),
    RULE(EXTEND_DEADLINE, extend_deadline, "asylum_examination", "public", FULL, false, false, true),
    RULE(SUSPEND_DEADLINE, suspend_deadline, "asylum_examination", "public", FULL, false, false),
    RULE(RESUME_DEADLINE, resume_deadline, "asylum_examination", "public", FULL, false, false),
    RULE(SET_CHANNEL, set_channel, "asylum_examination", "contact", LOAD_CLOCKS, false, false),
    RULE(ANSWER_ERROR, answer_error, "asylum_examination", "identity", LOAD_CLOCKS, false, false),
    RULE(ANSWER_RIGHT, answer_right, "asylum_examination", "identity",
         LOAD_CLOCKS | LOAD_DECISION | LOAD_RIGHTS, false, false, true),
    RULE(RECORD_STEP, record_step, "asylum_examination", "identity", LOAD_CLOCKS, false, false),
    RULE(CHOOSE_TRACK, choose_track, "asylum_examination", "decision", FULL | LOAD_PERSONS, true, false,
         true),
    RULE(RETRY_STEP, retry_step, "technical", "public", FULL | LOAD_REQUESTS, false, false),
    RULE(MIGRATE_CASE, migrate_case, "policy_review", "public", FULL, false, false, true),
    RULE(ERASE_PERSON, erase_person, "technical", "identity", FULL, false, false, true),
    RULE(TIMER_DUE, timer_due, "technical", "public", FULL | LOAD_REQUESTS, false, true),
    RULE(CLOCK_PASSED, clock_passed, "technical", "public", FULL | LOAD_REQUESTS, false, true),
    RULE(DOCUMENT_SCANNED, document_scanned, "technical", "public", LOAD_DOCUMENTS, false, true),
    RULE(DOCUMENT_DERIVED, document_derived, "technical", "public", LOAD_DOCUMENTS, false, true),
    RULE(LETTER_RENDERED, letter_rendered, "technical", "public", 0, false, true),
    RULE(OPEN_CASE, open_case, "own_file", "identity", 0, false, false, false, true),
    RULE(COMPLETE_TASK, complete_task, "own_file", "public", FULL | LOAD_GIVEN | PAPER, true, false),
    RULE(DELIVER_MESSAGE, deliver_message, "own_file", "public", FULL | LOAD_GIVEN, false, false),
    RULE(HEAR_EVENT, hear_event, "technical", "public", FULL | LOAD_GIVEN, false, true),
};
#undef FULL
#undef PAPER
#undef RULE

struct command_about cases_command_about(enum command_kind kind) {
    assert((unsigned)kind < COMMAND_COUNT);
    const struct command_rule *r = &COMMAND_RULES[kind];
    return (struct command_about){r->name, r->purpose, r->by_system, r->by_person, r->compares};
}

// ---- small things that decide functions share ----

struct event_draft *case_emit(struct decide *d, const struct event_type *type) {
    return events_add(d->out, type, d->s->case_id, d->s->person);
}

int64_t case_new_id(struct decide *d) {
    return write_id(d->write);
}

bool is_person(const struct decide *d) {
    return d->actor->account && d->actor->account == d->s->account;
}

void case_due(struct decide *d, int64_t at) {
    if (at < d->due) d->due = at;
}

struct date case_today(const struct decide *d) {
    return zone_date(d->cases->zone, d->now);
}

enum status want_text(struct decide *d, const char *field, struct text *t, size_t min, size_t max) {
    *t = text_trim(*t);
    if (t->n < min || (min && !t->n)) return problem(d->problem, field, "required", "problem.text.required");
    if (t->n > max) {
        enum status st = problem(d->problem, field, "too_long", "problem.text.long");
        problem_arg(d->problem, "max", text_printf(d->arena, "%zu", max));
        return st;
    }
    return text_is_utf8(*t) ? STATUS_OK : problem(d->problem, field, "not_utf8", "problem.text.bad");
}

struct text relation_of(const struct actor *actor, const struct case_owner *o) {
    if (actor->account && actor->account == o->account) return T("self");
    if (o->is_draft && o->account) return T("none");
    if (actor->account && actor->account == o->officer) return T("assigned");
    if (actor->kind == ACTOR_STAFF && (!o->unit.n || text_eq(o->unit, actor->unit))) return T("unit");
    return T("none");
}

enum status want_code(struct decide *d, const char *field, const char *list, struct text code) {
    const struct code_list *codes = pack_codes(d->pack, text_of(list));
    if (codes && code_find(codes, code)) return STATUS_OK;
    return problem(d->problem, field, "unknown_code", "problem.code.unknown");
}

enum status want_language(struct decide *d, struct text language) {
    bool fits = language.n >= 2 && language.n <= 35;
    for (size_t i = 0; fits && i < language.n; i++) {
        char c = language.p[i];
        fits =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i && ((c >= '0' && c <= '9') || c == '-'));
    }
    return fits ? STATUS_OK : problem(d->problem, "language", "language", "problem.language.unknown");
}

// ---- the way of a command ----

struct command_job {
    struct cases *cases;
    const struct actor *actor;
    const struct command *commands;
    size_t count;
    struct arena *answer;
    struct command_result *result; // of a single command, or of those that belong together; NULL in bulk
    const struct cases_around *around;
    int64_t due; // the earliest moment that the clock must know of afterwards
};

struct refusal {
    struct command_job *job;
    bool refused;
    struct problem problem;
    struct access_trace trace;
};

static const char *event_of_interest(const struct event *e) {
    static const char *const SILENT[] = {"access_read",      "access_refused",  "message_read",
                                         "letter_opened",    "clock_changed",   "document_scanned",
                                         "document_derived", "letter_rendered", "clock_started",
                                         "tracking_issued",  "variables_set"};
    for (size_t i = 0; i < sizeof SILENT / sizeof *SILENT; i++)
        if (!strcmp(SILENT[i], e->type->name)) return NULL;
    return e->type->name;
}

enum {
    EVENTS_AT_ONCE = 100,
    CHANGED_MAX = sizeof((struct command_result *)0)->changed / sizeof((struct command_result *)0)->changed[0]
};

static void note_changed(struct decide *d, const struct event *e, struct arena *answer) {
    const char *name = event_of_interest(e);
    if (!name || e->actor == d->actor->account || d->result->changed_count == CHANGED_MAX) return;
    d->result->changed[d->result->changed_count].event = text_copy(answer, text_of(name));
    d->result->changed[d->result->changed_count].at = e->at;
    d->result->changed[d->result->changed_count++].actor = e->actor;
}

// What happened since the person looked: shown beside their input, which is kept. Many looks may lie in
// between.
static enum status conflict(struct decide *d, struct arena *answer) {
    int64_t after = d->command->seen;
    for (size_t count = EVENTS_AT_ONCE; count == EVENTS_AT_ONCE && d->result->changed_count < CHANGED_MAX;) {
        struct event *list;
        enum status st = journal_stream(d->cases->journal, d->write->db, d->s->case_id, after, EVENTS_AT_ONCE,
                                        d->arena, &list, &count);
        if (st) return st;
        for (size_t i = 0; i < count; i++) note_changed(d, &list[i], answer);
        if (count) after = list[count - 1].seq;
    }
    if (!d->result->changed_count) return STATUS_OK; // only their own doing, or nothing that matters
    enum status ignored = problem(d->problem, "", "case_changed", "problem.case.changed");
    (void)ignored;
    return STATUS_CONFLICT;
}

static struct text relation_now(const struct decide *d) {
    struct case_owner o = state_owner(d->s);
    return d->s->case_id ? relation_of(d->actor, &o) : T("self");
}

static struct text purpose_now(const struct decide *d, const struct command_rule *rule) {
    bool is_theirs =
        !strcmp(rule->purpose, "own_file"); // what both sides can do, staff do for a purpose of theirs
    struct text usual = is_theirs ? cases_usual_purpose(d->actor) : text_of(rule->purpose);
    return purpose_in(d->entry, d->command->purpose.n ? d->command->purpose : usual);
}

// What the pack may want before it allows an act: a word that the command has and its event keeps, not a
// sentence.
static struct text reason_now(const struct decide *d) {
    return d->command->kind == COMMAND_ERASE_PERSON ? d->command->erase_person.ground : T("");
}

enum status command_may(struct decide *d, const char *action, const char *attribute_class) {
    struct access_question q = {
        .action = text_of(action),
        .purpose = purpose_now(d, &COMMAND_RULES[d->command->kind]),
        .relation = relation_now(d),
        .attribute_class = text_of(attribute_class),
        .reason = reason_now(d),
    };
    return access_check(d->entry->policy, d->actor, &q, NULL, d->problem);
}

enum status want_named_person(struct decide *d) {
    if (!d->actor->is_client) return STATUS_OK;
    enum status ignored = problem(d->problem, "", "named_person", "problem.access.named_person");
    (void)ignored;
    return STATUS_REFUSED;
}

static enum status allowed(struct decide *d, const struct command_rule *rule) {
    if (rule->by_system) {
        if (d->actor->kind == ACTOR_SYSTEM) return STATUS_OK;
        enum status ignored = problem(d->problem, "", "system_only", "problem.access.role");
        (void)ignored;
        return STATUS_REFUSED;
    }
    d->visible = access_all_classes(d->entry->policy);
    if (d->actor->kind == ACTOR_SYSTEM) return STATUS_OK;
    enum status st = rule->by_person ? want_named_person(d) : STATUS_OK;
    if (st) return st;
    d->visible = access_visible_classes(d->entry->policy, d->actor, T("read"), purpose_now(d, rule),
                                        relation_now(d), false);
    return command_may(d, rule->name, rule->attribute_class);
}

// A refused command leaves nothing but the record that it was refused.
static enum status record_refusal(struct decide *d, const struct command_rule *rule, struct access_trace *t) {
    *t = (struct access_trace){
        .case_id = d->s->case_id,
        .subject = d->s->is_erased ? 0 : d->s->person,
        .actor = d->actor,
        .purpose = purpose_word(d->entry, purpose_now(d, rule)),
        .relation = relation_now(d),
        .what = text_of(rule->name),
        .rule = d->problem->rule,
    };
    return access_record(d->write, t);
}

// Which procedure a case is begun in; empty: the one that was loaded first.
static struct text procedure_of(const struct command *c) {
    if (c->kind == COMMAND_START_APPLICATION) return c->start_application.procedure;
    return c->kind == COMMAND_OPEN_CASE ? c->open_case.procedure : T("");
}

static enum status load_new(struct decide *d) {
    struct text procedure = procedure_of(d->command);
    d->entry = packs_now(d->cases, procedure);
    if (!d->entry && procedure.n)
        return problem(d->problem, "procedure", "unknown_code", "problem.procedure.unknown");
    if (!d->entry) return problem(d->problem, "", "no_pack", "problem.pack.none");
    d->pack = d->entry->pack;
    d->s->procedure = pack_id(d->pack);
    return STATUS_OK;
}

static enum status load(struct decide *d) {
    if (COMMAND_RULES[d->command->kind].begins) return load_new(d);
    enum status st = state_load(d->write->db, d->command->case_id, d->arena, d->s);
    if (st) return st;
    // A draft is not made yet: it follows the law of the day.
    d->entry =
        d->s->is_draft ? packs_now(d->cases, d->s->procedure) : packs_find(d->cases, d->s->pack_version);
    if (!d->entry) return STATUS_CORRUPT;
    d->pack = d->entry->pack;
    return STATUS_OK;
}

// After an erasure nothing personal can be added: its key is gone for ever.
static enum status decide(struct decide *d, const struct command_rule *rule, struct arena *answer) {
    if (d->s->is_erased) return problem(d->problem, "", "case_erased", "problem.case.erased");
    enum status st = rule->load
                         ? state_load_parts(d->write->db, d->pack, rule->load, d->arena, d->s, d->problem)
                         : STATUS_OK;
    if (!st && rule->compares && d->command->seen && d->command->seen < d->s->version)
        st = conflict(d, answer);
    if (!st) st = rule->decide(d);
    return st ? st : process_facts_changed(d);
}

static enum status run_one(struct write *w, struct command_job *job, const struct command *c,
                           struct problem *p, struct refusal *refusal) {
    assert((unsigned)c->kind < COMMAND_COUNT);
    const struct command_rule *rule = &COMMAND_RULES[c->kind];
    struct case_state state = {0};
    struct command_result spare = {0};
    struct decide d = {.cases = job->cases,
                       .actor = job->actor,
                       .command = c,
                       .s = &state,
                       .now = w->now,
                       .received = w->now,
                       .arena = w->arena,
                       .write = w,
                       .out = events_new(w->arena),
                       .problem = p,
                       .due = DUE_NONE,
                       .result = job->result ? job->result : &spare};
    enum status st = load(&d);
    if (!st) st = allowed(&d, rule);
    if (!st) st = decide(&d, rule, job->answer);
    if (st == STATUS_REFUSED) { // no right to, or the second of four eyes is the first
        refusal->refused = true;
        return record_refusal(&d, rule, &refusal->trace);
    }
    if (!st) st = write_events(w, job->actor->account, d.out);
    if (!st) st = told_hand_over(&d);
    if (st) return st;
    if (d.due < job->due) job->due = d.due;
    d.result->case_id = state.case_id;
    d.result->version = w->changed ? w->changed : state.version ? state.version : w->last;
    d.result->case_no = text_copy(job->answer, state.case_no);
    d.result->code = text_copy(job->answer, d.result->code);
    return STATUS_OK;
}

// After a command that began a case come those that belong to it.
static enum status run_list(struct write *w, struct refusal *r, struct problem *p) {
    for (size_t i = 0; i < r->job->count; i++) {
        struct command c = r->job->commands[i];
        if (i && !c.case_id && r->job->result) c.case_id = r->job->result->case_id;
        enum status st = run_one(w, r->job, &c, p, r);
        if (st) return st;
        if (r->refused) {
            if (i > 0) return STATUS_REFUSED; // all or none: what came before is rolled back
            r->problem = problem_copy(r->job->answer, p);
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

static enum status run_job(struct write *w, void *argument, struct problem *p) {
    struct refusal *r = argument;
    const struct cases_around *around = r->job->around;
    bool is_done = false;
    r->refused = false; // it may run more than once
    r->job->due = DUE_NONE;
    if (r->job->result) *r->job->result = (struct command_result){0};
    enum status st = around ? around->before(w, around->context, &is_done, p) : STATUS_OK;
    if (st || is_done) return st;
    st = run_list(w, r, p);
    if (st || r->refused || !around) return st;
    return around->after(w, around->context, r->job->result);
}

// Durable, or perhaps: the clock looks then. Not before, when the tables would not show it yet.
static enum status conclude(enum status st, const struct refusal *r, struct problem *p) {
    if (!st || st == STATUS_UNCERTAIN) due_note(r->job->cases, r->job->due);
    if (!st && r->refused) {
        *p = r->problem;
        st = STATUS_REFUSED;
    }
    if (st == STATUS_NOT_FOUND && !p->text_key)
        *p = (struct problem){.field = "", .rule = "not_found", .text_key = "problem.case.not_found"};
    return st;
}

// A refusal inside a list: what came before was rolled back, and the record with it.
static enum status submit(struct cases *c, struct command_job *job, struct problem *p) {
    struct refusal r = {.job = job};
    struct problem own;
    if (!p) p = &own;
    enum status st = conclude(journal_write_repeatable(c->journal, run_job, &r, job->answer, p), &r, p);
    if (st != STATUS_REFUSED || !r.refused || r.problem.rule) return st;
    r.trace.rule = p->rule;
    if (COMMAND_RULES[job->commands[0].kind].begins)
        r.trace.case_id = r.trace.subject = 0; // the case that it began is gone with it
    enum status recorded = access_record_now(c->journal, &r.trace);
    return recorded ? recorded : st;
}

enum status cases_do(struct cases *c, const struct actor *actor, const struct command *command,
                     struct arena *a, struct command_result *result, struct problem *p) {
    struct command_result spare;
    if (!result) result = &spare;
    *result = (struct command_result){0};
    assert((unsigned)command->kind < COMMAND_COUNT);
    struct command_job job = {c, actor, command, 1, a, result, NULL};
    return submit(c, &job, p);
}

void cases_do_each(struct cases *c, struct cases_request *list, size_t count) {
    struct arena a = {0};
    struct command_job *jobs = ARENA_ARRAY(&a, struct command_job, count);
    struct refusal *refusals = ARENA_ARRAY(&a, struct refusal, count);
    struct journal_request *requests = ARENA_ARRAY(&a, struct journal_request, count);
    for (size_t i = 0; i < count; i++) {
        list[i].result = (struct command_result){0};
        jobs[i] =
            (struct command_job){c, list[i].actor, list[i].command, 1, list[i].answer, &list[i].result, NULL};
        refusals[i].job = &jobs[i];
        requests[i] =
            (struct journal_request){.fn = run_job, .argument = &refusals[i], .answer = list[i].answer};
    }
    journal_write_each(c->journal, requests, count);
    for (size_t i = 0; i < count; i++) {
        list[i].problem = requests[i].problem;
        list[i].status = conclude(requests[i].status, &refusals[i], &list[i].problem);
    }
    arena_free(&a);
}

enum status cases_do_all(struct cases *c, const struct actor *actor, const struct command *commands,
                         size_t count, struct arena *a, struct problem *p) {
    if (count > CASES_BULK_MAX) {
        enum status st = problem(p, "cases", "too_many", "problem.bulk.too_many");
        problem_arg(p, "max", text_printf(a, "%d", CASES_BULK_MAX));
        return st;
    }
    struct command_job job = {c, actor, commands, count, a, NULL, NULL};
    return submit(c, &job, p);
}

enum status cases_do_together(struct cases *c, const struct actor *actor, const struct command *commands,
                              size_t count, const struct cases_around *around, struct arena *a,
                              struct command_result *result, struct problem *p) {
    assert(count > 0 && count <= CASES_BULK_MAX);
    *result = (struct command_result){0};
    struct command_job job = {c, actor, commands, count, a, result, around};
    return submit(c, &job, p);
}

// ---- opening ----

enum status cases_open(struct journal *j, const struct cases_options *o, struct cases **out,
                       struct problem *p) {
    struct cases *c = calloc(1, sizeof *c);
    if (!c) return STATUS_BUSY;
    c->journal = j;
    c->replays = replay_room_new();
    c->migrations = migration_room_new();
    due_open(c);
    c->throughput = throughput_room_new(c);
    c->authority = text_copy(&c->names, o->authority);
    c->site = text_copy(&c->names, o->site);
    c->zone_name = text_copy(&c->names, o->zone);
    for (size_t i = 0; o->signers && i < o->signers->count; i++) {
        c->signers.keys[i] = o->signers->keys[i];
        c->signers.keys[i].name = text_copy(&c->names, o->signers->keys[i].name);
        c->signers.count++;
    }
    c->read_before = o->pack ? pack_keep(o->pack) : NULL;
    c->watch = o->watch;
    c->watch_context = o->watch_context;
    c->tell = o->tell;
    c->tell_context = o->tell_context;
    pthread_rwlock_init(&c->lock, NULL);
    pthread_mutex_init(&c->loading, NULL);
    enum status st = zone_find(o->zone, &c->zone);
    if (st) st = problem(p, "zone", "zone_unknown", "problem.zone.unknown");
    if (!st) st = keys_named(journal_store(j), "letters", &c->letter_key);
    if (!st) st = packs_load_all(c, p);
    if (st) {
        cases_close(c);
        return st;
    }
    *out = c;
    return STATUS_OK;
}

void cases_close(struct cases *c) {
    if (!c) return;
    replay_room_free(c->replays);
    migration_room_free(c->migrations);
    due_close(c);
    throughput_room_free(c->throughput);
    packs_free(c);
    pack_release(c->read_before);
    key_wipe(&c->letter_key);
    pthread_rwlock_destroy(&c->lock);
    pthread_mutex_destroy(&c->loading);
    arena_free(&c->names);
    free(c);
}

struct journal *cases_journal(struct cases *c) {
    return c->journal;
}
