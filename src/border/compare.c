// compare.c - is the traveller whom an alert means? Seen feature by feature, said by a person, and remembered
// when not.
//
// "Not the same" is the false-hit memory of search/: for the same traveller and the same words of the entry
// it is shown as compared before, until either changes.
#include "base/encode.h"
#include "border/fields.h"
#include "border/inside.h"
#include "border/lists_inside.h"
#include "identity/identity.h"
#include "search/memory.h"
#include "search/rules.h"
#include "store/keys.h"

void traveller_record(const struct traveller *t, struct identity_record *r) {
    *r = (struct identity_record){0};
    if (t->family.n || t->given.n)
        r->names[r->name_count++] = (struct record_name){.family = t->family, .given = t->given};
    if (t->birth.year) r->births[r->birth_count++] = t->birth;
    if (t->nationality.n) r->nationalities[r->nationality_count++] = t->nationality;
    if (t->number.n)
        r->numbers[r->number_count++] = (struct record_number){.issuer = t->issuer, .number = t->number};
    if (t->sex) r->sex = (struct text){&t->sex, 1};
}

// Who was asked for: a hash with a key of the authority, so that nobody can try names.
static struct text asked_for(struct border *b, struct arena *a, const struct traveller *t) {
    struct key key = keys_derived(journal_store(b->journal), T("border.compared"));
    struct text who = TEXT_JOIN(a, t->family, T(" "), t->given, T(" "), t->number, T(" "), t->issuer);
    struct text all =
        TEXT_JOIN(a, identity_search_key(a, who), T("|"), date_print(a, t->birth), T("|"), t->nationality);
    struct hash h = hash_keyed(&key, bytes_of(all));
    key_wipe(&key);
    return hex_encode(a, hash_bytes(&h));
}

static struct date today_of(struct border *b) {
    return zone_date(b->zone, env_now(journal_env(b->journal)));
}

bool was_released(struct border *b, struct db *db, const struct traveller *who, int64_t entry,
                  struct arena *a, struct natural_pair *out) {
    struct entry_identity e;
    if (registers_identity(b->registers, db, entry, a, &e)) return false;
    return !natural_released(db, asked_for(b, a, who), entry, record_mark(&e.record), today_of(b), a, out);
}

static enum status read_both(struct border *b, struct db *db, const struct traveller *who, int64_t entry,
                             struct arena *a, struct border_comparison *out) {
    struct identity_record *left = ARENA_NEW(a, struct identity_record);
    struct entry_identity *e = ARENA_NEW(a, struct entry_identity);
    enum status st = registers_identity(b->registers, db, entry, a, e);
    if (st) return st;
    if (!text_eq(e->register_id, BORDER_ALERT)) return STATUS_NOT_FOUND;
    traveller_record(who, left);
    out->asked = asked_for(b, a, who);
    out->mark = record_mark(&e->record);
    out->is_current = text_eq(e->state, T("current"));
    out->is_cleared = !natural_released(db, out->asked, entry, out->mark, today_of(b), a, &out->cleared);
    identity_compare(left, &e->record, search_rules(registers_cases(b->registers)), a, &out->how);
    return STATUS_OK;
}

enum status border_compare(struct border *b, const struct actor *actor, const struct traveller *who,
                           int64_t entry, struct arena *a, struct border_comparison *out, struct problem *p) {
    *out = (struct border_comparison){0};
    struct access_trace trace = {.case_id = entry,
                                 .actor = actor,
                                 .purpose = BORDER_PURPOSE,
                                 .relation = T("none"),
                                 .what = T("entry")};
    struct db *db;
    enum status st = lists_may(b, actor, REGISTER_READ, BORDER_ALERT, p);
    if (!st) st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    st = read_both(b, db, who, entry, a, out);
    store_reader_release(journal_store(b->journal), db);
    return st ? st : access_record_now(b->journal, &trace);
}

enum status border_release(struct border *b, struct search *s, const struct actor *actor,
                           const struct traveller *who, int64_t entry, struct text reason, struct arena *a,
                           struct problem *p) {
    struct border_comparison x;
    struct natural_result done;
    enum status st = border_compare(b, actor, who, entry, a, &x, p);
    if (st) return st;
    struct natural_command c = {.act = NATURAL_RELEASE,
                                .reason = reason,
                                .purpose = BORDER_PURPOSE,
                                .record = entry,
                                .left_mark = x.mark,
                                .asked = x.asked};
    return natural_do(s, actor, &c, a, &done, p);
}

// ---- the same

struct confirming {
    const struct actor *actor;
    const struct border_comparison *seen;
    int64_t entry;
    struct text reason;
};

// In the entry's own stream, and sealed with its key: it goes with it.
static enum status write_confirmed(struct write *w, void *argument, struct problem *p) {
    const struct confirming *x = argument;
    struct events *events = events_new(w->arena);
    struct event_draft *e = events_add(events, &TRAVELLER_CONFIRMED, x->entry, x->entry);
    (void)p;
    draft_int(e, "entry", x->entry);
    draft_text(e, "asked", x->seen->asked);
    draft_int(e, "score", (int64_t)(x->seen->how.score * 1000));
    draft_personal_text(e, "reason", x->reason);
    return write_events(w, x->actor->account, events);
}

enum status border_confirm(struct border *b, const struct actor *actor, const struct traveller *who,
                           int64_t entry, struct text reason, struct arena *a, struct problem *p) {
    struct border_comparison seen;
    struct confirming x = {actor, &seen, entry, text_trim(reason)};
    enum status st = reason_wanted(reason, p);
    if (!st) st = border_compare(b, actor, who, entry, a, &seen, p);
    return st ? st : journal_write(b->journal, write_confirmed, &x, a, p);
}
