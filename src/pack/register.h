// register.h - a register of an authority as data: registers/ID.form, a form-js schema with one member more.
//
// What an entry says is what the form asks. The member "register" says the rest: what the entries are about,
// who may do what with which class of fields, how long they are kept and what happens then, which fields are
// keys, what is counted. packs/README.md shows a file.
#pragma once
#include "pack/pack.h"

enum {
    REGISTERS_MAX = 100,         // the page of registers has 30
    REGISTER_KEYS_MAX = 8,       // sets of fields that no two current entries share
    REGISTER_KEY_FIELDS_MAX = 6, // state, kind, number, issue date, and two to spare
    REGISTER_ACCESS_MAX = 60,    // rows as written
    REGISTER_RULES_MAX = 20,     // of retention: Eurodac, the longest, has 9
    REGISTER_YEARS_MAX = 200,
    REGISTER_STATISTICS_MAX = 20,
    REGISTER_PATH_MAX = 256,     // bytes of a path that is counted by
    REGISTER_DIMENSIONS_MAX = 8, // what one statistic counts by
};

enum register_about {
    REGISTER_PERSON,
    REGISTER_DOCUMENT,
    REGISTER_VEHICLE,
    REGISTER_PLACE,
    REGISTER_ORGANISATION,
    REGISTER_NOTHING, // country information, models of documents: nobody is meant
};

// What somebody may be allowed to do with entries. `read` is one entry with its history, `find` the columns
// of many; `review` also answers reports of mistakes; `erase` is before the time, with a reason.
enum register_action {
    REGISTER_FIND,
    REGISTER_READ,
    REGISTER_RECORD, // new entries and corrections
    REGISTER_END,
    REGISTER_CONFIRM, // as the second of four eyes
    REGISTER_IMPORT,
    REGISTER_EXPORT, // rows, and what is counted
    REGISTER_REVIEW,
    REGISTER_ERASE,
    REGISTER_ACTION_COUNT
};
const char *register_action_name(enum register_action a); // "find"

struct register_key {
    struct text fields[REGISTER_KEY_FIELDS_MAX]; // paths; none inside a repeated group
    size_t count;
};

// From a row for each combination of its lists; `years`: holds only so long after the entry was recorded, 0 =
// for ever. Words are those of access.json; actions are ours.
struct register_access {
    struct access_row row;
    int64_t years;
};

// What happens when the time is over.
enum register_then { THEN_ERASE, THEN_REVIEW, THEN_PSEUDONYMISE };
struct register_retention {
    struct text id, article;
    enum deadline_mark mark;
    struct text when; // FEEL over the answers; empty: always. The first rule that holds counts.
    const struct feel_expression *condition;
    struct text from; // "recorded", "ended", or the path of a date
    int64_t years, months, days;
    bool is_permanent;
    enum register_then then;
};

// What is counted: entries by the values of fields, in the period in which a date lies.
enum register_period { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR, PERIOD_STOCK /* all there are on a day */ };
struct register_statistic {
    struct text id, title_key;
    struct text
        by[REGISTER_DIMENSIONS_MAX]; // paths of coded fields, or "age_group" (of the field searched as
                                     // birth); one may have several answers: "nationalities[].nationality"
    size_t by_count;
    enum register_period period;
    struct text date; // "recorded", "ended", or the path of a date
    struct text when;
    const struct feel_expression *condition;
};

struct register_column {
    const struct form_field *field;
};

struct pack_register {
    struct text id;     // "alert"
    struct text prefix; // three letters of references: ALR-2026-0000012-C
    struct text title_key, about_key;
    enum register_about about;
    const struct text *legal; // "SIS1861:39": id of a legal reference of pack.json, and the article
    size_t legal_count;
    enum deadline_mark mark;
    const struct form *form;
    struct {
        struct register_column *items; // fields with the property "list", in order
        size_t count, capacity;
    } columns;
    struct register_key keys[REGISTER_KEYS_MAX];
    size_t key_count;
    struct {
        struct register_access *items;
        size_t count, capacity;
    } access;
    bool needs_two[REGISTER_ACTION_COUNT]; // four eyes: asked by one person, confirmed by another
    const struct register_retention *retention;
    size_t retention_count;
    struct text review_field; // date of the next review; empty: none
    int64_t fault_reply_days; // a report of a mistake is answered within; 30 unless it says so
    const struct register_statistic *statistics;
    size_t statistic_count;
    struct text person_field, case_field; // paths of the links; empty: none
    struct text source_field; // of lists that are imported whole: which list it came with; may be empty
};

// Parses a file. `a` must outlive it; register_close releases what is not in the arena. Problem: as
// form_read.
enum status register_read(struct arena *a, struct text json, struct pack_register **out, struct problem *p);
void register_close(struct pack_register *r);

// The field that a statistic counts by. With several answers an entry counts once for each different one.
const struct form_field *register_dimension(const struct pack_register *g, struct text by);
bool register_dimension_is_several(const struct pack_register *g, struct text by);

size_t pack_registers(const struct pack *pack);
const struct pack_register *pack_register_at(const struct pack *pack, size_t index);
const struct pack_register *pack_register(const struct pack *pack, struct text id); // NULL when there is none
// The form-js schema, for the form editor's viewer.
struct bytes pack_register_source(const struct pack *pack, struct text id);
