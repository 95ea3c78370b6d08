// The server's side: a bounded pool of worker processes, each with one job at a time.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/job.h"

struct slot {
    pid_t pid;   // 0: no process
    int control; // our end of the socket
    bool sealed; // its first report came
    bool is_busy;
};

struct worker_pool {
    const struct env *env;
    struct worker_options options;
    pthread_mutex_t lock; // over is_busy of the slots and the stats
    pthread_cond_t freed;
    struct worker_stats stats;
    struct slot slots[WORKER_POOL_MAX];
};

static uint64_t deadline_in(const struct worker_pool *pool, int ms) {
    return env_monotonic_us(pool->env) + (uint64_t)ms * 1000;
}

static int ms_until(const struct worker_pool *pool, uint64_t deadline) {
    uint64_t now = env_monotonic_us(pool->env);
    return now >= deadline ? 0 : (int)((deadline - now + 999) / 1000);
}

static void count(struct worker_pool *pool, int64_t *counter) {
    pthread_mutex_lock(&pool->lock);
    ++*counter;
    pthread_mutex_unlock(&pool->lock);
}

// ---- processes ----

static int spawn(const char *program, int child_end, pid_t *pid) {
    char *argv[] = {(char *)"ostia", (char *)"worker", NULL};
    char *sanitizer[2] = {getenv("ASAN_OPTIONS"), getenv("UBSAN_OPTIONS")};
    // no threads: a sealed child may start none
    char *envp[] = {(char *)"LC_ALL=C.UTF-8", (char *)"OMP_THREAD_LIMIT=1", NULL, NULL, NULL};
    for (int i = 0, at = 2; i < 2; i++)
        if (sanitizer[i]) envp[at++] = sanitizer[i] - strlen(i ? "UBSAN_OPTIONS=" : "ASAN_OPTIONS=");
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, child_end, WORKER_CONTROL_FD);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, WORKER_CONTROL_FD + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0); // a Ctrl-C at the server's terminal is not for it
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int bad = posix_spawn(pid, program, &actions, &attributes, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return bad;
}

static void slot_end(struct slot *s) {
    int how = 0;
    if (s->pid == 0) return;
    close(s->control);
    kill(-s->pid, SIGKILL);
    kill(s->pid, SIGKILL); // in case it had not yet its own group
    while (waitpid(s->pid, &how, 0) < 0 && errno == EINTR) {
    }
    log_line(LOG_DEBUG, "worker.ended", "pid=%d signal=%d exit=%d", (int)s->pid,
             WIFSIGNALED(how) ? WTERMSIG(how) : 0, WIFEXITED(how) ? WEXITSTATUS(how) : 0);
    *s = (struct slot){.is_busy = s->is_busy};
}

static enum status slot_begin(struct worker_pool *pool, struct slot *s) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return STATUS_IO;
    int bad = spawn(pool->options.program, ends[1], &s->pid);
    close(ends[1]);
    if (bad) {
        log_line(LOG_ERROR, "worker.not_started", "errno=%d", bad);
        close(ends[0]);
        s->pid = 0;
        return STATUS_IO;
    }
    s->control = ends[0];
    s->sealed = false;
    count(pool, &pool->stats.started);
    // The CPU limit is a second net under the wall clock of a job.
    struct worker_limits limits = {WORKER_MAGIC, pool->options.job_ms / 1000 + 1, pool->options.memory_bytes};
    if (send(s->control, &limits, sizeof limits, MSG_NOSIGNAL) == sizeof limits) return STATUS_OK;
    slot_end(s);
    return STATUS_IO;
}

// The next report of the process. STATUS_EXPIRED, or STATUS_IO when the process is gone.
static enum status next_report(struct worker_pool *pool, struct slot *s, uint64_t deadline, int *outcome) {
    struct pollfd p = {.fd = s->control, .events = POLLIN};
    struct worker_report r;
    int ready;
    do ready = poll(&p, 1, ms_until(pool, deadline));
    while (ready < 0 && errno == EINTR);
    if (ready == 0) return STATUS_EXPIRED;
    if (ready < 0 || recv(s->control, &r, sizeof r, MSG_DONTWAIT) != sizeof r || r.magic != WORKER_MAGIC)
        return STATUS_IO;
    *outcome = r.outcome;
    return STATUS_OK;
}

