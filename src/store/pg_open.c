#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/pg.h"

// Connections to PostgreSQL, and what every one of them is told first.

enum { REASON_BYTES_MAX = 400, SCRIPT_BYTES_MAX = 512 };

// Times in milliseconds. A server that dies in the middle of its turn keeps the others waiting no longer than
// idle_in_transaction_session_timeout. They would wait longer: a standby that is gone holds up a commit.
static const char ALWAYS[] =
    "set client_encoding = 'UTF8'; set timezone = 'UTC'; set standard_conforming_strings = on;"
    "set client_min_messages = warning; set jit = off; set synchronous_commit = on;";
// A statement_timeout of the operator's would end a commit's wait for a second host, and the commit would be
// answered as if it had one.
static const char FOR_WRITING[] = "set lock_timeout = 8000; set idle_in_transaction_session_timeout = 1800;"
                                  "set statement_timeout = 0;";
static const char FOR_READING[] = "set default_transaction_read_only = on; set statement_timeout = 60000;"
                                  "set idle_in_transaction_session_timeout = 60000;";

const struct sql PG_READ_BEGIN = SQL("read_begin", "begin isolation level repeatable read read only");
const struct sql PG_READ_END = SQL("read_end", "commit");

// What libpq says names host, user and database, never the password.
static const char *reason_of(PGconn *c) {
    return c ? PQerrorMessage(c) : "no memory";
}

// One line; valid until the thread's next one (see store_open).
static enum status say(struct problem *p, const char *rule, const char *text_key, const char *reason) {
    static _Thread_local char kept[REASON_BYTES_MAX];
    snprintf(kept, sizeof kept, "%s", reason);
    for (char *at = kept; *at; at++)
        if (iscntrl((unsigned char)*at)) *at = ' ';
    (void)problem(p, "db", rule, text_key);
    if (kept[0]) problem_arg(p, "reason", text_trim(text_of(kept)));
    log_line(LOG_WARNING, "store.connect", "rule=%s reason=\"%s\"", rule, kept);
    return STATUS_IO;
}

