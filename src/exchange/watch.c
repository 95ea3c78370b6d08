#include "exchange/watch.h"

// Small tables, read whole.
static const struct sql MARKS =
    SQL("watch_marks", "select rule, mark, cast(sum(count) as bigint),"
                       " cast(sum(case when month = :month then count else 0 end) as bigint)"
                       " from exchange_mark_count where month > :month - :months group by rule, mark"
                       " order by sum(count) desc, rule limit :limit");
static const struct sql DUES =
    SQL("watch_dues", "select type, cast(sum(case when day >= :today then count else 0 end) as bigint),"
                      " cast(sum(case when day < :today then count else 0 end) as bigint),"
                      " min(case when day < :today then day else null end)"
                      " from exchange_due_count where day >= :today - :days and count > 0"
                      " group by type order by type"
                      " limit :limit");
// Served by exchange_waiting.
static const struct sql PEERS =
    SQL("watch_peers", "select member, count(*), max(attempts) from exchange_delivery where state = 0"
                       " group by member order by member limit :limit");
static const struct sql OLDEST =
    SQL("watch_oldest", "select m.at from exchange_delivery d"
                        " join exchange_message m on m.tag = d.tag and m.seq = d.seq"
                        " where d.member = :member and d.state = 0 order by d.place limit 1");

static enum status read_marks(struct db *db, struct date today, struct arena *a, struct exchange_watch *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &MARKS, V_INT(today.year * 12 + today.month - 1), V_INT(WATCH_MONTHS),
                              V_INT(WATCH_ROWS_MAX));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, &out->marks) = (struct watch_mark){
            text_copy(a, row_text(&r, 0)), (enum channel_mark)row_int(&r, 1), row_int(&r, 2), row_int(&r, 3)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_dues(struct db *db, const struct exchange_law *law, struct date today,
                             struct arena *a, struct exchange_watch *out) {
    struct rows r;
    enum status st =
        DB_QUERY(db, &r, &DUES, V_INT(date_to_days(today)), V_INT(WATCH_DAYS), V_INT(WATCH_ROWS_MAX));
    while (!st && rows_next(&r)) {
        const struct exchange_type *t = exchange_type_of(law, (uint16_t)row_int(&r, 0));
        if (!t) continue; // of a law that is no longer in force
        struct watch_due *d = ARENA_PUSH(a, &out->dues);
        *d = (struct watch_due){.type = t, .awaited = row_int(&r, 1), .late = row_int(&r, 2)};
        if (d->late > 0) d->oldest = date_from_days(row_int(&r, 3));
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_peers(struct db *db, const struct members *members, struct arena *a,
                              struct exchange_watch *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &PEERS, V_INT(WATCH_ROWS_MAX));
    while (!st && rows_next(&r)) {
        struct watch_peer *p = ARENA_PUSH(a, &out->peers);
        *p = (struct watch_peer){
            .code = (uint32_t)row_int(&r, 0), .waiting = row_int(&r, 1), .attempts = row_int(&r, 2)};
        const struct member *m = member_of(members, p->code);
        if (m) p->name = m->name;
    }
    enum status end = rows_end(&r);
    if (!st) st = end;
    for (size_t i = 0; i < out->peers.count && !st; i++) {
        st = DB_INT(db, &out->peers.items[i].since.ms, &OLDEST, V_INT(out->peers.items[i].code));
        if (st == STATUS_NOT_FOUND) st = STATUS_OK; // answered meanwhile
    }
    return st;
}

enum status exchange_watch_read(struct db *db, const struct exchange_law *law, struct date today,
                                struct arena *a, struct exchange_watch *out) {
    struct members members;
    *out = (struct exchange_watch){0};
    enum status st = members_load(db, a, &members);
    if (st) return st;
    out->members = (int64_t)members.count;
    st = read_marks(db, today, a, out);
    if (!st) st = read_dues(db, law, today, a, out);
    return st ? st : read_peers(db, &members, a, out);
}
