// How fast an index of persons finds, and whether it finds what comparing with everybody finds.
//   index_search PERSONS SEARCHES SCANS [DATABASE]
// SEARCHES are made by one thread, while each word is new, then again by two. SCANS searches are compared
// with a full scan. With a DATABASE of PostgreSQL the same persons are searched there by trigrams, too, in
// turn. OSTIA_NAMES is the folder with the pairs of names. CPU=1 counts time on the processor only, TELL=1
// prints what was missed.
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "identity/index.h"
#include "identity/people.h"
#include "identity/trigrams.h"

enum { LIMIT = 20, THREADS = 2, MISSES = 10, ROUNDS = 5 }; // one of MISSES asks for somebody who is not there

static double now(void) {
    struct timespec t;
    clock_gettime(getenv("CPU") ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct run {
    struct people *people;
    struct identity_index *index;
    size_t persons, searches, scans;
    const struct prepared_record **all; // for the full scan
    struct arena kept;
    bool tell;
    struct trigrams *trigrams;
    double threshold; // of their likeness; 0: the index is asked
};

static int best_first(const void *a, const void *b) {
    const struct index_hit *x = a, *y = b;
    return x->score > y->score ? -1 : x->score < y->score;
}

// The person that search number `i` means; not below `persons`: nobody there.
static size_t meant(const struct run *r, size_t i) {
    size_t there = (size_t)((i + 1) * 0x9E3779B97F4A7C15u >> 16) % r->persons;
    return i % MISSES == MISSES - 1 ? r->persons + i : there;
}

static void make_query(const struct run *r, size_t i, struct arena *a, struct identity_record *q) {
    people_ask(r->people, meant(r, i), i, a, q);
}

static void must(enum status st, const char *what) {
    if (!st) return;
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

static void build(struct run *r) {
    struct arena a = {0};
    double seconds = 0;
    r->all = calloc(r->persons, sizeof *r->all);
    must(identity_index_new(&r->index), "index");
    for (size_t i = 0; i < r->persons; i++) {
        struct identity_record p;
        people_make(r->people, i, &a, &p);
        if (r->scans) r->all[i] = identity_prepare(&p, &r->kept);
        double from = now();
        must(identity_index_put(r->index, &p), "put");
        seconds += now() - from;
        arena_reset(&a);
    }
    arena_free(&a);
    printf("%zu persons in %.1f s of one thread, %zu bytes each\n", r->persons, seconds,
           identity_index_bytes(r->index) / r->persons);
}

// What trigrams find is compared as the index compares, and the best are taken.
static void find_by_trigrams(const struct run *r, const struct identity_record *q, struct arena *a,
                             struct index_hits *hits) {
    const uint32_t *person;
    size_t count = trigrams_find(r->trigrams, q, r->threshold, a, &person);
    const struct prepared_record *p = identity_prepare(q, a);
    for (size_t i = 0; i < count; i++) {
        struct comparison c;
        identity_compare_prepared(p, r->all[person[i]], &COMPARE_RULES, &c);
        if (c.score >= COMPARE_RULES.possible) *ARENA_PUSH(a, hits) = (struct index_hit){person[i], c.score};
    }
    if (hits->count) qsort(hits->items, hits->count, sizeof *hits->items, best_first);
    if (hits->count > LIMIT) hits->count = LIMIT;
}

static void find(const struct run *r, const struct identity_record *q, struct arena *a,
                 struct index_hits *hits) {
    *hits = (struct index_hits){0};
    if (r->threshold > 0)
        find_by_trigrams(r, q, a, hits);
    else
        must(identity_index_search(r->index, q, &COMPARE_RULES, LIMIT, COMPARE_RULES.possible, a, hits),
             "search");
}

// ---- speed

struct lane { // what one thread does
    const struct run *run;
    size_t from, step;
    double *seconds;
    size_t count;
};

static void *search_lane(void *context) {
    struct lane *l = context;
    struct arena a = {0};
    for (size_t i = l->from; i < l->run->searches; i += l->step) {
        struct identity_record q;
        struct index_hits hits;
        make_query(l->run, i, &a, &q);
        double from = now();
        find(l->run, &q, &a, &hits);
        l->seconds[l->count++] = now() - from;
        arena_reset(&a);
    }
    arena_free(&a);
    return NULL;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure_speed(const struct run *r, size_t threads) {
    double *all = malloc(r->searches * sizeof *all), busy = 0;
    struct lane lane[THREADS];
    pthread_t thread[THREADS];
    for (size_t t = 0; t < threads; t++)
        lane[t] = (struct lane){r, t, threads, malloc(r->searches * sizeof(double)), 0};
    for (size_t t = 0; t < threads; t++) pthread_create(&thread[t], NULL, search_lane, &lane[t]);
    size_t count = 0;
    for (size_t t = 0; t < threads; t++) {
        pthread_join(thread[t], NULL);
        memcpy(all + count, lane[t].seconds, lane[t].count * sizeof *all);
        count += lane[t].count;
        free(lane[t].seconds);
    }
    for (size_t i = 0; i < count; i++) busy += all[i];
    qsort(all, count, sizeof *all, by_size);
    printf("%zu thread%s: %.0f searches a second, mean %.3f ms, p50 %.3f, p90 %.3f, p99 %.3f, worst %.1f\n",
           threads, threads > 1 ? "s" : "", (double)count / busy * (double)threads,
           busy / (double)count * 1e3, all[count / 2] * 1e3, all[count * 9 / 10] * 1e3,
           all[count * 99 / 100] * 1e3, all[count - 1] * 1e3);
    free(all);
}

// ---- recall

struct recall {
    size_t queries, complete; // queries with hits; those of which all hits were found
    size_t wanted, found;     // hits among the best LIMIT
    size_t meant, met;        // hits that are the person meant
    size_t missed[10];        // by score
};
struct scan {
    const struct run *run;
    size_t from;
    struct recall recall;
};
static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;

static int by_score(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

static void tell_name(struct arena *a, const struct identity_record *r) {
    for (size_t i = 0; i < r->name_count; i++) {
        struct record_name n = r->names[i];
        printf(TEXT_FMT "|" TEXT_FMT "|" TEXT_FMT "%s" TEXT_FMT ", ", TEXT_ARG(n.given),
               TEXT_ARG(n.patronymic), TEXT_ARG(n.family), n.whole.n ? "whole " : "", TEXT_ARG(n.whole));
    }
    if (r->birth_count) printf(TEXT_FMT, TEXT_ARG(date_print(a, r->births[0])));
}

static void tell_missed(const struct run *run, const struct identity_record *q, size_t person) {
    struct arena a = {0};
    struct identity_record r;
    struct comparison c;
    people_make(run->people, person, &a, &r);
    identity_compare(q, &r, &COMPARE_RULES, &a, &c);
    pthread_mutex_lock(&telling);
    printf("missed %.3f: ", c.score);
    tell_name(&a, q);
    printf(" -- ");
    tell_name(&a, &r);
    for (int f = 0; f < FEATURE_COUNT; f++)
        if (c.features[f].is_known)
            printf(" %s %.2f %s", identity_feature_word((enum identity_feature)f), c.features[f].agreement,
                   c.features[f].how);
    printf("\n");
    pthread_mutex_unlock(&telling);
    arena_free(&a);
}

// Hits of equal score are as good as each other.
static void count_hits(const struct scan *s, struct recall *c, const struct identity_record *q,
                       double *scores, double *sorted, const struct index_hits *hits) {
    size_t n = s->run->persons, wanted = 0, found = 0, above = 0;
    for (size_t i = 0; i < n; i++)
        if (scores[i] >= COMPARE_RULES.possible) sorted[above++] = scores[i];
    qsort(sorted, above, sizeof *sorted, by_score);
    wanted = above < LIMIT ? above : LIMIT;
    double least = wanted == LIMIT ? sorted[LIMIT - 1] : COMPARE_RULES.possible;
    bool met = false;
    for (size_t i = 0; i < hits->count; i++) {
        const struct index_hit *h = &hits->items[i];
        if (fabs(h->score - scores[h->id]) > 1e-9)
            must(STATUS_INVALID, "another score than the comparison's:");
        found += h->score >= least;
        met |= h->id == q->id;
        scores[h->id] = -scores[h->id];
    }
    if (wanted) c->queries++, c->complete += found == wanted;
    c->wanted += wanted;
    c->found += found;
    if (q->id < n && fabs(scores[q->id]) >= least)
        c->meant++, c->met += met || -scores[q->id] == least || scores[q->id] == least;
    for (size_t i = 0; i < n && found < wanted; i++)
        if (scores[i] > least || (scores[i] == least && above <= LIMIT)) {
            c->missed[(size_t)(scores[i] * 9.999)]++;
            if (s->run->tell) tell_missed(s->run, q, i);
        }
}

static void *scan_lane(void *context) {
    struct scan *s = context;
    const struct run *r = s->run;
    struct arena a = {0};
    double *scores = malloc(r->persons * sizeof *scores), *sorted = malloc(r->persons * sizeof *scores);
    for (size_t i = s->from; i < r->scans; i += THREADS) {
        struct identity_record q;
        make_query(r, i, &a, &q);
        const struct prepared_record *p = identity_prepare(&q, &a);
        for (size_t k = 0; k < r->persons; k++) {
            struct comparison c;
            identity_compare_prepared(p, r->all[k], &COMPARE_RULES, &c);
            scores[k] = c.score;
        }
        struct index_hits hits;
        find(r, &q, &a, &hits);
        count_hits(s, &s->recall, &q, scores, sorted, &hits);
        arena_reset(&a);
    }
    free(scores);
    free(sorted);
    arena_free(&a);
    return NULL;
}

static void print_share(const char *what, size_t k, size_t n) { // with the 95 % interval of Wilson
    if (!n) return;
    double p = (double)k / (double)n, z = 1.96, d = 1 + z * z / (double)n, mid = p + z * z / (2 * (double)n),
           half = z * sqrt(p * (1 - p) / (double)n + z * z / (4 * (double)n * (double)n));
    printf("%s %zu of %zu, %.2f %% (%.2f to %.2f)\n", what, k, n, 100 * p, 100 * (mid - half) / d,
           100 * (mid + half) / d);
}

static void measure_recall(const struct run *r) {
    struct scan scan[THREADS] = {0};
    pthread_t thread[THREADS];
    struct recall all = {0};
    for (size_t t = 0; t < THREADS; t++) scan[t].run = r, scan[t].from = t;
    for (size_t t = 0; t < THREADS; t++) pthread_create(&thread[t], NULL, scan_lane, &scan[t]);
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
        const size_t *from = (const size_t *)&scan[t].recall;
        for (size_t i = 0; i < sizeof all / sizeof(size_t); i++) ((size_t *)&all)[i] += from[i];
    }
    print_share("hits found:", all.found, all.wanted);
    print_share("queries with all hits:", all.complete, all.queries);
    print_share("persons meant:", all.met, all.meant);
    printf("missed by score, tenths:");
    for (size_t i = 0; i < 10; i++) printf(" %zu", all.missed[i]);
    printf("\n");
}

// ---- beside trigrams

static double mean_of(const struct run *r, size_t from, size_t count) {
    struct lane l = {r, 0, 1, malloc(count * sizeof(double)), 0};
    struct run part = *r;
    double sum = 0;
    part.searches = from + count;
    l.run = &part, l.from = from;
    search_lane(&l);
    for (size_t i = 0; i < l.count; i++) sum += l.seconds[i];
    free(l.seconds);
    return sum / (double)count;
}

// The index and trigrams in turn, each round with searches of its own, one thread; then what trigrams find.
static void compare_with_trigrams(struct run *r, double threshold) {
    enum { EACH = 8 };
    double ours[ROUNDS], theirs[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        r->threshold = 0;
        ours[i] = mean_of(r, i * EACH, EACH);
        r->threshold = threshold;
        theirs[i] = mean_of(r, i * EACH, EACH);
    }
    qsort(ours, ROUNDS, sizeof *ours, by_size);
    qsort(theirs, ROUNDS, sizeof *theirs, by_size);
    printf("\ntrigrams from %.2f alike: %.1f ms a search, the index %.2f ms, %.0f times (medians of %d)\n",
           threshold, theirs[ROUNDS / 2] * 1e3, ours[ROUNDS / 2] * 1e3, theirs[ROUNDS / 2] / ours[ROUNDS / 2],
           ROUNDS);
    bool tell = r->tell;
    r->tell = false;
    measure_recall(r);
    r->tell = tell;
    r->threshold = 0;
}

int main(int count, char **words) {
    if (count < 4) {
        fprintf(stderr, "index_search PERSONS SEARCHES SCANS [DATABASE]\n");
        return 2;
    }
    struct run r = {.persons = (size_t)atol(words[1]),
                    .searches = (size_t)atol(words[2]),
                    .scans = (size_t)atol(words[3])};
    const char *names = getenv("OSTIA_NAMES");
    char folder[512];
    snprintf(folder, sizeof folder, "%s/transliteration", names ? names : "../shared/data/names");
    r.tell = getenv("TELL") != NULL;
    r.people = people_new(folder, 7);
    if (!r.people || !r.persons) {
        fprintf(stderr, "no names\n");
        return 1;
    }
    build(&r);
    if (r.searches) measure_speed(&r, 1), measure_speed(&r, THREADS);
    if (r.scans) measure_recall(&r);
    if (count > 4 && r.scans) {
        r.trigrams = trigrams_open(words[4], r.all, r.persons);
        if (!r.trigrams) must(STATUS_INVALID, "trigrams");
        static const double FROM[] = {0.5, 0.35, 0.2};
        for (size_t i = 0; i < sizeof FROM / sizeof *FROM; i++) compare_with_trigrams(&r, FROM[i]);
        trigrams_close(r.trigrams);
    }
    identity_index_free(r.index);
    people_free(r.people);
    free(r.all);
    arena_free(&r.kept);
    return 0;
}
