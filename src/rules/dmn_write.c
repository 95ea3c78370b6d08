#include "rules/dmn_write.h"

#include <string.h>

#include "base/xml.h"

// ---- tags with their places in the file ----
//
// Only documents that libxml2 has accepted come here, so tags close as they open.

struct tag {
    size_t from, to; // of the whole tag
    struct text name, prefix;
    struct text attributes; // between the name and the end
    bool closes, is_empty;
};

// The place after `end`, or the end of the file.
static size_t after(struct text xml, size_t from, struct text end) {
    size_t at;
    return text_find(text_slice(xml, from, xml.n), end, &at) ? from + at + end.n : xml.n;
}

static bool starts_at(struct text xml, size_t at, struct text with) {
    return text_starts(text_slice(xml, at, xml.n), with);
}

static size_t tag_end(struct text xml, size_t at) {
    char quote = 0;
    for (; at < xml.n; at++) {
        char c = xml.p[at];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            break;
    }
    return at < xml.n ? at + 1 : xml.n;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct tag read_tag(struct text xml, size_t at) {
    struct tag t = {.from = at, .to = tag_end(xml, at)};
    struct text inside = text_slice(xml, at + 1, t.to ? t.to - 1 : 0);
    size_t colon, n = 0;
    t.closes = text_starts(inside, T("/"));
    t.is_empty = text_ends(inside, T("/"));
    inside = text_slice(inside, t.closes, inside.n - t.is_empty);
    while (n < inside.n && !is_space(inside.p[n])) n++;
    t.name = text_slice(inside, 0, n);
    t.attributes = text_slice(inside, n, inside.n);
    if (text_find(t.name, T(":"), &colon)) {
        t.prefix = text_slice(t.name, 0, colon + 1);
        t.name = text_slice(t.name, colon + 1, t.name.n);
    }
    return t;
}

// The next tag from *at on; false at the end.
static bool next_tag(struct text xml, size_t *at, struct tag *out) {
    while (*at < xml.n) {
        if (xml.p[*at] != '<')
            ++*at;
        else if (starts_at(xml, *at, T("<!--")))
            *at = after(xml, *at + 4, T("-->"));
        else if (starts_at(xml, *at, T("<![CDATA[")))
            *at = after(xml, *at + 9, T("]]>"));
        else if (starts_at(xml, *at, T("<?")))
            *at = after(xml, *at + 2, T("?>"));
        else {
            *out = read_tag(xml, *at);
            *at = out->to;
            return true;
        }
    }
    return false;
}

// Goes on until the tag that closes `open`, whose content so ends at out->from.
static bool find_end(struct text xml, const struct tag *open, struct tag *out) {
    size_t at = open->to, depth = 1;
    *out = *open;
    if (open->is_empty) return true;
    while (depth && next_tag(xml, &at, out))
        if (!out->is_empty) depth = out->closes ? depth - 1 : depth + 1;
    return !depth;
}

// The next child of that name inside `parent`, after `*at` (0: from its start).
static bool next_child(struct text xml, const struct tag *parent, size_t *at, const char *name,
                       struct tag *out) {
    struct tag end;
    if (parent->is_empty) return false;
    if (!*at) *at = parent->to;
    while (next_tag(xml, at, out) && !out->closes) {
        struct tag child = *out;
        if (!find_end(xml, &child, &end)) return false;
        *at = end.to;
        if (text_eq(child.name, text_of(name))) return *out = child, true;
    }
    return false;
}

static bool child(struct text xml, const struct tag *parent, const char *name, struct tag *out) {
    size_t at = 0;
    return next_child(xml, parent, &at, name, out);
}

// ---- text ----

static uint32_t reference(struct text name) {
    static const struct {
        const char *name;
        char c;
    } NAMED[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    uint32_t c = 0;
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++)
        if (text_eq(name, text_of(NAMED[i].name))) return (unsigned char)NAMED[i].c;
    bool is_hex = text_starts(name, T("#x"));
    for (size_t i = is_hex ? 2 : 1; i < name.n && c <= 0x10ffff; i++) {
        char d = name.p[i];
        c = c * (is_hex ? 16 : 10) + (uint32_t)(d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
    }
    return c;
}

// What a piece of the file says: references resolved, comments left out.
static struct text decoded(struct arena *a, struct text raw) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < raw.n;) {
        size_t end;
        if (starts_at(raw, i, T("<!--"))) {
            i = after(raw, i + 4, T("-->"));
        } else if (starts_at(raw, i, T("<![CDATA["))) {
            end = after(raw, i + 9, T("]]>"));
            out_text(&o, text_slice(raw, i + 9, end - 3));
            i = end;
        } else if (raw.p[i] == '&' && text_find(text_slice(raw, i, raw.n), T(";"), &end)) {
            out_codepoint(&o, reference(text_slice(raw, i + 1, i + end)));
            i += end + 1;
        } else {
            out_byte(&o, raw.p[i++]);
        }
    }
    return out_done(&o);
}

