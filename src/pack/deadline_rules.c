// Reading deadlines.json.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pack/deadline.h"
#include "pack/reading.h"

static const char *const UNITS[] = {"hours", "days", "working_days", "weeks", "months", "years", NULL};
static const char *const MARKS[] = {"V", "V2", "M", "N", NULL};
static const char *const OWNERS[] = {"authority", "person", NULL};
static const char *const COMPUTATIONS[] = {"reg_1182_71", "calendar", NULL};

// What a lapse can mean (procedures differ, the words do not).
static const char *const EFFECTS[] = {"none",
                                      "alarm",
                                      "accept",
                                      "own",
                                      "court",
                                      "final",
                                      "release",
                                      "close_and_refer",
                                      "authorise_entry",
                                      "regular_procedure",
                                      "implicit_withdrawal",
                                      "removal_possible",
                                      "paper_copy",
                                      "decide_without",
                                      "complaint_possible",
                                      NULL};

const char *deadline_unit_name(enum deadline_unit u) {
    assert((size_t)u < sizeof UNITS / sizeof *UNITS - 1);
    return UNITS[u];
}

static enum status read_period(const struct reading *r, const json_t *j, struct deadline_period *out) {
    int unit = -1;
    enum status st = reading_int(r, j, "count", 1, DEADLINE_COUNT_MAX, &out->count);
    if (!st && !out->count) st = reading_fail(r, NULL, "member_missing", T("count"));
    if (!st) st = reading_choice(r, j, "unit", UNITS, &unit);
    if (!st && unit < 0) st = reading_fail(r, NULL, "member_missing", T("unit"));
    if (!st) out->unit = (enum deadline_unit)unit;
    return st;
}

// Days that did not count cannot become hours or working days.
static int unit_kind(enum deadline_unit u) {
    return u == UNIT_HOURS ? 0 : u == UNIT_WORKING_DAYS ? 1 : 2;
}

static enum status read_extension(const struct reading *r, const json_t *j, const struct deadline_rule *rule,
                                  struct deadline_extension *e) {
    static const char *const KNOWN[] = {"reason", "label", "mode", "count", "unit", "times", "article", NULL};
    static const char *const MODES[] = {"add", "total", NULL};
    int mode = 0;
    e->times_max = 1;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "reason", &e->reason);
    if (!st) st = reading_need_text(r, j, "label", &e->label_key);
    if (!st) st = reading_need_text(r, j, "article", &e->article);
    if (!st) st = reading_choice(r, j, "mode", MODES, &mode);
    if (!st) st = reading_int(r, j, "times", 1, 20, &e->times_max);
    if (!st) st = read_period(r, j, &e->period);
    if (st) return st;
    e->is_total = mode == 1;
    bool fits = e->is_total ? !rule->can_suspend || unit_kind(e->period.unit) == unit_kind(rule->period.unit)
                            : e->period.unit == rule->period.unit;
    return fits ? STATUS_OK : reading_fail(r, "unit", "deadline_units_differ", e->reason);
}

static enum status read_extensions(const struct reading *r, const json_t *j, struct deadline_rule *rule) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "extensions", DEADLINE_EXTENSIONS_MAX, &list);
    if (st || !list) return st;
    struct deadline_extension *items = ARENA_ARRAY(r->a, struct deadline_extension, json_array_size(list));
    struct reading at = reading_member(r, "extensions");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = read_extension(&here, item, rule, &items[i]);
        if (st) return st;
        for (size_t k = 0; k < i; k++)
            if (text_eq(items[k].reason, items[i].reason))
                return reading_fail(&here, "reason", "duplicate", items[i].reason);
    }
    rule->extensions = items;
    rule->extension_count = json_array_size(list);
    return STATUS_OK;
}

static enum status read_warnings(const struct reading *r, const json_t *j, struct deadline_rule *rule) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "warnings", DEADLINE_WARNINGS_MAX, &list);
    if (st) return st;
    if (!list) {
        static const int USUAL[] = {50, 80, 100};
        memcpy(rule->warnings, USUAL, sizeof USUAL);
        rule->warning_count = 3;
        return STATUS_OK;
    }
    json_array_foreach(list, i, item) {
        int64_t percent = json_is_integer(item) ? json_integer_value(item) : 0;
        if (percent < 1 || percent > 100 || (i > 0 && percent <= rule->warnings[i - 1]))
            return reading_fail(r, "warnings", "value_range", T("1-100"));
        rule->warnings[i] = (int)percent;
    }
    rule->warning_count = i;
    if (i == 0 || rule->warnings[i - 1] != 100) return reading_fail(r, "warnings", "value_range", T("100"));
    return STATUS_OK;
}

