// From fields to lines with check digits.
#include <string.h>

#include "identity/country.h"
#include "identity/identity.h"
#include "identity/mrz_layout.h"

struct zone {
    const struct mrz_layout *layout;
    char line[MRZ_LINES_MAX][MRZ_LINE_MAX];
    struct text text[MRZ_LINES_MAX];
};

// Letters and digits in upper case, spaces and hyphens as fillers. False for anything else.
static bool zone_text(struct arena *a, struct text t, struct text *out) {
    char *p = arena_alloc(a, t.n + 1);
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (c == ' ' || c == '-' || c == '/' || c == '.') c = '<';
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<')) return false;
        p[i] = c;
    }
    while (t.n && p[t.n - 1] == '<') t.n--;
    *out = (struct text){p, t.n};
    return true;
}

static void place(struct zone *z, enum mrz_field f, struct text t) {
    const struct mrz_place *p = &z->layout->place[f];
    memcpy(z->line[p->line] + p->from, t.p, t.n);
    if (p->check >= 0) z->line[p->line][p->check] = mrz_check_digit(mrz_at(z->layout, z->text, f));
}

static size_t room(const struct zone *z, enum mrz_field f) {
    return (size_t)(z->layout->place[f].to - z->layout->place[f].from);
}

static enum status put_plain(struct arena *a, struct zone *z, enum mrz_field f, struct text t,
                             struct problem *p) {
    struct text clean;
    if (!zone_text(a, t, &clean))
        return problem(p, mrz_field_word(f), "mrz_character", "problem.mrz.character");
    if (clean.n > room(z, f)) return problem(p, mrz_field_word(f), "mrz_too_long", "problem.mrz.too_long");
    if (z->layout->place[f].to) place(z, f, clean);
    return STATUS_OK;
}

static enum status put_country(struct arena *a, struct zone *z, enum mrz_field f, struct text code,
                               struct problem *p) {
    struct text three = country_mrz(a, code);
    if (!three.n) return problem(p, mrz_field_word(f), "mrz_country", "problem.mrz.country");
    place(z, f, three);
    return STATUS_OK;
}

static enum status put_date(struct arena *a, struct zone *z, enum mrz_field f, struct date d,
                            struct problem *p) {
    if (!date_is_valid(d) && d.year) return problem(p, mrz_field_word(f), "mrz_date", "problem.mrz.date");
    struct text yy = d.year ? text_printf(a, "%02d", d.year % 100) : T("<<");
    struct text mm = d.month ? text_printf(a, "%02d", d.month) : T("<<");
    place(z, f, TEXT_JOIN(a, yy, mm, d.day ? text_printf(a, "%02d", d.day) : T("<<")));
    return STATUS_OK;
}

// Number and optional data together: a number longer than its field runs on in the optional field (9303-5
// note j).
static enum status put_number(struct arena *a, struct zone *z, struct text number, struct text optional,
                              struct problem *p) {
    struct text n, o;
    const char *field = mrz_field_word(MRZ_NUMBER);
    if (!zone_text(a, number, &n)) return problem(p, field, "mrz_character", "problem.mrz.character");
    if (n.n > room(z, MRZ_NUMBER)) {
        struct text first = text_slice(n, 0, room(z, MRZ_NUMBER)), rest = text_slice(n, first.n, n.n);
        if (!z->layout->long_number || text_find(rest, T("<"), &(size_t){0}))
            return problem(p, field, "mrz_too_long", "problem.mrz.too_long");
        o = TEXT_JOIN(a, rest, text_printf(a, "%c", mrz_check_digit(n)), T("<"), optional);
        if (rest.n + 2 > room(z, MRZ_OPTIONAL))
            return problem(p, field, "mrz_too_long", "problem.mrz.too_long");
        place(z, MRZ_NUMBER, first);
        z->line[z->layout->place[MRZ_NUMBER].line][z->layout->place[MRZ_NUMBER].check] = '<';
        return put_plain(a, z, MRZ_OPTIONAL, o, p);
    }
    place(z, MRZ_NUMBER, n);
    return put_plain(a, z, MRZ_OPTIONAL, optional, p);
}

