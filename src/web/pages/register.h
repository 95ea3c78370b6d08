// register.h - what the pages of registers share: one register as somebody of the staff meets it, and what an
// entry says in words.
#pragma once
#include "registers/registers.h"
#include "web/pages/work_query.h"
#include "web/whole_form.h"

struct register_head {
    struct text id, title, about, law, purpose, href, record_href, import_href, export_href;
    struct options purposes; // none when there is no choice
};
extern const struct view REGISTER_HEAD_VIEW;

struct register_page {
    const struct pack *pack;
    const struct pack_register *def;
    struct register_head head;
    struct look look;
};

// The register of the address ":register", for the purpose that was chosen, else for the usual one of this
// person. STATUS_NOT_FOUND when there is none or no purpose of theirs opens it.
enum status register_page_open(struct request *q, struct register_page *out);
bool register_might(struct request *q, const struct register_page *p, enum register_action action);
// "/registers/alert" and what follows, with the purpose.
struct text register_href(struct request *q, const struct register_page *p, const char *rest);
struct text register_entry_href(struct request *q, const struct register_page *p, int64_t entry,
                                const char *rest);

// The register's form without the questions that this person may not write for this purpose. What they may
// not see stays as it was.
const struct form *register_form_to_write(struct request *q, const struct register_page *p);

// The purposes for which this person may do anything of it in a register (empty: in any), the usual or wanted
// one chosen.
struct options register_purposes(struct request *q, struct text register_id);
struct text register_purpose_of(const struct options *purposes);

// Titles, labels, articles of law in words.
struct text register_title(struct request *q, const struct pack *pack, const struct pack_register *def);
struct text register_about_words(struct request *q, const struct pack *pack, const struct pack_register *def);
struct text register_article(struct request *q, const struct pack *pack, struct text reference);
struct text register_law(struct request *q, const struct pack *pack, const struct pack_register *def);
// "5 years after the end", "2 months after Date of expiry"
struct text register_kept(struct request *q, const struct pack *pack, const struct pack_register *def,
                          const struct register_retention *t);
const char *register_state_key(struct request *q, struct text state, bool holds);
const char *register_state_colour(struct text state, bool holds);
// What the law does when the time is over: "erased on". NULL when there is nothing.
const char *register_then_key(struct text then);
// All that the answers say, in the order of the form.
void register_rows(struct request *q, const struct pack *pack, const struct pack_register *def,
                   const struct answers *answers, struct form_rows *out);
// One column of an entry in words; empty when there is no answer.
struct text register_cell(struct request *q, const struct pack *pack, const struct form_field *field,
                          const struct answers *answers);
struct text register_label(struct request *q, const struct pack *pack, const struct form_field *field);
// The code lists that a provenance is told with ("document", "high") in words.
struct text register_method(struct request *q, struct text method);
struct text register_confidence(struct request *q, struct text confidence);

// One report of a mistake, wherever it is shown.
struct fault_line {
    int64_t id;
    struct text what, answer, by, answered_by, outcome, light, answer_href, href, reference, register_title;
    struct moment at, answered;
    struct date due;
    int days;
    bool is_open, is_today;
};
struct fault_lines {
    struct fault_line *items;
    size_t count, capacity;
};
extern const struct view FAULT_LINE_VIEW;
void register_faults(struct request *q, const struct register_page *p, const struct entry_view *e,
                     struct fault_lines *out);

// The entry of the address ":entry" as it is now.
enum status register_entry_open(struct request *q, struct response *r, struct register_page *p,
                                struct entry_view *e);
// Does it. A mistake is added to the page and STATUS_INVALID returned: the page is shown again.
enum status register_do(struct request *q, struct response *r, const struct register_act *act,
                        struct register_done *done);

// Sends rows as they are read; takes `rows` over.
struct register_export;
void register_export_send(struct request *q, struct response *r, struct register_export *rows, struct text id,
                          bool is_json);
