// Hostile BPMN files, read and, when they are accepted, started and pushed on by a host that says yes to
// everything.
#include "base/cbor.h"
#include "flow/flow.h"

#include <stdlib.h>

static enum status yes(void *ctx, const struct flow_at *at, struct text e, bool *out, struct problem *p) {
    (void)ctx, (void)at, (void)p;
    *out = e.n % 2;
    return STATUS_OK;
}
static enum status soon(void *ctx, const struct flow_at *at, enum flow_timer_kind kind, struct text e,
                        int fired, struct flow_due *out, struct problem *p) {
    (void)ctx, (void)at, (void)kind, (void)e, (void)p;
    *out = (struct flow_due){{fired}, 1};
    return STATUS_OK;
}
static enum status two(void *ctx, const struct flow_at *at, struct text e, int64_t *out, struct problem *p) {
    (void)ctx, (void)at, (void)e, (void)p;
    *out = 2;
    return STATUS_OK;
}
static enum status work(void *ctx, const struct flow_at *at, struct flow_answer *out, struct problem *p) {
    (void)ctx, (void)p;
    out->outcome = at->element->id.n % 3 == 0 ? FLOW_LATER : FLOW_DONE;
    return STATUS_OK;
}

static void check(const struct flow_model *m, const struct flow_state *s, struct arena *a) {
    struct flow_state again;
    struct bytes b = flow_state_write(m, s, a);
    if (!cbor_check(b) || flow_state_read(m, b, a, &again, NULL)) abort();
    struct bytes c = flow_state_write(m, &again, a);
    if (!text_eq(text_of_bytes(b), text_of_bytes(c))) abort();
}

// The first thing that can be done, until nothing can; false when nothing could.
static bool push(const struct flow_engine *e, struct flow_state *s, struct flow_effects *fx,
                 struct problem *p) {
    for (size_t i = 0; i < s->tokens.count; i++)
        if (flow_task_done(e, s, s->tokens.items[i].id, fx, p) == STATUS_OK) return true;
    for (size_t i = 0; i < s->waits.count; i++) {
        const struct flow_wait *w = &s->waits.items[i];
        enum status st = w->kind == FLOW_TIMER    ? flow_timer_due(e, s, w->id, fx, p)
                         : w->kind == FLOW_SIGNAL ? flow_signal(e, s, w->name, fx, p)
                                                  : flow_message(e, s, w->name, w->key, fx, p);
        if (st == STATUS_OK) return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct problem p = {0};
    const struct flow_model *m;
    const struct flow_host host = {NULL, yes, soon, NULL, two, work, work, work};
    struct flow_engine e = {NULL, &host, &a};
    struct flow_state s = {0};
    struct flow_effects fx = {0};
    struct flow_trigger by = {0};
    if (size < 100000 && flow_read(&a, (struct text){(const char *)data, size}, T(""), &m, &p) == STATUS_OK) {
        e.model = m;
        if (flow_start(&e, &by, &s, &fx, &p) == STATUS_OK)
            for (int i = 0; i < 12; i++) {
                check(m, &s, &a);
                if (!push(&e, &s, &fx, &p)) break;
            }
    }
    arena_free(&a);
    return 0;
}
