// Learns how words of another script are written in Latin letters, from pairs of names, and prints the table
// src/identity/graphemes_data.c: expectation maximisation over pieces of 0 to 2 letters there and 0 to 3
// here.
//
// learn_graphemes ARABIC.tsv HEBREW.tsv CYRILLIC.tsv >src/identity/graphemes_data.c
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/compare.h"
#include "names/table.h"

enum { SLOTS = 1 << 20, ROUNDS = 12, KEEP = 3800, N_MAX = 40 };
static const double RARE = 1.5; // pieces that are expected less often are dropped

struct pair {
    uint8_t x[N_MAX];
    char y[N_MAX];
    uint8_t xn, yn;
    float weight;
};
static struct pair *pairs;
static size_t pair_count;

struct piece {
    uint64_t key; // native bytes, Latin bytes; 0 is an empty slot
    double p, count;
};
static struct piece *table;

static uint64_t key_of(const uint8_t *x, size_t xn, const char *y, size_t yn) {
    uint64_t k = 1;
    for (size_t i = 0; i < 2; i++) k = k << 8 | (i < xn ? x[i] : 0u);
    for (size_t i = 0; i < 3; i++) k = k << 8 | (i < yn ? (uint8_t)y[i] : 0u);
    return k;
}
static struct piece *find(uint64_t key) {
    size_t at = (key * 0x9E3779B97F4A7C15u) >> 44;
    while (table[at].key && table[at].key != key) at = (at + 1) % SLOTS;
    return &table[at];
}

// Shapes of pieces, and how likely each is at first.
static const struct {
    size_t x, y;
    double start;
} SHAPES[] = {{1, 1, 1},     {1, 2, 0.1},   {1, 3, 0.01}, {2, 1, 0.02},
              {2, 2, 0.005}, {2, 3, 0.001}, {1, 0, 0.05}, {0, 1, 0.1}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

static void seed(const struct pair *p) {
    for (size_t s = 0; s < SHAPE_COUNT; s++)
        for (size_t i = 0; i + SHAPES[s].x <= p->xn; i++)
            for (size_t j = 0; j + SHAPES[s].y <= p->yn; j++) {
                // pieces that stand far apart in their words do not belong together
                double at = (double)i / p->xn - (double)j / p->yn;
                if (at > 0.35 || at < -0.35) continue;
                struct piece *g = find(key_of(p->x + i, SHAPES[s].x, p->y + j, SHAPES[s].y));
                g->key = key_of(p->x + i, SHAPES[s].x, p->y + j, SHAPES[s].y);
                g->count += SHAPES[s].start / (1 + 20 * at * at);
            }
}

static double forward(const struct pair *p, double f[N_MAX + 1][N_MAX + 1], bool backward) {
    size_t xn = p->xn, yn = p->yn;
    for (size_t a = 0; a <= xn; a++)
        for (size_t b = 0; b <= yn; b++) {
            size_t i = backward ? xn - a : a, j = backward ? yn - b : b;
            double sum = a == 0 && b == 0;
            for (size_t s = 0; s < SHAPE_COUNT; s++) {
                size_t dx = SHAPES[s].x, dy = SHAPES[s].y;
                if (a < dx || b < dy) continue;
                size_t from_x = backward ? i : i - dx, from_y = backward ? j : j - dy;
                double p_piece = find(key_of(p->x + from_x, dx, p->y + from_y, dy))->p;
                if (p_piece > 0) sum += p_piece * (backward ? f[i + dx][j + dy] : f[i - dx][j - dy]);
            }
            f[i][j] = sum;
        }
    return backward ? f[0][0] : f[xn][yn];
}

static double expect(const struct pair *p) {
    static double f[N_MAX + 1][N_MAX + 1], b[N_MAX + 1][N_MAX + 1];
    double all = forward(p, f, false);
    if (!(all > 1e-280)) return -40 * p->xn;
    forward(p, b, true);
    for (size_t i = 0; i <= p->xn; i++)
        for (size_t j = 0; j <= p->yn; j++)
            for (size_t s = 0; s < SHAPE_COUNT; s++) {
                size_t dx = SHAPES[s].x, dy = SHAPES[s].y;
                if (i + dx > p->xn || j + dy > p->yn) continue;
                struct piece *g = find(key_of(p->x + i, dx, p->y + j, dy));
                if (g->p > 0) g->count += p->weight * f[i][j] * g->p * b[i + dx][j + dy] / all;
            }
    return log2(all);
}

static void maximise(double rare) {
    double sum = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if (table[i].count < rare) table[i].count = 0;
        sum += table[i].count;
    }
    for (size_t i = 0; i < SLOTS; i++) table[i].p = table[i].count / sum, table[i].count = 0;
}

