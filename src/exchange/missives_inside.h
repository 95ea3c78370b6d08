// missives_inside.h - what the files of missives share; nobody else includes it.
#pragma once
#include "exchange/channels_inside.h"
#include "exchange/missives.h"

// ---- missives_tables.c

enum status missive_at(struct db *db, const struct hash *hash, bool is_ours, struct arena *a,
                      struct missive_item *out, uint32_t *key);
struct missive_new {
    struct hash hash;
    bool is_ours;
    uint32_t member, key; // number of our key that signed the receipt; 0: ours
    enum missive_kind kind;
    enum missive_state state;
    struct channel_tag tag;
    struct bytes sealed;
};
// Logs its digest and adds the row; `w->last` is its place.
enum status missive_put(struct write *w, const struct missive_new *l);
enum status missive_end(struct db *tx, const struct hash *hash, bool is_ours, enum missive_state state,
                       struct text reason, struct moment now);
// An answer to our invitation, by the member that it went to: the first one counts.
enum status missive_answered(struct db *tx, const struct hash *hash, uint32_t member, enum missive_state state,
                            struct text reason, struct moment now);
enum status missives_open_count(struct db *db, uint32_t member, int64_t *count);
enum status missives_open_rows(struct db *db, struct arena *a, struct missive_items *out);
enum status missives_expire(struct db *tx, struct moment before, struct moment now, int64_t *count);

// What waits for a member and is due, in the order of our log.
enum status missives_waiting(struct db *db, uint32_t member, struct moment now, size_t most, struct arena *a,
                            struct missive_items *out);
