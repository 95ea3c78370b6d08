// records.c - what a record is: a person of a case, or an entry of a register.
#include "search/inside.h"

static const struct sql PERSON = SQL("record_person", "select case_id from person where person_id = :record");
static const struct sql ENTRY =
    SQL("record_entry", "select register, reference, state, answers from register_entry"
                        " where entry_id = :record");

enum status record_there(struct db *db, int64_t record) {
    static const struct sql IS_ENTRY =
        SQL("record_is_entry",
            "select entry_id from register_entry where entry_id = :record and state = 'current'");
    int64_t id;
    enum status st = DB_INT(db, &id, &PERSON, V_INT(record));
    return st == STATUS_NOT_FOUND ? DB_INT(db, &id, &IS_ENTRY, V_INT(record)) : st;
}

static struct date date_at(const struct answers *s, const char *path) {
    struct date d = {0};
    if (date_parse(answers_get(s, text_of(path)), &d)) return (struct date){0};
    return d;
}

// A register with a review date is a list that people are held against: nothing of it counts after the day on
// which it expires, whether or not somebody has ended it.
enum status entry_place(struct search *s, struct db *db, int64_t entry, struct date today, struct arena *a,
                        struct entry_place *out) {
    struct rows r;
    struct answers said = {.arena = a};
    *out = (struct entry_place){0};
    enum status st = DB_ONE(db, &r, &ENTRY, V_INT(entry));
    if (!st) {
        out->register_id = text_copy(a, row_text(&r, 0));
        out->reference = text_copy(a, row_text(&r, 1));
        out->state = text_copy(a, row_text(&r, 2));
        st = answers_decode(a, row_bytes(&r, 3), &said);
    }
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    const struct pack_register *g = registers_named(s->registers, out->register_id);
    out->is_watched = g && g->review_field.n;
    if (!out->is_watched) return STATUS_OK;
    out->expires = date_at(&said, "expires_on");
    out->review = date_at(&said, text_c(a, g->review_field));
    out->is_over = date_is_full(out->expires) && date_cmp(out->expires, today) < 0;
    return STATUS_OK;
}

struct date search_today(struct search *s) {
    return zone_date(s->zone, env_now(journal_env(s->journal)));
}
