// log.h - what the subcommands of the log share: one moment of it, read beside a running server.
#pragma once
#include "ostia/house.h"

struct log_reading {
    struct arena arena;
    struct settings settings;
    struct house house;
    struct db *db;
};
// After a failure, which was said, log_end must be called all the same; it answers the exit code.
enum status log_begin(const struct call *c, struct log_reading *r);
int log_end(struct log_reading *r, enum status st);
