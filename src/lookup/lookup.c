// lookup.c - the room; and what another authority is told.
#include "lookup/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "lookup/inside.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

enum status lookup_open(struct cases *c, const struct lookup_options *o, struct lookup **out) {
    struct lookup *l = calloc(1, sizeof *l);
    if (!l) abort();
    *l = (struct lookup){c, o->registers, cases_journal(c), o->others, o->other_count};
    *out = l;
    return STATUS_OK;
}

void lookup_close(struct lookup *l) {
    free(l);
}

const char *lookup_class_word(enum lookup_class c) {
    static const char *const WORDS[] = {"found", "not_found", "several", "no_answer"};
    return WORDS[c];
}

// ---- may it be asked like that

static const struct pack_lookup *find(struct lookup *l, struct text id) {
    struct procedure_list all;
    cases_procedures(l->cases, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct pack_lookup *k = pack_lookup(all.packs[i], id);
        if (k) return k;
    }
    return NULL;
}

static struct text joined(struct arena *a, const struct text *words, size_t count) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, words[i]);
    }
    return out_done(&o);
}

static enum status check_key(const struct pack_lookup *k, const struct lookup_question *q,
                             struct problem *p) {
    struct date birth;
    if (q->number.n) return STATUS_OK;
    if (!k->by_name) return problem(p, "number", "lookup_number", "problem.lookup.number");
    if (q->name.n && !date_parse(q->birth, &birth) && date_is_full(birth)) return STATUS_OK;
    return problem(p, "name", "lookup_key", "problem.lookup.key");
}

enum status lookup_check(struct lookup *l, struct text purpose, const struct lookup_question *q,
                         struct arena *a, const struct pack_lookup **out, struct problem *p) {
    const struct pack_lookup *k = find(l, q->lookup);
    *out = k;
    if (!k || !lookup_has(k->purposes, k->purpose_count, purpose))
        return problem(p, "lookup", "lookup_unknown", "problem.lookup.unknown");
    if (!lookup_has(k->grounds, k->ground_count, q->ground)) {
        enum status st = problem(p, "ground", "lookup_ground", "problem.lookup.ground");
        problem_arg(p, "grounds", joined(a, k->grounds, k->ground_count));
        return st;
    }
    return check_key(k, q, p);
}

static enum status check_watch(struct lookup *l, const struct pack_lookup *k, const struct lookup_question *q,
                               struct problem *p) {
    if (!q->watch_until.year) return STATUS_OK;
    int64_t today = env_now(journal_env(l->journal)).ms / DAY_MS;
    bool fits = date_is_full(q->watch_until) && date_to_days(q->watch_until) >= today &&
                date_to_days(q->watch_until) <= today + LOOKUP_WATCH_DAYS_MAX;
    return k->changes && fits ? STATUS_OK : problem(p, "watch_until", "lookup_watch", "problem.lookup.watch");
}

static enum status check_rate(struct lookup *l, const struct actor *actor, const struct pack_lookup *k,
                              struct arena *a, struct problem *p) {
    struct moment since = {env_now(journal_env(l->journal)).ms - DAY_MS};
    int64_t count = 0;
    enum status st = lookup_note_count(l, actor->account, k->id, since, &count);
    if (st || count < k->a_day) return st;
    (void)problem(p, "", "lookup_wait", "problem.lookup.limit");
    problem_arg(p, "limit", text_printf(a, "%lld", (long long)k->a_day));
    return STATUS_BUSY;
}

// ---- what is told

static void take_values(const struct pack_lookup *k, const struct pack_register *g,
                        const struct answers *said, struct arena *a, struct lookup_result *out) {
    for (size_t i = 0; i < said->count && out->values.count < LOOKUP_VALUES_MAX; i++) {
        const struct form_field *f = form_field_at(g->form, said->items[i].path);
        if (f && lookup_has(k->attributes, k->attribute_count, f->path))
            *ARENA_PUSH(a, &out->values) = (struct lookup_value){said->items[i].path, said->items[i].value};
    }
}

static enum status tell(struct lookup *l, const struct actor *actor, const struct look *look,
                        const struct pack_lookup *k, int64_t entry, struct arena *a,
                        struct lookup_result *out, struct problem *p) {
    struct entry_view view;
    enum status st = registers_open_entry(l->registers, actor, look, entry, NULL, a, &view, p);
    if (st) return st;
    out->class = LOOKUP_FOUND;
    out->reference = view.head.reference;
    out->entry = entry;
    out->hidden = view.hidden;
    take_values(k, view.of, &view.head.answers, a, out);
    return STATUS_OK;
}

