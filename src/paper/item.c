// Blocks made ready: each becomes text in lines with a height, before anything is drawn.
#include "paper/sheet.h"

#include <string.h>

enum { LEADING_LINES_MAX = 4 };

#define GAP MM(4)        // between columns
#define INDENT MM(6)     // of a list
#define KEY_SHARE 0.36   // of a key's column
#define SIGN_ROOM MM(16) // to sign in

static struct text language_of(const struct sheet *s, const struct paper_block *b) {
    return b->language.n ? b->language : s->paper->language;
}

static struct part *add_part(struct item *it, PangoLayout *l, double x, double width, const char *tag) {
    struct part *p = &it->part[it->parts++];
    *p = (struct part){.layout = l, .x = x, .width = width, .tag = tag};
    if (sheet_layout_height(l) > it->height) it->height = sheet_layout_height(l);
    return p;
}

static void make_text(struct sheet *s, struct item *it, enum style style, double before, bool keep_next) {
    PangoLayout *l = sheet_layout_make(s, it->block->text, it->language, it->rtl, style, TEXT_WIDTH);
    add_part(it, l, MARGIN_LEFT, TEXT_WIDTH, NULL);
    it->before = before;
    it->keep_next = keep_next;
    if (!keep_next) it->splits = pango_layout_get_line_count(l);
}

// A sentence that leads to a code or a signature stays with it.
static void bind_to_next(struct sheet *s, size_t i) {
    struct item *it = &s->items[i];
    if (it->block->kind != PAPER_PARAGRAPH || i + 1 >= s->item_count || it->splits > LEADING_LINES_MAX)
        return;
    enum paper_kind next = s->paper->blocks[i + 1].kind;
    if (next != PAPER_QR && next != PAPER_SIGNATURE) return;
    it->keep_next = true;
    it->splits = 0;
}

static void make_list_item(struct sheet *s, struct item *it) {
    PangoLayout *bullet = sheet_layout_make(s, T("•"), it->language, it->rtl, STYLE_BODY, INDENT);
    PangoLayout *l =
        sheet_layout_make(s, it->block->text, it->language, it->rtl, STYLE_BODY, TEXT_WIDTH - INDENT);
    double edge = MARGIN_LEFT + TEXT_WIDTH;
    add_part(it, bullet, it->rtl ? edge - INDENT : MARGIN_LEFT, INDENT, "Lbl");
    add_part(it, l, it->rtl ? MARGIN_LEFT : MARGIN_LEFT + INDENT, TEXT_WIDTH - INDENT, "LBody");
    it->before = MM(1.2);
    it->splits = pango_layout_get_line_count(l);
}

// Columns from the side where the script begins.
static void make_cells(struct sheet *s, struct item *it, const double *share, size_t count, bool head) {
    double at = 0;
    for (size_t i = 0; i < count; i++) {
        double width = share[i] * TEXT_WIDTH - (i + 1 < count ? GAP : 0);
        double x = it->rtl ? MARGIN_LEFT + TEXT_WIDTH - at - width : MARGIN_LEFT + at;
        bool key = it->block->kind == PAPER_KEY_VALUE && i == 0;
        PangoLayout *l = sheet_layout_make(s, it->block->cells[i], it->language, it->rtl,
                                           head || key ? STYLE_BOLD : STYLE_BODY, width);
        struct part *p = add_part(it, l, x, width, head || key ? "TH" : "TD");
        p->scope = head ? "Column" : key ? "Row" : NULL;
        at += share[i] * TEXT_WIDTH;
    }
    enum paper_kind before = it > s->items ? it[-1].block->kind : PAPER_PARAGRAPH;
    bool goes_on =
        before == it->block->kind || (before == PAPER_TABLE_HEAD && it->block->kind == PAPER_TABLE_ROW);
    it->before = goes_on ? MM(2.2) : MM(4.5);
    it->keep_next = head;
}

static void make_row(struct sheet *s, struct item *it) {
    double share[PAPER_CELLS_MAX];
    size_t n = it->block->cell_count;
    for (size_t i = 0; i < n; i++) share[i] = 1.0 / (double)n;
    if (it->block->kind == PAPER_KEY_VALUE) share[0] = KEY_SHARE, share[1] = 1 - KEY_SHARE;
    make_cells(s, it, share, n, it->block->kind == PAPER_TABLE_HEAD);
}

