// A pack carries the signature of who answers for it; whoever changes a file afterwards loses it.
#include "base/encode.h"
#include "pack/pack_report.h"
#include "pack/pack_sign.h"
#include "pack_folder.h"

static struct arena arena;
static struct pack_files shipped;

static int setup(void **state) {
    (void)state;
    shipped = shipped_files(&arena);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct note_signer signer(const char *name, uint8_t seed) {
    struct key k;
    struct note_signer s;
    memset(k.b, seed, sizeof k.b);
    assert_ok(note_signer_make(text_of(name), &k, &s));
    return s;
}

static struct pack_signers who(const struct note_signer *s) {
    struct pack_signers out;
    struct text lines =
        TEXT_JOIN(&arena, T("# packs of the ministry\n\n"), note_key_print(&arena, &s->key), T("\n"));
    assert_ok(pack_signers_read(&arena, lines, &out, NULL));
    return out;
}

static struct pack_files with(const struct pack_files *f, const char *name, struct text content) {
    struct pack_files copy = {0};
    for (size_t i = 0; i < f->count; i++)
        if (!text_eq(f->items[i].name, text_of(name))) *ARENA_PUSH(&arena, &copy) = f->items[i];
    if (content.p) *ARENA_PUSH(&arena, &copy) = (struct pack_file){text_of(name), bytes_of(content)};
    return copy;
}

static struct pack_files signed_by(const struct pack_files *f, const struct note_signer *s) {
    return with(f, "pack.sig", pack_sign(&arena, f, s));
}

static const char *rule_for(const struct pack_files *f, const struct pack_signers *signers) {
    struct problem p = {0};
    enum pack_signature found;
    struct text by;
    return pack_signature_check(&arena, f, signers, &found, &by, &p) ? p.rule : "";
}

static void the_list_is_that_of_all_files(void **state) {
    (void)state;
    struct text list = pack_list(&arena, &shipped);
    size_t lines = 0, at;
    for (size_t i = 0; i < list.n; i++) lines += list.p[i] == '\n';
    assert_int_equal(lines, shipped.count + 1);
    assert_true(text_starts(list, T("ostia pack\n")));
    struct hash h = hash_of(pack_file_find(&shipped, T("access.json"))->content);
    struct text line = TEXT_JOIN(&arena, hex_encode(&arena, hash_bytes(&h)), T("  access.json\n"));
    assert_true(text_find(list, line, &at));
    struct note_signer s = signer("law.example/packs", 1);
    struct pack_files f = signed_by(&shipped, &s);
    assert_text(pack_list(&arena, &f), text_c(&arena, list)); // the signature is not in it
    struct pack *k;
    assert_ok(pack_read(&arena, &f, &k, NULL));
    pack_release(k);
}

static void only_known_keys_and_whole_packs_pass(void **state) {
    (void)state;
    struct note_signer ours = signer("law.example/packs", 1), other = signer("law.example/packs", 2);
    struct pack_signers known = who(&ours), nobody = {0};
    struct pack_files f = signed_by(&shipped, &ours);
    enum pack_signature found;
    struct text by;
    assert_ok(pack_signature_check(&arena, &f, &known, &found, &by, NULL));
    assert_int_equal(found, PACK_SIGNED);
    assert_text(by, "law.example/packs");
    assert_ok(pack_signature_check(&arena, &f, NULL, &found, &by, NULL));
    assert_int_equal(found, PACK_SIGNED_BY_UNKNOWN);
    assert_ok(pack_signature_check(&arena, &shipped, &nobody, &found, &by, NULL));
    assert_int_equal(found, PACK_UNSIGNED);
    assert_string_equal(rule_for(&shipped, &known), "signature_missing");
    // The same name with another key.
    struct pack_files forged = signed_by(&shipped, &other);
    assert_string_equal(rule_for(&forged, &known), "signature_unknown");
    // One letter of one file; one file more; one less.
    struct pack_files changed = spoiled_files(&arena, &f, "texts/en.po", "Passport", "Passports");
    assert_string_equal(rule_for(&changed, &known), "signature_of_other_files");
    assert_string_equal(rule_for(&changed, NULL), "signature_of_other_files");
    changed = with(&f, "codes/other.json", T("{}"));
    assert_string_equal(rule_for(&changed, &known), "signature_of_other_files");
    changed = with(&f, "calendars/de.json", (struct text){0});
    assert_string_equal(rule_for(&changed, &known), "signature_of_other_files");
    changed = with(&f, "pack.sig", T("signed, believe me\n"));
    assert_string_equal(rule_for(&changed, &known), "signature_syntax");
    // A right list with a signature that was made over another.
    struct text note = text_of_bytes(pack_file_find(&f, PACK_SIGNATURE_FILE)->content);
    struct pack_files small = with(&shipped, "calendars/de.json", (struct text){0});
    struct text other_note = pack_sign(&arena, &small, &ours), list = pack_list(&arena, &shipped);
    size_t n = pack_list(&arena, &small).n;
    assert_true(text_starts(note, list));
    changed = with(&f, "pack.sig", TEXT_JOIN(&arena, list, text_slice(other_note, n, other_note.n)));
    assert_string_equal(rule_for(&changed, &known), "signature_wrong");
}

static void what_is_needed_is_signed_too(void **state) {
    (void)state;
    struct note_signer ours = signer("law.example/packs", 1);
    struct pack_signers known = who(&ours);
    struct pack_files base = {0}, f = signed_by(&shipped, &ours);
    *ARENA_PUSH(&arena, &base) = (struct pack_file){T("pack.json"), bytes_of(T("{\"id\": \"union\"}"))};
    f = with(&f, "needs/union/pack.json", T("{\"id\": \"union\"}"));
    assert_string_equal(rule_for(&f, &known), "signature_missing");
    f = with(&f, "needs/union/pack.sig", pack_sign(&arena, &base, &ours));
    assert_string_equal(rule_for(&f, &known), "");
    f = with(&f, "needs/union/pack.json", T("{\"id\": \"onion\"}"));
    assert_string_equal(rule_for(&f, &known), "signature_of_other_files");
}

static void the_report_tells_of_it(void **state) {
    (void)state;
    struct note_signer ours = signer("law.example/packs", 1);
    struct pack_signers known = who(&ours);
    struct pack_files f = signed_by(&shipped, &ours);
    struct pack_report r;
    pack_examine(&arena, &f, &known, &r);
    assert_int_equal(r.broken, 0);
    pack_examine(&arena, &shipped, &known, &r);
    assert_int_equal(r.broken, 1);
    assert_string_equal(r.findings.items[0].what.rule, "signature_missing");
}

static void bad_keys_are_refused(void **state) {
    (void)state;
    struct pack_signers s;
    struct problem p = {0};
    assert_status(pack_signers_read(&arena, T("law.example/packs+12345678+AAAA\n"), &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "signer_key");
    assert_status(pack_signers_read(&arena, T("# nobody\n"), &s, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "signers_empty");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_that_of_all_files),
        cmocka_unit_test(only_known_keys_and_whole_packs_pass),
        cmocka_unit_test(what_is_needed_is_signed_too),
        cmocka_unit_test(the_report_tells_of_it),
        cmocka_unit_test(bad_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
