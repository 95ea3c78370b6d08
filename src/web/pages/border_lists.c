// border_lists.c - lists of carriers: who arrives, what is read of a list, and candidates that people
// compare.
#include "base/json.h"
#include "border/lists.h"
#include "web/pages.h"
#include "web/pages/border.h"
#include "web/pages/kept_file.h"

struct list_line {
    struct text number, route, arrives, href;
    int64_t people, matched, open, errors;
    bool is_erased, is_done;
};
struct lists_view {
    struct {
        struct list_line *items;
        size_t count, capacity;
    } rows;
    struct date today;
    bool may_send;
};
struct fault_line {
    struct text words;
    bool is_error;
};
struct hit_line {
    struct text compare_href, state_key, reason;
    int64_t score;
    bool by_number;
};
struct passenger_line {
    struct text name, nationality, document, role_key, seat;
    struct date birth;
    struct {
        struct hit_line *items;
        size_t count, capacity;
    } hits;
    bool has_hits;
};
struct passenger_lines {
    struct passenger_line *items;
    size_t count, capacity;
};
struct one_view {
    struct list_line head;
    struct text sender;
    struct {
        struct fault_line *items;
        size_t count, capacity;
    } faults;
    struct passenger_lines candidates, people;
};
#define V struct list_line
VIEW(LIST_LINE, VIEW_TEXT(V, number), VIEW_TEXT(V, route), VIEW_TEXT(V, arrives), VIEW_TEXT(V, href),
     VIEW_INT64(V, people), VIEW_INT64(V, matched), VIEW_INT64(V, open), VIEW_INT64(V, errors),
     VIEW_BOOL(V, is_erased), VIEW_BOOL(V, is_done));
#undef V
#define V struct lists_view
VIEW(LISTS_VIEW, VIEW_LIST(V, rows, &LIST_LINE), VIEW_DATE(V, today), VIEW_BOOL(V, may_send));
#undef V
VIEW(FAULT_LINE, VIEW_TEXT(struct fault_line, words), VIEW_BOOL(struct fault_line, is_error));
#define V struct hit_line
VIEW(HIT_LINE, VIEW_TEXT(V, compare_href), VIEW_TEXT(V, state_key), VIEW_TEXT(V, reason),
     VIEW_INT64(V, score), VIEW_BOOL(V, by_number));
#undef V
#define V struct passenger_line
VIEW(PASSENGER_LINE, VIEW_TEXT(V, name), VIEW_TEXT(V, nationality), VIEW_TEXT(V, document),
     VIEW_TEXT(V, role_key), VIEW_TEXT(V, seat), VIEW_DATE(V, birth), VIEW_LIST(V, hits, &HIT_LINE),
     VIEW_BOOL(V, has_hits));
#undef V
#define V struct one_view
VIEW(ONE_VIEW, VIEW_STRUCT(V, head, &LIST_LINE), VIEW_TEXT(V, sender), VIEW_LIST(V, faults, &FAULT_LINE),
     VIEW_LIST(V, candidates, &PASSENGER_LINE), VIEW_LIST(V, people, &PASSENGER_LINE));
#undef V
static const struct page_template LISTS = {"border_lists", &LISTS_VIEW};
static const struct page_template ONE = {"border_list", &ONE_VIEW};

static struct list_line line_of(struct request *q, const struct carrier_list *l) {
    struct arena *a = q->arena;
    return (struct list_line){.number = l->number.n ? l->number : l->sender,
                              .route = TEXT_JOIN(a, l->port_from, T(" – "), l->port_to),
                              .arrives = l->arrives,
                              .href = text_printf(a, "/border/lists/%lld", (long long)l->id),
                              .people = l->people,
                              .matched = l->matched,
                              .open = l->open,
                              .errors = l->errors,
                              .is_erased = l->erased.ms != 0,
                              .is_done = l->matched >= l->people};
}

static enum status lists(struct request *q, struct response *r) {
    struct lists_view v = {.today = border_today(q)};
    struct carrier_lists all;
    struct border *b;
    enum status st = border_room(q, &b);
    if (!st) st = carrier_lists_of(b, page_actor(q), v.today, q->arena, &all, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < all.count; i++) *ARENA_PUSH(q->arena, &v.rows) = line_of(q, &all.items[i]);
    v.may_send = registers_might(page_app(q)->registers, page_actor(q), T("crossing"), T("border_check"),
                                 REGISTER_RECORD); // who works at the border; asked again when a file comes
    return page_show(q, r, &LISTS, &v);
}

static const struct upload_sink LIST_FILE = {kept_file_begin, kept_file_bytes, kept_file_end,
                                             CARRIER_FILE_MAX};

