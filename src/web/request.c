// Reading a request: parameters, fields, dates in three parts.
#include <string.h>

#include "web/parse.h"
#include "web/server.h"

bool fields_next(const struct fields *f, const char *name, size_t *at, struct text *value) {
    while (*at < f->count) {
        const struct field *one = &f->items[(*at)++];
        if (!text_eq(one->name, text_of(name))) continue;
        *value = one->value;
        return true;
    }
    return false;
}

static struct text first(const struct fields *f, const char *name) {
    struct text value = {0};
    size_t at = 0;
    return fields_next(f, name, &at, &value) ? value : (struct text){0};
}

struct text request_param(const struct request *q, const char *name) {
    return first(&q->params, name);
}

bool request_param_id(const struct request *q, const char *name, int64_t *id) {
    struct text t = first(&q->params, name);
    return t.n && t.p[0] >= '1' && t.p[0] <= '9' && text_int(t, id) && *id > 0;
}

struct text request_header(const struct request *q, const char *name) {
    const char *p = NULL;
    size_t n = 0;
    MHD_lookup_connection_value_n(q->inside->connection, MHD_HEADER_KIND, name, strlen(name), &p, &n);
    return p ? (struct text){p, n} : (struct text){0};
}

struct counting {
    const char *name;
    size_t count;
};
static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value) {
    struct counting *c = context;
    (void)kind, (void)value;
    c->count += text_eq_nocase(text_of(name), text_of(c->name));
    return MHD_YES;
}
size_t request_header_count(const struct request *q, const char *name) {
    struct counting c = {name, 0};
    MHD_get_connection_values(q->inside->connection, MHD_HEADER_KIND, count_header, &c);
    return c.count;
}

struct text request_cookie(const struct request *q, const char *name) {
    return parse_cookie(request_header(q, "Cookie"), guard_cookie_name(q->web, q->arena, name));
}

struct text form_text(const struct request *q, const char *name) {
    return text_trim(first(&q->form, name));
}

struct text query_text(const struct request *q, const char *name) {
    return text_trim(first(&q->query, name));
}

struct text request_origin(const struct request *q) {
    return text_of(q->web->origin);
}

const struct route *request_route(const struct request *q) {
    return q->inside->route;
}

bool form_has(const struct request *q, const char *name) {
    struct text value;
    size_t at = 0;
    return fields_next(&q->form, name, &at, &value);
}

bool form_is(const struct request *q, const char *name, const char *value) {
    struct text have;
    for (size_t at = 0; fields_next(&q->form, name, &at, &have);)
        if (text_eq(have, text_of(value))) return true;
    return false;
}

// ---- dates

// Digits as people type them: ASCII, Arabic-Indic and Persian.
static bool typed_number(struct text t, int *value) {
    int n = 0;
    if (!t.n || text_codepoints(t) > 4) return false;
    for (size_t at = 0; at < t.n;) {
        uint32_t c = text_codepoint(t, &at);
        uint32_t zero = c >= 0x6f0 ? 0x6f0 : c >= 0x660 ? 0x660 : '0';
        if (c < zero || c > zero + 9) return false;
        n = n * 10 + (int)(c - zero);
    }
    *value = n;
    return true;
}

static enum status date_of_parts(const char *name, const struct date_parts *t, struct date *d,
                                 struct problem *p) {
    *d = (struct date){0};
    if (!t->day.n && !t->month.n && !t->year.n) return STATUS_OK;
    if (!t->year.n) return problem(p, name, "year_missing", "problem.date.year_missing");
    if (!typed_number(t->year, &d->year) || d->year < 1000)
        return problem(p, name, "year_four_digits", "problem.date.year");
    if (t->month.n && (!typed_number(t->month, &d->month) || d->month < 1 || d->month > 12))
        return problem(p, name, "month_range", "problem.date.month");
    if (!t->month.n && t->day.n) return problem(p, name, "month_missing", "problem.date.month_missing");
    if (!t->day.n) {
        if (t->is_day_unknown) return STATUS_OK;
        return problem(p, name, "day_missing", "problem.date.day_missing");
    }
    if (!typed_number(t->day, &d->day) || d->day < 1 || d->day > days_in_month(d->year, d->month))
        return problem(p, name, "day_range", "problem.date.day");
    return STATUS_OK;
}

enum status form_date(struct request *q, const char *name, struct date_parts *parts, struct date *date,
                      struct problem *p) {
    const char *day = text_c(q->arena, text_printf(q->arena, "%s-day", name));
    const char *month = text_c(q->arena, text_printf(q->arena, "%s-month", name));
    const char *year = text_c(q->arena, text_printf(q->arena, "%s-year", name));
    const char *unknown = text_c(q->arena, text_printf(q->arena, "%s-day-unknown", name));
    *parts =
        (struct date_parts){form_text(q, day), form_text(q, month), form_text(q, year), form_has(q, unknown)};
    if (parts->is_day_unknown) parts->day = (struct text){0};
    enum status st = date_of_parts(name, parts, date, p);
    if (st) *date = (struct date){0};
    return st;
}

struct date_parts date_parts_of(struct arena *a, struct date d) {
    struct date_parts parts = {0};
    if (d.year) parts.year = text_printf(a, "%d", d.year);
    if (d.month) parts.month = text_printf(a, "%d", d.month);
    if (d.day) parts.day = text_printf(a, "%d", d.day);
    parts.is_day_unknown = d.year && !d.day;
    return parts;
}
