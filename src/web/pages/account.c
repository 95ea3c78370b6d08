// account.c - the own account: contacts, password, second factors, passkeys, sessions, language.
#include "web/pages/account.h"
#include "web/pages.h"
#include "web/server.h"

struct session_row {
    int64_t id;
    struct text agent, address;
    struct moment created_at, seen_at;
    bool is_this;
};
#define V struct session_row
VIEW(SESSION_ROW, VIEW_INT64(V, id), VIEW_TEXT(V, agent), VIEW_TEXT(V, address), VIEW_MOMENT(V, created_at),
     VIEW_MOMENT(V, seen_at), VIEW_BOOL(V, is_this));
#undef V
struct passkey_row {
    struct text id, label;
    struct moment created_at, used_at;
};
VIEW(PASSKEY_ROW, VIEW_TEXT(struct passkey_row, id), VIEW_TEXT(struct passkey_row, label),
     VIEW_MOMENT(struct passkey_row, created_at), VIEW_MOMENT(struct passkey_row, used_at));

struct account_page_view {
    struct text email, phone, sign_in_name;
    bool has_password, has_totp;
    int codes_left;
    struct {
        struct passkey_row *items;
        size_t count, capacity;
    } passkeys;
    struct {
        struct session_row *items;
        size_t count, capacity;
    } sessions;
    struct options languages;
};
#define V struct account_page_view
VIEW(ACCOUNT_VIEW, VIEW_TEXT(V, email), VIEW_TEXT(V, phone), VIEW_TEXT(V, sign_in_name),
     VIEW_BOOL(V, has_password), VIEW_BOOL(V, has_totp), VIEW_INT(V, codes_left),
     VIEW_LIST(V, passkeys, &PASSKEY_ROW), VIEW_LIST(V, sessions, &SESSION_ROW),
     VIEW_LIST(V, languages, &OPTION_VIEW));
#undef V
static const struct page_template ACCOUNT = {"account", &ACCOUNT_VIEW};

static void fill_languages(struct request *q, struct options *o, struct text chosen) {
    for (size_t i = 0; i < PAGE_LANGUAGE_COUNT; i++)
        *ARENA_PUSH(q->arena, o) = (struct option){.value = PAGE_LANGUAGES[i],
                                                   .label = language_own_name(q->arena, PAGE_LANGUAGES[i]),
                                                   .is_chosen = text_eq(PAGE_LANGUAGES[i], chosen)};
}

static enum status fill_passkeys(struct request *q, struct account_page_view *v) {
    struct passkey_view *items = NULL;
    size_t count = 0;
    enum status st = access_passkeys(page_app(q)->access, page_actor(q)->account, q->arena, &items, &count);
    for (size_t i = 0; !st && i < count; i++)
        *ARENA_PUSH(q->arena, &v->passkeys) =
            (struct passkey_row){items[i].id, items[i].label, items[i].created_at, items[i].used_at};
    return st;
}

static enum status fill_sessions(struct request *q, struct account_page_view *v) {
    struct session_view *items = NULL;
    size_t count = 0;
    enum status st = session_list(page_app(q)->access, page_actor(q)->account, q->arena, &items, &count);
    for (size_t i = 0; !st && i < count; i++)
        *ARENA_PUSH(q->arena, &v->sessions) = (struct session_row){
            items[i].id,         items[i].agent,   items[i].address,
            items[i].created_at, items[i].seen_at, items[i].id == page_actor(q)->session};
    return st;
}

static enum status account_page(struct request *q, struct response *r) {
    struct account_page_view v = {0};
    struct account_view a;
    enum status st = access_account(page_app(q)->access, page_actor(q)->account, q->arena, &a);
    if (!st) st = fill_passkeys(q, &v);
    if (!st) st = fill_sessions(q, &v);
    if (st) return st;
    v.email = a.email;
    v.phone = a.phone;
    v.sign_in_name = a.sign_in_name;
    v.has_password = a.has_password;
    v.has_totp = a.has_totp;
    v.codes_left = (int)a.recovery_codes_left;
    fill_languages(q, &v.languages, a.language.n ? a.language : q->language);
    return page_show(q, r, &ACCOUNT, &v);
}

static enum status back(struct request *q, struct response *r, const char *notice) {
    response_notice(q, r, notice);
    return response_redirect(q, r, T("/account"));
}

