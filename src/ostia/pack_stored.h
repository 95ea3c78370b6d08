// pack_stored.h - the versions of packs that an authority has loaded, read beside a running server.
#pragma once
#include "ostia/house.h"

struct stored_packs {
    struct arena arena;
    struct settings settings;
    struct house house;
    struct db *db;
};
// Opens the authority of the call's --data or --db; closed with the other, also after a failure.
enum status stored_packs_open(const struct call *c, struct stored_packs *s, struct problem *p);
void stored_packs_close(struct stored_packs *s);

// The files of a version by its number, or of the one loaded last (number 0). STATUS_INVALID with `p` when
// there is none.
enum status stored_pack_files(struct stored_packs *s, int64_t number, struct pack_files *out,
                              struct problem *p);
// How many cases that are made and not closed run on the version with these files.
enum status stored_pack_cases(struct stored_packs *s, const struct pack_files *files, int64_t *count);
