// How often a search of whole identities errs: invented persons are asked for with one thing wrong or
// missing, and compared with all others by the usual rules. The rates stand beside the thresholds in
// identity.json.
//
// search_rates [NAMES [PERSONS [SEARCHES]]]: NAMES is the folder of wd_*_train.tsv. The table goes to
// standard error, the rates as they stand in identity.json to standard output.
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/compare.h"
#include "identity/identity.h"
#include "identity/people.h"

enum { THREADS = 2, TRIES_MAX = 400, THRESHOLDS = 4 };
static const double THRESHOLD[THRESHOLDS] = {0.1, 0.5, 0.9, 0.99};

// What differs between the person on file and the one who is asked for. All else is as on file.
static const char *const ASKED[] = {
    "same",      "name_only", "birth_unknown", "birth_year", "birth_slip", "birth_wrong", "nationality_wrong",
    "name_slip", "name_part", "other_script",  "several"};
enum { KINDS = sizeof ASKED / sizeof *ASKED };
enum kind {
    SAME,
    NAME_ONLY,
    BIRTH_UNKNOWN,
    BIRTH_YEAR,
    BIRTH_SLIP,
    BIRTH_WRONG,
    NATIONALITY_WRONG,
    NAME_SLIP,
    NAME_PART,
    OTHER_SCRIPT,
    SEVERAL
};

struct counts {
    double searches, missed[THRESHOLDS], hits[THRESHOLDS], hits_squared[THRESHOLDS];
};
struct work {
    pthread_t thread;
    size_t from, searches, persons;
    const struct people *people;
    const struct prepared_record **file;
    struct counts counts[KINDS];
};

static struct text first_word(const struct record_name *n) {
    struct text all = n->whole.n ? n->whole : n->given, word;
    return text_cut(&all, ' ', &word) ? word : all;
}

static size_t words_of(const struct record_name *n) {
    if (!n->whole.n) return (n->given.n > 0) + (n->patronymic.n > 0) + (n->family.n > 0);
    size_t words = 1;
    for (size_t i = 0; i < n->whole.n; i++) words += n->whole.p[i] == ' ';
    return words;
}

static bool holds_word(const struct record_name *n, struct text word) {
    const struct text parts[] = {n->given, n->patronymic, n->family, n->whole};
    for (size_t i = 0; i < 4; i++) {
        struct text rest = parts[i], one;
        while (text_cut(&rest, ' ', &one))
            if (text_eq(one, word)) return true;
    }
    return false;
}

// Whether the name that was asked for differs in the way that is wanted, and in no other.
static bool is_wanted(enum kind kind, const struct record_name *file, const struct record_name *asked) {
    bool scripts = !text_eq(identity_script(first_word(file)), identity_script(first_word(asked)));
    size_t before = words_of(file), now = words_of(asked), known = 0;
    const struct text parts[] = {asked->given, asked->patronymic, asked->family};
    for (size_t i = 0; i < 3; i++) known += parts[i].n && holds_word(file, parts[i]);
    if (kind == OTHER_SCRIPT) return scripts && before == now;
    if (kind == NAME_PART) return !scripts && now + 1 == before && known == now;
    return !scripts && before == now && known + 1 == now;
}

static void ask_name(const struct people *p, enum kind kind, uint64_t number, struct arena *a,
                     struct identity_record *r) {
    for (uint64_t which = 0; which < TRIES_MAX; which++) {
        struct identity_record other;
        people_ask(p, number, which, a, &other);
        if (!is_wanted(kind, &r->names[0], &other.names[0])) continue;
        r->names[0] = other.names[0];
        r->name_count = 1;
        return;
    }
    r->name_count = 0; // a name of one word has no part, one of Cyrillic letters no slip
}

static struct date slip(struct date d, uint64_t number) {
    if (number % 3 == 0 && d.day <= 12 && d.day != d.month) return (struct date){d.year, d.day, d.month};
    if (number % 3 == 1) return (struct date){d.year, d.month, d.day > 20 ? d.day - 10 : d.day + 1};
    return (struct date){d.year + (number % 2 ? 1 : -1), d.month, d.day > 28 ? 28 : d.day};
}

