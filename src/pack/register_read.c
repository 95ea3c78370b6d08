// Reading registers/ID.form: the form, and the member "register" beside its components.
#include "pack/register.h"

#include <string.h>

#include "pack/reading.h"

enum {
    REGISTER_WORDS_MAX = 60,
    REGISTER_LEGAL_MAX = 20,
    FAULT_REPLY_DAYS = 30 /* Reg. 2016/679 Art. 12(3) */
};

static const char *const ABOUT[] = {"person",       "document", "vehicle", "place",
                                    "organisation", "nothing",  NULL};
static const char *const ACTIONS[] = {"find",   "read",   "record", "end",   "confirm",
                                      "import", "export", "review", "erase", NULL};
static const char *const MARKS[] = {"V", "V2", "M", "N", NULL};
static const char *const THEN[] = {"erase", "review", "pseudonymise", NULL};
static const char *const PERIODS[] = {"month", "quarter", "year", "stock", NULL};
_Static_assert(sizeof ACTIONS / sizeof *ACTIONS - 1 == REGISTER_ACTION_COUNT, "a name for each");

const char *register_action_name(enum register_action a) {
    return ACTIONS[a];
}

static bool action_of(struct text word, enum register_action *out) {
    for (int i = 0; ACTIONS[i]; i++)
        if (text_eq(word, text_of(ACTIONS[i]))) return *out = (enum register_action)i, true;
    return false;
}

// ---- paths of the form

static enum status want_path(const struct reading *r, const struct pack_register *g, const char *member,
                             struct text path, bool may_repeat) {
    size_t at;
    if (!path.n) return STATUS_OK;
    if (!form_field_at(g->form, path)) return reading_fail(r, member, "field_unknown", path);
    if (!may_repeat && text_find(path, T("["), &at)) return reading_fail(r, member, "register_repeat", path);
    return STATUS_OK;
}

static bool is_date(const struct form_field *f) {
    return f && (f->kind == FIELD_DATE || f->kind == FIELD_PARTIAL_DATE || f->kind == FIELD_DATETIME);
}

// "recorded", "ended", or a date of the form.
static enum status want_day(const struct reading *r, const struct pack_register *g, const char *member,
                            struct text from) {
    if (text_eq(from, T("recorded")) || text_eq(from, T("ended"))) return STATUS_OK;
    enum status st = want_path(r, g, member, from, false);
    if (!st && !is_date(form_field_at(g->form, from))) st = reading_fail(r, member, "register_date", from);
    return st;
}

// ---- parts

static enum status read_condition(const struct reading *r, const json_t *j, const struct pack_register *g,
                                  struct text *source, const struct feel_expression **out) {
    struct text when;
    struct problem why;
    size_t uses;
    *out = NULL;
    enum status st = reading_text(r, j, "when", &when);
    if (st || !when.n) return st;
    if (when.p[0] == '=') when = text_trim(text_slice(when, 1, when.n));
    *source = when;
    if (feel_parse(r->a, when, FEEL_EXPRESSION, NULL, out, &why))
        return reading_fail(r, "when", "expression", when);
    const struct text *names = feel_uses(*out, &uses);
    for (size_t i = 0; i < uses; i++)
        if (!form_names(g->form, names[i])) return reading_fail(r, "when", "field_unknown", names[i]);
    return STATUS_OK;
}

static enum status read_key(const struct reading *r, const json_t *j, void *context) {
    struct pack_register *g = context;
    struct register_key *k = &g->keys[g->key_count++];
    const json_t *item;
    size_t i;
    if (!json_is_array(j) || !json_array_size(j))
        return reading_fail(r, NULL, "value_kind", T("list of texts"));
    if (json_array_size(j) > REGISTER_KEY_FIELDS_MAX) return reading_fail(r, NULL, "too_many", T("6"));
    json_array_foreach(j, i, item) {
        if (!json_is_string(item)) return reading_fail(r, NULL, "value_kind", T("list of texts"));
        k->fields[k->count] = text_copy(r->a, text_of(json_string_value(item)));
        enum status st = want_path(r, g, NULL, k->fields[k->count++], false);
        if (st) return st;
    }
    return STATUS_OK;
}

struct words {
    struct text *items;
    size_t count;
};

static enum status read_words(const struct reading *r, const json_t *j, const char *member,
                              struct words *out) {
    enum status st = reading_texts(r, j, member, REGISTER_WORDS_MAX, &out->items, &out->count);
    if (!st && !out->count) st = reading_fail(r, NULL, "member_missing", text_of(member));
    return st;
}

