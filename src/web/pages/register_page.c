// register_page.c - one register as an officer meets it: what it is for, by which law, for which purpose it
// is read, and what may be done.
#include "web/pages/register.h"

#define V struct register_head
static const struct view_field HEAD_FIELDS[] = {VIEW_TEXT(V, id),
                                                VIEW_TEXT(V, title),
                                                VIEW_TEXT(V, about),
                                                VIEW_TEXT(V, law),
                                                VIEW_TEXT(V, purpose),
                                                VIEW_TEXT(V, href),
                                                VIEW_TEXT(V, record_href),
                                                VIEW_TEXT(V, import_href),
                                                VIEW_TEXT(V, export_href),
                                                VIEW_LIST(V, purposes, &OPTION_VIEW),
                                                {0}};
const struct view REGISTER_HEAD_VIEW = {"register_head", HEAD_FIELDS};
#undef V

// ---- for which purpose

static bool has_option(const struct options *o, struct text value) {
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, value)) return true;
    return false;
}

static void add_purposes(struct request *q, struct text id, enum register_action action,
                         struct options *out) {
    struct registers *r = page_app(q)->registers;
    const struct pack *pack = registers_pack(r, id);
    struct purpose_list all = {0};
    registers_purposes(r, page_actor(q), id, action, q->arena, &all);
    for (size_t i = 0; pack && i < all.count; i++) {
        const struct access_word *word = access_word_find(&pack_access(pack)->purposes, all.items[i]);
        if (!word || has_option(out, all.items[i])) continue;
        *ARENA_PUSH(q->arena, out) =
            (struct option){.value = all.items[i], .label = page_words_of(q, pack, word->label_key)};
    }
}

static void choose(struct request *q, struct options *o) {
    struct text wanted = query_text(q, "purpose");
    if (!wanted.n) wanted = text_of(officer_purpose(q, NULL));
    size_t chosen = 0;
    for (size_t i = 0; i < o->count; i++)
        if (text_eq(o->items[i].value, wanted)) chosen = i;
    if (o->count) o->items[chosen].is_chosen = true;
}

struct options register_purposes(struct request *q, struct text register_id) {
    static const enum register_action ACTIONS[] = {REGISTER_FIND, REGISTER_READ, REGISTER_RECORD,
                                                   REGISTER_EXPORT};
    struct options o = {0};
    struct register_list all = {0};
    if (!page_app(q)->registers) return o;
    registers_all(page_app(q)->registers, q->arena, &all);
    for (size_t i = 0; i < all.count; i++)
        for (size_t k = 0; k < sizeof ACTIONS / sizeof *ACTIONS; k++)
            if (!register_id.n || text_eq(all.items[i]->id, register_id))
                add_purposes(q, all.items[i]->id, ACTIONS[k], &o);
    choose(q, &o);
    return o;
}

struct text register_purpose_of(const struct options *purposes) {
    for (size_t i = 0; i < purposes->count; i++)
        if (purposes->items[i].is_chosen) return purposes->items[i].value;
    return (struct text){0};
}

// ---- one register

struct text register_href(struct request *q, const struct register_page *p, const char *rest) {
    return TEXT_JOIN(q->arena, T("/registers/"), p->def->id, text_of(rest), T("?purpose="), p->look.purpose);
}

struct text register_entry_href(struct request *q, const struct register_page *p, int64_t entry,
                                const char *rest) {
    return register_href(q, p, text_c(q->arena, text_printf(q->arena, "/%lld%s", (long long)entry, rest)));
}

bool register_might(struct request *q, const struct register_page *p, enum register_action action) {
    return registers_might(page_app(q)->registers, page_actor(q), p->def->id, p->look.purpose, action);
}

enum status register_page_open(struct request *q, struct register_page *out) {
    struct registers *r = page_app(q)->registers;
    struct text id = request_param(q, "register");
    *out = (struct register_page){.def = r ? registers_named(r, id) : NULL};
    if (!out->def) return STATUS_NOT_FOUND;
    out->pack = registers_pack(r, id);
    page_use_pack(q, out->pack);
    struct register_head *h = &out->head;
    h->purposes = register_purposes(q, id);
    // A question of the register may be called "reason" or "purpose": what is sent with it says neither.
    out->look = (struct look){register_purpose_of(&h->purposes), query_text(q, "reason")};
    if (!out->look.purpose.n) return STATUS_NOT_FOUND;
    h->id = out->def->id;
    h->title = register_title(q, out->pack, out->def);
    h->about = register_about_words(q, out->pack, out->def);
    h->law = register_law(q, out->pack, out->def);
    h->purpose = out->look.purpose;
    h->href = register_href(q, out, "");
    if (h->purposes.count == 1) h->purposes.count = 0;
    if (register_might(q, out, REGISTER_RECORD)) h->record_href = register_href(q, out, "/new");
    if (register_might(q, out, REGISTER_IMPORT)) h->import_href = register_href(q, out, "/import");
    if (register_might(q, out, REGISTER_EXPORT)) h->export_href = register_href(q, out, "/export");
    return STATUS_OK;
}

// ---- what may be written

static bool may_write(const struct request *q, const struct register_page *p, struct text attribute_class) {
    for (size_t i = 0; i < p->def->access.count; i++) {
        const struct access_row *row = &p->def->access.items[i].row;
        if (text_eq(row->action, text_of(register_action_name(REGISTER_RECORD))) &&
            text_eq(row->purpose, p->look.purpose) && text_eq(row->attribute_class, attribute_class) &&
            actor_has_role(page_actor(q), row->role))
            return true;
    }
    return false;
}

