// read_lists.c - the work list, search, one's own cases, and load by officer.
#include <stdio.h>

#include "cases/reading.h"

// Of which procedures the actor sees something: anywhere, or in the own unit. ",id,id,", or "*" for all.
#define WORK_SCOPE                                                                            \
    " and (:wide = '*' or ((c.unit = '' or c.unit = :own_unit or c.officer_id = :reader) and" \
    " (:near = '*' or replace(:near, ',' || c.procedure || ',', '') <> :near))"               \
    " or replace(:wide, ',' || c.procedure || ',', '') <> :wide)"
// The filters of the work list; empty text and zero mean any. One order of arguments for all statements.
#define WORK_WHERE                                                                                          \
    " c.is_draft = 0 and c.due_at >= :due_low and c.due_at <= :due_high"                                    \
    " and (:officer = 0 or c.officer_id = :officer_is) and (:unit = '' or c.unit = :unit)"                  \
    " and (:status = '' or c.status = :status) and (:task = '' or c.task = :task)"                          \
    " and (:nationality = '' or c.nationality = :nationality) and (:track = '' or c.track = :track)"        \
    " and (:language = '' or c.language = :language) and (:vulnerable = 0 or c.is_vulnerable = 1)"          \
    " and (:minor = 0 or c.is_minor = 1) and (:paper = 0 or c.channel = 'paper') and (:unread = 0 or "      \
    "c.unread > 0)"                                                                                         \
    " and (:procedure = '' or c.procedure = :procedure)" WORK_SCOPE                                         \
    " and (:search = '' or c.case_id in (select k.case_id from case_key k where k.kind = 'name' and k.key " \
    ">= :search"                                                                                            \
    " and k.key < :search_end union select n.case_id from case_key n where n.kind = 'number' and n.key >= " \
    ":number"                                                                                               \
    " and n.key < :number_end))"
#define WORK_OPEN " and c.is_closed = 0"
#define WORK_SELECT "select " CASE_HEAD " from case_file c where"

// Served by case_open_due.
static const struct sql BY_DUE =
    SQL("work_by_due", WORK_SELECT WORK_WHERE WORK_OPEN
        " and (c.due_at, c.case_id) > (:after, :after_id) order by c.due_at, c.case_id limit :limit");
// Served by case_open_officer.
static const struct sql BY_OFFICER = SQL("work_by_officer", WORK_SELECT WORK_WHERE WORK_OPEN
                                         " and c.officer_id = :officer_is and (c.due_at, c.case_id) > "
                                         "(:after, :after_id) order by c.due_at, c.case_id limit :limit");
// Served by case_open_task.
static const struct sql BY_TASK = SQL("work_by_task", WORK_SELECT WORK_WHERE WORK_OPEN
                                      " and c.task = :task and (c.due_at, c.case_id) > (:after, :after_id) "
                                      "order by c.due_at, c.case_id limit :limit");
// Served by case_open_unit.
static const struct sql BY_UNIT = SQL("work_by_unit", WORK_SELECT WORK_WHERE WORK_OPEN
                                      " and c.unit = :unit and (c.due_at, c.case_id) > (:after, :after_id) "
                                      "order by c.due_at, c.case_id limit :limit");
// Served by case_open_procedure.
static const struct sql BY_PROCEDURE =
    SQL("work_by_procedure", WORK_SELECT WORK_WHERE WORK_OPEN
        " and c.procedure = :procedure and (c.due_at, c.case_id) > (:after, :after_id) order by c.due_at,"
        " c.case_id limit :limit");
// Open cases, or open and closed ones: each has an index of its own, so the open ones are found as fast after
// a million closed ones. Served by case_open_made, case_open_changed, case_closed_made, case_closed_changed.
#define PAGE(closed, order, after, way)                                                        \
    WORK_SELECT WORK_WHERE " and c.is_closed = " closed " and (c." order ", c.case_id) " after \
                           " (:after, :after_id) order by c." order way ", c.case_id" way " limit :limit"
#define BOTH(order, after, way)                                                                            \
    "select * from (select * from (" PAGE("0", order, after, way) ") as o union all select * from (" PAGE( \
        "1", order, after, way) ") as c) as b order by " order way ", case_id" way " limit :limit"
