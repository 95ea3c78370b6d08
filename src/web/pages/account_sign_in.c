// account_sign_in.c - signing in, step by step; the same pages for everybody.
#include "web/pages.h"
#include "web/pages/account.h"

struct sign_in_view {
    struct text name, next, challenge, ceremony, options;
    bool has_totp, has_passkey, has_recovery, has_sent_code, is_sent, is_second_step;
};
#define V struct sign_in_view
VIEW(SIGN_IN_VIEW, VIEW_TEXT(V, name), VIEW_TEXT(V, next), VIEW_TEXT(V, challenge), VIEW_TEXT(V, ceremony),
     VIEW_TEXT(V, options), VIEW_BOOL(V, has_totp), VIEW_BOOL(V, has_passkey), VIEW_BOOL(V, has_recovery),
     VIEW_BOOL(V, has_sent_code), VIEW_BOOL(V, is_sent), VIEW_BOOL(V, is_second_step));
#undef V
static const struct page_template SIGN_IN = {"account_sign_in", &SIGN_IN_VIEW};
static const struct page_template CODE = {"account_sign_in_code", &SIGN_IN_VIEW};
static const struct page_template RECOVERY = {"account_sign_in_recovery", &SIGN_IN_VIEW};
static const struct page_template PASSKEY = {"account_sign_in_passkey", &SIGN_IN_VIEW};
static const struct page_template RESET = {"account_reset", &SIGN_IN_VIEW};

static struct text next_of(const struct request *q) {
    struct text next = q->method == POST ? form_text(q, "next") : query_text(q, "next");
    return path_is_local(next) ? next : (struct text){0};
}

static enum status sign_in_page(struct request *q, struct response *r) {
    struct sign_in_view v = {.next = next_of(q)};
    if (q->session.account && !(q->session.kinds & HALF_SIGNED_IN))
        return response_redirect(q, r, account_home(q));
    return page_show(q, r, &SIGN_IN, &v);
}

static enum status sign_in_take(struct request *q, struct response *r) {
    struct sign_in_view v = {.name = form_text(q, "name"), .next = next_of(q)};
    struct text password = form_text(q, "password");
    struct sign_in in = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    if (!v.name.n) account_problem(q, "name", "problem.required");
    if (!password.n) account_problem(q, "password", "problem.required");
    if (q->problem_count) return page_show(q, r, &SIGN_IN, &v);
    enum status st = sign_in_password(page_app(q)->access, &from, v.name, password, q->arena, &in, &p);
    if (st) return account_mistake(q, st, &p) ? page_show(q, r, &SIGN_IN, &v) : st;
    return account_go_on(q, r, &in, v.next);
}

// ---- the second step

static enum status half_find(struct request *q, struct session *s) {
    return session_find(page_app(q)->access, q->arena, q->session_token, q->now, s);
}

static enum status code_show(struct request *q, struct response *r, struct sign_in_view *v) {
    struct session s;
    enum status st = half_find(q, &s);
    if (st) return st;
    if (s.state == SESSION_ENROL) return response_redirect(q, r, T("/sign-in/enrol"));
    v->next = next_of(q);
    v->has_totp = s.factors & FACTOR_TOTP;
    v->has_passkey = s.factors & FACTOR_PASSKEY;
    v->has_recovery = s.factors & FACTOR_RECOVERY;
    v->has_sent_code = s.factors & FACTOR_SENT_CODE;
    return page_show(q, r, &CODE, v);
}

static enum status code_page(struct request *q, struct response *r) {
    return code_show(q, r, &(struct sign_in_view){0});
}

// A sign-in that took too long begins again.
static enum status step_failed(struct request *q, struct response *r, enum status st, const struct problem *p,
                               struct sign_in_view *v) {
    if (st == STATUS_EXPIRED || st == STATUS_NOT_FOUND) {
        response_session_end(q, r);
        response_notice(q, r, "notice.sign_in.over");
        return response_redirect(q, r, T("/sign-in"));
    }
    return account_mistake(q, st, p) ? code_show(q, r, v) : st;
}

static enum status code_take(struct request *q, struct response *r) {
    struct sign_in_view v = {.challenge = form_text(q, "challenge")};
    struct text code = form_text(q, "code"), kind = form_text(q, "kind");
    struct sign_in in = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    struct access *x = page_app(q)->access;
    v.is_sent = v.challenge.n > 0;
    enum status st;
    if (text_eq(kind, T("totp")))
        st = sign_in_totp(x, &from, q->session_token, code, q->arena, &in, &p);
    else if (text_eq(kind, T("sent")))
        st = sign_in_sent_code(x, &from, q->session_token, v.challenge, code, q->arena, &in, &p);
    else
        st = sign_in_recovery_code(x, &from, q->session_token, code, q->arena, &in, &p);
    // Each of the forms on the page has a field of its own; the message belongs beside the one that was used.
    if (st && p.field && text_eq(text_of(p.field), T("code")))
        p.field = text_eq(kind, T("totp")) ? "totp" : text_eq(kind, T("sent")) ? "sent" : "recovery";
    return st ? step_failed(q, r, st, &p, &v) : account_go_on(q, r, &in, next_of(q));
}

static enum status code_send(struct request *q, struct response *r) {
    struct sign_in_view v = {0};
    struct contact_code code = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    enum status st = sign_in_send_code(page_app(q)->access, &from, q->session_token, q->arena, &code, &p);
    if (st) return step_failed(q, r, st, &p, &v);
    v.is_sent = account_send_code(q, &code, "sent");
    v.challenge = v.is_sent ? code.challenge : T("");
    return code_show(q, r, &v);
}

