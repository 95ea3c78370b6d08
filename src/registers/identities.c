// identities.c - what entries say of identities, for the index of the search.
#include <string.h>

#include "registers/internal.h"

// An import that came into force gives many entries one version: a page ends behind all of one.
static const struct sql CHANGED =
    SQL("register_changed",
        "select " ENTRY_COLUMNS " from register_entry e where e.version > :after and e.version <="
        " (select max(p.version) from (select version from register_entry where version > :after"
        " order by version limit :limit) p) order by e.version, e.entry_id");

// "names[1]" of "names[1].family": fields of the same entry of a group go together.
static struct text scope_of(struct text path) {
    size_t end = 0;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == ']') end = i + 1;
    bool is_list_item = end == path.n; // "nationalities[1]": a value of its own
    return text_slice(path, 0, is_list_item ? 0 : end);
}

// Names of one entry of a group, one for each script that the form asks for: as the person writes it, and in
// Latin letters.
struct scopes {
    struct text scripts[RECORD_NAMES_MAX];
    struct text items[RECORD_NAMES_MAX > RECORD_NUMBERS_MAX ? RECORD_NAMES_MAX : RECORD_NUMBERS_MAX];
};

static struct record_name *name_at(struct identity_record *r, struct scopes *s, struct text scope,
                                   struct text script) {
    for (size_t i = 0; i < r->name_count; i++)
        if (text_eq(s->items[i], scope) && text_eq(s->scripts[i], script)) return &r->names[i];
    if (r->name_count == RECORD_NAMES_MAX) return NULL;
    s->scripts[r->name_count] = script;
    s->items[r->name_count] = scope;
    return &r->names[r->name_count++];
}

static struct record_number *number_at(struct identity_record *r, struct scopes *s, struct text scope) {
    for (size_t i = 0; i < r->number_count; i++)
        if (text_eq(s->items[i], scope)) return &r->numbers[i];
    if (r->number_count == RECORD_NUMBERS_MAX) return NULL;
    s->items[r->number_count] = scope;
    return &r->numbers[r->number_count++];
}

// The number that an issuer or kind belongs to: the next one in the same group of questions, else the last
// one before.
static const struct form_field *number_beside(const struct form_field *fields, size_t count,
                                              const struct form_field *f) {
    const struct form_field *found = NULL;
    size_t at = 0;
    for (size_t i = 0; i < count && !found; i++)
        found = number_beside(fields[i].children, fields[i].child_count, f);
    while (at < count && &fields[at] != f) at++;
    if (found || at == count) return found;
    for (size_t i = at; i < count; i++)
        if (fields[i].search == SEARCH_NUMBER) return &fields[i];
    while (at-- > 0)
        if (fields[at].search == SEARCH_NUMBER) return &fields[at];
    return NULL;
}

static const struct form_field *numbered_by(const struct form_field *f) {
    const struct form_field *found = NULL;
    if (f->search == SEARCH_NUMBER) return f;
    for (size_t i = 0; i < f->form->section_count && !found; i++)
        found = number_beside(f->form->sections[i].fields, f->form->sections[i].field_count, f);
    return found;
}

static struct text sex_of(struct text code) {
    if (text_eq(code, T("1")) || text_eq(code, T("M"))) return T("M");
    if (text_eq(code, T("2")) || text_eq(code, T("F"))) return T("F");
    return text_eq(code, T("9")) || text_eq(code, T("X")) ? T("X") : T("");
}

static void add_birth(struct identity_record *r, struct text value) {
    struct date d;
    if (r->birth_count < RECORD_DATES_MAX && !date_parse(text_slice(value, 0, 10), &d))
        r->births[r->birth_count++] = d;
}

