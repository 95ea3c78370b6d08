// registers.c - `ostia registers retention`: what is due in the registers, now.
#include "ostia/house.h"
#include "registers/retention.h"

int registers_retention_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct retention_report r;
    bool is_try = call_has(c, "try");
    enum status st = registers_retention(h->registers, is_try, &a, &r);
    for (size_t i = 0; i < r.lines.count && !st; i++) {
        const struct retention_line *l = &r.lines.items[i];
        fprintf(out, TEXT_FMT " " TEXT_FMT ": %lld %s" TEXT_FMT "\n", TEXT_ARG(l->register_id),
                TEXT_ARG(l->rule), (long long)l->count,
                is_try || text_eq(l->then, T("review")) ? "to " : "went: ", TEXT_ARG(l->then));
    }
    if (!st && !r.lines.count) fprintf(out, "nothing is due\n");
    if (!st && r.looked_at)
        fprintf(out, "the law is new: %lld entries looked at, %lld have another day\n",
                (long long)r.looked_at, (long long)r.moved);
    arena_free(&a);
    return st ? say_problem(out, st, NULL) : EXIT_DONE;
}
