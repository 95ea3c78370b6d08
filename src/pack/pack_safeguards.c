// Fundamental rights as rules that data can show: one line each. What needs the program, its operation or a
// person's eye is named at the end as not to be told from data.
#include "pack/pack_graph.h"
#include "pack/pack_inside.h"

struct judging {
    const struct pack *pack;
    struct pack_findings *f; // what was found so far
    struct text where;       // of the first thing that breaks the rule
};
typedef bool safeguard(struct judging *j);

static bool breaks(struct judging *j, struct text where) {
    j->where = where;
    return false;
}

static const char *found(const struct judging *j, enum pack_section section, const char *rule) {
    for (size_t i = 0; i < j->f->count; i++) {
        const struct pack_finding *one = &j->f->items[i];
        if (one->section == section && one->verdict == PACK_BROKEN &&
            text_starts(text_of(one->what.rule), text_of(rule)))
            return one->what.field;
    }
    return NULL;
}

static bool none_found(struct judging *j, enum pack_section section, const char *rule) {
    const char *where = found(j, section, rule);
    return where ? breaks(j, text_of(where)) : true;
}

// ---- data protection
// ---------------------------------------------------------------------------------------

static bool reads_have_a_purpose(struct judging *j) {
    for (size_t i = 0; i < j->pack->access.rows.count; i++)
        if (!j->pack->access.rows.items[i].purpose.n) return breaks(j, T("access.json"));
    return true;
}

static bool questions_have_a_need(struct judging *j) {
    return none_found(j, PACK_SECTION_FORMS, "form_need") &&
           none_found(j, PACK_SECTION_FORMS, "form_purpose") &&
           none_found(j, PACK_SECTION_FORMS, "form_class");
}

// Health is the class of special categories: whoever has nothing to do with the case must write why.
static bool health_is_apart(struct judging *j) {
    for (size_t i = 0; i < j->pack->access.rows.count; i++) {
        const struct access_row *r = &j->pack->access.rows.items[i];
        if (text_eq(r->attribute_class, T("health")) && text_eq(r->relation, T("none")) && !r->needs_reason)
            return breaks(j, TEXT_JOIN(j->f->arena, T("access.json: "), r->role));
    }
    return true;
}

// A right of which the law says how long the answer may take: some rule of that trigger is no longer.
static bool answered_within(struct judging *j, struct text trigger, int64_t days) {
    static const int64_t DAYS[] = {[UNIT_HOURS] = 0, [UNIT_DAYS] = 1,    [UNIT_WORKING_DAYS] = 1,
                                   [UNIT_WEEKS] = 7, [UNIT_MONTHS] = 30, [UNIT_YEARS] = 365};
    bool any = false;
    for (size_t i = 0; i < j->pack->deadlines.count; i++) {
        const struct deadline_rule *d = &j->pack->deadlines.items[i];
        if (!text_eq(d->trigger, trigger) || d->owner != OWNER_AUTHORITY) continue;
        any = true;
        if (d->period.count * DAYS[d->period.unit] > days)
            return breaks(j, TEXT_JOIN(j->f->arena, T("deadlines.json: "), d->id));
    }
    return any ? true : breaks(j, TEXT_JOIN(j->f->arena, T("deadlines.json: "), trigger));
}
static bool access_within_a_month(struct judging *j) {
    return answered_within(j, T("rights_requested"), 30);
}
static bool corrected_within_a_month(struct judging *j) {
    return answered_within(j, T("error_reported"), 30);
}
static bool reviewed_within_ten_days(struct judging *j) {
    return answered_within(j, T("review_requested"), 10);
}

static bool people_decide(struct judging *j) {
    return none_found(j, PACK_SECTION_ADVERSE, "end_without_signature");
}

// ---- rules that suggest
// ----------------------------------------------------------------------------------------

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool names(struct text expression, struct text word) {
    size_t at;
    for (struct text rest = expression; text_find(rest, word, &at); rest = text_slice(rest, at + 1, rest.n)) {
        bool begins = at == 0 || !is_word(rest.p[at - 1]);
        bool ends = at + word.n == rest.n || !is_word(rest.p[at + word.n]);
        if (begins && ends) return true;
    }
    return false;
}

// No way through a process depends on what a decision table answered.
static bool tables_only_suggest(struct judging *j) {
    for (size_t i = 0; i < j->pack->processes.count; i++) {
        struct pack_process k = j->pack->processes.items[i];
        struct pack_graph g;
        if (graph_read(j->f->arena, text_of_bytes(pack_file_content(j->pack, k.file)), k.model, &g)) continue;
        for (size_t n = 0; n < flow_count(k.model); n++) {
            const struct flow_element *e = flow_element(k.model, (int)n);
            if (e->kind != FLOW_RULE_TASK || !e->result.n) continue;
            for (size_t x = 0; x < g.count; x++)
                if (names(g.items[x].condition, e->result))
                    return breaks(j, flow_element(k.model, g.items[x].source)->id);
        }
    }
    return true;
}

