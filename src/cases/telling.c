// telling.c - what a case tells other authorities: by the pack (exchange/steps.json), whatever command it
// was.
//
// It is found while the command decides and handed over in its transaction, after its events. Nothing here
// can stop the command: an event that lacks what its type needs is not sent, and an operator sees it.
#include "cases/internal.h"

// Beside the facts of the case an expression sees the day of the interview that is planned.
static enum status feel_at(struct decide *d, int64_t call, struct text source, struct feel_value *out) {
    const struct feel_expression *e;
    struct feel_now now = feel_now_of(d->cases, d->now);
    *out = feel_null();
    enum status st = state_need(d, LOAD_DECISION);
    const struct feel_value *facts = st ? NULL : facts_at(d, source, call, NULL);
    if (!facts) return st ? st : STATUS_CORRUPT;
    struct feel_value all = *facts;
    struct moment at = d->s->appointment_at;
    feel_put(d->arena, &all, T("interview_on"),
             at.ms ? feel_of_date(zone_date(d->cases->zone, at)) : feel_null());
    st = expression_find(d->cases, source, &e, d->problem);
    return st ? st : feel_eval(e, &all, &now, d->arena, out, NULL);
}

static struct text word_of(struct decide *d, const struct feel_value *v) {
    return v->kind == FEEL_NULL ? T("") : feel_print(d->arena, v);
}

// What the pack writes, or what its expression gives.
static enum status value_at(struct decide *d, int64_t call, struct text source, struct feel_value *out) {
    *out = feel_string(source);
    return text_starts(source, T("=")) ? feel_at(d, call, text_slice(source, 1, source.n), out) : STATUS_OK;
}

static enum status holds_at(struct decide *d, int64_t call, struct text when, bool *out) {
    struct feel_value v = feel_boolean(true);
    enum status st = when.n ? feel_at(d, call, when, &v) : STATUS_OK;
    *out = feel_is_true(&v);
    return st;
}

// Others are told the last day that still counts, whatever the zone in which it ends.
static struct moment last_day(struct decide *d, const struct feel_value *due) {
    struct clock_state_row *row = due->kind == FEEL_STRING ? clock_running(d, due->string) : NULL;
    struct date day = {0};
    if (row)
        day = zone_date(d->cases->zone, (struct moment){row->clock.due.ms - 1});
    else if (!feel_to_date(due, &day))
        return (struct moment){0};
    return (struct moment){date_to_days(day) * 24 * 3600 * INT64_C(1000)};
}

static enum status tell(struct decide *d, int64_t call, const struct exchange_told *t,
                        const struct hash *digest) {
    struct feel_value code, due;
    bool holds;
    enum status st = holds_at(d, call, t->when, &holds);
    if (st || !holds) return st;
    st = value_at(d, call, t->code, &code);
    if (!st) st = value_at(d, call, t->due, &due);
    if (!st && t->due.n) st = state_need(d, LOAD_CLOCKS);
    if (st) return st;
    struct case_told *told = ARENA_PUSH(d->arena, &d->told);
    *told = (struct case_told){.case_id = d->s->case_id,
                               .type = t->type,
                               .code = exchange_code_named(t->type, word_of(d, &code)),
                               .at = d->now,
                               .due = last_day(d, &due),
                               .answers = t->answers,
                               .has_digest = digest && t->type->commit != EXCHANGE_NEVER};
    if (told->has_digest) told->digest = *digest;
    return STATUS_OK;
}

static bool is_listening(const struct decide *d) {
    return d->cases->tell && !d->s->is_draft;
}

static enum status tell_all(struct decide *d, enum exchange_trigger by, struct text process, struct text name,
                            int64_t call, const struct hash *digest) {
    const struct exchange_steps *steps = pack_steps(d->pack);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < steps->told.count && !st && is_listening(d); i++) {
        const struct exchange_told *t = &steps->told.items[i];
        if (t->trigger == by && text_eq(t->process, process) && text_eq(t->name, name))
            st = tell(d, call, t, digest);
    }
    return st;
}

enum status told_of_process(struct moving *m) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < m->effects.count && !st && is_listening(m->d); i++) {
        const struct process_effect *x = &m->effects.items[i];
        const struct flow_model *model = process_model(m->d->s, x->call);
        if (x->of.kind == FLOW_LEFT && x->of.element && model)
            st =
                tell_all(m->d, EXCHANGE_BY_ELEMENT, flow_process_id(model), x->of.element->id, x->call, NULL);
    }
    return st;
}

enum status told_of_letter(struct decide *d, struct text letter, const struct hash *digest) {
    return tell_all(d, EXCHANGE_BY_LETTER, T(""), letter, 0, digest);
}

enum status told_of_step(struct decide *d, struct text step) {
    return tell_all(d, EXCHANGE_BY_STEP, T(""), step, 0, NULL);
}

// Keys begin with the number of the command's last event, of fixed width: others hear in this order.
enum status told_hand_over(struct decide *d) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < d->told.count && !st; i++) {
        struct case_told *t = &d->told.items[i];
        t->key = text_printf(d->arena, "told:%016lld.%04zu", (long long)d->write->last, i);
        st = d->cases->tell(d->cases->tell_context, d->write->db, t);
    }
    return st;
}
