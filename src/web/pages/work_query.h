// work_query.h - the query string of the work list is the view: read, changed, written back, saved.
#pragma once
#include "web/app.h"

enum work_column {
    COLUMN_PROCEDURE, // only where there is more than one
    COLUMN_STATUS,
    COLUMN_TASK,
    COLUMN_DUE,
    COLUMN_OFFICER,
    COLUMN_NATIONALITY,
    COLUMN_BIRTH,
    COLUMN_TRACK,
    COLUMN_LANGUAGE,
    COLUMN_MADE,
    COLUMN_CHANGED,
    COLUMN_COUNT
};
extern const char *const WORK_COLUMNS[COLUMN_COUNT];

// The longest rows of one page, in Arabic, stay under 100 kB with the first view (R-AC-04).
enum { WORK_PAGE_ROWS = 40, WORK_QUERY_FIELDS = 18 };

// One page of the list as an address says it. Empty texts mean any.
struct work_query {
    struct text view;    // "mine", "queue", "all"
    struct text officer; // account number, "none", or empty
    struct text procedure, unit, status, task, nationality, track, language, light, search, order, after;
    bool vulnerable, minor, paper, unread, closed;
    bool columns[COLUMN_COUNT];
    bool has_columns; // chosen by the person, not the usual ones
};

struct work_query work_query_read(const struct fields *fields);
struct work_filter work_query_filter(const struct work_query *w, const struct actor *actor);
// "view=mine&light=overdue"; without the cursor unless `with_cursor`.
struct text work_query_text(struct arena *a, const struct work_query *w, bool with_cursor);
// How many filters beside the view are set.
int work_query_filters(const struct work_query *w);
// Adds name=value, percent-encoded, with "&" where needed.
void query_put(struct out *o, const char *name, struct text value);

// The purpose for which this person usually reads files that run on the pack (NULL: the one in force): that
// of the procedure, registration, supervision, audit.
const char *officer_purpose(const struct request *q, const struct pack *pack);
// Does the pack let this person do the action in this relation to the case, for any purpose and without a
// reason? For what a page offers only; the room below decides.
bool officer_may(const struct request *q, const char *relation, const char *action);
bool pack_lets(const struct request *q, const struct pack *pack, const char *relation, const char *action);
// The purpose to give with a command: the room's usual one (empty) or the one of this person's role.
struct text officer_command_purpose(const struct request *q, const char *action);
// All colleagues who work on cases, for selects; `chosen` may be 0.
struct options officer_options(struct request *q, int64_t chosen);
struct text officer_name(struct request *q, int64_t account);
// "work.status." and "NEEDS_YOU" make "work.status.needs_you".
struct text key_of(struct arena *a, const char *prefix, struct text code);
// A step ("check_completeness") of any process of a pack in its words; as the model calls it when there are
// none.
struct text step_name(struct request *q, const struct pack *pack, struct text element);
// What a procedure is called in lists: the pack's text "pack.name" ("Asylum"), else its title.
struct text procedure_name(struct request *q, const struct pack *pack);
// A language by code of the pack's list ("fas") or by tag ("fa"), in the person's language.
struct text language_name(struct request *q, struct text language);
