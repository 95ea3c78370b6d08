// Cases of the DMN Technology Compatibility Kit. Every reader here takes a file by its schema, not by the
// cases that we know.
#include "rules/tck.h"

#include <string.h>

#include "rules/dmn_model.h"
#include "rules/tck_value.h"

struct tck_run {
    struct arena *arena; // of the results
    const struct tck_models *models;
    const struct dmn_model *model; // of the file
    struct text why_no_model;
    struct text namespace; // of the whole file; empty when none is named
    const struct feel_now *now;
    struct tck_results *out;
};
struct case_run {
    struct tck_run *run;
    struct arena *arena; // gone with the case
    struct text namespace;
    struct text invocable;
    bool is_service, is_knowledge;
    struct feel_value input;
    struct out note;
};

static void note(struct case_run *c, const char *what, struct text name, struct text more) {
    if (c->note.n) out_c(&c->note, "; ");
    out_printf(&c->note, "FAILURE: '" TEXT_FMT "' %s", TEXT_ARG(name), what);
    out_text(&c->note, more);
}

// ---- models ----

static struct text base_name(struct text path) {
    size_t from = path.n;
    while (from && path.p[from - 1] != '/' && path.p[from - 1] != '\\') from--;
    return text_slice(path, from, path.n);
}

static struct text without_end(struct text name) {
    return text_ends(name, T(".dmn")) ? text_slice(name, 0, name.n - 4) : name;
}

// By path, then by name, then by name without its end.
static const struct tck_model *model_named(const struct tck_models *l, struct text name) {
    for (size_t i = 0; name.n && i < l->count; i++)
        if (text_eq(l->items[i].file, name)) return &l->items[i];
    struct text wanted = without_end(base_name(name));
    for (size_t i = 0; wanted.n && i < l->count; i++)
        if (text_eq(without_end(base_name(l->items[i].file)), wanted)) return &l->items[i];
    return NULL;
}

static const struct dmn_model *model_of_namespace(const struct tck_models *l, struct text space) {
    for (size_t i = 0; space.n && i < l->count; i++)
        if (l->items[i].model && text_eq(dmn_namespace(l->items[i].model), space)) return l->items[i].model;
    return NULL;
}

// The model that the file names; without a name that of its namespace, or the only one there is.
static void find_model(struct tck_run *r, struct text name) {
    const struct tck_model *m = name.n ? model_named(r->models, name) : NULL;
    if (m) {
        r->model = m->model;
        r->why_no_model = m->note;
        return;
    }
    if (!name.n) r->model = model_of_namespace(r->models, r->namespace);
    if (!name.n && !r->model && r->models->count == 1) r->model = r->models->items[0].model;
    if (!r->model)
        r->why_no_model = name.n ? TEXT_JOIN(r->arena, T("no model "), name) : T("the file names no model");
}

// A node's namespace is its own, else its case's, else its file's.
static const struct dmn_model *model_for(struct case_run *c, const xmlNode *n) {
    struct text own = text_trim(xml_attribute(c->arena, n, NULL, "namespace"));
    struct text space = own.n ? own : c->namespace;
    const struct dmn_model *main = c->run->model;
    if (!space.n || text_eq(space, dmn_namespace(main))) return main;
    for (size_t i = 0; i < main->import_count; i++)
        if (text_eq(main->imports[i].space, space)) return main->imports[i].model;
    const struct dmn_model *m = model_of_namespace(c->run->models, space);
    return m ? m : main;
}

static const struct dmn_node *node_named(const struct dmn_model *m, struct text name, unsigned kinds) {
    for (size_t i = 0; i < m->node_count; i++)
        if ((kinds >> m->nodes[i].info.kind & 1) && text_eq(m->nodes[i].info.name, name)) return &m->nodes[i];
    return NULL;
}

// ---- input ----

