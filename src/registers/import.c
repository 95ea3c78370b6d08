// import.c - files that come in, how far they are, and what people decide about them.
#include "registers/import.h"

#include <stdlib.h>

#include "base/log.h"
#include "registers/import_inside.h"
#include "store/keys.h"

static const struct sql IMPORT =
    SQL("register_import", "select " IMPORT_COLUMNS " from register_import where import_id = :import");
static const struct sql IMPORTS =
    SQL("register_imports", "select " IMPORT_COLUMNS " from register_import"
                            " where register = :register order by import_id desc limit :limit");
static const struct sql UNDER_WAY =
    SQL("register_import_under_way",
        "select " IMPORT_COLUMNS
        " from register_import where state in ('received', 'checked') and import_id > :after"
        " order by import_id limit 1");
static const struct sql OLD =
    SQL("register_import_old",
        "select " IMPORT_COLUMNS " from register_import where state in ('failed', 'tried') and"
        " ended_at < :before order by import_id limit 1");
static const struct sql SAME_FILE = SQL(
    "register_import_same", "select import_id from register_import where register = :register and file_hash ="
                            " :hash and is_try = 0 and state in ('received', 'checked', 'done') limit 1");
static const struct sql WRITTEN =
    SQL("register_import_rows",
        "select coalesce(max(import_row), 0) from register_entry where import_id = :import");

void import_row_read(struct rows *q, struct arena *a, struct import *m) {
    struct text *texts[] = {&m->register_id, &m->name, &m->format};
    m->import = row_int(q, 0);
    for (int i = 0; i < 3; i++) *texts[i] = text_copy(a, row_text(q, i + 1));
    m->replaces = row_int(q, 4) != 0;
    m->is_try = row_int(q, 5) != 0;
    m->source = text_copy(a, row_text(q, 6));
    m->state = text_copy(a, row_text(q, 7));
    m->by = row_int(q, 8);
    m->unit = text_copy(a, row_text(q, 9));
    m->purpose = text_copy(a, row_text(q, 10));
    m->authority = text_copy(a, row_text(q, 11));
    m->evidence = text_copy(a, row_text(q, 12));
    m->received.ms = row_int(q, 13);
    m->ended.ms = row_int(q, 14);
    m->blob = bytes_copy(a, row_bytes(q, 15));
    m->size = row_int(q, 16);
    m->rows = row_int(q, 17);
    m->wrong = row_int(q, 18);
    m->errors = bytes_copy(a, row_bytes(q, 19));
    m->classes = text_copy(a, row_text(q, 20));
    m->confirmed_by = row_int(q, 21);
    m->reason = text_copy(a, row_text(q, 22));
}

static enum status one(struct db *db, const struct sql *sql, int64_t value, struct arena *a,
                       struct import *out) {
    struct rows q;
    *out = (struct import){0};
    enum status st = DB_ONE(db, &q, sql, V_INT(value));
    if (!st) import_row_read(&q, a, out);
    enum status end = rows_end(&q);
    return st ? st : end;
}

enum status import_load(struct db *db, int64_t import, struct arena *a, struct import *out) {
    return one(db, &IMPORT, import, a, out);
}

enum status import_key(struct db *db, int64_t import, struct key *out) {
    struct key subject;
    enum status st = subject_key_get(db, import, &subject);
    if (st) return st;
    *out = key_derive(&subject, T("import"));
    key_wipe(&subject);
    return STATUS_OK;
}

// ---- a file comes in

struct import_writer {
    struct registers *r;
    struct arena arena;
    const struct rights *g;
    struct actor actor;
    struct import_order order;
    struct text classes;
    int64_t import;
    struct key key;
    struct blob_writer *blob;
    struct blob_info info;
};

