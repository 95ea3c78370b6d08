#include <string.h>

#include "base/xml.h"
#include "rules/dmn_model.h"

// Namespaces of DMN 1.1 to 1.5, and of the drafts that editors wrote before 1.3 was published.
static const char *const NAMESPACES[] = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",   "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",   "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",   "https://www.omg.org/spec/DMN/20240513/MODEL/",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
};

static bool is_dmn_namespace(const xmlNode *n) {
    for (size_t i = 0; i < sizeof NAMESPACES / sizeof *NAMESPACES; i++)
        if (n->ns && strcmp((const char *)n->ns->href, NAMESPACES[i]) == 0) return true;
    return false;
}

bool dmn_is(const xmlNode *n, const char *local_name) {
    return xml_is(n, NULL, local_name) && is_dmn_namespace(n);
}

xmlNode *dmn_child(const xmlNode *n, const char *local_name) {
    xmlNode *c = xml_child(n);
    while (c && !dmn_is(c, local_name)) c = xml_next(c);
    return c;
}

xmlNode *dmn_next(const xmlNode *n, const char *local_name) {
    xmlNode *c = xml_next(n);
    while (c && !dmn_is(c, local_name)) c = xml_next(c);
    return c;
}

struct text dmn_attribute(struct reader *r, const xmlNode *n, const char *name) {
    struct text t = xml_attribute(r->arena, n, NULL, name);
    return t.p ? text_trim(t) : T("");
}

void *dmn_fail(struct reader *r, const xmlNode *at, const char *rule, const char *text_key) {
    if (r->failed) return NULL;
    r->failed = true;
    if (problem(r->problem, "model", rule, text_key) && r->problem) {
        r->problem->line = at ? xmlGetLineNo(at) : 0;
        problem_arg(r->problem, "element", r->holder);
        if (r->cell.n) problem_arg(r->problem, "cell", r->cell);
    }
    return NULL;
}

// ---- nodes ----

static const struct {
    const char *element;
    enum dmn_node_kind kind;
} KINDS[] = {
    {"inputData", DMN_INPUT},
    {"decision", DMN_DECISION},
    {"businessKnowledgeModel", DMN_KNOWLEDGE},
    {"decisionService", DMN_SERVICE},
};

static bool node_kind(const xmlNode *n, enum dmn_node_kind *kind) {
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (dmn_is(n, KINDS[i].element)) return *kind = KINDS[i].kind, true;
    return false;
}

static void declare(struct reader *r, const xmlNode *n, enum dmn_node_kind kind) {
    const xmlNode *variable = dmn_child(n, "variable"), *description = dmn_child(n, "description");
    struct dmn_node *node = &r->model->nodes[r->model->node_count++];
    r->holder = dmn_attribute(r, n, "name");
    *node = (struct dmn_node){.model = r->model, .element = n, .type = dmn_element_type(r, variable)};
    node->info = (struct dmn_node_info){
        .kind = kind,
        .id = dmn_attribute(r, n, "id"),
        .name = dmn_attribute(r, n, "name"),
        .type = variable ? dmn_attribute(r, variable, "typeRef") : T(""),
        .description = description ? text_trim(xml_content(r->arena, description)) : T(""),
        .line = xmlGetLineNo(n)};
    if (!node->info.name.n && variable) node->info.name = dmn_attribute(r, variable, "name");
    r->holder = node->info.name;
    if (!node->info.name.n) dmn_fail(r, n, "dmn_name", "dmn.no_name");
}

static void declare_all(struct reader *r, const xmlNode *definitions) {
    size_t count = 0;
    enum dmn_node_kind kind;
    for (const xmlNode *n = xml_child(definitions); n; n = xml_next(n)) count += node_kind(n, &kind);
    if (count > DMN_NODES_MAX) {
        dmn_fail(r, definitions, "dmn_size", "dmn.too_large");
        return;
    }
    r->model->nodes = ARENA_ARRAY(r->arena, struct dmn_node, count);
    for (const xmlNode *n = xml_child(definitions); n && !r->failed; n = xml_next(n))
        if (node_kind(n, &kind)) declare(r, n, kind);
}

