// restore_log.c - the log goes on from a backup by its increments, up to the moment that is asked for. What
// happened to people and in the world after that moment stays: who was erased, which numbers were given, what
// was sent.
#include <string.h>

#include "base/date.h"
#include "ostia/restore.h"
#include "store/keys.h"
#include "store/row_code.h"

static const struct sql COUNTER_RAISE =
    SQL("restore_counter", "insert into counter (name, value) values (:name, :value) on conflict (name)"
                           " do update set value = excluded.value where excluded.value > counter.value");
static const struct sql SENT = SQL(
    "restore_sent", "update outbox set state = :state, attempts = :attempts, done_at = :done, error = :error"
                    " where key = :key");
static const struct sql RECEIPT =
    SQL("restore_receipt", "update exchange_delivery set state = :state, done_at = :done, receipt = :receipt"
                           " where member = :member and tag = :tag and seq = :seq");
static const struct sql MARK =
    SQL("restore_mark", "insert into exchange_mark_count (month, rule, mark, count, changed_at)"
                        " values (:month, :rule, :mark, :count, :at) on conflict (month, rule, mark)"
                        " do update set count = excluded.count, changed_at = excluded.changed_at");
static const struct sql DUE =
    SQL("restore_due", "insert into exchange_due_count (type, day, count, changed_at)"
                       " values (:type, :day, :count, :at) on conflict (type, day)"
                       " do update set count = excluded.count, changed_at = excluded.changed_at");
static const struct sql ANSWER =
    SQL("restore_answer", "insert into api_answer (account_id, key_hash, request_hash, answer, at)"
                          " values (:account, :key, :request, :answer, :at)"
                          " on conflict (account_id, key_hash) do nothing");

static const struct sql COSIGNED =
    SQL("restore_cosigned",
        "insert into cosigned_checkpoint (size, note, at, day) values (:size, :note, :at, :day)"
        " on conflict (size) do update set note = excluded.note, at = excluded.at");
static const struct sql STAMP = SQL(
    "restore_stamp", "update cosigned_checkpoint set stamp = :stamp, stamped_at = :at where size = :size");
static const struct sql WITNESSED =
    SQL("restore_witnessed",
        "insert into witnessed_log (origin, origin_hash, vkeys, size, root, note, at)"
        " values (:origin, :hash, :vkeys, :size, :root, :note, :at) on conflict (origin) do update set"
        " vkeys = excluded.vkeys, size = excluded.size, root = excluded.root, note = excluded.note,"
        " at = excluded.at where excluded.size >= witnessed_log.size");
static const struct sql FORK =
    SQL("restore_fork", "insert into log_fork (origin, size, one, other, at)"
                        " values (:origin, :size, :one, :other, :at) on conflict (origin, size) do nothing");
static const struct sql COSIGNER =
    SQL("restore_cosigner", "insert into cosigner (one, number) values (:one, :number)"
                            " on conflict (one) do update set number = excluded.number");

// The newest state of each counts; what was erased meanwhile stays erased.
static const struct sql MISSIVE = SQL(
    "restore_missive",
    "insert into exchange_missive (hash, is_ours, member, key, kind, tag, place, at, state, attempts, "
    "next_at,"
    " done_at, changed_at, reason, sealed, receipt) values (:hash, :is_ours, :member, :key, :kind, :tag,"
    " :place, :at, :state, :attempts, 0, :done, :changed, :reason, :sealed, :receipt)"
    " on conflict (hash, is_ours) do update set state = excluded.state, attempts = excluded.attempts,"
    " next_at = 0, done_at = excluded.done_at, changed_at = excluded.changed_at, reason = excluded.reason,"
    " sealed = excluded.sealed, receipt = excluded.receipt"
    " where excluded.changed_at >= exchange_missive.changed_at");

// ---- rows that are no events

struct row_kind {
    const char *entry, *kinds; // i: number, t: text, b: bytes; "T": may be null
    size_t count;
    enum status (*take)(struct db *tx, const struct restore *r, const struct value *v);
};

static enum status take_counter(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &COUNTER_RAISE, v, 2);
}

static enum status take_sent(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return DB_RUN(tx, &SENT, v[1], v[2], v[3], v[4], v[0]);
}

