// operate.c - the operator's page: which law is in force, what could not be sent, how the machine does.
// Nothing personal.
#include "web/pages.h"

#include "cases/incidents.h"
#include "exchange/delivery.h"
#include "store/outbox.h"
#include "web/app.h"
#include "worker/worker.h"

enum { DEAD_SHOWN_MAX = 50 };

struct pack_line {
    struct text id, version;
    struct moment loaded;
    bool is_in_force;
};
struct dead_line {
    struct text key, kind, reason;
    struct moment done;
    int attempts;
};
struct operate_view {
    struct {
        struct pack_line *items;
        size_t count, capacity;
    } packs;
    struct {
        struct dead_line *items;
        size_t count, capacity;
    } dead;
    struct outbox_counts outbox;
    struct store_stats store;
    struct worker_stats worker;
    int64_t incidents; // steps that wait
    bool has_workers, has_more_dead;
};
VIEW(PACK_LINE, VIEW_TEXT(struct pack_line, id), VIEW_TEXT(struct pack_line, version),
     VIEW_MOMENT(struct pack_line, loaded), VIEW_BOOL(struct pack_line, is_in_force));
VIEW(DEAD_LINE, VIEW_TEXT(struct dead_line, key), VIEW_TEXT(struct dead_line, kind),
     VIEW_TEXT(struct dead_line, reason), VIEW_MOMENT(struct dead_line, done),
     VIEW_INT(struct dead_line, attempts));
VIEW(OUTBOX_VIEW, VIEW_INT64(struct outbox_counts, waiting), VIEW_INT64(struct outbox_counts, late),
     VIEW_INT64(struct outbox_counts, dead));
VIEW(STORE_VIEW, VIEW_INT64(struct store_stats, jobs_kept), VIEW_INT64(struct store_stats, jobs_failed),
     VIEW_INT64(struct store_stats, batches), VIEW_INT64(struct store_stats, batches_failed),
     VIEW_INT64(struct store_stats, largest_batch), VIEW_INT64(struct store_stats, queued));
VIEW(WORKER_VIEW, VIEW_INT64(struct worker_stats, jobs), VIEW_INT64(struct worker_stats, failed),
     VIEW_INT64(struct worker_stats, crashed), VIEW_INT64(struct worker_stats, killed),
     VIEW_INT64(struct worker_stats, started));
#define V struct operate_view
VIEW(OPERATE_VIEW, VIEW_LIST(V, packs, &PACK_LINE), VIEW_LIST(V, dead, &DEAD_LINE),
     VIEW_STRUCT(V, outbox, &OUTBOX_VIEW), VIEW_STRUCT(V, store, &STORE_VIEW),
     VIEW_STRUCT(V, worker, &WORKER_VIEW), VIEW_INT64(V, incidents), VIEW_BOOL(V, has_workers),
     VIEW_BOOL(V, has_more_dead));
#undef V
static const struct page_template OPERATE = {"operate", &OPERATE_VIEW};

static struct store *store_of(const struct request *q) {
    return journal_store(cases_journal(page_app(q)->cases));
}

// The outer door also lets auditors in; these pages are the operator's alone.
static enum status only_operator(const struct request *q, struct response *r) {
    if (actor_has_role(page_actor(q), T("operator"))) return STATUS_OK;
    r->problem = (struct problem){.field = "", .rule = "access_role", .text_key = "problem.access.role"};
    return STATUS_REFUSED;
}

static enum status fill_packs(struct request *q, struct operate_view *v) {
    struct loaded_pack_list packs;
    enum status st = cases_loaded_packs(page_app(q)->cases, q->arena, &packs);
    for (size_t i = 0; !st && i < packs.count; i++)
        *ARENA_PUSH(q->arena, &v->packs) =
            (struct pack_line){packs.items[i].id, packs.items[i].version, packs.items[i].loaded_at, i == 0};
    return st;
}

static enum status fill_outbox(struct request *q, struct operate_view *v) {
    struct outbox_list dead = {0};
    struct db *db;
    enum status st = store_reader(store_of(q), &db);
    if (st) return st;
    st = outbox_count(db, &v->outbox);
    if (!st) st = outbox_list(db, OUTBOX_DEAD, NULL, DEAD_SHOWN_MAX, q->arena, &dead);
    store_reader_release(store_of(q), db);
    for (size_t i = 0; !st && i < dead.count; i++)
        *ARENA_PUSH(q->arena, &v->dead) =
            (struct dead_line){dead.items[i].item.key, dead.items[i].item.kind, dead.items[i].error,
                               dead.items[i].done, dead.items[i].attempts};
    v->has_more_dead = v->outbox.dead > (int64_t)v->dead.count;
    return st;
}

static enum status operate_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    struct operate_view v = {.has_workers = app->workers != NULL};
    enum status st = only_operator(q, r);
    if (!st) st = fill_packs(q, &v);
    if (!st) st = fill_outbox(q, &v);
    if (!st) st = cases_incident_count(app->cases, &v.incidents);
    if (st) return st;
    v.store = store_stats(store_of(q));
    if (app->workers) v.worker = worker_stats(app->workers);
    return page_show(q, r, &OPERATE, &v);
}

struct revival {
    struct text key;
    struct moment now;
};

static enum status revive(struct db *tx, void *argument) {
    const struct revival *item = argument;
    return outbox_revive(tx, item->key, item->now);
}

static enum status send_again(struct request *q, struct response *r) {
    struct revival item = {form_text(q, "key"), q->now};
    enum status st = only_operator(q, r);
    if (!st) st = store_write(store_of(q), revive, &item);
    if (st && st != STATUS_NOT_FOUND)
        return st; // not dead any more: somebody else was faster, which is as good
    if (page_app(q)->delivery) delivery_wake(page_app(q)->delivery);
    response_notice(q, r, "notice.operate.again");
    return response_redirect(q, r, T("/operate"));
}

static const struct route ROUTES[] = {
    {GET, "/operate", operate_page, NEEDS(ADMINISTRATOR)},
    {POST, "/operate/outbox", send_again, NEEDS(ADMINISTRATOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&OPERATE, NULL};
const struct page_module OPERATE_PAGES = {ROUTES, TEMPLATES};
