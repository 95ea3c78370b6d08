// exchange_law.c - reading exchange/*.json.
#include "pack/exchange_law.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "pack/reading.h"

bool exchange_roles_read(struct text letters, uint32_t *roles) {
    bool all = text_eq(letters, T("*"));
    if (all) letters = T(EXCHANGE_ROLES);
    *roles = 0;
    for (size_t i = 0; i < letters.n; i++) {
        char c = letters.p[i];
        if (!c || !strchr(EXCHANGE_ROLES, c)) return false;
        uint32_t bit = UINT32_C(1) << (c - 'A');
        if (*roles & bit) return false;
        *roles |= bit;
    }
    return *roles != 0;
}

// Names are of few letters, so that no sentence can be one.
static bool is_name(struct text t, char from, char to) {
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        bool ok = (c >= from && c <= to) || (i > 0 && ((c >= '0' && c <= '9') || c == '_'));
        if (!ok) return false;
    }
    return t.n > 0 && t.n <= EXCHANGE_NAME_MAX;
}

// ---- lists of codes

struct code_set {
    struct text name;
    struct exchange_code codes[EXCHANGE_CODES_MAX];
    size_t count;
};
struct file {
    struct exchange_law *law;
    struct text procedure;
    struct code_set sets[EXCHANGE_LISTS_MAX];
    size_t set_count;
};

static enum status read_code(const struct reading *r, const char *name, const json_t *v,
                             struct code_set *set) {
    struct text t = text_copy(r->a, text_of(name));
    if (set->count == EXCHANGE_CODES_MAX) return reading_fail(r, NULL, "too_many", T("40"));
    if (!is_name(t, 'a', 'z')) return reading_fail(r, NULL, "code_syntax", t);
    if (!json_is_integer(v)) return reading_fail(r, name, "value_kind", T("whole number"));
    int64_t n = json_integer_value(v);
    if (n < 1 || n > UINT16_MAX) return reading_fail(r, name, "value_range", T("1-65535"));
    for (size_t i = 0; i < set->count; i++)
        if (set->codes[i].number == n) return reading_fail(r, name, "duplicate", t);
    set->codes[set->count++] = (struct exchange_code){t, (uint16_t)n};
    return STATUS_OK;
}

static enum status read_set(const struct reading *r, const char *name, const json_t *v, struct file *f) {
    if (f->set_count == EXCHANGE_LISTS_MAX) return reading_fail(r, NULL, "too_many", T("20"));
    if (!json_is_object(v)) return reading_fail(r, name, "value_kind", T("object"));
    struct reading at = reading_member(r, name);
    struct code_set *set = &f->sets[f->set_count++];
    set->name = text_copy(r->a, text_of(name));
    const char *key;
    json_t *code;
    json_object_foreach((json_t *)v, key, code) {
        enum status st = read_code(&at, key, code, set);
        if (st) return st;
    }
    return set->count ? STATUS_OK : reading_fail(&at, NULL, "member_missing", set->name);
}

static enum status read_sets(const struct reading *r, const json_t *j, struct file *f) {
    const json_t *sets = json_object_get(j, "codes");
    const char *key;
    json_t *v;
    if (!sets) return STATUS_OK;
    if (!json_is_object(sets)) return reading_fail(r, "codes", "value_kind", T("object"));
    struct reading at = reading_member(r, "codes");
    json_object_foreach((json_t *)sets, key, v) {
        enum status st = read_set(&at, key, v, f);
        if (st) return st;
    }
    return STATUS_OK;
}

// ---- types

static enum status use_codes(const struct reading *r, const json_t *j, struct file *f,
                             struct exchange_type *t) {
    struct text name;
    enum status st = reading_text(r, j, "codes", &name);
    if (st || !name.n) return st;
    for (size_t i = 0; i < f->set_count; i++) {
        if (!text_eq(f->sets[i].name, name)) continue;
        t->code_list = f->sets[i].name;
        t->code_count = f->sets[i].count;
        t->codes = arena_copy(r->a, f->sets[i].codes, sizeof *t->codes * t->code_count);
        return STATUS_OK;
    }
    return reading_fail(r, "codes", "codes_unknown", name);
}

static enum status read_need(const struct reading *r, const json_t *j, const char *name,
                             enum exchange_need *out) {
    static const char *const WORDS[] = {"never", "may", "must", NULL};
    int word = EXCHANGE_NEVER;
    enum status st = reading_choice(r, j, name, WORDS, &word);
    *out = (enum exchange_need)word;
    return st;
}

static enum status read_roles(const struct reading *r, const json_t *j, const char *name, uint32_t *out) {
    struct text letters;
    enum status st = reading_need_text(r, j, name, &letters);
    if (!st && !exchange_roles_read(letters, out)) st = reading_fail(r, name, "value_unknown", letters);
    return st;
}

static enum status read_fields(const struct reading *r, const json_t *j, struct exchange_type *t) {
    static const char *const UNITS[] = {"minute", "hour", "day", NULL};
    static const int64_t MS[] = {60 * 1000, 3600 * 1000, 24 * 3600 * 1000};
    int unit = 0;
    enum status st = reading_choice(r, j, "at", UNITS, &unit);
    t->at_ms = MS[unit];
    if (!st) st = read_need(r, j, "due", &t->due);
    if (!st) st = read_need(r, j, "ref", &t->ref);
    if (!st) st = read_need(r, j, "commit", &t->commit);
    if (!st) st = reading_text(r, j, "class", &t->attribute_class);
    if (!st && !t->attribute_class.n) t->attribute_class = T("public");
    if (!st) st = reading_texts(r, j, "met_by", EXCHANGE_MET_BY_MAX, &t->met_by, &t->met_by_count);
    if (!st) st = reading_text(r, j, "silence", &t->silence);
    if (!st && t->met_by_count && !t->due) st = reading_fail(r, "met_by", "member_missing", T("due"));
    return st;
}

