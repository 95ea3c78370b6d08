// witness.h - the witness of other logs: C2SP tlog-witness, as a pure function.
//
// A witness remembers of each log the largest tree that it cosigned, and cosigns only what goes on from
// there. Whoever calls keeps what it remembers, in one transaction with the decision, and speaks HTTP.
#pragma once
#include "ledger/cosignature.h"
#include "ledger/ledger.h"

enum {
    WITNESS_PROOF_MAX = 63,                      // lines; the protocol says so
    WITNESS_BODY_MAX = NOTE_BYTES_MAX + 64 * 64, // a note, and the lines above it
    WITNESS_OK = 200,
    WITNESS_MALFORMED = 400,
    WITNESS_NOT_SIGNED = 403,
    WITNESS_UNKNOWN_LOG = 404,
    WITNESS_OTHER_SIZE = 409,
    WITNESS_INCONSISTENT = 422,
};

// The body of add-checkpoint: the size that the witness is believed to have, the proof from there, and the
// new checkpoint.
struct witness_request {
    uint64_t old_size;
    struct proof proof;
    struct text signed_note;
    struct note note;
    struct checkpoint checkpoint; // nobody may believe it before witness_decide
};
// Everything is in `a` or points into `body`. STATUS_INVALID, STATUS_TOO_LARGE.
enum status witness_request_read(struct arena *a, struct text body, struct witness_request *out);
struct text witness_request_print(struct arena *a, uint64_t old_size, const struct proof *proof,
                                  struct text signed_note);

// What a witness knows of a log.
struct witnessed_log {
    struct text origin;
    const struct note_key *keys; // that may sign for it
    size_t key_count;
    uint64_t size; // of the largest tree that it cosigned; 0: none
    struct hash root;
};

struct witness_answer {
    int http_status;
    struct text media, body;
    bool is_cosigned; // remember the request's size, root and `note` before `body` leaves the house
    struct text note; // the checkpoint with the log's signatures and our own
    bool is_fork; // the log's key signed another tree of the same size: request and memory are the evidence
    const char *why; // short, for operators
};

// Decides. `log` is NULL when the origin of the request is unknown. `cosigners` are the witness's own keys,
// one or more. No clock, no memory: the same arguments give the same answer.
void witness_decide(struct arena *a, const struct witnessed_log *log, const struct witness_request *r,
                    const struct note_signer *cosigners, size_t cosigner_count, uint64_t time_s,
                    struct witness_answer *out);

// The size in the body of an answer 409. STATUS_INVALID.
enum status witness_size_read(struct text body, uint64_t *size);
// Takes the cosignatures of `key` out of an answer 200: `lines` may be added to the checkpoint.
// STATUS_CORRUPT or STATUS_NOT_FOUND when there is none that is right.
enum status witness_cosignatures_read(struct arena *a, struct text signed_note, struct text body,
                                      const struct note_key *key, struct text *lines, uint64_t *time_s);
