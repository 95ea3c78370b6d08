// rules.c - a policy officer tries a changed rule on the whole caseload: what to try, and the runs so far.
#include "web/pages/rules.h"

#include <string.h>

#include "cases/draft.h"
#include "rules/dmn.h"
#include "web/pages.h"
#include "web/pages/kept_file.h"
#include "web/pages/work_query.h"

static const char *const MOMENTS[] = {"decided", "today"}, *const STOCKS[] = {"all", "open", "closed"};
static const char *const MOMENT_KEYS[] = {"rules.moment.decided", "rules.moment.today"};
static const char *const MOMENT_HINTS[] = {"rules.moment.decided.hint", "rules.moment.today.hint"};
static const char *const STOCK_KEYS[] = {"rules.stock.all", "rules.stock.open", "rules.stock.closed"};
static const char *const STATE_KEYS[] = {"rules.state.running", "rules.state.done", "rules.state.stopped",
                                         "rules.state.failed"};
enum { MOMENT_COUNT = 2, STOCK_COUNT = 3 };

#define V struct rules_run
static const struct view_field RUN_FIELDS[] = {VIEW_INT64(V, id),
                                               VIEW_INT64(V, percent),
                                               VIEW_INT64(V, cases),
                                               VIEW_TEXT(V, href),
                                               VIEW_TEXT(V, decision),
                                               VIEW_TEXT(V, before),
                                               VIEW_TEXT(V, after),
                                               VIEW_TEXT(V, file_name),
                                               VIEW_MOMENT(V, started),
                                               VIEW_C(V, state_key),
                                               VIEW_C(V, moment_key),
                                               VIEW_C(V, stock_key),
                                               VIEW_BOOL(V, is_running),
                                               VIEW_BOOL(V, is_done),
                                               VIEW_BOOL(V, is_stopped),
                                               VIEW_BOOL(V, is_failed),
                                               {0}};
#undef V
const struct view RULES_RUN_VIEW = {"rules_run", RUN_FIELDS};

// ---- names ----

struct text rules_decision_name(struct request *q, struct text decision) {
    return page_text_or(q, key_of(q->arena, "case.rules.", decision), decision);
}

struct text rules_result_name(struct request *q, struct text result) {
    static const struct {
        const char *result, *key;
    } SPECIAL[] = {{"null", "rules.result.null"},
                   {"[]", "rules.result.nothing"},
                   {"!", "rules.result.failed"},
                   {"…", "rules.result.rest"},
                   {"", "rules.result.unknown"}};
    for (size_t i = 0; i < sizeof SPECIAL / sizeof *SPECIAL; i++)
        if (text_eq(result, text_of(SPECIAL[i].result))) return page_text(q, SPECIAL[i].key, NULL, 0);
    return page_text_or(q, key_of(q->arena, "work.track.", result), result);
}

struct rules_run rules_run_of(struct request *q, const struct replay_view *v) {
    return (struct rules_run){.id = v->run,
                              .percent = v->percent,
                              .cases = v->cases,
                              .href = text_printf(q->arena, "/rules/%lld", (long long)v->run),
                              .decision = rules_decision_name(q, v->decision),
                              .before = v->before,
                              .after = v->after,
                              .file_name = v->file_name,
                              .started = v->started,
                              .state_key = STATE_KEYS[v->state],
                              .moment_key = MOMENT_KEYS[v->moment],
                              .stock_key = STOCK_KEYS[v->stock],
                              .is_running = v->state == REPLAY_RUNNING,
                              .is_done = v->state == REPLAY_DONE,
                              .is_stopped = v->state == REPLAY_STOPPED,
                              .is_failed = v->state == REPLAY_FAILED};
}

// ---- the page ----

struct table_file {
    struct text name, href, question;
};
struct rules_page {
    struct {
        struct rules_run *items;
        size_t count, capacity;
    } runs;
    struct {
        struct table_file *items;
        size_t count, capacity;
    } files;
    struct options decisions, before, after, moments, stocks;
    struct text draft, draft_file, draft_title; // a file of a draft that is to be tried
};
VIEW(TABLE_FILE, VIEW_TEXT(struct table_file, name), VIEW_TEXT(struct table_file, href),
     VIEW_TEXT(struct table_file, question));
