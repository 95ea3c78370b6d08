// retention.c - the job that erases: each entry is looked at again, by the law of the day, before it goes.
#include "registers/retention.h"

#include <string.h>

#include "base/log.h"
#include "cases/verification.h"
#include "registers/import_inside.h"

enum { PAGE = 100, REPORTS_MAX = 100 };

static const struct sql DUE =
    SQL("register_due",
        "select e.entry_id, e.due_on from register_entry e where e.due_on <> '' and e.due_on <= :today and"
        " e.due_then <> 'review' and e.state not in ('erased', 'pseudonymised', 'importing', 'waiting') and"
        " (e.due_on, e.entry_id) > (:after_on, :after) order by e.due_on, e.entry_id limit :limit");
static const struct sql DUE_LINES =
    SQL("register_due_lines",
        "select e.register, e.due_rule, e.due_then, count(*) from register_entry e where e.due_on <> '' and"
        " e.due_on <= :today and e.state not in ('erased', 'pseudonymised', 'importing', 'waiting')"
        " group by e.register, e.due_rule, e.due_then order by e.register, e.due_rule, e.due_then");
static const struct sql ALIVE =
    SQL("register_alive",
        "select e.entry_id, e.due_on from register_entry e where e.entry_id > :after and e.state in"
        " ('current', 'ended') order by e.entry_id limit :limit");
// Of a person whose case was erased, and kept for an end that has not come: somebody must say whether it
// still has a reason. Served by register_entry_by_case.
static const struct sql LEFT_BEHIND = SQL(
    "register_left_behind",
    "select e.entry_id, e.due_on from case_file c join register_entry e on e.case_id = c.case_id where"
    " c.is_erased = 1 and e.entry_id > :after and e.case_id <> 0 and e.state = 'current' and e.due_on = ''"
    " and e.due_then <> '' and e.review_on = '' order by e.entry_id limit :limit");
static const struct sql LAST_LAW =
    SQL("register_last_law", "select law, day from register_run order by run_id desc limit 1");
static const struct sql REPORTS = SQL(
    "register_reports", "select run_id, at, day, report from register_run order by run_id desc limit :limit");
static const struct sql RUN_INSERT =
    SQL("register_run_insert",
        "insert into register_run (run_id, at, day, law, report) values (:seq, :at, :day, :law, :report)");

enum status apply_retention_done(struct db *db, const struct event *e) {
    return DB_RUN(db, &RUN_INSERT, V_INT(e->seq), V_INT(e->at.ms), V_TEXT(event_text(e, "day")),
                  V_TEXT(event_text(e, "law")), V_TEXT(event_text(e, "report")));
}

struct keeping {
    struct registers *r;
    struct date today;
    bool is_recheck; // all of them
    bool is_asking;  // those that an erased person left behind
};
// One entry in the writer's thread, and what became of it.
struct turn {
    struct keeping *k;
    int64_t entry;
    struct text register_id, rule, then; // then empty: nothing
    bool is_moved;
    struct arena *answer;
};

// What is left of a pseudonymised entry: codes that a statistic counts by.
static bool tells_nobody(const struct form_field *f) {
    bool is_coded = f->code_list.n || f->option_count || f->kind == FIELD_CHECKBOX;
    bool is_open = text_eq(f->attribute_class, T("statistics")) || text_eq(f->attribute_class, T("public"));
    return is_coded && is_open;
}

static enum status keep_codes(const struct doing *d, struct event_draft *e) {
    struct answers left = {.arena = d->arena};
    for (size_t i = 0; d->g && i < d->e.answers.count; i++) {
        const struct form_field *f = form_field_at(d->g->of->form, d->e.answers.items[i].path);
        enum status st = f && tells_nobody(f)
                             ? answers_set(&left, d->e.answers.items[i].path, d->e.answers.items[i].value)
                             : STATUS_OK;
        if (st) return st;
    }
    draft_bytes(e, "answers", answers_encode(d->arena, &left));
    return STATUS_OK;
}

static enum status go(struct doing *d, struct turn *t, struct text rule, struct text then) {
    bool leaves_codes = text_eq(then, T("pseudonymise"));
    struct event_draft *e = events_add(d->out, &EVENT_entry_erased, d->e.entry, 0);
    draft_text(e, "state", leaves_codes ? T("pseudonymised") : T("erased"));
    draft_text(e, "rule", rule);
    enum status st = leaves_codes ? keep_codes(d, e) : STATUS_OK;
    if (!st) st = write_subject_erase(d->w, 0, d->e.entry);
    if (!st) st = write_events(d->w, 0, d->out);
    t->rule = text_copy(t->answer, rule);
    t->then = text_copy(t->answer, then);
    return st;
}

