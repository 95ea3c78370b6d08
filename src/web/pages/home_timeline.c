// home_timeline.c - what happened in the own case, with what staff entered from paper.
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/home.h"

struct happened {
    struct text title, detail, how;
    struct moment at;
    struct date received;
    bool is_by_person, is_by_system;
};
#define V struct happened
VIEW(HAPPENED, VIEW_TEXT(V, title), VIEW_TEXT(V, detail), VIEW_TEXT(V, how), VIEW_MOMENT(V, at),
     VIEW_DATE(V, received), VIEW_BOOL(V, is_by_person), VIEW_BOOL(V, is_by_system));
#undef V
struct timeline_view {
    int64_t id;
    struct text case_no;
    struct {
        struct happened *items;
        size_t count, capacity;
    } lines;
};
VIEW(TIMELINE_VIEW, VIEW_INT64(struct timeline_view, id), VIEW_TEXT(struct timeline_view, case_no),
     VIEW_LIST(struct timeline_view, lines, &HAPPENED));
static const struct page_template TIMELINE = {"home_timeline", &TIMELINE_VIEW};

static enum status timeline_page(struct request *q, struct response *r) {
    struct timeline_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    v.case_no = f.head.case_no;
    for (size_t i = 0; i < f.timeline.count; i++) {
        const struct timeline_item *t = &f.timeline.items[i];
        *ARENA_PUSH(q->arena, &v.lines) =
            (struct happened){.title = TEXT_JOIN(q->arena, T("event."), t->event),
                              .detail = case_detail_text(q, t),
                              .how = case_received_by(q, t),
                              .at = t->at,
                              .received = t->received,
                              .is_by_person = t->is_by_person,
                              .is_by_system = t->is_by_system};
    }
    return page_show(q, r, &TIMELINE, &v);
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/timeline", timeline_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TIMELINE, NULL};
const struct page_module HOME_TIMELINE_PAGES = {ROUTES, TEMPLATES};
