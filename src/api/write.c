// write.c - structs to JSON, by their shape.
#include "api/table.h"

#include "base/json.h"

struct list {
    const void *items;
    size_t count;
};

static void write_moment(struct json_out *j, struct moment m) {
    struct arena a = {0};
    if (m.ms)
        json_put_text(j, moment_print(&a, m));
    else
        json_put_null(j);
    arena_free(&a);
}

static void write_date(struct json_out *j, struct date d) {
    struct arena a = {0};
    if (d.year)
        json_put_text(j, date_print(&a, d));
    else
        json_put_null(j);
    arena_free(&a);
}

static void put_id(struct json_out *j, int64_t id) {
    if (id)
        json_put_int(j, id);
    else
        json_put_null(j);
}

static void write_list(struct json_out *j, const struct api_shape *shape, const struct list *l) {
    json_begin_array(j);
    for (size_t i = 0; i < l->count; i++) api_write(j, shape, (const char *)l->items + i * shape->size);
    json_end_array(j);
}

static void write_answers(struct json_out *j, struct bytes encoded) {
    struct arena a = {0};
    struct answers answers = {.arena = &a};
    if (encoded.n && !answers_decode(&a, encoded, &answers)) {
        json_put_raw(j, answers_json(&a, &answers));
    } else {
        json_begin_object(j);
        json_end_object(j);
    }
    arena_free(&a);
}

static void write_value(struct json_out *j, const struct api_field *f, const void *at) {
    switch (f->kind) {
    case API_TEXT: json_put_text(j, *(const struct text *)at); break;
    case API_ID: put_id(j, *(const int64_t *)at); break;
    case API_NUMBER: json_put_int(j, *(const int64_t *)at); break;
    case API_SMALL: json_put_int(j, *(const int *)at); break;
    case API_COUNT: json_put_int(j, (int64_t) * (const size_t *)at); break;
    case API_BOOL: json_put_bool(j, *(const bool *)at); break;
    case API_DATE: write_date(j, *(const struct date *)at); break;
    case API_MOMENT: write_moment(j, *(const struct moment *)at); break;
    case API_JSON: json_put_raw(j, *(const struct text *)at); break;
    case API_ANSWERS: write_answers(j, *(const struct bytes *)at); break;
    case API_LIST: write_list(j, f->shape, at); break;
    case API_INSIDE: api_write(j, f->shape, at); break;
    case API_TEXTS:
    case API_OBJECTS:
    case API_END: json_put_null(j); break;
    }
}

void api_write(struct json_out *j, const struct api_shape *shape, const void *from) {
    json_begin_object(j);
    for (const struct api_field *f = shape->fields; f->kind; f++) {
        json_key(j, f->name);
        write_value(j, f, (const char *)from + f->at);
    }
    json_end_object(j);
}
