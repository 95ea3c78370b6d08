// Reading the components of form-js schemas.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "pack/form_reading.h"

// form-js type, or properties.type for our own -> kind.
static const struct {
    const char *type;
    enum field_kind kind;
} TYPES[] = {
    {"textfield", FIELD_TEXT},
    {"textarea", FIELD_TEXTAREA},
    {"number", FIELD_NUMBER},
    {"select", FIELD_SELECT},
    {"taglist", FIELD_SELECT},
    {"radio", FIELD_RADIO},
    {"checkbox", FIELD_CHECKBOX},
    {"checklist", FIELD_CHECKLIST},
    {"filepicker", FIELD_FILE},
    {"group", FIELD_GROUP},
    {"dynamiclist", FIELD_REPEAT},
    {"text", FIELD_PARAGRAPH},
    {"html", FIELD_PARAGRAPH},
    {"separator", FIELD_SEPARATOR},
    {"spacer", FIELD_SEPARATOR},
    {"datetime", FIELD_DATE},
    {"partial_date", FIELD_PARTIAL_DATE},
    {"name", FIELD_NAME},
    {"country", FIELD_COUNTRY},
    {"nationality", FIELD_NATIONALITY},
    {"language", FIELD_LANGUAGE},
    {"phone", FIELD_PHONE},
    {"email", FIELD_EMAIL},
    {"document", FIELD_FILE},
    {"heading", FIELD_HEADING},
};

static bool kind_of(struct text type, enum field_kind *out) {
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (text_eq(type, text_of(TYPES[i].type))) return *out = TYPES[i].kind, true;
    return false;
}

static enum status read_kind(const struct reading *r, const json_t *j, const json_t *properties,
                             struct form_field *f) {
    struct text type, own;
    enum status st = reading_need_text(r, j, "type", &type);
    if (!st) st = reading_text(r, properties, "type", &own);
    if (st) return st;
    if (!kind_of(own.n ? own : type, &f->kind))
        return reading_fail(r, "type", "form_type_unknown", own.n ? own : type);
    if (f->kind == FIELD_DATE) {
        struct text subtype;
        st = reading_text(r, j, "subtype", &subtype);
        if (text_eq(subtype, T("time")))
            f->kind = FIELD_TIME;
        else if (text_eq(subtype, T("datetime")))
            f->kind = FIELD_DATETIME;
    }
    f->is_multiple = f->kind == FIELD_CHECKLIST || f->kind == FIELD_FILE || text_eq(type, T("taglist"));
    return st;
}

static bool is_text_only(enum field_kind k) {
    return k == FIELD_HEADING || k == FIELD_PARAGRAPH || k == FIELD_SEPARATOR;
}
static bool has_children(enum field_kind k) {
    return k == FIELD_GROUP || k == FIELD_REPEAT;
}
static bool has_choice(enum field_kind k) {
    return k == FIELD_SELECT || k == FIELD_RADIO || k == FIELD_CHECKLIST;
}

// ---- parts of a component
// ----------------------------------------------------------------------------------

static enum status read_number(const struct reading *r, const json_t *j, const char *member, bool *has,
                               double *out) {
    const json_t *v = json_object_get(j, member);
    if (!v) return STATUS_OK;
    if (!json_is_number(v)) return reading_fail(r, member, "value_kind", T("number"));
    *has = true;
    *out = json_number_value(v);
    return STATUS_OK;
}

static enum status read_pattern(const struct reading *r, const json_t *validate, struct form_field *f) {
    enum status st = reading_text(r, validate, "pattern", &f->pattern);
    if (st || f->pattern.n == 0) return st;
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
    f->pattern_code = pcre2_compile((PCRE2_SPTR)f->pattern.p, f->pattern.n, options, &error, &at, NULL);
    return f->pattern_code ? STATUS_OK : reading_fail(r, "pattern", "form_pattern", f->pattern);
}

