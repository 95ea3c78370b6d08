// log.c - the log as anybody may read it (C2SP tlog-tiles), and the witness of other logs (tlog-witness).
#include "api/table.h"
#include "proof/proof.h"
#include "web/pages/kept_file.h"

static const struct text PLAIN = {"text/plain; charset=utf-8", 25};

static enum status read_with(struct request *q,
                             enum status (*read)(struct request *q, struct db *db, void *into), void *into) {
    struct journal *j = cases_journal(page_app(q)->cases);
    struct db *db;
    if (!page_app(q)->proofs) return STATUS_NOT_FOUND;
    enum status st = store_reader(journal_store(j), &db);
    if (st) return st;
    st = read(q, db, into);
    store_reader_release(journal_store(j), db);
    return st;
}

static enum status answer_text(struct response *r, struct text media, struct text body) {
    r->media = media;
    out_text(&r->body, body);
    return STATUS_OK;
}

static enum status read_checkpoint(struct request *q, struct db *db, void *into) {
    return proof_checkpoint(cases_journal(page_app(q)->cases), db, q->arena, into);
}

static enum status log_checkpoint(struct request *q, struct response *r) {
    struct text note;
    enum status st = read_with(q, read_checkpoint, &note);
    return st ? st : answer_text(r, PLAIN, note);
}

struct tile {
    struct tile_path path;
    struct bytes hashes;
};

static enum status read_tile(struct request *q, struct db *db, void *into) {
    struct tile *t = into;
    struct ledger_storage tiles = journal_tiles(&db);
    return tile_path_hashes(&tiles, &t->path, q->arena, &t->hashes);
}

// What the leaves are stays in the house: of entries there are hashes only, in the tiles of level 0.
static enum status log_tile(struct request *q, struct response *r) {
    struct tile t;
    struct text path = text_slice(q->path, sizeof "/log/" - 1, q->path.n);
    if (!page_app(q)->has_tiles || tile_path_read(path, &t.path)) return STATUS_NOT_FOUND;
    enum status st = read_with(q, read_tile, &t);
    if (st) return st;
    r->cache = CACHE_FOREVER;
    return answer_text(r, T("application/octet-stream"), text_of_bytes(t.hashes));
}

static enum status witness_add(struct request *q, struct response *r) {
    struct witness_answer answer;
    const struct kept_file *body = q->upload;
    if (!page_app(q)->proofs) return STATUS_NOT_FOUND;
    struct text lines = body && body->is_whole ? out_done(&body->bytes) : T("");
    enum status st = proof_add_checkpoint(page_app(q)->proofs, lines, q->arena, &answer);
    if (st) return st;
    r->status = (unsigned)answer.http_status;
    return answer_text(r, answer.media, answer.body);
}

static enum status read_witnessed(struct request *q, struct db *db, void *into) {
    return proof_witnessed(db, request_param(q, "origin"), q->arena, into);
}

static enum status witness_checkpoint(struct request *q, struct response *r) {
    struct text note;
    enum status st = read_with(q, read_witnessed, &note);
    return st ? st : answer_text(r, PLAIN, note);
}

// The protocol says no media type: whatever comes is read.
static const struct upload_sink REQUEST = {kept_file_begin, kept_file_bytes, kept_file_end, WITNESS_BODY_MAX};

// The index of a tile has one part for each three digits; four are a tile of the 256 * 10^12th leaf.
#define LOG_GET(path, handle) \
    { GET, path, handle, .rate = RATE_API, .by_token = true }
static const struct route ROUTES[] = {
    LOG_GET("/log/checkpoint", log_checkpoint),
    LOG_GET("/log/tile/:level/:a", log_tile),
    LOG_GET("/log/tile/:level/:a/:b", log_tile),
    LOG_GET("/log/tile/:level/:a/:b/:c", log_tile),
    LOG_GET("/log/tile/:level/:a/:b/:c/:d", log_tile),
    LOG_GET("/log/tile/:level/:a/:b/:c/:d/:e", log_tile),
    LOG_GET("/witness/:origin/checkpoint", witness_checkpoint),
    {POST, "/witness/add-checkpoint", witness_add, .rate = RATE_API, .upload = &REQUEST, .by_token = true},
    {0},
};
const struct page_module API_LOG_PAGES = {.routes = ROUTES};
