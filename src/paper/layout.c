// Text in lines: fonts, directions, measures. All through Pango.
#include "paper/sheet.h"

#include <unicode/uchar.h>

static const struct {
    const char *font;
    double spacing; // line height as a multiple of the font's own
} STYLES[STYLE_COUNT] = {
    [STYLE_BODY] = {"Noto Sans, Noto Sans Arabic 10.5", 1.08},
    [STYLE_HEADING_1] = {"Noto Sans, Noto Sans Arabic Bold 15", 1.0},
    [STYLE_HEADING_2] = {"Noto Sans, Noto Sans Arabic Bold 11.5", 1.0},
    [STYLE_BOLD] = {"Noto Sans, Noto Sans Arabic Bold 10.5", 1.08},
    [STYLE_SMALL] = {"Noto Sans, Noto Sans Arabic 8.5", 1.0},
    [STYLE_LABEL] = {"Noto Sans, Noto Sans Arabic 8", 1.0},
    [STYLE_AUTHORITY] = {"Noto Sans, Noto Sans Arabic Bold 13", 1.0},
    [STYLE_CODE] = {"Noto Sans Mono, Noto Mono, DejaVu Sans Mono, Noto Sans 10.5", 1.1},
};

// Arabic letters are smaller in their square than Latin ones; this much makes them as easy to read.
#define RTL_SCALE 1.12
#define RTL_SPACING 0.92 // and their fonts bring more space between lines

static bool primary_is(struct text language, const char *code) {
    struct text primary;
    return text_cut(&language, '-', &primary) && text_eq_nocase(primary, text_of(code));
}

static bool first_strong_is_rtl(struct text t) {
    for (size_t at = 0; at < t.n;) {
        UCharDirection d = u_charDirection((UChar32)text_codepoint(t, &at));
        if (d == U_LEFT_TO_RIGHT) return false;
        if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC) return true;
    }
    return false;
}

bool sheet_is_rtl(struct text language, enum paper_direction wish, struct text t) {
    static const char *const RTL[] = {"ar", "fa",  "prs", "ur", "ps", "he",
                                      "yi", "ckb", "ug",  "sd", "dv", "syr"};
    if (wish != PAPER_AUTO) return wish == PAPER_RTL;
    for (size_t i = 0; i < sizeof RTL / sizeof *RTL; i++)
        if (primary_is(language, RTL[i])) return true;
    if (language.n) return false;
    return first_strong_is_rtl(t);
}

// Unhinted measures: rounded ones put gaps into words, which readers then take for spaces.
static void measure_exactly(PangoContext *c) {
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(c, o);
    pango_cairo_context_set_resolution(c, 72);
    pango_context_set_round_glyph_positions(c, FALSE);
    cairo_font_options_destroy(o);
}

// Optional ligatures (fi, and lam with yeh) look a little nicer and make text that is copied or searched
// worse.
static void plain_letters(PangoLayout *l) {
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_font_features_new("liga 0, clig 0, dlig 0"));
    pango_layout_set_attributes(l, list);
    pango_attr_list_unref(list);
}

PangoLayout *sheet_layout_make(struct sheet *s, struct text t, struct text language, bool rtl,
                               enum style style, double width) {
    PangoContext *c = pango_cairo_create_context(s->cr);
    measure_exactly(c);
    pango_context_set_base_dir(c, rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(c,
                               pango_language_from_string(text_c(s->arena, language.n ? language : T("en"))));
    PangoLayout *l = pango_layout_new(c);
    g_object_unref(c);
    PangoFontDescription *d = pango_font_description_from_string(STYLES[style].font);
    if (rtl) pango_font_description_set_size(d, (int)(pango_font_description_get_size(d) * RTL_SCALE));
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
    pango_layout_set_auto_dir(l, FALSE);
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_line_spacing(l, (float)(STYLES[style].spacing * (rtl ? RTL_SPACING : 1)));
    // Sides are of the page here, not of the script: Pango turns them only for layouts that guess their
    // direction.
    pango_layout_set_alignment(l, rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    plain_letters(l);
    pango_layout_set_text(l, t.p ? t.p : "", (int)t.n);
    *ARENA_PUSH(s->arena, &s->layouts) = l;
    return l;
}

double sheet_layout_height(PangoLayout *l) {
    return sheet_layout_lines_height(l, 0, pango_layout_get_line_count(l));
}

static PangoRectangle line_box(PangoLayout *l, int line) {
    PangoRectangle box;
    PangoLayoutIter *at = pango_layout_get_iter(l);
    while (line-- > 0) pango_layout_iter_next_line(at);
    pango_layout_iter_get_line_extents(at, NULL, &box);
    pango_layout_iter_free(at);
    return box;
}

double sheet_layout_lines_height(PangoLayout *l, int from, int to) {
    if (to <= from) return 0;
    PangoRectangle first = line_box(l, from), last = line_box(l, to - 1);
    return (double)(last.y + last.height - first.y) / PANGO_SCALE;
}

struct text sheet_layout_lines_text(PangoLayout *l, int from, int to) {
    if (to <= from) return (struct text){0};
    PangoLayoutLine *first = pango_layout_get_line_readonly(l, from),
                    *last = pango_layout_get_line_readonly(l, to - 1);
    const char *text = pango_layout_get_text(l);
    return (struct text){text + first->start_index,
                         (size_t)(last->start_index + last->length - first->start_index)};
}

void sheet_layout_show(struct sheet *s, PangoLayout *l, double x, double y, int from, int to) {
    if (to <= from) return;
    double top = (double)line_box(l, from).y / PANGO_SCALE;
    PangoLayoutIter *at = pango_layout_get_iter(l);
    for (int i = 0; i < to; i++, pango_layout_iter_next_line(at)) {
        if (i < from) continue;
        PangoRectangle box;
        pango_layout_iter_get_line_extents(at, NULL, &box);
        double base = (double)pango_layout_iter_get_baseline(at) / PANGO_SCALE;
        cairo_move_to(s->cr, x + (double)box.x / PANGO_SCALE, y + base - top);
        pango_cairo_show_layout_line(s->cr, pango_layout_iter_get_line_readonly(at));
    }
    pango_layout_iter_free(at);
}