static enum status may_import(struct looking *k, struct problem *p) {
    k->relation = k->actor->kind == ACTOR_STAFF ? T("unit") : T("none");
    k->policy = rights_policy(k->g, 0);
    k->visible = classes_of(k, k->policy, REGISTER_IMPORT, k->relation, NULL);
    if (k->visible) return STATUS_OK;
    return refused(k->r, k->g, k->policy, k->actor, k->look, REGISTER_IMPORT, k->relation, 0, 0,
                   TEXT_JOIN(k->arena, T("register:"), k->g->of->id), p);
}

static enum status want_order(const struct import_order *o, const struct rights *g, struct problem *p) {
    bool fits = o->name.n <= 200 && text_is_utf8(o->name) && o->source.n <= 200 && text_is_utf8(o->source) &&
                o->from.authority.n <= REGISTER_SOURCE_MAX && o->from.evidence.n <= REGISTER_SOURCE_MAX &&
                text_is_utf8(o->from.authority) && text_is_utf8(o->from.evidence);
    if (!fits) return problem(p, "name", "too_long", "problem.register.too_long");
    if (o->replaces && (!o->source.n || !g->of->source_field.n))
        return problem(p, "source", "required", "problem.import.source");
    return STATUS_OK;
}

static enum status new_subject(struct write *w, void *argument, struct problem *p) {
    int64_t *import = argument;
    (void)p;
    *import = write_id(w);
    return write_subject(w, *import);
}

static enum status open_blob(struct import_writer *w, struct problem *p) {
    struct store *s = journal_store(w->r->journal);
    struct db *db;
    enum status st = journal_write(w->r->journal, new_subject, &w->import, &w->arena, p);
    if (!st) st = store_reader(s, &db);
    if (st) return st;
    st = import_key(db, w->import, &w->key);
    store_reader_release(s, db);
    return st ? st : blob_create(s, &w->key, IMPORT_BYTES_MAX, &w->blob);
}

static void keep_order(struct import_writer *w, const struct actor *actor, const struct import_order *o) {
    struct arena *a = &w->arena;
    w->actor =
        (struct actor){.account = actor->account, .kind = actor->kind, .unit = text_copy(a, actor->unit)};
    w->order = *o;
    w->order.register_id = w->g->of->id;
    w->order.name = text_copy(a, text_trim(o->name));
    w->order.source = text_copy(a, text_trim(o->source));
    w->order.from =
        (struct provenance){text_copy(a, o->from.authority), T(""), text_copy(a, o->from.evidence), T("")};
    w->order.look = (struct look){.purpose = rights_purpose_word(w->g, o->look.purpose)};
}

enum status registers_import_begin(struct registers *r, const struct actor *actor,
                                   const struct import_order *order, struct import_writer **out,
                                   struct problem *p) {
    struct import_writer *w = calloc(1, sizeof *w);
    if (!w) abort(); // as arena_alloc does
    struct looking k = {.r = r, .actor = actor, .look = &order->look, .arena = &w->arena};
    w->r = r;
    enum status st = rights_find(r, order->register_id, &k.g, p);
    w->g = k.g;
    if (!st) st = may_import(&k, p);
    if (!st) st = want_order(order, k.g, p);
    if (!st) {
        keep_order(w, actor, order);
        w->classes = access_class_names(k.policy, k.visible, &w->arena);
        st = open_blob(w, p);
    }
    *out = w;
    if (st) registers_import_abort(out);
    return st;
}

enum status registers_import_write(struct import_writer *w, struct bytes b) {
    return blob_write(w->blob, b);
}

void registers_import_abort(struct import_writer **out) {
    struct import_writer *w = *out;
    if (!w) return;
    blob_abort(&w->blob);
    key_wipe(&w->key);
    arena_free(&w->arena);
    free(w);
    *out = NULL;
}

