// read_list.c - many entries: found by number, name, birth or column; own ones; and what is to be done.
#include "identity/identity.h"
#include "registers/internal.h"

enum {
    SLOTS = 6,
    NAME_WORDS_MAX = 4,
    COMMON_TERM = 10000, // entries: fewer are looked at one by one; of more, the newest are soon a page
};

// One thing that must hold: an entry has one of these terms of one of these kinds.
struct slot {
    struct text kind, other, a, b, c;
};

#define SLOT(n)                                                                                  \
    " and (:k" #n " = '' or exists (select 1 from register_term t where t.entry_id = e.entry_id" \
    " and t.kind in (:k" #n ", :o" #n ") and t.term in (:a" #n ", :b" #n ", :c" #n ")))"
#define SLOT_ARGS(s)                                                             \
    V_TEXT((s).kind), V_TEXT((s).other.n ? (s).other : (s).kind), V_TEXT((s).a), \
        V_TEXT((s).b.n ? (s).b : (s).a), V_TEXT((s).c.n ? (s).c : (s).a)
// Whose entries: anybody's, the own unit's, those of own cases.
#define WHOSE                                                                          \
    " and (:wide = 1 or (:near = 1 and e.unit = :unit) or (:mine = 1 and e.case_id in" \
    " (select f.case_id from case_file f where f.officer_id = :me)))"
#define ONE_STATE " e.state = :state"
#define ANY_STATE " :state = 'any' and e.state not in ('importing', 'undone')"
#define EITHER "(" ONE_STATE " or (" ANY_STATE "))"
#define WHERE(state)                                              \
    " e.register = :register and" state " and e.entry_id >= :low" \
    " and e.entry_id <= :high" WHOSE SLOT(1) SLOT(2) SLOT(3) SLOT(4) SLOT(5)
#define PAGE " order by e.entry_id desc limit :limit"
#define LIST_OF(name, state) \
    SQL(name, "select " ENTRY_COLUMNS " from register_entry e where" WHERE(state) PAGE)
#define COUNT_OF(name, state)                                                                             \
    SQL(name,                                                                                             \
        "select count(*) from (select e.entry_id from register_entry e where" WHERE(state) " limit :most" \
                                                                                           ") counted")
// Served by register_entry_by_state; of any state by register_entry_by_register.
static const struct sql LIST[] = {LIST_OF("register_list", ONE_STATE),
                                  LIST_OF("register_list_any", ANY_STATE)};
static const struct sql COUNT[] = {COUNT_OF("register_count", ONE_STATE),
                                   COUNT_OF("register_count_any", ANY_STATE)};
// Served by register_term_by_term: all entries of a rare term, newest first.
#define TERM_IN "d.kind in (:k0, :o0) and d.term in (:a0, :b0, :c0) and d.register = :register"
static const struct sql LIST_BY_TERM =
    SQL("register_list_by_term",
        "select " ENTRY_COLUMNS " from register_entry e where e.entry_id in (select d.entry_id"
        " from register_term d where " TERM_IN ") and" WHERE(EITHER) PAGE);
// The same, but from the terms to their entries, whatever order they come in: it stops early.
static const struct sql COUNT_BY_TERM =
    SQL("register_count_by_term",
        "select count(*) from (select distinct e.entry_id from register_term d cross join register_entry e"
        " where e.entry_id = d.entry_id and " TERM_IN " and" WHERE(EITHER) " limit :most) counted");
// Served by register_term_by_term.
static const struct sql IS_NUMBER =
    SQL("register_is_number", "select count(*) from (select 1 from register_term where register = :register"
                              " and kind in ('number', 'plate') and term = :term limit 1) found");

// Served by register_term_by_term.
static const struct sql HOW_MANY =
    SQL("register_how_many",
        "select count(*) from (select 1 from register_term where register = :register and kind in"
        " (:k0, :o0) and term in (:a0, :b0, :c0) limit :most) found");

