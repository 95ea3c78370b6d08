// policy_report.c - what is wrong with a pack and what it changes, in the person's language.
#include <string.h>

#include "web/pages/policy.h"
#include "web/pages/work_query.h"

enum { DIFFERENCES_SHOWN = 300, FINDINGS_SHOWN = 200, SHOWN_BYTES = 300 };

#define V struct policy_finding
VIEW(FINDING, VIEW_TEXT(V, where), VIEW_TEXT(V, sentence), VIEW_TEXT(V, rule), VIEW_INT64(V, line),
     VIEW_C(V, section_key), VIEW_BOOL(V, is_here));
#undef V
#define V struct policy_report
static const struct view_field REPORT_FIELDS[] = {VIEW_LIST(V, broken, &FINDING),
                                                  VIEW_LIST(V, unknown, &FINDING),
                                                  VIEW_INT64(V, holds),
                                                  VIEW_INT64(V, mistakes),
                                                  VIEW_BOOL(V, is_read),
                                                  VIEW_BOOL(V, is_good),
                                                  {0}};
#undef V
const struct view POLICY_REPORT_VIEW = {"policy_report", REPORT_FIELDS};
#define V struct policy_difference
VIEW(DIFFERENCE, VIEW_C(V, change_key), VIEW_C(V, colour), VIEW_C(V, section_key), VIEW_TEXT(V, id),
     VIEW_TEXT(V, name), VIEW_TEXT(V, property), VIEW_TEXT(V, before), VIEW_TEXT(V, now), VIEW_TEXT(V, note),
     VIEW_BOOL(V, is_changed), VIEW_BOOL(V, is_first));
#undef V
#define V struct policy_differences
static const struct view_field DIFFERENCES_FIELDS[] = {VIEW_LIST(V, items, &DIFFERENCE),
                                                       VIEW_INT64(V, left_out),
                                                       VIEW_TEXT(V, for_whom),
                                                       VIEW_BOOL(V, is_known),
                                                       {0}};
#undef V
const struct view POLICY_DIFFERENCES_VIEW = {"policy_differences", DIFFERENCES_FIELDS};

static const char *section_key(struct request *q, enum pack_section section) {
    return text_c(q->arena, TEXT_JOIN(q->arena, T("report.section."), text_of(pack_section_name(section))));
}

static struct text sentence(struct request *q, const struct problem *p) {
    size_t n = 0;
    while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
    return p->text_key && p->text_key[0] ? page_text(q, p->text_key, p->args, n) : text_of(p->rule);
}

// "forms/application" is what forms/application.form says of itself.
static bool is_of(struct text where, struct text file) {
    size_t dot = file.n;
    while (dot > 0 && file.p[dot - 1] != '.') dot--;
    return file.n && (text_starts(where, file) || (dot > 1 && text_eq(where, text_slice(file, 0, dot - 1))));
}

static void add_finding(struct request *q, const struct pack_finding *f, struct text here,
                        struct policy_findings *out) {
    if (out->count == FINDINGS_SHOWN) return;
    struct text where = text_of(f->what.field);
    *ARENA_PUSH(q->arena, out) = (struct policy_finding){.where = where,
                                                         .sentence = sentence(q, &f->what),
                                                         .rule = text_of(f->what.rule),
                                                         .line = f->what.line,
                                                         .section_key = section_key(q, f->section),
                                                         .is_here = is_of(where, here)};
}

// Safeguards that data cannot tell are the same for every pack: nothing to be done here.
struct policy_report policy_report_of(struct request *q, const struct pack_files *files, struct text here) {
    struct policy_report v = {0};
    struct pack_report report = {0};
    pack_examine(q->arena, files, NULL, &report);
    for (size_t i = 0; i < report.findings.count; i++) {
        const struct pack_finding *f = &report.findings.items[i];
        v.holds += f->verdict == PACK_HOLDS;
        if (f->verdict == PACK_BROKEN) add_finding(q, f, here, &v.broken);
        if (f->verdict == PACK_UNKNOWN && f->section != PACK_SECTION_SAFEGUARDS)
            add_finding(q, f, here, &v.unknown);
    }
    v.is_read = report.is_read;
    v.mistakes = (int64_t)report.broken;
    v.is_good = !report.broken;
    return v;
}

// ---- differences ----

static struct text shown(struct request *q, struct text value) {
    if (value.n <= SHOWN_BYTES) return text_copy(q->arena, value);
    return TEXT_JOIN(q->arena, text_head(value, SHOWN_BYTES), T("…"));
}

static void add_difference(struct request *q, const struct pack_differences *all, size_t i,
                           struct policy_differences *v) {
    static const char *const KEYS[] = {"policy.change.added", "policy.change.removed",
                                       "policy.change.changed"};
    static const char *const COLOURS[] = {"green", "red", "blue"};
    const struct pack_difference *d = &all->items[i];
    struct text key = TEXT_JOIN(q->arena, T("diff.property."), d->property);
    *ARENA_PUSH(q->arena, &v->items) =
        (struct policy_difference){.change_key = KEYS[d->change],
                                   .colour = COLOURS[d->change],
                                   .section_key = section_key(q, d->section),
                                   .id = shown(q, d->id),
                                   .name = text_eq(d->id, d->name) ? T("") : shown(q, d->name),
                                   .property = d->property.n ? page_text_or(q, key, d->property) : T(""),
                                   .before = shown(q, d->before),
                                   .now = shown(q, d->now),
                                   .note = text_eq(d->note, d->now) ? T("") : shown(q, d->note),
                                   .is_changed = d->change == PACK_CHANGED,
                                   .is_first = !i || all->items[i - 1].section != d->section};
}

static struct text for_whom(struct request *q, const struct pack *now) {
    static const char *const KEYS[] = {"diff.cases_made", "diff.cases_registered", "diff.cases_lodged"};
    struct problem_arg from = {"from", date_print(q->arena, pack_valid_from(now))};
    return page_text(q, KEYS[pack_chosen_by(now)], &from, 1);
}

struct policy_differences policy_differences_of(struct request *q, const struct pack_files *old,
                                                const struct pack_files *now) {
    struct policy_differences v = {0};
    struct pack_differences all = {0};
    struct pack *before = NULL, *after = NULL;
    v.is_known = !pack_read(q->arena, old, &before, NULL) && !pack_read(q->arena, now, &after, NULL);
    if (v.is_known) {
        pack_compare(q->arena, before, after, &all);
        v.for_whom = for_whom(q, after);
    }
    for (size_t i = 0; i < all.count && i < DIFFERENCES_SHOWN; i++) add_difference(q, &all, i, &v);
    v.left_out = (int64_t)(all.count - v.items.count);
    pack_release(before);
    pack_release(after);
    return v;
}
