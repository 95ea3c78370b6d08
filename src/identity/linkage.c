// From two files, or one, to links: pairs worth comparing, how they agree field by field, what each agreement
// weighs, and from which weight on a pair is a link.
#include "identity/linkage.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "identity/linkage_inside.h"

enum { KEPT_A_ROW = 40 }; // pairs that are remembered; of more, the surest half
static const double KEEP_BITS = -6;

// ---- values

struct making {
    pthread_t thread;
    struct linkage *l;
    unsigned number;
    const enum linkage_kind *kinds;
    const struct linkage_file *left, *right;
    size_t field;
};

static struct text cell_of(const void *context, size_t row) {
    const struct making *m = context;
    size_t fields = m->l->fields, left = m->left->rows;
    return row < left ? m->left->cells[row * fields + m->field]
                      : m->right->cells[(row - left) * fields + m->field];
}

static void *make_fields(void *context) {
    struct making *m = context;
    for (m->field = m->number; m->field < m->l->fields; m->field += m->l->options.threads)
        linkage_values_make(&m->l->values[m->field], m->kinds[m->field], m->l->rows, cell_of, m);
    return NULL;
}

static void make_values(struct linkage *l, const enum linkage_kind *kinds, const struct linkage_file *left,
                        const struct linkage_file *right) {
    struct making m[LINKAGE_THREADS_MAX] = {0};
    unsigned threads = l->options.threads, started = 1;
    for (unsigned i = 0; i < threads; i++) m[i] = (struct making){0, l, i, kinds, left, right, 0};
    while (started < threads && !pthread_create(&m[started].thread, NULL, make_fields, &m[started]))
        started++;
    make_fields(&m[0]);
    for (unsigned i = started; i < threads; i++) make_fields(&m[i]);
    for (unsigned i = 1; i < started; i++) pthread_join(m[i].thread, NULL);
}

// ---- pairs

struct kept {
    struct linkage_pair *pairs;
    size_t count, capacity, most;
    double from, compared;
};
struct scoring {
    const struct linkage *l;
    struct kept of[LINKAGE_THREADS_MAX];
};