// What a knowledge model's parameter, an input or a decision of this name is declared to be.
static const struct feel_type *input_type(struct case_run *c, const struct dmn_model *m, struct text name) {
    const struct dmn_node *n = node_named(m, name, 1u << DMN_INPUT | 1u << DMN_DECISION);
    if (c->is_knowledge) {
        const struct dmn_node *k = node_named(m, c->invocable, 1u << DMN_KNOWLEDGE);
        for (size_t i = 0; k && k->logic && i < k->logic->count; i++)
            if (text_eq(k->logic->names[i], name)) return k->logic->types[i];
    }
    return n ? n->type : &TYPE_OF_ANY;
}

// Input of an imported model stands in a context of the import's name, and at the top when nothing else does:
// results may be of the imported model itself.
static void put_input(struct case_run *c, const struct dmn_model *of, struct text name,
                      struct feel_value value) {
    const struct dmn_model *m = c->run->model;
    for (size_t i = 0; of != m && i < m->import_count; i++) {
        if (m->imports[i].model != of || !m->imports[i].name.n) continue;
        struct feel_value inner = feel_get(&c->input, m->imports[i].name);
        if (inner.kind != FEEL_CONTEXT) inner = feel_empty_context();
        feel_put(c->arena, &inner, name, value);
        feel_put(c->arena, &c->input, m->imports[i].name, inner);
        if (feel_has(&c->input, name)) return;
    }
    feel_put(c->arena, &c->input, name, value);
}

static bool read_input(struct case_run *c, const xmlNode *test) {
    size_t count = 0;
    for (const xmlNode *n = xml_child(test); n; n = xml_next(n)) {
        if (!xml_is(n, NULL, "inputNode")) continue;
        struct text name = text_trim(xml_attribute(c->arena, n, NULL, "name")), why = T("");
        const struct dmn_model *of = model_for(c, n);
        struct feel_value v;
        if (++count > TCK_RESULTS_MAX) return note(c, "too many inputs", name, T("")), false;
        if (!tck_value(c->arena, n, input_type(c, of, name), &v, &why))
            return note(c, "input is no ", name, why), false;
        put_input(c, of, name, v);
    }
    return true;
}

// ---- results ----

static void compare(struct case_run *c, const xmlNode *node, struct text name, const struct feel_type *type,
                    const struct feel_value *got) {
    struct feel_value want = feel_null();
    struct text why;
    for (const xmlNode *n = xml_child(node); n; n = xml_next(n)) {
        if (!xml_is(n, NULL, "expected")) continue;
        if (!tck_value(c->arena, n, type, &want, &why)) {
            note(c, "expected value is no ", name, why);
            return;
        }
        if (!xml_child(n)) want = feel_empty_context(); // no components
    }
    if (tck_same(got, &want)) return;
    struct text w = text_head(feel_print(c->arena, &want), 150),
                g = text_head(feel_print(c->arena, got), 150);
    note(c, "", name, TEXT_JOIN(c->arena, T("expected='"), w, T("' but found='"), g, T("'")));
}

// The node that a result is about: its case's service or knowledge model, else the decision of its name.
// Some cases name a service as if it were a decision.
static const struct dmn_node *result_node(struct case_run *c, const struct dmn_model *m, struct text name) {
    if (c->is_knowledge) return node_named(m, c->invocable, 1u << DMN_KNOWLEDGE);
    if (c->is_service) return node_named(m, c->invocable, 1u << DMN_SERVICE);
    const struct dmn_node *n = node_named(m, name, 1u << DMN_DECISION);
    return n ? n : node_named(m, name, 1u << DMN_SERVICE | 1u << DMN_KNOWLEDGE);
}

// A service of several decisions gives a context; a result of the case names one of them.
static const struct feel_type *take_part(const struct dmn_node *n, struct text name, struct feel_value *got) {
    for (size_t i = 0; n->info.kind == DMN_SERVICE && i < n->output_count; i++) {
        if (!text_eq(n->outputs[i]->info.name, name)) continue;
        if (n->output_count > 1) *got = feel_get(got, name);
        return n->outputs[i]->type;
    }
    return n->type;
}

