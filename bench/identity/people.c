// Invented people. Spellings and how common they are come from pairs of names; who has which is drawn.
#include "identity/people.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 3, LINE_MAX = 400 };

struct pair {
    struct text latin, other;
    double upto; // of all counts, in order
};
struct people {
    struct arena arena;
    struct {
        struct pair *items;
        size_t count, capacity;
        double total;
    } part[PARTS]; // Arabic, Russian, Hebrew
    uint64_t seed;
};
static const char *const FILES[PARTS] = {"wd_arabic_train.tsv", "wd_russian_train.tsv",
                                         "wd_hebrew_train.tsv"};

static bool read_part(struct people *p, const char *folder, size_t part) {
    char path[600], line[LINE_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, FILES[part]);
    FILE *f = fopen(path, "r");
    if (!f) return false;
    while (fgets(line, sizeof line, f)) {
        struct text rest = text_trim(text_of(line)), latin, other;
        if (!text_cut(&rest, '\t', &latin) || !text_cut(&rest, '\t', &other) || !latin.n || !other.n)
            continue;
        double count = atof(text_c(&p->arena, rest));
        p->part[part].total += pow(count, 1.3); // the commonest are then shared by one in twenty
        *ARENA_PUSH(&p->arena, &p->part[part]) =
            (struct pair){text_copy(&p->arena, latin), text_copy(&p->arena, other), p->part[part].total};
    }
    fclose(f);
    return p->part[part].count > 0;
}

struct people *people_new(const char *folder, uint64_t seed) {
    struct people *p = calloc(1, sizeof *p);
    p->seed = seed;
    for (size_t i = 0; i < PARTS; i++)
        if (!read_part(p, folder, i)) {
            people_free(p);
            return NULL;
        }
    return p;
}

void people_free(struct people *p) {
    if (!p) return;
    arena_free(&p->arena);
    free(p);
}

// ---- drawing (splitmix64)

struct dice {
    uint64_t state;
};
static uint64_t draw(struct dice *d) {
    uint64_t z = d->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
static unsigned below(struct dice *d, unsigned n) {
    return (unsigned)(draw(d) % n);
}
static bool percent(struct dice *d, unsigned p) {
    return below(d, 100) < p;
}
static double fraction(struct dice *d) {
    return (double)(draw(d) >> 11) / 9007199254740992.0;
}

static const struct pair *draw_pair(const struct people *p, size_t part, struct dice *d) {
    double at = fraction(d) * p->part[part].total;
    size_t from = 0, count = p->part[part].count;
    if (percent(d, 10)) return &p->part[part].items[below(d, (unsigned)count)]; // the many rare ones
    while (count > 1) {
        size_t half = count / 2;
        if (p->part[part].items[from + half - 1].upto < at)
            from += half, count -= half;
        else
            count = half;
    }
    return &p->part[part].items[from];
}

// What is drawn of a person, before it is written in some way.
struct life {
    size_t part, count;
    const struct pair *word[3]; // given, father's, family
    bool other_script, both_scripts, whole;
    struct date birth;
    char number[12];
    bool has_number;
    unsigned nation, sex;
};
static const char *const NATIONS[] = {"SYR", "AFG", "UKR", "RUS", "IRQ", "ISR", "EGY", "ERI",
                                      "TUR", "GEO", "IRN", "NGA", "MAR", "SRB", "BLR", "KAZ"};

static struct life live(const struct people *p, struct dice *d) {
    struct life l = {0};
    unsigned which = below(d, 10);
    l.part = which < 5 ? 0 : which < 9 ? 1 : 2;
    l.count = percent(d, 5) ? 1 : percent(d, 45) ? 3 : 2;
    for (size_t i = 0; i < 3; i++) l.word[i] = draw_pair(p, l.part, d);
    l.other_script = percent(d, 40);
    l.both_scripts = percent(d, 10);
    l.whole = percent(d, 30);
    l.birth = date_from_days(-10957 + (int64_t)below(d, 365 * 70)); // 1940 to 2009
    if (percent(d, 8)) l.birth.month = l.birth.day = 1;
    if (percent(d, 3)) l.birth.month = l.birth.day = 0;
    if (percent(d, 2)) l.birth = (struct date){0};
    l.has_number = percent(d, 60);
    snprintf(l.number, sizeof l.number, "%c%08u", "ABCDEFGHKLMNPRSTZ"[below(d, 17)], below(d, 100000000));
    l.nation = below(d, 4) + below(d, 5) * below(d, 4); // some far more common
    l.sex = below(d, 2);
    return l;
}

static struct text spelling(const struct life *l, size_t i, bool other) {
    return other ? l->word[i]->other : l->word[i]->latin;
}

static struct record_name write_name(struct arena *a, const struct life *l, bool other, bool whole) {
    struct text given = spelling(l, 0, other),
                father = l->count > 2 ? spelling(l, 1, other) : (struct text){0},
                family = l->count > 1 ? spelling(l, 2, other) : (struct text){0};
    if (!whole) return (struct record_name){.given = given, .patronymic = father, .family = family};
    struct text t = given;
    if (father.n) t = TEXT_JOIN(a, t, T(" "), father);
    if (family.n) t = TEXT_JOIN(a, t, T(" "), family);
    return (struct record_name){.whole = t};
}

static struct dice dice_of(const struct people *p, uint64_t number, uint64_t which) {
    struct dice d = {p->seed * 0xD1342543DE82EF95u ^ number * 0x9E3779B97F4A7C15u ^ which << 48};
    draw(&d);
    return d;
}

static void add_facts(struct arena *a, const struct life *l, struct identity_record *out) {
    out->births[0] = l->birth;
    out->birth_count = l->birth.year > 0;
    out->sex = l->sex ? T("M") : T("F");
    out->nationalities[out->nationality_count++] = text_of(NATIONS[l->nation % 16]);
    if (l->has_number)
        out->numbers[out->number_count++] = (struct record_number){T("P"), text_of(NATIONS[l->nation % 16]),
                                                                   text_copy(a, text_of(l->number))};
}

void people_make(const struct people *p, uint64_t number, struct arena *a, struct identity_record *out) {
    struct dice d = dice_of(p, number, 0);
    struct life l = live(p, &d);
    *out = (struct identity_record){.id = number};
    out->names[out->name_count++] = write_name(a, &l, l.other_script, l.whole);
    if (l.both_scripts) out->names[out->name_count++] = write_name(a, &l, !l.other_script, l.whole);
    add_facts(a, &l, out);
}

// ---- slips

// A letter left out, doubled, changed or two in the other order; only of Latin words, byte by byte.
static struct text slip(struct arena *a, struct dice *d, struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] & 0x80) return t;
    if (t.n < 4) return t;
    char *p = arena_alloc(a, t.n + 1);
    size_t at = 1 + below(d, (unsigned)t.n - 2), n = t.n;
    memcpy(p, t.p, t.n);
    switch (below(d, 4)) {
    case 0:
        memmove(p + at, p + at + 1, n - at - 1);
        n--;
        break;
    case 1:
        memmove(p + at + 1, p + at, n - at);
        n++;
        break;
    case 2: p[at] = (char)('a' + below(d, 26)); break;
    default: {
        char c = p[at];
        p[at] = p[at + 1], p[at + 1] = c;
    }
    }
    return (struct text){p, n};
}

