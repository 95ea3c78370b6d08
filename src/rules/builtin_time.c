// Temporal functions (10.3.4.8): the clock, which is given, and the calendar.
#include "rules/builtin.h"
#include "rules/temporal.h"

static struct feel_value now(struct eval *e, const struct feel_value *a, size_t given) {
    (void)a, (void)given;
    return (struct feel_value){.kind = FEEL_DATE_TIME, .date_time = temporal_now(e->arena, e->now)};
}

static struct feel_value today(struct eval *e, const struct feel_value *a, size_t given) {
    (void)a, (void)given;
    return (struct feel_value){.kind = FEEL_DATE, .date = temporal_now(e->arena, e->now).date};
}

static bool date_of(struct eval *e, const struct feel_value *v, struct feel_date *d) {
    if (v->kind == FEEL_DATE) return *d = v->date, true;
    if (v->kind == FEEL_DATE_TIME) return *d = v->date_time.date, true;
    eval_null_c(e, "feel.argument_type", "date");
    return false;
}

static int64_t day_number(struct feel_date d) {
    return temporal_days(d) - temporal_days((struct feel_date){d.year, 1, 1}) + 1;
}

static struct feel_value day_of_year(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_date d;
    return date_of(e, &a[0], &d) ? feel_int(day_number(d)) : feel_null();
}

static struct feel_value day_of_week(struct eval *e, const struct feel_value *a, size_t given) {
    static const char *const NAMES[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    (void)given;
    struct feel_date d;
    return date_of(e, &a[0], &d) ? feel_string(text_of(NAMES[temporal_weekday(d) - 1])) : feel_null();
}

static struct feel_value month_of_year(struct eval *e, const struct feel_value *a, size_t given) {
    static const char *const NAMES[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    (void)given;
    struct feel_date d;
    return date_of(e, &a[0], &d) ? feel_string(text_of(NAMES[d.month - 1])) : feel_null();
}

// ISO 8601: the week belongs to the year of its Thursday.
static struct feel_value week_of_year(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_date d, thursday;
    if (!date_of(e, &a[0], &d) ||
        !temporal_date_from_days(temporal_days(d) + 4 - temporal_weekday(d), &thursday))
        return feel_null();
    return feel_int((day_number(thursday) - 1) / 7 + 1);
}

const struct builtin BUILTIN_TIME[] = {
    {"now", "", now},
    {"today", "", today},
    {"day of year", "date:a", day_of_year},
    {"day of week", "date:a", day_of_week},
    {"month of year", "date:a", month_of_year},
    {"week of year", "date:a", week_of_year},
    {0},
};
