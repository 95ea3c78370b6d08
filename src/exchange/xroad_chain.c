// xroad_chain.c - is this message in the batch that was signed?
#include "exchange/xroad_chain.h"

#include <libxml/c14n.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/encode.h"
#include "base/xml.h"

#define CHAIN "http://cyber.ee/hashchain"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"

enum { URI_MAX = 1024 }; // bytes; those of algorithms and parts have some 60

struct digest {
    struct text method; // URI
    struct bytes value;
};
struct chain {
    struct text uri;
    xmlDoc *doc;
    struct text default_method;
};
struct verifier {
    struct arena *arena;
    const struct xroad_part *parts;
    size_t part_count;
    bool covered[XROAD_CHAIN_PARTS_MAX];
    struct chain chains[XROAD_CHAIN_PARTS_MAX];
    size_t chain_count;
    size_t values, steps, depth;
    const char *error;
    struct text detail;
};

static enum status refuse(struct verifier *v, const char *error, struct text detail) {
    v->error = error;
    v->detail = detail;
    return text_eq(text_of(error), T("UnsupportedAlgorithm")) ? STATUS_UNSUPPORTED : STATUS_INVALID;
}
#define MALFORMED(v, words) refuse(v, "MalformedHashChain", T(words))

// ---- hashing

static const struct {
    const char *uri;
    const EVP_MD *(*md)(void);
} METHODS[] = {{"http://www.w3.org/2001/04/xmlenc#sha256", EVP_sha256},
               {"http://www.w3.org/2001/04/xmldsig-more#sha384", EVP_sha384},
               {"http://www.w3.org/2001/04/xmlenc#sha512", EVP_sha512}};

// SHA-1, which X-Road once had, is broken and therefore unknown here.
static enum status hash_by(struct verifier *v, struct text method, struct bytes data, struct digest *out) {
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (!text_eq(method, text_of(METHODS[i].uri))) continue;
        uint8_t *d = arena_alloc(v->arena, EVP_MAX_MD_SIZE);
        unsigned n = 0;
        if (!EVP_Digest(data.n ? data.p : (const uint8_t *)"", data.n, d, &n, METHODS[i].md(), NULL))
            return refuse(v, "UnsupportedAlgorithm", method);
        *out = (struct digest){method, {d, n}};
        return STATUS_OK;
    }
    return refuse(v, "UnsupportedAlgorithm", method);
}

static void der_head(struct out *o, uint8_t tag, size_t n) {
    uint8_t length[sizeof n];
    size_t used = 0;
    out_byte(o, (char)tag);
    if (n < 0x80) {
        out_byte(o, (char)n);
        return;
    }
    for (; n; n >>= 8) length[used++] = (uint8_t)n;
    out_byte(o, (char)(0x80 | used));
    while (used) out_byte(o, (char)length[--used]);
}

static size_t der_size(size_t n) { // of tag, length and content
    size_t head = 2;
    for (size_t rest = n; n >= 0x80 && rest; rest >>= 8) head++;
    return head + n;
}

// DigestList ::= SEQUENCE OF SEQUENCE { OCTET STRING, UTF8String of the method, SEQUENCE {} }
static size_t single_size(const struct digest *d) {
    return der_size(d->value.n) + der_size(d->method.n) + der_size(0);
}
static struct bytes digest_list(struct arena *a, const struct digest *items, size_t count) {
    struct out o = {.arena = a};
    size_t all = 0;
    for (size_t i = 0; i < count; i++) all += der_size(single_size(&items[i]));
    der_head(&o, 0x30, all);
    for (size_t i = 0; i < count; i++) {
        const struct digest *d = &items[i];
        der_head(&o, 0x30, single_size(d));
        der_head(&o, 0x04, d->value.n);
        out_text(&o, text_of_bytes(d->value));
        der_head(&o, 0x0c, d->method.n);
        out_text(&o, d->method);
        der_head(&o, 0x30, 0);
    }
    return bytes_of(out_done(&o));
}

// ---- the two documents

