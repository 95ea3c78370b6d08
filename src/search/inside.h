// inside.h - what the files of search/ share; nobody else includes it.
#pragma once
#include "search/search.h"

struct search {
    struct cases *cases;
    struct journal *journal;
};

// records.c: is there such a record? STATUS_NOT_FOUND.
enum status record_there(struct db *db, int64_t record);
