// internal.h - what the files of journal/ share; nobody else includes it.
#pragma once
#include <pthread.h>

#include "journal/journal.h"
#include "ledger/checkpoint.h"
#include "store/keys.h"

enum { COUNTERS_MAX = 256, UNDO_MAX = 512 }; // case numbers per year and kind, letters, identifiers

struct counter {
    char name[48];
    int64_t value;
    bool is_dirty;
};

struct journal {
    struct store *store;
    const struct env *env;
    const struct event_type *const *types;
    struct text origin;
    struct note_key first_key;
    struct note_signer signer;    // of the newest key; set by the writer
    int64_t signer_number;        // of it in the list of keys; the writer's
    pthread_mutex_t signer_mutex; // over it, for who shows its public half
    struct arena names;           // origin, type index
    _Atomic uint64_t others;
    pthread_mutex_t listener_mutex; // over the next two
    void (*listener)(void *context);
    void *listener_context;
    struct {
        const struct event_type **slots;
        size_t size;
    } index;

    // Everything below belongs to the writer thread.
    struct ledger *ledger;
    struct db *flush_db;  // where tiles go during before_commit
    struct arena scratch; // of one command
    int64_t last_seq;
    struct moment last_at;
    struct counter counters[COUNTERS_MAX];
    size_t counter_count;
    bool in_job, is_key_changed;
    struct {
        int64_t last_seq;
        struct moment last_at;
        uint64_t leaves;
    } job; // as it was before the command
    struct {
        size_t counter;
        int64_t value;
    } undo[UNDO_MAX];
    size_t undo_count;
};

// later.c
struct later_item {
    event_later_fn *fn;
    int64_t stream, seq;
    struct moment at;
    unsigned what;
};
struct later {
    struct arena *arena;
    struct later_item *items;
    size_t count, capacity;
};
enum status later_run(struct later *l, struct db *db); // and empties the list

const struct event_type *journal_type(const struct journal *j, struct text name);

// Canonical bytes of an event: CBOR [1, seq, at, type, stream, subject, actor, open, sealed or null].
enum status event_encode(struct journal *j, struct db *db, struct arena *a, const struct event *e,
                         struct bytes *out);
// The event without its personal part opened; `sealed` (p == NULL when none) points into `bytes`.
enum status event_decode(const struct journal *j, struct bytes bytes, struct event *e, struct bytes *sealed);
// Opens the personal part with the subject's key in `db`; leaves it empty when the key was erased.
enum status event_open(struct db *db, struct arena *a, struct event *e, struct bytes sealed);

// The event of a draft, without seq, time and actor.
struct event draft_event(const struct events *list, size_t i, struct arena *a);

// Stores, proves and applies an event whose place is the next one. In journal.c.
enum status event_put(struct write *w, const struct event *e, struct bytes canonical);

// key.c
extern const struct event_type LOG_KEY_CHANGED, LOG_KEY_REVOKED;
enum status keys_first(struct journal *j);
// The newest key signs from now on. In the writer's thread, or before it is used.
enum status keys_load(struct journal *j, struct db *db);
// Where tiles are read from and written to, for a connection.
struct ledger_storage tiles_in(struct db **db);
