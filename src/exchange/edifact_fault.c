// edifact_fault.c - faults, dates and other values of passenger lists.
#include "exchange/edifact_fault.h"

void list_fault_at(struct arena *a, struct list_faults *to, enum list_severity s, struct text tag,
                   size_t position, const char *rule, struct text value, struct text expected) {
    if (s == LIST_ERROR) to->errors++;
    if (to->count >= LIST_FAULTS_MAX) return;
    struct list_fault *f = ARENA_PUSH(a, to);
    f->is_error = s == LIST_ERROR;
    f->p = (struct problem){.field = text_c(a, tag), .rule = rule, .line = (int64_t)position};
    f->p.text_key = text_c(a, TEXT_JOIN(a, T("edifact."), text_of(rule)));
    problem_arg(&f->p, "segment", tag);
    problem_arg(&f->p, "position", text_printf(a, "%zu", position));
    problem_arg(&f->p, "value", text_copy(a, text_head(value, 80)));
    problem_arg(&f->p, "expected", text_copy(a, text_head(expected, 80)));
}

void list_fault(struct list_reader *r, enum list_severity s, const char *rule, struct text value,
                struct text expected) {
    list_fault_at(r->arena, &r->list->faults, s, r->segment->tag, r->position, rule, value, expected);
}

struct text list_get(const struct list_reader *r, size_t element, size_t component) {
    return text_trim(edifact_value(r->segment, element, component));
}

static bool digits(struct text t, size_t from, size_t count, int *value) {
    *value = 0;
    if (from + count > t.n) return false;
    for (size_t i = from; i < from + count; i++) {
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        *value = *value * 10 + (t.p[i] - '0');
    }
    return true;
}

// The year with these last two digits that the rule chooses.
static int full_year(int two, enum list_century c, struct date sent) {
    int now = sent.year ? sent.year : 2000;
    int year = now - now % 100 + two;
    if (c == LIST_BIRTH) return year > now ? year - 100 : year;
    if (year - now > 50) return year - 100;
    return now - year > 50 ? year + 100 : year;
}

bool list_date(const struct list_reader *r, struct text t, enum list_century c, struct date *out) {
    *out = (struct date){0};
    bool has_century = t.n == 8 || t.n == 12 || t.n == 14;
    if (!has_century && t.n != 6 && t.n != 10) return false;
    size_t at = has_century ? 4 : 2;
    struct date d;
    if (!digits(t, 0, at, &d.year) || !digits(t, at, 2, &d.month) || !digits(t, at + 2, 2, &d.day))
        return false;
    if (!has_century) d.year = full_year(d.year, c, r->sent);
    // unknown day or month of birth: 00, as in the zone of the document (ICAO 9303-3)
    if (d.month == 0) d.day = 0;
    if (!date_is_valid(d) || (c != LIST_BIRTH && !date_is_full(d))) return false;
    bool is_later = c == LIST_BIRTH && date_is_full(d) && date_is_full(r->sent) && date_cmp(d, r->sent) > 0;
    if (is_later && !has_century) d.year -= 100;
    if (!date_is_valid(d)) return false;
    *out = d;
    return true;
}

struct text list_time(const struct list_reader *r, struct text t) {
    struct date d;
    int hour, minute;
    if (!list_date(r, t, LIST_NEAREST, &d)) return t;
    struct text day = date_print(r->arena, d);
    size_t at = t.n == 12 || t.n == 14 || t.n == 8 ? 8 : 6;
    if (t.n == at) return day;
    if (!digits(t, at, 2, &hour) || !digits(t, at + 2, 2, &minute) || hour > 24 || minute > 59) return t;
    return text_printf(r->arena, TEXT_FMT "T%02d:%02d", TEXT_ARG(day), hour, minute);
}

char list_sex(struct text t) {
    if (t.n == 0) return 0;
    char c = t.p[0] >= 'a' ? (char)(t.p[0] - 'a' + 'A') : t.p[0];
    return c == 'F' || c == 'M' ? c : 'X';
}

void list_add_value(struct list_reader *r, struct list_values *to, struct text kind, struct text value) {
    if (!value.n) return;
    if (to->count >= LIST_PARTS_MAX) {
        list_fault(r, LIST_WARNING, "too_many", kind, text_printf(r->arena, "%d", LIST_PARTS_MAX));
        return;
    }
    *ARENA_PUSH(r->arena, to) = (struct list_value){kind, value};
}

struct list_person *list_add_person(struct list_reader *r) {
    if (r->list->people.count >= LIST_PEOPLE_MAX) {
        if (r->list->people.count == LIST_PEOPLE_MAX)
            list_fault(r, LIST_ERROR, "too_many", T("NAD"), text_printf(r->arena, "%d", LIST_PEOPLE_MAX));
        return NULL;
    }
    struct list_person *p = ARENA_PUSH(r->arena, &r->list->people);
    p->position = r->position;
    p->bag_count = -1;
    return p;
}

struct list_leg *list_add_leg(struct list_reader *r) {
    if (r->list->legs.count >= LIST_PARTS_MAX) {
        list_fault(r, LIST_ERROR, "too_many", T("TDT"), text_printf(r->arena, "%d", LIST_PARTS_MAX));
        return NULL;
    }
    return ARENA_PUSH(r->arena, &r->list->legs);
}

struct list_document *list_add_document(struct list_reader *r, struct list_person *person) {
    if (person->documents.count >= LIST_PARTS_MAX) {
        list_fault(r, LIST_WARNING, "too_many", T("DOC"), text_printf(r->arena, "%d", LIST_PARTS_MAX));
        return NULL;
    }
    return ARENA_PUSH(r->arena, &person->documents);
}
