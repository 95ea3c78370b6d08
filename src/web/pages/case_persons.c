// case_persons.c - who the people are, and what they answered.
#include <string.h>

#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/register.h"

struct person_line {
    struct text role, name, latin_name, mrz_name, original_name, birth_place, sex, nationalities,
        civil_status;
    struct date birth;
    bool is_stateless, is_main, is_birth_partial;
};
struct number_line {
    struct text number, origin;
};
struct entry_line {
    struct text reference, title, href, why, article;
    const char *then_key;
    struct date due;
};
struct persons_page {
    struct case_frame frame;
    struct {
        struct person_line *items;
        size_t count, capacity;
    } persons;
    struct {
        struct number_line *items;
        size_t count, capacity;
    } numbers;
    struct {
        struct entry_line *items;
        size_t count, capacity;
    } entries;
    struct text add_number;
    bool is_erased;
};
#define PERSON struct person_line
VIEW(PERSON_VIEW, VIEW_TEXT(PERSON, role), VIEW_TEXT(PERSON, name), VIEW_TEXT(PERSON, latin_name),
     VIEW_TEXT(PERSON, mrz_name), VIEW_TEXT(PERSON, original_name), VIEW_TEXT(PERSON, birth_place),
     VIEW_TEXT(PERSON, sex), VIEW_TEXT(PERSON, nationalities), VIEW_TEXT(PERSON, civil_status),
     VIEW_DATE(PERSON, birth), VIEW_BOOL(PERSON, is_stateless), VIEW_BOOL(PERSON, is_main),
     VIEW_BOOL(PERSON, is_birth_partial));
VIEW(NUMBER_VIEW, VIEW_TEXT(struct number_line, number), VIEW_TEXT(struct number_line, origin));
#define ENTRY struct entry_line
VIEW(ENTRY_VIEW, VIEW_TEXT(ENTRY, reference), VIEW_TEXT(ENTRY, title), VIEW_TEXT(ENTRY, href),
     VIEW_TEXT(ENTRY, why), VIEW_TEXT(ENTRY, article), VIEW_C(ENTRY, then_key), VIEW_DATE(ENTRY, due));
VIEW(PERSONS_VIEW, VIEW_STRUCT(struct persons_page, frame, &CASE_FRAME_VIEW),
     VIEW_LIST(struct persons_page, persons, &PERSON_VIEW),
     VIEW_LIST(struct persons_page, numbers, &NUMBER_VIEW),
     VIEW_LIST(struct persons_page, entries, &ENTRY_VIEW), VIEW_TEXT(struct persons_page, add_number),
     VIEW_BOOL(struct persons_page, is_erased));
static const struct page_template PERSONS = {"case_persons", &PERSONS_VIEW};

// Each register keeps what it says for its own time, also when the person is erased from the case.
static enum status fill_entries(struct request *q, const struct case_page *c, struct persons_page *v) {
    struct registers *room = page_app(q)->registers;
    struct look look = case_look(q, c->frame.id);
    struct case_entries all = {0};
    enum status st =
        room ? registers_of_case(room, page_actor(q), &look, c->frame.id, q->arena, &all) : STATUS_OK;
    for (size_t i = 0; i < all.count && !st; i++) {
        const struct case_entry *e = &all.items[i];
        struct entry_line *line = ARENA_PUSH(q->arena, &v->entries);
        *line = (struct entry_line){
            .reference = e->reference, .title = register_title(q, e->pack, e->of), .due = e->due};
        if (e->may_read)
            line->href =
                TEXT_JOIN(q->arena, T("/registers/"), e->of->id,
                          text_printf(q->arena, "/%lld?purpose=", (long long)e->entry), look.purpose);
        if (!e->rule) continue;
        line->why = register_kept(q, e->pack, e->of, e->rule);
        line->article = register_article(q, e->pack, e->rule->article);
        line->then_key = e->due.year ? register_then_key(e->then) : NULL;
    }
    return st;
}

