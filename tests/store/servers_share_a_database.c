// Several servers on one PostgreSQL database write by turns. One that dies, or loses its connection, neither
// holds up the others nor leaves anything half-done.
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "fixture.h"

static struct store *second_server(struct fixture *f) {
    struct store *s;
    assert_ok(store_open(f->env, &f->options, &s, NULL));
    return s;
}

struct sender {
    struct store *store;
    int64_t from;
    int failed;
};
enum { MANY = 150 };

static void *send_many(void *arg) {
    struct sender *s = arg;
    for (int i = 0; i < MANY; i++) {
        struct note n = {.id = s->from + i};
        s->failed += store_write(s->store, add_note, &n) != STATUS_OK;
    }
    return NULL;
}

static void what_each_writes_is_there_once(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    struct sender senders[4] = {{f->store, 1000, 0}, {second_server(f), 2000, 0}, {f->store, 3000, 0}};
    senders[3] = (struct sender){senders[1].store, 4000, 0};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, send_many, &senders[i]);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++) assert_int_equal(senders[i].failed, 0);
    assert_int_equal(notes_count(f), 4 * MANY);
    store_close(senders[1].store);
}

static void count_others(void *context) {
    ++*(int *)context;
}

static void a_server_is_told_when_another_has_written(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    int told = 0;
    store_hooks_set(f->store, &(struct store_hooks){.context = &told, .others_wrote = count_others});
    assert_ok(note_write(f, 1));
    int at_first = told; // the tables were made before, in a turn of nobody's
    assert_ok(note_write(f, 2));
    assert_int_equal(told, at_first);
    struct store *other = second_server(f);
    struct note n = {.id = 3};
    assert_ok(store_write(other, add_note, &n));
    assert_ok(note_write(f, 4));
    assert_int_equal(told, at_first + 1);
    assert_ok(note_write(f, 5));
    assert_int_equal(told, at_first + 1);
    store_close(other);
}

static enum status write_and_stand(struct db *tx, void *arg) {
    enum status st = add_note(tx, &(struct note){.id = 99});
    int64_t is_there;
    if (!st) st = DB_INT(tx, &is_there, &NOTE_HAS, V_INT(99)); // it has reached the database
    (void)!write(*(int *)arg, "x", 1);
    for (;;) pause();
    return st;
}

static _Noreturn void die_in_the_middle_of_a_turn(struct fixture *f, int tell) {
    struct store *s;
    if (store_open(f->env, &f->options, &s, NULL)) _exit(1);
    (void)!store_write(s, write_and_stand, &tell);
    _exit(1);
}

// Another server, standing in the middle of its turn.
static pid_t server_in_its_turn(struct fixture *f) {
    int pipes[2];
    char c;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) die_in_the_middle_of_a_turn(f, pipes[1]);
    assert_int_equal(read(pipes[0], &c, 1), 1);
    close(pipes[0]);
    close(pipes[1]);
    return child;
}

static void write_within(struct fixture *f, int ms) {
    uint64_t from = env_monotonic_us(f->env);
    assert_ok(note_write(f, 1));
    int passed = (int)((env_monotonic_us(f->env) - from) / 1000);
    print_message("# written after %d ms\n", passed);
    assert_true(passed < ms);
    assert_false(note_is_there(f, 99));
}

static void a_killed_server_holds_up_nobody(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    pid_t other = server_in_its_turn(f);
    kill(other, SIGKILL);
    write_within(f, 2000);
    waitpid(other, NULL, 0);
}

// One that stands still, with its connection open: the database ends its turn.
static void a_server_that_hangs_holds_up_the_others_for_two_seconds(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    pid_t other = server_in_its_turn(f);
    write_within(f, 3000); // and a second for a busy machine
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

// ---- lost connections

static const struct sql END_SELF = SQL("end_self", "select pg_terminate_backend(pg_backend_pid())");

static enum status end_self(struct db *tx, void *arg) {
    struct rows r;
    enum status st = add_note(tx, arg);
    if (!st) st = DB_QUERY(tx, &r, &END_SELF);
    if (st) return st;
    return rows_end(&r);
}

static void a_connection_lost_in_a_job_fails_it_and_nothing_else(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    struct note n = {.id = 7};
    assert_ok(note_write(f, 1));
    assert_status(store_write(f->store, end_self, &n), STATUS_IO);
    assert_false(note_is_there(f, 7));
    assert_ok(note_write(f, 2)); // connected again
    assert_int_equal(notes_count(f), 2);
}

// The server ends the writer's connection while nobody uses it; the next write must not notice.
static void a_connection_lost_while_idle_is_made_again(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    static const struct sql END_WRITERS =
        SQL("end_writers", "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <>"
                           " pg_backend_pid() and application_name = 'ostia ' || current_schema() and state "
                           "= 'idle' and query like"
                           " '%commit%'");
    assert_ok(note_write(f, 1));
    (void)ask(f, &END_WRITERS, 0, false);
    assert_ok(note_write(f, 2));
    assert_int_equal(notes_count(f), 2);
}

// As a database looks that was put back, or that took over without having all.
static void go_back(struct fixture *f) {
    char sql[128];
    PGconn *c = PQconnectdb(f->options.url);
    snprintf(sql, sizeof sql, "update %s.store_server set turn = 1", f->options.schema);
    PQclear(PQexec(c, sql));
    PQfinish(c);
}

static bool says_in_its_log(struct fixture *f, int64_t note, const char *word) {
    char path[512], line[512];
    bool said = false;
    snprintf(path, sizeof path, "%s/log", f->dir);
    int before = dup(STDERR_FILENO), into = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(into, STDERR_FILENO);
    assert_ok(note_write(f, note));
    dup2(before, STDERR_FILENO);
    close(before);
    close(into);
    FILE *log = fopen(path, "r");
    while (fgets(line, sizeof line, log)) said |= strstr(line, word) != NULL;
    fclose(log);
    return said;
}

static void a_database_that_lost_what_was_acknowledged_is_noticed(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    for (int i = 1; i < 5; i++) assert_ok(note_write(f, i));
    assert_false(says_in_its_log(f, 5, "store.behind"));
    go_back(f);
    assert_true(says_in_its_log(f, 6, "store.behind"));
    assert_false(says_in_its_log(f, 7, "store.behind"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_each_writes_is_there_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_is_told_when_another_has_written, setup, teardown),
        cmocka_unit_test_setup_teardown(a_killed_server_holds_up_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_that_hangs_holds_up_the_others_for_two_seconds, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_connection_lost_in_a_job_fails_it_and_nothing_else, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_connection_lost_while_idle_is_made_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_database_that_lost_what_was_acknowledged_is_noticed, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
