// throughput.c - how many cases wait at which step and for how long, on the process and as a table; and the
// event log for process-mining programs.
#include "cases/throughput.h"

#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "cases/xes.h"
#include "flow/flow.h"
#include "web/pages.h"
#include "web/pages/picture.h"
#include "web/pages/work_query.h"

enum { DAYS_USUAL = 90, DAYS_MAX = 3660 }; // of the time asked about: ten years

// ---- what is asked ----

struct asked {
    struct throughput_question q;
    const struct pack *pack; // whose process is drawn
    struct text query;       // the same question, for the picture and the download
};

static struct look look(void) {
    return (struct look){.purpose = T("policy_review")};
}

static struct date day_of(struct request *q, const char *name, struct date otherwise, bool *is_wrong) {
    struct text typed = query_text(q, name);
    struct date d;
    if (!typed.n) return otherwise;
    if (!date_parse(typed, &d) && date_is_full(d)) return d;
    *is_wrong = true;
    return otherwise;
}

static void check_days(struct request *q, struct asked *a, bool is_wrong) {
    struct problem p = {0};
    if (is_wrong && problem(&p, "from", "date", "problem.throughput.day")) page_problem(q, &p);
    int64_t days = date_to_days(a->q.to) - date_to_days(a->q.from);
    if (days >= 0 && days <= DAYS_MAX) return;
    if (!is_wrong && problem(&p, "from", "date_range", "problem.throughput.days")) page_problem(q, &p);
    a->q.from = date_add_days(a->q.to, -DAYS_USUAL);
}

