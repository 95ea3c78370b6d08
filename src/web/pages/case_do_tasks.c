// case_do_tasks.c - what the process of any pack asks for: a task with its form, and a message from outside
// that the case waits for. A task of the person's is entered from paper or from the counter, with the day on
// which it came.
#include "web/pages/case_do.h"

#include "web/pages/home.h"

// ---- a task

static const struct task_view *task_of(const struct doing *d) {
    for (size_t i = 0; i < d->page.file.tasks.count; i++)
        if (d->page.file.tasks.items[i].task == d->about) return &d->page.file.tasks.items[i];
    return NULL;
}

static void use_form(struct doing *d, struct text form) {
    d->view.has_form = true;
    whole_form_begin(d->q, d->page.pack, form.n ? pack_form(d->page.pack, form) : NULL, &d->page.file,
                     &d->view.form);
}

static enum status prepare_task(struct doing *d) {
    const struct task_view *t = task_of(d);
    if (!t || !text_eq(t->command, T("complete_task"))) return STATUS_NOT_FOUND;
    d->view.title = task_name(d->q, t);
    d->view.button = "form.send";
    d->view.facts_title = "case.task.facts";
    do_fact(d, "case.task.roles", case_role_names(d->q, t->group));
    do_fact(d, "case.task.opened", text_date(d->q->arena, d->q->language, case_day(d->q, t->opened)));
    if (t->due.ms)
        do_fact(d, "case.clock.last_day",
                text_date(d->q->arena, d->q->language, page_last_day(d->q, t->due)));
    do_fact(d, "case.task.about", task_about(d->q, t));
    // Done meanwhile, or not for who asks: shown without a form.
    if (t->done.ms || !case_may_do(d->q, &d->page, t)) {
        d->view.lead = t->done.ms ? "case.task.over" : "case.task.other";
        d->view.is_closed = true;
        return STATUS_OK;
    }
    use_form(d, t->form);
    if (!t->is_for_person) return STATUS_OK;
    d->view.lead = "case.paper.lead";
    return do_ask_how_it_came(d);
}

static void fill_task(struct doing *d) {
    const struct task_view *t = task_of(d);
    if (t && t->is_for_person) do_fill_paper(d);
    d->command.complete_task =
        (struct complete_task){.task = d->about, .answers = whole_form_answers(d->q, &d->view.form)};
}

// ---- a message from outside

// Which one the page is about: the case can wait for several.
static struct text asked(struct doing *d, const char *name) {
    return form_has(d->q, name) ? form_text(d->q, name) : query_text(d->q, name);
}

static const struct awaited_view *awaited(const struct doing *d) {
    for (size_t i = 0; i < d->page.file.awaited.count; i++) {
        const struct awaited_view *m = &d->page.file.awaited.items[i];
        if (text_eq(m->name, d->view.message) && text_eq(m->key, d->view.message_key)) return m;
    }
    return NULL;
}

static enum status prepare_message(struct doing *d) {
    d->view.message = asked(d, "message");
    d->view.message_key = asked(d, "key");
    const struct awaited_view *m = awaited(d);
    if (!m) {
        d->view.lead = "case.message_in.over";
        d->view.is_closed = true;
        return STATUS_OK;
    }
    d->view.title = case_awaited_name(d->q, m);
    d->view.button = "form.send";
    d->view.facts_title = "case.task.facts";
    do_fact(d, "case.message_in.name", m->name);
    do_fact(d, "case.message_in.key", m->key);
    use_form(d, m->form);
    return STATUS_OK;
}

static void fill_message(struct doing *d) {
    const struct awaited_view *m = awaited(d);
    if (m)
        d->command.deliver_message =
            (struct deliver_message){m->name, m->key, whole_form_answers(d->q, &d->view.form)};
}

static const struct do_form TASKS[] = {
    {"complete_task", COMMAND_COMPLETE_TASK, NULL, NULL, prepare_task, fill_task, NULL, NULL, NULL, "saved",
     true, true},
    {"deliver_message", COMMAND_DELIVER_MESSAGE, NULL, NULL, prepare_message, fill_message,
     "case.message_in.lead", NULL, NULL, "saved", false, true},
    {0},
};
const struct do_form *const CASE_DO_TASKS = TASKS;
