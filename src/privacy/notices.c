// notices.c - notices that wait to be sent, those that come, and the receipts of who has erased its part.
#include <string.h>

#include "privacy/inside.h"

static const struct sql OUT_ADD =
    SQL("privacy_outgoing_add",
        "insert into privacy_outgoing (number, recipient, notice) values (:number, :recipient, :notice)");
static const struct sql OUT_LIST =
    SQL("privacy_outgoing_list",
        "select number, recipient, notice from privacy_outgoing order by number limit :most");
static const struct sql OUT_DROP =
    SQL("privacy_outgoing_drop", "delete from privacy_outgoing where number = :number");
static const struct sql RECEIPT_MISS =
    SQL("privacy_receipt_miss", "insert into privacy_receipt (name, authority, asked_on, erased_on, notice)"
                                " values (:name, :authority, :day, 0, :nothing)"
                                " on conflict (name, authority) do nothing");
static const struct sql RECEIPT_KEEP =
    SQL("privacy_receipt_keep", "insert into privacy_receipt (name, authority, asked_on, erased_on, notice)"
                                " values (:name, :authority, :day, :erased_on, :notice)"
                                " on conflict (name, authority) do update set erased_on = excluded.erased_on,"
                                " notice = excluded.notice");
static const struct sql RECEIPT_GET =
    SQL("privacy_receipt_get", "select erased_on, notice from privacy_receipt"
                               " where name = :name and authority = :authority");

// ---- ours

static enum status queue(struct privacy *s, struct db *tx, uint32_t to, struct bytes notice) {
    int64_t number;
    (void)s;
    enum status st = state_next(tx, T("outgoing"), &number);
    return st ? st : DB_RUN(tx, &OUT_ADD, V_INT(number), V_INT(to), V_BYTES(notice));
}

static struct bytes make_notice(struct privacy *s, struct arena *a, enum privacy_notice_kind kind,
                                const struct channel_id *channel) {
    struct privacy_notice n = {.kind = kind, .channel = *channel, .authority = s->authority, .day = today(s)};
    notice_sign(s, &n);
    return privacy_notice_print(a, &n);
}

enum status notice_queue(struct privacy *s, struct db *tx, enum privacy_notice_kind kind,
                         const struct channel_id *channel, uint32_t to) {
    struct arena a = {0};
    enum status st = queue(s, tx, to, make_notice(s, &a, kind, channel));
    arena_free(&a);
    return st;
}

enum status notice_queue_all(struct privacy *s, struct db *tx, enum privacy_notice_kind kind,
                             const struct privacy_mapping *m) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < m->member_count && !st; i++)
        if (m->members[i] != s->authority) st = notice_queue(s, tx, kind, &m->channel, m->members[i]);
    return st;
}

// The coordinator tells all that it has erased, and awaits a receipt of each; a member tells the coordinator.
enum status receipts_leave(struct privacy *s, struct db *tx, const struct privacy_mapping *m) {
    struct arena a = {0};
    struct channel_id name = privacy_erased_name(&m->channel);
    struct bytes notice = make_notice(s, &a, PRIVACY_NOTICE_DELETED, &name);
    struct value id = V_BYTES(channel_bytes(&name)), day = V_INT(date_to_days(today(s)));
    bool is_ours = m->coordinator == s->authority;
    enum status st = DB_RUN(tx, &RECEIPT_KEEP, id, V_INT(s->authority), day, day, V_BYTES(notice));
    for (size_t i = 0; i < m->member_count && !st; i++) {
        uint32_t to = m->members[i];
        if (to == s->authority || (!is_ours && to != m->coordinator)) continue;
        if (is_ours) st = DB_RUN(tx, &RECEIPT_MISS, id, V_INT(to), day, V_BYTES(bytes_of(T(""))));
        if (!st) st = queue(s, tx, to, notice);
    }
    arena_free(&a);
    return st;
}

