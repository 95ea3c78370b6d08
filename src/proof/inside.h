// inside.h - what the files of proof/ share.
#pragma once
#include <pthread.h>

#include "proof/proof.h"

struct proofs {
    struct journal *journal;
    struct store *store;
    struct note_signer cosigner;
    pthread_mutex_t cosigner_mutex; // over it
    struct arena names;
    struct text name; // of this witness, in `names`
    struct {
        struct witness_post post;
        pthread_t id;
        pthread_mutex_t mutex;
        pthread_cond_t stopped;
        bool is_running, is_stopping;
    } thread;
};

// The key that signs now; wipe it.
void proof_cosigner(struct proofs *p, struct note_signer *out);
// Appends text rows as they are: one text a line.
struct text proof_lines_add(struct arena *a, struct text lines, struct text line);
struct text proof_lines_remove(struct arena *a, struct text lines, struct text line);
