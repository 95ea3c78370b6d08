// travel.c - travel documents for programs: the lines on a photo, and a document checked.
#include "api/shape_macros.h"
#include "api/table.h"
#include "web/pages/document_check.h"

struct zone_answer {
    struct text lines;
};
struct field_answer {
    struct text field, value, check;
};
struct fix_answer {
    struct text field, was, now;
    int line, column;
};
struct doubt_answer {
    struct text field, rule;
};
struct feature_answer {
    struct text feature, value;
};
struct earlier_answer {
    struct moment at;
    struct text place, result, anomalies;
};
struct check_answer {
    struct text result, anomalies, format, lines, issuer, nationality, family, given, number, sex;
    struct text seal, seal_profile, seal_signer, seal_certificate;
    struct date birth, expiry;
    bool is_expired;
    struct {
        struct field_answer *items;
        size_t count, capacity;
    } fields;
    struct {
        struct fix_answer *items;
        size_t count, capacity;
    } fixes;
    struct {
        struct doubt_answer *items;
        size_t count, capacity;
    } doubts;
    struct {
        struct feature_answer *items;
        size_t count, capacity;
    } features;
    struct {
        struct earlier_answer *items;
        size_t count, capacity;
    } earlier;
};

#define IN struct zone_answer
SHAPE(SHAPE_DOCUMENT_ZONE, "DocumentZone", "The lines on a picture of a document.",
      TEXT(lines, "as they were recognised, parted by line breaks; nothing is corrected yet"));
#undef IN
#define IN struct field_answer
INNER(FIELD, "DocumentField", "A field of the zone and its check digit.",
      TEXT(field, "document_code, issuer, name, number, nationality, birth_date, sex, expiry_date, optional, "
                  "optional_2 or composite"),
      TEXT(value, "characters as they stand in the zone, fillers included"),
      {AT(check), .kind = API_TEXT, .words = "none|right|empty|wrong", .about = "of its check digit"});
#undef IN
#define IN struct fix_answer
INNER(FIX, "DocumentFix", "A character that was read as another.", TEXT(field, "of the zone"),
      SMALL(line, "from 1"), SMALL(column, "from 1"), TEXT(was, "as it was given"),
      TEXT(now, "as it was read"));
#undef IN
#define IN struct doubt_answer
INNER(DOUBT, "DocumentDoubt", "What does not fit.", TEXT(field, "of the zone"),
      TEXT(rule, "mrz_check_digit"));
#undef IN
#define IN struct feature_answer
INNER(FEATURE, "SealFeature", "Something that a seal says.",
      TEXT(feature, "passport_number; its number, where the kind of document is not known"),
      TEXT(value, "text, or hexadecimal"));
#undef IN
#define IN struct earlier_answer
INNER(EARLIER, "EarlierCheck", "A check before this one.", {AT(at), .kind = API_MOMENT, .about = "when"},
      TEXT(place, "unit that checked"), TEXT(result, "genuine, plausible, doubtful or false"),
      TEXT(anomalies, "words, parted by commas"));
#undef IN
#define IN struct check_answer
SHAPE(SHAPE_DOCUMENT_CHECK, "DocumentCheck", "A travel document that was checked.",
      {AT(result), .kind = API_TEXT, .words = "genuine|plausible|doubtful|false",
       .about = "genuine: its state's signature proves the data; plausible: nothing wrong, nothing proved; "
                "doubtful: something does not fit; false: altered"},
      TEXT(anomalies, "what did not fit, words parted by commas"),
      BOOL(is_expired, "its last day has passed"),
      TEXT(format, "TD1, TD2, TD3, MRV-A or MRV-B; empty without lines"), TEXT(lines, "after corrections"),
      TEXT(issuer, "code of the state"), TEXT(nationality, "code"), TEXT(family, "name"),
      TEXT(given, "names"), TEXT(number, "of the document"), TEXT(sex, "F, M or X"),
      DATE(birth, "may be partial"), DATE(expiry, "last day"), LIST(fields, &FIELD, "of the zone"),
      LIST(fixes, &FIX, "what was corrected"), LIST(doubts, &DOUBT, "of the zone"),
      TEXT(seal,
           "state of the seal's signature: genuine, not_signed, no_certificate, certificate_unreadable, "
           "certificate_expired, signature_wrong; empty without a seal"),
      TEXT(seal_profile, "kind of document by its seal"), TEXT(seal_signer, "who signed"),
      TEXT(seal_certificate, "reference of the signer's certificate"),
      LIST(features, &FEATURE, "of the seal"), LIST(earlier, &EARLIER, "the newest first"));
