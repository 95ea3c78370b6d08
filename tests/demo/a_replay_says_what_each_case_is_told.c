// The back-test over a demonstration says for every case what the officer of that case is told, by the old
// version of the law and by the new one: the same people are made once under each, and asked one by one.
#include "../cases/house.h"
#include "cases/replay.h"
#include "demo/demo.h"

enum { WHOLE = 40, CARRIED = 60, SEED = 5 };
static const struct date LAST_DAY = {2026, 11, 20};
static const char *const DECISIONS[] = {"suggest_track", "track_grounds", "priority",
                                        "plausibility",  "completeness",  "channel"};
enum { DECISION_COUNT = sizeof DECISIONS / sizeof *DECISIONS };

// What the new version changes: a country more, a reason that depends on age and on what nobody else has, a
// row that says something else.
static const struct edit {
    const char *file, *from, *to;
} EDITS[] = {
    {"decisions/suggest_track.dmn", "\"BGD\", \"COL\"", "\"BGD\", \"SYR\", \"COL\""},
    {"decisions/suggest_track.dmn", "&gt;= date(\"2026-06-12\")", "&gt;= date(\"2026-01-01\")"},
    {"decisions/priority.dmn", "is true(flags.danger)",
     "is true(flags.danger) or (applicant.age &gt; 60 and today() &gt; date(\"2000-01-01\"))"},
    {"decisions/priority.dmn", "\"priority.urgent_help\"", "\"priority.special_needs\""},
    // The same for everybody, but it reads what no two cases have alike.
    {"decisions/channel.dmn", "is true(case.is_vulnerable)",
     "is true(case.is_vulnerable) and string length(case.number) &gt;= 0"},
    {"decisions/plausibility.dmn", "[\"fas\", \"aze\",", "[\"aze\","},
};

static struct text replaced(struct arena *a, struct text whole, const struct edit *e) {
    size_t at;
    if (!text_find(whole, text_of(e->from), &at)) fail_msg("%s: no %s", e->file, e->from);
    return TEXT_JOIN(a, text_slice(whole, 0, at), text_of(e->to),
                     text_slice(whole, at + strlen(e->from), whole.n));
}

static struct pack_files law(struct arena *a, bool is_new) {
    struct pack_files files = {0};
    struct problem p = {0};
    assert_ok(pack_files_from_folder(a, "packs/eu-asylum", &files, &p));
    for (size_t i = 0; is_new && i < sizeof EDITS / sizeof *EDITS; i++)
        for (size_t f = 0; f < files.count; f++)
            if (text_eq(files.items[f].name, text_of(EDITS[i].file)))
                files.items[f].content =
                    bytes_of(replaced(a, text_of_bytes(files.items[f].content), &EDITS[i]));
    return files;
}

static void house_of(struct house *h, bool is_new) {
    struct demo_report report;
    struct demo_options o = {
        .cases = WHOLE, .carried = CARRIED, .seed = SEED, .until = LAST_DAY, .documents_max = 1};
    *h = (struct house){0};
    snprintf(h->dir, sizeof h->dir, "/tmp/ostia-replay-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    env_fixed(&h->fixed, (struct moment){date_to_days(date_add_days(LAST_DAY, -DEMO_DAYS - 1)) * 86400000},
              SEED);
    house_open(h);
    struct pack_files files = law(&h->arena, is_new);
    enum status st = cases_load_pack(h->cases, 0, &files, &h->arena, &h->problem);
    if (st) house_say(h, "pack", st);
    assert_int_equal(st, STATUS_OK);
    st = demo_make(h->cases, h->access, &h->fixed, &o, &h->arena, &report, &h->problem);
    if (st || report.failed) house_say(h, "demonstration", st);
    assert_int_equal(st, STATUS_OK);
    assert_int_equal(report.failed, 0);
}

// ---- what one case is told ----

struct told {
    int64_t case_id;
    struct text unit;
    bool is_draft;
};
struct told_list {
    struct told *items;
    size_t count, capacity;
};

static struct told_list all_cases(struct house *h) {
    static const struct sql ALL =
        SQL("test_all_cases", "select case_id, unit, is_draft from case_file order by case_id");
    struct told_list list = {0};
    struct db *db;
    struct rows r;
    assert_ok(store_reader(h->store, &db));
    assert_ok(DB_QUERY(db, &r, &ALL));
    while (rows_next(&r))
        *ARENA_PUSH(&h->arena, &list) =
            (struct told){row_int(&r, 0), text_copy(&h->arena, row_text(&r, 1)), row_int(&r, 2) != 0};
    assert_ok(rows_end(&r));
    store_reader_release(h->store, db);
    return list;
}

static struct text suggestion(struct house *h, const struct told *c, const char *decision, struct arena *a) {
    struct actor boss = {.account = 1,
                         .kind = ACTOR_STAFF,
                         .unit = c->unit,
                         .roles = {T("supervisor")},
                         .role_count = 1,
                         .second_factor = true};
    struct look look = {.purpose = T("supervision")};
    struct suggestion s;
    enum status st =
        cases_suggestion(h->cases, &boss, &look, c->case_id, text_of(decision), a, &s, &h->problem);
    if (st) house_say(h, decision, st);
    assert_int_equal(st, STATUS_OK);
    struct out o = {.arena = a};
    for (size_t i = 0; i < s.items.count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, s.items.items[i].code);
    }
    return s.items.count ? out_done(&o) : s.value;
}

// ---- the run ----

struct lines {
    struct arena *arena;
    struct replay_line *items;
    size_t count, capacity;
    int64_t last;
};

