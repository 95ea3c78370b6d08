// xroad_soap.c - the header of a SOAP message (X-Road message protocol 4.0).
#include "base/xml.h"
#include "exchange/xroad_message.h"

#define SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define XROAD "http://x-road.eu/xsd/xroad.xsd"
#define IDS "http://x-road.eu/xsd/identifiers"
#define PARTY "http://x-road.eu/xsd/representation.xsd"
#define BEFORE_4 "http://x-road.ee/xsd/x-road.xsd"

struct reading {
    struct arena *arena;
    struct xroad_message *m;
    struct xroad_error *error;
};

// ---- identifiers

// The elements of an identifier, in the order that the schema wants.
static const struct {
    const char *name;
    size_t at;
} PARTS[] = {{"xRoadInstance", offsetof(struct xroad_id, instance)},
             {"memberClass", offsetof(struct xroad_id, member_class)},
             {"memberCode", offsetof(struct xroad_id, member)},
             {"subsystemCode", offsetof(struct xroad_id, subsystem)},
             {"serviceCode", offsetof(struct xroad_id, code)},
             {"serverCode", offsetof(struct xroad_id, code)},
             {"serviceVersion", offsetof(struct xroad_id, version)}};

enum { SERVICE_CODE = 4, SERVER_CODE = 5 };

static const char *read_parts(struct arena *a, const xmlNode *e, struct xroad_id *id) {
    size_t next = 0;
    for (const xmlNode *x = xml_child(e); x; x = xml_next(x)) {
        size_t i = next;
        while (i < sizeof PARTS / sizeof *PARTS && !xml_is(x, IDS, PARTS[i].name)) i++;
        if (i == sizeof PARTS / sizeof *PARTS || (i == SERVER_CODE && id->kind != XROAD_SERVER) ||
            (i == SERVICE_CODE && id->kind != XROAD_SERVICE))
            return "has an element that is unknown, or not in its place";
        struct text part = xml_child(x) ? T("") : text_trim(xml_content(a, x));
        const char *wrong = xroad_part_wrong(part);
        if (wrong) return wrong;
        *(struct text *)((char *)id + PARTS[i].at) = part;
        next = i + 1;
    }
    return id->instance.n && id->member_class.n && id->member.n ? NULL : "is not complete";
}

// objectType says what it is; what it has must fit.
static const char *read_id(struct arena *a, const xmlNode *e, enum xroad_kind kind, struct xroad_id *id) {
    struct text type = xml_attribute(a, e, IDS, "objectType");
    bool is_service = text_eq(type, T("SERVICE")), is_server = text_eq(type, T("SERVER"));
    bool is_subsystem = text_eq(type, T("SUBSYSTEM")), is_member = text_eq(type, T("MEMBER"));
    *id = (struct xroad_id){.kind = kind};
    const char *wrong = read_parts(a, e, id);
    if (wrong) return wrong;
    if (kind == XROAD_SERVICE ? !is_service : kind == XROAD_SERVER ? !is_server : !is_member && !is_subsystem)
        return "is of another objectType than it must be";
    if ((kind == XROAD_CLIENT) == (id->code.n > 0)) return "has a code that does not fit its objectType";
    if (is_subsystem && !id->subsystem.n) return "is a subsystem without subsystemCode";
    return id->version.n && kind != XROAD_SERVICE ? "has a version, though it is no service" : NULL;
}

// ---- fields of the header

static enum status read_client(struct reading *r, const xmlNode *e) {
    const char *wrong = read_id(r->arena, e, XROAD_CLIENT, &r->m->client);
    return wrong ? xroad_bad(r->error, "Client.InvalidClientIdentifier",
                             TEXT_JOIN(r->arena, T("The client "), text_of(wrong)))
                 : STATUS_OK;
}
static enum status read_service(struct reading *r, const xmlNode *e) {
    const char *wrong = read_id(r->arena, e, XROAD_SERVICE, &r->m->service);
    r->m->has_service = true;
    return wrong ? xroad_bad(r->error, "Client.InvalidServiceIdentifier",
                             TEXT_JOIN(r->arena, T("The service "), text_of(wrong)))
                 : STATUS_OK;
}
static enum status read_server(struct reading *r, const xmlNode *e) {
    const char *wrong = read_id(r->arena, e, XROAD_SERVER, &r->m->server);
    return wrong ? xroad_bad(r->error, "Client.BadRequest",
                             TEXT_JOIN(r->arena, T("The security server "), text_of(wrong)))
                 : STATUS_OK;
}
static enum status read_party(struct reading *r, const xmlNode *e) {
    struct xroad_id *id = &r->m->represented;
    *id = (struct xroad_id){.kind = XROAD_PARTY};
    for (const xmlNode *x = xml_child(e); x; x = xml_next(x)) {
        struct text part = text_trim(xml_content(r->arena, x));
        bool is_class = xml_is(x, PARTY, "partyClass");
        if (xml_child(x) || xroad_part_wrong(part) || (!is_class && !xml_is(x, PARTY, "partyCode")) ||
            (is_class ? id->member_class.n : id->member.n))
            return xroad_bad(r->error, "Client.BadRequest", T("The represented party is malformed"));
        *(is_class ? &id->member_class : &id->member) = part;
    }
    return id->member.n
               ? STATUS_OK
               : xroad_bad(r->error, "Client.BadRequest", T("The represented party has no partyCode"));
}

