// form_page.h - a form of a pack as a page: filled from answers, read back from what was posted. Works
// without script.
//
//     form_page_fill(q, pack, section->fields, section->field_count, T(""), &answers, &view.form);   {{>
//     form_questions form=form}} form_page_read(q, section->fields, section->field_count, T(""), &answers,
//     &reading);          after the post
//
// Nothing typed is lost: answers that break a rule are set like others; form_page_problems() says what is
// wrong with them. Questions that depend on others appear when the page is sent (reading.has_new_questions:
// show it again).
#pragma once
#include "web/app.h"

// One entry of a repeated group, or one file: what it is called, and the values of the buttons "change" and
// "remove".
struct form_item {
    struct text title, summary, edit, remove;
};
// One of several selects of one question: "Nationality 2".
struct form_pick {
    struct text name;
    int number;
    struct options options;
};
struct form_question {
    const char *shape; // input, textarea, number, date, select, selects, radios, checks, box, files, entries,
                       // heading, text; on a whole page also: file (a choice and an input), list (its
                       // title), entry (the title of one), more (the button that adds one)
    struct text name;  // concrete path: name and id of the field
    struct text label, hint; // text keys
    struct text value, autocomplete, language;
    const char *type, *inputmode, *width;
    struct text more;    // value of the button that asks for one more
    struct text words;   // title of an entry
    struct text remove;  // value of the button that takes it out
    struct text code;    // of the kind that a file is put down as
    struct text add_key; // its text key, of entries
    bool is_optional, is_day_unknown, is_suggested, is_long;
    struct date_parts date;
    struct options options;
    struct {
        struct form_pick *items;
        size_t count, capacity;
    } picks;
    struct {
        struct form_item *items;
        size_t count, capacity;
    } items;
};
struct form_page {
    struct {
        struct form_question *items;
        size_t count, capacity;
    } questions;
    bool has_suggestions;
    bool has_files; // on a whole page: its <form> is multipart/form-data
    bool
        is_whole; // said before filling: entries of lists and files are asked on this page, there is no other
};
extern const struct view FORM_PAGE_VIEW;

// Adds the questions that are shown for these answers. `prefix` is "" or "family[2]." for the fields of an
// entry. After a post the page keeps what was typed. Documents' titles are found in `file`, which may be
// NULL.
void form_page_fill(struct request *q, const struct pack *pack, const struct form_field *fields, size_t count,
                    struct text prefix, const struct answers *answers, const struct case_file *file,
                    struct form_page *out);

struct form_reading {
    bool has_new_questions; // some are shown now that were not on the page
    bool wants_suggestions; // a name in Latin letters was left empty beside one in another script
    struct {
        struct problem *items;
        size_t count, capacity;
    } problems; // of dates as typed
};
// Takes the answers to the questions that were on the page into `answers`. On a whole page the entries of
// lists and the files of `file` that were chosen are among them.
void form_page_read(struct request *q, const struct form_field *fields, size_t count, struct text prefix,
                    struct answers *answers, struct form_reading *out);
void form_page_read_whole(struct request *q, const struct form_field *fields, size_t count,
                          const struct case_file *file, struct answers *answers, struct form_reading *out);

// Adds what is wrong in the section to the page: below `prefix`, or (prefix "") at the top with one line for
// each list that has a wrong entry. True when nothing is. `reading` may be NULL.
bool form_page_problems(struct request *q, const struct pack *pack, const struct form_section *section,
                        struct text prefix, const struct answers *answers,
                        const struct form_reading *reading);

// ---- for reading only: "Check your answers"

struct form_row {
    struct text label;  // text key
    struct text words;  // the label in the person's language
    struct text value;  // in words of the person's language
    struct text number; // of an entry of a list: "2"; else empty
    struct text path;   // of the answer: "family[1].given_names"
    const struct form_field *field;
    bool is_heading; // the title of an entry
};
struct form_rows {
    struct form_row *items;
    size_t count, capacity;
};
extern const struct view FORM_ROW_VIEW;
// All answered questions that are shown, in order.
void form_page_rows(struct request *q, const struct pack *pack, const struct form_field *fields, size_t count,
                    struct text prefix, const struct answers *answers, const struct case_file *file,
                    struct form_rows *out);

// The repeated group at a path such as "family" or "identity_documents". NULL when there is none.
const struct form_field *form_page_repeat(const struct form_section *section, struct text path);
// The section that asks for this concrete path. NULL when none does.
const struct form_section *form_page_section_of(const struct form *form, struct text path);
// The answers that belong to one section, out of all.
void form_page_section_answers(const struct form_section *section, const struct answers *all,
                               struct answers *out);
