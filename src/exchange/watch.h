// watch.h - the exchange as whoever watches over it may see it: numbers, rules, authorities. No case, no
// channel, no person.
#pragma once
#include "base/date.h"
#include "exchange/channels.h"

enum {
    WATCH_MONTHS = 12,   // marks of the last year
    WATCH_DAYS = 400,    // a deadline that passed longer ago is of a case that is over
    WATCH_ROWS_MAX = 500 // of each list
};

struct watch_mark { // a rule that messages broke in the last year
    struct text rule;
    enum channel_mark mark;
    int64_t count, this_month;
};
struct watch_due { // deadlines of one type
    const struct exchange_type *type;
    int64_t awaited, late;
    struct date oldest; // of those that are late; year 0: none
};
struct watch_peer { // an authority for which messages wait
    uint32_t code;
    struct text name;
    int64_t waiting, attempts; // attempts: tries without an answer, 0 when it was reached
    struct moment since;       // the oldest one was logged
};
struct exchange_watch {
    struct {
        struct watch_mark *items;
        size_t count, capacity;
    } marks;
    struct {
        struct watch_due *items;
        size_t count, capacity;
    } dues;
    struct {
        struct watch_peer *items;
        size_t count, capacity;
    } peers;
    int64_t members; // authorities in the directory
};
enum status exchange_watch_read(struct db *db, const struct exchange_law *law, struct date today,
                                struct arena *a, struct exchange_watch *out);
