// body.h - request bodies read as they arrive: fields into the arena, files to whoever wants them.
#pragma once
#include "web/http.h"

enum body_kind { BODY_FORM, BODY_MULTIPART, BODY_JSON, BODY_RAW };

// Who gets the files. Without `begin` any file is refused (STATUS_UNSUPPORTED).
struct body_files {
    void *context;
    enum status (*allow)(void *context); // asked before each file: the CSRF token must have come by then
    enum status (*begin)(void *context, struct text field, struct text file_name, struct text media,
                         void **file);
    enum status (*bytes)(void *context, void *file, struct bytes chunk);
    enum status (*end)(void *context, void *file, bool is_complete);
    int64_t file_bytes_max, value_bytes_max;
};

struct body;

// A reader for the Content-Type given. STATUS_UNSUPPORTED for a type that this route does not take,
// STATUS_INVALID for a multipart type without a proper boundary.
enum status body_new(struct arena *a, struct text content_type, bool is_api, const struct body_files *files,
                     struct body **out);
// Takes the next piece. After a failure every further call answers the same status.
enum status body_feed(struct body *b, struct bytes piece);
// The body has ended: checks that it is whole. Must be called, or body_abort.
enum status body_end(struct body *b);
// The connection broke or the request was refused: ends the open file as incomplete.
void body_abort(struct body *b);

const struct fields *body_fields(const struct body *b);
struct text body_json(const struct body *b);

// ---- shared by body.c and multipart.c
struct body {
    struct arena *arena;
    enum body_kind kind;
    const struct body_files *files;
    enum status status;
    struct fields fields;
    size_t fields_bytes; // names and values so far
    struct out out;      // what is being collected: a name, a value, part headers, JSON
    // application/x-www-form-urlencoded
    struct text name;
    bool has_name;
    int escape_digits; // of %XX still to come
    int escape_value;
    bool has_bytes;
    // multipart/form-data
    char delimiter[MULTIPART_BOUNDARY_MAX + 5]; // CR LF "--" boundary
    size_t delimiter_bytes, matched;
    int state;
    bool is_file, is_no_file;
    // the open file
    void *file;
    bool is_file_open;
    int64_t file_bytes;
    int file_count;
};

enum status body_add_field(struct body *b, struct text name, struct text value);
enum status body_file_begin(struct body *b, struct text field, struct text name, struct text media);
enum status body_file_bytes(struct body *b, const char *p, size_t n);
enum status body_file_end(struct body *b, bool is_complete);
enum status multipart_start(struct body *b, struct text boundary);
enum status multipart_feed(struct body *b, const char *p, size_t n);
enum status multipart_end(struct body *b);
