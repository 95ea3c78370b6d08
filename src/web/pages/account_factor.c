// account_factor.c - setting up one-time codes and passkeys; also the first sign-in of staff.
#include <qrencode.h>

#include "web/pages.h"
#include "web/pages/account.h"

#define V struct totp_view
const struct view TOTP_VIEW = {"totp_view", (const struct view_field[]){VIEW_TEXT(V, enrolment),
                                                                        VIEW_TEXT(V, secret),
                                                                        VIEW_TEXT(V, qr),
                                                                        VIEW_TEXT(V, action),
                                                                        VIEW_INT(V, qr_side),
                                                                        {0}}};
#undef V
struct totp_page {
    struct totp_view totp;
};
VIEW(TOTP_PAGE_VIEW, VIEW_STRUCT(struct totp_page, totp, &TOTP_VIEW));
static const struct page_template TOTP = {"account_totp", &TOTP_PAGE_VIEW};

// One path of squares: "M0 0h1v1h-1z...". The page's policy forbids pictures from elsewhere and inline style,
// not shapes.
static struct text qr_path(struct arena *a, struct text content, int *side) {
    struct out o = {.arena = a};
    QRcode *code = QRcode_encodeData((int)content.n, (const unsigned char *)content.p, 0, QR_ECLEVEL_M);
    *side = 0;
    if (!code) return (struct text){0};
    enum { QUIET = 4 }; // ISO/IEC 18004: four modules of white around
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1) out_printf(&o, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
    *side = code->width + 2 * QUIET;
    QRcode_free(code);
    return out_done(&o);
}

enum status account_totp_fill(struct request *q, struct text action, struct totp_view *v) {
    struct totp_offer offer = {0};
    struct problem p = {0};
    enum status st = access_totp_offer(page_app(q)->access, page_actor(q), q->arena, &offer, &p);
    if (st) return st;
    *v = (struct totp_view){.enrolment = offer.enrolment, .secret = offer.secret, .action = action};
    v->qr = qr_path(q->arena, offer.uri, &v->qr_side);
    return STATUS_OK;
}

enum status account_totp_take(struct request *q) {
    struct problem p = {0};
    struct source from = page_source(q);
    enum status st = access_totp_enrol(page_app(q)->access, &from, page_actor(q), form_text(q, "enrolment"),
                                       form_text(q, "code"), q->arena, &p);
    return st && account_mistake(q, st, &p) ? STATUS_INVALID : st;
}

static enum status totp_page(struct request *q, struct response *r) {
    struct totp_page v = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = account_totp_fill(q, T("/account/totp"), &v.totp);
    return st ? st : page_show(q, r, &TOTP, &v);
}

static enum status totp_take(struct request *q, struct response *r) {
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = account_totp_take(q);
    if (st == STATUS_INVALID) return totp_page(q, r);
    if (st) return st;
    response_notice(q, r, "notice.totp.on");
    return response_redirect(q, r, T("/account"));
}

static enum status totp_remove(struct request *q, struct response *r) {
    struct problem p = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = access_totp_remove(page_app(q)->access, page_actor(q), q->arena, &p);
    if (st == STATUS_INVALID) r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.saved");
    return response_redirect(q, r, T("/account"));
}

// ---- passkeys

struct passkey_page {
    struct text ceremony, options, label;
};
VIEW(PASSKEY_VIEW, VIEW_TEXT(struct passkey_page, ceremony), VIEW_TEXT(struct passkey_page, options),
     VIEW_TEXT(struct passkey_page, label));
static const struct page_template PASSKEY = {"account_passkey", &PASSKEY_VIEW};

static enum status passkey_page(struct request *q, struct response *r) {
    struct passkey_ceremony c = {0};
    struct problem p = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = access_passkey_offer(page_app(q)->access, page_actor(q), q->arena, &c, &p);
    struct passkey_page v = {c.ceremony, c.options, form_text(q, "label")};
    if (st && !account_mistake(q, st, &p)) return st;
    return page_show(q, r, &PASSKEY, &v);
}

