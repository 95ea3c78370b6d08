// ask.c - holds, their release, erasure by order and leaving: one person asks, another one confirms.
#include <string.h>

#include "privacy/inside.h"

enum {
    DAY_MS = 24 * 3600 * 1000,
    MEMBER_ASK_DAYS = 30, // a request of another authority: within the month of GDPR Art. 12(3)
};

static const struct sql ADD =
    SQL("privacy_ask_add",
        "insert into privacy_ask (ask, wish, pseudonym, until, asked_at, ends_at, asked_year, asked_by,"
        " confirmed_at, confirmed_year, confirmed_by) values (:ask, :wish, :pseudonym, :until, :at, :ends_at,"
        " :year, :by, 0, 0, :nobody)");
static const struct sql GET =
    SQL("privacy_ask_get", "select wish, pseudonym, ends_at, asked_year, asked_by, confirmed_at"
                           " from privacy_ask where ask = :ask");
static const struct sql CONFIRM =
    SQL("privacy_ask_confirm", "update privacy_ask set confirmed_at = :at, confirmed_year = :year,"
                               " confirmed_by = :by where ask = :ask");
static const struct sql DROP = SQL("privacy_ask_drop", "delete from privacy_ask where ask = :ask");
static const struct sql RELEASE =
    SQL("privacy_ask_release", "delete from privacy_ask where pseudonym = :pseudonym and wish = 1");
static const struct sql SAME =
    SQL("privacy_ask_same", "select count(*) from privacy_ask where pseudonym = :pseudonym and wish = :wish"
                            " and confirmed_at = 0 and ends_at > :now");
static const struct sql CASE_DUE =
    SQL("privacy_case_due", "update privacy_mapping set delete_after = :day"
                            " where pseudonym = :pseudonym and delete_after > :day");
static const struct sql ALL_DUE =
    SQL("privacy_all_due", "update privacy_mapping set delete_after = :day where delete_after > :day");
static const struct {
    unsigned power;
    enum evidence_act asked, done;
} WISHES[] = {
    [PRIVACY_HOLD] = {PRIVACY_MAY_HOLD, EVIDENCE_HOLD_ASKED, EVIDENCE_HOLD_SET},
    [PRIVACY_RELEASE] = {PRIVACY_MAY_HOLD, EVIDENCE_RELEASE_ASKED, EVIDENCE_RELEASED},
    [PRIVACY_ERASE] = {PRIVACY_MAY_ERASE, EVIDENCE_ERASURE_ASKED, EVIDENCE_ERASURE_ORDERED},
    [PRIVACY_LEAVE] = {PRIVACY_MAY_ERASE, EVIDENCE_ERASURE_ASKED, EVIDENCE_ERASURE_ORDERED},
};

static bool is_wish(int64_t wish) {
    return wish >= PRIVACY_HOLD && wish <= PRIVACY_LEAVE;
}

struct asking {
    struct privacy *s;
    const struct privacy_reader *by;
    enum privacy_wish wish;
    int64_t own, ask, days;
    struct date until;
};

static enum status add(struct asking *k, struct db *tx, const struct case_row *c) {
    struct arena a = {0};
    int64_t year, now = env_now(k->s->env).ms;
    struct bytes sealed;
    enum status st = reader_seal(k->s, tx, &a, k->by, &year, &sealed);
    if (!st) st = state_next(tx, T("ask"), &k->ask);
    if (!st)
        st =
            DB_RUN(tx, &ADD, V_INT(k->ask), V_INT(k->wish), c ? V_BYTES(row_id_bytes(&c->pseudonym)) : V_NULL,
                   V_INT(k->until.year ? date_to_days(k->until) : 0), V_INT(now),
                   V_INT(now + k->days * DAY_MS), V_INT(year), V_BYTES(sealed), V_BYTES(bytes_of(T(""))));
    if (!st) st = evidence_add(k->s, tx, k->by, WISHES[k->wish].asked, NULL, c);
    arena_free(&a);
    return st;
}

static enum status run_ask(struct db *tx, void *arg) {
    struct asking *k = arg;
    struct case_row c = {0};
    enum status st = k->wish == PRIVACY_LEAVE ? STATUS_OK : case_find(k->s, tx, k->own, &c);
    if (!st) st = add(k, tx, k->wish == PRIVACY_LEAVE ? NULL : &c);
    case_row_wipe(&c);
    return st;
}

