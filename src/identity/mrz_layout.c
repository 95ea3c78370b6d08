// Doc 9303-4 (TD3), 9303-5 (TD1), 9303-6 (TD2), 9303-7 (MRV-A, MRV-B).
#include "identity/mrz_layout.h"

#include <assert.h>

#define UPPER_LINE(size)                                                                              \
    [MRZ_DOCUMENT_CODE] = {MRZ_DOCUMENT_CODE, 0, 0, 2, -1}, [MRZ_ISSUER] = {MRZ_ISSUER, 0, 2, 5, -1}, \
    [MRZ_NAME] = {MRZ_NAME, 0, 5, size, -1}
#define LOWER_LINE                                                                                 \
    [MRZ_NUMBER] = {MRZ_NUMBER, 1, 0, 9, 9}, [MRZ_NATIONALITY] = {MRZ_NATIONALITY, 1, 10, 13, -1}, \
    [MRZ_BIRTH] = {MRZ_BIRTH, 1, 13, 19, 19}, [MRZ_SEX] = {MRZ_SEX, 1, 20, 21, -1},                \
    [MRZ_EXPIRY] = {MRZ_EXPIRY, 1, 21, 27, 27}

static const struct mrz_layout
    LAYOUTS[MRZ_FORMAT_COUNT] =
        {
            [MRZ_TD1] =
                {
                    .word = "TD1",
                    .lines = 3,
                    .columns = 30,
                    .long_number = true,
                    .codes = "ACI",
                    .place =
                        {
                            [MRZ_DOCUMENT_CODE] = {MRZ_DOCUMENT_CODE, 0, 0, 2, -1},
                            [MRZ_ISSUER] = {MRZ_ISSUER, 0, 2, 5, -1},
                            [MRZ_NUMBER] = {MRZ_NUMBER, 0, 5, 14, 14},
                            [MRZ_OPTIONAL] = {MRZ_OPTIONAL, 0, 15, 30, -1},
                            [MRZ_BIRTH] = {MRZ_BIRTH, 1, 0, 6, 6},
                            [MRZ_SEX] = {MRZ_SEX, 1, 7, 8, -1},
                            [MRZ_EXPIRY] = {MRZ_EXPIRY, 1, 8, 14, 14},
                            [MRZ_NATIONALITY] = {MRZ_NATIONALITY, 1, 15, 18, -1},
                            [MRZ_OPTIONAL_2] = {MRZ_OPTIONAL_2, 1, 18, 29, -1},
                            [MRZ_COMPOSITE] = {MRZ_COMPOSITE, 1, 29, 30, 29},
                            [MRZ_NAME] = {MRZ_NAME, 2, 0, 30, -1},
                        },
                    .composite = {{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}},
                },
            [MRZ_TD2] =
                {
                    .word = "TD2",
                    .lines = 2,
                    .columns = 36,
                    .long_number = true,
                    .codes = "ACI",
                    .place =
                        {
                            UPPER_LINE(36),
                            LOWER_LINE,
                            [MRZ_OPTIONAL] = {MRZ_OPTIONAL, 1, 28, 35, -1},
                            [MRZ_COMPOSITE] = {MRZ_COMPOSITE, 1, 35, 36, 35},
                        },
                    .composite = {{1, 0, 10}, {1, 13, 20}, {1, 21, 35}},
                },
            [MRZ_TD3] =
                {
                    .word = "TD3",
                    .lines = 2,
                    .columns = 44,
                    .codes = "P",
                    .place =
                        {
                            UPPER_LINE(44),
                            LOWER_LINE,
                            [MRZ_OPTIONAL] = {MRZ_OPTIONAL, 1, 28, 42, 42},
                            [MRZ_COMPOSITE] = {MRZ_COMPOSITE, 1, 43, 44, 43},
                        },
                    .composite = {{1, 0, 10}, {1, 13, 20}, {1, 21, 43}},
                },
            [MRZ_MRV_A] =
                {
                    .word = "MRV-A",
                    .lines = 2,
                    .columns = 44,
                    .codes = "V",
                    .place = {UPPER_LINE(44), LOWER_LINE, [MRZ_OPTIONAL] = {MRZ_OPTIONAL, 1, 28, 44, -1}},
                },
            [MRZ_MRV_B] =
                {
                    .word = "MRV-B",
                    .lines = 2,
                    .columns = 36,
                    .codes = "V",
                    .place = {UPPER_LINE(36), LOWER_LINE, [MRZ_OPTIONAL] = {MRZ_OPTIONAL, 1, 28, 36, -1}},
                },
};

