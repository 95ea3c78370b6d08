// mrz_parse - zones a second that src/identity reads, in one thread.
//
//     mrz_parse FILE [SECONDS]      FILE: a zone a line, its lines parted by spaces; prints one number
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "identity/mrz.h"

enum { ZONES_MAX = 100, FILE_MAX = 64 * 1024, ROUND = 1000 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t read_zones(const char *path, char *bytes, struct text *zones) {
    FILE *f = fopen(path, "re");
    if (!f) return perror(path), 0;
    struct text rest = {bytes, fread(bytes, 1, FILE_MAX, f)}, line;
    size_t n = 0;
    fclose(f);
    for (size_t i = 0; i < rest.n; i++) bytes[i] = bytes[i] == ' ' ? '\t' : bytes[i];
    while (n < ZONES_MAX && text_cut(&rest, '\n', &line)) {
        if (!line.n) continue;
        for (size_t i = 0; i < line.n; i++)
            if (line.p[i] == '\t') bytes[line.p + i - bytes] = '\n';
        zones[n++] = line;
    }
    return n;
}

int main(int argc, char **argv) {
    static char bytes[FILE_MAX];
    struct text zones[ZONES_MAX];
    size_t count = argc > 1 ? read_zones(argv[1], bytes, zones) : 0;
    double seconds = argc > 2 ? atof(argv[2]) : 1, began = now(), spent = 0;
    struct arena a = {0};
    static struct mrz m;
    int64_t done = 0, right = 0;
    if (!count) return 1;
    while (spent < seconds) {
        for (int i = 0; i < ROUND; i++, done++) {
            if (mrz_read(&a, zones[(size_t)i % count], (struct date){2026, 11, 26}, &m, NULL)) return 1;
            right += m.checks_ok && m.number.n > 0 && m.birth.year > 1900;
            arena_reset(&a);
        }
        spent = now() - began;
    }
    arena_free(&a);
    if (right < done) return fprintf(stderr, "a zone was not read right\n"), 1;
    printf("%.0f\n", (double)done / spent);
    return 0;
}