static enum status take_receipt(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return DB_RUN(tx, &RECEIPT, v[3], v[4], v[5], v[0], v[1], v[2]);
}

static enum status take_missive(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &MISSIVE, v, 15);
}

static enum status take_mark(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &MARK, v, 5);
}

static enum status take_due(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &DUE, v, 4);
}

// A request whose command is left out will be done when it comes again.
static enum status take_answer(struct db *tx, const struct restore *r, const struct value *v) {
    bool is_left_out = r->log.is_past && v[4].i > r->log.at.ms;
    return is_left_out ? STATUS_OK : db_run(tx, &ANSWER, v, 5);
}

// What others confirmed stays confirmed, also of a log that ends earlier now: they know that it was longer.
static enum status take_cosigned(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &COSIGNED, v, 4);
}

static enum status take_stamp(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return DB_RUN(tx, &STAMP, v[1], v[2], v[0]);
}

static enum status take_witnessed(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &WITNESSED, v, 7);
}

static enum status take_fork(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &FORK, v, 5);
}

static enum status take_cosigner(struct db *tx, const struct restore *r, const struct value *v) {
    (void)r;
    return db_run(tx, &COSIGNER, v, 2);
}

static const struct row_kind ROW_KINDS[] = {{"counters", "ti", 2, take_counter},
                                            {"sent", "tiiiT", 5, take_sent},
                                            {"receipts", "ibiiib", 6, take_receipt},
                                            {"cosigned", "itii", 4, take_cosigned},
                                            {"stamps", "ibi", 3, take_stamp},
                                            {"witnessed", "tttibti", 7, take_witnessed},
                                            {"forks", "titti", 5, take_fork},
                                            {"cosigner", "ii", 2, take_cosigner},
                                            {"missives", "biiiibiiiiiitbb", 15, take_missive},
                                            {"marks", "itiii", 5, take_mark},
                                            {"dues", "iiii", 4, take_due},
                                            {"answers", "ibbbi", 5, take_answer}};

static bool has_kinds(const struct value *v, size_t count, const struct row_kind *k) {
    if (count != k->count) return false;
    for (size_t i = 0; i < count; i++) {
        char kind = k->kinds[i];
        enum value_kind wanted = kind == 'i' ? VALUE_INT : kind == 'b' ? VALUE_BYTES : VALUE_TEXT;
        if (v[i].kind != wanted && !(kind == 'T' && v[i].kind == VALUE_NULL)) return false;
    }
    return true;
}

struct taking_rows {
    const struct restore *restore;
    const struct row_kind *kind;
    struct bytes entry;
};

