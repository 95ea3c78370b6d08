// memory.h - the records of cases and registers in memory, kept current, and compared when they come in.
#pragma once
#include "identity/index.h"
#include "registers/registers.h"
#include "search/search.h"

struct memory;

// Begins to fill in a thread of its own. `r` may be NULL: cases alone.
enum status memory_open(struct cases *c, struct registers *r, bool by_hand, struct memory **out);
void memory_close(struct memory *m); // harmless on NULL
// One step of what the thread does; *more: there is more to do at once. For tests that open by hand.
enum status memory_step(struct memory *m, bool *more);
// Everything that was there at the start has been read.
bool memory_is_ready(struct memory *m);
// Takes in what was committed since, by this server or another one: an erased person is gone from here on.
enum status memory_catch_up(struct memory *m, struct db *db);
enum status memory_search(struct memory *m, const struct identity_record *query, size_t limit,
                          double score_min, struct arena *a, struct index_hits *out);
// What a record was compared by, as a number; 0: it is not there.
int64_t memory_mark(struct memory *m, int64_t record);
int64_t record_mark(const struct identity_record *r);
size_t memory_count(struct memory *m);
