// search_card.c - a record and a comparison in words.
#include <math.h>

#include "pack/identity_law.h"
#include "web/pages/search.h"
#include "web/pages/work_query.h"

#define VIEW_SHARED(view_name, ...) \
    const struct view view_name = {#view_name, (const struct view_field[]){__VA_ARGS__, {0}}}

#define V struct search_fact
VIEW_SHARED(SEARCH_FACT, VIEW_TEXT(V, label), VIEW_TEXT(V, value));
#undef V
#define V struct search_feature
VIEW_SHARED(SEARCH_FEATURE, VIEW_TEXT(V, feature_key), VIEW_TEXT(V, how_key), VIEW_TEXT(V, left),
            VIEW_TEXT(V, right), VIEW_BOOL(V, is_known), VIEW_BOOL(V, agrees));
#undef V
#define V struct record_card
VIEW_SHARED(RECORD_CARD, VIEW_INT64(V, record), VIEW_INT64(V, mark), VIEW_INT64(V, case_id),
            VIEW_BOOL(V, is_case), VIEW_BOOL(V, is_seen), VIEW_BOOL(V, is_watched),
            VIEW_BOOL(V, is_contested), VIEW_BOOL(V, is_cleared), VIEW_BOOL(V, is_begin),
            VIEW_BOOL(V, is_over), VIEW_BOOL(V, may_open), VIEW_BOOL(V, has_features), VIEW_TEXT(V, name),
            VIEW_TEXT(V, latin), VIEW_TEXT(V, reference), VIEW_TEXT(V, href), VIEW_TEXT(V, register_title),
            VIEW_TEXT(V, natural), VIEW_TEXT(V, natural_href), VIEW_TEXT(V, level_key),
            VIEW_TEXT(V, said_key), VIEW_TEXT(V, said_by), VIEW_TEXT(V, said_reason),
            VIEW_TEXT(V, beside_href), VIEW_TEXT(V, same_href), VIEW_TEXT(V, unlink_href),
            VIEW_DATE(V, expires), VIEW_DATE(V, review), VIEW_DATE(V, said_until), VIEW_MOMENT(V, said_at),
            VIEW_LIST(V, facts, &SEARCH_FACT), VIEW_LIST(V, features, &SEARCH_FEATURE));
#undef V

// ---- why somebody looks

bool search_lets(const struct request *q, const char *action) {
    return pack_lets(q, cases_pack(page_app(q)->cases), NULL, action);
}

static bool has_option(const struct options *o, struct text value) {
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, value)) return true;
    return false;
}

static void choose(struct request *q, struct options *o) {
    struct text wanted = query_text(q, "purpose"), usual = text_of(officer_purpose(q, NULL));
    size_t chosen = 0;
    if (!wanted.n) wanted = form_text(q, "purpose");
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, wanted) || (!wanted.n && text_eq(o->items[i].value, usual)))
            chosen = i;
    if (o->count) o->items[chosen].is_chosen = true;
}

struct options search_purposes(struct request *q) {
    const struct pack *pack = cases_pack(page_app(q)->cases);
    const struct access_rules *rules = pack ? pack_access(pack) : NULL;
    struct options o = {0};
    for (size_t i = 0; rules && i < rules->rows.count; i++) {
        const struct access_row *row = &rules->rows.items[i];
        const struct access_word *word = access_word_find(&rules->purposes, row->purpose);
        bool counts = text_eq(row->action, T("search")) && actor_has_role(page_actor(q), row->role) && word;
        if (counts && !has_option(&o, row->purpose))
            *ARENA_PUSH(q->arena, &o) =
                (struct option){.value = row->purpose, .label = page_words_of(q, pack, word->label_key)};
    }
    choose(q, &o);
    return o;
}

struct look search_look(struct request *q) {
    struct options o = search_purposes(q);
    struct look look = page_look(q, officer_purpose(q, NULL));
    for (size_t i = 0; i < o.count; i++)
        if (o.items[i].is_chosen) look.purpose = o.items[i].value;
    return look;
}

struct text search_href(struct request *q, const char *path, struct text ask, struct text purpose,
                        int64_t record) {
    struct out o = {.arena = q->arena};
    out_printf(&o, "%s?", path);
    query_put(&o, "purpose", purpose);
    if (ask.n) query_put(&o, "ask", ask);
    if (record) query_put(&o, "record", text_printf(q->arena, "%lld", (long long)record));
    return out_done(&o);
}

// ---- how two agree

static struct text dates_of(struct request *q, const struct identity_record *r) {
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < r->birth_count; i++)
        out_printf(&o, "%s" TEXT_FMT, i ? ", " : "", TEXT_ARG(date_print(q->arena, r->births[i])));
    return out_done(&o);
}

