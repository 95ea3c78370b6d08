// api.c - the description of the API, for who writes a client.
#include "api/api.h"

#include "ostia/command.h"

int openapi_run(const struct call *c) {
    struct arena a = {0};
    (void)c;
    struct text all = api_description(&a);
    json_t *json = json_loadb(all.p, all.n, JSON_REJECT_DUPLICATES, NULL);
    int written = json ? json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : -1;
    printf("\n");
    json_decref(json);
    arena_free(&a);
    return written ? EXIT_WRONG : EXIT_DONE;
}
