#include "cases/caseload.h"

#include "base/cbor.h"

// Each is an ordered pass over an index that begins with the case.
static const struct sql CASES = SQL(
    "caseload_cases",
    "select case_id, pack_version, coalesce(case_no, ''), status, track, language, channel, birth,"
    " nationality, is_draft, is_closed, is_erased, is_vulnerable, is_minor, made_at, registered_at,"
    " lodged_at, decided_at, made_on from case_file where case_id between :from and :to order by case_id");
static const struct sql SOME_ANSWERS =
    SQL("caseload_some_answers",
        "select case_id, data from answers where case_id between :from and :to and section in (:s1, :s2, :s3,"
        " :s4, :s5, :s6, :s7, :s8, :s9, :s10, :s11, :s12) order by case_id, section");
static const struct sql ALL_ANSWERS =
    SQL("caseload_all_answers",
        "select case_id, data from answers where case_id between :from and :to order by case_id, section");
static const struct sql PARENTS =
    SQL("caseload_parents",
        "select distinct p.case_id from case_file c join person p on p.case_id = c.case_id where c.case_id"
        " between :from and :to and c.is_minor = 1 and p.role = 'parent' order by p.case_id");
static const struct sql DECISIONS = SQL(
    "caseload_decisions",
    "select case_id, decision_id, outcome, state, is_adverse from decision where case_id between :from and"
    " :to order by case_id, decision_id");
static const struct sql CLOCKS = SQL(
    "caseload_clocks", "select case_id, clock_id, rule, state from clock where case_id between :from and :to"
                       " and is_open = 1 order by case_id, clock_id");
static const struct sql DOCUMENTS =
    SQL("caseload_documents", "select case_id, kind from document where case_id between :from and :to and"
                              " is_removed = 0 order by case_id, document_id");

static const struct sql TASKS =
    SQL("caseload_tasks", "select case_id, element, form, data from task_answers where case_id between :from"
                          " and :to order by case_id, seq");
static const struct sql MESSAGES =
    SQL("caseload_messages", "select case_id, name, name, data from message_answers where case_id between"
                             " :from and :to order by case_id, seq");

// ---- what is wanted ----

static void want_key(struct caseload_want *w, struct text key) {
    for (size_t i = 0; i < w->key_count; i++)
        if (text_eq(w->keys[i], key)) return;
    if (w->key_count == CASELOAD_KEYS)
        w->all_answers = true;
    else
        w->keys[w->key_count++] = key;
}

void caseload_want_reads(struct caseload_want *w, const struct dmn_reads *reads) {
    for (size_t i = 0; i < FACT_NAME_COUNT; i++)
        if (dmn_reads_input(reads, text_of(FACT_NAMES[i].name))) w->facts |= FACT_NAMES[i].fact;
    w->parents |= dmn_reads_member(reads, T("applicant"), T("is_unaccompanied_minor"));
    if (dmn_reads_member(reads, T("flags"), T("opted_out"))) want_key(w, T("channel"));
    if (dmn_reads_member(reads, T("flags"), T("detained"))) want_key(w, T("place_kind"));
    for (size_t i = 0; i < reads->count; i++) {
        const struct dmn_read *r = &reads->items[i];
        if (!text_eq(r->input, T("answers"))) continue;
        if (r->member.n)
            want_key(w, r->member);
        else
            w->all_answers = true;
    }
}

// Is the answer "earlier[0].country" below the key "earlier"?
static bool is_below(struct text path, struct text key) {
    return text_starts(path, key) && (path.n == key.n || path.p[key.n] == '.' || path.p[key.n] == '[');
}

static bool fields_ask(const struct form_field *fields, size_t count, struct text key) {
    for (size_t i = 0; i < count; i++)
        if ((fields[i].path.n && is_below(fields[i].path, key)) ||
            fields_ask(fields[i].children, fields[i].child_count, key))
            return true;
    return false;
}

