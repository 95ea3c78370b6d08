// work.h - one row of the work list as pages show it.
#pragma once
#include "web/pages/work_query.h"

struct work_line {
    int64_t id;
    struct text href, case_no, name, original_name, nationality, status, language, officer;
    struct text procedure, task, track; // in words of the case's own pack
    struct text status_colour;          // of the tag
    struct date birth, made, changed, due;
    struct text due_label; // name of the deadline, in words
    struct text light;     // "overdue", "soon", "watch", "ok", "none"
    int days;              // late or left, never negative
    bool is_today, is_vulnerable, is_minor, is_paper, has_unread, is_unassigned;
};
extern const struct view WORK_LINE_VIEW;
struct work_lines {
    struct work_line *items;
    size_t count, capacity;
};
// The pack that the words of a row come from.
const struct pack *work_pack(const struct request *q, const struct work_row *row);
struct work_line work_line_of(struct request *q, const struct work_row *row);
struct text status_colour(struct text status);

// Options of filters (work_options.c): open tasks of the procedure that is looked at, else of all; tracks;
// procedures; the languages that people use these pages and letters in.
struct options work_tasks(struct request *q, const struct procedure_list *all, const struct work_query *w);
struct options work_tracks(struct request *q, const struct procedure_list *all, struct text chosen);
struct options work_procedures(struct request *q, const struct procedure_list *all, struct text chosen);
struct options work_languages(struct request *q, struct text chosen);