// Before anything is shown to the officer: the first question of the proposal is the officer's own view.
static bool own_view_comes_first(struct judging *j) {
    const struct form *form = pack_form(j->pack, T("propose_decision"));
    bool is_first = form && form->section_count && form->sections[0].field_count &&
                    text_eq(form->sections[0].fields[0].key, T("own_view"));
    return is_first ? true : breaks(j, T("forms/propose_decision"));
}

// ---- letters, texts, channels
// ----------------------------------------------------------------------------------

static bool letter_has(const struct letter_template *l, enum letter_part_kind kind, struct text key) {
    for (size_t i = 0; i < l->part_count; i++)
        if (l->parts[i].kind == kind && (!key.n || text_eq(l->parts[i].text_key, key))) return true;
    return false;
}

static bool letters_have(struct judging *j, enum letter_part_kind kind, struct text key,
                         struct text of_kind) {
    for (size_t i = 0; i < j->pack->letters.count; i++) {
        const struct letter_template *l = j->pack->letters.items[i];
        if (of_kind.n && !text_eq(l->kind, of_kind)) continue;
        if (!letter_has(l, kind, key)) return breaks(j, TEXT_JOIN(j->f->arena, T("letters/"), l->id));
    }
    return true;
}
static bool letters_are_signed(struct judging *j) {
    return letters_have(j, LETTER_QR, T(""), T(""));
}
static bool letters_name_a_phone(struct judging *j) {
    bool has_phone = answers_get(&j->pack->letter_values, T("contact_phone")).n > 0;
    if (!has_phone) return breaks(j, T("pack.json: letter_values"));
    return letters_have(j, LETTER_PARAGRAPH, T("letter.contact"), T(""));
}
static bool letters_tell_of_rules(struct judging *j) {
    return letters_have(j, LETTER_PARAGRAPH, T("letter.rules_disclosure"), T("decision"));
}
static bool decisions_give_reasons(struct judging *j) {
    return none_found(j, PACK_SECTION_ADVERSE, "end_without_reasons") &&
           none_found(j, PACK_SECTION_ADVERSE, "reasons_not_asked") &&
           letters_have(j, LETTER_REASONS, T(""), T("decision"));
}
static bool adverse_letters_have_a_remedy(struct judging *j) {
    const struct code_list *outcomes = pack_codes(j->pack, T("outcome"));
    for (size_t i = 0; outcomes && i < code_count(outcomes); i++) {
        struct outcome o;
        if (pack_outcome(j->pack, code_at(outcomes, i)->code, &o) || !o.is_adverse) continue;
        const struct letter_template *l = pack_letter(j->pack, o.letter);
        if (!o.appeal.n || !l || !l->is_adverse) // letter_read.c: an adverse letter has the block
            return breaks(j, TEXT_JOIN(j->f->arena, T("codes/outcome.json: "), o.code));
    }
    return none_found(j, PACK_SECTION_ADVERSE, "appeal_not_started") &&
           none_found(j, PACK_SECTION_ADVERSE, "end_without_notification");
}
static bool hearing_comes_first(struct judging *j) {
    return none_found(j, PACK_SECTION_ADVERSE, "end_without_hearing");
}
static bool silence_is_explained(struct judging *j) {
    for (size_t i = 0; i < j->pack->deadlines.count; i++)
        if (!j->pack->deadlines.items[i].effect_key.n)
            return breaks(j, TEXT_JOIN(j->f->arena, T("deadlines.json: "), j->pack->deadlines.items[i].id));
    return true;
}

static bool sentences_are_short(struct judging *j) {
    enum { WORDS_MAX = 20 };
    struct texts texts = {{j->pack->catalog}, 1};
    for (size_t i = 0; i < catalog_keys(j->pack->catalog); i++) {
        struct text key = catalog_key(j->pack->catalog, i);
        struct text t = texts_get(&texts, SOURCE_LANGUAGE, key, NULL);
        size_t words = 0;
        for (size_t k = 0; k < t.n; k++) {
            bool starts = t.p[k] > ' ' && (k == 0 || t.p[k - 1] <= ' ');
            bool ends = (t.p[k] == '.' || t.p[k] == '!' || t.p[k] == '?' || t.p[k] == ':') &&
                        (k + 1 == t.n || t.p[k + 1] <= ' ');
            words = ends || t.p[k] == '\n' ? 0 : words + starts;
            if (words > WORDS_MAX) return breaks(j, TEXT_JOIN(j->f->arena, T("texts/en.po: "), key));
        }
    }
    return true;
}

static bool every_language_is_complete(struct judging *j) {
    return none_found(j, PACK_SECTION_TEXTS, "text_");
}

static bool machine_texts_are_marked(struct judging *j) {
    return catalog_has(j->pack->catalog, T("letter.machine_translation")) ? true
                                                                          : breaks(j, T("texts/en.po"));
}

static bool texts_have_no_links(struct judging *j) {
    struct texts texts = {{j->pack->catalog}, 1};
    size_t at;
    for (size_t i = 0; i < catalog_keys(j->pack->catalog); i++) {
        struct text key = catalog_key(j->pack->catalog, i);
        if (text_find(texts_get(&texts, SOURCE_LANGUAGE, key, NULL), T("://"), &at))
            return breaks(j, TEXT_JOIN(j->f->arena, T("texts/en.po: "), key));
    }
    return true;
}

