// Temporal functions (10.3.4.8, table 79), and the clock, which is given (10.3.4.11, table 82).
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

static struct feel_date date_of(const struct feel_value *v) {
    return v->kind == FEEL_DATE ? v->date : v->date_time.date;
}

static int64_t day_number(struct feel_date d) {
    return temporal_days(d) - temporal_days((struct feel_date){d.year, 1, 1}) + 1;
}

static struct feel_value day_of_year(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return feel_int(day_number(date_of(&a[0])));
}

static struct feel_value day_of_week(struct eval *e, const struct feel_value *a, size_t given) {
    static const char *const NAMES[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    (void)e, (void)given;
    return feel_string(text_of(NAMES[temporal_weekday(date_of(&a[0])) - 1]));
}

static struct feel_value month_of_year(struct eval *e, const struct feel_value *a, size_t given) {
    static const char *const NAMES[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    (void)e, (void)given;
    return feel_string(text_of(NAMES[date_of(&a[0]).month - 1]));
}

// ISO 8601: the week belongs to the year of its Thursday.
static struct feel_value week_of_year(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_date d = date_of(&a[0]), thursday;
    if (!temporal_date_from_days(temporal_days(d) + 4 - temporal_weekday(d), &thursday))
        return eval_null_c(e, "feel.out_of_range", "week of year");
    return feel_int((day_number(thursday) - 1) / 7 + 1);
}

const struct builtin BUILTIN_TIME[] = {
    {"now", "", now},
    {"today", "", today},
    {"day of year", "date:d", day_of_year},
    {"day of week", "date:d", day_of_week},
    {"month of year", "date:d", month_of_year},
    {"week of year", "date:d", week_of_year},
    {0},
};