static struct text encoded(struct arena *a, struct text t) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '&')
            out_c(&o, "&amp;");
        else if (t.p[i] == '<')
            out_c(&o, "&lt;");
        else if (t.p[i] == '>')
            out_c(&o, "&gt;");
        else
            out_byte(&o, t.p[i]);
    }
    return out_done(&o);
}

static struct text attribute(struct arena *a, const struct tag *t, const char *name) {
    struct text left = t->attributes;
    for (;;) {
        size_t equals, end;
        if (!text_find(left, T("="), &equals)) return T("");
        struct text found = text_trim(text_slice(left, 0, equals));
        left = text_trim(text_slice(left, equals + 1, left.n));
        if (!left.n) return T("");
        struct text quote = text_slice(left, 0, 1);
        left = text_slice(left, 1, left.n);
        if (!text_find(left, quote, &end)) return T("");
        if (text_eq(found, text_of(name))) return text_trim(decoded(a, text_slice(left, 0, end)));
        left = text_slice(left, end + 1, left.n);
    }
}

// ---- finding the cell ----

struct edit {
    struct arena *arena;
    struct text xml;
    const struct dmn_cell *cell;
    struct problem *problem;
    struct tag text; // the cell's <text>
    size_t from, to; // its content
};

static enum status missing(struct edit *e, const char *rule, const char *text_key, struct text value) {
    if (problem(e->problem, "cell", rule, text_key) && e->problem) problem_arg(e->problem, "name", value);
    return STATUS_NOT_FOUND;
}

static bool is_named(struct edit *e, const struct tag *t) {
    return text_eq(attribute(e->arena, t, "name"), e->cell->element) ||
           text_eq(attribute(e->arena, t, "id"), e->cell->element);
}

// The first table in the element of that name or id, or the table of that id.
static bool find_table(struct edit *e, struct tag *table) {
    struct tag t;
    size_t at = 0, until = 0;
    while (next_tag(e->xml, &at, &t)) {
        bool is_table = text_eq(t.name, T("decisionTable"));
        bool is_holder = text_eq(t.name, T("decision")) || text_eq(t.name, T("businessKnowledgeModel"));
        if (t.closes) continue;
        if (is_table && (t.from < until || is_named(e, &t))) return *table = t, true;
        struct tag end;
        if (is_holder && is_named(e, &t) && find_end(e->xml, &t, &end)) until = end.from;
    }
    return false;
}

static struct text text_of_child(struct edit *e, const struct tag *parent) {
    struct tag t, end;
    if (!child(e->xml, parent, "text", &t) || t.is_empty || !find_end(e->xml, &t, &end)) return T("");
    return text_trim(decoded(e->arena, text_slice(e->xml, t.to, end.from)));
}

static bool is_column(struct edit *e, const struct tag *t, bool is_input) {
    struct tag expression;
    struct text label = attribute(e->arena, t, "label");
    if (label.n && text_eq(label, e->cell->column)) return true;
    struct text name = attribute(e->arena, t, "name");
    // The only output needs no name: it is the decision's result.
    if (!is_input) return text_eq(name.n || label.n ? name : e->cell->element, e->cell->column);
    return child(e->xml, t, "inputExpression", &expression) &&
           text_eq(text_of_child(e, &expression), e->cell->column);
}