static enum status read_access_row(const struct reading *r, const json_t *j, void *context) {
    struct pack_register *g = context;
    static const char *const KNOWN[] = {"role",         "purpose", "relation", "class", "action",
                                        "needs_reason", "years",   "note",     NULL};
    struct words role, purpose, relation, class, action;
    bool needs_reason;
    int64_t years = 0;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_words(r, j, "role", &role);
    if (!st) st = read_words(r, j, "purpose", &purpose);
    if (!st) st = read_words(r, j, "relation", &relation);
    if (!st) st = read_words(r, j, "class", &class);
    if (!st) st = read_words(r, j, "action", &action);
    if (!st) st = reading_flag(r, j, "needs_reason", &needs_reason);
    if (!st) st = reading_int(r, j, "years", 1, REGISTER_YEARS_MAX, &years);
    if (st) return st;
    enum register_action known;
    for (size_t i = 0; i < action.count; i++)
        if (!action_of(action.items[i], &known))
            return reading_fail(r, "action", "value_unknown", action.items[i]);
    size_t rows = role.count * purpose.count * relation.count * class.count * action.count;
    if (rows > ACCESS_ROWS_MAX - g->access.count) return reading_fail(r, NULL, "too_many", T("20000"));
    for (size_t i = 0; i < rows; i++) {
        size_t n = i;
        struct register_access *a = ARENA_PUSH(r->a, &g->access);
        a->years = years;
        a->row.role = role.items[n % role.count], n /= role.count;
        a->row.purpose = purpose.items[n % purpose.count], n /= purpose.count;
        a->row.relation = relation.items[n % relation.count], n /= relation.count;
        a->row.attribute_class = class.items[n % class.count], n /= class.count;
        a->row.action = action.items[n];
        a->row.needs_reason = needs_reason;
    }
    return STATUS_OK;
}

static enum status read_four_eyes(const struct reading *r, const json_t *j, struct pack_register *g) {
    struct words words;
    enum status st = reading_texts(r, j, "four_eyes", REGISTER_ACTION_COUNT, &words.items, &words.count);
    for (size_t i = 0; i < words.count && !st; i++) {
        enum register_action a;
        // What changes an entry; a look needs nobody else, and who confirms is the second already.
        if (!action_of(words.items[i], &a) || (a != REGISTER_RECORD && a != REGISTER_END))
            return reading_fail(r, "four_eyes", "value_unknown", words.items[i]);
        g->needs_two[a] = true;
    }
    return st;
}

static enum status read_retention_rule(const struct reading *r, const json_t *j,
                                       const struct pack_register *g, struct register_retention *t) {
    static const char *const KNOWN[] = {"id",   "when",      "from", "years",   "months", "days",
                                        "then", "permanent", "mark", "article", "note",   NULL};
    int mark = -1, then = -1;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &t->id);
    if (!st) st = reading_text(r, j, "article", &t->article);
    if (!st) st = reading_choice(r, j, "mark", MARKS, &mark);
    if (!st && mark < 0) st = reading_fail(r, NULL, "member_missing", T("mark"));
    t->mark = (enum deadline_mark)mark;
    if (!st) st = read_condition(r, j, g, &t->when, &t->condition);
    if (!st) st = reading_flag(r, j, "permanent", &t->is_permanent);
    if (!st && t->is_permanent) return STATUS_OK;
    if (!st) st = reading_need_text(r, j, "from", &t->from);
    if (!st) st = want_day(r, g, "from", t->from);
    if (!st) st = reading_int(r, j, "years", 0, REGISTER_YEARS_MAX, &t->years);
    if (!st) st = reading_int(r, j, "months", 0, 12 * REGISTER_YEARS_MAX, &t->months);
    if (!st) st = reading_int(r, j, "days", 0, 366 * REGISTER_YEARS_MAX, &t->days);
    if (!st) st = reading_choice(r, j, "then", THEN, &then);
    if (!st && then < 0) st = reading_fail(r, NULL, "member_missing", T("then"));
    t->then = (enum register_then)then;
    bool has_period =
        json_object_get(j, "years") || json_object_get(j, "months") || json_object_get(j, "days");
    return st || has_period ? st : reading_fail(r, NULL, "member_missing", T("years"));
}

