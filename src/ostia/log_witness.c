// log_witness.c - who cosigns this log, and which logs are cosigned here.
#include <time.h>

#include "ostia/log.h"

static int say(FILE *out, enum status st, const struct problem *p, const char *done) {
    if (st == STATUS_NOT_FOUND) {
        fprintf(out, "ostia: there is none of that name\n");
        return EXIT_WRONG;
    }
    if (st) return say_problem(out, st, p);
    fprintf(out, "%s\n", done);
    return EXIT_DONE;
}

int log_witness_perform(struct house *h, const struct call *c, FILE *out) {
    struct problem p = {0};
    struct text key = text_of(c->arguments[0]), name;
    if (call_has(c, "remove")) {
        text_cut(&key, '+', &name);
        return say(out, proof_witness_remove(h->proofs, name), &p, "It is asked no more.");
    }
    enum status st = proof_witness_add(h->proofs, key, text_of(call_option(c, "url")), &p);
    return say(out, st, &p, "From now on it is asked to cosign each checkpoint.");
}

int log_watch_perform(struct house *h, const struct call *c, FILE *out) {
    struct problem p = {0};
    struct text key = text_of(c->arguments[0]);
    if (call_has(c, "remove"))
        return say(out, proof_unwatch(h->proofs, key), &p, "This key is believed no more.");
    return say(out, proof_watch(h->proofs, key, &p), &p,
               "From now on checkpoints of this log are cosigned here.");
}

static const char *moment_text(struct moment at, char storage[32]) {
    time_t s = (time_t)(at.ms / 1000);
    struct tm tm;
    if (!at.ms) return "never";
    strftime(storage, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&s, &tm));
    return storage;
}

static void show_witness(const struct proof_witness *w) {
    char at[32];
    printf("witness " TEXT_FMT " at " TEXT_FMT ": cosigned %llu leaves, %s", TEXT_ARG(w->key.name),
           TEXT_ARG(w->url), (unsigned long long)w->size, moment_text(w->cosigned_at, at));
    if (w->error.n)
        printf("; failed %lld times since, last %s: " TEXT_FMT, (long long)w->failures,
               moment_text(w->failed_at, at), TEXT_ARG(w->error));
    printf("\n");
}

static enum status show_log(struct log_reading *r, const struct witnessed_row *w) {
    char at[32];
    struct text one, other;
    printf("log " TEXT_FMT ": %llu leaves cosigned here, %s\n", TEXT_ARG(w->origin),
           (unsigned long long)w->size, moment_text(w->at, at));
    if (!w->has_forked) return STATUS_OK;
    enum status st = proof_fork(r->db, w->origin, &r->arena, &one, &other);
    if (st) return st;
    printf("IT FORKED: it signed both of these.\n\n" TEXT_FMT "\n" TEXT_FMT "\n", TEXT_ARG(one),
           TEXT_ARG(other));
    return STATUS_CONFLICT;
}

int log_witnesses_run(const struct call *c) {
    struct log_reading r;
    struct proof_witnesses witnesses;
    struct witnessed_rows logs;
    enum status st = log_begin(c, &r), forked = STATUS_OK;
    if (st) return log_end(&r, st);
    st = proof_witnesses_read(r.db, &r.arena, &witnesses);
    if (!st) st = proof_witnessed_logs(r.db, &r.arena, &logs);
    for (size_t i = 0; !st && i < witnesses.count; i++) show_witness(&witnesses.items[i]);
    for (size_t i = 0; !st && i < logs.count; i++) {
        enum status one = show_log(&r, &logs.items[i]);
        if (one) forked = one;
    }
    if (st) say_problem(stderr, st, NULL);
    return log_end(&r, st ? st : forked);
}
