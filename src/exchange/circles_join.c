// circles_join.c - invitations that came: shown to who may answer them, joined or declined.
#include <string.h>

#include "exchange/circles_inside.h"

static enum status may_answer(const struct circles *x, const struct actor *actor, const struct look *look,
                              struct problem *p) {
    const struct access_question q = {.action = T("answer_invitation"),
                                      .purpose = look->purpose,
                                      .relation = T("none"),
                                      .attribute_class = T("identity"),
                                      .reason = look->reason};
    return cases_may(x->cases, actor, &q, p);
}

// They name people of whom we may have no case: who looked is kept.
static enum status leave_trace(const struct circles *x, const struct actor *actor, const struct look *look) {
    const struct access_trace trace = {.actor = actor,
                                       .purpose = look->purpose,
                                       .relation = T("none"),
                                       .what = T("invitations")};
    return access_record_now(cases_journal(x->cases), &trace);
}

static struct text names(const struct members *all, const struct invitation *i, struct arena *a) {
    struct out o = {.arena = a};
    for (size_t k = 0; k < i->member_count; k++) {
        if (k) out_c(&o, ", ");
        out_text(&o, circle_name(all, i->members[k], a));
    }
    return out_done(&o);
}

static struct invited shown(const struct circles *x, const struct invitation_come *come,
                            const struct members *all, struct arena *a) {
    const struct invitation_law *law = circle_law(x, 0);
    int64_t days = law ? law->answer_days : INVITATION_DAYS;
    struct invited one = {.name = come->item.hash,
                          .from = come->item.member,
                          .from_name = circle_name(all, come->item.member, a),
                          .at = come->item.at,
                          .until = date_add_days(circle_day(come->item.at), (int)days),
                          .invitation = come->invitation,
                          .members = names(all, &come->invitation, a)};
    invitation_wipe(&one.invitation);
    return one;
}

// The newest one of a channel stands for those before it.
static bool is_replaced(const struct invitations_come *all, size_t at) {
    for (size_t i = at + 1; i < all->count; i++)
        if (all->items[i].item.member == all->items[at].item.member &&
            !memcmp(&all->items[i].invitation.channel, &all->items[at].invitation.channel, CHANNEL_BYTES) &&
            all->items[i].invitation.value_count)
            return true;
    return false;
}

static enum status load(const struct circles *x, struct arena *a, struct invitations_come *all) {
    struct store *s = journal_store(cases_journal(x->cases));
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = invitations_open(x->channels, db, a, all);
    store_reader_release(s, db);
    return st;
}

static void wipe(struct invitations_come *all) {
    for (size_t i = 0; i < all->count; i++) invitation_wipe(&all->items[i].invitation);
}

enum status circles_invited(const struct circles *x, const struct actor *actor, const struct look *look,
                            struct arena *a, struct invited_list *out, struct problem *p) {
    struct invitations_come all = {0};
    struct members directory;
    *out = (struct invited_list){0};
    enum status st = may_answer(x, actor, look, p);
    if (!st) st = leave_trace(x, actor, look);
    if (!st) st = circle_directory(x, a, &directory);
    if (!st) st = load(x, a, &all);
    for (size_t i = 0; i < all.count && !st; i++)
        if (!is_replaced(&all, i)) *ARENA_PUSH(a, out) = shown(x, &all.items[i], &directory, a);
    wipe(&all);
    return st;
}

static enum status find(const struct circles *x, const struct hash *name, struct arena *a,
                        struct invitation_come *out, struct problem *p) {
    struct store *s = journal_store(cases_journal(x->cases));
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = invitation_find(x->channels, db, name, a, out);
    store_reader_release(s, db);
    if (st == STATUS_NOT_FOUND) (void)problem(p, "invitation", "answered", "problem.circle.answered");
    return st;
}

enum status circle_invited(const struct circles *x, const struct actor *actor, const struct look *look,
                           const struct hash *name, struct arena *a, struct invited *out, struct problem *p) {
    struct invitation_come come = {0};
    struct members directory;
    enum status st = may_answer(x, actor, look, p);
    if (!st) st = leave_trace(x, actor, look);
    if (!st) st = circle_directory(x, a, &directory);
    if (!st) st = find(x, name, a, &come, p);
    if (!st) *out = shown(x, &come, &directory, a);
    invitation_wipe(&come.invitation);
    return st;
}

// Every key that came for the channel, in their order: it may have been rotated while nobody answered.
static enum status keep(const struct circles *x, const struct privacy_reader *by,
                        const struct invitation_come *come, int64_t case_id, struct arena *a,
                        struct problem *p) {
    struct invitations_come all = {0};
    enum status st = load(x, a, &all);
    for (size_t i = 0; i < all.count && !st; i++) {
        const struct invitation *v = &all.items[i].invitation;
        bool is_same = all.items[i].item.member == come->item.member &&
                       !memcmp(&v->channel, &come->invitation.channel, CHANNEL_BYTES);
        const struct privacy_invitation terms = {.channel = v->channel,
                                                 .key = v->key,
                                                 .epoch = v->epoch,
                                                 .coordinator = v->coordinator,
                                                 .members = v->members,
                                                 .member_count = v->member_count,
                                                 .delete_after = v->delete_after,
                                                 .ground = v->article};
        if (is_same) st = privacy_accept(x->privacy, by, &terms, case_id, p);
    }
    wipe(&all);
    return st;
}

enum status circle_join(const struct circles *x, const struct actor *actor, const struct look *look,
                        const struct hash *name, int64_t case_id, struct problem *p) {
    struct arena a = {0};
    struct invitation_come come = {0};
    enum status st =
        cases_may_on(x->cases, actor, look, case_id, T("answer_invitation"), T("identity"), p);
    if (!st) st = find(x, name, &a, &come, p);
    struct privacy_reader by = circle_reader(actor, PRIVACY_FOR_EXCHANGE, come.invitation.article, &a);
    if (!st) st = keep(x, &by, &come, case_id, &a, p);
    if (st == STATUS_CONFLICT) st = problem(p, "case", "other_case", "problem.circle.other_case");
    if (!st) st = invitation_answer(x->channels, &come, true, T(""), p);
    invitation_wipe(&come.invitation);
    arena_free(&a);
    return st;
}

enum status circle_decline(const struct circles *x, const struct actor *actor, const struct look *look,
                           const struct hash *name, struct text reason, struct problem *p) {
    struct arena a = {0};
    struct invitation_come come = {0};
    enum status st = may_answer(x, actor, look, p);
    if (!st && !invitation_has_refusal(circle_law(x, 0), reason))
        st = problem(p, "refusal", "required", "problem.circle.refusal");
    if (!st) st = find(x, name, &a, &come, p);
    if (!st) st = invitation_answer(x->channels, &come, false, reason, p);
    invitation_wipe(&come.invitation);
    arena_free(&a);
    return st;
}
