// Values as text (string(), literals) and as JSON, in and out.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rules/number.h"
#include "rules/temporal.h"
#include "rules/value.h"

enum style { PLAIN, INSIDE, LITERAL }; // string() of a value; inside a list or context; to be parsed again

static void print_quoted(struct out *o, struct text t) {
    out_byte(o, '"');
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"' || t.p[i] == '\\') out_byte(o, '\\');
        out_byte(o, t.p[i]);
    }
    out_byte(o, '"');
}

static bool is_plain_key(struct text key) {
    if (key.n == 0 || (key.p[0] >= '0' && key.p[0] <= '9')) return false;
    for (size_t i = 0; i < key.n; i++) {
        unsigned char c = (unsigned char)key.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c >= 0x80;
        if (!word && !(c == ' ' && i && i + 1 < key.n && key.p[i - 1] != ' ')) return false;
    }
    return true;
}

static void print_value(struct out *o, const struct feel_value *v, enum style style, int depth);

static void print_context(struct out *o, const struct feel_context *c, enum style style, int depth) {
    out_byte(o, '{');
    for (size_t i = 0; i < c->count; i++) {
        if (i) out_c(o, ", ");
        if (is_plain_key(c->entries[i].key))
            out_text(o, c->entries[i].key);
        else
            print_quoted(o, c->entries[i].key);
        out_c(o, ": ");
        print_value(o, &c->entries[i].value, style, depth);
    }
    out_byte(o, '}');
}

static void print_range(struct out *o, const struct feel_range *r, enum style style, int depth) {
    static const char *const OPERATORS[] = {
        [FEEL_LESS] = "<",      [FEEL_AT_MOST] = "<=", [FEEL_MORE] = ">",
        [FEEL_AT_LEAST] = ">=", [FEEL_SAME] = "=",     [FEEL_NOT_SAME] = "!=",
    };
    if (r->form != FEEL_INTERVAL) {
        out_c(o, OPERATORS[r->form]);
        return print_value(o, r->low.kind == FEEL_NULL ? &r->high : &r->low, style, depth);
    }
    out_byte(o, r->low_closed ? '[' : '(');
    print_value(o, &r->low, style, depth);
    out_c(o, "..");
    print_value(o, &r->high, style, depth);
    out_byte(o, r->high_closed ? ']' : ')');
}

static void print_value(struct out *o, const struct feel_value *v, enum style style, int depth) {
    if (depth > VALUE_DEPTH_MAX || o->n > FEEL_STRING_MAX) return out_c(o, "...");
    enum style inside = style == PLAIN ? INSIDE : style;
    switch (v->kind) {
    case FEEL_NULL: out_c(o, "null"); break;
    case FEEL_BOOLEAN: out_c(o, v->boolean ? "true" : "false"); break;
    case FEEL_NUMBER: out_text(o, number_print(o->arena, v->number)); break;
    case FEEL_STRING:
        if (style == PLAIN)
            out_text(o, v->string);
        else
            print_quoted(o, v->string);
        break;
    case FEEL_LIST:
        out_byte(o, '[');
        for (size_t i = 0; i < v->list.count; i++) {
            if (i) out_c(o, ", ");
            print_value(o, &v->list.items[i], inside, depth + 1);
        }
        out_byte(o, ']');
        break;
    case FEEL_CONTEXT: print_context(o, &v->context, inside, depth + 1); break;
    case FEEL_RANGE: print_range(o, v->range, inside, depth + 1); break;
    case FEEL_FUNCTION: out_c(o, "<function>"); break;
    default:
        if (style == LITERAL) out_c(o, "@\"");
        temporal_print(o, v);
        if (style == LITERAL) out_byte(o, '"');
    }
}

struct text feel_print(struct arena *a, const struct feel_value *v) {
    struct out o = {.arena = a};
    print_value(&o, v, PLAIN, 0);
    return out_done(&o);
}

struct text feel_print_literal(struct arena *a, const struct feel_value *v) {
    struct out o = {.arena = a};
    print_value(&o, v, LITERAL, 0);
    return out_done(&o);
}

// ---- JSON ----

void feel_to_json(struct json_out *j, const struct feel_value *v) {
    if (j->depth >= JSON_DEPTH_MAX - 1 || j->out->n > FEEL_MEMORY_MAX) return json_put_null(j);
    switch (v->kind) {
    case FEEL_NULL:
    case FEEL_FUNCTION: json_put_null(j); break;
    case FEEL_BOOLEAN: json_put_bool(j, v->boolean); break;
    case FEEL_NUMBER: json_put_raw(j, number_print(j->out->arena, v->number)); break;
    case FEEL_STRING: json_put_text(j, v->string); break;
    case FEEL_LIST:
        json_begin_array(j);
        for (size_t i = 0; i < v->list.count; i++) feel_to_json(j, &v->list.items[i]);
        json_end_array(j);
        break;
    case FEEL_CONTEXT:
        json_begin_object(j);
        for (size_t i = 0; i < v->context.count; i++) {
            json_key_text(j, v->context.entries[i].key);
            feel_to_json(j, &v->context.entries[i].value);
        }
        json_end_object(j);
        break;
    default: json_put_text(j, feel_print(j->out->arena, v));
    }
}

// The shortest digits that read back as the same double: 0.1 stays 0.1.
static struct feel_value number_of_real(double d) {
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, d);
        if (strtod(digits, NULL) == d) break;
    }
    return isfinite(d) ? feel_number_of(text_of(digits)) : feel_null();
}

static enum status from_json(struct arena *a, const json_t *in, struct feel_value *out, int depth) {
    if (depth > VALUE_DEPTH_MAX) return STATUS_TOO_LARGE;
    enum status st = STATUS_OK;
    *out = feel_null();
    switch (json_typeof(in)) {
    case JSON_NULL: break;
    case JSON_TRUE:
    case JSON_FALSE: *out = feel_boolean(json_is_true(in)); break;
    case JSON_INTEGER: *out = feel_int(json_integer_value(in)); break;
    case JSON_REAL: *out = number_of_real(json_real_value(in)); break;
    case JSON_STRING:
        *out = feel_string(text_copy(a, (struct text){json_string_value(in), json_string_length(in)}));
        break;
    case JSON_ARRAY: {
        size_t count = json_array_size(in);
        struct feel_value *items = ARENA_ARRAY(a, struct feel_value, count);
        for (size_t i = 0; i < count && !st; i++)
            st = from_json(a, json_array_get(in, i), &items[i], depth + 1);
        *out = feel_list_of(items, count);
        break;
    }
    case JSON_OBJECT: {
        struct feel_entry *entries = ARENA_ARRAY(a, struct feel_entry, json_object_size(in));
        size_t count = 0;
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)in, key, value) {
            if (st) break;
            entries[count].key = text_copy(a, text_of(key));
            st = from_json(a, value, &entries[count].value, depth + 1);
            count++;
        }
        *out = (struct feel_value){.kind = FEEL_CONTEXT, .context = {entries, count}};
        break;
    }
    }
    if (st) *out = feel_null();
    return st;
}

enum status feel_from_json(struct arena *a, const json_t *in, struct feel_value *out) {
    return from_json(a, in, out, 0);
}