static enum status read_document(struct verifier *v, struct text xml, const char *root, xmlDoc **out) {
    struct problem p = {0};
    enum status st = xml_read(xml, out, &p);
    if (st) return refuse(v, "MalformedHashChain", text_printf(v->arena, "not XML, line %d", (int)p.line));
    if (xml_is(xmlDocGetRootElement(*out), CHAIN, root)) return STATUS_OK;
    xmlFreeDoc(*out);
    *out = NULL;
    return MALFORMED(v, "another element was expected at the root");
}

static enum status read_digest_value(struct verifier *v, const xmlNode *e, struct bytes *out) {
    struct out o = {.arena = v->arena};
    struct text t = xml_content(v->arena, e);
    for (size_t i = 0; i < t.n; i++)
        if (!strchr(" \t\r\n", t.p[i])) out_byte(&o, t.p[i]);
    if (xml_child(e) || base64_decode(v->arena, out_done(&o), out) || !out->n)
        return MALFORMED(v, "DigestValue is not base64");
    return STATUS_OK;
}

// What stands inside HashValue, StepRef and DataRef, in this order: each at most once.
struct value {
    struct text uri, method;
    const xmlNode *transforms;
    struct bytes digest;
};
static enum status read_value(struct verifier *v, const xmlNode *e, struct value *out) {
    const xmlNode *x = xml_child(e);
    bool is_step = xml_is(e, CHAIN, "StepRef");
    *out = (struct value){.uri = xml_attribute(v->arena, e, NULL, "URI")};
    if (!xml_is(e, CHAIN, "HashValue") && !out->uri.n) return MALFORMED(v, "a reference without URI");
    if (x && xml_is(x, DSIG, "DigestMethod")) {
        out->method = xml_attribute(v->arena, x, NULL, "Algorithm");
        x = xml_next(x);
    }
    if (x && xml_is(x, DSIG, "Transforms")) {
        out->transforms = x;
        x = xml_next(x);
    }
    if (x && !is_step && xml_is(x, DSIG, "DigestValue")) {
        enum status st = read_digest_value(v, x, &out->digest);
        if (st) return st;
        x = xml_next(x);
    }
    if (out->uri.n > URI_MAX || out->method.n > URI_MAX || out->digest.n > EVP_MAX_MD_SIZE)
        return MALFORMED(v, "a value is too long");
    if (x)
        return refuse(v, "MalformedHashChain",
                      TEXT_JOIN(v->arena, T("element "), text_copy(v->arena, text_of((const char *)x->name)),
                                T(" has no place there")));
    return is_step || out->digest.n ? STATUS_OK : MALFORMED(v, "DigestValue is missing");
}

// All of it is looked at before any of it is used, as a schema would.
static enum status check_step(struct verifier *v, const xmlNode *step) {
    struct value unused;
    enum status st = STATUS_OK;
    if (!xml_is(step, CHAIN, "HashStep")) return MALFORMED(v, "something else where a HashStep must be");
    if (!xml_attribute(v->arena, step, NULL, "id").n) return MALFORMED(v, "a HashStep without id");
    if (!xml_child(step)) return MALFORMED(v, "an empty HashStep");
    for (const xmlNode *e = xml_child(step); e && !st; e = xml_next(e)) {
        if (!xml_is(e, CHAIN, "HashValue") && !xml_is(e, CHAIN, "StepRef") && !xml_is(e, CHAIN, "DataRef"))
            return MALFORMED(v, "a HashStep holds something unknown");
        st = read_value(v, e, &unused);
    }
    return st;
}

static enum status check_chain(struct verifier *v, struct chain *c) {
    const xmlNode *e = xml_child(xmlDocGetRootElement(c->doc));
    if (e && xml_is(e, CHAIN, "DefaultDigestMethod")) {
        c->default_method = xml_attribute(v->arena, e, NULL, "Algorithm");
        e = xml_next(e);
    }
    enum status st = e ? STATUS_OK : MALFORMED(v, "a chain without steps");
    if (c->default_method.n > URI_MAX) st = MALFORMED(v, "a value is too long");
    for (; e && !st; e = xml_next(e))
        st = ++v->steps > XROAD_CHAIN_STEPS_MAX ? MALFORMED(v, "too many steps") : check_step(v, e);
    return st;
}

static const struct xroad_part *part_of(const struct verifier *v, struct text uri) {
    for (size_t i = 0; i < v->part_count; i++)
        if (text_eq(v->parts[i].uri, uri)) return &v->parts[i];
    return NULL;
}

