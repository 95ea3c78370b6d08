// whole_form.h - a form of a pack on one page: all its sections, the entries of its lists, files that are
// sent along, and why each question is asked. For what is answered at once and kept nowhere before: a task, a
// message from outside, an application that staff enter. Works without script.
//
//     whole_form_begin(q, pack, form, &file, &w);
//     whole_form_fill(q, &w);                      to show it: {{> whole_form form=form}} inside the <form>
//     if (whole_form_read(q, &w)) ... whole_form_answers(q, &w)   after the post; else show it again
#pragma once
#include "web/form_page.h"

struct whole_section {
    struct text title, intro; // text keys; no title when the form has one section only
    struct form_page page;
};
struct whole_reason {
    struct text question, purpose, need; // text keys
};
struct whole_form {
    const struct pack *pack;
    const struct form *form;      // NULL: nothing is asked
    const struct case_file *file; // whose documents may be chosen; NULL: none
    struct answers answers;
    struct {
        struct whole_section *items;
        size_t count, capacity;
    } sections;
    struct {
        struct whole_reason *items;
        size_t count, capacity;
    } reasons;
    bool has_files, has_new_questions;
};
extern const struct view WHOLE_FORM_VIEW;

void whole_form_begin(struct request *q, const struct pack *pack, const struct form *form,
                      const struct case_file *file, struct whole_form *out);
void whole_form_fill(struct request *q, struct whole_form *w);
// Takes what was typed and adds what is wrong to the page. False: it is shown again, because something is
// wrong, new questions came up, or a button of a list was pressed.
bool whole_form_read(struct request *q, struct whole_form *w);
// Takes the files of such a form; for the route that it is sent to, whose ":id" is the case.
extern const struct upload_sink FILE_OF_FORM; // pages/upload.c
// Without answers to questions that are hidden; empty when nothing is asked.
struct bytes whole_form_answers(struct request *q, struct whole_form *w);
