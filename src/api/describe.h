// describe.h - inside api/: how the description is written. Everything goes into one JSON document that is
// being built.
#pragma once
#include "api/table.h"
#include "base/json.h"

enum { SHAPES_MAX = 160 };

struct describing {
    struct json_out j;
    struct arena *arena;
    const struct api_shape *shapes[SHAPES_MAX];
    size_t shape_count;
};
#define J (&d->j)

static inline void put(struct describing *d, const char *name, const char *value) {
    json_key(J, name);
    json_put_text(J, text_of(value));
}
static inline void put_text(struct describing *d, const char *name, struct text value) {
    json_key(J, name);
    json_put_text(J, value);
}
static inline void put_int(struct describing *d, const char *name, int64_t value) {
    json_key(J, name);
    json_put_int(J, value);
}
static inline void put_raw(struct describing *d, const char *name, const char *json) {
    json_key(J, name);
    json_put_raw(J, text_of(json));
}
static inline void begin(struct describing *d, const char *name) {
    json_key(J, name);
    json_begin_object(J);
}
static inline void end(struct describing *d) {
    json_end_object(J);
}

// ---- schema.c: tables as JSON Schema (2020-12); each within an object that is open
void describe_reference(struct describing *d, const struct api_shape *s);
void describe_value(struct describing *d, const struct api_field *f, bool is_out);
void describe_object(struct describing *d, const struct api_field *fields, bool is_out);
// Remembers a shape and those within it for describe_schemas.
void describe_collect(struct describing *d, const struct api_shape *s);
void describe_schemas(struct describing *d);
void describe_problems(struct describing *d);
