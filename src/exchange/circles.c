// circles.c - the channels of a case as an officer sees them, and what may be told of its person.
#include "exchange/circles.h"

#include <string.h>

#include "cases/identities.h"
#include "exchange/circles_inside.h"

struct privacy_reader circle_reader(const struct actor *actor, enum privacy_purpose purpose,
                                    struct text ground, struct arena *a) {
    return (struct privacy_reader){.who = text_printf(a, "account %lld", (long long)actor->account),
                                   .powers = PRIVACY_MAY_MAP,
                                   .purpose = purpose,
                                   .ground = ground};
}

const struct invitation_law *circle_law(const struct circles *x, int64_t case_id) {
    const struct pack *pack = case_id ? cases_pack_of_case(x->cases, case_id) : cases_pack(x->cases);
    return pack ? pack_invitations(pack) : NULL;
}

enum status circle_directory(const struct circles *x, struct arena *a, struct members *out) {
    struct store *s = journal_store(cases_journal(x->cases));
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = members_load(db, a, out);
    store_reader_release(s, db);
    return st;
}

struct text circle_name(const struct members *all, uint32_t code, struct arena *a) {
    const struct member *m = member_of(all, code);
    return m ? m->name : text_printf(a, "%u", code);
}

struct date circle_day(struct moment m) {
    return date_from_days(m.ms / (24 * 3600 * 1000));
}

// ---- the channels of a case

const struct invitation_ground *circle_ground(const struct circles *x, int64_t case_id, struct text article) {
    const struct invitation_law *law = circle_law(x, case_id);
    for (size_t i = 0; law && i < law->grounds.count; i++)
        if (text_eq(law->grounds.items[i].article, article)) return &law->grounds.items[i];
    return NULL;
}

static enum status add_member(struct db *db, const struct privacy_mapping *m, uint32_t code, uint32_t us,
                              const struct members *all, struct arena *a, struct circle *out) {
    struct channel_tag tag = missive_tag(&m->channel, code);
    struct missive_items sent;
    enum status st = missives_of(db, &tag, a, &sent);
    if (st) return st;
    struct circle_member *one = ARENA_PUSH(a, &out->members);
    *one = (struct circle_member){.code = code,
                                  .name = circle_name(all, code, a),
                                  .is_us = code == us,
                                  .is_coordinator = code == m->coordinator};
    for (size_t i = 0; i < sent.count && !one->is_invited; i++) {
        const struct missive_item *l = &sent.items[i];
        one->is_invited = true;
        one->state = l->state;
        one->reason = l->reason;
        one->at = l->done_at.ms ? l->done_at : l->at;
    }
    return STATUS_OK;
}

static enum status add_circle(const struct circles *x, struct db *db, const struct privacy_mapping *m,
                              const struct members *all, struct arena *a, struct circle_list *out) {
    uint32_t us = privacy_authority(x->privacy);
    const struct invitation_ground *g = circle_ground(x, m->own, m->ground);
    struct circle *c = ARENA_PUSH(a, out);
    enum status st = STATUS_OK;
    *c = (struct circle){.phase = m->phase,
                         .is_open = m->state == PRIVACY_OPEN,
                         .is_ours = m->coordinator == us,
                         .opened_at = m->opened_at,
                         .closed_at = m->closed_at,
                         .delete_after = m->delete_after,
                         .article = m->ground,
                         .ground = g ? g->id : T("")};
    for (size_t i = 0; i < m->member_count && !st; i++) st = add_member(db, m, m->members[i], us, all, a, c);
    return st;
}

void circle_wipe_all(struct privacy_mappings *list) {
    for (size_t i = 0; i < list->count; i++) privacy_mapping_wipe(&list->items[i]);
}

enum status circles_of_case(const struct circles *x, const struct actor *actor, const struct look *look,
                            int64_t case_id, struct arena *a, struct circle_list *out, struct problem *p) {
    struct store *s = journal_store(cases_journal(x->cases));
    struct privacy_reader by = circle_reader(actor, PRIVACY_FOR_EXCHANGE, look->purpose, a);
    struct privacy_mappings channels = {0};
    struct members all;
    struct db *db;
    *out = (struct circle_list){0};
    enum status st = cases_may_on(x->cases, actor, look, case_id, T("read"), T("identity"), p);
    if (!st) st = privacy_channels_of(x->privacy, &by, case_id, a, &channels, p);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    st = circle_directory(x, a, &all);
    if (!st) st = store_reader(s, &db);
    if (!st) {
        for (size_t i = 0; i < channels.count && !st; i++)
            st = add_circle(x, db, &channels.items[i], &all, a, out);
        store_reader_release(s, db);
    }
    circle_wipe_all(&channels);
    return st;
}

