// export.c - counting entries, and writing them as rows that name nobody.
#include "registers/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "registers/internal.h"

static const struct sql COUNTED =
    SQL("register_counted",
        "select " ENTRY_COLUMNS " from register_entry e where e.register = :register and e.entry_id"
        " > :after and e.state in ('current', 'ended', 'pseudonymised') and (:wide = 1 or e.unit ="
        " :unit) and e.recorded_at >= :from and e.recorded_at < :until order by e.entry_id limit :limit");

// ---- who may, and what

struct exporting {
    struct looking k;
    class_set open;            // classes that may be exported
    bool is_wide;              // of every unit
    struct moment from, until; // of the recording
};

static enum status find_rights(struct exporting *x, struct text register_id, bool *is_reasoned,
                               struct problem *p) {
    struct looking *k = &x->k;
    enum status st = rights_find(k->r, register_id, &k->g, p);
    if (st) return st;
    k->policy = rights_policy(k->g, 0);
    k->now = env_now(journal_env(k->r->journal));
    k->relation = T("none");
    x->until.ms = INT64_MAX;
    x->open = classes_of(k, k->policy, REGISTER_EXPORT, k->relation, is_reasoned);
    x->is_wide = x->open != 0;
    if (!x->is_wide)
        k->relation = T("unit"),
        x->open = classes_of(k, k->policy, REGISTER_EXPORT, k->relation, is_reasoned);
    return STATUS_OK;
}

static enum status begin(struct exporting *x, struct text register_id, struct problem *p) {
    struct looking *k = &x->k;
    bool is_reasoned = false;
    enum status st = find_rights(x, register_id, &is_reasoned, p);
    if (st) return st;
    struct text what = TEXT_JOIN(k->arena, T("register_export:"), k->g->of->id);
    if (!x->open)
        return refused(k->r, k->g, k->policy, k->actor, k->look, REGISTER_EXPORT, k->relation, 0, 0, what, p);
    struct access_trace trace = {.actor = k->actor,
                                 .purpose = rights_purpose_word(k->g, k->look->purpose),
                                 .relation = k->relation,
                                 .what = what,
                                 .reason = is_reasoned ? text_trim(k->look->reason) : T("")};
    st = access_record_now(k->r->journal, &trace);
    return st ? st : store_reader_own(journal_store(k->r->journal), &k->db);
}

static bool may_export(const struct exporting *x, const struct form_field *f) {
    return f && (access_class(x->k.policy, f->attribute_class) & x->open);
}

static enum status read_page(struct exporting *x, int64_t *after, struct arena *a, struct entry *page,
                             size_t *count) {
    struct rows q;
    *count = 0;
    enum status st =
        DB_QUERY(x->k.db, &q, &COUNTED, V_TEXT(x->k.g->of->id), V_INT(*after), V_INT(x->is_wide),
                 V_TEXT(x->k.actor->unit), V_INT(x->from.ms), V_INT(x->until.ms), V_INT(EXPORT_PIECE_ROWS));
    while (!st && rows_next(&q)) {
        st = entry_row_read(&q, a, &page[*count]);
        if (!st) *after = page[(*count)++].entry;
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

// ---- counting

// Reg. (EC) 862/2007, tables of Eurostat by age.
static const struct {
    int below;
    const char *name;
} AGES[] = {{14, "0-13"}, {18, "14-17"}, {35, "18-34"}, {65, "35-64"}, {1000, "65+"}};

static const struct form_field *birth_field(const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].search == SEARCH_BIRTH) return &fields[i];
        const struct form_field *inner = birth_field(fields[i].children, fields[i].child_count);
        if (inner) return inner;
    }
    return NULL;
}

static const struct form_field *birth_of(const struct pack_register *g) {
    const struct form_field *f = NULL;
    for (size_t i = 0; i < g->form->section_count && !f; i++)
        f = birth_field(g->form->sections[i].fields, g->form->sections[i].field_count);
    return f;
}

static struct text age_group(const struct exporting *x, const struct entry *e, struct date on) {
    const struct form_field *f = birth_of(x->k.g->of);
    struct date birth;
    for (size_t i = 0; i < e->answers.count; i++) {
        if (form_field_at(x->k.g->of->form, e->answers.items[i].path) != f) continue;
        if (date_parse(text_slice(e->answers.items[i].value, 0, 10), &birth) || !birth.year) continue;
        int years = date_age_years(birth, on);
        for (size_t k = 0; k < sizeof AGES / sizeof *AGES; k++)
            if (years < AGES[k].below) return text_of(AGES[k].name);
    }
    return T("UNK");
}

