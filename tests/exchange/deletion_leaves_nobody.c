// Two authorities exchange events about a person, each through its own privacy service. When both have erased
// their mapping, nothing that is left leads from an event to a case, and every proof still verifies.
#include <fcntl.h>

#include "houses.h"
#include "store/tables.h"

enum { OURS = 0x4d61726b65724f75, THEIRS = 0x4d61726b65725468 };
static const struct bytes CASE_OURS = {(const uint8_t *)"MarkerOu", 8},
                          CASE_THEIRS = {(const uint8_t *)"MarkerTh", 8};

static const struct privacy_reader PROGRAM = {T("exchange"), PRIVACY_MAY_MAP, PRIVACY_FOR_EXCHANGE, {0}};
static const struct privacy_reader OPERATOR = {T("operator"), PRIVACY_MAY_KEEP, PRIVACY_FOR_OPERATION, {0}};

static struct road road;
static struct house *office, *abroad;
static struct privacy *of_office, *of_abroad;
static char folders[2][80], schemas[2][32];

static struct privacy *service_open(struct house *h, size_t i) {
    struct privacy *s;
    struct problem p = {0};
    snprintf(folders[i], sizeof folders[i], "%s-privacy", h->dir);
    struct store_options engine = {.dir = folders[i]};
    choose_engine(&engine);
    if (engine.schema) snprintf(schemas[i], sizeof schemas[i], "%s", engine.schema);
    struct privacy_options o = {.dir = folders[i],
                                .url = engine.url,
                                .schema = engine.schema ? schemas[i] : NULL,
                                .authority = h->code,
                                .zone = T("UTC"),
                                .create = true};
    if (privacy_open(&h->clock.env, &o, &s, &p)) fail_msg("privacy_open: %s", p.rule);
    return s;
}

static void ask_service(struct house *h, struct privacy *s) {
    house_stop(h);
    h->options.book = channel_book_of(s);
    house_start(h);
}

// ---- looking for what should be gone

static bool file_has(const char *path, struct bytes what) {
    struct stat info;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return false;
    uint8_t *all = malloc((size_t)info.st_size + 1);
    ssize_t got = read(fd, all, (size_t)info.st_size);
    close(fd);
    bool found = got > 0 && memmem(all, (size_t)got, what.p, what.n) != NULL;
    free(all);
    return found;
}

static struct bytes wanted;
static char found_in[512];

static int look_into(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s, (void)walk;
    if (type == FTW_F && file_has(path, wanted)) snprintf(found_in, sizeof found_in, "%s", path);
    return 0;
}

// In any column of any table, on both engines.
static void tables_look(struct store *store) {
    struct db *db;
    const struct tables *all;
    int64_t own = 0;
    for (size_t i = 0; i < wanted.n && wanted.n == 8; i++) own = own << 8 | wanted.p[i];
    assert_ok(store_reader(store, &db));
    assert_ok(store_tables(db, &all));
    for (size_t t = 0; t < all->count; t++) {
        struct table_scan scan;
        table_scan_begin(&scan, db, &all->items[t]);
        while (table_scan_next(&scan))
            for (size_t c = 0; c < all->items[t].column_count; c++) {
                struct value v = table_value(&scan, c);
                bool here = v.kind == VALUE_INT ? own && v.i == own
                                                : v.kind != VALUE_NULL && v.b.n >= wanted.n &&
                                                      memmem(v.b.p, v.b.n, wanted.p, wanted.n) != NULL;
                if (here)
                    snprintf(found_in, sizeof found_in, "%s.%s", all->items[t].name,
                             all->items[t].columns[c].name);
            }
        assert_ok(table_scan_end(&scan));
    }
    store_reader_release(store, db);
}

static void is_in_no_table(struct bytes what) {
    wanted = what;
    found_in[0] = 0;
    tables_look(office->store);
    tables_look(abroad->store);
    if (found_in[0]) fail_msg("found in %s", found_in);
}

// Nor in any byte of a file.
static void is_nowhere(struct bytes what) {
    is_in_no_table(what);
    for (size_t i = 0; i < 2; i++) {
        nftw(i ? abroad->dir : office->dir, look_into, 16, FTW_PHYS);
        nftw(folders[i], look_into, 16, FTW_PHYS);
    }
    if (found_in[0]) fail_msg("found in %s", found_in);
}

// ---- the story

static struct privacy_mapping link_cases(void) {
    static const uint32_t members[] = {ABROAD};
    struct privacy_new n = {OURS, members, 1, {2027, 1, 31}, T("Reg. 2024/1351 Art. 39")};
    struct privacy_mapping m;
    assert_ok(privacy_create(of_office, &PROGRAM, &n, &m, NULL));
    struct privacy_invitation i = {m.channel,      m.key,          1,       OFFICE, m.members,
                                   m.member_count, m.delete_after, n.ground};
    assert_ok(privacy_accept(of_abroad, &PROGRAM, &i, THEIRS, NULL));
    return m;
}

