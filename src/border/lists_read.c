// lists_read.c - lists of carriers as people look at them.
#include "border/lists_inside.h"

#define HEAD                                                                                           \
    "select l.list_id, l.received_at, l.kind, l.sender, l.number, l.carrier, l.port_from, l.port_to, " \
    "l.departs,"                                                                                       \
    " l.arrives, l.people, l.matched, l.errors, l.warnings, l.erased_at, l.received_by,"               \
    " (select count(*) from carrier_hit h where h.list_id = l.list_id),"                               \
    " (select count(*) from carrier_hit h where h.list_id = l.list_id and h.state = 'open') from "     \
    "carrier_list l"
static const struct sql ARRIVALS =
    SQL("carrier_arrivals", // carrier_list_by_arrival
        HEAD " where l.arrives >= :day order by l.arrives, l.list_id limit :limit");
static const struct sql ONE = SQL("carrier_list_one", HEAD " where l.list_id = :list");
static const struct sql FAULTS =
    SQL("carrier_faults", "select faults from carrier_list where list_id = :list");
static const struct sql PEOPLE =
    SQL("carrier_people", "select line, said from carrier_person where list_id = :list order by line");
static const struct sql KEPT =
    SQL("carrier_people_kept", // some thousands: lists are kept for the days of the law
        "select l.list_id, l.number, l.port_from, l.port_to, l.departs, p.line, p.said from carrier_list l"
        " join carrier_person p on p.list_id = l.list_id where l.erased_at = 0");
static const struct sql PERSON =
    SQL("carrier_person",
        "select said from carrier_person where list_id = :list and line = :line"); // primary key
static const struct sql HITS =
    SQL("carrier_hits",
        "select line, entry_id, score, by_number, state, reason from carrier_hit where list_id = :list"
        " order by line, score desc, entry_id");

static void read_head(struct rows *r, struct arena *a, struct carrier_list *l) {
    *l = (struct carrier_list){.id = row_int(r, 0), .received = {row_int(r, 1)}};
    struct text *const texts[] = {&l->kind,      &l->sender,  &l->number,  &l->carrier,
                                  &l->port_from, &l->port_to, &l->departs, &l->arrives};
    for (int i = 0; i < 8; i++) *texts[i] = text_copy(a, row_text(r, 2 + i));
    int64_t *const numbers[] = {&l->people,    &l->matched,     &l->errors, &l->warnings,
                                &l->erased.ms, &l->received_by, &l->hits,   &l->open};
    for (int i = 0; i < 8; i++) *numbers[i] = row_int(r, 10 + i);
}

enum status carrier_lists_of(struct border *b, const struct actor *actor, struct date day, struct arena *a,
                             struct carrier_lists *out, struct problem *p) {
    *out = (struct carrier_lists){0};
    enum status st = lists_may(b, actor, REGISTER_FIND, BORDER_CROSSING, p);
    struct db *db;
    if (!st) st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    struct rows rows;
    st = DB_QUERY(db, &rows, &ARRIVALS, V_TEXT(date_print(a, day)), V_INT(CARRIER_LISTS_SHOWN));
    while (!st && rows_next(&rows)) read_head(&rows, a, ARENA_PUSH(a, out));
    if (!st) st = rows_end(&rows);
    store_reader_release(journal_store(b->journal), db);
    return st;
}

static enum status read_people(struct db *db, int64_t list, struct arena *a, struct carrier_people *out) {
    struct rows rows;
    enum status st = DB_QUERY(db, &rows, &PEOPLE, V_INT(list));
    if (st) return st;
    while (rows_next(&rows)) {
        struct carrier_person *person = ARENA_PUSH(a, out);
        person->line = row_int(&rows, 0);
        if (!person_read(a, text_of_bytes(row_bytes(&rows, 1)), person)) out->count--;
    }
    return rows_end(&rows);
}

