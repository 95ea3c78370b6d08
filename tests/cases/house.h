// house.h - a whole authority in a temporary folder: store, journal, access, the asylum pack, and people.
#pragma once
#include <unistd.h>

#include "access/account.h"
#include "base/log.h"
#include "cases/cases.h"
#include "check.h"
#include "engine.h"

enum { APPLICANT, OTHER_APPLICANT, REGISTRAR, OFFICER, SECOND, BOSS, PEOPLE };

struct house {
    char dir[64];
    struct env_fixed fixed;
    struct store *store;
    struct journal *journal;
    struct cases *cases;
    struct access *access;
    int64_t account[PEOPLE];
    struct arena arena;
    struct problem problem;
    struct command_result result;
};

static inline const struct event_type **house_types(void) {
    static const struct event_type *types[192];
    size_t n = 0;
    for (size_t i = 0; access_event_types[i]; i++) types[n++] = access_event_types[i];
    for (size_t i = 0; cases_event_types[i]; i++) types[n++] = cases_event_types[i];
#ifdef HOUSE_MORE_TYPES // registers_event_types: of a room above
    for (size_t i = 0; HOUSE_MORE_TYPES[i]; i++) types[n++] = HOUSE_MORE_TYPES[i];
#endif
#ifdef HOUSE_TOP_TYPES // search_event_types: of a room above that one
    for (size_t i = 0; HOUSE_TOP_TYPES[i]; i++) types[n++] = HOUSE_TOP_TYPES[i];
#endif
#ifdef HOUSE_ROOF_TYPES // border_event_types: of a room above both
    for (size_t i = 0; HOUSE_ROOF_TYPES[i]; i++) types[n++] = HOUSE_ROOF_TYPES[i];
#endif
    assert_true(n < 191);
    types[n] = NULL;
    return types;
}

#ifndef HOUSE_MORE_ROOMS // "&API_MIGRATIONS": of a room above
#define HOUSE_MORE_ROOMS
#endif
static const struct migrations *const HOUSE_ROOMS[] = {&JOURNAL_MIGRATIONS, &ACCESS_MIGRATIONS,
                                                       &CASES_MIGRATIONS, HOUSE_MORE_ROOMS};
enum { HOUSE_ROOM_COUNT = sizeof HOUSE_ROOMS / sizeof *HOUSE_ROOMS };

static inline void house_open(struct house *h) {
    struct store_options so = {
        .dir = h->dir, .create = true, .rooms = HOUSE_ROOMS, .room_count = HOUSE_ROOM_COUNT};
    choose_engine(&so);
    struct journal_options jo = {house_types(), T("test.example/log")};
    struct cases_options co = {T("Office for Asylum"), T("https://asylum.example"), T("Europe/Brussels")};
#ifdef HOUSE_TELLS // channels_told: of a room above
    co.tell = HOUSE_TELLS;
#endif
    assert_ok(store_open(&h->fixed.env, &so, &h->store, &h->problem));
    assert_ok(journal_open(h->store, &h->fixed.env, &jo, &h->journal, &h->problem));
    struct access_options ao = {.origin = T("https://asylum.example"),
                                .name = T("Office for Asylum"),
                                .password_passes = 1,
                                .password_bytes = 8192};
    assert_ok(cases_open(h->journal, &co, &h->cases, &h->problem));
    assert_ok(access_open(h->journal, &ao, &h->access, &h->problem));
}

static inline void house_close(struct house *h) {
    access_close(h->access);
    cases_close(h->cases);
    store_close(h->store);
    journal_close(h->journal);
}

static inline void house_say(const struct house *h, const char *what, enum status st) {
    print_message("# %s: %s field=%s rule=%s key=%s line=%lld\n", what, status_name(st),
                  h->problem.field ? h->problem.field : "", h->problem.rule ? h->problem.rule : "",
                  h->problem.text_key ? h->problem.text_key : "", (long long)h->problem.line);
    for (int i = 0; i < PROBLEM_ARGS_MAX && h->problem.args[i].name; i++)
        print_message("#   %s=" TEXT_FMT "\n", h->problem.args[i].name, TEXT_ARG(h->problem.args[i].value));
}

static inline struct text role_of(int which) {
    return which <= OTHER_APPLICANT ? T("applicant")
           : which == REGISTRAR     ? T("registrar")
           : which == BOSS          ? T("supervisor")
                                    : T("officer");
}

