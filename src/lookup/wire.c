// wire.c - questions and answers as JSON, between authorities.
#include <string.h>

#include "lookup/lookup.h"

static void put(struct json_out *j, const char *key, struct text value) {
    if (!value.n) return;
    json_key(j, key);
    json_put_text(j, value);
}

struct text lookup_question_print(struct arena *a, const struct lookup_question *q, struct text purpose) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put(&j, "lookup", q->lookup);
    put(&j, "purpose", purpose);
    put(&j, "ground", q->ground);
    put(&j, "number", q->number);
    put(&j, "name", q->name);
    put(&j, "birth", q->birth);
    put(&j, "issue", q->issue);
    if (q->watch_until.year) put(&j, "watch_until", date_print(a, q->watch_until));
    json_end_object(&j);
    return out_done(&o);
}

// False: not a text, or too long.
static bool word(struct arena *a, const json_t *o, const char *key, size_t max, struct text *out) {
    const json_t *v = json_object_get(o, key);
    *out = T("");
    if (!v) return true;
    if (!json_is_string(v) || json_string_length(v) > max) return false;
    *out = text_copy(a, (struct text){json_string_value(v), json_string_length(v)});
    return text_is_utf8(*out);
}

static bool read_question(struct arena *a, const json_t *o, struct lookup_question *q) {
    struct text until;
    bool fits =
        word(a, o, "lookup", LOOKUP_WORD_MAX, &q->lookup) &&
        word(a, o, "purpose", LOOKUP_WORD_MAX, &q->purpose) &&
        word(a, o, "ground", LOOKUP_WORD_MAX, &q->ground) &&
        word(a, o, "number", LOOKUP_WORD_MAX, &q->number) && word(a, o, "name", LOOKUP_WORD_MAX, &q->name) &&
        word(a, o, "birth", LOOKUP_WORD_MAX, &q->birth) && word(a, o, "issue", LOOKUP_WORD_MAX, &q->issue) &&
        word(a, o, "watch_until", LOOKUP_WORD_MAX, &until);
    return fits && (!until.n || !date_parse(until, &q->watch_until));
}

enum status lookup_question_read(struct arena *a, struct text json, struct lookup_question *out) {
    struct problem p;
    json_t *o;
    *out = (struct lookup_question){0};
    enum status st = json_read(json, LOOKUP_BYTES_MAX, &o, &p);
    if (st) return STATUS_INVALID;
    st = json_is_object(o) && read_question(a, o, out) ? STATUS_OK : STATUS_INVALID;
    json_decref(o);
    return st;
}

void lookup_values_write(struct json_out *j, const struct lookup_result *r) {
    json_begin_object(j);
    for (size_t i = 0; i < r->values.count; i++) {
        json_key_text(j, r->values.items[i].path);
        json_put_text(j, r->values.items[i].value);
    }
    json_end_object(j);
}

struct text lookup_result_print(struct arena *a, const struct lookup_result *r) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put(&j, "answer", text_of(lookup_class_word(r->class)));
    put(&j, "why", text_of(r->why));
    put(&j, "reference", r->reference);
    if (r->entry) {
        json_key(&j, "entry");
        json_put_int(&j, r->entry);
    }
    put(&j, "as_of", moment_print(a, r->as_of));
    put(&j, "hidden", r->hidden);
    json_key(&j, "values");
    lookup_values_write(&j, r);
    json_end_object(&j);
    return out_done(&o);
}

static bool read_values(struct arena *a, json_t *values, struct lookup_result *out) {
    const char *path;
    json_t *v;
    if (!values) return true;
    if (!json_is_object(values) || json_object_size(values) > LOOKUP_VALUES_MAX) return false;
    json_object_foreach(values, path, v) {
        struct text p = text_of(path);
        if (!json_is_string(v) || !answer_path_ok(p)) return false;
        *ARENA_PUSH(a, &out->values) = (struct lookup_value){
            text_copy(a, p), text_copy(a, (struct text){json_string_value(v), json_string_length(v)})};
    }
    return true;
}

static bool read_result(struct arena *a, json_t *o, struct lookup_result *out) {
    struct text answer, why, as_of;
    int class = LOOKUP_FOUND;
    if (!word(a, o, "answer", LOOKUP_WORD_MAX, &answer) || !word(a, o, "why", LOOKUP_WORD_MAX, &why) ||
        !word(a, o, "as_of", LOOKUP_WORD_MAX, &as_of) || (as_of.n && moment_parse(as_of, &out->as_of)) ||
        !word(a, o, "reference", LOOKUP_WORD_MAX, &out->reference) ||
        !word(a, o, "hidden", LOOKUP_BYTES_MAX, &out->hidden))
        return false;
    while (class <= LOOKUP_NO_ANSWER && !text_eq(answer, text_of(lookup_class_word(class)))) class ++;
    if (class > LOOKUP_NO_ANSWER || !read_values(a, json_object_get(o, "values"), out)) return false;
    out->class = class;
    out->why = text_c(a, why);
    out->entry = json_number(o, "entry", 0);
    return (class == LOOKUP_FOUND) == (out->reference.n > 0) && (class == LOOKUP_FOUND || !out->values.count);
}

enum status lookup_result_read(struct arena *a, struct text json, struct lookup_result *out) {
    struct problem p;
    json_t *o;
    *out = (struct lookup_result){0};
    if (json_read(json, LOOKUP_BYTES_MAX, &o, &p)) return STATUS_CORRUPT;
    bool fits = json_is_object(o) && read_result(a, o, out);
    json_decref(o);
    if (!fits) *out = (struct lookup_result){0};
    return fits ? STATUS_OK : STATUS_CORRUPT;
}
