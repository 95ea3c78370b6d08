// Lists of passengers and crew as carriers send them are read; what is wrong is told by segment, position and
// rule.
#include <libxml/tree.h>

#include "base/xml.h"
#include "check.h"
#include "exchange/edifact_list.h"

static struct text file(struct arena *a, const char *name) {
    const char *path = data_path(name);
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (!f) return (struct text){0};
    char *p = arena_alloc(a, EDIFACT_BYTES_MAX);
    struct text t = {p, fread(p, 1, EDIFACT_BYTES_MAX, f)};
    fclose(f);
    return t;
}

static struct passenger_lists read_lists(struct arena *a, struct text in) {
    struct passenger_lists l;
    assert_ok(passenger_lists_read(a, in, &l, NULL));
    return l;
}

// The fault with this rule, or NULL.
static const struct list_fault *fault(const struct list_faults *f, const char *rule) {
    for (size_t i = 0; i < f->count; i++)
        if (!strcmp(f->items[i].p.rule, rule)) return &f->items[i];
    return NULL;
}

#define HEAD \
    "UNA:+.? 'UNB+UNOA:4+OSTRAIR+BORDER+261120:0900+R1'UNG+PAXLST+OSTRAIR+BORDER+261120:0900+G1+UN+D:12B'"
#define START \
    "UNH+M1+PAXLST:D:12B:UN:IATA+OA77/261120'BGM+745'NAD+MS+++DUTY DESK'COM+322 555:TE+desk@air.example:EM'"
#define JOURNEY "TDT+20+OA77+++OA'LOC+125+TBS'DTM+189:2611201000:201'LOC+87+BRU'DTM+232:2611201400:201'"
#define TAIL "UNE+1+G1'UNZ+1+R1'"

static void a_list_tells_who_comes_when(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l = read_lists(
        &a, T(HEAD START JOURNEY
              "NAD+FL+++O?'ROWE:ANNA:MARIA+1 HIGH STREET+TBILISI'ATT+2++F'DTM+329:640712'MEA+CT++:2'"
              "GEI+4+173'FTX+BAG+++OA1234567:2'LOC+22+BRU'LOC+174+GEO'LOC+178+TBS'LOC+179+BRU'LOC+180+GEO:::"
              "KUTAISI'"
              "NAT+2+GEO'RFF+AVF:ABC123'RFF+SEA:9F'DOC+P:110:111+C01X00T47'DTM+36:320101'LOC+91+GEO'"
              "NAD+FM+++BERIDZE:NINO'ATT+2++F'DTM+329:19900501:102'CNT+42:2'UNT+31+M1'" TAIL));
    assert_int_equal(l.count, 1);
    const struct passenger_list *p = &l.items[0];
    assert_false(passenger_lists_are_refused(&l));
    assert_int_equal(p->faults.count, 0);
    assert_text(p->reporting, "DUTY DESK");
    assert_text(p->contacts.items[1].value, "desk@air.example");
    assert_text(p->legs.items[0].from, "TBS");
    assert_text(p->legs.items[0].arrives, "2026-11-20T14:00");
    assert_int_equal(p->people.count, 2);
    const struct list_person *anna = &p->people.items[0];
    assert_text(anna->family, "O'ROWE");
    assert_text(anna->given, "ANNA MARIA");
    assert_int_equal(anna->birth.year, 1964);
    assert_int_equal(anna->sex, 'F');
    assert_int_equal(anna->bag_count, 2);
    assert_true(anna->is_verified);
    assert_text(anna->birth_place, "KUTAISI");
    assert_text(anna->documents.items[0].number, "C01X00T47");
    assert_text(anna->documents.items[0].issuer, "GEO");
    assert_int_equal(anna->documents.items[0].expiry.year, 2032);
    assert_int_equal(p->people.items[1].role, LIST_CREW);
    assert_int_equal(p->people.items[1].birth.year, 1990);
    arena_free(&a);
}

static void a_lost_segment_is_told_with_its_count(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l =
        read_lists(&a, T(HEAD START JOURNEY "NAD+FL+++ROWE:ANNA'CNT+42:3'UNT+15+M2'UNE+2+G1'UNZ+1+R9'"));
    assert_true(passenger_list_is_refused(&l.items[0]));
    const struct list_fault *f = fault(&l.items[0].faults, "segment_count");
    assert_non_null(f);
    assert_string_equal(f->p.field, "UNT");
    assert_int_equal(f->p.line, 12);
    assert_text(f->p.args[2].value, "15");
    assert_text(f->p.args[3].value, "12");
    assert_non_null(fault(&l.items[0].faults, "reference"));
    assert_non_null(fault(&l.items[0].faults, "people_count"));
    assert_non_null(fault(&l.faults, "message_count"));
    assert_non_null(fault(&l.faults, "reference"));
    arena_free(&a);
}

