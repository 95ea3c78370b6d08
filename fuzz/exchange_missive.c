// A letter of another authority, and what it says inside: taken apart or refused without harm; nothing that
// nobody signed is believed, and what is taken is written back as the same bytes.
#include <assert.h>
#include <string.h>

#include "exchange/invitation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { US = 1, THEY = 2 };

static void take_letter(struct bytes in, struct arena *a) {
    static struct own_key secret;
    static struct member_key key = {.number = 1, .from = {1}};
    static struct member member = {.code = THEY, .keys = &key, .key_count = 1};
    const struct members members = {&member, 1, 1};
    const struct key seed = {{7}};
    struct missive l;
    struct bytes body;
    own_key_make(&seed, 1, &secret);
    memcpy(key.signing, secret.signing + 32, sizeof key.signing);
    key.signing[0] ^= 1; // nobody can sign
    const struct own own = {US, &secret, 1};
    if (missive_read(in, &l)) return;
    assert(missive_verify(&l, &members, (struct moment){2}));
    (void)!missive_open(&l, &own, a, &body);
}

static void take_inside(struct bytes in, struct arena *a) {
    struct invitation i;
    struct invitation_answer answer;
    if (!invitation_read(in, THEY, US, &i)) {
        struct bytes again = invitation_print(&i, a);
        assert(again.n == in.n && !memcmp(again.p, in.p, in.n));
        assert(i.member_count >= 2 && i.coordinator == THEY);
    }
    if (!invitation_answer_read(in, &answer)) {
        struct bytes again = invitation_answer_print(&answer, a);
        assert(again.n == in.n && !memcmp(again.p, in.p, in.n));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bytes in = {data, size};
    struct arena a = {0};
    crypto_start();
    take_letter(in, &a);
    take_inside(in, &a);
    arena_free(&a);
    return 0;
}
