// read.c - JSON and queries into structs, by their fields. Every mistake is named with its place, its rule
// and the way out; what no field knows is refused by name.
#include "api/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static void add(struct api_errors *e, struct text place, const char *rule, const char *key, const char *name,
                struct text value) {
    struct problem p = {.field = text_c(e->arena, place), .rule = rule, .text_key = key};
    if (name) problem_arg(&p, name, value);
    e->count++;
    e->add(e->context, &p);
}

static bool word_fits(const char *words, struct text t) {
    struct text rest = text_of(words), one;
    while (text_cut(&rest, '|', &one))
        if (text_eq(one, t)) return true;
    return false;
}

static struct text words_shown(struct arena *a, const char *words) {
    struct out o = {.arena = a};
    for (const char *c = words; *c; c++) {
        if (*c == '|')
            out_c(&o, ", ");
        else
            out_byte(&o, *c);
    }
    return out_done(&o);
}

// ---- single values, the same in JSON and in a query

static void take_text(struct api_errors *e, const struct api_field *f, struct text t, struct text place,
                      struct text *into) {
    if (f->max && (int64_t)t.n > f->max)
        add(e, place, "too_long", "problem.api.long", "max",
            text_printf(e->arena, "%lld", (long long)f->max));
    else if (!text_is_utf8(t))
        add(e, place, "not_utf8", "problem.text.bad", NULL, T(""));
    else if (f->words && !word_fits(f->words, t))
        add(e, place, "unknown_word", "problem.api.word", "words", words_shown(e->arena, f->words));
    else
        *into = t;
}

static void store_number(const struct api_field *f, int64_t n, void *at) {
    if (f->kind == API_SMALL)
        *(int *)at = (int)n;
    else if (f->kind == API_COUNT)
        *(size_t *)at = (size_t)n;
    else
        *(int64_t *)at = n;
}

static void take_number(struct api_errors *e, const struct api_field *f, int64_t n, struct text place,
                        void *at) {
    int64_t max = f->max ? f->max : f->kind == API_SMALL ? INT32_MAX : INT64_MAX;
    if (n >= f->min && n <= max) {
        store_number(f, n, at);
        return;
    }
    struct problem p = {.field = text_c(e->arena, place), .rule = "range", .text_key = "problem.api.range"};
    problem_arg(&p, "min", text_printf(e->arena, "%lld", (long long)f->min));
    problem_arg(&p, "max", text_printf(e->arena, "%lld", (long long)max));
    e->count++;
    e->add(e->context, &p);
}

static void take_date(struct api_errors *e, struct text t, struct text place, struct date *into) {
    if (!t.n || date_parse(t, into)) add(e, place, "date", "problem.api.date", NULL, T(""));
}

static void take_moment(struct api_errors *e, struct text t, struct text place, struct moment *into) {
    if (moment_parse(t, into)) add(e, place, "moment", "problem.api.moment", NULL, T(""));
}

// ---- JSON

static const char *kind_word(enum api_kind k) {
    switch (k) {
    case API_ID:
    case API_NUMBER:
    case API_SMALL:
    case API_COUNT: return "integer";
    case API_BOOL: return "boolean";
    case API_TEXTS:
    case API_OBJECTS: return "array";
    case API_ANSWERS: return "object";
    default: return "string";
    }
}

static bool fits_kind(const json_t *v, enum api_kind k) {
    const char *word = kind_word(k);
    return !strcmp(word, "integer")   ? json_is_integer(v)
           : !strcmp(word, "boolean") ? json_is_boolean(v)
           : !strcmp(word, "array")   ? json_is_array(v)
           : !strcmp(word, "object")  ? json_is_object(v)
                                      : json_is_string(v);
}

static struct text string_of(const json_t *v) {
    return (struct text){json_string_value(v), json_string_length(v)};
}