struct finding {
    struct looking *k;
    const struct entry_filter *f;
    struct slot slots[SLOTS];
    size_t count;
    bool by_term;      // slots[0] is rare: its entries are looked at, not the newest of the register
    int64_t low, high; // of entries: a page, or the one of a reference
    class_set unit, elsewhere;
};

static bool add_slot(struct finding *q, struct slot s) {
    if (!s.a.n || q->count == SLOTS) return q->count < SLOTS;
    q->slots[q->count++] = s;
    return true;
}

// Each word of a name, as it is written or by its sound.
static void add_name_words(struct finding *q, struct text typed, bool also_words) {
    struct identity_keys keys = identity_name_keys(q->k->arena, typed, T(""));
    struct text plain = keys.count ? keys.key[0] : T(""), word, sound = T(""), one;
    for (size_t i = 1; i < keys.count; i++)
        if (keys.key[i].n && keys.key[i].p[0] == '~') sound = text_slice(keys.key[i], 1, keys.key[i].n);
    for (int i = 0; i < NAME_WORDS_MAX && text_cut(&plain, ' ', &word);) {
        bool has_sound = sound.n && text_cut(&sound, ' ', &one) && one.n > 2;
        if (!word.n) continue;
        i++;
        add_slot(q, (struct slot){.kind = T("name"),
                                  .other = also_words ? T("word") : T("name"),
                                  .a = word,
                                  .b = has_sound ? TEXT_JOIN(q->k->arena, T("~"), one) : T("")});
    }
}

// Those that may be it: more precise ones, and ones that are less precise but do not say otherwise.
static void add_birth_slot(struct finding *q, struct text birth) {
    struct arena *a = q->k->arena;
    if (!birth.n) return;
    struct slot s = {.kind = T("birth"), .a = birth};
    if (birth.n > 4) s.b = TEXT_JOIN(a, text_slice(birth, 0, 4), T("="));
    if (birth.n > 7) s.c = TEXT_JOIN(a, text_slice(birth, 0, 7), T("="));
    add_slot(q, s);
}

static const struct sql BY_REFERENCE =
    SQL("register_find_reference", "select entry_id from register_entry where reference = :reference");

static enum status find_reference(struct finding *q, struct text reference) {
    int64_t entry = 0;
    enum status st = DB_INT(q->k->db, &entry, &BY_REFERENCE, V_TEXT(reference));
    if (st && st != STATUS_NOT_FOUND) return st;
    q->low = entry;
    if (entry < q->high) q->high = entry;
    return STATUS_OK;
}

static bool has_digit(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] >= '0' && t.p[i] <= '9') return true;
    return false;
}

// A word with a digit is no part of a name: it is looked for as it stands. Answers the other words.
static struct text add_words_with_digits(struct finding *q, struct text typed) {
    struct text rest = identity_search_key(q->k->arena, typed), word;
    struct out names = {.arena = q->k->arena};
    if (!has_digit(rest)) return typed;
    while (text_cut(&rest, ' ', &word)) {
        if (has_digit(word)) {
            add_slot(q, (struct slot){.kind = T("word"), .other = T("number"), .a = word});
            continue;
        }
        if (names.n) out_byte(&names, ' ');
        out_text(&names, word);
    }
    return out_done(&names);
}

static enum status add_text(struct finding *q, struct text typed) {
    int64_t is_number = 0;
    struct text squeezed = number_term(q->k->arena, typed);
    if (!typed.n) return STATUS_OK;
    struct text prefix = TEXT_JOIN(q->k->arena, q->k->g->of->prefix, T("-"));
    if (text_starts(typed, prefix)) return find_reference(q, typed);
    enum status st = DB_INT(q->k->db, &is_number, &IS_NUMBER, V_TEXT(q->k->g->of->id), V_TEXT(squeezed));
    if (is_number)
        add_slot(q, (struct slot){.kind = T("number"), .other = T("plate"), .a = squeezed});
    else
        add_name_words(q, add_words_with_digits(q, typed), true);
    // Words of which nothing is left (only signs) find nothing.
    if (!is_number && !q->count) add_slot(q, (struct slot){.kind = T("name"), .a = T("?")});
    return st;
}

