// document_photo.c - a photo of a document: into memory outside the arena as it arrives, then to the worker.
#include <sys/mman.h>
#include <unistd.h>

#include "web/app.h"
#include "web/pages/document_check.h"
#include "worker/worker.h"

enum { PHOTO_BYTES_MAX = 12 * 1024 * 1024 }; // of a telephone's camera: 4 to 8

struct photo {
    int fd;
    int64_t n;
};

static enum status photo_begin(struct request *q, struct text field, struct text name, struct text media,
                               void **file) {
    (void)field, (void)name, (void)media;
    struct photo *f = ARENA_NEW(q->arena, struct photo);
    f->fd = memfd_create("photo", MFD_CLOEXEC);
    if (f->fd < 0) return STATUS_BUSY;
    *file = f;
    return STATUS_OK;
}

static enum status photo_bytes(struct request *q, void *file, struct bytes chunk) {
    struct photo *f = file;
    (void)q;
    while (chunk.n) {
        ssize_t n = write(f->fd, chunk.p, chunk.n);
        if (n <= 0) return STATUS_BUSY;
        f->n += n;
        chunk = (struct bytes){chunk.p + n, chunk.n - (size_t)n};
    }
    return STATUS_OK;
}

// A file field that was left empty sends a file of no bytes; of several only the last one counts.
static enum status photo_end(struct request *q, void *file, bool is_complete) {
    struct photo *f = file, *before = q->upload;
    if (!is_complete || !f->n) {
        close(f->fd);
        return STATUS_OK;
    }
    if (before) close(before->fd);
    q->upload = f;
    return STATUS_OK;
}

const struct upload_sink DOCUMENT_PHOTO = {photo_begin, photo_bytes, photo_end, PHOTO_BYTES_MAX};

static enum status read_lines(struct request *q, int fd, struct text *lines, struct problem *p) {
    struct worker_pool *workers = page_app(q)->workers;
    struct text media;
    if (!workers) return problem(p, "photo", "photo_busy", "problem.document.busy");
    enum status st = worker_sniff(workers, WORKER_FD(fd), q->arena, &media);
    if (!st) st = worker_zone(workers, media, WORKER_FD(fd), q->arena, lines);
    switch (st) {
    case STATUS_OK: return STATUS_OK;
    case STATUS_NOT_FOUND: return problem(p, "photo", "photo_no_zone", "problem.document.no_zone");
    case STATUS_BUSY:
    case STATUS_IO:
    case STATUS_EXPIRED: return problem(p, "photo", "photo_busy", "problem.document.busy");
    default: return problem(p, "photo", "photo", "problem.document.photo");
    }
}

enum status document_photo_read(struct request *q, const struct look *look, struct text *lines,
                                struct problem *p) {
    struct photo *f = q->upload;
    enum status st = cases_may_check_document(page_app(q)->cases, page_actor(q), look, p);
    if (!f) return st ? st : STATUS_NOT_FOUND;
    if (!st) st = read_lines(q, f->fd, lines, p);
    close(f->fd);
    q->upload = NULL;
    return st;
}
