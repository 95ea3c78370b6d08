// hands.h - several threads of a program that do commands, one after the other, and say what was
// acknowledged.
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ostia/house.h"

enum { THREADS = 6, READY = -1 };

// What a thread says after each acknowledged command: smaller than PIPE_BUF, so never torn.
struct said {
    int64_t case_id;
    int64_t version;  // of the case after the command; READY: the rooms are open
    int64_t document; // added by the command, or 0
    int64_t at;       // when it was acknowledged, ms
};

static struct settings settings(const char *dir) {
    return (struct settings){.data = dir,
                             .authority = "Crash test",
                             .site = "http://localhost",
                             .zone = "UTC",
                             .log = "crash.example/log",
                             .listen = "",
                             .proxy = "no"};
}

// ---- the program that is killed

struct hand {
    struct house *house;
    struct actor actor;
    int pipe;
    pthread_t thread;
};

static void die(const char *what, enum status st, const struct problem *p) {
    fprintf(stderr, "# %s: %s %s\n", what, status_name(st), p && p->rule ? p->rule : "");
    _exit(3);
}

static struct command_result do_one(struct hand *h, const struct command *c, struct arena *a) {
    struct command_result r;
    struct problem p;
    enum status st = cases_do(h->house->cases, &h->actor, c, a, &r, &p);
    if (st) die("command", st, &p);
    return r;
}

static void say(struct hand *h, const struct command_result *r, int64_t document) {
    struct said s = {r->case_id, r->version, document, env_now(env_real()).ms};
    if (write(h->pipe, &s, sizeof s) != sizeof s) _exit(4);
}

static void add_document(struct hand *h, int64_t case_id, struct arena *a) {
    struct key k;
    struct blob_writer *w = NULL;
    struct problem p;
    uint8_t content[3000];
    struct command c = {.kind = COMMAND_ADD_DOCUMENT, .case_id = case_id};
    env_random(env_real(), content, sizeof content);
    enum status st = cases_upload_key(h->house->cases, &h->actor, case_id, &k, &p);
    if (!st) st = blob_create(h->house->store, &k, DOCUMENT_BYTES_MAX, &w);
    if (!st) st = blob_write(w, (struct bytes){content, sizeof content});
    if (!st) st = blob_finish(&w, &c.add_document.blob);
    if (st) die("document", st, NULL);
    c.add_document.kind = T("passport");
    c.add_document.title = T("passport.pdf");
    c.add_document.media = T("application/pdf");
    struct command_result r = do_one(h, &c, a);
    say(h, &r, r.made);
}

static int pause_us;          // between the commands of a hand
static atomic_bool is_enough; // hands end

static void *work(void *argument) {
    struct hand *h = argument;
    for (int turn = 0; !is_enough; turn++) {
        struct arena a = {0};
        struct answers names = {.arena = &a};
        struct command start = {.kind = COMMAND_START_APPLICATION,
                                .start_application = {T("en"), T("blue door")}};
        struct command_result r = do_one(h, &start, &a);
        say(h, &r, 0);
        if (answers_set(&names, T("family_name"), T("Tester")) ||
            answers_set(&names, T("given_names"), T("Ada")))
            _exit(5);
        struct command save = {
            .kind = COMMAND_SAVE_ANSWERS,
            .case_id = r.case_id,
            .save_answers = {.section = T("names"), .answers = answers_encode(&a, &names)}};
        for (int i = 0; i < 4; i++) {
            r = do_one(h, &save, &a);
            say(h, &r, 0);
            if (pause_us) usleep((useconds_t)pause_us);
        }
        if (turn % 8 == 0) add_document(h, r.case_id, &a);
        arena_free(&a);
    }
    return NULL;
}

static struct hand hands[THREADS];

static inline void start_hands(struct house *house, int pipe) {
    struct said ready = {.version = READY};
    if (write(pipe, &ready, sizeof ready) != sizeof ready) _exit(4);
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){
            house,
            {.account = 1000000000 + i, .kind = ACTOR_APPLICANT, .roles = {T("applicant")}, .role_count = 1},
            pipe,
            0};
        pthread_create(&hands[i].thread, NULL, work, &hands[i]);
    }
}
