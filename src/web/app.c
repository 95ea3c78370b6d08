#include "web/app.h"

#include "access/client.h"
#include "registers/registers.h"

static const struct actor NOBODY = {.kind = ACTOR_NOBODY};

static unsigned kinds_of(const struct actor *actor) {
    static const struct {
        const char *role;
        unsigned kind;
    } ROLES[] = {{"registrar", OFFICER},     {"officer", OFFICER},        {"second_officer", OFFICER},
                 {"supervisor", SUPERVISOR}, {"operator", ADMINISTRATOR}, {"auditor", ADMINISTRATOR},
                 {"policy", POLICY}};
    unsigned kinds = actor->kind == ACTOR_APPLICANT        ? APPLICANT
                     : actor->kind == ACTOR_REPRESENTATIVE ? REPRESENTATIVE
                     : actor->kind == ACTOR_PARTNER        ? PARTNER
                                                           : 0;
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES && actor->kind == ACTOR_STAFF; i++)
        if (actor_has_role(actor, text_of(ROLES[i].role))) kinds |= ROLES[i].kind;
    return kinds || actor->kind != ACTOR_STAFF ? kinds : REGISTER_STAFF;
}

static bool may_use_registers(struct app *app, const struct actor *actor, struct arena *a) {
    static const enum register_action ACTIONS[] = {REGISTER_FIND, REGISTER_READ, REGISTER_RECORD,
                                                   REGISTER_EXPORT};
    struct register_list all = {0};
    struct purpose_list purposes = {0};
    if (!app->registers || actor->kind != ACTOR_STAFF) return false;
    registers_all(app->registers, a, &all);
    for (size_t i = 0; i < all.count && !purposes.count; i++)
        for (size_t k = 0; k < sizeof ACTIONS / sizeof *ACTIONS && !purposes.count; k++)
            registers_purposes(app->registers, actor, all.items[i]->id, ACTIONS[k], a, &purposes);
    return purposes.count > 0;
}

static bool may_record_crossings(struct app *app, const struct actor *actor) {
    return app->border && actor->kind == ACTOR_STAFF &&
           registers_might(app->registers, actor, T("crossing"), T("border_check"), REGISTER_RECORD);
}

static bool has_row(struct app *app, const struct actor *actor, struct text action) {
    const struct pack *pack = cases_pack(app->cases);
    const struct access_rules *rules = pack ? pack_access(pack) : NULL;
    for (size_t i = 0; rules && i < rules->rows.count; i++)
        if (text_eq(rules->rows.items[i].action, action) && actor_has_role(actor, rules->rows.items[i].role))
            return true;
    return false;
}

static bool may_search(struct app *app, const struct actor *actor) {
    return app->search && (has_row(app, actor, T("search")) || has_row(app, actor, T("read_search_log")));
}

static enum status find_session(void *context, struct arena *a, struct text token, struct moment now,
                                struct web_session *out) {
    struct app *app = context;
    struct session *s = ARENA_NEW(a, struct session);
    enum status st = session_find(app->access, a, token, now, s);
    if (st) return st;
    *out = (struct web_session){
        .account = (uint64_t)s->actor.account,
        .kinds = s->state == SESSION_OPEN ? kinds_of(&s->actor) : HALF_SIGNED_IN,
        .display_name = s->display_name,
        .language = s->actor.language,
        .office = s->actor.unit,
        .has_border = may_record_crossings(app, &s->actor),
        .has_search = may_search(app, &s->actor),
        .has_oversight = app->privacy && has_row(app, &s->actor, T("see_exchange")),
        .has_invitations = app->circles && has_row(app, &s->actor, T("answer_invitation")),
        .has_registers = may_use_registers(app, &s->actor, a),
        .actor = &s->actor,
    };
    return STATUS_OK;
}

static enum status find_bearer(void *context, struct arena *a, struct text token, struct moment now,
                               struct web_session *out) {
    struct app *app = context;
    struct actor *actor = ARENA_NEW(a, struct actor);
    enum status st = access_token_find(app->access, a, token, now, actor);
    if (st) return st;
    *out = (struct web_session){.account = (uint64_t)actor->account,
                                .kinds = kinds_of(actor),
                                .display_name = actor->name,
                                .language = actor->language,
                                .office = actor->unit,
                                .actor = actor};
    return STATUS_OK;
}

struct web_sessions app_sessions(struct app *a) {
    return (struct web_sessions){a, find_session, find_bearer};
}

const struct actor *page_actor(const struct request *q) {
    return q->session.actor ? q->session.actor : &NOBODY;
}

struct source page_source(const struct request *q) {
    return (struct source){q->client, request_header(q, "User-Agent"), request_cookie(q, "known")};
}

struct look page_look(const struct request *q, const char *usual) {
    if (page_actor(q)->kind != ACTOR_STAFF) return (struct look){.purpose = T("own_file")};
    struct text purpose = query_text(q, "purpose"), reason = query_text(q, "reason");
    if (!purpose.n) purpose = form_text(q, "purpose");
    if (!reason.n) reason = form_text(q, "reason");
    return (struct look){purpose.n ? purpose : text_of(usual), reason};
}

const struct pack *page_pack(const struct request *q) {
    return q->pack ? q->pack : cases_pack(page_app(q)->cases);
}

void page_use_pack(struct request *q, const struct pack *pack) {
    q->pack = pack;
    q->pack_texts = pack_catalog(pack);
}

struct text page_words_of(struct request *q, const struct pack *pack, struct text key) {
    bool is_machine_made;
    if (!pack || !key.n) return key;
    struct texts texts = {.layer = {pack_catalog(pack)}, .count = 1};
    struct text t = texts_get(&texts, q->language, key, &is_machine_made);
    return t.n ? t : key;
}

struct text page_pack_text(struct request *q, struct text key) {
    return page_words_of(q, page_pack(q), key);
}

struct text page_code_name(struct request *q, const char *list, struct text code) {
    const struct pack *pack = page_pack(q);
    const struct code_list *l = pack ? pack_codes(pack, text_of(list)) : NULL;
    const struct code *c = l ? code_find(l, code) : NULL;
    return c ? code_name(l, c, q->language) : code;
}

struct options page_code_options(struct request *q, const char *list, struct text chosen) {
    struct options o = {0};
    const struct pack *pack = page_pack(q);
    const struct code_list *l = pack ? pack_codes(pack, text_of(list)) : NULL;
    for (size_t i = 0; l && i < code_count(l); i++) {
        const struct code *c = code_in_order(l, q->language, i);
        if (!c || (c->until.n && !text_eq(c->code, chosen))) continue;
        struct option *item = ARENA_PUSH(q->arena, &o);
        item->value = c->code;
        item->label = code_name(l, c, q->language);
        item->is_chosen = text_eq(c->code, chosen);
    }
    return o;
}

struct date page_last_day(const struct request *q, struct moment due) {
    return due.ms ? zone_date(page_app(q)->zone, (struct moment){due.ms - 1}) : (struct date){0};
}
