// The files of a pack: from a folder, to and from canonical bytes.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cbor.h"
#include "pack/pack_inside.h"

bool pack_file_name_ok(struct text name) {
    size_t slashes = 0, slashes_max = text_starts(name, T("needs/")) ? 3 : 1; // "needs/ID/forms/x.form"
    if (name.n == 0 || name.n > PACK_NAME_MAX || name.p[0] == '/' || name.p[name.n - 1] == '/') return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i], before = i ? name.p[i - 1] : '/';
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
        if (!plain || (before == '/' && (c == '.' || c == '/'))) return false;
        slashes += c == '/';
    }
    return slashes <= slashes_max;
}

static enum status refuse(struct arena *a, struct problem *p, const char *rule, struct text name) {
    enum status st = problem(p, text_c(a, name), rule, text_c(a, text_printf(a, "problem.pack.%s", rule)));
    problem_arg(p, "where", text_copy(a, name));
    return st;
}

static size_t total(const struct pack_files *files) {
    size_t n = 0;
    for (size_t i = 0; i < files->count; i++) n += files->items[i].content.n;
    return n;
}

static int by_name(const void *a, const void *b) {
    const struct pack_file *x = a, *y = b;
    return text_cmp(x->name, y->name);
}

const struct pack_file *pack_file_find(const struct pack_files *files, struct text name) {
    for (size_t i = 0; i < files->count; i++)
        if (text_eq(files->items[i].name, name)) return &files->items[i];
    return NULL;
}

// ---- a folder
// ----------------------------------------------------------------------------------------------

struct folder {
    struct arena *a;
    struct pack_files *out;
    struct problem *p;
};

static enum status read_all(int fd, char *to, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(fd, to + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return STATUS_IO; // also when the file became shorter
        done += (size_t)n;
    }
    return STATUS_OK;
}

static enum status read_file(const struct folder *f, int directory, const char *entry, struct text name) {
    struct stat info;
    int fd = openat(directory, entry, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return refuse(f->a, f->p, "file_kind", name);
    enum status st = STATUS_OK;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        st = refuse(f->a, f->p, "file_kind", name);
    else if (!pack_file_name_ok(name))
        st = refuse(f->a, f->p, "file_name", name);
    else if (info.st_size > PACK_FILE_BYTES_MAX || f->out->count == PACK_FILES_MAX ||
             total(f->out) + (size_t)info.st_size > PACK_BYTES_MAX)
        st = refuse(f->a, f->p, "file_size", name);
    if (!st) {
        char *content = arena_alloc(f->a, (size_t)info.st_size + 1);
        st = read_all(fd, content, (size_t)info.st_size);
        *ARENA_PUSH(f->a, f->out) =
            (struct pack_file){text_copy(f->a, name), {(uint8_t *)content, (size_t)info.st_size}};
    }
    close(fd);
    return st;
}

static enum status read_folder(const struct folder *f, int directory, struct text prefix) {
    DIR *d = fdopendir(directory);
    struct dirent *e;
    enum status st = STATUS_OK;
    if (!d) return close(directory), STATUS_IO;
    while (!st && (e = readdir(d))) {
        // Hidden files of editors and version control, words for people, and other packs.
        if (e->d_name[0] == '.' || strcmp(e->d_name, "README.md") == 0) continue;
        if (!prefix.n && strcmp(e->d_name, "needs") == 0) continue;
        struct text name = TEXT_JOIN(f->a, prefix, text_of(e->d_name));
        int inner =
            prefix.n ? -1 : openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        st = inner >= 0 ? read_folder(f, inner, TEXT_JOIN(f->a, name, T("/")))
                        : read_file(f, dirfd(d), e->d_name, name);
    }
    closedir(d);
    return st;
}

static enum status read_pack_folder(struct folder *f, const char *path, bool *is_there) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *is_there = fd >= 0;
    return fd < 0 ? STATUS_OK : read_folder(f, fd, T(""));
}

static bool is_gathered(const struct pack_files *all, struct text id, struct arena *a) {
    return pack_file_find(all, TEXT_JOIN(a, T("needs/"), id, T("/pack.json"))) != NULL;
}

