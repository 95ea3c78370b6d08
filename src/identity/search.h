// search.h - what Arabic names are made of, inside this room. Texts are search keys (identity.h).
#pragma once
#include "base/text.h"

// The article parted from its noun, Abd from what follows: of a key in Arabic script.
struct text identity_arabic_apart(struct arena *a, struct text key);
// "rahman" of "abdulrahman", empty when it is no such name.
struct text identity_servant_rest(struct text latin);
bool identity_is_servant(struct text latin); // "abd", "abdul"
bool identity_is_article(struct text latin); // "al", "ur"
