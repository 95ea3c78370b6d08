// oversight.h - inside pages/: what whoever watches over the exchange between authorities may see, for the
// page and the API.
#pragma once
#include "exchange/watch.h"
#include "proof/proof.h"
#include "store/outbox.h"
#include "web/app.h"

struct oversight {
    struct exchange_watch exchange;
    struct outbox_counts outbox;
    struct proof_witnesses witnesses; // of our log
    struct witnessed_rows watched;    // logs of others
    int64_t log_size;
};
// Action "see_exchange" for the class of statistics; a refusal is recorded. `purpose` empty: the usual one of
// the role. Numbers alone.
enum status oversight_read(struct request *q, struct text purpose, struct oversight *out, struct problem *p);
