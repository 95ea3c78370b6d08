// deadline.h - the law's clocks: from a rule and the moment of its trigger to the last day, pure.
//
// Regulation (EEC, Euratom) 1182/71 Art. 3 unless the rule says otherwise: the day (hour) of the event is not
// counted; a period ends at 24:00 of its last day; months end on the same day number or the month's last day;
// a last day that is no working day moves to the next one (not for hours); two days or more hold two working
// days.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    CALENDAR_BYTES_MAX = 256 * 1024,
    CALENDAR_RULES_MAX = 200,
    CALENDAR_DATES_MAX = 2000,
    DEADLINES_MAX = 500,
    DEADLINE_COUNT_MAX = 4000, // of any unit
    DEADLINE_EXTENSIONS_MAX = 8,
    DEADLINE_WARNINGS_MAX = 4,
};

// ---- Calendars
// ---------------------------------------------------------------------------------------------

struct calendar; // rest days, holidays, zone; immutable

// Parses calendars/*.json. `a` must outlive it. Problem: rule, field = JSON path.
enum status calendar_read(struct arena *a, struct text json, struct calendar **out, struct problem *p);
struct text calendar_id(const struct calendar *c);
const struct zone *calendar_zone(const struct calendar *c);
// False outside the years for which the holidays are known; then only rest days count, and pages say so.
bool calendar_covers(const struct calendar *c, int year);
bool calendar_is_working(const struct calendar *c, struct date d);
// The holiday's name as written in the file, empty text when it is none.
struct text calendar_holiday(const struct calendar *c, struct date d);
struct date calendar_next_working(const struct calendar *c, struct date d); // `d` itself when it is one
// The day on which `count` working days after `d` are full (`d` not counted).
struct date calendar_add_working(const struct calendar *c, struct date d, int64_t count);
// Working days after `from` up to and including `to`.
int64_t calendar_working_between(const struct calendar *c, struct date from, struct date to);
// Easter Sunday (western; Gauss/Butcher) and, in the Gregorian calendar, orthodox.
struct date easter(int year);
struct date easter_orthodox(int year);

// ---- Rules
// -------------------------------------------------------------------------------------------------

enum deadline_unit { UNIT_HOURS, UNIT_DAYS, UNIT_WORKING_DAYS, UNIT_WEEKS, UNIT_MONTHS, UNIT_YEARS };
enum deadline_mark { MARK_VERIFIED, MARK_SECONDARY, MARK_FROM_MEMORY, MARK_NATIONAL }; // V V2 M N
enum deadline_owner { OWNER_AUTHORITY, OWNER_PERSON };                                 // who must act in time
enum deadline_computation {
    COMPUTE_1182_71,
    COMPUTE_CALENDAR, // event day excluded, ends at 24:00, never moved
};

struct deadline_period {
    int64_t count;
    enum deadline_unit unit;
};

struct deadline_extension {
    struct text reason; // "disproportionate_numbers"
    struct text label_key;
    bool is_total; // true: the whole period becomes this; false: this is added
    struct deadline_period period;
    int64_t times_max; // how often
    struct text article;
};

struct deadline_rule {
    struct text id;        // "APR.35.4"
    struct text label_key; // "Examination of the application"
    struct text trigger;   // "lodged": made registered lodged notified requested received complete ...
    struct text met_by;    // the act that fulfils it: then it starts by itself at its trigger; may be empty
    struct text when;      // FEEL over the facts of the case: it starts and runs only while this is true
    struct deadline_period period;
    enum deadline_computation computation;
    struct text calendar; // id; empty = the pack's
    struct text article;  // "Reg. (EU) 2024/1348 Art. 35(4)"
    enum deadline_mark mark;
    struct text note; // for policy people: "national choice of 2 weeks to 1 month"
    enum deadline_owner owner;
    struct date valid_from, valid_to; // of the trigger's day; to: last day, year 0 = open
    struct deadline_period max_total; // limit of all extensions, counted from the trigger; count 0 = none
    bool can_suspend;
    const struct deadline_extension *extensions;
    size_t extension_count;
    struct text effect;     // "none" "alarm" "accept" "own" "court" "final" "implicit_withdrawal" ...
    struct text effect_key; // what lapse means, in words
    int warnings[DEADLINE_WARNINGS_MAX]; // per cent, ascending; the last is 100
    size_t warning_count;
};

struct deadlines {
    struct deadline_rule *items;
    size_t count, capacity;
};

// Parses deadlines.json. Every rule must have label, trigger, article, mark, valid_from, effect; the validity
// of two rules with one id may not overlap.
enum status deadlines_read(struct arena *a, struct text json, struct deadlines *out, struct problem *p);
// The rule in force on a day, NULL when there is none.
const struct deadline_rule *deadlines_find(const struct deadlines *d, struct text id, struct date on);

const char *deadline_unit_name(enum deadline_unit u); // "working_days"

// ---- Clocks
// ------------------------------------------------------------------------------------------------

// One running period. Plain data; every field is to be stored as it is. All else is computed.
struct clock {
    struct moment trigger;
    struct deadline_period period; // as it stands after extensions
    int64_t extended;              // how often
    int64_t suspended_units;       // days, working days, or milliseconds (hours) that did not count
    int64_t suspended_ms;          // time that did not count, for warnings
    bool is_suspended;
    struct moment suspended_at;
    bool is_stopped; // what was to be done is done
    struct moment stopped_at;
    struct date due_on; // last day
    struct moment due;  // its end: the first moment that is too late
};

struct clock deadline_start(const struct deadline_rule *r, const struct calendar *c, struct moment trigger);

// Each changes *clock or answers STATUS_INVALID with `p`: not allowed by the rule, unknown reason, beyond the
// rule's maximum, clock already stopped, time before the last change.
enum status deadline_suspend(const struct deadline_rule *r, struct clock *clock, struct moment at,
                             struct problem *p);
enum status deadline_resume(const struct deadline_rule *r, const struct calendar *c, struct clock *clock,
                            struct moment at, struct problem *p);
enum status deadline_extend(const struct deadline_rule *r, const struct calendar *c, struct clock *clock,
                            struct text reason, struct problem *p);
enum status deadline_stop(struct clock *clock, struct moment at, struct problem *p);

enum clock_state {
    CLOCK_RUNNING,
    CLOCK_WARNING_50, // first warning passed
    CLOCK_WARNING_80, // second warning passed
    CLOCK_OVERDUE,    // too late, the duty stays (effect none or alarm)
    CLOCK_LAPSED,     // too late, and the law attaches an effect
    CLOCK_SUSPENDED,
    CLOCK_MET,
    CLOCK_MET_LATE,
};
enum clock_state deadline_state(const struct deadline_rule *r, const struct clock *clock, struct moment now);
const char *clock_state_name(enum clock_state s); // "warning_80"
// When the state will change by itself, for a timer. False when it will not.
bool deadline_next_change(const struct deadline_rule *r, const struct clock *clock, struct moment now,
                          struct moment *at);
// Milliseconds left (negative: late); of a suspended clock what was left when it was suspended.
int64_t deadline_remaining_ms(const struct clock *clock, struct moment now);
// Calendar days from today to the last day; 0 on the last day, negative after.
int64_t deadline_days_left(const struct calendar *c, const struct clock *clock, struct moment now);
