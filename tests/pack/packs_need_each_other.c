// A national pack takes lists, texts, parts of letters, calendars and legal acts from that of the Union.
#include <sys/stat.h>
#include <unistd.h>

#include "pack/pack_report.h"
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

static void add(struct pack_files *f, const char *name, const char *content) {
    struct pack_file file = {text_of(name), bytes_of(text_of(content))};
    for (size_t i = 0; i < f->count; i++)
        if (text_eq(f->items[i].name, file.name)) {
            f->items[i] = file;
            return;
        }
    *ARENA_PUSH(&arena, f) = file;
}

static const char *po(const char *entries) {
    return text_c(&arena, text_printf(&arena,
                                      "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                                      "\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n%s",
                                      entries));
}

#define SHARED                                                                                    \
    "msgid \"union.title\"\nmsgstr \"Union\"\n\nmsgid \"union.signature\"\nmsgstr \"Signed\"\n\n" \
    "msgid \"code.colour.red\"\nmsgstr \"Red\"\n"

// A base: no procedure of its own.
static void add_union(struct pack_files *f, const char *prefix, const char *version, const char *needs) {
    static const char *const LANGUAGES[] = {"en", "fr", "ar", "uk", "fa"};
#define IN(name) text_c(&arena, text_printf(&arena, "%s" name, prefix))
    add(f, IN("pack.json"),
        text_c(
            &arena,
            text_printf(&arena,
                        "{\"id\": \"union\", \"version\": \"%s\", \"title\": \"union.title\", "
                        "\"valid_from\": \"2026-06-12\", \"official_language\": \"en\", %s"
                        "\"legal_references\": [{\"id\": \"SBC\", \"title\": \"Regulation (EU) 2016/399\", "
                        "\"eli\": \"http://data.europa.eu/eli/reg/2016/399/oj\"}], "
                        "\"files\": [\"calendars/union.json\", \"codes/colour.json\", \"parts/end.json\", "
                        "\"texts/ar.po\", \"texts/en.po\", \"texts/fa.po\", \"texts/fr.po\", "
                        "\"texts/uk.po\"]}",
                        version, needs)));
    add(f, IN("calendars/union.json"),
        text_c(&arena, replaced(&arena, shipped_file(&arena, "calendars/eu.json"), "\"eu\"", "\"union\"")));
    add(f, IN("codes/colour.json"), "{\"id\": \"colour\", \"names\": \"text\", \"codes\": [\"red\"]}");
    add(f, IN("parts/end.json"),
        "{\"id\": \"end\", \"parts\": [{\"kind\": \"signature\", "
        "\"text\": \"union.signature\"}]}");
    for (size_t i = 0; i < 5; i++)
        add(f, text_c(&arena, text_printf(&arena, "%stexts/%s.po", prefix, LANGUAGES[i])), po(SHARED));
#undef IN
}

// The shipped pack as one that needs the union's and uses all that it shares.
static struct pack_files national(const char *needs) {
    struct pack_files f =
        spoiled_files(&arena, &shipped, "pack.json", "\"version\": \"1.0.0\",",
                      text_c(&arena, text_printf(&arena, "\"version\": \"1.0.0\", \"needs\": [%s],", needs)));
    f = spoiled_files(&arena, &f, "letters/receipt.json", "{\"kind\": \"signature\", ",
                      "{\"kind\": \"include\", \"parts\": \"end\"}, {\"kind\": \"signature\", ");
    f = spoiled_files(&arena, &f, "letters/receipt.json", "Reg. (EU) 2024/1348", "Reg. (EU) 2016/399");
    f = spoiled_files(&arena, &f, "deadlines.json", "\"trigger\": \"made\"",
                      "\"calendar\": \"union\", \"trigger\": \"made\"");
    f = spoiled_files(&arena, &f, "forms/application.form", "\"need\": \"WHO_YOU_ARE\"",
                      "\"need\": \"WHO_YOU_ARE\", \"codes\": \"colour\"");
    f.capacity = f.count; // the next one moves it
    return f;
}

