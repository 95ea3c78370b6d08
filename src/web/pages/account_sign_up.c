// account_sign_up.c - a new account: a contact that is proved by a code (or none), a password, the sheet to
// print.
#include "web/pages.h"
#include "web/pages/account.h"

struct sign_up_view {
    struct text contact, challenge, code;
    bool has_contact, is_phone;
};
VIEW(SIGN_UP_VIEW, VIEW_TEXT(struct sign_up_view, contact), VIEW_TEXT(struct sign_up_view, challenge),
     VIEW_TEXT(struct sign_up_view, code), VIEW_BOOL(struct sign_up_view, has_contact),
     VIEW_BOOL(struct sign_up_view, is_phone));
static const struct page_template CONTACT = {"account_sign_up", &SIGN_UP_VIEW};
static const struct page_template PASSWORD = {"account_sign_up_password", &SIGN_UP_VIEW};

struct sheet_code {
    struct text code;
};
VIEW(SHEET_CODE, VIEW_TEXT(struct sheet_code, code));
struct sheet_view {
    struct text name;
    struct {
        struct sheet_code *items;
        size_t count, capacity;
    } codes;
};
VIEW(SHEET_VIEW, VIEW_TEXT(struct sheet_view, name), VIEW_LIST(struct sheet_view, codes, &SHEET_CODE));
static const struct page_template SHEET = {"account_sheet", &SHEET_VIEW};
static const struct page_template FACTOR = {"account_factor", NULL};

static enum status contact_page(struct request *q, struct response *r) {
    struct sign_up_view v = {0};
    if (q->session.account && !(q->session.kinds & HALF_SIGNED_IN))
        return response_redirect(q, r, account_home(q));
    return page_show(q, r, &CONTACT, &v);
}

static enum status contact_take(struct request *q, struct response *r) {
    struct sign_up_view v = {.contact = form_text(q, "contact")};
    struct contact_code code = {0};
    struct problem p = {0};
    if (form_is(q, "without", "yes")) return page_show(q, r, &PASSWORD, &(struct sign_up_view){0});
    if (!v.contact.n) {
        account_problem(q, "contact", "problem.sign_up.contact");
        return page_show(q, r, &CONTACT, &v);
    }
    struct source from = page_source(q);
    enum status st =
        access_contact_code(page_app(q)->access, &from, CODE_SIGN_UP, v.contact, q->arena, &code, &p);
    if (st && !account_mistake(q, st, &p)) return st;
    if (st || !account_send_code(q, &code, "contact")) return page_show(q, r, &CONTACT, &v);
    v.has_contact = true;
    v.is_phone = code.kind == CONTACT_PHONE;
    v.challenge = code.challenge;
    return page_show(q, r, &PASSWORD, &v);
}

static enum status account_make(struct request *q, struct response *r) {
    struct sign_up_view v = {.contact = form_text(q, "contact"),
                             .challenge = form_text(q, "challenge"),
                             .code = form_text(q, "code")};
    v.has_contact = v.challenge.n > 0;
    struct new_account n = {.challenge = v.challenge,
                            .code = v.code,
                            .password = form_text(q, "password"),
                            .language = q->language};
    struct account_made made = {0};
    struct sign_in in = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    struct access *access = page_app(q)->access;
    if (!n.password.n) account_problem(q, "password", "problem.required");
    if (v.has_contact && !v.code.n) account_problem(q, "code", "problem.required");
    if (q->problem_count) return page_show(q, r, &PASSWORD, &v);
    enum status st = access_create_account(access, &from, &n, q->arena, &made, &p);
    if (st) return account_mistake(q, st, &p) ? page_show(q, r, &PASSWORD, &v) : st;
    st = sign_in_new_account(access, &from, made.account, q->arena, &in);
    if (!st) st = account_take_session(q, r, &in);
    return st ? st : account_sheet_show(q, r, made.sign_in_name, made.recovery_codes, RECOVERY_CODES);
}

enum status account_sheet_show(struct request *q, struct response *r, struct text name,
                               const struct text *codes, size_t count) {
    struct sheet_view v = {.name = name};
    for (size_t i = 0; i < count; i++) ARENA_PUSH(q->arena, &v.codes)->code = codes[i];
    return page_show(q, r, &SHEET, &v);
}

// The codes come back with the form, so that the page can show them again when the box is not ticked.
static enum status sheet_seen(struct request *q, struct response *r) {
    struct text codes[RECOVERY_CODES], code;
    size_t count = 0;
    for (size_t at = 0; count < RECOVERY_CODES && fields_next(&q->form, "sheet_code", &at, &code);)
        codes[count++] = text_slice(code, 0, 40);
    if (form_is(q, "kept", "yes"))
        return response_redirect(q, r, q->session.kinds & STAFF ? T("/account") : T("/account/factor"));
    account_problem(q, "kept", "problem.sheet.kept");
    return account_sheet_show(q, r, text_slice(form_text(q, "sheet_name"), 0, 40), codes, count);
}

static enum status sheet_new(struct request *q, struct response *r) {
    struct text codes[RECOVERY_CODES];
    struct account_view account;
    struct access *access = page_app(q)->access;
    struct problem p = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = access_recovery_codes(access, page_actor(q), q->arena, codes, &p);
    if (st) r->problem = p;
    if (!st) st = access_account(access, page_actor(q)->account, q->arena, &account);
    return st ? st : account_sheet_show(q, r, account.sign_in_name, codes, RECOVERY_CODES);
}

static enum status factor_page(struct request *q, struct response *r) {
    return page_show(q, r, &FACTOR, NULL);
}

static const struct route ROUTES[] = {
    {GET, "/sign-up", contact_page, NEEDS(ANYONE)},
    {POST, "/sign-up", contact_take, NEEDS(ANYONE), RATE_SIGN_IN},
    {POST, "/sign-up/account", account_make, NEEDS(ANYONE), RATE_SIGN_IN},
    {POST, "/account/sheet", sheet_seen, NEEDS(SIGNED_IN)},
    {POST, "/account/sheet/new", sheet_new, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {GET, "/account/factor", factor_page, NEEDS(SIGNED_IN)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&CONTACT, &PASSWORD, &SHEET, &FACTOR, NULL};
const struct page_module ACCOUNT_SIGN_UP_PAGES = {ROUTES, TEMPLATES};
