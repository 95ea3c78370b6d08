#include "ostia/mail.h"

#include "base/embed.h"
#include "cases/cases.h"

extern const struct embedded_list OSTIA_MAIL_TEXTS; // made by tools/embed

enum status mail_room_open(struct mail_room *m, struct house *h, struct problem *p) {
    struct po_input files[TEXT_LANGUAGES_MAX];
    struct catalog *texts;
    size_t count = 0;
    *m = (struct mail_room){.access = h->access};
    for (; count < OSTIA_MAIL_TEXTS.count && count < TEXT_LANGUAGES_MAX; count++) {
        const struct embedded *f = &OSTIA_MAIL_TEXTS.files[count];
        struct text name = text_of(f->name);
        files[count] = (struct po_input){text_slice(name, 0, name.n - 3), name, {(const char *)f->p, f->n}};
    }
    enum status st = catalog_read(&m->arena, files, count, &texts, p);
    m->texts = st ? NULL : texts;
    return st;
}

void mail_room_close(struct mail_room *m) {
    arena_free(&m->arena);
}

// One sentence for every kind: even "your decision is ready" would tell whoever looks over a shoulder too
// much. No link (R-PH-02); the phrase that the person chose shows that it is from us.
enum status mail_resolve(void *context, struct db *db, const struct outbox_item *item, struct arena *a,
                         struct mail *out) {
    struct mail_room *m = context;
    struct account_view who;
    struct text phrase = {0};
    enum status st = access_account(m->access, item->recipient, a, &who);
    if (st) return st;
    if (who.is_closed || !mail_address_is_valid(who.email)) return STATUS_NOT_FOUND;
    struct texts t = {.layer = {m->texts}, .count = 1};
    st = cases_phrase(db, item->about, a, &phrase);
    if (st) return st;
    struct text language = texts_language(&t, who.language);
    struct text body = texts_get(&t, language, T("mail.news.body"), NULL);
    struct text_value values[] = {{T("phrase"), phrase}};
    struct text line = text_fill(a, texts_get(&t, language, T("mail.news.phrase"), NULL), values, 1);
    *out = (struct mail){
        .to = who.email,
        .subject = texts_get(&t, language, T("mail.news.subject"), NULL),
        .body = phrase.n ? TEXT_JOIN(a, body, T("\n\n"), line) : body,
        .language = language,
    };
    return STATUS_OK;
}

static enum status smtp_bad(struct problem *p, struct text url) {
    enum status st = problem(p, "smtp", "smtp_url", "problem.settings.smtp");
    size_t at;
    // What stands before the @ is a password.
    problem_arg(p, "url", text_find(url, T("@"), &at) ? text_slice(url, at + 1, url.n) : url);
    return st;
}

enum status smtp_read(struct arena *a, struct text url, struct smtp_options *out, struct problem *p) {
    struct text rest = url, user = {0}, host;
    size_t at;
    int64_t port = 0;
    *out = (struct smtp_options){.security = SMTP_TLS_WHEN_OFFERED};
    if (text_starts(rest, T("smtps://")))
        out->security = SMTP_TLS_FROM_START, rest = text_slice(rest, 8, rest.n);
    else if (text_starts(rest, T("smtp://")))
        rest = text_slice(rest, 7, rest.n);
    else
        return smtp_bad(p, url);
    if (text_find(rest, T("@"), &at)) user = text_slice(rest, 0, at), rest = text_slice(rest, at + 1, rest.n);
    text_cut(&rest, ':', &host);
    if (!host.n || (rest.n && (!text_int(rest, &port) || port < 1 || port > 65535))) return smtp_bad(p, url);
    if (user.n && out->security == SMTP_TLS_WHEN_OFFERED) out->security = SMTP_TLS_REQUIRED;
    out->host = text_copy(a, host);
    out->port = (int)port;
    if (user.n) text_cut(&user, ':', &out->user);
    out->password = user.p ? user : T("");
    return STATUS_OK;
}