static void what_is_missing_or_misplaced_is_named(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l = read_lists(
        &a,
        T("UNB+UNOA:4+A+B+261120:0900+R1'UNH+M1+PAXLST:D:05B:UN'ATT+2++F'DOC+P+1'NAD+FL'XYZ+1'UNT+6+M1'"));
    struct list_faults *f = &l.items[0].faults;
    assert_non_null(fault(f, "misplaced"));
    assert_non_null(fault(f, "name_missing"));
    assert_non_null(fault(f, "segment_unknown"));
    assert_string_equal(fault(f, "segment_missing")->p.field, "BGM");
    assert_string_equal(fault(&l.faults, "segment_missing")->p.field, "UNZ");
    struct passenger_lists other =
        read_lists(&a, T("UNB+UNOA:4+A+B+261120:0900+R1'UNH+1+CUSRES:D:05B:UN'UNT+2+1'UNZ+1+R1'"));
    assert_non_null(fault(&other.items[0].faults, "message_type"));
    struct problem p;
    assert_status(passenger_lists_read(&a, T("Dear colleagues, the UNB is attached"), &l, &p),
                  STATUS_INVALID);
    assert_string_equal(p.rule, "no_interchange");
    arena_free(&a);
}

static void parts_of_a_list_count_the_whole_flight(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l =
        read_lists(&a, T("UNB+UNOA:4+A+B+261120:0900+1'UNH+1+PAXLST:D:05B:UN:IATA+OA77+01:C'BGM+745'" JOURNEY
                         "NAD+FL+++ROWE:ANNA'CNT+42:2'UNT+10+1'UNZ+1+1'\r\n\r\nUNB+UNOA:4+A+B+261120:0901+2'"
                         "UNH+1+PAXLST:D:05B:UN:IATA+"
                         "OA77+02:F'BGM+745'" JOURNEY "NAD+FL+++LEE:BO'CNT+42:2'UNT+10+1'UNZ+1+2'"));
    assert_int_equal(l.interchanges, 2);
    assert_false(passenger_lists_are_refused(&l));
    assert_text(l.items[1].sequence, "02");
    assert_true(l.items[1].is_last);
    arena_free(&a);
}

static void the_us_form_is_read(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l = read_lists(
        &a,
        T("UNB+UNOA:1+AIRLINE+CUSTOMS+960101:1200+77'UNH+1+PAXLST:D:93A:UN'CTA++:OPS DESK+202 555 1212:TE'"
          "TDT+20+XX100+40+XX'LOC+005+GBLHR'DTM+136+960101+0900'LOC+008+USIAD'DTM+132+960101+1700'UNS+D'"
          "PDT+P/B1234567:990101:GB+ROWE:ANNA:M:640712:F+PAX+GBLHR:USIAD'UNT+10+1'UNZ+1+77'"));
    const struct passenger_list *p = &l.items[0];
    assert_text(p->legs.items[0].from, "LHR");
    assert_text(p->legs.items[0].departs, "1996-01-01T09:00");
    assert_text(p->legs.items[0].to, "IAD");
    assert_text(p->people.items[0].documents.items[0].number, "B1234567");
    assert_text(p->people.items[0].embarks, "LHR");
    assert_int_equal(p->people.items[0].birth.year, 1964);
    assert_false(passenger_list_is_refused(p));
    arena_free(&a);
}

static void an_infants_document_finds_the_infant(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l =
        read_lists(&a, T("UNA:+.?*'UNB+IATA:1+1A+KRC+130527:0649+3'UNH+1+PNRGOV:11:1:IA+X'MSG+:22'ORG+1A:MUC'"
                         "TVL+270513:1430:270513:2205+"
                         "SIN+ICN+SQ+602'EQN+1'SRC'RCI+1A:3PGZOV'TIF+ROWE:I+ANNA "
                         "MRS:A:2'SSR+DOCS:HK:1:SQ:::::/P/GBR/55/GBR/20SEP12/FI/"
                         "25OCT17/ROWE/SOPHY/'SSR+DOCS:HK:1:SQ:::::/P/GBR/66/GBR/01JUL78/F/12NOV22/ROWE/ANNA/"
                         "'TIF+ROWE:I+SOPHY:IN:3'"
                         "TVL+270513:1430+SIN+ICN+SQ+602:D'TIF+ROWE:I+ANNA MRS:A:2'UNT+14+1'UNZ+1+3'"));
    const struct passenger_list *p = &l.items[0];
    assert_int_equal(p->kind, LIST_OF_BOOKINGS);
    assert_text(p->legs.items[0].number, "SQ602");
    assert_int_equal(p->people.count, 2);
    assert_text(p->people.items[0].documents.items[0].number, "66");
    assert_text(p->people.items[1].documents.items[0].number, "55");
    assert_int_equal(p->people.items[1].birth.year, 2012);
    assert_text(p->people.items[1].references.items[0].value, "3PGZOV");
    assert_false(passenger_lists_are_refused(&l));
    arena_free(&a);
}

