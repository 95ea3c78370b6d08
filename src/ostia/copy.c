// copy.c - an authority's database moved from its folder to PostgreSQL: copied, compared, put into use.
// Documents go there too; keys stay in the folder. Stopped in the middle, it goes on where it was when it is
// called again.
#include <unistd.h>

#include "journal/projections.h"
#include "ostia/house.h"
#include "store/blob.h"
#include "store/tables.h"

enum { ROWS_AT_ONCE = 1000, BAR_WIDTH = 40 };

struct copying {
    struct arena arena;
    struct settings settings, target;
    struct house from, to;
    struct db *db; // of `from`
    int64_t done, all, documents;
    struct text finding;
};

static void show_progress(const struct copying *c, const char *what) {
    if (!isatty(STDERR_FILENO) || !c->all) return;
    int filled = (int)(c->done * BAR_WIDTH / c->all);
    fprintf(stderr, "\r[%.*s%*s] %lld of %lld rows, %-20s", filled,
            "########################################", BAR_WIDTH - filled, "", (long long)c->done,
            (long long)c->all, what);
}

struct piece {
    struct table_scan *scan;
    const struct table *into;
    int64_t rows;
    bool is_over;
};

static enum status insert_piece(struct db *tx, void *argument) {
    struct piece *p = argument;
    enum status st = STATUS_OK;
    for (p->rows = 0; p->rows < ROWS_AT_ONCE && !st; p->rows++) {
        if (!table_scan_next(p->scan)) {
            p->is_over = true;
            return p->scan->status;
        }
        st = table_insert(tx, p->into, p->scan);
    }
    return st;
}

// Where the copy stopped: rows come in the order of their key, each piece whole.
static enum status begin_table(struct copying *c, const struct table *from, const struct table *into,
                               struct table_scan *scan) {
    struct db *there;
    struct value *last = NULL;
    enum status st = store_reader(c->to.store, &there);
    if (st) return st;
    st = table_last_key(there, into, &c->arena, &last);
    int64_t count = 0;
    if (!st) st = db_int(there, &count, &into->size, NULL, 0);
    c->done += count;
    store_reader_release(c->to.store, there);
    if (!st) table_scan_after(scan, c->db, from, last);
    if (st == STATUS_NOT_FOUND) table_scan_begin(scan, c->db, from), st = STATUS_OK;
    return st;
}

static enum status copy_table(struct copying *c, const struct table *from, const struct table *into) {
    struct table_scan scan;
    struct piece p = {.scan = &scan, .into = into};
    enum status st = begin_table(c, from, into, &scan);
    if (st) return st;
    while (!st && !p.is_over) {
        st = store_write(c->to.store, insert_piece, &p);
        c->done += st ? 0 : p.rows;
        show_progress(c, from->name);
    }
    enum status end = table_scan_end(&scan);
    return st ? st : end;
}

static enum status count_rows(struct copying *c, const struct tables *tables) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < tables->count && !st; i++) {
        int64_t count = 0;
        if (table_is_engines_own(tables->items[i].name)) continue;
        st = db_int(c->db, &count, &tables->items[i].size, NULL, 0);
        c->all += count;
    }
    return st;
}

static enum status tables_of(struct store *s, const struct tables **out) {
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = store_tables(db, out);
    store_reader_release(s, db);
    return st;
}

static enum status copy_all(struct copying *c) {
    const struct tables *from, *into;
    enum status st = tables_of(c->to.store, &into);
    if (!st) st = store_tables(c->db, &from);
    if (!st) st = count_rows(c, from);
    for (size_t i = 0; !st && i < from->count; i++) {
        const struct table *t = &from->items[i], *other = tables_find(into, t->name);
        if (table_is_engines_own(t->name)) continue;
        st = other ? copy_table(c, t, other) : STATUS_CORRUPT; // both have the migrations of this program
    }
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
    return st;
}

static enum status copy_document(void *context, const struct hash *name) {
    struct copying *c = context;
    c->documents++;
    return blob_copy(c->from.store, c->to.store, name);
}

static enum status compare_all(struct copying *c, int64_t *rows) {
    struct db *there;
    enum status st = store_reader(c->to.store, &there);
    if (st) return st;
    st = stores_compare(c->db, there, &c->arena, rows, &c->finding);
    store_reader_release(c->to.store, there);
    return st;
}

static int copy(struct copying *c, struct problem *p) {
    int64_t rows = 0;
    enum status st = store_reader(c->from.store, &c->db);
    if (!st) st = copy_all(c);
    if (!st) st = blob_each(c->from.store, copy_document, c);
    if (!st) st = compare_all(c, &rows);
    if (c->db) store_reader_release(c->from.store, c->db);
    if (!st) st = settings_move(&c->settings, c->target.db, c->target.db_schema);
    if (c->finding.n) {
        printf("WRONG: " TEXT_FMT "\nThe target holds something else; give an empty database or schema.\n",
               TEXT_ARG(c->finding));
        return EXIT_WRONG;
    }
    if (st) return say_problem(stderr, st, p);
    printf("%lld rows are the same on both sides, and %lld documents are there. %s/ostia.conf names the new "
           "database; ostia.db stays as it is.\n",
           (long long)rows, (long long)c->documents, c->settings.data);
    return EXIT_DONE;
}

int copy_run(const struct call *c) {
    struct copying copying = {0};
    struct problem p = {0};
    int exit_code = EXIT_USAGE;
    const char *from = call_option(c, "from"), *to = call_option(c, "to");
    if (!from || !to) {
        fprintf(stderr, "ostia copy: --from DIR and --to URL are needed\n");
        return EXIT_USAGE;
    }
    if (!settings_read_in(from, c, &copying.arena, &copying.settings, stderr)) goto done;
    copying.target = copying.settings;
    copying.target.db = to;
    copying.target.db_schema = call_option(c, "to-schema");
    enum status st = copying.settings.db ? problem(&p, "from", "moved", "problem.copy.moved") : STATUS_OK;
    if (!st) st = house_open(env_real(), &copying.settings, HOUSE_LOG, &copying.from, &p);
    if (!st) st = house_open(env_real(), &copying.target, HOUSE_CREATE_LOG, &copying.to, &p);
    exit_code = st ? say_problem(stderr, st, &p) : copy(&copying, &p);
    if (copying.to.store) house_close(&copying.to);
    if (copying.from.store) house_close(&copying.from);
done:
    arena_free(&copying.arena);
    return exit_code;
}
