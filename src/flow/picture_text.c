// picture_text.c - names in a picture: escaped, and broken into lines without knowing the font.
#include "flow/picture_draw.h"

#include <math.h>

void put_escaped(struct out *o, struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        switch (t.p[i]) {
        case '<': out_c(o, "&lt;"); break;
        case '>': out_c(o, "&gt;"); break;
        case '&': out_c(o, "&amp;"); break;
        case '"': out_c(o, "&quot;"); break;
        default:
            if ((unsigned char)t.p[i] >= ' ')
                out_byte(o, t.p[i]); // others are no characters of XML, or space
            else
                out_byte(o, ' ');
        }
    }
}

// To a tenth: finer than any screen, and short.
void put_number(struct out *o, double v) {
    out_printf(o, "%g", round(v * 10) / 10);
}

static struct text next_word(struct text *rest) {
    size_t from = 0, to;
    while (from < rest->n && (unsigned char)rest->p[from] <= ' ') from++;
    for (to = from; to < rest->n && (unsigned char)rest->p[to] > ' ';) to++;
    struct text word = text_slice(*rest, from, to);
    *rest = text_slice(*rest, to, rest->n);
    return word;
}

struct lines {
    struct text items[LABEL_LINES_MAX];
    size_t count;
};

// As many words a line as fit. What does not fit at all ends with an ellipsis.
static struct lines break_lines(struct arena *a, struct text t, size_t width, size_t max) {
    struct lines l = {0};
    struct text line = T("");
    for (struct text word = next_word(&t); word.n; word = next_word(&t)) {
        struct text longer = line.n ? TEXT_JOIN(a, line, T(" "), word) : word;
        if (!line.n || text_codepoints(longer) <= width) {
            line = longer;
            continue;
        }
        if (l.count + 1 == max) {
            line = TEXT_JOIN(a, line, T("…"));
            break;
        }
        l.items[l.count++] = line;
        line = word;
    }
    if (line.n) l.items[l.count++] = line;
    return l;
}

void put_label(struct picture *p, const struct label *l) {
    double line = l->size * 1.2, letter = l->size * 0.54; // the mean width of a letter of common sans-serifs
    size_t max = l->height > line ? (size_t)(l->height / line) : 1;
    if (max > LABEL_LINES_MAX) max = LABEL_LINES_MAX;
    size_t width = l->width > letter ? (size_t)(l->width / letter) : 1;
    struct lines lines = break_lines(p->arena, l->text, width, max);
    double y = l->y + l->size * 0.85;
    if (l->in_middle) y = l->y + l->height / 2 - line * (double)lines.count / 2 + l->size * 0.95;
    if (!lines.count) return;
    out_c(p->out, "<text font-size=\"");
    put_number(p->out, l->size);
    out_c(p->out, l->is_at_start ? "\"" : "\" text-anchor=\"middle\"");
    if (l->is_upright) {
        out_c(p->out, " transform=\"rotate(-90 ");
        put_number(p->out, l->x), out_byte(p->out, ' '), put_number(p->out, l->y + l->height / 2);
        out_c(p->out, ")\"");
    }
    out_byte(p->out, '>');
    for (size_t i = 0; i < lines.count; i++) {
        out_c(p->out, "<tspan x=\"");
        put_number(p->out, l->x), out_c(p->out, "\" y=\""), put_number(p->out, y + line * (double)i);
        out_c(p->out, "\">");
        put_escaped(p->out, lines.items[i]);
        out_c(p->out, "</tspan>");
    }
    out_c(p->out, "</text>\n");
}
