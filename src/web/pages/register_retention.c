// register_retention.c - for who watches over the data: how long each register keeps its entries, by which
// article, and what the daily job did. Says numbers, never which entries.
#include "registers/retention.h"

#include "web/pages.h"
#include "web/pages/register.h"

enum { RUNS_SHOWN = 30 };

struct rule_line {
    struct text register_title, when, condition, article;
    const char *then_key;
    bool is_first; // of its register
};
struct run_line {
    struct moment at;
    struct text done; // "Alerts: erased 3; ..."
};
struct retention_page {
    struct options purposes;
    struct {
        struct rule_line *items;
        size_t count, capacity;
    } rules;
    struct {
        struct run_line *items;
        size_t count, capacity;
    } runs;
};
#define V struct rule_line
VIEW(RULE_LINE, VIEW_TEXT(V, register_title), VIEW_TEXT(V, when), VIEW_TEXT(V, condition),
     VIEW_TEXT(V, article), VIEW_C(V, then_key), VIEW_BOOL(V, is_first));
#undef V
VIEW(RUN_LINE, VIEW_MOMENT(struct run_line, at), VIEW_TEXT(struct run_line, done));
#define V struct retention_page
VIEW(RETENTION_PAGE, VIEW_LIST(V, purposes, &OPTION_VIEW), VIEW_LIST(V, rules, &RULE_LINE),
     VIEW_LIST(V, runs, &RUN_LINE));
#undef V
static const struct page_template RETENTION = {"register_retention", &RETENTION_PAGE};

static struct text number(struct request *q, int64_t n) {
    return text_printf(q->arena, "%lld", (long long)n);
}

// "Years: 3, Days: 1"
static struct text period_of(struct request *q, const struct register_retention *t) {
    static const char *const KEYS[] = {"registers.kept.years", "registers.kept.months",
                                       "registers.kept.days"};
    const int64_t counts[] = {t->years, t->months, t->days};
    bool is_none = !t->years && !t->months;
    struct out o = {.arena = q->arena};
    for (int i = 0; i < 3; i++) {
        if (!counts[i] && !(i == 2 && is_none)) continue;
        if (o.n) out_c(&o, ", ");
        out_text(&o, page_text(q, KEYS[i], &(struct problem_arg){"n", number(q, counts[i])}, 1));
    }
    return out_done(&o);
}

struct text register_kept(struct request *q, const struct pack *pack, const struct pack_register *def,
                          const struct register_retention *t) {
    const struct form_field *f = form_field_at(def->form, t->from);
    if (t->is_permanent) return page_text(q, "registers.kept.always", NULL, 0);
    struct text from = text_eq(t->from, T("recorded")) ? page_text(q, "registers.kept.recorded", NULL, 0)
                       : text_eq(t->from, T("ended"))  ? page_text(q, "registers.kept.ended", NULL, 0)
                       : f                             ? register_label(q, pack, f)
                                                       : t->from;
    return TEXT_JOIN(q->arena, period_of(q, t), T(", "),
                     page_text(q, "registers.kept.after", &(struct problem_arg){"from", from}, 1));
}

static void add_rules(struct request *q, const struct pack *pack, const struct pack_register *def,
                      struct retention_page *v) {
    for (size_t i = 0; i < def->retention_count; i++) {
        const struct register_retention *t = &def->retention[i];
        static const char *const THEN[] = {"registers.then.erase", "registers.then.review",
                                           "registers.then.pseudonymise"};
        *ARENA_PUSH(q->arena, &v->rules) = (struct rule_line){
            register_title(q, pack, def),          register_kept(q, pack, def, t),         t->when,
            register_article(q, pack, t->article), t->is_permanent ? NULL : THEN[t->then], i == 0};
    }
}

static void add_run(struct request *q, const struct retention_report *run, struct retention_page *v) {
    struct registers *room = page_app(q)->registers;
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < run->lines.count; i++) {
        const struct retention_line *l = &run->lines.items[i];
        const struct pack_register *def = registers_named(room, l->register_id);
        const char *key = text_eq(l->then, T("erase"))    ? "registers.then.erase"
                          : text_eq(l->then, T("review")) ? "registers.then.review"
                                                          : "registers.then.pseudonymise";
        if (o.n) out_c(&o, "; ");
        out_text(&o, def ? register_title(q, registers_pack(room, def->id), def) : l->register_id);
        out_c(&o, ": ");
        out_text(&o, page_text(q, key, NULL, 0));
        out_c(&o, " ");
        out_text(&o, number(q, l->count));
    }
    *ARENA_PUSH(q->arena, &v->runs) = (struct run_line){run->at, out_done(&o)};
}

static enum status retention_page(struct request *q, struct response *r) {
    struct registers *room = page_app(q)->registers;
    struct retention_page v = {.purposes = register_purposes(q, T(""))};
    struct retention_reports runs = {0};
    struct register_list all = {0};
    struct look look = {.purpose = register_purpose_of(&v.purposes)};
    if (!room || !look.purpose.n) return STATUS_NOT_FOUND;
    enum status st = registers_retention_reports(room, page_actor(q), &look, q->arena, &runs, &r->problem);
    if (st) return st;
    registers_all(room, q->arena, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct pack *pack = registers_pack(room, all.items[i]->id);
        page_use_pack(q, pack);
        add_rules(q, pack, all.items[i], &v);
    }
    for (size_t i = 0; i < runs.count && i < RUNS_SHOWN; i++) add_run(q, &runs.items[i], &v);
    if (v.purposes.count == 1) v.purposes.count = 0;
    return page_show(q, r, &RETENTION, &v);
}

static const struct route ROUTES[] = {
    {GET, "/registers/retention", retention_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&RETENTION, NULL};
const struct page_module REGISTER_RETENTION_PAGES = {ROUTES, TEMPLATES};
