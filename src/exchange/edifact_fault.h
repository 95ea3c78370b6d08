// edifact_fault.h - shared by the readers of lists: notes of what is wrong, and values of segments.
#pragma once
#include "exchange/edifact_list.h"

// What the readers of messages work with; inside the room only.
struct list_reader {
    struct arena *arena;
    struct passenger_list *list;
    const struct edifact_segment *segment;
    size_t position;
    struct date sent; // day on which the interchange was prepared; the unknown date when it is not said
};

enum list_severity { LIST_WARNING, LIST_ERROR };

// Notes a fault of the segment at hand. `value` (may be empty) and `expected` are shown to the carrier; never
// what a passenger's name or number is.
void list_fault(struct list_reader *r, enum list_severity s, const char *rule, struct text value,
                struct text expected);
void list_fault_at(struct arena *a, struct list_faults *to, enum list_severity s, struct text tag,
                   size_t position, const char *rule, struct text value, struct text expected);

struct text list_get(const struct list_reader *r, size_t element, size_t component); // trimmed

// Dates of EDIFACT: YYMMDD, CCYYMMDD, with HHMM behind. Two-digit years: a birth is not after the day of
// sending, any other date is the nearest to it. False when it is none.
enum list_century { LIST_BIRTH, LIST_NEAREST };
bool list_date(const struct list_reader *r, struct text t, enum list_century c, struct date *out);
// "2021-07-13T12:00", "2021-07-13", or the text itself when it is no date.
struct text list_time(const struct list_reader *r, struct text t);
char list_sex(struct text t);
void list_add_value(struct list_reader *r, struct list_values *to, struct text kind, struct text value);
struct list_person *list_add_person(struct list_reader *r);
struct list_leg *list_add_leg(struct list_reader *r);
struct list_document *list_add_document(struct list_reader *r, struct list_person *person);

// The readers of message bodies: each gets the segments between UNH and UNT, then the end.
struct paxlst {
    struct list_reader *r;
    struct list_person *person;
    struct list_document *document;
    struct list_leg *leg;
    struct text place; // of the LOC before a DTM of a leg
    bool has_document, has_journey, leg_has_number, is_us;
    size_t references;
};
void paxlst_segment(struct paxlst *m);
void paxlst_end(struct paxlst *m);

enum { PNRGOV_DOCS_PARTS = 11 };
struct pnrgov_document { // what an SSR DOCS says, until its booking is read
    struct text part[PNRGOV_DOCS_PARTS], reference;
    size_t person, position;
};

struct pnrgov {
    struct list_reader *r;
    size_t booking_first; // people of the booking at hand begin there
    struct list_person *person;
    struct text locator;
    struct {
        struct pnrgov_document *items;
        size_t count, capacity;
    } documents;
    size_t bookings;
    bool has_booking, in_journey, has_message, has_flight;
};
void pnrgov_segment(struct pnrgov *m);
void pnrgov_end(struct pnrgov *m);
