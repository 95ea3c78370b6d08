// Erasing an entry deletes its key and blanks its rows; no table holds a word of it, and replay agrees.
#include "registry.h"
#include "store/tables.h"

static const char *const SECRET[][2] = {{"names[0].family", "Zarathustrowa"},
                                        {"names[0].given", "Quittenduft"},
                                        {"birth", "1977-07-07"},
                                        {"sex", "2"},
                                        {"nationality", "UKR"},
                                        {"issuing_state", "UKR"},
                                        {"number", "XQ777888999"},
                                        {"kind", "WANTED"},
                                        {"assessment", "Fliederbusch am Hafen"},
                                        {0}};
static const char *const WORDS[] = {"Zarathustrowa", "zarathustrowa", "Quittenduft",
                                    "1977-07-07",    "XQ777888999",   "xq777888999",
                                    "Fliederbusch",  "Geheimakte",    "Apfelgrund"};

static bool holds(struct bytes b, const char *word) {
    size_t at;
    return text_find(text_of_bytes(b), text_of(word), &at);
}

// How many cells of all tables hold one of the words.
static size_t cells(struct registry *g) {
    const struct tables *all;
    struct db *db;
    size_t found = 0;
    assert_ok(store_reader(g->h.store, &db));
    assert_ok(store_tables(db, &all));
    for (size_t t = 0; t < all->count; t++) {
        struct table_scan s;
        table_scan_begin(&s, db, &all->items[t]);
        while (table_scan_next(&s))
            for (size_t c = 0; c < all->items[t].column_count; c++) {
                struct value v = table_value(&s, c);
                for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++)
                    if (v.kind != VALUE_INT && v.kind != VALUE_NULL && holds(v.b, WORDS[w])) found++;
            }
        assert_ok(table_scan_end(&s));
    }
    store_reader_release(g->h.store, db);
    return found;
}

static void an_erased_entry_is_nowhere(void **state) {
    (void)state;
    struct registry g;
    struct entry_view v;
    struct entry_list list;
    registry_new(&g);
    ACT(&g, BOSS, .kind = ACT_RECORD, .register_id = T("ban"), .answers = said(&g, SECRET),
        .source = {T("Geheimakte"), T(""), T("Geheimakte 7"), T("")}, .reason = T("Apfelgrund"));
    int64_t e = g.done.entry;
    ACT(&g, BOSS, .kind = ACT_REPORT_FAULT, .entry = e, .reason = T("Apfelgrund"));
    ACT(&g, BOSS, .kind = ACT_END, .entry = e, .reason = T("Apfelgrund"));
    ACT(&g, SECOND, .kind = ACT_CONFIRM, .entry = e);
    assert_true(cells(&g) > 8);
    ACT_REFUSED(&g, REGISTRAR, STATUS_REFUSED, "access_role", .kind = ACT_ERASE, .entry = e,
                .reason = T("No"));
    ACT_REFUSED(&g, BOSS, STATUS_INVALID, "required", .kind = ACT_ERASE, .entry = e);
    ACT(&g, BOSS, .kind = ACT_ERASE, .entry = e, .reason = T("Unlawful from the start"));
    assert_int_equal(cells(&g), 0);
    assert_ok(try_open(&g, BOSS, "supervision", e, NULL, &v));
    assert_text(v.head.state, "erased");
    assert_int_equal(v.head.answers.count, 0);
    assert_int_equal(found(&g, BOSS, "supervision", (struct entry_filter){.number = T("XQ777888999")}, &list),
                     0);
    assert_int_equal(found(&g, BOSS, "supervision", (struct entry_filter){.state = T("erased")}, &list), 1);
    // Its number is free again.
    ACT(&g, BOSS, .kind = ACT_RECORD, .register_id = T("ban"), .answers = said(&g, SECRET));
    ACT(&g, BOSS, .kind = ACT_ERASE, .entry = g.done.entry, .reason = T("And this one too"));
    ACT_REFUSED(&g, BOSS, STATUS_INVALID, "entry_state", .kind = ACT_ERASE, .entry = e, .reason = T("Twice"));
    registry_ends(&g);
}

STORIES(cmocka_unit_test(an_erased_entry_is_nowhere))
