// decide.h - inside registers/: one act under way in the writer's thread.
#pragma once
#include "registers/internal.h"

struct doing {
    struct registers *r;
    const struct actor *actor;
    const struct register_act *act;
    const struct register_around *around;
    struct write *w;
    struct arena *arena;  // of this try
    struct arena *answer; // the caller's
    const struct rights *g;
    const struct access_policy *policy;
    struct entry e; // with its layers; of a new one what is known so far
    struct text relation;
    struct date today;
    struct moment now;
    struct events *out;
    struct register_done *done;
    struct problem *p;
    bool is_erased; // its key goes after the events
};

// decide.c: each adds the events of one act.
extern enum status (*const DECIDE[ACT_COUNT])(struct doing *);
// head.c: what the entry is, with all layers that are known now; then in the event.
enum status head_now(struct doing *d, struct head *out);
enum status emit_head(struct doing *d, struct event_draft *e);
struct layer *layer_add(struct doing *d, const char *kind, const char *state, struct date from,
                        struct date until);
struct event_draft *emit_layer(struct doing *d, const struct event_type *type, const struct layer *l);
struct text next_reference(struct doing *d); // decide.c