static enum status read_word(struct reading *r, const xmlNode *e, struct text *out) {
    struct text name = text_of((const char *)e->name);
    *out = xml_child(e) ? T("") : text_trim(xml_content(r->arena, e));
    if (out->n && out->n <= XROAD_WORD_MAX) return STATUS_OK;
    return xroad_bad(r->error, "Client.BadRequest",
                     TEXT_JOIN(r->arena, T("The header field "), name, T(" is empty or too long")));
}
static enum status read_message_id(struct reading *r, const xmlNode *e) {
    return read_word(r, e, &r->m->id);
}
static enum status read_user(struct reading *r, const xmlNode *e) {
    return read_word(r, e, &r->m->user_id);
}
static enum status read_issue(struct reading *r, const xmlNode *e) {
    return read_word(r, e, &r->m->issue);
}
static enum status read_protocol(struct reading *r, const xmlNode *e) {
    enum status st = read_word(r, e, &r->m->protocol);
    if (st || text_eq(r->m->protocol, T("4.0"))) return st;
    return xroad_bad(r->error, "Client.InvalidProtocolVersion", T("Only protocolVersion 4.0 is known"));
}

static const struct {
    const char *ns, *name;
    bool is_needed;
    enum status (*read)(struct reading *r, const xmlNode *e);
} FIELDS[] = {
    {XROAD, "client", true, read_client},          {XROAD, "service", true, read_service},
    {XROAD, "id", true, read_message_id},          {XROAD, "protocolVersion", true, read_protocol},
    {XROAD, "userId", false, read_user},           {XROAD, "issue", false, read_issue},
    {XROAD, "securityServer", false, read_server}, {PARTY, "representedParty", false, read_party},
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS };

static enum status read_fields(struct reading *r, const xmlNode *header) {
    bool has[FIELD_COUNT] = {0};
    for (const xmlNode *e = xml_child(header); e; e = xml_next(e)) {
        size_t i = 0;
        if (xml_is(e, BEFORE_4, (const char *)e->name))
            return xroad_bad(r->error, "Client.InvalidProtocolVersion",
                             T("These are headers of X-Road 5, which nobody speaks any more; 4.0 is needed"));
        while (i < FIELD_COUNT && !xml_is(e, FIELDS[i].ns, FIELDS[i].name)) i++;
        if (i == FIELD_COUNT) continue; // extensions that we do not know are not for us
        if (has[i])
            return xroad_bad(r->error, "Client.DuplicateHeaderField",
                             TEXT_JOIN(r->arena, T("There are two header fields "), text_of(FIELDS[i].name)));
        has[i] = true;
        enum status st = FIELDS[i].read(r, e);
        if (st) return st;
    }
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (FIELDS[i].is_needed && !has[i])
            return xroad_bad(r->error, "Client.MissingHeaderField",
                             TEXT_JOIN(r->arena, T("There is no header field "), text_of(FIELDS[i].name)));
    return STATUS_OK;
}

// ---- the envelope

static enum status check_body(struct reading *r, const xmlNode *body) {
    const xmlNode *e = body ? xml_child(body) : NULL;
    if (!body || !xml_is(body, SOAP, "Body"))
        return xroad_bad(r->error, "Client.MissingBody", T("There is no SOAP body"));
    if (!e || xml_next(e) || !text_eq(text_of((const char *)e->name), r->m->service.code))
        return xroad_bad(r->error, "Client.InvalidBody",
                         T("The body must have one element, named as the service"));
    return STATUS_OK;
}

static enum status read_envelope(struct reading *r, const xmlNode *root) {
    const xmlNode *header = xml_child(root);
    if (!xml_is(root, SOAP, "Envelope"))
        return xroad_bad(r->error, "Client.InvalidSoap", T("This is no SOAP 1.1 envelope"));
    if (!header || !xml_is(header, SOAP, "Header"))
        return xroad_bad(r->error, "Client.MissingHeader", T("There is no SOAP header"));
    enum status st = read_fields(r, header);
    return st ? st : check_body(r, xml_next(header));
}

enum status xroad_soap_read(struct arena *a, struct text xml, struct xroad_message *out,
                            struct xroad_error *error) {
    struct reading r = {a, out, error};
    struct problem p = {0};
    xmlDoc *doc;
    *out = (struct xroad_message){0};
    *error = (struct xroad_error){0};
    if (xml.n > XROAD_SOAP_MAX) return xroad_bad(error, "Client.InvalidSoap", T("The message is too long"));
    if (xml_read(xml, &doc, &p))
        return xroad_bad(error, "Client.InvalidSoap",
                         text_printf(a, "This cannot be read as XML (line %d)", (int)p.line));
    enum status st = read_envelope(&r, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    return st;
}
