// From what was posted to answers, and what is wrong with them.
#include <string.h>

#include "identity/identity.h"
#include "web/form_page.h"

struct taking {
    struct request *q;
    struct text prefix;
    struct answers *answers;
    struct form_reading *out;
    struct form_conditions *conditions; // over all answers of the form, when they are in place
    bool is_whole;
    const struct case_file *file; // whose documents may be chosen on a whole page
};

static bool was_asked(const struct request *q, struct text name) {
    struct text asked;
    for (size_t at = 0; fields_next(&q->form, "asked", &at, &asked);)
        if (text_eq(asked, name)) return true;
    return false;
}

// Line ends as \n; browsers send \r\n.
static struct text plain_lines(struct arena *a, struct text t) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] != '\r') out_byte(&o, t.p[i]);
    return out_done(&o);
}

static void add_problem(const struct taking *x, const struct problem *p) {
    *ARENA_PUSH(x->q->arena, &x->out->problems) = *p;
}

static void set(const struct taking *x, struct text name, struct text value) {
    struct problem p = {0};
    enum status st = answers_set(x->answers, name, value);
    if (!st) return;
    (void)!problem(&p, text_c(x->q->arena, name), "answer_not_accepted", "problem.form.answer_not_accepted");
    add_problem(x, &p);
}

// A date that is none is kept as typed, "1990-13-40", so that it can be shown again.
static void take_date(const struct taking *x, const char *field, struct text name) {
    struct date_parts parts;
    struct date d;
    struct problem p = {0};
    struct arena *a = x->q->arena;
    enum status st = form_date(x->q, field, &parts, &d, &p);
    if (st) add_problem(x, &p);
    bool is_date = d.year > 0;
    struct text typed =
        !parts.day.n && !parts.month.n ? parts.year : TEXT_JOIN(a, parts.year, T("-"), parts.month);
    if (parts.day.n) typed = TEXT_JOIN(a, typed, T("-"), parts.day);
    set(x, name, is_date ? date_print(a, d) : text_slice(typed, 0, 100));
}

// Several values of one name, or of name, name[1], name[2] ...: those given, without gaps and doubles.
static void take_list(const struct taking *x, struct text name) {
    struct {
        struct text *items;
        size_t count, capacity;
    } values = {0};
    for (size_t i = 0; i < x->q->form.count; i++) {
        const struct field *f = &x->q->form.items[i];
        bool is_ours = text_eq(f->name, name) || (text_starts(f->name, name) && f->name.n > name.n &&
                                                  f->name.p[name.n] == '[' && text_ends(f->name, T("]")));
        bool is_known = !is_ours || !f->value.n;
        for (size_t k = 0; k < values.count && !is_known; k++) is_known = text_eq(values.items[k], f->value);
        if (!is_known) *ARENA_PUSH(x->q->arena, &values) = f->value;
    }
    answers_remove(x->answers, name);
    for (size_t i = 0; i < values.count; i++)
        set(x, text_printf(x->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(name), i), values.items[i]);
}

static bool is_of_case(const struct taking *x, struct text document) {
    int64_t id;
    if (!x->file || !text_int(document, &id)) return false;
    for (size_t i = 0; i < x->file->documents.count; i++)
        if (x->file->documents.items[i].document == id) return !x->file->documents.items[i].is_removed;
    return false;
}

// The documents that were ticked, and those that came along (upload.c tells them).
static void take_files(const struct taking *x, struct text name) {
    size_t n = 0, at = 0;
    struct text id;
    const char *field = text_c(x->q->arena, name);
    answers_remove(x->answers, name);
    while (fields_next(&x->q->form, field, &at, &id))
        if (is_of_case(x, id)) set(x, text_printf(x->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(name), n++), id);
    field = text_c(x->q->arena, TEXT_JOIN(x->q->arena, T("document:"), name));
    for (at = 0; fields_next(&x->q->params, field, &at, &id);)
        if (is_of_case(x, id)) set(x, text_printf(x->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(name), n++), id);
}

static bool is_input(const struct form_field *f) {
    return f->key.n && f->kind != FIELD_FILE && f->kind != FIELD_REPEAT && f->kind != FIELD_GROUP &&
           !f->is_read_only;
}

