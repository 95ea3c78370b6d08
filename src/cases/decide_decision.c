// decide_decision.c - proposing, signing and returning a decision; notification; appeal.
//
// There is no way here from a rule to a decision: outcome and reasons come from a named officer, who signs it
// with a command of their own; where the pack says so, a second officer who is somebody else (R-GD-12).
#include "cases/internal.h"

enum { REASONS_CHARS_MIN = 80 }; // shorter than a sentence cannot be individual reasons (R-RD-02)

static enum status want_reasons(struct decide *d, const char *field, struct text *t) {
    enum status st = want_text(d, field, t, 1, REASONS_BYTES_MAX);
    if (st || text_codepoints(*t) >= REASONS_CHARS_MIN) return st;
    st = problem(d->problem, field, "reasons_short", "problem.reasons.short");
    problem_arg(d->problem, "min", text_printf(d->arena, "%d", REASONS_CHARS_MIN));
    return st;
}

static enum status suggestion_now(struct decide *d, struct text *out) {
    const struct dmn_model *m = pack_decision_with(d->pack, T("suggest_track"));
    struct feel_now now = feel_now_of(d->cases, d->now);
    struct feel_value facts, value = feel_null();
    *out = T("");
    if (!m) return STATUS_OK;
    enum status st = facts_for_rules(d, &facts);
    if (!st) st = dmn_evaluate(m, T("suggest_track"), &facts, &now, d->arena, &value, NULL);
    if (!st && value.kind != FEEL_NULL) *out = feel_print(d->arena, &value);
    return st;
}

enum status decide_propose_decision(struct decide *d) {
    struct propose_decision c = d->command->propose_decision;
    struct outcome o;
    struct text suggestion;
    if (d->actor->kind != ACTOR_STAFF || !d->actor->account)
        return problem(d->problem, "decision", "named_human", "problem.decision.named_human");
    if (pack_outcome(d->pack, c.outcome, &o))
        return problem(d->problem, "outcome", "unknown_code", "problem.code.unknown");
    enum status st = want_reasons(d, "facts", &c.facts);
    if (!st) st = want_reasons(d, "evidence", &c.evidence);
    if (!st) st = want_reasons(d, "assessment", &c.assessment);
    if (!st) st = want_text(d, "legal_basis", &c.legal_basis, 1, 2000);
    if (!st) st = want_text(d, "suggestion_view", &c.suggestion_view, 0, 4000);
    if (!st && !process_waits_for(d, "propose_decision")) return process_command(d, "propose_decision");
    if (!st) st = suggestion_now(d, &suggestion);
    if (st) return st;
    d->result->made = case_new_id(d);
    d->s->decision = (struct decision_row){d->result->made, d->actor->account, c.outcome,
                                           T("proposed"),   o.is_adverse,      {0}};
    struct event_draft *e = case_emit(d, &EVENT_decision_proposed);
    draft_int(e, "decision", d->result->made);
    draft_personal_text(e, "outcome", c.outcome);
    draft_personal_int(e, "is_adverse", o.is_adverse);
    draft_personal_text(e, "facts", c.facts);
    draft_personal_text(e, "evidence", c.evidence);
    draft_personal_text(e, "assessment", c.assessment);
    draft_personal_text(e, "legal_basis", c.legal_basis);
    draft_personal_text(e, "suggestion", suggestion);
    draft_personal_text(e, "suggestion_view", c.suggestion_view);
    return process_command(d, "propose_decision");
}

static enum status need_proposal(struct decide *d, int64_t decision) {
    if (d->s->decision.id == decision && text_eq(d->s->decision.state, T("proposed"))) return STATUS_OK;
    return problem(d->problem, "decision", "decision_closed", "problem.decision.closed");
}

// Four eyes where the pack wants them for this outcome: the role for it, and not the proposer.
static enum status need_second(struct decide *d) {
    struct outcome o;
    if (d->actor->kind != ACTOR_STAFF || !d->actor->second_factor)
        return problem(d->problem, "decision", "named_human", "problem.decision.named_human");
    if (!pack_outcome(d->pack, d->s->decision.outcome, &o) && !o.needs_second) return STATUS_OK;
    enum status st = command_may(d, "sign_as_second", "decision");
    if (st || d->s->decision.proposed_by != d->actor->account) return st;
    enum status ignored = problem(d->problem, "decision", "four_eyes", "problem.decision.four_eyes");
    (void)ignored;
    return STATUS_REFUSED;
}

