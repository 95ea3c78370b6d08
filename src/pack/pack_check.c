// References between the files of a pack, and the text of every key they use.
#include "pack/access_rules.h"
#include "pack/pack_inside.h"

enum status pack_check_wrong(const struct checking *c, const char *rule, struct text where,
                             struct text what) {
    struct reading at = c->r;
    at.place = where;
    enum status st = pack_problem_in(c->pack, c->file, reading_fail(&at, NULL, rule, what), c->r.p);
    return pack_mistake(c->pack, st, c->r.p);
}

#define wrong pack_check_wrong

// The catalogue holds every key in every language, so having it at all is enough.
enum status pack_check_text(const struct checking *c, struct text where, struct text key) {
    if (key.n == 0 || catalog_has(c->pack->catalog, key)) return STATUS_OK;
    return wrong(c, "text_key_unknown", where, key);
}

#define has_text pack_check_text

static enum status has_texts(const struct checking *c, struct text where, const struct text *keys,
                             size_t count) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < count && !st; i++) st = has_text(c, where, keys[i]);
    return st;
}

static enum status has_deadline(const struct checking *c, struct text where, struct text id) {
    if (!id.n) return STATUS_OK;
    for (size_t i = 0; i < c->pack->deadlines.count; i++)
        if (text_eq(c->pack->deadlines.items[i].id, id)) return STATUS_OK;
    return wrong(c, "deadline_unknown", where, id);
}

static enum status has_letter(const struct checking *c, struct text where, struct text id) {
    return !id.n || pack_letter(c->pack, id) ? STATUS_OK : wrong(c, "letter_unknown", where, id);
}

// ---- forms
// -------------------------------------------------------------------------------------------------

// R-GD-04: no question without a purpose and a reason why it is needed.
static enum status check_field_reasons(const struct checking *c, const struct form_field *f) {
    bool is_question = f->key.n && !f->child_count;
    enum status st = STATUS_OK;
    if (!is_question) return st;
    if (!f->purpose.n) st = wrong(c, "form_purpose_missing", f->path, f->path);
    if (!st && !f->need.n) st = wrong(c, "form_need_missing", f->path, f->path);
    if (!st && !f->attribute_class.n) st = wrong(c, "form_class_missing", f->path, f->path);
    return st;
}

static enum status check_field_words(const struct checking *c, const struct form_field *f) {
    const struct code_list *need = pack_codes(c->pack, T("need"));
    if (f->purpose.n && !access_word_find(&c->pack->access.purposes, f->purpose))
        return wrong(c, "access_word_unknown", f->path, f->purpose);
    if (f->attribute_class.n && !access_word_find(&c->pack->access.classes, f->attribute_class))
        return wrong(c, "access_word_unknown", f->path, f->attribute_class);
    if (f->need.n && (!need || !code_find(need, f->need)))
        return wrong(c, "form_need_unknown", f->path, f->need);
    // A base may leave a list (documents, outcomes) to each procedure that needs it.
    if (f->code_list.n && !pack_codes(c->pack, f->code_list) && !pack_is_base(c->pack))
        return wrong(c, "codes_unknown", f->path, f->code_list);
    return STATUS_OK;
}

static enum status check_fields(const struct checking *c, const struct form_field *fields, size_t count) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < count && !st; i++) {
        const struct form_field *f = &fields[i];
        struct text keys[] = {f->label_key,   f->hint_key, f->text_key, f->required_key,
                              f->pattern_key, f->add_key,  f->entry_key};
        struct text where = f->path.n ? f->path : f->id;
        st = has_texts(c, where, keys, sizeof keys / sizeof *keys);
        for (size_t k = 0; k < f->option_count && !st; k++) st = has_text(c, where, f->options[k].label_key);
        if (!st) st = check_field_reasons(c, f);
        if (!st) st = check_field_words(c, f);
        if (!st) st = check_fields(c, f->children, f->child_count);
    }
    return st;
}

enum status pack_check_form(const struct checking *c, const struct form *f) {
    enum status st = has_text(c, T("title"), f->title_key);
    for (size_t k = 0; k < f->section_count && !st; k++) {
        const struct form_section *s = &f->sections[k];
        st = has_text(c, s->id, s->title_key);
        if (!st) st = has_text(c, s->id, s->intro_key);
        if (!st) st = check_fields(c, s->fields, s->field_count);
    }
    return st;
}

