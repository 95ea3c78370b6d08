// linkage_table.c - reading the files of `ostia identity dedupe` and `link`.
#include "ostia/linkage_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "ostia/command.h"

// ---- which columns

// A column holds this when its name is the word or ends with _word.
static const struct {
    const char *word;
    enum linkage_kind kind;
} WORDS[] = {
    {"name", LINKAGE_NAME},       {"forename", LINKAGE_NAME},    {"surname", LINKAGE_NAME},
    {"patronymic", LINKAGE_NAME}, {"firstname", LINKAGE_NAME},   {"lastname", LINKAGE_NAME},
    {"alias", LINKAGE_NAME},      {"names", LINKAGE_NAME},       {"dob", LINKAGE_DATE},
    {"birth", LINKAGE_DATE},      {"birthday", LINKAGE_DATE},    {"born", LINKAGE_DATE},
    {"birthdate", LINKAGE_DATE},  {"date", LINKAGE_DATE},        {"sex", LINKAGE_CODE},
    {"gender", LINKAGE_CODE},     {"nationality", LINKAGE_CODE}, {"citizenship", LINKAGE_CODE},
    {"country", LINKAGE_CODE},    {"state", LINKAGE_CODE},       {"language", LINKAGE_CODE},
    {"number", LINKAGE_NUMBER},   {"no", LINKAGE_NUMBER},        {"id", LINKAGE_NUMBER},
    {"document", LINKAGE_NUMBER}, {"passport", LINKAGE_NUMBER},  {"phone", LINKAGE_NUMBER},
    {"mobile", LINKAGE_NUMBER},   {"postcode", LINKAGE_NUMBER},  {"zip", LINKAGE_NUMBER},
    {"email", LINKAGE_NUMBER},    {"address", LINKAGE_TEXT},     {"street", LINKAGE_TEXT},
    {"city", LINKAGE_TEXT},       {"town", LINKAGE_TEXT},        {"suburb", LINKAGE_TEXT},
    {"place", LINKAGE_TEXT},      {"birthplace", LINKAGE_TEXT},  {"occupation", LINKAGE_TEXT},
};
static const char *const IDS[] = {"id", "record", "record_id", "rec_id", "unique_id", "row_id"};

// Small letters, one underline between words, no number behind: "Address 2" is "address".
static size_t fold_head(struct text t, char *out, size_t room) {
    size_t n = 0;
    for (size_t i = 0; i < t.n && n < room; i++) {
        char c = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] + 32) : t.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c & (char)0x80;
        if (is_word || (n && out[n - 1] != '_')) out[n++] = is_word ? c : '_';
    }
    while (n && (out[n - 1] == '_' || (out[n - 1] >= '0' && out[n - 1] <= '9'))) n--;
    return n;
}

static bool is_id(struct text head) {
    char folded[64];
    struct text t = {folded, fold_head(head, folded, sizeof folded)};
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++)
        if (text_eq(t, text_of(IDS[i]))) return true;
    return false;
}

static bool kind_of_head(struct text head, enum linkage_kind *kind) {
    char folded[64];
    struct text t = {folded, fold_head(head, folded, sizeof folded)};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        struct text word = text_of(WORDS[i].word);
        bool is_last = text_ends(t, word) && t.n > word.n && t.p[t.n - word.n - 1] == '_';
        if (is_last || text_eq(t, word)) return *kind = WORDS[i].kind, true;
    }
    return false;
}

bool linkage_columns_typed(struct text typed, struct linkage_columns *out) {
    struct text one, name;
    *out = (struct linkage_columns){0};
    while (text_cut(&typed, ',', &one)) {
        struct text kind = one;
        if (out->count == LINKAGE_FIELDS_MAX) {
            fprintf(stderr, "ostia: --fields names more than %d columns\n", LINKAGE_FIELDS_MAX);
            return false;
        }
        struct linkage_column *c = &out->items[out->count++];
        if (!text_cut(&kind, '=', &name) || !linkage_kind_of(text_trim(kind), &c->kind)) {
            fprintf(stderr,
                    "ostia: --fields needs COLUMN=KIND, with name, date, text, code or number: " TEXT_FMT
                    "\n",
                    TEXT_ARG(one));
            return false;
        }
        c->name = text_trim(name);
    }
    return true;
}