// At most `n` characters of a longer name, the last one a letter: that is how a zone says "cut"
// (9303-3, 4.6). Where the cut falls on a filler, the word before gives its last letter up for the next
// word's first.
static struct text cut_name(struct arena *a, struct text t, size_t n) {
    if (t.n <= n) return t;
    if (t.p[n - 1] != '<') return text_slice(t, 0, n);
    if (n < 3 || t.p[n - 3] == '<') return text_slice(t, 0, n - 1);
    return TEXT_JOIN(a, text_slice(t, 0, n - 2), T("<"), text_slice(t, n, n + 1));
}

// Both identifiers keep a part; the second one at least two letters (9303-4, 4.2.3).
static struct text name_field(struct arena *a, struct text family, struct text given, size_t size) {
    if (!family.n) family = given, given = T("");
    if (!given.n) return cut_name(a, family, size);
    size_t least = given.n < 2 ? given.n : 2;
    if (given.n >= 2 && given.p[1] == '<') least = 1;
    struct text f = cut_name(a, family, size - 2 - least);
    return TEXT_JOIN(a, f, T("<<"), cut_name(a, given, size - 2 - f.n));
}

static enum status put_name(struct arena *a, struct zone *z, const struct mrz_fields *f, struct problem *p) {
    struct text family, given;
    enum status st = identity_transliterate(a, f->family, f->language, NULL, &family);
    if (!st) st = identity_transliterate(a, f->given, f->language, NULL, &given);
    if (st || (!family.n && !given.n)) return problem(p, "name", "mrz_name_empty", "problem.mrz.name_empty");
    place(z, MRZ_NAME, name_field(a, family, given, room(z, MRZ_NAME)));
    return STATUS_OK;
}

static enum status put_sex(struct zone *z, char sex, struct problem *p) {
    if (sex != 'F' && sex != 'M' && sex != 'X') return problem(p, "sex", "mrz_sex", "problem.mrz.sex");
    place(z, MRZ_SEX, sex == 'F' ? T("F") : sex == 'M' ? T("M") : T("<"));
    return STATUS_OK;
}

static enum status put_code(struct arena *a, struct zone *z, struct text code, struct problem *p) {
    if (!code.n || !strchr(z->layout->codes, code.p[0] & ~0x20))
        return problem(p, "document_code", "mrz_document_code", "problem.mrz.document_code");
    return put_plain(a, z, MRZ_DOCUMENT_CODE, code, p);
}

enum status mrz_write(struct arena *a, const struct mrz_fields *f, struct text *out, struct problem *p) {
    struct zone z = {.layout = mrz_layout(f->format)};
    for (int i = 0; i < z.layout->lines; i++) {
        memset(z.line[i], '<', (size_t)z.layout->columns);
        z.text[i] = (struct text){z.line[i], (size_t)z.layout->columns};
    }
    enum status st = put_code(a, &z, f->document_code, p);
    if (!st) st = put_country(a, &z, MRZ_ISSUER, f->issuer, p);
    if (!st) st = put_country(a, &z, MRZ_NATIONALITY, f->nationality, p);
    if (!st) st = put_number(a, &z, f->number, f->optional, p);
    if (!st) st = put_date(a, &z, MRZ_BIRTH, f->birth, p);
    if (!st) st = put_date(a, &z, MRZ_EXPIRY, f->expiry, p);
    if (!st) st = put_sex(&z, f->sex, p);
    if (!st) st = put_plain(a, &z, MRZ_OPTIONAL_2, f->optional_2, p);
    if (!st) st = put_name(a, &z, f, p);
    if (st) return st;
    const struct mrz_place *c = &z.layout->place[MRZ_COMPOSITE];
    if (c->to) z.line[c->line][c->check] = mrz_composite_digit(z.layout, z.text);
    struct out o = {.arena = a};
    for (int i = 0; i < z.layout->lines; i++) {
        if (i) out_byte(&o, '\n');
        out_text(&o, z.text[i]);
    }
    *out = out_done(&o);
    return STATUS_OK;
}
