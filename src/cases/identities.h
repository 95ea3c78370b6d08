// identities.h - persons of cases as they are compared, for the index of search/.
#pragma once
#include "cases/cases.h"
#include "identity/record.h"

// A case that changed, with the persons that it has now; none of a draft or after an erasure.
struct case_identity {
    int64_t case_id, version; // version: the event that changed it last
    struct moment changed;
    struct identity_record *persons; // id is the person
    size_t count, capacity;
};
// Cases that changed after an event (`at` its time, `seq` its number; 0: all), in order of change, at most
// `limit`. Leaves no trace and asks nobody: only for the index in memory. What people are shown goes through
// cases_show_persons. Served by case_by_change.
enum status cases_identities(struct db *db, struct moment at, int64_t seq, size_t limit, struct arena *a,
                             struct case_identity **out, size_t *count);
// One person. STATUS_NOT_FOUND when there is none.
enum status cases_identity(struct db *db, int64_t person, struct arena *a, struct identity_record *out);

// A person of a case as far as the actor may see it.
struct person_shown {
    int64_t person, case_id;
    struct text case_no, role, unit, status, procedure;
    bool is_seen; // else there is nothing but that it is there, and the number of the case
    struct text family_name, given_names, latin_name, birth, sex, nationalities, birth_place;
    struct identity_record record; // of who is seen
};
struct persons_shown {
    struct person_shown *items;
    size_t count, capacity;
};
enum { PERSONS_SHOWN_MAX = 50 };
// These persons, in this order; those that are no more, and those of procedures that are closed to the actor,
// are left out. A durable trace for all of them; unless `what` is empty (a list), also one in each case's
// stream, which the person can read: what it was seen for.
enum status cases_show_persons(struct cases *c, const struct actor *actor, const struct look *look,
                               const int64_t *persons, size_t count, struct text what, struct arena *a,
                               struct persons_shown *out, struct problem *p);
