// case_do_fields.c - from a form of the pack, or a few questions, to fields on a page, and back to answers.
#include <string.h>

#include "web/pages/case_do.h"

enum { ENTRIES_EXTRA = 1 }; // one empty entry beside those of a repeated group

static bool is_posted(const struct doing *d) {
    return d->q->method == POST;
}

static struct text typed(struct doing *d, struct text name) {
    return form_text(d->q, text_c(d->q->arena, name));
}

static struct do_field *add(struct doing *d, const char *kind, struct text name, struct text label,
                            struct text hint) {
    struct do_field *f = ARENA_PUSH(d->q->arena, &d->view.fields);
    *f = (struct do_field){.kind = kind, .name = name, .label = label, .hint = hint};
    if (is_posted(d)) f->value = typed(d, name);
    return f;
}

static void read_parts(struct doing *d, struct do_field *f, struct date first) {
    struct problem p = {0};
    struct date day;
    f->parts = date_parts_of(d->q->arena, first);
    if (!is_posted(d)) return;
    if (form_date(d->q, text_c(d->q->arena, f->name), &f->parts, &day, &p))
        page_problem(d->q, &p);
    else
        f->value = date_print(d->q->arena, day);
}

static void choose(struct doing *d, struct do_field *f, bool is_multiple) {
    for (size_t i = 0; i < f->options.count; i++) {
        struct option *o = &f->options.items[i];
        o->is_chosen = is_multiple && is_posted(d)
                           ? form_is(d->q, text_c(d->q->arena, f->name), text_c(d->q->arena, o->value))
                       : is_multiple ? o->is_chosen
                                     : text_eq(o->value, f->value);
    }
}

static struct options options_of(struct doing *d, const struct form_field *f) {
    struct options o = {0};
    if (f->code_list.n) return page_code_options(d->q, text_c(d->q->arena, f->code_list), (struct text){0});
    for (size_t i = 0; i < f->option_count; i++)
        *ARENA_PUSH(d->q->arena, &o) = (struct option){
            .value = f->options[i].value, .label = page_pack_text(d->q, f->options[i].label_key)};
    return o;
}

static const char *kind_name(const struct form_field *f) {
    switch (f->kind) {
    case FIELD_TEXTAREA: return "area";
    case FIELD_NUMBER: return "number";
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE:
    case FIELD_DATETIME: return "date";
    case FIELD_RADIO: return "radios";
    case FIELD_CHECKBOX: return "box";
    case FIELD_CHECKLIST: return "checks";
    case FIELD_SELECT:
    case FIELD_COUNTRY:
    case FIELD_NATIONALITY:
    case FIELD_LANGUAGE: return f->is_multiple ? "many" : "select";
    default: return "text";
    }
}

// Long lists with several answers (nationalities): as many selects as answers, and one more.
static void add_many(struct doing *d, const struct form_field *f, struct text path,
                     const struct answers *first) {
    size_t n = is_posted(d) ? 0 : answers_count(first, path);
    while (is_posted(d) && typed(d, text_printf(d->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(path), n)).n) n++;
    for (size_t i = 0; i <= n; i++) {
        struct text name = text_printf(d->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(path), i);
        struct do_field *x = add(d, "select", name, f->label_key, (struct text){0});
        if (!is_posted(d)) x->value = answers_get(first, name);
        x->options = options_of(d, f);
        choose(d, x, false);
    }
}

static void add_moment(struct doing *d, struct text path) {
    struct do_field *time =
        add(d, "time", TEXT_JOIN(d->q->arena, path, T("-time")), T("case.field.time"), (struct text){0});
    time->width = "5";
}

