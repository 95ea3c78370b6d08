#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic enum log_level most_shown = LOG_INFO;

void log_level_set(enum log_level most) {
    most_shown = most;
}

static _Thread_local bool is_hushed;

void log_hush(bool hushed) {
    is_hushed = hushed;
}

void log_line(enum log_level level, const char *name, const char *format, ...) {
    static const char *const WORDS[] = {"error", "warning", "info", "debug"};
    enum { LINE_MAX_BYTES = 1024 };
    if (level > most_shown || is_hushed) return;
    struct timespec t;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &utc);
    char line[LINE_MAX_BYTES];
    size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    n += (size_t)snprintf(line + n, sizeof line - n, ".%03ldZ %s %s ", t.tv_nsec / 1000000, WORDS[level],
                          name);
    va_list args;
    va_start(args, format);
    int more = n < sizeof line ? vsnprintf(line + n, sizeof line - n, format, args) : 0;
    va_end(args);
    if (more > 0) n += (size_t)more;
    if (n > sizeof line - 2) n = sizeof line - 2;
    line[n++] = '\n';
    fwrite(line, 1, n, stderr); // one call, so that lines of threads do not mix
}