static struct date day_counted(const struct exporting *x, const struct register_statistic *s,
                               const struct entry *e) {
    if (text_eq(s->date, T("recorded"))) return zone_date(x->k.r->zone, e->recorded);
    if (text_eq(s->date, T("ended"))) return e->ended;
    return day_of(answers_get(&e->answers, s->date));
}

static struct text period_of(struct arena *a, enum register_period p, struct date d) {
    if (p == PERIOD_YEAR) return text_printf(a, "%04d", d.year);
    if (p == PERIOD_QUARTER) return text_printf(a, "%04d-Q%d", d.year, (d.month - 1) / 3 + 1);
    if (p == PERIOD_MONTH) return text_printf(a, "%04d-%02d", d.year, d.month);
    return date_print(a, d);
}

struct counting {
    struct exporting *x;
    const struct register_statistic *s;
    const struct statistic_order *order;
    struct statistic_table *out;
    size_t *slots; // index of a cell + 1, by hash
    size_t capacity;
    struct arena *a;
};

static uint64_t hash_cell(const struct statistic_cell *c, size_t by) {
    uint64_t h = UINT64_C(14695981039346656037); // FNV-1a
    for (size_t k = 0; k <= by; k++) {
        struct text t = k ? c->values[k - 1] : c->period;
        for (size_t i = 0; i < t.n; i++) h = (h ^ (uint8_t)t.p[i]) * UINT64_C(1099511628211);
        h = (h ^ 0xFF) * UINT64_C(1099511628211);
    }
    return h;
}

static bool same_cell(const struct statistic_cell *x, const struct statistic_cell *y, size_t by) {
    for (size_t k = 0; k < by; k++)
        if (!text_eq(x->values[k], y->values[k])) return false;
    return text_eq(x->period, y->period);
}

static enum status count_cell(struct counting *c, const struct statistic_cell *cell) {
    size_t at = hash_cell(cell, c->s->by_count) & (c->capacity - 1);
    for (; c->slots[at]; at = (at + 1) & (c->capacity - 1)) {
        struct statistic_cell *known = &c->out->cells.items[c->slots[at] - 1];
        if (!same_cell(known, cell, c->s->by_count)) continue;
        known->count++;
        return STATUS_OK;
    }
    if (c->out->cells.count == STATISTIC_CELLS_MAX) return STATUS_TOO_LARGE;
    struct statistic_cell *made = ARENA_PUSH(c->a, &c->out->cells);
    *made = *cell;
    made->count = 1;
    made->period = text_copy(c->a, cell->period);
    for (size_t k = 0; k < c->s->by_count; k++) made->values[k] = text_copy(c->a, cell->values[k]);
    c->slots[at] = c->out->cells.count;
    return STATUS_OK;
}

static bool holds(const struct counting *c, const struct entry *e, struct arena *a) {
    struct feel_value v, context;
    struct feel_now now = {c->x->k.now, c->x->k.r->zone_name};
    if (!c->s->condition) return true;
    context = form_feel(a, c->x->k.g->of->form, &e->answers);
    return !feel_eval(c->s->condition, &context, &now, a, &v, NULL) && feel_is_true(&v);
}

static bool is_new_value(const struct counting *c, const struct entry *e, size_t at,
                         const struct form_field *f) {
    if (form_field_at(c->x->k.g->of->form, e->answers.items[at].path) != f) return false;
    for (size_t i = 0; i < at; i++)
        if (form_field_at(c->x->k.g->of->form, e->answers.items[i].path) == f &&
            text_eq(e->answers.items[i].value, e->answers.items[at].value))
            return false;
    return true;
}

// Who has two nationalities is counted under both, once under each.
static enum status count_each(struct counting *c, const struct entry *e, struct statistic_cell *cell,
                              size_t several) {
    const struct form_field *f = register_dimension(c->x->k.g->of, c->s->by[several]);
    bool is_said = false;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < e->answers.count && !st; i++) {
        if (!is_new_value(c, e, i, f)) continue;
        is_said = true;
        cell->values[several] = e->answers.items[i].value;
        st = count_cell(c, cell);
    }
    return st || is_said ? st : count_cell(c, cell);
}

