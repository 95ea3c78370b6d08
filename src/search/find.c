// find.c - one search: admitted, written down, asked of memory, tables and remote sources, and shown.
#include <math.h>
#include <stdlib.h>

#include "identity/identity.h"
#include "search/inside.h"
#include "search/natural_inside.h"
#include "search/rules.h"

struct finding {
    struct search *s;
    const struct actor *actor;
    const struct search_ask *ask;
    struct search_answer *out;
    struct arena *arena;
    struct db *db;
    struct problem *problem;
    struct {
        struct found {
            int64_t record;
            double score;
            bool is_begin; // only its name or number begins so
        } * items;
        size_t count, capacity;
    } found;
};

enum status search_may(struct search *s, const struct actor *actor, struct text purpose, struct text action,
                       struct problem *p) {
    struct access_question q = {
        .action = action, .purpose = purpose, .relation = T("none"), .attribute_class = T("identity")};
    return cases_may(s->cases, actor, &q, p);
}

// ---- where to look

static void add(struct finding *f, struct found x) {
    for (size_t i = 0; i < f->found.count; i++) {
        struct found *h = &f->found.items[i];
        if (h->record != x.record) continue;
        if (x.score > h->score) h->score = x.score;
        h->is_begin &= x.is_begin;
        return;
    }
    *ARENA_PUSH(f->arena, &f->found) = x;
}

static enum status by_person_number(struct finding *f) {
    struct natural_view v;
    int64_t natural;
    enum status st = natural_by_number(f->db, f->out->query.person, &natural);
    if (!st) st = natural_read(f->db, natural, f->arena, &v);
    for (size_t i = 0; !st && i < v.records.count; i++)
        add(f, (struct found){.record = v.records.items[i].record, .score = 1});
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static struct text squeezed(struct arena *a, struct text number) {
    struct text key = identity_search_key(a, number);
    struct out o = {.arena = a};
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] != ' ') out_byte(&o, key.p[i]);
    return out_done(&o);
}

// By the applicant; of a case that is about nobody yet its own line.
static enum status add_case(struct finding *f, const struct work_row *row, struct found x) {
    static const struct sql APPLICANT = SQL(
        "search_applicant", "select person_id from person where case_id = :case order by position limit 1");
    enum status st = DB_INT(f->db, &x.record, &APPLICANT, V_INT(row->case_id));
    if (!st) add(f, x);
    if (st != STATUS_NOT_FOUND) return st;
    *ARENA_PUSH(f->arena, &f->out->files) = *row;
    return STATUS_OK;
}

// Cases by number, and by names that begin so. A number that is one case's alone is that case; while the
// index is loading, a name is a possible hit. Whose roles show nothing of any case (recorded) may still find
// entries.
static enum status by_case_keys(struct finding *f, struct text typed, bool is_number) {
    struct work_list list;
    struct text wanted = squeezed(f->arena, typed);
    enum status st = cases_find(f->s->cases, f->actor, &f->ask->look, typed, f->arena, &list, f->problem);
    if (st == STATUS_REFUSED) return *f->problem = (struct problem){0}, STATUS_OK;
    for (size_t i = 0; i < list.count && !st; i++) {
        bool is_it = list.count == 1 || text_eq(squeezed(f->arena, list.rows[i].case_no), wanted);
        struct found x = {.score = is_number && is_it ? 1 : 0};
        if (!is_number && f->out->is_loading) x.score = search_rules(f->s->cases)->possible;
        x.is_begin = x.score == 0;
        st = add_case(f, &list.rows[i], x);
    }
    return st;
}

static enum status in_memory(struct finding *f) {
    struct index_hits hits = {0};
    const struct compare_rules *rules = search_rules(f->s->cases);
    bool has_name = f->out->query.record.name_count > 0;
    enum status st = memory_search(f->s->memory, &f->out->query.record, SEARCH_HITS_MAX,
                                   has_name ? rules->possible : 0, f->arena, &hits);
    for (size_t i = 0; !st && i < hits.count; i++)
        add(f, (struct found){.record = (int64_t)hits.items[i].id, .score = hits.items[i].score});
    f->out->is_cut = hits.is_cut || hits.count == SEARCH_HITS_MAX;
    return st;
}

static enum status look(struct finding *f) {
    struct search_query *q = &f->out->query;
    enum status st = memory_catch_up(f->s->memory, f->db);
    f->out->is_loading = !memory_is_ready(f->s->memory);
    if (!st && q->kinds == QUERY_PERSON) return by_person_number(f);
    if (!st) st = in_memory(f);
    if (!st && q->number.n && q->kinds & QUERY_NUMBER) st = by_case_keys(f, q->typed, true);
    if (!st && q->name.n && !(q->kinds & QUERY_ZONE && !f->out->is_loading))
        st = by_case_keys(f, q->name, false);
    return st;
}

