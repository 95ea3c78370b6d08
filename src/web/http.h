// http.h - the HTTP door: a request, its response, the table of routes, and the server that joins them.
//
// A handler reads the request into a command or a query of a lower room, fills a view (a plain struct) and
// shows it:
//
//     static enum status case_page(struct request *q, struct response *r) {
//         int64_t id;
//         if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
//         struct case_view v = {0};
//         enum status st = gather(q, id, &v);
//         return st ? st : page_show(q, r, &CASE_PAGE, &v);
//     }
#pragma once
#include "base/crypto.h"
#include "base/date.h"
#include "base/env.h"
#include "base/problem.h"
#include "web/limits.h"
#include "web/rate.h"
#include "web/template.h"

struct web;
struct request;
struct response;

enum http_method { GET = 1, POST, PUT, PATCH, DELETE }; // HEAD is answered by the GET route

// Who a route is for. This is the outer door only: what a person may see of a case is asked of access/ in the
// room below. Several kinds may be joined with |.
enum web_actor {
    ANYONE = 0,
    APPLICANT = 1,
    REPRESENTATIVE = 2, // lawyer, guardian, counsellor
    OFFICER = 4,
    SUPERVISOR = 8,
    ADMINISTRATOR = 16,
    PARTNER = 32,         // another authority
    HALF_SIGNED_IN = 64,  // password given, second factor still missing
    POLICY = 128,         // tries changed rules on the caseload; opens no file
    REGISTER_STAFF = 256, // works with registers only: border, police, municipality, keeper of a register
    STAFF = OFFICER | SUPERVISOR | ADMINISTRATOR | POLICY | REGISTER_STAFF,
    SIGNED_IN = APPLICANT | REPRESENTATIVE | STAFF | PARTNER,
};

// Token buckets (see rate.h): per address and, when signed in, per account.
enum rate_class { RATE_PAGE, RATE_WRITE, RATE_SIGN_IN, RATE_LOOKUP, RATE_UPLOAD, RATE_API, RATE_COUNT };
struct rate_limits {
    struct rate_limit address[RATE_COUNT], account[RATE_COUNT];
};
extern const struct rate_limits RATE_LIMITS_DEFAULT;

// ---- sessions: supplied by access/
// ----------------------------------------------------------------------------

struct web_session {
    uint64_t account;         // 0: nobody is signed in
    unsigned kinds;           // of enum web_actor
    struct text display_name; // shown in the header
    struct text language;     // the person's choice; empty when none
    struct text office;       // name of the unit, for staff; may be empty
    bool has_border;          // of staff: they record crossings
    bool has_search;          // of staff: they may search, or read who did
    bool has_invitations;     // of staff: they may answer those of other authorities
    bool has_oversight;       // of staff: they watch over the exchange between authorities
    bool has_registers;       // of staff: there is one that they may use
    void *actor;              // access/'s own view of who this is; handlers hand it down
};

struct pack; // the law of a case (pack/pack.h)

struct web_sessions {
    void *context;
    // Who holds this cookie value? Text in *out lives in `a`. STATUS_NOT_FOUND or STATUS_EXPIRED: nobody.
    enum status (*find)(void *context, struct arena *a, struct text token, struct moment now,
                        struct web_session *out);
    // The same for a token of "Authorization: Bearer" (RFC 6750). NULL: there are none.
    enum status (*find_bearer)(void *context, struct arena *a, struct text token, struct moment now,
                               struct web_session *out);
};

// ---- files: streamed, never held
// ------------------------------------------------------------------------------

// Receives each file of a multipart form, or a raw body (field and file name empty), as it arrives. Called on
// a thread that serves many connections; must not block for long. The session, the route's needs, and the
// CSRF token have been checked before the first byte (in a form the hidden token field therefore stands
// before the first file).
struct upload_sink {
    // Starts one file; *file is handed to the others. Any status but OK refuses the request with that page.
    enum status (*begin)(struct request *q, struct text field, struct text file_name, struct text media,
                         void **file);
    enum status (*bytes)(struct request *q, void *file, struct bytes chunk);
    // Called exactly once for each begun file: `is_complete` false when the connection broke or a limit was
    // reached (what came so far may be kept: uploads resume).
    enum status (*end)(struct request *q, void *file, bool is_complete);
    int64_t file_bytes_max;  // 0: FILE_BYTES_MAX
    int64_t value_bytes_max; // of one field beside the files, 0: FORM_VALUE_BYTES_MAX
};

// ---- request
// --------------------------------------------------------------------------------------------------

struct field {
    struct text name, value; // decoded, valid UTF-8
};
struct fields {
    struct field *items;
    size_t count, capacity;
};

