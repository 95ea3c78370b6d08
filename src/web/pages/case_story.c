// case_story.c - what happened and what was said: timeline, messages, notes, and who looked at the file.
#include <string.h>

#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/home.h"
#include "web/pages/others.h"

// ---- timeline ----

enum kind {
    KIND_OTHER,
    KIND_PROCESS,
    KIND_DOCUMENTS,
    KIND_TALK,
    KIND_DECISION,
    KIND_AUTHORITIES,
    KIND_COUNT
};
static const char *const KIND_NAMES[KIND_COUNT] = {"other", "process",  "documents",
                                                   "talk",  "decision", "authorities"};
static const struct {
    const char *event;
    enum kind kind;
} EVENT_KINDS[] = {{"application_started", KIND_PROCESS},
                   {"answers_saved", KIND_PROCESS},
                   {"application_made", KIND_PROCESS},
                   {"application_withdrawn", KIND_PROCESS},
                   {"application_registered", KIND_PROCESS},
                   {"completeness_checked", KIND_PROCESS},
                   {"interview_booked", KIND_PROCESS},
                   {"interview_cancelled", KIND_PROCESS},
                   {"interview_held", KIND_PROCESS},
                   {"interview_missed", KIND_PROCESS},
                   {"interview_read_back", KIND_PROCESS},
                   {"document_added", KIND_DOCUMENTS},
                   {"document_removed", KIND_DOCUMENTS},
                   {"document_requested", KIND_DOCUMENTS},
                   {"request_closed", KIND_DOCUMENTS},
                   {"message_sent", KIND_TALK},
                   {"note_added", KIND_TALK},
                   {"error_reported", KIND_TALK},
                   {"error_answered", KIND_TALK},
                   {"decision_proposed", KIND_DECISION},
                   {"decision_signed", KIND_DECISION},
                   {"decision_returned", KIND_DECISION},
                   {"letter_made", KIND_DECISION},
                   {"letter_opened", KIND_DECISION},
                   {"letter_delivered", KIND_DECISION},
                   {"appeal_lodged", KIND_DECISION},
                   {"appeal_decided", KIND_DECISION},
                   {"right_asked", KIND_TALK},
                   {"right_answered", KIND_TALK},
                   {"step_recorded", KIND_PROCESS},
                   {"track_chosen", KIND_DECISION},
                   {"pack_chosen", KIND_DECISION},
                   {"rules_suggested", KIND_DECISION}};

static enum kind kind_of(struct text event) {
    for (size_t i = 0; i < sizeof EVENT_KINDS / sizeof *EVENT_KINDS; i++)
        if (text_eq(event, text_of(EVENT_KINDS[i].event))) return EVENT_KINDS[i].kind;
    return KIND_OTHER;
}

struct story_line {
    struct text title, by, detail, how, paper;
    struct moment at;
    struct date received;
    bool is_by_person, is_by_system;
    const struct other_line *other; // what authorities told each other; NULL: a step of ours
};
struct timeline_page {
    struct case_frame frame;
    bool lacks_others; // they cannot be read now
    struct {
        struct story_line *items;
        size_t count, capacity;
    } lines;
    struct options kinds, by;
    struct text href;
};
#define LINE struct story_line
VIEW(LINE_VIEW, VIEW_TEXT(LINE, title), VIEW_TEXT(LINE, by), VIEW_TEXT(LINE, detail), VIEW_TEXT(LINE, how),
     VIEW_TEXT(LINE, paper), VIEW_MOMENT(LINE, at), VIEW_DATE(LINE, received), VIEW_BOOL(LINE, is_by_person),
     VIEW_BOOL(LINE, is_by_system), VIEW_REF(LINE, other, &OTHER_LINE_VIEW));
VIEW(TIMELINE_VIEW, VIEW_STRUCT(struct timeline_page, frame, &CASE_FRAME_VIEW),
     VIEW_BOOL(struct timeline_page, lacks_others), VIEW_LIST(struct timeline_page, lines, &LINE_VIEW),
     VIEW_LIST(struct timeline_page, kinds, &OPTION_VIEW), VIEW_LIST(struct timeline_page, by, &OPTION_VIEW),
     VIEW_TEXT(struct timeline_page, href));
static const struct page_template TIMELINE = {"case_timeline", &TIMELINE_VIEW};

static struct options words(struct arena *a, const char *prefix, const char *const *codes, size_t n,
                            struct text chosen) {
    struct options o = {0};
    for (size_t i = 0; i < n; i++)
        *ARENA_PUSH(a, &o) = (struct option){.value = text_of(codes[i]),
                                             .label_key = text_c(a, key_of(a, prefix, text_of(codes[i]))),
                                             .is_chosen = text_eq(chosen, text_of(codes[i]))};
    return o;
}