static void run_result(struct case_run *c, const xmlNode *node) {
    struct text name = text_trim(xml_attribute(c->arena, node, NULL, "name"));
    const struct dmn_model *m = model_for(c, node);
    const struct dmn_node *n = result_node(c, m, name);
    struct feel_value got;
    if (!n) {
        note(c, "the model has no ", name, c->invocable.n ? c->invocable : name);
        return;
    }
    enum status st = dmn_evaluate_node(m, n, &c->input, c->run->now, c->arena, &got, NULL);
    if (st) note(c, "evaluation ended: ", name, text_of(status_name(st)));
    if (st) return;
    const struct feel_type *type = take_part(n, name, &got);
    compare(c, node, name, type, &got);
}

static void run_results(struct case_run *c, const xmlNode *test) {
    size_t count = 0;
    for (const xmlNode *n = xml_child(test); n; n = xml_next(n)) {
        if (!xml_is(n, NULL, "resultNode")) continue;
        if (++count > TCK_RESULTS_MAX) {
            note(c, "too many results", c->invocable, T(""));
            return;
        }
        run_result(c, n);
    }
}

// ---- cases ----

static void run_case(struct tck_run *r, const xmlNode *test, struct arena *a) {
    struct text type = text_trim(xml_attribute(a, test, NULL, "type")),
                space = text_trim(xml_attribute(a, test, NULL, "namespace"));
    struct case_run c = {.run = r,
                         .arena = a,
                         .namespace = space.n ? space : r->namespace,
                         .invocable = text_trim(xml_attribute(a, test, NULL, "invocableName")),
                         .input = feel_empty_context(),
                         .note = {.arena = a}};
    c.is_knowledge = c.invocable.n && text_eq(type, T("bkm"));
    c.is_service = c.invocable.n && !c.is_knowledge;
    if (!r->model)
        note(&c, "", c.invocable, r->why_no_model);
    else if (read_input(&c, test))
        run_results(&c, test);
    struct text id = text_trim(xml_attribute(a, test, NULL, "id"));
    if (!id.n) id = text_printf(a, "%zu", r->out->count + 1);
    *ARENA_PUSH(r->arena, r->out) =
        (struct tck_result){.id = text_copy(r->arena, id),
                            .passed = !c.note.n,
                            .note = text_copy(r->arena, text_head(out_done(&c.note), TCK_NOTE_MAX))};
}

static enum status open_cases(struct text xml, xmlDoc **doc, struct problem *p) {
    enum status st = xml_read(xml, doc, p);
    if (st) return st;
    const xmlNode *root = xmlDocGetRootElement(*doc);
    if (root && xml_is(root, NULL, "testCases")) return STATUS_OK;
    xmlFreeDoc(*doc);
    return STATUS_UNSUPPORTED;
}

static struct text model_name(struct arena *a, const xmlNode *root) {
    for (const xmlNode *n = xml_child(root); n; n = xml_next(n))
        if (xml_is(n, NULL, "modelName")) return text_trim(xml_content(a, n));
    return T("");
}

enum status tck_run(struct arena *a, struct text xml, const struct tck_models *models,
                    const struct feel_now *now, struct tck_results *out, struct problem *p) {
    xmlDoc *doc;
    enum status st = open_cases(xml, &doc, p);
    if (st) return st;
    const xmlNode *root = xmlDocGetRootElement(doc);
    struct tck_run r = {.arena = a,
                        .models = models,
                        .namespace = text_trim(xml_attribute(a, root, NULL, "namespace")),
                        .now = now,
                        .out = out};
    find_model(&r, model_name(a, root));
    struct arena scratch = {0};
    for (const xmlNode *n = xml_child(root); n; n = xml_next(n)) {
        if (!xml_is(n, NULL, "testCase")) continue;
        run_case(&r, n, &scratch);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
    xmlFreeDoc(doc);
    return STATUS_OK;
}