static enum status read_validate(const struct reading *parent, const json_t *component,
                                 struct form_field *f) {
    static const char *const KNOWN[] = {"required", "minLength", "maxLength",      "min",
                                        "max",      "pattern",   "validationType", NULL};
    const json_t *j = json_object_get(component, "validate");
    if (!j) return STATUS_OK;
    struct reading r = reading_member(parent, "validate");
    struct text type;
    enum status st = reading_only(&r, j, KNOWN);
    if (!st) st = reading_flag(&r, j, "required", &f->is_required);
    if (!st) st = reading_int(&r, j, "minLength", 0, ANSWER_VALUE_MAX, &f->min_length);
    if (!st) st = reading_int(&r, j, "maxLength", 1, ANSWER_VALUE_MAX, &f->max_length);
    if (!st) st = read_number(&r, j, "min", &f->has_min, &f->min);
    if (!st) st = read_number(&r, j, "max", &f->has_max, &f->max);
    if (!st) st = read_pattern(&r, j, f);
    if (!st) st = reading_text(&r, j, "validationType", &type);
    if (!st && f->kind == FIELD_TEXT && text_eq(type, T("email"))) f->kind = FIELD_EMAIL;
    if (!st && f->kind == FIELD_TEXT && text_eq(type, T("phone"))) f->kind = FIELD_PHONE;
    return st;
}

static enum status read_condition(const struct reading *r, const json_t *component, struct text *source,
                                  const struct feel_expression **out) {
    struct text hide;
    const json_t *conditional = json_object_get(component, "conditional");
    enum status st = reading_text(r, conditional, "hide", &hide);
    if (st || hide.n == 0) return st;
    if (hide.p[0] == '=') hide = text_trim(text_slice(hide, 1, hide.n));
    *source = hide;
    struct problem why;
    st = feel_parse(r->a, hide, FEEL_EXPRESSION, NULL, out, &why);
    return st ? reading_fail(r, "conditional.hide", "expression", hide) : STATUS_OK;
}

static enum status read_int_text(const struct reading *r, const json_t *j, const char *member, int64_t min,
                                 int64_t max, int64_t *out) {
    struct text t; // properties of form-js are texts
    enum status st = reading_text(r, j, member, &t);
    if (st || t.n == 0) return st;
    if (!text_int(t, out) || *out < min || *out > max) return reading_fail(r, member, "value_range", t);
    return STATUS_OK;
}

static const char *const SEARCHES[] = {"none",        "number", "issuer",     "doc_kind", "name",
                                       "family",      "given",  "patronymic", "birth",    "birth_place",
                                       "nationality", "sex",    "plate",      "word",     NULL};
_Static_assert(sizeof SEARCHES / sizeof *SEARCHES - 1 == SEARCH_COUNT, "a name for each");

const char *field_search_name(enum field_search s) {
    return SEARCHES[s];
}

// The form editor writes texts, people write true.
static enum status read_flag_text(const struct reading *r, const json_t *j, const char *member, bool *out) {
    const json_t *v = json_object_get(j, member);
    if (!json_is_string(v)) return reading_flag(r, j, member, out);
    *out = text_eq(text_of(json_string_value(v)), T("true"));
    return STATUS_OK;
}

