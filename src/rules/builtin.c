#include "rules/builtin.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static const struct builtin *const TABLES[] = {BUILTIN_CONVERSION, BUILTIN_STRING, BUILTIN_LIST,
                                               BUILTIN_NUMBER,     BUILTIN_TIME,   BUILTIN_RANGE,
                                               BUILTIN_CONTEXT};
enum { TABLE_COUNT = sizeof TABLES / sizeof *TABLES };

// ---- parameters ----

struct parameter {
    struct text name;
    char type;
    bool may_be_null, optional, rest, gather;
};

static size_t parameters(const char *spec, struct parameter out[BUILTIN_PARAMS_MAX]) {
    struct text left = text_of(spec), one;
    size_t count = 0;
    if (!left.n) return 0;
    while (text_cut(&left, ',', &one)) {
        assert(count < BUILTIN_PARAMS_MAX && one.n > 2);
        struct parameter p = {.type = one.p[one.n - 1]};
        p.may_be_null = p.type >= 'A' && p.type <= 'Z';
        if (p.may_be_null) p.type = (char)(p.type - 'A' + 'a');
        p.rest = one.p[0] == '*' || one.p[0] == '+';
        p.gather = one.p[0] == '+';
        p.name = text_slice(one, p.rest, one.n - 2);
        p.optional = p.name.p[p.name.n - 1] == '?';
        if (p.optional) p.name.n--;
        out[count++] = p;
    }
    return count;
}

#define KIND(k) (1u << FEEL_##k)
static const struct {
    char letter;
    unsigned kinds;
} DOMAINS[] = {
    {'n', KIND(NUMBER)},
    {'s', KIND(STRING)},
    {'l', KIND(LIST)},
    {'c', KIND(CONTEXT)},
    {'f', KIND(FUNCTION)},
    {'d', KIND(DATE) | KIND(DATE_TIME)},
    {'t', KIND(TIME)},
    {'e', KIND(NUMBER) | KIND(STRING)},
    {'m', KIND(NUMBER) | KIND(DAYS_DURATION) | KIND(MONTHS_DURATION)},
    {'p', KIND(STRING) | KIND(DATE) | KIND(DATE_TIME)},
    {'q', KIND(STRING) | KIND(DATE) | KIND(DATE_TIME) | KIND(TIME)},
    {'u', KIND(STRING) | KIND(DAYS_DURATION) | KIND(MONTHS_DURATION)},
};

static bool is_type(char letter, const struct feel_value *v) {
    for (size_t i = 0; i < sizeof DOMAINS / sizeof *DOMAINS; i++)
        if (DOMAINS[i].letter == letter) return DOMAINS[i].kinds >> v->kind & 1;
    assert(letter == 'a');
    return true;
}

// ---- all of them ----

struct builtin_signature {
    struct parameter params[BUILTIN_PARAMS_MAX];
    size_t count;
};

enum { ROWS_MAX = 200 };
static struct builtin rows[ROWS_MAX + 1]; // of all tables, by first byte; the last one has no name
static struct builtin_signature signatures[ROWS_MAX];
static struct text names_of_rows[ROWS_MAX];
static size_t row_count, first_row[257]; // of each first byte

static void add_row(const struct builtin *b) {
    assert(row_count < ROWS_MAX);
    struct builtin *row = &rows[row_count];
    struct builtin_signature *s = &signatures[row_count];
    *row = *b;
    s->count = parameters(b->params, s->params);
    row->signature = s;
    row->function = (struct feel_function){.builtin = row, .name = text_of(b->name)};
    names_of_rows[row_count++] = text_of(b->name);
}

static void add_rows(void) {
    for (unsigned c = 0; c < 256; c++) {
        first_row[c] = row_count;
        for (size_t t = 0; t < TABLE_COUNT; t++)
            for (const struct builtin *b = TABLES[t]; b->name; b++)
                if ((unsigned char)b->name[0] == c) add_row(b);
    }
    first_row[256] = row_count;
}

const struct text *builtin_names(char first, size_t *count) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, add_rows);
    unsigned char c = (unsigned char)first;
    *count = first_row[c + 1] - first_row[c];
    return names_of_rows + first_row[c];
}

const struct builtin *builtin_find(struct text name) {
    size_t count;
    const struct text *names = builtin_names(name.n ? name.p[0] : 0, &count);
    for (size_t i = 0; i < count; i++)
        if (text_eq(names[i], name)) return &rows[&names[i] - names_of_rows];
    return NULL;
}

// ---- arguments ----

