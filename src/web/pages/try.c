// try.c - a trial of the law: where its case stands, what may happen next, and its clock that goes on.
#include "web/pages/try.h"

#include <string.h>

#include "flow/flow.h"
#include "web/pages.h"
#include "web/pages/work_query.h"

// ---- shared

enum status try_take(struct request *q, struct response *r, struct trial_live **out) {
    struct app *app = page_app(q);
    int64_t id;
    *out = NULL;
    if (!app->trials || !request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = trials_take(app->trials, page_actor(q)->account, id, q->now, out);
    if (st == STATUS_NOT_FOUND) {
        response_notice(q, r, "notice.trial_over");
        return response_redirect(q, r, T("/policy/try"));
    }
    if (!st) page_use_pack(q, trial_pack((*out)->trial)); // its names, texts and codes
    return st;
}

void try_give(struct request *q, struct trial_live *live) {
    q->pack = NULL, q->pack_texts = NULL; // they may end with the trial
    trials_give(page_app(q)->trials, live);
}

struct text try_path(struct request *q, const struct trial_live *live, const char *rest) {
    return text_printf(q->arena, "/policy/try/%lld%s", (long long)live->id, rest);
}

static struct trial_note *note(struct trial_live *live) {
    struct trial_note spare, *n = &spare;
    if (live->notes.count < TRIAL_NOTES_MAX) n = ARENA_PUSH(&live->arena, &live->notes);
    if (n != &spare) n->at = trial_now(live->trial);
    return n != &spare ? n : NULL;
}

enum status try_do(struct trial_live *live, const struct trial_act *act, struct problem *p) {
    size_t steps = trial_steps(live->trial);
    enum status st = trial_do(live->trial, act, p);
    struct trial_note *n = trial_steps(live->trial) > steps ? note(live) : NULL;
    if (!n) return st;
    n->kind = act->kind;
    n->act = text_copy(&live->arena, act->name);
    n->as = text_copy(&live->arena, act->as);
    return st;
}

// Waits that follow each other are one step.
void try_note_time(struct trial_live *live) {
    struct trial_note *last = live->notes.count ? &live->notes.items[live->notes.count - 1] : NULL;
    if (last && last->is_time) last->at = trial_now(live->trial);
    struct trial_note *n = last && last->is_time ? NULL : note(live);
    if (n) n->is_time = true;
}

struct text try_element_name(struct request *q, const struct trial *t, struct text element) {
    const struct pack *pack = trial_pack(t);
    for (size_t i = 0; i < pack_processes(pack); i++) {
        const struct flow_model *m = pack_process(pack, i);
        int at = flow_find(m, element);
        if (at < 0) continue;
        struct text drawn = flow_element(m, at)->name;
        return page_text_or(q, TEXT_JOIN(q->arena, T("flow."), flow_process_id(m), T("."), element),
                            drawn.n ? drawn : element);
    }
    return element;
}

struct text try_act_name(struct request *q, struct text command) {
    return page_text_or(q, TEXT_JOIN(q->arena, T("access.action."), command), command);
}

struct text try_role_name(struct request *q, struct text role) {
    if (text_eq(role, T("person"))) return page_text(q, "trial.person", NULL, 0);
    return page_text_or(q, TEXT_JOIN(q->arena, T("access.role."), role), role);
}

void try_problem(struct request *q, const struct problem *p) {
    struct problem shown = *p;
    if (!shown.text_key || !shown.text_key[0]) shown.text_key = "problem.trial.status";
    if (!shown.field) shown.field = "";
    page_problem(q, &shown);
}

// ---- the page

struct try_link {
    struct text title, href, who;
};
struct try_clock {
    struct text title, owner;
    struct date last_day;
    bool is_open, is_suspended;
};
struct try_letter {
    struct text title, href;
    struct moment issued, opened;
};
struct try_line {
    struct text title, who;
    struct moment at;
};
struct try_page {
    struct text of, href, case_no, next_title, way_back, status;
    struct moment now, next_at;
    struct date next_day;
    bool is_draft, is_ended, has_next, is_warning, is_timer, can_go_back;
    struct options periods, acts, languages;
    VIEW_LIST_OF(try_link) incidents;
    VIEW_LIST_OF(try_link) tasks;
    VIEW_LIST_OF(try_link) messages;
    VIEW_LIST_OF(try_link) waits;
    VIEW_LIST_OF(try_clock) clocks;
    VIEW_LIST_OF(try_letter) letters;
    VIEW_LIST_OF(try_line) news;
    VIEW_LIST_OF(try_line) notes;
};
#define V struct try_link
VIEW(LINK_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, href), VIEW_TEXT(V, who));
#undef V
#define V struct try_clock
VIEW(CLOCK_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, owner), VIEW_DATE(V, last_day), VIEW_BOOL(V, is_open),
     VIEW_BOOL(V, is_suspended));
