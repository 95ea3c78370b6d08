// import_check.c - every row against the form, the links, the keys of the register and those of its own file.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "registers/import_inside.h"

enum { WRONG_IN_A_ROW_MAX = 20 };

// Keys of the rows so far, by hash: two rows of one file may not share one.
struct key_set {
    uint64_t *slots;
    size_t count, capacity; // a power of two
};

struct checking_import {
    struct registers *r;
    const struct import *m;
    const struct rights *g;
    const struct access_policy *policy;
    class_set classes;
    struct db *db;
    struct date today;
    struct form_context context;
    struct key_set keys;
    int64_t rows, wrong;
    struct blob_writer *errors; // of the second pass
    enum status st;             // of writing it
};

static bool set_add(struct key_set *s, uint64_t key) {
    if (s->count * 2 >= s->capacity) {
        struct key_set more = {.capacity = s->capacity ? s->capacity * 2 : 1024};
        more.slots = calloc(more.capacity, sizeof *more.slots);
        if (!more.slots) abort(); // as arena_alloc does
        for (size_t i = 0; i < s->capacity; i++)
            if (s->slots[i]) set_add(&more, s->slots[i]);
        free(s->slots);
        *s = more;
    }
    size_t at = key & (s->capacity - 1);
    while (s->slots[at] && s->slots[at] != key) at = (at + 1) & (s->capacity - 1);
    if (s->slots[at]) return false;
    s->slots[at] = key;
    return ++s->count > 0;
}

struct row_check {
    struct checking_import *c;
    struct import_line *line;
    struct arena *a;
    struct form_problems found;
};

static void add_problem(struct row_check *k, const struct problem *p) {
    if (k->found.count == WRONG_IN_A_ROW_MAX) return;
    *ARENA_PUSH(k->a, &k->found) = (struct form_problem){.path = text_of(p->field), .problem = *p};
}

static void add(struct row_check *k, struct text field, const char *rule, const char *key) {
    struct problem p = {.field = text_c(k->a, field), .rule = rule, .text_key = key};
    add_problem(k, &p);
}

static void check_classes(struct row_check *k) {
    for (size_t i = 0; i < k->line->answers.count; i++) {
        struct text path = k->line->answers.items[i].path;
        if (form_field_at(k->c->g->of->form, path) &&
            !rights_shows(k->c->g, k->c->policy, k->c->classes, path))
            add(k, path, "access_class", "problem.register.class");
    }
}

static const struct sql KEY_OF_OTHERS =
    SQL("register_key_of_others",
        "select e.reference from register_key k join register_entry e on e.entry_id = k.entry_id"
        " where k.register = :register and k.key = :key and e.state in ('current', 'importing') and "
        "e.import_id <>"
        " :import and (:replaces = 0 or e.import_id not in (select i.import_id from register_import i where"
        " i.register = :register and i.source = :source and i.state = 'done')) limit 1");

enum status import_key_taken(struct db *db, const struct import *m, struct text key, struct arena *a,
                             struct text *reference) {
    struct rows q;
    enum status st = DB_ONE(db, &q, &KEY_OF_OTHERS, V_TEXT(m->register_id), V_TEXT(key), V_INT(m->import),
                            V_INT(m->replaces), V_TEXT(m->source));
    if (!st) *reference = text_copy(a, row_text(&q, 0));
    enum status end = rows_end(&q);
    return st ? st : end;
}

static enum status check_key(struct row_check *k, struct text key) {
    struct text reference;
    struct hash h = hash_of(bytes_of(key));
    uint64_t short_hash;
    memcpy(&short_hash, h.b, sizeof short_hash);
    if (!set_add(&k->c->keys, short_hash | 1)) add(k, T(""), "key_twice", "problem.import.key_twice");
    enum status st = import_key_taken(k->c->db, k->c->m, key, k->a, &reference);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    struct problem p = {.field = "", .rule = "key_taken", .text_key = "problem.register.key_taken"};
    problem_arg(&p, "reference", reference);
    problem_arg(&p, "fields", key_fields(k->c->g->of, key, k->a));
    add_problem(k, &p);
    return STATUS_OK;
}

static enum status check_rest(struct row_check *k) {
    struct derived d = {0};
    struct problem p = {0};
    struct text key;
    enum status st = derive_links(k->c->db, k->c->g->of, &k->line->answers, k->a, &d, &p);
    if (st == STATUS_INVALID) add_problem(k, &p), st = STATUS_OK;
    derive_terms(k->c->g->of, &k->line->answers, k->a, &d);
    while (!st && text_cut(&d.keys, TERM_END, &key))
        if (key.n) st = check_key(k, key);
    return st;
}

