// The trace in the words of the model, for people at a terminal.
#include "rules/dmn.h"

struct printer {
    struct out *out;
    dmn_sentence *sentence;
    const void *context;
};

static void value(struct printer *p, const struct feel_value *v) {
    enum { VALUE_MAX = 300 };
    struct text whole = feel_print_literal(p->out->arena, v), shown = text_head(whole, VALUE_MAX);
    out_text(p->out, shown);
    if (shown.n < whole.n) out_c(p->out, " ...");
}

static void named(struct printer *p, const struct dmn_named_value *v, const char *between) {
    out_text(p->out, v->name);
    if (v->name.n) out_c(p->out, between);
    value(p, &v->value);
}

static void indent(struct printer *p, unsigned depth) {
    enum { DEPTH_SHOWN_MAX = 20 };
    for (unsigned i = 0; i < depth && i < DEPTH_SHOWN_MAX; i++) out_c(p->out, "  ");
}

// "Age 15 is [12..65)": the cells that ask something.
static void reasons(struct printer *p, const struct dmn_step *s, const struct dmn_trace_rule *r) {
    bool any = false;
    for (size_t i = 0; i < s->input_count; i++) {
        if (!r->tests[i].n || text_eq(r->tests[i], T("-"))) continue;
        out_c(p->out, any ? " and " : " because ");
        named(p, &s->inputs[i], " ");
        out_printf(p->out, " is " TEXT_FMT, TEXT_ARG(r->tests[i]));
        any = true;
    }
    out_c(p->out, any ? "." : ": it asks nothing.");
}

static void rule(struct printer *p, const struct dmn_step *s, const struct dmn_trace_rule *r) {
    out_printf(p->out, "Rule %zu matched", r->index);
    reasons(p, s, r);
    out_c(p->out, r->chosen ? " It gives " : " Another rule was taken; this one gives ");
    for (size_t i = 0; i < r->output_count; i++) {
        if (i) out_c(p->out, ", ");
        named(p, &r->outputs[i], " = ");
    }
    out_byte(p->out, '.');
    for (size_t i = 0; i < r->annotation_count; i++) {
        struct text note = feel_text(&r->annotations[i].value);
        if (note.n) out_printf(p->out, " (" TEXT_FMT ")", TEXT_ARG(note));
    }
    out_byte(p->out, '\n');
}

static void rules(struct printer *p, const struct dmn_step *s) {
    if (!s->rule_count) {
        indent(p, s->depth + 1);
        out_c(p->out, "No rule matched.\n");
    }
    for (size_t i = 0; i < s->rule_count; i++) {
        indent(p, s->depth + 1);
        rule(p, s, &s->rules[i]);
    }
}

// "fee, rule 3, Age, line 12, column 5: There is no ... ('a' + 1)"
void dmn_diagnostic_text(struct out *o, const struct dmn_diagnostic *d, dmn_sentence *sentence,
                         const void *context) {
    struct text said = sentence ? sentence(context, d->what.text_key) : T("");
    if (!said.n) said = text_of(d->what.text_key);
    out_text(o, d->element);
    if (d->rule) out_printf(o, ", rule %zu", d->rule);
    if (d->cell.n) out_printf(o, ", " TEXT_FMT, TEXT_ARG(d->cell));
    if (d->what.line) out_printf(o, "%sline %lld", d->element.n ? ", " : "", (long long)d->what.line);
    if (d->what.column) out_printf(o, ", column %lld", (long long)d->what.column);
    out_printf(o, ": " TEXT_FMT, TEXT_ARG(said));
    if (d->what.detail.n) out_printf(o, " (" TEXT_FMT ")", TEXT_ARG(d->what.detail));
}

static void step(struct printer *p, const struct dmn_step *s) {
    indent(p, s->depth);
    out_printf(p->out, TEXT_FMT " = ", TEXT_ARG(s->name));
    value(p, &s->value);
    out_byte(p->out, '\n');
    if (s->logic == DMN_TABLE) {
        indent(p, s->depth + 1);
        out_printf(p->out, "Decision table, hit policy %s.\n", dmn_hit_policy_name(s->hit_policy));
    }
    for (size_t i = 0; i < s->input_count; i++) {
        indent(p, s->depth + 1);
        named(p, &s->inputs[i], ": ");
        out_byte(p->out, '\n');
    }
    if (s->logic == DMN_TABLE) rules(p, s);
    for (size_t i = 0; i < s->diagnostic_count; i++) {
        indent(p, s->depth + 1);
        out_c(p->out, "! ");
        dmn_diagnostic_text(p->out, &s->diagnostics[i], p->sentence, p->context);
        out_byte(p->out, '\n');
    }
}

void dmn_trace_text(struct out *o, const struct dmn_trace *t, dmn_sentence *sentence, const void *context) {
    struct printer p = {o, sentence, context};
    for (size_t i = t->count; i > 0; i--) step(&p, &t->items[i - 1]);
    if (t->lost) out_printf(o, "%zu steps more are not shown.\n", t->lost);
}
