// whole_form.c - all of a form on one page, and back.
#include "web/whole_form.h"

#include <string.h>

#define V struct whole_section
VIEW(SECTION_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, intro), VIEW_STRUCT(V, page, &FORM_PAGE_VIEW));
#undef V
#define V struct whole_reason
VIEW(REASON_VIEW, VIEW_TEXT(V, question), VIEW_TEXT(V, purpose), VIEW_TEXT(V, need));
#undef V
#define V struct whole_form
static const struct view_field FORM_FIELDS[] = {VIEW_LIST(V, sections, &SECTION_VIEW),
                                                VIEW_LIST(V, reasons, &REASON_VIEW),
                                                VIEW_BOOL(V, has_files),
                                                VIEW_BOOL(V, has_new_questions),
                                                {0}};
const struct view WHOLE_FORM_VIEW = {"whole_form", FORM_FIELDS};
#undef V

void whole_form_begin(struct request *q, const struct pack *pack, const struct form *form,
                      const struct case_file *file, struct whole_form *out) {
    *out = (struct whole_form){.pack = pack, .form = form, .file = file, .answers = {.arena = q->arena}};
}

// R-GD-04: for what, and why it is needed, beside each question.
static void add_reasons(struct request *q, const struct form_field *fields, size_t count,
                        struct whole_form *w) {
    const struct code_list *needs = pack_codes(w->pack, T("need"));
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        add_reasons(q, f->children, f->child_count, w);
        const struct code *need = needs && f->need.n ? code_find(needs, f->need) : NULL;
        const struct access_word *purpose = access_word_find(&pack_access(w->pack)->purposes, f->purpose);
        if (f->label_key.n && need && purpose)
            *ARENA_PUSH(q->arena, &w->reasons) =
                (struct whole_reason){f->label_key, purpose->label_key, need->label_key};
    }
}

void whole_form_fill(struct request *q, struct whole_form *w) {
    w->sections.count = w->reasons.count = 0;
    for (size_t i = 0; w->form && i < w->form->section_count; i++) {
        const struct form_section *s = &w->form->sections[i];
        if (!form_section_shown(s, &w->answers)) continue;
        struct whole_section *v = ARENA_PUSH(q->arena, &w->sections);
        *v = (struct whole_section){.page.is_whole = true};
        if (w->form->section_count > 1) v->title = s->title_key, v->intro = s->intro_key;
        form_page_fill(q, w->pack, s->fields, s->field_count, T(""), &w->answers, w->file, &v->page);
        add_reasons(q, s->fields, s->field_count, w);
        w->has_files |= v->page.has_files;
    }
}

// "more:family", "more:nationalities": the page comes again with one more. "remove:family[1]" takes that one
// out: an entry of a list was left out when the page was read, by the number that it had there.
static bool follow_button(struct request *q, struct whole_form *w) {
    struct text path = form_text(q, "do"), kind;
    if (!text_cut(&path, ':', &kind) || !path.p) return false;
    if (text_eq(kind, T("remove")) && answer_path_ok(path) && form_field_at(w->form, path))
        answers_remove(&w->answers, path);
    return true;
}

static bool is_shown_already(const struct request *q, struct text field) {
    for (size_t i = 0; i < q->problem_count; i++)
        if (text_eq(text_of(q->problems[i].field), field)) return true;
    return false;
}

// In the list at the top a sentence must say which question it is about; of several values the first field is
// it.
static void show_problem(struct request *q, const struct form_problem *one) {
    struct problem p = one->problem;
    struct text path = one->path;
    bool is_value = one->field && one->field->kind != FIELD_REPEAT && one->field->is_multiple;
    if (is_value && text_ends(path, T("]")))
        while (path.n && path.p[--path.n] != '[') continue;
    p.field = text_c(q->arena, path);
    if (one->field && p.text_key && !strcmp(p.text_key, "problem.form.required")) {
        p.text_key = "problem.form.required_named";
        p.args[0] = (struct problem_arg){"question", page_pack_text(q, one->field->label_key)};
    }
    if (!is_shown_already(q, path)) page_problem(q, &p);
}

bool whole_form_read(struct request *q, struct whole_form *w) {
    struct form_problems found = {0};
    struct form_context context = pack_form_context(w->pack, zone_date(page_app(q)->zone, q->now));
    if (!w->form) return q->problem_count == 0;
    for (size_t i = 0; i < w->form->section_count; i++) {
        const struct form_section *s = &w->form->sections[i];
        struct form_reading reading;
        form_page_read_whole(q, s->fields, s->field_count, w->file, &w->answers, &reading);
        for (size_t k = 0; k < reading.problems.count; k++) page_problem(q, &reading.problems.items[k]);
        bool is_new = reading.has_new_questions && form_section_shown(s, &w->answers);
        w->has_new_questions |= is_new || reading.wants_suggestions;
    }
    if (follow_button(q, w)) {
        q->problem_count = 0; // not sent yet: nothing is wrong
        w->has_new_questions = false;
        return false;
    }
    if (w->has_new_questions && !q->problem_count) return false;
    (void)form_check(w->form, NULL, &w->answers, &context, q->arena, &found);
    for (size_t i = 0; i < found.count; i++) show_problem(q, &found.items[i]);
    return q->problem_count == 0;
}

struct bytes whole_form_answers(struct request *q, struct whole_form *w) {
    if (!w->form) return (struct bytes){0};
    form_prune(w->form, &w->answers);
    return answers_encode(q->arena, &w->answers);
}
