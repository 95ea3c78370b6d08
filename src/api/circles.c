// circles.c - which authorities have a part in a case, inviting others, and answering their invitations.
#include "exchange/circles.h"

#include <string.h>

#include "api/shape_macros.h"
#include "api/table.h"
#include "base/encode.h"

struct member_out {
    int64_t authority;
    struct text name, state, refusal;
    struct moment at;
    bool is_us, is_coordinator;
};
struct circle_out {
    int64_t phase;
    struct text ground, article;
    struct moment opened_at, closed_at;
    struct date delete_after;
    bool is_open, is_ours;
    struct {
        struct member_out *items;
        size_t count, capacity;
    } members;
};
struct circles_out {
    struct {
        struct circle_out *items;
        size_t count, capacity;
    } circles;
};
struct value_out {
    struct text name, value;
};
struct invitation_out {
    struct text invitation, from_name, ground, article, purpose, members;
    int64_t from;
    struct moment at;
    struct date until;
    struct {
        struct value_out *items;
        size_t count, capacity;
    } told;
};
struct invitations_out {
    struct {
        struct invitation_out *items;
        size_t count, capacity;
    } invitations;
};

#define IN struct member_out
INNER(MEMBER, "CircleMember", "An authority with a part in a case.", ID(authority, "its code"),
      TEXT(name, "its name in our directory"), BOOL(is_us, "this authority"),
      BOOL(is_coordinator, "it opened the channel, and invites"),
      {AT(state), .kind = API_TEXT, .words = "waiting|arrived|refused|accepted|declined|not_invited|other",
       .about = "of our last invitation; other: it was not ours to invite"},
      TEXT(refusal, "code of the pack, when it declined"), MOMENT(at, "of that state"));
#undef IN
#define IN struct circle_out
INNER(CIRCLE, "Circle", "A channel of a case, and who is on it.", NUMBER(phase, "its name within the case"),
      TEXT(ground, "of invitations.json; empty: not known to the law of today"),
      TEXT(article, "of the law"), BOOL(is_open, "it is written on"), BOOL(is_ours, "we opened it"),
      MOMENT(opened_at, "when"), MOMENT(closed_at, "when"), DATE(delete_after, "the link is erased then"),
      LIST(members, &MEMBER, "all, ours among them"));
#undef IN
#define IN struct circles_out
SHAPE(SHAPE_CIRCLES, "Circles", "With whom a case is written about.", LIST(circles, &CIRCLE, "newest first"));
#undef IN
#define IN struct value_out
INNER(VALUE, "InvitationValue", "One thing that is told of the person.", TEXT(name, "family_name"),
      TEXT(value, "as the other authority has it"));
#undef IN
#define IN struct invitation_out
INNER(INVITATION, "Invitation", "Another authority writes about a person, and asks which case of ours is meant.",
      TEXT(invitation, "its name, for the answer"), ID(from, "code of the authority"),
      TEXT(from_name, "its name in our directory"), TEXT(ground, "of invitations.json"),
      TEXT(article, "of the law"), TEXT(purpose, "word of access.json"), TEXT(members, "who reads along"),
      MOMENT(at, "when it came"), DATE(until, "without an answer it is erased then"),
      LIST(told, &VALUE, "to find the case"));
#undef IN
#define IN struct invitations_out
SHAPE(SHAPE_INVITATIONS, "Invitations", "What waits for an answer.",
      LIST(invitations, &INVITATION, "the oldest first"));
#undef IN

static struct text state_of(const struct circle *c, const struct circle_member *m) {
    static const char *const WORDS[] = {[MISSIVE_WAITING] = "waiting",   [MISSIVE_ARRIVED] = "arrived",
                                        [MISSIVE_REFUSED] = "refused",   [MISSIVE_ACCEPTED] = "accepted",
                                        [MISSIVE_DECLINED] = "declined", [MISSIVE_EXPIRED] = "refused"};
    if (m->is_invited) return text_of(WORDS[m->state]);
    return c->is_ours && !m->is_us ? T("not_invited") : T("other");
}

