// Passive authentication (9303-11, 5.1): the signed list of hashes, its signer, and the state behind the
// signer.
#include "traveldoc/chip_inside.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "identity/country.h"
#include "identity/mrz.h"
#include "traveldoc/trust_inside.h"

#define SECURITY_OBJECT_OID "2.23.136.1.1.1"

const char *chip_result_word(enum chip_result r) {
    static const char *const WORDS[CHIP_RESULT_COUNT] = {
        "genuine",      "no_sod",       "sod_unreadable", "signature_wrong", "data_changed", "data_unsigned",
        "unknown_csca", "signer_wrong", "signer_revoked", "signer_expired",  "data_missing",
    };
    return r < CHIP_RESULT_COUNT ? WORDS[r] : "";
}

const char *chip_group_word(enum chip_group g) {
    static const char *const WORDS[] = {"none", "ok", "changed", "missing", "unsigned"};
    return WORDS[g];
}

struct checking {
    struct arena *arena;
    struct bytes file[CHIP_GROUPS + 1]; // by group
    struct bytes sod;
    const struct trust *trust;
    struct date today;
    struct chip *out;
};

static void worst(struct checking *c, enum chip_result r) {
    if (c->out->result == CHIP_GENUINE || (r != CHIP_GENUINE && r < c->out->result)) c->out->result = r;
}

// ---- LDSSecurityObject (9303-10, 4.6.2.3): version, algorithm, SEQUENCE OF (number, hash)

static bool compare_hash(struct checking *c, const EVP_MD *md, int group, struct bytes wanted) {
    uint8_t is[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    struct bytes file = c->file[group];
    if (!file.n) return c->out->group[group] = CHIP_GROUP_MISSING, true;
    if (EVP_Digest(file.p, file.n, is, &n, md, NULL) != 1) return false;
    bool same = n == wanted.n && memcmp(is, wanted.p, n) == 0;
    c->out->group[group] = same ? CHIP_GROUP_OK : CHIP_GROUP_CHANGED;
    return true;
}

static const EVP_MD *hash_of_algorithm(struct bytes algorithm) {
    struct tlv oid;
    const uint8_t *p = algorithm.p;
    if (!tlv_next(&algorithm, &oid) || oid.tag != 0x06) return NULL;
    ASN1_OBJECT *o = d2i_ASN1_OBJECT(NULL, &p, (long)oid.whole.n);
    const EVP_MD *md = o ? EVP_get_digestbyobj(o) : NULL;
    ASN1_OBJECT_free(o);
    ERR_clear_error();
    return md;
}

static bool compare_all(struct checking *c, const EVP_MD *md, struct bytes list) {
    struct tlv one, number, hash;
    while (list.n) {
        if (!tlv_next(&list, &one) || one.tag != 0x30) return false;
        if (!tlv_next(&one.value, &number) || number.tag != 0x02 || number.value.n != 1) return false;
        if (!tlv_next(&one.value, &hash) || hash.tag != 0x04) return false;
        int group = number.value.p[0];
        if (group < 1 || group > CHIP_GROUPS || c->out->group[group] != CHIP_GROUP_NONE) return false;
        if (!compare_hash(c, md, group, hash.value)) return false;
    }
    return true;
}

static bool compare_groups(struct checking *c, struct bytes content) {
    struct tlv object, version, algorithm, list;
    if (!tlv_next(&content, &object) || object.tag != 0x30) return false;
    if (!tlv_next(&object.value, &version) || version.tag != 0x02) return false;
    if (!tlv_next(&object.value, &algorithm) || algorithm.tag != 0x30) return false;
    if (!tlv_next(&object.value, &list) || list.tag != 0x30) return false;
    const EVP_MD *md = hash_of_algorithm(algorithm.value);
    if (!md || !compare_all(c, md, list.value)) return false;
    c->out->hash = text_copy(c->arena, text_of(EVP_MD_get0_name(md)));
    return true;
}

// A group in EF.COM that nobody signed is no proof of anything, but of interest.
static void judge_groups(struct checking *c) {
    for (int i = 1; i <= CHIP_GROUPS; i++) {
        enum chip_group *g = &c->out->group[i];
        if (*g == CHIP_GROUP_NONE && c->file[i].n) *g = CHIP_GROUP_UNSIGNED;
        if (*g == CHIP_GROUP_CHANGED) worst(c, CHIP_DATA_CHANGED);
        if (*g == CHIP_GROUP_UNSIGNED) worst(c, CHIP_DATA_UNSIGNED);
        // fingers and irises can be read only with the state's leave (9303-11, 7.1)
        if (*g == CHIP_GROUP_MISSING && i != 3 && i != 4) worst(c, CHIP_DATA_MISSING);
    }
}

// ---- the signer

static struct text algorithm_of(struct arena *a, EVP_PKEY *key) {
    char curve[80] = "";
    size_t n;
    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, curve, sizeof curve, &n) == 1)
        return text_printf(a, "EC %s", curve);
    ERR_clear_error();
    return text_printf(a, "%s %d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
}

// A state's documents are signed by that state: a signer of another one proves nothing, however well known.
// Kosovo signs as KS; Hong Kong and Macao issue passports of China.
static bool is_of_its_state(struct checking *c, const struct certificate *signer) {
    static const char *const ALSO[][2] = {{"XK", "KS"}, {"CN", "HK"}, {"CN", "MO"}};
    struct mrz m;
    if (!c->out->zone.n || mrz_read(c->arena, c->out->zone, c->today, &m, NULL)) return true;
    struct text state = country_alpha2(m.issuer);
    if (!state.n || text_eq(state, signer->country)) return true;
    for (size_t i = 0; i < sizeof ALSO / sizeof *ALSO; i++)
        if (text_eq(state, text_of(ALSO[i][0])) && text_eq(signer->country, text_of(ALSO[i][1]))) return true;
    return false;
}