static bool add_section(struct caseload_want *w, struct text section) {
    for (size_t i = 0; i < CASELOAD_SECTIONS; i++) {
        if (text_eq(w->sections[i], section)) return true;
        if (w->sections[i].n) continue;
        w->sections[i] = section;
        return true;
    }
    return false;
}

static bool find_sections(struct caseload_want *w, const struct form *form, struct text key) {
    bool is_asked = false;
    for (size_t i = 0; form && i < form->section_count; i++) {
        const struct form_section *s = &form->sections[i];
        if (!fields_ask(s->fields, s->field_count, key)) continue;
        is_asked = true;
        if (!add_section(w, s->id)) return false;
    }
    return is_asked;
}

void caseload_want_sections(struct caseload_want *w, const struct pack *const *packs, size_t count) {
    w->all_sections |= w->all_answers;
    for (size_t p = 0; p < count && !w->all_sections; p++)
        for (size_t i = 0; i < w->key_count && !w->all_sections; i++)
            w->all_sections = !find_sections(w, pack_form(packs[p], T("application")), w->keys[i]);
}

// ---- reading ----

static void read_case(struct rows *r, struct arena *a, struct case_state *s) {
    struct text *texts[] = {&s->case_no, &s->status, &s->track,      &s->language,
                            &s->channel, &s->birth,  &s->nationality};
    bool *flags[] = {&s->is_draft, &s->is_closed, &s->is_erased, &s->is_vulnerable, &s->is_minor};
    struct moment *moments[] = {&s->made_at, &s->registered_at, &s->lodged_at, &s->decided_at};
    int column = 2;
    s->case_id = row_int(r, 0);
    s->pack_version = row_int(r, 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(a, row_text(r, column++));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) *flags[i] = row_int(r, column++) != 0;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) moments[i]->ms = row_int(r, column++);
    s->made_on = text_copy(a, row_text(r, column));
    s->answers.arena = a;
}

static enum status read_cases(struct db *db, int64_t from, int64_t to, struct caseload *c) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &CASES, V_INT(from), V_INT(to));
    while (!st && rows_next(&r)) read_case(&r, c->arena, ARENA_PUSH(c->arena, &c->cases));
    enum status end = rows_end(&r);
    return st ? st : end;
}

// The case of a row; both are in order of their ids, so `at` only moves on. NULL: it came a moment later.
static struct case_state *case_of(struct caseload *c, size_t *at, int64_t id) {
    while (*at < c->cases.count && c->cases.items[*at].case_id < id) ++*at;
    return *at < c->cases.count && c->cases.items[*at].case_id == id ? &c->cases.items[*at] : NULL;
}

static bool is_wanted(const struct caseload_want *w, struct text path) {
    for (size_t i = 0; i < w->key_count; i++)
        if (is_below(path, w->keys[i])) return true;
    return w->all_answers;
}

static enum status add_answers(const struct caseload_want *w, struct bytes data, struct answers *out) {
    struct cbor_reader r = cbor_reader(data);
    struct cbor_item map, path, value;
    enum status st = cbor_next(&r, &map);
    if (st || map.kind != CBOR_MAP || map.integer > ANSWERS_MAX) return STATUS_CORRUPT;
    for (int64_t i = 0; i < map.integer && !st; i++) {
        st = cbor_next(&r, &path);
        if (!st) st = cbor_next(&r, &value);
        if (st || path.kind != CBOR_TEXT || value.kind != CBOR_TEXT) return STATUS_CORRUPT;
        if (is_wanted(w, path.text)) st = answers_set(out, path.text, value.text);
    }
    return st;
}

