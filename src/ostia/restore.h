// restore.h - what the files of `ostia restore` share.
#pragma once
#include "ostia/archive.h"
#include "ostia/house.h"

// The authority is built in a folder inside the new one, whose keys and documents are links to those beside
// it, so that no server finds a database before all of it is proved.
#define RESTORE_BUILDING "restoring"

struct restore {
    struct arena arena;
    const struct call *call;
    struct archive_lock lock;
    struct settings settings, built; // `built`: the same with the folder it is built in
    struct archive_reader *in;
    struct house house; // open from the first table on
    char manifest[FILE_SMALL_MAX];
    size_t manifest_n;
    int64_t rows, files, erased;
};

// restore_files.c
// Takes one file of a backup: settings, keys, documents. STATUS_CORRUPT for a name that no backup has.
enum status restore_file(struct restore *r, struct text name, int64_t size);
// The folders, and that nothing is there yet.
enum status restore_prepare(struct restore *r, struct problem *p);
// All is proved: puts the database and the list of erased people where a server finds them.
enum status restore_put_in_place(struct restore *r);
void restore_clean(struct restore *r); // removes what is left of the building
enum status restore_copy_file(const char *from, const char *to);
