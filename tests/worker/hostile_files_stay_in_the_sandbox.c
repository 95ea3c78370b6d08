// What a file that took over its reader could try, and what becomes of it: nothing, and the next file is
// read.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../check.h"
#include "base/env.h"
#include "worker/worker.h"

enum {
    OPEN_PASSWD = WORKER_JOB_EXTRA,
    OPEN_PROC,
    OPEN_SOCKET,
    START_PROGRAM,
    MAKE_PROCESS,
    MAKE_FILE,
    KILL_PARENT,
    COUNT_DESCRIPTORS,
    CRASH,
    SPIN,
    SLEEP,
    EAT_MEMORY,
    ANSWER_TOO_MUCH,
    WRITE_FOREVER,
    ECHO,
    REMEMBER
};

static long attempt(uint32_t job) {
    switch (job) {
    case OPEN_PASSWD: return open("/etc/passwd", O_RDONLY);
    case OPEN_PROC: return open("/proc/self/maps", O_RDONLY);
    case OPEN_SOCKET: return socket(AF_INET, SOCK_STREAM, 0);
    case START_PROGRAM: return execl("/bin/true", "true", NULL);
    case MAKE_PROCESS: return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    case MAKE_FILE: return open("/tmp/ostia-worker-was-here", O_CREAT | O_WRONLY, 0600);
    case KILL_PARENT: return kill(getppid(), SIGKILL);
    default: return 0;
    }
}

static int open_descriptors(void) {
    int n = 0;
    for (int fd = 0; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0) n++;
    return n;
}

static void write_forever(void) {
    static const uint8_t noise[4096] = {1};
    struct stat s;
    for (;;)
        for (int fd = 3; fd < 64; fd++)
            if (fstat(fd, &s) == 0 && S_ISFIFO(s.st_mode) && write(fd, noise, sizeof noise) < 0) _exit(0);
}

static enum status act(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                       struct bytes *answer) {
    static int jobs_seen;
    volatile uint64_t turns = 0;
    jobs_seen++;
    switch (job) {
    case CRASH: raise(SIGSEGV); abort();
    case SPIN:
        for (;;) turns++;
    case SLEEP:
        for (;;) pause();
    case EAT_MEMORY:
        for (;;) memset(arena_alloc(a, 1 << 24), 1, 1 << 24);
    case ANSWER_TOO_MUCH:
        *answer = (struct bytes){arena_alloc(a, WORKER_ANSWER_MAX + 1), WORKER_ANSWER_MAX + 1};
        break;
    case WRITE_FOREVER: write_forever(); break;
    case ECHO: *answer = file; break;
    case REMEMBER: *answer = bytes_of(text_printf(a, "%d %d", jobs_seen, args[0])); break;
    case COUNT_DESCRIPTORS: *answer = bytes_of(text_printf(a, "%d", open_descriptors())); break;
    default: {
        errno = 0;
        long got = attempt(job);
        int error = got < 0 ? errno : 0;
        *answer = bytes_of(text_of(error == EPERM || error == EACCES ? "refused"
                                   : error                           ? strerror(error)
                                                                     : "done"));
    }
    }
    return STATUS_OK;
}

static struct worker_pool *pool;

static int begin(void **state) {
    (void)state;
    struct worker_options o = {.job_ms = 1500, .queue_ms = 8000, .memory_bytes = 400 << 20};
    return worker_start(env_real(), &o, &pool) == STATUS_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    worker_stop(pool);
    return 0;
}

static const struct worker_file HELLO = {.bytes = {(const uint8_t *)"hello", 5}, .fd = -1};

// The worker that comes after still works.
static void assert_still_works(void) {
    struct arena a = {0};
    struct bytes answer;
    assert_ok(worker_do(pool, ECHO, NULL, HELLO, &a, &answer));
    assert_text(text_of_bytes(answer), "hello");
    arena_free(&a);
}

static void doors_are_shut(void **state) {
    (void)state;
    for (uint32_t job = OPEN_PASSWD; job <= KILL_PARENT; job++) {
        struct arena a = {0};
        struct bytes answer;
        assert_ok(worker_do(pool, job, NULL, HELLO, &a, &answer));
        if (!text_eq(text_of_bytes(answer), T("refused")))
            fail_msg("attempt %u: " TEXT_FMT, job, TEXT_ARG(text_of_bytes(answer)));
        arena_free(&a);
    }
    struct stat s;
    assert_int_not_equal(stat("/tmp/ostia-worker-was-here", &s), 0);
}

static void nothing_of_the_server_is_open(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes answer;
    int leak = open("/dev/null", O_RDONLY); // without O_CLOEXEC, as a careless library would
    assert_true(leak >= 0);
    struct worker_pool *own;
    assert_ok(worker_start(env_real(), NULL, &own));
    assert_ok(worker_do(own, COUNT_DESCRIPTORS, NULL, HELLO, &a, &answer));
    assert_text(text_of_bytes(answer), "6"); // 0, 1, 2, /dev/null, the file and the answer
    worker_stop(own);
    close(leak);
    arena_free(&a);
}