static enum status chain_of(struct verifier *v, struct text uri, struct chain **out) {
    const struct xroad_part *part = part_of(v, uri);
    for (size_t i = 0; i < v->chain_count; i++)
        if (text_eq(v->chains[i].uri, uri)) return *out = &v->chains[i], STATUS_OK;
    if (!part || part->is_left_out || v->chain_count == XROAD_CHAIN_PARTS_MAX)
        return refuse(v, "InvalidReference", uri);
    struct chain *c = &v->chains[v->chain_count];
    enum status st = read_document(v, text_of_bytes(part->content), "HashChain", &c->doc);
    if (st) return st;
    v->chain_count++;
    c->uri = uri;
    *out = c;
    return check_chain(v, c);
}

// ---- the values of a step

static enum status resolve_step(struct verifier *v, struct text uri, struct chain *from, struct bytes *out);

// Canonical XML is what X-Road's servers ask for; nothing else is run over what strangers sent.
static enum status transform(struct verifier *v, const xmlNode *transforms, struct bytes *content) {
    static const struct {
        const char *uri;
        int mode;
    } KNOWN[] = {{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", XML_C14N_1_0},
                 {"http://www.w3.org/2001/10/xml-exc-c14n#", XML_C14N_EXCLUSIVE_1_0},
                 {"http://www.w3.org/2006/12/xml-c14n11", XML_C14N_1_1}};
    for (const xmlNode *t = xml_child(transforms); t; t = xml_next(t)) {
        struct text algorithm = xml_attribute(v->arena, t, NULL, "Algorithm");
        struct problem p;
        xmlDoc *doc;
        xmlChar *text = NULL;
        size_t k = 0;
        while (k < sizeof KNOWN / sizeof *KNOWN && !text_eq(algorithm, text_of(KNOWN[k].uri))) k++;
        if (k == sizeof KNOWN / sizeof *KNOWN || xml_child(t))
            return refuse(v, "UnsupportedAlgorithm", algorithm);
        if (xml_read(text_of_bytes(*content), &doc, &p))
            return refuse(v, "InvalidReference", T("a part that is to be canonical XML is no XML"));
        int n = xmlC14NDocDumpMemory(doc, NULL, KNOWN[k].mode, NULL, 0, &text);
        if (n >= 0) *content = bytes_copy(v->arena, (struct bytes){text, (size_t)n});
        xmlFree(text);
        xmlFreeDoc(doc);
        if (n < 0) return refuse(v, "InvalidReference", T("a part has no canonical form"));
    }
    return STATUS_OK;
}

static enum status resolve_data(struct verifier *v, const struct value *x, struct text method,
                                struct digest *out) {
    const struct xroad_part *part = part_of(v, x->uri);
    if (!part) return refuse(v, "InvalidReference", x->uri);
    v->covered[part - v->parts] = true;
    *out = (struct digest){method, x->digest};
    if (part->digest.n && text_eq(part->digest_method, method)) return out->value = part->digest, STATUS_OK;
    if (part->is_left_out) return STATUS_OK;
    if (part->digest.n && !part->content.n) return refuse(v, "UnsupportedAlgorithm", part->digest_method);
    struct bytes content = part->content;
    enum status st = x->transforms ? transform(v, x->transforms, &content) : STATUS_OK;
    if (!st) st = hash_by(v, method, content, out);
    if (st) return st;
    if (out->value.n == x->digest.n && memcmp(out->value.p, x->digest.p, x->digest.n) == 0) return STATUS_OK;
    return refuse(v, "InvalidHashChainRef", x->uri);
}

static enum status resolve_value(struct verifier *v, const xmlNode *e, struct chain *c, struct digest *out) {
    struct value x;
    enum status st = read_value(v, e, &x);
    if (st) return st;
    if (++v->values > XROAD_CHAIN_VALUES_MAX) return MALFORMED(v, "too many values");
    struct text method = x.method.n ? x.method : c->default_method;
    if (!method.n) return MALFORMED(v, "no digest method");
    if (xml_is(e, CHAIN, "DataRef")) return resolve_data(v, &x, method, out);
    *out = (struct digest){method, x.digest};
    if (xml_is(e, CHAIN, "HashValue")) return STATUS_OK;
    struct bytes step;
    st = resolve_step(v, x.uri, c, &step);
    return st ? st : hash_by(v, method, step, out);
}

static const xmlNode *step_named(const struct chain *c, struct text id) {
    for (xmlNode *e = xml_child(xmlDocGetRootElement(c->doc)); e; e = xml_next(e)) {
        xmlChar *own = xmlGetNoNsProp(e, (const xmlChar *)"id");
        bool is_it = own && text_eq(text_of((const char *)own), id);
        xmlFree(own);
        if (is_it) return e;
    }
    return NULL;
}

// "#STEP1" is in the chain that refers to it, "/hashchain2.xml#STEP1" in another one.
static enum status resolve_step(struct verifier *v, struct text uri, struct chain *from, struct bytes *out) {
    struct {
        struct digest *items;
        size_t count, capacity;
    } digests = {0};
    struct text file, id = uri;
    struct chain *c = from;
    enum status st = STATUS_OK;
    if (!text_cut(&id, '#', &file) || !id.n || (!file.n && !from))
        return refuse(v, "MalformedHashChain", TEXT_JOIN(v->arena, T("no hash step is at "), uri));
    if (v->depth == XROAD_CHAIN_DEPTH_MAX) return MALFORMED(v, "steps lead too deep, or in a circle");
    if (file.n) st = chain_of(v, file, &c);
    if (st) return st;
    const xmlNode *step = step_named(c, id);
    if (!step) return refuse(v, "MalformedHashChain", TEXT_JOIN(v->arena, T("no hash step is at "), uri));
    v->depth++;
    for (const xmlNode *e = xml_child(step); e && !st; e = xml_next(e))
        st = resolve_value(v, e, c, ARENA_PUSH(v->arena, &digests));
    v->depth--;
    if (!st) *out = digest_list(v->arena, digests.items, digests.count);
    return st;
}

// ---- the result

static enum status read_result(struct verifier *v, const xmlNode *root, struct value *out) {
    const xmlNode *x = xml_child(root);
    *out = (struct value){.uri = xml_attribute(v->arena, root, NULL, "URI")};
    if (!x || !xml_is(x, DSIG, "DigestMethod")) return MALFORMED(v, "a result without DigestMethod");
    out->method = xml_attribute(v->arena, x, NULL, "Algorithm");
    x = xml_next(x);
    if (!x || !xml_is(x, DSIG, "DigestValue") || xml_next(x))
        return MALFORMED(v, "a result must end with one DigestValue");
    return read_digest_value(v, x, &out->digest);
}

static enum status verify(struct verifier *v, const xmlNode *root) {
    struct value result;
    struct bytes step;
    struct digest made;
    enum status st = read_result(v, root, &result);
    if (!st) st = resolve_step(v, result.uri, NULL, &step);
    if (!st) st = hash_by(v, result.method, step, &made);
    if (st) return st;
    if (made.value.n != result.digest.n || memcmp(made.value.p, result.digest.p, made.value.n) != 0)
        return refuse(v, "InvalidHashChainResult", result.uri);
    for (size_t i = 0; i < v->part_count; i++)
        if (v->parts[i].must_be_covered && !v->covered[i])
            return refuse(v, "HashChainUnusedInputs", v->parts[i].uri);
    return STATUS_OK;
}

enum status xroad_chain_verify(struct arena *a, struct text result_xml, const struct xroad_part *parts,
                               size_t count, const char **error, struct text *detail) {
    struct verifier v = {.arena = a, .parts = parts, .part_count = count, .error = ""};
    xmlDoc *result = NULL;
    enum status st = count > XROAD_CHAIN_PARTS_MAX
                         ? MALFORMED(&v, "too many parts")
                         : read_document(&v, result_xml, "HashChainResult", &result);
    if (!st) st = verify(&v, xmlDocGetRootElement(result));
    if (result) xmlFreeDoc(result);
    for (size_t i = 0; i < v.chain_count; i++) xmlFreeDoc(v.chains[i].doc);
    *error = v.error;
    *detail = text_copy(a, v.detail);
    return st;
}
