// log_bundle.c - the offline proof of one event, or of the event that brought a document or letter.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cases/cases.h"
#include "ostia/log.h"

static bool write_file(const char *path, struct text content) {
    if (!path) return fwrite(content.p, 1, content.n, stdout) == content.n && fflush(stdout) == 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = f && fwrite(content.p, 1, content.n, f) == content.n;
    if (f) good &= fclose(f) == 0;
    if (!good) fprintf(stderr, "ostia log bundle: %s: %s\n", path, strerror(errno));
    return good;
}

int log_bundle_run(const struct call *c) {
    struct log_reading r;
    struct text file;
    int64_t seq;
    if (!text_int(text_of(c->arguments[0]), &seq) || seq < 1) {
        fprintf(stderr, "ostia log bundle: SEQ is the number of an event, from 1\n");
        return EXIT_USAGE;
    }
    enum status st = log_begin(c, &r);
    if (st) return log_end(&r, st);
    if (call_has(c, "document")) st = cases_file_event(r.house.journal, r.db, seq, &seq);
    if (!st) st = proof_bundle(r.house.journal, r.db, seq, true, call_has(c, "open"), &r.arena, &file);
    if (st == STATUS_NOT_FOUND)
        fprintf(stderr, "ostia: there is nothing of that number in the log\n");
    else if (st)
        say_problem(stderr, st, NULL);
    else if (!write_file(call_option(c, "out"), file))
        st = STATUS_IO;
    return log_end(&r, st);
}
