// What strangers send to a witness, what witnesses answer, bundles and addresses of tiles: what is read can
// be printed and read again as the same, and nobody is believed without a key.
#include <stdlib.h>

#include "ledger/bundle.h"
#include "ledger/fork.h"
#include "ledger/tile_path.h"
#include "ledger/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct arena *a, struct text in) {
    struct witness_request r;
    struct witness_answer answer;
    struct note_key key = {T("a"), 0, {0}, NOTE_ED25519, {0}};
    if (witness_request_read(a, in, &r)) return;
    if (!text_eq(witness_request_print(a, r.old_size, &r.proof, r.signed_note), in)) abort();
    struct witnessed_log log = {r.checkpoint.origin, &key, 1, 5, {{1}}};
    witness_decide(a, &log, &r, NULL, 0, 1, &answer);
    if (answer.is_cosigned || answer.http_status == 200) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct text NOTE =
        T("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xE2\x80\x94 a AAAAAAA=\n");
    struct arena a = {0};
    struct text in = {(const char *)data, size}, lines;
    struct note_key key = {T("w"), 0, {0}, NOTE_COSIGNATURE, {0}};
    struct proof_bundle b, again;
    struct tile_path p;
    struct hash leaf = {0};
    struct fork_report fork;
    uint64_t n;
    ask(&a, in);
    if (!witness_cosignatures_read(&a, NOTE, in, &key, &lines, &n)) abort();
    if (!fork_check(&a, NOTE, in, &key, 1, NULL, NULL, &fork)) abort();
    (void)!witness_size_read(in, &n);
    if (!bundle_read(&a, in, &b)) {
        if (bundle_read(&a, bundle_print(&a, &b), &again) || again.index != b.index ||
            again.leaf.n != b.leaf.n || again.stamp.n != b.stamp.n)
            abort();
        if (!bundle_check(&a, &b, &leaf, &key, NULL, 0)) abort();
    }
    if (!tile_path_read(in, &p) && !text_eq(tile_path_print(&a, &p), in)) abort();
    arena_free(&a);
    return 0;
}
