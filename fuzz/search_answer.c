// What a remote source answers: never a hit without lines, never "no hit" unless it clearly says so.
#include <assert.h>

#include "search/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a = {0};
    struct source_answer x;
    struct text body = {(const char *)data, n};
    size_t at;
    source_answer_read(&a, body, &x);
    assert(x.count <= SOURCE_LINES_MAX);
    assert((x.state == SOURCE_HIT) == (x.count > 0));
    assert((x.state == SOURCE_NO_ANSWER) == (x.why[0] != 0));
    if (x.state == SOURCE_NO_HIT) // "no_hit" may be written with escapes
        assert(text_find(body, T("no_hit"), &at) || text_find(body, T("\\u"), &at));
    for (size_t i = 0; i < x.count; i++) {
        const struct source_line *l = &x.lines[i];
        assert(text_is_utf8(l->kind) && text_is_utf8(l->reference) && text_is_utf8(l->level));
        assert(l->kind.n <= SOURCE_WORDS_MAX && l->reference.n <= SOURCE_WORDS_MAX);
    }
    arena_free(&a);
    return 0;
}
