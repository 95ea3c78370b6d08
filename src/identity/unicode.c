#include "identity/unicode.h"

#include <assert.h>
#include <pthread.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

// One UTF-8 byte gives at most one UTF-16 unit; ICU's expansions of one unit stay below this factor (NFKD:
// 18).
enum { GROWTH = 20 };

struct wide {
    UChar *p;
    int32_t n;
};

static struct wide widen(struct arena *a, struct text t) {
    struct wide w = {ARENA_ARRAY(a, UChar, t.n + 1), 0};
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8WithSub(w.p, (int32_t)t.n + 1, &w.n, t.p ? t.p : "", (int32_t)t.n, 0xFFFD, NULL, &e);
    assert(U_SUCCESS(e));
    return w;
}

static struct text narrow(struct arena *a, struct wide w) {
    char *p = arena_alloc(a, (size_t)w.n * 3 + 1);
    int32_t n = 0;
    UErrorCode e = U_ZERO_ERROR;
    u_strToUTF8WithSub(p, w.n * 3 + 1, &n, w.p, w.n, 0xFFFD, NULL, &e);
    assert(U_SUCCESS(e));
    return (struct text){p, (size_t)n};
}

struct text unicode_normal(struct arena *a, struct text t, enum unicode_form form) {
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *n = form == UNICODE_NFC    ? unorm2_getNFCInstance(&e)
                            : form == UNICODE_NFKD ? unorm2_getNFKDInstance(&e)
                                                   : unorm2_getNFKCCasefoldInstance(&e);
    struct wide in = widen(a, t);
    struct wide out = {ARENA_ARRAY(a, UChar, in.n * GROWTH + 1), 0};
    out.n = unorm2_normalize(n, in.p, in.n, out.p, in.n * GROWTH + 1, &e);
    assert(U_SUCCESS(e));
    return narrow(a, out);
}

bool unicode_is_mark(uint32_t c) {
    return (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) != 0;
}

struct text unicode_without_marks(struct arena *a, struct text t) {
    struct text d = unicode_normal(a, t, UNICODE_NFKD);
    struct out o = {.arena = a};
    for (size_t at = 0; at < d.n;) {
        uint32_t c = text_codepoint(d, &at);
        if (!unicode_is_mark(c)) out_codepoint(&o, c);
    }
    return unicode_normal(a, out_done(&o), UNICODE_NFC);
}

static const struct {
    UScriptCode script;
    const char *id;
} SYSTEMS[] = {
    {USCRIPT_GREEK, "Greek-Latin/UNGEGN"},    {USCRIPT_ARMENIAN, "Armenian-Latin/BGN"},
    {USCRIPT_GEORGIAN, "Georgian-Latin/BGN"}, {USCRIPT_ETHIOPIC, "Amharic-Latin/BGN"},
    {USCRIPT_UNKNOWN, "Any-Latin"},
};
enum { SYSTEM_COUNT = sizeof SYSTEMS / sizeof *SYSTEMS };

// Opening a transliterator builds rule tables for milliseconds, so each is opened once and kept.
// ICU does not promise that one may be used by two threads at a time.
struct text unicode_any_latin(struct arena *a, struct text t, UScriptCode script) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static UTransliterator *opened[SYSTEM_COUNT];
    size_t system = 0;
    while (system + 1 < SYSTEM_COUNT && SYSTEMS[system].script != script) system++;
    struct wide w = widen(a, t);
    int32_t capacity = w.n * GROWTH + 1, limit = w.n;
    UChar *p = ARENA_ARRAY(a, UChar, capacity);
    u_memcpy(p, w.p, w.n);
    UErrorCode e = U_ZERO_ERROR;
    pthread_mutex_lock(&lock);
    if (!opened[system]) {
        UChar id[40];
        u_uastrcpy(id, SYSTEMS[system].id);
        opened[system] = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
        assert(U_SUCCESS(e) && "ICU without its own transliteration data");
    }
    utrans_transUChars(opened[system], p, &w.n, capacity, 0, &limit, &e);
    pthread_mutex_unlock(&lock);
    if (U_FAILURE(e)) return (struct text){0}; // longer than GROWTH: nothing a name does
    return narrow(a, (struct wide){p, w.n});
}
