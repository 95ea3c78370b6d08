// search.h - what the pages of the search share: how a record and a comparison are shown.
#pragma once
#include "search/search.h"
#include "web/app.h"
#include "web/pages.h"

// Why somebody looks: ?purpose= or the field of the form, else what is usual for them.
struct look search_look(struct request *q);

struct search_fact { // a label and a value, both as they are shown
    struct text label, value;
};
struct search_feature { // "Name: the same, other letters"
    struct text feature_key, how_key, left, right;
    bool agrees;
};
struct record_card {
    int64_t record, mark, case_id;
    bool is_case, is_seen, is_watched, is_cleared, has_features;
    struct text name, latin, reference, href, register_title, natural, natural_href, level_key, role;
    struct text cleared_by, cleared_reason, release_href, same_href;
    struct date expires, review;
    struct moment cleared_at;
    struct {
        struct search_fact *items;
        size_t count, capacity;
    } facts;
    struct {
        struct search_feature *items;
        size_t count, capacity;
    } features;
};
extern const struct view RECORD_CARD, SEARCH_FEATURE;
void record_card(struct request *q, const struct search_hit *h, struct record_card *out);
void search_features(struct request *q, const struct comparison *c, struct record_card *out);
