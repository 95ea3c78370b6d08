// account_confirm.c - who changes the ways into an account gives a factor again when the last one is old.
// What was typed, a new password too, waits in the page that asks (it is no-store), comes back with the
// confirmation, and then happens what was asked for.
#include "web/pages.h"
#include "web/pages/account.h"

#define KEPT "kept_" // before the names of the other page's fields

struct kept_field {
    struct text name, value;
};
VIEW(KEPT_FIELD, VIEW_TEXT(struct kept_field, name), VIEW_TEXT(struct kept_field, value));

struct confirm_view {
    struct text action, next, challenge, ceremony, options;
    bool has_password, has_passkey, has_app, has_sent_code, has_printed, printed_is_enough, asks_code,
        is_sent;
    struct {
        struct kept_field *items;
        size_t count, capacity;
    } kept;
};
#define V struct confirm_view
VIEW(CONFIRM_VIEW, VIEW_TEXT(V, action), VIEW_TEXT(V, next), VIEW_TEXT(V, challenge), VIEW_TEXT(V, ceremony),
     VIEW_TEXT(V, options), VIEW_BOOL(V, has_password), VIEW_BOOL(V, has_passkey), VIEW_BOOL(V, has_app),
     VIEW_BOOL(V, has_sent_code), VIEW_BOOL(V, has_printed), VIEW_BOOL(V, printed_is_enough),
     VIEW_BOOL(V, asks_code), VIEW_BOOL(V, is_sent), VIEW_LIST(V, kept, &KEPT_FIELD));
#undef V
static const struct page_template CONFIRM = {"account_confirm", &CONFIRM_VIEW};

// ---- the fields of the page that waits

static void keep_fields(struct request *q, struct confirm_view *v) {
    bool is_ours = form_has(q, "confirm");
    for (size_t i = 0; i < q->form.count; i++) {
        const struct field *f = &q->form.items[i];
        bool is_kept = text_starts(f->name, T(KEPT));
        if (is_ours ? !is_kept : text_eq(f->name, T("csrf"))) continue;
        *ARENA_PUSH(q->arena, &v->kept) =
            (struct kept_field){is_kept ? f->name : TEXT_JOIN(q->arena, T(KEPT), f->name), f->value};
    }
}

static void give_fields_back(struct request *q) {
    struct fields back = {0};
    if (!form_has(q, "confirm")) return;
    for (size_t i = 0; i < q->form.count; i++) {
        struct field f = q->form.items[i];
        if (!text_starts(f.name, T(KEPT))) continue;
        f.name = text_slice(f.name, sizeof KEPT - 1, f.name.n);
        *ARENA_PUSH(q->arena, &back) = f;
    }
    q->form = back;
}

// ---- the page

static enum status fill(struct request *q, struct confirm_view *v) {
    struct confirm_ways ways;
    struct passkey_ceremony c = {0};
    struct access *x = page_app(q)->access;
    enum status st = session_confirm_ways(x, q->session_token, q->arena, &ways);
    if (st) return st;
    v->has_password = ways.has_password;
    v->has_passkey = ways.factors & FACTOR_PASSKEY;
    v->has_app = ways.factors & FACTOR_TOTP;
    v->has_sent_code = ways.needs_second && !v->has_app && ways.factors & FACTOR_SENT_CODE;
    v->has_printed = ways.factors & FACTOR_RECOVERY;
    v->printed_is_enough = ways.printed_code_is_enough;
    v->asks_code = ways.needs_second || v->has_printed;
    if (!v->has_passkey) return STATUS_OK;
    st = sign_in_passkey_offer(x, q->session_token, q->arena, &c);
    v->ceremony = c.ceremony;
    v->options = c.options;
    return st;
}

static enum status confirm_show(struct request *q, struct response *r, struct confirm_view *v) {
    bool is_same_page = q->method == POST && !text_eq(q->path, T("/account/confirm"));
    v->action = is_same_page ? q->path : T("/account/confirm");
    if (!is_same_page && !v->next.n) v->next = q->target;
    if (is_same_page) keep_fields(q, v);
    enum status st = fill(q, v);
    return st ? st : page_show(q, r, &CONFIRM, v);
}

static enum status send_code(struct request *q, struct confirm_view *v, struct problem *p) {
    struct contact_code code = {0};
    struct source from = page_source(q);
    enum status st = sign_in_send_code(page_app(q)->access, &from, q->session_token, q->arena, &code, p);
    if (!st && account_send_code(q, &code, "code")) v->challenge = code.challenge;
    v->is_sent = v->challenge.n > 0;
    return st;
}

// Six digits are of the app or of a message; a printed code has letters.
static unsigned factor_of(const struct request *q, struct text code, struct text challenge) {
    size_t digits = 0;
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] >= '0' && code.p[i] <= '9')
            digits++;
        else if (code.p[i] != ' ')
            return FACTOR_RECOVERY;
    if (!digits) return 0;
    return challenge.n ? FACTOR_SENT_CODE : form_is(q, "confirm", "app") ? FACTOR_TOTP : FACTOR_RECOVERY;
}

static enum status confirm(struct request *q, struct problem *p) {
    struct source from = page_source(q);
    struct access *x = page_app(q)->access;
    if (form_is(q, "confirm", "passkey"))
        return session_confirm_passkey(x, &from, q->session_token, form_text(q, "ceremony"),
                                       form_text(q, "credential"), q->arena, p);
    struct confirmation given = {.password = form_text(q, "password"),
                                 .code = form_text(q, "code"),
                                 .challenge = form_text(q, "challenge")};
    given.factor = factor_of(q, given.code, given.challenge);
    return session_confirm(x, &from, q->session_token, &given, q->arena, p);
}

// True when the form held a confirmation and it was right.
static bool take(struct request *q, struct response *r, struct confirm_view *v, enum status *st) {
    struct problem p = {0};
    bool is_sending = form_is(q, "confirm", "send");
    v->challenge = form_text(q, "challenge");
    v->is_sent = v->challenge.n > 0;
    *st = is_sending ? send_code(q, v, &p) : confirm(q, &p);
    if (!*st && !is_sending) return true;
    if (!*st || account_mistake(q, *st, &p)) *st = confirm_show(q, r, v);
    return false;
}

static bool is_fresh(struct request *q) {
    struct session s;
    return session_find(page_app(q)->access, q->arena, q->session_token, q->now, &s) == STATUS_OK &&
           q->now.ms <= s.fresh_until.ms;
}

bool account_is_confirmed(struct request *q, struct response *r, enum status *st) {
    struct confirm_view v = {0};
    *st = STATUS_OK;
    bool is_confirmed = is_fresh(q);
    if (!is_confirmed && form_has(q, "confirm"))
        is_confirmed = take(q, r, &v, st);
    else if (!is_confirmed)
        *st = confirm_show(q, r, &v);
    if (is_confirmed) give_fields_back(q);
    return is_confirmed;
}

static enum status confirm_take(struct request *q, struct response *r) {
    struct text next = form_text(q, "next");
    struct confirm_view v = {.next = path_is_local(next) ? next : (struct text){0}};
    enum status st;
    if (!is_fresh(q) && !take(q, r, &v, &st)) return st; // pressed twice: the first one did it
    return response_redirect(q, r, v.next.n ? v.next : T("/account"));
}

static const struct route ROUTES[] = {
    {POST, "/account/confirm", confirm_take, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&CONFIRM, NULL};
const struct page_module ACCOUNT_CONFIRM_PAGES = {ROUTES, TEMPLATES};
