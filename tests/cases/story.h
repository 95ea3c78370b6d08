// story.h - the steps that many stories share, and the check that replay gives the same tables.
#pragma once
#include <sqlite3.h>

#include "house.h"

static const char STORY_TEXT[] =
    "The applicant worked at the harbour of Bandar for six years and described the strike of "
    "2025 in detail, with dates that agree with the sources consulted.";
enum { DAY_HOURS = 24 };

// ---- steps ----

static inline void registered(struct house *h, int64_t id) {
    DO(h, REGISTRAR, .kind = COMMAND_REGISTER_APPLICATION, .case_id = id,
       .register_application = {
           .made_on = {2026, 11, 20}, .made_at_place = T("Harbour police"), .identity_checked = true});
}

static inline void assigned(struct house *h, int64_t id) {
    DO(h, BOSS, .kind = COMMAND_ASSIGN_CASE, .case_id = id,
       .assign_case = {h->account[OFFICER], T("knows the harbour")});
}

static inline void complete(struct house *h, int64_t id) {
    DO(h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
       .check_completeness = {.is_complete = true});
}

// The id of the appointment, in two days.
static inline int64_t booked(struct house *h, int64_t id) {
    DO(h, OFFICER, .kind = COMMAND_BOOK_INTERVIEW, .case_id = id,
       .book_interview = {{h->fixed.at.ms + INT64_C(2) * 86400000},
                          180,
                          T("Room 3, Harbour Road 1"),
                          T("I. Interpreter"),
                          T("fas"),
                          false,
                          T("")});
    return h->result.made;
}

static inline void heard(struct house *h, int64_t id, int64_t appointment) {
    DO(h, OFFICER, .kind = COMMAND_HOLD_INTERVIEW, .case_id = id,
       .hold_interview = {.appointment = appointment,
                          .record = text_of(STORY_TEXT),
                          .present = T("Applicant, interpreter"),
                          .was_held = true});
    DO(h, OFFICER, .kind = COMMAND_READ_BACK_INTERVIEW, .case_id = id,
       .read_back_interview = {.is_confirmed = true});
}

static inline struct command proposal(int64_t id, const char *outcome) {
    return (struct command){.kind = COMMAND_PROPOSE_DECISION,
                            .case_id = id,
                            .propose_decision = {text_of(outcome), text_of(STORY_TEXT), text_of(STORY_TEXT),
                                                 text_of(STORY_TEXT), T("Reg. (EU) 2024/1347 Art. 4"),
                                                 T("ignored: not needed")}};
}

static inline int64_t proposed(struct house *h, int64_t id, const char *outcome) {
    enum status st = try_do(h, OFFICER, proposal(id, outcome));
    if (st) house_say(h, "propose", st);
    assert_int_equal(st, STATUS_OK);
    return h->result.made;
}

// A case that an officer has, ready for a proposal.
static inline int64_t to_be_decided(struct house *h) {
    int64_t id = submitted(h, APPLICANT);
    pass_hours(h, 3);
    registered(h, id);
    assigned(h, id);
    complete(h, id);
    int64_t appointment = booked(h, id);
    pass_hours(h, 49);
    heard(h, id, appointment);
    return id;
}

static inline int64_t newest_letter(struct house *h, int64_t id, const char *kind) {
    struct case_file f;
    open_file(h, APPLICANT, "own_file", id, &f);
    for (size_t i = 0; i < f.letters.count; i++)
        if (text_eq(f.letters.items[i].kind, text_of(kind))) return f.letters.items[i].letter;
    return 0;
}

static inline void ticked(struct house *h) {
    size_t done;
    do assert_ok(cases_tick(h->cases, 100, &done));
    while (done);
}

static inline struct work_row head_of(struct house *h, int64_t id) {
    struct case_file f;
    open_file(h, APPLICANT, "own_file", id, &f);
    return f.head;
}

static inline struct clock_view clock_of(struct house *h, int64_t id, const char *rule) {
    struct case_file f;
    open_file(h, APPLICANT, "own_file", id, &f);
    for (size_t i = 0; i < f.clocks.count; i++)
        if (text_eq(f.clocks.items[i].deadline, text_of(rule))) return f.clocks.items[i];
    return (struct clock_view){0};
}

// ---- replay ----

// Doors, deliveries and the log itself are no projections.
static inline bool is_projection(const char *table) {
    static const char *const NOT[] = {"event",       "log_tile", "log_checkpoint", "counter",
                                      "subject_key", "outbox",   "session",        "challenge",
                                      "migration",   "throttle", "sign_in_limit",  "access_token"};
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++)
        if (!strcmp(NOT[i], table)) return false;
    return strncmp(table, "sqlite_", 7) != 0;
}

static inline void each_table_must_be_equal(const char *live, const char *again) {
    char path[128], sql[400];
    sqlite3 *db;
    sqlite3_stmt *tables, *differ;
    int compared = 0;
    snprintf(path, sizeof path, "%s/ostia.db", live);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    snprintf(sql, sizeof sql, "attach '%s/ostia.db' as again", again);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "select name from sqlite_master where type = 'table'", -1, &tables, NULL),
        SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *t = (const char *)sqlite3_column_text(tables, 0);
        if (!is_projection(t)) continue;
        snprintf(sql, sizeof sql,
                 "select count(*) from (select * from main.%s except select * from again.%s union all"
                 " select * from (select * from again.%s except select * from main.%s))",
                 t, t, t, t);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &differ, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(differ), SQLITE_ROW);
        if (sqlite3_column_int(differ, 0))
            fail_msg("table %s: %d rows differ after replay", t, sqlite3_column_int(differ, 0));
        sqlite3_finalize(differ);
        compared++;
    }
    assert_true(compared > 20);
    sqlite3_finalize(tables);
    sqlite3_close(db);
}

// Every story ends so: the log holds, and its replay in an empty house gives the same tables. Closes the
// house.
static inline void story_ends(struct house *h) {
    char again[64] = "/tmp/ostia-cases-XXXXXX", command[128];
    struct store_options so = {.dir = mkdtemp(again), .create = true, .rooms = HOUSE_ROOMS, .room_count = 3};
    struct store *into;
    struct text finding;
    struct db *db;
    assert_ok(verified(h, &finding));
    assert_ok(store_open(&h->fixed.env, &so, &into, &h->problem));
    assert_ok(store_reader(h->store, &db));
    enum status st = journal_replay(h->journal, db, into, NULL, &finding, &h->arena);
    if (st) print_message("# replay: " TEXT_FMT "\n", TEXT_ARG(finding));
    assert_int_equal(st, STATUS_OK);
    store_reader_release(h->store, db);
    store_close(into);
    each_table_must_be_equal(h->dir, again);
    snprintf(command, sizeof command, "rm -rf %s", again);
    assert_int_equal(system(command), 0);
    house_end(h);
}

#define STORIES(...)                                      \
    int main(void) {                                      \
        crypto_start();                                   \
        log_level_set(LOG_ERROR);                         \
        const struct CMUnitTest tests[] = {__VA_ARGS__};  \
        return cmocka_run_group_tests(tests, NULL, NULL); \
    }
