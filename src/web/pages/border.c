// border.c - person control: a zone is read, one glance shows what is known, and the officer records what
// happens. No script is needed; the first act is two key presses away.
#include "web/pages/border.h"

#include "identity/country.h"
#include "web/pages.h"

enum { REASONS_MAX = 10, POST_COOKIE_S = 30 * 24 * 3600 };

struct border_hit {
    struct text title, action, name, href, reference, how_key, cleared_by, cleared_reason;
    struct date until;
    struct moment cleared_at;
    int64_t entry;
    bool is_valid, is_cleared;
};
struct border_hits {
    struct border_hit *items;
    size_t count, capacity;
};
struct border_line { // a crossing
    struct text event, at, point, reference;
};
struct border_act_button {
    struct text event, key, kind;
};
struct border_word {
    struct text words;
};
struct border_view {
    // what is asked
    struct text zone;
    struct border_who who;
    struct date_parts birth_date;
    struct options means, classes, reasons;
    struct text point, flight, plate, means_now;
    // what is known
    bool has_answer, is_stop, is_typed;
    struct text name, nationality_words, document, document_key, document_tag, class_words;
    struct date birth, expiry;
    int64_t fixes;
    struct border_hits alerts, titles, reports;
    struct {
        struct border_line *items;
        size_t count, capacity;
    } crossings;
    bool has_stay, is_free, has_title, is_over, is_uncertain, is_inside;
    int64_t used, left, over_days, days_now, law_days, law_window;
    struct date last_day, next_entry, exception_until;
    struct text stay_article, stay_until_iso, exception_state;
    struct {
        struct border_word *items;
        size_t count, capacity;
    } silent;
    struct {
        struct border_act_button *items;
        size_t count, capacity;
    } acts;
};
#define V struct border_hit
VIEW(BORDER_HIT, VIEW_TEXT(V, title), VIEW_TEXT(V, action), VIEW_TEXT(V, name), VIEW_TEXT(V, href),
     VIEW_TEXT(V, reference), VIEW_TEXT(V, how_key), VIEW_TEXT(V, cleared_by), VIEW_TEXT(V, cleared_reason),
     VIEW_DATE(V, until), VIEW_MOMENT(V, cleared_at), VIEW_INT64(V, entry), VIEW_BOOL(V, is_valid),
     VIEW_BOOL(V, is_cleared));
#undef V
#define V struct border_line
VIEW(BORDER_LINE, VIEW_TEXT(V, event), VIEW_TEXT(V, at), VIEW_TEXT(V, point), VIEW_TEXT(V, reference));
#undef V
VIEW(BORDER_ACT, VIEW_TEXT(struct border_act_button, event), VIEW_TEXT(struct border_act_button, key),
     VIEW_TEXT(struct border_act_button, kind));
VIEW(BORDER_WORD, VIEW_TEXT(struct border_word, words));
#define V struct border_view
VIEW(BORDER_VIEW, VIEW_TEXT(V, zone), VIEW_STRUCT(V, who, &BORDER_WHO),
     VIEW_STRUCT(V, birth_date, &DATE_PARTS_VIEW), VIEW_LIST(V, means, &OPTION_VIEW),
     VIEW_LIST(V, classes, &OPTION_VIEW), VIEW_LIST(V, reasons, &OPTION_VIEW), VIEW_TEXT(V, point),
     VIEW_TEXT(V, flight), VIEW_TEXT(V, plate), VIEW_TEXT(V, means_now), VIEW_BOOL(V, has_answer),
     VIEW_BOOL(V, is_stop), VIEW_BOOL(V, is_typed), VIEW_TEXT(V, name), VIEW_TEXT(V, nationality_words),
     VIEW_TEXT(V, document), VIEW_TEXT(V, document_key), VIEW_TEXT(V, document_tag),
     VIEW_TEXT(V, class_words), VIEW_DATE(V, birth), VIEW_DATE(V, expiry), VIEW_INT64(V, fixes),
     VIEW_LIST(V, alerts, &BORDER_HIT), VIEW_LIST(V, titles, &BORDER_HIT), VIEW_LIST(V, reports, &BORDER_HIT),
     VIEW_LIST(V, crossings, &BORDER_LINE), VIEW_BOOL(V, has_stay), VIEW_BOOL(V, is_free),
     VIEW_BOOL(V, has_title), VIEW_BOOL(V, is_over), VIEW_BOOL(V, is_uncertain), VIEW_BOOL(V, is_inside),
     VIEW_INT64(V, used), VIEW_INT64(V, left), VIEW_INT64(V, over_days), VIEW_INT64(V, days_now),
     VIEW_INT64(V, law_days), VIEW_INT64(V, law_window), VIEW_DATE(V, last_day), VIEW_DATE(V, next_entry),
     VIEW_DATE(V, exception_until), VIEW_TEXT(V, stay_article), VIEW_TEXT(V, stay_until_iso),
     VIEW_TEXT(V, exception_state), VIEW_LIST(V, silent, &BORDER_WORD), VIEW_LIST(V, acts, &BORDER_ACT));
