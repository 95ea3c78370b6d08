// xes_names.c - what the steps of each version of the law are called.
#include <stdlib.h>

#include "cases/replay.h"
#include "cases/xes_inside.h"
#include "flow/flow.h"
#include "pack/pack.h"

enum { VERSIONS_MAX = 64 }; // as many as can be in force

struct step_name {
    struct text process, element, name;
    bool is_gateway;
};
struct version_names {
    int64_t pack_version;
    struct text version, process; // id of the main process
    struct {
        struct step_name *items; // sorted
        size_t count, capacity;
    } steps;
};
struct xes_names {
    struct store *store;
    struct arena arena;
    struct version_names versions[VERSIONS_MAX];
    size_t count;
    const struct version_names *now;
};

struct xes_names *xes_names_new(struct store *s) {
    struct xes_names *n = calloc(1, sizeof *n);
    if (!n) abort();
    n->store = s;
    return n;
}

void xes_names_free(struct xes_names *n) {
    arena_free(&n->arena);
    free(n);
}

static int by_element(const void *x, const void *y) {
    const struct step_name *a = x, *b = y;
    int order = text_cmp(a->process, b->process);
    return order ? order : text_cmp(a->element, b->element);
}

static bool is_gateway(enum flow_kind k) {
    return k >= FLOW_EXCLUSIVE && k <= FLOW_COMPLEX && k != FLOW_EVENT_BASED; // there a case waits
}

// Two steps of one name stay two: the second and all that follow have their id with it.
static struct text told_apart(struct arena *a, const struct flow_model *m, size_t index) {
    const struct flow_element *e = flow_element(m, (int)index);
    if (!e->name.n) return text_copy(a, e->id);
    for (size_t i = 0; i < index; i++)
        if (text_eq(flow_element(m, (int)i)->name, e->name))
            return TEXT_JOIN(a, e->name, T(" ("), e->id, T(")"));
    return text_copy(a, e->name);
}

static void add_process(struct xes_names *n, struct version_names *v, const struct flow_model *m) {
    struct text process = text_copy(&n->arena, flow_process_id(m));
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        *ARENA_PUSH(&n->arena, &v->steps) = (struct step_name){.process = process,
                                                               .element = text_copy(&n->arena, e->id),
                                                               .name = told_apart(&n->arena, m, i),
                                                               .is_gateway = is_gateway(e->kind)};
    }
}

static enum status add_version(struct xes_names *n, int64_t version) {
    struct arena scratch = {0};
    struct pack_files files;
    struct pack *pack = NULL;
    struct problem p = {0};
    struct text number = text_printf(&scratch, "%lld", (long long)version);
    enum status st = n->count < VERSIONS_MAX ? STATUS_OK : STATUS_TOO_LARGE;
    if (!st) st = replay_stored_files(n->store, number, &scratch, &files);
    if (!st) st = pack_read(&scratch, &files, &pack, &p);
    if (!st) {
        struct version_names *v = &n->versions[n->count++];
        *v = (struct version_names){.pack_version = version,
                                    .version = text_copy(&n->arena, pack_version(pack)),
                                    .process = text_copy(&n->arena, pack_procedure(pack))};
        for (size_t i = 0; i < pack_processes(pack); i++) add_process(n, v, pack_process(pack, i));
        if (v->steps.count) qsort(v->steps.items, v->steps.count, sizeof *v->steps.items, by_element);
        n->now = v;
    }
    pack_release(pack);
    arena_free(&scratch);
    return st;
}

enum status xes_names_of(struct xes_names *n, int64_t pack_version) {
    for (size_t i = 0; i < n->count; i++) {
        if (n->versions[i].pack_version != pack_version) continue;
        n->now = &n->versions[i];
        return STATUS_OK;
    }
    return add_version(n, pack_version);
}

struct text xes_names_version(const struct xes_names *n) {
    return n->now->version;
}

const struct text *xes_name(const struct xes_names *n, struct text process, struct text element) {
    const struct version_names *v = n->now;
    struct step_name wanted = {.process = process.n ? process : v->process, .element = element};
    if (!v->steps.count) return NULL;
    const struct step_name *s = bsearch(&wanted, v->steps.items, v->steps.count, sizeof *s, by_element);
    return s && !s->is_gateway ? &s->name : NULL;
}
