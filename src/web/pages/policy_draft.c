// policy_draft.c - one draft of the law: its files, what is wrong with it, what was done to it and why.
#include <string.h>

#include "web/pages.h"
#include "web/pages/kept_file.h"
#include "web/pages/policy.h"

#define V struct policy_draft
static const struct view_field DRAFT_FIELDS[] = {VIEW_INT64(V, id),
                                                 VIEW_INT64(V, version),
                                                 VIEW_TEXT(V, title),
                                                 VIEW_TEXT(V, pack),
                                                 VIEW_TEXT(V, made_from),
                                                 VIEW_TEXT(V, made_from_href),
                                                 VIEW_TEXT(V, author),
                                                 VIEW_TEXT(V, asked_by),
                                                 VIEW_TEXT(V, number),
                                                 VIEW_TEXT(V, past_reason),
                                                 VIEW_TEXT(V, href),
                                                 VIEW_TEXT(V, release_href),
                                                 VIEW_TEXT(V, became_href),
                                                 VIEW_C(V, state_key),
                                                 VIEW_C(V, colour),
                                                 VIEW_MOMENT(V, made),
                                                 VIEW_MOMENT(V, changed),
                                                 VIEW_MOMENT(V, asked),
                                                 VIEW_DATE(V, valid_from),
                                                 VIEW_BOOL(V, is_open),
                                                 VIEW_BOOL(V, is_asked),
                                                 VIEW_BOOL(V, is_released),
                                                 VIEW_BOOL(V, is_over),
                                                 VIEW_BOOL(V, is_behind),
                                                 {0}};
#undef V
const struct view POLICY_DRAFT_VIEW = {"policy_draft", DRAFT_FIELDS};
#define V struct policy_step
static const struct view_field STEP_FIELDS[] = {VIEW_C(V, event_key), VIEW_TEXT(V, file), VIEW_TEXT(V, by),
                                                VIEW_TEXT(V, reason), VIEW_MOMENT(V, at), {0}};
#undef V
const struct view POLICY_STEP_VIEW = {"policy_step", STEP_FIELDS};

struct policy_draft policy_draft_of(struct request *q, const struct draft_view *d) {
    static const char *const STATES[][3] = {{"open", "policy.state.open", "blue"},
                                            {"asked", "policy.state.asked", "yellow"},
                                            {"released", "policy.state.released", "green"},
                                            {"dropped", "policy.state.dropped", "grey"}};
    struct text href = text_printf(q->arena, "/policy/drafts/%lld", (long long)d->draft);
    struct policy_draft v = {
        .id = d->draft,
        .version = d->version,
        .title = d->title,
        .pack = d->pack,
        .made_from = d->made_from_number,
        .made_from_href = text_printf(q->arena, "/policy/versions/%lld", (long long)d->made_from),
        .author = d->author_name,
        .asked_by = d->asked_name,
        .number = d->number,
        .past_reason = d->past_reason,
        .href = href,
        .release_href = TEXT_JOIN(q->arena, href, T("/release")),
        .became_href = d->pack_version
                           ? text_printf(q->arena, "/policy/versions/%lld", (long long)d->pack_version)
                           : T(""),
        .made = d->made,
        .changed = d->changed,
        .asked = d->asked,
        .is_open = text_eq(d->state, T("open")),
        .is_asked = text_eq(d->state, T("asked")),
        .is_released = text_eq(d->state, T("released"))};
    v.is_over = !v.is_open && !v.is_asked;
    v.is_behind = d->is_behind && !v.is_over;
    if (date_parse(d->valid_from, &v.valid_from)) v.valid_from = (struct date){0};
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (text_eq(d->state, text_of(STATES[i][0]))) v.state_key = STATES[i][1], v.colour = STATES[i][2];
    return v;
}

enum status policy_draft_read(struct request *q, struct draft_view *d) {
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    return cases_draft(page_app(q)->cases, id, q->arena, d);
}

enum status policy_log_of(struct request *q, int64_t draft, struct policy_log *out) {
    struct draft_log log;
    enum status st = cases_draft_log(page_app(q)->cases, draft, q->arena, &log);
    for (size_t i = 0; !st && i < log.count; i++) {
        const struct draft_step *s = &log.items[i];
        const char *key = text_c(q->arena, TEXT_JOIN(q->arena, T("event."), s->kind));
        *ARENA_PUSH(q->arena, out) = (struct policy_step){key, s->file, s->by, s->reason, s->at};
    }
    return st;
}

