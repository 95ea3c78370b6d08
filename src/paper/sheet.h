// sheet.h - what the files of this room share: measures of the page, laid-out items, tags. Not for others.
#pragma once
#include <pango/pangocairo.h>

#include "paper/paper.h"

// Millimetres to points.
#define MM(x) ((x)*72.0 / 25.4)

// A4, with the recipient where the window of a DL or C5 envelope is (DIN 5008 form B: 20 mm from the left, 45
// mm from the top, 85 by 45 mm).
#define PAGE_WIDTH MM(210)
#define PAGE_HEIGHT MM(297)
#define MARGIN_LEFT MM(25)
#define MARGIN_RIGHT MM(20)
#define TEXT_WIDTH (PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT)
#define WINDOW_TOP MM(48)
#define WINDOW_NAME MM(55)
#define WINDOW_WIDTH MM(80)
#define SIDE_LEFT MM(125)
#define SIDE_WIDTH (PAGE_WIDTH - MARGIN_RIGHT - SIDE_LEFT)
#define BODY_FIRST MM(103) // where the text begins on the first page
#define BODY_NEXT MM(30)   // and on the others
#define BODY_BOTTOM MM(272)
#define FOOT_TOP MM(277)
#define QR_SIDE MM(32) // black modules; the quiet zone is outside

enum style {
    STYLE_BODY,
    STYLE_HEADING_1,
    STYLE_HEADING_2,
    STYLE_BOLD,
    STYLE_SMALL,
    STYLE_LABEL,
    STYLE_AUTHORITY,
    STYLE_CODE,
    STYLE_COUNT
};

// One structure element, in the order in which it begins: what Cairo's tags cannot say is added afterwards by
// number.
struct tag {
    const char *name;
    struct text language, alt, actual; // empty = none
    const char *scope;                 // of a TH: "Row" or "Column"
    double box[4];                     // of a Figure, in PDF coordinates; all 0 = none
};

// One piece of text or a figure inside an item. x is from the left edge of the page.
struct part {
    PangoLayout *layout;
    double x, width;
    const char *tag; // structure element of this part, NULL = the item's own
    const char *scope;
};

// A block made ready: its parts side by side.
struct item {
    const struct paper_block *block;
    struct text language;
    bool rtl;
    struct part part[PAPER_CELLS_MAX + 1];
    int parts;
    double before, height; // space above (not at the top of a page), and its own
    bool keep_next;        // not the last on a page
    int splits;            // lines of part[parts - 1] between which it may break, 0 = keep whole
};

// Lines `from` to `to` of an item at `y` on a page; the whole item when it does not split.
struct placed {
    const struct item *item;
    int page;
    double y;
    int from, to;
};

struct sheet {
    struct arena *arena;
    const struct paper *paper;
    cairo_t *cr;
    struct item *items;
    size_t item_count;
    struct {
        struct placed *items;
        size_t count, capacity;
    } placed;
    struct {
        struct tag *items;
        size_t count, capacity;
    } tags;
    struct {
        PangoLayout **items;
        size_t count, capacity;
    } layouts; // to be released
    int pages;
};

// layout.c
bool sheet_is_rtl(struct text language, enum paper_direction wish, struct text t);
PangoLayout *sheet_layout_make(struct sheet *s, struct text t, struct text language, bool rtl,
                               enum style style, double width);
double sheet_layout_height(PangoLayout *l);
double sheet_layout_lines_height(PangoLayout *l, int from, int to);
struct text sheet_layout_lines_text(PangoLayout *l, int from, int to);
void sheet_layout_show(struct sheet *s, PangoLayout *l, double x, double y, int from, int to);

// item.c: measures every block. STATUS_INVALID when a font lacks a letter or a row is taller than a page.
enum status sheet_items_make(struct sheet *s, struct problem *p);

// flow.c: gives every item its page. STATUS_TOO_LARGE.
enum status sheet_flow(struct sheet *s, struct problem *p);

// draw.c
void sheet_tag_begin(struct sheet *s, struct tag tag);
void sheet_tag_end(struct sheet *s, const char *name);
void sheet_draw_pages(struct sheet *s);

// frame.c: letterhead, window, references, footer
enum status sheet_frame_check(struct sheet *s, struct problem *p);
void sheet_frame_first(struct sheet *s);
void sheet_frame_page(struct sheet *s, int page);

// qr.c
enum status sheet_qr_check(struct text t); // STATUS_TOO_LARGE when it cannot be encoded
double sheet_qr_side(struct text t);
void sheet_qr_draw(cairo_t *cr, struct text t, double x, double y);

// finish.c: language, alternative texts, artifacts, metadata; then the same bytes for the same input.
enum status sheet_finish(struct sheet *s, struct bytes drawn, struct bytes *pdf);
