// records.c - what a record is: a person of a case, or an entry of a register.
#include "search/inside.h"

static const struct sql PERSON = SQL("record_person", "select case_id from person where person_id = :record");
static const struct sql ENTRY =
    SQL("record_entry",
        "select register, state, ended, faults, answers from register_entry where entry_id = :record");

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

static bool is_said(const struct answers *s, const char *path) {
    return text_eq(answers_get(s, text_of(path)), T("true"));
}

// A register with a review date is a list that people are held against: nothing of it counts before it begins
// or after the day on which it expires, whether or not somebody has ended it.
static void place_watched(const struct pack_register *g, const struct answers *said, struct date today,
                          struct entry_place *out) {
    struct date starts = date_at(said, "starts_on");
    out->expires = date_at(said, "expires_on");
    out->review = date_at(said, text_c(said->arena, g->review_field));
    out->is_contested |= is_said(said, "is_contested");
    out->is_over |= (date_is_full(out->expires) && date_cmp(out->expires, today) < 0) ||
                    (date_is_full(starts) && date_cmp(starts, today) > 0);
}

enum status entry_place(struct search *s, struct db *db, int64_t entry, struct date today, struct arena *a,
                        struct entry_place *out) {
    struct rows r;
    struct date ended;
    struct answers said = {.arena = a};
    const struct pack_register *g = NULL;
    *out = (struct entry_place){0};
    enum status st = DB_ONE(db, &r, &ENTRY, V_INT(entry));
    if (!st) {
        bool ends_later = text_eq(row_text(&r, 1), T("ended")) && !date_parse(row_text(&r, 2), &ended) &&
                          date_cmp(ended, today) > 0;
        g = registers_named(s->registers, row_text(&r, 0));
        out->is_over = !text_eq(row_text(&r, 1), T("current")) && !ends_later;
        out->is_contested = row_int(&r, 3) > 0;
        st = answers_decode(a, bytes_copy(a, row_bytes(&r, 4)), &said);
    }
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    out->is_watched = g && g->review_field.n;
    if (out->is_watched) place_watched(g, &said, today, out);
    return STATUS_OK;
}

struct date search_today(struct search *s) {
    return zone_date(s->zone, env_now(journal_env(s->journal)));
}
