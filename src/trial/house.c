// house.c - a whole authority in a temporary folder: store, journal, access, the pack in force; and its end.
#include <assert.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "pack/exchange_law.h"
#include "trial/inside.h"

enum { EVENT_TYPES_MAX = 256 };

static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &ACCESS_MIGRATIONS, &CASES_MIGRATIONS};
static const struct event_type *types[EVENT_TYPES_MAX];

static void list_types(void) {
    size_t n = 0;
    for (size_t i = 0; access_event_types[i]; i++) types[n++] = access_event_types[i];
    for (size_t i = 0; cases_event_types[i]; i++) types[n++] = cases_event_types[i];
    assert(n < EVENT_TYPES_MAX);
}

// ---- the world

static struct moment world_now(void *context) {
    return ((struct trial_world *)context)->at;
}

// Nothing here must survive a power cut.
static enum status world_sync(void *context, int fd) {
    (void)context, (void)fd;
    return STATUS_OK;
}

static enum status world_rename(void *context, const char *from, const char *to) {
    (void)context;
    return rename(from, to) == 0 ? STATUS_OK : STATUS_IO;
}

static void world_make(struct trial_world *w, struct moment at) {
    *w = (struct trial_world){.env = *env_real(), .at = at};
    w->env.context = w;
    w->env.now = world_now;
    w->env.file_sync = world_sync;
    w->env.file_rename = world_rename;
}

// Nine o'clock: what counts days then counts from a working hour.
static struct moment first_moment(const struct trial_options *o, const struct zone *zone) {
    struct moment now = env_now(env_real());
    struct date from = pack_valid_from(o->pack);
    if (o->starts.ms) return o->starts;
    return date_cmp(zone_date(zone, now), from) < 0 ? zone_moment(zone, from, 9 * 60) : now;
}

// ---- what is seen

static void watch(void *context, const struct flow_model *model, const struct flow_effect *e) {
    struct trial *t = context;
    if (e->kind != FLOW_TAKEN && e->kind != FLOW_ENTERED) return;
    bool is_way = e->kind == FLOW_TAKEN;
    *ARENA_PUSH(&t->arena, &t->maybe) =
        (struct trial_seen){flow_process_id(model), is_way ? e->name : e->element->id, is_way};
}

static enum status tell(void *context, struct db *tx, const struct case_told *e) {
    struct trial *t = context;
    struct out o = {.arena = &t->arena};
    (void)tx;
    out_text(&o, e->type->name);
    if (e->code) out_printf(&o, " " TEXT_FMT, TEXT_ARG(e->code->name));
    if (e->due.ms)
        out_printf(&o, " " TEXT_FMT,
                   TEXT_ARG(date_print(&t->arena, date_from_days(e->due.ms / INT64_C(86400000)))));
    bool is_short = (e->type->code_count && !e->code) || (e->type->due == EXCHANGE_MUST && !e->due.ms);
    *ARENA_PUSH(&t->arena, &t->maybe_told) = (struct trial_told){out_done(&o), is_short};
    return STATUS_OK;
}

void trial_forget_maybe(struct trial *t) {
    t->maybe.count = t->maybe_told.count = 0;
}

void trial_keep_maybe(struct trial *t) {
    for (size_t i = 0; i < t->maybe.count; i++) *ARENA_PUSH(&t->arena, &t->seen) = t->maybe.items[i];
    for (size_t i = 0; i < t->maybe_told.count; i++)
        *ARENA_PUSH(&t->arena, &t->told) = t->maybe_told.items[i];
    trial_forget_maybe(t);
}

int64_t trial_visits(const struct trial *t, struct text element) {
    int64_t n = 0;
    for (size_t i = 0; i < t->seen.count; i++)
        n += !t->seen.items[i].is_way && text_eq(t->seen.items[i].id, element);
    return n;
}

// ---- opening and closing

static enum status make_folder(struct trial *t, struct problem *p) {
    const char *temporary = getenv("TMPDIR");
    int n = snprintf(t->dir, sizeof t->dir, "%s/ostia-trial-XXXXXX",
                     temporary && *temporary ? temporary : "/tmp");
    if (n > 0 && (size_t)n < sizeof t->dir && mkdtemp(t->dir)) return STATUS_OK;
    t->dir[0] = 0;
    enum status ignored = trial_problem(t, p, "folder", text_of(temporary));
    (void)ignored;
    return STATUS_IO;
}

