// persons.c - from the answers of the form to persons, search keys and the header of the case.
//
// The pack's application form uses these paths; a form without one leaves the column empty:
//   family_name given_names family_name_latin given_names_latin birth_date birth_place birth_country sex
//   nationalities[i] is_stateless civil_status languages[i] special_needs[i]
//   family[i]: relation family_name given_names birth_date sex nationality
#include "cases/internal.h"

#include "base/cbor.h"
#include "identity/identity.h"
#include "identity/name.h"

enum { KEYS_MAX = 64 };

struct keys {
    struct text items[KEYS_MAX];
    size_t count;
};

static struct text get(const struct answers *s, struct text prefix, const char *name) {
    return answers_get(s, TEXT_JOIN(s->arena, prefix, text_of(name)));
}

static void add_key(struct keys *k, struct text key) {
    if (!key.n || k->count == KEYS_MAX) return;
    for (size_t i = 0; i < k->count; i++)
        if (text_eq(k->items[i], key)) return;
    k->items[k->count++] = key;
}

static void add_name_keys(struct arena *a, struct keys *k, struct text name, struct text language) {
    struct identity_keys found = identity_name_keys(a, name, language);
    for (size_t i = 0; i < found.count; i++) add_key(k, found.key[i]);
    add_key(k, identity_search_key(a, name));
}

struct text number_key(struct arena *a, struct text number) {
    struct text key = identity_search_key(a, number);
    struct out o = {.arena = a};
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] != ' ') out_byte(&o, key.p[i]);
    return out_done(&o);
}

// All values of a repeated answer, "AFG,IRN".
static struct text joined(const struct answers *s, const char *path) {
    struct out o = {.arena = s->arena};
    size_t n = answers_count(s, text_of(path));
    for (size_t i = 0; i < n; i++) {
        if (i) out_byte(&o, ',');
        out_text(&o, answers_get(s, text_printf(s->arena, "%s[%zu]", path, i)));
    }
    return out_done(&o);
}

static struct name name_of(const struct answers *s, struct text prefix, struct text language) {
    struct name n = {
        .family = get(s, prefix, "family_name"),
        .given = get(s, prefix, "given_names"),
        .latin_family = get(s, prefix, "family_name_latin"),
        .latin_given = get(s, prefix, "given_names_latin"),
        .language = language,
        .kind = NAME_CURRENT,
        .source = NAME_SAID,
    };
    enum status st = name_complete(s->arena, &n, NULL);
    if (st) n.latin_family = n.family, n.latin_given = n.given; // unusual, kept as written
    return n;
}

static struct text mrz_name(struct arena *a, const struct name *n) {
    return TEXT_JOIN(a, n->mrz_family, T("<<"), n->mrz_given);
}

