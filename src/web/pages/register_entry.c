// register_entry.c - one entry: what it says at one glance, what it said at another time, who changed what
// and who looked; and the answer of the second person.
#include "web/pages/register_entry.h"

#include "web/pages.h"

enum { LOOKS_SHOWN = 50 };

struct look_line {
    struct text who, unit, purpose_key;
    struct moment at;
    bool was_refused;
};
struct word_line {
    struct text text_key;
};
struct entry_page {
    struct register_head head;
    struct text reference, name, href, correct_href, end_href, review_href, erase_href, fault_href, case_href,
        case_no, valid_typed, known_typed, verdict_action, typed, import_href;
    const char *state_key, *state_colour, *wait_key, *then_key;
    struct date asked_day, review, due;
    struct moment asked_known;
    struct version_line wait;
    const struct fact_line *usual;
    struct fact_lines facts;
    struct version_lines versions;
    struct fault_lines faults;
    struct {
        struct word_line *items;
        size_t count, capacity;
    } hidden;
    struct {
        struct look_line *items;
        size_t count, capacity;
    } looks;
    bool is_past, is_known, is_erased, is_due, is_waiting, may_confirm, is_own_wait;
};
#define V struct look_line
VIEW(LOOK_VIEW, VIEW_TEXT(V, who), VIEW_TEXT(V, unit), VIEW_TEXT(V, purpose_key), VIEW_MOMENT(V, at),
     VIEW_BOOL(V, was_refused));
#undef V
VIEW(WORD_VIEW, VIEW_TEXT(struct word_line, text_key));
#define V struct entry_page
VIEW(ENTRY_VIEW, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_TEXT(V, reference), VIEW_TEXT(V, name),
     VIEW_TEXT(V, href), VIEW_TEXT(V, correct_href), VIEW_TEXT(V, end_href), VIEW_TEXT(V, review_href),
     VIEW_TEXT(V, erase_href), VIEW_TEXT(V, fault_href), VIEW_TEXT(V, case_href), VIEW_TEXT(V, case_no),
     VIEW_TEXT(V, valid_typed), VIEW_TEXT(V, known_typed), VIEW_TEXT(V, verdict_action), VIEW_TEXT(V, typed),
     VIEW_TEXT(V, import_href), VIEW_C(V, state_key), VIEW_C(V, state_colour), VIEW_C(V, wait_key),
     VIEW_C(V, then_key), VIEW_DATE(V, asked_day), VIEW_DATE(V, review), VIEW_DATE(V, due),
     VIEW_MOMENT(V, asked_known), VIEW_REF(V, usual, &FACT_LINE_VIEW),
     VIEW_STRUCT(V, wait, &VERSION_LINE_VIEW), VIEW_LIST(V, facts, &FACT_LINE_VIEW),
     VIEW_LIST(V, versions, &VERSION_LINE_VIEW), VIEW_LIST(V, faults, &FAULT_LINE_VIEW),
     VIEW_LIST(V, hidden, &WORD_VIEW), VIEW_LIST(V, looks, &LOOK_VIEW), VIEW_BOOL(V, is_past),
     VIEW_BOOL(V, is_known), VIEW_BOOL(V, is_erased), VIEW_BOOL(V, is_due), VIEW_BOOL(V, is_waiting),
     VIEW_BOOL(V, may_confirm), VIEW_BOOL(V, is_own_wait));
#undef V
static const struct page_template ENTRY = {"register_entry", &ENTRY_VIEW};

// ---- which day, and known when

static void mistake(struct request *q, const char *field, const char *text_key) {
    struct problem p = {0};
    if (problem(&p, field, "time", text_key)) page_problem(q, &p);
}

// "2026-11-21T14:30" of the authority's clock: with what was recorded in that minute.
static bool read_local(struct request *q, struct text typed, struct moment *out) {
    struct text time = typed, day, hour;
    struct date d;
    int64_t h, m;
    if (!text_cut(&time, 'T', &day) || !time.p || date_parse(day, &d) || !date_is_full(d)) return false;
    if (!text_cut(&time, ':', &hour) || !time.p || !text_int(hour, &h) ||
        !text_int(text_slice(time, 0, 2), &m) || h < 0 || h > 23 || m < 0 || m > 59)
        return false;
    *out = zone_moment(page_app(q)->zone, d, (int)(60 * h + m));
    out->ms += 59999;
    return true;
}

static struct text local_typed(struct request *q, struct moment m) {
    const struct zone *z = page_app(q)->zone;
    int minute = zone_minute(z, m);
    return TEXT_JOIN(q->arena, date_print(q->arena, zone_date(z, m)),
                     text_printf(q->arena, "T%02d:%02d", minute / 60, minute % 60));
}

