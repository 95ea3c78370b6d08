// apply_section.c - one section of the application, or one entry of a list in it (a family member, a
// document).
#include "web/pages.h"
#include "web/pages/apply.h"

struct section_view {
    int64_t id;
    struct text title, intro, back;
    int number, all;
    bool is_entry, has_new_questions, has_suggestions, is_saved_with_problems;
    struct form_page form;
};
#define V struct section_view
VIEW(SECTION_VIEW, VIEW_INT64(V, id), VIEW_TEXT(V, title), VIEW_TEXT(V, intro), VIEW_TEXT(V, back),
     VIEW_INT(V, number), VIEW_INT(V, all), VIEW_BOOL(V, is_entry), VIEW_BOOL(V, has_new_questions),
     VIEW_BOOL(V, has_suggestions), VIEW_BOOL(V, is_saved_with_problems),
     VIEW_STRUCT(V, form, &FORM_PAGE_VIEW));
#undef V
static const struct page_template SECTION = {"apply_section", &SECTION_VIEW};

// What a page asks: a whole section, or one entry of a list in it.
struct place {
    struct draft draft;
    const struct form_section *section;
    const struct form_field *list; // NULL: the section itself
    size_t entry;                  // from 0
    struct text prefix;            // "" or "family[2]."
    const struct form_field *fields;
    size_t field_count;
};

static enum status find_entry(struct request *q, struct place *p) {
    int64_t number;
    p->list = form_page_repeat(p->section, request_param(q, "list"));
    if (!p->list || !request_param_id(q, "entry", &number)) return STATUS_NOT_FOUND;
    p->entry = (size_t)number - 1;
    size_t count = answers_count(&p->draft.answers, p->list->path);
    if (p->entry > count || (p->list->repeat_max && p->entry >= p->list->repeat_max)) return STATUS_NOT_FOUND;
    p->prefix = text_printf(q->arena, TEXT_FMT "[%zu].", TEXT_ARG(p->list->path), p->entry);
    p->fields = p->list->children;
    p->field_count = p->list->child_count;
    return STATUS_OK;
}

static enum status place_find(struct request *q, struct response *r, struct place *p) {
    *p = (struct place){.prefix = T("")};
    enum status st = draft_open(q, r, &p->draft);
    if (st) return st;
    p->section = form_section(p->draft.form, request_param(q, "section"));
    if (!p->section) return STATUS_NOT_FOUND;
    p->fields = p->section->fields;
    p->field_count = p->section->field_count;
    return request_param(q, "list").n ? find_entry(q, p) : STATUS_OK;
}

static struct text section_path(struct request *q, const struct place *p) {
    return text_printf(q->arena, "/apply/%lld/" TEXT_FMT, (long long)p->draft.id, TEXT_ARG(p->section->id));
}

static void fill_titles(struct request *q, const struct place *p, struct section_view *v) {
    v->id = p->draft.id;
    v->is_entry = p->list != NULL;
    for (size_t i = 0; i < p->draft.form->section_count; i++) {
        if (!form_section_shown(&p->draft.form->sections[i], &p->draft.answers)) continue;
        v->all++;
        if (&p->draft.form->sections[i] == p->section) v->number = v->all;
    }
    if (!p->list) {
        v->title = p->section->title_key;
        v->intro = p->section->intro_key;
        v->back = text_printf(q->arena, "/apply/%lld", (long long)p->draft.id);
        return;
    }
    struct text_value number = {T("number"), text_printf(q->arena, "%zu", p->entry + 1)};
    v->title =
        text_fill(q->arena, page_pack_text(q, p->list->entry_key.n ? p->list->entry_key : p->list->label_key),
                  &number, 1);
    v->back = section_path(q, p);
}

static enum status show(struct request *q, struct response *r, const struct place *p,
                        struct section_view *v) {
    fill_titles(q, p, v);
    form_page_fill(q, p->draft.pack, p->fields, p->field_count, p->prefix, &p->draft.answers, &p->draft.file,
                   &v->form);
    v->has_suggestions = v->form.has_suggestions;
    return page_show(q, r, &SECTION, v);
}

static enum status section_page(struct request *q, struct response *r) {
    struct place p;
    struct section_view v = {0};
    enum status st = place_find(q, r, &p);
    if (st == STATUS_CONFLICT) return draft_sent(q, r, &p.draft);
    if (st) return st;
    if (query_text(q, "check").n)
        form_page_problems(q, p.draft.pack, p.section, p.prefix, &p.draft.answers, NULL);
    return show(q, r, &p, &v);
}

// ---- what the buttons in lists say: "edit:family[1]", "remove:evidence[0]", "file:evidence"

static bool split_index(struct text path, struct text *list, int64_t *index) {
    size_t open = path.n;
    while (open > 0 && path.p[open - 1] != '[') open--;
    if (open < 2 || !text_ends(path, T("]"))) return false;
    *list = text_slice(path, 0, open - 1);
    return text_int(text_slice(path, open, path.n - 1), index) && *index >= 0;
}