static void nothing(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

// What libpq says of an address that it cannot read quotes it, password and all.
static bool is_address(const char *url) {
    bool is_url = !strncmp(url, "postgresql://", 13) || !strncmp(url, "postgres://", 11);
    PQconninfoOption *parts = is_url ? PQconninfoParse(url, NULL) : NULL;
    if (parts) PQconninfoFree(parts);
    return parts != NULL;
}

// A machine that is gone without a word is noticed within three seconds: by tcp_user_timeout when something
// is on its way there, otherwise by a question each second.
static PGconn *connect_to(const char *url) {
    static const char *const KEYS[] = {
        "dbname",          "connect_timeout",     "application_name", "tcp_user_timeout",
        "keepalives_idle", "keepalives_interval", "keepalives_count", NULL};
    const char *const values[] = {url, "5", "ostia", "2000", "1", "1", "2", NULL};
    PGconn *c = PQconnectdbParams(KEYS, values, 1);
    if (c) PQsetNoticeReceiver(c, nothing, NULL);
    return c;
}

static bool plain(PGconn *c, const char *sql) {
    PGresult *r = PQexec(c, sql);
    ExecStatusType st = PQresultStatus(r);
    PQclear(r);
    return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || st == PGRES_EMPTY_QUERY;
}

// Names of schemas come from the operator: letters, digits and underscores.
static bool is_schema_name(const char *s) {
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n < 60 && !s[n];
}

static bool set_schema(struct store *s, PGconn *c, bool may_make) {
    char sql[SCRIPT_BYTES_MAX];
    if (!s->schema) return true;
    if (may_make) {
        snprintf(sql, sizeof sql, "create schema if not exists %s", s->schema);
        if (!plain(c, sql)) return false;
    }
    snprintf(sql, sizeof sql, "set search_path = %s; set application_name = 'ostia %s'", s->schema,
             s->schema);
    return plain(c, sql);
}

static enum status prepare_connection(struct pg_db *d, struct problem *p) {
    PGconn *c = d->c;
    struct store *s = d->db.store;
    const char *encoding = PQparameterStatus(c, "server_encoding");
    if (PQserverVersion(c) < PG_VERSION_LEAST)
        return say(p, "db_version", "problem.store.db_version", PQparameterStatus(c, "server_version"));
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return say(p, "db_encoding", "problem.store.db_encoding", encoding ? encoding : "?");
    if (s->schema && !is_schema_name(s->schema))
        return say(p, "db_schema", "problem.store.db_schema", s->schema);
    const char *standby = PQparameterStatus(c, "in_hot_standby"); // since 14
    if (d->db.is_writer && standby && !strcmp(standby, "on"))
        return say(p, "db_standby", "problem.store.db_standby", "");
    bool good = plain(c, ALWAYS) && plain(c, d->db.is_writer ? FOR_WRITING : FOR_READING) &&
                set_schema(s, c, d->db.is_writer) && PQenterPipelineMode(c);
    return good ? STATUS_OK : say(p, "db_connect", "problem.store.db_connect", reason_of(c));
}

bool pg_is_connected(const struct pg_db *d) {
    return d->c && PQstatus(d->c) == CONNECTION_OK;
}

static void forget(struct pg_db *d) {
    if (d->c) PQfinish(d->c);
    d->c = NULL;
    d->sent_count = 0;
    struct prepared_list *l = &d->db.prepared;
    for (size_t i = 0; i < l->slot_count; i++)
        if (l->slots[i].statement) ((struct pg_statement *)l->slots[i].statement)->is_there = false;
}

enum status pg_connect(struct pg_db *d, struct problem *p) {
    forget(d);
    if (!is_address(d->db.store->url)) return say(p, "db_url", "problem.store.db_url", "");
    d->c = connect_to(d->db.store->url);
    enum status st = STATUS_IO;
    if (pg_is_connected(d))
        st = prepare_connection(d, p);
    else
        (void)say(p, "db_connect", "problem.store.db_connect", reason_of(d->c));
    if (!st) return STATUS_OK;
    forget(d);
    return st;
}

static void close_db(struct db *db) {
    struct pg_db *d = pg_of(db);
    forget(d);
    for (size_t i = 0; i < db->prepared.slot_count; i++) free(db->prepared.slots[i].statement);
    free(db->prepared.slots);
    free(d);
}

static struct pg_db *new_db(struct store *s, enum db_mode mode) {
    struct pg_db *d = calloc(1, sizeof *d);
    if (!d) abort();
    d->db = (struct db){.engine = &POSTGRESQL_ENGINE, .store = s, .is_writer = mode == DB_WRITER};
    return d;
}

// Readers connect when they are first needed: a server has many, and uses few of them at a quiet hour.
static enum status open_db(struct store *s, enum db_mode mode, struct db **out, struct problem *p) {
    struct pg_db *d = new_db(s, mode);
    uint8_t random[PG_SERVER_BYTES];
    env_random(env_real(), random, sizeof random); // unlike any other, also where the rest is fixed
    for (int i = 0; i < PG_SERVER_BYTES; i++) snprintf(d->server + 2 * i, 3, "%02x", random[i]);
    enum status st = mode == DB_WRITER ? pg_connect(d, p) : STATUS_OK;
    if (st)
        close_db(&d->db);
    else
        *out = &d->db;
    return st;
}

static const struct sql TABLE_IS_THERE =
    SQL("table_is_there", "select count(*) from information_schema.tables"
                          " where table_schema = current_schema() and table_name = :name");

static enum status has_table(struct db *db, const char *table, bool *is_there) {
    int64_t count = 0;
    enum status st = DB_INT(db, &count, &TABLE_IS_THERE, V_TEXT(text_of(table)));
    *is_there = count > 0;
    return st;
}

static enum status exists(struct store *s, bool *is_there, struct problem *p) {
    struct pg_db *d = new_db(s, DB_READER);
    enum status st = pg_connect(d, p);
    if (!st) st = has_table(&d->db, "migration", is_there);
    close_db(&d->db);
    return st;
}

// The database itself is made by its administrator, once (docs/operations.md).
static enum status make(struct store *s) {
    (void)s;
    return STATUS_OK;
}

// In the same order of names and columns as SQLite's: a key's own order, then as declared.
static const struct sql CATALOGUE =
    SQL("catalogue",
        "select x.tab, x.col, x.typ, x.key from (select r.relname as tab, a.attname as col, t.typname as typ,"
        " coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1 as key, a.attnum as num"
        " from pg_class r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped"
        " join pg_type t on t.oid = a.atttypid left join pg_index i on i.indrelid = r.oid and i.indisprimary"
        " where r.relkind in ('r', 'p') and not r.relispartition"
        " and r.relnamespace = current_schema()::regnamespace) as x"
        " order by x.tab collate \"C\", x.key = 0, x.key, x.num");

enum status pg_script(struct db *db, const char *sql, const char *name) {
    struct pg_db *d = pg_of(db);
    enum status st = pg_settle(db);
    if (st) return st;
    if (!pg_is_connected(d)) return db_failed(db, STATUS_IO);
    char *theirs = pg_script_text(sql);
    PQexitPipelineMode(d->c);
    PGresult *r = PQexec(d->c, theirs);
    st = pg_failed(d, r, name);
    PQclear(r);
    if (pg_is_connected(d)) PQenterPipelineMode(d->c);
    free(theirs);
    return st;
}

const struct engine POSTGRESQL_ENGINE = {
    .is_shared = true,
    .exists = exists,
    .make = make,
    .open = open_db,
    .close = close_db,
    .script = pg_script,
    .has_table = has_table,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .is_in_transaction = pg_is_in_transaction,
    .take_turn = pg_take_turn,
    .begin_read = &PG_READ_BEGIN,
    .end_read = &PG_READ_END,
    .catalogue = &CATALOGUE,
    .run = pg_run,
    .settle = pg_settle,
    .changed = pg_changed,
    .query = pg_query,
    .next = pg_next,
    .end = pg_end,
    .row_int = pg_row_int,
    .row_bytes = pg_row_bytes,
    .row_is_null = pg_row_is_null,
    .tidy = pg_tidy,
};