static bool is_wanted(const struct timeline_item *t, struct text kind, struct text by) {
    if (kind.n && !text_eq(kind, text_of(KIND_NAMES[kind_of(t->event)]))) return false;
    if (text_eq(by, T("person"))) return t->is_by_person;
    if (text_eq(by, T("system"))) return t->is_by_system;
    if (text_eq(by, T("staff"))) return !t->is_by_person && !t->is_by_system;
    return true;
}

static void add_step(struct request *q, const struct case_page *c, const struct timeline_item *t,
                     struct timeline_page *v) {
    struct story_line *line = ARENA_PUSH(q->arena, &v->lines);
    *line = (struct story_line){.title = TEXT_JOIN(q->arena, T("event."), t->event),
                                .by = t->by_name,
                                .detail = case_detail_text(q, t),
                                .how = case_received_by(q, t),
                                .at = t->at,
                                .received = t->received,
                                .is_by_person = t->is_by_person,
                                .is_by_system = t->is_by_system};
    if (t->paper)
        line->paper =
            text_printf(q->arena, TEXT_FMT "/documents/%lld", TEXT_ARG(c->frame.href), (long long)t->paper);
}

// Both lists have the newest first.
static void add_others(struct request *q, const struct case_page *c, const struct case_events *others,
                       size_t *next, struct moment until, struct timeline_page *v) {
    for (; *next < others->count && others->items[*next].item.at.ms >= until.ms; ++*next)
        *ARENA_PUSH(q->arena, &v->lines) =
            (struct story_line){.at = others->items[*next].item.at,
                                .other = other_line_of(q, others, &others->items[*next], c->frame.href)};
}

// Our own file can be read without them.
static void read_others(struct request *q, const struct case_page *c, struct text kind, struct text by,
                        struct case_events *out, struct timeline_page *v) {
    struct problem p = {0};
    *out = (struct case_events){0};
    if (by.n || (kind.n && !text_eq(kind, text_of(KIND_NAMES[KIND_AUTHORITIES])))) return;
    v->lacks_others = others_read(q, c->frame.id, &c->file, out, &p) != STATUS_OK;
}

static enum status timeline_page(struct request *q, struct response *r) {
    static const char *const BY[] = {"person", "staff", "system"};
    struct case_page c;
    enum status st = case_page_open(q, r, "timeline", &c);
    if (st || case_page_is_sent(r)) return st;
    struct text kind = query_text(q, "kind"), by = query_text(q, "by");
    struct timeline_page v = {.frame = c.frame,
                              .href = case_path(q, c.frame.id, "/timeline"),
                              .kinds = words(q->arena, "case.kind.", KIND_NAMES, KIND_COUNT, kind),
                              .by = words(q->arena, "case.by.", BY, 3, by)};
    struct case_events others;
    size_t next = 0;
    read_others(q, &c, kind, by, &others, &v);
    for (size_t i = 0; i < c.file.timeline.count; i++) {
        const struct timeline_item *t = &c.file.timeline.items[i];
        if (!is_wanted(t, kind, by)) continue;
        add_others(q, &c, &others, &next, t->at, &v);
        add_step(q, &c, t, &v);
    }
    add_others(q, &c, &others, &next, (struct moment){0}, &v);
    return page_show(q, r, &TIMELINE, &v);
}

static enum status proof_file(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "timeline", &c);
    return st || case_page_is_sent(r) ? st : other_proof(q, r, c.frame.id, &c.file);
}

static enum status message_file(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "timeline", &c);
    return st || case_page_is_sent(r) ? st : other_message(q, r, c.frame.id, &c.file);
}

// ---- messages and notes ----

struct talk_item {
    struct text by, body;
    struct moment at, read_at;
    bool from_person, is_unread;
};
struct talk_page {
    struct case_frame frame;
    struct {
        struct talk_item *items;
        size_t count, capacity;
    } items;
    struct text body, action, read_action, back;
    bool can_write, has_unread;
};
#define ITEM struct talk_item
VIEW(ITEM_VIEW, VIEW_TEXT(ITEM, by), VIEW_TEXT(ITEM, body), VIEW_MOMENT(ITEM, at), VIEW_MOMENT(ITEM, read_at),
     VIEW_BOOL(ITEM, from_person), VIEW_BOOL(ITEM, is_unread));
#define TALK struct talk_page
VIEW(TALK_VIEW, VIEW_STRUCT(TALK, frame, &CASE_FRAME_VIEW), VIEW_LIST(TALK, items, &ITEM_VIEW),
     VIEW_TEXT(TALK, body), VIEW_TEXT(TALK, action), VIEW_TEXT(TALK, read_action), VIEW_BOOL(TALK, can_write),
     VIEW_BOOL(TALK, has_unread));
static const struct page_template MESSAGES = {"case_messages", &TALK_VIEW};
static const struct page_template NOTES = {"case_notes", &TALK_VIEW};

