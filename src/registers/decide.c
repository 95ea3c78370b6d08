// decide.c - what somebody wants to do with an entry, to events.
#include "registers/decide.h"

static enum status no(struct doing *d, const char *field, const char *rule, const char *key) {
    return problem(d->p, field, rule, key);
}

static enum status want_reason(struct doing *d) {
    if (text_trim(d->act->reason).n) return STATUS_OK;
    return no(d, "reason", "required", "problem.register.reason");
}

static enum status want_state(struct doing *d, const char *one, const char *other) {
    if (text_eq(d->e.state, text_of(one)) || (other && text_eq(d->e.state, text_of(other)))) return STATUS_OK;
    enum status st = no(d, "", "entry_state", "problem.register.state");
    problem_arg(d->p, "state", text_copy(d->answer, d->e.state));
    return st;
}

static enum status want_not_waiting(struct doing *d) {
    return d->e.waiting ? no(d, "", "entry_waits", "problem.register.waits") : STATUS_OK;
}

static struct date from_of(const struct doing *d) {
    return d->act->from.year ? d->act->from : d->today;
}

static enum status want_days(struct doing *d) {
    const struct register_act *a = d->act;
    bool good = (!a->from.year || (date_is_full(a->from) && date_is_valid(a->from))) &&
                (!a->until.year || (date_is_full(a->until) && date_is_valid(a->until)));
    if (!good) return no(d, "from", "date", "problem.register.date");
    if (a->until.year && date_cmp(a->until, from_of(d)) <= 0)
        return no(d, "until", "until_before_from", "problem.register.until");
    return STATUS_OK;
}

// ---- what is said

static class_set may_write(const struct doing *d) {
    if (d->actor->kind == ACTOR_SYSTEM) return access_all_classes(d->policy);
    return access_visible_classes(d->policy, d->actor, T("record"), d->act->look.purpose, d->relation,
                                  text_trim(d->act->look.reason).n > 0);
}

static enum status not_theirs(struct doing *d, struct text path) {
    enum status ignored = no(d, text_c(d->answer, path), "access_class", "problem.register.class");
    (void)ignored;
    return STATUS_REFUSED;
}

// What the actor may write is taken; what they may not, and so did not see, stays as it was.
static enum status merge(struct doing *d, const struct answers *before, struct answers *out) {
    class_set mine = may_write(d);
    const struct answers *said = d->act->answers;
    enum status st = STATUS_OK;
    *out = (struct answers){.arena = d->arena};
    for (size_t i = 0; said && i < said->count && !st; i++) {
        struct text path = said->items[i].path, was = before ? answers_get(before, path) : T("");
        bool is_field = form_field_at(d->g->of->form, path) != NULL;
        if (is_field && !rights_shows(d->g, d->policy, mine, path)) {
            if (!text_eq(was, said->items[i].value)) return not_theirs(d, path);
            continue; // comes from what was there
        }
        st = answers_set(out, path, said->items[i].value);
    }
    for (size_t i = 0; before && i < before->count && !st; i++)
        if (!rights_shows(d->g, d->policy, mine, before->items[i].path))
            st = answers_set(out, before->items[i].path, before->items[i].value);
    return st == STATUS_TOO_LARGE ? no(d, "", "too_long", "problem.register.too_long") : st;
}

static void tell_problems(struct doing *d, const struct form_problems *found) {
    for (size_t i = 0; i < found->count; i++) {
        struct form_problem *to = ARENA_PUSH(d->answer, &d->done->problems);
        *to = found->items[i];
        to->path = text_copy(d->answer, to->path);
        to->problem = problem_copy(d->answer, &found->items[i].problem);
    }
    if (d->p && d->done->problems.count) *d->p = d->done->problems.items[0].problem;
}

static enum status checked(struct doing *d, struct answers *said) {
    struct form_context context = pack_form_context(d->g->pack, d->today);
    struct form_problems found = {0};
    if (said->bytes > REGISTER_ANSWERS_MAX) return no(d, "", "too_long", "problem.register.too_long");
    // An answer that belongs to no field is a mistake; one to a question that is hidden now is dropped.
    bool is_known = true;
    for (size_t i = 0; i < said->count; i++)
        is_known &= form_field_at(d->g->of->form, said->items[i].path) != NULL;
    if (is_known) form_prune(d->g->of->form, said);
    if (form_check(d->g->of->form, NULL, said, &context, d->arena, &found)) return STATUS_OK;
    tell_problems(d, &found);
    return STATUS_INVALID;
}

static bool needs_two(const struct doing *d, enum register_action a) {
    return d->g->of->needs_two[a] && d->actor->kind != ACTOR_SYSTEM;
}

static void note_wait(struct doing *d, const struct layer *l) {
    d->done->version = l->version;
    d->done->is_waiting = text_eq(l->state, T("waiting"));
}

