// register_history.c - where each answer of an entry comes from; what was true from when, and from when we
// knew it.
#include "web/pages/register_entry.h"

#define V struct change_line
static const struct view_field CHANGE_FIELDS[] = {
    VIEW_TEXT(V, label), VIEW_TEXT(V, before), VIEW_TEXT(V, value), {0}};
const struct view CHANGE_LINE_VIEW = {"change_line", CHANGE_FIELDS};
#undef V
#define V struct version_line
static const struct view_field VERSION_FIELDS[] = {VIEW_C(V, what_key),
                                                   VIEW_C(V, state_key),
                                                   VIEW_TEXT(V, by),
                                                   VIEW_TEXT(V, second),
                                                   VIEW_TEXT(V, unit),
                                                   VIEW_TEXT(V, purpose_key),
                                                   VIEW_TEXT(V, reason),
                                                   VIEW_TEXT(V, source),
                                                   VIEW_TEXT(V, law),
                                                   VIEW_TEXT(V, href),
                                                   VIEW_DATE(V, from),
                                                   VIEW_DATE(V, until),
                                                   VIEW_MOMENT(V, known_from),
                                                   VIEW_MOMENT(V, known_to),
                                                   VIEW_MOMENT(V, asked),
                                                   VIEW_LIST(V, changes, &CHANGE_LINE_VIEW),
                                                   VIEW_BOOL(V, is_shown),
                                                   VIEW_BOOL(V, is_over),
                                                   VIEW_BOOL(V, is_waiting),
                                                   VIEW_BOOL(V, is_end),
                                                   VIEW_BOOL(V, is_review),
                                                   VIEW_INT64(V, version),
                                                   {0}};
const struct view VERSION_LINE_VIEW = {"version_line", VERSION_FIELDS};
#undef V
#define V struct fact_line
static const struct view_field FACT_FIELDS[] = {
    VIEW_TEXT(V, label),      VIEW_TEXT(V, value),    VIEW_TEXT(V, by),
    VIEW_TEXT(V, source),     VIEW_MOMENT(V, known),  VIEW_DATE(V, from),
    VIEW_BOOL(V, is_heading), VIEW_BOOL(V, is_usual), {0}};
const struct view FACT_LINE_VIEW = {"fact_line", FACT_FIELDS};
#undef V

const struct entry_version *register_version(const struct entry_view *e, int64_t version) {
    for (size_t i = 0; i < e->versions.count; i++)
        if (e->versions.items[i].version == version) return &e->versions.items[i];
    return NULL;
}

// "Harbour master, from a document, 4711, sure"
static struct text source_words(struct request *q, const struct provenance *s) {
    const struct text parts[] = {s->authority, register_method(q, s->method), s->evidence,
                                 register_confidence(q, s->confidence)};
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].n) continue;
        if (o.n) out_c(&o, ", ");
        out_text(&o, parts[i]);
    }
    return out_done(&o);
}

// ---- what it says

// The version that said the answer of a row: of several values, that of the newest.
static int64_t version_of(const struct entry_view *e, struct text path) {
    int64_t newest = 0;
    for (size_t i = 0; i < e->values.count; i++) {
        struct text p = e->values.items[i].path;
        bool is_it = text_eq(p, path) || (text_starts(p, path) && p.n > path.n && p.p[path.n] == '[');
        if (is_it && e->values.items[i].version > newest) newest = e->values.items[i].version;
    }
    return newest;
}

void register_facts(struct request *q, const struct register_page *p, const struct entry_view *now,
                    const struct entry_view *then, struct fact_lines *out) {
    struct form_rows rows = {0};
    register_rows(q, p->pack, p->def, &then->head.answers, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        const struct form_row *row = &rows.items[i];
        struct fact_line *f = ARENA_PUSH(q->arena, out);
        *f = (struct fact_line){.label = row->words, .value = row->value, .is_heading = row->is_heading};
        const struct entry_version *v = register_version(now, version_of(then, row->path));
        if (!v || row->is_heading) continue;
        f->version = v->version;
        f->by = v->by_name;
        f->known = v->known;
        f->from = v->from;
        f->source = source_words(q, &v->source);
    }
}

static size_t count_of(const struct fact_lines *facts, int64_t version) {
    size_t n = 0;
    for (size_t i = 0; i < facts->count; i++) n += facts->items[i].version == version;
    return n;
}

const struct fact_line *register_usual(const struct fact_lines *facts) {
    const struct fact_line *most = NULL;
    for (size_t i = 0; i < facts->count; i++) {
        struct fact_line *f = &facts->items[i];
        bool is_more = f->version && (!most || count_of(facts, f->version) > count_of(facts, most->version));
        if (is_more) most = f;
    }
    for (size_t i = 0; most && i < facts->count; i++)
        facts->items[i].is_usual = facts->items[i].version == most->version;
    return most;
}

// ---- what was changed

static bool says(const struct entry_version *v) {
    return text_eq(v->kind, T("said"));
}
static bool is_known(const struct entry_version *v) {
    return text_eq(v->state, T("known"));
}