static const struct dmn_node *node_by_id(const struct dmn_model *m, struct text id) {
    for (size_t i = 0; i < m->node_count; i++)
        if (text_eq(m->nodes[i].info.id, id)) return &m->nodes[i];
    return NULL;
}

// "#id", or "namespace#id" of this model or an imported one.
static bool follow(struct reader *r, const xmlNode *reference, struct dmn_requirement *out) {
    struct text href = dmn_attribute(r, reference, "href"), space = T("");
    size_t hash;
    if (text_find(href, T("#"), &hash)) {
        space = text_slice(href, 0, hash);
        href = text_slice(href, hash + 1, href.n);
    }
    *out = (struct dmn_requirement){.import = T("")};
    if (!space.n || text_eq(space, r->model->space)) out->node = node_by_id(r->model, href);
    for (size_t i = 0; i < r->model->import_count && !out->node; i++) {
        const struct dmn_import *im = &r->model->imports[i];
        if (!text_eq(im->space, space)) continue;
        out->import = im->name;
        out->node = node_by_id(im->model, href);
    }
    if (out->node) return true;
    dmn_fail(r, reference, "dmn_reference", "dmn.unknown_reference");
    return false;
}

struct requirement_list {
    struct dmn_requirement *items;
    size_t count, capacity;
};

static void follow_into(struct reader *r, const xmlNode *reference, struct requirement_list *l) {
    struct dmn_requirement q;
    if (follow(r, reference, &q)) *ARENA_PUSH(r->arena, l) = q;
}

static void requirements(struct reader *r, struct dmn_node *node) {
    struct requirement_list l = {0};
    for (const xmlNode *n = xml_child(node->element); n && !r->failed; n = xml_next(n)) {
        bool is_requirement = dmn_is(n, "informationRequirement") || dmn_is(n, "knowledgeRequirement");
        for (const xmlNode *c = is_requirement ? xml_child(n) : NULL; c && !r->failed; c = xml_next(c))
            if (dmn_is(c, "requiredDecision") || dmn_is(c, "requiredInput") || dmn_is(c, "requiredKnowledge"))
                follow_into(r, c, &l);
    }
    node->requirements = l.items;
    node->requirement_count = l.count;
}

// What a service takes: its input data, then its input decisions, in the order of the schema's parameters.
static void service(struct reader *r, struct dmn_node *node) {
    struct requirement_list in = {0}, out = {0};
    for (const xmlNode *c = dmn_child(node->element, "inputData"); c; c = dmn_next(c, "inputData"))
        follow_into(r, c, &in);
    for (const xmlNode *c = dmn_child(node->element, "inputDecision"); c; c = dmn_next(c, "inputDecision"))
        follow_into(r, c, &in);
    for (const xmlNode *c = dmn_child(node->element, "outputDecision"); c; c = dmn_next(c, "outputDecision"))
        follow_into(r, c, &out);
    node->requirements = in.items;
    node->requirement_count = in.count;
    node->outputs = ARENA_ARRAY(r->arena, const struct dmn_node *, out.count);
    for (size_t i = 0; i < out.count; i++) node->outputs[i] = out.items[i].node;
    node->output_count = out.count;
}

// ---- logic ----

static void bind_requirements(struct reader *r, const struct dmn_node *node) {
    r->variables.count = 0;
    for (size_t i = 0; i < node->requirement_count; i++) {
        const struct dmn_requirement *q = &node->requirements[i];
        dmn_bind(r, q->import.n ? q->import : q->node->info.name);
        if (q->import.n) *ARENA_PUSH(r->arena, &r->model->members) = q->node->info.name;
    }
}

static void decision_logic(struct reader *r, struct dmn_node *node) {
    const xmlNode *x = xml_child(node->element);
    while (x && !dmn_is_expression(x)) x = xml_next(x);
    if (!x) return;
    const struct node *logic = dmn_boxed(r, x, node->info.name);
    if (!logic) return;
    node->logic_kind = dmn_is(x, "decisionTable")       ? DMN_TABLE
                       : dmn_is(x, "literalExpression") ? DMN_LITERAL
                                                        : DMN_BOXED;
    if (node->logic_kind == DMN_TABLE) {
        struct table *t = (struct table *)(logic->kind == NODE_COERCE ? logic->a : logic)->data;
        t->is_whole_logic = true;
        t->owner = DMN_DECISION;
    }
    node->logic = dmn_coerced(r, logic, node->type);
}

