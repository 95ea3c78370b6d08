// health.c - for machines that watch this one: does it answer, can it work, and what it counts. Nothing
// personal.
#include <stdio.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "cases/incidents.h"
#include "store/outbox.h"
#include "web/app.h"
#include "web/metrics.h"
#include "web/pages.h"
#include "web/server.h"
#include "worker/worker.h"

enum {
    WRITER_SILENT_US_MAX = 15 * 1000 * 1000, // it shows itself every second, unless a disk keeps it waiting
    DISK_FULL_US =
        60 * 1000 * 1000, // a write refused for want of space counts so long: then it is tried again
    DISK_BYTES_MIN = 4 * 1024 * 1024, // less than one upload piece: the next write fails
};

static void plain(struct response *r, const char *word) {
    r->media = T("text/plain; charset=utf-8");
    out_c(&r->body, word);
    out_byte(&r->body, '\n');
}

static enum status health_live(struct request *q, struct response *r) {
    (void)q;
    plain(r, "live");
    return STATUS_OK;
}

// ---- ready

static enum status count_outbox(struct store *s, struct outbox_counts *counts) {
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = outbox_count(db, counts);
    store_reader_release(s, db);
    return st;
}

static bool is_disk_full(struct store *s, const struct store_stats *stats, uint64_t now_us) {
    struct statvfs disk;
    if (stats->full_us && now_us - stats->full_us < DISK_FULL_US) return true;
    return statvfs(store_dir(s), &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < DISK_BYTES_MIN;
}

// NULL: it can work.
static const char *why_not_ready(const struct request *q) {
    struct app *app = page_app(q);
    if (!app || !app->cases) return "store";
    struct store *s = journal_store(cases_journal(app->cases));
    struct store_stats stats = store_stats(s);
    struct outbox_counts counts;
    uint64_t now_us = env_monotonic_us(store_env(s));
    if (is_disk_full(s, &stats, now_us)) return "disk_full";
    if (now_us - stats.seen_us > WRITER_SILENT_US_MAX && now_us > stats.seen_us) return "store";
    if (count_outbox(s, &counts)) return "store";
    return cases_pack(app->cases) ? NULL : "pack";
}

static enum status health_ready(struct request *q, struct response *r) {
    const char *why = why_not_ready(q);
    r->status = why ? 503 : 200;
    plain(r, why ? why : "ready");
    return STATUS_OK;
}

// ---- metrics

static void write_store(struct out *o, struct store *s) {
    struct store_stats t = store_stats(s);
    metrics_one(o, "ostia_store_jobs_kept_total", "counter", "Jobs of the writer that are durable.",
                t.jobs_kept);
    metrics_one(o, "ostia_store_jobs_failed_total", "counter", "Jobs of the writer that were undone.",
                t.jobs_failed);
    metrics_one(o, "ostia_store_batches_total", "counter", "Transactions of the writer.", t.batches);
    metrics_one(o, "ostia_store_batches_failed_total", "counter", "Transactions that could not be committed.",
                t.batches_failed);
    metrics_one(o, "ostia_store_largest_batch", "gauge", "Most jobs of one transaction.", t.largest_batch);
    metrics_one(o, "ostia_store_queue", "gauge", "Jobs waiting for the writer.", t.queued);
    metrics_one(o, "ostia_store_checkpoints_total", "counter",
                "Copies of the write-ahead log into the database.", t.checkpoints);
    metrics_one(o, "ostia_store_wal_pages", "gauge", "Pages in the write-ahead log.", t.wal_pages);
}

static void write_outbox(struct out *o, struct store *s) {
    struct outbox_counts c;
    if (count_outbox(s, &c)) return; // no number is better than a wrong one; /health/ready says why
    metrics_one(o, "ostia_outbox_waiting", "gauge", "Messages that wait to be sent.", c.waiting);
    metrics_one(o, "ostia_outbox_late", "gauge", "Waiting messages that were tried at least once.", c.late);
    metrics_one(o, "ostia_outbox_dead", "gauge", "Messages given up; an operator must look.", c.dead);
}

static void write_incidents(struct out *o, struct cases *c) {
    int64_t count;
    if (!cases_incident_count(c, &count))
        metrics_one(o, "ostia_incidents", "gauge", "Steps of cases that could not be done and wait.", count);
}

static void write_workers(struct out *o, struct worker_pool *pool) {
    struct worker_stats w = worker_stats(pool);
    metrics_one(o, "ostia_worker_jobs_total", "counter", "Files opened by workers.", w.jobs);
    metrics_one(o, "ostia_worker_failed_total", "counter", "Files that could not be read.", w.failed);
    metrics_one(o, "ostia_worker_crashed_total", "counter", "Files that crashed their reader.", w.crashed);
    metrics_one(o, "ostia_worker_killed_total", "counter", "Workers stopped because they took too long.",
                w.killed);
    metrics_one(o, "ostia_worker_started_total", "counter", "Worker processes started.", w.started);
}

static int64_t resident_bytes(void) {
    long long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    if (fscanf(f, "%lld %lld", &pages, &resident) != 2) resident = 0;
    fclose(f);
    return resident * sysconf(_SC_PAGESIZE);
}

static void write_process(struct out *o, const struct request *q) {
    struct timespec cpu = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    metrics_head(o, "process_cpu_seconds_total", "counter", "Time of processors used.");
    out_printf(o, "process_cpu_seconds_total %lld.%03ld\n", (long long)cpu.tv_sec, cpu.tv_nsec / 1000000);
    metrics_one(o, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
    metrics_one(o, "ostia_uptime_seconds", "gauge", "Since the server began to listen.",
                (int64_t)((env_monotonic_us(q->env) - q->web->started_us) / 1000000));
}

// A request that came through a proxy is a stranger's, whatever address the proxy has.
static bool came_through_proxy(const struct request *q) {
    static const char *const MARKS[] = {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
                                        "Forwarded",       "X-Real-IP",        "Via"};
    struct text host = request_header(q, "Host"), site = text_of(q->web->origin);
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (request_header(q, MARKS[i]).n) return true;
    return q->web->is_https && text_eq_nocase(host, text_slice(site, sizeof "https://" - 1, site.n));
}

static enum status metrics_page(struct request *q, struct response *r) {
    struct app *app = page_app(q);
    if (came_through_proxy(q) || !metrics_may_read(request_peer(q), q->web->config.metrics_from))
        return STATUS_NOT_FOUND;
    r->media = T("text/plain; version=0.0.4; charset=utf-8");
    metrics_write(q->web->metrics, &r->body);
    if (app && app->cases) {
        struct store *s = journal_store(cases_journal(app->cases));
        write_store(&r->body, s);
        write_outbox(&r->body, s);
        write_incidents(&r->body, app->cases);
    }
    if (app && app->workers) write_workers(&r->body, app->workers);
    if (app && app->write_metrics) app->write_metrics(app->metrics_context, &r->body);
    write_process(&r->body, q);
    return STATUS_OK;
}

static const struct route ROUTES[] = {
    {GET, "/health/live", health_live, NEEDS(ANYONE)},
    {GET, "/health/ready", health_ready, NEEDS(ANYONE)},
    {GET, "/metrics", metrics_page, NEEDS(ANYONE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {NULL};
const struct page_module HEALTH_PAGES = {ROUTES, TEMPLATES};