static enum status read_retention(const struct reading *r, const json_t *j, struct pack_register *g) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "retention", REGISTER_RULES_MAX, &list);
    struct reading at = reading_member(r, "retention");
    if (st) return st;
    if (!json_array_size(list)) return reading_fail(r, NULL, "member_missing", T("retention"));
    struct register_retention *rules = ARENA_ARRAY(r->a, struct register_retention, json_array_size(list));
    g->retention = rules;
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = read_retention_rule(&here, item, g, &rules[i]);
        for (size_t k = 0; k < i && !st; k++)
            if (text_eq(rules[k].id, rules[i].id)) st = reading_fail(&here, "id", "duplicate", rules[i].id);
        if (st) return st;
        g->retention_count = i + 1;
    }
    // An entry for which no rule holds would be kept for ever by mistake.
    return rules[i - 1].when.n ? reading_fail(&at, NULL, "register_retention_open", rules[i - 1].id)
                               : STATUS_OK;
}

const struct form_field *register_dimension(const struct pack_register *g, struct text by) {
    char path[REGISTER_PATH_MAX];
    size_t n = 0;
    for (size_t i = 0; i < by.n && n + 2 < sizeof path; i++) {
        path[n++] = by.p[i];
        if (by.p[i] == '[' && i + 1 < by.n && by.p[i + 1] == ']') path[n++] = '0';
    }
    return form_field_at(g->form, (struct text){path, n});
}

bool register_dimension_is_several(const struct pack_register *g, struct text by) {
    const struct form_field *f = register_dimension(g, by);
    size_t at;
    return text_find(by, T("[]"), &at) || (f && f->is_multiple);
}

static bool is_counted(const struct form_field *f) {
    return f && (f->code_list.n || f->option_count || f->kind == FIELD_CHECKBOX || f->kind == FIELD_COUNTRY);
}

static enum status read_statistic(const struct reading *r, const json_t *j, const struct pack_register *g,
                                  struct register_statistic *s) {
    static const char *const KNOWN[] = {"id", "title", "by", "period", "date", "when", "note", NULL};
    struct words by;
    int period = -1, several = 0;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &s->id);
    if (!st) st = reading_text(r, j, "title", &s->title_key);
    if (!st) st = reading_texts(r, j, "by", REGISTER_DIMENSIONS_MAX, &by.items, &by.count);
    if (!st) st = reading_choice(r, j, "period", PERIODS, &period);
    if (!st && period < 0) st = reading_fail(r, NULL, "member_missing", T("period"));
    if (!st) st = reading_text(r, j, "date", &s->date);
    if (!st && !s->date.n) s->date = T("recorded");
    if (!st) st = want_day(r, g, "date", s->date);
    if (!st) st = read_condition(r, j, g, &s->when, &s->condition);
    s->period = (enum register_period)period;
    for (size_t i = 0; i < by.count && !st; i++) {
        bool is_age = text_eq(by.items[i], T("age_group"));
        several += register_dimension_is_several(g, by.items[i]);
        s->by[s->by_count++] = by.items[i];
        // A number or a name would count single people.
        if ((!is_age && !is_counted(register_dimension(g, by.items[i]))) || several > 1)
            st = reading_fail(r, "by", "register_dimension", by.items[i]);
    }
    return st;
}

static enum status read_statistics(const struct reading *r, const json_t *j, struct pack_register *g) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "statistics", REGISTER_STATISTICS_MAX, &list);
    struct reading at = reading_member(r, "statistics");
    if (st) return st;
    struct register_statistic *all = ARENA_ARRAY(r->a, struct register_statistic, json_array_size(list) + 1);
    g->statistics = all;
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = read_statistic(&here, item, g, &all[i]);
        if (st) return st;
        g->statistic_count = i + 1;
    }
    return STATUS_OK;
}

static enum status read_review(const struct reading *r, const json_t *j, struct pack_register *g) {
    static const char *const KNOWN[] = {"field", NULL};
    const json_t *review = json_object_get(j, "review");
    if (!review) return STATUS_OK;
    struct reading at = reading_member(r, "review");
    enum status st = reading_only(&at, review, KNOWN);
    if (!st) st = reading_need_text(&at, review, "field", &g->review_field);
    return st ? st : want_day(&at, g, "field", g->review_field);
}

// ---- the whole

static void columns_of(struct arena *a, struct pack_register *g, const struct form_field *fields,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_listed) ARENA_PUSH(a, &g->columns)->field = &fields[i];
        columns_of(a, g, fields[i].children, fields[i].child_count);
    }
}

static enum status read_prefix(const struct reading *r, const json_t *j, struct pack_register *g) {
    enum status st = reading_need_text(r, j, "prefix", &g->prefix);
    bool fits = g->prefix.n == 3;
    for (size_t i = 0; i < g->prefix.n && fits; i++) fits = g->prefix.p[i] >= 'A' && g->prefix.p[i] <= 'Z';
    return st || fits ? st : reading_fail(r, "prefix", "register_prefix", g->prefix);
}