// One pack that is needed, from `needs` in the folder or from beside it.
static enum status gather_one(struct folder *to, const char *path, struct text id) {
    struct pack_files own = {0};
    struct folder f = {to->a, &own, to->p};
    bool is_there = false;
    enum status st = read_pack_folder(
        &f, text_c(to->a, text_printf(to->a, "%s/needs/" TEXT_FMT, path, TEXT_ARG(id))), &is_there);
    if (!st && !is_there)
        st = read_pack_folder(&f, text_c(to->a, text_printf(to->a, "%s/../" TEXT_FMT, path, TEXT_ARG(id))),
                              &is_there);
    for (size_t i = 0; i < own.count && !st; i++) {
        struct text name = TEXT_JOIN(to->a, T("needs/"), id, T("/"), own.items[i].name);
        bool fits = to->out->count < PACK_FILES_MAX && name.n <= PACK_NAME_MAX &&
                    total(to->out) + own.items[i].content.n <= PACK_BYTES_MAX;
        if (!fits) return refuse(to->a, to->p, "file_size", name);
        *ARENA_PUSH(to->a, to->out) = (struct pack_file){name, own.items[i].content};
    }
    return st;
}

// The ids in "needs" of every pack.json so far, until none is new. A file that cannot be read names nobody:
// pack_read says what is wrong with it.
static enum status gather(struct folder *to, const char *path) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < to->out->count && !st; i++) {
        struct text ids[PACK_NEEDS_MAX];
        struct pack_file f = to->out->items[i];
        if (!text_ends(f.name, T("pack.json"))) continue;
        size_t count = pack_needs_of(to->a, f.content, ids);
        for (size_t k = 0; k < count && !st; k++)
            if (pack_file_name_ok(ids[k]) && !text_find(ids[k], T("/"), &(size_t){0}) &&
                !is_gathered(to->out, ids[k], to->a))
                st = gather_one(to, path, ids[k]);
    }
    return st;
}

enum status pack_files_from_folder(struct arena *a, const char *path, struct pack_files *out,
                                   struct problem *p) {
    struct folder f = {a, out, p};
    bool is_there;
    *out = (struct pack_files){0};
    enum status st = read_pack_folder(&f, path, &is_there);
    if (!is_there) return refuse(a, p, "folder", text_of(path));
    if (!st) st = gather(&f, path);
    if (!st && out->count) qsort(out->items, out->count, sizeof *out->items, by_name);
    return st;
}

// ---- bytes
// -------------------------------------------------------------------------------------------------

// Deterministic CBOR: shorter names first, then bytewise.
static int by_encoding(const void *a, const void *b) {
    const struct pack_file *const *x = a, *const *y = b;
    if ((*x)->name.n != (*y)->name.n) return (*x)->name.n < (*y)->name.n ? -1 : 1;
    return text_cmp((*x)->name, (*y)->name);
}

struct bytes pack_files_encode(struct arena *a, const struct pack_files *files) {
    const struct pack_file **order = ARENA_ARRAY(a, const struct pack_file *, files->count + 1);
    for (size_t i = 0; i < files->count; i++) order[i] = &files->items[i];
    qsort(order, files->count, sizeof *order, by_encoding);
    struct out o = {.arena = a};
    cbor_map(&o, files->count);
    for (size_t i = 0; i < files->count; i++) {
        cbor_text(&o, order[i]->name);
        cbor_bytes(&o, order[i]->content);
    }
    return bytes_of(out_done(&o));
}

enum status pack_files_decode(struct arena *a, struct bytes b, struct pack_files *out) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item map, name, content;
    *out = (struct pack_files){0};
    if (b.n > PACK_BYTES_MAX + PACK_FILES_MAX * (PACK_NAME_MAX + 16)) return STATUS_CORRUPT;
    if (cbor_next(&r, &map) != STATUS_OK || map.kind != CBOR_MAP || map.integer > PACK_FILES_MAX)
        return STATUS_CORRUPT;
    for (int64_t i = 0; i < map.integer; i++) {
        if (cbor_next(&r, &name) != STATUS_OK || cbor_next(&r, &content) != STATUS_OK) return STATUS_CORRUPT;
        bool ok = name.kind == CBOR_TEXT && pack_file_name_ok(name.text) && content.kind == CBOR_BYTES &&
                  content.bytes.n <= PACK_FILE_BYTES_MAX && !pack_file_find(out, name.text);
        if (!ok) return STATUS_CORRUPT;
        *ARENA_PUSH(a, out) = (struct pack_file){name.text, content.bytes};
    }
    if (out->count) qsort(out->items, out->count, sizeof *out->items, by_name);
    return r.at == r.end ? STATUS_OK : STATUS_CORRUPT;
}