// One that fits is told. Of several, that there are: whoever asks must know better who is meant.
static enum status look_for(struct lookup *l, const struct actor *actor, const struct look *look,
                            const struct pack_lookup *k, const struct lookup_question *q, struct arena *a,
                            struct lookup_result *out, struct problem *p) {
    const struct entry_filter filter = {.register_id = k->register_id,
                                        .number = q->number,
                                        .name = q->number.n ? T("") : q->name,
                                        .birth = q->number.n ? T("") : q->birth,
                                        .limit = 2};
    struct entry_list found;
    enum status st = registers_find(l->registers, actor, look, &filter, a, &found, p);
    if (st) return st;
    out->class = found.count ? LOOKUP_SEVERAL : LOOKUP_NOT_FOUND;
    return found.count == 1 ? tell(l, actor, look, k, found.items[0].entry, a, out, p) : STATUS_OK;
}

enum status lookup_answer(struct lookup *l, const struct actor *actor, const struct look *look,
                          const struct lookup_question *q, struct arena *a, struct lookup_result *out,
                          struct problem *p) {
    const struct pack_lookup *k;
    *out = (struct lookup_result){.as_of = env_now(journal_env(l->journal)), .why = ""};
    enum status st = lookup_check(l, look->purpose, q, a, &k, p);
    if (!st) st = check_watch(l, k, q, p);
    if (!st) st = check_rate(l, actor, k, a, p);
    if (!st) st = look_for(l, actor, look, k, q, a, out, p);
    if (st) return st;
    const struct noted n = {.side = "answered",
                            .actor = actor,
                            .purpose = look->purpose,
                            .q = q,
                            .class = lookup_class_word(out->class),
                            .watched = q->watch_until.year ? out->entry : 0};
    return lookup_note_write(l, &n, a, p);
}

// ---- what has changed

// The law and the roles of today count, not those of the day on which it was asked.
static bool may_still(struct lookup *l, const struct actor *actor, struct text purpose,
                      const struct watched *w) {
    const struct pack_lookup *k = find(l, w->lookup);
    return k && k->changes && registers_might(l->registers, actor, k->register_id, purpose, REGISTER_READ);
}

static enum status see_changes(struct lookup *l, struct db *db, const struct actor *actor,
                               struct text purpose, const struct watch_list *watches, int64_t after,
                               struct arena *a, struct lookup_changes *out) {
    for (size_t i = 0; i < watches->count; i++) {
        const struct watched *w = &watches->items[i];
        struct entry_identity e;
        if (!may_still(l, actor, purpose, w)) continue;
        enum status st = registers_identity(l->registers, db, w->entry, a, &e);
        if (st && st != STATUS_NOT_FOUND) return st;
        if (!st && e.version > out->next) out->next = e.version;
        if (!st && e.version <= after) continue;
        *ARENA_PUSH(a, out) = (struct lookup_change){w->lookup, w->entry, st ? T("erased") : e.state};
    }
    return STATUS_OK;
}

// Each that is told leaves a trace in the entry's own stream.
static enum status trace_changes(struct lookup *l, const struct actor *actor, struct text purpose,
                                 const struct lookup_changes *told, struct arena *a) {
    struct trace_list traces = {0};
    for (size_t i = 0; i < told->count; i++)
        *ARENA_PUSH(a, &traces) = (struct access_trace){.case_id = told->items[i].entry,
                                                        .actor = actor,
                                                        .purpose = purpose,
                                                        .relation = T("none"),
                                                        .what = T("lookup_changes")};
    return access_record_all(l->journal, &traces);
}

enum status lookup_changed(struct lookup *l, const struct actor *actor, const struct look *look,
                           int64_t after, struct arena *a, struct lookup_changes *out, struct problem *p) {
    struct watch_list watches = {0};
    struct db *db;
    *out = (struct lookup_changes){.next = after};
    if (!actor->account) return problem(p, "", "lookup_unknown", "problem.lookup.unknown");
    enum status st = store_reader(journal_store(l->journal), &db);
    if (st) return st;
    st = watches_of(db, actor->account, look->purpose, env_now(journal_env(l->journal)), a, &watches);
    if (!st) st = see_changes(l, db, actor, look->purpose, &watches, after, a, out);
    store_reader_release(journal_store(l->journal), db);
    return st ? st : trace_changes(l, actor, look->purpose, out, a);
}
