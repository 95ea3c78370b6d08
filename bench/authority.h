// authority.h - what measurements share: an authority of invented people, one of its officers, and numbers.
#pragma once
#include "demo/demo.h"
#include "ostia/house.h"

enum { BENCH_ROUNDS = 5 };

struct authority {
    struct settings settings;
    struct house house;
    struct actor officer; // the one with the most cases
    int64_t last_case;
    uint64_t dice;
    struct arena arena;
};

// Opens the authority in `data`; `url` NULL: on SQLite. Ends the program when something is wrong.
void authority_open(struct authority *b, const char *data, const char *url);
// Makes it first, once: so many cases, of which `carried` are closed files of a former system.
void authority_make(const char *data, const char *url, int64_t cases, int64_t carried);
void authority_close(struct authority *b);
// Some case of the officer, another each time.
int64_t authority_case(struct authority *b);

_Noreturn void bench_stop(const char *what, enum status st, const struct problem *p);
double bench_median(double *values, int count); // sorts them
// How many times a second this disk makes 512 bytes durable: the limit of any writer that waits for each
// write.
double bench_syncs(const char *folder);
