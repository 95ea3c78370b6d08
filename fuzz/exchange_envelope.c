// Whatever another authority sends as an event: it is refused, or it is canonical, of the lists of the law,
// and prints to the same bytes.
#include <assert.h>
#include <string.h>

#include "exchange/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char LAW[] =
    "{\"procedure\":\"p\",\"codes\":{\"c\":{\"yes\":1,\"no\":2}},\"events\":["
    "{\"name\":\"A\",\"number\":1,\"from\":\"D\",\"to\":\"FR\",\"codes\":\"c\",\"due\":\"may\",\"ref\":"
    "\"may\"},"
    "{\"name\":\"B\",\"number\":2,\"from\":\"*\",\"to\":\"*\",\"at\":\"day\",\"commit\":\"may\"}]}";

static struct arena kept;
static struct exchange_law law;
static struct members members;

static void begin(void) {
    static const char *const ROLES[] = {"D", "F", "R"};
    if (law.count) return;
    crypto_start();
    assert(!exchange_law_read(&kept, text_of(LAW), &law, NULL) && !exchange_law_done(&kept, &law, NULL));
    for (uint32_t i = 0; i < 3; i++) {
        struct member *m = ARENA_PUSH(&kept, &members);
        m->code = i + 1;
        assert(exchange_roles_read(text_of(ROLES[i]), &m->roles));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct key CASE_KEY = {{1}};
    begin();
    struct arena a = {0};
    struct envelope_ground g = {.law = &law, .members = &members, .case_key = &CASE_KEY};
    memset(g.channel.b, 'c', CHANNEL_BYTES);
    struct envelope e;
    struct bytes in = {data, size}, out;
    struct problem p = {0};
    if (envelope_read(&g, in, &e, &p))
        assert(p.rule && p.field && p.text_key);
    else
        assert(!envelope_print(&g, &e, &a, &out, &p) && out.n == size && !memcmp(out.p, data, size));
    arena_free(&a);
    return 0;
}
