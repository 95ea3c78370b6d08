#include "ledger/tile_path.h"

#include <inttypes.h>

#include "ledger/number.h"

enum { TILE_LEVEL_MAX = 63, INDEX_PARTS_MAX = 7 }; // 10^21 is more than uint64_t counts

static bool read_level(struct text part, struct tile_path *out) {
    uint64_t level;
    out->is_entries = text_eq(part, T("entries"));
    if (out->is_entries) return true;
    if (!number_read(part, &level) || level > TILE_LEVEL_MAX) return false;
    out->level = (int)level;
    return true;
}

// Three digits, with an x before them when more follow.
static bool add_part(struct text part, bool is_last, uint64_t *index) {
    if (!is_last && (part.n != 4 || part.p[0] != 'x')) return false;
    struct text digits = is_last ? part : text_slice(part, 1, 4);
    if (digits.n != 3) return false;
    for (size_t i = 0; i < 3; i++) {
        unsigned digit = (unsigned)(digits.p[i] - '0');
        if (digits.p[i] < '0' || digits.p[i] > '9') return false;
        if (__builtin_mul_overflow(*index, UINT64_C(10), index) ||
            __builtin_add_overflow(*index, digit, index))
            return false;
    }
    return true;
}

static bool read_width(struct text part, int *width) {
    uint64_t n;
    if (!number_read(part, &n) || n < 1 || n >= LEDGER_TILE_WIDTH) return false;
    *width = (int)n;
    return true;
}

enum status tile_path_read(struct text path, struct tile_path *out) {
    struct text rest = path, part;
    *out = (struct tile_path){.width = LEDGER_TILE_WIDTH};
    if (!text_cut(&rest, '/', &part) || !text_eq(part, T("tile"))) return STATUS_INVALID;
    if (!text_cut(&rest, '/', &part) || !read_level(part, out)) return STATUS_INVALID;
    for (int i = 0; i < INDEX_PARTS_MAX && text_cut(&rest, '/', &part); i++) {
        bool is_partial = text_ends(part, T(".p")), is_last = is_partial || !rest.p;
        if (i == 1 && out->index == 0) return STATUS_INVALID; // "x000/..." has a shorter way
        if (is_partial) part = text_slice(part, 0, part.n - 2);
        if (!add_part(part, is_last, &out->index)) return STATUS_INVALID;
        if (is_partial) return rest.p && read_width(rest, &out->width) ? STATUS_OK : STATUS_INVALID;
        if (is_last) return STATUS_OK;
    }
    return STATUS_INVALID;
}

struct text tile_path_print(struct arena *a, const struct tile_path *p) {
    struct out o = {.arena = a};
    uint64_t place = 1;
    out_c(&o, "tile/");
    if (p->is_entries)
        out_c(&o, "entries");
    else
        out_int(&o, p->level);
    while (p->index / place >= 1000) place *= 1000;
    for (; place > 1; place /= 1000) out_printf(&o, "/x%03" PRIu64, p->index / place % 1000);
    out_printf(&o, "/%03" PRIu64, p->index % 1000);
    if (p->width < LEDGER_TILE_WIDTH) out_printf(&o, ".p/%d", p->width);
    return out_done(&o);
}

enum status tile_path_hashes(const struct ledger_storage *s, const struct tile_path *p, struct arena *a,
                             struct bytes *hashes) {
    struct bytes all;
    if (p->is_entries || p->level >= LEDGER_LEVELS || p->index > INT64_MAX) return STATUS_NOT_FOUND;
    enum status st = s->read_tile(s->context, p->level, p->index, a, &all);
    size_t wanted = (size_t)p->width * HASH_BYTES;
    if (st) return st;
    if (all.n < wanted) return STATUS_NOT_FOUND;
    *hashes = (struct bytes){all.p, wanted};
    return STATUS_OK;
}
