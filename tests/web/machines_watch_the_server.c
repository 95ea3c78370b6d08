// What watches this machine asks whether it lives, whether it can work, and what it counted; nobody else
// learns that.
#define APPLICANT HOUSE_APPLICANT
#define OFFICER HOUSE_OFFICER
#include "cases/story.h"
#undef APPLICANT
#undef OFFICER

#include <fcntl.h>
#include <ifaddrs.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mount.h>

#include "site.h"
#include "web/app.h"

// ---- a strict reader of the text format (version 0.0.4)

enum { FAMILIES_MAX = 100, SERIES_MAX = 2000 };
struct family {
    char name[100], type[20];
};
static struct family families[FAMILIES_MAX];
static char *series[SERIES_MAX]; // "name{labels}"
static double values[SERIES_MAX];
static size_t family_count, series_count;

static size_t span_name(const char *p) {
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789");
    return n && (*p < '0' || *p > '9') ? n : 0;
}

static void read_type(const char *line) {
    struct family *f = &families[family_count - 1];
    char name[100], type[20], rest;
    assert_true(family_count > 0);
    assert_int_equal(sscanf(line, "# TYPE %99s %19s %c", name, type, &rest), 2);
    assert_string_equal(name, f->name); // right behind its help
    assert_int_equal(f->type[0], 0);
    assert_true(!strcmp(type, "counter") || !strcmp(type, "gauge") || !strcmp(type, "histogram"));
    snprintf(f->type, sizeof f->type, "%s", type);
    bool is_total = strlen(name) > 6 && !strcmp(name + strlen(name) - 6, "_total");
    assert_int_equal(is_total, !strcmp(type, "counter"));
}

static void read_help(const char *line) {
    struct family *f = &families[family_count++];
    assert_true(family_count <= FAMILIES_MAX);
    *f = (struct family){0};
    assert_int_equal(sscanf(line, "# HELP %99s", f->name), 1);
    assert_int_equal(span_name(f->name), strlen(f->name));
    assert_true(strlen(line) > strlen("# HELP ") + strlen(f->name) + 1);
    for (size_t i = 0; i + 1 < family_count; i++) assert_string_not_equal(families[i].name, f->name);
}

static const char *read_labels(const char *p) {
    for (p++;; p++) {
        size_t n = span_name(p);
        assert_true(n > 0 && p[n] == '=' && p[n + 1] == '"');
        p += n + 2;
        p += strcspn(p, "\"\\\n"); // our words need no escape
        assert_int_equal(*p, '"');
        if (*++p == '}') return p + 1;
        assert_int_equal(*p, ',');
    }
}

static void read_sample(const char *line) {
    const struct family *f = &families[family_count - 1];
    size_t n = span_name(line), own = strlen(f->name);
    assert_true(family_count > 0 && f->type[0] && n >= own);
    assert_memory_equal(line, f->name, own);
    if (!strcmp(f->type, "histogram")) {
        const char *end = line + own;
        assert_true(!strncmp(end, "_bucket{", 8) || !strncmp(end, "_sum{", 5) || !strncmp(end, "_count{", 7));
    } else {
        assert_int_equal(n, own);
    }
    const char *p = line[n] == '{' ? read_labels(line + n) : line + n;
    char *end;
    assert_int_equal(*p, ' ');
    assert_true(series_count < SERIES_MAX);
    values[series_count] = strtod(p + 1, &end);
    assert_true(end > p + 1 && *end == 0 && values[series_count] >= 0);
    series[series_count] = strndup(line, (size_t)(p - line));
    for (size_t i = 0; i < series_count; i++) assert_string_not_equal(series[i], series[series_count]);
    series_count++;
}

static double value_of(const char *name) {
    for (size_t i = 0; i < series_count; i++)
        if (!strcmp(series[i], name)) return values[i];
    fail_msg("there is no %s", name);
    return 0;
}

