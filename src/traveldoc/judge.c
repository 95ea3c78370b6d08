#include "traveldoc/judge.h"

#include <string.h>

const char *verdict_word(enum verdict v) {
    static const char *const WORDS[] = {"genuine", "plausible", "doubtful", "false"};
    return WORDS[v];
}

static void say(struct judged *j, enum verdict v, const char *word) {
    if (v > j->verdict) j->verdict = v;
    for (size_t i = 0; i < j->count; i++)
        if (!strcmp(j->anomalies[i], word)) return;
    if (j->count < ANOMALIES_MAX) j->anomalies[j->count++] = word;
}

static void judge_zone(const struct mrz *m, struct date today, struct judged *j) {
    for (size_t i = 0; i < m->problem_count; i++) say(j, VERDICT_DOUBTFUL, m->problem[i].rule);
    j->is_expired = date_is_full(m->expiry) && date_cmp(m->expiry, today) < 0;
}

// A zone in the seal or chip that says another thing than the printed one: the print was changed.
static bool differs(struct text other, const struct mrz *m, struct date today) {
    struct arena a = {0};
    struct mrz o;
    bool read = other.n && m && !mrz_read(&a, other, today, &o, NULL);
    bool is_other = read && (!text_eq(o.number, m->number) || !date_eq(o.birth, m->birth) ||
                             !date_eq(o.expiry, m->expiry) || !text_eq(o.nationality, m->nationality) ||
                             !text_eq(o.family, m->family) || !text_eq(o.given, m->given));
    arena_free(&a);
    return is_other;
}

static bool judge_seal(const struct evidence *e, struct date today, struct judged *j) {
    static const struct {
        enum verdict verdict;
        const char *word;
    } OF[SEAL_RESULT_COUNT] = {
        [SEAL_NOT_SIGNED] = {VERDICT_DOUBTFUL, "seal_not_signed"},
        [SEAL_NO_CERTIFICATE] = {VERDICT_PLAUSIBLE, "seal_no_certificate"},
        [SEAL_CERTIFICATE_UNREADABLE] = {VERDICT_PLAUSIBLE, "seal_certificate_unreadable"},
        [SEAL_CERTIFICATE_EXPIRED] = {VERDICT_DOUBTFUL, "seal_certificate_expired"},
        [SEAL_SIGNATURE_WRONG] = {VERDICT_FALSE, "seal_signature_wrong"},
    };
    bool genuine = e->seal_result == SEAL_GENUINE;
    if (!genuine) say(j, OF[e->seal_result].verdict, OF[e->seal_result].word);
    if (differs(e->seal->zone, e->zone, today))
        say(j, genuine ? VERDICT_FALSE : VERDICT_DOUBTFUL, "seal_zone_differs");
    return genuine;
}

static bool judge_chip(const struct evidence *e, struct date today, struct judged *j) {
    static const struct {
        enum verdict verdict;
        const char *word;
    } OF[CHIP_RESULT_COUNT] = {
        [CHIP_NO_SOD] = {VERDICT_DOUBTFUL, "chip_no_sod"},
        [CHIP_SOD_UNREADABLE] = {VERDICT_DOUBTFUL, "chip_sod_unreadable"},
        [CHIP_SIGNATURE_WRONG] = {VERDICT_FALSE, "chip_signature_wrong"},
        [CHIP_DATA_CHANGED] = {VERDICT_FALSE, "chip_data_changed"},
        [CHIP_DATA_UNSIGNED] = {VERDICT_DOUBTFUL, "chip_data_unsigned"},
        [CHIP_UNKNOWN_CSCA] = {VERDICT_PLAUSIBLE, "chip_unknown_csca"},
        [CHIP_SIGNER_WRONG] = {VERDICT_FALSE, "chip_signer_wrong"},
        [CHIP_SIGNER_REVOKED] = {VERDICT_FALSE, "chip_signer_revoked"},
        [CHIP_SIGNER_EXPIRED] = {VERDICT_DOUBTFUL, "chip_signer_expired"},
        [CHIP_DATA_MISSING] = {VERDICT_PLAUSIBLE, "chip_data_missing"},
    };
    enum chip_result r = e->chip->result;
    if (r != CHIP_GENUINE) say(j, OF[r].verdict, OF[r].word);
    if (differs(e->chip->zone, e->zone, today))
        say(j, r == CHIP_GENUINE ? VERDICT_FALSE : VERDICT_DOUBTFUL, "chip_zone_differs");
    return r == CHIP_GENUINE;
}

void document_judge(const struct evidence *e, struct date today, struct judged *out) {
    *out = (struct judged){.verdict = VERDICT_PLAUSIBLE};
    bool proved = false;
    if (e->zone) judge_zone(e->zone, today, out);
    if (e->seal) proved = judge_seal(e, today, out);
    if (e->chip) proved = judge_chip(e, today, out) || proved;
    if (proved && out->verdict == VERDICT_PLAUSIBLE) out->verdict = VERDICT_GENUINE;
}
