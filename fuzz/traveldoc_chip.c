// Files of a chip, one after the other: a length of two bytes before each.
#include <assert.h>

#include "traveldoc/chip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct chip_file files[CHIP_FILES_MAX];
    size_t count = 0;
    struct chip c;
    while (size >= 2 && count < CHIP_FILES_MAX) {
        size_t n = (size_t)data[0] << 8 | data[1];
        data += 2, size -= 2;
        if (n > size) n = size;
        files[count++] = chip_file_of((struct bytes){data, n});
        data += n, size -= n;
    }
    chip_check(&a, files, count, NULL, (struct date){2026, 11, 26}, &c);
    assert(c.result != CHIP_GENUINE); // nobody is trusted
    for (size_t i = 0; i < c.count; i++) assert(text_is_utf8(c.items[i].value));
    arena_free(&a);
    return 0;
}