// ---- the printed code in place of the password; also the invitation of staff

static enum status recovery_page(struct request *q, struct response *r) {
    return page_show(q, r, &RECOVERY, &(struct sign_in_view){0});
}

static enum status recovery_take(struct request *q, struct response *r) {
    struct sign_in_view v = {.name = form_text(q, "name")};
    struct text code = form_text(q, "code");
    struct sign_in in = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    if (!v.name.n) account_problem(q, "name", "problem.required");
    if (!code.n) account_problem(q, "code", "problem.required");
    if (q->problem_count) return page_show(q, r, &RECOVERY, &v);
    enum status st = sign_in_recovery(page_app(q)->access, &from, v.name, code, q->arena, &in, &p);
    if (st) return account_mistake(q, st, &p) ? page_show(q, r, &RECOVERY, &v) : st;
    return account_go_on(q, r, &in, T("/account/password"));
}

// ---- a forgotten password, when an e-mail address or phone is known

static enum status reset_page(struct request *q, struct response *r) {
    return page_show(q, r, &RESET, &(struct sign_in_view){0});
}

static enum status reset_send(struct request *q, struct response *r) {
    struct sign_in_view v = {.name = form_text(q, "name")};
    struct contact_code code = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    enum status st =
        access_contact_code(page_app(q)->access, &from, CODE_RESET_PASSWORD, v.name, q->arena, &code, &p);
    if (st && p.field) p.field = "name";
    if (st && !account_mistake(q, st, &p)) return st;
    if (!st && account_send_code(q, &code, "name")) v.challenge = code.challenge;
    v.is_sent = v.challenge.n > 0;
    return page_show(q, r, &RESET, &v);
}

static enum status reset_take(struct request *q, struct response *r) {
    struct sign_in_view v = {
        .name = form_text(q, "name"), .challenge = form_text(q, "challenge"), .is_sent = true};
    struct problem p = {0};
    struct source from = page_source(q);
    struct text known;
    enum status st = access_reset_password(page_app(q)->access, &from, v.challenge, form_text(q, "code"),
                                           form_text(q, "password"), q->arena, &known, &p);
    if (!st) account_remember(q, r, known);
    if (st) return account_mistake(q, st, &p) ? page_show(q, r, &RESET, &v) : st;
    response_notice(q, r, "notice.password");
    return response_redirect(q, r, T("/sign-in"));
}

// ---- passkeys: the page asks the browser (passkey.js) and sends its answer as an ordinary form

static enum status passkey_page(struct request *q, struct response *r) {
    struct sign_in_view v = {.next = next_of(q), .is_second_step = q->session.kinds & HALF_SIGNED_IN};
    struct passkey_ceremony c = {0};
    struct text token = v.is_second_step ? q->session_token : T("");
    enum status st = sign_in_passkey_offer(page_app(q)->access, token, q->arena, &c);
    v.ceremony = c.ceremony;
    v.options = c.options;
    return st ? st : page_show(q, r, &PASSKEY, &v);
}

static enum status passkey_take(struct request *q, struct response *r) {
    struct sign_in in = {0};
    struct problem p = {0};
    struct source from = page_source(q);
    struct text token = q->session.kinds & HALF_SIGNED_IN ? q->session_token : T("");
    enum status st = sign_in_passkey(page_app(q)->access, &from, token, form_text(q, "ceremony"),
                                     form_text(q, "credential"), q->arena, &in, &p);
    if (st && account_mistake(q, st, &p)) return passkey_page(q, r);
    return st ? st : account_go_on(q, r, &in, next_of(q));
}

static enum status sign_out(struct request *q, struct response *r) {
    if (q->session_token.n && q->session.account) {
        enum status st = session_end(page_app(q)->access, q->session_token);
        if (st && st != STATUS_NOT_FOUND) return st;
    }
    response_session_end(q, r);
    response_notice(q, r, "notice.signed_out");
    return response_redirect(q, r, T("/"));
}

static const struct route ROUTES[] = {
    {GET, "/sign-in", sign_in_page, NEEDS(ANYONE)},
    {POST, "/sign-in", sign_in_take, NEEDS(ANYONE), RATE_SIGN_IN},
    {GET, "/sign-in/code", code_page, NEEDS(HALF_SIGNED_IN)},
    {POST, "/sign-in/code", code_take, NEEDS(HALF_SIGNED_IN), RATE_SIGN_IN},
    {POST, "/sign-in/send", code_send, NEEDS(HALF_SIGNED_IN), RATE_SIGN_IN},
    {GET, "/sign-in/recovery", recovery_page, NEEDS(ANYONE)},
    {POST, "/sign-in/recovery", recovery_take, NEEDS(ANYONE), RATE_SIGN_IN},
    {GET, "/sign-in/reset", reset_page, NEEDS(ANYONE)},
    {POST, "/sign-in/reset", reset_send, NEEDS(ANYONE), RATE_SIGN_IN},
    {POST, "/sign-in/reset/password", reset_take, NEEDS(ANYONE), RATE_SIGN_IN},
    {GET, "/sign-in/passkey", passkey_page, NEEDS(ANYONE), RATE_SIGN_IN},
    {POST, "/sign-in/passkey", passkey_take, NEEDS(ANYONE), RATE_SIGN_IN},
    {POST, "/sign-out", sign_out, NEEDS(ANYONE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&SIGN_IN, &CODE, &RECOVERY, &PASSKEY, &RESET, NULL};
const struct page_module ACCOUNT_SIGN_IN_PAGES = {ROUTES, TEMPLATES};
