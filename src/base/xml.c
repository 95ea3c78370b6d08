#include "base/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

static void silent(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

static bool too_deep(const xmlNode *root) {
    int depth = 0;
    for (const xmlNode *n = root; n;) {
        if (n->type == XML_ELEMENT_NODE && n->children) {
            n = n->children;
            if (++depth > XML_NODE_DEPTH_MAX) return true;
            continue;
        }
        while (n && n != root && !n->next) n = n->parent, depth--;
        if (!n || n == root) break;
        n = n->next;
    }
    return false;
}

enum status xml_read(struct text in, xmlDoc **out, struct problem *p) {
    *out = NULL;
    if (in.n > XML_BYTES_MAX) {
        if (p) *p = (struct problem){.field = "", .rule = "xml_size", .text_key = "problem.xml.size"};
        return STATUS_TOO_LARGE;
    }
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (!ctxt) return STATUS_BUSY;
    xmlSetStructuredErrorFunc(NULL, silent);
    xmlDoc *doc =
        xmlCtxtReadMemory(ctxt, in.p ? in.p : "", (int)in.n, NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    enum status st = STATUS_OK;
    if (!doc || !ctxt->wellFormed) {
        st = problem(p, "", "xml_syntax", "problem.xml.syntax");
        if (p) p->line = ctxt->lastError.line;
    } else if (doc->intSubset) {
        st = problem(p, "", "xml_doctype", "problem.xml.doctype");
    } else if (too_deep(xmlDocGetRootElement(doc))) {
        st = problem(p, "", "xml_depth", "problem.xml.depth");
    }
    xmlFreeParserCtxt(ctxt);
    if (st) {
        if (doc) xmlFreeDoc(doc);
        return st;
    }
    *out = doc;
    return STATUS_OK;
}

bool xml_is(const xmlNode *node, const char *ns, const char *local_name) {
    if (!node || node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, local_name) != 0)
        return false;
    return !ns || (node->ns && node->ns->href && strcmp((const char *)node->ns->href, ns) == 0);
}

struct text xml_attribute(struct arena *a, const xmlNode *node, const char *ns, const char *name) {
    xmlChar *v = ns ? xmlGetNsProp((xmlNode *)node, (const xmlChar *)name, (const xmlChar *)ns)
                    : xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name);
    if (!v) return (struct text){0};
    struct text t = text_copy(a, text_of((const char *)v));
    xmlFree(v);
    return t;
}

struct text xml_content(struct arena *a, const xmlNode *node) {
    xmlChar *v = xmlNodeGetContent((xmlNode *)node);
    if (!v) return (struct text){0};
    struct text t = text_copy(a, text_of((const char *)v));
    xmlFree(v);
    return t;
}

xmlNode *xml_child(const xmlNode *node) {
    xmlNode *n = node ? node->children : NULL;
    while (n && n->type != XML_ELEMENT_NODE) n = n->next;
    return n;
}

xmlNode *xml_next(const xmlNode *node) {
    xmlNode *n = node ? node->next : NULL;
    while (n && n->type != XML_ELEMENT_NODE) n = n->next;
    return n;
}
