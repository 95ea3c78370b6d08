// show.c - what the log shows of itself: checkpoints with their cosignatures, the state of one event,
// bundles.
#include "proof/inside.h"

static const struct sql COSIGNED_READ =
    SQL("proof_cosigned_read", "select note from cosigned_checkpoint where size = :size");
// Served by the primary key. Some seconds are enough to see who signs: the ones of one hour at most.
static const struct sql COSIGNED_FROM =
    SQL("proof_cosigned_from",
        "select note, stamp from cosigned_checkpoint where size >= :seq order by size limit 100");

static size_t count_signatures(struct arena *a, struct text note) {
    struct note n;
    return note_read(a, note, &n) ? 0 : n.signature_count;
}

enum status proof_checkpoint(struct journal *j, struct db *db, struct arena *a, struct text *note) {
    struct rows r;
    struct note n;
    struct checkpoint c;
    enum status st = journal_checkpoint(j, db, a, note);
    if (!st) st = note_read(a, *note, &n);
    if (!st) st = checkpoint_read(a, n.text, &c);
    if (st) return st;
    st = DB_ONE(db, &r, &COSIGNED_READ, V_INT((int64_t)c.size));
    if (!st) *note = text_copy(a, row_text(&r, 0));
    enum status end = rows_end(&r);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st ? st : end;
}

enum status proof_checkpoint_of(struct journal *j, struct db *db, int64_t seq, struct arena *a,
                                struct text *note, struct bytes *stamp) {
    struct rows r;
    size_t best = 0;
    bool is_stamped = false;
    *stamp = (struct bytes){0};
    enum status st = DB_QUERY(db, &r, &COSIGNED_FROM, V_INT(seq));
    while (!st && rows_next(&r)) {
        size_t signatures = count_signatures(a, row_text(&r, 0));
        bool has_stamp = !row_is_null(&r, 1);
        if (signatures < best || (signatures == best && has_stamp <= is_stamped)) continue;
        best = signatures;
        is_stamped = has_stamp;
        *note = text_copy(a, row_text(&r, 0));
        *stamp = bytes_copy(a, row_bytes(&r, 1));
    }
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    return best ? STATUS_OK : proof_checkpoint(j, db, a, note);
}

enum status proof_state_among(const struct proof_witnesses *w, struct db *db, int64_t seq,
                              struct proof_state *out) {
    int64_t events = 0;
    *out = (struct proof_state){0};
    enum status st = journal_size(db, &events);
    if (st) return st;
    for (size_t i = 0; i < w->count; i++) {
        if (!w->items[i].cosigned_at.ms || w->items[i].size < (uint64_t)seq) continue;
        out->confirmed++;
        if (w->items[i].cosigned_at.ms > out->confirmed_at.ms) out->confirmed_at = w->items[i].cosigned_at;
    }
    out->is_recorded = seq >= 1 && seq <= events;
    out->witnesses = w->count;
    return STATUS_OK;
}

enum status proof_state_of(struct db *db, int64_t seq, struct proof_state *out) {
    struct arena a = {0};
    struct proof_witnesses w;
    *out = (struct proof_state){0};
    enum status st = proof_witnesses_read(db, &a, &w);
    if (!st) st = proof_state_among(&w, db, seq, out);
    arena_free(&a);
    return st;
}

// All of it but the leaf and its opening.
static enum status begin_bundle(struct journal *j, struct db *db, int64_t seq, struct arena *a,
                                struct proof_bundle *b) {
    struct note n;
    struct checkpoint c;
    struct ledger_storage tiles = journal_tiles(&db);
    *b = (struct proof_bundle){.index = (uint64_t)seq - 1};
    if (seq < 1) return STATUS_NOT_FOUND;
    enum status st = proof_checkpoint_of(j, db, seq, a, &b->signed_note, &b->stamp);
    if (!st) st = note_read(a, b->signed_note, &n);
    if (!st) st = checkpoint_read(a, n.text, &c);
    return st ? st : ledger_inclusion(&tiles, b->index, c.size, a, &b->proof);
}

static struct text end_bundle(struct arena *a, struct proof_bundle *b) {
    if (b->leaf.n > BUNDLE_LEAF_MAX) b->leaf = b->opening = (struct bytes){0}; // whoever checks has it
    return bundle_print(a, b);
}

enum status proof_bundle(struct journal *j, struct db *db, int64_t seq, bool with_leaf, bool is_open,
                         struct arena *a, struct text *file) {
    struct proof_bundle b;
    struct key opening;
    enum status st = begin_bundle(j, db, seq, a, &b);
    if (!st && with_leaf) st = journal_leaf(db, seq, a, &b.leaf);
    if (!st && with_leaf && is_open) {
        enum status opened = journal_opening(j, db, b.leaf, &opening);
        if (!opened) b.opening = bytes_copy(a, (struct bytes){opening.b, KEY_BYTES});
        if (opened != STATUS_NOT_FOUND) st = opened;
        key_wipe(&opening);
    }
    if (!st) *file = end_bundle(a, &b);
    return st;
}

enum status proof_bundle_opened(struct journal *j, struct db *db, int64_t seq, const struct key *opening,
                                struct arena *a, struct text *file) {
    struct proof_bundle b;
    enum status st = begin_bundle(j, db, seq, a, &b);
    if (!st) st = journal_leaf(db, seq, a, &b.leaf);
    if (st) return st;
    b.opening = (struct bytes){opening->b, KEY_BYTES};
    *file = end_bundle(a, &b);
    return STATUS_OK;
}
