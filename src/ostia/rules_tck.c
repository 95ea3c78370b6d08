// rules_tck.c - runs the cases of the DMN Technology Compatibility Kit below some folders, whatever their
// layout, and writes the results as the kit's vendors publish them.
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ostia/command.h"
#include "ostia/rules_file.h"
#include "ostia/rules_models.h"
#include "rules/tck.h"

enum {
    FOLDERS_DEEP_MAX = 12,   // the kit has three
    FOLDER_FILES_MAX = 5000, // of one folder with all below it; the kit has 300
};

struct row {
    size_t at; // in the order of running
    struct text folder, file, id, note;
    bool passed;
};
struct tck_walk {
    struct arena arena;
    struct text root; // the folder that was named, resolved
    struct feel_now now;
    struct {
        struct row *items;
        size_t count, capacity;
    } rows;
    size_t passed;
};
struct paths {
    struct text *items;
    size_t count, capacity;
};

// ---- files ----

// The folders that we are in: a link to one of them leads round in circles.
struct above {
    const struct above *up;
    dev_t device;
    ino_t number;
    int depth;
};

// Tells whether a path is a folder to go into, and fills `here`.
static bool enter(struct arena *a, struct text path, const struct above *up, struct above *here) {
    struct stat s;
    if (stat(text_c(a, path), &s) || !S_ISDIR(s.st_mode)) return false;
    *here = (struct above){up, s.st_dev, s.st_ino, up ? up->depth + 1 : 0};
    for (; up; up = up->up)
        if (up->device == s.st_dev && up->number == s.st_ino) return false;
    return here->depth < FOLDERS_DEEP_MAX;
}

