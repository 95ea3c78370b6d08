// packs.c - the versions of the law in force, of several procedures side by side: which one counts on a day.
#include "cases/internal.h"

#include "base/log.h"

const struct pack_entry *packs_newest(struct cases *c) {
    pthread_rwlock_rdlock(&c->lock);
    const struct pack_entry *e = c->pack_count ? c->packs[c->pack_count - 1] : NULL;
    pthread_rwlock_unlock(&c->lock);
    return e;
}

static int64_t from_days(const struct pack_entry *e) {
    return date_to_days(pack_valid_from(e->pack));
}

static bool is_of(const struct pack_entry *e, struct text procedure) {
    return text_eq(pack_id(e->pack), procedure);
}

// The version for a day: of those valid on it the one loaded last. A day that none is valid on is no reason
// to have no law: then the last that had begun, else the first that will.
static const struct pack_entry *entry_on(const struct cases *c, struct text procedure, struct date on) {
    const struct pack_entry *begun = NULL, *first = NULL;
    for (size_t i = c->pack_count; i > 0; i--) {
        const struct pack_entry *e = c->packs[i - 1];
        if (!is_of(e, procedure)) continue;
        if (pack_is_valid_on(e->pack, on)) return e;
        bool has_begun = from_days(e) <= date_to_days(on);
        if (has_begun && (!begun || from_days(e) > from_days(begun))) begun = e;
        if (!first || from_days(e) < from_days(first)) first = e;
    }
    return begun ? begun : first;
}

static struct text first_procedure(const struct cases *c) {
    return c->pack_count ? pack_id(c->packs[0]->pack) : T("");
}

const struct pack_entry *packs_on(struct cases *c, struct text procedure, struct date on) {
    pthread_rwlock_rdlock(&c->lock);
    const struct pack_entry *e = entry_on(c, procedure.n ? procedure : first_procedure(c), on);
    pthread_rwlock_unlock(&c->lock);
    return e;
}

static struct pack_entries entries_on(const struct cases *c, struct date on) {
    struct pack_entries all = {0};
    for (size_t i = 0; i < c->pack_count; i++) {
        struct text id = pack_id(c->packs[i]->pack);
        bool is_known = false;
        for (size_t k = 0; k < all.count; k++) is_known |= is_of(all.items[k], id);
        if (!is_known && all.count < PROCEDURES_MAX) all.items[all.count++] = entry_on(c, id, on);
    }
    return all;
}

// Asked many times a page, while the answer changes at midnight and when a pack is loaded.
struct pack_entries packs_today(struct cases *c) {
    struct moment now = env_now(journal_env(c->journal));
    pthread_rwlock_rdlock(&c->lock);
    bool is_known =
        c->today.pack_count == c->pack_count && now.ms >= c->today.from.ms && now.ms < c->today.until.ms;
    struct pack_entries all = c->today.of;
    pthread_rwlock_unlock(&c->lock);
    if (is_known) return all;
    struct date day = zone_date(c->zone, now);
    struct moment from = zone_moment(c->zone, day, 0), until = zone_moment(c->zone, date_add_days(day, 1), 0);
    pthread_rwlock_wrlock(&c->lock);
    all = entries_on(c, day);
    c->today.from = from;
    c->today.until = until;
    c->today.pack_count = c->pack_count;
    c->today.of = all;
    pthread_rwlock_unlock(&c->lock);
    return all;
}

const struct pack_entry *packs_now(struct cases *c, struct text procedure) {
    struct pack_entries all = packs_today(c);
    for (size_t i = 0; i < all.count; i++)
        if (!procedure.n || is_of(all.items[i], procedure)) return all.items[i];
    return NULL;
}

const struct pack_entry *packs_newest_of(struct cases *c, struct text procedure) {
    const struct pack_entry *found = NULL;
    pthread_rwlock_rdlock(&c->lock);
    for (size_t i = c->pack_count; i > 0 && !found; i--)
        if (is_of(c->packs[i - 1], procedure)) found = c->packs[i - 1];
    pthread_rwlock_unlock(&c->lock);
    return found;
}

static const struct pack_entry *find_loaded(struct cases *c, int64_t version) {
    const struct pack_entry *found = NULL;
    pthread_rwlock_rdlock(&c->lock);
    for (size_t i = c->pack_count; i > 0 && !found; i--)
        if (c->packs[i - 1]->version == version) found = c->packs[i - 1];
    pthread_rwlock_unlock(&c->lock);
    return found;
}

static enum status load_others(struct cases *c) {
    struct problem p = {0};
    enum status st = packs_load_all(c, &p);
    if (st) log_line(LOG_ERROR, "packs.load", "status=\"%s\" rule=%s", status_name(st), p.rule ? p.rule : "");
    return st;
}

