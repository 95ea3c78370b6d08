// file_event.c - the event of our log that brought a document or the PDF of a letter.
#include <string.h>

#include "cases/internal.h"

enum { EVENTS_AT_ONCE = 500 };

static const struct sql DOCUMENT_CASE =
    SQL("file_event_document", "select case_id from document where document_id = :id");
static const struct sql LETTER_CASE =
    SQL("file_event_letter", "select case_id from letter where letter_id = :id");

// Numbers are unique over all kinds: one is of a document or of a letter, never of both.
static const struct {
    const struct sql *of_case;
    const char *event, *field; // that says which bytes it has
} KINDS[] = {{&DOCUMENT_CASE, "document_added", "document"}, {&LETTER_CASE, "letter_rendered", "letter"}};

static enum status find_event(struct journal *j, struct db *db, int64_t stream, size_t kind, int64_t id,
                              int64_t *seq) {
    int64_t after = 0;
    enum status st = STATUS_OK;
    for (size_t count = EVENTS_AT_ONCE; !st && count == EVENTS_AT_ONCE;) {
        struct arena a = {0};
        struct event *events;
        bool is_found = false;
        st = journal_stream(j, db, stream, after, EVENTS_AT_ONCE, &a, &events, &count);
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

enum status cases_file_event(struct journal *j, struct db *db, int64_t id, int64_t *seq) {
    for (size_t kind = 0; kind < sizeof KINDS / sizeof *KINDS; kind++) {
        int64_t stream;
        enum status st = DB_INT(db, &stream, KINDS[kind].of_case, V_INT(id));
        if (!st) return find_event(j, db, stream, kind, id, seq);
        if (st != STATUS_NOT_FOUND) return st;
    }
    return STATUS_NOT_FOUND;
}
