#include "identity/trigrams.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 1024 };
struct trigrams {
    PGconn *connection;
    pthread_mutex_t mutex;
};

static bool run(struct trigrams *t, const char *sql) {
    PGresult *r = PQexec(t->connection, sql);
    ExecStatusType st = PQresultStatus(r);
    PQclear(r);
    if (st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || st == PGRES_COPY_IN) return true;
    fprintf(stderr, "%s: %s", sql, PQerrorMessage(t->connection));
    return false;
}

// Latin letters of a name, its words apart.
static size_t write_name(const struct prepared_record *r, size_t name, char *out, size_t room) {
    const struct prepared_name *n = prepared_names(r) + name;
    const struct prepared_token *k = prepared_tokens(r) + n->first;
    size_t at = 0;
    for (size_t i = 0; i < n->count && at + k[i].length + 1 < room; i++) {
        if (at) out[at++] = ' ';
        memcpy(out + at, prepared_letters(r) + k[i].at, k[i].length);
        at += k[i].length;
    }
    out[at] = 0;
    return at;
}

static bool copy(struct trigrams *t, const struct prepared_record **all, size_t count) {
    char name[NAME_BYTES], line[NAME_BYTES + 32];
    if (!run(t, "COPY trigram_person FROM STDIN")) return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < all[i]->name_count; k++) {
            write_name(all[i], k, name, sizeof name);
            int n = snprintf(line, sizeof line, "%zu\t%s\n", i, name);
            if (PQputCopyData(t->connection, line, n) != 1) return false;
        }
    if (PQputCopyEnd(t->connection, NULL) != 1) return false;
    PGresult *r = PQgetResult(t->connection);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    for (; r; r = PQgetResult(t->connection)) PQclear(r);
    return ok;
}

struct trigrams *trigrams_open(const char *database, const struct prepared_record **all, size_t count) {
    struct trigrams *t = calloc(1, sizeof *t);
    pthread_mutex_init(&t->mutex, NULL);
    t->connection = PQconnectdb(database);
    if (PQstatus(t->connection) == CONNECTION_OK && run(t, "CREATE EXTENSION IF NOT EXISTS pg_trgm") &&
        run(t, "DROP TABLE IF EXISTS trigram_person") &&
        run(t, "CREATE UNLOGGED TABLE trigram_person (person integer, name text)") && copy(t, all, count) &&
        run(t, "SET maintenance_work_mem = '1GB'") &&
        run(t, "CREATE INDEX trigram_person_name ON trigram_person USING gin (name gin_trgm_ops)") &&
        run(t, "VACUUM ANALYZE trigram_person"))
        return t;
    trigrams_close(t);
    return NULL;
}

void trigrams_close(struct trigrams *t) {
    PQfinish(t->connection);
    pthread_mutex_destroy(&t->mutex);
    free(t);
}

size_t trigrams_find(struct trigrams *t, const struct identity_record *query, double threshold,
                     struct arena *a, const uint32_t **person) {
    const struct prepared_record *q = identity_prepare(query, a);
    char name[NAME_BYTES], set[64];
    const char *values[] = {name};
    write_name(q, 0, name, sizeof name);
    snprintf(set, sizeof set, "SET pg_trgm.similarity_threshold = %.2f", threshold);
    pthread_mutex_lock(&t->mutex);
    PGresult *r = NULL;
    if (run(t, set))
        r = PQexecParams(
            t->connection,
            "SELECT person FROM trigram_person WHERE name % $1 ORDER BY similarity(name, $1) DESC LIMIT 2000",
            1, NULL, values, NULL, NULL, 0);
    pthread_mutex_unlock(&t->mutex);
    size_t count = r && PQresultStatus(r) == PGRES_TUPLES_OK ? (size_t)PQntuples(r) : 0, kept = 0;
    uint32_t *out = ARENA_ARRAY(a, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++) { // a person with two names may be there twice
        uint32_t p = (uint32_t)strtoul(PQgetvalue(r, (int)i, 0), NULL, 10);
        bool again = false;
        for (size_t k = 0; k < kept && !again; k++) again = out[k] == p;
        if (!again) out[kept++] = p;
    }
    PQclear(r);
    *person = out;
    return kept;
}
