// delivery.h - empties the outbox: one thread that resolves, sends, and writes down what came of it.
#pragma once
#include "exchange/mail.h"
#include "exchange/transport.h"
#include "store/outbox.h"

// Makes the message of an item at the moment of its delivery: address, language and words. Called in the
// delivery thread with a connection for reading; memory from `a`. STATUS_NOT_FOUND: nobody to send to any
// more (erased, no address, does not want mail): the item is dropped. Anything else but STATUS_OK: try again
// later.
typedef enum status mail_resolve_fn(void *context, struct db *db, const struct outbox_item *item,
                                    struct arena *a, struct mail *out);

struct delivery_options {
    struct transport transport; // closed by delivery_stop
    struct mail_sender sender;  // its texts must outlive the delivery
    mail_resolve_fn *resolve;
    void *context;
    int tries_max;          // then the item is dead; 0 means 12: about two days with the times below
    int64_t first_retry_ms; // doubled with every try, give or take a quarter; 0 means 1 minute
    int64_t retry_max_ms;   // 0 means 12 hours
    int64_t poll_ms;        // looks at the outbox at least so often; 0 means 5 seconds
};

enum { DELIVERY_ROUND_MAX = 50 }; // items taken at a time

struct delivery;

// Starts the thread. STATUS_BUSY when the machine has no thread left; then the transport is still the
// caller's.
enum status delivery_start(struct store *s, const struct delivery_options *options, struct delivery **out);
// Waits for the message that is being sent, then ends. NULL is fine.
void delivery_stop(struct delivery *d);
// Something was added: look now. Any thread.
void delivery_wake(struct delivery *d);

// One round without a thread: sends what is due at the store's clock. For tests, and for a program that
// delivers once.
struct delivery_round {
    int sent, failed, dead, dropped;
};
enum status delivery_round(struct store *s, const struct delivery_options *options,
                           struct delivery_round *out);
