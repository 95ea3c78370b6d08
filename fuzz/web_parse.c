// Addresses, cookies and headers of anything.
#include <stdlib.h>

#include "web/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct text LANGUAGES[] = {{"en", 2}, {"fr", 2}};
    struct arena a = {0};
    struct text in = {(const char *)data, size}, path, query, value;
    struct fields fields = {0};
    uint8_t network[17];
    if (!parse_target(&a, in, &path, &query)) {
        if (!text_is_utf8(path) || path.p[0] != '/' || text_find(path, T("/../"), &size)) abort();
        if (!parse_query(&a, query, 8, &fields) && fields.count > 8) abort();
    }
    value = parse_cookie(in, T("a"));
    parse_accept_language(in, LANGUAGES, 2);
    parse_prefers(in, T("application/json"), T("text/html"));
    parse_allows(in, T("br"));
    parse_etag_matches(in, T("\"x\""));
    parse_media(&a, in);
    if (parse_parameter(&a, in, T("name"), &value) && value.n > in.n) abort();
    parse_network(in, network);
    arena_free(&a);
    return 0;
}
