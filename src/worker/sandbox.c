#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/job.h"

enum { NOBODY = 65534, OPEN_FILES_MAX = 64 };

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER 1
#endif
#endif

// What a PDF reader must open after sealing: fonts that a document names but does not bring.
static const char *const READABLE[] = {
    "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig",
    "/etc/fonts",       "/var/cache/fontconfig",  "/usr/share/poppler",
};

static bool own_network(void) {
    if (unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0) return true;
    return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0;
}

// A server that was started by root does not keep root for strangers' files.
static bool leave_root(void) {
    if (geteuid() != 0) return true;
    return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
           setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

static void landlock_allow(int rules, const char *path) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0)
        log_line(LOG_WARNING, "worker.landlock", "errno=%d", errno);
    close(fd);
}

// No file but fonts, where the kernel offers Landlock (ABI 1 of Linux 5.13, ABI 2 of 5.19).
static bool landlock(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return false;
    struct landlock_ruleset_attr attr = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    if (abi >= 2) attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0) return false;
    for (size_t i = 0; i < sizeof READABLE / sizeof *READABLE; i++) landlock_allow(rules, READABLE[i]);
    bool on = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return on;
}

static bool limit(int what, rlim_t most) {
    return setrlimit((__rlimit_resource_t)what, &(struct rlimit){most, most}) == 0;
}

bool sandbox_process(const struct worker_limits *limits, struct sandbox *out) {
    out->own_network = own_network(); // without it, seccomp still refuses every socket
    if (!leave_root() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    out->landlock = landlock(); // without it, seccomp refuses every open
#ifndef ADDRESS_SANITIZER       // which reserves terabytes of addresses
    if (!limit(RLIMIT_AS, (rlim_t)limits->memory_bytes)) return false;
#endif
    (void)limits;
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, OPEN_FILES_MAX);
}

// clang-format off
static const int CALLS[] = {
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(stat), SCMP_SYS(lstat),
    SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(lseek), SCMP_SYS(access), SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(getcwd),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid),
    SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(pause),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo), SCMP_SYS(uname),
    SCMP_SYS(getrusage),
};
// clang-format on

static int allow(scmp_filter_ctx f, int call) {
    int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 0);
    return bad == -EDOM ? 0 : bad; // a call that this machine does not have
}

// Memory can be had, but never made executable.
static int allow_plain_memory(scmp_filter_ctx f) {
    struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
    return bad ? bad : seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
}

static int allow_reading(scmp_filter_ctx f) {
    struct scmp_arg_cmp only = SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    struct scmp_arg_cmp only_old = SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, only);
    if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, only_old);
    return bad == -EDOM ? 0 : bad;
}

// abort() may end this process, reading limits is harmless, and flags of open files may be asked.
static int allow_narrow_calls(scmp_filter_ctx f) {
    int bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                               SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    if (!bad) bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
    for (int command = F_GETFD; !bad && command <= F_GETFL; command++)
        bad = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                               SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)command));
    return bad;
}

bool sandbox_calls(bool may_read) {
    // Anything else fails with EPERM instead of killing: libraries try calls that they can do without.
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!f) return false;
    int bad = 0;
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS && !bad; i++) bad = allow(f, CALLS[i]);
    if (!bad) bad = allow_plain_memory(f);
    if (!bad) bad = allow_narrow_calls(f);
    if (!bad && may_read) bad = allow_reading(f);
    if (!bad) bad = seccomp_load(f);
    seccomp_release(f);
    return bad == 0;
}

static bool refused(long answer) {
    return answer < 0 && (errno == EPERM || errno == EACCES);
}

bool sandbox_holds(void) {
    return refused(open("/etc/passwd", O_RDONLY)) && refused(open("/tmp/x", O_CREAT | O_WRONLY, 0600)) &&
           refused(socket(AF_INET, SOCK_STREAM, 0)) && refused(socket(AF_UNIX, SOCK_STREAM, 0)) &&
           refused(syscall(SYS_clone, 0, 0, 0, 0, 0)) &&
           refused(syscall(SYS_execve, "/bin/true", NULL, NULL)) && refused(kill(getppid(), 0)) &&
           mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
