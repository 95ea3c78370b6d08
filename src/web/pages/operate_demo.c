// operate_demo.c - only in a demonstration: who can sign in, with the codes of this moment, and the mail that
// was sent.
#include "web/pages.h"

#include "exchange/mail.h"
#include "exchange/transport.h"
#include "web/app.h"

enum { MAILS_SHOWN_MAX = 100, TOTP_STEP_MS = 30 * 1000 };

struct sign_in_line {
    struct text role_key, name, password, code;
    bool has_second;
};
struct demo_view {
    struct {
        struct sign_in_line *items;
        size_t count, capacity;
    } people;
    int64_t seconds; // for which the codes are still good
    bool has_mail;
};
VIEW(SIGN_IN_LINE, VIEW_TEXT(struct sign_in_line, role_key), VIEW_TEXT(struct sign_in_line, name),
     VIEW_TEXT(struct sign_in_line, password), VIEW_TEXT(struct sign_in_line, code),
     VIEW_BOOL(struct sign_in_line, has_second));
VIEW(DEMO_VIEW, VIEW_LIST(struct demo_view, people, &SIGN_IN_LINE), VIEW_INT64(struct demo_view, seconds),
     VIEW_BOOL(struct demo_view, has_mail));
static const struct page_template DEMO = {"operate_demo", &DEMO_VIEW};

static enum status demo_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    struct demo_view v = {.has_mail = app->mail_folder.n > 0};
    if (!app->is_demo) return STATUS_NOT_FOUND;
    for (size_t i = 0; i < app->demo_sign_in_count; i++) {
        const struct demo_sign_in *d = &app->demo_sign_ins[i];
        struct sign_in_line line = {page_pack_text(q, TEXT_JOIN(q->arena, T("access.role."), d->role)),
                                    d->name, d->password, (struct text){0}, d->totp_secret.n > 0};
        char code[7];
        if (line.has_second && !totp_code(d->totp_secret, q->now, code))
            line.code = text_copy(q->arena, text_of(code));
        *ARENA_PUSH(q->arena, &v.people) = line;
    }
    v.seconds = (TOTP_STEP_MS - q->now.ms % TOTP_STEP_MS + 999) / 1000;
    return page_show(q, r, &DEMO, &v);
}

// ---- mail

struct mail_line {
    struct text id, to, subject;
    struct moment when;
};
struct mails_view {
    struct {
        struct mail_line *items;
        size_t count, capacity;
    } mails;
};
VIEW(MAIL_LINE, VIEW_TEXT(struct mail_line, id), VIEW_TEXT(struct mail_line, to),
     VIEW_TEXT(struct mail_line, subject), VIEW_MOMENT(struct mail_line, when));
VIEW(MAILS_VIEW, VIEW_LIST(struct mails_view, mails, &MAIL_LINE));
static const struct page_template MAILS = {"operate_mails", &MAILS_VIEW};

struct mail_view {
    struct text to, subject, body;
};
VIEW(MAIL_VIEW, VIEW_TEXT(struct mail_view, to), VIEW_TEXT(struct mail_view, subject),
     VIEW_TEXT(struct mail_view, body));
static const struct page_template MAIL = {"operate_mail", &MAIL_VIEW};

static enum status mails_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    struct folder_mails found = {0};
    struct mails_view v = {0};
    if (!app->is_demo || !app->mail_folder.n) return STATUS_NOT_FOUND;
    enum status st = folder_list(app->mail_folder, MAILS_SHOWN_MAX, q->arena, &found);
    if (st && st != STATUS_NOT_FOUND) return st; // no folder yet: nothing was sent
    for (size_t i = 0; i < found.count; i++)
        *ARENA_PUSH(q->arena, &v.mails) = (struct mail_line){found.items[i].id, found.items[i].to,
                                                             found.items[i].subject, found.items[i].when};
    return page_show(q, r, &MAILS, &v);
}

static enum status mail_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    struct text message;
    if (!app->is_demo || !app->mail_folder.n) return STATUS_NOT_FOUND;
    enum status st = folder_read(app->mail_folder, request_param(q, "id"), q->arena, &message);
    if (st) return st;
    struct mail_view v = {mail_header(q->arena, message, T("To")),
                          mail_header(q->arena, message, T("Subject")), mail_body(q->arena, message)};
    return page_show(q, r, &MAIL, &v);
}

static const struct route ROUTES[] = {
    {GET, "/demo", demo_page, NEEDS(ANYONE)},
    {GET, "/demo/mail", mails_page, NEEDS(ANYONE)},
    {GET, "/demo/mail/:id", mail_page, NEEDS(ANYONE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&DEMO, &MAILS, &MAIL, NULL};
const struct page_module DEMO_PAGES = {ROUTES, TEMPLATES};
