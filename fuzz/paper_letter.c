// Any text in a letter: set or refused, never a crash, never a file without pages.
#include "../tests/leaks.h"
#include "paper/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const LANGUAGES[] = {"en", "ar", "fa", "uk"};
    if (size < 2 || size > 2000) return 0;
    struct arena a = {0};
    struct text t = {(const char *)data + 2, size - 2};
    struct paper_block b[] = {
        {.kind = data[0] % (PAPER_RULE + 1),
         .direction = data[0] % 3,
         .text = t,
         .cells = {t, t},
         .cell_count = data[1] % 4,
         .alt = t},
        {.kind = data[1] % (PAPER_RULE + 1), .text = t, .cells = {t, t}, .cell_count = 2, .alt = T("code")},
        {.kind = PAPER_PARAGRAPH, .text = t},
    };
    struct paper d = {.title = T("A letter"),
                      .language = text_of(LANGUAGES[data[1] % 4]),
                      .authority = T("Office"),
                      .recipient = {t},
                      .recipient_count = 1,
                      .page_pattern = t,
                      .blocks = b,
                      .block_count = 3};
    struct paper_result r;
    struct problem p;
    if (!paper_make(&a, &d, &r, &p) && (r.pages < 1 || r.pdf.n < 100)) __builtin_trap();
    arena_free(&a);
    return 0;
}