static struct text names_of_record(struct request *q, const struct identity_record *r) {
    struct out o = {.arena = q->arena};
    struct text said[RECORD_NAMES_MAX];
    for (size_t i = 0; i < r->name_count; i++) {
        const struct record_name *n = &r->names[i];
        struct text whole =
            n->whole.n ? n->whole : text_trim(TEXT_JOIN(q->arena, n->given, T(" "), n->family));
        bool is_new = whole.n > 0;
        for (size_t k = 0; k < i && is_new; k++) is_new = !text_eq(whole, said[k]);
        said[i] = whole;
        if (is_new) out_printf(&o, "%s" TEXT_FMT, o.n ? ", " : "", TEXT_ARG(whole));
    }
    return out_done(&o);
}

static struct text numbers_of(struct request *q, const struct identity_record *r) {
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < r->number_count; i++)
        out_printf(&o, "%s" TEXT_FMT, i ? ", " : "", TEXT_ARG(r->numbers[i].number));
    return out_done(&o);
}

static struct text names_of_codes(struct request *q, const char *list, const struct text *codes, size_t n) {
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < n; i++)
        out_printf(&o, "%s" TEXT_FMT, i ? ", " : "", TEXT_ARG(page_code_name(q, list, codes[i])));
    return out_done(&o);
}

// The letter of a travel document as the code of the packs (ISO 5218).
static struct text sex_of(struct request *q, struct text letter) {
    if (!letter.n) return letter;
    return page_code_name(q, "sex",
                          text_eq(letter, T("M"))   ? T("1")
                          : text_eq(letter, T("F")) ? T("2")
                                                    : T("9"));
}

static struct text said_of(struct request *q, const struct identity_record *r, enum identity_feature f) {
    switch (f) {
    case FEATURE_NAME: return names_of_record(q, r);
    case FEATURE_BIRTH: return dates_of(q, r);
    case FEATURE_SEX: return sex_of(q, r->sex);
    case FEATURE_NATIONALITY: return names_of_codes(q, "country", r->nationalities, r->nationality_count);
    case FEATURE_BIRTH_PLACE: return r->birth_place;
    case FEATURE_NUMBER: return numbers_of(q, r);
    default: return T("");
    }
}

struct search_feature search_feature_of(struct request *q, const struct comparison *c,
                                        enum identity_feature which, struct text left, struct text right) {
    const struct feature_result *f = &c->features[which];
    return (struct search_feature){
        .feature_key = text_printf(q->arena, "search.feature.%s", identity_feature_word(which)),
        .how_key = text_printf(q->arena, "search.how.%s", f->is_known ? f->how : "unknown"),
        .left = left,
        .right = right,
        .is_known = f->is_known,
        .agrees = f->is_known && f->bits > 0};
}

void search_features(struct request *q, const struct identity_record *left,
                     const struct identity_record *right, const struct comparison *c, bool whole,
                     struct record_card *out) {
    for (enum identity_feature i = 0; i < FEATURE_COUNT; i++) {
        struct search_feature x = search_feature_of(q, c, i, said_of(q, left, i), said_of(q, right, i));
        bool one_alone = x.left.n || x.right.n;
        if (x.is_known || (whole && one_alone)) *ARENA_PUSH(q->arena, &out->features) = x;
    }
    out->has_features = out->features.count > 0;
}

// ---- how often that errs

static struct text errs(struct request *q, const char *key, long n, const char *name, struct text value) {
    struct problem_arg args[] = {{"n", text_printf(q->arena, "%ld", n)}, {name, value}};
    if (n < 1)
        return page_text(q, text_c(q->arena, text_printf(q->arena, "%s.few", key)), args + 1, name != NULL);
    return page_text(q, key, args, name ? 2 : 1);
}

// What was asked, in the words of the measurement: a whole birth date, a part of it, none.
static struct text asked_word(const struct identity_record *r) {
    if (!r->birth_count) return r->nationality_count ? T("birth_unknown") : T("name_only");
    return date_is_full(r->births[0]) ? T("same") : T("birth_year");
}

// In groups of three, apart by a narrow space: the same in every language.
static struct text grouped(struct request *q, long long n) {
    if (n < 1000) return text_printf(q->arena, "%lld", n);
    return text_printf(q->arena, TEXT_FMT "\u202f%03lld", TEXT_ARG(grouped(q, n / 1000)), n % 1000);
}

// Of searches: others that are as alike, of each search or of a hundred.
static struct text errs_of_searches(struct request *q, const struct identity_law *law, double false_hits) {
    struct text persons = grouped(q, (long long)law->searched_persons);
    return false_hits >= 1 ? errs(q, "search.errs.each", lround(false_hits), "persons", persons)
                           : errs(q, "search.errs.hundred", lround(false_hits * 100), "persons", persons);
}

