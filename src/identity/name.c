#include "identity/name.h"

#include <unicode/uchar.h>

#include "identity/identity.h"

static const struct {
    enum name_kind kind;
    const char *word;
} KINDS[] = {
    {NAME_CURRENT, "current"}, {NAME_BIRTH, "birth"},         {NAME_FORMER, "former"},
    {NAME_ALIAS, "alias"},     {NAME_RELIGIOUS, "religious"},
};
static const struct {
    enum name_source source;
    const char *word;
} SOURCES[] = {
    {NAME_SAID, "said"}, {NAME_WRITTEN, "written"},     {NAME_DOCUMENT, "document"},
    {NAME_MRZ, "mrz"},   {NAME_AUTHORITY, "authority"},
};

struct text name_kind_word(enum name_kind kind) {
    for (size_t i = 0; i < NAME_KIND_COUNT; i++)
        if (KINDS[i].kind == kind) return text_of(KINDS[i].word);
    return T("");
}

struct text name_source_word(enum name_source source) {
    for (size_t i = 0; i < NAME_SOURCE_COUNT; i++)
        if (SOURCES[i].source == source) return text_of(SOURCES[i].word);
    return T("");
}

bool name_kind_parse(struct text word, enum name_kind *out) {
    for (size_t i = 0; i < NAME_KIND_COUNT; i++)
        if (text_eq(word, text_of(KINDS[i].word))) return *out = KINDS[i].kind, true;
    return false;
}

bool name_source_parse(struct text word, enum name_source *out) {
    for (size_t i = 0; i < NAME_SOURCE_COUNT; i++)
        if (text_eq(word, text_of(SOURCES[i].word))) return *out = SOURCES[i].source, true;
    return false;
}

static enum status part_check(struct text part, const char *field, struct problem *p) {
    if (part.n > IDENTITY_TEXT_MAX) return problem(p, field, "name_too_long", "problem.name.too_long");
    if (!text_is_utf8(part)) return problem(p, field, "name_bytes", "problem.name.characters");
    for (size_t at = 0; at < part.n;) {
        UChar32 c = (UChar32)text_codepoint(part, &at);
        if (u_isdigit(c)) return problem(p, field, "name_digit", "problem.name.digit");
        if (u_iscntrl(c) || c == '<' || c == '>')
            return problem(p, field, "name_character", "problem.name.characters");
    }
    return STATUS_OK;
}

// Latin and zone form of `part`, unless the passport's own spelling is there already.
static enum status part_complete(struct arena *a, struct text part, struct text language, struct text *latin,
                                 struct text *mrz) {
    struct text l, m;
    enum status st = identity_transliterate(a, part, language, &l, &m);
    if (st) return st;
    if (!latin->n) *latin = l;
    if (!mrz->n) *mrz = m;
    return STATUS_OK;
}

static struct text joined(struct arena *a, struct text x, struct text y) {
    if (!x.n || !y.n) return x.n ? x : y;
    return TEXT_JOIN(a, x, T(" "), y);
}

enum status name_complete(struct arena *a, struct name *n, struct problem *p) {
    n->family = text_trim(n->family);
    n->given = text_trim(n->given);
    n->patronymic = text_trim(n->patronymic);
    if (!n->family.n && !n->given.n) return problem(p, "family", "name_empty", "problem.name.empty");
    enum status st = part_check(n->family, "family", p);
    if (!st) st = part_check(n->given, "given", p);
    if (!st) st = part_check(n->patronymic, "patronymic", p);
    if (st) return st;
    struct text given = joined(a, n->given, n->patronymic);
    if (given.n > IDENTITY_TEXT_MAX) return problem(p, "given", "name_too_long", "problem.name.too_long");
    if (!n->script.n) n->script = identity_script(joined(a, n->family, given));
    st = part_complete(a, n->family, n->language, &n->latin_family, &n->mrz_family);
    if (!st) st = part_complete(a, given, n->language, &n->latin_given, &n->mrz_given);
    if (!st && !n->mrz_family.n && !n->mrz_given.n)
        return problem(p, "family", "name_letters", "problem.name.characters");
    return st;
}

static bool family_first(struct text script) {
    static const char *const SCRIPTS[] = {"Hani", "Hang", "Hira", "Kana", "Hans", "Hant", "Jpan", "Kore"};
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++)
        if (text_eq(script, text_of(SCRIPTS[i]))) return true;
    return false;
}

struct text name_print(struct arena *a, const struct name *n) {
    if (family_first(n->script)) return TEXT_JOIN(a, n->family, n->given);
    return joined(a, joined(a, n->given, n->patronymic), n->family);
}

struct text name_print_latin(struct arena *a, const struct name *n) {
    return joined(a, n->latin_given, n->latin_family);
}
