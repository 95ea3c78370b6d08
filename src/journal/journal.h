// journal.h - every change is an event: sealed for its subject, stored, proved in the Merkle log, applied.
//
// Who changes something calls journal_write() with a function that runs in the writer thread, inside a
// savepoint. That function reads the state it needs, decides, and adds events with write_events(). Each event
// is applied to the projections at once, in the same transaction; the call returns when all of it is durable.
#pragma once
#include "base/crypto.h"
#include "base/env.h"
#include "base/problem.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger.h"
#include "store/store.h"

enum {
    EVENT_FIELDS_MAX = 64, // fields in one event; the widest of ours has 30
    EVENT_BYTES_MAX =
        8 * 1024 * 1024,           // canonical bytes: a whole pack with its texts is the largest, near 1 MB
    EVENTS_PER_COMMAND_MAX = 4096, // bulk assignment of a whole work list
};

struct journal;
struct event;

// What is done with an event in the projections. Sees nothing but the event and the tables; no clock, no
// randomness. The same function runs live and on replay.
typedef enum status event_apply_fn(struct db *db, const struct event *event);

// One kind of event, declared as a constant beside its apply function.
struct event_type {
    const char *name;      // "application_made": stable for ever
    event_apply_fn *apply; // NULL: the event is only recorded
};

// An event as it is read or applied. Everything points into the arena of the reader.
struct event {
    int64_t seq; // its place in the log, from 1; leaf index + 1
    const struct event_type *type;
    struct moment at;      // never before the event before it
    int64_t stream;        // the case, account or other thing it belongs to; 0 = the authority
    int64_t subject;       // whose key seals the personal part; 0 = nothing personal
    int64_t actor;         // account that did it; 0 = the system
    struct bytes open;     // CBOR map
    struct bytes personal; // CBOR map; empty when there is none or the key was erased
    struct later *later;   // see event_later; the journal's own
};

// Leaves something for after the last event of the command: `fn` is called once for the event's stream,
// however many events asked, with all the bits of `what` that they named; with EVENT_CHANGED among them,
// `seq` and `at` are those of the last event that named it. What fn does may depend only on these and on the
// tables, for replay calls it after many commands at once. Only in an apply function.
typedef enum status event_later_fn(struct db *db, int64_t stream, unsigned what, int64_t seq,
                                   struct moment at);
enum { EVENT_CHANGED = 1 };
enum status event_later(const struct event *e, event_later_fn *fn, unsigned what);
// The apply function has written itself what `fn` would write for `what` up to this event: not once more,
// unless a later event asks again.
enum status event_written(const struct event *e, event_later_fn *fn, unsigned what);

// Fields by name, from the open part or else the personal part. Absent or erased: 0, empty text, false.
int64_t event_int(const struct event *e, const char *name);
struct text event_text(const struct event *e, const char *name);
struct bytes event_bytes(const struct event *e, const char *name);
bool event_bool(const struct event *e, const char *name);
bool event_has(const struct event *e, const char *name);

// Each field that is bytes, open or personal: the names of documents are among them.
void event_each_bytes(const struct event *e, void (*fn)(void *context, struct bytes b), void *context);

// Events being decided: a list in an arena, with values that must live as long as the arena.
struct events;
struct event_draft;
struct events *events_new(struct arena *a);
struct event_draft *events_add(struct events *list, const struct event_type *type, int64_t stream,
                               int64_t subject);
size_t events_count(const struct events *list);
const struct event_type *events_type(const struct events *list, size_t i);
// Open fields: nothing that tells who the person is. Personal fields: sealed with the subject's key.
void draft_int(struct event_draft *d, const char *name, int64_t value);
void draft_text(struct event_draft *d, const char *name, struct text value);
void draft_bytes(struct event_draft *d, const char *name, struct bytes value);
void draft_bool(struct event_draft *d, const char *name, bool value);
void draft_personal_int(struct event_draft *d, const char *name, int64_t value);
void draft_personal_text(struct event_draft *d, const char *name, struct text value);
void draft_personal_bytes(struct event_draft *d, const char *name, struct bytes value);

