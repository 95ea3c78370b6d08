// walk.h - a case from its start to an end, step by step, as the authors of a pack write it down:
// walks/NAME.json.
//
// A pack only reads them. trial/ walks them, through the real commands, with a clock that jumps.
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/date.h"
#include "base/text.h"

enum {
    WALKS_MAX = 200,      // of one pack
    WALK_STEPS_MAX = 200, // of one walk: the longest case we know of has some 60
    WALK_LIST_MAX = 64,   // names in one list of an expectation
    WALK_NAME_MAX = 64,
};

enum walk_kind {
    WALK_DO,       // a command by its name
    WALK_TASK,     // a user task is completed
    WALK_MESSAGE,  // a message comes from outside
    WALK_HEAR,     // another authority tells something
    WALK_WAIT,     // so much time goes by
    WALK_WAIT_FOR, // time goes by until the case gets there
    WALK_EXPECT,   // nothing is done: only looked at
};

struct walk_names {
    struct text *items;
    size_t count;
    bool is_given;
};
// What must hold after the step; what is not given may be anything.
struct walk_expect {
    bool is_given;
    struct walk_names at;        // elements where the case waits: these and no other
    struct walk_names letters;   // made since the last time that letters were looked at: these and no other
    struct walk_names told;      // news to the person, likewise
    struct walk_names others;    // what other authorities are told, likewise: "TCH_SENT visa 2026-07-28"
    struct walk_names incidents; // elements of steps that could not be done; not given: none
    struct text status;
    const json_t *clocks; // rule -> last day; null: does not run
};
struct walk_step {
    enum walk_kind kind;
    struct text name;    // command, element, message, type of event, period or day
    struct text as;      // role; empty: who usually does it
    struct text key;     // of a message: which case it is about
    struct text refused; // rule by which it must be refused; empty: it must be done
    const json_t *with;  // fields of the command, or answers of task or message; NULL: none
    struct walk_expect expect;
};

// Lives as long as its pack.
struct walk {
    struct text name, about;
    struct text starts;     // "2026-07-01T09:00:00", on the authority's clock
    struct text language;   // of the person; empty: whatever the run takes
    struct text answers_of; // walk whose answers come first
    const json_t *answers;  // of the form "application", nested as the form is; NULL: none
    struct walk_step *steps;
    size_t step_count;
    struct walk_names ends; // end events that are reached, in any order, however often
    bool is_open;           // the case may go on after the last step
};

struct reading;
// The strict reading of one file. `name` is the file's.
enum status walk_read(const struct reading *r, struct text name, const json_t *j, struct walk *out);
