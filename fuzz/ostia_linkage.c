// Files of persons as `ostia identity dedupe` reads them: first the columns that somebody typed, up to an
// empty line, then the file. What is read first is read again as the same.
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ostia/linkage_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(void *context, const char *stage, double share) {
    (void)context, (void)stage;
    assert(share >= 0 && share <= 1);
}

struct twice {
    const struct linkage_table *table;
    size_t fields;
};

static void see(void *context, int64_t row, const struct text *cells) {
    const struct twice *x = context;
    if (row < 0) return;
    const struct text *kept = x->table->file.cells + (size_t)row * x->fields;
    for (size_t i = 0; i < x->fields; i++) assert(text_eq(kept[i], cells[x->table->at[i]]));
}

static void read_rows(struct linkage_table *t, const struct linkage_columns *c) {
    if (!c->count || !linkage_table_rows(t, c, NULL, tell, NULL)) return;
    struct twice x = {t, c->count};
    bool again = linkage_table_again(t, see, &x);
    assert(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct text all = {(const char *)data, size}, typed = all;
    struct linkage_columns c;
    struct linkage_table t;
    char path[64];
    size_t end;
    if (text_find(all, T("\n\n"), &end))
        typed = text_slice(all, 0, end), all = text_slice(all, end + 2, all.n);
    stderr = fopen("/dev/null", "w"); // what is said of wrong files; sanitizers write to the descriptor
    int f = memfd_create("table", 0);
    if (!stderr || f < 0 || write(f, all.p, all.n) != (ssize_t)all.n) return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", f);
    bool is_typed = linkage_columns_typed(typed, &c);
    if (linkage_table_head(&t, path)) {
        if (!is_typed) linkage_columns_known(&t, &c);
        read_rows(&t, &c);
    }
    linkage_table_free(&t);
    close(f);
    fclose(stderr);
    return 0;
}
