// Any bytes as a name: the zone has only its own letters, the reading form is UTF-8, keys are bounded.
#include <assert.h>

#include "identity/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const LANGUAGES[] = {"", "uk", "be", "bg", "sr", "mk", "fa", "tr"};
    if (size < 1) return 0;
    struct arena a = {0};
    struct text language = text_of(LANGUAGES[data[0] % 8]), t = {(const char *)data + 1, size - 1}, latin,
                mrz;
    if (!identity_transliterate(&a, t, language, &latin, &mrz)) {
        assert(text_is_utf8(latin) || latin.n == 0);
        for (size_t i = 0; i < mrz.n; i++) assert((mrz.p[i] >= 'A' && mrz.p[i] <= 'Z') || mrz.p[i] == '<');
    }
    struct identity_keys k = identity_name_keys(&a, t, language);
    assert(k.count <= IDENTITY_KEYS_MAX);
    for (size_t i = 0; i < k.count; i++) assert(k.key[i].n > 0 && text_is_utf8(k.key[i]));
    (void)identity_script(t);
    arena_free(&a);
    return 0;
}