static const struct sql OLDEST = SQL("work_oldest", PAGE("0", "made_at", ">", ""));
static const struct sql NEWEST = SQL("work_newest", PAGE("0", "made_at", "<", " desc"));
static const struct sql CHANGED = SQL("work_changed", PAGE("0", "changed_at", "<", " desc"));
static const struct sql ALL_OLDEST = SQL("work_all_oldest", BOTH("made_at", ">", ""));
static const struct sql ALL_NEWEST = SQL("work_all_newest", BOTH("made_at", "<", " desc"));
static const struct sql ALL_CHANGED = SQL("work_all_changed", BOTH("changed_at", "<", " desc"));
static const struct sql COUNT_OPEN =
    SQL("work_count", "select count(*) from (select 1 from case_file c where" WORK_WHERE WORK_OPEN
                      " limit :limit) as found");
static const struct sql COUNT_OFFICER =
    SQL("work_count_officer", "select count(*) from (select 1 from case_file c where" WORK_WHERE WORK_OPEN
                              " and c.officer_id = :officer_is limit :limit) as found");
static const struct sql COUNT_ALL =
    SQL("work_count_all",
        "select count(*) from (select 1 from case_file c where" WORK_WHERE " limit :limit) as found");

// Without a filter that looks into the row, the index alone counts: case_open_unit, case_open_officer,
// case_open_procedure, case_open_due.
#define COUNT_PLAIN                                                                            \
    "select count(*) from (select 1 from case_file c where c.is_draft = 0 and c.is_closed = 0" \
    " and c.due_at >= :due_low and c.due_at <= :due_high"
static const struct sql PLAIN_UNIT =
    SQL("work_count_plain_unit", COUNT_PLAIN " and c.unit = :unit limit :limit) as found");
static const struct sql PLAIN_OFFICER =
    SQL("work_count_plain_officer", COUNT_PLAIN " and c.officer_id = :officer limit :limit) as found");
static const struct sql PLAIN_PROCEDURE =
    SQL("work_count_plain_procedure", COUNT_PLAIN " and c.procedure = :procedure limit :limit) as found");
static const struct sql PLAIN_ALL = SQL("work_count_plain", COUNT_PLAIN " limit :limit) as found");

enum { FILTER_ARGS = 24, DAY_MS = 86400000 };

struct range {
    int64_t low, high;
};

static struct range due_range(struct text light, struct moment now) {
    if (text_eq(light, T("overdue"))) return (struct range){0, now.ms};
    if (text_eq(light, T("soon"))) return (struct range){now.ms + 1, now.ms + 3 * (int64_t)DAY_MS};
    if (text_eq(light, T("watch")))
        return (struct range){now.ms + 3 * (int64_t)DAY_MS + 1, now.ms + 14 * (int64_t)DAY_MS};
    if (text_eq(light, T("ok"))) return (struct range){now.ms + 14 * (int64_t)DAY_MS + 1, DUE_NONE - 1};
    if (text_eq(light, T("none"))) return (struct range){DUE_NONE, DUE_NONE};
    return (struct range){0, DUE_NONE};
}

static struct text some(struct text t) {
    return t.p ? t : T("");
}

static struct text after_prefix(struct arena *a, struct text key) {
    return TEXT_JOIN(a, key, T("\xF4\x8F\xBF\xBF")); // the last code point sorts after every name
}

