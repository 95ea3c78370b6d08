// pack_sign.h - who answers for a pack: a C2SP signed-note over the list of its files, in the file pack.sig.
//
//     ostia pack
//     3b0c...  access.json            SHA-256 and name of each file but pack.sig, in order of name
//
//     -- police.example/law AbCd...    the signatures, as the checkpoints of the log have them
#pragma once
#include "ledger/checkpoint.h"
#include "pack/pack.h"

#define PACK_SIGNATURE_FILE T("pack.sig")

enum { PACK_SIGNERS_MAX = 16 };
struct pack_signers {
    struct note_key keys[PACK_SIGNERS_MAX];
    size_t count; // 0: nobody's signature is asked for
};

// The list without signatures. Files of other packs (needs/) are not in it: they have their own.
struct text pack_list(struct arena *a, const struct pack_files *files);
// What pack.sig is to hold.
struct text pack_sign(struct arena *a, const struct pack_files *files, const struct note_signer *signer);

// One key a line as note_key_print writes it; empty lines and those with # do not count. Names live in `a`.
enum status pack_signers_read(struct arena *a, struct text lines, struct pack_signers *out,
                              struct problem *p);

enum pack_signature { PACK_UNSIGNED, PACK_SIGNED_BY_UNKNOWN, PACK_SIGNED };
// Looks at the pack and at each one that it needs. The list must be that of the files, and a signature by a
// known key must be right: otherwise STATUS_INVALID, also when no key is known. With signers, each pack must
// be signed by one of them. *by names who signed the first (may be NULL).
enum status pack_signature_check(struct arena *a, const struct pack_files *files,
                                 const struct pack_signers *signers, enum pack_signature *found,
                                 struct text *by, struct problem *p);