static bool exclusions_are_named(struct judging *j) {
    const struct code_list *l = pack_codes(j->pack, T("channel_rule"));
    for (int i = 1; i <= 7; i++) {
        struct text code = text_printf(j->f->arena, "CH-%d", i);
        if (!l || !code_find(l, code))
            return breaks(j, TEXT_JOIN(j->f->arena, T("codes/channel_rule.json: "), code));
    }
    return true;
}

// Who watches over the authority reads files and numbers, and changes nothing.
static bool auditors_only_read(struct judging *j) {
    bool any = false;
    for (size_t i = 0; i < j->pack->access.rows.count; i++) {
        const struct access_row *r = &j->pack->access.rows.items[i];
        if (!text_eq(r->role, T("auditor"))) continue;
        any = true;
        bool reads = text_eq(r->action, T("read")) || text_eq(r->action, T("list")) ||
                     text_eq(r->action, T("see_throughput")) || // counts, never a file
                     text_eq(r->action, T("see_exchange")) ||   // the same
                     text_eq(r->action, T("read_search_log"));  // who looked, never at whom
        if (!reads) return breaks(j, TEXT_JOIN(j->f->arena, T("access.json: "), r->action));
    }
    return any ? true : breaks(j, T("access.json: auditor"));
}

static const struct {
    const char *id, *text_key;
    safeguard *holds;
} SAFEGUARDS[] = {
    {"R-GD-02", "safeguard.r_gd_02", reads_have_a_purpose},
    {"R-GD-04", "safeguard.r_gd_04", questions_have_a_need},
    {"R-GD-05", "safeguard.r_gd_05", health_is_apart},
    {"R-GD-06", "safeguard.r_gd_06", access_within_a_month},
    {"R-GD-07", "safeguard.r_gd_07", corrected_within_a_month},
    {"R-GD-12", "safeguard.r_gd_12", people_decide},
    {"R-AI-07", "safeguard.r_ai_07", own_view_comes_first},
    {"R-AI-16", "safeguard.r_ai_16", letters_tell_of_rules},
    {"R-AI-23", "safeguard.r_ai_23", tables_only_suggest},
    {"R-AC-06", "safeguard.r_ac_06", sentences_are_short},
    {"R-AC-07", "safeguard.r_ac_07", every_language_is_complete},
    {"R-AC-09", "safeguard.r_ac_09", machine_texts_are_marked},
    {"R-CH-03", "safeguard.r_ch_03", exclusions_are_named},
    {"R-CH-04", "safeguard.r_ch_04", letters_name_a_phone},
    {"R-PH-02", "safeguard.r_ph_02", texts_have_no_links},
    {"R-PH-03", "safeguard.r_ph_03", letters_are_signed},
    {"R-RD-01", "safeguard.r_rd_01", hearing_comes_first},
    {"R-RD-02", "safeguard.r_rd_02", decisions_give_reasons},
    {"R-RD-03", "safeguard.r_rd_03", adverse_letters_have_a_remedy},
    {"R-RD-04", "safeguard.r_rd_04", reviewed_within_ten_days},
    {"R-RD-07", "safeguard.r_rd_07", silence_is_explained},
    {"R-RD-08", "safeguard.r_rd_08", auditors_only_read},
};

// The groups of rules, with how many each has; those that are not above cannot be told.
static const struct {
    const char *group;
    int count;
} GROUPS[] = {{"GD", 22}, {"TE", 10}, {"AI", 23}, {"AC", 10}, {"CH", 8}, {"PH", 10}, {"RD", 15}};

static bool is_judged(struct text id) {
    for (size_t i = 0; i < sizeof SAFEGUARDS / sizeof *SAFEGUARDS; i++)
        if (text_eq(id, text_of(SAFEGUARDS[i].id))) return true;
    return false;
}

static void report_the_rest(struct pack_findings *f) {
    for (size_t g = 0; g < sizeof GROUPS / sizeof *GROUPS; g++) {
        for (int i = 1; i <= GROUPS[g].count; i++) {
            struct text id = text_printf(f->arena, "R-%s-%02d", GROUPS[g].group, i);
            if (is_judged(id)) continue;
            findings_add(f, PACK_SECTION_SAFEGUARDS, PACK_UNKNOWN, "", text_c(f->arena, id),
                         "safeguard.not_from_data");
        }
    }
}

void report_safeguards(const struct pack *pack, struct pack_findings *f) {
    for (size_t i = 0; i < sizeof SAFEGUARDS / sizeof *SAFEGUARDS; i++) {
        struct judging j = {pack, f, {0}};
        bool holds = SAFEGUARDS[i].holds(&j);
        findings_add(f, PACK_SECTION_SAFEGUARDS, holds ? PACK_HOLDS : PACK_BROKEN, text_c(f->arena, j.where),
                     SAFEGUARDS[i].id, SAFEGUARDS[i].text_key);
    }
    report_the_rest(f);
}
