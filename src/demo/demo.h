// demo.h - synthetic people and their cases, in every state, made through the same commands as real ones.
//
// The same seed, number and last day give the same people, cases and identifiers. Nobody in them is a real
// person.
#pragma once
#include <stdio.h>

#include "access/account.h"
#include "cases/cases.h"
#include "registers/registers.h"

enum { DEMO_CASES_MAX = 1000 * 1000, DEMO_DAYS = 200 /* over which cases are spread */ };

struct demo_options {
    int64_t cases;
    int64_t carried; // so many closed files of the former system come first
    uint64_t seed;
    struct date until;                                             // last simulated day
    struct registers *registers;                                   // to make entries in; NULL: none
    int64_t documents_max;                                         // at most so many files; 0 means 400
    void (*progress)(const char *what, int64_t done, int64_t all); // "day" or "file"; may be NULL
};

struct demo_report {
    int64_t cases, commands, failed;
    int64_t command_us;           // time spent in commands
    struct problem first_failure; // of the first failed command; its texts live in the arena of the call
    enum command_kind first_failed_kind;
};

// Makes staff, applicants and cases. `world` is the clock and dice that the rooms were opened with; it is
// moved forward. A pack must be in force. Writes DIR/demo-sign-ins (mode 0600).
enum status demo_make(struct cases *c, struct access *x, struct env_fixed *world,
                      const struct demo_options *o, struct arena *a, struct demo_report *report,
                      struct problem *p);

// The answers of a whole form, as somebody who does not exist gives them on that day; in `a`.
struct bytes demo_application(const struct pack *pack, uint64_t seed, uint32_t number, struct date today,
                              struct arena *a);

// The sign-ins with the one-time code of this moment. `name` picks one, NULL
// shows all. STATUS_NOT_FOUND: the folder holds no demonstration, or has no such sign-in.
enum status demo_show_sign_ins(FILE *out, const struct env *env, const char *dir, const char *site,
                               const char *name);

// Who can sign in to the demonstration in `dir`. STATUS_NOT_FOUND: it holds none.
struct demo_card {
    struct text name; // "applicant", "officer", "second", "supervisor", "policy", "border_guard" ...
    struct text email, password;
    struct bytes totp_secret;
};
struct demo_cards {
    struct demo_card *items;
    size_t count, capacity;
};
enum status demo_sign_ins(const char *dir, struct arena *a, struct demo_cards *out);
