#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/pg.h"

// One small reader for both translations: words, strings in single quotes, comments, and all the rest.

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

// Where the piece that begins at `from` ends; *word is true for a name or keyword.
static size_t piece_end(const char *sql, size_t from, bool *word) {
    size_t at = from;
    *word = false;
    if (sql[at] == '\'') {
        for (at++; sql[at] && (sql[at] != '\'' || sql[at + 1] == '\''); at++) at += sql[at] == '\'';
        return sql[at] ? at + 1 : at;
    }
    if (sql[at] == '-' && sql[at + 1] == '-') return from + strcspn(sql + from, "\n");
    if (!is_word(sql[at])) return at + 1;
    *word = true;
    while (is_word(sql[at])) at++;
    return at;
}

static char *finish(struct out *o) {
    char *copy = strndup(o->p ? o->p : "", o->n);
    if (!copy) abort();
    arena_free(o->arena);
    return copy;
}

char *pg_statement_text(const char *sql, int *parameters) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct text names[STORE_ARGS_MAX];
    int count = 0;
    bool word;
    for (size_t at = 0, end; sql[at]; at = end) {
        end = piece_end(sql, at, &word);
        if (sql[at] == ':' && sql[at + 1] == ':') end = at + 2; // a cast
        bool is_parameter = sql[at] == ':' && is_word(sql[at + 1]);
        if (!is_parameter) {
            out_text(&o, (struct text){sql + at, end - at});
            continue;
        }
        end = piece_end(sql, at + 1, &word);
        struct text name = {sql + at + 1, end - at - 1};
        int i = 0;
        while (i < count && !text_eq(names[i], name)) i++;
        if (i == count) names[count++] = name;
        out_printf(&o, "$%d", i + 1);
    }
    *parameters = count;
    return finish(&o);
}

static const char *type_of(struct text word) {
    static const struct {
        const char *ours, *theirs;
    } TYPES[] = {
        {"integer", "bigint"}, {"blob", "bytea"}, {"text", "text collate \"C\""}, // ordered by bytes
    };
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (text_eq(word, text_of(TYPES[i].ours))) return TYPES[i].theirs;
    return NULL;
}

// A type stands behind the name of its column, and that behind a bracket, a comma or "column".
char *pg_script_text(const char *sql) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct text before = {0}, last = {0}; // the two pieces before this one, spaces and comments apart
    bool word, last_is_word = false;
    for (size_t at = 0, end; sql[at]; at = end) {
        end = piece_end(sql, at, &word);
        struct text piece = {sql + at, end - at};
        bool is_column = last_is_word &&
                         (text_eq(before, T("(")) || text_eq(before, T(",")) || text_eq(before, T("column")));
        const char *type = word && is_column ? type_of(piece) : NULL;
        out_text(&o, type ? text_of(type) : piece);
        if (isspace((unsigned char)sql[at]) || text_starts(piece, T("--"))) continue;
        before = last;
        last = piece;
        last_is_word = word;
    }
    return finish(&o);
}
