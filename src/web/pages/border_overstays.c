// border_overstays.c - who stayed too long, for the second line.
#include "web/pages.h"
#include "web/pages/border.h"

struct over_line {
    struct text name, nationality, number, reference;
    struct date entered, since;
    int64_t days;
    bool is_uncertain;
};
struct over_view {
    struct {
        struct over_line *items;
        size_t count, capacity;
    } rows;
    struct date today;
    bool is_cut;
};
#define V struct over_line
VIEW(OVER_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, nationality), VIEW_TEXT(V, number), VIEW_TEXT(V, reference),
     VIEW_DATE(V, entered), VIEW_DATE(V, since), VIEW_INT64(V, days), VIEW_BOOL(V, is_uncertain));
#undef V
#define V struct over_view
VIEW(OVER_VIEW, VIEW_LIST(V, rows, &OVER_LINE), VIEW_DATE(V, today), VIEW_BOOL(V, is_cut));
#undef V
static const struct page_template OVER = {"border_overstays", &OVER_VIEW};

static enum status over_page(struct request *q, struct response *r) {
    struct over_view v = {.today = border_today(q)};
    struct overstays all;
    struct border *b;
    enum status st = border_room(q, &b);
    if (!st) st = border_overstays(b, page_actor(q), v.today, q->arena, &all, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < all.count; i++) {
        const struct overstay *o = &all.items[i];
        *ARENA_PUSH(q->arena, &v.rows) =
            (struct over_line){.name = text_trim(TEXT_JOIN(q->arena, o->who.family, T(" "), o->who.given)),
                               .nationality = border_words(q, "nationality", o->who.nationality),
                               .number = o->who.number,
                               .reference = o->reference,
                               .entered = o->entered,
                               .since = o->stay.over_since,
                               .days = o->stay.over_days,
                               .is_uncertain = o->stay.is_uncertain};
    }
    v.is_cut = all.is_cut;
    return page_show(q, r, &OVER, &v);
}

static const struct route ROUTES[] = {{GET, "/border/overstays", over_page, NEEDS(STAFF)}, {0}};
static const struct page_template *const TEMPLATES[] = {&OVER, NULL};
const struct page_module BORDER_OVERSTAY_PAGES = {ROUTES, TEMPLATES};