static enum status read_answers(struct db *db, const struct caseload_want *w, int64_t from, int64_t to,
                                struct caseload *c) {
    struct value v[2 + CASELOAD_SECTIONS] = {V_INT(from), V_INT(to)};
    struct rows r;
    size_t at = 0;
    for (size_t i = 0; i < CASELOAD_SECTIONS; i++) v[2 + i] = V_TEXT(w->sections[i]);
    enum status st = w->all_sections ? db_query(db, &r, &ALL_ANSWERS, v, 2)
                                     : db_query(db, &r, &SOME_ANSWERS, v, sizeof v / sizeof *v);
    while (!st && rows_next(&r)) {
        struct case_state *s = case_of(c, &at, row_int(&r, 0));
        if (s) st = add_answers(w, row_bytes(&r, 1), &s->answers);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

typedef enum status part_fn(struct rows *r, struct arena *a, struct case_state *s);

static enum status parent(struct rows *r, struct arena *a, struct case_state *s) {
    (void)r;
    ARENA_PUSH(a, &s->persons)->role = T("parent");
    return STATUS_OK;
}

// The last one stays: the newest.
static enum status decision(struct rows *r, struct arena *a, struct case_state *s) {
    s->decision = (struct decision_row){.id = row_int(r, 1),
                                        .outcome = text_copy(a, row_text(r, 2)),
                                        .state = text_copy(a, row_text(r, 3)),
                                        .is_adverse = row_int(r, 4) != 0};
    return STATUS_OK;
}

static enum status a_clock(struct rows *r, struct arena *a, struct case_state *s) {
    struct clock_state_row *c = ARENA_PUSH(a, &s->clocks);
    *c = (struct clock_state_row){
        .clock_id = row_int(r, 1), .rule = text_copy(a, row_text(r, 2)), .is_open = true};
    return clock_decode(row_bytes(r, 3), &c->clock);
}

static enum status document(struct rows *r, struct arena *a, struct case_state *s) {
    ARENA_PUSH(a, &s->documents)->kind = text_copy(a, row_text(r, 1));
    return STATUS_OK;
}

static enum status given(struct rows *r, struct arena *a, struct given_list *list) {
    struct given_row *g = given_of(a, list, text_copy(a, row_text(r, 1)));
    g->form = text_copy(a, row_text(r, 2));
    return answers_decode(a, bytes_copy(a, row_bytes(r, 3)), &g->answers);
}

static enum status task(struct rows *r, struct arena *a, struct case_state *s) {
    return given(r, a, &s->tasks);
}

static enum status message(struct rows *r, struct arena *a, struct case_state *s) {
    return given(r, a, &s->messages);
}

static enum status read_part(struct db *db, const struct sql *sql, part_fn *fn, int64_t from, int64_t to,
                             struct caseload *c) {
    struct rows r;
    size_t at = 0;
    enum status st = DB_QUERY(db, &r, sql, V_INT(from), V_INT(to));
    while (!st && rows_next(&r)) {
        struct case_state *s = case_of(c, &at, row_int(&r, 0));
        if (s) st = fn(&r, c->arena, s);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status caseload_read(struct db *db, const struct caseload_want *w, int64_t from, int64_t to,
                          struct caseload *c) {
    *c = (struct caseload){.arena = c->arena};
    enum status st = db_begin_read(db);
    if (st) return st;
    st = read_cases(db, from, to, c);
    if (!st && c->cases.count && (w->all_answers || w->key_count)) st = read_answers(db, w, from, to, c);
    if (!st && c->cases.count && w->parents) st = read_part(db, &PARENTS, parent, from, to, c);
    if (!st && w->facts & FACT_DECISION) st = read_part(db, &DECISIONS, decision, from, to, c);
    if (!st && w->facts & FACT_DEADLINE) st = read_part(db, &CLOCKS, a_clock, from, to, c);
    if (!st && w->facts & FACT_DOCUMENTS) st = read_part(db, &DOCUMENTS, document, from, to, c);
    if (!st && w->facts & FACT_TASK) st = read_part(db, &TASKS, task, from, to, c);
    if (!st && w->facts & FACT_MESSAGE) st = read_part(db, &MESSAGES, message, from, to, c);
    db_end_read(db);
    return st;
}
