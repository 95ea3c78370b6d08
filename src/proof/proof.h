// proof.h - what is kept and done around the log of this authority, so that others can hold it to its past.
//
// Witnesses cosign our checkpoints: a thread sends them the newest one each second in which something was
// written. We are a witness of other logs. What anybody may read of the log is read here too.
#pragma once
#include "journal/journal.h"
#include "ledger/bundle.h"
#include "ledger/tile_path.h"
#include "ledger/witness.h"

struct proofs;

extern const struct migrations PROOF_MIGRATIONS;

enum {
    PROOF_WITNESSES_MAX = 32, // of our log; 27 states and some
    PROOF_LOG_KEYS_MAX = 8,   // of one log that we witness, while it changes its key
    PROOF_POST_MS = 3000,     // a witness that takes longer is tried again later
    PROOF_ROUND_MS = 1000,    // the rhythm of checkpoints
    PROOF_RETRY_MS = 2000,    // after a failure; doubled with each
    PROOF_RETRY_MS_MAX = 60000,
    PROOF_URL_MAX = 1024,
};

// Opens the room over a journal that is open for writing. The key of this witness is DIR/keys/log-cosigning.
enum status proof_open(struct journal *j, struct proofs **out);
void proof_close(struct proofs *p); // stops the thread; NULL is fine

// ---- our log and its witnesses

// A way to a witness or time-stamping authority: posts `body`, gives what it answered. STATUS_IO, STATUS_BUSY
// when there is no answer.
struct witness_post {
    void *context;
    enum status (*post)(void *context, const char *url, const char *media, struct text body, struct arena *a,
                        int *http_status, struct text *answer);
    void (*close)(void *context); // may be NULL
};
enum status witness_post_http(struct witness_post *out); // libcurl

// Adds a witness by its verifier key, and where its add-checkpoint is ("https://w.example/witness"); the same
// name again changes it. Removes it. A person's mistakes are in `why`: STATUS_INVALID.
enum status proof_witness_add(struct proofs *p, struct text vkey, struct text url, struct problem *why);
enum status proof_witness_remove(struct proofs *p, struct text name); // STATUS_NOT_FOUND

struct proof_witness {
    struct note_key key;
    struct text url, error; // error: of the last try; empty when it went well
    uint64_t size;          // of the largest checkpoint that it cosigned
    struct moment cosigned_at, failed_at;
    int64_t failures; // tries since it last went well
};
struct proof_witnesses {
    struct proof_witness *items;
    size_t count, capacity;
};
enum status proof_witnesses_read(struct db *db, struct arena *a, struct proof_witnesses *out);

// One round: each witness that has not seen the newest checkpoint, and whose time has come, gets it.
// *cosigned: how many of them signed.
enum status proof_round(struct proofs *p, const struct witness_post *post, int *cosigned);
// The thread that does it each second; `post` is closed at the end.
enum status proof_start(struct proofs *p, const struct witness_post *post);
void proof_stop(struct proofs *p);

// Has the newest checkpoint stamped by a time-stamping authority (RFC 3161) at `url`, and keeps the stamp.
// `roots`: its certificates in PEM. STATUS_INVALID with a problem. Names are in `a`.
struct proof_stamp {
    uint64_t size;
    struct moment at; // as the authority says
    struct text authority;
};
enum status proof_stamp(struct proofs *p, const struct witness_post *post, const char *url,
                        struct bytes roots, struct arena *a, struct proof_stamp *out, struct problem *why);

// What can be shown of event `seq`: is it in a signed checkpoint, and which witnesses have cosigned one with
// it.
struct proof_state {
    bool is_recorded;
    size_t confirmed, witnesses; // of so many witnesses so many
    struct moment confirmed_at;  // by the last of them; 0 when none
};
enum status proof_state_of(struct db *db, int64_t seq, struct proof_state *out);
// The same for many events: the witnesses are read once.
enum status proof_state_among(const struct proof_witnesses *w, struct db *db, int64_t seq,
                              struct proof_state *out);

// ---- what anybody may read (C2SP tlog-tiles)

// The newest checkpoint of ours, with the cosignatures that it has. STATUS_NOT_FOUND: the log is empty.
enum status proof_checkpoint(struct journal *j, struct db *db, struct arena *a, struct text *note);
// The smallest kept checkpoint with leaf `seq` that most witnesses have cosigned; else the newest one.
enum status proof_checkpoint_of(struct journal *j, struct db *db, int64_t seq, struct arena *a,
                                struct text *note, struct bytes *stamp);

// The offline proof of event `seq`. With `with_leaf` its bytes are in it; with `is_open` also the key that
// opens its personal part alone, if that was not erased. STATUS_NOT_FOUND.
enum status proof_bundle(struct journal *j, struct db *db, int64_t seq, bool with_leaf, bool is_open,
                         struct arena *a, struct text *file);
// The same with its leaf, and a key that the caller has: of the message between authorities in it.
enum status proof_bundle_opened(struct journal *j, struct db *db, int64_t seq, const struct key *opening,
                                struct arena *a, struct text *file);

// ---- logs of others

// From now on checkpoints of this log are cosigned, if signed by that key: the key's name is the origin. More
// keys of one log may be added. STATUS_INVALID with a problem.
enum status proof_watch(struct proofs *p, struct text vkey, struct problem *why);
enum status proof_unwatch(struct proofs *p, struct text vkey); // that key alone; STATUS_NOT_FOUND
// Starts anew with that log, as if nothing of it had ever been cosigned: only when both authorities agreed
// after a restore, for it lets the log have another past. What is known of forks stays. STATUS_NOT_FOUND.
enum status proof_forget(struct proofs *p, struct text origin);
struct text proof_witness_key(struct proofs *p, struct arena *a); // to give to them

// This witness signs with a new key: after its database was put back to an older day, for it has forgotten
// what it cosigned with the old one. Other servers of the database have it after a restart.
enum status proof_witness_key_change(struct proofs *p);

// Answers add-checkpoint. `answer` is durable when this returns; texts are in `a`. STATUS_OK also for a
// refusal.
enum status proof_add_checkpoint(struct proofs *p, struct text body, struct arena *a,
                                 struct witness_answer *answer);
// The newest checkpoint that we cosigned of the log whose origin has this SHA-256, in lower-case hexadecimal.
enum status proof_witnessed(struct db *db, struct text origin_hash, struct arena *a, struct text *note);

struct witnessed_row {
    struct text origin, vkeys; // one a line
    uint64_t size;
    struct moment at;
    bool has_forked;
};
struct witnessed_rows {
    struct witnessed_row *items;
    size_t count, capacity;
};
enum status proof_witnessed_logs(struct db *db, struct arena *a, struct witnessed_rows *out);
// The evidence against a log that forked. STATUS_NOT_FOUND: none.
enum status proof_fork(struct db *db, struct text origin, struct arena *a, struct text *one,
                       struct text *other);