#undef IN

enum status api_document_zone(struct api_call *c) {
    struct zone_answer out = {0};
    enum status st = document_photo_read(c->q, &c->look, &out.lines, &c->problem);
    if (st == STATUS_NOT_FOUND) return api_fail(c, 415); // no file came
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_DOCUMENT_ZONE, &out);
}

static void say_zone(struct arena *a, const struct mrz *m, struct check_answer *out) {
    static const char *const CHECKS[] = {"none", "right", "empty", "wrong"};
    out->format = mrz_format_word(m->format);
    out->issuer = m->issuer;
    out->nationality = m->nationality;
    out->family = m->family;
    out->given = m->given;
    out->number = m->number;
    out->sex = text_copy(a, (struct text){&m->sex, 1});
    out->birth = m->birth;
    out->expiry = m->expiry;
    struct out lines = {.arena = a};
    for (int i = 0; i < MRZ_LINES_MAX && m->line[i].n; i++) {
        if (i) out_byte(&lines, '\n');
        out_text(&lines, m->line[i]);
    }
    out->lines = out_done(&lines);
    for (int f = 0; f < MRZ_FIELD_COUNT; f++)
        if (m->field[f].raw.n)
            *ARENA_PUSH(a, &out->fields) =
                (struct field_answer){text_of(mrz_field_word((enum mrz_field)f)), m->field[f].raw,
                                      text_of(CHECKS[m->field[f].check])};
    for (size_t i = 0; i < m->fix_count; i++)
        *ARENA_PUSH(a, &out->fixes) = (struct fix_answer){
            text_of(mrz_field_word(m->fix[i].field)), text_copy(a, (struct text){&m->fix[i].was, 1}),
            text_copy(a, (struct text){&m->fix[i].now, 1}), m->fix[i].line, m->fix[i].column};
    for (size_t i = 0; i < m->problem_count; i++)
        *ARENA_PUSH(a, &out->doubts) =
            (struct doubt_answer){text_of(m->problem[i].field), text_of(m->problem[i].rule)};
}

static void say_seal(struct arena *a, const struct document_looked_at *d, struct check_answer *out) {
    out->seal = text_of(seal_result_word(d->seal_result));
    out->seal_profile = text_of(d->seal.profile);
    out->seal_signer = d->seal.signer;
    out->seal_certificate = d->seal.certificate;
    for (size_t i = 0; i < d->seal.count; i++) {
        const struct seal_feature *f = &d->seal.items[i];
        *ARENA_PUSH(a, &out->features) =
            (struct feature_answer){*f->word ? text_of(f->word) : text_printf(a, "%d", f->tag), f->value};
    }
}

enum status api_document_check(struct api_call *c) {
    const struct api_travel_document *in = c->in;
    struct arena *a = c->q->arena;
    struct document_looked_at *d = ARENA_NEW(a, struct document_looked_at);
    struct check_answer out = {0};
    enum status st = document_look(c->q, in->lines, in->seal, &c->look, d, &c->problem);
    if (st) return api_failed(c, st);
    out.result = text_of(verdict_word(d->judged.verdict));
    out.is_expired = d->judged.is_expired;
    struct out words = {.arena = a};
    for (size_t i = 0; i < d->judged.count; i++) {
        if (i) out_byte(&words, ',');
        out_c(&words, d->judged.anomalies[i]);
    }
    out.anomalies = out_done(&words);
    if (d->has_zone) say_zone(a, &d->zone, &out);
    if (d->has_seal) say_seal(a, d, &out);
    for (size_t i = 0; i < d->earlier.count; i++) {
        const struct earlier_check *e = &d->earlier.items[i];
        *ARENA_PUSH(a, &out.earlier) = (struct earlier_answer){e->at, e->place, e->result, e->anomalies};
    }
    return api_answer(c, &SHAPE_DOCUMENT_CHECK, &out);
}
