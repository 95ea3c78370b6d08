// identity_law.c - reading identity.json.
#include "pack/identity_law.h"

#include "base/json.h"
#include "pack/reading.h"

enum { LAW_BYTES_MAX = 64 * 1024, BITS_MAX = 60 }; // 60 bits: more than all people who ever lived
static const double PERSONS_MAX = 1e10;            // all people

static enum status read_number(const struct reading *r, const json_t *j, const char *member, double min,
                               double max, double *out) {
    const json_t *v = json_object_get(j, member);
    if (!v) return STATUS_OK;
    if (!json_is_number(v)) return reading_fail(r, member, "value_kind", T("number"));
    double n = json_number_value(v);
    if (!(n >= min && n <= max)) return reading_fail(r, member, "value_range", text_printf(r->a, "%g", n));
    *out = n;
    return STATUS_OK;
}

// A feature that agrees must not speak against, and one that differs not for.
static enum status read_weight(const struct reading *r, const json_t *j, struct compare_weight *w) {
    static const char *const KNOWN[] = {"agree", "differ", NULL};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_number(r, j, "agree", 0, BITS_MAX, &w->agree);
    if (!st) st = read_number(r, j, "differ", -BITS_MAX, 0, &w->differ);
    return st;
}

static enum status read_weights(const struct reading *r, const json_t *j, struct compare_rules *rules) {
    const json_t *weights = json_object_get(j, "weights");
    const char *known[FEATURE_COUNT + 1] = {NULL};
    if (!weights) return STATUS_OK;
    if (!json_is_object(weights)) return reading_fail(r, "weights", "value_kind", T("object"));
    struct reading at = reading_member(r, "weights");
    for (int f = 0; f < FEATURE_COUNT; f++) known[f] = identity_feature_word((enum identity_feature)f);
    enum status st = reading_only(&at, weights, known);
    for (int f = 0; f < FEATURE_COUNT && !st; f++) {
        struct reading here = reading_member(&at, known[f]);
        const json_t *w = json_object_get(weights, known[f]);
        if (w) st = read_weight(&here, w, &rules->weight[f]);
    }
    return st;
}

static enum status read_measured(const struct reading *r, const json_t *j, struct identity_law *law) {
    static const char *const KNOWN[] = {"agreement", "false_matches", "missed", NULL};
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "measured", IDENTITY_MEASURED_MAX, &list);
    if (st || !list) return st;
    struct reading at = reading_member(r, "measured");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct identity_measured *m = &law->measured[law->measured_count++];
        st = reading_only(&here, item, KNOWN);
        if (!st) st = read_number(&here, item, "agreement", 0, 1, &m->agreement);
        if (!st) st = read_number(&here, item, "false_matches", 0, 1, &m->false_matches);
        if (!st) st = read_number(&here, item, "missed", 0, 1, &m->missed);
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status read_rate(const struct reading *r, const json_t *j, struct identity_searched *s) {
    static const char *const KNOWN[] = {"asked", "score", "false_hits", "missed", "missed_most", NULL};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_text(r, j, "asked", &s->asked);
    if (!st) st = read_number(r, j, "score", 0, 1, &s->score);
    if (!st) st = read_number(r, j, "false_hits", 0, PERSONS_MAX, &s->false_hits);
    if (!st) st = read_number(r, j, "missed", 0, 1, &s->missed);
    s->missed_most = s->missed;
    if (!st) st = read_number(r, j, "missed_most", s->missed, 1, &s->missed_most);
    return st;
}

static enum status read_searches(const struct reading *r, const json_t *j, struct identity_law *law) {
    static const char *const KNOWN[] = {"on", "persons", "rates", NULL};
    const json_t *searches = json_object_get(j, "searches");
    json_t *list = NULL, *item;
    size_t i;
    if (!searches) return STATUS_OK;
    if (!json_is_object(searches)) return reading_fail(r, "searches", "value_kind", T("object"));
    struct reading at = reading_member(r, "searches");
    enum status st = reading_only(&at, searches, KNOWN);
    if (!st) st = reading_text(&at, searches, "on", &law->searched_on);
    if (!st) st = read_number(&at, searches, "persons", 1, PERSONS_MAX, &law->searched_persons);
    if (!st) st = reading_array(&at, searches, "rates", IDENTITY_SEARCHES_MAX, &list);
    if (st || !list) return st;
    struct reading rates = reading_member(&at, "rates");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&rates, i);
        st = read_rate(&here, item, &law->searched[law->searched_count++]);
        if (st) return st;
    }
    return STATUS_OK;
}

const struct identity_searched *identity_law_searched(const struct identity_law *law, struct text asked,
                                                      double score) {
    const struct identity_searched *best = NULL;
    for (size_t i = 0; i < law->searched_count; i++) {
        const struct identity_searched *s = &law->searched[i];
        if (text_eq(s->asked, asked) && s->score <= score && (!best || s->score > best->score)) best = s;
    }
    return best;
}

static enum status read_law(const struct reading *r, const json_t *j, struct identity_law *law) {
    static const char *const KNOWN[] = {"weights",     "prior",    "possible", "likely",
                                        "measured_on", "measured", "searches", NULL};
    struct compare_rules *rules = &law->rules;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_weights(r, j, rules);
    if (!st) st = read_number(r, j, "prior", -BITS_MAX, 0, &rules->prior);
    if (!st) st = read_number(r, j, "possible", 0, 1, &rules->possible);
    if (!st) st = read_number(r, j, "likely", 0, 1, &rules->likely);
    if (!st && rules->likely < rules->possible)
        st = reading_fail(r, "likely", "value_range", text_printf(r->a, "%g", rules->likely));
    if (!st) st = reading_text(r, j, "measured_on", &law->measured_on);
    if (!st) st = read_measured(r, j, law);
    return st ? st : read_searches(r, j, law);
}

enum status identity_law_read(struct arena *a, struct text in, struct identity_law **out, struct problem *p) {
    json_t *j;
    enum status st = json_read(in, LAW_BYTES_MAX, &j, p);
    if (st) return st;
    const struct reading r = {a, p, T("")};
    *out = ARENA_NEW(a, struct identity_law);
    (*out)->rules = COMPARE_RULES;
    st = read_law(&r, j, *out);
    json_decref(j);
    return st;
}
