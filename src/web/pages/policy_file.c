// policy_file.c - one file of a draft in an editor: as text, and with script as diagram, table or form.
#include "web/pages.h"
#include "web/pages/kept_file.h"
#include "web/pages/policy.h"

struct file_page {
    struct policy_draft draft;
    struct text name, content, theirs, reason, remove_reason, back_href, file_href, save_href, remove_href,
        restore_href, try_rules_href;
    const char *kind_key;
    struct policy_report report;
    int64_t based_on, theirs_revision;
    bool is_process, is_table, is_form, is_changed, is_there, is_manifest, is_conflict, is_closed,
        is_removing;
};
#define V struct file_page
VIEW(FILE_VIEW, VIEW_STRUCT(V, draft, &POLICY_DRAFT_VIEW), VIEW_TEXT(V, name), VIEW_TEXT(V, content),
     VIEW_TEXT(V, theirs), VIEW_TEXT(V, reason), VIEW_TEXT(V, back_href), VIEW_TEXT(V, file_href),
     VIEW_TEXT(V, save_href), VIEW_TEXT(V, remove_href), VIEW_TEXT(V, restore_href),
     VIEW_TEXT(V, try_rules_href), VIEW_C(V, kind_key), VIEW_STRUCT(V, report, &POLICY_REPORT_VIEW),
     VIEW_INT64(V, based_on), VIEW_INT64(V, theirs_revision), VIEW_BOOL(V, is_process),
     VIEW_BOOL(V, is_table), VIEW_BOOL(V, is_form), VIEW_BOOL(V, is_changed), VIEW_BOOL(V, is_there),
     VIEW_BOOL(V, is_manifest), VIEW_BOOL(V, is_conflict), VIEW_BOOL(V, is_closed), VIEW_BOOL(V, is_removing),
     VIEW_TEXT(V, remove_reason));
#undef V
static const struct page_template FILE_PAGE = {"policy_file", &FILE_VIEW};

static void fill_addresses(struct request *q, const struct draft_view *d, struct file_page *v) {
    struct text href = v->draft.href;
    v->back_href = href;
    v->file_href = policy_file_href(q, TEXT_JOIN(q->arena, href, T("/file")), v->name);
    v->save_href = v->file_href;
    v->remove_href = policy_file_href(q, TEXT_JOIN(q->arena, href, T("/remove")), v->name);
    v->restore_href = policy_file_href(q, TEXT_JOIN(q->arena, href, T("/restore")), v->name);
    if (v->is_table)
        v->try_rules_href = TEXT_JOIN(q->arena, policy_file_href(q, T("/rules"), v->name),
                                      text_printf(q->arena, "&draft=%lld", (long long)d->draft));
}

