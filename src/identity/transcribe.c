#include "identity/transcribe.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "identity/identity.h"

static const struct rule {
    const char *script, *standard, *reference;
    bool is_complete;
} RULES[] = {
    {"Latn", "icao_9303", "ICAO Doc 9303-3, 8th edition 2021, section 6 A", true},
    {"Cyrl", "icao_9303", "ICAO Doc 9303-3, 8th edition 2021, section 6 B", true},
    {"Arab", "icao_9303", "ICAO Doc 9303-3, 8th edition 2021, section 6 C", false},
    {"Grek", "elot_743", "ELOT 743, UN resolution V/19 (1987)", true},
    {"Geor", "bgn_pcgn", "BGN/PCGN romanization of Georgian", true},
    {"Armn", "bgn_pcgn", "BGN/PCGN romanization of Armenian", true},
    {"Ethi", "bgn_pcgn", "BGN/PCGN romanization of Amharic", true},
    {"Hebr", "icu", "ICU, Hebrew-Latin", false},
};
static const struct rule ANY = {"", "icu", "ICU, Any-Latin", true}, NO_LETTERS = {"Zyyy", "none", "", true};

static const struct rule *rule_of(struct text script) {
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
        if (text_eq(script, text_of(RULES[i].script))) return &RULES[i];
    return text_eq(script, T("Zyyy")) ? &NO_LETTERS : &ANY;
}

static bool has_other_letters(struct text name, struct text script) {
    for (size_t at = 0; at < name.n;) {
        UChar32 c = (UChar32)text_codepoint(name, &at);
        UErrorCode e = U_ZERO_ERROR;
        UScriptCode s = uscript_getScript(c, &e);
        if (u_isalpha(c) && s > USCRIPT_INHERITED && !text_eq(text_of(uscript_getShortName(s)), script))
            return true;
    }
    return false;
}

enum status identity_transcribe(struct arena *a, struct text name, struct text language,
                                struct transcription *out, struct problem *p) {
    name = text_trim(name);
    *out = (struct transcription){0};
    if (!name.n) return problem(p, "name", "name_empty", "problem.name.empty");
    if (name.n > IDENTITY_TEXT_MAX) return problem(p, "name", "name_too_long", "problem.name.too_long");
    if (!text_is_utf8(name)) return problem(p, "name", "name_bytes", "problem.name.characters");
    enum status st = identity_transliterate(a, name, language, &out->latin, &out->zone);
    if (st) return problem(p, "name", "name_bytes", "problem.name.characters");
    if (!out->latin.n || !out->zone.n) return problem(p, "name", "name_letters", "problem.name.characters");
    out->script = identity_script(name);
    const struct rule *r = rule_of(out->script);
    out->standard = text_of(r->standard);
    out->reference = text_of(r->reference);
    out->is_complete = r->is_complete;
    out->is_mixed = has_other_letters(name, out->script);
    return STATUS_OK;
}
