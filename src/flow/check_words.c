// check_words.c - expressions as written (BPMN 8.3.6): an executable process needs formal ones, not empty,
// and conditions that can be true.
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

#define XSI_NS "http://www.w3.org/2001/XMLSchema-instance"

// Expressions whose type in the schema is the informal one: the file must say that they are formal, unless it
// is for an engine whose expressions always are, or they begin with "=" (FEEL).
static const struct word {
    const char *holder, *name; // holder NULL = any
    bool typed, boolean;       // the schema has it formal already; it is a condition
} WORDS[] = {
    {"sequenceFlow", "conditionExpression", false, true},
    {NULL, "completionCondition", false, true},
    {NULL, "activationCondition", false, true},
    {NULL, "loopCondition", false, true},
    {NULL, "loopCardinality", false, false},
    {"conditionalEventDefinition", "condition", false, true},
    {"timerEventDefinition", "timeDate", false, false},
    {"timerEventDefinition", "timeDuration", false, false},
    {"timerEventDefinition", "timeCycle", false, false},
    {"complexBehaviorDefinition", "condition", true, true},
    {NULL, "messagePath", true, false},
    {NULL, "dataPath", true, false},
    {NULL, "transformation", true, false},
};

static bool is_called(const xmlNode *x, const char *name) {
    return strcmp((const char *)x->name, name) == 0;
}

static const struct word *word_of(const xmlNode *x) {
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (is_called(x, WORDS[i].name) && (!WORDS[i].holder || is_called(x->parent, WORDS[i].holder)))
            return &WORDS[i];
    return NULL;
}

static bool is_runnable(struct reader *r, const xmlNode *x) {
    for (; x && x->type == XML_ELEMENT_NODE; x = x->parent)
        if (is_bpmn(x, "process")) return flag(r, x, "isExecutable", false);
    return false;
}

// A number or a text in quotes never holds.
static bool is_other_constant(struct text t) {
    int64_t number;
    return text_int(t, &number) ||
           (t.n > 1 && t.p[0] == '"' && t.p[t.n - 1] == '"' && !memchr(t.p + 1, '"', t.n - 2));
}

// The element to name: the nearest around that has an id.
static const xmlNode *named(struct reader *r, const xmlNode *x) {
    while (x->parent->type == XML_ELEMENT_NODE && !xml_attribute(r->arena, x, NULL, "id").n) x = x->parent;
    return x;
}

enum status check_expression(struct reader *r, const xmlNode *x) {
    const struct word *w = word_of(x);
    if (!w) return STATUS_OK;
    struct text value = text_trim(xml_content(r->arena, x)), name = text_of((const char *)x->name);
    bool formal = w->typed || xml_attribute(r->arena, x, XSI_NS, "type").n || is_feel(value);
    if (!value.n && w->typed) return refuse_xml(r, RULE_EXPRESSION_EMPTY, named(r, x), name);
    if (w->boolean && is_other_constant(value))
        return refuse_xml(r, RULE_EXPRESSION_BOOLEAN, named(r, x), name);
    if (value.n && !formal && !r->profile && is_runnable(r, x))
        return refuse_xml(r, RULE_EXPRESSION_INFORMAL, named(r, x), name);
    return STATUS_OK;
}