static bool is_due(const struct keeping *k, struct date due) {
    return due.year && date_cmp(due, k->today) <= 0;
}

static enum status move(struct doing *d, struct turn *t, const struct head *h) {
    struct event_draft *e = events_add(d->out, &EVENT_entry_rescheduled, d->e.entry, d->e.entry);
    draft_head(e, d->arena, h);
    t->is_moved = true;
    return write_events(d->w, 0, d->out);
}

// By the law of today, which may be another than when it was recorded.
static enum status look_again(struct doing *d, struct turn *t) {
    struct head h;
    enum status st = head_now(d, &h);
    if (st) return st;
    bool goes = is_due(t->k, h.derived.due) && !text_eq(h.derived.due_then, T("review"));
    if (goes) return go(d, t, h.derived.due_rule, h.derived.due_then);
    bool is_same = date_eq(h.derived.due, d->e.due) && text_eq(h.derived.due_rule, d->e.due_rule) &&
                   text_eq(h.derived.due_then, d->e.due_then);
    return is_same ? STATUS_OK : move(d, t, &h);
}

static enum status ask_keeper(struct doing *d, struct turn *t) {
    struct head h;
    enum status st = head_now(d, &h);
    if (st || h.derived.due.year || h.derived.review.year || !h.derived.due_then.n) return st;
    h.derived.review = t->k->today;
    t->rule = T("person_erased");
    t->then = T("review");
    return move(d, t, &h);
}

static enum status take_turn(struct write *w, void *argument, struct problem *p) {
    struct turn *t = argument;
    struct actor system = actor_system();
    struct register_act none = {0};
    struct doing d = {.r = t->k->r,
                      .actor = &system,
                      .act = &none,
                      .w = w,
                      .arena = w->arena,
                      .answer = t->answer,
                      .today = t->k->today,
                      .now = w->now,
                      .out = events_new(w->arena),
                      .p = p};
    t->then = T("");
    t->is_moved = false;
    enum status st = entry_load(w->db, t->entry, d.arena, &d.e);
    if (st) return st;
    t->register_id = text_copy(t->answer, d.e.register_id);
    bool is_alive = text_eq(d.e.state, T("current")) || text_eq(d.e.state, T("ended"));
    bool is_gone = text_eq(d.e.state, T("erased")) || text_eq(d.e.state, T("pseudonymised"));
    if (is_gone) return STATUS_OK;
    st = entry_load_layers(w->db, d.arena, &d.e);
    if (st) return st;
    // A register that no pack in force has any more: what was promised when its entries were made holds.
    if (rights_find(t->k->r, d.e.register_id, &d.g, NULL)) d.g = NULL;
    if (t->k->is_asking) return d.g && is_alive ? ask_keeper(&d, t) : STATUS_OK;
    if (d.g && is_alive) return look_again(&d, t);
    return is_due(t->k, d.e.due) ? go(&d, t, d.e.due_rule, d.e.due_then) : STATUS_OK;
}

// ---- pages

struct place {
    struct text on;
    int64_t entry;
};

static enum status read_page(struct keeping *k, struct place *after, struct arena *a, int64_t *entries,
                             size_t *count) {
    struct store *s = journal_store(k->r->journal);
    struct db *db;
    struct rows q;
    *count = 0;
    enum status st = store_reader(s, &db);
    if (st) return st;
    const struct sql *all = k->is_asking ? &LEFT_BEHIND : &ALIVE;
    st = k->is_recheck || k->is_asking ? DB_QUERY(db, &q, all, V_INT(after->entry), V_INT(PAGE))
                                       : DB_QUERY(db, &q, &DUE, V_TEXT(date_print(a, k->today)),
                                                  V_TEXT(after->on), V_INT(after->entry), V_INT(PAGE));
    while (!st && rows_next(&q)) {
        entries[(*count)++] = row_int(&q, 0);
        *after = (struct place){text_copy(a, row_text(&q, 1)), row_int(&q, 0)};
    }
    enum status end = rows_end(&q);
    store_reader_release(s, db);
    return st ? st : end;
}