static enum status count_entry(struct counting *c, const struct entry *e, struct arena *a) {
    bool is_stock = c->s->period == PERIOD_STOCK;
    struct date day = day_counted(c->x, c->s, e);
    struct date on = c->order->to.year ? c->order->to : zone_date(c->x->k.r->zone, c->x->k.now); // of a stock
    if (!day.year) return STATUS_OK;
    if (c->order->to.year && date_cmp(day, c->order->to) > 0) return STATUS_OK;
    if (!is_stock && c->order->from.year && date_cmp(day, c->order->from) < 0) return STATUS_OK;
    bool is_over = text_eq(e->state, T("pseudonymised")) || (e->ended.year && date_cmp(e->ended, on) <= 0);
    if (is_stock && is_over) return STATUS_OK;
    if (!holds(c, e, a)) return STATUS_OK;
    struct statistic_cell cell = {.period = period_of(a, c->s->period, is_stock ? on : day)};
    size_t several = SIZE_MAX;
    for (size_t k = 0; k < c->s->by_count; k++) {
        bool is_age = text_eq(c->s->by[k], T("age_group"));
        if (!is_age && register_dimension_is_several(c->x->k.g->of, c->s->by[k])) several = k;
        cell.values[k] =
            is_age ? age_group(c->x, e, is_stock ? on : day) : answers_get(&e->answers, c->s->by[k]);
        if (!cell.values[k].n) cell.values[k] = T("UNK");
    }
    return several == SIZE_MAX ? count_cell(c, &cell) : count_each(c, e, &cell, several);
}

static enum status count_all(struct counting *c) {
    struct arena one = {0};
    struct entry *page = calloc(EXPORT_PIECE_ROWS, sizeof *page);
    if (!page) abort(); // as arena_alloc does
    int64_t after = 0;
    size_t count = EXPORT_PIECE_ROWS;
    enum status st = STATUS_OK;
    while (!st && count == EXPORT_PIECE_ROWS) {
        arena_reset(&one);
        st = read_page(c->x, &after, &one, page, &count);
        for (size_t i = 0; i < count && !st; i++) st = count_entry(c, &page[i], &one);
    }
    free(page);
    arena_free(&one);
    return st;
}

static int by_place(const void *a, const void *b) {
    const struct statistic_cell *x = a, *y = b;
    int order = text_cmp(x->period, y->period);
    for (size_t k = 0; k < REGISTER_DIMENSIONS_MAX && !order; k++)
        order = text_cmp(x->values[k], y->values[k]);
    return order;
}

static const struct register_statistic *named(const struct pack_register *g, struct text id) {
    for (size_t i = 0; i < g->statistic_count; i++)
        if (text_eq(g->statistics[i].id, id)) return &g->statistics[i];
    return NULL;
}

// An age group is told with the class "statistics": it is what a birth date becomes.
static enum status want_dimensions(const struct exporting *x, const struct register_statistic *s,
                                   struct problem *p) {
    for (size_t k = 0; k < s->by_count; k++) {
        bool is_age = text_eq(s->by[k], T("age_group"));
        bool may = is_age ? (access_class(x->k.policy, T("statistics")) & x->open) != 0
                          : may_export(x, register_dimension(x->k.g->of, s->by[k]));
        if (may) continue;
        if (p)
            *p =
                (struct problem){.field = "by", .rule = "access_class", .text_key = "problem.register.class"};
        return STATUS_REFUSED;
    }
    return STATUS_OK;
}

enum status registers_statistic(struct registers *r, const struct actor *actor,
                                const struct statistic_order *order, struct arena *a,
                                struct statistic_table *out, struct problem *p) {
    struct exporting x = {.k = {.r = r, .actor = actor, .look = &order->look, .arena = a}};
    struct counting c = {.x = &x, .order = order, .out = out, .a = a, .capacity = 4 * 65536};
    _Static_assert(STATISTIC_CELLS_MAX < 2 * 65536, "slots stay half empty");
    *out = (struct statistic_table){0};
    enum status st = begin(&x, order->register_id, p);
    if (st) return st;
    c.s = out->of = named(x.k.g->of, order->statistic);
    if (!c.s) {
        if (p)
            *p = (struct problem){
                .field = "statistic", .rule = "not_found", .text_key = "problem.register.statistic"};
        st = STATUS_NOT_FOUND;
    }
    if (!st) st = want_dimensions(&x, c.s, p);
    c.slots = st ? NULL : calloc(c.capacity, sizeof *c.slots);
    if (!st && !c.slots) abort();
    if (!st) st = count_all(&c);
    free(c.slots);
    store_reader_own_close(x.k.db);
    for (size_t i = 0; i < out->cells.count; i++) {
        struct statistic_cell *cell = &out->cells.items[i];
        cell->is_few = cell->count < STATISTIC_SMALL;
        if (cell->is_few) cell->count = 0;
    }
    if (out->cells.count) qsort(out->cells.items, out->cells.count, sizeof *out->cells.items, by_place);
    return st;
}