static enum status take_rows(struct db *tx, void *argument) {
    struct taking_rows *k = argument;
    struct cbor_reader r = cbor_reader(k->entry);
    struct value v[ROW_VALUES_MAX];
    size_t count;
    enum status st;
    while (!(st = row_decode(&r, v, ROW_VALUES_MAX, &count))) {
        st = has_kinds(v, count, k->kind) ? k->kind->take(tx, k->restore, v) : STATUS_CORRUPT;
        if (st) return st;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status restore_rows(struct restore *r, struct text name, struct bytes entry) {
    for (size_t i = 0; i < sizeof ROW_KINDS / sizeof *ROW_KINDS; i++)
        if (text_eq(name, text_of(ROW_KINDS[i].entry)))
            return store_write(r->house.store, take_rows, &(struct taking_rows){r, &ROW_KINDS[i], entry});
    return STATUS_CORRUPT;
}

// ---- events

static bool is_wanted(struct restore_log *l, const struct event *e) {
    if (l->until_event && e->seq == l->until_event)
        l->until = e->at; // and all of that moment: commands stay whole
    if (l->until_event && e->seq <= l->until_event) return true;
    return e->at.ms <= l->until.ms;
}

// The keys of one page, as they lie in its entry.
static enum status put_keys(struct db *tx, void *argument) {
    const struct restore_page *page = argument;
    struct cbor_reader r = cbor_reader(page->keys);
    struct value v[2];
    size_t count;
    enum status st;
    while (!(st = row_decode(&r, v, 2, &count))) {
        if (count != 2 || v[0].kind != VALUE_INT || v[1].kind != VALUE_BYTES) return STATUS_CORRUPT;
        bool is_used = false;
        for (size_t i = 0; i < page->count && !is_used; i++) is_used = page->subjects[i] == v[0].i;
        st = is_used ? subject_key_put(tx, v[0].i, v[1].b) : STATUS_OK;
        if (st) return st;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status append_page(struct restore *r, struct restore_page *page) {
    if (!page->count) return STATUS_OK;
    enum status st = page->keys.n ? store_write(r->house.store, put_keys, page) : STATUS_OK;
    return st ? st : journal_append_copies(r->house.journal, page->copies, page->count);
}

// An event that is left out: an erasure counts all the same.
static void pass_over(struct restore *r, const struct event *e) {
    struct restore_log *l = &r->log;
    l->is_past = true;
    l->left_out = e->seq;
    l->left_out_at = e->at;
    if (!strcmp(e->type->name, "subject_erased"))
        *ARENA_PUSH(&r->arena, &l->erased) = event_int(e, "subject");
}

static enum status sort_event(struct restore *r, struct restore_page *page, struct bytes copy) {
    struct restore_log *l = &r->log;
    struct event e;
    enum status st = journal_copy_read(r->house.journal, copy, &e);
    if (st) return st;
    if (e.seq != l->read + 1) return e.seq <= l->base ? STATUS_OK : STATUS_CORRUPT;
    l->read = e.seq;
    if (l->is_past || !is_wanted(l, &e)) {
        pass_over(r, &e);
        return STATUS_OK;
    }
    page->subjects[page->count] = e.subject;
    page->copies[page->count++] = copy;
    l->seq = e.seq;
    l->at = e.at;
    return STATUS_OK;
}

enum status restore_events(struct restore *r, struct bytes entry, struct bytes keys) {
    struct restore_page page = {.keys = keys};
    struct cbor_reader reader = cbor_reader(entry);
    struct value v[1];
    size_t count, rows = 0;
    enum status st;
    while (!(st = row_decode(&reader, v, 1, &count))) {
        if (count != 1 || v[0].kind != VALUE_BYTES || ++rows > INCREMENT_PAGE) return STATUS_CORRUPT;
        st = sort_event(r, &page, v[0].b);
        if (st) return st;
    }
    r->log.has_taken |= page.count > 0;
    return st == STATUS_NOT_FOUND ? append_page(r, &page) : st;
}

// ---- where it ends

static enum status read_base(struct restore *r, struct problem *p) {
    struct restore_log *l = &r->log;
    struct journal_copy *last;
    struct db *db;
    size_t count = 0;
    enum status st = store_reader(r->house.store, &db);
    if (st) return st;
    st = journal_size(db, &l->base);
    if (!st && l->base) st = journal_copies(r->house.journal, db, l->base - 1, 1, &r->arena, &last, &count);
    if (count) l->at = last->event.at;
    store_reader_release(r->house.store, db);
    l->seq = l->read = l->base;
    if (l->until_event == l->base && count) l->until = l->at;
    bool is_later = l->until_event ? l->until_event < l->base : l->at.ms > l->until.ms;
    if (!st && is_later) return problem(p, "until", "too_early", "problem.restore.too_early");
    return st;
}

enum status restore_log(struct restore *r, struct problem *p) {
    const char *folder = call_option(r->call, "increments");
    enum status st = read_base(r, p);
    if (!st && folder) st = restore_increments(r, folder, p);
    if (!st && r->log.until_event > r->log.seq)
        return problem(p, "until-event", "not_there", "problem.restore.no_event");
    return st;
}

bool restore_read_until(struct restore *r, FILE *out) {
    const char *until = call_option(r->call, "until"), *event = call_option(r->call, "until-event");
    r->log.until.ms = until || event ? 0 : INT64_MAX;
    if (until && event) {
        fprintf(out, "ostia restore: give either --until TIME or --until-event N\n");
        return false;
    }
    if (until && moment_parse(text_of(until), &r->log.until)) {
        fprintf(out, "ostia restore: --until is a moment like 2026-11-21T08:05:09Z\n");
        return false;
    }
    return !event || call_number(r->call, "until-event", 0, 1, INT64_MAX, &r->log.until_event, out);
}