// Which of the table's inputs or outputs it is, from 1; 0 for none.
static size_t column_number(struct edit *e, const struct tag *table, const char *element, bool is_input) {
    struct tag t;
    size_t at = 0;
    for (size_t i = 1; next_child(e->xml, table, &at, element, &t); i++)
        if (is_column(e, &t, is_input)) return i;
    return 0;
}

static bool nth_child(struct edit *e, const struct tag *parent, const char *name, size_t n, struct tag *out) {
    size_t at = 0;
    bool found = n > 0;
    for (size_t i = 0; i < n && found; i++) found = next_child(e->xml, parent, &at, name, out);
    return found;
}

static enum status find_cell(struct edit *e) {
    struct tag table, rule, entry, end;
    if (!find_table(e, &table)) return missing(e, "dmn_cell_element", "dmn.cell_element", e->cell->element);
    size_t input = column_number(e, &table, "input", true);
    size_t output = input ? 0 : column_number(e, &table, "output", false);
    if (!input && !output) return missing(e, "dmn_cell_column", "dmn.cell_column", e->cell->column);
    bool has_rule = nth_child(e, &table, "rule", e->cell->rule, &rule);
    if (!has_rule ||
        !nth_child(e, &rule, input ? "inputEntry" : "outputEntry", input ? input : output, &entry))
        return missing(e, "dmn_cell_rule", "dmn.cell_rule", text_printf(e->arena, "%zu", e->cell->rule));
    if (!child(e->xml, &entry, "text", &e->text) || !find_end(e->xml, &e->text, &end))
        return STATUS_UNSUPPORTED;
    e->from = e->text.to;
    e->to = e->text.is_empty ? e->text.to : end.from;
    return STATUS_OK;
}

// Whether the file is one that can be changed byte by byte.
static enum status open_file(struct text xml, struct problem *p) {
    xmlDoc *doc;
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    const char *encoding = (const char *)doc->encoding;
    bool is_utf8 = text_is_utf8(xml) && (!encoding || text_eq_nocase(text_of(encoding), T("UTF-8")));
    xmlFreeDoc(doc);
    return is_utf8 ? STATUS_OK : STATUS_UNSUPPORTED;
}

static enum status open_cell(struct edit *e) {
    enum status st = open_file(e->xml, e->problem);
    return st ? st : find_cell(e);
}

static struct text cell_text(struct edit *e) {
    return text_trim(decoded(e->arena, text_slice(e->xml, e->from, e->to)));
}

// White space around the old text stays around the new one.
static struct text replaced(struct edit *e, struct text source) {
    struct text old = text_slice(e->xml, e->from, e->to), inner = text_trim(old);
    size_t lead = inner.n ? (size_t)(inner.p - old.p) : 0;
    struct text before = text_slice(old, 0, lead), behind = text_slice(old, lead + inner.n, old.n);
    struct text head = text_slice(e->xml, 0, e->from), tail = text_slice(e->xml, e->to, e->xml.n);
    if (!e->text.is_empty)
        return TEXT_JOIN(e->arena, head, before, encoded(e->arena, source), inner.n ? behind : T(""), tail);
    head = text_slice(e->xml, 0, e->text.from);
    return TEXT_JOIN(e->arena, head, T("<"), e->text.prefix, T("text>"), encoded(e->arena, source), T("</"),
                     e->text.prefix, T("text>"), tail);
}

enum status dmn_read_cell(struct arena *a, struct text xml, const struct dmn_cell *cell, struct text *out,
                          struct problem *p) {
    struct edit e = {.arena = a, .xml = xml, .cell = cell, .problem = p};
    enum status st = open_cell(&e);
    if (!st) *out = cell_text(&e);
    return st;
}

enum status dmn_write_cell(struct arena *a, struct text xml, const struct dmn_read_options *options,
                           const struct dmn_cell *cell, struct text source, struct text *out,
                           struct problem *p) {
    struct edit e = {.arena = a, .xml = xml, .cell = cell, .problem = p};
    const struct dmn_model *changed;
    enum status st = open_cell(&e);
    if (st) return st;
    source = text_trim(source);
    *out = text_eq(cell_text(&e), source) ? xml : replaced(&e, source);
    return dmn_read_with(a, *out, options, &changed, p);
}
