// What a pack holds, thing by thing. The order is that of the files; names are those of the English texts.
#include "pack/pack_things.h"
#include "base/encode.h"

struct thing *thing_add(struct things *t, enum pack_section section, struct text id, struct text name) {
    struct thing *one = ARENA_NEW(t->arena, struct thing);
    one->section = section;
    one->id = id;
    one->name = name.n ? name : id;
    *ARENA_PUSH(t->arena, t) = one;
    return one;
}

void thing_say(struct things *t, struct thing *one, const char *property, struct text value) {
    if (!value.n || one->property_count == THING_PROPERTIES_MAX) return;
    one->properties[one->property_count].name = text_copy(t->arena, text_of(property));
    one->properties[one->property_count++].value = value;
}

static struct text english(const struct things *t, struct text key) {
    struct texts texts = {{t->pack->catalog}, 1};
    return key.n ? texts_get(&texts, SOURCE_LANGUAGE, key, NULL) : T("");
}

static void say_flag(struct things *t, struct thing *one, const char *property, bool value) {
    thing_say(t, one, property, value ? T("yes") : T("no"));
}

static void say_number(struct things *t, struct thing *one, const char *property, int64_t value) {
    if (value) thing_say(t, one, property, text_printf(t->arena, "%lld", (long long)value));
}

// ---- pack.json
// ---------------------------------------------------------------------------------------------

static void manifest(struct things *t) {
    static const char *const CHOICES[] = {"made", "registered", "lodged"};
    const struct pack *k = t->pack;
    struct thing *one = thing_add(t, PACK_SECTION_FILES, T("pack.json"), english(t, k->title_key));
    thing_say(t, one, "valid_from", date_print(t->arena, k->valid_from));
    if (k->valid_to.year) thing_say(t, one, "valid_to", date_print(t->arena, k->valid_to));
    thing_say(t, one, "chosen_by", text_of(CHOICES[k->chosen_by]));
    thing_say(t, one, "number", k->number);
    thing_say(t, one, "purpose", k->purpose);
    say_flag(t, one, "opened_by_person", k->is_opened_by_person);
    say_flag(t, one, "opened_by_staff", k->is_opened_by_staff);
    thing_say(t, one, "official_language", k->official_language);
    thing_say(t, one, "calendar", k->calendar_id);
    for (size_t i = 0; i < k->letter_values.count; i++)
        thing_say(t, one, text_c(t->arena, k->letter_values.items[i].path), k->letter_values.items[i].value);
    for (size_t i = 0; i < k->need_count; i++) {
        one = thing_add(t, PACK_SECTION_REFERENCES, k->needs[i].id, T(""));
        thing_say(t, one, "version", pack_version(k->needs[i].pack));
    }
    for (size_t i = 0; i < k->legal.count; i++) {
        one = thing_add(t, PACK_SECTION_REFERENCES, k->legal.items[i].id, k->legal.items[i].title);
        thing_say(t, one, "address", k->legal.items[i].eli);
    }
    for (size_t i = 0; i < k->files.count; i++) {
        struct pack_file f = k->files.items[i];
        if (!text_starts(f.name, T("calendars/"))) continue;
        struct hash h = hash_of(f.content);
        one = thing_add(t, PACK_SECTION_FILES, f.name, T(""));
        thing_say(t, one, "content", text_slice(hex_encode(t->arena, hash_bytes(&h)), 0, 16));
    }
}

// ---- deadlines
// ---------------------------------------------------------------------------------------------

static struct text period(struct things *t, struct deadline_period p) {
    if (!p.count) return T("");
    struct text unit = text_of(deadline_unit_name(p.unit));
    char *words = arena_copy(t->arena, unit.p, unit.n);
    for (size_t i = 0; i < unit.n; i++)
        if (words[i] == '_') words[i] = ' ';
    return text_printf(t->arena, "%lld %.*s", (long long)p.count, (int)unit.n, words);
}