static enum status check_row(struct row_check *k) {
    struct import_line *l = k->line;
    if (l->problem.rule) return add_problem(k, &l->problem), STATUS_OK;
    struct text source = k->c->g->of->source_field;
    if (k->c->m->source.n && source.n && !answers_get(&l->answers, source).n) {
        enum status st = answers_set(&l->answers, source, k->c->m->source);
        if (st) return st;
    }
    form_check(k->c->g->of->form, NULL, &l->answers, &k->c->context, k->a, &k->found);
    if (l->answers.bytes > REGISTER_ANSWERS_MAX) add(k, T(""), "too_long", "problem.register.too_long");
    check_classes(k);
    return check_rest(k);
}

// ---- the file of mistakes

// A pattern's own sentence is in the texts of its pack.
static struct text said(const struct row_check *k, const struct problem *p) {
    struct registers *r = k->c->r;
    struct text t = r->say ? r->say(r->say_context, k->a, p) : text_of(p->text_key);
    if (t.n || !p->text_key) return t;
    struct texts texts = {{pack_catalog(k->c->g->pack)}, 1};
    return texts_get(&texts, T("en"), text_of(p->text_key), NULL);
}

static void add_joined(struct out *o, const struct row_check *k, int what) {
    struct out all = {.arena = k->a};
    for (size_t i = 0; i < k->found.count && i < WRONG_IN_A_ROW_MAX; i++) {
        const struct problem *p = &k->found.items[i].problem;
        if (i) out_c(&all, what == 2 ? " " : ", ");
        if (what == 0) out_c(&all, p->field && *p->field ? p->field : "*");
        if (what == 1) out_c(&all, p->rule);
        if (what == 2) out_text(&all, said(k, p));
    }
    csv_cell(o, out_done(&all), false);
}

static void add_head(struct out *o, const struct import_rows *s) {
    out_c(o, "_line,_field,_rule,_way_out");
    for (size_t i = 0; i < s->head.count; i++)
        if (!(s->head.items[i].n && s->head.items[i].p[0] == '_')) csv_cell(o, s->head.items[i], false);
    out_c(o, "\r\n");
}

static void print_csv(struct out *o, const struct import_rows *s, const struct row_check *k) {
    out_int(o, k->line->line);
    for (int what = 0; what < 3; what++) add_joined(o, k, what);
    for (size_t i = 0; i < s->head.count && i < k->line->cells.count; i++)
        if (!(s->head.items[i].n && s->head.items[i].p[0] == '_'))
            csv_cell(o, k->line->cells.items[i], false);
    out_c(o, "\r\n");
}

// The same line, with what is wrong put behind its opening brace.
static void print_json(struct out *o, const struct row_check *k) {
    struct text line = text_trim(k->line->json);
    struct answers wrong = {.arena = k->a};
    bool is_object = line.n > 1 && line.p[0] == '{' && k->found.count;
    if (is_object) {
        struct text number = text_printf(k->a, "%lld", (long long)k->line->line);
        const struct problem *p = &k->found.items[0].problem;
        struct text way = said(k, p);
        bool good =
            !answers_set(&wrong, T("_line"), number) && !answers_set(&wrong, T("_rule"), text_of(p->rule)) &&
            !answers_set(&wrong, T("_field"), text_of(p->field)) && !answers_set(&wrong, T("_way_out"), way);
        struct text words = good ? answers_json(k->a, &wrong) : T("{}");
        out_text(o, text_slice(words, 0, words.n - 1));
        struct text rest = text_trim(text_slice(line, 1, line.n));
        if (rest.n && rest.p[0] != '}') out_byte(o, ',');
        out_text(o, rest);
    } else {
        out_text(o, line);
    }
    out_byte(o, '\n');
}

static void write_errors(struct checking_import *c, struct text t) {
    if (!c->st) c->st = blob_write(c->errors, bytes_of(t));
}

// ---- a pass

static void note_progress(struct checking_import *c, const struct import_rows *s) {
    int64_t percent = c->m->size ? s->csv.read * 100 / c->m->size : 100;
    atomic_store(&c->r->import_now, c->m->import);
    atomic_store(&c->r->import_percent, percent > 99 ? 99 : percent);
}