static enum status read_titles(const struct reading *r, const json_t *j, struct pack_register *g) {
    enum status st = reading_text(r, j, "title_key", &g->title_key);
    if (!st) st = reading_text(r, j, "about_key", &g->about_key);
    if (!g->title_key.n) g->title_key = text_printf(r->a, "register." TEXT_FMT ".title", TEXT_ARG(g->id));
    if (!g->about_key.n) g->about_key = text_printf(r->a, "register." TEXT_FMT ".about", TEXT_ARG(g->id));
    return st;
}

static enum status read_links(const struct reading *r, const json_t *j, struct pack_register *g) {
    enum status st = reading_text(r, j, "subject_person", &g->person_field);
    if (!st) st = want_path(r, g, "subject_person", g->person_field, false);
    if (!st) st = reading_text(r, j, "case", &g->case_field);
    if (!st) st = want_path(r, g, "case", g->case_field, false);
    if (!st) st = reading_text(r, j, "source", &g->source_field);
    return st ? st : want_path(r, g, "source", g->source_field, false);
}

static enum status read_rest(const struct reading *r, const json_t *j, struct pack_register *g) {
    static const char *const KNOWN[] = {"id",
                                        "prefix",
                                        "about",
                                        "title_key",
                                        "about_key",
                                        "legal",
                                        "mark",
                                        "keys",
                                        "access",
                                        "four_eyes",
                                        "retention",
                                        "review",
                                        "fault_reply_days",
                                        "statistics",
                                        "case",
                                        "source",
                                        "subject_person",
                                        "note",
                                        NULL};
    struct words legal = {0};
    int about = -1, mark = -1;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &g->id);
    if (!st) st = read_prefix(r, j, g);
    if (!st) st = reading_choice(r, j, "about", ABOUT, &about);
    if (!st && about < 0) st = reading_fail(r, NULL, "member_missing", T("about"));
    if (!st) st = read_titles(r, j, g);
    if (!st) st = reading_texts(r, j, "legal", REGISTER_LEGAL_MAX, &legal.items, &legal.count);
    if (!st && !legal.count) st = reading_fail(r, NULL, "member_missing", T("legal"));
    if (!st) st = reading_choice(r, j, "mark", MARKS, &mark);
    if (!st && mark < 0) st = reading_fail(r, NULL, "member_missing", T("mark"));
    g->about = (enum register_about)about;
    g->mark = (enum deadline_mark)mark;
    g->legal = legal.items;
    g->legal_count = legal.count;
    g->fault_reply_days = FAULT_REPLY_DAYS;
    if (!st) st = reading_list(r, j, "keys", REGISTER_KEYS_MAX, read_key, g);
    if (!st) st = reading_list(r, j, "access", REGISTER_ACCESS_MAX, read_access_row, g);
    if (!st && !g->access.count) st = reading_fail(r, NULL, "member_missing", T("access"));
    if (!st) st = read_four_eyes(r, j, g);
    if (!st) st = read_retention(r, j, g);
    if (!st) st = read_review(r, j, g);
    if (!st) st = reading_int(r, j, "fault_reply_days", 1, 366, &g->fault_reply_days);
    if (!st) st = read_statistics(r, j, g);
    return st ? st : read_links(r, j, g);
}

static enum status read_member(struct arena *a, struct text json, struct pack_register *g,
                               struct problem *p) {
    json_t *j;
    enum status st = json_read(json, FORM_BYTES_MAX, &j, p);
    if (st) return st;
    const struct reading top = {a, p, T("")};
    const json_t *own = json_object_get(j, "register");
    struct reading r = reading_member(&top, "register");
    st = own ? read_rest(&r, own, g) : reading_fail(&top, NULL, "member_missing", T("register"));
    if (!st && !text_eq(g->form->use, T("register")))
        st = reading_fail(&top, "properties.use", "register_use", g->form->use);
    json_decref(j);
    return st;
}

enum status register_read(struct arena *a, struct text json, struct pack_register **out, struct problem *p) {
    struct pack_register *g = ARENA_NEW(a, struct pack_register);
    struct form *form;
    *out = NULL;
    enum status st = form_read(a, json, &form, p);
    if (st) return st;
    g->form = form;
    for (size_t i = 0; i < form->section_count; i++)
        columns_of(a, g, form->sections[i].fields, form->sections[i].field_count);
    st = read_member(a, json, g, p);
    if (st)
        form_close(form);
    else
        *out = g;
    return st;
}

void register_close(struct pack_register *g) {
    if (g) form_close((struct form *)g->form);
}
