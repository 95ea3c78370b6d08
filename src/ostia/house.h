// house.h - all rooms of one folder, opened in their order and closed in the other.
#pragma once
#include "access/account.h"
#include "border/lists.h"
#include "cases/cases.h"
#include "ostia/settings.h"
#include "proof/proof.h"
#include "privacy/privacy.h"
#include "registers/registers.h"

struct house {
    const struct env *env;
    const struct settings *settings;
    struct store *store;
    struct journal *journal;
    struct proofs *proofs;
    struct access *access;
    struct cases *cases;
    struct registers *registers;
    struct border *border;
    struct privacy *privacy; // NULL: there is none
};

enum house_mode {
    HOUSE_READ,       // beside a running server: store and journal only, no lock
    HOUSE_LOG,        // store and journal only, with the lock: the projections may be broken
    HOUSE_CREATE_LOG, // the same, and makes the tables where they are not yet: what is copied goes in
    HOUSE_WRITE,      // everything; STATUS_BUSY when a server has the folder
    HOUSE_CREATE,     // the same, and makes the folder when it is not there
};
// Migrates, opens, says in `p` what is wrong. After a failure everything is closed again.
enum status house_open(const struct env *env, const struct settings *s, enum house_mode mode,
                       struct house *out, struct problem *p);
void house_close(struct house *h);

// How the settings say that the privacy service is opened. The problem says what is missing.
enum status house_privacy(const struct settings *s, bool create, struct privacy_options *out,
                          struct problem *p);

// A second store with the same tables, empty: for replay. `dir` is made.
enum status house_open_empty(const struct env *env, const char *dir, struct store **out, struct problem *p);

// Loads the pack in `folder` and puts it into force.
enum status house_load_pack(struct house *h, const char *folder, struct arena *a, struct problem *p);
// The same for several folders, with commas between them: a procedure each.
enum status house_load_packs(struct house *h, const char *folders, struct arena *a, struct problem *p);
