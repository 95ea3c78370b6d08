// migrate.c - running cases go over to another version of their pack: tried, then done; progress and report.
#include "cases/migrate.h"

#include "web/app.h"
#include "web/pages.h"
#include "web/pages/work_query.h"

struct reason_line {
    struct text element, rule, samples;
    int64_t count;
};
struct migrate_page {
    struct options from, to;
    struct text mapping, pack, version_from, version_to, mistake;
    struct moment started;
    int64_t done, all, went, stayed, seconds;
    struct {
        struct reason_line *items;
        size_t count, capacity;
    } reasons;
    bool is_known, is_running, is_try, has_failed, is_stopped, all_go;
};
#define V struct reason_line
VIEW(REASON_LINE, VIEW_TEXT(V, element), VIEW_TEXT(V, rule), VIEW_TEXT(V, samples), VIEW_INT64(V, count));
#undef V
#define V struct migrate_page
VIEW(MIGRATE_VIEW, VIEW_LIST(V, from, &OPTION_VIEW), VIEW_LIST(V, to, &OPTION_VIEW), VIEW_TEXT(V, mapping),
     VIEW_TEXT(V, pack), VIEW_TEXT(V, version_from), VIEW_TEXT(V, version_to), VIEW_TEXT(V, mistake),
     VIEW_MOMENT(V, started), VIEW_INT64(V, done), VIEW_INT64(V, all), VIEW_INT64(V, went),
     VIEW_INT64(V, stayed), VIEW_INT64(V, seconds), VIEW_LIST(V, reasons, &REASON_LINE),
     VIEW_BOOL(V, is_known), VIEW_BOOL(V, is_running), VIEW_BOOL(V, is_try), VIEW_BOOL(V, has_failed),
     VIEW_BOOL(V, is_stopped), VIEW_BOOL(V, all_go));
#undef V
static const struct page_template MIGRATE = {"migrate", &MIGRATE_VIEW};

static void add_version(struct request *q, const struct loaded_pack *k, const char *field,
                        struct options *out) {
    struct text number = text_printf(q->arena, "%lld", (long long)k->pack_version);
    *ARENA_PUSH(q->arena, out) = (struct option){.value = number,
                                                 .label = TEXT_JOIN(q->arena, k->id, T(" "), k->version),
                                                 .is_chosen = text_eq(form_text(q, field), number)};
}

static enum status fill_versions(struct request *q, struct migrate_page *v) {
    struct loaded_pack_list packs;
    enum status st = cases_loaded_packs(page_app(q)->cases, q->arena, &packs);
    for (size_t i = 0; !st && i < packs.count; i++) {
        add_version(q, &packs.items[i], "from", &v->from);
        add_version(q, &packs.items[i], "to", &v->to);
    }
    return st;
}

static struct text sample_list(struct request *q, const struct migration_reason *r) {
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < r->sample_count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, r->samples[i]);
    }
    return out_done(&o);
}

static void fill_report(struct request *q, const struct migration_view *m, struct migrate_page *v) {
    const struct migration_report *r = &m->report;
    v->went = r->went;
    v->stayed = r->stayed;
    v->seconds = (r->ms + 999) / 1000;
    v->is_stopped = r->is_stopped;
    v->has_failed = m->has_failed;
    v->all_go = !m->has_failed && !r->is_stopped && !r->stayed;
    if (m->problem.text_key) v->mistake = page_text(q, m->problem.text_key, NULL, 0);
    for (size_t i = 0; i < r->reasons.count; i++) {
        const struct migration_reason *n = &r->reasons.items[i];
        *ARENA_PUSH(q->arena, &v->reasons) =
            (struct reason_line){n->element, n->rule, sample_list(q, n), n->count};
    }
}

static enum status migrate_page(struct request *q, struct response *r) {
    struct migrate_page v = {.mapping = form_text(q, "mapping")};
    struct migration_view m;
    enum status st = migration_look(page_app(q)->cases, page_actor(q), q->arena, &m, &r->problem);
    if (!st) st = fill_versions(q, &v);
    if (st) return st;
    v.is_known = m.is_known;
    v.is_running = m.is_running;
    v.is_try = m.is_try;
    v.pack = m.pack;
    v.version_from = m.from;
    v.version_to = m.to;
    v.started = m.started;
    v.done = m.done;
    v.all = m.all;
    if (m.is_known && !m.is_running) fill_report(q, &m, &v);
    return page_show(q, r, &MIGRATE, &v);
}

static enum status migrate_start(struct request *q, struct response *r) {
    struct problem p = {0};
    struct migration_order o = {.mapping = form_text(q, "mapping"), .is_try = !form_is(q, "what", "do")};
    if (!text_int(form_text(q, "from"), &o.from)) o.from = 0;
    if (!text_int(form_text(q, "to"), &o.to)) o.to = 0;
    enum status st = migration_start(page_app(q)->cases, page_actor(q), &o, q->arena, &p);
    if (!st) return response_redirect(q, r, T("/policy/migrate"));
    if (st != STATUS_INVALID) {
        r->problem = p;
        return st;
    }
    page_problem(q, &p);
    return migrate_page(q, r);
}

static enum status migrate_stop(struct request *q, struct response *r) {
    enum status st = migration_stop(page_app(q)->cases, page_actor(q), &r->problem);
    if (st) return st;
    response_notice(q, r, "notice.migrate.stopped");
    return response_redirect(q, r, T("/policy/migrate"));
}

static const struct route ROUTES[] = {
    {GET, "/policy/migrate", migrate_page, NEEDS(POLICY)},
    {POST, "/policy/migrate", migrate_start, NEEDS(POLICY), RATE_WRITE},
    {POST, "/policy/migrate/stop", migrate_stop, NEEDS(POLICY), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&MIGRATE, NULL};
const struct page_module MIGRATE_PAGES = {ROUTES, TEMPLATES};
