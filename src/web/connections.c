// libmicrohttpd closes connections that are silent; this closes those that trickle: a request must end in its
// time.
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "web/server.h"

struct connection_link {
    struct connection_link *next, **at;
    int fd;
    time_t until;
};

struct connections {
    pthread_mutex_t lock;
    pthread_cond_t stop;
    pthread_t thread;
    bool is_stopping;
    struct connection_link *first;
};

// The socket's own clock: deadlines of connections are real time even when the authority's clock stands still
// in a test.
static time_t seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static void *reap(void *context) {
    struct connections *c = context;
    pthread_mutex_lock(&c->lock);
    while (!c->is_stopping) {
        struct timespec wake;
        clock_gettime(CLOCK_REALTIME, &wake);
        wake.tv_sec++;
        pthread_cond_timedwait(&c->stop, &c->lock, &wake);
        time_t now = seconds_now();
        for (struct connection_link *l = c->first; l; l = l->next) {
            if (l->until > now) continue;
            shutdown(l->fd, SHUT_RDWR); // the server sees the end and frees the rest
            l->until = now + 60;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

struct connections *connections_new(void) {
    struct connections *c = calloc(1, sizeof *c);
    if (!c) abort();
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->stop, NULL);
    if (pthread_create(&c->thread, NULL, reap, c)) abort();
    return c;
}

void connections_free(struct connections *c) {
    if (!c) return;
    pthread_mutex_lock(&c->lock);
    c->is_stopping = true;
    pthread_cond_signal(&c->stop);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->stop);
    free(c);
}

struct connection_link *connections_add(struct connections *c, int fd, int seconds) {
    struct connection_link *l = calloc(1, sizeof *l);
    if (!l) abort();
    pthread_mutex_lock(&c->lock);
    *l = (struct connection_link){c->first, &c->first, fd, seconds_now() + seconds};
    if (c->first) c->first->at = &l->next;
    c->first = l;
    pthread_mutex_unlock(&c->lock);
    return l;
}

void connections_remove(struct connections *c, struct connection_link *l) {
    pthread_mutex_lock(&c->lock);
    *l->at = l->next;
    if (l->next) l->next->at = l->at;
    pthread_mutex_unlock(&c->lock);
    free(l);
}

size_t connections_count(struct connections *c) {
    size_t count = 0;
    pthread_mutex_lock(&c->lock);
    for (struct connection_link *l = c->first; l; l = l->next) count++;
    pthread_mutex_unlock(&c->lock);
    return count;
}

void connections_allow(struct connections *c, struct connection_link *l, int seconds) {
    if (!l) return;
    pthread_mutex_lock(&c->lock);
    l->until = seconds_now() + seconds;
    pthread_mutex_unlock(&c->lock);
}
