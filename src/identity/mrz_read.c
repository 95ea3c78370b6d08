// From what a scanner or a person gives to fields. Three steps: characters, lines, fields.
#include <assert.h>
#include <string.h>

#include "identity/country.h"
#include "identity/mrz_reading.h"

void mrz_complain(struct mrz *m, enum mrz_field f, const char *rule, const char *text_key) {
    if (m->problem_count == MRZ_PROBLEMS_MAX) return;
    (void)problem(&m->problem[m->problem_count++], mrz_field_word(f), rule, text_key);
}

// Characters: the zone's own, upper case; '\n' between lines.
struct cleaned {
    char p[MRZ_INPUT_MAX * 2];
    size_t n;
    bool foreign; // something was neither of the zone nor space
};

static bool is_own(char c) { // A to Z, 0 to 9 and <
    static const bool OWN[256] = {['<'] = true, ['0' ... '9'] = true, ['A' ... 'Z'] = true};
    return OWN[(uint8_t)c];
}

static void put(struct cleaned *c, char x) {
    if (c->n < sizeof c->p) c->p[c->n++] = x;
}

static void clean_one(struct cleaned *out, uint32_t c) {
    switch (c) {
    case ' ':
    case '\t':
    case 0xA0:
    case 0xFEFF:
    case 0x200B: return;
    case '\n':
    case '\r': put(out, '\n'); return;
    case 0xAB:
    case 0x300A:
        put(out, '<');
        put(out, '<');
        return; // « and 《 are how OCR writes two fillers
    case 0x2039:
    case 0x2264:
    case 0xFF1C:
    case 0x3008:
    case 0x02C2: put(out, '<'); return;
    default: break;
    }
    if (c >= 'a' && c <= 'z') c -= 32;
    bool own = c < 128 && is_own((char)c);
    if (!own) out->foreign = true;
    put(out, own ? (char)c : '<');
}

// Nearly all characters are the zone's own: each run of them goes over as it is.
static void clean(struct text in, struct cleaned *out) {
    out->n = 0;
    out->foreign = false;
    for (size_t at = 0; at < in.n;) {
        size_t from = at;
        while (at < in.n && is_own(in.p[at])) at++;
        size_t room = sizeof out->p - out->n, n = at - from < room ? at - from : room;
        memcpy(out->p + out->n, in.p + from, n);
        out->n += n;
        if (at < in.n) clean_one(out, text_codepoint(in, &at));
    }
}

// Lines
struct pieces {
    struct text piece[MRZ_LINES_MAX + 1];
    size_t count, total, longest;
};

static struct pieces pieces_of(struct text rest) {
    struct pieces s = {0};
    struct text part;
    while (text_cut(&rest, '\n', &part)) {
        if (!part.n) continue;
        if (s.count <= MRZ_LINES_MAX) s.piece[s.count++] = part;
        s.total += part.n;
        if (part.n > s.longest) s.longest = part.n;
    }
    return s;
}

static bool format_of(const struct pieces *s, char first, enum mrz_format *f) {
    bool visa = first == 'V';
    if (s->total == 90) return *f = MRZ_TD1, true;
    if (s->total == 88) return *f = visa ? MRZ_MRV_A : MRZ_TD3, true;
    if (s->total == 72) return *f = visa ? MRZ_MRV_B : MRZ_TD2, true;
    // Fillers at the end of a line get lost when people type; line breaks say where the lines were.
    if (s->count == 3 && s->longest >= 26 && s->longest <= 30) return *f = MRZ_TD1, true;
    if (s->count != 2) return false;
    if (s->longest >= 31 && s->longest <= 36) return *f = visa ? MRZ_MRV_B : MRZ_TD2, true;
    if (s->longest >= 39 && s->longest <= 44) return *f = visa ? MRZ_MRV_A : MRZ_TD3, true;
    return false;
}

static void set_lines(struct reading *r, const struct pieces *s, const struct cleaned *c) {
    size_t columns = (size_t)r->layout->columns, at = 0;
    bool exact = s->total == columns * (size_t)r->layout->lines;
    bool whole = s->count == (size_t)r->layout->lines && s->longest == columns;
    for (int i = 0; i < r->layout->lines; i++) {
        if (!exact) memset(r->line[i], '<', columns);
        if (!exact || whole) memcpy(r->line[i], s->piece[i].p, s->piece[i].n);
        for (size_t n = 0; exact && !whole && n < columns; at++)
            if (c->p[at] != '\n') r->line[i][n++] = c->p[at];
        r->text[i] = (struct text){r->line[i], columns};
    }
    if (!exact) mrz_complain(r->out, MRZ_COMPOSITE, "mrz_short", "problem.mrz.line_short");
}

// Fields
static struct text without_fillers(struct text t) {
    while (t.n && t.p[t.n - 1] == '<') t.n--;
    return t;
}

