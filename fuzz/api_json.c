// Bodies of the API from strangers: whatever comes, every text that was read lies within its bounds, lists
// end where the struct does, and each mistake has a place, a rule and a sentence.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "api/table.h"
#include "base/json.h"

static void look_at(void *context, const struct problem *p) {
    size_t *count = context;
    if (!p->field || !p->rule || !p->text_key || strlen(p->field) > 400) abort();
    ++*count;
}

static void check_text(const struct api_field *f, const struct text *t) {
    if (t->n && (!text_is_utf8(*t) || (f->max && (int64_t)t->n > f->max))) abort();
}

static void check_field(const struct api_field *f, const void *from) {
    const void *at = (const char *)from + f->at;
    size_t count = f->count_at ? *(const size_t *)((const char *)from + f->count_at) : 0;
    if ((int64_t)count > f->max && f->count_at) abort();
    if (f->kind == API_TEXT) check_text(f, at);
    for (size_t i = 0; f->kind == API_TEXTS && i < count; i++)
        if (((const struct text *)at)[i].n > (size_t)f->each_max) abort();
    for (size_t i = 0; f->kind == API_OBJECTS && i < count; i++)
        for (const struct api_field *inner = f->shape->fields; inner->kind; inner++)
            check_field(inner, (const char *)at + i * f->shape->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct problem p = {0};
    json_t *json;
    size_t mistakes = 0;
    if (size < 1) return 0;
    const struct api_command *c = &API_COMMANDS[data[0] % API_COMMAND_COUNT];
    if (!json_read((struct text){(const char *)data + 1, size - 1}, BODY_JSON_MAX, &json, &p)) {
        struct command *into = ARENA_NEW(&a, struct command);
        struct api_errors e = {&a, &mistakes, look_at, 0};
        api_read_object(json, c->fields, into, T(""), &e);
        if (e.count != mistakes) abort();
        for (const struct api_field *f = c->fields; f->kind; f++) check_field(f, into);
        json_decref(json);
    }
    arena_free(&a);
    return 0;
}