static void write_person(struct out *o, int64_t id, struct text role, const struct name *n,
                         const struct answers *s, struct text prefix, struct text nationalities) {
    struct arena *a = s->arena;
    cbor_array(o, 14);
    cbor_int(o, id);
    struct text texts[] = {
        role,
        n->family,
        n->given,
        name_print_latin(a, n),
        mrz_name(a, n),
        name_print(a, n),
        n->script,
        get(s, prefix, "birth_date"),
        get(s, prefix, "birth_place"),
        get(s, prefix, "sex"),
        nationalities,
        get(s, prefix, "civil_status"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) cbor_text(o, texts[i].p ? texts[i] : T(""));
    cbor_int(o, text_eq(get(s, prefix, "is_stateless"), T("true")));
}

static int64_t person_id(struct decide *d, size_t position) {
    if (position == 0) return d->s->person;
    return position < d->s->persons.count ? d->s->persons.items[position].person : case_new_id(d);
}

static struct bytes list_persons(struct decide *d, const struct name *applicant, struct keys *keys) {
    const struct answers *s = &d->s->answers;
    struct out o = {.arena = d->arena};
    size_t family = answers_count(s, T("family"));
    cbor_array(&o, family + 1);
    write_person(&o, person_id(d, 0), T("applicant"), applicant, s, T(""), joined(s, "nationalities"));
    for (size_t i = 0; i < family; i++) {
        struct text prefix = text_printf(d->arena, "family[%zu].", i);
        struct name n = name_of(s, prefix, d->s->language);
        write_person(&o, person_id(d, i + 1), get(s, prefix, "relation"), &n, s, prefix,
                     get(s, prefix, "nationality"));
    }
    add_name_keys(d->arena, keys, name_print(d->arena, applicant), d->s->language);
    add_name_keys(d->arena, keys, applicant->family, d->s->language);
    add_name_keys(d->arena, keys, applicant->latin_family, d->s->language);
    add_name_keys(d->arena, keys, name_print_latin(d->arena, applicant), d->s->language);
    return bytes_of(out_done(&o));
}

static struct bytes list_keys(struct arena *a, const struct keys *keys) {
    struct out o = {.arena = a};
    cbor_array(&o, keys->count);
    for (size_t i = 0; i < keys->count; i++) cbor_text(&o, keys->items[i]);
    return bytes_of(out_done(&o));
}

// Rules of this very command already see who was named: a child with a parent is not alone.
static void know_relatives(struct decide *d) {
    size_t family = answers_count(&d->s->answers, T("family"));
    while (d->s->persons.count < family + 1) *ARENA_PUSH(d->arena, &d->s->persons) = (struct person_view){0};
    d->s->persons.count = family + 1;
    d->s->persons.items[0].role = T("applicant");
    for (size_t i = 0; i < family; i++)
        d->s->persons.items[i + 1].role =
            get(&d->s->answers, text_printf(d->arena, "family[%zu].", i), "relation");
}

// From which age the pack's law sees an adult: code MINOR of the special needs, "age_below".
static int64_t adult_age(const struct pack *pack) {
    const struct code_list *l = pack_codes(pack, T("special_need"));
    const struct code *minor = l ? code_find(l, T("MINOR")) : NULL;
    int64_t years = 0;
    return minor && text_int(code_text(minor, "age_below"), &years) ? years : 0;
}

enum status persons_record(struct decide *d) {
    const struct answers *s = &d->s->answers;
    if (!s->count && !pack_form(d->pack, T("application"))) return STATUS_OK; // a file about nobody yet
    struct name n = name_of(s, T(""), d->s->language);
    struct keys keys = {0};
    struct bytes persons = list_persons(d, &n, &keys);
    know_relatives(d);
    struct date birth = {0};
    d->s->family_name = n.family.p ? n.family : T("");
    d->s->given_names = n.given.p ? n.given : T("");
    d->s->birth = get(s, T(""), "birth_date");
    if (!d->s->birth.p) d->s->birth = T("");
    d->s->nationality = answers_get(s, T("nationalities[0]"));
    if (!d->s->nationality.p)
        d->s->nationality = text_eq(get(s, T(""), "is_stateless"), T("true")) ? T("XXA") : T("XXX");
    enum status st = date_parse(d->s->birth, &birth);
    d->s->is_minor = !st && birth.year && date_age_years(birth, case_today(d)) < adult_age(d->pack);
    d->s->is_vulnerable = answers_count(s, T("special_needs")) > 0;
    struct text sex = get(s, T(""), "sex");
    struct event_draft *e = case_emit(d, &EVENT_persons_recorded);
    draft_personal_bytes(e, "persons", persons);
    draft_personal_bytes(e, "keys", list_keys(d->arena, &keys));
    draft_personal_text(e, "family_name", d->s->family_name);
    draft_personal_text(e, "given_names", d->s->given_names);
    draft_personal_text(e, "latin_name", name_print_latin(d->arena, &n));
    draft_personal_text(e, "birth", d->s->birth);
    draft_personal_text(e, "sex", sex.p ? sex : T(""));
    draft_personal_text(e, "nationality", d->s->nationality);
    draft_personal_int(e, "is_minor", d->s->is_minor);
    draft_personal_int(e, "is_vulnerable", d->s->is_vulnerable);
    return STATUS_OK;
}
