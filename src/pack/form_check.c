// Checking answers against a form, and what is shown of it.
#include "pack/form.h"
#include "pack/form_value.h"

// ---- finding
// -----------------------------------------------------------------------------------------------

const struct form_section *form_section(const struct form *f, struct text id) {
    for (size_t i = 0; i < f->section_count; i++)
        if (text_eq(f->sections[i].id, id)) return &f->sections[i];
    return NULL;
}

// Does a concrete path fit a pattern? "family[2].given_names" fits "family[].given_names".
static bool fits(struct text path, struct text pattern, bool is_multiple) {
    size_t i = 0, k = 0;
    while (k < pattern.n) {
        if (i == path.n || path.p[i++] != pattern.p[k++]) return false;
        if (pattern.p[k - 1] == '[')
            while (i < path.n && path.p[i] >= '0' && path.p[i] <= '9') i++;
    }
    if (is_multiple && i < path.n && path.p[i] == '[') {
        while (i < path.n && path.p[i] != ']') i++;
        i++;
    } else if (is_multiple) {
        return false;
    }
    return i == path.n;
}

static const struct form_field *field_at(const struct form_field *fields, size_t count, struct text path) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (f->child_count) {
            const struct form_field *inner = field_at(f->children, f->child_count, path);
            if (inner) return inner;
        } else if (f->key.n && fits(path, f->path, f->is_multiple)) {
            return f;
        }
    }
    return NULL;
}

const struct form_section *form_section_at(const struct form *f, struct text path) {
    for (size_t i = 0; i < f->section_count; i++)
        if (field_at(f->sections[i].fields, f->sections[i].field_count, path)) return &f->sections[i];
    return NULL;
}

const struct form_field *form_field_at(const struct form *f, struct text path) {
    const struct form_section *s = form_section_at(f, path);
    return s ? field_at(s->fields, s->field_count, path) : NULL;
}

// The part of a field's pattern behind its innermost repeat, behind the entry's prefix.
struct text form_path(struct arena *a, struct text prefix, const struct form_field *field) {
    size_t from = 0;
    for (size_t i = 0; i + 2 < field->path.n; i++)
        if (field->path.p[i] == '[' && field->path.p[i + 1] == ']') from = i + 3;
    return TEXT_JOIN(a, prefix, text_slice(field->path, from, field->path.n));
}

// ---- walking
// -----------------------------------------------------------------------------------------------

// One walk over the shown questions, for checking and for pruning.
struct walk {
    const struct form *form;
    const struct answers *answers;
    const struct form_context *context;
    struct arena *a; // of problems
    struct arena scratch;
    struct form_conditions conditions;
    struct form_problems *problems; // NULL: only count
    size_t found;
    bool has_answer, has_required;
    struct answers *keep; // pruning: answers to shown questions
};

static void report(struct walk *w, const struct form_field *f, struct text path, const struct problem *p) {
    w->found++;
    if (!w->problems || w->problems->count == FORM_PROBLEMS_MAX) return;
    struct form_problem *item = ARENA_PUSH(w->a, w->problems);
    item->field = f;
    item->path = text_copy(w->a, path);
    item->problem = *p;
    item->problem.field = text_c(w->a, path);
}

static void report_rule(struct walk *w, const struct form_field *f, struct text path, const char *rule,
                        struct text own_key, struct problem *p) {
    p->rule = rule;
    p->text_key =
        own_key.n ? text_c(w->a, own_key) : text_c(w->a, text_printf(w->a, "problem.form.%s", rule));
    report(w, f, path, p);
}

static void keep(struct walk *w, struct text path, struct text value) {
    if (!w->keep) return;
    enum status st = answers_set(w->keep, path, value);
    (void)st; // it was valid before
}

static void check_value(struct walk *w, const struct form_field *f, struct text path, struct text value) {
    struct problem p = {0};
    w->has_answer = true;
    keep(w, path, value);
    const char *rule = form_value_problem(f, value, w->context, w->a, &p);
    if (rule)
        report_rule(w, f, path, rule, text_eq(text_of(rule), T("pattern")) ? f->pattern_key : T(""), &p);
}

static void check_single(struct walk *w, const struct form_field *f, struct text path) {
    struct text value = answers_get(w->answers, path);
    struct problem p = {0};
    w->has_required |= f->is_required;
    if (value.n)
        check_value(w, f, path, value);
    else if (f->is_required)
        report_rule(w, f, path, "required", f->required_key, &p);
}

