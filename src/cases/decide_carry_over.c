// decide_carry_over.c - a closed file of the former system comes into this one.
#include "cases/internal.h"

static const struct sql CARRIED_BEFORE =
    SQL("carried_before",
        "select count(*) from case_key k join file_number f on f.case_id = k.case_id where k.kind = 'number'"
        " and k.key = :key and f.number = :number and f.origin = :origin");

// A program that carries a million files over is started again in the middle: no file comes twice.
static enum status want_new(struct decide *d, const struct carry_over_case *c, struct text key) {
    int64_t before = 0;
    if (!key.n) return problem(d->problem, "number", "required", "problem.text.required");
    enum status st =
        DB_INT(d->write->db, &before, &CARRIED_BEFORE, V_TEXT(key), V_TEXT(c->number), V_TEXT(c->origin));
    if (st || !before) return st;
    return problem(d->problem, "number", "carried_before", "problem.carried.before");
}

// Noon of that day in the authority's zone; 0 when it is not known.
static int64_t noon(const struct decide *d, struct date on) {
    return on.year ? zone_moment(d->cases->zone, on, 12 * 60).ms : 0;
}

// Each day is whole, none is before the one ahead of it, and the last is not in the future.
static enum status want_days(struct decide *d, const struct carry_over_case *c) {
    const struct {
        const char *field;
        struct date on;
        bool is_needed;
    } days[] = {{"made_on", c->made_on, true},
                {"lodged_on", c->lodged_on, false},
                {"decided_on", c->decided_on, false},
                {"closed_on", c->closed_on, true}};
    struct date latest = {0};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct date on = days[i].on;
        if (!on.year && !days[i].is_needed) continue;
        if (!date_is_full(on)) return problem(d->problem, days[i].field, "date_needed", "problem.date.full");
        if (date_cmp(on, latest) < 0)
            return problem(d->problem, days[i].field, "order", "problem.carried.order");
        if (date_cmp(on, case_today(d)) > 0)
            return problem(d->problem, days[i].field, "date_in_future", "problem.date.future");
        latest = on;
    }
    return STATUS_OK;
}

// What is wrong in a file with gaps: everything but that an answer is missing.
static enum status want_answers(struct decide *d, const struct form *form, struct bytes given) {
    struct form_context context = pack_form_context(d->pack, case_today(d));
    struct form_problems found = {0};
    struct answers *all = &d->s->answers;
    if (given.n > WHOLE_FORM_BYTES_MAX)
        return problem(d->problem, "answers", "too_long", "problem.form.too_long");
    if (answers_decode(d->arena, given, all))
        return problem(d->problem, "answers", "malformed", "problem.form.malformed");
    if (!answers_get(all, T("family_name")).n && !answers_get(all, T("given_names")).n)
        return problem(d->problem, "family_name", "required", "problem.text.required");
    if (form_check(form, NULL, all, &context, d->arena, &found)) return STATUS_OK;
    for (size_t i = 0; i < found.count; i++) {
        const struct problem *p = &found.items[i].problem;
        if (text_eq(text_of(p->rule), T("required"))) continue;
        *d->problem = *p;
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

static void emit_carried(struct decide *d, const struct carry_over_case *c) {
    struct event_draft *e = case_emit(d, &EVENT_case_carried_over);
    draft_int(e, "made_at", noon(d, c->made_on));
    draft_text(e, "made_on", date_print(d->arena, c->made_on));
    draft_int(e, "lodged_at", noon(d, c->lodged_on));
    draft_int(e, "decided_at", noon(d, c->decided_on));
    draft_int(e, "closed_at", noon(d, c->closed_on));
    draft_text(e, "outcome", c->outcome);
}

enum status decide_carry_over_case(struct decide *d) {
    struct carry_over_case c = d->command->carry_over_case;
    const struct form *form = pack_form(d->pack, T("application"));
    enum status st = form ? want_text(d, "origin", &c.origin, 1, 100) : STATUS_CORRUPT;
    if (!st) st = want_text(d, "number", &c.number, 1, 100);
    if (!st && c.outcome.n) st = want_code(d, "outcome", "outcome", c.outcome);
    if (!st) st = want_days(d, &c);
    if (!st) st = want_answers(d, form, c.answers);
    struct text key = st ? T("") : number_key(d->arena, c.number);
    if (!st) st = want_new(d, &c, key);
    if (!st) st = application_begin(d, c.language, T(""));
    if (!st) st = answers_save_all(d, form, &d->s->answers);
    if (st) return st;
    application_number(d, T(""));
    st = persons_record(d);
    if (st) return st;
    file_number_emit(d, c.number, c.origin, key);
    emit_carried(d, &c);
    return STATUS_OK;
}
