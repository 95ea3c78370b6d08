// The parts of values: entries of contexts, and what dates, times, durations and ranges are made of (table
// 65).
#include <string.h>

#include "rules/eval.h"
#include "rules/number.h"
#include "rules/temporal.h"

static bool is(struct text name, const char *part) {
    return text_eq(name, text_of(part));
}

// Seconds of the minute as a decimal (table 66).
static struct feel_value seconds(int64_t second, int32_t nano) {
    struct feel_number whole = number_from_int(second % 60), n = number_from_int(nano);
    if (nano && (!number_divide(n, number_from_int(NANOS), &n) || !number_add(whole, n, &whole)))
        return feel_null();
    return value_of_number(whole);
}

static bool date_part(struct feel_date d, struct text name, struct feel_value *out) {
    if (is(name, "year"))
        *out = feel_int(d.year);
    else if (is(name, "month"))
        *out = feel_int(d.month);
    else if (is(name, "day"))
        *out = feel_int(d.day);
    else if (is(name, "weekday"))
        *out = feel_int(temporal_weekday(d));
    else
        return false;
    return true;
}

static bool time_part(const struct feel_date *d, const struct feel_time *t, struct text name,
                      struct feel_value *out) {
    if (is(name, "hour"))
        *out = feel_int(t->second / 3600);
    else if (is(name, "minute"))
        *out = feel_int(t->second / 60 % 60);
    else if (is(name, "second"))
        *out = seconds(t->second, t->nano);
    else if (is(name, "time offset"))
        *out = t->zone ? value_of_days((struct feel_days_duration){temporal_offset(t->zone, d, t), 0})
                       : feel_null();
    else if (is(name, "timezone"))
        *out = t->zone && t->zone->zone ? feel_string(t->zone->name) : feel_null();
    else
        return false;
    return true;
}

static bool days_part(struct feel_days_duration d, struct text name, struct feel_value *out) {
    if (is(name, "days"))
        *out = feel_int(d.second / SECONDS_PER_DAY);
    else if (is(name, "hours"))
        *out = feel_int(d.second / 3600 % 24);
    else if (is(name, "minutes"))
        *out = feel_int(d.second / 60 % 60);
    else if (is(name, "seconds"))
        *out = seconds(d.second, d.nano);
    else
        return false;
    return true;
}

static bool months_part(int64_t months, struct text name, struct feel_value *out) {
    if (is(name, "years"))
        *out = feel_int(months / 12);
    else if (is(name, "months"))
        *out = feel_int(months % 12);
    else
        return false;
    return true;
}

static bool range_part(const struct feel_range *r, struct text name, struct feel_value *out) {
    if (is(name, "start"))
        *out = r->low;
    else if (is(name, "end"))
        *out = r->high;
    else if (is(name, "start included"))
        *out = feel_boolean(r->low_closed);
    else if (is(name, "end included"))
        *out = feel_boolean(r->high_closed);
    else
        return false;
    return true;
}

struct feel_value eval_part(struct eval *e, const struct feel_value *v, struct text name) {
    struct feel_value out = feel_null();
    bool known = false;
    switch (v->kind) {
    case FEEL_CONTEXT: known = value_entry(v, name, &out); break;
    case FEEL_DATE: known = date_part(v->date, name, &out); break;
    case FEEL_TIME: known = time_part(NULL, &v->time, name, &out); break;
    case FEEL_DATE_TIME:
        known = date_part(v->date_time.date, name, &out) ||
                time_part(&v->date_time.date, &v->date_time.time, name, &out);
        break;
    case FEEL_DAYS_DURATION: known = days_part(v->days, name, &out); break;
    case FEEL_MONTHS_DURATION: known = months_part(v->months, name, &out); break;
    case FEEL_RANGE: known = range_part(v->range, name, &out); break;
    default: break;
    }
    return known ? out : eval_null(e, "feel.no_part", name);
}