static enum status open_rooms(struct trial *t, struct problem *p) {
    struct store_options store = {.dir = t->dir,
                                  .create = true,
                                  .readers = 2,
                                  .fleeting = true,
                                  .by_hand = true,
                                  .rooms = ROOMS,
                                  .room_count = sizeof ROOMS / sizeof *ROOMS};
    struct journal_options journal = {types, T("trial.invalid/log")};
    struct access_options access = {.origin = T("https://authority.invalid"), .name = T("Trial")};
    enum status st = store_open(&t->world.env, &store, &t->store, p);
    if (!st) st = journal_open(t->store, &t->world.env, &journal, &t->journal, p);
    if (!st) st = access_open(t->journal, &access, &t->access, p);
    return st;
}

static enum status open_cases(struct trial *t, const struct trial_options *o, struct text zone,
                              struct problem *p) {
    struct cases_options cases = {.authority = T("Trial"),
                                  .site = T("https://authority.invalid"),
                                  .zone = zone,
                                  .pack = t->pack,
                                  .watch = watch,
                                  .watch_context = t,
                                  .tell = tell,
                                  .tell_context = t};
    enum status st = cases_open(t->journal, &cases, &t->cases, p);
    return st ? st : cases_load_pack(t->cases, 0, o->files, &t->arena, p);
}

enum status trial_open(const struct trial_options *o, struct trial **out, struct problem *p) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, list_types);
    struct text zone = o->zone.n ? o->zone : T("Europe/Brussels");
    struct trial *t = calloc(1, sizeof *t);
    if (!t) abort();
    t->pack = pack_keep(o->pack);
    log_hush(true);
    enum status st = zone_find(zone, &t->zone);
    if (st) st = problem(p, "zone", "zone_unknown", "problem.zone.unknown");
    if (!st) world_make(&t->world, first_moment(o, t->zone));
    t->began = t->world.at;
    t->zone_name = text_copy(&t->arena, zone);
    if (!st) st = make_folder(t, p);
    if (!st) st = open_rooms(t, p);
    if (!st) st = open_cases(t, o, zone, p);
    log_hush(false);
    if (st && p) *p = o->answer ? problem_copy(o->answer, p) : (struct problem){0};
    if (st)
        trial_close(t);
    else
        *out = t;
    return st;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw) {
    (void)info, (void)type, (void)ftw;
    return remove(path);
}

void trial_close(struct trial *t) {
    if (!t) return;
    log_hush(true);
    if (t->cases) cases_close(t->cases);
    if (t->access) access_close(t->access);
    if (t->store) store_close(t->store);
    if (t->journal) journal_close(t->journal);
    log_hush(false);
    if (t->dir[0]) nftw(t->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    pack_release(t->pack);
    arena_free(&t->arena);
    free(t);
}

const struct pack *trial_pack(const struct trial *t) {
    return t->pack;
}
const struct zone *trial_zone(const struct trial *t) {
    return t->zone;
}
struct moment trial_now(const struct trial *t) {
    return t->world.at;
}

enum status trial_problem(struct trial *t, struct problem *p, const char *rule, struct text what) {
    enum status st = problem(p, "", text_c(&t->arena, text_printf(&t->arena, "trial_%s", rule)),
                             text_c(&t->arena, text_printf(&t->arena, "problem.trial.%s", rule)));
    if (p) problem_arg(p, "what", text_copy(&t->arena, what));
    return st;
}

// ---- one command

bool trial_is_within_bounds(const struct trial *t) {
    static const char *const FILES[] = {"ostia.db", "ostia.db-wal"};
    int64_t bytes = 0;
    for (size_t i = 0; i < 2; i++) {
        char path[sizeof t->dir + 32];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", t->dir, FILES[i]);
        if (stat(path, &info) == 0) bytes += info.st_size;
    }
    return bytes < TRIAL_BYTES_MAX;
}

enum status trial_command(struct trial *t, const struct actor *actor, const struct command *c,
                          struct command_result *result, struct problem *p) {
    if (!trial_is_within_bounds(t)) return trial_problem(t, p, "full", T(""));
    trial_forget_maybe(t);
    *p = (struct problem){0};
    log_hush(true);
    enum status st = cases_do(t->cases, actor, c, &t->arena, result, p);
    log_hush(false);
    if (!st) trial_keep_maybe(t);
    if (st && !p->text_key) (void)trial_problem(t, p, "status", text_of(status_name(st)));
    return st;
}
