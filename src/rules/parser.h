// parser.h - the parser's state, shared by its files. parse.c: entry, names; parse_operators.c: operators and
// tests; parse_primary.c: everything that starts an expression; parse_type.c: types; parse_constant.c: what
// is the same each time.
#pragma once
#include "rules/ast.h"
#include "rules/lexer.h"

// Names bound inside the expression: parameters, loop variables, context keys. A list from the innermost.
struct local {
    const struct local *up;
    struct text name;
};

// Gives the type of a name that is not built in; NULL when it does not know it.
typedef const struct feel_type *type_lookup(const void *context, struct text name);

struct parser {
    struct arena *arena;
    struct text source;
    struct token token; // the one to be read next
    struct problem *problem;
    bool failed;
    int depth;
    int64_t first_line; // line of the source's first line in its file
    struct {
        size_t at;
        int64_t line, column;
    } mark; // a place whose line is known
    const struct feel_names *names;
    const struct local *locals;
    bool names_are_all; // what is not in `names` nor bound inside is not known when the expression runs
    int member_scope;   // > 0 inside a filter: names of members may stand alone
    bool uses_input;
    type_lookup *find_type;
    const void *type_context;
    struct {
        struct text *items;
        size_t count, capacity;
    } uses;
    struct {
        struct text *items;
        size_t count, capacity;
    } keys; // of contexts written so far: names of members as well
};

// Options that only DMN needs: its own types, and lines of the model's file.
struct parse_options {
    const struct feel_names *names;
    type_lookup *find_type;
    const void *type_context;
    int64_t first_line;
    bool names_are_all;
};
enum status parse_with(struct arena *a, struct text source, enum feel_mode mode,
                       const struct parse_options *options, const struct feel_expression **out,
                       struct problem *p);
// A type as text ("list<number>"), for DMN's typeRef.
const struct feel_type *parse_type_text(struct arena *a, struct text source,
                                        const struct parse_options *options);

// ---- between the parser's files ----
void parser_advance(struct parser *p);
bool parser_is(const struct parser *p, const char *sign_or_word);
bool parser_accept(struct parser *p, const char *sign_or_word);
bool parser_expect(struct parser *p, const char *sign_or_word); // fails when it is not there
struct text parser_text(const struct parser *p);                // of the current token
struct token parser_ahead(const struct parser *p);              // the token after the current one
void *parser_fail(struct parser *p, const char *rule, const char *text_key); // returns NULL
struct node *parser_node(struct parser *p, enum node_kind kind);
// Sets the height from the children; NULL when one is missing or the tree is too high.
const struct node *parser_finish(struct parser *p, struct node *n);
void parser_make_constant(struct parser *p, struct node *n); // if it is, and its parts are
void parser_bind(struct parser *p, struct text name);
bool parser_enter(struct parser *p); // counts depth; false when too deep
bool parser_is_key_word(const struct parser *p);

// A name: the longest known one that stands here, or the plain words up to a key word.
struct text parser_name(struct parser *p, bool member);
// A name being declared: everything up to one of the signs or the word `in`.
struct text parser_declared_name(struct parser *p, const char *signs);
bool parser_name_before_colon(const struct parser *p);

const struct node *parse_expression(struct parser *p);
const struct node *parse_operand(struct parser *p); // arithmetic: no comparison, no and/or
const struct node *parse_tests(struct parser *p);   // whole cell
const struct node *parse_test(struct parser *p);    // one positive unary test
const struct node *parse_postfix(struct parser *p, const struct node *left);
const struct node *parse_primary(struct parser *p);
const struct feel_type *parse_type(struct parser *p);
