// upload.c - files of the person: with script in pieces that go on after a lost connection (upload.js),
// without in one form.
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "web/pages.h"
#include "web/pages/apply.h"
#include "web/whole_form.h"

enum { PIECE_BYTES = 512 * 1024, PIECE_BYTES_MAX = 1024 * 1024 };

struct upload_view {
    int64_t id, request;
    struct text path, target, back;
    struct options kinds;
};
#define V struct upload_view
VIEW(UPLOAD_VIEW, VIEW_INT64(V, id), VIEW_INT64(V, request), VIEW_TEXT(V, path), VIEW_TEXT(V, target),
     VIEW_TEXT(V, back), VIEW_LIST(V, kinds, &OPTION_VIEW));
#undef V
static const struct page_template UPLOAD = {"upload", &UPLOAD_VIEW};

// ---- where the file belongs

struct target {
    struct text path; // "evidence" or "identity_documents[0].files" of a draft; empty otherwise
    int64_t request;  // a document request that it answers, or 0
};

static struct target target_of(const struct request *q) {
    struct target t = {0};
    struct text request = query_text(q, "request");
    t.path = query_text(q, "for");
    if (!text_int(request, &t.request) || t.request < 0) t.request = 0;
    if (!answer_path_ok(t.path)) t.path = (struct text){0};
    return t;
}

static struct text back_path(struct request *q, int64_t id, const struct form_section *s, struct text path) {
    size_t open, close;
    int64_t index;
    if (!s) return text_printf(q->arena, "/my/%lld", (long long)id);
    bool in_entry = text_find(path, T("["), &open) && text_find(path, T("]."), &close) &&
                    text_int(text_slice(path, open + 1, close), &index);
    if (!in_entry) return text_printf(q->arena, "/apply/%lld/" TEXT_FMT, (long long)id, TEXT_ARG(s->id));
    return text_printf(q->arena, "/apply/%lld/" TEXT_FMT "/" TEXT_FMT "/%lld", (long long)id, TEXT_ARG(s->id),
                       TEXT_ARG(text_slice(path, 0, open)), (long long)index + 1);
}

static const struct form_section *section_of(const struct draft *d, struct text path) {
    struct arena a = {0};
    struct text first = TEXT_JOIN(&a, path, T("[0]"));
    const struct form_field *f = path.n ? form_field_at(d->form, first) : NULL;
    arena_free(&a);
    return f && f->kind == FIELD_FILE ? form_page_section_of(d->form, path) : NULL;
}

static enum status open_target(struct request *q, struct response *r, struct target *t, struct draft *d,
                               const struct form_section **section) {
    *t = target_of(q);
    *section = NULL;
    enum status st = draft_open(q, r, d);
    if (st == STATUS_CONFLICT) { // sent already: papers may still come, but not into the answers
        t->path = (struct text){0};
        return STATUS_OK;
    }
    if (!st && t->path.n && !(*section = section_of(d, t->path))) return STATUS_NOT_FOUND;
    return st;
}

// A file of the application becomes an answer of its question.
static enum status add_to_answers(struct request *q, struct draft *d, const struct form_section *s,
                                  struct text path, int64_t document, struct problem *p) {
    if (!s) return STATUS_OK;
    struct text at =
        text_printf(q->arena, TEXT_FMT "[%zu]", TEXT_ARG(path), answers_count(&d->answers, path));
    enum status st = answers_set(&d->answers, at, text_printf(q->arena, "%lld", (long long)document));
    return st ? st : draft_save(q, d, s, p);
}

static struct text fresh_token(struct request *q) {
    uint8_t random[24];
    env_random(q->env, random, sizeof random);
    return hex_encode(q->arena, (struct bytes){random, sizeof random});
}