// Fills the filter's arguments in the order of WORK_WHERE.
static size_t filter_values(struct reading *r, const struct work_filter *f, const struct procedure_scope *s,
                            struct value *v) {
    struct range due = due_range(some(f->light), env_now(journal_env(r->cases->journal)));
    struct text search = identity_search_key(r->arena, some(f->search)),
                number = number_key(r->arena, some(f->search));
    size_t n = 0;
    v[n++] = V_INT(due.low);
    v[n++] = V_INT(due.high);
    v[n++] = V_INT(f->officer);
    v[n++] = V_INT(f->officer < 0 ? 0 : f->officer);
    struct text words[] = {f->unit, f->status, f->task, f->nationality, f->track, f->language};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) v[n++] = V_TEXT(some(words[i]));
    v[n++] = V_INT(f->only_vulnerable);
    v[n++] = V_INT(f->only_minor);
    v[n++] = V_INT(f->only_paper);
    v[n++] = V_INT(f->only_unread);
    v[n++] = V_TEXT(some(f->procedure));
    v[n++] = V_TEXT(s->wide);
    v[n++] = V_TEXT(r->actor->unit);
    v[n++] = V_INT(r->actor->account);
    v[n++] = V_TEXT(s->near);
    v[n++] = V_TEXT(search);
    v[n++] = V_TEXT(search.n ? after_prefix(r->arena, search) : T(""));
    v[n++] = V_TEXT(number);
    v[n++] = V_TEXT(after_prefix(r->arena, number));
    return n;
}

struct plan {
    const struct sql *rows, *count;
    enum work_order order;
    bool with_closed;
};

static struct plan choose(const struct work_filter *f) {
    enum work_order order = f->include_closed && f->order == ORDER_DUE ? ORDER_CHANGED : f->order;
    bool all = f->include_closed;
    struct plan p = {.order = order, .with_closed = all};
    switch (order) {
    case ORDER_NEWEST: p.rows = all ? &ALL_NEWEST : &NEWEST; break;
    case ORDER_OLDEST: p.rows = all ? &ALL_OLDEST : &OLDEST; break;
    case ORDER_CHANGED: p.rows = all ? &ALL_CHANGED : &CHANGED; break;
    default:
        p.rows = f->officer       ? &BY_OFFICER
                 : f->task.n      ? &BY_TASK
                 : f->unit.n      ? &BY_UNIT
                 : f->procedure.n ? &BY_PROCEDURE
                                  : &BY_DUE;
        break;
    }
    p.count = all ? &COUNT_ALL : f->officer ? &COUNT_OFFICER : &COUNT_OPEN;
    return p;
}

static bool read_cursor(struct text after, int64_t *key, int64_t *id) {
    struct text rest = after, part;
    return text_cut(&rest, '.', &part) && text_int(part, key) && rest.p && text_int(rest, id);
}

static int64_t order_key(enum work_order order, const struct work_row *row) {
    if (order == ORDER_DUE) return row->due.ms ? row->due.ms : DUE_NONE;
    return order == ORDER_CHANGED ? row->changed_at.ms : row->made_at.ms;
}

// Cases of other units show what the actor may see of them, which may be nothing.
static bool row_shows(const struct reading *r, const struct seen_of_pack *s, struct rows *q,
                      const char *attribute_class) {
    struct case_owner o = {.officer = row_int(q, 11), .unit = row_text(q, 20)};
    class_set seen = r->is_list && text_eq(relation_of(r->actor, &o), T("none")) ? s->elsewhere : s->visible;
    return (seen & access_class(s->entry->policy, text_of(attribute_class))) != 0;
}

