// log_stamp.c - the newest checkpoint, stamped by somebody else.
#include "ledger/stamp.h"
#include "ostia/log.h"
#include "store/file.h"

static enum status stamp(struct house *h, const struct call *c, struct arena *a, struct proof_stamp *out,
                         struct problem *p) {
    struct witness_post post;
    struct bytes roots;
    const char *url = call_option(c, "tsa"), *file = call_option(c, "roots");
    if (!url || !file) return problem(p, "tsa", "missing", "problem.stamp.options");
    if (file_read_small(h->env, a, file, &roots)) return problem(p, "roots", "file", "problem.stamp.roots");
    enum status st = witness_post_http(&post);
    if (st) return st;
    st = proof_stamp(h->proofs, &post, url, roots, a, out, p);
    post.close(post.context);
    return st;
}

int log_stamp_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct proof_stamp done;
    enum status st = stamp(h, c, &a, &done, &p);
    int exit_code = st ? say_problem(out, st, &p) : EXIT_DONE;
    if (!st)
        fprintf(out, "stamped %llu leaves at %lld (seconds since 1970) by " TEXT_FMT "\n",
                (unsigned long long)done.size, (long long)done.at.ms / 1000, TEXT_ARG(done.authority));
    arena_free(&a);
    return exit_code;
}