// What a writing function has in hand.
struct write {
    struct journal *journal;
    struct db *db;       // the writer's connection, inside the transaction
    struct arena *arena; // freed after the command
    const struct env *env;
    struct moment now; // one moment for the whole command; never before the last event
    int64_t changed;   // the last event of write_events that said EVENT_CHANGED; 0: none did
    int64_t last;      // the last event of write_events
};

typedef enum status write_fn(struct write *w, void *argument, struct problem *p);

// Runs `fn` in the writer thread and waits until it is durable. When fn fails, nothing of it remains and its
// status and problem are returned. STATUS_FULL and STATUS_STORE when the batch could not be done;
// STATUS_UNCERTAIN when its commit failed, so that only the next look tells (store.h). Texts in the problem
// are copied to `answer` (the caller's arena).
enum status journal_write(struct journal *j, write_fn *fn, void *argument, struct arena *answer,
                          struct problem *p);
// The same, and cheaper, for a function that may run more than once before it is answered
// (store_write_repeatable).
enum status journal_write_repeatable(struct journal *j, write_fn *fn, void *argument, struct arena *answer,
                                     struct problem *p);

// Many at once, for imports and for what the clock brings: each as journal_write_repeatable does it, on its
// own, in this order, but they share commits. Returns when all are durable or failed; each has its own status
// and problem.
struct journal_request {
    write_fn *fn;
    void *argument;
    struct arena *answer;
    struct problem problem;
    enum status status;
};
void journal_write_each(struct journal *j, struct journal_request *list, size_t count);

// Seals, stores, proves and applies the events in order, as done by `actor`. Only inside a write_fn.
enum status write_events(struct write *w, int64_t actor, const struct events *list);
// A new identifier, unique over all kinds of things, from 1.
int64_t write_id(struct write *w);
// The next value of a named counter, from 1 ("case_no.2026").
int64_t write_counter(struct write *w, struct text name);
// Creates the key of a new data subject. Must be called before the first event about that subject.
enum status write_subject(struct write *w, int64_t subject);
// Deletes the key of a subject for ever: personal parts of its events are unreadable from now on. Adds the
// event "subject_erased"; whoever keeps projections of the person blanks them with an event of their own.
enum status write_subject_erase(struct write *w, int64_t actor, int64_t subject);

// Called in the writer thread after each commit in which something was kept, before anybody is answered: for
// who follows what is written, to be woken. It must be quick and write nothing. One a journal; NULL: nobody
// any more, and it is not running when the call returns.
void journal_after_commit(struct journal *j, void (*fn)(void *context), void *context);

// The tables of this room, for store_open; before those of every room that adds events.
extern const struct migrations JOURNAL_MIGRATIONS;

// Opens the journal over a store. `types` (ended by NULL) lists every event type of the program.
// Registers the store's hooks; there is one journal a store. `origin` names the log in its checkpoints.
struct journal_options {
    const struct event_type *const *types;
    struct text origin;
};
enum status journal_open(struct store *s, const struct env *env, const struct journal_options *o,
                         struct journal **out, struct problem *p);
void journal_close(struct journal *j);
struct store *journal_store(struct journal *j);
const struct env *journal_env(struct journal *j);
// Moves on whenever this server finds, in a write, that another server of its database has written. Any
// thread.
uint64_t journal_others(struct journal *j);

// The events of one stream after `after_seq`, oldest first, at most `limit`. `*events` in `a`.
enum status journal_stream(struct journal *j, struct db *db, int64_t stream, int64_t after_seq, size_t limit,
                           struct arena *a, struct event **events, size_t *count);