static enum status check_forms(struct checking *c) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < c->pack->forms.count && !st; i++) {
        const struct form *f = c->pack->forms.items[i];
        c->file = TEXT_JOIN(c->r.a, T("forms/"), f->id);
        st = pack_check_form(c, f);
    }
    return st;
}

// ---- letters, deadlines, access, outcomes
// ------------------------------------------------------------------

static enum status check_letters(struct checking *c) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < c->pack->letters.count && !st; i++) {
        const struct letter_template *l = c->pack->letters.items[i];
        c->file = TEXT_JOIN(c->r.a, T("letters/"), l->id);
        st = has_text(c, T("title"), l->title_key);
        if (!st) st = has_deadline(c, T("deadline"), l->deadline);
        for (size_t k = 0; k < l->part_count && !st; k++) {
            st = has_text(c, T("parts"), l->parts[k].text_key);
            if (!st) st = has_texts(c, T("parts"), l->parts[k].items, l->parts[k].item_count);
        }
        for (size_t k = 0; k < l->coded_count && !st; k++)
            if (!pack_codes(c->pack, l->code_lists[k]))
                st = wrong(c, "codes_unknown", l->coded[k], l->code_lists[k]);
    }
    if (!st && c->pack->letters.count) st = has_text(c, T("parts"), T("letter.machine_translation"));
    return st;
}

static enum status check_condition(const struct checking *c, const struct deadline_rule *d) {
    const struct feel_expression *e;
    struct problem why;
    if (!d->when.n || !feel_parse(c->r.a, d->when, FEEL_EXPRESSION, NULL, &e, &why)) return STATUS_OK;
    return wrong(c, "expression", d->id, d->when);
}

static enum status check_deadlines(struct checking *c) {
    enum status st = STATUS_OK;
    c->file = T("deadlines.json");
    for (size_t i = 0; i < c->pack->deadlines.count && !st; i++) {
        const struct deadline_rule *d = &c->pack->deadlines.items[i];
        st = has_text(c, d->id, d->label_key);
        if (!st) st = has_text(c, d->id, d->effect_key);
        for (size_t k = 0; k < d->extension_count && !st; k++)
            st = has_text(c, d->id, d->extensions[k].label_key);
        if (!st) st = check_condition(c, d);
        if (!st && !pack_calendar(c->pack, d->calendar))
            st = wrong(c, "calendar_unknown", d->id, d->calendar);
    }
    return st;
}

static enum status check_words(const struct checking *c, const struct access_words *words) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < words->count && !st; i++)
        st = has_text(c, words->items[i].id, words->items[i].label_key);
    return st;
}

static enum status check_access(struct checking *c) {
    const struct access_rules *a = &c->pack->access;
    c->file = T("access.json");
    enum status st = check_words(c, &a->roles);
    if (!st) st = check_words(c, &a->purposes);
    if (!st) st = check_words(c, &a->relations);
    if (!st) st = check_words(c, &a->classes);
    if (!st) st = check_words(c, &a->actions);
    return st;
}

static enum status check_outcomes(struct checking *c) {
    const struct code_list *outcomes = pack_codes(c->pack, T("outcome"));
    enum status st = STATUS_OK;
    c->file = T("codes/outcome.json");
    if (!outcomes && pack_is_base(c->pack)) return st;
    if (!outcomes) return wrong(c, "file_missing", T("codes"), T("outcome"));
    for (size_t i = 0; i < code_count(outcomes) && !st; i++) {
        struct outcome o;
        st = pack_outcome(c->pack, code_at(outcomes, i)->code, &o);
        if (!st) st = has_deadline(c, o.code, o.appeal);
        if (!st) st = has_letter(c, o.code, o.letter);
        if (!st && !o.letter.n) st = wrong(c, "member_missing", o.code, T("letter"));
        if (!st && o.is_adverse && !o.appeal.n) st = wrong(c, "outcome_without_appeal", o.code, o.code);
        const struct letter_template *l = st ? NULL : pack_letter(c->pack, o.letter);
        if (l && o.is_adverse && !l->is_adverse) st = wrong(c, "letter_remedy_missing", o.code, o.letter);
    }
    return st;
}

