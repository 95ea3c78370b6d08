#include "ledger/stamp.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>
#include <string.h>
#include <time.h>

#include "ledger/cosignature.h"

struct hash stamp_subject(struct arena *a, const struct note *n, const struct note_key *log) {
    return hash_of(bytes_of(TEXT_JOIN(a, n->text, T("\n"), note_lines_by(a, n, log, 1))));
}

// ---- asking

struct bytes stamp_request(struct arena *a, const struct hash *subject, uint64_t nonce) {
    TS_REQ *req = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    assert(req && imprint && algorithm && number);
    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
    unsigned char digest[HASH_BYTES];
    memcpy(digest, subject->b, HASH_BYTES);
    int good = TS_REQ_set_version(req, 1) && TS_MSG_IMPRINT_set_algo(imprint, algorithm) &&
               TS_MSG_IMPRINT_set_msg(imprint, digest, HASH_BYTES) && TS_REQ_set_msg_imprint(req, imprint) &&
               ASN1_INTEGER_set_uint64(number, nonce) && TS_REQ_set_nonce(req, number) &&
               TS_REQ_set_cert_req(req, 1);
    int n = good ? i2d_TS_REQ(req, NULL) : 0;
    assert(n > 0);
    unsigned char *der = arena_alloc(a, (size_t)n), *at = der;
    i2d_TS_REQ(req, &at);
    TS_REQ_free(req);
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);
    ASN1_INTEGER_free(number);
    return (struct bytes){der, (size_t)n};
}

// ---- reading

static bool is_about(TS_TST_INFO *info, const struct hash *subject) {
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OBJECT *algorithm;
    X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
    const ASN1_OCTET_STRING *digest = TS_MSG_IMPRINT_get_msg(imprint);
    return OBJ_obj2nid(algorithm) == NID_sha256 && ASN1_STRING_length(digest) == HASH_BYTES &&
           !memcmp(ASN1_STRING_get0_data(digest), subject->b, HASH_BYTES);
}

static bool has_nonce(TS_TST_INFO *info, uint64_t nonce) {
    uint64_t number;
    const ASN1_INTEGER *have = TS_TST_INFO_get_nonce(info);
    return have && ASN1_INTEGER_get_uint64(&number, have) && number == nonce;
}

static enum status take_token(struct arena *a, PKCS7 *token, struct bytes *out) {
    int n = i2d_PKCS7(token, NULL);
    if (n <= 0) return STATUS_INVALID;
    if (n > STAMP_BYTES_MAX) return STATUS_TOO_LARGE;
    unsigned char *der = arena_alloc(a, (size_t)n), *at = der;
    i2d_PKCS7(token, &at);
    *out = (struct bytes){der, (size_t)n};
    return STATUS_OK;
}

static enum status read_answer(struct arena *a, TS_RESP *resp, const struct hash *subject, uint64_t nonce,
                               struct bytes *token) {
    long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(resp)));
    TS_TST_INFO *info = TS_RESP_get_tst_info(resp);
    if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) return STATUS_REFUSED;
    if (!info || !TS_RESP_get_token(resp)) return STATUS_INVALID;
    if (!is_about(info, subject) || !has_nonce(info, nonce)) return STATUS_CORRUPT;
    return take_token(a, TS_RESP_get_token(resp), token);
}

enum status stamp_answer_read(struct arena *a, struct bytes answer, const struct hash *subject,
                              uint64_t nonce, struct bytes *token) {
    if (answer.n > 2 * STAMP_BYTES_MAX) return STATUS_TOO_LARGE;
    const unsigned char *at = answer.p;
    TS_RESP *resp = answer.n ? d2i_TS_RESP(NULL, &at, (long)answer.n) : NULL;
    enum status st = STATUS_INVALID;
    if (resp && at == answer.p + answer.n) st = read_answer(a, resp, subject, nonce, token);
    TS_RESP_free(resp);
    ERR_clear_error();
    return st;
}

// ---- checking

static X509_STORE *read_roots(struct bytes roots, time_t as_of) {
    X509_STORE *store = X509_STORE_new();
    BIO *pem = BIO_new_mem_buf(roots.p, (int)roots.n);
    X509 *certificate;
    int count = 0;
    assert(store && pem);
    while ((certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL))) {
        count += X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
    }
    BIO_free(pem);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), as_of);
    if (count) return store;
    X509_STORE_free(store);
    return NULL;
}

static bool token_time(TS_TST_INFO *info, uint64_t *time_s) {
    struct tm tm;
    const ASN1_GENERALIZEDTIME *at = TS_TST_INFO_get_time(info);
    if (!at || !ASN1_TIME_to_tm(at, &tm)) return false;
    time_t s = timegm(&tm);
    *time_s = (uint64_t)s;
    return s >= 0;
}

static struct text name_signer(struct arena *a, PKCS7 *token) {
    STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
    struct text name = T("");
    if (sk_X509_num(signers) > 0) {
        char *line = X509_NAME_oneline(X509_get_subject_name(sk_X509_value(signers, 0)), NULL, 0);
        name = text_copy(a, text_of(line));
        OPENSSL_free(line);
    }
    sk_X509_free(signers);
    return name;
}

static enum status verify_token(PKCS7 *token, X509_STORE *store) {
    TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
    assert(ctx);
    TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(ctx, store); // now its own
    int good = TS_RESP_verify_token(ctx, token);
    unsigned long error = good ? 0 : ERR_peek_last_error();
    TS_VERIFY_CTX_free(ctx);
    if (good) return STATUS_OK;
    return ERR_GET_REASON(error) == TS_R_CERTIFICATE_VERIFY_ERROR ? STATUS_REFUSED : STATUS_CORRUPT;
}

static enum status check_token(struct arena *a, PKCS7 *token, const struct hash *subject, struct bytes roots,
                               uint64_t *time_s, struct text *authority) {
    if (!PKCS7_type_is_signed(token)) return STATUS_INVALID;
    TS_TST_INFO *info = PKCS7_to_TS_TST_INFO(token);
    if (!info || !token_time(info, time_s)) {
        TS_TST_INFO_free(info);
        return STATUS_INVALID;
    }
    enum status st = is_about(info, subject) ? STATUS_OK : STATUS_CORRUPT;
    TS_TST_INFO_free(info);
    X509_STORE *store = st ? NULL : read_roots(roots, (time_t)*time_s);
    if (!st) st = store ? verify_token(token, store) : STATUS_INVALID;
    if (!st) *authority = name_signer(a, token);
    return st;
}

enum status stamp_check(struct arena *a, struct bytes token, const struct hash *subject, struct bytes roots,
                        uint64_t *time_s, struct text *authority) {
    if (!token.n || token.n > STAMP_BYTES_MAX || roots.n > STAMP_ROOTS_MAX) return STATUS_INVALID;
    const unsigned char *at = token.p;
    PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)token.n);
    enum status st = STATUS_INVALID;
    if (p7 && at == token.p + token.n) st = check_token(a, p7, subject, roots, time_s, authority);
    PKCS7_free(p7);
    ERR_clear_error();
    return st;
}