static enum status read_type(const struct reading *r, const json_t *j, void *context) {
    static const char *const KNOWN[] = {"name", "number", "from",  "to",     "codes",   "at", "due",
                                        "ref",  "commit", "class", "met_by", "silence", NULL};
    struct file *f = context;
    struct exchange_type t = {.procedure = f->procedure};
    int64_t number = 0;
    if (f->law->count == EXCHANGE_EVENTS_MAX) return reading_fail(r, NULL, "too_many", T("400"));
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "name", &t.name);
    if (!st && !is_name(t.name, 'A', 'Z')) st = reading_fail(r, "name", "code_syntax", t.name);
    if (!st) st = reading_int(r, j, "number", 1, UINT16_MAX, &number);
    if (!st && !number) st = reading_fail(r, NULL, "member_missing", T("number"));
    t.number = (uint16_t)number;
    if (!st) st = read_roles(r, j, "from", &t.from);
    if (!st) st = read_roles(r, j, "to", &t.to);
    if (!st) st = use_codes(r, j, f, &t);
    if (!st) st = read_fields(r, j, &t);
    if (!st) *ARENA_PUSH(r->a, f->law) = t;
    return st;
}

enum status exchange_law_read(struct arena *a, struct text in, struct exchange_law *law, struct problem *p) {
    static const char *const KNOWN[] = {"procedure", "codes", "events", NULL};
    json_t *j;
    enum status st = json_read(in, EXCHANGE_FILE_BYTES_MAX, &j, p);
    if (st) return st;
    const struct reading r = {a, p, T("")};
    struct file *f = ARENA_NEW(a, struct file);
    f->law = law;
    st = reading_only(&r, j, KNOWN);
    if (!st) st = reading_need_text(&r, j, "procedure", &f->procedure);
    if (!st && !is_name(f->procedure, 'a', 'z'))
        st = reading_fail(&r, "procedure", "code_syntax", f->procedure);
    if (!st) st = read_sets(&r, j, f);
    if (!st) st = reading_list(&r, j, "events", EXCHANGE_EVENTS_MAX, read_type, f);
    json_decref(j);
    return st;
}

static int by_number(const void *x, const void *y) {
    const struct exchange_type *a = x, *b = y;
    return (a->number > b->number) - (a->number < b->number);
}

static enum status check_names(const struct reading *r, const struct exchange_law *law,
                               const struct exchange_type *t) {
    struct text unknown = {0};
    for (size_t i = 0; i < t->met_by_count; i++)
        if (!exchange_type_named(law, t->met_by[i])) unknown = t->met_by[i];
    if (t->silence.n && !exchange_type_named(law, t->silence)) unknown = t->silence;
    return unknown.n ? reading_fail(r, NULL, "value_unknown", unknown) : STATUS_OK;
}

enum status exchange_law_done(struct arena *a, struct exchange_law *law, struct problem *p) {
    const struct reading r = {a, p, T("events")};
    if (law->count) qsort(law->items, law->count, sizeof *law->items, by_number);
    for (size_t i = 0; i < law->count; i++)
        for (size_t k = 0; k < i; k++)
            if (law->items[i].number == law->items[k].number ||
                text_eq(law->items[i].name, law->items[k].name))
                return reading_fail(&r, NULL, "duplicate", law->items[i].name);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < law->count && !st; i++) st = check_names(&r, law, &law->items[i]);
    return st;
}

// ---- asking

const struct exchange_type *exchange_type_of(const struct exchange_law *law, uint16_t number) {
    const struct exchange_type wanted = {.number = number};
    return law->count ? bsearch(&wanted, law->items, law->count, sizeof wanted, by_number) : NULL;
}

const struct exchange_type *exchange_type_named(const struct exchange_law *law, struct text name) {
    for (size_t i = 0; i < law->count; i++)
        if (text_eq(law->items[i].name, name)) return &law->items[i];
    return NULL;
}

const struct exchange_code *exchange_code_of(const struct exchange_type *t, uint16_t number) {
    for (size_t i = 0; i < t->code_count; i++)
        if (t->codes[i].number == number) return &t->codes[i];
    return NULL;
}

const struct exchange_code *exchange_code_named(const struct exchange_type *t, struct text name) {
    for (size_t i = 0; i < t->code_count; i++)
        if (text_eq(t->codes[i].name, name)) return &t->codes[i];
    return NULL;
}

bool exchange_is_met_by(const struct exchange_type *t, const struct exchange_type *by) {
    for (size_t i = 0; i < t->met_by_count; i++)
        if (text_eq(t->met_by[i], by->name)) return true;
    return false;
}

// ---- words

struct text exchange_type_key(struct arena *a, const struct exchange_type *t) {
    return TEXT_JOIN(a, T("exchange."), t->name);
}

struct text exchange_code_key(struct arena *a, const struct exchange_type *t, const struct exchange_code *c) {
    return TEXT_JOIN(a, T("exchange."), t->procedure, T("."), t->code_list, T("."), c->name);
}

struct text exchange_silence_key(struct arena *a, const struct exchange_type *t) {
    return t->silence.n ? TEXT_JOIN(a, T("exchange."), t->name, T(".silence")) : T("");
}
