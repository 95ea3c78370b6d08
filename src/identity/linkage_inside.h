// linkage_inside.h - the parts of a linkage, inside this room: values, levels of agreement, blocks of rows
// that share a key, weights.
#pragma once
#include "identity/linkage.h"

enum {
    LEVEL_SAME = 0,
    LEVEL_NEAR = 1,
    LEVEL_ALIKE = 2,
    LEVEL_FAR = 3, // of a name: the same in another field
    LEVEL_DIFFERS = 4,
    LEVELS = 5,
    LEVEL_UNKNOWN = 7,
    RULES_MAX = 24, // ways to find pairs
    LEVEL_BITS = 3,
};

// Values of one field, each once. 0 is "not known".
struct linkage_values {
    enum linkage_kind kind;
    struct arena arena;
    struct text *text;   // folded
    uint64_t *signature; // which letters, or pairs of letters, it has
    uint32_t *count, *sound;
    uint16_t *nickname;
    float *rare; // bits that its being the same says more than that of others (linkage_learn.c)
    size_t values;
    uint32_t *of_row;
    bool is_repeat; // others say all that it says
};
struct linkage_rule {
    size_t key[2]; // the second may be the first
    double pairs;  // that it finds
};
struct linkage {
    size_t fields, rows, left_rows;
    bool two_files;
    struct linkage_options options;
    struct linkage_values values[LINKAGE_FIELDS_MAX];
    // Rows that share a key: of each rule, rows in order of their hash; and the hashes row by row (0: none).
    struct linkage_rule rules[RULES_MAX];
    size_t rule_count, learn_rules; // the first of them are fit to learn from
    uint32_t *hash;
    uint32_t *order[RULES_MAX];
    size_t ordered[RULES_MAX];
    // What is learned.
    double m[LINKAGE_FIELDS_MAX][LEVELS], u[LINKAGE_FIELDS_MAX][LEVELS], prior;
    double weight[LINKAGE_FIELDS_MAX][8]; // by level, LEVEL_UNKNOWN included
    double most[LINKAGE_FIELDS_MAX];      // of levels that are not LEVEL_SAME
    size_t asking[LINKAGE_FIELDS_MAX];    // fields in the order in which they are looked at
    struct arena arena;
};
static inline double linkage_all_pairs(const struct linkage *l) {
    double n = (double)l->rows, left = (double)l->left_rows;
    return l->two_files ? left * (n - left) : n * (n - 1) / 2;
}

// ---- linkage_values.c, linkage_level.c
// `cell` gives what stands in the field of a row.
typedef struct text linkage_cell(const void *context, size_t row);
void linkage_values_make(struct linkage_values *v, enum linkage_kind kind, size_t rows, linkage_cell *cell,
                         const void *context);
void linkage_values_free(struct linkage_values *v);
uint64_t linkage_signature(enum linkage_kind kind, struct text t); // letters, or pairs of them, as bits
// Where a field holds the words of others too (full name beside given and family name), what it adds stays.
void linkage_drop_repeats(struct linkage *l);
// How two values that are not the same agree: LEVEL_NEAR to LEVEL_DIFFERS.
unsigned linkage_level(const struct linkage_values *v, uint32_t x, uint32_t y);
unsigned linkage_field_level(const struct linkage *l, size_t f, uint32_t left, uint32_t right);

// ---- linkage_blocks.c
void linkage_choose_rules(struct linkage *l);
void linkage_make_blocks(struct linkage *l);
// Each pair that shares a key of the first `rules`, once, from all threads: `see` gets the number of the
// thread. Only one block in `every` when it is more than 1.
void linkage_each_pair(struct linkage *l, const char *stage, size_t rules, size_t every,
                       void (*see)(void *context, unsigned thread, uint32_t x, uint32_t y), void *context);

// ---- linkage_learn.c
void linkage_learn(struct linkage *l);

// ---- linkage_groups.c
size_t linkage_one_to_one(struct linkage *l, struct linkage_pair *p, size_t count);
uint32_t *linkage_groups(const struct linkage_result *r, size_t rows, struct arena *a);
