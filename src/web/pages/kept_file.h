// kept_file.h - a file of a form that is small enough to be kept in the request's memory.
#pragma once
#include "web/http.h"

struct kept_file {
    struct text name; // without folders
    struct out bytes;
    bool is_whole;
};
// For struct upload_sink, which names the limit; q->upload is the struct kept_file of the last file.
enum status kept_file_begin(struct request *q, struct text field, struct text name, struct text media,
                            void **file);
enum status kept_file_bytes(struct request *q, void *file, struct bytes chunk);
enum status kept_file_end(struct request *q, void *file, bool is_complete);