static struct text iso(struct request *q, struct date d) {
    return text_printf(q->arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

// STATUS_NOT_FOUND: there is no such procedure or version.
static enum status read_asked(struct request *q, struct asked *a) {
    struct cases *c = page_app(q)->cases;
    struct date today = zone_date(page_app(q)->zone, q->now);
    struct text procedure = query_text(q, "procedure");
    bool is_wrong = false;
    *a = (struct asked){.pack = cases_pack_for(c, procedure)};
    if (!text_int(query_text(q, "version"), &a->q.pack_version)) a->q.pack_version = 0;
    if (a->q.pack_version) a->pack = cases_pack_of(c, a->q.pack_version);
    if (!a->pack) return STATUS_NOT_FOUND;
    a->q.procedure = pack_id(a->pack);
    a->q.unit = query_text(q, "unit");
    a->q.to = day_of(q, "to", today, &is_wrong);
    a->q.from = day_of(q, "from", date_add_days(a->q.to, -DAYS_USUAL), &is_wrong);
    check_days(q, a, is_wrong);
    struct out o = {.arena = q->arena};
    query_put(&o, "procedure", a->q.procedure);
    query_put(&o, "version", text_printf(q->arena, "%lld", (long long)a->q.pack_version));
    query_put(&o, "unit", a->q.unit);
    query_put(&o, "from", iso(q, a->q.from));
    query_put(&o, "to", iso(q, a->q.to));
    a->query = TEXT_JOIN(q->arena, T("?"), out_done(&o));
    return STATUS_OK;
}

// ---- what is shown ----

struct duration {
    int64_t n;
    bool is_short, is_days;
};
struct step_row {
    struct text name;
    int64_t waiting, late, finished;
    struct duration longest, median, finished_median, finished_90;
    bool is_waiting, has_finished, is_few;
};
struct process_part {
    struct text title, picture;
    bool has_picture;
    struct {
        struct step_row *items;
        size_t count, capacity;
    } steps, ends;
};
struct throughput_page {
    struct {
        struct process_part *items;
        size_t count, capacity;
    } parts;
    struct options procedures, versions, units;
    struct text from, to, download, again;
    struct moment counted;
    bool is_counting;
};
VIEW(DURATION, VIEW_INT64(struct duration, n), VIEW_BOOL(struct duration, is_short),
     VIEW_BOOL(struct duration, is_days));
#define V struct step_row
VIEW(STEP_ROW, VIEW_TEXT(V, name), VIEW_INT64(V, waiting), VIEW_INT64(V, late), VIEW_INT64(V, finished),
     VIEW_STRUCT(V, longest, &DURATION), VIEW_STRUCT(V, median, &DURATION),
     VIEW_STRUCT(V, finished_median, &DURATION), VIEW_STRUCT(V, finished_90, &DURATION),
     VIEW_BOOL(V, is_waiting), VIEW_BOOL(V, has_finished), VIEW_BOOL(V, is_few));
#undef V
#define V struct process_part
VIEW(PROCESS_PART, VIEW_TEXT(V, title), VIEW_TEXT(V, picture), VIEW_BOOL(V, has_picture),
     VIEW_LIST(V, steps, &STEP_ROW), VIEW_LIST(V, ends, &STEP_ROW));
#undef V
#define V struct throughput_page
VIEW(THROUGHPUT_VIEW, VIEW_LIST(V, parts, &PROCESS_PART), VIEW_LIST(V, procedures, &OPTION_VIEW),
     VIEW_LIST(V, versions, &OPTION_VIEW), VIEW_LIST(V, units, &OPTION_VIEW), VIEW_TEXT(V, from),
     VIEW_TEXT(V, to), VIEW_TEXT(V, download), VIEW_TEXT(V, again), VIEW_MOMENT(V, counted),
     VIEW_BOOL(V, is_counting));
#undef V
static const struct page_template THROUGHPUT = {"throughput", &THROUGHPUT_VIEW};

static struct duration duration_of(int64_t hours) {
    bool is_days = hours >= 48;
    return (struct duration){.n = is_days ? hours / 24 : hours, .is_short = hours == 0, .is_days = is_days};
}

static struct step_row row_of(struct text name, const struct throughput_step *s) {
    return (struct step_row){.name = name,
                             .waiting = s->waiting,
                             .late = s->late,
                             .finished = s->finished,
                             .longest = duration_of(s->longest_hours),
                             .median = duration_of(s->median_hours),
                             .finished_median = duration_of(s->finished_median_hours),
                             .finished_90 = duration_of(s->finished_90_hours),
                             .is_waiting = s->waiting > 0,
                             .has_finished = s->finished > 0,
                             .is_few = s->is_few};
}

static const struct throughput_step *step_at(const struct throughput *t, struct text process,
                                             struct text element) {
    for (size_t i = 0; i < t->count; i++)
        if (text_eq(t->items[i].element, element) && text_eq(t->items[i].process, process))
            return &t->items[i];
    return NULL;
}

static void add_rows(struct request *q, const struct flow_model *m, const struct throughput *t,
                     struct process_part *p) {
    struct text process = flow_process_id(m);
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        const struct throughput_step *s = step_at(t, process, e->id);
        struct text key = TEXT_JOIN(q->arena, T("flow."), process, T("."), e->id);
        if (!s) continue;
        struct step_row row = row_of(picture_name(q, key, e->name, e->id), s);
        if (e->kind == FLOW_END_EVENT)
            *ARENA_PUSH(q->arena, &p->ends) = row;
        else
            *ARENA_PUSH(q->arena, &p->steps) = row;
    }
    for (size_t i = 0; i < t->count; i++) // steps that only other versions have
        if (text_eq(t->items[i].process, process) && flow_find(m, t->items[i].element) < 0)
            *ARENA_PUSH(q->arena, &p->steps) = row_of(t->items[i].element, &t->items[i]);
}

// The process of the procedure, and those that it calls when somebody was there.
static void add_parts(struct request *q, const struct asked *a, const struct throughput *t,
                      struct throughput_page *v) {
    for (size_t i = 0; i < pack_processes(a->pack); i++) {
        const struct flow_model *m = pack_process(a->pack, i);
        bool is_main = text_eq(flow_process_id(m), pack_procedure(a->pack));
        struct process_part p = {.title = picture_process_name(q, a->pack, flow_process_id(m))};
        struct text file = pack_process_file(a->pack, i);
        p.has_picture = picture_is_drawn(text_of_bytes(pack_file_content(a->pack, file)));
        p.picture = text_printf(q->arena, "/policy/throughput.svg" TEXT_FMT "&of=%zu", TEXT_ARG(a->query), i);
        add_rows(q, m, t, &p);
        if (is_main || p.steps.count || p.ends.count) *ARENA_PUSH(q->arena, &v->parts) = p;
    }
}

// ---- choices ----

static void fill_procedures(struct request *q, const struct asked *a, struct throughput_page *v) {
    struct procedure_list all;
    cases_procedures(page_app(q)->cases, &all);
    for (size_t i = 0; i < all.count; i++)
        *ARENA_PUSH(q->arena, &v->procedures) =
            (struct option){.value = pack_id(all.packs[i]),
                            .label = procedure_name(q, all.packs[i]),
                            .is_chosen = text_eq(pack_id(all.packs[i]), a->q.procedure)};
}

static enum status fill_versions(struct request *q, const struct asked *a, struct throughput_page *v) {
    struct loaded_pack_list packs;
    enum status st = cases_loaded_packs(page_app(q)->cases, q->arena, &packs);
    *ARENA_PUSH(q->arena, &v->versions) = (struct option){
        .value = T("0"), .label_key = "throughput.version.all", .is_chosen = !a->q.pack_version};
    for (size_t i = 0; !st && i < packs.count; i++)
        if (text_eq(packs.items[i].id, a->q.procedure))
            *ARENA_PUSH(q->arena, &v->versions) = (struct option){
                .value = text_printf(q->arena, "%lld", (long long)packs.items[i].pack_version),
                .label = packs.items[i].version,
                .is_chosen = packs.items[i].pack_version == a->q.pack_version};
    return st;
}

static bool has_unit(const struct options *o, struct text unit) {
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, unit)) return true;
    return false;
}

