// walk.c - a walk of a pack, step by step: what is expected, and what is.
#include <stdlib.h>

#include "trial/inside.h"

struct walking {
    struct trial *t;
    const struct walk *walk;
    struct walk_report *report;
    struct arena *a;
    struct trial_view view; // after the step
    size_t step;            // from 1
    size_t letters_seen, news_seen, told_seen, told_checked;
    bool is_stopped;
};

static void say(struct walking *w, struct text what) {
    *ARENA_PUSH(w->a, &w->report->findings) = (struct walk_finding){w->step, what};
}

static struct text join(struct arena *a, const struct text *list, size_t count) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, list[i]);
    }
    return count ? out_done(&o) : T("none");
}

// What a problem tells: the way to its sentence, its rule and its values.
static struct text told(struct arena *a, enum status st, const struct problem *p) {
    struct out o = {.arena = a};
    out_c(&o, p->rule ? p->rule : status_name(st));
    if (p->field && p->field[0]) out_printf(&o, ", field %s", p->field);
    for (size_t i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++)
        if (p->args[i].value.n)
            out_printf(&o, ", %s: " TEXT_FMT, p->args[i].name, TEXT_ARG(p->args[i].value));
    if (p->text_key && p->text_key[0]) out_printf(&o, " (%s)", p->text_key);
    return out_done(&o);
}

// ---- expectations

static bool is_among(struct text one, const struct text *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (text_eq(list[i], one)) return true;
    return false;
}

// The same names, in any order, however often.
static bool same_names(const struct text *a, size_t n, const struct text *b, size_t m) {
    for (size_t i = 0; i < n; i++)
        if (!is_among(a[i], b, m)) return false;
    for (size_t i = 0; i < m; i++)
        if (!is_among(b[i], a, n)) return false;
    return true;
}

static void expect_names(struct walking *w, const char *what, const struct walk_names *wanted,
                         const struct text *found, size_t count) {
    if (!wanted->is_given || same_names(wanted->items, wanted->count, found, count)) return;
    say(w,
        text_printf(w->a, "%s: expected " TEXT_FMT ", is " TEXT_FMT, what,
                    TEXT_ARG(join(w->a, wanted->items, wanted->count)), TEXT_ARG(join(w->a, found, count))));
}

static void expect_status(struct walking *w, struct text wanted) {
    if (!wanted.n || text_eq(wanted, w->view.status)) return;
    say(w, text_printf(w->a, "status: expected " TEXT_FMT ", is " TEXT_FMT, TEXT_ARG(wanted),
                       TEXT_ARG(w->view.status)));
}

// The last day of the clock that runs by this rule; empty: none does.
static struct text last_day(struct walking *w, struct text rule) {
    for (size_t i = 0; i < w->view.clocks.count; i++) {
        const struct trial_clock *c = &w->view.clocks.items[i];
        if (!c->is_open || !text_eq(c->rule, rule)) continue;
        return c->is_suspended ? T("suspended") : date_print(w->a, c->last_day);
    }
    return T("");
}

static void expect_clocks(struct walking *w, const json_t *clocks) {
    const char *rule;
    json_t *day;
    json_object_foreach((json_t *)clocks, rule, day) {
        struct text is = last_day(w, text_of(rule));
        struct text wanted = json_is_string(day) ? text_of(json_string_value(day)) : T("");
        if (!text_eq(is, wanted))
            say(w, text_printf(w->a, "clock %s: expected " TEXT_FMT ", is " TEXT_FMT, rule,
                               TEXT_ARG(wanted.n ? wanted : T("none")), TEXT_ARG(is.n ? is : T("none"))));
    }
}

static void expect_at(struct walking *w, const struct walk_names *wanted) {
    struct text *found = ARENA_ARRAY(w->a, struct text, w->view.at.count + 1);
    for (size_t i = 0; i < w->view.at.count; i++) found[i] = w->view.at.items[i].element;
    expect_names(w, "at", wanted, found, w->view.at.count);
}

// Those that came since they were last looked at.
static void expect_letters(struct walking *w, const struct walk_names *wanted) {
    size_t n = w->view.letters.count, from = w->letters_seen;
    struct text *found = ARENA_ARRAY(w->a, struct text, n + 1);
    if (!wanted->is_given) return;
    for (size_t i = from; i < n; i++) found[i - from] = w->view.letters.items[i].kind;
    expect_names(w, "letters", wanted, found, n - from);
    w->letters_seen = n;
}

static void expect_news(struct walking *w, const struct walk_names *wanted) {
    size_t n = w->view.news.count, from = w->news_seen;
    struct text *found = ARENA_ARRAY(w->a, struct text, n + 1);
    if (!wanted->is_given) return;
    for (size_t i = from; i < n; i++) found[i - from] = w->view.news.items[i].kind;
    expect_names(w, "told", wanted, found, n - from);
    w->news_seen = n;
}

