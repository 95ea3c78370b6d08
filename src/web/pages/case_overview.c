// case_overview.c - the first page of a file: what to do now, what runs out, what came in.
#include <string.h>

#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/home.h"

struct overview_task {
    struct text title, href, officer, button, roles;
    struct moment opened;
    struct date due;
    bool can_do, is_for_person;
};
struct overview_done {
    struct text name, by, href; // href: what was answered
    struct moment at;
};
struct overview_awaited {
    struct text name, href;
};
struct overview_incident {
    struct text name;
    struct moment since;
};
struct overview_clock {
    struct text label, article, effect, state, light, extend, suspend, resume;
    struct date due;
    struct moment due_at;
    int days, percent;
    bool is_today, is_open, is_of_person, is_suspended;
};
struct overview_request {
    struct text kind, explanation, state, upload, answer;
    struct date asked, due;
    bool is_open;
};
struct overview_note {
    struct text by, body;
    struct moment at;
};
struct overview_error {
    struct text what, correction, href;
    struct moment at;
};
struct overview_appointment {
    struct text place, interpreter, language, cancel;
    struct moment starts;
    int minutes;
    bool is_remote;
};
struct action_link {
    const char *text_key;
    struct text href;
};
#define OVERVIEW_LIST(type)     \
    struct {                    \
        struct type *items;     \
        size_t count, capacity; \
    }
struct overview {
    struct case_frame frame;
    OVERVIEW_LIST(overview_task) tasks;
    OVERVIEW_LIST(overview_incident) incidents;
    OVERVIEW_LIST(overview_done) done;
    OVERVIEW_LIST(overview_awaited) awaited;  // messages from outside
    OVERVIEW_LIST(overview_awaited) may_come; // ... for which nothing stands still
    OVERVIEW_LIST(overview_clock) clocks;
    OVERVIEW_LIST(overview_clock) past;
    OVERVIEW_LIST(overview_request) requests;
    OVERVIEW_LIST(overview_note) unread;
    OVERVIEW_LIST(overview_note) notes;
    OVERVIEW_LIST(overview_error) errors;
    OVERVIEW_LIST(overview_error) rights; // asked by the person, not yet answered
    OVERVIEW_LIST(overview_appointment) appointments;
    OVERVIEW_LIST(action_link) actions;
    OVERVIEW_LIST(action_link) papers; // for the person, on paper or at the counter
    struct text take, messages, channel, channel_rule, next_event;
    struct moment closed;
};
#define TASK struct overview_task
VIEW(TASK_VIEW, VIEW_TEXT(TASK, title), VIEW_TEXT(TASK, href), VIEW_TEXT(TASK, officer),
     VIEW_TEXT(TASK, button), VIEW_TEXT(TASK, roles), VIEW_MOMENT(TASK, opened), VIEW_DATE(TASK, due),
     VIEW_BOOL(TASK, can_do), VIEW_BOOL(TASK, is_for_person));
#define DONE struct overview_done
VIEW(DONE_VIEW, VIEW_TEXT(DONE, name), VIEW_TEXT(DONE, by), VIEW_TEXT(DONE, href), VIEW_MOMENT(DONE, at));
#define AWAITED struct overview_awaited
VIEW(AWAITED_VIEW, VIEW_TEXT(AWAITED, name), VIEW_TEXT(AWAITED, href));
VIEW(STUCK_VIEW, VIEW_TEXT(struct overview_incident, name), VIEW_MOMENT(struct overview_incident, since));
#define CLOCK struct overview_clock
VIEW(CLOCK_VIEW, VIEW_TEXT(CLOCK, label), VIEW_TEXT(CLOCK, article), VIEW_TEXT(CLOCK, effect),
     VIEW_TEXT(CLOCK, state), VIEW_TEXT(CLOCK, light), VIEW_TEXT(CLOCK, extend), VIEW_TEXT(CLOCK, suspend),
     VIEW_TEXT(CLOCK, resume), VIEW_DATE(CLOCK, due), VIEW_MOMENT(CLOCK, due_at), VIEW_INT(CLOCK, days),
     VIEW_INT(CLOCK, percent), VIEW_BOOL(CLOCK, is_today), VIEW_BOOL(CLOCK, is_open),
     VIEW_BOOL(CLOCK, is_of_person), VIEW_BOOL(CLOCK, is_suspended));
