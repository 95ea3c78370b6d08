// table.h - inside api/: the tables that everything follows from, and what the files of the room share.
//
// A field says how one value is read from JSON or a query and written to JSON, where it stands in its struct,
// and what the documentation says of it. An operation joins a route with the fields that it reads and the
// shape that it answers.
#pragma once
#include <jansson.h>
#include <stddef.h>

#include "api/api.h"
#include "identity/transcribe.h"
#include "lookup/lookup.h"
#include "registers/registers.h"

enum {
    BODY_JSON_MAX = 512 * 1024, // FORM_BODY_BYTES_MAX: a record of a full day's interview, or a whole form
    ERRORS_MAX = 16,            // named at once; as many as struct request has room for
    LIST_MAX = 200,             // entries of one page of a list (WORK_PAGE_MAX)
    LIST_USUAL = 50,            // when `limit` is not given
    NAMES_MAX = 100,            // transcribed in one request: some milliseconds of work
    KEY_BYTES_MAX = 64,         // of an Idempotency-Key: a UUID has 36
    ANSWER_KEPT_MS =
        24 * 60 * 60 * 1000, // an answer to a key: whoever repeats a request does it within minutes
};

enum api_kind {
    API_END,
    API_TEXT,    // struct text
    API_ID,      // int64_t; null for 0
    API_NUMBER,  // int64_t
    API_SMALL,   // int
    API_COUNT,   // size_t
    API_BOOL,    // bool
    API_DATE,    // struct date; null when unknown
    API_MOMENT,  // struct moment, UTC; null for 0
    API_JSON,    // struct text that is JSON already (out only)
    API_ANSWERS, // struct bytes: answers of a form; nested JSON outside
    API_LIST,    // out: {items, count} of `shape`
    API_INSIDE,  // out: a struct within, of `shape`
    API_TEXTS,   // in: array of text at `at`, how many at `count_at`
    API_OBJECTS, // in: array of structs of `shape`, how many at `count_at`
};

struct api_shape;
struct api_field {
    const char *name;
    enum api_kind kind;
    size_t at, count_at;
    int64_t min, max;  // of a number; max: bytes of a text, entries of an array; 0 = no bound of ours
    int64_t each_max;  // bytes of each entry of API_TEXTS
    bool is_required;  // in
    const char *words; // "online|paper": nothing else will do
    const struct api_shape *shape;
    const char *about;
    const char *example; // JSON
};
// A JSON object that a struct becomes, or comes from.
struct api_shape {
    const char *name; // of the schema: "WorkRow"
    size_t size;
    const struct api_field *fields; // end with API_END
    const char *about;
};

struct api_command {
    enum command_kind kind;
    const char *summary;
    const struct api_field *fields;
};
extern const struct api_command API_COMMANDS[]; // end with no summary
extern const size_t API_COMMAND_COUNT;

// One request on its way.
struct api_call {
    struct request *q;
    struct response *r;
    const struct api_operation *op;
    const struct api_command *command; // of the route of commands
    struct app *app;
    const struct actor *actor;
    struct look look;
    void *in;     // what the operation's fields were read into
    json_t *json; // the body; texts of `in` point into it
    struct problem problem;
    const struct command_result *result; // of a command that met a newer version
};

enum api_body_kind {
    BODY_NONE,
    BODY_OBJECT /* JSON of `body` */,
    BODY_FIELDS /* a form of `body` */,
    BODY_FILE
};
enum api_answer_kind { ANSWER_OBJECT, ANSWER_FILE, ANSWER_EMPTY };

struct api_operation {
    enum http_method method;
    const char *path, *name, *tag, *summary;
    enum status (*answer)(struct api_call *c);
    const char *about;
    size_t in_size;
    const struct api_field *query, *body; // end with API_END; NULL: none
    enum api_body_kind body_kind;
    enum api_answer_kind answer_kind;
    const struct api_shape *shape;
    const char *media; // of a file
    unsigned success;  // 200 when 0
    bool is_public, writes /* needs an Idempotency-Key */, is_of_case, is_command,
        has_own_errors /* OAuth's */;
    unsigned needs, also, never; // statuses beside, or not among, those that follow from the rest
    enum rate_class rate;
    const struct upload_sink *sink;
    void (*leave)(struct request *q); // lets go what the sink left, when the answer did not take it
};
extern const struct api_operation API_OPERATIONS[]; // end with no path
extern const size_t API_OPERATION_COUNT;

