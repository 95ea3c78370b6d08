// snapshot.h - all tables of one moment in a backup, as rows of no engine, and back into an empty database.
#pragma once
#include "ostia/archive.h"
#include "store/store.h"

// Bytes of one entry: what is gathered before it is written, and one row on top.
enum {
    SNAPSHOT_ENTRY_BYTES = 1024 * 1024,
    SNAPSHOT_ENTRY_MAX = SNAPSHOT_ENTRY_BYTES + STORE_VALUE_MAX + 65536
};

// Entries "rows/TABLE", several a table when it is long: the names of its columns, then its rows. Between
// db_begin_read and db_end_read. Who is signed in and what the engine keeps for itself is left out.
enum status snapshot_write(struct archive_writer *w, struct db *db, int64_t *rows);

// Writes the rows of one such entry. STATUS_UNSUPPORTED: the tables of this program are others.
enum status snapshot_take(struct store *into, struct text table, struct bytes entry, int64_t *rows);
