#include <magic.h>
#include <string.h>

#include "base/log.h"
#include "worker/job.h"

enum { SNIFF_BYTES = 1 << 20, MEDIA_TYPE_MAX = 100 };

static magic_t magic; // loaded before the process is sealed, used by its children

bool sniff_prepare(void) {
    // Looking into archives and devices is not for it.
    magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
    if (magic && magic_load(magic, NULL) == 0) return true;
    log_line(LOG_ERROR, "worker.no_magic", "error=\"%s\"", magic ? magic_error(magic) : "out of memory");
    return false;
}

enum status job_sniff(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                      struct bytes *answer) {
    (void)job, (void)args;
    const char *type = magic_buffer(magic, file.p, file.n < SNIFF_BYTES ? file.n : SNIFF_BYTES);
    if (!type) return STATUS_CORRUPT;
    *answer = bytes_of(text_copy(a, text_slice(text_of(type), 0, MEDIA_TYPE_MAX)));
    return STATUS_OK;
}
