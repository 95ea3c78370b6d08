// ask.c - asking another authority, and what is made of its answer or its silence.
#include <string.h>

#include "lookup/inside.h"

static const struct lookup_other *other_of(const struct lookup *l, uint32_t code) {
    for (size_t i = 0; i < l->other_count; i++)
        if (l->others[i].code == code) return &l->others[i];
    return NULL;
}

bool lookup_can_ask(const struct lookup *l, uint32_t other) {
    return other_of(l, other);
}

// What the law does not name is not kept, whoever sent it.
static void drop_unnamed(struct lookup *l, const struct pack_lookup *k, struct lookup_result *out) {
    const struct pack_register *g = registers_named(l->registers, k->register_id);
    size_t kept = 0;
    for (size_t i = 0; g && i < out->values.count; i++) {
        const struct form_field *f = form_field_at(g->form, out->values.items[i].path);
        if (f && lookup_has(k->attributes, k->attribute_count, f->path))
            out->values.items[kept++] = out->values.items[i];
    }
    out->values.count = kept;
}

static void ask(struct lookup *l, const struct lookup_other *o, const struct pack_lookup *k,
                struct text purpose, const struct lookup_question *q, struct arena *a,
                struct lookup_result *out) {
    struct text answer;
    const char *why = o->ask(o, lookup_question_print(a, q, purpose), purpose, q->issue, a, &answer);
    if (!why && lookup_result_read(a, answer, out)) why = "unreadable";
    if (why) *out = (struct lookup_result){.class = LOOKUP_NO_ANSWER, .why = why};
    if (!out->why) out->why = "";
    out->from = o->name;
    drop_unnamed(l, k, out);
}

// That it is asked is durable before the question leaves the house; what came of it, before it is shown.
enum status lookup_ask(struct lookup *l, const struct actor *actor, const struct look *look, uint32_t other,
                       const struct lookup_question *q, struct arena *a, struct lookup_result *out,
                       struct problem *p) {
    const struct access_question may = {.action = T("ask_authority"),
                                        .purpose = look->purpose,
                                        .relation = T("none"),
                                        .attribute_class = T("identity")};
    const struct lookup_other *o = other_of(l, other);
    const struct pack_lookup *k;
    struct noted n = {
        .side = "asked", .actor = actor, .other = other, .purpose = look->purpose, .q = q, .class = "sent"};
    *out = (struct lookup_result){.class = LOOKUP_NO_ANSWER, .why = ""};
    if (!o) return problem(p, "authority", "lookup_authority", "problem.lookup.authority");
    enum status st = cases_may(l->cases, actor, &may, p);
    if (!st) st = lookup_check(l, look->purpose, q, a, &k, p);
    if (!st) st = lookup_note_write(l, &n, a, p);
    if (st) return st;
    ask(l, o, k, look->purpose, q, a, out);
    n.class = lookup_class_word(out->class);
    return lookup_note_write(l, &n, a, p);
}