// Each row by the policy of its own version. A procedure that is closed to the actor is not even named.
static enum status read_rows(struct reading *r, const struct sql *sql, const struct value *args, size_t n,
                             size_t limit, struct work_list *list) {
    struct rows q;
    size_t capacity = 0;
    enum status st = db_query(r->db, &q, sql, args, n);
    while (!st && list->count < limit && rows_next(&q)) {
        const struct seen_of_pack *s = case_reading_seen(r, row_int(&q, 22));
        if (!s->is_known) continue;
        list->rows = arena_grow(r->arena, list->rows, list->count, &capacity, sizeof *list->rows);
        struct work_row *row = &list->rows[list->count++];
        case_head_read(r, &q, row, row_shows(r, s, &q, "identity"));
        // Who has a number learns that the case is there, and that a reason would open it.
        if (!row_shows(r, s, &q, "public"))
            *row = (struct work_row){.case_id = row->case_id, .case_no = row->case_no};
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

// The statement that counts from an index alone, with what it is asked about; NULL when rows must be looked
// at.
static const struct sql *plain_count(const struct reading *r, const struct work_filter *f,
                                     const struct procedure_scope *s, struct value *about) {
    bool looks_into_rows = f->status.n || f->task.n || f->nationality.n || f->track.n || f->language.n ||
                           f->only_vulnerable || f->only_minor || f->only_paper || f->only_unread ||
                           f->search.n;
    bool sees_all = text_eq(s->wide, T("*")), sees_own = sees_all || text_eq(s->near, T("*"));
    if (looks_into_rows) return NULL;
    if (f->procedure.n) { // a filter, or the only one that the actor sees
        struct text listed = TEXT_JOIN(r->arena, T(","), f->procedure, T(","));
        size_t at;
        *about = V_TEXT(f->procedure);
        bool sees_it = sees_all || text_find(s->wide, listed, &at);
        return sees_it && !f->officer && !f->unit.n ? &PLAIN_PROCEDURE : NULL;
    }
    *about = V_INT(f->officer < 0 ? 0 : f->officer);
    if (f->officer && !f->unit.n)
        return sees_all || (sees_own && f->officer == r->actor->account) ? &PLAIN_OFFICER : NULL;
    *about = V_TEXT(f->unit);
    if (f->unit.n && !f->officer)
        return sees_all || (sees_own && text_eq(f->unit, r->actor->unit)) ? &PLAIN_UNIT : NULL;
    return sees_all && !f->unit.n ? &PLAIN_ALL : NULL;
}

// How many there are in all; *v has the filter's values first, `n` of them.
static enum status count_total(struct reading *r, const struct work_filter *f,
                               const struct procedure_scope *s, const struct plan *plan, struct value *v,
                               size_t n, struct work_list *list) {
    struct value plain[4] = {v[0], v[1]}; // due
    const struct sql *sql = plan->with_closed ? NULL : plain_count(r, f, s, &plain[2]);
    struct value limit = V_INT(WORK_COUNT_MAX + 1);
    size_t count = sql == &PLAIN_ALL ? 2 : 3;
    plain[count] = limit;
    v[n] = limit;
    enum status st = sql ? db_int(r->db, &list->total, sql, plain, count + 1)
                         : db_int(r->db, &list->total, plan->count, v, n + 1);
    list->total_is_capped = list->total > WORK_COUNT_MAX;
    if (list->total_is_capped) list->total = WORK_COUNT_MAX;
    return st;
}

static enum status read_page(struct reading *r, const struct work_filter *asked, struct work_list *list) {
    struct procedure_scope scope = case_reading_scope(r, NULL);
    struct work_filter with = *asked, *f = &with;
    if (!f->procedure.n) f->procedure = scope.only;
    struct plan plan = choose(f);
    struct value v[FILTER_ARGS + 8];
    size_t limit = f->limit && f->limit <= EXPORT_ROWS_MAX ? f->limit : 50;
    bool down = plan.order == ORDER_NEWEST || plan.order == ORDER_CHANGED;
    int64_t key = down ? INT64_MAX : -1, id = down ? INT64_MAX : 0;
    if (text_trim(f->search).n && !identity_search_key(r->arena, f->search).n)
        return STATUS_OK; // nothing is called "--"
    if (f->after.n && !read_cursor(f->after, &key, &id)) return STATUS_INVALID;
    size_t n = filter_values(r, f, &scope, v);
    size_t filters = n;
    v[n++] = V_INT(key);
    v[n++] = V_INT(id);
    v[n++] = V_INT((int64_t)limit + 1);
    enum status st = read_rows(r, plan.rows, v, n, limit + 1, list);
    if (st) return st;
    if (list->count > limit) {
        const struct work_row *last = &list->rows[--list->count - 1];
        list->next = text_printf(r->arena, "%lld.%lld", (long long)order_key(plan.order, last),
                                 (long long)last->case_id);
    }
    return count_total(r, f, &scope, &plan, v, filters, list);
}

enum status cases_work_list(struct cases *c, const struct actor *actor, const struct look *look,
                            const struct work_filter *filter, struct arena *a, struct work_list *list,
                            struct problem *p) {
    struct reading r;
    *list = (struct work_list){0};
    enum status st = case_reading_begin_list(c, actor, look, T("work_list"), a, &r, p);
    if (st) return st;
    st = read_page(&r, filter, list);
    case_reading_end(&r);
    return st == STATUS_INVALID ? problem(p, "after", "cursor", "problem.list.cursor") : st;
}

// ---- search ----

static const struct sql FIND_NUMBER =
    SQL("find_number", "select " CASE_HEAD " from case_key k join case_file c on c.case_id = k.case_id"
                       " where k.kind = 'number' and k.key >= :key and k.key < :end order by k.key limit 20");
static const struct sql FIND_NAME =
    SQL("find_name",
        "select " CASE_HEAD " from case_file c where c.case_id in (select k.case_id from case_key k"
        " where k.kind = 'name' and k.key >= :key and k.key < :end limit 200) and c.is_draft = 0" WORK_SCOPE
        " order by c.is_closed, c.due_at, c.case_id limit 20");

enum { FOUND_MAX = 20 };

static void add_found(struct work_list *list, const struct work_list *more) {
    for (size_t i = 0; i < more->count && list->count < FOUND_MAX; i++) {
        size_t k = 0;
        while (k < list->count && list->rows[k].case_id != more->rows[i].case_id) k++;
        if (k == list->count) list->rows[list->count++] = more->rows[i];
    }
}

static enum status find_by_number(struct reading *r, struct text key, struct work_list *list) {
    struct work_list found = {0};
    if (key.n < 2) return STATUS_OK;
    struct value v[] = {V_TEXT(key), V_TEXT(after_prefix(r->arena, key))};
    enum status st = read_rows(r, &FIND_NUMBER, v, 2, FOUND_MAX, &found);
    add_found(list, &found);
    return st;
}

// Finding somebody by name is seeing who they are.
static enum status find_by_name(struct reading *r, struct text key, struct work_list *list) {
    struct work_list found = {0};
    struct procedure_scope scope = case_reading_scope(r, "identity");
    if (key.n < 2 || !(scope.wide.n || scope.near.n)) return STATUS_OK;
    struct value v[] = {V_TEXT(key),
                        V_TEXT(after_prefix(r->arena, key)),
                        V_TEXT(scope.wide),
                        V_TEXT(r->actor->unit),
                        V_INT(r->actor->account),
                        V_TEXT(scope.near)};
    enum status st = read_rows(r, &FIND_NAME, v, 6, FOUND_MAX, &found);
    add_found(list, &found);
    return st;
}

enum status cases_find(struct cases *c, const struct actor *actor, const struct look *look, struct text query,
                       struct arena *a, struct work_list *list, struct problem *p) {
    struct reading r;
    *list = (struct work_list){.rows = ARENA_ARRAY(a, struct work_row, FOUND_MAX)};
    if (query.n > 200) return problem(p, "query", "too_long", "problem.text.long");
    enum status st = case_reading_begin_list(c, actor, look, T("search"), a, &r, p);
    if (st) return st;
    st = find_by_number(&r, number_key(a, query), list);
    struct identity_keys names = identity_name_keys(a, query, T(""));
    if (!st) st = find_by_name(&r, identity_search_key(a, query), list);
    for (size_t i = 0; i < names.count && !st; i++) st = find_by_name(&r, names.key[i], list);
    list->total = (int64_t)list->count;
    case_reading_end(&r);
    return st;
}

// ---- one's own ----

// Served by case_by_account.
static const struct sql OWN =
    SQL("own_cases", "select " CASE_HEAD " from case_file c where c.account_id = :account"
                     " order by c.case_id desc limit 50");

enum status cases_own(struct cases *c, const struct actor *actor, struct arena *a, struct work_list *list,
                      struct problem *p) {
    struct reading r;
    *list = (struct work_list){0};
    enum status st = case_reading_begin_own(c, actor, a, &r, p);
    if (st) return st;
    struct value v[] = {V_INT(actor->account)};
    st = read_rows(&r, &OWN, v, 1, 50, list);
    list->total = (int64_t)list->count;
    case_reading_end(&r);
    return st;
}

// ---- load ----

#define LOAD_SELECT                                                                                         \
    "select c.officer_id, count(*), sum(case when c.due_at <= :now then 1 else 0 end),"                     \
    " sum(case when c.due_at > :now and c.due_at <= :soon then 1 else 0 end),"                              \
    " sum(case when c.unread > 0 then 1 else 0 end) from case_file c where c.is_draft = 0 and c.is_closed " \
    "= 0"
#define OF_PROCEDURES " and (:some = '*' or replace(:some, ',' || c.procedure || ',', '') <> :some)"
// Of all procedures: served by case_open_officer alone.
static const struct sql LOAD = SQL("load_by_officer", LOAD_SELECT " group by c.officer_id");
static const struct sql LOAD_SOME =
    SQL("load_by_officer_some", LOAD_SELECT OF_PROCEDURES " group by c.officer_id");
static const struct sql DONE = SQL(
    "done_by_officer", "select t.done_by, count(*) from task t where t.done_at >= :since group by t.done_by");
static const struct sql LATE =
    SQL("late_cases", "select " CASE_HEAD " from case_file c where c.is_draft = 0 and c.is_closed = 0"
                      " and c.due_at <= :now" OF_PROCEDURES " order by c.due_at, c.case_id limit 100");

// The procedures of which the actor sees anything at all.
static struct text seen_procedures(struct reading *r) {
    struct procedure_scope s = case_reading_scope(r, NULL);
    bool all = text_eq(s.wide, T("*")) || text_eq(s.near, T("*"));
    return all ? T("*") : TEXT_JOIN(r->arena, s.wide, s.near);
}

static struct officer_load *load_row(struct officer_load_list *list, int64_t officer) {
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].officer == officer) return &list->rows[i];
    return NULL;
}