// A column is asked for by those who may see it, in each relation that rows come by: the answer would tell
// it.
static bool may_ask(const struct finding *q, const struct form_field *f) {
    class_set sets[] = {q->unit, q->elsewhere, q->k->visible},
              class = access_class(q->k->policy, f->attribute_class);
    for (int i = 0; i < 3; i++)
        if (sets[i] && !(sets[i] & class)) return false;
    return f->is_listed;
}

static enum status add_columns(struct finding *q, struct problem *p) {
    for (size_t i = 0; i < q->f->column_count; i++) {
        struct text path = q->f->columns[i].path;
        const struct form_field *field = form_field_at(q->k->g->of->form, path);
        if (!field || !may_ask(q, field))
            return problem(p, text_c(q->k->arena, path), "column_unknown", "problem.register.column");
        if (!q->f->columns[i].value.n) continue;
        if (!add_slot(q, (struct slot){.kind = TEXT_JOIN(q->k->arena, T("="), field->path),
                                       .a = text_head(q->f->columns[i].value, 200)}))
            return problem(p, "", "too_many_filters", "problem.register.filters");
    }
    return STATUS_OK;
}

static enum status make_slots(struct finding *q, struct problem *p) {
    const struct entry_filter *f = q->f;
    enum status st = add_text(q, text_trim(f->text));
    if (f->number.n)
        add_slot(q, (struct slot){.kind = T("number"), .a = number_term(q->k->arena, f->number)});
    if (f->plate.n) add_slot(q, (struct slot){.kind = T("plate"), .a = number_term(q->k->arena, f->plate)});
    add_birth_slot(q, text_trim(f->birth));
    if (f->nationality.n) add_slot(q, (struct slot){.kind = T("nationality"), .a = f->nationality});
    if (!st) st = add_columns(q, p);
    if (f->name.n) add_name_words(q, text_trim(f->name), false);
    return st;
}

// The rarest goes first.
static enum status choose_way(struct finding *q) {
    int64_t least = INT64_MAX, most;
    size_t best = 0;
    for (size_t i = 0; i < q->count; i++) {
        enum status st = DB_INT(q->k->db, &most, &HOW_MANY, V_TEXT(q->k->g->of->id), SLOT_ARGS(q->slots[i]),
                                V_INT(COMMON_TERM));
        if (st) return st;
        if (most < least) least = most, best = i;
    }
    if (!q->count) return STATUS_OK;
    struct slot rarest = q->slots[best];
    q->slots[best] = q->slots[0];
    q->slots[0] = rarest;
    q->by_term = least < COMMON_TERM || q->count == SLOTS;
    return STATUS_OK;
}

#define WHERE_ARGS(s)                                                                                      \
    V_TEXT(q->k->g->of->id), V_TEXT(state_of(q)), V_INT(q->low), V_INT(q->high), V_INT(q->elsewhere != 0), \
        V_INT(q->unit != 0), V_TEXT(q->k->actor->unit), V_INT(q->k->visible != 0),                         \
        V_INT(q->k->actor->account), SLOT_ARGS((s)[1]), SLOT_ARGS((s)[2]), SLOT_ARGS((s)[3]),              \
        SLOT_ARGS((s)[4]), SLOT_ARGS((s)[5])

static struct text state_of(const struct finding *q) {
    return q->f->state.n ? q->f->state : T("current");
}

static enum status query(struct finding *q, struct rows *rows, size_t limit) {
    struct slot s[SLOTS + 1] = {0};
    bool is_any = text_eq(state_of(q), T("any"));
    if (q->by_term)
        return DB_QUERY(q->k->db, rows, &LIST_BY_TERM, SLOT_ARGS(q->slots[0]), WHERE_ARGS(q->slots),
                        V_INT((int64_t)limit + 1));
    for (size_t i = 0; i < q->count; i++) s[i + 1] = q->slots[i];
    return DB_QUERY(q->k->db, rows, &LIST[is_any], WHERE_ARGS(s), V_INT((int64_t)limit + 1));
}