#define V struct rules_page
VIEW(RULES_VIEW, VIEW_LIST(V, runs, &RULES_RUN_VIEW), VIEW_LIST(V, files, &TABLE_FILE),
     VIEW_LIST(V, decisions, &OPTION_VIEW), VIEW_LIST(V, before, &OPTION_VIEW),
     VIEW_LIST(V, after, &OPTION_VIEW), VIEW_LIST(V, moments, &OPTION_VIEW),
     VIEW_LIST(V, stocks, &OPTION_VIEW), VIEW_TEXT(V, draft), VIEW_TEXT(V, draft_file),
     VIEW_TEXT(V, draft_title));
#undef V
static const struct page_template RULES = {"rules", &RULES_VIEW};

// A table of a draft, as its page links it: "?name=decisions/priority.dmn&draft=7"; in the form the same two.
static enum status read_draft(struct request *q, struct draft_view *d, struct text *name, bool *is_named) {
    int64_t id;
    bool is_posted = q->method == POST;
    *name = is_posted ? form_text(q, "name") : query_text(q, "name");
    *is_named = text_int(is_posted ? form_text(q, "draft") : query_text(q, "draft"), &id) &&
                text_starts(*name, T("decisions/"));
    return *is_named ? cases_draft(page_app(q)->cases, id, q->arena, d) : STATUS_OK;
}

// Whose rules are tried: of the version that was chosen to compare with, of the one a draft was made from,
// else of the first procedure here. `version` is 0 for the last.
struct law {
    const struct pack *pack; // NULL: unknown
    int64_t version;
};
static enum status read_law(struct request *q, struct law *out) {
    struct draft_view d;
    struct text name;
    bool is_named;
    *out = (struct law){.pack = page_pack(q)};
    if (q->method == POST) {
        if (!text_int(form_text(q, "before"), &out->version)) return STATUS_OK;
    } else {
        enum status st = read_draft(q, &d, &name, &is_named);
        if (st || !is_named) return st;
        out->version = d.made_from;
    }
    out->pack = cases_pack_of(page_app(q)->cases, out->version);
    if (out->pack) page_use_pack(q, out->pack);
    return STATUS_OK;
}

// Texts are those of the law in use: see read_law.
static void add_decisions(struct request *q, const struct dmn_model *m, struct options *out) {
    size_t count;
    const struct dmn_node_info *n = dmn_nodes(m, &count);
    for (size_t i = 0; i < count; i++) {
        if (n[i].kind != DMN_DECISION || !n[i].id.n) continue;
        struct text named = page_text_or(q, key_of(q->arena, "case.rules.", n[i].id), T(""));
        if (!named.n) continue; // a step on the way, which no officer is ever shown
        *ARENA_PUSH(q->arena, out) = (struct option){
            .value = n[i].id, .label = named, .is_chosen = text_eq(form_text(q, "decision"), n[i].id)};
    }
}

static void fill_law(struct request *q, const struct law *law, struct rules_page *v) {
    for (size_t i = 0; law->pack && i < pack_decisions(law->pack); i++) {
        struct text file = pack_decision_file(law->pack, i);
        add_decisions(q, pack_decision(law->pack, i), &v->decisions);
        if (!text_starts(file, T("decisions/"))) continue; // of a pack that this one needs: not its to change
        struct text name = text_slice(file, sizeof "decisions/" - 1, file.n),
                    decision = text_slice(name, 0, name.n - (sizeof ".dmn" - 1)),
                    href = TEXT_JOIN(q->arena, T("/rules/files/"), name);
        if (law->version)
            href = text_printf(q->arena, TEXT_FMT "?version=%lld", TEXT_ARG(href), (long long)law->version);
        *ARENA_PUSH(q->arena, &v->files) = (struct table_file){name, href, rules_decision_name(q, decision)};
    }
}