// Makes sure that the slot has a sealed process.
static enum status slot_ready(struct worker_pool *pool, struct slot *s) {
    enum status st = STATUS_OK;
    int outcome = 0;
    if (s->pid == 0) st = slot_begin(pool, s);
    if (st || s->sealed) return st;
    st = next_report(pool, s, deadline_in(pool, pool->options.start_ms), &outcome);
    if (st || outcome != 0) {
        log_line(LOG_ERROR, "worker.not_ready", "status=\"%s\" outcome=%d", status_name(st), outcome);
        slot_end(s);
        return STATUS_IO;
    }
    s->sealed = true;
    return STATUS_OK;
}

// ---- the pool ----

static int or_default(int value, int otherwise) {
    return value > 0 ? value : otherwise;
}

enum status worker_start(const struct env *env, const struct worker_options *options,
                         struct worker_pool **out) {
    struct worker_pool *pool = calloc(1, sizeof *pool);
    assert(pool);
    pool->env = env;
    if (options) pool->options = *options;
    struct worker_options *o = &pool->options;
    o->workers = or_default(o->workers, 1);
    o->job_ms = or_default(o->job_ms, 20000);
    o->queue_ms = or_default(o->queue_ms, 5000);
    o->start_ms = or_default(o->start_ms, 10000);
    if (o->memory_bytes <= 0) o->memory_bytes = INT64_C(1) << 30;
    if (!o->program) o->program = "/proc/self/exe";
    assert(o->workers <= WORKER_POOL_MAX);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status st = STATUS_OK;
    for (int i = 0; i < o->workers && !st; i++) st = slot_begin(pool, &pool->slots[i]);
    for (int i = 0; i < o->workers && !st; i++) st = slot_ready(pool, &pool->slots[i]);
    if (st) {
        worker_stop(pool);
        return st;
    }
    *out = pool;
    return STATUS_OK;
}

void worker_stop(struct worker_pool *pool) {
    if (!pool) return;
    for (int i = 0; i < pool->options.workers; i++) {
        assert(!pool->slots[i].is_busy);
        slot_end(&pool->slots[i]);
    }
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct worker_stats worker_stats(struct worker_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    struct worker_stats s = pool->stats;
    pthread_mutex_unlock(&pool->lock);
    return s;
}

static struct slot *free_slot(struct worker_pool *pool) {
    for (int i = 0; i < pool->options.workers; i++)
        if (!pool->slots[i].is_busy) return &pool->slots[i];
    return NULL;
}

static struct slot *take(struct worker_pool *pool) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += pool->options.queue_ms / 1000;
    until.tv_nsec += pool->options.queue_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
    pthread_mutex_lock(&pool->lock);
    struct slot *s;
    while (!(s = free_slot(pool)))
        if (pthread_cond_timedwait(&pool->freed, &pool->lock, &until) == ETIMEDOUT) break;
    if (!s) s = free_slot(pool);
    if (s) s->is_busy = true;
    pthread_mutex_unlock(&pool->lock);
    return s;
}

static void give_back(struct worker_pool *pool, struct slot *s, enum status st) {
    pthread_mutex_lock(&pool->lock);
    s->is_busy = false;
    pool->stats.jobs++;
    if (st) pool->stats.failed++;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

// ---- one job ----

static enum status as_descriptor(struct worker_file file, int *fd) {
    if (!file.bytes.p) {
        *fd = fcntl(file.fd, F_DUPFD_CLOEXEC, 0);
        return *fd < 0 ? STATUS_IO : STATUS_OK;
    }
    if (file.bytes.n > WORKER_FILE_MAX) return STATUS_TOO_LARGE;
    *fd = memfd_create("ostia-worker", MFD_CLOEXEC);
    if (*fd < 0) return STATUS_IO;
    for (size_t at = 0; at < file.bytes.n;) {
        ssize_t n = write(*fd, file.bytes.p + at, file.bytes.n - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            close(*fd);
            return STATUS_IO;
        }
        at += (size_t)n;
    }
    return STATUS_OK;
}

static bool send_request(struct slot *s, uint32_t job, const int32_t args[2], int in, int out) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct worker_request r = {WORKER_MAGIC, job, {args ? args[0] : 0, args ? args[1] : 0}};
    struct iovec io = {&r, sizeof r};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(c), (int[2]){in, out}, 2 * sizeof(int));
    return sendmsg(s->control, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof r;
}

