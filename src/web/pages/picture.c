// picture.c - a process of a pack as a picture on a page.
#include "web/pages/picture.h"

#include "flow/flow.h"

struct text picture_name(struct request *q, struct text key, struct text drawn, struct text element) {
    struct text name = page_pack_text(q, key);
    if (!text_eq(name, key)) return name;
    return drawn.n ? drawn : element;
}

struct text picture_process_name(struct request *q, const struct pack *pack, struct text process) {
    const struct flow_model *m = pack ? pack_process_with(pack, process) : NULL;
    struct text drawn = m ? flow_process_name(m) : T("");
    return picture_name(q, TEXT_JOIN(q->arena, T("flow."), process), drawn, process);
}

bool picture_is_drawn(struct text bpmn) {
    size_t at;
    return text_find(bpmn, T("BPMNShape"), &at);
}

struct naming {
    struct request *q;
    struct text process;
};

static struct text name_in_picture(void *context, struct text element, struct text written) {
    struct naming *n = context;
    struct text key = TEXT_JOIN(n->q->arena, T("flow."), n->process, T("."), element);
    struct text name = page_pack_text(n->q, key);
    return text_eq(name, key) ? written : name;
}

enum status picture_show(struct request *q, struct response *r, const struct pack *pack, struct text process,
                         struct text bpmn, const struct flow_mark *marks, size_t count) {
    struct naming naming = {q, process};
    size_t drawn;
    struct flow_picture how = {.marks = marks,
                               .mark_count = count,
                               .title = picture_process_name(q, pack, process),
                               .right_to_left = language_is_rtl(q->language),
                               .name = name_in_picture,
                               .context = &naming};
    r->media = T("image/svg+xml");
    return flow_picture(q->arena, bpmn, &how, &r->body, &drawn, &r->problem);
}
