// stay_law.c - reading stay.json.
#include "pack/stay_law.h"

#include "base/json.h"
#include "pack/reading.h"

enum { STAY_BYTES_MAX = 256 * 1024, STAY_WORDS_MAX = 300 };

static enum status read_states(const struct reading *r, const json_t *j, struct stay_law *law) {
    static const char *const KNOWN[] = {"state", "from", "until", NULL};
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "states", STAY_STATES_MAX, &list);
    if (!st && !list) st = reading_fail(r, NULL, "member_missing", T("states"));
    if (st) return st;
    law->states = ARENA_ARRAY(r->a, struct stay_state, json_array_size(list) + 1);
    struct reading at = reading_member(r, "states");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct stay_state *s = &law->states[law->state_count++];
        st = reading_only(&here, item, KNOWN);
        if (!st) st = reading_need_text(&here, item, "state", &s->state);
        if (!st) st = reading_date(&here, item, "from", &s->from);
        if (!st) st = reading_date(&here, item, "until", &s->until);
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status read_words(const struct reading *r, const json_t *j, const char *name,
                              const struct text **out, size_t *count) {
    struct text *words = NULL;
    enum status st = reading_texts(r, j, name, STAY_WORDS_MAX, &words, count);
    *out = words;
    return st;
}

static enum status read_exceptions(const struct reading *r, const json_t *j, struct stay_law *law) {
    static const char *const KNOWN[] = {"state", "nationalities", "days", "article", "mark", NULL};
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "exceptions", STAY_EXCEPTIONS_MAX, &list);
    if (st || !list) return st;
    law->exceptions = ARENA_ARRAY(r->a, struct stay_exception, json_array_size(list) + 1);
    struct reading at = reading_member(r, "exceptions");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct stay_exception *e = &law->exceptions[law->exception_count++];
        st = reading_only(&here, item, KNOWN);
        if (!st) st = reading_need_text(&here, item, "state", &e->state);
        if (!st) st = reading_need_text(&here, item, "article", &e->article);
        if (!st) st = reading_need_text(&here, item, "mark", &e->mark);
        if (!st) st = read_words(&here, item, "nationalities", &e->nationalities, &e->nationality_count);
        if (!st) st = reading_int(&here, item, "days", 1, STAY_WINDOW_MAX, &e->days);
        if (!st && !e->days) st = reading_fail(&here, NULL, "member_missing", T("days"));
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status read_title(const struct reading *r, const json_t *j, struct stay_title *t) {
    static const char *const KNOWN[] = {"register", "kinds", "states", "title", "class", NULL};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "register", &t->register_id);
    if (!st) st = read_words(r, j, "kinds", &t->kinds, &t->kind_count);
    if (!st) st = read_words(r, j, "states", &t->states, &t->state_count);
    if (!st) st = reading_need_text(r, j, "title", &t->title);
    return st ? st : reading_need_text(r, j, "class", &t->class);
}

static enum status read_titles(const struct reading *r, const json_t *j, struct stay_law *law) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "titles", STAY_TITLES_MAX, &list);
    if (st || !list) return st;
    law->titles = ARENA_ARRAY(r->a, struct stay_title, json_array_size(list) + 1);
    struct reading at = reading_member(r, "titles");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = read_title(&here, item, &law->titles[law->title_count++]);
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status read_reports(const struct reading *r, const json_t *j, struct stay_law *law) {
    static const char *const KNOWN[] = {"field", "words", "refusal", NULL};
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "reports", STAY_TITLES_MAX, &list);
    if (st || !list) return st;
    law->reports = ARENA_ARRAY(r->a, struct stay_report, json_array_size(list) + 1);
    struct reading at = reading_member(r, "reports");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct stay_report *x = &law->reports[law->report_count++];
        st = reading_only(&here, item, KNOWN);
        if (!st) st = reading_need_text(&here, item, "field", &x->field);
        if (!st) st = reading_need_text(&here, item, "refusal", &x->refusal);
        if (!st) st = read_words(&here, item, "words", &x->words, &x->count);
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status read_border(const struct reading *r, const json_t *j, struct stay_law *law) {
    enum status st = reading_int(r, j, "document_months", 0, STAY_MONTHS_MAX, &law->document_months);
    if (!st) st = reading_need_text(r, j, "document_article", &law->document_article);
    if (!st) st = reading_need_text(r, j, "class_free", &law->class_free);
    if (!st) st = reading_need_text(r, j, "class_other", &law->class_other);
    if (!st) st = reading_need_text(r, j, "refusal_ended", &law->refusal_ended);
    if (!st) st = reading_need_text(r, j, "refusal_days", &law->refusal_days);
    if (!st) st = read_words(r, j, "evidence", &law->evidence, &law->evidence_count);
    if (!st) st = read_titles(r, j, law);
    return st ? st : read_reports(r, j, law);
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
    if (!st) st = read_states(r, j, law);
    if (!st) st = read_words(r, j, "not_counted", &law->not_counted, &law->not_counted_count);
    if (!st) st = read_words(r, j, "free_movement", &law->free_nationalities, &law->free_nationality_count);
    if (!st) st = read_exceptions(r, j, law);
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
