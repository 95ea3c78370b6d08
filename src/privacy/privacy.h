// privacy.h - the privacy service: which case of ours is meant by which channel between authorities.
//
// Authorities tell each other what happened on a channel, a random number. Only this service knows whose case
// that is: own id -> inner pseudonym -> channel. It has a database and a key file of its own, seals each
// mapping with a key of its own, and forgets a mapping for good by erasing that key.
//
// Every call that answers a mapping first writes down who read it, when and for what, durably. All calls may
// be made from any thread, but not within a job of another store that has the same database. Moments are
// milliseconds, days are dates in the zone of the options. Common answers: STATUS_REFUSED (powers, a
// restriction, a hold; see the problem), STATUS_NOT_FOUND (there is no such mapping, or not any more),
// STATUS_INVALID (see the problem), and what a store answers. `p` may be NULL everywhere.
#pragma once
#include "base/crypto.h"
#include "base/date.h"
#include "base/env.h"
#include "base/problem.h"

enum {
    CHANNEL_BYTES = 16,            // 128 random bits: nobody meets or guesses another's
    PRIVACY_MEMBERS_MAX = 16,      // authorities on one channel; a case with more is split by phase
    PRIVACY_READ_MAX = 256,        // mappings read in one commit
    PRIVACY_CHANNELS_MAX = 64,     // of one case: a phase each, and one for each foreign state
    PRIVACY_WHO_MAX = 100,         // bytes of a reader's name
    PRIVACY_GROUND_MAX = 200,      // bytes of a legal reference
    PRIVACY_KEEP_DAYS_MAX = 36525, // 100 years: the longest retention of any source record
    PRIVACY_HOLD_DAYS_MAX = 366,   // a court that needs longer is asked again, by two people again
    PRIVACY_ASK_DAYS = 3,          // how long one person alone can keep a deletion waiting
    PRIVACY_EVIDENCE_YEARS = 10,   // then names in the evidence log become unreadable
    PRIVACY_SERVICE_KEY_DAYS = 30, // age at which the night makes a new service key
    PRIVACY_BACKUP_DAYS = 30,      // and how long backups under the old one can be restored
    PRIVACY_BACKUP_DAYS_MAX = 180, // longer, and the key file would be full of old keys
    PRIVACY_CASE_KEY_DAYS = 365,   // age at which a channel's key is due for rotation
    PRIVACY_SIGNATURE_BYTES = 64,
    PRIVACY_PUBLIC_KEY_BYTES = 32,
};

struct channel_id {
    uint8_t b[CHANNEL_BYTES];
};
static inline struct bytes channel_bytes(const struct channel_id *c) { // of *c itself
    return (struct bytes){c->b, CHANNEL_BYTES};
}

// ---- who asks

enum privacy_power {
    PRIVACY_MAY_MAP = 1,   // open, read and change mappings
    PRIVACY_MAY_HOLD = 2,  // ask for holds and their release, and confirm them
    PRIVACY_MAY_ERASE = 4, // ask for erasure by order, and confirm it
    PRIVACY_MAY_KEEP =
        8, // work of the operator that shows no mapping: deletions that are due, rotation, backup
    PRIVACY_MAY_AUDIT = 16,    // read the evidence log
    PRIVACY_READS_LEDGER = 32, // reads the events of the log: with this one every other power is refused
};

// Each has the power that it needs, and whether it may go on while the case is restricted.
enum privacy_purpose {
    PRIVACY_FOR_EXCHANGE = 1, // an event is sent or has come: a program
    PRIVACY_FOR_ACCESS,       // the person asked what there is (GDPR Art. 15)
    PRIVACY_FOR_CORRECTION,   // a wrong link (GDPR Art. 16)
    PRIVACY_FOR_COURT,        // an order
    PRIVACY_FOR_SUPERVISION,  // the data-protection authority
    PRIVACY_FOR_OPERATION,    // deletion, rotation, restore
};

// Whoever calls answers for who it is: an account that is signed in, an operator of `ostia privacy`, a
// program.
struct privacy_reader {
    struct text who; // 1 to PRIVACY_WHO_MAX bytes: "exchange", "account 1042"
    unsigned powers; // of enum privacy_power
    enum privacy_purpose purpose;
    struct text ground; // legal reference, up to PRIVACY_GROUND_MAX bytes; only a program may leave it out
};