static void make_signature(struct sheet *s, struct item *it) {
    double width = TEXT_WIDTH / 2, x = it->rtl ? MARGIN_LEFT + TEXT_WIDTH - width : MARGIN_LEFT;
    struct text t = it->block->text;
    if (it->block->cell_count && it->block->cells[0].n)
        t = TEXT_JOIN(s->arena, t, T("\n"), it->block->cells[0]);
    add_part(it, sheet_layout_make(s, t, it->language, it->rtl, STYLE_BODY, width), x, width, NULL);
    it->before = SIGN_ROOM;
}

static void make_qr(struct sheet *s, struct item *it) {
    double side = sheet_qr_side(it->block->text), x = it->rtl ? MARGIN_LEFT + TEXT_WIDTH - side : MARGIN_LEFT;
    struct text code = it->block->cell_count ? it->block->cells[0] : T("");
    PangoLayout *l = sheet_layout_make(s, code, T("en"), false, STYLE_CODE, side);
    pango_layout_set_alignment(l, PANGO_ALIGN_CENTER);
    add_part(it, l, x, side, NULL);
    it->height = side + sheet_layout_height(l);
    it->before = MM(3);
}

static void make_one(struct sheet *s, struct item *it) {
    switch (it->block->kind) {
    case PAPER_HEADING_1: make_text(s, it, STYLE_HEADING_1, MM(6), true); break;
    case PAPER_HEADING_2: make_text(s, it, STYLE_HEADING_2, MM(5), true); break;
    case PAPER_PARAGRAPH: make_text(s, it, STYLE_BODY, MM(2.6), false); break;
    case PAPER_CODE: make_text(s, it, STYLE_CODE, MM(3), false); break;
    case PAPER_LIST_ITEM: make_list_item(s, it); break;
    case PAPER_KEY_VALUE:
    case PAPER_TABLE_HEAD:
    case PAPER_TABLE_ROW: make_row(s, it); break;
    case PAPER_SIGNATURE: make_signature(s, it); break;
    case PAPER_QR: make_qr(s, it); break;
    case PAPER_SPACER: it->height = MM(5); break;
    case PAPER_RULE: it->before = MM(6), it->height = MM(2), it->keep_next = true; break;
    }
}

static enum status refuse(struct problem *p, size_t number, const char *rule, const char *text_key) {
    enum status st = problem(p, "block", rule, text_key);
    if (p) p->line = (int64_t)number;
    return st;
}

static enum status check_block(const struct paper_block *b, size_t number, struct problem *p) {
    if (b->kind > PAPER_RULE || b->cell_count > PAPER_CELLS_MAX)
        return refuse(p, number, "paper_block", "problem.paper.block");
    if (!text_is_utf8(b->text) || b->text.n > PAPER_TEXT_MAX)
        return refuse(p, number, "paper_text", "problem.paper.text");
    for (size_t i = 0; i < b->cell_count; i++)
        if (!text_is_utf8(b->cells[i]) || b->cells[i].n > PAPER_TEXT_MAX)
            return refuse(p, number, "paper_text", "problem.paper.text");
    bool row = b->kind == PAPER_TABLE_HEAD || b->kind == PAPER_TABLE_ROW;
    if ((row && !b->cell_count) || (b->kind == PAPER_KEY_VALUE && b->cell_count != 2))
        return refuse(p, number, "paper_block", "problem.paper.block");
    if (b->kind == PAPER_QR && (!text_is_utf8(b->alt) || !text_trim(b->alt).n))
        return refuse(p, number, "paper_alt", "problem.paper.alt");
    if (b->kind == PAPER_QR && sheet_qr_check(b->text))
        return refuse(p, number, "paper_qr", "problem.paper.qr");
    return STATUS_OK;
}

enum status sheet_items_make(struct sheet *s, struct problem *p) {
    s->item_count = s->paper->block_count;
    s->items = ARENA_ARRAY(s->arena, struct item, s->item_count + 1);
    for (size_t i = 0; i < s->item_count; i++) {
        struct item *it = &s->items[i];
        const struct paper_block *b = it->block = &s->paper->blocks[i];
        enum status st = check_block(b, i + 1, p);
        if (st) return st;
        it->language = language_of(s, b);
        it->rtl =
            sheet_is_rtl(it->language, b->direction, b->cell_count && !b->text.n ? b->cells[0] : b->text);
        make_one(s, it);
        bind_to_next(s, i);
        for (int k = 0; k < it->parts; k++)
            if (pango_layout_get_unknown_glyphs_count(it->part[k].layout))
                return refuse(p, i + 1, "paper_font", "problem.paper.font");
        if (!it->splits && it->before + it->height > BODY_BOTTOM - BODY_NEXT)
            return refuse(p, i + 1, "paper_tall", "problem.paper.tall");
    }
    return STATUS_OK;
}