static const struct form_field *writable(struct request *q, const struct register_page *p,
                                         const struct form_field *fields, size_t *count) {
    struct form_field *out = ARENA_ARRAY(q->arena, struct form_field, *count);
    size_t n = 0;
    for (size_t i = 0; i < *count; i++) {
        struct form_field f = fields[i];
        if (f.attribute_class.n && !may_write(q, p, f.attribute_class)) continue;
        f.children = writable(q, p, f.children, &f.child_count);
        out[n++] = f;
    }
    *count = n;
    return out;
}

const struct form *register_form_to_write(struct request *q, const struct register_page *p) {
    struct form *out = ARENA_NEW(q->arena, struct form);
    *out = *p->def->form;
    struct form_section *sections = ARENA_ARRAY(q->arena, struct form_section, out->section_count);
    for (size_t i = 0; i < out->section_count; i++) {
        sections[i] = out->sections[i];
        sections[i].fields = writable(q, p, sections[i].fields, &sections[i].field_count);
    }
    out->sections = sections;
    return out;
}

// ---- in words

struct text register_title(struct request *q, const struct pack *pack, const struct pack_register *def) {
    return page_words_of(q, pack, def->title_key);
}

struct text register_about_words(struct request *q, const struct pack *pack,
                                 const struct pack_register *def) {
    return def->about_key.n ? page_words_of(q, pack, def->about_key) : (struct text){0};
}

struct text register_label(struct request *q, const struct pack *pack, const struct form_field *field) {
    return page_words_of(q, pack, field->label_key);
}

static struct text law_title(const struct pack *pack, struct text id) {
    const struct legal_reference *all;
    size_t count = pack_legal_references(pack, &all);
    for (size_t i = 0; i < count; i++)
        if (text_eq(all[i].id, id)) return all[i].title;
    return id;
}

// "SIS1861:39" is "Regulation (EU) 2018/1861, Art. 39".
struct text register_article(struct request *q, const struct pack *pack, struct text reference) {
    struct text article = reference, id;
    if (!text_cut(&article, ':', &id)) return reference;
    struct text title = law_title(pack, id);
    if (!article.p) return title;
    return TEXT_JOIN(q->arena, title, T(", "),
                     page_text(q, "register.article", &(struct problem_arg){"n", article}, 1));
}

struct text register_law(struct request *q, const struct pack *pack, const struct pack_register *def) {
    struct out o = {.arena = q->arena};
    for (size_t i = 0; i < def->legal_count; i++) {
        if (o.n) out_c(&o, "; ");
        out_text(&o, register_article(q, pack, def->legal[i]));
    }
    return out_done(&o);
}

static const struct {
    const char *state, *text_key, *colour;
} STATES[] = {{"current", "register.state.current", "green"},
              {"ended", "register.state.ended", "grey"},
              {"waiting", "register.state.waiting", "purple"},
              {"refused", "register.state.refused", "red"},
              {"replaced", "register.state.replaced", "grey"},
              {"undone", "register.state.withdrawn", "grey"},
              {"erased", "register.state.erased", "grey"},
              {"pseudonymised", "register.state.pseudonymised", "grey"}};

const char *register_state_key(struct request *q, struct text state, bool holds) {
    if (text_eq(state, T("current")) && !holds) return "register.state.not_then";
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (text_eq(state, text_of(STATES[i].state))) return STATES[i].text_key;
    return text_c(q->arena, state);
}

const char *register_state_colour(struct text state, bool holds) {
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (text_eq(state, text_of(STATES[i].state)) && (holds || i)) return STATES[i].colour;
    return "grey";
}

const char *register_then_key(struct text then) {
    static const struct {
        const char *then, *text_key;
    } THEN[] = {{"erase", "register.then.erase"},
                {"review", "register.then.review"},
                {"pseudonymise", "register.then.pseudonymise"}};
    for (size_t i = 0; i < sizeof THEN / sizeof *THEN; i++)
        if (text_eq(then, text_of(THEN[i].then))) return THEN[i].text_key;
    return NULL;
}

void register_rows(struct request *q, const struct pack *pack, const struct pack_register *def,
                   const struct answers *answers, struct form_rows *out) {
    for (size_t i = 0; i < def->form->section_count; i++) {
        const struct form_section *s = &def->form->sections[i];
        form_page_rows(q, pack, s->fields, s->field_count, T(""), answers, NULL, out);
    }
}

struct text register_cell(struct request *q, const struct pack *pack, const struct form_field *field,
                          const struct answers *answers) {
    struct form_rows rows = {0};
    struct out o = {.arena = q->arena};
    form_page_rows(q, pack, field, 1, T(""), answers, NULL, &rows);
    for (size_t i = 0; i < rows.count; i++) {
        if (!rows.items[i].value.n) continue;
        if (o.n) out_c(&o, ", ");
        out_text(&o, rows.items[i].value);
    }
    return out_done(&o);
}

static struct text word_of(struct request *q, const char *prefix, struct text code) {
    return code.n ? page_text_or(q, TEXT_JOIN(q->arena, text_of(prefix), code), code) : code;
}

struct text register_method(struct request *q, struct text method) {
    struct text name = method.n ? page_code_name(q, "provenance_method", method) : method;
    return text_eq(name, method) ? word_of(q, "register.source.method.", method) : name;
}

struct text register_confidence(struct request *q, struct text confidence) {
    return word_of(q, "register.source.confidence.", confidence);
}