static enum status count(struct finding *q, int64_t *out) {
    bool is_any = text_eq(state_of(q), T("any"));
    return q->count ? DB_INT(q->k->db, out, &COUNT_BY_TERM, SLOT_ARGS(q->slots[0]), WHERE_ARGS(q->slots),
                             V_INT(REGISTER_COUNT_MAX))
                    : DB_INT(q->k->db, out, &COUNT[is_any], WHERE_ARGS(q->slots), V_INT(REGISTER_COUNT_MAX));
}

// What of a row is shown follows from the relation to that entry, and its age.
static enum status add_row(struct looking *k, const struct entry *e, enum register_action action,
                           struct entry_list *out) {
    enum status st = entry_relation(k->db, e, k->actor, &k->relation);
    if (st) return st;
    k->policy = rights_policy(k->g, entry_age_years(k->r, e, k->now));
    class_set visible = classes_of(k, k->policy, action, k->relation, NULL);
    if (!visible) return STATUS_OK;
    row_of(k, e, visible, false, ARENA_PUSH(k->arena, out));
    return STATUS_OK;
}

struct entries {
    struct entry *items;
    size_t count, capacity;
};

static enum status read_entries(struct rows *rows, enum status st, struct arena *a, struct entries *out) {
    while (!st && rows_next(rows)) st = entry_row_read(rows, a, ARENA_PUSH(a, out));
    enum status end = rows_end(rows);
    return st ? st : end;
}

static enum status fill(struct finding *q, size_t limit, struct entry_list *out) {
    struct entries found = {0};
    struct rows rows;
    enum status st = query(q, &rows, limit);
    st = read_entries(&rows, st, q->k->arena, &found);
    if (!st && found.count > limit)
        out->next = text_printf(q->k->arena, "%lld", (long long)found.items[limit - 1].entry);
    for (size_t i = 0; i < found.count && i < limit && !st; i++)
        st = add_row(q->k, &found.items[i], REGISTER_FIND, out);
    return st;
}

static enum status cursor_of(const struct entry_filter *f, int64_t *after, struct problem *p) {
    *after = INT64_MAX;
    if (f->after.n && (!text_int(f->after, after) || *after < 1))
        return problem(p, "after", "cursor", "problem.register.cursor");
    return STATUS_OK;
}

enum status registers_find(struct registers *r, const struct actor *actor, const struct look *look,
                           const struct entry_filter *filter, struct arena *a, struct entry_list *out,
                           struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    struct finding q = {.k = &k, .f = filter};
    size_t limit = filter->limit ? filter->limit : REGISTER_PAGE;
    int64_t after;
    *out = (struct entry_list){.count_known = -1};
    if (limit > REGISTER_PAGE_MAX) limit = REGISTER_PAGE_MAX;
    enum status st = cursor_of(filter, &after, p);
    if (!st) st = looking_begin_list(&k, filter->register_id, REGISTER_FIND, &q.unit, &q.elsewhere, p);
    if (st) return st;
    const struct access_policy *young = k.policy;
    q.high = after - 1;
    st = make_slots(&q, p);
    if (!st) st = choose_way(&q);
    if (!st && !filter->after.n) st = count(&q, &out->count_known);
    k.policy = young;
    if (!st) st = fill(&q, limit, out);
    looking_end(&k);
    return st;
}

// ---- own entries

static const struct sql OWN =
    SQL("register_own",
        "select " ENTRY_COLUMNS " from case_file c join register_entry e on e.person_case = c.case_id"
        " and e.person_id = c.person_id where c.account_id = :account and c.is_draft = 0 and e.state in "
        "('current',"
        " 'ended') order by e.entry_id desc limit :limit");

