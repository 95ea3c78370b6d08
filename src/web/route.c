#include <string.h>

#include "web/server.h"

static const char *method_name(enum http_method m) {
    static const char *const NAMES[] = {"", "GET", "POST", "PUT", "PATCH", "DELETE"};
    return NAMES[m];
}

// Does the path fit the pattern? `literals` counts the parts that are equal, so that "/cases/new" wins over
// "/cases/:id".
static bool fits(struct arena *a, struct text pattern, struct text path, struct fields *params,
                 int *literals) {
    struct text want, have;
    *literals = 0;
    params->count = 0;
    while (text_cut(&pattern, '/', &want)) {
        if (!text_cut(&path, '/', &have)) return false;
        if (want.n && want.p[0] == ':') {
            if (!have.n) return false;
            *ARENA_PUSH(a, params) = (struct field){text_slice(want, 1, want.n), have};
        } else if (text_eq(want, have)) {
            ++*literals;
        } else {
            return false;
        }
    }
    return !path.p;
}

enum status route_find(const struct web *w, struct arena *a, enum http_method m, struct text path,
                       const struct route **out, struct fields *params, struct text *allow) {
    struct out methods = {.arena = a};
    struct fields found = {0};
    int best = -1, literals;
    *out = NULL;
    for (size_t i = 0; i < w->route_count; i++) {
        const struct route *route = w->routes[i];
        if (!fits(a, text_of(route->path), path, &found, &literals)) continue;
        if (methods.n) out_c(&methods, ", ");
        out_c(&methods, method_name(route->method));
        if (route->method != m || literals <= best) continue;
        best = literals;
        *out = route;
        *params = found;
        found = (struct fields){0};
    }
    *allow = out_done(&methods);
    return *out ? STATUS_OK : methods.n ? STATUS_UNSUPPORTED : STATUS_NOT_FOUND;
}