static enum status read_properties(const struct reading *parent, const json_t *j, struct form_field *f) {
    static const char *const KNOWN[] = {
        "type",          "section",      "intro",          "purpose",    "need",          "class",
        "codes",         "dates",        "years_back_max", "script",     "transliterate", "autocomplete",
        "required_text", "pattern_text", "add_text",       "entry_text", "min_entries",   "max_entries",
        "level",         "search",       "list",           NULL};
    static const char *const DATES[] = {"any", "past", "future", NULL};
    struct reading at = reading_member(parent, "properties"), *r = &at;
    int64_t min = 0, max = FORM_REPEAT_MAX, level = 2;
    int dates = 0, search = 0;
    enum status st = j ? reading_only(r, j, KNOWN) : STATUS_OK;
    if (!st) st = reading_text(r, j, "purpose", &f->purpose);
    if (!st) st = reading_text(r, j, "need", &f->need);
    if (!st) st = reading_text(r, j, "class", &f->attribute_class);
    if (!st) st = reading_text(r, j, "codes", &f->code_list);
    if (!st) st = reading_choice(r, j, "dates", DATES, &dates);
    if (!st) st = read_int_text(r, j, "years_back_max", 0, 1000, &f->years_back_max);
    if (!st) st = reading_text(r, j, "script", &f->script);
    if (!st) st = reading_text(r, j, "transliterate", &f->transliterate);
    if (!st) st = reading_text(r, j, "autocomplete", &f->autocomplete);
    if (!st) st = reading_text(r, j, "required_text", &f->required_key);
    if (!st) st = reading_text(r, j, "pattern_text", &f->pattern_key);
    if (!st) st = reading_text(r, j, "add_text", &f->add_key);
    if (!st) st = reading_text(r, j, "entry_text", &f->entry_key);
    if (!st) st = read_int_text(r, j, "min_entries", 0, FORM_REPEAT_MAX, &min);
    if (!st) st = read_int_text(r, j, "max_entries", 1, FORM_REPEAT_MAX, &max);
    if (!st) st = read_int_text(r, j, "level", 1, 6, &level);
    if (!st) st = reading_choice(r, j, "search", SEARCHES, &search);
    if (!st) st = read_flag_text(r, j, "list", &f->is_listed);
    f->date_rule = (enum date_rule)dates;
    f->repeat_min = (size_t)min;
    f->repeat_max = (size_t)max;
    f->level = (int)level;
    f->search = (enum field_search)search;
    return st;
}

static enum status read_options(const struct reading *r, const json_t *j, struct form_field *f) {
    json_t *list, *item;
    size_t i;
    struct text key;
    enum status st = reading_array(r, j, "values", FORM_OPTIONS_MAX, &list);
    if (!st) st = reading_text(r, j, "valuesKey", &key);
    if (st) return st;
    if (text_starts(key, T("codes_"))) f->code_list = text_slice(key, 6, key.n);
    struct form_option *options = ARENA_ARRAY(r->a, struct form_option, json_array_size(list) + 1);
    struct reading at = reading_member(r, "values");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = reading_need_text(&here, item, "value", &options[i].value);
        if (!st) st = reading_need_text(&here, item, "label", &options[i].label_key);
        for (size_t k = 0; k < i && !st; k++)
            if (text_eq(options[k].value, options[i].value))
                st = reading_fail(&here, "value", "duplicate", options[i].value);
        if (st) return st;
    }
    f->options = options;
    f->option_count = json_array_size(list);
    if (f->kind == FIELD_COUNTRY && !f->code_list.n) f->code_list = T("country");
    if (f->kind == FIELD_NATIONALITY && !f->code_list.n) f->code_list = T("nationality");
    if (f->kind == FIELD_LANGUAGE && !f->code_list.n) f->code_list = T("language");
    if (has_choice(f->kind) && !f->option_count && !f->code_list.n)
        return reading_fail(r, NULL, "member_missing", T("values"));
    return STATUS_OK;
}

static enum status read_labels(const struct reading *r, const json_t *j, struct form_field *f) {
    enum status st = reading_text(r, j, "label", &f->label_key);
    if (!st && !f->label_key.n) st = reading_text(r, j, "dateLabel", &f->label_key);
    if (!st && !f->label_key.n) st = reading_text(r, j, "timeLabel", &f->label_key);
    if (!st) st = reading_text(r, j, "description", &f->hint_key);
    if (!st) st = reading_text(r, j, "text", &f->text_key);
    if (!st && !f->text_key.n) st = reading_text(r, j, "content", &f->text_key);
    if (!st) st = reading_flag(r, j, "readonly", &f->is_read_only);
    bool needs_text = f->kind == FIELD_HEADING || f->kind == FIELD_PARAGRAPH;
    if (!st && needs_text && !f->text_key.n) st = reading_fail(r, NULL, "member_missing", T("text"));
    bool needs_label = !needs_text && f->kind != FIELD_SEPARATOR && f->kind != FIELD_GROUP;
    if (!st && needs_label && !f->label_key.n) st = reading_fail(r, NULL, "member_missing", T("label"));
    return st;
}

// ---- paths
// -------------------------------------------------------------------------------------------------

