// feel.h - FEEL, the expression language of DMN 1.5 (chapter 10): values, parsing, evaluation.
//
// An expression is parsed once and never changes afterwards, so any number of threads may evaluate it at the
// same time, each into its own arena. Evaluation reads no clock, no file and no global state.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    FEEL_SOURCE_MAX = 64 * 1024,        // bytes of one expression; the longest we know has 4 kB
    FEEL_DEPTH_MAX = 200,               // nesting of an expression, of calls, and of values
    FEEL_STEPS_MAX = 4 * 1000 * 1000,   // nodes evaluated and items visited: under a second
    FEEL_MEMORY_MAX = 64 * 1024 * 1024, // bytes that one evaluation may take from its arena
    FEEL_STRING_MAX = 1024 * 1024,      // bytes of one string made by an expression
    FEEL_ITEMS_MAX = 1000 * 1000,       // items of one list made by an expression
    FEEL_DIAGNOSTICS_MAX = 16,          // kept of one evaluation; the rest is counted
};

// ---- values ----------------------------------------------------------------------------------------------

enum feel_kind {
    FEEL_NULL,
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_DAYS_DURATION,   // days and time duration
    FEEL_MONTHS_DURATION, // years and months duration
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_RANGE,
    FEEL_FUNCTION,
};

// IEEE 754 decimal128 in the binary encoding (libintelrdfpmath): 34 digits.
struct feel_number {
    _Alignas(16) uint64_t w[2];
};
struct feel_date {
    int32_t year; // may be negative or beyond 9999, as in XML Schema
    uint8_t month, day;
};
// A zone is an offset ("+01:00", "Z") or an IANA name ("Europe/Paris").
struct feel_zone {
    int32_t offset_s;        // of a zone given by offset
    struct text name;        // IANA name as written; empty for an offset
    const struct zone *zone; // of a named zone, else NULL
};
struct feel_time {
    int32_t second; // of the day
    int32_t nano;
    const struct feel_zone *zone; // NULL: local time
};
struct feel_date_time {
    struct feel_date date;
    struct feel_time time;
};
// The sign of both parts is the sign of the duration.
struct feel_days_duration {
    int64_t second;
    int32_t nano;
};

struct feel_value;
struct feel_entry;
struct feel_range;
struct feel_function; // built-in, or defined by an expression or a model

struct feel_list {
    const struct feel_value *items;
    size_t count;
};
struct feel_context {
    const struct feel_entry *entries; // in the order written; keys are unique
    size_t count;
};

// Plain data, passed by value; what it points to lives in the arena it was made in and never changes.
struct feel_value {
    enum feel_kind kind;
    union {
        bool boolean;
        struct feel_number number;
        struct text string;
        struct feel_date date;
        struct feel_time time;
        struct feel_date_time date_time;
        struct feel_days_duration days;
        int64_t months;
        struct feel_list list;
        struct feel_context context;
        const struct feel_range *range;
        const struct feel_function *function;
    };
};
struct feel_entry {
    struct text key;
    struct feel_value value;
};
// A range is an interval, or made of one operator: (< 10). The form counts in equality: (< 10) is not
// (null..10).
enum feel_range_form {
    FEEL_INTERVAL,
    FEEL_LESS,
    FEEL_AT_MOST,
    FEEL_MORE,
    FEEL_AT_LEAST,
    FEEL_SAME,
    FEEL_NOT_SAME
};
struct feel_range {
    struct feel_value low, high;  // null when unbounded on that side
    bool low_closed, high_closed; // [ ] include the end, ( ) do not
    enum feel_range_form form;    // FEEL_SAME and FEEL_NOT_SAME keep their value in both ends
};

struct feel_value feel_null(void);
struct feel_value feel_boolean(bool b);
struct feel_value feel_int(int64_t i);
struct feel_value feel_string(struct text t);                                 // not copied
struct feel_value feel_of_date(struct date d);                                // null unless a full date
struct feel_value feel_list_of(const struct feel_value *items, size_t count); // not copied
// A number as FEEL writes it ("-1.50", "1e3" as well); null when it is not one.
struct feel_value feel_number_of(struct text digits);

// Building contexts and lists before they are shared. `put` replaces an entry of the same key. Starts from
// any context (or list) value, also the empty one; copies the entries, not what they point to.
struct feel_value feel_empty_context(void);
void feel_put(struct arena *a, struct feel_value *context, struct text key, struct feel_value value);
void feel_append(struct arena *a, struct feel_value *list, struct feel_value item);

// The entry `key` of a context; null when there is none or it is no context.
struct feel_value feel_get(const struct feel_value *context, struct text key);
bool feel_has(const struct feel_value *context, struct text key);
bool feel_is_true(const struct feel_value *v);              // boolean true and nothing else
struct text feel_text(const struct feel_value *v);          // a string's text; empty text for anything else
bool feel_to_int(const struct feel_value *v, int64_t *out); // whole numbers in range only
bool feel_to_date(const struct feel_value *v, struct date *out); // date; date part of date and time
const char *feel_kind_name(enum feel_kind k); // "days and time duration", as in `instance of`

