// How well, and how fast, the records of one person are found in a file: pairwise F1 over all pairs of a file
// whose truth is known and not shown.
//
// linkage_bench FILE.csv TRUTH COLUMN=KIND... [--peer NAME DATE]: TRUTH is the column that says who it is;
// kinds as in linkage.h. --peer: Jaro-Winkler of a name and the same year, with the best of all thresholds
// for F1.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/csv.h"
#include "identity/linkage.h"

enum { COLUMNS_MAX = 64, RESAMPLES = 1000, STEPS = 40 };

struct file {
    struct text column[COLUMNS_MAX];
    struct text *cells; // all columns, row by row
    size_t columns, rows;
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static enum status fill(void *context, uint8_t *into, size_t room, size_t *n) {
    *n = fread(into, 1, room, context);
    return STATUS_OK;
}

static bool read_file(struct arena *a, const char *path, struct file *f) {
    static struct csv c;
    struct arena row_arena = {0};
    struct csv_row row;
    size_t capacity = 0;
    c.context = fopen(path, "rb");
    c.fill = fill;
    if (!c.context) return false;
    while (!csv_next(&c, &row_arena, &row, NULL) && row.count <= COLUMNS_MAX) {
        bool is_head = !f->columns;
        if (is_head) f->columns = row.count;
        if (!is_head && f->rows == capacity) {
            capacity = capacity ? capacity * 2 : 4096;
            f->cells = realloc(f->cells, capacity * f->columns * sizeof *f->cells);
            if (!f->cells) abort();
        }
        for (size_t i = 0; i < f->columns && i < row.count; i++)
            *(is_head ? &f->column[i] : &f->cells[f->rows * f->columns + i]) = text_copy(a, row.items[i]);
        f->rows += !is_head;
        arena_reset(&row_arena);
    }
    arena_free(&row_arena);
    fclose(c.context);
    return f->columns > 0;
}

static size_t column_of(const struct file *f, struct text name) {
    for (size_t i = 0; i < f->columns; i++)
        if (text_eq(text_trim(f->column[i]), name)) return i;
    fprintf(stderr, "linkage_bench: no column " TEXT_FMT "\n", TEXT_ARG(name));
    exit(2);
}

// ---- truth

struct truth {
    uint32_t *person; // of each row, from 0
    size_t persons;
};

static int by_text(const void *a, const void *b) {
    return text_cmp(**(const struct text *const *)a, **(const struct text *const *)b);
}

static struct truth read_truth(struct arena *a, const struct file *f, size_t column) {
    struct truth t = {ARENA_ARRAY(a, uint32_t, f->rows), 0};
    const struct text **sorted = ARENA_ARRAY(a, const struct text *, f->rows);
    for (size_t i = 0; i < f->rows; i++) sorted[i] = &f->cells[i * f->columns + column];
    qsort(sorted, f->rows, sizeof *sorted, by_text);
    for (size_t i = 0; i < f->rows; i++) {
        t.persons += !i || !text_eq(*sorted[i], *sorted[i - 1]);
        t.person[(size_t)(sorted[i] - f->cells) / f->columns] = (uint32_t)t.persons - 1;
    }
    return t;
}

// ---- measures

struct tally {
    double right, linked, wanted; // of each person: pairs; one with another person counts for both by half
};
static double f1_of(struct tally t) {
    return t.linked + t.wanted > 0 ? 2 * t.right / (t.linked + t.wanted) : 0;
}

static struct tally sum(const struct tally *t, size_t n) {
    struct tally all = {0};
    for (size_t i = 0; i < n; i++)
        all.right += t[i].right, all.linked += t[i].linked, all.wanted += t[i].wanted;
    return all;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// Bootstrap over persons.
static void print_measures(const char *what, const struct tally *t, size_t persons) {
    static double f[RESAMPLES];
    size_t resamples = persons > 100000 ? RESAMPLES / 10 : RESAMPLES;
    uint64_t state = 1;
    struct tally all = sum(t, persons);
    for (size_t r = 0; r < resamples; r++) {
        struct tally s = {0};
        for (size_t i = 0; i < persons; i++) {
            const struct tally *x = &t[next_random(&state) % persons];
            s.right += x->right, s.linked += x->linked, s.wanted += x->wanted;
        }
        f[r] = f1_of(s);
    }
    qsort(f, resamples, sizeof *f, by_value);
    printf("%-34s F1 %.4f (95 %%: %.4f to %.4f)  precision %.4f  recall %.4f  of %.0f pairs\n", what,
           f1_of(all), f[resamples * 25 / 1000], f[resamples * 975 / 1000], all.right / all.linked,
           all.right / all.wanted, all.wanted);
}

static void add_pair(struct tally *t, const struct truth *truth, size_t x, size_t y) {
    struct tally *a = &t[truth->person[x]], *b = &t[truth->person[y]];
    a->right += a == b;
    a->linked += 0.5, b->linked += 0.5;
}

static void add_wanted(struct tally *t, const struct truth *truth, size_t rows) {
    uint32_t *n = calloc(truth->persons, sizeof *n);
    for (size_t i = 0; n && i < rows; i++) t[truth->person[i]].wanted += n[truth->person[i]]++;
    free(n);
}

struct row_of {
    uint32_t group, row;
};
static int by_group(const void *a, const void *b) {
    const struct row_of *x = a, *y = b;
    return x->group < y->group ? -1 : x->group > y->group;
}

static void add_groups(struct tally *t, const struct truth *truth, const uint32_t *group, size_t rows) {
    struct row_of *r = malloc((rows + 1) * sizeof *r);
    if (!r) abort();
    for (size_t i = 0; i < rows; i++) r[i] = (struct row_of){group[i], (uint32_t)i};
    qsort(r, rows, sizeof *r, by_group);
    for (size_t i = 0, j; i < rows; i = j)
        for (j = i; j < rows && r[j].group == r[i].group; j++)
            for (size_t k = i; k < j; k++) add_pair(t, truth, r[k].row, r[j].row);
    free(r);
}

// ---- the peer: Jaro-Winkler of a name, same year

static double jaro_winkler(struct text x, struct text y) {
    bool used[256] = {0}, taken[256] = {0};
    x = text_head(x, 255), y = text_head(y, 255);
    size_t longer = x.n > y.n ? x.n : y.n, reach = longer / 2 > 1 ? longer / 2 - 1 : 0, same = 0, moved = 0;
    for (size_t i = 0; i < x.n; i++)
        for (size_t j = i > reach ? i - reach : 0; j < y.n && j <= i + reach; j++) {
            if (taken[j] || x.p[i] != y.p[j]) continue;
            used[i] = taken[j] = true, same++;
            break;
        }
    if (!same) return 0;
    for (size_t i = 0, j = 0; i < x.n; i++) {
        if (!used[i]) continue;
        while (!taken[j]) j++;
        moved += x.p[i] != y.p[j++];
    }
    double m = (double)same;
    double jaro = (m / (double)x.n + m / (double)y.n + (m - (double)moved / 2) / m) / 3;
    size_t head = 0;
    while (head < 4 && head < x.n && head < y.n && x.p[head] == y.p[head]) head++;
    return jaro + 0.1 * (double)head * (1 - jaro);
}

struct dated {
    struct text year;
    size_t row;
};
static int by_year(const void *a, const void *b) {
    return text_cmp(((const struct dated *)a)->year, ((const struct dated *)b)->year);
}

static void print_peer(struct arena *a, const struct file *f, const struct truth *truth, size_t name,
                       size_t date) {
    struct dated *d = ARENA_ARRAY(a, struct dated, f->rows);
    struct tally *at[STEPS];
    size_t n = 0, best = 0;
    for (size_t i = 0; i < STEPS; i++) at[i] = ARENA_ARRAY(a, struct tally, truth->persons);
    for (size_t i = 0; i < f->rows; i++) {
        struct text birth = f->cells[i * f->columns + date];
        if (birth.n >= 4) d[n++] = (struct dated){text_slice(birth, 0, 4), i};
    }
    qsort(d, n, sizeof *d, by_year);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n && text_eq(d[j].year, d[i].year); j++) {
            double alike =
                jaro_winkler(f->cells[d[i].row * f->columns + name], f->cells[d[j].row * f->columns + name]);
            for (size_t k = 0; k < STEPS && alike >= 0.6 + 0.01 * (double)k; k++)
                add_pair(at[k], truth, d[i].row, d[j].row);
        }
    for (size_t k = 0; k < STEPS; k++) {
        add_wanted(at[k], truth, f->rows);
        if (f1_of(sum(at[k], truth->persons)) > f1_of(sum(at[best], truth->persons))) best = k;
    }
    char what[80];
    snprintf(what, sizeof what, "Jaro-Winkler from %.2f, same year", 0.6 + 0.01 * (double)best);
    print_measures(what, at[best], truth->persons);
}

// ---- ours

static void tell(void *context, const char *stage, double share) {
    static const char *last;
    (void)share;
    if (last != stage) fprintf(stderr, "%6.1f s %s\n", seconds() - *(double *)context, stage);
    last = stage;
}

static void print_wrong(const struct file *f, const struct truth *truth, const struct linkage_result *r,
                        const size_t *column, size_t fields) {
    for (size_t x = 1; x < f->rows; x++)
        for (size_t y = x > 40 ? x - 40 : 0; y < x; y++) {
            bool same = truth->person[x] == truth->person[y], linked = r->group[x] == r->group[y];
            if (same == linked || rand() % 2000) continue;
            printf("%s %.1f\n", same ? "missed" : "false ", linkage_bits(r, (uint32_t)x, (uint32_t)y));
            for (size_t i = 0; i < fields; i++) {
                const char *how;
                double bits = linkage_field(r, (uint32_t)x, (uint32_t)y, i, &how);
                printf("    %-20.*s %+6.1f %-10s " TEXT_FMT " | " TEXT_FMT "\n",
                       TEXT_ARG(f->column[column[i]]), bits, how,
                       TEXT_ARG(f->cells[x * f->columns + column[i]]),
                       TEXT_ARG(f->cells[y * f->columns + column[i]]));
            }
        }
}

int main(int argc, char **argv) {
    struct arena a = {0};
    struct file f = {0};
    enum linkage_kind kinds[LINKAGE_FIELDS_MAX];
    size_t column[LINKAGE_FIELDS_MAX], fields = 0;
    int i = 3;
    double begin = seconds();
    if (argc < 4) return fputs("linkage_bench FILE.csv TRUTH COLUMN=KIND... [--peer NAME DATE]\n", stderr), 2;
    if (!read_file(&a, argv[1], &f)) return puts("skipped: no data"), 77;
    for (; i < argc && fields < LINKAGE_FIELDS_MAX; i++, fields++) {
        struct text rest = text_of(argv[i]), name;
        if (!text_cut(&rest, '=', &name) || !linkage_kind_of(rest, &kinds[fields])) break;
        column[fields] = column_of(&f, name);
    }
    struct text *cells = ARENA_ARRAY(&a, struct text, f.rows * fields);
    for (size_t k = 0; k < f.rows * fields; k++)
        cells[k] = f.cells[k / fields * f.columns + column[k % fields]];
    struct truth truth = read_truth(&a, &f, column_of(&f, text_of(argv[2])));
    fprintf(stderr, "%6.1f s read: %zu rows of %zu persons\n", seconds() - begin, f.rows, truth.persons);
    struct linkage_file file = {f.rows, cells};
    struct linkage_result r;
    double start = seconds();
    struct linkage_options options = {
        .threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN), .tell = tell, .context = &start};
    if (linkage_run(kinds, fields, &file, NULL, &options, &a, &r)) return puts("too large"), 1;
    double took = seconds() - start;
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%zu records in %.1f s, %u threads, %.0f pairs compared by %zu keys, %zu links, at most %.0f MB\n",
           f.rows, took, options.threads, r.compared, r.rules, r.count, (double)u.ru_maxrss / 1024);
    printf("expected F1 %.4f from %.1f bits, prior %.1f\n", r.expected, r.threshold, linkage_prior(&r));
    struct tally *pairs = ARENA_ARRAY(&a, struct tally, truth.persons);
    struct tally *groups = ARENA_ARRAY(&a, struct tally, truth.persons);
    for (size_t k = 0; k < r.count; k++) add_pair(pairs, &truth, r.pairs[k].left, r.pairs[k].right);
    add_groups(groups, &truth, r.group, f.rows);
    add_wanted(pairs, &truth, f.rows);
    add_wanted(groups, &truth, f.rows);
    print_measures("pairs above the threshold", pairs, truth.persons);
    print_measures("groups", groups, truth.persons);
    if (i + 2 < argc && !strcmp(argv[i], "--peer"))
        print_peer(&a, &f, &truth, column_of(&f, text_of(argv[i + 1])), column_of(&f, text_of(argv[i + 2])));
    if (i < argc && !strcmp(argv[i], "--errors")) print_wrong(&f, &truth, &r, column, fields);
    linkage_end(&r);
    free(f.cells);
    arena_free(&a);
    return 0;
}
