// linkage.c - `ostia identity dedupe` and `link`: which rows of one file, or of two, are of one person, and
// why.
#include "identity/linkage.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/csv.h"
#include "ostia/command.h"
#include "ostia/linkage_table.h"

enum { PATH_BYTES_MAX = 4096, TELL_EACH_S = 2 };

struct linking {
    const struct call *call;
    struct linkage_table left, right; // of one file: right is not used
    bool two_files;
    struct linkage_columns columns;
    struct linkage_result result;
    uint32_t *group; // of each row, from 1; 0: stands alone
    size_t groups;
    struct arena arena;
    time_t told;
};

// ---- progress

static void tell(void *context, const char *stage, double share) {
    struct linking *l = context;
    time_t now = time(NULL);
    if (now - l->told < TELL_EACH_S) return;
    l->told = now;
    fprintf(stderr, "ostia: %s %.0f %%\n", stage, 100 * share);
}

// ---- a file that is there whole or not at all

struct sheet {
    const char *path; // NULL: standard output
    char half[PATH_BYTES_MAX];
    FILE *f;
    struct arena arena;
    struct out row;
};

static bool sheet_open(struct sheet *s, const char *path) {
    *s = (struct sheet){.path = path, .f = stdout};
    if (!path) return true;
    bool is_long = snprintf(s->half, sizeof s->half, "%s.half", path) >= (int)sizeof s->half;
    bool is_there = access(path, F_OK) == 0;
    int fd = is_long || is_there ? -1 : open(s->half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (is_long || is_there) errno = is_long ? ENAMETOOLONG : EEXIST;
    s->f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!s->f) fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
    return s->f;
}

static void put(struct sheet *s, struct text cell) {
    csv_cell(&s->row, cell, s->row.n == 0);
}

static void put_row(struct sheet *s) {
    out_c(&s->row, "\r\n");
    fwrite(s->row.p, 1, s->row.n, s->f);
    arena_reset(&s->arena);
    s->row = (struct out){.arena = &s->arena};
}

static bool sheet_close(struct sheet *s, bool is_good) {
    arena_free(&s->arena);
    if (!s->f) return false;
    is_good = is_good && fflush(s->f) == 0 && !ferror(s->f);
    if (!s->path) return is_good;
    is_good = is_good && fsync(fileno(s->f)) == 0;
    is_good = fclose(s->f) == 0 && is_good;
    is_good = is_good && rename(s->half, s->path) == 0;
    if (!is_good) fprintf(stderr, "ostia: %s was not written: %s\n", s->path, strerror(errno));
    if (!is_good) unlink(s->half);
    return is_good;
}

// ---- groups

// Numbers in the order of their first rows; rows that stand alone have none.
static void number_groups(struct linking *l) {
    size_t rows = l->left.file.rows;
    uint32_t *size = ARENA_ARRAY(&l->arena, uint32_t, rows + 1),
             *number = ARENA_ARRAY(&l->arena, uint32_t, rows + 1);
    l->group = ARENA_ARRAY(&l->arena, uint32_t, rows + 1);
    for (size_t i = 0; i < rows; i++) size[l->result.group[i]]++;
    for (size_t i = 0; i < rows; i++) {
        uint32_t g = l->result.group[i];
        if (size[g] < 2) continue;
        if (!number[g]) number[g] = (uint32_t)++l->groups;
        l->group[i] = number[g];
    }
}