static void what_is_shared_is_used(void **state) {
    (void)state;
    struct pack_files f = national("{\"id\": \"union\", \"from\": \"1.2\", \"below\": \"2.0.0\"}");
    struct pack *k;
    struct problem p = {0};
    add_union(&f, "needs/union/", "1.10.0", "");
    assert_status(pack_read(&arena, &f, &k, &p), STATUS_OK);
    const struct code_list *l = pack_codes(k, T("colour"));
    assert_text(code_name(l, code_find(l, T("red")), T("fr")), "Red");
    assert_text(
        calendar_id(pack_rule_calendar(k, pack_deadline(k, T("registration"), (struct date){2026, 11, 1}))),
        "union");
    struct texts t = {{pack_catalog(k)}, 1};
    assert_text(texts_get(&t, T("uk"), T("union.signature"), NULL), "Signed");
    assert_true(texts_has(&t, T("pack.title")));
    const struct letter_template *letter = pack_letter(k, T("receipt"));
    bool taken = false;
    for (size_t i = 0; i < letter->part_count; i++)
        taken |= text_eq(letter->parts[i].text_key, T("union.signature"));
    assert_true(taken);
    struct hash one = pack_hash(k);
    pack_release(k);
    struct pack_report r;
    pack_examine(&arena, &f, NULL, &r);
    assert_int_equal(r.broken, 0);
    // From the database it is the same; with another union pack it is another version.
    struct pack_files back;
    assert_ok(pack_files_decode(&arena, pack_files_encode(&arena, &f), &back));
    assert_ok(pack_read(&arena, &back, &k, &p));
    struct hash two = pack_hash(k);
    assert_true(hash_eq(&one, &two));
    pack_release(k);
    add_union(&f, "needs/union/", "1.10.1", "");
    assert_ok(pack_read(&arena, &f, &k, &p));
    two = pack_hash(k);
    assert_false(hash_eq(&one, &two));
    pack_release(k);
}

