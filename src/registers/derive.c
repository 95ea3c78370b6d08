// derive.c - what follows from what an entry says: links, words to find it by, keys, and the day on which its
// time is over.
#include <string.h>

#include "identity/identity.h"
#include "registers/internal.h"

enum {
    TERMS_MAX = 400, // of one entry: sixteen names in three scripts and as many documents
    TERM_BYTES_MAX = 200,
    KEY_BYTES_MAX = 600,
};

// ---- links

static const struct sql CASE_BY_NUMBER = SQL(
    "register_case_by_number", "select case_id, person_id, is_erased from case_file where case_no = :number");
static const struct sql PERSON_OF_CASE =
    SQL("register_person_of_case",
        "select person_id from person where case_id = :case order by position limit 1 offset :skip");

static enum status no_such_case(struct problem *p, struct arena *a, struct text path, const char *rule) {
    return problem(p, text_c(a, path), rule, "problem.register.case_unknown");
}

static enum status find_case(struct db *db, struct text number, int64_t *case_id, int64_t *person) {
    struct rows q;
    enum status st = DB_ONE(db, &q, &CASE_BY_NUMBER, V_TEXT(number));
    if (!st) *case_id = row_int(&q, 0), *person = row_int(&q, 1);
    if (!st && row_int(&q, 2)) st = STATUS_NOT_FOUND;
    enum status end = rows_end(&q);
    return st ? st : end;
}

// "OST-2026-ASY-0000012-C" is the main person of the case, with "/2" the second one.
static enum status find_person(struct db *db, struct text value, struct derived *out) {
    struct text number, rest = value;
    int64_t n = 1;
    if (!text_cut(&rest, '/', &number)) return STATUS_NOT_FOUND;
    if (rest.n && (!text_int(rest, &n) || n < 1 || n > 100)) return STATUS_NOT_FOUND;
    enum status st = find_case(db, number, &out->person_case, &out->person);
    if (st || n == 1) return st;
    return DB_INT(db, &out->person, &PERSON_OF_CASE, V_INT(out->person_case), V_INT(n - 1));
}

enum status derive_links(struct db *db, const struct pack_register *g, const struct answers *answers,
                         struct arena *a, struct derived *out, struct problem *p) {
    struct text person = g->person_field.n ? text_trim(answers_get(answers, g->person_field)) : T("");
    struct text number = g->case_field.n ? text_trim(answers_get(answers, g->case_field)) : T("");
    int64_t ignored;
    enum status st = person.n ? find_person(db, person, out) : STATUS_OK;
    if (st == STATUS_NOT_FOUND) return no_such_case(p, a, g->person_field, "person_unknown");
    if (!st && number.n) st = find_case(db, number, &out->case_id, &ignored);
    if (st == STATUS_NOT_FOUND) return no_such_case(p, a, g->case_field, "case_unknown");
    if (!out->case_id) out->case_id = out->person_case;
    return st;
}

// ---- words

struct terms {
    struct arena *a;
    struct out o;
    size_t count;
};

static void add_term(struct terms *t, struct text kind, struct text term) {
    term = text_head(term, TERM_BYTES_MAX);
    if (!term.n || t->count == TERMS_MAX) return;
    for (size_t i = 0; i < term.n; i++) // they part the list
        if ((unsigned char)term.p[i] < ' ') return;
    out_text(&t->o, kind);
    out_byte(&t->o, TERM_PART);
    out_text(&t->o, term);
    out_byte(&t->o, TERM_END);
    t->count++;
}

struct text number_term(struct arena *a, struct text value) {
    struct text key = identity_search_key(a, value);
    struct out o = {.arena = a};
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] != ' ') out_byte(&o, key.p[i]);
    return out_done(&o);
}

static void add_words(struct terms *t, struct text kind, struct text mark, struct text words) {
    struct text word;
    while (text_cut(&words, ' ', &word))
        if (word.n) add_term(t, kind, TEXT_JOIN(t->a, mark, word));
}

static void add_name(struct terms *t, struct text value) {
    struct identity_keys keys = identity_name_keys(t->a, value, T(""));
    for (size_t i = 0; i < keys.count; i++) {
        bool is_sound = keys.key[i].n && keys.key[i].p[0] == '~';
        struct text words = is_sound ? text_slice(keys.key[i], 1, keys.key[i].n) : keys.key[i];
        add_words(t, T("name"), is_sound ? T("~") : T(""), words);
    }
}

// "1990-05" is found by 1990 and by 1990-05; and, because it may be any day of it, by each of its days: its
// own length is marked with "=".
static void add_birth(struct terms *t, struct text value) {
    static const size_t LENGTHS[] = {4, 7, 10};
    for (size_t i = 0; i < 3 && LENGTHS[i] <= value.n; i++)
        add_term(t, T("birth"), text_slice(value, 0, LENGTHS[i]));
    add_term(t, T("birth"), TEXT_JOIN(t->a, value, T("=")));
}

