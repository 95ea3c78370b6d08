// reading.h - inside pack/: walking JSON of a pack with problems that name the place.
#pragma once
#include "base/date.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/text.h"

// Where we are while reading one file. `place` is a JSON path: "deadlines[3].extensions[0]".
struct reading {
    struct arena *a;
    struct problem *p;
    struct text place;
};

// A deeper place: "place.member" or "place[index]".
struct reading reading_member(const struct reading *r, const char *member);
struct reading reading_item(const struct reading *r, size_t index);

// Fills the problem: field = place (+ "." + member), rule, text key "problem.pack.RULE", arg "what".
enum status reading_fail(const struct reading *r, const char *member, const char *rule, struct text what);

// Refuses members that are not in the zero-ended list: a typing mistake must not switch a rule off.
enum status reading_only(const struct reading *r, const json_t *object, const char *const *known);

// Members. Text is copied to the arena. `need_` fails when absent or empty.
enum status reading_text(const struct reading *r, const json_t *object, const char *member, struct text *out);
enum status reading_need_text(const struct reading *r, const json_t *object, const char *member,
                              struct text *out);
enum status reading_flag(const struct reading *r, const json_t *object, const char *member, bool *out);
enum status reading_int(const struct reading *r, const json_t *object, const char *member, int64_t min,
                        int64_t max, int64_t *out);
enum status reading_date(const struct reading *r, const json_t *object, const char *member, struct date *out);
// One of the names in a zero-ended table; *out is its index.
enum status reading_choice(const struct reading *r, const json_t *object, const char *member,
                           const char *const *names, int *out);
// An array member with at most `max` items; NULL and STATUS_OK when absent.
enum status reading_array(const struct reading *r, const json_t *object, const char *member, size_t max,
                          json_t **out);
// An array of texts.
enum status reading_texts(const struct reading *r, const json_t *object, const char *member, size_t max,
                          struct text **out, size_t *count);
// Hands each item of an array member, with its place, to `take`; the first failure ends it. Nothing when the
// member is absent.
typedef enum status reading_take_fn(const struct reading *at, const json_t *item, void *context);
enum status reading_list(const struct reading *r, const json_t *object, const char *member, size_t max,
                         reading_take_fn *take, void *context);