enum status decide_sign_decision(struct decide *d) {
    enum status st = need_proposal(d, d->command->sign_decision.decision);
    if (!st) st = need_second(d);
    if (st) return st;
    if (!process_waits_for(d, "sign_decision")) return process_command(d, "sign_decision");
    d->s->decision.state = T("signed");
    d->s->decided_at = d->now;
    clocks_meet(d, T("decision_signed"));
    draft_int(case_emit(d, &EVENT_decision_signed), "decision", d->s->decision.id);
    return process_command(d, "sign_decision");
}

enum status decide_return_decision(struct decide *d) {
    struct return_decision c = d->command->return_decision;
    enum status st = need_proposal(d, c.decision);
    if (!st) st = need_second(d);
    if (!st) st = want_text(d, "reason", &c.reason, 1, REASONS_BYTES_MAX);
    if (st) return st;
    if (!process_waits_for(d, "sign_decision")) return process_command(d, "sign_decision");
    d->s->decision.state = T("returned");
    d->fact.is_returned = true;
    struct event_draft *e = case_emit(d, &EVENT_decision_returned);
    draft_int(e, "decision", d->s->decision.id);
    draft_personal_text(e, "reason", c.reason);
    return process_command(d, "sign_decision");
}

// ---- appeal ----

// In time by the day of receipt, even when its clock lapsed before the paper was entered.
static enum status stay_asked(struct decide *d) {
    const struct deadlines *all = pack_deadlines(d->pack);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < all->count && !st; i++)
        if (text_eq(all->items[i].met_by, T("stay_requested"))) st = clock_meet(d, all->items[i].id, 0);
    return st;
}

enum status decide_lodge_appeal(struct decide *d) {
    struct lodge_appeal c = d->command->lodge_appeal;
    struct outcome o;
    enum status st = want_text(d, "grounds", &c.grounds, 0, REASONS_BYTES_MAX);
    if (st) return st;
    bool may = text_eq(d->s->decision.state, T("notified")) && d->s->appealed != d->s->decision.id &&
               !pack_outcome(d->pack, d->s->decision.outcome, &o) && o.appeal.n;
    bool waits = process_waits_message(d, "appeal_lodged");
    // A paper that came in time may be entered after the case was closed; and only the court says that one is
    // too late.
    if (!may || (!waits && (is_person(d) || !d->s->process.ended)))
        return problem(d->problem, "", "no_appeal_now", "problem.appeal.not_now");
    st = paper_receive(d, d->s->notified_at, d->s->decision.appeal_until);
    if (st) return st;
    d->result->made = case_new_id(d);
    d->s->appeal = d->result->made;
    struct event_draft *e = case_emit(d, &EVENT_appeal_lodged);
    draft_int(e, "appeal", d->result->made);
    draft_int(e, "decision", d->s->decision.id);
    draft_bool(e, "asks_to_stay", c.asks_to_stay);
    draft_personal_text(e, "grounds", c.grounds);
    paper_note(d, e);
    st = clocks_begin(d, "appeal_lodged", d->received);
    if (st) return st;
    st = c.asks_to_stay ? stay_asked(d) : STATUS_OK;
    if (!st) st = clock_meet(d, o.appeal, 0);
    return st ? st : process_message_late(d, "appeal_lodged");
}

enum status decide_record_appeal_outcome(struct decide *d) {
    struct record_appeal_outcome c = d->command->record_appeal_outcome;
    enum status st = want_code(d, "outcome", "appeal_outcome", c.outcome);
    if (!st) st = want_text(d, "reasons", &c.reasons, 1, REASONS_BYTES_MAX);
    if (!st) st = want_text(d, "court_number", &c.court_number, 0, 100);
    if (st) return st;
    if (!d->s->appeal) return problem(d->problem, "", "no_open_appeal", "problem.appeal.none");
    if (!process_waits_for(d, "record_appeal_outcome")) return process_command(d, "record_appeal_outcome");
    struct event_draft *e = case_emit(d, &EVENT_appeal_decided);
    draft_int(e, "appeal", d->s->appeal);
    draft_personal_text(e, "outcome", c.outcome);
    draft_personal_text(e, "reasons", c.reasons);
    draft_personal_text(e, "court_number", c.court_number);
    d->fact.appeal_outcome = c.outcome;
    clocks_meet(d, T("appeal_decided"));
    int64_t letter;
    st = letter_make_if(d, T("appeal_outcome"), d->s->appeal, &letter);
    return st ? st : process_command(d, "record_appeal_outcome");
}
