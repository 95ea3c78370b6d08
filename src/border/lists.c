// lists.c - a list of a carrier is received, matched in steps, decided on, and erased.
#include <string.h>

#include "base/json.h"
#include "border/lists_inside.h"

enum status lists_may(struct border *b, const struct actor *actor, enum register_action action,
                      struct text id, struct problem *p) {
    if (registers_might(b->registers, actor, id, BORDER_PURPOSE, action)) return STATUS_OK;
    enum status st = problem(p, "", "access_role", "problem.access.role");
    struct access_trace trace = {.actor = actor,
                                 .purpose = BORDER_PURPOSE,
                                 .relation = T("none"),
                                 .what = T("carrier_list"),
                                 .rule = "access_role"};
    st = access_record_now(b->journal, &trace);
    return st ? st : STATUS_REFUSED;
}

// ---- receiving

struct receiving {
    struct border *border;
    const struct actor *actor;
    const struct carrier_around *around;
    struct carrier_received *out;
    int64_t retention_days;
    bool is_repeated;
};

static struct text said_by_all(struct arena *a, const struct passenger_list *l) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < l->people.count; i++) {
        if (i) out_byte(&o, '\n');
        out_text(&o, person_said(a, &l->people.items[i]));
    }
    return out_done(&o);
}

static struct text faults_said(struct arena *a, const struct list_faults *f) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < f->count; i++) {
        const struct problem *p = &f->items[i].p;
        struct json_out j = {.out = &o};
        if (i) out_byte(&o, '\n');
        json_begin_object(&j);
        json_key(&j, "error"), json_put_bool(&j, f->items[i].is_error);
        json_key(&j, "rule"), json_put_text(&j, text_of(p->rule));
        for (int k = 0; k < PROBLEM_ARGS_MAX && p->args[k].name; k++)
            json_key(&j, p->args[k].name), json_put_text(&j, p->args[k].value);
        json_end_object(&j);
    }
    return out_done(&o);
}

// The day of arrival, else of receipt: from it the list is kept for the days that the law gives.
static int64_t erase_day(const struct receiving *x, const struct list_leg *last, struct date today) {
    struct date d;
    if (!last || date_parse(text_head(last->arrives, 10), &d)) d = today;
    return date_to_days(d) + x->retention_days + 1;
}

static enum status add_received(struct write *w, const struct receiving *x, const struct passenger_list *l,
                                int64_t id, struct events *events) {
    const struct list_leg none = {0};
    const struct list_leg *first = l->legs.count ? &l->legs.items[0] : &none;
    const struct list_leg *last = l->legs.count ? &l->legs.items[l->legs.count - 1] : &none;
    enum status st = write_subject(w, id);
    if (st) return st;
    struct event_draft *e = events_add(events, &CARRIER_LIST_RECEIVED, id, id);
    size_t told = l->faults.count, errors = l->faults.errors;
    draft_text(e, "kind", list_kind_word(l->kind));
    draft_text(e, "sender", l->sender);
    draft_text(e, "number", last->number);
    draft_text(e, "carrier", last->carrier);
    draft_text(e, "from", first->from);
    draft_text(e, "to", last->to);
    draft_text(e, "departs", first->departs);
    draft_text(e, "arrives", last->arrives);
    draft_int(e, "people", (int64_t)l->people.count);
    draft_int(e, "errors", (int64_t)errors);
    draft_int(e, "warnings", (int64_t)(told - (errors < told ? errors : told)));
    draft_int(e, "erase_day", erase_day(x, last, zone_date(x->border->zone, w->now)));
    draft_personal_bytes(e, "said", bytes_of(said_by_all(w->arena, l)));
    draft_personal_bytes(e, "faults", bytes_of(faults_said(w->arena, &l->faults)));
    return STATUS_OK;
}

static enum status write_received(struct write *w, void *argument, struct problem *p) {
    struct receiving *x = argument;
    struct carrier_received *out = x->out;
    struct events *events = events_new(w->arena);
    enum status st = x->around ? x->around->before(w, x->around->context, &x->is_repeated, p) : STATUS_OK;
    if (st || x->is_repeated) return st;
    out->count = 0;
    for (size_t i = 0; i < out->lists.count && !st; i++) {
        out->ids[i] = 0;
        if (out->lists.items[i].kind == LIST_NOT_READ) continue;
        out->ids[i] = write_id(w);
        out->count++;
        st = add_received(w, x, &out->lists.items[i], out->ids[i], events);
    }
    if (!st && !out->count) return problem(p, "file", "no_list", "border.no_list");
    if (!st) st = write_events(w, x->actor->account, events);
    return st || !x->around ? st : x->around->after(w, x->around->context, out);
}

