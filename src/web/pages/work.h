// work.h - one row of the work list as pages show it.
#pragma once
#include "web/pages/work_query.h"

struct work_line {
    int64_t id;
    struct text href, case_no, name, original_name, nationality, status, language, officer;
    struct text procedure, task, track; // in words of the case's own pack
    struct text status_colour; // of the tag
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