// Buckets grow, and the last one is the count.
static void check_histograms(void) {
    double before = 0;
    for (size_t i = 0; i < series_count; i++) {
        char *le = strstr(series[i], ",le=\"");
        if (!le) continue;
        assert_true(values[i] >= before);
        before = values[i];
        if (strcmp(le, ",le=\"+Inf\"}") != 0) continue;
        char count[400];
        snprintf(count, sizeof count, "ostia_http_request_seconds_count%.*s}",
                 (int)(le - strchr(series[i], '{')), strchr(series[i], '{'));
        assert_true(value_of(count) == before);
        before = 0;
    }
}

static void forget(void) {
    for (size_t i = 0; i < series_count; i++) free(series[i]);
    series_count = family_count = 0;
}

static void read_metrics(const struct web *w) {
    struct reply r = site_say(w, "GET", "/metrics", "", "");
    assert_reply(r, 200);
    assert_true(reply_has(&r, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    assert_true(reply_has(&r, "Cache-Control: no-store"));
    assert_true(r.body_n > 0 && r.body[r.body_n - 1] == '\n');
    forget();
    for (char *line = strtok((char *)(uintptr_t)r.body, "\n"); line; line = strtok(NULL, "\n")) {
        if (!strncmp(line, "# HELP ", 7))
            read_help(line);
        else if (line[0] == '#')
            read_type(line);
        else
            read_sample(line);
    }
    free(r.all);
    check_histograms();
}

// ---- the site

static void ask(const struct web *w, const char *target, const char *headers, int status) {
    struct reply r = site_say(w, "GET", target, headers, "");
    assert_reply(r, status);
    free(r.all);
}

static void requests_are_counted_by_route_and_class(void **state) {
    (void)state;
    struct web_config c = {0};
    struct web *w = site_start(&c);
    ask(w, "/things/4711?name=Miryam", "", 200);
    ask(w, "/things/4712", "", 200);
    ask(w, "/fail/conflict", "", 409);
    ask(w, "/fail/store", "", 500);
    ask(w, "/people/Miryam", "", 404);
    ask(w, "/assets/nothing", "", 404);
    ask(w, "/staff", "", 401);
    for (int i = 0; i < 15; i++) {
        struct reply r = site_say(w, "GET", "/lookup", "", "");
        free(r.all);
    }
    read_metrics(w);
    assert_true(value_of("ostia_http_requests_total{method=\"GET\",route=\"/things/:id\",status=\"2xx\"}") ==
                2);
    assert_true(value_of("ostia_http_requests_total{method=\"GET\",route=\"/fail/:what\",status=\"4xx\"}") ==
                1);
    assert_true(value_of("ostia_http_requests_total{method=\"GET\",route=\"/fail/:what\",status=\"5xx\"}") ==
                1);
    assert_true(value_of("ostia_http_requests_total{method=\"any\",route=\"none\",status=\"4xx\"}") == 1);
    assert_true(value_of("ostia_http_requests_total{method=\"any\",route=\"asset\",status=\"4xx\"}") == 1);
    assert_true(value_of("ostia_http_requests_total{method=\"GET\",route=\"/staff\",status=\"4xx\"}") == 1);
    assert_true(value_of("ostia_http_request_seconds_count{method=\"GET\",route=\"/things/:id\"}") == 2);
    assert_true(value_of("ostia_http_too_often_total") == 5);
    assert_true(value_of("process_resident_memory_bytes") > 1e6);
    assert_true(value_of("ostia_uptime_seconds") < 60);
    for (size_t i = 0; i < series_count; i++)
        assert_true(!strstr(series[i], "Miryam") && !strstr(series[i], "471") &&
                    !strstr(series[i], "people"));
    size_t before = series_count;
    for (int i = 0; i < 30; i++) { // a stranger's paths make no new lines
        char path[40];
        snprintf(path, sizeof path, "/people/%d", i);
        ask(w, path, "", 404);
    }
    read_metrics(w);
    assert_true(series_count <= before + 1 + 11); // one route more: /metrics itself
    web_stop(w);
}

static void whoever_comes_through_the_proxy_finds_no_metrics(void **state) {
    (void)state;
    struct web_config c = {.origin = T("https://asylum.example")};
    struct web *w = site_start(&c);
    ask(w, "/metrics", "", 200);
    ask(w, "/metrics", "X-Forwarded-For: 192.0.2.7\r\n", 404);
    ask(w, "/metrics", "X-Forwarded-For: 127.0.0.1\r\n", 404);
    ask(w, "/metrics", "Forwarded: for=127.0.0.1\r\n", 404);
    ask(w, "/metrics", "X-Real-IP: 127.0.0.1\r\n", 404);
    ask(w, "/metrics", "Via: 1.1 proxy\r\n", 404);
    static const char PUBLIC[] = "GET /metrics HTTP/1.1\r\nHost: asylum.example\r\nConnection: close\r\n\r\n";
    struct reply r = site_ask(w, PUBLIC, sizeof PUBLIC - 1);
    assert_reply(r, 404);
    free(r.all);
    web_stop(w);
}

// An address of this machine that is not loopback; empty when it has none.
static void own_address(char *name, size_t room) {
    struct ifaddrs *all;
    name[0] = 0;
    if (getifaddrs(&all) != 0) return;
    for (struct ifaddrs *i = all; i && !name[0]; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET) continue;
        struct sockaddr_in *at = (struct sockaddr_in *)(void *)i->ifa_addr;
        if (ntohl(at->sin_addr.s_addr) >> 24 != 127) inet_ntop(AF_INET, &at->sin_addr, name, (socklen_t)room);
    }
    freeifaddrs(all);
}

static int ask_at(const struct web *w, const char *address) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(web_port(w))};
    static const char ASK[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_true(site_send(fd, ASK, sizeof ASK - 1));
    struct reply r = site_read(fd);
    free(r.all);
    return r.status;
}