enum status carrier_lists_may_send(struct border *b, const struct actor *actor, struct problem *p) {
    struct access_question q = {.action = T("send_carrier_list"),
                                .purpose = BORDER_PURPOSE,
                                .relation = T("none"),
                                .attribute_class = T("identity")};
    return cases_may(registers_cases(b->registers), actor, &q, p);
}

static enum status read_file(struct text file, struct arena *a, struct carrier_received *out,
                             struct problem *p) {
    if (file.n > CARRIER_FILE_MAX) {
        enum status st = problem(p, "file", "too_large", "edifact.too_large");
        problem_arg(p, "max", T("6 MB"));
        return st;
    }
    enum status st = passenger_lists_read(a, file, &out->lists, p);
    if (st || out->lists.count <= CARRIER_LISTS_MAX) return st;
    st = problem(p, "file", "too_many_lists", "border.too_many_lists");
    problem_arg(p, "count", text_printf(a, "%zu", out->lists.count));
    problem_arg(p, "max", text_printf(a, "%d", CARRIER_LISTS_MAX));
    return st;
}

enum status carrier_lists_receive(struct border *b, const struct actor *actor, struct text file,
                                  const struct carrier_around *around, struct arena *a,
                                  struct carrier_received *out, struct problem *p) {
    const struct stay_law *law = border_law(b);
    struct receiving x = {b, actor, around, out, law ? law->retention_days : 0, false};
    *out = (struct carrier_received){0};
    enum status st = carrier_lists_may_send(b, actor, p);
    if (!st) st = read_file(file, a, out, p);
    if (!st) st = journal_write(b->journal, write_received, &x, a, p);
    for (size_t i = 0; i < out->lists.count && !st && !x.is_repeated; i++)
        if (out->ids[i]) st = carrier_list_match(b, out->ids[i], p);
    return st;
}

// ---- matching

struct matching {
    struct border *border;
    int64_t list, matched;
    struct text hits;
};

static enum status write_matched(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct matching *x = argument;
    struct events *events = events_new(w->arena);
    struct event_draft *e = events_add(events, &CARRIER_LIST_MATCHED, x->list, 0);
    draft_int(e, "matched", x->matched);
    draft_text(e, "hits", x->hits);
    return write_events(w, 0, events);
}

static const struct sql UNMATCHED =
    SQL("carrier_unmatched", // by the primary key
        "select p.line, p.said from carrier_person p join carrier_list l on l.list_id = p.list_id"
        " where p.list_id = :list and p.line >= l.matched order by p.line limit :limit");

static enum status match_step(struct border *b, struct db *db, struct matching *x, struct arena *a,
                              int64_t *seen) {
    struct out hits = {.arena = a};
    struct rows rows;
    *seen = 0;
    enum status st = DB_QUERY(db, &rows, &UNMATCHED, V_INT(x->list), V_INT(CARRIER_MATCH_STEP));
    if (st) return st;
    while (rows_next(&rows)) {
        struct carrier_person person = {.line = row_int(&rows, 0)};
        struct watch_hit found[CARRIER_HITS_MAX];
        (*seen)++, x->matched = person.line + 1;
        if (!person_read(a, text_of_bytes(row_bytes(&rows, 1)), &person)) continue;
        size_t n = watch_search(b, &person.who, a, found, CARRIER_HITS_MAX);
        for (size_t i = 0; i < n; i++) {
            struct natural_pair before;
            bool cleared = was_released(b, db, &person.who, found[i].entry, a, &before);
            out_printf(&hits, "%s%lld %lld %d %d %d", hits.n ? "\n" : "", (long long)person.line,
                       (long long)found[i].entry, found[i].score, found[i].by_number, cleared);
        }
    }
    x->hits = out_done(&hits);
    return rows_end(&rows);
}

enum status carrier_list_match(struct border *b, int64_t list, struct problem *p) {
    int64_t seen = CARRIER_MATCH_STEP;
    enum status st = STATUS_OK;
    while (!st && seen == CARRIER_MATCH_STEP) {
        struct arena a = {0};
        struct matching x = {.border = b, .list = list};
        struct db *db;
        st = store_reader(journal_store(b->journal), &db);
        if (st) return st;
        st = watch_refresh(b, db);
        if (!st) st = match_step(b, db, &x, &a, &seen);
        store_reader_release(journal_store(b->journal), db);
        if (!st && seen) st = journal_write(b->journal, write_matched, &x, &a, p);
        arena_free(&a);
    }
    return st;
}

