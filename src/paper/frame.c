// What surrounds the text: letterhead, the recipient in the window, references, folding marks, footer.
#include "paper/sheet.h"

static void ink(struct sheet *s, double grey) {
    cairo_set_source_rgb(s->cr, grey, grey, grey);
}
#define INK 0.08
#define INK_QUIET 0.33 // contrast 8 to 1 on white (WCAG 1.4.6)
#define INK_LINE 0.6

static void rule(struct sheet *s, double x, double y, double width, double thick, double grey) {
    ink(s, grey);
    cairo_rectangle(s->cr, x, y, width, thick);
    cairo_fill(s->cr);
}

// One piece of the frame at a fixed place; gives its height. In the document's language; on its own side.
static double show(struct sheet *s, const char *tag, struct text t, enum style style, double x, double y,
                   double width, PangoAlignment side, double grey) {
    if (!t.n) return 0;
    bool rtl = sheet_is_rtl(T(""), PAPER_AUTO, t);
    PangoLayout *l = sheet_layout_make(s, t, s->paper->language, rtl, style, width);
    pango_layout_set_alignment(l, side); // an address stands where the window is, whatever its script
    ink(s, grey);
    if (tag) sheet_tag_begin(s, (struct tag){.name = tag, .actual = rtl ? t : T("")});
    sheet_layout_show(s, l, x, y, 0, pango_layout_get_line_count(l));
    if (tag) sheet_tag_end(s, tag);
    return sheet_layout_height(l);
}

static struct text lines(struct sheet *s, const struct text *line, size_t count) {
    struct out o = {.arena = s->arena};
    for (size_t i = 0; i < count; i++) {
        if (i) out_byte(&o, '\n');
        out_text(&o, line[i]);
    }
    return out_done(&o);
}

static bool good(struct text t) {
    return t.n <= 400 && text_is_utf8(t);
}

enum status sheet_frame_check(struct sheet *s, struct problem *p) {
    const struct paper *d = s->paper;
    bool ok = good(d->title) && good(d->author) && good(d->language) && good(d->authority) &&
              good(d->return_line) && good(d->reference_short) && good(d->page_pattern) &&
              d->authority_line_count <= PAPER_LINES_MAX && d->recipient_count <= PAPER_LINES_MAX &&
              d->reference_count <= PAPER_LINES_MAX;
    for (size_t i = 0; ok && i < d->authority_line_count; i++) ok = good(d->authority_lines[i]);
    for (size_t i = 0; ok && i < d->recipient_count; i++) ok = good(d->recipient[i]);
    for (size_t i = 0; ok && i < d->reference_count; i++)
        ok = good(d->reference[i].label) && good(d->reference[i].value);
    if (!ok) return problem(p, "frame", "paper_frame", "problem.paper.frame");
    struct text all =
        TEXT_JOIN(s->arena, d->authority, lines(s, d->recipient, d->recipient_count), d->return_line,
                  lines(s, d->authority_lines, d->authority_line_count), d->reference_short);
    PangoLayout *l = sheet_layout_make(s, all, d->language, false, STYLE_BODY, TEXT_WIDTH);
    if (pango_layout_get_unknown_glyphs_count(l))
        return problem(p, "frame", "paper_font", "problem.paper.font");
    if (!text_trim(d->title).n) return problem(p, "title", "paper_title", "problem.paper.title");
    if (!text_trim(d->language).n) return problem(p, "language", "paper_language", "problem.paper.language");
    return STATUS_OK;
}

// Each line is an element of its own, so that readers pause between them.
static void show_lines(struct sheet *s, const struct text *line, size_t count, enum style style, double x,
                       double y, double width, double grey) {
    for (size_t i = 0; i < count; i++) y += show(s, "P", line[i], style, x, y, width, PANGO_ALIGN_LEFT, grey);
}

static void letterhead(struct sheet *s) {
    const struct paper *d = s->paper;
    show(s, "P", d->authority, STYLE_AUTHORITY, MARGIN_LEFT, MM(16), SIDE_LEFT - MARGIN_LEFT - MM(5),
         PANGO_ALIGN_LEFT, INK);
    show_lines(s, d->authority_lines, d->authority_line_count, STYLE_SMALL, SIDE_LEFT, MM(16), SIDE_WIDTH,
               INK_QUIET);
    rule(s, MARGIN_LEFT, MM(41), TEXT_WIDTH, 0.8, INK);
}

static void recipient(struct sheet *s) {
    const struct paper *d = s->paper;
    show(s, "P", d->return_line, STYLE_LABEL, MARGIN_LEFT, WINDOW_TOP, WINDOW_WIDTH, PANGO_ALIGN_LEFT,
         INK_QUIET);
    show_lines(s, d->recipient, d->recipient_count, STYLE_BODY, MARGIN_LEFT, WINDOW_NAME, WINDOW_WIDTH, INK);
}

static void references(struct sheet *s) {
    double y = WINDOW_TOP;
    for (size_t i = 0; i < s->paper->reference_count; i++) {
        const struct paper_pair *r = &s->paper->reference[i];
        sheet_tag_begin(s, (struct tag){.name = "P"});
        y += show(s, "Span", r->label, STYLE_LABEL, SIDE_LEFT, y, SIDE_WIDTH, PANGO_ALIGN_LEFT, INK_QUIET);
        y += show(s, "Span", r->value, STYLE_BOLD, SIDE_LEFT, y, SIDE_WIDTH, PANGO_ALIGN_LEFT, INK) + MM(1.4);
        sheet_tag_end(s, "P");
    }
}

void sheet_frame_first(struct sheet *s) {
    letterhead(s);
    recipient(s);
    references(s);
}

static struct text page_line(struct sheet *s, int page) {
    struct text rest = s->paper->page_pattern, part;
    struct out o = {.arena = s->arena};
    while (text_cut(&rest, '{', &part)) {
        out_text(&o, part);
        if (!rest.p) break;
        if (text_starts(rest, T("page}")))
            out_int(&o, page), rest = text_slice(rest, 5, rest.n);
        else if (text_starts(rest, T("pages}")))
            out_int(&o, s->pages), rest = text_slice(rest, 6, rest.n);
        else
            out_byte(&o, '{');
    }
    return out_done(&o);
}

// Everything here repeats or decorates: artifacts, so no tags.
void sheet_frame_page(struct sheet *s, int page) {
    if (page == 0) {
        rule(s, MM(4), MM(105), MM(4), 0.4,
             INK_LINE); // where to fold for the window, and the middle for punching
        rule(s, MM(4), MM(148.5), MM(6), 0.4, INK_LINE);
        rule(s, MM(4), MM(210), MM(4), 0.4, INK_LINE);
    } else {
        show(s, NULL, s->paper->authority, STYLE_SMALL, MARGIN_LEFT, MM(14), TEXT_WIDTH, PANGO_ALIGN_LEFT,
             INK_QUIET);
        rule(s, MARGIN_LEFT, MM(21), TEXT_WIDTH, 0.4, INK_LINE);
    }
    rule(s, MARGIN_LEFT, FOOT_TOP, TEXT_WIDTH, 0.4, INK_LINE);
    show(s, NULL, s->paper->reference_short, STYLE_SMALL, MARGIN_LEFT, FOOT_TOP + MM(2), TEXT_WIDTH / 2,
         PANGO_ALIGN_LEFT, INK_QUIET);
    show(s, NULL, page_line(s, page + 1), STYLE_SMALL, MARGIN_LEFT + TEXT_WIDTH / 2, FOOT_TOP + MM(2),
         TEXT_WIDTH / 2, PANGO_ALIGN_RIGHT, INK_QUIET);
}