static void add_field(struct doing *d, const struct form_field *f, struct text prefix,
                      const struct answers *first) {
    if (f->kind == FIELD_HEADING || f->kind == FIELD_PARAGRAPH || f->kind == FIELD_SEPARATOR ||
        f->kind == FIELD_FILE)
        return;
    struct text path = form_path(d->q->arena, prefix, f);
    if (f->kind == FIELD_GROUP) {
        for (size_t i = 0; i < f->child_count; i++) add_field(d, &f->children[i], prefix, first);
        return;
    }
    if (f->kind == FIELD_REPEAT) {
        size_t n = answers_count(first, path) + ENTRIES_EXTRA;
        for (size_t i = 0; i < n && i < f->repeat_max; i++) {
            struct text_value number = {T("number"), text_printf(d->q->arena, "%zu", i + 1)};
            add(d, "heading", (struct text){0},
                text_fill(d->q->arena, page_pack_text(d->q, f->entry_key), &number, 1), (struct text){0});
            struct text inner = text_printf(d->q->arena, TEXT_FMT "[%zu].", TEXT_ARG(path), i);
            for (size_t k = 0; k < f->child_count; k++) add_field(d, &f->children[k], inner, first);
        }
        return;
    }
    const char *kind = kind_name(f);
    if (!strcmp(kind, "many")) {
        add_many(d, f, path, first);
        return;
    }
    struct do_field *x = add(d, kind, path, f->label_key, f->hint_key);
    x->is_required = f->is_required;
    x->is_partial = f->kind == FIELD_PARTIAL_DATE;
    x->rows = f->max_length == 0 || f->max_length > 5000 ? "12" : "4";
    if (f->kind == FIELD_NUMBER) x->width = "4";
    if (!is_posted(d)) x->value = answers_get(first, path);
    if (!strcmp(kind, "date")) {
        struct date day = {0};
        if (!is_posted(d) && date_parse(x->value, &day)) day = (struct date){0};
        read_parts(d, x, day);
    }
    x->options = options_of(d, f);
    for (size_t i = 0; i < x->options.count && f->is_multiple && !is_posted(d); i++)
        for (size_t k = 0; k < answers_count(first, path); k++)
            x->options.items[i].is_chosen |=
                text_eq(x->options.items[i].value,
                        answers_get(first, text_printf(d->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(path), k)));
    choose(d, x, f->is_multiple);
    if (f->kind == FIELD_DATETIME) add_moment(d, path);
}

void do_fields_of_section(struct doing *d, const struct form_section *section, const struct answers *first) {
    struct answers none = {.arena = d->q->arena};
    for (size_t i = 0; i < section->field_count; i++)
        add_field(d, &section->fields[i], (struct text){0}, first ? first : &none);
}

void do_fields_of_questions(struct doing *d, const struct do_question *questions) {
    for (size_t i = 0; questions[i].name; i++) {
        const struct do_question *x = &questions[i];
        struct do_field *f = add(d, x->kind, text_of(x->name), text_of(x->label), text_of(x->hint));
        f->is_required = x->is_required;
        f->rows = x->rows ? x->rows : "4";
        if (!strcmp(x->kind, "date")) read_parts(d, f, (struct date){0});
        if (x->codes) f->options = page_code_options(d->q, x->codes, (struct text){0});
        choose(d, f, false);
    }
}

struct do_field *do_field_find(struct doing *d, const char *name) {
    for (size_t i = 0; i < d->view.fields.count; i++)
        if (text_eq(d->view.fields.items[i].name, text_of(name))) return &d->view.fields.items[i];
    return NULL;
}

struct text do_value(struct doing *d, const char *name) {
    const struct do_field *f = do_field_find(d, name);
    return f ? f->value : (struct text){0};
}

struct date do_date(struct doing *d, const char *name) {
    struct date day;
    return date_parse(do_value(d, name), &day) ? (struct date){0} : day;
}

void do_preset(struct doing *d, const char *name, struct text value) {
    struct do_field *f = do_field_find(d, name);
    if (!f || is_posted(d) || f->value.n) return;
    f->value = value;
    choose(d, f, false);
}

void do_preset_date(struct doing *d, const char *name, struct date day) {
    struct do_field *f = do_field_find(d, name);
    if (f && !is_posted(d)) f->parts = date_parts_of(d->q->arena, day);
}

