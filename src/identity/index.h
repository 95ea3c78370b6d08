// index.h - identities in memory: candidates for one that was asked for, the most alike first.
//
// Many threads search while one adds and removes.
#pragma once
#include "base/status.h"
#include "identity/compare.h"

struct identity_index;

enum status identity_index_new(struct identity_index **out);
void identity_index_free(struct identity_index *x);

// Copies what it needs of the record. A record with the same id takes the place of the earlier one.
// STATUS_TOO_LARGE: the index holds as many records or words as it can.
enum status identity_index_put(struct identity_index *x, const struct identity_record *r);
void identity_index_remove(struct identity_index *x, uint64_t id);
size_t identity_index_count(const struct identity_index *x);
size_t identity_index_bytes(const struct identity_index *x);

struct index_hit {
    uint64_t id;
    double score;
};
struct index_hits {
    struct index_hit *items;
    size_t count, capacity;
    bool is_cut; // there were more candidates than could be compared
};
// The `limit` most alike with at least `score_min`, best first. A number that agrees, or a name in any script
// and spelling, finds; partial dates and unknown fields never hide a candidate. Without names and numbers:
// nothing.
enum status identity_index_search(const struct identity_index *x, const struct identity_record *query,
                                  const struct compare_rules *rules, size_t limit, double score_min,
                                  struct arena *a, struct index_hits *out);