// ---- how it stands to what was asked

// What a number alone reaches when it is the same to the last character.
static double same_number(const struct compare_rules *rules) {
    return 1 / (1 + exp2(-(rules->prior + rules->weight[FEATURE_NUMBER].agree)));
}

static const char *level_of(const struct finding *f, const struct found *x) {
    const struct compare_rules *rules = search_rules(f->s->cases);
    bool is_number = f->out->query.kinds == QUERY_NUMBER && x->score >= same_number(rules) - 1e-6;
    if (x->is_begin) return "begins";
    if (x->score >= 1 || is_number) return "number";
    return x->score >= rules->likely ? "likely" : "possible";
}

// Those on a list first, those that somebody cleared behind them, those that only begin so last.
static int best_first(const void *x, const void *y) {
    const struct search_hit *a = x, *b = y;
    if (a->is_begin != b->is_begin) return a->is_begin - b->is_begin;
    if (a->is_cleared != b->is_cleared) return a->is_cleared - b->is_cleared;
    if (a->is_watched != b->is_watched) return b->is_watched - a->is_watched;
    return (a->score < b->score) - (a->score > b->score);
}

void hit_against(struct search *s, struct db *db, const struct search_query *query, struct text asked,
                 struct arena *a, struct search_hit *h) {
    h->is_said = !natural_said_of_hit(db, asked, h->record, h->mark, search_today(s), a, &h->said);
    h->is_cleared = h->is_said && h->said.verdict == VERDICT_NOT_SAME;
    h->is_compared = h->shows_who && (query->record.name_count || query->record.number_count);
    if (h->is_compared) identity_compare(&query->record, &h->record_seen, search_rules(s->cases), a, &h->how);
}

static void rate(struct finding *f, struct search_hit *h) {
    for (size_t i = 0; i < f->found.count; i++)
        if (f->found.items[i].record == h->record) {
            h->score = (int)(f->found.items[i].score * 1000);
            h->level = level_of(f, &f->found.items[i]);
            h->is_begin = f->found.items[i].is_begin;
        }
    hit_against(f->s, f->db, &f->out->query, f->out->asked, f->arena, h);
}

static enum status show(struct finding *f) {
    struct search_hits hits = {0};
    struct ids records = {0};
    for (size_t i = 0; i < f->found.count && records.count < SEARCH_HITS_MAX; i++)
        ids_add(f->arena, &records, f->found.items[i].record);
    enum status st = show_records(f->s, f->actor, &f->ask->look, f->db, records.items, records.count, true,
                                  T("search_hit"), f->arena, &hits);
    if (st) return st;
    for (size_t i = 0; i < hits.count; i++) {
        rate(f, &hits.items[i]);
        f->out->open += !hits.items[i].is_cleared && !hits.items[i].is_begin;
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
    const struct sources *others =
        actor->is_client ? NULL : s->sources; // nobody's question goes further than here
    *out = (struct search_answer){0};
    enum status st = search_may(s, actor, ask->look.purpose, T("search"), p);
    if (!st) st = query_read(a, ask->typed, search_today(s), &out->query, p);
    if (!st) out->asked = ask_hash(s, &out->query, a);
    if (!st) st = note_write(s, actor, ask, out, others ? others->count : 0, a, p);
    if (!st) st = sources_begin(others, &out->query, ask->look.purpose, &round);
    if (!st) st = find_local(&f);
    sources_end(round, a, &out->sources);
    return st;
}

enum status search_beside(struct search *s, const struct actor *actor, const struct search_ask *ask,
                          int64_t record, struct arena *a, struct search_beside *out, struct problem *p) {
    struct search_hits hits = {0};
    struct db *db;
    *out = (struct search_beside){0};
    enum status st = search_may(s, actor, ask->look.purpose, T("search"), p);
    if (!st) st = query_read(a, ask->typed, search_today(s), &out->query, p);
    if (!st) st = store_reader(journal_store(s->journal), &db);
    if (st) return st;
    out->asked = ask_hash(s, &out->query, a);
    st = show_records(s, actor, &ask->look, db, &record, 1, false, T("search_hit"), a, &hits);
    if (!st && hits.count) {
        out->hit = hits.items[0];
        hit_against(s, db, &out->query, out->asked, a, &out->hit);
    }
    store_reader_release(journal_store(s->journal), db);
    return st || hits.count ? st : STATUS_NOT_FOUND;
}