static inline void house_staff(struct house *h) {
    static const char *const NAMES[PEOPLE] = {"", "", "R. Registrar", "O. Officer", "S. Second", "B. Boss"};
    static const char *const CODES[PEOPLE] = {"", "", "R-1", "O-1", "S-1", "B-1"};
    h->account[APPLICANT] = 900001;
    h->account[OTHER_APPLICANT] = 900002;
    for (int i = REGISTRAR; i < PEOPLE; i++) {
        struct staff_made made;
        struct new_staff n = {.name = text_of(NAMES[i]),
                              .public_code = text_of(CODES[i]),
                              .unit = T("North"),
                              .email = text_printf(&h->arena, "p%d@asylum.example", i),
                              .roles = {role_of(i)},
                              .role_count = 1,
                              .language = T("en")};
        if (i == SECOND) n.roles[n.role_count++] = T("second_officer");
        enum status st = access_create_staff(h->access, 0, &n, &h->arena, &made, &h->problem);
        if (st) print_message("# staff: %s %s\n", status_name(st), h->problem.rule ? h->problem.rule : "");
        assert_int_equal(st, STATUS_OK);
        h->account[i] = made.account;
    }
}

static inline void house_new(struct house *h) {
    struct pack_files files = {0};
    *h = (struct house){0};
    snprintf(h->dir, sizeof h->dir, "/tmp/ostia-cases-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    env_fixed(&h->fixed, (struct moment){INT64_C(1795255200000)}, 1); // 2026-11-21T10:00Z
    house_open(h);
    assert_ok(pack_files_from_folder(&h->arena, "packs/eu-asylum", &files, &h->problem));
#ifdef HOUSE_MORE_LAW // add_to_law: of a test that has some of its own
    HOUSE_MORE_LAW(&h->arena, &files);
#endif
    enum status st = cases_load_pack(h->cases, 0, &files, &h->arena, &h->problem);
    if (st) house_say(h, "pack", st);
    assert_int_equal(st, STATUS_OK);
    house_staff(h);
}

static inline void house_end(struct house *h) {
    char command[128];
    house_close(h);
    arena_free(&h->arena);
    snprintf(command, sizeof command, "rm -rf %s", h->dir);
    assert_int_equal(system(command), 0);
}

static inline struct actor who(const struct house *h, int which) {
    struct actor a = {.account = h->account[which], .language = T("en"), .second_factor = true};
    a.kind = which <= OTHER_APPLICANT ? ACTOR_APPLICANT : ACTOR_STAFF;
    a.unit = a.kind == ACTOR_STAFF ? T("North") : T("");
    a.roles[a.role_count++] = role_of(which);
    if (which == SECOND) a.roles[a.role_count++] = T("second_officer");
    return a;
}

static inline void pass_hours(struct house *h, int64_t hours) {
    h->fixed.at.ms += hours * 3600000;
}

static inline enum status try_do(struct house *h, int which, struct command c) {
    struct actor a = who(h, which);
    return cases_do(h->cases, &a, &c, &h->arena, &h->result, &h->problem);
}

// Does it, or fails the test with the problem.
#define DO(h, account, ...)                                                      \
    do {                                                                         \
        enum status st_ = try_do((h), (account), (struct command){__VA_ARGS__}); \
        if (st_) house_say((h), #__VA_ARGS__, st_);                              \
        assert_int_equal(st_, STATUS_OK);                                        \
    } while (0)
#define REFUSED(h, account, wanted, wanted_rule, ...)                                           \
    do {                                                                                        \
        enum status st_ = try_do((h), (account), (struct command){__VA_ARGS__});                \
        if (st_ != (wanted) || strcmp((h)->problem.rule ? (h)->problem.rule : "", wanted_rule)) \
            house_say((h), #__VA_ARGS__, st_);                                                  \
        assert_int_equal(st_, wanted);                                                          \
        assert_string_equal((h)->problem.rule, wanted_rule);                                    \
    } while (0)

static inline struct bytes answers_of(struct arena *a, const char *const pairs[][2]) {
    struct answers s = {.arena = a};
    for (size_t i = 0; pairs[i][0]; i++)
        assert_ok(answers_set(&s, text_of(pairs[i][0]), text_of(pairs[i][1])));
    return answers_encode(a, &s);
}

static inline void save(struct house *h, int account, int64_t id, const char *section,
                        const char *const pairs[][2]) {
    DO(h, account, .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
       .save_answers = {.section = text_of(section), .answers = answers_of(&h->arena, pairs)});
}

// A synthetic applicant's whole form.
static inline int64_t filled_draft(struct house *h, int account) {
    static const char *const NAMES[][2] = {{"family_name", "حسيني"},
                                           {"given_names", "مريم"},
                                           {"family_name_latin", "Hosseini"},
                                           {"given_names_latin", "Maryam"},
                                           {0}};
    static const char *const BIRTH[][2] = {{"birth_date", "1991-04"},   {"birth_date_basis", "told"},
                                           {"birth_country", "IRN"},    {"sex", "2"},
                                           {"civil_status", "married"}, {0}};
    static const char *const NATIONALITY[][2] = {
        {"nationalities[0]", "IRN"}, {"former_residence", "IRN"}, {0}};
    static const char *const FAMILY[][2] = {{"has_family", "no"}, {0}};
    static const char *const LANGUAGES[][2] = {{"languages[0]", "fas"},
                                               {"interpreter_language", "fas"},
                                               {"interpreter_sex", "female"},
                                               {"reading", "yes"},
                                               {0}};
    static const char *const CONTACT[][2] = {{"channel", "online"},
                                             {"address", "Reception centre 4, Harbour Road 1"},
                                             {"has_device", "yes"},
                                             {"place_kind", "reception"},
                                             {0}};
    static const char *const DOCUMENTS[][2] = {
        {"has_documents", "no"}, {"no_documents_reason", "They were lost at sea."}, {0}};
    static const char *const JOURNEY[][2] = {{"left_on", "2026-08"},
                                             {"entered_on", "2026-11-02"},
                                             {"entry_means", "land"},
                                             {"had_visa", "no"},
                                             {0}};
    static const char *const REASONS[][2] = {
        {"claim_reasons[0]", "opinion"},
        {"story", "I wrote about the harbour strike and was threatened twice."},
        {"fear", "I would be arrested when I return."},
        {0}};
    static const char *const NEEDS[][2] = {{"urgent_help", "no"}, {0}};
    static const char *const EARLIER[][2] = {{"has_earlier", "no"}, {0}};
    static const char *const HELP[][2] = {{"has_representative", "no"}, {0}};
    DO(h, account, .kind = COMMAND_START_APPLICATION, .start_application = {T("fa"), T("blue door")});
    int64_t id = h->result.case_id;
    save(h, account, id, "names", NAMES);
    save(h, account, id, "birth", BIRTH);
    save(h, account, id, "nationality", NATIONALITY);
    save(h, account, id, "family", FAMILY);
    save(h, account, id, "languages", LANGUAGES);
    save(h, account, id, "contact", CONTACT);
    save(h, account, id, "documents", DOCUMENTS);
    save(h, account, id, "journey", JOURNEY);
    save(h, account, id, "reasons", REASONS);
    save(h, account, id, "needs", NEEDS);
    save(h, account, id, "earlier", EARLIER);
    save(h, account, id, "representative", HELP);
    return id;
}

static inline int64_t submitted(struct house *h, int account) {
    int64_t id = filled_draft(h, account);
    DO(h, account, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    return id;
}

static inline void open_file(struct house *h, int which, const char *purpose, int64_t id,
                             struct case_file *f) {
    struct actor a = who(h, which);
    struct look look = {.purpose = text_of(purpose)};
    enum status st = cases_open_file(h->cases, &a, &look, id, &h->arena, f, &h->problem);
    if (st) house_say(h, "open file", st);
    assert_int_equal(st, STATUS_OK);
}

// A duty that the case brings by itself is done today.
static inline void step_done(struct house *h, int64_t id, const char *step) {
    const struct zone *z;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    DO(h, OFFICER, .kind = COMMAND_RECORD_STEP, .case_id = id,
       .record_step = {text_of(step), zone_date(z, h->fixed.at)});
}

static inline enum status verified(struct house *h, struct text *finding) {
    struct db *db;
    assert_ok(store_reader(h->store, &db));
    enum status st = journal_verify(h->journal, db, &h->arena, NULL, finding);
    store_reader_release(h->store, db);
    if (st) print_message("# verify: " TEXT_FMT "\n", TEXT_ARG(*finding));
    return st;
}