static void add_searched(struct terms *t, const struct form_field *f, struct text value) {
    switch (f->search) {
    case SEARCH_NUMBER: add_term(t, T("number"), number_term(t->a, value)); break;
    case SEARCH_PLATE: add_term(t, T("plate"), number_term(t->a, value)); break;
    case SEARCH_NAME:
    case SEARCH_FAMILY:
    case SEARCH_GIVEN:
    case SEARCH_PATRONYMIC: add_name(t, value); break;
    case SEARCH_BIRTH: add_birth(t, value); break;
    case SEARCH_NATIONALITY: add_term(t, T("nationality"), value); break;
    case SEARCH_WORD: add_words(t, T("word"), T(""), identity_search_key(t->a, value)); break;
    default: break; // sex, issuer and the like find nobody by themselves
    }
}

static void add_keys(const struct pack_register *g, const struct answers *answers, struct arena *a,
                     struct out *o) {
    for (size_t i = 0; i < g->key_count; i++) {
        struct out key = {.arena = a};
        bool is_whole = true;
        out_printf(&key, "%zu", i);
        for (size_t k = 0; k < g->keys[i].count; k++) {
            struct text part = number_term(a, answers_get(answers, g->keys[i].fields[k]));
            is_whole &= part.n > 0;
            out_byte(&key, TERM_PART);
            out_text(&key, part);
        }
        if (!is_whole || key.n > KEY_BYTES_MAX) continue; // what is not known is not shared
        out_text(o, out_done(&key));
        out_byte(o, TERM_END);
    }
}

void derive_terms(const struct pack_register *g, const struct answers *answers, struct arena *a,
                  struct derived *out) {
    struct terms t = {.a = a, .o = {.arena = a}};
    struct out keys = {.arena = a};
    for (size_t i = 0; i < answers->count; i++) {
        const struct form_field *f = form_field_at(g->form, answers->items[i].path);
        if (!f) continue;
        add_searched(&t, f, answers->items[i].value);
        if (f->is_listed) add_term(&t, TEXT_JOIN(a, T("="), f->path), answers->items[i].value);
    }
    add_keys(g, answers, a, &keys);
    out->terms = out_done(&t.o);
    out->keys = out_done(&keys);
}

// ---- keys

static const struct sql KEY_TAKEN =
    SQL("register_key_taken",
        "select e.reference from register_key k join register_entry e on e.entry_id = k.entry_id"
        " where k.register = :register and k.key = :key and k.entry_id <> :entry and e.state in ('current',"
        " 'importing') limit 1");

struct text key_fields(const struct pack_register *g, struct text key, struct arena *a) {
    int64_t n = 0;
    struct text index;
    struct out o = {.arena = a};
    if (!text_cut(&key, TERM_PART, &index) || !text_int(index, &n) || (size_t)n >= g->key_count) return T("");
    for (size_t i = 0; i < g->keys[n].count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, g->keys[n].fields[i]);
    }
    return out_done(&o);
}

enum status key_taken(struct db *db, const struct pack_register *g, struct text keys, int64_t but_entry,
                      struct arena *a, struct text *reference, struct text *fields) {
    struct text key;
    while (text_cut(&keys, TERM_END, &key)) {
        struct rows q;
        if (!key.n) continue;
        enum status st = DB_ONE(db, &q, &KEY_TAKEN, V_TEXT(g->id), V_TEXT(key), V_INT(but_entry));
        if (!st) *reference = text_copy(a, row_text(&q, 0));
        enum status end = rows_end(&q);
        if (!st) *fields = key_fields(g, key, a);
        if (st != STATUS_NOT_FOUND) return st ? st : end;
    }
    return STATUS_NOT_FOUND;
}

// ---- time

struct date day_of(struct text value) {
    struct date d;
    if (date_parse(text_slice(value, 0, 10), &d)) return (struct date){0};
    if (!d.month) d.month = 12;
    if (!d.day) d.day = days_in_month(d.year, d.month);
    return d;
}

static struct date day_from(struct text from, const struct answers *answers, struct date recorded,
                            struct date ended) {
    if (text_eq(from, T("recorded"))) return recorded;
    if (text_eq(from, T("ended"))) return ended;
    return day_of(answers_get(answers, from));
}

static bool holds(struct registers *r, const struct feel_expression *e, const struct feel_value *context,
                  struct arena *a) {
    struct feel_value v;
    struct feel_now now = {env_now(journal_env(r->journal)), r->zone_name};
    return !e || (!feel_eval(e, context, &now, a, &v, NULL) && feel_is_true(&v));
}

static const char *const THEN[] = {"erase", "review", "pseudonymise"};

void derive_due(struct registers *r, const struct pack_register *g, const struct answers *answers,
                struct date recorded, struct date ended, struct arena *a, struct derived *out) {
    struct feel_value context = form_feel(a, g->form, answers);
    if (g->review_field.n) out->review = day_of(answers_get(answers, g->review_field));
    for (size_t i = 0; i < g->retention_count; i++) {
        const struct register_retention *t = &g->retention[i];
        if (!holds(r, t->condition, &context, a)) continue;
        out->due_rule = t->id;
        out->due_then = t->is_permanent ? T("") : text_of(THEN[t->then]);
        if (t->is_permanent) return;
        struct date from = day_from(t->from, answers, recorded, ended);
        if (!from.year) return; // what it counts from has not come yet
        out->due = date_add_days(date_add_months(from, 12 * t->years + t->months), t->days);
        return;
    }
}
