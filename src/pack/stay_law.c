// stay_law.c - reading stay.json.
#include "pack/stay_law.h"

#include "base/json.h"
#include "pack/reading.h"

enum { STAY_BYTES_MAX = 256 * 1024, STAY_WORDS_MAX = 300 };

static enum status read_words(const struct reading *r, const json_t *j, const char *name,
                              const struct text **out, size_t *count) {
    struct text *words = NULL;
    enum status st = reading_texts(r, j, name, STAY_WORDS_MAX, &words, count);
    *out = words;
    return st;
}

// ---- items of lists; the law has room for them

static enum status read_state(const struct reading *r, const json_t *j, void *context) {
    struct stay_law *law = context;
    static const char *const KNOWN[] = {"state", "from", "until", NULL};
    struct stay_state *s = &law->states[law->state_count++];
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "state", &s->state);
    if (!st) st = reading_date(r, j, "from", &s->from);
    return st ? st : reading_date(r, j, "until", &s->until);
}

static enum status read_exception(const struct reading *r, const json_t *j, void *context) {
    struct stay_law *law = context;
    static const char *const KNOWN[] = {"state", "nationalities", "days", "article", "mark", NULL};
    struct stay_exception *e = &law->exceptions[law->exception_count++];
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "state", &e->state);
    if (!st) st = reading_need_text(r, j, "article", &e->article);
    if (!st) st = reading_need_text(r, j, "mark", &e->mark);
    if (!st) st = read_words(r, j, "nationalities", &e->nationalities, &e->nationality_count);
    if (!st) st = reading_int(r, j, "days", 1, STAY_WINDOW_MAX, &e->days);
    return !st && !e->days ? reading_fail(r, NULL, "member_missing", T("days")) : st;
}

static enum status read_title(const struct reading *r, const json_t *j, void *context) {
    struct stay_law *law = context;
    static const char *const KNOWN[] = {"register", "kinds", "states", "title", "class", NULL};
    struct stay_title *t = &law->titles[law->title_count++];
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "register", &t->register_id);
    if (!st) st = read_words(r, j, "kinds", &t->kinds, &t->kind_count);
    if (!st) st = read_words(r, j, "states", &t->states, &t->state_count);
    if (!st) st = reading_need_text(r, j, "title", &t->title);
    return st ? st : reading_need_text(r, j, "class", &t->class);
}

static enum status read_report(const struct reading *r, const json_t *j, void *context) {
    struct stay_law *law = context;
    static const char *const KNOWN[] = {"field", "words", "refusal", NULL};
    struct stay_report *x = &law->reports[law->report_count++];
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "field", &x->field);
    if (!st) st = reading_need_text(r, j, "refusal", &x->refusal);
    return st ? st : read_words(r, j, "words", &x->words, &x->count);
}

static size_t items_of(const json_t *j, const char *member) {
    return json_array_size(json_object_get(j, member));
}

static void make_room(struct arena *a, const json_t *j, struct stay_law *law) {
    law->states = ARENA_ARRAY(a, struct stay_state, items_of(j, "states"));
    law->exceptions = ARENA_ARRAY(a, struct stay_exception, items_of(j, "exceptions"));
    law->titles = ARENA_ARRAY(a, struct stay_title, items_of(j, "titles"));
    law->reports = ARENA_ARRAY(a, struct stay_report, items_of(j, "reports"));
}

// ---- the law

static enum status read_border(const struct reading *r, const json_t *j, struct stay_law *law) {
    enum status st = reading_int(r, j, "document_months", 0, STAY_MONTHS_MAX, &law->document_months);
    if (!st) st = reading_need_text(r, j, "document_article", &law->document_article);
    if (!st) st = reading_need_text(r, j, "class_free", &law->class_free);
    if (!st) st = reading_need_text(r, j, "class_other", &law->class_other);
    if (!st) st = reading_need_text(r, j, "refusal_ended", &law->refusal_ended);
    if (!st) st = reading_need_text(r, j, "refusal_days", &law->refusal_days);
    if (!st) st = read_words(r, j, "evidence", &law->evidence, &law->evidence_count);
    if (!st) st = reading_list(r, j, "titles", STAY_TITLES_MAX, read_title, law);
    return st ? st : reading_list(r, j, "reports", STAY_TITLES_MAX, read_report, law);
}