static struct channel_ground ground_of(const struct privacy_mapping *m) {
    struct channel_ground g = {
        .channel = m->channel, .epoch = 1, .key = m->key, .member_count = m->member_count};
    memcpy(g.members, m->members, m->member_count * sizeof *m->members);
    return g;
}

static struct channel_items readable(struct house *h, const struct channel_ground *g) {
    struct db *db;
    struct channel_items items;
    assert_ok(store_reader(h->store, &db));
    assert_ok(channel_read(db, &h->law, g, &h->arena, &items));
    store_reader_release(h->store, db);
    return items;
}

static void bring_notices(struct privacy *from, struct privacy *to, uint32_t code) {
    struct privacy_outgoings all;
    struct privacy_notice n;
    struct arena a = {0};
    uint8_t key[PRIVACY_PUBLIC_KEY_BYTES];
    privacy_public_key(from, key);
    assert_ok(privacy_outgoing(from, 100, &a, &all));
    for (size_t i = 0; i < all.count; i++) {
        assert_int_equal(all.items[i].to, code);
        assert_ok(privacy_take(to, all.items[i].notice, key, &n, NULL));
        assert_ok(privacy_sent(from, all.items[i].number));
    }
    arena_free(&a);
}

static void erase(struct privacy *s) {
    size_t deleted;
    assert_ok(privacy_delete_due(s, &OPERATOR, 100, &deleted, NULL));
    assert_int_equal(deleted, 1);
}

static void proofs_hold(struct house *h, struct privacy *s) {
    struct db *db;
    struct text finding = {0};
    struct privacy_audit audit;
    assert_ok(store_reader(h->store, &db));
    if (journal_verify(h->journal, db, &h->arena, NULL, &finding)) fail_msg(TEXT_FMT, TEXT_ARG(finding));
    store_reader_release(h->store, db);
    assert_ok(privacy_audit(s, &audit));
    assert_true(audit.entries > 0);
    assert_int_equal(audit.wrong, 0);
}

static void nobody_is_found_when_all_have_erased(void **state) {
    (void)state;
    struct privacy_mapping m = link_cases();
    struct channel_ground g = ground_of(&m);
    tell(office, OURS, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).receipts, 1);
    tell(abroad, THEIRS, "TCH_ACCEPTED", &readable(abroad, &g).items[0].id);
    assert_int_equal(round_of(abroad).receipts, 1);
    assert_int_equal(readable(office, &g).count, 2);
    assert_int_equal(readable(abroad, &g).count, 2);
    // Who has all of the logs and none of the mappings finds no case in them, at any time.
    is_in_no_table(CASE_OURS);
    is_in_no_table(CASE_THEIRS);
    is_nowhere(channel_bytes(&m.channel));
    time_passes(&road, 100 * (int64_t)DAY_MS);
    erase(of_office);
    bring_notices(of_office, of_abroad, ABROAD);
    erase(of_abroad);
    bring_notices(of_abroad, of_office, OFFICE);
    struct privacy_receipts receipts;
    assert_ok(privacy_receipts(of_office, &OPERATOR, true, 10, &road.arena, &receipts, NULL));
    assert_int_equal(receipts.count, 0);
    ask_service(office, of_office); // a stop and a start: what the write-ahead logs still held is swept out
    ask_service(abroad, of_abroad);
    // The number of the channel and its key are nowhere: nobody can say any more which entries belong
    // together.
    is_nowhere(channel_bytes(&m.channel));
    is_nowhere((struct bytes){m.key.b, KEY_BYTES});
    is_nowhere(CASE_OURS);
    is_nowhere(CASE_THEIRS);
    struct privacy_mapping found;
    assert_status(privacy_own_of(of_office, &PROGRAM, &m.channel, &road.arena, &found, NULL),
                  STATUS_NOT_FOUND);
    assert_status(privacy_channel_of(of_abroad, &PROGRAM, THEIRS, &road.arena, &found, NULL),
                  STATUS_NOT_FOUND);
    proofs_hold(office, of_office);
    proofs_hold(abroad, of_abroad);
    // What comes late finds nobody either, and is no reason to stop.
    tell(office, OURS, "TCH_SENT", NULL);
    assert_int_equal(round_of(office).sealed, 0);
    proofs_hold(office, of_office);
}

static int begin(void **state) {
    (void)state;
    houses_open(&road);
    office = &road.houses[0];
    abroad = &road.houses[2];
    of_office = service_open(office, 0);
    of_abroad = service_open(abroad, 1);
    ask_service(office, of_office);
    ask_service(abroad, of_abroad);
    return 0;
}

static int end(void **state) {
    (void)state;
    privacy_close(of_office);
    privacy_close(of_abroad);
    for (size_t i = 0; i < 2; i++) nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    houses_close(&road);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_found_when_all_have_erased, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
