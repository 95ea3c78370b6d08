// exchange_steps.c - reading exchange/steps.json, and holding it against the rest of the pack.
#include "pack/exchange_steps.h"

#include "base/json.h"
#include "pack/pack_inside.h"

struct file {
    const struct exchange_law *law;
    struct exchange_steps *steps;
};

// A type by its name; without the member NULL.
static enum status read_type(const struct reading *r, const json_t *j, const char *member,
                             const struct exchange_law *law, const struct exchange_type **out) {
    struct text name;
    enum status st = reading_text(r, j, member, &name);
    *out = name.n ? exchange_type_named(law, name) : NULL;
    if (st || *out || !name.n) return st;
    return reading_fail(r, member, "value_unknown", name);
}

static enum status need_type(const struct reading *r, const json_t *j, const struct exchange_law *law,
                             const struct exchange_type **out) {
    enum status st = read_type(r, j, "type", law, out);
    return st || *out ? st : reading_fail(r, NULL, "member_missing", T("type"));
}

// Exactly one of the three says when.
static enum status read_trigger(const struct reading *r, const json_t *j, struct exchange_told *t) {
    static const char *const MEMBERS[] = {"element", "letter", "step"};
    size_t count = 0;
    enum status st = reading_text(r, j, "process", &t->process);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS && !st; i++) {
        struct text name;
        st = reading_text(r, j, MEMBERS[i], &name);
        if (!name.n) continue;
        t->trigger = (enum exchange_trigger)i;
        t->name = name;
        count++;
    }
    if (st) return st;
    if (count != 1) return reading_fail(r, NULL, "member_missing", T("element, letter, step"));
    if ((t->trigger == EXCHANGE_BY_ELEMENT) != (t->process.n > 0))
        return reading_fail(r, NULL, "member_missing", T("process"));
    return STATUS_OK;
}

// What the type says of its fields: a mistake is found here, not when the first case comes along.
static enum status fits_type(const struct reading *r, const struct exchange_told *t) {
    bool is_fixed = t->code.n && t->code.p[0] != '=';
    if ((t->type->code_count > 0) != (t->code.n > 0)) return reading_fail(r, "code", "not_of_type", t->code);
    if (is_fixed && !exchange_code_named(t->type, t->code))
        return reading_fail(r, "code", "value_unknown", t->code);
    if (t->due.n ? t->type->due == EXCHANGE_NEVER : t->type->due == EXCHANGE_MUST)
        return reading_fail(r, "due", "not_of_type", t->due);
    if (t->answers ? t->type->ref == EXCHANGE_NEVER : t->type->ref == EXCHANGE_MUST)
        return reading_fail(r, "answers", "not_of_type", t->type->name);
    if (t->trigger != EXCHANGE_BY_LETTER && t->type->commit == EXCHANGE_MUST)
        return reading_fail(r, "letter", "not_of_type", t->type->name);
    return STATUS_OK;
}

static enum status read_told(const struct reading *r, const json_t *j, void *context) {
    static const char *const KNOWN[] = {"process", "element", "letter", "step",    "type",
                                        "when",    "code",    "due",    "answers", NULL};
    struct file *f = context;
    struct exchange_told t = {0};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_trigger(r, j, &t);
    if (!st) st = need_type(r, j, f->law, &t.type);
    if (!st) st = reading_text(r, j, "when", &t.when);
    if (!st) st = reading_text(r, j, "code", &t.code);
    if (!st) st = reading_text(r, j, "due", &t.due);
    if (!st) st = read_type(r, j, "answers", f->law, &t.answers);
    if (!st) st = fits_type(r, &t);
    if (!st) *ARENA_PUSH(r->a, &f->steps->told) = t;
    return st;
}

static enum status read_answers(const struct reading *r, const json_t *j, struct exchange_heard *h) {
    const json_t *with = json_object_get(j, "with");
    const char *field;
    json_t *value;
    if (!with) return STATUS_OK;
    if (!json_is_object(with)) return reading_fail(r, "with", "value_kind", T("object"));
    struct reading at = reading_member(r, "with");
    struct exchange_answer *list = ARENA_ARRAY(r->a, struct exchange_answer, json_object_size(with) + 1);
    if (json_object_size(with) > EXCHANGE_ANSWERS_MAX) return reading_fail(r, "with", "too_many", T("20"));
    json_object_foreach((json_t *)with, field, value) {
        struct exchange_answer *one = &list[h->answer_count++];
        enum status st = reading_need_text(&at, with, field, &one->value);
        if (st) return st;
        one->field = text_copy(r->a, text_of(field));
    }
    h->answers = list;
    return STATUS_OK;
}

