// demo.c - the days of the demonstration, one after the other: all that happens at one moment goes in one
// wave.
#include <stdlib.h>
#include <string.h>

#include "demo/inside.h"

enum { TICK_ITEMS = 500 };

struct date play_day(const struct play *p, int slot) {
    return date_add_days(p->first_day, slot / SLOTS_A_DAY);
}

// From eight o'clock UTC, every 61 minutes.
struct moment play_moment(const struct play *p, int slot) {
    int64_t minute = 8 * 60 + slot % SLOTS_A_DAY * 61;
    return (struct moment){(date_to_days(play_day(p, slot)) * 1440 + minute) * 60000};
}

struct command *wave_add(struct play *p, struct demo_case *c, const struct actor *who,
                         enum command_kind kind) {
    struct wave *w = &p->wave;
    struct command *m = ARENA_NEW(&w->arena, struct command);
    m->kind = kind;
    m->case_id = c->case_id;
    if (who->kind == ACTOR_STAFF && actor_has_role(who, T("registrar")) && !actor_has_role(who, T("officer")))
        m->purpose = T("registration");
    if (who->kind == ACTOR_STAFF && kind == COMMAND_SEND_MESSAGE) m->purpose = T("asylum_examination");
    *ARENA_PUSH(&w->arena, &w->requests) =
        (struct cases_request){.actor = who, .command = m, .answer = &w->arena};
    *ARENA_PUSH(&w->arena, &w->owners) = c;
    return m;
}

void note_failure(struct demo_report *r, enum command_kind kind, enum status st, const struct problem *p,
                  struct arena *a) {
    if (r->failed++) return;
    r->first_failed_kind = kind;
    r->first_failure = *p;
    r->first_failure.field = text_c(a, text_of(p->field ? p->field : ""));
    r->first_failure.rule = text_c(a, text_of(p->rule ? p->rule : status_name(st)));
    r->first_failure.text_key = text_c(a, text_of(p->text_key ? p->text_key : ""));
    for (int i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++) {
        r->first_failure.args[i].name = text_c(a, text_of(p->args[i].name));
        r->first_failure.args[i].value = text_copy(a, p->args[i].value);
    }
}

void wave_send(struct play *p, struct demo_report *r, struct arena *a) {
    struct wave *w = &p->wave;
    uint64_t from = env_monotonic_us(env_real());
    cases_do_each(p->cases, w->requests.items, w->requests.count);
    r->command_us += (int64_t)(env_monotonic_us(env_real()) - from);
    for (size_t i = 0; i < w->requests.count; i++) {
        const struct cases_request *q = &w->requests.items[i];
        if (q->status) note_failure(r, q->command->kind, q->status, &q->problem, a);
        r->cases += !q->status && (q->command->kind == COMMAND_START_APPLICATION ||
                                   q->command->kind == COMMAND_CARRY_OVER_CASE);
        case_after(w->owners.items[i], q);
    }
    r->commands += (int64_t)w->requests.count;
    arena_reset(&w->arena);
    memset(&w->requests, 0, sizeof w->requests);
    memset(&w->owners, 0, sizeof w->owners);
}

// ---- who is due: cases in lists by the slot of their next step

struct calendar_of_cases {
    struct demo_case ***slots;
    size_t *counts, *capacities;
    int slot_count;
};

static void put(struct calendar_of_cases *k, struct demo_case *c) {
    int s = c->next_slot;
    if (c->stage == STAGE_END || s >= k->slot_count) return;
    if (k->counts[s] == k->capacities[s]) {
        k->capacities[s] = k->capacities[s] ? k->capacities[s] * 2 : 8;
        k->slots[s] = realloc(k->slots[s], k->capacities[s] * sizeof **k->slots);
        if (!k->slots[s]) abort();
    }
    k->slots[s][k->counts[s]++] = c;
}

static enum status play_slot(struct play *p, struct calendar_of_cases *k, struct demo_report *r,
                             struct arena *a) {
    enum status st = STATUS_OK;
    // Steps may add to the list of this very slot: a case that was started is filled in at once.
    for (size_t from = 0; from < k->counts[p->slot] && !st;) {
        size_t to = k->counts[p->slot] - from > WAVE_CASES ? from + WAVE_CASES : k->counts[p->slot];
        for (size_t i = from; i < to && !st; i++) st = case_step(p, k->slots[p->slot][i]);
        if (!st) wave_send(p, r, a);
        for (size_t i = from; i < to && !st; i++) put(k, k->slots[p->slot][i]);
        from = to;
    }
    free(k->slots[p->slot]);
    k->slots[p->slot] = NULL;
    return st;
}