static void deadline(struct things *t, const struct deadline_rule *d) {
    static const char *const MARKS[] = {"V", "V2", "M", "N"};
    struct thing *one = thing_add(t, PACK_SECTION_DEADLINES, d->id, english(t, d->label_key));
    one->note = TEXT_JOIN(t->arena, d->article, T("; from "), date_print(t->arena, d->valid_from));
    thing_say(t, one, "period", period(t, d->period));
    thing_say(t, one, "article", d->article);
    thing_say(t, one, "starts_with", d->trigger);
    thing_say(t, one, "ends_with", d->met_by);
    thing_say(t, one, "condition", d->when);
    thing_say(t, one, "owner", d->owner == OWNER_PERSON ? T("person") : T("authority"));
    thing_say(t, one, "computation", d->computation == COMPUTE_1182_71 ? T("reg_1182_71") : T("calendar"));
    thing_say(t, one, "calendar", d->calendar);
    thing_say(t, one, "effect", d->effect);
    thing_say(t, one, "longest", period(t, d->max_total));
    say_flag(t, one, "can_suspend", d->can_suspend);
    thing_say(t, one, "mark", text_of(MARKS[d->mark]));
    for (size_t i = 0; i < d->extension_count; i++) {
        const struct deadline_extension *e = &d->extensions[i];
        struct text value =
            TEXT_JOIN(t->arena, e->is_total ? T("to ") : T("by "), period(t, e->period), T(", "), e->article);
        thing_say(t, one, text_c(t->arena, TEXT_JOIN(t->arena, T("extension "), e->reason)), value);
    }
}

// Of the versions of one rule that of the day, else the last.
static void deadlines(struct things *t) {
    const struct deadlines *all = &t->pack->deadlines;
    for (size_t i = 0; i < all->count; i++) {
        const struct deadline_rule *on_day = deadlines_find(all, all->items[i].id, t->day);
        bool is_last = true;
        for (size_t k = i + 1; k < all->count; k++) is_last &= !text_eq(all->items[k].id, all->items[i].id);
        if (on_day ? on_day == &all->items[i] : is_last) deadline(t, &all->items[i]);
    }
}

// ---- questions and letters
// ----------------------------------------------------------------------------------

static void question(struct things *t, const struct form *form, const struct form_field *f) {
    struct text id = TEXT_JOIN(t->arena, form->id, T("."), f->path);
    struct thing *one = thing_add(t, PACK_SECTION_FORMS, id, english(t, f->label_key));
    struct out options = {.arena = t->arena};
    say_flag(t, one, "required", f->is_required);
    say_number(t, one, "kind", f->kind);
    say_number(t, one, "min_length", f->min_length);
    say_number(t, one, "max_length", f->max_length);
    thing_say(t, one, "list", f->code_list);
    for (size_t i = 0; i < f->option_count; i++)
        out_printf(&options, "%s" TEXT_FMT, i ? ", " : "", TEXT_ARG(f->options[i].value));
    thing_say(t, one, "options", out_done(&options));
    thing_say(t, one, "hidden_when", f->hide_source);
    thing_say(t, one, "purpose", f->purpose);
    thing_say(t, one, "need", f->need);
    thing_say(t, one, "class", f->attribute_class);
    thing_say(t, one, "pattern", f->pattern);
}

static void questions(struct things *t, const struct form *form, const struct form_field *fields, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (fields[i].key.n) question(t, form, &fields[i]);
        questions(t, form, fields[i].children, fields[i].child_count);
    }
}

void things_of_form(struct things *t, const struct form *form) {
    for (size_t i = 0; i < form->section_count; i++)
        questions(t, form, form->sections[i].fields, form->sections[i].field_count);
}

