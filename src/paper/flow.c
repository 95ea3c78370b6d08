// From items to pages: headings stay with what follows, no line is left alone.
#include "paper/sheet.h"

enum { LINES_TOGETHER = 2 }; // least lines of a paragraph at the foot and at the head of a page

struct pen {
    struct sheet *s;
    int page;
    double y;
    bool at_top;
};

static bool next_page(struct pen *pen) {
    if (pen->page + 1 >= PAPER_PAGES_MAX) return false;
    pen->page++;
    pen->y = BODY_NEXT;
    pen->at_top = true;
    return true;
}

static double space(const struct pen *pen, const struct item *it) {
    // the room to sign in is needed at the top of a page as well
    return pen->at_top && it->block->kind != PAPER_SIGNATURE ? 0 : it->before;
}

static void put(struct pen *pen, const struct item *it, int from, int to, double height) {
    pen->y += from ? 0 : space(pen, it);
    *ARENA_PUSH(pen->s->arena, &pen->s->placed) = (struct placed){it, pen->page, pen->y, from, to};
    pen->y += height;
    pen->at_top = false;
}

static PangoLayout *body_of(const struct item *it) {
    return it->part[it->parts - 1].layout;
}

// The least height that must follow on the same page: the whole item, or its first lines.
static double head_height(const struct item *it) {
    int lines = it->splits;
    if (lines <= 2 * LINES_TOGETHER - 1) return it->height;
    return sheet_layout_lines_height(body_of(it), 0, LINES_TOGETHER);
}

// What `it` needs to begin on this page, with all that it must stay with.
static double needed(const struct pen *pen, size_t i) {
    const struct sheet *s = pen->s;
    double sum = space(pen, &s->items[i]) + head_height(&s->items[i]);
    for (int bound = 8; bound > 0 && s->items[i].keep_next && i + 1 < s->item_count; bound--) {
        i++;
        sum += s->items[i].before + head_height(&s->items[i]);
    }
    return sum;
}

// Most lines from `from` that fit, without leaving one alone on either side.
static int lines_that_fit(const struct item *it, int from, double room) {
    int to = from;
    while (to < it->splits && sheet_layout_lines_height(body_of(it), from, to + 1) <= room) to++;
    if (to < it->splits && it->splits - to < LINES_TOGETHER) to = it->splits - LINES_TOGETHER;
    if (to < it->splits && to - from < LINES_TOGETHER) to = from;
    return to;
}

static bool put_split(struct pen *pen, const struct item *it) {
    int from = 0;
    while (from < it->splits) {
        double room = BODY_BOTTOM - pen->y - (from ? 0 : space(pen, it));
        int to = lines_that_fit(it, from, room);
        if (to == from && pen->at_top) to = from + 1; // a page always takes a line, so this ends
        if (to > from) put(pen, it, from, to, sheet_layout_lines_height(body_of(it), from, to));
        from = to;
        if (from < it->splits && !next_page(pen)) return false;
    }
    return true;
}

// Another direction begins on its own page: readers and converters take a page to read one way.
static bool turns(const struct sheet *s, size_t i) {
    return s->items[i].block->kind == PAPER_RULE && i > 0 && i + 1 < s->item_count &&
           s->items[i - 1].rtl != s->items[i + 1].rtl;
}

// A table that goes on gets its column titles again, when both fit.
static void repeat_head(struct pen *pen, size_t i) {
    const struct sheet *s = pen->s;
    if (s->items[i].block->kind != PAPER_TABLE_ROW) return;
    size_t head = i;
    while (head > 0 && s->items[head].block->kind == PAPER_TABLE_ROW) head--;
    const struct item *it = &s->items[head];
    double both = it->height + s->items[i].before + s->items[i].height;
    if (it->block->kind == PAPER_TABLE_HEAD && pen->y + both <= BODY_BOTTOM) put(pen, it, 0, 0, it->height);
}

enum status sheet_flow(struct sheet *s, struct problem *p) {
    struct pen pen = {.s = s, .y = BODY_FIRST, .at_top = true};
    for (size_t i = 0; i < s->item_count; i++) {
        const struct item *it = &s->items[i];
        bool fits = pen.y + needed(&pen, i) <= BODY_BOTTOM, went = true;
        if (turns(s, i)) {
            went = next_page(&pen);
        } else {
            if (!fits && (!pen.at_top || (pen.page == 0 && !it->splits))) {
                went = next_page(&pen);
                if (went) repeat_head(&pen, i);
            }
            if (went && it->splits)
                went = put_split(&pen, it);
            else if (went)
                put(&pen, it, 0, 0, it->height);
        }
        if (!went) {
            (void)problem(p, "pages", "paper_pages", "problem.paper.pages");
            return STATUS_TOO_LARGE;
        }
    }
    s->pages = pen.page + 1;
    return STATUS_OK;
}
