// show.c - what is shown of records: persons of cases and entries of registers, each as far as the actor may
// see it, and each with a trace that its person can read.
#include "search/inside.h"
#include "search/natural_inside.h"
#include "search/rules.h"

static struct text number_of(struct db *db, int64_t record, struct arena *a) {
    struct natural_view v;
    int64_t natural;
    if (natural_by_record(db, record, &natural) || natural_read(db, natural, a, &v)) return T("");
    return v.number;
}

// False: there is no such record.
static bool place(struct search *s, struct db *db, int64_t record, struct arena *a, struct search_hit *h) {
    struct identity_record ignored;
    struct entry_place e;
    *h = (struct search_hit){.record = record, .mark = memory_mark(s->memory, record)};
    if (!cases_identity(db, record, a, &ignored)) return h->kind = SEARCH_CASE, true;
    if (!s->registers || entry_place(s, db, record, search_today(s), a, &e)) return false;
    h->kind = SEARCH_ENTRY;
    h->is_over = e.is_over;
    h->is_watched = e.is_watched;
    h->is_contested = e.is_contested;
    h->expires = e.expires;
    h->review = e.review;
    return true;
}

static size_t ids_of(const struct search_hits *hits, enum search_kind kind, int64_t *ids) {
    size_t n = 0;
    for (size_t i = 0; i < hits->count && n < PERSONS_SHOWN_MAX; i++)
        if (hits->items[i].kind == kind) ids[n++] = hits->items[i].record;
    return n;
}

static struct search_hit *hit_of(struct search_hits *hits, int64_t record) {
    for (size_t i = 0; i < hits->count; i++)
        if (hits->items[i].record == record) return &hits->items[i];
    return NULL;
}

// Whose roles show nothing of any case learns nothing of them; that is recorded.
static enum status show_persons(struct search *s, const struct actor *actor, const struct look *look,
                                struct search_hits *hits, struct text what, struct arena *a) {
    int64_t ids[PERSONS_SHOWN_MAX];
    size_t n = ids_of(hits, SEARCH_CASE, ids);
    struct persons_shown shown;
    enum status st = cases_show_persons(s->cases, actor, look, ids, n, what, a, &shown, NULL);
    for (size_t i = 0; i < shown.count && !st; i++) {
        struct search_hit *h = hit_of(hits, shown.items[i].person);
        h->who = shown.items[i];
        h->reference = h->who.case_no;
        h->record_seen = h->who.record;
        h->is_told = true;
        h->is_seen = h->shows_who = h->may_read = h->who.is_seen;
    }
    return st == STATUS_REFUSED ? STATUS_OK : st;
}

static void add_columns(const struct entry_shown *x, struct arena *a, struct search_hit *h) {
    for (size_t i = 0; i < x->row.answers.count; i++) {
        struct answer said = x->row.answers.items[i];
        const struct form_field *field = form_field_at(x->of->form, said.path);
        if (field) *ARENA_PUSH(a, &h->columns) = (struct search_column){field, said.value};
    }
}

static enum status show_entries(struct search *s, const struct actor *actor, const struct look *look,
                                struct search_hits *hits, struct text what, struct arena *a) {
    int64_t ids[PERSONS_SHOWN_MAX];
    size_t n = ids_of(hits, SEARCH_ENTRY, ids);
    struct entries_shown shown;
    if (!n) return STATUS_OK;
    enum status st = registers_show(s->registers, actor, look, ids, n, what, a, &shown);
    for (size_t i = 0; i < shown.count && !st; i++) {
        struct entry_shown *x = &shown.items[i];
        struct search_hit *h = hit_of(hits, x->row.entry);
        h->of = x->of;
        h->pack = x->pack;
        h->reference = x->row.reference;
        h->hidden = x->row.hidden;
        h->record_seen = x->record;
        h->is_told = true;
        h->is_seen = !x->row.is_hit_only;
        h->shows_who = x->shows_who;
        h->may_read = x->may_read;
        add_columns(x, a, h);
    }
    return st;
}

enum status show_records(struct search *s, const struct actor *actor, const struct look *look, struct db *db,
                         const int64_t *records, size_t count, bool only_hits, struct text what,
                         struct arena *a, struct search_hits *out) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct search_hit h;
        if (place(s, db, records[i], a, &h) && !(only_hits && h.is_over)) *ARENA_PUSH(a, out) = h;
    }
    enum status st = show_persons(s, actor, look, out, what, a);
    if (!st) st = show_entries(s, actor, look, out, what, a);
    for (size_t i = 0; i < out->count && !st; i++) {
        if (!out->items[i].is_told) continue;
        out->items[i].natural = number_of(db, out->items[i].record, a);
        out->items[kept++] = out->items[i];
    }
    out->count = kept;
    return st;
}

enum status search_show(struct search *s, const struct actor *actor, const struct look *look,
                        const int64_t *records, size_t count, struct text what, struct arena *a,
                        struct search_hits *out) {
    struct db *db;
    *out = (struct search_hits){0};
    enum status st = store_reader(journal_store(s->journal), &db);
    if (st) return st;
    st = show_records(s, actor, look, db, records, count, false, what, a, out);
    store_reader_release(journal_store(s->journal), db);
    return st;
}

enum status search_compare(struct search *s, const struct actor *actor, const struct look *look, int64_t left,
                           int64_t right, struct arena *a, struct search_pair *out) {
    struct search_hits both;
    *out = (struct search_pair){0};
    enum status st = search_show(s, actor, look, (int64_t[]){left, right}, 2, T("same_person"), a, &both);
    if (st) return st;
    if (both.count != 2) return STATUS_NOT_FOUND;
    out->left = both.items[0];
    out->right = both.items[1];
    out->is_compared = out->left.shows_who && out->right.shows_who;
    if (out->is_compared)
        identity_compare(&out->left.record_seen, &out->right.record_seen, search_rules(s->cases), a,
                         &out->how);
    return STATUS_OK;
}
