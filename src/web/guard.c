// Who may come in: origin, CSRF token, cookies, rates, and the headers that tell browsers to be strict.
#include <sodium.h>
#include <string.h>

#include "base/encode.h"
#include "web/parse.h"
#include "web/server.h"

const struct rate_limits RATE_LIMITS_DEFAULT = {
    // Per address: a reception centre may stand behind one.
    .address = {[RATE_PAGE] = {3000, 600},
                [RATE_WRITE] = {600, 200},
                [RATE_SIGN_IN] = {30, 30},
                [RATE_LOOKUP] = {10, 10},
                [RATE_UPLOAD] = {1200, 600},
                [RATE_API] = {12000, 4000}},
    .account = {[RATE_PAGE] = {600, 200},
                [RATE_WRITE] = {120, 60},
                [RATE_SIGN_IN] = {10, 10},
                [RATE_LOOKUP] = {10, 10},
                [RATE_UPLOAD] = {600, 300},
                [RATE_API] = {3000, 1000}},
};

struct text guard_cookie_name(const struct web *w, struct arena *a, const char *name) {
    return TEXT_JOIN(a, w->is_https ? T("__Host-ostia-") : T("ostia-"), text_of(name));
}

void guard_cookie(struct request *q, struct response *r, const char *name, struct text value, int max_age_s) {
    struct out o = {.arena = q->arena};
    out_text(&o, guard_cookie_name(q->web, q->arena, name));
    out_byte(&o, '=');
    out_text(&o, value);
    out_c(&o, "; Path=/; HttpOnly; SameSite=Lax");
    if (q->web->is_https) out_c(&o, "; Secure");
    if (max_age_s >= 0) out_printf(&o, "; Max-Age=%d", max_age_s);
    response_header(q, r, "Set-Cookie", out_done(&o));
}

// ---- CSRF: HMAC of the session's (or visitor's) cookie, masked anew on each page so that compressed pages
// tell nothing.

static struct hash csrf_secret(struct request *q) {
    struct text base = q->session.account || q->session.kinds ? q->session_token : q->inside->visit;
    return hash_keyed(&q->web->config.secret, bytes_of(TEXT_JOIN(q->arena, T("csrf:"), base)));
}

struct text guard_csrf_token(struct request *q) {
    uint8_t token[2 * HASH_BYTES];
    bool is_visitor = !q->session.account && !q->session.kinds;
    if (is_visitor && !q->inside->visit.n) {
        uint8_t fresh[24];
        env_random(q->env, fresh, sizeof fresh);
        q->inside->visit = base64url_encode(q->arena, (struct bytes){fresh, sizeof fresh});
        guard_cookie(q, &q->inside->r, "visit", q->inside->visit, -1);
    }
    struct hash secret = csrf_secret(q);
    env_random(q->env, token, HASH_BYTES);
    for (int i = 0; i < HASH_BYTES; i++) token[HASH_BYTES + i] = token[i] ^ secret.b[i];
    return base64url_encode(q->arena, (struct bytes){token, sizeof token});
}

static enum status csrf_refused(struct request *q) {
    (void)!problem(&q->inside->r.problem, "csrf", "csrf", "problem.csrf");
    return STATUS_REFUSED;
}

enum status guard_csrf_check(struct request *q, struct text given) {
    struct bytes token;
    bool is_visitor = !q->session.account && !q->session.kinds;
    if (is_visitor && !q->inside->visit.n) return csrf_refused(q);
    if (base64url_decode(q->arena, given, &token) || token.n != 2 * HASH_BYTES) return csrf_refused(q);
    uint8_t unmasked[HASH_BYTES];
    for (int i = 0; i < HASH_BYTES; i++) unmasked[i] = token.p[i] ^ token.p[HASH_BYTES + i];
    struct hash secret = csrf_secret(q);
    return sodium_memcmp(unmasked, secret.b, HASH_BYTES) == 0 ? STATUS_OK : csrf_refused(q);
}

// Under "Referrer-Policy: no-referrer" browsers send "Origin: null" with form posts (Fetch, "append a request
// Origin header"), so null says nothing; Sec-Fetch-Site and the token do.
enum status guard_origin_check(struct request *q) {
    struct text origin = request_header(q, "Origin"), site = request_header(q, "Sec-Fetch-Site");
    if (site.n && !text_eq(site, T("same-origin")) && !text_eq(site, T("none"))) return csrf_refused(q);
    if (!origin.n || text_eq(origin, T("null"))) return STATUS_OK;
    if (text_eq_nocase(origin, text_of(q->web->origin))) return STATUS_OK;
    if (q->web->port_origin[0] && text_eq_nocase(origin, text_of(q->web->port_origin))) return STATUS_OK;
    return csrf_refused(q);
}

// ---- rates

enum status guard_rate(struct request *q, enum rate_class class, int *wait_s) {
    uint8_t network[17] = {0};
    uint64_t key = 0;
    if (parse_network(q->client, network)) {
        static const unsigned char MIX[crypto_shorthash_KEYBYTES] = "address prefix";
        crypto_shorthash((unsigned char *)&key, network, sizeof network, MIX);
    }
    enum status st = rate_take(q->web->address_rate, class, key, wait_s);
    if (!st && q->session.account) st = rate_take(q->web->account_rate, class, q->session.account, wait_s);
    return st;
}

// ---- headers

void guard_headers(struct response *r, struct MHD_Response *to) {
    static const char *const CACHE[] = {[CACHE_NEVER] = "no-store",
                                        [CACHE_REVALIDATE] = "no-cache",
                                        [CACHE_FOREVER] = "public, max-age=31536000, immutable"};
    static const struct {
        const char *name, *value;
    } ALWAYS[] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Permissions-Policy",
         "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    bool has_policy = false;
    for (size_t i = 0; i < sizeof ALWAYS / sizeof *ALWAYS; i++)
        MHD_add_response_header(to, ALWAYS[i].name, ALWAYS[i].value);
    for (size_t i = 0; i < r->header_count; i++) {
        has_policy |= text_eq(r->headers[i].name, T("Content-Security-Policy"));
        MHD_add_response_header(to, r->headers[i].name.p, r->headers[i].value.p);
    }
    if (!has_policy)
        MHD_add_response_header(
            to, "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri "
            "'none'");
    MHD_add_response_header(to, "Cache-Control", CACHE[r->cache]);
}
