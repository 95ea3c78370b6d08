#include "ostia/rules_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/xml.h"

bool rules_read_file(struct arena *a, const char *path, struct text *content) {
    struct out o = {.arena = a};
    char part[64 * 1024];
    size_t n;
    FILE *f = fopen(path, "re");
    if (!f) {
        fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
        return false;
    }
    while (o.n <= XML_BYTES_MAX && (n = fread(part, 1, sizeof part, f))) out_text(&o, (struct text){part, n});
    bool good = !ferror(f) && o.n <= XML_BYTES_MAX;
    fclose(f);
    if (!good) fprintf(stderr, "ostia: %s: unreadable, or larger than %d bytes\n", path, XML_BYTES_MAX);
    *content = out_done(&o);
    return good;
}
