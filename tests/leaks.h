// leaks.h - what LeakSanitizer need not report: the one place for it. Included once by programs that set
// letters.
//
// fontconfig keeps its configuration and cache of fonts until the process ends; that is not ours to free.
#pragma once

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\n";
}
