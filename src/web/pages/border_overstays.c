// border_overstays.c - who stayed too long, for the second line: with what may explain that nobody was seen
// leaving, and the exit that is recorded when it does.
#include "web/pages.h"
#include "web/pages/border.h"

struct sign_line {
    struct text title, words, href;
    struct date day;
    bool by_number, is_entry;
};
struct sign_lines {
    struct sign_line *items;
    size_t count, capacity;
};
struct over_line {
    struct text name, nationality, number, reference;
    struct date entered, since;
    int64_t days;
    bool is_uncertain;
    struct border_who who;
    struct sign_lines signs;
};
struct silent_word {
    struct text words;
};
struct over_view {
    struct {
        struct over_line *items;
        size_t count, capacity;
    } rows;
    struct date today;
    bool is_cut;
};
struct one_view {
    struct over_line of;
    struct text point, evidence, traveller_class;
    struct date_parts left_on;
    struct options means;
    struct {
        struct silent_word *items;
        size_t count, capacity;
    } silent;
    bool may_record;
};
#define V struct sign_line
VIEW(SIGN_LINE, VIEW_TEXT(V, title), VIEW_TEXT(V, words), VIEW_TEXT(V, href), VIEW_DATE(V, day),
     VIEW_BOOL(V, by_number), VIEW_BOOL(V, is_entry));
#undef V
#define V struct over_line
VIEW(OVER_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, nationality), VIEW_TEXT(V, number), VIEW_TEXT(V, reference),
     VIEW_DATE(V, entered), VIEW_DATE(V, since), VIEW_INT64(V, days), VIEW_BOOL(V, is_uncertain),
     VIEW_STRUCT(V, who, &BORDER_WHO), VIEW_LIST(V, signs, &SIGN_LINE));
#undef V
VIEW(SILENT_WORD, VIEW_TEXT(struct silent_word, words));
#define V struct over_view
VIEW(OVER_VIEW, VIEW_LIST(V, rows, &OVER_LINE), VIEW_DATE(V, today), VIEW_BOOL(V, is_cut));
#undef V
#define V struct one_view
VIEW(ONE_OVER_VIEW, VIEW_STRUCT(V, of, &OVER_LINE), VIEW_TEXT(V, point), VIEW_TEXT(V, evidence),
     VIEW_TEXT(V, traveller_class), VIEW_STRUCT(V, left_on, &DATE_PARTS_VIEW),
     VIEW_LIST(V, means, &OPTION_VIEW), VIEW_LIST(V, silent, &SILENT_WORD), VIEW_BOOL(V, may_record));
#undef V
static const struct page_template OVER = {"border_overstays", &OVER_VIEW};
static const struct page_template ONE = {"border_overstay", &ONE_OVER_VIEW};

static struct text register_title(struct request *q, struct text id) {
    return page_words_of(q, page_pack(q), TEXT_JOIN(q->arena, T("register."), id, T(".title")));
}

static struct sign_line sign_of(struct request *q, const struct stay_evidence *e) {
    static const char *const KEYS[] = {
        [SIGN_CROSSING] = "border.sign.crossing", [SIGN_LIST] = "border.sign.list"};
    struct sign_line s = {.words = e->reference.n ? e->reference : e->words,
                          .day = e->day,
                          .by_number = e->by_number,
                          .is_entry = e->sign == SIGN_ENTRY};
    s.title = s.is_entry ? register_title(q, e->register_id) : page_text(q, KEYS[e->sign], NULL, 0);
    if (e->sign == SIGN_LIST)
        s.href = text_printf(q->arena, "/border/lists/%lld", (long long)e->entry);
    else
        s.href = text_printf(q->arena, "/registers/" TEXT_FMT "/%lld?purpose=border_check",
                             TEXT_ARG(e->register_id), (long long)e->entry);
    return s;
}

