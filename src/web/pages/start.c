// start.c - pages that need nobody: the first page, accessibility, privacy.
#include "web/pages.h"
#include "web/pages/apply.h"

struct first_view {
    struct text title; // of the only procedure; empty: of the house
    struct offers offers;
    struct own_lines own;
    bool is_choice;
};
#define V struct first_view
VIEW(FIRST_VIEW, VIEW_TEXT(V, title), VIEW_LIST(V, offers, &OFFER_VIEW), VIEW_LIST(V, own, &OWN_LINE_VIEW),
     VIEW_BOOL(V, is_choice));
#undef V
static const struct page_template START = {"start", &FIRST_VIEW};
static const struct page_template ACCESSIBILITY = {"accessibility", NULL};
static const struct page_template PRIVACY = {"privacy", NULL};

static enum status start_page(struct request *q, struct response *r) {
    struct first_view v = {.offers = offers_of(q, false, "/apply?procedure=")};
    v.is_choice = v.offers.count > 1;
    const struct pack *only =
        v.offers.count == 1 ? cases_pack_for(page_app(q)->cases, v.offers.items[0].id) : NULL;
    if (only) v.title = offer_text(q, only, T("pack.apply"));
    if (only) v.own = offer_own_lines(q, only);
    return page_show(q, r, &START, &v);
}

static enum status accessibility_page(struct request *q, struct response *r) {
    return page_show(q, r, &ACCESSIBILITY, NULL);
}

static enum status privacy_page(struct request *q, struct response *r) {
    return page_show(q, r, &PRIVACY, NULL);
}

static const struct route ROUTES[] = {
    {GET, "/", start_page, NEEDS(ANYONE)},
    {GET, "/accessibility", accessibility_page, NEEDS(ANYONE)},
    {GET, "/privacy", privacy_page, NEEDS(ANYONE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&START, &ACCESSIBILITY, &PRIVACY, NULL};
const struct page_module START_PAGES = {ROUTES, TEMPLATES};