// "ALR-2026-0000012-C": the serial of each register starts anew each year.
struct text next_reference(struct doing *d) {
    struct text prefix = d->g->of->prefix;
    struct text counter = text_printf(d->arena, "register_no.%d." TEXT_FMT, d->today.year, TEXT_ARG(prefix));
    struct text body = text_printf(d->arena, TEXT_FMT "-%04d-%07lld", TEXT_ARG(prefix), d->today.year,
                                   (long long)write_counter(d->w, counter));
    return text_printf(d->arena, TEXT_FMT "-%c", TEXT_ARG(body), cases_check_character(body));
}

static enum status record(struct doing *d) {
    struct answers said;
    enum status st = want_days(d);
    if (!st && d->act->until.year) st = no(d, "until", "until_of_new", "problem.register.until_of_new");
    if (!st) st = merge(d, NULL, &said);
    if (!st) st = checked(d, &said);
    if (st) return st;
    d->e.entry = write_id(d->w);
    d->e.reference = next_reference(d);
    d->e.recorded = d->now;
    st = write_subject(d->w, d->e.entry);
    if (st) return st;
    struct layer *l = layer_add(d, "said", needs_two(d, REGISTER_RECORD) ? "waiting" : "known", from_of(d),
                                (struct date){0});
    l->answers = said;
    struct event_draft *e = emit_layer(d, &EVENT_entry_recorded, l);
    draft_text(e, "register", d->g->of->id);
    draft_text(e, "reference", d->e.reference);
    note_wait(d, l);
    return emit_head(d, e);
}

// An ended entry is corrected for the time before its end.
static enum status within_life(struct doing *d, struct date from, struct date *until) {
    if (!d->e.ended.year) return STATUS_OK;
    if (date_cmp(from, d->e.ended) >= 0) return no(d, "from", "after_end", "problem.register.after_end");
    if (!until->year || date_cmp(*until, d->e.ended) > 0) *until = d->e.ended;
    return STATUS_OK;
}

static enum status correct(struct doing *d) {
    struct answers said;
    struct date from = from_of(d), until = d->act->until;
    enum status st = want_state(d, "current", "ended");
    if (!st) st = want_not_waiting(d);
    if (!st) st = want_reason(d);
    if (!st) st = want_days(d);
    if (!st) st = within_life(d, from, &until);
    if (st) return st;
    const struct layer *before = entry_as_of(&d->e, from, d->now);
    bool is_said = before && text_eq(before->kind, T("said"));
    st = merge(d, is_said ? &before->answers : &d->e.answers, &said);
    if (!st) st = checked(d, &said);
    if (st) return st;
    if (is_said && answers_eq(&said, &before->answers) && !text_trim(d->act->source.evidence).n)
        return no(d, "", "nothing_changed", "problem.register.nothing_changed");
    struct layer *l = layer_add(d, "said", needs_two(d, REGISTER_RECORD) ? "waiting" : "known", from, until);
    l->answers = said;
    struct event_draft *e = emit_layer(d, &EVENT_entry_corrected, l);
    note_wait(d, l);
    return d->done->is_waiting ? STATUS_OK : emit_head(d, e);
}

// A mistake in the day of an end: what it said held until then.
static enum status fill_gap(struct doing *d, struct date from) {
    if (!d->e.ended.year || date_cmp(from, d->e.ended) <= 0) return STATUS_OK;
    struct layer *l =
        layer_add(d, "said", needs_two(d, REGISTER_END) ? "waiting" : "known", d->e.ended, from);
    l->answers = d->e.answers;
    emit_layer(d, &EVENT_entry_corrected, l);
    return STATUS_OK;
}

static enum status end(struct doing *d) {
    bool was_ended = text_eq(d->e.state, T("ended"));
    enum status st = want_state(d, "current", d->act->is_mistake ? "ended" : NULL);
    if (!st) st = want_not_waiting(d);
    if (!st) st = want_reason(d);
    if (!st) st = want_days(d);
    // Two layers that wait would need two second looks: such a mistake is for a register without four eyes.
    if (!st && was_ended && needs_two(d, REGISTER_END) && date_cmp(from_of(d), d->e.ended) > 0)
        st = no(d, "from", "after_end", "problem.register.after_end");
    if (!st && was_ended) st = fill_gap(d, from_of(d));
    if (st) return st;
    struct layer *l =
        layer_add(d, "ended", needs_two(d, REGISTER_END) ? "waiting" : "known", from_of(d), (struct date){0});
    struct event_draft *e = emit_layer(d, &EVENT_entry_ended, l);
    note_wait(d, l);
    return d->done->is_waiting ? STATUS_OK : emit_head(d, e);
}

// ---- the second person

static enum status find_waiting(struct doing *d, struct layer **out) {
    int64_t wanted = d->act->version ? d->act->version : d->e.waiting;
    if (!d->e.waiting || wanted != d->e.waiting)
        return no(d, "", "not_waiting", "problem.register.not_waiting");
    for (size_t i = 0; i < d->e.layers.count; i++)
        if (d->e.layers.items[i].version == wanted) *out = &d->e.layers.items[i];
    d->done->version = wanted;
    return *out ? STATUS_OK : STATUS_CORRUPT;
}

