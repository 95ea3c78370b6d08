// From template, texts and values to the blocks of one letter.
#include <string.h>

#include "pack/pack.h"

enum { PLACEHOLDER_MAX = 60 };

struct composing {
    const struct letter_template *letter;
    const struct texts *texts;
    const struct answers *values;
    struct arena *a;
    struct letter_document *out;
    struct problem *p;
    struct feel_value context;
    struct text entry; // "requested[0]." while a list entry is written
};

static struct text value_of(const struct composing *c, struct text name, struct text language) {
    struct text names[] = {TEXT_JOIN(c->a, name, T("_in_"), language), name};
    for (size_t i = 0; i < 2; i++) {
        struct text v =
            c->entry.n ? answers_get(c->values, TEXT_JOIN(c->a, c->entry, names[i])) : (struct text){0};
        if (!v.p) v = answers_get(c->values, names[i]);
        if (!v.p && c->letter->defaults) v = answers_get(c->letter->defaults, names[i]);
        if (v.p) return v;
    }
    return (struct text){0};
}

static bool is_date_name(struct text name) {
    return text_ends(name, T("_on")) || text_ends(name, T("_until")) || text_ends(name, T("_date"));
}

// As a reader of that language writes it.
static struct text in_language(const struct composing *c, struct text name, struct text value,
                               struct text language) {
    struct date d;
    int64_t hour, minute;
    for (size_t i = 0; i < c->letter->coded_count; i++)
        if (text_eq(c->letter->coded[i], name))
            return code_label(c->a, c->texts, language, c->letter->code_lists[i], value);
    if (text_ends(name, T("_key"))) return texts_get(c->texts, language, value, NULL);
    if (is_date_name(name) && value.n && date_parse(value, &d) == STATUS_OK)
        return text_date(c->a, language, d);
    if (text_ends(name, T("_at")) && value.n == 16 && value.p[10] == 'T' &&
        date_parse(text_slice(value, 0, 10), &d) == STATUS_OK && text_int(text_slice(value, 11, 13), &hour) &&
        text_int(text_slice(value, 14, 16), &minute))
        return TEXT_JOIN(c->a, text_date(c->a, language, d), T(", "),
                         text_time(c->a, language, (int)(hour * 60 + minute)));
    return value;
}

static enum status missing(const struct composing *c, struct text key, struct text name) {
    enum status st =
        problem(c->p, text_c(c->a, c->letter->id), "letter_value_missing", "problem.letter.value_missing");
    problem_arg(c->p, "key", key);
    problem_arg(c->p, "name", name);
    return st;
}

// Next "{name}" from *at on; false at the end. Skips "{{".
static bool next_placeholder(struct text t, size_t *at, struct text *name) {
    for (; *at < t.n; ++*at) {
        if (t.p[*at] != '{') continue;
        if (*at + 1 < t.n && t.p[*at + 1] == '{') {
            ++*at;
            continue;
        }
        const char *end = memchr(t.p + *at, '}', t.n - *at);
        if (!end) return false;
        *name = text_slice(t, *at + 1, (size_t)(end - t.p));
        *at = (size_t)(end - t.p) + 1;
        if (name->n && name->n <= PLACEHOLDER_MAX) return true;
        --*at;
    }
    return false;
}

// The text of a key with every value in place. Values are isolated in right-to-left text (Unicode UAX 9: FSI,
// PDI), so that a case number does not turn the sentence around.
static enum status fill(const struct composing *c, struct text key, size_t column, struct text *out,
                        bool *machine) {
    struct text language = c->out->language[column], name;
    struct text pattern = texts_get(c->texts, language, key, machine);
    struct text_value values[TEXT_PLACEHOLDERS_MAX];
    size_t count = 0, at = 0;
    while (count < TEXT_PLACEHOLDERS_MAX && next_placeholder(pattern, &at, &name)) {
        struct text value = value_of(c, name, language);
        if (!value.p) return missing(c, key, name);
        value = in_language(c, name, value, language);
        if (c->out->is_rtl[column]) value = TEXT_JOIN(c->a, T("\u2068"), value, T("\u2069"));
        values[count++] = (struct text_value){name, value};
    }
    *out = text_fill(c->a, pattern, values, count);
    if (*machine) c->out->has_machine_made = true;
    return STATUS_OK;
}

