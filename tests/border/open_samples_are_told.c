// Every open sample of lists, zones, seals, chips and master lists is read as expected, or refused for the
// reason that stands here. What it prints is the table of docs/quality-identity.md:
//
//     build/gcc/tests/border/border-open_samples_are_told
#include <dirent.h>
#include <jansson.h>

#include "base/encode.h"
#include "check.h"
#include "exchange/edifact_list.h"
#include "identity/mrz.h"
#include "traveldoc/chip.h"
#include "traveldoc/seal.h"

enum { FILE_MAX = EDIFACT_BYTES_MAX };
static const struct date TODAY = {2026, 8, 1};

static struct text file_of(struct arena *a, const char *name) {
    const char *path = data_path(name);
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (!f) return (struct text){0};
    char *p = arena_alloc(a, FILE_MAX);
    struct text t = {p, fread(p, 1, FILE_MAX, f)};
    fclose(f);
    return t;
}

static void row(const char *what, size_t all, size_t good, size_t refused, const char *of) {
    print_message("# | %s | %zu | %zu | %zu | %s |\n", what, all, good, refused, of);
}

// ---- lists of carriers

// People that are read, and the first rule that the list breaks (segment, rule; NULL: none).
static const struct sample {
    const char *file;
    size_t people;
    const char *segment, *rule;
} LISTS[] = {
    {"gtas/loader-apis-messages-Test1.txt", 8, "UNT", "segment_count"},
    {"gtas/loader-apis-messages-Test3.txt", 260, "UNT", "segment_count"},
    {"gtas/loader-apis-messages-airline2.edi", 10, "UNT", "segment_count"},
    {"gtas/loader-apis-messages-multiple_flight_leg_apis.txt", 2, NULL, NULL},
    {"gtas/loader-pnr-messages-2_pnrs_basic.edi", 5, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-3_pnrs.edi", 14, NULL, NULL},
    {"gtas/loader-pnr-messages-adult_and_infant.edi", 2, NULL, NULL},
    {"gtas/loader-pnr-messages-codeshare.edi", 2, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-infant.edi", 2, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-multiple_flight_leg_pnr.txt", 2, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-no_pnr_history.edi", 4, NULL, NULL},
    {"gtas/loader-pnr-messages-pnr1.txt", 2, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-pnr2.txt", 3, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-pnr3.txt", 4, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-pnr4.txt", 1, "UNT", "reference"},
    {"gtas/loader-pnr-messages-pnrMessageExample.txt", 5, "UNT", "segment_count"},
    {"gtas/loader-pnr-messages-pnr_split.edi", 3, NULL, NULL},
    {"gtas/parsers-apis-messages-apisMessage.txt", 2, NULL, NULL},
    {"gtas/parsers-pnr-messages-bigMessagePnr.txt", 7, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-bigbigPnr.txt", 87, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-danglingMetaCharacter.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-modifyPnr77ForCodeShare.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrAddressPhoneCTCM.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrBadFormat.txt", 2, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrEdge.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrMessage.txt", 2, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrMessageExample.txt", 5, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrMessagePg75.txt", 2, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrMessagePg76.txt", 2, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrMessagePg77.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrNoOrgMsg.txt", 1, "MSG", "segment_missing"},
    {"gtas/parsers-pnr-messages-pnrPhoneCTCM.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrPhoneCTC_M.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrSeatFormats.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrWithBags.txt", 268, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrWithDoco.txt", 1, "UNT", "segment_count"},
    {"gtas/parsers-pnr-messages-pnrWithPrefixesAndBookingDetailBags.txt", 2, "UNT", "segment_count"},
    {"smooks/bad-paxlst.txt", 1, "UNT", "segment_count"},
    {"smooks/paxlst.txt", 1, NULL, NULL},
    {"ediclean/original/A.txt", 1, "UNT", "segment_count"},
    {"ediclean/original/B.txt", 1, "UNT", "segment_count"},
    {"ediclean/original/C.txt", 3, "UNT", "segment_count"},
    {"ediclean/original/D.txt", 1, "UNT", "segment_count"},
    {"ediclean/original/E.txt", 3, "UNT", "segment_count"},
    {"ediclean/original/F.txt", 1, "UNT", "segment_count"},
};
enum { LIST_COUNT = sizeof LISTS / sizeof *LISTS };

static const struct problem *first_error(const struct passenger_lists *l) {
    for (size_t i = 0; i <= l->count; i++) {
        const struct list_faults *f = i < l->count ? &l->items[i].faults : &l->faults;
        for (size_t k = 0; k < f->count; k++)
            if (f->items[k].is_error) return &f->items[k].p;
    }
    return NULL;
}

// Counted the plain way: a PAXLST begins each person with NAD (but for who reports) or PDT.
static size_t people_by_hand(struct arena *a, struct text in) {
    struct text clean, line;
    size_t n = 0;
    assert_ok(edifact_clean(a, in, &clean, NULL));
    while (clean.n && text_cut(&clean, '\n', &line)) {
        bool is_person = text_starts(line, T("NAD")) && !text_eq(text_slice(line, 4, 6), T("MS"));
        n += is_person || text_starts(line, T("PDT"));
    }
    return n;
}

static bool list_as_expected(const struct sample *s, bool *is_paxlst) {
    struct arena a = {0};
    char name[120];
    snprintf(name, sizeof name, "edifact/%s", s->file);
    struct text in = file_of(&a, name);
    struct passenger_lists l;
    assert_ok(passenger_lists_read(&a, in, &l, NULL));
    size_t people = 0;
    *is_paxlst = l.items[0].kind == LIST_OF_PASSENGERS;
    for (size_t k = 0; k < l.count; k++) people += l.items[k].people.count;
    const struct problem *p = first_error(&l);
    if (people != s->people) fail_msg("%s: %zu people", name, people);
    if (*is_paxlst && people != people_by_hand(&a, in)) fail_msg("%s: %zu people by hand", name, people);
    if (!s->rule != !p || !p != !passenger_lists_are_refused(&l)) fail_msg("%s: refused or not", name);
    if (p && (strcmp(p->rule, s->rule) || strcmp(p->field, s->segment)))
        fail_msg("%s: %s %s", name, p->field, p->rule);
    arena_free(&a);
    return !p;
}

// Of the folders that hold messages, so that no file is passed over in silence.
static size_t files_there(void) {
    static const char *const FOLDERS[] = {"gtas", "smooks", "ediclean/original"};
    char name[80], path[4096];
    size_t n = 0;
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        snprintf(name, sizeof name, "edifact/%s", FOLDERS[i]);
        snprintf(path, sizeof path, "%s", data_path(name));
        DIR *d = opendir(path);
        assert_non_null(d);
        for (struct dirent *e; (e = readdir(d));)
            n += text_ends(text_of(e->d_name), T(".txt")) || text_ends(text_of(e->d_name), T(".edi"));
        closedir(d);
    }
    return n;
}

static void lists(void **state) {
    (void)state;
    size_t all[2] = {0}, good[2] = {0}, people = 0;
    if (!data_path("edifact/smooks/paxlst.txt")) skip_no_data();
    assert_int_equal(files_there(), LIST_COUNT);
    for (size_t i = 0; i < LIST_COUNT; i++) {
        bool is_paxlst, accepted = list_as_expected(&LISTS[i], &is_paxlst);
        all[is_paxlst]++, good[is_paxlst] += accepted, people += LISTS[i].people;
    }
    char said[80];
    snprintf(said, sizeof said, "%zu people read from all %d", people, LIST_COUNT);
    row("PAXLST messages", all[1], good[1], all[1] - good[1],
        "segment counts and references of the envelope");
    row("PNRGOV messages", all[0], good[0], all[0] - good[0], said);
}

// ---- zones

// Published blocks whose check digits are wrong by the plain rule. What is read all the same was proved by
// another digit.
static void zones(void **state) {
    (void)state;
    const char *path = data_path("mrz/mrz_cases_open.jsonl");
    FILE *f = path ? fopen(path, "r") : NULL;
    if (!f) skip_no_data();
    size_t all = 0, right = 0, corrected = 0, refused = 0;
    char line[4096], said[120];
    while (fgets(line, sizeof line, f)) {
        struct arena a = {0};
        struct out zone = {.arena = &a};
        struct mrz m;
        json_t *j = json_loads(line, 0, NULL), *l = json_object_get(j, "lines");
        for (size_t i = 0; i < json_array_size(l); i++)
            out_printf(&zone, "%s\n", json_string_value(json_array_get(l, i)));
        assert_ok(mrz_read(&a, out_done(&zone), TODAY, &m, NULL));
        bool plain = json_is_true(json_object_get(j, "check_digits_all_ok"));
        all++, right += plain && m.checks_ok, corrected += !plain && m.checks_ok, refused += !m.checks_ok;
        assert_true(!plain || m.checks_ok);
        assert_true(m.checks_ok || m.problem_count);
        assert_text(mrz_format_word(m.format), json_string_value(json_object_get(j, "type")));
        json_decref(j);
        arena_free(&a);
    }
    fclose(f);
    assert_int_equal(all, 32);
    assert_int_equal(right + corrected + refused, all);
    snprintf(said, sizeof said,
             "%zu with right digits; %zu by Belgium's rule or corrected; the rest by a wrong digit", right,
             corrected);
    row("zones", all, right + corrected, refused, said);
}

// ---- seals, chips, master lists

static void seals(void **state) {
    (void)state;
    const char *path = data_path("emrtd/vds_hex.json"), *name;
    if (!path) skip_no_data();
    json_t *all = json_load_file(path, 0, NULL), *one;
    size_t n = 0, named = 0, features = 0, with_signature = 0;
    char said[120];
    json_object_foreach(all, name, one) {
        struct arena a = {0};
        struct bytes raw;
        struct seal s;
        assert_ok(hex_decode(&a, text_of(json_string_value(one)), &raw));
        assert_ok(seal_read(&a, raw, &s, NULL));
        n++, named += *s.profile != 0, features += s.count, with_signature += s.signature.n > 0;
        // nothing is genuine without its signer's certificate
        assert_int_equal(seal_check(&s, (struct bytes){0}),
                         s.signature.n ? SEAL_NO_CERTIFICATE : SEAL_NOT_SIGNED);
        arena_free(&a);
    }
    json_decref(all);
    assert_int_equal(n, 8);
    snprintf(said, sizeof said,
             "%zu of a known kind, %zu features, %zu with a signature; no signer was published", named,
             features, with_signature);
    row("visible digital seals", n, n, 0, said);
}

static void chips(void **state) {
    (void)state;
    const char *path = data_path("emrtd/icao-worked-example.json"), *name;
    if (!path) skip_no_data();
    json_t *all = json_load_file(path, 0, NULL), *one;
    struct arena a = {0};
    struct chip_file files[CHIP_FILES_MAX];
    struct chip c;
    size_t n = 0;
    char said[120];
    json_object_foreach(all, name, one) {
        struct bytes b;
        assert_ok(hex_decode(&a, text_of(json_string_value(one)), &b));
        files[n++] = chip_file_of(b);
        assert_int_not_equal(files[n - 1].kind, CHIP_UNKNOWN);
    }
    chip_check(&a, files, n, NULL, TODAY, &c);
    assert_int_equal(c.result, CHIP_NO_SOD);
    snprintf(said, sizeof said, "%zu values read; nothing signed was published, so: %s", c.count,
             chip_result_word(c.result));
    row("files of a chip", n, n, 0, said);
    json_decref(all);
    arena_free(&a);
}

static void master_lists(void **state) {
    (void)state;
    static const char *const FILES[] = {"emrtd/csca-master-lists/DE_ML_2026-05-28-08-28-45.ml",
                                        "emrtd/csca-master-lists/NL_ML_2026-07-22.ml"};
    struct arena a = {0};
    struct trust *both = trust_new();
    size_t certificates = 0, genuine = 0;
    char said[120];
    for (int round = 0; round < 2; round++) // the second knows both states
        for (size_t i = 0; i < 2; i++) {
            struct bytes der = bytes_of(file_of(&a, FILES[i]));
            struct masterlist m;
            if (!der.n) {
                trust_free(both);
                arena_free(&a);
                skip_no_data();
            }
            masterlist_read(&a, der, round ? both : NULL, TODAY, round ? NULL : both, &m);
            assert_int_equal(m.result, round ? MASTERLIST_GENUINE : MASTERLIST_UNKNOWN_SIGNER);
            assert_int_equal(m.unreadable, 0);
            certificates += round * m.count, genuine += (size_t)round;
        }
    snprintf(said, sizeof said, "%zu certificates, %zu different ones; genuine once their own state is known",
             certificates, trust_count(both));
    row("master lists", 2, genuine, 2 - genuine, said);
    trust_free(both);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists), cmocka_unit_test(zones),
                                       cmocka_unit_test(seals), cmocka_unit_test(chips),
                                       cmocka_unit_test(master_lists)};
    print_message("# | open samples | all | accepted | refused | of them |\n# |---|---|---|---|---|\n");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
