#include "web/html_context.h"

#include <ctype.h>
#include <string.h>

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static void push(char *word, size_t size, size_t *n, char c) {
    if (*n + 1 < size) word[(*n)++] = (char)tolower((unsigned char)c), word[*n] = 0;
}

static bool refuse(const char **rule, const char *name) {
    *rule = name;
    return false;
}

static bool is_one_of(const char *word, const char *const *list) {
    for (; *list; list++)
        if (strcmp(word, *list) == 0) return true;
    return false;
}

static const char *const URL_ATTRIBUTES[] = {"href",       "src",      "action",     "formaction",
                                             "poster",     "cite",     "data",       "manifest",
                                             "xlink:href", "data-src", "background", NULL};

// Lists of addresses, and what animations of SVG write into others: a value there cannot be escaped.
static const char *const LIST_ATTRIBUTES[] = {"srcset", "imagesrcset", "ping", "values", "from", "to", NULL};

static bool attribute_is_url(const struct html_context *h) {
    return is_one_of(h->attribute, URL_ATTRIBUTES);
}

static bool attribute_check(const struct html_context *h, const char **rule) {
    if (h->attribute_n > 2 && strncmp(h->attribute, "on", 2) == 0) return refuse(rule, "event_handler");
    if (strcmp(h->attribute, "style") == 0) return refuse(rule, "inline_style");
    if (strcmp(h->attribute, "srcdoc") == 0) return refuse(rule, "srcdoc");
    // <meta http-equiv="refresh" content="...">: an address in a place that is not escaped as one.
    if (strcmp(h->attribute, "http-equiv") == 0) return refuse(rule, "http_equiv");
    return true;
}

// ">" of a tag.
static bool tag_end(struct html_context *h, const char **rule) {
    h->state = HTML_TEXT;
    if (h->is_end_tag) return true;
    if (strcmp(h->element, "style") == 0) return refuse(rule, "inline_style");
    if (strcmp(h->element, "script") == 0) h->state = HTML_SCRIPT;
    if (strcmp(h->element, "title") == 0 || strcmp(h->element, "textarea") == 0) h->state = HTML_RCDATA;
    h->seen_n = 0;
    return true;
}

static void attribute_begin(struct html_context *h, char c) {
    h->attribute_n = 0;
    h->attribute[0] = 0;
    push(h->attribute, sizeof h->attribute, &h->attribute_n, c);
    h->state = HTML_ATTRIBUTE_NAME;
}

// Inside an element whose content is no markup: only its own end tag counts.
static bool rcdata(struct html_context *h, char c) {
    char end[20] = "</";
    strcat(end, h->element);
    size_t n = strlen(end);
    if ((char)tolower((unsigned char)c) == end[h->seen_n]) {
        if (++h->seen_n == n) h->state = HTML_TAG_NAME, h->is_end_tag = true;
    } else {
        h->seen_n = c == '<';
    }
    return true;
}

static bool tag_char(struct html_context *h, char c, const char **rule) {
    if (c == '>') return tag_end(h, rule);
    if (is_space(c) || c == '/') {
        if (h->state != HTML_ATTRIBUTE_NAME && h->state != HTML_AFTER_NAME)
            h->state = HTML_TAG;
        else if (!attribute_check(h, rule))
            return false;
        else
            h->state = HTML_AFTER_NAME;
        return true;
    }
    if (c == '"' || c == '\'' || c == '<') return refuse(rule, "malformed_tag");
    switch (h->state) {
    case HTML_TAG_NAME: push(h->element, sizeof h->element, &h->element_n, c); return true;
    case HTML_TAG_JOINT: return refuse(rule, "space_missing_after_attribute");
    case HTML_TAG: attribute_begin(h, c); return true;
    default: break;
    }
    if (c == '=') {
        h->state = HTML_BEFORE_VALUE;
        return attribute_check(h, rule);
    }
    if (h->state == HTML_AFTER_NAME)
        attribute_begin(h, c);
    else
        push(h->attribute, sizeof h->attribute, &h->attribute_n, c);
    return true;
}

static bool open_char(struct html_context *h, char c, const char **rule) {
    h->element_n = 0;
    h->element[0] = 0;
    h->is_end_tag = c == '/';
    if (c == '!')
        h->state = HTML_DECLARATION, h->seen_n = 0;
    else if (c == '/')
        h->state = HTML_TAG_NAME;
    else if (isalpha((unsigned char)c))
        h->state = HTML_TAG_NAME, push(h->element, sizeof h->element, &h->element_n, c);
    else
        return refuse(rule, "bare_less_than");
    return true;
}

