// xes.c - `ostia xes`: the ways of cases as an event log, to a file or to another program.
#include "cases/xes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ostia/house.h"
#include "ostia/note.h"

struct writing {
    const struct call *call;
    struct arena arena;
    struct settings settings;
    struct house house;
    struct xes_question question;
    FILE *out;
};

static bool read_day(const struct call *c, const char *name, struct date *out) {
    const char *typed = call_option(c, name);
    *out = (struct date){0};
    if (!typed || (!date_parse(text_of(typed), out) && date_is_full(*out))) return true;
    fprintf(stderr, "ostia xes: --%s needs a day such as 2026-03-31\n", name);
    return false;
}

static bool read_question(struct writing *w) {
    const char *procedure = call_option(w->call, "procedure");
    w->question.procedure = text_of(procedure);
    if (!read_day(w->call, "from", &w->question.from) || !read_day(w->call, "to", &w->question.to))
        return false;
    if (!zone_find(text_of(w->settings.zone), &w->question.zone)) return true;
    fprintf(stderr, "ostia xes: there is no time zone %s\n", w->settings.zone);
    return false;
}

// The file is new, so that no other is lost, and nobody else reads it.
static bool open_out(struct writing *w) {
    const char *path = call_option(w->call, "out");
    w->out = stdout;
    if (!path) return true;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    w->out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!w->out) fprintf(stderr, "ostia xes: %s: %s\n", path, strerror(errno));
    return w->out;
}

static enum status write_all(struct writing *w, struct xes *x) {
    struct text piece;
    enum status st;
    while (!(st = xes_next(x, &piece)) && piece.n)
        if (fwrite(piece.p, 1, piece.n, w->out) != piece.n) return STATUS_IO;
    return st;
}

static int write_log(struct writing *w) {
    const char *path = call_option(w->call, "out");
    struct xes *x = NULL;
    if (!open_out(w)) return EXIT_WRONG;
    enum status st = xes_begin(w->house.store, &w->question, &x);
    if (!st) st = write_all(w, x);
    bool is_closed = (path ? fclose(w->out) : fflush(w->out)) == 0;
    if (!st && !is_closed) st = STATUS_IO;
    if (!st && path) printf("%lld traces in %s\n", (long long)xes_traces(x), path);
    xes_end(x);
    if (st && path) unlink(path); // half a log would pass for a whole one
    return st ? say_problem(stderr, st, NULL) : EXIT_DONE;
}

int xes_run(const struct call *c) {
    struct writing w = {.call = c};
    struct problem p = {0};
    int exit_code = EXIT_WRONG;
    if (!settings_read(c, &w.arena, &w.settings, stderr) || !read_question(&w)) {
        arena_free(&w.arena);
        return EXIT_USAGE;
    }
    if (note(&w.settings, "event_log")) {
        enum status st = house_open(env_real(), &w.settings, HOUSE_READ, &w.house, &p);
        exit_code = st ? say_problem(stderr, st, &p) : write_log(&w);
        if (!st) house_close(&w.house);
    }
    arena_free(&w.arena);
    return exit_code;
}