static enum status go_to_entry(struct request *q, struct response *r, const struct place *p,
                               struct text path) {
    struct text list;
    int64_t index;
    if (!split_index(path, &list, &index) || !form_page_repeat(p->section, list)) return STATUS_NOT_FOUND;
    return response_redirect(q, r,
                             text_printf(q->arena, TEXT_FMT "/" TEXT_FMT "/%lld",
                                         TEXT_ARG(section_path(q, p)), TEXT_ARG(list), (long long)index + 1));
}

// Takes an entry or a file out of its list; a file that was uploaded for it goes too.
static enum status take_out(struct request *q, struct place *p, struct text path) {
    struct text list;
    int64_t index, document;
    struct command_result result;
    struct problem ignored = {0};
    if (!split_index(path, &list, &index)) return STATUS_NOT_FOUND;
    const struct form_field *f = form_field_at(p->draft.form, path);
    bool is_file = f && f->kind == FIELD_FILE;
    if (!is_file && !form_page_repeat(p->section, list)) return STATUS_NOT_FOUND;
    if (is_file && text_int(answers_get(&p->draft.answers, path), &document)) {
        struct command c = {
            .kind = COMMAND_REMOVE_DOCUMENT, .case_id = p->draft.id, .remove_document = {document}};
        enum status st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &ignored);
        if (st && st != STATUS_INVALID && st != STATUS_NOT_FOUND) return st;
    }
    answers_remove(&p->draft.answers, path);
    return STATUS_OK;
}

static struct text own_path(struct request *q, const struct place *p) {
    if (!p->list) return section_path(q, p);
    return text_printf(q->arena, TEXT_FMT "/" TEXT_FMT "/%zu", TEXT_ARG(section_path(q, p)),
                       TEXT_ARG(p->list->path), p->entry + 1);
}

static enum status follow_button(struct request *q, struct response *r, struct place *p, struct text button) {
    struct text kind, path = button;
    text_cut(&path, ':', &kind);
    if (text_eq(kind, T("edit"))) return go_to_entry(q, r, p, path);
    if (text_eq(kind, T("file")) && answer_path_ok(path))
        return response_redirect(
            q, r,
            text_printf(q->arena, "/my/%lld/upload?for=" TEXT_FMT, (long long)p->draft.id, TEXT_ARG(path)));
    if (text_eq(kind, T("more"))) return show(q, r, p, &(struct section_view){0});
    struct problem problem = {0};
    if (!text_eq(kind, T("remove"))) return STATUS_NOT_FOUND;
    enum status st = take_out(q, p, path);
    if (!st) st = draft_save(q, &p->draft, p->section, &problem);
    return st ? st : response_redirect(q, r, own_path(q, p));
}

// ---- saving

static enum status after_save(struct request *q, struct response *r, struct place *p,
                              const struct form_reading *reading) {
    struct section_view v = {0};
    v.has_new_questions = reading->has_new_questions && !reading->problems.count;
    if (v.has_new_questions || reading->wants_suggestions) return show(q, r, p, &v);
    if (!form_page_problems(q, p->draft.pack, p->section, p->prefix, &p->draft.answers, reading)) {
        v.is_saved_with_problems = true;
        return show(q, r, p, &v);
    }
    if (p->list) return response_redirect(q, r, section_path(q, p));
    return response_redirect(q, r, draft_next(q, &p->draft, p->section));
}

static enum status section_take(struct request *q, struct response *r) {
    struct place p;
    struct form_reading reading;
    struct problem problem = {0};
    struct text button = form_text(q, "do");
    enum status st = place_find(q, r, &p);
    if (st == STATUS_CONFLICT) return draft_sent(q, r, &p.draft);
    if (st) return st;
    form_page_read(q, p.fields, p.field_count, p.prefix, &p.draft.answers, &reading);
    st = draft_save(q, &p.draft, p.section, &problem);
    if (st == STATUS_INVALID) {
        page_problem(q, &problem);
        return show(q, r, &p, &(struct section_view){0});
    }
    if (st) {
        r->problem = problem;
        return st;
    }
    if (text_eq(button, T("later"))) {
        response_notice(q, r, "notice.apply.saved");
        return response_redirect(q, r, text_printf(q->arena, "/apply/%lld", (long long)p.draft.id));
    }
    size_t colon;
    if (text_find(button, T(":"), &colon)) return follow_button(q, r, &p, button);
    return after_save(q, r, &p, &reading);
}

static const struct route ROUTES[] = {
    {GET, "/apply/:id/:section", section_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/apply/:id/:section", section_take, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/apply/:id/:section/:list/:entry", section_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/apply/:id/:section/:list/:entry", section_take, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&SECTION, NULL};
const struct page_module APPLY_SECTION_PAGES = {ROUTES, TEMPLATES};
