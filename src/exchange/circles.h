// circles.h - which authorities have a part in a case: inviting them, joining their cases, correcting a wrong
// link.
//
// What officers do with channels. Each call asks access/, reads and writes mappings as that account, and lets
// what the law of the pack does not name stay where it is. A channel is named by its phase (1, 2, ... of the
// case); its number never leaves this room.
#pragma once
#include "cases/cases.h"
#include "exchange/missives.h"
#include "pack/invitation_law.h"

// All of them must outlive it. Plain.
struct circles {
    struct cases *cases;
    struct channels *channels;
    struct privacy *privacy;
};

struct circle_member {
    uint32_t code;
    struct text name;
    bool is_us, is_coordinator;
    bool is_invited; // by us; then the state of the last invitation
    enum missive_state state;
    struct text reason; // of MISSIVE_DECLINED
    struct moment at;   // of that state
};
struct circle {
    int32_t phase;
    bool is_open, is_ours; // ours: we opened it, and invite
    struct moment opened_at, closed_at;
    struct date delete_after;
    struct text article, ground; // ground: id in the pack of the case; empty when it names none
    struct {
        struct circle_member *items;
        size_t count, capacity;
    } members;
};
struct circle_list {
    struct circle *items;
    size_t count, capacity;
};
// The channels of a case, the newest first. For who may read the case.
enum status circles_of_case(const struct circles *x, const struct actor *actor, const struct look *look,
                            int64_t case_id, struct arena *a, struct circle_list *out, struct problem *p);

// Whom the ground lets us invite: active members with one of its roles, but for us.
enum status circle_choices(const struct circles *x, const struct invitation_ground *g, struct arena *a,
                           struct members *out);
// What may be told of the case's person on that ground, as the file has it.
struct invitation_values {
    struct invitation_value items[INVITATION_VALUES_MAX];
    size_t count;
};
enum status circle_tellable(const struct circles *x, const struct actor *actor, const struct look *look,
                            int64_t case_id, const struct invitation_ground *g, struct arena *a,
                            struct invitation_values *out, struct problem *p);

// Opens a channel with these authorities, and sends each an invitation. `tells`: names of attributes; those
// that the ground does not name are left out. An authority of another state (role F) is always alone with us
// (ledger.md section 6). When it fails behind the channel, circle_invite sends the invitations.
struct circle_new {
    int64_t case_id;
    struct text ground; // id
    const uint32_t *members;
    size_t member_count;
    const struct text *tells;
    size_t tell_count;
};
enum status circle_open(const struct circles *x, const struct actor *actor, const struct look *look,
                        const struct circle_new *n, struct problem *p);
// Invites the members of an open channel of ours that have not accepted, once more.
enum status circle_invite(const struct circles *x, const struct actor *actor, const struct look *look,
                          int64_t case_id, int32_t phase, struct problem *p);

// A wrong link (ledger.md section 5, step 4): what is on this channel is about the person of `right`, another
// case of ours, or of none of ours (0). The members are told by the event CORRECTION, as far as our events
// can be sent now, and by a notice that the channel is closed; each of our cases has a fresh channel. On that
// of `right` the members are invited; whether they are to the other's, somebody decides (circle_invite).
enum status circle_correct(const struct circles *x, const struct actor *actor, const struct look *look,
                           int64_t case_id, int32_t phase, int64_t right, struct problem *p);

// ---- invitations that came

struct invited {
    struct hash name;
    uint32_t from;
    struct text from_name;
    struct moment at;
    struct date until; // erased then
    struct invitation invitation;
    struct text members; // names, with commas
};
struct invited_list {
    struct invited *items; // keys are wiped
    size_t count, capacity;
};
enum status circles_invited(const struct circles *x, const struct actor *actor, const struct look *look,
                            struct arena *a, struct invited_list *out, struct problem *p);
enum status circle_invited(const struct circles *x, const struct actor *actor, const struct look *look,
                           const struct hash *name, struct arena *a, struct invited *out, struct problem *p);
// It is about this case of ours: keeps the mapping, tells the sender, and erases what the invitation said.
enum status circle_join(const struct circles *x, const struct actor *actor, const struct look *look,
                        const struct hash *name, int64_t case_id, struct problem *p);
// It is about none of ours; `reason` is a code of the pack.
enum status circle_decline(const struct circles *x, const struct actor *actor, const struct look *look,
                           const struct hash *name, struct text reason, struct problem *p);
