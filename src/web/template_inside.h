// template_inside.h - the compiled form of templates, shared by template_*.c only.
#pragma once
#include "web/html_context.h"
#include "web/limits.h"
#include "web/template.h"

enum { VALUE_HOPS_MAX = 6, TERMS_MAX = 6, SLOTS_MAX = 8 };

enum value_kind {
    VALUE_NONE, // an argument that was left out: empty, false
    VALUE_LITERAL,
    VALUE_FIELD, // of a view: scope and hops
    VALUE_STATE, // of page_state: hops
    VALUE_INDEX,
    VALUE_FIRST,
    VALUE_LAST,     // of a loop: scope
    VALUE_MACHINE,  // has a machine translation been shown?
    VALUE_SLOT,     // has the slot content?
    VALUE_ERROR,    // message for the field named by `of`
    VALUE_SENTENCE, // literal is the key, or `of` holds it
};

struct argument;

// Something that a template names, resolved when compiled.
struct value {
    enum value_kind kind;
    enum view_kind type; // of VALUE_FIELD and VALUE_STATE
    bool is_plain;       // {{tr}} shows it as it is: (text x)
    unsigned scope;      // VALUE_FIELD, _INDEX, _FIRST, _LAST; number of the slot
    unsigned hops;
    struct {
        size_t offset;
        bool is_reference; // follow the pointer there
    } hop[VALUE_HOPS_MAX]; // the last one gives the member itself
    size_t count_offset, item_size;
    const struct view *view;
    struct text literal;
    const struct value *of;
    const struct argument *arguments;
    size_t argument_count;
};
struct argument {
    struct text name;
    const struct value *value;
};

struct term {
    const struct value *value;
    const struct text *equals; // NULL: is it true?
    bool is_negated, is_or;    // is_or: joined to what came before by "or"
};

enum op_kind {
    OP_END,
    OP_LITERAL,
    OP_VALUE,
    OP_SENTENCE,
    OP_UNLESS,
    OP_JUMP,
    OP_EACH,
    OP_NEXT,
    OP_WITH,
    OP_SLOT_BEGIN,
    OP_SLOT_END,
    OP_SLOT_PUT
};

struct op {
    enum op_kind kind;
    enum html_place place;
    unsigned scope; // OP_EACH, OP_NEXT, OP_WITH; number of the slot
    size_t target;  // where OP_UNLESS, OP_JUMP, OP_EACH (empty list), OP_NEXT go
    struct text literal;
    const struct value *value;
    struct term *terms;
    size_t term_count;
};

struct program {
    const char *name;
    const struct view *view;
    struct op *ops;
    size_t op_count;
    size_t slot_count;
    bool uses_csrf; // {{@csrf}} stands somewhere: the visitor needs a cookie
};

struct templates {
    struct arena arena;
    struct program *programs; // sorted by name
    size_t count;
    const struct view *page_state;
};

// ---- compiling (template_compile.c, template_value.c)

struct scope {
    const struct view *view;
    bool is_loop, is_hidden;
};

struct cursor {
    const struct template_source *source;
    size_t at, tag_at; // next byte; where the tag being read begins
};

// What an inlined partial sees.
struct surroundings {
    const struct argument *arguments;
    size_t argument_count;
    const struct surroundings *caller;
    const struct cursor *content; // block given by the caller; NULL when none
    unsigned content_scopes;      // the caller's scopes, and which of them it could not see
    bool is_hidden[TEMPLATE_DEPTH_MAX];
};

struct compiler {
    const struct template_world *world;
    struct arena *arena;
    struct problem *problem;
    struct {
        struct op *items;
        size_t count, capacity;
    } ops;
    struct out literal; // collected, not yet an op
    struct html_context html;
    struct scope scopes[TEMPLATE_DEPTH_MAX];
    unsigned scope_count;
    unsigned depth; // of inlining and blocks
    const struct surroundings *around;
    struct text slots[SLOTS_MAX];
    size_t slot_count;
    struct text layout;
    bool uses_csrf, has_title;
    struct cursor *cursor; // of the file being read, for messages
};

// One word of a tag.
enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SIGN };
struct token {
    enum token_kind kind;
    struct text text;
};
struct tag {
    struct text rest;
};

enum stop_kind { STOP_END, STOP_ELSE, STOP_CLOSE };
struct stop {
    enum stop_kind kind;
    struct text name; // what closes: "if", "each", ">"
    struct tag tag;   // rest of an {{else ...}}
};

struct token tag_next(struct tag *t);
struct token tag_peek(const struct tag *t);

struct op *emit(struct compiler *c, enum op_kind kind);
bool read_tag(struct cursor *cur, struct text *literal, struct tag *tag, bool *is_open);
enum status compile_until(struct compiler *c, struct cursor *cur, struct stop *stop);
enum status skip_to_close(struct compiler *c, struct cursor *cur, struct stop *stop);
enum status expect_close(struct compiler *c, const struct stop *stop, const char *name);
enum status put_slot(struct compiler *c, struct text name);
enum status compile_partial(struct compiler *c, struct cursor *cur, struct tag *tag, bool has_block);
enum status compile_content(struct compiler *c);
enum status compile_fail(struct compiler *c, const char *rule, struct text what);
enum status value_parse(struct compiler *c, struct tag *t, const struct value **out);
enum status sentence_parse(struct compiler *c, struct tag *t, bool is_dynamic, const struct value **out);
enum status arguments_parse(struct compiler *c, struct tag *t, struct argument **out, size_t *count);
enum status condition_parse(struct compiler *c, struct tag *t, struct op *op);
unsigned slot_number(struct compiler *c, struct text name);
enum status expect_end(struct compiler *c, struct tag *t);

// Escapes for the place (template_escape.c). A URL at the start of an attribute must be a path of ours, or
// http, https, mailto or tel; anything else becomes "#".
void escape_text(struct out *o, enum html_place place, struct text t);

const struct program *templates_find(const struct templates *t, const char *name);
