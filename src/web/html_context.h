// html_context.h - where in an HTML document a template stands: what escape a value needs there, or that none
// is safe.
#pragma once
#include "base/text.h"

enum html_state {
    HTML_TEXT,
    HTML_TAG_OPEN, // after "<"
    HTML_TAG_NAME,
    HTML_TAG,       // between attributes, after white space
    HTML_TAG_JOINT, // after a closing quote or a conditional attribute: only white space, "/" or ">" may
                    // follow
    HTML_ATTRIBUTE_NAME,
    HTML_AFTER_NAME,   // white space after an attribute's name
    HTML_BEFORE_VALUE, // after "="
    HTML_VALUE,        // inside quotes
    HTML_COMMENT,
    HTML_DECLARATION, // <!doctype ...>
    HTML_RCDATA,      // inside title and textarea: text, but no tags
    HTML_SCRIPT,      // inside script: must be empty
};

enum html_place { PLACE_TEXT, PLACE_RCDATA, PLACE_ATTRIBUTE, PLACE_URL_START, PLACE_URL_REST };

struct html_context {
    enum html_state state;
    char quote;
    bool is_end_tag, is_value_empty;
    char element[16], attribute[24],
        seen[16]; // lower case, cut at their size; `seen` is the end tag being matched
    size_t element_n, attribute_n, seen_n;
};

// Moves over literal HTML. False, with a rule, for what we never write: inline scripts and styles (the
// content security policy would block them), event handlers, unquoted values with odd characters.
bool html_feed(struct html_context *h, struct text literal, const char **rule);
// Where a value would stand now. False, with a rule, where no escape makes it safe.
bool html_place(const struct html_context *h, enum html_place *place, const char **rule);
// A value was written here.
void html_value(struct html_context *h);
// Both branches of a condition have ended: the context they share. False when they differ.
bool html_join(struct html_context *h, const struct html_context *other);