// The events of one stream that `is_wanted` chooses by type, newest first. The others are not even opened.
struct journal_choice {
    bool (*is_wanted)(const void *context, const struct event_type *type);
    const void *context;
    size_t limit;         // chosen at most
    size_t looked_at_max; // events gone through at most: a stream has no end
};
enum status journal_newest(struct journal *j, struct db *db, int64_t stream,
                           const struct journal_choice *choice, struct arena *a, struct event **events,
                           size_t *count);

// The newest signed checkpoint (C2SP signed-note), and the proof that event `seq` is in its tree.
enum status journal_checkpoint(struct journal *j, struct db *db, struct arena *a, struct text *note);
// The same, believed only when a key of the log signed it that was not revoked. STATUS_CORRUPT.
enum status journal_checkpoint_open(struct journal *j, struct db *db, struct arena *a, struct text *note,
                                    struct checkpoint *c);
enum status journal_inclusion(struct journal *j, struct db *db, int64_t seq, struct arena *a,
                              struct proof *proof, uint64_t *tree_size);
struct text journal_verifier(struct journal *j,
                             struct arena *a); // the log's newest public key, in note format

// ---- keys of the log (key.c)

// From the next command on a new key signs. The old ones stay good for what they signed.
enum status journal_key_change(struct journal *j, int64_t actor, struct arena *a, struct problem *p);
// That key is believed no more, but for what others had seen before. The newest key must be changed first.
enum status journal_key_revoke(struct journal *j, int64_t actor, int64_t number, struct arena *a,
                               struct problem *p);
// The list of all keys (ledger/key_list.h), signed by those that are not revoked.
enum status journal_key_list(struct journal *j, struct db *db, struct arena *a, struct text *note);
struct text journal_origin(const struct journal *j);
// The tiles of the log, read by the connection that *db is at that moment.
struct ledger_storage journal_tiles(struct db **db);
// The bytes of event `seq` as they are in the log. STATUS_NOT_FOUND.
enum status journal_leaf(struct db *db, int64_t seq, struct arena *a, struct bytes *leaf);
// The key that opens the personal part of this one event. STATUS_NOT_FOUND: it has none, or was erased.
enum status journal_opening(struct journal *j, struct db *db, struct bytes leaf, struct key *opening);

// Checks the whole log: every event's bytes against the tree, the tree against the signed checkpoint, order
// of times, and that each personal part opens with its key (unless erased). On STATUS_CORRUPT, `finding`
// names the first thing that is wrong, in English, for operators. `progress` may be NULL.
struct journal_progress {
    void *context;
    void (*step)(void *context, int64_t done, int64_t all);
};
enum status journal_verify(struct journal *j, struct db *db, struct arena *a,
                           const struct journal_progress *progress, struct text *finding);

// ---- copies of the log, for backups (copies.c)

// An event as it stands in the log, and what it says.
struct journal_copy {
    struct bytes bytes;
    struct event event;
};
// Events after `after_seq`, oldest first, at most `limit`, all in `a`.
enum status journal_copies(struct journal *j, struct db *db, int64_t after_seq, size_t limit, struct arena *a,
                           struct journal_copy **copies, size_t *count);
// What the bytes of a copy say, but for the personal part, which stays closed. STATUS_CORRUPT,
// STATUS_UNSUPPORTED: a type that this program does not know.
enum status journal_copy_read(struct journal *j, struct bytes bytes, struct event *e);
// The log goes on with these: stored, proved and applied as they were written, all in one transaction. The
// key of who is erased by one of them is deleted. STATUS_CORRUPT when they do not follow the last event.
enum status journal_append_copies(struct journal *j, const struct bytes *copies, size_t count);
// How many events there are: the number of the last one.
enum status journal_size(struct db *db, int64_t *events);
// The root of the tree of the first `size` events.
enum status journal_root(struct db *db, int64_t size, struct hash *root);

// Applies all events of `from` to the empty projections of `into` (another store with the same migrations).
enum status journal_replay(struct journal *from, struct db *db, struct store *into,
                           const struct journal_progress *progress, struct text *finding, struct arena *a);
