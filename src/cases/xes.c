// xes.c - reads the ways of cases, a hundred in one snapshot, and hands out the document piece by piece.
#include "cases/xes.h"

#include <stdlib.h>
#include <string.h>

#include "cases/stays.h"
#include "cases/xes_inside.h"

// Erased people are left out: when they moved through the house is nobody's business any more. Served by the
// key.
static const struct sql CASES =
    SQL("xes_cases",
        "select case_id, pack_version from case_file where case_id > :after and is_draft = 0 and is_erased "
        "= 0 and (:procedure = '' or procedure = :procedure_is) and made_at >= :from and made_at < :to "
        "order by case_id limit :limit");
static const struct sql TASKS =
    SQL("xes_tasks",
        "select task_id, process, element, opened_at, done_at, done_by, grp from task where case_id = :case");
static const struct sql STAYS =
    SQL("xes_stays", "select token, process, element, entered_at, left_at, kind, is_cut from "
                     "process_stay where case_id = :case");

struct xes {
    struct store *store;
    struct arena kept, piece; // of the whole document, of one piece
    struct xes_question question;
    struct xes_names *names;
    struct key key;
    int64_t from, to, after, traces;
    enum { AT_HEAD, AT_CASES, AT_FOOT, AT_END } at;
};

static int64_t day_start(const struct xes_question *q, struct date d, int64_t otherwise) {
    return d.year ? zone_moment(q->zone, d, 0).ms : otherwise;
}

enum status xes_begin(struct store *s, const struct xes_question *q, struct xes **out) {
    struct xes *x = *out = calloc(1, sizeof *x);
    if (!x) abort();
    x->store = s;
    x->question = *q;
    x->question.procedure = text_copy(&x->kept, q->procedure);
    x->names = xes_names_new(s);
    x->key = key_random(store_env(s));
    x->from = day_start(q, q->from, 0);
    x->to = q->to.year ? zone_moment(q->zone, date_add_days(q->to, 1), 0).ms : INT64_MAX;
    return STATUS_OK;
}

void xes_end(struct xes *x) {
    if (!x) return;
    key_wipe(&x->key);
    xes_names_free(x->names);
    arena_free(&x->piece);
    arena_free(&x->kept);
    free(x);
}

int64_t xes_traces(const struct xes *x) {
    return x->traces;
}

// ---- one case ----

static void add_event(struct xes *x, struct xes_events *list, struct xes_event e) {
    e.order = (int)list->count;
    *ARENA_PUSH(&x->piece, list) = e;
}

static enum status read_tasks(struct xes *x, struct db *db, const struct xes_case *c,
                              struct xes_events *list) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &TASKS, V_INT(c->case_id));
    while (!st && rows_next(&r)) {
        const struct text *name = xes_name(x->names, row_text(&r, 1), row_text(&r, 2));
        if (!name) continue;
        struct xes_event e = {.at = row_int(&r, 3),
                              .token = row_int(&r, 0),
                              .transition = "start",
                              .name = *name,
                              .roles = text_copy(&x->piece, row_text(&r, 6))};
        add_event(x, list, e);
        e.at = row_int(&r, 4);
        e.account = row_int(&r, 5);
        e.transition = e.account ? "complete" : "ate_abort";
        if (e.at) add_event(x, list, e);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_stays(struct xes *x, struct db *db, const struct xes_case *c,
                              struct xes_events *list) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &STAYS, V_INT(c->case_id));
    while (!st && rows_next(&r)) {
        const struct text *name = xes_name(x->names, row_text(&r, 1), row_text(&r, 2));
        int64_t kind = row_int(&r, 5);
        if (!name) continue;
        struct xes_event e = {.at = row_int(&r, 3),
                              .token = row_int(&r, 0),
                              .transition = "start",
                              .name = *name,
                              .is_by_system = true};
        // What begins and ends at one moment is one event.
        if (kind == STAY_WAITED || kind == STAY_INSIDE) add_event(x, list, e);
        e.at = row_int(&r, 4);
        e.transition = row_int(&r, 6) ? "ate_abort" : "complete";
        if (e.at) add_event(x, list, e);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status write_case(struct xes *x, struct db *db, struct xes_case *c, struct out *o) {
    struct xes_events list = {0};
    enum status st = read_tasks(x, db, c, &list);
    if (!st) st = read_stays(x, db, c, &list);
    c->version = xes_names_version(x->names);
    if (st || !list.count) return st; // a file of a former system went through no process here
    xes_put_trace(o, &x->key, c, &list);
    x->traces++;
    return STATUS_OK;
}

// ---- many ----

static enum status find_cases(struct xes *x, struct db *db, struct xes_case *found, size_t *count) {
    struct rows r;
    struct text procedure = x->question.procedure.p ? x->question.procedure : T("");
    enum status st = DB_QUERY(db, &r, &CASES, V_INT(x->after), V_TEXT(procedure), V_TEXT(procedure),
                              V_INT(x->from), V_INT(x->to), V_INT(XES_BATCH));
    for (*count = 0; !st && *count < XES_BATCH && rows_next(&r); ++*count)
        found[*count] = (struct xes_case){.case_id = row_int(&r, 0), .pack_version = row_int(&r, 1)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status write_batch(struct xes *x, struct out *o) {
    struct xes_case found[XES_BATCH];
    struct db *db;
    size_t count = 0;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    st = db_begin_read(db);
    bool is_begun = !st;
    if (!st) st = find_cases(x, db, found, &count);
    for (size_t i = 0; i < count && !st; i++) {
        st = xes_names_of(x->names, found[i].pack_version);
        if (!st) st = write_case(x, db, &found[i], o);
        x->after = found[i].case_id;
    }
    if (is_begun) db_end_read(db);
    store_reader_release(x->store, db);
    if (count < XES_BATCH) x->at = AT_FOOT;
    return st;
}

enum status xes_next(struct xes *x, struct text *piece) {
    enum status st = STATUS_OK;
    arena_reset(&x->piece);
    struct out o = {.arena = &x->piece};
    if (x->at == AT_HEAD) {
        xes_put_head(&o, &x->question);
        x->at = AT_CASES;
    }
    while (!st && !o.n && x->at == AT_CASES) st = write_batch(x, &o); // many cases in a row may have no way
    if (!o.n && x->at == AT_FOOT) {
        out_c(&o, "</log>\n");
        x->at = AT_END;
    }
    *piece = out_done(&o);
    return st;
}
