// retention.h - what is due by the rules of registers: erased, pseudonymised, or listed for review.
#pragma once
#include "registers/registers.h"

struct retention_line {
    struct text register_id, rule, then; // "erase", "pseudonymise", "review"
    int64_t count;
};
struct retention_report {
    int64_t run; // seq of its event; 0: a try, or there was nothing
    struct moment at;
    struct date day;
    struct {
        struct retention_line *items;
        size_t count, capacity;
    } lines;
    int64_t looked_at; // entries whose day was computed anew, because the law changed
    int64_t moved;     // of these, whose day is another now
};

// Does what is due today. A try counts and changes nothing. Never says which entries. Several at once do each
// thing once. One thread at a time is enough; not in the writer thread.
enum status registers_retention(struct registers *r, bool is_try, struct arena *a,
                                struct retention_report *out);
// For a thread of the server: once a day the retention of all registers, and one step of imports that wait.
// *done: something was.
enum status registers_work(struct registers *r, bool *done);
// Reports of earlier runs, newest first, for who may review some register. At most 100.
struct retention_reports {
    struct retention_report *items;
    size_t count, capacity;
};
enum status registers_retention_reports(struct registers *r, const struct actor *actor,
                                        const struct look *look, struct arena *a,
                                        struct retention_reports *out, struct problem *p);
