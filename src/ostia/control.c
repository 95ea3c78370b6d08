#include "ostia/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

enum { WORDS_MAX = ARGUMENTS_MAX + 2 * OPTIONS_MAX + 4 };

struct control {
    struct house *house;
    int listening, wake[2];
    pthread_t thread;
};

// An address of the socket that fits, however long the folder's name is. `folder` stays open while it is
// used.
static bool address(const char *dir, int *folder, struct sockaddr_un *out) {
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    *folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0) return false;
    snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/control.sock", *folder);
    return true;
}

static void set_timeout(int fd) {
    struct timeval wait = {.tv_sec = CONTROL_WAIT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static bool send_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

// ---- the server's side

static size_t receive(int fd, char bytes[CONTROL_BYTES_MAX]) {
    size_t n = 0;
    while (n < CONTROL_BYTES_MAX) {
        ssize_t got = recv(fd, bytes + n, CONTROL_BYTES_MAX - n, 0);
        if (got == 0) return n;
        if (got < 0) return 0;
        n += (size_t)got;
    }
    return 0; // longer than any command
}

static int split(char *bytes, size_t n, char *words[WORDS_MAX]) {
    int count = 0;
    if (!n || bytes[n - 1]) return 0;
    for (size_t at = 0; at < n && count < WORDS_MAX; at += strlen(bytes + at) + 1)
        words[count++] = bytes + at;
    return count;
}

static void serve_one(struct control *c, int fd) {
    static char bytes[CONTROL_BYTES_MAX]; // one thread, one connection at a time
    char *words[WORDS_MAX], *answer = NULL;
    size_t size = 0;
    int exit_code = EXIT_USAGE, count = split(bytes, receive(fd, bytes), words);
    FILE *out = open_memstream(&answer, &size);
    struct call call;
    if (!out) return;
    if (count && call_read(count, words, &call, out, &exit_code)) {
        call.is_in_server = true;
        if (call.command->perform)
            exit_code = call.command->perform(c->house, &call, out);
        else
            fprintf(out, "ostia: %s does not run in the server\n", call.command->name);
        log_line(LOG_INFO, "control.command", "name=\"%s\" exit=%d", call.command->name, exit_code);
    }
    fputc(exit_code, out);
    fclose(out);
    send_all(fd, answer, size);
    free(answer);
}

static bool is_same_user(int fd) {
    struct ucred who;
    socklen_t size = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

static void *run(void *argument) {
    struct control *c = argument;
    struct pollfd waits[2] = {{.fd = c->listening, .events = POLLIN}, {.fd = c->wake[0], .events = POLLIN}};
    for (;;) {
        if (poll(waits, 2, -1) < 0 && errno != EINTR) return NULL;
        if (waits[1].revents) return NULL;
        int fd = accept4(c->listening, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) continue;
        set_timeout(fd);
        if (is_same_user(fd)) serve_one(c, fd);
        close(fd);
    }
}

static enum status listen_in(struct control *c, const char *dir) {
    struct sockaddr_un at;
    int folder;
    if (!address(dir, &folder, &at)) return STATUS_IO;
    unlink(at.sun_path); // of a server that was killed; the lock says that there is no other
    mode_t mask = umask(0177);
    c->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = c->listening >= 0 && bind(c->listening, (struct sockaddr *)&at, sizeof at) == 0 &&
                listen(c->listening, 8) == 0;
    umask(mask);
    close(folder);
    return good ? STATUS_OK : STATUS_IO;
}

enum status control_start(struct house *h, struct control **out) {
    struct control *c = calloc(1, sizeof *c);
    if (!c) return STATUS_BUSY;
    *c = (struct control){.house = h, .listening = -1, .wake = {-1, -1}};
    enum status st = listen_in(c, h->settings->data);
    if (!st && pipe2(c->wake, O_CLOEXEC) != 0) st = STATUS_IO;
    if (!st && pthread_create(&c->thread, NULL, run, c) != 0) st = STATUS_BUSY;
    if (st) {
        if (c->listening >= 0) close(c->listening);
        free(c);
        return st;
    }
    *out = c;
    return STATUS_OK;
}

void control_stop(struct control *c) {
    if (!c) return;
    struct sockaddr_un at;
    int folder;
    close(c->wake[1]);
    pthread_join(c->thread, NULL);
    close(c->wake[0]);
    close(c->listening);
    if (address(c->house->settings->data, &folder, &at)) {
        unlink(at.sun_path);
        close(folder);
    }
    free(c);
}

// ---- the client's side

static int connect_to(const char *dir) {
    struct sockaddr_un at;
    int folder, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    bool good = address(dir, &folder, &at);
    if (good) {
        good = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
        close(folder);
    }
    if (good) return fd;
    close(fd);
    return -1;
}

static bool send_word(int fd, const char *word) {
    return send_all(fd, word, strlen(word) + 1);
}

// The words again as they were understood: paths are whole by now.
static bool send_call(int fd, const struct call *c) {
    char name[128], *second;
    snprintf(name, sizeof name, "%s", c->command->name);
    second = strchr(name, ' ');
    if (second) *second++ = 0;
    bool good = send_word(fd, "ostia") && send_word(fd, name) && (!second || send_word(fd, second));
    for (int i = 0; good && c->command->options && c->command->options[i].name; i++) {
        if (!c->values[i]) continue;
        char option[256];
        snprintf(option, sizeof option, "--%s", c->command->options[i].name);
        good = send_word(fd, option) && (!c->command->options[i].value || send_word(fd, c->values[i]));
    }
    if (good && c->argument_count) good = send_word(fd, "--");
    for (int i = 0; good && i < c->argument_count; i++) good = send_word(fd, c->arguments[i]);
    return good && shutdown(fd, SHUT_WR) == 0;
}

enum status control_ask(const char *dir, const struct call *c, FILE *out, int *exit_code) {
    int fd = connect_to(dir);
    if (fd < 0) return STATUS_NOT_FOUND;
    set_timeout(fd);
    char bytes[4096];
    int last = -1;
    ssize_t got = send_call(fd, c) ? 1 : -1;
    while (got > 0) {
        got = recv(fd, bytes, sizeof bytes, 0);
        if (got <= 0) break;
        if (last >= 0) fputc(last, out);
        fwrite(bytes, 1, (size_t)got - 1, out);
        last = (uint8_t)bytes[got - 1];
    }
    close(fd);
    *exit_code = last;
    return got == 0 && last >= 0 ? STATUS_OK : STATUS_IO;
}
