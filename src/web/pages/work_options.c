// work_options.c - what the filters of the work list offer, of all procedures that are in force.
#include "web/pages/work.h"

#include "flow/flow.h"

static bool has_option(const struct options *o, struct text value) {
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, value)) return true;
    return false;
}

static void add_tasks(struct request *q, const struct pack *pack, const struct flow_model *m,
                      struct text chosen, struct options *o) {
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        if (e->kind != FLOW_USER_TASK || has_option(o, e->id)) continue;
        *ARENA_PUSH(q->arena, o) = (struct option){
            .value = e->id, .label = step_name(q, pack, e->id), .is_chosen = text_eq(e->id, chosen)};
    }
}

// Those of the procedure that is looked at, else of all.
struct options work_tasks(struct request *q, const struct procedure_list *all, const struct work_query *w) {
    struct options o = {0};
    for (size_t i = 0; i < all->count; i++) {
        const struct pack *pack = all->packs[i];
        if (w->procedure.n && !text_eq(pack_id(pack), w->procedure)) continue;
        for (size_t k = 0; k < pack_processes(pack); k++)
            add_tasks(q, pack, pack_process(pack, k), w->task, &o);
    }
    return o;
}

struct options work_tracks(struct request *q, const struct procedure_list *all, struct text chosen) {
    struct options o = {0};
    for (size_t i = 0; i < all->count; i++) {
        const struct code_list *l = pack_codes(all->packs[i], T("track"));
        for (size_t k = 0; l && k < code_count(l); k++) {
            const struct code *c = code_at(l, k);
            if (has_option(&o, c->code)) continue;
            *ARENA_PUSH(q->arena, &o) = (struct option){.value = c->code,
                                                        .label = code_name(l, c, q->language),
                                                        .is_chosen = text_eq(c->code, chosen)};
        }
    }
    return o;
}

struct options work_procedures(struct request *q, const struct procedure_list *all, struct text chosen) {
    struct options o = {0};
    for (size_t i = 0; i < all->count; i++)
        *ARENA_PUSH(q->arena, &o) = (struct option){.value = pack_id(all->packs[i]),
                                                    .label = procedure_name(q, all->packs[i]),
                                                    .is_chosen = text_eq(pack_id(all->packs[i]), chosen)};
    return o;
}

// The languages that people use these pages and letters in: a case has the tag ("fa"), not the code of the
// list.
struct options work_languages(struct request *q, struct text chosen) {
    struct options o = {0};
    const struct pack *pack = page_pack(q);
    for (size_t i = 0; pack && i < catalog_languages(pack_catalog(pack)); i++) {
        struct text tag = catalog_language(pack_catalog(pack), i)->tag;
        *ARENA_PUSH(q->arena, &o) =
            (struct option){.value = tag, .label = language_name(q, tag), .is_chosen = text_eq(tag, chosen)};
    }
    return o;
}
