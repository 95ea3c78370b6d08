// log.h - one line per happening to standard error: time, level, name, key=value. Never personal data.
#pragma once
#include "base/text.h"

enum log_level { LOG_NOTHING = -1, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_level_set(enum log_level most); // LOG_INFO at start

// What this thread does from now on is not told: it happens in a house that is only tried.
void log_hush(bool hushed);

// log_line(LOG_WARNING, "outbox.retry", "attempt=%d message=%lld", n, id). Values with spaces are quoted by
// the caller. Names are dotted, lower case.
void log_line(enum log_level level, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
