// A folder of .eml files in place of a mail server: what a demonstration would have sent.
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exchange/mail.h"
#include "exchange/transport.h"

struct folder {
    const struct env *env;
    struct arena arena;
    const char *dir;
};

static bool is_id(struct text t) {
    if (t.n != MAIL_ID_LENGTH) return false;
    for (size_t i = 0; i < t.n; i++)
        if (!(t.p[i] >= '0' && t.p[i] <= '9') && !(t.p[i] >= 'a' && t.p[i] <= 'f')) return false;
    return true;
}

static enum status write_file(const struct env *env, const char *path, struct text content) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return STATUS_IO;
    enum status st = STATUS_OK;
    for (size_t at = 0; at < content.n && !st;) {
        ssize_t n = write(fd, content.p + at, content.n - at);
        if (n > 0)
            at += (size_t)n;
        else if (errno != EINTR)
            st = errno == ENOSPC ? STATUS_FULL : STATUS_IO;
    }
    if (!st) st = env->file_sync(env->context, fd);
    close(fd);
    return st;
}

static enum status folder_send(void *context, const struct letter_out *letter,
                               char error[TRANSPORT_ERROR_MAX]) {
    struct folder *f = context;
    struct arena a = {0};
    assert(is_id(letter->id));
    const char *path = text_c(&a, text_printf(&a, "%s/" TEXT_FMT ".eml", f->dir, TEXT_ARG(letter->id)));
    const char *half = text_c(&a, text_printf(&a, "%s.part", path));
    enum status st = write_file(f->env, half, letter->message);
    if (!st) st = f->env->file_rename(f->env->context, half, path);
    if (st) snprintf(error, TRANSPORT_ERROR_MAX, "folder: %s", status_name(st));
    arena_free(&a);
    return st;
}

static void folder_close(void *context) {
    struct folder *f = context;
    arena_free(&f->arena);
    free(f);
}

enum status transport_folder(const struct env *env, struct text dir, struct transport *out) {
    struct folder *f = calloc(1, sizeof *f);
    assert(f);
    f->env = env;
    f->dir = text_c(&f->arena, dir);
    if (mkdir(f->dir, 0700) != 0 && errno != EEXIST) {
        folder_close(f);
        return STATUS_IO;
    }
    *out = (struct transport){f, folder_send, folder_close};
    return STATUS_OK;
}

static enum status read_file(const char *path, struct arena *a, struct text *out, struct moment *when) {
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
    enum status st = fstat(fd, &s) == 0 && S_ISREG(s.st_mode) ? STATUS_OK : STATUS_IO;
    if (!st && s.st_size > FOLDER_MAIL_MAX) st = STATUS_TOO_LARGE;
    char *p = arena_alloc(a, st ? 1 : (size_t)s.st_size + 1);
    ssize_t n = st ? 0 : read(fd, p, (size_t)s.st_size);
    close(fd);
    if (st || n < 0) return st ? st : STATUS_IO;
    *out = (struct text){p, (size_t)n};
    when->ms = (int64_t)s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1000000;
    return STATUS_OK;
}

static const char *path_of(struct text dir, struct text id, struct arena *a) {
    return text_c(a, text_printf(a, TEXT_FMT "/" TEXT_FMT ".eml", TEXT_ARG(dir), TEXT_ARG(id)));
}

enum status folder_read(struct text dir, struct text id, struct arena *a, struct text *message) {
    struct moment when;
    if (!is_id(id)) return STATUS_NOT_FOUND;
    return read_file(path_of(dir, id, a), a, message, &when);
}

static int later_first(const void *x, const void *y) {
    const struct folder_mail *a = x, *b = y;
    if (a->when.ms != b->when.ms) return a->when.ms < b->when.ms ? 1 : -1;
    return text_cmp(a->id, b->id);
}

static enum status find_all(struct text dir, struct arena *a, struct folder_mails *out) {
    DIR *d = opendir(text_c(a, dir));
    if (!d) return errno == ENOENT ? STATUS_OK : STATUS_IO;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct stat s;
        struct text name = text_of(e->d_name), id = text_slice(name, 0, MAIL_ID_LENGTH);
        if (!text_ends(name, T(".eml")) || name.n != MAIL_ID_LENGTH + 4 || !is_id(id)) continue;
        if (fstatat(dirfd(d), e->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0) continue;
        *ARENA_PUSH(a, out) = (struct folder_mail){
            .id = text_copy(a, id), .when = {(int64_t)s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1000000}};
    }
    closedir(d);
    return STATUS_OK;
}

enum status folder_list(struct text dir, int limit, struct arena *a, struct folder_mails *out) {
    *out = (struct folder_mails){0};
    enum status st = find_all(dir, a, out);
    if (st) return st;
    if (out->count > 1) qsort(out->items, out->count, sizeof *out->items, later_first);
    if (limit < 1 || limit > FOLDER_LIST_MAX) limit = FOLDER_LIST_MAX;
    if (out->count > (size_t)limit) out->count = (size_t)limit;
    for (size_t i = 0; i < out->count; i++) {
        struct folder_mail *m = &out->items[i];
        struct text message;
        struct moment when;
        if (read_file(path_of(dir, m->id, a), a, &message, &when)) continue;
        m->to = mail_header(a, message, T("To"));
        m->subject = mail_header(a, message, T("Subject"));
    }
    return STATUS_OK;
}