// Both are in order of line.
static enum status read_hits(struct db *db, int64_t list, struct arena *a, struct carrier_people *people) {
    struct rows rows;
    size_t at = 0;
    enum status st = DB_QUERY(db, &rows, &HITS, V_INT(list));
    if (st) return st;
    while (rows_next(&rows)) {
        int64_t line = row_int(&rows, 0);
        while (at < people->count && people->items[at].line < line) at++;
        if (at == people->count || people->items[at].line != line) continue;
        struct carrier_person *person = &people->items[at];
        if (person->hit_count == CARRIER_HITS_MAX) continue;
        person->hits[person->hit_count++] =
            (struct carrier_hit){row_int(&rows, 1), (int)row_int(&rows, 2), row_int(&rows, 3) != 0,
                                 text_copy(a, row_text(&rows, 4)), text_copy(a, row_text(&rows, 5))};
    }
    return rows_end(&rows);
}

static enum status read_faults(struct db *db, int64_t list, struct arena *a, struct text *out) {
    struct rows rows;
    enum status st = DB_ONE(db, &rows, &FAULTS, V_INT(list));
    if (st) return st;
    *out = text_of_bytes(bytes_copy(a, row_bytes(&rows, 0)));
    return rows_end(&rows);
}

enum status carrier_list_open(struct border *b, const struct actor *actor, int64_t list, struct arena *a,
                              struct carrier_list *head, struct carrier_people *people, struct text *faults,
                              struct problem *p) {
    *people = (struct carrier_people){0};
    enum status st = lists_may(b, actor, REGISTER_FIND, BORDER_CROSSING, p);
    struct access_trace trace = {.case_id = list,
                                 .actor = actor,
                                 .purpose = BORDER_PURPOSE,
                                 .relation = T("none"),
                                 .what = T("carrier_list")};
    if (!st) st = access_record_now(b->journal, &trace);
    struct db *db;
    if (!st) st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    struct rows rows;
    st = DB_ONE(db, &rows, &ONE, V_INT(list));
    if (!st) read_head(&rows, a, head), st = rows_end(&rows);
    if (!st) st = read_faults(db, list, a, faults);
    if (!st) st = read_people(db, list, a, people);
    if (!st) st = read_hits(db, list, a, people);
    store_reader_release(journal_store(b->journal), db);
    return st;
}

static enum status read_person(struct db *db, int64_t list, int64_t line, struct arena *a,
                               struct carrier_person *out) {
    struct rows rows;
    *out = (struct carrier_person){.line = line};
    enum status st = DB_ONE(db, &rows, &PERSON, V_INT(list), V_INT(line));
    if (!st && !person_read(a, text_of_bytes(row_bytes(&rows, 0)), out)) st = STATUS_CORRUPT;
    enum status end = rows_end(&rows);
    return st ? st : end;
}

enum status carrier_person_open(struct border *b, const struct actor *actor, int64_t list, int64_t line,
                                struct arena *a, struct carrier_person *out, struct problem *p) {
    struct access_trace trace = {.case_id = list,
                                 .actor = actor,
                                 .purpose = BORDER_PURPOSE,
                                 .relation = T("none"),
                                 .what = T("carrier_list")};
    struct db *db;
    enum status st = lists_may(b, actor, REGISTER_FIND, BORDER_CROSSING, p);
    if (!st) st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    st = read_person(db, list, line, a, out);
    store_reader_release(journal_store(b->journal), db);
    return st ? st : access_record_now(b->journal, &trace);
}

enum status carrier_people_each(struct db *db, carrier_each each, void *context) {
    struct arena a = {0};
    struct rows r;
    enum status st = DB_QUERY(db, &r, &KEPT);
    while (!st && rows_next(&r)) {
        struct carrier_list l = {.id = row_int(&r, 0),
                                 .number = row_text(&r, 1),
                                 .port_from = row_text(&r, 2),
                                 .port_to = row_text(&r, 3),
                                 .departs = row_text(&r, 4)};
        struct carrier_person x = {.line = row_int(&r, 5)};
        if (person_read(&a, text_of_bytes(row_bytes(&r, 6)), &x)) each(context, &l, &x);
        arena_reset(&a);
    }
    enum status end = rows_end(&r);
    arena_free(&a);
    return st ? st : end;
}