#undef V
static const struct page_template BORDER = {"border", &BORDER_VIEW};
static const struct page_template REFUSED = {"border_refused", &BORDER_VIEW};

// ---- small things

struct text border_words(struct request *q, const char *list, struct text code) {
    return code.n ? page_code_name(q, list, code) : code;
}

struct date border_today(const struct request *q) {
    return zone_date(page_app(q)->zone, q->now);
}

struct text border_day(struct request *q, struct date d) {
    return d.year ? date_print(q->arena, d) : (struct text){0};
}

enum status border_room(struct request *q, struct border **out) {
    *out = page_app(q)->border;
    struct registers *r = page_app(q)->registers;
    if (!*out || !registers_might(r, page_actor(q), T("crossing"), T("border_check"), REGISTER_FIND))
        return STATUS_NOT_FOUND;
    page_use_pack(q, registers_pack(r, T("crossing")));
    return STATUS_OK;
}

static struct text local_now(struct request *q) {
    int minute = zone_minute(page_app(q)->zone, q->now);
    return text_printf(q->arena, TEXT_FMT "T%02d:%02d", TEXT_ARG(date_print(q->arena, border_today(q))),
                       minute / 60, minute % 60);
}

// ---- where the officer stands: said once, kept in a cookie "air.BEBRU"

static bool is_cookie_word(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if (!((t.p[i] >= 'A' && t.p[i] <= 'Z') || (t.p[i] >= 'a' && t.p[i] <= 'z') ||
              (t.p[i] >= '0' && t.p[i] <= '9')))
            return false;
    return t.n > 0 && t.n <= 20;
}

static void fill_post(struct request *q, struct border_view *v) {
    struct text kept = request_cookie(q, "border"), means = {0};
    text_cut(&kept, '.', &means);
    if (form_has(q, "means")) means = form_text(q, "means"), kept = form_text(q, "point");
    if (!means.n) means = T("air");
    v->means_now = means;
    v->point = kept;
    v->flight = form_text(q, "flight"), v->plate = form_text(q, "plate");
    v->means = page_code_options(q, "means", means);
}

static void keep_post(struct request *q, struct response *r) {
    struct text means = form_text(q, "means"), point = form_text(q, "point");
    if (is_cookie_word(means) && is_cookie_word(point))
        response_cookie(q, r, "border", TEXT_JOIN(q->arena, means, T("."), point), POST_COOKIE_S);
}

// ---- who stands there

// Read from the zone; else typed, or carried in hidden fields behind the answer.
static enum status read_who(struct request *q, struct border_view *v, struct traveller *w,
                            struct problem *p) {
    v->zone = form_text(q, "zone");
    if (v->zone.n) {
        enum status st = traveller_of_zone(q->arena, v->zone, border_today(q), w, p);
        if (st) p->field = "zone";
        return st;
    }
    border_who_read(q, w);
    v->is_typed = true;
    if (form_has(q, "birth_iso")) return STATUS_OK;
    return form_date(q, "birth_date", &v->birth_date, &w->birth, p);
}

// ---- the answer

static void add_hits(struct request *q, const struct control_entries *from, const char *kinds,
                     const char *states, struct border_hits *to) {
    for (size_t i = 0; i < from->count; i++) {
        const struct control_entry *e = &from->items[i];
        struct border_hit *h = ARENA_PUSH(q->arena, to);
        struct text kind = border_words(q, kinds, e->kind), state = border_words(q, states, e->state);
        *h = (struct border_hit){.title = kind,
                                 .action = e->action.n ? border_words(q, "alert_action", e->action) : state,
                                 .name = e->name,
                                 .reference = e->reference,
                                 .how_key = e->by_number ? T("border.by_number") : T("border.by_name"),
                                 .until = e->until,
                                 .entry = e->entry,
                                 .is_valid = e->is_valid,
                                 .is_cleared = e->is_cleared,
                                 .cleared_by = e->cleared.decided_name,
                                 .cleared_at = e->cleared.decided,
                                 .cleared_reason = e->may_open ? e->cleared.reason : T("")};
        if (e->may_open)
            h->href = text_printf(q->arena, "/registers/" TEXT_FMT "/%lld?purpose=border_check",
                                  TEXT_ARG(e->register_id), (long long)e->entry);
    }
}

