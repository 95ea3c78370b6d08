// channels_inside.h - what the files of channels share; nobody else includes it.
#pragma once
#include <pthread.h>

#include "base/date.h"
#include "exchange/channels.h"
#include "rules/feel.h"

// The directory as it was at one moment; shared by threads, never changed.
struct directory {
    struct arena arena;
    struct members members;
    struct feel_value sees; // names of the types that we read or write, for rules
    int64_t version;
    int users; // under channels.lock
};

// What is known of one peer while the program runs.
struct peer {
    uint32_t code;
    bool is_sending; // a thread is at it
    int attempts;    // in a row without success
    struct moment next_try;
    double tokens; // of the rate limit
    uint64_t filled_us;
};

// Moves on whenever something was told in this program: then a commit wakes who seals.
extern _Atomic uint64_t channels_told_count;

struct channels {
    struct journal *journal;
    struct store *store;
    const struct env *env;
    struct channels_options o;
    pthread_mutex_t lock; // over everything below
    pthread_cond_t changed;
    pthread_mutex_t receiving; // one parcel at a time is put in order
    _Atomic bool is_stopping;
    uint64_t told;  // the writer thread's: channels_told_count at the last commit
    uint64_t woken; // counts
    struct directory *directory;
    struct {
        struct peer *items;
        size_t count, capacity;
    } peers;
    struct arena arena;                          // of peers
    pthread_t threads[CHANNELS_SENDERS_MAX + 2]; // one seals, one hears
    int thread_count;
};

enum status directory_take(struct channels *x, struct db *db, struct directory **out);
enum status directory_now(struct channels *x, struct directory **out); // with a reader of its own
void directory_give(struct channels *x, struct directory *d);
struct peer *peer_of(struct channels *x, uint32_t code);     // with the lock held
int64_t pause_after(const struct channels *x, int attempts); // channels_deliver.c: before the next try

// ---- channels_tables.c

struct message_row {
    struct channel_tag tag;
    uint32_t seq, sender;
    struct hash hash;
    struct bytes sealed, note;
    int64_t place;
    struct moment at;
    uint32_t key;
    enum refusal refusal;
};
struct message_rows {
    struct message_row *items;
    size_t count, capacity;
};
// The last one of a tag. STATUS_NOT_FOUND: none.
enum status message_last(struct db *db, const struct channel_tag *tag, uint32_t *seq, struct hash *hash);
enum status message_at(struct db *db, const struct channel_tag *tag, uint32_t seq, struct arena *a,
                       struct message_row *out);
enum status message_by_hash(struct db *db, const struct hash *hash, struct channel_tag *tag, uint32_t *seq);
enum status messages_of_tag(struct db *db, const struct channel_tag *tag, struct arena *a,
                            struct message_rows *out);

// Writing them into our log.
enum status log_sent(struct write *w, struct bytes message, struct bytes note);
enum status log_received(struct write *w, struct bytes message, struct bytes note, uint32_t key);
enum status log_refused(struct write *w, const struct sealed *s, enum refusal why, struct text rule,
                        uint32_t key);

// What waits for a member and is due, in the order of our log.
struct waiting {
    struct channel_tag tag;
    uint32_t seq;
    int attempts;
    struct bytes sealed;
    struct hash hash;
};
struct waitings {
    struct waiting *items;
    size_t count, capacity;
};
enum status waiting_for(struct db *db, uint32_t member, struct moment now, struct arena *a,
                        struct waitings *out);
// The next member after `after` for whom something waits. STATUS_NOT_FOUND.
enum status waiting_member(struct db *db, uint32_t after, uint32_t *member);
enum status waiting_is_full(struct db *db, uint32_t member, int64_t max, bool *is_full);
enum status delivery_done(struct db *tx, uint32_t member, const struct channel_tag *tag, uint32_t seq,
                          bool is_refused, struct moment now, struct bytes receipt);
// All that waits for the member with this tag waits for `pause_ms`, longer with each try; from `seq` on it is
// sent again, too.
enum status delivery_again(struct db *tx, uint32_t member, const struct channel_tag *tag, uint32_t seq,
                           struct moment now, int64_t pause_ms);