// A version that was chosen in the history: as it was known when it came, on a day for which it said
// something.
static void at_version(struct request *q, const struct entry_version *v, struct entry_at *at) {
    struct date today = zone_date(page_app(q)->zone, q->now);
    bool is_now = date_cmp(v->from, today) <= 0 && (!v->until.year || date_cmp(today, v->until) < 0);
    *at = (struct entry_at){.day = is_now ? today : v->from, .known = v->known};
}

static struct entry_at read_at(struct request *q, const struct entry_view *now) {
    struct entry_at at = {0};
    struct text valid = query_text(q, "valid"), known = query_text(q, "known");
    int64_t version;
    const struct entry_version *v =
        text_int(query_text(q, "version"), &version) ? register_version(now, version) : NULL;
    if (v) at_version(q, v, &at);
    if (valid.n && (date_parse(valid, &at.day) || !date_is_full(at.day))) {
        at.day = (struct date){0};
        mistake(q, "valid", "problem.register.day");
    }
    if (known.n && !read_local(q, known, &at.known)) mistake(q, "known", "problem.register.moment");
    return at;
}

// ---- filling

static void fill_hidden(struct request *q, const struct register_page *p, struct text hidden,
                        struct entry_page *v) {
    struct text part;
    while (hidden.n && text_cut(&hidden, ',', &part)) {
        const struct access_word *word = access_word_find(&pack_access(p->pack)->classes, part);
        if (word) *ARENA_PUSH(q->arena, &v->hidden) = (struct word_line){word->label_key};
    }
}

static void fill_links(struct request *q, const struct register_page *p, const struct entry_view *e,
                       struct entry_page *v) {
    bool is_there = !text_eq(e->head.state, T("erased"));
    v->href = register_entry_href(q, p, e->head.entry, "");
    if (is_there) v->fault_href = register_entry_href(q, p, e->head.entry, "/fault");
    if (e->may[REGISTER_RECORD]) v->correct_href = register_entry_href(q, p, e->head.entry, "/correct");
    if (e->may[REGISTER_END]) v->end_href = register_entry_href(q, p, e->head.entry, "/end");
    if (e->may[REGISTER_REVIEW]) v->review_href = register_entry_href(q, p, e->head.entry, "/review");
    if (e->may[REGISTER_ERASE]) v->erase_href = register_entry_href(q, p, e->head.entry, "/erase");
    if (e->case_id) v->case_href = text_printf(q->arena, "/cases/%lld", (long long)e->case_id);
    v->case_no = e->case_no;
    if (e->import && register_might(q, p, REGISTER_IMPORT))
        v->import_href = register_href(
            q, p, text_c(q->arena, text_printf(q->arena, "/imports/%lld", (long long)e->import)));
}

// Four eyes: what was asked for, by whom, and the buttons of who may answer.
static void fill_wait(struct request *q, const struct register_page *p, const struct entry_view *e,
                      struct entry_page *v) {
    const struct entry_version *w = e->waiting ? register_version(e, e->waiting) : NULL;
    v->is_waiting = w != NULL;
    if (!w) return;
    bool is_first = e->versions.count == 1;
    v->wait_key = text_eq(w->kind, T("ended")) ? "register.wait.ended"
                  : is_first                   ? "register.wait.recorded"
                                               : "register.wait.said";
    v->wait = (struct version_line){.by = w->by_name,
                                    .unit = w->unit,
                                    .reason = w->reason,
                                    .asked = w->recorded,
                                    .version = w->version,
                                    .from = w->from,
                                    .is_end = text_eq(w->kind, T("ended")),
                                    .until = register_last_day(w->until)};
    register_changes(q, p, e, w, &v->wait.changes);
    v->is_own_wait = e->is_own_wait;
    v->may_confirm = e->may[REGISTER_CONFIRM] && !e->is_own_wait;
    v->verdict_action = register_entry_href(q, p, e->head.entry, "/verdict");
    v->typed = form_text(q, "act-reason");
}

static void fill_keeping(struct request *q, const struct entry_view *e, struct entry_page *v) {
    v->review = e->review;
    v->is_due = e->review.year && date_cmp(e->review, zone_date(page_app(q)->zone, q->now)) <= 0;
    v->due = e->due;
    v->then_key = register_then_key(e->due_then);
}

static enum status fill_looks(struct request *q, struct response *r, const struct register_page *p,
                              const struct entry_view *e, struct entry_page *v) {
    struct access_seen_list seen = {0};
    enum status st = registers_seen(page_app(q)->registers, page_actor(q), &p->look, e->head.entry, 0,
                                    LOOKS_SHOWN, q->arena, &seen, &r->problem);
    if (st == STATUS_REFUSED) return STATUS_OK; // not for this person to see
    for (size_t i = 0; !st && i < seen.count; i++) {
        const struct access_seen *s = &seen.items[i];
        struct text name = officer_name(q, s->account);
        *ARENA_PUSH(q->arena, &v->looks) =
            (struct look_line){name.n ? name : s->public_code, s->unit,
                               TEXT_JOIN(q->arena, T("access.purpose."), s->purpose), s->at, s->was_refused};
    }
    return st;
}