// ---- processes
// ---------------------------------------------------------------------------------------------

static bool is_element(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->processes.count; i++)
        if (flow_find(pack->processes.items[i].model, id) >= 0) return true;
    return false;
}

// What a generic task says of others and of its own form (packs/README.md).
static enum status check_task(const struct checking *c, const struct flow_element *e) {
    static const char *const FIELDS[] = {"error_field", "escalation_field"};
    struct text rest = flow_property(e, T("second_person"), T("")), other;
    while (rest.n && text_cut(&rest, ',', &other))
        if (!is_element(c->pack, text_trim(other)))
            return wrong(c, "element_unknown", e->id, text_trim(other));
    const struct form *form = e->form.n ? pack_form(c->pack, e->form) : NULL;
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        struct text field = flow_property(e, text_of(FIELDS[i]), T(""));
        if (field.n && (!form || !form_field_at(form, field))) return wrong(c, "field_unknown", e->id, field);
    }
    return STATUS_OK;
}

static enum status check_element(const struct checking *c, const struct flow_element *e) {
    enum status st = STATUS_OK;
    if (e->form.n && !pack_form(c->pack, e->form)) return wrong(c, "form_unknown", e->id, e->form);
    if (e->decision.n && e->decision.p[0] != '=' && !pack_decision_with(c->pack, e->decision))
        return wrong(c, "decision_unknown", e->id, e->decision);
    if (e->called.n && e->called.p[0] != '=' && !pack_process_with(c->pack, e->called))
        return wrong(c, "process_unknown", e->id, e->called);
    st = check_task(c, e);
    const struct flow_pairs *lists[] = {&e->properties, &e->headers};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < lists[k]->count && !st; i++) {
            struct flow_pair pair = lists[k]->items[i];
            if (!pair.value.n || pair.value.p[0] == '=') continue; // known when it runs
            bool is_deadline = text_eq(pair.name, T("deadline")) || text_eq(pair.name, T("meets"));
            if (is_deadline) st = has_deadline(c, e->id, pair.value);
            bool is_clock = text_starts(e->type, T("clock_")) && !text_ends(pair.value, T("*"));
            if (is_clock && text_eq(pair.name, T("rule"))) st = has_deadline(c, e->id, pair.value);
            // "decision" stands for the letter that the outcome names.
            bool by_outcome = text_eq(pair.value, T("decision"));
            if (text_eq(pair.name, T("letter")) && !by_outcome) st = has_letter(c, e->id, pair.value);
        }
    }
    return st;
}

static enum status check_processes(struct checking *c) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < c->pack->processes.count && !st; i++) {
        const struct flow_model *m = c->pack->processes.items[i].model;
        c->file = c->pack->processes.items[i].file;
        for (size_t k = 0; k < flow_count(m) && !st; k++) st = check_element(c, flow_element(m, (int)k));
    }
    c->file = T("pack.json");
    if (!st && !pack_is_base(c->pack) && !pack_process_with(c->pack, c->pack->procedure))
        st = wrong(c, "process_unknown", T("procedure"), c->pack->procedure);
    return st;
}

enum status pack_check(struct pack *pack, struct problem *p) {
    struct checking c = {pack, {&pack->arena, p, T("")}, T("pack.json")};
    enum status st = has_text(&c, T("title"), pack->title_key);
    if (!st && pack->calendar_id.n && !pack_calendar(pack, pack->calendar_id))
        st = wrong(&c, "calendar_unknown", T("calendar"), pack->calendar_id);
    if (!st && !text_eq(texts_language(&(struct texts){{pack->catalog}, 1}, pack->official_language),
                        pack->official_language))
        st = wrong(&c, "value_unknown", T("official_language"), pack->official_language);
    if (!st) st = check_access(&c);
    if (!st) st = check_deadlines(&c);
    if (!st) st = check_letters(&c);
    if (!st) st = check_forms(&c);
    if (!st) st = pack_check_registers(&c);
    if (!st) st = pack_check_lookups(&c);
    if (!st) st = pack_check_exchange(&c);
    if (!st) st = pack_check_invitations(&c);
    if (!st) st = check_outcomes(&c);
    if (!st) st = check_processes(&c);
    if (!st) st = pack_check_steps(&c);
    return st;
}
