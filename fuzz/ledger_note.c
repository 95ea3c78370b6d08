// Notes, checkpoints and keys from strangers: what is read can be printed and read again as the same.
#include <stdlib.h>

#include "ledger/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text in = {(const char *)data, size};
    struct note n;
    struct note_key key;
    struct checkpoint c, again;
    if (!note_read(&a, in, &n)) {
        struct note_key known = {T("a"), 0, {0}, NOTE_ED25519, {0}};
        if (n.signature_count == 0 || !text_starts(in, n.text)) abort();
        if (!note_verify(&n, &known, 1, NULL)) abort(); // the zero key signs nothing
    }
    if (!checkpoint_read(&a, in, &c)) {
        struct text printed = checkpoint_print(&a, &c);
        if (checkpoint_read(&a, printed, &again) || again.size != c.size || !hash_eq(&again.root, &c.root))
            abort();
    }
    if (!note_key_read(&a, in, &key) && !text_eq(note_key_print(&a, &key), in)) abort();
    arena_free(&a);
    return 0;
}