enum status policy_act(struct request *q, struct response *r, struct draft_command *command,
                       const char *reason, struct text to, const char *notice, handler *again) {
    struct draft_result result;
    struct problem p = {0};
    if (!request_param_id(q, "id", &command->draft)) return STATUS_NOT_FOUND;
    command->reason = form_text(q, reason);
    enum status st = cases_draft_do(page_app(q)->cases, page_actor(q), command, q->arena, &result, &p);
    if (st && !strcmp(p.field, "reason")) p.field = reason;
    if (st) return policy_mistake(q, r, st, &p) ? again(q, r) : st;
    struct text href = text_printf(q->arena, "/policy/drafts/%lld", (long long)command->draft);
    response_notice(q, r, notice);
    return response_redirect(q, r, TEXT_JOIN(q->arena, href, to));
}

// ---- the page ----

struct draft_page {
    struct policy_draft draft;
    struct policy_file_list files;
    struct policy_report report;
    struct policy_log log;
    struct text file, reason, drop_reason, try_href, needs;
    int64_t changed;
    bool is_dropping;
};
#define V struct draft_page
VIEW(DRAFT_VIEW, VIEW_STRUCT(V, draft, &POLICY_DRAFT_VIEW), VIEW_LIST(V, files, &POLICY_FILE_VIEW),
     VIEW_STRUCT(V, report, &POLICY_REPORT_VIEW), VIEW_LIST(V, log, &POLICY_STEP_VIEW), VIEW_TEXT(V, file),
     VIEW_TEXT(V, reason), VIEW_TEXT(V, drop_reason), VIEW_TEXT(V, try_href), VIEW_TEXT(V, needs),
     VIEW_INT64(V, changed), VIEW_BOOL(V, is_dropping));
#undef V
static const struct page_template DRAFT = {"policy_draft", &DRAFT_VIEW};

static void fill_files(struct request *q, const struct draft_files_view *files, struct draft_page *v) {
    static const char *const KEYS[] = {"", "policy.change.changed", "policy.change.added",
                                       "policy.change.removed"};
    static const char *const COLOURS[] = {"", "blue", "green", "red"};
    struct text before = TEXT_JOIN(q->arena, v->draft.href, T("/file"));
    for (size_t i = 0; i < files->count; i++) {
        const struct draft_file_view *f = &files->items[i];
        *ARENA_PUSH(q->arena, &v->files) = (struct policy_file){.name = f->name,
                                                                .href = policy_file_href(q, before, f->name),
                                                                .kind_key = policy_kind_key(f->name),
                                                                .change_key = KEYS[f->change],
                                                                .colour = COLOURS[f->change],
                                                                .size = (int64_t)f->size,
                                                                .revision = f->revision,
                                                                .is_changed = f->change != DRAFT_SAME,
                                                                .is_removed = f->change == DRAFT_REMOVED,
                                                                .is_added = f->change == DRAFT_ADDED};
        v->changed += f->change != DRAFT_SAME;
    }
    policy_files_sort(&v->files);
}

// A browser does not keep a file that was chosen: without a word the next attempt would begin an empty one.
static void ask_again_for_file(struct request *q) {
    const struct kept_file *f = q->upload;
    struct problem p = {0};
    if (!f || !f->name.n) return;
    for (size_t i = 0; i < q->problem_count; i++)
        if (!strcmp(q->problems[i].field, "content")) return; // it is what was wrong
    (void)!problem(&p, "content", "choose_again", "policy.add.file.again");
    page_problem(q, &p);
}

static enum status draft_page(struct request *q, struct response *r) {
    struct draft_page v = {.file = form_text(q, "file"),
                           .reason = form_text(q, "reason"),
                           .drop_reason = form_text(q, "drop_reason"),
                           .is_dropping = form_has(q, "drop_reason")};
    struct draft_view d;
    struct draft_files_view files;
    struct pack_files whole;
    enum status st = policy_enter(q, r);
    if (!st) st = policy_draft_read(q, &d);
    if (!st) st = cases_draft_names(page_app(q)->cases, d.draft, q->arena, &files);
    if (!st) st = cases_draft_files(page_app(q)->cases, d.draft, q->arena, &whole);
    if (!st) st = policy_log_of(q, d.draft, &v.log);
    if (st) return st;
    v.draft = policy_draft_of(q, &d);
    v.try_href = text_printf(q->arena, "/policy/try?draft=%lld", (long long)d.draft);
    fill_files(q, &files, &v);
    v.needs = policy_needs(q, &whole);
    v.report = policy_report_of(q, &whole, T(""));
    ask_again_for_file(q);
    return page_show(q, r, &DRAFT, &v);
}

