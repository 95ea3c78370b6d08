// The sentences of the pages in their languages.
#include <string.h>
#include <unicode/uchar.h>

#include "web/server.h"

// English first: it is the source and what people fall back to. The order is that of the language switch.
const struct text PAGE_LANGUAGES[] = {{"en", 2}, {"fr", 2}, {"ar", 2}, {"uk", 2}, {"fa", 2}};
const size_t PAGE_LANGUAGE_COUNT = sizeof PAGE_LANGUAGES / sizeof *PAGE_LANGUAGES;

// One entry of a .po file, from its comments to its last msgstr.
struct entry {
    struct text key, block;
};
struct entries {
    struct entry *items;
    size_t count, capacity;
};

static struct text key_of(struct text block) {
    struct text line;
    while (text_cut(&block, '\n', &line)) {
        if (!text_starts(line, T("msgid \""))) continue;
        line = text_trim(line);
        return text_slice(line, 7, line.n - 1);
    }
    return (struct text){0};
}

// An empty line ends an entry; so does the next msgid where the line was forgotten.
static size_t end_of_entry(struct text po) {
    size_t empty, answer, next;
    if (!text_find(po, T("\n\n"), &empty)) empty = po.n;
    if (!text_find(po, T("\nmsgstr"), &answer) || answer > empty) return empty;
    bool is_followed = text_find(text_slice(po, answer, empty), T("\nmsgid \""), &next);
    return is_followed ? answer + next : empty;
}

static struct entries split(struct arena *a, struct text po) {
    struct entries list = {0};
    while (po.n) {
        size_t end = end_of_entry(po);
        struct text block = text_slice(po, 0, end);
        struct text key = key_of(block);
        if (key.p) *ARENA_PUSH(a, &list) = (struct entry){key, block};
        po = text_slice(po, end, po.n);
        while (po.n && po.p[0] == '\n') po = text_slice(po, 1, po.n);
    }
    return list;
}

static int plural_forms(struct text header) {
    size_t at;
    if (!text_find(header, T("nplurals="), &at) || at + 9 >= header.n) return 2;
    return header.p[at + 9] - '0';
}

// English in place of a sentence that is still missing, marked so that the page says that nobody has checked
// it.
static void borrow(struct out *o, struct text english, int forms) {
    struct text line, last = {0};
    bool is_plural = false;
    out_c(o, "#, fuzzy\n");
    while (text_cut(&english, '\n', &line)) {
        if (text_starts(line, T("#"))) continue;
        if (text_starts(line, T("msgstr["))) {
            is_plural = true;
            size_t at;
            if (text_find(line, T("] "), &at)) last = text_slice(line, at + 2, line.n);
            continue;
        }
        out_text(o, line);
        out_byte(o, '\n');
    }
    for (int i = 0; is_plural && i < forms; i++)
        out_printf(o, "msgstr[%d] " TEXT_FMT "\n", i, TEXT_ARG(last));
}

static struct text complete(struct arena *a, struct text english, struct text other) {
    struct entries want = split(a, english), have = split(a, other);
    struct out o = {.arena = a};
    int forms = have.count ? plural_forms(have.items[0].block) : 2;
    for (size_t i = 0; i < want.count; i++) {
        const struct entry *found = NULL;
        for (size_t k = 0; k < have.count && !found; k++)
            if (text_eq(have.items[k].key, want.items[i].key)) found = &have.items[k];
        if (found)
            out_text(&o, found->block);
        else if (want.items[i].key.n)
            borrow(&o, want.items[i].block, forms);
        out_c(&o, "\n\n");
    }
    return out_done(&o);
}

static struct text file_of(const struct embedded_list *files, struct arena *a, struct text language) {
    struct text name = TEXT_JOIN(a, language, T(".po"));
    for (size_t i = 0; i < files->count; i++)
        if (text_eq(text_of(files->files[i].name), name))
            return (struct text){(const char *)files->files[i].p, files->files[i].n};
    return (struct text){0};
}

enum status page_texts_read(const struct embedded_list *files, bool is_strict, struct page_texts *out,
                            struct problem *p) {
    struct po_input inputs[8];
    struct arena *a = &out->arena;
    struct text english = file_of(files, a, PAGE_LANGUAGES[0]);
    for (size_t i = 0; i < PAGE_LANGUAGE_COUNT; i++) {
        struct text content = file_of(files, a, PAGE_LANGUAGES[i]);
        inputs[i] =
            (struct po_input){PAGE_LANGUAGES[i], TEXT_JOIN(a, T("texts/"), PAGE_LANGUAGES[i], T(".po")),
                              is_strict || i == 0 ? content : complete(a, english, content)};
    }
    return catalog_read(a, inputs, PAGE_LANGUAGE_COUNT, &out->catalog, p);
}

struct text page_language_name(struct arena *a, const struct language *l) {
    struct out o = {.arena = a};
    size_t at = 0;
    if (!l->name.n) return l->tag;
    out_codepoint(&o, (uint32_t)u_toupper((UChar32)text_codepoint(l->name, &at)));
    out_text(&o, text_slice(l->name, at, l->name.n));
    return out_done(&o);
}
