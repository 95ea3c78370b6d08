// replay.c - `ostia rules replay`: a changed rule tried on all stored cases, told on a terminal, as JSON or
// as a list.
#include "cases/replay.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ostia/house.h"
#include "ostia/note.h"

enum { EXIT_STOPPED = 130, BAR_WIDTH = 30, LINES_MAX = 20, STEPS_MAX = 12, DECISIONS_MAX = 50 };

static volatile sig_atomic_t is_stopped;

static void on_interrupt(int signal) {
    (void)signal;
    is_stopped = 1;
}

// What was asked for, and what is open meanwhile.
struct replaying {
    const struct call *call;
    struct arena arena;
    struct settings settings;
    struct house house;
    struct pack *before, *after;
    struct replay_question question;
    FILE *list; // --csv
    bool as_json, is_first;
};

// ---- the two versions ----

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

// A folder, or the name or number of a version that was loaded; "": the one in force.
static bool read_version(struct replaying *r, const char *word, struct pack **out) {
    struct pack_files files = {0};
    struct problem p = {0};
    enum status st = is_folder(word) ? pack_files_from_folder(&r->arena, word, &files, &p)
                                     : replay_stored_files(r->house.store, text_of(word), &r->arena, &files);
    if (st == STATUS_NOT_FOUND && !p.text_key) {
        (void)problem(&p, "pack", "replay_version", "problem.replay.version");
        problem_arg(&p, "version", text_of(word));
    }
    if (!st) st = pack_read(&r->arena, &files, out, &p);
    if (st) say_problem(stderr, st, &p);
    return !st;
}

// ---- while it runs ----

static bool show_progress(void *context, int64_t done, int64_t all, int64_t cases) {
    (void)context;
    if (!isatty(STDERR_FILENO)) return !is_stopped;
    int filled = all ? (int)(done * BAR_WIDTH / all) : BAR_WIDTH;
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++) bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = 0;
    fprintf(stderr, "\r\033[K[%s] %3d %%  %lld cases", bar, all ? (int)(done * 100 / all) : 100,
            (long long)cases);
    return !is_stopped;
}

// RFC 4180.
static void write_cell(FILE *f, struct text t, const char *after) {
    putc('"', f);
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"') putc('"', f);
        putc(t.p[i], f);
    }
    fprintf(f, "\"%s", after);
}

static bool write_line(void *context, const struct replay_line *line) {
    struct replaying *r = context;
    write_cell(r->list, r->question.decision, ",");
    write_cell(r->list, line->case_no, ",");
    write_cell(r->list, line->before, ",");
    write_cell(r->list, line->after, ",");
    write_cell(r->list, line->why, "\r\n");
    return !ferror(r->list);
}

// ---- what came out, for people ----

static void show_count(const char *what, int64_t n) {
    if (n) printf("  %-50s %12lld\n", what, (long long)n);
}

// printf counts bytes; people count letters.
static void show_cell(struct text t, int width) {
    int shown = (int)text_codepoints(t);
    printf("  " TEXT_FMT "%*s", TEXT_ARG(t), shown < width ? width - shown : 0, "");
}

static void show_head(struct replaying *r, const struct replay_result *x) {
    const struct replay_question *q = &r->question;
    printf("%s" TEXT_FMT ": " TEXT_FMT " -> " TEXT_FMT "\n", r->is_first ? "" : "\n", TEXT_ARG(q->decision),
           TEXT_ARG(pack_version(q->before)), TEXT_ARG(pack_version(q->after)));
    printf("  %lld of %lld cases would have another result (%.2f %%); %.2f s\n", (long long)x->changed,
           (long long)x->cases, x->cases ? 100.0 * (double)x->changed / (double)x->cases : 0, x->seconds);
    show_count("without a result by the old version", x->null_before);
    show_count("without a result by the new version", x->null_after);
    show_count("... that had one", x->newly_null);
    show_count("too costly to evaluate by the old version", x->failed_before);
    show_count("too costly to evaluate by the new version", x->failed_after);
    show_count("left out: drafts", x->drafts);
    show_count("left out: erased", x->erased);
    show_count("left out: of another procedure", x->other_pack);
    show_count("left out: not asked for (--cases)", x->outside_stock);
    for (size_t i = 0; i < x->unknown.count; i++)
        printf("  look again: the new version reads " TEXT_FMT ", which no case has\n",
               TEXT_ARG(x->unknown.items[i]));
}

