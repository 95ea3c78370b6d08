// decide_steps.c - an officer's steps before the decision: registration, completeness, interview.
#include "cases/internal.h"

#include "base/cbor.h"

// ---- registration ----

// The pack's plausibility table finds {code, severity, field, text_key}; what must stop needs a reason to go
// on.
static enum status check_findings(struct decide *d, const struct register_application *c) {
    const struct dmn_model *m = pack_decision_with(d->pack, T("plausibility"));
    struct feel_now now = feel_now_of(d->cases, d->now);
    struct feel_value facts, found = feel_null();
    if (!m) return STATUS_OK;
    enum status st = facts_for_rules(d, &facts);
    if (!st) st = dmn_evaluate(m, T("plausibility"), &facts, &now, d->arena, &found, NULL);
    if (st) return st;
    for (size_t i = 0; found.kind == FEEL_LIST && i < found.list.count; i++) {
        struct feel_value code = feel_get(&found.list.items[i], T("code"));
        struct feel_value severity = feel_get(&found.list.items[i], T("severity"));
        bool is_overridden = !text_eq(feel_text(&severity), T("stop"));
        for (size_t k = 0; k < c->override_count; k++)
            is_overridden |=
                text_eq(c->overrides[k].code, feel_text(&code)) && text_trim(c->overrides[k].reason).n;
        if (is_overridden) continue;
        struct feel_value key = feel_get(&found.list.items[i], T("text_key"));
        st = problem(d->problem, "overrides", "implausible", text_c(d->arena, feel_text(&key)));
        problem_arg(d->problem, "code", feel_text(&code));
        return st;
    }
    return STATUS_OK;
}

static struct bytes list_overrides(struct arena *a, const struct register_application *c) {
    struct out o = {.arena = a};
    cbor_array(&o, c->override_count * 2);
    for (size_t i = 0; i < c->override_count; i++) {
        cbor_text(&o, c->overrides[i].code);
        cbor_text(&o, c->overrides[i].reason);
    }
    return bytes_of(out_done(&o));
}

static enum status want_overrides(struct decide *d, struct register_application *c) {
    if (c->override_count > OVERRIDES_MAX)
        return problem(d->problem, "overrides", "too_many", "problem.registration.overrides");
    enum status st = STATUS_OK;
    for (size_t i = 0; i < c->override_count && !st; i++) {
        st = want_text(d, "overrides", &c->overrides[i].code, 1, 40);
        if (!st) st = want_text(d, "overrides", &c->overrides[i].reason, 0, 2000);
    }
    return st;
}

enum status decide_register_application(struct decide *d) {
    struct register_application c = d->command->register_application;
    enum status st = want_text(d, "made_at_place", &c.made_at_place, 1, 300);
    if (!st) st = want_overrides(d, &c);
    if (st) return st;
    if (!date_is_full(c.made_on) || !date_is_valid(c.made_on))
        return problem(d->problem, "made_on", "date_needed", "problem.date.full");
    if (date_cmp(c.made_on, case_today(d)) > 0)
        return problem(d->problem, "made_on", "date_in_future", "problem.date.future");
    if (!c.identity_checked)
        return problem(d->problem, "identity_checked", "required", "problem.registration.identity");
    if (!process_waits_for(d, "register_application")) return process_command(d, "register_application");
    st = check_findings(d, &c);
    if (st) return st;
    d->s->registered_at = d->now;
    d->s->made_on = date_print(d->arena, c.made_on);
    struct event_draft *e = case_emit(d, &EVENT_application_registered);
    draft_text(e, "made_on", d->s->made_on);
    draft_personal_text(e, "place", c.made_at_place);
    draft_personal_bytes(e, "overrides", list_overrides(d->arena, &c));
    st = pack_follow(d, PACK_BY_MADE, c.made_on);
    if (!st) st = pack_follow(d, PACK_BY_REGISTERED, case_today(d));
    if (st) return st;
    int64_t letter;
    st = letter_make_if(d, T("registration_certificate"), 0, &letter);
    if (st) return st;
    st = clocks_begin(d, "registered", d->s->registered_at);
    return st ? st : process_command(d, "register_application");
}

enum status decide_check_completeness(struct decide *d) {
    struct check_completeness c = d->command->check_completeness;
    if (c.missing_count > MISSING_MAX)
        return problem(d->problem, "missing", "too_many", "problem.completeness.many");
    if (c.is_complete && c.missing_count)
        return problem(d->problem, "missing", "complete_and_missing", "problem.completeness.both");
    if (!c.is_complete && !c.missing_count)
        return problem(d->problem, "missing", "required", "problem.completeness.what");
    if (!process_waits_for(d, "check_completeness")) return process_command(d, "check_completeness");
    struct out missing = {.arena = d->arena};
    for (size_t i = 0; i < c.missing_count; i++) {
        enum status st = want_code(d, "missing", "document", c.missing[i]);
        if (st) return st;
        if (i) out_byte(&missing, ',');
        out_text(&missing, c.missing[i]);
    }
    bool lodged = c.is_complete && !d->s->lodged_at.ms;
    if (lodged) d->s->lodged_at = d->now;
    struct event_draft *e = case_emit(d, &EVENT_completeness_checked);
    draft_bool(e, "complete", c.is_complete);
    draft_bool(e, "lodged", lodged);
    draft_personal_text(e, "missing", out_done(&missing));
    d->fact.is_complete = c.is_complete;
    enum status st = lodged ? pack_follow(d, PACK_BY_LODGED, case_today(d)) : STATUS_OK;
    if (!st && lodged) st = clocks_begin(d, "lodged", d->s->lodged_at);
    return st ? st : process_command(d, "check_completeness");
}

