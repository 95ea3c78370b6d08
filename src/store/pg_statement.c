#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/pg.h"

// Statements in pipeline mode: runs are sent and looked at later, queries wait for their rows.

enum { OID_INT8 = 20, OID_INT4 = 23, OID_INT2 = 21, OID_BOOL = 16, OID_NUMERIC = 1700 };

// ---- what went wrong

static enum status status_of_state(const char *state) {
    static const struct {
        const char *prefix;
        enum status status;
    } STATES[] = {
        {"23505", STATUS_CONFLICT}, // unique_violation
        {"53100", STATUS_FULL},     // disk_full
        {"53", STATUS_BUSY},        // other resources
        {"40", STATUS_BUSY},        // rolled back by the server, deadlock
        {"55P03", STATUS_BUSY},     // lock_timeout
        {"57", STATUS_IO},          // shut down, crashed
        {"08", STATUS_IO},          // connection
        {"25P03", STATUS_IO},       // our turn took too long
        {"25006", STATUS_IO},       // the server became a standby
        {"58", STATUS_IO},          // its disk
        {"XX001", STATUS_CORRUPT},  {"XX002", STATUS_CORRUPT},
    };
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (!strncmp(state, STATES[i].prefix, strlen(STATES[i].prefix))) return STATES[i].status;
    return STATUS_STORE;
}

enum status pg_failed(struct pg_db *d, const PGresult *r, const char *name) {
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY: return STATUS_OK;
    default: break;
    }
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    enum status st = state ? status_of_state(state) : STATUS_IO;
    if (state && !strcmp(state, "25006") && !d->db.is_writer) st = STATUS_STORE; // a reader that would write
    // The primary message names tables and columns; the detail, which has values, is left out. So is the
    // message when the data was wrong (class 22): it quotes what could not be read.
    bool has_values = state && !strncmp(state, "22", 2);
    const char *message = r && !has_values ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (st != STATUS_CONFLICT)
        log_line(st == STATUS_FULL ? LOG_WARNING : LOG_ERROR, "store.statement",
                 "name=%s state=%s message=\"%s\"", name, state ? state : "lost", message ? message : "");
    return db_failed(&d->db, st);
}

static enum status lost(struct pg_db *d, const char *name) {
    log_line(LOG_ERROR, "store.statement", "name=%s state=lost", name);
    d->sent_count = 0;
    return db_failed(&d->db, STATUS_IO);
}

// ---- answers

// Keeps what an answer tells; STATUS_OK also for what was not run because of a failure before it.
static enum status note_answer(struct pg_db *d, int i, PGresult *r, PGresult **last) {
    bool was_run = PQresultStatus(r) != PGRES_PIPELINE_ABORTED;
    enum status st = was_run ? pg_failed(d, r, d->sent[i].statement->sql_name) : STATUS_OK;
    if (d->sent[i].prepares) {
        d->sent[i].statement->is_there = was_run && !st;
    } else if (was_run && !st) {
        d->changed = strtoll(PQcmdTuples(r), NULL, 10);
        if (last && i == d->sent_count - 1) *last = r;
    }
    return st;
}

// Reads the answers to all that was sent; the first failure. `last` (NULL: not wanted) gets the rows of the
// last statement.
static enum status settle(struct pg_db *d, PGresult **last) {
    enum status st = STATUS_OK;
    if (!d->sent_count) return STATUS_OK;
    bool good = PQpipelineSync(d->c);
    for (int i = 0, ends = 0; good && ends < 2;) { // two ends in a row: the connection is gone
        PGresult *r = PQgetResult(d->c);
        if (!r) {
            i += ++ends == 1;
            continue;
        }
        ends = 0;
        bool is_sync = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
        enum status one = is_sync || i >= d->sent_count ? STATUS_OK : note_answer(d, i, r, last);
        if (!st) st = one;
        if (!last || *last != r) PQclear(r);
        if (is_sync) break;
    }
    if (!pg_is_connected(d)) st = lost(d, d->sent[0].statement->sql_name);
    d->sent_count = 0;
    return st;
}

enum status pg_settle(struct db *db) {
    return settle(pg_of(db), NULL);
}

int64_t pg_changed(struct db *db) {
    (void)pg_settle(db);
    return pg_of(db)->changed;
}

// ---- sending

static struct pg_statement *statement_find(struct pg_db *d, const struct sql *sql) {
    struct prepared *p = prepared_find(&d->db.prepared, sql);
    if (p->statement) return p->statement;
    struct pg_statement *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->sql_name = sql->name;
    snprintf(s->name, sizeof s->name, "s%d", ++d->names);
    p->statement = s;
    return s;
}

static void note_sent(struct pg_db *d, struct pg_statement *s, bool prepares) {
    assert(d->sent_count < PG_SENT_MAX);
    d->sent[d->sent_count].statement = s;
    d->sent[d->sent_count++].prepares = prepares;
}

// An integer is told to be one; what text and bytes are, the statement itself tells.
static bool send_prepare(struct pg_db *d, struct pg_statement *s, const struct sql *sql,
                         const struct value *args, size_t count) {
    Oid types[STORE_ARGS_MAX] = {0};
    char *text = pg_statement_text(sql->text, &s->parameters);
    assert(count == (size_t)s->parameters);
    for (size_t i = 0; i < count; i++) types[i] = args[i].kind == VALUE_INT ? OID_INT8 : 0;
    bool good = PQsendPrepare(d->c, s->name, text, (int)count, types);
    free(text);
    if (good) note_sent(d, s, true);
    return good;
}

