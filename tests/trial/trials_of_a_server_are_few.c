// The trials that people have open in a server: each its owner's, few at once, and ended when they lie idle.
#include "trial/live.h"

#include <unistd.h>

#include "base/log.h"
#include "check.h"

struct law {
    struct arena arena;
    struct pack_files files;
    struct pack *pack;
    char folder[64];
};

static void law_read(struct law *l) {
    struct problem p = {0};
    *l = (struct law){0};
    snprintf(l->folder, sizeof l->folder, "/tmp/ostia-trials-XXXXXX");
    assert_non_null(mkdtemp(l->folder));
    setenv("TMPDIR", l->folder, 1);
    assert_ok(pack_files_from_folder(&l->arena, "packs/eu-asylum", &l->files, &p));
    assert_ok(pack_read(&l->arena, &l->files, &l->pack, &p));
}

static void law_end(struct law *l) {
    assert_int_equal(rmdir(l->folder), 0); // every house is gone
    pack_release(l->pack);
    arena_free(&l->arena);
}

static enum status begun(struct law *l, struct trials *all, int64_t account, int64_t now_ms, int64_t *id) {
    struct trial_options o = {.pack = l->pack, .files = &l->files};
    struct trial *t;
    struct problem p = {0};
    assert_ok(trial_open(&o, &t, &p));
    enum status st =
        trials_add(all, account, (struct moment){now_ms}, t, T("eu-asylum 1.0.0"), T("/policy/try"), id);
    if (st) trial_close(t);
    return st;
}

static void a_trial_is_its_owners(void **state) {
    (void)state;
    struct law l;
    struct trial_live *live;
    int64_t id;
    law_read(&l);
    struct trials *all = trials_new();
    assert_ok(begun(&l, all, 7, 1000, &id));
    assert_int_equal(trials_of(all, 7), id);
    assert_int_equal(trials_of(all, 8), 0);
    assert_int_equal(trials_take(all, 8, id, (struct moment){1000}, &live), STATUS_NOT_FOUND);
    assert_int_equal(trials_take(all, 7, id + 1, (struct moment){1000}, &live), STATUS_NOT_FOUND);
    assert_ok(trials_take(all, 7, id, (struct moment){1000}, &live));
    struct trial_live *second = NULL;
    assert_int_equal(trials_take(all, 7, id, (struct moment){1000}, &second), STATUS_BUSY); // not for ever
    assert_null(second);
    trials_end(all, 7, id); // it is in use, and goes when it is given back
    assert_non_null(live->trial);
    trials_give(all, live);
    assert_int_equal(trials_take(all, 7, id, (struct moment){1000}, &live), STATUS_NOT_FOUND);
    trials_free(all);
    law_end(&l);
}

static void one_more_than_there_is_room_for_is_refused(void **state) {
    (void)state;
    struct law l;
    int64_t id, first;
    law_read(&l);
    struct trials *all = trials_new();
    for (int i = 0; i < TRIALS_MAX; i++) assert_ok(begun(&l, all, 10 + i, 1000, i ? &id : &first));
    assert_int_equal(begun(&l, all, 99, 2000, &id), STATUS_BUSY);
    assert_ok(begun(&l, all, 10, 2000, &id)); // in place of the own one
    assert_int_not_equal(id, first);
    assert_int_equal(trials_of(all, 10), id);
    assert_ok(begun(&l, all, 99, 2001 + TRIAL_IDLE_MS, &id)); // all others lie idle, and end
    assert_int_equal(trials_of(all, 11), 0);
    trials_free(all);
    law_end(&l);
}

static void a_trial_that_lies_idle_ends(void **state) {
    (void)state;
    struct law l;
    struct trial_live *live;
    int64_t id;
    law_read(&l);
    struct trials *all = trials_new();
    assert_ok(begun(&l, all, 7, 1000, &id));
    trials_sweep(all, (struct moment){1000 + TRIAL_IDLE_MS});
    assert_ok(trials_take(all, 7, id, (struct moment){1000 + TRIAL_IDLE_MS}, &live));
    trials_sweep(all, (struct moment){9000 + INT64_C(2) * TRIAL_IDLE_MS}); // not while somebody works with it
    trials_give(all, live);
    assert_int_equal(trials_of(all, 7), id);
    trials_sweep(all, (struct moment){9000 + INT64_C(2) * TRIAL_IDLE_MS});
    assert_int_equal(trials_of(all, 7), 0);
    trials_free(all);
    law_end(&l);
}

// Its house is gone by then: what was wrong is still told.
static void a_trial_that_cannot_open_says_why(void **state) {
    (void)state;
    struct law l;
    struct trial *t = NULL;
    struct problem p = {0};
    law_read(&l);
    struct trial_options o = {.pack = l.pack, .files = &l.files, .answer = &l.arena};
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_int_equal(trial_open(&o, &t, &p), STATUS_IO);
    assert_null(t);
    assert_string_equal(p.rule, "trial_folder");
    assert_text(p.args[0].value, "/nowhere/at/all");
    o.answer = NULL;
    assert_int_equal(trial_open(&o, &t, &p), STATUS_IO);
    assert_null(p.rule);
    setenv("TMPDIR", l.folder, 1);
    law_end(&l);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_is_its_owners), cmocka_unit_test(one_more_than_there_is_room_for_is_refused),
        cmocka_unit_test(a_trial_that_lies_idle_ends), cmocka_unit_test(a_trial_that_cannot_open_says_why)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
