// XML as FEEL data (DMN 1.5, 10.3.3, table 70): an element becomes an entry of the context of its parent. No
// schema is read, so every value is a string; namespaces do not count.
#include <stdlib.h>

#include "base/xml.h"
#include "rules/feel.h"

// One attribute or child element, before those of one name are put together.
struct part {
    struct text name;
    size_t at; // its place in the document
    struct feel_value value;
};
struct part_list {
    struct part *items;
    size_t count, capacity;
};

static int by_name(const void *a, const void *b) {
    const struct part *x = a, *y = b;
    int c = text_cmp(x->name, y->name);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b) {
    const struct part *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static struct text own_name(struct arena *a, const xmlChar *name) {
    return text_copy(a, text_of((const char *)name));
}

// Elements that repeat become one entry with a list, where the first of them stood.
static struct feel_value context_of(struct arena *a, struct part_list *parts) {
    struct feel_entry *entries = ARENA_ARRAY(a, struct feel_entry, parts->count);
    size_t count = 0, run;
    if (parts->count) qsort(parts->items, parts->count, sizeof *parts->items, by_name);
    for (size_t i = 0; i < parts->count; i += run) {
        struct part *p = &parts->items[i];
        for (run = 1; i + run < parts->count && text_eq(p[run].name, p->name);) run++;
        struct feel_value *values = ARENA_ARRAY(a, struct feel_value, run);
        for (size_t k = 0; k < run; k++) values[k] = p[k].value;
        parts->items[count] = *p;
        if (run > 1) parts->items[count].value = feel_list_of(values, run);
        count++;
    }
    if (count) qsort(parts->items, count, sizeof *parts->items, by_place);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct feel_entry){parts->items[i].name, parts->items[i].value};
    return (struct feel_value){.kind = FEEL_CONTEXT, .context = {entries, count}};
}

static void add(struct arena *a, struct part_list *l, struct text name, struct feel_value value) {
    size_t at = l->count;
    *ARENA_PUSH(a, l) = (struct part){name, at, value};
}

// Beside text, an attribute's name gets an "@" and the text is "$content".
static void add_attributes(struct arena *a, const xmlNode *n, bool beside_text, struct part_list *l) {
    for (const xmlAttr *at = n->properties; at; at = at->next) {
        struct text name = own_name(a, at->name), value = xml_content(a, (const xmlNode *)at);
        if (beside_text) name = TEXT_JOIN(a, T("@"), name);
        add(a, l, name, feel_string(value.p ? value : T("")));
    }
}

// A level of elements may become two of values: a list of contexts.
enum { ELEMENTS_DEEP_MAX = FEEL_DEPTH_MAX / 2 };

static struct feel_value value_of(struct arena *a, const xmlNode *n, int depth, bool *too_deep) {
    struct part_list parts = {0};
    if (depth > ELEMENTS_DEEP_MAX) return *too_deep = true, feel_null();
    const xmlNode *child = xml_child(n);
    struct text content = child ? T("") : xml_content(a, n);
    if (!child && !n->properties) return content.n ? feel_string(content) : feel_null();
    add_attributes(a, n, content.n > 0, &parts);
    for (; child; child = xml_next(child))
        add(a, &parts, own_name(a, child->name), value_of(a, child, depth + 1, too_deep));
    if (content.n) add(a, &parts, T("$content"), feel_string(content));
    return context_of(a, &parts);
}

enum status feel_from_xml(struct arena *a, struct text xml, struct feel_value *out, struct problem *p) {
    xmlDoc *doc;
    *out = feel_null();
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    const xmlNode *root = xmlDocGetRootElement(doc);
    struct part_list parts = {0};
    bool too_deep = false;
    add(a, &parts, own_name(a, root->name), value_of(a, root, 1, &too_deep));
    if (!too_deep) *out = context_of(a, &parts);
    xmlFreeDoc(doc);
    return too_deep ? STATUS_TOO_LARGE : STATUS_OK;
}
