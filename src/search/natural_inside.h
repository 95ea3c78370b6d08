// natural_inside.h - what the files on natural persons share.
#pragma once
#include "base/cbor.h"
#include "search/inside.h"
#include "search/natural.h"

// One merge after the other leads to who stands for all of them.
enum status natural_root(struct db *db, int64_t natural, int64_t *root);
struct ids {
    int64_t *items;
    size_t count, capacity;
};
bool ids_have(const struct ids *list, int64_t id);
void ids_add(struct arena *a, struct ids *list, int64_t id); // once
// A natural person with all that were merged into it, and the records of all of them.
enum status natural_tree(struct db *db, int64_t root, struct arena *a, struct ids *out);
enum status natural_records(struct db *db, const struct ids *tree, struct arena *a, struct ids *out);
// Where a record is linked now: home is the person that it was linked to, 0: none.
enum status natural_home(struct db *db, int64_t record, int64_t *home);
struct natural_row {
    int64_t natural, merged_into, merged_by;
    struct text number;
};
enum status natural_row_read(struct db *db, int64_t natural, struct arena *a, struct natural_row *out);
// A list of numbers in one field of an event.
struct bytes ids_encode(struct arena *a, const struct ids *list);
enum status ids_decode(struct arena *a, struct bytes b, struct ids *out);

// What an act sees and adds its events to.
struct natural_decide {
    struct search *search;
    const struct actor *actor;
    const struct natural_command *command;
    struct natural_result *result;
    struct write *write;
    struct db *db;
    struct arena *arena;
    struct events *out;
    struct problem *problem;
};
// natural_decided.c
enum status natural_confirm(struct natural_decide *k), natural_refuse(struct natural_decide *k);
enum status natural_no(struct natural_decide *k, const char *field, const char *rule, const char *key);
// Rows of natural_pair between two sets of records, as left, right, left, right ...
enum status natural_cross(struct db *db, const struct ids *one, const struct ids *other, struct arena *a,
                          struct ids *out);

#define NATURAL_EVENTS(X)                                                                        \
    X(natural_opened)                                                                            \
    X(natural_proposed)                                                                          \
    X(natural_confirmed)                                                                         \
    X(natural_refused)                                                                           \
    X(natural_compared) X(natural_pair_cleared) X(natural_hit_released) X(natural_reason_erased) \
        X(natural_record_left)
#define DECLARE_NATURAL(name)                    \
    extern const struct event_type EVENT_##name; \
    enum status apply_##name(struct db *db, const struct event *e);
NATURAL_EVENTS(DECLARE_NATURAL)
#undef DECLARE_NATURAL
