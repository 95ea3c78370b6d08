// own_tokens.c - /account/tokens: a member of staff makes a token for a program that they use, for one
// purpose.
#include "access/client.h"
#include "api/table.h"
#include "web/pages/account.h"

struct tokens_page {
    struct options purposes;
    struct text token, purpose;
    int minutes;
};
#define V struct tokens_page
VIEW(TOKENS_VIEW, VIEW_LIST(V, purposes, &OPTION_VIEW), VIEW_TEXT(V, token), VIEW_TEXT(V, purpose),
     VIEW_INT(V, minutes));
static const struct page_template TOKENS_PAGE = {"api_tokens", &TOKENS_VIEW};

static void list_purposes(struct request *q, struct tokens_page *v) {
    const struct pack *pack = page_pack(q);
    for (size_t i = 0; pack && i < pack_access(pack)->purposes.count; i++) {
        const struct access_word *w = &pack_access(pack)->purposes.items[i];
        struct option *o = ARENA_PUSH(q->arena, &v->purposes);
        o->value = w->id;
        o->label = page_pack_text(q, w->label_key);
        o->is_chosen = text_eq(w->id, form_text(q, "purpose"));
    }
}

static enum status tokens_page(struct request *q, struct response *r) {
    struct tokens_page v = {.minutes = TOKEN_MS / 60000};
    list_purposes(q, &v);
    return page_show(q, r, &TOKENS_PAGE, &v);
}

static enum status token_make(struct request *q, struct response *r) {
    struct tokens_page v = {.minutes = TOKEN_MS / 60000};
    struct problem p = {0};
    struct client_token made;
    const struct pack *pack = page_pack(q);
    enum status st;
    if (!account_is_confirmed(q, r, &st)) return st;
    const struct access_word *purpose =
        pack ? access_word_find(&pack_access(pack)->purposes, form_text(q, "purpose")) : NULL;
    st = purpose ? access_token_own(page_app(q)->access, page_actor(q), purpose->id, q->arena, &made, &p)
                 : problem(&p, "purpose", "access_purpose", "problem.access.purpose");
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return tokens_page(q, r);
    }
    r->problem = p;
    if (st) return st;
    v.token = made.token;
    v.purpose = page_pack_text(q, purpose->label_key);
    list_purposes(q, &v);
    return page_show(q, r, &TOKENS_PAGE, &v);
}

static enum status tokens_end(struct request *q, struct response *r) {
    enum status st = access_tokens_end(page_app(q)->access, page_actor(q)->account);
    if (st) return st;
    response_notice(q, r, "notice.tokens_ended");
    return response_redirect(q, r, T("/account/tokens"));
}

static const struct route ROUTES[] = {
    {GET, "/account/tokens", tokens_page, NEEDS(STAFF)},
    {POST, "/account/tokens", token_make, NEEDS(STAFF)},
    {POST, "/account/tokens/end", tokens_end, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TOKENS_PAGE, NULL};
const struct page_module API_TOKEN_PAGES = {ROUTES, TEMPLATES};