struct text statistic_csv(struct arena *a, const struct statistic_table *t) {
    struct out o = {.arena = a};
    out_c(&o, "period");
    for (size_t k = 0; k < t->of->by_count; k++) csv_cell(&o, t->of->by[k], false);
    out_c(&o, ",count\r\n");
    for (size_t i = 0; i < t->cells.count; i++) {
        const struct statistic_cell *c = &t->cells.items[i];
        csv_cell(&o, c->period, true);
        for (size_t k = 0; k < t->of->by_count; k++) csv_cell(&o, c->values[k], false);
        out_byte(&o, ',');
        if (c->is_few)
            out_printf(&o, "<%d", STATISTIC_SMALL);
        else
            out_int(&o, c->count);
        out_c(&o, "\r\n");
    }
    return out_done(&o);
}

static void json_value(struct out *o, struct arena *a, struct text key, struct text value) {
    struct answers one = {.arena = a};
    size_t at;
    bool is_several = text_find(key, T("["), &at); // a path that no answer has: the key as it stands
    if (answers_set(&one, is_several ? T("v") : key, value)) return; // only paths and codes
    struct text said = answers_json(a, &one);
    out_byte(o, ',');
    if (is_several) out_printf(o, "\"" TEXT_FMT "\":", TEXT_ARG(key));
    out_text(o, text_slice(said, is_several ? 5 : 1, said.n - 1));
}

struct text statistic_json(struct arena *a, const struct statistic_table *t) {
    struct out o = {.arena = a};
    out_byte(&o, '[');
    for (size_t i = 0; i < t->cells.count; i++) {
        const struct statistic_cell *c = &t->cells.items[i];
        if (i) out_byte(&o, ',');
        out_printf(&o, "{\"period\":\"" TEXT_FMT "\"", TEXT_ARG(c->period));
        for (size_t k = 0; k < t->of->by_count; k++) json_value(&o, a, t->of->by[k], c->values[k]);
        if (c->is_few)
            out_printf(&o, ",\"fewer_than\":%d}", STATISTIC_SMALL);
        else
            out_printf(&o, ",\"count\":%lld}", (long long)c->count);
    }
    out_byte(&o, ']');
    return out_done(&o);
}

// ---- rows

struct register_export {
    struct exporting x;
    struct arena arena, piece;
    struct actor actor;
    struct look look;
    enum export_format format;
    struct key key; // of the pseudonyms, random
    struct export_fields columns;
    struct entry page[EXPORT_PIECE_ROWS];
    int64_t after;
    bool is_begun, is_over;
};

static bool is_day(const struct form_field *f) {
    return f->kind == FIELD_DATE || f->kind == FIELD_PARTIAL_DATE || f->kind == FIELD_DATETIME;
}

static void add_fields(const struct exporting *x, const struct form_field *fields, size_t count,
                       struct export_fields *out) {
    class_set quiet = access_class(x->k.policy, T("statistics")) | access_class(x->k.policy, T("public"));
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        bool is_coded = f->code_list.n || f->option_count || f->kind == FIELD_CHECKBOX || is_day(f);
        bool is_quiet = access_class(x->k.policy, f->attribute_class) & quiet;
        size_t at;
        bool is_single = !f->is_multiple && !text_find(f->path, T("["), &at) && f->search != SEARCH_BIRTH;
        if (f->key.n && is_coded && is_quiet && is_single && may_export(x, f))
            *ARENA_PUSH(x->k.arena, out) = f;
        if (f->kind == FIELD_GROUP) add_fields(x, f->children, f->child_count, out);
    }
}

static void all_fields(const struct exporting *x, struct export_fields *out) {
    const struct form *f = x->k.g->of->form;
    for (size_t i = 0; i < f->section_count; i++)
        add_fields(x, f->sections[i].fields, f->sections[i].field_count, out);
}

void registers_export_fields(struct registers *r, const struct actor *actor, const struct look *look,
                             struct text register_id, struct arena *a, struct export_fields *out) {
    struct exporting x = {.k = {.r = r, .actor = actor, .look = look, .arena = a}};
    bool ignored;
    *out = (struct export_fields){0};
    if (!find_rights(&x, register_id, &ignored, NULL)) all_fields(&x, out);
}

static enum status choose_columns(struct register_export *x, const struct export_order *o,
                                  struct problem *p) {
    struct export_fields all = {0};
    all_fields(&x->x, &all);
    if (!o->field_count) x->columns = all;
    for (size_t i = 0; i < o->field_count; i++) {
        size_t at = 0;
        while (at < all.count && !text_eq(all.items[at]->path, o->fields[i])) at++;
        if (at == all.count) return problem(p, "fields", "export_field", "problem.register.export_field");
        bool is_twice = false;
        for (size_t k = 0; k < x->columns.count; k++) is_twice |= x->columns.items[k] == all.items[at];
        if (!is_twice) *ARENA_PUSH(&x->arena, &x->columns) = all.items[at];
    }
    return STATUS_OK;
}