#define ASKED struct overview_request
VIEW(ASKED_VIEW, VIEW_TEXT(ASKED, kind), VIEW_TEXT(ASKED, explanation), VIEW_TEXT(ASKED, state),
     VIEW_TEXT(ASKED, upload), VIEW_TEXT(ASKED, answer), VIEW_DATE(ASKED, asked), VIEW_DATE(ASKED, due),
     VIEW_BOOL(ASKED, is_open));
VIEW(NOTE_VIEW, VIEW_TEXT(struct overview_note, by), VIEW_TEXT(struct overview_note, body),
     VIEW_MOMENT(struct overview_note, at));
VIEW(ERROR_VIEW, VIEW_TEXT(struct overview_error, what), VIEW_TEXT(struct overview_error, correction),
     VIEW_TEXT(struct overview_error, href), VIEW_MOMENT(struct overview_error, at));
#define MEETING struct overview_appointment
VIEW(MEETING_VIEW, VIEW_TEXT(MEETING, place), VIEW_TEXT(MEETING, interpreter), VIEW_TEXT(MEETING, language),
     VIEW_TEXT(MEETING, cancel), VIEW_MOMENT(MEETING, starts), VIEW_INT(MEETING, minutes),
     VIEW_BOOL(MEETING, is_remote));
VIEW(ACTION_VIEW, VIEW_C(struct action_link, text_key), VIEW_TEXT(struct action_link, href));
#define OVER struct overview
VIEW(OVERVIEW_VIEW, VIEW_STRUCT(OVER, frame, &CASE_FRAME_VIEW), VIEW_LIST(OVER, tasks, &TASK_VIEW),
     VIEW_LIST(OVER, incidents, &STUCK_VIEW), VIEW_LIST(OVER, done, &DONE_VIEW),
     VIEW_LIST(OVER, awaited, &AWAITED_VIEW), VIEW_LIST(OVER, may_come, &AWAITED_VIEW),
     VIEW_LIST(OVER, clocks, &CLOCK_VIEW), VIEW_LIST(OVER, past, &CLOCK_VIEW),
     VIEW_LIST(OVER, requests, &ASKED_VIEW), VIEW_LIST(OVER, unread, &NOTE_VIEW),
     VIEW_LIST(OVER, notes, &NOTE_VIEW), VIEW_LIST(OVER, errors, &ERROR_VIEW),
     VIEW_LIST(OVER, rights, &ERROR_VIEW), VIEW_LIST(OVER, appointments, &MEETING_VIEW),
     VIEW_LIST(OVER, actions, &ACTION_VIEW), VIEW_LIST(OVER, papers, &ACTION_VIEW), VIEW_TEXT(OVER, take),
     VIEW_TEXT(OVER, messages), VIEW_TEXT(OVER, channel), VIEW_TEXT(OVER, channel_rule),
     VIEW_MOMENT(OVER, closed));
static const struct page_template OVERVIEW = {"case_overview", &OVERVIEW_VIEW};

static struct text do_path(struct request *q, int64_t id, const char *command, int64_t about) {
    return about ? text_printf(q->arena, "/cases/%lld/do/%s?about=%lld", (long long)id, command,
                               (long long)about)
                 : text_printf(q->arena, "/cases/%lld/do/%s", (long long)id, command);
}

static bool may(struct request *q, const struct case_page *c, const char *action) {
    return officer_may(q, text_c(q->arena, c->file.relation), action);
}

static void fill_tasks(struct request *q, const struct case_page *c, struct overview *v) {
    for (size_t i = 0; i < c->file.tasks.count; i++) {
        const struct task_view *t = &c->file.tasks.items[i];
        if (t->done.ms) continue;
        bool is_generic = text_eq(t->command, T("complete_task"));
        struct text name = task_name(q, t);
        struct problem_arg arg = {"task", name};
        *ARENA_PUSH(q->arena, &v->tasks) = (struct overview_task){
            .title = name,
            .opened = t->opened,
            .due = page_last_day(q, t->due),
            .officer = t->officer_name,
            .roles = case_role_names(q, t->group),
            .is_for_person = t->is_for_person,
            .button = t->is_for_person ? page_text(q, "case.task.enter", &arg, 1)
                      : is_generic     ? name
                                   : page_pack_text(q, TEXT_JOIN(q->arena, T("access.action."), t->command)),
            .href = do_path(q, c->frame.id, text_c(q->arena, t->command), is_generic ? t->task : 0),
            .can_do = is_generic                                ? case_may_do(q, c, t)
                      : text_eq(t->command, T("sign_decision")) ? case_may_sign(q, c)
                                                                : may(q, c, text_c(q->arena, t->command))};
    }
}