static enum status language_take(struct request *q, struct response *r) {
    struct text wanted = form_text(q, "language");
    for (size_t i = 0; i < PAGE_LANGUAGE_COUNT; i++) {
        if (!text_eq(wanted, PAGE_LANGUAGES[i])) continue;
        enum status st = access_set_language(page_app(q)->access, page_actor(q)->account, PAGE_LANGUAGES[i]);
        if (st) return st;
        response_notice(q, r, "notice.saved");
        return response_redirect(q, r, TEXT_JOIN(q->arena, T("/account?lang="), PAGE_LANGUAGES[i]));
    }
    account_problem(q, "language", "problem.required");
    return account_page(q, r);
}

static enum status session_stop(struct request *q, struct response *r) {
    int64_t id;
    if (form_is(q, "all", "yes")) {
        enum status all =
            session_end_all(page_app(q)->access, page_actor(q)->account, page_actor(q)->session);
        return all ? all : back(q, r, "notice.session.ended");
    }
    if (!text_int(form_text(q, "session"), &id)) return STATUS_NOT_FOUND;
    enum status st = session_end_one(page_app(q)->access, page_actor(q)->account, id);
    return st ? st : back(q, r, "notice.session.ended");
}

// ---- password

struct password_page {
    bool has_password, is_enrolment;
};
VIEW(PASSWORD_VIEW, VIEW_BOOL(struct password_page, has_password),
     VIEW_BOOL(struct password_page, is_enrolment));
static const struct page_template PASSWORD = {"account_password", &PASSWORD_VIEW};

static enum status password_page(struct request *q, struct response *r) {
    struct account_view a;
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = access_account(page_app(q)->access, page_actor(q)->account, q->arena, &a);
    struct password_page v = {.has_password = !st && a.has_password};
    return st ? st : page_show(q, r, &PASSWORD, &v);
}

static enum status password_save(struct request *q, struct problem *p) {
    struct source from = page_source(q);
    if (!form_text(q, "password").n) return problem(p, "password", "required", "problem.required");
    return access_set_password(page_app(q)->access, &from, page_actor(q), form_text(q, "current"),
                               form_text(q, "password"), q->arena, p);
}

static enum status password_take(struct request *q, struct response *r) {
    struct problem p = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = password_save(q, &p);
    if (!st) return back(q, r, "notice.password");
    return account_mistake(q, st, &p) ? password_page(q, r) : st;
}

// ---- one more e-mail address or phone

struct contact_page {
    struct text contact, challenge;
    bool is_sent;
};
VIEW(CONTACT_VIEW, VIEW_TEXT(struct contact_page, contact), VIEW_TEXT(struct contact_page, challenge),
     VIEW_BOOL(struct contact_page, is_sent));
static const struct page_template CONTACT = {"account_contact", &CONTACT_VIEW};

static enum status contact_page(struct request *q, struct response *r) {
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    return page_show(q, r, &CONTACT, &(struct contact_page){0});
}

static enum status contact_send(struct request *q, struct response *r) {
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    struct contact_page v = {.contact = form_text(q, "contact")};
    struct contact_code code = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    st = access_contact_code(page_app(q)->access, &from, CODE_ADD_CONTACT, v.contact, q->arena, &code, &p);
    if (st && p.field) p.field = "contact";
    if (st && !account_mistake(q, st, &p)) return st;
    if (!st && account_send_code(q, &code, "contact")) v.challenge = code.challenge;
    v.is_sent = v.challenge.n > 0;
    return page_show(q, r, &CONTACT, &v);
}

static enum status contact_take(struct request *q, struct response *r) {
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    struct contact_page v = {form_text(q, "contact"), form_text(q, "challenge"), true};
    struct problem p = {0};
    struct source from = page_source(q);
    st = access_add_contact(page_app(q)->access, &from, page_actor(q), v.challenge, form_text(q, "code"),
                            q->arena, &p);
    if (!st) return back(q, r, "notice.saved");
    return account_mistake(q, st, &p) ? page_show(q, r, &CONTACT, &v) : st;
}

static const struct route ROUTES[] = {
    {GET, "/account", account_page, NEEDS(SIGNED_IN)},
    {POST, "/account/language", language_take, NEEDS(SIGNED_IN)},
    {POST, "/account/sessions", session_stop, NEEDS(SIGNED_IN)},
    {GET, "/account/password", password_page, NEEDS(SIGNED_IN)},
    {POST, "/account/password", password_take, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {GET, "/account/contact", contact_page, NEEDS(SIGNED_IN)},
    {POST, "/account/contact", contact_send, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {POST, "/account/contact/code", contact_take, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&ACCOUNT, &PASSWORD, &CONTACT, NULL};
const struct page_module ACCOUNT_PAGES = {ROUTES, TEMPLATES};
