// content.h - PDF content streams, inside this room.
#pragma once
#include "base/text.h"

// The stream with everything outside Cairo's structure elements (marked content with an MCID) put into
// artifacts, as ISO 14289-1, 7.1 asks. STATUS_CORRUPT when marked content does not close.
enum status content_with_artifacts(struct arena *a, struct text stream, struct text *out);
