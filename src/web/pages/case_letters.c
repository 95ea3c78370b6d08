// case_letters.c - letters, what was proposed and decided, and what the rules suggest.
#include <string.h>

#include "web/pages.h"
#include "web/pages/case_page.h"

// ---- letters ----

struct letter_line {
    struct text title, language, channel, state, href, deliver, code, sha256;
    struct moment issued, opened, delivered;
    int64_t size;
    bool is_valid, needs_printing, is_paper;
};
struct letters_page {
    struct case_frame frame;
    struct {
        struct letter_line *items;
        size_t count, capacity;
    } letters;
};
#define LETTER struct letter_line
VIEW(LETTER_VIEW, VIEW_TEXT(LETTER, title), VIEW_TEXT(LETTER, language), VIEW_TEXT(LETTER, channel),
     VIEW_TEXT(LETTER, state), VIEW_TEXT(LETTER, href), VIEW_TEXT(LETTER, deliver), VIEW_TEXT(LETTER, code),
     VIEW_TEXT(LETTER, sha256), VIEW_MOMENT(LETTER, issued), VIEW_MOMENT(LETTER, opened),
     VIEW_MOMENT(LETTER, delivered), VIEW_SIZE(LETTER, size), VIEW_BOOL(LETTER, is_valid),
     VIEW_BOOL(LETTER, needs_printing), VIEW_BOOL(LETTER, is_paper));
VIEW(LETTERS_VIEW, VIEW_STRUCT(struct letters_page, frame, &CASE_FRAME_VIEW),
     VIEW_LIST(struct letters_page, letters, &LETTER_VIEW));
static const struct page_template LETTERS = {"case_letters", &LETTERS_VIEW};

static enum status letters_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "letters", &c);
    if (st || case_page_is_sent(r)) return st;
    struct letters_page v = {.frame = c.frame};
    bool may = officer_may(q, text_c(q->arena, c.file.relation), "record_notification");
    for (size_t i = 0; i < c.file.letters.count; i++) {
        const struct letter_view *l = &c.file.letters.items[i];
        struct letter_line line = {.title = l->title,
                                   .language = language_name(q, l->language),
                                   .channel = key_of(q->arena, "case.channel.", l->channel),
                                   .code = l->code,
                                   .sha256 = l->sha256,
                                   .issued = l->issued,
                                   .opened = l->opened,
                                   .delivered = l->delivered,
                                   .size = l->size,
                                   .is_valid = l->is_valid,
                                   .needs_printing = l->needs_printing && l->is_valid,
                                   .is_paper = text_eq(l->channel, T("paper")),
                                   .href = text_printf(q->arena, "/cases/%lld/letters/%lld",
                                                       (long long)c.frame.id, (long long)l->letter)};
        if (may && !l->delivered.ms && l->is_valid)
            line.deliver = text_printf(q->arena, "/cases/%lld/do/record_notification?about=%lld",
                                       (long long)c.frame.id, (long long)l->letter);
        *ARENA_PUSH(q->arena, &v.letters) = line;
    }
    return page_show(q, r, &LETTERS, &v);
}

static enum status read_blob(void *context, uint8_t *to, size_t max, size_t *got) {
    return blob_read(context, to, max, got);
}
static void close_blob(void *context) {
    struct blob_reader *reader = context;
    blob_close_read(&reader);
}

static enum status letter_file(struct request *q, struct response *r) {
    int64_t id, letter;
    struct letter_view l;
    struct blob_reader *reader;
    if (!request_param_id(q, "id", &id) || !request_param_id(q, "letter", &letter)) return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    enum status st = cases_open_letter(page_app(q)->cases, page_actor(q), &look, letter, q->arena, &l,
                                       &reader, &r->problem);
    if (st) return st;
    response_download(q, r, TEXT_JOIN(q->arena, l.kind, T(".pdf")), T("application/pdf"), true);
    r->stream = (struct body_stream){reader, read_blob, close_blob, l.size > 0 ? l.size : -1};
    return STATUS_OK;
}

// ---- decisions, interviews, appeals ----

struct decided {
    struct text outcome, facts, evidence, assessment, legal_basis, suggestion, suggestion_view, proposed_by,
        signed_by, returned_by, return_reason, state, sign;
    struct moment proposed, decided, notified;
    struct date appeal_until;
    bool needs_second, is_proposed, is_own;
};
struct heard {
    struct text record, present, corrections, refusal_reason, by;
    struct moment held, read_back;
    bool is_confirmed;
};
struct appealed {
    struct text grounds, outcome, reasons, court_number;
    struct moment lodged, decided;
    bool asks_to_stay;
};
struct decision_page {
    struct case_frame frame;
    struct {
        struct decided *items;
        size_t count, capacity;
    } decisions;
    struct {
        struct heard *items;
        size_t count, capacity;
    } interviews;
    struct {
        struct appealed *items;
        size_t count, capacity;
    } appeals;
    struct text suggestion;
    struct preview_lines letter; // of what is proposed
};
#define DECIDED struct decided
VIEW(DECIDED_VIEW, VIEW_TEXT(DECIDED, outcome), VIEW_TEXT(DECIDED, facts), VIEW_TEXT(DECIDED, evidence),
     VIEW_TEXT(DECIDED, assessment), VIEW_TEXT(DECIDED, legal_basis), VIEW_TEXT(DECIDED, suggestion),
     VIEW_TEXT(DECIDED, suggestion_view), VIEW_TEXT(DECIDED, proposed_by), VIEW_TEXT(DECIDED, signed_by),
     VIEW_TEXT(DECIDED, returned_by), VIEW_TEXT(DECIDED, return_reason), VIEW_TEXT(DECIDED, state),
     VIEW_TEXT(DECIDED, sign), VIEW_MOMENT(DECIDED, proposed), VIEW_MOMENT(DECIDED, decided),
     VIEW_MOMENT(DECIDED, notified), VIEW_DATE(DECIDED, appeal_until), VIEW_BOOL(DECIDED, needs_second),
     VIEW_BOOL(DECIDED, is_proposed), VIEW_BOOL(DECIDED, is_own));
