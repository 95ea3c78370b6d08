// engine.h - which engine a test's store runs on: SQLite, or the PostgreSQL server that $OSTIA_TEST_DB names.
// There each folder has a schema of its own.
#pragma once
#include <stdio.h>
#include <stdlib.h>

#include "store/store.h"

static inline bool is_on_postgresql(void) {
    const char *url = getenv("OSTIA_TEST_DB");
    return url && url[0];
}

// Valid until the next call for another folder.
static inline void choose_engine(struct store_options *o) {
    static char schema[32];
    uint64_t hash = 0xcbf29ce484222325u; // FNV-1a
    if (!is_on_postgresql()) return;
    for (const char *c = o->dir; *c; c++) hash = (hash ^ (uint8_t)*c) * 0x100000001b3u;
    snprintf(schema, sizeof schema, "t_%016llx", (unsigned long long)hash);
    o->url = getenv("OSTIA_TEST_DB");
    o->schema = schema;
}

// Returns from a test that looks into SQLite's own file.
#define only_on_sqlite()                                              \
    do {                                                              \
        if (is_on_postgresql()) {                                     \
            print_message("# skipped: looks into the SQLite file\n"); \
            return;                                                   \
        }                                                             \
    } while (0)

#define only_on_postgresql()                                   \
    do {                                                       \
        if (!is_on_postgresql()) {                             \
            print_message("# skipped: one server a folder\n"); \
            return;                                            \
        }                                                      \
    } while (0)