// A version that is not here was put into force by another server of the same database.
const struct pack_entry *packs_find(struct cases *c, int64_t version) {
    const struct pack_entry *found = find_loaded(c, version);
    if (found || load_others(c)) return found;
    return find_loaded(c, version);
}

struct text purpose_word(const struct pack_entry *e, struct text purpose) {
    const struct access_word *w = e ? access_word_find(&pack_access(e->pack)->purposes, purpose) : NULL;
    return w ? w->id : T("unknown");
}

struct text purpose_in(const struct pack_entry *e, struct text purpose) {
    return e && text_eq(purpose, PURPOSE_EXAMINATION) ? pack_purpose(e->pack) : purpose;
}

const struct pack *cases_pack_for(struct cases *c, struct text procedure) {
    const struct pack_entry *e = packs_now(c, procedure);
    return e ? e->pack : NULL;
}

enum status entry_allows(struct cases *c, const struct pack_entry *e, const struct actor *actor,
                         const struct access_question *q, struct problem *p) {
    struct problem own = {0};
    if (!p) p = &own;
    if (!e) return problem(p, "", "no_pack", "problem.pack.none");
    enum status st = access_check(e->policy, actor, q, NULL, p);
    if (!st) return STATUS_OK;
    struct access_trace trace = {.actor = actor,
                                 .purpose = purpose_word(e, q->purpose),
                                 .relation = q->relation,
                                 .what = q->action,
                                 .rule = p->rule};
    enum status recorded = access_record_now(c->journal, &trace);
    return recorded ? recorded : st;
}

enum status cases_may(struct cases *c, const struct actor *actor, const struct access_question *question,
                      struct problem *p) {
    const struct pack_entry *e = packs_now(c, T(""));
    struct access_question q = *question;
    if (e) q.purpose = purpose_in(e, q.purpose);
    return entry_allows(c, e, actor, &q, p);
}

const struct pack *cases_pack(struct cases *c) {
    return cases_pack_for(c, T(""));
}

void cases_procedures(struct cases *c, struct procedure_list *out) {
    struct pack_entries all = packs_today(c);
    out->count = all.count;
    for (size_t i = 0; i < all.count; i++) out->packs[i] = all.items[i]->pack;
}

const struct pack *cases_pack_newest(struct cases *c) {
    const struct pack_entry *e = packs_newest(c);
    return e ? e->pack : NULL;
}

const struct pack *cases_pack_of(struct cases *c, int64_t pack_version) {
    const struct pack_entry *e = packs_find(c, pack_version);
    return e ? e->pack : NULL;
}

const struct pack *cases_pack_with(struct cases *c, const struct pack_files *files) {
    struct arena a = {0};
    struct hash wanted = hash_of(pack_files_encode(&a, files));
    const struct pack *found = NULL;
    arena_free(&a);
    pthread_rwlock_rdlock(&c->lock);
    for (size_t i = c->pack_count; i > 0 && !found; i--) {
        struct hash hash = pack_hash(c->packs[i - 1]->pack);
        if (hash_eq(&hash, &wanted)) found = c->packs[i - 1]->pack;
    }
    pthread_rwlock_unlock(&c->lock);
    return found;
}

// Expressions are few and live as long as their pack; found by the address of their source.
static bool expression_known(struct cases *c, const char *source, size_t *at) {
    size_t i = (uintptr_t)source / 8 % EXPRESSIONS_MAX;
    for (size_t tries = 0; tries < EXPRESSIONS_MAX; tries++, i = (i + 1) % EXPRESSIONS_MAX) {
        *at = i;
        if (!c->expressions[i].source) return false;
        if (c->expressions[i].source == source) return true;
    }
    *at = EXPRESSIONS_MAX;
    return false;
}

enum status expression_find(struct cases *c, struct text source, const struct feel_expression **out,
                            struct problem *p) {
    size_t at;
    pthread_rwlock_rdlock(&c->lock);
    bool known = expression_known(c, source.p, &at);
    if (known) *out = c->expressions[at].compiled;
    pthread_rwlock_unlock(&c->lock);
    if (known) return STATUS_OK;
    enum status st = STATUS_TOO_LARGE;
    pthread_rwlock_wrlock(&c->lock);
    if (!expression_known(c, source.p, &at) && at < EXPRESSIONS_MAX) {
        st = feel_parse(&c->expression_arena, source, FEEL_EXPRESSION, NULL, out, p);
        if (!st) c->expressions[at].source = source.p, c->expressions[at].compiled = *out;
    } else if (at < EXPRESSIONS_MAX) {
        *out = c->expressions[at].compiled;
        st = STATUS_OK;
    }
    pthread_rwlock_unlock(&c->lock);
    return st;
}
