// case_preview.c - the letter of a proposed decision, to be read before it is signed: the blocks that the PDF
// is set from, as paragraphs.
#include "paper/paper.h"
#include "web/pages/case_page.h"

#define LINE struct preview_line
static const struct view_field LINE_FIELDS[] = {VIEW_TEXT(LINE, kind),      VIEW_TEXT(LINE, label),
                                                VIEW_TEXT(LINE, text),      VIEW_TEXT(LINE, language),
                                                VIEW_TEXT(LINE, direction), {0}};
const struct view PREVIEW_LINE_VIEW = {"preview_line", LINE_FIELDS};

static const char *kind_of(enum paper_kind k) {
    switch (k) {
    case PAPER_HEADING_1: return "title";
    case PAPER_HEADING_2: return "heading";
    case PAPER_LIST_ITEM: return "item";
    case PAPER_KEY_VALUE: return "fact";
    case PAPER_QR: return "code";
    case PAPER_RULE: return "rule";
    default: return "text";
    }
}

static const char *direction_of(enum paper_direction d) {
    return d == PAPER_RTL ? "rtl" : d == PAPER_LTR ? "ltr" : "auto";
}

static struct preview_line line_of(const struct paper_block *b) {
    bool pair = b->kind == PAPER_KEY_VALUE && b->cell_count > 1;
    return (struct preview_line){.kind = text_of(kind_of(b->kind)),
                                 .label = pair ? b->cells[0] : (struct text){0},
                                 .text = pair ? b->cells[1] : b->text,
                                 .language = b->language,
                                 .direction = text_of(direction_of(b->direction))};
}

void case_preview_paper(struct request *q, const struct paper *paper, struct preview_lines *out) {
    for (size_t i = 0; i < paper->block_count; i++) *ARENA_PUSH(q->arena, out) = line_of(&paper->blocks[i]);
}

enum status case_preview_lines(struct request *q, const struct look *look, int64_t case_id, int64_t decision,
                               struct preview_lines *out, struct problem *p) {
    struct paper paper;
    enum status st =
        cases_preview_letter(page_app(q)->cases, page_actor(q), look, case_id, decision, q->arena, &paper, p);
    if (!st) case_preview_paper(q, &paper, out);
    return st;
}

enum status case_preview(struct request *q, const struct case_page *c, struct preview_lines *out) {
    const struct decision_view *d = c->file.decisions.count ? &c->file.decisions.items[0] : NULL;
    struct look look = case_look(q, c->frame.id);
    struct problem p = {0};
    if (!d || !text_eq(d->state, T("proposed"))) return STATUS_OK;
    enum status st = case_preview_lines(q, &look, c->frame.id, d->decision, out, &p);
    if (st == STATUS_INVALID)
        page_problem(q, &p); // it cannot be composed: better said now than after signing
    return st == STATUS_INVALID || st == STATUS_NOT_FOUND ? STATUS_OK : st;
}