static enum status persons_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "persons", &c);
    if (st || case_page_is_sent(r)) return st;
    struct persons_page v = {.frame = c.frame};
    if (officer_may(q, text_c(q->arena, c.file.relation), "add_file_number"))
        v.add_number = case_path(q, c.frame.id, "/do/add_file_number");
    for (size_t i = 0; i < c.file.persons.count; i++) {
        const struct person_view *p = &c.file.persons.items[i];
        bool main = p == case_main_person(&c.file);
        *ARENA_PUSH(q->arena, &v.persons) = (struct person_line){
            .role = main ? page_text(q, "case.applicant", NULL, 0) : page_code_name(q, "relation", p->role),
            .name = TEXT_JOIN(q->arena, p->family_name, T(" "), p->given_names),
            .latin_name = p->latin_name,
            .mrz_name = p->mrz_name,
            .original_name = p->original_name,
            .birth_place = p->birth_place,
            .sex = p->sex.n ? page_code_name(q, "sex", p->sex) : p->sex,
            .nationalities = case_code_names(q, "nationality", p->nationalities),
            .civil_status =
                p->civil_status.n ? page_code_name(q, "civil_status", p->civil_status) : p->civil_status,
            .birth = p->birth,
            .is_stateless = p->is_stateless,
            .is_main = main,
            .is_birth_partial = p->birth.year && !date_is_full(p->birth)};
    }
    for (size_t i = 0; i < c.file.numbers.count; i++)
        *ARENA_PUSH(q->arena, &v.numbers) =
            (struct number_line){c.file.numbers.items[i].number, c.file.numbers.items[i].origin};
    v.is_erased = !c.file.persons.count;
    st = fill_entries(q, &c, &v);
    return st ? st : page_show(q, r, &PERSONS, &v);
}

// ---- the application, section by section ----

struct answer_line {
    struct text label, value;
    bool is_entry, is_hidden; // a heading of a repeated group; not for this reader
};
struct section_link {
    struct text title, href;
    bool is_current, is_answered;
};
struct application_page {
    struct case_frame frame;
    struct {
        struct section_link *items;
        size_t count, capacity;
    } sections;
    struct {
        struct answer_line *items;
        size_t count, capacity;
    } answers;
    struct text title, saved_by, correct;
    struct moment saved_at;
    bool is_answered, is_by_person;
};
#define ANSWER struct answer_line
VIEW(ANSWER_VIEW, VIEW_TEXT(ANSWER, label), VIEW_TEXT(ANSWER, value), VIEW_BOOL(ANSWER, is_entry),
     VIEW_BOOL(ANSWER, is_hidden));
VIEW(SECTION_VIEW, VIEW_TEXT(struct section_link, title), VIEW_TEXT(struct section_link, href),
     VIEW_BOOL(struct section_link, is_current), VIEW_BOOL(struct section_link, is_answered));
#define APPLICATION struct application_page
VIEW(APPLICATION_VIEW, VIEW_STRUCT(APPLICATION, frame, &CASE_FRAME_VIEW),
     VIEW_LIST(APPLICATION, sections, &SECTION_VIEW), VIEW_LIST(APPLICATION, answers, &ANSWER_VIEW),
     VIEW_TEXT(APPLICATION, title), VIEW_TEXT(APPLICATION, saved_by), VIEW_TEXT(APPLICATION, correct),
     VIEW_MOMENT(APPLICATION, saved_at), VIEW_BOOL(APPLICATION, is_answered),
     VIEW_BOOL(APPLICATION, is_by_person));
static const struct page_template APPLICATION_PAGE = {"case_application", &APPLICATION_VIEW};

struct telling {
    struct request *q;
    const struct case_page *page;
    const struct answers *answers;
    struct application_page *v;
};

static void add_answer(struct telling *t, struct text label_key, struct text value, bool hidden) {
    *ARENA_PUSH(t->q->arena, &t->v->answers) =
        (struct answer_line){.label = label_key, .value = value, .is_hidden = hidden};
}

static struct text several(struct telling *t, const struct form_field *f, struct text path) {
    struct out o = {.arena = t->q->arena};
    size_t n = answers_count(t->answers, path);
    for (size_t i = 0; i < n; i++) {
        struct text at = text_printf(t->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(path), i);
        if (i) out_c(&o, ", ");
        out_text(&o, case_answer_text(t->q, f, answers_get(t->answers, at)));
    }
    return out_done(&o);
}

static void tell_field(struct telling *t, const struct form_field *f, struct text prefix);

static void tell_entries(struct telling *t, const struct form_field *f, struct text path) {
    size_t n = answers_count(t->answers, path);
    for (size_t i = 0; i < n; i++) {
        struct text_value number = {T("number"), text_printf(t->q->arena, "%zu", i + 1)};
        struct text title = text_fill(t->q->arena, page_pack_text(t->q, f->entry_key), &number, 1);
        *ARENA_PUSH(t->q->arena, &t->v->answers) = (struct answer_line){.label = title, .is_entry = true};
        struct text prefix = text_printf(t->q->arena, TEXT_FMT "[%zu].", TEXT_ARG(path), i);
        for (size_t k = 0; k < f->child_count; k++) tell_field(t, &f->children[k], prefix);
    }
}