static enum status read_key(const struct reading *r, struct form_builder *b, const json_t *j,
                            struct text scope, struct form_field *f) {
    enum status st = reading_text(r, j, has_children(f->kind) ? "path" : "key", &f->key);
    if (st) return st;
    if (f->kind == FIELD_GROUP && f->key.n == 0) return f->path = scope, STATUS_OK;
    if (f->key.n == 0)
        return reading_fail(r, NULL, "member_missing", has_children(f->kind) ? T("path") : T("key"));
    size_t dot;
    if (!answer_path_ok(f->key) || text_find(f->key, T("."), &dot) || text_find(f->key, T("["), &dot))
        return reading_fail(r, "key", "form_key", f->key);
    f->path = scope.n ? TEXT_JOIN(r->a, scope, T("."), f->key) : f->key;
    if (f->kind == FIELD_GROUP) return STATUS_OK;
    for (size_t i = 0; i < b->form->field_count; i++)
        if (text_eq(b->paths[i], f->path)) return reading_fail(r, "key", "duplicate", f->path);
    b->paths[b->form->field_count++] = f->path;
    return STATUS_OK;
}

static enum status read_children(const struct reading *r, struct form_builder *b, const json_t *j, int depth,
                                 struct form_field *f) {
    struct text scope = f->kind == FIELD_REPEAT ? TEXT_JOIN(r->a, f->path, T("[]")) : f->path;
    enum status st = form_read_components(r, b, j, scope, depth + 1, &f->children, &f->child_count);
    if (!st && f->child_count == 0) st = reading_fail(r, NULL, "member_missing", T("components"));
    return st;
}

static enum status read_component(const struct reading *r, struct form_builder *b, const json_t *j,
                                  struct text scope, int depth, struct form_field *f) {
    const json_t *properties = json_object_get(j, "properties");
    if (!json_is_object(j)) return reading_fail(r, NULL, "value_kind", T("object"));
    if (b->form->field_count == FORM_FIELDS_MAX) return reading_fail(r, NULL, "too_many", T("400"));
    f->form = b->form;
    enum status st = reading_text(r, j, "id", &f->id);
    if (!st) st = read_kind(r, j, properties, f);
    if (!st) st = read_labels(r, j, f);
    if (!st) st = read_properties(r, properties, f);
    if (!st) st = read_condition(r, j, &f->hide_source, &f->hide);
    if (st || is_text_only(f->kind)) return st;
    st = read_key(r, b, j, scope, f);
    if (st) return st;
    if (has_children(f->kind)) return read_children(r, b, j, depth, f);
    st = read_validate(r, j, f);
    return st ? st : read_options(r, j, f);
}

bool form_is_button(const json_t *component) {
    return text_eq(json_text(component, "type", T("")), T("button")); // pages bring their own
}

enum status form_read_components(const struct reading *r, struct form_builder *b, const json_t *j,
                                 struct text scope, int depth, const struct form_field **out, size_t *count) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "components", FORM_FIELDS_MAX, &list);
    if (st) return st;
    if (depth > FORM_DEPTH_MAX) return reading_fail(r, NULL, "form_depth", T("4"));
    struct form_field *fields = ARENA_ARRAY(r->a, struct form_field, json_array_size(list) + 1);
    struct reading at = reading_member(r, "components");
    *out = fields;
    *count = 0;
    json_array_foreach(list, i, item) {
        if (form_is_button(item)) continue;
        struct reading here = reading_item(&at, i);
        // Counted before it is read, so that form_close finds what a failing component has opened.
        st = read_component(&here, b, item, scope, depth, &fields[(*count)++]);
        if (st) return st;
    }
    return STATUS_OK;
}

// ---- closing
// -----------------------------------------------------------------------------------------------

static void close_fields(const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pcre2_code_free(fields[i].pattern_code);
        close_fields(fields[i].children, fields[i].child_count);
    }
}

void form_close(struct form *f) {
    for (size_t i = 0; f && i < f->section_count; i++)
        close_fields(f->sections[i].fields, f->sections[i].field_count);
}