// ---- opening

struct privacy_options {
    const char *dir;          // its folder: privacy.db, the list of deletions, the lock
    const char *url, *schema; // PostgreSQL instead of privacy.db, as of store_options; several servers then
    const char *key_file;     // NULL: DIR/privacy.key. Never part of a backup unless asked for
    uint32_t authority;       // our code among the members
    struct text zone;         // "Europe/Brussels": when a day begins
    bool create;              // make what is not there
};

struct privacy;

// Opens the tables and the key file (made when the tables are empty and `create` is set), and deletes again
// what the list of deletions names and the database still has: a database that was put back forgets before
// anybody is answered. STATUS_BUSY: another process has the folder. STATUS_CORRUPT: key file, list and
// database do not fit (the problem says which).
enum status privacy_open(const struct env *env, const struct privacy_options *o, struct privacy **out,
                         struct problem *p);
void privacy_close(struct privacy *s);                // harmless on NULL
size_t privacy_erased_again(const struct privacy *s); // mappings that opening deleted again
uint32_t privacy_authority(const struct privacy *s);
// Notices and receipts are signed with it (Ed25519); tell it to the other members.
void privacy_public_key(const struct privacy *s, uint8_t key[PRIVACY_PUBLIC_KEY_BYTES]);

// ---- mappings

enum privacy_state {
    PRIVACY_OPEN = 1,
    PRIVACY_CLOSED, // read, no longer written: a phase is over, or two people's events are on it
};

// What is known of one channel. Plain; wipe with privacy_mapping_wipe when it held a key.
struct privacy_mapping {
    int64_t own; // our case, as the case room numbers it
    struct channel_id channel;
    uint32_t members[PRIVACY_MEMBERS_MAX]; // codes, ascending, ours among them
    size_t member_count;
    uint32_t coordinator; // who opened the channel and collects receipts
    uint32_t epoch;       // of the newest case key, from 1
    struct key key;       // that key: for commitments and for events sealed to the channel
    enum privacy_state state;
    int32_t phase; // 1, 2, ... of this case's channels
    struct date delete_after;
    bool is_restricted;
    struct moment opened_at, closed_at; // closed_at.ms 0: open
    struct text ground;                 // in the arena of the call; empty where there is none
};
void privacy_mapping_wipe(struct privacy_mapping *m);

struct privacy_new {
    int64_t own;             // > 0
    const uint32_t *members; // the others; ours is added
    size_t member_count;
    struct date delete_after; // the source record's retention date (ledger.md section 7)
    struct text ground;       // legal reference of the exchange
};

// Step 1 of ledger.md section 5: draws channel and case key, keeps the mapping. A case may have several
// channels. Durable when it returns. `out->ground` points into `n`. STATUS_TOO_LARGE: PRIVACY_CHANNELS_MAX.
enum status privacy_create(struct privacy *s, const struct privacy_reader *by, const struct privacy_new *n,
                           struct privacy_mapping *out, struct problem *p);

// Step 2 at the other end: what came in an invitation, whose sender the caller has proved.
struct privacy_invitation {
    struct channel_id channel;
    struct key key;
    uint32_t epoch;
    uint32_t coordinator;
    const uint32_t *members; // all, ours among them
    size_t member_count;
    struct date delete_after; // ours may be earlier or later than the sender's
    struct text ground;
};
// Keeps the mapping to our case `own`. Again with the same `own`: a higher epoch adds its key, anything else
// is done already. STATUS_CONFLICT: the channel belongs to another case of ours (see privacy_rectify), or the
// epoch is there with another key.
enum status privacy_accept(struct privacy *s, const struct privacy_reader *by,
                           const struct privacy_invitation *i, int64_t own, struct problem *p);

// Our case's newest open channel, for writing to it. STATUS_REFUSED while the case is restricted, unless the
// purpose goes on then.
enum status privacy_channel_of(struct privacy *s, const struct privacy_reader *by, int64_t own,
                               struct arena *a, struct privacy_mapping *out, struct problem *p);
