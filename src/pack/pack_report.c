// The report on a pack: mistakes as they are met while it is read, then what can be said of it as a whole.
#include "pack/pack_report.h"

#include "pack/pack_inside.h"

const char *pack_section_name(enum pack_section s) {
    static const char *const NAMES[] = {"files", "references", "processes", "decisions",
                                        "forms", "letters",    "codes",     "adverse_ends",
                                        "texts", "deadlines",  "access",    "safeguards"};
    return NAMES[s];
}

const char *pack_verdict_name(enum pack_verdict v) {
    static const char *const NAMES[] = {"holds", "does not hold", "cannot be told"};
    return NAMES[v];
}

// ---- findings
// ----------------------------------------------------------------------------------------------

struct problem *findings_add(struct pack_findings *f, enum pack_section section, enum pack_verdict verdict,
                             const char *where, const char *rule, const char *text_key) {
    struct pack_finding *item = ARENA_PUSH(f->arena, f);
    *item = (struct pack_finding){section, verdict, {.field = where, .rule = rule, .text_key = text_key}};
    return &item->what;
}

void findings_arg(struct pack_findings *f, struct problem *p, const char *name, struct text value) {
    problem_arg(p, name, text_copy(f->arena, value));
}

static enum pack_section section_of(const struct problem *p) {
    static const struct {
        const char *begins;
        enum pack_section section;
    } FILES[] = {
        {"codes/outcome.json", PACK_SECTION_ADVERSE},
        {"forms/", PACK_SECTION_FORMS},
        {"registers/", PACK_SECTION_FORMS},
        {"letters/", PACK_SECTION_LETTERS},
        {"processes/", PACK_SECTION_PROCESSES},
        {"decisions/", PACK_SECTION_DECISIONS},
        {"texts/", PACK_SECTION_TEXTS},
        {"deadlines.json", PACK_SECTION_DEADLINES},
        {"access.json", PACK_SECTION_ACCESS},
        {"codes", PACK_SECTION_CODES},
    };
    if (text_eq(text_of(p->rule), T("text_key_unknown"))) return PACK_SECTION_TEXTS;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        if (text_starts(text_of(p->field), text_of(FILES[i].begins))) return FILES[i].section;
    return PACK_SECTION_FILES;
}

void findings_add_mistake(struct pack_findings *f, const struct problem *p) {
    *ARENA_PUSH(f->arena, f) = (struct pack_finding){section_of(p), PACK_BROKEN, problem_copy(f->arena, p)};
}

enum status pack_mistake(const struct pack *pack, enum status st, const struct problem *p) {
    if (!st || !pack->findings) return st;
    findings_add_mistake(pack->findings, p);
    return STATUS_OK;
}

// By section, what is broken first, otherwise as found.
static void sort_findings(struct pack_findings *f) {
    static const enum pack_verdict ORDER[] = {PACK_BROKEN, PACK_UNKNOWN, PACK_HOLDS};
    struct pack_findings sorted = {.arena = f->arena};
    for (unsigned s = 0; s < PACK_SECTION_COUNT; s++)
        for (size_t v = 0; v < 3; v++)
            for (size_t i = 0; i < f->count; i++)
                if (f->items[i].section == s && f->items[i].verdict == ORDER[v])
                    *ARENA_PUSH(f->arena, &sorted) = f->items[i];
    *f = sorted;
}

// ---- what there is
// -----------------------------------------------------------------------------------------

static bool is_broken(const struct pack_findings *f, enum pack_section section) {
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].section == section && f->items[i].verdict == PACK_BROKEN) return true;
    return false;
}

// That a whole section is right is only said when it is.
static void say_count(struct pack_findings *f, enum pack_section section, const char *where,
                      const char *text_key, size_t count) {
    if (is_broken(f, section)) return;
    struct problem *p = findings_add(f, section, PACK_HOLDS, where, "count", text_key);
    findings_arg(f, p, "count", text_printf(f->arena, "%zu", count));
}

static void report_languages(const struct pack *pack, struct pack_findings *f) {
    struct texts texts = {{pack->catalog}, 1};
    for (size_t k = 0; k < catalog_languages(pack->catalog); k++) {
        struct text tag = catalog_language(pack->catalog, k)->tag;
        size_t unchecked = 0;
        for (size_t i = 0; i < catalog_keys(pack->catalog); i++) {
            bool is_machine_made = false;
            texts_get(&texts, tag, catalog_key(pack->catalog, i), &is_machine_made);
            unchecked += is_machine_made;
        }
        const char *file = text_c(f->arena, TEXT_JOIN(f->arena, T("texts/"), tag, T(".po")));
        struct problem *p =
            findings_add(f, PACK_SECTION_TEXTS, PACK_HOLDS, file, "language", "report.language");
        findings_arg(f, p, "count", text_printf(f->arena, "%zu", catalog_keys(pack->catalog)));
        findings_arg(f, p, "unchecked", text_printf(f->arena, "%zu", unchecked));
    }
}

