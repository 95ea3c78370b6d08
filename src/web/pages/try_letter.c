// try_letter.c - what comes out of a trial: the words of a letter, and all that was done as a walk.
#include "paper/paper.h"
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/try.h"

struct try_letter_page {
    struct text title, back, language;
    struct preview_lines lines;
};
#define V struct try_letter_page
VIEW(TRY_LETTER_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, back), VIEW_TEXT(V, language),
     VIEW_LIST(V, lines, &PREVIEW_LINE_VIEW));
#undef V
static const struct page_template TRY_LETTER = {"try_letter", &TRY_LETTER_VIEW};

static enum status show_letter(struct request *q, struct response *r, struct trial_live *live) {
    struct try_letter_page v = {.back = try_path(q, live, "")};
    struct trial_view view;
    struct paper paper;
    int64_t letter;
    if (!request_param_id(q, "letter", &letter)) return STATUS_NOT_FOUND;
    enum status st = trial_look(live->trial, q->arena, &view);
    const struct trial_letter *found = NULL;
    for (size_t i = 0; !st && i < view.letters.count; i++)
        if (view.letters.items[i].letter == letter) found = &view.letters.items[i];
    if (!st && !found) st = STATUS_NOT_FOUND;
    if (!st) st = trial_letter_words(live->trial, letter, q->arena, &paper);
    if (st) return st;
    v.title = try_letter_title(q, found);
    case_preview_paper(q, &paper, &v.lines);
    return page_show(q, r, &TRY_LETTER, &v);
}

static enum status try_letter(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = show_letter(q, r, live);
    try_give(q, live);
    return st;
}

static enum status send_walk(struct request *q, struct response *r, struct trial_live *live) {
    struct text json;
    enum status st = trial_as_walk(live->trial, q->arena, &json);
    if (st) return st;
    r->body.arena = q->arena;
    out_text(&r->body, json);
    response_download(q, r, T("walk.json"), T("application/json"), false);
    return STATUS_OK;
}

static enum status try_walk(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = send_walk(q, r, live);
    try_give(q, live);
    return st;
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id/letters/:letter", try_letter, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/walk.json", try_walk, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY_LETTER, NULL};
const struct page_module TRY_LETTER_PAGES = {ROUTES, TEMPLATES};
