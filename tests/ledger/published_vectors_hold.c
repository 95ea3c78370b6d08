// The vectors of transparency-dev/merkle: every proof that its verifiers accept or refuse, ours must too.
#include "../check.h"
#include "base/encode.h"
#include "base/json.h"
#include "ledger/ledger.h"

struct vector {
    json_t *row;
    struct arena arena;
    bool malformed; // a leaf hash or proof hash that is not 32 bytes long: it cannot even be read as a proof
};

static struct bytes decode(struct vector *v, const char *base64) {
    struct bytes b = {0};
    if (base64_decode(&v->arena, text_of(base64), &b)) fail_msg("base64: %s", base64);
    return b;
}

static struct hash must_be_hash(struct vector *v, const char *base64) {
    struct bytes b = decode(v, base64);
    struct hash h = {0};
    if (b.n == HASH_BYTES)
        memcpy(h.b, b.p, HASH_BYTES);
    else
        v->malformed = true;
    return h;
}

// Some vectors say "don't care 1" for a root that must not matter or must only equal another: any one-to-one
// stand-in serves.
static struct hash root_of(struct vector *v, const char *field) {
    struct bytes b = decode(v, json_string_value(json_object_get(v->row, field)));
    if (b.n != HASH_BYTES) return hash_of(b);
    struct hash h;
    memcpy(h.b, b.p, HASH_BYTES);
    return h;
}

static uint64_t number(const struct vector *v, const char *field) {
    const char *digits = json_string_value(json_object_get(v->row, field));
    assert_non_null(digits);
    return strtoull(digits, NULL, 10);
}

static struct proof proof_of(struct vector *v) {
    const json_t *list = json_object_get(v->row, "proof"); // null when it was never set upstream
    struct proof p = {ARENA_ARRAY(&v->arena, struct hash, json_array_size(list) + 1), json_array_size(list)};
    for (size_t i = 0; i < p.count; i++)
        p.hashes[i] = must_be_hash(v, json_string_value(json_array_get(list, i)));
    return p;
}

static enum status inclusion(struct vector *v) {
    struct proof p = proof_of(v);
    struct hash leaf = must_be_hash(v, json_string_value(json_object_get(v->row, "leafHash")));
    struct hash root = root_of(v, "root");
    return proof_check_inclusion(&p, number(v, "leafIdx"), number(v, "treeSize"), &leaf, &root);
}

static enum status subtree_inclusion(struct vector *v) {
    struct proof p = proof_of(v);
    struct hash leaf = must_be_hash(v, json_string_value(json_object_get(v->row, "leafHash")));
    struct hash root = root_of(v, "root");
    return proof_check_subtree_inclusion(&p, number(v, "leafIdx"), number(v, "start"), number(v, "end"),
                                         &leaf, &root);
}

static enum status consistency(struct vector *v) {
    struct proof p = proof_of(v);
    struct hash root1 = root_of(v, "root1"), root2 = root_of(v, "root2");
    return proof_check_consistency(&p, number(v, "size1"), number(v, "size2"), &root1, &root2);
}

static enum status subtree_consistency(struct vector *v) {
    struct proof p = proof_of(v);
    struct hash root1 = root_of(v, "root1"), root2 = root_of(v, "root2");
    return proof_check_subtree_consistency(&p, number(v, "start"), number(v, "end"), number(v, "size"),
                                           &root1, &root2);
}

// The vectors use all of uint64_t, jansson only int64_t: puts quotes around every number.
static void quote_numbers(const char *line, char *out) {
    bool in_string = false;
    for (; *line; line++) {
        bool digit = !in_string && *line >= '0' && *line <= '9';
        in_string ^= *line == '"';
        if (!digit) {
            *out++ = *line;
            continue;
        }
        size_t n = strspn(line, "0123456789");
        out += sprintf(out, "\"%.*s\"", (int)n, line);
        line += n - 1;
    }
    *out = 0;
}

static void run_file(const char *name, int wanted, enum status (*check)(struct vector *)) {
    const char *path = data_path(name);
    if (!path) skip_no_data();
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    static char line[1 << 15], quoted[1 << 16];
    int count = 0, malformed = 0, accepted = 0;
    while (fgets(line, sizeof line, f)) {
        quote_numbers(line, quoted);
        struct vector v = {.row = json_loads(quoted, 0, NULL)};
        assert_non_null(v.row);
        bool want_error = json_is_true(json_object_get(v.row, "wantErr"));
        enum status st = check(&v);
        bool refused = v.malformed || st != STATUS_OK;
        if (refused != want_error)
            fail_msg("%s: %s", json_string_value(json_object_get(v.row, "_case")), status_name(st));
        count++;
        malformed += v.malformed;
        accepted += !refused;
        json_decref(v.row);
        arena_free(&v.arena);
    }
    fclose(f);
    print_message("# %s: %d vectors, %d accepted, %d unreadable\n", name, count, accepted, malformed);
    assert_int_equal(count, wanted);
}

static void inclusion_vectors(void **state) {
    (void)state;
    run_file("transparency/merkle-inclusion.jsonl", 98, inclusion);
}
static void consistency_vectors(void **state) {
    (void)state;
    run_file("transparency/merkle-consistency.jsonl", 98, consistency);
}
static void subtree_inclusion_vectors(void **state) {
    (void)state;
    run_file("transparency/merkle-subtreeinclusion.jsonl", 204, subtree_inclusion);
}
static void subtree_consistency_vectors(void **state) {
    (void)state;
    run_file("transparency/merkle-subtreeconsistency.jsonl", 118, subtree_consistency);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inclusion_vectors),
        cmocka_unit_test(consistency_vectors),
        cmocka_unit_test(subtree_inclusion_vectors),
        cmocka_unit_test(subtree_consistency_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