static const struct feel_type *result_type(const struct feel_type *t) {
    if (t->kind == TYPE_FUNCTION) return t->element ? t->element : &TYPE_OF_ANY;
    return t;
}

static void knowledge_logic(struct reader *r, struct dmn_node *node) {
    const xmlNode *x = dmn_child(node->element, "encapsulatedLogic");
    if (!x) return;
    dmn_bind(r, node->info.name); // it may call itself
    const struct node *function = dmn_function(r, x, node->info.name);
    if (!function) return;
    ((struct node *)function)->type = result_type(node->type);
    node->logic = function;
    node->logic_kind = DMN_BOXED;
}

// A service as a function of what it takes.
static void service_logic(struct reader *r, struct dmn_node *node) {
    struct node *body = ARENA_NEW(r->arena, struct node), *function = ARENA_NEW(r->arena, struct node);
    struct text *names = ARENA_ARRAY(r->arena, struct text, node->requirement_count);
    const struct feel_type **types = ARENA_ARRAY(r->arena, const struct feel_type *, node->requirement_count);
    for (size_t i = 0; i < node->requirement_count; i++) {
        names[i] = node->requirements[i].node->info.name;
        types[i] = node->requirements[i].node->type;
    }
    *body = (struct node){
        .kind = NODE_NATIVE, .native = service_run, .data = node, .line = (uint32_t)node->info.line};
    *function = (struct node){.kind = NODE_FUNCTION,
                              .name = node->info.name,
                              .a = body,
                              .names = names,
                              .types = types,
                              .count = node->requirement_count,
                              .type = result_type(node->type),
                              .line = body->line};
    node->logic = function;
    node->logic_kind = DMN_BOXED;
}

static void logic(struct reader *r, struct dmn_node *node) {
    r->holder = node->info.name;
    bind_requirements(r, node);
    if (node->info.kind == DMN_DECISION) decision_logic(r, node);
    if (node->info.kind == DMN_KNOWLEDGE) knowledge_logic(r, node);
    if (node->info.kind == DMN_SERVICE) service_logic(r, node);
    node->element = NULL;
}

// A decision that needs its own result cannot be evaluated.
static void refuse_circles(struct reader *r, struct dmn_node *node, int depth) {
    enum { UNSEEN, OPEN, DONE };
    if (r->failed || node->mark == DONE || node->info.kind != DMN_DECISION) return;
    r->holder = node->info.name;
    if (node->mark == OPEN) {
        dmn_fail(r, NULL, "dmn_circle", "dmn.circle");
        return;
    }
    if (depth > FEEL_DEPTH_MAX) {
        dmn_fail(r, NULL, "dmn_depth", "dmn.too_deep");
        return;
    }
    node->mark = OPEN;
    for (size_t i = 0; i < node->requirement_count; i++)
        if (!node->requirements[i].import.n)
            refuse_circles(r, (struct dmn_node *)node->requirements[i].node, depth + 1);
    node->mark = DONE;
}

// ---- the model ----

// Documents of other kinds may be imported too: PMML for external functions, XML Schema for types. Nothing is
// read from them.
static bool is_model(struct reader *r, const xmlNode *import) {
    struct text type = dmn_attribute(r, import, "importType");
    size_t at;
    return !text_find(type, T("PMML"), &at) && !text_find(type, T("XMLSchema"), &at);
}