static enum status messages_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "messages", &c);
    if (st || case_page_is_sent(r)) return st;
    struct talk_page v = {.frame = c.frame,
                          .action = case_path(q, c.frame.id, "/do/send_message"),
                          .read_action = case_path(q, c.frame.id, "/messages/read"),
                          .can_write = officer_may(q, text_c(q->arena, c.file.relation), "send_message")};
    for (size_t i = c.file.messages.count; i > 0; i--) {
        const struct message_view *m = &c.file.messages.items[i - 1];
        bool unread = m->from_person && !m->read_at.ms;
        v.has_unread |= unread;
        *ARENA_PUSH(q->arena, &v.items) =
            (struct talk_item){m->by_name, m->body, m->at, m->read_at, m->from_person, unread};
    }
    return page_show(q, r, &MESSAGES, &v);
}

static enum status messages_read(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "messages", &c);
    if (st || case_page_is_sent(r)) return st;
    for (size_t i = 0; i < c.file.messages.count && !st; i++) {
        const struct message_view *m = &c.file.messages.items[i];
        if (!m->from_person || m->read_at.ms) continue;
        struct command command = {.kind = COMMAND_READ_MESSAGE,
                                  .case_id = c.frame.id,
                                  .purpose = officer_command_purpose(q, "read_message"),
                                  .read_message = {m->message}};
        st = cases_do(page_app(q)->cases, page_actor(q), &command, q->arena, NULL, &r->problem);
    }
    if (st) return st;
    response_notice(q, r, "notice.case.read");
    return response_redirect(q, r, case_path(q, c.frame.id, "/messages"));
}

static enum status notes_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "notes", &c);
    if (st || case_page_is_sent(r)) return st;
    struct talk_page v = {.frame = c.frame,
                          .action = case_path(q, c.frame.id, "/do/add_note"),
                          .can_write = officer_may(q, text_c(q->arena, c.file.relation), "add_note")};
    for (size_t i = c.file.notes.count; i > 0; i--) {
        const struct note_view *n = &c.file.notes.items[i - 1];
        *ARENA_PUSH(q->arena, &v.items) = (struct talk_item){.by = n->by_name, .body = n->body, .at = n->at};
    }
    return page_show(q, r, &NOTES, &v);
}

// ---- who looked ----

struct looked {
    struct text who, unit, purpose, what;
    struct moment at;
    bool was_refused, was_reasoned;
};
struct access_page {
    struct case_frame frame;
    struct {
        struct looked *items;
        size_t count, capacity;
    } looks;
};
#define LOOKED struct looked
VIEW(LOOKED_VIEW, VIEW_TEXT(LOOKED, who), VIEW_TEXT(LOOKED, unit), VIEW_TEXT(LOOKED, purpose),
     VIEW_TEXT(LOOKED, what), VIEW_MOMENT(LOOKED, at), VIEW_BOOL(LOOKED, was_refused),
     VIEW_BOOL(LOOKED, was_reasoned));
VIEW(ACCESS_VIEW, VIEW_STRUCT(struct access_page, frame, &CASE_FRAME_VIEW),
     VIEW_LIST(struct access_page, looks, &LOOKED_VIEW));
static const struct page_template ACCESS = {"case_access", &ACCESS_VIEW};

static struct text what_key(struct request *q, struct text what) {
    const struct access_rules *rules = pack_access(page_pack(q));
    for (size_t i = 0; i < rules->actions.count; i++)
        if (text_eq(rules->actions.items[i].id, what)) return rules->actions.items[i].label_key;
    if (text_starts(what, T("register"))) return look_what_key(q, what);
    return TEXT_JOIN(q->arena, T("case.what."), what);
}

static enum status access_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "access", &c);
    if (st || case_page_is_sent(r)) return st;
    struct access_page v = {.frame = c.frame};
    for (size_t i = 0; i < c.file.traces.count; i++) {
        const struct trace_view *t = &c.file.traces.items[i];
        *ARENA_PUSH(q->arena, &v.looks) =
            (struct looked){t->who,
                            t->unit,
                            TEXT_JOIN(q->arena, T("access.purpose."), t->purpose),
                            what_key(q, t->what),
                            t->at,
                            t->was_refused,
                            t->was_reasoned};
    }
    return page_show(q, r, &ACCESS, &v);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/timeline", timeline_page, NEEDS(STAFF)},
    {GET, "/cases/:id/proof/:place", proof_file, NEEDS(STAFF)},
    {GET, "/cases/:id/proof/:place/message", message_file, NEEDS(STAFF)},
    {GET, "/cases/:id/messages", messages_page, NEEDS(STAFF)},
    {POST, "/cases/:id/messages/read", messages_read, NEEDS(STAFF), RATE_WRITE},
    {GET, "/cases/:id/notes", notes_page, NEEDS(STAFF)},
    {GET, "/cases/:id/access", access_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TIMELINE, &MESSAGES, &NOTES, &ACCESS, NULL};
const struct page_module CASE_STORY_PAGES = {ROUTES, TEMPLATES};
