// Bytes that say they are an event of a backup's increment: they are read, or refused; and the fields that
// are bytes lie within them.
#include <assert.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "journal/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct event_type MADE = {"made", NULL};
static const struct event_type *const TYPES[] = {&MADE, NULL};

static char dir[] = "/tmp/ostia-fuzz-journal-XXXXXX";

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static void clean(void) {
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct journal *open_once(void) {
    static struct journal *journal;
    static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS};
    if (journal) return journal;
    struct store *s;
    struct journal_options o = {TYPES, T("fuzz.example/log")};
    log_level_set(LOG_ERROR);
    if (!mkdtemp(dir) || atexit(clean)) abort();
    struct store_options so = {.dir = dir, .create = true, .readers = 1, .rooms = ROOMS, .room_count = 1};
    if (store_open(env_real(), &so, &s, NULL) || journal_open(s, env_real(), &o, &journal, NULL)) abort();
    return journal;
}

static void is_within(void *context, struct bytes b) {
    const struct bytes *all = context;
    assert(!b.n || (b.p >= all->p && b.p + b.n <= all->p + all->n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct event e;
    struct bytes all = {data, size};
    enum status st = journal_copy_read(open_once(), all, &e);
    assert(!st || st == STATUS_CORRUPT || st == STATUS_UNSUPPORTED);
    if (st) return 0;
    assert(e.type && !e.personal.n);
    event_each_bytes(&e, is_within, &all);
    return 0;
}
