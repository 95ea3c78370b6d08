// search.h - what the pages of the search share: why somebody looks, and how records and comparisons are
// shown.
#pragma once
#include "search/search.h"
#include "web/app.h"
#include "web/pages.h"

// The purposes for which this person may search, the chosen one marked: ?purpose= or the form's, else the
// usual one.
struct options search_purposes(struct request *q);
struct look search_look(struct request *q);
bool search_lets(const struct request *q, const char *action);
// "/search/hit?record=7&" with the sealed question and the purpose; the address of the answer without a
// record.
struct text search_href(struct request *q, const char *path, struct text ask, struct text purpose,
                        int64_t record);

struct search_fact { // a label and a value, both as they are shown
    struct text label, value;
};
struct search_feature { // "Name: the same, other letters"
    struct text feature_key, how_key, left, right;
    bool is_known, agrees;
};
struct record_card {
    int64_t record, mark, case_id;
    bool is_case, is_seen, is_watched, is_contested, is_cleared, is_begin, is_over, may_open, has_features;
    struct text name, latin, reference, href, register_title, natural, natural_href, level_key;
    struct text said_key, said_by, said_reason, beside_href, same_href, unlink_href;
    struct date expires, review, said_until;
    struct moment said_at;
    struct {
        struct search_fact *items;
        size_t count, capacity;
    } facts;
    struct {
        struct search_feature *items;
        size_t count, capacity;
    } features;
};
struct record_cards {
    struct record_card *items;
    size_t count, capacity;
};
extern const struct view RECORD_CARD, SEARCH_FEATURE, SEARCH_FACT;
void record_card(struct request *q, const struct search_hit *h, struct record_card *out);
// One feature of a comparison, with what each side says of it.
struct search_feature search_feature_of(struct request *q, const struct comparison *c,
                                        enum identity_feature which, struct text left, struct text right);
// What both sides have and how it agrees; with `whole` also what one side alone has.
void search_features(struct request *q, const struct identity_record *left,
                     const struct identity_record *right, const struct comparison *c, bool whole,
                     struct record_card *out);
// A value as its field shows it, and what the field is called.
struct search_fact search_fact_of(struct request *q, const struct pack *pack, const struct form_field *f,
                                  struct text value);
// A sentence on how often such a hit is somebody else, as the pack says it was measured.
struct text search_errs(struct request *q, const struct search_query *asked, const struct comparison *how);