static enum status receive(struct write *w, void *argument, struct problem *p) {
    struct import_writer *k = argument;
    struct key key = keys_derived(journal_store(k->r->journal), T("register imports"));
    struct hash hash = hash_keyed(&key, hash_bytes(&k->info.plain_hash));
    int64_t same = 0;
    key_wipe(&key);
    enum status st = k->order.is_try ? STATUS_NOT_FOUND
                                     : DB_INT(w->db, &same, &SAME_FILE, V_TEXT(k->order.register_id),
                                              V_BYTES(hash_bytes(&hash)));
    if (!st) {
        enum status ignored = problem(p, "file", "import_known", "problem.import.known");
        (void)ignored;
        return k->import = same, STATUS_CONFLICT;
    }
    if (st != STATUS_NOT_FOUND) return st;
    struct events *out = events_new(w->arena);
    struct event_draft *e = events_add(out, &EVENT_import_received, k->import, k->import);
    draft_text(e, "register", k->order.register_id);
    draft_text(e, "format", k->order.format == IMPORT_CSV ? T("csv") : T("jsonl"));
    if (k->order.replaces) draft_bool(e, "replaces", true);
    if (k->order.is_try) draft_bool(e, "is_try", true);
    draft_text(e, "unit", k->actor.unit);
    draft_text(e, "purpose", k->order.look.purpose);
    draft_text(e, "classes", k->classes);
    draft_bytes(e, "blob", hash_bytes(&k->info.name));
    draft_bytes(e, "file_hash", bytes_copy(w->arena, hash_bytes(&hash)));
    draft_int(e, "size", k->info.size);
    // Of a list, not of a person: what it is called is part of the record of what was in force.
    draft_text(e, "source", k->order.source);
    draft_personal_text(e, "name", k->order.name);
    draft_personal_text(e, "authority", k->order.from.authority);
    draft_personal_text(e, "evidence", k->order.from.evidence);
    return write_events(w, k->actor.account, out);
}

enum status registers_import_end(struct import_writer **out, int64_t *import, struct problem *p) {
    struct import_writer *w = *out;
    enum status st = blob_finish(&w->blob, &w->info);
    bool has_file = !st;
    int64_t own = w->import;
    if (!st) st = journal_write(w->r->journal, receive, w, &w->arena, p);
    *import = w->import;
    if (st == STATUS_CONFLICT && has_file && own != w->import)
        import_forget_file(w->r, hash_bytes(&w->info.name));
    registers_import_abort(out);
    return st;
}

// ---- how far it is

static bool needs_second(const struct rights *g, const struct import *m) {
    return g->of->needs_two[REGISTER_RECORD] && !m->confirmed_by;
}

static enum status view_of(struct looking *k, const struct import *m, struct import_view *v) {
    bool is_checked = text_eq(m->state, T("checked")), is_received = text_eq(m->state, T("received"));
    *v = (struct import_view){.import = m->import,
                              .register_id = m->register_id,
                              .name = m->name,
                              .source = m->source,
                              .state = m->state,
                              .by_name = looking_name(k, m->by),
                              .reason = m->reason,
                              .replaces = m->replaces,
                              .is_try = m->is_try,
                              .is_waiting = is_checked && needs_second(k->g, m),
                              .is_own = m->by == k->actor->account,
                              .has_errors = m->errors.n > 0,
                              .received = m->received,
                              .ended = m->ended,
                              .rows = m->rows,
                              .wrong = m->wrong};
    enum status st = is_checked ? DB_INT(k->db, &v->done, &WRITTEN, V_INT(m->import)) : STATUS_OK;
    if (text_eq(m->state, T("done"))) v->done = m->rows;
    v->percent = is_checked && m->rows ? (int)(v->done * 100 / m->rows) : is_received ? 0 : 100;
    if (is_received && atomic_load(&k->r->import_now) == m->import)
        v->percent = (int)atomic_load(&k->r->import_percent);
    return st;
}

static enum status begin(struct looking *k, struct text register_id, struct problem *p) {
    enum status st = rights_find(k->r, register_id, &k->g, p);
    if (!st) st = may_import(k, p);
    return st ? st : store_reader(journal_store(k->r->journal), &k->db);
}

static void end(struct looking *k) {
    store_reader_release(journal_store(k->r->journal), k->db);
}

