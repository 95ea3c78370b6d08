// case_task.c - what was answered in a step that is done: by the person, or by a colleague.
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/home.h"

struct answered_section {
    struct text title;
    struct form_rows rows;
};
struct answered_view {
    struct case_frame frame;
    struct text title, by;
    struct moment done;
    bool is_by_person;
    struct {
        struct answered_section *items;
        size_t count, capacity;
    } sections;
};
VIEW(SECTION_VIEW, VIEW_TEXT(struct answered_section, title),
     VIEW_LIST(struct answered_section, rows, &FORM_ROW_VIEW));
#define V struct answered_view
VIEW(ANSWERED_VIEW, VIEW_STRUCT(V, frame, &CASE_FRAME_VIEW), VIEW_TEXT(V, title), VIEW_TEXT(V, by),
     VIEW_MOMENT(V, done), VIEW_BOOL(V, is_by_person), VIEW_LIST(V, sections, &SECTION_VIEW));
#undef V
static const struct page_template ANSWERED = {"case_task", &ANSWERED_VIEW};

static const struct task_view *done_task(struct request *q, const struct case_file *f) {
    int64_t id;
    if (!request_param_id(q, "task", &id)) return NULL;
    for (size_t i = 0; i < f->tasks.count; i++)
        if (f->tasks.items[i].task == id && f->tasks.items[i].done.ms) return &f->tasks.items[i];
    return NULL;
}

static enum status answered_page(struct request *q, struct response *r) {
    struct case_page c;
    struct answers answers = {.arena = q->arena};
    struct bytes coded = {0};
    enum status st = case_page_open(q, r, "overview", &c);
    if (st || case_page_is_sent(r)) return st;
    const struct task_view *t = done_task(q, &c.file);
    const struct form *form = t && t->form.n ? pack_form(c.pack, t->form) : NULL;
    if (!form) return STATUS_NOT_FOUND;
    struct look look = case_look(q, c.frame.id);
    st = cases_task_answers(page_app(q)->cases, page_actor(q), &look, c.frame.id, t->task, q->arena, &coded,
                            &r->problem);
    if (!st && coded.n) st = answers_decode(q->arena, coded, &answers);
    if (st) return st;
    struct answered_view v = {
        .frame = c.frame, .title = task_name(q, t), .by = t->officer_name, .done = t->done};
    v.is_by_person = !t->officer_name.n;
    for (size_t i = 0; i < form->section_count; i++) {
        const struct form_section *s = &form->sections[i];
        struct answered_section *part = ARENA_PUSH(q->arena, &v.sections);
        if (form->section_count > 1) part->title = s->title_key;
        form_page_rows(q, c.pack, s->fields, s->field_count, T(""), &answers, &c.file, &part->rows);
    }
    return page_show(q, r, &ANSWERED, &v);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/tasks/:task", answered_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&ANSWERED, NULL};
const struct page_module CASE_TASK_PAGES = {ROUTES, TEMPLATES};
