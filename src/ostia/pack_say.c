// pack_say.c - the report on a pack, for people and as JSON.
#include "ostia/pack_say.h"
#include "base/encode.h"

#include <string.h>

static const char *const SIGNS[] = {"  ok    ", "  WRONG ", "  ?     "};

static struct text sentence(struct arena *a, const struct problem *p) {
    struct text said = say_sentence(a, p);
    return said.n ? said : text_of(p->text_key && p->text_key[0] ? p->text_key : p->rule);
}

static bool is_title_due(const struct pack_report *r, size_t i) {
    return i == 0 || r->findings.items[i].section != r->findings.items[i - 1].section;
}

void pack_say_title(FILE *out, struct arena *a, enum pack_section section) {
    struct text key = TEXT_JOIN(a, T("report.section."), text_of(pack_section_name(section)));
    struct problem title = {.text_key = text_c(a, key)};
    fprintf(out, "\n" TEXT_FMT "\n", TEXT_ARG(sentence(a, &title)));
}

// What data cannot tell is one line with all its rules, for they have nothing else to say.
static bool say_unknown_safeguards(FILE *out, struct arena *a, const struct pack_report *r, size_t *i) {
    const struct pack_finding *f = &r->findings.items[*i];
    if (f->section != PACK_SECTION_SAFEGUARDS || f->verdict != PACK_UNKNOWN) return false;
    fprintf(out, "%s" TEXT_FMT ":", SIGNS[PACK_UNKNOWN], TEXT_ARG(sentence(a, &f->what)));
    size_t n = 0;
    for (; *i < r->findings.count && r->findings.items[*i].section == PACK_SECTION_SAFEGUARDS &&
           r->findings.items[*i].verdict == PACK_UNKNOWN;
         ++*i)
        fprintf(out, "%s%s", n++ % 10 ? " " : "\n          ", r->findings.items[*i].what.rule);
    fprintf(out, "\n");
    --*i;
    return true;
}

static void say_finding(FILE *out, struct arena *a, const struct pack_finding *f) {
    struct text said = sentence(a, &f->what);
    fprintf(out, "%s", SIGNS[f->verdict]);
    if (f->section == PACK_SECTION_SAFEGUARDS)
        fprintf(out, "%s " TEXT_FMT "%s%s\n", f->what.rule, TEXT_ARG(said), f->what.field[0] ? ": " : "",
                f->what.field);
    else if (f->what.line)
        fprintf(out, "%s, line %lld: " TEXT_FMT "\n", f->what.field, (long long)f->what.line, TEXT_ARG(said));
    else
        fprintf(out, "%s: " TEXT_FMT "\n", f->what.field, TEXT_ARG(said));
}

void pack_say(FILE *out, const struct pack_report *r) {
    struct arena a = {0};
    fprintf(out, "%s " TEXT_FMT " " TEXT_FMT "\n", r->broken ? "wrong:" : "good:", TEXT_ARG(r->id),
            TEXT_ARG(r->version));
    for (size_t i = 0; i < r->findings.count; i++) {
        if (is_title_due(r, i)) pack_say_title(out, &a, r->findings.items[i].section);
        if (!say_unknown_safeguards(out, &a, r, &i)) say_finding(out, &a, &r->findings.items[i]);
    }
    if (!r->is_read) fprintf(out, "\nThe rest can only be told when all files can be read.\n");
    fprintf(out, "\n%zu wrong\n", r->broken);
    arena_free(&a);
}

static void put(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}

static void put_finding(struct json_out *j, struct arena *a, const struct pack_finding *f) {
    json_begin_object(j);
    put(j, "section", text_of(pack_section_name(f->section)));
    put(j, "verdict", text_of(pack_verdict_name(f->verdict)));
    put(j, "rule", text_of(f->what.rule));
    put(j, "where", text_of(f->what.field));
    if (f->what.line) {
        json_key(j, "line");
        json_put_int(j, f->what.line);
    }
    put(j, "text", sentence(a, &f->what));
    json_end_object(j);
}

void pack_say_json(FILE *out, const struct pack_report *r) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put(&j, "pack", r->id);
    put(&j, "version", r->version);
    put(&j, "hash", hex_encode(&a, hash_bytes(&r->hash)));
    json_key(&j, "good");
    json_put_bool(&j, !r->broken);
    json_key(&j, "findings");
    json_begin_array(&j);
    for (size_t i = 0; i < r->findings.count; i++) put_finding(&j, &a, &r->findings.items[i]);
    json_end_array(&j);
    json_end_object(&j);
    fprintf(out, TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
    arena_free(&a);
}