static size_t questions(const struct form_field *fields, size_t count) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += fields[i].child_count ? questions(fields[i].children, fields[i].child_count)
                                   : fields[i].key.n > 0;
    return n;
}

static void report_counts(const struct pack *pack, struct pack_findings *f) {
    size_t asked = 0;
    for (size_t i = 0; i < pack->forms.count; i++)
        for (size_t k = 0; k < pack->forms.items[i]->section_count; k++)
            asked += questions(pack->forms.items[i]->sections[k].fields,
                               pack->forms.items[i]->sections[k].field_count);
    say_count(f, PACK_SECTION_FILES, "pack.json", "report.files", pack->files.count);
    say_count(f, PACK_SECTION_PROCESSES, "processes", "report.processes", pack->processes.count);
    say_count(f, PACK_SECTION_DECISIONS, "decisions", "report.decisions", pack->decisions.count);
    say_count(f, PACK_SECTION_FORMS, "forms", "report.questions", asked);
    say_count(f, PACK_SECTION_LETTERS, "letters", "report.letters", pack->letters.count);
    say_count(f, PACK_SECTION_CODES, "codes", "report.codes", pack->codes.count);
    report_permissions(pack, f);
    say_count(f, PACK_SECTION_ACCESS, "access.json", "report.access", pack->access.rows.count);
}

static void report_needs(const struct pack *pack, struct pack_findings *f) {
    for (size_t i = 0; i < pack->need_count; i++) {
        struct problem *p =
            findings_add(f, PACK_SECTION_REFERENCES, PACK_HOLDS, "pack.json", "needs", "report.needs");
        findings_arg(f, p, "what", pack->needs[i].id);
        findings_arg(f, p, "version", pack->needs[i].pack->version);
    }
}

static void report_deadlines(const struct pack *pack, struct pack_findings *f) {
    static const char *const KEYS[] = {"report.mark_verified", "report.mark_secondary", "report.mark_memory",
                                       "report.mark_national"};
    for (size_t mark = 0; mark < 4; mark++) {
        size_t count = 0;
        for (size_t i = 0; i < pack->deadlines.count; i++) count += pack->deadlines.items[i].mark == mark;
        if (count) say_count(f, PACK_SECTION_DEADLINES, "deadlines.json", KEYS[mark], count);
    }
}

// ---- all of it
// ---------------------------------------------------------------------------------------------

static void examine(struct pack *pack, struct pack_report *out) {
    struct problem p = {0};
    enum status st = pack_load(pack, &p);
    out->is_read = !out->findings.count;
    if (!st && out->is_read) st = pack_check(pack, &p);
    if (st) findings_add_mistake(&out->findings, &p); // what collects nothing stops
    if (!out->is_read) return;
    report_counts(pack, &out->findings);
    report_needs(pack, &out->findings);
    report_references(pack, &out->findings);
    report_languages(pack, &out->findings);
    report_deadlines(pack, &out->findings);
    if (pack_is_base(pack)) {
        findings_add(&out->findings, PACK_SECTION_SAFEGUARDS, PACK_UNKNOWN, "pack.json", "base",
                     "report.base");
        return;
    }
    report_adverse_ends(pack, &out->findings);
    report_safeguards(pack, &out->findings);
}

static void report_signature(const struct pack_files *files, const struct pack_signers *signers,
                             struct pack_findings *f) {
    static const char *const KEYS[] = {"report.unsigned", "report.signed_by_unknown", "report.signed"};
    struct problem p = {0};
    enum pack_signature found;
    struct text by;
    if (pack_signature_check(f->arena, files, signers, &found, &by, &p)) {
        findings_add_mistake(f, &p);
        return;
    }
    struct problem *said =
        findings_add(f, PACK_SECTION_FILES, found == PACK_SIGNED ? PACK_HOLDS : PACK_UNKNOWN, "pack.sig",
                     "signature", KEYS[found]);
    findings_arg(f, said, "what", by);
}

void pack_examine(struct arena *a, const struct pack_files *files, const struct pack_signers *signers,
                  struct pack_report *out) {
    *out = (struct pack_report){.findings.arena = a};
    if (!pack_within_limits(files)) {
        struct problem *p = findings_add(&out->findings, PACK_SECTION_FILES, PACK_BROKEN, "pack.json",
                                         "file_size", "problem.pack.file_size");
        findings_arg(&out->findings, p, "where", T("pack.json"));
        out->broken = 1;
        return;
    }
    struct pack *pack = pack_new(files);
    pack->findings = &out->findings;
    examine(pack, out);
    report_signature(files, signers, &out->findings);
    out->id = text_copy(a, pack->id);
    out->version = text_copy(a, pack->version);
    out->hash = pack->hash;
    for (size_t i = 0; i < out->findings.count; i++) {
        struct pack_finding *one = &out->findings.items[i];
        one->what = problem_copy(a, &one->what); // the pack's arena is about to go
        out->broken += one->verdict == PACK_BROKEN;
    }
    pack_free(pack);
    sort_findings(&out->findings);
}