static int by_text(const void *a, const void *b) {
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

// Names in a folder, sorted, without the hidden ones.
static struct paths entries(struct arena *a, struct text folder) {
    struct paths out = {0};
    DIR *d = opendir(text_c(a, folder));
    struct dirent *entry;
    while (d && (entry = readdir(d)) && out.count < FOLDER_FILES_MAX)
        if (entry->d_name[0] != '.')
            *ARENA_PUSH(a, &out) = TEXT_JOIN(a, folder, T("/"), text_of(entry->d_name));
    if (d) closedir(d);
    if (out.count) qsort(out.items, out.count, sizeof *out.items, by_text);
    return out;
}

static bool is_file(struct arena *a, struct text path, struct text end) {
    struct stat s;
    return text_ends(path, end) && !stat(text_c(a, path), &s) && S_ISREG(s.st_mode);
}

// Models in a folder and in those below it.
static void find_model_files(struct arena *a, struct text folder, const struct above *up, struct paths *out) {
    struct above here;
    if (!enter(a, folder, up, &here)) return;
    struct paths inside = entries(a, folder);
    for (size_t i = 0; i < inside.count && out->count < FOLDER_FILES_MAX; i++) {
        if (is_file(a, inside.items[i], T(".dmn"))) *ARENA_PUSH(a, out) = inside.items[i];
        find_model_files(a, inside.items[i], &here, out);
    }
}

static struct text parent_of(struct text path) {
    while (path.n && path.p[path.n - 1] != '/') path.n--;
    return path.n > 1 ? text_slice(path, 0, path.n - 1) : path;
}

static struct text name_of(struct text path) {
    struct text parent = parent_of(path);
    return text_slice(path, parent.n + (parent.n > 1), path.n);
}

// ---- models ----

static struct text why_not(struct arena *a, const struct rules_model *m) {
    const struct problem *p = &m->problem;
    return text_printf(a, "model: %s, line %lld " TEXT_FMT, p->rule ? p->rule : status_name(m->status),
                       (long long)p->line, TEXT_ARG(p->args[0].value));
}

static void read_models(struct arena *a, struct text folder, const struct paths *files,
                        struct tck_models *out) {
    struct rules_model *models = ARENA_ARRAY(a, struct rules_model, files->count);
    for (size_t i = 0; i < files->count; i++) models[i].path = text_c(a, files->items[i]);
    rules_read_models(a, models, files->count, true);
    for (size_t i = 0; i < files->count; i++)
        *ARENA_PUSH(a, out) =
            (struct tck_model){.file = text_slice(files->items[i], folder.n + 1, files->items[i].n),
                               .model = models[i].model,
                               .note = models[i].model ? T("") : why_not(a, &models[i])};
}

// The models beside the test files and below them; a folder without any takes those of the folder above.
static void find_models(struct tck_walk *w, struct arena *a, struct text folder, struct tck_models *out) {
    struct paths files = {0};
    find_model_files(a, folder, NULL, &files);
    while (!files.count && folder.n > w->root.n) {
        folder = parent_of(folder);
        find_model_files(a, folder, NULL, &files);
    }
    read_models(a, folder, &files, out);
}

// ---- running ----

// As the kit's runner names them: the last two folders, the file without its end.
static void add_row(struct tck_walk *w, struct text path, const struct tck_result *r) {
    struct arena *a = &w->arena;
    struct text folder = parent_of(path), file = name_of(path);
    struct text above = name_of(parent_of(folder));
    struct text both = above.n ? TEXT_JOIN(a, above, T("/"), name_of(folder)) : name_of(folder);
    size_t at = w->rows.count;
    *ARENA_PUSH(a, &w->rows) = (struct row){at,
                                            both,
                                            text_copy(a, text_slice(file, 0, file.n - 4)),
                                            text_copy(a, r->id),
                                            text_copy(a, r->note),
                                            r->passed};
    w->passed += r->passed;
}

static void run_file(struct tck_walk *w, struct arena *a, struct text path, const struct tck_models *models) {
    struct text xml;
    struct problem p = {0};
    struct tck_results results = {0};
    enum status st = STATUS_IO;
    if (rules_read_file(a, text_c(a, path), &xml)) st = tck_run(a, xml, models, &w->now, &results, &p);
    for (size_t i = 0; i < results.count; i++) add_row(w, path, &results.items[i]);
    if (!st || st == STATUS_UNSUPPORTED) return;
    struct tck_result unread = {.note = text_printf(a, "the file cannot be read: %s, line %lld",
                                                    p.rule ? p.rule : status_name(st), (long long)p.line)};
    add_row(w, path, &unread);
}

static void run_folder(struct tck_walk *w, struct text folder, const struct above *up) {
    struct arena a = {0};
    struct tck_models models = {0};
    struct above here;
    if (enter(&a, folder, up, &here)) {
        struct paths inside = entries(&a, folder);
        bool has_models = false;
        for (size_t i = 0; i < inside.count; i++) {
            if (!is_file(&a, inside.items[i], T(".xml"))) continue;
            if (!has_models) find_models(w, &a, folder, &models);
            has_models = true;
            run_file(w, &a, inside.items[i], &models);
        }
        for (size_t i = 0; i < inside.count; i++) run_folder(w, inside.items[i], &here);
    }
    arena_free(&a);
}

// ---- results ----

static int by_place(const void *a, const void *b) {
    const struct row *x = a, *y = b;
    int folder = text_cmp(x->folder, y->folder), file = text_cmp(x->file, y->file);
    if (folder || file) return folder ? folder : file;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void put_field(FILE *f, struct text t, char end) {
    fputc('"', f);
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"') fputc('"', f);
        fputc((unsigned char)t.p[i] < ' ' ? ' ' : t.p[i], f); // one line a case
    }
    fputc('"', f);
    fputc(end, f);
}

static void put_row(FILE *f, const struct row *r) {
    put_field(f, r->folder, ',');
    put_field(f, r->file, ',');
    put_field(f, r->id, ',');
    put_field(f, r->passed ? T("SUCCESS") : T("ERROR"), ',');
    put_field(f, r->note, '\n');
}

static bool write_csv(const struct tck_walk *w, const char *path) {
    FILE *f = fopen(path, "we");
    for (size_t i = 0; f && i < w->rows.count; i++) put_row(f, &w->rows.items[i]);
    bool good = f && !ferror(f);
    if (f && fclose(f)) good = false;
    if (!good) fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
    return good;
}

// How many of each level, and what failed.
static void say_results(const struct tck_walk *w) {
    for (size_t i = 0; i < w->rows.count; i++)
        if (!w->rows.items[i].passed) put_row(stdout, &w->rows.items[i]);
    for (size_t from = 0, to; from < w->rows.count; from = to) {
        struct text level = parent_of(w->rows.items[from].folder);
        size_t passed = 0;
        for (to = from; to < w->rows.count && text_eq(parent_of(w->rows.items[to].folder), level); to++)
            passed += w->rows.items[to].passed;
        printf(TEXT_FMT ": %zu of %zu\n", TEXT_ARG(level), passed, to - from);
    }
    printf("all: %zu of %zu\n", w->passed, w->rows.count);
}

int rules_tck_run(const struct call *c) {
    struct tck_walk w = {.now = {env_now(env_real()), T("")}};
    bool good = true;
    for (int i = 0; i < c->argument_count; i++) {
        char root[PATH_MAX];
        if (!realpath(c->arguments[i], root)) {
            fprintf(stderr, "ostia: %s: %s\n", c->arguments[i], strerror(errno));
            good = false;
            continue;
        }
        w.root = text_copy(&w.arena, text_of(root));
        run_folder(&w, w.root, NULL);
    }
    if (w.rows.count) qsort(w.rows.items, w.rows.count, sizeof *w.rows.items, by_place);
    if (!w.rows.count) fprintf(stderr, "ostia: no test case was found\n");
    say_results(&w);
    if (call_has(c, "csv")) good &= write_csv(&w, call_option(c, "csv"));
    good &= w.rows.count && w.passed == w.rows.count;
    arena_free(&w.arena);
    return good ? EXIT_DONE : EXIT_WRONG;
}