void linkage_columns_known(const struct linkage_table *t, struct linkage_columns *out) {
    *out = (struct linkage_columns){0};
    bool id_seen = false;
    for (size_t i = 0; i < t->columns; i++) {
        struct linkage_column c = {.name = t->head[i]};
        bool names_row = !id_seen && is_id(c.name);
        id_seen |= names_row;
        if (!names_row && out->count < LINKAGE_FIELDS_MAX && kind_of_head(c.name, &c.kind))
            out->items[out->count++] = c;
        else if (!names_row)
            fprintf(stderr, "ostia: " TEXT_FMT " is not compared\n", TEXT_ARG(c.name));
    }
}

static size_t column_of(const struct linkage_table *t, struct text name) {
    size_t i = 0;
    while (i < t->columns && !text_eq_nocase(t->head[i], name)) i++;
    return i;
}

void linkage_columns_common(struct linkage_columns *c, const struct linkage_table *other) {
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++)
        if (column_of(other, c->items[i].name) < other->columns) c->items[kept++] = c->items[i];
    c->count = kept;
}

// ---- rows

struct reading {
    FILE *f;
    struct csv csv;
    double bytes; // of the file
};

static enum status fill(void *context, uint8_t *into, size_t room, size_t *n) {
    FILE *f = context;
    *n = fread(into, 1, room, f);
    return ferror(f) ? STATUS_IO : STATUS_OK;
}

static bool open_file(struct reading *r, const char *path) {
    struct stat s;
    *r = (struct reading){.f = fopen(path, "rb")};
    if (!r->f || fstat(fileno(r->f), &s)) {
        fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
        if (r->f) fclose(r->f);
        return false;
    }
    r->bytes = (double)s.st_size;
    r->csv.fill = fill;
    r->csv.context = r->f;
    return true;
}

static bool say_wrong(const char *path, enum status st, struct problem *p) {
    fprintf(stderr, "%s: ", path);
    say_problem(stderr, st, p);
    return false;
}

bool linkage_table_head(struct linkage_table *t, const char *path) {
    struct reading *r = malloc(sizeof *r);
    struct csv_row row;
    struct problem p = {0};
    *t = (struct linkage_table){.path = path};
    bool is_open = r && open_file(r, path);
    enum status st = is_open ? csv_next(&r->csv, &t->head_arena, &row, &p) : STATUS_IO;
    if (is_open) fclose(r->f);
    free(r);
    if (!is_open) return false;
    if (st == STATUS_NOT_FOUND) {
        fprintf(stderr, "ostia: %s has no rows: the first must name the columns\n", path);
        return false;
    }
    if (st) return say_wrong(path, st, &p);
    t->head = row.items;
    t->columns = row.count;
    for (size_t i = 0; i < row.count; i++) t->head[i] = text_trim(t->head[i]);
    return true;
}

static bool find_columns(struct linkage_table *t, const struct linkage_columns *c, const char *id) {
    t->id = id ? column_of(t, text_of(id)) : 0;
    while (!id && t->id < t->columns && !is_id(t->head[t->id])) t->id++;
    if (id && t->id == t->columns) {
        fprintf(stderr, "ostia: %s has no column %s\n", t->path, id);
        return false;
    }
    for (size_t i = 0; i < c->count; i++) {
        t->at[i] = column_of(t, c->items[i].name);
        if (t->at[i] < t->columns) continue;
        fprintf(stderr, "ostia: %s has no column " TEXT_FMT "\n", t->path, TEXT_ARG(c->items[i].name));
        return false;
    }
    return true;
}

static void *more(void *p, size_t bytes) {
    p = realloc(p, bytes);
    if (!p) abort();
    return p;
}

