// algorithm.h - inside ledger/: signature types by their number, and what notes and cosignatures share.
#pragma once
#include "ledger/cosignature.h"

struct note_algorithm {
    uint8_t type;
    const char *name;
    size_t key_bytes;
    // NULL: known by name, but not checked here.
    bool (*verify)(struct text text, struct bytes signature, const uint8_t public_key[NOTE_KEY_BYTES]);
};
const struct note_algorithm *note_algorithm(uint8_t type); // NULL: unknown

enum status signer_make(struct text name, uint8_t type, const struct key *seed, struct note_signer *out);
// One signature line with its newline.
void note_line(struct out *o, const struct note_key *key, struct bytes signature);
