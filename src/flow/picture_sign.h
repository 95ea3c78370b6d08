// picture_sign.h - the signs of the standard's notation (chapters 7 and 10 to 13). Only for files of this
// room.
#pragma once
#include "base/text.h"

// What stands in an event (by its definition), in the corner of a task or in a gateway (by its element's
// name), or at the bottom of an activity: a path in a square of SIGN_SIDE. NULL when there is none.
enum { SIGN_SIDE = 16 };
struct sign {
    const char *name, *path;
    bool fills; // black when it is thrown; outlined when it is caught
};
const struct sign *sign_find(struct text name);
