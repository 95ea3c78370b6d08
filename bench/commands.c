// commands - whole commands a second: access check, decision, events, log, projections, durable.
//
// Ways to call it (URL: an authority on PostgreSQL to measure on):
//
// * commands tokens DATA N              makes N programs with the power of an officer; a token and its unit a
// line
//
// * commands lodge DATA CLIENTS [URL]   applications a second, from the filled form to durable
//
// * commands note DATA CLIENTS [URL]    notes to cases a second
//
// * commands make DATA CASES CARRIED    the demonstration that is measured on
//
// DATA is the folder of a demonstration that no server has open; URL its PostgreSQL database. Five rounds of
// two seconds, one line each with the rate.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/client.h"
#include "authority.h"

enum { CLIENTS_MAX = 256, ROUND_US = 2000 * 1000, FORMS = 64, CASES = 512 };

struct work {
    struct authority *authority;
    enum { LODGE, NOTE } kind;
    struct bytes forms[FORMS];
    int64_t cases[CASES];
    atomic_bool is_over;
    _Atomic int64_t done;
    _Atomic uint32_t next;
};

static void lodge(struct work *w, uint32_t turn, struct arena *a) {
    struct actor applicant = {.account = 2000000000 + turn % CLIENTS_MAX,
                              .kind = ACTOR_APPLICANT,
                              .roles = {T("applicant")},
                              .role_count = 1};
    const struct command list[] = {
        {.kind = COMMAND_START_APPLICATION, .start_application = {.language = T("en")}},
        {.kind = COMMAND_SAVE_ANSWERS, .save_answers = {.answers = w->forms[turn % FORMS]}},
        {.kind = COMMAND_SUBMIT_APPLICATION, .submit_application = {T("1")}}};
    struct command_result r;
    struct problem p = {0};
    enum status st = cases_do_together(w->authority->house.cases, &applicant, list, 3, NULL, a, &r, &p);
    if (st) bench_stop("lodge", st, &p);
}

static void note(struct work *w, uint32_t turn, struct arena *a) {
    struct command c = {.kind = COMMAND_ADD_NOTE,
                        .case_id = w->cases[turn % CASES],
                        .add_note = {T("Ask for an interpreter of the same dialect again.")}};
    struct problem p = {0};
    enum status st = cases_do(w->authority->house.cases, &w->authority->officer, &c, a, NULL, &p);
    if (st) bench_stop("note", st, &p);
}

static void *client(void *argument) {
    struct work *w = argument;
    while (!w->is_over) {
        struct arena a = {0};
        uint32_t turn = atomic_fetch_add(&w->next, 1);
        if (w->kind == LODGE)
            lodge(w, turn, &a);
        else
            note(w, turn, &a);
        arena_free(&a);
        atomic_fetch_add(&w->done, 1);
    }
    return NULL;
}

static void measure(struct work *w, int clients) {
    pthread_t threads[CLIENTS_MAX];
    for (int i = 0; i < clients; i++)
        if (pthread_create(&threads[i], NULL, client, w)) bench_stop("a thread", STATUS_BUSY, NULL);
    usleep(500000); // warm
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        int64_t before = w->done;
        uint64_t began = env_monotonic_us(env_real());
        usleep(ROUND_US);
        printf("%.0f\n", (double)(w->done - before) * 1e6 / (double)(env_monotonic_us(env_real()) - began));
        fflush(stdout);
    }
    w->is_over = true;
    for (int i = 0; i < clients; i++) pthread_join(threads[i], NULL);
}

static void prepare(struct work *w) {
    struct authority *b = w->authority;
    const struct pack *pack = cases_pack(b->house.cases);
    struct date today = date_from_days(env_now(env_real()).ms / 86400000);
    for (uint32_t i = 0; w->kind == LODGE && i < FORMS; i++)
        w->forms[i] = demo_application(pack, 7, i + 1, today, &b->arena);
    for (int i = 0; w->kind == NOTE && i < CASES; i++) w->cases[i] = authority_case(b);
}

static void tokens(struct authority *b, int count) {
    for (int i = 0; i < count; i++) {
        struct client_made made;
        struct client_token token;
        struct problem p = {0};
        uint8_t some[4];
        env_random(env_real(), some, sizeof some);
        struct new_client n = {
            .id = text_printf(&b->arena, "bench-%02x%02x%02x%02x", some[0], some[1], some[2], some[3]),
            .name = T("Load"),
            .unit = b->officer.unit,
            .roles = {T("officer")},
            .role_count = 1,
            .purposes = {T("asylum_examination")},
            .purpose_count = 1};
        enum status st = access_create_client(b->house.access, 0, &n, &b->arena, &made, &p);
        if (!st)
            st = access_client_token(b->house.access, n.id, made.secret, T("asylum_examination"), &b->arena,
                                     &token, &p);
        if (st) bench_stop("token", st, &p);
        printf(TEXT_FMT " " TEXT_FMT "\n", TEXT_ARG(token.token), TEXT_ARG(n.unit));
    }
}

int main(int argc, char **argv) {
    static struct work w;
    static struct authority b;
    if (argc < 4) return 2;
    const char *what = argv[1], *data = argv[2];
    int count = atoi(argv[3]);
    if (!strcmp(what, "make")) {
        authority_make(data, argc > 5 ? argv[5] : NULL, count, argc > 4 ? atoll(argv[4]) : 0);
        return 0;
    }
    if (count < 1 || count > CLIENTS_MAX) return 2;
    authority_open(&b, data, argc > 4 ? argv[4] : NULL);
    w.authority = &b;
    w.kind = !strcmp(what, "lodge") ? LODGE : NOTE;
    if (!strcmp(what, "tokens")) {
        tokens(&b, count);
    } else {
        prepare(&w);
        measure(&w, count);
    }
    authority_close(&b);
    return 0;
}