static struct text place_of(struct arena *a, struct text pointer, const char *name) {
    struct out o = {.arena = a};
    out_text(&o, pointer);
    out_byte(&o, '/');
    for (const char *c = name; *c; c++) { // RFC 6901, 3
        if (*c == '~')
            out_c(&o, "~0");
        else if (*c == '/')
            out_c(&o, "~1");
        else
            out_byte(&o, *c);
    }
    return text_slice(out_done(&o), 0, 300); // a name of a stranger's is shown, not a whole page of it
}

// Nested answers become flat ones; the form says later what it knows of them.
static void take_answers(struct api_errors *e, const json_t *v, struct text place, struct bytes *into) {
    struct answers answers = {.arena = e->arena};
    struct problem p = {0};
    char *dump = json_dumps(v, JSON_COMPACT);
    if (!dump) return add(e, place, "too_long", "problem.form.too_long", NULL, T(""));
    enum status st = answers_from_json(e->arena, text_of(dump), &answers, &p);
    free(dump);
    if (st)
        add(e, place, p.rule ? p.rule : "malformed", p.text_key ? p.text_key : "problem.form.malformed", NULL,
            T(""));
    else
        *into = answers_encode(e->arena, &answers);
}

static void take_texts(struct api_errors *e, const struct api_field *f, const json_t *v, struct text place,
                       struct text *into, size_t *count) {
    struct api_field one = {.max = f->each_max};
    for (size_t i = 0; i < json_array_size(v); i++) {
        struct text at = text_printf(e->arena, TEXT_FMT "/%zu", TEXT_ARG(place), i);
        const json_t *entry = json_array_get(v, i);
        if (!json_is_string(entry))
            add(e, at, "kind", "problem.api.kind", "kind", T("string"));
        else
            take_text(e, &one, string_of(entry), at, &into[(*count)++]);
    }
}

static void take_objects(struct api_errors *e, const struct api_field *f, const json_t *v, struct text place,
                         void *into, size_t *count) {
    for (size_t i = 0; i < json_array_size(v); i++)
        api_read_object(json_array_get(v, i), f->shape->fields, (char *)into + (*count)++ * f->shape->size,
                        text_printf(e->arena, TEXT_FMT "/%zu", TEXT_ARG(place), i), e);
}

static void take_value(struct api_errors *e, const struct api_field *f, const json_t *v, struct text place,
                       void *into) {
    void *at = (char *)into + f->at;
    size_t *count = (void *)((char *)into + f->count_at);
    if (!fits_kind(v, f->kind))
        return add(e, place, "kind", "problem.api.kind", "kind", text_of(kind_word(f->kind)));
    if (json_is_array(v) && (int64_t)json_array_size(v) > f->max)
        return add(e, place, "too_many", "problem.api.many", "max",
                   text_printf(e->arena, "%lld", (long long)f->max));
    switch (f->kind) {
    case API_TEXT: take_text(e, f, string_of(v), place, at); break;
    case API_DATE: take_date(e, string_of(v), place, at); break;
    case API_MOMENT: take_moment(e, string_of(v), place, at); break;
    case API_BOOL: *(bool *)at = json_is_true(v); break;
    case API_ANSWERS: take_answers(e, v, place, at); break;
    case API_TEXTS: take_texts(e, f, v, place, at, count); break;
    case API_OBJECTS: take_objects(e, f, v, place, at, count); break;
    default: take_number(e, f, json_integer_value(v), place, at); break;
    }
}

static const struct api_field *field_of(const struct api_field *fields, const char *name) {
    for (const struct api_field *f = fields; f && f->kind; f++)
        if (!strcmp(f->name, name)) return f;
    return NULL;
}