const struct mrz_layout *mrz_layout(enum mrz_format f) {
    assert(f < MRZ_FORMAT_COUNT);
    return &LAYOUTS[f];
}

struct text mrz_format_word(enum mrz_format f) {
    return text_of(mrz_layout(f)->word);
}

const char *mrz_field_word(enum mrz_field f) {
    static const char *const WORDS[MRZ_FIELD_COUNT] = {
        "document_code", "issuer",      "name",     "number",     "nationality", "birth_date",
        "sex",           "expiry_date", "optional", "optional_2", "composite",
    };
    assert(f < MRZ_FIELD_COUNT);
    return WORDS[f];
}

struct text mrz_at(const struct mrz_layout *l, struct text const *line, enum mrz_field f) {
    const struct mrz_place *p = &l->place[f];
    return p->to ? text_slice(line[p->line], (size_t)p->from, (size_t)p->to) : (struct text){0};
}

// Value of each character of the zone plus one; 0 is no character of the zone.
#define DIGIT(c) [c] = (c) - '0' + 1
#define LETTER(c) [c] = (c) - 'A' + 11
static const uint8_t VALUES[256] = {
    DIGIT('0'),  DIGIT('1'),  DIGIT('2'),  DIGIT('3'),  DIGIT('4'),  DIGIT('5'),  DIGIT('6'),  DIGIT('7'),
    DIGIT('8'),  DIGIT('9'),  LETTER('A'), LETTER('B'), LETTER('C'), LETTER('D'), LETTER('E'), LETTER('F'),
    LETTER('G'), LETTER('H'), LETTER('I'), LETTER('J'), LETTER('K'), LETTER('L'), LETTER('M'), LETTER('N'),
    LETTER('O'), LETTER('P'), LETTER('Q'), LETTER('R'), LETTER('S'), LETTER('T'), LETTER('U'), LETTER('V'),
    LETTER('W'), LETTER('X'), LETTER('Y'), LETTER('Z'), ['<'] = 1};

// 9303-3, 4.9: weights 7 3 1 from the left, sum modulo 10. `at` counts on over the spans of a composite.
static unsigned weigh(struct text t, size_t *at) {
    static const uint8_t WEIGHTS[] = {7, 3, 1, 7, 3};
    const uint8_t *w = WEIGHTS + *at % 3;
    unsigned sum = 0, all = 1;
    for (size_t i = 0, k = 0; i < t.n; i++, k = k == 2 ? 0 : k + 1) {
        unsigned v = VALUES[(uint8_t)t.p[i]];
        all &= v != 0;
        sum += (v - 1) * w[k];
    }
    assert(all && "only characters of the zone have a value");
    *at += t.n;
    return sum;
}

char mrz_check_digit(struct text t) {
    size_t at = 0;
    return (char)('0' + weigh(t, &at) % 10);
}

char mrz_composite_digit(const struct mrz_layout *l, const struct text *line) {
    assert(l->composite[0].to);
    unsigned sum = 0;
    size_t at = 0;
    for (const struct mrz_span *s = l->composite; s->to; s++)
        sum += weigh(text_slice(line[s->line], (size_t)s->from, (size_t)s->to), &at);
    return (char)('0' + sum % 10);
}