enum status privacy_ask(struct privacy *s, const struct privacy_reader *by, enum privacy_wish wish,
                        int64_t own, struct date until, int64_t *ask, struct problem *p) {
    struct asking k = {.s = s, .by = by, .wish = wish, .own = own, .days = PRIVACY_ASK_DAYS, .until = until};
    if (!is_wish(wish)) return problem(p, "wish", "wish", "problem.privacy.wish");
    enum status st = reader_check(s, by, WISHES[wish].power, p);
    if (st) return st;
    if (wish == PRIVACY_HOLD) {
        int64_t days =
            date_is_full(until) && date_is_valid(until) ? date_to_days(until) - date_to_days(today(s)) : 0;
        if (days <= 0 || days > PRIVACY_HOLD_DAYS_MAX)
            return problem(p, "until", "until", "problem.privacy.until");
    } else {
        k.until = (struct date){0};
    }
    st = store_write_repeatable(s->store, run_ask, &k);
    if (st == STATUS_NOT_FOUND) (void)problem(p, "own", "unknown", "problem.privacy.unknown");
    if (!st) *ask = k.ask;
    return st;
}

// Twice is once: a notice may come again.
enum status ask_of_member(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                          const struct case_row *c) {
    struct asking k = {.s = s, .by = by, .wish = PRIVACY_ERASE, .days = MEMBER_ASK_DAYS};
    int64_t there = 0;
    enum status st = DB_INT(tx, &there, &SAME, V_BYTES(row_id_bytes(&c->pseudonym)), V_INT(PRIVACY_ERASE),
                            V_INT(env_now(s->env).ms));
    return st || there ? st : add(&k, tx, c);
}

// ---- the second person

struct confirming {
    struct privacy *s;
    const struct privacy_reader *by;
    int64_t ask;
    struct problem *problem;
    // as it was asked
    enum privacy_wish wish;
    struct row_id pseudonym;
    bool has_case;
};

static enum status refuse(struct confirming *k, const char *rule, const char *text_key, enum status st) {
    (void)problem(k->problem, "ask", rule, text_key);
    return st;
}

static enum status read_ask(struct confirming *k, struct db *tx, struct arena *a) {
    struct rows r;
    struct text who, ground;
    enum status st = DB_ONE(tx, &r, &GET, V_INT(k->ask));
    if (st) return st;
    int64_t wish = row_int(&r, 0), ends_at = row_int(&r, 2), year = row_int(&r, 3), done = row_int(&r, 5);
    struct bytes pseudonym = bytes_copy(a, row_bytes(&r, 1)), sealed = bytes_copy(a, row_bytes(&r, 4));
    st = rows_end(&r);
    if (st) return st;
    if (!is_wish(wish)) return STATUS_CORRUPT;
    k->wish = (enum privacy_wish)wish;
    k->has_case = pseudonym.n == ROW_ID_BYTES;
    if (k->has_case) memcpy(k->pseudonym.b, pseudonym.p, ROW_ID_BYTES);
    if (done || ends_at <= env_now(k->s->env).ms)
        return refuse(k, "ask_over", "problem.privacy.ask_over", STATUS_EXPIRED);
    if (!(k->by->powers & WISHES[k->wish].power))
        return refuse(k, "power_missing", "problem.privacy.power_missing", STATUS_REFUSED);
    st = reader_open(k->s, tx, a, year, sealed, &who, &ground);
    if (!st && text_eq(who, k->by->who))
        return refuse(k, "same_person", "problem.privacy.same_person", STATUS_REFUSED);
    return st;
}

static enum status tell_members(struct confirming *k, struct db *tx, const struct case_row *c) {
    struct arena a = {0};
    struct mapping_rows rows;
    enum status st = mappings_of_case(k->s, tx, c, &a, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        if (!st) st = notice_queue_all(k->s, tx, PRIVACY_NOTICE_ERASE, &rows.items[i].shown);
        mapping_row_wipe(&rows.items[i]);
    }
    arena_free(&a);
    return st;
}

static enum status set_hold(struct confirming *k, struct db *tx) {
    struct arena a = {0};
    int64_t year;
    struct bytes sealed;
    enum status st = reader_seal(k->s, tx, &a, k->by, &year, &sealed);
    if (!st)
        st = DB_RUN(tx, &CONFIRM, V_INT(env_now(k->s->env).ms), V_INT(year), V_BYTES(sealed), V_INT(k->ask));
    arena_free(&a);
    return st;
}

