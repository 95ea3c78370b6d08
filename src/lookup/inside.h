// inside.h - what the files of lookup/ share.
#pragma once
#include "lookup/lookup.h"

struct lookup {
    struct cases *cases;
    struct registers *registers;
    struct journal *journal;
    const struct lookup_other *others;
    size_t other_count;
};

// Which lookup, and whether it may be asked like that: purpose, ground, key.
enum status lookup_check(struct lookup *l, struct text purpose, const struct lookup_question *q,
                         struct arena *a, const struct pack_lookup **out, struct problem *p);

// note.c
struct noted {
    const char *side; // "answered", "asked"
    const struct actor *actor;
    int64_t other;
    struct text purpose;
    const struct lookup_question *q;
    const char *class;
    int64_t watched; // entry; 0: none
};
// Durable when it returns.
enum status lookup_note_write(struct lookup *l, const struct noted *n, struct arena *a, struct problem *p);
// How often the account was answered this since.
enum status lookup_note_count(struct lookup *l, int64_t account, struct text lookup, struct moment since,
                              int64_t *count);
struct watch_list {
    struct watched {
        struct text lookup;
        int64_t entry;
    } * items;
    size_t count, capacity;
};
enum status watches_of(struct db *db, int64_t account, struct text purpose, struct moment now,
                       struct arena *a, struct watch_list *out);
