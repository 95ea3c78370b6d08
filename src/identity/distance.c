// An edit distance (Damerau, 1964; adjacent swaps) whose costs know which letters stand for one another in
// spellings of names.
#include "identity/distance.h"

#include <pthread.h>
#include <string.h>

enum { LETTERS = 36, LEAST_COST = 9 };
static uint8_t index_of[256];          // of a letter; other bytes count as the first
static uint8_t swap[LETTERS][LETTERS]; // cost of one for another
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static bool is_vowel(uint8_t c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

// Pairs of letters and what one for the other costs. The rest costs DISTANCE_ONE.
static const struct {
    const char *pairs; // "ckcq": c and k, c and q
    uint8_t cost;
} NEAR[] = {
    {"iyjivwckcqkqsz", 6}, {"jyeyszxkgjcszsgqgkufufvbxhtdbpdtgh", 10},
    {"0o1i1l5s8b2z6g", 4}, {"szdzjgvffbwuwopfczxs", 12},
    {"lrmn", 16},
};

static void near(uint8_t x, uint8_t y, uint8_t cost) {
    uint8_t i = index_of[x], j = index_of[y];
    if (swap[i][j] > cost) swap[i][j] = swap[j][i] = cost;
}

static void fill(void) {
    for (int i = 0; i < 26; i++) index_of['a' + i] = (uint8_t)i;
    for (int i = 0; i < 10; i++) index_of['0' + i] = (uint8_t)(26 + i);
    for (int i = 0; i < LETTERS; i++)
        for (int j = 0; j < LETTERS; j++) swap[i][j] = i == j ? 0 : DISTANCE_ONE;
    for (const char *v = "aeiou"; *v; v++)
        for (const char *w = "aeiou"; *w; w++)
            if (v != w && *v != *w) near((uint8_t)*v, (uint8_t)*w, 11);
    for (size_t i = 0; i < sizeof NEAR / sizeof *NEAR; i++)
        for (const char *p = NEAR[i].pairs; *p; p += 2) near((uint8_t)p[0], (uint8_t)p[1], NEAR[i].cost);
}

// Kinds 0 to 15 of a to z: a, e, i, o, u; b p; c k q g x; d t; f v w; h; l; m; n; r; s z; digits.
static const uint8_t KIND[] = {0,  5, 6, 7, 1,  8,  6, 9, 2, 2, 6, 10, 11,
                               12, 3, 5, 6, 13, 14, 7, 4, 8, 8, 6, 2,  14};

letter_counts letters_count(struct text w) {
    letter_counts n = {0};
    for (size_t i = 0; i < w.n; i++) {
        uint8_t c = (uint8_t)(w.p[i] - 'a');
        n[c < 26 ? KIND[c] : 15]++;
    }
    return n;
}

uint32_t letters_seen(struct text w) {
    static const char SEEN[] = "abkdefkhiiklmnopkrstuvvkis"; // each letter's representative
    uint32_t seen = 0;
    for (size_t i = 0; i < w.n; i++) {
        uint8_t c = (uint8_t)w.p[i];
        if (c >= 'a' && c <= 'z') seen |= 1u << (SEEN[c - 'a'] - 'a');
        if (c >= '0' && c <= '9') seen |= 1u << 26;
    }
    return seen;
}

static unsigned sum_of(letter_counts n) {
    uint64_t half[2];
    memcpy(half, &n, sizeof half);
    uint64_t s = (half[0] & 0x00FF00FF00FF00FF) + (half[0] >> 8 & 0x00FF00FF00FF00FF) +
                 (half[1] & 0x00FF00FF00FF00FF) + (half[1] >> 8 & 0x00FF00FF00FF00FF);
    return (unsigned)(s * 0x0001000100010001 >> 48);
}

// A letter of a kind that the other has not, or has less often, was left out or stands for another kind; a
// doubled letter is the cheapest.
unsigned letters_least_distance(letter_counts x, letter_counts y) {
    unsigned mine = sum_of((letter_counts)(x > y) & (x - y)),
             yours = sum_of((letter_counts)(y > x) & (y - x));
    return LEAST_COST * (mine > yours ? mine : yours);
}

// Consonants that are one sound in some spelling.
static char sound_of(char c) {
    switch (c) {
    case 'q':
    case 'c': return 'k';
    case 'w':
    case 'v': return 'f';
    case 'z': return 's';
    case 'j': return 'y';
    default: return c;
    }
}

uint32_t letters_sound(struct text w) {
    uint32_t h = 2166136261u;
    char last = 0;
    size_t count = 0;
    for (size_t i = 0; i < w.n; i++) {
        char c = sound_of(w.p[i]);
        if (i && (is_vowel((uint8_t)c) || c == 'h' || c == 'y')) continue;
        if (is_vowel((uint8_t)c)) c = 'a';
        if (c == last) continue;
        h = (h ^ (uint8_t)c) * 16777619u;
        last = c;
        count++;
    }
    return count > 1 ? h | 1 : 0;
}

// What a letter costs that only one of the two has.
static unsigned alone(const char *p, size_t i) {
    char c = p[i];
    if (i && p[i - 1] == c) return 7;
    if (i && c == 'h') return 9;
    if (is_vowel((uint8_t)c)) return 13;
    return c == 'y' || c == 'w' ? 14 : DISTANCE_ONE;
}

unsigned letters_alone(struct text w, size_t i, bool no_vowels) {
    enum { LEFT_OUT = 2 };
    return no_vowels && (is_vowel((uint8_t)w.p[i]) || w.p[i] == 'y') ? LEFT_OUT : alone(w.p, i);
}

unsigned letters_swap(char x, char y) {
    pthread_once(&filled, fill);
    return swap[index_of[(uint8_t)x]][index_of[(uint8_t)y]];
}

static unsigned least(unsigned x, unsigned y) {
    return x < y ? x : y;
}

unsigned letters_distance(struct text x, struct text y, bool no_vowels, unsigned bound) {
    pthread_once(&filled, fill);
    if (x.n > DISTANCE_LETTERS_MAX) x.n = DISTANCE_LETTERS_MAX;
    if (y.n > DISTANCE_LETTERS_MAX) y.n = DISTANCE_LETTERS_MAX;
    uint16_t rows[3][DISTANCE_LETTERS_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];
    uint16_t extra[DISTANCE_LETTERS_MAX]; // of each letter of y
    last[0] = 0;
    for (size_t j = 0; j < y.n; j++) {
        extra[j] = (uint16_t)letters_alone(y, j, no_vowels);
        last[j + 1] = (uint16_t)(last[j] + extra[j]);
    }
    for (size_t i = 0; i < x.n; i++) {
        unsigned missing = alone(x.p, i), lowest;
        const uint8_t *cost = swap[index_of[(uint8_t)x.p[i]]];
        lowest = row[0] = (uint16_t)(last[0] + missing);
        for (size_t j = 0; j < y.n; j++) {
            unsigned c = least(last[j] + cost[index_of[(uint8_t)y.p[j]]],
                               least(last[j + 1] + missing, row[j] + extra[j]));
            if (i && j && x.p[i] == y.p[j - 1] && x.p[i - 1] == y.p[j])
                c = least(c, before[j - 1] + (unsigned)LETTERS_EXCHANGED);
            row[j + 1] = (uint16_t)c;
            lowest = least(lowest, c);
        }
        if (lowest > bound) return lowest;
        uint16_t *spare = before;
        before = last, last = row, row = spare;
    }
    return last[y.n];
}

double letters_likeness(unsigned distance, size_t longer) {
    if (!longer) return 0;
    double r = (double)distance / (double)(longer * DISTANCE_ONE);
    double s = 1 - 0.6 * r - 4.5 * r * r;
    return s < 0 ? 0 : s;
}

unsigned letters_bound(unsigned likeness, size_t longer) {
    // the r of letters_likeness, in parts of 1000, for 45, 50, 55 ... 95, 100
    static const uint16_t R[] = {290, 273, 256, 239, 220, 200, 178, 155, 128, 97, 58, 0};
    unsigned at = likeness < 45 ? 0 : (likeness - 45) / 5;
    return (unsigned)(longer * DISTANCE_ONE * R[at] / 1000);
}