static void show_codes(const struct replay_result *x) {
    printf("\n  %-36s %12s %12s %12s %12s\n", x->is_list ? "entry of the result" : "result", "before",
           "after", "gained", "lost");
    for (size_t i = 0; i < x->codes.count && i < LINES_MAX; i++) {
        const struct replay_code *c = &x->codes.items[i];
        show_cell(c->code, 36);
        printf(" %12lld %12lld %12lld %12lld\n", (long long)c->before, (long long)c->after,
               (long long)c->gained, (long long)c->lost);
    }
}

static void show_changes(const struct replay_result *x) {
    printf("\n  %-48s %12s  for example\n", "before -> after", "cases");
    for (size_t i = 0; i < x->changes.count && i < LINES_MAX && x->changes.items[i].is_change; i++) {
        const struct replay_change *c = &x->changes.items[i];
        struct arena a = {0};
        show_cell(TEXT_JOIN(&a, c->before, T(" -> "), c->after), 48);
        printf(" %12lld ", (long long)c->cases);
        for (size_t k = 0; k < c->sample_count; k++)
            printf(" " TEXT_FMT "%s", TEXT_ARG(c->samples[k].case_no), k + 1 < c->sample_count ? "," : "");
        printf("\n");
        arena_free(&a);
    }
}

static void show_reasons(const struct replay_result *x) {
    printf("\n  %-78s %12s\n", "why", "cases");
    for (size_t i = 0; i < x->reasons.count && i < LINES_MAX; i++) {
        const struct replay_reason *w = &x->reasons.items[i];
        struct arena a = {0};
        struct out o = {.arena = &a};
        out_printf(&o, "%s: " TEXT_FMT, replay_cause_name(w->cause), TEXT_ARG(w->table));
        if (w->rule) out_printf(&o, ", row %lld", (long long)w->rule);
        if (w->note.n) out_printf(&o, ": " TEXT_FMT, TEXT_ARG(w->note));
        show_cell(out_done(&o), 78);
        printf(" %12lld\n", (long long)w->cases);
        arena_free(&a);
    }
}

static void show_groups(const struct replay_result *x) {
    static const char *const NAMES[REPLAY_PROPERTIES] = {"nationality", "status", "track"};
    for (int by = 0; by < REPLAY_PROPERTIES; by++) {
        printf("\n  %-36s %12s %12s %12s\n", NAMES[by], "cases", "changed", "share");
        for (size_t i = 0; i < x->groups[by].count && i < LINES_MAX; i++) {
            const struct replay_group *g = &x->groups[by].items[i];
            show_cell(g->value.n ? g->value : T("not known"), 36);
            if (g->is_few)
                printf(" %12lld %12s %12s\n", (long long)g->cases, "under 5", "");
            else
                printf(" %12lld %12lld %10.2f %%\n", (long long)g->cases, (long long)g->changed,
                       100.0 * (double)g->changed / (double)g->cases);
        }
    }
}

static void show_step(const struct dmn_trace *t, struct text name) {
    struct arena a = {0};
    for (size_t i = 0; i < t->count; i++) {
        const struct dmn_step *s = &t->items[i];
        if (!text_eq(s->name, name)) continue;
        struct text value = feel_print(&a, &s->value);
        printf(TEXT_FMT, TEXT_ARG(text_slice(value, 0, 60)));
        for (size_t k = 0; k < s->rule_count; k++)
            if (s->rules[k].chosen) printf("%s%zu", k ? ", " : " by row ", s->rules[k].index);
        break;
    }
    arena_free(&a);
}

// The steps of one case that differ. What the person said is not among them: only results of tables are
// shown.
static void show_sample(struct replaying *r, const struct replay_sample *sample) {
    struct arena a = {0};
    struct replay_ways w;
    struct problem p = {0};
    if (replay_one(r->house.store, &r->question, sample->case_id, &a, &w, &p)) return;
    printf("\n  case " TEXT_FMT ", step by step where it differs\n", TEXT_ARG(w.case_no));
    for (size_t i = 0, shown = 0; i < w.trace_after.count && shown < STEPS_MAX; i++) {
        const struct dmn_step *s = &w.trace_after.items[i];
        if (s->logic != DMN_TABLE) continue;
        shown++;
        printf("    " TEXT_FMT ": ", TEXT_ARG(s->name));
        show_step(&w.trace_before, s->name);
        printf("  ->  ");
        show_step(&w.trace_after, s->name);
        printf("\n");
    }
    arena_free(&a);
}

static void show(struct replaying *r, const struct replay_result *x) {
    show_head(r, x);
    show_codes(x);
    if (!x->changed) return;
    show_changes(x);
    show_reasons(x);
    show_groups(x);
    for (size_t i = 0; i < x->changes.count && i < 3 && x->changes.items[i].is_change; i++)
        show_sample(r, &x->changes.items[i].samples[0]);
}

// ---- the same for programs ----