static int by_bits(const void *a, const void *b) {
    const struct linkage_pair *x = a, *y = b;
    if (x->bits != y->bits) return x->bits > y->bits ? -1 : 1;
    if (x->left != y->left) return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

static void keep(struct kept *k, struct linkage_pair p) {
    if (k->count == k->most) {
        qsort(k->pairs, k->count, sizeof *k->pairs, by_bits);
        k->count /= 2;
        k->from = k->pairs[k->count - 1].bits;
    }
    if (k->count == k->capacity) {
        k->capacity = k->capacity ? k->capacity * 2 : 4096;
        k->pairs = realloc(k->pairs, k->capacity * sizeof *k->pairs);
        if (!k->pairs) abort();
    }
    k->pairs[k->count++] = p;
}

// What a pair weighs; something below `from` as soon as it is clear that it is below.
static double weigh_pair(const struct linkage *l, uint32_t x, uint32_t y, double from) {
    double bits = l->prior;
    size_t left[LINKAGE_FIELDS_MAX], n = 0;
    for (size_t k = 0; k < l->fields; k++) {
        size_t f = l->asking[k];
        const struct linkage_values *v = &l->values[f];
        uint32_t a = v->of_row[x], b = v->of_row[y];
        if (!a || !b) continue;
        if (a == b) {
            bits += l->weight[f][LEVEL_SAME] + (double)v->rare[a];
        } else {
            bits += l->most[f];
            left[n++] = f;
        }
    }
    for (size_t k = 0; k < n && bits >= from; k++)
        bits += l->weight[left[k]][linkage_field_level(l, left[k], x, y)] - l->most[left[k]];
    return bits;
}

static void see(void *context, unsigned thread, uint32_t x, uint32_t y) {
    struct scoring *s = context;
    struct kept *k = &s->of[thread];
    k->compared++;
    double bits = weigh_pair(s->l, x, y, k->from);
    if (bits >= k->from) keep(k, (struct linkage_pair){x, y, (float)bits});
}

static void find_pairs(struct linkage *l, struct arena *a, struct linkage_result *out) {
    struct scoring *s = calloc(1, sizeof *s);
    unsigned threads = l->options.threads;
    if (!s) abort();
    s->l = l;
    for (unsigned t = 0; t < threads; t++)
        s->of[t] = (struct kept){.from = l->options.keep, .most = KEPT_A_ROW * l->rows / threads + 4096};
    linkage_each_pair(l, "compare", l->rule_count, 1, see, s);
    size_t all = 0;
    for (unsigned t = 0; t < threads; t++) all += s->of[t].count;
    out->pairs = ARENA_ARRAY(a, struct linkage_pair, all + 1);
    for (unsigned t = 0; t < threads; t++) {
        if (s->of[t].count)
            memcpy(out->pairs + out->count, s->of[t].pairs, s->of[t].count * sizeof *out->pairs);
        out->count += s->of[t].count;
        out->compared += s->of[t].compared;
        free(s->of[t].pairs);
    }
    free(s);
    qsort(out->pairs, out->count, sizeof *out->pairs, by_bits);
}

// ---- which pairs are links

static double chance(double bits) {
    return 1 / (1 + exp2(-bits));
}

// So many of the surest that precision and recall, as the model expects them, are best together.
static size_t best_count(const struct linkage_pair *p, size_t count, double *expected) {
    double all = 0, sum = 0;
    for (size_t i = 0; i < count; i++) all += chance((double)p[i].bits);
    size_t best = 0;
    *expected = 0;
    for (size_t i = 0; i < count; i++) {
        sum += chance((double)p[i].bits);
        double f = 2 * sum / ((double)i + 1 + all);
        if (f > *expected) *expected = f, best = i + 1;
    }
    return best;
}

enum status linkage_run(const enum linkage_kind *kinds, size_t fields, const struct linkage_file *left,
                        const struct linkage_file *right, const struct linkage_options *options,
                        struct arena *a, struct linkage_result *out) {
    *out = (struct linkage_result){0};
    size_t rows = left->rows + (right ? right->rows : 0);
    if (!fields || fields > LINKAGE_FIELDS_MAX || rows > LINKAGE_ROWS_MAX) return STATUS_TOO_LARGE;
    struct linkage *l = calloc(1, sizeof *l);
    if (!l) abort();
    *l = (struct linkage){.fields = fields, .rows = rows, .left_rows = left->rows, .two_files = right};
    if (options) l->options = *options;
    if (!l->options.threads) l->options.threads = 1;
    if (l->options.threads > LINKAGE_THREADS_MAX) l->options.threads = LINKAGE_THREADS_MAX;
    if (l->options.keep == 0) l->options.keep = KEEP_BITS;
    out->learned = l;
    if (!left->rows || (right && !right->rows)) return STATUS_OK;
    make_values(l, kinds, left, right);
    linkage_drop_repeats(l);
    linkage_choose_rules(l);
    linkage_make_blocks(l);
    linkage_learn(l);
    find_pairs(l, a, out);
    out->rules = l->rule_count;
    if (right) out->count = linkage_one_to_one(l, out->pairs, out->count);
    out->count = best_count(out->pairs, out->count, &out->expected);
    out->threshold = out->count ? (double)out->pairs[out->count - 1].bits : 0;
    if (!right) out->group = linkage_groups(out, rows, a);
    for (size_t i = 0; right && i < out->count; i++) out->pairs[i].right -= (uint32_t)l->left_rows;
    return STATUS_OK;
}

void linkage_end(struct linkage_result *r) {
    struct linkage *l = r->learned;
    if (!l) return;
    for (size_t f = 0; f < l->fields; f++) linkage_values_free(&l->values[f]);
    arena_free(&l->arena);
    free(l);
    r->learned = NULL;
}

// ---- why

double linkage_prior(const struct linkage_result *r) {
    return r->learned->prior;
}

double linkage_field(const struct linkage_result *r, uint32_t left, uint32_t right, size_t field,
                     const char **how) {
    static const char *const HOW[8] = {"same", "near", "alike", "far", "differs", "", "", "unknown"};
    const struct linkage *l = r->learned;
    uint32_t other = l->two_files ? right + (uint32_t)l->left_rows : right;
    const struct linkage_values *v = &l->values[field];
    unsigned level = linkage_field_level(l, field, left, other);
    *how = v->is_repeat                                    ? "repeats"
           : level == LEVEL_FAR && v->kind == LINKAGE_NAME ? "elsewhere"
                                                           : HOW[level];
    return l->weight[field][level] + (level == LEVEL_SAME ? (double)v->rare[v->of_row[left]] : 0);
}

double linkage_bits(const struct linkage_result *r, uint32_t left, uint32_t right) {
    const struct linkage *l = r->learned;
    return weigh_pair(l, left, l->two_files ? right + (uint32_t)l->left_rows : right, -1000);
}