static int by_p(const void *a, const void *b) {
    double x = ((const struct piece *)a)->p, y = ((const struct piece *)b)->p;
    return x < y ? 1 : x > y ? -1 : 0;
}

static void print_table(const char *name) {
    qsort(table, SLOTS, sizeof *table, by_p);
    printf("static const struct grapheme_piece %s[] = {\n", name);
    for (size_t i = 0; i < KEEP && table[i].p > 0; i++) {
        uint64_t k = table[i].key;
        int cost = (int)(-log2(table[i].p) * 64 + 0.5);
        printf("{{%d,%d},\"", (int)(k >> 32 & 255), (int)(k >> 24 & 255));
        for (int s = 16; s >= 0; s -= 8)
            if (k >> s & 255) putchar((int)(k >> s & 255));
        printf("\",%d},%s", cost, i % 5 == 4 ? "\n" : "");
    }
    printf("\n};\n\n");
}

static bool load_pair(struct text latin, struct text native, struct text count, struct arena *a,
                      struct pair *out) {
    const struct prepared_record *y = identity_prepare_name(latin, (struct text){0}, a);
    const struct prepared_record *x = identity_prepare_name(native, (struct text){0}, a);
    if (x->token_count != 1 || y->token_count != 1) return false;
    const struct prepared_token *k = prepared_tokens(x), *l = prepared_tokens(y);
    if (!k->native_length || k->native_length > N_MAX || !l->length || l->length > N_MAX ||
        l->script != SCRIPT_LATIN)
        return false;
    *out = (struct pair){.xn = k->native_length, .yn = l->length};
    memcpy(out->x, prepared_letters(x) + k->at + k->length, k->native_length);
    memcpy(out->y, prepared_letters(y) + l->at, l->length);
    for (size_t i = 0; i < out->yn; i++)
        if (out->y[i] < 'a') return false;
    int64_t n;
    out->weight = text_int(count, &n) && n > 0 ? 1 + (float)log2((double)n) * 0.5f : 1;
    return true;
}

static int learn(const char *path, const char *name) {
    struct arena a = {0}, b = {0};
    struct text file, fields[3];
    if (!table_file(&a, path, &file)) return fprintf(stderr, "%s: not there\n", path), 1;
    memset(table, 0, SLOTS * sizeof *table);
    pair_count = 0;
    while (table_row(&a, &file, '\t', fields, 3)) {
        arena_reset(&b);
        if (load_pair(fields[0], fields[1], fields[2], &b, &pairs[pair_count])) seed(&pairs[pair_count++]);
    }
    maximise(0.02);
    for (int round = 0; round < ROUNDS; round++) {
        double bits = 0;
        for (size_t i = 0; i < pair_count; i++) bits += expect(&pairs[i]);
        maximise(round < 3 ? 0.01 : RARE);
        fprintf(stderr, "%s round %d: %zu pairs, %.4f bits a pair\n", name, round, pair_count,
                bits / (double)pair_count);
    }
    print_table(name);
    arena_free(&a);
    arena_free(&b);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return fputs("usage: learn_graphemes ARABIC.tsv HEBREW.tsv CYRILLIC.tsv\n", stderr), 2;
    pairs = calloc(200000, sizeof *pairs);
    table = calloc(SLOTS, sizeof *table);
    puts("// Made by bench/names/learn_graphemes from the training slices of the pairs of names in Wikidata "
         "(CC0) that\n"
         "// Merhav and Ash published with \"Design Challenges in Named Entity Transliteration\" (COLING "
         "2018).\n"
         "// Do not edit: learn again. Pieces of letters and what they cost, the likeliest first.\n"
         "// clang-format off\n"
         "#include \"identity/graphemes.h\"\n");
    static const char *const NAMES[] = {"ARABIC", "HEBREW", "CYRILLIC"};
    for (int i = 0; i < 3; i++)
        if (learn(argv[i + 1], NAMES[i])) return 1;
    puts("const struct grapheme_table GRAPHEME_TABLES[GRAPHEMES_SCRIPT_COUNT] = {");
    for (int i = 0; i < 3; i++) printf("    {%s, sizeof %s / sizeof *%s},\n", NAMES[i], NAMES[i], NAMES[i]);
    puts("};");
    return 0;
}
