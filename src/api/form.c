// form.c - what programs need to do a task of any pack: its form with words, what was answered, which
// procedures there are.
#include "api/table.h"
#include "base/json.h"

enum status api_task_answers(struct api_call *c) {
    struct api_question *in = c->in;
    struct api_answers out = {0};
    int64_t id, task;
    if (!request_param_id(c->q, "case", &id) || !request_param_id(c->q, "task", &task))
        return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st = cases_task_answers(c->app->cases, c->actor, &c->look, id, task, c->q->arena,
                                        &out.answers, &c->problem);
    return st ? api_failed(c, st) : api_answer(c, &SHAPE_ANSWERS, &out);
}

// ---- forms

struct words {
    struct api_call *c;
    const struct pack *pack;
    struct json_out *j;
    struct text *seen;
    size_t count, capacity;
};

static void put(struct words *w, struct text key) {
    if (!key.n) return;
    for (size_t i = 0; i < w->count; i++)
        if (text_eq(w->seen[i], key)) return;
    w->seen = arena_grow(w->c->q->arena, w->seen, w->count, &w->capacity, sizeof *w->seen);
    w->seen[w->count++] = key;
    json_key(w->j, text_c(w->c->q->arena, key));
    json_put_text(w->j, page_words_of(w->c->q, w->pack, key));
}

static void put_fields(struct words *w, const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        const struct text keys[] = {f->label_key,   f->hint_key, f->text_key, f->required_key,
                                    f->pattern_key, f->add_key,  f->entry_key};
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) put(w, keys[k]);
        for (size_t k = 0; k < f->option_count; k++) put(w, f->options[k].label_key);
        put_fields(w, f->children, f->child_count);
    }
}

struct text api_form_words(struct api_call *c, const struct pack *pack, const struct form *f) {
    struct out o = {.arena = c->q->arena};
    struct json_out j = {.out = &o};
    struct words w = {.c = c, .pack = pack, .j = &j};
    json_begin_object(&j);
    put(&w, f->title_key);
    for (size_t i = 0; i < f->section_count; i++) {
        put(&w, f->sections[i].title_key);
        put(&w, f->sections[i].intro_key);
        put_fields(&w, f->sections[i].fields, f->sections[i].field_count);
    }
    json_end_object(&j);
    return out_done(&o);
}

// A form says nothing about a person, but which law a case runs on is part of its file.
enum status api_form(struct api_call *c) {
    struct api_question *in = c->in;
    struct case_file *file = ARENA_NEW(c->q->arena, struct case_file);
    struct text name = request_param(c->q, "form");
    int64_t id;
    if (!request_param_id(c->q, "case", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st = cases_open_file(c->app->cases, c->actor, &c->look, id, c->q->arena, file, &c->problem);
    if (st) return api_failed(c, st);
    const struct pack *pack = cases_pack_of(c->app->cases, file->pack_version);
    const struct form *form = pack ? pack_form(pack, name) : NULL;
    if (!form) return api_fail(c, 404);
    struct api_form out = {form->id, text_of_bytes(pack_form_source(pack, name)),
                           api_form_words(c, pack, form)};
    return api_answer(c, &SHAPE_FORM, &out);
}

// ---- procedures

enum status api_procedures(struct api_call *c) {
    struct procedure_list all;
    struct api_procedures out = {0};
    cases_procedures(c->app->cases, &all);
    for (size_t i = 0; i < all.count; i++) {
        const struct pack *p = all.packs[i];
        *ARENA_PUSH(c->q->arena, &out) = (struct api_procedure){
            pack_id(p),     pack_version(p),          page_words_of(c->q, p, pack_title_key(p)),
            pack_number(p), pack_opened_by_person(p), pack_opened_by_staff(p)};
    }
    c->r->cache = CACHE_REVALIDATE;
    return api_answer(c, &SHAPE_PROCEDURES, &out);
}