static enum status draft_archive(struct request *q, struct response *r) {
    struct draft_view d;
    struct pack_files whole;
    enum status st = policy_enter(q, r);
    if (!st) st = policy_draft_read(q, &d);
    if (!st) st = cases_draft_files(page_app(q)->cases, d.draft, q->arena, &whole);
    if (st) return st;
    struct text name = text_printf(q->arena, TEXT_FMT "-draft-%lld", TEXT_ARG(d.pack), (long long)d.draft);
    r->body.arena = q->arena;
    policy_archive(&r->body, name, &whole, q->now);
    response_download(q, r, TEXT_JOIN(q->arena, name, T(".tar")), T("application/x-tar"), false);
    return STATUS_OK;
}

// ---- acts on the whole ----

// What a new file begins with, when nobody brings one.
static struct text beginning(struct request *q, struct text name) {
    static const struct {
        const char *ending, *content;
    } BEGINNINGS[] = {
        {".form", "{\n  \"type\": \"default\",\n  \"id\": \"%.*s\",\n  \"schemaVersion\": 16,\n"
                  "  \"components\": []\n}\n"},
        {".json", "{\n  \"id\": \"%.*s\"\n}\n"},
        {".po", "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                "\"Language: %.*s\\n\"\n"},
        {".bpmn",
         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<bpmn:definitions xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
         " xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\""
         " xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\""
         " xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" targetNamespace=\"ostia\">\n"
         "  <bpmn:process id=\"%.*s\" isExecutable=\"true\">\n    <bpmn:startEvent id=\"start\"/>\n"
         "  </bpmn:process>\n  <bpmndi:BPMNDiagram id=\"diagram\">\n"
         "    <bpmndi:BPMNPlane id=\"plane\" bpmnElement=\"%.*s\">\n"
         "      <bpmndi:BPMNShape id=\"start_di\" bpmnElement=\"start\">\n"
         "        <dc:Bounds x=\"160\" y=\"80\" width=\"36\" height=\"36\"/>\n      </bpmndi:BPMNShape>\n"
         "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n</bpmn:definitions>\n"},
        {".dmn", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"%.*s_model\""
                 " name=\"%.*s\" namespace=\"ostia\">\n  <decision id=\"%.*s\" name=\"%.*s\">\n"
                 "    <decisionTable id=\"%.*s_table\" hitPolicy=\"FIRST\">\n      <input id=\"input_1\">"
                 "<inputExpression id=\"expression_1\"><text></text></inputExpression></input>\n"
                 "      <output id=\"output_1\"/>\n    </decisionTable>\n  </decision>\n</definitions>\n"}};
    size_t slash = name.n, dot = name.n;
    while (slash > 0 && name.p[slash - 1] != '/') slash--;
    while (dot > slash && name.p[dot - 1] != '.') dot--;
    struct text word = text_slice(name, slash, dot > slash ? dot - 1 : name.n);
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof *BEGINNINGS; i++) {
        if (!text_ends(name, text_of(BEGINNINGS[i].ending))) continue;
        struct text rest = text_of(BEGINNINGS[i].content), part;
        struct out o = {.arena = q->arena};
        size_t at;
        while (text_find(rest, T("%.*s"), &at)) {
            part = text_slice(rest, 0, at);
            rest = text_slice(rest, at + 4, rest.n);
            out_text(&o, part);
            out_text(&o, word);
        }
        out_text(&o, rest);
        return out_done(&o);
    }
    return T("");
}

static enum status file_add(struct request *q, struct response *r) {
    const struct kept_file *f = q->upload;
    struct draft_command c = {.act = DRAFT_ADD, .file = form_text(q, "file")};
    bool is_brought = f && f->name.n && f->is_whole;
    c.content = bytes_of(is_brought ? out_done(&f->bytes) : beginning(q, c.file));
    return policy_act(q, r, &c, "reason", policy_file_href(q, T("/file"), c.file), "notice.policy.added",
                      draft_page);
}

static enum status draft_follow(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_FOLLOW};
    return policy_act(q, r, &c, "reason", T(""), "notice.policy.followed", draft_page);
}

static enum status draft_drop(struct request *q, struct response *r) {
    struct draft_command c = {.act = DRAFT_DROP};
    return policy_act(q, r, &c, "drop_reason", T(""), "notice.policy.dropped", draft_page);
}

static const struct upload_sink NEW_FILE = {kept_file_begin, kept_file_bytes, kept_file_end,
                                            DRAFT_FILE_BYTES_MAX};

static const struct route ROUTES[] = {
    {GET, "/policy/drafts/:id", draft_page, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/drafts/:id/archive", draft_archive, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/drafts/:id/files", file_add, NEEDS(POLICY | SUPERVISOR), RATE_WRITE, &NEW_FILE},
    {POST, "/policy/drafts/:id/follow", draft_follow, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/drafts/:id/drop", draft_drop, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&DRAFT, NULL};
const struct page_module POLICY_DRAFT_PAGES = {ROUTES, TEMPLATES};
