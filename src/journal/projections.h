// projections.h - two stores side by side: are the tables that are made from events the same? The stores may
// be of different engines.
#pragma once
#include "base/arena.h"
#include "store/store.h"

// Is this table made from events? Not: the log itself, keys, what was sent, and the state of doors.
bool projection_is(const char *table);

// Compares every projection, row by row in order of the primary key, each side at one moment.
// STATUS_CONFLICT: `finding` names the first difference (table, key, column; never a value). *rows: how many
// were compared.
enum status projections_compare(struct db *live, struct db *fresh, struct arena *a, int64_t *rows,
                                struct text *finding);

// Compares all tables, the log and keys too, but not what an engine keeps for itself: after copying.
enum status stores_compare(struct db *one, struct db *other, struct arena *a, int64_t *rows,
                           struct text *finding);
// What an engine keeps for itself: applied migrations, the servers that wrote, documents (files elsewhere).
bool table_is_engines_own(const char *table);
// Who is signed in. No backup holds it: a session or token that was ended since would live again.
bool table_is_open_door(const char *table);

// Replaces all projections of `live` by those of `fresh`, in one transaction.
enum status projections_replace(struct store *live, struct db *fresh, struct arena *a, struct text *finding);
