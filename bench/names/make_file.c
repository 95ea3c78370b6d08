// A file of records with known duplicates, for ./dev bench linkage: the same numbers give the same file.
//
// make_file NAMES RECORDS >FILE.csv: NAMES is the folder of wd_*_train.tsv. One record in seven is of a
// person who is there already: asked again years later, with slips, other spellings, things that are not
// known or that changed. One in twenty of these is written in the other script.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/identity.h"
#include "identity/people.h"

enum { TOWNS = 3000, TRIES_MAX = 40, ONCE_MORE = 7 };

static uint64_t mix(uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// A town that does not exist; some have many people.
static void print_town(uint64_t person, bool with_slip) {
    static const char *const PART[] = {"al",  "bar", "dor", "esh", "gan", "hal", "kar", "lem",
                                       "mir", "nov", "or",  "qas", "ram", "sel", "tur", "ver",
                                       "yar", "zan", "im",  "ost", "ben", "lat", "rud", "pel"};
    double x = (double)(mix(person ^ 11) >> 11) / 9007199254740992.0;
    uint64_t town = mix((uint64_t)(x * x * x * TOWNS) + 77);
    char name[40];
    int n = snprintf(name, sizeof name, "%s%s%s%s", PART[town % 24], PART[town / 24 % 24],
                     PART[town / 576 % 24], town % 5 ? "" : " city");
    if (with_slip) name[1 + town % (uint64_t)(n - 2)] = (char)('a' + town % 26);
    fputs(name, stdout);
}

static void print_phone(uint64_t person, uint64_t copy) {
    if (mix(person ^ 13) % 100 < 30 || (copy && mix(person ^ copy << 40 ^ 14) % 100 < 40)) return;
    uint64_t number =
        mix(person ^ 15 ^ (copy && mix(person ^ copy ^ 16) % 4 == 0 ? copy << 32 : 0)); // a new one
    printf("+99%09llu", (unsigned long long)(number % 1000000000));
}

static void print_cell(struct text t) {
    bool quoted = false;
    for (size_t i = 0; i < t.n; i++) quoted |= t.p[i] == ',' || t.p[i] == '"';
    if (quoted) putchar('"');
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"') putchar('"');
        putchar(t.p[i]);
    }
    if (quoted) putchar('"');
    putchar(',');
}

static void print_date(struct date d) {
    if (d.year && d.day)
        printf("%04d-%02d-%02d,", d.year, d.month, d.day);
    else if (d.year)
        printf("%04d,", d.year);
    else
        putchar(',');
}

static struct text script_of(const struct identity_record *r) {
    return identity_script(r->names[0].given.n ? r->names[0].given : r->names[0].family);
}

// Names in parts: what is whole on file is taken apart by its words, as a form would have asked for them.
static void print_record(size_t record, uint64_t person, uint64_t copy, const struct identity_record *r) {
    const struct record_name *n = &r->names[0];
    struct text given = n->given, father = n->patronymic, family = n->family;
    if (n->whole.n) {
        struct text rest = n->whole, word;
        if (text_cut(&rest, ' ', &word)) given = word;
        if (text_cut(&rest, ' ', &word)) family = word;
        if (rest.p) father = family, family = rest;
    }
    printf("%zu,%llu,", record, (unsigned long long)person);
    print_cell(given);
    print_cell(father);
    print_cell(family);
    print_date(r->birth_count ? r->births[0] : (struct date){0});
    print_cell(r->sex);
    print_cell(r->nationality_count ? r->nationalities[0] : (struct text){0});
    if (mix(person ^ copy << 32 ^ 12) % 100 >= (copy ? 30 : 10))
        print_town(person, copy && mix(person ^ copy) % 8 == 0);
    putchar(',');
    print_cell(r->number_count ? r->numbers[0].number : (struct text){0});
    print_phone(person, copy);
    putchar('\n');
}

int main(int argc, char **argv) {
    if (argc != 3) return fputs("make_file NAMES RECORDS\n", stderr), 2;
    struct people *p = people_new(argv[1], 3);
    if (!p) return fputs("skipped: no data\n", stderr), 77;
    size_t records = strtoul(argv[2], NULL, 10), persons = records - records / ONCE_MORE;
    struct arena a = {0};
    puts("record,person,given_name,fathers_name,family_name,birth_date,sex,nationality,birth_place,document,"
         "phone");
    for (size_t i = 0; i < records; i++, arena_reset(&a)) {
        uint64_t draw = mix(i), person = i, copy = 0;
        struct identity_record r, asked;
        if (i >= persons) person = draw / 20 % persons, copy = i;
        people_make(p, person, &a, &r);
        bool other = draw % 20 == 0;
        asked = r;
        for (uint64_t which = 0; copy && which < TRIES_MAX; which++) {
            people_ask(p, person, mix(copy + which * records) & 0x7FFF, &a, &asked);
            if (text_eq(script_of(&asked), script_of(&r)) != other) break;
        }
        print_record(i, person, copy, &asked);
    }
    arena_free(&a);
    people_free(p);
    return 0;
}
