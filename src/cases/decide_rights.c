// decide_rights.c - what a person asks under data protection law, and the duties that the case brings by
// itself.
#include "cases/internal.h"

// The pack's list says which clock a right starts (R-GD-06, R-RD-04).
enum status decide_ask_right(struct decide *d) {
    struct ask_right c = d->command->ask_right;
    enum status st = want_code(d, "right", "right", c.right);
    if (!st) st = want_text(d, "words", &c.words, 0, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft) return problem(d->problem, "", "not_now", "problem.case.draft");
    st = paper_receive(d, d->s->made_at, (struct moment){0});
    if (st) return st;
    d->result->made = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_right_asked);
    draft_int(e, "request", d->result->made);
    draft_text(e, "right", c.right);
    draft_personal_text(e, "words", c.words);
    paper_note(d, e);
    const struct code *right = code_find(pack_codes(d->pack, T("right")), c.right);
    return clock_start_by_trigger(d, code_text(right, "trigger"), d->result->made, NULL);
}

static const struct right_row *open_right(const struct decide *d, int64_t request) {
    for (size_t i = 0; i < d->s->rights.count; i++)
        if (d->s->rights.items[i].id == request) return &d->s->rights.items[i];
    return NULL;
}

// R-RD-04: another person looks than the one who has the case or proposed its decision.
static bool is_same_person(const struct decide *d, struct text right) {
    const struct code_list *l = pack_codes(d->pack, T("right"));
    const struct code *code = l ? code_find(l, right) : NULL;
    bool must_be_another = code && code_flag(code, "by_another");
    return must_be_another &&
           (d->actor->account == d->s->officer || d->actor->account == d->s->decision.proposed_by);
}

enum status decide_answer_right(struct decide *d) {
    struct answer_right c = d->command->answer_right;
    const struct right_row *asked = open_right(d, c.request);
    enum status st = want_text(d, "answer", &c.answer, 1, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (!asked) return problem(d->problem, "request", "request_closed", "problem.right.closed");
    if (is_same_person(d, asked->kind)) {
        enum status ignored = problem(d->problem, "answer", "another_person", "problem.right.another");
        (void)ignored;
        return STATUS_REFUSED;
    }
    struct event_draft *e = case_emit(d, &EVENT_right_answered);
    draft_int(e, "request", c.request);
    draft_int(e, "account", d->s->account);
    draft_text(e, "right", asked->kind);
    draft_personal_text(e, "answer", c.answer);
    clock_stop_about(d, c.request);
    return STATUS_OK;
}

// A duty is fulfilled on the day it was done, which may be before it is recorded.
enum status decide_record_step(struct decide *d) {
    struct record_step c = d->command->record_step;
    enum status st = want_code(d, "step", "step", c.step);
    if (!st) st = want_past_day(d, "on", c.on, d->s->made_at, &d->received);
    if (st) return st;
    if (!clocks_meet(d, c.step)) return problem(d->problem, "step", "not_now", "problem.step.not_now");
    struct event_draft *e = case_emit(d, &EVENT_step_recorded);
    draft_text(e, "on", date_print(d->arena, c.on));
    draft_personal_text(e, "step", c.step); // "representative_appointed" tells of a child
    return told_of_step(d, c.step);
}

enum status decide_choose_track(struct decide *d) {
    struct choose_track c = d->command->choose_track;
    struct text channel_before = {0};
    enum status st = want_code(d, "track", "track", c.track);
    if (!st) st = want_text(d, "reason", &c.reason, 1, REASONS_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft || d->s->is_closed) return problem(d->problem, "", "not_now", "problem.case.closed");
    if (text_eq(c.track, d->s->track)) return problem(d->problem, "track", "same", "problem.track.same");
    st = channel_rule_now(d, &channel_before);
    if (st) return st;
    d->s->track = c.track;
    struct event_draft *e = case_emit(d, &EVENT_track_chosen);
    draft_personal_text(e, "track", c.track);
    draft_personal_text(e, "reason", c.reason);
    st = clocks_review(d);
    // CH-2: whoever may be transferred to another state gets it on paper.
    if (!st) st = channel_by_rules(d, channel_before);
    // Chosen again after another track: its time still counts from the lodging.
    return !st && d->s->lodged_at.ms && !d->s->decided_at.ms ? clocks_begin(d, "lodged", d->s->lodged_at)
                                                             : st;
}
