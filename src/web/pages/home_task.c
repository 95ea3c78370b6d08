// home_task.c - a task of the process that is the person's own: what we need, until when, its form.
#include "web/pages.h"
#include "web/pages/home.h"
#include "web/whole_form.h"

struct own_task_view {
    int64_t id, task;
    struct text case_no, title, about, effect;
    struct date until;
    bool is_late;
    struct whole_form form;
};
#define V struct own_task_view
VIEW(TASK_VIEW, VIEW_INT64(V, id), VIEW_INT64(V, task), VIEW_TEXT(V, case_no), VIEW_TEXT(V, title),
     VIEW_TEXT(V, about), VIEW_TEXT(V, effect), VIEW_DATE(V, until), VIEW_BOOL(V, is_late),
     VIEW_STRUCT(V, form, &WHOLE_FORM_VIEW));
#undef V
static const struct page_template TASK = {"home_task", &TASK_VIEW};

struct text task_name(struct request *q, const struct task_view *t) {
    struct text words = page_pack_text(q, t->name_key);
    return text_eq(words, t->name_key) && t->name.n ? t->name : words;
}

// The pack may say more: "flow.residence.bring_photo.about".
struct text task_about(struct request *q, const struct task_view *t) {
    struct text key = TEXT_JOIN(q->arena, t->name_key, T(".about"));
    struct text words = page_pack_text(q, key);
    return text_eq(words, key) ? (struct text){0} : words;
}

static const struct task_view *find_task(struct request *q, const struct case_file *f) {
    int64_t task;
    if (!request_param_id(q, "task", &task)) return NULL;
    for (size_t i = 0; i < f->tasks.count; i++)
        if (f->tasks.items[i].task == task && f->tasks.items[i].is_for_person) return &f->tasks.items[i];
    return NULL;
}

// The time limit that runs for the step, and what silence means.
static void fill_until(struct request *q, const struct case_file *f, const struct task_view *t,
                       struct own_task_view *v) {
    v->until = page_last_day(q, t->due);
    v->is_late = is_over(t->due, q->now);
    for (size_t i = 0; t->due.ms && i < f->clocks.count; i++)
        if (f->clocks.items[i].due.ms == t->due.ms && text_eq(f->clocks.items[i].owner, T("person")))
            v->effect = f->clocks.items[i].effect;
}

// Leads back to the case when it was done in the meantime: r->status is 303 then.
static enum status open_task(struct request *q, struct response *r, struct case_file *f,
                             struct own_task_view *v) {
    *v = (struct own_task_view){0};
    enum status st = own_case_open(q, r, &v->id, f);
    if (st) return st;
    const struct task_view *t = find_task(q, f);
    if (!t) return STATUS_NOT_FOUND;
    if (!t->may_do) {
        response_notice(q, r, "notice.task.over");
        return response_redirect(q, r, text_printf(q->arena, "/my/%lld", (long long)v->id));
    }
    const struct pack *pack = page_pack(q);
    v->task = t->task;
    v->case_no = f->head.case_no;
    v->title = task_name(q, t);
    v->about = task_about(q, t);
    fill_until(q, f, t, v);
    whole_form_begin(q, pack, t->form.n ? pack_form(pack, t->form) : NULL, f, &v->form);
    return STATUS_OK;
}

static enum status show(struct request *q, struct response *r, struct own_task_view *v) {
    whole_form_fill(q, &v->form);
    return page_show(q, r, &TASK, v);
}

static enum status task_page(struct request *q, struct response *r) {
    struct own_task_view v;
    struct case_file f;
    enum status st = open_task(q, r, &f, &v);
    return st || r->status == 303 ? st : show(q, r, &v);
}

static enum status task_take(struct request *q, struct response *r) {
    struct own_task_view v;
    struct case_file f;
    enum status st = open_task(q, r, &f, &v);
    if (st || r->status == 303) return st;
    if (!whole_form_read(q, &v.form)) return show(q, r, &v);
    struct command c = {.kind = COMMAND_COMPLETE_TASK,
                        .complete_task = {.task = v.task, .answers = whole_form_answers(q, &v.form)}};
    bool is_mistake;
    st = own_case_do(q, r, &c, "notice.task.sent", "", &is_mistake);
    return is_mistake ? show(q, r, &v) : st;
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/tasks/:task", task_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/my/:id/tasks/:task", task_take, NEEDS(APPLICANT | REPRESENTATIVE), RATE_UPLOAD, &FILE_OF_FORM},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TASK, NULL};
const struct page_module HOME_TASK_PAGES = {ROUTES, TEMPLATES};
