// server.h - inside of the server, for web/*.c only.
#pragma once
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/embed.h"
#include "web/body.h"
#include "web/metrics.h"
#include "web/page_state.h"
#include "web/rate.h"

struct request_inside;

// ---- assets.c: style sheets, scripts and pictures compiled into the program; names hold a hash of the
// content.
struct assets;
struct assets *assets_new(const struct embedded_list *files);
void assets_free(struct assets *a);
// "app.css" -> "/assets/app.1f3a....css". False when there is none.
bool assets_address(void *assets, struct text name, struct text *address);
// Answers GET /assets/NAME: best coding, ETag, 304.
enum status assets_answer(const struct assets *a, struct request *q, struct response *r);

// ---- page_texts.c
struct page_texts {
    struct arena arena;
    struct catalog *catalog;
};
// Reads the .po files of the pages. Not strict: a sentence that a language lacks is English, marked as not
// yet checked. "Français": a language's own name as it stands in a list.
struct text page_language_name(struct arena *a, const struct language *l);
enum status page_texts_read(const struct embedded_list *files, bool is_strict, struct page_texts *out,
                            struct problem *p);

// ---- guard.c: who may come in
struct text guard_cookie_name(const struct web *w, struct arena *a, const char *name);
struct text guard_csrf_token(struct request *q); // for the page; makes a visitor's cookie when needed
enum status guard_csrf_check(struct request *q, struct text given);
enum status
guard_origin_check(struct request *q); // Origin and Sec-Fetch-Site of a request that changes something
enum status guard_rate(struct request *q, enum rate_class class, int *wait_s);
void guard_headers(struct response *r, struct MHD_Response *to);
void guard_cookie(struct request *q, struct response *r, const char *name, struct text value, int max_age_s);

// ---- route.c
// The route for method and path, its ":" parts in `params`. STATUS_NOT_FOUND; STATUS_UNSUPPORTED when the
// path exists for other methods only (their list in *allow).
enum status route_find(const struct web *w, struct arena *a, enum http_method m, struct text path,
                       const struct route **out, struct fields *params, struct text *allow);

// ---- trouble.c: error pages
// Fills the response with the page (or RFC 9457 JSON) for a failure.
void trouble_show(struct request *q, struct response *r, unsigned status);
unsigned trouble_status(enum status st);
extern const struct page_template TROUBLE_PAGE;

// ---- connections.c: closes connections that dawdle
struct connections;
struct connection_link;
struct connections *connections_new(void);
void connections_free(struct connections *c);
struct connection_link *connections_add(struct connections *c, int fd, int seconds);
void connections_remove(struct connections *c, struct connection_link *l);
size_t connections_count(struct connections *c);
void connections_allow(struct connections *c, struct connection_link *l, int seconds); // from now on

// ---- handlers.c: the threads that handlers run on
struct handlers;
struct handlers *handlers_new(const struct env *env, int threads);
// Does what waits, or with `is_late` refuses it, then ends the threads; what comes after runs where it came
// in. All connections are resumed.
void handlers_stop(struct handlers *h, bool is_late);
void handlers_free(struct handlers *h);
// Suspends the connection and queues the request. STATUS_BUSY: the queue is full. STATUS_UNSUPPORTED:
// stopping. With either the connection goes on here.
enum status handlers_give(struct handlers *h, struct request_inside *x);

struct web {
    struct web_config config;
    char origin[300], port_origin[64]; // what browsers send as Origin; the second for 127.0.0.1
    bool is_https;
    struct MHD_Daemon *daemon;
    uint16_t port;
    struct rate *address_rate, *account_rate;
    struct assets *assets;
    struct page_texts texts;
    struct templates *templates;
    _Atomic(const struct catalog *) pack_texts;
    struct connections *connections;
    struct handlers *handlers;
    struct metrics *metrics;
    uint64_t started_us;
    int listen_fd;       // once the server no longer accepts; -1 before
    atomic_int requests; // under way
    atomic_bool is_stopping;
    const char *style_ltr, *style_rtl; // addresses
    struct text
        language_names[TEXT_LANGUAGES_MAX]; // in their own words, with a capital, in the catalogue's order
    const struct route **routes;
    size_t route_count;
    struct arena arena; // lives as long as the server
};

struct request_inside {
    struct arena arena;
    struct request q;
    struct response r;
    struct MHD_Connection *connection;
    struct connection_link *link;
    const struct route *route;
    struct body *body;
    struct body_files files;
    struct text raw_target, visit, notice;
    bool is_started, is_given, is_worked, is_answered;
    struct request_inside *next; // in its lane
    uint64_t queued_us;
    unsigned refusal; // HTTP status decided before the body was read; 0: none
    bool is_csrf_checked, has_unclear_end, is_blind;
    int64_t body_bytes;
    int wait_s;
    uint64_t started_us;
};

// ---- prepare.c, exchange.c: one request
enum { FORM_RAW_BYTES_MAX = 3 * FORM_BODY_BYTES_MAX };                  // %XX triples a byte
unsigned request_prepare(struct request_inside *x, const char *method); // HTTP status of a refusal, or 0
bool request_has_body(struct request *q);
int64_t request_body_max(const struct request_inside *x);
enum MHD_Result exchange_start(struct request_inside *x, const char *method);
enum MHD_Result exchange_body(struct request_inside *x, const char *data, size_t n);
enum MHD_Result exchange_finish(struct request_inside *x); // all has come: hands it to a handler, or answers
void exchange_work(struct request_inside *x);              // on a handler's thread

static inline unsigned or_else(unsigned configured, unsigned otherwise) {
    return configured ? configured : otherwise;
}

extern const struct embedded_list WEB_ASSETS, WEB_TEMPLATES, WEB_TEXTS;
extern const struct text PAGE_LANGUAGES[];
extern const size_t PAGE_LANGUAGE_COUNT;
