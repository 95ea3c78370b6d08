// Conversion and boolean functions (10.3.4.1 and 10.3.4.2, tables 72 and 73), and is() (10.3.4.6, table 77).
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
        bool has_plus = text_starts(feel_text(&a[0]), T("+")); // rule 35 knows no such sign
        struct feel_value v = a[0].kind == FEEL_NUMBER ? a[0]
                              : has_plus               ? feel_null()
                                                       : feel_number_of(feel_text(&a[0]));
        return v.kind == FEEL_NULL ? bad(e, &a[0]) : v;
    }
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
    if (a[0].kind == FEEL_NULL) return feel_null(); // table 51
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

static struct feel_date day_of(const struct feel_value *v) {
    return v->kind == FEEL_DATE ? v->date : v->date_time.date;
}

static struct feel_value date_time_of_parts(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return (struct feel_value){.kind = FEEL_DATE_TIME, .date_time = {day_of(&a[0]), a[1].time}};
}

static struct feel_value duration_from(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value v;
    if (a[0].kind == FEEL_DAYS_DURATION || a[0].kind == FEEL_MONTHS_DURATION) return a[0];
    if (a[0].kind == FEEL_STRING && temporal_parse_duration(a[0].string, &v)) return v;
    return bad(e, &a[0]);
}

// Whole months between two days; a month that is not full does not count.
static struct feel_value months_between(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    struct feel_date from = day_of(&a[0]), to = day_of(&a[1]);
    int64_t months = ((int64_t)to.year - from.year) * 12 + to.month - from.month;
    if (months > 0 && to.day < from.day) months--;
    if (months < 0 && to.day > from.day) months++;
    return value_of_months(months);
}

const struct builtin BUILTIN_CONVERSION[] = {
    {"string", "from:A", to_string},
    {"number", "from:e", to_number},
    {"number", "from:s,grouping separator:S,decimal separator:S", to_number},
    {"not", "negand:A", negate},
    {"is", "value1:A,value2:A", is_same},
    {"date", "from:p", date_from, true},
    {"date", "year:n,month:n,day:n", date_of_parts, true},
    {"time", "from:q", time_from, true},
    {"time", "hour:n,minute:n,second:n,offset?:A", time_of_parts, true},
    {"date and time", "from:p", date_time_from, true},
    {"date and time", "date:d,time:t", date_time_of_parts, true},
    {"duration", "from:u", duration_from, true},
    {"years and months duration", "from:d,to:d", months_between, true},
    {0},
};
