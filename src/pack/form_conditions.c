// form_conditions.c - which questions of a form are shown: its FEEL conditions over the answers, with one
// budget.
#include <string.h>

#include "pack/form.h"

// The entry that a prefix such as "family[2]." or "family[2].papers[0]." leads to; null when there is none.
static struct feel_value entry_at(const struct feel_value *top, struct text prefix) {
    struct feel_value v = *top;
    struct text part;
    prefix = text_slice(prefix, 0, prefix.n ? prefix.n - 1 : 0);
    while (text_cut(&prefix, '.', &part)) {
        size_t open = 0;
        int64_t index = 0;
        bool indexed =
            text_find(part, T("["), &open) && text_int(text_slice(part, open + 1, part.n - 1), &index);
        v = feel_get(&v, text_slice(part, 0, indexed ? open : part.n));
        if (!indexed) continue;
        if (v.kind != FEEL_LIST || (size_t)index >= v.list.count) return feel_null();
        v = v.list.items[index];
    }
    return v;
}

// What conditions inside a repeat see in front of all answers: the entry's own, then `this` and `parent`.
static void enter(struct form_conditions *c, struct text prefix) {
    struct feel_value entry = entry_at(&c->top, prefix);
    size_t own = entry.kind == FEEL_CONTEXT ? entry.context.count : 0;
    struct feel_entry *all = ARENA_ARRAY(&c->kept, struct feel_entry, own + 2);
    if (own) memcpy(all, entry.context.entries, own * sizeof *all);
    all[own] = (struct feel_entry){T("this"), entry};
    all[own + 1] = (struct feel_entry){T("parent"), c->top};
    c->entry = (struct feel_value){.kind = FEEL_CONTEXT, .context = {all, own + 2}};
    c->prefix = text_copy(&c->kept, prefix);
}

static bool is_hidden(struct form_conditions *c, const struct feel_expression *hide, struct text prefix) {
    struct feel_value result;
    struct feel_now now = {0};
    if (!hide || c->is_used_up) return false;
    if (prefix.n && !text_eq(prefix, c->prefix)) enter(c, prefix);
    const struct feel_value *const contexts[] = {&c->top, &c->entry};
    enum status st =
        feel_eval_shared(hide, contexts, prefix.n ? 2 : 1, &now, &c->one, &c->budget, &result, NULL);
    bool hidden = st == STATUS_OK && feel_is_true(&result);
    c->is_used_up = c->budget.steps <= 0;
    arena_reset(&c->one);
    return hidden;
}

void form_conditions_begin(struct form_conditions *c, const struct form *f, const struct answers *answers) {
    *c = (struct form_conditions){.budget = {FORM_STEPS_MAX}};
    c->top = form_feel(&c->kept, f, answers);
}

void form_conditions_end(struct form_conditions *c) {
    arena_free(&c->kept);
    arena_free(&c->one);
}

bool form_field_shown(struct form_conditions *c, const struct form_field *f, struct text prefix) {
    return !is_hidden(c, f->hide, prefix);
}

bool form_conditions_section(struct form_conditions *c, const struct form_section *s) {
    return !is_hidden(c, s->hide, T(""));
}

bool form_section_shown(const struct form_section *s, const struct answers *answers) {
    struct form_conditions c;
    if (!s->hide) return true;
    form_conditions_begin(&c, s->form, answers);
    bool shown = form_conditions_section(&c, s);
    form_conditions_end(&c);
    return shown;
}
