// Items onto pages, each inside its structure element.
#include <assert.h>

#include "paper/sheet.h"

void sheet_tag_begin(struct sheet *s, struct tag tag) {
    cairo_tag_begin(s->cr, tag.name, NULL);
    *ARENA_PUSH(s->arena, &s->tags) = tag;
}

void sheet_tag_end(struct sheet *s, const char *name) {
    cairo_tag_end(s->cr, name);
}

// The element that holds neighbours of one kind together.
static const char *group_of(const struct item *it) {
    switch (it->block->kind) {
    case PAPER_LIST_ITEM: return "L";
    case PAPER_KEY_VALUE:
    case PAPER_TABLE_HEAD:
    case PAPER_TABLE_ROW: return "Table";
    default: return NULL;
    }
}

static bool same_group(const struct placed *a, const struct placed *b) {
    const char *group = group_of(a->item);
    bool facts_a = a->item->block->kind == PAPER_KEY_VALUE, facts_b = b->item->block->kind == PAPER_KEY_VALUE;
    return group && group == group_of(b->item) && a->page == b->page && facts_a == facts_b &&
           b->item->block->kind != PAPER_TABLE_HEAD && text_eq(a->item->language, b->item->language);
}

static const char *element_of(const struct item *it) {
    switch (it->block->kind) {
    case PAPER_HEADING_1: return "H1";
    case PAPER_HEADING_2: return "H2";
    case PAPER_LIST_ITEM: return "LI";
    case PAPER_KEY_VALUE:
    case PAPER_TABLE_HEAD:
    case PAPER_TABLE_ROW: return "TR";
    case PAPER_SPACER:
    case PAPER_RULE: return NULL;
    default: return "P";
    }
}

static void line_across(struct sheet *s, double y, double thick, double grey) {
    cairo_set_source_rgb(s->cr, grey, grey, grey);
    cairo_rectangle(s->cr, MARGIN_LEFT, y, TEXT_WIDTH, thick);
    cairo_fill(s->cr);
}

static void line_to_sign(struct sheet *s, const struct item *it, double y) {
    cairo_rectangle(s->cr, it->part[0].x, y, it->part[0].width, 0.5);
    cairo_fill(s->cr);
}

// Right-to-left text lies in the file as it is seen; ActualText gives it as it is read.
static struct text actual_text(const struct item *it, PangoLayout *l, int from, int to) {
    return it->rtl ? sheet_layout_lines_text(l, from, to) : T("");
}

static void draw_part(struct sheet *s, const struct placed *p, const struct part *part, bool last) {
    int lines = pango_layout_get_line_count(part->layout);
    bool split = p->item->splits && last;
    int from = split ? p->from : 0, to = split ? p->to : lines;
    if (part->tag) {
        sheet_tag_begin(s, (struct tag){.name = part->tag,
                                        .scope = part->scope,
                                        .actual = actual_text(p->item, part->layout, from, to)});
    }
    sheet_layout_show(s, part->layout, part->x, p->y, from, to);
    if (part->tag) sheet_tag_end(s, part->tag);
}

static void draw_qr(struct sheet *s, const struct placed *p) {
    const struct item *it = p->item;
    const struct part *code = &it->part[0];
    double side = code->width, bottom = PAGE_HEIGHT - p->y - side;
    sheet_tag_begin(s, (struct tag){.name = "Figure",
                                    .language = it->language,
                                    .alt = it->block->alt,
                                    .box = {code->x, bottom, code->x + side, bottom + side}});
    sheet_qr_draw(s->cr, it->block->text, code->x, p->y);
    sheet_tag_end(s, "Figure");
    if (!pango_layout_get_character_count(code->layout)) return;
    sheet_tag_begin(s, (struct tag){.name = "P", .language = it->language});
    sheet_layout_show(s, code->layout, code->x, p->y + side, 0, pango_layout_get_line_count(code->layout));
    sheet_tag_end(s, "P");
}

static void draw_text(struct sheet *s, const struct placed *p) {
    const struct item *it = p->item;
    const char *element = element_of(it);
    if (it->block->kind == PAPER_SIGNATURE) line_to_sign(s, it, p->y - MM(1));
    bool plain = !it->part[0].tag;
    sheet_tag_begin(
        s, (struct tag){
               .name = element,
               .language = it->language,
               .actual =
                   plain ? actual_text(it, it->part[0].layout, it->splits ? p->from : 0,
                                       it->splits ? p->to : pango_layout_get_line_count(it->part[0].layout))
                         : T("")});
    for (int i = 0; i < it->parts; i++) {
        bool first_of_two = it->parts > 1 && i + 1 < it->parts && it->block->kind == PAPER_LIST_ITEM;
        if (first_of_two && p->from > 0) continue; // no second bullet where the page turns
        draw_part(s, p, &it->part[i], i + 1 == it->parts);
    }
    sheet_tag_end(s, element);
    if (it->block->kind == PAPER_TABLE_HEAD) line_across(s, p->y + it->height + MM(0.8), 0.8, 0.3);
    if (it->block->kind == PAPER_TABLE_ROW || it->block->kind == PAPER_KEY_VALUE)
        line_across(s, p->y + it->height + MM(0.8), 0.3, 0.75);
}

static void draw_one(struct sheet *s, const struct placed *p) {
    cairo_set_source_rgb(s->cr, 0.08, 0.08, 0.08);
    switch (p->item->block->kind) {
    case PAPER_SPACER: break;
    case PAPER_RULE: line_across(s, p->y, 0.8, 0.3); break;
    case PAPER_QR: draw_qr(s, p); break;
    default: draw_text(s, p); break;
    }
}

static void end_page(struct sheet *s, int page) {
    sheet_frame_page(s, page);
    cairo_show_page(s->cr);
}

void sheet_draw_pages(struct sheet *s) {
    int page = 0;
    sheet_frame_first(s);
    const char *open = NULL;
    for (size_t i = 0; i < s->placed.count; i++) {
        const struct placed *p = &s->placed.items[i];
        for (; page < p->page; page++) end_page(s, page);
        const char *group = group_of(p->item);
        if (group && !open)
            sheet_tag_begin(s, (struct tag){.name = group, .language = p->item->language}), open = group;
        draw_one(s, p);
        bool goes_on = i + 1 < s->placed.count && same_group(p, p + 1);
        if (open && !goes_on) sheet_tag_end(s, open), open = NULL;
    }
    assert(!open);
    for (; page < s->pages; page++) end_page(s, page);
}
