// note.c - what a search leaves behind, for whoever watches over data protection: who looked, why, for what
// kinds of things; never what was typed.
#include "search/inside.h"

static const struct sql NOTE =
    SQL("search_note_add", "insert into search_note (seq, at, account, unit, purpose, kinds, sources)"
                           " values (:seq, :at, :account, :unit, :purpose, :kinds, :sources)");
// Served by the primary key.
static const struct sql NOTES =
    SQL("search_notes",
        "select n.seq, n.at, n.account, coalesce(x.name, ''), n.unit, n.purpose, n.kinds, n.sources"
        " from search_note n left join account x on x.account_id = n.account"
        " where n.seq < :before and (:account = 0 or n.account = :account) order by n.seq desc"
        " limit :limit");

static enum status apply_searched(struct db *db, const struct event *e) {
    return DB_RUN(db, &NOTE, V_INT(e->seq), V_INT(e->at.ms), V_INT(e->actor), V_TEXT(event_text(e, "unit")),
                  V_TEXT(event_text(e, "purpose")), V_TEXT(event_text(e, "kinds")),
                  V_INT(event_int(e, "sources")));
}
// Stream 0: it is about nobody yet. Open fields alone: words of the pack, kinds, and a hash.
const struct event_type EVENT_searched = {"searched", apply_searched};

struct leaving {
    const struct actor *actor;
    struct text purpose, kinds, asked;
    size_t sources;
};

static enum status write_note(struct write *w, void *argument, struct problem *p) {
    const struct leaving *n = argument;
    struct events *out = events_new(w->arena);
    struct event_draft *e = events_add(out, &EVENT_searched, 0, 0);
    (void)p;
    draft_text(e, "purpose", n->purpose);
    draft_text(e, "kinds", n->kinds);
    draft_text(e, "asked", n->asked);
    draft_text(e, "unit", n->actor->unit);
    draft_int(e, "sources", (int64_t)n->sources);
    return write_events(w, n->actor->account, out);
}

enum status note_write(struct search *s, const struct actor *actor, const struct search_ask *ask,
                       const struct search_answer *answer, size_t sources, struct arena *a,
                       struct problem *p) {
    struct leaving n = {actor, ask->look.purpose, query_kinds(a, answer->query.kinds), answer->asked,
                        sources};
    return journal_write_repeatable(s->journal, write_note, &n, a, p);
}

static enum status read_notes(struct db *db, int64_t before, int64_t account, struct arena *a,
                              struct search_notes *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &NOTES, V_INT(before ? before : INT64_MAX), V_INT(account),
                              V_INT(SEARCH_NOTES_SHOWN));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct search_note){.seq = row_int(&r, 0),
                                                   .at = {row_int(&r, 1)},
                                                   .account = row_int(&r, 2),
                                                   .name = text_copy(a, row_text(&r, 3)),
                                                   .unit = text_copy(a, row_text(&r, 4)),
                                                   .purpose = text_copy(a, row_text(&r, 5)),
                                                   .kinds = text_copy(a, row_text(&r, 6)),
                                                   .sources = row_int(&r, 7)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status search_log(struct search *s, const struct actor *actor, struct text purpose, int64_t before,
                       int64_t account, struct arena *a, struct search_notes *out, struct problem *p) {
    struct access_trace trace = {
        .actor = actor, .purpose = purpose, .relation = T("none"), .what = T("search_log")};
    struct db *db;
    *out = (struct search_notes){0};
    enum status st = search_may(s, actor, purpose, T("read_search_log"), p);
    if (!st) st = access_record_now(s->journal, &trace);
    if (!st) st = store_reader(journal_store(s->journal), &db);
    if (st) return st;
    st = read_notes(db, before, account, a, out);
    store_reader_release(journal_store(s->journal), db);
    return st;
}