static enum status upload_show(struct request *q, struct response *r, const struct target *t,
                               const struct draft *d, const struct form_section *s) {
    struct upload_view v = {.id = d->id,
                            .request = t->request,
                            .path = s ? t->path : T(""),
                            .back = back_path(q, d->id, s, t->path)};
    v.target = t->request ? text_printf(q->arena, "request=%lld", (long long)t->request)
               : s        ? TEXT_JOIN(q->arena, T("for="), t->path)
                          : T("");
    struct text kind = form_text(q, "kind");
    for (size_t i = 0; !kind.n && i < d->file.requests.count; i++)
        if (d->file.requests.items[i].request == t->request) kind = d->file.requests.items[i].kind;
    v.kinds = page_code_options(q, "document", kind);
    return page_show(q, r, &UPLOAD, &v);
}

static enum status upload_page(struct request *q, struct response *r) {
    struct target t;
    struct draft d;
    const struct form_section *s;
    enum status st = open_target(q, r, &t, &d, &s);
    return st ? st : upload_show(q, r, &t, &d, s);
}

// ---- without script: one form, the file is passed on in pieces as it comes

struct incoming {
    struct upload_about about;
    struct text token;
    int64_t offset;
    uint8_t *piece;
    size_t n;
    bool is_refused;
    const char *field;     // that mistakes are about
    struct text parameter; // of the request, in which the handler finds the document
};

static void upload_problem(struct request *q, enum status st, const char *field, struct problem *p) {
    if (!p->text_key)
        *p = (struct problem){.field = "file",
                              .rule = "upload",
                              .text_key = st == STATUS_FULL ? "trouble.507.text" : "problem.upload.failed"};
    p->field = field;
    page_problem(q, p);
}

static enum status file_begin(struct request *q, struct text kind, struct text name, struct text field,
                              struct text parameter, void **file) {
    struct incoming *f = ARENA_NEW(q->arena, struct incoming);
    struct problem p = {0};
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    f->field = text_c(q->arena, field);
    f->parameter = parameter;
    f->about = (struct upload_about){.case_id = id,
                                     .kind = kind.n ? text_copy(q->arena, kind) : T("other"),
                                     .title = text_copy(q->arena, name),
                                     .request = target_of(q).request};
    f->token = fresh_token(q);
    f->piece = malloc(PIECE_BYTES);
    if (!f->piece) return STATUS_BUSY;
    *file = f;
    enum status st =
        intake_upload_begin(page_app(q)->intake, page_actor(q), &f->about, f->token, &f->offset, &p);
    f->is_refused = st != STATUS_OK;
    if (st) upload_problem(q, st, f->field, &p);
    return STATUS_OK; // the rest is read and forgotten, so that the page can say why
}

static enum status form_file_begin(struct request *q, struct text field, struct text name, struct text media,
                                   void **file) {
    (void)field, (void)media;
    return file_begin(q, form_text(q, "kind"), name, T("file"), T("document"), file);
}

static void flush_piece(struct request *q, struct incoming *f) {
    struct problem p = {0};
    if (f->is_refused || !f->n) return;
    enum status st = intake_upload_piece(page_app(q)->intake, page_actor(q), f->token,
                                         (struct bytes){f->piece, f->n}, &f->offset, &p);
    f->n = 0;
    f->is_refused = st != STATUS_OK;
    if (st) upload_problem(q, st, f->field, &p);
}

static enum status form_file_bytes(struct request *q, void *file, struct bytes chunk) {
    struct incoming *f = file;
    while (chunk.n && !f->is_refused) {
        size_t n = PIECE_BYTES - f->n < chunk.n ? PIECE_BYTES - f->n : chunk.n;
        memcpy(f->piece + f->n, chunk.p, n);
        f->n += n;
        chunk = (struct bytes){chunk.p + n, chunk.n - n};
        if (f->n == PIECE_BYTES) flush_piece(q, f);
    }
    return STATUS_OK;
}

