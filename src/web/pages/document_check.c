// document_check.c - an officer looks at a travel document: a photo, its lines or its seal, and the answer on
// one page.
#include "web/pages/document_check.h"

#include "identity/country.h"
#include "web/app.h"
#include "web/format.h"
#include "web/pages.h"

// ---- views

struct field_line {
    struct text label, value;
    const char *check, *colour;
};
struct fix_line {
    int line, column;
    struct text was, now;
};
struct doubt_line {
    struct text label, sentence;
};
struct feature_line {
    struct text word, value;
};
struct earlier_line {
    struct moment at;
    struct text place, result;
    const char *colour;
    bool is_own;
};
struct document_page {
    struct text lines, seal, verdict, seal_state, seal_country, seal_signer;
    struct date seal_signed;
    const char *colour, *seal_colour;
    bool is_checked, has_zone, has_seal, has_earlier, is_expired, seal_differs;
    int64_t earlier_all;
    struct {
        struct field_line *items;
        size_t count, capacity;
    } fields;
    struct {
        struct fix_line *items;
        size_t count, capacity;
    } fixes;
    struct {
        struct doubt_line *items;
        size_t count, capacity;
    } doubts;
    struct {
        struct feature_line *items;
        size_t count, capacity;
    } features;
    struct {
        struct earlier_line *items;
        size_t count, capacity;
    } earlier;
};
#define V struct field_line
VIEW(FIELD_LINE, VIEW_TEXT(V, label), VIEW_TEXT(V, value), VIEW_C(V, check), VIEW_C(V, colour));
#undef V
#define V struct fix_line
VIEW(FIX_LINE, VIEW_INT(V, line), VIEW_INT(V, column), VIEW_TEXT(V, was), VIEW_TEXT(V, now));
#undef V
VIEW(DOUBT_LINE, VIEW_TEXT(struct doubt_line, label), VIEW_TEXT(struct doubt_line, sentence));
VIEW(FEATURE_LINE, VIEW_TEXT(struct feature_line, word), VIEW_TEXT(struct feature_line, value));
#define V struct earlier_line
VIEW(EARLIER_LINE, VIEW_MOMENT(V, at), VIEW_TEXT(V, place), VIEW_TEXT(V, result), VIEW_C(V, colour),
     VIEW_BOOL(V, is_own));
#undef V
#define V struct document_page
VIEW(DOCUMENT_VIEW, VIEW_TEXT(V, lines), VIEW_TEXT(V, seal), VIEW_TEXT(V, verdict), VIEW_TEXT(V, seal_state),
     VIEW_TEXT(V, seal_country), VIEW_TEXT(V, seal_signer), VIEW_DATE(V, seal_signed), VIEW_C(V, colour),
     VIEW_C(V, seal_colour), VIEW_BOOL(V, is_checked), VIEW_BOOL(V, has_zone), VIEW_BOOL(V, has_seal),
     VIEW_BOOL(V, has_earlier), VIEW_BOOL(V, is_expired), VIEW_BOOL(V, seal_differs),
     VIEW_INT64(V, earlier_all), VIEW_LIST(V, fields, &FIELD_LINE), VIEW_LIST(V, fixes, &FIX_LINE),
     VIEW_LIST(V, doubts, &DOUBT_LINE), VIEW_LIST(V, features, &FEATURE_LINE),
     VIEW_LIST(V, earlier, &EARLIER_LINE));
#undef V
static const struct page_template DOCUMENT = {"document_check", &DOCUMENT_VIEW};

// ---- filling them

static struct text words(struct request *q, const char *begin, const char *end) {
    struct text key = TEXT_JOIN(q->arena, text_of(begin), text_of(end));
    return page_text_or(q, key, text_of(end));
}

static struct text country_name(struct request *q, struct text code) {
    struct text three = country_alpha3(q->arena, code);
    struct text name = three.n ? page_code_name(q, "country", three) : code;
    return text_eq(name, three) || text_eq(name, code) ? code
                                                       : TEXT_JOIN(q->arena, name, T(" ("), code, T(")"));
}

static struct text value_of(struct request *q, const struct mrz *m, enum mrz_field f) {
    switch (f) {
    case MRZ_DOCUMENT_CODE:
        return TEXT_JOIN(q->arena, m->document_code, T(" · "), mrz_format_word(m->format));
    case MRZ_ISSUER: return country_name(q, m->issuer);
    case MRZ_NAME: return TEXT_JOIN(q->arena, m->family, m->given.n ? T(", ") : T(""), m->given);
    case MRZ_NUMBER: return m->number;
    case MRZ_NATIONALITY: return country_name(q, m->nationality);
    case MRZ_BIRTH: return m->birth.year ? format_date(q->arena, q->language, m->birth) : T("");
    case MRZ_SEX: return text_copy(q->arena, (struct text){&m->sex, 1});
    case MRZ_EXPIRY: return m->expiry.year ? format_date(q->arena, q->language, m->expiry) : T("");
    case MRZ_OPTIONAL: return m->optional;
    case MRZ_OPTIONAL_2: return m->optional_2;
    default: return T("");
    }
}

