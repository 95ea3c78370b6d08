// home_data.c - the person's right to know: who has looked at the file, and all data, to read and as JSON.
#include "registers/registers.h"
#include "web/pages.h"
#include "web/pages/home.h"

// ---- who has looked (R-GD-18)

#define V struct look_row
static const struct view_field LOOK_ROW_FIELDS[] = {
    VIEW_TEXT(V, who),  VIEW_TEXT(V, unit),        VIEW_TEXT(V, purpose),      VIEW_TEXT(V, what_key),
    VIEW_MOMENT(V, at), VIEW_BOOL(V, was_refused), VIEW_BOOL(V, was_reasoned), {0}};
const struct view LOOK_ROW_VIEW = {"look_row", LOOK_ROW_FIELDS};
#undef V
struct looks_view {
    int64_t id;
    struct text case_no;
    struct {
        struct look_row *items;
        size_t count, capacity;
    } looks;
};
VIEW(LOOKS_VIEW, VIEW_INT64(struct looks_view, id), VIEW_TEXT(struct looks_view, case_no),
     VIEW_LIST(struct looks_view, looks, &LOOK_ROW_VIEW));
static const struct page_template LOOKS = {"home_looks", &LOOKS_VIEW};

// What was looked at, in words; a refused command has its name as action of the pack. Of lists and of entries
// in registers it does not matter which register: the entry itself says so.
struct text look_what_key(struct request *q, struct text what) {
    static const char *const KNOWN[] = {
        "file",          "answers",        "document",         "letter",          "work_list",
        "suggestion",    "find",           "upload",           "register_entry",  "register_history",
        "register_seen", "register_erase", "register_entries", "register_import", "own_entries",
        "search_hit",    "same_person"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (text_eq(what, text_of(KNOWN[i]))) return TEXT_JOIN(q->arena, T("looks.what."), what);
    if (text_starts(what, T("register:"))) return T("looks.what.register");
    if (text_starts(what, T("register_export:"))) return T("looks.what.register_export");
    for (int i = 0; i < ACT_COUNT; i++)
        if (text_eq(what, text_of(register_act_name((enum register_act_kind)i))))
            return T("looks.what.register_entry");
    return TEXT_JOIN(q->arena, T("access.action."), what);
}

static enum status looks_page(struct request *q, struct response *r) {
    struct looks_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    v.case_no = f.head.case_no;
    for (size_t i = 0; i < f.traces.count; i++) {
        const struct trace_view *t = &f.traces.items[i];
        *ARENA_PUSH(q->arena, &v.looks) =
            (struct look_row){t->who,
                              t->unit,
                              TEXT_JOIN(q->arena, T("access.purpose."), t->purpose),
                              look_what_key(q, t->what),
                              t->at,
                              t->was_refused,
                              t->was_reasoned};
    }
    return page_show(q, r, &LOOKS, &v);
}

// ---- all data (R-GD-06, R-GD-10)

struct data_section {
    struct text title;
    struct form_rows rows;
};
VIEW(DATA_SECTION, VIEW_TEXT(struct data_section, title),
     VIEW_LIST(struct data_section, rows, &FORM_ROW_VIEW));
struct data_view {
    int64_t id;
    struct text case_no, hidden;
    struct {
        struct data_section *items;
        size_t count, capacity;
    } sections;
};
VIEW(DATA_VIEW, VIEW_INT64(struct data_view, id), VIEW_TEXT(struct data_view, case_no),
     VIEW_TEXT(struct data_view, hidden), VIEW_LIST(struct data_view, sections, &DATA_SECTION));
static const struct page_template DATA = {"home_data", &DATA_VIEW};

static enum status open_answers(struct request *q, int64_t id, struct answers *out) {
    struct look look = page_look(q, "own_file");
    struct bytes saved = {0};
    struct problem p = {0};
    *out = (struct answers){.arena = q->arena};
    enum status st = cases_answers(page_app(q)->cases, page_actor(q), &look, id, T(""), q->arena, &saved, &p);
    return st || !saved.n ? st : answers_decode(q->arena, saved, out);
}

// What was answered later, in steps that were the person's own and in others.
static enum status task_answers(struct request *q, int64_t id, const struct task_view *t,
                                struct answers *out) {
    struct look look = page_look(q, "own_file");
    struct bytes saved = {0};
    struct problem p = {0};
    *out = (struct answers){.arena = q->arena};
    enum status st =
        cases_task_answers(page_app(q)->cases, page_actor(q), &look, id, t->task, q->arena, &saved, &p);
    return st || !saved.n ? st : answers_decode(q->arena, saved, out);
}

static bool has_answers(const struct task_view *t) {
    return t->done.ms && t->form.n && text_eq(t->command, T("complete_task"));
}

static enum status add_tasks(struct request *q, const struct case_file *f, const struct pack *pack,
                             struct data_view *v) {
    for (size_t i = 0; i < f->tasks.count; i++) {
        const struct task_view *t = &f->tasks.items[i];
        const struct form *form = has_answers(t) ? pack_form(pack, t->form) : NULL;
        struct answers answers;
        if (!form) continue;
        enum status st = task_answers(q, v->id, t, &answers);
        if (st) return st;
        if (!answers.count) continue; // of a kind that the person does not see
        struct data_section *s = ARENA_PUSH(q->arena, &v->sections);
        s->title = catalog_has(pack_catalog(pack), t->name_key) ? t->name_key
                                                                : t->name; // a key, or words as they are
        for (size_t k = 0; k < form->section_count; k++)
            form_page_rows(q, pack, form->sections[k].fields, form->sections[k].field_count, T(""), &answers,
                           f, &s->rows);
    }
    return STATUS_OK;
}

static enum status data_page(struct request *q, struct response *r) {
    struct data_view v = {0};
    struct case_file f;
    struct answers answers;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (!st) st = open_answers(q, v.id, &answers);
    if (st) return st;
    const struct pack *pack = cases_pack_of(page_app(q)->cases, f.pack_version);
    const struct form *form = pack ? pack_form(pack, T("application")) : NULL;
    v.case_no = f.head.case_no;
    for (size_t i = 0; form && i < form->section_count; i++) {
        struct data_section *s = ARENA_PUSH(q->arena, &v.sections);
        s->title = form->sections[i].title_key;
        form_page_rows(q, pack, form->sections[i].fields, form->sections[i].field_count, T(""), &answers, &f,
                       &s->rows);
    }
    st = pack ? add_tasks(q, &f, pack, &v) : STATUS_OK;
    return st ? st : page_show(q, r, &DATA, &v);
}

static void put(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}

static void put_at(struct request *q, struct json_out *j, const char *key, struct moment at) {
    json_key(j, key);
    if (!at.ms)
        json_put_null(j);
    else
        json_put_text(j, moment_print(q->arena, at));
}

static void begin_list(struct json_out *j, const char *key) {
    json_key(j, key);
    json_begin_array(j);
}

static void put_persons(struct json_out *j, const struct case_file *f, struct arena *a) {
    begin_list(j, "persons");
    for (size_t i = 0; i < f->persons.count; i++) {
        const struct person_view *p = &f->persons.items[i];
        json_begin_object(j);
        put(j, "role", p->role);
        put(j, "family_name", p->family_name);
        put(j, "given_names", p->given_names);
        put(j, "latin_name", p->latin_name);
        put(j, "mrz_name", p->mrz_name);
        put(j, "birth", date_print(a, p->birth));
        put(j, "birth_place", p->birth_place);
        put(j, "sex", p->sex);
        put(j, "nationalities", p->nationalities);
        json_key(j, "stateless");
        json_put_bool(j, p->is_stateless);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_papers(struct request *q, struct json_out *j, const struct case_file *f) {
    begin_list(j, "documents");
    for (size_t i = 0; i < f->documents.count; i++) {
        const struct document_view *d = &f->documents.items[i];
        json_begin_object(j);
        put(j, "title", d->title);
        put(j, "kind", d->kind);
        put(j, "media", d->media);
        put(j, "sha256", d->sha256);
        put_at(q, j, "at", d->at);
        json_end_object(j);
    }
    json_end_array(j);
    begin_list(j, "letters");
    for (size_t i = 0; i < f->letters.count; i++) {
        const struct letter_view *l = &f->letters.items[i];
        json_begin_object(j);
        put(j, "kind", l->kind);
        put(j, "language", l->language);
        put(j, "code", l->code);
        put_at(q, j, "issued", l->issued);
        put_at(q, j, "opened", l->opened);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_talk(struct request *q, struct json_out *j, const struct case_file *f) {
    begin_list(j, "messages");
    for (size_t i = 0; i < f->messages.count; i++) {
        const struct message_view *m = &f->messages.items[i];
        json_begin_object(j);
        put(j, "from", m->from_person ? T("person") : T("authority"));
        put_at(q, j, "at", m->at);
        put(j, "body", m->body);
        json_end_object(j);
    }
    json_end_array(j);
    begin_list(j, "interviews");
    for (size_t i = 0; i < f->interviews.count; i++) {
        const struct interview_view *v = &f->interviews.items[i];
        json_begin_object(j);
        put_at(q, j, "held", v->held);
        put(j, "present", v->present);
        put(j, "record", v->record);
        put(j, "corrections", v->corrections);
        json_end_object(j);
    }
    json_end_array(j);
    begin_list(j, "error_reports");
    for (size_t i = 0; i < f->errors.count; i++) {
        const struct error_view *e = &f->errors.items[i];
        json_begin_object(j);
        put(j, "what", e->what);
        put(j, "correction", e->correction);
        put(j, "answer", e->answer);
        put_at(q, j, "at", e->at);
        json_end_object(j);
    }
    json_end_array(j);
    begin_list(j, "rights_asked");
    for (size_t i = 0; i < f->rights.count; i++) {
        const struct right_view *v = &f->rights.items[i];
        json_begin_object(j);
        put(j, "right", v->kind);
        put(j, "words", v->words);
        put(j, "answer", v->answer);
        put_at(q, j, "at", v->at);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_decisions(struct request *q, struct json_out *j, const struct case_file *f) {
    begin_list(j, "decisions");
    for (size_t i = 0; i < f->decisions.count; i++) {
        const struct decision_view *d = &f->decisions.items[i];
        json_begin_object(j);
        put(j, "outcome", d->outcome);
        put(j, "legal_basis", d->legal_basis);
        put(j, "facts", d->facts);
        put(j, "evidence", d->evidence);
        put(j, "assessment", d->assessment);
        put_at(q, j, "notified", d->notified);
        put_at(q, j, "appeal_until", d->appeal_until);
        json_end_object(j);
    }
    json_end_array(j);
    begin_list(j, "appeals");
    for (size_t i = 0; i < f->appeals.count; i++) {
        json_begin_object(j);
        put(j, "grounds", f->appeals.items[i].grounds);
        put(j, "outcome", f->appeals.items[i].outcome);
        put(j, "reasons", f->appeals.items[i].reasons);
        put_at(q, j, "lodged", f->appeals.items[i].lodged);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_history(struct request *q, struct json_out *j, const struct case_file *f) {
    begin_list(j, "timeline");
    for (size_t i = 0; i < f->timeline.count; i++) {
        json_begin_object(j);
        put_at(q, j, "at", f->timeline.items[i].at);
        put(j, "event", f->timeline.items[i].event);
        put(j, "detail", f->timeline.items[i].detail);
        json_end_object(j);
    }
    json_end_array(j);
    begin_list(j, "looked_at_by");
    for (size_t i = 0; i < f->traces.count; i++) {
        json_begin_object(j);
        put_at(q, j, "at", f->traces.items[i].at);
        put(j, "who", f->traces.items[i].who);
        put(j, "unit", f->traces.items[i].unit);
        put(j, "purpose", f->traces.items[i].purpose);
        put(j, "what", f->traces.items[i].what);
        json_end_object(j);
    }
    json_end_array(j);
}

static enum status put_tasks(struct request *q, struct json_out *j, int64_t id, const struct case_file *f) {
    begin_list(j, "steps");
    enum status st = STATUS_OK;
    for (size_t i = 0; i < f->tasks.count && !st; i++) {
        const struct task_view *t = &f->tasks.items[i];
        struct answers answers = {.arena = q->arena};
        if (has_answers(t)) st = task_answers(q, id, t, &answers);
        json_begin_object(j);
        put(j, "step", t->element);
        put_at(q, j, "opened", t->opened);
        put_at(q, j, "done", t->done);
        json_key(j, "answers");
        json_put_raw(j, answers_json(q->arena, &answers));
        json_end_object(j);
    }
    json_end_array(j);
    return st;
}

static enum status data_json(struct request *q, struct response *r) {
    int64_t id;
    struct case_file f;
    struct answers answers;
    struct out out = {.arena = q->arena};
    struct json_out j = {.out = &out};
    enum status st = own_case_open(q, r, &id, &f);
    if (!st) st = open_answers(q, id, &answers);
    if (st) return st;
    json_begin_object(&j);
    put(&j, "case_number", f.head.case_no);
    put(&j, "status", f.head.status);
    put(&j, "language", f.head.language);
    put(&j, "channel", f.channel);
    put_at(q, &j, "made_at", f.head.made_at);
    put_at(q, &j, "registered_at", f.registered_at);
    put_at(q, &j, "exported_at", q->now);
    json_key(&j, "answers");
    json_put_raw(&j, answers_json(q->arena, &answers));
    st = put_tasks(q, &j, id, &f);
    if (st) return st;
    put_persons(&j, &f, q->arena);
    put_papers(q, &j, &f);
    put_talk(q, &j, &f);
    put_decisions(q, &j, &f);
    put_history(q, &j, &f);
    json_end_object(&j);
    response_download(q, r, text_printf(q->arena, "ostia-%lld.json", (long long)id), T("application/json"),
                      false);
    out_text(&r->body, out_done(&out));
    return STATUS_OK;
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/looks", looks_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/my/:id/data", data_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/my/:id/data.json", data_json, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&LOOKS, &DATA, NULL};
const struct page_module HOME_DATA_PAGES = {ROUTES, TEMPLATES};