static void add(struct entry_identity *e, struct scopes *names, struct scopes *numbers,
                const struct form_field *f, struct text path, struct text value, struct arena *a) {
    struct identity_record *r = &e->record;
    struct text scope = scope_of(path);
    struct record_name *n = NULL;
    struct record_number *k = NULL;
    bool is_name = f->search >= SEARCH_NAME && f->search <= SEARCH_PATRONYMIC;
    bool is_number = f->search >= SEARCH_NUMBER && f->search <= SEARCH_DOC_KIND;
    const struct form_field *numbered = is_number ? numbered_by(f) : NULL;
    if (is_name && !(n = name_at(r, names, scope, f->script))) return;
    if (numbered) k = number_at(r, numbers, TEXT_JOIN(a, scope, T("."), numbered->key));
    if (is_number && !k) return;
    switch (f->search) {
    case SEARCH_NAME: n->whole = value; break;
    case SEARCH_FAMILY: n->family = value; break;
    case SEARCH_GIVEN: n->given = value; break;
    case SEARCH_PATRONYMIC: n->patronymic = value; break;
    case SEARCH_NUMBER: k->number = value; break;
    case SEARCH_ISSUER: k->issuer = value; break;
    case SEARCH_DOC_KIND: k->kind = value; break;
    case SEARCH_BIRTH: add_birth(r, value); break;
    case SEARCH_BIRTH_PLACE: r->birth_place = value; break;
    case SEARCH_SEX: r->sex = sex_of(value); break;
    case SEARCH_NATIONALITY:
        if (r->nationality_count < RECORD_CODES_MAX) r->nationalities[r->nationality_count++] = value;
        break;
    case SEARCH_PLATE:
        if (e->plate_count < RECORD_NUMBERS_MAX) e->plates[e->plate_count++] = value;
        break;
    default: break;
    }
}

void identity_add_plates(struct identity_record *r, const struct entry_identity *e) {
    for (size_t i = 0; i < e->plate_count && r->number_count < RECORD_NUMBERS_MAX; i++)
        r->numbers[r->number_count++] = (struct record_number){T("plate"), T(""), e->plates[i]};
}

// An issuer without a number is none.
static void drop_empty_numbers(struct identity_record *r) {
    size_t kept = 0;
    for (size_t i = 0; i < r->number_count; i++)
        if (r->numbers[i].number.n) r->numbers[kept++] = r->numbers[i];
    r->number_count = kept;
}

void identity_of(struct registers *r, const struct entry *e, struct arena *a, struct entry_identity *out) {
    struct scopes names = {0}, numbers = {0};
    const struct pack_register *g = registers_named(r, e->register_id);
    *out = (struct entry_identity){.entry = e->entry,
                                   .version = e->version,
                                   .register_id = e->register_id,
                                   .state = e->state,
                                   .person = e->person,
                                   .case_id = e->case_id,
                                   .record = {.id = (uint64_t)e->entry}};
    if (!g || !entry_counts(r, e)) return;
    for (size_t i = 0; i < e->answers.count; i++) {
        const struct form_field *f = form_field_at(g->form, e->answers.items[i].path);
        if (f && f->search)
            add(out, &names, &numbers, f, e->answers.items[i].path, e->answers.items[i].value, a);
    }
    drop_empty_numbers(&out->record);
}

enum status registers_identities(struct registers *r, struct db *db, int64_t after, size_t limit,
                                 struct arena *a, struct entry_identity **out, size_t *count) {
    struct {
        struct entry_identity *items;
        size_t count, capacity;
    } list = {0};
    struct rows q;
    enum status st = DB_QUERY(db, &q, &CHANGED, V_INT(after), V_INT((int64_t)limit));
    while (!st && rows_next(&q)) {
        struct entry e;
        st = entry_row_read(&q, a, &e);
        if (!st) identity_of(r, &e, a, ARENA_PUSH(a, &list));
    }
    enum status end = rows_end(&q);
    *out = list.items;
    *count = list.count;
    return st ? st : end;
}

enum status registers_identity(struct registers *r, struct db *db, int64_t entry, struct arena *a,
                               struct entry_identity *out) {
    struct entry e;
    enum status st = entry_load(db, entry, a, &e);
    if (!st) identity_of(r, &e, a, out);
    return st;
}