static enum status tell_circles(struct api_call *c, int64_t id) {
    struct circles_out out = {0};
    struct circle_list list = {0};
    enum status st = c->app->circles ? circles_of_case(c->app->circles, c->actor, &c->look, id, c->q->arena,
                                                       &list, &c->problem)
                                     : STATUS_OK;
    if (st) return api_failed(c, st);
    for (size_t i = 0; i < list.count; i++) {
        const struct circle *x = &list.items[i];
        struct circle_out *to = ARENA_PUSH(c->q->arena, &out.circles);
        *to = (struct circle_out){.phase = x->phase,
                                  .ground = x->ground,
                                  .article = x->article,
                                  .opened_at = x->opened_at,
                                  .closed_at = x->closed_at,
                                  .delete_after = x->delete_after,
                                  .is_open = x->is_open,
                                  .is_ours = x->is_ours};
        for (size_t k = 0; k < x->members.count; k++) {
            const struct circle_member *m = &x->members.items[k];
            *ARENA_PUSH(c->q->arena, &to->members) = (struct member_out){
                m->code, m->name, state_of(x, m), m->reason, m->at, m->is_us, m->is_coordinator};
        }
    }
    return api_answer(c, &SHAPE_CIRCLES, &out);
}

// The case must be there, and be one that may be read, also where there is no federation.
static enum status find_case(struct api_call *c, int64_t *id) {
    if (!request_param_id(c->q, "case", id)) return STATUS_NOT_FOUND;
    return cases_may_on(c->app->cases, c->actor, &c->look, *id, T("read"), T("identity"), &c->problem);
}

enum status api_circles(struct api_call *c) {
    int64_t id;
    enum status st = find_case(c, &id);
    return st ? api_failed(c, st) : tell_circles(c, id);
}

enum status api_circle_open(struct api_call *c) {
    const struct api_circle *in = c->in;
    uint32_t members[PRIVACY_MEMBERS_MAX];
    struct circle_new n = {.ground = in->ground,
                           .members = members,
                           .member_count = in->member_count,
                           .tells = in->tells,
                           .tell_count = in->tell_count};
    enum status st = c->app->circles ? find_case(c, &n.case_id) : STATUS_NOT_FOUND;
    for (size_t i = 0; i < in->member_count && !st; i++) {
        int64_t code = 0;
        if (!text_int(in->members[i], &code) || code < 1 || code > UINT32_MAX)
            st = problem(&c->problem, "members", "not_of_ground", "problem.circle.not_of_ground");
        members[i] = (uint32_t)code;
    }
    if (!st) st = circle_open(c->app->circles, c->actor, &c->look, &n, &c->problem);
    return st ? api_failed(c, st) : tell_circles(c, n.case_id);
}

enum status api_circle_correct(struct api_call *c) {
    const struct api_correction *in = c->in;
    int64_t id;
    enum status st = c->app->circles ? find_case(c, &id) : STATUS_NOT_FOUND;
    if (!st)
        st = circle_correct(c->app->circles, c->actor, &c->look, id, (int32_t)in->phase, in->right,
                            &c->problem);
    return st ? api_failed(c, st) : tell_circles(c, id);
}

// ---- invitations

static void add_invitation(struct api_call *c, const struct invited *x, struct invitations_out *out) {
    const struct invitation *i = &x->invitation;
    struct invitation_out *to = ARENA_PUSH(c->q->arena, &out->invitations);
    *to = (struct invitation_out){.invitation = hex_encode(c->q->arena, hash_bytes(&x->name)),
                                  .from = x->from,
                                  .from_name = x->from_name,
                                  .ground = i->ground,
                                  .article = i->article,
                                  .purpose = i->purpose,
                                  .members = x->members,
                                  .at = x->at,
                                  .until = x->until};
    for (size_t k = 0; k < i->value_count; k++)
        *ARENA_PUSH(c->q->arena, &to->told) = (struct value_out){i->values[k].name, i->values[k].value};
}

enum status api_invitations(struct api_call *c) {
    struct invitations_out out = {0};
    struct invited_list list = {0};
    enum status st = c->app->circles ? circles_invited(c->app->circles, c->actor, &c->look, c->q->arena,
                                                       &list, &c->problem)
                                     : STATUS_OK;
    for (size_t i = 0; i < list.count && !st; i++) add_invitation(c, &list.items[i], &out);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_INVITATIONS, &out);
}

enum status api_invitation_answer(struct api_call *c) {
    const struct api_invitation_reply *in = c->in;
    struct text hex = request_param(c->q, "invitation");
    struct bytes b = {0};
    struct hash name;
    if (!c->app->circles || hex.n != 2 * HASH_BYTES || hex_decode(c->q->arena, hex, &b) || b.n != HASH_BYTES)
        return api_fail(c, 404);
    memcpy(name.b, b.p, HASH_BYTES);
    enum status st = in->own ? circle_join(c->app->circles, c->actor, &c->look, &name, in->own, &c->problem)
                             : circle_decline(c->app->circles, c->actor, &c->look, &name, in->refusal,
                                              &c->problem);
    return st ? api_failed(c, st) : api_invitations(c);
}
