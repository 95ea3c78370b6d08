// From a pack's form and answers to the view of a page.
#include "web/form_page.h"

#include <string.h>

#include "identity/identity.h"

#define V struct form_item
VIEW(ITEM_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, summary), VIEW_TEXT(V, edit), VIEW_TEXT(V, remove));
#undef V
VIEW(PICK_VIEW, VIEW_TEXT(struct form_pick, name), VIEW_INT(struct form_pick, number),
     VIEW_LIST(struct form_pick, options, &OPTION_VIEW));
#define V struct form_question
VIEW(QUESTION_VIEW, VIEW_C(V, shape), VIEW_TEXT(V, name), VIEW_TEXT(V, label), VIEW_TEXT(V, hint),
     VIEW_TEXT(V, value), VIEW_TEXT(V, autocomplete), VIEW_TEXT(V, language), VIEW_C(V, type),
     VIEW_C(V, inputmode), VIEW_C(V, width), VIEW_TEXT(V, more), VIEW_TEXT(V, add_key), VIEW_TEXT(V, words),
     VIEW_TEXT(V, remove), VIEW_TEXT(V, code), VIEW_BOOL(V, is_optional), VIEW_BOOL(V, is_day_unknown),
     VIEW_BOOL(V, is_suggested), VIEW_BOOL(V, is_long), VIEW_STRUCT(V, date, &DATE_PARTS_VIEW),
     VIEW_LIST(V, options, &OPTION_VIEW), VIEW_LIST(V, picks, &PICK_VIEW), VIEW_LIST(V, items, &ITEM_VIEW));
#undef V
static const struct view_field PAGE_FIELDS[] = {VIEW_LIST(struct form_page, questions, &QUESTION_VIEW),
                                                VIEW_BOOL(struct form_page, has_suggestions),
                                                VIEW_BOOL(struct form_page, has_files),
                                                {0}};
const struct view FORM_PAGE_VIEW = {"form_page", PAGE_FIELDS};

enum { LONG_TEXT = 600, PICKS_MAX = 20 };

struct filling {
    struct request *q;
    const struct pack *pack;
    struct text prefix;
    const struct answers *answers;
    const struct case_file *file;
    struct form_page *page;
    struct form_conditions *conditions;
};

static const char *shape_of(const struct form_field *f) {
    switch (f->kind) {
    case FIELD_TEXTAREA: return "textarea";
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE: return "date";
    case FIELD_SELECT:
    case FIELD_COUNTRY:
    case FIELD_NATIONALITY:
    case FIELD_LANGUAGE: return f->is_multiple ? "selects" : "select";
    case FIELD_RADIO: return "radios";
    case FIELD_CHECKLIST: return "checks";
    case FIELD_CHECKBOX: return "box";
    case FIELD_FILE: return "files";
    case FIELD_REPEAT: return "entries";
    case FIELD_HEADING: return "heading";
    case FIELD_PARAGRAPH: return "text";
    default: return "input";
    }
}

static void input_attributes(const struct form_field *f, struct form_question *v) {
    v->type = "text";
    if (f->kind == FIELD_EMAIL) v->type = "email";
    if (f->kind == FIELD_PHONE) v->type = "tel";
    if (f->kind == FIELD_TIME) v->type = "time";
    if (f->kind == FIELD_DATETIME) v->type = "datetime-local";
    if (f->kind == FIELD_NUMBER) v->inputmode = "decimal", v->width = "5";
    if (f->kind == FIELD_NAME && text_eq(f->script, T("Latn"))) v->language = T("und-Latn");
    if (f->max_length && f->max_length <= 40) v->width = "20";
}

// Entries of a whole page may have moved up since they were typed: what was read of them is what stands
// there.
static bool shows_posted(const struct filling *x) {
    return x->q->method == POST && !x->page->is_whole;
}

// What stands in the field: as posted, else as saved.
static struct text value_of(const struct filling *x, struct text name) {
    const char *field = text_c(x->q->arena, name);
    if (shows_posted(x) && form_has(x->q, field)) return form_text(x->q, field);
    return answers_get(x->answers, name);
}