struct request {
    struct arena *arena; // gone when the response is sent
    struct web *web;
    void *app; // what web_config.app said: the rooms below
    const struct env *env;
    struct moment now; // when the request came
    enum http_method method;
    bool is_head;
    struct text path;          // decoded: "/cases/17"
    struct text target;        // as sent with its query, to come back to
    struct text language;      // "en", "fr", "ar", "uk", "fa"
    struct text client;        // address, for logs of access/: never shown
    struct text session_token; // cookie value; empty when there is none
    struct web_session session;
    struct fields params, query, form; // ":id" of the route; after "?"; the body's fields
    struct text body;                  // of an is_api route: the JSON as sent
    const struct catalog *pack_texts;  // set by a handler that shows texts of a pack version; else the newest
    const struct pack *pack;           // that version: page_use_pack (app.h) sets both
    struct problem problems[16];       // mistakes to show: see page_problem
    size_t problem_count;
    bool wants_json;               // Accept asks for JSON rather than HTML
    void *upload;                  // a route's upload_sink leaves here what its handler finds afterwards
    struct request_inside *inside; // the server's own
};

struct text request_param(const struct request *q, const char *name);
bool request_param_id(const struct request *q, const char *name, int64_t *id); // positive decimal number
struct text request_header(const struct request *q, const char *name);
size_t request_header_count(const struct request *q, const char *name); // how often it was sent
// The other end of the connection: the client, or the proxy in front.
struct text request_peer(const struct request *q);
struct text request_cookie(const struct request *q, const char *name); // of ours; empty when there is none

// First value of that name, trimmed of white space; empty when absent.
struct text form_text(const struct request *q, const char *name);
struct text query_text(const struct request *q, const char *name);
bool form_has(const struct request *q, const char *name);
bool form_is(const struct request *q, const char *name,
             const char *value); // any value of that name, for checkboxes
// Next value of that name from *at (start with 0); false at the end.
bool fields_next(const struct fields *f, const char *name, size_t *at, struct text *value);
// The three inputs NAME-day, NAME-month, NAME-year and the box NAME-day-unknown of partial "date_input".
// `parts` keeps what was typed. STATUS_INVALID with a problem for the field when it is no date; all empty is
// the unknown date.
enum status form_date(struct request *q, const char *name, struct date_parts *parts, struct date *date,
                      struct problem *p);
struct date_parts date_parts_of(struct arena *a, struct date d);

// ---- response
// -------------------------------------------------------------------------------------------------

enum cache {
    CACHE_NEVER,      // personal pages and everything else that says nothing: no-store
    CACHE_REVALIDATE, // public and changing
    CACHE_FOREVER,    // public, address holds a hash of the content
};

// A body that is made while it is sent, such as a decrypted document. `read` writes at most `max` bytes and
// says how many (0 = end); `close` is called exactly once, also when the connection breaks. Owns nothing of
// the request's arena.
struct body_stream {
    void *context;
    enum status (*read)(void *context, uint8_t *to, size_t max, size_t *got);
    void (*close)(void *context);
    int64_t size; // -1: unknown
};

struct response {
    unsigned status;   // 200 at first
    struct text media; // "text/html; charset=utf-8" at first
    enum cache cache;
    struct out body;
    struct bytes constant;     // instead of body: memory that outlives the server (assets)
    struct body_stream stream; // instead of body, when read is set
    struct problem problem;    // filled by a handler that answers STATUS_INVALID, _REFUSED, _CONFLICT ...
    struct field headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
};

// Header value must be visible ASCII; a header that is not is left out and logged. Text is copied.
void response_header(struct request *q, struct response *r, const char *name, struct text value);
// 303 See Other to a path of ours ("/cases/17"); anything else leads to "/" and is logged. Copies.
enum status response_redirect(struct request *q, struct response *r, struct text path);
// True for a path of ours ("/cases/17?x=1") of at most NEXT_BYTES_MAX, so that ?next= cannot lead elsewhere.
bool path_is_local(struct text path);
// Sets or clears the session cookie, with the right name and attributes for the origin.
void response_session(struct request *q, struct response *r, struct text token);
void response_session_end(struct request *q, struct response *r);
// A cookie that outlives the browser, such as the one of known browsers; `value` of cookie characters.
void response_cookie(struct request *q, struct response *r, const char *name, struct text value,
                     int max_age_s);
// Shows one sentence on the next page this person sees (after a redirect). `key` begins with "notice.".
void response_notice(struct request *q, struct response *r, const char *key);
// Ready JSON, a download, a stream.
enum status response_json(struct response *r, struct text json);
// Headers of a file: media type, name, and a policy under which it can run nothing. Only PNG, JPEG and PDF
// are shown inline, whatever is asked, and may then be framed by our pages; a media type that is none becomes
// application/octet-stream.
void response_download(struct request *q, struct response *r, struct text file_name, struct text media,
                       bool is_inline);

