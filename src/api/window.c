// window.c - the one window for programs of other authorities: hit or no hit, and where to ask on.
#include "api/table.h"
#include "search/search.h"

static struct text word_of(enum status st, const struct search_answer *x) {
    if (st || x->is_loading) return T("no_answer");
    return x->open ? T("hit") : T("no_hit");
}

static struct text typed_of(struct arena *a, const struct api_window *in) {
    if (in->number.n) return in->number;
    return text_trim(TEXT_JOIN(a, in->name, T(" "), in->birth));
}

// Hits that were cleared before are none; of the others the kind, the reference and how sure it is.
enum status api_window(struct api_call *c) {
    struct api_window *in = c->in;
    struct api_window_answer out = {0};
    struct search_answer x;
    struct search_ask ask = {.typed = typed_of(c->q->arena, in), .look = c->look};
    if (!c->app->search) return STATUS_NOT_FOUND;
    ask.look.reason = in->reason;
    enum status st = search_run(c->app->search, c->actor, &ask, c->q->arena, &x, &c->problem);
    if (st) return api_failed(c, st);
    out.answer = word_of(st, &x);
    for (size_t i = 0; i < x.hits.count && !x.is_loading; i++) {
        const struct search_hit *h = &x.hits.items[i];
        if (h->is_cleared || h->is_begin) continue;
        *ARENA_PUSH(c->q->arena, &out.hits) = (struct api_window_hit){
            h->kind == SEARCH_CASE ? T("case") : h->of->id, h->reference, text_of(h->level)};
    }
    return api_answer(c, &SHAPE_WINDOW, &out);
}
