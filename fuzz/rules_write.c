// Hostile DMN files in which a cell is changed: what was written must be what is read.
#include <stdlib.h>

#include "rules/dmn_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct dmn_cell CELLS[] = {
        {{"d", 1}, 1, {"A", 1}}, {{"d", 1}, 1, {"r", 1}}, {{"t", 1}, 2, {"A", 1}}};
    struct text xml = {(const char *)data, size};
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        struct arena a = {0};
        struct dmn_read_options o = {.lenient = true};
        struct problem p = {0};
        struct text old, out, back;
        if (!dmn_read_cell(&a, xml, &CELLS[i], &old, &p) &&
            !dmn_write_cell(&a, xml, &o, &CELLS[i], T("< \"&\""), &out, &p)) {
            if (dmn_read_cell(&a, out, &CELLS[i], &back, &p) || !text_eq(back, T("< \"&\""))) abort();
        }
        arena_free(&a);
    }
    return 0;
}