static void tell_field(struct telling *t, const struct form_field *f, struct text prefix) {
    if (f->kind == FIELD_HEADING || f->kind == FIELD_PARAGRAPH || f->kind == FIELD_SEPARATOR ||
        f->kind == FIELD_FILE)
        return;
    struct text path = form_path(t->q->arena, prefix, f);
    if (f->kind == FIELD_GROUP) {
        for (size_t k = 0; k < f->child_count; k++) tell_field(t, &f->children[k], prefix);
        return;
    }
    if (f->kind == FIELD_REPEAT) {
        tell_entries(t, f, path);
        return;
    }
    bool hidden = case_hides(&t->page->file, text_c(t->q->arena, f->attribute_class));
    struct text value = f->is_multiple ? several(t, f, path) : answers_get(t->answers, path);
    if (!value.n) return;
    if (!f->is_multiple) value = case_answer_text(t->q, f, value);
    add_answer(t, f->label_key, hidden ? (struct text){0} : value, hidden);
}

static void tell_who_saved(struct telling *t, struct text section) {
    for (size_t i = 0; i < t->page->file.timeline.count; i++) {
        const struct timeline_item *line = &t->page->file.timeline.items[i];
        if (!text_eq(line->event, T("answers_saved")) || !text_eq(line->detail, section)) continue;
        t->v->saved_by = line->by_name;
        t->v->saved_at = line->at;
        t->v->is_by_person = line->is_by_person;
        return;
    }
}

static bool has_code(struct text list, struct text code) {
    struct text part;
    while (list.n && text_cut(&list, ',', &part))
        if (text_eq(text_trim(part), code)) return true;
    return false;
}

static void list_sections(struct request *q, const struct case_page *c, const struct form *form,
                          const struct form_section *now, struct application_page *v) {
    for (size_t i = 0; i < form->section_count; i++) {
        const struct form_section *s = &form->sections[i];
        struct text path = case_path(q, c->frame.id, "/application?section=");
        *ARENA_PUSH(q->arena, &v->sections) = (struct section_link){
            s->title_key, TEXT_JOIN(q->arena, path, s->id), s == now, has_code(c->file.sections_done, s->id)};
    }
}

// One section at a time: nobody reads more than is needed, and the trace says which page was opened.
static enum status application_page(struct request *q, struct response *r) {
    struct case_page c;
    struct bytes coded;
    enum status st = case_page_open(q, r, "application", &c);
    if (st || case_page_is_sent(r)) return st;
    const struct form *form = pack_form(c.pack, T("application"));
    if (!form) return STATUS_NOT_FOUND;
    struct text wanted = query_text(q, "section");
    const struct form_section *section = wanted.n ? form_section(form, wanted) : &form->sections[0];
    if (!section) return STATUS_NOT_FOUND;
    struct look look = case_look(q, c.frame.id);
    st = cases_answers(page_app(q)->cases, page_actor(q), &look, c.frame.id, section->id, q->arena, &coded,
                       &r->problem);
    if (st) return st;
    struct answers answers = {.arena = q->arena};
    struct application_page v = {.frame = c.frame, .title = section->title_key, .is_answered = coded.n != 0};
    if (coded.n) st = answers_decode(q->arena, coded, &answers);
    if (st) return st;
    struct telling t = {q, &c, &answers, &v};
    for (size_t i = 0; i < section->field_count; i++) tell_field(&t, &section->fields[i], (struct text){0});
    tell_who_saved(&t, section->id);
    list_sections(q, &c, form, section, &v);
    if (!c.frame.is_closed && officer_may(q, text_c(q->arena, c.file.relation), "save_answers"))
        v.correct = TEXT_JOIN(q->arena, case_path(q, c.frame.id, "/correct/"), section->id);
    return page_show(q, r, &APPLICATION_PAGE, &v);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/persons", persons_page, NEEDS(STAFF)},
    {GET, "/cases/:id/application", application_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&PERSONS, &APPLICATION_PAGE, NULL};
const struct page_module CASE_PERSONS_PAGES = {ROUTES, TEMPLATES};