static enum status choose_period(struct register_export *x, const struct export_order *o, struct problem *p) {
    const struct zone *z = x->x.k.r->zone;
    if (o->from.year && o->to.year && date_cmp(o->to, o->from) < 0)
        return problem(p, "to", "until_before_from", "problem.register.period");
    if (o->from.year) x->x.from = zone_moment(z, o->from, 0);
    if (o->to.year) x->x.until = zone_moment(z, date_add_days(o->to, 1), 0);
    return STATUS_OK;
}

enum status registers_export_begin(struct registers *r, const struct actor *actor,
                                   const struct export_order *order, struct register_export **out,
                                   struct problem *p) {
    struct register_export *x = calloc(1, sizeof *x);
    if (!x) abort(); // as arena_alloc does
    *out = NULL;
    x->actor = *actor;
    x->actor.unit = text_copy(&x->arena, actor->unit);
    x->look = order->look;
    x->format = order->format;
    x->x.k = (struct looking){.r = r, .actor = &x->actor, .look = &x->look, .arena = &x->arena};
    env_random(journal_env(r->journal), x->key.b, sizeof x->key.b);
    enum status st = begin(&x->x, order->register_id, p);
    if (!st) st = choose_columns(x, order, p);
    if (!st) st = choose_period(x, order, p);
    if (st)
        registers_export_end(x);
    else
        *out = x;
    return st;
}

void registers_export_end(struct register_export *x) {
    if (!x) return;
    store_reader_own_close(x->x.k.db);
    key_wipe(&x->key);
    arena_free(&x->arena);
    arena_free(&x->piece);
    free(x);
}

static struct text pseudonym(struct register_export *x, int64_t entry) {
    static const char SIGNS[] = "0123456789abcdef";
    struct hash h = hash_keyed(&x->key, bytes_of(text_printf(&x->piece, "%lld", (long long)entry)));
    char *b = arena_alloc(&x->piece, 16);
    for (int i = 0; i < 16; i++) b[i] = SIGNS[h.b[i / 2] >> (i % 2 ? 0 : 4) & 15];
    return (struct text){b, 16};
}

static struct text cell_of(const struct entry *e, const struct form_field *f) {
    struct text value = answers_get(&e->answers, f->path);
    return is_day(f) ? text_slice(value, 0, 4) : value;
}

static void write_head(struct register_export *x, struct out *o) {
    out_c(o, "pseudonym,recorded,state");
    for (size_t i = 0; i < x->columns.count; i++) csv_cell(o, x->columns.items[i]->path, false);
    out_c(o, "\r\n");
}

static void write_row(struct register_export *x, struct out *o, const struct entry *e) {
    struct text name = pseudonym(x, e->entry);
    struct text year = text_printf(&x->piece, "%04d", zone_date(x->x.k.r->zone, e->recorded).year);
    bool is_csv = x->format == EXPORT_CSV;
    if (is_csv)
        out_printf(o, TEXT_FMT "," TEXT_FMT "," TEXT_FMT, TEXT_ARG(name), TEXT_ARG(year), TEXT_ARG(e->state));
    else
        out_printf(o,
                   "{\"pseudonym\":\"" TEXT_FMT "\",\"recorded\":\"" TEXT_FMT "\",\"state\":\"" TEXT_FMT "\"",
                   TEXT_ARG(name), TEXT_ARG(year), TEXT_ARG(e->state));
    for (size_t i = 0; i < x->columns.count; i++) {
        struct text value = cell_of(e, x->columns.items[i]);
        if (is_csv)
            csv_cell(o, value, false);
        else if (value.n)
            json_value(o, &x->piece, x->columns.items[i]->path, value);
    }
    out_c(o, is_csv ? "\r\n" : "}\n");
}

enum status registers_export_next(struct register_export *x, struct text *piece) {
    size_t count = 0;
    arena_reset(&x->piece);
    struct out o = {.arena = &x->piece};
    *piece = T("");
    if (x->is_over) return STATUS_OK;
    if (!x->is_begun && x->format == EXPORT_CSV) write_head(x, &o);
    x->is_begun = true;
    enum status st = read_page(&x->x, &x->after, &x->piece, x->page, &count);
    for (size_t i = 0; i < count && !st; i++) write_row(x, &o, &x->page[i]);
    x->is_over = count < EXPORT_PIECE_ROWS;
    *piece = out_done(&o);
    return st;
}