struct privacy_mappings {
    struct privacy_mapping *items;
    size_t count;
};
// All of them, the newest phase first, closed ones too. Not refused while restricted: each says it.
enum status privacy_channels_of(struct privacy *s, const struct privacy_reader *by, int64_t own,
                                struct arena *a, struct privacy_mappings *out, struct problem *p);
// Whose channel this is: for an event that has come. Works on restricted and closed ones, and says so.
enum status privacy_own_of(struct privacy *s, const struct privacy_reader *by,
                           const struct channel_id *channel, struct arena *a, struct privacy_mapping *out,
                           struct problem *p);
// The same for many at once, in one commit: out->items[i] is that of channels[i], with own 0 where there is
// none.
enum status privacy_own_of_many(struct privacy *s, const struct privacy_reader *by,
                                const struct channel_id *channels, size_t count, struct arena *a,
                                struct privacy_mappings *out, struct problem *p);
// The case key of one epoch (older ones open what was sealed before a rotation).
enum status privacy_key_of(struct privacy *s, const struct privacy_reader *by,
                           const struct channel_id *channel, uint32_t epoch, struct key *out,
                           struct problem *p);

// ---- changes

// A wrong link (step 4). Two people's events are on the channel then, so it is closed for both. Its mapping
// now leads to `right`, our case that was meant (0: none of ours; then the mapping is erased as by
// privacy_delete_due). When the channel was open, each of our cases gets a new one with the same members, for
// the caller to invite to: `fresh_wrong` for the person who was linked by mistake, `fresh_right` unless
// `right` is 0. Other members get the notice PRIVACY_NOTICE_CLOSED. The caller writes the event CORRECTION.
struct privacy_rectified {
    bool has_fresh;
    struct privacy_mapping fresh_wrong, fresh_right;
};
enum status privacy_rectify(struct privacy *s, const struct privacy_reader *by,
                            const struct channel_id *channel, int64_t right, struct arena *a,
                            struct privacy_rectified *out, struct problem *p);
// A new phase of a long case (step 5): closes the channel and opens one with the same members, to limit what
// can be linked. The caller invites to `out`.
enum status privacy_split(struct privacy *s, const struct privacy_reader *by,
                          const struct channel_id *channel, struct arena *a, struct privacy_mapping *out,
                          struct problem *p);
// A new case key, epoch + 1, yearly or after an incident (step 5). The coordinator's to do (STATUS_REFUSED
// otherwise); the caller invites the members again with it. Keys of older epochs stay, to open what they
// sealed.
enum status privacy_rotate(struct privacy *s, const struct privacy_reader *by,
                           const struct channel_id *channel, struct arena *a, struct privacy_mapping *out,
                           struct problem *p);
// Open channels that we coordinate and whose newest key is older than PRIVACY_CASE_KEY_DAYS, up to `most`
// (<= PRIVACY_READ_MAX). Each is a reading.
enum status privacy_rotation_due(struct privacy *s, const struct privacy_reader *by, size_t most,
                                 struct arena *a, struct privacy_mappings *out, struct problem *p);
// A person's right to restriction (GDPR Art. 18), or its end. Other members of all open channels get a
// notice.
enum status privacy_restrict(struct privacy *s, const struct privacy_reader *by, int64_t own, bool is_on,
                             struct problem *p);

// ---- what takes two people

enum privacy_wish {
    PRIVACY_HOLD = 1, // for a court or an investigation: nothing of the case is erased until a day
    PRIVACY_RELEASE,  // ends a hold before its day
    PRIVACY_ERASE,    // by order, before the day: the case's mappings are due at once
    PRIVACY_LEAVE,    // this authority leaves: all mappings are due at once
};
// One person asks, another one confirms within PRIVACY_ASK_DAYS. While a hold waits for that, nothing of the
// case is erased either. `own` is 0 for PRIVACY_LEAVE; `until` only for PRIVACY_HOLD, after today and within
// PRIVACY_HOLD_DAYS_MAX.
enum status privacy_ask(struct privacy *s, const struct privacy_reader *by, enum privacy_wish wish,
                        int64_t own, struct date until, int64_t *ask, struct problem *p);
