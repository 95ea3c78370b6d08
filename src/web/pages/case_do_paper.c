// case_do_paper.c - for a person on paper or at the counter: what they would do in their account, entered by
// staff with the day on which it came (R-CH-01).
#include <string.h>

#include "web/pages/case_do.h"

#define HOW_IT_CAME                                                                                \
    {"date", "received_on", "case.paper.on", "case.paper.on.hint", NULL, NULL, true},              \
        {"radios", "received_by", "case.paper.by", NULL, "received_by", NULL, true},               \
        {"select", "paper", "case.paper.document", "case.paper.document.hint", NULL, NULL, false}, \
        {"area", "late_reason", "case.paper.late", "case.paper.late.hint", NULL, "3", false}, {    \
        0                                                                                          \
    }

static const struct do_question APPEAL[] = {
    {"area", "grounds", "case.paper.grounds", "case.paper.grounds.hint", NULL, "8", false},
    {"box", "asks_to_stay", "case.paper.stay", NULL, NULL, NULL, false},
    HOW_IT_CAME};
static const struct do_question ANSWER[] = {HOW_IT_CAME};
static const struct do_question WITHDRAW[] = {
    {"area", "reason", "case.paper.reason", "case.paper.reason.hint", NULL, "4", false}, HOW_IT_CAME};
static const struct do_question ERROR[] = {
    {"text", "what", "case.error.what", NULL, NULL, NULL, true},
    {"area", "correction", "case.error.correction", NULL, NULL, "4", true},
    HOW_IT_CAME};
static const struct do_question LETTER[] = {
    {"area", "body", "case.paper.letter", "case.paper.letter.hint", NULL, "8", true}, HOW_IT_CAME};

static const struct do_question RIGHT[] = {{"radios", "right", "case.right.which", NULL, "right", NULL, true},
                                           {"area", "words", "case.right.words", NULL, NULL, "4", false},
                                           HOW_IT_CAME};

// The scanned paper is one of the documents, the newest first.
static enum status prepare_paper(struct doing *d) {
    struct options papers = {0};
    struct request *q = d->q;
    *ARENA_PUSH(q->arena, &papers) = (struct option){.value = T(""), .label_key = "case.paper.none"};
    for (size_t i = d->page.file.documents.count; i > 0; i--) {
        const struct document_view *v = &d->page.file.documents.items[i - 1];
        if (v->is_removed) continue;
        *ARENA_PUSH(q->arena, &papers) = (struct option){
            .value = text_printf(q->arena, "%lld", (long long)v->document),
            .label = TEXT_JOIN(q->arena, page_code_name(q, "document", v->kind), T(": "), v->title)};
    }
    do_choose(d, "paper", papers);
    do_preset(d, "paper", query_text(q, "paper"));
    return STATUS_OK;
}

enum status do_ask_how_it_came(struct doing *d) {
    do_fields_of_questions(d, ANSWER);
    return prepare_paper(d);
}

static enum status prepare_appeal(struct doing *d) {
    if (d->page.file.decisions.count) {
        const struct decision_view *v = &d->page.file.decisions.items[0];
        d->view.facts_title = "case.tab.decision";
        do_fact(d, "case.decision.outcome", page_code_name(d->q, "outcome", v->outcome));
        if (v->appeal_until.ms)
            do_fact(d, "case.clock.last_day",
                    text_date(d->q->arena, d->q->language, page_last_day(d->q, v->appeal_until)));
    }
    return prepare_paper(d);
}

static enum status prepare_answer(struct doing *d) {
    for (size_t i = 0; i < d->page.file.requests.count; i++) {
        const struct request_view *v = &d->page.file.requests.items[i];
        if (v->request != d->about) continue;
        d->view.facts_title = "case.requests";
        do_fact(d, "case.document.kind", page_code_name(d->q, "document", v->kind));
        do_fact(d, "case.paper.explanation", v->explanation);
        do_fact(d, "case.clock.last_day",
                text_date(d->q->arena, d->q->language, page_last_day(d->q, v->due)));
        return prepare_paper(d);
    }
    return STATUS_NOT_FOUND;
}

void do_fill_paper(struct doing *d) {
    struct paper_receipt *p = &d->command.paper;
    *p = (struct paper_receipt){.on = do_date(d, "received_on"),
                                .by = do_value(d, "received_by"),
                                .reason = do_value(d, "late_reason")};
    if (do_value(d, "paper").n && !text_int(do_value(d, "paper"), &p->document)) p->document = -1;
}

static void fill_appeal(struct doing *d) {
    do_fill_paper(d);
    d->command.lodge_appeal =
        (struct lodge_appeal){do_value(d, "grounds"), do_value(d, "asks_to_stay").n != 0};
}
static void fill_answer(struct doing *d) {
    do_fill_paper(d);
    d->command.answer_request = (struct answer_request){d->about};
}
static void fill_withdraw(struct doing *d) {
    do_fill_paper(d);
    d->command.withdraw_application = (struct withdraw_application){do_value(d, "reason")};
}
static void fill_error(struct doing *d) {
    do_fill_paper(d);
    d->command.report_error = (struct report_error){do_value(d, "what"), do_value(d, "correction")};
}
static void fill_letter(struct doing *d) {
    do_fill_paper(d);
    d->command.receive_letter = (struct receive_letter){do_value(d, "body")};
}

static void fill_right(struct doing *d) {
    do_fill_paper(d);
    d->command.ask_right = (struct ask_right){do_value(d, "right"), do_value(d, "words")};
}

static const struct do_form PAPERS[] = {
    {"ask_right", COMMAND_ASK_RIGHT, NULL, RIGHT, prepare_paper, fill_right, "case.paper.lead", NULL, NULL,
     "saved", false, true},
    {"receive_letter", COMMAND_RECEIVE_LETTER, NULL, LETTER, prepare_paper, fill_letter, "case.paper.lead",
     NULL, "/messages", "saved", false, true},
    {"report_error", COMMAND_REPORT_ERROR, NULL, ERROR, prepare_paper, fill_error, "case.paper.lead", NULL,
     NULL, "saved", false, true},
    {"answer_request", COMMAND_ANSWER_REQUEST, NULL, ANSWER, prepare_answer, fill_answer,
     "case.paper.answer.lead", NULL, NULL, "saved", true, false},
    {"lodge_appeal", COMMAND_LODGE_APPEAL, NULL, APPEAL, prepare_appeal, fill_appeal,
     "case.paper.appeal.lead", NULL, "/decision", "saved", false, true},
    {"withdraw_application", COMMAND_WITHDRAW_APPLICATION, NULL, WITHDRAW, prepare_paper, fill_withdraw,
     "case.paper.withdraw.lead", NULL, NULL, "saved", false, true},
    {0},
};
const struct do_form *const CASE_DO_PAPERS = PAPERS;
