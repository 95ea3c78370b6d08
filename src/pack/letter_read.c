// Reading letters/*.json.
#include "pack/letter.h"
#include "pack/reading.h"

static const char *const KINDS[] = {"heading", "paragraph", "list",    "remedy", "signature",
                                    "qr",      "facts",     "reasons", NULL};
static const char *const LETTER_KINDS[] = {"decision", "receipt",     "request", "invitation", "notice",
                                           "leaflet",  "certificate", "hearing", NULL};

static enum status read_condition(const struct reading *r, const json_t *j, struct letter_part *part) {
    struct text source;
    struct problem why;
    enum status st = reading_text(r, j, "if", &source);
    if (st || !source.n) return st;
    if (source.p[0] == '=') source = text_trim(text_slice(source, 1, source.n));
    part->condition_source = source;
    st = feel_parse(r->a, source, FEEL_EXPRESSION, NULL, &part->condition, &why);
    return st ? reading_fail(r, "if", "expression", source) : STATUS_OK;
}

// Facts are {"label", "value"} pairs, other lists plain text keys.
static enum status read_items(const struct reading *r, const json_t *j, struct letter_part *part) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "items", LETTER_PARTS_MAX, &list);
    if (st || !list) return st;
    if (part->kind != LETTER_FACTS) {
        struct text *items;
        st = reading_texts(r, j, "items", LETTER_PARTS_MAX, &items, &part->item_count);
        part->items = items;
        return st;
    }
    static const char *const KNOWN[] = {"label", "value", NULL};
    struct text *labels = ARENA_ARRAY(r->a, struct text, json_array_size(list) + 1);
    struct text *values = ARENA_ARRAY(r->a, struct text, json_array_size(list) + 1);
    struct reading at = reading_member(r, "items");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = reading_only(&here, item, KNOWN);
        if (!st) st = reading_need_text(&here, item, "label", &labels[i]);
        if (!st) st = reading_need_text(&here, item, "value", &values[i]);
        if (st) return st;
    }
    part->items = labels;
    part->item_values = values;
    part->item_count = json_array_size(list);
    return STATUS_OK;
}

static enum status read_part(const struct reading *r, const json_t *j, struct letter_part *part) {
    static const char *const KNOWN[] = {"kind", "level", "text", "value", "each", "items", "if", NULL};
    int kind = -1;
    int64_t level = 2;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_choice(r, j, "kind", KINDS, &kind);
    if (!st && kind < 0) st = reading_fail(r, NULL, "member_missing", T("kind"));
    if (st) return st;
    part->kind = (enum letter_part_kind)kind;
    st = reading_int(r, j, "level", 1, 4, &level);
    part->level = (int)level;
    if (!st) st = reading_text(r, j, "text", &part->text_key);
    if (!st) st = reading_text(r, j, "value", &part->value);
    if (!st) st = reading_text(r, j, "each", &part->each);
    if (!st) st = read_items(r, j, part);
    if (!st) st = read_condition(r, j, part);
    if (st) return st;
    bool needs_text = part->kind != LETTER_FACTS && (part->kind != LETTER_LIST || part->each.n);
    bool needs_items = part->kind == LETTER_FACTS || (part->kind == LETTER_LIST && !part->each.n);
    if (needs_text && !part->text_key.n) return reading_fail(r, NULL, "member_missing", T("text"));
    if (needs_items && !part->item_count) return reading_fail(r, NULL, "member_missing", T("items"));
    if (part->kind == LETTER_REASONS && !part->value.n)
        return reading_fail(r, NULL, "member_missing", T("value"));
    return STATUS_OK;
}

// R-RD-03: body, last day, form, legal aid (and language) in one block that is always there, and what happens
// to the right to stay, which may depend on the decision.
static bool has_remedy(const struct letter_template *l) {
    bool has_block = false, has_stay = false;
    for (size_t i = 0; i < l->part_count; i++) {
        const struct letter_part *part = &l->parts[i];
        if (part->kind != LETTER_REMEDY) continue;
        has_block |= !part->condition && part->item_count >= 4;
        has_stay |= text_starts(part->text_key, T("letter.remedy.stay"));
    }
    return has_block && has_stay;
}

static const struct letter_part *part_of(const struct letter_template *l, enum letter_part_kind kind) {
    for (size_t i = 0; i < l->part_count; i++)
        if (l->parts[i].kind == kind) return &l->parts[i];
    return NULL;
}

static bool says(const struct letter_template *l, struct text key) {
    for (size_t i = 0; i < l->part_count; i++) {
        const struct letter_part *part = &l->parts[i];
        if (text_eq(part->text_key, key) && !part->condition) return true;
    }
    return false;
}

// R-CH-04, R-RD-03, R-AI-16 and the duty to give reasons: a letter without them does not load.
static enum status check_letter(const struct reading *r, const struct letter_template *l) {
    bool is_decision = text_eq(l->kind, T("decision")), is_hearing = text_eq(l->kind, T("hearing"));
    if (!says(l, T("letter.contact"))) return reading_fail(r, "parts", "letter_contact_missing", l->id);
    if (!part_of(l, LETTER_SIGNATURE) && !part_of(l, LETTER_QR))
        return reading_fail(r, "parts", "letter_signature_missing", l->id);
    if ((is_decision || is_hearing) && !part_of(l, LETTER_REASONS))
        return reading_fail(r, "parts", "letter_reasons_missing", l->id);
    if (is_decision && !says(l, T("letter.rules_disclosure")))
        return reading_fail(r, "parts", "letter_disclosure_missing", l->id);
    if (l->is_adverse && !has_remedy(l)) return reading_fail(r, "parts", "letter_remedy_missing", l->id);
    if ((l->is_adverse || is_hearing) && !l->deadline.n)
        return reading_fail(r, NULL, "member_missing", T("deadline"));
    return STATUS_OK;
}

