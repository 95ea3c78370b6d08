// natural_system.c - what the system itself writes down about natural persons: pairs that people should look
// at, and records that are no more.
#include "search/natural_inside.h"

enum { PAIRS_AN_EVENT = 1000 }; // five numbers each: far below EVENT_BYTES_MAX

struct offering {
    const struct natural_offer *offers;
    size_t count;
    const struct natural_through *through;
};

// Nobody has decided on it, or one of the two is not as it was then. Two that are one person already are no
// question.
static enum status is_open_question(struct write *w, const struct natural_offer *x, bool *is_open) {
    struct natural_pair p;
    int64_t one = 0, other = 0;
    *is_open = false;
    enum status st = natural_by_record(w->db, x->left, &one);
    if (!st) st = natural_by_record(w->db, x->right, &other);
    if (st && st != STATUS_NOT_FOUND) return st;
    if (one && one == other) return STATUS_OK;
    st = natural_pair_read(w->db, x->left, x->right, w->arena, &p);
    if (st == STATUS_NOT_FOUND) return *is_open = true, STATUS_OK;
    if (!st) *is_open = p.left_mark != x->left_mark || p.right_mark != x->right_mark;
    return st;
}

static enum status offer(struct write *w, void *argument, struct problem *p) {
    const struct offering *o = argument;
    struct events *out = events_new(w->arena);
    struct ids flat = {0};
    (void)p;
    for (size_t i = 0; i < o->count; i++) {
        const struct natural_offer *x = &o->offers[i];
        bool is_open;
        enum status st = is_open_question(w, x, &is_open);
        if (st) return st;
        if (!is_open) continue;
        int64_t five[] = {x->left, x->right, x->score, x->left_mark, x->right_mark};
        for (int k = 0; k < 5; k++) *ARENA_PUSH(w->arena, &flat) = five[k];
    }
    struct event_draft *e = events_add(out, &EVENT_natural_compared, 0, 0);
    draft_bytes(e, "pairs", ids_encode(w->arena, &flat));
    draft_int(e, "through_at", o->through->at.ms);
    draft_int(e, "through", o->through->seq);
    draft_int(e, "through_entry", o->through->entry);
    return write_events(w, 0, out);
}

enum status natural_offer(struct journal *j, const struct natural_offer *offers, size_t count,
                          const struct natural_through *through) {
    size_t at = 0;
    do {
        size_t n = count - at < PAIRS_AN_EVENT ? count - at : PAIRS_AN_EVENT;
        struct offering o = {n ? offers + at : NULL, n, through};
        struct arena a = {0};
        enum status st = journal_write_repeatable(j, offer, &o, &a, NULL);
        arena_free(&a);
        if (st) return st;
        at += n;
    } while (at < count);
    return STATUS_OK;
}

// ---- records that are no more ----

struct forgetting {
    const int64_t *records;
    size_t count;
};

static enum status subjects_of(struct db *db, int64_t record, struct arena *a, struct ids *out) {
    static const struct sql OWN = SQL(
        "natural_subjects",
        "select pair_id from natural_pair where left_id = :record and pair_id <> 0 union select pair_id from"
        " natural_pair where right_id = :record and pair_id <> 0 union select release_id from natural_release"
        " where record_id = :record");
    struct rows r;
    enum status st = DB_QUERY(db, &r, &OWN, V_INT(record));
    while (!st && rows_next(&r)) ids_add(a, out, row_int(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status proposals_of(struct db *db, int64_t record, struct arena *a, struct ids *out) {
    static const struct sql BY_RECORD = SQL(
        "natural_proposals_by_record", "select proposal_id from natural_proposal where record_id = :record"
                                       " and record_id <> 0 and reason <> ''");
    struct natural_view v;
    struct natural_proposals all = {0};
    struct rows r;
    int64_t natural;
    enum status st = DB_QUERY(db, &r, &BY_RECORD, V_INT(record));
    while (!st && rows_next(&r)) ids_add(a, out, row_int(&r, 0));
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    st = natural_by_record(db, record, &natural);
    if (!st) st = natural_read(db, natural, a, &v);
    if (!st) st = natural_history(db, &v, a, &all);
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i].reason.n) ids_add(a, out, all.items[i].proposal);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status erase_keys(struct write *w, const struct ids *subjects) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < subjects->count && !st; i++) st = write_subject_erase(w, 0, subjects->items[i]);
    return st;
}

// Reasons may tell of the person whose record is gone: those of its pairs, and all that was said of whom it
// was linked to.
static enum status forget(struct write *w, void *argument, struct problem *p) {
    const struct forgetting *f = argument;
    struct events *out = events_new(w->arena);
    struct ids subjects = {0}, proposals = {0};
    enum status st = STATUS_OK;
    (void)p;
    for (size_t i = 0; i < f->count && !st; i++) {
        st = subjects_of(w->db, f->records[i], w->arena, &subjects);
        if (!st) st = proposals_of(w->db, f->records[i], w->arena, &proposals);
        draft_int(events_add(out, &EVENT_natural_record_left, 0, 0), "record", f->records[i]);
    }
    for (size_t i = 0; i < proposals.count; i++)
        draft_int(events_add(out, &EVENT_natural_reason_erased, 0, 0), "proposal", proposals.items[i]);
    if (!st) st = erase_keys(w, &subjects);
    if (!st) st = erase_keys(w, &proposals);
    return st ? st : write_events(w, 0, out);
}

enum status natural_forget(struct journal *j, const int64_t *records, size_t count) {
    struct forgetting f = {records, count};
    struct arena a = {0};
    enum status st = count ? journal_write_repeatable(j, forget, &f, &a, NULL) : STATUS_OK;
    arena_free(&a);
    return st;
}