static void fill_line(struct request *q, const struct overstay *o, struct over_line *l) {
    *l = (struct over_line){.name = text_trim(TEXT_JOIN(q->arena, o->who.family, T(" "), o->who.given)),
                            .nationality = border_words(q, "nationality", o->who.nationality),
                            .number = o->who.number,
                            .reference = o->reference,
                            .entered = o->entered,
                            .since = o->stay.over_since,
                            .days = o->stay.over_days,
                            .is_uncertain = o->stay.is_uncertain};
    border_who_carry(q, &o->who, &l->who);
    for (size_t i = 0; i < o->evidence.count; i++)
        *ARENA_PUSH(q->arena, &l->signs) = sign_of(q, &o->evidence.items[i]);
}

static enum status over_page(struct request *q, struct response *r) {
    struct over_view v = {.today = border_today(q)};
    struct overstays all;
    struct border *b;
    enum status st = border_room(q, &b);
    if (!st) st = border_overstays(b, page_actor(q), v.today, q->arena, &all, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < all.count; i++) fill_line(q, &all.items[i], ARENA_PUSH(q->arena, &v.rows));
    v.is_cut = all.is_cut;
    return page_show(q, r, &OVER, &v);
}

// ---- one of them

static enum status show_one(struct request *q, struct response *r, struct border *b, struct one_view *v) {
    struct overstay_look one;
    enum status st = border_overstay(b, page_actor(q), form_text(q, "number"), border_today(q), q->arena,
                                     &one, &r->problem);
    if (st) return st;
    fill_line(q, &one.of, &v->of);
    if (!form_has(q, "point")) v->point = one.of.point;
    v->traveller_class = one.of.traveller_class;
    v->means = page_code_options(q, "means", form_text(q, "means"));
    for (size_t i = 0; i < one.silent_count; i++)
        *ARENA_PUSH(q->arena, &v->silent) = (struct silent_word){register_title(q, one.silent[i])};
    v->may_record = registers_might(page_app(q)->registers, page_actor(q), T("crossing"), T("border_check"),
                                    REGISTER_RECORD);
    return page_show(q, r, &ONE, v);
}

// Nobody knows the hour: it is the end of the day that is proved.
static enum status record_exit(struct request *q, struct border *b, struct one_view *v, struct problem *p) {
    struct border_act act = {.event = T("exit"),
                             .point = v->point,
                             .means = form_text(q, "means"),
                             .traveller_class = form_text(q, "traveller_class"),
                             .evidence = v->evidence,
                             .officer = page_actor(q)->public_code};
    struct register_done done = {0};
    struct date left;
    border_who_read(q, &act.who);
    enum status st = form_date(q, "left_on", &v->left_on, &left, p);
    if (st) return st;
    if (!date_is_full(left) || date_cmp(left, border_today(q)) > 0)
        return problem(p, "left_on", "date", "border.left_wrong");
    if (!v->evidence.n) return problem(p, "evidence", "evidence_missing", "border.evidence_missing");
    act.at = TEXT_JOIN(q->arena, date_print(q->arena, left), T("T23:59"));
    return border_record(b, page_actor(q), &act, q->arena, &done, p);
}

static enum status one_page(struct request *q, struct response *r) {
    struct one_view v = {.point = form_text(q, "point"), .evidence = text_trim(form_text(q, "evidence"))};
    struct problem p = {0};
    struct border *b;
    enum status st = border_room(q, &b);
    if (st) return st;
    if (!form_has(q, "evidence")) return show_one(q, r, b, &v);
    st = record_exit(q, b, &v, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_one(q, r, b, &v);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.border_exit");
    return response_redirect(q, r, T("/border/overstays"));
}

static const struct route ROUTES[] = {{GET, "/border/overstays", over_page, NEEDS(STAFF)},
                                      {POST, "/border/overstays", one_page, NEEDS(STAFF)},
                                      {0}};
static const struct page_template *const TEMPLATES[] = {&OVER, &ONE, NULL};
const struct page_module BORDER_OVERSTAY_PAGES = {ROUTES, TEMPLATES};