static void count_line(struct retention_report *out, struct arena *a, struct text g, struct text rule,
                       struct text then, int64_t more) {
    for (size_t i = 0; i < out->lines.count; i++) {
        struct retention_line *l = &out->lines.items[i];
        if (!text_eq(l->register_id, g) || !text_eq(l->rule, rule) || !text_eq(l->then, then)) continue;
        l->count += more;
        return;
    }
    *ARENA_PUSH(a, &out->lines) =
        (struct retention_line){text_copy(a, g), text_copy(a, rule), text_copy(a, then), more};
}

static enum status do_page(struct keeping *k, const int64_t *entries, size_t count, struct arena *a,
                           struct retention_report *out) {
    struct arena one = {0};
    struct turn *turns = ARENA_ARRAY(&one, struct turn, count);
    struct journal_request *list = ARENA_ARRAY(&one, struct journal_request, count);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        turns[i] = (struct turn){.k = k, .entry = entries[i], .answer = &one};
        list[i] = (struct journal_request){.fn = take_turn, .argument = &turns[i], .answer = &one};
    }
    journal_write_each(k->r->journal, list, count);
    for (size_t i = 0; i < count; i++) {
        if (list[i].status) // it stays due, and the next run tries it again
            log_line(LOG_ERROR, "registers.retention", "entry=%lld status=\"%s\"", (long long)entries[i],
                     status_name(list[i].status));
        if (list[i].status == STATUS_FULL || list[i].status == STATUS_STORE) st = list[i].status;
        if (list[i].status) continue;
        if (turns[i].then.n) count_line(out, a, turns[i].register_id, turns[i].rule, turns[i].then, 1);
        out->moved += turns[i].is_moved && k->is_recheck;
        out->looked_at += k->is_recheck;
    }
    arena_free(&one);
    return st;
}

static enum status walk(struct keeping *k, struct arena *a, struct retention_report *out) {
    struct place after = {T(""), 0};
    int64_t entries[PAGE];
    size_t count = PAGE;
    enum status st = STATUS_OK;
    while (!st && count == PAGE) {
        st = read_page(k, &after, a, entries, &count);
        if (!st && count) st = do_page(k, entries, count, a, out);
    }
    return st;
}

// Checks of documents have a table of their own (cases/verification.h), by the retention of this register.
static enum status checks(struct registers *r, bool is_try, struct arena *a, struct retention_report *out) {
    int64_t count;
    enum status st = cases_forget_documents(r->cases, is_try, &count);
    if (!st && count) count_line(out, a, T("verif"), T("checked"), T("erase"), count);
    return st;
}

// ---- the report

static struct text law_of(struct registers *r, struct arena *a) {
    struct procedure_list all;
    struct out o = {.arena = a};
    cases_procedures(r->cases, &all);
    for (size_t i = 0; i < all.count; i++) {
        struct hash hash = pack_hash(all.packs[i]);
        out_printf(&o, "%s" TEXT_FMT "/" TEXT_FMT "/%02x%02x%02x%02x", i ? " " : "",
                   TEXT_ARG(pack_id(all.packs[i])), TEXT_ARG(pack_version(all.packs[i])), hash.b[0],
                   hash.b[1], hash.b[2], hash.b[3]);
    }
    return out_done(&o);
}

static enum status add_due_lines(struct registers *r, struct date today, bool reviews_only, struct arena *a,
                                 struct retention_report *out) {
    struct store *s = journal_store(r->journal);
    struct db *db;
    struct rows q;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_QUERY(db, &q, &DUE_LINES, V_TEXT(date_print(a, today)));
    while (!st && rows_next(&q)) {
        struct text then = row_text(&q, 2);
        if (!reviews_only || text_eq(then, T("review")))
            count_line(out, a, row_text(&q, 0), row_text(&q, 1), then, row_int(&q, 3));
    }
    enum status end = rows_end(&q);
    store_reader_release(s, db);
    return st ? st : end;
}

// Against the last run: is the law another, and was that today?
static enum status last_run(struct registers *r, struct text law, struct text today, bool *is_new,
                            bool *was_today) {
    struct store *s = journal_store(r->journal);
    struct db *db;
    struct rows q;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_ONE(db, &q, &LAST_LAW);
    *is_new = !st && !text_eq(row_text(&q, 0), law);
    *was_today = !st && text_eq(row_text(&q, 1), today);
    enum status end = rows_end(&q);
    store_reader_release(s, db);
    if (st == STATUS_NOT_FOUND) return *is_new = true, STATUS_OK;
    return st ? st : end;
}

