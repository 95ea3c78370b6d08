// document_seal.c - the seal of a document: what a scanner gives as bytes, and the certificates that this
// authority keeps for checking, as files of one folder.
#include <dirent.h>
#include <stdio.h>

#include "base/encode.h"
#include "web/app.h"
#include "web/pages/document_check.h"

enum { CERTIFICATES_MAX = 500, CERTIFICATE_FILE_MAX = 16 * 1024 };

static bool is_certificate_name(struct text name) {
    return text_ends(name, T(".cer")) || text_ends(name, T(".crt")) || text_ends(name, T(".der"));
}

static struct bytes file_bytes(struct arena *a, struct text folder, struct text name) {
    FILE *f = fopen(text_c(a, TEXT_JOIN(a, folder, T("/"), name)), "re");
    if (!f) return (struct bytes){0};
    uint8_t *p = arena_alloc(a, CERTIFICATE_FILE_MAX);
    size_t n = fread(p, 1, CERTIFICATE_FILE_MAX, f);
    fclose(f);
    return (struct bytes){p, n};
}

// The first certificate that says more than "another one's" ends the search.
enum seal_result document_seal_check(struct request *q, const struct seal *s) {
    enum seal_result r = seal_check(s, (struct bytes){0});
    struct text folder = page_app(q)->trust_folder;
    DIR *d = r == SEAL_NO_CERTIFICATE && folder.n ? opendir(text_c(q->arena, folder)) : NULL;
    int looked_at = 0;
    for (struct dirent *e;
         d && r == SEAL_NO_CERTIFICATE && (e = readdir(d)) && looked_at < CERTIFICATES_MAX;) {
        struct arena a = {0};
        if (is_certificate_name(text_of(e->d_name))) {
            enum seal_result now = seal_check(s, file_bytes(&a, folder, text_of(e->d_name)));
            if (now != SEAL_CERTIFICATE_UNREADABLE) r = now;
            looked_at++;
        }
        arena_free(&a);
    }
    if (d) closedir(d);
    return r;
}

static struct text without_spaces(struct arena *a, struct text t) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++)
        if ((uint8_t)t.p[i] > ' ') out_byte(&o, t.p[i]);
    return out_done(&o);
}

enum status document_seal_read(struct arena *a, struct text typed, struct seal *out, struct problem *p) {
    struct text t = without_spaces(a, typed);
    struct bytes raw;
    if (t.n > 2 * SEAL_BYTES_MAX) return problem(p, "seal", "seal_too_long", "problem.seal.too_long");
    if (hex_decode(a, t, &raw) && base64_decode(a, t, &raw) && base64url_decode(a, t, &raw))
        return problem(p, "seal", "seal_encoding", "problem.seal.encoding");
    return seal_read(a, raw, out, p);
}