void api_read_object(const json_t *object, const struct api_field *fields, void *into, struct text pointer,
                     struct api_errors *e) {
    const char *name;
    json_t *v;
    if (!json_is_object(object)) return add(e, pointer, "kind", "problem.api.kind", "kind", T("object"));
    json_object_foreach((json_t *)object, name, v) {
        const struct api_field *f = field_of(fields, name);
        if (f)
            take_value(e, f, v, place_of(e->arena, pointer, name), into);
        else
            add(e, place_of(e->arena, pointer, name), "unknown_field", "problem.api.unknown", NULL, T(""));
        if (e->count >= ERRORS_MAX) return;
    }
    for (const struct api_field *f = fields; f && f->kind; f++)
        if (f->is_required && !json_object_get(object, f->name))
            add(e, place_of(e->arena, pointer, f->name), "required", "problem.api.required", NULL, T(""));
}

// ---- the request's own

static void add_to_request(void *context, const struct problem *p) {
    page_problem(context, p);
}

static bool refuse(struct api_call *c, unsigned status) {
    enum status told = api_fail(c, status);
    (void)told;
    return false;
}

static bool is_json(struct api_call *c) {
    struct text media = request_header(c->q, "Content-Type"), type;
    if (!media.n) return !c->q->form.count; // nothing was sent: an empty object
    text_cut(&media, ';', &type);
    return text_eq_nocase(text_trim(type), T("application/json"));
}

static bool read_object_body(struct api_call *c, struct api_errors *e) {
    if (!is_json(c)) return refuse(c, 415);
    if (!request_header(c->q, "Content-Type").n) c->q->body = T("{}");
    enum status st = json_read(c->q->body, BODY_JSON_MAX, &c->json, &c->problem);
    if (st) return refuse(c, st == STATUS_TOO_LARGE ? 413 : 400);
    api_read_object(c->json, c->command ? c->command->fields : c->op->body, c->in, T(""), e);
    return true;
}

// A form or a query: names and texts. What a form brings besides is left alone (RFC 6749, 3.2: unknown
// parameters are ignored); in a query it is a mistake.
static void read_fields(struct api_call *c, const struct fields *sent, const struct api_field *fields,
                        bool ignores, struct api_errors *e) {
    for (size_t i = 0; i < sent->count && e->count < ERRORS_MAX; i++) {
        struct text place = sent->items[i].name, value = sent->items[i].value;
        const struct api_field *f = field_of(fields, text_c(c->q->arena, place));
        void *at = f ? (char *)c->in + f->at : NULL;
        int64_t n;
        if (text_eq(place, T("lang")) && !ignores) continue; // of the sentences; every address has it
        if (!f && ignores) continue;
        if (!f)
            add(e, text_slice(place, 0, 100), "unknown_field", "problem.api.unknown", NULL, T(""));
        else if (f->kind == API_TEXT)
            take_text(e, f, value, place, at);
        else if (f->kind == API_DATE)
            take_date(e, value, place, at);
        else if (f->kind == API_MOMENT)
            take_moment(e, value, place, at);
        else if (f->kind == API_BOOL && (text_eq(value, T("true")) || text_eq(value, T("false"))))
            *(bool *)at = text_eq(value, T("true"));
        else if (f->kind != API_BOOL && text_int(value, &n))
            take_number(e, f, n, place, at);
        else
            add(e, place, "kind", "problem.api.kind", "kind", text_of(kind_word(f->kind)));
    }
    for (const struct api_field *f = fields; f && f->kind; f++) {
        size_t at = 0;
        struct text value;
        if (f->is_required && !fields_next(sent, f->name, &at, &value))
            add(e, text_of(f->name), "required", "problem.api.required", NULL, T(""));
    }
}

bool api_read_query(struct api_call *c) {
    struct api_errors e = {c->q->arena, c->q, add_to_request, 0};
    read_fields(c, &c->q->query, c->op->query, false, &e);
    return e.count ? refuse(c, 400) : true;
}

bool api_read_body(struct api_call *c) {
    struct api_errors e = {c->q->arena, c->q, add_to_request, 0};
    if (c->op->body_kind == BODY_FIELDS)
        read_fields(c, &c->q->form, c->op->body, true, &e);
    else if (c->op->body_kind == BODY_OBJECT && !read_object_body(c, &e))
        return false;
    return e.count ? refuse(c, 422) : true;
}
