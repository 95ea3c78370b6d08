// rights.c - which registers there are, and the rows of each made into policies.
#include "registers/internal.h"

#include <stdlib.h>

const struct pack *registers_pack(struct registers *r, struct text id) {
    struct procedure_list all;
    cases_procedures(r->cases, &all);
    for (size_t i = 0; i < all.count; i++)
        if (pack_register(all.packs[i], id)) return all.packs[i];
    return NULL;
}

const struct pack_register *registers_named(struct registers *r, struct text id) {
    const struct pack *pack = registers_pack(r, id);
    return pack ? pack_register(pack, id) : NULL;
}

static bool is_listed(const struct register_list *list, struct text id) {
    for (size_t i = 0; i < list->count; i++)
        if (text_eq(list->items[i]->id, id)) return true;
    return false;
}

void registers_all(struct registers *r, struct arena *a, struct register_list *out) {
    struct procedure_list all;
    *out = (struct register_list){0};
    cases_procedures(r->cases, &all);
    for (size_t i = 0; i < all.count; i++)
        for (size_t k = 0; k < pack_registers(all.packs[i]); k++) {
            const struct pack_register *g = pack_register_at(all.packs[i], k);
            if (!is_listed(out, g->id)) *ARENA_PUSH(a, out) = g;
        }
}

// ---- policies

static void add_years(struct rights *g, int64_t years) {
    size_t at = g->count;
    for (size_t i = 0; i < g->count; i++)
        if (g->years[i] == years) return;
    if (g->count == RIGHTS_AGES_MAX - 1) return; // the longest of the others counts
    for (g->count++; at > 0 && g->years[at - 1] > years; at--) g->years[at] = g->years[at - 1];
    g->years[at] = years;
}

static void rows_for(struct rights *g, struct access_rules *rules, int64_t years) {
    *rules = *pack_access(g->pack);
    rules->actions = (struct access_words){0};
    rules->rows = (struct access_rows){0};
    for (int i = 0; i < REGISTER_ACTION_COUNT; i++)
        *ARENA_PUSH(&g->arena, &rules->actions) =
            (struct access_word){text_of(register_action_name((enum register_action)i)), T("")};
    for (size_t i = 0; i < g->of->access.count; i++) {
        const struct register_access *row = &g->of->access.items[i];
        if (!row->years || row->years >= years) *ARENA_PUSH(&g->arena, &rules->rows) = row->row;
    }
}

static enum status compile(struct rights *g, struct problem *p) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < g->of->access.count; i++)
        if (g->of->access.items[i].years) add_years(g, g->of->access.items[i].years);
    g->years[g->count++] = INT64_MAX;
    for (size_t i = 0; i < g->count && !st; i++) {
        rows_for(g, &g->rules[i], g->years[i]);
        st = access_policy_compile(&g->arena, &g->rules[i], &g->policies[i], p);
    }
    return st;
}

static const struct rights *known(const struct registers *r, const struct pack_register *of,
                                  const struct pack *pack) {
    for (size_t i = r->rights_count; i-- > 0;)
        if (r->rights[i]->of == of && r->rights[i]->pack == pack) return r->rights[i];
    return NULL;
}

enum status rights_find(struct registers *r, struct text register_id, const struct rights **out,
                        struct problem *p) {
    const struct pack *pack = registers_pack(r, register_id);
    const struct pack_register *of = pack ? pack_register(pack, register_id) : NULL;
    if (!of) {
        if (p)
            *p = (struct problem){
                .field = "register", .rule = "register_unknown", .text_key = "problem.register.unknown"};
        return STATUS_NOT_FOUND;
    }
    enum status st = STATUS_OK;
    pthread_mutex_lock(&r->lock);
    *out = known(r, of, pack);
    if (!*out && r->rights_count == RIGHTS_MAX) st = STATUS_TOO_LARGE;
    if (!*out && !st) {
        struct rights *g = ARENA_NEW(&r->arena, struct rights);
        g->pack = pack;
        g->of = of;
        st = compile(g, p);
        r->rights[r->rights_count++] = g;
        *out = g;
    }
    pthread_mutex_unlock(&r->lock);
    return st;
}

const struct access_policy *rights_policy(const struct rights *g, int64_t age_years) {
    for (size_t i = 0; i < g->count; i++)
        if (age_years < g->years[i]) return g->policies[i];
    return g->policies[g->count - 1];
}

struct text rights_purpose_word(const struct rights *g, struct text purpose) {
    const struct access_word *w = access_word_find(&pack_access(g->pack)->purposes, purpose);
    return w ? w->id : T("unknown");
}

// ---- classes of fields

static class_set classes_in(const struct access_policy *policy, const struct form_field *fields,
                            size_t count) {
    class_set set = 0;
    for (size_t i = 0; i < count; i++) {
        set |= access_class(policy, fields[i].attribute_class);
        set |= classes_in(policy, fields[i].children, fields[i].child_count);
    }
    return set;
}

class_set rights_classes(const struct rights *g, const struct access_policy *policy) {
    class_set set = 0;
    for (size_t i = 0; i < g->of->form->section_count; i++)
        set |= classes_in(policy, g->of->form->sections[i].fields, g->of->form->sections[i].field_count);
    return set;
}

// A field that the register no longer has is shown to nobody: it has no class.
bool rights_shows(const struct rights *g, const struct access_policy *policy, class_set visible,
                  struct text path) {
    const struct form_field *f = form_field_at(g->of->form, path);
    return f && (access_class(policy, f->attribute_class) & visible);
}

void rights_keep(const struct rights *g, const struct access_policy *policy, class_set visible,
                 const struct answers *from, struct arena *a, struct answers *to) {
    *to = (struct answers){.arena = a};
    for (size_t i = 0; i < from->count; i++) {
        if (!rights_shows(g, policy, visible, from->items[i].path)) continue;
        enum status st = answers_set(to, from->items[i].path, from->items[i].value);
        if (st) return; // only what was within limits before
    }
}

// ---- menus

static const char *const RELATIONS[] = {"self", "assigned", "unit", "none"};

static bool might(const struct rights *g, const struct actor *actor, struct text purpose,
                  enum register_action action) {
    if (actor->kind == ACTOR_SYSTEM) return true;
    for (size_t i = 0; i < sizeof RELATIONS / sizeof *RELATIONS; i++)
        if (access_visible_classes(rights_policy(g, 0), actor, text_of(register_action_name(action)), purpose,
                                   text_of(RELATIONS[i]), true))
            return true;
    return false;
}

bool registers_might(struct registers *r, const struct actor *actor, struct text register_id,
                     struct text purpose, enum register_action action) {
    const struct rights *g;
    return !rights_find(r, register_id, &g, NULL) && might(g, actor, purpose, action);
}

void registers_purposes(struct registers *r, const struct actor *actor, struct text register_id,
                        enum register_action action, struct arena *a, struct purpose_list *out) {
    const struct rights *g;
    *out = (struct purpose_list){0};
    if (rights_find(r, register_id, &g, NULL)) return;
    const struct access_words *purposes = &pack_access(g->pack)->purposes;
    for (size_t i = 0; i < purposes->count; i++)
        if (might(g, actor, purposes->items[i].id, action)) *ARENA_PUSH(a, out) = purposes->items[i].id;
}
