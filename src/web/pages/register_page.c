// register_page.c - one register as an officer meets it: what it is for, by which law, for which purpose it is
// read, and what may be done.
#include "web/pages/register.h"

#define V struct register_head
static const struct view_field HEAD_FIELDS[] = {
    VIEW_TEXT(V, id),   VIEW_TEXT(V, title),    VIEW_TEXT(V, about),       VIEW_TEXT(V, law),         VIEW_TEXT(V, purpose),
    VIEW_TEXT(V, href), VIEW_TEXT(V, all_href), VIEW_TEXT(V, record_href), VIEW_TEXT(V, import_href), VIEW_LIST(V, purposes, &OPTION_VIEW),
    {0}};
const struct view REGISTER_HEAD_VIEW = {"register_head", HEAD_FIELDS};
#undef V

// ---- who may

static bool row_holds(const struct request *q, const struct access_row *row, struct text purpose) {
    return (!purpose.n || text_eq(row->purpose, purpose)) && actor_has_role(page_actor(q), row->role);
}

bool register_lets(const struct request *q, const struct pack_register *def, struct text purpose,
                   enum register_action action) {
    for (size_t i = 0; i < def->access.count; i++) {
        const struct access_row *row = &def->access.items[i].row;
        if (text_eq(row->action, text_of(register_action_name(action))) && row_holds(q, row, purpose))
            return true;
    }
    return false;
}

static bool has_option(const struct options *o, struct text value) {
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, value)) return true;
    return false;
}

static void add_purposes(struct request *q, const struct pack *pack, const struct pack_register *def,
                         struct options *out) {
    for (size_t i = 0; i < def->access.count; i++) {
        const struct access_row *row = &def->access.items[i].row;
        const struct access_word *word = access_word_find(&pack_access(pack)->purposes, row->purpose);
        if (!word || !row_holds(q, row, T("")) || has_option(out, row->purpose)) continue;
        *ARENA_PUSH(q->arena, out) =
            (struct option){.value = row->purpose, .label = page_words_of(q, pack, word->label_key)};
    }
}

static void choose(const struct request *q, struct text wanted, struct options *o) {
    size_t chosen = 0;
    struct text usual = text_of(officer_purpose(q, NULL));
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, usual)) chosen = i;
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, wanted)) chosen = i;
    if (o->count) o->items[chosen].is_chosen = true;
}

struct text register_purpose_chosen(const struct options *purposes) {
    for (size_t i = 0; i < purposes->count; i++)
        if (purposes->items[i].is_chosen) return purposes->items[i].value;
    return (struct text){0};
}

struct options register_purposes(struct request *q, const struct pack_register *def, struct text wanted) {
    struct options o = {0};
    struct register_list all;
    registers_all(page_app(q)->registers, &all);
    for (size_t i = 0; i < all.count; i++)
        if (!def || all.items[i].def == def) add_purposes(q, all.items[i].pack, all.items[i].def, &o);
    choose(q, wanted, &o);
    return o;
}
