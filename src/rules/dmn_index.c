// The values that the cells of a column name cut all values of a kind into pieces: each named value, and what
// lies between two neighbours. A constant cell says the same on a whole piece, so every piece has a set of
// the rules whose cell is true there, and the rules that match are what the sets of all columns have in
// common. What a cell says is asked of the plain way, with one value of each piece: the two cannot differ.
//
// A cell that reads names or calls functions may leave a diagnostic and must be run whenever the cells before
// it are true: from the first such column on, a rule is tested the plain way.
#include "rules/dmn_index.h"

#include <stdlib.h>
#include <string.h>

#include "rules/dmn_model.h"
#include "rules/number.h"
#include "rules/temporal.h"

enum {
    RULES_MIN = 4,              // fewer are tested as quickly
    CELL_POINTS_MAX = 200,      // values that one cell names; asking for its pieces costs their square
    SET_WORDS_MAX = 128 * 1024, // of the sets of one kind in one column: 1 MiB
    POINT_STEPS = 16,           // what it costs to put one value in its place
};

// Values that have one order. Times are missing, because those with a zone have none with those without.
enum axis_kind {
    AXIS_NULL,
    AXIS_FALSE,
    AXIS_TRUE,
    AXIS_NUMBER,
    AXIS_STRING,
    AXIS_DATE,
    AXIS_DAYS,
    AXIS_MONTHS,
    AXIS_COUNT
};

// Piece 2i+1 is points[i], piece 2i lies before it. Sets are kept of every `every`th piece; `changes` from
// change_at[piece] on are the rules that come or go when a piece begins.
struct axis {
    const struct feel_value *points;
    size_t count;
    const uint64_t *sets;
    size_t every;
    const uint32_t *changes, *change_at;
};
struct column {
    struct axis axes[AXIS_COUNT];
};
struct table_index {
    size_t words, rule_count;
    size_t column_count; // that are in it: fewer than the table has when the steps were used up
    const struct column *columns;
    const uint16_t *known; // columns of each rule that are in the index
};

static bool axis_of(const struct feel_value *v, enum axis_kind *out) {
    switch (v->kind) {
    case FEEL_NULL: return *out = AXIS_NULL, true;
    case FEEL_BOOLEAN: return *out = v->boolean ? AXIS_TRUE : AXIS_FALSE, true;
    case FEEL_NUMBER: return *out = AXIS_NUMBER, true;
    case FEEL_STRING: return *out = AXIS_STRING, true;
    case FEEL_DATE: return *out = AXIS_DATE, true;
    case FEEL_DAYS_DURATION: return *out = AXIS_DAYS, true;
    case FEEL_MONTHS_DURATION: return *out = AXIS_MONTHS, true;
    default: return false;
    }
}

static int order(const void *a, const void *b) {
    int cmp = 0;
    value_order(a, b, &cmp);
    return cmp;
}

