// A CSCA master list (9303-12, 9): one state's signed collection of the certificates of many.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "base/encode.h"
#include "traveldoc/tlv.h"
#include "traveldoc/trust_inside.h"

#define MASTERLIST_OID "2.23.136.1.1.2"
enum { SEQUENCE = 0x30, SET = 0x31, INTEGER = 0x02 };

const char *csca_kind_word(enum csca_kind k) {
    static const char *const WORDS[] = {"root", "link", "loose"};
    return WORDS[k];
}

const char *masterlist_result_word(enum masterlist_result r) {
    static const char *const WORDS[MASTERLIST_RESULT_COUNT] = {
        "genuine", "unknown_signer", "signer_wrong", "signature_wrong", "unreadable",
    };
    return r < MASTERLIST_RESULT_COUNT ? WORDS[r] : "";
}

static struct text fingerprint(struct arena *a, const struct certificate *c) {
    uint8_t b[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    X509_digest(c->x509, EVP_sha256(), b, &n);
    return hex_encode(a, (struct bytes){b, n});
}

// CscaMasterList ::= SEQUENCE { version INTEGER, certList SET OF Certificate }
static bool certificates_of(struct bytes content, struct bytes *set) {
    struct tlv list, version, certificates;
    if (!tlv_next(&content, &list) || list.tag != SEQUENCE || content.n) return false;
    if (!tlv_next(&list.value, &version) || version.tag != INTEGER) return false;
    if (!tlv_next(&list.value, &certificates) || certificates.tag != SET) return false;
    *set = certificates.value;
    return true;
}

static bool take_all(struct bytes set, struct trust *t, size_t *unreadable) {
    struct tlv one;
    while (set.n) {
        if (!tlv_next(&set, &one) || one.tag != SEQUENCE) return false;
        enum status st = trust_add(t, one.whole);
        if (st == STATUS_TOO_LARGE) return false;
        *unreadable += st != STATUS_OK;
    }
    return true;
}

static enum csca_kind kind_of(const struct trust *t, const struct certificate *c) {
    bool named;
    if (c->is_self_issued && X509_verify(c->x509, c->key) == 1) return CSCA_ROOT;
    ERR_clear_error();
    return trust_issuer(t, c, &named) ? CSCA_LINK : CSCA_LOOSE;
}

static void describe(struct arena *a, const struct trust *t, struct masterlist *out) {
    for (size_t i = 0; i < t->count; i++) {
        const struct certificate *c = &t->items[i];
        *ARENA_PUSH(a, out) = (struct csca){.kind = kind_of(t, c),
                                            .country = text_copy(a, c->country),
                                            .subject = text_copy(a, c->subject),
                                            .issuer = text_copy(a, c->issuer),
                                            .serial = text_copy(a, c->serial),
                                            .from = c->from,
                                            .to = c->to,
                                            .fingerprint = fingerprint(a, c)};
    }
}

// Whose signer it is: of a state that is known, of one whose certificate is only in this list, or of none.
static enum masterlist_result trace(struct arena *a, const struct certificate *signer,
                                    const struct trust *trusted, const struct trust *own, struct date today,
                                    struct masterlist *out) {
    bool named;
    const struct certificate *known = trusted ? trust_issuer(trusted, signer, &named) : NULL;
    const struct certificate *root = known ? known : trust_issuer(own, signer, &named);
    out->signer = text_copy(a, signer->subject);
    if (!root) return MASTERLIST_SIGNER_WRONG;
    out->signer_root = text_copy(a, root->subject);
    out->signer_root_fingerprint = fingerprint(a, root);
    if (date_cmp(signer->from, today) > 0 || date_cmp(signer->to, today) < 0) return MASTERLIST_SIGNER_WRONG;
    return known ? MASTERLIST_GENUINE : MASTERLIST_UNKNOWN_SIGNER;
}

static enum masterlist_result check(struct arena *a, CMS_ContentInfo *cms, const struct trust *trusted,
                                    struct date today, struct trust *own, struct masterlist *out) {
    char oid[64] = "";
    struct bytes content, set;
    struct certificate signer;
    X509 *x = cms_signer(cms);
    OBJ_obj2txt(oid, sizeof oid, CMS_get0_eContentType(cms), 1);
    if (!x || !text_eq(text_of(oid), T(MASTERLIST_OID))) return X509_free(x), MASTERLIST_UNREADABLE;
    bool is_signed = cms_is_signed(cms, x, &content);
    if (certificate_of(a, x, &signer)) return MASTERLIST_UNREADABLE;
    if (!certificates_of(content, &set) || !take_all(set, own, &out->unreadable))
        return certificate_free(&signer), MASTERLIST_UNREADABLE;
    describe(a, own, out);
    enum masterlist_result r = trace(a, &signer, trusted, own, today, out);
    certificate_free(&signer);
    return is_signed ? r : MASTERLIST_SIGNATURE_WRONG;
}

static void hand_over(struct trust *from, struct trust *into) {
    for (size_t i = 0; i < from->count; i++) {
        X509_up_ref(from->items[i].x509);
        if (trust_take(into, from->items[i].x509)) return; // full
    }
}

void masterlist_read(struct arena *a, struct bytes der, const struct trust *trusted, struct date today,
                     struct trust *into, struct masterlist *out) {
    const uint8_t *p = der.p;
    struct trust *own = trust_new();
    *out = (struct masterlist){.result = MASTERLIST_UNREADABLE};
    CMS_ContentInfo *cms =
        der.n && der.n <= MASTERLIST_BYTES_MAX ? d2i_CMS_ContentInfo(NULL, &p, (long)der.n) : NULL;
    if (cms) out->result = check(a, cms, trusted, today, own, out);
    if (into && (out->result == MASTERLIST_GENUINE || out->result == MASTERLIST_UNKNOWN_SIGNER))
        hand_over(own, into);
    CMS_ContentInfo_free(cms);
    trust_free(own);
    ERR_clear_error();
}
