// inherit.c - a listening socket from the service manager (the protocol of sd_listen_fds(3)): LISTEN_PID is
// this process, LISTEN_FDS counts descriptors from 3 on.
#include "ostia/inherit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"

enum { FIRST_FD = 3 };

bool inherit_socket(int *fd) {
    int64_t pid, count;
    struct text for_pid = text_of(getenv("LISTEN_PID")), given = text_of(getenv("LISTEN_FDS"));
    bool is_ours = text_int(for_pid, &pid) && pid == (int64_t)getpid() && text_int(given, &count);
    *fd = 0;
    // What this program starts must not take it for its own.
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (!is_ours || count == 0) return true;
    if (count != 1 || fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0) return false;
    *fd = FIRST_FD;
    return true;
}