static void wrong_needs_are_named(void **state) {
    (void)state;
    static const struct {
        const char *needs, *version, *union_needs, *rule, *what;
    } CASES[] = {
        {"{\"id\": \"union\"}", NULL, "", "needs_missing", "union"},
        {"{\"id\": \"union\", \"from\": \"1.2\"}", "1.1.9", "", "needs_version", "1.1.9"},
        {"{\"id\": \"union\", \"below\": \"2\"}", "2.0.0", "", "needs_version", "2.0.0"},
        {"{\"id\": \"union\", \"from\": \"1\"}", "first", "", "needs_version", "first"},
        {"{\"id\": \"union\", \"from\": \"one\"}", "1.0.0", "", "value_version", "one"},
        {"{\"id\": \"union\"}, {\"id\": \"union\"}", "1.0.0", "", "duplicate", "union"},
        {"{\"id\": \"union\", \"to\": \"2\"}", "1.0.0", "", "member_unknown", "to"},
        {"{\"id\": \"union\"}", "1.0.0", "\"needs\": [{\"id\": \"eu-asylum\"}], ", "needs_circle",
         "eu-asylum > union > eu-asylum"},
        {"{\"id\": \"union\"}", "1.0.0", "\"needs\": [{\"id\": \"world\"}], ", "needs_missing", "world"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct pack_files f = national(CASES[i].needs);
        struct pack *none;
        struct problem p = {0};
        if (CASES[i].version) add_union(&f, "needs/union/", CASES[i].version, CASES[i].union_needs);
        assert_status(pack_read(&arena, &f, &none, &p), STATUS_INVALID);
        if (!text_eq(text_of(p.rule), text_of(CASES[i].rule))) fail_msg("%zu: %s", i, p.rule);
        assert_string_equal(p.field, "pack.json");
        assert_text(p.args[1].value, CASES[i].what);
    }
}

static void a_mistake_inside_is_named_with_its_pack(void **state) {
    (void)state;
    struct pack_files f = national("{\"id\": \"union\"}");
    struct pack *none;
    struct problem p = {0};
    add_union(&f, "needs/union/", "1.0.0", "");
    add(&f, "needs/union/codes/colour.json", "{\"id\": \"colour\"}");
    assert_status(pack_read(&arena, &f, &none, &p), STATUS_INVALID);
    assert_string_equal(p.field, "needs/union/codes/colour.json");
    add_union(&f, "needs/union/", "1.0.0", "");
    add(&f, "needs/union/texts/fa.po", po("msgid \"union.title\"\nmsgstr \"x\"\n"));
    assert_status(pack_read(&arena, &f, &none, &p), STATUS_INVALID);
    assert_string_equal(p.field, "needs/union/texts/fa.po");
}

static void write_all(const char *folder, const struct pack_files *f) {
    for (size_t i = 0; i < f->count; i++) {
        struct text path = text_printf(&arena, "%s/" TEXT_FMT, folder, TEXT_ARG(f->items[i].name));
        for (size_t k = 1; k < path.n; k++)
            if (path.p[k] == '/') mkdir(text_c(&arena, text_slice(path, 0, k)), 0700);
        FILE *out = fopen(text_c(&arena, path), "w");
        assert_non_null(out);
        assert_int_equal(fwrite(f->items[i].content.p, 1, f->items[i].content.n, out), f->items[i].content.n);
        fclose(out);
    }
}

static void folders_lie_beside_each_other_or_inside(void **state) {
    (void)state;
    char root[] = "/tmp/ostia-needs-XXXXXX";
    struct pack_files mine = national("{\"id\": \"union\"}"), other = {0}, beside, inside;
    assert_non_null(mkdtemp(root));
    const char *home = text_c(&arena, text_printf(&arena, "%s/mine", root));
    write_all(home, &mine);
    assert_ok(pack_files_from_folder(&arena, home, &beside, NULL));
    assert_int_equal(beside.count, mine.count); // pack_read names what is missing
    add_union(&other, "", "1.0.0", "");
    write_all(text_c(&arena, text_printf(&arena, "%s/union", root)), &other);
    assert_ok(pack_files_from_folder(&arena, home, &beside, NULL));
    assert_int_equal(beside.count, mine.count + other.count);
    struct pack *k;
    assert_ok(pack_read(&arena, &beside, &k, NULL));
    pack_release(k);
    add_union(&other, "", "1.0.1", "");
    write_all(text_c(&arena, text_printf(&arena, "%s/mine/needs/union", root)), &other);
    assert_ok(pack_files_from_folder(&arena, home, &inside, NULL));
    size_t at;
    const struct pack_file *m = pack_file_find(&inside, T("needs/union/pack.json"));
    assert_true(m && text_find(text_of_bytes(m->content), T("1.0.1"), &at));
    assert_int_equal(system(text_c(&arena, text_printf(&arena, "rm -r %s", root))), 0);
}

static void a_base_is_checked_by_itself(void **state) {
    (void)state;
    struct pack_files f = {0};
    struct pack_report r;
    add_union(&f, "", "1.0.0", "");
    pack_examine(&arena, &f, NULL, &r);
    for (size_t i = 0; i < r.findings.count; i++)
        if (r.findings.items[i].verdict == PACK_BROKEN)
            fail_msg("%s %s", r.findings.items[i].what.field, r.findings.items[i].what.rule);
    struct pack *k;
    assert_ok(pack_read(&arena, &f, &k, NULL));
    assert_int_equal(pack_procedure(k).n, 0);
    pack_release(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shared_is_used),
        cmocka_unit_test(wrong_needs_are_named),
        cmocka_unit_test(a_mistake_inside_is_named_with_its_pack),
        cmocka_unit_test(folders_lie_beside_each_other_or_inside),
        cmocka_unit_test(a_base_is_checked_by_itself),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