// The place of the first point that is not below `v`.
static size_t place(const struct axis *x, const struct feel_value *v, bool *is_point) {
    size_t low = 0, high = x->count;
    *is_point = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int cmp = order(&x->points[middle], v);
        if (cmp == 0) return *is_point = true, middle;
        if (cmp < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// ---- the values that cells name ----

struct points {
    struct feel_value *items;
    size_t count, capacity;
};

static void add_points(struct arena *a, const struct feel_value *v, struct points lists[AXIS_COUNT]) {
    enum axis_kind k;
    if (v->kind == FEEL_LIST)
        for (size_t i = 0; i < v->list.count; i++) add_points(a, &v->list.items[i], lists);
    if (v->kind == FEEL_RANGE) {
        add_points(a, &v->range->low, lists);
        add_points(a, &v->range->high, lists);
    }
    if (axis_of(v, &k)) *ARENA_PUSH(a, &lists[k]) = *v;
}

static void cell_points(struct arena *a, const struct node *cell, struct points lists[AXIS_COUNT]) {
    for (size_t i = 0; i < cell->count; i++) add_points(a, &cell->items[i]->value, lists);
}

// In order, each once. What has one value has no points.
static void sort_points(struct points lists[AXIS_COUNT]) {
    lists[AXIS_NULL].count = lists[AXIS_FALSE].count = lists[AXIS_TRUE].count = 0;
    for (int k = AXIS_NUMBER; k < AXIS_COUNT; k++) {
        struct points *l = &lists[k];
        size_t kept = 0;
        if (l->count) qsort(l->items, l->count, sizeof *l->items, order);
        for (size_t i = 0; i < l->count; i++)
            if (i == 0 || order(&l->items[i], &l->items[kept - 1])) l->items[kept++] = l->items[i];
        l->count = kept;
    }
}

static size_t count_points(const struct points lists[AXIS_COUNT]) {
    size_t count = 0;
    for (int k = 0; k < AXIS_COUNT; k++) count += lists[k].count;
    return count;
}

static bool is_known(struct arena *scratch, const struct node *cell) {
    struct points lists[AXIS_COUNT] = {0};
    for (size_t i = 0; i < cell->count; i++)
        if (!cell->items[i]->is_constant) return false;
    cell_points(scratch, cell, lists);
    return count_points(lists) <= CELL_POINTS_MAX;
}

// ---- a value of each piece ----

// The next value above or below; false at the end of the kind.
static bool neighbour(struct arena *a, struct feel_value v, bool up, struct feel_value *out) {
    int step = up ? 1 : -1;
    *out = v;
    switch (v.kind) {
    case FEEL_NUMBER: return number_next(v.number, up, &out->number);
    case FEEL_STRING:
        out->string = up ? TEXT_JOIN(a, v.string, ((struct text){"\0", 1})) : T("");
        return up || v.string.n;
    case FEEL_DATE: return temporal_date_from_days(temporal_days(v.date) + step, &out->date);
    case FEEL_DAYS_DURATION:
        if (v.days.second == (up ? INT64_MAX : INT64_MIN)) return false;
        out->days = temporal_duration(v.days.second, (int64_t)v.days.nano + step);
        return true;
    default: return !__builtin_add_overflow(v.months, step, &out->months);
    }
}

static struct feel_value any_value(enum axis_kind k) {
    switch (k) {
    case AXIS_FALSE: return feel_boolean(false);
    case AXIS_TRUE: return feel_boolean(true);
    case AXIS_NUMBER: return feel_int(0);
    case AXIS_STRING: return feel_string(T(""));
    case AXIS_DATE: return (struct feel_value){.kind = FEEL_DATE, .date = {2000, 1, 1}};
    case AXIS_DAYS: return value_of_days((struct feel_days_duration){0});
    case AXIS_MONTHS: return value_of_months(0);
    default: return feel_null();
    }
}

// A value of piece `piece` of what `points` cut; false at the end of the kind. Where nothing lies between two
// points, as between two days, it is another one, and nobody will ask for that piece.
static bool value_in(struct arena *a, enum axis_kind k, const struct points *l, size_t piece,
                     struct feel_value *out) {
    size_t i = piece / 2;
    if (l->count == 0) return *out = any_value(k), true;
    if (piece % 2) return *out = l->items[i], true;
    if (i == 0) return neighbour(a, l->items[0], false, out);
    return neighbour(a, l->items[i - 1], true, out);
}

// ---- making ----

struct changes {
    struct change {
        uint32_t piece, rule;
    } * items;
    size_t count, capacity;
};
struct builder {
    struct arena *arena;
    struct arena scratch, cell; // for one column, for one cell
    struct eval eval;
    const struct table *table;
    struct table_index *index;
    struct changes changes[AXIS_COUNT]; // of the column
};

static void add_change(struct builder *b, enum axis_kind k, size_t piece, size_t rule) {
    *ARENA_PUSH(&b->scratch, &b->changes[k]) = (struct change){(uint32_t)piece, (uint32_t)rule};
}

// Where a rule comes and goes: what its cell says on each piece that it cuts itself.
static void axis_changes(struct builder *b, enum axis_kind k, const struct axis *x, size_t rule,
                         const struct node *cell, const struct points *own) {
    bool is_in = false, is_point;
    for (size_t piece = 0; piece <= 2 * own->count; piece++) {
        struct feel_value v;
        if (!value_in(&b->cell, k, own, piece, &v)) continue;
        if ((eval_tests(&b->eval, NULL, cell, &v) == FEEL_TRUE) == is_in) continue;
        is_in = !is_in;
        size_t at = piece == 0 ? 0 : 2 * place(x, &own->items[(piece - 1) / 2], &is_point) + 1;
        add_change(b, k, piece && piece % 2 == 0 ? at + 1 : at, rule);
    }
}

static void cell_changes(struct builder *b, const struct column *c, size_t rule, const struct node *cell) {
    struct points own[AXIS_COUNT] = {0};
    cell_points(&b->cell, cell, own);
    sort_points(own);
    for (int k = 0; k < AXIS_COUNT; k++) axis_changes(b, (enum axis_kind)k, &c->axes[k], rule, cell, &own[k]);
    arena_reset(&b->cell);
}

// Sorts the changes by piece.
static void place_changes(struct builder *b, struct axis *x, const struct changes *l, size_t pieces) {
    uint32_t *at = ARENA_ARRAY(b->arena, uint32_t, pieces + 2);
    uint32_t *rules = ARENA_ARRAY(b->arena, uint32_t, l->count);
    for (size_t i = 0; i < l->count; i++) at[l->items[i].piece + 2]++;
    for (size_t p = 0; p < pieces; p++) at[p + 2] += at[p + 1];
    for (size_t i = 0; i < l->count; i++) rules[at[l->items[i].piece + 1]++] = l->items[i].rule;
    x->changes = rules;
    x->change_at = at;
}

static void flip(uint64_t *set, const struct axis *x, size_t piece) {
    for (uint32_t i = x->change_at[piece]; i < x->change_at[piece + 1]; i++)
        set[x->changes[i] / 64] ^= 1ull << x->changes[i] % 64;
}

static void make_sets(struct builder *b, struct axis *x, size_t pieces) {
    size_t words = b->index->words;
    uint64_t *now = ARENA_ARRAY(&b->scratch, uint64_t, words);
    x->every = (pieces * words + SET_WORDS_MAX - 1) / SET_WORDS_MAX;
    uint64_t *sets = ARENA_ARRAY(b->arena, uint64_t, (pieces + x->every - 1) / x->every * words);
    for (size_t p = 0; p < pieces; p++) {
        flip(now, x, p);
        if (p % x->every == 0) memcpy(sets + p / x->every * words, now, words * sizeof *now);
    }
    x->sets = sets;
}

// All points of the column, then what each rule changes at them. False when the steps are used up.
static bool make_column(struct builder *b, size_t column, struct column *c) {
    const struct table *t = b->table;
    struct points lists[AXIS_COUNT] = {0};
    memset(b->changes, 0, sizeof b->changes);
    for (size_t i = 0; i < t->rule_count; i++)
        if (b->index->known[i] > column) cell_points(&b->scratch, t->rules[i].tests[column], lists);
    if (!eval_steps(&b->eval, count_points(lists) * POINT_STEPS)) return false;
    sort_points(lists);
    for (int k = 0; k < AXIS_COUNT; k++)
        c->axes[k] = (struct axis){
            .points = arena_copy(b->arena, lists[k].items, lists[k].count * sizeof *lists[k].items),
            .count = lists[k].count};
    for (size_t i = 0; i < t->rule_count && !b->eval.exhausted; i++)
        if (b->index->known[i] > column)
            cell_changes(b, c, i, t->rules[i].tests[column]);
        else
            for (int k = 0; k < AXIS_COUNT; k++)
                add_change(b, (enum axis_kind)k, 0, i); // is always to be tested
    for (int k = 0; k < AXIS_COUNT && !b->eval.exhausted; k++) {
        size_t pieces = 2 * c->axes[k].count + 1;
        place_changes(b, &c->axes[k], &b->changes[k], pieces);
        make_sets(b, &c->axes[k], pieces);
    }
    arena_reset(&b->scratch);
    return !b->eval.exhausted;
}

static const uint16_t *known_columns(struct builder *b) {
    const struct table *t = b->table;
    uint16_t *known = ARENA_ARRAY(b->arena, uint16_t, t->rule_count);
    for (size_t i = 0; i < t->rule_count; i++) {
        while (known[i] < t->input_count && is_known(&b->cell, t->rules[i].tests[known[i]])) known[i]++;
        arena_reset(&b->cell);
    }
    return known;
}

const struct table_index *index_make(struct arena *a, const struct table *t, int64_t *steps) {
    if (t->rule_count < RULES_MIN || t->input_count == 0 || *steps <= 0) return NULL;
    struct builder b = {.arena = a, .table = t, .eval = eval_new(a, NULL, NULL)};
    struct table_index *x = b.index = ARENA_NEW(a, struct table_index);
    struct column *columns = ARENA_ARRAY(a, struct column, t->input_count);
    b.eval.steps = *steps;
    *x = (struct table_index){.words = (t->rule_count + 63) / 64,
                              .rule_count = t->rule_count,
                              .columns = columns,
                              .known = known_columns(&b)};
    while (x->column_count < t->input_count && make_column(&b, x->column_count, &columns[x->column_count]))
        x->column_count++;
    *steps = b.eval.steps;
    arena_free(&b.scratch);
    arena_free(&b.cell);
    return x->column_count ? x : NULL;
}

// ---- asking ----

// The set of a piece: kept, or the last one kept before it with the changes since.
static const uint64_t *set_of(const struct axis *x, size_t piece, size_t words, uint64_t *scratch) {
    const uint64_t *kept = x->sets + piece / x->every * words;
    if (piece % x->every == 0) return kept;
    memcpy(scratch, kept, words * sizeof *scratch);
    for (size_t p = piece - piece % x->every + 1; p <= piece; p++) flip(scratch, x, p);
    return scratch;
}

struct index_answer index_ask(const struct table_index *x, struct eval *e, const struct feel_value *inputs) {
    size_t words = x->words;
    uint64_t *rules = ARENA_ARRAY(e->arena, uint64_t, 2 * words), *scratch = rules + words;
    bool *untested = NULL;
    memset(rules, 0xff, words * sizeof *rules);
    if (x->rule_count % 64) rules[words - 1] = (1ull << x->rule_count % 64) - 1;
    for (size_t c = 0; c < x->column_count; c++) {
        enum axis_kind k;
        if (!axis_of(&inputs[c], &k)) {
            if (!untested) untested = ARENA_ARRAY(e->arena, bool, x->column_count);
            untested[c] = true;
            continue;
        }
        bool is_point;
        const struct axis *axis = &x->columns[c].axes[k];
        size_t at = place(axis, &inputs[c], &is_point);
        const uint64_t *set = set_of(axis, 2 * at + is_point, words, scratch);
        for (size_t w = 0; w < words; w++) rules[w] &= set[w];
    }
    return (struct index_answer){rules, words, untested};
}

size_t index_known(const struct table_index *x, size_t rule) {
    return x->known[rule] < x->column_count ? x->known[rule] : x->column_count;
}