// ---- deciding

static const struct sql HIT_STATE =
    SQL("carrier_hit_open", // by the primary key
        "select count(*) from carrier_hit where list_id = :list and line = :line"
        " and entry_id = :entry and state = 'open'");

struct deciding {
    const struct actor *actor;
    const struct carrier_decision *said;
};

static enum status write_decided(struct write *w, void *argument, struct problem *p) {
    struct deciding *x = argument;
    const struct carrier_decision *d = x->said;
    int64_t open = 0;
    enum status st = DB_INT(w->db, &open, &HIT_STATE, V_INT(d->list), V_INT(d->line), V_INT(d->entry));
    if (st) return st;
    if (!open) {
        st = problem(p, "", "decided", "border.hit_decided");
        return STATUS_CONFLICT;
    }
    struct events *events = events_new(w->arena);
    struct event_draft *e = events_add(events, &CARRIER_HIT_DECIDED, d->list, d->list);
    draft_int(e, "line", d->line);
    draft_int(e, "entry", d->entry);
    draft_text(e, "state", d->is_same ? T("same") : T("not_same"));
    draft_personal_text(e, "reason", text_trim(d->reason));
    return write_events(w, x->actor->account, events);
}

enum status reason_wanted(struct text reason, struct problem *p) {
    bool good = text_trim(reason).n && reason.n <= REGISTER_REASON_MAX && text_is_utf8(reason);
    return good ? STATUS_OK : problem(p, "reason", "reason_missing", "border.decide_reason");
}

static enum status still_open(struct border *b, const struct carrier_decision *d, struct problem *p) {
    struct db *db;
    int64_t open = 0;
    enum status st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    st = DB_INT(db, &open, &HIT_STATE, V_INT(d->list), V_INT(d->line), V_INT(d->entry));
    store_reader_release(journal_store(b->journal), db);
    if (st || open) return st;
    st = problem(p, "", "decided", "border.hit_decided");
    return STATUS_CONFLICT;
}

// What is remembered comes first: a decision that is written is never asked for again.
enum status carrier_hit_decide(struct border *b, struct search *s, const struct actor *actor,
                               const struct carrier_decision *d, struct arena *a, struct problem *p) {
    struct carrier_person person;
    struct deciding x = {actor, d};
    enum status st = lists_may(b, actor, REGISTER_READ, BORDER_ALERT, p);
    if (!st) st = reason_wanted(d->reason, p);
    if (!st) st = still_open(b, d, p);
    if (!st && !d->is_same) {
        st = carrier_person_open(b, actor, d->list, d->line, a, &person, p);
        if (!st) st = border_release(b, s, actor, &person.who, d->entry, d->reason, a, p);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK; // the entry is no more: nothing to remember
    }
    return st ? st : journal_write(b->journal, write_decided, &x, a, p);
}

// ---- erasing

static const struct sql DUE = SQL("carrier_lists_due", // carrier_list_by_erasing
                                  "select list_id from carrier_list where erased_at = 0 and erase_day <= :day"
                                  " order by erase_day limit 1");

struct erasing {
    int64_t day;
    bool done;
};

static enum status write_erased(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct erasing *x = argument;
    int64_t list;
    enum status st = DB_INT(w->db, &list, &DUE, V_INT(x->day));
    x->done = st == STATUS_NOT_FOUND;
    if (st) return x->done ? STATUS_OK : st;
    struct events *events = events_new(w->arena);
    events_add(events, &CARRIER_LIST_ERASED, list, 0);
    st = write_events(w, 0, events);
    return st ? st : write_subject_erase(w, 0, list);
}

// Most times nothing is due: that is seen without the writer.
static enum status is_due(struct border *b, int64_t day, bool *due) {
    struct db *db;
    int64_t list;
    enum status st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    st = DB_INT(db, &list, &DUE, V_INT(day));
    store_reader_release(journal_store(b->journal), db);
    *due = !st;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status carrier_lists_erase(struct border *b, struct date today, int64_t *count, struct problem *p) {
    struct arena a = {0};
    struct erasing x = {date_to_days(today), false};
    bool due = false;
    *count = 0;
    enum status st = is_due(b, x.day, &due);
    if (st || !due) return st;
    for (*count = 0; !st && !x.done; *count += !st && !x.done)
        st = journal_write(b->journal, write_erased, &x, &a, p);
    arena_free(&a);
    return st;
}
