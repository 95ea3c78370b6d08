// Conversion and boolean functions (10.3.4.1, 10.3.4.2), and is().
#include <string.h>

#include "rules/builtin.h"
#include "rules/number.h"
#include "rules/parser.h"
#include "rules/temporal.h"

static struct feel_value bad(struct eval *e, const struct feel_value *v) {
    return eval_null(e, "feel.not_convertible", e->diagnostics ? feel_print_literal(e->arena, v) : T(""));
}

static struct feel_value to_string(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    if (a[0].kind == FEEL_NULL) return feel_null();
    if (a[0].kind == FEEL_STRING) return a[0];
    if (!eval_room(e, FEEL_STRING_MAX)) return feel_null();
    return feel_string(feel_print(e->arena, &a[0]));
}

static bool one_of(struct text t, const char *allowed) {
    return t.n == 1 && strchr(allowed, t.p[0]);
}

static struct feel_value number_grouped(struct eval *e, struct text from, struct text group,
                                        struct text point) {
    struct out o = {.arena = e->arena};
    for (size_t i = 0; i < from.n; i++) {
        if (group.n && from.p[i] == group.p[0]) continue;
        if (point.n && from.p[i] == point.p[0])
            out_byte(&o, '.');
        else if (from.p[i] == '.')
            out_byte(&o, point.n ? '#' : '.'); // a point that is none
        else
            out_byte(&o, from.p[i]);
    }
    struct feel_value v = feel_number_of(out_done(&o)), source = feel_string(from);
    return v.kind == FEEL_NULL ? bad(e, &source) : v;
}

static struct feel_value to_number(struct eval *e, const struct feel_value *a, size_t given) {
    if (given == 1) {
        struct feel_value v = a[0].kind == FEEL_NUMBER ? a[0] : feel_number_of(feel_text(&a[0]));
        return v.kind == FEEL_NULL ? bad(e, &a[0]) : v;
    }
    if (a[0].kind != FEEL_STRING) return bad(e, &a[0]);
    struct text group = feel_text(&a[1]), point = feel_text(&a[2]);
    bool bad_group = a[1].kind == FEEL_STRING && !one_of(group, " ,.");
    bool bad_point = a[2].kind == FEEL_STRING && !one_of(point, ",.");
    if (bad_group || bad_point || (group.n && text_eq(group, point)))
        return eval_null_c(e, "feel.bad_separator", "number");
    return number_grouped(e, a[0].string, group, point);
}

static struct feel_value negate(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    if (a[0].kind == FEEL_BOOLEAN) return feel_boolean(!a[0].boolean);
    return eval_null_c(e, "feel.argument_type", "not(negand)");
}

static struct feel_value is_same(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return feel_boolean(value_identical(&a[0], &a[1], &e->steps));
}

// ---- dates and times ----

static struct feel_value date_from(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value v = {.kind = FEEL_DATE};
    if (a[0].kind == FEEL_DATE) return a[0];
    if (a[0].kind == FEEL_DATE_TIME) return v.date = a[0].date_time.date, v;
    if (a[0].kind == FEEL_STRING && temporal_parse_date(a[0].string, &v.date)) return v;
    return bad(e, &a[0]);
}

static bool whole(const struct feel_value *v, int64_t *out) {
    return v->kind == FEEL_NUMBER && number_to_int(v->number, out);
}

static struct feel_value date_of_parts(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    int64_t year, month, day;
    if (!whole(&a[0], &year) || !whole(&a[1], &month) || !whole(&a[2], &day) ||
        !temporal_date_is_valid(year, month, day))
        return eval_null_c(e, "feel.no_such_date", "date");
    return (struct feel_value){.kind = FEEL_DATE, .date = {(int32_t)year, (uint8_t)month, (uint8_t)day}};
}

static struct feel_value time_from(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value v = {.kind = FEEL_TIME};
    if (a[0].kind == FEEL_TIME) return a[0];
    if (a[0].kind == FEEL_DATE_TIME) return v.time = a[0].date_time.time, v;
    if (a[0].kind == FEEL_DATE) return v.time.zone = ARENA_NEW(e->arena, struct feel_zone), v;
    if (a[0].kind == FEEL_STRING && temporal_parse_time(e->arena, a[0].string, &v.time)) return v;
    return bad(e, &a[0]);
}