// Up to n bytes; *got is less at the end of the stream. STATUS_EXPIRED at the deadline.
static enum status read_upto(struct worker_pool *pool, int fd, uint64_t deadline, void *into, size_t n,
                             size_t *got) {
    *got = 0;
    while (*got < n) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, ms_until(pool, deadline));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return STATUS_EXPIRED;
        ssize_t more = read(fd, (uint8_t *)into + *got, n - *got);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return STATUS_IO;
        if (more == 0) break;
        *got += (size_t)more;
    }
    return STATUS_OK;
}

// The whole answer, to the end of the stream: a child that goes on writing, or does not end, has not
// answered.
static enum status read_answer(struct worker_pool *pool, int fd, uint64_t deadline, struct arena *a,
                               struct bytes *answer) {
    struct worker_answer head;
    size_t got;
    uint8_t more;
    enum status st = read_upto(pool, fd, deadline, &head, sizeof head, &got);
    if (st) return st;
    if (got < sizeof head || head.magic != WORKER_MAGIC || head.status >= STATUS_COUNT) return STATUS_CORRUPT;
    if (head.length > WORKER_ANSWER_MAX) return STATUS_TOO_LARGE;
    uint8_t *p = arena_alloc(a, head.length + 1);
    st = read_upto(pool, fd, deadline, p, head.length, &got);
    if (!st && got < head.length) st = STATUS_CORRUPT;
    if (!st) st = read_upto(pool, fd, deadline, &more, 1, &got);
    if (!st && got > 0) st = STATUS_TOO_LARGE;
    if (st) return st;
    *answer = (struct bytes){p, head.length};
    return (enum status)head.status;
}

static void child_crashed(struct worker_pool *pool, uint32_t job, int how) {
    count(pool, &pool->stats.crashed);
    log_line(LOG_WARNING, "worker.crashed", "job=%u signal=%d exit=%d", job,
             WIFSIGNALED(how) ? WTERMSIG(how) : 0, WIFEXITED(how) ? WEXITSTATUS(how) : 0);
}

// Waits until the child is gone. When it stays, or the process itself is gone, another process takes the
// place.
static enum status settle(struct worker_pool *pool, struct slot *s, uint32_t job, enum status st) {
    enum { LINGER_MS = 500 }; // a child has answered and only needs to end
    int how = 0;
    enum status gone = st == STATUS_EXPIRED ? st : next_report(pool, s, deadline_in(pool, LINGER_MS), &how);
    if (gone == STATUS_OK) {
        if (how == 0) return st;
        child_crashed(pool, job, how);
        if (WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU) return STATUS_EXPIRED;
        return st ? st : STATUS_CORRUPT;
    }
    log_line(LOG_WARNING, "worker.killed", "job=%u status=\"%s\"", job, status_name(gone));
    count(pool, &pool->stats.killed);
    slot_end(s);
    enum status again =
        slot_begin(pool, s); // it seals itself while we go on; a failure shows at the next job
    (void)again;
    return gone == STATUS_IO || !st ? gone : st;
}

static enum status run_in(struct worker_pool *pool, struct slot *s, uint32_t job, const int32_t args[2],
                          int in, struct arena *a, struct bytes *answer) {
    int ends[2];
    enum status st = slot_ready(pool, s);
    if (st) return st;
    if (pipe2(ends, O_CLOEXEC) != 0) return STATUS_IO;
    uint64_t deadline = deadline_in(pool, pool->options.job_ms);
    bool sent = send_request(s, job, args, in, ends[1]);
    if (!sent) { // it died while idle: a new one
        slot_end(s);
        st = slot_ready(pool, s);
        if (!st && !send_request(s, job, args, in, ends[1])) st = STATUS_IO;
    }
    close(ends[1]);
    if (!st) {
        st = read_answer(pool, ends[0], deadline, a, answer);
        close(ends[0]); // a child that still writes gets EPIPE
        return settle(pool, s, job, st);
    }
    close(ends[0]);
    return st;
}

enum status worker_do(struct worker_pool *pool, uint32_t job, const int32_t args[2], struct worker_file file,
                      struct arena *a, struct bytes *answer) {
    int in;
    enum status st = as_descriptor(file, &in);
    if (st) return st;
    struct slot *s = take(pool);
    st = s ? run_in(pool, s, job, args, in, a, answer) : STATUS_BUSY;
    if (s) give_back(pool, s, st);
    close(in);
    return st;
}