static enum status fill_versions(struct request *q, struct rules_page *v) {
    struct loaded_pack_list packs;
    enum status st = cases_loaded_packs(page_app(q)->cases, q->arena, &packs);
    *ARENA_PUSH(q->arena, &v->after) = (struct option){
        .value = T("file"), .label_key = "rules.after.file", .is_chosen = !form_has(q, "after")};
    for (size_t i = 0; !st && i < packs.count; i++) {
        const struct loaded_pack *k = &packs.items[i];
        struct text number = text_printf(q->arena, "%lld", (long long)k->pack_version);
        struct text name = TEXT_JOIN(q->arena, k->id, T(" "), k->version);
        if (i == 0)
            name = TEXT_JOIN(q->arena, name, T(" ("), page_text(q, "operate.in_force", NULL, 0), T(")"));
        *ARENA_PUSH(q->arena, &v->before) = (struct option){
            .value = number, .label = name, .is_chosen = text_eq(form_text(q, "before"), number)};
        *ARENA_PUSH(q->arena, &v->after) = (struct option){
            .value = number, .label = name, .is_chosen = text_eq(form_text(q, "after"), number)};
    }
    return st;
}

static void fill_choices(struct request *q, struct rules_page *v) {
    for (int i = 0; i < MOMENT_COUNT; i++)
        *ARENA_PUSH(q->arena, &v->moments) =
            (struct option){.value = text_of(MOMENTS[i]),
                            .label_key = MOMENT_KEYS[i],
                            .hint_key = MOMENT_HINTS[i],
                            .is_chosen = form_has(q, "moment") ? form_is(q, "moment", MOMENTS[i]) : i == 0};
    for (int i = 0; i < STOCK_COUNT; i++)
        *ARENA_PUSH(q->arena, &v->stocks) = (struct option){.value = text_of(STOCKS[i]),
                                                            .label_key = STOCK_KEYS[i],
                                                            .is_chosen = form_is(q, "stock", STOCKS[i])};
}

static enum status fill_draft(struct request *q, struct rules_page *v) {
    struct draft_view d;
    bool is_named;
    enum status st = read_draft(q, &d, &v->draft_file, &is_named);
    if (st || !is_named) return st;
    v->draft = text_printf(q->arena, "%lld", (long long)d.draft);
    v->draft_title = d.title;
    for (size_t i = 0; i < v->before.count; i++) {
        struct text from = text_printf(q->arena, "%lld", (long long)d.made_from);
        v->before.items[i].is_chosen = text_eq(v->before.items[i].value, from);
    }
    return STATUS_OK;
}

static enum status rules_page(struct request *q, struct response *r) {
    struct rules_page v = {0};
    struct law law;
    struct replay_views runs;
    struct look look = rules_look();
    enum status st = replay_list(page_app(q)->cases, page_actor(q), &look, q->arena, &runs, &r->problem);
    if (!st) st = read_law(q, &law);
    if (st) return st;
    if (!law.pack) law = (struct law){.pack = page_pack(q)}; // said at the field
    for (size_t i = 0; i < runs.count; i++) *ARENA_PUSH(q->arena, &v.runs) = rules_run_of(q, &runs.items[i]);
    fill_law(q, &law, &v);
    fill_choices(q, &v);
    st = fill_versions(q, &v);
    if (!st) st = fill_draft(q, &v);
    return st ? st : page_show(q, r, &RULES, &v);
}

static const struct upload_sink CHANGED_FILE = {kept_file_begin, kept_file_bytes, kept_file_end,
                                                REPLAY_FILE_MAX};

// ---- starting ----

static int chosen(struct request *q, const char *name, const char *const *words, int count) {
    for (int i = 0; i < count; i++)
        if (form_is(q, name, words[i])) return i;
    return 0;
}

static bool read_draft_file(struct request *q, struct replay_order *o, struct problem *p) {
    struct draft_view d;
    struct text name;
    int64_t revision;
    bool is_named;
    enum status st = read_draft(q, &d, &name, &is_named);
    if (!st && is_named)
        st = cases_draft_file(page_app(q)->cases, d.draft, name, q->arena, &o->file, &revision);
    if (st || !is_named) return !problem(p, "file", "required", "rules.file.missing");
    o->file_name = text_slice(name, sizeof "decisions/" - 1, name.n);
    return true;
}

