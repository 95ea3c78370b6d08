#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "story.h"

// The disk is full: the command is refused with a clear page, reading goes on, and the case is what it was.
static void a_full_disk_leaves_the_case_unchanged(void **state) {
    (void)state;
    only_on_sqlite(); // a server has a disk of its own
    struct house h;
    struct case_file f;
    struct text finding;
    char fill[128];
    char dir[64] = "/tmp/ostia-full-XXXXXX";
    assert_non_null(mkdtemp(dir));
    if (mount("tmpfs", dir, "tmpfs", 0, "size=24m") != 0) {
        print_message("# skipped: needs the right to mount\n");
        rmdir(dir);
        return;
    }
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    house_close(&h);
    char command[256], old[64];
    snprintf(command, sizeof command, "cp -a %s/. %s/", h.dir, dir);
    assert_int_equal(system(command), 0);
    memcpy(old, h.dir, sizeof old);
    memcpy(h.dir, dir, sizeof dir);
    house_open(&h);
    snprintf(fill, sizeof fill, "dd if=/dev/zero of=%s/fill bs=4k 2>/dev/null", dir);
    assert_int_not_equal(system(fill), 0);
    enum status st = STATUS_OK;
    char *big = arena_alloc(&h.arena, MESSAGE_BYTES_MAX);
    memset(big, 'm', MESSAGE_BYTES_MAX);
    for (int i = 0; i < 2000 && !st; i++)
        st = try_do(&h, APPLICANT,
                    (struct command){.kind = COMMAND_SEND_MESSAGE,
                                     .case_id = id,
                                     .send_message = {{big, MESSAGE_BYTES_MAX}}});
    assert_int_equal(st, STATUS_FULL);
    assert_string_equal(h.problem.text_key, "problem.store.full");
    snprintf(fill, sizeof fill, "%s/fill", dir);
    assert_int_equal(unlink(fill), 0);
    DO(&h, APPLICANT, .kind = COMMAND_SEND_MESSAGE, .case_id = id,
       .send_message = {T("There is room again.")});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.messages.items[f.messages.count - 1].body, "There is room again.");
    assert_ok(verified(&h, &finding));
    house_close(&h);
    arena_free(&h.arena);
    assert_int_equal(umount2(dir, MNT_DETACH), 0);
    rmdir(dir);
    snprintf(command, sizeof command, "rm -rf %s", old);
    assert_int_equal(system(command), 0);
}

static void a_restart_in_the_middle_loses_nothing(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    for (int i = 0; i < 3; i++) {
        house_close(&h);
        house_open(&h);
        DO(&h, APPLICANT, .kind = COMMAND_SEND_MESSAGE, .case_id = id, .send_message = {T("Still there?")});
    }
    registered(&h, id);
    story_ends(&h);
}

// Many commands of many cases in one go, one of them impossible.
static void one_that_fails_does_not_hold_up_the_others(void **state) {
    (void)state;
    enum { MANY = 40 };
    struct house h;
    struct case_file f;
    struct cases_request list[MANY] = {0};
    struct command c[MANY];
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct actor applicant = who(&h, APPLICANT);
    for (int i = 0; i < MANY; i++) {
        c[i] = (struct command){
            .kind = COMMAND_SEND_MESSAGE, .case_id = id, .send_message = {i == 7 ? T("") : T("Hello")}};
        list[i] = (struct cases_request){.actor = &applicant, .command = &c[i], .answer = &h.arena};
    }
    cases_do_each(h.cases, list, MANY);
    for (int i = 0; i < MANY; i++) assert_int_equal(list[i].status, i == 7 ? STATUS_INVALID : STATUS_OK);
    assert_string_equal(list[7].problem.field, "body");
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.messages.count, MANY - 1);
    story_ends(&h);
}

// Hundreds of looks: the newest lines of the timeline stay visible.
static void a_long_history_still_shows_the_newest(void **state) {
    (void)state;
    enum { MANY = 1200 }; // half of them events of the timeline, which shows 500
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct actor applicant = who(&h, APPLICANT);
    struct command c = {.kind = COMMAND_SEND_MESSAGE, .case_id = id, .send_message = {T("Hello")}};
    struct cases_request *list = ARENA_ARRAY(&h.arena, struct cases_request, MANY / 2);
    for (int i = 0; i < MANY / 2; i++)
        list[i] = (struct cases_request){.actor = &applicant, .command = &c, .answer = &h.arena};
    cases_do_each(h.cases, list, MANY / 2);
    registered(&h, id);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.timeline.count, 500);
    bool registered_there = false;
    for (size_t i = 0; i < 10; i++)
        registered_there |= text_eq(f.timeline.items[i].event, T("application_registered"));
    assert_true(registered_there);
    house_end(&h);
}

STORIES(cmocka_unit_test(a_full_disk_leaves_the_case_unchanged),
        cmocka_unit_test(a_restart_in_the_middle_loses_nothing),
        cmocka_unit_test(one_that_fails_does_not_hold_up_the_others),
        cmocka_unit_test(a_long_history_still_shows_the_newest))
