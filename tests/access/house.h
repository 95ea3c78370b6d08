// house.h - a store, a journal and the access room in a folder of their own, with a clock that the test
// moves.
#pragma once
#include <dirent.h>
#include <unistd.h>

#include "access/session.h"
#include "check.h"
#include "engine.h"
#include "journal/journal.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

struct house {
    char dir[64];
    struct env_fixed fixed;
    struct store *store;
    struct journal *journal;
    struct access *access;
    struct arena arena;
    struct source from;
};

extern const struct migrations JOURNAL_MIGRATIONS;
static const struct migrations *const HOUSE_ROOMS[] = {&JOURNAL_MIGRATIONS, &ACCESS_MIGRATIONS};

static inline void house_reopen(struct house *h) {
    struct store_options so = {.dir = h->dir, .create = true, .rooms = HOUSE_ROOMS, .room_count = 2};
    choose_engine(&so);
    struct journal_options jo = {access_event_types, T("test.example/log")};
    struct access_options ao = {.origin = T("https://asylum.example"),
                                .name = T("Test Authority"),
                                .password_passes = 1,
                                .password_bytes = 8192 * 2};
    assert_ok(store_open(&h->fixed.env, &so, &h->store, NULL));
    assert_ok(journal_open(h->store, &h->fixed.env, &jo, &h->journal, NULL));
    assert_ok(access_open(h->journal, &ao, &h->access, NULL));
}

static inline void house_shut(struct house *h) {
    access_close(h->access);
    store_close(h->store);
    journal_close(h->journal);
}

static inline void house_open(struct house *h, uint64_t seed) {
    *h = (struct house){.from = {T("192.0.2.7"), T("Testfox/1.0")}};
    snprintf(h->dir, sizeof h->dir, "/tmp/ostia-access-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    env_fixed(&h->fixed, (struct moment){1800000000000}, seed);
    house_reopen(h);
}

static inline void house_remove(struct house *h) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", h->dir);
    assert_int_equal(system(command), 0);
}

static inline void house_close(struct house *h) {
    house_shut(h);
    arena_free(&h->arena);
    house_remove(h);
}

static inline void later(struct house *h, int64_t ms) {
    h->fixed.at.ms += ms;
}

static inline enum status do_nothing(struct db *tx, void *arg) {
    (void)tx, (void)arg;
    return STATUS_OK;
}
// What a request left to be written is written: the writer takes jobs in their order.
static inline void settle(struct house *h) {
    assert_ok(store_write(h->store, do_nothing, NULL));
}

#define PASSWORD T("copper kettle on the tram")

// An applicant with a proved e-mail address and a password.
static inline struct account_made sign_up(struct house *h, struct text email) {
    struct contact_code sent;
    struct account_made made;
    assert_ok(access_contact_code(h->access, &h->from, CODE_SIGN_UP, email, &h->arena, &sent, NULL));
    struct new_account n = {
        .challenge = sent.challenge, .code = sent.code, .password = PASSWORD, .language = T("fr")};
    assert_ok(access_create_account(h->access, &h->from, &n, &h->arena, &made, NULL));
    return made;
}

static const uint8_t SECRET[20] = "12345678901234567890";

static inline struct staff_made hire(struct house *h, const char *name, const char *email, const char *code) {
    struct staff_made made;
    struct new_staff n = {.name = text_of(name),
                          .email = text_of(email),
                          .public_code = text_of(code),
                          .unit = T("berlin"),
                          .roles = {T("officer")},
                          .role_count = 1,
                          .password = PASSWORD,
                          .totp_secret = {SECRET, sizeof SECRET}};
    assert_ok(access_create_staff(h->access, 0, &n, &h->arena, &made, NULL));
    return made;
}

static inline struct session see(struct house *h, struct text token) {
    struct session s;
    assert_ok(session_find(h->access, &h->arena, token, h->fixed.at, &s));
    return s;
}

static inline struct text totp_now(struct house *h) {
    char code[7];
    assert_ok(totp_code((struct bytes){SECRET, sizeof SECRET}, h->fixed.at, code));
    return text_copy(&h->arena, text_of(code));
}

#define assert_rule(p, wanted) assert_string_equal((p).rule ? (p).rule : "(none)", wanted)
