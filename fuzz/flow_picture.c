// Hostile BPMN files as pictures: whatever is drawn is well-formed.
#include "base/xml.h"
#include "flow/picture.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct flow_mark MARKS[] = {{T("t"), FLOW_LOOK_STUCK, T("12")},
                                             {T("s"), FLOW_LOOK_VISITED, T("")}};
    struct flow_picture how = {.marks = MARKS, .mark_count = 2, .title = T("<&>")};
    struct arena a = {0};
    struct problem p = {0};
    struct out svg = {.arena = &a};
    size_t drawn;
    xmlDoc *doc;
    if (size < 100000 && !flow_picture(&a, (struct text){(const char *)data, size}, &how, &svg, &drawn, &p)) {
        if (xml_read(out_done(&svg), &doc, &p)) abort();
        xmlFreeDoc(doc);
    }
    arena_free(&a);
    return 0;
}
