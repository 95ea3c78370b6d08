// query.h - what somebody typed into the one window: zones of a document, numbers, a name with a birth date.
#pragma once
#include "base/problem.h"
#include "identity/record.h"
#include "search/number.h"

enum {
    QUERY_BYTES_MAX = 500, // three lines of a zone have 138; a name with a date has 60
};

// What was asked, by kind. Everything may be empty.
enum query_kind {
    QUERY_ZONE = 1,   // lines of a machine-readable zone
    QUERY_PERSON = 2, // number of a natural person
    QUERY_NUMBER = 4, // of a document, case, permit, vehicle: nobody says which
    QUERY_NAME = 8,
    QUERY_BIRTH = 16,
};
struct search_query {
    unsigned kinds;
    struct text typed;  // as it was, trimmed
    struct text number; // letters and digits alone
    struct text person; // number of a natural person
    struct text name;
    struct date birth;
    bool zone_is_doubtful; // a check digit of the zone is wrong
    struct identity_record record;
};
// STATUS_INVALID: nothing was typed, or it is too long, or holds neither a letter nor a digit.
enum status query_read(struct arena *a, struct text typed, struct date today, struct search_query *out,
                       struct problem *p);
// "zone,number": for the trace.
struct text query_kinds(struct arena *a, unsigned kinds);
