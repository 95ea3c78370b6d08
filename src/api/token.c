// token.c - OAuth 2: client credentials (RFC 6749, 4.4) and revocation (RFC 7009). Its errors have their own
// form (5.2).
#include "access/client.h"
#include "api/table.h"
#include "base/encode.h"
#include "base/json.h"

static enum status oauth_error(struct api_call *c, unsigned status, const char *error) {
    struct json_out j = {.out = &c->r->body};
    struct problem *p = &c->problem;
    size_t n = 0;
    while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
    c->r->status = status;
    if (status == 401) response_header(c->q, c->r, "WWW-Authenticate", T("Basic realm=\"ostia\""));
    if (status == 503) response_header(c->q, c->r, "Retry-After", T("30"));
    c->r->media = T("application/json");
    json_begin_object(&j);
    json_key(&j, "error");
    json_put_text(&j, text_of(error));
    if (p->text_key) {
        json_key(&j, "error_description");
        json_put_text(&j, page_text(c->q, p->text_key, p->args, n));
    }
    json_end_object(&j);
    return STATUS_OK;
}

static enum status wrong(struct api_call *c, const char *error, const char *text_key) {
    c->problem = (struct problem){.field = "", .rule = error, .text_key = text_key};
    return oauth_error(c, 400, error);
}

// "Basic" with both parts form-encoded (2.3.1), or both in the form; not in two places at once.
static bool read_client(struct api_call *c, struct api_grant *g) {
    struct text header = request_header(c->q, "Authorization"), scheme, id;
    struct bytes both;
    if (!header.n) return g->client_id.n > 0;
    if (g->client_secret.n || !text_cut(&header, ' ', &scheme) || !text_eq_nocase(scheme, T("Basic")))
        return false;
    if (base64_decode(c->q->arena, text_trim(header), &both) || !text_is_utf8(text_of_bytes(both)))
        return false;
    struct text rest = text_of_bytes(both);
    if (!text_cut(&rest, ':', &id) || !rest.p) return false;
    g->client_id = id; // an id and a secret of ours have nothing to decode
    g->client_secret = rest;
    return true;
}

static enum status failed(struct api_call *c, enum status st) {
    if (st == STATUS_INVALID && text_eq(text_of(c->problem.rule), T("invalid_scope")))
        return oauth_error(c, 400, "invalid_scope");
    if (st == STATUS_INVALID) return oauth_error(c, 401, "invalid_client");
    return st == STATUS_BUSY || st == STATUS_FULL ? oauth_error(c, 503, "temporarily_unavailable")
                                                  : oauth_error(c, 500, "server_error");
}

enum status api_token(struct api_call *c) {
    struct api_grant *g = c->in;
    struct client_token given;
    if (!g->grant_type.n) return wrong(c, "invalid_request", "problem.client.request");
    if (!text_eq(g->grant_type, T("client_credentials")))
        return wrong(c, "unsupported_grant_type", "problem.client.grant");
    if (!read_client(c, g)) return oauth_error(c, 401, "invalid_client");
    enum status st = access_client_token(c->app->access, g->client_id, g->client_secret, text_trim(g->scope),
                                         c->q->arena, &given, &c->problem);
    if (st) return failed(c, st);
    struct api_token out = {given.token, T("Bearer"), given.purpose, given.life_ms / 1000};
    response_header(c->q, c->r, "Pragma", T("no-cache"));
    return api_answer(c, &SHAPE_TOKEN, &out);
}

enum status api_revoke(struct api_call *c) {
    struct api_grant *g = c->in;
    if (!g->token.n) return wrong(c, "invalid_request", "problem.client.request");
    if (!read_client(c, g)) return oauth_error(c, 401, "invalid_client");
    enum status st = access_client_revoke(c->app->access, g->client_id, g->client_secret, g->token,
                                          c->q->arena, &c->problem);
    if (st) return failed(c, st);
    c->r->media = (struct text){0};
    return STATUS_OK;
}
