// A file of a register; one that can be read also takes answers made of the file itself.
#include "pack/register.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct problem p = {0};
    struct text t = {(const char *)data, size};
    struct pack_register *g;
    struct answers answers;
    struct form_problems found = {0};
    struct form_context context = {.today = {2026, 11, 21}};
    if (register_read(&a, t, &g, &p) == STATUS_OK) {
        if (answers_from_json(&a, t, &answers, NULL) == STATUS_OK)
            form_check(g->form, NULL, &answers, &context, &a, &found);
        register_close(g);
    }
    arena_free(&a);
    return 0;
}
