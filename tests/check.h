// check.h - cmocka and the few assertions that read better in our tests.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// cmocka wants the four above before it
#include <cmocka.h>

#include "base/status.h"
#include "base/text.h"

#define assert_ok(call)                                       \
    do {                                                      \
        enum status st_ = (call);                             \
        if (st_) fail_msg("%s: %s", #call, status_name(st_)); \
    } while (0)
#define assert_status(call, wanted)                                                                       \
    do {                                                                                                  \
        enum status st_ = (call);                                                                         \
        if (st_ != (wanted)) fail_msg("%s: %s, wanted %s", #call, status_name(st_), status_name(wanted)); \
    } while (0)
#define assert_text(actual, wanted_c)                                                         \
    do {                                                                                      \
        struct text t_ = (actual);                                                            \
        if (!text_eq(t_, text_of(wanted_c)))                                                  \
            fail_msg("%s: \"" TEXT_FMT "\", wanted \"%s\"", #actual, TEXT_ARG(t_), wanted_c); \
    } while (0)

// Where real test data lies: $OSTIA_DATA, or ../shared/data beside the project. NULL when `name` is not
// there; the test then calls skip_no_data().
static inline const char *data_path(const char *name) {
    static char path[4096];
    const char *root = getenv("OSTIA_DATA");
    snprintf(path, sizeof path, "%s/%s", root ? root : "../shared/data", name);
    FILE *f = fopen(path, "r");
    if (!f) return NULL;
    fclose(f);
    return path;
}
// Returns from the test: cmocka's skip() writes "not ok # SKIP", which meson counts as a failure.
#define skip_no_data()                         \
    do {                                       \
        print_message("# skipped: no data\n"); \
        return;                                \
    } while (0)
