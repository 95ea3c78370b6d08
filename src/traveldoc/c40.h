// c40.h - inside traveldoc/: text in seals, three characters in two bytes (ISO/IEC 16022, 5.2.5, as limited
// by 9303-13, 2.4: A-Z, 0-9 and the space, which stands for the filler of a zone).
#pragma once
#include "base/text.h"

// False for characters beyond those. Ends at padding.
bool c40_decode(struct arena *a, struct bytes b, struct text *out);
