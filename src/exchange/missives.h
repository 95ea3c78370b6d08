// missives.h - sending missives, keeping those that wait, and answering invitations.
//
// A missive goes by the carriers and through the door of channels.h, and is sent again until the reader's
// signed receipt is there. Then only its digest stays. An invitation that came stays sealed to our key until
// somebody answers it; what it says is read by opening it, each time. The log has the digest of each missive.
#pragma once
#include "exchange/channels.h"
#include "exchange/invitation.h"

enum {
    MISSIVES_OPEN_MAX = 2000, // invitations of one member that nobody has answered; more are told to wait
    MISSIVES_SHOWN_MAX = 200, // of one list
};

// A row of the table. Of ours: the first three, and for an invitation the answer. Of others' invitations:
// MISSIVE_ARRIVED until they are answered or too old.
enum missive_state {
    MISSIVE_WAITING = 0,
    MISSIVE_ARRIVED = 1,  // the reader's log has it
    MISSIVE_REFUSED = 2,  // for good, by the reader's program; or our key for it is revoked
    MISSIVE_ACCEPTED = 3, // an invitation, by a person
    MISSIVE_DECLINED = 4,
    MISSIVE_EXPIRED = 5, // not answered in time, or withdrawn by its sender: what it said is erased
};
struct missive_item {
    struct hash hash; // its name
    uint32_t member;  // to whom, or from whom
    enum missive_kind kind;
    enum missive_state state;
    int64_t place; // event of our log
    struct moment at, done_at;
    struct text reason; // of MISSIVE_DECLINED: code
    struct bytes sealed;
};
struct missive_items {
    struct missive_item *items;
    size_t count, capacity;
};

// By which a missive about a channel is found by those who know the channel, and by nobody else.
struct channel_tag missive_tag(const struct channel_id *channel, uint32_t member);

struct missive_sending {
    uint32_t to;
    enum missive_kind kind;
    struct bytes body;
    struct channel_tag tag; // zeros: none
};
// Durable when it returns, all or none. STATUS_NOT_FOUND: one of them, or we, have no key that is good now.
enum status missives_send(struct channels *x, const struct missive_sending *list, size_t count,
                          struct problem *p);

// Those of ours with this tag, the newest first.
enum status missives_of(struct db *db, const struct channel_tag *tag, struct arena *a,
                        struct missive_items *out);

// ---- invitations that came

struct invitation_come {
    struct missive_item item;
    struct invitation invitation; // wipe it
};
struct invitations_come {
    struct invitation_come *items;
    size_t count, capacity;
};
// Open ones, the oldest first, at most MISSIVES_SHOWN_MAX. One that our keys do not open any more is left
// out.
enum status invitations_open(struct channels *x, struct db *db, struct arena *a,
                             struct invitations_come *out);
// One of them. STATUS_NOT_FOUND: there is none, or it was answered.
enum status invitation_find(struct channels *x, struct db *db, const struct hash *name, struct arena *a,
                            struct invitation_come *out);
// Sends the answer, and erases what the invitation said; others of its sender about the same channel are
// answered with it. STATUS_NOT_FOUND as above. Accepting it (privacy_accept) comes first, and is the
// caller's.
enum status invitation_answer(struct channels *x, const struct invitation_come *i, bool is_accepted,
                              struct text reason, struct problem *p);
// Erases what invitations say that came before that moment and were not answered.
enum status invitations_expire(struct channels *x, struct moment before, int64_t *count);