enum status deliveries_of(struct db *db, const struct channel_tag *tag, uint32_t seq,
                          struct channel_item *out);

// ---- channels_note.c: what a message said, kept sealed with the case key

struct bytes note_seal(const struct env *e, const struct channel_ground *g, const struct channel_tag *tag,
                       uint32_t seq, const struct channel_item *item, struct arena *a);
enum status note_open(const struct exchange_law *law, const struct channel_ground *g,
                      const struct message_row *row, struct arena *a, struct channel_item *out);
// All that was said on the channel, in this epoch and those before, but for deliveries; in our log's order.
enum status history_load(struct channels *x, struct db *db, const struct channel_ground *g, struct arena *a,
                         struct channel_items *out);
// What the rules of the pack say of `item` after those in `before`: its mark and rule.
void plausibility(const struct exchange_law *law, const struct feel_value *sees,
                  const struct channel_items *before, struct channel_item *item, struct arena *a);
struct feel_value plausibility_sees(const struct exchange_law *law, uint32_t roles, struct arena *a);
struct channel_item channel_item_of(const struct envelope *e, struct bytes canonical);

// ---- channels_tell.c

struct told {
    int64_t type, code, answers, at, due;
    struct bytes ref, digest, only;
    uint32_t to[ENVELOPE_TO_MAX];
    size_t to_count;
};
bool told_read(struct bytes payload, struct told *out);
enum status item_sent(struct db *tx, struct text key, struct moment now); // in the transaction that sends it
// An item of the outbox was not sent: it is tried again after the pause, or not any more.
enum status item_over(struct channels *x, struct text key, enum outbox_state state, int64_t pause_ms,
                      struct text why);

// ---- channels_hear.c

// In the transaction that logged it: the event is to be brought to our case.
// `answered`: the type and code of the one that it answers, 0: none.
enum status hear_later(struct write *w, const struct channel_ask *of, const struct channel_item *item,
                       const uint16_t answered[2]);
enum status channels_hear(struct channels *x, struct channels_round *out); // all that is due

// ---- tally.c: what whoever watches over the exchange may count

enum { TALLY_MET_MAX = 64 }; // deadlines that one event meets; more are of a loop
struct channel_tally_due {
    uint16_t type; // 0: none
    int64_t day;
    bool was_met; // before
};
struct channel_tally {
    enum channel_mark mark;
    struct text rule;
    struct channel_tally_due awaited, met[TALLY_MET_MAX];
    size_t met_count;
};
void channel_tally_of(const struct channel_items *history, const struct channel_item *item,
                      struct channel_tally *out);
// What we tell on several channels counts once: what another channel knows of it is added.
void channel_tally_merge(struct channel_tally *into, const struct channel_tally *other);
// In the transaction that logs the message, so that twice is once.
enum status channel_tally_write(struct db *tx, const struct channel_tally *t, struct moment now);

// ---- the three ways

enum status channels_seal(struct channels *x, struct channels_round *out); // channels_send.c
// channels_deliver.c: what waits for one member, until nothing does or it fails.
enum status channels_deliver(struct channels *x, uint32_t member, struct channels_round *out);
enum status channels_answers(struct channels *x, const struct directory *d, uint32_t from,
                             const struct bytes *answers, size_t count, struct channels_round *out);

// Our key that is good now; NULL: none.
const struct own_key *channels_key(const struct channels *x, const struct directory *d, struct moment now);

// ---- missives (missives_*.c)

enum status missives_waiting_member(struct db *db, uint32_t after, uint32_t *member);
enum status missives_deliver(struct channels *x, uint32_t member, struct channels_round *out,
                             enum status *sent);
bool are_missives(const struct bytes *items, size_t count);
enum status missives_receive(struct channels *x, const struct directory *d, const struct own_key *key,
                             uint32_t from, const struct bytes *items, size_t count, struct db *db,
                             struct arena *a, struct bytes *answer);
// A receipt of `member` for one of our missives, or a reason to send it again later; none of ours: nothing.
enum status missive_receipted(struct db *tx, uint32_t member, const struct receipt *r, struct bytes bytes,
                              struct moment now, int64_t pause_ms);
