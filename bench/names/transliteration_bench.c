// How often the true writing of a name in another script is the first of all names of the test set.
//
// transliteration_bench [--every N] [--errors] [TEST.tsv ...]: Latin name, name in the other script, count.
// Both directions; with --every only each Nth name is asked for, still among all.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/compare.h"
#include "names/table.h"

enum { NAMES_MAX = 40000, RESAMPLES = 1000, THREADS = 2 };

// One distinct writing, and which writings of the other side are true for it.
struct side {
    struct text text[NAMES_MAX];
    const struct prepared_record *prepared[NAMES_MAX];
    size_t count;
};
static struct side latin, native;
static struct pair { uint32_t latin, native; } pairs[NAMES_MAX];
static size_t pair_count;

// The best of the other side for each query, and what shares that place.
struct best {
    double score;
    uint32_t first, ties;
    bool is_true_among;
};

static uint32_t intern(struct side *s, struct text t, struct arena *a, uint32_t *slots) {
    enum { SLOTS = 1 << 17 };
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < t.n; i++) h = (h ^ (uint8_t)t.p[i]) * 16777619u;
    size_t at = (h ^ h >> 15) % SLOTS;
    for (; slots[at]; at = (at + 1) % SLOTS)
        if (text_eq(s->text[slots[at] - 1], t)) return slots[at] - 1;
    s->text[s->count] = t;
    s->prepared[s->count++] = identity_prepare_name(t, (struct text){0}, a);
    slots[at] = (uint32_t)s->count;
    return slots[at] - 1;
}

static bool load(const char *path, struct arena *a) {
    static uint32_t latin_slots[1 << 17], native_slots[1 << 17];
    memset(latin_slots, 0, sizeof latin_slots), memset(native_slots, 0, sizeof native_slots);
    struct text file, fields[3];
    latin.count = native.count = pair_count = 0;
    if (!table_file(a, path, &file)) return false;
    while (table_row(a, &file, '\t', fields, 3) && pair_count < NAMES_MAX) {
        if (!fields[1].n) continue;
        uint32_t l = intern(&latin, fields[0], a, latin_slots);
        pairs[pair_count++] = (struct pair){l, intern(&native, fields[1], a, native_slots)};
    }
    return true;
}

// Bits for the true pairs, so that each ranking knows them.
static int by_pair(const void *a, const void *b) {
    const struct pair *x = a, *y = b;
    if (x->latin != y->latin) return x->latin < y->latin ? -1 : 1;
    return x->native < y->native ? -1 : x->native > y->native;
}
static bool is_true(uint32_t l, uint32_t n) {
    struct pair key = {l, n};
    return bsearch(&key, pairs, pair_count, sizeof *pairs, by_pair);
}

// Ranks all names of `other` for each `every`th of `own`.
struct ranking {
    const struct side *own, *other;
    struct best *best;
    bool is_latin;
    size_t every, from;
};
static void *rank(void *p) {
    const struct ranking *r = p;
    for (size_t i = r->from * r->every; i < r->own->count; i += r->every * THREADS) {
        struct best b = {-1e9, 0, 0, false};
        for (size_t j = 0; j < r->other->count; j++) {
            double s = identity_compare_prepared_writings(r->own->prepared[i], r->other->prepared[j]);
            if (s < b.score) continue;
            if (s > b.score) b = (struct best){s, (uint32_t)j, 0, false};
            b.ties++;
            if (r->is_latin ? is_true((uint32_t)i, (uint32_t)j) : is_true((uint32_t)j, (uint32_t)i))
                b.is_true_among = true;
        }
        r->best[i] = b;
    }
    return NULL;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double top_one(const struct best *b) {
    return b->is_true_among ? 1.0 / b->ties : 0; // chance decides between equals
}

static void print(const struct ranking *r, const char *name, bool errors) {
    static double values[RESAMPLES], top[NAMES_MAX];
    size_t n = 0, tied = 0;
    double sum = 0;
    for (size_t i = 0; i < r->own->count; i += r->every) {
        top[n] = top_one(&r->best[i]);
        sum += top[n++];
        tied += r->best[i].ties > 1;
    }
    uint64_t seed = 1;
    for (int k = 0; k < RESAMPLES; k++) {
        double s = 0;
        for (size_t i = 0; i < n; i++)
            s += top[(seed = seed * 6364136223846793005u + 1442695040888963407u, seed >> 33) % n];
        values[k] = s / (double)n;
    }
    qsort(values, RESAMPLES, sizeof *values, by_value);
    printf("%-40s %-16s %6zu of %6zu  %.4f  %.4f to %.4f  %zu tied\n", name,
           r->is_latin ? "Latin to other" : "other to Latin", n, r->other->count, sum / (double)n,
           values[RESAMPLES * 25 / 1000], values[RESAMPLES * 975 / 1000], tied);
    for (size_t i = 0; errors && i < r->own->count; i += r->every)
        if (!r->best[i].is_true_among)
            printf("  %.*s -> %.*s (%.1f bits)\n", TEXT_ARG(r->own->text[i]),
                   TEXT_ARG(r->other->text[r->best[i].first]), r->best[i].score);
}

static void run(bool is_latin, size_t every, const char *name, bool errors) {
    static struct best best[NAMES_MAX];
    struct ranking r[THREADS];
    pthread_t thread[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        r[t] = (struct ranking){
            is_latin ? &latin : &native, is_latin ? &native : &latin, best, is_latin, every, t};
        if (pthread_create(&thread[t], NULL, rank, &r[t])) exit(1);
    }
    for (size_t t = 0; t < THREADS; t++) pthread_join(thread[t], NULL);
    print(&r[0], name, errors);
}

int main(int argc, char **argv) {
    static const char *const USUAL[] = {"arabic", "hebrew", "russian"};
    size_t every = 1;
    bool errors = false;
    int files = 0;
    puts("file                                     direction        asked of names   top 1   95% interval");
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--errors")) {
            errors = true;
            continue;
        }
        if (!strcmp(argv[i], "--every") && i + 1 < argc) {
            every = (size_t)atoi(argv[++i]);
            continue;
        }
        files++;
    }
    if (!every) return 2;
    for (int i = 0; i < (files ? argc - 1 : 3); i++) {
        struct arena a = {0};
        char usual[100];
        snprintf(usual, sizeof usual, "../shared/data/names/transliteration/wd_%s_test_open.tsv",
                 USUAL[i % 3]);
        const char *path = files ? argv[i + 1] : usual;
        if (files && !strncmp(path, "--", 2)) {
            i += !strcmp(path, "--every");
            continue;
        }
        if (!load(path, &a)) return puts("skipped: no data"), 77;
        qsort(pairs, pair_count, sizeof *pairs, by_pair);
        const char *slash = strrchr(path, '/');
        run(true, every, slash ? slash + 1 : path, errors);
        run(false, every, slash ? slash + 1 : path, errors);
        arena_free(&a);
    }
    return 0;
}
