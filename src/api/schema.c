// schema.c - fields, shapes and problems as JSON Schema.
#include <assert.h>
#include <string.h>

#include "api/describe.h"

void describe_reference(struct describing *d, const struct api_shape *s) {
    put_text(d, "$ref", text_printf(d->arena, "#/components/schemas/%s", s->name));
}

static void put_words(struct describing *d, const char *words) {
    struct text rest = text_of(words), one;
    json_key(J, "enum");
    json_begin_array(J);
    while (text_cut(&rest, '|', &one)) json_put_text(J, one);
    json_end_array(J);
}

static void put_type(struct describing *d, const char *type, bool may_be_null) {
    if (may_be_null)
        put_raw(d, "type", text_c(d->arena, text_printf(d->arena, "[\"%s\", \"null\"]", type)));
    else
        put(d, "type", type);
}

static void describe_list(struct describing *d, const struct api_field *f) {
    put(d, "type", "array");
    if (f->max) put_int(d, "maxItems", f->max);
    begin(d, "items");
    if (f->kind == API_LIST) {
        describe_reference(d, f->shape);
    } else if (f->kind == API_OBJECTS) {
        describe_object(d, f->shape->fields, false);
    } else {
        put(d, "type", "string");
        put_int(d, "maxLength", f->each_max);
    }
    end(d);
}

static void describe_number(struct describing *d, const struct api_field *f, bool is_out) {
    put_type(d, "integer", is_out && f->kind == API_ID);
    if (is_out) return;
    put_int(d, "minimum", f->min);
    if (f->max) put_int(d, "maximum", f->max);
}

// Within an object that is open.
void describe_value(struct describing *d, const struct api_field *f, bool is_out) {
    switch (f->kind) {
    case API_TEXT:
        put(d, "type", "string");
        if (f->words) put_words(d, f->words);
        if (f->max && !is_out && !f->words) put_int(d, "maxLength", f->max);
        break;
    case API_ID:
    case API_NUMBER:
    case API_SMALL:
    case API_COUNT: describe_number(d, f, is_out); break;
    case API_BOOL: put(d, "type", "boolean"); break;
    case API_DATE:
        put_type(d, "string", is_out);
        put(d, "pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$");
        break;
    case API_MOMENT:
        put_type(d, "string", is_out);
        put(d, "format", "date-time");
        put(d, "pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$");
        break;
    case API_ANSWERS: put(d, "type", "object"); break;
    case API_LIST:
    case API_TEXTS:
    case API_OBJECTS: describe_list(d, f); break;
    case API_INSIDE: describe_reference(d, f->shape); break;
    case API_JSON:
    case API_END: break;
    }
    if (f->about) put(d, "description", f->about);
    if (f->example) {
        json_key(J, "examples");
        json_begin_array(J);
        json_put_raw(J, text_of(f->example));
        json_end_array(J);
    }
}

void describe_object(struct describing *d, const struct api_field *fields, bool is_out) {
    bool any = false;
    put(d, "type", "object");
    begin(d, "properties");
    for (const struct api_field *f = fields; f->kind; f++) {
        begin(d, f->name);
        describe_value(d, f, is_out);
        end(d);
        any |= is_out || f->is_required;
    }
    end(d);
    if (any) {
        json_key(J, "required");
        json_begin_array(J);
        for (const struct api_field *f = fields; f->kind; f++)
            if (is_out || f->is_required) json_put_text(J, text_of(f->name));
        json_end_array(J);
    }
    json_key(J, "additionalProperties");
    json_put_bool(J, false);
}

void describe_collect(struct describing *d, const struct api_shape *s) {
    for (size_t i = 0; i < d->shape_count; i++)
        if (d->shapes[i] == s) return;
    assert(d->shape_count < SHAPES_MAX); // a shape that is left out would be a description that lies
    d->shapes[d->shape_count++] = s;
    for (const struct api_field *f = s->fields; f->kind; f++)
        if (f->kind == API_LIST || f->kind == API_INSIDE) describe_collect(d, f->shape);
}

static const char PROBLEM_SCHEMA[] =
    "{\"type\": \"object\", \"description\": \"RFC 9457.\", \"properties\": {\"type\": {\"type\": "
    "\"string\"},"
    " \"title\": {\"type\": \"string\"}, \"status\": {\"type\": \"integer\"}, \"detail\": {\"type\": "
    "\"string\","
    " \"description\": \"in the language of Accept-Language\"}, \"errors\": {\"type\": \"array\", "
    "\"maxItems\": 16,"
    " \"items\": {\"type\": \"object\", \"properties\": {\"pointer\": {\"type\": \"string\", \"description\":"
    " \"RFC 6901, into the body\"}, \"parameter\": {\"type\": \"string\"}, \"header\": {\"type\": "
    "\"string\"},"
    " \"rule\": {\"type\": \"string\", \"description\": \"stable word for programs\"}, \"detail\": {\"type\":"
    " \"string\"}}, \"required\": [\"rule\", \"detail\"], \"additionalProperties\": false}}, \"changed\": "
    "{\"type\":"
    " \"array\", \"description\": \"what happened to the case since the version in If-Match\", \"items\": "
    "{\"type\":"
    " \"object\", \"properties\": {\"event\": {\"type\": \"string\"}, \"at\": {\"type\": \"string\"}}, "
    "\"required\":"
    " [\"event\", \"at\"], \"additionalProperties\": false}}}, \"required\": [\"type\", \"title\", "
    "\"status\","
    " \"detail\", \"errors\"], \"additionalProperties\": false}";
static const char OAUTH_SCHEMA[] = "{\"type\": \"object\", \"description\": \"RFC 6749, 5.2.\", "
                                   "\"properties\": {\"error\": {\"type\": \"string\"},"
                                   " \"error_description\": {\"type\": \"string\"}}, \"required\": "
                                   "[\"error\"], \"additionalProperties\": false}";

void describe_schemas(struct describing *d) {
    begin(d, "schemas");
    for (size_t i = 0; i < d->shape_count; i++) {
        begin(d, d->shapes[i]->name);
        put(d, "description", d->shapes[i]->about);
        describe_object(d, d->shapes[i]->fields, true);
        end(d);
    }
    put_raw(d, "Problem", PROBLEM_SCHEMA);
    put_raw(d, "OAuthError", OAUTH_SCHEMA);
    end(d);
}

void describe_problems(struct describing *d) {
    begin(d, "responses");
    for (const struct api_problem_kind *k = API_PROBLEMS; k->status; k++) {
        begin(d, text_c(d->arena, text_printf(d->arena, "%u", k->status)));
        put(d, "description", k->title);
        put_raw(d, "content",
                "{\"application/problem+json\": {\"schema\": {\"$ref\": \"#/components/schemas/Problem\"}}}");
        end(d);
    }
    end(d);
}