// What the clock brought since yesterday.
static enum status tick(struct play *p, struct demo_report *r) {
    enum status st = STATUS_OK;
    for (size_t done = 1; !st && done > 0;) {
        uint64_t from = env_monotonic_us(env_real());
        st = cases_tick(p->cases, TICK_ITEMS, &done);
        r->command_us += (int64_t)(env_monotonic_us(env_real()) - from);
        r->commands += (int64_t)done;
    }
    return st;
}

static enum status play_all(struct play *p, struct calendar_of_cases *k, const struct demo_options *o,
                            struct demo_report *r, struct arena *a) {
    enum status st = STATUS_OK;
    for (p->slot = 0; p->slot < p->last_slot && !st; p->slot++) {
        struct moment at = play_moment(p, p->slot);
        if (at.ms > p->world->at.ms) p->world->at = at;
        if (p->slot % SLOTS_A_DAY == 0) {
            st = tick(p, r);
            if (o->progress) o->progress("day", p->slot / SLOTS_A_DAY, p->last_slot / SLOTS_A_DAY);
        }
        if (!st) st = play_slot(p, k, r, a);
    }
    return st;
}

// ---- the whole

// Not before the pack is in force: its deadlines would not be there yet.
static enum status choose_days(struct play *p, struct date until, struct problem *problem_) {
    struct date law = date_add_days(pack_valid_from(p->pack), 1);
    p->first_day = date_add_days(until, -DEMO_DAYS);
    if (date_cmp(p->first_day, law) < 0) p->first_day = law;
    int64_t days = date_to_days(until) - date_to_days(p->first_day) + 1;
    if (days < 30) return problem(problem_, "until", "too_early", "problem.demo.until");
    p->last_slot = (int)days * SLOTS_A_DAY;
    return STATUS_OK;
}

static enum status begin_all(struct play *p, struct calendar_of_cases *k) {
    k->slot_count = p->last_slot;
    k->slots = calloc((size_t)p->last_slot, sizeof *k->slots);
    k->counts = calloc((size_t)p->last_slot, sizeof *k->counts);
    k->capacities = calloc((size_t)p->last_slot, sizeof *k->capacities);
    p->list = calloc(p->count, sizeof *p->list);
    if (!k->slots || !k->counts || !k->capacities || !p->list) return STATUS_BUSY;
    for (size_t i = 0; i < p->count; i++) {
        case_begin(p, &p->list[i], i, p->count);
        put(k, &p->list[i]);
    }
    return STATUS_OK;
}

static void end_all(struct play *p, struct calendar_of_cases *k) {
    for (int i = 0; k->slots && i < k->slot_count; i++) free(k->slots[i]);
    free(k->slots);
    free(k->counts);
    free(k->capacities);
    free(p->list);
    arena_free(&p->wave.arena);
}

enum status demo_make(struct cases *c, struct access *x, struct env_fixed *world,
                      const struct demo_options *o, struct arena *a, struct demo_report *report,
                      struct problem *p) {
    struct play play = {.cases = c,
                        .pack = cases_pack(c),
                        .world = world,
                        .seed = o->seed,
                        .count = (size_t)o->cases,
                        .documents_left = o->documents_max ? o->documents_max : 400};
    struct calendar_of_cases calendar = {0};
    *report = (struct demo_report){0};
    if (!play.pack) return problem(p, "pack", "no_pack", "problem.pack.none");
    enum status st = choose_days(&play, o->until, p);
    if (!st && play_moment(&play, 0).ms > world->at.ms) world->at = play_moment(&play, 0);
    if (!st) st = cast_make(x, c, o->cases, a, &play.cast, p);
    if (!st) former_make(&play, o, report, a);
    if (!st) st = begin_all(&play, &calendar);
    if (!st) st = play_all(&play, &calendar, o, report, a);
    if (!st) entries_make(&play, o, report, a);
    end_all(&play, &calendar);
    return st;
}