static enum status read_words(const struct reading *r, const json_t *j, struct deadline_rule *rule) {
    int mark = -1, owner = -1, computation = 0, effect = -1;
    enum status st = reading_need_text(r, j, "id", &rule->id);
    if (!st) st = reading_need_text(r, j, "label", &rule->label_key);
    if (!st) st = reading_need_text(r, j, "trigger", &rule->trigger);
    if (!st) st = reading_need_text(r, j, "article", &rule->article);
    if (!st) st = reading_need_text(r, j, "effect", &rule->effect);
    if (!st) st = reading_need_text(r, j, "effect_text", &rule->effect_key);
    if (!st) st = reading_text(r, j, "calendar", &rule->calendar);
    if (!st) st = reading_text(r, j, "note", &rule->note);
    if (!st) st = reading_text(r, j, "met_by", &rule->met_by);
    if (!st) st = reading_text(r, j, "when", &rule->when);
    if (!st && rule->when.n && !rule->met_by.n) st = reading_fail(r, NULL, "member_missing", T("met_by"));
    if (!st) st = reading_choice(r, j, "mark", MARKS, &mark);
    if (!st) st = reading_choice(r, j, "owner", OWNERS, &owner);
    if (!st) st = reading_choice(r, j, "computation", COMPUTATIONS, &computation);
    if (!st) st = reading_choice(r, j, "effect", EFFECTS, &effect);
    if (st) return st;
    if (mark < 0) return reading_fail(r, NULL, "member_missing", T("mark"));
    if (owner < 0) return reading_fail(r, NULL, "member_missing", T("owner"));
    rule->mark = (enum deadline_mark)mark;
    rule->owner = (enum deadline_owner)owner;
    rule->computation = (enum deadline_computation)computation;
    return STATUS_OK;
}

static enum status read_rule(const struct reading *r, const json_t *j, struct deadline_rule *rule) {
    static const char *const KNOWN[] = {
        "id",       "label",       "trigger",  "count", "unit",        "computation",
        "calendar", "article",     "mark",     "note",  "owner",       "valid_from",
        "valid_to", "max_total",   "met_by",   "when",  "can_suspend", "extensions",
        "effect",   "effect_text", "warnings", NULL};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_words(r, j, rule);
    if (!st) st = read_period(r, j, &rule->period);
    if (!st) st = reading_date(r, j, "valid_from", &rule->valid_from);
    if (!st) st = reading_date(r, j, "valid_to", &rule->valid_to);
    if (!st) st = reading_flag(r, j, "can_suspend", &rule->can_suspend);
    if (!st && !rule->valid_from.year) st = reading_fail(r, NULL, "member_missing", T("valid_from"));
    if (!st && rule->valid_to.year && date_cmp(rule->valid_to, rule->valid_from) < 0)
        st = reading_fail(r, "valid_to", "value_range", rule->id);
    const json_t *max_total = json_object_get(j, "max_total");
    if (!st && max_total) {
        struct reading at = reading_member(r, "max_total");
        st = read_period(&at, max_total, &rule->max_total);
    }
    if (!st) st = read_extensions(r, j, rule);
    if (!st) st = read_warnings(r, j, rule);
    return st;
}

static bool is_valid_on(const struct deadline_rule *r, struct date on) {
    return date_cmp(on, r->valid_from) >= 0 && (!r->valid_to.year || date_cmp(on, r->valid_to) <= 0);
}

static bool overlaps(const struct deadline_rule *a, const struct deadline_rule *b) {
    return text_eq(a->id, b->id) && (is_valid_on(a, b->valid_from) || is_valid_on(b, a->valid_from));
}

static enum status read_all(const struct reading *r, const json_t *j, struct deadlines *out) {
    static const char *const KNOWN[] = {"deadlines", NULL};
    json_t *list, *item;
    size_t i;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_array(r, j, "deadlines", DEADLINES_MAX, &list);
    if (st) return st;
    struct reading at = reading_member(r, "deadlines");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct deadline_rule *rule = ARENA_PUSH(r->a, out);
        st = read_rule(&here, item, rule);
        if (st) return st;
        for (size_t k = 0; k < i; k++)
            if (overlaps(&out->items[k], rule))
                return reading_fail(&here, "valid_from", "deadline_overlap", rule->id);
    }
    return STATUS_OK;
}

enum status deadlines_read(struct arena *a, struct text json, struct deadlines *out, struct problem *p) {
    json_t *j;
    *out = (struct deadlines){0};
    enum status st = json_read(json, CALENDAR_BYTES_MAX * 4, &j, p);
    if (st) return st;
    struct reading r = {a, p, T("")};
    st = read_all(&r, j, out);
    json_decref(j);
    return st;
}

const struct deadline_rule *deadlines_find(const struct deadlines *d, struct text id, struct date on) {
    for (size_t i = 0; i < d->count; i++)
        if (text_eq(d->items[i].id, id) && is_valid_on(&d->items[i], on)) return &d->items[i];
    return NULL;
}
