// read_rules.c - what the rules suggest for a case, with the trace that shows why; and saved views of the
// work list.
#include "cases/reading.h"

static struct text member(const struct feel_value *v, const char *name) {
    struct feel_value m = feel_get(v, text_of(name));
    return feel_text(&m);
}

static void add_item(struct arena *a, struct suggestion *out, const struct feel_value *v) {
    struct suggestion_item *i = ARENA_PUSH(a, &out->items);
    if (v->kind == FEEL_CONTEXT)
        *i = (struct suggestion_item){member(v, "code"), member(v, "severity"), member(v, "field"),
                                      member(v, "text_key"), member(v, "article")};
    else
        i->code = feel_print(a, v);
}

static enum status no_class(struct problem *p) {
    if (p) *p = (struct problem){.field = "", .rule = "access_class", .text_key = "problem.access.class"};
    return STATUS_REFUSED;
}

enum status cases_suggestion(struct cases *c, const struct actor *actor, const struct look *look,
                             int64_t case_id, struct text decision, struct arena *a, struct suggestion *out,
                             struct problem *p) {
    struct reading r;
    struct case_state s;
    struct feel_value facts, value = feel_null();
    struct moment now = env_now(journal_env(c->journal));
    struct feel_now clock = feel_now_of(c, now);
    *out = (struct suggestion){0};
    enum status st = case_reading_begin(c, actor, look, case_id, T("suggestion"), a, &r, p);
    if (st) return st;
    const struct dmn_model *m = pack_decision_with(r.entry->pack, decision);
    unsigned parts = LOAD_ANSWERS | LOAD_PERSONS | LOAD_DECISION | LOAD_CLOCKS | LOAD_DOCUMENTS | LOAD_GIVEN;
    bool claim = case_reading_shows(&r, "claim");
    if (!m)
        st = problem(p, "decision", "unknown_code", "problem.code.unknown");
    else if (!case_reading_shows(&r, "identity"))
        st = no_class(p);
    if (!st) st = state_load(r.db, case_id, a, &s);
    if (!st) st = state_load_parts(r.db, r.entry->pack, parts, a, &s, p);
    case_reading_end(&r);
    if (!st) st = facts_build(c, r.entry->pack, &s, now, a, &facts);
    if (!st) st = dmn_evaluate(m, decision, &facts, &clock, a, &value, &out->trace);
    if (st) return st;
    if (!claim) out->trace = (struct dmn_trace){0}; // it repeats what the person said
    out->value = feel_print(a, &value);
    if (value.kind == FEEL_CONTEXT) add_item(a, out, &value);
    for (size_t i = 0; value.kind == FEEL_LIST && i < value.list.count; i++)
        add_item(a, out, &value.list.items[i]);
    return STATUS_OK;
}

// ---- saved views ----

static const struct sql VIEWS =
    SQL("saved_views", "select view_id, owner_id, name, query, is_shared from saved_view"
                       " where owner_id = :owner or is_shared = 1 order by name, view_id limit 200");
static const struct sql VIEW_OWNER =
    SQL("view_owner", "select owner_id from saved_view where view_id = :view");

struct view_job {
    const struct actor *actor;
    const struct saved_view *view;
    int64_t id;
    const struct cases_around *around;
};

static enum status save_view(struct write *w, void *argument, struct problem *p) {
    struct view_job *job = argument;
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &EVENT_view_saved, job->actor->account, job->actor->account);
    bool is_done = false;
    enum status st = job->around ? job->around->before(w, job->around->context, &is_done, p) : STATUS_OK;
    if (st || is_done) return st;
    job->id = write_id(w);
    draft_int(d, "view", job->id);
    draft_personal_text(d, "name", job->view->name);
    draft_personal_text(d, "query", job->view->query); // may hold a name that was searched for
    draft_bool(d, "is_shared", job->view->is_shared);
    st = write_events(w, job->actor->account, list);
    struct command_result result = {.made = job->id};
    return !st && job->around ? job->around->after(w, job->around->context, &result) : st;
}

static enum status delete_view(struct write *w, void *argument, struct problem *p) {
    struct view_job *job = argument;
    int64_t owner;
    enum status st = DB_INT(w->db, &owner, &VIEW_OWNER, V_INT(job->id));
    if (st == STATUS_NOT_FOUND || (!st && owner != job->actor->account))
        return problem(p, "view", "not_yours", "problem.view.not_yours");
    if (st) return st;
    struct events *list = events_new(w->arena);
    draft_int(events_add(list, &EVENT_view_deleted, job->actor->account, 0), "view", job->id);
    return write_events(w, job->actor->account, list);
}

enum status cases_save_view(struct cases *c, const struct actor *actor, const struct saved_view *v,
                            const struct cases_around *around, struct arena *a, int64_t *view,
                            struct problem *p) {
    struct saved_view clean = {.name = text_trim(v->name), .query = v->query, .is_shared = v->is_shared};
    if (actor->kind != ACTOR_STAFF) return STATUS_REFUSED;
    if (!clean.name.n || clean.name.n > 100) return problem(p, "name", "required", "problem.view.name");
    if (!text_is_utf8(clean.name) || !text_is_utf8(clean.query))
        return problem(p, "name", "not_utf8", "problem.text.bad");
    if (clean.query.n > 2000) return problem(p, "query", "too_long", "problem.text.long");
    struct view_job job = {actor, &clean, 0, around};
    enum status st = journal_write(c->journal, save_view, &job, a, p);
    *view = job.id;
    return st;
}

enum status cases_delete_view(struct cases *c, const struct actor *actor, int64_t view, struct problem *p) {
    struct arena a = {0};
    struct view_job job = {actor, NULL, view, NULL};
    enum status st = journal_write(c->journal, delete_view, &job, &a, p);
    arena_free(&a); // this problem's texts are constants
    if (st && p && p->rule)
        *p = (struct problem){.field = "view", .rule = "not_yours", .text_key = "problem.view.not_yours"};
    return st;
}

enum status cases_views(struct cases *c, const struct actor *actor, struct arena *a,
                        struct saved_view **views, size_t *count) {
    struct {
        struct saved_view *items;
        size_t count, capacity;
    } list = {0};
    struct db *db;
    struct rows q;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_QUERY(db, &q, &VIEWS, V_INT(actor->account));
    while (!st && rows_next(&q))
        *ARENA_PUSH(a, &list) =
            (struct saved_view){row_int(&q, 0), row_int(&q, 1), text_copy(a, row_text(&q, 2)),
                                text_copy(a, row_text(&q, 3)), row_int(&q, 4) != 0};
    enum status end = rows_end(&q);
    store_reader_release(journal_store(c->journal), db);
    *views = list.items;
    *count = list.count;
    return st ? st : end;
}
