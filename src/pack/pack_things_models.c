// Decision tables and processes as things. A row is named by its conditions, so that one that only moved is
// the same.
#include "base/xml.h"
#include "pack/pack_graph.h"
#include "pack/pack_things.h"

static struct text text_below(struct things *t, const xmlNode *n) {
    for (const xmlNode *c = xml_child(n); c; c = xml_next(c))
        if (xml_is(c, NULL, "text")) return text_trim(xml_content(t->arena, c));
    return T("");
}

static struct text cells(struct things *t, const xmlNode *row, const char *kind) {
    struct out o = {.arena = t->arena};
    size_t n = 0;
    for (const xmlNode *c = xml_child(row); c; c = xml_next(c)) {
        if (!xml_is(c, NULL, kind)) continue;
        struct text cell = text_below(t, c);
        out_printf(&o, "%s" TEXT_FMT, n++ ? " | " : "", TEXT_ARG(cell));
    }
    return out_done(&o);
}

static bool is_taken(const struct things *t, struct text id) {
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i]->section == PACK_SECTION_DECISIONS && text_eq(t->items[i]->id, id)) return true;
    return false;
}

static void row(struct things *t, struct text table, const xmlNode *n) {
    struct text id = TEXT_JOIN(t->arena, table, T(": "), cells(t, n, "inputEntry"));
    for (int again = 2; is_taken(t, id); again++) // the same conditions twice: by order
        id = text_printf(t->arena, TEXT_FMT " (%d)", TEXT_ARG(id), again);
    struct thing *one = thing_add(t, PACK_SECTION_DECISIONS, id, T(""));
    one->note = cells(t, n, "annotationEntry");
    thing_say(t, one, "result", cells(t, n, "outputEntry"));
    thing_say(t, one, "annotation", one->note);
}

// A type, or a column of a table: what it asks, and which values there may be.
static void column(struct things *t, struct text holder, const char *kind, struct text name,
                   const xmlNode *n) {
    struct text id = text_printf(t->arena, TEXT_FMT ": %s " TEXT_FMT, TEXT_ARG(holder), kind, TEXT_ARG(name));
    struct thing *one = thing_add(t, PACK_SECTION_DECISIONS, id, T(""));
    thing_say(t, one, "type", xml_attribute(t->arena, n, NULL, "typeRef"));
    for (const xmlNode *c = xml_child(n); c; c = xml_next(c)) {
        bool is_expression = xml_is(c, NULL, "inputExpression") || xml_is(c, NULL, "defaultOutputEntry");
        bool is_allowed = xml_is(c, NULL, "allowedValues") || xml_is(c, NULL, "inputValues") ||
                          xml_is(c, NULL, "outputValues");
        if (is_expression || is_allowed)
            thing_say(t, one, is_expression ? "expression" : "allowed", text_below(t, c));
        if (xml_is(c, NULL, "typeRef")) thing_say(t, one, "type", text_trim(xml_content(t->arena, c)));
    }
}

// DMN 1.5, 8.2.10: what says no hit policy is UNIQUE, and editors leave it out.
static void table(struct things *t, struct text holder, const xmlNode *n) {
    struct text policy = xml_attribute(t->arena, n, NULL, "hitPolicy");
    thing_say(t, thing_add(t, PACK_SECTION_DECISIONS, TEXT_JOIN(t->arena, holder, T(": table")), T("")),
              "hit_policy", policy.n ? policy : T("UNIQUE"));
}

// What stands in a decision or knowledge model beside rows: hit policy, columns, expressions.
static void tables(struct things *t, struct text holder, const xmlNode *parent) {
    for (const xmlNode *n = xml_child(parent); n; n = xml_next(n)) {
        if (xml_is(n, NULL, "decision") || xml_is(n, NULL, "businessKnowledgeModel")) {
            tables(t, xml_attribute(t->arena, n, NULL, "name"), n);
        } else if (xml_is(n, NULL, "rule")) {
            row(t, holder, n);
        } else if (xml_is(n, NULL, "itemDefinition") || xml_is(n, NULL, "itemComponent")) {
            column(t, holder, "type", xml_attribute(t->arena, n, NULL, "name"), n);
            tables(t, TEXT_JOIN(t->arena, holder, T(": "), xml_attribute(t->arena, n, NULL, "name")), n);
        } else if (xml_is(n, NULL, "input") && xml_attribute(t->arena, n, NULL, "id").n) {
            column(t, holder, "input", xml_attribute(t->arena, n, NULL, "id"), n);
        } else if (xml_is(n, NULL, "output") && xml_attribute(t->arena, n, NULL, "id").n) {
            column(t, holder, "output", xml_attribute(t->arena, n, NULL, "id"), n);
        } else if (xml_is(n, NULL, "literalExpression")) {
            struct text id = TEXT_JOIN(t->arena, holder, T(": expression"));
            for (int again = 2; is_taken(t, id); again++)
                id = text_printf(t->arena, TEXT_FMT ": expression (%d)", TEXT_ARG(holder), again);
            thing_say(t, thing_add(t, PACK_SECTION_DECISIONS, id, T("")), "expression", text_below(t, n));
        } else {
            if (xml_is(n, NULL, "decisionTable")) table(t, holder, n);
            tables(t, holder, n);
        }
    }
}

static void element(struct things *t, const struct flow_model *m, const struct flow_element *e) {
    struct text id = TEXT_JOIN(t->arena, flow_process_id(m), T("."), e->id);
    struct thing *one = thing_add(t, PACK_SECTION_PROCESSES, id, e->name);
    thing_say(t, one, "kind", text_of(flow_kind_name(e->kind)));
    thing_say(t, one, "name", e->name);
    thing_say(t, one, "message", e->event_name);
    thing_say(t, one, "timer", e->timer);
    thing_say(t, one, "groups", e->groups);
    thing_say(t, one, "form", e->form);
    thing_say(t, one, "service", e->type);
    thing_say(t, one, "decision", e->decision);
    thing_say(t, one, "calls", e->called);
    for (size_t i = 0; i < e->properties.count; i++)
        thing_say(t, one, text_c(t->arena, e->properties.items[i].name), e->properties.items[i].value);
    for (size_t i = 0; i < e->headers.count; i++)
        thing_say(t, one, text_c(t->arena, e->headers.items[i].name), e->headers.items[i].value);
}

static void process(struct things *t, const struct pack_process *k) {
    struct pack_graph g;
    for (size_t i = 0; i < flow_count(k->model); i++) element(t, k->model, flow_element(k->model, (int)i));
    if (graph_read(t->arena, text_of_bytes(pack_file_content(t->pack, k->file)), k->model, &g)) return;
    for (size_t i = 0; i < g.count; i++) {
        struct text id = TEXT_JOIN(t->arena, flow_process_id(k->model), T("."),
                                   flow_element(k->model, g.items[i].source)->id, T(" > "),
                                   flow_element(k->model, g.items[i].target)->id);
        thing_say(t, thing_add(t, PACK_SECTION_PROCESSES, id, T("")), "condition", g.items[i].condition);
    }
}

void things_of_models(struct things *t) {
    for (size_t i = 0; i < t->pack->processes.count; i++) process(t, &t->pack->processes.items[i]);
    for (size_t i = 0; i < t->pack->decisions.count; i++) {
        struct text file = t->pack->decisions.items[i].file;
        xmlDoc *doc;
        if (xml_read(text_of_bytes(pack_file_content(t->pack, file)), &doc, NULL)) continue;
        tables(t, file, xmlDocGetRootElement(doc));
        xmlFreeDoc(doc);
    }
}
