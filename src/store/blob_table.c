#include <stdlib.h>
#include <string.h>

#include "store/blob_format.h"
#include "store/internal.h"

// Documents in the database, where several servers share one: what one of them has acknowledged all of them
// have, and so has whoever takes over the database.

// All served by the primary key.
static const struct sql PIECE_ADD = SQL(
    "document_piece_add", "insert into document_piece (name, number, bytes) values (:name, :number, :bytes)"
                          " on conflict (name, number) do nothing");
static const struct sql PIECE_GET =
    SQL("document_piece_get", "select bytes from document_piece where name = :name and number = :number");
static const struct sql PIECES_DROP =
    SQL("document_pieces_drop", "delete from document_piece where name = :name");
static const struct sql NAMES =
    SQL("document_names", "select name from document_piece where name > :after and number = 0"
                          " order by name limit 1000");

struct piece_job {
    const struct hash *name;
    int64_t number, changed;
    struct bytes bytes;
};

static enum status add_piece(struct db *tx, void *arg) {
    struct piece_job *p = arg;
    return DB_RUN(tx, &PIECE_ADD, V_BYTES(hash_bytes(p->name)), V_INT(p->number), V_BYTES(p->bytes));
}

// Each piece is a commit of its own: a large document keeps nobody else's command waiting.
enum status blob_table_put(struct store *s, const struct hash *name, int fd, int64_t size) {
    uint8_t *bytes = malloc(BLOB_PIECE_BYTES);
    if (!bytes) abort();
    enum status st = STATUS_OK;
    for (int64_t number = 0; number * BLOB_PIECE_BYTES < size && !st; number++) {
        struct piece_job p = {.name = name, .number = number, .bytes = {bytes, 0}};
        st = file_read_at(&s->env, fd, bytes, BLOB_PIECE_BYTES, number * BLOB_PIECE_BYTES, &p.bytes.n);
        if (!st) st = store_write(s, add_piece, &p);
    }
    free(bytes);
    return st;
}

enum status blob_table_get(struct store *s, const struct hash *name, int64_t number, uint8_t *into,
                           size_t *n) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_ONE(db, &r, &PIECE_GET, V_BYTES(hash_bytes(name)), V_INT(number));
    struct bytes b = st ? (struct bytes){0} : row_bytes(&r, 0);
    if (b.n > BLOB_PIECE_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(into, b.p, b.n);
    *n = st ? 0 : b.n;
    enum status end = rows_end(&r);
    store_reader_release(s, db);
    return st ? st : end;
}

static enum status drop_pieces(struct db *tx, void *arg) {
    struct piece_job *p = arg;
    enum status st = DB_RUN(tx, &PIECES_DROP, V_BYTES(hash_bytes(p->name)));
    p->changed = db_changed(tx);
    return st;
}

enum status blob_table_remove(struct store *s, const struct hash *name) {
    struct piece_job p = {.name = name};
    enum status st = store_write(s, drop_pieces, &p);
    return st || p.changed ? st : STATUS_NOT_FOUND;
}

struct names {
    struct hash *items;
    size_t count, capacity;
};

static enum status list_after(struct store *s, struct arena *a, struct bytes after, struct names *names) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &NAMES, V_BYTES(after));
    while (!st && rows_next(&r)) {
        if (row_bytes(&r, 0).n != HASH_BYTES) continue;
        memcpy(ARENA_PUSH(a, names)->b, row_bytes(&r, 0).p, HASH_BYTES);
    }
    enum status end = rows_end(&r);
    store_reader_release(s, db);
    return st ? st : end;
}

enum status blob_table_each(struct store *s, enum status (*fn)(void *arg, const struct hash *name),
                            void *arg) {
    struct arena a = {0};
    struct hash last = {0};
    struct bytes after = {last.b, 0}; // before all names
    enum status st;
    for (;;) {
        struct names names = {0};
        st = list_after(s, &a, after, &names);
        for (size_t i = 0; i < names.count && !st; i++) st = fn(arg, &names.items[i]);
        if (st || !names.count) break;
        last = names.items[names.count - 1];
        after = hash_bytes(&last);
        arena_reset(&a);
    }
    arena_free(&a);
    return st;
}