static void list_staff(struct reading *r, struct officer_load_list *list, const struct staff_list *staff) {
    list->rows = ARENA_ARRAY(r->arena, struct officer_load, staff->count + 1);
    list->count = 1;
    for (size_t i = 0; i < staff->count; i++)
        list->rows[list->count++] = (struct officer_load){
            .officer = staff->items[i].account, .name = staff->items[i].name, .unit = staff->items[i].unit};
}

static enum status count_load(struct reading *r, struct officer_load_list *list, struct moment now) {
    struct rows q;
    struct text some = seen_procedures(r);
    struct value v[] = {V_INT(now.ms), V_INT(now.ms + 3 * (int64_t)DAY_MS), V_TEXT(some)};
    enum status st =
        text_eq(some, T("*")) ? db_query(r->db, &q, &LOAD, v, 2) : db_query(r->db, &q, &LOAD_SOME, v, 3);
    while (!st && rows_next(&q)) {
        struct officer_load *row = load_row(list, row_int(&q, 0));
        if (!row) continue;
        row->open = row_int(&q, 1);
        row->overdue = row_int(&q, 2);
        row->soon = row_int(&q, 3);
        row->unread = row_int(&q, 4);
    }
    enum status end = rows_end(&q);
    if (st || end) return st ? st : end;
    st = DB_QUERY(r->db, &q, &DONE, V_INT(now.ms - 30 * (int64_t)DAY_MS));
    while (!st && rows_next(&q)) {
        struct officer_load *row = row_int(&q, 0) ? load_row(list, row_int(&q, 0)) : NULL;
        if (row) row->done_30_days = row_int(&q, 1);
    }
    end = rows_end(&q);
    return st ? st : end;
}

enum status cases_load_by_officer(struct cases *c, const struct actor *actor, struct arena *a,
                                  struct officer_load_list *list, struct problem *p) {
    struct reading r;
    struct look look = {.purpose = T("supervision")};
    struct staff_list staff = {0};
    struct work_list late = {0};
    *list = (struct officer_load_list){0};
    enum status st = case_reading_begin_list(c, actor, &look, T("load"), a, &r, p);
    if (st) return st;
    struct moment now = env_now(journal_env(c->journal));
    st = access_staff(r.db, T(""), T(""), false, a, &staff);
    list_staff(&r, list, &staff);
    if (!st) st = count_load(&r, list, now);
    struct value v[] = {V_INT(now.ms), V_TEXT(seen_procedures(&r))};
    if (!st) st = read_rows(&r, &LATE, v, 2, 100, &late);
    list->late = late.rows;
    list->late_count = late.count;
    case_reading_end(&r);
    return st;
}