static bool declaration_char(struct html_context *h, char c) {
    push(h->seen, sizeof h->seen, &h->seen_n, c);
    if (h->seen_n == 2 && memcmp(h->seen, "--", 2) == 0)
        h->state = HTML_COMMENT, h->seen_n = 0;
    else if (c == '>')
        h->state = HTML_TEXT;
    return true;
}

static bool comment_char(struct html_context *h, char c) {
    if (c == '>' && h->seen_n >= 2) h->state = HTML_TEXT;
    h->seen_n = c == '-' ? h->seen_n + 1 : 0;
    return true;
}

static bool feed(struct html_context *h, char c, const char **rule) {
    switch (h->state) {
    case HTML_TEXT:
        if (c == '<') h->state = HTML_TAG_OPEN;
        return true;
    case HTML_TAG_OPEN: return open_char(h, c, rule);
    case HTML_BEFORE_VALUE:
        if (is_space(c)) return true;
        if (c != '"' && c != '\'') return refuse(rule, "unquoted_attribute");
        h->state = HTML_VALUE;
        h->quote = c;
        h->is_value_empty = true;
        return true;
    case HTML_VALUE:
        if (c == h->quote)
            h->state = HTML_TAG_JOINT;
        else
            h->is_value_empty = false;
        return true;
    case HTML_COMMENT: return comment_char(h, c);
    case HTML_DECLARATION: return declaration_char(h, c);
    case HTML_RCDATA: return rcdata(h, c);
    case HTML_SCRIPT:
        if (c == '<')
            h->state = HTML_TAG_OPEN;
        else if (!is_space(c))
            return refuse(rule, "inline_script");
        return true;
    default: return tag_char(h, c, rule);
    }
}

bool html_feed(struct html_context *h, struct text literal, const char **rule) {
    for (size_t i = 0; i < literal.n; i++)
        if (!feed(h, literal.p[i], rule)) return false;
    return true;
}

bool html_place(const struct html_context *h, enum html_place *place, const char **rule) {
    switch (h->state) {
    case HTML_TEXT: *place = PLACE_TEXT; return true;
    case HTML_RCDATA: *place = PLACE_RCDATA; return true;
    case HTML_VALUE: break;
    case HTML_BEFORE_VALUE: return refuse(rule, "value_in_unquoted_attribute");
    case HTML_COMMENT: return refuse(rule, "value_in_comment");
    case HTML_SCRIPT: return refuse(rule, "value_in_script");
    default: return refuse(rule, "value_in_tag");
    }
    if (is_one_of(h->attribute, LIST_ATTRIBUTES)) return refuse(rule, "value_in_srcset");
    if (strcmp(h->element, "base") == 0) return refuse(rule, "value_in_base");
    *place = !attribute_is_url(h) ? PLACE_ATTRIBUTE : h->is_value_empty ? PLACE_URL_START : PLACE_URL_REST;
    return true;
}

void html_value(struct html_context *h) {
    h->is_value_empty = false;
    if (h->state == HTML_RCDATA) h->seen_n = 0;
}

static bool is_in_tag(enum html_state s) {
    return s == HTML_TAG_NAME || s == HTML_TAG || s == HTML_TAG_JOINT || s == HTML_ATTRIBUTE_NAME ||
           s == HTML_AFTER_NAME;
}

bool html_join(struct html_context *h, const struct html_context *other) {
    if (is_in_tag(h->state) && is_in_tag(other->state)) {
        bool is_same = h->is_end_tag == other->is_end_tag && strcmp(h->element, other->element) == 0;
        if (h->state != other->state || h->state != HTML_TAG) h->state = HTML_TAG_JOINT;
        return is_same;
    }
    if (h->state != other->state) return false;
    if (h->state == HTML_VALUE) {
        if (h->quote != other->quote || strcmp(h->attribute, other->attribute) != 0) return false;
        if (h->is_value_empty != other->is_value_empty && attribute_is_url(h)) return false;
        h->is_value_empty = h->is_value_empty && other->is_value_empty;
    }
    return h->state != HTML_RCDATA || strcmp(h->element, other->element) == 0;
}
