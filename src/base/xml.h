// xml.h - reading XML from outside: libxml2 without network, external entities, DTDs or large documents.
#pragma once
#include <libxml/tree.h>

#include "base/problem.h"
#include "base/text.h"

enum { XML_BYTES_MAX = 8 * 1024 * 1024, XML_NODE_DEPTH_MAX = 128 };

// Parses a document. A document type declaration is refused (rule "xml_doctype"), so no entity of its own
// can be defined; nothing is fetched. The caller frees *out with xmlFreeDoc. STATUS_TOO_LARGE, or
// STATUS_INVALID with the line of the first error.
enum status xml_read(struct text in, xmlDoc **out, struct problem *p);

// True when the element has this local name, and this namespace unless `ns` is NULL.
bool xml_is(const xmlNode *node, const char *ns, const char *local_name);
// Attribute without namespace (`ns` NULL) or in `ns`; empty text with p == NULL when absent. Copied to `a`.
struct text xml_attribute(struct arena *a, const xmlNode *node, const char *ns, const char *name);
// All text inside the element, copied to `a`.
struct text xml_content(struct arena *a, const xmlNode *node);
// First child element / next sibling element, NULL when there is none.
xmlNode *xml_child(const xmlNode *node);
xmlNode *xml_next(const xmlNode *node);
