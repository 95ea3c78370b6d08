// inside.h - what the files of proof/ share.
#pragma once
#include <pthread.h>

#include "proof/proof.h"

struct proofs {
    struct journal *journal;
    struct store *store;
    struct note_signer cosigner;
    struct arena names;
    struct {
        struct witness_post post;
        pthread_t id;
        pthread_mutex_t mutex;
        pthread_cond_t stopped;
        bool is_running, is_stopping;
    } thread;
};

// Appends text rows as they are: one text a line.
struct text proof_lines_add(struct arena *a, struct text lines, struct text line);
struct text proof_lines_remove(struct arena *a, struct text lines, struct text line);
