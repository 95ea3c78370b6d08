// home_timeline.c - what happened in the own case, with what staff entered from paper.
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/home.h"
#include "web/pages/others.h"

struct happened {
    struct text title, detail, how;
    struct moment at;
    struct date received;
    bool is_by_person, is_by_system;
    const struct other_line *other; // of another authority, or told to it; NULL: a step of ours
};
#define V struct happened
VIEW(HAPPENED, VIEW_TEXT(V, title), VIEW_TEXT(V, detail), VIEW_TEXT(V, how), VIEW_MOMENT(V, at),
     VIEW_DATE(V, received), VIEW_BOOL(V, is_by_person), VIEW_BOOL(V, is_by_system),
     VIEW_REF(V, other, &OTHER_LINE_VIEW));
#undef V
struct timeline_view {
    int64_t id;
    struct text case_no;
    bool lacks_others; // they cannot be read now
    struct {
        struct happened *items;
        size_t count, capacity;
    } lines;
};
VIEW(TIMELINE_VIEW, VIEW_INT64(struct timeline_view, id), VIEW_TEXT(struct timeline_view, case_no),
     VIEW_BOOL(struct timeline_view, lacks_others), VIEW_LIST(struct timeline_view, lines, &HAPPENED));
static const struct page_template TIMELINE = {"home_timeline", &TIMELINE_VIEW};

// Both lists have the newest first.
static void add_others(struct request *q, const struct case_events *others, size_t *next, struct moment until,
                       struct timeline_view *v) {
    struct text href = text_printf(q->arena, "/my/%lld", (long long)v->id);
    for (; *next < others->count && others->items[*next].item.at.ms >= until.ms; ++*next)
        *ARENA_PUSH(q->arena, &v->lines) =
            (struct happened){.at = others->items[*next].item.at,
                              .other = other_line_of(q, others, &others->items[*next], href)};
}

static enum status timeline_page(struct request *q, struct response *r) {
    struct timeline_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    struct case_events others;
    struct problem p = {0};
    size_t next = 0;
    v.case_no = f.head.case_no;
    v.lacks_others = others_read(q, v.id, &f, &others, &p) != STATUS_OK;
    for (size_t i = 0; i < f.timeline.count; i++) {
        const struct timeline_item *t = &f.timeline.items[i];
        add_others(q, &others, &next, t->at, &v);
        *ARENA_PUSH(q->arena, &v.lines) =
            (struct happened){.title = TEXT_JOIN(q->arena, T("event."), t->event),
                              .detail = case_detail_text(q, t),
                              .how = case_received_by(q, t),
                              .at = t->at,
                              .received = t->received,
                              .is_by_person = t->is_by_person,
                              .is_by_system = t->is_by_system};
    }
    add_others(q, &others, &next, (struct moment){0}, &v);
    return page_show(q, r, &TIMELINE, &v);
}

static enum status proof_file(struct request *q, struct response *r) {
    struct case_file f;
    int64_t id;
    enum status st = own_case_open(q, r, &id, &f);
    return st ? st : other_proof(q, r, id, &f);
}

static enum status message_file(struct request *q, struct response *r) {
    struct case_file f;
    int64_t id;
    enum status st = own_case_open(q, r, &id, &f);
    return st ? st : other_message(q, r, id, &f);
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/timeline", timeline_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/my/:id/proof/:place", proof_file, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/my/:id/proof/:place/message", message_file, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TIMELINE, NULL};
const struct page_module HOME_TIMELINE_PAGES = {ROUTES, TEMPLATES};
