// edifact_list.h - passenger and crew lists of carriers: PAXLST (D.02B to D.12B and older, with the US form
// of it) and PNRGOV, read from EDIFACT interchanges. What is wrong is told with the segment and its position.
//
// Source: WCO/IATA/ICAO Guidelines on Advance Passenger Information with the PAXLST implementation guide;
// IATA/A4A/WCO PNRGOV EDIFACT implementation guide; ISO 9735 for the envelope.
#pragma once
#include "base/date.h"
#include "base/json.h"
#include "exchange/edifact.h"

enum {
    LIST_FAULTS_MAX = 50,     // of one message; more of them tell nobody anything new
    LIST_PEOPLE_MAX = 10000,  // of one message: the largest ship has 9,950 aboard
    LIST_PARTS_MAX = 64,      // documents, legs, references, contacts of one
    LIST_MESSAGES_MAX = 2000, // of one file
};

// A rule that the message breaks. `p.field` is the segment's tag, `p.line` its position in the message (UNH
// is 1; 0: the interchange). An error means that the list is refused, though what it says was read.
struct list_fault {
    bool is_error;
    struct problem p;
};
struct list_faults {
    struct list_fault *items;
    size_t count, capacity, errors;
};

struct list_value { // with its qualifier: reference, contact
    struct text kind, value;
};
struct list_values {
    struct list_value *items;
    size_t count, capacity;
};

struct list_document {
    struct text type, number, issuer; // "P", "V" ...; issuer as it was sent, ISO 3166-1 alpha-3
    struct date expiry, issued;
};
struct list_documents {
    struct list_document *items;
    size_t count, capacity;
};

enum list_role {
    LIST_PASSENGER,
    LIST_CREW,
    LIST_TRANSIT_PASSENGER,
    LIST_TRANSIT_CREW,
    LIST_OTHER_PERSON,
    LIST_ROLE_COUNT
};
struct text list_role_word(enum list_role r); // "passenger", "transit_crew"

struct list_person {
    enum list_role role;
    struct text role_code; // "FL", as it was sent
    size_t position;       // of the segment that begins the person
    struct text family, given;
    char sex; // 'F', 'M', 'X'; 0: not said
    struct date birth;
    struct text nationality, residence, birth_country, birth_place;
    struct text embarks, debarks, cleared_at; // ports
    struct text address, crew_function;
    struct list_documents documents;
    struct list_values references, contacts, bags;
    int64_t bag_count;                 // -1: not said
    bool is_verified, is_not_verified; // GEI+4+173, 174: what the carrier did with the document
};
struct list_people {
    struct list_person *items;
    size_t count, capacity;
};

// Part of a journey. Times are local, "2021-07-13T12:00" or a day; as they were sent when no date can be
// read.
struct list_leg {
    struct text number, carrier, vessel; // "TK334", "TK"
    struct text from, to, departs, arrives;
};
struct list_legs {
    struct list_leg *items;
    size_t count, capacity;
};

enum list_kind { LIST_OF_PASSENGERS, LIST_OF_BOOKINGS, LIST_NOT_READ, LIST_KIND_COUNT };
struct text list_kind_word(enum list_kind k); // "PAXLST", "PNRGOV", "other"

struct passenger_list {
    enum list_kind kind;
    struct text sender, receiver, prepared, interchange, group, syntax; // of its interchange and group
    struct text reference, type, version, release, agency, association;
    struct text access_reference, sequence; // parts of one list share the first; "1", "2" ... say which
    bool is_last;                           // of the parts
    struct text document, function;         // "745", "CP"
    struct text reporting;                  // who answers questions
    struct list_values contacts, references;
    struct list_legs legs;
    struct list_people people;
    int64_t announced_passengers, announced_crew, announced_bookings; // -1: not said
    size_t segments;                                                  // counted, UNH and UNT included
    struct list_faults faults;
};
struct passenger_lists {
    struct passenger_list *items;
    size_t count, capacity;
    size_t interchanges;
    struct list_faults faults; // of the envelope
};
bool passenger_list_is_refused(const struct passenger_list *l);
bool passenger_lists_are_refused(const struct passenger_lists *l); // one of them, or the envelope

// Reads all lists of a file or telegram. Everything is in the arena. STATUS_OK also for lists with faults.
// STATUS_INVALID: no interchange is in it. STATUS_TOO_LARGE.
enum status passenger_lists_read(struct arena *a, struct text in, struct passenger_lists *out,
                                 struct problem *p);

// The same as one JSON object; `sentence` tells a fault in words (NULL: only its rule).
typedef struct text (*list_sentence)(void *context, const struct problem *p);
void passenger_lists_json(struct json_out *j, const struct passenger_lists *l, list_sentence sentence,
                          void *context);
