// two_houses.h - authorities with a journal and the room of proofs, whose witnesses are called without a
// network.
#pragma once
#include <unistd.h>

#include "check.h"
#include "engine.h"
#include "proof/proof.h"

static const struct event_type THING_DONE = {"thing_done", NULL};
static const struct event_type *const TYPES[] = {&THING_DONE, NULL};
static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &PROOF_MIGRATIONS};

struct house {
    char dir[64];
    const char *origin;
    struct env_fixed fixed;
    struct store *store;
    struct journal *journal;
    struct proofs *proofs;
    struct arena arena;
};

static void open_house(struct house *h) {
    struct store_options o = {.dir = h->dir, .create = true, .rooms = ROOMS, .room_count = 2};
    choose_engine(&o);
    struct journal_options jo = {TYPES, text_of(h->origin)};
    assert_ok(store_open(&h->fixed.env, &o, &h->store, NULL));
    assert_ok(journal_open(h->store, &h->fixed.env, &jo, &h->journal, NULL));
    assert_ok(proof_open(h->journal, &h->proofs));
}

static void close_house(struct house *h) {
    proof_close(h->proofs);
    store_close(h->store);
    journal_close(h->journal);
}

static void end_house(struct house *h) {
    close_house(h);
    arena_free(&h->arena);
}

static void new_house(struct house *h, const char *origin, uint64_t seed) {
    *h = (struct house){.origin = origin};
    snprintf(h->dir, sizeof h->dir, "/tmp/ostia-test-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    env_fixed(&h->fixed, (struct moment){1800000000000}, seed);
    open_house(h);
}

static enum status do_things(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct events *list = events_new(w->arena);
    for (int i = 0; i < *(int *)argument; i++) draft_int(events_add(list, &THING_DONE, 5, 0), "thing", i);
    return write_events(w, 7, list);
}

static inline void write_things(struct house *h, int count) {
    assert_ok(journal_write(h->journal, do_things, &count, &h->arena, NULL));
}

struct sealed_thing {
    const char *sha256;
    int64_t id;
};

static inline enum status do_sealed(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct sealed_thing *s = argument;
    struct events *list = events_new(w->arena);
    s->id = write_id(w);
    enum status st = write_subject(w, s->id);
    struct event_draft *d = events_add(list, &THING_DONE, s->id, s->id);
    draft_personal_text(d, "sha256", text_of(s->sha256));
    return st ? st : write_events(w, 7, list);
}

static inline struct db *reader(struct house *h) {
    struct db *db;
    assert_ok(store_reader(h->store, &db));
    return db;
}
