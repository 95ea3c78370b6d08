// copy.h - the database file of one moment, beside a running server. SQLite only: PostgreSQL has pg_dump.
#pragma once
#include "store/store.h"

// Copies DIR/ostia.db into the new file `to` (0600). STATUS_FULL, STATUS_IO when `to` is there, STATUS_STORE.
enum status store_copy(const char *dir, const char *to);
