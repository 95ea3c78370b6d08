// What the pages about signing up, signing in and the own account share.
#include "web/pages/account.h"

bool account_mistake(struct request *q, enum status st, const struct problem *p) {
    bool can_mend = st == STATUS_INVALID || st == STATUS_BUSY || st == STATUS_CONFLICT ||
                    st == STATUS_TOO_LARGE || st == STATUS_EXPIRED;
    if (!can_mend || !p->text_key) return false;
    page_problem(q, p);
    return true;
}

void account_problem(struct request *q, const char *field, const char *key) {
    struct problem p = {.field = field, .rule = "form", .text_key = key};
    page_problem(q, &p);
}

bool account_send_code(struct request *q, const struct contact_code *code, const char *field) {
    struct app *app = page_app(q);
    const struct problem_arg value = {"code", code->code};
    struct text body = code->code.n ? page_text(q, "account.mail.code.body", &value, 1)
                                    : page_text(q, "account.mail.nothing.body", NULL, 0);
    enum status st = STATUS_UNSUPPORTED;
    if (app->send_code)
        st = app->send_code(app->send_context, code->kind, code->to, q->language,
                            page_text(q, "account.mail.code.subject", NULL, 0), body);
    if (st) account_problem(q, field, "problem.contact.cannot_send");
    return !st;
}

void account_remember(struct request *q, struct response *r, struct text known) {
    if (known.n) response_cookie(q, r, "known", known, 365 * 24 * 3600);
}

enum status account_take_session(struct request *q, struct response *r, const struct sign_in *in) {
    struct web_sessions s = app_sessions(page_app(q));
    q->session = (struct web_session){0};
    enum status st = s.find(s.context, q->arena, in->token, q->now, &q->session);
    if (st) return st;
    q->session_token = in->token;
    response_session(q, r, in->token);
    account_remember(q, r, in->known);
    return STATUS_OK;
}

struct text account_home(const struct request *q) {
    if ((q->session.kinds & STAFF) == POLICY) return T("/policy"); // opens no file, so there is no work list
    if (q->session.kinds & REGISTER_STAFF) return T("/registers");
    return q->session.kinds & STAFF ? T("/work") : T("/home");
}

enum status account_go_on(struct request *q, struct response *r, const struct sign_in *in, struct text next) {
    enum status st = account_take_session(q, r, in);
    if (st) return st;
    bool has_next = next.n && path_is_local(next);
    if (in->state == SESSION_ENROL) return response_redirect(q, r, T("/sign-in/enrol"));
    if (in->state == SESSION_HALF)
        return response_redirect(
            q, r, has_next ? TEXT_JOIN(q->arena, T("/sign-in/code?next="), next) : T("/sign-in/code"));
    return response_redirect(q, r, has_next && !text_eq(next, T("/")) ? next : account_home(q));
}