// A copy of a value and all it holds in another arena, at most FEEL_MEMORY_MAX of it (the rest is null).
// Functions stay tied to the arena they were made in.
struct feel_value feel_copy(struct arena *a, struct feel_value v);

// Equality by the standard (DMN 1.5, 10.3.2.13.1): FEEL_UNKNOWN for values of different kinds; null = null.
enum feel_truth { FEEL_FALSE, FEEL_TRUE, FEEL_UNKNOWN };
enum feel_truth feel_equal(const struct feel_value *a, const struct feel_value *b);

// JSON in: numbers, strings, booleans, null, arrays, objects. Strings stay strings. Text is copied to `a`.
// STATUS_TOO_LARGE beyond FEEL_DEPTH_MAX.
enum status feel_from_json(struct arena *a, const json_t *in, struct feel_value *out);
// XML in (10.3.3): a context with the root element as its entry; values are strings, elements that repeat
// lists. STATUS_TOO_LARGE when elements are nested deeper than values may be; else as xml_read.
enum status feel_from_xml(struct arena *a, struct text xml, struct feel_value *out, struct problem *p);
// JSON out: dates, times, durations and ranges as the text that string() gives; functions as null.
void feel_to_json(struct json_out *j, const struct feel_value *v);
// As FEEL's string() prints it: strings without quotes, contexts and lists as literals.
struct text feel_print(struct arena *a, const struct feel_value *v);
// A literal that parses to the same value ("date(...)" becomes @"...").
struct text feel_print_literal(struct arena *a, const struct feel_value *v);

// ---- expressions -----------------------------------------------------------------------------------------

struct feel_expression;

// Names that an expression may use, needed where they hold operators or key words ("out-of-date",
// "time in transit"). Plain words with spaces are understood without. Not kept after parsing.
struct feel_names {
    const struct text *variables; // names at the top
    size_t variable_count;
    const struct text *members; // names of entries of contexts: after a dot and in filters
    size_t member_count;
};

enum feel_mode {
    FEEL_EXPRESSION,  // one boxed or textual expression
    FEEL_UNARY_TESTS, // the cell of a decision table: -, tests, lists of tests, not(); tests the value of `?`
};

// Parses `source` (copied to `a`). STATUS_INVALID with field "expression", rule, text key, line, and the
// argument "near"; STATUS_TOO_LARGE. `names` may be NULL.
enum status feel_parse(struct arena *a, struct text source, enum feel_mode mode,
                       const struct feel_names *names, const struct feel_expression **out, struct problem *p);

// The names that the expression reads from its context, in order of first use, without those it binds itself.
// Of a filter it may name entries of the filtered list as well.
const struct text *feel_uses(const struct feel_expression *e, size_t *count);

// The clock as FEEL sees it. `zone` is an IANA name; empty for UTC.
struct feel_now {
    struct moment at;
    struct text zone;
};

// Why something became null.
struct feel_diagnostic {
    const char *text_key; // "feel.not_a_number"
    struct text detail;   // what was found, in FEEL: `"a" + 1`
    int64_t line, column; // in the source, from 1
    const void *site;     // inside: the node that was evaluated
};
struct feel_diagnostics {
    struct feel_diagnostic items[FEEL_DIAGNOSTICS_MAX];
    size_t count; // kept
    size_t lost;  // beyond the limit
};

// Evaluates with the entries of `context` (a context value, or NULL) as variables. What fails is null, with
// its reason in `diagnostics` (may be NULL). The result lives in `a`, but functions and text in it also in
// the expression and the context. STATUS_TOO_LARGE when steps, depth or memory are used up, *out is null
// then.
enum status feel_eval(const struct feel_expression *e, const struct feel_value *context,
                      const struct feel_now *now, struct arena *a, struct feel_value *out,
                      struct feel_diagnostics *diagnostics);

// What several evaluations may cost together: nodes evaluated and items visited.
struct feel_budget {
    int64_t steps; // left
};
// The same with the entries of several contexts as variables, those of later ones in front of the earlier
// ones', so that what they share need not be copied; and with steps that come off `budget`, beside the limit
// of one evaluation.
enum status feel_eval_shared(const struct feel_expression *e, const struct feel_value *const contexts[],
                             size_t count, const struct feel_now *now, struct arena *a,
                             struct feel_budget *budget, struct feel_value *out,
                             struct feel_diagnostics *diagnostics);

// Evaluates unary tests against `input`, which is also the variable `?`.
enum status feel_test(const struct feel_expression *e, const struct feel_value *input,
                      const struct feel_value *context, const struct feel_now *now, struct arena *a,
                      bool *matches, struct feel_diagnostics *diagnostics);