// Steps that are done, the last one first, with what was answered in them.
static void fill_done(struct request *q, const struct case_page *c, struct overview *v) {
    for (size_t i = c->file.tasks.count; i > 0; i--) {
        const struct task_view *t = &c->file.tasks.items[i - 1];
        if (!t->done.ms) continue;
        bool has_answers = text_eq(t->command, T("complete_task")) && t->form.n;
        *ARENA_PUSH(q->arena, &v->done) =
            (struct overview_done){task_name(q, t), t->officer_name,
                                   has_answers ? text_printf(q->arena, "/cases/%lld/tasks/%lld",
                                                             (long long)c->frame.id, (long long)t->task)
                                               : (struct text){0},
                                   t->done};
    }
}

static struct text message_path(struct request *q, int64_t id, const struct awaited_view *m) {
    struct out query = {.arena = q->arena};
    query_put(&query, "message", m->name);
    query_put(&query, "key", m->key);
    return TEXT_JOIN(q->arena, do_path(q, id, "deliver_message", 0), T("?"), out_done(&query));
}

// What the case waits for from outside, for those who may enter it.
static void fill_awaited(struct request *q, const struct case_page *c, struct overview *v) {
    for (size_t i = 0; i < c->file.awaited.count; i++) {
        const struct awaited_view *m = &c->file.awaited.items[i];
        struct overview_awaited line = {case_awaited_name(q, m), may(q, c, "deliver_message")
                                                                     ? message_path(q, c->frame.id, m)
                                                                     : (struct text){0}};
        if (m->at_any_time)
            *ARENA_PUSH(q->arena, &v->may_come) = line;
        else
            *ARENA_PUSH(q->arena, &v->awaited) = line;
    }
}

static void fill_incidents(struct request *q, const struct case_page *c, struct overview *v) {
    for (size_t i = 0; i < c->file.incidents.count; i++)
        *ARENA_PUSH(q->arena, &v->incidents) =
            (struct overview_incident){c->file.incidents.items[i].name, c->file.incidents.items[i].at};
}

static struct overview_clock clock_line(struct request *q, const struct case_page *c,
                                        const struct clock_view *k) {
    struct overview_clock l = {.label = TEXT_JOIN(q->arena, T("deadline."), k->deadline),
                               .article = k->article,
                               .effect = k->effect,
                               .light = k->light,
                               .state = key_of(q->arena, "case.clock.", k->state),
                               .due = page_last_day(q, k->due),
                               .due_at = k->due,
                               .percent = k->percent,
                               .is_open = !text_eq(k->light, T("none")),
                               .is_of_person = text_eq(k->owner, T("person")),
                               .is_suspended = text_eq(k->state, T("suspended"))};
    int64_t days = date_to_days(l.due) - date_to_days(zone_date(page_app(q)->zone, q->now));
    l.days = (int)(days < 0 ? -days : days);
    l.is_today = days == 0;
    if (k->can_extend && may(q, c, "extend_deadline"))
        l.extend = do_path(q, c->frame.id, "extend_deadline", k->clock);
    if (k->can_suspend && !l.is_suspended && may(q, c, "suspend_deadline"))
        l.suspend = do_path(q, c->frame.id, "suspend_deadline", k->clock);
    if (l.is_suspended && may(q, c, "resume_deadline"))
        l.resume = do_path(q, c->frame.id, "resume_deadline", k->clock);
    return l;
}

// Limits of the person that need nothing from anybody are one line, the nearest: five letters wait to be
// opened.
static bool is_shown_already(const struct overview *v, const struct overview_clock *l) {
    for (size_t i = 0; i < v->clocks.count; i++)
        if (l->is_of_person && !l->extend.n && !l->suspend.n && text_eq(v->clocks.items[i].label, l->label))
            return true;
    return false;
}

