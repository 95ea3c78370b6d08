#include <stdlib.h>
#include <string.h>

#include "web/parse.h"
#include "web/server.h"

enum { HASH_CHARS = 12 };

struct asset {
    struct text plain, address, name, hash, media;
    struct bytes bytes, br, gz;
};
struct assets {
    struct arena arena;
    struct {
        struct asset *items;
        size_t count, capacity;
    } list;
};

static struct text media_of(struct text name) {
    static const struct {
        const char *ending, *media;
    } KNOWN[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".woff2", "font/woff2"},
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (text_ends(name, text_of(KNOWN[i].ending))) return text_of(KNOWN[i].media);
    return T("application/octet-stream");
}

static const struct embedded *file_find(const struct embedded_list *files, struct text name) {
    for (size_t i = 0; i < files->count; i++)
        if (text_eq(text_of(files->files[i].name), name)) return &files->files[i];
    return NULL;
}

static struct bytes variant(struct assets *a, const struct embedded_list *files, struct text name,
                            struct text ending) {
    const struct embedded *f = file_find(files, TEXT_JOIN(&a->arena, name, ending));
    return f ? (struct bytes){f->p, f->n} : (struct bytes){0};
}

// "app.0123456789ab.css" is "app.css" with its hash.
static bool split_hash(struct arena *a, struct text name, struct text *plain, struct text *hash) {
    size_t end = name.n;
    while (end > 0 && name.p[end - 1] != '.') end--;
    if (end < HASH_CHARS + 3) return false;
    size_t from = end - 1 - HASH_CHARS;
    if (from == 0 || name.p[from - 1] != '.') return false;
    *hash = text_slice(name, from, from + HASH_CHARS);
    *plain = TEXT_JOIN(a, text_slice(name, 0, from - 1), text_slice(name, end - 1, name.n));
    return true;
}

struct assets *assets_new(const struct embedded_list *files) {
    struct assets *a = calloc(1, sizeof *a);
    if (!a) abort();
    for (size_t i = 0; i < files->count; i++) {
        struct asset found = {.name = text_of(files->files[i].name)};
        if (text_ends(found.name, T(".br")) || text_ends(found.name, T(".gz"))) continue;
        if (!split_hash(&a->arena, found.name, &found.plain, &found.hash)) continue;
        found.address = TEXT_JOIN(&a->arena, T("/assets/"), found.name);
        found.media = media_of(found.name);
        found.bytes = (struct bytes){files->files[i].p, files->files[i].n};
        found.br = variant(a, files, found.name, T(".br"));
        found.gz = variant(a, files, found.name, T(".gz"));
        *ARENA_PUSH(&a->arena, &a->list) = found;
    }
    return a;
}

void assets_free(struct assets *a) {
    if (!a) return;
    arena_free(&a->arena);
    free(a);
}

bool assets_address(void *assets, struct text name, struct text *address) {
    const struct assets *a = assets;
    for (size_t i = 0; i < a->list.count; i++) {
        if (!text_eq(a->list.items[i].plain, name)) continue;
        *address = a->list.items[i].address;
        return true;
    }
    return false;
}

enum status assets_answer(const struct assets *a, struct request *q, struct response *r) {
    struct text name = text_slice(q->path, sizeof "/assets/" - 1, q->path.n);
    const struct asset *found = NULL;
    for (size_t i = 0; i < a->list.count && !found; i++)
        if (text_eq(a->list.items[i].name, name)) found = &a->list.items[i];
    if (!found) return STATUS_NOT_FOUND;
    struct text etag = TEXT_JOIN(q->arena, T("\""), found->hash, T("\""));
    struct text codings = request_header(q, "Accept-Encoding");
    r->cache = CACHE_FOREVER;
    response_header(q, r, "ETag", etag);
    response_header(q, r, "Vary", T("Accept-Encoding"));
    r->media = found->media;
    if (parse_etag_matches(request_header(q, "If-None-Match"), etag)) {
        r->status = 304;
        return STATUS_OK;
    }
    r->constant = found->bytes;
    if (found->br.n && parse_allows(codings, T("br"))) {
        r->constant = found->br;
        response_header(q, r, "Content-Encoding", T("br"));
    } else if (found->gz.n && parse_allows(codings, T("gzip"))) {
        r->constant = found->gz;
        response_header(q, r, "Content-Encoding", T("gzip"));
    }
    return STATUS_OK;
}
