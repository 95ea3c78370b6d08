// form_reading.h - inside pack/: what the two files that read forms share.
#pragma once
#include "pack/form.h"
#include "pack/reading.h"

struct form_builder {
    struct form *form;
    struct text *paths; // of all input fields, to find doubles
};

// Reads the member "components" of `j`: the fields of a form, group or repeat whose paths begin with `scope`.
// *out and *count are set also when it fails, for form_close.
enum status form_read_components(const struct reading *r, struct form_builder *b, const json_t *j,
                                 struct text scope, int depth, const struct form_field **out, size_t *count);

// Buttons are left out: pages bring their own.
bool form_is_button(const json_t *component);
