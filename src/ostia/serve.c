// serve.c - the server: rooms, workers, pages, clock, delivery, control; and their end in the other order.
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "demo/demo.h"
#include "ostia/authorities.h"
#include "ostia/code_mail.h"
#include "ostia/control.h"
#include "ostia/federation.h"
#include "ostia/increments.h"
#include "ostia/inherit.h"
#include "ostia/mail.h"
#include "registers/retention.h"
#include "search/search.h"
#include "store/file.h"
#include "store/keys.h"
#include "trial/live.h"
#include "web/app.h"
#include "web/pages.h"

enum {
    TICK_MS = 1000,    // how late the clock may be noticed
    TICK_ITEMS = 1000, // at a time, so that a stop is not kept waiting
    FOLLOW_UP_MS = 2000,
    FOLLOW_UP_AGAIN_MS = 10 * 1000, // after a failure: the scanner or the database is away
    FOLLOW_UP_ITEMS = 20,
    SWEEP_MS = 5 * 60 * 1000,
    WEB_THREADS = 8,
    STOP_S_MAX =
        30, // what hangs longer is killed: the store bears it, a service that never ends helps nobody
    API_RATE_MAX = 60 * 1000 * 1000, // a million a second: more than any machine of ours
};

struct serving {
    int listen_fd; // given by the service manager; 0: none
    struct arena arena;
    struct settings settings;
    struct house house;
    struct worker_pool *workers;
    struct intake *intake;
    struct mail_room mail;
    struct delivery *delivery;
    struct code_mail code_mail;
    struct control *control;
    struct federation *federation;
    struct increments *increments;
    struct sources sources;
    struct search *search;
    struct authorities authorities;
    struct app app;
    struct web_sessions sessions;
    struct rate_limits rates;
    struct web *web;
    const struct pack *shown_pack;
    struct texts said; // English, for files of mistakes
    pthread_t clock, follower, registrar, night;
    bool has_clock, has_follower, has_registrar, has_night;
    pthread_mutex_t mutex;
    pthread_cond_t stopped;
    bool is_stopping;
};

// ---- threads

// False when the server stops.
static bool wait_ms(struct serving *s, int64_t ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    pthread_mutex_lock(&s->mutex);
    int timed_out = 0;
    while (!s->is_stopping && !timed_out)
        timed_out = pthread_cond_timedwait(&s->stopped, &s->mutex, &until) == ETIMEDOUT;
    bool goes_on = !s->is_stopping;
    pthread_mutex_unlock(&s->mutex);
    return goes_on;
}

static void sweep(struct serving *s) {
    int64_t removed = 0;
    enum status st = access_sweep(s->house.access);
    if (!st) st = upload_sweep(s->house.store, UPLOAD_AGE_MS_MAX, &removed);
    if (!st) st = api_sweep(s->house.store, env_now(s->house.env));
    if (st) log_line(LOG_WARNING, "serve.sweep", "status=\"%s\"", status_name(st));
    if (removed) log_line(LOG_INFO, "serve.sweep", "uploads=%lld", (long long)removed);
}

// A pack that was loaded meanwhile: its texts are the pages' from now on.
static void show_new_pack(struct serving *s) {
    const struct pack *k = cases_pack(s->house.cases);
    if (!k || k == s->shown_pack) return;
    s->shown_pack = k;
    web_set_pack_texts(s->web, pack_catalog(k));
}

static void erase_carrier_lists(struct serving *s) {
    struct date today = border_day_now(s->house.border, env_now(s->house.env));
    int64_t count = 0;
    enum status st = carrier_lists_erase(s->house.border, today, &count, NULL);
    if (st) log_line(LOG_WARNING, "serve.carrier_lists", "status=\"%s\"", status_name(st));
}

static void *run_clock(void *argument) {
    struct serving *s = argument;
    int64_t since_sweep = SWEEP_MS;
    size_t done = 0;
    while (wait_ms(s, done ? 0 : TICK_MS)) {
        enum status st = cases_tick(s->house.cases, TICK_ITEMS, &done);
        if (st) log_line(LOG_WARNING, "serve.tick", "status=\"%s\"", status_name(st));
        show_new_pack(s);
        since_sweep += done ? 0 : TICK_MS;
        if (since_sweep < SWEEP_MS) continue;
        since_sweep = 0;
        sweep(s);
        trials_sweep(s->app.trials, env_now(s->house.env));
        erase_carrier_lists(s);
    }
    return NULL;
}

static void *run_follower(void *argument) {
    struct serving *s = argument;
    size_t done = 0;
    enum status st = STATUS_OK;
    while (wait_ms(s, st ? FOLLOW_UP_AGAIN_MS : done ? 10 : FOLLOW_UP_MS)) {
        st = intake_follow_up(s->intake, FOLLOW_UP_ITEMS, &done);
        if (st) log_line(LOG_WARNING, "serve.follow_up", "status=\"%s\"", status_name(st));
    }
    return NULL;
}