static void take_question(const struct taking *x, const struct form_field *f) {
    struct text name = form_path(x->q->arena, x->prefix, f);
    const char *field = text_c(x->q->arena, name);
    if (!was_asked(x->q, name)) return;
    if (f->kind == FIELD_DATE || f->kind == FIELD_PARTIAL_DATE)
        take_date(x, field, name);
    else if (f->is_multiple || f->kind == FIELD_CHECKLIST)
        take_list(x, name);
    else if (f->kind == FIELD_CHECKBOX)
        set(x, name, form_has(x->q, field) ? T("true") : T(""));
    else
        set(x, name, plain_lines(x->q->arena, form_text(x->q, field)));
}

static void take_fields(const struct taking *x, const struct form_field *fields, size_t count);

// "Remove" names an entry as it was shown; after closing up its number may be that of another.
static bool is_taken_out(const struct taking *x, struct text entry) {
    return text_eq(form_text(x->q, "do"), TEXT_JOIN(x->q->arena, T("remove:"), entry));
}

// Entries that were left empty are none: those after them move up, so that indexes count without gaps.
static void close_up(const struct taking *x, struct text name, size_t n) {
    struct arena *a = x->q->arena;
    struct answers old = {.arena = a};
    size_t kept = 0;
    answers_copy(a, x->answers, &old);
    answers_remove(x->answers, name);
    for (size_t i = 0; i < n; i++) {
        struct text from = text_printf(a, TEXT_FMT "[%zu].", TEXT_ARG(name), i);
        struct text to = text_printf(a, TEXT_FMT "[%zu].", TEXT_ARG(name), kept);
        bool is_empty = true;
        for (size_t k = 0; k < old.count; k++) {
            struct text path = old.items[k].path;
            if (!text_starts(path, from)) continue;
            is_empty = false;
            set(x, TEXT_JOIN(a, to, text_slice(path, from.n, path.n)), old.items[k].value);
        }
        kept += !is_empty;
    }
}

// The entries that were on the page.
static void take_list_entries(const struct taking *x, const struct form_field *f) {
    struct arena *a = x->q->arena;
    struct text name = form_path(a, x->prefix, f);
    size_t n = 0;
    while (n < f->repeat_max && was_asked(x->q, text_printf(a, TEXT_FMT "[%zu]", TEXT_ARG(name), n))) n++;
    for (size_t i = 0; i < n; i++) {
        struct taking entry = *x;
        struct text at = text_printf(a, TEXT_FMT "[%zu]", TEXT_ARG(name), i);
        if (is_taken_out(x, at)) {
            answers_remove(x->answers, at);
            continue;
        }
        entry.prefix = TEXT_JOIN(a, at, T("."));
        take_fields(&entry, f->children, f->child_count);
    }
    close_up(x, name, n);
}

static void take_fields(const struct taking *x, const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == FIELD_GROUP)
            take_fields(x, fields[i].children, fields[i].child_count);
        else if (fields[i].kind == FIELD_REPEAT && x->is_whole)
            take_list_entries(x, &fields[i]);
        else if (fields[i].kind == FIELD_FILE && x->is_whole &&
                 was_asked(x->q, form_path(x->q->arena, x->prefix, &fields[i])))
            take_files(x, form_path(x->q->arena, x->prefix, &fields[i]));
        else if (is_input(&fields[i]))
            take_question(x, &fields[i]);
    }
}

static bool has_suggestion(const struct taking *x, const struct form_field *f, struct text name) {
    struct text source, script, shown;
    if (!f->transliterate.n || answers_get(x->answers, name).n) return false;
    for (size_t at = 0; fields_next(&x->q->form, "suggested", &at, &shown);)
        if (text_eq(shown, name)) return false; // it was shown, and the person took it away
    source = answers_get(x->answers, TEXT_JOIN(x->q->arena, x->prefix, f->transliterate));
    script = identity_script(source);
    return source.n && !text_eq(script, T("Latn")) && !text_eq(script, T("Zyyy"));
}