// What is not in the draft any more can still be taken back from its version.
static enum status find_file(struct request *q, const struct draft_view *d, struct file_page *v) {
    struct draft_files_view names;
    struct bytes content = {0};
    struct cases *c = page_app(q)->cases;
    bool is_known = false;
    enum status st = cases_draft_names(c, d->draft, q->arena, &names);
    for (size_t i = 0; !st && i < names.count; i++) {
        if (!text_eq(names.items[i].name, v->name)) continue;
        is_known = true;
        v->is_changed = names.items[i].change != DRAFT_SAME && names.items[i].change != DRAFT_ADDED;
        v->based_on = names.items[i].revision;
    }
    if (st || !is_known) return st ? st : STATUS_NOT_FOUND;
    st = cases_draft_file(c, d->draft, v->name, q->arena, &content, &v->based_on);
    v->is_there = !st;
    v->content = text_of_bytes(content);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

// The file that was brought, else what stands in the text area.
static struct text sent_text(const struct request *q) {
    const struct kept_file *f = q->upload;
    bool is_brought = f && f->name.n && f->is_whole;
    return is_brought ? out_done(&f->bytes) : form_text(q, "content");
}

// What was typed stays, and so does the text of a file that was brought, as the browser does not keep it;
// what somebody else saved meanwhile stands beside it.
static void keep_typed(struct request *q, struct file_page *v) {
    struct text content = sent_text(q);
    int64_t based_on;
    if (!text_is_utf8(content)) content = form_text(q, "content");
    if (!content.n) return;
    if (text_int(form_text(q, "based_on"), &based_on) && based_on != v->based_on) {
        v->is_conflict = true;
        v->theirs = v->content;
        v->theirs_revision = v->based_on;
        v->based_on = based_on;
    }
    v->content = content;
    v->reason = form_text(q, "reason");
}

static enum status file_page(struct request *q, struct response *r) {
    struct file_page v = {.name = query_text(q, "name"),
                          .remove_reason = form_text(q, "remove_reason"),
                          .is_removing = form_has(q, "remove_reason")};
    struct draft_view d;
    struct pack_files whole;
    enum status st = policy_enter(q, r);
    if (!st) st = policy_draft_read(q, &d);
    if (!st) st = find_file(q, &d, &v);
    if (!st) st = cases_draft_files(page_app(q)->cases, d.draft, q->arena, &whole);
    if (st) return st;
    v.draft = policy_draft_of(q, &d);
    v.kind_key = policy_kind_key(v.name);
    v.is_closed = !v.draft.is_open;
    v.is_process = text_ends(v.name, T(".bpmn"));
    v.is_table = text_ends(v.name, T(".dmn"));
    v.is_form = text_ends(v.name, T(".form"));
    v.is_manifest = text_eq(v.name, T("pack.json"));
    fill_addresses(q, &d, &v);
    v.report = policy_report_of(q, &whole, v.name);
    if (q->method == POST) keep_typed(q, &v);
    return page_show(q, r, &FILE_PAGE, &v);
}

// A text area sends CR LF; files of a pack end their lines with LF.
static struct text plain_lines(struct arena *a, struct text t) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] != '\r') out_byte(&o, t.p[i]);
    if (o.n && o.p[o.n - 1] != '\n') out_byte(&o, '\n');
    return out_done(&o);
}

static enum status file_save(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_SAVE, .file = query_text(q, "name")};
    const char *based_on = form_has(q, "instead") ? "instead" : "based_on";
    c.content = bytes_of(plain_lines(q->arena, sent_text(q)));
    if (!text_int(form_text(q, based_on), &c.based_on)) c.based_on = 0;
    return policy_act(q, r, &c, "reason", policy_file_href(q, T("/file"), c.file), "notice.policy.saved",
                      file_page);
}

static enum status file_remove(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_REMOVE, .file = query_text(q, "name")};
    if (!text_int(form_text(q, "based_on"), &c.based_on)) c.based_on = 0;
    return policy_act(q, r, &c, "remove_reason", T(""), "notice.policy.removed", file_page);
}

static enum status file_restore(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_RESTORE, .file = query_text(q, "name")};
    if (!text_int(form_text(q, "based_on"), &c.based_on)) c.based_on = 0;
    return policy_act(q, r, &c, "reason", policy_file_href(q, T("/file"), c.file), "notice.policy.restored",
                      file_page);
}

static const struct upload_sink SAVED = {kept_file_begin, kept_file_bytes, kept_file_end,
                                         DRAFT_FILE_BYTES_MAX, DRAFT_FILE_BYTES_MAX};

static const struct route ROUTES[] = {
    {GET, "/policy/drafts/:id/file", file_page, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/drafts/:id/file", file_save, NEEDS(POLICY | SUPERVISOR), RATE_WRITE, &SAVED},
    {POST, "/policy/drafts/:id/remove", file_remove, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/drafts/:id/restore", file_restore, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&FILE_PAGE, NULL};
const struct page_module POLICY_FILE_PAGES = {ROUTES, TEMPLATES};
