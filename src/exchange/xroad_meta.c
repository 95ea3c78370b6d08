// xroad_meta.c - who is there and what they offer: the meta services of X-Road.
#include "base/json.h"
#include "exchange/xroad_inside.h"

enum { META_BYTES_MAX = 16 * 1024 * 1024 }; // all subsystems of a country are some 3 MB

// ---- reading

// The parts of an identifier in JSON. X-Road 7 writes xroad_instance, its description xRoadInstance.
static const struct {
    const char *names[2];
    size_t at;
} PARTS[] = {{{"xroad_instance", "xRoadInstance"}, offsetof(struct xroad_id, instance)},
             {{"member_class", "memberClass"}, offsetof(struct xroad_id, member_class)},
             {{"member_code", "memberCode"}, offsetof(struct xroad_id, member)},
             {{"subsystem_code", "subsystemCode"}, offsetof(struct xroad_id, subsystem)},
             {{"service_code", "serviceCode"}, offsetof(struct xroad_id, code)},
             {{"service_version", "serviceVersion"}, offsetof(struct xroad_id, version)}};

static struct text member_text(struct arena *a, const json_t *o, const char *const names[2]) {
    struct text t = json_text(o, names[0], T(""));
    return text_copy(a, t.n ? t : json_text(o, names[1], T("")));
}

static bool read_id(struct arena *a, const json_t *o, enum xroad_kind kind, struct xroad_id *out) {
    *out = (struct xroad_id){.kind = kind};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        struct text part = member_text(a, o, PARTS[i].names);
        if (part.n && xroad_part_wrong(part)) return false;
        *(struct text *)((char *)out + PARTS[i].at) = part;
    }
    bool has_code = out->code.n > 0;
    return out->instance.n && out->member_class.n && out->member.n && has_code == (kind == XROAD_SERVICE) &&
           (kind == XROAD_SERVICE || !out->version.n);
}

static enum status read_list(struct text json, const char *name, json_t **document, json_t **list) {
    struct problem p;
    *document = NULL;
    enum status st = json_read(json, META_BYTES_MAX, document, &p);
    if (st) return STATUS_CORRUPT;
    *list = json_object_get(*document, name);
    return json_is_array(*list) && json_array_size(*list) <= XROAD_LIST_MAX ? STATUS_OK : STATUS_CORRUPT;
}

// {"member": [{"id": {...}, "name": "..."}]}; the name says nothing that a program needs.
enum status xroad_clients_read(struct arena *a, struct text json, struct xroad_ids *out) {
    json_t *document, *list, *e;
    size_t i;
    *out = (struct xroad_ids){0};
    enum status st = read_list(json, "member", &document, &list);
    if (!st) json_array_foreach(list, i, e) {
            if (!read_id(a, json_object_get(e, "id"), XROAD_CLIENT, ARENA_PUSH(a, out))) st = STATUS_CORRUPT;
        }
    json_decref(document);
    return st;
}

static enum status read_endpoints(struct arena *a, const json_t *list, struct xroad_offer *out) {
    json_t *e;
    size_t i;
    if (!list) return STATUS_OK;
    if (!json_is_array(list) || json_array_size(list) > XROAD_LIST_MAX) return STATUS_CORRUPT;
    json_array_foreach(list, i, e) {
        struct xroad_endpoint *x = ARENA_PUSH(a, &out->endpoints);
        x->method = text_copy(a, json_text(e, "method", T("")));
        x->path = text_copy(a, json_text(e, "path", T("")));
        if (!x->method.n || !text_starts(x->path, T("/"))) return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

// {"service": [{..., "service_code", "service_type", "endpoint_list": [{"method", "path"}]}]}
enum status xroad_offers_read(struct arena *a, struct text json, struct xroad_offers *out) {
    static const char *const TYPE[2] = {"service_type", "serviceType"};
    json_t *document, *list, *e;
    size_t i;
    *out = (struct xroad_offers){0};
    enum status st = read_list(json, "service", &document, &list);
    if (!st) json_array_foreach(list, i, e) {
            struct xroad_offer *x = ARENA_PUSH(a, out);
            if (!read_id(a, e, XROAD_SERVICE, &x->service)) st = STATUS_CORRUPT;
            x->type = member_text(a, e, TYPE);
            if (!st) st = read_endpoints(a, json_object_get(e, "endpoint_list"), x);
            if (st) break;
        }
    json_decref(document);
    return st;
}

// ---- asking

static enum status corrupt(struct xroad_error *why) {
    *why = (struct xroad_error){.type = T("Ostia.BadAnswer"), .message = T("The list cannot be read")};
    return STATUS_CORRUPT;
}

static enum status expect_200(enum status st, const struct xroad_answer *got, struct arena *a,
                              struct xroad_error *why) {
    *why = got->error;
    if (st || got->status == 200) return st;
    if (xroad_error_read(a, text_of_bytes(got->body), why))
        *why = (struct xroad_error){.type = T("Ostia.BadAnswer"), .message = T("No list came")};
    why->status = got->status;
    return got->status < 500 ? STATUS_REFUSED : STATUS_BUSY;
}

enum status xroad_list_clients(struct xroad *x, struct text instance, struct arena *a, struct xroad_ids *out,
                               struct xroad_error *why) {
    struct xroad_id of = {.kind = XROAD_PARTY, .member = instance}; // percent-encoded as a part is
    struct text query = instance.n ? TEXT_JOIN(a, T("?xRoadInstance="), xroad_id_print(a, &of)) : T("");
    struct xroad_call call = {.answer_max = META_BYTES_MAX};
    struct xroad_answer got;
    enum status st =
        xroad_fetch(x, &call, TEXT_JOIN(a, xroad_settings(x)->server, T("/listClients"), query), a, &got);
    st = expect_200(st, &got, a, why);
    if (!st && xroad_clients_read(a, text_of_bytes(got.body), out)) st = corrupt(why);
    return st;
}

static struct xroad_id meta_of(const struct xroad_id *provider, const char *name) {
    struct xroad_id id = *provider;
    id.kind = XROAD_SERVICE;
    id.code = text_of(name);
    id.version = T("");
    return id;
}

enum status xroad_list_methods(struct xroad *x, const struct xroad_id *provider, bool only_allowed,
                               struct arena *a, struct xroad_offers *out, struct xroad_error *why) {
    struct xroad_id meta = meta_of(provider, only_allowed ? "allowedMethods" : "listMethods");
    struct xroad_call call = {.service = &meta, .answer_max = META_BYTES_MAX};
    struct xroad_answer got;
    enum status st = expect_200(xroad_ask(x, &call, a, &got), &got, a, why);
    if (!st && xroad_offers_read(a, text_of_bytes(got.body), out)) st = corrupt(why);
    return st;
}

enum status xroad_get_openapi(struct xroad *x, const struct xroad_id *service, struct arena *a,
                              struct text *out, struct xroad_error *why) {
    struct xroad_id meta = meta_of(service, "getOpenAPI");
    struct xroad_id code = {.kind = XROAD_PARTY, .member = service->code};
    struct xroad_call call = {.service = &meta,
                              .rest = TEXT_JOIN(a, T("?serviceCode="), xroad_id_print(a, &code)),
                              .answer_max = META_BYTES_MAX};
    struct xroad_answer got;
    enum status st = expect_200(xroad_ask(x, &call, a, &got), &got, a, why);
    *out = st ? T("") : text_of_bytes(got.body);
    return st;
}
