// outbox.h - what must leave the house, written in the transaction of its reason and delivered afterwards by
// exchange/.
//
// A row holds no address, name or text of a message: only who (a reference), what kind, and references to
// what the message is about. They are resolved at the moment of delivery.
#pragma once
#include "store/store.h"

enum {
    OUTBOX_PAYLOAD_MAX = 4096, // a few references; a message that needs more should say where to read it
    OUTBOX_KIND_MAX = 100,
    OUTBOX_KEY_MAX = 200,
    OUTBOX_LIST_MAX = 200, // rows of one list
};

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_DEAD, OUTBOX_DROPPED };

struct outbox_item {
    struct text key;   // idempotency key, the same when the same reason is replayed: "event:4711:applicant"
    struct text kind;  // way and message: "mail.appointment_booked"
    int64_t recipient; // an id that the sender of this kind understands: an account, an authority
    int64_t about;     // a case or other object, 0 when there is none
    struct bytes payload; // references and codes; never personal data
    struct moment due;    // not before; usually the event's time
};

// Adds an item; one with the same key is left as it is, so that applying an event twice sends once.
// STATUS_TOO_LARGE beyond the limits above, or what the database answered.
enum status outbox_add(struct db *tx, const struct outbox_item *item);

// ---- for the delivery in exchange/, and for operators ----

struct outbox_row {
    struct outbox_item item; // `due` is the time of the next try
    enum outbox_state state;
    int attempts;       // tries so far
    struct moment done; // when it was sent, given up or dropped
    struct text error;  // why the last try failed: a short name, never personal data
};
struct outbox_list {
    struct outbox_row *items;
    size_t count, capacity;
};

// Waiting items of one way (kind up to its first dot: "mail", "exchange") that are due, longest due first, at
// most `limit` (up to OUTBOX_LIST_MAX). Served by outbox_due.
enum status outbox_due(struct db *db, struct text way, struct moment now, int limit, struct arena *a,
                       struct outbox_list *out);

// The key of the waiting item of this way about the same thing that comes last before `key`, due or not: who
// keeps an order waits for it. STATUS_NOT_FOUND: none.
enum status outbox_before(struct db *db, struct text way, int64_t about, struct text key, struct arena *a,
                          struct text *before);

// One try is over. They change waiting items only: STATUS_CONFLICT when it is not waiting any more.
enum status outbox_sent(struct db *tx, struct text key, struct moment now);
// The same for what must not lead back to its reason: of the row only the key stays, so that it is sent once,
// and the day.
enum status outbox_sent_blank(struct db *tx, struct text key, struct moment now);
// The same without the key: for one that nobody makes again, as it would lead back.
enum status outbox_forget(struct db *tx, struct text key);
enum status outbox_failed(struct db *tx, struct text key, struct moment next_try, struct text error);
enum status outbox_dead(struct db *tx, struct text key, struct moment now, struct text error);
enum status outbox_dropped(struct db *tx, struct text key, struct moment now, struct text reason);

// Items of a state other than waiting, latest first, before (done, key) of the row given in `after`; NULL
// begins.
enum status outbox_list(struct db *db, enum outbox_state state, const struct outbox_row *after, int limit,
                        struct arena *a, struct outbox_list *out);
// An operator lets a dead item be tried again from the start. STATUS_NOT_FOUND when it is not dead.
enum status outbox_revive(struct db *tx, struct text key, struct moment now);

struct outbox_counts {
    int64_t waiting, late, dead; // late: tried at least once and still waiting
};
enum status outbox_count(struct db *db, struct outbox_counts *out);