static enum status fill_units(struct request *q, const struct asked *a, struct throughput_page *v) {
    struct store *store = journal_store(cases_journal(page_app(q)->cases));
    struct staff_list staff = {0};
    struct db *db;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = access_staff(db, T(""), T(""), true, q->arena, &staff);
    store_reader_release(store, db);
    *ARENA_PUSH(q->arena, &v->units) =
        (struct option){.value = T(""), .label_key = "throughput.unit.all", .is_chosen = !a->q.unit.n};
    for (size_t i = 0; !st && i < staff.count; i++) {
        struct text unit = staff.items[i].unit;
        if (unit.n && !has_unit(&v->units, unit))
            *ARENA_PUSH(q->arena, &v->units) =
                (struct option){.value = unit, .label = unit, .is_chosen = text_eq(unit, a->q.unit)};
    }
    return st;
}

// ---- the page and its picture ----

static enum status count(struct request *q, struct response *r, const struct asked *a, struct throughput *t) {
    struct look l = look();
    page_use_pack(q, a->pack);
    return cases_throughput(page_app(q)->cases, page_actor(q), &l, &a->q, q->arena, t, &r->problem);
}

static enum status throughput_page(struct request *q, struct response *r) {
    struct asked a;
    struct throughput t;
    enum status st = read_asked(q, &a);
    if (!st) st = count(q, r, &a, &t);
    if (st && st != STATUS_BUSY) return st;
    struct throughput_page v = {.from = iso(q, a.q.from),
                                .to = iso(q, a.q.to),
                                .counted = t.counted_at,
                                .is_counting = st == STATUS_BUSY,
                                .again = TEXT_JOIN(q->arena, T("/policy/throughput"), a.query),
                                .download = TEXT_JOIN(q->arena, T("/policy/throughput.xes"), a.query)};
    add_parts(q, &a, &t, &v);
    fill_procedures(q, &a, &v);
    st = fill_versions(q, &a, &v);
    if (!st) st = fill_units(q, &a, &v);
    return st ? st : page_show(q, r, &THROUGHPUT, &v);
}

static enum status throughput_picture(struct request *q, struct response *r) {
    struct asked a;
    struct throughput t;
    int64_t of = 0;
    enum status st = read_asked(q, &a);
    if (!st) st = count(q, r, &a, &t);
    if (st) return st;
    if (!text_int(query_text(q, "of"), &of) || of < 0 || (size_t)of >= pack_processes(a.pack))
        return STATUS_NOT_FOUND;
    struct text process = flow_process_id(pack_process(a.pack, (size_t)of));
    struct text bpmn = text_of_bytes(pack_file_content(a.pack, pack_process_file(a.pack, (size_t)of)));
    struct flow_mark *marks = ARENA_ARRAY(q->arena, struct flow_mark, t.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.count; i++) {
        const struct throughput_step *s = &t.items[i];
        if (!s->waiting || !text_eq(s->process, process)) continue;
        marks[n++] = (struct flow_mark){s->element, s->late ? FLOW_LOOK_STUCK : FLOW_LOOK_NOW,
                                        text_printf(q->arena, "%lld", (long long)s->waiting)};
    }
    return picture_show(q, r, a.pack, process, bpmn, marks, n);
}

// ---- the event log ----

struct download {
    struct xes *xes;
    struct text rest; // of the piece that is being sent
};

static enum status download_read(void *context, uint8_t *to, size_t max, size_t *got) {
    struct download *d = context;
    enum status st = d->rest.n ? STATUS_OK : xes_next(d->xes, &d->rest);
    *got = 0;
    if (st) return st;
    *got = d->rest.n < max ? d->rest.n : max;
    if (*got) memcpy(to, d->rest.p, *got);
    d->rest = text_slice(d->rest, *got, d->rest.n);
    return STATUS_OK;
}

static void download_close(void *context) {
    struct download *d = context;
    xes_end(d->xes);
    free(d);
}

static enum status throughput_xes(struct request *q, struct response *r) {
    struct cases *c = page_app(q)->cases;
    struct look l = look();
    struct asked a;
    enum status st = read_asked(q, &a);
    if (!st) st = throughput_may(c, page_actor(q), &l, a.q.procedure, &r->problem);
    if (!st) st = throughput_note_export(c, page_actor(q), &l);
    if (st) return st;
    struct download *d = calloc(1, sizeof *d);
    if (!d) abort();
    struct xes_question x = {a.q.procedure, a.q.from, a.q.to, page_app(q)->zone};
    st = xes_begin(journal_store(cases_journal(c)), &x, &d->xes);
    r->stream = (struct body_stream){d, download_read, download_close, -1};
    response_download(q, r, TEXT_JOIN(q->arena, a.q.procedure, T(".xes")), T("application/xml"), false);
    return st;
}

static const struct route ROUTES[] = {
    {GET, "/policy/throughput", throughput_page, NEEDS(POLICY | SUPERVISOR | ADMINISTRATOR)},
    {GET, "/policy/throughput.svg", throughput_picture, NEEDS(POLICY | SUPERVISOR | ADMINISTRATOR)},
    {GET, "/policy/throughput.xes", throughput_xes, NEEDS(POLICY | SUPERVISOR | ADMINISTRATOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&THROUGHPUT, NULL};
const struct page_module THROUGHPUT_PAGES = {ROUTES, TEMPLATES};