static enum status passkey_take(struct request *q, struct response *r) {
    struct problem p = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = access_passkey_register(page_app(q)->access, page_actor(q), form_text(q, "ceremony"),
                                 form_text(q, "credential"), form_text(q, "label"), q->arena, &p);
    if (st) return account_mistake(q, st, &p) ? passkey_page(q, r) : st;
    response_notice(q, r, "notice.passkey.added");
    return response_redirect(q, r, T("/account"));
}

static enum status passkey_remove(struct request *q, struct response *r) {
    struct problem p = {0};
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    st = access_passkey_remove(page_app(q)->access, page_actor(q), form_text(q, "passkey"), q->arena, &p);
    if (st == STATUS_INVALID) r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.saved");
    return response_redirect(q, r, T("/account"));
}

// ---- the first sign-in of staff: password, then one-time codes, then sign in again with both

struct enrol_page {
    bool needs_password;
    struct totp_view totp;
};
VIEW(ENROL_VIEW, VIEW_BOOL(struct enrol_page, needs_password),
     VIEW_STRUCT(struct enrol_page, totp, &TOTP_VIEW));
static const struct page_template ENROL = {"account_enrol", &ENROL_VIEW};

static bool is_enrolling(struct request *q) {
    struct session s;
    return !session_find(page_app(q)->access, q->arena, q->session_token, q->now, &s) &&
           s.state == SESSION_ENROL;
}

static enum status enrol_page(struct request *q, struct response *r) {
    struct enrol_page v = {0};
    struct account_view a;
    if (!is_enrolling(q)) return response_redirect(q, r, T("/sign-in/code"));
    enum status st = access_account(page_app(q)->access, page_actor(q)->account, q->arena, &a);
    v.needs_password = !st && !a.has_password;
    if (!st && !v.needs_password) st = account_totp_fill(q, T("/sign-in/enrol/code"), &v.totp);
    return st ? st : page_show(q, r, &ENROL, &v);
}

static enum status enrol_password(struct request *q, struct response *r) {
    struct problem p = {0};
    struct source from = page_source(q);
    if (!is_enrolling(q)) return STATUS_REFUSED;
    enum status st = access_set_password(page_app(q)->access, &from, page_actor(q), T(""),
                                         form_text(q, "password"), q->arena, &p);
    if (st) return account_mistake(q, st, &p) ? enrol_page(q, r) : st;
    return response_redirect(q, r, T("/sign-in/enrol"));
}

static enum status enrol_code(struct request *q, struct response *r) {
    if (!is_enrolling(q)) return STATUS_REFUSED;
    enum status st = account_totp_take(q);
    if (st == STATUS_INVALID) return enrol_page(q, r);
    if (!st) st = session_end(page_app(q)->access, q->session_token);
    if (st) return st;
    response_session_end(q, r);
    response_notice(q, r, "notice.enrolled");
    return response_redirect(q, r, T("/sign-in"));
}

static const struct route ROUTES[] = {
    {GET, "/account/totp", totp_page, NEEDS(SIGNED_IN)},
    {POST, "/account/totp", totp_take, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {POST, "/account/totp/remove", totp_remove, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {GET, "/account/passkey", passkey_page, NEEDS(SIGNED_IN)},
    {POST, "/account/passkey", passkey_take, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {POST, "/account/passkey/remove", passkey_remove, NEEDS(SIGNED_IN), RATE_SIGN_IN},
    {GET, "/sign-in/enrol", enrol_page, NEEDS(HALF_SIGNED_IN)},
    {POST, "/sign-in/enrol/password", enrol_password, NEEDS(HALF_SIGNED_IN), RATE_SIGN_IN},
    {POST, "/sign-in/enrol/code", enrol_code, NEEDS(HALF_SIGNED_IN), RATE_SIGN_IN},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TOTP, &PASSKEY, &ENROL, NULL};
const struct page_module ACCOUNT_FACTOR_PAGES = {ROUTES, TEMPLATES};
