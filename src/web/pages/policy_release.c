// policy_release.c - a draft on its way into force: what it changes for whom, who asks, who releases.
#include "web/pages.h"
#include "web/pages/kept_file.h"
#include "web/pages/policy.h"

struct release_page {
    struct policy_draft draft;
    struct policy_differences changes;
    struct policy_report report;
    struct policy_log log;
    struct date_parts valid_from;
    struct text number, past_reason, reason, return_reason, name;
    int64_t open_cases;
    bool wants_signature, is_signed, is_asker;
};
#define V struct release_page
VIEW(RELEASE_VIEW, VIEW_STRUCT(V, draft, &POLICY_DRAFT_VIEW),
     VIEW_STRUCT(V, changes, &POLICY_DIFFERENCES_VIEW), VIEW_STRUCT(V, report, &POLICY_REPORT_VIEW),
     VIEW_LIST(V, log, &POLICY_STEP_VIEW), VIEW_STRUCT(V, valid_from, &DATE_PARTS_VIEW), VIEW_TEXT(V, number),
     VIEW_TEXT(V, past_reason), VIEW_TEXT(V, reason), VIEW_TEXT(V, return_reason), VIEW_TEXT(V, name),
     VIEW_INT64(V, open_cases), VIEW_BOOL(V, wants_signature), VIEW_BOOL(V, is_signed),
     VIEW_BOOL(V, is_asker));
#undef V
static const struct page_template RELEASE = {"policy_release", &RELEASE_VIEW};

static enum status fill_release(struct request *q, const struct draft_view *d, struct release_page *v) {
    struct cases *c = page_app(q)->cases;
    struct pack_files base, whole;
    struct pack_version_list versions;
    enum status st = cases_pack_files(c, d->made_from, q->arena, &base);
    if (!st) st = cases_draft_files(c, d->draft, q->arena, &whole);
    if (!st) st = cases_pack_versions(c, q->arena, &versions);
    if (!st) st = policy_log_of(q, d->draft, &v->log);
    if (st) return st;
    for (size_t i = 0; i < versions.count; i++)
        if (text_eq(versions.items[i].id, d->pack)) v->open_cases += versions.items[i].open_cases;
    v->draft = policy_draft_of(q, d);
    v->changes = policy_differences_of(q, &base, &whole);
    if (v->draft.is_open) v->changes.for_whom = T(""); // the day is not said yet
    v->report = policy_report_of(q, &whole, T(""));
    v->wants_signature = cases_wants_signature(c);
    v->is_signed = pack_file_find(&whole, PACK_SIGNATURE_FILE) != NULL;
    v->is_asker = d->asked_by == page_actor(q)->account;
    return STATUS_OK;
}

static enum status release_page(struct request *q, struct response *r) {
    struct release_page v = {.number = form_text(q, "number"),
                             .past_reason = form_text(q, "past_reason"),
                             .reason = form_text(q, "reason"),
                             .return_reason = form_text(q, "return_reason"),
                             .name = form_text(q, "name")};
    struct draft_view d;
    struct date ignored;
    struct problem p;
    enum status st = policy_enter(q, r);
    if (!st) st = policy_draft_read(q, &d);
    if (!st) st = fill_release(q, &d, &v);
    if (st) return st;
    enum status bad_date =
        form_date(q, "valid_from", &v.valid_from, &ignored, &p); // only to keep what was typed
    (void)bad_date;
    return page_show(q, r, &RELEASE, &v);
}

static enum status release_ask(struct request *q, struct response *r) {
    struct date_parts parts;
    struct problem p = {0};
    struct draft_command c = {
        .act = DRAFT_ASK, .number = form_text(q, "number"), .past_reason = form_text(q, "past_reason")};
    if (form_date(q, "valid_from", &parts, &c.valid_from, &p)) {
        page_problem(q, &p);
        return release_page(q, r);
    }
    return policy_act(q, r, &c, "reason", T("/release"), "notice.policy.asked", release_page);
}

static enum status release_sign(struct request *q, struct response *r) {
    const struct kept_file *f = q->upload;
    struct draft_command c = {.act = DRAFT_SIGN};
    if (f && f->is_whole) c.content = bytes_of(out_done(&f->bytes));
    return policy_act(q, r, &c, "reason", T("/release"), "notice.policy.signed", release_page);
}

static int64_t seen(struct request *q) {
    int64_t version;
    return text_int(form_text(q, "seen"), &version) ? version : -1;
}

static enum status release_return(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_RETURN, .seen = seen(q)};
    return policy_act(q, r, &c, "return_reason", T("/release"), "notice.policy.returned", release_page);
}

static enum status release_do(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_RELEASE, .seen = seen(q), .name = form_text(q, "name")};
    return policy_act(q, r, &c, "reason", T("/release"), "notice.policy.released", release_page);
}

static const struct upload_sink SIGNATURE = {kept_file_begin, kept_file_bytes, kept_file_end,
                                             DRAFT_FILE_BYTES_MAX};

static const struct route ROUTES[] = {
    {GET, "/policy/drafts/:id/release", release_page, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/drafts/:id/ask", release_ask, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/drafts/:id/sign", release_sign, NEEDS(POLICY | SUPERVISOR), RATE_WRITE, &SIGNATURE},
    {POST, "/policy/drafts/:id/return", release_return, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/drafts/:id/release", release_do, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&RELEASE, NULL};
const struct page_module POLICY_RELEASE_PAGES = {ROUTES, TEMPLATES};