// Imports of registers, and what is due by their retention.
static void *run_registrar(void *argument) {
    struct serving *s = argument;
    bool done = false;
    enum status st = STATUS_OK;
    while (wait_ms(s, st ? FOLLOW_UP_AGAIN_MS : done ? 0 : FOLLOW_UP_MS)) {
        st = registers_work(s->house.registers, &done);
        if (st) log_line(LOG_WARNING, "serve.registers", "status=\"%s\"", status_name(st));
    }
    return NULL;
}

// Deletions that are due in the privacy service, and what else is due there once a day.
static void *run_night(void *argument) {
    struct serving *s = argument;
    struct date last = {0};
    do {
        struct date day = zone_date(s->app.zone, env_now(s->house.env));
        struct privacy_night n;
        if (date_eq(day, last)) continue;
        enum status st = privacy_night(s->house.privacy, &n, NULL);
        log_line(st ? LOG_WARNING : LOG_INFO, "privacy.night",
                 "deleted=%zu held=%zu receipts_missing=%zu names_erased=%zu keys_erased=%zu status=\"%s\"",
                 n.deleted, n.held, n.receipts_missing, n.names_erased, n.keys_erased, status_name(st));
        if (!st) last = day; // else again in a while
    } while (wait_ms(s, SWEEP_MS));
    return NULL;
}

static struct text say_mistake(void *context, struct arena *a, const struct problem *p) {
    struct serving *s = context;
    return say_with(a, &s->said, p);
}

static enum status start_threads(struct serving *s) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&s->mutex, NULL);
    s->has_clock = pthread_create(&s->clock, NULL, run_clock, s) == 0;
    s->has_follower = pthread_create(&s->follower, NULL, run_follower, s) == 0;
    say_texts(&s->arena, &s->said);
    registers_say(s->house.registers, say_mistake, s);
    s->has_registrar = pthread_create(&s->registrar, NULL, run_registrar, s) == 0;
    if (s->house.privacy) s->has_night = pthread_create(&s->night, NULL, run_night, s) == 0;
    bool all = s->has_clock && s->has_follower && s->has_registrar && (s->has_night || !s->house.privacy);
    return all ? STATUS_OK : STATUS_BUSY;
}

static void stop_threads(struct serving *s) {
    if (!s->has_clock && !s->has_follower && !s->has_registrar && !s->has_night) return;
    registers_stop(s->house.registers);
    pthread_mutex_lock(&s->mutex);
    s->is_stopping = true;
    pthread_cond_broadcast(&s->stopped);
    pthread_mutex_unlock(&s->mutex);
    if (s->has_clock) pthread_join(s->clock, NULL);
    if (s->has_follower) pthread_join(s->follower, NULL);
    if (s->has_registrar) pthread_join(s->registrar, NULL);
    if (s->has_night) pthread_join(s->night, NULL);
    pthread_cond_destroy(&s->stopped);
    pthread_mutex_destroy(&s->mutex);
}

// ---- parts

static enum status start_pack(struct serving *s, struct problem *p) {
    if (cases_pack(s->house.cases)) return STATUS_OK;
    if (s->settings.pack) return house_load_packs(&s->house, s->settings.pack, &s->arena, p);
    return problem(p, "pack", "no_pack", "problem.settings.pack");
}

static enum status open_transport(struct serving *s, int timeout_ms, struct transport *out,
                                  struct problem *p) {
    const struct settings *t = &s->settings;
    struct smtp_options smtp;
    enum status st;
    if (!t->smtp) {
        st = transport_folder(s->house.env, text_of(t->mail_folder), out);
    } else {
        st = smtp_read(&s->arena, text_of(t->smtp), &smtp, p);
        smtp.timeout_ms = timeout_ms;
        if (!st) st = transport_smtp(&smtp, out);
    }
    return !st || p->text_key ? st : problem(p, "mail", "mail_transport", "problem.settings.mail");
}

static enum status start_mail(struct serving *s, struct problem *p) {
    const struct settings *t = &s->settings;
    struct delivery_options o = {.resolve = mail_resolve, .context = &s->mail};
    struct transport at_once;
    if (!t->smtp && !t->mail_folder) {
        log_line(LOG_WARNING, "serve.mail", "state=off reason=\"neither --smtp nor --mail-folder\"");
        return STATUS_OK;
    }
    struct text address = text_of(t->mail_from), domain = address, local;
    text_cut(&domain, '@', &local);
    o.sender = (struct mail_sender){address, text_of(t->mail_name[0] ? t->mail_name : t->authority), domain};
    enum status st = open_transport(s, 0, &o.transport, p);
    if (!st) st = delivery_start(s->house.store, &o, &s->delivery);
    if (!st) st = open_transport(s, CODE_MAIL_TIMEOUT_MS, &at_once, p);
    if (!st) code_mail_open(&s->code_mail, s->house.env, &at_once, &o.sender);
    return st;
}