// Statuses that an operation may answer besides its success, ascending, ended by 0. `command` may be NULL.
enum { STATUSES_MAX = 16 };
void api_statuses(const struct api_operation *op, const struct api_command *command,
                  unsigned out[STATUSES_MAX]);

// ---- read.c: what comes in. What is wrong is added to the request with its place; false when anything was.
bool api_read_query(struct api_call *c);
bool api_read_body(struct api_call *c);
// One object into a struct of `fields`. The JSON must live as long as the struct: texts point into it.
// `errors` takes each problem with its JSON pointer.
struct api_errors {
    struct arena *arena;
    void *context;
    void (*add)(void *context, const struct problem *p);
    size_t count;
};
void api_read_object(const json_t *object, const struct api_field *fields, void *into, struct text pointer,
                     struct api_errors *errors);

// ---- write.c: what goes out
void api_write(struct json_out *j, const struct api_shape *shape, const void *from);

// ---- problem.c
// Tells that it failed, with the HTTP status; answers STATUS_OK, for it is the answer then.
enum status api_fail(struct api_call *c, unsigned status);
// Adds one mistake at a place: a JSON pointer ("/body"), a parameter ("limit") or a header ("If-Match").
void api_mistake(struct request *q, const char *place, const char *rule, const char *text_key);
// The same for the problem of a room below, in c->problem: its field becomes a place.
void api_mistake_of(struct api_call *c);
// What a room below answered, as a problem: its fields become places.
enum status api_failed(struct api_call *c, enum status st);
struct api_problem_kind {
    unsigned status;
    const char *slug, *title; // "conflict"; English, for the description
};
extern const struct api_problem_kind API_PROBLEMS[];

// ---- shapes.c
extern const struct api_shape SHAPE_RESULT, SHAPE_WORK_LIST, SHAPE_CASE_FILE, SHAPE_ANSWERS, SHAPE_SUGGESTION,
    SHAPE_LOAD, SHAPE_VIEWS, SHAPE_STAFF, SHAPE_PACKS, SHAPE_LETTER_CHECK, SHAPE_TRACKED, SHAPE_WINDOW,
    SHAPE_LETTER_KEY, SHAPE_LETTER_PREVIEW, SHAPE_ME, SHAPE_TOKEN, SHAPE_FORM, SHAPE_PROCEDURES,
    SHAPE_TRANSCRIPTIONS;
struct api_form {
    struct text id, schema, texts;
};
struct api_procedure {
    struct text id, version, name, number;
    bool by_person, by_staff;
};
struct api_procedures {
    struct api_procedure *items;
    size_t count, capacity;
};
struct api_answers {
    struct bytes answers;
};
struct api_suggestion {
    struct suggestion suggestion;
    struct text trace;
};
struct api_views {
    struct saved_view *items;
    size_t count;
};
struct api_letter_check {
    struct text validity, kind;
    struct date issued;
};
struct api_letter_key {
    struct text algorithm, public_key, token, signed_part;
};
struct api_transcriptions {
    struct transcription *items;
    size_t count;
};
struct api_me {
    int64_t account;
    struct text id, unit, purpose, kind, roles;
    bool is_client;
};
struct api_token {
    struct text access_token, token_type, scope;
    int64_t expires_in;
};

// ---- once.c: a request that comes twice is done once
struct api_once {
    struct api_call *call;
    struct hash key, request;
    struct text answer; // JSON: of now or of the first time
    bool is_repeated;
    struct cases_around around;
    struct register_around of_register;
};
// False: the key is missing or malformed, and the request was answered. `content`: hash of the body.
bool api_once_begin(struct api_call *c, struct hash content, struct api_once *out);
// Keeps the answer with the request's key, inside the transaction that did it.
enum status api_once_keep(struct write *w, struct api_once *o, const struct api_shape *shape,
                          const void *result);
// For a key and all that makes a request the same one.
void api_once_for(struct api_call *c, struct text key, struct text request, struct api_once *out);

// ---- handlers: token.c, query.c, command.c, document.c
enum status api_token(struct api_call *c), api_revoke(struct api_call *c);
enum status api_do_command(struct api_call *c), api_start(struct api_call *c), api_apply(struct api_call *c),
    api_carry_over(struct api_call *c), api_open(struct api_call *c);
enum status api_list(struct api_call *c), api_search(struct api_call *c), api_window(struct api_call *c),
    api_own(struct api_call *c);
enum status api_file(struct api_call *c), api_answers_of(struct api_call *c), api_suggest(struct api_call *c);
enum status api_letter_preview(struct api_call *c);
enum status api_task_answers(struct api_call *c), api_form(struct api_call *c),
    api_procedures(struct api_call *c); // form.c