#undef V
#define V struct try_letter
VIEW(LETTER_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, href), VIEW_MOMENT(V, issued), VIEW_MOMENT(V, opened));
#undef V
#define V struct try_line
VIEW(LINE_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, who), VIEW_MOMENT(V, at));
#undef V
#define V struct try_page
VIEW(TRY_VIEW, VIEW_TEXT(V, of), VIEW_TEXT(V, href), VIEW_TEXT(V, case_no), VIEW_TEXT(V, next_title),
     VIEW_TEXT(V, way_back), VIEW_TEXT(V, status), VIEW_MOMENT(V, now), VIEW_MOMENT(V, next_at),
     VIEW_DATE(V, next_day), VIEW_BOOL(V, is_draft), VIEW_BOOL(V, is_ended), VIEW_BOOL(V, has_next),
     VIEW_BOOL(V, is_warning), VIEW_BOOL(V, is_timer), VIEW_BOOL(V, can_go_back),
     VIEW_LIST(V, languages, &OPTION_VIEW), VIEW_LIST(V, incidents, &LINK_VIEW),
     VIEW_LIST(V, periods, &OPTION_VIEW), VIEW_LIST(V, acts, &OPTION_VIEW), VIEW_LIST(V, tasks, &LINK_VIEW),
     VIEW_LIST(V, messages, &LINK_VIEW), VIEW_LIST(V, waits, &LINK_VIEW), VIEW_LIST(V, clocks, &CLOCK_VIEW),
     VIEW_LIST(V, letters, &LETTER_VIEW), VIEW_LIST(V, news, &LINE_VIEW), VIEW_LIST(V, notes, &LINE_VIEW));
#undef V
static const struct page_template TRY = {"try", &TRY_VIEW};

static struct text lower(struct arena *a, struct text t) {
    char *p = arena_copy(a, t.p, t.n);
    for (size_t i = 0; i < t.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + ('a' - 'A'));
    return (struct text){p, t.n};
}

static struct text rule_name(struct request *q, const struct pack *pack, struct text rule) {
    const struct deadlines *all = pack_deadlines(pack);
    for (size_t i = 0; i < all->count; i++)
        if (text_eq(all->items[i].id, rule)) return page_pack_text(q, all->items[i].label_key);
    return rule;
}

static struct text roles_names(struct request *q, struct text groups) {
    struct out o = {.arena = q->arena};
    struct text one;
    while (text_cut(&groups, ',', &one)) {
        if (o.n) out_c(&o, ", ");
        out_text(&o, try_role_name(q, text_trim(one)));
    }
    return out_done(&o);
}

static void fill_steps(struct request *q, const struct trial_live *live, const struct trial_view *v,
                       struct try_page *out) {
    for (size_t i = 0; i < v->tasks.count; i++) {
        const struct trial_task *t = &v->tasks.items[i];
        *ARENA_PUSH(q->arena, &out->tasks) = (struct try_link){
            try_element_name(q, live->trial, t->element),
            TEXT_JOIN(q->arena, try_path(q, live, "/task/"), t->element), roles_names(q, t->group)};
    }
    for (size_t i = 0; i < v->at.count; i++) {
        const struct trial_place *p = &v->at.items[i];
        if (!p->is_task)
            *ARENA_PUSH(q->arena, &out->waits) =
                (struct try_link){.title = try_element_name(q, live->trial, p->element)};
    }
    for (size_t i = 0; i < v->messages.count; i++) {
        struct text name = v->messages.items[i].name;
        *ARENA_PUSH(q->arena, &out->messages) =
            (struct try_link){.title = page_text_or(q, TEXT_JOIN(q->arena, T("message."), name), name),
                              .href = TEXT_JOIN(q->arena, try_path(q, live, "/message/"), name)};
    }
}

static void fill_clocks(struct request *q, const struct trial_live *live, const struct trial_view *v,
                        struct try_page *out) {
    const struct pack *pack = trial_pack(live->trial);
    for (size_t i = 0; i < v->clocks.count; i++) {
        const struct trial_clock *c = &v->clocks.items[i];
        *ARENA_PUSH(q->arena, &out->clocks) = (struct try_clock){
            rule_name(q, pack, c->rule),
            page_text(q, text_eq(c->owner, T("person")) ? "trial.owner.person" : "trial.owner.authority",
                      NULL, 0),
            c->last_day, c->is_open, c->is_suspended};
    }
    out->has_next = v->next.at.ms != 0;
    out->next_at = v->next.at;
    out->is_warning = v->next.is_warning;
    out->is_timer = !v->next.rule.n;
    out->next_title = v->next.rule.n      ? rule_name(q, pack, v->next.rule)
                      : v->next.element.n ? try_element_name(q, live->trial, v->next.element)
                                          : T("");
}

struct text try_letter_title(struct request *q, const struct trial_letter *l) {
    return l->title.n ? page_pack_text(q, l->title) : l->kind;
}