// STATUS_REFUSED: it was the same person (compared as written). STATUS_EXPIRED: nobody confirmed in time.
enum status privacy_confirm(struct privacy *s, const struct privacy_reader *by, int64_t ask,
                            struct problem *p);
struct privacy_asked {
    int64_t ask;
    enum privacy_wish wish;
    bool is_confirmed;
    struct date until; // of a hold; year 0 otherwise
    struct moment asked_at;
    struct text asked_by, confirmed_by, ground; // empty when the year's key was erased
};
struct privacy_asks {
    struct privacy_asked *items;
    size_t count, capacity;
};
// What waits for a second person, and the holds in effect. No case is named.
enum status privacy_asks(struct privacy *s, const struct privacy_reader *by, struct arena *a,
                         struct privacy_asks *out, struct problem *p);

// ---- deletion (step 6)

struct privacy_due {
    uint8_t mapping[16]; // its name in the list of deletions; says nothing
    struct date delete_after;
    bool is_held; // by a hold, or by one that waits for its second person
};
struct privacy_dues {
    struct privacy_due *items;
    size_t count, capacity;
};
// Mappings whose day has come, the oldest first, up to `most`.
enum status privacy_dues(struct privacy *s, const struct privacy_reader *by, size_t most, struct arena *a,
                         struct privacy_dues *out, struct problem *p);

// Erases up to `most` due mappings that nothing holds: first into the list of deletions, then keys and rows,
// a commit each hundred. For each a signed receipt is left, and notices to the other members.
enum status privacy_delete_due(struct privacy *s, const struct privacy_reader *by, size_t most,
                               size_t *deleted, struct problem *p);

// What one member's service tells those of the others. Nothing in it is personal.
enum privacy_notice_kind {
    PRIVACY_NOTICE_DELETED = 1, // MAPPING_DELETED: the receipt
    PRIVACY_NOTICE_ERASE,       // a right was exercised or an order given: erase yours
    PRIVACY_NOTICE_RESTRICT,
    PRIVACY_NOTICE_FREE, // the restriction has ended
    PRIVACY_NOTICE_CLOSED,
};
enum { PRIVACY_NOTICE_BYTES_MAX = 160 };
// What a receipt calls a channel, so that nobody keeps its number: the first 16 bytes of SHA-256("ostia
// privacy: erased", channel). Who still has the channel can tell which receipt is of it; nobody finds the
// channel from the receipt.
struct channel_id privacy_erased_name(const struct channel_id *channel);
struct privacy_notice {
    enum privacy_notice_kind kind;
    struct channel_id channel; // of PRIVACY_NOTICE_DELETED: privacy_erased_name() of it
    uint32_t authority;        // who says it
    struct date day;           // no closer: rare moments tell who it was
    uint8_t signature[PRIVACY_SIGNATURE_BYTES];
};
// Canonical bytes (deterministic CBOR, signature last), and back. STATUS_CORRUPT for anything else.
struct bytes privacy_notice_print(struct arena *a, const struct privacy_notice *n);
enum status privacy_notice_read(struct bytes b, struct privacy_notice *out);
// STATUS_CORRUPT when `key` did not sign it.
enum status privacy_notice_check(const struct privacy_notice *n, const uint8_t key[PRIVACY_PUBLIC_KEY_BYTES]);

// Those that wait to be sent, the oldest first; each stays until it is called sent.
struct privacy_outgoing {
    int64_t number;
    uint32_t to; // authority
    struct bytes notice;
};
struct privacy_outgoings {
    struct privacy_outgoing *items;
    size_t count, capacity;
};
enum status privacy_outgoing(struct privacy *s, size_t most, struct arena *a, struct privacy_outgoings *out);
enum status privacy_sent(struct privacy *s, int64_t number);
// One that has come from the member with that public key. Twice is once. STATUS_CORRUPT: not signed by it;
// STATUS_REFUSED: it is no member of that channel; STATUS_NOT_FOUND: we know no such channel (any more), and
// that is no fault.
enum status privacy_take(struct privacy *s, struct bytes notice, const uint8_t key[PRIVACY_PUBLIC_KEY_BYTES],
                         struct privacy_notice *out, struct problem *p);

