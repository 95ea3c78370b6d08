// case_page.h - what all pages of a case file share: opening it with a purpose, and the frame that says who
// it is.
#pragma once
#include "web/pages/work.h"

struct case_tab {
    const char *text_key;
    struct text href;
    bool is_current;
    int count; // shown beside the name when not 0
};
struct case_word {
    struct text text_key; // of an attribute class
};

// Who it is and where it stands, above every page of the file.
struct case_frame {
    int64_t id, version;
    struct work_line line;
    struct text name, original_name, original_language, initials, sex, nationalities, phrase, href,
        reason_href;
    struct date birth;
    int age;
    bool has_age, is_birth_partial, is_closed, is_mine, can_take, reason_helps, has_person;
    struct {
        struct case_tab *items;
        size_t count, capacity;
    } tabs;
    struct {
        struct case_word *items;
        size_t count, capacity;
    } hidden;
};
extern const struct view CASE_FRAME_VIEW;

struct case_page {
    struct case_file file;
    struct case_frame frame;
    const struct pack *pack; // the one that the case runs on
};

// Opens the file of ":id" and fills the frame. After STATUS_OK a handler first asks case_page_is_sent: when a
// written reason is needed the answer already leads to the page that asks for it.
enum status case_page_open(struct request *q, struct response *r, const char *tab, struct case_page *out);
static inline bool case_page_is_sent(const struct response *r) {
    return r->status == 303;
}
// The look for this case: usual purpose, and the reason that the person gave for it in the last 15 minutes.
struct look case_look(struct request *q, int64_t case_id);
// "/cases/17" and what follows.
struct text case_path(struct request *q, int64_t case_id, const char *rest);
// Was this attribute class ("claim") left out?
bool case_hides(const struct case_file *f, const char *attribute_class);
const struct person_view *case_main_person(const struct case_file *f);
struct date case_day(struct request *q, struct moment m);
// An answer of the form in words: names of codes, "Yes", a date in the language.
struct text case_answer_text(struct request *q, const struct form_field *field, struct text value);
// May this officer do this open task now? Not when it needs a second person, and they did the step before.
bool case_may_do(struct request *q, const struct case_page *c, const struct task_view *t);
// What is awaited, in words of the pack.
struct text case_awaited_name(struct request *q, const struct awaited_view *m);
// The roles of a task ("officer,registrar") as names.
struct text case_role_names(struct request *q, struct text roles);
// A list of codes ("AFG,IRN") as names.
struct text case_code_names(struct request *q, const char *list, struct text codes);
// One block of the letter to come: "title", "heading", "text", "item", "fact", "code", "rule".
struct preview_line {
    struct text kind, label, text, language;
    struct text direction; // "ltr", "rtl", "auto"
};
struct preview_lines {
    struct preview_line *items;
    size_t count, capacity;
};
extern const struct view PREVIEW_LINE_VIEW;
// The letter that signing would send; no lines when nothing is proposed or it may not be seen.
enum status case_preview(struct request *q, const struct case_page *c, struct preview_lines *out);
// That of one proposal, for any door. STATUS_NOT_FOUND; STATUS_INVALID with `p`: it cannot be composed.
enum status case_preview_lines(struct request *q, const struct look *look, int64_t case_id, int64_t decision,
                               struct preview_lines *out, struct problem *p);
// The blocks of a letter, whoever composed it.
struct paper;
void case_preview_paper(struct request *q, const struct paper *paper, struct preview_lines *out);
// May this officer sign the decision that is proposed now? The outcome says whether that takes a second one.
bool case_may_sign(struct request *q, const struct case_page *c);
// How a paper came that staff entered, in words; empty when the line is about none.
struct text case_received_by(struct request *q, const struct timeline_item *item);
// The detail of a timeline line, in words when it is a code.
struct text case_detail_text(struct request *q, const struct timeline_item *item);
