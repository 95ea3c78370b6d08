// flow_walk - processes a second that src/flow takes from start to end, in memory and in one thread.
//
//     flow_walk MODEL [SECONDS]      prints one number; services answer at once
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "flow/flow.h"

static int64_t called;

static enum status work(void *ctx, const struct flow_at *at, struct flow_answer *out, struct problem *p) {
    (void)ctx, (void)at, (void)p;
    called++;
    out->outcome = FLOW_DONE;
    return STATUS_OK;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const struct flow_model *read_model(struct arena *a, const char *path) {
    const struct flow_model *m;
    struct problem p = {0};
    FILE *f = fopen(path, "re");
    if (!f) return perror(path), NULL;
    char *bytes = arena_alloc(a, FLOW_XML_MAX);
    struct text xml = {bytes, fread(bytes, 1, FLOW_XML_MAX, f)};
    fclose(f);
    if (flow_read(a, xml, T(""), &m, &p)) return fprintf(stderr, "%s: %s\n", path, p.rule), NULL;
    return m;
}

static bool once(const struct flow_model *m, const struct flow_host *host, struct arena *a) {
    struct flow_engine e = {m, host, a};
    struct flow_state state = {0};
    struct flow_effects effects = {0};
    struct flow_trigger by = {.kind = FLOW_NONE};
    struct problem p = {0};
    return flow_start(&e, &by, &state, &effects, &p) == STATUS_OK && state.ended;
}

int main(int argc, char **argv) {
    struct arena model = {0}, a = {0};
    const struct flow_host host = {.service = work};
    const struct flow_model *m = argc > 1 ? read_model(&model, argv[1]) : NULL;
    double seconds = argc > 2 ? atof(argv[2]) : 1, began = now(), spent = 0;
    int64_t done = 0;
    if (!m) return 1;
    while (spent < seconds) {
        for (int i = 0; i < 1000; i++, done++) {
            if (!once(m, &host, &a)) return fprintf(stderr, "the process did not end\n"), 1;
            arena_reset(&a);
        }
        spent = now() - began;
    }
    if (called < done) return fprintf(stderr, "the service tasks did not run\n"), 1;
    printf("%.0f\n", (double)done / spent);
    arena_free(&a), arena_free(&model);
    return 0;
}
