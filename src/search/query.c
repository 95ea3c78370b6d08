#include "search/query.h"

#include "identity/identity.h"
#include "identity/mrz.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void put_number(struct search_query *q, struct text kind, struct text issuer, struct text number) {
    struct identity_record *r = &q->record;
    if (number.n && r->number_count < RECORD_NUMBERS_MAX)
        r->numbers[r->number_count++] = (struct record_number){kind, issuer, number};
}

static bool read_zone(struct arena *a, struct text typed, struct date today, struct search_query *q) {
    struct mrz z;
    struct problem ignored = {0};
    size_t at;
    if (!text_find(typed, T("<"), &at) || mrz_read(a, typed, today, &z, &ignored)) return false;
    struct identity_record *r = &q->record;
    q->kinds = QUERY_ZONE;
    q->zone_is_doubtful = !z.checks_ok;
    q->number = z.number;
    q->name = TEXT_JOIN(a, z.given, T(" "), z.family);
    q->birth = z.birth;
    put_number(q, text_slice(z.document_code, 0, 1), z.issuer, z.number);
    r->names[r->name_count++] = (struct record_name){.family = z.family, .given = z.given};
    if (z.birth.year) r->births[r->birth_count++] = z.birth;
    if (z.nationality.n) r->nationalities[r->nationality_count++] = z.nationality;
    r->sex = z.sex == 'M' ? T("M") : z.sex == 'F' ? T("F") : T("");
    return true;
}

// "1991-04-02", "1991-04", "1991", "2.4.1991", "02/04/1991": what lies between spaces.
static bool read_birth(struct arena *a, struct text word, struct date *out) {
    int64_t n[3] = {0};
    size_t digits[3] = {0};
    int parts = 0;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        if (is_digit(c) && digits[parts] < 4) {
            n[parts] = n[parts] * 10 + (c - '0');
            digits[parts]++;
        } else if ((c == '-' || c == '.' || c == '/') && parts < 2 && digits[parts]) {
            parts++;
        } else {
            return false;
        }
    }
    bool day_first = digits[parts] == 4 && parts > 0;
    int64_t year = n[day_first ? parts : 0], month = parts ? n[parts == 1 ? !day_first : 1] : 0,
            day = parts == 2 ? n[day_first ? 0 : 2] : 0;
    if (digits[day_first ? parts : 0] != 4 || year < 1850 || year > 2200) return false;
    struct text iso =
        parts == 2 ? text_printf(a, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)day)
        : parts == 1 ? text_printf(a, "%04lld-%02lld", (long long)year, (long long)month)
                     : text_printf(a, "%04lld", (long long)year);
    return !date_parse(iso, out);
}

static void split_words(struct arena *a, struct text typed, struct search_query *q) {
    struct out name = {.arena = a}, number = {.arena = a};
    struct text rest = typed, word;
    bool has_digit = false;
    while (text_cut(&rest, ' ', &word)) {
        if (!word.n) continue;
        if (!q->birth.year && read_birth(a, word, &q->birth)) {
            q->kinds |= QUERY_BIRTH;
            continue;
        }
        for (size_t i = 0; i < word.n; i++) has_digit |= is_digit(word.p[i]);
        if (name.n) out_byte(&name, ' ');
        out_text(&name, word);
        out_text(&number, word);
    }
    q->name = out_done(&name);
    if (!q->name.n) return;
    q->kinds |= has_digit ? QUERY_NUMBER : QUERY_NAME;
    if (has_digit) q->number = out_done(&number), q->name = T("");
}

enum status query_read(struct arena *a, struct text typed, struct date today, struct search_query *out,
                       struct problem *p) {
    *out = (struct search_query){.typed = text_trim(typed)};
    struct search_query *q = out;
    if (!q->typed.n) return problem(p, "q", "required", "problem.search.empty");
    if (q->typed.n > QUERY_BYTES_MAX || !text_is_utf8(q->typed))
        return problem(p, "q", "search_long", "problem.search.long");
    if (read_zone(a, q->typed, today, q)) return STATUS_OK;
    if (!identity_search_key(a, q->typed).n)
        return problem(p, "q", "search_nothing", "problem.search.nothing");
    if (!natural_number_read(a, q->typed, &q->person)) {
        q->kinds = QUERY_PERSON;
        return STATUS_OK;
    }
    split_words(a, q->typed, q);
    if (q->kinds == QUERY_BIRTH) { // a year alone is no name: it may be a number
        q->kinds = QUERY_NUMBER;
        q->number = q->typed;
        q->birth = (struct date){0};
    }
    put_number(q, T(""), T(""), q->number);
    if (q->name.n) q->record.names[q->record.name_count++] = (struct record_name){.whole = q->name};
    if (q->birth.year) q->record.births[q->record.birth_count++] = q->birth;
    return STATUS_OK;
}

struct text query_kinds(struct arena *a, unsigned kinds) {
    static const char *const WORDS[] = {"zone", "person", "number", "name", "birth"};
    struct out o = {.arena = a};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (kinds & 1u << i) out_printf(&o, "%s%s", o.n ? "," : "", WORDS[i]);
    return out_done(&o);
}