static void only_loopback_and_one_address_may_ask(void **state) {
    (void)state;
    assert_true(metrics_may_read(T("127.0.0.1"), T("")) && metrics_may_read(T("::1"), T("")));
    assert_true(metrics_may_read(T("::ffff:127.0.0.1"), T("")));
    assert_true(metrics_may_read(T("192.0.2.9"), T("192.0.2.9")));
    assert_true(metrics_may_read(T("::ffff:192.0.2.9"), T("192.0.2.9")));
    assert_false(metrics_may_read(T("192.0.2.90"), T("192.0.2.9")));
    assert_false(metrics_may_read(T("12.7.0.0"), T("192.0.2.9")));
    assert_false(metrics_may_read(T(""), T("")));
    char address[INET_ADDRSTRLEN];
    own_address(address, sizeof address);
    if (!address[0]) {
        print_message("# this machine has no address but loopback\n");
        return;
    }
    struct web_config c = {.address = "0.0.0.0"},
                      named = {.address = "0.0.0.0", .metrics_from = text_of(address)};
    struct web *w = site_start(&c);
    assert_int_equal(ask_at(w, address), 404);
    assert_int_equal(ask_at(w, "127.0.0.1"), 200);
    web_stop(w);
    w = site_start(&named);
    assert_int_equal(ask_at(w, address), 200);
    web_stop(w);
}

// ---- a whole house

static struct house house;
static struct app app;

static struct web *serve_house(void) {
    static struct web_config c;
    app = (struct app){.cases = house.cases, .access = house.access};
    c = (struct web_config){.app = &app, .env = &house.fixed.env};
    return site_start(&c);
}

static void ready_is(const struct web *w, int status, const char *word) {
    struct reply r = site_say(w, "GET", "/health/ready", "", "");
    assert_reply(r, status);
    assert_string_equal(r.body, word);
    free(r.all);
}

