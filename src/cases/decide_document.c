// decide_document.c - documents, and asking for them.
#include "cases/internal.h"

#include "base/encode.h"

static struct document_row *find_document(struct decide *d, int64_t id) {
    for (size_t i = 0; i < d->s->documents.count; i++)
        if (d->s->documents.items[i].id == id) return &d->s->documents.items[i];
    return NULL;
}

static enum status no_document(struct decide *d) {
    return problem(d->problem, "document", "not_found", "problem.document.not_found");
}

// A request that can be answered. Staff may enter later what came on paper when the time was over.
static struct request_row *open_request(struct decide *d, int64_t id) {
    for (size_t i = 0; i < d->s->requests.count; i++) {
        struct request_row *q = &d->s->requests.items[i];
        bool lapsed = text_eq(q->state, T("lapsed")) && !is_person(d);
        if (q->id == id && (text_eq(q->state, T("open")) || lapsed)) return q;
    }
    return NULL;
}

// By content, as intake/ found it.
static enum status want_media(struct decide *d, struct text media) {
    static const char *const KNOWN[] = {"application/pdf", "image/jpeg", "image/png"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (text_eq(media, text_of(KNOWN[i]))) return STATUS_OK;
    return problem(d->problem, "file", "media", "problem.upload.media");
}

enum status decide_add_document(struct decide *d) {
    struct add_document c = d->command->add_document;
    if (d->s->is_closed) return problem(d->problem, "", "case_closed", "problem.case.closed");
    if (d->s->documents.count >= DOCUMENTS_PER_CASE_MAX)
        return problem(d->problem, "document", "too_many", "problem.document.too_many");
    if (c.request && !open_request(d, c.request))
        return problem(d->problem, "request", "request_closed", "problem.request.closed");
    if (c.blob.size < 1 || c.blob.size > DOCUMENT_BYTES_MAX)
        return problem(d->problem, "file", "too_large", "problem.document.size");
    enum status st = want_code(d, "kind", "document", c.kind);
    if (!st) st = want_text(d, "title", &c.title, 1, 200);
    if (!st) st = want_media(d, c.media);
    if (st) return st;
    d->result->made = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_document_added);
    draft_int(e, "document", d->result->made);
    draft_int(e, "request", c.request);
    draft_personal_text(e, "kind", c.kind); // "medical_report" says something about a person
    draft_text(e, "media", c.media);
    draft_int(e, "size", c.blob.size);
    draft_bytes(e, "blob", bytes_copy(d->arena, (struct bytes){c.blob.name.b, HASH_BYTES}));
    draft_personal_text(e, "title", c.title);
    *ARENA_PUSH(d->arena, &d->s->documents) =
        (struct document_row){.id = d->result->made, .request = c.request, .kind = c.kind};
    draft_personal_text(e, "sha256", hex_encode(d->arena, (struct bytes){c.blob.plain_hash.b, HASH_BYTES}));
    return STATUS_OK;
}

// While it is a draft the person may take a document back; afterwards it belongs to the file.
enum status decide_remove_document(struct decide *d) {
    struct document_row *row = find_document(d, d->command->remove_document.document);
    if (!row || row->is_removed) return no_document(d);
    if (!d->s->is_draft) return problem(d->problem, "document", "already_made", "problem.document.kept");
    draft_int(case_emit(d, &EVENT_document_removed), "document", row->id);
    return STATUS_OK;
}

enum status decide_document_scanned(struct decide *d) {
    struct document_scanned c = d->command->document_scanned;
    enum status st = want_text(d, "result", &c.result, 1, 20);
    if (!st) st = want_text(d, "name", &c.name, 0, 200);
    if (st) return st;
    struct document_row *row = find_document(d, c.document);
    if (!row) return no_document(d);
    if (row->scan.n) return STATUS_CONFLICT; // another server was faster
    struct event_draft *e = case_emit(d, &EVENT_document_scanned);
    draft_int(e, "document", c.document);
    draft_text(e, "scan", c.result);
    draft_text(e, "name", c.name);
    return STATUS_OK;
}

enum status decide_document_derived(struct decide *d) {
    struct document_derived c = d->command->document_derived;
    if (!find_document(d, c.document)) return no_document(d);
    struct event_draft *e = case_emit(d, &EVENT_document_derived);
    draft_int(e, "document", c.document);
    if (c.thumbnail.size)
        draft_bytes(e, "thumbnail", bytes_copy(d->arena, (struct bytes){c.thumbnail.name.b, HASH_BYTES}));
    if (c.text.size) draft_bytes(e, "words", bytes_copy(d->arena, (struct bytes){c.text.name.b, HASH_BYTES}));
    return STATUS_OK;
}

enum status decide_request_document(struct decide *d) {
    struct request_document c = d->command->request_document;
    struct moment due;
    enum status st = want_code(d, "kind", "document", c.kind);
    if (!st) st = want_text(d, "explanation", &c.explanation, 1, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft || d->s->is_closed) return problem(d->problem, "", "not_now", "problem.case.closed");
    int64_t request = d->result->made = case_new_id(d);
    st = clock_start_by_trigger(d, T("requested"), request, &due);
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_document_requested);
    draft_int(e, "request", request);
    draft_personal_text(e, "kind", c.kind);
    draft_int(e, "due", due.ms);
    draft_personal_text(e, "explanation", c.explanation);
    int64_t letter;
    st = letter_make_if(d, T("document_request"), request, &letter);
    if (st) return st;
    return process_waits_for(d, "request_document") ? process_command(d, "request_document") : STATUS_OK;
}

static bool any_open_request(const struct decide *d) {
    for (size_t i = 0; i < d->s->requests.count; i++)
        if (text_eq(d->s->requests.items[i].state, T("open"))) return true;
    return false;
}

// The end of its time as it stands after extensions.
static struct moment end_of_request(const struct decide *d, const struct request_row *row) {
    for (size_t i = 0; i < d->s->clocks.count; i++)
        if (d->s->clocks.items[i].about == row->id) return d->s->clocks.items[i].clock.due;
    return row->due;
}

enum status decide_answer_request(struct decide *d) {
    struct request_row *row = open_request(d, d->command->answer_request.request);
    if (!row) return problem(d->problem, "request", "request_closed", "problem.request.closed");
    enum status st = paper_receive(d, row->asked, end_of_request(d, row));
    if (st) return st;
    row->state = T("answered");
    struct event_draft *e = case_emit(d, &EVENT_request_closed);
    draft_int(e, "request", row->id);
    draft_text(e, "state", row->state);
    paper_note(d, e);
    st = clock_meet(d, T("document_request"), row->id);
    if (st) return st;
    return any_open_request(d) ? STATUS_OK : process_message(d, "documents_received");
}
