// increment.h - what came after a backup: a folder of sealed files (archive.h), each with the events behind
// those of the file before it.
//
//     events-000000001235-000000001300-1795255200123-1795255201124-0011223344556677.ostia
//            first event, last event, from this moment on, to this one (ms), begin of the log's root at the
//            last event
//
// Entries: "counters", "keys" and "events" (pages, the keys of an event's subject before it), "sent",
// "receipts", "missives", "cosigned", "stamps", "witnessed", "forks", "cosigner", "answers", "blobs/..",
// "manifest". The manifest has the SHA-256 of the file before and the root of the log: what is missing,
// swapped or of another log is noticed.
#pragma once
#include "ostia/archive.h"
#include "ostia/house.h"

enum {
    ROW_VALUES_MAX = 16, // of a row that is no event: a letter between authorities has 15
    INCREMENT_NAME_MAX = 100,
    INCREMENT_EVENTS_MAX = 100000, // of one file: near 100 MB; what is more goes into the next
    INCREMENT_PAGE = 100,          // events of an entry
    // Rows that are told by their clock are sent again this long: a transaction may end later than it began.
    INCREMENT_OVERLAP_MS = 10000,
};

struct increment {
    int64_t first, last;     // events; `first` is `last` + 1 when there is none
    struct moment since, at; // `since` is the `at` of the file before
    uint64_t root;           // its first 8 bytes
};
struct increment_list {
    struct increment *items;
    size_t count, capacity;
};

uint64_t increment_root(const struct hash *root);
void increment_print(const struct increment *i, char name[INCREMENT_NAME_MAX]);
bool increment_parse(struct text name, struct increment *i);
// All of a folder, by first event, then by moment, into an empty list. Other files are passed over.
enum status increment_list(const char *folder, struct arena *a, struct increment_list *out);
// SHA-256 of the file.
enum status increment_hash(const char *folder, const struct increment *i, struct hash *out);

// Where a file begins.
struct increment_span {
    int64_t after;       // last event that is backed up already
    struct moment since; // of the rows that are told by their clock
    struct hash previous;
    bool has_previous; // false: the first file of the folder
};
// Writes what is new since. STATUS_NOT_FOUND when there is nothing.
enum status increment_write(struct house *h, const char *folder, const struct archive_lock *lock,
                            const struct increment_span *span, struct increment *made, struct hash *hash);
