// Signing a pack, and looking who signed it.
#include "pack/pack_sign.h"
#include "base/encode.h"

#include <stdlib.h>

#define NEEDS T("needs/")

// The files of one pack among those that are given: its own, or those below "needs/ID/".
static struct pack_files files_below(struct arena *a, const struct pack_files *all, struct text prefix) {
    struct pack_files own = {0};
    for (size_t i = 0; i < all->count; i++) {
        struct pack_file f = all->items[i];
        if (!text_starts(f.name, prefix) || (!prefix.n && text_starts(f.name, NEEDS))) continue;
        f.name = text_slice(f.name, prefix.n, f.name.n);
        *ARENA_PUSH(a, &own) = f;
    }
    return own;
}

static int by_name(const void *a, const void *b) {
    return text_cmp(((const struct pack_file *)a)->name, ((const struct pack_file *)b)->name);
}

struct text pack_list(struct arena *a, const struct pack_files *files) {
    struct out o = {.arena = a};
    struct pack_files own = files_below(a, files, T(""));
    if (own.count) qsort(own.items, own.count, sizeof *own.items, by_name);
    out_c(&o, "ostia pack\n");
    for (size_t i = 0; i < own.count; i++) {
        if (text_eq(own.items[i].name, PACK_SIGNATURE_FILE)) continue;
        struct hash h = hash_of(own.items[i].content);
        out_text(&o, hex_encode(a, hash_bytes(&h)));
        out_printf(&o, "  " TEXT_FMT "\n", TEXT_ARG(own.items[i].name));
    }
    return out_done(&o);
}

struct text pack_sign(struct arena *a, const struct pack_files *files, const struct note_signer *signer) {
    return note_sign(a, pack_list(a, files), signer, 1);
}

enum status pack_signers_read(struct arena *a, struct text lines, struct pack_signers *out,
                              struct problem *p) {
    struct text line;
    *out = (struct pack_signers){0};
    while (text_cut(&lines, '\n', &line)) {
        line = text_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (out->count == PACK_SIGNERS_MAX || note_key_read(a, line, &out->keys[out->count++])) {
            enum status st = problem(p, "pack-signers", "signer_key", "problem.pack.signer_key");
            problem_arg(p, "what", text_copy(a, line));
            return st;
        }
    }
    if (out->count) return STATUS_OK;
    return problem(p, "pack-signers", "signers_empty", "problem.pack.signers_empty");
}

static enum status refuse(struct arena *a, struct problem *p, struct text where, const char *rule) {
    enum status st = problem(p, text_c(a, where), rule, text_c(a, text_printf(a, "problem.pack.%s", rule)));
    problem_arg(p, "where", where);
    return st;
}

// The name of a known key that signed, else that of the first signature.
static struct text signer_of(const struct note *n, const struct pack_signers *signers,
                             const bool *signed_by) {
    for (size_t i = 0; i < signers->count; i++)
        if (signed_by[i]) return signers->keys[i].name;
    return n->signatures[0].name;
}

// One pack; `prefix` is empty or "needs/ID/".
static enum status check_one(struct arena *a, const struct pack_files *all, struct text prefix,
                             const struct pack_signers *signers, enum pack_signature *found, struct text *by,
                             struct problem *p) {
    struct pack_files own = files_below(a, all, prefix);
    const struct pack_file *f = pack_file_find(&own, PACK_SIGNATURE_FILE);
    struct text where = TEXT_JOIN(a, prefix, PACK_SIGNATURE_FILE);
    struct note n;
    bool signed_by[PACK_SIGNERS_MAX] = {0};
    *found = PACK_UNSIGNED;
    *by = T("");
    if (!f) return signers->count ? refuse(a, p, where, "signature_missing") : STATUS_OK;
    if (note_read(a, text_of_bytes(f->content), &n)) return refuse(a, p, where, "signature_syntax");
    if (!text_eq(n.text, pack_list(a, &own))) return refuse(a, p, where, "signature_of_other_files");
    enum status st = note_verify(&n, signers->keys, signers->count, signed_by);
    if (st == STATUS_CORRUPT) return refuse(a, p, where, "signature_wrong");
    *by = signer_of(&n, signers, signed_by);
    *found = st ? PACK_SIGNED_BY_UNKNOWN : PACK_SIGNED;
    return st && signers->count ? refuse(a, p, where, "signature_unknown") : STATUS_OK;
}

enum status pack_signature_check(struct arena *a, const struct pack_files *files,
                                 const struct pack_signers *signers, enum pack_signature *found,
                                 struct text *by, struct problem *p) {
    static const struct pack_signers NOBODY = {0};
    enum pack_signature other;
    struct text ignored, first;
    if (!signers) signers = &NOBODY;
    enum status st = check_one(a, files, T(""), signers, found, &first, p);
    if (by) *by = first;
    for (size_t i = 0; i < files->count && !st; i++) {
        struct text name = files->items[i].name;
        if (text_starts(name, NEEDS) && text_ends(name, T("/pack.json")))
            st = check_one(a, files, text_slice(name, 0, name.n - 9), signers, &other, &ignored, p);
    }
    return st;
}