struct text search_errs(struct request *q, const struct search_query *asked, const struct comparison *how) {
    const struct pack *pack = cases_pack(page_app(q)->cases);
    const struct identity_law *law = pack ? pack_identity(pack) : NULL;
    const struct feature_result *name = &how->features[FEATURE_NAME];
    const struct identity_measured *best = NULL;
    if (!asked->record.name_count || !law) return page_text(q, "search.errs.none", NULL, 0);
    const struct identity_searched *s = identity_law_searched(law, asked_word(&asked->record), how->score);
    if (s && law->searched_persons > 0) return errs_of_searches(q, law, s->false_hits);
    for (size_t i = 0; i < law->measured_count && name->is_known; i++)
        if (law->measured[i].agreement <= name->agreement) best = &law->measured[i];
    if (!best) return page_text(q, "search.errs.none", NULL, 0);
    return errs(q, "search.errs.names", lround(best->false_matches * 100), NULL, T(""));
}

// ---- a record

static void fact(struct request *q, struct record_card *c, const char *label_key, struct text value) {
    if (value.n)
        *ARENA_PUSH(q->arena, &c->facts) = (struct search_fact){page_text(q, label_key, NULL, 0), value};
}

static struct text list_of_codes(struct request *q, const char *list, struct text codes) {
    struct text rest = codes, one, all[RECORD_CODES_MAX];
    size_t n = 0;
    while (n < RECORD_CODES_MAX && text_cut(&rest, ',', &one))
        if (one.n) all[n++] = one;
    return names_of_codes(q, list, all, n);
}

static void show_person(struct request *q, const struct search_hit *h, struct record_card *c) {
    const struct person_shown *w = &h->who;
    c->is_case = true;
    c->case_id = w->case_id;
    c->href = text_printf(q->arena, "/cases/%lld", (long long)w->case_id);
    c->may_open = true; // with a reason
    if (!w->is_seen) return;
    c->name = text_trim(TEXT_JOIN(q->arena, w->given_names, T(" "), w->family_name));
    if (!text_eq(c->name, w->latin_name)) c->latin = w->latin_name;
    fact(q, c, "search.birth", w->birth);
    fact(q, c, "search.nationality", list_of_codes(q, "country", w->nationalities));
    fact(q, c, "search.birth_place", w->birth_place);
    struct text status = key_of(q->arena, "work.status.", w->status);
    if (w->status.n) fact(q, c, "work.column.status", page_text(q, text_c(q->arena, status), NULL, 0));
}

struct search_fact search_fact_of(struct request *q, const struct pack *pack, const struct form_field *f,
                                  struct text value) {
    bool is_code = f->code_list.n != 0;
    return (struct search_fact){page_words_of(q, pack, f->label_key),
                                is_code ? page_code_name(q, text_c(q->arena, f->code_list), value) : value};
}

static void show_entry(struct request *q, const struct search_hit *h, struct record_card *c) {
    c->register_title = page_words_of(q, h->pack, h->of->title_key);
    c->name = h->shows_who ? names_of_record(q, &h->record_seen) : T("");
    c->may_open = h->may_read;
    c->href =
        text_printf(q->arena, "/registers/" TEXT_FMT "/%lld", TEXT_ARG(h->of->id), (long long)h->record);
    for (size_t i = 0; i < h->columns.count; i++)
        *ARENA_PUSH(q->arena, &c->facts) =
            search_fact_of(q, h->pack, h->columns.items[i].field, h->columns.items[i].value);
    c->expires = h->expires;
    c->review = h->review;
}

void record_card(struct request *q, const struct search_hit *h, struct record_card *c) {
    *c = (struct record_card){.record = h->record,
                              .mark = h->mark,
                              .reference = h->reference,
                              .is_seen = h->is_seen,
                              .is_watched = h->is_watched,
                              .is_contested = h->is_contested,
                              .is_cleared = h->is_cleared,
                              .is_begin = h->is_begin,
                              .is_over = h->is_over};
    if (h->level) c->level_key = text_printf(q->arena, "search.level.%s", h->level);
    c->natural = natural_number_shown(q->arena, h->natural);
    if (h->natural.n) c->natural_href = TEXT_JOIN(q->arena, T("/search/person/"), h->natural);
    if (h->kind == SEARCH_CASE)
        show_person(q, h, c);
    else
        show_entry(q, h, c);
    if (!h->is_said) return;
    c->said_key = text_printf(q->arena, "search.said.%s", NATURAL_VERDICTS[h->said.verdict]);
    c->said_by = h->said.by_name;
    c->said_reason = h->said.reason;
    c->said_at = h->said.at;
    c->said_until = h->said.until;
}
