// case_process.c - where the processes of a case stand: what is waited for, since when, and by whom; as a
// picture and as a list that says the same.
#include "flow/picture.h"
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/picture.h"

struct wait_line {
    struct text name, awaited;
    struct moment due;
    const char *kind_key;
};
struct token_line {
    struct text name, who, rule, process;
    struct moment since;
    const char *state_key;
    bool is_stuck;
    struct {
        struct wait_line *items;
        size_t count, capacity;
    } waits;
};
struct step_line {
    struct text title, lane;
    struct moment at;
    bool is_now, is_done, is_stuck;
};
struct process_part { // one process, with its picture
    struct text title, picture;
    bool has_picture, is_called; // called: by the case's own process
    struct {
        struct step_line *items;
        size_t count, capacity;
    } steps;
};
struct process_page {
    struct case_frame frame;
    struct {
        struct token_line *items;
        size_t count, capacity;
    } tokens;
    struct {
        struct wait_line *items;
        size_t count, capacity;
    } at_any_time;
    struct {
        struct process_part *items;
        size_t count, capacity;
    } parts;
};
#define V struct wait_line
VIEW(WAIT_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, awaited), VIEW_MOMENT(V, due), VIEW_C(V, kind_key));
#undef V
#define V struct token_line
VIEW(TOKEN_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, who), VIEW_TEXT(V, rule), VIEW_TEXT(V, process),
     VIEW_MOMENT(V, since), VIEW_C(V, state_key), VIEW_BOOL(V, is_stuck), VIEW_LIST(V, waits, &WAIT_LINE));
#undef V
#define V struct step_line
VIEW(STEP_LINE, VIEW_TEXT(V, title), VIEW_TEXT(V, lane), VIEW_MOMENT(V, at), VIEW_BOOL(V, is_now),
     VIEW_BOOL(V, is_done), VIEW_BOOL(V, is_stuck));
#undef V
#define V struct process_part
VIEW(PROCESS_PART, VIEW_TEXT(V, title), VIEW_TEXT(V, picture), VIEW_BOOL(V, has_picture),
     VIEW_BOOL(V, is_called), VIEW_LIST(V, steps, &STEP_LINE));
#undef V
#define V struct process_page
VIEW(PROCESS_VIEW, VIEW_STRUCT(V, frame, &CASE_FRAME_VIEW), VIEW_LIST(V, tokens, &TOKEN_LINE),
     VIEW_LIST(V, at_any_time, &WAIT_LINE), VIEW_LIST(V, parts, &PROCESS_PART));
#undef V
static const struct page_template PROCESS = {"case_process", &PROCESS_VIEW};

// ---- tokens ----

static const struct {
    const char *word, *key;
} WAITS[] = {{"timer", "case.process.timer"},
             {"message", "case.process.message"},
             {"signal", "case.process.signal"},
             {"condition", "case.process.condition"}},
  STATES[] = {{"task", "case.process.task"},     {"event", "case.process.event"},
              {"answer", "case.process.answer"}, {"call", "case.process.call"},
              {"join", "case.process.join"},     {"stuck", "case.process.stuck"}};

static struct wait_line wait_line_of(struct request *q, const struct process_wait *w) {
    struct wait_line line = {.name = picture_name(q, w->name_key, w->name, w->element),
                             .awaited = w->awaited,
                             .due = w->due,
                             .kind_key = WAITS[3].key};
    for (size_t i = 0; i < sizeof WAITS / sizeof *WAITS; i++)
        if (text_eq(w->kind, text_of(WAITS[i].word))) line.kind_key = WAITS[i].key;
    return line;
}

// Roles as people call them, "Registrar, Case officer".
static struct text role_names(struct request *q, struct text roles) {
    struct out o = {.arena = q->arena};
    struct text part;
    while (text_cut(&roles, ',', &part)) {
        part = text_trim(part);
        if (!part.n) continue;
        if (o.n) out_c(&o, ", ");
        out_text(&o, page_text_or(q, TEXT_JOIN(q->arena, T("access.role."), part), part));
    }
    return out_done(&o);
}

static void add_token(struct request *q, const struct case_page *c, const struct process_token *t,
                      struct process_page *v) {
    struct token_line *line = ARENA_PUSH(q->arena, &v->tokens);
    bool is_task = text_eq(t->state, T("task"));
    *line = (struct token_line){.name = picture_name(q, t->name_key, t->name, t->element),
                                .who = role_names(q, t->group),
                                .rule = t->rule,
                                .since = t->since,
                                .state_key = STATES[0].key,
                                .is_stuck = text_eq(t->state, T("stuck"))};
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (text_eq(t->state, text_of(STATES[i].word))) line->state_key = STATES[i].key;
    if (!text_eq(t->process, c->file.process)) line->process = picture_process_name(q, c->pack, t->process);
    if (is_task && c->file.head.officer_name.n && !text_eq(t->group, T("applicant")))
        line->who = line->who.n ? TEXT_JOIN(q->arena, line->who, T(" · "), c->file.head.officer_name)
                                : c->file.head.officer_name;
    for (size_t i = 0; i < t->wait_count; i++)
        *ARENA_PUSH(q->arena, &line->waits) = wait_line_of(q, &t->waits[i]);
}

