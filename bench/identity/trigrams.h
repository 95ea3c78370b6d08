// trigrams.h - persons in PostgreSQL, found by the trigrams of their names (pg_trgm): what an index stands
// beside.
#pragma once
#include "identity/compare.h"

struct trigrams;
// Writes the names of all records, in Latin letters, into a table of their own and makes its index. Record i
// is person i. NULL when the database does not do it.
struct trigrams *trigrams_open(const char *database, const struct prepared_record **all, size_t count);
void trigrams_close(struct trigrams *t);

// Persons with a name that is at least `threshold` alike by trigrams, the most alike first, at most 2,000.
// One thread at a time.
size_t trigrams_find(struct trigrams *t, const struct identity_record *query, double threshold,
                     struct arena *a, const uint32_t **person);