static enum status start_increments(struct serving *s, struct problem *p) {
    if (!s->settings.backup_to) return STATUS_OK;
    struct increments_options o = {s->settings.backup_to, s->settings.backup_key, 0, 0};
    enum status st = increments_start(&s->house, &o, &s->increments, p);
    s->app.write_metrics = increments_metrics;
    s->app.metrics_context = s->increments;
    return st;
}

static enum status start_search(struct serving *s, struct problem *p) {
    struct bytes file;
    struct search_options o = {.registers = s->house.registers, .zone = text_of(s->settings.zone)};
    enum status st = STATUS_OK;
    if (s->settings.sources) {
        st = file_read_small(s->house.env, &s->arena, s->settings.sources, &file);
        if (st) return problem(p, "sources", "sources", "problem.source.file");
        st = sources_read(&s->arena, s->house.env, text_of_bytes(file), &s->sources, p);
        o.sources = &s->sources;
    }
    if (!st) st = search_open(s->house.cases, &o, &s->search, p);
    s->app.search = s->search;
    return st;
}

static enum status start_authorities(struct serving *s, struct problem *p) {
    struct authorities *x = &s->authorities;
    enum status st = authorities_open(&s->house, &s->settings, &s->sources, &s->arena, x, p);
    s->app.lookup = x->lookup;
    if (!st) federation_xroad(s->federation, x->xroad, &x->door);
    s->app.xroad = x->xroad ? &x->door : NULL;
    return st;
}

static enum status start_proofs(struct serving *s) {
    struct witness_post post;
    enum status st = witness_post_http(&post);
    if (!st) st = proof_start(s->house.proofs, &post);
    s->app.proofs = s->house.proofs;
    s->app.has_tiles = !strcmp(s->settings.log_tiles, "yes");
    return st;
}

static bool read_address(struct serving *s, const char **host, uint16_t *port) {
    struct text all = text_of(s->settings.listen);
    int64_t number;
    size_t at = all.n;
    while (at > 0 && all.p[at - 1] != ':') at--;
    if (!at || !text_int(text_slice(all, at, all.n), &number) || number < 0 || number > 65535) return false;
    struct text name = text_slice(all, 0, at - 1);
    if (name.n > 2 && name.p[0] == '[') name = text_slice(name, 1, name.n - 1);
    *host = text_c(&s->arena, name);
    *port = (uint16_t)number;
    return name.n > 0;
}

// For the page that tells how to sign in. Without such a file the page shows nobody.
static void list_sign_ins(struct serving *s) {
    struct demo_cards cards;
    if (!s->app.is_demo || demo_sign_ins(s->settings.data, &s->arena, &cards)) return;
    struct demo_sign_in *list = ARENA_ARRAY(&s->arena, struct demo_sign_in, cards.count);
    for (size_t i = 0; i < cards.count; i++) {
        const struct demo_card *c = &cards.items[i];
        bool second = text_eq(c->name, T("second"));
        list[i] = (struct demo_sign_in){second ? T("second_officer") : c->name, c->email, c->password,
                                        c->totp_secret};
    }
    s->app.demo_sign_ins = list;
    s->app.demo_sign_in_count = cards.count;
}

// A third of a minute's requests may come at once; four clients may stand behind one address.
static bool read_rates(struct serving *s) {
    int64_t n;
    s->rates = RATE_LIMITS_DEFAULT;
    if (!text_int(text_of(s->settings.api_rate), &n) || n < 0 || n > API_RATE_MAX) return false;
    int burst = n ? (int)(n + 2) / 3 : 0;
    s->rates.account[RATE_API] = (struct rate_limit){(double)n, burst};
    s->rates.address[RATE_API] = (struct rate_limit){(double)n * 4, burst * 4};
    return true;
}

