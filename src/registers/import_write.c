// import_write.c - rows of a checked file to entries, some hundred a commit; then all of them come into force
// at once.
#include <stdlib.h>

#include "base/log.h"
#include "registers/import_inside.h"

enum {
    ROWS_AT_ONCE = 200,   // of one commit: near 50 ms, so that others' commands go between
    ROWS_AN_EVENT = 1000, // come into force by one event
};

static const struct sql WRITTEN =
    SQL("register_import_written",
        "select coalesce(max(import_row), 0) from register_entry where import_id = :import");
static const struct sql REPLACED =
    SQL("register_import_replaced",
        "select import_id, rows_all from register_import where register = :register and"
        " source = :source and state = 'done' and import_id <> :import");

struct piece {
    struct registers *r;
    const struct import *m;
    const struct rights *g;
    const struct import_line *lines;
    size_t count;
    int64_t row; // of the first
};

// Somebody may have recorded one of its keys since the check.
static enum status want_free(struct doing *d, const struct piece *k, struct text keys) {
    struct text key, reference;
    while (text_cut(&keys, TERM_END, &key)) {
        enum status st =
            key.n ? import_key_taken(d->w->db, k->m, key, d->arena, &reference) : STATUS_NOT_FOUND;
        if (st != STATUS_NOT_FOUND) return st ? st : STATUS_CONFLICT;
    }
    return STATUS_OK;
}

static enum status write_one(struct doing *d, const struct piece *k, size_t i) {
    struct head h;
    d->e = (struct entry){.unit = k->m->unit, .register_id = k->m->register_id, .recorded = d->now};
    d->e.entry = write_id(d->w);
    d->e.reference = next_reference(d);
    enum status st = write_subject(d->w, d->e.entry);
    if (st) return st;
    struct layer *l = layer_add(d, "said", "known", d->today, (struct date){0});
    l->answers = k->lines[i].answers;
    l->purpose = k->m->purpose;
    struct event_draft *e = emit_layer(d, &EVENT_entry_recorded, l);
    draft_text(e, "register", k->m->register_id);
    draft_text(e, "reference", d->e.reference);
    draft_int(e, "import", k->m->import);
    draft_int(e, "row", k->row + (int64_t)i);
    st = head_now(d, &h);
    if (!st) st = want_free(d, k, h.derived.keys);
    h.state = T("importing");
    if (!st) draft_head(e, d->arena, &h);
    return st;
}

static enum status write_piece(struct write *w, void *argument, struct problem *p) {
    struct piece *k = argument;
    struct actor by = {.account = k->m->by, .kind = ACTOR_SYSTEM, .unit = k->m->unit};
    struct register_act act = {.source = {k->m->authority, T("import"), k->m->evidence, T("")}};
    struct doing d = {.r = k->r,
                      .actor = &by,
                      .act = &act,
                      .g = k->g,
                      .w = w,
                      .arena = w->arena,
                      .answer = w->arena,
                      .today = zone_date(k->r->zone, w->now),
                      .now = w->now,
                      .out = events_new(w->arena),
                      .p = p};
    int64_t written = 0;
    enum status st = DB_INT(w->db, &written, &WRITTEN, V_INT(k->m->import));
    if (!st && written >= k->row) return STATUS_OK; // another server was faster
    for (size_t i = 0; i < k->count && !st; i++) st = write_one(&d, k, i);
    return st ? st : write_events(w, k->m->by, d.out);
}

// ---- the last step

void import_move(struct events *out, int64_t import, int64_t rows, const char *before, const char *after,
                 int64_t by, struct text due) {
    for (int64_t from = 1; from <= rows; from += ROWS_AN_EVENT) {
        struct event_draft *e = events_add(out, &EVENT_entries_imported, import, 0);
        draft_int(e, "from", from);
        draft_int(e, "to", from + ROWS_AN_EVENT - 1);
        draft_text(e, "before", text_of(before));
        draft_text(e, "after", text_of(after));
        if (by) draft_int(e, "by", by);
        if (due.n) draft_text(e, "due", due);
    }
}

static enum status replace_earlier(struct write *w, const struct import *m, struct events *out) {
    struct rows q;
    enum status st = m->replaces ? DB_QUERY(w->db, &q, &REPLACED, V_TEXT(m->register_id), V_TEXT(m->source),
                                            V_INT(m->import))
                                 : STATUS_NOT_FOUND;
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    while (rows_next(&q))
        import_move(out, row_int(&q, 0), row_int(&q, 1), "current", "replaced", m->import, T(""));
    return rows_end(&q);
}

