// memory.c - what changed is read from the tables by its number in the log, so it does not matter which
// server wrote it. Comparing happens after the commit, never in the writer.
#include "search/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cases/identities.h"
#include "search/inside.h"
#include "search/known.h"
#include "search/natural_inside.h"
#include "search/rules.h"

enum {
    CASES_A_STEP = 500,
    ENTRIES_A_STEP = 500,
    STEP_MS = 1000,       // how late a pair may be offered
    ALIKE_MAX = 10,       // pairs that one new record brings: more is a question for a list, not for people
    CATCH_UP_STEPS = 8,   // before a search: what is more than that comes with the thread
    COMPARED_A_STEP = 50, // searches wait for that: a tenth of a second over millions
    FIRST_MAX = 20000, // records that are compared when nothing ever was: more is a whole file, for linkage
};

// A record that came in or changed since it was compared.
struct fresh {
    int64_t record;
    bool is_entry;
};
struct fresh_list {
    struct fresh *items;
    size_t count, capacity;
};
struct offers {
    struct natural_offer *items;
    size_t count, capacity;
};

struct memory {
    struct cases *cases;
    struct registers *registers;
    struct journal *journal;
    struct identity_index *index;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t stop;
    bool is_stopping, is_ready;
    struct known *known;
    struct moment case_at;
    int64_t case_seq, entry_version;
    bool was_compared;               // `compared` is of an earlier run, or this one
    struct natural_through compared; // what came before was compared, by whatever server
    struct fresh_list fresh;         // to be compared, from `fresh_at` on
    size_t fresh_at;
    struct ids gone; // to be forgotten
    struct arena lists;
};

int64_t record_mark(const struct identity_record *r) {
    uint64_t h = 0xcbf29ce484222325u; // FNV-1a; not against anybody, only to see a change
#define MIX(what)                                                                      \
    do {                                                                               \
        struct text t_ = (what);                                                       \
        for (size_t k = 0; k < t_.n; k++) h = (h ^ (uint8_t)t_.p[k]) * 0x100000001b3u; \
        h = (h ^ 0x1f) * 0x100000001b3u;                                               \
    } while (0)
    for (size_t i = 0; i < r->name_count; i++) {
        MIX(r->names[i].family);
        MIX(r->names[i].given);
        MIX(r->names[i].patronymic);
        MIX(r->names[i].whole);
    }
    for (size_t i = 0; i < r->birth_count; i++)
        h = (h ^ (uint64_t)(r->births[i].year * 400 + r->births[i].month * 32 + r->births[i].day)) *
            0x100000001b3u;
    MIX(r->sex);
    for (size_t i = 0; i < r->nationality_count; i++) MIX(r->nationalities[i]);
    MIX(r->birth_place);
    for (size_t i = 0; i < r->number_count; i++) MIX(r->numbers[i].number);
#undef MIX
    h &= 0x7fffffffffffffffu;
    return h ? (int64_t)h : 1;
}

static bool says_anything(const struct identity_record *r) {
    return r->name_count || r->number_count;
}

static void add_fresh(struct memory *m, int64_t record, bool is_entry) {
    if (!m->is_ready && !m->was_compared && m->fresh.count > FIRST_MAX) return;
    *ARENA_PUSH(&m->lists, &m->fresh) = (struct fresh){record, is_entry};
}

// A record as it is now. What is compared changed: people may have to look again.
static enum status take(struct memory *m, int64_t file, const struct identity_record *r, bool is_entry,
                        bool is_new) {
    int64_t mark = record_mark(r);
    if (known_mark(m->known, (int64_t)r->id) == mark) return STATUS_OK;
    enum status st = identity_index_put(m->index, r);
    if (!st) st = known_put(m->known, file, (int64_t)r->id, mark);
    if (!st && is_new) add_fresh(m, (int64_t)r->id, is_entry);
    return st;
}

static void drop(struct memory *m, int64_t record) {
    identity_index_remove(m->index, (uint64_t)record);
    known_remove(m->known, record);
    *ARENA_PUSH(&m->lists, &m->gone) = record;
}

static enum status take_case(struct memory *m, const struct case_identity *c) {
    int64_t before[PERSONS_SHOWN_MAX];
    size_t n = known_of(m->known, c->case_id, before, PERSONS_SHOWN_MAX);
    bool is_new = m->is_ready || c->version > m->compared.seq;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < c->count && !st; i++)
        if (says_anything(&c->persons[i])) st = take(m, c->case_id, &c->persons[i], false, is_new);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < c->count && ((int64_t)c->persons[k].id != before[i] || !says_anything(&c->persons[k])))
            k++;
        if (k == c->count) drop(m, before[i]);
    }
    return st;
}