static enum status read_law(const struct reading *r, const json_t *j, struct stay_law *law) {
    static const char *const KNOWN[] = {"days",
                                        "window",
                                        "article",
                                        "mark",
                                        "states",
                                        "not_counted",
                                        "free_movement",
                                        "missing_exit",
                                        "exceptions",
                                        "list_days",
                                        "list_article",
                                        "document_months",
                                        "document_article",
                                        "class_free",
                                        "class_other",
                                        "refusal_ended",
                                        "refusal_days",
                                        "titles",
                                        "reports",
                                        "evidence",
                                        NULL};
    static const char *const MISSING[] = {"until_next_entry", "entry_day_only", NULL};
    int missing = 0;
    make_room(r->a, j, law);
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_int(r, j, "days", 1, STAY_WINDOW_MAX, &law->days);
    if (!st) st = reading_int(r, j, "window", 1, STAY_WINDOW_MAX, &law->window);
    if (!st && (law->days < 1 || law->window < law->days))
        st = reading_fail(r, "window", "value_range", T("days-1000"));
    if (!st) st = reading_need_text(r, j, "article", &law->article);
    if (!st) st = reading_need_text(r, j, "mark", &law->mark);
    if (!st) st = reading_choice(r, j, "missing_exit", MISSING, &missing);
    if (!st) st = reading_int(r, j, "list_days", 0, 3660, &law->retention_days);
    if (!st) st = reading_need_text(r, j, "list_article", &law->retention_article);
    law->missing_exit = (enum missing_exit)missing;
    if (!st) st = reading_list(r, j, "states", STAY_STATES_MAX, read_state, law);
    if (!st && !json_object_get(j, "states")) st = reading_fail(r, NULL, "member_missing", T("states"));
    if (!st) st = read_words(r, j, "not_counted", &law->not_counted, &law->not_counted_count);
    if (!st) st = read_words(r, j, "free_movement", &law->free_nationalities, &law->free_nationality_count);
    if (!st) st = reading_list(r, j, "exceptions", STAY_EXCEPTIONS_MAX, read_exception, law);
    return st ? st : read_border(r, j, law);
}

enum status stay_law_read(struct arena *a, struct text in, struct stay_law **out, struct problem *p) {
    json_t *j;
    enum status st = json_read(in, STAY_BYTES_MAX, &j, p);
    if (st) return st;
    const struct reading r = {a, p, T("")};
    *out = ARENA_NEW(a, struct stay_law);
    st = read_law(&r, j, *out);
    json_decref(j);
    return st;
}

bool stay_counts_in(const struct stay_law *law, struct text state, struct date day) {
    for (size_t i = 0; i < law->state_count; i++) {
        const struct stay_state *s = &law->states[i];
        if (!text_eq(s->state, state)) continue;
        if (s->from.year && date_cmp(day, s->from) < 0) continue;
        if (s->until.year && date_cmp(day, s->until) > 0) continue;
        return true;
    }
    return false;
}

static bool has(const struct text *list, size_t count, struct text word) {
    for (size_t i = 0; i < count; i++)
        if (text_eq(list[i], word)) return true;
    return false;
}

bool stay_title_counts(const struct stay_law *law, struct text title) {
    return !title.n || !has(law->not_counted, law->not_counted_count, title);
}

const struct stay_title *stay_title_of(const struct stay_law *law, struct text register_id, struct text kind,
                                       struct text state) {
    for (size_t i = 0; i < law->title_count; i++) {
        const struct stay_title *t = &law->titles[i];
        bool is_kind = !t->kind_count || has(t->kinds, t->kind_count, kind);
        if (text_eq(t->register_id, register_id) && is_kind && has(t->states, t->state_count, state))
            return t;
    }
    return NULL;
}

struct text stay_title_of_class(const struct stay_law *law, struct text traveller_class) {
    for (size_t i = 0; i < law->title_count; i++)
        if (text_eq(law->titles[i].class, traveller_class)) return law->titles[i].title;
    return (struct text){0};
}

const struct stay_report *stay_report_of(const struct stay_law *law, struct text field, struct text word) {
    for (size_t i = 0; i < law->report_count; i++) {
        const struct stay_report *x = &law->reports[i];
        if (text_eq(x->field, field) && has(x->words, x->count, word)) return x;
    }
    return NULL;
}

bool stay_is_free(const struct stay_law *law, struct text nationality) {
    return has(law->free_nationalities, law->free_nationality_count, nationality);
}
