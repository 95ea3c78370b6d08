// find.c - one search: admitted, written down, asked of memory, tables and remote sources, and shown.
#include <math.h>
#include <stdlib.h>

#include "base/encode.h"
#include "identity/identity.h"
#include "search/inside.h"
#include "search/natural_inside.h"
#include "search/rules.h"

// Stream 0: it is about nobody yet. Open fields alone: words of the pack, kinds, and a hash.
const struct event_type EVENT_searched = {"searched", NULL};

struct finding {
    struct search *s;
    const struct actor *actor;
    const struct search_ask *ask;
    struct search_answer *out;
    struct arena *arena;
    struct db *db;
    struct problem *problem;
    struct {
        struct index_hit *items;
        size_t count, capacity;
    } found;
};

enum status search_may(struct search *s, const struct actor *actor, struct text purpose, struct text action,
                       struct problem *p) {
    struct access_question q = {
        .action = action, .purpose = purpose, .relation = T("none"), .attribute_class = T("identity")};
    return cases_may(s->cases, actor, &q, p);
}

// ---- what stays behind

struct searched {
    const struct actor *actor;
    struct text purpose, kinds, asked;
    size_t sources;
};

static enum status write_note(struct write *w, void *argument, struct problem *p) {
    const struct searched *n = argument;
    struct events *out = events_new(w->arena);
    struct event_draft *e = events_add(out, &EVENT_searched, 0, 0);
    (void)p;
    draft_text(e, "purpose", n->purpose);
    draft_text(e, "kinds", n->kinds);
    draft_text(e, "asked", n->asked);
    draft_text(e, "unit", n->actor->unit);
    draft_int(e, "sources", (int64_t)n->sources);
    return write_events(w, n->actor->account, out);
}

// The same for all spellings of one question; without the key nobody can tell what it was.
static struct text hash_asked(struct finding *f) {
    struct text key = identity_search_key(f->arena, f->out->query.typed);
    struct hash h = hash_keyed(&f->s->key, bytes_of(key));
    return hex_encode(f->arena, hash_bytes(&h));
}

static enum status note(struct finding *f) {
    f->out->asked = hash_asked(f);
    struct searched n = {f->actor, f->ask->look.purpose, query_kinds(f->arena, f->out->query.kinds),
                         f->out->asked, f->s->sources ? f->s->sources->count : 0};
    return journal_write_repeatable(f->s->journal, write_note, &n, f->arena, f->problem);
}

// ---- where to look

static void add(struct finding *f, int64_t record, double score) {
    for (size_t i = 0; i < f->found.count; i++) {
        struct index_hit *h = &f->found.items[i];
        if (h->id != (uint64_t)record) continue;
        if (score > h->score) h->score = score;
        return;
    }
    *ARENA_PUSH(f->arena, &f->found) = (struct index_hit){(uint64_t)record, score};
}