// ---- pages
// ----------------------------------------------------------------------------------------------------

// Adds a mistake: shown in the error summary, beside its field (partials find it by p->field), and answered
// with 422.
void page_problem(struct request *q, const struct problem *p);
// Shows the template with the view inside its layout, in the request's language.
enum status page_show(struct request *q, struct response *r, const struct page_template *t, const void *view);
// A sentence in the person's language as plain text.
struct text page_text(struct request *q, const char *key, const struct problem_arg *args, size_t arg_count);
// A text without arguments, of the pages or of the pack; `otherwise` when there is none of that key.
struct text page_text_or(struct request *q, struct text key, struct text otherwise);

// ---- routes
// ---------------------------------------------------------------------------------------------------

// Returns STATUS_OK after filling the response. Any other status shows the fitting page of its own:
// STATUS_NOT_FOUND 404, _REFUSED 403, _CONFLICT 409, _TOO_LARGE 413, _INVALID 422 (r->problem says what),
// _EXPIRED 410, _BUSY 503, _FULL 503 ("reading goes on, writing is paused"), the rest 500.
typedef enum status handler(struct request *q, struct response *r);

struct route {
    enum http_method method;
    const char *path; // "/cases/:id/documents/:document"; literal parts win over ":" parts
    handler *handle;
    unsigned needs; // NEEDS(OFFICER | SUPERVISOR); 0 is ANYONE
    enum rate_class rate;
    const struct upload_sink *upload; // NULL: files are refused
    bool is_api;                      // JSON in and out: needs X-CSRF-Token in place of the field
    bool by_token;                    // for programs: who asks is said by a bearer token, never by a cookie
};
#define NEEDS(kinds) .needs = (kinds)

// "https://asylum.example": what browsers see.
struct text request_origin(const struct request *q);
// The route that this request came in by; NULL before there is one.
const struct route *request_route(const struct request *q);

// What one page file brings: its routes and its templates (both end with a zeroed entry).
struct page_module {
    const struct route *routes;
    const struct page_template *const *templates;
};

// ---- server
// ---------------------------------------------------------------------------------------------------

struct web_config {
    const char *address; // "127.0.0.1"; TLS and HTTP/2 are nginx's in front
    uint16_t port;       // 0: any free one, see web_port
    int listen_fd; // a listening socket that somebody else keeps open, in place of address and port; 0: none
    unsigned
        threads; // that run handlers, 0: 8, at most HANDLERS_MAX; the store needs as many readers and 8 more
    struct text origin;       // "https://asylum.example": what browsers see. Empty: http://localhost:PORT
    bool is_behind_proxy;     // the last X-Forwarded-For is the client
    struct text metrics_from; // one address beside loopback that may read /metrics; empty: none
    struct key secret;        // for CSRF tokens; the same after a restart
    const struct env *env;
    const struct web_sessions *sessions;      // NULL: nobody can sign in
    const struct page_module *const *modules; // end with NULL
    const struct template_source
        *templates; // further ones beside those built in; end with name NULL; may be NULL
    void *app;
    const struct zone *zone; // the authority's
    struct text authority;   // its name, shown in header and footer
    // Tells of a failure in another form than pages do, for the addresses that it answers true for; `status`
    // is in r->status, what is wrong in r->problem and q->problems. NULL: always as a page.
    bool (*tell_trouble)(struct request *q, struct response *r);
    const struct rate_limits *rates; // NULL: RATE_LIMITS_DEFAULT
    bool is_strict; // a sentence missing in some language is an error; else English stands in
    unsigned header_s, body_s, idle_s, grace_s,
        stop_s; // 0: REQUEST_HEADER_S, REQUEST_BODY_S, CONNECTION_IDLE_S, BODY_GRACE_S, STOP_S
};

// Compiles templates, checks texts and starts listening. STATUS_INVALID with the template and line in `p`;
// STATUS_IO when the port is taken. Everything the config points to must outlive the server. *out is set in
// any case and is given to web_stop; until then the words that `p` names stay.
enum status web_start(const struct web_config *config, struct web **out, struct problem *p);
uint16_t web_port(const struct web *w);
// A new pack version: its texts are looked up after those of the pages, from the next request on. Must
// outlive the server.
void web_set_pack_texts(struct web *w, const struct catalog *pack);
// Stops listening (a socket of somebody else's is left open for the next server), finishes what is under way
// for at most stop_s, refuses what waits after that, frees all.
void web_stop(struct web *w);
