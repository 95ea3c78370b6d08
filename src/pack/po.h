// po.h - inside pack/: reading one gettext .po file.
#pragma once
#include "pack/plural.h"
#include "pack/text_catalog.h"

struct po_entry {
    struct text key; // "context|id" with a context
    struct text form[PLURAL_FORMS_MAX];
    size_t forms; // 1 without plural forms
    bool has_plural;
    bool is_fuzzy;
    int64_t line;
};
struct po_file {
    struct po_entry *items; // in order of the file; the header is not among them
    size_t count, capacity;
    struct plural *plural; // NULL when the header has none
};

// Texts are copied to `a`. STATUS_INVALID or STATUS_TOO_LARGE with rule and line.
enum status po_read(struct arena *a, struct text content, struct po_file *out, struct problem *p);
