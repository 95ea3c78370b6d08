// try_go.c - a trial goes on: its clock to the next date or by some time; or all of it once more, a step
// fewer or in another language.
#include "web/pages.h"
#include "web/pages/try.h"

static enum status go(struct request *q, struct trial_live *live, struct problem *p) {
    struct trial *t = live->trial;
    struct text to = form_text(q, "to");
    struct moment until;
    if (text_eq(to, T("next"))) {
        enum status st = trial_go_next(t, p);
        return st == STATUS_NOT_FOUND ? problem(p, "", "trial_never", "problem.trial.nothing_due") : st;
    }
    if (text_eq(to, T("period"))) to = form_text(q, "period");
    if (!period_end(trial_zone(t), trial_now(t), to, &until) || until.ms < trial_now(t).ms)
        return problem(p, "period", "trial_day", "problem.trial.day");
    return trial_go_on(t, until, p);
}

// Back to the trial, with what was wrong; gives it back.
static enum status answer(struct request *q, struct response *r, struct trial_live *live, enum status st,
                          struct problem *p) {
    if (!st) {
        st = response_redirect(q, r, try_path(q, live, ""));
    } else if (p->text_key) {
        try_problem(q, p);
        st = try_show_live(q, r, live);
    }
    try_give(q, live);
    return st;
}

static enum status try_go(struct request *q, struct response *r) {
    struct trial_live *live;
    struct problem p = {0};
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    struct moment before = trial_now(live->trial);
    st = go(q, live, &p);
    if (trial_now(live->trial).ms != before.ms) try_note_time(live); // also when it then came to a stop
    return answer(q, r, live, st, &p);
}

// ---- once more: a step fewer, or in another language

static void drop_note(struct trial_live *live) {
    if (live->notes.count) live->notes.count--;
}

static enum status again(struct request *q, struct trial_live *live, struct text language, size_t steps,
                         struct problem *p) {
    struct trial *next;
    enum status st = trial_again(live->trial, language, steps, &next, p);
    if (st && p->text_key) *p = problem_copy(q->arena, p);
    if (st) return st;
    page_use_pack(q, trial_pack(next));
    trial_close(live->trial);
    live->trial = next;
    return STATUS_OK;
}

static enum status do_again(struct request *q, struct response *r, struct text language, bool is_back) {
    struct trial_live *live;
    struct problem p = {0};
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    size_t steps = trial_steps(live->trial);
    if (is_back && steps) steps--;
    st = again(q, live, language, steps, &p);
    if (!st && is_back) drop_note(live);
    return answer(q, r, live, st, &p);
}

static enum status try_back(struct request *q, struct response *r) {
    return do_again(q, r, T(""), true);
}
static enum status try_language(struct request *q, struct response *r) {
    return do_again(q, r, form_text(q, "language"), false);
}

static const struct route ROUTES[] = {
    {POST, "/policy/try/:id/go", try_go, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/try/:id/back", try_back, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/try/:id/language", try_language, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {NULL};
const struct page_module TRY_GO_PAGES = {ROUTES, TEMPLATES};
