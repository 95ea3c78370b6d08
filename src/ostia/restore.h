// restore.h - what the files of `ostia restore` share.
#pragma once
#include "ostia/increment.h"

// The authority is built in a folder inside the new one, whose keys and documents are links to those beside
// it, so that no server finds a database before all of it is proved.
#define RESTORE_BUILDING "restoring"

// How far the log goes: the backup's, then that of its increments.
struct restore_log {
    struct moment until; // no event after it
    int64_t until_event; // 0: not asked for; its moment becomes `until` when it is met
    int64_t base, seq;   // last event of the backup; last event that is back
    struct moment at;    // of that one
    int64_t read;        // last event that was read
    bool is_past;        // all that comes is left out
    int64_t left_out;    // the last of those, 0: none
    struct moment left_out_at;
    struct {
        int64_t *items;
        size_t count, capacity;
    } erased;             // by events that are left out
    struct hash previous; // file
    bool has_previous;
    bool has_taken; // an event of this file
};

// Events of one entry that are taken, with the entry of keys before it.
struct restore_page {
    struct bytes keys;
    struct bytes copies[INCREMENT_PAGE];
    int64_t subjects[INCREMENT_PAGE];
    size_t count;
};

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
    struct restore_log log;
};

// restore_log.c
bool restore_read_until(struct restore *r, FILE *out); // --until and --until-event; says what is wrong
enum status restore_log(struct restore *r, struct problem *p);
// One entry of an increment: a page of events with the entry of keys before it; rows that are no events.
enum status restore_events(struct restore *r, struct bytes entry, struct bytes keys);
enum status restore_rows(struct restore *r, struct text name, struct bytes entry);

// restore_increments.c
enum status restore_increments(struct restore *r, const char *folder, struct problem *p);

// restore_files.c
// Takes one file of a backup: settings, keys, documents. STATUS_CORRUPT for a name that no backup has.
enum status restore_file(struct restore *r, struct text name, int64_t size);
// The folders, and that nothing is there yet.
enum status restore_prepare(struct restore *r, struct problem *p);
// All is proved: puts the database and the list of erased people where a server finds them.
enum status restore_put_in_place(struct restore *r);
void restore_clean(struct restore *r); // removes what is left of the building
enum status restore_copy_file(const char *from, const char *to);
