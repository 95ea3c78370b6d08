// Any bytes as a .po file, and as a text with placeholders.
#include "pack/text_catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text t = {(const char *)data, size};
    struct po_input in[] = {{T("en"), T("en.po"), t}, {T("ar"), T("ar.po"), t}};
    struct catalog *c;
    struct problem p = {0};
    if (catalog_read(&a, in, 2, &c, &p) == STATUS_OK) {
        struct texts texts = {{c}, 1};
        struct text_value v = {T("name"), T("value")};
        for (size_t i = 0; i < catalog_keys(c); i++)
            for (int64_t n = -2; n < 130; n += 3)
                text_fill(&a, texts_count(&texts, T("ar"), catalog_key(c, i), n, NULL), &v, 1);
    }
    arena_free(&a);
    return 0;
}
