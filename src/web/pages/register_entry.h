// register_entry.h - one entry as its page shows it: what it says with its sources, and both histories.
#pragma once
#include "web/pages/register.h"

// A change of one answer: nothing before, or nothing now, is empty.
struct change_line {
    struct text label, before, value;
};
struct change_lines {
    struct change_line *items;
    size_t count, capacity;
};
struct version_line {
    const char *what_key, *state_key;
    struct text by, second, unit, purpose_key, reason, source, law, href;
    struct date from, until;
    struct moment known_from, known_to, asked;
    struct change_lines changes;
    int64_t version;
    bool is_shown, is_over, is_waiting, is_end, is_review;
};
struct version_lines {
    struct version_line *items;
    size_t count, capacity;
};
extern const struct view CHANGE_LINE_VIEW, VERSION_LINE_VIEW;

struct fact_line {
    struct text label, value, by, source;
    struct moment known;
    struct date from;
    int64_t version;
    bool is_heading;
    bool is_usual; // comes from where most of them come from
};
struct fact_lines {
    struct fact_line *items;
    size_t count, capacity;
};
extern const struct view FACT_LINE_VIEW;
// Where most of the answers come from, to be said once: the first of them; NULL when there is none.
const struct fact_line *register_usual(const struct fact_lines *facts);

// `now` has the versions; `then` is what is shown, as of its day and moment.
void register_facts(struct request *q, const struct register_page *p, const struct entry_view *now,
                    const struct entry_view *then, struct fact_lines *out);
void register_versions(struct request *q, const struct register_page *p, const struct entry_view *now,
                       const struct entry_view *then, struct version_lines *out);
// The last day on which it is true: the room says from which day it is not.
struct date register_last_day(struct date until);
const struct entry_version *register_version(const struct entry_view *e, int64_t version);
// What a version says otherwise than the one that was said before it.
void register_changes(struct request *q, const struct register_page *p, const struct entry_view *e,
                      const struct entry_version *v, struct change_lines *out);