static void check_multiple(struct walk *w, const struct form_field *f, struct text path) {
    size_t count = answers_count(w->answers, path), given = 0;
    struct problem p = {0};
    w->has_required |= f->is_required;
    for (size_t i = 0; i < count && i < FORM_OPTIONS_MAX; i++) {
        struct text at = text_printf(&w->scratch, TEXT_FMT "[%zu]", TEXT_ARG(path), i);
        struct text value = answers_get(w->answers, at);
        if (value.n) check_value(w, f, at, value);
        given += value.n > 0;
    }
    if (count > FORM_OPTIONS_MAX) report_rule(w, f, path, "too_many", T(""), &p);
    if (!given && f->is_required) report_rule(w, f, path, "required", f->required_key, &p);
}

static void walk_fields(struct walk *w, const struct form_field *fields, size_t count, struct text prefix);

static void walk_repeat(struct walk *w, const struct form_field *f, struct text path) {
    size_t count = answers_count(w->answers, path);
    struct problem p = {0};
    w->has_required |= f->repeat_min > 0;
    if (count < f->repeat_min) {
        problem_arg(&p, "min", text_printf(w->a, "%zu", f->repeat_min));
        report_rule(w, f, path, count ? "too_few" : "required", count ? T("") : f->required_key, &p);
    }
    if (count > f->repeat_max) {
        problem_arg(&p, "max", text_printf(w->a, "%zu", f->repeat_max));
        report_rule(w, f, path, "too_many", T(""), &p);
        count = f->repeat_max;
    }
    for (size_t i = 0; i < count; i++)
        walk_fields(w, f->children, f->child_count,
                    text_printf(&w->scratch, TEXT_FMT "[%zu].", TEXT_ARG(path), i));
}

static void walk_fields(struct walk *w, const struct form_field *fields, size_t count, struct text prefix) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (!form_field_shown(&w->conditions, f, prefix)) continue;
        if (f->kind == FIELD_GROUP) {
            walk_fields(w, f->children, f->child_count, prefix);
            continue;
        }
        if (!f->key.n) continue;
        struct text path = form_path(&w->scratch, prefix, f);
        if (f->kind == FIELD_REPEAT)
            walk_repeat(w, f, path);
        else if (f->is_multiple)
            check_multiple(w, f, path);
        else
            check_single(w, f, path);
    }
}

static void walk_form(struct walk *w, const struct form_section *only) {
    struct problem p = {0};
    form_conditions_begin(&w->conditions, w->form, w->answers);
    for (size_t i = 0; i < w->form->section_count; i++) {
        const struct form_section *s = &w->form->sections[i];
        if ((only && s != only) || !form_conditions_section(&w->conditions, s)) continue;
        walk_fields(w, s->fields, s->field_count, T(""));
    }
    if (w->conditions.is_used_up) report_rule(w, NULL, T(""), "too_costly", T(""), &p);
    form_conditions_end(&w->conditions);
}

static void report_unknown(struct walk *w) {
    for (size_t i = 0; i < w->answers->count; i++) {
        struct text path = w->answers->items[i].path;
        struct problem p = {0};
        if (!form_field_at(w->form, path)) report_rule(w, NULL, path, "form_unknown_field", T(""), &p);
    }
}

bool form_check(const struct form *f, const struct form_section *section, const struct answers *answers,
                const struct form_context *context, struct arena *a, struct form_problems *problems) {
    struct walk w = {.form = f, .answers = answers, .context = context, .a = a, .problems = problems};
    walk_form(&w, section);
    if (!section) report_unknown(&w);
    arena_free(&w.scratch);
    return w.found == 0;
}

enum section_state form_section_state(const struct form *f, const struct form_section *s,
                                      const struct answers *answers, const struct form_context *context) {
    struct arena a = {0};
    if (!form_section_shown(s, answers)) return SECTION_NOT_NEEDED;
    struct walk w = {.form = f, .answers = answers, .context = context, .a = &a};
    walk_form(&w, s);
    arena_free(&w.scratch);
    arena_free(&a);
    if (!w.found) return SECTION_DONE;
    return w.has_answer ? SECTION_INCOMPLETE : SECTION_NOT_STARTED;
}

void form_prune(const struct form *f, struct answers *answers) {
    struct arena a = {0};
    struct form_context context = {0};
    struct answers before, kept = {.arena = &a};
    size_t count;
    // A hidden question can hide others, so it is done until nothing changes; each round removes something.
    do {
        answers_copy(&a, answers, &before);
        kept.count = kept.bytes = 0;
        struct walk w = {.form = f, .answers = &before, .context = &context, .a = &a, .keep = &kept};
        walk_form(&w, NULL);
        arena_free(&w.scratch);
        count = answers->count;
        answers_remove(answers, T(""));
        enum status st = answers_merge(answers, &kept);
        (void)st; // it fitted before
    } while (answers->count < count);
    arena_free(&a);
}
