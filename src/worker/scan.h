// scan.h - asks a virus scanner (clamd) about a file.
#pragma once
#include "base/arena.h"
#include "base/env.h"
#include "base/text.h"

enum {
    SCAN_FILE_MAX = 64 * 1024 * 1024, // set StreamMaxLength of clamd no lower
    SCAN_NAME_MAX = 200,
};

enum scan_verdict {
    SCAN_NOT_AVAILABLE, // no scanner there, or no answer in time: ask again later
    SCAN_CLEAN,
    SCAN_INFECTED,
    SCAN_REFUSED, // the scanner would not look at it: too large for it, or an error of its own
};
struct scan_result {
    enum scan_verdict verdict;
    struct text name; // SCAN_INFECTED: what was found; SCAN_REFUSED: why. In the arena.
};

// Streams the file (from its present offset to its end) to the clamd at `address`: a path of a Unix socket
// ("/run/clamav/clamd.ctl"), or "number:port" ("[::1]:3310", "localhost:3310"; other names are not looked
// up). Takes at most timeout_ms. Always fills *out; the answer is STATUS_OK, STATUS_TOO_LARGE or STATUS_IO
// (the file cannot be read).
enum status scan_stream(const struct env *env, struct text address, int fd, int timeout_ms, struct arena *a,
                        struct scan_result *out);
enum status scan_bytes(const struct env *env, struct text address, struct bytes file, int timeout_ms,
                       struct arena *a, struct scan_result *out);