static enum status come_into_force(struct write *w, void *argument, struct problem *p) {
    const struct import *m = argument;
    struct events *out = events_new(w->arena);
    struct import now;
    enum status st = import_load(w->db, m->import, w->arena, &now);
    if (st || !text_eq(now.state, T("checked"))) return st;
    st = replace_earlier(w, m, out);
    import_move(out, m->import, m->rows, "importing", "current", 0, T(""));
    struct event_draft *e = events_add(out, &EVENT_import_done, m->import, 0);
    draft_int(e, "rows", m->rows);
    draft_text(e, "register", m->register_id);
    (void)p;
    // The file said nothing that the entries do not say, and is forgotten.
    if (!st) st = write_events(w, m->by, out);
    return st ? st : write_subject_erase(w, 0, m->import);
}

void import_forget_file(struct registers *r, struct bytes name) {
    struct hash h;
    if (name.n != HASH_BYTES) return;
    for (size_t i = 0; i < HASH_BYTES; i++) h.b[i] = name.p[i];
    enum status st = blob_remove(journal_store(r->journal), &h);
    if (st && st != STATUS_NOT_FOUND)
        log_line(LOG_WARNING, "registers.file", "status=\"%s\"",
                 status_name(st)); // nobody can read it any more
}

// ---- rows

static enum status read_piece(struct import_rows *s, struct arena *a, const struct import *m,
                              const struct rights *g, struct import_line *lines, size_t *count) {
    enum status st = STATUS_OK;
    for (*count = 0; *count < ROWS_AT_ONCE && !st;) {
        st = import_rows_next(s, a, &lines[*count]);
        if (st) break;
        if (lines[*count].problem.rule) return STATUS_CORRUPT; // it was checked, and is sealed
        struct text source = g->of->source_field;
        if (m->source.n && source.n && !answers_get(&lines[*count].answers, source).n)
            st = answers_set(&lines[*count].answers, source, m->source);
        form_prune(g->of->form, &lines[*count].answers);
        ++*count;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status write_pieces(struct registers *r, const struct import *m, const struct rights *g,
                                struct import_rows *s, int64_t written) {
    struct arena a = {0};
    struct import_line *lines = calloc(ROWS_AT_ONCE, sizeof *lines);
    if (!lines) abort(); // as arena_alloc does
    int64_t row = 0;
    size_t count = ROWS_AT_ONCE;
    enum status st = STATUS_OK;
    while (!st && count == ROWS_AT_ONCE) {
        struct problem p = {0};
        arena_reset(&a);
        st = read_piece(s, &a, m, g, lines, &count);
        struct piece k = {r, m, g, lines, count, row + 1};
        row += (int64_t)count;
        if (st || row <= written || !count) continue; // these were written before a kill
        st = journal_write_repeatable(r->journal, write_piece, &k, &a, &p);
        if (atomic_load(&r->is_stopping) && !st) st = STATUS_BUSY;
    }
    free(lines);
    arena_free(&a);
    return st;
}

static enum status open_and_write(struct registers *r, const struct import *m, const struct rights *g) {
    struct store *store = journal_store(r->journal);
    struct import_rows s;
    struct problem p = {0};
    struct key k;
    struct db *db;
    int64_t written = 0;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = DB_INT(db, &written, &WRITTEN, V_INT(m->import));
    if (!st && written < m->rows) st = import_key(db, m->import, &k);
    store_reader_release(store, db);
    if (st || written >= m->rows) return st;
    st = import_rows_open(r, m, &k, &s, &p);
    key_wipe(&k);
    if (st) return st;
    st = write_pieces(r, m, g, &s, written);
    import_rows_close(&s);
    return st;
}

enum status import_write(struct registers *r, const struct import *m, bool *done) {
    struct arena a = {0};
    struct problem p = {0};
    const struct rights *g;
    enum status st = rights_find(r, m->register_id, &g, &p);
    if (!st) st = open_and_write(r, m, g);
    if (!st) st = journal_write(r->journal, come_into_force, (void *)m, &a, &p);
    if (!st) import_forget_file(r, m->blob);
    *done = true;
    arena_free(&a);
    return st;
}
