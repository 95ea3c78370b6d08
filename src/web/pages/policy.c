// policy.c - the law as it stands: packs with their versions, what each says, and the drafts of the next.
#include "web/pages/policy.h"

#include <stdlib.h>
#include <string.h>

#include "web/pages.h"
#include "web/pages/work_query.h"

// ---- what all pages of this family share ----

enum status policy_enter(struct request *q, struct response *r) {
    return cases_draft_may(page_app(q)->cases, page_actor(q), T("draft_pack"), &r->problem);
}

bool policy_mistake(struct request *q, struct response *r, enum status st, const struct problem *p) {
    static const char *const FIELDS[] = {"reason",      "title",         "file",         "content",
                                         "number",      "valid_from",    "past_reason",  "name",
                                         "drop_reason", "remove_reason", "return_reason"};
    struct problem shown = *p;
    bool is_ours = st == STATUS_INVALID || st == STATUS_CONFLICT ||
                   (st == STATUS_REFUSED && p->rule && !strcmp(p->rule, "four_eyes"));
    if (!is_ours || !p->text_key) {
        r->problem = *p;
        return false;
    }
    shown.field = "";
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (!strcmp(p->field, FIELDS[i])) shown.field = FIELDS[i];
    page_problem(q, &shown);
    return true;
}

// In the order in which they are listed; what has no folder is of the whole pack.
static const struct {
    const char *folder, *key;
} KINDS[] = {{"processes/", "policy.kind.processes"}, {"decisions/", "policy.kind.decisions"},
             {"forms/", "policy.kind.forms"},         {"letters/", "policy.kind.letters"},
             {"parts/", "policy.kind.parts"},         {"codes/", "policy.kind.codes"},
             {"calendars/", "policy.kind.calendars"}, {"texts/", "policy.kind.texts"},
             {"walks/", "policy.kind.walks"},         {"", "policy.kind.whole"}};

static int kind_of(struct text name) {
    int kind = 0;
    while (!text_starts(name, text_of(KINDS[kind].folder))) kind++;
    return kind;
}

const char *policy_kind_key(struct text name) {
    return KINDS[kind_of(name)].key;
}

static int by_kind(const void *x, const void *y) {
    const struct policy_file *a = x, *b = y;
    int kinds = kind_of(a->name) - kind_of(b->name);
    return kinds ? kinds : text_cmp(a->name, b->name);
}

void policy_files_sort(struct policy_file_list *files) {
    if (files->count) qsort(files->items, files->count, sizeof *files->items, by_kind);
    for (size_t i = 0; i < files->count; i++)
        files->items[i].is_first = !i || files->items[i].kind_key != files->items[i - 1].kind_key;
}

struct text policy_needs(struct request *q, const struct pack_files *files) {
    struct out names = {.arena = q->arena};
    for (size_t i = 0; i < files->count; i++) {
        struct text name = files->items[i].name;
        if (!text_starts(name, T("needs/")) || !text_ends(name, T("/pack.json"))) continue;
        if (names.n) out_c(&names, ", ");
        out_text(&names, text_slice(name, sizeof "needs/" - 1, name.n - (sizeof "/pack.json" - 1)));
    }
    return out_done(&names);
}

struct text policy_file_href(struct request *q, struct text before, struct text name) {
    struct out o = {.arena = q->arena};
    out_text(&o, before);
    out_c(&o, "?name=");
    struct out value = {.arena = q->arena};
    query_put(&value, "name", name);
    struct text pair = out_done(&value);
    out_text(&o, text_slice(pair, sizeof "name=" - 1, pair.n));
    return out_done(&o);
}

#define V struct policy_file
static const struct view_field FILE_FIELDS[] = {
    VIEW_TEXT(V, name),       VIEW_TEXT(V, href),       VIEW_C(V, kind_key),     VIEW_C(V, change_key),
    VIEW_C(V, colour),        VIEW_SIZE(V, size),       VIEW_INT64(V, revision), VIEW_BOOL(V, is_first),
    VIEW_BOOL(V, is_changed), VIEW_BOOL(V, is_removed), VIEW_BOOL(V, is_added),  {0}};
#undef V
const struct view POLICY_FILE_VIEW = {"policy_file", FILE_FIELDS};

// ---- the list ----