static enum status take_cases(struct memory *m, struct db *db, size_t *count) {
    struct arena a = {0};
    struct case_identity *list;
    enum status st = cases_identities(db, m->case_at, m->case_seq, CASES_A_STEP, &a, &list, count);
    for (size_t i = 0; i < *count && !st; i++) {
        st = take_case(m, &list[i]);
        m->case_at = list[i].changed;
        m->case_seq = list[i].version;
    }
    arena_free(&a);
    return st;
}

static enum status take_entries(struct memory *m, struct db *db, size_t *count) {
    struct arena a = {0};
    struct entry_identity *list;
    *count = 0;
    if (!m->registers) return STATUS_OK;
    enum status st =
        registers_identities(m->registers, db, m->entry_version, ENTRIES_A_STEP, &a, &list, count);
    for (size_t i = 0; i < *count && !st; i++) {
        struct entry_identity *e = &list[i];
        struct identity_record *r = &e->record;
        identity_add_plates(r, e);
        if (says_anything(r))
            st = take(m, e->entry, r, true, m->is_ready || e->version > m->compared.entry);
        else if (known_mark(m->known, e->entry))
            drop(m, e->entry);
        m->entry_version = e->version;
    }
    arena_free(&a);
    return st;
}

// ---- comparing ----

// STATUS_NOT_FOUND: it is gone.
static enum status fresh_read(struct memory *m, struct db *db, const struct fresh *f, struct arena *a,
                              struct identity_record *out) {
    struct entry_identity e;
    if (!f->is_entry) return cases_identity(db, f->record, a, out);
    enum status st = registers_identity(m->registers, db, f->record, a, &e);
    if (st) return st;
    *out = e.record;
    identity_add_plates(out, &e);
    return says_anything(out) ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status compare(struct memory *m, struct db *db, size_t end, struct arena *a, struct offers *out) {
    enum status st = STATUS_OK;
    for (size_t i = m->fresh_at; i < end && !st; i++) {
        struct identity_record r;
        struct index_hits hits = {0};
        int64_t own = m->fresh.items[i].record;
        st = fresh_read(m, db, &m->fresh.items[i], a, &r);
        if (st == STATUS_NOT_FOUND) {
            st = STATUS_OK;
            continue;
        }
        const struct compare_rules *rules = search_rules(m->cases);
        if (!st) st = identity_index_search(m->index, &r, rules, ALIKE_MAX + 1, rules->possible, a, &hits);
        for (size_t k = 0; k < hits.count && !st; k++) {
            int64_t other = (int64_t)hits.items[k].id;
            if (other == own || known_file(m->known, other) == known_file(m->known, own)) continue;
            struct natural_offer o = {own, other, (int)(hits.items[k].score * 1000),
                                      known_mark(m->known, own), known_mark(m->known, other)};
            if (o.left > o.right)
                o = (struct natural_offer){o.right, o.left, o.score, o.right_mark, o.left_mark};
            *ARENA_PUSH(a, out) = o;
        }
    }
    return st;
}

// What was to be compared and forgotten is; all of it: then `through` says how far.
static void settle(struct memory *m, size_t end, bool *all) {
    m->gone = (struct ids){0};
    m->fresh_at = end;
    *all = end == m->fresh.count;
    if (!*all) return;
    m->compared = (struct natural_through){m->case_at, m->case_seq, m->entry_version};
    m->was_compared = m->case_seq || m->entry_version;
    m->fresh = (struct fresh_list){0};
    m->fresh_at = 0;
    arena_free(&m->lists);
}

// Under the lock what is to be done is taken out; what is written is written without it.
static enum status follow_up(struct memory *m, struct db *db, bool *more) {
    struct arena a = {0};
    struct ids gone = {0};
    struct offers offers = {0};
    bool all = false;
    pthread_mutex_lock(&m->lock);
    bool compares = m->fresh.count || !m->was_compared;
    size_t end =
        m->fresh.count - m->fresh_at > COMPARED_A_STEP ? m->fresh_at + COMPARED_A_STEP : m->fresh.count;
    for (size_t i = 0; i < m->gone.count; i++) ids_add(&a, &gone, m->gone.items[i]);
    enum status st = compare(m, db, end, &a, &offers);
    if (!st) settle(m, end, &all);
    struct natural_through through = m->compared;
    *more |= !st && !all;
    pthread_mutex_unlock(&m->lock);
    if (!st) st = natural_forget(m->journal, gone.items, gone.count);
    bool notes = compares && (all ? through.seq || through.entry : offers.count > 0);
    if (!st && notes) st = natural_offer(m->journal, offers.items, offers.count, &through);
    arena_free(&a);
    return st;
}

// Nothing was ever compared, and there is more than a person could look through: whoever wants that links the
// whole file (docs/quality-identity.md).
static void begin_whole(struct memory *m) {
    m->is_ready = true;
    if (m->was_compared || m->fresh.count <= FIRST_MAX) return;
    m->fresh = (struct fresh_list){0};
    log_line(LOG_INFO, "search.not_compared", "records=%zu most=%d", identity_index_count(m->index),
             FIRST_MAX);
}

static enum status take_some(struct memory *m, struct db *db, bool *more) {
    size_t cases = 0, entries = 0;
    enum status st = take_cases(m, db, &cases);
    if (!st) st = take_entries(m, db, &entries);
    *more = cases == CASES_A_STEP || entries == ENTRIES_A_STEP;
    if (!st && !*more && !m->is_ready) begin_whole(m);
    return st;
}

enum status memory_step(struct memory *m, bool *more) {
    struct db *db;
    struct store *s = journal_store(m->journal);
    enum status st = store_reader(s, &db);
    if (st) return st;
    pthread_mutex_lock(&m->lock);
    st = take_some(m, db, more);
    pthread_mutex_unlock(&m->lock);
    if (!st && memory_is_ready(m)) st = follow_up(m, db, more);
    store_reader_release(s, db);
    return st;
}

enum status memory_catch_up(struct memory *m, struct db *db) {
    bool more = true;
    enum status st = STATUS_OK;
    pthread_mutex_lock(&m->lock);
    for (int i = 0; i < CATCH_UP_STEPS && more && m->is_ready && !st; i++) st = take_some(m, db, &more);
    pthread_mutex_unlock(&m->lock);
    return st;
}

static bool waits(struct memory *m, int64_t ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    pthread_mutex_lock(&m->lock);
    if (!m->is_stopping && ms) pthread_cond_timedwait(&m->stop, &m->lock, &until);
    bool goes_on = !m->is_stopping;
    pthread_mutex_unlock(&m->lock);
    return goes_on;
}

static void *run(void *argument) {
    struct memory *m = argument;
    bool more = true;
    while (waits(m, more ? 0 : STEP_MS)) {
        enum status st = memory_step(m, &more);
        if (st) log_line(LOG_WARNING, "search.follow", "status=\"%s\"", status_name(st));
        if (st) more = false;
    }
    return NULL;
}

static enum status read_compared(struct memory *m) {
    static const struct sql COMPARED =
        SQL("natural_compared_through",
            "select through_at, through_seq, through_entry from natural_compared where one = 1");
    struct rows r;
    struct db *db;
    enum status st = store_reader(journal_store(m->journal), &db);
    if (st) return st;
    st = DB_ONE(db, &r, &COMPARED);
    if (!st) {
        m->compared = (struct natural_through){{row_int(&r, 0)}, row_int(&r, 1), row_int(&r, 2)};
        m->was_compared = true;
    }
    enum status end = rows_end(&r);
    if (end && !st) st = end;
    store_reader_release(journal_store(m->journal), db);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status memory_open(struct cases *c, struct registers *r, bool by_hand, struct memory **out) {
    struct memory *m = calloc(1, sizeof *m);
    if (!m) return STATUS_FULL;
    m->cases = c;
    m->registers = r;
    m->journal = cases_journal(c);
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->stop, NULL);
    *out = m;
    enum status st = identity_index_new(&m->index);
    if (!st) st = known_new(&m->known);
    if (!st) st = read_compared(m);
    if (!st && !by_hand) {
        m->has_thread = pthread_create(&m->thread, NULL, run, m) == 0;
        st = m->has_thread ? STATUS_OK : STATUS_BUSY;
    }
    if (!st) return STATUS_OK;
    memory_close(m);
    *out = NULL;
    return st;
}

void memory_close(struct memory *m) {
    if (!m) return;
    pthread_mutex_lock(&m->lock);
    m->is_stopping = true;
    pthread_cond_broadcast(&m->stop);
    pthread_mutex_unlock(&m->lock);
    if (m->has_thread) pthread_join(m->thread, NULL);
    identity_index_free(m->index);
    known_free(m->known);
    arena_free(&m->lists);
    pthread_cond_destroy(&m->stop);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

bool memory_is_ready(struct memory *m) {
    pthread_mutex_lock(&m->lock);
    bool ready = m->is_ready;
    pthread_mutex_unlock(&m->lock);
    return ready;
}

enum status memory_search(struct memory *m, const struct identity_record *query, size_t limit,
                          double score_min, struct arena *a, struct index_hits *out) {
    return identity_index_search(m->index, query, search_rules(m->cases), limit, score_min, a, out);
}

int64_t memory_mark(struct memory *m, int64_t record) {
    pthread_mutex_lock(&m->lock);
    int64_t mark = known_mark(m->known, record);
    pthread_mutex_unlock(&m->lock);
    return mark;
}

size_t memory_count(struct memory *m) {
    return identity_index_count(m->index);
}
