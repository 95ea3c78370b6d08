// case_do.h - the forms of what officers do: one table of commands, one page.
#pragma once
#include "web/pages/case_rules.h"
#include "web/whole_form.h"

// One question of a form, with what was typed. `kind` names how it is asked:
// "text", "area", "number", "date", "time", "select", "radios", "checks", "box", "heading".
struct do_field {
    const char *kind;
    struct text name, label, hint, value, language;
    struct date_parts parts;
    struct options options;
    const char *width, *rows;
    bool is_required, is_partial;
};
struct do_fields {
    struct do_field *items;
    size_t count, capacity;
};

// Further questions that the pack has no form for.
struct do_question {
    const char *kind, *name, *label, *hint;
    const char *codes; // code list of the options
    const char *rows;
    bool is_required;
};

struct do_fact {
    struct text label, value;
};
struct do_part {
    struct text label, body;
};
struct do_change {
    struct text event, by;
    struct moment at;
};

// What the page shows.
struct do_page {
    struct case_frame frame;
    struct text title, action, back, seen, about;
    const char *button, *lead;
    bool is_danger;
    struct do_fields fields;
    struct rule_findings findings;
    struct {
        struct do_fact *items;
        size_t count, capacity;
    } facts; // beside the form: who, deadline, letter
    struct {
        struct do_part *items;
        size_t count, capacity;
    } parts; // long texts to be read before: record, proposal
    struct {
        struct do_change *items;
        size_t count, capacity;
    } changed;                   // after a conflict
    struct preview_lines letter; // that this would send
    const char *facts_title, *parts_title;
    struct rule_view rules;
    struct whole_form form;           // of the pack, all of it: of a task, or of a message from outside
    struct text message, message_key; // from outside, that the page is about
    bool has_rules, warns_before_leaving, has_form;
    bool is_closed; // there is nothing to do (any more); `lead` says why
};

struct do_form;
struct doing {
    struct request *q;
    struct response *r;
    const struct do_form *form;
    struct case_page page;
    struct do_page view;
    int64_t about; // ?about=: the clock, letter, report that it is about
    struct command command;
};

struct do_form {
    const char *name; // in the address, and the action of access.json
    enum command_kind kind;
    const char *pack_form; // of the pack; NULL: `questions`
    const struct do_question *questions;
    enum status (*prepare)(struct doing *d); // context, options, first values; may be NULL
    void (*fill)(struct doing *d);           // command from the form's fields
    const char *lead, *button;               // text keys; button NULL takes the action's name
    const char *then;                        // where to go afterwards: "/messages"
    const char *notice;
    bool needs_about, warns_before_leaving;
};
// Each ends with a NULL name.
extern const struct do_form *const CASE_DO_STEPS, *const CASE_DO_OTHERS, *const CASE_DO_PAPERS,
                                                                             *const CASE_DO_TASKS;

// The questions about a paper, or what was said at the counter, and the answers (case_do_paper.c).
enum status do_ask_how_it_came(struct doing *d);
void do_fill_paper(struct doing *d);

// ---- case_do_fields.c ----

// The questions of a form of the pack, with `answers` (first) or what was typed (POST).
void do_fields_of_section(struct doing *d, const struct form_section *section, const struct answers *first);
void do_fields_of_questions(struct doing *d, const struct do_question *questions);
struct do_field *do_field_find(struct doing *d, const char *name);
// Reads what was typed into answers of the pack's form.
enum status do_read_answers(struct doing *d, struct answers *out);
// Checks them by the pack's form and adds what is wrong to the page. True when nothing is.
bool do_check(struct doing *d, const struct form *form, const struct form_section *section,
              const struct answers *answers);
struct text do_value(struct doing *d, const char *name);
struct date do_date(struct doing *d, const char *name);
// First value of a field when the page is opened.
void do_preset(struct doing *d, const char *name, struct text value);
void do_preset_date(struct doing *d, const char *name, struct date day);
void do_choose(struct doing *d, const char *name, struct options options);
void do_fact(struct doing *d, const char *label, struct text value);
void do_part(struct doing *d, struct text label, struct text body);
