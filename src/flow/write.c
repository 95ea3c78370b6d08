// write.c - a model's file with a few attributes changed, and its canonical form. The tree of the XML library
// is kept as it was read, so nothing that we do not know gets lost.
#include "base/xml.h"
#include "flow/flow.h"

#include <stdlib.h>

static xmlNode *with_id(xmlNode *top, struct text id) {
    for (xmlNode *x = top; x;) {
        xmlChar *own = x->type == XML_ELEMENT_NODE ? xmlGetNoNsProp(x, (const xmlChar *)"id") : NULL;
        bool found = own && text_eq(text_of((const char *)own), id);
        xmlFree(own);
        if (found) return x;
        if (x->children && x->type == XML_ELEMENT_NODE) {
            x = x->children;
            continue;
        }
        while (x && x != top && !x->next) x = x->parent;
        x = x && x != top ? x->next : NULL;
    }
    return NULL;
}

static enum status apply(struct arena *a, xmlDoc *doc, const struct flow_edit *e, struct problem *p) {
    xmlNode *x = with_id(xmlDocGetRootElement(doc), e->id);
    if (!x) {
        (void)problem(p, text_c(a, e->id), "flow_edit_unknown", "problem.flow.edit_unknown");
        problem_arg(p, "element", text_copy(a, e->id));
        return STATUS_NOT_FOUND;
    }
    const xmlChar *name = (const xmlChar *)text_c(a, e->attribute);
    if (e->value.p)
        (void)xmlSetProp(x, name, (const xmlChar *)text_c(a, e->value));
    else
        (void)xmlUnsetProp(x, name);
    return STATUS_OK;
}

enum status flow_write(struct arena *a, struct text xml, const struct flow_edit *edits, size_t count,
                       struct text *out, struct problem *p) {
    xmlDoc *doc;
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    for (size_t i = 0; i < count && !st; i++) st = apply(a, doc, &edits[i], p);
    xmlChar *bytes = NULL;
    int n = 0;
    if (!st) xmlDocDumpMemoryEnc(doc, &bytes, &n, "UTF-8");
    if (!st && !bytes) st = STATUS_BUSY;
    if (bytes) *out = text_copy(a, (struct text){(const char *)bytes, (size_t)n});
    xmlFree(bytes);
    xmlFreeDoc(doc);
    return st;
}

// ---- the canonical form: names with their namespaces, attributes sorted, so prefixes and quotes do not
// count. (W3C C14N refuses the relative namespaces that real files have.)

struct attribute {
    struct text ns, name, value;
};

static int by_name(const void *a, const void *b) {
    const struct attribute *x = a, *y = b;
    int order = text_cmp(x->ns, y->ns);
    return order ? order : text_cmp(x->name, y->name);
}

static struct text uri(const xmlNs *ns) {
    return ns && ns->href ? text_of((const char *)ns->href) : T("");
}

static void put(struct out *o, const char *before, struct text t) {
    out_c(o, before);
    out_printf(o, "%zu:", t.n); // the length, so that no content can look like markup
    out_text(o, t);
}

static void put_attributes(struct arena *a, struct out *o, const xmlNode *x) {
    struct {
        struct attribute *items;
        size_t count, capacity;
    } all = {0};
    for (const xmlAttr *t = x->properties; t; t = t->next) {
        xmlChar *value = xmlNodeListGetString(x->doc, t->children, 1);
        struct text copy = value ? text_copy(a, text_of((const char *)value)) : T("");
        *ARENA_PUSH(a, &all) = (struct attribute){uri(t->ns), text_of((const char *)t->name), copy};
        xmlFree(value);
    }
    if (all.count) qsort(all.items, all.count, sizeof *all.items, by_name);
    for (size_t i = 0; i < all.count; i++) {
        put(o, " @", all.items[i].ns);
        put(o, "", all.items[i].name);
        put(o, "=", all.items[i].value);
    }
}

static void put_node(struct arena *a, struct out *o, const xmlNode *x) { // depth is bounded by xml_read
    switch (x->type) {
    case XML_ELEMENT_NODE:
        put(o, "<", uri(x->ns));
        put(o, "", text_of((const char *)x->name));
        put_attributes(a, o, x);
        for (const xmlNode *c = x->children; c; c = c->next) put_node(a, o, c);
        out_c(o, ">\n");
        return;
    case XML_COMMENT_NODE: put(o, "!", text_of((const char *)x->content)); return;
    case XML_PI_NODE:
        put(o, "?", text_of((const char *)x->name));
        put(o, "", x->content ? text_of((const char *)x->content) : T(""));
        return;
    default: put(o, "\"", x->content ? text_of((const char *)x->content) : T("")); return;
    }
}

enum status flow_canonical(struct arena *a, struct text xml, struct text *out, struct problem *p) {
    xmlDoc *doc;
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    struct out o = {.arena = a};
    for (const xmlNode *c = doc->children; c; c = c->next) put_node(a, &o, c);
    *out = out_done(&o);
    xmlFreeDoc(doc);
    return STATUS_OK;
}