// False when this person cannot be asked for in this way.
static bool ask(const struct people *p, enum kind kind, uint64_t number, struct arena *a,
                struct identity_record *r) {
    people_make(p, number, a, r);
    r->number_count = 0;
    r->sex = (struct text){0};
    r->name_count = 1;
    bool is_full = r->birth_count && date_is_full(r->births[0]);
    if (!is_full || !r->nationality_count) return false;
    switch (kind) {
    case SAME: return true;
    case NAME_ONLY: return r->birth_count = r->nationality_count = 0, true;
    case BIRTH_UNKNOWN: return r->birth_count = 0, true;
    case BIRTH_YEAR: return r->births[0].month = r->births[0].day = 0, true;
    case BIRTH_SLIP: return r->births[0] = slip(r->births[0], number), true;
    case BIRTH_WRONG:
        r->births[0] =
            (struct date){r->births[0].year - 7, r->births[0].month % 12 + 1, 1 + (int)(number % 28)};
        return true;
    case NATIONALITY_WRONG:
        r->nationalities[0] = text_eq(r->nationalities[0], T("SYR")) ? T("AFG") : T("SYR");
        return true;
    case SEVERAL:
        people_ask(p, number, 1, a, r);
        r->number_count = 0;
        return true;
    default: ask_name(p, kind, number, a, r); return r->name_count > 0;
    }
}

static void search(struct work *w, enum kind kind, uint64_t number) {
    struct arena a = {0};
    struct identity_record r;
    struct counts *c = &w->counts[kind];
    if (ask(w->people, kind, number, &a, &r)) {
        const struct prepared_record *asked = identity_prepare(&r, &a);
        double hits[THRESHOLDS] = {0};
        for (size_t i = 0; i < w->persons; i++) {
            struct comparison x;
            identity_compare_prepared(asked, w->file[i], &COMPARE_RULES, &x);
            for (size_t t = 0; t < THRESHOLDS; t++)
                if (i == number)
                    c->missed[t] += x.score < THRESHOLD[t];
                else
                    hits[t] += x.score >= THRESHOLD[t];
        }
        for (size_t t = 0; t < THRESHOLDS; t++)
            c->hits[t] += hits[t], c->hits_squared[t] += hits[t] * hits[t];
        c->searches++;
    }
    arena_free(&a);
}

static void *run(void *context) {
    struct work *w = context;
    for (size_t i = w->from; i < w->searches; i += THREADS)
        for (int k = 0; k < KINDS; k++) search(w, (enum kind)k, i * (w->persons / w->searches));
    return NULL;
}

// Half the width of the 95 % interval of a share (Wilson) and its middle.
static void wilson(double share, double n, double *low, double *high) {
    double z = 1.96, middle = (share + z * z / (2 * n)) / (1 + z * z / n);
    double half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    *low = fmax(0, middle - half), *high = fmin(1, middle + half);
}

static void print(const struct counts *c, const char *asked, size_t t, bool is_last) {
    double n = c->searches, hits = c->hits[t] / n, missed = c->missed[t] / n, low, high;
    double spread = 1.96 * sqrt(fmax(0, c->hits_squared[t] / n - hits * hits) / n);
    wilson(missed, n, &low, &high);
    printf("      { \"asked\": \"%s\", \"score\": %g, \"false_hits\": %.3g, \"missed\": %.3g, "
           "\"missed_most\": %.3g }%s\n",
           asked, THRESHOLD[t], hits, missed, high, is_last ? "" : ",");
    fprintf(stderr, "%-18s %4.2f %8.0f %10.3f +- %-7.3f %6.1f %% (%.1f to %.1f)\n", asked, THRESHOLD[t], n,
            hits, spread, 100 * missed, 100 * low, 100 * high);
}

int main(int argc, char **argv) {
    size_t persons = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
    size_t searches = argc > 3 ? strtoul(argv[3], NULL, 10) : 150;
    struct people *people = people_new(argc > 1 ? argv[1] : "../shared/data/names/transliteration", 7);
    if (!people) return puts("skipped: no data"), 77;
    struct arena a = {0};
    const struct prepared_record **file = ARENA_ARRAY(&a, const struct prepared_record *, persons);
    for (size_t i = 0; i < persons; i++) {
        struct arena own = {0};
        struct identity_record r;
        people_make(people, i, &own, &r);
        file[i] = identity_prepare(&r, &a);
        arena_free(&own);
    }
    static struct work work[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        work[i] = (struct work){
            .from = i, .searches = searches, .persons = persons, .people = people, .file = file};
        pthread_create(&work[i].thread, NULL, run, &work[i]);
    }
    for (size_t i = 0; i < THREADS; i++) pthread_join(work[i].thread, NULL);
    fputs("asked with         from searches  false hits of a search  missed (95 %)\n", stderr);
    for (int k = 0; k < KINDS; k++) {
        struct counts *c = &work[0].counts[k];
        for (size_t i = 1; i < THREADS; i++) {
            const struct counts *o = &work[i].counts[k];
            c->searches += o->searches;
            for (size_t t = 0; t < THRESHOLDS; t++)
                c->missed[t] += o->missed[t], c->hits[t] += o->hits[t],
                    c->hits_squared[t] += o->hits_squared[t];
        }
        for (size_t t = 0; t < THRESHOLDS; t++) print(c, ASKED[k], t, k == KINDS - 1 && t == THRESHOLDS - 1);
    }
    arena_free(&a);
    people_free(people);
    return 0;
}
