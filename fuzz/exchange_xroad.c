// Identifiers, headers, SOAP and errors of X-Road from strangers: what is read is printed and read again as
// the same, and holds nothing that an identifier must not hold.
#include <stdlib.h>

#include "exchange/xroad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(struct arena *a, const struct xroad_id *id) {
    struct xroad_id again;
    const char *why;
    if (xroad_id_read(a, xroad_id_print(a, id), id->kind, &again, &why)) abort();
    if (!xroad_id_eq(id, &again)) abort();
    if (id->member.n > XROAD_PART_MAX || !text_is_utf8(id->member)) abort();
}

static void check_message(struct arena *a, struct xroad_message *m) {
    check_id(a, &m->client);
    m->service.version = T(""); // is not part of the written form
    if (m->has_service) check_id(a, &m->service);
    if (m->id.n > XROAD_WORD_MAX || m->user_id.n > XROAD_WORD_MAX) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text in = {(const char *)data, size}, line, name;
    struct xroad_header headers[16];
    struct xroad_message m;
    struct xroad_error e, again;
    struct xroad_id id;
    const char *why;
    struct xroad_ids ids;
    struct xroad_offers offers;
    size_t count = 0;
    if (!xroad_clients_read(&a, in, &ids))
        for (size_t i = 0; i < ids.count; i++) check_id(&a, &ids.items[i]);
    if (!xroad_offers_read(&a, in, &offers))
        for (size_t i = 0; i < offers.count; i++) {
            offers.items[i].service.version = T("");
            check_id(&a, &offers.items[i].service);
        }
    for (enum xroad_kind k = XROAD_CLIENT; k <= XROAD_PARTY; k++)
        if (!xroad_id_read(&a, in, k, &id, &why)) check_id(&a, &id);
    if (!xroad_soap_read(&a, in, &m, &e)) check_message(&a, &m);
    if (!xroad_error_read(&a, in, &e) && xroad_error_read(&a, xroad_error_print(&a, &e), &again)) abort();
    for (struct text rest = in; count < 16 && text_cut(&rest, '\n', &line);)
        if (text_cut(&line, ':', &name)) headers[count++] = (struct xroad_header){name, line};
    if (!xroad_request_read(&a, headers, count, &m, &e))
        check_message(&a, &m);
    else if (e.status != 400 || !e.message.n)
        abort();
    arena_free(&a);
    return 0;
}
