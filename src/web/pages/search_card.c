// search_card.c - a record and a comparison in words.
#include "web/pages/search.h"
#include "web/pages/work_query.h"

#define VIEW_SHARED(view_name, ...) \
    const struct view view_name = {#view_name, (const struct view_field[]){__VA_ARGS__, {0}}}

#define V struct search_fact
VIEW(SEARCH_FACT, VIEW_TEXT(V, label), VIEW_TEXT(V, value));
#undef V
#define V struct search_feature
VIEW_SHARED(SEARCH_FEATURE, VIEW_TEXT(V, feature_key), VIEW_TEXT(V, how_key), VIEW_TEXT(V, left),
            VIEW_TEXT(V, right), VIEW_BOOL(V, agrees));
#undef V
#define V struct record_card
VIEW_SHARED(RECORD_CARD, VIEW_INT64(V, record), VIEW_INT64(V, mark), VIEW_INT64(V, case_id),
            VIEW_BOOL(V, is_case), VIEW_BOOL(V, is_seen), VIEW_BOOL(V, is_watched), VIEW_BOOL(V, is_cleared),
            VIEW_BOOL(V, has_features), VIEW_TEXT(V, name), VIEW_TEXT(V, latin), VIEW_TEXT(V, reference),
            VIEW_TEXT(V, href), VIEW_TEXT(V, register_title), VIEW_TEXT(V, natural),
            VIEW_TEXT(V, natural_href), VIEW_TEXT(V, level_key), VIEW_TEXT(V, role), VIEW_TEXT(V, cleared_by),
            VIEW_TEXT(V, cleared_reason), VIEW_TEXT(V, release_href), VIEW_TEXT(V, same_href),
            VIEW_DATE(V, expires), VIEW_DATE(V, review), VIEW_MOMENT(V, cleared_at),
            VIEW_LIST(V, facts, &SEARCH_FACT), VIEW_LIST(V, features, &SEARCH_FEATURE));
#undef V

struct look search_look(struct request *q) {
    struct look look = page_look(q, officer_purpose(q, NULL));
    struct text purpose = form_text(q, "purpose");
    if (purpose.n) look.purpose = purpose;
    return look;
}

static void fact(struct request *q, struct record_card *c, const char *label_key, struct text value) {
    if (value.n)
        *ARENA_PUSH(q->arena, &c->facts) = (struct search_fact){page_text(q, label_key, NULL, 0), value};
}

void search_features(struct request *q, const struct comparison *c, struct record_card *out) {
    for (int i = 0; i < FEATURE_COUNT; i++) {
        const struct feature_result *f = &c->features[i];
        if (!f->is_known) continue;
        *ARENA_PUSH(q->arena, &out->features) = (struct search_feature){
            text_printf(q->arena, "search.feature.%s", identity_feature_word(f->feature)),
            text_printf(q->arena, "search.how.%s", f->how), f->left, f->right, f->bits > 0};
    }
    out->has_features = out->features.count > 0;
}

static struct text names_of(struct request *q, const char *list, struct text codes) {
    struct out o = {.arena = q->arena};
    struct text rest = codes, one;
    while (text_cut(&rest, ',', &one))
        if (one.n) out_printf(&o, "%s" TEXT_FMT, o.n ? ", " : "", TEXT_ARG(page_code_name(q, list, one)));
    return out_done(&o);
}

static void show_person(struct request *q, const struct search_hit *h, struct record_card *c) {
    const struct person_shown *w = &h->who;
    c->is_case = true;
    c->case_id = w->case_id;
    c->reference = w->case_no;
    c->href = text_printf(q->arena, "/cases/%lld", (long long)w->case_id);
    if (!w->is_seen) return;
    c->name = text_trim(TEXT_JOIN(q->arena, w->given_names, T(" "), w->family_name));
    if (!text_eq(c->name, w->latin_name)) c->latin = w->latin_name;
    fact(q, c, "search.birth", w->birth);
    fact(q, c, "search.nationality", names_of(q, "country", w->nationalities));
    fact(q, c, "search.birth_place", w->birth_place);
}

static struct text shown_value(struct request *q, const struct search_column *x) {
    const struct form_field *f = x->field;
    return f->code_list.n ? page_code_name(q, text_c(q->arena, f->code_list), x->value) : x->value;
}

static void show_entry(struct request *q, const struct search_hit *h, struct record_card *c) {
    c->reference = h->reference;
    c->register_title = page_words_of(q, h->pack, h->of->title_key);
    c->href =
        text_printf(q->arena, "/registers/" TEXT_FMT "/%lld", TEXT_ARG(h->of->id), (long long)h->record);
    for (size_t i = 0; i < h->columns.count; i++)
        *ARENA_PUSH(q->arena, &c->facts) =
            (struct search_fact){page_words_of(q, h->pack, h->columns.items[i].field->label_key),
                                 shown_value(q, &h->columns.items[i])};
    c->expires = h->expires;
    c->review = h->review;
    c->is_watched = h->is_watched;
}

void record_card(struct request *q, const struct search_hit *h, struct record_card *c) {
    *c = (struct record_card){.record = h->record, .mark = h->mark, .is_seen = h->is_seen};
    c->level_key = text_printf(q->arena, "search.level.%s", h->level);
    c->natural = natural_number_shown(q->arena, h->natural);
    if (h->natural.n) c->natural_href = TEXT_JOIN(q->arena, T("/search/person/"), h->natural);
    if (h->kind == SEARCH_CASE)
        show_person(q, h, c);
    else
        show_entry(q, h, c);
    if (h->is_compared) search_features(q, &h->how, c);
    c->is_cleared = h->is_cleared;
    c->cleared_by = h->cleared.decided_name;
    c->cleared_reason = h->cleared.reason;
    c->cleared_at = h->cleared.decided;
}