// What became of a file is told to the handler as a parameter of the request, or as a mistake on the page.
static enum status form_file_end(struct request *q, void *file, bool is_complete) {
    struct incoming *f = file;
    struct problem p = {0};
    int64_t document = 0;
    if (is_complete) flush_piece(q, f);
    free(f->piece);
    f->piece = NULL;
    if (!is_complete || f->is_refused) {
        (void)intake_upload_drop(page_app(q)->intake, page_actor(q), f->token);
        return STATUS_OK;
    }
    enum status st = intake_upload_finish(page_app(q)->intake, page_actor(q), &f->about, f->token, q->arena,
                                          &document, &p);
    if (st)
        upload_problem(q, st, f->field, &p);
    else
        *ARENA_PUSH(q->arena, &q->params) =
            (struct field){f->parameter, text_printf(q->arena, "%lld", (long long)document)};
    return STATUS_OK;
}

static const struct upload_sink FORM_FILE = {form_file_begin, form_file_bytes, form_file_end, FILE_BYTES_MAX};

static enum status upload_take(struct request *q, struct response *r) {
    struct target t;
    struct draft d;
    const struct form_section *s;
    struct problem p = {0};
    int64_t document;
    enum status st = open_target(q, r, &t, &d, &s);
    if (st) return st;
    bool came = request_param_id(q, "document", &document);
    if (!came && !q->problem_count) {
        (void)!problem(&p, "file", "required", "problem.upload.choose");
        page_problem(q, &p);
    }
    if (came) st = add_to_answers(q, &d, s, t.path, document, &p);
    if (st) return st;
    if (q->problem_count) return upload_show(q, r, &t, &d, s);
    response_notice(q, r, "notice.upload.done");
    return response_redirect(q, r, back_path(q, d.id, s, t.path));
}

// ---- a file that comes along with a whole form: input "file:PATH", its kind in "kind:PATH"

// It is a document of the case from then on, whatever becomes of the rest of the form; form_page_read_whole
// finds it as parameter "document:PATH".
static enum status along_begin(struct request *q, struct text field, struct text name, struct text media,
                               void **file) {
    (void)media;
    struct text path = field, prefix;
    if (!text_cut(&path, ':', &prefix) || !text_eq(prefix, T("file")) || !answer_path_ok(path))
        return STATUS_INVALID;
    struct text kind = form_text(q, text_c(q->arena, TEXT_JOIN(q->arena, T("kind:"), path)));
    return file_begin(q, kind, name, path, TEXT_JOIN(q->arena, T("document:"), path), file);
}

const struct upload_sink FILE_OF_FORM = {along_begin, form_file_bytes, form_file_end, FILE_BYTES_MAX};

// ---- with script: begin, pieces, finish; each answers JSON

static enum status say(struct request *q, struct response *r, enum status st, const struct problem *p,
                       int64_t offset, struct text next) {
    struct json_out j = {.out = &r->body};
    bool is_answer = !st || st == STATUS_CONFLICT; // in the wrong place: the offset says where to go on
    if (!is_answer && !p->text_key) return st;
    r->media = T("application/json");
    r->status = st == STATUS_CONFLICT ? 409 : st ? 422 : 200;
    size_t n = 0;
    while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
    json_begin_object(&j);
    if (is_answer)
        json_key(&j, "offset"), json_put_int(&j, offset);
    else
        json_key(&j, "problem"), json_put_text(&j, page_text(q, p->text_key, p->args, n));
    if (next.n) json_key(&j, "next"), json_put_text(&j, next);
    json_end_object(&j);
    return STATUS_OK;
}

static struct upload_about about_of(const struct request *q, int64_t id) {
    struct text kind = form_text(q, "kind");
    return (struct upload_about){.case_id = id,
                                 .kind = kind.n ? kind : T("other"),
                                 .title = form_text(q, "title"),
                                 .request = target_of(q).request};
}

static enum status begin_take(struct request *q, struct response *r) {
    struct problem p = {0};
    int64_t id, offset = 0;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    struct upload_about about = about_of(q, id);
    enum status st = intake_upload_begin(page_app(q)->intake, page_actor(q), &about,
                                         request_param(q, "token"), &offset, &p);
    return say(q, r, st, &p, offset, T(""));
}

