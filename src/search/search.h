// search.h - one search over cases and registers, and the index of natural persons (natural.h).
#pragma once
#include "cases/cases.h"
#include "search/natural.h"

struct search; // the room; shared by all threads

// The event types (ended by NULL) and tables of this room, for journal_open and store_open.
extern const struct event_type *const search_event_types[];
extern const struct migrations SEARCH_MIGRATIONS;

struct search_options {
    int unused;
};
enum status search_open(struct cases *c, const struct search_options *o, struct search **out, struct problem *p);
void search_close(struct search *s); // harmless on NULL