static bool keep(void *context, const struct replay_line *line) {
    struct lines *l = context;
    assert_true(line->case_id > l->last); // in order, whatever the threads did
    l->last = line->case_id;
    *ARENA_PUSH(l->arena, l) = (struct replay_line){line->case_id,
                                                    text_copy(l->arena, line->case_no),
                                                    text_copy(l->arena, line->before),
                                                    text_copy(l->arena, line->after),
                                                    text_copy(l->arena, line->why),
                                                    line->is_change};
    return true;
}

// Long lists are shortened where they are shown.
static void assert_shown(struct text shown, struct text whole) {
    size_t at;
    if (text_find(shown, T("…"), &at)) whole = text_slice(whole, 0, at), shown = text_slice(shown, 0, at);
    if (!text_eq(shown, whole))
        fail_msg("replay says \"" TEXT_FMT "\", the case \"" TEXT_FMT "\"", TEXT_ARG(shown), TEXT_ARG(whole));
}

static void every_case_is_told_the_same(void **state) {
    (void)state;
    struct house before, after;
    house_of(&before, false);
    house_of(&after, true);
    struct told_list list = all_cases(&before);
    int64_t changes = 0;
    for (int d = 0; d < DECISION_COUNT; d++) {
        struct arena a = {0};
        struct replay_question q = {cases_pack(before.cases),
                                    cases_pack(after.cases),
                                    text_of(DECISIONS[d]),
                                    REPLAY_TODAY,
                                    REPLAY_ALL,
                                    before.fixed.at,
                                    T("Europe/Brussels"),
                                    2,
                                    false,
                                    false};
        struct lines lines = {.arena = &a};
        struct replay_watch watch = {&lines, NULL, keep, false};
        struct replay_result r;
        assert_ok(replay_run(before.store, &q, &watch, &a, &r, &before.problem));
        size_t at = 0;
        int64_t drafts = 0, changed = 0;
        for (size_t i = 0; i < list.count; i++) {
            if (list.items[i].is_draft && ++drafts) continue;
            struct replay_line line = lines.items[at++];
            assert_int_equal(line.case_id, list.items[i].case_id);
            assert_shown(line.before, suggestion(&before, &list.items[i], DECISIONS[d], &a));
            assert_shown(line.after, suggestion(&after, &list.items[i], DECISIONS[d], &a));
            assert_int_equal(line.is_change, line.why.n > 0);
            changed += line.is_change;
        }
        assert_int_equal(at, lines.count);
        assert_int_equal(r.cases, (int64_t)at);
        assert_int_equal(r.drafts, drafts);
        assert_int_equal(r.changed, changed);
        assert_true(r.evaluated > 0 && r.evaluated <= r.cases);
        assert_int_equal(changed > 0, d <= 3); // completeness and channel are the same in both
        changes += changed;
        arena_free(&a);
    }
    assert_true(changes > 20);
    house_end(&before);
    house_end(&after);
}

// Nobody is told by where they are from, or by how far their case is.
static void nobody_is_alone(const struct replay_groups *g) {
    size_t few = 0;
    bool is_rest_few = false;
    for (size_t k = 0; k < g->count; k++) {
        bool is_rest = text_eq(g->items[k].value, T("…"));
        assert_true(g->items[k].cases >= REPLAY_SMALL || is_rest);
        assert_true(!g->items[k].changed || g->items[k].changed >= REPLAY_SMALL);
        few += g->items[k].is_few;
        is_rest_few |= is_rest && g->items[k].is_few;
    }
    assert_true(few != 1 || is_rest_few);
}

// The same sums whatever the number of threads, and the sums of the parts are the whole.
static void sums_do_not_depend_on_threads(void **state) {
    (void)state;
    struct house h;
    struct pack *new;
    house_of(&h, false);
    struct pack_files files = law(&h.arena, true);
    assert_ok(pack_read(&h.arena, &files, &new, &h.problem));
    struct replay_result r[3];
    for (int i = 0; i < 3; i++) {
        struct replay_question q = {cases_pack(h.cases),
                                    new,
                                    T("plausibility"),
                                    REPLAY_AS_DECIDED,
                                    REPLAY_ALL,
                                    h.fixed.at,
                                    T("Europe/Brussels"),
                                    i + 1,
                                    i == 2,
                                    false};
        assert_ok(replay_run(h.store, &q, NULL, &h.arena, &r[i], &h.problem));
        int64_t cases = 0, changed = 0;
        for (size_t k = 0; k < r[i].changes.count; k++) {
            cases += r[i].changes.items[k].cases;
            if (r[i].changes.items[k].is_change) changed += r[i].changes.items[k].cases;
            assert_int_equal(r[i].changes.items[k].cases, r[0].changes.items[k].cases);
            assert_true(text_eq(r[i].changes.items[k].after, r[0].changes.items[k].after));
            assert_int_equal(r[i].changes.items[k].samples[0].case_id,
                             r[0].changes.items[k].samples[0].case_id);
        }
        assert_int_equal(cases, r[i].cases);
        assert_int_equal(changed, r[i].changed);
        for (int by = 0; by < REPLAY_PROPERTIES; by++) {
            cases = changed = 0;
            for (size_t k = 0; k < r[i].groups[by].count; k++) {
                cases += r[i].groups[by].items[k].cases;
                changed += r[i].groups[by].items[k].changed;
            }
            assert_int_equal(cases, r[i].cases);
            assert_true(changed <= r[i].changed); // without what is few
            nobody_is_alone(&r[i].groups[by]);
        }
    }
    pack_release(new);
    house_end(&h);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_ERROR);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_is_told_the_same),
                                       cmocka_unit_test(sums_do_not_depend_on_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