static enum status by_person_number(struct finding *f) {
    struct natural_view v;
    int64_t natural;
    enum status st = natural_by_number(f->db, f->out->query.person, &natural);
    if (!st) st = natural_read(f->db, natural, f->arena, &v);
    for (size_t i = 0; !st && i < v.records.count; i++) add(f, v.records.items[i].record, 1);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

// The applicant of each case that has or had this number; while the index is loading, also by name. Whose roles
// show nothing of any case (recorded) may still find entries.
static enum status by_case_keys(struct finding *f, struct text typed) {
    static const struct sql APPLICANT = SQL(
        "search_applicant", "select person_id from person where case_id = :case order by position limit 1");
    struct work_list list;
    enum status st = cases_find(f->s->cases, f->actor, &f->ask->look, typed, f->arena, &list, f->problem);
    if (st == STATUS_REFUSED) return *f->problem = (struct problem){0}, STATUS_OK;
    for (size_t i = 0; i < list.count && !st; i++) {
        int64_t person;
        st = DB_INT(f->db, &person, &APPLICANT, V_INT(list.rows[i].case_id));
        if (!st) add(f, person, f->out->query.kinds & QUERY_NUMBER ? 1 : search_rules(f->s->cases)->possible);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    }
    return st;
}

static enum status in_memory(struct finding *f) {
    struct index_hits hits = {0};
    const struct compare_rules *rules = search_rules(f->s->cases);
    bool has_name = f->out->query.record.name_count > 0;
    enum status st = memory_search(f->s->memory, &f->out->query.record, SEARCH_HITS_MAX,
                                   has_name ? rules->possible : 0, f->arena, &hits);
    for (size_t i = 0; !st && i < hits.count; i++) add(f, (int64_t)hits.items[i].id, hits.items[i].score);
    f->out->is_cut = hits.is_cut || hits.count == SEARCH_HITS_MAX;
    return st;
}

static enum status look(struct finding *f) {
    struct search_query *q = &f->out->query;
    enum status st = memory_catch_up(f->s->memory, f->db);
    f->out->is_loading = !memory_is_ready(f->s->memory);
    if (!st && q->kinds == QUERY_PERSON) return by_person_number(f);
    if (!st) st = in_memory(f);
    if (!st && q->number.n && q->kinds & QUERY_NUMBER) st = by_case_keys(f, q->typed);
    if (!st && q->name.n && f->out->is_loading) st = by_case_keys(f, q->name);
    return st;
}

// ---- how it stands to what was asked

// What a number alone reaches when it is the same to the last character.
static double same_number(const struct compare_rules *rules) {
    return 1 / (1 + exp2(-(rules->prior + rules->weight[FEATURE_NUMBER].agree)));
}

static const char *level_of(const struct finding *f, double score) {
    const struct compare_rules *rules = search_rules(f->s->cases);
    bool is_number = f->out->query.kinds == QUERY_NUMBER && score >= same_number(rules) - 1e-6;
    if (score >= 1 || is_number) return "number";
    return score >= rules->likely ? "likely" : "possible";
}

static int best_first(const void *x, const void *y) {
    const struct search_hit *a = x, *b = y;
    if (a->is_cleared != b->is_cleared) return a->is_cleared - b->is_cleared;
    if (a->is_watched != b->is_watched) return b->is_watched - a->is_watched;
    return (a->score < b->score) - (a->score > b->score);
}

static void rate(struct finding *f, struct search_hit *h) {
    for (size_t i = 0; i < f->found.count; i++)
        if (f->found.items[i].id == (uint64_t)h->record) {
            h->score = (int)(f->found.items[i].score * 1000);
            h->level = level_of(f, f->found.items[i].score);
        }
    h->is_cleared = !natural_released(f->db, f->out->asked, h->record, h->mark, f->arena, &h->cleared);
    h->is_compared = h->shows_who && (f->out->query.record.name_count || f->out->query.record.number_count);
    if (h->is_compared)
        identity_compare(&f->out->query.record, &h->record_seen, search_rules(f->s->cases), f->arena,
                         &h->how);
}

static enum status show(struct finding *f) {
    struct search_hits hits = {0};
    struct ids records = {0};
    for (size_t i = 0; i < f->found.count && records.count < SEARCH_HITS_MAX; i++)
        ids_add(f->arena, &records, (int64_t)f->found.items[i].id);
    enum status st = show_records(f->s, f->actor, &f->ask->look, f->db, records.items, records.count, true,
                                  T("search_hit"), f->arena, &hits);
    if (st) return st;
    for (size_t i = 0; i < hits.count; i++) {
        rate(f, &hits.items[i]);
        f->out->open += !hits.items[i].is_cleared;
    }
    if (hits.count) qsort(hits.items, hits.count, sizeof *hits.items, best_first);
    f->out->hits.items = hits.items;
    f->out->hits.count = hits.count;
    return STATUS_OK;
}

static enum status find_local(struct finding *f) {
    struct store *store = journal_store(f->s->journal);
    enum status st = store_reader(store, &f->db);
    if (st) return st;
    st = look(f);
    if (!st) st = show(f);
    store_reader_release(store, f->db);
    return st;
}

enum status search_run(struct search *s, const struct actor *actor, const struct search_ask *ask,
                       struct arena *a, struct search_answer *out, struct problem *p) {
    struct finding f = {.s = s, .actor = actor, .ask = ask, .out = out, .arena = a, .problem = p};
    struct source_round *round = NULL;
    *out = (struct search_answer){0};
    enum status st = search_may(s, actor, ask->look.purpose, T("search"), p);
    if (!st) st = query_read(a, ask->typed, search_today(s), &out->query, p);
    if (!st) st = note(&f);
    if (!st) st = sources_begin(s->sources, &out->query, ask->look.purpose, &round);
    if (!st) st = find_local(&f);
    sources_end(round, a, &out->sources);
    return st;
}
