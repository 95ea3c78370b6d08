// words.h - looks for somebody's words in every row of a store.
#pragma once
#include "check.h"
#include "store/tables.h"

static inline bool row_has(struct table_scan *s, struct text words) {
    size_t at;
    for (size_t i = 0; i < s->table->column_count; i++) {
        struct value v = table_value(s, i);
        if (v.kind != VALUE_NULL && v.kind != VALUE_INT && text_find(text_of_bytes(v.b), words, &at))
            return true;
    }
    return false;
}

struct found_words {
    int rows, tables; // that have them, in any column
};

static inline struct found_words words_in(struct store *store, const char *words) {
    struct found_words found = {0};
    struct db *db;
    const struct tables *all;
    assert_ok(store_reader(store, &db));
    assert_ok(store_tables(db, &all));
    assert_true(all->count > 30);
    for (size_t i = 0; i < all->count; i++) {
        struct table_scan s;
        int before = found.rows;
        table_scan_begin(&s, db, &all->items[i]);
        while (table_scan_next(&s)) found.rows += row_has(&s, text_of(words));
        assert_ok(table_scan_end(&s));
        found.tables += found.rows > before;
    }
    store_reader_release(store, db);
    return found;
}