struct grouped {
    uint32_t group, pair;
};
static int by_group(const void *a, const void *b) {
    const struct grouped *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

// Pairs of one group after each other, the surest first; pairs between groups are not told.
static void sort_pairs(struct linking *l) {
    struct linkage_result *r = &l->result;
    struct grouped *g = ARENA_ARRAY(&l->arena, struct grouped, r->count + 1);
    struct linkage_pair *sorted = ARENA_ARRAY(&l->arena, struct linkage_pair, r->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) {
        uint32_t x = l->group[r->pairs[i].left];
        if (x && x == l->group[r->pairs[i].right]) g[n++] = (struct grouped){x, (uint32_t)i};
    }
    qsort(g, n, sizeof *g, by_group);
    for (size_t i = 0; i < n; i++) sorted[i] = r->pairs[g[i].pair];
    r->pairs = sorted;
    r->count = n;
}

// ---- what is written

static void put_number(struct sheet *s, const char *format, double value) {
    put(s, text_printf(&s->arena, format, value));
}

// "near +4.2: Amal | Amel"
static void put_reason(struct sheet *s, const struct linking *l, const struct linkage_pair *p, size_t field) {
    const struct linkage_table *right = l->two_files ? &l->right : &l->left;
    struct text x = l->left.file.cells[p->left * l->columns.count + field];
    struct text y = right->file.cells[p->right * l->columns.count + field];
    const char *how;
    double bits = linkage_field(&l->result, p->left, p->right, field, &how);
    if (!x.n && !y.n)
        put(s, T("unknown"));
    else if (text_eq(x, y))
        put(s, text_printf(&s->arena, "%s %+.1f: " TEXT_FMT, how, bits, TEXT_ARG(x)));
    else
        put(s, text_printf(&s->arena, "%s %+.1f: " TEXT_FMT " | " TEXT_FMT, how, bits, TEXT_ARG(x),
                           TEXT_ARG(y)));
}

static void put_head(struct sheet *s, const struct linking *l) {
    const struct linkage_table *right = l->two_files ? &l->right : &l->left;
    if (!l->two_files) put(s, T("group"));
    put(s, T("probability"));
    put(s, T("bits"));
    put(s, T("left_line"));
    put(s, T("right_line"));
    if (l->left.id < l->left.columns) put(s, TEXT_JOIN(&s->arena, T("left_"), l->left.head[l->left.id]));
    if (right->id < right->columns) put(s, TEXT_JOIN(&s->arena, T("right_"), right->head[right->id]));
    for (size_t i = 0; i < l->columns.count; i++) put(s, l->columns.items[i].name);
    put_row(s);
}

static void put_pair(struct sheet *s, const struct linking *l, const struct linkage_pair *p) {
    const struct linkage_table *right = l->two_files ? &l->right : &l->left;
    if (!l->two_files) put_number(s, "%.0f", (double)l->group[p->left]);
    put_number(s, "%.4f", 1 / (1 + exp2(-(double)p->bits)));
    put_number(s, "%.1f", (double)p->bits);
    put_number(s, "%.0f", (double)l->left.lines[p->left]);
    put_number(s, "%.0f", (double)right->lines[p->right]);
    if (l->left.id < l->left.columns) put(s, l->left.ids[p->left]);
    if (right->id < right->columns) put(s, right->ids[p->right]);
    for (size_t i = 0; i < l->columns.count; i++) put_reason(s, l, p, i);
    put_row(s);
}

static bool write_pairs(struct linking *l) {
    struct sheet *s = ARENA_NEW(&l->arena, struct sheet);
    if (!sheet_open(s, call_option(l->call, "out"))) return false;
    s->row.arena = &s->arena;
    put_head(s, l);
    for (size_t i = 0; i < l->result.count; i++) put_pair(s, l, &l->result.pairs[i]);
    return sheet_close(s, true);
}

struct copying {
    const struct linking *l;
    struct sheet *sheet;
};
static void copy_row(void *context, int64_t row, const struct text *cells) {
    const struct copying *c = context;
    bool is_grouped = row >= 0 && c->l->group[row];
    put(c->sheet, row < 0      ? T("group")
                  : is_grouped ? text_printf(&c->sheet->arena, "%u", c->l->group[row])
                               : T(""));
    for (size_t i = 0; i < c->l->left.columns; i++) csv_cell(&c->sheet->row, cells[i], false);
    put_row(c->sheet);
}

// The file again, with the number of the group before each row.
static bool write_groups(struct linking *l) {
    struct sheet *s = ARENA_NEW(&l->arena, struct sheet);
    struct copying c = {l, s};
    if (!call_option(l->call, "groups")) return true;
    if (!sheet_open(s, call_option(l->call, "groups"))) return false;
    s->row.arena = &s->arena;
    return sheet_close(s, linkage_table_again(&l->left, copy_row, &c));
}

// ---- the commands

static bool choose_columns(struct linking *l) {
    const char *typed = call_option(l->call, "fields");
    if (typed) return linkage_columns_typed(text_of(typed), &l->columns);
    linkage_columns_known(&l->left, &l->columns);
    if (l->two_files) linkage_columns_common(&l->columns, &l->right);
    if (l->columns.count > 1) return true;
    fprintf(stderr, "ostia: fewer than two columns say by their names what they hold. Name them: --fields "
                    "surname=name,born=date,...\n");
    return false;
}

static bool read_files(struct linking *l) {
    const char *id = call_option(l->call, "id");
    const struct call *c = l->call;
    return linkage_table_head(&l->left, c->arguments[0]) &&
           (!l->two_files || linkage_table_head(&l->right, c->arguments[1])) && choose_columns(l) &&
           linkage_table_rows(&l->left, &l->columns, id, tell, l) &&
           (!l->two_files || linkage_table_rows(&l->right, &l->columns, id, tell, l));
}

static void say_result(const struct linking *l) {
    double right = 0;
    for (size_t i = 0; i < l->result.count; i++) right += 1 / (1 + exp2(-(double)l->result.pairs[i].bits));
    if (l->two_files)
        fprintf(stderr, "ostia: %zu rows and %zu rows, %zu of them linked", l->left.file.rows,
                l->right.file.rows, l->result.count);
    else
        fprintf(stderr, "ostia: %zu rows, %zu groups of one person, %zu pairs", l->left.file.rows, l->groups,
                l->result.count);
    if (l->result.count)
        fprintf(stderr, "; of 100 pairs, %.1f are expected to be right",
                100 * right / (double)l->result.count);
    fputs("\n", stderr);
}

static int link_files(const struct call *c, bool two_files) {
    struct linking *l = calloc(1, sizeof *l);
    int exit_code = EXIT_WRONG;
    if (!l) return EXIT_WRONG;
    *l = (struct linking){.call = c, .two_files = two_files, .told = time(NULL)};
    if (read_files(l)) {
        enum linkage_kind kinds[LINKAGE_FIELDS_MAX];
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        struct linkage_options options = {
            .threads = cores > 0 ? (unsigned)cores : 1, .tell = tell, .context = l};
        for (size_t i = 0; i < l->columns.count; i++) kinds[i] = l->columns.items[i].kind;
        enum status st = linkage_run(kinds, l->columns.count, &l->left.file,
                                     two_files ? &l->right.file : NULL, &options, &l->arena, &l->result);
        if (!st && !two_files) number_groups(l), sort_pairs(l);
        if (st)
            say_problem(stderr, st, NULL);
        else if (write_pairs(l) && (two_files || write_groups(l)))
            say_result(l), exit_code = EXIT_DONE;
        linkage_end(&l->result);
    }
    linkage_table_free(&l->left);
    linkage_table_free(&l->right);
    arena_free(&l->arena);
    free(l);
    return exit_code;
}

int identity_dedupe_run(const struct call *c) {
    return link_files(c, false);
}

int identity_link_run(const struct call *c) {
    return link_files(c, true);
}
