// number.h - the number of a natural person: P, nine digits, two check digits (ISO/IEC 7064, MOD 97-10).
#pragma once
#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

// "P00000001262" for the twelfth person.
struct text natural_number(struct arena *a, int64_t counter);
// As people read it: "P 000 000 012 62".
struct text natural_number_shown(struct arena *a, struct text number);
// What somebody typed, with any spaces and hyphens: the number, or STATUS_INVALID when it is none or a digit
// is wrong.
enum status natural_number_read(struct arena *a, struct text typed, struct text *number);