static void fill_fields(struct request *q, const struct mrz *m, struct document_page *v) {
    static const struct {
        const char *text, *colour;
    } CHECKS[] = {[MRZ_CHECK_NONE] = {NULL, NULL},
                  [MRZ_CHECK_OK] = {"document.check.ok", "green"},
                  [MRZ_CHECK_EMPTY] = {"document.check.empty", "grey"},
                  [MRZ_CHECK_WRONG] = {"document.check.wrong", "red"}};
    for (int f = 0; f < MRZ_FIELD_COUNT; f++) {
        struct text value = value_of(q, m, (enum mrz_field)f);
        enum mrz_check check = m->field[f].check;
        if (!value.n && (check == MRZ_CHECK_NONE || check == MRZ_CHECK_EMPTY)) continue;
        *ARENA_PUSH(q->arena, &v->fields) =
            (struct field_line){words(q, "document.field.", mrz_field_word((enum mrz_field)f)), value,
                                CHECKS[check].text, CHECKS[check].colour};
    }
    for (size_t i = 0; i < m->fix_count; i++) {
        const struct mrz_fix *x = &m->fix[i];
        *ARENA_PUSH(q->arena, &v->fixes) =
            (struct fix_line){x->line, x->column, text_copy(q->arena, (struct text){&x->was, 1}),
                              text_copy(q->arena, (struct text){&x->now, 1})};
    }
    for (size_t i = 0; i < m->problem_count; i++)
        *ARENA_PUSH(q->arena, &v->doubts) =
            (struct doubt_line){words(q, "document.field.", m->problem[i].field),
                                page_text(q, m->problem[i].text_key, m->problem[i].args, 0)};
}

static void fill_seal(struct request *q, const struct document_looked_at *d, struct document_page *v) {
    const struct seal *s = &d->seal;
    v->seal_state = words(q, "document.seal.", seal_result_word(d->seal_result));
    v->seal_colour = d->seal_result == SEAL_GENUINE                                                ? "green"
                     : d->seal_result == SEAL_SIGNATURE_WRONG || d->seal_result == SEAL_NOT_SIGNED ? "red"
                                                                                                   : "yellow";
    v->seal_country = country_name(q, s->country);
    v->seal_signer = TEXT_JOIN(q->arena, s->signer, T(" "), s->certificate);
    v->seal_signed = s->signed_on;
    for (size_t i = 0; i < d->judged.count; i++)
        v->seal_differs |= text_eq(text_of(d->judged.anomalies[i]), T("seal_zone_differs"));
    for (size_t i = 0; i < s->count; i++) {
        struct text word = text_of(s->items[i].word);
        if (text_eq(word, T("mrz"))) continue; // it is the table above
        *ARENA_PUSH(q->arena, &v->features) =
            (struct feature_line){word.n ? words(q, "document.feature.", s->items[i].word)
                                         : text_printf(q->arena, "%d", s->items[i].tag),
                                  s->items[i].value};
    }
}

static const char *colour_of(struct text result) {
    return text_eq(result, T("genuine"))     ? "green"
           : text_eq(result, T("plausible")) ? "blue"
           : text_eq(result, T("doubtful"))  ? "yellow"
                                             : "red";
}

static void fill(struct request *q, const struct document_looked_at *d, struct document_page *v) {
    v->is_checked = true;
    v->verdict = words(q, "document.verdict.", verdict_word(d->judged.verdict));
    v->colour = colour_of(text_of(verdict_word(d->judged.verdict)));
    v->is_expired = d->judged.is_expired;
    v->has_zone = d->has_zone;
    v->has_seal = d->has_seal;
    if (d->has_zone) fill_fields(q, &d->zone, v);
    if (d->has_seal) fill_seal(q, d, v);
    v->has_earlier = d->has_earlier;
    v->earlier_all = d->earlier.all;
    for (size_t i = 0; i < d->earlier.count; i++) {
        const struct earlier_check *e = &d->earlier.items[i];
        *ARENA_PUSH(q->arena, &v->earlier) =
            (struct earlier_line){e->at, e->place, words(q, "document.result.", text_c(q->arena, e->result)),
                                  colour_of(e->result), e->is_own};
    }
}

// ---- handlers

static enum status check_page(struct request *q, struct response *r) {
    struct document_page v = {.colour = "", .seal_colour = ""};
    return page_show(q, r, &DOCUMENT, &v);
}

// The purpose for which this person usually works.
static const char *usual_purpose(const struct actor *a) {
    bool is_border = actor_has_role(a, T("border_guard")) || actor_has_role(a, T("border_second_line"));
    return is_border                                 ? "border_check"
           : actor_has_role(a, T("document_expert")) ? "document_check"
           : actor_has_role(a, T("registrar"))       ? "registration"
           : actor_has_role(a, T("supervisor"))      ? "supervision"
                                                     : "asylum_examination";
}

struct look document_look_usual(struct request *q) {
    return page_look(q, usual_purpose(page_actor(q)));
}

static enum status check(struct request *q, struct response *r) {
    struct document_page v = {
        .lines = form_text(q, "lines"), .seal = form_text(q, "seal"), .colour = "", .seal_colour = ""};
    struct document_looked_at d;
    struct look look = document_look_usual(q);
    enum status st = q->upload ? document_photo_read(q, &look, &v.lines, &r->problem) : STATUS_OK;
    if (!st) st = document_look(q, v.lines, v.seal, &look, &d, &r->problem);
    if (st && st != STATUS_INVALID) return st;
    if (st)
        page_problem(q, &r->problem);
    else
        fill(q, &d, &v);
    if (!st && d.has_zone) { // as they were corrected
        struct out o = {.arena = q->arena};
        for (int i = 0; i < MRZ_LINES_MAX && d.zone.line[i].n; i++) {
            if (i) out_byte(&o, '\n');
            out_text(&o, d.zone.line[i]);
        }
        v.lines = out_done(&o);
    }
    return page_show(q, r, &DOCUMENT, &v);
}

static const struct route ROUTES[] = {
    {GET, "/documents/check", check_page, NEEDS(STAFF)},
    {POST, "/documents/check", check, NEEDS(STAFF), RATE_UPLOAD, &DOCUMENT_PHOTO},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&DOCUMENT, NULL};
const struct page_module DOCUMENT_PAGES = {ROUTES, TEMPLATES};
