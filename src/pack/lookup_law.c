// lookup_law.c - reading lookups.json, and holding it against the registers.
#include "pack/lookup_law.h"

#include "pack/pack_inside.h"

static enum status read_one(const struct reading *r, const json_t *o, void *context) {
    static const char *const KNOWN[] = {"id",    "register", "purposes", "grounds", "attributes",
                                        "a_day", "by_name",  "changes",  "note",    NULL};
    struct lookup_list *list = context;
    struct pack_lookup *l = ARENA_PUSH(r->a, list);
    struct text note;
    struct text *words;
    l->a_day = LOOKUP_A_DAY;
    enum status st = reading_only(r, o, KNOWN);
    if (!st) st = reading_need_text(r, o, "id", &l->id);
    for (size_t i = 0; i + 1 < list->count && !st; i++)
        if (text_eq(list->items[i].id, l->id)) st = reading_fail(r, "id", "duplicate", l->id);
    if (!st) st = reading_need_text(r, o, "register", &l->register_id);
    if (!st) st = reading_texts(r, o, "purposes", LOOKUP_WORDS_MAX, &words, &l->purpose_count);
    if (!st) l->purposes = words;
    if (!st) st = reading_texts(r, o, "grounds", LOOKUP_WORDS_MAX, &words, &l->ground_count);
    if (!st) l->grounds = words;
    if (!st) st = reading_texts(r, o, "attributes", LOOKUP_WORDS_MAX, &words, &l->attribute_count);
    if (!st) l->attributes = words;
    if (!st && !l->purpose_count) st = reading_fail(r, NULL, "member_missing", T("purposes"));
    if (!st && !l->ground_count) st = reading_fail(r, NULL, "member_missing", T("grounds"));
    if (!st && !l->attribute_count) st = reading_fail(r, NULL, "member_missing", T("attributes"));
    if (!st) st = reading_int(r, o, "a_day", 1, LOOKUP_A_DAY_MAX, &l->a_day);
    if (!st) st = reading_flag(r, o, "by_name", &l->by_name);
    if (!st) st = reading_flag(r, o, "changes", &l->changes);
    return st ? st : reading_text(r, o, "note", &note);
}

enum status lookups_read(struct arena *a, struct text in, struct lookup_list *out, struct problem *p) {
    static const char *const KNOWN[] = {"lookups", "note", NULL};
    const struct reading r = {a, p, T("")};
    json_t *o;
    enum status st = json_read(in, PACK_FILE_BYTES_MAX, &o, p);
    if (st) return st;
    st = reading_only(&r, o, KNOWN);
    if (!st && !json_object_get(o, "lookups")) st = reading_fail(&r, NULL, "member_missing", T("lookups"));
    if (!st) st = reading_list(&r, o, "lookups", LOOKUPS_MAX, read_one, out);
    json_decref(o);
    return st;
}

// ---- held against the rest of the pack

// "names[].family" is the pattern of "names[0].family", the path of an answer; a field that may have several
// answers has an index behind it.
static bool is_pattern(const struct checking *c, const struct form *form, struct text attribute) {
    struct out o = {.arena = c->r.a};
    for (size_t i = 0; i < attribute.n; i++) {
        if (attribute.p[i] == ']' && i && attribute.p[i - 1] == '[') out_byte(&o, '0');
        out_byte(&o, attribute.p[i]);
    }
    const struct form_field *f = form_field_at(form, out_done(&o));
    if (!f) out_c(&o, "[0]");
    if (!f) f = form_field_at(form, out_done(&o));
    return f && text_eq(f->path, attribute);
}

static enum status check_one(const struct checking *c, const struct pack_lookup *l) {
    const struct pack_register *g = pack_register(c->pack, l->register_id);
    if (!g) return pack_check_wrong(c, "value_unknown", l->id, l->register_id);
    for (size_t i = 0; i < l->purpose_count; i++)
        if (!access_word_find(&c->pack->access.purposes, l->purposes[i]))
            return pack_check_wrong(c, "access_word_unknown", l->id, l->purposes[i]);
    for (size_t i = 0; i < l->ground_count; i++)
        if (!pack_has_article(c->pack, l->grounds[i]))
            return pack_check_wrong(c, "legal_reference_unknown", l->id, l->grounds[i]);
    for (size_t i = 0; i < l->attribute_count; i++)
        if (!is_pattern(c, g->form, l->attributes[i]))
            return pack_check_wrong(c, "field_unknown", l->id, l->attributes[i]);
    return STATUS_OK;
}

enum status pack_check_lookups(struct checking *c) {
    enum status st = STATUS_OK;
    c->file = T("lookups.json");
    for (size_t i = 0; i < c->pack->lookups.count && !st; i++) st = check_one(c, &c->pack->lookups.items[i]);
    return st;
}

// ---- asking

size_t pack_lookups(const struct pack *pack, const struct pack_lookup **out) {
    *out = pack->lookups.items;
    return pack->lookups.count;
}

const struct pack_lookup *pack_lookup(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack->lookups.count; i++)
        if (text_eq(pack->lookups.items[i].id, id)) return &pack->lookups.items[i];
    return NULL;
}

bool lookup_has(const struct text *words, size_t count, struct text word) {
    for (size_t i = 0; i < count; i++)
        if (text_eq(words[i], word)) return true;
    return false;
}