static void letters_of_other_sets_arrive(void **state) {
    (void)state;
    struct arena a = {0};
    struct passenger_lists l =
        read_lists(&a, T("UNB+UNOE:4+A+B+261120:0900+1'UNH+1+PAXLST:D:05B:UN'BGM+745'" JOURNEY
                         "NAD+FL+++\xb8\xd2\xd0\xdd\xde\xd2'CNT+42:1'UNT+10+1'UNZ+1+1'")); // ISO 8859-5
    assert_text(l.items[0].people.items[0].family, "Иванов");
    arena_free(&a);
}

// ---- the collected telegrams and messages

static void telegrams_come_off(void **state) {
    (void)state;
    if (!data_path("edifact/ediclean/original/A.txt")) skip_no_data();
    for (char c = 'A'; c <= 'F'; c++) {
        struct arena a = {0};
        char name[80];
        snprintf(name, sizeof name, "edifact/ediclean/original/%c.txt", c);
        struct text in = file(&a, name), out;
        snprintf(name, sizeof name, "edifact/ediclean/reference/%c.txt", c);
        struct text wanted = file(&a, name);
        assert_ok(edifact_clean(&a, in, &out, NULL));
        assert_true(text_eq(out, wanted));
        arena_free(&a);
    }
}

// All values of a message in order, empty ones left out: what the expected XML has in its leaves.
struct leaves {
    struct arena *arena;
    struct text items[400];
    size_t count;
};

static void xml_leaves(struct leaves *l, xmlNode *node) {
    xmlNode *child = xml_child(node);
    if (!child) {
        struct text t = text_trim(xml_content(l->arena, node));
        if (t.n && l->count < 400) l->items[l->count++] = t;
    }
    for (; child; child = xml_next(child)) xml_leaves(l, child);
}

static void message_leaves(struct leaves *l, struct text in) {
    struct edifact r;
    struct edifact_segment *s = ARENA_NEW(l->arena, struct edifact_segment);
    assert_ok(edifact_open(&r, l->arena, in, NULL));
    assert_true(edifact_find(&r));
    while (edifact_next(&r, s) == EDIFACT_SEGMENT)
        for (size_t i = 0; i < s->component_count; i++)
            if (s->components[i].value.n && l->count < 400) l->items[l->count++] = s->components[i].value;
}

// Their XML takes dates of the envelope as numbers, without the zero in front.
static bool same_leaf(struct text a, struct text b) {
    int64_t x, y;
    return text_eq(a, b) || (text_int(a, &x) && text_int(b, &y) && x == y);
}

static void every_value_of_the_expected_xml_is_read(void **state) {
    (void)state;
    static const char *const PAIRS[][2] = {{"paxlst.txt", "expected.xml"},
                                           {"bad-paxlst.txt", "bad-expected.xml"}};
    if (!data_path("edifact/smooks/paxlst.txt")) skip_no_data();
    for (size_t i = 0; i < 2; i++) {
        struct arena a = {0};
        struct leaves *ours = ARENA_NEW(&a, struct leaves), *theirs = ARENA_NEW(&a, struct leaves);
        ours->arena = theirs->arena = &a;
        char name[80];
        snprintf(name, sizeof name, "edifact/smooks/%s", PAIRS[i][0]);
        message_leaves(ours, file(&a, name));
        snprintf(name, sizeof name, "edifact/smooks/%s", PAIRS[i][1]);
        xmlDoc *doc;
        assert_ok(xml_read(file(&a, name), &doc, NULL));
        xml_leaves(theirs, xmlDocGetRootElement(doc));
        assert_int_equal(ours->count, theirs->count);
        for (size_t k = 0; k < ours->count; k++)
            if (!same_leaf(ours->items[k], theirs->items[k]))
                fail_msg("%zu: " TEXT_FMT " is " TEXT_FMT, k, TEXT_ARG(ours->items[k]),
                         TEXT_ARG(theirs->items[k]));
        xmlFreeDoc(doc);
        arena_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_tells_who_comes_when),
        cmocka_unit_test(a_lost_segment_is_told_with_its_count),
        cmocka_unit_test(what_is_missing_or_misplaced_is_named),
        cmocka_unit_test(parts_of_a_list_count_the_whole_flight),
        cmocka_unit_test(the_us_form_is_read),
        cmocka_unit_test(an_infants_document_finds_the_infant),
        cmocka_unit_test(letters_of_other_sets_arrive),
        cmocka_unit_test(telegrams_come_off),
        cmocka_unit_test(every_value_of_the_expected_xml_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