// ---- steps ----

// People do tasks and are waited for at events; what passes by itself is in the picture alone.
static bool is_listed(const struct process_step *s) {
    static const char *const KINDS[] = {"userTask",     "manualTask", "receiveTask",
                                        "callActivity", "endEvent",   "intermediateCatchEvent"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (text_eq(s->kind, text_of(KINDS[i]))) return true;
    return text_eq(s->state, T("now")) || text_eq(s->state, T("stuck"));
}

static void add_part(struct request *q, const struct case_page *c, size_t which, struct process_page *v) {
    const struct process_view *p = &c->file.processes.items[which];
    struct process_part *part = ARENA_PUSH(q->arena, &v->parts);
    *part = (struct process_part){
        .title = picture_process_name(q, c->pack, p->process),
        .picture = text_printf(q->arena, TEXT_FMT "/process.svg?of=%zu", TEXT_ARG(c->frame.href), which),
        .has_picture = picture_is_drawn(p->bpmn),
        .is_called = which > 0};
    for (size_t i = 0; i < c->file.steps.count; i++) {
        const struct process_step *s = &c->file.steps.items[i];
        if (!text_eq(s->process, p->process) || !is_listed(s)) continue;
        *ARENA_PUSH(q->arena, &part->steps) =
            (struct step_line){.title = picture_name(q, s->name_key, s->name, s->element),
                               .lane = s->lane,
                               .at = s->at,
                               .is_now = text_eq(s->state, T("now")),
                               .is_done = text_eq(s->state, T("done")),
                               .is_stuck = text_eq(s->state, T("stuck"))};
    }
}

static enum status process_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "process", &c);
    if (st || case_page_is_sent(r)) return st;
    struct process_page v = {.frame = c.frame};
    for (size_t i = 0; i < c.file.tokens.count; i++) add_token(q, &c, &c.file.tokens.items[i], &v);
    for (size_t i = 0; i < c.file.at_any_time.count; i++)
        *ARENA_PUSH(q->arena, &v.at_any_time) = wait_line_of(q, &c.file.at_any_time.items[i]);
    for (size_t i = 0; i < c.file.processes.count; i++) add_part(q, &c, i, &v);
    return page_show(q, r, &PROCESS, &v);
}

// ---- the picture ----

static enum flow_look look_of(const struct process_step *s) {
    if (text_eq(s->state, T("stuck"))) return FLOW_LOOK_STUCK;
    if (text_eq(s->state, T("now"))) return FLOW_LOOK_NOW;
    return text_eq(s->state, T("done")) ? FLOW_LOOK_VISITED : FLOW_LOOK_PLAIN;
}

static struct text tokens_at(struct request *q, const struct case_file *f, const struct process_step *s) {
    int count = 0;
    for (size_t i = 0; i < f->tokens.count; i++)
        count += text_eq(f->tokens.items[i].element, s->element) &&
                 text_eq(f->tokens.items[i].process, s->process);
    return count > 1 ? text_printf(q->arena, "%d", count) : T("");
}

static enum status process_picture(struct request *q, struct response *r) {
    struct case_page c;
    int64_t which = 0;
    enum status st = case_page_open(q, r, "process", &c);
    if (st || case_page_is_sent(r)) return st;
    if (!text_int(query_text(q, "of"), &which)) which = 0;
    if (which < 0 || (size_t)which >= c.file.processes.count) return STATUS_NOT_FOUND;
    const struct process_view *p = &c.file.processes.items[which];
    struct flow_mark *marks = ARENA_ARRAY(q->arena, struct flow_mark, c.file.steps.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < c.file.steps.count; i++) {
        const struct process_step *s = &c.file.steps.items[i];
        if (s->state.n && text_eq(s->process, p->process))
            marks[count++] = (struct flow_mark){s->element, look_of(s), tokens_at(q, &c.file, s)};
    }
    return picture_show(q, r, c.pack, p->process, p->bpmn, marks, count);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/process", process_page, NEEDS(STAFF)},
    {GET, "/cases/:id/process.svg", process_picture, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&PROCESS, NULL};
const struct page_module CASE_PROCESS_PAGES = {ROUTES, TEMPLATES};
