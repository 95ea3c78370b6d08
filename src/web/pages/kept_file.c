// kept_file.c - a file of a form, kept in the request's memory.
#include "web/pages/kept_file.h"

// What some browsers put before the name is a folder of theirs.
static struct text last_part(struct text name) {
    size_t at = name.n;
    while (at > 0 && name.p[at - 1] != '/' && name.p[at - 1] != '\\') at--;
    return text_slice(name, at, name.n);
}

enum status kept_file_begin(struct request *q, struct text field, struct text name, struct text media,
                            void **file) {
    (void)field, (void)media;
    struct kept_file *f = ARENA_NEW(q->arena, struct kept_file);
    f->name = text_copy(q->arena, last_part(name));
    f->bytes.arena = q->arena;
    *file = q->upload = f;
    return STATUS_OK;
}

enum status kept_file_bytes(struct request *q, void *file, struct bytes chunk) {
    (void)q;
    out_text(&((struct kept_file *)file)->bytes, text_of_bytes(chunk));
    return STATUS_OK;
}

enum status kept_file_end(struct request *q, void *file, bool is_complete) {
    (void)q;
    ((struct kept_file *)file)->is_whole = is_complete;
    return STATUS_OK;
}
