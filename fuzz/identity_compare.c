// Any bytes as two records: a comparison is within its bounds, the same from both sides, and of a record with
// itself never below that with another; a transcription is UTF-8 and its zone has only its letters.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "identity/compare.h"
#include "identity/transcribe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text next(struct text *rest) {
    struct text part = {0};
    (void)text_cut(rest, '|', &part);
    return part;
}

// "given|family|whole|birth|place|number|..." cut at bars.
static void fill(struct identity_record *r, struct text *rest) {
    *r = (struct identity_record){
        .name_count = 2, .birth_count = 1, .number_count = 1, .nationality_count = 1};
    r->names[0] = (struct record_name){.given = next(rest), .family = next(rest), .language = next(rest)};
    r->names[1] = (struct record_name){.whole = next(rest)};
    if (date_parse(next(rest), &r->births[0])) r->birth_count = 0;
    r->birth_place = next(rest);
    r->numbers[0] = (struct record_number){next(rest), next(rest), next(rest)};
    r->nationalities[0] = next(rest);
    r->sex = next(rest);
}

static void check_transcription(struct arena *a, struct text name, struct text language) {
    struct transcription t;
    struct problem p = {0};
    if (identity_transcribe(a, name, language, &t, &p)) {
        assert(p.field && p.text_key);
        return;
    }
    assert(t.latin.n && text_is_utf8(t.latin) && t.zone.n && t.standard.n);
    for (size_t i = 0; i < t.zone.n; i++)
        assert((t.zone.p[i] >= 'A' && t.zone.p[i] <= 'Z') || t.zone.p[i] == '<');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text rest = {(const char *)data, size};
    struct identity_record l, r;
    fill(&l, &rest);
    fill(&r, &rest);
    const struct prepared_record *x = identity_prepare(&l, &a), *y = identity_prepare(&r, &a);
    assert(x->bytes % 8 == 0 && x->letters_at <= x->bytes);
    struct comparison c, d;
    identity_compare_prepared(x, y, &COMPARE_RULES, &c);
    identity_compare_prepared(y, x, &COMPARE_RULES, &d);
    assert(c.score >= 0 && c.score <= 1 && isfinite(c.bits));
    for (int f = 0; f < FEATURE_COUNT; f++) {
        assert(c.features[f].agreement >= 0 && c.features[f].agreement <= 1 && c.features[f].how);
        assert(c.features[f].is_known == d.features[f].is_known);
    }
    assert(isfinite(identity_compare_prepared_writings(x, y)));
    check_transcription(&a, l.names[0].given, l.names[0].language);
    arena_free(&a);
    return 0;
}
