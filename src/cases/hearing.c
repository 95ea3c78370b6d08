// hearing.c - what another authority did drives the case as a message does, by the pack
// (exchange/steps.json).
#include "cases/internal.h"

static struct feel_value name_of_code(const struct exchange_type *t, uint16_t number) {
    const struct exchange_code *code = exchange_code_of(t, number);
    return code ? feel_string(code->name) : feel_null();
}

static struct feel_value answered(const struct decide *d, const struct hear_event *c) {
    const struct exchange_type *t = exchange_type_of(pack_exchange(d->pack), c->answers_type);
    struct feel_value v = t ? feel_empty_context() : feel_null();
    if (!t) return v;
    feel_put(d->arena, &v, T("type"), feel_string(t->name));
    feel_put(d->arena, &v, T("code"), name_of_code(t, c->answers_code));
    return v;
}

// What its expressions see beside the facts of the case.
static struct feel_value event_facts(const struct decide *d, const struct exchange_type *t,
                                     const struct hear_event *c) {
    struct feel_value v = feel_empty_context();
    const int64_t day_ms = 24 * 3600 * INT64_C(1000); // the due day is its first moment in UTC
    feel_put(d->arena, &v, T("type"), feel_string(t->name));
    feel_put(d->arena, &v, T("code"), name_of_code(t, c->code));
    feel_put(d->arena, &v, T("answers"), answered(d, c));
    feel_put(d->arena, &v, T("on"), feel_of_date(zone_date(d->cases->zone, c->at)));
    feel_put(d->arena, &v, T("due"),
             c->due.ms ? feel_of_date(date_from_days(c->due.ms / day_ms)) : feel_null());
    return v;
}

static enum status evaluate(struct decide *d, const struct feel_value *event, struct text source,
                            struct feel_value *out) {
    const struct feel_expression *e;
    const struct feel_value *facts = facts_of(d, source);
    struct feel_now now = feel_now_of(d->cases, d->now);
    if (!facts) return STATUS_CORRUPT;
    struct feel_value all = *facts;
    feel_put(d->arena, &all, T("event"), *event);
    enum status st = expression_find(d->cases, source, &e, d->problem);
    return st ? st : feel_eval(e, &all, &now, d->arena, out, NULL);
}

static enum status fits(struct decide *d, const struct feel_value *event, const struct exchange_heard *h,
                        bool *out) {
    struct feel_value v = feel_boolean(true);
    enum status st = h->when.n ? evaluate(d, event, h->when, &v) : STATUS_OK;
    *out = feel_is_true(&v);
    return st;
}

// What has no value is left out.
static enum status answers_of(struct decide *d, const struct feel_value *event,
                              const struct exchange_heard *h, struct answers *out) {
    enum status st = STATUS_OK;
    *out = (struct answers){.arena = d->arena};
    for (size_t i = 0; i < h->answer_count && !st; i++) {
        struct text value = h->answers[i].value;
        struct feel_value v = feel_string(value);
        if (text_starts(value, T("="))) st = evaluate(d, event, text_slice(value, 1, value.n), &v);
        if (!st && v.kind != FEEL_NULL) st = answers_set(out, h->answers[i].field, feel_print(d->arena, &v));
    }
    return st;
}

// What no process waits for is only shown.
enum status decide_hear_event(struct decide *d) {
    const struct hear_event *c = &d->command->hear_event;
    const struct exchange_law *law = pack_exchange(d->pack);
    const struct exchange_type *t = law ? exchange_type_of(law, c->type) : NULL;
    const struct exchange_steps *steps = pack_steps(d->pack);
    struct feel_value event = t ? event_facts(d, t, c) : feel_null();
    for (size_t i = 0; t && i < steps->heard.count; i++) {
        const struct exchange_heard *h = &steps->heard.items[i];
        struct answers given;
        bool is_it;
        if (h->type->number != t->number || !process_awaits_message(d, h->message)) continue;
        enum status st = fits(d, &event, h, &is_it);
        if (!st && !is_it) continue;
        if (!st && cases_message_is_own(h->message)) // no other authority does what our own commands do
            st = problem(d->problem, "name", "message_reserved", "problem.message.reserved");
        if (!st) st = answers_of(d, &event, h, &given);
        return st ? st : message_take(d, h->message, T(""), &given);
    }
    return STATUS_OK;
}
