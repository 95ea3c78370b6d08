#include "ledger/algorithm.h"

#include <sodium.h>

static bool verify_ed25519(struct text text, struct bytes signature,
                           const uint8_t public_key[NOTE_KEY_BYTES]) {
    return signature.n == NOTE_SIGNATURE_BYTES &&
           crypto_sign_verify_detached(signature.p, (const uint8_t *)text.p, text.n, public_key) == 0;
}

static bool verify_cosignature(struct text text, struct bytes signature,
                               const uint8_t public_key[NOTE_KEY_BYTES]) {
    uint64_t time_s;
    if (!cosignature_time(signature, &time_s)) return false;
    struct arena a = {0};
    struct text message = cosignature_message(&a, text, time_s);
    bool good =
        crypto_sign_verify_detached(signature.p + 8, (const uint8_t *)message.p, message.n, public_key) == 0;
    arena_free(&a);
    return good;
}

static const struct note_algorithm ALGORITHMS[] = {
    {NOTE_ED25519, "Ed25519", NOTE_KEY_BYTES, verify_ed25519},
    {NOTE_COSIGNATURE, "Ed25519 cosignature/v1", NOTE_KEY_BYTES, verify_cosignature},
    {NOTE_COSIGNATURE_ML_DSA, "ML-DSA-44 cosignature", 1312, NULL},
};

const struct note_algorithm *note_algorithm(uint8_t type) {
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++)
        if (ALGORITHMS[i].type == type) return &ALGORITHMS[i];
    return NULL;
}

struct text note_key_algorithm(const struct note_key *key) {
    const struct note_algorithm *algorithm = note_algorithm(key->type);
    return algorithm ? text_of(algorithm->name) : T("unknown");
}

bool note_key_is_checked(const struct note_key *key) {
    const struct note_algorithm *algorithm = note_algorithm(key->type);
    return algorithm && algorithm->verify;
}