// The implicit conversions: a list of one to its item, an item to a list of one.
static bool convert(struct eval *e, const struct parameter *p, struct feel_value *v) {
    if (is_type(p->type, v) && (p->type != 'a' || p->may_be_null || v->kind != FEEL_NULL)) return true;
    if (v->kind == FEEL_NULL) return p->may_be_null;
    if (p->type == 'l') {
        *v = feel_list_of(arena_copy(e->arena, v, sizeof *v), 1);
        return true;
    }
    if (v->kind != FEEL_LIST || v->list.count != 1 || !is_type(p->type, &v->list.items[0])) return false;
    *v = v->list.items[0];
    return true;
}

enum misfit { FITS, BAD_NAMES, BAD_COUNT, BAD_VALUE }; // the later, the nearer to a fit

struct binding {
    const struct parameter *params;
    struct feel_value args[BUILTIN_PARAMS_MAX];
    bool given[BUILTIN_PARAMS_MAX];
    size_t count;
    enum misfit misfit;
    const char *why; // text key when it does not fit
    struct text what;
};

static bool refuse(struct binding *b, enum misfit misfit, const char *why, struct text what) {
    b->misfit = misfit;
    b->why = why;
    b->what = what;
    return false;
}

// sum(1, 2, 3) is sum([1, 2, 3]).
static void gather_rest(struct eval *e, struct binding *b, const struct feel_value *args, size_t from,
                        size_t count) {
    b->given[from] = true;
    if (count - from == 1 && args[from].kind == FEEL_LIST && !b->params[from].gather)
        b->args[from] = args[from];
    else
        b->args[from] =
            feel_list_of(arena_copy(e->arena, args + from, (count - from) * sizeof *args), count - from);
}

static bool place(struct eval *e, struct binding *b, const struct feel_value *args, const struct text *names,
                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        if (names)
            for (at = 0; at < b->count && !text_eq(b->params[at].name, names[i]);) at++;
        if (at < b->count && b->params[at].rest && !names) return gather_rest(e, b, args, at, count), true;
        if (at >= b->count)
            return names ? refuse(b, BAD_NAMES, "feel.argument_unknown", names[i])
                         : refuse(b, BAD_COUNT, "feel.argument_count", T(""));
        if (b->given[at]) return refuse(b, BAD_VALUE, "feel.argument_twice", b->params[at].name);
        b->args[at] = args[i];
        b->given[at] = true;
    }
    return true;
}

static bool bind(struct eval *e, const struct builtin *f, struct binding *b, const struct feel_value *args,
                 const struct text *names, size_t count) {
    *b = (struct binding){.params = f->signature->params, .count = f->signature->count};
    if (!place(e, b, args, names, count)) return false;
    for (size_t i = 0; i < b->count; i++) {
        // By name, what is not supplied is null (10.3.2.13.5).
        bool may_lack = b->params[i].optional || (names && b->params[i].may_be_null);
        if (!b->given[i] && !may_lack)
            return refuse(b, BAD_COUNT, "feel.argument_missing", b->params[i].name);
        if (b->given[i] && !convert(e, &b->params[i], &b->args[i]))
            return refuse(b, BAD_VALUE, "feel.argument_type", b->params[i].name);
    }
    return true;
}

// before(range: r, point: p) has the same names as before(point: p, range: r): the order written tells.
static bool names_in_order(const struct builtin *f, const struct text *names, size_t count) {
    struct parameter params[BUILTIN_PARAMS_MAX];
    size_t n = parameters(f->params, params);
    for (size_t i = 0; i < count; i++)
        if (i >= n || !text_eq(params[i].name, names[i])) return false;
    return true;
}

static bool is_form(const struct builtin *form, const struct builtin *f) {
    return form->name && strcmp(form->name, f->name) == 0;
}

// The first form that the arguments fit; for names, one with them in that order comes before the others.
static const struct builtin *choose(struct eval *e, const struct builtin *f, struct binding *b,
                                    const struct feel_value *args, const struct text *names, size_t count) {
    struct binding nearest = {0};
    for (int in_order = names != NULL; in_order >= 0; in_order--)
        for (const struct builtin *form = f; is_form(form, f); form++) {
            if (names && names_in_order(form, names, count) != in_order) continue;
            if (bind(e, form, b, args, names, count)) return form;
            if (b->misfit > nearest.misfit) nearest = *b;
        }
    *b = nearest;
    return NULL;
}

struct feel_value builtin_call(struct eval *e, const struct builtin *f, const struct feel_value *args,
                               const struct text *names, size_t count) {
    struct binding b;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += args[i].kind == FEEL_LIST ? args[i].list.count : 1;
    if (!eval_steps(e, total)) return feel_null();
    const struct builtin *form = choose(e, f, &b, args, names, count);
    if (form) return form->run(e, b.args, count);
    return eval_null(e, b.why, TEXT_JOIN(e->arena, text_of(f->name), T("("), b.what, T(")")));
}