// The cells that are needed, in one piece.
static void add_row(struct linkage_table *t, size_t fields, const struct csv_row *row, int64_t line,
                    size_t *capacity) {
    struct text *cells = (struct text *)t->file.cells, id = {0};
    if (t->file.rows == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 1024;
        cells = more(cells, *capacity * fields * sizeof *cells);
        t->file.cells = cells;
        t->ids = more(t->ids, *capacity * sizeof *t->ids);
        t->lines = more(t->lines, *capacity * sizeof *t->lines);
    }
    if (t->id < t->columns) id = row->items[t->id];
    size_t bytes = id.n;
    for (size_t i = 0; i < fields; i++) bytes += row->items[t->at[i]].n;
    char *p = arena_alloc(&t->arena, bytes + 1);
    cells += t->file.rows * fields;
    for (size_t i = 0; i <= fields; i++) {
        struct text cell = i < fields ? row->items[t->at[i]] : id;
        if (cell.n) memcpy(p, cell.p, cell.n);
        *(i < fields ? &cells[i] : &t->ids[t->file.rows]) = (struct text){p, cell.n};
        p += cell.n;
    }
    t->lines[t->file.rows++] = line;
}

static bool is_too_large(const struct linkage_table *t, size_t fields) {
    size_t megabytes = (t->arena.used + t->file.rows * (fields + 1) * sizeof(struct text)) >> 20;
    if (t->file.rows < LINKAGE_ROWS_MAX && megabytes < LINKAGE_BYTES_MAX_MB) return false;
    fprintf(stderr,
            "ostia: %s has more than %d rows or %d megabytes, which is too much for one run. Split it by "
            "something "
            "that is always right, such as the country\n",
            t->path, LINKAGE_ROWS_MAX, LINKAGE_BYTES_MAX_MB);
    return true;
}

static enum status wrong_columns(const struct linkage_table *t, struct arena *a, int64_t line, size_t count,
                                 struct problem *p) {
    enum status st = problem(p, "", "csv_columns", "problem.csv.columns");
    p->line = line;
    problem_arg(p, "line", text_printf(a, "%lld", (long long)line));
    problem_arg(p, "columns", text_printf(a, "%zu instead of %zu", count, t->columns));
    return st;
}

bool linkage_table_rows(struct linkage_table *t, const struct linkage_columns *c, const char *id,
                        void (*tell)(void *context, const char *stage, double share), void *context) {
    struct reading *r = malloc(sizeof *r);
    struct arena a = {0};
    struct problem p = {0};
    struct csv_row row;
    size_t capacity = 0;
    bool is_done = false, is_open = find_columns(t, c, id) && r && open_file(r, t->path);
    enum status st = is_open ? csv_next(&r->csv, &a, &row, &p) : STATUS_IO;
    while (!st && !is_done) {
        arena_reset(&a);
        st = csv_next(&r->csv, &a, &row, &p);
        if (!st && row.count != t->columns) st = wrong_columns(t, &a, r->csv.line, row.count, &p);
        if (!st && is_too_large(t, c->count)) is_done = true;
        if (!st && !is_done) add_row(t, c->count, &row, r->csv.line, &capacity);
        if (!st && t->file.rows % 65536 == 0) tell(context, "read", (double)r->csv.read / r->bytes);
    }
    if (is_open && st && st != STATUS_NOT_FOUND) say_wrong(t->path, st, &p);
    if (is_open) fclose(r->f);
    arena_free(&a);
    free(r);
    return st == STATUS_NOT_FOUND;
}

bool linkage_table_again(const struct linkage_table *t,
                         void (*see)(void *context, int64_t row, const struct text *cells), void *context) {
    struct reading *r = malloc(sizeof *r);
    struct arena a = {0};
    struct problem p = {0};
    struct csv_row row;
    bool is_open = r && open_file(r, t->path);
    enum status st = is_open ? STATUS_OK : STATUS_IO;
    for (int64_t i = -1; !st && i < (int64_t)t->file.rows; i++, arena_reset(&a)) {
        st = csv_next(&r->csv, &a, &row, &p);
        if (st || row.count != t->columns) break;
        see(context, i, row.items);
    }
    bool is_over = is_open && !st && csv_next(&r->csv, &a, &row, &p) == STATUS_NOT_FOUND;
    if (is_open && !is_over) fprintf(stderr, "ostia: %s was changed meanwhile\n", t->path);
    if (is_open) fclose(r->f);
    arena_free(&a);
    free(r);
    return is_over;
}

void linkage_table_free(struct linkage_table *t) {
    free((void *)t->file.cells);
    free(t->ids);
    free(t->lines);
    arena_free(&t->arena);
    arena_free(&t->head_arena);
}
