// counter.c - what came on paper or was said at the counter, entered by staff for the person (R-CH-01).
//
// It counts from the day on which it was received, not from the day on which somebody typed it: every period
// that it meets or starts is computed from there.
#include "cases/internal.h"

static enum status want_paper(struct decide *d, int64_t document) {
    if (!document) return STATUS_OK;
    for (size_t i = 0; i < d->s->documents.count; i++) {
        const struct document_row *row = &d->s->documents.items[i];
        if (row->id == document && !row->is_removed) return STATUS_OK;
    }
    return problem(d->problem, "paper", "not_found", "problem.document.not_found");
}

// What lay longer on a desk than the pack's "explain_after_days" is explained: the earlier day changes
// rights.
static bool lay_long(const struct decide *d, const struct paper_receipt *r) {
    const struct code_list *l = pack_codes(d->pack, T("received_by"));
    const struct code *by = l ? code_find(l, r->by) : NULL;
    int64_t most;
    if (!by || !text_int(code_text(by, "explain_after_days"), &most)) return false;
    return date_to_days(case_today(d)) - date_to_days(r->on) > most;
}

// Noon, but never before what it answers and never after now.
enum status want_past_day(struct decide *d, const char *field, struct date on, struct moment earliest,
                          struct moment *at) {
    struct date first = zone_date(d->cases->zone, earliest);
    if (!date_is_full(on) || !date_is_valid(on))
        return problem(d->problem, field, "date_needed", "problem.date.full");
    if (date_cmp(on, case_today(d)) > 0)
        return problem(d->problem, field, "date_in_future", "problem.date.future");
    if (date_cmp(on, first) < 0) {
        enum status st = problem(d->problem, field, "before_cause", "problem.paper.before");
        problem_arg(d->problem, "day", date_print(d->arena, first));
        return st;
    }
    *at = zone_moment(d->cases->zone, on, 12 * 60);
    if (at->ms < earliest.ms) *at = earliest;
    if (at->ms > d->now.ms) *at = d->now;
    return STATUS_OK;
}

enum status paper_receive(struct decide *d, struct moment earliest, struct moment due) {
    struct paper_receipt r = d->command->paper;
    if (is_person(d)) return STATUS_OK;
    enum status st = want_code(d, "received_by", "received_by", r.by);
    if (!st) st = want_past_day(d, "received_on", r.on, earliest, &d->received);
    if (!st) st = want_paper(d, r.document);
    if (st) return st;
    bool late = due.ms && d->received.ms >= due.ms;
    if ((late || lay_long(d, &r)) && !text_trim(r.reason).n)
        return problem(d->problem, "late_reason", "required",
                       late ? "problem.paper.late" : "problem.paper.lay");
    return want_text(d, "late_reason", &r.reason, 0, REASONS_BYTES_MAX);
}

void paper_note(struct decide *d, struct event_draft *e) {
    const struct paper_receipt *r = &d->command->paper;
    if (is_person(d)) return;
    draft_text(e, "received_by", r->by);
    draft_text(e, "received_on", date_print(d->arena, r->on));
    draft_int(e, "received_at", d->received.ms);
    draft_int(e, "paper", r->document);
    draft_personal_text(e, "late_reason", text_trim(r->reason));
}

struct moment event_received(const struct event *e) {
    int64_t at = event_int(e, "received_at");
    return at ? (struct moment){at} : e->at;
}
