// note.c - what a request for data leaves behind on each side: who, for what, on which ground, what kind of
// answer. Never the data.
#include "lookup/inside.h"

static const struct sql NOTE =
    SQL("lookup_note_add",
        "insert into lookup_note (seq, at, side, account, unit, other, lookup, purpose, ground, class)"
        " values (:seq, :at, :side, :account, :unit, :other, :lookup, :purpose, :ground, :class)");
static const struct sql WATCH =
    SQL("lookup_watch_add", "insert into lookup_watch (account, lookup, entry, purpose, ground, until)"
                            " values (:account, :lookup, :entry, :purpose, :ground, :until)"
                            " on conflict (account, lookup, entry) do update set purpose = excluded.purpose,"
                            " ground = excluded.ground, until = excluded.until");
// Served by lookup_note_by_account.
static const struct sql COUNT =
    SQL("lookup_note_count", "select count(*) from lookup_note where account = :account and lookup = :lookup"
                             " and at >= :since and side = 'answered'");
// Served by the primary key.
static const struct sql WATCHES =
    SQL("lookup_watches", "select lookup, entry from lookup_watch where account = :account"
                          " and purpose = :purpose and until > :now order by lookup, entry limit :limit");
// Served by the primary key.
static const struct sql NOTES =
    SQL("lookup_notes",
        "select n.seq, n.at, n.side, n.account, coalesce(x.name, ''), n.unit, n.other, n.lookup, n.purpose,"
        " n.ground, n.class from lookup_note n left join account x on x.account_id = n.account"
        " where n.seq < :before order by n.seq desc limit :limit");

static enum status apply_noted(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &NOTE, V_INT(e->seq), V_INT(e->at.ms), V_TEXT(event_text(e, "side")),
                            V_INT(e->actor), V_TEXT(event_text(e, "unit")), V_INT(event_int(e, "other")),
                            V_TEXT(event_text(e, "lookup")), V_TEXT(event_text(e, "purpose")),
                            V_TEXT(event_text(e, "ground")), V_TEXT(event_text(e, "class")));
    if (st || !event_int(e, "watched")) return st;
    return DB_RUN(db, &WATCH, V_INT(e->actor), V_TEXT(event_text(e, "lookup")),
                  V_INT(event_int(e, "watched")), V_TEXT(event_text(e, "purpose")),
                  V_TEXT(event_text(e, "ground")), V_INT(event_int(e, "until")));
}
// Stream 0: whom it is about is told by the trace in the entry's own stream. Open fields alone.
static const struct event_type LOOKUP_NOTED = {"lookup_noted", apply_noted};
const struct event_type *const lookup_event_types[] = {&LOOKUP_NOTED, NULL};

static enum status write_note(struct write *w, void *argument, struct problem *p) {
    const struct noted *n = argument;
    struct events *out = events_new(w->arena);
    struct event_draft *e = events_add(out, &LOOKUP_NOTED, 0, 0);
    (void)p;
    draft_text(e, "side", text_of(n->side));
    draft_text(e, "lookup", n->q->lookup);
    draft_text(e, "purpose", n->purpose);
    draft_text(e, "ground", n->q->ground);
    draft_text(e, "class", text_of(n->class));
    draft_text(e, "unit", n->actor->unit);
    draft_int(e, "other", n->other);
    draft_int(e, "watched", n->watched);
    draft_int(e, "until", n->watched ? date_to_days(n->q->watch_until) * 86400000 + 86400000 : 0);
    return write_events(w, n->actor->account, out);
}

enum status lookup_note_write(struct lookup *l, const struct noted *n, struct arena *a, struct problem *p) {
    return journal_write_repeatable(l->journal, write_note, (void *)n, a, p);
}

enum status lookup_note_count(struct lookup *l, int64_t account, struct text lookup, struct moment since,
                              int64_t *count) {
    struct db *db;
    enum status st = store_reader(journal_store(l->journal), &db);
    if (st) return st;
    st = DB_INT(db, count, &COUNT, V_INT(account), V_TEXT(lookup), V_INT(since.ms));
    store_reader_release(journal_store(l->journal), db);
    return st;
}

enum status watches_of(struct db *db, int64_t account, struct text purpose, struct moment now,
                       struct arena *a, struct watch_list *out) {
    struct rows r;
    enum status st =
        DB_QUERY(db, &r, &WATCHES, V_INT(account), V_TEXT(purpose), V_INT(now.ms), V_INT(LOOKUP_WATCHES_MAX));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct watched){text_copy(a, row_text(&r, 0)), row_int(&r, 1)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_notes(struct db *db, int64_t before, struct arena *a, struct lookup_notes *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &NOTES, V_INT(before ? before : INT64_MAX), V_INT(LOOKUP_NOTES_SHOWN));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct lookup_note){.seq = row_int(&r, 0),
                                                   .at = {row_int(&r, 1)},
                                                   .side = text_copy(a, row_text(&r, 2)),
                                                   .account = row_int(&r, 3),
                                                   .name = text_copy(a, row_text(&r, 4)),
                                                   .unit = text_copy(a, row_text(&r, 5)),
                                                   .other = row_int(&r, 6),
                                                   .lookup = text_copy(a, row_text(&r, 7)),
                                                   .purpose = text_copy(a, row_text(&r, 8)),
                                                   .ground = text_copy(a, row_text(&r, 9)),
                                                   .class = text_copy(a, row_text(&r, 10))};
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status lookup_log(struct lookup *l, const struct actor *actor, struct text purpose, int64_t before,
                       struct arena *a, struct lookup_notes *out, struct problem *p) {
    const struct access_question q = {.action = T("read_search_log"),
                                      .purpose = purpose,
                                      .relation = T("none"),
                                      .attribute_class = T("identity")};
    const struct access_trace trace = {
        .actor = actor, .purpose = purpose, .relation = T("none"), .what = T("lookup_log")};
    struct db *db;
    *out = (struct lookup_notes){0};
    enum status st = cases_may(l->cases, actor, &q, p);
    if (!st) st = access_record_now(l->journal, &trace);
    if (!st) st = store_reader(journal_store(l->journal), &db);
    if (st) return st;
    st = read_notes(db, before, a, out);
    store_reader_release(journal_store(l->journal), db);
    return st;
}
