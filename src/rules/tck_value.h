// tck_value.h - values of the kit's test files, and what counts as the same.
#pragma once
#include "base/xml.h"
#include "rules/type.h"

// The value inside an inputNode, an expected or an item. The type that the model declares reads what has no
// xsi:type. False, with the reason in *why, when the text is not of its type.
bool tck_value(struct arena *a, const xmlNode *holder, const struct feel_type *type, struct feel_value *out,
               struct text *why);

// Equal, numbers to 8 places, as the kit's own runners compare.
bool tck_same(const struct feel_value *got, const struct feel_value *want);