static struct date_parts date_of(const struct filling *x, struct text name) {
    struct date_parts parts = {0};
    struct date d;
    const char *field = text_c(x->q->arena, name);
    if (shows_posted(x) && form_has(x->q, text_c(x->q->arena, TEXT_JOIN(x->q->arena, name, T("-year"))))) {
        (void)form_date(x->q, field, &parts, &d, NULL);
        return parts;
    }
    struct text rest = answers_get(x->answers, name); // "1990-05-17", also when it is no date
    if (rest.n) text_cut(&rest, '-', &parts.year);
    if (rest.n) text_cut(&rest, '-', &parts.month);
    parts.day = rest;
    parts.is_day_unknown = parts.year.n && !parts.day.n;
    return parts;
}

// ---- choices

static void add_options(const struct filling *x, const struct form_field *f, bool by_name,
                        struct options *out) {
    const struct code_list *l = f->code_list.n ? pack_codes(x->pack, f->code_list) : NULL;
    for (size_t i = 0; l && i < code_count(l); i++) {
        const struct code *c = by_name ? code_in_order(l, x->q->language, i) : code_at(l, i);
        if (c && !c->until.n)
            *ARENA_PUSH(x->q->arena, out) =
                (struct option){.value = c->code, .label = code_name(l, c, x->q->language)};
    }
    for (size_t i = 0; !l && i < f->option_count; i++)
        *ARENA_PUSH(x->q->arena, out) = (struct option){
            .value = f->options[i].value, .label_key = text_c(x->q->arena, f->options[i].label_key)};
}

// A code that went out of use stays in the list of those who chose it.
static void choose(const struct filling *x, const struct form_field *f, struct options *o,
                   struct text value) {
    const struct code_list *l = f->code_list.n ? pack_codes(x->pack, f->code_list) : NULL;
    bool found = !value.n;
    for (size_t i = 0; i < o->count && value.n; i++) {
        if (!text_eq(o->items[i].value, value)) continue;
        o->items[i].is_chosen = true;
        found = true;
    }
    const struct code *old = found || !l ? NULL : code_find(l, value);
    if (old)
        *ARENA_PUSH(x->q->arena, o) =
            (struct option){.value = value, .label = code_name(l, old, x->q->language), .is_chosen = true};
}

static struct text indexed(struct arena *a, struct text name, size_t i) {
    return text_printf(a, TEXT_FMT "[%zu]", TEXT_ARG(name), i);
}

static void fill_picks(const struct filling *x, const struct form_field *f, struct form_question *v) {
    size_t count = answers_count(x->answers, v->name);
    if (!count || text_eq(form_text(x->q, "do"), TEXT_JOIN(x->q->arena, T("more:"), v->name))) count++;
    for (size_t i = 0; i < count && i < PICKS_MAX; i++) {
        struct form_pick *pick = ARENA_PUSH(x->q->arena, &v->picks);
        pick->name = i ? indexed(x->q->arena, v->name, i) : v->name;
        pick->number = (int)i + 1;
        add_options(x, f, true, &pick->options);
        choose(x, f, &pick->options, answers_get(x->answers, indexed(x->q->arena, v->name, i)));
    }
    if (count < PICKS_MAX) v->more = TEXT_JOIN(x->q->arena, T("more:"), v->name);
}

static void fill_checks(const struct filling *x, const struct form_field *f, struct form_question *v) {
    add_options(x, f, false, &v->options);
    for (size_t i = 0; i < answers_count(x->answers, v->name); i++)
        choose(x, f, &v->options, answers_get(x->answers, indexed(x->q->arena, v->name, i)));
}

// ---- lists

static struct text document_title(const struct filling *x, struct text reference) {
    int64_t id;
    if (x->file && text_int(reference, &id))
        for (size_t i = 0; i < x->file->documents.count; i++)
            if (x->file->documents.items[i].document == id) return x->file->documents.items[i].title;
    return page_text(x->q, "form.file.gone", NULL, 0);
}