static void put_text(struct json_out *j, const char *key, struct text t) {
    json_key(j, key);
    json_put_text(j, t);
}

static void put_int(struct json_out *j, const char *key, int64_t n) {
    json_key(j, key);
    json_put_int(j, n);
}

static void put_lists(struct json_out *j, const struct replay_result *x) {
    json_key(j, "results");
    json_begin_array(j);
    for (size_t i = 0; i < x->codes.count; i++) {
        const struct replay_code *c = &x->codes.items[i];
        json_begin_object(j);
        put_text(j, "result", c->code);
        put_int(j, "before", c->before), put_int(j, "after", c->after);
        put_int(j, "gained", c->gained), put_int(j, "lost", c->lost);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "changes");
    json_begin_array(j);
    for (size_t i = 0; i < x->changes.count; i++) {
        const struct replay_change *c = &x->changes.items[i];
        json_begin_object(j);
        put_text(j, "before", c->before), put_text(j, "after", c->after), put_int(j, "cases", c->cases);
        json_key(j, "changed");
        json_put_bool(j, c->is_change);
        json_key(j, "examples");
        json_begin_array(j);
        for (size_t k = 0; k < c->sample_count; k++) json_put_text(j, c->samples[k].case_no);
        json_end_array(j);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "reasons");
    json_begin_array(j);
    for (size_t i = 0; i < x->reasons.count; i++) {
        const struct replay_reason *w = &x->reasons.items[i];
        json_begin_object(j);
        put_text(j, "cause", text_of(replay_cause_name(w->cause)));
        put_text(j, "table", w->table), put_int(j, "row", w->rule), put_text(j, "note", w->note);
        put_int(j, "cases", w->cases);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_groups(struct json_out *j, const struct replay_result *x) {
    static const char *const NAMES[REPLAY_PROPERTIES] = {"by_nationality", "by_status", "by_track"};
    for (int by = 0; by < REPLAY_PROPERTIES; by++) {
        json_key(j, NAMES[by]);
        json_begin_array(j);
        for (size_t i = 0; i < x->groups[by].count; i++) {
            const struct replay_group *g = &x->groups[by].items[i];
            json_begin_object(j);
            put_text(j, "value", g->value), put_int(j, "cases", g->cases);
            json_key(j, "changed");
            if (g->is_few)
                json_put_null(j);
            else
                json_put_int(j, g->changed);
            json_end_object(j);
        }
        json_end_array(j);
    }
}

static void show_json(struct replaying *r, const struct replay_result *x) {
    struct out o = {.arena = &r->arena};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put_text(&j, "decision", r->question.decision);
    put_text(&j, "before", pack_version(r->question.before));
    put_text(&j, "after", pack_version(r->question.after));
    put_int(&j, "cases", x->cases), put_int(&j, "changed", x->changed);
    put_int(&j, "null_before", x->null_before), put_int(&j, "null_after", x->null_after);
    put_int(&j, "newly_null", x->newly_null);
    put_int(&j, "failed_before", x->failed_before), put_int(&j, "failed_after", x->failed_after);
    put_int(&j, "drafts", x->drafts), put_int(&j, "erased", x->erased);
    put_int(&j, "other_procedure", x->other_pack), put_int(&j, "not_asked_for", x->outside_stock);
    put_int(&j, "milliseconds", (int64_t)(x->seconds * 1000));
    put_lists(&j, x);
    put_groups(&j, x);
    json_key(&j, "unknown");
    json_begin_array(&j);
    for (size_t i = 0; i < x->unknown.count; i++) json_put_text(&j, x->unknown.items[i]);
    json_end_array(&j);
    json_end_object(&j);
    printf(TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
}

// ---- one decision after the other ----

static int run_one(struct replaying *r, struct text decision) {
    struct replay_watch watch = {r, show_progress, r->list ? write_line : NULL, true};
    struct replay_result x;
    struct problem p = {0};
    r->question.decision = decision;
    enum status st = replay_run(r->house.store, &r->question, &watch, &r->arena, &x, &p);
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
    if (st == STATUS_EXPIRED) {
        fprintf(stderr, "ostia: stopped; nothing was changed\n");
        return EXIT_STOPPED;
    }
    if (st) return say_problem(stderr, st, &p);
    if (r->as_json)
        show_json(r, &x);
    else
        show(r, &x);
    r->is_first = false;
    return EXIT_DONE;
}

static bool is_same_file(const struct replaying *r, struct text name) {
    struct bytes before = pack_file_content(r->before, name), after = pack_file_content(r->after, name);
    return text_eq(text_of_bytes(before), text_of_bytes(after));
}

// The decision that a file is named after: "decisions/channel.dmn" holds "channel".
static struct text main_decision(struct text file) {
    return text_slice(file, sizeof "decisions/" - 1, file.n - (sizeof ".dmn" - 1));
}

static int run_changed(struct replaying *r) {
    int exit_code = EXIT_DONE;
    bool any = false;
    for (size_t i = 0; i < pack_decisions(r->after) && exit_code == EXIT_DONE; i++) {
        struct text file = pack_decision_file(r->after, i), decision = main_decision(file);
        if (is_same_file(r, file)) continue;
        if (!pack_decision_with(r->before, decision)) {
            fprintf(stderr, TEXT_FMT ": only in the new version, there is nothing to compare\n",
                    TEXT_ARG(file));
            continue;
        }
        any = true;
        exit_code = run_one(r, decision);
    }
    if (!any) fprintf(stderr, "ostia: the decisions of both versions are the same\n");
    return exit_code;
}

// ---- the words of the call ----

static bool read_word(const struct call *c, const char *option, const char *const *words, int *out) {
    const char *given = call_option(c, option);
    for (*out = 0; given && words[*out]; ++*out)
        if (!strcmp(given, words[*out])) return true;
    if (!given) return *out = 0, true;
    fprintf(stderr, "ostia rules replay: --%s must be", option);
    for (int i = 0; words[i]; i++) fprintf(stderr, "%s %s", i ? " or" : "", words[i]);
    fprintf(stderr, "\n");
    return false;
}

static bool read_question(struct replaying *r) {
    static const char *const MOMENTS[] = {"decided", "today", NULL}, *const STOCKS[] = {"all", "open",
                                                                                        "closed", NULL};
    int moment, stock;
    int64_t threads;
    if (!call_has(r->call, "pack")) {
        fprintf(stderr,
                "ostia rules replay: --pack must name the new version: a folder, or one that was loaded\n");
        return false;
    }
    if (!read_word(r->call, "as-of", MOMENTS, &moment) || !read_word(r->call, "cases", STOCKS, &stock) ||
        !call_number(r->call, "threads", 0, 0, REPLAY_THREADS_MAX, &threads, stderr))
        return false;
    r->as_json = call_has(r->call, "json");
    r->question = (struct replay_question){.moment = (enum replay_moment)moment,
                                           .stock = (enum replay_stock)stock,
                                           .now = env_now(env_real()),
                                           .zone = text_of(r->settings.zone),
                                           .threads = (int)threads};
    return true;
}

static bool open_list(struct replaying *r) {
    const char *path = call_option(r->call, "csv");
    if (!path) return true;
    mode_t mask = umask(0077); // numbers of cases are not everybody's
    r->list = fopen(path, "wxe");
    umask(mask);
    if (!r->list) {
        fprintf(stderr, "ostia: %s: %s\n", path,
                errno == EEXIST ? "is there already; give another name" : strerror(errno));
        return false;
    }
    fprintf(r->list, "decision,case,before,after,why\r\n");
    return true;
}

// A list that ends in the middle would be taken for a whole one.
static int close_list(struct replaying *r, int exit_code) {
    const char *path = call_option(r->call, "csv");
    if (!r->list) return exit_code;
    if (fclose(r->list) != 0 && exit_code == EXIT_DONE) {
        fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
        exit_code = EXIT_WRONG;
    }
    if (exit_code != EXIT_DONE) unlink(path);
    return exit_code;
}

static int run_open(struct replaying *r) {
    const char *decision = call_option(r->call, "decision"), *against = call_option(r->call, "against");
    if (!read_version(r, call_option(r->call, "pack"), &r->after) ||
        !read_version(r, against ? against : "", &r->before) || !open_list(r))
        return EXIT_WRONG;
    r->question.before = r->before;
    r->question.after = r->after;
    return close_list(r, decision ? run_one(r, text_of(decision)) : run_changed(r));
}

int rules_replay_run(const struct call *c) {
    struct replaying r = {.call = c, .is_first = true};
    struct problem p = {0};
    struct sigaction interrupt = {.sa_handler = on_interrupt};
    int exit_code = EXIT_WRONG;
    if (!settings_read(c, &r.arena, &r.settings, stderr) || !read_question(&r)) {
        arena_free(&r.arena);
        return EXIT_USAGE;
    }
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &interrupt, NULL);
    if (note(&r.settings, "replay")) {
        enum status st = house_open(env_real(), &r.settings, HOUSE_READ, &r.house, &p);
        exit_code = st ? say_problem(stderr, st, &p) : run_open(&r);
        if (!st) house_close(&r.house);
    }
    pack_release(r.before);
    pack_release(r.after);
    arena_free(&r.arena);
    return exit_code;
}