static enum status pass(struct checking_import *c, const struct key *k, struct problem *p) {
    struct import_rows s;
    struct arena a = {0};
    enum status st = import_rows_open(c->r, c->m, k, &s, p);
    if (st) return st;
    c->rows = c->wrong = 0;
    if (c->errors && !s.is_json) {
        struct out o = {.arena = &a};
        add_head(&o, &s);
        write_errors(c, out_done(&o));
    }
    for (struct import_line line; !st; c->rows++) {
        arena_reset(&a);
        st = import_rows_next(&s, &a, &line);
        if (st) break;
        if (c->rows == IMPORT_ROWS_MAX) st = problem(p, "", "import_rows", "problem.import.rows");
        struct row_check one = {.c = c, .line = &line, .a = &a};
        if (!st) st = check_row(&one);
        c->wrong += one.found.count > 0;
        struct out o = {.arena = &a};
        if (c->errors && s.is_json) print_json(&o, &one);
        if (c->errors && !s.is_json) print_csv(&o, &s, &one);
        if (c->errors) write_errors(c, out_done(&o));
        if (c->rows % 256 == 0) note_progress(c, &s);
        if (atomic_load(&c->r->is_stopping)) st = STATUS_BUSY;
    }
    import_rows_close(&s);
    arena_free(&a);
    free(c->keys.slots);
    c->keys = (struct key_set){0};
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    return st ? st : c->st;
}

static enum status write_mistakes(struct checking_import *c, const struct key *k, struct blob_info *info,
                                  struct problem *p) {
    enum status st = blob_create(journal_store(c->r->journal), k, INT64_C(2) * IMPORT_BYTES_MAX, &c->errors);
    if (!st) st = pass(c, k, p);
    if (!st) st = blob_finish(&c->errors, info);
    blob_abort(&c->errors);
    return st;
}

struct outcome_job {
    const struct import *m;
    int64_t rows, wrong;
    const struct blob_info *errors; // NULL: none
    const char *rule;               // of the whole file
    struct date today;
};

static enum status tell(struct write *w, void *argument, struct problem *p) {
    (void)p;
    const struct outcome_job *job = argument;
    struct events *out = events_new(w->arena);
    bool failed = job->wrong > 0 || job->rule;
    struct event_draft *e = events_add(out, failed ? &EVENT_import_failed : &EVENT_import_checked,
                                       job->m->import, job->m->import);
    draft_int(e, "rows", job->rows);
    draft_int(e, "wrong", job->wrong);
    draft_text(e, "register", job->m->register_id);
    if (job->rule) draft_text(e, "rule", text_of(job->rule));
    if (job->errors) draft_bytes(e, "errors", hash_bytes(&job->errors->name));
    if (job->m->is_try) draft_bool(e, "is_try", true);
    // It was free of mistakes once, and somebody recorded a key of it while it was being written.
    struct text due = date_print(w->arena, job->today);
    if (failed && job->m->rows) import_move(out, job->m->import, job->m->rows, "importing", "undone", 0, due);
    return write_events(w, 0, out);
}

static class_set classes_of_import(const struct access_policy *policy, struct text names) {
    class_set set = 0;
    struct text one;
    while (text_cut(&names, ',', &one)) set |= access_class(policy, one);
    return set;
}

enum status import_check(struct registers *r, const struct import *m, struct problem *p) {
    struct checking_import c = {
        .r = r, .m = m, .today = zone_date(r->zone, env_now(journal_env(r->journal)))};
    struct blob_info info;
    struct key k;
    struct arena a = {0};
    enum status st = rights_find(r, m->register_id, &c.g, p);
    if (!st) st = store_reader_own(journal_store(r->journal), &c.db);
    if (st) return st;
    c.policy = rights_policy(c.g, 0);
    c.classes = classes_of_import(c.policy, m->classes);
    c.context = pack_form_context(c.g->pack, c.today);
    st = import_key(c.db, m->import, &k);
    if (!st) st = pass(&c, &k, p);
    bool is_wrong = c.wrong > 0;
    struct outcome_job job = {m, c.rows, c.wrong, NULL, NULL, c.today};
    if (st == STATUS_INVALID) job.rule = p->rule, st = STATUS_OK;
    if (!st && !job.rule && !c.rows) job.rule = "import_empty";
    if (!st && is_wrong && !job.rule) {
        st = write_mistakes(&c, &k, &info, p);
        job.errors = &info;
    }
    key_wipe(&k);
    store_reader_own_close(c.db);
    if (!st) st = journal_write(r->journal, tell, &job, &a, p);
    arena_free(&a);
    return st;
}