enum status registers_own(struct registers *r, const struct actor *actor, struct arena *a,
                          struct entry_list *out, struct problem *p) {
    struct look look = {.purpose = T("own_file")};
    struct looking k = {
        .r = r, .actor = actor, .look = &look, .arena = a, .now = env_now(journal_env(r->journal))};
    struct access_trace trace = {
        .actor = actor, .purpose = T("own_file"), .relation = T("self"), .what = T("own_entries")};
    struct entries found = {0};
    struct rows rows;
    *out = (struct entry_list){.count_known = -1};
    if (!actor->account) return problem(p, "", "access_role", "problem.access.role");
    enum status st = access_record_now(r->journal, &trace);
    if (!st) st = store_reader(journal_store(r->journal), &k.db);
    if (st) return st;
    st = DB_QUERY(k.db, &rows, &OWN, V_INT(actor->account), V_INT(REGISTER_PAGE_MAX));
    st = read_entries(&rows, st, a, &found);
    for (size_t i = 0; i < found.count && !st; i++) {
        if (rights_find(r, found.items[i].register_id, &k.g, NULL)) continue; // no longer in the law
        st = add_row(&k, &found.items[i], REGISTER_FIND, out);
    }
    store_reader_release(journal_store(r->journal), k.db);
    return st;
}

// ---- what is to be done

static const struct sql TO_CONFIRM = SQL(
    "register_to_confirm", "select " ENTRY_COLUMNS " from register_entry e where e.register = :register and"
                           " e.waiting <> 0 and e.waits_of <> :me order by e.waiting limit :limit");
static const struct sql TO_REVIEW = SQL(
    "register_to_review",
    "select " ENTRY_COLUMNS " from register_entry e where e.register = :register and e.state in ('current',"
    " 'ended') and ((e.review_on <> '' and e.review_on <= :today) or (e.due_on <> '' and e.due_on <= :today"
    " and e.due_then = 'review')) order by e.review_on, e.entry_id limit :limit");
static const struct sql WITH_FAULT = SQL(
    "register_with_fault", "select " ENTRY_COLUMNS " from register_entry e where e.register = :register and"
                           " e.faults <> 0 order by e.entry_id limit :limit");

static enum status query_todo(struct looking *k, enum register_todo what, struct rows *rows) {
    struct text id = k->g->of->id;
    struct text today = date_print(k->arena, zone_date(k->r->zone, k->now));
    if (what == TODO_CONFIRM)
        return DB_QUERY(k->db, rows, &TO_CONFIRM, V_TEXT(id), V_INT(k->actor->account),
                        V_INT(REGISTER_PAGE_MAX));
    if (what == TODO_REVIEW)
        return DB_QUERY(k->db, rows, &TO_REVIEW, V_TEXT(id), V_TEXT(today), V_INT(REGISTER_PAGE_MAX));
    return DB_QUERY(k->db, rows, &WITH_FAULT, V_TEXT(id), V_INT(REGISTER_PAGE_MAX));
}

enum status registers_todo(struct registers *r, const struct actor *actor, const struct look *look,
                           struct text register_id, enum register_todo what, struct arena *a,
                           struct entry_list *out, struct problem *p) {
    struct looking k = {.r = r, .actor = actor, .look = look, .arena = a};
    enum register_action action = what == TODO_CONFIRM ? REGISTER_CONFIRM : REGISTER_REVIEW;
    class_set unit, elsewhere;
    struct entries found = {0};
    struct rows rows;
    *out = (struct entry_list){.count_known = -1};
    enum status st = looking_begin_list(&k, register_id, action, &unit, &elsewhere, p);
    if (st) return st;
    st = query_todo(&k, what, &rows);
    st = read_entries(&rows, st, a, &found);
    for (size_t i = 0; i < found.count && !st; i++) st = add_row(&k, &found.items[i], action, out);
    looking_end(&k);
    return st;
}
