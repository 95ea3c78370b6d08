// start.c - pages that need nobody: the first page, accessibility, privacy.
#include "web/pages.h"

static const struct page_template START = {"start", NULL};
static const struct page_template ACCESSIBILITY = {"accessibility", NULL};
static const struct page_template PRIVACY = {"privacy", NULL};

static enum status start_page(struct request *q, struct response *r) {
    return page_show(q, r, &START, NULL);
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
