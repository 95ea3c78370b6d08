// embed.h - files compiled into the program by tools/embed: migrations, templates, style sheets, icons.
#pragma once
#include <stddef.h>
#include <stdint.h>

// `p` is followed by a zero byte that `n` does not count, so text files can be used as C strings.
struct embedded {
    const char *name; // path of the file below the folder given to tools/embed, with slashes
    const uint8_t *p;
    size_t n;
};

// All files of one call of tools/embed, sorted by name (byte order).
struct embedded_list {
    const struct embedded *files;
    size_t count;
};
