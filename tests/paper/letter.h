// letter.h - letters that the tests set, and what readers (poppler, qpdf) make of them.
#pragma once
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unistd.h>

#include "check.h"
#include "leaks.h"
#include "paper/paper.h"

static inline struct paper letter(const char *language, const struct paper_block *blocks, size_t count) {
    return (struct paper){
        .title = T("A letter"),
        .author = T("Migration Office of Utopia"),
        .language = text_of(language),
        .authority = T("Migration Office of Utopia"),
        .authority_lines = {T("12 Harbour Street"), T("10115 Ostia")},
        .authority_line_count = 2,
        .return_line = T("Migration Office · 12 Harbour Street · 10115 Ostia"),
        .recipient = {T("Ms Nour Al-Khatib"), T("Lindenweg 3"), T("10999 Ostia")},
        .recipient_count = 3,
        .reference = {{T("Case number"), T("OST-2026-000123")}},
        .reference_count = 1,
        .reference_short = T("OST-2026-000123"),
        .page_pattern = T("Page {page} of {pages}"),
        .created = {1795251600000},
        .blocks = blocks,
        .block_count = count,
    };
}

static inline struct paper_result set(struct arena *a, const struct paper *d) {
    struct paper_result r;
    struct problem p = {0};
    enum status st = paper_make(a, d, &r, &p);
    if (st) fail_msg("%s: %s in block %ld", status_name(st), p.text_key ? p.text_key : "", (long)p.line);
    return r;
}

// Output of a tool run on the letter ("%s" is its file); p == NULL when the tool is not installed.
static inline struct text tool(struct arena *a, struct bytes pdf, const char *name, const char *format) {
    struct text which = text_printf(a, "command -v %s >/dev/null", name);
    if (system(text_c(a, which))) return (struct text){0};
    char path[] = "/tmp/ostia-letter-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, pdf.p, pdf.n) == (ssize_t)pdf.n);
    close(fd);
    struct out command = {.arena = a}, o = {.arena = a};
    struct text f = text_of(format), before;
    text_cut(&f, '@', &before);
    out_text(&command, before);
    out_c(&command, path);
    out_text(&command, f);
    FILE *pipe = popen(text_c(a, out_done(&command)), "r");
    assert_non_null(pipe);
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out_text(&o, (struct text){buffer, n});
    int rc = pclose(pipe);
    unlink(path);
    if (rc) fail_msg("%s failed: " TEXT_FMT, name, TEXT_ARG(out_done(&o)));
    return o.p ? out_done(&o) : T("");
}

// Letters and digits only, one space between words, compatibility forms resolved, marks and joiners away:
// what must be the same in every reader.
static inline struct text words_of(struct arena *a, struct text t) {
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = 0, m;
    UChar *wide = ARENA_ARRAY(a, UChar, t.n + 1), *normal = ARENA_ARRAY(a, UChar, t.n * 4 + 8);
    u_strFromUTF8(wide, (int32_t)t.n + 1, &n, t.p, (int32_t)t.n, &e);
    m = unorm2_normalize(unorm2_getNFKCInstance(&e), wide, n, normal, (int32_t)t.n * 4 + 8, &e);
    assert_true(U_SUCCESS(e));
    struct out o = {.arena = a};
    bool gap = false;
    for (int32_t i = 0; i < m;) {
        UChar32 c;
        U16_NEXT(normal, i, m, c);
        // poppler writes a change of direction as an embedding, with the space inside it
        if ((c >= 0x202A && c <= 0x202E) || c == 0x200E || c == 0x200F) gap = true;
        if (u_charType(c) == U_FORMAT_CHAR || (U_GET_GC_MASK(c) & U_GC_M_MASK)) continue;
        if (!u_isalnum(c)) {
            gap = true;
            continue;
        }
        if (gap && o.n) out_byte(&o, ' ');
        gap = false;
        out_codepoint(&o, (uint32_t)c);
    }
    return o.p ? out_done(&o) : T("");
}