static void expect_others(struct walking *w, const struct walk_names *wanted) {
    size_t n = w->t->told.count, from = w->told_seen;
    struct text *found = ARENA_ARRAY(w->a, struct text, n + 1);
    if (!wanted->is_given) return;
    for (size_t i = from; i < n; i++) found[i - from] = w->t->told.items[i].what;
    expect_names(w, "others", wanted, found, n - from);
    w->told_seen = n;
}

// It would never be sent.
static void expect_whole(struct walking *w) {
    for (; w->told_checked < w->t->told.count; w->told_checked++) {
        const struct trial_told *one = &w->t->told.items[w->told_checked];
        if (one->is_short) say(w, TEXT_JOIN(w->a, T("others: no code or no day: "), one->what));
    }
}

// A step that could not be done is wrong unless it is expected.
static void expect_incidents(struct walking *w, const struct walk_names *wanted) {
    static const struct walk_names NONE = {.is_given = true};
    struct text *found = ARENA_ARRAY(w->a, struct text, w->view.incidents.count + 1);
    for (size_t i = 0; i < w->view.incidents.count; i++) found[i] = w->view.incidents.items[i].element;
    if (!wanted->is_given && !w->view.incidents.count) return;
    expect_names(w, "steps that could not be done", wanted->is_given ? wanted : &NONE, found,
                 w->view.incidents.count);
}

static void expect_all(struct walking *w, const struct walk_expect *e) {
    expect_incidents(w, &e->incidents);
    expect_whole(w);
    if (!e->is_given) return;
    expect_at(w, &e->at);
    expect_status(w, e->status);
    expect_letters(w, &e->letters);
    expect_news(w, &e->told);
    expect_others(w, &e->others);
    expect_clocks(w, e->clocks);
}

// ---- acts

static enum status wait(struct walking *w, struct text period, struct problem *p) {
    struct moment until;
    if (!period_end(w->t->zone, w->t->world.at, period, &until)) return trial_problem(w->t, p, "day", period);
    if (until.ms < w->t->world.at.ms) return trial_problem(w->t, p, "past", period);
    return trial_go_on(w->t, until, p);
}

static enum status act(struct walking *w, const struct walk_step *s, struct problem *p) {
    enum trial_act_kind kind = s->kind == WALK_TASK      ? TRIAL_TASK
                               : s->kind == WALK_MESSAGE ? TRIAL_MESSAGE
                               : s->kind == WALK_HEAR    ? TRIAL_HEAR
                                                         : TRIAL_DO;
    struct trial_act one = {kind, s->name, s->key, s->as, s->with};
    switch (s->kind) {
    case WALK_WAIT: return wait(w, s->name, p);
    case WALK_WAIT_FOR: return trial_go_until(w->t, s->name, p);
    case WALK_EXPECT: return STATUS_OK;
    default: return trial_do(w->t, &one, p);
    }
}

static bool is_machine(enum status st) {
    return st == STATUS_STORE || st == STATUS_IO || st == STATUS_FULL || st == STATUS_BUSY ||
           st == STATUS_UNCERTAIN;
}

// After a step that could not be done the rest would only say the same again.
static enum status walk_step(struct walking *w, const struct walk_step *s) {
    struct problem p = {0};
    enum status st = act(w, s, &p);
    if (is_machine(st)) return st;
    struct text is = st ? told(w->a, st, &p) : T("done");
    bool as_wanted = s->refused.n ? st && text_eq(text_of(p.rule), s->refused) : !st;
    if (!as_wanted) {
        struct text wanted = s->refused.n ? TEXT_JOIN(w->a, T("refused by "), s->refused) : T("done");
        say(w, text_printf(w->a, TEXT_FMT ": expected " TEXT_FMT ", is " TEXT_FMT, TEXT_ARG(s->name),
                           TEXT_ARG(wanted), TEXT_ARG(is)));
        w->is_stopped = true;
    }
    st = trial_look(w->t, w->a, &w->view);
    if (!st && as_wanted) expect_all(w, &s->expect);
    return st;
}

// ---- the whole

const struct walk *walk_find(const struct pack *pack, struct text name) {
    const struct walk *list;
    size_t count = pack_walks(pack, &list);
    for (size_t i = 0; i < count; i++)
        if (text_eq(list[i].name, name)) return &list[i];
    return NULL;
}

static enum status own_answers(const struct walk *walk, struct answers *out, struct problem *p) {
    char *dump = walk->answers ? json_dumps(walk->answers, JSON_COMPACT) : NULL;
    enum status st = dump ? answers_from_json(out->arena, text_of(dump), out, p) : STATUS_OK;
    free(dump);
    return st;
}

