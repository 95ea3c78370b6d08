#include "pack/text_catalog.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "pack/po.h"

enum { TAG_MAX = 32, NAME_MAX_UNITS = 100 };

struct message {
    const struct text *form;
    size_t forms;
    bool is_fuzzy;
    const struct plural *plural; // of the file it came from; NULL when that has none
};
struct catalog {
    struct language *languages;
    struct message **messages; // [language][key]
    size_t language_count;
    struct text *keys; // ascending
    size_t key_count;
    size_t source; // index of English
};

struct reader {
    struct arena *a;
    struct catalog *c;
    struct problem *p;
    const struct po_input *file;
};

static enum status fail(const struct reader *r, const char *rule, int64_t line, struct text key) {
    enum status st = problem(r->p, text_c(r->a, r->file->name), rule,
                             text_c(r->a, text_printf(r->a, "problem.pack.%s", rule)));
    if (r->p) r->p->line = line;
    problem_arg(r->p, "where", r->file->name);
    problem_arg(r->p, "what", key);
    problem_arg(r->p, "language", r->file->language);
    return st;
}

static int by_text(const void *a, const void *b) {
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

static int by_key(const void *a, const void *b) {
    const struct po_entry *x = a, *y = b;
    return text_cmp(x->key, y->key);
}

static bool find_key(const struct catalog *c, struct text key, size_t *index) {
    const struct text *k = c->key_count ? bsearch(&key, c->keys, c->key_count, sizeof key, by_text) : NULL;
    if (k) *index = (size_t)(k - c->keys);
    return k != NULL;
}

// ---- placeholders
// ------------------------------------------------------------------------------------------

// Reads a placeholder at *at (which stands on "{"): its name, or empty for "{{" and for a lone brace.
static struct text placeholder_at(struct text t, size_t *at) {
    size_t from = ++*at;
    if (from < t.n && t.p[from] == '{') return ++*at, T("");
    while (*at < t.n &&
           (t.p[*at] == '_' || (t.p[*at] >= 'a' && t.p[*at] <= 'z') || (t.p[*at] >= '0' && t.p[*at] <= '9')))
        ++*at;
    if (*at == t.n || t.p[*at] != '}') return *at = from, T("");
    return text_slice(t, from, (*at)++);
}

struct names {
    struct text items[TEXT_PLACEHOLDERS_MAX];
    size_t count;
    bool too_many;
};

static void collect(struct text t, struct names *out) {
    for (size_t i = 0; i < t.n;) {
        if (t.p[i] != '{') {
            i++;
            continue;
        }
        struct text name = placeholder_at(t, &i);
        bool known = name.n == 0;
        for (size_t k = 0; k < out->count && !known; k++) known = text_eq(out->items[k], name);
        if (known) continue;
        if (out->count == TEXT_PLACEHOLDERS_MAX)
            out->too_many = true;
        else
            out->items[out->count++] = name;
    }
}

static bool all_in(const struct names *some, const struct names *all) {
    for (size_t i = 0; i < some->count; i++) {
        size_t k = 0;
        while (k < all->count && !text_eq(some->items[i], all->items[k])) k++;
        if (k == all->count) return false;
    }
    return !some->too_many;
}

// A plural form may leave the number out ("two days"), but no translation may ask for what English does not
// give.
static bool same_placeholders(const struct message *source, const struct message *translation) {
    struct names wanted = {0}, found = {0};
    for (size_t i = 0; i < source->forms; i++) collect(source->form[i], &wanted);
    for (size_t i = 0; i < translation->forms; i++) collect(translation->form[i], &found);
    return !wanted.too_many && all_in(&found, &wanted) && all_in(&wanted, &found);
}

// ---- reading
// -----------------------------------------------------------------------------------------------

static struct message message_of(struct arena *a, const struct po_file *po, const struct po_entry *e) {
    return (struct message){arena_copy(a, e->form, e->forms * sizeof *e->form), e->forms, e->is_fuzzy,
                            po->plural};
}

static enum status check_entries(const struct reader *r, const struct po_file *po) {
    for (size_t i = 0; i < po->count; i++) {
        const struct po_entry *e = &po->items[i];
        if (i > 0 && text_eq(po->items[i - 1].key, e->key)) return fail(r, "text_duplicate", e->line, e->key);
        for (size_t k = 0; k < e->forms; k++)
            if (e->form[k].n == 0) return fail(r, "text_empty", e->line, e->key);
    }
    return STATUS_OK;
}

static enum status take_source(const struct reader *r, const struct po_file *po) {
    r->c->keys = ARENA_ARRAY(r->a, struct text, po->count);
    r->c->key_count = po->count;
    for (size_t i = 0; i < po->count; i++) r->c->keys[i] = po->items[i].key;
    return STATUS_OK;
}

static enum status take_messages(const struct reader *r, const struct po_file *po, size_t language) {
    struct catalog *c = r->c;
    struct message *m = ARENA_ARRAY(r->a, struct message, c->key_count);
    for (size_t i = 0; i < po->count; i++) {
        const struct po_entry *e = &po->items[i];
        size_t index;
        if (!find_key(c, e->key, &index)) return fail(r, "text_unknown", e->line, e->key);
        m[index] = message_of(r->a, po, e);
        if (language != c->source && !same_placeholders(&c->messages[c->source][index], &m[index]))
            return fail(r, "text_placeholders", e->line, e->key);
    }
    for (size_t i = 0; i < c->key_count; i++)
        if (!m[i].forms) return fail(r, "text_missing", 0, c->keys[i]);
    c->messages[language] = m;
    return STATUS_OK;
}

static enum status read_language(struct reader *r, size_t language) {
    struct po_file po;
    enum status st = po_read(r->a, r->file->content, &po, r->p);
    if (st) {
        if (r->p) r->p->field = text_c(r->a, r->file->name);
        problem_arg(r->p, "where", r->file->name);
        return st;
    }
    if (po.count) qsort(po.items, po.count, sizeof *po.items, by_key);
    st = check_entries(r, &po);
    if (!st && language == r->c->source) st = take_source(r, &po);
    if (!st) st = take_messages(r, &po, language);
    struct language *l = &r->c->languages[language];
    l->tag = text_copy(r->a, r->file->language);
    l->name = language_own_name(r->a, l->tag);
    l->is_rtl = language_is_rtl(l->tag);
    return st;
}

enum status catalog_read(struct arena *a, const struct po_input *files, size_t count, struct catalog **out,
                         struct problem *p) {
    struct catalog *c = ARENA_NEW(a, struct catalog);
    struct reader r = {a, c, p, &(struct po_input){SOURCE_LANGUAGE, T("texts/en.po"), T("")}};
    *out = NULL;
    if (count > TEXT_LANGUAGES_MAX) return fail(&r, "too_many", 0, T("languages"));
    c->languages = ARENA_ARRAY(a, struct language, count);
    c->messages = ARENA_ARRAY(a, struct message *, count);
    c->language_count = count;
    while (c->source < count && !text_eq(files[c->source].language, SOURCE_LANGUAGE)) c->source++;
    if (c->source == count) return fail(&r, "text_no_source", 0, SOURCE_LANGUAGE);
    r.file = &files[c->source];
    enum status st = read_language(&r, c->source);
    for (size_t i = 0; i < count && !st; i++) {
        r.file = &files[i];
        for (size_t k = 0; k < i && !st; k++)
            if (text_eq(files[k].language, files[i].language))
                st = fail(&r, "duplicate", 0, files[i].language);
        if (!st && i != c->source) st = read_language(&r, i);
    }
    if (!st) *out = c;
    return st;
}

// ---- looking up
// --------------------------------------------------------------------------------------------

size_t catalog_languages(const struct catalog *c) {
    return c->language_count;
}

const struct language *catalog_language(const struct catalog *c, size_t index) {
    return index < c->language_count ? &c->languages[index] : NULL;
}

bool catalog_has(const struct catalog *c, struct text key) {
    size_t index;
    return find_key(c, key, &index);
}

size_t catalog_keys(const struct catalog *c) {
    return c->key_count;
}

struct text catalog_key(const struct catalog *c, size_t index) {
    return index < c->key_count ? c->keys[index] : T("");
}

void texts_add(struct texts *t, const struct catalog *c) {
    if (c && t->count < TEXT_LAYERS_MAX) t->layer[t->count++] = c;
}

static bool find_language(const struct catalog *c, struct text tag, size_t *index) {
    for (size_t i = 0; i < c->language_count; i++)
        if (text_eq(c->languages[i].tag, tag)) return *index = i, true;
    return false;
}

static void join_language(struct arena *a, struct catalog *c, size_t l, const struct catalog *upper,
                          const struct catalog *lower, size_t lower_l) {
    c->messages[l] = ARENA_ARRAY(a, struct message, c->key_count + 1);
    for (size_t i = 0; i < c->key_count; i++) {
        size_t at;
        c->messages[l][i] = find_key(upper, c->keys[i], &at)   ? upper->messages[l][at]
                            : find_key(lower, c->keys[i], &at) ? lower->messages[lower_l][at]
                                                               : (struct message){0};
    }
}

const struct catalog *catalog_join(struct arena *a, const struct catalog *upper, const struct catalog *lower,
                                   struct text *missing) {
    struct catalog *c = ARENA_NEW(a, struct catalog);
    *c = *upper;
    c->keys = ARENA_ARRAY(a, struct text, upper->key_count + lower->key_count + 1);
    c->messages = ARENA_ARRAY(a, struct message *, c->language_count);
    if (upper->key_count) memcpy(c->keys, upper->keys, upper->key_count * sizeof *c->keys);
    for (size_t i = 0; i < lower->key_count; i++)
        if (!catalog_has(upper, lower->keys[i])) c->keys[c->key_count++] = lower->keys[i];
    if (c->key_count) qsort(c->keys, c->key_count, sizeof *c->keys, by_text);
    for (size_t l = 0; l < c->language_count; l++) {
        size_t lower_l;
        *missing = c->languages[l].tag;
        if (!find_language(lower, *missing, &lower_l)) return NULL;
        join_language(a, c, l, upper, lower, lower_l);
    }
    return c;
}

static struct text look_up(const struct texts *t, struct text language, struct text key, bool counted,
                           int64_t n, bool *is_machine_made) {
    if (is_machine_made) *is_machine_made = false;
    for (size_t i = 0; i < t->count; i++) {
        const struct catalog *c = t->layer[i];
        size_t at, l;
        if (!find_key(c, key, &at)) continue;
        if (!find_language(c, language, &l)) l = c->source;
        const struct message *m = &c->messages[l][at];
        if (is_machine_made) *is_machine_made = m->is_fuzzy;
        return m->form[counted && m->forms > 1 && m->plural ? plural_index(m->plural, n) : 0];
    }
    return key;
}

struct text texts_get(const struct texts *t, struct text language, struct text key, bool *is_machine_made) {
    return look_up(t, language, key, false, 0, is_machine_made);
}

struct text texts_count(const struct texts *t, struct text language, struct text key, int64_t n,
                        bool *is_machine_made) {
    return look_up(t, language, key, true, n, is_machine_made);
}

bool texts_has(const struct texts *t, struct text key) {
    for (size_t i = 0; i < t->count; i++)
        if (catalog_has(t->layer[i], key)) return true;
    return false;
}

struct text texts_language(const struct texts *t, struct text wanted) {
    size_t dash = 0, index;
    if (!text_find(wanted, T("-"), &dash)) dash = wanted.n;
    struct text primary = text_slice(wanted, 0, dash);
    for (size_t i = 0; i < t->count; i++) {
        const struct catalog *c = t->layer[i];
        if (find_language(c, wanted, &index) || find_language(c, primary, &index))
            return c->languages[index].tag;
    }
    return SOURCE_LANGUAGE;
}

struct text text_fill(struct arena *a, struct text pattern, const struct text_value *values, size_t count) {
    struct out o = {.arena = a};
    size_t from = 0;
    for (size_t i = 0; i < pattern.n;) {
        if (pattern.p[i] != '{') {
            i++;
            continue;
        }
        size_t start = i, k = 0;
        struct text name = placeholder_at(pattern, &i);
        bool is_brace = i == start + 2 && pattern.p[start + 1] == '{';
        while (k < count && !(name.n && text_eq(values[k].name, name))) k++;
        if (!is_brace && k == count) continue;
        out_text(&o, text_slice(pattern, from, start));
        out_text(&o, is_brace ? T("{") : values[k].value);
        from = i;
    }
    out_text(&o, text_slice(pattern, from, pattern.n));
    return out_done(&o);
}

// ---- languages
// ---------------------------------------------------------------------------------------------

static bool tag_c(struct text tag, char out[TAG_MAX]) {
    if (tag.n == 0 || tag.n >= TAG_MAX) return false;
    memcpy(out, tag.p, tag.n);
    out[tag.n] = 0;
    return true;
}

bool language_is_rtl(struct text tag) {
    char c[TAG_MAX];
    return tag_c(tag, c) && uloc_isRightToLeft(c);
}

struct text language_own_name(struct arena *a, struct text tag) {
    char c[TAG_MAX], utf8[NAME_MAX_UNITS * 3];
    UChar name[NAME_MAX_UNITS];
    int32_t n = 0;
    UErrorCode error = U_ZERO_ERROR;
    if (!tag_c(tag, c)) return T("");
    int32_t units = uloc_getDisplayLanguage(c, c, name, NAME_MAX_UNITS, &error);
    if (U_FAILURE(error) || error == U_USING_DEFAULT_WARNING) return T("");
    u_strToUTF8(utf8, sizeof utf8, &n, name, units, &error);
    return U_FAILURE(error) ? T("") : text_copy(a, (struct text){utf8, (size_t)n});
}
