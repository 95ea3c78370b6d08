// try_diagram.c - the procedure of a trial as it is drawn, with where the case is and was; and the model
// itself.
#include "flow/flow.h"
#include "web/pages.h"
#include "web/pages/try.h"

struct diagram_step {
    struct text title;
    bool is_now;
};
struct diagram_page {
    struct text of, back, model, active, visited;
    VIEW_LIST_OF(diagram_step) steps;
};
VIEW(STEP_VIEW, VIEW_TEXT(struct diagram_step, title), VIEW_BOOL(struct diagram_step, is_now));
#define V struct diagram_page
VIEW(DIAGRAM_VIEW, VIEW_TEXT(V, of), VIEW_TEXT(V, back), VIEW_TEXT(V, model), VIEW_TEXT(V, active),
     VIEW_TEXT(V, visited), VIEW_LIST(V, steps, &STEP_VIEW));
#undef V
static const struct page_template TRY_DIAGRAM = {"try_diagram", &DIAGRAM_VIEW};

static void add_id(struct out *o, struct text id) {
    if (o->n) out_byte(o, ',');
    out_text(o, id);
}

static bool is_at(const struct trial_view *v, struct text element) {
    for (size_t i = 0; i < v->at.count; i++)
        if (text_eq(v->at.items[i].element, element)) return true;
    return false;
}

// Of all processes of the pack: those that are called are drawn elsewhere, but told in the list.
static void add_steps(struct request *q, struct trial *t, const struct flow_model *m,
                      const struct trial_view *view, struct diagram_page *v, struct out *active,
                      struct out *visited) {
    for (size_t i = 0; i < flow_count(m); i++) {
        struct text id = flow_element(m, (int)i)->id;
        bool is_now = is_at(view, id);
        if (!is_now && !trial_visits(t, id)) continue;
        *ARENA_PUSH(q->arena, &v->steps) = (struct diagram_step){try_element_name(q, t, id), is_now};
        add_id(is_now ? active : visited, id);
    }
}

static enum status show(struct request *q, struct response *r, struct trial_live *live) {
    const struct pack *pack = trial_pack(live->trial);
    struct diagram_page v = {
        .of = live->of, .back = try_path(q, live, ""), .model = try_path(q, live, "/process.bpmn")};
    struct out active = {.arena = q->arena}, visited = {.arena = q->arena};
    struct trial_view view;
    enum status st = trial_look(live->trial, q->arena, &view);
    if (st) return st;
    for (size_t i = 0; i < pack_processes(pack); i++)
        add_steps(q, live->trial, pack_process(pack, i), &view, &v, &active, &visited);
    v.active = out_done(&active);
    v.visited = out_done(&visited);
    return page_show(q, r, &TRY_DIAGRAM, &v);
}

static enum status send_model(struct request *q, struct response *r, const struct trial_live *live) {
    const struct pack *pack = trial_pack(live->trial);
    for (size_t i = 0; i < pack_processes(pack); i++) {
        if (!text_eq(flow_process_id(pack_process(pack, i)), pack_procedure(pack))) continue;
        r->body.arena = q->arena;
        out_text(&r->body, text_of_bytes(pack_file_content(pack, pack_process_file(pack, i))));
        response_download(q, r, T("process.bpmn"), T("application/xml"), false);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

static enum status with_trial(struct request *q, struct response *r, bool is_model) {
    struct trial_live *live;
    enum status st = try_take(q, r, &live);
    if (st || !live) return st;
    st = is_model ? send_model(q, r, live) : show(q, r, live);
    try_give(q, live);
    return st;
}

static enum status try_diagram(struct request *q, struct response *r) {
    return with_trial(q, r, false);
}
static enum status try_model(struct request *q, struct response *r) {
    return with_trial(q, r, true);
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id/diagram", try_diagram, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/process.bpmn", try_model, NEEDS(POLICY | SUPERVISOR)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY_DIAGRAM, NULL};
const struct page_module TRY_DIAGRAM_PAGES = {ROUTES, TEMPLATES};