static enum status start_web(struct serving *s, struct problem *p) {
    struct web_config w = {.is_strict = true,
                           .threads = WEB_THREADS,
                           .env = s->house.env,
                           .sessions = &s->sessions,
                           .modules = api_modules(WEB_PAGES, &s->arena),
                           .templates = api_templates(&s->arena),
                           .tell_trouble = api_tell_trouble,
                           .rates = &s->rates,
                           .app = &s->app,
                           .authority = text_of(s->settings.authority),
                           .origin = text_of(s->settings.site),
                           .listen_fd = s->listen_fd,
                           .metrics_from = text_of(s->settings.metrics_from),
                           .is_behind_proxy = !strcmp(s->settings.proxy, "yes")};
    enum status st = zone_find(text_of(s->settings.zone), &w.zone);
    if (st) return problem(p, "zone", "zone_unknown", "problem.zone.unknown");
    if (!read_rates(s)) return problem(p, "api-rate", "api_rate", "problem.settings.api_rate");
    if (!read_address(s, &w.address, &w.port))
        return problem(p, "listen", "address", "problem.settings.listen");
    st = keys_named(s->house.store, "web", &w.secret);
    if (st) return st;
    if (s->code_mail.transport.send) s->app.send_code = code_mail_send, s->app.send_context = &s->code_mail;
    s->app.cases = s->house.cases;
    s->app.registers = s->house.registers;
    s->app.border = s->house.border;
    s->app.privacy = s->house.privacy;
    s->app.circles = federation_circles(s->federation);
    s->app.access = s->house.access;
    s->app.intake = s->intake;
    s->app.authority = w.authority;
    s->app.zone = w.zone;
    s->app.zone_name = text_of(s->settings.zone);
    s->app.mail_folder = text_of(s->settings.mail_folder);
    s->app.workers = s->workers;
    s->app.trust_folder = TEXT_JOIN(&s->arena, text_of(s->settings.data), T("/trust"));
    s->app.trials = trials_new();
    s->app.delivery = s->delivery;
    list_sign_ins(s);
    s->sessions = app_sessions(&s->app);
    st = web_start(&w, &s->web, p);
    key_wipe(&w.secret);
    if (!st) show_new_pack(s);
    return st;
}

static enum status start(struct serving *s, struct problem *p) {
    struct intake_options intake = {.scanner = text_of(s->settings.clamd)};
    enum status st = worker_start(env_real(), NULL, &s->workers);
    if (st) return problem(p, "worker", "worker", "problem.settings.worker");
    st = house_open(env_real(), &s->settings, HOUSE_CREATE, &s->house, p);
    if (!st) st = start_pack(s, p);
    intake.workers = s->workers;
    if (!st) st = intake_open(s->house.cases, &intake, &s->intake);
    if (!st) st = mail_room_open(&s->mail, &s->house, p);
    if (!st) st = start_mail(s, p);
    if (!st) st = start_increments(s, p);
    if (!st) st = start_search(s, p);
    if (!st) st = federation_start(&s->house, &s->federation, p);
    if (!st) st = start_authorities(s, p);
    if (!st) st = start_proofs(s);
    if (!st) st = start_web(s, p);
    if (!st) st = start_threads(s);
    if (!st) st = control_start(&s->house, &s->control);
    return st;
}

static void stop(struct serving *s) {
    control_stop(s->control);
    if (s->web) web_stop(s->web);
    stop_threads(s);
    federation_stop(s->federation);
    authorities_close(&s->authorities);
    proof_stop(s->house.proofs);
    search_close(s->search);
    trials_free(s->app.trials);
    delivery_stop(s->delivery);
    code_mail_close(&s->code_mail);
    mail_room_close(&s->mail);
    increments_stop(s->increments); // the last that writes has ended
    if (s->intake) intake_close(s->intake);
    if (s->house.store) house_close(&s->house);
    worker_stop(s->workers);
    arena_free(&s->arena);
}

static void greet(struct serving *s) {
    printf("Ostia is at %s\n", s->settings.site);
    if (s->app.is_demo)
        (void)demo_show_sign_ins(stdout, env_real(), s->settings.data, s->settings.site, NULL);
    fflush(stdout);
}

int serve_run(const struct call *c) {
    struct serving s = {.app.is_demo = call_has(c, "demo")};
    struct problem p = {0};
    sigset_t ends;
    int which, exit_code = EXIT_DONE;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); // before any thread: only sigwait below gets them
    signal(SIGPIPE, SIG_IGN);
    if (!settings_read(c, &s.arena, &s.settings, stderr)) return EXIT_USAGE;
    if (!inherit_socket(&s.listen_fd)) {
        fprintf(stderr, "ostia: the service manager must hand over exactly one socket (LISTEN_FDS)\n");
        arena_free(&s.arena);
        return EXIT_USAGE;
    }
    enum status st = start(&s, &p);
    if (st) {
        exit_code = say_problem(stderr, st, &p);
    } else {
        log_line(LOG_INFO, "serve.ready", "address=%s data=\"%s\"", s.settings.listen, s.settings.data);
        greet(&s);
        sigwait(&ends, &which);
        log_line(LOG_INFO, "serve.stop", "signal=%d", which);
        alarm(STOP_S_MAX);
    }
    stop(&s);
    return exit_code;
}