void do_choose(struct doing *d, const char *name, struct options options) {
    struct do_field *f = do_field_find(d, name);
    if (!f) return;
    f->options = options;
    if (is_posted(d) || f->value.n) choose(d, f, false);
}

void do_fact(struct doing *d, const char *label, struct text value) {
    if (value.n) *ARENA_PUSH(d->q->arena, &d->view.facts) = (struct do_fact){text_of(label), value};
}

void do_part(struct doing *d, struct text label, struct text body) {
    if (body.n) *ARENA_PUSH(d->q->arena, &d->view.parts) = (struct do_part){label, body};
}

// ---- back to answers ----

static enum status put_checks(struct doing *d, const struct do_field *f, struct answers *out) {
    enum status st = STATUS_OK;
    size_t n = 0;
    for (size_t i = 0; i < f->options.count && !st; i++)
        if (f->options.items[i].is_chosen)
            st = answers_set(out, text_printf(d->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(f->name), n++),
                             f->options.items[i].value);
    return st;
}

// Day and time are two fields on the page and one answer in the form.
static enum status put_moment(struct doing *d, const struct do_field *f, const struct do_field *time,
                              struct answers *out) {
    if (!f->value.n) return STATUS_OK;
    struct text clock = time->value.n ? time->value : T("");
    return answers_set(
        out, f->name, clock.n ? TEXT_JOIN(d->q->arena, f->value, T("T"), text_slice(clock, 0, 5)) : f->value);
}

// Entries that were left or made empty are closed up, so that indexes count without gaps.
static bool is_empty_entry(struct doing *d, struct text prefix) {
    for (size_t i = 0; i < d->view.fields.count; i++)
        if (text_starts(d->view.fields.items[i].name, prefix) && d->view.fields.items[i].value.n)
            return false;
    return true;
}

static struct text closed_up(struct doing *d, struct text name) {
    size_t open, close;
    int64_t index, gaps = 0;
    if (!text_find(name, T("["), &open) || !text_find(name, T("]"), &close)) return name;
    if (!text_int(text_slice(name, open + 1, close), &index)) return name;
    struct text list = text_slice(name, 0, open);
    for (int64_t i = 0; i < index; i++)
        gaps += is_empty_entry(d, text_printf(d->q->arena, TEXT_FMT "[%lld]", TEXT_ARG(list), (long long)i));
    return text_printf(d->q->arena, TEXT_FMT "[%lld]" TEXT_FMT, TEXT_ARG(list), (long long)(index - gaps),
                       TEXT_ARG(text_slice(name, close + 1, name.n)));
}

enum status do_read_answers(struct doing *d, struct answers *out) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < d->view.fields.count && !st; i++) {
        const struct do_field *f = &d->view.fields.items[i];
        const struct do_field *next = i + 1 < d->view.fields.count ? &d->view.fields.items[i + 1] : NULL;
        if (!strcmp(f->kind, "heading") || !strcmp(f->kind, "time")) continue;
        if (!strcmp(f->kind, "checks"))
            st = put_checks(d, f, out);
        else if (next && !strcmp(next->kind, "time"))
            st = put_moment(d, f, next, out);
        else if (f->value.n)
            st = answers_set(out, closed_up(d, f->name), !strcmp(f->kind, "box") ? T("true") : f->value);
    }
    return st;
}

bool do_check(struct doing *d, const struct form *form, const struct form_section *section,
              const struct answers *answers) {
    struct form_context context = pack_form_context(d->page.pack, zone_date(page_app(d->q)->zone, d->q->now));
    struct form_problems found = {0};
    if (form_check(form, section, answers, &context, d->q->arena, &found)) return true;
    for (size_t i = 0; i < found.count; i++) {
        struct problem p = found.items[i].problem;
        // In the list at the top the sentence must say which question it is about.
        if (found.items[i].field && !strcmp(p.text_key, "problem.form.required")) {
            p.text_key = "problem.case.answer";
            problem_arg(&p, "question", page_pack_text(d->q, found.items[i].field->label_key));
        }
        page_problem(d->q, &p);
    }
    return false;
}