static void add_titles(struct request *q, const struct control_entries *from, struct border_hits *to) {
    for (size_t i = 0; i < from->count; i++) {
        struct control_entries one = {.items = &from->items[i], .count = 1};
        bool is_visa = text_eq(from->items[i].register_id, T("visa"));
        add_hits(q, &one, is_visa ? "visa_type" : "permit_reason", is_visa ? "visa_status" : "permit_status",
                 to);
        struct border_hit *h = &to->items[to->count - 1];
        h->title = TEXT_JOIN(
            q->arena,
            page_words_of(q, page_pack(q), is_visa ? T("register.visa.title") : T("register.permit.title")),
            T(": "), h->title);
    }
}

static void fill_stay(struct request *q, const struct glance *c, struct border_view *v) {
    if (!c->is_counted) return;
    const struct stay_answer *s = &c->stay;
    v->has_stay = true;
    v->is_free = c->is_free, v->has_title = c->has_title;
    v->is_over = s->is_overstay, v->is_uncertain = s->is_uncertain, v->is_inside = s->is_inside;
    v->used = s->used, v->left = s->left, v->over_days = s->over_days, v->days_now = s->days_from_now;
    v->law_days = c->law->days, v->law_window = c->law->window;
    v->last_day = s->last_day, v->next_entry = s->next_entry, v->exception_until = s->exception_until;
    v->stay_article = c->law->article;
    if (!c->is_free && !c->has_title) v->stay_until_iso = border_day(q, s->last_day);
    if (s->exception) v->exception_state = border_words(q, "country", s->exception->state);
}

// The act that comes next is the first: who is inside leaves, who is outside enters.
static void fill_acts(struct request *q, struct border_view *v) {
    static const struct border_act_button ENTRY = {T("entry"), T("border.record.entry"), T("")},
                                          EXIT = {T("exit"), T("border.record.exit"), T("")};
    bool last_was_entry = v->crossings.count && v->is_inside;
    *ARENA_PUSH(q->arena, &v->acts) = last_was_entry ? EXIT : ENTRY;
    *ARENA_PUSH(q->arena, &v->acts) = last_was_entry ? ENTRY : EXIT;
    v->acts.items[1].kind = T("secondary");
}

// Reasons that the findings speak for are marked; the officer chooses.
static void fill_reasons(struct request *q, const struct glance *c, struct border_view *v) {
    v->reasons = page_code_options(q, "refusal_reason", T(""));
    for (size_t i = 0; i < v->reasons.count; i++)
        for (size_t k = 0; k < c->refusal_count; k++)
            v->reasons.items[i].is_chosen |= text_eq(v->reasons.items[i].value, c->refusals[k]);
}

static void fill_answer(struct request *q, const struct glance *c, struct border_view *v) {
    static const char *const TAGS[DOCUMENT_STATE_COUNT] = {"green", "yellow", "red", "red", "red", "grey"};
    const struct traveller *w = &c->who;
    v->has_answer = true, v->is_stop = c->stop;
    v->name = text_trim(TEXT_JOIN(q->arena, w->family, T(" "), w->given));
    v->birth = w->birth, v->expiry = w->expiry;
    v->nationality_words = border_words(q, "nationality", w->nationality);
    v->document = text_trim(TEXT_JOIN(q->arena, w->issuer, T(" "), w->number));
    v->document_key = TEXT_JOIN(q->arena, T("border.document."), text_of(control_document_word(c->document)));
    v->document_tag = text_of(TAGS[c->document]);
    v->fixes = (int64_t)w->fixes;
    v->class_words = border_words(q, "traveller_class", c->traveller_class);
    v->classes = page_code_options(q, "traveller_class", c->traveller_class);
    add_hits(q, &c->alerts, "alert_type", "alert_target", &v->alerts);
    add_hits(q, &c->reports, "genuineness", "possession", &v->reports);
    add_titles(q, &c->titles, &v->titles);
    for (size_t i = 0; i < c->crossings.count; i++) {
        const struct control_crossing *x = &c->crossings.items[i];
        struct text at = text_copy(q->arena, x->at);
        *ARENA_PUSH(q->arena, &v->crossings) =
            (struct border_line){border_words(q, "crossing_event", x->event), at, x->point, x->reference};
    }
    for (size_t i = 0; i < c->silent_count; i++) {
        struct text key = TEXT_JOIN(q->arena, T("register."), c->silent[i], T(".title"));
        *ARENA_PUSH(q->arena, &v->silent) = (struct border_word){page_words_of(q, page_pack(q), key)};
    }
    fill_stay(q, c, v);
    fill_acts(q, v);
    fill_reasons(q, c, v);
}

// ---- pages

static enum status empty_page(struct request *q, struct response *r) {
    struct border_view v = {0};
    struct border *b;
    enum status st = border_room(q, &b);
    if (st) return st;
    fill_post(q, &v);
    return page_show(q, r, &BORDER, &v);
}

