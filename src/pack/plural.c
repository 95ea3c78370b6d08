#include "pack/plural.h"

#include <stdlib.h>

#include "pack/text_catalog.h"

enum { PLURAL_SOURCE_MAX = 1000, PLURAL_CHECK_TO = 1000 };

enum op {
    OP_NUMBER,
    OP_N,
    OP_NOT,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_ADD,
    OP_SUB,
    OP_LE,
    OP_GE,
    OP_LT,
    OP_GT,
    OP_EQ,
    OP_NE,
    OP_AND,
    OP_OR,
    OP_CHOOSE
};

struct node {
    enum op op;
    uint64_t number;
    const struct node *a, *b, *c;
};
struct plural {
    size_t forms;
    const struct node *root;
};

struct parser {
    struct arena *arena;
    struct text in;
    size_t at;
    int depth;
    enum status st;
};

static const struct node *fail(struct parser *s, enum status st) {
    if (!s->st) s->st = st;
    return NULL;
}

static void skip_space(struct parser *s) {
    while (s->at < s->in.n && (s->in.p[s->at] == ' ' || s->in.p[s->at] == '\t')) s->at++;
}

static bool take(struct parser *s, struct text word) {
    skip_space(s);
    if (!text_starts(text_slice(s->in, s->at, s->in.n), word)) return false;
    s->at += word.n;
    return true;
}

static const struct node *make(struct parser *s, enum op op, const struct node *a, const struct node *b,
                               const struct node *c) {
    struct node *n = ARENA_NEW(s->arena, struct node);
    *n = (struct node){.op = op, .a = a, .b = b, .c = c};
    return n;
}

static const struct node *conditional(struct parser *s);

static const struct node *number(struct parser *s) {
    uint64_t value = 0;
    size_t from = s->at;
    for (; s->at < s->in.n && s->in.p[s->at] >= '0' && s->in.p[s->at] <= '9'; s->at++) {
        value = value * 10 + (uint64_t)(s->in.p[s->at] - '0');
        if (value > 1000000) return fail(s, STATUS_INVALID);
    }
    if (s->at == from) return fail(s, STATUS_INVALID);
    struct node *n = ARENA_NEW(s->arena, struct node);
    *n = (struct node){.op = OP_NUMBER, .number = value};
    return n;
}

static const struct node *primary(struct parser *s) {
    if (s->depth++ > PLURAL_DEPTH_MAX) return fail(s, STATUS_TOO_LARGE);
    const struct node *n;
    if (take(s, T("("))) {
        n = conditional(s);
        if (!take(s, T(")"))) fail(s, STATUS_INVALID);
    } else if (take(s, T("!"))) {
        n = make(s, OP_NOT, primary(s), NULL, NULL);
    } else if (take(s, T("n"))) {
        n = make(s, OP_N, NULL, NULL, NULL);
    } else {
        n = number(s);
    }
    s->depth--;
    return n;
}

// Binary operators by level, loosest last; within a level the longer sign first.
struct sign {
    const char *sign;
    enum op op;
};
static const struct sign LEVELS[][5] = {
    {{"*", OP_MUL}, {"/", OP_DIV}, {"%", OP_MOD}},
    {{"+", OP_ADD}, {"-", OP_SUB}},
    {{"<=", OP_LE}, {">=", OP_GE}, {"<", OP_LT}, {">", OP_GT}},
    {{"==", OP_EQ}, {"!=", OP_NE}},
    {{"&&", OP_AND}},
    {{"||", OP_OR}},
};
enum { LEVEL_COUNT = sizeof LEVELS / sizeof *LEVELS };

static const struct sign *take_sign(struct parser *s, int level) {
    for (const struct sign *g = LEVELS[level]; g->sign; g++)
        if (take(s, text_of(g->sign))) return g;
    return NULL;
}

static const struct node *binary(struct parser *s, int level) {
    if (level < 0) return primary(s);
    const struct node *left = binary(s, level - 1);
    const struct sign *g;
    while (!s->st && (g = take_sign(s, level))) left = make(s, g->op, left, binary(s, level - 1), NULL);
    return left;
}

static const struct node *conditional(struct parser *s) {
    if (s->depth++ > PLURAL_DEPTH_MAX) return fail(s, STATUS_TOO_LARGE);
    const struct node *n = binary(s, LEVEL_COUNT - 1);
    if (!s->st && take(s, T("?"))) {
        const struct node *yes = conditional(s);
        if (!take(s, T(":"))) return fail(s, STATUS_INVALID);
        n = make(s, OP_CHOOSE, n, yes, conditional(s));
    }
    s->depth--;
    return n;
}

static uint64_t value(const struct node *e, uint64_t n) {
    switch (e->op) {
    case OP_NUMBER: return e->number;
    case OP_N: return n;
    case OP_NOT: return !value(e->a, n);
    case OP_CHOOSE: return value(e->a, n) ? value(e->b, n) : value(e->c, n);
    case OP_AND: return value(e->a, n) && value(e->b, n);
    case OP_OR: return value(e->a, n) || value(e->b, n);
    default: break;
    }
    uint64_t a = value(e->a, n), b = value(e->b, n);
    switch (e->op) {
    case OP_MUL: return a * b;
    case OP_DIV: return b ? a / b : 0;
    case OP_MOD: return b ? a % b : 0;
    case OP_ADD: return a + b;
    case OP_SUB: return a - b;
    case OP_LE: return a <= b;
    case OP_GE: return a >= b;
    case OP_LT: return a < b;
    case OP_GT: return a > b;
    case OP_EQ: return a == b;
    default: return a != b;
    }
}

enum status plural_read(struct arena *a, struct text in, struct plural **out) {
    struct parser s = {.arena = a, .in = in};
    *out = NULL;
    if (in.n > PLURAL_SOURCE_MAX) return STATUS_TOO_LARGE;
    if (!take(&s, T("nplurals")) || !take(&s, T("="))) return STATUS_INVALID;
    skip_space(&s);
    const struct node *forms = number(&s);
    if (s.st || forms->number < 1 || forms->number > PLURAL_FORMS_MAX) return STATUS_INVALID;
    if (!take(&s, T(";")) || !take(&s, T("plural")) || !take(&s, T("="))) return STATUS_INVALID;
    const struct node *root = conditional(&s);
    if (s.st) return s.st;
    take(&s, T(";"));
    skip_space(&s);
    if (s.at != in.n) return STATUS_INVALID;
    struct plural *p = ARENA_NEW(a, struct plural);
    *p = (struct plural){(size_t)forms->number, root};
    for (uint64_t n = 0; n <= PLURAL_CHECK_TO; n++)
        if (value(root, n) >= p->forms) return STATUS_INVALID;
    *out = p;
    return STATUS_OK;
}

size_t plural_forms(const struct plural *p) {
    return p->forms;
}

size_t plural_index(const struct plural *p, int64_t n) {
    uint64_t index = value(p->root, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
    return index < p->forms ? (size_t)index : p->forms - 1;
}
