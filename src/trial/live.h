// live.h - the trials that people have open in one server: few, each its owner's, and ended when nobody goes
// on with them.
#pragma once
#include "trial/trial.h"

enum {
    TRIALS_MAX = 4,             // at once: each holds a database and a pack, some 40 MB
    TRIAL_IDLE_MS = 30 * 60000, // like a session of staff
    TRIAL_WAIT_S = 2,           // for one that is in use: a page takes less, a long wait of the clock more
    TRIAL_NOTES_MAX = 600,      // lines of what was done
};

struct trials;
struct trials *trials_new(void);
void trials_free(struct trials *all); // harmless on NULL

struct trial_note {
    struct moment at; // on the trial's clock
    struct text act;  // command, element, message, or "wait"
    struct text as;
    enum trial_act_kind kind;
    bool is_time;
};
struct trial_live {
    int64_t id;
    struct trial *trial;
    struct text of;       // "eu-asylum 1.0.0", or the title of a draft
    struct text way_back; // address that it was begun from
    VIEW_LIST_OF(trial_note) notes;
    struct arena arena; // of the notes
};

// A place for a new trial of this account; an older one of the same account ends. STATUS_BUSY: all are taken.
// Takes over `t`. Texts are copied.
enum status trials_add(struct trials *all, int64_t account, struct moment now, struct trial *t,
                       struct text of, struct text way_back, int64_t *id);
// Hands it out to its owner until trials_give; nobody else has it meanwhile. STATUS_NOT_FOUND; STATUS_BUSY:
// it is in use for longer than TRIAL_WAIT_S.
enum status trials_take(struct trials *all, int64_t account, int64_t id, struct moment now,
                        struct trial_live **out);
void trials_give(struct trials *all, struct trial_live *live);
void trials_end(struct trials *all, int64_t account, int64_t id);
// The newest of this account, 0 = none.
int64_t trials_of(struct trials *all, int64_t account);
// Ends those that were not used for TRIAL_IDLE_MS. The server calls it now and then.
void trials_sweep(struct trials *all, struct moment now);
