// Escaping by place. What is escaped where follows the HTML standard's tokenizer (13.2.5) and RFC 3986.
#include <ctype.h>
#include <string.h>

#include "web/template_inside.h"

static void escape_html(struct out *o, struct text t) {
    size_t from = 0;
    for (size_t i = 0; i < t.n; i++) {
        const char *to;
        switch (t.p[i]) {
        case '&': to = "&amp;"; break;
        case '<': to = "&lt;"; break;
        case '>': to = "&gt;"; break;
        case '"': to = "&#34;"; break;
        case '\'': to = "&#39;"; break;
        default: continue;
        }
        out_text(o, text_slice(t, from, i));
        out_c(o, to);
        from = i + 1;
    }
    out_text(o, text_slice(t, from, t.n));
}

static void escape_url_part(struct out *o, struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (isalnum(c) || strchr("-._~", c))
            out_byte(o, (char)c);
        else
            out_printf(o, "%%%02X", c);
    }
}

static bool is_safe_url(struct text t) {
    if (!t.n || t.p[0] == '#' || t.p[0] == '?') return true;
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] <= ' ' || t.p[i] == '\\' || t.p[i] == 0x7f) return false;
    if (t.p[0] == '/') return t.n < 2 || t.p[1] != '/';
    return text_starts(t, T("https://")) || text_starts(t, T("http://")) || text_starts(t, T("mailto:")) ||
           text_starts(t, T("tel:"));
}

void escape_text(struct out *o, enum html_place place, struct text t) {
    if (place == PLACE_URL_REST)
        escape_url_part(o, t);
    else if (place == PLACE_URL_START && !is_safe_url(t))
        out_c(o, "#");
    else
        escape_html(o, t);
}
