// pack_folder.h - the shipped pack for tests, and a copy that can be spoiled.
#pragma once
#include <jansson.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "check.h"
#include "pack/pack.h"

static inline json_t *json_of(struct bytes b) {
    json_t *j = json_loadb((const char *)b.p, b.n, 0, NULL);
    assert_non_null(j);
    return j;
}

// The members and items of `from` that `into` does not have; both are used up.
static inline struct bytes json_joined(struct arena *a, json_t *into, json_t *from) {
    const char *name;
    json_t *value;
    json_object_foreach(from, name, value) {
        json_t *own = json_object_get(into, name);
        if (!own) json_object_set(into, name, value);
        if (json_is_array(own)) json_array_extend(own, value);
        if (json_is_object(own)) json_object_update_missing(own, value);
    }
    char *printed = json_dumps(into, JSON_INDENT(2));
    struct bytes b = bytes_of(text_copy(a, text_of(printed)));
    free(printed);
    json_decref(into);
    json_decref(from);
    return b;
}

// pack.json of both as that of one pack: each file once, nothing needed.
static inline struct bytes manifest_joined(struct arena *a, struct bytes own, struct bytes base) {
    json_t *into = json_of(own), *from = json_of(base), *name;
    size_t i;
    json_object_del(into, "needs");
    json_array_foreach(json_object_get(from, "files"), i, name) {
        const char *s = json_string_value(name);
        bool is_in_both = !strncmp(s, "texts/", 6) || !strcmp(s, "deadlines.json");
        if (is_in_both) json_array_remove(json_object_get(from, "files"), i--);
    }
    return json_joined(a, into, from);
}

static inline struct bytes texts_joined(struct arena *a, struct bytes own, struct bytes base) {
    size_t head;
    struct text rest = text_of_bytes(base);
    assert_true(text_find(rest, T("\n\n"), &head));
    return bytes_of(TEXT_JOIN(a, text_of_bytes(own), text_slice(rest, head, rest.n)));
}

// The shipped pack as one that needs no other: what all procedures have in common is put beside its own.
static inline struct pack_files shipped_files(struct arena *a) {
    struct pack_files given, files = {0};
    const struct text base = T("needs/eu-common/");
    crypto_start();
    assert_ok(pack_files_from_folder(a, "packs/eu-asylum", &given, NULL));
    for (size_t i = 0; i < given.count; i++) {
        struct pack_file f = given.items[i];
        if (text_starts(f.name, base)) {
            f.name = text_slice(f.name, base.n, f.name.n);
            if (pack_file_find(&given, f.name)) continue;
        } else {
            const struct pack_file *other = pack_file_find(&given, TEXT_JOIN(a, base, f.name));
            if (text_eq(f.name, T("pack.json"))) f.content = manifest_joined(a, f.content, other->content);
            else if (other && text_ends(f.name, T(".po")))
                f.content = texts_joined(a, f.content, other->content);
            else if (other) f.content = json_joined(a, json_of(f.content), json_of(other->content));
        }
        size_t at = files.count; // in order of name
        *ARENA_PUSH(a, &files) = f;
        for (; at > 0 && text_cmp(files.items[at - 1].name, f.name) > 0; at--)
            files.items[at] = files.items[at - 1];
        files.items[at] = f;
    }
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