// Our own limits first: they are what the officer answers for. Each part is in the order of its days.
static void fill_clocks(struct request *q, const struct case_page *c, struct overview *v) {
    for (int of_person = 0; of_person < 2; of_person++)
        for (size_t i = 0; i < c->file.clocks.count; i++) {
            struct overview_clock l = clock_line(q, c, &c->file.clocks.items[i]);
            if (l.is_of_person != (of_person == 1)) continue;
            if (!l.is_open)
                *ARENA_PUSH(q->arena, &v->past) = l;
            else if (!is_shown_already(v, &l))
                *ARENA_PUSH(q->arena, &v->clocks) = l;
        }
}

static void fill_talk(struct request *q, const struct case_page *c, struct overview *v) {
    const struct case_file *f = &c->file;
    for (size_t i = 0; i < f->messages.count; i++) {
        const struct message_view *m = &f->messages.items[i];
        if (m->from_person && !m->read_at.ms)
            *ARENA_PUSH(q->arena, &v->unread) = (struct overview_note){m->by_name, m->body, m->at};
    }
    for (size_t i = f->notes.count; i > 0 && v->notes.count < 3; i--)
        *ARENA_PUSH(q->arena, &v->notes) = (struct overview_note){
            f->notes.items[i - 1].by_name, f->notes.items[i - 1].body, f->notes.items[i - 1].at};
    for (size_t i = 0; i < f->errors.count; i++)
        if (text_eq(f->errors.items[i].state, T("open")))
            *ARENA_PUSH(q->arena, &v->errors) = (struct overview_error){
                f->errors.items[i].what, f->errors.items[i].correction,
                do_path(q, c->frame.id, "answer_error", f->errors.items[i].report), f->errors.items[i].at};
}

static void fill_rights(struct request *q, const struct case_page *c, struct overview *v) {
    for (size_t i = 0; i < c->file.rights.count; i++) {
        const struct right_view *a = &c->file.rights.items[i];
        if (!text_eq(a->state, T("open")) || !may(q, c, "answer_right")) continue;
        *ARENA_PUSH(q->arena, &v->rights) =
            (struct overview_error){page_code_name(q, "right", a->kind), a->words,
                                    do_path(q, c->frame.id, "answer_right", a->request), a->at};
    }
}

static void fill_requests(struct request *q, const struct case_page *c, struct overview *v) {
    for (size_t i = 0; i < c->file.requests.count; i++) {
        const struct request_view *a = &c->file.requests.items[i];
        bool is_open = text_eq(a->state, T("open"));
        struct overview_request *line = ARENA_PUSH(q->arena, &v->requests);
        *line = (struct overview_request){.kind = page_code_name(q, "document", a->kind),
                                          .explanation = a->explanation,
                                          .state = key_of(q->arena, "case.request.", a->state),
                                          .asked = case_day(q, a->asked),
                                          .due = page_last_day(q, a->due),
                                          .is_open = is_open};
        // What came on paper in time may be entered after the time was over.
        if (c->frame.is_closed || !(is_open || text_eq(a->state, T("lapsed")))) continue;
        if (may(q, c, "answer_request")) line->answer = do_path(q, c->frame.id, "answer_request", a->request);
        if (line->answer.n && may(q, c, "add_document"))
            line->upload = text_printf(q->arena, "/cases/%lld/documents?request=%lld", (long long)c->frame.id,
                                       (long long)a->request);
    }
    for (size_t i = 0; i < c->file.appointments.count; i++) {
        const struct appointment_view *a = &c->file.appointments.items[i];
        if (!text_eq(a->state, T("planned"))) continue;
        *ARENA_PUSH(q->arena, &v->appointments) = (struct overview_appointment){
            a->place,
            a->interpreter,
            language_name(q, a->language),
            may(q, c, "cancel_interview") ? do_path(q, c->frame.id, "cancel_interview", a->appointment)
                                          : (struct text){0},
            a->starts,
            a->minutes,
            a->is_remote};
    }
}

