// fixture.h - privacy services in folders of their own, gone when the test is over.
#pragma once
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "engine.h"
#include "privacy/inside.h"

enum { POLICE = 11, ASYLUM = 22, RECEPTION = 33, ABROAD = 44 };

struct fixture {
    char dir[256];
    char schema[32];
    struct env_fixed clock;
    struct env *env;
    struct privacy_options options;
    struct privacy *service;
    struct arena arena;
    struct problem problem;
};

static inline int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s, (void)type, (void)walk;
    return remove(path);
}

static inline void folder_make(struct fixture *f, uint32_t authority) {
    const char *root = getenv("TMPDIR");
    static uint64_t seed = 7;
    *f = (struct fixture){0};
    snprintf(f->dir, sizeof f->dir, "%s/ostia-privacy-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    f->env = env_fixed(&f->clock, (struct moment){1764150000000}, seed++); // 2025-11-26
    f->options = (struct privacy_options){
        .dir = f->dir, .authority = authority, .zone = T("Europe/Brussels"), .create = true};
    struct store_options engine = {.dir = f->dir};
    choose_engine(&engine);
    if (engine.schema) snprintf(f->schema, sizeof f->schema, "%s", engine.schema);
    f->options.url = engine.url;
    f->options.schema = engine.schema ? f->schema : NULL;
}

static inline void service_close(struct fixture *f) {
    privacy_close(f->service);
    f->service = NULL;
}

static inline void service_again(struct fixture *f) {
    service_close(f);
    enum status st = privacy_open(f->env, &f->options, &f->service, &f->problem);
    if (st) fail_msg("privacy_open: %s, %s", status_name(st), f->problem.rule ? f->problem.rule : "");
}

static inline void fixture_remove(struct fixture *f) {
    service_close(f);
    arena_free(&f->arena);
    nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    folder_make(f, ASYLUM);
    service_again(f);
    *state = f;
    return 0;
}

static inline int teardown(void **state) {
    struct fixture *f = *state;
    fixture_remove(f);
    free(f);
    return 0;
}

static inline void days_pass(struct fixture *f, int days) {
    f->clock.at.ms += (int64_t)days * 24 * 3600 * 1000;
}

// Two services that know each other, and no real network between them.
static inline struct privacy_invitation invitation_of(const struct privacy_mapping *m) {
    return (struct privacy_invitation){
        m->channel, m->key,          m->epoch,        m->coordinator,
        m->members, m->member_count, m->delete_after, T("Reg. 2024/1351 Art. 39")};
}

static const struct privacy_reader PROGRAM = {T("exchange"), PRIVACY_MAY_MAP, PRIVACY_FOR_EXCHANGE, {0}};
static const struct privacy_reader CLERK = {T("account 1042"), PRIVACY_MAY_MAP, PRIVACY_FOR_ACCESS,
                                            T("GDPR Art. 15")};

static inline struct privacy_mapping opened(struct fixture *f, int64_t own) {
    static const uint32_t members[] = {POLICE, RECEPTION};
    struct privacy_new n = {own, members, 2, {2031, 3, 31}, T("Reg. 2024/1351 Art. 39")};
    struct privacy_mapping m;
    assert_ok(privacy_create(f->service, &PROGRAM, &n, &m, &f->problem));
    return m;
}

static inline enum status lookup(struct fixture *f, const struct channel_id *channel,
                                 struct privacy_mapping *m) {
    return privacy_own_of(f->service, &PROGRAM, channel, &f->arena, m, &f->problem);
}

static const struct privacy_reader OPERATOR = {T("operator K"), PRIVACY_MAY_KEEP, PRIVACY_FOR_OPERATION, {0}};
static const struct privacy_reader JUDGE = {T("account 7"),
                                            PRIVACY_MAY_HOLD | PRIVACY_MAY_ERASE | PRIVACY_MAY_AUDIT,
                                            PRIVACY_FOR_COURT, T("order 12/26")};
static const struct privacy_reader SECOND = {T("account 8"),
                                             PRIVACY_MAY_HOLD | PRIVACY_MAY_ERASE | PRIVACY_MAY_AUDIT,
                                             PRIVACY_FOR_COURT, T("order 12/26")};

// Brings all notices of `from` that are for `to`; the others stay. Answers how many.
static inline size_t deliver(struct fixture *from, struct fixture *to) {
    uint8_t key[PRIVACY_PUBLIC_KEY_BYTES];
    struct privacy_outgoings all;
    size_t count = 0;
    privacy_public_key(from->service, key);
    assert_ok(privacy_outgoing(from->service, 1000, &from->arena, &all));
    for (size_t i = 0; i < all.count; i++) {
        struct privacy_notice n;
        if (all.items[i].to != privacy_authority(to->service)) continue;
        enum status st = privacy_take(to->service, all.items[i].notice, key, &n, &to->problem);
        if (st && st != STATUS_NOT_FOUND) fail_msg("privacy_take: %s", status_name(st));
        assert_ok(privacy_sent(from->service, all.items[i].number));
        count++;
    }
    return count;
}

static inline size_t erased(struct fixture *f) {
    size_t deleted;
    assert_ok(privacy_delete_due(f->service, &OPERATOR, 1000, &deleted, &f->problem));
    return deleted;
}

static inline size_t missing(struct fixture *f) {
    struct privacy_receipts all;
    assert_ok(privacy_receipts(f->service, &OPERATOR, true, 1000, &f->arena, &all, &f->problem));
    return all.count;
}

static inline int64_t evidence_holds(struct fixture *f) { // entries; fails when one does not fit
    struct privacy_audit audit;
    assert_ok(privacy_audit(f->service, &audit));
    assert_int_equal(audit.wrong, 0);
    return audit.entries;
}
