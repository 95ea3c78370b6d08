// table.h - rows of CSV and TSV files, for measurements.
#pragma once
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

// The whole file; false when it is not there.
static inline bool table_file(struct arena *a, const char *path, struct text *out) {
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    struct out o = {.arena = a};
    char buffer[65536];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, f));) out_text(&o, (struct text){buffer, n});
    fclose(f);
    *out = out_done(&o);
    return true;
}

// Takes the next row off `rest`; fields that are not there are empty. RFC 4180 quotes.
static inline bool table_row(struct arena *a, struct text *rest, char separator, struct text *fields,
                             size_t max) {
    if (!rest->n) return false;
    for (size_t i = 0; i < max; i++) fields[i] = (struct text){0};
    size_t at = 0, field = 0;
    bool quoted = false;
    struct out o = {.arena = a};
    for (;; at++) {
        char c = at < rest->n ? rest->p[at] : '\n';
        bool is_end = at >= rest->n || (!quoted && c == '\n');
        if (is_end || (!quoted && c == separator)) {
            if (field < max) fields[field++] = out_done(&o);
            o = (struct out){.arena = a};
            if (is_end) break;
        } else if (c == '"' && separator == ',') {
            if (quoted && at + 1 < rest->n && rest->p[at + 1] == '"')
                out_byte(&o, '"'), at++;
            else
                quoted = !quoted;
        } else if (c != '\r') {
            out_byte(&o, c);
        }
    }
    *rest = text_slice(*rest, at + 1, rest->n);
    return true;
}
