// pack_folder.h - the shipped pack for tests, and a copy that can be spoiled.
#pragma once
#include "base/crypto.h"
#include "check.h"
#include "pack/pack.h"

static inline struct pack_files shipped_files(struct arena *a) {
    struct pack_files files;
    crypto_start();
    assert_ok(pack_files_from_folder(a, "packs/eu-asylum", &files, NULL));
    return files;
}

static inline struct text shipped_file(struct arena *a, const char *name) {
    struct pack_files files = shipped_files(a);
    const struct pack_file *f = pack_file_find(&files, text_of(name));
    assert_non_null(f);
    return text_of_bytes(f->content);
}

static inline struct text replaced(struct arena *a, struct text in, const char *from, const char *to) {
    size_t at;
    if (!text_find(in, text_of(from), &at)) fail_msg("\"%s\" is not in the file", from);
    return TEXT_JOIN(a, text_slice(in, 0, at), text_of(to), text_slice(in, at + strlen(from), in.n));
}

// A copy of the files with one of them changed.
static inline struct pack_files spoiled_files(struct arena *a, const struct pack_files *files,
                                              const char *name, const char *from, const char *to) {
    struct pack_files copy = *files;
    copy.items = arena_copy(a, files->items, files->count * sizeof *files->items);
    for (size_t i = 0; i < copy.count; i++) {
        if (!text_eq(copy.items[i].name, text_of(name))) continue;
        copy.items[i].content = bytes_of(replaced(a, text_of_bytes(copy.items[i].content), from, to));
        return copy;
    }
    fail_msg("no file %s", name);
    return copy;
}
