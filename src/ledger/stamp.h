// stamp.h - time stamps of others on our checkpoints: RFC 3161, asked for and checked offline.
#pragma once
#include "base/crypto.h"
#include "ledger/checkpoint.h"

enum { STAMP_BYTES_MAX = 16 * 1024, STAMP_ROOTS_MAX = 1024 * 1024 };

// What is stamped of a checkpoint: the SHA-256 of its note with the log's own signature alone, so that a
// stamp shows that the signature was there, too.
struct hash stamp_subject(struct arena *a, const struct note *n, const struct note_key *log);

// The request (TimeStampReq, DER, media type application/timestamp-query), which asks for the certificate in
// the answer. `nonce` is random and must come back.
struct bytes stamp_request(struct arena *a, const struct hash *subject, uint64_t nonce);
// The token in an answer (TimeStampResp). STATUS_REFUSED: the authority did not stamp. STATUS_CORRUPT: it is
// about something else. STATUS_INVALID, STATUS_TOO_LARGE. The signature is for stamp_check.
enum status stamp_answer_read(struct arena *a, struct bytes answer, const struct hash *subject,
                              uint64_t nonce, struct bytes *token);

// Does the token show that the subject was there at *time_s? `roots` are certificates in PEM, the only ones
// that are believed; the chain is judged as of that time. *authority is the subject of the signer's
// certificate. STATUS_CORRUPT: it is about something else, or the signature is wrong. STATUS_REFUSED: its
// signer is not vouched for by the roots. STATUS_INVALID: no token, or no roots.
enum status stamp_check(struct arena *a, struct bytes token, const struct hash *subject, struct bytes roots,
                        uint64_t *time_s, struct text *authority);
