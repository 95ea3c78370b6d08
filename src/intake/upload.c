// upload.c - files in pieces. A piece is durable when it is acknowledged; the client's token finds the upload
// again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "intake/internal.h"

enum { TOKEN_MIN = 32, TOKEN_MAX = 64, TITLE_MAX = 200, HEAD_BYTES = 1024 * 1024 };

static bool token_ok(struct text t) {
    if (t.n < TOKEN_MIN || t.n > TOKEN_MAX) return false;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
              c == '_'))
            return false;
    }
    return true;
}

// Two people cannot meet in one upload: the account is part of its name.
static enum status open_upload(struct intake *i, const struct actor *actor, struct text token,
                               struct upload *u, struct problem *p) {
    char name[128];
    if (!actor->account || !token_ok(token))
        return problem(p, "token", "upload_token", "problem.upload.token");
    int n = snprintf(name, sizeof name, "%lld:" TEXT_FMT, (long long)actor->account, TEXT_ARG(token));
    enum status st = upload_open(i->store, (struct text){name, (size_t)n}, DOCUMENT_BYTES_MAX, u);
    if (st == STATUS_BUSY && p)
        *p = (struct problem){.field = "token", .rule = "upload_busy", .text_key = "problem.upload.busy"};
    return st;
}

static enum status too_large(struct problem *p) {
    enum status ignored = problem(p, "file", "too_large", "problem.upload.too_large");
    (void)ignored;
    problem_arg(p, "max", T("20 MB"));
    return STATUS_TOO_LARGE;
}

enum status intake_upload_begin(struct intake *i, const struct actor *actor, const struct upload_about *about,
                                struct text token, int64_t *offset, struct problem *p) {
    struct upload u;
    struct key k;
    enum status st =
        cases_upload_key(i->cases, actor, about->case_id, &k, p); // may this actor add to this case?
    key_wipe(&k);
    if (!st) st = open_upload(i, actor, token, &u, p);
    if (st) return st;
    *offset = u.offset;
    upload_close(&u);
    return STATUS_OK;
}

enum status intake_upload_piece(struct intake *i, const struct actor *actor, struct text token,
                                struct bytes piece, int64_t *offset, struct problem *p) {
    struct upload u;
    enum status st = open_upload(i, actor, token, &u, p);
    if (st) return st;
    st = upload_append(&u, *offset, piece);
    *offset = u.offset;
    upload_close(&u);
    return st == STATUS_TOO_LARGE ? too_large(p) : st;
}

enum status intake_upload_drop(struct intake *i, const struct actor *actor, struct text token) {
    struct upload u;
    enum status st = open_upload(i, actor, token, &u, NULL);
    return st ? st : upload_drop(&u);
}

// The last part of what a browser calls the file, without control characters.
static struct text clean_title(struct arena *a, struct text t) {
    struct out o = {.arena = a};
    for (size_t i = t.n; i > 0; i--) {
        if (t.p[i - 1] != '/' && t.p[i - 1] != '\\') continue;
        t = text_slice(t, i, t.n);
        break;
    }
    for (size_t at = 0; at < t.n && o.n < TITLE_MAX - 4;) {
        uint32_t c = text_codepoint(t, &at);
        // no controls and no marks that turn the reading direction: a name must not read as a PDF
        bool hidden = c < 0x20 || c == 0x7F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
                      c == 0xFFFD;
        if (!hidden) out_codepoint(&o, c);
    }
    struct text title = text_trim(out_done(&o));
    return title.n ? title : T("document");
}

enum status media_of(struct intake *i, struct bytes head, struct arena *a, struct text *media,
                     struct problem *p) {
    static const struct {
        const char *bytes;
        size_t n;
        const char *media;
    } SIGNS[] = {{"%PDF-", 5, "application/pdf"},
                 {"\xFF\xD8\xFF", 3, "image/jpeg"},
                 {"\x89PNG\r\n\x1A\n", 8, "image/png"}};
    struct text sniffed = {0};
    *media = (struct text){0};
    for (size_t k = 0; k < sizeof SIGNS / sizeof *SIGNS; k++)
        if (head.n >= SIGNS[k].n && !memcmp(head.p, SIGNS[k].bytes, SIGNS[k].n))
            *media = text_of(SIGNS[k].media);
    enum status st =
        i->workers && media->n ? worker_sniff(i->workers, WORKER_BYTES(head), a, &sniffed) : STATUS_OK;
    if (st && st != STATUS_CORRUPT) return st;
    if (media->n && (!i->workers || text_eq(sniffed, *media))) return STATUS_OK;
    enum status ignored = problem(p, "file", "media", "problem.upload.media");
    (void)ignored;
    return STATUS_UNSUPPORTED;
}

static enum status read_head(struct intake *i, const struct blob_info *info, const struct key *k,
                             struct arena *a, struct bytes *head) {
    struct blob_reader *r = NULL;
    uint8_t *into = arena_alloc(a, HEAD_BYTES);
    size_t n = 1, all = 0;
    enum status st = blob_open_read(i->store, &info->name, k, &r);
    while (!st && n && all < HEAD_BYTES) {
        st = blob_read(r, into + all, HEAD_BYTES - all, &n);
        all += n;
    }
    blob_close_read(&r);
    *head = (struct bytes){into, all};
    return st;
}

static enum status add_to_case(struct intake *i, const struct actor *actor, const struct upload_about *about,
                               const struct blob_info *info, const struct key *k, struct arena *a,
                               int64_t *document, struct problem *p) {
    struct bytes head;
    struct text media;
    struct command_result result;
    if (info->size == 0) return problem(p, "file", "empty", "problem.upload.empty");
    enum status st = read_head(i, info, k, a, &head);
    if (!st) st = media_of(i, head, a, &media, p);
    if (st) return st;
    struct command c = {.kind = COMMAND_ADD_DOCUMENT,
                        .case_id = about->case_id,
                        .purpose = cases_usual_purpose(actor),
                        .add_document = {.kind = about->kind,
                                         .title = clean_title(a, about->title),
                                         .media = media,
                                         .blob = *info,
                                         .request = about->request}};
    st = cases_do_together(i->cases, actor, &c, 1, about->around, a, &result, p);
    *document = result.made;
    return st;
}

enum status intake_upload_finish(struct intake *i, const struct actor *actor,
                                 const struct upload_about *about, struct text token, struct arena *a,
                                 int64_t *document, struct problem *p) {
    struct upload u;
    struct blob_info info = {0};
    struct key k;
    *document = 0;
    enum status st = cases_upload_key(i->cases, actor, about->case_id, &k, p);
    if (!st) st = open_upload(i, actor, token, &u, p);
    if (!st) st = upload_finish(&u, &k, &info);
    if (st) {
        key_wipe(&k);
        return st;
    }
    st = add_to_case(i, actor, about, &info, &k, a, document, p);
    key_wipe(&k);
    if (st == STATUS_UNCERTAIN)
        return st; // it may have been added: a document that nobody names harms nobody
    if ((st || !*document) && blob_remove(i->store, &info.name))
        log_line(LOG_WARNING, "intake.orphan", "size=%lld", (long long)info.size);
    return st;
}

enum status intake_open(struct cases *c, const struct intake_options *o, struct intake **out) {
    struct intake *i = calloc(1, sizeof *i);
    if (!i) return STATUS_BUSY;
    i->cases = c;
    i->store = journal_store(cases_journal(c));
    i->workers = o->workers;
    i->scanner = text_copy(&i->names, o->scanner);
    *out = i;
    return STATUS_OK;
}

void intake_close(struct intake *i) {
    if (!i) return;
    arena_free(&i->names);
    free(i);
}