static bool split_seconds(struct feel_number n, int64_t *second, int64_t *nano) {
    struct feel_number floor, rest;
    return number_round(n, 0, ROUND_FLOOR, &floor) && number_to_int(floor, second) &&
           number_subtract(n, floor, &rest) && number_multiply(rest, number_from_int(NANOS), &rest) &&
           number_round(rest, 0, ROUND_DOWN, &rest) && number_to_int(rest, nano);
}

static struct feel_value time_of_parts(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    int64_t hour, minute, second, nano;
    if (!whole(&a[0], &hour) || !whole(&a[1], &minute) || !split_seconds(a[2].number, &second, &nano) ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return eval_null_c(e, "feel.no_such_time", "time");
    struct feel_value v = {.kind = FEEL_TIME,
                           .time = {(int32_t)(hour * 3600 + minute * 60 + second), (int32_t)nano, NULL}};
    if (a[3].kind == FEEL_NULL) return v;
    if (a[3].kind != FEEL_DAYS_DURATION || a[3].days.second > OFFSET_MAX_S ||
        a[3].days.second < -OFFSET_MAX_S)
        return eval_null_c(e, "feel.bad_offset", "time");
    struct feel_zone zone = {.offset_s = (int32_t)a[3].days.second};
    v.time.zone = arena_copy(e->arena, &zone, sizeof zone);
    return v;
}

static struct feel_value date_time_from(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value v = {.kind = FEEL_DATE_TIME};
    if (a[0].kind == FEEL_DATE_TIME) return a[0];
    if (a[0].kind == FEEL_DATE) {
        v.date_time = (struct feel_date_time){a[0].date, {.zone = ARENA_NEW(e->arena, struct feel_zone)}};
        return v;
    }
    if (a[0].kind == FEEL_STRING && temporal_parse_date_time(e->arena, a[0].string, &v.date_time)) return v;
    return bad(e, &a[0]);
}

static struct feel_value date_time_of_parts(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    if ((a[0].kind != FEEL_DATE && a[0].kind != FEEL_DATE_TIME) || a[1].kind != FEEL_TIME)
        return eval_null_c(e, "feel.argument_type", "date and time(date, time)");
    struct feel_date d = a[0].kind == FEEL_DATE ? a[0].date : a[0].date_time.date;
    return (struct feel_value){.kind = FEEL_DATE_TIME, .date_time = {d, a[1].time}};
}

static struct feel_value duration_from(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value v;
    if (a[0].kind == FEEL_DAYS_DURATION || a[0].kind == FEEL_MONTHS_DURATION) return a[0];
    if (a[0].kind == FEEL_STRING && temporal_parse_duration(a[0].string, &v)) return v;
    return bad(e, &a[0]);
}

static bool as_date(const struct feel_value *v, struct feel_date *d) {
    if (v->kind == FEEL_DATE) return *d = v->date, true;
    if (v->kind == FEEL_DATE_TIME) return *d = v->date_time.date, true;
    return false;
}

// Whole months between two days; a month that is not full does not count.
static struct feel_value months_between(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_date from, to;
    if (!as_date(&a[0], &from) || !as_date(&a[1], &to))
        return eval_null_c(e, "feel.argument_type", "years and months duration(from, to)");
    int64_t months = ((int64_t)to.year - from.year) * 12 + to.month - from.month;
    if (months > 0 && to.day < from.day) months--;
    if (months < 0 && to.day > from.day) months++;
    return value_of_months(months);
}

const struct builtin BUILTIN_CONVERSION[] = {
    {"string", "from:A", to_string},
    {"number", "from:a", to_number},
    {"number", "from:s,grouping separator:S,decimal separator?:S", to_number},
    {"not", "negand:A", negate},
    {"is", "value1?:A,value2?:A", is_same},
    {"date", "from:a", date_from, true},
    {"date", "year:n,month:n,day:n", date_of_parts, true},
    {"time", "from:a", time_from, true},
    {"time", "hour:n,minute:n,second:n,offset?:A", time_of_parts, true},
    {"date and time", "from:a", date_time_from, true},
    {"date and time", "date:a,time:a", date_time_of_parts, true},
    {"duration", "from:a", duration_from, true},
    {"years and months duration", "from:a,to:a", months_between, true},
    {0},
};
