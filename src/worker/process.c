// The worker process: loads, seals itself, and forks a child for each file.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/job.h"

struct process {
    struct worker_limits limits;
    struct sandbox sandbox;
    worker_job_fn *extra;
    int null_fd;
};

static const struct {
    uint32_t job;
    worker_job_fn *run;
} JOBS[] = {
    {WORKER_SNIFF, job_sniff},       {WORKER_THUMBNAIL_JPEG, job_jpeg}, {WORKER_THUMBNAIL_PNG, job_png},
    {WORKER_PDF_PAGE, job_pdf_page}, {WORKER_PDF_PAGES, job_pdf_pages}, {WORKER_PDF_TEXT, job_pdf_text},
    {WORKER_ZONE, job_zone},
};

static enum status run_job(const struct process *p, const struct worker_request *r, struct bytes file,
                           struct arena *a, struct bytes *answer) {
    if (r->job >= WORKER_JOB_EXTRA)
        return p->extra ? p->extra(r->job, r->args, file, a, answer) : STATUS_UNSUPPORTED;
    for (size_t i = 0; i < sizeof JOBS / sizeof *JOBS; i++)
        if (JOBS[i].job == r->job) return JOBS[i].run(r->job, r->args, file, a, answer);
    return STATUS_UNSUPPORTED;
}

static enum status read_file(int fd, struct arena *a, struct bytes *file) {
    struct stat s;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return STATUS_IO;
    if (s.st_size > WORKER_FILE_MAX) return STATUS_TOO_LARGE;
    uint8_t *p = arena_alloc(a, (size_t)s.st_size + 1);
    size_t n = 0;
    while (n < (size_t)s.st_size) {
        ssize_t got = pread(fd, p + n, (size_t)s.st_size - n, (off_t)n);
        if (got < 0) return STATUS_IO;
        if (got == 0) break;
        n += (size_t)got;
    }
    *file = (struct bytes){p, n};
    return STATUS_OK;
}

static bool write_all(int fd, const void *data, size_t n) {
    for (const uint8_t *p = data; n > 0;) {
        ssize_t sent = write(fd, p, n);
        if (sent <= 0) return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool child_seal(const struct process *p, pid_t parent) {
    rlim_t seconds = (rlim_t)p->limits.cpu_seconds;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) return false;
    if (setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds + 1}) != 0) return false;
    if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, 0}) != 0) return false;
    dup2(p->null_fd, STDERR_FILENO); // libraries quote documents in their complaints
    return sandbox_calls(p->sandbox.landlock);
}

static _Noreturn void child(const struct process *p, const struct worker_request *r, int in, int out,
                            pid_t parent) {
    struct arena a = {0};
    struct bytes file, answer = {0};
    close(WORKER_CONTROL_FD);
    if (!child_seal(p, parent)) _exit(1);
    enum status st = read_file(in, &a, &file);
    if (!st) st = run_job(p, r, file, &a, &answer);
    if (!st && answer.n > WORKER_ANSWER_MAX) st = STATUS_TOO_LARGE;
    if (st) answer = (struct bytes){0};
    struct worker_answer head = {WORKER_MAGIC, (uint32_t)st, answer.n};
    bool sent = write_all(out, &head, sizeof head) && write_all(out, answer.p, answer.n);
    _exit(sent ? 0 : 1);
}

// A child that only tries what must not work.
static bool self_test(const struct process *p) {
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) _exit(child_seal(p, parent) && sandbox_holds() ? 0 : 1);
    int how = 1;
    return pid > 0 && waitpid(pid, &how, 0) == pid && how == 0;
}

// One request with its two descriptors. False when the server is gone or talks nonsense.
static bool receive(struct worker_request *r, int fds[2]) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec io = {r, sizeof *r};
    struct msghdr m = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t n;
    do n = recvmsg(WORKER_CONTROL_FD, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (n != sizeof *r || r->magic != WORKER_MAGIC || !c || c->cmsg_type != SCM_RIGHTS ||
        c->cmsg_len != CMSG_LEN(2 * sizeof(int)))
        return false;
    memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
    return true;
}

static bool report(int outcome) {
    struct worker_report r = {WORKER_MAGIC, outcome};
    return send(WORKER_CONTROL_FD, &r, sizeof r, MSG_NOSIGNAL) == sizeof r;
}

static bool serve_one(const struct process *p) {
    struct worker_request r;
    int fds[2], how = 0;
    if (!receive(&r, fds)) return false;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) child(p, &r, fds[0], fds[1], parent);
    close(fds[0]);
    close(fds[1]);
    if (pid < 0) return report(-1);
    while (waitpid(pid, &how, 0) < 0)
        if (errno != EINTR) return false;
    return report(how);
}

bool worker_is_asked(int argc, char **argv) {
    return argc == 2 && strcmp(argv[1], "worker") == 0;
}

int worker_main(worker_job_fn *extra) {
    struct process p = {.extra = extra, .null_fd = open("/dev/null", O_RDWR | O_CLOEXEC)};
    signal(SIGPIPE, SIG_IGN);
    if (recv(WORKER_CONTROL_FD, &p.limits, sizeof p.limits, 0) != sizeof p.limits ||
        p.limits.magic != WORKER_MAGIC) {
        fprintf(stderr, "The worker is started by the server, not by hand.\n");
        return 2;
    }
    bool ready = sniff_prepare();
    pdf_prepare();
    zone_prepare();
    ready = ready && sandbox_process(&p.limits, &p.sandbox) && self_test(&p);
    log_line(ready ? LOG_INFO : LOG_ERROR, ready ? "worker.sealed" : "worker.not_sealed",
             "landlock=%d own_network=%d", p.sandbox.landlock, p.sandbox.own_network);
    if (!report(ready ? 0 : 1) || !ready) return 1;
    while (serve_one(&p)) {
    }
    _exit(0); // sealed, it may not open what a leak checker reads at the end (/proc/PID/task)
}