static enum status read_heard(const struct reading *r, const json_t *j, void *context) {
    static const char *const KNOWN[] = {"type", "when", "message", "with", NULL};
    struct file *f = context;
    struct exchange_heard h = {0};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = need_type(r, j, f->law, &h.type);
    if (!st) st = reading_text(r, j, "when", &h.when);
    if (!st) st = reading_need_text(r, j, "message", &h.message);
    if (!st) st = read_answers(r, j, &h);
    if (!st) *ARENA_PUSH(r->a, &f->steps->heard) = h;
    return st;
}

enum status exchange_steps_read(struct arena *a, struct text in, const struct exchange_law *law,
                                struct exchange_steps *out, struct problem *p) {
    static const char *const KNOWN[] = {"told", "heard", NULL};
    struct file f = {law, out};
    json_t *j;
    enum status st = json_read(in, EXCHANGE_FILE_BYTES_MAX, &j, p);
    if (st) return st;
    const struct reading r = {a, p, T("")};
    *out = (struct exchange_steps){0};
    st = reading_only(&r, j, KNOWN);
    if (!st) st = reading_list(&r, j, "told", EXCHANGE_STEPS_MAX, read_told, &f);
    if (!st) st = reading_list(&r, j, "heard", EXCHANGE_STEPS_MAX, read_heard, &f);
    json_decref(j);
    return st;
}

// ---- held against the rest of the pack

static enum status check_feel(const struct checking *c, struct text where, struct text source) {
    const struct feel_expression *e;
    struct problem why;
    if (!source.n || !feel_parse(c->r.a, source, FEEL_EXPRESSION, NULL, &e, &why)) return STATUS_OK;
    return pack_check_wrong(c, "expression", where, source);
}

// A text, or an expression after "=".
static enum status check_value(const struct checking *c, struct text where, struct text value) {
    if (!value.n || value.p[0] != '=') return STATUS_OK;
    return check_feel(c, where, text_slice(value, 1, value.n));
}

static bool has_deadline(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->deadlines.count; i++)
        if (text_eq(pack->deadlines.items[i].id, id)) return true;
    return false;
}

static enum status check_trigger(const struct checking *c, struct text where, const struct exchange_told *t) {
    const struct flow_model *m = t->process.n ? pack_process_with(c->pack, t->process) : NULL;
    const struct code_list *steps = pack_codes(c->pack, T("step"));
    switch (t->trigger) {
    case EXCHANGE_BY_ELEMENT:
        if (!m) return pack_check_wrong(c, "process_unknown", where, t->process);
        return flow_find(m, t->name) >= 0 ? STATUS_OK
                                          : pack_check_wrong(c, "element_unknown", where, t->name);
    case EXCHANGE_BY_LETTER:
        return pack_letter(c->pack, t->name) ? STATUS_OK
                                             : pack_check_wrong(c, "letter_unknown", where, t->name);
    case EXCHANGE_BY_STEP:
        return steps && code_find(steps, t->name) ? STATUS_OK
                                                  : pack_check_wrong(c, "value_unknown", where, t->name);
    }
    return STATUS_CORRUPT;
}

static enum status check_told(const struct checking *c, size_t i) {
    const struct exchange_told *t = &c->pack->steps.told.items[i];
    struct text where = text_printf(c->r.a, "told[%zu]", i);
    enum status st = check_trigger(c, where, t);
    if (!st && t->due.n && t->due.p[0] != '=' && !has_deadline(c->pack, t->due))
        st = pack_check_wrong(c, "deadline_unknown", where, t->due);
    if (!st) st = check_feel(c, where, t->when);
    if (!st) st = check_value(c, where, t->code);
    return st ? st : check_value(c, where, t->due);
}

static bool knows_message(const struct pack *pack, struct text name) {
    for (size_t i = 0; i < pack->processes.count; i++)
        if (flow_knows_message(pack->processes.items[i].model, name)) return true;
    return false;
}

static enum status check_heard(const struct checking *c, size_t i) {
    const struct exchange_heard *h = &c->pack->steps.heard.items[i];
    const struct form *form = pack_form(c->pack, h->message);
    struct text where = text_printf(c->r.a, "heard[%zu]", i);
    if (!knows_message(c->pack, h->message)) return pack_check_wrong(c, "message_unknown", where, h->message);
    enum status st = check_feel(c, where, h->when);
    for (size_t k = 0; k < h->answer_count && !st; k++) {
        if (!form || !form_field_at(form, h->answers[k].field))
            return pack_check_wrong(c, "field_unknown", where, h->answers[k].field);
        st = check_value(c, where, h->answers[k].value);
    }
    return st;
}

enum status pack_check_steps(struct checking *c) {
    enum status st = STATUS_OK;
    c->file = EXCHANGE_STEPS_FILE;
    for (size_t i = 0; i < c->pack->steps.told.count && !st; i++) st = check_told(c, i);
    for (size_t i = 0; i < c->pack->steps.heard.count && !st; i++) st = check_heard(c, i);
    return st;
}