// The state of a crossing point, by the first two letters of its UN/LOCODE; empty when it is a national code.
static struct text own_state(struct request *q, const struct border_view *v) {
    return v->point.n == 5 ? country_alpha3(q->arena, text_head(v->point, 2)) : (struct text){0};
}

static enum status show_control(struct request *q, struct response *r, struct border *b,
                                struct border_view *v, struct traveller *w) {
    struct glance c;
    struct problem p = {0};
    // Germany is D in a zone
    w->issuer = country_alpha3(q->arena, w->issuer),
    w->nationality = country_alpha3(q->arena, w->nationality);
    enum status st = border_control(b, page_actor(q), w, own_state(q, v), border_today(q), q->arena, &c, &p);
    if (st == STATUS_INVALID)
        page_problem(q, &p);
    else if (st)
        return st;
    else
        fill_answer(q, &c, v), border_who_carry(q, w, &v->who);
    return page_show(q, r, &BORDER, v);
}

enum status border_show_again(struct request *q, struct response *r, struct traveller *w) {
    struct border_view v = {0};
    struct border *b;
    enum status st = border_room(q, &b);
    if (st) return st;
    fill_post(q, &v);
    return show_control(q, r, b, &v, w);
}

static enum status control_page(struct request *q, struct response *r) {
    struct border_view v = {0};
    struct traveller w = {0};
    struct border *b;
    struct problem p = {0};
    enum status st = border_room(q, &b);
    if (st) return st;
    fill_post(q, &v);
    keep_post(q, r);
    if (read_who(q, &v, &w, &p)) {
        page_problem(q, &p);
        border_who_carry(q, &w, &v.who);
        return page_show(q, r, &BORDER, &v);
    }
    return show_control(q, r, b, &v, &w);
}

static struct date day_of(struct text t) {
    struct date d;
    return date_parse(t, &d) ? (struct date){0} : d;
}

static size_t chosen_reasons(struct request *q, struct text reasons[REASONS_MAX]) {
    size_t n = 0, at = 0;
    struct text value;
    while (n < REASONS_MAX && fields_next(&q->form, "reason_code", &at, &value)) reasons[n++] = value;
    return n;
}

static void fill_refused(struct request *q, const struct border_act *act, struct border_view *v) {
    v->name = text_trim(TEXT_JOIN(q->arena, act->who.family, T(" "), act->who.given));
    v->birth = act->who.birth;
    v->nationality_words = border_words(q, "nationality", act->who.nationality);
    v->document = text_trim(TEXT_JOIN(q->arena, act->who.issuer, T(" "), act->who.number));
    for (size_t i = 0; i < act->reason_count; i++)
        *ARENA_PUSH(q->arena, &v->silent) =
            (struct border_word){border_words(q, "refusal_reason", act->reasons[i])};
}

static enum status record(struct request *q, struct response *r) {
    struct border_view v = {0};
    struct traveller w = {0};
    struct text reasons[REASONS_MAX];
    struct border *b;
    struct problem p = {0};
    struct register_done done = {0};
    int64_t used = 0;
    enum status st = border_room(q, &b);
    if (!st) st = read_who(q, &v, &w, &p);
    if (st) return st;
    fill_post(q, &v);
    text_int(form_text(q, "used"), &used);
    struct border_act act = {.who = w,
                             .event = form_text(q, "event"),
                             .at = local_now(q),
                             .point = v.point,
                             .means = v.means_now,
                             .plate = v.plate,
                             .flight = v.flight,
                             .traveller_class = form_text(q, "traveller_class"),
                             .reasons = reasons,
                             .reason_count = chosen_reasons(q, reasons),
                             .days_used = used,
                             .stay_until = day_of(form_text(q, "stay_until")),
                             .officer = page_actor(q)->public_code};
    st = border_record(b, page_actor(q), &act, q->arena, &done, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_control(q, r, b, &v, &w);
    }
    if (st) {
        r->problem = p;
        return st;
    }
    if (text_eq(act.event, T("refusal"))) {
        fill_refused(q, &act, &v);
        return page_show(q, r, &REFUSED, &v);
    }
    response_notice(q, r, text_eq(act.event, T("exit")) ? "notice.border_exit" : "notice.border_entry");
    return response_redirect(q, r, T("/border"));
}

static const struct route ROUTES[] = {{GET, "/border", empty_page, NEEDS(STAFF)},
                                      {POST, "/border", control_page, NEEDS(STAFF)},
                                      {POST, "/border/record", record, NEEDS(STAFF)},
                                      {0}};
static const struct page_template *const TEMPLATES[] = {&BORDER, &REFUSED, NULL};
const struct page_module BORDER_PAGES = {ROUTES, TEMPLATES};