static void fill_files(const struct filling *x, struct form_question *v) {
    for (size_t i = 0; i < answers_count(x->answers, v->name); i++) {
        struct text at = indexed(x->q->arena, v->name, i);
        *ARENA_PUSH(x->q->arena, &v->items) =
            (struct form_item){.title = document_title(x, answers_get(x->answers, at)),
                               .remove = TEXT_JOIN(x->q->arena, T("remove:"), at)};
    }
    v->more = TEXT_JOIN(x->q->arena, T("file:"), v->name);
}

static struct text entry_title(const struct filling *x, const struct form_field *f, size_t i) {
    struct text_value number = {T("number"), text_printf(x->q->arena, "%zu", i + 1)};
    return text_fill(x->q->arena, page_pack_text(x->q, f->entry_key.n ? f->entry_key : f->label_key), &number,
                     1);
}

static void fill_entries(const struct filling *x, const struct form_field *f, struct form_question *v) {
    size_t count = answers_count(x->answers, v->name);
    for (size_t i = 0; i < count; i++) {
        struct text at = indexed(x->q->arena, v->name, i);
        struct form_rows rows = {0};
        struct out summary = {.arena = x->q->arena};
        struct form_item *item = ARENA_PUSH(x->q->arena, &v->items);
        form_page_rows(x->q, x->pack, f->children, f->child_count, TEXT_JOIN(x->q->arena, at, T(".")),
                       x->answers, x->file, &rows);
        for (size_t k = 0; k < rows.count && k < 3; k++) {
            if (k) out_c(&summary, " · ");
            out_text(&summary, rows.items[k].value);
        }
        item->title = entry_title(x, f, i);
        item->summary = out_done(&summary);
        item->edit = TEXT_JOIN(x->q->arena, T("edit:"), at);
        item->remove = TEXT_JOIN(x->q->arena, T("remove:"), at);
    }
    if (!f->repeat_max || count < f->repeat_max)
        v->more = TEXT_JOIN(x->q->arena, T("edit:"), indexed(x->q->arena, v->name, count));
    v->add_key = f->add_key.n ? f->add_key : T("form.add");
}

// A file of a whole page: those of the case to choose from, and one that is sent along. A question that is
// called like a kind of document asks for that kind.
static void fill_file(const struct filling *x, const struct form_field *f, struct form_question *v) {
    const struct code_list *kinds = pack_codes(x->pack, T("document"));
    v->shape = x->file ? "file" : "later"; // no case yet that it could belong to
    if (!x->file) return;
    v->code = kinds && code_find(kinds, f->key) ? f->key : T("other");
    x->page->has_files = true;
    for (size_t i = 0; x->file && i < x->file->documents.count; i++) {
        const struct document_view *d = &x->file->documents.items[i];
        struct text id = text_printf(x->q->arena, "%lld", (long long)d->document);
        bool is_chosen = false;
        for (size_t k = 0; k < answers_count(x->answers, v->name); k++)
            is_chosen |= text_eq(answers_get(x->answers, indexed(x->q->arena, v->name, k)), id);
        if (!d->is_removed)
            *ARENA_PUSH(x->q->arena, &v->options) =
                (struct option){.value = id, .label = d->title, .is_chosen = is_chosen};
    }
}

// A name in Latin letters is suggested from the one in the person's own script, for the person to confirm.
static void suggest(const struct filling *x, const struct form_field *f, struct form_question *v) {
    struct text latin, source = value_of(x, TEXT_JOIN(x->q->arena, x->prefix, f->transliterate));
    if (!f->transliterate.n || v->value.n || !source.n) return;
    struct text script = identity_script(source);
    if (text_eq(script, T("Latn")) || text_eq(script, T("Zyyy"))) return;
    if (identity_transliterate(x->q->arena, source, x->q->language, &latin, NULL)) return;
    v->value = latin;
    v->is_suggested = x->page->has_suggestions = true;
}

// ---- all

