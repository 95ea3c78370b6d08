// json.h - JSON in (jansson, bounded) and out (a streaming writer that cannot produce bad JSON).
#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "base/problem.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 64 }; // the form-js schemas we ship nest 8 deep

// Parses one document of at most `max` bytes; duplicate keys are refused. The caller owns *out
// (json_decref). STATUS_TOO_LARGE, or STATUS_INVALID with line and rule in `p`.
enum status json_read(struct text in, size_t max, json_t **out, struct problem *p);

// The string member `key` of an object, or `otherwise`. Points into the json value.
struct text json_text(const json_t *object, const char *key, struct text otherwise);
int64_t json_number(const json_t *object, const char *key, int64_t otherwise);
bool json_flag(const json_t *object, const char *key, bool otherwise);

// Writer: values are written in order; commas and escapes are its own business. Keys only inside objects.
struct json_out {
    struct out *out;
    uint64_t nested; // one bit a level: 1 = a value was already written there
    unsigned depth;
};
void json_begin_object(struct json_out *j);
void json_end_object(struct json_out *j);
void json_begin_array(struct json_out *j);
void json_end_array(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_key_text(struct json_out *j, struct text key);
void json_put_text(struct json_out *j, struct text value);
void json_put_int(struct json_out *j, int64_t value);
void json_put_bool(struct json_out *j, bool value);
void json_put_null(struct json_out *j);
void json_put_raw(struct json_out *j, struct text json); // already JSON: a number, or a nested document