static sem_t writer_may_go;

static enum status hold_writer(struct db *tx, void *arg) {
    (void)tx, (void)arg;
    sem_wait(&writer_may_go);
    return STATUS_OK;
}

static void writer_went(void *arg, enum status status) {
    (void)arg, (void)status;
}

static atomic_uint_fast64_t ahead_us;

static uint64_t hurried_monotonic_us(void *context) {
    return env_real()->monotonic_us(context) + ahead_us;
}

// A house without a pack, with a clock that can be moved.
static void house_without_rules(void) {
    house = (struct house){0};
    snprintf(house.dir, sizeof house.dir, "/tmp/ostia-web-XXXXXX");
    assert_non_null(mkdtemp(house.dir));
    env_fixed(&house.fixed, (struct moment){INT64_C(1795255200000)}, 1);
    house.fixed.env.monotonic_us = hurried_monotonic_us;
    house_open(&house);
}

static void a_silent_writer_is_named_before_missing_rules(void **state) {
    (void)state;
    house_without_rules();
    struct web *w = serve_house();
    ready_is(w, 503, "pack\n");
    sem_init(&writer_may_go, 0, 0);
    assert_ok(store_write_async(house.store, hold_writer, NULL, writer_went));
    while (store_stats(house.store).queued) usleep(1000); // it has taken the job
    ready_is(w, 503, "pack\n");
    ahead_us += 16 * 1000 * 1000;
    ready_is(w, 503, "store\n");
    ask(w, "/health/live", "", 200);
    uint64_t silent_since = store_stats(house.store).seen_us;
    sem_post(&writer_may_go);
    for (int i = 0; i < 100 && store_stats(house.store).seen_us == silent_since; i++) usleep(50000);
    ready_is(w, 503, "pack\n");
    web_stop(w);
    house_end(&house);
}

static void a_whole_house_is_ready_and_counted(void **state) {
    (void)state;
    house_new(&house);
    struct web *w = serve_house();
    ready_is(w, 200, "ready\n");
    read_metrics(w);
    assert_true(value_of("ostia_store_jobs_kept_total") > 1 && value_of("ostia_store_batches_total") > 1);
    assert_true(value_of("ostia_store_queue") == 0 && value_of("ostia_outbox_dead") == 0);
    web_stop(w);
    house_end(&house);
}

static void a_full_disk_is_named(void **state) {
    (void)state;
    only_on_sqlite(); // a database server has a disk of its own
    char ballast[300];
    house_new(&house);
    house_close(&house);
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", house.dir, "tmpfs", 0, "size=64m,mode=0700") != 0) {
        print_message("# skipped: no right to mount a small disk\n");
        house_open(&house);
        house_end(&house);
        return;
    }
    house_open(&house);
    struct web *w = serve_house();
    ready_is(w, 503, "pack\n"); // a new, empty house on the small disk
    snprintf(ballast, sizeof ballast, "%s/ballast", house.dir);
    int fd = open(ballast, O_CREAT | O_WRONLY, 0600);
    for (off_t n = 0; posix_fallocate(fd, n, 1 << 20) == 0;) n += 1 << 20;
    ready_is(w, 503, "disk_full\n");
    close(fd);
    unlink(ballast);
    ready_is(w, 503, "pack\n");
    web_stop(w);
    house_close(&house);
    umount(house.dir);
    rmdir(house.dir);
    arena_free(&house.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_counted_by_route_and_class),
        cmocka_unit_test(whoever_comes_through_the_proxy_finds_no_metrics),
        cmocka_unit_test(only_loopback_and_one_address_may_ask),
        cmocka_unit_test(a_silent_writer_is_named_before_missing_rules),
        cmocka_unit_test(a_whole_house_is_ready_and_counted),
        cmocka_unit_test(a_full_disk_is_named),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    forget();
    return failed;
}