static void fill_actions(struct request *q, const struct case_page *c, struct overview *v) {
    static const struct {
        const char *command, *text_key;
    } ACTIONS[] = {{"send_message", "access.action.send_message"},
                   {"add_note", "access.action.add_note"},
                   {"request_document", "access.action.request_document"},
                   {"record_step", "access.action.record_step"},
                   {"choose_track", "access.action.choose_track"},
                   {"add_file_number", "access.action.add_file_number"},
                   {"set_channel", "access.action.set_channel"},
                   {"assign_case", "access.action.assign_case"}};
    const struct code_list *tracks = pack_codes(c->pack, T("track"));
    const struct code_list *steps = pack_codes(c->pack, T("step"));
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        bool has_choice = strcmp(ACTIONS[i].command, "choose_track") || (tracks && code_count(tracks) > 1);
        bool has_steps = strcmp(ACTIONS[i].command, "record_step") || (steps && code_count(steps));
        if (has_choice && has_steps && may(q, c, ACTIONS[i].command))
            *ARENA_PUSH(q->arena, &v->actions) =
                (struct action_link){ACTIONS[i].text_key, do_path(q, c->frame.id, ACTIONS[i].command, 0)};
    }
    if (pack_decisions(c->pack))
        *ARENA_PUSH(q->arena, &v->actions) =
            (struct action_link){"case.suggestion.link", case_path(q, c->frame.id, "/suggestion")};
}

// An appeal on paper may be entered after the end: it can have come in time.
static bool has_remedy(const struct case_page *c) {
    const struct decision_view *d = c->file.decisions.count ? &c->file.decisions.items[0] : NULL;
    bool appealed = d && c->file.appeals.count && c->file.appeals.items[0].lodged.ms >= d->notified.ms;
    return d && text_eq(d->state, T("notified")) && d->appeal_until.ms && !appealed;
}

static void fill_papers(struct request *q, const struct case_page *c, struct overview *v) {
    static const char *const PAPERS[][2] = {
        {"receive_letter", "access.action.receive_letter"},
        {"report_error", "access.action.report_error"},
        {"ask_right", "access.action.ask_right"},
        {"lodge_appeal", "access.action.lodge_appeal"},
        {"withdraw_application", "access.action.withdraw_application"},
    };
    for (size_t i = 0; i < sizeof PAPERS / sizeof *PAPERS; i++) {
        bool fits = !strcmp(PAPERS[i][0], "lodge_appeal")           ? has_remedy(c)
                    : !strcmp(PAPERS[i][0], "withdraw_application") ? !c->frame.is_closed
                                                                    : true;
        if (fits && may(q, c, PAPERS[i][0]))
            *ARENA_PUSH(q->arena, &v->papers) =
                (struct action_link){PAPERS[i][1], do_path(q, c->frame.id, PAPERS[i][0], 0)};
    }
}

static enum status overview_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "overview", &c);
    if (st || case_page_is_sent(r)) return st;
    struct overview v = {.frame = c.frame,
                         .take = case_path(q, c.frame.id, "/take"),
                         .messages = case_path(q, c.frame.id, "/messages"),
                         .closed = c.file.closed_at};
    if (c.file.channel_rule.n) v.channel_rule = key_of(q->arena, "channel.rule.", c.file.channel_rule);
    fill_tasks(q, &c, &v);
    fill_incidents(q, &c, &v);
    fill_awaited(q, &c, &v);
    fill_done(q, &c, &v);
    fill_clocks(q, &c, &v);
    fill_talk(q, &c, &v);
    fill_rights(q, &c, &v);
    fill_requests(q, &c, &v);
    if (!c.frame.is_closed) fill_actions(q, &c, &v);
    fill_papers(q, &c, &v);
    return page_show(q, r, &OVERVIEW, &v);
}

// "This one is mine now."
static enum status take_case(struct request *q, struct response *r) {
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    struct command c = {.kind = COMMAND_ASSIGN_CASE,
                        .case_id = id,
                        .purpose = T("supervision"),
                        .assign_case = {.officer = page_actor(q)->account}};
    struct command_result result;
    enum status st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &r->problem);
    if (st) return st;
    response_notice(q, r, "notice.case.taken");
    return response_redirect(q, r, case_path(q, id, ""));
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id", overview_page, NEEDS(STAFF)},
    {POST, "/cases/:id/take", take_case, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&OVERVIEW, NULL};
const struct page_module CASE_OVERVIEW_PAGES = {ROUTES, TEMPLATES};
