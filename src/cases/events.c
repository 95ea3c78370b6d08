// events.c - the list of what can happen to a case.
#include "cases/internal.h"

#define DEFINE_EVENT(name) const struct event_type EVENT_##name = {#name, apply_##name};
CASE_EVENTS(DEFINE_EVENT)
#undef DEFINE_EVENT

#define LIST_EVENT(name) &EVENT_##name,
const struct event_type *const cases_event_types[] = {CASE_EVENTS(LIST_EVENT) NULL};
#undef LIST_EVENT

const size_t cases_event_type_count = sizeof cases_event_types / sizeof *cases_event_types - 1;
