// control.c - what one glance at a traveller shows: the document, alerts, titles, crossings, days.
#include "border/fields.h"
#include "border/inside.h"
#include "border/lists_inside.h"

#include <string.h>

enum { FOUND_MAX = 50 };

const char *control_document_word(enum control_document d) {
    static const char *const WORDS[DOCUMENT_STATE_COUNT] = {"good",  "ends_soon", "ended",
                                                            "wrong", "reported",  "unknown"};
    return WORDS[d];
}

enum status traveller_of_zone(struct arena *a, struct text zone, struct date today, struct traveller *out,
                              struct problem *p) {
    struct mrz m;
    enum status st = mrz_read(a, zone, today, &m, p);
    if (st) return st;
    *out = (struct traveller){.family = m.family,
                              .given = m.given,
                              .nationality = m.nationality,
                              .doc_type = text_head(m.document_code, 1),
                              .issuer = m.issuer,
                              .number = m.number,
                              .birth = m.birth,
                              .expiry = m.expiry,
                              .sex = m.sex,
                              .checks_wrong = !m.checks_ok,
                              .fixes = m.fix_count};
    struct out lines = {.arena = a};
    for (size_t i = 0; i < MRZ_LINES_MAX && m.line[i].n; i++) {
        if (i) out_byte(&lines, '\n');
        out_text(&lines, m.line[i]);
    }
    out->zone = out_done(&lines);
    return STATUS_OK;
}

// ---- asking registers

struct asking {
    struct border *border;
    const struct actor *actor;
    struct arena *arena;
    struct glance *out;
    struct date today;
};

static void silent(struct asking *q, struct text id) {
    for (size_t i = 0; i < q->out->silent_count; i++)
        if (text_eq(q->out->silent[i], id)) return;
    if (q->out->silent_count < CONTROL_SILENT_MAX) q->out->silent[q->out->silent_count++] = id;
}

static bool find(struct asking *q, struct text id, struct entry_filter f, struct entry_list *list) {
    struct problem p;
    struct look look = {.purpose = BORDER_PURPOSE};
    f.register_id = id;
    if (!f.limit) f.limit = FOUND_MAX;
    enum status st = registers_find(q->border->registers, q->actor, &look, &f, q->arena, list, &p);
    if (st) silent(q, id);
    return !st;
}

static bool has_entry(const struct control_entries *list, int64_t entry) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].entry == entry) return true;
    return false;
}

static struct text name_said(struct asking *q, const struct entry_row *row) {
    return text_trim(
        TEXT_JOIN(q->arena, entry_said(row, "family_name"), T(" "), entry_said(row, "given_names")));
}

struct columns { // where a register says kind, state and end
    const char *kind, *state, *until, *action;
};

static void add_rows(struct asking *q, struct text id, const struct columns *c, const struct entry_list *rows,
                     bool by_number, struct control_entries *to) {
    for (size_t i = 0; i < rows->count; i++) {
        const struct entry_row *row = &rows->items[i];
        if (has_entry(to, row->entry)) continue;
        struct control_entry *e = ARENA_PUSH(q->arena, to);
        *e = (struct control_entry){
            .register_id = id,
            .reference = row->reference,
            .entry = row->entry,
            .kind = c->kind ? entry_said(row, c->kind) : (struct text){0},
            .state = c->state ? entry_said(row, c->state) : (struct text){0},
            .action = c->action ? entry_said(row, c->action) : (struct text){0},
            .until = day_said(row, c->until),
            .name = name_said(q, row),
            .by_number = by_number,
            .may_open = registers_might(q->border->registers, q->actor, id, BORDER_PURPOSE, REGISTER_READ)};
        e->is_valid = !e->until.year || date_cmp(e->until, q->today) >= 0;
    }
}

// By the number of the document, then by name and date of birth, which only finds candidates.
static void ask(struct asking *q, struct text id, const struct columns *c, struct control_entries *to) {
    const struct traveller *w = &q->out->who;
    struct entry_list rows;
    if (w->number.n && find(q, id, (struct entry_filter){.number = w->number}, &rows))
        add_rows(q, id, c, &rows, true, to);
    if (!w->family.n || !w->birth.year) return;
    struct text name = text_trim(TEXT_JOIN(q->arena, w->family, T(" "), w->given));
    struct entry_filter f = {.name = name, .birth = date_print(q->arena, w->birth)};
    if (find(q, id, f, &rows)) add_rows(q, id, c, &rows, false, to);
}

// What somebody compared before, and found not to be the same, stops nobody again. Returns how many alerts
// are left.
static size_t mark_cleared(struct asking *q) {
    struct control_entries *alerts = &q->out->alerts;
    struct db *db;
    size_t open = alerts->count;
    if (!alerts->count || store_reader(journal_store(q->border->journal), &db)) return open;
    for (size_t i = 0; i < alerts->count; i++) {
        struct control_entry *e = &alerts->items[i];
        e->is_cleared = was_released(q->border, db, &q->out->who, e->entry, q->arena, &e->cleared);
        open -= e->is_cleared;
    }
    store_reader_release(journal_store(q->border->journal), db);
    return open;
}

// ---- crossings and days

