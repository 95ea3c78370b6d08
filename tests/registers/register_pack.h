// register_pack.h - the shipped procedure with one register more, so that its law is the test's own.
#pragma once
#include "base/disk.h"
#include "check.h"
#include "pack/pack.h"

static inline struct text register_file(struct arena *a, const char *name) {
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    char *b = arena_alloc(a, 256 * 1024);
    size_t n = fread(b, 1, 256 * 1024, f);
    fclose(f);
    return (struct text){b, n};
}

static inline struct text put_before(struct arena *a, struct text in, const char *mark, struct text more) {
    size_t at;
    if (!text_find(in, text_of(mark), &at)) fail_msg("\"%s\" is not in the file", mark);
    return TEXT_JOIN(a, text_slice(in, 0, at), more, text_slice(in, at, in.n));
}

// Adds registers/ban.form with that content to files whose pack.json is at the top.
static inline void add_ban(struct arena *a, struct pack_files *files, struct text content) {
    static const char TEXTS[] = "\nmsgid \"register.ban.title\"\nmsgstr \"Bans\"\n"
                                "\nmsgid \"register.ban.about\"\nmsgstr \"Who may not enter\"\n"
                                "\nmsgid \"register.ban.field\"\nmsgstr \"Field\"\n";
    for (size_t i = 0; i < files->count; i++) {
        struct pack_file *f = &files->items[i];
        struct text t = text_of_bytes(f->content);
        if (text_eq(f->name, T("pack.json")))
            f->content = bytes_of(put_before(a, t, "\"texts/", T("\"registers/ban.form\", ")));
        if (text_starts(f->name, T("texts/"))) f->content = bytes_of(TEXT_JOIN(a, t, text_of(TEXTS)));
    }
    size_t at = files->count;
    *ARENA_PUSH(a, files) = (struct pack_file){0};
    for (; at > 0 && text_cmp(files->items[at - 1].name, T("registers/ban.form")) > 0; at--)
        files->items[at] = files->items[at - 1];
    files->items[at] = (struct pack_file){T("registers/ban.form"), bytes_of(content)};
}
