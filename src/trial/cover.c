// cover.c - which ends and ways of a pack's processes were reached.
#include "trial/inside.h"

// Texts of its own: what was reached may be told when the pack is gone.
static void add_process(struct arena *a, const struct flow_model *m, struct trial_cover *out) {
    struct text process = text_copy(a, flow_process_id(m));
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        if (e->kind == FLOW_END_EVENT)
            *ARENA_PUSH(a, &out->ends) = (struct trial_mark){.process = process, .id = text_copy(a, e->id)};
    }
    for (size_t i = 0; i < flow_ways(m); i++) {
        struct flow_way w = flow_way(m, i);
        *ARENA_PUSH(a, &out->ways) = (struct trial_mark){.process = process,
                                                         .id = text_copy(a, w.id),
                                                         .from = text_copy(a, flow_element(m, w.source)->id),
                                                         .to = text_copy(a, flow_element(m, w.target)->id)};
    }
}

void trial_cover_begin(struct arena *a, const struct pack *pack, struct trial_cover *out) {
    *out = (struct trial_cover){0};
    for (size_t i = 0; i < pack_processes(pack); i++) add_process(a, pack_process(pack, i), out);
}

static void count(struct trial_mark *marks, size_t n, const struct trial_seen *seen) {
    for (size_t i = 0; i < n; i++)
        marks[i].times += text_eq(marks[i].id, seen->id) && text_eq(marks[i].process, seen->process);
}

void trial_cover_add(struct trial_cover *cover, const struct trial *t) {
    for (size_t i = 0; i < t->seen.count; i++) {
        const struct trial_seen *s = &t->seen.items[i];
        if (s->is_way)
            count(cover->ways.items, cover->ways.count, s);
        else
            count(cover->ends.items, cover->ends.count, s);
    }
}
