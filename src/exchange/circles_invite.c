// circles_invite.c - opening a channel of a case, and inviting others to it.
#include <string.h>

#include "exchange/circles_inside.h"

bool circle_has_accepted(struct db *db, const struct privacy_mapping *m, uint32_t code, struct arena *a) {
    struct channel_tag tag = missive_tag(&m->channel, code);
    struct missive_items sent;
    if (missives_of(db, &tag, a, &sent)) return false;
    for (size_t i = 0; i < sent.count; i++)
        if (sent.items[i].state == MISSIVE_ACCEPTED) return true;
    return false;
}

static struct invitation invitation_of(const struct privacy_mapping *m, const struct invitation_ground *g,
                                       const struct invitation_values *values) {
    struct invitation i = invitation_to(m);
    if (g) i.ground = g->id, i.purpose = g->purpose;
    for (size_t k = 0; k < values->count; k++) {
        if (text_eq(values->items[k].name, T("case_number"))) i.reference = values->items[k].value;
        i.values[i.value_count++] = values->items[k];
    }
    return i;
}

enum status circle_send(const struct circles *x, const struct privacy_mapping *m,
                        const struct invitation_ground *g, const struct invitation_values *values,
                        struct arena *a, struct problem *p) {
    struct invitation said = invitation_of(m, g, values);
    struct missive_sending list[PRIVACY_MEMBERS_MAX];
    struct store *s = journal_store(cases_journal(x->cases));
    struct db *db;
    size_t count = 0;
    enum status st = store_reader(s, &db);
    if (st) return st;
    struct bytes body = invitation_print(&said, a);
    for (size_t i = 0; i < m->member_count; i++)
        if (m->members[i] != m->coordinator && !circle_has_accepted(db, m, m->members[i], a))
            list[count++] = (struct missive_sending){.to = m->members[i],
                                                     .kind = MISSIVE_INVITATION,
                                                     .body = body,
                                                     .tag = missive_tag(&m->channel, m->members[i])};
    store_reader_release(s, db);
    if (count) st = missives_send(x->channels, list, count, p);
    memset((void *)(uintptr_t)body.p, 0, body.n); // it has the key
    invitation_wipe(&said);
    return st;
}

// ---- opening

static enum status check_members(const struct circles *x, const struct circle_new *n,
                                 const struct invitation_ground *g, struct arena *a, struct problem *p) {
    static const uint32_t FOREIGN = UINT32_C(1) << ('F' - 'A');
    struct members may;
    enum status st = circle_choices(x, g, a, &may);
    if (st) return st;
    if (!n->member_count) return problem(p, "members", "required", "problem.circle.members");
    for (size_t i = 0; i < n->member_count; i++) {
        const struct member *m = member_of(&may, n->members[i]);
        if (!m) return problem(p, "members", "not_of_ground", "problem.circle.not_of_ground");
        if ((m->roles & FOREIGN) && n->member_count > 1)
            return problem(p, "members", "foreign_alone", "problem.circle.foreign_alone");
    }
    return STATUS_OK;
}

static bool is_chosen(const struct circle_new *n, struct text name) {
    for (size_t i = 0; i < n->tell_count; i++)
        if (text_eq(n->tells[i], name)) return true;
    return false;
}

static void keep_chosen(const struct circle_new *n, struct invitation_values *values) {
    size_t kept = 0;
    for (size_t i = 0; i < values->count; i++)
        if (is_chosen(n, values->items[i].name)) values->items[kept++] = values->items[i];
    values->count = kept;
}

// Once more the same circle would part the story of one case: invite again instead.
static enum status check_new(const struct circles *x, const struct circle_new *n,
                             const struct privacy_reader *by, const struct invitation_ground *g,
                             struct arena *a, struct problem *p) {
    struct privacy_mappings all = {0};
    enum status st = privacy_channels_of(x->privacy, by, n->case_id, a, &all, p);
    if (st == STATUS_NOT_FOUND) return STATUS_OK;
    bool is_there = false;
    for (size_t i = 0; i < all.count && !st; i++) {
        const struct privacy_mapping *m = &all.items[i];
        size_t same = 0;
        for (size_t k = 0; k < n->member_count; k++)
            for (size_t j = 0; j < m->member_count; j++) same += m->members[j] == n->members[k];
        is_there |= m->state == PRIVACY_OPEN && text_eq(m->ground, g->article) && same == n->member_count &&
                    m->member_count == n->member_count + 1;
    }
    circle_wipe_all(&all);
    return is_there && !st ? problem(p, "members", "already", "problem.circle.already") : st;
}

static enum status open_now(const struct circles *x, const struct actor *actor, const struct circle_new *n,
                            const struct invitation_ground *g, const struct invitation_values *values,
                            struct arena *a, struct problem *p) {
    struct privacy_reader by = circle_reader(actor, PRIVACY_FOR_EXCHANGE, g->article, a);
    struct date today = circle_day(env_now(journal_env(cases_journal(x->cases))));
    struct privacy_new fresh = {.own = n->case_id,
                                .members = n->members,
                                .member_count = n->member_count,
                                .delete_after = date_add_months(today, (int)g->keep_years * 12),
                                .ground = g->article};
    struct privacy_mapping m;
    enum status st = check_new(x, n, &by, g, a, p);
    if (!st) st = privacy_create(x->privacy, &by, &fresh, &m, p);
    if (st) return st;
    st = circle_send(x, &m, g, values, a, p);
    privacy_mapping_wipe(&m);
    return st;
}

enum status circle_open(const struct circles *x, const struct actor *actor, const struct look *look,
                        const struct circle_new *n, struct problem *p) {
    struct arena a = {0};
    struct invitation_values values;
    const struct invitation_ground *g = invitation_ground_of(circle_law(x, n->case_id), n->ground);
    enum status st = cases_may_on(x->cases, actor, look, n->case_id, T("invite_authority"), T("identity"), p);
    if (!st && !g) st = problem(p, "ground", "unknown", "problem.circle.ground");
    if (!st) st = check_members(x, n, g, &a, p);
    if (!st) st = circle_tellable(x, actor, look, n->case_id, g, &a, &values, p);
    if (!st) {
        keep_chosen(n, &values);
        if (!values.count) st = problem(p, "tells", "required", "problem.circle.tells");
    }
    if (!st) st = open_now(x, actor, n, g, &values, &a, p);
    arena_free(&a);
    return st;
}

enum status circle_invite(const struct circles *x, const struct actor *actor, const struct look *look,
                          int64_t case_id, int32_t phase, struct problem *p) {
    struct arena a = {0};
    struct privacy_reader by = circle_reader(actor, PRIVACY_FOR_EXCHANGE, look->purpose, &a);
    struct privacy_mapping m = {0};
    struct invitation_values values = {0};
    const struct invitation_ground *g = NULL;
    enum status st = cases_may_on(x->cases, actor, look, case_id, T("invite_authority"), T("identity"), p);
    if (!st) st = circle_find(x, &by, case_id, phase, &a, &m, p);
    if (!st && (m.state != PRIVACY_OPEN || m.coordinator != privacy_authority(x->privacy)))
        st = problem(p, "phase", "not_ours", "problem.circle.not_ours");
    if (!st) g = circle_ground(x, case_id, m.ground);
    if (!st && !g) st = problem(p, "ground", "unknown", "problem.circle.ground");
    if (!st) st = circle_tellable(x, actor, look, case_id, g, &a, &values, p);
    if (!st) st = circle_send(x, &m, g, &values, &a, p);
    privacy_mapping_wipe(&m);
    arena_free(&a);
    return st;
}
