// overstay.c - everybody with an open stay that is too long, from the crossings of the last years, with what
// else is known.
#include "border/fields.h"
#include "border/inside.h"
#include "border/lists_inside.h"

#include <stdlib.h>

struct crossed { // a crossing with whose it is
    struct stay_crossing crossing;
    const struct entry_row *row;
    struct text number;
};

static int by_document(const void *a, const void *b) {
    const struct crossed *x = a, *y = b;
    int order = text_cmp(x->number, y->number);
    return order ? order : date_cmp(x->crossing.day, y->crossing.day);
}

static int longest_first(const void *a, const void *b) {
    const struct overstay *x = a, *y = b;
    return (y->stay.over_days > x->stay.over_days) - (y->stay.over_days < x->stay.over_days);
}

// All rows, a page after the other.
static enum status read_all(struct border *b, const struct actor *actor, struct arena *a,
                            struct crossed *list, size_t *count, bool *is_cut, struct problem *p) {
    struct look look = {.purpose = BORDER_PURPOSE};
    struct entry_filter f = {.register_id = BORDER_CROSSING, .limit = REGISTER_PAGE_MAX};
    for (*count = 0, *is_cut = false;;) {
        struct entry_list rows;
        enum status st = registers_find(b->registers, actor, &look, &f, a, &rows, p);
        if (st) return st;
        for (size_t i = 0; i < rows.count; i++) {
            struct crossed c = {.row = &rows.items[i], .number = entry_said(&rows.items[i], "doc_number")};
            if (!c.number.n || !crossing_of(border_law(b), c.row, &c.crossing)) continue;
            if (*count == OVERSTAY_CROSSINGS_MAX) {
                *is_cut = true;
                return STATUS_OK;
            }
            list[(*count)++] = c;
        }
        if (!rows.next.n) return STATUS_OK;
        f.after = rows.next;
    }
}

// One document's crossings: is the last stay too long?
static void look_at(const struct stay_law *law, const struct crossed *list, size_t count, struct date today,
                    struct arena *a, struct overstays *out) {
    struct stay_crossing *crossings = ARENA_ARRAY(a, struct stay_crossing, count);
    for (size_t i = 0; i < count; i++) crossings[i] = list[i].crossing;
    const struct entry_row *last = list[count - 1].row;
    struct text nationality = entry_said(last, "nationality");
    struct stays stays;
    struct stay_answer stay;
    stays_of(law, crossings, count, a, &stays);
    stay_count(law, &stays, nationality, (struct text){0}, today, &stay);
    if (!stay.is_overstay || stay_is_free(law, nationality)) return;
    struct overstay *o = ARENA_PUSH(a, out);
    o->who = (struct traveller){.family = entry_said(last, "family_name"),
                                .given = entry_said(last, "given_names"),
                                .nationality = nationality,
                                .number = list[count - 1].number};
    o->stay = stay, o->reference = last->reference, o->entered = list[count - 1].crossing.day;
    o->point = entry_said(last, "crossing_point");
    o->traveller_class = entry_said(last, "traveller_class");
    o->entry = last->entry;
}

// ---- what may explain it

static void add_evidence(struct arena *a, struct overstay *o, struct stay_evidence e) {
    if (o->evidence.count < OVERSTAY_EVIDENCE_MAX) *ARENA_PUSH(a, &o->evidence) = e;
}

static bool same_name(const struct entry_row *row, const struct traveller *w) {
    return text_eq(entry_said(row, "family_name"), w->family) &&
           text_eq(entry_said(row, "given_names"), w->given);
}

// What the columns of the register leave out. The look at them has left its trace.
static struct date birth_of(struct border *b, struct db *db, int64_t entry, struct arena *a) {
    struct entry_identity e;
    bool is_known = !registers_identity(b->registers, db, entry, a, &e) && e.record.birth_count;
    return is_known ? e.record.births[0] : (struct date){0};
}

static void identify(struct border *b, struct db *db, struct arena *a, struct overstay *o) {
    struct entry_identity e;
    if (registers_identity(b->registers, db, o->entry, a, &e)) return;
    if (e.record.birth_count) o->who.birth = e.record.births[0];
    if (e.record.sex.n) o->who.sex = e.record.sex.p[0];
    for (size_t i = 0; i < e.record.number_count; i++) {
        const struct record_number *n = &e.record.numbers[i];
        if (text_eq(n->number, o->who.number)) o->who.issuer = n->issuer, o->who.doc_type = n->kind;
    }
}

// Whoever has two passports may leave with the other one.
static void look_for_exits(struct border *b, struct db *db, const struct crossed *list, size_t count,
                           struct arena *a, struct overstay *o) {
    identify(b, db, a, o);
    for (size_t i = 0; i < count; i++) {
        const struct crossed *c = &list[i];
        bool is_later_exit = c->crossing.kind == CROSSING_EXIT && date_cmp(c->crossing.day, o->entered) >= 0;
        if (!is_later_exit || !o->who.birth.year || text_eq(c->number, o->who.number)) continue;
        if (!same_name(c->row, &o->who) || !date_eq(birth_of(b, db, c->row->entry, a), o->who.birth))
            continue;
        add_evidence(a, o,
                     (struct stay_evidence){.sign = SIGN_CROSSING,
                                            .register_id = BORDER_CROSSING,
                                            .reference = c->row->reference,
                                            .words = c->number,
                                            .day = c->crossing.day,
                                            .entry = c->row->entry});
    }
}

