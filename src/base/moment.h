// moment.h - a point in time.
#pragma once
#include <stdint.h>

// Milliseconds since 1970-01-01T00:00:00Z.
struct moment {
    int64_t ms;
};