static void letter(struct things *t, const struct letter_template *l) {
    struct thing *one = thing_add(t, PACK_SECTION_LETTERS, l->id, english(t, l->title_key));
    thing_say(t, one, "legal_basis", l->legal_basis);
    thing_say(t, one, "deadline", l->deadline);
    say_flag(t, one, "adverse", l->is_adverse);
    for (size_t i = 0; i < l->part_count; i++) {
        const struct letter_part *part = &l->parts[i];
        if (part->text_key.n) {
            one = thing_add(t, PACK_SECTION_LETTERS, TEXT_JOIN(t->arena, l->id, T(": "), part->text_key),
                            english(t, part->text_key));
            thing_say(t, one, "condition", part->condition_source);
        }
        for (size_t k = 0; k < part->item_count; k++)
            thing_add(t, PACK_SECTION_LETTERS, TEXT_JOIN(t->arena, l->id, T(": "), part->items[k]),
                      english(t, part->items[k]));
    }
}

// ---- lists, access, texts
// --------------------------------------------------------------------------------------

static void code(struct things *t, const struct code_list *l, const struct code *c) {
    const char *name;
    json_t *value;
    struct text id = TEXT_JOIN(t->arena, l->id, T("."), c->code);
    struct thing *one = thing_add(t, PACK_SECTION_CODES, id, code_name(l, c, SOURCE_LANGUAGE));
    json_object_foreach((json_t *)c->properties, name, value) {
        if (text_eq(text_of(name), T("code")) || text_eq(text_of(name), T("label"))) continue;
        if (json_is_string(value))
            thing_say(t, one, name, text_copy(t->arena, text_of(json_string_value(value))));
        else
            say_flag(t, one, name, json_is_true(value));
    }
}

// One permission for all classes of data together, so that a reader sees whom it is about. `of` is what the
// rows belong to, whose things begin at `first`.
void things_add_permission(struct things *t, struct text of, size_t first, const struct access_row *r,
                           struct text limit) {
    struct text id = TEXT_JOIN(t->arena, of, r->role, T(", "), r->action, T(", "), r->purpose, T(", "),
                               r->relation, r->needs_reason ? T(", with a reason") : T(""), limit);
    struct thing *one = NULL;
    for (size_t i = t->count; i > first && !one && t->items[i - 1]->section == PACK_SECTION_ACCESS; i--)
        if (text_eq(t->items[i - 1]->id, id)) one = t->items[i - 1];
    if (!one) one = thing_add(t, PACK_SECTION_ACCESS, id, T(""));
    for (size_t i = 0; i < one->property_count; i++)
        if (text_eq(one->properties[i].name, r->attribute_class)) return; // allowed by another row too
    thing_say(t, one, text_c(t->arena, r->attribute_class), T("yes"));
}

static void texts(struct things *t) {
    const struct catalog *c = t->pack->catalog;
    struct texts layers = {{c}, 1};
    for (size_t l = 0; l < catalog_languages(c); l++) {
        struct text tag = catalog_language(c, l)->tag;
        for (size_t i = 0; i < catalog_keys(c); i++) {
            bool is_machine_made;
            struct text key = catalog_key(c, i);
            struct thing *one =
                thing_add(t, PACK_SECTION_TEXTS, TEXT_JOIN(t->arena, tag, T(": "), key), T(""));
            thing_say(t, one, "text", texts_get(&layers, tag, key, &is_machine_made));
            say_flag(t, one, "checked", !is_machine_made);
        }
    }
}

void things_of(struct things *t) {
    const struct pack *k = t->pack;
    manifest(t);
    things_of_models(t);
    for (size_t i = 0; i < k->forms.count; i++) things_of_form(t, k->forms.items[i]);
    for (size_t i = 0; i < k->letters.count; i++) letter(t, k->letters.items[i]);
    for (size_t i = 0; i < k->codes.count; i++)
        for (size_t c = 0; c < k->codes.items[i].count; c++)
            code(t, &k->codes.items[i], &k->codes.items[i].items[c]);
    texts(t);
    deadlines(t);
    size_t first = t->count;
    for (size_t i = 0; i < k->access.rows.count; i++)
        things_add_permission(t, T(""), first, &k->access.rows.items[i], T(""));
    things_of_registers(t);
}