// ---- interview ----

#define BOOKED_AHEAD_MS (INT64_C(3) * 366 * 86400000) // longer than any procedure: a slip of the pen

enum status decide_book_interview(struct decide *d) {
    struct book_interview c = d->command->book_interview;
    if (c.starts.ms <= d->now.ms) return problem(d->problem, "starts", "date_in_past", "problem.date.past");
    if (c.starts.ms > d->now.ms + BOOKED_AHEAD_MS)
        return problem(d->problem, "starts", "date_far", "problem.date.far");
    if (c.minutes < 15 || c.minutes > 12 * 60)
        return problem(d->problem, "minutes", "range", "problem.interview.length");
    enum status st = want_text(d, "place", &c.place, 1, 300);
    if (!st) st = want_text(d, "interpreter", &c.interpreter, 0, 200);
    if (!st) st = want_language(d, c.language);
    if (!st && c.is_remote) st = want_text(d, "remote_reason", &c.remote_reason, 1, 2000);
    if (st) return st;
    if (!process_waits_for(d, "book_interview")) return process_command(d, "book_interview");
    d->result->made = case_new_id(d);
    d->s->appointment = d->result->made;
    d->s->appointment_at = c.starts;
    clock_stop_trigger(d, T("non_compliance"));
    struct event_draft *e = case_emit(d, &EVENT_interview_booked);
    draft_int(e, "appointment", d->result->made);
    draft_int(e, "starts", c.starts.ms);
    draft_int(e, "minutes", c.minutes);
    draft_text(e, "language", c.language);
    draft_bool(e, "is_remote", c.is_remote);
    draft_personal_text(e, "place", c.place);
    draft_personal_text(e, "interpreter", c.interpreter);
    draft_personal_text(e, "remote_reason", c.remote_reason);
    int64_t letter;
    st = letter_make_if(d, T("interview_invitation"), d->result->made, &letter);
    return st ? st : process_command(d, "book_interview");
}

static enum status need_appointment(struct decide *d, int64_t appointment) {
    if (d->s->appointment && d->s->appointment == appointment) return STATUS_OK;
    return problem(d->problem, "appointment", "appointment_closed", "problem.appointment.closed");
}

// Back to booking: the process hears "interview_cancelled".
enum status decide_cancel_interview(struct decide *d) {
    struct cancel_interview c = d->command->cancel_interview;
    enum status st = need_appointment(d, c.appointment);
    if (!st) st = want_text(d, "reason", &c.reason, 1, 2000);
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_interview_cancelled);
    draft_int(e, "appointment", c.appointment);
    draft_personal_text(e, "reason", c.reason);
    return process_message(d, "interview_cancelled");
}

enum status decide_hold_interview(struct decide *d) {
    struct hold_interview c = d->command->hold_interview;
    enum status st = need_appointment(d, c.appointment);
    if (st) return st;
    if (!process_waits_for(d, "hold_interview")) return process_command(d, "hold_interview");
    d->fact.was_held = c.was_held;
    if (!c.was_held) {
        st = want_text(d, "absence_reason", &c.absence_reason, 1, 2000);
        if (st) return st;
        struct event_draft *e = case_emit(d, &EVENT_interview_missed);
        draft_int(e, "appointment", c.appointment);
        draft_personal_text(e, "reason", c.absence_reason);
        st = clock_start_by_trigger(d, T("non_compliance"), 0, NULL);
        return st ? st : process_command(d, "hold_interview");
    }
    st = want_text(d, "record", &c.record, 1, RECORD_BYTES_MAX);
    if (!st) st = want_text(d, "present", &c.present, 1, 2000);
    if (st) return st;
    d->result->made = case_new_id(d);
    d->s->interview = d->result->made;
    struct event_draft *e = case_emit(d, &EVENT_interview_held);
    draft_int(e, "interview", d->result->made);
    draft_int(e, "appointment", c.appointment);
    draft_personal_text(e, "record", c.record);
    draft_personal_text(e, "present", c.present);
    return process_command(d, "hold_interview");
}

// APR Art. 14: the applicant reads or hears the record and may correct it; a refusal to confirm is recorded
// with its reasons and does not stop the case.
enum status decide_read_back_interview(struct decide *d) {
    struct read_back_interview c = d->command->read_back_interview;
    if (!process_waits_for(d, "read_back_interview")) return process_command(d, "read_back_interview");
    enum status st = want_text(d, "corrections", &c.corrections, 0, RECORD_BYTES_MAX);
    if (!st) st = want_text(d, "refusal_reason", &c.refusal_reason, c.is_confirmed ? 0 : 1, 4000);
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_interview_read_back);
    draft_int(e, "interview", d->s->interview);
    draft_bool(e, "confirmed", c.is_confirmed);
    draft_personal_text(e, "corrections", c.corrections);
    draft_personal_text(e, "refusal_reason", c.refusal_reason);
    return process_command(d, "read_back_interview");
}