// With all answers in place: is anything asked now that was not?
static void look_for_more(const struct taking *x, const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (!form_field_shown(x->conditions, f, x->prefix)) continue;
        if (f->kind == FIELD_GROUP) look_for_more(x, f->children, f->child_count);
        if (!is_input(f) && f->kind != FIELD_REPEAT && f->kind != FIELD_FILE) continue;
        struct text name = form_path(x->q->arena, x->prefix, f);
        x->out->has_new_questions |= !was_asked(x->q, name);
        x->out->wants_suggestions |= has_suggestion(x, f, name);
    }
}

static void read_page(struct taking *x, const struct form_field *fields, size_t count) {
    struct form_conditions conditions;
    x->conditions = &conditions;
    *x->out = (struct form_reading){0};
    take_fields(x, fields, count);
    if (!count) return;
    form_conditions_begin(&conditions, fields[0].form, x->answers);
    look_for_more(x, fields, count);
    form_conditions_end(&conditions);
}

void form_page_read(struct request *q, const struct form_field *fields, size_t count, struct text prefix,
                    struct answers *answers, struct form_reading *out) {
    struct taking x = {.q = q, .prefix = prefix, .answers = answers, .out = out};
    read_page(&x, fields, count);
}

void form_page_read_whole(struct request *q, const struct form_field *fields, size_t count,
                          const struct case_file *file, struct answers *answers, struct form_reading *out) {
    struct taking x = {
        .q = q, .prefix = T(""), .answers = answers, .out = out, .is_whole = true, .file = file};
    read_page(&x, fields, count);
}

// ---- what is wrong

static bool is_shown_already(const struct request *q, struct text field) {
    for (size_t i = 0; i < q->problem_count; i++)
        if (text_eq(text_of(q->problems[i].field), field)) return true;
    return false;
}

// At the top of a section an entry's mistakes are one line that leads to its list.
static void show_problem(struct request *q, const struct form_problem *one, struct text prefix) {
    struct problem p = one->problem;
    size_t bracket;
    if (!text_starts(one->path, prefix)) return;
    struct text own = text_slice(one->path, prefix.n, one->path.n);
    bool is_inside = text_find(own, T("]."), &bracket) && text_find(own, T("["), &bracket);
    if (is_inside)
        p = (struct problem){.field = text_c(q->arena, text_slice(one->path, 0, prefix.n + bracket)),
                             .rule = "entry",
                             .text_key = "problem.form.entry"};
    else if (text_find(own, T("["), &bracket))
        p.field = text_c(q->arena,
                         text_slice(one->path, 0, prefix.n + bracket)); // several values: at the first field
    if (p.text_key && text_eq(text_of(p.text_key), T("problem.form.required")) && one->field->label_key.n) {
        p.text_key = "problem.form.required_named"; // a list of "answer this" alone would not say which
        p.args[0] = (struct problem_arg){"question", page_pack_text(q, one->field->label_key)};
    }
    if (!is_shown_already(q, text_of(p.field))) page_problem(q, &p);
}

bool form_page_problems(struct request *q, const struct pack *pack, const struct form_section *section,
                        struct text prefix, const struct answers *answers,
                        const struct form_reading *reading) {
    struct form_context context = pack_form_context(pack, zone_date(page_app(q)->zone, q->now));
    struct form_problems found = {0};
    size_t before = q->problem_count;
    for (size_t i = 0; reading && i < reading->problems.count; i++)
        page_problem(q, &reading->problems.items[i]);
    (void)form_check(section->form, section, answers, &context, q->arena, &found);
    for (size_t i = 0; i < found.count; i++) show_problem(q, &found.items[i], prefix);
    return q->problem_count == before;
}

// ---- finding

static const struct form_field *find_repeat(const struct form_field *fields, size_t count, struct text path) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == FIELD_REPEAT && text_eq(fields[i].path, path)) return &fields[i];
        if (fields[i].kind != FIELD_GROUP) continue;
        const struct form_field *inner = find_repeat(fields[i].children, fields[i].child_count, path);
        if (inner) return inner;
    }
    return NULL;
}

const struct form_field *form_page_repeat(const struct form_section *section, struct text path) {
    return find_repeat(section->fields, section->field_count, path);
}
