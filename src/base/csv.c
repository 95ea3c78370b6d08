#include "base/csv.h"

enum { END = -1, FAILED = -2 };

static enum status wrong(struct csv *c, struct arena *a, struct problem *p, const char *rule,
                         const char *key) {
    enum status st = problem(p, "", rule, key);
    if (p) p->line = c->line;
    problem_arg(p, "line", text_printf(a, "%lld", (long long)c->line));
    return st;
}

static enum status refill(struct csv *c) {
    if (c->at < c->n || c->is_over) return STATUS_OK;
    c->at = 0;
    enum status st = c->fill(c->context, c->piece, sizeof c->piece, &c->n);
    if (st) c->n = 0;
    c->is_over = c->n == 0;
    c->read += (int64_t)c->n;
    return st;
}

static int peek(struct csv *c, enum status *st) {
    if (c->at == c->n) *st = refill(c);
    if (*st) return FAILED;
    return c->is_over ? END : c->piece[c->at];
}

// Text editors of one family begin a file with a mark that is no text.
static enum status begin(struct csv *c) {
    enum status st = STATUS_OK;
    if (c->is_begun) return st;
    c->is_begun = true;
    c->next_line = 1;
    st = refill(c);
    if (!st && c->n >= 3 && c->piece[0] == 0xEF && c->piece[1] == 0xBB && c->piece[2] == 0xBF) c->at = 3;
    return st;
}

static bool is_separator(const struct csv *c, int b) {
    return c->separator ? b == c->separator : b == ',' || b == ';' || b == '\t';
}

static bool is_line_end(int b) {
    return b == '\n' || b == '\r';
}

static void pass_line_end(struct csv *c, enum status *st) {
    int b = peek(c, st);
    if (b == '\r') c->at++, b = peek(c, st);
    if (b == '\n') c->at++;
    c->next_line++;
}

struct row_reader {
    struct csv *c;
    struct arena *a;
    struct problem *p;
    size_t bytes;
    enum status st;
};

static bool too_long(struct row_reader *r) {
    if (++r->bytes <= CSV_ROW_BYTES_MAX) return false;
    r->st = wrong(r->c, r->a, r->p, "csv_too_long", "problem.csv.too_long");
    return true;
}

// Behind the opening quote; two quotes are one.
static void read_quoted(struct row_reader *r, struct out *cell) {
    struct csv *c = r->c;
    for (;;) {
        int b = peek(c, &r->st);
        if (r->st || too_long(r)) return;
        if (b == END) {
            r->st = wrong(c, r->a, r->p, "csv_quote", "problem.csv.quote");
            return;
        }
        c->at++;
        if (b == '\n') c->next_line++;
        if (b != '"') {
            out_byte(cell, (char)b);
            continue;
        }
        if (peek(c, &r->st) != '"') break;
        c->at++;
        out_byte(cell, '"');
    }
    int b = peek(c, &r->st);
    if (!r->st && b != END && !is_separator(c, b) && !is_line_end(b))
        r->st = wrong(c, r->a, r->p, "csv_quote", "problem.csv.quote");
}

static void read_plain(struct row_reader *r, struct out *cell) {
    for (int b; (b = peek(r->c, &r->st)) >= 0 && !is_separator(r->c, b) && !is_line_end(b); r->c->at++) {
        if (too_long(r)) return;
        out_byte(cell, (char)b);
    }
}

static void read_cell(struct row_reader *r, struct csv_row *row) {
    struct out cell = {.arena = r->a};
    if (row->count == CSV_CELLS_MAX) {
        r->st = wrong(r->c, r->a, r->p, "csv_columns", "problem.csv.columns");
        return;
    }
    if (peek(r->c, &r->st) == '"') {
        r->c->at++;
        read_quoted(r, &cell);
    } else {
        read_plain(r, &cell);
    }
    if (!r->st && !text_is_utf8(out_done(&cell)))
        r->st = wrong(r->c, r->a, r->p, "csv_utf8", "problem.csv.utf8");
    *ARENA_PUSH(r->a, row) = out_done(&cell);
}

static enum status skip_empty_lines(struct csv *c) {
    enum status st = begin(c);
    for (int b; !st && (b = peek(c, &st)) >= 0 && is_line_end(b);) pass_line_end(c, &st);
    c->line = c->next_line;
    return st;
}

enum status csv_next(struct csv *c, struct arena *a, struct csv_row *out, struct problem *p) {
    struct row_reader r = {.c = c, .a = a, .p = p};
    *out = (struct csv_row){0};
    r.st = skip_empty_lines(c);
    if (r.st) return r.st;
    if (peek(c, &r.st) == END) return STATUS_NOT_FOUND;
    while (!r.st) {
        read_cell(&r, out);
        int b = r.st ? FAILED : peek(c, &r.st);
        if (b < 0 || is_line_end(b)) break;
        c->separator = (char)b;
        c->at++;
    }
    if (!r.st && !c->is_over) pass_line_end(c, &r.st);
    if (!c->separator) c->separator = ','; // one column
    return r.st;
}

enum status csv_line(struct csv *c, struct arena *a, struct text *out, struct problem *p) {
    struct row_reader r = {.c = c, .a = a, .p = p};
    struct out line = {.arena = a};
    r.st = skip_empty_lines(c);
    if (r.st) return r.st;
    if (peek(c, &r.st) == END) return STATUS_NOT_FOUND;
    for (int b; (b = peek(c, &r.st)) >= 0 && !is_line_end(b) && !too_long(&r); c->at++)
        out_byte(&line, (char)b);
    if (!r.st && !c->is_over) pass_line_end(c, &r.st);
    *out = out_done(&line);
    if (!r.st && !text_is_utf8(*out)) r.st = wrong(c, a, p, "csv_utf8", "problem.csv.utf8");
    return r.st;
}

void csv_cell(struct out *o, struct text cell, bool is_first) {
    bool is_formula =
        cell.n &&
        (cell.p[0] == '=' || cell.p[0] == '@' || cell.p[0] == '\t' ||
         ((cell.p[0] == '+' || cell.p[0] == '-') && cell.n > 1 && !(cell.p[1] >= '0' && cell.p[1] <= '9')));
    bool needs = is_formula;
    for (size_t i = 0; i < cell.n && !needs; i++)
        needs = cell.p[i] == ',' || cell.p[i] == ';' || cell.p[i] == '\t' || cell.p[i] == '"' ||
                is_line_end(cell.p[i]);
    if (!is_first) out_byte(o, ',');
    if (needs) out_byte(o, '"');
    if (is_formula) out_byte(o, '\'');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '"') out_byte(o, '"');
        out_byte(o, cell.p[i]);
    }
    if (needs) out_byte(o, '"');
}
