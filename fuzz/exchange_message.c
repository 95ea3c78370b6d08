// Whatever arrives at the door for other authorities: a parcel, a message, an answer. It is refused or taken
// apart without harm, and nothing that nobody signed is believed.
#include <assert.h>
#include <string.h>

#include "exchange/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct members members;
static struct member member = {.code = 1, .key_count = 1};
static struct member_key key = {.number = 1, .from = {1}};
static struct own_key own_key;

static void begin(void) {
    static const struct key SEED = {{7}};
    if (members.count) return;
    crypto_start();
    own_key_make(&SEED, 1, &own_key);
    memcpy(key.signing, own_key.signing + 32, sizeof key.signing);
    key.signing[0] ^= 1; // nobody can sign
    member.keys = &key;
    members = (struct members){&member, 1, 1};
}

static void take_message(struct bytes in) {
    const struct own own = {1, &own_key, 1};
    struct sealed s;
    struct slot_content slot;
    struct receipt r;
    struct moment now = {2};
    if (!sealed_read(in, &s)) {
        assert(s.slot_count <= CHANNEL_MEMBERS_MAX && s.signed_part.n < in.n);
        assert(sealed_verify(&s, &members, now));
        if (!sealed_slot_open(&s, &own, &slot)) {
            struct arena a = {0};
            struct bytes event;
            (void)!sealed_open(&s, &slot, &slot.content_key, &a, &event);
            arena_free(&a);
        }
    }
    assert(receipt_read(in, &members, now, &r));
    (void)receipt_leaf(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes in = {data, size}, items[PARCEL_MESSAGES_MAX];
    size_t count;
    begin();
    take_message(in);
    if (parcel_read(in, items, &count)) return 0;
    struct arena a = {0};
    struct bytes again = parcel_make(items, count, &a);
    assert(again.n <= in.n);
    for (size_t i = 0; i < count; i++) take_message(items[i]);
    arena_free(&a);
    return 0;
}
