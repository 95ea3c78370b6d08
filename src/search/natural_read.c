// natural_read.c - natural persons, proposals and pairs as they stand.
#include "search/natural_inside.h"

static const struct sql ROW =
    SQL("natural_row",
        "select merged_into, merged_by, number, version from natural_person where natural_id = :natural");
static const struct sql UNDER = SQL(
    "natural_under", "select natural_id from natural_person where merged_into = :natural and merged_into <> 0"
                     " order by natural_id");
static const struct sql RECORDS =
    SQL("natural_records", "select record_id, natural_id, linked_seq from natural_record"
                           " where natural_id = :natural order by record_id");
static const struct sql HOME =
    SQL("natural_home", "select natural_id from natural_record where record_id = :record");
static const struct sql BY_NUMBER =
    SQL("natural_by_number", "select natural_id from natural_person where number = :number");

// ---- lists of ids ----

bool ids_have(const struct ids *list, int64_t id) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == id) return true;
    return false;
}

void ids_add(struct arena *a, struct ids *list, int64_t id) {
    if (!ids_have(list, id)) *ARENA_PUSH(a, list) = id;
}

struct bytes ids_encode(struct arena *a, const struct ids *list) {
    struct out o = {.arena = a};
    cbor_array(&o, list->count);
    for (size_t i = 0; i < list->count; i++) cbor_int(&o, list->items[i]);
    return bytes_of(out_done(&o));
}

enum status ids_decode(struct arena *a, struct bytes b, struct ids *out) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item item;
    enum status st = cbor_next(&r, &item);
    if (st || item.kind != CBOR_ARRAY) return STATUS_CORRUPT;
    for (int64_t n = item.integer; n > 0; n--) {
        st = cbor_next(&r, &item);
        if (st || item.kind != CBOR_INT) return STATUS_CORRUPT;
        *ARENA_PUSH(a, out) = item.integer;
    }
    return STATUS_OK;
}

// ---- who stands for whom ----

enum status natural_row_read(struct db *db, int64_t natural, struct arena *a, struct natural_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &ROW, V_INT(natural));
    if (!st)
        *out = (struct natural_row){.natural = natural,
                                    .merged_into = row_int(&r, 0),
                                    .merged_by = row_int(&r, 1),
                                    .number = text_copy(a, row_text(&r, 2))};
    enum status end = rows_end(&r);
    return st ? st : end;
}

// A circle cannot be: only who stands for itself is merged, and into one that stands for itself.
enum status natural_root(struct db *db, int64_t natural, int64_t *root) {
    int64_t into = natural;
    for (int i = 0; i <= NATURAL_MERGES_MAX; i++) {
        *root = into;
        enum status st = DB_INT(db, &into, &ROW, V_INT(*root));
        if (st || !into) return st;
    }
    return STATUS_CORRUPT;
}

enum status natural_tree(struct db *db, int64_t root, struct arena *a, struct ids *out) {
    struct rows r;
    enum status st = STATUS_OK;
    size_t next = out->count;
    ids_add(a, out, root);
    for (; next < out->count && !st; next++) {
        st = DB_QUERY(db, &r, &UNDER, V_INT(out->items[next]));
        while (!st && rows_next(&r)) ids_add(a, out, row_int(&r, 0));
        enum status end = rows_end(&r);
        if (!st) st = end;
    }
    return st;
}

static enum status add_records(struct db *db, int64_t natural, struct arena *a, struct natural_view *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &RECORDS, V_INT(natural));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, &out->records) =
            (struct natural_record_view){row_int(&r, 0), row_int(&r, 1), row_int(&r, 2)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status natural_records(struct db *db, const struct ids *tree, struct arena *a, struct ids *out) {
    struct natural_view v = {0};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < tree->count && !st; i++) st = add_records(db, tree->items[i], a, &v);
    for (size_t i = 0; i < v.records.count; i++) ids_add(a, out, v.records.items[i].record);
    return st;
}

enum status natural_home(struct db *db, int64_t record, int64_t *home) {
    *home = 0;
    enum status st = DB_INT(db, home, &HOME, V_INT(record));
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status natural_by_number(struct db *db, struct text number, int64_t *natural) {
    enum status st = DB_INT(db, natural, &BY_NUMBER, V_TEXT(number));
    return st ? st : natural_root(db, *natural, natural);
}

enum status natural_by_record(struct db *db, int64_t record, int64_t *natural) {
    enum status st = natural_home(db, record, natural);
    if (st) return st;
    return *natural ? natural_root(db, *natural, natural) : STATUS_NOT_FOUND;
}

static enum status add_number(struct db *db, int64_t natural, struct arena *a, struct natural_view *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &ROW, V_INT(natural));
    if (!st) {
        struct text number = text_copy(a, row_text(&r, 2));
        *ARENA_PUSH(a, &out->numbers) = (struct natural_number_view){natural, number, row_int(&r, 1)};
        if (natural == out->natural) out->number = number;
        if (row_int(&r, 3) > out->version) out->version = row_int(&r, 3);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status natural_read(struct db *db, int64_t natural, struct arena *a, struct natural_view *out) {
    struct ids tree = {0};
    *out = (struct natural_view){0};
    enum status st = natural_root(db, natural, &out->natural);
    if (!st) st = natural_tree(db, out->natural, a, &tree);
    for (size_t i = 0; i < tree.count && !st; i++) {
        st = add_number(db, tree.items[i], a, out);
        if (!st) st = add_records(db, tree.items[i], a, out);
    }
    return st;
}

// Links that are younger than the merge, of records that are not at home with who was merged.
enum status natural_came_after(struct db *db, int64_t other, struct arena *a, struct natural_view *out) {
    static const struct sql SEQ =
        SQL("natural_merge_seq", "select merged_seq from natural_person where natural_id = :natural");
    struct natural_row row;
    struct natural_view whole;
    struct ids inside = {0};
    int64_t since = 0;
    *out = (struct natural_view){0};
    enum status st = natural_row_read(db, other, a, &row);
    if (!st && !row.merged_into) st = STATUS_NOT_FOUND;
    if (!st) st = DB_INT(db, &since, &SEQ, V_INT(other));
    if (!st) st = natural_read(db, other, a, &whole);
    if (!st) st = natural_tree(db, other, a, &inside);
    if (st) return st;
    out->natural = whole.natural;
    for (size_t i = 0; i < whole.records.count; i++) {
        const struct natural_record_view *x = &whole.records.items[i];
        if (x->linked_seq > since && !ids_have(&inside, x->natural)) *ARENA_PUSH(a, &out->records) = *x;
    }
    return STATUS_OK;
}
