// try_diagram.c - the processes of a trial as they are drawn, with where the case is and was.
#include "flow/flow.h"
#include "web/pages.h"
#include "web/pages/picture.h"
#include "web/pages/try.h"

struct diagram_step {
    struct text title;
    bool is_now;
};
struct diagram_picture {
    struct text title, href;
};
struct diagram_page {
    struct text of, back;
    VIEW_LIST_OF(diagram_picture) pictures;
    VIEW_LIST_OF(diagram_step) steps;
};
VIEW(STEP_VIEW, VIEW_TEXT(struct diagram_step, title), VIEW_BOOL(struct diagram_step, is_now));
VIEW(PICTURE_VIEW, VIEW_TEXT(struct diagram_picture, title), VIEW_TEXT(struct diagram_picture, href));
#define V struct diagram_page
VIEW(DIAGRAM_VIEW, VIEW_TEXT(V, of), VIEW_TEXT(V, back), VIEW_LIST(V, pictures, &PICTURE_VIEW),
     VIEW_LIST(V, steps, &STEP_VIEW));
#undef V
static const struct page_template TRY_DIAGRAM = {"try_diagram", &DIAGRAM_VIEW};

static bool is_at(const struct trial_view *v, struct text element) {
    for (size_t i = 0; i < v->at.count; i++)
        if (text_eq(v->at.items[i].element, element)) return true;
    return false;
}

// Says whether the case was ever in this process.
static bool add_steps(struct request *q, struct trial *t, const struct flow_model *m,
                      const struct trial_view *view, struct diagram_page *v) {
    size_t before = v->steps.count;
    for (size_t i = 0; i < flow_count(m); i++) {
        struct text id = flow_element(m, (int)i)->id;
        bool is_now = is_at(view, id);
        if (is_now || trial_visits(t, id))
            *ARENA_PUSH(q->arena, &v->steps) = (struct diagram_step){try_element_name(q, t, id), is_now};
    }
    return v->steps.count > before;
}

static enum status show(struct request *q, struct response *r, struct trial_live *live) {
    const struct pack *pack = trial_pack(live->trial);
    struct diagram_page v = {.of = live->of, .back = try_path(q, live, "")};
    struct trial_view view;
    enum status st = trial_look(live->trial, q->arena, &view);
    if (st) return st;
    for (size_t i = 0; i < pack_processes(pack); i++) {
        const struct flow_model *m = pack_process(pack, i);
        if (!add_steps(q, live->trial, m, &view, &v)) continue;
        if (!picture_is_drawn(text_of_bytes(pack_file_content(pack, pack_process_file(pack, i))))) continue;
        *ARENA_PUSH(q->arena, &v.pictures) = (struct diagram_picture){
            picture_process_name(q, pack, flow_process_id(m)),
            text_printf(q->arena, TEXT_FMT "?of=%zu", TEXT_ARG(try_path(q, live, "/picture")), i)};
    }
    return page_show(q, r, &TRY_DIAGRAM, &v);
}

static enum status send_picture(struct request *q, struct response *r, struct trial_live *live) {
    const struct pack *pack = trial_pack(live->trial);
    struct trial_view view;
    int64_t which = -1;
    if (!text_int(query_text(q, "of"), &which) || which < 0 || (size_t)which >= pack_processes(pack))
        return STATUS_NOT_FOUND;
    enum status st = trial_look(live->trial, q->arena, &view);
    if (st) return st;
    const struct flow_model *m = pack_process(pack, (size_t)which);
    struct flow_mark *marks = ARENA_ARRAY(q->arena, struct flow_mark, flow_count(m));
    size_t count = 0;
    for (size_t i = 0; i < flow_count(m); i++) {
        struct text id = flow_element(m, (int)i)->id;
        bool is_now = is_at(&view, id);
        if (is_now || trial_visits(live->trial, id))
            marks[count++] = (struct flow_mark){id, is_now ? FLOW_LOOK_NOW : FLOW_LOOK_VISITED, T("")};
    }
    struct text bpmn = text_of_bytes(pack_file_content(pack, pack_process_file(pack, (size_t)which)));
    return picture_show(q, r, pack, flow_process_id(m), bpmn, marks, count);
}

static enum status with_trial(struct request *q, struct response *r, bool is_picture) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = is_picture ? send_picture(q, r, live) : show(q, r, live);
    try_give(q, live);
    return st;
}

static enum status try_diagram(struct request *q, struct response *r) {
    return with_trial(q, r, false);
}
static enum status try_picture(struct request *q, struct response *r) {
    return with_trial(q, r, true);
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id/diagram", try_diagram, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/picture", try_picture, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY_DIAGRAM, NULL};
const struct page_module TRY_DIAGRAM_PAGES = {ROUTES, TEMPLATES};
