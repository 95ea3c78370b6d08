// import_rows.c - a file of entries, row by row, as answers.
#include "registers/import_inside.h"

static enum status from_blob(void *context, uint8_t *into, size_t room, size_t *n) {
    return blob_read(context, into, room, n);
}

static bool is_ours(struct text column) { // of a file of mistakes that was corrected
    return column.n && column.p[0] == '_';
}

enum status import_rows_open(struct registers *r, const struct import *m, const struct key *k,
                             struct import_rows *out, struct problem *p) {
    struct hash name;
    *out = (struct import_rows){.is_json = text_eq(m->format, T("jsonl"))};
    if (m->blob.n != HASH_BYTES) return STATUS_NOT_FOUND;
    for (size_t i = 0; i < HASH_BYTES; i++) name.b[i] = m->blob.p[i];
    enum status st = blob_open_read(journal_store(r->journal), &name, k, &out->blob);
    if (st) return st;
    out->csv.fill = from_blob;
    out->csv.context = out->blob;
    if (!out->is_json) st = csv_next(&out->csv, &out->head_arena, &out->head, p);
    if (st == STATUS_NOT_FOUND) st = problem(p, "", "import_empty", "problem.import.empty");
    if (!st) return STATUS_OK;
    import_rows_close(out);
    return st;
}

void import_rows_close(struct import_rows *s) {
    blob_close_read(&s->blob);
    arena_free(&s->head_arena);
}

static void cannot(struct import_line *l, struct arena *a, const char *field, const char *rule,
                   const char *key) {
    l->problem = (struct problem){.field = field, .rule = rule, .text_key = key, .line = l->line};
    problem_arg(&l->problem, "line", text_printf(a, "%lld", (long long)l->line));
}

// What a spreadsheet was kept from taking for a formula.
static struct text cell_value(struct text cell) {
    bool is_guarded = cell.n > 1 && cell.p[0] == '\'' &&
                      (cell.p[1] == '=' || cell.p[1] == '@' || cell.p[1] == '+' || cell.p[1] == '-');
    return text_trim(is_guarded ? text_slice(cell, 1, cell.n) : cell);
}

static void take_cells(struct import_rows *s, struct arena *a, struct import_line *l) {
    if (l->cells.count != s->head.count) {
        cannot(l, a, "", "csv_columns", "problem.csv.columns");
        return;
    }
    for (size_t i = 0; i < l->cells.count; i++) {
        struct text column = text_trim(s->head.items[i]), value = cell_value(l->cells.items[i]);
        if (is_ours(column) || !value.n) continue;
        if (answers_set(&l->answers, column, value)) {
            cannot(l, a, text_c(a, column), "import_column", "problem.import.column");
            return;
        }
    }
}

static void take_json(struct arena *a, struct import_line *l) {
    struct problem p = {0};
    struct answers all = {.arena = a};
    if (answers_from_json(a, l->json, &all, &p)) {
        cannot(l, a, "", "import_json", "problem.import.json");
        return;
    }
    for (size_t i = 0; i < all.count; i++)
        if (!is_ours(all.items[i].path) && answers_set(&l->answers, all.items[i].path, all.items[i].value))
            cannot(l, a, "", "import_json", "problem.import.json");
}

// A row that cannot be told from the next one ends the file: what follows would be guessed.
enum status import_rows_next(struct import_rows *s, struct arena *a, struct import_line *out) {
    struct problem p = {0};
    *out = (struct import_line){.answers = {.arena = a}};
    enum status st =
        s->is_json ? csv_line(&s->csv, a, &out->json, &p) : csv_next(&s->csv, a, &out->cells, &p);
    out->line = s->csv.line;
    if (st == STATUS_INVALID) {
        out->problem = p;
        s->csv.is_over = true;
        s->csv.at = s->csv.n;
        return STATUS_OK;
    }
    if (st) return st;
    if (s->is_json)
        take_json(a, out);
    else
        take_cells(s, a, out);
    return STATUS_OK;
}
