// Answers in words, for reading; and which answers belong to which section.
#include "web/form_page.h"
#include "web/format.h"

static const struct view_field ROW_FIELDS[] = {
    VIEW_TEXT(struct form_row, label),      VIEW_TEXT(struct form_row, words),
    VIEW_TEXT(struct form_row, value),      VIEW_TEXT(struct form_row, number),
    VIEW_BOOL(struct form_row, is_heading), {0}};
const struct view FORM_ROW_VIEW = {"form_row", ROW_FIELDS};

struct walk {
    struct request *q;
    const struct pack *pack;
    const struct answers *answers;
    const struct case_file *file;
    struct form_rows *out;
    struct form_conditions *conditions;
};

static struct text option_words(const struct walk *w, const struct form_field *f, struct text value) {
    const struct code_list *l = f->code_list.n ? pack_codes(w->pack, f->code_list) : NULL;
    const struct code *c = l ? code_find(l, value) : NULL;
    if (c) return code_name(l, c, w->q->language);
    for (size_t i = 0; i < f->option_count; i++)
        if (text_eq(f->options[i].value, value)) return page_pack_text(w->q, f->options[i].label_key);
    return value;
}

static struct text document_words(const struct walk *w, struct text reference) {
    int64_t id;
    for (size_t i = 0; w->file && text_int(reference, &id) && i < w->file->documents.count; i++)
        if (w->file->documents.items[i].document == id) return w->file->documents.items[i].title;
    return page_text(w->q, "form.file.gone", NULL, 0);
}

// "2026-11-21T14:30" is local and stays what was typed, with the day as people write it.
static struct text day_and_time(const struct walk *w, struct text value) {
    struct text time = value, day;
    struct date d;
    if (!text_cut(&time, 'T', &day) || !time.p || date_parse(day, &d)) return value;
    return TEXT_JOIN(w->q->arena, format_date(w->q->arena, w->q->language, d), T(", "), time);
}

static struct text words(const struct walk *w, const struct form_field *f, struct text value) {
    struct date d;
    switch (f->kind) {
    case FIELD_CHECKBOX: return page_text(w->q, "form.yes", NULL, 0);
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE:
        return date_parse(value, &d) ? value : format_date(w->q->arena, w->q->language, d);
    case FIELD_DATETIME: return day_and_time(w, value);
    case FIELD_FILE: return document_words(w, value);
    default: return f->code_list.n || f->option_count ? option_words(w, f, value) : value;
    }
}

static struct text all_words(const struct walk *w, const struct form_field *f, struct text name) {
    size_t count = f->is_multiple || f->kind == FIELD_CHECKLIST ? answers_count(w->answers, name) : 0;
    struct out o = {.arena = w->q->arena};
    if (!count) {
        struct text value = answers_get(w->answers, name);
        return value.n ? words(w, f, value) : value;
    }
    for (size_t i = 0; i < count; i++) {
        if (i) out_c(&o, "\n");
        struct text at = text_printf(w->q->arena, TEXT_FMT "[%zu]", TEXT_ARG(name), i);
        out_text(&o, words(w, f, answers_get(w->answers, at)));
    }
    return out_done(&o);
}

static void walk(const struct walk *w, const struct form_field *fields, size_t count, struct text prefix) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (!form_field_shown(w->conditions, f, prefix)) continue;
        if (f->kind == FIELD_GROUP) {
            walk(w, f->children, f->child_count, prefix);
            continue;
        }
        if (!f->key.n) continue;
        struct text name = form_path(w->q->arena, prefix, f);
        size_t entries = f->kind == FIELD_REPEAT ? answers_count(w->answers, name) : 0;
        for (size_t k = 0; k < entries; k++) {
            struct text number = text_printf(w->q->arena, "%zu", k + 1);
            struct text title = page_pack_text(w->q, f->entry_key.n ? f->entry_key : f->label_key);
            title = text_fill(w->q->arena, title, &(struct text_value){T("number"), number}, 1);
            *ARENA_PUSH(w->q->arena, w->out) = (struct form_row){
                .label = f->label_key, .words = title, .number = number, .is_heading = true};
            walk(w, f->children, f->child_count,
                 text_printf(w->q->arena, TEXT_FMT "[%zu].", TEXT_ARG(name), k));
        }
        if (f->kind == FIELD_REPEAT) continue;
        struct text value = all_words(w, f, name);
        if (value.n)
            *ARENA_PUSH(w->q->arena, w->out) = (struct form_row){.label = f->label_key,
                                                                 .words = page_pack_text(w->q, f->label_key),
                                                                 .value = value,
                                                                 .path = name,
                                                                 .field = f};
    }
}

void form_page_rows(struct request *q, const struct pack *pack, const struct form_field *fields, size_t count,
                    struct text prefix, const struct answers *answers, const struct case_file *file,
                    struct form_rows *out) {
    struct form_conditions conditions;
    struct walk w = {q, pack, answers, file, out, &conditions};
    if (!count) return;
    form_conditions_begin(&conditions, fields[0].form, answers);
    walk(&w, fields, count, prefix);
    form_conditions_end(&conditions);
}

// ---- sections and paths

// Does this path or one below it belong to the field?
static bool owns(const struct form_field *f, struct text path) {
    if (f->kind == FIELD_GROUP && !f->key.n) {
        for (size_t i = 0; i < f->child_count; i++)
            if (owns(&f->children[i], path)) return true;
        return false;
    }
    if (!f->key.n || !text_starts(path, f->path)) return false;
    return path.n == f->path.n || path.p[f->path.n] == '[' || path.p[f->path.n] == '.';
}

static bool section_owns(const struct form_section *s, struct text path) {
    for (size_t i = 0; i < s->field_count; i++)
        if (owns(&s->fields[i], path)) return true;
    return false;
}

const struct form_section *form_page_section_of(const struct form *form, struct text path) {
    for (size_t i = 0; path.n && i < form->section_count; i++)
        if (section_owns(&form->sections[i], path)) return &form->sections[i];
    return NULL;
}

void form_page_section_answers(const struct form_section *section, const struct answers *all,
                               struct answers *out) {
    for (size_t i = 0; i < all->count; i++) {
        if (!section_owns(section, all->items[i].path)) continue;
        enum status st = answers_set(out, all->items[i].path, all->items[i].value);
        (void)st; // what was accepted once fits again
    }
}