static void slip_name(struct arena *a, struct dice *d, struct record_name *n) {
    struct text *parts[] = {&n->given, &n->patronymic, &n->family};
    for (size_t i = 0; i < 3; i++)
        if (parts[i]->n && percent(d, 25)) *parts[i] = slip(a, d, *parts[i]);
}

static struct date slip_date(struct dice *d, struct date t) {
    switch (below(d, 14)) {
    case 0: return (struct date){t.year, 0, 0};
    case 1: return (struct date){0};
    case 2: return t.day && t.day <= 12 ? (struct date){t.year, t.day, t.month} : t;
    case 3: return t.day ? (struct date){t.year, t.month, t.day > 20 ? t.day - 10 : t.day + 1} : t;
    case 4:
        return (struct date){t.year + 1 - 2 * (int)below(d, 2), t.month,
                             t.month == 2 && t.day > 28 ? 28 : t.day};
    case 5: return t.year ? (struct date){t.year, 1, 1} : t;
    default: return t;
    }
}

static void misread(struct dice *d, char *number) {
    static const char FROM[] = "0158268B", TO[] = "OISBZGBS";
    size_t at = 1 + below(d, 8);
    for (size_t i = 0; FROM[i]; i++)
        if (number[at] == FROM[i]) {
            number[at] = TO[i];
            return;
        }
    number[at] = (char)('0' + below(d, 10));
}

void people_ask(const struct people *p, uint64_t number, uint64_t which, struct arena *a,
                struct identity_record *out) {
    struct dice d = dice_of(p, number, 0);
    struct life l = live(p, &d);
    d = dice_of(p, number, which + 1);
    bool other = percent(&d, 30) ? !l.other_script : l.other_script;
    if (l.count == 3 && percent(&d, 30)) l.count = 2; // the father's name is left out
    *out = (struct identity_record){.id = number};
    struct record_name n = write_name(a, &l, other, false);
    slip_name(a, &d, &n);
    if (percent(&d, 15)) { // the words in another order
        struct text given = n.given;
        n.given = n.family.n ? n.family : n.given;
        n.family = n.family.n ? given : n.family;
    }
    out->names[out->name_count++] = n;
    l.birth = slip_date(&d, l.birth);
    if (!date_is_valid(l.birth)) l.birth = (struct date){0};
    if (percent(&d, 60)) l.has_number = false;
    if (l.has_number && percent(&d, 40)) misread(&d, l.number);
    add_facts(a, &l, out);
    if (percent(&d, 30)) out->nationality_count = 0;
    if (percent(&d, 20)) out->sex = (struct text){0};
}
