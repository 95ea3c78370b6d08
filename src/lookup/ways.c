// ways.c - questions over X-Road and over HTTPS.
#include "lookup/ways.h"

// ---- out

static const char *word_of(enum status st, const struct xroad_answer *got) {
    switch (st) {
    case STATUS_OK:
        if (got->status == 200) return NULL;
        if (got->status == 429 || got->status == 503) return "busy";
        return got->status >= 400 && got->status < 500 ? "refused" : "error";
    case STATUS_IO: return text_eq(got->error.type, T("Ostia.Timeout")) ? "timeout" : "unreachable";
    case STATUS_BUSY: return "busy";
    case STATUS_TOO_LARGE: return "too_long";
    case STATUS_CORRUPT: return "unreadable";
    default: return "refused";
    }
}

static const char *ask_xroad(const struct lookup_other *o, struct text question, struct text purpose,
                             struct text issue, struct arena *a, struct text *answer) {
    struct xroad *x = (struct xroad *)o->context;
    const struct xroad_peer *peer = xroad_peer_of(xroad_settings(x), o->code);
    struct xroad_answer got;
    (void)purpose; // it stands in the question
    if (!peer) return "unreachable";
    const struct xroad_call call = {.service = &peer->service,
                                    .rest = T("/lookups"),
                                    .is_post = true,
                                    .body = bytes_of(question),
                                    .issue = issue,
                                    .answer_max = LOOKUP_BYTES_MAX};
    enum status st = xroad_ask(x, &call, a, &got);
    *answer = text_of_bytes(got.body);
    return word_of(st, &got);
}

struct lookup_other lookup_by_xroad(struct xroad *x, uint32_t code, struct text name) {
    return (struct lookup_other){.code = code, .name = name, .ask = ask_xroad, .context = x};
}

static const char *ask_source(const struct lookup_other *o, struct text question, struct text purpose,
                              struct text issue, struct arena *a, struct text *answer) {
    const struct remote *s = o->context;
    (void)issue; // it stands in the question
    return source_post(s, s->lookups, purpose, question, a, answer);
}

struct lookup_other lookup_by_source(const struct remote *s) {
    return (struct lookup_other){.code = s->code, .name = s->name, .ask = ask_source, .context = s};
}

// ---- in

static void refuse(enum status st, const struct problem *p, struct arena *a, struct xroad_reply *reply) {
    struct text rule = text_of(p->rule ? p->rule : status_name(st));
    struct text message = TEXT_JOIN(a, T("Refused: "), rule);
    if (st == STATUS_INVALID)
        xroad_reply_error(a, 422, "Client.BadRequest", message, reply);
    else if (st == STATUS_REFUSED || st == STATUS_NOT_FOUND)
        xroad_reply_error(a, 403, "Client.AccessDenied", message, reply);
    else if (st == STATUS_BUSY)
        xroad_reply_error(a, 429, "Client.TooManyRequests", message, reply);
    else
        xroad_reply_error(a, 500, "Server.Failed", T("No answer. Ask again later"), reply);
}

void lookup_serve_xroad(struct lookup *l, const struct xroad_options *o, struct text gate,
                        const struct xroad_header *headers, size_t count, struct text body,
                        lookup_actor_fn *actor_of, void *context, struct arena *a,
                        struct xroad_reply *reply) {
    struct xroad_message m;
    const struct xroad_peer *peer;
    struct lookup_question q;
    struct lookup_result r;
    struct problem p = {0};
    struct actor actor;
    if (xroad_admit(o, gate, headers, count, a, &m, &peer, reply)) return;
    if (lookup_question_read(a, body, &q)) {
        xroad_reply_error(a, 400, "Client.BadRequest", T("This is no question that we can read"), reply);
        return;
    }
    enum status st = actor_of(context, peer, q.purpose, a, &actor);
    const struct look look = {.purpose = q.purpose};
    if (!st) st = lookup_answer(l, &actor, &look, &q, a, &r, &p);
    if (st)
        refuse(st, &p, a, reply);
    else
        *reply = (struct xroad_reply){.status = 200,
                                      .media = T("application/json; charset=utf-8"),
                                      .body = bytes_of(lookup_result_print(a, &r))};
}
