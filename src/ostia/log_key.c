// log_key.c - the keys of the log and of this witness: shown, changed, revoked.
#include "ostia/log.h"

static enum status list_keys(struct house *h, struct arena *a, struct text *note) {
    struct db *db;
    enum status st = store_reader(h->store, &db);
    if (st) return st;
    st = journal_key_list(h->journal, db, a, note);
    store_reader_release(h->store, db);
    return st;
}

int log_keys_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct text list = {0};
    enum status st = call_has(c, "new-witness") ? proof_witness_key_change(h->proofs) : STATUS_OK;
    if (!st && call_has(c, "list")) st = list_keys(h, &a, &list);
    if (call_has(c, "list") && !st) {
        fprintf(out, TEXT_FMT, TEXT_ARG(list));
    } else if (!st) {
        struct text log = journal_verifier(h->journal, &a), witness = proof_witness_key(h->proofs, &a);
        fprintf(out, "log " TEXT_FMT "\nwitness " TEXT_FMT "\n", TEXT_ARG(log), TEXT_ARG(witness));
    }
    arena_free(&a);
    return st ? say_problem(out, st, NULL) : EXIT_DONE;
}

int log_rotate_perform(struct house *h, const struct call *c, FILE *out) {
    struct problem p = {0};
    struct arena a = {0};
    struct text list = {0};
    (void)c;
    enum status st = journal_key_change(h->journal, 0, &a, &p);
    if (!st) st = list_keys(h, &a, &list);
    if (!st) fprintf(out, TEXT_FMT, TEXT_ARG(list));
    int exit_code = st ? say_problem(out, st, &p) : EXIT_DONE;
    arena_free(&a);
    return exit_code;
}

int log_revoke_perform(struct house *h, const struct call *c, FILE *out) {
    struct problem p = {0};
    struct arena a = {0};
    int64_t number;
    if (!text_int(text_of(c->arguments[0]), &number)) number = 0;
    enum status st = journal_key_revoke(h->journal, 0, number, &a, &p);
    int exit_code = st ? say_problem(out, st, &p) : EXIT_DONE;
    if (!st) fprintf(out, "This key is believed no more, but for what others had seen before now.\n");
    arena_free(&a);
    return exit_code;
}