static void one_file_leaves_nothing_for_the_next(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct arena a = {0};
        struct bytes answer;
        assert_ok(worker_do(pool, REMEMBER, (int32_t[2]){7, 0}, HELLO, &a, &answer));
        assert_text(text_of_bytes(answer), "1 7");
        arena_free(&a);
    }
}

static void a_crash_is_an_answer(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes answer;
    struct worker_stats before = worker_stats(pool);
    assert_status(worker_do(pool, CRASH, NULL, HELLO, &a, &answer), STATUS_CORRUPT);
    assert_int_equal(worker_stats(pool).crashed, before.crashed + 1);
    assert_int_equal(worker_stats(pool).started, before.started); // the process itself lives on
    assert_still_works();
    arena_free(&a);
}

static void a_hang_ends_in_time(void **state) {
    (void)state;
    static const uint32_t HANGS[] = {SLEEP, SPIN};
    for (int i = 0; i < 2; i++) {
        struct arena a = {0};
        struct bytes answer;
        uint64_t from = env_monotonic_us(env_real());
        assert_status(worker_do(pool, HANGS[i], NULL, HELLO, &a, &answer), STATUS_EXPIRED);
        assert_true(env_monotonic_us(env_real()) - from < 6000000);
        assert_still_works();
        arena_free(&a);
    }
}

static void greed_is_bounded(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes answer;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
    enum status st = worker_do(pool, EAT_MEMORY, NULL, HELLO, &a, &answer);
    assert_true(st == STATUS_CORRUPT || st == STATUS_EXPIRED); // on a busy machine its time is over first
    assert_still_works();
#endif
    assert_status(worker_do(pool, ANSWER_TOO_MUCH, NULL, HELLO, &a, &answer), STATUS_TOO_LARGE);
    assert_still_works();
    assert_int_not_equal(worker_do(pool, WRITE_FOREVER, NULL, HELLO, &a, &answer), STATUS_OK);
    assert_still_works();
    arena_free(&a);
}

// ---- killed from outside ----

static pid_t child_of_ours(void) {
    char command[64], line[32] = "";
    snprintf(command, sizeof command, "pgrep -P %d", (int)getpid());
    FILE *f = popen(command, "r");
    pid_t found = 0;
    while (f && fgets(line, sizeof line, f)) {
        char path[64], name[256] = "";
        snprintf(path, sizeof path, "/proc/%d/cmdline", atoi(line));
        FILE *c = fopen(path, "r");
        size_t n = c ? fread(name, 1, sizeof name - 1, c) : 0;
        if (c) fclose(c);
        if (n > 6 && strcmp(name, "ostia") == 0 && strcmp(name + 6, "worker") == 0) found = atoi(line);
    }
    if (f) pclose(f);
    return found;
}

static void *kill_soon(void *arg) {
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    kill(*(pid_t *)arg, SIGKILL);
    return NULL;
}

static void a_killed_worker_is_replaced(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes answer;
    pthread_t killer;
    assert_still_works();
    pid_t worker = child_of_ours();
    assert_true(worker > 0);
    assert_int_equal(pthread_create(&killer, NULL, kill_soon, &worker), 0);
    assert_status(worker_do(pool, SLEEP, NULL, HELLO, &a, &answer), STATUS_IO);
    pthread_join(killer, NULL);
    assert_still_works();
    kill(child_of_ours(), SIGKILL); // and one that dies while it has nothing to do
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    assert_still_works();
    arena_free(&a);
}

static void *one_job(void *arg) {
    struct arena a = {0};
    struct bytes answer;
    *(enum status *)arg = worker_do(pool, ECHO, NULL, HELLO, &a, &answer);
    arena_free(&a);
    return NULL;
}

static void threads_wait_for_their_turn(void **state) {
    (void)state;
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    enum status answers[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, one_job, &answers[i]);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) assert_ok(answers[i]);
}

static void a_job_is_cheap(void **state) {
    (void)state;
    enum { JOBS = 100 };
    uint64_t from = env_monotonic_us(env_real());
    for (int i = 0; i < JOBS; i++) assert_still_works();
    print_message("# %.2f ms a job\n", (double)(env_monotonic_us(env_real()) - from) / 1000 / JOBS);
}

static void a_program_that_is_no_worker_is_noticed(void **state) {
    (void)state;
    struct worker_pool *none;
    assert_status(worker_start(env_real(), &(struct worker_options){.program = "/nonexistent"}, &none),
                  STATUS_IO);
    assert_status(worker_start(env_real(), &(struct worker_options){.program = "/bin/true"}, &none),
                  STATUS_IO);
}

int main(int argc, char **argv) {
    if (worker_is_asked(argc, argv)) return worker_main(act);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doors_are_shut),
        cmocka_unit_test(nothing_of_the_server_is_open),
        cmocka_unit_test(one_file_leaves_nothing_for_the_next),
        cmocka_unit_test(a_crash_is_an_answer),
        cmocka_unit_test(a_hang_ends_in_time),
        cmocka_unit_test(greed_is_bounded),
        cmocka_unit_test(a_killed_worker_is_replaced),
        cmocka_unit_test(threads_wait_for_their_turn),
        cmocka_unit_test(a_job_is_cheap),
        cmocka_unit_test(a_program_that_is_no_worker_is_noticed),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