// What a list would call it: the first column that is answered.
static struct text name_of(struct request *q, const struct register_page *p, const struct entry_view *e) {
    for (size_t i = 0; i < p->def->columns.count; i++) {
        struct text t = register_cell(q, p->pack, p->def->columns.items[i].field, &e->head.answers);
        if (t.n) return t;
    }
    return (struct text){0};
}

static void fill_as_of(struct request *q, const struct entry_at *at, const struct entry_view *then,
                       struct entry_page *v) {
    v->is_past = at->day.year || at->known.ms;
    v->asked_day = at->day;
    v->asked_known = at->known;
    v->is_known = then->holds || !v->is_past;
    v->valid_typed = q->problem_count ? query_text(q, "valid") : date_print(q->arena, at->day);
    if (!at->day.year && !q->problem_count) v->valid_typed = (struct text){0};
    v->known_typed = q->problem_count ? query_text(q, "known") : (struct text){0};
    if (at->known.ms && !q->problem_count) v->known_typed = local_typed(q, at->known);
}

static enum status show_entry(struct request *q, struct response *r, const struct register_page *p,
                              const struct entry_view *now) {
    struct entry_page v = {.head = p->head, .reference = now->head.reference};
    struct entry_at at = read_at(q, now);
    struct entry_view past;
    const struct entry_view *then = now;
    if (at.day.year || at.known.ms) {
        enum status st = registers_open_entry(page_app(q)->registers, page_actor(q), &p->look,
                                              now->head.entry, &at, q->arena, &past, &r->problem);
        if (st) return st;
        then = &past;
    }
    v.name = name_of(q, p, then);
    v.state_key = register_state_key(q, now->head.state, then->holds);
    v.state_colour = register_state_colour(now->head.state, then->holds);
    v.is_erased = text_eq(now->head.state, T("erased"));
    fill_as_of(q, &at, then, &v);
    register_facts(q, p, now, then, &v.facts);
    v.usual = register_usual(&v.facts);
    register_versions(q, p, now, then, &v.versions);
    register_faults(q, p, now, &v.faults);
    fill_hidden(q, p, now->hidden, &v);
    fill_links(q, p, now, &v);
    fill_wait(q, p, now, &v);
    fill_keeping(q, now, &v);
    enum status st = fill_looks(q, r, p, now, &v);
    return st ? st : page_show(q, r, &ENTRY, &v);
}

static enum status open_history(struct request *q, struct response *r, struct register_page *p,
                                struct entry_view *e) {
    int64_t id;
    enum status st = register_page_open(q, p);
    if (st) return st;
    if (!request_param_id(q, "entry", &id)) return STATUS_NOT_FOUND;
    st = registers_history(page_app(q)->registers, page_actor(q), &p->look, id, q->arena, e, &r->problem);
    if (st) return st;
    return text_eq(e->head.register_id, p->def->id) ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status entry_page(struct request *q, struct response *r) {
    struct register_page p;
    struct entry_view e;
    enum status st = open_history(q, r, &p, &e);
    return st ? st : show_entry(q, r, &p, &e);
}

// ---- the second person

static enum status verdict_take(struct request *q, struct response *r) {
    struct register_page p;
    struct entry_view e;
    struct register_done done;
    struct problem missing = {0};
    enum status st = open_history(q, r, &p, &e);
    if (st) return st;
    bool is_refusal = !form_is(q, "verdict", "confirm");
    struct register_act act = {.kind = is_refusal ? ACT_REFUSE : ACT_CONFIRM,
                               .look = p.look,
                               .entry = e.head.entry,
                               .reason = form_text(q, "act-reason")};
    if (!text_int(form_text(q, "version"), &act.version)) act.version = 0;
    if (is_refusal && !act.reason.n && problem(&missing, "act-reason", "required", "problem.register.reason"))
        page_problem(q, &missing);
    else
        st = register_do(q, r, &act, &done);
    if (q->problem_count) return show_entry(q, r, &p, &e);
    if (st) return st;
    response_notice(q, r, is_refusal ? "notice.register.refused" : "notice.register.confirmed");
    return response_redirect(q, r, register_entry_href(q, &p, e.head.entry, ""));
}

static const struct route ROUTES[] = {
    {GET, "/registers/:register/:entry", entry_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/verdict", verdict_take, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&ENTRY, NULL};
const struct page_module REGISTER_ENTRY_PAGES = {ROUTES, TEMPLATES};