enum status privacy_outgoing(struct privacy *s, size_t most, struct arena *a, struct privacy_outgoings *out) {
    struct db *db;
    struct rows r;
    *out = (struct privacy_outgoings){0};
    enum status st = store_reader(s->store, &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &OUT_LIST, V_INT((int64_t)most));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct privacy_outgoing){row_int(&r, 0), (uint32_t)row_int(&r, 1),
                                                        bytes_copy(a, row_bytes(&r, 2))};
    enum status end = rows_end(&r);
    store_reader_release(s->store, db);
    return st ? st : end;
}

static enum status run_sent(struct db *tx, void *arg) {
    return DB_RUN(tx, &OUT_DROP, V_INT(*(int64_t *)arg));
}

enum status privacy_sent(struct privacy *s, int64_t number) {
    return store_write_repeatable(s->store, run_sent, &number);
}

// ---- others'

struct taking {
    struct privacy *s;
    struct channel_id name; // what receipts call the channel
    struct privacy_reader by;
    struct privacy_notice notice;
    struct bytes bytes;
};

static enum status receipt_of(struct db *db, const struct channel_id *name, uint32_t authority,
                              struct arena *a, int64_t *erased_on, struct bytes *notice) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &RECEIPT_GET, V_BYTES(channel_bytes(name)), V_INT(authority));
    if (!st) {
        *erased_on = row_int(&r, 0);
        *notice = bytes_copy(a, row_bytes(&r, 1));
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status keep_receipt(struct taking *k, struct db *tx) {
    struct value day = V_INT(date_to_days(k->notice.day));
    return DB_RUN(tx, &RECEIPT_KEEP, V_BYTES(channel_bytes(&k->name)), V_INT(k->notice.authority), day, day,
                  V_BYTES(k->bytes));
}

// It was never ours: an invitation that we declined, or that was too old. Who erases it hears once that
// nothing of it is here, and misses no receipt.
static enum status have_none(struct taking *k, struct db *tx, struct arena *a) {
    struct value name = V_BYTES(channel_bytes(&k->name)), day = V_INT(date_to_days(today(k->s)));
    struct bytes notice;
    int64_t erased_on;
    enum status st = receipt_of(tx, &k->name, k->s->authority, a, &erased_on, &notice);
    if (st != STATUS_NOT_FOUND) return st;
    notice = make_notice(k->s, a, PRIVACY_NOTICE_DELETED, &k->name);
    st = DB_RUN(tx, &RECEIPT_KEEP, name, V_INT(k->s->authority), day, day, V_BYTES(notice));
    return st ? st : queue(k->s, tx, k->notice.authority, notice);
}

// We have erased it: a receipt that we miss is welcome, and who asks again hears ours again.
static enum status take_after_erasure(struct taking *k, struct db *tx) {
    struct arena a = {0};
    struct bytes notice;
    int64_t erased_on;
    const struct privacy_notice *n = &k->notice;
    bool is_receipt = n->kind == PRIVACY_NOTICE_DELETED;
    enum status st =
        receipt_of(tx, &k->name, is_receipt ? n->authority : k->s->authority, &a, &erased_on, &notice);
    if (st == STATUS_NOT_FOUND && is_receipt)
        st = have_none(k, tx, &a);
    else if (!st && is_receipt && !erased_on)
        st = keep_receipt(k, tx);
    if (!st && n->kind == PRIVACY_NOTICE_ERASE) st = queue(k->s, tx, n->authority, notice);
    arena_free(&a);
    return st;
}

static enum status close(struct taking *k, struct db *tx, struct mapping_row *m) {
    if (m->shown.state == PRIVACY_CLOSED) return STATUS_OK;
    m->shown.state = PRIVACY_CLOSED;
    m->shown.closed_at = env_now(k->s->env);
    enum status st = mapping_change(k->s, tx, m);
    return st ? st : evidence_add(k->s, tx, &k->by, EVIDENCE_CLOSED, m, NULL);
}

static enum status take_known(struct taking *k, struct db *tx, struct mapping_row *m) {
    switch (k->notice.kind) {
    case PRIVACY_NOTICE_DELETED: return keep_receipt(k, tx);
    case PRIVACY_NOTICE_ERASE: return ask_of_member(k->s, tx, &k->by, &m->of);
    case PRIVACY_NOTICE_RESTRICT: return case_restrict(k->s, tx, &k->by, &m->of, RESTRICTED_BY_MEMBER, true);
    case PRIVACY_NOTICE_FREE: return case_restrict(k->s, tx, &k->by, &m->of, RESTRICTED_BY_MEMBER, false);
    case PRIVACY_NOTICE_CLOSED: return close(k, tx, m);
    }
    return STATUS_CORRUPT;
}

static enum status run_take(struct db *tx, void *arg) {
    struct taking *k = arg;
    struct arena a = {0};
    struct mapping_row m;
    enum status st = mapping_find_named(k->s, tx, &k->name, &a, &m);
    if (st == STATUS_NOT_FOUND)
        st = take_after_erasure(k, tx);
    else if (!st && !has_member(&m.shown, k->notice.authority))
        st = STATUS_REFUSED;
    else if (!st)
        st = take_known(k, tx, &m);
    mapping_row_wipe(&m);
    arena_free(&a);
    return st;
}

enum status privacy_take(struct privacy *s, struct bytes notice, const uint8_t key[PRIVACY_PUBLIC_KEY_BYTES],
                         struct privacy_notice *out, struct problem *p) {
    struct arena a = {0};
    struct taking k = {.s = s, .bytes = notice};
    enum status st = privacy_notice_read(notice, &k.notice);
    if (!st) st = privacy_notice_check(&k.notice, key);
    if (!st && k.notice.authority == s->authority) st = STATUS_CORRUPT; // our own, sent back
    if (st) {
        (void)problem(p, "notice", "notice", "problem.privacy.notice");
        return st;
    }
    bool is_named = k.notice.kind == PRIVACY_NOTICE_DELETED;
    k.name = is_named ? k.notice.channel : privacy_erased_name(&k.notice.channel);
    k.by = (struct privacy_reader){text_printf(&a, "authority %u", k.notice.authority), PRIVACY_MAY_MAP,
                                   PRIVACY_FOR_EXCHANGE, T("")};
    st = store_write_repeatable(s->store, run_take, &k);
    if (st == STATUS_REFUSED) (void)problem(p, "notice", "not_member", "problem.privacy.not_member");
    *out = k.notice;
    arena_free(&a);
    return st;
}

// ---- receipts

static const struct sql RECEIPTS =
    SQL("privacy_receipts",
        "select name, authority, asked_on, erased_on, notice from privacy_receipt"
        " where authority <> :ours order by erased_on, asked_on, name, authority limit :most");
static const struct sql RECEIPTS_MISSING =
    SQL("privacy_receipts_missing",
        "select name, authority, asked_on, erased_on, notice from privacy_receipt"
        " where erased_on = 0 and authority <> :ours order by asked_on, name, authority limit :most");

static struct date day_or_none(int64_t days) {
    return days ? date_from_days(days) : (struct date){0};
}

enum status privacy_receipts(struct privacy *s, const struct privacy_reader *by, bool only_missing,
                             size_t most, struct arena *a, struct privacy_receipts *out, struct problem *p) {
    struct db *db;
    struct rows r;
    *out = (struct privacy_receipts){0};
    enum status st =
        reader_check(s, by, PRIVACY_MAY_KEEP | PRIVACY_MAY_ERASE | PRIVACY_MAY_AUDIT | PRIVACY_MAY_MAP, p);
    if (!st) st = store_reader(s->store, &db);
    if (st) return st;
    st = DB_QUERY(db, &r, only_missing ? &RECEIPTS_MISSING : &RECEIPTS, V_INT(s->authority),
                  V_INT((int64_t)most));
    while (!st && rows_next(&r)) {
        struct privacy_receipt *e = ARENA_PUSH(a, out);
        if (row_bytes(&r, 0).n == CHANNEL_BYTES) memcpy(e->name.b, row_bytes(&r, 0).p, CHANNEL_BYTES);
        e->authority = (uint32_t)row_int(&r, 1);
        e->asked_on = day_or_none(row_int(&r, 2));
        e->erased_on = day_or_none(row_int(&r, 3));
        e->notice = bytes_copy(a, row_bytes(&r, 4));
    }
    enum status end = rows_end(&r);
    store_reader_release(s->store, db);
    return st ? st : end;
}
