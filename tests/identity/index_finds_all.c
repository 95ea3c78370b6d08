// What the index finds is what comparing with everybody finds; while it is searched, records come and go.
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "identity/index.h"
#include "identity/people.h"

static size_t number_of(const char *name, size_t otherwise) {
    const char *v = getenv(name);
    return v ? (size_t)atol(v) : otherwise;
}

static const char *folder(void) {
    const char *f = getenv("OSTIA_NAMES");
    return f ? f : "../shared/data/names/transliteration";
}

static int by_score(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

static void say_missed(const struct people *people, const struct identity_record *query, uint64_t person,
                       double score) {
    struct arena a = {0};
    struct record_name n = query->names[0], m;
    struct identity_record r;
    people_make(people, person, &a, &r);
    m = r.names[0];
    print_message("# missed %.3f: " TEXT_FMT "|" TEXT_FMT "|" TEXT_FMT " " TEXT_FMT " and " TEXT_FMT
                  "|" TEXT_FMT "|" TEXT_FMT "|" TEXT_FMT " " TEXT_FMT "\n",
                  score, TEXT_ARG(n.given), TEXT_ARG(n.patronymic), TEXT_ARG(n.family),
                  TEXT_ARG(date_print(&a, query->births[0])), TEXT_ARG(m.given), TEXT_ARG(m.patronymic),
                  TEXT_ARG(m.family), TEXT_ARG(m.whole), TEXT_ARG(date_print(&a, r.births[0])));
    arena_free(&a);
}

// The best that the full scan finds, by score: those of equal score are as good as each other.
static void finds_what_a_full_scan_finds(void **state) {
    (void)state;
    size_t persons = number_of("PERSONS", 3000), searches = number_of("SEARCHES", 120);
    bool tell = getenv("TELL");
    enum { LIMIT = 20 };
    struct people *people = people_new(folder(), 7);
    if (!people) {
        print_message("# skipped: no data\n");
        skip();
    }
    struct identity_index *x;
    assert_int_equal(identity_index_new(&x), STATUS_OK);
    struct arena kept = {0}, a = {0};
    const struct prepared_record **all = calloc(persons, sizeof *all);
    double *scores = malloc(persons * sizeof *scores), *sorted = malloc(persons * sizeof *scores);
    bool *is_hit = calloc(persons, sizeof *is_hit);
    for (size_t i = 0; i < persons; i++) {
        struct identity_record r;
        people_make(people, i, &a, &r);
        assert_int_equal(identity_index_put(x, &r), STATUS_OK);
        all[i] = identity_prepare(&r, &kept);
        arena_reset(&a);
    }
    assert_int_equal(identity_index_count(x), persons);
    size_t missed[4] = {0};
    size_t wanted = 0, found = 0, own_wanted = 0, own_found = 0;
    double seconds = 0;
    for (size_t q = 0; q < searches; q++) {
        struct identity_record query;
        size_t person = q * 7919 % persons;
        people_ask(people, person, q, &a, &query);
        const struct prepared_record *prepared = identity_prepare(&query, &a);
        double own = 0;
        for (size_t i = 0; i < persons; i++) {
            struct comparison c;
            identity_compare_prepared(prepared, all[i], &COMPARE_RULES, &c);
            scores[i] = c.score;
            if (i == person) own = c.score;
        }
        struct index_hits hits;
        struct timespec from, to;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        assert_int_equal(
            identity_index_search(x, &query, &COMPARE_RULES, LIMIT, COMPARE_RULES.possible, &a, &hits),
            STATUS_OK);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        seconds += (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        for (size_t i = 0; i < hits.count; i++) {
            if (fabs(hits.items[i].score - scores[hits.items[i].id]) > 1e-9)
                fail_msg("another score than the comparison's");
            is_hit[hits.items[i].id] = true;
        }
        memcpy(sorted, scores, persons * sizeof *scores);
        qsort(sorted, persons, sizeof *sorted, by_score);
        double least =
            sorted[LIMIT - 1] > COMPARE_RULES.possible ? sorted[LIMIT - 1] : COMPARE_RULES.possible;
        size_t above = 0, as_good = 0;
        while (above < LIMIT && sorted[above] >= least) above++;
        for (size_t i = 0; i < hits.count; i++) as_good += hits.items[i].score >= least;
        wanted += above;
        found += as_good;
        if (own >= least) own_wanted++, own_found += is_hit[person] || own == least;
        for (size_t i = 0; i < persons; i++) {
            if (scores[i] <= least || is_hit[i]) continue;
            missed[scores[i] < 0.3 ? 0 : scores[i] < 0.5 ? 1 : scores[i] < 0.9 ? 2 : 3]++;
            if (tell) say_missed(people, &query, i, scores[i]);
        }
        for (size_t i = 0; i < hits.count; i++) is_hit[hits.items[i].id] = false;
        arena_reset(&a);
    }
    print_message("# %zu of %zu hits (%.3f %%), %zu of %zu of the person meant, %.0f microseconds a search, "
                  "%zu bytes a person\n",
                  found, wanted, 100.0 * (double)found / (double)wanted, own_found, own_wanted,
                  seconds / (double)searches * 1e6, identity_index_bytes(x) / persons);
    print_message("# missed with a score of up to 0.3: %zu, 0.5: %zu, 0.9: %zu, 1: %zu\n", missed[0],
                  missed[1], missed[2], missed[3]);
    assert_true(wanted > searches / 2);
    assert_true(missed[3] * 50 <= own_wanted);
    assert_true((double)found >= 0.99 * (double)wanted);
    assert_true((double)own_found >= 0.995 * (double)own_wanted);
    identity_index_free(x);
    people_free(people);
    free(all);
    free(scores);
    free(sorted);
    free(is_hit);
    arena_free(&kept);
    arena_free(&a);
}

static struct identity_record named(uint64_t id, const char *given, const char *family) {
    struct identity_record r = {.id = id, .name_count = 1};
    r.names[0] = (struct record_name){.given = text_of(given), .family = text_of(family)};
    return r;
}

static size_t ask(struct identity_index *x, const struct identity_record *q, struct arena *a,
                  uint64_t *first) {
    struct index_hits hits;
    assert_ok(identity_index_search(x, q, &COMPARE_RULES, 10, COMPARE_RULES.possible, a, &hits));
    *first = hits.count ? hits.items[0].id : 0;
    return hits.count;
}

static void a_record_takes_the_place_of_the_earlier_one(void **state) {
    (void)state;
    struct identity_index *x;
    struct arena a = {0};
    uint64_t first;
    assert_ok(identity_index_new(&x));
    struct identity_record amal = named(7, "Amal", "Haddad"), leyla = named(7, "Leyla", "Demir");
    assert_ok(identity_index_put(x, &amal));
    assert_int_equal(ask(x, &amal, &a, &first), 1);
    assert_ok(identity_index_put(x, &leyla));
    assert_int_equal(identity_index_count(x), 1);
    assert_int_equal(ask(x, &amal, &a, &first), 0);
    assert_int_equal(ask(x, &leyla, &a, &first), 1);
    identity_index_remove(x, 7);
    identity_index_remove(x, 7);
    assert_int_equal(ask(x, &leyla, &a, &first), 0);
    assert_int_equal(identity_index_count(x), 0);
    identity_index_free(x);
    arena_free(&a);
}

static void numbers_find_as_scanners_misread_them(void **state) {
    (void)state;
    struct identity_index *x;
    struct arena a = {0};
    uint64_t first;
    assert_ok(identity_index_new(&x));
    for (uint64_t i = 1; i <= 3000; i++) {
        struct identity_record r = named(i, "Amal", "Haddad");
        r.numbers[r.number_count++] = (struct record_number){
            T("P"), T("UTO"), text_printf(&a, "L8%05u", (unsigned)(i * 7919 % 100000))};
        assert_ok(identity_index_put(x, &r));
    }
    static const char *const MISREAD[] = {"L807919", "L8O79I9", "LB07919", "L807991", "L807913", "l8-07919"};
    for (size_t i = 0; i < sizeof MISREAD / sizeof *MISREAD; i++) {
        struct identity_record q = {.number_count = 1, .numbers = {{T("P"), T("UTO"), text_of(MISREAD[i])}}};
        assert_true(ask(x, &q, &a, &first) >= 1);
        if (first != 1) fail_msg("%s found %d", MISREAD[i], (int)first);
    }
    identity_index_free(x);
    arena_free(&a);
}

static void names_find_in_other_scripts_and_orders(void **state) {
    (void)state;
    struct identity_index *x;
    struct arena a = {0};
    uint64_t first;
    assert_ok(identity_index_new(&x));
    struct identity_record r = named(1, "محمد", "الخطيب"), q;
    r.births[r.birth_count++] = (struct date){1985, 3, 12};
    assert_ok(identity_index_put(x, &r));
    r = named(2, "Дмитрий", "Иванов");
    assert_ok(identity_index_put(x, &r));
    r = named(3, "Rami", "Makhlouf");
    r.births[r.birth_count++] = (struct date){1990, 0, 0};
    r.births[r.birth_count++] = (struct date){1972, 5, 1};
    assert_ok(identity_index_put(x, &r));
    q = named(0, "Khatib", "Mohammed");
    assert_true(ask(x, &q, &a, &first) && first == 1);
    q.births[q.birth_count++] = (struct date){1985, 12, 3};
    assert_true(ask(x, &q, &a, &first) && first == 1);
    q = named(0, "Dmitri", "Ivanoff");
    assert_true(ask(x, &q, &a, &first) && first == 2);
    q = named(0, "Ramimakhlouf", "");
    assert_true(ask(x, &q, &a, &first) && first == 3);
    q.births[q.birth_count++] = (struct date){1972, 5, 1};
    assert_true(ask(x, &q, &a, &first) && first == 3);
    q = (struct identity_record){.birth_count = 1, .births = {{1972, 5, 1}}};
    assert_int_equal(ask(x, &q, &a, &first), 0); // neither name nor number
    r = named(4, "Xu", "Li"); // a number finds who came just now, whatever name stands beside it
    r.numbers[r.number_count++] = (struct record_number){T("P"), T("UTO"), T("L898902C3")};
    assert_ok(identity_index_put(x, &r));
    q = named(0, "Zelda", "Other");
    q.numbers[q.number_count++] = (struct record_number){T("P"), T("UTO"), T("L8989O2C3")};
    assert_true(ask(x, &q, &a, &first) && first == 4);
    identity_index_free(x);
    arena_free(&a);
}

// ---- many threads

// Whoever is as alike as the comparison says is found among many others, whatever it is that agrees.
static void what_agrees_in_part_is_found_by_it(void **state) {
    (void)state;
    static const struct {
        const char *entry[2], *query[2];
    } PAIRS[] = {
        {{"amano", "de"}, {"ألموند", "فيني"}},                // a word and a particle are one word elsewhere
        {{"ооя", "ле"}, {"علي", "انطون"}},                    // the same in other letters
        {{"يوهانسون", "بن"}, {"bodin johansson", "henrik"}},  // a particle is like a whole word
        {{"kate", "zahra"}, {"ז.", "קאטר"}},                  // an initial stands for a word
        {{"Maria", "da Conceição"}, {"Maria", "Daconceisao"}} // one word, and spelled otherwise
    };
    enum { OTHERS = 5000 }; // more than are looked at one by one
    struct identity_index *x;
    struct arena a = {0};
    assert_ok(identity_index_new(&x));
    for (uint64_t i = 1; i <= OTHERS; i++) {
        struct identity_record r = named(1000 + i, "Amal", "Haddad");
        assert_ok(identity_index_put(x, &r));
    }
    for (uint64_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        struct identity_record r = named(i, PAIRS[i].entry[0], PAIRS[i].entry[1]);
        assert_ok(identity_index_put(x, &r));
    }
    for (uint64_t i = 1; i <= 600; i++) { // with those above they become a segment
        struct identity_record r = named(1000 + OTHERS + i, "Amal", "Haddad");
        assert_ok(identity_index_put(x, &r));
    }
    for (uint64_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        struct identity_record q = named(0, PAIRS[i].query[0], PAIRS[i].query[1]),
                               r = named(i, PAIRS[i].entry[0], PAIRS[i].entry[1]);
        struct comparison c;
        struct index_hits hits;
        identity_compare(&q, &r, &COMPARE_RULES, &a, &c);
        assert_ok(identity_index_search(x, &q, &COMPARE_RULES, 20, c.score, &a, &hits));
        bool found = false;
        for (size_t k = 0; k < hits.count; k++) found |= hits.items[k].id == i;
        if (!found) fail_msg("%s %s was not found", PAIRS[i].query[0], PAIRS[i].query[1]);
    }
    identity_index_free(x);
    arena_free(&a);
}

struct busy {
    struct identity_index *x;
    _Atomic bool stop;
    _Atomic size_t searches;
    uint64_t steady; // records up to this one stay
};

// NULL, or the busy whose record was not found.
static void *search_on(void *context) {
    struct busy *b = context;
    struct arena a = {0};
    for (size_t i = 0; !b->stop; i++) {
        uint64_t id = 1 + i * 31 % b->steady, first;
        struct identity_record q =
            named(0, "Amal", text_printf(&a, "Haddad%c%c", (char)('a' + id % 26), (char)('a' + id / 26)).p);
        q.names[0].family.n = 8;
        q.numbers[q.number_count++] =
            (struct record_number){T("P"), T("UTO"), text_printf(&a, "STEADY%03u", (unsigned)id)};
        if (!ask(b->x, &q, &a, &first) || first != id) return b;
        b->searches++;
        arena_reset(&a);
    }
    arena_free(&a);
    return NULL;
}

static void records_come_and_go_while_others_search(void **state) {
    (void)state;
    enum { THREADS = 3, WRITES = 1500 };
    struct busy b = {.steady = 200};
    struct arena a = {0};
    assert_ok(identity_index_new(&b.x));
    for (uint64_t id = 1; id <= b.steady; id++) {
        struct identity_record r = named(id, "Amal", "Haddad");
        r.numbers[r.number_count++] =
            (struct record_number){T("P"), T("UTO"), text_printf(&a, "STEADY%03u", (unsigned)id)};
        assert_ok(identity_index_put(b.x, &r));
    }
    pthread_t thread[THREADS];
    for (size_t i = 0; i < THREADS; i++) pthread_create(&thread[i], NULL, search_on, &b);
    for (uint64_t i = 0; i < WRITES || b.searches < 10; i++) {
        struct identity_record r = named(1000 + i % 1500, "Leyla", "Demir");
        if (i % 3 == 2)
            identity_index_remove(b.x, 1000 + i * 7 % 1500);
        else
            assert_ok(identity_index_put(b.x, &r));
    }
    b.stop = true;
    for (size_t i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(thread[i], &wrong);
        assert_null(wrong);
    }
    size_t before = identity_index_count(b.x);
    for (uint64_t i = 0; i < 1500; i++) identity_index_remove(b.x, 1000 + i);
    assert_int_equal(identity_index_count(b.x), b.steady);
    assert_true(before > b.steady);
    identity_index_free(b.x);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_a_full_scan_finds),
        cmocka_unit_test(a_record_takes_the_place_of_the_earlier_one),
        cmocka_unit_test(numbers_find_as_scanners_misread_them),
        cmocka_unit_test(names_find_in_other_scripts_and_orders),
        cmocka_unit_test(what_agrees_in_part_is_found_by_it),
        cmocka_unit_test(records_come_and_go_while_others_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