struct version_line {
    int64_t pack_version, open_cases;
    struct text id, number, signed_by, loaded_by, href;
    struct date valid_from, valid_to;
    struct moment loaded;
    bool is_now;
};
struct version_lines {
    struct version_line *items;
    size_t count, capacity;
};
struct draft_lines {
    struct policy_draft *items;
    size_t count, capacity;
};
struct policy_page {
    struct version_lines versions;
    struct draft_lines drafts;
};
#define V struct version_line
static const struct view_field VERSION_FIELDS[] = {
    VIEW_INT64(V, pack_version), VIEW_INT64(V, open_cases), VIEW_TEXT(V, id),     VIEW_TEXT(V, number),
    VIEW_TEXT(V, signed_by),     VIEW_TEXT(V, loaded_by),   VIEW_TEXT(V, href),   VIEW_DATE(V, valid_from),
    VIEW_DATE(V, valid_to),      VIEW_MOMENT(V, loaded),    VIEW_BOOL(V, is_now), {0}};
#undef V
static const struct view VERSION_LINE = {"version_line", VERSION_FIELDS};
VIEW(POLICY_VIEW, VIEW_LIST(struct policy_page, versions, &VERSION_LINE),
     VIEW_LIST(struct policy_page, drafts, &POLICY_DRAFT_VIEW));
static const struct page_template LAW = {"policy", &POLICY_VIEW};

static struct version_line line_of(struct request *q, const struct pack_version_view *v) {
    return (struct version_line){
        .pack_version = v->pack_version,
        .open_cases = v->open_cases,
        .id = v->id,
        .number = v->number,
        .signed_by = v->signed_by,
        .loaded_by = v->loaded_by,
        .href = text_printf(q->arena, "/policy/versions/%lld", (long long)v->pack_version),
        .valid_from = v->valid_from,
        .valid_to = v->valid_to,
        .loaded = v->loaded,
        .is_now = v->is_now};
}

static enum status policy_page(struct request *q, struct response *r) {
    struct policy_page v = {0};
    struct pack_version_list versions;
    struct draft_list drafts;
    enum status st = policy_enter(q, r);
    if (!st) st = cases_pack_versions(page_app(q)->cases, q->arena, &versions);
    if (!st) st = cases_drafts(page_app(q)->cases, q->arena, &drafts);
    if (st) return st;
    for (size_t i = 0; i < versions.count; i++)
        *ARENA_PUSH(q->arena, &v.versions) = line_of(q, &versions.items[i]);
    for (size_t i = 0; i < drafts.count; i++)
        *ARENA_PUSH(q->arena, &v.drafts) = policy_draft_of(q, &drafts.items[i]);
    return page_show(q, r, &LAW, &v);
}

// ---- one version ----

struct version_page {
    struct version_line version;
    struct policy_file_list files;
    struct policy_report report;
    struct policy_differences changes;
    struct options against;
    struct text against_number, archive_href, title, reason, needs;
    bool has_against;
};
#define V struct version_page
VIEW(VERSION_VIEW, VIEW_STRUCT(V, version, &VERSION_LINE), VIEW_LIST(V, files, &POLICY_FILE_VIEW),
     VIEW_STRUCT(V, report, &POLICY_REPORT_VIEW), VIEW_STRUCT(V, changes, &POLICY_DIFFERENCES_VIEW),
     VIEW_LIST(V, against, &OPTION_VIEW), VIEW_TEXT(V, against_number), VIEW_TEXT(V, archive_href),
     VIEW_TEXT(V, title), VIEW_TEXT(V, reason), VIEW_TEXT(V, needs), VIEW_BOOL(V, has_against));
#undef V
static const struct page_template VERSION = {"policy_version", &VERSION_VIEW};

static void list_files(struct request *q, const struct pack_files *files, struct text before,
                       struct policy_file_list *out) {
    for (size_t i = 0; i < files->count; i++) {
        const struct pack_file *f = &files->items[i];
        if (text_starts(f->name, T("needs/"))) continue;
        *ARENA_PUSH(q->arena, out) = (struct policy_file){.name = f->name,
                                                          .href = policy_file_href(q, before, f->name),
                                                          .kind_key = policy_kind_key(f->name),
                                                          .size = (int64_t)f->content.n};
    }
    policy_files_sort(out);
}

