// window.c - the one window for programs of other authorities: hit or no hit, and where to ask on.
#include "api/table.h"
#include "search/search.h"

static struct text word_of(enum status st, const struct search_answer *x) {
    if (st || x->is_loading) return T("no_answer");
    return x->open || x->files.count ? T("hit") : T("no_hit");
}

static enum status ask(struct api_call *c, struct text typed, struct search_answer *x) {
    struct search_ask ask = {.typed = typed, .look = c->look};
    ask.look.reason = ((const struct api_window *)c->in)->reason;
    return search_run(c->app->search, c->actor, &ask, c->q->arena, x, &c->problem);
}

// By the number; when nothing is known of that, or there is none, by name and birth date. Hits that were
// cleared before are none; of the others the kind, the reference and how sure it is.
enum status api_window(struct api_call *c) {
    struct api_window *in = c->in;
    struct api_window_answer out = {0};
    struct search_answer x = {0};
    struct text name = text_trim(TEXT_JOIN(c->q->arena, in->name, T(" "), in->birth));
    if (!c->app->search) return STATUS_NOT_FOUND;
    enum status st = ask(c, in->number.n ? in->number : name, &x);
    if (!st && in->number.n && in->name.n && !x.open && !x.files.count && !x.is_loading)
        st = ask(c, name, &x);
    if (st) return api_failed(c, st);
    out.answer = word_of(st, &x);
    for (size_t i = 0; i < x.hits.count && !x.is_loading; i++) {
        const struct search_hit *h = &x.hits.items[i];
        if (h->is_cleared || h->is_begin) continue;
        *ARENA_PUSH(c->q->arena, &out.hits) = (struct api_window_hit){
            h->kind == SEARCH_CASE ? T("case") : h->of->id, h->reference, text_of(h->level)};
    }
    for (size_t i = 0; i < x.files.count && !x.is_loading; i++)
        *ARENA_PUSH(c->q->arena, &out.hits) =
            (struct api_window_hit){T("case"), x.files.items[i].case_no, T("number")};
    return api_answer(c, &SHAPE_WINDOW, &out);
}