// 9303-5, 4.2.2.1 note j: < in place of the check digit, the rest of the number and then its check digit at
// the beginning of the optional field. Belgian cards also weigh the filler.
static enum mrz_check check_long_number(struct arena *a, struct reading *r, struct text *number,
                                        struct text *optional) {
    struct text first = mrz_at(r->layout, r->text, MRZ_NUMBER),
                rest = mrz_at(r->layout, r->text, MRZ_OPTIONAL), tail;
    text_cut(&rest, '<', &tail);
    if (tail.n < 2) return MRZ_CHECK_WRONG;
    struct text end = text_slice(tail, 0, tail.n - 1);
    char digit = look_alike_digit(tail.p[tail.n - 1]);
    *number = TEXT_JOIN(a, first, end);
    *optional = text_copy(a, without_fillers(rest.p ? rest : T("")));
    bool right =
        mrz_check_digit(*number) == digit || mrz_check_digit(TEXT_JOIN(a, first, T("<"), end)) == digit;
    return right ? MRZ_CHECK_OK : MRZ_CHECK_WRONG;
}

static bool two_digits(const char *p, int *value) {
    bool unknown = p[0] == '<' && p[1] == '<';
    if (!unknown && (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')) return false;
    *value = unknown ? -1 : (p[0] - '0') * 10 + p[1] - '0';
    return true;
}

// The latest year not after today.
static int birth_year(int yy, struct date d, struct date today) {
    int year = today.year - today.year % 100 + yy;
    struct date full = {year, d.month ? d.month : 1, d.day ? d.day : 1};
    bool later = d.month ? date_cmp(full, today) > 0 : year > today.year;
    return later ? year - 100 : year;
}

// The year nearest to today: documents are valid for 10 years, some for 50, and expired ones are read too.
static int expiry_year(int yy, struct date today) {
    int year = today.year - today.year % 100 + yy;
    if (year > today.year + 50) return year - 100;
    return year < today.year - 49 ? year + 100 : year;
}

static void read_date(struct reading *r, enum mrz_field f, struct date *out) {
    struct text t = mrz_at(r->layout, r->text, f);
    int yy = -1, month = -1, day = -1;
    *out = (struct date){0};
    bool ok = two_digits(t.p, &yy) && two_digits(t.p + 2, &month) && two_digits(t.p + 4, &day);
    // 9303-3, 4.8: unknown parts are fillers; without a month the day says nothing
    struct date d = {0, month > 0 ? month : 0, month > 0 && day > 0 ? day : 0};
    if (ok && yy >= 0) d.year = f == MRZ_BIRTH ? birth_year(yy, d, r->today) : expiry_year(yy, r->today);
    if (ok && yy < 0) d = (struct date){0};
    if (!ok || month == 0 || day == 0 || (d.year && !date_is_valid(d)))
        mrz_complain(r->out, f, "mrz_date", "problem.mrz.date");
    else
        *out = d;
}

static struct text value_at(const struct reading *r, enum mrz_field f) {
    return without_fillers(mrz_at(r->layout, r->out->line, f));
}

static void read_country(struct reading *r, enum mrz_field f, struct text *out) {
    *out = value_at(r, f);
    if (country_kind(*out) == COUNTRY_UNKNOWN) mrz_complain(r->out, f, "mrz_country", "problem.mrz.country");
}

// The words of a part of the name with one space between them, written to *to.
static struct text words(struct text t, char **to) {
    char *p = *to, *begin = p;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] != '<')
            *p++ = t.p[i];
        else if (p > begin && p[-1] != ' ')
            *p++ = ' ';
    }
    *to = p;
    if (p > begin && p[-1] == ' ') p--;
    return (struct text){begin, (size_t)(p - begin)};
}

static void read_name(struct arena *a, struct reading *r) {
    struct text t = mrz_at(r->layout, r->out->line, MRZ_NAME);
    struct mrz *m = r->out;
    size_t at;
    char *room = arena_alloc(a, t.n + 1);
    bool parted = text_find(t, T("<<"), &at);
    m->family = words(parted ? text_slice(t, 0, at) : t, &room);
    m->given = parted ? words(text_slice(t, at, t.n), &room) : T("");
    m->name_may_be_cut = t.p[t.n - 1] != '<';
    if (!m->family.n && !m->given.n) mrz_complain(m, MRZ_NAME, "mrz_name_empty", "problem.mrz.name_empty");
}

static void read_sex(struct reading *r) {
    char c = mrz_at(r->layout, r->text, MRZ_SEX).p[0];
    r->out->sex = c == 'F' || c == 'M' ? c : 'X';
    if (c != 'F' && c != 'M' && c != '<' && c != 'X')
        mrz_complain(r->out, MRZ_SEX, "mrz_sex", "problem.mrz.sex");
}

