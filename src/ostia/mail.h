// mail.h - what leaves by e-mail: words and address of an outbox item, found at the moment of delivery.
#pragma once
#include "exchange/delivery.h"
#include "ostia/house.h"
#include "pack/text_catalog.h"

struct mail_room {
    struct access *access;
    struct arena arena;
    const struct catalog *texts;
};
// Reads src/ostia/texts/*.po.
enum status mail_room_open(struct mail_room *m, struct house *h, struct problem *p);
void mail_room_close(struct mail_room *m);
// A mail_resolve_fn; `context` is the mail room. Says that there is news and where to read them, never what:
// R-GD-15.
enum status mail_resolve(void *context, struct db *db, const struct outbox_item *item, struct arena *a,
                         struct mail *out);

// "smtp://host:25", "smtps://user:password@host" into options that live in `a`. STATUS_INVALID.
enum status smtp_read(struct arena *a, struct text url, struct smtp_options *out, struct problem *p);
