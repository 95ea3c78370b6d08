// try.c - a trial of the law: where its case stands, what may happen next, and its clock that goes on.
#include "web/pages/try.h"

#include <string.h>

#include "flow/flow.h"
#include "paper/paper.h"
#include "web/pages.h"
#include "web/pages/case_page.h"
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
    if (!st) q->pack_texts = pack_catalog(trial_pack((*out)->trial));
    return st;
}

void try_give(struct request *q, struct trial_live *live) {
    q->pack_texts = NULL; // it may end with the trial
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

void try_note(struct trial_live *live, enum trial_act_kind kind, struct text act, struct text as) {
    struct trial_note *n = note(live);
    if (!n) return;
    n->kind = kind;
    n->act = text_copy(&live->arena, act);
    n->as = text_copy(&live->arena, as);
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
    struct text of, href, case_no, model, active, visited, next_title, way_back, status_key;
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
VIEW(TRY_VIEW, VIEW_TEXT(V, of), VIEW_TEXT(V, href), VIEW_TEXT(V, case_no), VIEW_TEXT(V, model),
     VIEW_TEXT(V, active), VIEW_TEXT(V, visited), VIEW_TEXT(V, next_title), VIEW_TEXT(V, way_back),
     VIEW_TEXT(V, status_key), VIEW_MOMENT(V, now), VIEW_MOMENT(V, next_at), VIEW_DATE(V, next_day),
     VIEW_BOOL(V, is_draft), VIEW_BOOL(V, is_ended), VIEW_BOOL(V, has_next), VIEW_BOOL(V, is_warning),
     VIEW_BOOL(V, is_timer), VIEW_BOOL(V, can_go_back), VIEW_LIST(V, languages, &OPTION_VIEW),
     VIEW_LIST(V, incidents, &LINK_VIEW), VIEW_LIST(V, periods, &OPTION_VIEW),
     VIEW_LIST(V, acts, &OPTION_VIEW), VIEW_LIST(V, tasks, &LINK_VIEW), VIEW_LIST(V, messages, &LINK_VIEW),
     VIEW_LIST(V, waits, &LINK_VIEW), VIEW_LIST(V, clocks, &CLOCK_VIEW), VIEW_LIST(V, letters, &LETTER_VIEW),
     VIEW_LIST(V, news, &LINE_VIEW), VIEW_LIST(V, notes, &LINE_VIEW));
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
    struct out active = {.arena = q->arena};
    for (size_t i = 0; i < v->tasks.count; i++) {
        const struct trial_task *t = &v->tasks.items[i];
        *ARENA_PUSH(q->arena, &out->tasks) = (struct try_link){
            try_element_name(q, live->trial, t->element),
            TEXT_JOIN(q->arena, try_path(q, live, "/task/"), t->element), roles_names(q, t->group)};
    }
    for (size_t i = 0; i < v->at.count; i++) {
        const struct trial_place *p = &v->at.items[i];
        if (active.n) out_byte(&active, ',');
        out_text(&active, p->element);
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
    out->active = out_done(&active);
}

static void fill_diagram(struct request *q, const struct trial_live *live, struct try_page *out) {
    const struct pack *pack = trial_pack(live->trial);
    const struct flow_model *m = pack_process_with(pack, pack_procedure(pack));
    struct out visited = {.arena = q->arena};
    for (size_t i = 0; m && i < flow_count(m); i++) {
        struct text id = flow_element(m, (int)i)->id;
        if (!trial_visits(live->trial, id)) continue;
        if (visited.n) out_byte(&visited, ',');
        out_text(&visited, id);
    }
    out->visited = out_done(&visited);
    out->model = try_path(q, live, "/process.bpmn");
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

static struct text letter_title(struct request *q, const struct trial_letter *l) {
    return l->title.n ? page_pack_text(q, l->title) : l->kind;
}

static void fill_papers(struct request *q, const struct trial_live *live, const struct trial_view *v,
                        struct try_page *out) {
    for (size_t i = 0; i < v->letters.count; i++) {
        const struct trial_letter *l = &v->letters.items[i];
        *ARENA_PUSH(q->arena, &out->letters) =
            (struct try_letter){letter_title(q, l),
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

static enum status show(struct request *q, struct response *r, struct trial_live *live) {
    struct try_page v = {.of = live->of, .way_back = live->way_back, .href = try_path(q, live, "")};
    struct trial_view view;
    enum status st = trial_look(live->trial, q->arena, &view);
    if (st) return st;
    v.now = view.now;
    v.case_no = view.case_no;
    v.is_draft = view.is_draft;
    v.is_ended = view.is_ended;
    if (view.status.n) v.status_key = TEXT_JOIN(q->arena, T("work.status."), lower(q->arena, view.status));
    fill_steps(q, live, &view, &v);
    fill_diagram(q, live, &v);
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
    st = show(q, r, live);
    try_give(q, live);
    return st;
}

// ---- time

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

static enum status try_go(struct request *q, struct response *r) {
    struct trial_live *live;
    struct problem p = {0};
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = go(q, live, &p);
    if (!st) {
        try_note_time(live);
        st = response_redirect(q, r, try_path(q, live, ""));
    } else if (p.text_key) {
        try_problem(q, &p);
        st = show(q, r, live);
    }
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
    q->pack_texts = pack_catalog(trial_pack(next)); // the same pack
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
    if (!st) {
        st = response_redirect(q, r, try_path(q, live, ""));
    } else if (p.text_key) {
        try_problem(q, &p);
        st = show(q, r, live);
    }
    try_give(q, live);
    return st;
}

static enum status try_back(struct request *q, struct response *r) {
    return do_again(q, r, T(""), true);
}
static enum status try_language(struct request *q, struct response *r) {
    return do_again(q, r, form_text(q, "language"), false);
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

// ---- letters, and the diagram

struct try_letter_page {
    struct text title, back, language;
    struct preview_lines lines;
};
#define V struct try_letter_page
VIEW(TRY_LETTER_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, back), VIEW_TEXT(V, language),
     VIEW_LIST(V, lines, &PREVIEW_LINE_VIEW));
#undef V
static const struct page_template TRY_LETTER = {"try_letter", &TRY_LETTER_VIEW};

static enum status show_letter(struct request *q, struct response *r, struct trial_live *live) {
    struct try_letter_page v = {.back = try_path(q, live, "")};
    struct trial_view view;
    struct paper paper;
    int64_t letter;
    if (!request_param_id(q, "letter", &letter)) return STATUS_NOT_FOUND;
    enum status st = trial_look(live->trial, q->arena, &view);
    const struct trial_letter *found = NULL;
    for (size_t i = 0; !st && i < view.letters.count; i++)
        if (view.letters.items[i].letter == letter) found = &view.letters.items[i];
    if (!st && !found) st = STATUS_NOT_FOUND;
    if (!st) st = trial_letter_words(live->trial, letter, q->arena, &paper);
    if (st) return st;
    v.title = letter_title(q, found);
    case_preview_paper(q, &paper, &v.lines);
    return page_show(q, r, &TRY_LETTER, &v);
}

static enum status try_letter(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = show_letter(q, r, live);
    try_give(q, live);
    return st;
}

static enum status send_process(struct request *q, struct response *r, const struct trial_live *live) {
    const struct pack *pack = trial_pack(live->trial);
    for (size_t i = 0; i < pack_processes(pack); i++) {
        if (!text_eq(flow_process_id(pack_process(pack, i)), pack_procedure(pack))) continue;
        r->body.arena = q->arena;
        out_text(&r->body, text_of_bytes(pack_file_content(pack, pack_process_file(pack, i))));
        response_download(q, r, T("process.bpmn"), T("application/xml"), false);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

static enum status send_walk(struct request *q, struct response *r, struct trial_live *live) {
    struct text json;
    enum status st = trial_as_walk(live->trial, q->arena, &json);
    if (st) return st;
    r->body.arena = q->arena;
    out_text(&r->body, json);
    response_download(q, r, T("walk.json"), T("application/json"), false);
    return STATUS_OK;
}

static enum status try_walk(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = send_walk(q, r, live);
    try_give(q, live);
    return st;
}

static enum status try_process(struct request *q, struct response *r) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = send_process(q, r, live);
    try_give(q, live);
    return st;
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id", try_show, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try/:id/go", try_go, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/try/:id/end", try_end, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/try/:id/back", try_back, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {POST, "/policy/try/:id/language", try_language, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {GET, "/policy/try/:id/walk.json", try_walk, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/do", try_choose, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/letters/:letter", try_letter, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/process.bpmn", try_process, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY, &TRY_LETTER, NULL};
const struct page_module TRY_PAGES = {ROUTES, TEMPLATES};
