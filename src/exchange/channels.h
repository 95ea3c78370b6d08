// channels.h - sending and receiving events between authorities, at least once and in order for each channel.
//
// Sending: a case's transaction leaves an item in the outbox (channels_tell). A thread asks whose channel
// that is, seals and signs the event, and writes it into our log together with the rows of those it goes to.
// Then carriers bring parcels to each member until its signed receipt is there, with growing pauses while it
// cannot be reached. Receiving: what is good is an event of our log and gets a receipt; twice is once.
#pragma once
#include "exchange/carrier.h"
#include "exchange/receipt.h"
#include "journal/journal.h"
#include "store/outbox.h"

enum {
    CHANNELS_SKEW_MS = 2 * 60 * 1000, // clocks of authorities may differ so much (NTP keeps them within 1 s)
    CHANNELS_ROUND_MAX = 200,         // items sealed in one commit
    CHANNELS_WAITING_MAX =
        100 * 1000,              // messages that wait for one member; then its channels stay in the outbox
    CHANNELS_RATE = 4000,        // messages a second from one peer: 16 times Estonia's national mean
    CHANNELS_BURST = 20 * 1000,  // after days offline more come at once
    CHANNELS_HISTORY_MAX = 4096, // events of one channel that rules look at; more is a loop
    CHANNELS_SENDERS_MAX = 16,   // threads that send
};

// Who knows the channels: the privacy service, or a test. Any thread.
struct channel_ask {
    struct channel_id channel;
    uint32_t epoch;
    enum status status; // STATUS_NOT_FOUND: not ours (yet)
    struct channel_ground ground;
    int64_t own;        // our case
    bool is_open;       // else what comes is kept and shown, and drives nothing
    bool is_restricted; // it drives something only when that has ended
};
struct channel_grounds {
    struct channel_ground items[PRIVACY_CHANNELS_MAX];
    size_t count;
};
struct invitation;
struct channel_book {
    void *context;
    // The channels on which our case is written about now. STATUS_NOT_FOUND: it has none. STATUS_REFUSED: not
    // now.
    enum status (*of_case)(void *context, int64_t own, struct channel_grounds *out);
    // Those of channels that have come; many at once, for each reading is written down durably.
    enum status (*of_channels)(void *context, struct channel_ask *asks, size_t count);
    // For missives (missives.h); both may be NULL. An invitation to a channel that is ours already, by its
    // coordinator: its key is new or known. STATUS_NOT_FOUND: a person must say whose channel it is.
    // STATUS_REFUSED, STATUS_CONFLICT: not by its coordinator; another key.
    enum status (*renew)(void *context, const struct invitation *i);
    // A notice of the member's privacy service, whose public key the directory names. STATUS_CORRUPT,
    // STATUS_REFUSED: not its word.
    enum status (*notice)(void *context, uint32_t from, struct bytes notice, const uint8_t key[32]);
};
struct channel_book channel_book_of(struct privacy *s); // book.c

// ---- telling

struct channel_event {
    int64_t own; // our case
    const struct exchange_type *type;
    const struct exchange_code *code; // NULL: none
    struct moment at, due;            // due.ms 0: none
    const uint32_t *to;               // empty: every member of a channel that may read this type
    size_t to_count;
    const struct event_id *ref; // NULL: none
    const struct exchange_type
        *answers;                   // without `ref`: the last event of this type on the channel; NULL: none
    const struct hash *digest;      // of a document to commit to; NULL: none
    const struct channel_tag *only; // of our messages on one channel (channel_tag); NULL: on each
};
// It is told on each open channel of the case where a member may read it (with `to`: that has all of them),
// and, when its type must refer to an event, where there is one. All of them have it, or none yet.
// In the transaction of its reason. `key` names the reason: the same one is told once. Events of one case are
// sent in the order of their keys, so these begin with a number of fixed width.
enum status channels_tell(struct db *tx, struct text key, const struct channel_event *e);

struct channels;
// Seals what this case has told up to `key`, now, in the caller's thread: before its channel is closed.
// STATUS_BUSY: not within a second, for something before it waits.
enum status channels_seal_now(struct channels *x, int64_t own, struct text key);