enum status registers_imports(struct registers *r, const struct actor *actor, const struct look *look,
                              struct text register_id, struct arena *a, struct import_list *out,
                              struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    struct {
        struct import *items;
        size_t count, capacity;
    } all = {0};
    struct rows q;
    *out = (struct import_list){0};
    enum status st = begin(&k, register_id, p);
    if (st) return st;
    st = DB_QUERY(k.db, &q, &IMPORTS, V_TEXT(register_id), V_INT(IMPORTS_SHOWN_MAX));
    while (!st && rows_next(&q)) import_row_read(&q, a, ARENA_PUSH(a, &all));
    enum status over = rows_end(&q);
    if (!st) st = over;
    for (size_t i = 0; i < all.count && !st; i++) st = view_of(&k, &all.items[i], ARENA_PUSH(a, out));
    end(&k);
    return st;
}

static enum status not_found(struct problem *p) {
    if (p) *p = (struct problem){.field = "", .rule = "not_found", .text_key = "problem.import.not_found"};
    return STATUS_NOT_FOUND;
}

static enum status find(struct looking *k, int64_t import, struct import *m, struct problem *p) {
    struct store *s = journal_store(k->r->journal);
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = import_load(db, import, k->arena, m);
    store_reader_release(s, db);
    if (st == STATUS_NOT_FOUND) return not_found(p);
    return st ? st : begin(k, m->register_id, p);
}

enum status registers_import(struct registers *r, const struct actor *actor, const struct look *look,
                             int64_t import, struct arena *a, struct import_view *out, struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    struct import m;
    enum status st = find(&k, import, &m, p);
    if (st) return st;
    st = view_of(&k, &m, out);
    end(&k);
    return st;
}

enum status registers_import_errors(struct registers *r, const struct actor *actor, const struct look *look,
                                    int64_t import, struct blob_reader **out, struct problem *p) {
    struct arena a = {0};
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = &a};
    struct import m;
    struct hash name;
    struct key key;
    enum status st = find(&k, import, &m, p);
    if (!st) {
        struct access_trace trace = {.actor = actor,
                                     .purpose = rights_purpose_word(k.g, look->purpose),
                                     .relation = k.relation,
                                     .what = TEXT_JOIN(&a, T("register:"), k.g->of->id)};
        st = m.errors.n == HASH_BYTES ? import_key(k.db, import, &key) : STATUS_NOT_FOUND;
        end(&k);
        if (!st) st = access_record_now(r->journal, &trace);
        for (size_t i = 0; i < HASH_BYTES && !st; i++) name.b[i] = m.errors.p[i];
        if (!st) st = blob_open_read(journal_store(r->journal), &name, &key, out);
        key_wipe(&key);
        if (st == STATUS_NOT_FOUND) st = not_found(p);
    }
    arena_free(&a);
    return st;
}

// ---- what people decide

struct import_job {
    struct registers *r;
    const struct actor *actor;
    const struct rights *g;
    int64_t import;
    enum import_act act;
    struct text reason;
    struct import m; // as it was; in the arena of the caller
    struct arena *answer;
};

static const struct sql REPLACED_BY =
    SQL("register_import_replaced_by", "select i.import_id, i.rows_all from register_import i where "
                                       "i.register = :register and i.source = :source"
                                       " and i.state = 'done' and i.import_id <> :import");

static enum status wrong_state(const struct import *m, struct arena *a, struct problem *p) {
    enum status st = problem(p, "", "import_state", "problem.import.state");
    problem_arg(p, "state", text_copy(a, m->state));
    return st;
}

static enum status confirm(struct import_job *k, struct write *w, struct events *out, struct problem *p) {
    if (!text_eq(k->m.state, T("checked")) || !needs_second(k->g, &k->m))
        return wrong_state(&k->m, k->answer, p);
    if (k->m.by == k->actor->account) {
        enum status ignored = problem(p, "", "same_person", "problem.register.same_person");
        (void)ignored;
        return STATUS_REFUSED;
    }
    (void)w;
    draft_text(events_add(out, &EVENT_import_confirmed, k->import, 0), "register", k->m.register_id);
    return STATUS_OK;
}

