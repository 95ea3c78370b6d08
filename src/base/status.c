#include "base/status.h"

static const char *const NAMES[STATUS_COUNT] = {
    [STATUS_OK] = "ok",
    [STATUS_INVALID] = "invalid",
    [STATUS_REFUSED] = "refused",
    [STATUS_NOT_FOUND] = "not found",
    [STATUS_CONFLICT] = "conflict",
    [STATUS_TOO_LARGE] = "too large",
    [STATUS_EXPIRED] = "expired",
    [STATUS_UNSUPPORTED] = "unsupported",
    [STATUS_CORRUPT] = "corrupt",
    [STATUS_FULL] = "disk full",
    [STATUS_IO] = "input/output error",
    [STATUS_STORE] = "database error",
    [STATUS_UNCERTAIN] = "outcome unknown",
    [STATUS_BUSY] = "busy",
};

const char *status_name(enum status s) {
    return (unsigned)s < STATUS_COUNT ? NAMES[s] : "unknown status";
}