// The same for what cases tell by their packs: cases_options.tell.
struct case_told;
enum status channels_told(void *context, struct db *tx, const struct case_told *told);

// ---- the room at work

struct channels_options {
    const struct own *own; // these three must outlive the channels
    const struct exchange_law *law;
    struct channel_book book;
    struct cases *cases; // they hear what comes; NULL: nobody does
    // The carrier for a member; NULL: there is none, its messages wait.
    const struct carrier *(*carrier_for)(void *context, const struct member *to);
    // The directory names so many sets of keys for us: those of `own` are loaded then. NULL: they stay.
    void (*own_keys)(void *context, size_t count);
    void *context;
    int senders;                                   // threads; 0 means 4
    int64_t first_retry_ms, retry_max_ms, poll_ms; // 0 means 2 seconds, 10 minutes, 1 second
    int rate, burst;                               // 0 means CHANNELS_RATE, CHANNELS_BURST
    int64_t waiting_max;                           // 0 means CHANNELS_WAITING_MAX
};
struct channels;
enum status channels_open(struct journal *j, const struct channels_options *o, struct channels **out);
void channels_stop(struct channels *x);  // the threads; what comes is still taken; NULL is fine
void channels_close(struct channels *x); // stops first; NULL is fine
// STATUS_BUSY: the machine has no thread left.
enum status channels_start(struct channels *x);
void channels_wake(struct channels *x); // there is something to do; a commit that told something does it

// One round without threads, for tests and for a program that sends once.
struct channels_round {
    int sealed, failed;                        // items of the outbox
    int parcels, unreached, receipts, refused; // to members
    int heard, unheard;                        // events that came, brought to their cases
};
enum status channels_round(struct channels *x, struct channels_round *out);

// A parcel of messages (or receipts, where a broker stands between); a parcel_receive_fn, `x` is the struct
// channels. STATUS_BUSY: more than the rate of that peer. STATUS_INVALID: no parcel.
enum status channels_receive(void *x, uint32_t from, struct bytes parcel, struct arena *a,
                             struct bytes *answer);

// The member whose TLS key this is (for peer_https.h). STATUS_NOT_FOUND: nobody's that is good now.
enum status channels_who(void *x, const struct hash *tls, uint32_t *code);

// ---- reading

enum channel_mark { CHANNEL_FINE, CHANNEL_WARN, CHANNEL_REJECT }; // by rules of the pack; nothing is blocked
struct channel_delivery {
    uint32_t member;
    bool has_receipt, is_refused;
    struct moment at; // when it answered; 0: not yet
    int64_t leaf;     // in the member's log
};
struct channel_item {
    const struct exchange_type *type; // NULL: the law of today does not know it
    const struct exchange_code *code;
    uint16_t type_number;
    struct moment at, due, logged_at;
    uint32_t sender;
    struct event_id id, ref;
    bool has_ref;
    enum channel_mark mark;
    struct text rule; // that gave the mark
    int64_t place;    // event of our log: leaf index + 1
    struct channel_delivery to[CHANNEL_MEMBERS_MAX];
    size_t to_count;
};
// Does `later`, of the same case, meet the deadline of `e`, by the law (exchange_type.met_by)?
bool channel_meets(const struct channel_item *e, const struct channel_item *later);
struct channel_items {
    struct channel_item *items;
    size_t count, capacity;
};
// Events of a channel in one epoch that we may read, in the order of our log.
enum status channel_read(struct db *db, const struct exchange_law *law, const struct channel_ground *g,
                         struct arena *a, struct channel_items *out);

// What a message says, opened for somebody who is to check it: its canonical bytes, and the key of this
// message alone. Wipe the key. STATUS_NOT_FOUND: no message of the channel in this epoch, or not for us.
struct channel_opened {
    struct bytes event;
    struct key key;
};
enum status channel_open_at(struct db *db, struct store *keys, uint32_t our_code,
                            const struct channel_ground *g, int64_t place, struct arena *a,
                            struct channel_opened *out);