enum status circle_find(const struct circles *x, const struct privacy_reader *by, int64_t case_id,
                        int32_t phase, struct arena *a, struct privacy_mapping *out, struct problem *p) {
    struct privacy_mappings all = {0};
    enum status st = privacy_channels_of(x->privacy, by, case_id, a, &all, p);
    bool is_there = false;
    for (size_t i = 0; i < all.count && !st; i++)
        if (all.items[i].phase == phase) *out = all.items[i], is_there = true;
    circle_wipe_all(&all);
    if (st || is_there) return st;
    (void)problem(p, "phase", "unknown", "problem.circle.unknown");
    return STATUS_NOT_FOUND;
}

// ---- whom, and what they are told

enum status circle_choices(const struct circles *x, const struct invitation_ground *g, struct arena *a,
                           struct members *out) {
    struct moment now = env_now(journal_env(cases_journal(x->cases)));
    struct members all;
    *out = (struct members){0};
    enum status st = circle_directory(x, a, &all);
    for (size_t i = 0; i < all.count && !st; i++) {
        const struct member *m = &all.items[i];
        if (m->code != privacy_authority(x->privacy) && (m->roles & g->to) && member_is_active(m, now))
            *ARENA_PUSH(a, out) = *m;
    }
    return st;
}

static void add(struct invitation_values *out, const struct invitation_ground *g, const char *name,
                struct text value) {
    if (!value.n || value.n > INVITATION_TEXT_MAX || out->count == INVITATION_VALUES_MAX) return;
    if (invitation_tells(g, text_of(name)))
        out->items[out->count++] = (struct invitation_value){text_of(name), value};
}

static void add_list(struct invitation_values *out, const struct invitation_ground *g, const char *name,
                     struct text list) {
    struct text one;
    while (list.n && text_cut(&list, ',', &one)) add(out, g, name, text_trim(one));
}

static const struct person_view *applicant(const struct case_file *f) {
    for (size_t i = 0; i < f->persons.count; i++)
        if (text_eq(f->persons.items[i].role, T("applicant"))) return &f->persons.items[i];
    return f->persons.count ? &f->persons.items[0] : NULL;
}

// "P UTO L898902C3": kind and issuer as far as they are known.
static void add_numbers(struct invitation_values *out, const struct invitation_ground *g,
                        const struct persons_shown *shown, struct arena *a) {
    for (size_t i = 0; i < shown->count; i++) {
        const struct identity_record *r = &shown->items[i].record;
        for (size_t k = 0; k < r->number_count; k++)
            add(out, g, "document_number",
                text_trim(TEXT_JOIN(a, r->numbers[k].issuer, T(" "), r->numbers[k].number)));
    }
}

enum status circle_tellable(const struct circles *x, const struct actor *actor, const struct look *look,
                            int64_t case_id, const struct invitation_ground *g, struct arena *a,
                            struct invitation_values *out, struct problem *p) {
    struct case_file f;
    struct persons_shown shown = {0};
    *out = (struct invitation_values){0};
    enum status st = cases_open_file(x->cases, actor, look, case_id, a, &f, p);
    const struct person_view *who = st ? NULL : applicant(&f);
    if (st || !who) return st;
    st = cases_show_persons(x->cases, actor, look, &who->person, 1, T("invitation"), a, &shown, p);
    if (st) return st;
    add(out, g, "family_name", who->family_name);
    add(out, g, "given_names", who->given_names);
    add(out, g, "latin_name", who->latin_name);
    if (who->birth.year) add(out, g, "birth_date", date_print(a, who->birth));
    add(out, g, "birth_place", who->birth_place);
    add(out, g, "sex", who->sex);
    add_list(out, g, "nationality", who->nationalities);
    add_numbers(out, g, &shown, a);
    add(out, g, "case_number", f.head.case_no);
    return STATUS_OK;
}