static enum status add(struct composing *c, enum letter_part_kind kind, int level, struct text label,
                       struct text key, struct text value) {
    struct letter_document *d = c->out;
    if (d->block_count == LETTER_BLOCKS_MAX) {
        enum status st =
            problem(c->p, text_c(c->a, c->letter->id), "letter_too_long", "problem.letter.too_long");
        return st;
    }
    d->blocks = arena_grow(c->a, d->blocks, d->block_count, &d->capacity, sizeof *d->blocks);
    struct letter_block *b = &d->blocks[d->block_count++];
    *b = (struct letter_block){.kind = kind, .level = level};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < d->columns && !st; i++) {
        bool machine = false;
        if (label.n) st = fill(c, label, i, &b->label[i], &machine);
        b->is_machine_made[i] = machine;
        if (!st && key.n) st = fill(c, key, i, &b->text[i], &b->is_machine_made[i]);
        if (!value.n || st) continue;
        struct text v = value_of(c, value, d->language[i]);
        if (!v.p)
            st = missing(c, label.n ? label : c->letter->title_key, value);
        else
            b->text[i] = in_language(c, value, v, d->language[i]);
    }
    return st;
}

static enum status add_list(struct composing *c, const struct letter_part *part) {
    enum status st = STATUS_OK;
    if (!part->each.n) {
        for (size_t i = 0; i < part->item_count && !st; i++)
            st = add(c, part->kind, 1, T(""), part->items[i], T(""));
        return st;
    }
    size_t count = answers_count(c->values, part->each);
    for (size_t i = 0; i < count && !st; i++) {
        c->entry = text_printf(c->a, TEXT_FMT "[%zu].", TEXT_ARG(part->each), i);
        st = add(c, part->kind, 1, T(""), part->text_key, T(""));
    }
    c->entry = T("");
    return st;
}

static enum status add_part(struct composing *c, const struct letter_part *part) {
    enum status st = STATUS_OK;
    switch (part->kind) {
    case LETTER_LIST: return add_list(c, part);
    case LETTER_FACTS:
        for (size_t i = 0; i < part->item_count && !st; i++)
            st = add(c, part->kind, 1, part->items[i], T(""), part->item_values[i]);
        return st;
    case LETTER_REMEDY:
        st = add(c, part->kind, 0, T(""), part->text_key, T(""));
        for (size_t i = 0; i < part->item_count && !st; i++)
            st = add(c, part->kind, 1, T(""), part->items[i], T(""));
        return st;
    case LETTER_REASONS: return add(c, part->kind, part->level, part->text_key, T(""), part->value);
    default: return add(c, part->kind, part->level, T(""), part->text_key, T(""));
    }
}

static bool applies(const struct composing *c, const struct letter_part *part) {
    struct feel_value result;
    struct feel_now now = {0};
    if (!part->condition) return true;
    return feel_eval(part->condition, &c->context, &now, c->a, &result, NULL) == STATUS_OK &&
           feel_is_true(&result);
}

// R-AC-09: says, in the reader's column, that no speaker has checked this translation yet.
static void add_machine_notice(struct composing *c) {
    struct letter_document *d = c->out;
    bool any[2] = {false, false}, machine;
    for (size_t i = 0; i < d->block_count; i++)
        for (size_t k = 0; k < d->columns; k++) any[k] |= d->blocks[i].is_machine_made[k];
    d->blocks = arena_grow(c->a, d->blocks, d->block_count, &d->capacity, sizeof *d->blocks);
    memmove(d->blocks + 1, d->blocks, d->block_count * sizeof *d->blocks);
    d->block_count++;
    d->blocks[0] = (struct letter_block){.kind = LETTER_PARAGRAPH};
    for (size_t k = 0; k < d->columns; k++) {
        if (!any[k]) continue;
        d->blocks[0].text[k] = texts_get(c->texts, d->language[k], T("letter.machine_translation"), &machine);
        d->blocks[0].is_machine_made[k] = machine;
    }
}

static void begin(struct letter_document *d, const struct letter_template *l, const struct texts *texts,
                  struct text official, struct text person) {
    *d = (struct letter_document){.id = l->id, .kind = l->kind};
    d->language[0] = texts_language(texts, official);
    d->language[1] = texts_language(texts, person);
    d->columns = text_eq(d->language[0], d->language[1]) ? 1 : 2;
    for (size_t i = 0; i < d->columns; i++) d->is_rtl[i] = language_is_rtl(d->language[i]);
}

enum status letter_compose(const struct letter_template *l, const struct texts *texts, struct text official,
                           struct text person, const struct answers *values, struct arena *a,
                           struct letter_document *out, struct problem *p) {
    begin(out, l, texts, official, person);
    struct composing c = {l, texts, values, a, out, p, form_feel(a, NULL, values), {0}};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < out->columns && !st; i++) {
        bool machine;
        st = fill(&c, l->title_key, i, &out->title[i], &machine);
    }
    for (size_t i = 0; i < l->part_count && !st; i++)
        if (applies(&c, &l->parts[i])) st = add_part(&c, &l->parts[i]);
    if (!st && out->has_machine_made) add_machine_notice(&c);
    return st;
}
