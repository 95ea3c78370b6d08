#include "ostia/code_mail.h"

#include "base/encode.h"
#include "base/log.h"

void code_mail_open(struct code_mail *m, const struct env *env, const struct transport *t,
                    const struct mail_sender *sender) {
    *m = (struct code_mail){.env = env, .transport = *t, .sender = *sender};
    pthread_mutex_init(&m->mutex, NULL);
}

void code_mail_close(struct code_mail *m) {
    if (!m->transport.send) return;
    if (m->transport.close) m->transport.close(m->transport.context);
    pthread_mutex_destroy(&m->mutex);
    *m = (struct code_mail){0};
}

static enum status print_and_send(struct code_mail *m, struct arena *a, const struct mail *mail) {
    uint8_t key[16];
    char error[TRANSPORT_ERROR_MAX] = "";
    struct letter_out letter = {.from = m->sender.address, .to = mail->to};
    env_random(m->env, key, sizeof key);
    letter.id = mail_id(a, hex_encode(a, (struct bytes){key, sizeof key}));
    enum status st = mail_print(a, mail, &m->sender, letter.id, env_now(m->env), &letter.message);
    if (st) return st;
    pthread_mutex_lock(&m->mutex);
    st = m->transport.send(m->transport.context, &letter, error);
    pthread_mutex_unlock(&m->mutex);
    if (st) log_line(LOG_WARNING, "code.mail", "status=\"%s\" error=\"%s\"", status_name(st), error);
    return st;
}

enum status code_mail_send(void *context, enum contact_kind kind, struct text to, struct text language,
                           struct text subject, struct text body) {
    struct code_mail *m = context;
    struct arena a = {0};
    if (kind != CONTACT_EMAIL || !m->transport.send) return STATUS_UNSUPPORTED;
    struct mail mail = {
        .to = to, .subject = subject, .body = TEXT_JOIN(&a, body, T("\n")), .language = language};
    enum status st = print_and_send(m, &a, &mail);
    arena_free(&a);
    return st;
}
