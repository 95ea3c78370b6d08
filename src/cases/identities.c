#include "cases/identities.h"

#include "cases/reading.h"

#define PERSON_COLUMNS                                                                                   \
    "p.person_id, p.family_name, p.given_names, p.latin_name, p.original_name, p.birth, p.birth_place, " \
    "p.sex, p.nationalities"
enum { PERSON_COLUMN_COUNT = 9 };

static const struct sql CHANGED =
    SQL("identities_changed",
        "select case_id, version, changed_at from case_file where is_draft = 0"
        " and changed_at >= :at and version > :seq order by changed_at, version limit :limit");
static const struct sql OF_CASE =
    SQL("identities_of_case",
        "select " PERSON_COLUMNS " from person p where p.case_id = :case order by p.position");
static const struct sql ONE =
    SQL("identity_one", "select " PERSON_COLUMNS " from person p where p.person_id = :person");
static const struct sql SHOWN = SQL(
    "person_shown", "select " PERSON_COLUMNS ", p.role, c.case_id, coalesce(c.case_no, ''), c.unit, c.status,"
                    " c.procedure, c.pack_version, c.officer_id, c.account_id, c.person_id"
                    " from person p join case_file c on c.case_id = p.case_id"
                    " where p.person_id = :person and c.is_draft = 0");

static void add_name(struct identity_record *r, struct record_name n) {
    if ((n.family.n || n.given.n || n.whole.n) && r->name_count < RECORD_NAMES_MAX)
        r->names[r->name_count++] = n;
}

// ISO 5218 to the letters of a travel document.
static struct text sex_letter(struct text sex) {
    return text_eq(sex, T("1"))   ? T("M")
           : text_eq(sex, T("2")) ? T("F")
           : text_eq(sex, T("9")) ? T("X")
                                  : T("");
}

static void read_record(struct rows *q, struct arena *a, struct identity_record *r) {
    struct text rest = text_copy(a, row_text(q, 8)), one, latin = text_copy(a, row_text(q, 3));
    struct date birth;
    *r = (struct identity_record){.id = (uint64_t)row_int(q, 0)};
    add_name(r, (struct record_name){.family = text_copy(a, row_text(q, 1)),
                                     .given = text_copy(a, row_text(q, 2))});
    add_name(r, (struct record_name){.whole = latin});
    if (!date_parse(row_text(q, 5), &birth)) r->births[r->birth_count++] = birth;
    r->birth_place = text_copy(a, row_text(q, 6));
    r->sex = sex_letter(row_text(q, 7));
    while (text_cut(&rest, ',', &one) && r->nationality_count < RECORD_CODES_MAX)
        if (one.n) r->nationalities[r->nationality_count++] = one;
}

static enum status read_persons(struct db *db, struct arena *a, struct case_identity *c) {
    struct rows q;
    enum status st = DB_QUERY(db, &q, &OF_CASE, V_INT(c->case_id));
    while (!st && rows_next(&q)) {
        c->persons = arena_grow(a, c->persons, c->count, &c->capacity, sizeof *c->persons);
        read_record(&q, a, &c->persons[c->count++]);
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

enum status cases_identities(struct db *db, struct moment at, int64_t seq, size_t limit, struct arena *a,
                             struct case_identity **out, size_t *count) {
    struct {
        struct case_identity *items;
        size_t count, capacity;
    } list = {0};
    struct rows q;
    enum status st = DB_QUERY(db, &q, &CHANGED, V_INT(at.ms), V_INT(seq), V_INT((int64_t)limit));
    while (!st && rows_next(&q))
        *ARENA_PUSH(a, &list) = (struct case_identity){
            .case_id = row_int(&q, 0), .version = row_int(&q, 1), .changed = {row_int(&q, 2)}};
    enum status end = rows_end(&q);
    if (!st) st = end;
    for (size_t i = 0; i < list.count && !st; i++) st = read_persons(db, a, &list.items[i]);
    *out = list.items;
    *count = list.count;
    return st;
}

enum status cases_identity(struct db *db, int64_t person, struct arena *a, struct identity_record *out) {
    struct rows q;
    enum status st = DB_ONE(db, &q, &ONE, V_INT(person));
    if (!st) read_record(&q, a, out);
    enum status end = rows_end(&q);
    return st ? st : end;
}

// The person can read that a search found the case, and for what.
static void add_trace(struct reading *r, const struct seen_of_pack *s, int64_t case_id, int64_t person,
                      struct text relation, struct text what, struct trace_list *out) {
    struct text purpose = purpose_word(s->entry, purpose_in(s->entry, r->look.purpose));
    *ARENA_PUSH(r->arena, out) = (struct access_trace){.case_id = case_id,
                                                       .subject = person,
                                                       .actor = r->actor,
                                                       .purpose = purpose,
                                                       .relation = relation,
                                                       .what = what};
}

static void show(struct reading *r, struct rows *q, struct text what, struct persons_shown *out,
                 struct trace_list *traces) {
    enum { AT = PERSON_COLUMN_COUNT };
    const struct seen_of_pack *s = case_reading_seen(r, row_int(q, AT + 6));
    struct case_owner o = {.officer = row_int(q, AT + 7), .unit = row_text(q, AT + 3)};
    struct text relation = relation_of(r->actor, &o);
    bool is_far = text_eq(relation, T("none"));
    class_set seen = is_far ? s->elsewhere : s->visible;
    if (!s->is_known) return; // a procedure that is closed to the actor is not even named
    if (what.n) add_trace(r, s, row_int(q, AT + 1), row_int(q, AT + 9), relation, what, traces);
    struct person_shown *x = ARENA_PUSH(r->arena, out);
    *x = (struct person_shown){.person = row_int(q, 0),
                               .case_id = row_int(q, AT + 1),
                               .case_no = row_copy(r, q, AT + 2),
                               .unit = row_copy(r, q, AT + 3)};
    x->is_seen = (seen & access_class(s->entry->policy, T("identity"))) != 0;
    if (!x->is_seen) return;
    x->family_name = row_copy(r, q, 1);
    x->given_names = row_copy(r, q, 2);
    x->latin_name = row_copy(r, q, 3);
    x->birth = row_copy(r, q, 5);
    x->birth_place = row_copy(r, q, 6);
    x->sex = row_copy(r, q, 7);
    x->nationalities = row_copy(r, q, 8);
    x->role = row_copy(r, q, AT);
    x->status = row_copy(r, q, AT + 4);
    x->procedure = row_copy(r, q, AT + 5);
    read_record(q, r->arena, &x->record);
}

enum status cases_show_persons(struct cases *c, const struct actor *actor, const struct look *look,
                               const int64_t *persons, size_t count, struct text what, struct arena *a,
                               struct persons_shown *out, struct problem *p) {
    struct reading r;
    struct trace_list traces = {0};
    *out = (struct persons_shown){0};
    if (!count) return STATUS_OK;
    enum status st = case_reading_begin_list(c, actor, look, T("persons"), a, &r, p);
    if (st) return st;
    for (size_t i = 0; i < count && i < PERSONS_SHOWN_MAX && !st; i++) {
        struct rows q;
        st = DB_ONE(r.db, &q, &SHOWN, V_INT(persons[i]));
        if (!st) show(&r, &q, what, out, &traces);
        enum status end = rows_end(&q);
        st = st == STATUS_NOT_FOUND ? STATUS_OK : st ? st : end;
    }
    case_reading_end(&r);
    return st ? st : access_record_all(c->journal, &traces);
}
