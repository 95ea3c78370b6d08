// try_answers.c - the application of a trial, section by section: what a walk began with can be changed
// before it is submitted, and corrected afterwards.
#include "web/form_page.h"
#include "web/pages.h"
#include "web/pages/try.h"

struct section_link {
    struct text title, href;
};
struct answers_page {
    struct text title, back;
    struct form_page form;
    bool is_list;
    VIEW_LIST_OF(section_link) sections;
};
VIEW(SECTION_VIEW, VIEW_TEXT(struct section_link, title), VIEW_TEXT(struct section_link, href));
#define V struct answers_page
VIEW(ANSWERS_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, back), VIEW_STRUCT(V, form, &FORM_PAGE_VIEW),
     VIEW_BOOL(V, is_list), VIEW_LIST(V, sections, &SECTION_VIEW));
#undef V
static const struct page_template TRY_ANSWERS = {"try_answers", &ANSWERS_VIEW};

struct answering {
    struct request *q;
    struct trial_live *live;
    const struct pack *pack;
    const struct form *form;
    const struct form_section *section;
    struct answers answers;
    struct form_reading reading;
};

static enum status list(struct answering *g, struct response *r) {
    struct answers_page v = {.is_list = true,
                             .title = page_text(g->q, "trial.answers", NULL, 0),
                             .back = try_path(g->q, g->live, "")};
    for (size_t i = 0; i < g->form->section_count; i++) {
        const struct form_section *s = &g->form->sections[i];
        *ARENA_PUSH(g->q->arena, &v.sections) =
            (struct section_link){page_pack_text(g->q, s->title_key),
                                  TEXT_JOIN(g->q->arena, try_path(g->q, g->live, "/answers/"), s->id)};
    }
    return page_show(g->q, r, &TRY_ANSWERS, &v);
}

static enum status show(struct answering *g, struct response *r) {
    struct answers_page v = {.title = page_pack_text(g->q, g->section->title_key),
                             .back = try_path(g->q, g->live, "/answers")};
    v.form.is_whole = true; // no other page asks for the entries of lists
    form_page_fill(g->q, g->pack, g->section->fields, g->section->field_count, T(""), &g->answers, NULL,
                   &v.form);
    return page_show(g->q, r, &TRY_ANSWERS, &v);
}

static json_t *fields_of(struct answering *g) {
    struct answers own = {.arena = g->q->arena};
    json_error_t ignored;
    form_page_section_answers(g->section, &g->answers, &own);
    struct text text = answers_json(g->q->arena, &own);
    json_t *with = json_object();
    json_object_set_new(with, "section", json_stringn(g->section->id.p, g->section->id.n));
    json_object_set_new(with, "answers", json_loadb(text.p, text.n, 0, &ignored));
    return with;
}

// "more:family": the page comes again with one more. "remove:family[1]" takes that one out. Nothing is kept
// yet.
static bool follow_button(struct answering *g) {
    struct text path = form_text(g->q, "do"), kind;
    if (!text_cut(&path, ':', &kind) || !path.p) return false;
    if (text_eq(kind, T("remove")) && answer_path_ok(path) && form_field_at(g->form, path))
        answers_remove(&g->answers, path);
    return true;
}

static enum status save(struct answering *g, struct response *r) {
    struct problem p = {0};
    form_page_read_whole(g->q, g->section->fields, g->section->field_count, NULL, &g->answers, &g->reading);
    if (follow_button(g) || g->reading.has_new_questions) return show(g, r);
    if (!form_page_problems(g->q, g->pack, g->section, T(""), &g->answers, &g->reading)) return show(g, r);
    json_t *with = fields_of(g);
    struct trial_act act = {.kind = TRIAL_DO, .name = T("save_answers"), .with = with};
    enum status st = try_do(g->live, &act, &p);
    json_decref(with);
    if (!st) return response_redirect(g->q, r, try_path(g->q, g->live, "/answers"));
    if (!p.text_key) return st;
    try_problem(g->q, &p);
    return show(g, r);
}

static enum status answer(struct answering *g, struct response *r) {
    struct text name = request_param(g->q, "section");
    g->pack = trial_pack(g->live->trial);
    g->form = pack_form(g->pack, T("application"));
    g->section = g->form && name.n ? form_section(g->form, name) : NULL;
    if (!g->form || (name.n && !g->section)) return STATUS_NOT_FOUND;
    if (!name.n) return list(g, r);
    enum status st = trial_answers(g->live->trial, g->q->arena, &g->answers);
    if (st) return st;
    return g->q->method == POST ? save(g, r) : show(g, r);
}

static enum status try_answers(struct request *q, struct response *r) {
    struct answering g = {.q = q};
    enum status st = try_take(q, r, &g.live);
    if (st || !g.live) return st;
    st = answer(&g, r);
    try_give(q, g.live);
    return st;
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id/answers", try_answers, NEEDS(POLICY | SUPERVISOR)},
    {GET, "/policy/try/:id/answers/:section", try_answers, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try/:id/answers/:section", try_answers, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY_ANSWERS, NULL};
const struct page_module TRY_ANSWER_PAGES = {ROUTES, TEMPLATES};