static void check_fields(struct arena *a, struct reading *r, struct text *number, struct text *optional) {
    const struct mrz_layout *l = r->layout;
    struct mrz_field_result *f = r->out->field;
    const struct mrz_place *n = &l->place[MRZ_NUMBER];
    f[MRZ_BIRTH].check = mrz_check_digits_only(r, &l->place[MRZ_BIRTH]);
    f[MRZ_EXPIRY].check = mrz_check_digits_only(r, &l->place[MRZ_EXPIRY]);
    if (l->place[MRZ_OPTIONAL].check >= 0)
        f[MRZ_OPTIONAL].check = mrz_check_mixed(r, &l->place[MRZ_OPTIONAL]);
    f[MRZ_NUMBER].check = mrz_check_mixed(r, n);
    if (l->long_number && f[MRZ_NUMBER].check == MRZ_CHECK_WRONG && r->line[n->line][n->check] == '<')
        f[MRZ_NUMBER].check = check_long_number(a, r, number, optional);
    if (l->composite[0].to) f[MRZ_COMPOSITE].check = mrz_check_composite(r);
    r->out->checks_ok = true;
    for (int i = 0; i < MRZ_FIELD_COUNT; i++) {
        if (f[i].check != MRZ_CHECK_WRONG) continue;
        r->out->checks_ok = false;
        if (i == MRZ_COMPOSITE)
            mrz_complain(r->out, i, "mrz_composite", "problem.mrz.composite");
        else
            mrz_complain(r->out, (enum mrz_field)i, "mrz_check_digit", "problem.mrz.check_digit");
    }
}

// The lines as they stand after all corrections; every field is a part of them.
static void keep_lines(struct arena *a, struct reading *r) {
    size_t columns = (size_t)r->layout->columns;
    char *p = arena_alloc(a, columns * (size_t)r->layout->lines);
    for (int i = 0; i < r->layout->lines; i++, p += columns) {
        memcpy(p, r->line[i], columns);
        r->out->line[i] = (struct text){p, columns};
    }
    for (int i = 0; i < MRZ_FIELD_COUNT; i++)
        r->out->field[i].raw = mrz_at(r->layout, r->out->line, (enum mrz_field)i);
}

static void correct_letters(struct reading *r) {
    mrz_correct_country(r, MRZ_ISSUER);
    mrz_correct_country(r, MRZ_NATIONALITY);
    if (mrz_correct_name(r)) mrz_complain(r->out, MRZ_NAME, "mrz_name_digit", "problem.mrz.name_digit");
}

static void read_fields(struct arena *a, struct reading *r) {
    struct mrz *m = r->out;
    struct text number = {0}, optional = {0};
    check_fields(a, r, &number, &optional);
    correct_letters(r);
    keep_lines(a, r);
    m->document_code = value_at(r, MRZ_DOCUMENT_CODE);
    if (!m->document_code.n || !strchr(r->layout->codes, m->document_code.p[0]))
        mrz_complain(m, MRZ_DOCUMENT_CODE, "mrz_document_code", "problem.mrz.document_code");
    read_country(r, MRZ_ISSUER, &m->issuer);
    read_country(r, MRZ_NATIONALITY, &m->nationality);
    read_date(r, MRZ_BIRTH, &m->birth);
    read_date(r, MRZ_EXPIRY, &m->expiry);
    read_sex(r);
    read_name(a, r);
    m->number = number.p ? number : value_at(r, MRZ_NUMBER);
    m->optional = number.p ? optional : value_at(r, MRZ_OPTIONAL);
    m->optional_2 = value_at(r, MRZ_OPTIONAL_2);
}

enum status mrz_read(struct arena *a, struct text input, struct date today, struct mrz *out,
                     struct problem *p) {
    assert(date_is_full(today));
    memset(out, 0, offsetof(struct mrz, problem_count)); // not the room for problems and fixes: 5 kB
    out->problem_count = out->fix_count = 0;
    if (input.n > MRZ_INPUT_MAX) return problem(p, "mrz", "mrz_length", "problem.mrz.length");
    struct cleaned c;
    clean(input, &c);
    struct pieces s = pieces_of((struct text){c.p, c.n});
    enum mrz_format format;
    if (!s.count || !format_of(&s, s.piece[0].p[0], &format)) {
        mrz_complain(out, MRZ_COMPOSITE, "mrz_length", "problem.mrz.length");
        return problem(p, "mrz", "mrz_length", "problem.mrz.length");
    }
    struct reading r = {.layout = mrz_layout(format), .out = out, .today = today};
    out->format = format;
    set_lines(&r, &s, &c);
    if (c.foreign) mrz_complain(out, MRZ_COMPOSITE, "mrz_character", "problem.mrz.character");
    read_fields(a, &r);
    return STATUS_OK;
}