static void fill_papers(struct request *q, const struct trial_live *live, const struct trial_view *v,
                        struct try_page *out) {
    for (size_t i = 0; i < v->letters.count; i++) {
        const struct trial_letter *l = &v->letters.items[i];
        *ARENA_PUSH(q->arena, &out->letters) =
            (struct try_letter){try_letter_title(q, l),
                                text_printf(q->arena, TEXT_FMT "/%lld",
                                            TEXT_ARG(try_path(q, live, "/letters")), (long long)l->letter),
                                l->issued, l->opened};
    }
    for (size_t i = 0; i < v->news.count; i++) {
        struct text key = TEXT_JOIN(q->arena, T("trial.news."), v->news.items[i].kind);
        *ARENA_PUSH(q->arena, &out->news) = (struct try_line){
            .title = page_text_or(q, key, v->news.items[i].kind), .at = v->news.items[i].at};
    }
}

static void fill_notes(struct request *q, const struct trial_live *live, struct try_page *out) {
    for (size_t i = live->notes.count; i > 0; i--) {
        const struct trial_note *n = &live->notes.items[i - 1];
        struct try_line *line = ARENA_PUSH(q->arena, &out->notes);
        line->at = n->at;
        line->title = n->is_time              ? page_text(q, "trial.time_passed", NULL, 0)
                      : n->kind == TRIAL_TASK ? try_element_name(q, live->trial, n->act)
                      : n->kind == TRIAL_DO   ? try_act_name(q, n->act)
                                              : n->act;
        line->who = n->as.n ? try_role_name(q, n->as) : T("");
    }
}

static void fill_choices(struct request *q, const struct trial *t, struct try_page *out) {
    static const char *const PERIODS[] = {"P1D", "P7D", "P1M", "P6M"};
    static const char *const KEYS[] = {"trial.period.day", "trial.period.week", "trial.period.month",
                                       "trial.period.half_year"};
    const struct access_words *actions = &pack_access(trial_pack(t))->actions;
    for (size_t i = 0; i < sizeof PERIODS / sizeof *PERIODS; i++)
        *ARENA_PUSH(q->arena, &out->periods) =
            (struct option){.value = text_of(PERIODS[i]), .label_key = KEYS[i]};
    for (size_t i = 0; i < actions->count; i++) {
        struct text name = actions->items[i].id;
        bool is_other = text_eq(name, T("start_application")) || text_eq(name, T("save_answers"));
        if (!is_other && trial_fields(name))
            *ARENA_PUSH(q->arena, &out->acts) =
                (struct option){.value = name, .label = try_act_name(q, name)};
    }
}

static void fill_languages(struct request *q, const struct trial *t, const struct trial_view *view,
                           struct try_page *out) {
    const struct catalog *c = pack_catalog(trial_pack(t));
    for (size_t i = 0; i < catalog_languages(c); i++) {
        struct text tag = catalog_language(c, i)->tag;
        *ARENA_PUSH(q->arena, &out->languages) = (struct option){
            .value = tag, .label = language_name(q, tag), .is_chosen = text_eq(tag, view->language)};
    }
}

static void fill_incidents(struct request *q, const struct trial_live *live, const struct trial_view *v,
                           struct try_page *out) {
    for (size_t i = 0; i < v->incidents.count; i++)
        *ARENA_PUSH(q->arena, &out->incidents) =
            (struct try_link){.title = try_element_name(q, live->trial, v->incidents.items[i].element),
                              .who = v->incidents.items[i].rule};
}

enum status try_show_live(struct request *q, struct response *r, struct trial_live *live) {
    struct try_page v = {.of = live->of, .way_back = live->way_back, .href = try_path(q, live, "")};
    struct trial_view view;
    enum status st = trial_look(live->trial, q->arena, &view);
    if (st) return st;
    v.now = view.now;
    v.case_no = view.case_no;
    v.is_draft = view.is_draft;
    v.is_ended = view.is_ended;
    v.status =
        page_text_or(q, TEXT_JOIN(q->arena, T("work.status."), lower(q->arena, view.status)), view.status);
    fill_steps(q, live, &view, &v);
    fill_clocks(q, live, &view, &v);
    fill_papers(q, live, &view, &v);
    fill_notes(q, live, &v);
    fill_choices(q, live->trial, &v);
    fill_languages(q, live->trial, &view, &v);
    fill_incidents(q, live, &view, &v);
    v.can_go_back = trial_steps(live->trial) > 0;
    return page_show(q, r, &TRY, &v);
}

static enum status try_show(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = try_show_live(q, r, live);
    try_give(q, live);
    return st;
}

static enum status try_end(struct request *q, struct response *r) {
    int64_t id;
    if (!page_app(q)->trials || !request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    trials_end(page_app(q)->trials, page_actor(q)->account, id);
    response_notice(q, r, "notice.trial_ended");
    return response_redirect(q, r, T("/policy/try"));
}

// Whatever else may happen: the choice leads to its form.
static enum status try_choose(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    struct text act = query_text(q, "act");
    st = trial_fields(act) ? response_redirect(q, r, TEXT_JOIN(q->arena, try_path(q, live, "/do/"), act))
                           : STATUS_NOT_FOUND;
    try_give(q, live);
    return st;
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id", try_show, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try/:id/end", try_end, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {GET, "/policy/try/:id/do", try_choose, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY, NULL};
const struct page_module TRY_PAGES = {ROUTES, TEMPLATES};
