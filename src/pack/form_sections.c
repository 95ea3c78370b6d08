// Reading a form-js schema as a whole: sections, and the names that conditions use.
#include "pack/form_reading.h"

// ---- sections
// ----------------------------------------------------------------------------------------------

static enum status section_of_group(const struct reading *r, const json_t *j, const struct form_field *group,
                                    struct form_section *s) {
    const json_t *properties = json_object_get(j, "properties");
    enum status st = reading_text(r, properties, "section", &s->id);
    if (!st) st = reading_text(r, properties, "intro", &s->intro_key);
    if (st) return st;
    if (!s->id.n || group->kind != FIELD_GROUP)
        return reading_fail(r, "properties", "form_section_missing", group->id);
    if (!group->label_key.n) return reading_fail(r, NULL, "member_missing", T("label"));
    s->title_key = group->label_key;
    s->hide_source = group->hide_source;
    s->hide = group->hide;
    s->fields = group->children;
    s->field_count = group->child_count;
    return STATUS_OK;
}

static bool has_section(const json_t *component) {
    return json_text(json_object_get(component, "properties"), "section", T("")).n > 0;
}

static enum status read_sections(const struct reading *r, struct form_builder *b, const json_t *j) {
    const struct form_field *fields = NULL;
    size_t count = 0;
    enum status st = form_read_components(r, b, j, T(""), 0, &fields, &count);
    struct form *f = b->form;
    struct form_section *sections = ARENA_ARRAY(r->a, struct form_section, count + 1);
    f->sections = sections;
    f->section_count = 1; // also when reading failed: form_close walks it
    sections[0] = (struct form_section){
        .form = f, .id = f->id, .title_key = f->title_key, .fields = fields, .field_count = count};
    if (st) return st;
    json_t *list = json_object_get(j, "components");
    bool any = false;
    for (size_t i = 0; i < json_array_size(list); i++) any |= has_section(json_array_get(list, i));
    if (!any) return count ? STATUS_OK : reading_fail(r, NULL, "member_missing", T("components"));
    struct form_section *named = ARENA_ARRAY(r->a, struct form_section, count);
    struct reading at = reading_member(r, "components");
    for (size_t i = 0, n = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (form_is_button(item)) continue;
        struct reading here = reading_item(&at, i);
        named[n].form = f;
        st = section_of_group(&here, item, &fields[n], &named[n]);
        for (size_t k = 0; k < n && !st; k++)
            if (text_eq(named[k].id, named[n].id))
                st = reading_fail(&here, "properties.section", "duplicate", named[n].id);
        if (st) return st;
        n++;
    }
    f->sections = named;
    f->section_count = count;
    return STATUS_OK;
}

// ---- names in conditions
// -----------------------------------------------------------------------------------

static bool names_field(const struct form_field *fields, size_t count, struct text name) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (f->key.n && text_eq(f->key, name)) return true;
        if (f->kind == FIELD_GROUP && !f->key.n && names_field(f->children, f->child_count, name))
            return true;
    }
    return false;
}

static bool names_anything(const struct form *f, const struct form_field *siblings, size_t count,
                           struct text name) {
    if (text_eq(name, T("this")) || text_eq(name, T("parent")) || text_eq(name, T("i"))) return true;
    for (size_t i = 0; i < f->section_count; i++)
        if (names_field(f->sections[i].fields, f->sections[i].field_count, name)) return true;
    return names_field(siblings, count, name);
}

bool form_names(const struct form *f, struct text name) {
    return names_anything(f, NULL, 0, name);
}

static enum status check_names(const struct reading *r, const struct form *f, const struct feel_expression *e,
                               const struct form_field *siblings, size_t count, struct text where) {
    size_t uses;
    if (!e) return STATUS_OK;
    const struct text *names = feel_uses(e, &uses);
    for (size_t i = 0; i < uses; i++) {
        if (names_anything(f, siblings, count, names[i])) continue;
        struct reading at = {r->a, r->p, where};
        return reading_fail(&at, "conditional.hide", "form_condition_name", names[i]);
    }
    return STATUS_OK;
}

static enum status check_conditions(const struct reading *r, const struct form *f,
                                    const struct form_field *fields, size_t count,
                                    const struct form_field *entry, size_t entry_count) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < count && !st; i++) {
        const struct form_field *c = &fields[i];
        st = check_names(r, f, c->hide, entry, entry_count, c->path.n ? c->path : c->id);
        bool own = c->kind == FIELD_REPEAT;
        if (!st)
            st = check_conditions(r, f, c->children, c->child_count, own ? c->children : entry,
                                  own ? c->child_count : entry_count);
    }
    return st;
}

static enum status read_form(const struct reading *r, const json_t *j, struct form_builder *b) {
    struct form *f = b->form;
    const json_t *properties = json_object_get(j, "properties");
    int64_t version = 0;
    enum status st = json_is_object(j) ? STATUS_OK : reading_fail(r, NULL, "value_kind", T("object"));
    if (!st) st = reading_int(r, j, "schemaVersion", 4, 19, &version);
    if (!st && !version) st = reading_fail(r, NULL, "member_missing", T("schemaVersion"));
    if (!st) st = reading_need_text(r, j, "id", &f->id);
    if (!st) st = reading_need_text(r, properties, "title", &f->title_key);
    if (!st) st = reading_need_text(r, properties, "use", &f->use);
    if (!st) st = read_sections(r, b, j);
    for (size_t i = 0; i < f->section_count && !st; i++) {
        const struct form_section *s = &f->sections[i];
        st = check_names(r, f, s->hide, NULL, 0, s->id);
        if (!st) st = check_conditions(r, f, s->fields, s->field_count, NULL, 0);
    }
    return st;
}

enum status form_read(struct arena *a, struct text json, struct form **out, struct problem *p) {
    json_t *j;
    *out = NULL;
    enum status st = json_read(json, FORM_BYTES_MAX, &j, p);
    if (st) return st;
    struct form_builder b = {ARENA_NEW(a, struct form), ARENA_ARRAY(a, struct text, FORM_FIELDS_MAX)};
    struct reading r = {a, p, T("")};
    st = read_form(&r, j, &b);
    json_decref(j);
    if (st)
        form_close(b.form);
    else
        *out = b.form;
    return st;
}