struct piece {
    uint8_t *bytes;
    size_t n;
};

static enum status piece_begin(struct request *q, struct text field, struct text name, struct text media,
                               void **file) {
    (void)field, (void)name, (void)media;
    struct piece *p = ARENA_NEW(q->arena, struct piece);
    p->bytes = malloc(PIECE_BYTES_MAX);
    *file = p;
    return p->bytes ? STATUS_OK : STATUS_BUSY;
}

static enum status piece_bytes(struct request *q, void *file, struct bytes chunk) {
    (void)q;
    struct piece *p = file;
    if (p->n + chunk.n > PIECE_BYTES_MAX) return STATUS_TOO_LARGE;
    memcpy(p->bytes + p->n, chunk.p, chunk.n);
    p->n += chunk.n;
    return STATUS_OK;
}

// What came is kept, also when the connection broke: the next piece goes on behind it.
static enum status piece_end(struct request *q, void *file, bool is_complete) {
    (void)is_complete;
    struct piece *p = file;
    struct problem problem = {0};
    int64_t offset;
    enum status st = STATUS_INVALID;
    if (text_int(query_text(q, "offset"), &offset) && offset >= 0)
        st = intake_upload_piece(page_app(q)->intake, page_actor(q), request_param(q, "token"),
                                 (struct bytes){p->bytes, p->n}, &offset, &problem);
    free(p->bytes);
    if (problem.text_key)
        page_problem(q, &problem);
    else if (st && st != STATUS_CONFLICT)
        return st;
    *ARENA_PUSH(q->arena, &q->params) =
        (struct field){T("received"), text_printf(q->arena, "%lld", (long long)offset)};
    if (st == STATUS_CONFLICT) *ARENA_PUSH(q->arena, &q->params) = (struct field){T("conflict"), T("yes")};
    return STATUS_OK;
}

static const struct upload_sink PIECE = {piece_begin, piece_bytes, piece_end, PIECE_BYTES_MAX};

static enum status piece_take(struct request *q, struct response *r) {
    int64_t offset = 0;
    if (q->problem_count) return say(q, r, STATUS_INVALID, &q->problems[0], 0, T(""));
    if (!text_int(request_param(q, "received"), &offset)) return STATUS_INVALID;
    return say(q, r, request_param(q, "conflict").n ? STATUS_CONFLICT : STATUS_OK, &(struct problem){0},
               offset, T(""));
}

static enum status finish_take(struct request *q, struct response *r) {
    struct target t;
    struct draft d;
    const struct form_section *s;
    struct problem p = {0};
    int64_t document = 0;
    enum status st = open_target(q, r, &t, &d, &s);
    if (st) return st;
    struct upload_about about = about_of(q, d.id);
    st = intake_upload_finish(page_app(q)->intake, page_actor(q), &about, request_param(q, "token"), q->arena,
                              &document, &p);
    if (!st) st = add_to_answers(q, &d, s, t.path, document, &p);
    return say(q, r, st == STATUS_CONFLICT ? STATUS_INVALID : st, &p, 0, back_path(q, d.id, s, t.path));
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/upload", upload_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/my/:id/upload", upload_take, NEEDS(APPLICANT | REPRESENTATIVE), RATE_UPLOAD, &FORM_FILE},
    {POST, "/my/:id/uploads/:token", begin_take, NEEDS(APPLICANT | REPRESENTATIVE), RATE_UPLOAD},
    {PUT, "/my/:id/uploads/:token", piece_take, NEEDS(APPLICANT | REPRESENTATIVE), RATE_UPLOAD, &PIECE},
    {POST, "/my/:id/uploads/:token/finish", finish_take, NEEDS(APPLICANT | REPRESENTATIVE), RATE_UPLOAD},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&UPLOAD, NULL};
const struct page_module UPLOAD_PAGES = {ROUTES, TEMPLATES};