static bool is_valid_on(const struct certificate *c, struct date day) {
    return date_cmp(c->from, day) <= 0 && date_cmp(day, c->to) <= 0;
}

static bool is_old(const X509_CRL *crl, struct date today) {
    struct tm tm;
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
    if (!next || ASN1_TIME_to_tm(next, &tm) != 1) return false;
    return date_cmp((struct date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday}, today) < 0;
}

// By the issuer's name: a state's new key signs the list for certificates of its old one too.
static void judge_revoked(struct checking *c, const struct certificate *signer) {
    const struct trust *t = c->trust;
    for (size_t i = 0; i < t->crls.count; i++) {
        X509_REVOKED *found = NULL;
        X509_CRL *crl = t->crls.items[i].crl;
        if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(signer->x509)) != 0) continue;
        c->out->crl_is_old = is_old(crl, c->today) && (!c->out->crl_known || c->out->crl_is_old);
        c->out->crl_known = true;
        if (X509_CRL_get0_by_cert(crl, &found, signer->x509) == 1) worst(c, CHIP_SIGNER_REVOKED);
    }
}

static void judge_signer(struct checking *c, const struct certificate *signer) {
    bool named = false;
    const struct certificate *state = c->trust ? trust_issuer(c->trust, signer, &named) : NULL;
    c->out->signer = text_copy(c->arena, signer->subject);
    c->out->signer_country = text_copy(c->arena, signer->country);
    c->out->signer_from = signer->from;
    c->out->signer_to = signer->to;
    c->out->algorithm = algorithm_of(c->arena, signer->key);
    if (!state) {
        worst(c, named ? CHIP_SIGNER_WRONG : CHIP_UNKNOWN_CSCA);
        return;
    }
    c->out->csca = text_copy(c->arena, state->subject);
    bool same_country = !signer->country.n || text_eq(signer->country, state->country);
    if (!same_country || !is_of_its_state(c, signer)) worst(c, CHIP_SIGNER_WRONG);
    if (!is_valid_on(signer, c->today) || !is_valid_on(state, c->today)) worst(c, CHIP_SIGNER_EXPIRED);
    judge_revoked(c, signer);
}

// ---- EF.SOD

static enum chip_result check_sod(struct checking *c, CMS_ContentInfo *cms) {
    char oid[64] = "";
    struct bytes content;
    struct certificate signer;
    X509 *x = cms_signer(cms);
    OBJ_obj2txt(oid, sizeof oid, CMS_get0_eContentType(cms), 1);
    if (!x || !text_eq(text_of(oid), T(SECURITY_OBJECT_OID))) return X509_free(x), CHIP_SOD_UNREADABLE;
    if (certificate_of(c->arena, x, &signer)) return CHIP_SOD_UNREADABLE;
    bool is_signed = cms_is_signed(cms, x, &content);
    enum chip_result r = compare_groups(c, content) ? CHIP_GENUINE : CHIP_SOD_UNREADABLE;
    if (r == CHIP_GENUINE) {
        judge_groups(c);
        judge_signer(c, &signer);
    }
    certificate_free(&signer);
    return r == CHIP_GENUINE && !is_signed ? CHIP_SIGNATURE_WRONG : r;
}

static void check_signed(struct checking *c) {
    struct bytes file = c->sod;
    struct tlv sod;
    if (!tlv_next(&file, &sod)) return worst(c, CHIP_NO_SOD);
    const uint8_t *p = sod.value.p;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)sod.value.n);
    worst(c, cms ? check_sod(c, cms) : CHIP_SOD_UNREADABLE);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
}

static void read_com(struct checking *c, struct bytes file, struct chip_com *com) {
    if (com_read(c->arena, file, com)) c->out->lds_version = com->lds_version;
}

static void compare_com(struct checking *c, const struct chip_com *com) {
    for (int i = 1; i <= CHIP_GROUPS; i++) {
        enum chip_group g = c->out->group[i];
        bool is_signed = g == CHIP_GROUP_OK || g == CHIP_GROUP_CHANGED || g == CHIP_GROUP_MISSING;
        c->out->com_differs |= com->lists[i] != is_signed;
    }
}

void chip_check(struct arena *a, const struct chip_file *files, size_t count, const struct trust *trust,
                struct date today, struct chip *out) {
    struct checking c = {.arena = a, .trust = trust, .today = today, .out = out};
    struct chip_com com = {0};
    bool has_com = false;
    *out = (struct chip){.result = CHIP_GENUINE};
    for (size_t i = 0; i < count && i < CHIP_FILES_MAX; i++) {
        const struct chip_file *f = &files[i];
        if (f->kind == CHIP_DG) c.file[f->group] = f->bytes;
        if (f->kind == CHIP_SOD) c.sod = f->bytes;
        if (f->kind == CHIP_COM) has_com = true, read_com(&c, f->bytes, &com);
    }
    for (int i = 1; i <= CHIP_GROUPS; i++)
        if (c.file[i].n) group_read(a, i, c.file[i], out);
    check_signed(&c);
    if (has_com && out->hash.n) compare_com(&c, &com);
}