static void fill_question(const struct filling *x, const struct form_field *f) {
    struct form_question *v = ARENA_PUSH(x->q->arena, &x->page->questions);
    *v = (struct form_question){.shape = shape_of(f),
                                .label = f->label_key.n ? f->label_key : f->text_key,
                                .hint = f->hint_key,
                                .autocomplete = f->autocomplete,
                                .is_optional = !f->is_required,
                                .is_long = f->max_length > LONG_TEXT,
                                .is_day_unknown = f->kind == FIELD_PARTIAL_DATE};
    if (f->key.n || f->kind == FIELD_REPEAT) v->name = form_path(x->q->arena, x->prefix, f);
    switch (f->kind) {
    case FIELD_HEADING:
    case FIELD_PARAGRAPH: return;
    case FIELD_DATE:
    case FIELD_PARTIAL_DATE: v->date = date_of(x, v->name); return;
    case FIELD_RADIO:
        add_options(x, f, false, &v->options);
        choose(x, f, &v->options, value_of(x, v->name));
        return;
    case FIELD_CHECKLIST: fill_checks(x, f, v); return;
    case FIELD_FILE: x->page->is_whole ? fill_file(x, f, v) : fill_files(x, v); return;
    case FIELD_REPEAT: fill_entries(x, f, v); return;
    case FIELD_SELECT:
    case FIELD_COUNTRY:
    case FIELD_NATIONALITY:
    case FIELD_LANGUAGE:
        if (f->is_multiple) {
            fill_picks(x, f, v);
            return;
        }
        add_options(x, f, true, &v->options);
        choose(x, f, &v->options, value_of(x, v->name));
        return;
    case FIELD_CHECKBOX: v->value = answers_get(x->answers, v->name); return;
    default:
        v->value = value_of(x, v->name);
        input_attributes(f, v);
        suggest(x, f, v);
    }
}

static void fill_fields(const struct filling *x, const struct form_field *fields, size_t count);

// A list of a whole page: each entry under its title, and the button that asks for one more. A list that must
// not be empty has its first entry from the beginning.
static void fill_list(const struct filling *x, const struct form_field *f) {
    struct arena *a = x->q->arena;
    struct text name = form_path(a, x->prefix, f), more = TEXT_JOIN(a, T("more:"), name);
    size_t n = answers_count(x->answers, name);
    *ARENA_PUSH(a, &x->page->questions) =
        (struct form_question){.shape = "list", .name = name, .label = f->label_key, .hint = f->hint_key};
    if (n < f->repeat_min) n = f->repeat_min;
    if (text_eq(form_text(x->q, "do"), more)) n++;
    bool is_full = f->repeat_max && n >= f->repeat_max;
    if (is_full) n = f->repeat_max;
    for (size_t i = 0; i < n; i++) {
        struct filling entry = *x;
        entry.prefix = TEXT_JOIN(a, indexed(a, name, i), T("."));
        *ARENA_PUSH(a, &x->page->questions) = (struct form_question){
            .shape = "entry",
            .name = indexed(a, name, i),
            .words = entry_title(x, f, i),
            .remove = n > f->repeat_min ? TEXT_JOIN(a, T("remove:"), indexed(a, name, i)) : (struct text){0}};
        fill_fields(&entry, f->children, f->child_count);
    }
    if (!is_full)
        *ARENA_PUSH(a, &x->page->questions) = (struct form_question){
            .shape = "more", .more = more, .add_key = f->add_key.n ? f->add_key : T("form.add")};
}

static void fill_fields(const struct filling *x, const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        if (f->kind == FIELD_SEPARATOR || !form_field_shown(x->conditions, f, x->prefix)) continue;
        if (f->kind == FIELD_GROUP)
            fill_fields(x, f->children, f->child_count);
        else if (f->kind == FIELD_REPEAT && x->page->is_whole)
            fill_list(x, f);
        else
            fill_question(x, f);
    }
}

void form_page_fill(struct request *q, const struct pack *pack, const struct form_field *fields, size_t count,
                    struct text prefix, const struct answers *answers, const struct case_file *file,
                    struct form_page *out) {
    struct form_conditions conditions;
    struct filling x = {q, pack, prefix, answers, file, out, &conditions};
    if (!count) return;
    form_conditions_begin(&conditions, fields[0].form, answers);
    fill_fields(&x, fields, count);
    form_conditions_end(&conditions);
}