enum status api_load(struct api_call *c), api_views(struct api_call *c), api_view_save(struct api_call *c);
enum status api_view_delete(struct api_call *c), api_staff(struct api_call *c), api_packs(struct api_call *c);
enum status api_letter_check(struct api_call *c), api_track(struct api_call *c), api_key(struct api_call *c);
enum status api_transcribe(struct api_call *c); // names.c
enum status api_me(struct api_call *c), api_openapi(struct api_call *c);
enum status api_document(struct api_call *c), api_letter(struct api_call *c),
    api_document_page(struct api_call *c);
enum status api_document_add(struct api_call *c);
enum status api_document_zone(struct api_call *c), api_document_check(struct api_call *c); // travel.c
extern const struct api_shape SHAPE_DOCUMENT_ZONE, SHAPE_DOCUMENT_CHECK;
extern const struct upload_sink API_DOCUMENT_SINK;
enum status api_carrier_hand_in(struct api_call *c), api_carrier_lists(struct api_call *c),
    api_carrier_list(struct api_call *c); // carrier.c
extern const struct api_shape SHAPE_CARRIER_RECEIVED, SHAPE_CARRIER_LISTS, SHAPE_CARRIER_LIST;
extern const struct upload_sink API_CARRIER_SINK;
struct api_arrivals {
    struct date from;
};
enum status api_lookup(struct api_call *c), api_lookup_ask(struct api_call *c),
    api_lookup_changes(struct api_call *c), api_lookup_log(struct api_call *c); // lookup.c
enum status api_case_events(struct api_call *c), api_event_proof(struct api_call *c),
    api_event_message(struct api_call *c), api_oversight(struct api_call *c); // exchange.c
extern const struct api_shape SHAPE_CASE_EVENTS, SHAPE_OVERSIGHT;
extern const struct api_shape SHAPE_LOOKUP, SHAPE_LOOKUP_CHANGES, SHAPE_LOOKUP_LOG;
struct api_lookup_after {
    int64_t after;
};
// The words of a form of the pack, as JSON (form.c).
struct text api_form_words(struct api_call *c, const struct pack *pack, const struct form *f);
// Writes the shape as the answer.
enum status api_answer(struct api_call *c, const struct api_shape *shape, const void *from);
// The result of a command that was done (or repeated), with its version as ETag.
enum status api_done(struct api_call *c, const struct api_once *once);
// If-Match as a version of the case; 0 when it was not sent. False when malformed, and the request was
// answered.
bool api_seen(struct api_call *c, int64_t *seen);
// The whole application in one request.
struct api_application {
    struct start_application start;
    struct text notice_version;
    struct bytes answers;
};
struct api_window {
    struct text number, name, birth, purpose, reason;
};
struct api_window_hit {
    struct text kind, reference, level;
};
struct api_window_answer {
    struct text answer;
    struct {
        struct api_window_hit *items;
        size_t count, capacity;
    } hits;
};
struct api_tracking {
    struct text code;
    struct date birth;
};
struct api_grant {
    struct text grant_type, scope, client_id, client_secret, token, hint;
};
struct api_new_document {
    struct text kind, title;
    int64_t request;
};
struct api_names {
    struct text names[NAMES_MAX];
    size_t count;
    struct text language;
};
struct api_question {
    struct text q, section, code, reason;
    int64_t px;
};
// circles.c
enum { API_CIRCLE_MAX = 16 }; // authorities of one channel, and attributes that are told
struct api_circle {
    struct text ground, members[API_CIRCLE_MAX], tells[API_CIRCLE_MAX];
    size_t member_count, tell_count;
};
struct api_correction {
    int64_t phase, right;
};
struct api_invitation_reply {
    int64_t own;
    struct text refusal;
};
enum status api_circles(struct api_call *c), api_circle_open(struct api_call *c),
    api_circle_correct(struct api_call *c), api_invitations(struct api_call *c),
    api_invitation_answer(struct api_call *c);
extern const struct api_shape SHAPE_CIRCLES, SHAPE_INVITATIONS;

struct api_travel_document {
    struct text lines, seal;
};
struct api_work {
    struct work_filter filter;
    struct text order, reason;
};

// ---- page.c
extern const struct page_module API_PAGE_MODULE, API_TOKEN_PAGES, API_LOG_PAGES; // own_tokens.c, log.c
extern const struct page_module API_XROAD_DOOR;                                  // xroad_door.c
