// mail_server.h - a small SMTP server on this machine, for tests: keeps what it takes, refuses what it is
// told to.
#pragma once
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SERVER_MAILS_MAX = 20, SERVER_MAIL_BYTES = 100000 };

struct mail_server {
    pthread_t thread;
    pthread_mutex_t lock;
    int listener, port;
    int refuse_sender;    // so many times "451" to MAIL FROM
    int refuse_recipient; // so many times "550" to RCPT TO
    int count;
    char from[SERVER_MAILS_MAX][300], to[SERVER_MAILS_MAX][300], mails[SERVER_MAILS_MAX][SERVER_MAIL_BYTES];
};

static inline bool countdown(struct mail_server *s, int *n) {
    pthread_mutex_lock(&s->lock);
    bool is_on = *n > 0;
    if (is_on) --*n;
    pthread_mutex_unlock(&s->lock);
    return is_on;
}

static inline void server_take(struct mail_server *s, FILE *in) {
    char line[2000];
    pthread_mutex_lock(&s->lock);
    char *mail = s->mails[s->count];
    mail[0] = 0;
    while (fgets(line, sizeof line, in) && strcmp(line, ".\r\n") != 0) strcat(mail, line + (line[0] == '.'));
    s->count++;
    pthread_mutex_unlock(&s->lock);
}

static inline void server_talk(struct mail_server *s, FILE *in, int fd) {
    char line[2000];
    dprintf(fd, "220 test\r\n");
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "MAIL", 4) == 0) {
            if (countdown(s, &s->refuse_sender)) {
                dprintf(fd, "451 later\r\n");
                continue;
            }
            sscanf(line, "MAIL FROM:<%299[^>]", s->from[s->count]);
        } else if (strncmp(line, "RCPT", 4) == 0) {
            if (countdown(s, &s->refuse_recipient)) {
                dprintf(fd, "550 nobody\r\n");
                continue;
            }
            sscanf(line, "RCPT TO:<%299[^>]", s->to[s->count]);
        } else if (strncmp(line, "DATA", 4) == 0) {
            dprintf(fd, "354 go\r\n");
            server_take(s, in);
        } else if (strncmp(line, "QUIT", 4) == 0) {
            dprintf(fd, "221 bye\r\n");
            return;
        }
        dprintf(fd, "250 fine\r\n");
    }
}

static inline void *server_run(void *arg) {
    struct mail_server *s = arg;
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        FILE *in = fdopen(fd, "r");
        if (!in) abort();
        server_talk(s, in, fd);
        fclose(in);
    }
    return NULL;
}

static inline struct mail_server *server_start(void) {
    struct mail_server *s = calloc(1, sizeof *s);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof in;
    if (!s) abort();
    pthread_mutex_init(&s->lock, NULL);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (struct sockaddr *)&in, sizeof in) != 0 || listen(s->listener, 5) != 0) abort();
    getsockname(s->listener, (struct sockaddr *)&in, &n);
    s->port = ntohs(in.sin_port);
    if (pthread_create(&s->thread, NULL, server_run, s) != 0) abort();
    return s;
}

static inline void server_stop(struct mail_server *s) {
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static inline int server_count(struct mail_server *s) {
    pthread_mutex_lock(&s->lock);
    int n = s->count;
    pthread_mutex_unlock(&s->lock);
    return n;
}
