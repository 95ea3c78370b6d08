// unicode.h - the few ICU calls of this room, from text to text in an arena.
#pragma once
#include <stdbool.h>
#include <unicode/uscript.h>

#include "base/text.h"

enum unicode_form { UNICODE_NFC, UNICODE_NFKD, UNICODE_NFKC_FOLD };

// Malformed bytes become U+FFFD.
struct text unicode_normal(struct arena *a, struct text t, enum unicode_form form);

// NFD, all marks (general category M) removed, NFC.
struct text unicode_without_marks(struct arena *a, struct text t);

// By ICU: Greek by the UN system (ELOT 743), Armenian, Georgian and Ethiopic by BGN/PCGN, other scripts by
// Any-Latin.
struct text unicode_any_latin(struct arena *a, struct text t, UScriptCode script);

bool unicode_is_mark(uint32_t c);