static bool send_run(struct pg_db *d, struct pg_statement *s, const struct value *args, size_t count) {
    const char *values[STORE_ARGS_MAX];
    int lengths[STORE_ARGS_MAX], formats[STORE_ARGS_MAX];
    uint64_t integers[STORE_ARGS_MAX];
    for (size_t i = 0; i < count; i++) {
        const struct value *v = &args[i];
        integers[i] = htobe64((uint64_t)v->i);
        bool is_int = v->kind == VALUE_INT;
        values[i] = is_int ? (const char *)&integers[i] : v->b.p ? (const char *)v->b.p : "";
        if (v->kind == VALUE_NULL) values[i] = NULL;
        lengths[i] = is_int ? 8 : (int)v->b.n;
        formats[i] = 1; // binary: texts need no end, integers no digits
    }
    if (!PQsendQueryPrepared(d->c, s->name, (int)count, values, lengths, formats, 1)) return false;
    note_sent(d, s, false);
    return true;
}

static bool is_too_large(const struct value *args, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (args[i].b.n > STORE_VALUE_MAX) return true;
    return false;
}

static enum status send(struct pg_db *d, const struct sql *sql, const struct value *args, size_t count) {
    bool needs_old = d->db.is_writer || d->db.is_in_snapshot; // its transaction went with the connection
    enum status st = STATUS_OK;
    if (!pg_is_connected(d)) st = needs_old ? STATUS_IO : pg_connect(d, NULL);
    if (!st && is_too_large(args, count)) st = STATUS_TOO_LARGE;
    if (!st && d->sent_count + 2 > PG_SENT_MAX) st = settle(d, NULL);
    if (st) return db_failed(&d->db, st);
    struct pg_statement *s = statement_find(d, sql);
    bool good = s->is_there || send_prepare(d, s, sql, args, count);
    assert(!good || count == (size_t)s->parameters);
    if (good) s->is_there = true; // until an answer says otherwise
    return good && send_run(d, s, args, count) ? STATUS_OK : lost(d, sql->name);
}

enum status pg_run(struct db *db, const struct sql *sql, const struct value *args, size_t count) {
    enum status st = send(pg_of(db), sql, args, count);
    return st || db->is_in_job ? st : settle(pg_of(db), NULL);
}

enum status pg_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                     size_t count) {
    struct pg_db *d = pg_of(db);
    PGresult *result = NULL;
    enum status st = send(d, sql, args, count);
    if (!st) st = settle(d, &result);
    if (st) {
        PQclear(result);
        return st;
    }
    struct pg_rows *r = calloc(1, sizeof *r);
    if (!r) abort();
    *r = (struct pg_rows){result, -1, result ? PQntuples(result) : 0};
    rows->statement = r;
    db->open_rows++;
    return STATUS_OK;
}

// ---- rows

bool pg_next(struct rows *rows) {
    struct pg_rows *r = rows->statement;
    return ++r->at < r->count;
}

void pg_end(struct rows *rows) {
    struct pg_rows *r = rows->statement;
    PQclear(r->result);
    free(r);
    rows->db->open_rows--;
}

// A numeric without fraction, as sum() gives it: digits to the base of 10,000, the first worth most.
static int64_t numeric(const uint8_t *p, int length) {
    int64_t value = 0;
    int digits = p[0] << 8 | p[1], weight = (int16_t)(p[2] << 8 | p[3]);
    bool is_negative = (p[4] << 8 | p[5]) == 0x4000;
    for (int i = 0; i <= weight; i++) {
        int at = 8 + 2 * i;
        int digit = i < digits && at + 1 < length ? p[at] << 8 | p[at + 1] : 0;
        if (__builtin_mul_overflow(value, 10000, &value) || __builtin_add_overflow(value, digit, &value))
            return 0;
    }
    return is_negative ? -value : value;
}

int64_t pg_row_int(struct rows *rows, int column) {
    struct pg_rows *r = rows->statement;
    assert(column >= 0 && column < PQnfields(r->result));
    if (PQgetisnull(r->result, r->at, column)) return 0;
    const uint8_t *p = (const uint8_t *)PQgetvalue(r->result, r->at, column);
    switch (PQftype(r->result, column)) {
    case OID_INT8: {
        uint64_t big;
        memcpy(&big, p, 8);
        return (int64_t)be64toh(big);
    }
    case OID_INT4: return (int32_t)((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
    case OID_INT2: return (int16_t)(p[0] << 8 | p[1]);
    case OID_BOOL: return p[0];
    case OID_NUMERIC: return numeric(p, PQgetlength(r->result, r->at, column));
    default: assert(!"not an integer"); return 0;
    }
}

struct bytes pg_row_bytes(struct rows *rows, int column) {
    struct pg_rows *r = rows->statement;
    assert(column >= 0 && column < PQnfields(r->result));
    return (struct bytes){(const uint8_t *)PQgetvalue(r->result, r->at, column),
                          (size_t)PQgetlength(r->result, r->at, column)};
}

bool pg_row_is_null(struct rows *rows, int column) {
    struct pg_rows *r = rows->statement;
    return PQgetisnull(r->result, r->at, column);
}
