#include <assert.h>
#include <stdlib.h>

#include "proof/inside.h"
#include "store/keys.h"

static enum status load_cosigner(struct proofs *p) {
    struct key secret;
    enum status st = keys_named(p->store, "log-cosigning", &secret);
    if (st) return st;
    struct text name = TEXT_JOIN(&p->names, journal_origin(p->journal), T("/witness"));
    st = cosigner_make(name, &secret, &p->cosigner);
    key_wipe(&secret);
    return st;
}

enum status proof_open(struct journal *j, struct proofs **out) {
    struct proofs *p = calloc(1, sizeof *p);
    assert(p);
    p->journal = j;
    p->store = journal_store(j);
    enum status st = load_cosigner(p);
    if (st) {
        proof_close(p);
        return st;
    }
    *out = p;
    return STATUS_OK;
}

void proof_close(struct proofs *p) {
    if (!p) return;
    proof_stop(p);
    note_signer_wipe(&p->cosigner);
    arena_free(&p->names);
    free(p);
}

struct text proof_witness_key(struct proofs *p, struct arena *a) {
    return note_key_print(a, &p->cosigner.key);
}

struct text proof_lines_remove(struct arena *a, struct text lines, struct text unwanted) {
    struct out o = {.arena = a};
    struct text line;
    while (text_cut(&lines, '\n', &line)) {
        if (!line.n || text_eq(line, unwanted)) continue;
        out_text(&o, line);
        out_byte(&o, '\n');
    }
    return out_done(&o);
}

struct text proof_lines_add(struct arena *a, struct text lines, struct text line) {
    return TEXT_JOIN(a, proof_lines_remove(a, lines, line), line, T("\n"));
}
