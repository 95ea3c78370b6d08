// story.h - the steps that many stories share, and the check that replay gives the same tables.
#pragma once

#include "house.h"
#include "journal/projections.h"

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

// A registered case of an officer, to be looked at; and one that is complete, so that an interview can be
// booked.
static inline int64_t with_officer(struct house *h) {
    int64_t id = submitted(h, APPLICANT);
    registered(h, id);
    assigned(h, id);
    return id;
}
static inline int64_t ready_for_interview(struct house *h) {
    int64_t id = with_officer(h);
    complete(h, id);
    return id;
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

// Every story ends so: the log holds, and its replay in an empty house gives the same tables (on SQLite,
// whatever the story ran on). Closes the house.
static inline void story_ends(struct house *h) {
    char again[64] = "/tmp/ostia-cases-XXXXXX", command[128];
    struct store_options so = {
        .dir = mkdtemp(again), .create = true, .rooms = HOUSE_ROOMS, .room_count = HOUSE_ROOM_COUNT};
    struct store *into;
    struct text finding;
    struct db *db, *fresh;
    int64_t rows = 0;
    assert_ok(verified(h, &finding));
    assert_ok(store_open(&h->fixed.env, &so, &into, &h->problem));
    assert_ok(store_reader(h->store, &db));
    assert_ok(store_reader(into, &fresh));
    enum status st = journal_replay(h->journal, db, into, NULL, &finding, &h->arena);
    if (!st) st = projections_compare(db, fresh, &h->arena, &rows, &finding);
    if (st) print_message("# replay: " TEXT_FMT "\n", TEXT_ARG(finding));
    assert_int_equal(st, STATUS_OK);
    assert_true(rows > 0);
    store_reader_release(into, fresh);
    store_reader_release(h->store, db);
    store_close(into);
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