// Other versions of the same pack; the one before this is the usual one to compare with.
static int64_t choose_against(struct request *q, const struct pack_version_list *all,
                              const struct pack_version_view *this, struct version_page *v) {
    int64_t chosen = 0, asked = 0;
    if (!text_int(query_text(q, "against"), &asked)) asked = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct pack_version_view *o = &all->items[i];
        if (!text_eq(o->id, this->id) || o->pack_version == this->pack_version) continue;
        bool is_usual = !asked && !chosen && o->pack_version < this->pack_version;
        if (is_usual || o->pack_version == asked) chosen = o->pack_version, v->against_number = o->number;
        *ARENA_PUSH(q->arena, &v->against) =
            (struct option){.value = text_printf(q->arena, "%lld", (long long)o->pack_version),
                            .label = o->number,
                            .is_chosen = is_usual || o->pack_version == asked};
    }
    return chosen;
}

static enum status fill_version(struct request *q, int64_t id, struct version_page *v) {
    struct cases *c = page_app(q)->cases;
    struct pack_version_list all;
    struct pack_files files, old;
    const struct pack_version_view *this = NULL;
    enum status st = cases_pack_versions(c, q->arena, &all);
    for (size_t i = 0; !st && i < all.count; i++)
        if (all.items[i].pack_version == id) this = &all.items[i];
    if (!st && !this) return STATUS_NOT_FOUND;
    if (!st) st = cases_pack_files(c, id, q->arena, &files);
    if (st) return st;
    v->version = line_of(q, this);
    v->archive_href = TEXT_JOIN(q->arena, v->version.href, T("/archive"));
    list_files(q, &files, TEXT_JOIN(q->arena, v->version.href, T("/file")), &v->files);
    v->needs = policy_needs(q, &files);
    v->report = policy_report_of(q, &files, T(""));
    int64_t against = choose_against(q, &all, this, v);
    v->has_against = against != 0;
    if (against) st = cases_pack_files(c, against, q->arena, &old);
    if (against && !st) v->changes = policy_differences_of(q, &old, &files);
    return st;
}

static enum status version_page(struct request *q, struct response *r) {
    struct version_page v = {.title = form_text(q, "title"), .reason = form_text(q, "reason")};
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = policy_enter(q, r);
    if (!st) st = fill_version(q, id, &v);
    return st ? st : page_show(q, r, &VERSION, &v);
}

static enum status version_archive(struct request *q, struct response *r) {
    const struct pack *pack = NULL;
    struct pack_files files;
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = policy_enter(q, r);
    if (!st) st = cases_pack_files(page_app(q)->cases, id, q->arena, &files);
    if (!st) pack = cases_pack_of(page_app(q)->cases, id);
    if (st) return st;
    struct text name = pack ? TEXT_JOIN(q->arena, pack_id(pack), T("-"), pack_version(pack)) : T("pack");
    r->body.arena = q->arena;
    policy_archive(&r->body, name, &files, q->now);
    response_download(q, r, TEXT_JOIN(q->arena, name, T(".tar")), T("application/x-tar"), false);
    return STATUS_OK;
}

static enum status version_file(struct request *q, struct response *r) {
    struct pack_files files;
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = policy_enter(q, r);
    if (!st) st = cases_pack_files(page_app(q)->cases, id, q->arena, &files);
    if (st) return st;
    const struct pack_file *f = pack_file_find(&files, query_text(q, "name"));
    if (!f) return STATUS_NOT_FOUND;
    size_t slash = f->name.n;
    while (slash > 0 && f->name.p[slash - 1] != '/') slash--;
    r->body.arena = q->arena;
    out_text(&r->body, text_of_bytes(f->content));
    response_download(q, r, text_slice(f->name, slash, f->name.n), T("text/plain"), false);
    return STATUS_OK;
}

static enum status draft_make(struct request *q, struct response *r) {
    struct draft_command c = {
        .act = DRAFT_MAKE, .reason = form_text(q, "reason"), .title = form_text(q, "title")};
    struct draft_result made;
    struct problem p = {0};
    if (!request_param_id(q, "id", &c.pack_version)) return STATUS_NOT_FOUND;
    enum status st = cases_draft_do(page_app(q)->cases, page_actor(q), &c, q->arena, &made, &p);
    if (st) return policy_mistake(q, r, st, &p) ? version_page(q, r) : st;
    response_notice(q, r, "notice.policy.made");
    return response_redirect(q, r, text_printf(q->arena, "/policy/drafts/%lld", (long long)made.draft));
}

static const struct route ROUTES[] = {
    {GET, "/policy", policy_page, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/versions/:id", version_page, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/versions/:id/archive", version_archive, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/versions/:id/file", version_file, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/versions/:id", draft_make, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&LAW, &VERSION, NULL};
const struct page_module POLICY_PAGES = {ROUTES, TEMPLATES};
