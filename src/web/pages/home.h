// home.h - inside pages/: a person's own case, after the application was sent.
#pragma once
#include "web/form_page.h"

// Opens the case of the address (":id") and sets the pack's texts. STATUS_NOT_FOUND, STATUS_REFUSED as for
// anybody.
enum status own_case_open(struct request *q, struct response *r, int64_t *id, struct case_file *file);
// Does the command on the case of the address. STATUS_OK redirects to `next` below the case ("/messages")
// with the notice; a mistake that a person can mend is on the page and *is_mistake is set: show the form
// again.
enum status own_case_do(struct request *q, struct response *r, struct command *c, const char *notice,
                        const char *next, bool *is_mistake);
bool is_over(struct moment at, struct moment now);
// A task in the person's language, as the diagram calls it when the pack has no text; and what the pack adds
// to it (text "flow.<process>.<element>.about"), which may be empty.
struct text task_name(struct request *q, const struct task_view *t);
struct text task_about(struct request *q, const struct task_view *t);

// Who looked, when, at what and for which purpose, as the person reads it.
struct look_row {
    struct text who, unit, purpose, what_key;
    struct moment at;
    bool was_refused, was_reasoned;
};
extern const struct view LOOK_ROW_VIEW;
struct text look_what_key(struct request *q, struct text what);