static const struct entry_version *said_before(const struct entry_view *e, const struct entry_version *v) {
    for (const struct entry_version *w = v + 1; w < e->versions.items + e->versions.count; w++)
        if (says(w) && is_known(w)) return w;
    return NULL;
}

static const struct form_row *row_at(const struct form_rows *rows, struct text path) {
    for (size_t i = 0; i < rows->count; i++)
        if (!rows->items[i].is_heading && text_eq(rows->items[i].path, path)) return &rows->items[i];
    return NULL;
}

void register_changes(struct request *q, const struct register_page *p, const struct entry_view *e,
                      const struct entry_version *v, struct change_lines *out) {
    const struct entry_version *before = says(v) ? said_before(e, v) : NULL;
    struct form_rows old = {0}, now = {0};
    if (!before) return;
    register_rows(q, p->pack, p->def, &before->answers, &old);
    register_rows(q, p->pack, p->def, &v->answers, &now);
    for (size_t i = 0; i < now.count; i++) {
        const struct form_row *row = &now.items[i], *was = row_at(&old, row->path);
        if (row->is_heading || (was && text_eq(was->value, row->value))) continue;
        *ARENA_PUSH(q->arena, out) =
            (struct change_line){row->words, was ? was->value : (struct text){0}, row->value};
    }
    for (size_t i = 0; i < old.count; i++)
        if (!old.items[i].is_heading && !row_at(&now, old.items[i].path))
            *ARENA_PUSH(q->arena, out) = (struct change_line){old.items[i].words, old.items[i].value, {0}};
}

// ---- both axes

struct date register_last_day(struct date until) {
    return until.year ? date_add_days(until, -1) : until;
}

// Does the day end no later? The unknown date is "no end".
static bool ends_within(struct date inner, struct date outer) {
    return !outer.year || (inner.year && date_cmp(inner, outer) <= 0);
}

// A later version that covers all of it: from then on we know better.
static struct moment known_until(const struct entry_view *e, const struct entry_version *v) {
    struct moment until = {0};
    for (const struct entry_version *w = e->versions.items; w < v; w++) {
        bool covers = is_known(w) && !text_eq(w->kind, T("reviewed")) && date_cmp(w->from, v->from) <= 0 &&
                      ends_within(v->until, w->until);
        if (covers) until = w->known; // the list is newest first: the earliest of them stays
    }
    return until;
}

static const char *what_key(const struct entry_view *e, const struct entry_version *v) {
    if (text_eq(v->kind, T("ended"))) return "register.version.ended";
    if (text_eq(v->kind, T("reviewed"))) return "register.version.reviewed";
    if (!said_before(e, v) && v == &e->versions.items[e->versions.count - 1])
        return e->import ? "register.version.imported" : "register.version.recorded";
    return v->is_mistake ? "register.version.corrected" : "register.version.changed";
}

static bool is_shown(const struct entry_view *then, const struct entry_version *v) {
    for (size_t i = 0; i < then->values.count; i++)
        if (then->values.items[i].version == v->version) return true;
    return false;
}

static struct text purpose_key(struct request *q, const struct register_page *p, struct text purpose) {
    const struct access_word *word = access_word_find(&pack_access(p->pack)->purposes, purpose);
    return word ? word->label_key : TEXT_JOIN(q->arena, T("access.purpose."), purpose);
}

void register_versions(struct request *q, const struct register_page *p, const struct entry_view *now,
                       const struct entry_view *then, struct version_lines *out) {
    for (size_t i = 0; i < now->versions.count; i++) {
        const struct entry_version *v = &now->versions.items[i];
        struct version_line *l = ARENA_PUSH(q->arena, out);
        *l = (struct version_line){.what_key = what_key(now, v),
                                   .by = v->by_name,
                                   .second = v->confirmed_by_name,
                                   .unit = v->unit,
                                   .purpose_key = purpose_key(q, p, v->purpose),
                                   .reason = v->reason,
                                   .source = source_words(q, &v->source),
                                   .law = v->law,
                                   .from = v->from,
                                   .until = register_last_day(v->until),
                                   .asked = v->recorded,
                                   .is_end = text_eq(v->kind, T("ended")),
                                   .is_review = text_eq(v->kind, T("reviewed")),
                                   .is_shown = is_shown(then, v)};
        if (!is_known(v)) {
            l->is_waiting = text_eq(v->state, T("waiting"));
            l->state_key = l->is_waiting ? "register.version.waiting" : "register.version.refused";
            l->is_over = !l->is_waiting;
        } else {
            l->known_from = v->known;
            l->known_to = known_until(now, v);
            l->is_over = l->known_to.ms != 0;
            if (says(v) && v != now->versions.items) l->href = register_entry_href(q, p, now->head.entry, "");
        }
        if (l->href.n)
            l->href =
                TEXT_JOIN(q->arena, l->href, text_printf(q->arena, "&version=%lld", (long long)v->version));
        register_changes(q, p, now, v, &l->changes);
    }
}
