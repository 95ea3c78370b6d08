// natural_may.c - whoever says something about records must be able to see who is meant by each of them.
#include "search/natural_inside.h"

// What a command is about: records that must all be seen, and natural persons of whom one record must be.
struct about {
    struct ids records, persons;
};

static enum status add_proposal(struct db *db, int64_t proposal, struct arena *a, struct about *out) {
    struct natural_proposal x;
    enum status st = natural_proposal_read(db, proposal, a, &x);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st; // the act itself says so
    if (x.record) ids_add(a, &out->records, x.record);
    if (x.natural) ids_add(a, &out->persons, x.natural);
    if (x.other) ids_add(a, &out->persons, x.other);
    return STATUS_OK;
}

static enum status what_about(struct db *db, const struct natural_command *c, struct arena *a,
                              struct about *out) {
    int64_t home;
    if (c->proposal) return add_proposal(db, c->proposal, a, out);
    if (c->record) ids_add(a, &out->records, c->record);
    if (c->other_record) ids_add(a, &out->records, c->other_record);
    if (c->person) ids_add(a, &out->persons, c->person);
    if (c->other) ids_add(a, &out->persons, c->other);
    if (c->act != NATURAL_UNLINK) return STATUS_OK;
    enum status st = natural_home(db, c->record, &home);
    if (!st && home) ids_add(a, &out->persons, home);
    return st;
}

static size_t seen_of(const struct search_hits *hits) {
    size_t n = 0;
    for (size_t i = 0; i < hits->count; i++) n += hits->items[i].shows_who;
    return n;
}

// The records of a natural person other than the one that the command names. With none, there is nobody to
// see.
static enum status sees_person(struct search *s, const struct actor *actor, const struct look *look,
                               struct db *db, int64_t natural, const struct ids *named, struct arena *a,
                               bool *sees) {
    struct ids tree = {0}, records = {0}, others = {0};
    struct search_hits hits = {0};
    enum status st = natural_tree(db, natural, a, &tree);
    if (!st) st = natural_records(db, &tree, a, &records);
    for (size_t i = 0; i < records.count && others.count < PERSONS_SHOWN_MAX; i++)
        if (!ids_have(named, records.items[i])) ids_add(a, &others, records.items[i]);
    if (!st)
        st = show_records(s, actor, look, db, others.items, others.count, false, T("same_person"), a, &hits);
    *sees = !others.count || seen_of(&hits) > 0;
    return st;
}

static enum status sees_all(struct search *s, const struct actor *actor, const struct look *look,
                            struct db *db, const struct about *about, struct arena *a, bool *sees) {
    struct search_hits hits = {0};
    struct ids there = {0};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < about->records.count && !st; i++) { // what is no more, the act itself refuses
        st = record_there(db, about->records.items[i]);
        if (!st) ids_add(a, &there, about->records.items[i]);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    }
    if (!st)
        st = show_records(s, actor, look, db, there.items, there.count, false, T("same_person"), a, &hits);
    *sees = seen_of(&hits) == there.count;
    for (size_t i = 0; i < about->persons.count && !st && *sees; i++)
        st = sees_person(s, actor, look, db, about->persons.items[i], &about->records, a, sees);
    return st;
}

static enum status refuse(struct search *s, const struct actor *actor, const struct natural_command *c,
                          struct problem *p) {
    struct access_trace trace = {.actor = actor,
                                 .purpose = c->purpose,
                                 .relation = T("none"),
                                 .what = T("same_person"),
                                 .rule = "natural_not_seen"};
    enum status recorded = access_record_now(s->journal, &trace);
    *p = (struct problem){.field = "", .rule = trace.rule, .text_key = "problem.natural.not_seen"};
    return recorded ? recorded : STATUS_REFUSED;
}

enum status natural_sees(struct search *s, const struct actor *actor, const struct natural_command *c,
                         struct arena *a, struct problem *p) {
    struct look look = {.purpose = c->purpose, .reason = c->look_reason};
    struct about about = {0};
    struct db *db;
    bool sees = false;
    enum status st = store_reader(journal_store(s->journal), &db);
    if (st) return st;
    st = what_about(db, c, a, &about);
    if (!st) st = sees_all(s, actor, &look, db, &about, a, &sees);
    store_reader_release(journal_store(s->journal), db);
    return st || sees ? st : refuse(s, actor, c, p);
}