// Somebody may have recorded what the earlier list said, while it was replaced.
static const struct sql TAKEN_MEANWHILE =
    SQL("register_import_taken",
        "select e.reference, k.key from register_entry o join register_key k on k.entry_id = o.entry_id"
        " join register_key n on n.register = k.register and n.key = k.key and n.entry_id <> k.entry_id"
        " join register_entry e on e.entry_id = n.entry_id where o.import_id = :earlier and o.state = "
        "'replaced'"
        " and o.replaced_by = :import and e.state in ('current', 'importing') and e.import_id <> :import"
        " limit 1");

static enum status want_room(struct import_job *k, struct write *w, int64_t earlier, struct problem *p) {
    struct rows q;
    enum status st = DB_ONE(w->db, &q, &TAKEN_MEANWHILE, V_INT(earlier), V_INT(k->import));
    struct text reference = st ? T("") : text_copy(k->answer, row_text(&q, 0));
    struct text fields = st ? T("") : key_fields(k->g->of, row_text(&q, 1), k->answer);
    enum status over = rows_end(&q);
    if (st) return st == STATUS_NOT_FOUND ? over : st;
    enum status ignored = problem(p, "", "key_taken", "problem.register.key_taken");
    (void)ignored;
    problem_arg(p, "reference", reference);
    problem_arg(p, "fields", fields);
    return STATUS_CONFLICT;
}

static enum status give_back(struct import_job *k, struct write *w, struct events *out, struct problem *p) {
    struct rows q;
    struct {
        struct {
            int64_t import, rows;
        } * items;
        size_t count, capacity;
    } all = {0};
    enum status st =
        DB_QUERY(w->db, &q, &REPLACED_BY, V_TEXT(k->m.register_id), V_TEXT(k->m.source), V_INT(k->import));
    while (!st && rows_next(&q)) {
        ARENA_PUSH(w->arena, &all)->import = row_int(&q, 0);
        all.items[all.count - 1].rows = row_int(&q, 1);
    }
    enum status over = rows_end(&q);
    if (!st) st = over;
    for (size_t i = 0; i < all.count && !st; i++) {
        st = want_room(k, w, all.items[i].import, p);
        import_move(out, all.items[i].import, all.items[i].rows, "replaced", "current", -k->import, T(""));
    }
    return st;
}

// Its entries go, and are erased like what is due; those that it replaced are as they were.
static enum status undo(struct import_job *k, struct write *w, struct events *out, struct problem *p) {
    if (!text_eq(k->m.state, T("done"))) return wrong_state(&k->m, k->answer, p);
    struct text due = date_print(w->arena, date_add_days(zone_date(k->r->zone, w->now), IMPORT_KEPT_DAYS));
    import_move(out, k->import, k->m.rows, "current", "undone", 0, due);
    import_move(out, k->import, k->m.rows, "ended", "undone", 0, due);
    import_move(out, k->import, k->m.rows, "waiting", "undone", 0, due);
    enum status st = k->m.replaces ? give_back(k, w, out, p) : STATUS_OK;
    draft_text(events_add(out, &EVENT_import_undone, k->import, 0), "register", k->m.register_id);
    return st;
}

static enum status drop(struct import_job *k, struct write *w, struct events *out, struct problem *p) {
    bool may = text_eq(k->m.state, T("received")) || text_eq(k->m.state, T("checked")) ||
               text_eq(k->m.state, T("failed")) || text_eq(k->m.state, T("tried"));
    if (!may) return wrong_state(&k->m, k->answer, p);
    struct text due = date_print(w->arena, zone_date(k->r->zone, w->now));
    if (k->m.rows) import_move(out, k->import, k->m.rows, "importing", "undone", 0, due);
    draft_text(events_add(out, &EVENT_import_dropped, k->import, 0), "register", k->m.register_id);
    return STATUS_OK;
}