static enum status want_other_person(struct doing *d) {
    if (d->actor->account != d->e.waits_of) return STATUS_OK;
    enum status ignored = no(d, "", "same_person", "problem.register.same_person");
    (void)ignored;
    return STATUS_REFUSED;
}

static enum status confirm(struct doing *d) {
    struct layer *l = NULL;
    enum status st = find_waiting(d, &l);
    if (!st) st = want_other_person(d);
    if (st) return st;
    l->state = T("known");
    l->known = d->now;
    struct event_draft *e = events_add(d->out, &EVENT_entry_confirmed, d->e.entry, d->e.entry);
    draft_int(e, "version", l->version);
    return emit_head(d, e);
}

// Who asked may take it back; everybody else says why not.
static enum status refuse(struct doing *d) {
    struct layer *l = NULL;
    enum status st = find_waiting(d, &l);
    if (!st) st = want_reason(d);
    if (st) return st;
    struct event_draft *e = events_add(d->out, &EVENT_entry_refused, d->e.entry, d->e.entry);
    draft_int(e, "version", l->version);
    if (text_eq(d->e.state, T("waiting"))) draft_bool(e, "never_was", true);
    draft_personal_text(e, "reason", d->act->reason);
    return STATUS_OK;
}

// ---- what comes with time

static enum status review(struct doing *d) {
    enum status st = want_state(d, "current", "ended");
    if (!st) st = want_not_waiting(d);
    if (!st) st = want_reason(d);
    if (!st) st = want_days(d);
    if (!st && (!d->act->from.year || date_cmp(d->act->from, d->today) <= 0))
        st = no(d, "from", "review_past", "problem.register.review_past");
    if (st) return st;
    struct layer *l = layer_add(d, "reviewed", "known", d->act->from, (struct date){0});
    struct event_draft *e = emit_layer(d, &EVENT_entry_reviewed, l);
    d->done->version = l->version;
    return emit_head(d, e);
}

static enum status erase(struct doing *d) {
    enum status st = want_reason(d);
    if (text_eq(d->e.state, T("erased"))) st = want_state(d, "current", "ended");
    if (st) return st;
    struct event_draft *e = events_add(d->out, &EVENT_entry_erased, d->e.entry, 0);
    draft_text(e, "state", T("erased"));
    draft_text(e, "rule", T("asked"));
    d->is_erased = true;
    return STATUS_OK;
}

// ---- it is wrong, somebody says

static enum status report_fault(struct doing *d) {
    enum status st = want_reason(d);
    if (text_eq(d->e.state, T("erased"))) st = want_state(d, "current", "ended");
    if (st) return st;
    struct date last = date_add_days(d->today, d->g->of->fault_reply_days);
    struct event_draft *e = events_add(d->out, &EVENT_fault_reported, d->e.entry, d->e.entry);
    d->done->fault = write_id(d->w);
    draft_int(e, "fault", d->done->fault);
    draft_int(e, "due", zone_moment(d->r->zone, last, 24 * 60).ms);
    draft_personal_text(e, "body", d->act->reason);
    return STATUS_OK;
}

static const struct sql FAULT_STATE =
    SQL("register_fault_state",
        "select case when state = 'open' then 1 else 0 end from register_fault where fault_id = :fault"
        " and entry_id = :entry");

static enum status answer_fault(struct doing *d) {
    static const char *const OUTCOMES[] = {"corrected", "not_wrong", "erased", "passed_on"};
    bool is_known = false;
    int64_t is_open = 0;
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++)
        is_known |= text_eq(d->act->outcome, text_of(OUTCOMES[i]));
    enum status st = want_reason(d);
    if (!st && !is_known) st = no(d, "outcome", "unknown_code", "problem.code.unknown");
    if (!st) st = DB_INT(d->w->db, &is_open, &FAULT_STATE, V_INT(d->act->fault), V_INT(d->e.entry));
    if (st == STATUS_NOT_FOUND) return no(d, "fault", "fault_unknown", "problem.register.fault_unknown");
    if (!st && !is_open) st = no(d, "fault", "fault_answered", "problem.register.fault_answered");
    if (st) return st;
    struct event_draft *e = events_add(d->out, &EVENT_fault_answered, d->e.entry, d->e.entry);
    draft_int(e, "fault", d->act->fault);
    draft_text(e, "outcome", d->act->outcome);
    draft_personal_text(e, "answer", d->act->reason);
    d->done->fault = d->act->fault;
    return STATUS_OK;
}

enum status (*const DECIDE[ACT_COUNT])(struct doing *) = {
    [ACT_RECORD] = record,
    [ACT_CORRECT] = correct,
    [ACT_END] = end,
    [ACT_CONFIRM] = confirm,
    [ACT_REFUSE] = refuse,
    [ACT_REVIEW] = review,
    [ACT_ERASE] = erase,
    [ACT_REPORT_FAULT] = report_fault,
    [ACT_ANSWER_FAULT] = answer_fault,
};
