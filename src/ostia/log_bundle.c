// log_bundle.c - the offline proof of one event, or of the event that brought a document or letter.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ostia/log.h"

enum { EVENTS_AT_ONCE = 500 };

static const struct sql DOCUMENT_CASE =
    SQL("bundle_document_case", "select case_id from document where document_id = :id");
static const struct sql LETTER_CASE =
    SQL("bundle_letter_case", "select case_id from letter where letter_id = :id");

// Numbers are unique over all kinds: one is of a document or of a letter, never of both.
static const struct {
    const struct sql *of_case;
    const char *event, *field; // that says which bytes it has
} KINDS[] = {{&DOCUMENT_CASE, "document_added", "document"}, {&LETTER_CASE, "letter_rendered", "letter"}};

static enum status find_event(struct log_reading *r, int64_t stream, size_t kind, int64_t id, int64_t *seq) {
    int64_t after = 0;
    enum status st = STATUS_OK;
    for (size_t count = EVENTS_AT_ONCE; !st && count == EVENTS_AT_ONCE;) {
        struct arena a = {0};
        struct event *events;
        bool is_found = false;
        st = journal_stream(r->house.journal, r->db, stream, after, EVENTS_AT_ONCE, &a, &events, &count);
        for (size_t i = 0; !st && i < count && !is_found; i++) {
            after = events[i].seq;
            is_found = !strcmp(events[i].type->name, KINDS[kind].event) &&
                       event_int(&events[i], KINDS[kind].field) == id;
        }
        arena_free(&a);
        if (is_found) return *seq = after, STATUS_OK;
    }
    return st ? st : STATUS_NOT_FOUND;
}

static enum status find_document(struct log_reading *r, int64_t id, int64_t *seq) {
    for (size_t kind = 0; kind < sizeof KINDS / sizeof *KINDS; kind++) {
        int64_t stream;
        enum status st = DB_INT(r->db, &stream, KINDS[kind].of_case, V_INT(id));
        if (!st) return find_event(r, stream, kind, id, seq);
        if (st != STATUS_NOT_FOUND) return st;
    }
    return STATUS_NOT_FOUND;
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
