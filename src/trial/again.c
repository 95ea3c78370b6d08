// again.c - what was done in a trial, done once more in another one: a step fewer, or in another language;
// and written down as a walk.
#include <stdlib.h>

#include "trial/inside.h"

static const struct sql FILES =
    SQL("trial_files", "select files from pack_load order by pack_version desc limit 1");

// ---- keeping

void step_keep_beginning(struct trial *t, const struct trial_beginning *b) {
    struct answers *answers = ARENA_NEW(&t->arena, struct answers);
    if (b->answers) answers_copy(&t->arena, b->answers, answers);
    answers->arena = &t->arena;
    t->beginning = (struct trial_beginning){.as = text_copy(&t->arena, b->as),
                                            .language = text_copy(&t->arena, b->language),
                                            .answers = answers,
                                            .is_opened = b->is_opened};
}

void step_keep_act(struct trial *t, const struct trial_act *act) {
    char *dump = act->with ? json_dumps(act->with, JSON_COMPACT) : NULL;
    *ARENA_PUSH(&t->arena, &t->steps) = (struct trial_step){.kind = act->kind,
                                                            .name = text_copy(&t->arena, act->name),
                                                            .key = text_copy(&t->arena, act->key),
                                                            .as = text_copy(&t->arena, act->as),
                                                            .with = text_copy(&t->arena, text_of(dump))};
    free(dump);
}

// Waits that follow each other are one.
void step_keep_time(struct trial *t, struct moment before) {
    if (t->world.at.ms == before.ms) return;
    struct trial_step *last = t->steps.count ? &t->steps.items[t->steps.count - 1] : NULL;
    if (!last || !last->is_time) last = ARENA_PUSH(&t->arena, &t->steps);
    *last = (struct trial_step){.is_time = true, .until = t->world.at};
}

size_t trial_steps(const struct trial *t) {
    return t->steps.count;
}

// ---- once more

static enum status do_step(struct trial *t, const struct trial_step *s, struct problem *p) {
    json_error_t ignored;
    if (s->is_time) return trial_go_on(t, s->until, p);
    json_t *with = s->with.n ? json_loadb(s->with.p, s->with.n, 0, &ignored) : NULL;
    struct trial_act act = {s->kind, s->name, s->key, s->as, with};
    enum status st = trial_do(t, &act, p);
    json_decref(with);
    return st;
}

static enum status do_all(const struct trial *from, struct text language, size_t steps, struct trial *t,
                          struct problem *p) {
    struct trial_beginning b = from->beginning;
    if (language.n) b.language = language;
    enum status st = from->case_id ? trial_begin(t, &b, p) : STATUS_OK;
    for (size_t i = 0; i < steps && i < from->steps.count && !st; i++)
        st = do_step(t, &from->steps.items[i], p);
    return st;
}

static enum status read_files(struct trial *t, struct arena *a, struct pack_files *out) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_ONE(db, &r, &FILES);
    if (!st) st = pack_files_decode(a, bytes_copy(a, row_bytes(&r, 0)), out);
    enum status end = rows_end(&r);
    store_reader_release(t->store, db);
    return st ? st : end;
}

enum status trial_again(struct trial *from, struct text language, size_t steps, struct trial **out,
                        struct problem *p) {
    struct arena a = {0};
    struct pack_files files = {0};
    struct trial_options o = {.pack = from->pack,
                              .files = &files,
                              .starts = from->began,
                              .zone = from->zone_name,
                              .answer = &from->arena};
    struct trial *t = NULL;
    enum status st = read_files(from, &a, &files);
    if (!st) st = trial_open(&o, &t, p);
    if (!st) st = do_all(from, language, steps, t, p);
    if (st && p->text_key) *p = problem_copy(&from->arena, p);
    if (st)
        trial_close(t);
    else
        *out = t;
    arena_free(&a);
    return st;
}

// ---- as a walk

// "PT7H30M5S": real time, so that the clock of the wall does not matter. A part of a second is a whole one.
static struct text period_between(struct arena *a, struct moment from, struct moment to) {
    int64_t s = (to.ms - from.ms + 999) / 1000;
    return text_printf(a, "PT%lldH%lldM%lldS", (long long)(s / 3600), (long long)(s / 60 % 60),
                       (long long)(s % 60));
}

static void put_text(struct json_out *j, const char *key, struct text value) {
    if (!value.n) return;
    json_key(j, key);
    json_put_text(j, value);
}

static void put_step(struct json_out *j, struct arena *a, const struct trial_step *s, struct moment *now) {
    static const char *const ACTS[] = {"do", "task", "message", "hear"};
    json_begin_object(j);
    if (s->is_time) {
        put_text(j, "wait", period_between(a, *now, s->until));
        *now = s->until;
    } else {
        put_text(j, ACTS[s->kind], s->name);
        put_text(j, "key", s->key);
        put_text(j, "as", s->as);
        if (s->with.n) json_key(j, s->kind == TRIAL_DO || s->kind == TRIAL_HEAR ? "with" : "answers");
        if (s->with.n) json_put_raw(j, s->with);
    }
    json_end_object(j);
}

static void put_ends(struct json_out *j, struct arena *a, const struct trial *t) {
    struct trial_cover cover;
    trial_cover_begin(a, t->pack, &cover);
    trial_cover_add(&cover, t);
    json_key(j, "ends");
    json_begin_array(j);
    for (size_t i = 0; i < cover.ends.count; i++)
        if (cover.ends.items[i].times) json_put_text(j, cover.ends.items[i].id);
    json_end_array(j);
}

enum status trial_as_walk(struct trial *t, struct arena *a, struct text *json) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    struct trial_view view;
    struct moment now = t->began;
    enum status st = trial_look(t, a, &view);
    if (st) return st;
    json_begin_object(&j);
    put_text(&j, "starts", moment_print(a, (struct moment){t->began.ms / 1000 * 1000}));
    put_text(&j, "language", t->beginning.language);
    if (t->beginning.answers && t->beginning.answers->count) {
        json_key(&j, "answers");
        json_put_raw(&j, answers_json(a, t->beginning.answers));
    }
    json_key(&j, "steps");
    json_begin_array(&j);
    if (t->beginning.is_opened) {
        struct trial_step open = {.name = T("open_case"), .as = t->beginning.as};
        put_step(&j, a, &open, &now);
    }
    for (size_t i = 0; i < t->steps.count; i++) put_step(&j, a, &t->steps.items[i], &now);
    json_end_array(&j);
    put_ends(&j, a, t);
    if (!view.is_ended) {
        json_key(&j, "open");
        json_put_bool(&j, true);
    }
    json_end_object(&j);
    *json = out_done(&o);
    return STATUS_OK;
}
