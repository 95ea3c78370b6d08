// entries.h - the entries of the demonstration's registers as data: who records how many of them, and what
// they say.
#pragma once
#include <stddef.h>

enum entry_author {
    OF_GUARD,
    OF_SECOND_LINE,
    OF_KEEPER,
    OF_SECURITY,
    OF_DPO,
    OF_SPECIALIST,
    OF_OFFICER,
    ENTRY_AUTHORS
};

struct entry_plan {
    const char *register_id;
    enum entry_author author;
    const char *purpose;
    int count;
    int first; // of the people; the first of all is the demo applicant
    const char *says;
    const char *changed; // what the first entry says from the last day on; NULL: nothing changed
};
extern const struct entry_plan ENTRY_PLANS[];
extern const size_t ENTRY_PLAN_COUNT;
