// home_talk.c - what a person says about the own case: messages, "this is all I have", "this is wrong", paper
// or online, withdrawal.
#include "web/pages.h"
#include "web/pages/home.h"

struct message_row {
    struct text body;
    struct moment at, read_at;
    bool from_person;
};
VIEW(MESSAGE_ROW, VIEW_TEXT(struct message_row, body), VIEW_MOMENT(struct message_row, at),
     VIEW_MOMENT(struct message_row, read_at), VIEW_BOOL(struct message_row, from_person));
struct messages_view {
    int64_t id;
    struct text case_no, phrase, body;
    struct {
        struct message_row *items;
        size_t count, capacity;
    } messages;
};
VIEW(MESSAGES_VIEW, VIEW_INT64(struct messages_view, id), VIEW_TEXT(struct messages_view, case_no),
     VIEW_TEXT(struct messages_view, phrase), VIEW_TEXT(struct messages_view, body),
     VIEW_LIST(struct messages_view, messages, &MESSAGE_ROW));
static const struct page_template MESSAGES = {"home_messages", &MESSAGES_VIEW};

// Showing a message is reading it.
static enum status mark_read(struct request *q, int64_t id, const struct message_view *m) {
    struct command_result result;
    struct problem ignored = {0};
    struct command c = {.kind = COMMAND_READ_MESSAGE, .case_id = id, .read_message = {m->message}};
    if (m->from_person || m->read_at.ms) return STATUS_OK;
    enum status st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &ignored);
    return st == STATUS_FULL ? STATUS_OK : st; // reading goes on when nothing can be written
}

static enum status messages_page(struct request *q, struct response *r) {
    struct messages_view v = {.body = form_text(q, "body")};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    v.case_no = f.head.case_no;
    v.phrase = f.phrase;
    for (size_t i = f.messages.count; !st && i > 0; i--) { // newest first
        const struct message_view *m = &f.messages.items[i - 1];
        *ARENA_PUSH(q->arena, &v.messages) = (struct message_row){m->body, m->at, m->read_at, m->from_person};
        st = mark_read(q, v.id, m);
    }
    return st ? st : page_show(q, r, &MESSAGES, &v);
}

static enum status message_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_SEND_MESSAGE, .send_message = {form_text(q, "body")}};
    bool is_mistake;
    enum status st = own_case_do(q, r, &c, "notice.message.sent", "/messages", &is_mistake);
    return is_mistake ? messages_page(q, r) : st;
}

// ---- "this is all I have"

static enum status answer_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_ANSWER_REQUEST};
    bool is_mistake;
    if (!text_int(form_text(q, "request"), &c.answer_request.request)) return STATUS_NOT_FOUND;
    enum status st = own_case_do(q, r, &c, "notice.request.answered", "", &is_mistake);
    if (!is_mistake) return st;
    r->problem = q->problems[0];
    return STATUS_CONFLICT;
}

// ---- changes: error report, channel, withdrawal

struct error_row {
    struct text what, correction, answer;
    struct moment at;
};
VIEW(ERROR_ROW, VIEW_TEXT(struct error_row, what), VIEW_TEXT(struct error_row, correction),
     VIEW_TEXT(struct error_row, answer), VIEW_MOMENT(struct error_row, at));
struct change_view {
    int64_t id;
    struct text case_no, what, correction, reason;
    bool is_paper, is_closed;
    struct {
        struct error_row *items;
        size_t count, capacity;
    } errors;
};
#define V struct change_view
VIEW(CHANGE_VIEW, VIEW_INT64(V, id), VIEW_TEXT(V, case_no), VIEW_TEXT(V, what), VIEW_TEXT(V, correction),
     VIEW_TEXT(V, reason), VIEW_BOOL(V, is_paper), VIEW_BOOL(V, is_closed), VIEW_LIST(V, errors, &ERROR_ROW));
#undef V
static const struct page_template ERRORS = {"home_errors", &CHANGE_VIEW};
static const struct page_template CHANNEL = {"home_channel", &CHANGE_VIEW};
static const struct page_template WITHDRAW = {"home_withdraw", &CHANGE_VIEW};

static enum status change_show(struct request *q, struct response *r, const struct page_template *page) {
    struct change_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    v.case_no = f.head.case_no;
    v.what = q->method == POST ? form_text(q, "what") : query_text(q, "what");
    v.correction = form_text(q, "correction");
    v.reason = form_text(q, "reason");
    v.is_paper = text_eq(f.channel, T("paper"));
    v.is_closed = f.closed_at.ms != 0;
    for (size_t i = 0; i < f.errors.count; i++) {
        const struct error_view *e = &f.errors.items[i];
        *ARENA_PUSH(q->arena, &v.errors) = (struct error_row){e->what, e->correction, e->answer, e->at};
    }
    return page_show(q, r, page, &v);
}

static enum status errors_page(struct request *q, struct response *r) {
    return change_show(q, r, &ERRORS);
}

static enum status error_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_REPORT_ERROR,
                        .report_error = {form_text(q, "what"), form_text(q, "correction")}};
    bool is_mistake;
    enum status st = own_case_do(q, r, &c, "notice.error.reported", "/errors", &is_mistake);
    return is_mistake ? errors_page(q, r) : st;
}

static enum status channel_page(struct request *q, struct response *r) {
    return change_show(q, r, &CHANNEL);
}

static enum status channel_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_CHOOSE_CHANNEL, .choose_channel = {form_text(q, "channel")}};
    bool is_mistake;
    enum status st = own_case_do(q, r, &c, "notice.channel", "", &is_mistake);
    return is_mistake ? channel_page(q, r) : st;
}

static enum status withdraw_page(struct request *q, struct response *r) {
    return change_show(q, r, &WITHDRAW);
}

static enum status withdraw_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_WITHDRAW_APPLICATION,
                        .withdraw_application = {form_text(q, "reason")}};
    struct problem p = {0};
    bool is_mistake;
    if (!form_is(q, "sure", "yes")) {
        (void)!problem(&p, "sure", "required", "problem.withdraw.sure");
        page_problem(q, &p);
        return withdraw_page(q, r);
    }
    enum status st = own_case_do(q, r, &c, "notice.withdrawn", "", &is_mistake);
    return is_mistake ? withdraw_page(q, r) : st;
}

#define PERSON NEEDS(APPLICANT | REPRESENTATIVE)
static const struct route ROUTES[] = {
    {GET, "/my/:id/messages", messages_page, PERSON},  {POST, "/my/:id/messages", message_take, PERSON},
    {POST, "/my/:id/all-i-have", answer_take, PERSON}, {GET, "/my/:id/errors", errors_page, PERSON},
    {POST, "/my/:id/errors", error_take, PERSON},      {GET, "/my/:id/channel", channel_page, PERSON},
    {POST, "/my/:id/channel", channel_take, PERSON},   {GET, "/my/:id/withdraw", withdraw_page, PERSON},
    {POST, "/my/:id/withdraw", withdraw_take, PERSON}, {0},
};
static const struct page_template *const TEMPLATES[] = {&MESSAGES, &ERRORS, &CHANNEL, &WITHDRAW, NULL};
const struct page_module HOME_TALK_PAGES = {ROUTES, TEMPLATES};