// Of channels that we coordinated and have erased: who has confirmed to have erased its part.
struct privacy_receipt {
    struct channel_id name; // privacy_erased_name() of the channel
    uint32_t authority;
    struct date asked_on, erased_on; // erased_on.year 0: the receipt is missing
    struct bytes notice;             // the signed receipt; empty when missing
};
struct privacy_receipts {
    struct privacy_receipt *items;
    size_t count, capacity;
};
// Up to `most`, the oldest first. After all receipts have come the channel's entries are anonymous.
enum status privacy_receipts(struct privacy *s, const struct privacy_reader *by, bool only_missing,
                             size_t most, struct arena *a, struct privacy_receipts *out, struct problem *p);
// A member that has left the federation has erased all, says its exit: its receipts are no longer missed, and
// it is taken out of the members of all channels, whose keys are due for rotation at once.
enum status privacy_member_left(struct privacy *s, const struct privacy_reader *by, uint32_t authority,
                                size_t *channels, struct problem *p);

// ---- evidence (step 10)

struct privacy_evidence {
    int64_t seq;
    struct moment at;
    const char *act; // "read_own"; static
    enum privacy_purpose purpose;
    struct text who, ground;   // empty: ten years have passed
    int64_t own;               // 0: the mapping was erased, or it was about none
    struct channel_id channel; // zeros when own is 0, or when all of a case was meant
};
struct privacy_evidences {
    struct privacy_evidence *items;
    size_t count, capacity;
};
// What was read and done about a case of ours, the oldest first, up to `most`: the person may know it.
enum status privacy_evidence_of(struct privacy *s, const struct privacy_reader *by, int64_t own, size_t most,
                                struct arena *a, struct privacy_evidences *out, struct problem *p);
// Entries behind `after` (0: from the first), whoever they are about, without saying who that is.
enum status privacy_evidence_list(struct privacy *s, const struct privacy_reader *by, int64_t after,
                                  size_t most, struct arena *a, struct privacy_evidences *out,
                                  struct problem *p);
// Number of the newest entry; 0: none.
enum status privacy_evidence_last(struct privacy *s, int64_t *seq);
// Checks the chain. `wrong` is the first entry that does not fit, 0: all fit. Keep `head` elsewhere: whoever
// can write the table could make the chain anew.
struct privacy_audit {
    int64_t entries, wrong;
    struct hash head;
};
enum status privacy_audit(struct privacy *s, struct privacy_audit *out);

// ---- the service key, the night, backups

// A new service key. All row keys are sealed by it anew, a thousand a commit; a crash leaves some for the
// next call. The old key stays in the key file for `keep_days`, for backups made under it, and is then
// erased: who has an older backup and the key file finds nobody in it. 0 after an incident. `p`: STATUS_BUSY
// when the key file holds as many keys as it may.
enum status privacy_renew_key(struct privacy *s, const struct privacy_reader *by, int keep_days,
                              struct problem *p);

// What is due each night: erases due mappings, expired holds and questions, names in evidence after ten
// years, service keys that were kept long enough.
struct privacy_night {
    size_t deleted, held, names_erased, keys_erased;
    size_t receipts_missing;
};
enum status privacy_night(struct privacy *s, struct privacy_night *out, struct problem *p);

// Operators of the command line. The secret is in their hands alone; a name has no space. STATUS_CONFLICT:
// the name is there. STATUS_REFUSED for powers that must not meet, and for a name or secret that is not
// right.
enum status privacy_operator_add(struct privacy *s, struct text name, unsigned powers, struct key *secret,
                                 struct problem *p);
enum status privacy_operator_remove(struct privacy *s, struct text name, struct problem *p);
enum status privacy_operator_powers(struct privacy *s, struct text name, const struct key *secret,
                                    unsigned *powers, struct problem *p);

// For backups: writes down that one is made, and lends the tables, to be read at one moment. The list of
// deletions (DIR/deleted) and the key file must never be part of it, or be kept apart.
struct store;
enum status privacy_copy(struct privacy *s, const struct privacy_reader *by, struct store **tables,
                         struct problem *p);
// For restores: tables that are filled row by row before privacy_open replays the list of deletions.
// STATUS_CONFLICT when they are not empty.
enum status privacy_open_empty(const struct env *env, const struct privacy_options *o, struct store **out,
                               struct problem *p);
