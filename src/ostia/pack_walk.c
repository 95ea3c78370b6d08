// pack_walk.c - the walks of a pack: what is not as its authors expect, and what no walk ever reaches.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "ostia/command.h"
#include "trial/trial.h"

struct walks_run {
    const struct call *call;
    struct arena arena;
    struct pack_files files;
    struct pack *pack;
    struct trial_cover cover;
    size_t walked, failed;
    bool is_all; // no walk was left out: then what is not reached is a mistake
};

static bool is_wanted(const struct call *c, struct text name) {
    for (int i = 1; i < c->argument_count; i++)
        if (text_eq(text_of(c->arguments[i]), name)) return true;
    return c->argument_count == 1;
}

// ---- letters, for people who read them

static bool write_file(const char *path, struct bytes content) {
    FILE *f = fopen(path, "we");
    bool good = f && fwrite(content.p, 1, content.n, f) == content.n;
    if (f) good = fclose(f) == 0 && good;
    if (!good) fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
    return good;
}

static enum status dump_letter(struct walks_run *w, struct trial *t, struct text walk, size_t number,
                               const struct trial_letter *l) {
    struct text stem =
        text_printf(&w->arena, "%s/" TEXT_FMT "-%02zu-" TEXT_FMT "-" TEXT_FMT, call_option(w->call, "dump"),
                    TEXT_ARG(walk), number, TEXT_ARG(l->kind), TEXT_ARG(l->language));
    struct text words;
    struct bytes pdf;
    struct problem p = {0};
    enum status st = trial_letter_text(t, l->letter, &w->arena, &words);
    if (!st) st = trial_letter_pdf(t, l->letter, &w->arena, &pdf, &p);
    if (st) return st;
    bool good = write_file(text_c(&w->arena, TEXT_JOIN(&w->arena, stem, T(".txt"))), bytes_of(words));
    good = write_file(text_c(&w->arena, TEXT_JOIN(&w->arena, stem, T(".pdf"))), pdf) && good;
    return good ? STATUS_OK : STATUS_IO;
}

static enum status dump(struct walks_run *w, const struct walk_report *r) {
    struct trial_view view;
    enum status st = trial_look(r->trial, &w->arena, &view);
    for (size_t i = 0; !st && i < view.letters.count; i++)
        st = dump_letter(w, r->trial, r->walk, i + 1, &view.letters.items[i]);
    return st;
}

// ---- one walk

static void say_report(const struct walk_report *r) {
    if (!r->findings.count) printf("ok      " TEXT_FMT ", %zu steps\n", TEXT_ARG(r->walk), r->steps);
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct walk_finding *f = &r->findings.items[i];
        printf("wrong   " TEXT_FMT, TEXT_ARG(r->walk));
        if (f->step) printf(", step %zu", f->step);
        printf(": " TEXT_FMT "\n", TEXT_ARG(f->what));
    }
}

static enum status walk_one(struct walks_run *w, const struct walk *walk) {
    struct walk_report report = {0};
    struct trial_options o = {.pack = w->pack, .files = &w->files};
    if (call_has(w->call, "zone")) o.zone = text_of(call_option(w->call, "zone"));
    enum status st = walk_run(&o, walk, text_of(call_option(w->call, "language")), &w->arena, &report);
    w->walked++;
    w->failed += report.findings.count > 0;
    if (!st) say_report(&report);
    if (!st && report.trial) trial_cover_add(&w->cover, report.trial);
    if (!st && report.trial && call_has(w->call, "dump")) st = dump(w, &report);
    trial_close(report.trial);
    return st;
}

// ---- what was reached

static size_t say_missing(const char *what, const struct trial_mark *marks, size_t count) {
    size_t missing = 0;
    for (size_t i = 0; i < count; i++) {
        const struct trial_mark *m = &marks[i];
        if (m->times) continue;
        missing++;
        printf("%s " TEXT_FMT "/" TEXT_FMT, what, TEXT_ARG(m->process), TEXT_ARG(m->id));
        if (m->from.n) printf(": from " TEXT_FMT " to " TEXT_FMT, TEXT_ARG(m->from), TEXT_ARG(m->to));
        printf("\n");
    }
    return missing;
}

static int say_all(struct walks_run *w) {
    size_t ends =
        w->is_all ? say_missing("no walk reaches the end", w->cover.ends.items, w->cover.ends.count) : 0;
    size_t ways =
        w->is_all ? say_missing("no walk takes the way", w->cover.ways.items, w->cover.ways.count) : 0;
    printf("%zu walks, %zu wrong", w->walked, w->failed);
    if (w->is_all)
        printf("; %zu of %zu ends reached, %zu of %zu ways taken", w->cover.ends.count - ends,
               w->cover.ends.count, w->cover.ways.count - ways, w->cover.ways.count);
    printf("\n");
    bool wrong = w->failed || ends || (call_has(w->call, "ways") && ways);
    return wrong ? EXIT_WRONG : EXIT_DONE;
}

static int run(struct walks_run *w, struct problem *p, enum status *st) {
    const struct walk *list;
    size_t count = pack_walks(w->pack, &list);
    trial_cover_begin(&w->arena, w->pack, &w->cover);
    for (int i = 1; i < w->call->argument_count; i++) {
        bool is_there = false;
        for (size_t k = 0; k < count; k++) is_there |= text_eq(list[k].name, text_of(w->call->arguments[i]));
        if (!is_there) {
            *st = problem(p, w->call->arguments[i], "trial_walk", "problem.trial.walk");
            return EXIT_WRONG;
        }
    }
    for (size_t i = 0; i < count && !*st; i++) {
        if (!is_wanted(w->call, list[i].name)) continue;
        if (call_has(w->call, "list"))
            printf(TEXT_FMT "\t" TEXT_FMT "\n", TEXT_ARG(list[i].name), TEXT_ARG(list[i].about));
        else
            *st = walk_one(w, &list[i]);
    }
    return call_has(w->call, "list") || *st ? EXIT_DONE : say_all(w);
}

int pack_walk_run(const struct call *c) {
    struct walks_run w = {.call = c, .is_all = c->argument_count == 1};
    struct problem p = {0};
    int code = EXIT_WRONG;
    log_level_set(LOG_ERROR);
    enum status st = pack_files_from_folder(&w.arena, c->arguments[0], &w.files, &p);
    if (!st) st = pack_read(&w.arena, &w.files, &w.pack, &p);
    if (!st && call_has(c, "dump") && mkdir(call_option(c, "dump"), 0777) && errno != EEXIST)
        st = problem(&p, call_option(c, "dump"), "folder", "problem.trial.folder");
    if (!st) code = run(&w, &p, &st);
    if (st) code = say_problem(stderr, st, &p);
    pack_release(w.pack);
    arena_free(&w.arena);
    return code;
}
