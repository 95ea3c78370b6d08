// state.c - a few numbers that the room keeps by name.
#include "privacy/inside.h"

static const struct sql GET =
    SQL("privacy_state_get", "select number, bytes from privacy_state where name = :name");
static const struct sql SET =
    SQL("privacy_state_set",
        "insert into privacy_state (name, number, bytes) values (:name, :number, :bytes)"
        " on conflict (name) do update set number = excluded.number, bytes = excluded.bytes");

enum status state_get(struct db *db, struct arena *a, struct text name, int64_t *number,
                      struct bytes *bytes) {
    struct rows r;
    *number = 0;
    *bytes = (struct bytes){0};
    enum status st = DB_ONE(db, &r, &GET, V_TEXT(name));
    if (!st) {
        *number = row_int(&r, 0);
        *bytes = bytes_copy(a, row_bytes(&r, 1));
    }
    enum status end = rows_end(&r);
    return st && st != STATUS_NOT_FOUND ? st : end;
}

enum status state_set(struct db *tx, struct text name, int64_t number, struct bytes bytes) {
    return DB_RUN(tx, &SET, V_TEXT(name), V_INT(number), V_BYTES(bytes.n ? bytes : bytes_of(T(""))));
}

enum status state_next(struct db *tx, struct text name, int64_t *number) {
    struct arena a = {0};
    struct bytes nothing;
    enum status st = state_get(tx, &a, name, number, &nothing);
    arena_free(&a);
    ++*number;
    return st ? st : state_set(tx, name, *number, (struct bytes){0});
}