// Answers of another walk first; a question that this one answers too is answered by it alone.
static enum status gather(const struct pack *pack, const struct walk *walk, int depth, struct answers *out,
                          struct problem *p) {
    enum { DEPTH_MAX = 4 };
    struct answers own = {.arena = out->arena};
    const struct walk *base = walk->answers_of.n ? walk_find(pack, walk->answers_of) : NULL;
    const char *member;
    json_t *value;
    if (walk->answers_of.n && (!base || depth == DEPTH_MAX)) {
        enum status st = problem(p, "answers_of", "trial_walk", "problem.trial.walk");
        problem_arg(p, "what", walk->answers_of);
        return st;
    }
    enum status st = base ? gather(pack, base, depth + 1, out, p) : STATUS_OK;
    if (!st) st = own_answers(walk, &own, p);
    if (st) return st;
    json_object_foreach((json_t *)walk->answers, member, value) answers_remove(out, text_of(member));
    return answers_merge(out, &own);
}

enum status walk_answers(const struct pack *pack, const struct walk *walk, struct answers *out,
                         struct problem *p) {
    return gather(pack, walk, 0, out, p);
}

static enum status begin(struct walking *w, struct text language, size_t *first) {
    struct answers answers = {.arena = w->a};
    struct problem p = {0};
    const struct walk_step *s = &w->walk->steps[0];
    bool opens = s->kind == WALK_DO && text_eq(s->name, T("open_case"));
    bool by_hand = opens || (s->kind == WALK_DO && text_eq(s->name, T("start_application")));
    struct trial_beginning beginning = {.as = by_hand ? s->as : T(""),
                                        .language = w->walk->language.n ? w->walk->language : language,
                                        .answers = &answers,
                                        .is_opened = opens};
    *first = by_hand;
    enum status st = walk_answers(w->t->pack, w->walk, &answers, &p);
    if (!st) st = trial_begin(w->t, &beginning, &p);
    if (!st || is_machine(st)) return st;
    w->step = by_hand;
    say(w, TEXT_JOIN(w->a, T("begin: "), told(w->a, st, &p)));
    w->is_stopped = true;
    return STATUS_OK;
}

// A step that begins the case may expect, too.
static enum status look_at_beginning(struct walking *w) {
    enum status st = trial_look(w->t, w->a, &w->view);
    w->step = 1;
    if (!st) expect_all(w, &w->walk->steps[0].expect);
    w->report->steps++;
    return st;
}

static bool reached(const struct trial *t, const struct text *ends, size_t count, struct arena *a,
                    struct walk_names *out) {
    struct trial_cover cover;
    trial_cover_begin(a, t->pack, &cover);
    trial_cover_add(&cover, t);
    out->items = ARENA_ARRAY(a, struct text, cover.ends.count + 1);
    for (size_t i = 0; i < cover.ends.count; i++)
        if (cover.ends.items[i].times) out->items[out->count++] = cover.ends.items[i].id;
    return same_names(ends, count, out->items, out->count);
}

static void look_at_end(struct walking *w) {
    struct walk_names found = {0};
    w->step = 0;
    if (!reached(w->t, w->walk->ends.items, w->walk->ends.count, w->a, &found))
        say(w, text_printf(w->a, "ends: expected " TEXT_FMT ", is " TEXT_FMT,
                           TEXT_ARG(join(w->a, w->walk->ends.items, w->walk->ends.count)),
                           TEXT_ARG(join(w->a, found.items, found.count))));
    if (w->walk->is_open || w->view.is_ended) return;
    struct text *at = ARENA_ARRAY(w->a, struct text, w->view.at.count + 1);
    for (size_t i = 0; i < w->view.at.count; i++) at[i] = w->view.at.items[i].element;
    say(w, TEXT_JOIN(w->a, T("the case is not over; it is at "), join(w->a, at, w->view.at.count)));
}

static enum status walk_all(struct walking *w, struct text language) {
    size_t first = 0;
    enum status st = begin(w, language, &first);
    if (!st && first && !w->is_stopped) st = look_at_beginning(w);
    for (size_t i = first; i < w->walk->step_count && !st && !w->is_stopped; i++) {
        w->step = i + 1;
        st = walk_step(w, &w->walk->steps[i]);
        if (!st && !w->is_stopped) w->report->steps++;
    }
    if (!st && !w->is_stopped) look_at_end(w);
    return st;
}

enum status walk_run(const struct trial_options *o, const struct walk *walk, struct text language,
                     struct arena *a, struct walk_report *out) {
    struct walking w = {.walk = walk, .report = out, .a = a};
    struct trial_options options = *o;
    struct problem p = {0};
    const struct zone *zone;
    options.answer = a;
    *out = (struct walk_report){.walk = walk->name};
    enum status st = zone_find(o->zone.n ? o->zone : T("Europe/Brussels"), &zone);
    if (st) return st;
    if (walk->starts.n && !local_moment(zone, walk->starts, &options.starts)) {
        say(&w, TEXT_JOIN(a, T("starts: no moment: "), walk->starts));
        return STATUS_OK;
    }
    st = trial_open(&options, &w.t, &p);
    if (st && !is_machine(st)) return say(&w, TEXT_JOIN(a, T("the trial: "), told(a, st, &p))), STATUS_OK;
    if (st) return st;
    out->trial = w.t;
    return walk_all(&w, language.n ? language : T("en"));
}