static enum status carry_out(struct confirming *k, struct db *tx, const struct case_row *c) {
    struct value pseudonym = V_BYTES(row_id_bytes(&k->pseudonym)),
                 yesterday = V_INT(date_to_days(today(k->s)) - 1);
    enum status st = k->wish == PRIVACY_HOLD ? set_hold(k, tx) : DB_RUN(tx, &DROP, V_INT(k->ask));
    if (!st && k->wish == PRIVACY_RELEASE) st = DB_RUN(tx, &RELEASE, pseudonym);
    if (!st && k->wish == PRIVACY_ERASE) st = DB_RUN(tx, &CASE_DUE, yesterday, pseudonym);
    if (!st && k->wish == PRIVACY_ERASE) st = tell_members(k, tx, c);
    if (!st && k->wish == PRIVACY_LEAVE) st = DB_RUN(tx, &ALL_DUE, yesterday);
    return st;
}

static enum status run_confirm(struct db *tx, void *arg) {
    struct confirming *k = arg;
    struct arena a = {0};
    struct case_row c = {0};
    enum status st = read_ask(k, tx, &a);
    if (!st && k->has_case) st = case_by_id(k->s, tx, &k->pseudonym, &c);
    if (!st) st = carry_out(k, tx, &c);
    if (!st) st = evidence_add(k->s, tx, k->by, WISHES[k->wish].done, NULL, k->has_case ? &c : NULL);
    case_row_wipe(&c);
    arena_free(&a);
    return st;
}

enum status privacy_confirm(struct privacy *s, const struct privacy_reader *by, int64_t ask,
                            struct problem *p) {
    struct problem said = {0};
    struct confirming k = {.s = s, .by = by, .ask = ask, .problem = &said};
    enum status st = reader_check(s, by, PRIVACY_MAY_HOLD | PRIVACY_MAY_ERASE, p);
    if (st) return st;
    st = store_write_repeatable(s->store, run_confirm, &k);
    if (st == STATUS_NOT_FOUND) (void)problem(&said, "ask", "ask_unknown", "problem.privacy.ask_unknown");
    if (st && said.text_key && p) *p = said;
    return st;
}

// ---- what waits, and what holds

static const struct sql LIST = SQL(
    "privacy_ask_list",
    "select ask, wish, until, asked_at, asked_year, asked_by, confirmed_at, confirmed_year, confirmed_by"
    " from privacy_ask where (confirmed_at = 0 and ends_at > :now) or (confirmed_at > 0 and until >= :today)"
    " order by ask limit :most");

static enum status show(struct privacy *s, struct db *db, struct rows *r, struct arena *a,
                        struct privacy_asked *out) {
    struct text nothing;
    *out = (struct privacy_asked){.ask = row_int(r, 0),
                                  .wish = (enum privacy_wish)row_int(r, 1),
                                  .asked_at = {row_int(r, 3)},
                                  .is_confirmed = row_int(r, 6) > 0};
    if (row_int(r, 2)) out->until = date_from_days(row_int(r, 2));
    enum status st =
        reader_open(s, db, a, row_int(r, 4), bytes_copy(a, row_bytes(r, 5)), &out->asked_by, &out->ground);
    if (!st && out->is_confirmed)
        st = reader_open(s, db, a, row_int(r, 7), bytes_copy(a, row_bytes(r, 8)), &out->confirmed_by,
                         &nothing);
    return st;
}

enum status privacy_asks(struct privacy *s, const struct privacy_reader *by, struct arena *a,
                         struct privacy_asks *out, struct problem *p) {
    enum { ASKS_MOST = 10000 }; // more at once than any authority's courts hold
    struct db *db;
    struct rows r;
    *out = (struct privacy_asks){0};
    enum status st =
        reader_check(s, by, PRIVACY_MAY_HOLD | PRIVACY_MAY_ERASE | PRIVACY_MAY_KEEP | PRIVACY_MAY_AUDIT, p);
    if (!st) st = store_reader(s->store, &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &LIST, V_INT(env_now(s->env).ms), V_INT(date_to_days(today(s))), V_INT(ASKS_MOST));
    while (!st && rows_next(&r)) st = show(s, db, &r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    store_reader_release(s->store, db);
    return st ? st : end;
}