struct report_job {
    const struct retention_report *report;
    struct text law;
};

// "ban expired erase 12", a line each.
static enum status write_report(struct write *w, void *argument, struct problem *p) {
    (void)p;
    const struct report_job *job = argument;
    struct out o = {.arena = w->arena};
    for (size_t i = 0; i < job->report->lines.count; i++) {
        const struct retention_line *l = &job->report->lines.items[i];
        out_printf(&o, TEXT_FMT " " TEXT_FMT " " TEXT_FMT " %lld\n", TEXT_ARG(l->register_id),
                   TEXT_ARG(l->rule), TEXT_ARG(l->then), (long long)l->count);
    }
    struct events *out = events_new(w->arena);
    struct event_draft *e = events_add(out, &EVENT_retention_done, 0, 0);
    draft_text(e, "day", date_print(w->arena, job->report->day));
    draft_text(e, "law", job->law);
    draft_text(e, "report", out_done(&o));
    enum status st = write_events(w, 0, out);
    ((struct retention_report *)job->report)->run = w->last;
    return st;
}

enum status registers_retention(struct registers *r, bool is_try, struct arena *a,
                                struct retention_report *out) {
    struct moment now = env_now(journal_env(r->journal));
    struct keeping k = {.r = r, .today = zone_date(r->zone, now)};
    struct text law = law_of(r, a);
    struct problem p;
    *out = (struct retention_report){.at = now, .day = k.today};
    enum status st = checks(r, is_try, a, out);
    if (st || is_try) return st ? st : add_due_lines(r, k.today, false, a, out);
    bool was_today = false;
    st = last_run(r, law, date_print(a, k.today), &k.is_recheck, &was_today);
    bool is_new = k.is_recheck;
    if (!st && is_new) st = walk(&k, a, out); // also erases what is due
    k.is_recheck = false;
    if (!st) st = walk(&k, a, out);
    k.is_asking = true;
    if (!st) st = walk(&k, a, out);
    // Another server, or this one before it began anew, has told today what is to be reviewed.
    bool is_told = was_today && !is_new && !out->lines.count;
    if (!st) st = add_due_lines(r, k.today, true, a, out);
    if (st || is_told || (!out->lines.count && !is_new)) return st;
    struct report_job job = {out, law};
    return journal_write(r->journal, write_report, &job, a, &p);
}

enum status registers_work(struct registers *r, bool *done) {
    struct arena a = {0};
    struct retention_report report;
    struct date today = zone_date(r->zone, env_now(journal_env(r->journal)));
    enum status st = import_step(r, done);
    if (st || *done || date_eq(today, r->kept_on)) return st;
    st = registers_retention(r, false, &a, &report);
    if (!st) r->kept_on = today;
    arena_free(&a);
    return st;
}

static void read_report(struct text report, struct arena *a, struct retention_report *out) {
    struct text line, g, rule, then;
    int64_t count;
    while (text_cut(&report, '\n', &line))
        if (text_cut(&line, ' ', &g) && text_cut(&line, ' ', &rule) && text_cut(&line, ' ', &then) &&
            text_int(line, &count))
            count_line(out, a, g, rule, then, count);
}

enum status registers_retention_reports(struct registers *r, const struct actor *actor,
                                        const struct look *look, struct arena *a,
                                        struct retention_reports *out, struct problem *p) {
    struct register_list all;
    struct store *s = journal_store(r->journal);
    struct db *db;
    struct rows q;
    bool may = false;
    *out = (struct retention_reports){0};
    registers_all(r, a, &all);
    for (size_t i = 0; i < all.count && !may; i++)
        may = registers_might(r, actor, all.items[i]->id, look->purpose, REGISTER_REVIEW);
    if (!may) {
        if (p) *p = (struct problem){.field = "", .rule = "access_role", .text_key = "problem.access.role"};
        return STATUS_REFUSED;
    }
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = DB_QUERY(db, &q, &REPORTS, V_INT(REPORTS_MAX));
    while (!st && rows_next(&q)) {
        struct retention_report *one = ARENA_PUSH(a, out);
        *one = (struct retention_report){.run = row_int(&q, 0), .at = {row_int(&q, 1)}};
        st = date_parse(row_text(&q, 2), &one->day);
        read_report(row_text(&q, 3), a, one);
    }
    enum status end = rows_end(&q);
    store_reader_release(s, db);
    return st ? st : end;
}
