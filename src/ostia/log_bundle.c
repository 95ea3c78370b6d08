// log_bundle.c - the offline proof of one event, or of the event that brought a document.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ostia/log.h"

enum { EVENTS_AT_ONCE = 500 };

static const struct sql DOCUMENT_CASE =
    SQL("bundle_document_case", "select case_id from document where document_id = :document");

// The event of the document's case that made it.
static enum status find_document(struct log_reading *r, int64_t document, int64_t *seq) {
    int64_t stream, after = 0;
    enum status st = DB_INT(r->db, &stream, &DOCUMENT_CASE, V_INT(document));
    for (size_t count = EVENTS_AT_ONCE; !st && count == EVENTS_AT_ONCE;) {
        struct arena a = {0};
        struct event *events;
        st = journal_stream(r->house.journal, r->db, stream, after, EVENTS_AT_ONCE, &a, &events, &count);
        for (size_t i = 0; !st && i < count; i++) {
            after = events[i].seq;
            if (strcmp(events[i].type->name, "document_added") ||
                event_int(&events[i], "document") != document)
                continue;
            *seq = after;
            arena_free(&a);
            return STATUS_OK;
        }
        arena_free(&a);
    }
    return st ? st : STATUS_NOT_FOUND;
}

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
    if (call_has(c, "document")) st = find_document(&r, seq, &seq);
    if (!st) st = proof_bundle(r.house.journal, r.db, seq, true, call_has(c, "open"), &r.arena, &file);
    if (st == STATUS_NOT_FOUND)
        fprintf(stderr, "ostia: there is nothing of that number in the log\n");
    else if (st)
        say_problem(stderr, st, NULL);
    else if (!write_file(call_option(c, "out"), file))
        st = STATUS_IO;
    return log_end(&r, st);
}