static void ask_crossings(struct asking *q, struct text state) {
    struct glance *c = q->out;
    struct entry_list rows = {0};
    struct stay_crossing *list = ARENA_ARRAY(q->arena, struct stay_crossing, CONTROL_CROSSINGS_MAX);
    size_t n = 0;
    if (!c->who.number.n) return;
    struct entry_filter f = {.number = c->who.number, .limit = CONTROL_CROSSINGS_MAX};
    if (!find(q, BORDER_CROSSING, f, &rows)) return;
    for (size_t i = 0; i < rows.count; i++) {
        const struct entry_row *row = &rows.items[i];
        *ARENA_PUSH(q->arena, &c->crossings) = (struct control_crossing){
            row->reference, entry_said(row, "crossing_event"), entry_said(row, "crossing_point"),
            entry_said(row, "traveller_class"), entry_said(row, "at")};
        if (n < CONTROL_CROSSINGS_MAX && crossing_of(c->law, row, &list[n])) n++;
    }
    if (!c->law) return;
    struct stays stays;
    stays_of(c->law, list, n, q->arena, &stays);
    stay_count(c->law, &stays, c->who.nationality, state, q->today, &c->stay);
    c->is_counted = true;
}

// ---- what follows

// A title is found by its number: by name it is only a candidate.
static const struct stay_title *title_of(const struct stay_law *law, const struct control_entry *e) {
    bool is_of_today = e->is_valid && e->by_number;
    return law && is_of_today ? stay_title_of(law, e->register_id, e->kind, e->state) : NULL;
}

// Under a title that does not count, the rule of days does not hold; under the others it does.
static void weigh_titles(struct glance *c) {
    const struct stay_law *law = c->law;
    if (law) c->traveller_class = c->is_free ? law->class_free : law->class_other;
    for (size_t i = 0; i < c->titles.count; i++) {
        struct control_entry *e = &c->titles.items[i];
        const struct stay_title *t = title_of(law, e);
        e->is_valid = t != NULL;
        if (!t) continue;
        bool counts = stay_title_counts(law, t->title);
        if (!c->is_free && !c->has_title) c->traveller_class = t->class;
        c->has_title = c->has_title || !counts;
    }
}

static void speak_for(struct glance *c, struct text reason) {
    for (size_t i = 0; i < c->refusal_count; i++)
        if (text_eq(c->refusals[i], reason)) return;
    if (c->refusal_count < CONTROL_REFUSALS_MAX) c->refusals[c->refusal_count++] = reason;
}

// Somebody has the document on record as lost or seized, or found before that it is not what it should be.
static bool weigh_reports(struct glance *c) {
    bool is_reported = false;
    for (size_t i = 0; c->law && i < c->reports.count; i++) {
        const struct control_entry *e = &c->reports.items[i];
        const struct stay_report *had = stay_report_of(c->law, T("possession"), e->state);
        const struct stay_report *found = stay_report_of(c->law, T("genuineness"), e->kind);
        if (had) speak_for(c, had->refusal);
        if (found) speak_for(c, found->refusal);
        is_reported = is_reported || had || found;
    }
    return is_reported;
}

static enum control_document document_state(struct glance *c, struct date today) {
    const struct traveller *w = &c->who;
    if (weigh_reports(c)) return DOCUMENT_REPORTED;
    if (w->checks_wrong) return DOCUMENT_WRONG;
    if (!date_is_full(w->expiry)) return DOCUMENT_UNKNOWN;
    if (date_cmp(w->expiry, today) < 0) return DOCUMENT_ENDED;
    bool is_short_stay = c->law && !c->is_free && !c->has_title;
    if (!is_short_stay) return DOCUMENT_GOOD;
    struct date wanted = date_add_months(today, (int)c->law->document_months);
    return date_cmp(w->expiry, wanted) < 0 ? DOCUMENT_ENDS_SOON : DOCUMENT_GOOD;
}

enum status border_control(struct border *b, const struct actor *actor, const struct traveller *who,
                           struct text state, struct date today, struct arena *a, struct glance *out,
                           struct problem *p) {
    static const struct columns ALERT = {"alert_type", "alert_target", "expires_on", "alert_action"};
    static const struct columns VISA = {"visa_type", "visa_status", "valid_until", NULL};
    static const struct columns PERMIT = {"permit_reason", "permit_status", "valid_until", NULL};
    static const struct columns DOCUMENT = {"genuineness", "possession", "expires_on", NULL};
    if (!who->number.n && !(who->family.n && who->birth.year))
        return problem(p, "zone", "nobody", "border.nobody");
    *out = (struct glance){.who = *who, .law = border_law(b)};
    out->is_free = out->law && stay_is_free(out->law, who->nationality);
    struct asking q = {b, actor, a, out, today};
    struct entry_list rows;
    ask(&q, BORDER_ALERT, &ALERT, &out->alerts);
    ask(&q, BORDER_VISA, &VISA, &out->titles);
    ask(&q, BORDER_PERMIT, &PERMIT, &out->titles);
    if (who->number.n && find(&q, BORDER_DOCUMENT, (struct entry_filter){.number = who->number}, &rows))
        add_rows(&q, BORDER_DOCUMENT, &DOCUMENT, &rows, true, &out->reports);
    ask_crossings(&q, state);
    weigh_titles(out);
    out->document = document_state(out, today);
    bool is_over = out->is_counted && !out->is_free && !out->has_title &&
                   (out->stay.is_overstay || !out->stay.days_from_now);
    if (out->law && out->document == DOCUMENT_ENDED) speak_for(out, out->law->refusal_ended);
    if (is_over) speak_for(out, out->law->refusal_days);
    out->stop = mark_cleared(&q) || is_over || out->silent_count || out->document == DOCUMENT_ENDED ||
                out->document == DOCUMENT_WRONG || out->document == DOCUMENT_REPORTED;
    return STATUS_OK;
}
