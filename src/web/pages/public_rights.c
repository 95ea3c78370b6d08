// public_rights.c - rights and data in layers, where to complain, and the proof of the log that anybody can
// check.
#include "web/app.h"
#include "web/pages.h"

// ---- whom to call: from the pack's letters, so that pages and paper say the same

struct contact {
    struct text phone, hours, appeal_body, legal_aid_body, legal_aid_phone;
};
VIEW(CONTACT_VIEW, VIEW_TEXT(struct contact, phone), VIEW_TEXT(struct contact, hours),
     VIEW_TEXT(struct contact, appeal_body), VIEW_TEXT(struct contact, legal_aid_body),
     VIEW_TEXT(struct contact, legal_aid_phone));

static struct contact contact_of(struct request *q) {
    struct contact c = {0};
    const struct pack *pack = page_pack(q);
    const struct letter_template *receipt = pack ? pack_letter(pack, T("receipt")) : NULL;
    const struct answers *values = receipt ? receipt->defaults : NULL;
    if (!values) return c;
    c.phone = answers_get(values, T("contact_phone"));
    c.hours = page_pack_text(q, answers_get(values, T("contact_hours_key")));
    c.appeal_body = answers_get(values, T("appeal_body"));
    c.legal_aid_body = answers_get(values, T("legal_aid_body"));
    c.legal_aid_phone = answers_get(values, T("legal_aid_phone"));
    return c;
}

// ---- rights and data

struct law_row {
    struct text title, address;
};
VIEW(LAW_ROW, VIEW_TEXT(struct law_row, title), VIEW_TEXT(struct law_row, address));

struct rights_view {
    struct contact contact;
    struct {
        struct law_row *items;
        size_t count, capacity;
    } laws;
};
VIEW(RIGHTS_VIEW, VIEW_STRUCT(struct rights_view, contact, &CONTACT_VIEW),
     VIEW_LIST(struct rights_view, laws, &LAW_ROW));
static const struct page_template RIGHTS_PAGE = {"public_rights", &RIGHTS_VIEW};
static const struct page_template COMPLAINT_PAGE = {"public_complaint", &RIGHTS_VIEW};

static void list_laws(struct request *q, struct rights_view *v) {
    const struct legal_reference *laws;
    size_t count = page_pack(q) ? pack_legal_references(page_pack(q), &laws) : 0;
    for (size_t i = 0; i < count; i++)
        *ARENA_PUSH(q->arena, &v->laws) = (struct law_row){laws[i].title, laws[i].eli};
}

static enum status rights_page(struct request *q, struct response *r) {
    struct rights_view v = {.contact = contact_of(q)};
    list_laws(q, &v);
    return page_show(q, r, &RIGHTS_PAGE, &v);
}

static enum status complaint_page(struct request *q, struct response *r) {
    struct rights_view v = {.contact = contact_of(q)};
    return page_show(q, r, &COMPLAINT_PAGE, &v);
}

// ---- the log

struct log_view {
    struct text checkpoint, verifier, origin;
    int64_t entries;
};
VIEW(LOG_VIEW, VIEW_TEXT(struct log_view, checkpoint), VIEW_TEXT(struct log_view, verifier),
     VIEW_TEXT(struct log_view, origin), VIEW_INT64(struct log_view, entries));
static const struct page_template LOG_PAGE = {"public_log", &LOG_VIEW};

static enum status newest_checkpoint(struct request *q, struct log_view *v) {
    struct journal *j = cases_journal(page_app(q)->cases);
    struct db *db;
    enum status st = store_reader(journal_store(j), &db);
    if (st) return st;
    st = journal_checkpoint(j, db, q->arena, &v->checkpoint);
    store_reader_release(journal_store(j), db);
    if (st) return st;
    v->verifier = journal_verifier(j, q->arena);
    struct text rest = v->checkpoint,
                size; // origin, number of entries, root, a line each (C2SP tlog-checkpoint)
    if (text_cut(&rest, '\n', &v->origin) && text_cut(&rest, '\n', &size) && !text_int(size, &v->entries))
        v->entries = 0;
    return STATUS_OK;
}

static enum status log_page(struct request *q, struct response *r) {
    struct log_view v = {0};
    enum status st = newest_checkpoint(q, &v);
    return st ? st : page_show(q, r, &LOG_PAGE, &v);
}

static enum status plain(struct response *r, struct text content) {
    r->media = T("text/plain; charset=utf-8");
    r->cache = CACHE_REVALIDATE;
    out_text(&r->body, content);
    return STATUS_OK;
}

static enum status log_checkpoint(struct request *q, struct response *r) {
    struct log_view v = {0};
    enum status st = newest_checkpoint(q, &v);
    return st ? st : plain(r, v.checkpoint);
}

static enum status log_key(struct request *q, struct response *r) {
    return plain(r,
                 TEXT_JOIN(q->arena, journal_verifier(cases_journal(page_app(q)->cases), q->arena), T("\n")));
}

static const struct route ROUTES[] = {
    {GET, "/rights", rights_page, NEEDS(ANYONE)},
    {GET, "/complaint", complaint_page, NEEDS(ANYONE)},
    {GET, "/transparency/log", log_page, NEEDS(ANYONE)},
    {GET, "/transparency/checkpoint", log_checkpoint, NEEDS(ANYONE)},
    {GET, "/transparency/key", log_key, NEEDS(ANYONE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&RIGHTS_PAGE, &COMPLAINT_PAGE, &LOG_PAGE, NULL};
const struct page_module RIGHTS_PAGES = {ROUTES, TEMPLATES};