struct listing {
    struct arena *arena;
    struct overstays *all;
};

static void on_list(void *context, const struct carrier_list *l, const struct carrier_person *x) {
    struct listing *g = context;
    struct date left;
    if (!x->who.number.n || date_parse(text_head(l->departs, 10), &left)) return;
    for (size_t i = 0; i < g->all->count; i++) {
        struct overstay *o = &g->all->items[i];
        if (!text_eq(o->who.number, x->who.number) || date_cmp(left, o->entered) <= 0) continue;
        struct text words = TEXT_JOIN(g->arena, l->number, T(" "), l->port_from, T(" – "), l->port_to);
        add_evidence(g->arena, o, (struct stay_evidence){SIGN_LIST, T(""), T(""), words, left, l->id, true});
    }
}

static enum status gather(struct border *b, const struct actor *actor, struct date today, struct arena *a,
                          struct overstays *out, struct problem *p) {
    *out = (struct overstays){0};
    const struct stay_law *law = border_law(b);
    if (!law) return STATUS_UNSUPPORTED;
    struct crossed *list = ARENA_ARRAY(a, struct crossed, OVERSTAY_CROSSINGS_MAX);
    size_t count;
    enum status st = read_all(b, actor, a, list, &count, &out->is_cut, p);
    if (st) return st;
    if (count) qsort(list, count, sizeof *list, by_document);
    for (size_t from = 0, i = 1; i <= count; i++) {
        if (i < count && text_eq(list[i].number, list[from].number)) continue;
        look_at(law, list + from, i - from, today, a, out);
        from = i;
    }
    if (!out->count) return STATUS_OK;
    struct listing g = {a, out};
    struct db *db;
    st = store_reader(journal_store(b->journal), &db);
    if (st) return st;
    for (size_t i = 0; i < out->count; i++) look_for_exits(b, db, list, count, a, &out->items[i]);
    st = carrier_people_each(db, on_list, &g);
    store_reader_release(journal_store(b->journal), db);
    return st;
}

enum status border_overstays(struct border *b, const struct actor *actor, struct date today, struct arena *a,
                             struct overstays *out, struct problem *p) {
    enum status st = gather(b, actor, today, a, out, p);
    if (!st && out->count) qsort(out->items, out->count, sizeof *out->items, longest_first);
    return st;
}

// ---- one of them, and what registers say

struct asking {
    struct border *border;
    const struct actor *actor;
    struct arena *arena;
    struct overstay_look *out;
};

static bool has_evidence(const struct overstay *o, int64_t entry) {
    for (size_t i = 0; i < o->evidence.count; i++)
        if (o->evidence.items[i].entry == entry) return true;
    return false;
}

static void silent(struct overstay_look *out, struct text id) {
    for (size_t i = 0; i < out->silent_count; i++)
        if (text_eq(out->silent[i], id)) return;
    if (out->silent_count < CONTROL_SILENT_MAX) out->silent[out->silent_count++] = id;
}

static void ask(struct asking *q, struct text id, struct entry_filter f, bool by_number) {
    struct overstay *o = &q->out->of;
    struct look look = {.purpose = BORDER_PURPOSE};
    struct entry_list rows;
    struct problem p;
    f.register_id = id, f.limit = OVERSTAY_EVIDENCE_MAX;
    if (registers_find(q->border->registers, q->actor, &look, &f, q->arena, &rows, &p)) {
        silent(q->out, id);
        return;
    }
    for (size_t i = 0; i < rows.count; i++) {
        const struct entry_row *row = &rows.items[i];
        struct date until = day_said(row, "valid_until");
        bool is_over = until.year && date_cmp(until, o->entered) < 0;
        if (is_over || !text_eq(row->state, T("current")) || has_evidence(o, row->entry)) continue;
        add_evidence(
            q->arena, o,
            (struct stay_evidence){SIGN_ENTRY, id, row->reference, T(""), until, row->entry, by_number});
    }
}

static void ask_registers(struct asking *q) {
    const struct stay_law *law = border_law(q->border);
    const struct traveller *w = &q->out->of.who;
    struct text name = text_trim(TEXT_JOIN(q->arena, w->family, T(" "), w->given));
    struct entry_filter by_name = {.name = name, .birth = date_print(q->arena, w->birth)};
    for (size_t i = 0; i < law->evidence_count; i++) {
        ask(q, law->evidence[i], (struct entry_filter){.number = w->number}, true);
        if (name.n && w->birth.year) ask(q, law->evidence[i], by_name, false);
    }
}

enum status border_overstay(struct border *b, const struct actor *actor, struct text number,
                            struct date today, struct arena *a, struct overstay_look *out,
                            struct problem *p) {
    struct overstays all;
    *out = (struct overstay_look){0};
    enum status st = gather(b, actor, today, a, &all, p);
    if (st) return st;
    for (size_t i = 0; i < all.count; i++) {
        if (!text_eq(all.items[i].who.number, number)) continue;
        out->of = all.items[i];
        ask_registers(&(struct asking){b, actor, a, out});
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}