static enum status receive(struct request *q, struct response *r) {
    struct carrier_received got;
    struct border *b;
    struct problem p = {0};
    enum status st = border_room(q, &b);
    if (st) return st;
    const struct kept_file *kept = q->upload;
    struct text file = kept && kept->is_whole ? out_done(&kept->bytes) : (struct text){0};
    st = file.n ? carrier_lists_receive(b, page_actor(q), file, NULL, q->arena, &got, &p)
                : problem(&p, "file", "missing", "border.no_list");
    if (st == STATUS_INVALID || st == STATUS_TOO_LARGE) {
        page_problem(q, &p);
        return lists(q, r);
    }
    if (st) {
        r->problem = p;
        return st;
    }
    response_notice(q, r, "notice.border_list");
    int64_t one = 0;
    for (size_t i = 0; i < got.lists.count; i++) one = got.ids[i] ? got.ids[i] : one;
    return response_redirect(q, r,
                             got.count == 1 ? text_printf(q->arena, "/border/lists/%lld", (long long)one)
                                            : T("/border/lists"));
}

// ---- one list

static void fill_faults(struct request *q, struct text lines, struct one_view *v) {
    static const char *const NAMES[] = {"segment", "position", "value", "expected"};
    struct text one;
    json_t *j;
    while (lines.n && text_cut(&lines, '\n', &one)) {
        if (json_read(one, EDIFACT_SEGMENT_MAX, &j, NULL)) continue;
        struct problem p = {.field = "",
                            .rule = "",
                            .text_key = text_c(q->arena, TEXT_JOIN(q->arena, T("edifact."),
                                                                   json_text(j, "rule", T("date"))))};
        for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
            problem_arg(&p, NAMES[i], text_copy(q->arena, json_text(j, NAMES[i], T(""))));
        *ARENA_PUSH(q->arena, &v->faults) = (struct fault_line){
            page_text(q, p.text_key, p.args, sizeof NAMES / sizeof *NAMES), json_flag(j, "error", false)};
        json_decref(j);
    }
}

static struct passenger_line passenger_of(struct request *q, int64_t list, const struct carrier_person *x,
                                          bool may_decide) {
    struct arena *a = q->arena;
    struct passenger_line l = {.name = text_trim(TEXT_JOIN(a, x->who.family, T(" "), x->who.given)),
                               .nationality = border_words(q, "nationality", x->who.nationality),
                               .document = text_trim(TEXT_JOIN(a, x->who.issuer, T(" "), x->who.number)),
                               .role_key = TEXT_JOIN(a, T("border.role."), x->role),
                               .seat = x->seat,
                               .birth = x->who.birth,
                               .has_hits = x->hit_count > 0};
    for (size_t i = 0; i < x->hit_count; i++) {
        const struct carrier_hit *h = &x->hits[i];
        struct text href = text_printf(a, "/border/lists/%lld/compare?line=%lld&entry=%lld", (long long)list,
                                       (long long)x->line, (long long)h->entry);
        *ARENA_PUSH(a, &l.hits) =
            (struct hit_line){.compare_href = may_decide ? href : T(""),
                              .state_key = TEXT_JOIN(a, T("border.hit_state."), h->state),
                              .reason = h->reason,
                              .score = h->score / 10,
                              .by_number = h->by_number};
    }
    return l;
}

static enum status one_list(struct request *q, struct response *r) {
    struct one_view v = {0};
    struct carrier_list head;
    struct carrier_people people;
    struct text faults = {0};
    struct border *b;
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    enum status st = border_room(q, &b);
    if (!st) st = carrier_list_open(b, page_actor(q), id, q->arena, &head, &people, &faults, &r->problem);
    if (st) return st;
    bool may_decide =
        registers_might(page_app(q)->registers, page_actor(q), T("alert"), T("border_check"), REGISTER_READ);
    v.head = line_of(q, &head), v.sender = head.sender;
    fill_faults(q, faults, &v);
    for (size_t i = 0; i < people.count; i++) {
        struct passenger_line l = passenger_of(q, id, &people.items[i], may_decide);
        if (l.has_hits)
            *ARENA_PUSH(q->arena, &v.candidates) = l;
        else
            *ARENA_PUSH(q->arena, &v.people) = l;
    }
    return page_show(q, r, &ONE, &v);
}

static const struct route ROUTES[] = {{GET, "/border/lists", lists, NEEDS(STAFF)},
                                      {POST, "/border/lists", receive, NEEDS(STAFF), .upload = &LIST_FILE},
                                      {GET, "/border/lists/:id", one_list, NEEDS(STAFF)},
                                      {0}};
static const struct page_template *const TEMPLATES[] = {&LISTS, &ONE, NULL};
const struct page_module BORDER_LIST_PAGES = {ROUTES, TEMPLATES};