static enum status decide(struct write *w, void *argument, struct problem *p) {
    struct import_job *k = argument;
    struct events *out = events_new(w->arena);
    enum status st = import_load(w->db, k->import, k->answer, &k->m);
    if (st) return st;
    st = k->act == IMPORT_CONFIRM ? confirm(k, w, out, p)
         : k->act == IMPORT_UNDO  ? undo(k, w, out, p)
                                  : drop(k, w, out, p);
    if (!st) st = write_events(w, k->actor->account, out);
    if (!st && k->reason.n) { // why is kept with who decided it
        struct access_trace trace = {.case_id = k->import,
                                     .actor = k->actor,
                                     .purpose = k->m.purpose,
                                     .relation = T("none"),
                                     .what = T("register_import"),
                                     .reason = text_head(k->reason, ACCESS_REASON_MAX)};
        st = access_record(w, &trace);
    }
    if (!st && k->act == IMPORT_DROP) st = write_subject_erase(w, k->actor->account, k->import);
    return st;
}

enum status registers_import_act(struct registers *r, const struct actor *actor, const struct look *look,
                                 int64_t import, enum import_act act, struct text reason, struct arena *a,
                                 struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    struct import m;
    enum status st = find(&k, import, &m, p);
    if (st) return st;
    end(&k);
    struct import_job job = {r, actor, k.g, import, act, text_trim(reason), m, a};
    if (act == IMPORT_CONFIRM && !classes_of(&k, k.policy, REGISTER_CONFIRM, k.relation, NULL))
        st = refused(r, k.g, k.policy, actor, look, REGISTER_CONFIRM, k.relation, 0, 0,
                     TEXT_JOIN(a, T("register:"), k.g->of->id), p);
    if (!st && act != IMPORT_CONFIRM &&
        (!job.reason.n || job.reason.n > REGISTER_REASON_MAX || !text_is_utf8(job.reason)))
        st = problem(p, "reason", "required", "problem.register.reason");
    if (!st) st = journal_write(r->journal, decide, &job, a, p);
    if (!st && act == IMPORT_DROP) {
        import_forget_file(r, m.blob);
        import_forget_file(r, m.errors);
    }
    return st;
}

// ---- the thread of the server

static enum status drop_old(struct registers *r, bool *done) {
    struct store *s = journal_store(r->journal);
    struct actor system = actor_system();
    struct arena a = {0};
    struct problem p = {0};
    struct db *db;
    int64_t before = env_now(journal_env(r->journal)).ms - INT64_C(86400000) * IMPORT_KEPT_DAYS;
    struct import_job job = {.r = r, .actor = &system, .act = IMPORT_DROP, .answer = &a};
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = one(db, &OLD, before, &a, &job.m);
    store_reader_release(s, db);
    job.import = job.m.import;
    if (!st) st = journal_write(r->journal, decide, &job, &a, &p);
    if (!st) {
        import_forget_file(r, job.m.blob);
        import_forget_file(r, job.m.errors);
        *done = true;
    }
    arena_free(&a);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status next(struct registers *r, int64_t after, struct arena *a, struct import *m) {
    struct store *s = journal_store(r->journal);
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = one(db, &UNDER_WAY, after, a, m);
    store_reader_release(s, db);
    return st;
}

enum status import_step(struct registers *r, bool *done) {
    struct arena a = {0};
    struct import m = {0};
    struct problem p = {0};
    const struct rights *g;
    enum status st;
    *done = false;
    while (!(st = next(r, m.import, &a, &m))) {
        st = rights_find(r, m.register_id, &g, &p);
        if (st) break;
        if (text_eq(m.state, T("checked")) && needs_second(g, &m)) continue; // for somebody else
        *done = true;
        st = text_eq(m.state, T("received")) ? import_check(r, &m, &p) : import_write(r, &m, done);
        // Somebody recorded the same meanwhile: another look says in which rows, and takes back the others.
        if (st == STATUS_CONFLICT) st = import_check(r, &m, &p);
        break;
    }
    arena_free(&a);
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    return st || *done ? st : drop_old(r, done);
}