static void imports(struct reader *r, const xmlNode *definitions, const struct dmn_read_options *o) {
    size_t count = 0;
    for (const xmlNode *n = dmn_child(definitions, "import"); n; n = dmn_next(n, "import")) count++;
    r->model->imports = ARENA_ARRAY(r->arena, struct dmn_import, count);
    for (const xmlNode *n = dmn_child(definitions, "import"); n && !r->failed; n = dmn_next(n, "import")) {
        if (!is_model(r, n)) continue;
        struct dmn_import im = {dmn_attribute(r, n, "name"), dmn_attribute(r, n, "namespace"), NULL};
        for (size_t i = 0; o && i < o->import_count; i++)
            if (text_eq(o->imports[i]->space, im.space)) im.model = o->imports[i];
        r->holder = im.space;
        if (im.model)
            r->model->imports[r->model->import_count++] = im;
        else
            dmn_fail(r, n, "dmn_import", "dmn.unknown_import");
        for (size_t i = 0; im.model && i < im.model->members.count; i++)
            *ARENA_PUSH(r->arena, &r->model->members) = im.model->members.items[i];
    }
}

// Names of entries, columns and outputs anywhere in the model, so that a path may use them wherever it
// stands.
static void gather_members(struct reader *r, const xmlNode *n) {
    for (const xmlNode *c = xml_child(n); c; c = xml_next(c)) {
        const xmlNode *variable = dmn_is(c, "contextEntry") ? dmn_child(c, "variable") : NULL;
        bool is_column = dmn_is(c, "column") || dmn_is(c, "output");
        struct text name = variable    ? dmn_attribute(r, variable, "name")
                           : is_column ? dmn_attribute(r, c, "name")
                                       : T("");
        if (name.n) *ARENA_PUSH(r->arena, &r->model->members) = name;
        gather_members(r, c);
    }
}

static void read(struct reader *r, const xmlNode *definitions, const struct dmn_read_options *o) {
    struct dmn_model *m = r->model;
    m->name = dmn_attribute(r, definitions, "name");
    m->space = dmn_attribute(r, definitions, "namespace");
    r->holder = m->name;
    imports(r, definitions, o);
    dmn_types_declare(r, definitions);
    dmn_types_resolve(r);
    gather_members(r, definitions);
    if (!r->failed) declare_all(r, definitions);
    for (size_t i = 0; i < m->node_count && !r->failed; i++) {
        r->holder = m->nodes[i].info.name;
        if (m->nodes[i].info.kind == DMN_SERVICE)
            service(r, &m->nodes[i]);
        else
            requirements(r, &m->nodes[i]);
    }
    for (size_t i = 0; i < m->node_count && !r->failed; i++) logic(r, &m->nodes[i]);
    for (size_t i = 0; i < m->node_count && !r->failed; i++) refuse_circles(r, &m->nodes[i], 0);
    m->infos = ARENA_ARRAY(r->arena, struct dmn_node_info, m->node_count);
    for (size_t i = 0; i < m->node_count; i++) m->infos[i] = m->nodes[i].info;
}

enum status dmn_read_with(struct arena *a, struct text xml, const struct dmn_read_options *options,
                          const struct dmn_model **out, struct problem *p) {
    xmlDoc *doc = NULL;
    *out = NULL;
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    const xmlNode *root = xmlDocGetRootElement(doc);
    struct reader r = {.arena = a,
                       .model = ARENA_NEW(a, struct dmn_model),
                       .problem = p,
                       .lenient = options && options->lenient,
                       .scan_tables = options && options->scan_tables,
                       .index_steps = DMN_INDEX_STEPS_MAX,
                       .holder = T("definitions")};
    if (!root || !dmn_is(root, "definitions")) {
        dmn_fail(&r, root, "dmn_namespace", "dmn.not_dmn");
        st = STATUS_UNSUPPORTED;
    } else {
        read(&r, root, options);
        st = r.failed ? STATUS_INVALID : STATUS_OK;
    }
    xmlFreeDoc(doc);
    if (!st) *out = r.model;
    return st;
}

enum status dmn_read(struct arena *a, struct text xml, const struct dmn_model **out, struct problem *p) {
    return dmn_read_with(a, xml, NULL, out, p);
}

struct text dmn_name(const struct dmn_model *m) {
    return m->name;
}

struct text dmn_namespace(const struct dmn_model *m) {
    return m->space;
}

const struct dmn_node_info *dmn_nodes(const struct dmn_model *m, size_t *count) {
    *count = m->node_count;
    return m->infos;
}