static bool read_order(struct request *q, struct replay_order *o, struct problem *p) {
    const struct kept_file *f = q->upload;
    *o = (struct replay_order){.decision = form_text(q, "decision"),
                               .moment = (enum replay_moment)chosen(q, "moment", MOMENTS, MOMENT_COUNT),
                               .stock = (enum replay_stock)chosen(q, "stock", STOCKS, STOCK_COUNT)};
    if (!text_int(form_text(q, "before"), &o->before)) o->before = 0;
    if (text_int(form_text(q, "after"), &o->after)) return true;
    o->after = 0;
    if (form_has(q, "draft")) return read_draft_file(q, o, p);
    if (!f || !f->name.n) return !problem(p, "file", "required", "rules.file.missing");
    if (!f->is_whole) return !problem(p, "file", "too_large", "rules.file.too_large");
    o->file_name = f->name;
    o->file = bytes_of(out_done(&f->bytes));
    return true;
}

// Only what the page offers: a step on the way may hold what a person said.
static enum status want_offered(struct request *q, const struct pack *pack, struct text decision,
                                struct problem *p) {
    struct options offered = {0};
    struct out names = {.arena = q->arena};
    if (!pack) return STATUS_OK; // no such version: replay_start says so
    for (size_t i = 0; i < pack_decisions(pack); i++) add_decisions(q, pack_decision(pack, i), &offered);
    for (size_t i = 0; i < offered.count; i++) {
        if (text_eq(offered.items[i].value, decision)) return STATUS_OK;
        if (i) out_c(&names, ", ");
        out_text(&names, offered.items[i].value);
    }
    enum status st = problem(p, "decision", "replay_decision", "problem.replay.decision");
    problem_arg(p, "decision", decision);
    problem_arg(p, "version", pack_version(pack));
    problem_arg(p, "others", out_done(&names));
    return st;
}

// Mistakes of a table name their line and element; the form has one place for them.
static void show_mistake(struct request *q, const struct replay_order *o, struct problem *p) {
    static const char *const OURS[] = {"decision", "before", "after", "file", ""};
    bool is_ours = false;
    for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++) is_ours |= !strcmp(p->field, OURS[i]);
    if (!is_ours) p->field = o->file_name.n ? "file" : "after";
    page_problem(q, p);
}

static enum status rules_start(struct request *q, struct response *r) {
    struct problem p = {0};
    struct replay_order o;
    struct law law;
    struct look look = rules_look();
    int64_t run = 0;
    enum status st = read_law(q, &law);
    if (st) return st;
    st = STATUS_INVALID;
    if (read_order(q, &o, &p) && !want_offered(q, law.pack, o.decision, &p))
        st = replay_start(page_app(q)->cases, page_actor(q), &look, &o, q->arena, &run, &p);
    if (!st) return response_redirect(q, r, text_printf(q->arena, "/rules/%lld", (long long)run));
    if (!p.text_key || st == STATUS_REFUSED) {
        r->problem = p;
        return st;
    }
    show_mistake(q, &o, &p);
    return rules_page(q, r);
}

// ---- the tables in force, to be changed: of the first procedure, or of "?version=7" ----

static enum status rules_file(struct request *q, struct response *r) {
    struct replay_views runs; // whoever may try rules may have them
    struct look look = rules_look();
    struct text name = TEXT_JOIN(q->arena, T("decisions/"), request_param(q, "name"));
    int64_t version;
    bool is_named = text_int(query_text(q, "version"), &version);
    const struct pack *pack = is_named ? cases_pack_of(page_app(q)->cases, version) : page_pack(q);
    enum status st = replay_list(page_app(q)->cases, page_actor(q), &look, q->arena, &runs, &r->problem);
    if (st) return st;
    for (size_t i = 0; pack && i < pack_decisions(pack); i++) {
        if (!text_eq(pack_decision_file(pack, i), name)) continue;
        r->body.arena = q->arena;
        out_text(&r->body, text_of_bytes(pack_file_content(pack, name)));
        response_download(q, r, request_param(q, "name"), T("application/xml"), false);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

static const struct route ROUTES[] = {
    {GET, "/rules", rules_page, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/rules", rules_start, NEEDS(POLICY | SUPERVISOR), RATE_WRITE, &CHANGED_FILE},
    {GET, "/rules/files/:name", rules_file, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&RULES, NULL};
const struct page_module RULES_PAGES = {ROUTES, TEMPLATES};