#define HEARD struct heard
VIEW(HEARD_VIEW, VIEW_TEXT(HEARD, record), VIEW_TEXT(HEARD, present), VIEW_TEXT(HEARD, corrections),
     VIEW_TEXT(HEARD, refusal_reason), VIEW_TEXT(HEARD, by), VIEW_MOMENT(HEARD, held),
     VIEW_MOMENT(HEARD, read_back), VIEW_BOOL(HEARD, is_confirmed));
#define APPEALED struct appealed
VIEW(APPEALED_VIEW, VIEW_TEXT(APPEALED, grounds), VIEW_TEXT(APPEALED, outcome), VIEW_TEXT(APPEALED, reasons),
     VIEW_TEXT(APPEALED, court_number), VIEW_MOMENT(APPEALED, lodged), VIEW_MOMENT(APPEALED, decided),
     VIEW_BOOL(APPEALED, asks_to_stay));
#define DECISIONS struct decision_page
VIEW(DECISION_VIEW, VIEW_STRUCT(DECISIONS, frame, &CASE_FRAME_VIEW),
     VIEW_LIST(DECISIONS, decisions, &DECIDED_VIEW), VIEW_LIST(DECISIONS, interviews, &HEARD_VIEW),
     VIEW_LIST(DECISIONS, appeals, &APPEALED_VIEW), VIEW_LIST(DECISIONS, letter, &PREVIEW_LINE_VIEW),
     VIEW_TEXT(DECISIONS, suggestion));
static const struct page_template DECISION = {"case_decision", &DECISION_VIEW};

static void fill_decisions(struct request *q, const struct case_page *c, struct decision_page *v) {
    for (size_t i = 0; i < c->file.decisions.count; i++) {
        const struct decision_view *d = &c->file.decisions.items[i];
        struct decided x = {page_code_name(q, "outcome", d->outcome),
                            d->facts,
                            d->evidence,
                            d->assessment,
                            d->legal_basis,
                            d->suggestion.n ? key_of(q->arena, "work.track.", d->suggestion) : d->suggestion,
                            d->suggestion_view,
                            d->proposed_by,
                            d->signed_by,
                            d->returned_by,
                            d->return_reason,
                            key_of(q->arena, "case.decision.state.", d->state),
                            {0},
                            d->proposed,
                            d->decided,
                            d->notified,
                            page_last_day(q, d->appeal_until),
                            d->needs_second,
                            text_eq(d->state, T("proposed")),
                            d->proposer == page_actor(q)->account};
        if (x.is_proposed && case_may_sign(q, c))
            x.sign = text_printf(q->arena, "/cases/%lld/do/sign_decision", (long long)c->frame.id);
        *ARENA_PUSH(q->arena, &v->decisions) = x;
    }
}

static enum status decision_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "decision", &c);
    if (st || case_page_is_sent(r)) return st;
    struct decision_page v = {.frame = c.frame, .suggestion = case_path(q, c.frame.id, "/suggestion")};
    fill_decisions(q, &c, &v);
    for (size_t i = 0; i < c.file.interviews.count; i++) {
        const struct interview_view *n = &c.file.interviews.items[i];
        *ARENA_PUSH(q->arena, &v.interviews) =
            (struct heard){n->record,  n->present, n->corrections, n->refusal_reason,
                           n->by_name, n->held,    n->read_back,   n->is_confirmed};
    }
    for (size_t i = 0; i < c.file.appeals.count; i++) {
        const struct appeal_view *a = &c.file.appeals.items[i];
        *ARENA_PUSH(q->arena, &v.appeals) = (struct appealed){
            a->grounds,     a->outcome.n ? page_code_name(q, "appeal_outcome", a->outcome) : a->outcome,
            a->reasons,     a->court_number,
            a->lodged,      a->decided,
            a->asks_to_stay};
    }
    st = case_preview(q, &c, &v.letter);
    return st ? st : page_show(q, r, &DECISION, &v);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/letters", letters_page, NEEDS(STAFF)},
    {GET, "/cases/:id/letters/:letter", letter_file, NEEDS(STAFF)},
    {GET, "/cases/:id/decision", decision_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&LETTERS, &DECISION, NULL};
const struct page_module CASE_LETTER_PAGES = {ROUTES, TEMPLATES};