// {"outcome": "outcome", "what": "document"}: these values are codes of those lists.
static enum status read_codes(const struct reading *r, const json_t *j, struct letter_template *l) {
    const json_t *object = json_object_get(j, "codes");
    const char *name;
    json_t *list;
    if (!object) return STATUS_OK;
    if (!json_is_object(object)) return reading_fail(r, "codes", "value_kind", T("object"));
    struct text *names = ARENA_ARRAY(r->a, struct text, json_object_size(object) + 1);
    struct text *lists = ARENA_ARRAY(r->a, struct text, json_object_size(object) + 1);
    json_object_foreach((json_t *)object, name, list) {
        if (!json_is_string(list)) return reading_fail(r, "codes", "value_kind", text_of(name));
        names[l->coded_count] = text_copy(r->a, text_of(name));
        lists[l->coded_count++] = text_copy(r->a, text_of(json_string_value(list)));
    }
    l->coded = names;
    l->code_lists = lists;
    return STATUS_OK;
}

// What reads a letter's parts: where it is, and who knows the parts to take in.
struct parts_reader {
    struct reading at;
    letter_find_parts *find;
    const void *context;
    struct letter_part *parts; // LETTER_PARTS_MAX of them
    size_t count;
};

static enum status add_part(struct parts_reader *p, const struct reading *here, struct letter_part part) {
    if (p->count == LETTER_PARTS_MAX) return reading_fail(here, NULL, "too_many", T("200"));
    p->parts[p->count++] = part;
    return STATUS_OK;
}

static enum status include(struct parts_reader *p, const struct reading *here, const json_t *j) {
    static const char *const KNOWN[] = {"kind", "parts", NULL};
    struct text id;
    enum status st = reading_only(here, j, KNOWN);
    if (!st) st = reading_need_text(here, j, "parts", &id);
    if (st) return st;
    const struct letter_template *other = p->find ? p->find(p->context, id) : NULL;
    if (!other) return reading_fail(here, "parts", "parts_unknown", id);
    for (size_t i = 0; i < other->part_count && !st; i++) st = add_part(p, here, other->parts[i]);
    return st;
}

static enum status read_parts(struct parts_reader *p, const json_t *j, struct letter_template *l) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(&p->at, j, "parts", LETTER_PARTS_MAX, &list);
    if (st) return st;
    p->parts = ARENA_ARRAY(p->at.a, struct letter_part, LETTER_PARTS_MAX);
    struct reading at = reading_member(&p->at, "parts");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct letter_part part = {0};
        if (text_eq(json_text(item, "kind", T("")), T("include"))) {
            st = include(p, &here, item);
        } else {
            st = read_part(&here, item, &part);
            if (!st) st = add_part(p, &here, part);
        }
        if (st) return st;
    }
    l->parts = p->parts;
    l->part_count = p->count;
    return STATUS_OK;
}

static enum status read_letter(struct parts_reader *p, const json_t *j, struct letter_template *l) {
    static const char *const KNOWN[] = {"id",       "kind",  "title", "legal_basis", "adverse",
                                        "deadline", "codes", "parts", NULL};
    const struct reading *r = &p->at;
    int kind = -1;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &l->id);
    if (!st) st = reading_need_text(r, j, "kind", &l->kind);
    if (!st) st = reading_choice(r, j, "kind", LETTER_KINDS, &kind);
    if (!st) st = reading_need_text(r, j, "title", &l->title_key);
    if (!st) st = reading_need_text(r, j, "legal_basis", &l->legal_basis);
    if (!st) st = reading_flag(r, j, "adverse", &l->is_adverse);
    if (!st) st = reading_text(r, j, "deadline", &l->deadline);
    if (!st) st = read_codes(r, j, l);
    if (!st) st = read_parts(p, j, l);
    return st ? st : check_letter(r, l);
}

static enum status read_shared(struct parts_reader *p, const json_t *j, struct letter_template *l) {
    static const char *const KNOWN[] = {"id", "parts", NULL};
    enum status st = reading_only(&p->at, j, KNOWN);
    if (!st) st = reading_need_text(&p->at, j, "id", &l->id);
    if (!st) st = read_parts(p, j, l);
    if (!st && !l->part_count) st = reading_fail(&p->at, NULL, "member_missing", T("parts"));
    return st;
}

static enum status read_file(struct arena *a, struct text json,
                             enum status (*read)(struct parts_reader *, const json_t *,
                                                 struct letter_template *),
                             struct parts_reader *p, struct letter_template **out) {
    json_t *j;
    *out = NULL;
    enum status st = json_read(json, LETTER_BYTES_MAX, &j, p->at.p);
    if (st) return st;
    struct letter_template *l = ARENA_NEW(a, struct letter_template);
    st = read(p, j, l);
    json_decref(j);
    if (!st) *out = l;
    return st;
}

enum status letter_read(struct arena *a, struct text json, letter_find_parts *find, const void *context,
                        struct letter_template **out, struct problem *p) {
    struct parts_reader r = {{a, p, T("")}, find, context, NULL, 0};
    return read_file(a, json, read_letter, &r, out);
}

enum status letter_read_parts(struct arena *a, struct text json, letter_find_parts *find, const void *context,
                              struct letter_template **out, struct problem *p) {
    struct parts_reader r = {{a, p, T("")}, find, context, NULL, 0};
    return read_file(a, json, read_shared, &r, out);
}
