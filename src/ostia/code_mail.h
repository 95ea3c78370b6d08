// code_mail.h - one-time codes by e-mail, at once: they are worthless after a quarter of an hour, and may go
// to somebody without an account, so they do not pass through the outbox and their address is kept nowhere.
#pragma once
#include <pthread.h>

#include "access/account.h"
#include "exchange/mail.h"
#include "exchange/transport.h"

struct code_mail {
    const struct env *env;
    struct transport transport; // its own: one thread at a time may send
    struct mail_sender sender;
    pthread_mutex_t mutex;
};
enum { CODE_MAIL_TIMEOUT_MS = 8000 }; // the person waits for the page

// Takes over the transport. The sender's texts must outlive it.
void code_mail_open(struct code_mail *m, const struct env *env, const struct transport *t,
                    const struct mail_sender *sender);
void code_mail_close(struct code_mail *m);
// What struct app calls send_code; `context` is the code mail. Telephones: STATUS_UNSUPPORTED.
enum status code_mail_send(void *context, enum contact_kind kind, struct text to, struct text language,
                           struct text subject, struct text body);
